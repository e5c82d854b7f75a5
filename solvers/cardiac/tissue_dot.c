/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact sums of products over the nodes of a tissue. */
#include "solvers/cardiac/tissue.h"
#include "solvers/grid/dot.h"

sunzi_status sunzi_tissue_dot(const sunzi_tissue *t, sunzi_status mine,
                              const sunzi_tissue_array *a,
                              const sunzi_tissue_array *b, double *result)
{
    const sunzi_voxel_grid *g = &t->grid;
    const bool single = t->policy != SUNZI_POLICY_FP64;
    const sunzi_grid_brick brick = {
        .count = {g->count[2], g->count[1], g->count[0]},
        .origin = g->step[0] + g->step[1] + g->step[2],
        .step = {g->step[2], g->step[1]}};
    return sunzi_grid_dot(t->ctx, t->comm, mine, &brick,
                          (sunzi_grid_vector){a->memory, single},
                          (sunzi_grid_vector){b->memory, single}, result);
}
