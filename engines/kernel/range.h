/* SPDX-License-Identifier: BSD-3-Clause */
/* The points of a launch: first[a] <= index a < last[a]; axis 2 is the fastest.
 * A range of one dimension has [0, 1) in the others. At most 2^30 points along
 * an axis. (Shared by host and devices: plain C of all of them.) */
#ifndef SUNZI_ENGINES_KERNEL_RANGE_H
#define SUNZI_ENGINES_KERNEL_RANGE_H

typedef struct k_range {
    int first[3], last[3];
} k_range;

#endif
