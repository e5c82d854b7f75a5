/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/manufactured.h"

#include <math.h>
#include <stdlib.h>

#include "io/run_file.h"

static const double pi = 3.14159265358979323846;

/* The part of the inside in the resistance, for the bidomain: sigma_e = sigma_i
 * (1 - k) / k, so that phi = -k V. */
static const double k = 0.70710678118654752440;

/* chi, C and the conductivities of the source. */
static const double chi = 3, capacitance = 2;
static const double conductivity[3] = {1.1, 1.2, 0.3}; /* over pi^2 */

typedef struct run {
    const sunzi_manufactured *problem;
    double beta;
    sunzi_tissue *tissue;
    sunzi_bidomain *bidomain;
    int64_t count;
    double (*u)[2]; /* u1, u2 of each node; u3 = 0 */
    void *V;        /* as sunzi_tissue_diffuse takes it, plane = count */
    double *phi;
} run;

/* ---- V under the policy ---- */

static double get(const run *r, int64_t i)
{
    const float *single = r->V;
    switch (r->problem->policy) {
    case SUNZI_POLICY_FP64:
        return ((const double *)r->V)[i];
    case SUNZI_POLICY_FP32:
        return single[i];
    default:
        return (double)single[i] + (double)single[r->count + i];
    }
}

static void set(run *r, int64_t i, double V)
{
    float *single = r->V;
    if (r->problem->policy == SUNZI_POLICY_FP64) {
        ((double *)r->V)[i] = V;
        return;
    }
    single[i] = (float)V;
    if (r->problem->policy != SUNZI_POLICY_FP32)
        single[r->count + i] = (float)(V - (double)single[i]);
}

/* ---- the solution ---- */

/* All nodes have tissue: node i is the i-th of the grid. */
static void position(const run *r, int64_t i, double x[3])
{
    const int64_t nodes = r->problem->n + 1;
    for (int d = 0; d < 3; d++) {
        x[d] = d < r->problem->dims
                   ? (double)(i % nodes) / (double)r->problem->n
                   : 0;
        i = d < r->problem->dims ? i / nodes : i;
    }
}

static double shape_F(int dims, const double x[3])
{
    double F = cos(pi * x[0]);
    F *= dims > 1 ? cos(2 * pi * x[1]) : 1;
    return F * (dims > 2 ? cos(3 * pi * x[2]) : 1);
}

static double shape_G(int dims, const double x[3])
{
    double G = x[0];
    G *= dims > 1 ? x[1] * x[1] : 1;
    return 1 + G * (dims > 2 ? x[2] * x[2] * x[2] : 1);
}

/* At t = 0. */
static void set_start(run *r)
{
    double x[3];
    for (int64_t i = 0; i < r->count; i++) {
        position(r, i, x);
        const double F = shape_F(r->problem->dims, x);
        const double G = shape_G(r->problem->dims, x);
        set(r, i, F);
        r->u[i][0] = G + F;
        r->u[i][1] = 1 / sqrt(G);
    }
}

/* ---- steps ---- */

/* d/dt of V, u1, u2 in a cell. */
static void rates(const run *r, const double y[3], double dy[3])
{
    const double V = y[0], a = y[1] - y[0], u2 = y[2];
    const double ion = -capacitance / 2 * a * u2 * u2 * V + r->beta / chi * V;
    dy[0] = -ion / capacitance;
    dy[1] = a * a * u2 * u2 + 0.5 * a * u2 * u2 * V;
    dy[2] = -a * u2 * u2 * u2;
}

/* All cells over dt, by the midpoint rule: second order. */
static void advance_cells(run *r, double dt)
{
    for (int64_t i = 0; i < r->count; i++) {
        const double y[3] = {get(r, i), r->u[i][0], r->u[i][1]};
        double dy[3], half[3];
        rates(r, y, dy);
        for (int c = 0; c < 3; c++)
            half[c] = y[c] + dt / 2 * dy[c];
        rates(r, half, dy);
        set(r, i, y[0] + dt * dy[0]);
        r->u[i][0] += dt * dy[1];
        r->u[i][1] += dt * dy[2];
    }
}

