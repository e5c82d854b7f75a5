/* SPDX-License-Identifier: BSD-3-Clause */
/* Values of nodes at a point between them. */
#include <math.h>

#include "core/communicator.h"
#include "precision/accumulator.h"
#include "solvers/cardiac/tissue.h"

/* The nodes around a point, each once, with weights > 0. */
typedef struct corners {
    int count;
    int64_t node[8][3];
    double weight[8];
} corners;

static sunzi_status find_corners(const sunzi_tissue *t, const double point[3],
                                 corners *c)
{
    int64_t low[3];
    double rest[3];
    for (int d = 0; d < 3; d++) {
        const double last = (double)(t->nodes[d] - 1);
        double x = point[d] / t->spacing[d];
        x = fabs(x - rint(x)) <= 1e-9 * (last + 1) ? rint(x) : x;
        if (!(x >= 0 && x <= last))
            return sunzi_fail(SUNZI_ERR_ARG,
                              "sunzi_tissue_sample: point[%d] = %g mm, "
                              "allowed: 0 to %g mm",
                              d, point[d], last * t->spacing[d]);
        low[d] = (int64_t)floor(x);
        rest[d] = x - (double)low[d];
    }
    for (int k = 0; k < 8; k++) {
        double weight = 1;
        for (int d = 0; d < 3; d++) {
            weight *= k >> d & 1 ? rest[d] : 1 - rest[d];
            c->node[c->count][d] = low[d] + (k >> d & 1);
        }
        c->weight[c->count] = weight;
        c->count += weight > 0;
    }
    return SUNZI_OK;
}

/* Which of the process's nodes it is, -1: none of them. */
static int64_t find_node(const sunzi_tissue *t, const int64_t node[3])
{
    const sunzi_voxel_grid *g = &t->grid;
    const int *place = t->place.bytes;
    int64_t at = 0, first = 0, end = t->count;
    for (int d = 0; d < 3; d++) {
        if (node[d] < g->first[d] || node[d] >= g->first[d] + g->count[d])
            return -1;
        at += (node[d] - g->first[d] + 1) * g->step[d];
    }
    while (first < end) { /* places ascend */
        const int64_t middle = first + (end - first) / 2;
        if (place[middle] < at)
            first = middle + 1;
        else
            end = middle;
    }
    return first < t->count && place[first] == at ? first : -1;
}

sunzi_status sunzi_tissue_sample(const sunzi_tissue *t, const double *values,
                                 const double point[3], double *result)
{
    corners c = {0};
    sunzi_accumulator sum;
    int64_t found = 0;
    sunzi_status status = SUNZI_OK;
    if (!t)
        return sunzi_tissue_is_null("sunzi_tissue_sample", "tissue");
    if (!point || !result || (!values && t->count > 0))
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "sunzi_tissue_sample: values, point or result is "
                            "NULL, allowed: arrays");
    if (status == SUNZI_OK)
        status = find_corners(t, point, &c);
    sunzi_accumulator_clear(&sum);
    for (int k = 0; k < c.count && status == SUNZI_OK; k++) {
        const int64_t i = find_node(t, c.node[k]);
        if (i >= 0)
            sunzi_accumulator_add_product(&sum, c.weight[k], values[i]);
        found += i >= 0;
    }
    SUNZI_TRY(sunzi_comm_agree(t->comm, status));
    SUNZI_TRY(sunzi_comm_reduce(t->comm, SUNZI_REDUCE_SUM, &found, 1));
    SUNZI_TRY(sunzi_accumulator_join(t->comm, 1, &sum));
    *result = found == c.count ? sunzi_accumulator_round(&sum) : NAN;
done:
    return status;
}
