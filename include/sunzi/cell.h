/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Models of the electrical activity of heart cells, and steps in time of any
 * number of cells.
 *
 * A cell has states: state 0 is the membrane voltage V in mV, the others are
 * gates, concentrations in mM and so on (sunzi_cell_state_name, _unit). Times
 * are in ms, currents in pA/pF = mV/ms. A model is one of a paper; its variants
 * are the types of cells for which the paper gives constants (epi-, endo- and
 * mid-myocardial ...). "ten-tusscher-2006-epi" names a variant.
 *
 * The caller owns the arrays of the states (structure of arrays): of n cells
 * under a policy (<sunzi/policy.h>) with elements of type E, double or float,
 *     E states[planes][number of states][stride],   stride >= n,
 * so state s of cell i is states[s * stride + i], and its low half under fp32c
 * and df64 states[(number of states + s) * stride + i]. A stride of which the
 * bytes are a multiple of 4096 is slow (the rows of all states share places in
 * the cache); n rounded up to a multiple of 16, plus 16, is good.
 *
 * Same bits on every engine and device, for any number of threads and any
 * grouping of cells: a cell's next state depends on its state, stimulus and
 * type alone.
 *
 * Methods: gates by the exact step of their linear equation with the rates at
 * the beginning (S. Rush, H. Larsen, IEEE Trans. Biomed. Eng. 25 (1978) 389),
 * in the form x += (x_inf - x)(-expm1(-dt / tau)); all else by forward Euler:
 * first order. SUNZI_CELL_MIDPOINT makes half such a step and then the whole
 * one with the rates found there: second order (J. Sundnes, R. Artebrant, O.
 * Skavhaug, A. Tveito, IEEE Trans. Biomed. Eng. 56 (2009) 2546; without their
 * linearisation of the other equations); twice the cost. */
#ifndef SUNZI_CELL_H
#define SUNZI_CELL_H

#include <stdint.h>
#include <sunzi/context.h>
#include <sunzi/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A model; those of the library live as long as the process, one of the
 * caller (sunzi_cell_model_open) until it is closed. */
typedef struct sunzi_cell_model sunzi_cell_model;

/* ---- models ---- */

/** How many models there are. */
SUNZI_API int sunzi_cell_model_count(void);

/** Model `index` = 0 .. count - 1; NULL if there is none. */
SUNZI_API const sunzi_cell_model *sunzi_cell_model_at(int index);

/** The model and variant called `name` ("ten-tusscher-2006-epi"; the name of a
 * model alone means its variant 0). variant may be NULL. SUNZI_ERR_ARG: there
 * is none; the message has the nearest name, or all. */
SUNZI_API sunzi_status sunzi_cell_model_find(const char *name,
                                             const sunzi_cell_model **model,
                                             int *variant);

/** Name of a variant, "ten-tusscher-2006-m"; variant -1: of the model,
 * "ten-tusscher-2006". NULL if there is no such variant. */
SUNZI_API const char *sunzi_cell_model_name(const sunzi_cell_model *model,
                                            int variant);

/** Where the equations and constants are from. */
SUNZI_API const char *sunzi_cell_model_source(const sunzi_cell_model *model);

/** Number of variants, >= 1. */
SUNZI_API int sunzi_cell_model_variants(const sunzi_cell_model *model);

/** Number of states. */
SUNZI_API int sunzi_cell_model_states(const sunzi_cell_model *model);

/** 1 if the model has kernels of the policy, else 0. */
SUNZI_API int sunzi_cell_model_has(const sunzi_cell_model *model,
                                   sunzi_policy policy);

/** Name of a state, "V", "Cai"; NULL if there is no such state. */
SUNZI_API const char *sunzi_cell_state_name(const sunzi_cell_model *model,
                                            int state);

/** Its unit, "mV", "mM", "1" (a gate); NULL if there is no such state. */
SUNZI_API const char *sunzi_cell_state_unit(const sunzi_cell_model *model,
                                            int state);

/** Initial values of the states of a variant, those of its source.
 * SUNZI_ERR_ARG: there is no such variant. */
SUNZI_API sunzi_status sunzi_cell_model_initial(const sunzi_cell_model *model,
                                                int variant, double *values);

/** Compile a model of the caller's own from a file, in the form that
 * doc/cell-models.md describes, for the engine of ctx (and its device), and
 * open it: everything below takes it, with this context. It has one variant,
 * and the policies fp64, fp32 and fp32c (fp64 where the device has it), with
 * df64 if the file says so.
 *
 * The C compiler $SUNZI_CC, else cc, is needed; what it made is kept on disk
 * and taken from there the next time.
 *
 * \return SUNZI_ERR_FILE, SUNZI_ERR_FORMAT: the file cannot be read;
 *         SUNZI_ERR_DEVICE: it does not compile, the message has file, line and
 *         the compiler's words; SUNZI_ERR_UNSUPPORTED: there is no compiler;
 *         SUNZI_ERR_ARG: state 0 is not V in mV, too many states. */
