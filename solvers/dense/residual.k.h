/* SPDX-License-Identifier: BSD-3-Clause */
/* Residuals of a matrix on a device, in FP64 or in twice FP64 (Dot2 of T.
 * Ogita, S. M. Rump, S. Oishi, SIAM J. Sci. Comput. 26 (2005) 1955), with the
 * bits of a CPU engine (engines/engine.h, engines/cpu/residual_template.h): the
 * matrix is `vectors` contiguous vectors of `length` elements, V_v[h] = a[v *
 * ld
 * + h]; dot products with the vectors have sixteen partial sums, sums over the
 * vectors are formed in their order.
 *
 * Operands x + c * ldx, results sums[c * ldr + i], then the sums of the errors
 * `part` numbers later and those of the magnitudes 2 `part` later. */
#ifndef SUNZI_SOLVERS_DENSE_RESIDUAL_K_H
#define SUNZI_SOLVERS_DENSE_RESIDUAL_K_H

#include "engines/kernel/real64.h"

/* What is formed, bits of `what`. MINUS: plain FP64 sums, which get the
 * opposite sign and no zeros up to a multiple of sixteen elements. */
#define RESIDUAL_TWICE     1
#define RESIDUAL_LOW       2 /* x_low counts */
#define RESIDUAL_MAGNITUDE 4
#define RESIDUAL_MINUS     8
/* Of a triangle: V_v holds h <= v, or h >= v. Dot products have the diagonal,
 * sums over the vectors have it not. */
#define RESIDUAL_LOWER 16
#define RESIDUAL_UPPER 32

#define RESIDUAL_ITEMS 256
#define RESIDUAL_LANES 16 /* partial sums */
#define RESIDUAL_ROWS  4  /* vectors of a group of dot products */
#define RESIDUAL_OPERANDS                                                      \
    4                     /* operands of a group: they share what it reads     \
                           */
#define RESIDUAL_WIDTH 64 /* results of a group of sums */
#define RESIDUAL_DEPTH 16 /* vectors that such a group reads at a time */

typedef struct residual_sum {
    k_d64 s, c, m; /* high sum, error sum, sum of magnitudes */
} residual_sum;

K_FN residual_sum residual_zero(void)
{
    residual_sum q;
    q.s = K_D64_ZERO;
    q.c = K_D64_ZERO;
    q.m = K_D64_ZERO;
    return q;
}

/* q + a (x + x_low) */
K_FN residual_sum residual_add(residual_sum q, k_d64 a, k_d64 x, k_d64 x_low,
                               int what)
{
    if (what & RESIDUAL_TWICE) {
        const k_d64 p = k_d64_mul(a, x), e = k_d64_fma(a, x, k_d64_neg(p));
        const k_d64 t = k_d64_add(q.s, p), z = k_d64_sub(t, q.s);
        const k_d64 f =
            k_d64_add(k_d64_sub(q.s, k_d64_sub(t, z)), k_d64_sub(p, z));
        q.s = t;
        q.c = k_d64_add(q.c, k_d64_add(e, f));
        if (what & RESIDUAL_LOW)
            q.c = k_d64_fma(a, x_low, q.c);
    } else {
        q.s = k_d64_fma(a, x, q.s);
    }
    if (what & RESIDUAL_MAGNITUDE)
        q.m = k_d64_fma(k_d64_abs(a), k_d64_abs(x), q.m);
    return q;
}

/* The sum of two, its error to the error sums. */
K_FN residual_sum residual_merge(residual_sum a, residual_sum b)
{
    const k_d64 t = k_d64_add(a.s, b.s), z = k_d64_sub(t, a.s);
    const k_d64 error =
        k_d64_add(k_d64_sub(a.s, k_d64_sub(t, z)), k_d64_sub(b.s, z));
    a.s = t;
    a.c = k_d64_add(a.c, k_d64_add(b.c, error));
    a.m = k_d64_add(a.m, b.m);
    return a;
}

/* Dot products. Groups [vectors / RESIDUAL_ROWS][count / RESIDUAL_OPERANDS],
 * rounded up. */
#define K_ARGS_residual_dots(IN, OUT, VALUE)                                   \
    IN(k_d64, a)                                                               \
    IN(k_d64, x)                                                               \
    IN(k_d64, x_low)                                                           \
    OUT(k_d64, sums)                                                           \
    VALUE(k_i64, ld)                                                           \
    VALUE(k_i64, ldx)                                                          \
    VALUE(k_i64, ldr)                                                          \
    VALUE(k_i64, part)                                                         \
    VALUE(int, vectors) VALUE(int, length) VALUE(int, count) VALUE(int, what)
