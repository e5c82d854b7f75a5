/* SPDX-License-Identifier: BSD-3-Clause */
/* The right-hand sides of a dense solve: refined, judged and certified in
 * blocks, so that they share the passes over the matrix and the factors. The
 * numbers and the report of one do not depend on the others. */
#ifndef SUNZI_SOLVERS_DENSE_COLUMNS_H
#define SUNZI_SOLVERS_DENSE_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>
#include <sunzi/solve.h>

#include "solvers/dense/system.h"

/* One right-hand side on its way up the ladder. */
typedef struct sunzi_column_state {
    int exponent; /* of its scaling */
    bool zero;
    bool done;    /* reached the grade: later rungs leave it alone */
    bool reached; /* by refinement's own account, at this rung */
    bool used_gmres;
} sunzi_column_state;

/* All of them, and what is known of them. */
typedef struct sunzi_columns {
    sunzi_context *ctx;
    int n, nrhs;
    const double *b;
    double *x;
    int64_t b_row, b_col, x_row, x_col;
    sunzi_solve_options o;
    bool wants_pivots;
    int *pivots; /* row interchanges of the last rung, [n] */
    sunzi_solve_report *report;
    sunzi_column_report *columns;
    sunzi_column_state *progress; /* [nrhs] */
    double *result;               /* solutions in the units of S, [nrhs][n] */
    int block;          /* right-hand sides that are refined together */
    double *low, *work; /* x_low, [block][n]; workspace */
    bool underflow;     /* X as FP64 holds it has a lower grade */
} sunzi_columns;

/* Right-hand sides of a block. */
int sunzi_columns_block(int nrhs);
/* Doubles of `work`. */
size_t sunzi_columns_work(const sunzi_columns *k);

/* Refinement and grades of the columns that are not done, with the factors of
 * the system, which are of this rung. SUNZI_OK also if the grade was not
 * reached: *worst says, and *how; SUNZI_ERR_NONFINITE, SUNZI_ERR_NOMEM. Times
 * and the condition go to the report and the attempt. */
sunzi_status sunzi_columns_run(const sunzi_columns *k, sunzi_system *s,
                               sunzi_factor factor, sunzi_attempt *attempt,
                               sunzi_grade *worst, const char **how);

#endif
