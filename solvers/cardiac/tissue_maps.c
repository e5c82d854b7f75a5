/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps on a tissue: the velocity of a wave from its times, and what a map is in
 * a few numbers. */
#include <math.h>
#include <string.h>
#include <sunzi/beats.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "precision/accumulator.h"
#include "solvers/cardiac/tissue.h"

/* ---- velocity ---- */

typedef struct gradient {
    const sunzi_tissue *t;
    double *time;          /* on the grid with its halo; NAN: none */
    const void *weight[3]; /* of the edges along x, y, z, of the policy */
} gradient;

static const char velocity_of[] = "sunzi_tissue_velocity";

/* Not collective. */
static sunzi_status take_times(gradient *g, const double *times)
{
    const sunzi_tissue *t = g->t;
    const int *place = t->place.bytes;
    void *block;
    sunzi_status status = sunzi_allocate(
        sunzi_size_product((size_t)t->grid.cells, 8, 1), velocity_of, &block);
    if (status < 0)
        return status;
    g->time = block;
    for (int64_t i = 0; i < t->grid.cells; i++)
        g->time[i] = NAN;
    for (int64_t i = 0; i < t->count; i++)
        g->time[place[i]] = times[i];
    for (int d = 0; d < 3 && status == SUNZI_OK; d++)
        status = sunzi_memory_read(t->weight[d].memory, &g->weight[d]);
    return status;
}

/* Times of the nodes around the brick. Collective. */
static sunzi_status exchange(gradient *g)
{
    const sunzi_tissue *t = g->t;
    sunzi_halo *halo = NULL;
    void *array = g->time;
    sunzi_status status = SUNZI_OK;
    if (sunzi_comm_size(t->comm) == 1)
        return SUNZI_OK;
    SUNZI_TRY(sunzi_tissue_make_halo(t, SUNZI_ELEMENT_FP64, false, &halo));
    SUNZI_TRY(sunzi_halo_bind(halo, 0, &array));
    SUNZI_TRY(sunzi_comm_agree(t->comm, sunzi_halo_exchange(halo, 0)));
done:
    sunzi_halo_destroy(&halo);
    return status;
}

/* Of the times at place `at` in direction d, ms/mm. */
static double slope(const gradient *g, int64_t at, int d)
{
    const sunzi_tissue *t = g->t;
    const int64_t step = t->grid.step[d];
    if (t->nodes[d] == 1)
        return 0;
    const double after = sunzi_tissue_get(t, g->weight[d], at) > 0
                             ? g->time[at + step] - g->time[at]
                             : NAN;
    const double before = sunzi_tissue_get(t, g->weight[d], at - step) > 0
                              ? g->time[at] - g->time[at - step]
                              : NAN;
    const double change = isnan(after)    ? before
                          : isnan(before) ? after
                                          : 0.5 * (after + before);
    return change / t->spacing[d];
}

/* Velocity of node i at place `at`. */
static void find_velocity(const gradient *g, int64_t i, int64_t at,
                          double fastest, double *velocity, double *speed)
{
    double s[3], square = 0;
    for (int d = 0; d < 3; d++) {
        s[d] = slope(g, at, d);
        square += s[d] * s[d];
    }
    const double magnitude = 1 / sqrt(square);
    const bool is_wave =
        isfinite(magnitude) && (fastest == 0 || magnitude <= fastest);
    speed[i] = is_wave ? magnitude : NAN;
    for (int d = 0; d < 3 && velocity; d++)
        velocity[d * g->t->count + i] = is_wave ? s[d] / square : NAN;
}

sunzi_status sunzi_tissue_velocity(const sunzi_tissue *tissue,
                                   const double *times, double fastest,
                                   double *velocity, double *speed)
{
    gradient g = {.t = tissue};
    sunzi_status status = SUNZI_OK;
    if (!tissue)
        return sunzi_tissue_is_null(velocity_of, "tissue");
    if (tissue->count > 0 && (!times || !speed))
        status = sunzi_tissue_is_null(velocity_of, times ? "speed" : "times");
    else if (!(fastest >= 0))
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "%s: fastest = %g, allowed: positive numbers, in "
                            "mm/ms, and 0",
                            velocity_of, fastest);
    if (status == SUNZI_OK)
        status = take_times(&g, times);
    SUNZI_TRY(sunzi_comm_agree(tissue->comm, status));
    SUNZI_TRY(exchange(&g));
    const int *place = tissue->place.bytes;
    for (int64_t i = 0; i < tissue->count; i++)
        find_velocity(&g, i, place[i], fastest, velocity, speed);
