/* SPDX-License-Identifier: BSD-3-Clause */
/* The minimal cell of Bueno-Orovio, Cherry and Fenton under each policy: see
 * bueno_orovio_template.k.h. */
#ifndef SUNZI_SOLVERS_CARDIAC_BUENO_OROVIO_K_H
#define SUNZI_SOLVERS_CARDIAC_BUENO_OROVIO_K_H

#include "solvers/cardiac/cell.k.h"

#define K_ARGS_bueno_orovio_fp64       K_ARGS_cell
#define K_ARGS_bueno_orovio_from_fp64  K_ARGS_cell_from
#define K_ARGS_bueno_orovio_fp32       K_ARGS_cell
#define K_ARGS_bueno_orovio_from_fp32  K_ARGS_cell_from
#define K_ARGS_bueno_orovio_fp32c      K_ARGS_cell
#define K_ARGS_bueno_orovio_from_fp32c K_ARGS_cell_from
#define K_ARGS_bueno_orovio_df64       K_ARGS_cell
#define K_ARGS_bueno_orovio_from_df64  K_ARGS_cell_from

#define K_POLICY_FP32
#include "engines/kernel/policy.h"
#include "solvers/cardiac/bueno_orovio_template.k.h"

#define K_POLICY_FP32C
#include "engines/kernel/policy.h"
#include "solvers/cardiac/bueno_orovio_template.k.h"

#define K_POLICY_DF64
#include "engines/kernel/policy.h"
#include "solvers/cardiac/bueno_orovio_template.k.h"

#ifdef K_FP64
#define K_POLICY_FP64
#include "engines/kernel/policy.h"
#include "solvers/cardiac/bueno_orovio_template.k.h"
#endif

#endif
