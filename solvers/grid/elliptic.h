/* SPDX-License-Identifier: BSD-3-Clause */
/* -(sum over the neighbours j of w_ij (u_j - u_i)) + f_i(u_i) = b_i on a box of
 * nodes, u given around it: finite volumes of -div(eps grad u) + f(u) = b.
 *
 * u is found by corrections: r = b - f(u) + fluxes of u in the arithmetic of
 * states, then (-fluxes + mass) x = r, mass = f'(u), by conjugate gradients in
 * the arithmetic of corrections, preconditioned by multigrid in FP32; u += x.
 * Where f is linear that is iterative refinement, else Newton's method. f is
 * the owner's: it makes `load` = b - f(u), and mass.
 *
 *     policy   states   corrections
 *     fp64     FP64     FP64
 *     fp32c    df64     FP32
 *     fp32     FP32     FP32
 *
 * Arrays are local ones with a halo of one node on all sides, dimension 2 the
 * fastest; the weight of an edge stands at its lower end, also of those to the
 * nodes around the box. All sums are exact: the same bits for any number of
 * processes. */
#ifndef SUNZI_SOLVERS_GRID_ELLIPTIC_H
#define SUNZI_SOLVERS_GRID_ELLIPTIC_H

#include <sunzi/halo.h>
#include <sunzi/policy.h>

#include "solvers/grid/dot.h"
#include "engines/launch.h"
#include "solvers/grid/multigrid.h"

typedef struct sunzi_grid_array {
    void *bytes;
    sunzi_memory *memory;
} sunzi_grid_array;

typedef struct sunzi_elliptic {
    sunzi_context *ctx;
    sunzi_comm *comm;
    sunzi_policy policy;
    int processes[3];
    int64_t nodes[3], first[3], count[3], extent[3], step[3];
    int64_t cells; /* of an array, at least 1 */
    sunzi_grid_brick brick;
    double *exact[3]; /* weights, FP64 */
    /* states, of two planes under fp32c */
    sunzi_grid_array weight[3], source, u, load;
    /* corrections */
    sunzi_grid_array mass, x, r, p, q;
    sunzi_grid_array question, answer; /* FP32 */
    int exponent;                      /* of the last answer */
    sunzi_halo *u_halo, *p_halo;       /* NULL: a process alone */
    sunzi_multigrid *multigrid;
} sunzi_elliptic;

/* Collective. A box of so many nodes, cut as halo.h cuts; all arrays zero. e is
 * to be freed also after a failure. SUNZI_ERR_NOMEM, SUNZI_ERR_MPI,
 * SUNZI_ERR_ARG: too many nodes for a process; the same everywhere. Memory of a
 * node: 120 bytes, and the multigrid's. */
sunzi_status sunzi_elliptic_make(sunzi_context *ctx, sunzi_comm *comm,
                                 sunzi_policy policy, const int64_t *nodes,
                                 const int *processes, sunzi_elliptic *e);
void sunzi_elliptic_free(sunzi_elliptic *e); /* zeroed: allowed */

/* Where node (i, j, k) of the brick is in an array; -1 and count are its halo.
 */
static inline int64_t sunzi_elliptic_at(const sunzi_elliptic *e, int64_t i,
                                        int64_t j, int64_t k)
{
    return (i + 1) * e->step[0] + (j + 1) * e->step[1] + k + 1;
}

/* Bytes of an array of states, and of corrections. */
size_t sunzi_elliptic_state_bytes(const sunzi_elliptic *e);
size_t sunzi_elliptic_number_bytes(const sunzi_elliptic *e);

/* More arrays like these; zero. Not collective. */
sunzi_status sunzi_grid_array_take(sunzi_context *ctx, size_t bytes,
                                   sunzi_grid_array *array);
void sunzi_grid_array_free(sunzi_grid_array *array);

/* Numbers of all cells, halo included, to an array of states and back. Not
 * collective. */
sunzi_status sunzi_elliptic_put(const sunzi_elliptic *e, const double *from,
                                sunzi_grid_array *to);
sunzi_status sunzi_elliptic_get(const sunzi_elliptic *e, sunzi_grid_array *from,
                                double *to);

/* e->exact to e->weight. Not collective. */
sunzi_status sunzi_elliptic_put_weights(sunzi_elliptic *e);

/* Collective. The halo of u. A process that failed takes part. */
sunzi_status sunzi_elliptic_exchange_u(sunzi_elliptic *e, sunzi_status mine);

/* Collective. The multigrid for mass as it is. */
sunzi_status sunzi_elliptic_precondition(sunzi_elliptic *e, sunzi_status mine);

/* Collective. r from u, whose halo is exchanged, and load; *size = its 2-norm.
 */
sunzi_status sunzi_elliptic_residual(sunzi_elliptic *e, sunzi_status mine,
                                     double *size);

/* Collective. x = about (mass - fluxes)^-1 r: until the 2-norm of what is left
 * is at most goal, or rounding leaves nothing to gain. size: that of r, which
 * is overwritten. *iterations is added to. SUNZI_ERR_NONFINITE. */
sunzi_status sunzi_elliptic_correct(sunzi_elliptic *e, double size, double goal,
                                    int *iterations);

/* u += part x. Not collective; the halo is not exchanged. */
sunzi_status sunzi_elliptic_add(sunzi_elliptic *e, double part);

/* The kernel of the states', or of the corrections', arithmetic. */
#define SUNZI_ELLIPTIC_STATES(e, kernel, range, ...)                           \
    ((e)->policy == SUNZI_POLICY_FP64                                          \
         ? SUNZI_LAUNCH((e)->ctx, kernel##_fp64, range, __VA_ARGS__)           \
     : (e)->policy == SUNZI_POLICY_FP32                                        \
         ? SUNZI_LAUNCH((e)->ctx, kernel##_fp32, range, __VA_ARGS__)           \
         : SUNZI_LAUNCH((e)->ctx, kernel##_df64, range, __VA_ARGS__))
#define SUNZI_ELLIPTIC_NUMBERS(e, kernel, range, ...)                          \
    ((e)->policy == SUNZI_POLICY_FP64                                          \
         ? SUNZI_LAUNCH((e)->ctx, kernel##_fp64, range, __VA_ARGS__)           \
         : SUNZI_LAUNCH((e)->ctx, kernel##_fp32, range, __VA_ARGS__))
#define SUNZI_ELLIPTIC_STEPS(e)                                                \
    .row = (int)(e)->step[1], .slab = (int)(e)->step[0]

/* The nodes of the process, for launches. */
static inline k_range sunzi_elliptic_range(const sunzi_elliptic *e)
{
    const int64_t *c = e->count;
    return (k_range){{1, 1, 1}, {(int)c[0] + 1, (int)c[1] + 1, (int)c[2] + 1}};
}

#endif
