/* SPDX-License-Identifier: BSD-3-Clause */
/* The potential outside of cells. With K the fluxes of the inside (tissue) and
 * T those of inside and outside together, T phi = -K V. The constants are the
 * null space of T; fluxes sum up to zero, so there is a solution, and that of
 * mean zero is taken. A pass solves for a correction in the arithmetic of the
 * policy by conjugate gradients, preconditioned by multigrid in FP32 on the
 * part of T along the axes; its right-hand side are fluxes of differences of
 * the states: refinement, which under fp32c goes on to what pairs can hold. */
#include "solvers/cardiac/bidomain.h"

#include <math.h>
#include <string.h>

#include "core/communicator.h"
#include "solvers/grid/conjugate.h"

enum { PASSES_MAX = 8, ITERATIONS_MAX = 300 };

/* ---- numbers of the policy on the host ---- */

static void put(const sunzi_tissue *t, void *array, int64_t i, double x)
{
    if (t->policy == SUNZI_POLICY_FP64)
        ((double *)array)[i] = x;
    else
        ((float *)array)[i] = (float)x;
}

/* phi of the nodes to t->state, with its halo. Collective. */
static sunzi_status spread_phi(sunzi_bidomain *b, const double *phi,
                               sunzi_status mine)
{
    const sunzi_tissue *t = b->total;
    void *bytes = NULL;
    if (mine == SUNZI_OK)
        mine = sunzi_memory_fill(b->phi.memory, &bytes);
    for (int64_t i = 0; i < t->count && mine == SUNZI_OK; i++) {
        put(t, bytes, i, phi[i]);
        if (t->policy == SUNZI_POLICY_FP32C)
            put(t, bytes, t->count + i, phi[i] - sunzi_tissue_get(t, bytes, i));
    }
    return sunzi_tissue_spread(b->total, b->phi.memory, t->count, mine);
}

/* a += b, or a = b: all of the grid. */
static sunzi_status combine(const sunzi_tissue *t, sunzi_tissue_array *a,
                            const sunzi_tissue_array *b, bool add)
{
    void *to;
    const void *from;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_read(b->memory, &from));
    SUNZI_TRY(sunzi_memory_write(a->memory, &to));
    for (int64_t i = 0; i < t->grid.cells; i++)
        put(t, to, i,
            sunzi_tissue_get(t, from, i) +
                (add ? sunzi_tissue_get(t, to, i) : 0));
done:
    return status;
}

/* ---- the parts of a pass ---- */

/* total->r = K V + T phi, or the first alone for phi = NULL. Collective. */
static sunzi_status residual(sunzi_bidomain *b, sunzi_memory *V, int64_t plane,
                             const double *phi, sunzi_status mine)
{
    sunzi_tissue *in = b->inside, *all = b->total;
    mine = sunzi_tissue_spread(in, V, plane, mine);
    if (mine == SUNZI_OK)
        mine = sunzi_tissue_flux(in, 1, &in->state);
    if (!phi)
        return mine == SUNZI_OK ? combine(all, &all->r, &in->r, false) : mine;
    mine = spread_phi(b, phi, mine);
    if (mine == SUNZI_OK)
        mine = sunzi_tissue_flux(all, 1, &all->state);
    return mine == SUNZI_OK ? combine(all, &all->r, &in->r, true) : mine;
}

/* r less its mean over the nodes of T. Collective. */
static sunzi_status project(sunzi_bidomain *b, sunzi_status mine)
{
    const sunzi_tissue *t = b->total;
    const int *place = t->place.bytes;
    double sum;
    void *r;
    sunzi_status status = sunzi_tissue_dot(t, mine, &t->r, &b->ones, &sum);
    if (status < 0)
        return status;
    status = sunzi_memory_write(t->r.memory, &r);
    for (int64_t i = 0; i < t->count && status == SUNZI_OK; i++)
        put(t, r, place[i], sunzi_tissue_get(t, r, place[i]) - sum / b->nodes);
    return status;
}

/* z = B r; r is brought near 1 for FP32. Collective. */
static sunzi_status precondition(sunzi_bidomain *b, double size,
                                 sunzi_status mine)
{
    const sunzi_tissue *t = b->total;
    const int *place = t->place.bytes;
    const void *r = NULL, *answer = NULL;
    void *question = NULL, *z = NULL;
    const int exponent = ilogb(size);
    if (mine == SUNZI_OK)
        mine = sunzi_memory_read(t->r.memory, &r);
    if (mine == SUNZI_OK)
        mine = sunzi_memory_write(b->question.memory, &question);
    for (int64_t i = 0; i < t->count && mine == SUNZI_OK; i++)
        ((float *)question)[place[i]] =
            (float)ldexp(sunzi_tissue_get(t, r, place[i]), -exponent);
    mine = sunzi_multigrid_apply(b->multigrid, mine, b->question.memory,
                                 b->answer.memory);
    if (mine == SUNZI_OK)
        mine = sunzi_memory_read(b->answer.memory, &answer);
    if (mine == SUNZI_OK)
        mine = sunzi_memory_write(t->z.memory, &z);
    for (int64_t i = 0; i < t->count && mine == SUNZI_OK; i++)
        put(t, z, place[i],
            ldexp((double)((const float *)answer)[place[i]], exponent));
    return mine;
}

