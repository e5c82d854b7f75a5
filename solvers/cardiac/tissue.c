/* SPDX-License-Identifier: BSD-3-Clause */
/* Tissue: arguments, and what a tissue holds. */
#include "solvers/cardiac/tissue.h"

#include <math.h>
#include <string.h>

#include "core/communicator.h"

static const char creates[] = "sunzi_tissue_create";

enum { CELLS_MAX = 1 << 30 /* of a process: kernels count in int */ };

/* ---- arguments ---- */

void sunzi_tissue_options_init(sunzi_tissue_options *options)
{
    if (!options)
        return;
    *options = (sunzi_tissue_options){.voxels = {1, 1, 1},
                                      .spacing = {0.2, 0.2, 0.2},
                                      .surface_to_volume = 140,
                                      .capacitance = 0.01,
                                      .policy = SUNZI_POLICY_FP64,
                                      .scheme = SUNZI_TISSUE_CRANK_NICOLSON};
}

static sunzi_status wrong_number(const char *what, double got,
                                 const char *allowed)
{
    return sunzi_fail(SUNZI_ERR_ARG, "%s: %s = %g, allowed: %s", creates, what,
                      got, allowed);
}

static bool is_positive(double x)
{
    return x > 0 && isfinite(x);
}

static sunzi_status check_sizes(const sunzi_tissue_options *o)
{
    for (int d = 0; d < 3; d++) {
        if (o->voxels[d] < 0 || o->voxels[d] >= CELLS_MAX)
            return sunzi_fail(
                SUNZI_ERR_ARG, "%s: voxels[%d] = %lld, allowed: 0 (flat) to %d",
                creates, d, (long long)o->voxels[d], CELLS_MAX - 1);
        if (!is_positive(o->spacing[d]))
            return wrong_number("spacing", o->spacing[d],
                                "positive numbers, in mm");
        if (o->processes[d] < 0)
            return wrong_number("processes", o->processes[d], "0 and above");
    }
    if (!o->voxels[0] && !o->voxels[1] && !o->voxels[2])
        return wrong_number("voxels", 0, "at least one direction with some");
    return SUNZI_OK;
}

static sunzi_status check(const sunzi_tissue_options *o,
                          sunzi_tissue *const *tissue)
{
    if (!tissue || !o || !o->voxel)
        return sunzi_fail(SUNZI_ERR_ARG, "%s: %s is NULL, allowed: %s", creates,
                          !tissue ? "tissue"
                          : !o    ? "options"
                                  : "options->voxel",
                          !tissue ? "where the handle is to be stored"
                          : !o    ? "options, sunzi_tissue_options_init fills "
                                    "them"
                                  : "a function that knows the voxels");
    if (o->policy != SUNZI_POLICY_FP64 && o->policy != SUNZI_POLICY_FP32 &&
        o->policy != SUNZI_POLICY_FP32C)
        return wrong_number("policy", (int)o->policy,
                            "SUNZI_POLICY_FP64, _FP32, _FP32C (0, 1, 2)");
    if (o->scheme < SUNZI_TISSUE_EXPLICIT ||
        o->scheme > SUNZI_TISSUE_CRANK_NICOLSON)
        return wrong_number("scheme", (int)o->scheme,
                            "SUNZI_TISSUE_EXPLICIT, _BACKWARD_EULER, "
                            "_CRANK_NICOLSON");
    if (!is_positive(o->surface_to_volume))
        return wrong_number("surface_to_volume", o->surface_to_volume,
                            "positive numbers, in 1/mm");
    if (!is_positive(o->capacitance))
        return wrong_number("capacitance", o->capacitance,
                            "positive numbers, in uF/mm^2");
    if (!(o->tolerance >= 0 && o->tolerance < 1))
        return wrong_number("tolerance", o->tolerance, "[0, 1)");
    return check_sizes(o);
}

