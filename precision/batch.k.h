/* SPDX-License-Identifier: BSD-3-Clause */
/* Many small products, each by one group: C = alpha A B + beta C with the
 * order of operations, and so the bits, of an ordered product of depth up to
 * BATCH_DEPTH (product_ordered.c). Row-major: a[p stride_a + i row_a + h
 * col_a], b[p stride_b + h row_b + j col_b], c[p stride_c + i ldc + j]. */
#ifndef SUNZI_PRECISION_BATCH_K_H
#define SUNZI_PRECISION_BATCH_K_H

#include "engines/kernel/real64.h"

#define BATCH_DEPTH 256
#define BATCH_GROUP 128

/* A group a product on axis 1. */
#define K_ARGS_batch_product(IN, OUT, VALUE)                                   \
    IN(k_d64, a)                                                               \
    IN(k_d64, b)                                                               \
    OUT(k_d64, c)                                                              \
    VALUE(k_i64, stride_a)                                                     \
    VALUE(k_i64, row_a)                                                        \
    VALUE(k_i64, col_a)                                                        \
    VALUE(k_i64, stride_b)                                                     \
    VALUE(k_i64, row_b)                                                        \
    VALUE(k_i64, col_b)                                                        \
    VALUE(k_i64, stride_c)                                                     \
    VALUE(k_i64, ldc)                                                          \
    VALUE(k_d64, alpha)                                                        \
    VALUE(k_d64, beta)                                                         \
    VALUE(int, scaled)                                                         \
    VALUE(int, added) VALUE(int, m) VALUE(int, n) VALUE(int, k)
K_GROUP_KERNEL(batch_product, BATCH_GROUP)
{
    K_BEGIN(batch_product)
    const k_i64 p = K_GROUP(1);
    for (int e = K_ITEM(2); e < m * n; e += BATCH_GROUP) {
        const int i = e / n, j = e % n;
        K_GLOBAL const k_d64 *left = a + p * stride_a + i * row_a;
        K_GLOBAL const k_d64 *right = b + p * stride_b + j * col_b;
        K_GLOBAL k_d64 *to = c + p * stride_c + i * ldc + j;
        k_d64 v = K_D64_ZERO;
        for (int h = 0; h < k; h++)
            v = k_d64_fma(left[h * col_a], right[h * row_b], v);
        if (scaled)
            v = k_d64_mul(v, alpha);
        *to = added ? k_d64_fma(beta, *to, v) : v;
    }
}

#endif
