/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi_cell_step: steps of cells in the caller's arrays. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "core/context.h"
#include "solvers/cardiac/cell_call.h"
#include "solvers/cardiac/cells.h"

enum { STEPS_A_CHECK = 64, PARTS_MOST = 1 << SUNZI_CELL_LEVELS_MAX };

void sunzi_cells_init(sunzi_cells *cells)
{
    if (cells)
        *cells = (sunzi_cells){.policy = SUNZI_POLICY_FP64};
}

void sunzi_cell_options_init(sunzi_cell_options *options)
{
    if (options)
        *options = (sunzi_cell_options){.parts_most = 16};
}

/* ---- arguments ---- */

sunzi_status sunzi_cells_valid(const char *function, const sunzi_cells *c)
{
    if (!c || !c->model || (!c->states && c->count > 0))
        return sunzi_fail(SUNZI_ERR_ARG, "%s: %s is NULL; pass one", function,
                          !c         ? "cells"
                          : c->model ? "cells->states"
                                     : "cells->model");
    if (!sunzi_cell_model_has(c->model, c->policy))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: model %s has no kernels of policy %d; take a "
                          "policy for which sunzi_cell_model_has gives 1",
                          function, c->model->name, (int)c->policy);
    if (c->count < 0 || c->stride < c->count)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: count %lld, stride %lld; allowed is 0 <= count "
                          "<= stride",
                          function, (long long)c->count, (long long)c->stride);
    if (c->stride > INT_MAX / 2 / c->model->states)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: stride %lld, at most %d for the %d states of "
                          "%s; use several calls",
                          function, (long long)c->stride,
                          INT_MAX / 2 / c->model->states, c->model->states,
                          c->model->name);
    if (!c->types && (c->variant < 0 || c->variant >= c->model->variants))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: variant %d, %s has those from 0 to %d", function,
                          c->variant, c->model->name, c->model->variants - 1);
    return SUNZI_OK;
}

static sunzi_status check_current(const sunzi_cells *c)
{
    if (c->current == 0 ||
        (c->current_first >= 0 && c->current_first <= c->current_last &&
         c->current_last <= c->count && isfinite(c->current)))
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "sunzi_cell_step: current %g into cells %lld to %lld, "
                      "allowed are finite numbers and 0 <= current_first <= "
                      "current_last <= %lld",
                      c->current, (long long)c->current_first,
                      (long long)c->current_last, (long long)c->count);
}

static sunzi_status check_options(const sunzi_cells *c,
                                  const sunzi_cell_options *o)
{
    if (o->method != SUNZI_CELL_RUSH_LARSEN && o->method != SUNZI_CELL_MIDPOINT)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_cell_step: method %d, allowed are "
                          "SUNZI_CELL_RUSH_LARSEN and SUNZI_CELL_MIDPOINT",
                          (int)o->method);
    if (!(o->adapt_change >= 0) ||
        (o->adapt_change > 0 && o->method != SUNZI_CELL_RUSH_LARSEN))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_cell_step: adapt_change %g mV; it is at least "
                          "0, and 0 for the midpoint method",
                          o->adapt_change);
    if (o->adapt_change > 0 &&
        (o->parts_most < 1 || o->parts_most > PARTS_MOST))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_cell_step: parts_most %d, allowed is 1 to %d",
                          o->parts_most, PARTS_MOST);
    if (o->trace && (o->trace_cell < 0 || o->trace_cell >= c->count))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_cell_step: trace_cell %lld of %lld cells",
                          (long long)o->trace_cell, (long long)c->count);
    return SUNZI_OK;
}

static sunzi_status check_call(const sunzi_cells *c, double dt, int64_t steps,
                               const sunzi_cell_options *o)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_cells_valid("sunzi_cell_step", c));
    if (!(dt > 0) || !isfinite(dt) || steps < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_cell_step: %lld steps of %g ms; allowed are "
                          "at least 0, of more than 0 ms",
                          (long long)steps, dt);
    SUNZI_TRY(check_current(c));
    SUNZI_TRY(check_options(c, o));
done:
    return status;
}

/* ---- arrays ---- */

