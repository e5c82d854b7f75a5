/* SPDX-License-Identifier: BSD-3-Clause */
/* Beats of the nodes of a tissue, found while it steps. */
#include <math.h>
#include <string.h>
#include <sunzi/beats.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "solvers/cardiac/tissue.h"

/* Numbers of a node, each an array of all nodes. */
enum {
    BEFORE,         /* V at the last look */
    LOWEST,         /* lowest V since the last repolarisation */
    REST,           /* of the beat; NAN: none yet */
    PEAK,           /* highest V since the activation; NAN: none yet */
    ACTIVATION,     /* ms; NAN: none yet */
    REPOLARISATION, /* ms; NAN: none yet */
    STAGE,
    NUMBERS
};

_Static_assert(NUMBERS == SUNZI_BEATS_NUMBERS, "what save gives");

/* Stages of a node. */
enum {
    RESTING, /* before the first beat, or after a repolarisation */
    EXCITED,
    FALLEN, /* below the middle of the amplitude: may be activated again */
    DONE,   /* nothing more is kept */
    STAGES
};

struct sunzi_beats {
    const sunzi_tissue *tissue;
    sunzi_beats_options options;
    double *number[NUMBERS];
};

/* ---- arguments ---- */

void sunzi_beats_options_init(sunzi_beats_options *options)
{
    if (options)
        *options = (sunzi_beats_options){
            .fraction = 0.9, .level = -70, .which = SUNZI_BEATS_FIRST};
}

static const char creates[] = "sunzi_beats_create";

static sunzi_status check(const sunzi_tissue *t, const sunzi_beats_options *o,
                          const double *V)
{
    if (!isfinite(o->threshold) || !isfinite(o->level))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: threshold = %g, level = %g, allowed: finite "
                          "numbers, in mV",
                          creates, o->threshold, o->level);
    if (!(o->fraction >= 0 && o->fraction < 1))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: fraction = %g, allowed: above 0 and below 1, "
                          "or 0, which takes the level",
                          creates, o->fraction);
    if (o->which != SUNZI_BEATS_FIRST && o->which != SUNZI_BEATS_LAST)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: which = %d, allowed: SUNZI_BEATS_FIRST, _LAST "
                          "(0, 1)",
                          creates, (int)o->which);
    return V || t->count == 0 ? SUNZI_OK : sunzi_tissue_is_null(creates, "V");
}

static int64_t bits(double x)
{
    int64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

/* Collective. */
static sunzi_status same_options(sunzi_comm *comm, const sunzi_beats_options *o)
{
    const sunzi_named named[] = {{"threshold", bits(o->threshold)},
                                 {"fraction", bits(o->fraction)},
                                 {"level", bits(o->level)},
                                 {"which", o->which}};
    return sunzi_comm_same_values(comm, creates, 4, named);
}

/* ---- the handle ---- */

static sunzi_status take(const sunzi_tissue *t, sunzi_beats **made)
{
    const size_t bytes = (size_t)t->count * sizeof(double);
    void *block = NULL;
    sunzi_status status = sunzi_allocate(sizeof **made, creates, &block);
    if (status < 0)
        return status;
    sunzi_beats *b = *made = memset(block, 0, sizeof **made);
    b->tissue = t;
    for (int k = 0; k < NUMBERS; k++) {
        status = sunzi_allocate(bytes, creates, &block);
        if (status < 0)
            return status;
        b->number[k] = block;
    }
    return SUNZI_OK;
}

static void begin(sunzi_beats *b, const double *V)
{
    for (int64_t i = 0; i < b->tissue->count; i++) {
        b->number[BEFORE][i] = b->number[LOWEST][i] = V[i];
        b->number[REST][i] = b->number[PEAK][i] = NAN;
        b->number[ACTIVATION][i] = b->number[REPOLARISATION][i] = NAN;
        b->number[STAGE][i] = RESTING;
    }
}

sunzi_status sunzi_beats_create(const sunzi_tissue *tissue,
                                const sunzi_beats_options *options,
                                const double *V, sunzi_beats **beats)
{
    sunzi_beats *b = NULL;
    sunzi_beats_options defaults;
    if (!tissue)
        return sunzi_tissue_is_null(creates, "tissue");
    sunzi_beats_options_init(&defaults);
    options = options ? options : &defaults;
    sunzi_status status = check(tissue, options, V);
    if (status == SUNZI_OK && !beats)
        status = sunzi_tissue_is_null(creates, "beats");
    if (status == SUNZI_OK)
        status = take(tissue, &b);
    status = sunzi_comm_agree(tissue->comm, status);
    if (status == SUNZI_OK)
        status = same_options(tissue->comm, options);
    if (status < 0) {
        sunzi_beats_destroy(&b);
        return status;
    }
    b->options = *options;
    begin(b, V);
    *beats = b;
    return SUNZI_OK;
}

void sunzi_beats_destroy(sunzi_beats **beats)
{
    if (!beats || !*beats)
        return;
    for (int k = 0; k < NUMBERS; k++)
        sunzi_release((*beats)->number[k]);
    sunzi_release(*beats);
    *beats = NULL;
}

/* ---- a step ---- */

/* What V was at `from` and is dt later. */
typedef struct step {
    double from, dt, before, now;
} step;

/* When V went through `level`. */
static double crossing(const step *s, double level)
{
    return s->from + s->dt * ((level - s->before) / (s->now - s->before));
}

static void activate(sunzi_beats *b, int64_t i, const step *s)
{
    if (b->number[STAGE][i] == RESTING)
        b->number[REST][i] = b->number[LOWEST][i];
    b->number[ACTIVATION][i] = crossing(s, b->options.threshold);
    b->number[REPOLARISATION][i] = NAN;
    b->number[PEAK][i] = s->now;
    b->number[STAGE][i] = EXCITED;
}

/* A node that is excited or has fallen. */
static void follow(sunzi_beats *b, int64_t i, const step *s)
{
    const bool first = b->options.which == SUNZI_BEATS_FIRST;
    const double rest = b->number[REST][i];
    const double peak = fmax(b->number[PEAK][i], s->now);
    const double level = b->options.fraction > 0
                             ? peak - b->options.fraction * (peak - rest)
                             : b->options.level;
    b->number[PEAK][i] = peak;
    if (s->before > level && s->now <= level) {
        b->number[REPOLARISATION][i] = crossing(s, level);
        b->number[LOWEST][i] = s->now;
        b->number[STAGE][i] = first ? DONE : RESTING;
    } else if (s->now < 0.5 * (peak + rest)) {
        b->number[STAGE][i] = FALLEN;
    }
}

static void look(sunzi_beats *b, int64_t i, const step *s)
{
    const int stage = (int)b->number[STAGE][i];
    const double threshold = b->options.threshold;
    const bool rises = s->before < threshold && s->now >= threshold;
    if (stage == RESTING)
        b->number[LOWEST][i] = fmin(b->number[LOWEST][i], s->before);
    if (stage == RESTING && rises)
        activate(b, i, s);
    else if (stage == FALLEN && rises && b->options.which == SUNZI_BEATS_LAST)
        activate(b, i, s);
    else if (stage == FALLEN && rises)
        b->number[STAGE][i] = DONE; /* the first beat never ended */
    else if (stage == EXCITED || stage == FALLEN)
        follow(b, i, s);
}

sunzi_status sunzi_beats_look(sunzi_beats *beats, double time, double dt,
                              const double *V)
{
    static const char function[] = "sunzi_beats_look";
    if (!beats)
        return sunzi_tissue_is_null(function, "beats");
    const sunzi_tissue *t = beats->tissue;
    if (!V && t->count > 0)
        return sunzi_tissue_is_null(function, "V");
    if (!(isfinite(time) && dt > 0 && isfinite(dt)))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: time = %g, dt = %g, allowed: finite numbers, dt "
                          "positive, in ms",
                          function, time, dt);
    step s = {.from = time, .dt = dt};
    for (int64_t i = 0; i < t->count; i++) {
        s.before = beats->number[BEFORE][i];
        s.now = V[i];
        beats->number[BEFORE][i] = s.now;
        look(beats, i, &s);
    }
    return SUNZI_OK;
}

