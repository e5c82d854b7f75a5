/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Tissue: the diffusion of the monodomain equation on voxels, on any number of
 * processes, for potentials that the caller owns.
 *
 *     chi C dV/dt = div(sigma grad V), no flux through the surface
 *
 * A voxel image of up to three dimensions says where tissue is and what it
 * conducts. Unknowns are at the nodes, the corners of voxels with tissue: node
 * (i, j, k) is at (i hx, j hy, k hz), and belongs to the voxels with i - 1 or i
 * and so on. Its control volume is an eighth of each of them that has tissue
 * (in a sheet a quarter, in a cable half), so that nodes on the surface have
 * less, and mass is lumped. The flux between nodes follows from the energy
 *
 *     1/2 sum over voxels and their corners of (volume / 8) g . sigma g
 *
 * with the gradient g from the three edges of the voxel at that corner: second
 * order, symmetric, conservative, without a sign that is wrong in any tissue
 * whose conductivities are positive definite. Where sigma is diagonal this is
 * the 7-point scheme, otherwise one of 19 points.
 *
 * Nodes are dealt to processes in bricks (halo.h). The caller's arrays hold the
 * nodes with tissue of its brick only, x fastest, then y, then z: number i is
 * node sunzi_tissue_nodes(...)[i] of the grid.
 *
 * The result of a step has the same bits for any number of processes, threads
 * and engines: every sum that decides something is exact (reduce.h).
 *
 * Source of the splitting: Z. Qu, A. Garfinkel, IEEE Trans. Biomed. Eng. 46
 * (1999) 1166. The benchmark: S. A. Niederer et al., Phil. Trans. R. Soc. A 369
 * (2011) 4331.
 */
#ifndef SUNZI_TISSUE_H
#define SUNZI_TISSUE_H

#include <stdint.h>
#include <sunzi/cell.h>
#include <sunzi/comm.h>
#include <sunzi/context.h>
#include <sunzi/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sunzi_tissue sunzi_tissue;

/** How a step of length dt is made from V to V + d, M the volumes, K V the
 * fluxes. */
typedef enum sunzi_tissue_scheme {
    SUNZI_TISSUE_EXPLICIT,       /**< M d = dt K V; for dt below a limit */
    SUNZI_TISSUE_BACKWARD_EULER, /**< (M - dt K) d = dt K V */
    SUNZI_TISSUE_CRANK_NICOLSON  /**< (M - dt/2 K) d = dt K V: second order */
} sunzi_tissue_scheme;

/** Tells of a voxel (x, y, z, from 0): 0 no tissue; 1 tissue, and its
 * conductivities in sigma[6] = xx, yy, zz, xy, xz, yz in S/m, which are zero on
 * entry; a negative sunzi_status: stop. Called in sunzi_tissue_create only, for
 * the voxels around the nodes of the process: processes ask for the voxels
 * between them too, and must get the same answer. */
typedef int sunzi_tissue_voxel_fn(void *user, const int64_t voxel[3],
                                  double sigma[6]);

/** Told of the brick of this process, nodes in x, y, z: first and number (0:
 * none), before voxel is called for its voxels, first - 1 to first + count in
 * each direction: the moment to read that part of an image. Called once on each
 * process, together. 0, or a negative sunzi_status: stop. */
typedef int sunzi_tissue_brick_fn(void *user, const int64_t first[3],
                                  const int64_t count[3]);

/** Arrays are in the order x, y, z. */
typedef struct sunzi_tissue_options {
    /** Voxels in each direction; 0: the tissue has one layer of nodes there and
     * nothing flows. Default 1, 1, 1. Nodes: one more than voxels. */
    int64_t voxels[3];
    double spacing[3];        /**< of nodes, mm; default 0.2 */
    double surface_to_volume; /**< chi, 1/mm; default 140 */
    double capacitance;       /**< C, uF/mm^2; default 0.01 */
    /** SUNZI_POLICY_FP64, the default, _FP32, or _FP32C: the increment of a
     * step in FP32 arithmetic, added without loss to V, a pair. */
    sunzi_policy policy;
    sunzi_tissue_scheme scheme; /**< default CRANK_NICOLSON */
    /** How far an implicit step is solved: error of the increment d against d
     * itself. As it is of d and not of V, which differs from d by the resting
     * potential, it bounds the relative error of each step's change. 0: 1e-9
     * (FP64), 1e-7 (others, whose arithmetic adds as much). */
    double tolerance;
    int processes[3]; /**< 0: chosen, as in halo.h */
    /** 0: bricks of equal size, the default. 1: the cuts between bricks are put
     * where the layers of the image have equal shares of the tissue, in each
     * direction by itself, so that processes have more equal numbers of nodes
     * where much of the image is empty. voxel is then called for equal shares
     * of the image first, those of bricks of equal size, and for
     * others after `brick`. Not for sunzi_bidomain_create yet. */
    int balance;
    sunzi_tissue_voxel_fn *voxel; /**< NULL: not allowed */
    void *user;
    sunzi_tissue_brick_fn *brick; /**< NULL: none */
} sunzi_tissue_options;