static double element(const sunzi_cells *c, const void *array, int64_t i)
{
    return c->policy == SUNZI_POLICY_FP64 ? ((const double *)array)[i]
                                          : (double)((const float *)array)[i];
}

static void put_element(const sunzi_cells *c, void *array, int64_t i,
                        double value)
{
    if (c->policy == SUNZI_POLICY_FP64)
        ((double *)array)[i] = value;
    else
        ((float *)array)[i] = (float)value;
}

/* stimulus + current; types within the variants */
static void fill_inputs(const sunzi_cells *c, void *stimulus, void *types)
{
    for (int64_t i = 0; i < c->count; i++) {
        const bool inside = i >= c->current_first && i < c->current_last;
        put_element(c, stimulus, i,
                    (c->stimulus ? element(c, c->stimulus, i) : 0) +
                        (inside ? c->current : 0));
        put_element(c, types, i, sunzi_cell_variant_of(c, i));
    }
}

/* What steps use besides the states; of states that are held it stays from call
 * to call. */
typedef struct inputs {
    sunzi_memory *stimulus, *types;
    sunzi_cell_work work;
    int64_t count;
    int variant; /* of all, without stimuli; -1: there are types or stimuli */
} inputs;

static void drop_inputs(void *kept)
{
    inputs *in = kept;
    if (!in)
        return;
    sunzi_memory_destroy(&in->stimulus);
    sunzi_memory_destroy(&in->types);
    sunzi_cell_work_clear(&in->work);
    sunzi_release(in);
}

static sunzi_status make_inputs(sunzi_context *ctx, const sunzi_cells *c,
                                inputs **result)
{
    const size_t bytes =
        (size_t)c->count * sunzi_policy_element_bytes(c->policy);
    void *block = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_allocate(sizeof(inputs), "inputs of cells", &block));
    inputs *in = *result = block;
    *in = (inputs){.count = c->count, .variant = -1};
    SUNZI_TRY(
        sunzi_memory_create(ctx, bytes, "stimuli of cells", &in->stimulus));
    SUNZI_TRY(sunzi_memory_create(ctx, bytes, "types of cells", &in->types));
done:
    return status;
}

/* The numbers of a memory of which the host has what a device has: written only
 * where they differ, so that nothing crosses again. */
static sunzi_status replace(sunzi_memory *memory, const void *numbers,
                            bool fresh)
{
    const size_t bytes = sunzi_memory_bytes(memory);
    const void *old = NULL;
    void *to = NULL;
    sunzi_status status;
    if (!fresh) {
        SUNZI_TRY(sunzi_memory_read(memory, &old));
        if (memcmp(old, numbers, bytes) == 0)
            return SUNZI_OK;
    }
    SUNZI_TRY(sunzi_memory_fill(memory, &to));
    memcpy(to, numbers, bytes);
done:
    return status;
}

static sunzi_status set_inputs(sunzi_context *ctx, const sunzi_cells *c,
                               inputs *in, bool fresh)
{
    const size_t bytes =
        (size_t)c->count * sunzi_policy_element_bytes(c->policy);
    const bool plain = !c->stimulus && !c->types && c->current == 0;
    void *room = NULL;
    sunzi_status status = SUNZI_OK;
    if (!fresh && plain && in->variant == c->variant)
        return SUNZI_OK;
    in->variant = -1;
    SUNZI_TRY(sunzi_pool_take(ctx->pool, 2 * bytes, "inputs of cells", &room));
    fill_inputs(c, room, (char *)room + bytes);
    SUNZI_TRY(replace(in->stimulus, room, fresh));
    SUNZI_TRY(replace(in->types, (char *)room + bytes, fresh));
    in->variant = plain ? c->variant : -1;
done:
    sunzi_pool_give(ctx->pool, &room);
    return status;
}

