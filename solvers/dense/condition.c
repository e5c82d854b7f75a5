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

static bool invert_by_gmres(estimator *e, double *v)
{
    double reduction;
    const int steps =
        e->n < SUNZI_CONDITION_STEPS ? e->n : SUNZI_CONDITION_STEPS;
    memcpy(e->rest, v, (size_t)e->n * sizeof *v);
    sunzi_gmres(&e->calls, e->rest, 1e-6, steps, v, &reduction, e->gmres);
    return reduction <= 1e-2;
}

/* v = S^-1 v or S^-T v for `count` vectors; false: did not work. */
static bool invert(estimator *e, bool transposed, int count, double *v)
{
    bool good = true;
    e->system->transposed = transposed;
    if (!e->refined)
        e->calls.solve(e->system, count, v);
    for (int k = 0; k < count && good; k++, v += e->n)
        good = (!e->refined || invert_by_gmres(e, v)) &&
               isfinite(sunzi_max(e->n, v));
    return good;
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

/* A vector of growing alternating entries, which the search cannot be misled
 * by. */
static void alternate(int n, double *v)
{
    for (int i = 0; i < n; i++) {
        const double size = 1 + (double)i / (n > 1 ? n - 1 : 1);
        v[i] = i % 2 ? -size : size;
    }
}

/* v: two vectors, which begin the search and give a lower bound in one solve.
 */
static double estimate(estimator *e, double *v, double *signs)
{
    const int n = e->n;
    int at = -1;
    for (int i = 0; i < n; i++)
        v[i] = 1.0 / n, signs[i] = 0;
    alternate(n, v + n);
    if (!invert(e, false, 2, v))
        return INFINITY;
    double best = norm_one(n, v);
    const double other = 2 * norm_one(n, v + n) / (3.0 * n);
    for (int round = 0; round < ROUNDS_MAX && n > 1; round++) {
        if (to_signs(n, v, signs))
            break;
        if (!invert(e, true, 1, v))
            return INFINITY;
        const int next = largest_at(n, v);
        if (at >= 0 && fabs(v[next]) == fabs(v[at]))
            break;
        at = next;
        memset(v, 0, (size_t)n * sizeof *v);
        v[at] = 1;
        if (!invert(e, false, 1, v))
            return INFINITY;
        const double found = norm_one(n, v);
        if (!(found > best))
            break;
        best = found;
    }
    return fmax(best, other);
}

double sunzi_condition(sunzi_system *system, bool refined, double *work)
{
    const size_t n = (size_t)system->n;
    estimator e = {.system = system,
                   .calls = sunzi_system_callbacks(system),
                   .n = system->n,
                   .refined = refined,
                   .rest = work + 3 * n,
                   .gmres = work + 4 * n};
    const double inverse = estimate(&e, work, work + 2 * n);
    system->transposed = false;
    const double condition = system->norm_one * inverse;
    return condition >= 1 ? condition : isnan(condition) ? INFINITY : 1;
}