static int64_t bits(double x)
{
    int64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static sunzi_status same_options(sunzi_comm *comm,
                                 const sunzi_tissue_options *o)
{
    const sunzi_named named[] = {
        {"voxels[0]", o->voxels[0]},
        {"voxels[1]", o->voxels[1]},
        {"voxels[2]", o->voxels[2]},
        {"spacing[0]", bits(o->spacing[0])},
        {"spacing[1]", bits(o->spacing[1])},
        {"spacing[2]", bits(o->spacing[2])},
        {"surface_to_volume", bits(o->surface_to_volume)},
        {"capacitance", bits(o->capacitance)},
        {"policy", o->policy},
        {"scheme", o->scheme},
        {"tolerance", bits(o->tolerance)},
        {"balance", o->balance},
    };
    return sunzi_comm_same_values(comm, creates,
                                  (int)(sizeof named / sizeof named[0]), named);
}

/* ---- arrays ---- */

sunzi_status sunzi_tissue_new_array(const sunzi_tissue *t, size_t bytes,
                                    sunzi_tissue_array *array)
{
    sunzi_status status =
        sunzi_allocate(bytes ? bytes : 1, creates, &array->bytes);
    if (status < 0)
        return status;
    memset(array->bytes, 0, bytes);
    return sunzi_memory_wrap(t->ctx, array->bytes, bytes ? bytes : 1, creates,
                             &array->memory);
}

void sunzi_tissue_free_array(sunzi_tissue_array *array)
{
    sunzi_memory_destroy(&array->memory);
    sunzi_release(array->bytes);
}

static size_t bytes_of(const sunzi_tissue *t, int planes)
{
    return (size_t)t->grid.cells * (size_t)planes * sunzi_tissue_size(t);
}

/* An array of the policy with the numbers of `from`, or zeros. */
static sunzi_status new_vector(const sunzi_tissue *t, const double *from,
                               sunzi_tissue_array *array)
{
    const sunzi_status status =
        sunzi_tissue_new_array(t, bytes_of(t, 1), array);
    for (int64_t i = 0; i < t->grid.cells && status == SUNZI_OK && from; i++) {
        if (t->policy == SUNZI_POLICY_FP64)
            ((double *)array->bytes)[i] = from[i];
        else
            ((float *)array->bytes)[i] = (float)from[i];
    }
    return status;
}

static sunzi_status take_vectors(sunzi_tissue *t)
{
    sunzi_tissue_array *const vectors[] = {&t->inverse, &t->x, &t->r,
                                           &t->z,       &t->p, &t->q};
    sunzi_status status;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        SUNZI_TRY(new_vector(t, NULL, vectors[i]));
    SUNZI_TRY(sunzi_tissue_new_array(t, bytes_of(t, sunzi_tissue_planes(t)),
                                     &t->state));
    SUNZI_TRY(sunzi_tissue_take_sums(t));
    SUNZI_TRY(new_vector(t, t->grid.mass, &t->volume));
    for (int e = 0; e < SUNZI_EDGES; e++)
        if (t->grid.weight[e])
            SUNZI_TRY(new_vector(t, t->grid.weight[e], &t->weight[e]));
done:
    return status;
}

/* Calls visit for each node of the brick, x fastest. */
static void each_node(const sunzi_tissue *t,
                      void visit(void *user, int64_t at, const int64_t n[3]),
                      void *user)
{
    const sunzi_voxel_grid *g = &t->grid;
    int64_t i[3];
    for (i[2] = 0; i[2] < g->count[2]; i[2]++)
        for (i[1] = 0; i[1] < g->count[1]; i[1]++)
            for (i[0] = 0; i[0] < g->count[0]; i[0]++) {
                int64_t n[3], at = 0;
                for (int d = 0; d < 3; d++) {
                    n[d] = g->first[d] + i[d];
                    at += (i[d] + 1) * g->step[d];
                }
                visit(user, at, n);
            }
}

static void count_node(void *user, int64_t at, const int64_t n[3])
{
    sunzi_tissue *t = user;
    (void)n;
    t->count += t->grid.mass[at] > 0;
}

enum { LIMIT, STIFFNESS, CANCELLATION, MOSTS };

typedef struct listing {
    const sunzi_tissue *t;
    int *place;
    int64_t count, *index;
    double *volume;
    double most[MOSTS];
} listing;

static void list_node(void *user, int64_t at, const int64_t n[3])
{
    listing *l = user;
    (void)n;
    if (!(l->t->mass[at] > 0))
        return;
    const double mass = l->t->mass[at];
    const double total = sunzi_voxels_sum(&l->t->grid, at, false);
    const double magnitudes = sunzi_voxels_sum(&l->t->grid, at, true);
    l->most[LIMIT] = fmax(l->most[LIMIT], (total + magnitudes) / mass);
    l->most[STIFFNESS] = fmax(l->most[STIFFNESS], total / mass);
    l->most[CANCELLATION] = fmax(l->most[CANCELLATION], magnitudes / total);
    l->t->total[at] = total;
    l->place[l->count++] = (int)at;
}

/* Where the nodes are; the stability limit. Collective. */
static sunzi_status list_nodes(sunzi_tissue *t)
{
    void *block = NULL;
    listing l = {.t = t};
    sunzi_status status = sunzi_allocate(
        (size_t)t->grid.cells * sizeof *t->total, creates, &block);
    t->mass = t->grid.mass;
    t->grid.mass = NULL;
    if (status == SUNZI_OK) {
        t->total = memset(block, 0, (size_t)t->grid.cells * sizeof *t->total);
        status = sunzi_tissue_new_array(t, (size_t)t->count * sizeof(int),
                                        &t->place);
    }
    if (status == SUNZI_OK) {
        l.place = t->place.bytes;
        each_node(t, list_node, &l);
    }
    SUNZI_TRY(sunzi_comm_agree(t->comm, status));
    SUNZI_TRY(sunzi_comm_reduce(t->comm, SUNZI_REDUCE_MAX_F64, l.most, MOSTS));
    t->limit = 2 / l.most[LIMIT];
    t->stiffness = l.most[STIFFNESS];
    t->cancellation = l.most[CANCELLATION];
done:
    return status;
}

/* ---- the handle ---- */

sunzi_status sunzi_tissue_make_halo(const sunzi_tissue *t,
                                    sunzi_element element, bool edges,
                                    sunzi_halo **halo)
{
    sunzi_halo_shape shape;
    sunzi_field field;
    sunzi_field_init(&field);
    field.element = element;
    sunzi_halo_shape_init(&shape, 3);
    shape.reach = edges ? SUNZI_HALO_EDGES : SUNZI_HALO_FACES;
    for (int d = 0; d < 3; d++) {
        shape.cells[d] = t->nodes[2 - d];
        shape.processes[d] =
            t->cut[2 - d] ? t->processes[2 - d] : t->made.processes[2 - d];
        shape.cuts[d] = t->cut[2 - d];
    }
    return sunzi_halo_create(t->comm, &shape, 1, &field, halo);
}

static void take_brick(sunzi_tissue *t, const sunzi_halo *halo)
{
    int64_t first[3], count[3];
    sunzi_halo_local(halo, first, count);
    for (int d = 0; d < 3; d++) {
        t->grid.first[d] = first[2 - d];
        t->grid.count[d] = count[2 - d];
    }
}

/* On a device only what is exchanged crosses. Not collective. */
static sunzi_status make_borders(sunzi_tissue *t)
{
    const size_t size = sunzi_tissue_size(t);
    sunzi_status status = SUNZI_OK;
    if (!t->ctx->device)
        return SUNZI_OK;
    SUNZI_TRY(sunzi_border_create(t->ctx, t->state_halo, sunzi_tissue_planes(t),
                                  t->grid.cells, size, &t->state_border));
    SUNZI_TRY(sunzi_border_create(t->ctx, t->direction_halo, 1, t->grid.cells,
                                  size, &t->direction_border));
done:
    return status;
}

/* Halos of the state and of a direction, bound to their arrays. Collective. */
static sunzi_status bind_halos(sunzi_tissue *t)
{
    const sunzi_element number = t->policy == SUNZI_POLICY_FP64
                                     ? SUNZI_ELEMENT_FP64
                                     : SUNZI_ELEMENT_FP32;
    char *state = t->state.bytes;
    void *states[] = {state, state + bytes_of(t, 1)};
    sunzi_status status;
    SUNZI_TRY(sunzi_tissue_make_halo(
        t, t->policy == SUNZI_POLICY_FP32C ? SUNZI_ELEMENT_FP32_PAIR : number,
        t->edges, &t->state_halo));
    SUNZI_TRY(sunzi_tissue_make_halo(t, number, t->edges, &t->direction_halo));
    SUNZI_TRY(sunzi_halo_bind(t->state_halo, 0, states));
    SUNZI_TRY(sunzi_halo_bind(t->direction_halo, 0, &t->p.bytes));
    SUNZI_TRY(sunzi_comm_agree(t->comm, make_borders(t)));
done:
    return status;
}

/* Before anything of the brick is allocated. Not collective. */
static sunzi_status check_brick(const sunzi_tissue *t)
{
    double cells = 1;
    for (int d = 0; d < 3; d++)
        cells *= (double)(t->grid.count[d] + 2);
    if (cells <= CELLS_MAX)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: a process has %lld x %lld x %lld nodes, allowed: "
                      "%d with those around; take more processes",
                      creates, (long long)t->grid.count[0],
                      (long long)t->grid.count[1], (long long)t->grid.count[2],
                      CELLS_MAX);
}

