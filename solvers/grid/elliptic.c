/* SPDX-License-Identifier: BSD-3-Clause */
/* A box of nodes: its arrays and its halos. */
#include "solvers/grid/elliptic.h"

#include <string.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "solvers/fields/border.h"

static const char what[] = "a grid";

/* ---- arrays ---- */

sunzi_status sunzi_grid_array_take(sunzi_context *ctx, size_t bytes,
                                   sunzi_grid_array *array)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_allocate(bytes, what, &array->bytes));
    memset(array->bytes, 0, bytes);
    SUNZI_TRY(
        sunzi_memory_wrap(ctx, array->bytes, bytes, what, &array->memory));
done:
    return status;
}

void sunzi_grid_array_free(sunzi_grid_array *array)
{
    sunzi_memory_destroy(&array->memory);
    sunzi_release(array->bytes);
    array->bytes = NULL;
}

size_t sunzi_elliptic_number_bytes(const sunzi_elliptic *e)
{
    return (size_t)e->cells *
           (e->policy == SUNZI_POLICY_FP64 ? sizeof(double) : sizeof(float));
}

size_t sunzi_elliptic_state_bytes(const sunzi_elliptic *e)
{
    return sunzi_elliptic_number_bytes(e) *
           (size_t)sunzi_policy_planes(e->policy);
}

sunzi_status sunzi_elliptic_put(const sunzi_elliptic *e, const double *from,
                                sunzi_grid_array *to)
{
    void *bytes;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_fill(to->memory, &bytes));
    if (e->policy == SUNZI_POLICY_FP64)
        memcpy(bytes, from, sunzi_elliptic_state_bytes(e));
    float *high = bytes, *low = high + e->cells;
    for (int64_t i = 0; i < e->cells && e->policy != SUNZI_POLICY_FP64; i++) {
        high[i] = (float)from[i];
        if (e->policy == SUNZI_POLICY_FP32C)
            low[i] = (float)(from[i] - (double)high[i]);
    }
done:
    return status;
}

sunzi_status sunzi_elliptic_get(const sunzi_elliptic *e, sunzi_grid_array *from,
                                double *to)
{
    const void *bytes;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_read(from->memory, &bytes));
    if (e->policy == SUNZI_POLICY_FP64)
        memcpy(to, bytes, sunzi_elliptic_state_bytes(e));
    const float *high = bytes, *low = high + e->cells;
    for (int64_t i = 0; i < e->cells && e->policy != SUNZI_POLICY_FP64; i++)
        to[i] = (double)high[i] +
                (e->policy == SUNZI_POLICY_FP32C ? (double)low[i] : 0);
done:
    return status;
}

sunzi_status sunzi_elliptic_put_weights(sunzi_elliptic *e)
{
    sunzi_status status = SUNZI_OK;
    for (int d = 0; d < 3; d++)
        SUNZI_TRY(sunzi_elliptic_put(e, e->exact[d], &e->weight[d]));
done:
    return status;
}

static sunzi_status take_arrays(sunzi_elliptic *e)
{
    const size_t states = sunzi_elliptic_state_bytes(e);
    const size_t numbers = sunzi_elliptic_number_bytes(e);
    const size_t floats = (size_t)e->cells * sizeof(float);
    const struct {
        sunzi_grid_array *array;
        size_t bytes;
    } all[] = {{&e->weight[0], states}, {&e->weight[1], states},
               {&e->weight[2], states}, {&e->source, states},
               {&e->u, states},         {&e->load, states},
               {&e->mass, numbers},     {&e->x, numbers},
               {&e->r, numbers},        {&e->p, numbers},
               {&e->q, numbers},        {&e->question, floats},
               {&e->answer, floats}};
    sunzi_status status = SUNZI_OK;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        SUNZI_TRY(sunzi_grid_array_take(e->ctx, all[i].bytes, all[i].array));
    for (int d = 0; d < 3; d++) {
        void *block = NULL;
        SUNZI_TRY(
            sunzi_allocate((size_t)e->cells * sizeof(double), what, &block));
        e->exact[d] = memset(block, 0, (size_t)e->cells * sizeof(double));
    }
done:
    return status;
}

/* ---- halos ---- */

