/* SPDX-License-Identifier: BSD-3-Clause */
/* A run on tissue: the slab, its cells, pulses, and activation times. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cardiac_run.h"
#include "tools/command.h"
#include "tools/team.h"

static const double pi = 3.14159265358979323846;

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

/* ---- the slab ---- */

static sunzi_status count_voxels(sunzi_slab *r)
{
    if (r->mask)
        return SUNZI_OK;
    for (int d = 0; d < 3; d++) {
        const double size = sunzi_slab_value(r, SUNZI_TISSUE_SIZE)->reals[d];
        const double voxels = rint(size / r->spacing);
        if (voxels > 1e9)
            return sunzi_run_file_fail(
                r->file, SUNZI_TISSUE_SIZE,
                "%g mm are %g voxels at a spacing of %g mm, allowed are 1e9; "
                "take a coarser spacing",
                size, voxels, r->spacing);
        if (!(fabs(voxels * r->spacing - size) <= 1e-9 * size))
            return sunzi_run_file_fail(
                r->file, SUNZI_TISSUE_SIZE,
                "%g mm is no multiple of the spacing, %g mm", size, r->spacing);
        r->voxels[d] = (int64_t)voxels;
    }
    return SUNZI_OK;
}

/* s_t I + (s_l - s_t) f f^T in the plane of x and y. */
static int slab_voxel(void *user, const int64_t voxel[3], double sigma[6])
{
    const sunzi_slab *r = user;
    const double *s = sunzi_slab_value(r, SUNZI_TISSUE_CONDUCTIVITY)->reals;
    const double *turn = sunzi_slab_value(r, SUNZI_TISSUE_FIBRE)->reals;
    const double layers = r->voxels[2] ? (double)r->voxels[2] : 1;
    const double depth = ((double)voxel[2] + 0.5) / layers;
    const double angle = (turn[0] + (turn[1] - turn[0]) * depth) * pi / 180;
    const double x = cos(angle), y = angle == 0 ? 0 : sin(angle);
    if (r->mask &&
        !r->mask[voxel[0] +
                 r->voxels[0] * (voxel[1] + r->voxels[1] * voxel[2])])
        return 0;
    sigma[0] = s[1] + (s[0] - s[1]) * x * x;
    sigma[1] = s[1] + (s[0] - s[1]) * y * y;
    sigma[2] = s[2];
    sigma[3] = (s[0] - s[1]) * x * y;
    return 1;
}

static sunzi_status make_tissue(sunzi_slab *r)
{
    sunzi_tissue_options o;
    sunzi_tissue_options_init(&o);
    for (int d = 0; d < 3; d++) {
        o.voxels[d] = r->voxels[d];
        o.spacing[d] = r->spacing;
    }
    o.surface_to_volume = sunzi_slab_value(r, SUNZI_TISSUE_CHI)->real;
    o.capacitance = sunzi_slab_value(r, SUNZI_TISSUE_CAPACITANCE)->real;
    o.policy = r->policy;
    o.scheme = (sunzi_tissue_scheme)sunzi_slab_value(r, SUNZI_TISSUE_SCHEME_KEY)
                   ->integer;
    o.tolerance = sunzi_slab_value(r, SUNZI_TISSUE_TOLERANCE)->real;
    o.voxel = slab_voxel;
    o.user = r;
    const sunzi_status status =
        sunzi_tissue_create(r->context, r->comm, &o, &r->tissue);
    if (status < 0)
        return status;
    const double dt = sunzi_slab_value(r, SUNZI_TISSUE_DT)->real;
    if (o.scheme == SUNZI_TISSUE_EXPLICIT && dt > sunzi_tissue_limit(r->tissue))
        return sunzi_run_file_fail(
            r->file, SUNZI_TISSUE_DT,
            "%g ms, allowed is at most %.6g ms, the stability limit of the "
            "explicit scheme here; or take another time.diffusion",
            dt, sunzi_tissue_limit(r->tissue));
    return SUNZI_OK;
}

static void node_of(const sunzi_slab *r, int64_t i, int64_t n[3])
{
    int64_t rest = r->node[i];
    for (int d = 0; d < 3; d++) {
        n[d] = rest % (r->voxels[d] + 1);
        rest /= r->voxels[d] + 1;
    }
}

/* ---- pulses ---- */

