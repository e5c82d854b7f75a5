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

/* Proved bound of max_j w_j |y* - y|_j / max_j w_j |y_j| (w: col_weight) for
 * the present right-hand side; infinity: none. work: 4 n doubles. */
double sunzi_proof_bound(sunzi_system *system, const sunzi_proof *proof,
                         const double *y, double *work);

#endif
