/* SPDX-License-Identifier: BSD-3-Clause */
/* Reproducible reductions: exact sums, so neither the chunks that the threads
 * take nor the order in which they are merged change a bit. */
#include <math.h>
#include <sunzi/reduce.h>

#include "core/context.h"
#include "core/status.h"
#include "engines/engine.h"
#include "precision/accumulator.h"

enum { BLOCK = 1024, CHUNK = 32 * BLOCK };

typedef struct vector {
    const char *name;
    const double *first; /* element 0 */
    int64_t stride;
} vector;

/* ---- arguments ---- */

static sunzi_status check_vector(const char *function, int64_t n,
                                 const vector *v)
{
    const uint64_t step =
        v->stride < 0 ? -(uint64_t)v->stride : (uint64_t)v->stride;
    if (step == 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: inc%s = 0, allowed is any other number; pass 1 "
                          "for elements that lie side by side",
                          function, v->name);
    if (n > 0 && !v->first)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %s is NULL, allowed for n = 0 only; pass the "
                          "address of the vector",
                          function, v->name);
    if (n > 1 && step > PTRDIFF_MAX / sizeof(double) / (uint64_t)(n - 1))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: n = %lld, inc%s = %lld, allowed are vectors "
                          "that fit in memory; correct one of them",
                          function, (long long)n, v->name,
                          (long long)v->stride);
    return SUNZI_OK;
}

/* Checks; then moves x and y (NULL: none) to their elements 0. */
static sunzi_status check(const char *function, int64_t n, vector *x, vector *y,
                          const double *result)
{
    sunzi_status status;
    if (n < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: n = %lld, allowed are 0 and positive numbers; "
                          "pass the number of elements",
                          function, (long long)n);
    if (!result)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: result is NULL; pass the address of a double",
                          function);
    SUNZI_TRY(check_vector(function, n, x));
    if (y)
        SUNZI_TRY(check_vector(function, n, y));
    if (n > 0 && x->stride < 0)
        x->first -= (n - 1) * x->stride;
    if (n > 0 && y && y->stride < 0)
        y->first -= (n - 1) * y->stride;
done:
    return status;
}

/* ---- sums ---- */

/* Elements at .. at + n - 1 side by side: where they lie, or copied. */
static const double *gathered(const vector *v, int64_t at, int64_t n,
                              double *copy)
{
    if (v->stride == 1)
        return v->first + at;
    for (int64_t i = 0; i < n; i++)
        copy[i] = v->first[(at + i) * v->stride];
    return copy;
}

/* Adds the terms from .. to - 1 of x, or of x y. */
static void add_terms(const sunzi_engine_ops *engine, const vector *x,
                      const vector *y, int64_t from, int64_t to,
                      sunzi_accumulator *sum)
{
    const bool direct = x->stride == 1 && (!y || y->stride == 1);
    const int64_t piece = direct ? to - from : BLOCK;
    double copy_x[BLOCK], copy_y[BLOCK];
    for (int64_t at = from; at < to; at += piece) {
        const int64_t n = to - at < piece ? to - at : piece;
        const double *const a = gathered(x, at, n, copy_x);
        if (!y)
            engine->exact_sum(n, a, sum);
        else
            engine->exact_dot(n, a, y == x ? a : gathered(y, at, n, copy_y),
                              sum);
    }
}

static void sum_terms(const sunzi_context *ctx, int64_t n, const vector *x,
                      const vector *y, sunzi_accumulator *sum)
{
    const int64_t chunks = (n + CHUNK - 1) / CHUNK;
    int threads = sunzi_threads(ctx);
    sunzi_accumulator_clear(sum);
    if (threads > chunks / 2)
        threads = (int)(chunks / 2);
    if (threads <= 1) {
        add_terms(ctx->engine, x, y, 0, n, sum);
        return;
    }
#pragma omp parallel num_threads(threads)
    {
        sunzi_accumulator part;
        sunzi_accumulator_clear(&part);
#pragma omp for schedule(static) nowait
        for (int64_t c = 0; c < chunks; c++)
            add_terms(ctx->engine, x, y, c * CHUNK,
                      c + 1 < chunks ? (c + 1) * CHUNK : n, &part);
#pragma omp critical(sunzi_reduce)
        sunzi_accumulator_merge(sum, &part);
    }
}

sunzi_status sunzi_dsum(sunzi_context *ctx, int64_t n, const double *x,
                        int64_t incx, double *result)
{
    vector v = {"x", x, incx};
    sunzi_accumulator sum;
    sunzi_status status;
    SUNZI_TRY(check("sunzi_dsum", n, &v, NULL, result));
    SUNZI_TRY(sunzi_context_use(ctx, &ctx));
    sum_terms(ctx, n, &v, NULL, &sum);
    *result = sunzi_accumulator_round(&sum);
done:
    return status;
}

sunzi_status sunzi_ddot(sunzi_context *ctx, int64_t n, const double *x,
                        int64_t incx, const double *y, int64_t incy,
                        double *result)
{
    vector v = {"x", x, incx}, w = {"y", y, incy};
    sunzi_accumulator sum;
    sunzi_status status;
    SUNZI_TRY(check("sunzi_ddot", n, &v, &w, result));
    SUNZI_TRY(sunzi_context_use(ctx, &ctx));
    sum_terms(ctx, n, &v, &w, &sum);
    *result = sunzi_accumulator_round(&sum);
done:
    return status;
}

sunzi_status sunzi_dnrm2(sunzi_context *ctx, int64_t n, const double *x,
                         int64_t incx, double *result)
{
    vector v = {"x", x, incx};
    sunzi_accumulator sum;
    sunzi_status status;
    SUNZI_TRY(check("sunzi_dnrm2", n, &v, NULL, result));
    SUNZI_TRY(sunzi_context_use(ctx, &ctx));
    sum_terms(ctx, n, &v, &v, &sum);
    *result = sunzi_accumulator_sqrt(&sum);
done:
    return status;
}