static sunzi_status fill(sunzi_tissue *t, const sunzi_tissue_options *options)
{
    sunzi_halo *plan = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_tissue_make_halo(t, SUNZI_ELEMENT_FP32, false, &plan));
    take_brick(t, plan);
    if (options->balance && sunzi_comm_size(t->comm) > 1) {
        int processes[3], place[3];
        sunzi_halo_processes(plan, processes, place);
        for (int d = 0; d < 3; d++)
            t->processes[d] = processes[2 - d];
        SUNZI_TRY(sunzi_tissue_balance(t, options));
        sunzi_halo_destroy(&plan);
        SUNZI_TRY(sunzi_tissue_make_halo(t, SUNZI_ELEMENT_FP32, false, &plan));
        take_brick(t, plan);
    }
    status = check_brick(t);
    if (status == SUNZI_OK && options->brick)
        status = (sunzi_status)options->brick(options->user, t->grid.first,
                                              t->grid.count);
    SUNZI_TRY(sunzi_comm_agree(t->comm, status));
    SUNZI_TRY(sunzi_voxels_gather(t->comm, options, &t->grid));
    t->faces = t->grid.weight[SUNZI_EDGE_FACES] != NULL;
    t->edges = t->edges || t->faces;
    each_node(t, count_node, t);
    SUNZI_TRY(sunzi_comm_agree(t->comm, take_vectors(t)));
    SUNZI_TRY(list_nodes(t));
    sunzi_voxels_free(&t->grid);
    memset(t->grid.weight, 0, sizeof t->grid.weight);
    if (sunzi_comm_size(t->comm) > 1)
        SUNZI_TRY(bind_halos(t));