/* Part of a node's volume, or of the node itself, that is in a box. */
static double part_in(const sunzi_slab *r, const int64_t n[3],
                      const double *box)
{
    const bool weighted = sunzi_slab_value(r, SUNZI_TISSUE_EDGE)->integer == 1;
    const double h = r->spacing, slack = 1e-6 * h;
    double part = 1;
    for (int d = 0; d < 3; d++) {
        const double x = (double)n[d] * h, size = (double)r->voxels[d] * h;
        const double from = box[2 * d], to = box[2 * d + 1];
        if (!weighted || r->voxels[d] == 0) {
            part *= x >= from - slack && x <= to + slack;
            continue;
        }
        const double low = fmax(0, x - h / 2), high = fmin(size, x + h / 2);
        part *= fmax(0, fmin(high, to) - fmax(low, from)) / (high - low);
    }
    return part;
}

/* Collective. The current of a pulse into each node; it must reach some. */
static sunzi_status place_pulse(sunzi_slab *r, int pulse)
{
    const int key = SUNZI_TISSUE_S1 + pulse * SUNZI_PULSE_KEYS;
    const double *box = sunzi_slab_value(r, key + SUNZI_PULSE_BOX)->reals;
    /* uA/cm3 = 1e-3 uA/mm3; over chi C in uF/mm3: mV/ms */
    const double rate = sunzi_slab_value(r, key + SUNZI_PULSE_CURRENT)->real *
                        1e-3 /
                        (sunzi_slab_value(r, SUNZI_TISSUE_CHI)->real *
                         sunzi_slab_value(r, SUNZI_TISSUE_CAPACITANCE)->real);
    double reached;
    sunzi_status status = SUNZI_OK;
    for (int64_t i = 0; i < r->count; i++) {
        int64_t n[3];
        node_of(r, i, n);
        r->pulse[pulse][i] = rate * part_in(r, n, box);
    }
    SUNZI_TRY(sunzi_dasum(r->context, r->comm, r->count, r->pulse[pulse], 1,
                          &reached));
    if (reached == 0 && rate != 0 &&
        sunzi_slab_value(r, key + SUNZI_PULSE_COUNT)->integer > 0)
        status = sunzi_run_file_fail(
            r->file, key + SUNZI_PULSE_BOX,
            "there is no tissue in it; the grid is %g x %g x %g mm",
            (double)r->voxels[0] * r->spacing,
            (double)r->voxels[1] * r->spacing,
            (double)r->voxels[2] * r->spacing);
done:
    return status;
}

/* A pulse longer than the period goes on into the next one; the last one is as
 * long as it is said to be. */
static bool acts(const sunzi_slab *r, int pulse, double time)
{
    const sunzi_run_value *v =
        sunzi_slab_value(r, SUNZI_TISSUE_S1 + pulse * SUNZI_PULSE_KEYS);
    const double since = time - v[SUNZI_PULSE_START].real;
    const double period = v[SUNZI_PULSE_PERIOD].real;
    const double last = (double)v[SUNZI_PULSE_COUNT].integer - 1;
    const double number = fmin(floor(since / period), last);
    return since >= 0 && last >= 0 &&
           since - number * period < v[SUNZI_PULSE_DURATION].real;
}

/* The stimulus of the step whose middle is at `time`. */
static void set_stimulus(sunzi_slab *r, double time)
{
    unsigned acting = 0;
    for (int p = 0; p < SUNZI_PULSES; p++)
        acting |= acts(r, p, time) ? 1u << p : 0;
    r->cells.stimulus = acting ? r->stimulus : NULL;
    if (acting == r->acting)
        return;
    r->acting = acting;
    for (int64_t i = 0; i < r->count; i++) {
        double sum = 0;
        for (int p = 0; p < SUNZI_PULSES; p++)
            sum += acting >> p & 1 ? r->pulse[p][i] : 0;
        if (r->policy == SUNZI_POLICY_FP64)
            ((double *)r->stimulus)[i] = sum;
        else
            ((float *)r->stimulus)[i] = (float)sum;
    }
}

/* ---- memory and cells ---- */

static void *numbers(int64_t count)
{
    return malloc((size_t)(count + 1) * sizeof(double));
}

static sunzi_status find_model(sunzi_slab *r)
{
    const char *name = sunzi_slab_value(r, SUNZI_TISSUE_MODEL)->text;
    sunzi_cells_init(&r->cells);
    if (sunzi_cardiac_model(r->context, name, &r->cells.model,
                            &r->cells.variant, &r->opened) < 0)
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_MODEL, "%s",
                                   sunzi_last_message());
    if (!sunzi_cell_model_has(r->cells.model, r->policy))
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_MODEL,
                                   "%s has no kernels of the policy %s", name,
                                   sunzi_policy_name(r->policy));
    sunzi_cell_options_init(&r->cell_options);
    r->cell_options.method =
        (sunzi_cell_method)sunzi_slab_value(r, SUNZI_TISSUE_METHOD)->integer;
    r->cells.policy = r->policy;
    return SUNZI_OK;
}

