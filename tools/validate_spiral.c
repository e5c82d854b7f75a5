/* SPDX-License-Identifier: BSD-3-Clause */
/* A spiral wave in a sheet: a plane wave, and a second stimulus in the wake of
 * its lower half. Compared are statistics, which a difference of phase or a
 * chaotic divergence of the states does not spoil: the period, and the tips,
 * where front and back of the wave meet. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/validate_waves.h"

/* Cells of Mitchell and Schaeffer; front and back of a wave are at LEVEL. */
static const char *const sheet[] = {"--cells.model=mitchell-schaeffer-2003",
                                    "--tissue.size=60, 60, 0 mm",
                                    "--tissue.spacing=0.4 mm",
                                    "--tissue.conductivity=0.1, 0.1, 0.1 S/m",
                                    "--time.dt=0.2 ms",
                                    "--time.end=3000 ms",
                                    "--time.diffusion=explicit",
                                    "--s1.box=0, 2, 0, 60, 0, 0 mm",
                                    "--s2.box=0, 34, 0, 30, 0, 0 mm",
                                    "--s2.start=400 ms",
                                    "--s2.count=1"};

enum {
    SHEET = (int)(sizeof sheet / sizeof sheet[0]),
    LEVEL = -40,      /* mV */
    SKIPPED = 3,      /* statistics leave out this part of the time, a third */
    EVERY = 5,        /* ms: tips are looked for, against V so long before */
    TIPS_MOST = 10000 /* of a run */
};

/* What is counted in one run. */
typedef struct counts {
    double *before;       /* [nodes]: V one step ago */
    double *lag;          /* V at the last look for tips */
    double *first, *last; /* ms: upward crossings of LEVEL */
    int *crossings;
    int tips, looks; /* tips found, times looked */
    double *x, *y;   /* [TIPS_MOST], mm */
    double excited;  /* sum over looks of the share of nodes above LEVEL */
} counts;

typedef struct spiral {
    sunzi_waves waves;
    counts of[SUNZI_WAVES];
} spiral;

static double *numbers(int64_t count)
{
    return calloc((size_t)count, sizeof(double));
}

static sunzi_status take_room(counts *c, int64_t nodes)
{
    c->before = numbers(nodes);
    c->lag = numbers(nodes);
    c->first = numbers(nodes);
    c->last = numbers(nodes);
    c->crossings = calloc((size_t)nodes, sizeof *c->crossings);
    c->x = numbers(TIPS_MOST);
    c->y = numbers(TIPS_MOST);
    if (c->before && c->lag && c->first && c->last && c->crossings && c->x &&
        c->y)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_NOMEM, "no memory for the tips of a spiral");
}

static void give_back(counts *c)
{
    double *const blocks[] = {c->before, c->lag, c->first, c->last, c->x, c->y};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        free(blocks[i]);
    free(c->crossings);
}

/* ---- tips ---- */

/* Phase of a node: the place of (V, V a moment ago) around LEVEL. */
static double phase(const counts *c, int64_t i)
{
    return atan2(c->lag[i] - LEVEL, c->before[i] - LEVEL);
}

/* Do the corners of a square lie on both sides of LEVEL, and did they? */
static bool may_hold_tip(const counts *c, const int64_t corner[4])
{
    int now = 0, then = 0;
    for (int k = 0; k < 4; k++) {
        now += c->before[corner[k]] >= LEVEL;
        then += c->lag[corner[k]] >= LEVEL;
    }
    return now % 4 != 0 && then % 4 != 0;
}

/* Does the phase turn around once on the way around the square? */
static bool holds_tip(const counts *c, const int64_t corner[4])
{
    static const double pi = 3.14159265358979323846;
    double turned = 0;
    for (int k = 0; k < 4; k++) {
        double step = phase(c, corner[(k + 1) % 4]) - phase(c, corner[k]);
        step -= 2 * pi * rint(step / (2 * pi));
        turned += step;
    }
    return fabs(turned) > pi;
}