done:
    sunzi_halo_destroy(&plan);
    return status;
}

sunzi_status sunzi_tissue_make(sunzi_context *ctx, sunzi_comm *comm,
                               const sunzi_tissue_options *options, bool edges,
                               sunzi_tissue **tissue)
{
    void *block = NULL;
    sunzi_tissue *t = NULL;
    sunzi_status status = check(options, tissue);
    if (status == SUNZI_OK)
        status = sunzi_context_use(ctx, &ctx);
    if (status == SUNZI_OK)
        status = sunzi_allocate(sizeof *t, creates, &block);
    if (status == SUNZI_OK) {
        t = block;
        *t = (sunzi_tissue){.made = *options,
                            .edges = edges,
                            .ctx = ctx,
                            .comm = comm,
                            .policy = options->policy,
                            .scheme = options->scheme,
                            .tolerance = options->tolerance,
                            .voxel_volume = 1};
    }
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    SUNZI_TRY(same_options(comm, options));
    if (t->tolerance == 0)
        t->tolerance = t->policy == SUNZI_POLICY_FP64 ? 1e-9 : 1e-7;
    for (int d = 0; d < 3; d++) {
        t->nodes[d] = options->voxels[d] + 1;
        t->spacing[d] = options->spacing[d];
        t->voxel_volume *= options->voxels[d] ? options->spacing[d] : 1;
    }
    SUNZI_TRY(fill(t, options));
    *tissue = t;
    return SUNZI_OK;
done:
    sunzi_tissue_destroy(&t);
    return status;
}

