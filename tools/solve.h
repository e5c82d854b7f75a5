/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of `sunzi solve`: the problem, its runs, and what is told of them.
 */
#ifndef SUNZI_TOOLS_SOLVE_H
#define SUNZI_TOOLS_SOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sunzi/sunzi.h>

#include "io/gallery.h"
#include "io/matrix.h"
#include "tools/progress.h"

#define SUNZI_SOLVE_COMMAND "sunzi solve"

/* What the command line asks for. */
typedef struct sunzi_solve_request {
    const char *matrix_path; /* NULL: the gallery */
    const char *rhs_path, *output_path, *report_path, *engine;
    bool one_factor; /* --factor was given */
    sunzi_factor factor;
    sunzi_grade grade;
    int threads; /* 0: what OpenMP gives */
    bool reproducible, quiet;
    sunzi_tool_progress *progress;
} sunzi_solve_request;

/* A system A X = B of real numbers; complex ones as their real equivalent of
 * twice the order. All arrays by columns, leading dimension n. */
typedef struct sunzi_problem {
    const char *name;        /* path, or name in the gallery */
    const char *description; /* of the gallery, else NULL */
    sunzi_matrix matrix;     /* as read */
    int n, nrhs;
    double *A, *B; /* shapes [n, n] and [n, nrhs] */
    int exponent;  /* 0, or far from 0: errors are measured of 2^-exponent A */
    double norm;   /* max_i sum_j |a_ij| of that matrix */
    bool try_cholesky;    /* symmetric with a positive diagonal */
    const char *rhs_path; /* NULL: B = A x0 rounded, x0_i = 1 + i mod 5 */
} sunzi_problem;

/* Binary exponents beyond which sums of products may leave the range. */
enum { SUNZI_EXPONENT_FAR = 400 };

enum { SUNZI_RUN_LAPACK_LU, SUNZI_RUN_LAPACK_CHOLESKY, SUNZI_RUN_SUNZI };

/* One solver on one problem. Error figures are the worst of all columns and NaN
 * where they are not known. */
typedef struct sunzi_run {
    int solver;
    sunzi_factor asked;   /* of SUNZI_RUN_SUNZI */
    bool available;       /* false: `reason` says why it was not tried */
    bool solved;          /* X is a solution, of whatever grade */
    bool cholesky_failed; /* general factors were used after that */
    bool cholesky;        /* the factors that gave the answer */
    sunzi_status status;  /* of the solver; LAPACK: OK or ERR_SINGULAR */
    char reason[512];     /* why there is no solution */
    double *X;            /* shape [n, nrhs] */
    double seconds;       /* the shortest of `repeats` */
    double seconds_spent; /* on all repeats */
    int repeats;
    sunzi_grade grade;
    /* measured here, with residuals in twice FP64, the same way for every run
     */
    double normwise_error, componentwise_error, forward_error;
    /* as the solver tells them */
    double forward_bound, condition;
    int refinements, gmres_iterations;
    sunzi_solve_report report; /* of SUNZI_RUN_SUNZI, if has_report */
    bool has_report;
    bool refuted; /* a measured error contradicts the grade or a proof */
} sunzi_run;

enum { SUNZI_RUNS_MAX = 12 };

/* All runs on one problem. */
typedef struct sunzi_comparison {
    sunzi_run run[SUNZI_RUNS_MAX];
    int runs;
    int verdict;       /* index of the run that the exit code is about */
    double *reference; /* solution in twice FP64, [2][nrhs][n]: high parts, then
                          low parts; NULL: none */
} sunzi_comparison;

/* ---- solve_problem.c: both return an exit code, after a message if not 0 ----
 */
int sunzi_problem_load(const sunzi_solve_request *request,
                       sunzi_problem *problem);
int sunzi_problem_build(const sunzi_solve_request *request,
                        const sunzi_gallery_problem *entry,
                        sunzi_problem *problem);
void sunzi_problem_clear(sunzi_problem *problem);

