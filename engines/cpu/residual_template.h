/* SPDX-License-Identifier: BSD-3-Clause */
/* Sums of products for residuals, in FP64 or in twice FP64. The includer
 * defines vec            vector of VEC_LANES doubles (1, 4 or 8; it divides 16)
 *     VEC_LANES      vec_load(p), vec_store(p, v), vec_all(x),
 *     vec_fma(a, b, c), vec_abs(v)
 *     VEC_NAME(name) decorated name
 * and gets the functions residual_dot and residual_axpy of engine.h.
 *
 * Each term is split without error, a x = p + e (TwoProduct), p is added to s
 * without error (TwoSum) and both errors go to c: algorithm Dot2 of T. Ogita,
 * S. M. Rump, S. Oishi, SIAM J. Sci. Comput. 26 (2005) 1955. A dot product has
 * 16 independent sums, element h belongs to sum h mod 16; they are merged in a
 * fixed tree. So the bits do not depend on the width of the vectors. */
#ifndef VEC_LANES
#error "residual_template.h is included by an engine that defines vec"
#endif

#include <math.h>

enum { SUMS = 16 };

typedef struct sums {
    vec s, c, m; /* high sum, error sum, sum of magnitudes */
} sums;

#define INLINE static inline __attribute__((always_inline))

/* The variants are compile-time constants where this is inlined. */
INLINE void add_term(sums *q, vec a, vec x, vec x_low, const int twice,
                     const int with_low, const int with_magnitude)
{
    if (twice) {
        const vec p = a * x;
        const vec e = vec_fma(a, x, -p);
        const vec t = q->s + p;
        const vec z = t - q->s;
        const vec f = (q->s - (t - z)) + (p - z);
        q->s = t;
        q->c = q->c + (e + f);
        if (with_low)
            q->c = vec_fma(a, x_low, q->c);
    } else {
        q->s = vec_fma(a, x, q->s);
    }
    if (with_magnitude)
        q->m = vec_fma(vec_abs(a), vec_abs(x), q->m);
}

INLINE void add_at(sums *q, const double *a, const double *x,
                   const double *x_low, const int twice, const int with_low,
                   const int with_magnitude)
{
    const vec v = vec_load(a), w = vec_load(x);
    add_term(q, v, w, with_low ? vec_load(x_low) : w, twice, with_low,
             with_magnitude);
}

/* Merge 16 sums in the order of a binary tree. */
static void merge(double *s, double *c, double *m, double *out)
{
    for (int w = SUMS / 2; w > 0; w /= 2)
        for (int k = 0; k < w; k++) {
            const double t = s[k] + s[k + w], z = t - s[k];
            c[k] += c[k + w] + ((s[k] - (t - z)) + (s[k + w] - z));
            s[k] = t;
            m[k] += m[k + w];
        }
    out[0] = s[0];
    out[1] = c[0];
    out[2] = m[0];
}

INLINE void dot_one(int64_t length, const double *a, const double *x,
                    const double *x_low, const int twice, const int with_low,
                    const int with_magnitude, double *out)
{
    enum { VECS = SUMS / VEC_LANES };
    const vec zero = vec_all(0.0);
    double tail[3][SUMS] = {{0}}, s[SUMS], c[SUMS], m[SUMS];
    const int64_t whole = length / SUMS * SUMS;
    sums q[VECS];
    for (int k = 0; k < VECS; k++)
        q[k] = (sums){zero, zero, zero};
#if VEC_LANES == 8
#define ADD_ALL(A, X, L)                                                       \
    do {                                                                       \
        add_at(&q0, A, X, L, twice, with_low, with_magnitude);                 \
        add_at(&q1, (A) + 8, (X) + 8, (L) + 8, twice, with_low,                \
               with_magnitude);                                                \
    } while (0)
    sums q0 = q[0], q1 = q[0];
#elif VEC_LANES == 4
#define ADD_ALL(A, X, L)                                                       \
    do {                                                                       \
        add_at(&q0, A, X, L, twice, with_low, with_magnitude);                 \
        add_at(&q1, (A) + 4, (X) + 4, (L) + 4, twice, with_low,                \
               with_magnitude);                                                \
        add_at(&q2, (A) + 8, (X) + 8, (L) + 8, twice, with_low,                \
               with_magnitude);                                                \
        add_at(&q3, (A) + 12, (X) + 12, (L) + 12, twice, with_low,             \
               with_magnitude);                                                \
    } while (0)
    sums q0 = q[0], q1 = q[0], q2 = q[0], q3 = q[0];
#else
#define ADD_ALL(A, X, L)                                                       \
    for (int k = 0; k < VECS; k++)                                             \
    add_at(&q[k], (A) + k, (X) + k, (L) + k, twice, with_low, with_magnitude)
#endif
    const double *low = with_low ? x_low : x;
    for (int64_t h = 0; h < whole; h += SUMS)
        ADD_ALL(a + h, x + h, low + h);
    for (int64_t h = whole; h < length; h++) {
        tail[0][h - whole] = a[h];
        tail[1][h - whole] = x[h];
        tail[2][h - whole] = low[h];
    }
    if (whole < length)
        ADD_ALL(tail[0], tail[1], tail[2]);
#undef ADD_ALL
#if VEC_LANES == 8
    q[0] = q0, q[1] = q1;
#elif VEC_LANES == 4
    q[0] = q0, q[1] = q1, q[2] = q2, q[3] = q3;
#endif
    for (int k = 0; k < VECS; k++) {
        vec_store(s + k * VEC_LANES, q[k].s);
        vec_store(c + k * VEC_LANES, q[k].c);
        vec_store(m + k * VEC_LANES, q[k].m);
    }
    merge(s, c, m, out);
}

