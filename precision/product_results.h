/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks of C on their way from a device: while it works on the next one, a
 * block is copied, some rows at a time, and stored with alpha and beta. A C
 * that is held there (sunzi/hold.h) is stored there. */
#ifndef SUNZI_PRECISION_PRODUCT_RESULTS_H
#define SUNZI_PRECISION_PRODUCT_RESULTS_H

#include "engines/copies.h"
#include "engines/launch.h"
#include "precision/product.h"

/* A block: its place in C, and the memories of its sums, [rows][ld] doubles;
 * vi: of imaginary parts, or NULL. skip_row, skip_col: marks of its rows
 * and columns there. */
typedef struct sunzi_result_block {
    int64_t i0, rows, j0, cols, ld;
    sunzi_memory *v, *vi;
    k_array skip_row, skip_col;
} sunzi_result_block;

typedef struct sunzi_results {
    const sunzi_problem *p;
    const sunzi_product_plan *plan;
    sunzi_product_info *info;
    sunzi_memory *c;          /* C if it is held, or NULL */
    sunzi_copies copies;      /* without buffers: blocks are stored in order */
    sunzi_result_block block; /* the last that was given */
    bool waits;               /* it is not stored yet */
} sunzi_results;

/* Will rows of ld sums of a result of so many bytes travel beside the work? Not
 * those of a C that is held. */
bool sunzi_results_beside(const sunzi_problem *p, int64_t ld, int64_t bytes);
/* Blocks of at most `bytes` in all. SUNZI_ERR_DEVICE; SUNZI_ERR_ARG: only a
 * part of C is held. */
sunzi_status sunzi_results_open(sunzi_results *results, const sunzi_problem *p,
                                const sunzi_product_plan *plan,
                                sunzi_product_info *info, int64_t ld,
                                int64_t bytes);
void sunzi_results_close(sunzi_results *results);

/* All work on a block has been launched: store the one before it, while the
 * device works. In order: this one. */
sunzi_status sunzi_results_give(sunzi_results *results,
                                const sunzi_result_block *block);
/* Store the last block. */
sunzi_status sunzi_results_end(sunzi_results *results);

#endif
