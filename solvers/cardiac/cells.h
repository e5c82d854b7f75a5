/* SPDX-License-Identifier: BSD-3-Clause */
/* Steps of cells whose arrays are memories, which may stay on a device: what
 * sunzi_cell_step and tissues are made of. Layouts, units and methods are those
 * of <sunzi/cell.h>. */
#ifndef SUNZI_SOLVERS_CARDIAC_CELLS_H
#define SUNZI_SOLVERS_CARDIAC_CELLS_H

#include "engines/launch.h"
#include "solvers/cardiac/model.h"

/* Elements are those of the policy; the arrays begin at element `first` of
 * their memories and do not overlap. */
typedef struct sunzi_cell_arrays {
    const sunzi_cell_model *model;
    sunzi_policy policy;
    int64_t count, stride;
    k_array states;   /* [planes][states][stride] */
    k_array stimulus; /* [count] mV / ms, positive depolarises */
    k_array types;    /* [count] numbers of variants */
} sunzi_cell_arrays;

/* Room that steps need, kept by the caller between them. The memories are made
 * at their first use. Zeroed: nothing is held. */
typedef struct sunzi_cell_work {
    sunzi_memory *copy; /* of the states: midpoint and adaptive steps */
    sunzi_memory *bad;  /* of the check */
    sunzi_memory *any;  /* the same in a few words, on a device */
} sunzi_cell_work;

void sunzi_cell_work_clear(sunzi_cell_work *work);

/* Elements of the states: planes, states and padding. */
int64_t sunzi_cell_elements(const sunzi_cell_arrays *cells);

/* work->copy = the states, as they lie (of count cells). */
sunzi_status sunzi_cells_copy(sunzi_context *ctx,
                              const sunzi_cell_arrays *cells,
                              sunzi_cell_work *work);

/* One step of dt ms of all cells. On a device it returns before the work is
 * done. SUNZI_ERR_ARG (a policy that the model has not, too many cells),
 * SUNZI_ERR_NOMEM, SUNZI_ERR_DEVICE. */
sunzi_status sunzi_cells_advance(sunzi_context *ctx,
                                 const sunzi_cell_arrays *cells,
                                 sunzi_cell_work *work,
                                 sunzi_cell_method method, double dt);

/* One step by SUNZI_CELL_RUSH_LARSEN; cells whose V it changes by more than
 * `change` mV repeat it in up to parts_most parts (a power of two). After a
 * failure the states are as they were. */
sunzi_status sunzi_cells_adapt(sunzi_context *ctx,
                               const sunzi_cell_arrays *cells,
                               sunzi_cell_work *work, double dt, double change,
                               int parts_most);

/* SUNZI_ERR_BLOW_UP if V of a cell is a NaN or outside of -200 .. 200 mV; the
 * sentence names the first such cell (+ first_cell), its state and the time.
 * Reads V once; nothing but a few numbers comes back from a device. */
sunzi_status sunzi_cells_check(sunzi_context *ctx,
                               const sunzi_cell_arrays *cells,
                               sunzi_cell_work *work, int64_t first_cell,
                               double time);

/* The state of a cell in arrays on the host, and back. */
double sunzi_cell_value(const sunzi_cell_model *model, sunzi_policy policy,
                        int64_t stride, const void *states, int state,
                        int64_t cell);
void sunzi_cell_put(const sunzi_cell_model *model, sunzi_policy policy,
                    int64_t stride, void *states, int state, int64_t cell,
                    double value);

#endif
