/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernels that the amx engine has of its own; contracts in
 * engines/engine.h. */
#ifndef SUNZI_ENGINES_AMX_KERNELS_H
#define SUNZI_ENGINES_AMX_KERNELS_H

#include "engines/engine.h"

void sunzi_amx_residue_block(const sunzi_moduli *m, int t, int64_t depth_tiles,
                             int row_groups, int col_groups, const uint8_t *a,
                             size_t a_stride, const uint8_t *b, size_t b_stride,
                             uint8_t *r, size_t r_stride);

/* FP16 needs AMX-FP16. */
void sunzi_amx_update_block(sunzi_low_format format, int64_t depth_tiles,
                            int rows, int cols, const void *a, size_t a_stride,
                            const int32_t *a_scale, const void *b,
                            size_t b_stride, const int32_t *b_scale, float *c,
                            int64_t ldc);

#endif
