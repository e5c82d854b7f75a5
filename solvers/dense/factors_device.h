/* SPDX-License-Identifier: BSD-3-Clause */
/* What the parts of a factorization on a device share. */
#ifndef SUNZI_SOLVERS_DENSE_FACTORS_DEVICE_H
#define SUNZI_SOLVERS_DENSE_FACTORS_DEVICE_H

#include "engines/units.h"
#include "solvers/dense/factors.h"

/* Operands of a trailing update in the format of the device's own products. */
typedef struct sunzi_lu_operands {
    sunzi_context *ctx;
    sunzi_unit unit;
    sunzi_memory *left, *right, *left_scale, *right_scale, *sums;
    int strip; /* columns of a part of the update (INT8) */
} sunzi_lu_operands;

/* C -= L U in FP32 memories: L [rows][depth], U [depth][cols] or, transposed
 * (FP32 only), [cols][depth]. They may lie in one memory where they do not
 * overlap. */
typedef struct sunzi_lu_update {
    int rows, cols, depth;
    bool transposed;
    sunzi_unit_matrix l, u, c; /* one of each */
} sunzi_lu_update;

typedef struct sunzi_device_lu {
    sunzi_context *ctx;
    int n;
    int64_t ld;
    sunzi_memory *a, *pivots, *failed, *inverse;
    sunzi_memory *work[2]; /* the columns of a block (Cholesky: the blocks on
                              the diagonal), LU_BLOCK * ldw numbers */
    int64_t ldw;
    /* columns whose update of the rest is one: LU_BLOCK, or by a unit more */
    int wide;
    bool by_unit;
    sunzi_lu_operands low;
} sunzi_device_lu;

/* The unit that updates LU factors of this rung on the context's device; false:
 * none (reproducible contexts promise bits that a vendor's library does not).
 */
bool sunzi_lu_unit(sunzi_context *ctx, sunzi_factor factor, sunzi_unit *unit);

/* Are updates of INT8 factors, which are as good as FP32 ones, faster than
 * those, by the measured rates of the device's units and of its memory? */
bool sunzi_lu_int8_is_faster(sunzi_context *ctx);

/* Columns whose update of the rest the unit makes as one product. */
int sunzi_lu_unit_width(sunzi_unit unit);

/* Room for the operands of updates of at most this size. SUNZI_ERR_NOMEM. */
sunzi_status sunzi_lu_operands_take(sunzi_context *ctx, sunzi_unit unit,
                                    int rows, int cols, int depth,
                                    sunzi_lu_operands *operands);
/* Also of zeroed ones. */
void sunzi_lu_operands_drop(sunzi_lu_operands *operands);

sunzi_status sunzi_lu_operands_update(const sunzi_lu_operands *operands,
                                      const sunzi_lu_update *update);

#endif
