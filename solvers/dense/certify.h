/* SPDX-License-Identifier: BSD-3-Clause */
/* A proof that a computed solution is close to the exact one. */
#ifndef SUNZI_SOLVERS_DENSE_CERTIFY_H
#define SUNZI_SOLVERS_DENSE_CERTIFY_H

#include "solvers/dense/system.h"

/* An approximate inverse C of S with proved row sums g_i >= sum_j |I - C S|_ij;
 * alpha = max g_i < 1 proves that S is not singular. In tiles process p holds
 * the rows i of C with i mod processes = p. */
typedef struct sunzi_proof {
    void *inverse; /* its rows, contiguous */
    void *bounds;  /* g, [n] */
    double alpha;
    size_t bytes;
} sunzi_proof;

/* SUNZI_OK: proved; positive: alpha >= 1, no proof; SUNZI_ERR_NOMEM. */
sunzi_status sunzi_proof_create(sunzi_system *system, sunzi_proof *proof);
void sunzi_proof_destroy(sunzi_context *ctx, sunzi_proof *proof);

/* bound[k], k < count: proved bound of max_i w_i |y* - y|_i / max_i w_i |y_i|
 * (w: col_weight) for y = vector columns[k] of y and right-hand side columns[k]
 * of the system; infinity: none. work: SUNZI_PROOF_VECTORS n count doubles. */
void sunzi_proof_bounds(sunzi_system *system, const sunzi_proof *proof,
                        int count, const int *columns, const double *y,
                        double *bound, double *work);

enum { SUNZI_PROOF_VECTORS = 3 };

#endif
