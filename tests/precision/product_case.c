/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "tests/precision/product_case.h"

enum { SAMPLES = 3000 }; /* 113-bit arithmetic is slow */

double uniform(uint64_t *state)
{
    return (double)(next_bits(state) >> 11) * 0x1p-52 - 1;
}

double normal(uint64_t *state)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += uniform(state) / 2;
    return sum;
}

void *block_of(size_t bytes)
{
    void *block = malloc(bytes ? bytes : 1);
    assert_non_null(block);
    return block;
}

double *random_numbers(int64_t count, uint64_t seed)
{
    double *x = block_of((size_t)count * sizeof *x);
    for (int64_t i = 0; i < count; i++)
        x[i] = uniform(&seed);
    return x;
}

void expect_status(sunzi_status got, sunzi_status expected)
{
    if (got != expected)
        fail_msg("%s, expected %s: %s", sunzi_status_name(got),
                 sunzi_status_name(expected), sunzi_last_message());
}

sunzi_context *context_for(const char *engine, int threads, size_t limit)
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

int64_t place(int layout, int trans, int64_t i, int64_t j, int ld)
{
    return (layout == SUNZI_ROW_MAJOR) == (trans == SUNZI_NO_TRANS)
               ? i * ld + j
               : j * ld + i;
}

quad dot(const double *a, int64_t a_step, const double *b, int64_t b_step,
         int64_t k, quad *magnitude)
{
    quad sum = 0, total = 0;
    for (int64_t h = 0; h < k; h++) {
        const quad t = (quad)a[h * a_step] * (quad)b[h * b_step];
        sum += t;
        total += quad_abs(t);
    }
    *magnitude = total;
    return sum;
}

quad quad_abs(quad x)
{
    return x < 0 ? -x : x;
}

double worst_error(int m, int n, int k, const double *a, const double *b,
                   const double *c)
{
    const int64_t entries = (int64_t)m * n;
    const int64_t step = entries <= SAMPLES ? 1 : entries / SAMPLES;
    double worst = 0;
    for (int64_t e = 0; e < entries; e += step) {
        quad size;
        const quad exact = dot(a + e / n * k, 1, b + e % n, n, k, &size);
        quad rounding = quad_abs((quad)c[e]) * (quad)0x1p-53;
        if (rounding < (quad)0x1p-1074 / 2)
            rounding = (quad)0x1p-1074 / 2;
        const quad error = quad_abs((quad)c[e] - exact) - rounding;
        if (error <= 0)
            continue;
        const double relative = (double)(error / size) * 0x1p53;
        if (!(relative <= worst))
            worst = isnan(relative) ? INFINITY : relative;
    }
    return worst;
}