static void find_tips(counts *c, const sunzi_slab *slab)
{
    const int64_t nx = slab->voxels[0] + 1;
    for (int64_t j = 0; j < slab->voxels[1]; j++)
        for (int64_t i = 0; i < slab->voxels[0]; i++) {
            const int64_t at = i + nx * j;
            const int64_t corner[4] = {at, at + 1, at + nx + 1, at + nx};
            if (c->tips == TIPS_MOST || !may_hold_tip(c, corner) ||
                !holds_tip(c, corner))
                continue;
            c->x[c->tips] = ((double)i + 0.5) * slab->spacing;
            c->y[c->tips] = ((double)j + 0.5) * slab->spacing;
            c->tips++;
        }
}

/* ---- a step ---- */

static void count_crossings(counts *c, const sunzi_slab *slab, double time,
                            double dt, double from)
{
    for (int64_t i = 0; i < slab->count; i++) {
        const double V = slab->V[i], before = c->before[i];
        c->before[i] = V;
        if (time < from || !(before < LEVEL) || !(V >= LEVEL))
            continue;
        const double crossing = time - dt * (V - LEVEL) / (V - before);
        if (c->crossings[i]++ == 0)
            c->first[i] = crossing;
        c->last[i] = crossing;
    }
}

/* Tips are looked for on a whole sheet. */
static sunzi_status check_sheet(const sunzi_slab *slab)
{
    if (slab->count == (slab->voxels[0] + 1) * (slab->voxels[1] + 1))
        return SUNZI_OK;
    return sunzi_run_file_fail(
        slab->file, SUNZI_TISSUE_SIZE,
        "there are %lld x %lld x %lld voxels, the spiral "
        "is one in a whole sheet: z is 0, and no "
        "tissue.mask",
        (long long)slab->voxels[0], (long long)slab->voxels[1],
        (long long)slab->voxels[2]);
}

static sunzi_status look(void *user, int run, const sunzi_slab *slab)
{
    spiral *s = user;
    counts *c = &s->of[run];
    const double dt = sunzi_slab_value(slab, SUNZI_TISSUE_DT)->real;
    const double time = (double)slab->step * dt, from = s->waves.end / SKIPPED;
    const int64_t steps_apart = llround(fmax(EVERY / dt, 1));
    if (slab->step == 0) {
        sunzi_status status = check_sheet(slab);
        if (status == SUNZI_OK)
            status = take_room(c, slab->count);
        if (status < 0)
            return status;
    }
    count_crossings(c, slab, time, dt, from);
    if (slab->step % steps_apart != 0)
        return SUNZI_OK;
    if (time >= from) {
        int64_t above = 0;
        find_tips(c, slab);
        for (int64_t i = 0; i < slab->count; i++)
            above += c->before[i] >= LEVEL;
        c->excited += (double)above / (double)slab->count;
        c->looks++;
    }
    memcpy(c->lag, c->before, (size_t)slab->count * sizeof *c->lag);
    return SUNZI_OK;
}

/* ---- statistics ---- */

/* ms; mean over the nodes that were crossed twice. */
static double period_of(const void *user, int run)
{
    const spiral *s = user;
    const counts *c = &s->of[run];
    double sum = 0;
    int64_t nodes = 0;
    for (int64_t i = 0; i < s->waves.nodes; i++)
        if (c->crossings[i] > 1) {
            sum += (c->last[i] - c->first[i]) / (c->crossings[i] - 1);
            nodes++;
        }
    return nodes ? sum / (double)nodes : NAN;
}

static double tips_of(const void *user, int run)
{
    const counts *c = &((const spiral *)user)->of[run];
    return (double)c->tips / c->looks;
}

static double excited_of(const void *user, int run)
{
    const counts *c = &((const spiral *)user)->of[run];
    return c->excited / c->looks;
}

/* Middle of the tips in one direction; mm. */
static double middle(const double *x, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += x[i];
    return sum / count;
}

