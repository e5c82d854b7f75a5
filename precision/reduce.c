/* SPDX-License-Identifier: BSD-3-Clause */
/* Reproducible reductions: exact sums, so neither the parts that threads and
 * processes have nor the order in which they are merged change a bit. */
#include <math.h>
#include <omp.h>
#include <sunzi/reduce.h>

#include "core/communicator.h"
#include "core/context.h"
#include "core/status.h"
#include "engines/engine.h"
#include "precision/accumulator.h"

enum {
    PIECE = 1024,        /* elements that are copied at a time */
    THREAD_LEAST = 32768 /* elements that are worth a thread */
};

typedef struct vector {
    const char *name;
    const double *first; /* element 0 */
    int64_t stride;
    bool magnitudes; /* |x_i| instead of x_i */
} vector;

/* the terms x_i, or x_i y_i, i < n */
typedef struct terms {
    int64_t n;
    vector x, y;
    bool products;
} terms;

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

/* Checks; then moves x and y to their elements 0. */
static sunzi_status check(const char *function, terms *t, const double *result)
{
    sunzi_status status;
    if (t->n < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: n = %lld, allowed are 0 and positive numbers; "
                          "pass the number of elements",
                          function, (long long)t->n);
    if (!result)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: result is NULL; pass the address of a double",
                          function);
    SUNZI_TRY(check_vector(function, t->n, &t->x));
    if (t->products)
        SUNZI_TRY(check_vector(function, t->n, &t->y));
    if (t->n > 0 && t->x.stride < 0)
        t->x.first -= (t->n - 1) * t->x.stride;
    if (t->n > 0 && t->y.stride < 0)
        t->y.first -= (t->n - 1) * t->y.stride;
done:
    return status;
}

/* ---- sums of a process ---- */

/* Elements at .. at + n - 1 side by side: where they lie, or copied. */
static const double *gathered(const vector *v, int64_t at, int64_t n,
                              double *copy)
{
    const double *const from = v->first + at * v->stride;
    if (v->stride == 1 && !v->magnitudes)
        return from;
    for (int64_t i = 0; i < n; i++)
        copy[i] = from[i * v->stride];
    for (int64_t i = 0; v->magnitudes && i < n; i++)
        copy[i] = fabs(copy[i]);
    return copy;
}

/* Adds the terms from .. to - 1. */
static void add_terms(const sunzi_engine_ops *engine, const terms *t,
                      int64_t from, int64_t to, sunzi_accumulator *sum)
{
    const bool direct = t->x.stride == 1 && !t->x.magnitudes &&
                        (!t->products || t->y.stride == 1);
    const bool square = t->y.first == t->x.first && t->y.stride == t->x.stride;
    const int64_t piece = direct ? to - from : PIECE;
    double copy_x[PIECE], copy_y[PIECE];
    for (int64_t at = from; at < to; at += piece) {
        const int64_t n = to - at < piece ? to - at : piece;
        const double *const x = gathered(&t->x, at, n, copy_x);
        if (!t->products)
            engine->exact_sum(n, x, sum);
        else
            engine->exact_dot(n, x, square ? x : gathered(&t->y, at, n, copy_y),
                              sum);
    }
}

#pragma omp declare reduction(merge:sunzi_accumulator                          \
                              : sunzi_accumulator_merge(&omp_out, &omp_in))    \
    initializer(sunzi_accumulator_clear(&omp_priv))

static sunzi_accumulator sum_terms(const sunzi_context *ctx, const terms *t)
{
    sunzi_accumulator sum;
    int threads = sunzi_threads(ctx);
    sunzi_accumulator_clear(&sum);
    if (threads > t->n / THREAD_LEAST)
        threads = (int)(t->n / THREAD_LEAST);
    if (threads <= 1) {
        add_terms(ctx->engine, t, 0, t->n, &sum);
        return sum;
    }
#pragma omp parallel num_threads(threads) reduction(merge : sum)
    {
        const int64_t count = omp_get_num_threads(), me = omp_get_thread_num();
        const int64_t share = t->n / count, rest = t->n % count;
        const int64_t from = me * share + (me < rest ? me : rest);
        add_terms(ctx->engine, t, from, from + share + (me < rest), &sum);
    }
    return sum;
}

