/* SPDX-License-Identifier: BSD-3-Clause */
/* The dielectric between nodes, and where ions can be. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "solvers/poisson_boltzmann/pb.h"
#include "solvers/poisson_boltzmann/vector.h"

enum {
    HALVINGS = 12, /* of the way between two nodes, to find the surface */
    SAMPLES = 4    /* along each side of a node's volume, where ions end */
};

/* What the loops share. */
typedef struct work {
    sunzi_pb *pb;
    const pb_surface *surface;
    bool uniform;          /* one dielectric everywhere */
    unsigned char *inside; /* of all cells; NULL: smooth atoms, or uniform */
} work;

/* Point of cell (i, j, k) of the arrays: n[0] is z. */
static void point_of(const sunzi_pb *pb, const int64_t n[3], double point[3])
{
    for (int d = 0; d < 3; d++) /* cell 0 is the halo, first - 1 */
        point[d] =
            pb_coordinate(pb, d, (double)(pb->grid.first[2 - d] + n[2 - d]));
}

/* ---- the dielectric ---- */

static void find_inside(const work *w)
{
    const sunzi_elliptic *g = &w->pb->grid;
#pragma omp parallel for schedule(dynamic)                                     \
    num_threads(sunzi_threads(w->pb->ctx))
    for (int64_t i = 0; i < g->extent[0]; i++)
        for (int64_t j = 0; j < g->extent[1]; j++)
            for (int64_t k = 0; k < g->extent[2]; k++) {
                double point[3];
                point_of(w->pb, (const int64_t[3]){i, j, k}, point);
                w->inside[i * g->step[0] + j * g->step[1] + k] =
                    pb_surface_holds(w->surface, point);
            }
}

/* The part of the way from a to b that is like a, b being unlike it. */
static double part_of_way(const pb_surface *s, const double *a, const double *b,
                          bool inside_a)
{
    double low = 0, high = 1;
    for (int step = 0; step < HALVINGS; step++) {
        const double middle = 0.5 * (low + high);
        double point[3];
        for (int d = 0; d < 3; d++)
            point[d] = a[d] + middle * (b[d] - a[d]);
        if (pb_surface_holds(s, point) == inside_a)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

/* eps of the edge from a to b. */
static double dielectric(const work *w, const double *a, const double *b,
                         int64_t at, int64_t next)
{
    const sunzi_pb_options *o = &w->pb->options;
    const double in = o->solute_dielectric, out = o->solvent_dielectric;
    double middle[3];
    for (int d = 0; d < 3; d++)
        middle[d] = 0.5 * (a[d] + b[d]);
    if (w->uniform)
        return in;
    if (!w->inside)
        return in + (out - in) * pb_surface_outside(w->surface, middle);
    if (o->average == SUNZI_PB_MIDPOINT)
        return pb_surface_holds(w->surface, middle) ? in : out;
    const double here = w->inside[at] ? in : out;
    const double there = w->inside[next] ? in : out;
    if (w->inside[at] == w->inside[next])
        return here;
    const double part = part_of_way(w->surface, a, b, w->inside[at]);
    return o->average == SUNZI_PB_HARMONIC
               ? 1 / (part / here + (1 - part) / there)
               : part * here + (1 - part) * there;
}

/* Weights of the edges that begin at a cell: eps area / length. */
static void weigh(const work *w, const int64_t n[3])
{
    sunzi_pb *pb = w->pb;
    sunzi_elliptic *g = &pb->grid;
    const double *h = pb->options.spacing;
    const int64_t at = n[0] * g->step[0] + n[1] * g->step[1] + n[2];
    double a[3], b[3];
    point_of(pb, n, a);
    for (int d = 0; d < 3; d++) {
        int64_t next[3] = {n[0], n[1], n[2]};
        if (++next[d] == g->extent[d])
            continue;
        point_of(pb, next, b);
        const double ratio = h[0] * h[1] * h[2] / (h[2 - d] * h[2 - d]);
        g->exact[d][at] = ratio * dielectric(w, a, b, at, at + g->step[d]);
    }
}

static void make_weights(const work *w)
{
    const sunzi_elliptic *g = &w->pb->grid;
#pragma omp parallel for schedule(dynamic)                                     \
    num_threads(sunzi_threads(w->pb->ctx))
    for (int64_t i = 0; i < g->extent[0]; i++)
        for (int64_t j = 0; j < g->extent[1]; j++)
            for (int64_t k = 0; k < g->extent[2]; k++)
                weigh(w, (const int64_t[3]){i, j, k});
}

/* ---- ions ---- */

/* The part of a node's volume where ions can be. */
static double part_for_ions(const work *w, const double point[3])
{
    const double *h = w->pb->options.spacing;
    const double ion = w->pb->options.ion_radius;
    const double half = 0.5 * sqrt(pb_dot(h, h));
    const double distance = pb_surface_distance(w->surface, point);
    int count = 0;
    if (distance >= ion + half || w->surface->atoms == 0)
        return 1;
    if (distance <= ion - half)
        return 0;
    for (int s = 0; s < SAMPLES * SAMPLES * SAMPLES; s++) {
        const int part[3] = {s % SAMPLES, s / SAMPLES % SAMPLES,
                             s / (SAMPLES * SAMPLES)};
        double at[3];
        for (int d = 0; d < 3; d++)
            at[d] = point[d] + h[d] * ((part[d] + 0.5) / SAMPLES - 0.5);
        count += pb_surface_distance(w->surface, at) >= ion;
    }
    return (double)count / (SAMPLES * SAMPLES * SAMPLES);
}

static void make_salt(const work *w)
{
    sunzi_pb *pb = w->pb;
    const sunzi_elliptic *g = &pb->grid;
    const double *h = pb->options.spacing;
    const double full = pb->kappa2 * h[0] * h[1] * h[2];
#pragma omp parallel for schedule(dynamic) num_threads(sunzi_threads(pb->ctx))
    for (int64_t i = 0; i < g->count[0]; i++)
        for (int64_t j = 0; j < g->count[1]; j++)
            for (int64_t k = 0; k < g->count[2]; k++) {
                double point[3];
                point_of(pb, (const int64_t[3]){i + 1, j + 1, k + 1}, point);
                pb->salt[sunzi_elliptic_at(g, i, j, k)] =
                    full * part_for_ions(w, point);
            }
}

/* ---- both ---- */

sunzi_status pb_make_coefficients(sunzi_pb *pb, const pb_surface *surface)
{
    const sunzi_pb_options *o = &pb->options;
    work w = {.pb = pb,
              .surface = surface,
              .uniform = o->solute_dielectric == o->solvent_dielectric};
    const size_t cells = (size_t)pb->grid.cells;
    void *block = NULL;
    sunzi_status status = SUNZI_OK;
    if (pb->grid.count[0] == 0)
        return SUNZI_OK;
    if (o->surface != SUNZI_PB_SPLINE && !w.uniform) {
        SUNZI_TRY(sunzi_allocate(cells, "a molecule on a grid", &block));
        w.inside = block;
        find_inside(&w);
    }
    make_weights(&w);
    if (pb->salt)
        make_salt(&w);
done:
    sunzi_release(block);
    return status;
}
