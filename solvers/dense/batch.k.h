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
#define BATCH_MOST    256 /* order */
#define BATCH_VECTORS 2   /* of n numbers a system: work */
#define BATCH_MARKS   3   /* of n integers a system */
/* numbers between columns of the factors, and of a vector of work: whole
 * vectors of a CPU; those beyond the order are of no meaning */
#define BATCH_LD(n) (((n) + 15) / 16 * 16)
#define BATCH_PANEL 4        /* columns of the factors at a time */
#define BATCH_TURN  8        /* rows that are turned at a time */
#define BATCH_RANGE 400      /* of the exponents of A, B and X */
#define BATCH_NONE  -1000000 /* below every exponent */

/* neighbouring rows of a member at a time, where a loop goes through all
 * columns for each */
#define BATCH_STRIP K_STRIP(BATCH_MOST)

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
    K_EACH_FOR_MOST (most, i, 0, n) {
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

/* new or old without a branch, which a loop that is vectorised must not have */
K_FN float batch_chosen(int is_new, float new_one, float old)
{
    const k_u32 mask = -(k_u32)is_new;
    return k_float_of((k_float_bits(new_one) & mask) |
                      (k_float_bits(old) & ~mask));
}

K_FN k_d64 batch_chosen64(int is_new, k_d64 new_one, k_d64 old)
{
    const k_u64 mask = -(k_u64)is_new;
    return k_d64_of_bits((k_d64_bits(new_one) & mask) |
                         (k_d64_bits(old) & ~mask));
}

/* One system. Column j of the matrix: a[j lda + i]. */
typedef struct batch_system {
    K_GLOBAL const k_d64 *a;
    k_i64 lda;
    K_GLOBAL float *lu;
    K_GLOBAL k_d64 *r, *w;             /* residual, correction */
    K_GLOBAL k_i32 *row, *col, *pivot; /* exponents, exchanges */
    int n, ld;                         /* order; of lu, BATCH_LD(n) */
} batch_system;

/* a[i row + j col] by columns, as its entries are read down them later. */
K_FN void batch_turn(K_GLOBAL const k_d64 *a, k_i64 row, k_i64 col, int n,
                     K_GLOBAL k_d64 *to)
{
    for (int first = 0; first < n; first += BATCH_TURN) {
        const int last = first + BATCH_TURN < n ? first + BATCH_TURN : n;
        for (int j = K_MEMBER(); j < n; j += K_MEMBERS(BATCH_ITEMS))
            for (int i = first; i < last; i++)
                to[j * n + i] = a[i * row + j * col];
    }
}

/* Exponent with which the largest of each row is below one, and the sum of its
 * magnitudes in w. */
K_FN void batch_scale_rows(batch_system q)
{
    for (int first = K_MEMBER() * BATCH_STRIP; first < q.n;
         first += K_MEMBERS(BATCH_ITEMS) * BATCH_STRIP) {
        k_u64 most[BATCH_STRIP];
        k_d64 sum[BATCH_STRIP];
        K_EACH_OF_STRIP (l, q.n - first) {
            most[l] = 0u;
            sum[l] = K_D64_ZERO;
        }
        for (int j = 0; j < q.n; j++) {
            K_GLOBAL const k_d64 *v = q.a + j * q.lda + first;
            K_EACH_OF_STRIP (l, q.n - first) {
                const k_u64 size = batch_size(v[l]);
                most[l] = size > most[l] ? size : most[l];
                sum[l] = k_d64_add(sum[l], k_d64_abs(v[l]));
            }
        }
        K_EACH_OF_STRIP (l, q.n - first) {
            q.w[first + l] = sum[l];
            q.row[first + l] = most[l] == 0u ? 0 : -1 - batch_exponent(most[l]);
        }
    }
}

/* Exponents with which the largest of each row, then of each column is below
 * one; S in FP32. The largest sum of a row of |A|, as bits. */
K_FN k_u64 batch_scale(batch_system q)
{
    batch_scale_rows(q);
    K_BARRIER_ALL();
    for (int j = K_MEMBER(); j < q.n; j += K_MEMBERS(BATCH_ITEMS)) {
        K_GLOBAL const k_d64 *v = q.a + j * q.lda;
        int most = BATCH_NONE;
        K_EACH_FOR_MOST (most, i, 0, q.n) {
            const k_u64 size = batch_size(v[i]);
            const int e =
                size != 0u ? batch_exponent(size) + q.row[i] : BATCH_NONE;
            most = e > most ? e : most;
        }
        q.col[j] = most == BATCH_NONE ? 0 : -1 - most;
    }
    K_BARRIER_ALL();
    for (int j = 0; j < q.n; j++) {
        K_GLOBAL const k_d64 *v = q.a + j * q.lda;
        K_GLOBAL float *to = q.lu + j * q.ld;
        const int col = q.col[j];
        K_EACH_MEMBER (i, 0, q.n, BATCH_ITEMS)
            to[i] = k_d64_to_float(batch_scaled(v[i], q.row[i] + col));
    }
    const k_u64 norm = batch_largest(q.w, 1, q.n);
    K_BARRIER_ALL();
    return norm;
}

K_FN void batch_exchange(K_GLOBAL float *column, int i, int k)
{
    const float kept = column[i];
    column[i] = column[k];
    column[k] = kept;
}

/* The first of the largest of a column from k on, for which all members look;
 * 1: there is none, or it is not finite. */
K_FN int batch_pivot(K_GLOBAL const float *column, int k, int n, int *pivot)
{
    k_u32 most = 0u;
    int below = 0; /* rows from the first of them to the end */
    K_EACH_FOR_MOST (most, i, K_VECTOR(k), K_VECTORS(n)) {
        const k_u32 bits = k_float_bits(column[i]) & 0x7fffffffu;
        const k_u32 size = bits & -(k_u32)K_LANE((i >= k) & (i < n));
        most = size > most ? size : most;
    }
    K_EACH_FOR_MOST (below, i, K_VECTOR(k), K_VECTORS(n)) {
        const k_u32 bits = k_float_bits(column[i]) & 0x7fffffffu;
        const int at = (n - i) & -((bits == most) & K_LANE(i >= k));
        below = at > below ? at : below;
    }
    *pivot = n - below;
    return most == 0u || most >= 0x7f800000u;
}

/* Columns first .. last of the factors, their exchanges in them only. */
K_FN int batch_factorize_panel(batch_system q, int first, int last)
{
    int bad = 0;
    for (int k = first; k < last; k++) {
        K_GLOBAL float *column = q.lu + k * q.ld;
        int pivot;
        bad = batch_pivot(column, k, q.n, &pivot) || bad;
        K_BARRIER_ALL();
        for (int j = first + K_MEMBER(); j < last; j += K_MEMBERS(BATCH_ITEMS))
            batch_exchange(q.lu + j * q.ld, k, pivot);
        if (K_MEMBER() == 0)
            q.pivot[k] = pivot;
        K_BARRIER_ALL();
        const float d = column[k];
        K_EACH_MEMBER (i, K_VECTOR(k + 1), K_VECTORS(q.n), BATCH_ITEMS)
            column[i] = batch_chosen(K_LANE(i > k), column[i] / d, column[i]);
        for (int j = k + 1; j < last; j++) {
            K_GLOBAL float *other = q.lu + j * q.ld;
            const float u = other[k];
            K_EACH_MEMBER (i, K_VECTOR(k + 1), K_VECTORS(q.n), BATCH_ITEMS) {
                const float v = k_fmaf(-column[i], u, other[i]);
                other[i] = batch_chosen(K_LANE(i > k), v, other[i]);
            }
        }
        K_BARRIER_ALL();
    }
    return bad;
}

/* A column right of a panel: the exchanges of the panel, and its rows of U. */
K_FN void batch_enter_panel(batch_system q, int k, K_GLOBAL float *column)
{
    K_GLOBAL const float *l = q.lu + k * q.ld + k;
    for (int t = 0; t < BATCH_PANEL; t++)
        batch_exchange(column, k + t, q.pivot[k + t]);
    const float u0 = column[k];
    const float u1 = k_fmaf(-l[1], u0, column[k + 1]);
    const float u2 = k_fmaf(-l[q.ld + 2], u1, k_fmaf(-l[2], u0, column[k + 2]));
    const float u3 =
        k_fmaf(-l[2 * q.ld + 3], u2,
               k_fmaf(-l[q.ld + 3], u1, k_fmaf(-l[3], u0, column[k + 3])));
    column[k + 1] = u1;
    column[k + 2] = u2;
    column[k + 3] = u3;
}

/* The columns right of a panel of BATCH_PANEL from k on, two at a time; none
 * are right of a narrower one. */
K_FN void batch_update(batch_system q, int k)
{
    const int n = q.n, ld = q.ld, below = k + BATCH_PANEL;
    K_GLOBAL const float *l = q.lu + k * ld;
    int j = below;
    for (int m = below + K_MEMBER(); m < n; m += K_MEMBERS(BATCH_ITEMS))
        batch_enter_panel(q, k, q.lu + m * ld);
    K_BARRIER_ALL();
    for (; j + 1 < n; j += 2) {
        K_GLOBAL float *c = q.lu + j * ld, *d = c + ld;
        const float c0 = c[k], c1 = c[k + 1], c2 = c[k + 2], c3 = c[k + 3];
        const float d0 = d[k], d1 = d[k + 1], d2 = d[k + 2], d3 = d[k + 3];
        K_EACH_MEMBER (i, K_VECTOR(below), K_VECTORS(n), BATCH_ITEMS) {
            const float l0 = l[i], l1 = l[ld + i];
            const float l2 = l[2 * ld + i], l3 = l[3 * ld + i];
            float x = k_fmaf(-l0, c0, c[i]), y = k_fmaf(-l0, d0, d[i]);
            x = k_fmaf(-l1, c1, x);
            y = k_fmaf(-l1, d1, y);
            x = k_fmaf(-l2, c2, x);
            y = k_fmaf(-l2, d2, y);
            x = k_fmaf(-l3, c3, x);
            y = k_fmaf(-l3, d3, y);
            c[i] = batch_chosen(K_LANE(i >= below), x, c[i]);
            d[i] = batch_chosen(K_LANE(i >= below), y, d[i]);
        }
    }
    if (j < n) {
        K_GLOBAL float *c = q.lu + j * ld;
        const float c0 = c[k], c1 = c[k + 1], c2 = c[k + 2], c3 = c[k + 3];
        K_EACH_MEMBER (i, K_VECTOR(below), K_VECTORS(n), BATCH_ITEMS) {
            float x = k_fmaf(-l[i], c0, c[i]);
            x = k_fmaf(-l[ld + i], c1, x);
            x = k_fmaf(-l[2 * ld + i], c2, x);
            x = k_fmaf(-l[3 * ld + i], c3, x);
            c[i] = batch_chosen(K_LANE(i >= below), x, c[i]);
        }
    }
    K_BARRIER_ALL();
}

/* LU by panels, each entry in the order of the columns; the exchanges of a
 * panel are not made left of it. 1: without a pivot. */
K_FN int batch_factorize(batch_system q)
{
    int bad = 0;
    for (int k = 0; k < q.n; k += BATCH_PANEL) {
        const int last = k + BATCH_PANEL < q.n ? k + BATCH_PANEL : q.n;
        bad = batch_factorize_panel(q, k, last) || bad;
        batch_update(q, k);
    }
    return bad;
}

/* v, from which column k + t of the factors has been taken known[t] times, for
 * a panel of them in this order, or from the last on. */
K_FN k_d64 batch_take(batch_system q, int k, int i, const k_d64 *known,
                      int backward)
{
    k_d64 v = q.w[i];
    K_UNROLLED
    for (int t = 0; t < BATCH_PANEL; t++) {
        const int c = backward ? BATCH_PANEL - 1 - t : t;
        v = k_d64_fma(k_d64_of_float(q.lu[(k + c) * q.ld + i]), known[c], v);
    }
    return v;
}

/* w = L^-1 w with the exchanges, a panel at a time: one member its triangle,
 * all the rows below. */
K_FN void batch_lower(batch_system q)
{
    for (int k = 0; k < q.n; k += BATCH_PANEL) {
        const int last = k + BATCH_PANEL < q.n ? k + BATCH_PANEL : q.n;
        k_d64 known[BATCH_PANEL];
        for (int i = k; i < last && K_MEMBER() == 0; i++) {
            const int pivot = q.pivot[i];
            const k_d64 kept = q.w[pivot];
            q.w[pivot] = q.w[i];
            q.w[i] = kept;
        }
        for (int i = k; i < last && K_MEMBER() == 0; i++) {
            k_d64 v = q.w[i];
            for (int j = k; j < i; j++)
                v = k_d64_fma(k_d64_of_float(q.lu[j * q.ld + i]),
                              k_d64_neg(q.w[j]), v);
            q.w[i] = v;
        }
        K_BARRIER_ALL();
        if (last < q.n) {
            K_UNROLLED
            for (int t = 0; t < BATCH_PANEL; t++)
                known[t] = k_d64_neg(q.w[k + t]);
            K_EACH_MEMBER (i, K_VECTOR(last), K_VECTORS(q.n), BATCH_ITEMS)
                q.w[i] = batch_chosen64(K_LANE(i >= last),
                                        batch_take(q, k, i, known, 0), q.w[i]);
        }
        K_BARRIER_ALL();
    }
}

/* w = U^-1 w likewise, from the end on. */
K_FN void batch_upper(batch_system q)
{
    for (int last = q.n; last > 0; last -= BATCH_PANEL) {
        const int k = last > BATCH_PANEL ? last - BATCH_PANEL : 0;
        k_d64 known[BATCH_PANEL];
        for (int i = last - 1; i >= k && K_MEMBER() == 0; i--) {
            k_d64 v = q.w[i];
            for (int j = last - 1; j > i; j--)
                v = k_d64_fma(k_d64_of_float(q.lu[j * q.ld + i]),
                              k_d64_neg(q.w[j]), v);
            q.w[i] = k_d64_div(v, k_d64_of_float(q.lu[i * q.ld + i]));
        }
        K_BARRIER_ALL();
        if (k > 0) {
            K_UNROLLED
            for (int t = 0; t < BATCH_PANEL; t++)
                known[t] = k_d64_neg(q.w[k + t]);
            K_EACH_MEMBER (i, 0, K_VECTORS(k), BATCH_ITEMS)
                q.w[i] = batch_chosen64(K_LANE(i < k),
                                        batch_take(q, k, i, known, 1), q.w[i]);
        }
        K_BARRIER_ALL();
    }
}

/* y += A^-1 r by the factors, in FP64 arithmetic. */
K_FN void batch_correct(batch_system q, K_GLOBAL k_d64 *y)
{
    K_EACH_MEMBER (i, 0, q.n, BATCH_ITEMS)
        q.w[i] = batch_scaled(q.r[i], q.row[i]);
    K_BARRIER_ALL();
    batch_lower(q);
    batch_upper(q);
    K_EACH_MEMBER (i, 0, q.n, BATCH_ITEMS)
        y[i] = k_d64_add(y[i], batch_scaled(q.w[i], q.col[i]));
    K_BARRIER_ALL();
}

/* r = b - A y in twice FP64 (Dot2, see residual.k.h). */
K_FN void batch_residual(batch_system q, K_GLOBAL const k_d64 *b, k_i64 stride,
                         K_GLOBAL const k_d64 *y)
{
    for (int first = K_MEMBER() * BATCH_STRIP; first < q.n;
         first += K_MEMBERS(BATCH_ITEMS) * BATCH_STRIP) {
        k_d64 s[BATCH_STRIP], low[BATCH_STRIP];
        K_EACH_OF_STRIP (l, q.n - first) {
            s[l] = b[(first + l) * stride];
            low[l] = K_D64_ZERO;
        }
        for (int j = 0; j < q.n; j++) {
            K_GLOBAL const k_d64 *a = q.a + j * q.lda + first;
            const k_d64 v = y[j];
            K_EACH_OF_STRIP (l, q.n - first) {
                const k_d64 u = k_d64_neg(a[l]);
                const k_d64 p = k_d64_mul(u, v);
                const k_d64 e = k_d64_fma(u, v, k_d64_neg(p));
                const k_d64 t = k_d64_add(s[l], p), z = k_d64_sub(t, s[l]);
                const k_d64 f = k_d64_add(k_d64_sub(s[l], k_d64_sub(t, z)),
                                          k_d64_sub(p, z));
                low[l] = k_d64_add(low[l], k_d64_add(e, f));
                s[l] = t;
            }
        }
        K_EACH_OF_STRIP (l, q.n - first)
            q.r[first + l] = k_d64_add(s[l], low[l]);
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
    K_EACH_MEMBER (i, 0, q.n, BATCH_ITEMS) {
        y[i] = K_D64_ZERO;
        q.r[i] = b[i * stride];
    }
    K_BARRIER_ALL();
    while (going && !end.bad) {
        batch_correct(q, y);
        batch_residual(q, b, stride, y);
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

/* factors: n n numbers a system, columns contiguous; turned: the same, of A,
 * where row_a is not 1. tolerance: of the normwise
 * backward error. state[p]: 0, or 1 if not solved; steps[p]: the most
 * refinements of a right-hand side; errors[p]: the largest backward error. A
 * team a system on axis 1. */
#define K_ARGS_batch_solve(IN, OUT, VALUE)                                     \
    IN(k_d64, a)                                                               \
    IN(k_d64, b)                                                               \
    OUT(k_d64, x)                                                              \
    OUT(k_d64, turned)                                                         \
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
        q.lda = col_a;
        if (row_a != 1) {
            K_GLOBAL k_d64 *copy = turned + (k_i64)p * n * n;
            batch_turn(q.a, row_a, col_a, n, copy);
            q.a = copy;
            q.lda = n;
        }
        K_BARRIER_ALL();
        q.n = n;
        q.ld = BATCH_LD(n);
        q.lu = factors + (k_i64)p * n * q.ld;
        q.r = work + (k_i64)p * BATCH_VECTORS * q.ld;
        q.w = q.r + q.ld;
        q.row = marks + (k_i64)p * BATCH_MARKS * n;
        q.col = q.row + n;
        q.pivot = q.col + n;
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
        if (K_MEMBER() == 0) {
            state[p] = bad;
            steps[p] = most;
            errors[p] = worst;
        }
    }
}

#endif
