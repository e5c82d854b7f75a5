/* SPDX-License-Identifier: BSD-3-Clause */
/* A paced cell, ten Tusscher and Panfilov: what its beats are like under each
 * policy. The run is that of `sunzi cardiac --cell`. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cardiac_cell.h"
#include "tools/validate.h"

static const char model[] = "ten-tusscher-2006-epi";

enum { FINER = 4, NUDGED = SUNZI_VALIDATE_ARITHMETICS, FINE, RUNS };

/* Every beat of each run: [arithmetic], then the two other runs of FP64. */
typedef struct beats {
    sunzi_pace pace;
    sunzi_paced *run[RUNS]; /* NULL: blew up, or not run */
} beats;

/* A cheap policy may blow up: that is a finding. */
static sunzi_status run_one(beats *b, int run, sunzi_policy policy)
{
    sunzi_paced last;
    sunzi_status status;
    b->run[run] = calloc((size_t)b->pace.beats, sizeof *b->run[run]);
    if (!b->run[run])
        return sunzi_fail(SUNZI_ERR_NOMEM, "no memory for %d beats",
                          b->pace.beats);
    status = sunzi_pace_run(&b->pace, policy, &last, b->run[run]);
    b->run[run][b->pace.beats - 1].seconds = last.seconds;
    if (status == SUNZI_ERR_NOMEM)
        return sunzi_fail(status, "no memory for the voltages of a beat");
    if (status != SUNZI_ERR_BLOW_UP || policy == SUNZI_POLICY_FP64)
        return status;
    free(b->run[run]);
    b->run[run] = NULL;
    return SUNZI_OK;
}

static sunzi_status run_all(beats *b, sunzi_validation *v,
                            sunzi_validation_part *part)
{
    sunzi_status status = SUNZI_OK;
    for (int a = 0; a < v->arithmetics && status == SUNZI_OK; a++) {
        sunzi_policy policy;
        status = sunzi_policy_find(v->arithmetic[a], &policy);
        if (status == SUNZI_OK)
            status = run_one(b, a, policy);
        if (status == SUNZI_OK && b->run[a])
            part->seconds[a] = b->run[a][b->pace.beats - 1].seconds;
    }
    if (status < 0)
        return status;
    b->pace.nudged = true;
    status = run_one(b, NUDGED, SUNZI_POLICY_FP64);
    b->pace.nudged = false;
    if (status < 0)
        return status;
    b->pace.dt /= FINER;
    status = run_one(b, FINE, SUNZI_POLICY_FP64);
    b->pace.dt *= FINER;
    return status;
}

/* ---- what is compared ---- */

static double number(const sunzi_paced *beat, size_t at)
{
    double x;
    memcpy(&x, (const char *)beat + at, sizeof x);
    return x;
}

static void compare(const beats *b, sunzi_validation *v, const char *name,
                    const char *unit, size_t at)
{
    const int last = b->pace.beats - 1;
    const double fp64 = number(&b->run[0][last], at);
    sunzi_finding *f = sunzi_validation_add(v, name, unit, fp64);
    f->steps = sunzi_validation_change(number(&b->run[FINE][last], at), fp64);
    f->last_bit =
        sunzi_validation_change(number(&b->run[NUDGED][last], at), fp64);
    for (int a = 1; a < v->arithmetics; a++)
        f->change[a] =
            b->run[a]
                ? sunzi_validation_change(number(&b->run[a][last], at), fp64)
                : INFINITY;
}

static size_t place_of(int state)
{
    return offsetof(sunzi_paced, state) + (size_t)state * sizeof(double);
}

static bool is_concentration(const beats *b, int state)
{
    return strcmp(sunzi_cell_state_unit(b->pace.model, state), "mM") == 0;
}

static void compare_all(const beats *b, sunzi_validation *v)
{
    char name[60];
    snprintf(name, sizeof name, "APD90 of beat %d", b->pace.beats);
    compare(b, v, name, "ms", offsetof(sunzi_paced, apd90_ms));
    compare(b, v, "largest V", "mV", offsetof(sunzi_paced, v_most_mv));
    compare(b, v, "V at its end", "mV", place_of(0));
    for (int s = 0; s < sunzi_cell_model_states(b->pace.model); s++) {
        if (!is_concentration(b, s))
            continue;
        snprintf(name, sizeof name, "%s at its end",
                 sunzi_cell_state_name(b->pace.model, s));
        compare(b, v, name, "mM", place_of(s));
    }
}

/* ---- curves ---- */

/* Largest relative change of a concentration. */
static double worst_concentration(const beats *b, const sunzi_paced *beat,
                                  const sunzi_paced *fp64)
{
    double most = 0;
    for (int s = 0; s < sunzi_cell_model_states(b->pace.model); s++)
        if (is_concentration(b, s))
            most = fmax(most, fabs(beat->state[s] - fp64->state[s]) /
                                  fabs(fp64->state[s]));
    return most;
}

static sunzi_status draw(const beats *b, sunzi_validation *v, int run,
                         const char *name)
{
    const int count = b->pace.beats;
    if (!b->run[run])
        return SUNZI_OK;
    for (int kind = 0; kind < 2; kind++) {
        sunzi_curve *c = sunzi_validation_curve(
            v, kind ? "concentrations" : "apd90", name, count, 0);
        if (!c)
            return SUNZI_ERR_NOMEM;
        c->what = kind ? "largest relative change of a concentration"
                       : "change of APD90";
        c->unit = kind ? "1" : "ms";
        c->axis = "beat";
        c->axis_unit = "1";
        for (int i = 0; i < count; i++) {
            const sunzi_paced *beat = &b->run[run][i], *fp64 = &b->run[0][i];
            c->x[i] = i + 1;
            c->y[i] =
                kind ? worst_concentration(b, beat, fp64)
                     : sunzi_validation_change(beat->apd90_ms, fp64->apd90_ms);
        }
    }
    return SUNZI_OK;
}

static sunzi_status draw_all(const beats *b, sunzi_validation *v)
{
    sunzi_status status = SUNZI_OK;
    for (int a = 1; a < v->arithmetics && status == SUNZI_OK; a++)
        status = draw(b, v, a, v->arithmetic[a]);
    if (status == SUNZI_OK)
        status = draw(b, v, NUDGED, "last_bit");
    return status == SUNZI_OK ? draw(b, v, FINE, "steps") : status;
}

sunzi_status sunzi_validate_cell(const sunzi_validate_request *asked,
                                 sunzi_validation *v)
{
    beats b = {.pace = {.beats = asked->beats,
                        .dt = asked->dt,
                        .on = asked->dt * rint(1 / asked->dt),
                        .current = 52}};
    sunzi_validation_part *part = sunzi_validation_begin(v, "cell");
    sunzi_status status =
        sunzi_cell_model_find(model, &b.pace.model, &b.pace.variant);
    b.pace.period = asked->dt * rint(1000 / asked->dt);
    snprintf(part->about, sizeof part->about,
             "%s, %d beats of %g ms in steps of %g ms (finer: %g ms), 52 pA/pF "
             "for %g ms",
             model, asked->beats, b.pace.period, asked->dt, asked->dt / FINER,
             b.pace.on);
    if (status == SUNZI_OK)
        status = run_all(&b, v, part);
    if (status == SUNZI_OK) {
        compare_all(&b, v);
        status = draw_all(&b, v);
    }
    for (int r = 0; r < RUNS; r++)
        free(b.run[r]);
    return status;
}