/* Is it what plain FP32 cannot do? */
static sunzi_status accept(const run *r, sunzi_status status)
{
    return status == SUNZI_REACHED_NONE && r->problem->outside &&
                   r->problem->policy == SUNZI_POLICY_FP32
               ? SUNZI_OK
               : status;
}

static sunzi_status diffuse(run *r, double dt)
{
    return accept(
        r, r->bidomain
               ? sunzi_bidomain_diffuse(r->bidomain, dt, r->V, r->count, r->phi,
                                        NULL)
               : sunzi_tissue_diffuse(r->tissue, dt, r->V, r->count, NULL));
}

static sunzi_status advance(run *r)
{
    const sunzi_manufactured *p = r->problem;
    const double dt = 1.0 / p->steps;
    sunzi_status status = SUNZI_OK;
    for (int s = 0; s < p->steps && status == SUNZI_OK; s++) {
        advance_cells(r, p->strang ? dt / 2 : dt);
        status = diffuse(r, dt);
        if (p->strang)
            advance_cells(r, dt / 2);
    }
    if (status == SUNZI_OK && p->outside)
        status = accept(
            r, sunzi_bidomain_solve(r->bidomain, r->V, r->count, r->phi, NULL));
    return status;
}

/* ---- a run ---- */

/* user: sigma of all voxels. */
static int uniform(void *user, const int64_t voxel[3], double sigma[6])
{
    const double *s = user;
    (void)voxel;
    for (int d = 0; d < 3; d++)
        sigma[d] = s[d];
    return 1;
}

static sunzi_status make(run *r, double *inside, double *both)
{
    const sunzi_manufactured *p = r->problem;
    const sunzi_tissue_options total = {.voxel = uniform, .user = both};
    sunzi_tissue_options o;
    sunzi_tissue_options_init(&o);
    o.policy = p->policy;
    o.scheme = p->scheme;
    o.surface_to_volume = chi;
    o.capacitance = capacitance;
    o.voxel = uniform;
    o.user = inside;
    for (int d = 0; d < 3; d++) {
        o.voxels[d] = d < p->dims ? p->n : 0;
        o.spacing[d] = 1.0 / p->n;
    }
    sunzi_status status = sunzi_tissue_create(NULL, NULL, &o, &r->tissue);
    if (status < 0)
        return status;
    r->count = sunzi_tissue_count(r->tissue);
    r->V = calloc((size_t)r->count, sizeof(double));
    r->u = calloc((size_t)r->count, sizeof *r->u);
    r->phi = calloc((size_t)r->count, sizeof *r->phi);
    if (!r->V || !r->u || !r->phi)
        return sunzi_fail(SUNZI_ERR_NOMEM, "no memory for %lld nodes",
                          (long long)r->count);
    return p->outside ? sunzi_bidomain_create(r->tissue, &total, &r->bidomain)
                      : SUNZI_OK;
}

static void measure(const run *r, sunzi_manufactured_errors *errors)
{
    double x[3];
    for (int64_t i = 0; i < r->count; i++) {
        position(r, i, x);
        const double V = sqrt(2) * shape_F(r->problem->dims, x);
        errors->V = fmax(errors->V, fabs(get(r, i) - V));
        if (r->problem->outside)
            errors->phi = fmax(errors->phi, fabs(r->phi[i] + k * V));
    }
}

sunzi_status sunzi_manufactured_run(const sunzi_manufactured *problem,
                                    sunzi_manufactured_errors *errors)
{
    static const double betas[] = {-1.1, -5.9, -8.6};
    double inside[3], both[3];
    run r = {.problem = problem,
             .beta = betas[problem->dims - 1] * (problem->outside ? 1 - k : 1)};
    for (int d = 0; d < 3; d++) {
        inside[d] = conductivity[d] / pi / pi;
        both[d] = inside[d] / k;
    }
    *errors = (sunzi_manufactured_errors){0, 0};
    sunzi_status status = make(&r, inside, both);
    if (status == SUNZI_OK) {
        set_start(&r);
        status = advance(&r);
    }
    if (status == SUNZI_OK)
        measure(&r, errors);
    sunzi_bidomain_destroy(&r.bidomain);
    sunzi_tissue_destroy(&r.tissue);
    free(r.V);
    free(r.u);
    free(r.phi);
    return status;
}