static sunzi_status make_cells(sunzi_slab *r)
{
    const int64_t states = sunzi_cell_model_states(r->cells.model);
    const int64_t stride = (r->count + 15) / 16 * 16 + 16;
    r->cells.count = r->count;
    r->cells.stride = stride;
    r->states = numbers(states * stride);
    r->stimulus = numbers(r->count);
    r->node = numbers(r->count);
    r->before = numbers(r->count);
    r->activation = numbers(r->count);
    bool there =
        r->states && r->stimulus && r->node && r->before && r->activation;
    for (int p = 0; p < SUNZI_PULSES; p++) {
        r->pulse[p] = numbers(r->count);
        there = there && r->pulse[p];
    }
    if (!there)
        return sunzi_fail(SUNZI_ERR_NOMEM,
                          "no memory for %lld cells of %lld states; take more "
                          "processes or a coarser spacing",
                          (long long)r->count, (long long)states);
    r->cells.states = r->states;
    sunzi_tissue_nodes(r->tissue, r->node);
    return sunzi_cell_reset(&r->cells);
}

static void give_back(sunzi_slab *r)
{
    void *const blocks[] = {r->states, r->stimulus, r->node, r->before,
                            r->activation};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        free(blocks[i]);
    for (int p = 0; p < SUNZI_PULSES; p++)
        free(r->pulse[p]);
    free(r->mask);
    sunzi_tissue_destroy(&r->tissue);
    sunzi_cell_model_close(&r->opened);
    sunzi_context_destroy(&r->context);
}

/* ---- activation ---- */

double sunzi_slab_voltage(const sunzi_slab *r, int64_t i)
{
    const int64_t plane =
        sunzi_cell_model_states(r->cells.model) * r->cells.stride;
    if (r->policy == SUNZI_POLICY_FP64)
        return ((const double *)r->states)[i];
    const float *v = r->states;
    return r->policy == SUNZI_POLICY_FP32 ? (double)v[i]
                                          : (double)v[i] + (double)v[plane + i];
}

/* First upward crossing of 0 mV between `time` and time + dt, linear. */
static void watch(sunzi_slab *r, double time, double dt)
{
    for (int64_t i = 0; i < r->count; i++) {
        const double V = sunzi_slab_voltage(r, i), before = r->before[i];
        r->before[i] = V;
        if (isnan(r->activation[i]) && before < 0 && V >= 0)
            r->activation[i] = time + dt * (-before / (V - before));
    }
}

/* Every state of FP64 one unit in the last place higher. */
static void nudge(sunzi_slab *r)
{
    const int states = sunzi_cell_model_states(r->cells.model);
    for (int s = 0; s < states; s++) {
        double *y = (double *)r->states + s * r->cells.stride;
        for (int64_t i = 0; i < r->count; i++)
            y[i] = nextafter(y[i], INFINITY);
    }
}

/* Collective. */
static sunzi_status look(const sunzi_slab *r)
{
    return r->watcher ? r->watcher->look(r->watcher->user, r) : SUNZI_OK;
}

/* Collective. */
static sunzi_status count_activated(const sunzi_slab *r, int64_t *activated)
{
    double mine = 0, all = 0;
    for (int64_t i = 0; i < r->count; i++)
        mine += !isnan(r->activation[i]);
    const sunzi_status status =
        sunzi_dsum(r->context, r->comm, 1, &mine, 1, &all);
    *activated = (int64_t)all;
    return status;
}

/* Collective. Activation of P1 .. P9. */
static sunzi_status tell_points(const sunzi_slab *r,
                                sunzi_tissue_result *result)
{
    static const int corner[8] = {0, 2, 1, 3, 4, 6, 5, 7}; /* bits x, y, z */
    sunzi_status status = SUNZI_OK;
    for (int p = 0; p < SUNZI_TISSUE_POINTS; p++) {
        double at[3];
        for (int d = 0; d < 3; d++)
            at[d] = (double)r->voxels[d] * r->spacing *
                    (p == 8 ? 0.5 : (double)(corner[p] >> d & 1));
        SUNZI_TRY(sunzi_tissue_sample(r->tissue, r->activation, at,
                                      &result->activation[p]));
    }
done:
    return status;
}

