/* SPDX-License-Identifier: BSD-3-Clause */
/* Multigrid on a box of nodes: an approximate inverse, in FP32, of
 *
 *     (A u)_i = mass_i u_i + sum over the neighbours j of w_ij (u_i - u_j),
 *
 * neighbours along the axes, mass >= 0, w = w' >= 0: finite volumes of
 * mass u - div(sigma grad u) with insulated ends (what is fixed outside of the
 * box goes into mass). A node with neither mass nor edges does not take part,
 * so edges of weight 0 cut out any shape. Where no mass is, constants are in
 * the null space: they are left as they are.
 *
 * One application is linear, symmetric, and positive on what takes part but
 * those constants: a preconditioner of conjugate gradients. It needs no inner
 * product, and its bits do not depend on the number of processes, threads, or
 * on the engine.
 *
 * One V-cycle: Chebyshev smoothing of degree 2 before and after; twice as
 * coarse along the axes that couple strongly (within a quarter of the
 * strongest), so that anisotropy along them is harmless; interpolation linear
 * between the centres of coarse nodes, its transpose back; coarse weights from
 * the edges in series between two centres, side by side across them. Levels
 * that are small are computed by all processes. Conjugate gradients then need
 * 5 to 10 steps for 8 digits, on any grid with smooth coefficients, with shapes
 * cut out, and with any anisotropy along the axes; about 20 where weights jump
 * by 30 at random from node to node, and more with larger jumps
 * (tests/mpi/test_multigrid.c).
 *
 * Sources: W. Hackbusch, Multi-Grid Methods and Applications (1985), ch. 10
 * (semi-coarsening); M. Adams, M. Brezina, J. Hu, R. Tuminaro, J. Comput. Phys.
 * 188 (2003) 593 (Chebyshev smoothers); M. Mohr, R. Wienands, Comput. Vis. Sci.
 * 7 (2004) 129 (cell-centred transfers). */
#ifndef SUNZI_SOLVERS_GRID_MULTIGRID_H
#define SUNZI_SOLVERS_GRID_MULTIGRID_H

#include <sunzi/halo.h>

#include "core/context.h"
#include "engines/memory.h"

typedef struct sunzi_multigrid sunzi_multigrid;

/* Numbers of the nodes of this process where the caller has them: node (i, j,
 * k) of its brick at origin + i step[0] + j step[1] + k, dimension 2 the
 * fastest, as in a local array of halo.h. */
typedef struct sunzi_grid_layout {
    int64_t origin, step[2];
} sunzi_grid_layout;

typedef struct sunzi_multigrid_problem {
    int64_t nodes[3]; /* of the whole grid */
    int processes[3]; /* grid of processes, as sunzi_halo_processes gives it */
    sunzi_grid_layout layout; /* of the arrays below, and of vectors */
    const double *mass;
    /* of the edge from a node to the next along the dimension */
    const double *weight[3];
} sunzi_multigrid_problem;

/* Collective. comm, NULL for a process alone, and ctx must live longer; the
 * arrays are not kept. SUNZI_ERR_NOMEM, SUNZI_ERR_MPI, SUNZI_ERR_ARG (a mass
 * or weight that is negative or not finite), the same on all processes.
 * Memory: about 17 floats a node. */
sunzi_status sunzi_multigrid_create(sunzi_context *ctx, sunzi_comm *comm,
                                    const sunzi_multigrid_problem *problem,
                                    sunzi_multigrid **multigrid);
/* NULL and a pointer to NULL are allowed. Not collective. */
void sunzi_multigrid_destroy(sunzi_multigrid **multigrid);

/* Collective. z = B r, floats in the problem's layout; other elements of z are
 * untouched. mine: a process that failed before takes part, and all get an
 * error. */
sunzi_status sunzi_multigrid_apply(sunzi_multigrid *multigrid,
                                   sunzi_status mine, sunzi_memory *r,
                                   sunzi_memory *z);

/* Of all levels, for reports: their number, and the nodes of each (at most
 * `most`). */
int sunzi_multigrid_levels(const sunzi_multigrid *multigrid, int most,
                           int64_t (*nodes)[3]);

#endif
