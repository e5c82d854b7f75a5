/* SPDX-License-Identifier: BSD-3-Clause */
/* What the host knows of a kernel: its name and its arguments. */
#ifndef SUNZI_ENGINES_KERNEL_DESCRIPTOR_H
#define SUNZI_ENGINES_KERNEL_DESCRIPTOR_H

#include <stddef.h>
#include <stdint.h>

#include "engines/kernel/range.h"

struct sunzi_memory;

/* An array of a launch: elements from `first` on of a memory. (In the copy of
 * the arguments that the loops of a CPU engine get, `memory` is the address of
 * the bytes.) */
typedef struct k_array {
    struct sunzi_memory *memory;
    int64_t first;
} k_array;

typedef enum sunzi_kernel_kind {
    SUNZI_KERNEL_IN,
    SUNZI_KERNEL_OUT,
    SUNZI_KERNEL_VALUE
} sunzi_kernel_kind;

typedef struct sunzi_kernel_argument {
    const char *name; /* NULL ends a list */
    sunzi_kernel_kind kind;
    size_t at;   /* in NAME_args: a k_array, or the number */
    size_t size; /* bytes of an element, or of the number */
} sunzi_kernel_argument;

enum { SUNZI_KERNEL_BYTES_MAX = 640 }; /* of NAME_args */

struct sunzi_kernel_file;

typedef struct sunzi_kernel {
    const char *name;
    int index;       /* in engines/kernel/kernel_list.h, or in its file */
    int group_items; /* of a group kernel; 0: K_KERNEL */
    size_t bytes;    /* of NAME_args */
    const sunzi_kernel_argument *(*arguments)(void);
    /* that was given at run time (engines/kernel/file.h); NULL: it is the
     * library's */
    const struct sunzi_kernel_file *file;
} sunzi_kernel;

/* A kernel as one CPU engine runs it: all points of the range, in order, on the
 * calling thread. args: NAME_args with addresses in its arrays. NULL for group
 * kernels. */
typedef void sunzi_kernel_loop(k_range range, const void *args);

/* What a file of kernels that is compiled at run time has of each. */
typedef struct sunzi_kernel_entry {
    sunzi_kernel kernel;
    sunzi_kernel_loop *loop;
} sunzi_kernel_entry;

#endif
