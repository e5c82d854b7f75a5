/* SPDX-License-Identifier: BSD-3-Clause */
/* The refinement loop: classical steps, then GMRES steps on the same factors.
 */
#include "precision/refinement.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "precision/eft.h"

static const double unit_roundoff = DBL_EPSILON / 2;

enum {
    STEPS_WORTH_WAITING =
        10,         /* predicted classical steps before GMRES is used */
    BASIS_MAX = 200 /* GMRES restarts after so many steps */
};

typedef enum outcome { OPEN, REACHED, SLOW, STUCK } outcome;

/* One system. */
typedef struct column {
    int index;
    double *x, *x_low; /* x_low NULL: x in FP64 only */
    sunzi_refinement_result *result;
    double ratio, before; /* ||d|| / ||x|| of the last step and of the one
                             before */
    double rho, rho_max;
    int small; /* small corrections in a row */
    outcome outcome;
} column;

typedef struct state {
    const sunzi_refinement_system *s;
    const sunzi_refinement_goal *goal;
    double *x, *x_low; /* of all columns */
    int count;         /* active columns: r_k belongs to active[k] */
    column column[SUNZI_REFINEMENT_COLUMNS];
    column *active[SUNZI_REFINEMENT_COLUMNS];
    double *r;
} state;

static int basis_size(size_t n, int max_gmres)
{
    const int wanted = max_gmres < BASIS_MAX ? max_gmres : BASIS_MAX;
    return n < (size_t)wanted ? (int)n : wanted;
}

/* Residuals of the classical phase; then those of one column and its correction
 * with the workspace of GMRES. */
size_t sunzi_refinement_work(size_t n, int count, int max_gmres)
{
    const size_t block = n * (size_t)count;
    const size_t one = 2 * n + sunzi_gmres_work(n, basis_size(n, max_gmres));
    return block > one ? block : one;
}

static void update(const state *t, const column *c, const double *d)
{
    for (size_t i = 0; i < t->s->n; i++) {
        if (c->x_low)
            sunzi_pair_add(&c->x[i], &c->x_low[i], d[i]);
        else
            c->x[i] += d[i];
    }
}

/* Residuals and backward errors of the present x of the active columns. */
static void measure(state *t)
{
    int columns[SUNZI_REFINEMENT_COLUMNS];
    if (t->count == 0)
        return;
    for (int k = 0; k < t->count; k++)
        columns[k] = t->active[k]->index;
    t->s->residual(t->s->data, false, t->goal->accurate, t->count, columns,
                   t->x, t->x_low, t->r);
    for (int k = 0; k < t->count; k++) {
        column *c = t->active[k];
        c->result->error =
            t->s->error(t->s->data, c->index, c->x, t->r + (size_t)k * t->s->n);
    }
}

static void measure_alone(state *t, column *c)
{
    t->active[0] = c;
    t->count = 1;
    measure(t);
}

/* Size of the correction against that of x; infinity where it says nothing. */
static double correction_ratio(const state *t, const column *c, const double *d)
{
    const double change = t->s->norm(t->s->data, d);
    const double size = t->s->norm(t->s->data, c->x);
    if (change == 0)
        return 0;
    return isfinite(change) && size > 0 ? change / size : INFINITY;
}

/* Account for a correction that was added. True: accurate. */
static bool accurate_enough(const state *t, column *c, bool may_trust)
{
    const double rest = c->ratio * c->rho_max / (1 - fmin(c->rho_max, 0.5));
    c->small = c->ratio <= unit_roundoff / 4 ? c->small + 1 : 0;
    c->result->remaining =
        c->small >= 2 ? c->ratio : fmax(rest, c->ratio * c->rho);
    return c->small >= 2 ||
           (may_trust && c->rho_max <= 0.1 && t->goal->contraction <= 0.1 &&
            rest <= unit_roundoff / 8);
}

/* Would more than STEPS_WORTH_WAITING classical steps be needed? */
static bool too_slow(const state *t, const column *c)
{
    const double distance = t->goal->accurate
                                ? unit_roundoff / 4 / c->ratio
                                : t->goal->tolerance / c->result->error;
    return !(log(distance) >= STEPS_WORTH_WAITING * log(c->rho));
}

/* Use the correction of a classical step. At step k the new correction against
 * the one before is rho; the first compares with x itself. */
static outcome correct(const state *t, column *c, int step, const double *d)
{
    if (step == 0) {
        if (!isfinite(t->s->norm(t->s->data, d)))
            return STUCK;
    } else {
        c->ratio = correction_ratio(t, c, d);
        c->rho = c->before > 0 ? c->ratio / c->before : 0;
        c->before = c->ratio;
        if (!(c->rho <= 0.5) && !(c->ratio <= unit_roundoff / 4))
            return SLOW; /* this correction is not worth adding */
        c->rho_max = fmax(c->rho_max, c->rho);
        c->result->steps++;
    }
    update(t, c, d);
    if (step > 0 && t->goal->accurate && accurate_enough(t, c, true))
        return REACHED;
    return OPEN;
}

/* What the error of the corrected x says. */
static outcome judge(const state *t, const column *c, int step)
{
    if (isnan(c->result->error))
        return STUCK;
    if (!t->goal->accurate && c->result->error <= t->goal->tolerance)
        return REACHED;
    if (step > 0 && c->ratio > unit_roundoff / 4 && too_slow(t, c))
        return SLOW;
    return OPEN;
}