/* ---- time ---- */

/* Collective. SUNZI_REACHED_NONE ends it as an error does. */
static sunzi_status advance(sunzi_slab *r, int64_t steps, bool until_activated,
                            sunzi_progress_fn *progress, void *user,
                            sunzi_tissue_result *result)
{
    const double dt = sunzi_slab_value(r, SUNZI_TISSUE_DT)->real;
    const int64_t a_ms = dt < 1 ? (int64_t)fmin(1 / dt, STEPS_MOST) : 1;
    const sunzi_tissue_splitting splitting =
        (sunzi_tissue_splitting)sunzi_slab_value(r, SUNZI_TISSUE_SPLITTING)
            ->integer;
    sunzi_tissue_report report;
    sunzi_status status = SUNZI_OK;
    SUNZI_TRY(count_activated(r, &result->activated)); /* after a restart */
    while (r->step < steps) {
        const double time = (double)r->step * dt;
        r->cells.time = time;
        set_stimulus(r, time + dt / 2);
        SUNZI_TRY(sunzi_tissue_step(r->tissue, &r->cells, dt, splitting,
                                    &r->cell_options, &report));
        if (status == SUNZI_REACHED_NONE)
            goto done;
        watch(r, time, dt);
        r->step++;
        result->steps++;
        result->iterations += report.iterations;
        result->cells_seconds += report.cells_seconds;
        SUNZI_TRY(look(r));
        SUNZI_TRY(sunzi_slab_write_probes(r));
        SUNZI_TRY(sunzi_slab_write_files(r));
        if (r->step % a_ms && r->step < steps)
            continue;
        SUNZI_TRY(count_activated(r, &result->activated));
        const bool last = until_activated && result->activated == result->nodes;
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
        status = find_model(r);
    SUNZI_TRY(agree(r, status));
    if (*sunzi_slab_value(r, SUNZI_TISSUE_MASK)->text)
        SUNZI_TRY(sunzi_slab_read_mask(r));
    SUNZI_TRY(agree(r, count_voxels(r)));
    SUNZI_TRY(make_tissue(r));
    r->count = sunzi_tissue_count(r->tissue);
    SUNZI_TRY(agree(r, make_cells(r)));
    if (r->watcher && r->watcher->nudged && r->policy == SUNZI_POLICY_FP64)
        nudge(r);
    for (int p = 0; p < SUNZI_PULSES; p++)
        SUNZI_TRY(place_pulse(r, p));
    for (int64_t i = 0; i < r->count; i++) {
        r->before[i] = sunzi_slab_voltage(r, i);
        r->activation[i] = NAN;
    }
    SUNZI_TRY(sunzi_slab_open_files(r));
    SUNZI_TRY(sunzi_slab_open_probes(r));
    SUNZI_TRY(look(r));
done:
    return status;
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
                    .watcher = watcher};
    const double end = sunzi_slab_value(&r, SUNZI_TISSUE_END)->real;
    const double dt = sunzi_slab_value(&r, SUNZI_TISSUE_DT)->real;
    const double steps = ceil((end > 0 ? end : LONGEST_MS) / dt - 1e-9);
    sunzi_status status, closed;
    *result = (sunzi_tissue_result){.policy = sunzi_policy_name(r.policy)};
    if (steps > STEPS_MOST)
        return sunzi_run_file_fail(
            file, SUNZI_TISSUE_DT,
            "%g ms make %g steps of %g ms, allowed are %g", steps * dt, steps,
            dt, (double)STEPS_MOST);
    SUNZI_TRY(prepare(&r));
    SUNZI_TRY(count_nodes(&r, &result->nodes));
    const double start = sunzi_tool_seconds();
    for (int d = 0; d < 3; d++)
        result->size[d] = (double)r.voxels[d] * r.spacing;
    SUNZI_TRY(advance(&r, (int64_t)steps, end == 0, progress, user, result));
    if (status == SUNZI_REACHED_NONE)
        goto done;
    result->seconds = sunzi_tool_seconds() - start;
    SUNZI_TRY(tell_points(&r, result));
done:
    closed = sunzi_slab_close_probes(&r, status == SUNZI_OK);
    status = status == SUNZI_OK ? closed : status;
    closed = sunzi_slab_close_files(&r, status == SUNZI_OK);
    give_back(&r);
    return status == SUNZI_OK ? closed : status;
}