sunzi_status sunzi_tissue_create(sunzi_context *ctx, sunzi_comm *comm,
                                 const sunzi_tissue_options *options,
                                 sunzi_tissue **tissue)
{
    return sunzi_tissue_make(ctx, comm, options, false, tissue);
}

void sunzi_tissue_destroy(sunzi_tissue **tissue)
{
    if (!tissue || !*tissue)
        return;
    sunzi_tissue *t = *tissue;
    sunzi_tissue_array *const arrays[] = {&t->place,   &t->volume, &t->state,
                                          &t->inverse, &t->x,      &t->r,
                                          &t->z,       &t->p,      &t->q};
    sunzi_memory_destroy(&t->sums);
    sunzi_memory_destroy(&t->digits);
    sunzi_border_destroy(&t->state_border);
    sunzi_border_destroy(&t->direction_border);
    sunzi_halo_destroy(&t->state_halo);
    sunzi_halo_destroy(&t->direction_halo);
    for (int d = 0; d < 3; d++)
        sunzi_release(t->cut[d]);
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        sunzi_tissue_free_array(arrays[i]);
    for (int e = 0; e < SUNZI_EDGES; e++)
        sunzi_tissue_free_array(&t->weight[e]);
    sunzi_voxels_free(&t->grid);
    sunzi_release(t->mass);
    sunzi_release(t->total);
    sunzi_release(t->gathered);
    sunzi_release(t->taken);
    sunzi_release(t);
    *tissue = NULL;
}

/* ---- what it is; NULL: nothing ---- */

int64_t sunzi_tissue_count(const sunzi_tissue *t)
{
    return t ? t->count : 0;
}

static void number_node(void *user, int64_t at, const int64_t n[3])
{
    listing *l = user;
    if (l->t->mass[at] > 0)
        l->index[l->count++] = sunzi_tissue_number(l->t, n);
}

void sunzi_tissue_nodes(const sunzi_tissue *t, int64_t *index)
{
    listing l = {.t = t, .index = index};
    if (t && index)
        each_node(t, number_node, &l);
}

void sunzi_tissue_volumes(const sunzi_tissue *t, double *volume)
{
    if (!t || !volume)
        return;
    const int *place = t->place.bytes;
    for (int64_t i = 0; i < t->count; i++)
        volume[i] = t->mass[place[i]] * t->voxel_volume;
}

void sunzi_tissue_brick(const sunzi_tissue *t, int64_t *first, int64_t *count)
{
    if (!t || !first || !count)
        return;
    memcpy(first, t->grid.first, sizeof t->grid.first);
    memcpy(count, t->grid.count, sizeof t->grid.count);
}

double sunzi_tissue_limit(const sunzi_tissue *t)
{
    return t ? t->limit : 0;
}

sunzi_status sunzi_tissue_is_null(const char *function, const char *what)
{
    return sunzi_fail(SUNZI_ERR_ARG, "%s: %s is NULL; pass it", function, what);
}