done:
    sunzi_release(g.time);
    return status;
}

/* ---- a map in a few numbers ---- */

static const char summarizes[] = "sunzi_tissue_summarize";

/* Number x + nx (y + ny z) of node i. */
static int64_t number_of(const sunzi_tissue *t, int64_t i)
{
    int64_t n[3];
    sunzi_tissue_find_node(t, ((const int *)t->place.bytes)[i], n);
    return sunzi_tissue_number(t, n);
}

/* The first node with a value; INT64_MAX: none here. Numbers ascend with i. */
static int64_t find_value(const sunzi_tissue *t, const double *values,
                          double value)
{
    for (int64_t i = 0; i < t->count; i++)
        if (values[i] == value)
            return number_of(t, i);
    return INT64_MAX;
}

/* sums[0]: volumes, [1]: volumes times values. Not collective. */
static sunzi_status add_values(const sunzi_tissue *t, const double *values,
                               sunzi_accumulator sums[2], int64_t *nodes,
                               double most[2])
{
    const int *place = t->place.bytes;
    for (int64_t i = 0; i < t->count; i++) {
        const double x = values[i], volume = t->mass[place[i]];
        if (isnan(x))
            continue;
        if (isinf(x))
            return sunzi_fail(SUNZI_ERR_NONFINITE,
                              "%s: value %g of node %lld, allowed: finite "
                              "numbers, and NAN where there is none",
                              summarizes, x, (long long)number_of(t, i));
        ++*nodes;
        most[0] = fmax(most[0], -x);
        most[1] = fmax(most[1], x);
        sunzi_accumulator_add(&sums[0], volume);
        sunzi_accumulator_add_product(&sums[1], volume, x);
    }
    return SUNZI_OK;
}

sunzi_status sunzi_tissue_summarize(const sunzi_tissue *tissue,
                                    const double *values,
                                    sunzi_tissue_summary *summary)
{
    sunzi_accumulator sums[2];
    double most[2] = {-HUGE_VAL, -HUGE_VAL};
    int64_t nodes = 0, first[2];
    sunzi_status status = SUNZI_OK;
    if (!tissue)
        return sunzi_tissue_is_null(summarizes, "tissue");
    const sunzi_tissue *t = tissue;
    sunzi_accumulator_clear(&sums[0]);
    sunzi_accumulator_clear(&sums[1]);
    if ((!values && t->count > 0) || !summary)
        status =
            sunzi_tissue_is_null(summarizes, summary ? "values" : "summary");
    else
        status = add_values(t, values, sums, &nodes, most);
    SUNZI_TRY(sunzi_comm_agree(t->comm, status));
    SUNZI_TRY(sunzi_comm_reduce(t->comm, SUNZI_REDUCE_SUM, &nodes, 1));
    SUNZI_TRY(sunzi_comm_reduce(t->comm, SUNZI_REDUCE_MAX_F64, most, 2));
    SUNZI_TRY(sunzi_accumulator_join(t->comm, 2, sums));
    first[0] = find_value(t, values, -most[0]);
    first[1] = find_value(t, values, most[1]);
    SUNZI_TRY(sunzi_comm_reduce(t->comm, SUNZI_REDUCE_MIN, first, 2));
    *summary = (sunzi_tissue_summary){
        .nodes = nodes,
        .least = nodes ? -most[0] : NAN,
        .most = nodes ? most[1] : NAN,
        .mean = sunzi_accumulator_round(&sums[1]) /
                sunzi_accumulator_round(&sums[0]),
        .least_node = nodes ? first[0] : -1,
        .most_node = nodes ? first[1] : -1,
    };
done:
    return status;
}
