/* SPDX-License-Identifier: BSD-3-Clause */
/* One cell, paced under one policy; what its last beat was like. */
#include <math.h>
#include <stdlib.h>

#include "tools/cardiac_cell.h"
#include "tools/command.h"

/* One beat of `steps` steps, with the current during the first ones; v[0 ..
 * steps] its voltages. */
static sunzi_status one_beat(const sunzi_pace *p, sunzi_cells *cell,
                             int64_t steps, int64_t stimulated, double *v)
{
    sunzi_cell_options o;
    double state[SUNZI_PACE_STATES_MAX];
    sunzi_cell_options_init(&o);
    o.method = p->method;
    o.adapt_change = p->adapt;
    o.trace = v + 1;
    sunzi_status status = sunzi_cell_get(cell, 0, state);
    v[0] = state[0];
    cell->current = p->current;
    cell->current_last = 1;
    if (status == SUNZI_OK)
        status = sunzi_cell_step(NULL, cell, p->dt, stimulated, &o);
    cell->current = 0;
    o.trace = v + 1 + stimulated;
    if (status == SUNZI_OK)
        status = sunzi_cell_step(NULL, cell, p->dt, steps - stimulated, &o);
    return status;
}

/* Where the line through values a and b, one step apart, has `level`. */
static double between(double a, double b, double level)
{
    return (level - a) / (b - a);
}

/* APD90: from the first upward crossing of 0 mV to the last time that V falls
 * below the level a tenth of the beat's height above its start. */
static void look_at(const double *v, int64_t steps, double dt, sunzi_paced *r)
{
    r->crossing_ms = r->apd90_ms = NAN;
    r->v_most_mv = v[0];
    r->dv_most = 0;
    for (int64_t k = 1; k <= steps; k++) {
        r->v_most_mv = fmax(r->v_most_mv, v[k]);
        r->dv_most = fmax(r->dv_most, (v[k] - v[k - 1]) / dt);
        if (isnan(r->crossing_ms) && v[k - 1] < 0 && v[k] >= 0)
            r->crossing_ms =
                ((double)(k - 1) + between(v[k - 1], v[k], 0)) * dt;
    }
    const double level = r->v_most_mv - 0.9 * (r->v_most_mv - v[0]);
    for (int64_t k = steps; (double)k * dt > r->crossing_ms; k--)
        if (v[k - 1] >= level && v[k] < level) {
            r->apd90_ms =
                ((double)(k - 1) + between(v[k - 1], v[k], level)) * dt -
                r->crossing_ms;
            break;
        }
}

/* Every state one unit in the last place higher. */
static sunzi_status nudge(sunzi_cells *cell)
{
    double state[SUNZI_PACE_STATES_MAX];
    const sunzi_status status = sunzi_cell_get(cell, 0, state);
    for (int s = 0; s < sunzi_cell_model_states(cell->model); s++)
        state[s] = nextafter(state[s], INFINITY);
    return status == SUNZI_OK ? sunzi_cell_set(cell, 0, state) : status;
}

/* All beats; v: room for the voltages of one. */
static sunzi_status make_beats(const sunzi_pace *p, sunzi_cells *cell,
                               double *v, sunzi_paced *r, sunzi_paced *each)
{
    const int64_t steps = llround(p->period / p->dt);
    const int64_t stimulated = llround(p->on / p->dt);
    sunzi_status status = sunzi_cell_reset(cell);
    if (status == SUNZI_OK && p->nudged)
        status = nudge(cell);
    for (int b = 0; b < p->beats && status == SUNZI_OK; b++) {
        status = one_beat(p, cell, steps, stimulated, v);
        if (status < 0 || (!each && b + 1 < p->beats))
            continue;
        look_at(v, steps, p->dt, r);
        status = sunzi_cell_get(cell, 0, r->state);
        if (each)
            each[b] = *r;
    }
    return status;
}

sunzi_status sunzi_pace_run(const sunzi_pace *p, sunzi_policy policy,
                            sunzi_paced *r, sunzi_paced *each)
{
    const int64_t steps = llround(p->period / p->dt);
    const double start = sunzi_tool_seconds();
    double states[2 * SUNZI_PACE_STATES_MAX];
    sunzi_cells cell;
    sunzi_cells_init(&cell);
    cell.model = p->model;
    cell.variant = p->variant;
    cell.policy = policy;
    cell.count = cell.stride = 1;
    cell.states = states;
    double *v = malloc((size_t)(steps + 1) * sizeof *v);
    if (!v)
        return SUNZI_ERR_NOMEM;
    const sunzi_status status = make_beats(p, &cell, v, r, each);
    r->seconds = sunzi_tool_seconds() - start;
    r->steps = (double)steps * p->beats;
    free(v);
    return status;
}
