/* SPDX-License-Identifier: BSD-3-Clause */
/* What FP32 Cholesky factors on a device need besides lu.k.h, with which they
 * share the inverses and the update. Each entry is what the reproducible
 * factorization of a CPU engine makes of it (lu_template.h). Only the lower
 * triangle is read and written. */
#ifndef SUNZI_SOLVERS_DENSE_CHOLESKY_K_H
#define SUNZI_SOLVERS_DENSE_CHOLESKY_K_H

#include "engines/kernel/language.h"

#define CHOLESKY_BASE 16 /* LU_BASE */

/* The `width` <= CHOLESKY_BASE columns of the block on the diagonal at `first`;
 * one group. */
#define K_ARGS_cholesky_base(IN, OUT, VALUE)                                   \
    OUT(float, a)                                                              \
    OUT(k_i32, failed) VALUE(k_i64, ld) VALUE(int, first) VALUE(int, width)
K_GROUP_KERNEL(cholesky_base, CHOLESKY_BASE)
{
    K_BEGIN(cholesky_base)
    K_LOCAL float l[CHOLESKY_BASE][CHOLESKY_BASE + 1];
    const int item = K_ITEM(2);
    int bad = failed[0];
    for (int h = 0; h <= item && item < width; h++)
        l[item][h] = a[(first + item) * ld + first + h];
    K_BARRIER_ALL(); /* all have read what failed before */
    for (int j = 0; j < width && !bad; j++) {
        float v = item >= j && item < width ? l[item][j] : 0.0f, d = l[j][j];
        for (int h = 0; h < j; h++)
            d = k_fmaf(-l[j][h], l[j][h], d);
        bad = !(d > 0) || !(d <= 3.40282347e38f) ? first + j + 1 : 0;
        d = k_sqrtf(d);
        for (int h = 0; h < j && item > j && item < width; h++)
            v = k_fmaf(-l[item][h], l[j][h], v);
        K_BARRIER();
        if (item >= j && item < width)
            l[item][j] = item > j ? v / d : d;
        K_BARRIER();
    }
    if (bad && item == 0)
        failed[0] = bad;
    for (int h = 0; h <= item && item < width && !bad; h++)
        a[(first + item) * ld + first + h] = l[item][h];
}

/* Rows of the range, all below that block: B := B L^-T by the inverse of L. */
#define K_ARGS_cholesky_rows(IN, OUT, VALUE)                                   \
    OUT(float, a)                                                              \
    IN(float, inverse)                                                         \
    IN(k_i32, failed) VALUE(k_i64, ld) VALUE(int, first) VALUE(int, width)
K_KERNEL(cholesky_rows)
{
    K_EACH (i) {
        float b[CHOLESKY_BASE];
        for (int h = 0; h < width; h++)
            b[h] = a[i * ld + first + h];
        for (int j = 0; j < width && !failed[0]; j++) {
            float sum = 0;
            for (int h = 0; h < width; h++)
                sum = k_fmaf(b[h], inverse[j * CHOLESKY_BASE + h], sum);
            a[i * ld + first + j] = sum;
        }
    }
}

#endif
