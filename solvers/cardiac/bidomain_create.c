/* SPDX-License-Identifier: BSD-3-Clause */
/* Bidomain: arguments, and what it holds. */
#include <math.h>
#include <string.h>

#include "core/communicator.h"
#include "solvers/cardiac/bidomain.h"

static const char creates[] = "sunzi_bidomain_create";

/* The voxels inside and outside, on the grid of the tissue. Collective. */
static sunzi_status make_total(sunzi_bidomain *b,
                               const sunzi_tissue_options *total)
{
    const sunzi_tissue *in = b->inside;
    sunzi_tissue_options o = in->made;
    o.voxel = total->voxel;
    o.user = total->user;
    o.brick = total->brick;
    return sunzi_tissue_make(in->ctx, in->comm, &o, in->edges, &b->total);
}

/* Nodes of the tissue are nodes of total. Not collective. */
static sunzi_status check_nodes(const sunzi_bidomain *b)
{
    const sunzi_tissue *in = b->inside;
    const int *place = in->place.bytes;
    for (int64_t i = 0; i < in->count; i++) {
        int64_t n[3];
        if (b->total->mass[place[i]] >= in->mass[place[i]])
            continue;
        sunzi_tissue_find_node(in, place[i], n);
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: a voxel of the tissue at node (%lld, %lld, "
                          "%lld) is none of `total`, allowed: all of them are",
                          creates, (long long)n[0], (long long)n[1],
                          (long long)n[2]);
    }
    return SUNZI_OK;
}

static sunzi_status take_arrays(sunzi_bidomain *b)
{
    const sunzi_tissue *t = b->total;
    const size_t cells = (size_t)t->grid.cells, size = sunzi_tissue_size(t);
    const int *place = t->place.bytes;
    void *block = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_tissue_new_array(t, cells * size, &b->zero));
    SUNZI_TRY(sunzi_tissue_new_array(t, cells * size, &b->ones));
    SUNZI_TRY(sunzi_tissue_new_array(t, cells * 4, &b->question));
    SUNZI_TRY(sunzi_tissue_new_array(t, cells * 4, &b->answer));
    SUNZI_TRY(sunzi_tissue_new_array(t, 2 * (size_t)t->count * size, &b->phi));
    SUNZI_TRY(sunzi_allocate((size_t)t->count * 8 + 8, creates, &block));
    b->before = block;
    SUNZI_TRY(
        sunzi_allocate((size_t)b->inside->count * 8 + 8, creates, &b->kept));
    for (int64_t i = 0; i < t->count; i++) {
        if (t->policy == SUNZI_POLICY_FP64)
            ((double *)b->ones.bytes)[place[i]] = 1;
        else
            ((float *)b->ones.bytes)[place[i]] = 1;
    }
done:
    return status;
}

/* Weights along the axes in FP64. Multigrid has the dimensions z, y, x. */
static sunzi_status make_multigrid(sunzi_bidomain *b)
{
    const sunzi_tissue *t = b->total;
    const sunzi_voxel_grid *g = &t->grid;
    double *weight[3] = {NULL, NULL, NULL};
    void *block = NULL;
    int place[3];
    sunzi_multigrid_problem p = {
        .layout = {g->step[2] + g->step[1] + g->step[0],
                   {g->step[2], g->step[1]}},
        .processes = {1, 1, 1}};
    sunzi_status status = SUNZI_OK;
    const size_t cells = (size_t)g->cells;
    if (t->direction_halo)
        sunzi_halo_processes(t->direction_halo, p.processes, place);
    status = sunzi_allocate(cells * 4 * sizeof(double), creates, &block);
    for (int d = 0; d < 3 && status == SUNZI_OK; d++) {
        p.nodes[d] = t->nodes[2 - d];
        p.weight[d] = weight[d] = (double *)block + (size_t)d * cells;
        for (size_t i = 0; i < cells; i++)
            weight[d][i] =
                sunzi_tissue_get(t, t->weight[2 - d].bytes, (int64_t)i);
    }
    if (status == SUNZI_OK)
        p.mass = memset((double *)block + 3 * cells, 0, cells * sizeof(double));
    status = sunzi_comm_agree(t->comm, status);
    if (status == SUNZI_OK)
        status = sunzi_multigrid_create(t->ctx, t->comm, &p, &b->multigrid);
    sunzi_release(block);
    return status;
}

/* Collective. */
static sunzi_status measure(sunzi_bidomain *b)
{
    sunzi_status status =
        sunzi_tissue_dot(b->total, SUNZI_OK, &b->ones, &b->ones, &b->nodes);
    if (status == SUNZI_OK)
        status = sunzi_tissue_dot(b->total, SUNZI_OK, &b->ones,
                                  &b->total->volume, &b->volume);
    return status;
}