/** How cells and diffusion take turns in a step. */
typedef enum sunzi_tissue_splitting {
    SUNZI_TISSUE_GODUNOV, /**< cells dt, diffusion dt: first order */
    /** Cells dt/2, diffusion dt, cells dt/2: second order with the midpoint
     * method of cells and CRANK_NICOLSON. Cells cost twice as much. */
    SUNZI_TISSUE_STRANG
} sunzi_tissue_splitting;

/** What a step took. */
typedef struct sunzi_tissue_report {
    /** Of Chebyshev's iteration where a bound of the condition number shows
     * that 30 are enough, else of conjugate gradients; 0: explicit, or V is
     * constant. */
    int iterations;
    /** Reached, in the sense of `tolerance`: a bound of the error (Chebyshev),
     * or remaining against initial residual in the norm of the diagonal's
     * inverse. */
    double residual;
    double cells_seconds, diffusion_seconds; /**< of this process */
} sunzi_tissue_report;

/** Set every field to its default; NULL: nothing is done. Not collective. */
SUNZI_API void sunzi_tissue_options_init(sunzi_tissue_options *options);

/** Collective. Make the fluxes of a tissue.
 *
 * \param [in]  ctx      NULL: the default context; it and comm live longer
 * \param [in]  comm     NULL: a process alone
 * \param [in]  options  the same on all processes but for `user`
 * \param [out] tissue   written on success only
 * \return SUNZI_ERR_ARG: a size, spacing, policy, ...; the image has no tissue;
 *         a voxel has no neighbour with tissue across a face (the first one is
 *         named); SUNZI_ERR_NOT_POSITIVE_DEFINITE: conductivities of a voxel,
 *         which is named; SUNZI_ERR_NONFINITE; what options->voxel returned;
 *         SUNZI_ERR_NOMEM, SUNZI_ERR_MPI; the same on all processes.
 *
 * Memory for a node of the brick's grid, bytes: 9 numbers (15 where sigma is
 * not diagonal) of 8 or 4, 8, and V; more while it is made. */
SUNZI_API sunzi_status sunzi_tissue_create(sunzi_context *ctx, sunzi_comm *comm,
                                           const sunzi_tissue_options *options,
                                           sunzi_tissue **tissue);

/** Free it and set *tissue to NULL; NULL and a pointer to NULL are allowed. Not
 * collective. */
SUNZI_API void sunzi_tissue_destroy(sunzi_tissue **tissue);

/** Nodes with tissue of this process: the length of its arrays; NULL: 0. Not
 * collective. */
SUNZI_API int64_t sunzi_tissue_count(const sunzi_tissue *tissue);

/** Which they are: index[i] = x + nx (y + ny z), counted from 0, ascending with
 * i; array of sunzi_tissue_count. Here and in the functions that follow nothing
 * is done where an argument is NULL. Not collective. */
SUNZI_API void sunzi_tissue_nodes(const sunzi_tissue *tissue, int64_t *index);

/** Their volumes, mm^3 (mm^2 in a sheet, mm in a cable), which sum up to that
 * of the tissue; array of sunzi_tissue_count. Not collective. */
SUNZI_API void sunzi_tissue_volumes(const sunzi_tissue *tissue, double *volume);

/** The brick of this process, nodes in x, y, z: first and number (0: none).
 * Not collective. */
SUNZI_API void sunzi_tissue_brick(const sunzi_tissue *tissue, int64_t *first,
                                  int64_t *count);

/** Largest dt of an explicit step, ms: 2 over a bound of the largest
 * eigenvalue (Gershgorin), which it exceeds by little; NULL: 0. Not collective,
 * the same on all processes. */
SUNZI_API double sunzi_tissue_limit(const sunzi_tissue *tissue);

