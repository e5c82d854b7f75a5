/* SPDX-License-Identifier: BSD-3-Clause */
/* A process grid as the library sees it, and a matrix distributed over it. */
#ifndef SUNZI_CORE_GRID_H
#define SUNZI_CORE_GRID_H

#include <stdbool.h>
#include <sunzi/grid.h>

#include "core/communicator.h"
#include "core/layout.h"

struct sunzi_grid {
    sunzi_comm *comm; /* the caller's; all processes, also those outside */
    sunzi_comm *row;  /* processes of my grid row, ranked by column */
    sunzi_comm *col;  /* processes of my grid column, ranked by row */
    int rows, cols;
    int my_row, my_col; /* -1: outside */
    bool by_rows;       /* order 'R' */
};

/* Rank in grid->comm of a place. */
int sunzi_grid_rank(const sunzi_grid *grid, int row, int col);

/* Where the entries of a matrix are: rows and columns each dealt to a dimension
 * of the grid. */
typedef struct sunzi_distribution {
    const sunzi_grid *grid;
    sunzi_cyclic row, col;
    int64_t lld;
} sunzi_distribution;

/* From a descriptor, checked against this process's place: SUNZI_ERR_ARG with a
 * sentence that names `function` and `what`. Not collective. */
sunzi_status sunzi_distribution_from(const char *function, const char *what,
                                     const sunzi_grid *grid, const int *desc,
                                     sunzi_distribution *distribution);

/* Rows and columns that this process holds. */
int64_t sunzi_local_rows(const sunzi_distribution *d);
int64_t sunzi_local_cols(const sunzi_distribution *d);

/* Collective. SUNZI_OK if the descriptor is the same on all processes, but for
 * context and lld; else SUNZI_ERR_ARG. */
sunzi_status sunzi_descriptor_same(sunzi_comm *comm, const char *function,
                                   const char *what, const int *desc);

/* Collective over the communicator of both. to := from, or its transpose;
 * entries of `bytes` bytes. */
sunzi_status sunzi_redistribute(const sunzi_distribution *from,
                                const void *from_data, bool transposed,
                                const sunzi_distribution *to, void *to_data,
                                size_t bytes);

#endif
