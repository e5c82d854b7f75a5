/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact sums of products over the nodes of a tissue; on a device they are made
 * there, and only their digits come back. */
#include <stddef.h>

#include "engines/launch.h"
#include "precision/accumulator.h"
#include "precision/exact.k.h"
#include "solvers/cardiac/tissue.h"
#include "solvers/grid/dot.h"

/* Items with digits of their own, numbers that are worth one. */
enum { ITEMS_MOST = 4096, ITEM_LEAST = 64 };

_Static_assert(EXACT_LENGTH == SUNZI_ACCUMULATOR_LENGTH &&
                   EXACT_LOWEST == SUNZI_ACCUMULATOR_LOWEST &&
                   EXACT_NAN == offsetof(sunzi_accumulator, nan) / 8 &&
                   EXACT_MINUS ==
                       offsetof(sunzi_accumulator, negative_infinity) / 8,
               "the sums of a device are accumulators");

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

static sunzi_status dot_there(const sunzi_tissue *t, sunzi_status mine,
                              const sunzi_tissue_array *a,
                              const sunzi_tissue_array *b, double *result)
{
    sunzi_accumulator sum;
    sunzi_accumulator_clear(&sum);
    if (mine == SUNZI_OK && t->count > 0)
        mine = sum_there(t, a, b, &sum);
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

sunzi_status sunzi_tissue_dot(const sunzi_tissue *t, sunzi_status mine,
                              const sunzi_tissue_array *a,
                              const sunzi_tissue_array *b, double *result)
{
    const sunzi_voxel_grid *g = &t->grid;
    const bool single = t->policy != SUNZI_POLICY_FP64;
    const sunzi_grid_brick brick = {
        .count = {g->count[2], g->count[1], g->count[0]},
        .origin = g->step[0] + g->step[1] + g->step[2],
        .step = {g->step[2], g->step[1]}};
    if (t->ctx->device)
        return dot_there(t, mine, a, b, result);
    return sunzi_grid_dot(t->ctx, t->comm, mine, &brick,
                          (sunzi_grid_vector){a->memory, single},
                          (sunzi_grid_vector){b->memory, single}, result);
}
