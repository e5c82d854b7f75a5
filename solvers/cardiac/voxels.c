/* SPDX-License-Identifier: BSD-3-Clause */
/* The energy of a voxel is the sum over its corners c of (1 / corners) g .
 * sigma g / 2, g_a = s_a (V[c + s_a a] - V[c]) / h_a with the signs s_a of the
 * edges of the voxel that meet in c. Its squares are edges along the axes. A
 * mixed product is made of edges too, by 2 (A - C)(B - C) = (A - C)^2 + (B -
 * C)^2 - (A - B)^2; in the sum over the corners the axes cancel, and what is
 * left are the diagonals of the faces: 2 sigma_ab / (h_a h_b corners) on that
 * from the lowest to the highest corner, minus it on the other. */
#include "solvers/cardiac/voxels.h"

#include <math.h>
#include <string.h>

#include "core/communicator.h"
#include "core/memory.h"

static const char creates[] = "sunzi_tissue_create";

/* The two directions of a face and where its conductivity is in sigma[6]. */
static const struct {
    int a, b, sigma;
} faces[3] = {{0, 1, 3}, {0, 2, 4}, {1, 2, 5}};

typedef struct builder {
    const sunzi_tissue_options *options;
    sunzi_voxel_grid *grid;
    double scale[3]; /* 1 / spacing */
    double corners;  /* of a voxel */
    double unit;     /* 1 / (chi C) */
    /* voxels first - 1 .. first + count, x fastest: is there tissue? */
    int64_t ring[3];
    unsigned char *tissue;
} builder;

/* ---- one voxel ---- */

static bool is_flat(const builder *b, int d)
{
    return b->options->voxels[d] == 0;
}

/* Cholesky's steps in the directions that the tissue has. */
static bool is_positive(const builder *b, const double s[6])
{
    double a[3][3] = {
        {s[0], s[3], s[4]}, {s[3], s[1], s[5]}, {s[4], s[5], s[2]}};
    for (int k = 0; k < 3; k++) {
        if (is_flat(b, k))
            continue;
        if (!(a[k][k] > 0))
            return false;
        for (int i = k + 1; i < 3; i++)
            for (int j = k + 1; j < 3 && !is_flat(b, i); j++)
                a[i][j] -= a[i][k] / a[k][k] * a[k][j];
    }
    return true;
}

static sunzi_status check_sigma(const builder *b, const int64_t v[3],
                                const double s[6])
{
    bool finite = true;
    for (int i = 0; i < 6; i++)
        finite = finite && isfinite(s[i]);
    if (finite && is_positive(b, s))
        return SUNZI_OK;
    return sunzi_fail(
        finite ? SUNZI_ERR_NOT_POSITIVE_DEFINITE : SUNZI_ERR_NONFINITE,
        "%s: conductivities of voxel (%lld, %lld, %lld): xx %g, yy %g, zz %g, "
        "xy %g, xz %g, yz %g S/m, allowed: a positive definite tensor",
        creates, (long long)v[0], (long long)v[1], (long long)v[2], s[0], s[1],
        s[2], s[3], s[4], s[5]);
}

static bool is_inside(const builder *b, const int64_t v[3])
{
    for (int d = 0; d < 3; d++) {
        const int64_t voxels = is_flat(b, d) ? 1 : b->options->voxels[d];
        if (v[d] < 0 || v[d] >= voxels)
            return false;
    }
    return true;
}

/* 1: tissue, 0: none; a status. */
static int ask(const builder *b, const int64_t v[3], double sigma[6])
{
    memset(sigma, 0, 6 * sizeof *sigma);
    if (!is_inside(b, v))
        return 0;
    const int said = b->options->voxel(b->options->user, v, sigma);
    if (said == 0)
        return 0;
    if (said < 0)
        return said;
    const sunzi_status status = check_sigma(b, v, sigma);
    return status < 0 ? status : 1;
}

static double *new_array(const sunzi_voxel_grid *g)
{
    void *block;
    const size_t bytes = sunzi_size_product((size_t)g->cells, 8, 1);
    if (sunzi_allocate(bytes, creates, &block) < 0)
        return NULL;
    return memset(block, 0, bytes);
}

/* The weights of face diagonals are there from the first voxel that needs them
 * on. */
static sunzi_status need_faces(sunzi_voxel_grid *g)
{
    for (int e = SUNZI_EDGE_FACES; e < SUNZI_EDGES; e++) {
        if (g->weight[e])
            continue;
        g->weight[e] = new_array(g);
        if (!g->weight[e])
            return SUNZI_ERR_NOMEM;
    }
    return SUNZI_OK;
}

/* Corners of a voxel are the node of its number and those one further in the
 * directions that the tissue has: bit d of `corner`. */