/* Keep the columns that are not decided, and their residuals. */
static void drop_decided(state *t)
{
    const size_t n = t->s->n;
    int kept = 0;
    for (int k = 0; k < t->count; k++) {
        if (t->active[k]->outcome != OPEN)
            continue;
        if (kept != k)
            memcpy(t->r + (size_t)kept * n, t->r + (size_t)k * n,
                   n * sizeof *t->r);
        t->active[kept++] = t->active[k];
    }
    t->count = kept;
}

/* Classical refinement of all columns; those left are too slow. */
static void classical(state *t)
{
    const sunzi_refinement_system *s = t->s;
    for (int k = 0; k < t->count; k++)
        memcpy(t->r + (size_t)k * s->n,
               s->b + (size_t)t->active[k]->index * s->n, s->n * sizeof *t->r);
    for (int step = 0; step <= t->goal->max_steps && t->count > 0; step++) {
        s->solve(s->data, t->count, t->r);
        for (int k = 0; k < t->count; k++)
            t->active[k]->outcome =
                correct(t, t->active[k], step, t->r + (size_t)k * s->n);
        drop_decided(t);
        measure(t);
        for (int k = 0; k < t->count; k++)
            t->active[k]->outcome = judge(t, t->active[k], step);
        drop_decided(t);
    }
    for (int k = 0; k < t->count; k++)
        t->active[k]->outcome = SLOW;
}

/* How far the next inner solve shall reduce its residual. */
static double inner_tolerance(const state *t, const column *c)
{
    const double wanted = t->goal->accurate
                              ? unit_roundoff / 4 / c->ratio
                              : 0.1 * t->goal->tolerance / c->result->error;
    return fmin(fmax(wanted, 1e-8), 1e-2);
}

/* Outer loop with true residuals; each correction comes from GMRES. */
static outcome gmres(state *t, column *c)
{
    const sunzi_refinement_system *s = t->s;
    const int basis = basis_size(s->n, t->goal->max_gmres);
    double before = INFINITY, error_before = INFINITY;
    double *d = t->r + s->n, *work = d + s->n;
    int left = t->goal->max_gmres, no_progress = 0;
    c->small = 0;
    c->rho_max = 0;
    c->ratio = 1;
    measure_alone(t, c);
    while (left > 0 && !isnan(c->result->error)) {
        double reduction = 1;
        const double tolerance = inner_tolerance(t, c);
        const int steps =
            sunzi_gmres(s, t->r, tolerance, left < basis ? left : basis, d,
                        &reduction, work);
        left -= steps;
        c->result->gmres_steps += steps;
        if (!(reduction < 1))
            return STUCK;
        c->ratio = correction_ratio(t, c, d);
        if (!isfinite(c->ratio))
            return STUCK;
        c->rho = c->ratio / before;
        if (isfinite(before) && !(c->rho <= 0.9) &&
            !(c->ratio <= unit_roundoff / 4))
            return STUCK; /* corrections grow: they cannot be trusted */
        before = c->ratio;
        update(t, c, d);
        c->result->steps++;
        if (!(reduction <= tolerance))
            c->small = 0; /* a part of a correction says nothing of x */
        else if (t->goal->accurate && accurate_enough(t, c, false))
            return REACHED;
        measure_alone(t, c);
        if (!t->goal->accurate && c->result->error <= t->goal->tolerance)
            return REACHED;
        no_progress =
            c->result->error > 0.9 * error_before ? no_progress + 1 : 0;
        error_before = c->result->error;
        if (!t->goal->accurate && no_progress >= 2)
            return STUCK;
    }
    return STUCK;
}

static column start(const state *t, int index, sunzi_refinement_result *result)
{
    const size_t at = (size_t)index * t->s->n, bytes = t->s->n * sizeof(double);
    column c = {.index = index,
                .x = t->x + at,
                .x_low = t->goal->accurate ? t->x_low + at : NULL,
                .result = result,
                .ratio = 1,
                .before = 1};
    *result = (sunzi_refinement_result){.error = INFINITY,
                                        .remaining = INFINITY,
                                        .end = "classical refinement"};
    memset(c.x, 0, bytes);
    if (c.x_low)
        memset(c.x_low, 0, bytes);
    return c;
}

/* After the classical phase. */
static void finish(state *t, column *c)
{
    if (c->outcome == SLOW && t->goal->max_gmres > 0) {
        c->result->end = "GMRES refinement";
        c->outcome = gmres(t, c);
    }
    c->result->reached = c->outcome == REACHED;
    if (!c->result->reached) {
        c->result->end = "refinement made no progress";
        c->result->remaining = INFINITY;
        measure_alone(t, c);
    }
}

void sunzi_refine(const sunzi_refinement_system *s,
                  const sunzi_refinement_goal *goal, int count,
                  const int *columns, double *x, double *x_low,
                  sunzi_refinement_result *result, double *work)
{
    state t = {.s = s,
               .goal = goal,
               .x = x,
               .x_low = goal->accurate ? x_low : NULL,
               .count = count,
               .r = work};
    for (int k = 0; k < count; k++) {
        t.column[k] = start(&t, columns[k], &result[columns[k]]);
        t.active[k] = &t.column[k];
    }
    classical(&t);
    for (int k = 0; k < count; k++)
        finish(&t, &t.column[k]);
}
