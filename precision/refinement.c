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

typedef struct state {
    const sunzi_refinement_system *s;
    const sunzi_refinement_goal *goal;
    sunzi_refinement_result *result;
    double *x, *x_low; /* x_low NULL: x in FP64 only */
    double *r, *d, *work;
    double ratio; /* ||d|| / ||x|| of the last step */
    double rho, rho_max;
    int small; /* small corrections in a row */
} state;

static int basis_size(size_t n, int max_gmres)
{
    const int wanted = max_gmres < BASIS_MAX ? max_gmres : BASIS_MAX;
    return n < (size_t)wanted ? (int)n : wanted;
}

size_t sunzi_refinement_work(size_t n, int max_gmres)
{
    return 2 * n + sunzi_gmres_work(n, basis_size(n, max_gmres));
}

static void update(const state *t)
{
    for (size_t i = 0; i < t->s->n; i++) {
        if (t->x_low)
            sunzi_pair_add(&t->x[i], &t->x_low[i], t->d[i]);
        else
            t->x[i] += t->d[i];
    }
}

/* Residual and backward error of the present x. */
static void measure(state *t)
{
    t->s->residual(t->s->data, false, t->goal->accurate, t->x, t->x_low, t->r);
    t->result->error = t->s->error(t->s->data, t->x, t->r);
}

/* Size of the correction against that of x; infinity where it says nothing. */
static double correction_ratio(const state *t)
{
    const double change = t->s->norm(t->s->data, t->d);
    const double size = t->s->norm(t->s->data, t->x);
    if (change == 0)
        return 0;
    return isfinite(change) && size > 0 ? change / size : INFINITY;
}

/* Account for a correction that was added. True: accurate. */
static bool accurate_enough(state *t, bool may_trust)
{
    const double rest = t->ratio * t->rho_max / (1 - fmin(t->rho_max, 0.5));
    t->small = t->ratio <= unit_roundoff / 4 ? t->small + 1 : 0;
    t->result->remaining =
        t->small >= 2 ? t->ratio : fmax(rest, t->ratio * t->rho);
    return t->small >= 2 ||
           (may_trust && t->rho_max <= 0.1 && t->goal->contraction <= 0.1 &&
            rest <= unit_roundoff / 8);
}

/* Would more than STEPS_WORTH_WAITING classical steps be needed? */
static bool too_slow(const state *t)
{
    const double distance = t->goal->accurate
                                ? unit_roundoff / 4 / t->ratio
                                : t->goal->tolerance / t->result->error;
    return !(log(distance) >= STEPS_WORTH_WAITING * log(t->rho));
}

typedef enum outcome { REACHED, SLOW, STUCK } outcome;

/* Classical refinement. At step k the new correction against the one before is
 * rho; the first compares with x itself. */
static outcome classical(state *t)
{
    const sunzi_refinement_system *s = t->s;
    double before = 1;
    memcpy(t->r, s->b, s->n * sizeof *t->r);
    for (int step = 0; step <= t->goal->max_steps; step++) {
        memcpy(t->d, t->r, s->n * sizeof *t->d);
        s->solve(s->data, t->d);
        if (step == 0) {
            if (!isfinite(s->norm(s->data, t->d)))
                return STUCK;
        } else {
            t->ratio = correction_ratio(t);
            t->rho = before > 0 ? t->ratio / before : 0;
            before = t->ratio;
            if (!(t->rho <= 0.5) && !(t->ratio <= unit_roundoff / 4))
                return SLOW; /* this correction is not worth adding */
            t->rho_max = fmax(t->rho_max, t->rho);
            t->result->steps++;
        }
        update(t);
        if (step > 0 && t->goal->accurate && accurate_enough(t, true))
            return REACHED;
        measure(t);
        if (isnan(t->result->error))
            return STUCK;
        if (!t->goal->accurate && t->result->error <= t->goal->tolerance)
            return REACHED;
        if (step > 0 && t->ratio > unit_roundoff / 4 && too_slow(t))
            return SLOW;
    }
    return SLOW;
}

/* How far the next inner solve shall reduce its residual. */
static double inner_tolerance(const state *t)
{
    const double wanted = t->goal->accurate
                              ? unit_roundoff / 4 / t->ratio
                              : 0.1 * t->goal->tolerance / t->result->error;
    return fmin(fmax(wanted, 1e-8), 1e-2);
}

/* Outer loop with true residuals; each correction comes from GMRES. */
static outcome gmres(state *t)
{
    const sunzi_refinement_system *s = t->s;
    const int basis = basis_size(s->n, t->goal->max_gmres);
    double before = INFINITY, error_before = INFINITY;
    int left = t->goal->max_gmres, no_progress = 0;
    t->small = 0;
    t->rho_max = 0;
    t->ratio = 1;
    while (left > 0 && !isnan(t->result->error)) {
        double reduction = 1;
        const double tolerance = inner_tolerance(t);
        const int steps =
            sunzi_gmres(s, t->r, tolerance, left < basis ? left : basis, t->d,
                        &reduction, t->work);
        left -= steps;
        t->result->gmres_steps += steps;
        if (!(reduction < 1))
            return STUCK;
        t->ratio = correction_ratio(t);
        if (!isfinite(t->ratio))
            return STUCK;
        t->rho = t->ratio / before;
        if (isfinite(before) && !(t->rho <= 0.9) &&
            !(t->ratio <= unit_roundoff / 4))
            return STUCK; /* corrections grow: they cannot be trusted */
        before = t->ratio;
        update(t);
        t->result->steps++;
        if (!(reduction <= tolerance))
            t->small = 0; /* a part of a correction says nothing of x */
        else if (t->goal->accurate && accurate_enough(t, false))
            return REACHED;
        measure(t);
        if (!t->goal->accurate && t->result->error <= t->goal->tolerance)
            return REACHED;
        no_progress =
            t->result->error > 0.9 * error_before ? no_progress + 1 : 0;
        error_before = t->result->error;
        if (!t->goal->accurate && no_progress >= 2)
            return STUCK;
    }
    return STUCK;
}

sunzi_refinement_result sunzi_refine(const sunzi_refinement_system *s,
                                     const sunzi_refinement_goal *goal,
                                     double *x, double *x_low, double *work)
{
    sunzi_refinement_result result = {.error = INFINITY,
                                      .remaining = INFINITY,
                                      .end = "classical refinement"};
    state t = {.s = s,
               .goal = goal,
               .result = &result,
               .x = x,
               .x_low = goal->accurate ? x_low : NULL,
               .r = work,
               .d = work + s->n,
               .work = work + 2 * s->n,
               .ratio = 1};
    memset(x, 0, s->n * sizeof *x);
    if (x_low)
        memset(x_low, 0, s->n * sizeof *x_low);
    outcome o = classical(&t);
    if (o == SLOW && goal->max_gmres > 0) {
        result.end = "GMRES refinement";
        measure(&t);
        o = gmres(&t);
    }
    result.reached = o == REACHED;
    if (!result.reached) {
        result.end = "refinement made no progress";
        result.remaining = INFINITY;
        measure(&t);
    }
    return result;
}
