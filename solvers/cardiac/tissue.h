/* SPDX-License-Identifier: BSD-3-Clause */
/* A tissue: its fluxes, its vectors, and sums over its nodes. */
#ifndef SUNZI_SOLVERS_CARDIAC_TISSUE_H
#define SUNZI_SOLVERS_CARDIAC_TISSUE_H

#include <stdbool.h>
#include <sunzi/halo.h>
#include <sunzi/tissue.h>

#include "engines/memory.h"
#include "solvers/fields/border.h"
#include "solvers/cardiac/voxels.h"

/* Numbers of the policy on the grid of the process with its halo (V: two
 * planes where it is a pair), zero outside of the brick and where no tissue is.
 */
typedef struct sunzi_tissue_array {
    void *bytes;
    sunzi_memory *memory;
} sunzi_tissue_array;

struct sunzi_tissue {
    sunzi_tissue_options made; /* what it was made of; not its user */
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
    /* where bricks are cut, of processes[d] each; NULL: equal bricks */
    int64_t *cut[3];
    int processes[3];
    sunzi_voxel_grid grid; /* mass and weights in FP64 only while it is made */
    double *mass, *total;  /* FP64; sum of the weights of a node's edges */
    bool faces;            /* there are weights of diagonals */
    bool edges;            /* the halo has the nodes across edges */
    int64_t count;         /* of nodes with tissue here */
    sunzi_tissue_array place; /* int[count]: where they are on the grid */
    sunzi_tissue_array volume, weight[SUNZI_EDGES];
    sunzi_tissue_array state, inverse, x, r, z, p, q;
    double dt; /* of `inverse`; 0: none yet */
    /* of several groups of cells, from the first step on: V of all nodes in the
     * form of sunzi_tissue_diffuse with plane = count; was a node seen? */
    void *gathered;
    unsigned char *taken;
    /* NULL: a process alone needs no exchange */
    sunzi_halo *state_halo, *direction_halo;
    /* the same for arrays on a device; NULL there: on the host */
    sunzi_border *state_border, *direction_border;
    sunzi_memory *sums, *digits; /* of exact sums on a device */
    int items;                   /* that have such sums */
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

/* Node n of the whole grid that is at `at` of the arrays, and its number: x
 * fastest. */
static inline void sunzi_tissue_find_node(const sunzi_tissue *t, int64_t at,
                                          int64_t n[3])
{
    const sunzi_voxel_grid *g = &t->grid;
    for (int d = 0; d < 3; d++)
        n[d] = at / g->step[d] % g->extent[d] - 1 + g->first[d];
}

static inline int64_t sunzi_tissue_number(const sunzi_tissue *t,
                                          const int64_t n[3])
{
    return n[0] + t->nodes[0] * (n[1] + t->nodes[1] * n[2]);
}

/* The exchange of a number a node with the nodes across faces, and across edges
 * if `edges`. Collective. */
sunzi_status sunzi_tissue_make_halo(const sunzi_tissue *t,
                                    sunzi_element element, bool edges,
                                    sunzi_halo **halo);

/* sunzi_tissue_create; edges: the halo has nodes across edges in any case. */
sunzi_status sunzi_tissue_make(sunzi_context *ctx, sunzi_comm *comm,
                               const sunzi_tissue_options *options, bool edges,
                               sunzi_tissue **tissue);

/* Collective. t->cut for t->processes, from the image: equal shares of the
 * tissue. t->grid is an equal brick. (tissue_balance.c) */
sunzi_status sunzi_tissue_balance(sunzi_tissue *t,
                                  const sunzi_tissue_options *options);

/* SUNZI_ERR_ARG: argument `what` is NULL. */
sunzi_status sunzi_tissue_is_null(const char *function, const char *what);

/* Bytes that are zero; SUNZI_ERR_NOMEM in the name of sunzi_tissue_create. */
sunzi_status sunzi_tissue_new_array(const sunzi_tissue *t, size_t bytes,
                                    sunzi_tissue_array *array);
void sunzi_tissue_free_array(sunzi_tissue_array *array);

/* What sunzi_tissue_dot needs on a device. */
sunzi_status sunzi_tissue_take_sums(sunzi_tissue *t);

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

/* Collective. sunzi_tissue_check of a process that has nothing to look at where
 * V is NULL. */
sunzi_status sunzi_tissue_find_bad(const sunzi_tissue *t, const void *V,
                                   int64_t plane, double lowest,
                                   double highest);

/* ---- the parts of a step (diffuse.c); A = mass - part K, K the fluxes; a
 * process that failed before (`mine`) takes part in exchanges ---- */

/* The diagonal's inverse for steps of dt. */
sunzi_status sunzi_tissue_prepare(sunzi_tissue *t, double dt);
/* t->state = V on the grid, with its halo. Collective. */
sunzi_status sunzi_tissue_spread(sunzi_tissue *t, sunzi_memory *V,
                                 int64_t plane, sunzi_status mine);
/* r = dt K state, z = p = inverse r. */
sunzi_status sunzi_tissue_flux(sunzi_tissue *t, double dt,
                               const sunzi_tissue_array *state);
/* From r, z, p and x = 0: the increment of a step. Collective. */
sunzi_status sunzi_tissue_find_increment(sunzi_tissue *t, double dt,
                                         sunzi_status mine,
                                         sunzi_tissue_report *report);
/* V += the increment. */
sunzi_status sunzi_tissue_increment(sunzi_tissue *t, sunzi_memory *V,
                                    int64_t plane);
/* ---- vectors on the grid, where the context computes (of a bidomain) ---- */

/* to = from, or to += from: all of the grid. */
sunzi_status sunzi_tissue_combine(const sunzi_tissue *t, sunzi_tissue_array *to,
                                  const sunzi_tissue_array *from, bool add);
/* At the nodes with tissue: r -= mean; the floats question = r 2^-exponent; z =
 * answer 2^exponent. */
sunzi_status sunzi_tissue_shift(sunzi_tissue *t, double mean);
sunzi_status sunzi_tissue_ask(const sunzi_tissue *t, int exponent,
                              sunzi_tissue_array *question);
sunzi_status sunzi_tissue_answer(sunzi_tissue *t, int exponent,
                                 const sunzi_tissue_array *answer);

/* q = A p. Collective. */
sunzi_status sunzi_tissue_apply(sunzi_tissue *t, double part,
                                const sunzi_tissue_array *mass,
                                sunzi_status mine);
/* x += a p, r -= a q, z = inverse r. */
sunzi_status sunzi_tissue_advance(sunzi_tissue *t, double a);
/* p = z + b p. */
sunzi_status sunzi_tissue_direct(sunzi_tissue *t, double b);

#endif