static bool has_corner(const builder *b, int corner)
{
    for (int d = 0; d < 3; d++)
        if ((corner >> d & 1) && is_flat(b, d))
            return false;
    return true;
}

static int64_t place_of(const sunzi_voxel_grid *g, const int64_t v[3],
                        int corner)
{
    int64_t at = 0;
    for (int d = 0; d < 3; d++)
        at += (v[d] + (corner >> d & 1) - g->first[d] + 1) * g->step[d];
    return at;
}

static void add_axes(const builder *b, const int64_t v[3],
                     const double sigma[6])
{
    sunzi_voxel_grid *g = b->grid;
    for (int corner = 0; corner < 8; corner++) {
        if (!has_corner(b, corner))
            continue;
        const int64_t at = place_of(g, v, corner);
        g->mass[at] += 1 / b->corners;
        for (int d = 0; d < 3; d++)
            if (!(corner >> d & 1) && !is_flat(b, d))
                g->weight[d][at] += 2 / b->corners * b->unit * sigma[d] *
                                    b->scale[d] * b->scale[d];
    }
}

static void add_faces(const builder *b, const int64_t v[3],
                      const double sigma[6])
{
    sunzi_voxel_grid *g = b->grid;
    for (int f = 0; f < 3; f++) {
        const int a = faces[f].a, c = faces[f].b, other = 3 - a - c;
        const double mixed = sigma[faces[f].sigma];
        if (mixed == 0 || is_flat(b, a) || is_flat(b, c))
            continue;
        const double w =
            2 / b->corners * b->unit * mixed * b->scale[a] * b->scale[c];
        for (int layer = 0; layer < 2; layer++) {
            if (layer && is_flat(b, other))
                continue;
            const int64_t at = place_of(g, v, layer << other);
            g->weight[SUNZI_EDGE_FACES + 2 * f][at] += w;
            g->weight[SUNZI_EDGE_FACES + 2 * f + 1][at] -= w;
        }
    }
}

/* ---- all voxels ---- */

static int64_t ring_place(const builder *b, const int64_t v[3])
{
    const int64_t *first = b->grid->first;
    return v[0] - first[0] + 1 +
           b->ring[0] *
               (v[1] - first[1] + 1 + b->ring[1] * (v[2] - first[2] + 1));
}

static sunzi_status take_voxel(builder *b, const int64_t v[3])
{
    const sunzi_voxel_grid *g = b->grid;
    double sigma[6];
    sunzi_status status = SUNZI_OK;
    const int said = ask(b, v, sigma);
    if (said < 0)
        return (sunzi_status)said;
    b->tissue[ring_place(b, v)] = (unsigned char)said;
    bool adds = said == 1; /* to a node of the process, or an edge of one */
    for (int d = 0; d < 3; d++)
        adds = adds && v[d] < g->first[d] + g->count[d];
    if (!adds)
        return SUNZI_OK;
    if (sigma[3] != 0 || sigma[4] != 0 || sigma[5] != 0)
        status = need_faces(b->grid);
    if (status < 0)
        return status;
    add_axes(b, v, sigma);
    add_faces(b, v, sigma);
    return SUNZI_OK;
}

static sunzi_status take_voxels(builder *b)
{
    const int64_t *f = b->grid->first;
    const int64_t *r = b->ring;
    sunzi_status status = SUNZI_OK;
    int64_t v[3];
    for (v[2] = f[2] - 1; v[2] < f[2] - 1 + r[2]; v[2]++)
        for (v[1] = f[1] - 1; v[1] < f[1] - 1 + r[1]; v[1]++)
            for (v[0] = f[0] - 1; v[0] < f[0] - 1 + r[0]; v[0]++) {
                status = take_voxel(b, v);
                if (status < 0)
                    return status;
            }
    return status;
}

static bool is_alone(const builder *b, const int64_t v[3])
{
    for (int d = 0; d < 3; d++)
        for (int side = -1; side <= 1; side += 2) {
            int64_t next[3] = {v[0], v[1], v[2]};
            next[d] += side;
            if (b->tissue[ring_place(b, next)])
                return false;
        }
    return true;
}

/* found[0]: voxels of this process with tissue; [1]: alone; [2]: minus the
 * number of the first of these. */
static void count_voxels(const builder *b, int64_t found[3])
{
    const sunzi_voxel_grid *g = b->grid;
    const int64_t *all = b->options->voxels;
    int64_t v[3];
    found[0] = found[1] = 0;
    found[2] = INT64_MIN;
    for (v[2] = g->first[2]; v[2] < g->first[2] + g->count[2]; v[2]++)
        for (v[1] = g->first[1]; v[1] < g->first[1] + g->count[1]; v[1]++)
            for (v[0] = g->first[0]; v[0] < g->first[0] + g->count[0]; v[0]++) {
                if (!b->tissue[ring_place(b, v)])
                    continue;
                found[0]++;
                if (!is_alone(b, v))
                    continue;
                const int64_t nx = all[0] ? all[0] : 1,
                              ny = all[1] ? all[1] : 1;
                const int64_t number = -(v[0] + nx * (v[1] + ny * v[2]));
                found[1]++;
                found[2] = number > found[2] ? number : found[2];
            }
}

