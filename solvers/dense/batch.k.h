/* SPDX-License-Identifier: BSD-3-Clause */
/* Many small systems A X = B to grade backward, one by a team of work items (on
 * a CPU engine by a thread): FP32 factors of the matrix scaled by powers of
 * two, refinement with residuals in twice FP64. Every number is formed by one
 * item in an order of its own, so the bits do not depend on who computes. What
 * does not converge, or is too large or too small for the error-free
 * transformations, is left to others: state 1.
 *
 * Matrix p: a[p stride_a + i row_a + j col_a]; right-hand side c of it: b[p
 * stride_b + i row_b + c col_b]; its solution x[(p nrhs + c) n + i]. */
#ifndef SUNZI_SOLVERS_DENSE_BATCH_K_H
#define SUNZI_SOLVERS_DENSE_BATCH_K_H

#include "engines/kernel/real64.h"

#define BATCH_ITEMS   64
#define BATCH_MOST    256      /* order */
#define BATCH_VECTORS 3        /* of n numbers a system: work */
#define BATCH_MARKS   3        /* of n integers a system */
#define BATCH_RANGE   400      /* of the exponents of A, B and X */
#define BATCH_NONE    -1000000 /* below every exponent */

/* Binary exponent of a magnitude in FP64 bits; of zero and subnormal numbers
 * one below all others. */
K_FN int batch_exponent(k_u64 size)
{
    return (int)(size >> 52) - 1023;
}

K_FN k_u64 batch_size(k_d64 v)
{
    return k_d64_bits(v) & ~K_SOFT_SIGN;
}

/* The largest magnitude of a vector, as bits; a NaN is above all. */
K_FN k_u64 batch_largest(K_GLOBAL const k_d64 *v, k_i64 stride, int n)
{
    k_u64 most = 0u;
    for (int i = 0; i < n; i++) {
        const k_u64 size = batch_size(v[i * stride]);
        most = size > most ? size : most;
    }
    return most;
}

/* 1: zero, or far enough from overflow and underflow. */
K_FN int batch_fits(k_u64 size)
{
    const int e = batch_exponent(size);
    return size == 0u || (e > -BATCH_RANGE && e < BATCH_RANGE);
}

/* b - sum of row[j stride] x[j], in twice FP64 (Dot2, see residual.k.h). */
K_FN k_d64 batch_residual(k_d64 b, K_GLOBAL const k_d64 *row, k_i64 stride,
                          K_GLOBAL const k_d64 *x, int n)
{
    k_d64 s = b, low = K_D64_ZERO;
    for (int j = 0; j < n; j++) {
        const k_d64 u = k_d64_neg(row[j * stride]), v = x[j];
        const k_d64 p = k_d64_mul(u, v), e = k_d64_fma(u, v, k_d64_neg(p));
        const k_d64 t = k_d64_add(s, p), z = k_d64_sub(t, s);
        const k_d64 f =
            k_d64_add(k_d64_sub(s, k_d64_sub(t, z)), k_d64_sub(p, z));
        low = k_d64_add(low, k_d64_add(e, f));
        s = t;
    }
    return k_d64_add(s, low);
}

/* factors: n n numbers a system, columns contiguous. tolerance: of the normwise
 * backward error. state[p]: 0, or 1 if not solved; steps[p]: the most
 * refinements of a right-hand side; errors[p]: the largest backward error. A
 * team a system on axis 1. */
#define K_ARGS_batch_solve(IN, OUT, VALUE)                                     \
    IN(k_d64, a)                                                               \
    IN(k_d64, b)                                                               \
    OUT(k_d64, x)                                                              \
    OUT(float, factors)                                                        \
    OUT(k_d64, work)                                                           \
    OUT(k_i32, marks)                                                          \
    OUT(k_i32, state)                                                          \
    OUT(k_i32, steps)                                                          \
    OUT(k_d64, errors)                                                         \
    VALUE(k_i64, stride_a)                                                     \
    VALUE(k_i64, row_a)                                                        \
    VALUE(k_i64, col_a)                                                        \
    VALUE(k_i64, stride_b)                                                     \
    VALUE(k_i64, row_b)                                                        \
    VALUE(k_i64, col_b)                                                        \
    VALUE(k_d64, tolerance)                                                    \
    VALUE(int, n) VALUE(int, nrhs) VALUE(int, most_steps)
