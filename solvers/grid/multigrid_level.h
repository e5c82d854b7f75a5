/* SPDX-License-Identifier: BSD-3-Clause */
/* The levels of a multigrid. */
#ifndef SUNZI_SOLVERS_GRID_MULTIGRID_LEVEL_H
#define SUNZI_SOLVERS_GRID_MULTIGRID_LEVEL_H

#include <stdbool.h>

#include "solvers/fields/border.h"
#include "solvers/grid/multigrid.h"

/* Halo of every array. Coarse bricks are cut as halo.h cuts: the first node of
 * a coarse brick is in the first fine one or next to it. What a coarse node
 * takes of fine nodes is then at most 3 outside of the fine brick, what a fine
 * one takes of coarse nodes at most 2, and the diagonal there needs one more.
 */
enum { MULTIGRID_HALO = 3, MULTIGRID_LEVELS_MAX = 100 };

/* Arrays of a level; the first five are computed at its creation. */
typedef enum multigrid_array {
    MULTIGRID_MASS,
    MULTIGRID_W0,
    MULTIGRID_W1,
    MULTIGRID_W2,
    MULTIGRID_INVERSE, /* 1 / diagonal, 0 where a node takes no part */
    MULTIGRID_SHARE,   /* 1 / weights of the coarse nodes that take part */
    MULTIGRID_R,       /* right-hand side */
    MULTIGRID_X, /* between smoothing steps; residual for the next level */
    MULTIGRID_Y, /* solution */
    MULTIGRID_D, /* last step of smoothing */
    MULTIGRID_ARRAYS
} multigrid_array;

typedef struct multigrid_level {
    sunzi_comm *comm; /* NULL: all of the level is here */
    int64_t nodes[3], first[3], count[3], extent[3], step[3];
    int64_t cells;    /* of an array; 0: this process has none */
    bool halved[3];   /* to get the next level */
    sunzi_halo *halo; /* slot i: array MULTIGRID_SHARE + i; NULL: none needed */
    sunzi_border *border; /* the same on a device; NULL: on the host */
    float *bytes[MULTIGRID_ARRAYS];
    sunzi_memory *memory[MULTIGRID_ARRAYS];
    /* FP64 while the levels are made: mass and weights */
    double *exact[4];
    /* Nodes that this process computes of a level that is here as a whole, but
     * was not on the level before; count 0: none. */
    int64_t part_first[3], part_count[3];
} multigrid_level;

struct sunzi_multigrid {
    sunzi_context *ctx;
    sunzi_comm *comm;
    int processes[3];
    sunzi_grid_layout layout;
    int levels, joined; /* joined: the first level that all have whole */
    multigrid_level level[MULTIGRID_LEVELS_MAX];
    int64_t *bits; /* of a level that is joined */
};

static inline int64_t multigrid_at(const multigrid_level *l, int64_t i,
                                   int64_t j, int64_t k)
{
    return (i + MULTIGRID_HALO) * l->step[0] +
           (j + MULTIGRID_HALO) * l->step[1] + k + MULTIGRID_HALO;
}

/* Collective. An array of the first level that all processes have whole, in
 * which each has computed its part and left zeros elsewhere. */
sunzi_status sunzi_multigrid_join(sunzi_multigrid *m, float *array);

#endif
