/* SPDX-License-Identifier: BSD-3-Clause */
/* Products of a piece of a matrix, which fits the cache, with several vectors.
 */
#ifndef SUNZI_SOLVERS_DENSE_PIECES_H
#define SUNZI_SOLVERS_DENSE_PIECES_H

#include <stdbool.h>
#include <stdint.h>

#include "engines/engine.h"

/* Vector c of the operands begins at x + c ldx (and x_low, or NULL: zeros), its
 * results at sum + c ld, low + c ld (NULL: FP64 alone) and magnitude + c ld
 * (NULL: not wanted). minus: FP64 sums alone, which then get the opposite sign
 * (those of the kernels of triangles, which take several vectors at once). The
 * order of a sum is that of engines/engine.h, whatever else is asked for. */
typedef struct sunzi_pieces {
    const sunzi_engine_ops *engine;
    bool minus;
    int operands;
    const double *x, *x_low;
    int64_t ldx;
    double *sum, *low, *magnitude;
    int64_t ld;
} sunzi_pieces;

/* Results `to` .. to + vectors - 1 become the dot products of the vectors (v at
 * a + v lda) with elements from .. from + length - 1 of the operands. */
void sunzi_pieces_dot(const sunzi_pieces *p, int64_t vectors, int64_t length,
                      const double *a, int64_t lda, int64_t from, int64_t to);
/* The vectors times elements from .. from + vectors - 1 of the operands are
 * added to results to .. to + length - 1. */
void sunzi_pieces_add(const sunzi_pieces *p, int64_t vectors, int64_t length,
                      const double *a, int64_t lda, int64_t from, int64_t to);
/* Results to .. to + count - 1 become zero. */
void sunzi_pieces_clear(const sunzi_pieces *p, int64_t to, int64_t count);

#endif
