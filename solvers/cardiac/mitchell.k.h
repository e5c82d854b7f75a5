/* SPDX-License-Identifier: BSD-3-Clause */
/* The cell of Mitchell and Schaeffer under each policy: see
 * mitchell_template.k.h. */
#ifndef SUNZI_SOLVERS_CARDIAC_MITCHELL_K_H
#define SUNZI_SOLVERS_CARDIAC_MITCHELL_K_H

#include "solvers/cardiac/cell.k.h"

#define K_ARGS_mitchell_fp64       K_ARGS_cell
#define K_ARGS_mitchell_from_fp64  K_ARGS_cell_from
#define K_ARGS_mitchell_fp32       K_ARGS_cell
#define K_ARGS_mitchell_from_fp32  K_ARGS_cell_from
#define K_ARGS_mitchell_fp32c      K_ARGS_cell
#define K_ARGS_mitchell_from_fp32c K_ARGS_cell_from
#define K_ARGS_mitchell_df64       K_ARGS_cell
#define K_ARGS_mitchell_from_df64  K_ARGS_cell_from

#define K_POLICY_FP32
#include "engines/kernel/policy.h"
#include "solvers/cardiac/mitchell_template.k.h"

#define K_POLICY_FP32C
#include "engines/kernel/policy.h"
#include "solvers/cardiac/mitchell_template.k.h"

#define K_POLICY_DF64
#include "engines/kernel/policy.h"
#include "solvers/cardiac/mitchell_template.k.h"

#ifdef K_FP64
#define K_POLICY_FP64
#include "engines/kernel/policy.h"
#include "solvers/cardiac/mitchell_template.k.h"
#endif

#endif
