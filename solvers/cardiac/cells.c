/* SPDX-License-Identifier: BSD-3-Clause */
/* Steps of cells in memories, and the check for a blow-up. */
#include "solvers/cardiac/cells.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

/* the arguments of the kernels of every model are those of this one */
#include "engines/kernel/basic.k.h"
#include "solvers/cardiac/mitchell.k.h"

enum { CHECK_WIDTH = 4096, CHECK_WORDS = 64 };

void sunzi_cell_work_clear(sunzi_cell_work *work)
{
    sunzi_memory_destroy(&work->copy);
    sunzi_memory_destroy(&work->bad);
    sunzi_memory_destroy(&work->any);
}

int64_t sunzi_cell_elements(const sunzi_cell_arrays *cells)
{
    return cells->stride * cells->model->states *
           sunzi_policy_planes(cells->policy);
}

static int64_t plane_of(const sunzi_cell_arrays *cells)
{
    return cells->stride * cells->model->states;
}

static sunzi_status check_call(const sunzi_cell_arrays *c)
{
    if (!sunzi_cell_model_has(c->model, c->policy))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "model %s has no kernels of policy %s; choose "
                          "another policy",
                          c->model->name,
                          sunzi_policy_name(c->policy)
                              ? sunzi_policy_name(c->policy)
                              : "(unknown)");
    if (c->stride > INT_MAX / 2 / c->model->states)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "cells of model %s: stride %lld, at most %d cells "
                          "belong to one process; use more processes",
                          c->model->name, (long long)c->stride,
                          INT_MAX / 2 / c->model->states);
    return SUNZI_OK;
}

