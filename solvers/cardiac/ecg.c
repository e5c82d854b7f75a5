/* SPDX-License-Identifier: BSD-3-Clause */
/* The pseudo-ECG of a tissue. With K the fluxes of a step of diffusion and G =
 * 1 / r, the integral is -sum of (K V)_i G_i m chi C (m the volume of a voxel):
 * as K is symmetric, a sum of V_i (K G)_i. */
#include <sunzi/ecg.h>
#include <math.h>
#include <string.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "engines/engine.h"
#include "precision/accumulator.h"
#include "solvers/cardiac/tissue.h"

static const double pi = 3.14159265358979323846;

struct sunzi_ecg {
    const sunzi_tissue *tissue;
    int electrodes;
    double *share; /* [electrodes][count]: of V in phi */
    sunzi_accumulator *sum;
};

static const char creates[] = "sunzi_ecg_create";

/* ---- arguments ---- */

static sunzi_status check(int electrodes, const double *points,
                          double conductivity, sunzi_ecg **ecg)
{
    if (!points || !ecg)
        return sunzi_tissue_is_null(creates, ecg ? "points" : "ecg");
    if (electrodes < 1)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: electrodes = %d, allowed: at least 1", creates,
                          electrodes);
    if (!(conductivity > 0 && isfinite(conductivity)))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: conductivity = %g, allowed: positive numbers, "
                          "in S/m",
                          creates, conductivity);
    for (int k = 0; k < 3 * electrodes; k++)
        if (!isfinite(points[k]))
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: points[%d] = %g, allowed: finite numbers, "
                              "in mm",
                              creates, k, points[k]);
    return SUNZI_OK;
}

static int64_t bits(double x)
{
    int64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

/* Collective. */
static sunzi_status same_arguments(sunzi_comm *comm, int electrodes,
                                   const double *points, double conductivity)
{
    const sunzi_named named[] = {{"electrodes", electrodes},
                                 {"conductivity", bits(conductivity)}};
    sunzi_status status = sunzi_comm_same_values(comm, creates, 2, named);
    for (int k = 0; k < electrodes && status == SUNZI_OK; k++) {
        const double *p = points + 3 * (ptrdiff_t)k;
        const sunzi_named place[] = {{"x of an electrode", bits(p[0])},
                                     {"y of an electrode", bits(p[1])},
                                     {"z of an electrode", bits(p[2])}};
        status = sunzi_comm_same_values(comm, creates, 3, place);
    }
    return status;
}

/* ---- shares ---- */

enum { SPOKES = 6 + 12 };

/* An edge of a node, as in solvers/cardiac/voxels.h: where its weight is, from
 * the node, and the way to its other end, mm. */
typedef struct spoke {
    int edge;
    int64_t from;
    double way[3];
} spoke;

typedef struct electrode {
    const sunzi_tissue *t;
    const double *point;
    const void *weight[SUNZI_EDGES];
    int spokes;
    spoke spoke[SPOKES];
} electrode;

/* Towards +-a and, along faces, +-b; the weight belongs to the lower end of an
 * axis, and of a face to its lowest corner. */
static void add_spoke(electrode *e, int edge, int a, int a_sign, int b,
                      int b_sign)
{
    const int64_t *step = e->t->grid.step;
    spoke *s = &e->spoke[e->spokes++];
    *s = (spoke){.edge = edge,
                 .from =
                     (a_sign < 0 ? -step[a] : 0) + (b_sign < 0 ? -step[b] : 0)};
    s->way[a] += a_sign * e->t->spacing[a];
    s->way[b] += b_sign * e->t->spacing[b];
}

static void find_spokes(electrode *e)
{
    static const int faces[3][2] = {{0, 1}, {0, 2}, {1, 2}};
    for (int d = 0; d < 3; d++)
        for (int sign = -1; sign <= 1; sign += 2)
            add_spoke(e, d, d, sign, d, 0);
    for (int f = 0; f < 3 && e->t->faces; f++)
        for (int corner = 0; corner < 4; corner++) {
            const int a = corner & 1 ? 1 : -1, b = corner & 2 ? 1 : -1;
            add_spoke(e, SUNZI_EDGE_FACES + 2 * f + (a != b), faces[f][0], a,
                      faces[f][1], b);
        }
}

/* From the electrode to the node at a place; its length is returned. */
static double ray(const electrode *e, int64_t at, double r[3])
{
    int64_t n[3];
    double square = 0;
    sunzi_tissue_find_node(e->t, at, n);
    for (int d = 0; d < 3; d++) {
        r[d] = (double)n[d] * e->t->spacing[d] - e->point[d];
        square += r[d] * r[d];
    }
    return sqrt(square);
}

/* G at the other end of a spoke less G at the node with the ray r: (r^2 - s^2)
 * / (r s (r + s)), of which the difference loses no digits. */
static double rise(const spoke *spoke, const double r[3], double length)
{
    double square = 0, difference = 0;
    for (int d = 0; d < 3; d++) {
        const double s = r[d] + spoke->way[d];
        square += s * s;
        difference -= spoke->way[d] * (r[d] + s);
    }
    const double other = sqrt(square);
    return difference / (length * other * (length + other));
}

/* Sum over the edges of the node at `at` with the ray r of w (G_j - G_i). */
static double flux(const electrode *e, int64_t at, const double r[3],
                   double length)
{
    double sum = 0;
    for (int k = 0; k < e->spokes; k++) {
        const spoke *s = &e->spoke[k];
        const double w =
            sunzi_tissue_get(e->t, e->weight[s->edge], at + s->from);
        if (w != 0)
            sum += w * rise(s, r, length);
    }
    return sum;
}

/* The shares of all nodes here in what electrode k sees; scale: m chi C / (4 pi
 * sigma_e). */
static sunzi_status find_shares(sunzi_ecg *ecg, int k, const double *point,
                                double scale)
{
    const sunzi_tissue *t = ecg->tissue;
    const int *place = t->place.bytes;
    double *share = ecg->share + k * t->count, r[3];
    electrode e = {.t = t, .point = point};
    double nearest = t->spacing[0];
    sunzi_status status = SUNZI_OK;
    find_spokes(&e);
    for (int d = 1; d < 3; d++)
        nearest = fmin(nearest, t->spacing[d]);
    for (int w = 0; w < SUNZI_EDGES && status == SUNZI_OK; w++)
        if (t->weight[w].memory)
            status = sunzi_memory_read(t->weight[w].memory, &e.weight[w]);
    for (int64_t i = 0; i < t->count && status == SUNZI_OK; i++) {
        const double length = ray(&e, place[i], r);
        if (length < nearest / 2)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: electrode %d, (%g, %g, %g) mm, is in the "
                              "tissue, allowed: half a spacing, %g mm, from "
                              "its nodes and more; move it out",
                              creates, k + 1, point[0], point[1], point[2],
                              nearest / 2);
        share[i] = scale * flux(&e, place[i], r, length);
    }
    return status;
}