K_GROUP_KERNEL(residual_dots, RESIDUAL_ITEMS)
{
    K_BEGIN(residual_dots)
    K_LOCAL residual_sum partial[RESIDUAL_ITEMS];
    const int item = K_ITEM(2), lane = item % RESIDUAL_LANES;
    const int v =
        K_GROUP(1) * RESIDUAL_ROWS + item / RESIDUAL_LANES % RESIDUAL_ROWS;
    const int operand = K_GROUP(2) * RESIDUAL_OPERANDS +
                        item / (RESIDUAL_LANES * RESIDUAL_ROWS);
    const int mine = v < vectors && operand < count;
    const int from = what & RESIDUAL_UPPER ? v : 0;
    const int end = !mine ? from : what & RESIDUAL_LOWER ? v + 1 : length;
    K_GLOBAL const k_d64 *row = a + v * ld;
    K_GLOBAL const k_d64 *of = x + operand * ldx, *low = x_low + operand * ldx;
    residual_sum q = residual_zero();
    for (int h = from + lane; h < end; h += RESIDUAL_LANES)
        q = residual_add(q, row[h], of[h],
                         what & RESIDUAL_LOW ? low[h] : K_D64_ZERO, what);
    const int left = (end - from) % RESIDUAL_LANES;
    if (left && lane >= left && !(what & RESIDUAL_MINUS))
        q = residual_add(q, K_D64_ZERO, K_D64_ZERO, K_D64_ZERO, what);
    partial[item] = q;
    for (int step = RESIDUAL_LANES / 2; step > 0; step /= 2) {
        K_BARRIER();
        if (lane < step)
            partial[item] = residual_merge(partial[item], partial[item + step]);
    }
    if (mine && lane == 0) {
        const k_i64 at = operand * ldr + v;
        q = partial[item];
        sums[at] = what & RESIDUAL_MINUS ? k_d64_sub(K_D64_ZERO, q.s) : q.s;
        if (what & RESIDUAL_TWICE)
            sums[part + at] = q.c;
        if (what & RESIDUAL_MAGNITUDE)
            sums[2 * part + at] = q.m;
    }
}

/* Sums over the vectors. Groups [length / RESIDUAL_WIDTH][count /
 * RESIDUAL_OPERANDS], rounded up. */
#define K_ARGS_residual_axpys K_ARGS_residual_dots
K_GROUP_KERNEL(residual_axpys, RESIDUAL_ITEMS)
{
    K_BEGIN(residual_axpys)
    K_LOCAL k_d64 tile[RESIDUAL_DEPTH][RESIDUAL_WIDTH];
    const int item = K_ITEM(2), column = item % RESIDUAL_WIDTH;
    const int first = K_GROUP(1) * RESIDUAL_WIDTH, h = first + column;
    const int operand = K_GROUP(2) * RESIDUAL_OPERANDS + item / RESIDUAL_WIDTH;
    const int begin = what & RESIDUAL_LOWER ? first : 0;
    const int width = first + RESIDUAL_WIDTH;
    const int end =
        (what & RESIDUAL_UPPER) && width < vectors ? width : vectors;
    K_GLOBAL const k_d64 *of = x + operand * ldx, *low = x_low + operand * ldx;
    residual_sum q = residual_zero();
    for (int v0 = begin; v0 < end; v0 += RESIDUAL_DEPTH) {
        for (int e = item; e < RESIDUAL_DEPTH * RESIDUAL_WIDTH;
             e += RESIDUAL_ITEMS) {
            const int r = e / RESIDUAL_WIDTH, j = e % RESIDUAL_WIDTH;
            tile[r][j] = v0 + r < end && first + j < length
                             ? a[(v0 + r) * ld + first + j]
                             : K_D64_ZERO;
        }
        K_BARRIER();
        for (int r = 0; r < RESIDUAL_DEPTH; r++) {
            const int v = v0 + r;
            const int outside = ((what & RESIDUAL_LOWER) && v <= h) ||
                                ((what & RESIDUAL_UPPER) && v >= h);
            if (v < end && h < length && operand < count && !outside)
                q = residual_add(
                    q, tile[r][column],
                    what & RESIDUAL_MINUS ? k_d64_neg(of[v]) : of[v],
                    what & RESIDUAL_LOW ? low[v] : K_D64_ZERO, what);
        }
        K_BARRIER();
    }
    if (h < length && operand < count) {
        const k_i64 at = operand * ldr + h;
        sums[at] = q.s;
        if (what & RESIDUAL_TWICE)
            sums[part + at] = q.c;
        if (what & RESIDUAL_MAGNITUDE)
            sums[2 * part + at] = q.m;
    }
}

/* r becomes b - sums, where r is b before; magnitude the sum of magnitudes +
 * |b|. other: the second half of a symmetric product if `halves`. Range: [count
 * ldr]. */
#define K_ARGS_residual_end(IN, OUT, VALUE)                                    \
    IN(k_d64, sums)                                                            \
    IN(k_d64, other)                                                           \
    OUT(k_d64, r)                                                              \
    OUT(k_d64, magnitude) VALUE(k_i64, part) VALUE(int, halves) VALUE(int, what)
K_KERNEL(residual_end)
{
    K_EACH (i) {
        const k_d64 b = r[i];
        residual_sum q = residual_zero(), o = residual_zero();
        q.s = sums[i];
        if (what & RESIDUAL_TWICE)
            q.c = sums[part + i];
        if (what & RESIDUAL_MAGNITUDE)
            q.m = sums[2 * part + i];
        if (halves) {
            o.s = other[i];
            if (what & RESIDUAL_TWICE)
                o.c = other[part + i];
            if (what & RESIDUAL_MAGNITUDE)
                o.m = other[2 * part + i];
            q = residual_merge(q, o);
        }
        if (what & RESIDUAL_MAGNITUDE)
            magnitude[i] = k_d64_add(q.m, k_d64_abs(b));
        if (what & RESIDUAL_TWICE) {
            const k_d64 s = k_d64_neg(q.s), high = k_d64_add(b, s);
            const k_d64 z = k_d64_sub(high, b);
            const k_d64 error =
                k_d64_add(k_d64_sub(b, k_d64_sub(high, z)), k_d64_sub(s, z));
            r[i] = k_d64_add(high, k_d64_sub(error, q.c));
        } else {
            r[i] =
                what & RESIDUAL_MINUS ? k_d64_add(b, q.s) : k_d64_sub(b, q.s);
        }
    }
}

#endif
