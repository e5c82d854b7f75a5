/* SPDX-License-Identifier: BSD-3-Clause */
/* Making the levels of a multigrid, in FP64. */
#include <math.h>
#include <string.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "engines/engine.h"
#include "precision/accumulator.h"
#include "solvers/grid/multigrid_level.h"

/* Levels of at most so many nodes are computed by all processes. */
enum { WHOLE_NODES = 4096 };

/* An axis is halved if its edges sum to at least this part of the strongest
 * axis's. */
static const double STRONG = 0.25;

/* ---- memory ---- */

static void free_exact(multigrid_level *l)
{
    for (int e = 0; e < 4; e++) {
        sunzi_release(l->exact[e]);
        l->exact[e] = NULL;
    }
}

static void free_level(multigrid_level *l)
{
    free_exact(l);
    sunzi_border_destroy(&l->border);
    sunzi_halo_destroy(&l->halo);
    for (int a = 0; a < MULTIGRID_ARRAYS; a++) {
        sunzi_memory_destroy(&l->memory[a]);
        sunzi_release(l->bytes[a]);
    }
}

void sunzi_multigrid_destroy(sunzi_multigrid **multigrid)
{
    sunzi_multigrid *m = multigrid ? *multigrid : NULL;
    if (!m)
        return;
    for (int l = 0; l < m->levels; l++)
        free_level(&m->level[l]);
    sunzi_release(m->bits);
    sunzi_release(m);
    *multigrid = NULL;
}

static sunzi_status take(size_t bytes, void **block)
{
    const sunzi_status status =
        sunzi_allocate(bytes, "a level of a multigrid", block);
    if (status == SUNZI_OK)
        memset(*block, 0, bytes);
    return status;
}

static sunzi_status take_arrays(sunzi_context *ctx, multigrid_level *l)
{
    const size_t cells = (size_t)l->cells;
    void *block = NULL;
    sunzi_status status = SUNZI_OK;
    for (int a = 0; a < MULTIGRID_ARRAYS && cells; a++) {
        SUNZI_TRY(take(cells * sizeof(float), &block));
        l->bytes[a] = block;
        SUNZI_TRY(sunzi_memory_wrap(ctx, block, cells * sizeof(float),
                                    "a level of a multigrid", &l->memory[a]));
    }
    for (int e = 0; e < 4 && cells; e++) {
        SUNZI_TRY(take(cells * sizeof(double), &block));
        l->exact[e] = block;
    }
done:
    return status;
}

/* ---- where a level lies ---- */

static sunzi_halo_shape shape_of(const int64_t *nodes, const int *processes)
{
    sunzi_halo_shape shape;
    sunzi_halo_shape_init(&shape, 3);
    for (int d = 0; d < 3; d++) {
        shape.cells[d] = nodes[d];
        shape.processes[d] = processes[d];
        shape.lower[d] = MULTIGRID_HALO;
        shape.upper[d] = MULTIGRID_HALO;
    }
    shape.reach = SUNZI_HALO_CORNERS;
    return shape;
}

static bool is_alone(const sunzi_comm *comm)
{
    return !comm || comm->size == 1;
}

/* Where the arrays of a level with a halo lie, and the arrays. */
static sunzi_status lay_out(sunzi_multigrid *m, multigrid_level *l)
{
    sunzi_halo_local(l->halo, l->first, l->count);
    l->cells = sunzi_halo_storage(l->halo, l->extent);
    l->step[2] = 1;
    l->step[1] = l->extent[2];
    l->step[0] = l->extent[2] * l->extent[1];
    if (l->cells <= INT32_MAX)
        return take_arrays(m->ctx, l);
    l->cells = 0;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "multigrid: %lld nodes on a process, allowed are 2^31; "
                      "use more processes",
                      (long long)(l->extent[0] * l->step[0]));
}

