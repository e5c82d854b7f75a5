/* SPDX-License-Identifier: BSD-3-Clause */
/* Preconditioned conjugate gradients, written once over callbacks: (x, r, z, p,
 * q) are the caller's, in its arithmetic. M. R. Hestenes, E. Stiefel, J. Res.
 * NBS 49 (1952) 409. */
#ifndef SUNZI_SOLVERS_GRID_CONJUGATE_H
#define SUNZI_SOLVERS_GRID_CONJUGATE_H

#include <stdbool.h>
#include <sunzi/comm.h>

#include "core/status.h"

/* Callbacks are collective; a process that failed before (`mine`) takes part,
 * and all return its status. Inner products are the same on all processes. */
typedef struct sunzi_conjugate {
    sunzi_comm *comm;
    void *data;
    /* z = B r, *rho = r z; size: 2-norm of r. */
    sunzi_status (*precondition)(void *data, double size, sunzi_status mine,
                                 double *rho);
    /* p = z, first, else z + b p; q = A p, *curvature = p q. */
    sunzi_status (*turn)(void *data, bool first, double b, double *curvature);
    /* x += a p, r -= a q, *square = r r. */
    sunzi_status (*advance)(void *data, double a, double *square);
} sunzi_conjugate;

/* From x = 0 and r of 2-norm `size`: until that is at most goal, `most` steps
 * were made, or rounding leaves nothing to gain. *iterations is added to.
 * *finite: no inner product overflowed or was NaN. */
sunzi_status sunzi_conjugate_run(const sunzi_conjugate *c, sunzi_status mine,
                                 double size, double goal, int most,
                                 int *iterations, bool *finite);

#endif
