/* SPDX-License-Identifier: BSD-3-Clause */
/* What a model of cells is: names, numbers, initial values, and kernels for
 * each policy with the arguments of solvers/cardiac/cell.k.h. */
#ifndef SUNZI_SOLVERS_CARDIAC_MODEL_H
#define SUNZI_SOLVERS_CARDIAC_MODEL_H

#include <sunzi/cell.h>

#include "engines/kernel/descriptor.h"
#include "solvers/cardiac/cell_facts.h"

enum {
    SUNZI_CELL_STATES_MAX = 64,
    SUNZI_CELL_VARIANTS_MAX = 8,
    SUNZI_CELL_LEVELS_MAX = 10 /* adaptive steps: parts of 2^-10 */
};

typedef struct sunzi_cell_variant {
    const char *name;      /* "ten-tusscher-2006-epi" */
    const double *initial; /* [states] */
} sunzi_cell_variant;

struct sunzi_cell_model {
    const char *name, *source;
    int states, variants;
    const sunzi_cell_state *state;     /* [states] */
    const sunzi_cell_variant *variant; /* [variants] */
    /* one step with the rates at its beginning, or with those of other states;
     * NULL: the model has not that policy */
    const sunzi_kernel *step[SUNZI_POLICY_COUNT];
    const sunzi_kernel *step_from[SUNZI_POLICY_COUNT];
};

/* The kernels of a model that has all policies, or all but df64. */
#define SUNZI_CELL_KERNELS(model)                                              \
    .step = {SUNZI_CELL_STEPS_(model), [SUNZI_POLICY_DF64] =                   \
                                           &sunzi_kernel_##model##_df64},      \
    .step_from = {SUNZI_CELL_STEPS_(model##_from),                             \
                  [SUNZI_POLICY_DF64] = &sunzi_kernel_##model##_from_df64}
#define SUNZI_CELL_KERNELS_BUT_DF64(model)                                     \
    .step = {SUNZI_CELL_STEPS_(model)},                                        \
    .step_from = {SUNZI_CELL_STEPS_(model##_from)}
#define SUNZI_CELL_STEPS_(name)                                                \
    [SUNZI_POLICY_FP64] = &sunzi_kernel_##name##_fp64,                         \
    [SUNZI_POLICY_FP32] = &sunzi_kernel_##name##_fp32,                         \
    [SUNZI_POLICY_FP32C] = &sunzi_kernel_##name##_fp32c

extern const sunzi_cell_model sunzi_cell_tp06;
extern const sunzi_cell_model sunzi_cell_bueno_orovio;
extern const sunzi_cell_model sunzi_cell_courtemanche;
extern const sunzi_cell_model sunzi_cell_ohara_rudy;
extern const sunzi_cell_model sunzi_cell_mitchell;
extern const sunzi_cell_model sunzi_cell_fitzhugh_nagumo;

#endif