sunzi_status sunzi_bidomain_create(sunzi_tissue *tissue,
                                   const sunzi_tissue_options *total,
                                   sunzi_bidomain **bidomain)
{
    void *block = NULL;
    sunzi_bidomain *b = NULL;
    sunzi_status status = SUNZI_OK;
    if (!tissue) /* on all processes: there is no communicator */
        return sunzi_tissue_is_null(creates, "tissue");
    if (!total || !bidomain)
        status = sunzi_tissue_is_null(creates, total ? "bidomain" : "total");
    else if (!(total->tolerance >= 0 && total->tolerance < 1))
        status =
            sunzi_fail(SUNZI_ERR_ARG, "%s: tolerance = %g, allowed: [0, 1)",
                       creates, total->tolerance);
    if (status == SUNZI_OK && tissue->made.balance)
        status = sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                            "%s: the tissue was made with balance = %d, "
                            "allowed: 0, bricks of equal size",
                            creates, tissue->made.balance);
    if (status == SUNZI_OK)
        status = sunzi_allocate(sizeof *b, creates, &block);
    if (status == SUNZI_OK) {
        b = block;
        *b = (sunzi_bidomain){.inside = tissue, .tolerance = total->tolerance};
    }
    SUNZI_TRY(sunzi_comm_agree(tissue->comm, status));
    if (b->tolerance == 0)
        b->tolerance = tissue->policy == SUNZI_POLICY_FP64 ? 1e-9 : 1e-5;
    SUNZI_TRY(make_total(b, total));
    status = check_nodes(b);
    if (status == SUNZI_OK)
        status = take_arrays(b);
    SUNZI_TRY(sunzi_comm_agree(tissue->comm, status));
    SUNZI_TRY(make_multigrid(b));
    SUNZI_TRY(measure(b));
    *bidomain = b;
    return SUNZI_OK;
done:
    sunzi_bidomain_destroy(&b);
    return status;
}

void sunzi_bidomain_destroy(sunzi_bidomain **bidomain)
{
    if (!bidomain || !*bidomain)
        return;
    sunzi_bidomain *b = *bidomain;
    sunzi_multigrid_destroy(&b->multigrid);
    sunzi_tissue_free_array(&b->zero);
    sunzi_tissue_free_array(&b->ones);
    sunzi_tissue_free_array(&b->question);
    sunzi_tissue_free_array(&b->answer);
    sunzi_tissue_free_array(&b->phi);
    sunzi_release(b->before);
    sunzi_release(b->kept);
    sunzi_tissue_destroy(&b->total);
    sunzi_release(b);
    *bidomain = NULL;
}

int64_t sunzi_bidomain_count(const sunzi_bidomain *b)
{
    return b ? b->total->count : 0;
}

void sunzi_bidomain_nodes(const sunzi_bidomain *b, int64_t *index)
{
    if (b)
        sunzi_tissue_nodes(b->total, index);
}

sunzi_status sunzi_bidomain_sample(const sunzi_bidomain *b,
                                   const double *values, const double point[3],
                                   double *result)
{
    return b ? sunzi_tissue_sample(b->total, values, point, result)
             : sunzi_tissue_is_null("sunzi_bidomain_sample", "bidomain");
}

/* ---- calls ---- */

static sunzi_status check(const sunzi_bidomain *b, const char *function,
                          const void *V, int64_t plane, const double *phi)
{
    const int64_t count = b->inside->count;
    if ((!V && count > 0) || (!phi && b->total->count > 0))
        return sunzi_tissue_is_null(function, phi ? "V" : "phi");
    if (b->inside->policy == SUNZI_POLICY_FP32C &&
        (plane < count || plane > INT32_MAX - count))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: plane = %lld, allowed: at least %lld, where the "
                          "low halves of V begin, and below 2^31",
                          function, (long long)plane, (long long)count);
    return SUNZI_OK;
}

sunzi_status sunzi_bidomain_solve(sunzi_bidomain *b, const void *V,
                                  int64_t plane, double *phi,
                                  sunzi_tissue_report *report)
{
    static const char function[] = "sunzi_bidomain_solve";
    sunzi_tissue_report done = {0};
    union {
        const void *in;
        void *out;
    } of_V = {.in = V}; /* is not written */
    if (!b)             /* on all processes: there is no communicator */
        return sunzi_tissue_is_null(function, "bidomain");
    const sunzi_status status = sunzi_bidomain_solve_if(
        b, check(b, function, V, plane, phi), of_V.out, plane, phi, &done);
    if (report && status >= 0)
        *report = done;
    return status;
}

sunzi_status sunzi_bidomain_check(const sunzi_bidomain *b, const char *function,
                                  double dt, const void *V, int64_t plane,
                                  const double *phi)
{
    const sunzi_tissue *in = b->inside;
    if (!(dt > 0 && isfinite(dt)))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: dt = %g, allowed: positive numbers, in ms",
                          function, dt);
    if (in->scheme == SUNZI_TISSUE_EXPLICIT && dt > in->limit)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: dt = %g ms, allowed: at most %.6g ms, the "
                          "stability limit of the explicit scheme here",
                          function, dt, in->limit);
    return check(b, function, V, plane, phi);
}

sunzi_status sunzi_bidomain_diffuse(sunzi_bidomain *b, double dt, void *V,
                                    int64_t plane, double *phi,
                                    sunzi_tissue_report *report)
{
    static const char function[] = "sunzi_bidomain_diffuse";
    sunzi_tissue_report done = {0};
    if (!b)
        return sunzi_tissue_is_null(function, "bidomain");
    const sunzi_status status = sunzi_bidomain_diffuse_if(
        b, sunzi_bidomain_check(b, function, dt, V, plane, phi), dt, V, plane,
        phi, &done);
    if (report && status >= 0)
        *report = done;
    return status;
}
