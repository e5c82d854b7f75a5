/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Precision policies: with what numbers a solver of time steps computes and in
 * what its state is kept.
 *
 *            numbers        state           element  planes
 *     fp64   FP64           FP64            double   1
 *     fp32   FP32           FP32            float    1
 *     fp32c  FP32           pair of FP32    float    2
 *     df64   pair of FP32   pair of FP32    float    2
 *
 * A pair is the unevaluated sum of two floats, 48 bits: increments far below
 * the last bit of a float are not lost. Of an array of states with two planes
 * the first holds the high halves, each the state rounded to FP32, the second,
 * of the same shape, the low ones. */
#ifndef SUNZI_POLICY_H
#define SUNZI_POLICY_H

#include <stddef.h>
#include <sunzi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sunzi_policy {
    SUNZI_POLICY_FP64 = 0,
    SUNZI_POLICY_FP32,
    SUNZI_POLICY_FP32C,
    SUNZI_POLICY_DF64
} sunzi_policy;

#define SUNZI_POLICY_COUNT 4

/** "fp64", "fp32", "fp32c" or "df64"; NULL for any other value. */
SUNZI_API const char *sunzi_policy_name(sunzi_policy policy);

/** The policy called `name`. SUNZI_ERR_ARG: there is none. */
SUNZI_API sunzi_status sunzi_policy_find(const char *name,
                                         sunzi_policy *policy);

/** Bytes of an element of its arrays, 8 or 4; 0 if there is no such policy. */
SUNZI_API size_t sunzi_policy_element_bytes(sunzi_policy policy);

/** Planes of an array of states, 1 or 2; 0 if there is no such policy. */
SUNZI_API int sunzi_policy_planes(sunzi_policy policy);

#ifdef __cplusplus
}
#endif
#endif
