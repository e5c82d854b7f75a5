/* SPDX-License-Identifier: BSD-3-Clause */
/* Who sends which cells to whom in a halo exchange: arithmetic only, for any
 * process of the grid. */
#ifndef SUNZI_SOLVERS_FIELDS_HALO_PIECES_H
#define SUNZI_SOLVERS_FIELDS_HALO_PIECES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/layout.h"
#include "solvers/fields/shipment.h"

typedef struct sunzi_bricks {
    sunzi_runs run[3]; /* cells and processes of each dimension */
    bool periodic[3];
    int lower[3], upper[3], reach;
} sunzi_bricks;

/* Choose the numbers of processes (run[].count) that are 0 so that the product
 * of all is `size`, which the product of the others divides. */
void sunzi_bricks_choose(sunzi_bricks *b, int size);

/* The place of a rank; false (and -1): outside. */
bool sunzi_bricks_place(const sunzi_bricks *b, int rank, int place[3]);

/* Pieces that the process at `place` sends (else receives), its own included,
 * in the order of their peers; two processes list what they exchange in the
 * same order. Returned: their number; NULL: only count. */
int64_t sunzi_bricks_pieces(const sunzi_bricks *b, const int place[3],
                            bool sends, void *workspace, sunzi_piece *pieces);

/* Bytes of the workspace. */
size_t sunzi_bricks_workspace(const sunzi_bricks *b);

#endif
