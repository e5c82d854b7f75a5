/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact sums of products over the nodes of a grid. */
#ifndef SUNZI_SOLVERS_GRID_DOT_H
#define SUNZI_SOLVERS_GRID_DOT_H

#include <stdbool.h>
#include <stdint.h>
#include <sunzi/comm.h>

#include "core/context.h"
#include "engines/memory.h"

/* Nodes of a process in its local arrays: node (i, j, k), i < count[0] and so
 * on, at origin + i step[0] + j step[1] + k. */
typedef struct sunzi_grid_brick {
    int64_t count[3], origin, step[2];
} sunzi_grid_brick;

/* An array of doubles, or of floats. */
typedef struct sunzi_grid_vector {
    sunzi_memory *memory;
    bool single;
} sunzi_grid_vector;

/* Collective. *result = sum over all nodes of a b, exact but for one rounding
 * to nearest: the same bits for any number of processes and threads. mine: a
 * process that failed before takes part, and all get its status. */
sunzi_status sunzi_grid_dot(sunzi_context *ctx, sunzi_comm *comm,
                            sunzi_status mine, const sunzi_grid_brick *brick,
                            sunzi_grid_vector a, sunzi_grid_vector b,
                            double *result);

#endif
