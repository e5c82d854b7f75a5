/* SPDX-License-Identifier: BSD-3-Clause */
/* phi on the surface of the box: a model, or between the nodes of a coarser
 * grid; and phi at points. */
#include <math.h>
#include <string.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "solvers/poisson_boltzmann/pb.h"
#include "solvers/poisson_boltzmann/vector.h"

/* ---- nodes of the surface that the halo of the process holds ---- */

typedef void visitor(void *user, sunzi_pb *pb, int64_t at,
                     const double point[3]);

static void each_boundary_node(sunzi_pb *pb, visitor *visit, void *user)
{
    const sunzi_elliptic *g = &pb->grid;
#pragma omp parallel for schedule(dynamic) num_threads(sunzi_threads(pb->ctx))
    for (int64_t i = 0; i < g->extent[0]; i++)
        for (int64_t j = 0; j < g->extent[1]; j++)
            for (int64_t k = 0; k < g->extent[2]; k++) {
                const int64_t n[3] = {i, j, k};
                bool is = false;
                double point[3];
                for (int d = 0; d < 3; d++) {
                    const int64_t node = g->first[d] + n[d];
                    is = is || node == 0 || node == g->nodes[d] + 1;
                    point[2 - d] = pb_coordinate(pb, 2 - d, (double)node);
                }
                if (is)
                    visit(user, pb, i * g->step[0] + j * g->step[1] + k, point);
            }
}

/* ---- models ---- */

typedef struct spheres {
    double kappa, length; /* 1/Angstrom; l / eps */
    double ion;           /* further out, ions can be */
    sunzi_pb_atom all;    /* one sphere around all atoms */
} spheres;

/* l z / (eps r) e^(-kappa (r - a)) / (1 + kappa a). */
static double debye_hueckel(const spheres *s, const sunzi_pb_atom *atom,
                            const double *point)
{
    const double r = fmax(pb_distance(point, atom->position), 1e-3);
    const double a = fmin(atom->radius + s->ion, r);
    return s->length * atom->charge / r * exp(-s->kappa * (r - a)) /
           (1 + s->kappa * a);
}

static sunzi_pb_atom sphere_around(const sunzi_pb *pb)
{
    sunzi_pb_atom all = {.charge = 0};
    for (int64_t i = 0; i < pb->atoms; i++) {
        all.charge += pb->atom[i].charge;
        for (int d = 0; d < 3; d++)
            all.position[d] += pb->atom[i].position[d] / (double)pb->atoms;
    }
    for (int64_t i = 0; i < pb->atoms; i++)
        all.radius =
            fmax(all.radius, pb_distance(all.position, pb->atom[i].position) +
                                 pb->atom[i].radius);
    return all;
}

static void set_node(void *user, sunzi_pb *pb, int64_t at,
                     const double point[3])
{
    const spheres *s = user;
    double phi = 0;
    if (pb->options.boundary == SUNZI_PB_SPHERE)
        phi = debye_hueckel(s, &s->all, point);
    for (int64_t i = 0; i < pb->atoms && pb->options.boundary == SUNZI_PB_ATOMS;
         i++)
        if (pb->atom[i].charge != 0)
            phi += debye_hueckel(s, &pb->atom[i], point);
    pb->phi[at] = phi;
}

void pb_set_boundary(sunzi_pb *pb)
{
    const double eps = pb->options.solvent_dielectric;
    spheres s = {.kappa = sqrt(pb->kappa2 / eps),
                 .length = pb->coupling / (4 * 3.14159265358979323846) / eps,
                 .ion = pb->options.ion_radius,
                 .all = sphere_around(pb)};
    each_boundary_node(pb, set_node, &s);
}

/* ---- values between nodes ---- */

/* Is the point here, with the nodes around it? */
static bool find(const sunzi_pb *pb, const double *point, int64_t *at,
                 double *part)
{
    const sunzi_elliptic *g = &pb->grid;
    *at = 0;
    for (int d = 0; d < 3; d++) {
        const int axis = 2 - d;
        const double x =
            (point[axis] - pb->low[axis]) / pb->options.spacing[axis];
        const double last = (double)g->nodes[d]; /* below the last one */
        if (!(x >= -1e-9 && x <= last + 1 + 1e-9))
            return false;
        const double lower = fmin(fmax(floor(x), 0), last);
        /* whose it is: that of the node, of the first one below it */
        const int64_t owned = (int64_t)fmax(lower, 1) - 1 - g->first[d];
        if (owned < 0 || owned >= g->count[d])
            return false;
        part[d] = x - lower;
        *at += ((int64_t)lower - g->first[d]) * g->step[d];
    }
    return true;
}

static double between(const sunzi_pb *pb, int64_t at, const double *part)
{
    const int64_t *step = pb->grid.step;
    double sum = 0;
    for (int c = 0; c < 8; c++) {
        double w = 1;
        int64_t to = at;
        for (int d = 0; d < 3; d++) {
            const bool upper = c >> d & 1;
            w *= upper ? part[d] : 1 - part[d];
            to += upper ? step[d] : 0;
        }
        sum += w * pb->phi[to];
    }
    return sum;
}

static bool is_in_box(const sunzi_pb *pb, const double *point)
{
    for (int d = 0; d < 3; d++) {
        const double slack = 1e-9 * pb->options.spacing[d];
        const double high =
            pb_coordinate(pb, d, (double)(pb->options.nodes[d] - 1));
        if (!(point[d] >= pb->low[d] - slack && point[d] <= high + slack))
            return false;
    }
    return true;
}

