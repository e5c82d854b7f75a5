/* SPDX-License-Identifier: BSD-3-Clause */
/* The scaled system S y = c of a dense solve: S = 2^row A 2^col, and what is
 * needed to judge y in the units of S and in those of the caller.
 *
 * S is not formed: vectors are scaled on their way to A. Only where the
 * exponents are so large that products could leave the range of FP64, S is
 * copied. */
#ifndef SUNZI_SOLVERS_DENSE_SYSTEM_H
#define SUNZI_SOLVERS_DENSE_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>
#include <sunzi/solve.h>

#include "core/context.h"
#include "precision/refinement.h"
#include "solvers/dense/factors.h"
#include "solvers/dense/residual.h"

typedef struct sunzi_system {
    sunzi_context *ctx;
    sunzi_structure structure;
    int n;
    sunzi_operator a;   /* A, or the copy of S */
    void *copy;         /* NULL: a is the caller's A */
    bool no_room;       /* for A on the device */
    int32_t *row, *col; /* exponents of S */
    /* 2^row, 2^col as far as `a` does not hold them */
    double *row_factor, *col_factor;
    /* Weights <= 1 from the units of S to the caller's: of rows 2^-row, of
     * unknowns 2^col, each times one power of two. */
    double *row_weight, *col_weight;
    double norm_inf, norm_one; /* of S */
    double norm_user;          /* ||A||_inf in the units of the weights */
    double unknown_stretch;    /* max weight ratio: ||y|| against ||x|| */

    int columns; /* room for right-hand sides, at most
                    SUNZI_REFINEMENT_COLUMNS; vectors below: [columns][n] */
    double *c;   /* right-hand sides of S */
    double norm_c[SUNZI_REFINEMENT_COLUMNS];
    double norm_c_user[SUNZI_REFINEMENT_COLUMNS];
    bool transposed; /* the callbacks work on S^T */
    const sunzi_factors *factors;
    double *x, *x_low; /* scaled operands of residuals */
    /* (|S||y| + |c|)_i of the last residuals, if asked for */
    double *magnitude;
    bool with_magnitude;
    void *scratch; /* of the residual functions */
    void *block;
    size_t bytes;
} sunzi_system;

/* Scale A, with room for `columns` right-hand sides at a time; on the context's
 * device if the factors of the rung `first` are made there and there is room.
 * SUNZI_ERR_NONFINITE, SUNZI_ERR_SINGULAR (a zero row or column),
 * SUNZI_ERR_NOT_POSITIVE_DEFINITE (a diagonal entry <= 0), SUNZI_ERR_NOMEM.
 * Destroy it in every case. */
sunzi_status sunzi_system_create(sunzi_context *ctx, sunzi_structure structure,
                                 const sunzi_operator *a, int columns,
                                 sunzi_factor first, sunzi_system *system);
void sunzi_system_destroy(sunzi_system *system);

/* Before factors of a rung that is made on the context's device: copy A there,
 * unless it is there or there was no room for it and the factors (`a.resident`
 * tells). SUNZI_ERR_DEVICE. */
sunzi_status sunzi_system_bring(sunzi_system *system, sunzi_factor factor);
/* Before code that reads A here: it may be held on a device (sunzi/hold.h). In
 * tiles it is here. SUNZI_ERR_DEVICE. */
sunzi_status sunzi_system_bring_here(const sunzi_system *system);
/* What failed on the device since. */
sunzi_status sunzi_system_status(const sunzi_system *system);

/* S as sunzi_factorize wants it. */
sunzi_dense sunzi_system_dense(const sunzi_system *system);

/* Set right-hand side `place` < columns from b[i * stride], scaled to a largest
 * component in [1/2, 1) by 2^-*exponent. SUNZI_ERR_NONFINITE (`column`: its
 * number in the message). *zero: b is zero. */
sunzi_status sunzi_system_rhs(sunzi_system *system, int place, const double *b,
                              int64_t stride, int column, int *exponent,
                              bool *zero);

/* The callbacks of the refinement; their data is the system. */
sunzi_refinement_system sunzi_system_callbacks(sunzi_system *system);

/* max_j weight_j |y_j|, and max_i |v_i| */
double sunzi_weighted_max(int n, const double *y, const double *weight);
double sunzi_max(int n, const double *v);

/* The power-of-two scaling of A, in the fields of the system. */
sunzi_status sunzi_equilibrate(sunzi_system *system);

#endif
