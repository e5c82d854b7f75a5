/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays whose entries are known, dealt out to the processes of a
 * communicator. */
#ifndef TESTS_IO_HDF5_SAMPLE_H
#define TESTS_IO_HDF5_SAMPLE_H

#include <stdbool.h>
#include <sunzi/file.h>

typedef struct sample {
    sunzi_file_array array;
    sunzi_block block;
    int64_t entries; /* in memory */
    void *data;
} sample;

/* The block of process `rank` of `processes`, cut along dimension `along`; with
 * ghost: in memory it has `ghost` more entries at each end of each dimension.
 * Where there are fewer entries than processes the last ones get none. */
sample sample_make(const sunzi_file_array *array, int along, int rank,
                   int processes, int ghost);

/* Give the entries of the block their values, those around it others. */
void sample_fill(sample *s);

/* Whether the block has its values, and what is around it is as filled with
 * sample_clear. */
bool sample_is_right(const sample *s);
void sample_clear(sample *s);
void sample_free(sample *s);

#endif