/* Collective in m->comm. A level of these nodes; whole: all of it here. */
static sunzi_status place_level(sunzi_multigrid *m, const int64_t *nodes,
                                bool whole, multigrid_level *l)
{
    static const int one[3] = {1, 1, 1};
    sunzi_field field;
    sunzi_halo_shape shape = shape_of(nodes, m->processes);
    sunzi_status status;
    sunzi_field_init(&field);
    field.element = SUNZI_ELEMENT_FP32;
    memcpy(l->nodes, nodes, sizeof l->nodes);
    SUNZI_TRY(sunzi_halo_create(m->comm, &shape, 1, &field, &l->halo));
    l->comm = whole ? NULL : m->comm;
    if (whole) { /* the others are not asked */
        sunzi_halo_local(l->halo, l->part_first, l->part_count);
        sunzi_halo_destroy(&l->halo);
        shape = shape_of(nodes, one);
        status = sunzi_halo_create(NULL, &shape, 1, &field, &l->halo);
    }
    if (status == SUNZI_OK)
        status = lay_out(m, l);
    status = sunzi_comm_agree(m->comm, status);
done:
    return status;
}

/* Collective. Slots of the cycle's arrays. */
static sunzi_status bind(const sunzi_multigrid *m, multigrid_level *l)
{
    sunzi_status status = SUNZI_OK;
    if (is_alone(l->comm)) {
        sunzi_halo_destroy(&l->halo);
        return SUNZI_OK;
    }
    for (int a = MULTIGRID_SHARE; a < MULTIGRID_D; a++)
        SUNZI_TRY(sunzi_halo_bind(l->halo, a - MULTIGRID_SHARE,
                                  (void *const *)&l->bytes[a]));
    if (m->ctx->device && l->cells)
        status = sunzi_border_create(m->ctx, l->halo, 1, l->cells,
                                     sizeof(float), &l->border);
    status = sunzi_comm_agree(l->comm, status);
done:
    return status;
}

/* Collective. The halo of mass and weights. */
static sunzi_status exchange_exact(const sunzi_multigrid *m, multigrid_level *l)
{
    const sunzi_halo_shape shape = shape_of(l->nodes, m->processes);
    sunzi_field fields[4];
    sunzi_halo *halo = NULL;
    sunzi_status status = SUNZI_OK;
    if (is_alone(l->comm))
        return SUNZI_OK;
    for (int e = 0; e < 4; e++)
        sunzi_field_init(&fields[e]);
    SUNZI_TRY(sunzi_halo_create(l->comm, &shape, 4, fields, &halo));
    SUNZI_TRY(sunzi_halo_bind(halo, 0, (void *const *)l->exact));
    SUNZI_TRY(sunzi_halo_exchange(halo, 0));
done:
    sunzi_halo_destroy(&halo);
    return status;
}

/* ---- levels that all processes have whole ---- */

/* The numbers of all nodes to the bits, or the bits back to them. */
static void move_bits(const multigrid_level *l, void *array, bool single,
                      bool back, int64_t *bits)
{
    const size_t bytes = single ? sizeof(float) : sizeof(double);
    for (int64_t i = 0; i < l->nodes[0]; i++)
        for (int64_t j = 0; j < l->nodes[1]; j++)
            for (int64_t k = 0; k < l->nodes[2]; k++, bits++) {
                const size_t at = (size_t)multigrid_at(l, i, j, k);
                char *number = (char *)array + at * bytes;
                if (back) {
                    memcpy(number, bits, bytes);
                } else {
                    *bits = 0;
                    memcpy(bits, number, bytes);
                }
            }
}

static sunzi_status join(sunzi_multigrid *m, void *array, bool single)
{
    const multigrid_level *l = &m->level[m->joined];
    const int64_t nodes = l->nodes[0] * l->nodes[1] * l->nodes[2];
    sunzi_status status;
    move_bits(l, array, single, false, m->bits);
    SUNZI_TRY(
        sunzi_comm_reduce(m->comm, SUNZI_REDUCE_SUM, m->bits, (int)nodes));
    move_bits(l, array, single, true, m->bits);
done:
    return status;
}

sunzi_status sunzi_multigrid_join(sunzi_multigrid *m, float *array)
{
    return join(m, array, true);
}

/* ---- the finest level ---- */

static sunzi_status check_number(const char *what, double x)
{
    if (x >= 0 && x <= 1e30)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "multigrid: a %s is %g, allowed are numbers from 0 to "
                      "1e30",
                      what, x);
}

