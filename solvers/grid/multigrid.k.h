/* SPDX-License-Identifier: BSD-3-Clause */
/* A level of the multigrid (solvers/grid/multigrid.h). Arrays of a level have a
 * halo; `row` elements lead to the next node of dimension 1, `slab` of
 * dimension 0. The weight of an edge stands at its lower end. */
#ifndef SUNZI_SOLVERS_GRID_MULTIGRID_K_H
#define SUNZI_SOLVERS_GRID_MULTIGRID_K_H

#include "engines/kernel/language.h"

/* A x at a node, whose diagonal is there without its reciprocal: mass x +
 * differences. */
#define MULTIGRID_APPLY                                                        \
    (mass[at] * x[at] + w2[at] * (x[at] - x[at + 1]) +                         \
     w2[at - 1] * (x[at] - x[at - 1]) + w1[at] * (x[at] - x[at + row]) +       \
     w1[at - row] * (x[at] - x[at - row]) + w0[at] * (x[at] - x[at + slab]) +  \
     w0[at - slab] * (x[at] - x[at - slab]))

/* From and to the caller's layout. Range: the nodes of the process. */
#define K_ARGS_multigrid_take(IN, OUT, VALUE)                                  \
    IN(float, from)                                                            \
    OUT(float, to)                                                             \
    VALUE(k_i64, from_row)                                                     \
    VALUE(k_i64, from_slab) VALUE(k_i64, to_row) VALUE(k_i64, to_slab)
K_KERNEL(multigrid_take)
{
    K_EACH3 (i, j, k)
        to[i * to_slab + j * to_row + k] =
            from[i * from_slab + j * from_row + k];
}

/* The first step of smoothing from x = 0: x = d = b r / diagonal. */
#define K_ARGS_multigrid_start(IN, OUT, VALUE)                                 \
    IN(float, r)                                                               \
    IN(float, inverse) OUT(float, x) OUT(float, d) VALUE(float, b)
K_KERNEL(multigrid_start)
{
    K_EACH (i) {
        const float step = b * inverse[i] * r[i];
        x[i] = step;
        d[i] = step;
    }
}

/* A step of smoothing: d = a d + b (r - A x) / diagonal, y = x + d. */
#define K_ARGS_multigrid_smooth(IN, OUT, VALUE)                                \
    IN(float, x)                                                               \
    IN(float, r)                                                               \
    IN(float, inverse)                                                         \
    IN(float, mass)                                                            \
    IN(float, w0)                                                              \
    IN(float, w1)                                                              \
    IN(float, w2)                                                              \
    OUT(float, d)                                                              \
    OUT(float, y)                                                              \
    VALUE(float, a) VALUE(float, b) VALUE(int, row) VALUE(int, slab)
K_KERNEL(multigrid_smooth)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        const float step =
            a * d[at] + b * inverse[at] * (r[at] - (MULTIGRID_APPLY));
        d[at] = step;
        y[at] = x[at] + step;
    }
}

/* What goes to the next level: t = share (r - A x). */
#define K_ARGS_multigrid_rest(IN, OUT, VALUE)                                  \
    IN(float, x)                                                               \
    IN(float, r)                                                               \
    IN(float, share)                                                           \
    IN(float, mass)                                                            \
    IN(float, w0)                                                              \
    IN(float, w1)                                                              \
    IN(float, w2) OUT(float, t) VALUE(int, row) VALUE(int, slab)
K_KERNEL(multigrid_rest)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        t[at] = share[at] * (r[at] - (MULTIGRID_APPLY));
    }
}

/* Linear interpolation along an axis that is twice as coarse: 3/4 of the coarse
 * node that a fine one is in, 1/4 of the one next to it. Coarse node I then
 * gives to the fine nodes 2 I - 1 .. 2 I + 2, here -1 .. 2. Along other axes I
 * gives to I. */
K_FN float multigrid_part(int fine, int halved)
{
    if (!halved)
        return 1.0f;
    return fine == 0 || fine == 1 ? 0.75f : 0.25f;
}