static sunzi_status no_number(void)
{
    return sunzi_fail(SUNZI_ERR_BLOW_UP,
                      "sunzi_bidomain_solve: V or phi is not finite, or too "
                      "large");
}

/* ---- conjugate gradients: the callbacks of solvers/grid/conjugate.h ---- */

static sunzi_status ask(void *data, double size, sunzi_status mine, double *rho)
{
    sunzi_bidomain *b = data;
    sunzi_tissue *t = b->total;
    return sunzi_tissue_dot(t, precondition(b, size, mine), &t->r, &t->z, rho);
}

static sunzi_status turn(void *data, bool first, double part, double *curvature)
{
    sunzi_bidomain *b = data;
    sunzi_tissue *t = b->total;
    sunzi_status mine =
        first ? combine(t, &t->p, &t->z, false) : sunzi_tissue_direct(t, part);
    mine = sunzi_tissue_apply(t, 1, &b->zero, mine);
    return sunzi_tissue_dot(t, mine, &t->p, &t->q, curvature);
}

static sunzi_status advance(void *data, double part, double *square)
{
    sunzi_tissue *t = ((sunzi_bidomain *)data)->total;
    const sunzi_status mine = sunzi_tissue_advance(t, part);
    return sunzi_tissue_dot(t, mine, &t->r, &t->r, square);
}

/* x = about T^-1 r: until ||r|| <= goal, in the arithmetic of the policy.
 * Collective. */
static sunzi_status correct(sunzi_bidomain *b, double size, double goal,
                            int *iterations)
{
    const sunzi_conjugate c = {b->total->comm, b, ask, turn, advance};
    bool finite = true;
    void *x;
    sunzi_status status, mine = sunzi_memory_fill(b->total->x.memory, &x);
    if (mine == SUNZI_OK)
        memset(x, 0, sunzi_memory_bytes(b->total->x.memory));
    SUNZI_TRY(sunzi_conjugate_run(&c, mine, size, goal,
                                  ITERATIONS_MAX - *iterations, iterations,
                                  &finite));
    if (!finite)
        status = no_number();
done:
    return status;
}

/* phi += x, then less its mean over the volume. Collective. */
static sunzi_status add_correction(sunzi_bidomain *b, double *phi)
{
    const sunzi_tissue *t = b->total;
    const int *place = t->place.bytes;
    const void *x = NULL;
    void *p = NULL;
    double mean;
    sunzi_status status = sunzi_memory_read(t->x.memory, &x);
    if (status == SUNZI_OK)
        status = sunzi_memory_write(t->p.memory, &p);
    for (int64_t i = 0; i < t->count && status == SUNZI_OK; i++) {
        phi[i] += sunzi_tissue_get(t, x, place[i]);
        put(t, p, place[i], phi[i]);
    }
    SUNZI_TRY(sunzi_tissue_dot(t, status, &t->p, &t->volume, &mean));
    for (int64_t i = 0; i < t->count; i++)
        phi[i] -= mean / b->volume;
done:
    return status;
}

static sunzi_status wrap_V(sunzi_bidomain *b, void *V, int64_t plane,
                           sunzi_memory **memory)
{
    sunzi_tissue *t = b->inside;
    const int64_t low = t->policy == SUNZI_POLICY_FP32C ? plane : 0;
    return sunzi_memory_wrap(t->ctx, t->count ? V : t->place.bytes,
                             (size_t)(low + t->count) * sunzi_tissue_size(t),
                             "sunzi_bidomain_solve", memory);
}

sunzi_status sunzi_bidomain_solve_if(sunzi_bidomain *b, sunzi_status mine,
                                     void *V, int64_t plane, double *phi,
                                     sunzi_tissue_report *report)
{
    sunzi_tissue *t = b->total;
    sunzi_memory *memory = NULL;
    double scale, size, last = HUGE_VAL;
    sunzi_status status;
    if (mine == SUNZI_OK)
        mine = wrap_V(b, V, plane, &memory);
    mine = residual(b, memory, plane, NULL, mine);
    SUNZI_TRY(sunzi_tissue_dot(t, mine, &t->r, &t->r, &scale));
    scale = sqrt(scale);
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        mine = project(b, residual(b, memory, plane, phi, SUNZI_OK));
        SUNZI_TRY(sunzi_tissue_dot(t, mine, &t->r, &t->r, &size));
        size = sqrt(size);
        if (!isfinite(size) || !isfinite(scale)) {
            status = no_number();
            goto done;
        }
        report->residual = scale > 0 ? size / scale : 0;
        if (report->residual <= b->tolerance || size == 0 || size > last / 2)
            break;
        last = size;
        /* an FP32 pass is worth a factor of 1e-4 or so */
        const double goal =
            fmax(b->tolerance * scale * 0.5,
                 t->policy == SUNZI_POLICY_FP64 ? 0 : size * 1e-4);
        SUNZI_TRY(correct(b, size, goal, &report->iterations));
        SUNZI_TRY(add_correction(b, phi));
    }
    if (report->residual > b->tolerance)
        status = sunzi_fail(SUNZI_REACHED_NONE,
                            "sunzi_bidomain_solve: the residual came to %.3g, "
                            "%.3g was asked; ask for less, or take fp64",
                            report->residual, b->tolerance);