/* ---- sums of all processes ---- */

/* Collective. Checks, sums; *sum is the same on all processes. One reduction
 * where no process failed. */
static sunzi_status sum_all(const char *function, sunzi_context *ctx,
                            sunzi_comm *comm, terms *t, const double *result,
                            sunzi_accumulator *sum)
{
    sunzi_status status = check(function, t, result);
    sunzi_accumulator_clear(sum);
    if (status == SUNZI_OK)
        status = sunzi_context_use(ctx, &ctx);
    if (status == SUNZI_OK)
        *sum = sum_terms(ctx, t);
    sum->failures = status != SUNZI_OK;
    const sunzi_status joined = sunzi_accumulator_join(comm, 1, sum);
    if (joined != SUNZI_OK)
        return joined;
    return sum->failures ? sunzi_comm_agree(comm, status) : SUNZI_OK;
}

/* Collective, for a sum that is 0. IEEE 754 adds zeros to -0 if all of them are
 * -0, to +0 else; no terms are +0. */
static sunzi_status zero_sign(sunzi_comm *comm, const terms *t, double *result)
{
    int64_t found[2] = {t->n > 0, 0}; /* a term; one that is not -0 */
    sunzi_status status;
    for (int64_t i = 0; i < t->n && !found[1]; i++) {
        const double x = t->x.first[i * t->x.stride];
        const double term = t->products ? x * t->y.first[i * t->y.stride] : x;
        found[1] = !(term == 0 && signbit(term));
    }
    SUNZI_TRY(sunzi_comm_reduce(comm, SUNZI_REDUCE_MAX, found, 2));
    *result = found[0] && !found[1] ? -0.0 : 0.0;
done:
    return status;
}

static sunzi_status rounded(const char *function, sunzi_context *ctx,
                            sunzi_comm *comm, terms *t, double *result)
{
    sunzi_accumulator sum;
    sunzi_status status;
    SUNZI_TRY(sum_all(function, ctx, comm, t, result, &sum));
    double value = sunzi_accumulator_round(&sum);
    if (value == 0 && !signbit(value) && !t->x.magnitudes)
        SUNZI_TRY(zero_sign(comm, t, &value));
    *result = value;
done:
    return status;
}

/* ---- the functions ---- */

sunzi_status sunzi_dsum(sunzi_context *ctx, sunzi_comm *comm, int64_t n,
                        const double *x, int64_t incx, double *result)
{
    terms t = {.n = n, .x = {"x", x, incx, false}};
    return rounded("sunzi_dsum", ctx, comm, &t, result);
}

sunzi_status sunzi_dasum(sunzi_context *ctx, sunzi_comm *comm, int64_t n,
                         const double *x, int64_t incx, double *result)
{
    terms t = {.n = n, .x = {"x", x, incx, true}};
    return rounded("sunzi_dasum", ctx, comm, &t, result);
}

sunzi_status sunzi_ddot(sunzi_context *ctx, sunzi_comm *comm, int64_t n,
                        const double *x, int64_t incx, const double *y,
                        int64_t incy, double *result)
{
    terms t = {.n = n,
               .x = {"x", x, incx, false},
               .y = {"y", y, incy, false},
               .products = true};
    return rounded("sunzi_ddot", ctx, comm, &t, result);
}

sunzi_status sunzi_dnrm2(sunzi_context *ctx, sunzi_comm *comm, int64_t n,
                         const double *x, int64_t incx, double *result)
{
    terms t = {.n = n,
               .x = {"x", x, incx, false},
               .y = {"x", x, incx, false},
               .products = true};
    sunzi_accumulator sum;
    sunzi_status status;
    SUNZI_TRY(sum_all("sunzi_dnrm2", ctx, comm, &t, result, &sum));
    *result = sunzi_accumulator_sqrt(&sum);
done:
    return status;
}
