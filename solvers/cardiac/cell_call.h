/* SPDX-License-Identifier: BSD-3-Clause */
/* What the public calls about cells share. */
#ifndef SUNZI_SOLVERS_CARDIAC_CELL_CALL_H
#define SUNZI_SOLVERS_CARDIAC_CELL_CALL_H

#include <sunzi/cell.h>

/* SUNZI_ERR_ARG: a field of the cells has a value that is not allowed. */
sunzi_status sunzi_cells_valid(const char *function, const sunzi_cells *cells);

/* The variant of a cell: types rounded and bounded, or the one of all. */
int sunzi_cell_variant_of(const sunzi_cells *cells, int64_t cell);

#endif