/** Collective. One step of diffusion.
 *
 * \param [in]     dt      > 0, ms, the same everywhere; another dt than in the
 *                         last call costs a pass
 * \param [in,out] V       sunzi_tissue_count potentials, mV: double (FP64) or
 *                         float. FP32C: the low half of V[i] is V[i + plane]
 * \param [in]     plane   FP32C: at least the count; else not used
 * \param [out]    report  may be NULL
 * \return SUNZI_ERR_ARG: arguments (tissue NULL: on all processes); dt above
 *         the limit of an explicit step, which is named. SUNZI_ERR_BLOW_UP: V
 * is not finite at a node, which is named, or overflows. V is untouched after a
 * negative status. SUNZI_REACHED_NONE: 1000 iterations were not enough, the
 * step was made, report->residual tells how well.
 *
 * Cost of an implicit step: `iterations` passes over the fluxes, each with one
 * halo exchange of a number a node (the first one of V), and two reductions
 * (140 integers; 2); conjugate gradients: two of 140 integers an iteration
 * more. */
SUNZI_API sunzi_status sunzi_tissue_diffuse(sunzi_tissue *tissue, double dt,
                                            void *V, int64_t plane,
                                            sunzi_tissue_report *report);

/** Collective. A whole step of the monodomain equation: cells and diffusion;
 * all cells are of one model, their variants may differ (cells->types).
 *
 * \param [in,out] cells    of the caller: count = sunzi_tissue_count, cell i at
 *                          node i, under the policy of the tissue. stimulus,
 *                          types, current as in cell.h. cells->time advances by
 *                          dt
 * \param [in]     dt       > 0, ms, the same everywhere
 * \param [in]     options  of the cells' steps; NULL: defaults
 * \param [out]    report   may be NULL
 * \return as sunzi_cell_step and sunzi_tissue_diffuse. SUNZI_ERR_BLOW_UP: the
 *         sentence names node, cell, time and state; after a negative status
 *         the states are those of the moment when it was found. */
SUNZI_API sunzi_status sunzi_tissue_step(sunzi_tissue *tissue,
                                         sunzi_cells *cells, double dt,
                                         sunzi_tissue_splitting splitting,
                                         const sunzi_cell_options *options,
                                         sunzi_tissue_report *report);

/** Cells of one model on some of the nodes of a process. */
typedef struct sunzi_tissue_group {
    sunzi_cells *cells; /**< of the caller; as in sunzi_tissue_step */
    /** Array of cells->count: cell i is at node nodes[i], a number from 0 to
     * sunzi_tissue_count - 1 (not one of the grid), ascending with i. NULL: all
     * nodes in their order; for a group that is alone. */
    const int64_t *nodes;
} sunzi_tissue_group;

/** Collective. sunzi_tissue_step of a tissue of several models: each group
 * steps its own cells, then V of all nodes diffuses.
 *
 * \param [in]     groups  at least 1, the same everywhere, as is their order
 * \param [in,out] group   array of `groups`; every node belongs to one of them.
 *                         A group without nodes of this process has count 0
 * \return as sunzi_tissue_step; SUNZI_ERR_ARG: a node that is in no group or
 *         in two, which is told.
 *
 * The same bits for any number of processes, any order of the groups, and for
 * variants of a model in groups or in cells->types. Cost over
 * sunzi_tissue_step, for groups with `nodes`: V is copied twice. */
SUNZI_API sunzi_status sunzi_tissue_step_groups(
    sunzi_tissue *tissue, int groups, const sunzi_tissue_group *group,
    double dt, sunzi_tissue_splitting splitting,
    const sunzi_cell_options *options, sunzi_tissue_report *report);

/** Collective. SUNZI_OK if lowest <= V <= highest at all nodes; otherwise
 * SUNZI_ERR_BLOW_UP, and the sentence names the first node that breaks it,
 * with its V: the test for a run that blew up. V and plane as for
 * sunzi_tissue_diffuse. Cost: a pass over V and one reduction. */
SUNZI_API sunzi_status sunzi_tissue_check(const sunzi_tissue *tissue,
                                          const void *V, int64_t plane,
                                          double lowest, double highest);

/** Collective. *result = what values, one a node (of the process,
 * sunzi_tissue_count of them), are at a point, linear in each direction between
 * the nodes around it; NAN if one of these has no tissue or a NAN. point: x, y,
 * z in mm, the same on all processes. Same bits for any number of processes.
 * For probes and maps of activation. SUNZI_ERR_ARG: NULL; a point outside of
 * the grid. Cost: three reductions. */
SUNZI_API sunzi_status sunzi_tissue_sample(const sunzi_tissue *tissue,
                                           const double *values,
                                           const double point[3],
                                           double *result);

/* ---- bidomain ---- */

