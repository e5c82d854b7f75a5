/* SPDX-License-Identifier: BSD-3-Clause */
/* The smallest kernel of four policies: see engines/kernel/policy.h. */
#ifndef SUNZI_TESTS_ENGINES_RELAX_K_H
#define SUNZI_TESTS_ENGINES_RELAX_K_H

#include "engines/kernel/language.h"

#define K_ARGS_relax_fp64  K_ARGS_relax
#define K_ARGS_relax_fp32  K_ARGS_relax
#define K_ARGS_relax_fp32c K_ARGS_relax
#define K_ARGS_relax_df64  K_ARGS_relax

#define K_POLICY_FP32
#include "engines/kernel/policy.h"
#include "tests/engines/relax_template.k.h"

#define K_POLICY_FP32C
#include "engines/kernel/policy.h"
#include "tests/engines/relax_template.k.h"

#define K_POLICY_DF64
#include "engines/kernel/policy.h"
#include "tests/engines/relax_template.k.h"

#ifdef K_FP64
#define K_POLICY_FP64
#include "engines/kernel/policy.h"
#include "tests/engines/relax_template.k.h"
#endif

#endif
