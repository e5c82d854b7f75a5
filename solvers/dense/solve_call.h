/* SPDX-License-Identifier: BSD-3-Clause */
/* The solve behind all its public forms. */
#ifndef SUNZI_SOLVERS_DENSE_SOLVE_CALL_H
#define SUNZI_SOLVERS_DENSE_SOLVE_CALL_H

#include <sunzi/solve.h>

#include "solvers/dense/residual.h"

/* A X = B. Element (i, j) of B at b[i b_row + j b_col], of X alike; both are
 * whole on every process, also where A is in tiles (then the call is collective
 * and gives the same bits everywhere). ipiv, report, columns may be NULL. */
typedef struct sunzi_solve_call {
    sunzi_context *ctx;
    sunzi_operator a;
    int nrhs;
    const double *b;
    double *x;
    int64_t b_row, b_col, x_row, x_col;
    int *ipiv;
    const sunzi_solve_options *options; /* checked */
    sunzi_solve_report *report;
    sunzi_column_report *columns;
} sunzi_solve_call;

sunzi_status sunzi_solve_system(const sunzi_solve_call *call);

sunzi_status sunzi_solve_options_check(const char *function,
                                       const sunzi_solve_options *options);

#endif
