/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact solutions of the monodomain and bidomain equations in 1 to 3
 * dimensions, and the errors of the library's steps against them: P.
 * Pathmanathan, R. A. Gray, Int. J. Numer. Meth. Biomed. Engng 30 (2014) 525.
 * Cells are advanced here, in FP64; V and its diffusion are those of a policy.
 */
#ifndef SUNZI_TOOLS_MANUFACTURED_H
#define SUNZI_TOOLS_MANUFACTURED_H

#include <stdbool.h>
#include <sunzi/tissue.h>

typedef struct sunzi_manufactured {
    int dims, n, steps; /* voxels a side; steps to t = 1 */
    sunzi_policy policy;
    sunzi_tissue_scheme scheme;
    bool strang;  /* else Godunov splitting */
    bool outside; /* bidomain */
} sunzi_manufactured;

/* Largest errors at t = 1: of V; of phi, in a bidomain (else 0). */
typedef struct sunzi_manufactured_errors {
    double V, phi;
} sunzi_manufactured_errors;

/* Statuses of the steps. A bidomain of plain FP32 does not hold phi well enough
 * for the residual that is asked for; that is none. */
sunzi_status sunzi_manufactured_run(const sunzi_manufactured *problem,
                                    sunzi_manufactured_errors *errors);

#endif
