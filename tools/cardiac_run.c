/* SPDX-License-Identifier: BSD-3-Clause */
/* A run on tissue: its parts, and its steps. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/cardiac_run.h"
#include "tools/command.h"
#include "tools/team.h"

enum { LONGEST_MS = 1000, STEPS_MOST = 1000000000 };

/* Collective. */
static sunzi_status agree(const sunzi_slab *r, sunzi_status status)
{
    return sunzi_comm_agree(r->comm, status);
}

int64_t sunzi_slab_steps_in(const sunzi_slab *r, int path, int every)
{
    const double dt = sunzi_slab_value(r, SUNZI_TISSUE_DT)->real;
    const double steps = rint(sunzi_slab_value(r, every)->real / dt);
    return *sunzi_slab_value(r, path)->text
               ? (int64_t)fmin(fmax(steps, 1), STEPS_MOST)
               : 0;
}

void *sunzi_slab_numbers(int64_t count)
{
    return malloc((size_t)(count + 1) * sizeof(double));
}

static void give_back(sunzi_slab *r)
{
    free(r->node);
    for (int p = 0; p < SUNZI_PULSES; p++)
        free(r->pulse[p]);
    free(r->image.label);
    sunzi_slab_free_cells(r);
    sunzi_slab_close_phi(r);
    sunzi_slab_close_maps(r);
    sunzi_tissue_destroy(&r->tissue);
    sunzi_context_destroy(&r->context);
}

/* ---- what looks at a run ---- */

/* Every state of FP64 one unit in the last place higher. */
static void nudge(sunzi_slab *r)
{
    for (int p = 0; p < r->parts; p++) {
        const sunzi_cells *c = &r->part[p].cells;
        const int states = sunzi_cell_model_states(c->model);
        for (int s = 0; s < states; s++)
            for (int64_t i = 0; i < c->count; i++) {
                double *y = (double *)c->states + s * c->stride + i;
                *y = nextafter(*y, INFINITY);
            }
    }
}

/* Collective. */
static sunzi_status look(const sunzi_slab *r)
{
    return r->watcher ? r->watcher->look(r->watcher->user, r) : SUNZI_OK;
}

/* ---- time ---- */

/* Collective. One step from `time`. */
static sunzi_status make_step(sunzi_slab *r, double time, double dt,
                              sunzi_tissue_report *report)
{
    const sunzi_tissue_splitting splitting =
        (sunzi_tissue_splitting)sunzi_slab_value(r, SUNZI_TISSUE_SPLITTING)
            ->integer;
    for (int p = 0; p < r->parts; p++)
        r->part[p].cells.time = time;
    sunzi_slab_set_stimulus(r, time + dt / 2);
    return r->bidomain
               ? sunzi_bidomain_step(r->bidomain, r->parts, r->group, dt,
                                     splitting, &r->cell_options, r->phi,
                                     report)
               : sunzi_tissue_step_groups(r->tissue, r->parts, r->group, dt,
                                          splitting, &r->cell_options, report);
}

/* Collective. What is written after a step. */
static sunzi_status write_step(sunzi_slab *r)
{
    sunzi_status status = sunzi_slab_write_probes(r);
    if (status == SUNZI_OK)
        status = sunzi_slab_write_ecg(r);
    return status == SUNZI_OK ? sunzi_slab_write_files(r) : status;
}

/* Collective. SUNZI_REACHED_NONE ends it as an error does. */
static sunzi_status advance(sunzi_slab *r, int64_t steps, bool until_done,
                            sunzi_progress_fn *progress, void *user,
                            sunzi_tissue_result *result)
{
    const double dt = sunzi_slab_value(r, SUNZI_TISSUE_DT)->real;
    const int64_t a_ms = dt < 1 ? (int64_t)fmin(1 / dt, STEPS_MOST) : 1;
    sunzi_tissue_report report;
    sunzi_status status = SUNZI_OK;
    bool done = false;
    SUNZI_TRY(sunzi_slab_count_beats(r, result->nodes, &result->activated,
                                     &done)); /* after a restart */
    while (r->step < steps) {
        const double time = (double)r->step * dt;
        SUNZI_TRY(make_step(r, time, dt, &report));
        if (status == SUNZI_REACHED_NONE)
            goto done;
        SUNZI_TRY(agree(r, sunzi_slab_look(r, time, dt)));
        r->step++;
        result->steps++;
        result->iterations += report.iterations;
        result->cells_seconds += report.cells_seconds;
        SUNZI_TRY(look(r));
        if (r->bidomain)
            result->residual = fmax(result->residual, report.residual);
        SUNZI_TRY(write_step(r));
        if (status == SUNZI_REACHED_NONE)
            goto done;
        if (r->step % a_ms && r->step < steps)
            continue;
        SUNZI_TRY(sunzi_slab_count_beats(r, result->nodes, &result->activated,
                                         &done));
        const bool last = until_done && done;
        if (progress)
            progress(user, result->policy, (double)r->step,
                     last ? (double)r->step : (double)steps);
        if (last)
            break;
    }
    result->end = (double)r->step * dt;
done:
    return status;
}

/* Collective. */
static sunzi_status count_nodes(const sunzi_slab *r, int64_t *nodes)
{
    double mine = (double)r->count, all = 0;
    const sunzi_status status =
        sunzi_dsum(r->context, r->comm, 1, &mine, 1, &all);
    *nodes = (int64_t)all;
    return status;
}

