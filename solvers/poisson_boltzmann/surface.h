/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a molecule is: unions of balls, and what a probe cannot reach. */
#ifndef SUNZI_SOLVERS_POISSON_BOLTZMANN_SURFACE_H
#define SUNZI_SOLVERS_POISSON_BOLTZMANN_SURFACE_H

#include <stdbool.h>
#include <sunzi/poisson_boltzmann.h>

#include "core/status.h"

/* Points in cells of a box, sorted by them. */
typedef struct pb_cells {
    double low[3], width; /* of a cell; points within it are found from next
                             cells */
    int64_t cells[3];
    int64_t *begin; /* of each cell in `index`, and the end */
    int64_t *index;
} pb_cells;

typedef struct pb_surface {
    int64_t atoms; /* of radius > 0 */
    sunzi_pb_atom *atom;
    sunzi_pb_surface kind;
    double probe, width;
    pb_cells near; /* the atoms */
    /* where a probe touches three atoms and overlaps with none */
    int64_t corners, corners_room;
    double *corner; /* x, y, z */
    pb_cells near_corners;
} pb_surface;

/* Not collective. ion: distances up to radius + ion are asked for. *s is to be
 * cleared also after a failure. SUNZI_ERR_NOMEM. */
sunzi_status pb_surface_make(const sunzi_pb_options *options, int64_t atoms,
                             const sunzi_pb_atom *atom, pb_surface *s);
void pb_surface_clear(pb_surface *s); /* zeroed: allowed */

/* Least distance to the surface of an atom, negative inside of one; at least
 * `reach` of the surface where it is further. */
double pb_surface_distance(const pb_surface *s, const double point[3]);

/* Is the point in the molecule? Not for SUNZI_PB_SPLINE. */
bool pb_surface_holds(const pb_surface *s, const double point[3]);

/* SUNZI_PB_SPLINE: 0 in atoms to 1 outside of all. */
double pb_surface_outside(const pb_surface *s, const double point[3]);

#endif
