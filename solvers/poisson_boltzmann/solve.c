/* SPDX-License-Identifier: BSD-3-Clause */
/* Solving: refinement of the linear equation, Newton's method with a line
 * search for the other (M. J. Holst, F. Saied, J. Comput. Chem. 16 (1995) 337),
 * in one loop: a residual in the arithmetic of states, a correction, and as
 * much of it as lowers the residual. */
#include <math.h>
#include <string.h>

#include "core/communicator.h"
#include "core/context.h"
#include "solvers/poisson_boltzmann/pb.h"
#include "solvers/poisson_boltzmann/salt.k.h"

enum { PASSES_MAX = 60, HALVINGS_MAX = 30 };

/* What a correction in FP32 is worth; how far a correction of Newton's method
 * is found at first. */
static const double single_pass = 1e-4, inexact = 0.1;

static bool is_nonlinear(const sunzi_pb *pb)
{
    return pb->options.nonlinear && pb->salt;
}

/* ---- residuals ---- */

/* load = source - f(u), and mass = f'(u). */
static sunzi_status put_load(sunzi_pb *pb)
{
    sunzi_elliptic *g = &pb->grid;
    if (is_nonlinear(pb))
        return SUNZI_ELLIPTIC_STATES(
            g, salt_full, sunzi_elliptic_range(g), .u = {g->u.memory},
            .salt = {pb->salts.memory}, .source = {g->source.memory},
            .ion = {pb->ion.memory}, .load = {g->load.memory},
            .mass = {g->mass.memory}, .ions = pb->options.ions, .cap = PB_CAP,
            SUNZI_ELLIPTIC_STEPS(g), .plane = (int)g->cells);
    if (!pb->salt) /* it is the source */
        return SUNZI_OK;
    return SUNZI_ELLIPTIC_STATES(
        g, salt_linear, sunzi_elliptic_range(g), .u = {g->u.memory},
        .salt = {pb->salts.memory}, .source = {g->source.memory},
        .load = {g->load.memory}, SUNZI_ELLIPTIC_STEPS(g),
        .plane = (int)g->cells);
}

/* Collective. Of u; its halo is exchanged here. */
static sunzi_status residual(sunzi_pb *pb, sunzi_status mine, double *size)
{
    sunzi_elliptic *g = &pb->grid;
    mine = sunzi_elliptic_exchange_u(g, mine);
    if (mine == SUNZI_OK)
        mine = put_load(pb);
    return sunzi_elliptic_residual(g, mine, size);
}

/* ---- a pass ---- */

/* Collective. u += part x with the largest part of 1, 1/2, 1/4, ... that lowers
 * the residual; *size: that of u before and after. *good: one was found. */
static sunzi_status search(sunzi_pb *pb, double *size, sunzi_pb_report *report,
                           bool *good)
{
    sunzi_elliptic *g = &pb->grid;
    double part = 1, next = 0, made = 0;
    sunzi_status status = SUNZI_OK;
    for (int step = 0; step <= HALVINGS_MAX; step++, part *= 0.5) {
        const sunzi_status mine = sunzi_elliptic_add(g, part - made);
        made = part;
        SUNZI_TRY(residual(pb, mine, &next));
        *good = next <= (is_nonlinear(pb) ? 1 - 1e-4 * part : 0.5) * *size;
        if (*good || !is_nonlinear(pb))
            break;
        report->halvings++;
    }
    *size = next;
done:
    return status;
}

/* Where the correction of this pass may end. */
static double goal_of(const sunzi_pb *pb, double scale, double size)
{
    const double end = 0.5 * pb->options.tolerance * scale;
    double part = 0;
    if (is_nonlinear(pb)) /* quadratic near the end */
        part = fmin(inexact, size / scale);
    if (pb->options.policy != SUNZI_POLICY_FP64)
        part = fmax(part, single_pass);
    return fmax(end, part * size);
}

/* Collective. From u with zeros in the box. */
static sunzi_status correct_all(sunzi_pb *pb, sunzi_pb_report *report)
{
    sunzi_elliptic *g = &pb->grid;
    double scale, size;
    bool good = true;
    sunzi_status status;
    SUNZI_TRY(residual(pb, SUNZI_OK, &scale));
    size = scale;
    while (size > pb->options.tolerance * scale && good &&
           report->passes < PASSES_MAX) {
        if (is_nonlinear(pb))
            SUNZI_TRY(sunzi_elliptic_precondition(g, SUNZI_OK));
        SUNZI_TRY(sunzi_elliptic_correct(g, size, goal_of(pb, scale, size),
                                         &report->iterations));
        SUNZI_TRY(search(pb, &size, report, &good));
        report->passes++;
        sunzi_progress(pb->ctx, "Poisson-Boltzmann", -log10(size / scale),
                       -log10(pb->options.tolerance));
    }
    report->residual = scale > 0 ? size / scale : 0;
    if (!isfinite(scale) || !isfinite(size))
        return sunzi_fail(SUNZI_ERR_NONFINITE,
                          "sunzi_pb_solve: a residual is not finite");
done:
    return status;
}

