/* SPDX-License-Identifier: BSD-3-Clause */
/* The scaled copy of an FP64 matrix in FP32, in integers: what scaled_copy_f32
 * of a CPU engine stores. */
#ifndef SUNZI_SOLVERS_DENSE_LOAD_K_H
#define SUNZI_SOLVERS_DENSE_LOAD_K_H

#include "engines/kernel/soft64.h"

#define LOAD_ITEMS  256
#define LOAD_TILE   32
#define LOAD_STRIPS 16 /* groups that share a row of tiles */

/* out[i * ld + j] = a[i * row_stride + j * col_stride] 2^(row[i] + col[j]),
 * lower: for j <= i; one of the strides is 1. largest[group]: bits of the
 * largest magnitude before the rounding to FP32, an infinity or NaN above all.
 * Groups [n / LOAD_TILE, rounded up][LOAD_STRIPS]. */
#define K_ARGS_dense_load(IN, OUT, VALUE)                                      \
    IN(k_u64, a)                                                               \
    IN(k_i32, row)                                                             \
    IN(k_i32, col)                                                             \
    OUT(float, out)                                                            \
    OUT(k_u64, largest)                                                        \
    VALUE(k_i64, row_stride)                                                   \
    VALUE(k_i64, col_stride) VALUE(k_i64, ld) VALUE(int, n) VALUE(int, lower)
K_GROUP_KERNEL(dense_load, LOAD_ITEMS)
{
    K_BEGIN(dense_load)
    K_LOCAL k_u64 tile[LOAD_TILE][LOAD_TILE + 1];
    K_LOCAL k_u64 most[LOAD_ITEMS];
    const int item = K_ITEM(2), i0 = K_GROUP(1) * LOAD_TILE;
    const int by_rows = col_stride == 1;
    k_u64 top = 0u;
    for (int j0 = K_GROUP(2) * LOAD_TILE; j0 < n && !(lower && j0 > i0);
         j0 += LOAD_STRIPS * LOAD_TILE) {
        for (int e = item; e < LOAD_TILE * LOAD_TILE; e += LOAD_ITEMS) {
            const int u = e / LOAD_TILE, v = e % LOAD_TILE;
            const int i = by_rows ? u : v, j = by_rows ? v : u;
            if (i0 + i < n && j0 + j < n)
                tile[i][j] = a[(i0 + i) * row_stride + (j0 + j) * col_stride];
        }
        K_BARRIER();
        for (int e = item; e < LOAD_TILE * LOAD_TILE; e += LOAD_ITEMS) {
            const int i = i0 + e / LOAD_TILE, j = j0 + e % LOAD_TILE;
            if (i < n && j < n && !(lower && j > i)) {
                const k_u64 s = k_soft_ldexp(tile[e / LOAD_TILE][e % LOAD_TILE],
                                             row[i] + col[j]);
                const k_u64 size = s & ~K_SOFT_SIGN;
                top = size > top ? size : top;
                out[i * ld + j] = k_soft_to_float(s);
            }
        }
        K_BARRIER();
    }
    most[item] = top;
    for (int step = LOAD_ITEMS / 2; step > 0; step /= 2) {
        K_BARRIER();
        if (item < step && most[item + step] > most[item])
            most[item] = most[item + step];
    }
    if (item == 0)
        largest[K_GROUP(1) * LOAD_STRIPS + K_GROUP(2)] = most[0];
}

#endif
