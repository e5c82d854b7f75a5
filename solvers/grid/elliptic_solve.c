/* SPDX-License-Identifier: BSD-3-Clause */
/* Residuals and corrections on a box of nodes. A process that failed (`mine`)
 * takes part in what is collective. */
#include <math.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "engines/launch.h"
#include "solvers/fields/border.h"
#include "solvers/grid/conjugate.h"
#include "solvers/grid/elliptic.h"
#include "solvers/grid/elliptic.k.h"

enum { ITERATIONS_MAX = 500 };

static sunzi_grid_vector numbers(const sunzi_elliptic *e,
                                 const sunzi_grid_array *a)
{
    return (sunzi_grid_vector){a->memory, e->policy != SUNZI_POLICY_FP64};
}

static sunzi_status dot(sunzi_elliptic *e, sunzi_status mine,
                        sunzi_grid_vector a, sunzi_grid_vector b,
                        double *result)
{
    return sunzi_grid_dot(e->ctx, e->comm, mine, &e->brick, a, b, result);
}

sunzi_status sunzi_elliptic_residual(sunzi_elliptic *e, sunzi_status mine,
                                     double *size)
{
    const sunzi_grid_vector r = numbers(e, &e->r);
    double square;
    sunzi_status status;
    if (mine == SUNZI_OK)
        mine = SUNZI_ELLIPTIC_STATES(
            e, elliptic_residual, sunzi_elliptic_range(e), .u = {e->u.memory},
            .load = {e->load.memory}, .wx = {e->weight[2].memory},
            .wy = {e->weight[1].memory}, .wz = {e->weight[0].memory},
            .r = {e->r.memory}, SUNZI_ELLIPTIC_STEPS(e),
            .plane = (int)e->cells);
    SUNZI_TRY(dot(e, mine, r, r, &square));
    *size = sqrt(square);
done:
    return status;
}

sunzi_status sunzi_elliptic_add(sunzi_elliptic *e, double part)
{
    return SUNZI_ELLIPTIC_STATES(e, elliptic_add, sunzi_elliptic_range(e),
                                 .x = {e->x.memory}, .u = {e->u.memory},
                                 .part = (float)part, SUNZI_ELLIPTIC_STEPS(e),
                                 .plane = (int)e->cells);
}

/* ---- the preconditioner ---- */

/* mass in FP64, with the edges to the nodes around the box, where corrections
 * are zero. */
static void anchor(const sunzi_elliptic *e, const void *mass, double *anchored)
{
    const int64_t *n = e->count;
    for (int64_t i = 0; i < n[0]; i++)
        for (int64_t j = 0; j < n[1]; j++)
            for (int64_t k = 0; k < n[2]; k++) {
                const int64_t here[3] = {i, j, k};
                const int64_t at = sunzi_elliptic_at(e, i, j, k);
                double sum = e->policy == SUNZI_POLICY_FP64
                                 ? ((const double *)mass)[at]
                                 : (double)((const float *)mass)[at];
                for (int d = 0; d < 3; d++) {
                    const int64_t g = e->first[d] + here[d];
                    if (g == 0)
                        sum += e->exact[d][at - e->step[d]];
                    if (g == e->nodes[d] - 1)
                        sum += e->exact[d][at];
                }
                anchored[at] = sum;
            }
}

sunzi_status sunzi_elliptic_precondition(sunzi_elliptic *e, sunzi_status mine)
{
    const void *mass = NULL;
    void *block = NULL;
    sunzi_status status;
    if (mine == SUNZI_OK)
        mine = sunzi_memory_read(e->mass.memory, &mass);
    if (mine == SUNZI_OK)
        mine =
            sunzi_allocate((size_t)e->cells * sizeof(double), "a grid", &block);
    if (mine == SUNZI_OK)
        anchor(e, mass, block);
    SUNZI_TRY(sunzi_comm_agree(e->comm, mine));
    sunzi_multigrid_destroy(&e->multigrid);
    const sunzi_multigrid_problem problem = {
        .nodes = {e->nodes[0], e->nodes[1], e->nodes[2]},
        .processes = {e->processes[0], e->processes[1], e->processes[2]},
        .layout = {e->brick.origin, {e->step[0], e->step[1]}},
        .mass = block,
        .weight = {e->exact[0], e->exact[1], e->exact[2]}};
    SUNZI_TRY(sunzi_multigrid_create(e->ctx, e->comm, &problem, &e->multigrid));
done:
    sunzi_release(block);
    return status;
}

