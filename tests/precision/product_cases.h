/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of the products share: random data, contexts, a reference in
 * 113-bit arithmetic, and the comparison with a proved bound. Include after
 * cmocka.h. */
#ifndef TESTS_PRECISION_PRODUCT_CASES_H
#define TESTS_PRECISION_PRODUCT_CASES_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

#include "core/context.h"

__extension__ typedef __float128 quad;

/* splitmix64 (S. Vigna) */
static inline uint64_t next_bits(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* in (-1, 1) */
static inline double uniform(uint64_t *state)
{
    return (double)(next_bits(state) >> 11) * 0x1p-52 - 1;
}

/* approximately standard normal: a sum of 12 */
static inline double normal(uint64_t *state)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += uniform(state) / 2;
    return sum;
}

static inline void *block_of(size_t bytes)
{
    void *block = malloc(bytes ? bytes : 1);
    assert_non_null(block);
    return block;
}

static inline double *random_numbers(int64_t count, uint64_t seed)
{
    double *x = block_of((size_t)count * sizeof *x);
    for (int64_t i = 0; i < count; i++)
        x[i] = uniform(&seed);
    return x;
}

static inline void expect_status(sunzi_status got, sunzi_status expected)
{
    if (got != expected)
        fail_msg("%s, expected %s: %s", sunzi_status_name(got),
                 sunzi_status_name(expected), sunzi_last_message());
}

/* NULL, and the reason printed, where the engine cannot be used. */
static inline sunzi_context *context_for(const char *engine, int threads,
                                         size_t limit)
{
    sunzi_context_options o;
    sunzi_context *ctx = NULL;
    sunzi_context_options_init(&o);
    o.engine = engine;
    o.threads = threads;
    o.workspace_limit_bytes = limit;
    const sunzi_status status = sunzi_context_create(&o, &ctx);
    if (status == SUNZI_ERR_ENGINE) {
        print_message("skipped: %s\n", sunzi_last_message());
        return NULL;
    }
    expect_status(status, SUNZI_OK);
    return ctx;
}

/* x of shape [rows, cols] as op(X) in memory */
static inline int64_t place(int layout, int trans, int64_t i, int64_t j, int ld)
{
    return (layout == SUNZI_ROW_MAJOR) == (trans == SUNZI_NO_TRANS)
               ? i * ld + j
               : j * ld + i;
}

/* sum of a_ih b_hj and of the magnitudes */
static inline quad dot(const double *a, int64_t a_step, const double *b,
                       int64_t b_step, int64_t k, quad *magnitude)
{
    quad sum = 0, total = 0;
    for (int64_t h = 0; h < k; h++) {
        const quad t = (quad)a[h * a_step] * (quad)b[h * b_step];
        sum += t;
        total += t < 0 ? -t : t;
    }
    *magnitude = total;
    return sum;
}

static inline quad quad_abs(quad x)
{
    return x < 0 ? -x : x;
}

/* Error of C = A B, all row-major and dense, in u (|A||B|) with the final
 * rounding (u |result|, or half the smallest subnormal) taken off. */
static inline double worst_error(int m, int n, int k, const double *a,
                                 const double *b, const double *c)
{
    double worst = 0;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            quad size;
            const quad exact = dot(a + (int64_t)i * k, 1, b + j, n, k, &size);
            quad rounding =
                quad_abs((quad)c[(int64_t)i * n + j]) * (quad)0x1p-53;
            if (rounding < (quad)0x1p-1074 / 2)
                rounding = (quad)0x1p-1074 / 2;
            const quad error =
                quad_abs((quad)c[(int64_t)i * n + j] - exact) - rounding;
            if (!(error > 0))
                continue;
            worst = fmax(worst, size == 0 ? INFINITY
                                          : (double)(error / size) * 0x1p53);
        }
    return worst;
}

#endif
