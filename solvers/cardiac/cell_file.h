/* SPDX-License-Identifier: BSD-3-Clause */
/* What is compiled for a model of cells in a file of the user
 * (solvers/cardiac/model_file.c): the file under each policy, and for the host
 * what it tells of itself. "FILE" stands for the user's file. */
#include "solvers/cardiac/cell.k.h"

#define K_ARGS_cell_file_fp64       K_ARGS_cell
#define K_ARGS_cell_file_from_fp64  K_ARGS_cell_from
#define K_ARGS_cell_file_fp32       K_ARGS_cell
#define K_ARGS_cell_file_from_fp32  K_ARGS_cell_from
#define K_ARGS_cell_file_fp32c      K_ARGS_cell
#define K_ARGS_cell_file_from_fp32c K_ARGS_cell_from
#define K_ARGS_cell_file_df64       K_ARGS_cell
#define K_ARGS_cell_file_from_df64  K_ARGS_cell_from

#define K_POLICY_FP32
#include "engines/kernel/policy.h"
#include "solvers/cardiac/cell_file_template.h"

#define K_POLICY_FP32C
#include "engines/kernel/policy.h"
#include "solvers/cardiac/cell_file_template.h"

#ifdef CELL_DF64
#define K_POLICY_DF64
#include "engines/kernel/policy.h"
#include "solvers/cardiac/cell_file_template.h"
#endif

#ifdef K_FP64
#define K_POLICY_FP64
#include "engines/kernel/policy.h"
#include "solvers/cardiac/cell_file_template.h"
#endif

#ifdef K_FILE
#include "solvers/cardiac/cell_facts.h"
#define CELL_FACT_(name, unit, initial)    {#name, unit},
#define CELL_INITIAL_(name, unit, initial) initial,
static const sunzi_cell_state cell_file_states[] = {CELL_STATES(CELL_FACT_)};
static const double cell_file_initial[] = {CELL_STATES(CELL_INITIAL_)};
static const sunzi_cell_facts cell_file_facts = {
    CELL_MODEL, CELL_SOURCE,
    (int)(sizeof cell_file_initial / sizeof *cell_file_initial),
    cell_file_states, cell_file_initial};
__attribute__((visibility("default"))) const sunzi_cell_facts *
sunzi_cell_file_facts(void)
{
    return &cell_file_facts;
}
#endif
