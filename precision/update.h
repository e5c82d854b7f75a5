/* SPDX-License-Identifier: BSD-3-Clause */
/* The trailing update of a factorization, C -= A B on FP32 matrices, in the
 * arithmetic of a rung; runs on the threads of the context. */
#ifndef SUNZI_PRECISION_UPDATE_H
#define SUNZI_PRECISION_UPDATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sunzi/solve.h>

#include "core/context.h"

/* Bytes of scratch that sunzi_update needs for products of at most this size.
 */
size_t sunzi_update_scratch_bytes(sunzi_factor factor, int m, int n, int k);

/* C -= A B, C shape [m, n] with contiguous rows (ldc), A element (i, h) at
 * a[i a_row + h a_col], B element (h, j) at b[h b_row + j b_col]; one of each
 * pair of strides is 1. factor: INT8, BF16, FP16 (update_block of the engine),
 * TF32 (ordered_f32 of the rounded operands) or FP32 (ordered_f32). lower_only:
 * entries above the diagonal of C (j > i) need not be updated and may hold
 * anything afterwards; then m == n. Same bits for any number of threads: an
 * entry of C is computed by one thread in an order that depends on m, n, k
 * only. No overlap. Nothing can fail. */
void sunzi_update(sunzi_context *ctx, sunzi_factor factor, int m, int n, int k,
                  const float *a, int64_t a_row, int64_t a_col, const float *b,
                  int64_t b_row, int64_t b_col, float *c, int64_t ldc,
                  bool lower_only, void *scratch);

#endif