/** A tissue and what is outside of its cells. With the conductivities sigma_i
 * of the tissue (inside) and sigma_i + sigma_e (both together)
 *
 *     chi C dV/dt = div(sigma_i grad(V + phi))
 *     0 = div(sigma_i grad V) + div((sigma_i + sigma_e) grad phi)
 *
 * without flux through the surface, and phi of mean zero. Where voxels have no
 * tissue but conduct they are a bath. */
typedef struct sunzi_bidomain sunzi_bidomain;

/** Collective. Make it.
 *
 * \param [in]  tissue     lives longer; sigma of its voxels is sigma_i
 * \param [in]  total      voxel and user: of sigma_i + sigma_e, or of a bath;
 *                         all voxels of the tissue are among them. tolerance:
 *                         of the residual of phi against div(sigma_i grad V),
 *                         2-norm; 0: 1e-9 (FP64), 1e-5 (others: the residual
 *                         of n nodes a side is rounded to about n 2^-24; FP32
 *                         does not come near that on fine grids). Nothing else
 *                         is read
 * \param [out] bidomain   written on success only
 * \return as sunzi_tissue_create; SUNZI_ERR_ARG: a node of the tissue is not
 *         among those of `total`.
 *
 * Memory: that of another tissue, and of a multigrid in FP32, about 17 floats a
 * node (solvers/grid/multigrid.h). */
SUNZI_API sunzi_status sunzi_bidomain_create(sunzi_tissue *tissue,
                                             const sunzi_tissue_options *total,
                                             sunzi_bidomain **bidomain);

/** Free it and set *bidomain to NULL; NULL and a pointer to NULL are allowed.
 * Not collective. */
SUNZI_API void sunzi_bidomain_destroy(sunzi_bidomain **bidomain);

/** Nodes of this process with tissue or bath: the length of phi; NULL: 0. Not
 * collective. */
SUNZI_API int64_t sunzi_bidomain_count(const sunzi_bidomain *bidomain);

/** Which they are, as sunzi_tissue_nodes tells. Not collective. */
SUNZI_API void sunzi_bidomain_nodes(const sunzi_bidomain *bidomain,
                                    int64_t *index);

/** Collective. phi from V, by conjugate gradients with multigrid, refined.
 *
 * \param [in]     V, plane  as in sunzi_tissue_diffuse
 * \param [in,out] phi       sunzi_bidomain_count potentials, mV: the guess to
 *                           start from; the result. Under fp32c it is used with
 *                           48 bits
 * \param [out]    report    may be NULL; iterations in all, and the residual
 * \return SUNZI_ERR_ARG; SUNZI_ERR_BLOW_UP: V or phi is not finite;
 *         SUNZI_REACHED_NONE: the tolerance was not reached, report->residual
 *         was. After a negative status phi is undefined.
 *
 * Same bits for any number of processes. Cost: 5 to 10 iterations for 8 digits
 * where sigma is smooth and diagonal. */
SUNZI_API sunzi_status sunzi_bidomain_solve(sunzi_bidomain *bidomain,
                                            const void *V, int64_t plane,
                                            double *phi,
                                            sunzi_tissue_report *report);

/** Collective. One step of diffusion of V by the scheme of the tissue. phi is
 * solved for at the beginning of the step, and with CRANK_NICOLSON again for
 * its middle, from a first try: second order. phi: as in sunzi_bidomain_solve;
 * afterwards that with which the step was made. Arguments and statuses of
 * sunzi_tissue_diffuse and sunzi_bidomain_solve. After a negative status V is
 * as it was, or, where the second solve failed, undefined. */
SUNZI_API sunzi_status sunzi_bidomain_diffuse(sunzi_bidomain *bidomain,
                                              double dt, void *V, int64_t plane,
                                              double *phi,
                                              sunzi_tissue_report *report);

/** Collective. A whole step of the bidomain equations: cells as in
 * sunzi_tissue_step_groups, and sunzi_bidomain_diffuse, with their arguments
 * and statuses. cells of the groups are those of the nodes of the tissue.
 * report->iterations and residual are those of phi. */
SUNZI_API sunzi_status sunzi_bidomain_step(sunzi_bidomain *bidomain, int groups,
                                           const sunzi_tissue_group *group,
                                           double dt,
                                           sunzi_tissue_splitting splitting,
                                           const sunzi_cell_options *options,
                                           double *phi,
                                           sunzi_tissue_report *report);

/** Collective. sunzi_tissue_sample of values, one a node with tissue or bath
 * (sunzi_bidomain_count). */
SUNZI_API sunzi_status sunzi_bidomain_sample(const sunzi_bidomain *bidomain,
                                             const double *values,
                                             const double point[3],
                                             double *result);

#ifdef __cplusplus
}
#endif
#endif
