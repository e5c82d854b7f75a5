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
#define BATCH_VECTORS 2        /* of n numbers a system: work */
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

K_FN k_d64 batch_power(int e)
{
    const int within = e < -1022 ? -1022 : e > 1023 ? 1023 : e;
    return k_d64_of_bits((k_u64)(within + 1023) << 52);
}

/* v 2^e in two steps, as a power of two may be beyond the range. */
K_FN k_d64 batch_scaled(k_d64 v, int e)
{
    return k_d64_mul(k_d64_mul(v, batch_power(e / 2)), batch_power(e - e / 2));
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

/* One system, and the items of its team. */
typedef struct batch_system {
    K_GLOBAL const k_d64 *a;
    k_i64 row_a, col_a;
    K_GLOBAL float *lu;
    K_GLOBAL k_d64 *r, *w;            /* residual, correction */
    K_GLOBAL k_i32 *row, *col, *from; /* exponents, rows before exchanges */
    int n, member, members;
} batch_system;

/* Exponents with which the largest of each row, then of each column is below
 * one; S in FP32. The largest sum of a row of |A|, as bits. */
K_FN k_u64 batch_scale(batch_system q)
{
    for (int i = q.member; i < q.n; i += q.members) {
        K_GLOBAL const k_d64 *v = q.a + i * q.row_a;
        const k_u64 most = batch_largest(v, q.col_a, q.n);
        k_d64 sum = K_D64_ZERO;
        for (int j = 0; j < q.n; j++)
            sum = k_d64_add(sum, k_d64_abs(v[j * q.col_a]));
        q.w[i] = sum;
        q.row[i] = most == 0u ? 0 : -1 - batch_exponent(most);
        q.from[i] = i;
    }
    K_BARRIER_ALL();
    for (int j = q.member; j < q.n; j += q.members) {
        K_GLOBAL const k_d64 *v = q.a + j * q.col_a;
        int most = BATCH_NONE;
        for (int i = 0; i < q.n; i++) {
            const k_u64 size = batch_size(v[i * q.row_a]);
            const int e = batch_exponent(size) + q.row[i];
            most = size != 0u && e > most ? e : most;
        }
        q.col[j] = most == BATCH_NONE ? 0 : -1 - most;
        for (int i = 0; i < q.n; i++)
            q.lu[j * q.n + i] = k_d64_to_float(
                batch_scaled(v[i * q.row_a], q.row[i] + q.col[j]));
    }
    K_BARRIER_ALL();
    const k_u64 norm = batch_largest(q.w, 1, q.n);
    K_BARRIER_ALL();
    return norm;
}

/* LU, the pivot the first of the largest, for which all members look; 1: there
 * is none in a column. */
K_FN int batch_factorize(batch_system q)
{
    int bad = 0;
    for (int k = 0; k < q.n; k++) {
        K_GLOBAL float *column = q.lu + k * q.n;
        float most = 0;
        int pivot = k;
        for (int i = k; i < q.n; i++) {
            const float v = k_fabsf(column[i]);
            pivot = v > most ? i : pivot;
            most = v > most ? v : most;
        }
        bad = bad || !(most > 0) || !(most <= 3.40282347e38f);
        K_BARRIER_ALL();
        for (int j = q.member; j < q.n; j += q.members) {
            const float kept = q.lu[j * q.n + k];
            q.lu[j * q.n + k] = q.lu[j * q.n + pivot];
            q.lu[j * q.n + pivot] = kept;
        }
        if (q.member == 0) {
            const int kept = q.from[k];
            q.from[k] = q.from[pivot];
            q.from[pivot] = kept;
        }
        K_BARRIER_ALL();
        const float d = column[k];
        for (int i = k + 1 + q.member; i < q.n; i += q.members)
            column[i] = column[i] / d;
        for (int j = k + 1; j < q.n; j++) {
            K_GLOBAL float *other = q.lu + j * q.n;
            const float u = other[k];
            for (int i = k + 1 + q.member; i < q.n; i += q.members)
                other[i] = k_fmaf(-column[i], u, other[i]);
        }
        K_BARRIER_ALL();
    }
    return bad;
}

/* y += A^-1 r by the factors, in FP64 arithmetic. */
K_FN void batch_correct(batch_system q, K_GLOBAL k_d64 *y)
{
    for (int i = q.member; i < q.n; i += q.members)
        q.w[i] = batch_scaled(q.r[q.from[i]], q.row[q.from[i]]);
    for (int k = 0; k < q.n; k++) {
        K_BARRIER_ALL();
        const k_d64 known = k_d64_neg(q.w[k]);
        for (int i = k + 1 + q.member; i < q.n; i += q.members)
            q.w[i] =
                k_d64_fma(k_d64_of_float(q.lu[k * q.n + i]), known, q.w[i]);
    }
    for (int k = q.n - 1; k >= 0; k--) {
        K_BARRIER_ALL();
        const k_d64 known =
            k_d64_neg(k_d64_div(q.w[k], k_d64_of_float(q.lu[k * q.n + k])));
        for (int i = q.member; i < k; i += q.members)
            q.w[i] =
                k_d64_fma(k_d64_of_float(q.lu[k * q.n + i]), known, q.w[i]);
    }
    K_BARRIER_ALL();
    for (int i = q.member; i < q.n; i += q.members) {
        const k_d64 d = k_d64_div(q.w[i], k_d64_of_float(q.lu[i * q.n + i]));
        y[i] = k_d64_add(y[i], batch_scaled(d, q.col[i]));
    }
    K_BARRIER_ALL();
}

/* How a right-hand side ended. */
typedef struct batch_end {
    int bad, steps;
    k_d64 error;
} batch_end;

/* A y = b[i * stride], refined from y = 0 on. norm: of A, as bits. */
K_FN batch_end batch_refine(batch_system q, k_u64 norm, int bad,
                            K_GLOBAL const k_d64 *b, k_i64 stride,
                            K_GLOBAL k_d64 *y, k_d64 tolerance, int most_steps)
{
    const k_u64 size_b = batch_largest(b, stride, q.n);
    batch_end end;
    k_d64 last = K_D64_ZERO;
    int going = 1;
    end.bad = bad || !batch_fits(size_b);
    end.steps = -1;
    end.error = K_D64_ZERO;
    for (int i = q.member; i < q.n; i += q.members) {
        y[i] = K_D64_ZERO;
        q.r[i] = b[i * stride];
    }
    K_BARRIER_ALL();
    while (going && !end.bad) {
        batch_correct(q, y);
        for (int i = q.member; i < q.n; i += q.members)
            q.r[i] = batch_residual(b[i * stride], q.a + i * q.row_a, q.col_a,
                                    y, q.n);
        K_BARRIER_ALL();
        const k_u64 size_y = batch_largest(y, 1, q.n);
        const k_d64 left = k_d64_of_bits(batch_largest(q.r, 1, q.n));
        const k_d64 whole =
            k_d64_add(k_d64_mul(k_d64_of_bits(norm), k_d64_of_bits(size_y)),
                      k_d64_of_bits(size_b));
        end.error = size_b == 0u ? K_D64_ZERO : k_d64_div(left, whole);
        end.steps++;
        going = k_d64_less(tolerance, end.error);
        /* a NaN is neither; a step must halve what is left */
        end.bad =
            !batch_fits(size_y) || batch_size(end.error) > K_SOFT_INF ||
            (going &&
             (end.steps >= most_steps ||
              (end.steps > 0 && !k_d64_less(k_d64_add(left, left), last))));
        last = left;
    }
    K_BARRIER_ALL();
    return end;
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
        batch_system q;
        k_d64 worst = K_D64_ZERO;
        int most = 0;
        q.a = a + p * stride_a;
        q.row_a = row_a;
        q.col_a = col_a;
        q.lu = factors + (k_i64)p * n * n;
        q.r = work + (k_i64)p * BATCH_VECTORS * n;
        q.w = q.r + n;
        q.row = marks + (k_i64)p * BATCH_MARKS * n;
        q.col = q.row + n;
        q.from = q.col + n;
        q.n = n;
        q.member = K_MEMBER();
        q.members = K_MEMBERS(BATCH_ITEMS);
        const k_u64 norm = batch_scale(q);
        int bad = batch_factorize(q) || !batch_fits(norm);
        for (int c = 0; c < nrhs; c++) {
            const batch_end end = batch_refine(
                q, norm, bad, b + p * stride_b + c * col_b, row_b,
                x + ((k_i64)p * nrhs + c) * n, tolerance, most_steps);
            bad = end.bad;
            worst = k_d64_less(worst, end.error) ? end.error : worst;
            most = end.steps > most ? end.steps : most;
        }
        if (q.member == 0) {
            state[p] = bad;
            steps[p] = most;
            errors[p] = worst;
        }
    }
}

#endif