/* ---- a solve ---- */

/* Collective. u: on the surface of the box what is given, zeros in it. */
static sunzi_status begin(sunzi_pb *pb, sunzi_pb *coarser)
{
    sunzi_elliptic *g = &pb->grid;
    sunzi_status status;
    memset(pb->phi, 0, (size_t)g->cells * sizeof *pb->phi);
    if (coarser)
        SUNZI_TRY(pb_take_boundary(pb, coarser));
    else if (pb->options.boundary != SUNZI_PB_ZERO && g->count[0] > 0)
        pb_set_boundary(pb);
    status = sunzi_elliptic_put(g, pb->phi, &g->u);
    SUNZI_TRY(sunzi_comm_agree(pb->comm, status));
done:
    return status;
}

/* Collective. phi of all cells. */
static sunzi_status end(sunzi_pb *pb, sunzi_pb_report *report)
{
    const sunzi_pb_options *o = &pb->options;
    double most = 0;
    sunzi_status status = sunzi_elliptic_exchange_u(&pb->grid, SUNZI_OK);
    if (status == SUNZI_OK)
        status = sunzi_elliptic_get(&pb->grid, &pb->grid.u, pb->phi);
    SUNZI_TRY(sunzi_comm_agree(pb->comm, status));
    SUNZI_TRY(pb_find_energy(pb, report));
    for (int s = 0; s < o->ions; s++)
        most = fmax(most, fabs(o->ion[s].charge));
    if (is_nonlinear(pb) && report->largest * most > (double)PB_CAP)
        status = sunzi_fail(
            SUNZI_ERR_BLOW_UP,
            "sunzi_pb_solve: |phi| comes to %.3g k T / e where ions of charge "
            "%g can be, allowed: %g, where their densities are no model any "
            "more; correct charges and radii, or solve the linear equation",
            report->largest, most, (double)PB_CAP / most);
    else if (!(report->residual <= o->tolerance))
        status = sunzi_fail(SUNZI_REACHED_NONE,
                            "sunzi_pb_solve: the residual came to %.3g, %.3g "
                            "was asked, in %d passes; ask for less, or take "
                            "fp64",
                            report->residual, o->tolerance, report->passes);
done:
    return status;
}

sunzi_status sunzi_pb_solve(sunzi_pb *pb, sunzi_pb *coarser,
                            sunzi_pb_report *report)
{
    sunzi_pb_report done = {0};
    const double start = sunzi_seconds();
    sunzi_status status;
    if (!pb || pb == coarser)
        return sunzi_fail(SUNZI_ERR_ARG, "sunzi_pb_solve: %s; pass %s",
                          pb ? "coarser is pb itself" : "pb is NULL",
                          pb ? "another one, or NULL" : "it");
    pb->solved = false;
    SUNZI_TRY(begin(pb, coarser));
    SUNZI_TRY(correct_all(pb, &done));
    SUNZI_TRY(end(pb, &done));
    pb->solved = true;
    done.seconds = sunzi_seconds() - start;
    if (report)
        *report = done;
    return status;
done:
    return status;
}

/* ---- what there is ---- */

void sunzi_pb_brick(const sunzi_pb *pb, int64_t *first, int64_t *count)
{
    const sunzi_elliptic *g = &pb->grid;
    for (int d = 0; d < 3; d++) {
        const bool lower = g->first[d] == 0;
        const bool upper = g->first[d] + g->count[d] == g->nodes[d];
        const bool any = g->count[d] > 0;
        first[2 - d] = g->first[d] + (lower ? 0 : 1);
        count[2 - d] = any ? g->count[d] + lower + upper : 0;
    }
}

sunzi_status sunzi_pb_potential(const sunzi_pb *pb, double *phi)
{
    const sunzi_elliptic *g = &pb->grid;
    int64_t first[3], count[3];
    if (!pb->solved)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_pb_potential: nothing is solved; call "
                          "sunzi_pb_solve first");
    sunzi_pb_brick(pb, first, count);
    for (int64_t k = 0; k < count[2]; k++)
        for (int64_t j = 0; j < count[1]; j++)
            memcpy(phi + (k * count[1] + j) * count[0],
                   pb->phi + (k + first[2] - g->first[0]) * g->step[0] +
                       (j + first[1] - g->first[1]) * g->step[1] + first[0] -
                       g->first[2],
                   (size_t)count[0] * sizeof *phi);
    return SUNZI_OK;
}
