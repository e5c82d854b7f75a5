/* SPDX-License-Identifier: BSD-3-Clause */
/* Products in a fixed order: what the chains are. */
#include <math.h>

#include "engines/portable/kernels.h"

void sunzi_portable_ordered_f32(int m, int n, int k, bool subtract,
                                const float *a, int64_t a_row, int64_t a_col,
                                const float *b, int64_t ldb, float *c,
                                int64_t ldc)
{
    for (int i = 0; i < m; i++)
        for (int h = 0; h < k; h++) {
            const float x = a[i * a_row + h * a_col];
            for (int j = 0; j < n; j++)
                c[i * ldc + j] =
                    fmaf(subtract ? -x : x, b[h * ldb + j], c[i * ldc + j]);
        }
}

void sunzi_portable_ordered_f64(int m, int n, int k, bool subtract,
                                const double *a, int64_t a_row, int64_t a_col,
                                const double *b, int64_t ldb, double *c,
                                int64_t ldc)
{
    for (int i = 0; i < m; i++)
        for (int h = 0; h < k; h++) {
            const double x = a[i * a_row + h * a_col];
            for (int j = 0; j < n; j++)
                c[i * ldc + j] =
                    fma(subtract ? -x : x, b[h * ldb + j], c[i * ldc + j]);
        }
}
