/* SPDX-License-Identifier: BSD-3-Clause */
/* The charge of ions in solution, on the local grid of solvers/grid/elliptic.h.
 */
#ifndef SUNZI_SOLVERS_POISSON_BOLTZMANN_SALT_K_H
#define SUNZI_SOLVERS_POISSON_BOLTZMANN_SALT_K_H

#include "solvers/grid/elliptic.k.h"

#define K_ARGS_salt_linear_fp64 K_ARGS_salt_linear
#define K_ARGS_salt_linear_fp32 K_ARGS_salt_linear
#define K_ARGS_salt_linear_df64 K_ARGS_salt_linear
#define K_ARGS_salt_full_fp64   K_ARGS_salt_full
#define K_ARGS_salt_full_fp32   K_ARGS_salt_full
#define K_ARGS_salt_full_df64   K_ARGS_salt_full

#define K_POLICY_FP32
#include "engines/kernel/policy.h"
#include "solvers/poisson_boltzmann/salt_template.k.h"

#define K_POLICY_DF64
#include "engines/kernel/policy.h"
#include "solvers/poisson_boltzmann/salt_template.k.h"

#ifdef K_FP64
#define K_POLICY_FP64
#include "engines/kernel/policy.h"
#include "solvers/poisson_boltzmann/salt_template.k.h"
#endif

#endif
