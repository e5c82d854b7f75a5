/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * The electrostatic potential of a molecule in a solution of salt:
 *
 *     -div(eps grad phi) + kappa^2 N(phi) = 4 pi l sum_i q_i delta(r - r_i),
 *
 * phi in k T / e, lengths in Angstrom, l = e^2 / (4 pi eps0 k T), eps relative.
 * eps is that of the solute inside of the molecule and that of the solvent
 * outside. With n_s ions of charge z_s in a volume, where ions can be,
 *
 *     kappa^2 = 4 pi l sum n_s z_s^2,
 *     N(phi) = -(sum n_s z_s exp(-z_s phi)) / (sum n_s z_s^2),
 *
 * sinh(phi) for a salt of one charge; linear: N(phi) = phi.
 *
 * Finite volumes around the nodes of a box; phi on its surface is given by a
 * model or by a coarser grid (focusing). Solved by refinement or Newton's
 * method with a line search; corrections by conjugate gradients with multigrid
 * in FP32 (solvers/grid/). doc/poisson-boltzmann.md has the formulas and their
 * sources. The same bits for any number of processes and threads.
 *
 * What a solution holds is sensible as a difference only: phi near a charge
 * grows as 1 / spacing. A solvation energy is the difference of the energies of
 * two solutions on one grid, in the solvent and with the solvent's dielectric
 * that of the solute (and no ions), where that cancels:
 *
 *     sunzi_pb_create(ctx, comm, &options, atoms, atom, &pb);
 *     sunzi_pb_solve(pb, NULL, &in_water);
 *     options.solvent_dielectric = options.solute_dielectric;
 *     options.ions = 0;  and again: alone
 *     (in_water.energy - alone.energy) k T */
#ifndef SUNZI_POISSON_BOLTZMANN_H
#define SUNZI_POISSON_BOLTZMANN_H

#include <stdint.h>
#include <sunzi/comm.h>
#include <sunzi/context.h>
#include <sunzi/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A molecule in solution, on a grid. */
typedef struct sunzi_pb sunzi_pb;

typedef struct sunzi_pb_atom {
    double position[3]; /**< Angstrom */
    double charge;      /**< e */
    double radius;      /**< Angstrom, >= 0 */
} sunzi_pb_atom;

typedef struct sunzi_pb_ion {
    double charge;        /**< e, not 0 */
    double concentration; /**< mol/l, > 0 */
} sunzi_pb_ion;

#define SUNZI_PB_IONS_MAX 8

/** Where the molecule is. */
typedef enum sunzi_pb_surface {
    /** Not where a ball of probe_radius that overlaps with no atom can reach
     * (Lee, Richards 1971; Richards 1977); exact, without dots on it. */
    SUNZI_PB_MOLECULAR,
    SUNZI_PB_VAN_DER_WAALS, /**< in the atoms */
    /** Atoms that end smoothly, over +- spline_width around their radius (Im,
     * Beglov, Roux 1998). */
    SUNZI_PB_SPLINE
} sunzi_pb_surface;

/** eps between two nodes of which one is inside. */
typedef enum sunzi_pb_average {
    SUNZI_PB_HARMONIC,   /**< in series, by the parts of the way */
    SUNZI_PB_ARITHMETIC, /**< by the parts of the way */
    SUNZI_PB_MIDPOINT    /**< that of the middle */
} sunzi_pb_average;

/** Nodes that hold a charge. */
typedef enum sunzi_pb_charges {
    SUNZI_PB_TRILINEAR,   /**< the 8 around it */
    SUNZI_PB_CUBIC_SPLINE /**< 64: B-splines; smoother, less of a grid */
} sunzi_pb_charges;

/** phi on the surface of the box, where no coarser grid gives it: Debye and
 * Hueckel's of a sphere in salt. */
typedef enum sunzi_pb_boundary {
    SUNZI_PB_ATOMS,  /**< of each atom, by its radius; summed */
    SUNZI_PB_SPHERE, /**< of one around all of them, with their net charge */
    SUNZI_PB_ZERO
} sunzi_pb_boundary;

typedef struct sunzi_pb_options {
    /** Nodes in x, y, z, on the surface as well: at least 5; default 65. */
    int64_t nodes[3];
    double spacing[3]; /**< of nodes, Angstrom; default 0.5 */
    double centre[3];  /**< of the box, Angstrom; default 0 */
    double solute_dielectric, solvent_dielectric; /**< default 2, 78.54 */
    double temperature;                           /**< K; default 298.15 */
    double probe_radius;                          /**< default 1.4 */
    double spline_width;                          /**< default 0.3 */
    /** Ions can be where their centre is further than this from every atom's
     * surface; default 2. */
    double ion_radius;
    int ions; /**< kinds of them: 0, the default, to SUNZI_PB_IONS_MAX */
    sunzi_pb_ion ion[SUNZI_PB_IONS_MAX];
    sunzi_pb_surface surface;   /**< default MOLECULAR */
    sunzi_pb_average average;   /**< default HARMONIC */
    sunzi_pb_charges charges;   /**< default CUBIC_SPLINE */
    sunzi_pb_boundary boundary; /**< default ATOMS */
    int nonlinear;              /**< default 0: linear */
    /** SUNZI_POLICY_FP64, the default; _FP32C: corrections in FP32, residuals
     * and phi in pairs of FP32; _FP32 to see what is lost. */
    sunzi_policy policy;
    /** Of the residual, against that of phi = 0 in the box, 2-norm; 0: 1e-10,
     * 1e-5 (FP32). */
    double tolerance;
    int processes[3]; /**< in x, y, z; 0: chosen, as in halo.h */
} sunzi_pb_options;

