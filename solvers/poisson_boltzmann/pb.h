/* SPDX-License-Identifier: BSD-3-Clause */
/* A molecule on a grid. Dimensions 0, 1, 2 of the grid are z, y, x; its nodes
 * are those within the box, its halo is the surface of the box. */
#ifndef SUNZI_SOLVERS_POISSON_BOLTZMANN_PB_H
#define SUNZI_SOLVERS_POISSON_BOLTZMANN_PB_H

#include <stdbool.h>
#include <sunzi/poisson_boltzmann.h>

#include "solvers/grid/elliptic.h"
#include "solvers/poisson_boltzmann/surface.h"

/* Beyond this |z phi| exponentials go on as their tangents (salt.k.h). */
#define PB_CAP 50.0f

struct sunzi_pb {
    sunzi_pb_options options;
    sunzi_context *ctx;
    sunzi_comm *comm;
    int64_t atoms;
    sunzi_pb_atom *atom;
    double low[3];   /* of the box, x, y, z */
    double coupling; /* 4 pi l, Angstrom */
    double kappa2;   /* of the equation: 4 pi l sum n z^2, 1/Angstrom^2 */
    sunzi_elliptic grid;
    double *salt;           /* kappa^2 volume of the nodes, FP64; NULL: none */
    double *charge;         /* of the nodes, e */
    sunzi_grid_array salts; /* a state; of no bytes where `salt` is NULL */
    sunzi_grid_array ion;   /* of salt_full, in states */
    double *phi;            /* of all cells, halo included; after a solve */
    bool solved;
};

/* Coordinates of node n[d], counted from 0 on the surface of the box, x, y, z.
 */
static inline double pb_coordinate(const sunzi_pb *pb, int d, double n)
{
    return pb->low[d] + n * pb->options.spacing[d];
}

/* ---- coefficients.c: grid.exact and salt from the molecule; the same bits
 * however it is cut. Not collective. ---- */
sunzi_status pb_make_coefficients(sunzi_pb *pb, const pb_surface *surface);

/* ---- charges.c ---- */
/* SUNZI_ERR_ARG: an atom's charge reaches the surface of the box. */
sunzi_status pb_check_charges(const sunzi_pb *pb);
void pb_spread_charges(sunzi_pb *pb);

/* ---- boundary.c: phi on the surface of the box, to the halo of `phi` ---- */
/* Not collective. */
void pb_set_boundary(sunzi_pb *pb);
/* Collective. */
sunzi_status pb_take_boundary(sunzi_pb *pb, sunzi_pb *coarser);

/* ---- energy.c ---- */
/* Collective. From phi. */
sunzi_status pb_find_energy(sunzi_pb *pb, sunzi_pb_report *report);

#endif
