/* SPDX-License-Identifier: BSD-3-Clause */
/* The amx kernels on the model of the tile registers. */
#ifndef SUNZI_TESTS_AMX_MODEL_KERNELS_H
#define SUNZI_TESTS_AMX_MODEL_KERNELS_H

#include "engines/engine.h"

void model_residue_block(const sunzi_moduli *m, int t, int64_t depth_tiles,
                         int row_groups, int col_groups, const uint8_t *a,
                         size_t a_stride, const uint8_t *b, size_t b_stride,
                         uint8_t *r, size_t r_stride);
void model_update_block(sunzi_low_format format, int64_t depth_tiles, int rows,
                        int cols, const void *a, size_t a_stride,
                        const int32_t *a_scale, const void *b, size_t b_stride,
                        const int32_t *b_scale, float *c, int64_t ldc);

/* Tile configurations, releases and products so far on this thread. */
void model_counts(long *begins, long *ends, long *products);

#endif