done:
    sunzi_memory_destroy(&memory);
    return status;
}

/* ---- a step of diffusion ---- */

/* V += d, where (M - part K) d = dt K (V + phi). total->state holds phi.
 * Collective. */
static sunzi_status diffuse_with(sunzi_bidomain *b, double dt, void *V,
                                 int64_t plane, const double *phi,
                                 sunzi_tissue_report *report)
{
    sunzi_tissue *in = b->inside;
    sunzi_memory *memory = NULL;
    void *bytes;
    sunzi_status status, mine = wrap_V(b, V, plane, &memory);
    mine = spread_phi(b, phi, mine);
    if (mine == SUNZI_OK)
        mine = sunzi_tissue_prepare(in, dt);
    if (mine == SUNZI_OK)
        mine = sunzi_tissue_flux(in, dt, &b->total->state);
    if (mine == SUNZI_OK)
        mine = combine(in, &b->total->r, &in->r, false);
    if (mine == SUNZI_OK)
        mine = combine(in, &b->total->z, &in->z, false);
    mine = sunzi_tissue_spread(in, memory, plane, mine);
    if (mine == SUNZI_OK)
        mine = sunzi_tissue_flux(in, dt, &in->state);
    if (mine == SUNZI_OK)
        mine = combine(in, &in->r, &b->total->r, true);
    if (mine == SUNZI_OK)
        mine = combine(in, &in->z, &b->total->z, true);
    if (mine == SUNZI_OK)
        mine = combine(in, &in->p, &in->z, false);
    if (mine == SUNZI_OK)
        mine = sunzi_memory_fill(in->x.memory, &bytes);
    if (mine == SUNZI_OK)
        memset(bytes, 0, sunzi_memory_bytes(in->x.memory));
    SUNZI_TRY(sunzi_tissue_find_increment(in, dt, mine, report));
    status =
        sunzi_comm_agree(in->comm, sunzi_tissue_increment(in, memory, plane));
done:
    sunzi_memory_destroy(&memory);
    return status;
}

/* V of the nodes to a copy, or back. */
static void keep_V(const sunzi_bidomain *b, void *V, int64_t plane, bool back)
{
    const sunzi_tissue *t = b->inside;
    const size_t size = sunzi_tissue_size(t);
    const size_t bytes = (size_t)t->count * size;
    for (int p = 0; p < sunzi_tissue_planes(t) && t->count; p++) {
        char *there = (char *)V + (size_t)p * (size_t)plane * size;
        char *here = (char *)b->kept + (size_t)p * bytes;
        memcpy(back ? there : here, back ? here : there, bytes);
    }
}

sunzi_status sunzi_bidomain_diffuse_if(sunzi_bidomain *b, sunzi_status mine,
                                       double dt, void *V, int64_t plane,
                                       double *phi, sunzi_tissue_report *report)
{
    sunzi_tissue_report of_V = {0};
    const bool second = b->inside->scheme == SUNZI_TISSUE_CRANK_NICOLSON;
    sunzi_status status, reached;
    SUNZI_TRY(sunzi_bidomain_solve_if(b, mine, V, plane, phi, report));
    reached = status;
    if (second) { /* phi in the middle of the step, from a first try of it */
        keep_V(b, V, plane, false);
        memcpy(b->before, phi, (size_t)b->total->count * sizeof *phi);
        SUNZI_TRY(diffuse_with(b, dt, V, plane, phi, &of_V));
        status = sunzi_bidomain_solve_if(b, SUNZI_OK, V, plane, phi, report);
        keep_V(b, V, plane, true);
        if (status < 0)
            goto done;
        reached = status > reached ? status : reached;
        for (int64_t i = 0; i < b->total->count; i++)
            phi[i] = 0.5 * (phi[i] + b->before[i]);
    }
    of_V = (sunzi_tissue_report){0};
    SUNZI_TRY(diffuse_with(b, dt, V, plane, phi, &of_V));
    status = reached > status ? reached : status;
done:
    return status;
}