K_TEAM_KERNEL(batch_solve, BATCH_ITEMS)
{
    K_EACH_TEAM(p)
    {
        const int member = K_MEMBER(), members = K_MEMBERS(BATCH_ITEMS);
        K_GLOBAL const k_d64 *of = a + p * stride_a;
        K_GLOBAL float *lu = factors + (k_i64)p * n * n;
        K_GLOBAL k_d64 *r = work + (k_i64)p * BATCH_VECTORS * n;
        K_GLOBAL k_d64 *w = r + n, *sums = w + n;
        K_GLOBAL k_i32 *row = marks + (k_i64)p * BATCH_MARKS * n;
        K_GLOBAL k_i32 *col = row + n, *from = col + n;
        int bad = 0, worst_steps = 0;
        k_d64 worst = K_D64_ZERO;

        /* rows, then columns are scaled so that the largest are below one */
        for (int i = member; i < n; i += members) {
            const k_u64 most = batch_largest(of + i * row_a, col_a, n);
            k_d64 sum = K_D64_ZERO;
            for (int j = 0; j < n; j++)
                sum = k_d64_add(sum, k_d64_abs(of[i * row_a + j * col_a]));
            sums[i] = sum;
            row[i] = most == 0u ? 0 : -1 - batch_exponent(most);
            from[i] = i;
        }
        K_BARRIER_ALL();
        for (int j = member; j < n; j += members) {
            int most = BATCH_NONE;
            for (int i = 0; i < n; i++) {
                const k_u64 size = batch_size(of[i * row_a + j * col_a]);
                const int e = batch_exponent(size) + row[i];
                most = size != 0u && e > most ? e : most;
            }
            col[j] = most == BATCH_NONE ? 0 : -1 - most;
            for (int i = 0; i < n; i++)
                lu[j * n + i] = k_soft_to_float(k_soft_ldexp(
                    k_d64_bits(of[i * row_a + j * col_a]), row[i] + col[j]));
        }
        K_BARRIER_ALL();
        const k_u64 norm = batch_largest(sums, 1, n);
        bad = !batch_fits(norm);

        /* LU, the pivot the first of the largest; all members look */
        for (int k = 0; k < n; k++) {
            K_GLOBAL float *column = lu + k * n;
            float most = 0;
            int pivot = k;
            for (int i = k; i < n; i++) {
                const float v = k_fabsf(column[i]);
                pivot = v > most ? i : pivot;
                most = v > most ? v : most;
            }
            bad = bad || !(most > 0) || !(most <= 3.40282347e38f);
            K_BARRIER_ALL();
            for (int j = member; j < n; j += members) {
                const float kept = lu[j * n + k];
                lu[j * n + k] = lu[j * n + pivot];
                lu[j * n + pivot] = kept;
            }
            if (member == 0) {
                const int kept = from[k];
                from[k] = from[pivot];
                from[pivot] = kept;
            }
            K_BARRIER_ALL();
            const float d = column[k];
            for (int i = k + 1 + member; i < n; i += members)
                column[i] = column[i] / d;
            for (int j = k + 1; j < n; j++) {
                K_GLOBAL float *other = lu + j * n;
                const float u = other[k];
                for (int i = k + 1 + member; i < n; i += members)
                    other[i] = k_fmaf(-column[i], u, other[i]);
            }
            K_BARRIER_ALL();
        }

        for (int c = 0; c < nrhs; c++) {
            K_GLOBAL const k_d64 *right = b + p * stride_b + c * col_b;
            K_GLOBAL k_d64 *y = x + ((k_i64)p * nrhs + c) * n;
            const k_u64 size_b = batch_largest(right, row_b, n);
            k_d64 last = K_D64_ZERO;
            int step = 0, going = 1;
            bad = bad || !batch_fits(size_b);
            for (int i = member; i < n; i += members) {
                y[i] = K_D64_ZERO;
                r[i] = right[i * row_b];
            }
            K_BARRIER_ALL();
            for (; going && !bad; step++) {
                for (int i = member; i < n; i += members)
                    w[i] = k_d64_of_bits(
                        k_soft_ldexp(k_d64_bits(r[from[i]]), row[from[i]]));
                for (int k = 0; k < n; k++) {
                    K_BARRIER_ALL();
                    const k_d64 known = k_d64_neg(w[k]);
                    for (int i = k + 1 + member; i < n; i += members)
                        w[i] = k_d64_fma(k_d64_of_float(lu[k * n + i]), known,
                                         w[i]);
                }
                for (int k = n - 1; k >= 0; k--) {
                    K_BARRIER_ALL();
                    const k_d64 known = k_d64_neg(
                        k_d64_div(w[k], k_d64_of_float(lu[k * n + k])));
                    for (int i = member; i < k; i += members)
                        w[i] = k_d64_fma(k_d64_of_float(lu[k * n + i]), known,
                                         w[i]);
                }
                K_BARRIER_ALL();
                for (int i = member; i < n; i += members) {
                    const k_d64 d =
                        k_d64_div(w[i], k_d64_of_float(lu[i * n + i]));
                    y[i] = k_d64_add(y[i], k_d64_of_bits(k_soft_ldexp(
                                               k_d64_bits(d), col[i])));
                }
                K_BARRIER_ALL();
                for (int i = member; i < n; i += members)
                    r[i] = batch_residual(right[i * row_b], of + i * row_a,
                                          col_a, y, n);
                K_BARRIER_ALL();
                const k_u64 size_y = batch_largest(y, 1, n);
                const k_d64 left = k_d64_of_bits(batch_largest(r, 1, n));
                const k_d64 whole = k_d64_add(
                    k_d64_mul(k_d64_of_bits(norm), k_d64_of_bits(size_y)),
                    k_d64_of_bits(size_b));
                const k_d64 error =
                    size_b == 0u ? K_D64_ZERO : k_d64_div(left, whole);
                const int reached = !k_d64_less(tolerance, error);
                /* a NaN is neither; a step must halve what is left */
                bad =
                    !batch_fits(size_y) || batch_size(error) > K_SOFT_INF ||
                    (!reached &&
                     (step >= most_steps ||
                      (step > 0 && !k_d64_less(k_d64_add(left, left), last))));
                going = !reached;
                last = left;
                worst = reached && k_d64_less(worst, error) ? error : worst;
                worst_steps = step > worst_steps ? step : worst_steps;
            }
            K_BARRIER_ALL();
        }
        if (member == 0) {
            state[p] = bad;
            steps[p] = worst_steps;
            errors[p] = worst;
        }
    }
}

#endif
