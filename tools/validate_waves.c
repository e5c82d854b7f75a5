/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/validate_waves.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/progress.h"
#include "tools/team.h"

enum { SAMPLES = 60 };

/* "--section.key" of "--section.key=value" */
static size_t key_length(const char *option)
{
    return strcspn(option, "=");
}

void sunzi_waves_set(sunzi_waves *w, const char *option)
{
    const size_t length = key_length(option);
    int i = 0;
    while (i < w->override_count &&
           (key_length(w->overrides[i].option) != length ||
            strncmp(w->overrides[i].option, option, length) != 0))
        i++;
    w->overrides[i] = (sunzi_run_override){.option = option};
    w->override_count = i == w->override_count ? i + 1 : w->override_count;
}

void sunzi_waves_set_all(sunzi_waves *w, const char *const *options, int count,
                         const sunzi_validate_request *asked)
{
    for (int i = 0; i < count; i++)
        sunzi_waves_set(w, options[i]);
    for (int i = 0; i < asked->override_count; i++)
        sunzi_waves_set(w, asked->overrides[i].option);
}

/* ---- what a run is looked at for ---- */

/* Where node i of FP64's grid is in the arrays of a run: finer grids are of
 * whole boxes. */
static int64_t place_in(const sunzi_waves *w, const sunzi_slab *slab, int64_t i)
{
    int64_t at = 0, step = 1;
    if (w->run != SUNZI_WAVE_FINE || w->finer_space == 1)
        return i;
    for (int d = 0; d < 3; d++) {
        at += i % w->shape[d] * w->finer_space * step;
        i /= w->shape[d];
        step *= slab->voxels[d] + 1;
    }
    return at;
}

static sunzi_status take_shape(sunzi_waves *w, const sunzi_slab *slab)
{
    w->nodes = slab->count;
    for (int d = 0; d < 3; d++)
        w->shape[d] = slab->voxels[d] + 1;
    w->V = calloc((size_t)(w->samples * w->nodes) + 1, sizeof *w->V);
    w->activation = calloc((size_t)w->nodes + 1, sizeof *w->activation);
    if (w->V && w->activation)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_NOMEM,
                      "no memory for V of %lld nodes at %lld "
                      "times; take a coarser spacing",
                      (long long)w->nodes, (long long)w->samples);
}

static void take_sample(sunzi_waves *w, const sunzi_slab *slab, int64_t sample)
{
    double sum = 0;
    for (int64_t i = 0; i < w->nodes; i++) {
        double *fp64 = &w->V[sample * w->nodes + i];
        const double V = slab->V[place_in(w, slab, i)];
        if (w->run == 0)
            *fp64 = V;
        sum += (V - *fp64) * (V - *fp64);
    }
    w->wave[w->run].rms[sample] = sqrt(sum / (double)w->nodes);
}

static sunzi_status take_activation(sunzi_waves *w, const sunzi_slab *slab)
{
    double *map = sunzi_slab_numbers(slab->count), most = 0;
    if (!map)
        return sunzi_fail(SUNZI_ERR_NOMEM, "no memory for a map");
    const sunzi_status status = sunzi_slab_map(slab, SUNZI_MAP_ACTIVATION, map);
    for (int64_t i = 0; i < w->nodes && status == SUNZI_OK; i++) {
        const double time = map[place_in(w, slab, i)];
        if (w->run == 0)
            w->activation[i] = time;
        most = fmax(most, sunzi_validation_change(time, w->activation[i]));
    }
    w->wave[w->run].activation_change = most;
    free(map);
    return status;
}

static sunzi_status look(void *user, const sunzi_slab *slab)
{
    sunzi_waves *w = user;
    const double dt = sunzi_slab_value(slab, SUNZI_TISSUE_DT)->real;
    const int64_t apart = llround(w->every / dt);
    sunzi_status status = SUNZI_OK;
    if (w->run == 0 && slab->step == 0)
        status = take_shape(w, slab);
    if (status < 0)
        return status;
    if (slab->step % apart == 0 && slab->step / apart < w->samples)
        take_sample(w, slab, slab->step / apart);
    if (slab->step == llround(w->end / dt))
        status = take_activation(w, slab);
    if (status < 0)
        return status;
    return w->look ? w->look(w->user, w->run, slab) : SUNZI_OK;
}

/* ---- runs ---- */

static sunzi_status read_problem(const sunzi_waves *w, sunzi_run_file *file)
{
    return sunzi_run_file_read(sunzi_team_get()->comm, &sunzi_tissue_schema,
                               w->path, w->overrides, w->override_count, file,
                               NULL);
}

/* One run; the problem is that of w->overrides. */
static sunzi_status run_one(sunzi_waves *w, int run)
{
    sunzi_wave *wave = &w->wave[run];
    const sunzi_tissue_watcher watcher = {
        .look = look, .user = w, .nudged = run == SUNZI_WAVE_NUDGED};
    sunzi_tool_progress progress;
    sunzi_run_file file;
    sunzi_status status = read_problem(w, &file);
    if (status < 0)
        return status;
    w->run = run;
    wave->rms = calloc((size_t)w->samples, sizeof *wave->rms);
    if (!wave->rms)
        status = sunzi_fail(SUNZI_ERR_NOMEM, "no memory for a run");
    sunzi_tool_progress_begin(&progress, SUNZI_VALIDATE_COMMAND, false, 0);
    if (status == SUNZI_OK)
        status = sunzi_tissue_run(&file, 0, &watcher, sunzi_tool_progress_show,
                                  &progress, &wave->result);
    sunzi_tool_progress_clear(&progress);
    sunzi_run_file_clear(&file);
    wave->there = status == SUNZI_OK;
    wave->blew_up = status == SUNZI_ERR_BLOW_UP || status == SUNZI_REACHED_NONE;
    return status;
}

