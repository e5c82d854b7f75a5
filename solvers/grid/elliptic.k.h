/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels of solvers/grid/elliptic.h. Arrays lie on the local grid with its
 * halo, x fastest: `row` elements from a node to the next in y, `slab` in z.
 * Launched over the nodes of the process. The weight of an edge stands at its
 * lower end. */
#ifndef SUNZI_SOLVERS_GRID_ELLIPTIC_K_H
#define SUNZI_SOLVERS_GRID_ELLIPTIC_K_H

#include "engines/kernel/language.h"

/* Sum over the edges along the axes of node `at` of weight x D(other end). */
#define GRID_FLUX7(D)                                                          \
    (wx[at] * D(at + 1) + wx[at - 1] * D(at - 1) + wy[at] * D(at + row) +      \
     wy[at - row] * D(at - row) + wz[at] * D(at + slab) +                      \
     wz[at - slab] * D(at - slab))
#define GRID_DIFFERENCE(there) (p[there] - here)

#define K_ARGS_elliptic_residual_fp64 K_ARGS_elliptic_residual
#define K_ARGS_elliptic_residual_fp32 K_ARGS_elliptic_residual
#define K_ARGS_elliptic_residual_df64 K_ARGS_elliptic_residual
#define K_ARGS_elliptic_add_fp64      K_ARGS_elliptic_add
#define K_ARGS_elliptic_add_fp32      K_ARGS_elliptic_add
#define K_ARGS_elliptic_add_df64      K_ARGS_elliptic_add
#define K_ARGS_conjugate_apply_fp64   K_ARGS_conjugate_apply
#define K_ARGS_conjugate_apply_fp32   K_ARGS_conjugate_apply
#define K_ARGS_conjugate_advance_fp64 K_ARGS_conjugate_advance
#define K_ARGS_conjugate_advance_fp32 K_ARGS_conjugate_advance
#define K_ARGS_conjugate_ask_fp64     K_ARGS_conjugate_ask
#define K_ARGS_conjugate_ask_fp32     K_ARGS_conjugate_ask
#define K_ARGS_conjugate_direct_fp64  K_ARGS_conjugate_direct
#define K_ARGS_conjugate_direct_fp32  K_ARGS_conjugate_direct

#define K_POLICY_FP32
#include "engines/kernel/policy.h"

K_FN float elliptic_round_fp32(float x)
{
    return x;
}

#include "solvers/grid/conjugate_template.k.h"
#include "solvers/grid/elliptic_template.k.h"

#define K_POLICY_DF64
#include "engines/kernel/policy.h"

K_FN float elliptic_round_df64(k_pair x)
{
    return x.hi;
}

#include "solvers/grid/elliptic_template.k.h"

#ifdef K_FP64
#define K_POLICY_FP64
#include "engines/kernel/policy.h"

K_FN double elliptic_round_fp64(double x)
{
    return x;
}

#include "solvers/grid/conjugate_template.k.h"
#include "solvers/grid/elliptic_template.k.h"
#endif

#endif