#define ARGUMENTS_(c, tag, dt)                                                 \
    &(const mitchell_##tag##_args)                                             \
    {                                                                          \
        (c)->states, (c)->stimulus, (c)->types, k_real_of_##tag(dt),           \
            (int)(c)->stride, (int)plane_of(c)                                 \
    }
#define ARGUMENTS_FROM_(c, at, tag, dt)                                        \
    &(const mitchell_from_##tag##_args)                                        \
    {                                                                          \
        (c)->states, (at), (c)->stimulus, (c)->types, k_real_of_##tag(dt),     \
            (int)(c)->stride, (int)plane_of(c)                                 \
    }

static sunzi_status step(sunzi_context *ctx, const sunzi_cell_arrays *c,
                         double dt)
{
    const sunzi_kernel *kernel = c->model->step[c->policy];
    const k_range range = sunzi_range((int)c->count);
    switch (c->policy) {
    case SUNZI_POLICY_FP64:
        return sunzi_launch(ctx, kernel, range, ARGUMENTS_(c, fp64, dt));
    case SUNZI_POLICY_FP32:
        return sunzi_launch(ctx, kernel, range, ARGUMENTS_(c, fp32, dt));
    case SUNZI_POLICY_FP32C:
        return sunzi_launch(ctx, kernel, range, ARGUMENTS_(c, fp32c, dt));
    default:
        return sunzi_launch(ctx, kernel, range, ARGUMENTS_(c, df64, dt));
    }
}

static sunzi_status step_from(sunzi_context *ctx, const sunzi_cell_arrays *c,
                              k_array at, double dt)
{
    const sunzi_kernel *kernel = c->model->step_from[c->policy];
    const k_range range = sunzi_range((int)c->count);
    switch (c->policy) {
    case SUNZI_POLICY_FP64:
        return sunzi_launch(ctx, kernel, range,
                            ARGUMENTS_FROM_(c, at, fp64, dt));
    case SUNZI_POLICY_FP32:
        return sunzi_launch(ctx, kernel, range,
                            ARGUMENTS_FROM_(c, at, fp32, dt));
    case SUNZI_POLICY_FP32C:
        return sunzi_launch(ctx, kernel, range,
                            ARGUMENTS_FROM_(c, at, fp32c, dt));
    default:
        return sunzi_launch(ctx, kernel, range,
                            ARGUMENTS_FROM_(c, at, df64, dt));
    }
}

/* ---- midpoint ---- */

static size_t element_bytes(const sunzi_cell_arrays *c)
{
    return sunzi_policy_element_bytes(c->policy);
}

static k_range rows_of(const sunzi_cell_arrays *c, int64_t columns)
{
    return sunzi_range2(c->model->states * sunzi_policy_planes(c->policy),
                        (int)columns);
}

sunzi_status sunzi_cells_copy(sunzi_context *ctx, const sunzi_cell_arrays *c,
                              sunzi_cell_work *work)
{
    const size_t bytes = (size_t)sunzi_cell_elements(c) * element_bytes(c);
    sunzi_status status = SUNZI_OK;
    if (work->copy && sunzi_memory_bytes(work->copy) < bytes)
        sunzi_memory_destroy(&work->copy);
    if (!work->copy)
        SUNZI_TRY(sunzi_memory_create(ctx, bytes, "a copy of states of cells",
                                      &work->copy));
    if (element_bytes(c) == sizeof(k_u64))
        return SUNZI_LAUNCH(ctx, cell_copy_u64, rows_of(c, c->count),
                            .x = c->states, .y = {work->copy},
                            .stride = (int)c->stride);
    return SUNZI_LAUNCH(ctx, cell_copy_u32, rows_of(c, c->count),
                        .x = c->states, .y = {work->copy},
                        .stride = (int)c->stride);
done:
    return status;
}

sunzi_status sunzi_cells_advance(sunzi_context *ctx,
                                 const sunzi_cell_arrays *cells,
                                 sunzi_cell_work *work,
                                 sunzi_cell_method method, double dt)
{
    sunzi_status status;
    SUNZI_TRY(check_call(cells));
    if (cells->count == 0)
        return SUNZI_OK;
    if (method == SUNZI_CELL_RUSH_LARSEN)
        return step(ctx, cells, dt);
    SUNZI_TRY(sunzi_cells_copy(ctx, cells, work));
    sunzi_cell_arrays half = *cells;
    half.states = (k_array){work->copy, 0};
    SUNZI_TRY(step(ctx, &half, 0.5 * dt));
    SUNZI_TRY(step_from(ctx, cells, half.states, dt));
done:
    return status;
}

/* ---- blow-ups ---- */

/* Voltages as a table of `rows` rows, and what is left over as one more row;
 * bad has room for both. */
static sunzi_status look(sunzi_context *ctx, const sunzi_cell_arrays *c,
                         k_array bad, int64_t first, int width, int rows)
{
    const k_array v = {c->states.memory, c->states.first + first};
    if (element_bytes(c) == sizeof(double))
        return SUNZI_LAUNCH(ctx, cell_check_double, sunzi_range(width), .v = v,
                            .bad = bad, .width = width, .rows = rows);
    return SUNZI_LAUNCH(ctx, cell_check_float, sunzi_range(width), .v = v,
                        .bad = bad, .width = width, .rows = rows);
}

static bool any_bad(const sunzi_cell_arrays *c, const void *bad, int count)
{
    bool found = false;
    for (int b = 0; b < count; b++)
        found |= element_bytes(c) == sizeof(double)
                     ? ((const double *)bad)[b] > 0
                     : ((const float *)bad)[b] > 0;
    return found;
}

/* Are there bad ones among `count` elements? Of a device only a few words come
 * back. */
static sunzi_status find_bad(sunzi_context *ctx, const sunzi_cell_arrays *c,
                             sunzi_cell_work *work, int count, bool *found)
{
    const int words = count * (int)(element_bytes(c) / sizeof(k_u32));
    const void *bad = NULL;
    sunzi_status status;
    *found = false;
    if (!ctx->device) {
        SUNZI_TRY(sunzi_memory_read(work->bad, &bad));
        *found = any_bad(c, bad, count);
        return SUNZI_OK;
    }
    if (!work->any)
        SUNZI_TRY(sunzi_memory_create(ctx, CHECK_WORDS * sizeof(k_u32),
                                      "the check of cells", &work->any));
    SUNZI_TRY(SUNZI_LAUNCH(ctx, k_any, sunzi_range(CHECK_WORDS),
                           .x = {work->bad}, .any = {work->any},
                           .stride = CHECK_WORDS, .count = words));
    SUNZI_TRY(sunzi_memory_read(work->any, &bad));
    for (int b = 0; b < CHECK_WORDS; b++)
        *found = *found || ((const k_u32 *)bad)[b] != 0;
done:
    return status;
}

/* The sentence about the first bad cell. */
static sunzi_status tell(const sunzi_cell_arrays *c, int64_t first_cell,
                         double time)
{
    const size_t before = (size_t)c->states.first * element_bytes(c);
    const void *bytes = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_read(c->states.memory, &bytes));
    const char *states = (const char *)bytes + before;
    int64_t cell = 0;
    double v = 0;
    for (; cell < c->count; cell++) {
        v = sunzi_cell_value(c->model, c->policy, c->stride, states, 0, cell);
        if (!(fabs(v) <= 200))
            break;
    }
    char also[80] = "";
    for (int s = c->model->states - 1; s > 0; s--) {
        const double x =
            sunzi_cell_value(c->model, c->policy, c->stride, states, s, cell);
        if (!isfinite(x))
            snprintf(also, sizeof also, ", %s %g", c->model->state[s].name, x);
    }
    status = sunzi_fail(SUNZI_ERR_BLOW_UP,
                        "cell %lld of model %s left the range of its model at "
                        "%.6g ms: V is %g mV%s, allowed is -200 to 200; take "
                        "a smaller time step or check stimulus and states",
                        (long long)(cell + first_cell), c->model->name, time, v,
                        also);
done:
    return status;
}

sunzi_status sunzi_cells_check(sunzi_context *ctx, const sunzi_cell_arrays *c,
                               sunzi_cell_work *work, int64_t first_cell,
                               double time)
{
    const int width = c->count < CHECK_WIDTH ? (int)c->count : CHECK_WIDTH;
    bool bad = false;
    sunzi_status status = SUNZI_OK;
    if (width == 0)
        return SUNZI_OK;
    const int rows = (int)(c->count / width), rest = (int)(c->count % width);
    if (!work->bad)
        SUNZI_TRY(sunzi_memory_create(ctx, 2 * CHECK_WIDTH * sizeof(double),
                                      "the check of cells", &work->bad));
    SUNZI_TRY(look(ctx, c, (k_array){work->bad, 0}, 0, width, rows));
    SUNZI_TRY(look(ctx, c, (k_array){work->bad, width}, (int64_t)rows * width,
                   rest, 1));
    SUNZI_TRY(find_bad(ctx, c, work, width + rest, &bad));
    if (bad)
        status = tell(c, first_cell, time);
done:
    return status;
}
