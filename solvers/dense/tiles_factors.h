/* SPDX-License-Identifier: BSD-3-Clause */
/* Factors of a matrix in tiles: right-looking, a tile column at a time, with
 * the next one factorized before the rest is updated (look-ahead; A. Petitet et
 * al., HPL). A column's panel is factorized by the processes of its grid
 * column, sent along the grid rows from neighbour to neighbour, and multiplied
 * by all.
 *
 * Every process does to an entry what all others would do: the order of its
 * operations depends on n only, so bits depend neither on the grid nor on the
 * threads, except where the context is not reproducible and the rung is fp32 or
 * fp64: then updates are those of the BLAS.
 *
 * On a device (FP32 storage) updates are made there, see tiles_device.h, with
 * the same bits, or in a context that is not reproducible by its own products.
 */
#ifndef SUNZI_SOLVERS_DENSE_TILES_FACTORS_H
#define SUNZI_SOLVERS_DENSE_TILES_FACTORS_H

#include "solvers/dense/factors_job.h"
#include "solvers/dense/factors_store.h"
#include "solvers/dense/tiles.h"

/* Moduli of emulated updates: enough for 53 bits of uniform data of the depth
 * of a tile, whatever the data are: refinement judges the factors. */
enum { SUNZI_TILE_MODULI = 15 };

/* What goes before the rows of a panel. */
typedef struct sunzi_panel_head {
    int32_t bad; /* 0, or the 1-based column of the panel that failed */
    int32_t pivots[SUNZI_TILE]; /* global rows */
} sunzi_panel_head;

enum {
    SUNZI_PANEL_HEAD = 1088,  /* bytes, whole cache lines */
    SUNZI_SWAP_COLUMNS = 1024 /* exchanged at a time */
};

typedef struct sunzi_tile_device sunzi_tile_device;

typedef struct sunzi_tile_job {
    sunzi_lu_job lu;    /* of the updates */
    sunzi_lu_job panel; /* of panels: never emulated */
    sunzi_tiles *t;
    int *pivots;     /* [n], global, 0-based; NULL: Cholesky */
    char *panels[2]; /* head, then rows of SUNZI_TILE numbers */
    char *across; /* the other operand: [SUNZI_TILE][cols], or its transpose */
    char *corner; /* of the panel that is being made: rows of U, or L11 */
    char *out, *in; /* packed rows */
    sunzi_exchange *sending[2];
    sunzi_tile_device *device; /* NULL: all is done here */
} sunzi_tile_job;

/* a: local rows contiguous, leading dimension job->lu.ld; with a device only
 * what is done has its values there, in the end all of it. 0, or the 1-based
 * column without a usable pivot (order of the leading block that is not
 * definite). */
int sunzi_tiles_f32(sunzi_tile_job *job, float *a);
int sunzi_tiles_f64(sunzi_tile_job *job, double *a);

/* Rows that leave and reach other places when row exchanges of a panel are
 * applied: row[i] gets what was in row source[i]. */
typedef struct sunzi_row_moves {
    int count;
    int row[2 * SUNZI_TILE], source[2 * SUNZI_TILE];
} sunzi_row_moves;

void sunzi_row_moves_of(int first, int width, const int32_t *pivots,
                        sunzi_row_moves *moves);

/* The same for one process, in local rows: sources of rows that leave it, by
 * the place they go to, then of those that stay; targets of rows that arrive,
 * by the place they come from, then of those that stayed. */
typedef struct sunzi_row_plan {
    int leave, arrive, stay;
    int source[2 * SUNZI_TILE], target[2 * SUNZI_TILE];
    int to[2 * SUNZI_TILE], from[2 * SUNZI_TILE]; /* places */
} sunzi_row_plan;

void sunzi_row_plan_of(const sunzi_tiles *tiles, const sunzi_row_moves *moves,
                       sunzi_row_plan *plan);

/* Messages of the rows that leave and arrive, packed behind each other. */
int sunzi_row_messages(const sunzi_row_plan *plan, char *out, char *in,
                       size_t row_bytes, sunzi_message *messages);

/* Collective over the grid: copy the scaled matrix into the local storage of
 * the factors; f->largest: max |S|, infinity if something is not finite. */
void sunzi_tiles_load(sunzi_context *ctx, const sunzi_dense *a,
                      sunzi_factors *f);
/* Collective: factorize it. SUNZI_ERR_NOMEM, SUNZI_ERR_MPI; *bad as above. The
 * same on all processes. */
sunzi_status sunzi_tiles_factorize(sunzi_context *ctx, sunzi_factors *f,
                                   int *bad);

/* Collective: as sunzi_factors_solve without the row interchanges, z: [nrhs][n]
 * on every process. */
void sunzi_tiles_solve(sunzi_context *ctx, const sunzi_factors *f,
                       bool transposed, int nrhs, double *z);

#endif