SUNZI_API sunzi_status sunzi_cell_model_open(sunzi_context *ctx,
                                             const char *path,
                                             sunzi_cell_model **model);

/** Close a model that was opened, and set *model to NULL; NULL and a pointer to
 * NULL are allowed. Nothing may use it any more. */
SUNZI_API void sunzi_cell_model_close(sunzi_cell_model **model);

/* ---- cells ---- */

typedef enum sunzi_cell_method {
    SUNZI_CELL_RUSH_LARSEN = 0, /**< first order */
    SUNZI_CELL_MIDPOINT         /**< second order */
} sunzi_cell_method;

/** Cells of one model under one policy, in arrays of the caller. */
typedef struct sunzi_cells {
    const sunzi_cell_model *model;
    sunzi_policy policy;
    /** of all cells, unless `types` is given */
    int variant;
    int64_t count, stride;
    /** E[planes * number of states * stride]; see above */
    void *states;
    /** E[count]: current into each cell in pA/pF, positive depolarises; NULL:
     * none. */
    const void *stimulus;
    /** E[count]: the variant of each cell, as a number; NULL: `variant`. What
     * is no variant is treated as the nearest. */
    const void *types;
    /** The same current into cells first .. last - 1, added to `stimulus`. */
    double current;
    int64_t current_first, current_last;
    /** ms; sunzi_cell_step advances it and names it in its messages. */
    double time;
} sunzi_cells;

typedef struct sunzi_cell_options {
    sunzi_cell_method method;
    /** Adaptive steps, with SUNZI_CELL_RUSH_LARSEN: a cell whose V a step would
     * change by more than this many mV repeats it in 2, 4, 8 ... parts, as many
     * as that change over this one, at most `parts_most`; 0: none. */
    double adapt_change;
    int parts_most;
    /** NULL, or room for `steps` voltages: those of cell trace_cell after each
     * step. */
    double *trace;
    int64_t trace_cell;
} sunzi_cell_options;

/** Every field to its default: no cells, SUNZI_POLICY_FP64, no stimulus. NULL:
 * nothing is done. */
SUNZI_API void sunzi_cells_init(sunzi_cells *cells);

/** Every field to its default: Rush-Larsen, no adaptation (parts_most 16), no
 * trace. NULL: nothing is done. */
SUNZI_API void sunzi_cell_options_init(sunzi_cell_options *options);

/** Set all states to the initial values of the cells' variants, and time to 0.
 * SUNZI_ERR_ARG. */
SUNZI_API sunzi_status sunzi_cell_reset(sunzi_cells *cells);

/** values[number of states] = the states of one cell. SUNZI_ERR_ARG. */
SUNZI_API sunzi_status sunzi_cell_get(const sunzi_cells *cells, int64_t cell,
                                      double *values);

/** The states of one cell = values, rounded as the policy has them.
 * SUNZI_ERR_ARG. */
SUNZI_API sunzi_status sunzi_cell_set(sunzi_cells *cells, int64_t cell,
                                      const double *values);

/** The states of `to` = those of `from`, cells of the same model and number,
 * maybe under another policy. To pairs and back to fp64 keeps 48 bits.
 * SUNZI_ERR_ARG. */
SUNZI_API sunzi_status sunzi_cell_convert(const sunzi_cells *from,
                                          sunzi_cells *to);

/** Make `steps` steps of dt ms. options may be NULL (defaults).
 *
 * Stimulus, current and types are constant over the call. Arrays may not
 * overlap. With a device, states are copied to it and back in every call: many
 * steps a call, or a tissue (<sunzi/tissue.h>), which stays there.
 *
 * \return SUNZI_OK; SUNZI_ERR_ARG (NULL model or states, count < 0, stride <
 *         count, dt not > 0, steps < 0, a policy the model has not, more than
 *         2^30 elements of a plane), SUNZI_ERR_ENGINE: states are as they were;
 *         SUNZI_ERR_NOMEM, SUNZI_ERR_DEVICE: states are those of the time in
 *         cells (what a device that failed held may be lost);
 *         SUNZI_ERR_BLOW_UP: V of a cell is a NaN or outside of -200 .. 200 mV;
 *         the message names cell, time and state, and states and time are
 *         those of that moment. (It is looked for before the first step, every
 *         64 steps and after the last one.)
 * Workspace: 2 count elements; MIDPOINT and adaptive steps a copy of the
 * states. Cost of a step of ten-tusscher-2006 on one core: see
 * doc/results/cardiac-zen5.md. Example: examples/70_cells.c */
SUNZI_API sunzi_status sunzi_cell_step(sunzi_context *ctx, sunzi_cells *cells,
                                       double dt, int64_t steps,
                                       const sunzi_cell_options *options);

#ifdef __cplusplus
}
#endif
#endif
