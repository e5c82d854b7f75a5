/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact solutions in 1 to 3 dimensions, mono- and bidomain, Strang splitting
 * and Crank-Nicolson: errors on three grids, and the order at which they fall.
 */
#include <math.h>
#include <stdio.h>

#include "tools/command.h"
#include "tools/manufactured.h"
#include "tools/validate.h"

enum { GRIDS = 3, PROBLEMS = 6 };

/* Errors of V on grids of n, 2n, 4n voxels a side; NAN: not run. */
typedef struct errors {
    double V[SUNZI_VALIDATE_ARITHMETICS][GRIDS];
} errors;

static int dims_of(int problem)
{
    return problem % 3 + 1;
}

/* Voxels a side of the coarsest grid, and steps to t = 1 on it. */
static int voxels_of(int problem)
{
    static const int n[] = {12, 8, 6};
    return n[problem % 3];
}

static const char *name_of(int problem)
{
    static const char *const names[PROBLEMS] = {
        "monodomain_1d", "monodomain_2d", "monodomain_3d",
        "bidomain_1d",   "bidomain_2d",   "bidomain_3d"};
    return names[problem];
}

static sunzi_status run(int problem, sunzi_policy policy, double *V)
{
    static const int steps[] = {6, 8, 12};
    sunzi_manufactured m = {.dims = dims_of(problem),
                            .policy = policy,
                            .scheme = SUNZI_TISSUE_CRANK_NICOLSON,
                            .strang = true,
                            .outside = problem >= 3};
    for (int g = 0; g < GRIDS; g++) {
        sunzi_manufactured_errors e;
        m.n = voxels_of(problem) << g;
        m.steps = steps[problem % 3] << g;
        const sunzi_status status = sunzi_manufactured_run(&m, &e);
        if (status != SUNZI_OK)
            return status;
        V[g] = e.V;
    }
    return SUNZI_OK;
}

static sunzi_status run_all(sunzi_validation *v, errors *e)
{
    sunzi_validation_part *part = &v->part[v->parts - 1];
    for (int a = 0; a < v->arithmetics; a++) {
        const double start = sunzi_tool_seconds();
        sunzi_policy policy;
        sunzi_status status = sunzi_policy_find(v->arithmetic[a], &policy);
        for (int p = 0; p < PROBLEMS; p++)
            for (int g = 0; g < GRIDS; g++)
                e[p].V[a][g] = NAN;
        if (policy == SUNZI_POLICY_DF64) /* not on tissue */
            continue;
        for (int p = 0; p < PROBLEMS && status == SUNZI_OK; p++)
            status = run(p, policy, e[p].V[a]);
        if (status != SUNZI_OK)
            return status;
        part->seconds[a] = sunzi_tool_seconds() - start;
    }
    return SUNZI_OK;
}

/* ---- what is found ---- */

static double order(const double *V, int grid)
{
    return log2(V[grid - 1] / V[grid]);
}

/* The error itself is what FP64 has from its steps. */
static void compare(sunzi_validation *v, const errors *e, int problem)
{
    const double fp64 = e->V[0][GRIDS - 1];
    char name[60];
    snprintf(name, sizeof name, "%s, order %.2f", name_of(problem),
             order(e->V[0], GRIDS - 1));
    sunzi_finding *f = sunzi_validation_add(v, name, "", fp64);
    f->steps = fp64;
    for (int a = 1; a < v->arithmetics; a++)
        f->change[a] = fabs(e->V[a][GRIDS - 1] - fp64);
}

static sunzi_status draw(sunzi_validation *v, const errors *e, int problem)
{
    for (int a = 0; a < v->arithmetics; a++) {
        if (isnan(e->V[a][0]))
            continue;
        sunzi_curve *c = sunzi_validation_curve(v, v->arithmetic[a],
                                                name_of(problem), GRIDS, 0);
        if (!c)
            return SUNZI_ERR_NOMEM;
        c->what = "largest error of V at t = 1";
        c->unit = "1";
        c->axis = "times the coarsest grid was halved";
        c->axis_unit = "1";
        for (int g = 0; g < GRIDS; g++) {
            c->x[g] = g;
            c->y[g] = e->V[a][g];
        }
    }
    return SUNZI_OK;
}

sunzi_status sunzi_validate_exact(const sunzi_validate_request *asked,
                                  sunzi_validation *v)
{
    errors e[PROBLEMS];
    sunzi_validation_part *part = sunzi_validation_begin(v, "exact");
    (void)asked;
    snprintf(part->about, sizeof part->about,
             "manufactured solutions of Pathmanathan and Gray on grids of 12, "
             "24, 48 (1-D), 8, 16, 32 (2-D) and 6, 12, 24 (3-D) voxels a side, "
             "steps as fine; the largest error of V on the finest, and the "
             "order at which it falls");
    sunzi_status status = run_all(v, e);
    for (int p = 0; p < PROBLEMS && status == SUNZI_OK; p++) {
        compare(v, &e[p], p);
        status = draw(v, &e[p], p);
    }
    return status;
}
