/* SPDX-License-Identifier: BSD-3-Clause */
/* Adaptive steps: all cells make one step; those whose V it changed too much
 * go back, are put beside each other, and make it in 2^level parts. What a cell
 * does depends on that cell alone. */
#include <string.h>

#include "core/context.h"
#include "solvers/cardiac/cell.k.h"
#include "solvers/cardiac/cells.h"

/* The cells that repeat their step, in the order of their levels. */
typedef struct repeats {
    sunzi_memory *cell, *states, *stimulus, *types;
    int64_t count, of_level[SUNZI_CELL_LEVELS_MAX + 1];
} repeats;

static void clear_repeats(repeats *r)
{
    sunzi_memory_destroy(&r->cell);
    sunzi_memory_destroy(&r->states);
    sunzi_memory_destroy(&r->stimulus);
    sunzi_memory_destroy(&r->types);
}

static bool is_double(const sunzi_cell_arrays *c)
{
    return sunzi_policy_element_bytes(c->policy) == sizeof(double);
}

static int level_of(const sunzi_cell_arrays *c, const void *levels, int64_t i)
{
    return is_double(c) ? (int)((const double *)levels)[i]
                        : (int)((const float *)levels)[i];
}

static int levels_for(int parts_most)
{
    int levels = 0;
    while (levels < SUNZI_CELL_LEVELS_MAX && 2 << levels <= parts_most)
        levels++;
    return levels;
}

/* *levels: a memory with the level of each cell */
static sunzi_status find_levels(sunzi_context *ctx, const sunzi_cell_arrays *c,
                                sunzi_cell_work *work, double change, int most,
                                sunzi_memory **levels)
{
    const size_t bytes = sunzi_policy_element_bytes(c->policy);
    const k_range range = sunzi_range((int)c->count);
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_create(ctx, (size_t)c->count * bytes,
                                  "levels of cells", levels));
    if (is_double(c))
        return SUNZI_LAUNCH(ctx, cell_level_double, range,
                            .before = {work->copy}, .after = c->states,
                            .level = {*levels}, .limit = change, .most = most);
    return SUNZI_LAUNCH(ctx, cell_level_float, range, .before = {work->copy},
                        .after = c->states, .level = {*levels},
                        .limit = (float)change, .most = most);
done:
    return status;
}

/* The numbers of the cells of level 1, 2, ... one after the other. */
static sunzi_status list_cells(sunzi_context *ctx, const sunzi_cell_arrays *c,
                               sunzi_memory *levels, repeats *r)
{
    const void *level = NULL;
    void *list = NULL;
    int64_t next[SUNZI_CELL_LEVELS_MAX + 1];
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_read(levels, &level));
    for (int64_t i = 0; i < c->count; i++)
        r->of_level[level_of(c, level, i)]++;
    for (int l = 1; l <= SUNZI_CELL_LEVELS_MAX; l++) {
        next[l] = r->count;
        r->count += r->of_level[l];
    }
    if (r->count == 0)
        return SUNZI_OK;
    SUNZI_TRY(sunzi_memory_create(ctx, (size_t)r->count * sizeof(k_i32),
                                  "a list of cells", &r->cell));
    SUNZI_TRY(sunzi_memory_fill(r->cell, &list));
    for (int64_t i = 0; i < c->count; i++) {
        const int l = level_of(c, level, i);
        if (l > 0)
            ((k_i32 *)list)[next[l]++] = (k_i32)i;
    }
done:
    return status;
}

/* *packed = the rows of x at the listed cells */
static sunzi_status gather(sunzi_context *ctx, const sunzi_cell_arrays *c,
                           const repeats *r, k_array x, int rows,
                           sunzi_memory **packed)
{
    const size_t bytes = sunzi_policy_element_bytes(c->policy);
    const k_range range = sunzi_range2(rows, (int)r->count);
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_create(
        ctx, sunzi_size_product((size_t)rows, (size_t)r->count, bytes),
        "cells that repeat a step", packed));
    if (is_double(c))
        return SUNZI_LAUNCH(ctx, cell_gather_u64, range, .cell = {r->cell},
                            .x = x, .packed = {*packed},
                            .stride = (int)c->stride,
                            .packed_stride = (int)r->count);
    return SUNZI_LAUNCH(ctx, cell_gather_u32, range, .cell = {r->cell}, .x = x,
                        .packed = {*packed}, .stride = (int)c->stride,
                        .packed_stride = (int)r->count);
