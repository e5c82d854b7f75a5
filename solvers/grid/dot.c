/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact sums of products over the nodes of a grid. Products of two floats are
 * exact in FP64 already. */
#include "solvers/grid/dot.h"

#include <omp.h>

#include "core/communicator.h"
#include "engines/engine.h"
#include "precision/accumulator.h"

enum {
    PIECE = 1024,        /* numbers that are gathered before they are added */
    THREAD_LEAST = 32768 /* that are worth a thread */
};

/* Numbers of rows, side by side. */
typedef struct basket {
    int64_t count;
    double a[PIECE], b[PIECE];
} basket;

typedef struct operands {
    const sunzi_context *ctx;
    const sunzi_grid_brick *brick;
    const void *a, *b;
    bool single_a, single_b;
} operands;

static void empty(const operands *o, basket *k, sunzi_accumulator *sum)
{
    o->ctx->engine->exact_dot(k->count, k->a, k->b, sum);
    k->count = 0;
}

static void copy(const void *from, bool single, int64_t at, int64_t count,
                 double *to)
{
    if (!single) {
        const double *x = (const double *)from + at;
#pragma omp simd
        for (int64_t i = 0; i < count; i++)
            to[i] = x[i];
    } else {
        const float *x = (const float *)from + at;
#pragma omp simd
        for (int64_t i = 0; i < count; i++)
            to[i] = (double)x[i];
    }
}

/* Rows from .. to - 1 of the brick. */
static void add_rows(const operands *o, int64_t from, int64_t to,
                     sunzi_accumulator *sum)
{
    const sunzi_grid_brick *g = o->brick;
    basket k;
    k.count = 0;
    for (int64_t row = from; row < to; row++) {
        int64_t at = g->origin + row / g->count[1] * g->step[0] +
                     row % g->count[1] * g->step[1];
        for (int64_t left = g->count[2]; left > 0;) {
            const int64_t room = PIECE - k.count;
            const int64_t n = left < room ? left : room;
            copy(o->a, o->single_a, at, n, k.a + k.count);
            copy(o->b, o->single_b, at, n, k.b + k.count);
            k.count += n;
            at += n;
            left -= n;
            if (k.count == PIECE)
                empty(o, &k, sum);
        }
    }
    empty(o, &k, sum);
}

#pragma omp declare reduction(merge:sunzi_accumulator                          \
                              : sunzi_accumulator_merge(&omp_out, &omp_in))    \
    initializer(sunzi_accumulator_clear(&omp_priv))

static sunzi_accumulator sum_of(const operands *o)
{
    const int64_t rows = o->brick->count[0] * o->brick->count[1];
    const int64_t most = rows * o->brick->count[2] / THREAD_LEAST;
    sunzi_accumulator sum;
    int threads = sunzi_threads(o->ctx);
    threads = threads < most ? threads : (int)most;
    sunzi_accumulator_clear(&sum);
    if (threads <= 1) {
        add_rows(o, 0, rows, &sum);
        return sum;
    }
#pragma omp parallel num_threads(threads) reduction(merge : sum)
    {
        const int64_t me = omp_get_thread_num(), all = omp_get_num_threads();
        add_rows(o, rows * me / all, rows * (me + 1) / all, &sum);
    }
    return sum;
}

sunzi_status sunzi_grid_dot(sunzi_context *ctx, sunzi_comm *comm,
                            sunzi_status mine, const sunzi_grid_brick *brick,
                            sunzi_grid_vector a, sunzi_grid_vector b,
                            double *result)
{
    operands o = {
        .ctx = ctx, .brick = brick, .single_a = a.single, .single_b = b.single};
    sunzi_accumulator sum;
    sunzi_accumulator_clear(&sum);
    if (mine == SUNZI_OK)
        mine = sunzi_memory_read(a.memory, &o.a);
    if (mine == SUNZI_OK)
        mine = sunzi_memory_read(b.memory, &o.b);
    if (mine == SUNZI_OK)
        sum = sum_of(&o);
    sum.failures = mine != SUNZI_OK;
    const sunzi_status joined = sunzi_accumulator_join(comm, 1, &sum);
    if (joined != SUNZI_OK)
        return joined;
    if (sum.failures)
        return sunzi_comm_agree(comm, mine);
    *result = sunzi_accumulator_round(&sum);
    return SUNZI_OK;
}