/* ---- conjugate gradients: the callbacks of conjugate.h ---- */

/* answer 2^exponent = B r: r is brought near 1 for FP32. */
static sunzi_status precondition(void *data, double size, sunzi_status mine,
                                 double *rho)
{
    sunzi_elliptic *e = data;
    const int exponent = ilogb(size);
    sunzi_status status;
    e->exponent = exponent;
    if (mine == SUNZI_OK)
        mine = SUNZI_ELLIPTIC_NUMBERS(
            e, conjugate_ask, sunzi_elliptic_range(e), .r = {e->r.memory},
            .question = {e->question.memory}, .scale = ldexp(1, -exponent),
            SUNZI_ELLIPTIC_STEPS(e));
    mine = sunzi_multigrid_apply(e->multigrid, mine, e->question.memory,
                                 e->answer.memory);
    SUNZI_TRY(dot(e, mine, numbers(e, &e->r),
                  (sunzi_grid_vector){e->answer.memory, true}, rho));
    *rho = ldexp(*rho, exponent);
done:
    return status;
}

static sunzi_status turn(void *data, bool first, double b, double *curvature)
{
    sunzi_elliptic *e = data;
    sunzi_status mine =
        SUNZI_ELLIPTIC_NUMBERS(e, conjugate_direct, sunzi_elliptic_range(e),
                               .answer = {e->answer.memory}, .p = {e->p.memory},
                               .scale = ldexp(1, e->exponent),
                               .b = first ? 0 : b, SUNZI_ELLIPTIC_STEPS(e));
    mine = sunzi_border_exchange(e->p_halo, 0, NULL, e->p.memory, e->p.bytes,
                                 mine);
    if (mine == SUNZI_OK)
        mine = SUNZI_ELLIPTIC_NUMBERS(
            e, conjugate_apply, sunzi_elliptic_range(e), .p = {e->p.memory},
            .mass = {e->mass.memory}, .wx = {e->weight[2].memory},
            .wy = {e->weight[1].memory}, .wz = {e->weight[0].memory},
            .q = {e->q.memory}, .part = 1, SUNZI_ELLIPTIC_STEPS(e));
    return dot(e, mine, numbers(e, &e->p), numbers(e, &e->q), curvature);
}

static sunzi_status advance(void *data, double a, double *square)
{
    sunzi_elliptic *e = data;
    const sunzi_grid_vector r = numbers(e, &e->r);
    const sunzi_status mine = SUNZI_ELLIPTIC_NUMBERS(
        e, conjugate_advance, sunzi_elliptic_range(e), .p = {e->p.memory},
        .q = {e->q.memory}, .x = {e->x.memory}, .r = {e->r.memory}, .a = a,
        SUNZI_ELLIPTIC_STEPS(e));
    return dot(e, mine, r, r, square);
}

sunzi_status sunzi_elliptic_correct(sunzi_elliptic *e, double size, double goal,
                                    int *iterations)
{
    const sunzi_conjugate c = {e->comm, e, precondition, turn, advance};
    bool finite = true;
    sunzi_status status, mine = sunzi_memory_clear(e->x.memory);
    if (mine == SUNZI_OK)
        mine = sunzi_memory_clear(e->p.memory);
    SUNZI_TRY(sunzi_conjugate_run(&c, mine, size, goal, ITERATIONS_MAX,
                                  iterations, &finite));
    if (!finite)
        status = sunzi_fail(SUNZI_ERR_NONFINITE,
                            "conjugate gradients: a residual is not finite, or "
                            "too large");
done:
    return status;
}
