/* SPDX-License-Identifier: BSD-3-Clause */
/* Sums and maxima of a matrix on a device, for its scaling: what run_sweep of
 * equilibrate.c makes of it by the kernel `sweep` of a CPU engine, in its
 * order. The matrix is n contiguous vectors, V_v[h] = a[v * ld + h]. Results, n
 * numbers each: sum of |V_vh|, sum and largest of |V_vh| times a weight. */
#ifndef SUNZI_SOLVERS_DENSE_SWEEP_K_H
#define SUNZI_SOLVERS_DENSE_SWEEP_K_H

#include "engines/kernel/real64.h"

#define SWEEP_ITEMS 256
#define SWEEP_LANES 16   /* partial sums */
#define SWEEP_CHUNK 1024 /* elements whose sums are added: CHUNK there */
#define SWEEP_WIDTH 64   /* results of a group of sums over the vectors */
#define SWEEP_DEPTH 16   /* vectors that such a group reads at a time */

typedef struct sweep_sum {
    k_d64 sum, weighted, max;
} sweep_sum;

K_FN sweep_sum sweep_zero(void)
{
    sweep_sum s;
    s.sum = K_D64_ZERO;
    s.weighted = K_D64_ZERO;
    s.max = K_D64_ZERO;
    return s;
}

/* Both sums, and the larger of the maxima; a NaN is not larger. */
K_FN sweep_sum sweep_merge(sweep_sum a, sweep_sum b)
{
    a.sum = k_d64_add(a.sum, b.sum);
    a.weighted = k_d64_add(a.weighted, b.weighted);
    a.max = k_d64_less(a.max, b.max) ? b.max : a.max;
    return a;
}

K_FN sweep_sum sweep_add(sweep_sum s, k_d64 a, k_d64 weight)
{
    sweep_sum term;
    term.sum = k_d64_abs(a);
    term.weighted = k_d64_mul(term.sum, weight);
    term.max = term.weighted;
    return sweep_merge(s, term);
}

/* Over h, weights by h, of the vectors from `from` to `end` - 1. Groups [their
 * number / 16, rounded up]. */
#define K_ARGS_sweep_along(IN, OUT, VALUE)                                     \
    IN(k_d64, a)                                                               \
    IN(k_d64, weight)                                                          \
    OUT(k_d64, out)                                                            \
    VALUE(k_i64, ld) VALUE(int, n) VALUE(int, from) VALUE(int, end)
K_GROUP_KERNEL(sweep_along, SWEEP_ITEMS)
{
    K_BEGIN(sweep_along)
    K_LOCAL sweep_sum partial[SWEEP_ITEMS];
    const int item = K_ITEM(2), lane = item % SWEEP_LANES;
    const int v =
        from + K_GROUP(2) * (SWEEP_ITEMS / SWEEP_LANES) + item / SWEEP_LANES;
    K_GLOBAL const k_d64 *row = a + v * ld;
    sweep_sum all = sweep_zero();
    for (int h0 = 0; h0 < n; h0 += SWEEP_CHUNK) {
        const int last = n - h0 < SWEEP_CHUNK ? n : h0 + SWEEP_CHUNK;
        sweep_sum s = sweep_zero();
        for (int h = h0 + lane; h < last && v < end; h += SWEEP_LANES)
            s = sweep_add(s, row[h], weight[h]);
        partial[item] = s;
        for (int step = SWEEP_LANES / 2; step > 0; step /= 2) {
            K_BARRIER();
            if (lane < step)
                partial[item] =
                    sweep_merge(partial[item], partial[item + step]);
        }
        all = sweep_merge(all, partial[item]); /* of lane 0 */
        K_BARRIER();
    }
    if (lane == 0 && v < end) {
        out[v] = all.sum;
        out[n + v] = all.weighted;
        out[2 * n + v] = all.max;
    }
}

/* Over v, weights by v. Groups [n / SWEEP_WIDTH, rounded up]. */
#define K_ARGS_sweep_across(IN, OUT, VALUE)                                    \
    IN(k_d64, a)                                                               \
    IN(k_d64, weight) OUT(k_d64, out) VALUE(k_i64, ld) VALUE(int, n)
K_GROUP_KERNEL(sweep_across, SWEEP_ITEMS)
{
    K_BEGIN(sweep_across)
    K_LOCAL k_d64 tile[SWEEP_DEPTH][SWEEP_WIDTH];
    const int item = K_ITEM(2), first = K_GROUP(2) * SWEEP_WIDTH;
    const int h = first + item;
    sweep_sum s = sweep_zero();
    for (int v0 = 0; v0 < n; v0 += SWEEP_DEPTH) {
        for (int e = item; e < SWEEP_DEPTH * SWEEP_WIDTH; e += SWEEP_ITEMS) {
            const int r = e / SWEEP_WIDTH, j = e % SWEEP_WIDTH;
            if (v0 + r < n && first + j < n)
                tile[r][j] = a[(v0 + r) * ld + first + j];
        }
        K_BARRIER();
        for (int r = 0; r < SWEEP_DEPTH; r++)
            if (v0 + r < n && item < SWEEP_WIDTH && h < n)
                s = sweep_add(s, tile[r][item], weight[v0 + r]);
        K_BARRIER();
    }
    if (item < SWEEP_WIDTH && h < n) {
        out[h] = s.sum;
        out[n + h] = s.weighted;
        out[2 * n + h] = s.max;
    }
}

#endif