/* Collective. */
static sunzi_status check_image(const builder *b, sunzi_comm *comm)
{
    const int64_t *all = b->options->voxels;
    int64_t found[3];
    sunzi_status status;
    count_voxels(b, found);
    SUNZI_TRY(sunzi_comm_reduce(comm, SUNZI_REDUCE_SUM, found, 2));
    SUNZI_TRY(sunzi_comm_reduce(comm, SUNZI_REDUCE_MAX, &found[2], 1));
    if (found[0] == 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: none of the %lld x %lld x %lld voxels has "
                          "tissue, allowed: at least one",
                          creates, (long long)all[0], (long long)all[1],
                          (long long)all[2]);
    if (found[1] > 0 && found[0] > 1) {
        const int64_t nx = all[0] ? all[0] : 1, ny = all[1] ? all[1] : 1;
        const int64_t n = -found[2];
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %lld voxels have no neighbour with tissue "
                          "across a face, the first one is (%lld, %lld, %lld); "
                          "close the gaps of the image, or clear them",
                          creates, (long long)found[1], (long long)(n % nx),
                          (long long)(n / nx % ny), (long long)(n / nx / ny));
    }
done:
    return status;
}

/* Weights of faces are there on all processes or on none. Collective. */
static sunzi_status agree_on_faces(sunzi_comm *comm, sunzi_voxel_grid *g)
{
    int64_t some = g->weight[SUNZI_EDGE_FACES] != NULL;
    sunzi_status status = sunzi_comm_reduce(comm, SUNZI_REDUCE_MAX, &some, 1);
    if (status == SUNZI_OK && some)
        status = need_faces(g);
    return sunzi_comm_agree(comm, status);
}

static sunzi_status begin(builder *b)
{
    sunzi_voxel_grid *g = b->grid;
    void *block;
    sunzi_status status;
    b->corners = 1;
    g->cells = 1;
    for (int d = 0; d < 3; d++) {
        b->scale[d] = 1 / b->options->spacing[d];
        b->corners *= is_flat(b, d) ? 1 : 2;
        b->ring[d] = g->count[d] + 2;
        g->extent[d] = g->count[d] + 2;
        g->step[d] = g->cells;
        g->cells *= g->extent[d];
    }
    b->unit = 1 / (b->options->surface_to_volume * b->options->capacitance);
    SUNZI_TRY(sunzi_allocate((size_t)g->cells, creates, &block));
    b->tissue = block;
    g->mass = new_array(g);
    for (int e = 0; e < SUNZI_EDGE_FACES; e++)
        g->weight[e] = new_array(g);
    if (!g->mass || !g->weight[0] || !g->weight[1] || !g->weight[2])
        status = SUNZI_ERR_NOMEM;
done:
    return status;
}

sunzi_status sunzi_voxels_gather(sunzi_comm *comm,
                                 const sunzi_tissue_options *options,
                                 sunzi_voxel_grid *grid)
{
    builder b = {.options = options, .grid = grid};
    sunzi_status status = begin(&b);
    if (status == SUNZI_OK && grid->count[0] > 0)
        status = take_voxels(&b);
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    SUNZI_TRY(check_image(&b, comm));
    SUNZI_TRY(agree_on_faces(comm, grid));
done:
    sunzi_release(b.tissue);
    return status;
}

void sunzi_voxels_free(sunzi_voxel_grid *g)
{
    sunzi_release(g->mass);
    for (int e = 0; e < SUNZI_EDGES; e++)
        sunzi_release(g->weight[e]);
}

double sunzi_voxels_sum(const sunzi_voxel_grid *g, int64_t at, bool magnitudes)
{
    double sum = 0;
    for (int d = 0; d < 3; d++) {
        const double *w = g->weight[d];
        sum += w[at] + w[at - g->step[d]];
    }
    for (int f = 0; f < 3 && g->weight[SUNZI_EDGE_FACES]; f++) {
        const int64_t a = g->step[faces[f].a], b = g->step[faces[f].b];
        const double *p = g->weight[SUNZI_EDGE_FACES + 2 * f];
        const double *m = g->weight[SUNZI_EDGE_FACES + 2 * f + 1];
        const double w[] = {p[at], p[at - a - b], m[at - a], m[at - b]};
        for (int i = 0; i < 4; i++)
            sum += magnitudes ? fabs(w[i]) : w[i];
    }
    return sum;
}