/* ---- solve_errors.c ---- */
/* max_i |r|_i / (||A|| ||x|| + ||b||) and max_i |r|_i / (|A||x| + |b|)_i with
 * r = b - A x summed in twice FP64; false if memory is short. */
bool sunzi_backward_errors(const sunzi_problem *problem, const double *x,
                           const double *b, double *normwise,
                           double *componentwise);
/* Refine the reference, whose high parts hold a solution, in twice FP64 with
 * the FP64 factors LU; false where that does not settle to far below 2^-53.
 * Numbers near the ends of the range are scaled first, LU is then another. */
bool sunzi_refine_reference(const sunzi_problem *problem, double *LU,
                            int *pivots, double *reference);
/* max_i |x - high - low|_i / max_i |high|_i, in the units of the reference of
 * the right-hand side b. */
double sunzi_forward_error(const sunzi_problem *problem, const double *x,
                           const double *b, const double *high,
                           const double *low);

/* ---- solve_share.c: solves with the same bits on every grid ---- */
/* What one process holds of a system. */
typedef struct sunzi_share {
    int n, nrhs;
    const double *A, *B;       /* the own parts, or the problem's arrays */
    double *own_a, *own_b, *X; /* NULL: a process alone */
    /* on process 0 as a whole; in tiles on all */
    int home_a[SUNZI_DESC_LENGTH], home_b[SUNZI_DESC_LENGTH];
    int desc_a[SUNZI_DESC_LENGTH], desc_b[SUNZI_DESC_LENGTH];
} sunzi_share;

/* Process 0. Give each process its part; the contexts of the others are made
 * like this one. An exit code, after a message if it is not 0. */
int sunzi_share_begin(const sunzi_solve_request *request,
                      sunzi_context *context, const sunzi_problem *problem,
                      sunzi_share *share);
/* Process 0. Solve, by all processes; *seconds: of the solving call. */
sunzi_status sunzi_share_solve(const sunzi_share *share, sunzi_context *context,
                               const sunzi_solve_options *options, double *X,
                               sunzi_solve_report *report,
                               sunzi_column_report *columns, double *seconds);
/* A share of zeros is allowed. */
void sunzi_share_end(sunzi_share *share);
/* Process 0: the others stop to serve. They do what it orders until then. */
void sunzi_share_dismiss(void);
void sunzi_share_serve(void);

/* ---- solve.c ---- */
/* The context of a request, and the threads of OpenMP and the BLAS. */
sunzi_status sunzi_solve_context(const sunzi_solve_request *request,
                                 sunzi_context **context);

/* ---- solve_run.c ---- */
int sunzi_comparison_make(const sunzi_solve_request *request,
                          sunzi_context *context, const sunzi_problem *problem,
                          sunzi_comparison *comparison);
void sunzi_comparison_clear(sunzi_comparison *comparison);
int sunzi_comparison_exit_code(const sunzi_solve_request *request,
                               const sunzi_comparison *comparison);

/* ---- solve_table.c: to the standard output ---- */
void sunzi_print_machine(const sunzi_solve_request *request,
                         sunzi_context *context, int threads);
void sunzi_print_problem(const sunzi_problem *problem);
void sunzi_print_table(const sunzi_problem *problem,
                       const sunzi_comparison *comparison);
void sunzi_print_legend(void);

/* ---- solve_report.c ---- */
typedef struct sunzi_report_file {
    const char *path;
    char *text; /* what the report holds so far, from open_memstream */
    size_t bytes;
    void *json; /* sunzi_json */
    int threads;
    int problems; /* told so far; 0 at the end: no file is written */
} sunzi_report_file;

/* An exit code, after a message if it is not 0. The file appears under its name
 * with sunzi_report_end, and not at all after an input error
 * or where no problem was told. */
int sunzi_report_begin(const sunzi_solve_request *request,
                       sunzi_context *context, int threads,
                       sunzi_report_file *report);
void sunzi_report_add(sunzi_report_file *report, const sunzi_problem *problem,
                      const sunzi_comparison *comparison);
int sunzi_report_end(sunzi_report_file *report, sunzi_context *context,
                     int exit_code);

#endif