done:
    return status;
}

static sunzi_status scatter(sunzi_context *ctx, const sunzi_cell_arrays *c,
                            const repeats *r, int rows)
{
    const k_range range = sunzi_range2(rows, (int)r->count);
    if (is_double(c))
        return SUNZI_LAUNCH(ctx, cell_scatter_u64, range, .cell = {r->cell},
                            .packed = {r->states}, .x = c->states,
                            .stride = (int)c->stride,
                            .packed_stride = (int)r->count);
    return SUNZI_LAUNCH(ctx, cell_scatter_u32, range, .cell = {r->cell},
                        .packed = {r->states}, .x = c->states,
                        .stride = (int)c->stride,
                        .packed_stride = (int)r->count);
}

/* The cells of each level make their parts of the step. */
static sunzi_status repeat(sunzi_context *ctx, const sunzi_cell_arrays *c,
                           const repeats *r, double dt)
{
    sunzi_status status = SUNZI_OK;
    int64_t first = 0;
    for (int l = 1; l <= SUNZI_CELL_LEVELS_MAX; l++) {
        const sunzi_cell_arrays part = {.model = c->model,
                                        .policy = c->policy,
                                        .count = r->of_level[l],
                                        .stride = r->count,
                                        .states = {r->states, first},
                                        .stimulus = {r->stimulus, first},
                                        .types = {r->types, first}};
        for (int k = 0; k < 1 << l && part.count > 0; k++)
            SUNZI_TRY(sunzi_cells_advance(
                ctx, &part, NULL, SUNZI_CELL_RUSH_LARSEN, dt / (1 << l)));
        first += part.count;
    }
done:
    return status;
}

/* All cells back to the beginning of the step. */
static void restore(sunzi_context *ctx, const sunzi_cell_arrays *c,
                    const sunzi_cell_work *work, int rows)
{
    const k_range range = sunzi_range2(rows, (int)c->count);
    if (is_double(c))
        (void)SUNZI_LAUNCH(ctx, cell_copy_u64, range, .x = {work->copy},
                           .y = c->states, .stride = (int)c->stride);
    else
        (void)SUNZI_LAUNCH(ctx, cell_copy_u32, range, .x = {work->copy},
                           .y = c->states, .stride = (int)c->stride);
}

sunzi_status sunzi_cells_adapt(sunzi_context *ctx,
                               const sunzi_cell_arrays *cells,
                               sunzi_cell_work *work, double dt, double change,
                               int parts_most)
{
    const int rows = cells->model->states * sunzi_policy_planes(cells->policy);
    repeats r = {.count = 0};
    sunzi_memory *levels = NULL;
    bool stepped = false;
    sunzi_status status;

    if (cells->count == 0)
        return SUNZI_OK;
    SUNZI_TRY(sunzi_cells_copy(ctx, cells, work));
    SUNZI_TRY(
        sunzi_cells_advance(ctx, cells, work, SUNZI_CELL_RUSH_LARSEN, dt));
    stepped = true;
    SUNZI_TRY(
        find_levels(ctx, cells, work, change, levels_for(parts_most), &levels));
    SUNZI_TRY(list_cells(ctx, cells, levels, &r));
    if (r.count == 0)
        goto done;
    SUNZI_TRY(
        gather(ctx, cells, &r, (k_array){work->copy, 0}, rows, &r.states));
    SUNZI_TRY(gather(ctx, cells, &r, cells->stimulus, 1, &r.stimulus));
    SUNZI_TRY(gather(ctx, cells, &r, cells->types, 1, &r.types));
    SUNZI_TRY(repeat(ctx, cells, &r, dt));
    SUNZI_TRY(scatter(ctx, cells, &r, rows));
done:
    if (status < 0 && stepped)
        restore(ctx, cells, work, rows);
    sunzi_memory_destroy(&levels);
    clear_repeats(&r);
    return status;
}
