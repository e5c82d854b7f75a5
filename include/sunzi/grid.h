/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Process grids and matrices distributed over them, block-cyclically in two
 * dimensions, as in ScaLAPACK (L. S. Blackford et al., ScaLAPACK Users' Guide,
 * SIAM 1997, section 4.3).
 *
 * Global indices in this header count from 0; ia, ja of the ScaLAPACK-like
 * calls count from 1. Local matrices are column-major. Entry (i, j) of a matrix
 * with blocks of mb x nb lies on the process in grid row (i / mb + rsrc) mod
 * rows and grid column (j / nb + csrc) mod cols.
 */
#ifndef SUNZI_GRID_H
#define SUNZI_GRID_H

#include <stdint.h>
#include <sunzi/comm.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sunzi_grid sunzi_grid;

/** Length of a descriptor and the places in it, as in ScaLAPACK. */
enum {
    SUNZI_DESC_TYPE = 0, /**< 1: dense, block-cyclic */
    SUNZI_DESC_CONTEXT,  /**< BLACS context; not used, the grid is given */
    SUNZI_DESC_M,        /**< global rows */
    SUNZI_DESC_N,        /**< global columns */
    SUNZI_DESC_MB,       /**< rows of a block */
    SUNZI_DESC_NB,       /**< columns of a block */
    SUNZI_DESC_RSRC,     /**< grid row of block row 0 */
    SUNZI_DESC_CSRC,     /**< grid column of block column 0 */
    SUNZI_DESC_LLD,      /**< leading dimension of the local matrix */
    SUNZI_DESC_LENGTH
};

/** Collective over comm. A grid of rows x cols processes, rows * cols <= size;
 * process p of comm is at row p / cols, column p mod cols (order 'R', the
 * BLACS's default), or row p mod rows, column p / rows (order 'C'). Processes
 * beyond that are outside of the grid, hold nothing, and still take part in
 * collective calls. rows = cols = 0: all processes, as nearly square as
 * possible, rows <= cols. comm must live longer than the grid; NULL: a process
 * alone. *grid is written on success only. SUNZI_ERR_ARG, SUNZI_ERR_NOMEM,
 * SUNZI_ERR_MPI. */
SUNZI_API sunzi_status sunzi_grid_create(sunzi_comm *comm, int rows, int cols,
                                         char order, sunzi_grid **grid);

/** Collective. Free a grid and set *grid to NULL; NULL and a pointer to NULL
 * are allowed. */
SUNZI_API void sunzi_grid_destroy(sunzi_grid **grid);

/** Size of the grid. Not collective. */
SUNZI_API void sunzi_grid_shape(const sunzi_grid *grid, int *rows, int *cols);

/** Place of the calling process, -1, -1 outside of the grid. Not collective. */
SUNZI_API void sunzi_grid_place(const sunzi_grid *grid, int *row, int *col);

/** How many of n indices in blocks of nb the process `mine` of `count` holds,
 * where `source` holds the first block (ScaLAPACK's NUMROC). 0 for arguments
 * without sense. Not collective. */
SUNZI_API int64_t sunzi_local_count(int64_t n, int64_t nb, int mine, int source,
                                    int count);

/** Fill a descriptor: m, n >= 0, mb, nb >= 1, rsrc and csrc inside the grid,
 * lld at least the local rows of this process and 1 (0: that). Not collective.
 * SUNZI_ERR_ARG. */
SUNZI_API sunzi_status sunzi_descriptor_init(int *desc, const sunzi_grid *grid,
                                             int64_t m, int64_t n, int mb,
                                             int nb, int rsrc, int csrc,
                                             int64_t lld);

/** Collective over the communicator of both grids. B := A, both m x n, for any
 * two distributions (also of grids of different shapes or orders over the same
 * communicator); A and B may not overlap. NULL is allowed for the data of a
 * process that holds nothing. Cost: each entry is sent once; memory: a copy of
 * the local parts. SUNZI_ERR_ARG (shapes, descriptors that differ between
 * processes), SUNZI_ERR_NOMEM, SUNZI_ERR_MPI: B may then hold a part. */
SUNZI_API sunzi_status sunzi_pdredistribute(const sunzi_grid *grid_a,
                                            const double *A, const int *desca,
                                            const sunzi_grid *grid_b, double *B,
                                            const int *descb);

#ifdef __cplusplus
}
#endif
#endif