void VEC_NAME(residual_dot)(int64_t vectors, int64_t length, const double *a,
                            int64_t lda, const double *x, const double *x_low,
                            double *sum, double *sum_low, double *magnitude)
{
    for (int64_t v = 0; v < vectors; v++) {
        const double *row = a + v * lda;
        double out[3];
        if (!sum_low && magnitude)
            dot_one(length, row, x, x, 0, 0, 1, out);
        else if (!sum_low)
            dot_one(length, row, x, x, 0, 0, 0, out);
        else if (magnitude && x_low)
            dot_one(length, row, x, x_low, 1, 1, 1, out);
        else if (magnitude)
            dot_one(length, row, x, x, 1, 0, 1, out);
        else if (x_low)
            dot_one(length, row, x, x_low, 1, 1, 0, out);
        else
            dot_one(length, row, x, x, 1, 0, 0, out);
        sum[v] = out[0];
        if (sum_low)
            sum_low[v] = out[1];
        if (magnitude)
            magnitude[v] = out[2];
    }
}

/* GROUP vectors onto the sums of `length` elements; in the order of the
 * vectors. */
INLINE void axpy_group(const int group, int64_t length, const double *a,
                       int64_t lda, const double *x, const double *x_low,
                       const int twice, const int with_low,
                       const int with_magnitude, double *sum, double *sum_low,
                       double *magnitude)
{
    const int64_t whole = length / VEC_LANES * VEC_LANES;
    for (int64_t h = 0; h < whole; h += VEC_LANES) {
        sums q = {vec_load(sum + h), vec_load((twice ? sum_low : sum) + h),
                  vec_load((with_magnitude ? magnitude : sum) + h)};
#pragma GCC unroll 4
        for (int v = 0; v < group; v++)
            add_term(&q, vec_load(a + v * lda + h), vec_all(x[v]),
                     vec_all(with_low ? x_low[v] : 0.0), twice, with_low,
                     with_magnitude);
        vec_store(sum + h, q.s);
        if (twice)
            vec_store(sum_low + h, q.c);
        if (with_magnitude)
            vec_store(magnitude + h, q.m);
    }
    for (int64_t h = whole; h < length; h++) {
        double s[VEC_LANES] = {sum[h]}, c[VEC_LANES] = {twice ? sum_low[h] : 0};
        double m[VEC_LANES] = {with_magnitude ? magnitude[h] : 0};
        sums q = {vec_load(s), vec_load(c), vec_load(m)};
        for (int v = 0; v < group; v++)
            add_term(&q, vec_all(a[v * lda + h]), vec_all(x[v]),
                     vec_all(with_low ? x_low[v] : 0.0), twice, with_low,
                     with_magnitude);
        vec_store(s, q.s);
        vec_store(c, q.c);
        vec_store(m, q.m);
        sum[h] = s[0];
        if (twice)
            sum_low[h] = c[0];
        if (with_magnitude)
            magnitude[h] = m[0];
    }
}

INLINE void axpy_all(int64_t vectors, int64_t length, const double *a,
                     int64_t lda, const double *x, const double *x_low,
                     const int twice, const int with_low,
                     const int with_magnitude, double *sum, double *sum_low,
                     double *magnitude)
{
    int64_t v = 0;
    for (; v + 4 <= vectors; v += 4)
        axpy_group(4, length, a + v * lda, lda, x + v, x_low + v, twice,
                   with_low, with_magnitude, sum, sum_low, magnitude);
    for (; v < vectors; v++)
        axpy_group(1, length, a + v * lda, lda, x + v, x_low + v, twice,
                   with_low, with_magnitude, sum, sum_low, magnitude);
}

void VEC_NAME(residual_axpy)(int64_t vectors, int64_t length, const double *a,
                             int64_t lda, const double *x, const double *x_low,
                             double *sum, double *sum_low, double *magnitude)
{
    const double *low = x_low ? x_low : x;
    if (!sum_low && magnitude)
        axpy_all(vectors, length, a, lda, x, low, 0, 0, 1, sum, sum_low,
                 magnitude);
    else if (!sum_low)
        axpy_all(vectors, length, a, lda, x, low, 0, 0, 0, sum, sum_low,
                 magnitude);
    else if (magnitude && x_low)
        axpy_all(vectors, length, a, lda, x, low, 1, 1, 1, sum, sum_low,
                 magnitude);
    else if (magnitude)
        axpy_all(vectors, length, a, lda, x, low, 1, 0, 1, sum, sum_low,
                 magnitude);
    else if (x_low)
        axpy_all(vectors, length, a, lda, x, low, 1, 1, 0, sum, sum_low,
                 magnitude);
    else
        axpy_all(vectors, length, a, lda, x, low, 1, 0, 0, sum, sum_low,
                 magnitude);
}

#undef INLINE