static sunzi_status copy_problem(const sunzi_multigrid_problem *p,
                                 multigrid_level *l)
{
    const int64_t *n = l->count;
    sunzi_status status = SUNZI_OK;
    for (int64_t i = 0; i < n[0]; i++)
        for (int64_t j = 0; j < n[1]; j++)
            for (int64_t k = 0; k < n[2]; k++) {
                const int64_t to = multigrid_at(l, i, j, k);
                const int64_t from = p->layout.origin + i * p->layout.step[0] +
                                     j * p->layout.step[1] + k;
                const int64_t at[3] = {i, j, k};
                SUNZI_TRY(check_number("mass", p->mass[from]));
                l->exact[0][to] = p->mass[from];
                for (int d = 0; d < 3; d++) {
                    if (l->first[d] + at[d] == l->nodes[d] - 1)
                        continue; /* no edge leaves the grid */
                    SUNZI_TRY(check_number("weight", p->weight[d][from]));
                    l->exact[1 + d][to] = p->weight[d][from];
                }
            }
done:
    return status;
}

/* ---- the next level ---- */

/* Collective. Exact sums of the weights along each axis. */
static sunzi_status sum_axes(const sunzi_multigrid *m, const multigrid_level *l,
                             double *sums)
{
    sunzi_accumulator axis[3];
    sunzi_status status;
    for (int d = 0; d < 3; d++) {
        sunzi_accumulator_clear(&axis[d]);
        for (int64_t i = 0; i < l->count[0]; i++)
            for (int64_t j = 0; j < l->count[1]; j++)
                m->ctx->engine->exact_sum(
                    l->count[2], l->exact[1 + d] + multigrid_at(l, i, j, 0),
                    &axis[d]);
    }
    SUNZI_TRY(sunzi_accumulator_join(l->comm, 3, axis));
    for (int d = 0; d < 3; d++)
        sums[d] = sunzi_accumulator_round(&axis[d]);
done:
    return status;
}

/* false: the level has one node. */
static bool choose_axes(multigrid_level *l, const double *sums, int64_t *nodes)
{
    double most = 0;
    bool any = false;
    for (int d = 0; d < 3; d++)
        if (l->nodes[d] > 1 && sums[d] > most)
            most = sums[d];
    for (int d = 0; d < 3; d++) {
        l->halved[d] = l->nodes[d] > 1 && sums[d] >= STRONG * most;
        nodes[d] = l->halved[d] ? (l->nodes[d] + 1) / 2 : l->nodes[d];
        any = any || l->halved[d];
    }
    return any;
}

static bool shall_be_whole(const sunzi_multigrid *m, const multigrid_level *l,
                           const int64_t *nodes)
{
    if (!l->comm || nodes[0] * nodes[1] * nodes[2] <= WHOLE_NODES)
        return true;
    for (int d = 0; d < 3; d++)
        if (nodes[d] < m->processes[d])
            return true;
    return false;
}

/* Two centres of coarse nodes along a halved axis: half of the edge within the
 * first, the edge between them, half of the edge within the second, in series.
 * An edge of weight 0 within a node is none: its centre is then the end. */
static double in_series(double within, double between, double beyond)
{
    const double way = (within > 0 ? 0.5 / within : 0) + 1 / between +
                       (beyond > 0 ? 0.5 / beyond : 0);
    return between > 0 ? 1 / way : 0;
}

/* Mass and weights of coarse node c (of the whole grid), from the fine level.
 */
static void coarsen_node(const multigrid_level *l, const int64_t *c,
                         double *result)
{
    int64_t begin[3];
    int sizes[3];
    for (int d = 0; d < 3; d++) {
        begin[d] = (l->halved[d] ? 2 * c[d] : c[d]) - l->first[d];
        sizes[d] = l->halved[d] ? 2 : 1;
    }
    for (int e = 0; e < 4; e++)
        result[e] = 0;
    for (int a = 0; a < sizes[0]; a++)
        for (int b = 0; b < sizes[1]; b++)
            for (int e = 0; e < sizes[2]; e++) {
                const int64_t at =
                    multigrid_at(l, begin[0] + a, begin[1] + b, begin[2] + e);
                const int child[3] = {a, b, e};
                result[0] += l->exact[0][at];
                for (int d = 0; d < 3; d++) {
                    const double *w = l->exact[1 + d];
                    const int64_t s = l->step[d];
                    if (!l->halved[d])
                        result[1 + d] += w[at];
                    else if (child[d] == 1)
                        result[1 + d] += in_series(w[at - s], w[at], w[at + s]);
                }
            }
}