/** What a solution took and gave. */
typedef struct sunzi_pb_report {
    int passes;      /**< corrections: refinement, or Newton's */
    int iterations;  /**< of conjugate gradients, in all passes */
    int halvings;    /**< of steps, by the line search */
    double residual; /**< reached, in the sense of `tolerance` */
    /** 1/2 sum_i q_i phi(r_i), k T; nonlinear: what replaces it (Sharp, Honig
     * 1990), of the charges, the field and the ions in the box. */
    double energy;
    double charge_energy; /**< 1/2 sum_i q_i phi(r_i), k T */
    double largest;       /**< of |phi| where ions can be */
    double seconds;       /**< of this process */
} sunzi_pb_report;

/** Set every field to its default. Not collective. */
SUNZI_API void sunzi_pb_options_init(sunzi_pb_options *options);

/** Collective. Put a molecule on a grid.
 *
 * \param [in]  ctx      NULL: the default context; it and comm live longer
 * \param [in]  comm     NULL: a process alone
 * \param [in]  options  the same on all processes
 * \param [in]  atoms    their number, >= 1
 * \param [in]  atom     array of `atoms`, the same on all processes; copied
 * \param [out] pb       written on success only
 * \return SUNZI_ERR_ARG: an option or an atom, which is named; a charge that is
 *         not well within the box (a node, with splines two, from its surface);
 *         ions whose charges do not sum up to zero; SUNZI_ERR_UNSUPPORTED:
 *         policy FP64 on a device without; SUNZI_ERR_NOMEM, SUNZI_ERR_MPI; the
 *         same on all processes.
 *
 * Memory of a node of the brick: about 230 bytes. Each process finds where the
 * probe touches three atoms, for all atoms: about 1000 steps an atom of a
 * protein; then it looks at the nodes of its brick. */
SUNZI_API sunzi_status sunzi_pb_create(sunzi_context *ctx, sunzi_comm *comm,
                                       const sunzi_pb_options *options,
                                       int64_t atoms, const sunzi_pb_atom *atom,
                                       sunzi_pb **pb);

/** Free it and set *pb to NULL; NULL and a pointer to NULL are allowed. Not
 * collective. */
SUNZI_API void sunzi_pb_destroy(sunzi_pb **pb);

/** Collective. Solve.
 *
 * \param [in]  coarser  solved on a box that holds this one, with the same
 *                       communicator: phi on the surface of the box is that
 *                       between its nodes. NULL: options->boundary
 * \param [out] report   may be NULL
 * \return SUNZI_ERR_ARG: coarser is not solved, or does not hold the box;
 *         SUNZI_ERR_NONFINITE; SUNZI_ERR_BLOW_UP: phi of the nonlinear equation
 *         is beyond +- 50 / |z| where ions are, for which it is no model;
 *         SUNZI_REACHED_NONE: the tolerance was not reached, report->residual
 *         was. */
SUNZI_API sunzi_status sunzi_pb_solve(sunzi_pb *pb, sunzi_pb *coarser,
                                      sunzi_pb_report *report);

/** Nodes of this process in x, y, z: the first, from 0, and their number. The
 * surface of the box belongs to those next to it. Not collective. */
SUNZI_API void sunzi_pb_brick(const sunzi_pb *pb, int64_t *first,
                              int64_t *count);

/** phi of the last solve at the nodes of this process, k T / e, x fastest. Not
 * collective. */
SUNZI_API sunzi_status sunzi_pb_potential(const sunzi_pb *pb, double *phi);

/** Collective. phi of the last solve at points, linear between nodes.
 *
 * \param [in]  points  their number
 * \param [in]  point   x, y, z of each, Angstrom, the same on all processes
 * \param [out] phi     of each, on all processes, k T / e; NaN outside of the
 *                      box
 *
 * SUNZI_ERR_NOMEM, SUNZI_ERR_MPI. Cost: a reduction of 8 bytes a point. */
SUNZI_API sunzi_status sunzi_pb_sample(sunzi_pb *pb, int64_t points,
                                       const double *point, double *phi);

#ifdef __cplusplus
}
#endif
#endif