static sunzi_status make_halo(const sunzi_elliptic *e, sunzi_element element,
                              sunzi_halo_reach reach, sunzi_halo **halo)
{
    sunzi_halo_shape shape;
    sunzi_field field;
    sunzi_field_init(&field);
    field.element = element;
    sunzi_halo_shape_init(&shape, 3);
    shape.reach = reach;
    for (int d = 0; d < 3; d++) {
        shape.cells[d] = e->nodes[d];
        shape.processes[d] = e->processes[d];
    }
    return sunzi_halo_create(e->comm, &shape, 1, &field, halo);
}

/* Collective. u has its corners, for values between nodes. */
static sunzi_status bind_halos(sunzi_elliptic *e)
{
    const sunzi_element number = e->policy == SUNZI_POLICY_FP64
                                     ? SUNZI_ELEMENT_FP64
                                     : SUNZI_ELEMENT_FP32;
    void *planes[] = {e->u.bytes, (float *)e->u.bytes + e->cells};
    sunzi_status status;
    SUNZI_TRY(make_halo(
        e, e->policy == SUNZI_POLICY_FP32C ? SUNZI_ELEMENT_FP32_PAIR : number,
        SUNZI_HALO_CORNERS, &e->u_halo));
    SUNZI_TRY(make_halo(e, number, SUNZI_HALO_FACES, &e->p_halo));
    SUNZI_TRY(sunzi_halo_bind(e->u_halo, 0, planes));
    SUNZI_TRY(sunzi_halo_bind(e->p_halo, 0, &e->p.bytes));
done:
    return status;
}

sunzi_status sunzi_elliptic_exchange_u(sunzi_elliptic *e, sunzi_status mine)
{
    return sunzi_border_exchange(e->u_halo, 0, NULL, e->u.memory, e->u.bytes,
                                 mine);
}

/* ---- the box ---- */

static void place(sunzi_elliptic *e, const sunzi_halo *halo)
{
    const int64_t cells = sunzi_halo_storage(halo, e->extent);
    sunzi_halo_local(halo, e->first, e->count);
    e->cells = cells > 0 ? cells : 1;
    e->step[2] = 1;
    e->step[1] = e->extent[2];
    e->step[0] = e->extent[2] * e->extent[1];
    memcpy(e->brick.count, e->count, sizeof e->brick.count);
    memcpy(e->brick.step, e->step, sizeof e->brick.step);
    e->brick.origin = e->step[0] + e->step[1] + 1;
}

static sunzi_status check_size(const sunzi_elliptic *e)
{
    if (e->cells < INT32_MAX / 2)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "%s: %lld x %lld x %lld nodes on a process, allowed are "
                      "10^9 in all; take more processes",
                      what, (long long)e->count[2], (long long)e->count[1],
                      (long long)e->count[0]);
}

sunzi_status sunzi_elliptic_make(sunzi_context *ctx, sunzi_comm *comm,
                                 sunzi_policy policy, const int64_t *nodes,
                                 const int *processes, sunzi_elliptic *e)
{
    sunzi_halo *plan = NULL;
    sunzi_status status;
    *e = (sunzi_elliptic){.ctx = ctx, .comm = comm, .policy = policy};
    memcpy(e->nodes, nodes, sizeof e->nodes);
    memcpy(e->processes, processes, sizeof e->processes);
    SUNZI_TRY(make_halo(e, SUNZI_ELEMENT_FP32, SUNZI_HALO_FACES, &plan));
    sunzi_halo_processes(plan, e->processes, (int[3]){0});
    place(e, plan);
    status = check_size(e);
    if (status == SUNZI_OK)
        status = take_arrays(e);
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    if (sunzi_comm_size(comm) > 1)
        SUNZI_TRY(bind_halos(e));
done:
    sunzi_halo_destroy(&plan);
    return status;
}

void sunzi_elliptic_free(sunzi_elliptic *e)
{
    sunzi_grid_array *const arrays[] = {
        &e->weight[0], &e->weight[1], &e->weight[2], &e->source, &e->u,
        &e->load,      &e->mass,      &e->x,         &e->r,      &e->p,
        &e->q,         &e->question,  &e->answer};
    sunzi_multigrid_destroy(&e->multigrid);
    sunzi_halo_destroy(&e->u_halo);
    sunzi_halo_destroy(&e->p_halo);
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        sunzi_grid_array_free(arrays[i]);
    for (int d = 0; d < 3; d++)
        sunzi_release(e->exact[d]);
    *e = (sunzi_elliptic){.ctx = NULL};
}
