/* SPDX-License-Identifier: BSD-3-Clause */
/* A tissue: its fluxes, its vectors, and sums over its nodes. */
#ifndef SUNZI_SOLVERS_CARDIAC_TISSUE_H
#define SUNZI_SOLVERS_CARDIAC_TISSUE_H

#include <stdbool.h>
#include <sunzi/halo.h>
#include <sunzi/tissue.h>

#include "engines/memory.h"
#include "solvers/cardiac/voxels.h"

/* Numbers of the policy on the grid of the process with its halo (V: two
 * planes where it is a pair), zero outside of the brick and where no tissue is.
 */
typedef struct sunzi_tissue_array {
    void *bytes;
    sunzi_memory *memory;
} sunzi_tissue_array;

struct sunzi_tissue {
    sunzi_context *ctx;
    sunzi_comm *comm;
    sunzi_policy policy;
    sunzi_tissue_scheme scheme;
    double tolerance, limit;
    /* largest over the nodes: sum of weights over mass, 1/ms; sum of their
     * magnitudes over the sum */
    double stiffness, cancellation;
    double voxel_volume, spacing[3];
    int64_t nodes[3];
    sunzi_voxel_grid grid; /* mass and weights in FP64 only while it is made */
    double *mass, *total;  /* FP64; sum of the weights of a node's edges */
    bool faces;
    int64_t count;            /* of nodes with tissue here */
    sunzi_tissue_array place; /* int[count]: where they are on the grid */
    sunzi_tissue_array volume, weight[SUNZI_EDGES];
    sunzi_tissue_array state, inverse, x, r, z, p, q;
    double dt; /* of `inverse`; 0: none yet */
    /* NULL: a process alone needs no exchange */
    sunzi_halo *state_halo, *direction_halo;
};

/* Bytes of a number, planes of V. */
static inline size_t sunzi_tissue_size(const sunzi_tissue *t)
{
    return t->policy == SUNZI_POLICY_FP64 ? sizeof(double) : sizeof(float);
}

static inline int sunzi_tissue_planes(const sunzi_tissue *t)
{
    return t->policy == SUNZI_POLICY_FP32C ? 2 : 1;
}

/* Element i of an array of the policy. */
static inline double sunzi_tissue_get(const sunzi_tissue *t, const void *array,
                                      int64_t i)
{
    return t->policy == SUNZI_POLICY_FP64 ? ((const double *)array)[i]
                                          : (double)((const float *)array)[i];
}

/* Collective. *result = sum over all nodes of a b, exact but for one rounding
 * to nearest: the same bits for any number of processes and threads. mine: a
 * process that failed before takes part, and all get its status. */
sunzi_status sunzi_tissue_dot(const sunzi_tissue *t, sunzi_status mine,
                              const sunzi_tissue_array *a,
                              const sunzi_tissue_array *b, double *result);

/* Collective. sunzi_tissue_diffuse for processes one of which may have failed
 * before: then all get its status. report: not NULL. A blow-up is not given its
 * place. */
sunzi_status sunzi_tissue_diffuse_if(sunzi_tissue *t, sunzi_status mine,
                                     double dt, void *V, int64_t plane,
                                     sunzi_tissue_report *report);

#endif