/* RMS distance of the tips from their middle; mm, NAN: no tips. */
static double spread_of(const void *user, int run)
{
    const counts *c = &((const spiral *)user)->of[run];
    const double x = middle(c->x, c->tips), y = middle(c->y, c->tips);
    double sum = 0;
    for (int i = 0; i < c->tips; i++)
        sum += pow(c->x[i] - x, 2) + pow(c->y[i] - y, 2);
    return sqrt(sum / c->tips);
}

/* ---- pictures ---- */

/* How often a tip was found in each square. */
static sunzi_status draw_tips(const spiral *s, sunzi_validation *v, int run,
                              const char *name)
{
    const sunzi_waves *w = &s->waves;
    const counts *c = &s->of[run];
    const int64_t columns = w->shape[0] - 1;
    if (!w->wave[run].there)
        return SUNZI_OK;
    sunzi_curve *map =
        sunzi_validation_curve(v, "tips", name, w->shape[1] - 1, columns);
    if (!map)
        return SUNZI_ERR_NOMEM;
    map->what = "times a tip was found";
    map->unit = "1";
    for (int i = 0; i < c->tips; i++)
        map->y[(int64_t)(c->y[i] / w->spacing) * columns +
               (int64_t)(c->x[i] / w->spacing)] += 1;
    return SUNZI_OK;
}

/* V of FP64 at the end. */
static sunzi_status draw_field(const spiral *s, sunzi_validation *v)
{
    const sunzi_waves *w = &s->waves;
    sunzi_curve *field =
        sunzi_validation_curve(v, "v", "fp64", w->shape[1], w->shape[0]);
    if (!field)
        return SUNZI_ERR_NOMEM;
    field->what = "V at the end";
    field->unit = "mV";
    memcpy(field->y, w->V + (w->samples - 1) * w->nodes,
           (size_t)w->nodes * sizeof *field->y);
    return SUNZI_OK;
}

static sunzi_status draw_all(const spiral *s, sunzi_validation *v)
{
    sunzi_status status = sunzi_waves_draw(&s->waves, v);
    for (int a = 0; a < v->arithmetics && status == SUNZI_OK; a++)
        status = draw_tips(s, v, a, v->arithmetic[a]);
    return status == SUNZI_OK ? draw_field(s, v) : status;
}

static void compare_all(const spiral *s, sunzi_validation *v)
{
    static const struct {
        const char *name, *unit;
        double (*of)(const void *user, int run);
    } statistics[] = {
        {"period", "ms", period_of},
        {"number of tips, mean", "", tips_of},
        {"tips, RMS distance from middle", "mm", spread_of},
        {"share of excited tissue, mean", "", excited_of},
    };
    for (size_t i = 0; i < sizeof statistics / sizeof statistics[0]; i++)
        sunzi_waves_compare(&s->waves, v, statistics[i].name,
                            statistics[i].unit, statistics[i].of, s)
            ->statistic = true;
}

sunzi_status sunzi_validate_spiral(const sunzi_validate_request *asked,
                                   sunzi_validation *v)
{
    spiral s = {.waves = {.finer_space = 1, .finer_time = 2, .look = look}};
    sunzi_validation_part *part = sunzi_validation_begin(v, "spiral");
    s.waves.user = &s;
    sunzi_waves_set_all(&s.waves, sheet, SHEET, asked);
    sunzi_status status = sunzi_waves_run(&s.waves, v, part);
    if (status == SUNZI_OK) {
        snprintf(part->about, sizeof part->about,
                 "sheet of mitchell-schaeffer-2003, %lld nodes, steps of %g ms "
                 "(finer: %g ms) to %g ms; statistics from %g ms on",
                 (long long)s.waves.nodes, s.waves.dt,
                 s.waves.dt / s.waves.finer_time, s.waves.end,
                 s.waves.end / SKIPPED);
        compare_all(&s, v);
        status = draw_all(&s, v);
    }
    sunzi_waves_clear(&s.waves);
    for (int r = 0; r < SUNZI_WAVES; r++)
        give_back(&s.of[r]);
    return status;
}