/* *in: those that were kept about the states, or new ones. */
static sunzi_status open_arrays(sunzi_context *ctx, sunzi_cells *c,
                                sunzi_cell_arrays *a, inputs **in)
{
    const size_t bytes = sunzi_policy_element_bytes(c->policy);
    sunzi_status status;
    *a = (sunzi_cell_arrays){.model = c->model,
                             .policy = c->policy,
                             .count = c->count,
                             .stride = c->stride};
    SUNZI_TRY(sunzi_memory_use(ctx, c->states,
                               (size_t)sunzi_cell_elements(a) * bytes,
                               "states of cells", &a->states.memory));
    void **kept = sunzi_memory_kept(a->states.memory, drop_inputs);
    if (kept && *kept && ((inputs *)*kept)->count != c->count) {
        drop_inputs(*kept);
        *kept = NULL;
    }
    const bool fresh = !kept || !*kept;
    if (fresh) {
        status = make_inputs(ctx, c, in);
        if (kept)
            *kept = *in;
    } else {
        *in = *kept;
    }
    if (status == SUNZI_OK)
        status = set_inputs(ctx, c, *in, fresh);
    if (status < 0 && kept) { /* half-made */
        drop_inputs(*kept);
        *kept = *in = NULL;
    }
    if (status == SUNZI_OK) {
        a->stimulus.memory = (*in)->stimulus;
        a->types.memory = (*in)->types;
    }
done:
    return status;
}

/* What a device holds goes back to the caller, if it is not to stay. */
static sunzi_status close_arrays(sunzi_cell_arrays *a, inputs *in)
{
    const bool kept =
        a->states.memory && sunzi_memory_kept(a->states.memory, drop_inputs);
    if (!kept)
        drop_inputs(in);
    return sunzi_memory_leave(&a->states.memory);
}

/* ---- steps ---- */

static sunzi_status one_step(sunzi_context *ctx, const sunzi_cell_arrays *a,
                             sunzi_cell_work *work, double dt,
                             const sunzi_cell_options *o)
{
    if (o->adapt_change > 0 && o->parts_most > 1)
        return sunzi_cells_adapt(ctx, a, work, dt, o->adapt_change,
                                 o->parts_most);
    return sunzi_cells_advance(ctx, a, work, o->method, dt);
}

static sunzi_status run(sunzi_context *ctx, sunzi_cells *c,
                        const sunzi_cell_arrays *a, sunzi_cell_work *work,
                        double dt, int64_t steps, const sunzi_cell_options *o)
{
    const double start = c->time;
    sunzi_status status;
    SUNZI_TRY(sunzi_cells_check(ctx, a, work, 0, start));
    for (int64_t k = 1; k <= steps; k++) {
        SUNZI_TRY(one_step(ctx, a, work, dt, o));
        c->time = start + (double)k * dt;
        if (o->trace) {
            const void *states = NULL;
            SUNZI_TRY(sunzi_memory_read(a->states.memory, &states));
            o->trace[k - 1] = sunzi_cell_value(c->model, c->policy, c->stride,
                                               states, 0, o->trace_cell);
        }
        if (k % STEPS_A_CHECK == 0 || k == steps)
            SUNZI_TRY(sunzi_cells_check(ctx, a, work, 0, c->time));
    }
done:
    return status;
}

sunzi_status sunzi_cell_step(sunzi_context *given, sunzi_cells *cells,
                             double dt, int64_t steps,
                             const sunzi_cell_options *options)
{
    sunzi_context *ctx = NULL;
    sunzi_cell_options o;
    sunzi_cell_arrays arrays = {.model = NULL};
    inputs *in = NULL;
    sunzi_status status;

    sunzi_cell_options_init(&o);
    if (options)
        o = *options;
    SUNZI_TRY(check_call(cells, dt, steps, &o));
    SUNZI_TRY(sunzi_context_use(given, &ctx));
    if (cells->count == 0) /* a process without cells keeps the time */
        cells->time += (double)steps * dt;
    if (cells->count == 0 || steps == 0)
        return SUNZI_OK;
    SUNZI_TRY(open_arrays(ctx, cells, &arrays, &in));
    SUNZI_TRY(run(ctx, cells, &arrays, &in->work, dt, steps, &o));
done:
    if (arrays.states.memory) { /* also after a failure */
        const sunzi_status back = close_arrays(&arrays, in);
        status = status == SUNZI_OK ? back : status;
    }
    return status;
}