/* ---- the handle ---- */

/* Not collective. */
static sunzi_status take(const sunzi_tissue *t, int electrodes,
                         sunzi_ecg **made)
{
    const size_t many = (size_t)electrodes;
    void *block = NULL;
    sunzi_status status = sunzi_allocate(sizeof **made, creates, &block);
    if (status < 0)
        return status;
    sunzi_ecg *ecg = *made = memset(block, 0, sizeof **made);
    ecg->tissue = t;
    ecg->electrodes = electrodes;
    status = sunzi_allocate(
        sunzi_size_product(many, (size_t)t->count, sizeof(double)), creates,
        &block);
    if (status < 0)
        return status;
    ecg->share = block;
    status = sunzi_allocate(sunzi_size_product(many, sizeof *ecg->sum, 1),
                            creates, &block);
    if (status == SUNZI_OK)
        ecg->sum = block;
    return status;
}

sunzi_status sunzi_ecg_create(const sunzi_tissue *tissue, int electrodes,
                              const double *points, double conductivity,
                              sunzi_ecg **ecg)
{
    sunzi_ecg *made = NULL;
    if (!tissue)
        return sunzi_tissue_is_null(creates, "tissue");
    const sunzi_tissue *t = tissue;
    const double scale = t->voxel_volume * t->made.surface_to_volume *
                         t->made.capacitance / (4 * pi * conductivity);
    sunzi_status status = check(electrodes, points, conductivity, ecg);
    if (status == SUNZI_OK)
        status = take(t, electrodes, &made);
    SUNZI_TRY(sunzi_comm_agree(t->comm, status));
    SUNZI_TRY(same_arguments(t->comm, electrodes, points, conductivity));
    for (int k = 0; k < electrodes && status == SUNZI_OK; k++)
        status = find_shares(made, k, points + 3 * (ptrdiff_t)k, scale);
    SUNZI_TRY(sunzi_comm_agree(t->comm, status));
    *ecg = made;
    return SUNZI_OK;
done:
    sunzi_ecg_destroy(&made);
    return status;
}

void sunzi_ecg_destroy(sunzi_ecg **ecg)
{
    if (!ecg || !*ecg)
        return;
    sunzi_release((*ecg)->share);
    sunzi_release((*ecg)->sum);
    sunzi_release(*ecg);
    *ecg = NULL;
}

/* ---- what they see ---- */

static void add_nodes(const sunzi_ecg *ecg, const double *V)
{
    const sunzi_tissue *t = ecg->tissue;
    for (int k = 0; k < ecg->electrodes; k++)
        t->ctx->engine->exact_dot(t->count, ecg->share + k * t->count, V,
                                  &ecg->sum[k]);
}

sunzi_status sunzi_ecg_measure(const sunzi_ecg *ecg, const double *V,
                               double *phi)
{
    static const char function[] = "sunzi_ecg_measure";
    if (!ecg)
        return sunzi_tissue_is_null(function, "ecg");
    const sunzi_tissue *t = ecg->tissue;
    const sunzi_status mine =
        phi && (V || t->count == 0)
            ? SUNZI_OK
            : sunzi_tissue_is_null(function, phi ? "V" : "phi");
    for (int k = 0; k < ecg->electrodes; k++)
        sunzi_accumulator_clear(&ecg->sum[k]);
    if (mine == SUNZI_OK)
        add_nodes(ecg, V);
    ecg->sum[0].failures = mine != SUNZI_OK;
    const sunzi_status joined =
        sunzi_accumulator_join(t->comm, ecg->electrodes, ecg->sum);
    if (joined < 0)
        return joined;
    if (ecg->sum[0].failures)
        return sunzi_comm_agree(t->comm, mine);
    for (int k = 0; k < ecg->electrodes; k++)
        if (ecg->sum[k].nan || ecg->sum[k].positive_infinity ||
            ecg->sum[k].negative_infinity)
            return sunzi_fail(SUNZI_ERR_NONFINITE,
                              "%s: V is not finite; allowed: finite numbers",
                              function);
    for (int k = 0; k < ecg->electrodes; k++)
        phi[k] = sunzi_accumulator_round(&ecg->sum[k]);
    return SUNZI_OK;
}
