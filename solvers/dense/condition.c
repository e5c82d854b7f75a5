/* SPDX-License-Identifier: BSD-3-Clause */
/* Hager's estimate of ||S^-1||_1, as refined by Higham. */
#include "solvers/dense/condition.h"

#include <math.h>
#include <string.h>

enum { ROUNDS_MAX = 5 };

typedef struct estimator {
    sunzi_system *system;
    sunzi_refinement_system calls;
    int n;
    bool refined;
    double *gmres, *rest;
} estimator;

/* v = S^-1 v or S^-T v; false: did not work. */
static bool invert(estimator *e, bool transposed, double *v)
{
    e->system->transposed = transposed;
    if (!e->refined) {
        e->calls.solve(e->system, 1, v);
        return isfinite(sunzi_max(e->n, v));
    }
    double reduction;
    const int steps =
        e->n < SUNZI_CONDITION_STEPS ? e->n : SUNZI_CONDITION_STEPS;
    memcpy(e->rest, v, (size_t)e->n * sizeof *v);
    sunzi_gmres(&e->calls, e->rest, 1e-6, steps, v, &reduction, e->gmres);
    return reduction <= 1e-2 && isfinite(sunzi_max(e->n, v));
}

static double norm_one(int n, const double *v)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += fabs(v[i]);
    return sum;
}

/* v becomes its signs; true: they are those of `before`, which is updated. */
static bool to_signs(int n, double *v, double *before)
{
    bool same = true;
    for (int i = 0; i < n; i++) {
        v[i] = v[i] >= 0 ? 1.0 : -1.0;
        same = same && v[i] == before[i];
        before[i] = v[i];
    }
    return same;
}

static int largest_at(int n, const double *v)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        if (fabs(v[i]) > fabs(v[best]))
            best = i;
    return best;
}

/* A lower bound from a vector of growing alternating entries, which the search
 * cannot be misled by. Negative: the solve failed. */
static double alternating(estimator *e, double *v)
{
    const int n = e->n;
    for (int i = 0; i < n; i++) {
        const double size = 1 + (double)i / (n > 1 ? n - 1 : 1);
        v[i] = i % 2 ? -size : size;
    }
    return invert(e, false, v) ? 2 * norm_one(n, v) / (3.0 * n) : -1;
}

static double estimate(estimator *e, double *v, double *signs)
{
    const int n = e->n;
    double best;
    int at = -1;
    for (int i = 0; i < n; i++)
        v[i] = 1.0 / n, signs[i] = 0;
    if (!invert(e, false, v))
        return INFINITY;
    best = norm_one(n, v);
    for (int round = 0; round < ROUNDS_MAX && n > 1; round++) {
        if (to_signs(n, v, signs))
            break;
        if (!invert(e, true, v))
            return INFINITY;
        const int next = largest_at(n, v);
        if (at >= 0 && fabs(v[next]) == fabs(v[at]))
            break;
        at = next;
        memset(v, 0, (size_t)n * sizeof *v);
        v[at] = 1;
        if (!invert(e, false, v))
            return INFINITY;
        const double found = norm_one(n, v);
        if (!(found > best))
            break;
        best = found;
    }
    const double other = alternating(e, v);
    return other < 0 ? INFINITY : fmax(best, other);
}

double sunzi_condition(sunzi_system *system, bool refined, double *work)
{
    const size_t n = (size_t)system->n;
    estimator e = {.system = system,
                   .calls = sunzi_system_callbacks(system),
                   .n = system->n,
                   .refined = refined,
                   .rest = work + 2 * n,
                   .gmres = work + 3 * n};
    const double inverse = estimate(&e, work, work + n);
    system->transposed = false;
    const double condition = system->norm_one * inverse;
    return condition >= 1 ? condition : isnan(condition) ? INFINITY : 1;
}
