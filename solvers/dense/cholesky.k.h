/* SPDX-License-Identifier: BSD-3-Clause */
/* What FP32 Cholesky factors on a device need besides lu.k.h, with which they
 * share the update. Each entry is what the reproducible factorization of a CPU
 * engine makes of it (lu_template.h). Only the lower triangle is read and
 * written. */
#ifndef SUNZI_SOLVERS_DENSE_CHOLESKY_K_H
#define SUNZI_SOLVERS_DENSE_CHOLESKY_K_H

#include "engines/kernel/language.h"

#define CHOLESKY_BASE  16 /* LU_BASE */
#define CHOLESKY_BLOCK 64 /* LU_BLOCK */
#define CHOLESKY_ROWS  32 /* of a group */
#define CHOLESKY_ITEMS 256
/* entries of CHOLESKY_BASE columns that an item has */
#define CHOLESKY_SUMS                                                          \
    ((CHOLESKY_BLOCK - CHOLESKY_BASE + CHOLESKY_ROWS) * CHOLESKY_BASE /        \
     CHOLESKY_ITEMS)

/* The `width` <= CHOLESKY_BLOCK columns from (first, first) on. Every group
 * makes L of the block on the diagonal, and with it CHOLESKY_ROWS rows of L
 * below. Other groups may yet read the block where it lies, so L goes to
 * diagonal[i * CHOLESKY_BLOCK + j], i < n. */
#define K_ARGS_cholesky_block(IN, OUT, VALUE)                                  \
    OUT(float, a)                                                              \
    OUT(float, diagonal)                                                       \
    OUT(k_i32, failed)                                                         \
    VALUE(k_i64, ld) VALUE(int, n) VALUE(int, first) VALUE(int, width)
K_GROUP_KERNEL(cholesky_block, CHOLESKY_ITEMS)
{
    K_BEGIN(cholesky_block)
    /* the rows of the block, then those of the group */
    K_LOCAL float l[CHOLESKY_BLOCK + CHOLESKY_ROWS][CHOLESKY_BLOCK + 1];
    K_LOCAL float inverse[CHOLESKY_BASE][CHOLESKY_BASE + 1];
    K_LOCAL int stop;
    const int item = K_ITEM(2), items = CHOLESKY_ITEMS;
    const int i0 = first + width + K_GROUP(2) * CHOLESKY_ROWS;
    if (item == 0) /* once: another group may write it meanwhile */
        stop = failed[0];
    for (int e = item; e < CHOLESKY_BLOCK * CHOLESKY_BLOCK; e += items) {
        const int i = e / CHOLESKY_BLOCK, j = e % CHOLESKY_BLOCK;
        if (j <= i && i < width)
            l[i][j] = a[(first + i) * ld + first + j];
    }
    for (int e = item; e < CHOLESKY_ROWS * CHOLESKY_BLOCK; e += items) {
        const int i = e / CHOLESKY_BLOCK, j = e % CHOLESKY_BLOCK;
        if (i0 + i < n && j < width)
            l[CHOLESKY_BLOCK + i][j] = a[(i0 + i) * ld + first + j];
    }
    K_BARRIER();
    int bad = stop;
    for (int s = 0; s < width && !bad; s += CHOLESKY_BASE) {
        const int left = width - s;
        const int base = left < CHOLESKY_BASE ? left : CHOLESKY_BASE;
        const int end = s + base, rest = left - base;
        for (int j = s; j < end && !bad; j++) {
            const int i = s + item, mine = item < base && i >= j;
            float d = l[j][j], v = mine ? l[i][j] : 0.0f;
            for (int h = s; h < j; h++) {
                d = k_fmaf(-l[j][h], l[j][h], d);
                v = mine ? k_fmaf(-l[i][h], l[j][h], v) : v;
            }
            bad = !(d > 0) || !(d <= 3.40282347e38f) ? first + j + 1 : 0;
            d = k_sqrtf(d);
            K_BARRIER();
            if (mine)
                l[i][j] = i > j ? v / d : d;
            K_BARRIER();
        }
        if (item < base && !bad) { /* by columns */
            for (int i = 0; i < base; i++) {
                float sum = i == item ? 1.0f : 0.0f;
                for (int h = item; h < i; h++)
                    sum = k_fmaf(-l[s + i][s + h], inverse[h][item], sum);
                inverse[i][item] = i < item ? 0.0f : sum / l[s + i][s + i];
            }
        }
        K_BARRIER();
        /* rows of the block below the base, then those of the group */
        float sums[CHOLESKY_SUMS];
        for (int q = 0; q < CHOLESKY_SUMS; q++) {
            const int e = item + q * items, j = e % CHOLESKY_BASE;
            const int r = e / CHOLESKY_BASE;
            const int i = r < rest ? end + r : CHOLESKY_BLOCK + r - rest;
            sums[q] = 0;
            for (int h = 0; h < base && j < base && r < rest + CHOLESKY_ROWS;
                 h++)
                sums[q] = k_fmaf(l[i][s + h], inverse[j][h], sums[q]);
        }
        K_BARRIER();
        for (int q = 0; q < CHOLESKY_SUMS; q++) {
            const int e = item + q * items, j = e % CHOLESKY_BASE;
            const int r = e / CHOLESKY_BASE;
            const int i = r < rest ? end + r : CHOLESKY_BLOCK + r - rest;
            if (j < base && r < rest + CHOLESKY_ROWS && !bad)
                l[i][s + j] = sums[q];
        }
        K_BARRIER();
        for (int e = item; e < (rest + CHOLESKY_ROWS) * rest && !bad;
             e += items) {
            const int r = e / rest, j = end + e % rest;
            const int i = r < rest ? end + r : CHOLESKY_BLOCK + r - rest;
            float v = l[i][j];
            for (int h = s; h < end; h++)
                v = k_fmaf(-l[i][h], l[j][h], v);
            if (j <= i)
                l[i][j] = v;
        }
        K_BARRIER();
    }
    if (K_GROUP(2) == 0 && item == 0 && bad)
        failed[0] = bad;
    for (int e = item; e < CHOLESKY_BLOCK * width && !bad; e += items) {
        const int i = e / CHOLESKY_BLOCK, j = e % CHOLESKY_BLOCK;
        if (K_GROUP(2) == 0 && j <= i)
            diagonal[(first + i) * CHOLESKY_BLOCK + j] = l[i][j];
    }
    for (int e = item; e < CHOLESKY_ROWS * CHOLESKY_BLOCK && !bad; e += items) {
        const int i = e / CHOLESKY_BLOCK, j = e % CHOLESKY_BLOCK;
        if (i0 + i < n && j < width)
            a[(i0 + i) * ld + first + j] = l[CHOLESKY_BLOCK + i][j];
    }
}

/* The blocks on the diagonal take their places. Range: [n][CHOLESKY_BLOCK]. */
#define K_ARGS_cholesky_place(IN, OUT, VALUE)                                  \
    IN(float, diagonal) OUT(float, a) VALUE(k_i64, ld)
K_KERNEL(cholesky_place)
{
    K_EACH2 (i, j)
        if (j <= i % CHOLESKY_BLOCK)
            a[i * ld + i / CHOLESKY_BLOCK * CHOLESKY_BLOCK + j] =
                diagonal[i * CHOLESKY_BLOCK + j];
}

#endif
