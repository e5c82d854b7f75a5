/* SPDX-License-Identifier: BSD-3-Clause */
/* The matrix products that the context's device has of its own, on memories.
 *
 *     if (sunzi_unit_works(ctx, SUNZI_UNIT_INT8, NULL, 0))
 *         SUNZI_TRY(sunzi_unit_multiply(ctx, &(sunzi_unit_product){
 *             .unit = SUNZI_UNIT_INT8, .m = m, .n = n, .k = k, .count = 1,
 *             .alpha = 1, .a = {a, 0, lda}, .b = {b, 0, ldb},
 *             .c = {c, 0, ldc}})); */
#ifndef SUNZI_ENGINES_UNITS_H
#define SUNZI_ENGINES_UNITS_H

#include <stdbool.h>

#include "core/context.h"
#include "engines/memory.h"

/* Row-major matrices of a memory: from element `first` on, rows `ld` elements
 * apart, `stride` from a matrix to the next. */
typedef struct sunzi_unit_matrix {
    sunzi_memory *memory;
    int64_t first, ld, stride;
} sunzi_unit_matrix;

/* See sunzi_device_product. A, B and C may lie in one memory where they do not
 * overlap. */
typedef struct sunzi_unit_product {
    sunzi_unit unit;
    bool a_transposed, b_transposed;
    int m, n, k, count;
    double alpha, beta;
    sunzi_unit_matrix a, b, c;
} sunzi_unit_product;

/* Does the context's device have the unit? Tried once, on small matrices of
 * whole numbers, whose product must be exact. Else why (may be NULL) is a
 * sentence. */
bool sunzi_unit_works(sunzi_context *ctx, sunzi_unit unit, char *why,
                      size_t why_bytes);

/* Operations a second of a square product (two a multiply-add), the best of
 * growing orders, measured once; 0: absent, or the device failed. */
double sunzi_unit_rate(sunzi_context *ctx, sunzi_unit unit);

/* The engine and the library, for reports: static text. A device with a
 * library only. */
const char *sunzi_unit_worker(const sunzi_context *ctx);

/* Only units that work. SUNZI_ERR_ARG: a matrix leaves its memory;
 * SUNZI_ERR_UNSUPPORTED, SUNZI_ERR_NOMEM, SUNZI_ERR_DEVICE. */
sunzi_status sunzi_unit_multiply(sunzi_context *ctx,
                                 const sunzi_unit_product *product);

#endif
