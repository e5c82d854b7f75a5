/* SPDX-License-Identifier: BSD-3-Clause */
/* The local part of FP32 factors in tiles, while they are made, on the device
 * of the context: it makes the updates and moves rows; the host makes panels
 * and rows of U, and has each when it is done. So of the local part each number
 * crosses once to the device and once back, besides the operands of updates and
 * the rows that other processes get.
 *
 * Nothing below is collective or returns a failure: the first is kept, all that
 * comes after it does nothing, and what is fetched then is NaN. So the process
 * takes part in every message, the factorization ends at a pivot that is not
 * finite, and all processes agree on the status. */
#ifndef SUNZI_SOLVERS_DENSE_TILES_DEVICE_H
#define SUNZI_SOLVERS_DENSE_TILES_DEVICE_H

#include "solvers/dense/tiles_factors.h"

/* Room for all of it. SUNZI_ERR_NOMEM, which names the bytes that are needed;
 * SUNZI_ERR_DEVICE. *device is to be destroyed in every case. */
sunzi_status sunzi_tile_device_create(sunzi_context *ctx,
                                      const sunzi_factors *f,
                                      sunzi_tile_device **device);
void sunzi_tile_device_destroy(sunzi_tile_device **device);
size_t sunzi_tile_device_bytes(const sunzi_tile_device *device);
/* Are updates products of the device's own? */
bool sunzi_tile_device_by_unit(const sunzi_tile_device *device);
/* The first failure. */
sunzi_status sunzi_tile_device_status(const sunzi_tile_device *device);

/* The local part, [rows][ld]. */
void sunzi_tile_device_bring(sunzi_tile_device *device, const float *a);

/* Local rows row .. row + rows - 1 of `cols` columns from col on, to
 * to[rows][cols]. */
void sunzi_tile_device_fetch(sunzi_tile_device *device, int row, int rows,
                             int col, int cols, void *to);

/* The operands of updates: `rows` rows of the panel, SUNZI_TILE numbers each,
 * and `count` numbers of the other one. */
void sunzi_tile_device_operands(sunzi_tile_device *device, const void *panel,
                                int rows, const void *other, int64_t count);

/* C -= product: C from (row, col) on, of the panel the rows from `panel_row`
 * on, of the other operand element (h, j) at other[at + h row_stride + j
 * col_stride]; one of the strides is 1. */
typedef struct sunzi_tile_update {
    int row, rows, col, cols, depth, panel_row;
    int64_t at, row_stride, col_stride;
} sunzi_tile_update;

void sunzi_tile_device_update(sunzi_tile_device *device,
                              const sunzi_tile_update *update);

/* Exchanges of rows in `cols` columns from col on, at most SUNZI_SWAP_COLUMNS:
 * plan once for a panel, then take all rows that move (to `out` those that
 * leave the process), then place them (from `in` those that arrive). */
void sunzi_tile_device_plan(sunzi_tile_device *device,
                            const sunzi_row_plan *plan);
void sunzi_tile_device_take(sunzi_tile_device *device,
                            const sunzi_row_plan *plan, int col, int cols,
                            void *out);
void sunzi_tile_device_place(sunzi_tile_device *device,
                             const sunzi_row_plan *plan, int col, int cols,
                             const void *in);

#endif