/* Collective. Mass and weights of the coarse level. */
static sunzi_status coarsen(sunzi_multigrid *m, const multigrid_level *fine,
                            multigrid_level *coarse)
{
    const bool joins = !coarse->comm && fine->comm;
    const int64_t *first = joins ? coarse->part_first : coarse->first;
    const int64_t *count = joins ? coarse->part_count : coarse->count;
    sunzi_status status = SUNZI_OK;
    for (int64_t i = 0; i < count[0]; i++)
        for (int64_t j = 0; j < count[1]; j++)
            for (int64_t k = 0; k < count[2]; k++) {
                const int64_t c[3] = {first[0] + i, first[1] + j, first[2] + k};
                double result[4];
                coarsen_node(fine, c, result);
                const int64_t at = multigrid_at(coarse, c[0] - coarse->first[0],
                                                c[1] - coarse->first[1],
                                                c[2] - coarse->first[2]);
                for (int e = 0; e < 4; e++)
                    coarse->exact[e][at] = result[e];
            }
    for (int e = 0; e < 4 && joins; e++)
        SUNZI_TRY(join(m, coarse->exact[e], false));
    SUNZI_TRY(exchange_exact(m, coarse));
done:
    return status;
}

/* ---- the arrays of the cycle ---- */

static double diagonal(const multigrid_level *l, int64_t at)
{
    double sum = l->exact[0][at];
    for (int d = 0; d < 3; d++)
        sum += l->exact[1 + d][at] + l->exact[1 + d][at - l->step[d]];
    return sum;
}

/* Mass, weights, and the reciprocal of the diagonal in the halo but its first
 * layer, where nothing is smoothed. */
static void round_arrays(multigrid_level *l)
{
    for (int e = 0; e < 4; e++)
        for (int64_t i = 0; i < l->cells; i++)
            l->bytes[e][i] = (float)l->exact[e][i];
    if (l->cells == 0)
        return;
    for (int64_t i = 1; i < l->extent[0]; i++)
        for (int64_t j = 1; j < l->extent[1]; j++)
            for (int64_t k = 1; k < l->extent[2]; k++) {
                const int64_t at = i * l->step[0] + j * l->step[1] + k;
                const double d = diagonal(l, at);
                l->bytes[MULTIGRID_INVERSE][at] = d > 0 ? (float)(1 / d) : 0;
            }
}

static bool takes_part(const multigrid_level *l, int64_t at)
{
    return l->bytes[MULTIGRID_INVERSE][at] > 0;
}

/* Sum of the weights with which coarse nodes that take part give to fine node
 * (i, j, k) of the process. */
static double weight_of_parents(const multigrid_level *fine,
                                const multigrid_level *coarse, int64_t i,
                                int64_t j, int64_t k)
{
    const int64_t at[3] = {i, j, k};
    int64_t near[3], far[3];
    double sum = 0;
    for (int d = 0; d < 3; d++) {
        const int64_t g = fine->first[d] + at[d];
        near[d] = (fine->halved[d] ? g / 2 : g) - coarse->first[d];
        far[d] = near[d] + (g % 2 ? 1 : -1);
    }
    for (int p = 0; p < 8; p++) {
        double w = 1;
        int64_t c[3];
        for (int d = 0; d < 3; d++) {
            const bool is_far = p >> d & 1;
            c[d] = is_far ? far[d] : near[d];
            w *= !fine->halved[d] ? (is_far ? 0 : 1) : is_far ? 0.25 : 0.75;
        }
        if (w > 0 && takes_part(coarse, multigrid_at(coarse, c[0], c[1], c[2])))
            sum += w;
    }
    return sum;
}

