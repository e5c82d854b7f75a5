/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact sums of products over the nodes of a tissue. Products of two floats are
 * exact in FP64 already. */
#include <omp.h>
#include <stddef.h>

#include "engines/engine.h"
#include "engines/launch.h"
#include "precision/accumulator.h"
#include "precision/exact.k.h"
#include "solvers/cardiac/tissue.h"

enum {
    PIECE = 1024,         /* numbers that are gathered before they are added */
    THREAD_LEAST = 32768, /* that are worth a thread */
    /* of a device: items with digits of their own, numbers for one */
    ITEMS_MOST = 4096,
    ITEM_LEAST = 64
};

_Static_assert(EXACT_LENGTH == SUNZI_ACCUMULATOR_LENGTH &&
                   EXACT_LOWEST == SUNZI_ACCUMULATOR_LOWEST &&
                   EXACT_NAN == offsetof(sunzi_accumulator, nan) / 8 &&
                   EXACT_MINUS ==
                       offsetof(sunzi_accumulator, negative_infinity) / 8,
               "the sums of a device are accumulators");

/* Numbers of rows, side by side. */
typedef struct basket {
    int64_t count;
    double a[PIECE], b[PIECE];
} basket;

static void empty(const sunzi_tissue *t, basket *k, sunzi_accumulator *sum)
{
    t->ctx->engine->exact_dot(k->count, k->a, k->b, sum);
    k->count = 0;
}

static void copy(const sunzi_tissue *t, const void *from, int64_t at,
                 int64_t count, double *to)
{
    if (t->policy == SUNZI_POLICY_FP64) {
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
static void add_rows(const sunzi_tissue *t, const void *a, const void *b,
                     int64_t from, int64_t to, sunzi_accumulator *sum)
{
    const sunzi_voxel_grid *g = &t->grid;
    basket k;
    k.count = 0;
    for (int64_t row = from; row < to; row++) {
        int64_t at = g->step[0] + (row % g->count[1] + 1) * g->step[1] +
                     (row / g->count[1] + 1) * g->step[2];
        for (int64_t left = g->count[0]; left > 0;) {
            const int64_t room = PIECE - k.count;
            const int64_t n = left < room ? left : room;
            copy(t, a, at, n, k.a + k.count);
            copy(t, b, at, n, k.b + k.count);
            k.count += n;
            at += n;
            left -= n;
            if (k.count == PIECE)
                empty(t, &k, sum);
        }
    }
    empty(t, &k, sum);
}

#pragma omp declare reduction(merge:sunzi_accumulator                          \
                              : sunzi_accumulator_merge(&omp_out, &omp_in))    \
    initializer(sunzi_accumulator_clear(&omp_priv))

static sunzi_accumulator sum_of(const sunzi_tissue *t, const void *a,
                                const void *b)
{
    const int64_t rows = t->grid.count[1] * t->grid.count[2];
    const int64_t most = rows * t->grid.count[0] / THREAD_LEAST;
    sunzi_accumulator sum;
    int threads = sunzi_threads(t->ctx);
    threads = threads < most ? threads : (int)most;
    sunzi_accumulator_clear(&sum);
    if (threads <= 1) {
        add_rows(t, a, b, 0, rows, &sum);
        return sum;
    }
#pragma omp parallel num_threads(threads) reduction(merge : sum)
    {
        const int64_t me = omp_get_thread_num(), all = omp_get_num_threads();
        add_rows(t, a, b, rows * me / all, rows * (me + 1) / all, &sum);
    }
    return sum;
}

/* Memories of the sums on a device. */
sunzi_status sunzi_tissue_take_sums(sunzi_tissue *t)
{
    const int64_t *c = t->grid.count, all = c[0] * c[1] * c[2];
    const int64_t some = (all / ITEM_LEAST / EXACT_ITEMS + 1) * EXACT_ITEMS;
    sunzi_status status = SUNZI_OK;
    if (!t->ctx->device)
        return SUNZI_OK;
    t->items = (int)(some < ITEMS_MOST ? some : ITEMS_MOST);
    SUNZI_TRY(sunzi_memory_create(
        t->ctx, (size_t)t->items * EXACT_LENGTH * sizeof(k_i64), "an exact sum",
        &t->sums));
    SUNZI_TRY(sunzi_memory_create(t->ctx, sizeof(sunzi_accumulator),
                                  "an exact sum", &t->digits));
done:
    return status;
}

/* On the device: the digits of the sum come back. */
static sunzi_status sum_there(const sunzi_tissue *t,
                              const sunzi_tissue_array *a,
                              const sunzi_tissue_array *b,
                              sunzi_accumulator *sum)
{
    const int64_t *c = t->grid.count;
    sunzi_status status;
    SUNZI_TRY(SUNZI_LAUNCH(
        t->ctx, exact_dot, sunzi_range(t->items / EXACT_ITEMS),
        .a = {a->memory}, .b = {b->memory}, .sums = {t->sums},
        .count0 = (int)c[0], .count1 = (int)c[1], .count2 = (int)c[2],
        .row = (int)t->grid.step[1], .slab = (int)t->grid.step[2],
        .words = (int)(sunzi_tissue_size(t) / sizeof(k_u32)),
        .items = t->items));
    SUNZI_TRY(SUNZI_LAUNCH(t->ctx, exact_sum, sunzi_range(EXACT_LENGTH),
                           .sums = {t->sums}, .sum = {t->digits},
                           .items = t->items));
    SUNZI_TRY(sunzi_memory_get(t->digits, sum, sizeof *sum));
    sum->weight = c[0] * c[1] * c[2];
done:
    return status;
}

static sunzi_status sum_here(const sunzi_tissue *t, const sunzi_tissue_array *a,
                             const sunzi_tissue_array *b,
                             sunzi_accumulator *sum)
{
    const void *from_a = NULL, *from_b = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_read(a->memory, &from_a));
    SUNZI_TRY(sunzi_memory_read(b->memory, &from_b));
    *sum = sum_of(t, from_a, from_b);
done:
    return status;
}

sunzi_status sunzi_tissue_dot(const sunzi_tissue *t, sunzi_status mine,
                              const sunzi_tissue_array *a,
                              const sunzi_tissue_array *b, double *result)
{
    sunzi_accumulator sum;
    sunzi_accumulator_clear(&sum);
    if (mine == SUNZI_OK && t->count > 0)
        mine =
            t->ctx->device ? sum_there(t, a, b, &sum) : sum_here(t, a, b, &sum);
    if (mine != SUNZI_OK)
        sunzi_accumulator_clear(&sum);
    sum.failures = mine != SUNZI_OK;
    const sunzi_status joined = sunzi_accumulator_join(t->comm, 1, &sum);
    if (joined != SUNZI_OK)
        return joined;
    if (sum.failures)
        return sunzi_comm_agree(t->comm, mine);
    *result = sunzi_accumulator_round(&sum);
    return SUNZI_OK;
}