/* r of the coarse nodes from t of the fine ones: the transpose. Indices count
 * from the beginning of the local arrays; fine node = scale * coarse + shift is
 * the first that I is in; scale 2 where the axis is halved, else 1. */
#define K_ARGS_multigrid_restrict(IN, OUT, VALUE)                              \
    IN(float, t)                                                               \
    OUT(float, r)                                                              \
    VALUE(int, scale0)                                                         \
    VALUE(int, scale1)                                                         \
    VALUE(int, scale2)                                                         \
    VALUE(int, shift0)                                                         \
    VALUE(int, shift1)                                                         \
    VALUE(int, shift2)                                                         \
    VALUE(int, row)                                                            \
    VALUE(int, slab) VALUE(int, coarse_row) VALUE(int, coarse_slab)
K_KERNEL(multigrid_restrict)
{
    const int more0 = scale0 - 1, more1 = scale1 - 1, more2 = scale2 - 1;
    K_EACH3 (i, j, k) {
        float sum = 0;
        for (int a = -more0; a <= 2 * more0; a++)
            for (int b = -more1; b <= 2 * more1; b++) {
                const int line = (scale0 * i + shift0 + a) * slab +
                                 (scale1 * j + shift1 + b) * row + scale2 * k +
                                 shift2;
                const float w =
                    multigrid_part(a, more0) * multigrid_part(b, more1);
                float part = 0;
                for (int c = -more2; c <= 2 * more2; c++)
                    part = part + multigrid_part(c, more2) * t[line + c];
                sum = sum + w * part;
            }
        r[i * coarse_slab + j * coarse_row + k] = sum;
    }
}

/* The coarse node that a fine one is in, and the one next to it. */
K_FN int multigrid_near(int fine, int halved)
{
    return halved ? fine >> 1 : fine;
}

K_FN int multigrid_far(int fine, int halved)
{
    return halved ? (fine & 1 ? 1 : -1) : 0;
}

/* x += share times the interpolated coarse values e. first: the fine node of
 * the whole grid that stands at index 0, coarse: the same of the coarse array.
 */
#define K_ARGS_multigrid_prolong(IN, OUT, VALUE)                               \
    IN(float, e)                                                               \
    IN(float, share)                                                           \
    OUT(float, x)                                                              \
    VALUE(int, halved0)                                                        \
    VALUE(int, halved1)                                                        \
    VALUE(int, halved2)                                                        \
    VALUE(int, first0)                                                         \
    VALUE(int, first1)                                                         \
    VALUE(int, first2)                                                         \
    VALUE(int, coarse0)                                                        \
    VALUE(int, coarse1)                                                        \
    VALUE(int, coarse2)                                                        \
    VALUE(int, row)                                                            \
    VALUE(int, slab) VALUE(int, coarse_row) VALUE(int, coarse_slab)
K_KERNEL(multigrid_prolong)
{
    const float far0 = halved0 ? 0.25f : 0.0f, near0 = 1.0f - far0;
    const float far1 = halved1 ? 0.25f : 0.0f, near1 = 1.0f - far1;
    const float far2 = halved2 ? 0.25f : 0.0f, near2 = 1.0f - far2;
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        const int p = multigrid_far(first0 + i, halved0) * coarse_slab;
        const int q = multigrid_far(first1 + j, halved1) * coarse_row;
        const int s = multigrid_far(first2 + k, halved2);
        const int n =
            (multigrid_near(first0 + i, halved0) - coarse0) * coarse_slab +
            (multigrid_near(first1 + j, halved1) - coarse1) * coarse_row +
            multigrid_near(first2 + k, halved2) - coarse2;
        const float low = near1 * (near2 * e[n] + far2 * e[n + s]) +
                          far1 * (near2 * e[n + q] + far2 * e[n + q + s]);
        const float high =
            near1 * (near2 * e[n + p] + far2 * e[n + p + s]) +
            far1 * (near2 * e[n + p + q] + far2 * e[n + p + q + s]);
        x[at] = x[at] + share[at] * (near0 * low + far0 * high);
    }
}

#endif
