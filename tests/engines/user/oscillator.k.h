/* SPDX-License-Identifier: BSD-3-Clause */
/* A user's file of kernels, in two policies; it includes one of its folder. */
#ifndef OSCILLATOR_K_H
#define OSCILLATOR_K_H

#include "engines/kernel/language.h"

#define K_ARGS_oscillate_fp32  K_ARGS_oscillate
#define K_ARGS_oscillate_fp32c K_ARGS_oscillate

#define K_POLICY_FP32
#include "engines/kernel/policy.h"
#include "oscillator_template.k.h"

#define K_POLICY_FP32C
#include "engines/kernel/policy.h"
#include "oscillator_template.k.h"

#endif