/* What the fine nodes take of each coarse one. */
static void share_out(multigrid_level *fine, const multigrid_level *coarse)
{
    for (int64_t i = 0; i < fine->count[0]; i++)
        for (int64_t j = 0; j < fine->count[1]; j++)
            for (int64_t k = 0; k < fine->count[2]; k++) {
                const double w = weight_of_parents(fine, coarse, i, j, k);
                const int64_t at = multigrid_at(fine, i, j, k);
                fine->bytes[MULTIGRID_SHARE][at] =
                    takes_part(fine, at) && w > 0 ? (float)(1 / w) : 0;
            }
}

/* ---- all levels ---- */

static sunzi_status take_bits(sunzi_multigrid *m, const multigrid_level *l)
{
    void *block = NULL;
    sunzi_status status;
    const int64_t nodes = l->nodes[0] * l->nodes[1] * l->nodes[2];
    SUNZI_TRY(sunzi_allocate((size_t)nodes * sizeof(int64_t),
                             "a level of a multigrid", &block));
    m->bits = block;
done:
    return sunzi_comm_agree(m->comm, status);
}

/* Collective. The level after the last one; *more: there is one. */
static sunzi_status add_level(sunzi_multigrid *m, bool *more)
{
    multigrid_level *fine = &m->level[m->levels - 1], *coarse = fine + 1;
    double sums[3];
    int64_t nodes[3];
    sunzi_status status;
    SUNZI_TRY(sum_axes(m, fine, sums));
    *more = m->levels < MULTIGRID_LEVELS_MAX && choose_axes(fine, sums, nodes);
    if (!*more)
        goto done;
    const bool whole = shall_be_whole(m, fine, nodes);
    m->levels++;
    SUNZI_TRY(place_level(m, nodes, whole, coarse));
    if (whole && fine->comm) {
        m->joined = m->levels - 1;
        SUNZI_TRY(take_bits(m, coarse));
    }
    SUNZI_TRY(coarsen(m, fine, coarse));
    round_arrays(coarse);
    share_out(fine, coarse);
done:
    return status;
}

static sunzi_status make_levels(sunzi_multigrid *m,
                                const sunzi_multigrid_problem *p)
{
    multigrid_level *l = &m->level[0];
    bool more = true;
    sunzi_status status;
    m->levels = 1;
    SUNZI_TRY(place_level(m, p->nodes, is_alone(m->comm), l));
    SUNZI_TRY(sunzi_comm_agree(m->comm, copy_problem(p, l)));
    SUNZI_TRY(exchange_exact(m, l));
    round_arrays(l);
    while (more) {
        SUNZI_TRY(add_level(m, &more));
        SUNZI_TRY(bind(m, l));
        if (more && l->halo)
            SUNZI_TRY(sunzi_halo_exchange(l->halo, 0)); /* MULTIGRID_SHARE */
        free_exact(l);
        l = &m->level[m->levels - 1];
    }
done:
    return status;
}

sunzi_status sunzi_multigrid_create(sunzi_context *ctx, sunzi_comm *comm,
                                    const sunzi_multigrid_problem *problem,
                                    sunzi_multigrid **multigrid)
{
    void *block = NULL;
    sunzi_multigrid *m = NULL;
    sunzi_status status = take(sizeof *m, &block);
    m = block;
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    m->ctx = ctx;
    m->comm = comm;
    m->joined = -1;
    m->layout = problem->layout;
    memcpy(m->processes, problem->processes, sizeof m->processes);
    SUNZI_TRY(make_levels(m, problem));
    *multigrid = m;
    m = NULL;
    block = NULL;
done:
    if (m)
        sunzi_multigrid_destroy(&m);
    else
        sunzi_release(block);
    return status;
}

int sunzi_multigrid_levels(const sunzi_multigrid *multigrid, int most,
                           int64_t (*nodes)[3])
{
    for (int l = 0; l < multigrid->levels && l < most; l++)
        memcpy(nodes[l], multigrid->level[l].nodes, sizeof nodes[l]);
    return multigrid->levels;
}
