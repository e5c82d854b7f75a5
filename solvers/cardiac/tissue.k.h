/* SPDX-License-Identifier: BSD-3-Clause */
/* Diffusion in tissue: fluxes between nodes, and conjugate gradients for an
 * implicit step. */
#ifndef SUNZI_SOLVERS_CARDIAC_TISSUE_K_H
#define SUNZI_SOLVERS_CARDIAC_TISSUE_K_H

#include "solvers/grid/elliptic.k.h"

/* Weights of edges, kept at one end: along an axis at the lower end; wxyp, from
 * the node to +x+y, wxym, from +x to +y, at the corner where both are; and so
 * on. Outside of the tissue they are 0. */
#define TISSUE_AXES(IN) IN(k_real, wx) IN(k_real, wy) IN(k_real, wz)
#define TISSUE_DIAGONALS(IN)                                                   \
    IN(k_real, wxyp)                                                           \
    IN(k_real, wxym)                                                           \
    IN(k_real, wxzp) IN(k_real, wxzm) IN(k_real, wyzp) IN(k_real, wyzm)

/* Sum over the edges of node `at` across faces, as GRID_FLUX7 over those along
 * the axes. */
#define TISSUE_FLUX12(D)                                                       \
    (TISSUE_FACE_(D, wxyp, wxym, 1, row) +                                     \
     TISSUE_FACE_(D, wxzp, wxzm, 1, slab) +                                    \
     TISSUE_FACE_(D, wyzp, wyzm, row, slab))
#define TISSUE_FACE_(D, wp, wm, a, b)                                          \
    (wp[at] * D(at + a + b) + wp[at - a - b] * D(at - a - b) +                 \
     wm[at - a] * D(at - a + b) + wm[at - b] * D(at - b + a))

#define TISSUE_STATE_DIFFERENCE(there)                                         \
    K_DIFFERENCE(K_LOAD(v, (there), plane), here)

#define K_ARGS_tissue_begin7_fp64   K_ARGS_tissue_begin7
#define K_ARGS_tissue_begin7_fp32   K_ARGS_tissue_begin7
#define K_ARGS_tissue_begin7_fp32c  K_ARGS_tissue_begin7
#define K_ARGS_tissue_begin19_fp64  K_ARGS_tissue_begin19
#define K_ARGS_tissue_begin19_fp32  K_ARGS_tissue_begin19
#define K_ARGS_tissue_begin19_fp32c K_ARGS_tissue_begin19
#define K_ARGS_tissue_apply19_fp64  K_ARGS_tissue_apply19
#define K_ARGS_tissue_apply19_fp32  K_ARGS_tissue_apply19
#define K_ARGS_tissue_apply19_fp32c K_ARGS_tissue_apply19
#define K_ARGS_tissue_advance_fp64  K_ARGS_tissue_advance
#define K_ARGS_tissue_advance_fp32  K_ARGS_tissue_advance
#define K_ARGS_tissue_advance_fp32c K_ARGS_tissue_advance
#define K_ARGS_tissue_direct_fp64   K_ARGS_tissue_direct
#define K_ARGS_tissue_direct_fp32   K_ARGS_tissue_direct
#define K_ARGS_tissue_direct_fp32c  K_ARGS_tissue_direct
#define K_ARGS_tissue_spread_fp64   K_ARGS_tissue_spread
#define K_ARGS_tissue_spread_fp32   K_ARGS_tissue_spread
#define K_ARGS_tissue_spread_fp32c  K_ARGS_tissue_spread
#define K_ARGS_tissue_add_fp64      K_ARGS_tissue_add
#define K_ARGS_tissue_add_fp32      K_ARGS_tissue_add
#define K_ARGS_tissue_add_fp32c     K_ARGS_tissue_add

#define K_POLICY_FP32
#include "engines/kernel/policy.h"
#include "solvers/cardiac/tissue_template.k.h"

#define K_POLICY_FP32C
#include "engines/kernel/policy.h"
#include "solvers/cardiac/tissue_template.k.h"

#ifdef K_FP64
#define K_POLICY_FP64
#include "engines/kernel/policy.h"
#include "solvers/cardiac/tissue_template.k.h"
#endif

#endif