/* Collective. Each point is at one process, which gives its bits. */
static sunzi_status sample(sunzi_pb *pb, sunzi_status mine, int64_t points,
                           const double *point, int64_t *bits)
{
    enum { PIECE = 1 << 20 };
    sunzi_status status;
    for (int64_t i = 0; i < points && mine == SUNZI_OK; i++) {
        int64_t at;
        double part[3], phi;
        bits[i] = 0;
        if (!find(pb, point + 3 * i, &at, part))
            continue;
        phi = between(pb, at, part);
        memcpy(&bits[i], &phi, sizeof phi);
    }
    SUNZI_TRY(sunzi_comm_agree(pb->comm, mine));
    for (int64_t i = 0; i < points; i += PIECE)
        SUNZI_TRY(
            sunzi_comm_reduce(pb->comm, SUNZI_REDUCE_SUM, bits + i,
                              (int)(points - i < PIECE ? points - i : PIECE)));
done:
    return status;
}

sunzi_status sunzi_pb_sample(sunzi_pb *pb, int64_t points, const double *point,
                             double *phi)
{
    void *bits = NULL;
    sunzi_status status = SUNZI_OK;
    if (!pb || points < 0 || (points > 0 && (!point || !phi)))
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "sunzi_pb_sample: an argument is NULL or there are "
                            "%lld points; pass pb, points and room for phi",
                            (long long)points);
    if (status == SUNZI_OK && !pb->solved)
        status = sunzi_fail(SUNZI_ERR_ARG, "sunzi_pb_sample: nothing is "
                                           "solved; call sunzi_pb_solve first");
    if (status < 0)
        return sunzi_comm_agree(pb ? pb->comm : NULL, status);
    status = sunzi_allocate((size_t)points * sizeof(int64_t), "sunzi_pb_sample",
                            &bits);
    SUNZI_TRY(sample(pb, status, points, point, bits));
    for (int64_t i = 0; i < points; i++) {
        if (is_in_box(pb, point + 3 * i))
            memcpy(&phi[i], (int64_t *)bits + i, sizeof *phi);
        else
            phi[i] = NAN;
    }
done:
    sunzi_release(bits);
    return status;
}

/* ---- focusing ---- */

static int64_t count_surface(const sunzi_pb *pb)
{
    const int64_t *n = pb->options.nodes;
    return n[0] * n[1] * n[2] - (n[0] - 2) * (n[1] - 2) * (n[2] - 2);
}

/* Numbers of the nodes of the box's surface, -1 within it: planes at the ends
 * of z, then rings. */
static int64_t number_of(const sunzi_pb *pb, const int64_t n[3])
{
    const int64_t *m = pb->options.nodes;
    const int64_t plane = m[0] * m[1], ring = 2 * m[0] + 2 * (m[1] - 2);
    if (n[2] == 0)
        return n[0] + m[0] * n[1];
    if (n[2] == m[2] - 1)
        return plane + n[0] + m[0] * n[1];
    const int64_t before = 2 * plane + (n[2] - 1) * ring;
    if (n[1] == 0)
        return before + n[0];
    if (n[1] == m[1] - 1)
        return before + m[0] + n[0];
    if (n[0] == 0 || n[0] == m[0] - 1)
        return before + 2 * m[0] + 2 * (n[1] - 1) + (n[0] != 0);
    return -1;
}

/* The points of the whole surface, the same on all processes. */
static void list_surface(const sunzi_pb *pb, double *point)
{
    const int64_t *m = pb->options.nodes;
    for (int64_t k = 0; k < m[2]; k++)
        for (int64_t j = 0; j < m[1]; j++) {
            const bool all = k == 0 || k == m[2] - 1 || j == 0 || j == m[1] - 1;
            for (int64_t i = 0; i < m[0]; i += all ? 1 : m[0] - 1) {
                const int64_t n[3] = {i, j, k};
                double *to = point + 3 * number_of(pb, n);
                for (int d = 0; d < 3; d++)
                    to[d] = pb_coordinate(pb, d, (double)n[d]);
            }
        }
}

static void take_node(void *user, sunzi_pb *pb, int64_t at,
                      const double point[3])
{
    const double *phi = user;
    int64_t n[3];
    for (int d = 0; d < 3; d++)
        n[d] =
            (int64_t)llrint((point[d] - pb->low[d]) / pb->options.spacing[d]);
    pb->phi[at] = phi[number_of(pb, n)];
}

static sunzi_status check_coarser(const sunzi_pb *pb, const sunzi_pb *coarser)
{
    double high[3];
    for (int d = 0; d < 3; d++)
        high[d] = pb_coordinate(pb, d, (double)(pb->options.nodes[d] - 1));
    if (!coarser->solved)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_pb_solve: the coarser grid is not solved; "
                          "call sunzi_pb_solve for it first");
    if (!is_in_box(coarser, pb->low) || !is_in_box(coarser, high))
        return sunzi_fail(
            SUNZI_ERR_ARG,
            "sunzi_pb_solve: the box from %g, %g, %g to %g, %g, %g Angstrom is "
            "not within that of the coarser grid; make that larger",
            pb->low[0], pb->low[1], pb->low[2], high[0], high[1], high[2]);
    return SUNZI_OK;
}

sunzi_status pb_take_boundary(sunzi_pb *pb, sunzi_pb *coarser)
{
    const int64_t points = count_surface(pb);
    void *block = NULL;
    sunzi_status status = check_coarser(pb, coarser);
    if (status == SUNZI_OK)
        status = sunzi_allocate((size_t)points * 4 * sizeof(double),
                                "the surface of a grid", &block);
    SUNZI_TRY(sunzi_comm_agree(pb->comm, status));
    double *point = block, *phi = point + 3 * points;
    list_surface(pb, point);
    SUNZI_TRY(sunzi_pb_sample(coarser, points, point, phi));
    each_boundary_node(pb, take_node, phi);
done:
    sunzi_release(block);
    return status;
}