static sunzi_status run_arithmetics(sunzi_waves *w, const sunzi_validation *v,
                                    sunzi_validation_part *part)
{
    for (int a = 0; a < v->arithmetics; a++) {
        char option[40];
        snprintf(option, sizeof option, "--run.policy=%s", v->arithmetic[a]);
        if (strcmp(v->arithmetic[a], "df64") == 0) /* not on tissue */
            continue;
        sunzi_waves_set(w, option);
        const sunzi_status status = run_one(w, a);
        sunzi_waves_set(w, "--run.policy=fp64");
        if (status != SUNZI_OK && (a == 0 || !w->wave[a].blew_up))
            return status;
        if (w->wave[a].there)
            part->seconds[a] = w->wave[a].result.seconds;
    }
    return SUNZI_OK;
}

static sunzi_status run_fine(sunzi_waves *w)
{
    char spacing[60], dt[60];
    snprintf(spacing, sizeof spacing, "--tissue.spacing=%.17gmm",
             w->spacing / w->finer_space);
    snprintf(dt, sizeof dt, "--time.dt=%.17gms", w->dt / w->finer_time);
    if (w->finer_space > 1)
        sunzi_waves_set(w, spacing);
    sunzi_waves_set(w, dt);
    return run_one(w, SUNZI_WAVE_FINE);
}

/* Time and space of the problem; what is not to be written. */
static sunzi_status prepare(sunzi_waves *w)
{
    static const char *const none[] = {
        "--output.report=",     "--output.snapshots=", "--output.activation=",
        "--output.checkpoint=", "--output.probes=",    "--output.ecg=",
        "--run.restart=no"};
    sunzi_run_file file;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        sunzi_waves_set(w, none[i]);
    sunzi_waves_set(w, "--run.policy=fp64");
    sunzi_status status = read_problem(w, &file);
    if (status < 0)
        return status;
    w->dt = file.value[SUNZI_TISSUE_DT].real;
    w->end = w->dt * ceil(file.value[SUNZI_TISSUE_END].real / w->dt - 1e-9);
    w->spacing = file.value[SUNZI_TISSUE_SPACING].real;
    w->every = w->dt * fmax(1, rint(w->end / w->dt / SAMPLES));
    w->samples = (int64_t)(w->end / w->every + 1e-9) + 1;
    if (*file.value[SUNZI_TISSUE_MASK].text)
        w->finer_space = 1; /* an image has the voxels it has */
    if (!(w->end > 0))
        status = sunzi_run_file_fail(&file, SUNZI_TISSUE_END,
                                     "0 ms, allowed is a time above 0 ms here: "
                                     "runs are compared until then");
    sunzi_run_file_clear(&file);
    return status;
}

sunzi_status sunzi_waves_run(sunzi_waves *w, const sunzi_validation *v,
                             sunzi_validation_part *part)
{
    sunzi_status status = prepare(w);
    if (status == SUNZI_OK)
        status = run_arithmetics(w, v, part);
    if (status == SUNZI_OK)
        status = run_one(w, SUNZI_WAVE_NUDGED);
    return status == SUNZI_OK ? run_fine(w) : status;
}

void sunzi_waves_clear(sunzi_waves *w)
{
    for (int r = 0; r < SUNZI_WAVES; r++)
        free(w->wave[r].rms);
    free(w->V);
    free(w->activation);
}

/* ---- what is found ---- */

sunzi_finding *sunzi_waves_compare(const sunzi_waves *w, sunzi_validation *v,
                                   const char *name, const char *unit,
                                   double (*of)(const void *user, int run),
                                   const void *user)
{
    const double fp64 = of(user, 0);
    sunzi_finding *f = sunzi_validation_add(v, name, unit, fp64);
    f->steps = sunzi_validation_change(of(user, SUNZI_WAVE_FINE), fp64);
    f->last_bit = sunzi_validation_change(of(user, SUNZI_WAVE_NUDGED), fp64);
    for (int a = 1; a < v->arithmetics; a++)
        if (w->wave[a].there)
            f->change[a] = sunzi_validation_change(of(user, a), fp64);
        else if (w->wave[a].blew_up)
            f->change[a] = INFINITY;
    return f;
}

static sunzi_status draw(const sunzi_waves *w, sunzi_validation *v, int run,
                         const char *name)
{
    if (!w->wave[run].there)
        return SUNZI_OK;
    sunzi_curve *c = sunzi_validation_curve(v, "v_rms", name, w->samples, 0);
    if (!c)
        return SUNZI_ERR_NOMEM;
    c->what = "RMS change of V";
    c->unit = "mV";
    c->axis = "time";
    c->axis_unit = "ms";
    for (int64_t k = 0; k < w->samples; k++) {
        c->x[k] = (double)k * w->every;
        c->y[k] = w->wave[run].rms[k];
    }
    return SUNZI_OK;
}

sunzi_status sunzi_waves_draw(const sunzi_waves *w, sunzi_validation *v)
{
    sunzi_status status = SUNZI_OK;
    for (int a = 1; a < v->arithmetics && status == SUNZI_OK; a++)
        status = draw(w, v, a, v->arithmetic[a]);
    if (status == SUNZI_OK)
        status = draw(w, v, SUNZI_WAVE_NUDGED, "last_bit");
    return status == SUNZI_OK ? draw(w, v, SUNZI_WAVE_FINE, "steps") : status;
}