static sunzi_status make_context(sunzi_slab *r)
{
    sunzi_context_options o;
    sunzi_context_options_init(&o);
    o.engine = *sunzi_slab_value(r, SUNZI_TISSUE_ENGINE)->text
                   ? sunzi_slab_value(r, SUNZI_TISSUE_ENGINE)->text
                   : NULL;
    o.threads = (int)sunzi_slab_value(r, SUNZI_TISSUE_THREADS)->integer;
    return sunzi_context_create(&o, &r->context);
}

/* Collective. */
static sunzi_status prepare(sunzi_slab *r)
{
    sunzi_status status = make_context(r);
    r->spacing = sunzi_slab_value(r, SUNZI_TISSUE_SPACING)->real;
    if (status == SUNZI_OK)
        status = sunzi_slab_find_models(r);
    SUNZI_TRY(agree(r, status));
    SUNZI_TRY(sunzi_slab_make_tissue(r));
    SUNZI_TRY(sunzi_slab_make_cells(r));
    if (r->watcher && r->watcher->nudged && r->policy == SUNZI_POLICY_FP64)
        nudge(r);
    SUNZI_TRY(sunzi_slab_open_maps(r));
    SUNZI_TRY(sunzi_slab_place_pulses(r));
    SUNZI_TRY(sunzi_slab_open_phi(r));
    SUNZI_TRY(sunzi_slab_open_files(r));
    sunzi_slab_take_voltages(r); /* after a restart */
    if (status == SUNZI_OK)
        status = sunzi_slab_open_probes(r);
    if (status == SUNZI_OK)
        status = sunzi_slab_open_ecg(r);
    if (status == SUNZI_OK)
        status = look(r);
done:
    return status;
}

bool sunzi_tissue_ended_early(sunzi_status status)
{
    return status == SUNZI_ERR_BLOW_UP || status == SUNZI_ERR_NONFINITE ||
           status == SUNZI_REACHED_NONE;
}

/* The sentence of a run that ended early, with what stays of it. */
static sunzi_status tell_end(const sunzi_slab *r, sunzi_status status)
{
    char why[SUNZI_TISSUE_WHY - 200];
    snprintf(why, sizeof why, "%s", sunzi_last_message());
    if (r->saved < 0)
        return sunzi_fail(status, "%s; there is no checkpoint", why);
    return sunzi_fail(status,
                      "%s; the last checkpoint is %s.%07lld.h5, of "
                      "%g ms",
                      why, sunzi_slab_value(r, SUNZI_TISSUE_CHECKPOINT)->text,
                      (long long)r->saved,
                      (double)r->saved *
                          sunzi_slab_value(r, SUNZI_TISSUE_DT)->real);
}

/* Collective. The files of a run, which stay if `keep`. */
static sunzi_status close_all(sunzi_slab *r, bool keep)
{
    const sunzi_status probes = sunzi_slab_close_probes(r, keep);
    const sunzi_status ecg = sunzi_slab_close_ecg(r, keep);
    const sunzi_status files = sunzi_slab_close_files(r, keep);
    return probes < 0 ? probes : ecg < 0 ? ecg : files;
}

sunzi_status sunzi_tissue_run(const sunzi_run_file *file, int index,
                              const sunzi_tissue_watcher *watcher,
                              sunzi_progress_fn *progress, void *user,
                              sunzi_tissue_result *result)
{
    static const sunzi_policy policies[] = {
        SUNZI_POLICY_FP64, SUNZI_POLICY_FP32, SUNZI_POLICY_FP32C};
    const int64_t policy = file->value[SUNZI_TISSUE_POLICIES].integers[index];
    sunzi_slab r = {.file = file,
                    .comm = sunzi_team_get()->comm,
                    .policy = policies[policy],
                    .saved = -1,
                    .watcher = watcher};
    bool begun = false;
    const double end = sunzi_slab_value(&r, SUNZI_TISSUE_END)->real;
    const double dt = sunzi_slab_value(&r, SUNZI_TISSUE_DT)->real;
    const double steps = ceil((end > 0 ? end : LONGEST_MS) / dt - 1e-9);
    sunzi_status status = SUNZI_OK, closed;
    *result = (sunzi_tissue_result){.policy = sunzi_policy_name(r.policy)};
    if (steps > STEPS_MOST)
        status =
            sunzi_run_file_fail(file, SUNZI_TISSUE_DT,
                                "%g ms make %g steps of %g ms, allowed are %g",
                                steps * dt, steps, dt, (double)STEPS_MOST);
    if (status == SUNZI_OK)
        status = prepare(&r);
    if (status != SUNZI_OK)
        goto done;
    begun = true;
    SUNZI_TRY(count_nodes(&r, &result->nodes));
    const double start = sunzi_tool_seconds();
    for (int d = 0; d < 3; d++)
        result->size[d] = (double)r.voxels[d] * r.spacing;
    SUNZI_TRY(advance(&r, (int64_t)steps, end == 0, progress, user, result));
    if (status == SUNZI_REACHED_NONE)
        goto done;
    result->seconds = sunzi_tool_seconds() - start;
    SUNZI_TRY(sunzi_slab_tell_maps(&r, result));
done:
    if (begun && sunzi_tissue_ended_early(status))
        status = tell_end(&r, status);
    snprintf(result->why, sizeof result->why, "%s", sunzi_last_message());
    closed = close_all(&r, status == SUNZI_OK ||
                               (begun && sunzi_tissue_ended_early(status)));
    if (status != SUNZI_OK) /* the first failure is the one that is told */
        closed = sunzi_fail(status, "%s", result->why);
    give_back(&r);
    result->failed = closed != SUNZI_OK;
    return closed;
}
