/* SPDX-License-Identifier: BSD-3-Clause */
/* A square matrix in tiles of SUNZI_TILE x SUNZI_TILE numbers, dealt to a
 * process grid: tile (I, J) lies on the process at (I mod rows, J mod cols).
 *
 * Vectors of the order of the matrix are kept whole on every process, with the
 * same bits: all that is computed from them and decided by them is the same
 * everywhere without a message. What is summed over several processes is first
 * formed by tile, then added in the order of the tiles, so its bits depend
 * neither on the grid nor on the threads.
 *
 * Messages may fail (MPI); the first failure is kept, everything after it does
 * nothing, and sunzi_tiles_status tells. Cost of a vector that is put
 * together: one reduction of n numbers. */
#ifndef SUNZI_SOLVERS_DENSE_TILES_H
#define SUNZI_SOLVERS_DENSE_TILES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/context.h"
#include "core/grid.h"
#include "solvers/dense/pieces.h"

enum {
    SUNZI_TILE = 256,
    /* Partial results that are combined at a time, at most: each takes n^2 /
     * 256 numbers in tables and messages of all processes together. */
    SUNZI_TILES_TOGETHER = 16
};

typedef struct sunzi_tiles {
    sunzi_context *ctx;
    const sunzi_grid *grid;
    sunzi_cyclic row, col;
    int n, count;   /* order; tiles in a row of tiles */
    int rows, cols; /* local */
    bool inside;    /* this process has a place in the grid */
    sunzi_status failed;
    int vectors; /* partial results at a time */
    /* Partial results by tile, see sunzi_tiles_combine: of rows, [local tiles
     * of a row][vectors][rows], or of columns, [local tiles of a
     * column][vectors][cols]; room for both of a sweep. */
    double *table;
    char *out, *in; /* packed messages of a combination */
    double *result; /* [vectors][n] */
    sunzi_message *messages;
    void *block;
    size_t bytes;
} sunzi_tiles;

/* Collective; agreed. columns: right-hand sides that shall be worked on
 * together. SUNZI_ERR_NOMEM. Destroy it in every case. */
sunzi_status sunzi_tiles_create(sunzi_context *ctx, const sunzi_grid *grid,
                                int n, int columns, sunzi_tiles *tiles);
void sunzi_tiles_destroy(sunzi_tiles *tiles);

/* Collective. The worst status of all processes; tiles NULL: that given. */
sunzi_status sunzi_tiles_agree(const sunzi_tiles *tiles, sunzi_status status);

/* Collective: the first failure of a message on any process. */
sunzi_status sunzi_tiles_status(sunzi_tiles *tiles);

/* Keep the first failure of a message; returns whether there was none. */
bool sunzi_tiles_keep(sunzi_tiles *tiles, sunzi_status status);

/* Collective. Each v[i] is set on one process and +0.0 on the others: now it is
 * set on all. */
void sunzi_tiles_assemble(sunzi_tiles *tiles, double *v, size_t count);

/* Collective. Maxima over the processes; no NaN. */
void sunzi_tiles_max(sunzi_tiles *tiles, double *v, int count);

/* The parts of a partial result. */
typedef enum sunzi_tile_kind {
    SUNZI_TILE_FP64,  /* sums */
    SUNZI_TILE_TWICE, /* a sum in twice FP64 (two parts), then sums */
    SUNZI_TILE_SWEEP  /* sums and, last, a maximum */
} sunzi_tile_kind;

/* `count` results of so many parts each; count times parts <= vectors. */
typedef struct sunzi_tile_sums {
    sunzi_tile_kind kind;
    int parts, count;
} sunzi_tile_sums;

/* Collective. Combine a table of partial results, [local tiles][count][parts]
 * [rows or columns], by rows (over the tiles of a row) or by columns, in the
 * order of the tiles; tiles->result, [count][parts][n], is the whole of it on
 * every process. Each other process of the row (column) gets one message, then
 * there is one reduction. */
void sunzi_tiles_combine(sunzi_tiles *tiles, bool by_rows, const double *table,
                         sunzi_tile_sums sums);

/* Local part of tile k of a dimension: first local index, and how many (0: not
 * here). */
int sunzi_tile_start(const sunzi_cyclic *c, int place, int k);
int sunzi_tile_size(const sunzi_tiles *tiles, int k);

/* Place of diagonal entry i in a local array with these strides; -1: not here.
 */
int64_t sunzi_tiles_diagonal(const sunzi_tiles *tiles, int64_t row_stride,
                             int64_t col_stride, int i);

/* ---- operations on matrices ---- */

/* Collective. The results of `vectors` become op(A) (x + x_low), A the local
 * part of a matrix in tiles with contiguous columns; operands and results whole
 * on every process. lower: A is symmetric, only i >= j is stored; `transposed`:
 * the part of the product that comes from i > j, transposed; else the part from
 * i >= j. */
typedef struct sunzi_tile_product {
    const double *data;
    int64_t ld;
    bool transposed, lower;
    sunzi_pieces vectors;
} sunzi_tile_product;

void sunzi_tiles_multiply(sunzi_tiles *tiles, const sunzi_tile_product *p);

/* Collective. For w = |A_ij|: sums of w, and of w weighted by the other index's
 * weight, and maxima of the latter; by rows and by columns, [3][n] each. A NaN
 * is lost in the maxima, not in the sums. */
void sunzi_tiles_sweep(sunzi_tiles *tiles, const double *data, int64_t ld,
                       const double *row_weight, const double *col_weight,
                       double *of_rows, double *of_cols);

#endif
