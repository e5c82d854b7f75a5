/* SPDX-License-Identifier: BSD-3-Clause */
/* Products of packed residues modulo p. */
#include "engines/portable/kernels.h"

#include "engines/portable/layout.h"

void sunzi_portable_residue_block(const sunzi_moduli *m, int t,
                                  int64_t depth_tiles, int row_groups,
                                  int col_groups, const uint8_t *a,
                                  size_t a_stride, const uint8_t *b,
                                  size_t b_stride, uint8_t *r, size_t r_stride)
{
    const int32_t p = m->p[t];
    for (int i = 0; i < 16 * row_groups; i++)
        for (int j = 0; j < 16 * col_groups; j++) {
            int64_t sum = 0;
            for (int64_t h = 0; h < 64 * depth_tiles; h++)
                sum += (int32_t)a[(size_t)(i / 16) * a_stride +
                                  place(SUNZI_SIDE_A, i % 16, h, depth_tiles)] *
                       (int8_t)b[(size_t)(j / 16) * b_stride +
                                 place(SUNZI_SIDE_B, j % 16, h, depth_tiles)];
            sum %= p;
            r[(size_t)i * r_stride + (size_t)j] =
                (uint8_t)(sum < 0 ? sum + p : sum);
        }
}