/* ---- what was found ---- */

sunzi_status sunzi_beats_get(const sunzi_beats *beats, sunzi_beats_map map,
                             double *values)
{
    static const char function[] = "sunzi_beats_get";
    static const int number[] = {ACTIVATION, REPOLARISATION, REPOLARISATION,
                                 REST, PEAK};
    if (!beats || (!values && beats->tissue->count > 0))
        return sunzi_tissue_is_null(function, beats ? "values" : "beats");
    if (map < SUNZI_BEATS_ACTIVATION || map > SUNZI_BEATS_PEAK)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: map = %d, allowed: SUNZI_BEATS_ACTIVATION to "
                          "_PEAK (0 to 4)",
                          function, (int)map);
    for (int64_t i = 0; i < beats->tissue->count; i++) {
        const double start =
            map == SUNZI_BEATS_DURATION ? beats->number[ACTIVATION][i] : 0;
        values[i] = beats->number[number[map]][i] - start;
    }
    return SUNZI_OK;
}

sunzi_status sunzi_beats_save(const sunzi_beats *beats, double *numbers)
{
    if (!beats || (!numbers && beats->tissue->count > 0))
        return sunzi_tissue_is_null("sunzi_beats_save",
                                    beats ? "numbers" : "beats");
    const int64_t count = beats->tissue->count;
    for (int k = 0; k < NUMBERS; k++)
        memcpy(numbers + k * count, beats->number[k],
               (size_t)count * sizeof *numbers);
    return SUNZI_OK;
}

sunzi_status sunzi_beats_load(sunzi_beats *beats, const double *numbers)
{
    static const char function[] = "sunzi_beats_load";
    if (!beats || (!numbers && beats->tissue->count > 0))
        return sunzi_tissue_is_null(function, beats ? "numbers" : "beats");
    const int64_t count = beats->tissue->count;
    for (int64_t i = 0; i < count; i++) {
        const double stage = numbers[STAGE * count + i];
        if (!(stage >= 0 && stage < STAGES && stage == (int)stage))
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: stage %g of node %lld, allowed: 0 to %d, "
                              "numbers of sunzi_beats_save",
                              function, stage, (long long)i, STAGES - 1);
    }
    for (int k = 0; k < NUMBERS; k++)
        memcpy(beats->number[k], numbers + k * count,
               (size_t)count * sizeof *numbers);
    return SUNZI_OK;
}
