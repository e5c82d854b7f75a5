/* SPDX-License-Identifier: BSD-3-Clause */
/* Volumes of nodes and weights of the edges between them, from voxels. */
#ifndef SUNZI_SOLVERS_CARDIAC_VOXELS_H
#define SUNZI_SOLVERS_CARDIAC_VOXELS_H

#include <stdbool.h>
#include <sunzi/tissue.h>

/* Edges of a node, by the place of their weight (solvers/cardiac/tissue.k.h):
 * along x, y, z; of the faces xy, xz, yz from a node to +a+b, and from +a to
 * +b. */
enum {
    SUNZI_EDGE_X,
    SUNZI_EDGE_Y,
    SUNZI_EDGE_Z,
    SUNZI_EDGE_FACES,
    SUNZI_EDGES = SUNZI_EDGE_FACES + 6
};

/* The nodes of a process with a halo of one around them, x fastest; directions
 * in the order x, y, z. */
typedef struct sunzi_voxel_grid {
    int64_t first[3], count[3], extent[3]; /* nodes; of the arrays */
    int64_t step[3];                       /* in the arrays, to the next node */
    int64_t cells;                         /* of an array */
    double *mass;                /* volume of a node over that of a voxel */
    double *weight[SUNZI_EDGES]; /* 1/ms; faces: all NULL where not needed */
} sunzi_voxel_grid;

/* Collective. first and count are given; the arrays come from sunzi_allocate
 * and are zero where no tissue is. Statuses of sunzi_tissue_create, in whose
 * name it complains. */
sunzi_status sunzi_voxels_gather(sunzi_comm *comm,
                                 const sunzi_tissue_options *options,
                                 sunzi_voxel_grid *grid);

void sunzi_voxels_free(sunzi_voxel_grid *grid);

/* Sum of the weights of the edges of the node at `at`, or of their magnitudes.
 */
double sunzi_voxels_sum(const sunzi_voxel_grid *grid, int64_t at,
                        bool magnitudes);

#endif
