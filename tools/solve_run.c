/* SPDX-License-Identifier: BSD-3-Clause */
/* The runs of a comparison: LAPACK, then Sunzi from the rungs asked for. */
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/command.h"
#include "tools/solve.h"
#include "tools/team.h"

/* The shortest of several runs is told: the first call of anything pays for
 * threads and fresh memory, and other programs may be running. */
enum { FEW_RUNS = 3, MANY_RUNS = 7 };
static const double few_seconds = 1.5, many_seconds = 0.3;

/* Count a run; true: there is time for another. */
static bool count_run(double seconds, sunzi_run *run)
{
    if (run->repeats++ == 0 || seconds < run->seconds)
        run->seconds = seconds;
    run->seconds_spent += seconds;
    return (run->repeats < FEW_RUNS && run->seconds_spent < few_seconds) ||
           (run->repeats < MANY_RUNS && run->seconds_spent < many_seconds);
}

static size_t solution_bytes(const sunzi_problem *problem)
{
    return (size_t)problem->n * (size_t)problem->nrhs * sizeof(double);
}

static size_t matrix_bytes(const sunzi_problem *problem)
{
    return (size_t)problem->n * (size_t)problem->n * sizeof(double);
}

static int no_memory(void)
{
    sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                     "memory ran out; close other programs or take a smaller "
                     "matrix");
    return SUNZI_EXIT_INPUT;
}

static int begin_run(const sunzi_problem *problem, int solver, sunzi_run *run)
{
    *run = (sunzi_run){.solver = solver,
                       .available = true,
                       .normwise_error = NAN,
                       .componentwise_error = NAN,
                       .forward_error = NAN,
                       .forward_bound = NAN,
                       .condition = NAN};
    run->X = malloc(solution_bytes(problem));
    return run->X ? 0 : no_memory();
}

/* ---- errors, the same way for all ---- */

static double backward_limit(int n)
{
    return sqrt((double)n) * 0x1p-53;
}

/* NaN counts as the worst. */
static void keep_worst(double *worst, double value)
{
    if (isnan(*worst) || value <= *worst)
        return;
    *worst = value;
}

/* What the solver claims against what was measured. The solver measures in FP64
 * and so may be off by a small factor; a proof may not. */
static bool is_refuted(const sunzi_run *run, int n)
{
    const double u = 0x1p-53;
    if (run->grade >= SUNZI_GRADE_BACKWARD &&
        !(run->normwise_error <= 4.0 * backward_limit(n)))
        return true;
    if (isnan(run->forward_error))
        return false;
    if (run->grade == SUNZI_GRADE_CERTIFIED)
        return !(run->forward_error <= run->forward_bound + u);
    return run->grade == SUNZI_GRADE_ACCURATE &&
           !(run->forward_error <= 10.0 * fmax(run->forward_bound, u));
}

static int measure_errors(const sunzi_problem *problem, const double *reference,
                          sunzi_run *run)
{
    if (!run->solved)
        return 0;
    run->normwise_error = run->componentwise_error = 0.0;
    run->forward_error = reference ? 0.0 : NAN;
    for (int j = 0; j < problem->nrhs; j++) {
        const size_t at = (size_t)j * (size_t)problem->n;
        double normwise, componentwise;
        if (!sunzi_backward_errors(problem, run->X + at, problem->B + at,
                                   &normwise, &componentwise))
            return no_memory();
        keep_worst(&run->normwise_error, normwise);
        keep_worst(&run->componentwise_error, componentwise);
        if (reference)
            keep_worst(&run->forward_error,
                       sunzi_forward_error(problem, run->X + at,
                                           problem->B + at, reference + at,
                                           reference + at +
                                               solution_bytes(problem) /
                                                   sizeof *reference));
    }
    if (run->solver != SUNZI_RUN_SUNZI)
        run->grade = run->normwise_error <= backward_limit(problem->n)
                         ? SUNZI_GRADE_BACKWARD
                         : SUNZI_GRADE_NONE;
    else
        run->refuted = is_refuted(run, problem->n);
    return 0;
}

/* ---- LAPACK ---- */

/* Solve once; factors stay in LU. The caller's copies are not part of the time.
 */
static int lapack_once(const sunzi_problem *problem, double *LU, int *pivots,
                       sunzi_run *run, bool *again)
{
    const int n = problem->n;
    memcpy(LU, problem->A, matrix_bytes(problem));
    memcpy(run->X, problem->B, solution_bytes(problem));
    const double start = sunzi_tool_seconds();
    const int info =
        run->solver == SUNZI_RUN_LAPACK_LU
            ? LAPACKE_dgesv_work(LAPACK_COL_MAJOR, n, problem->nrhs, LU, n,
                                 pivots, run->X, n)
            : LAPACKE_dposv_work(LAPACK_COL_MAJOR, 'L', n, problem->nrhs, LU, n,
                                 run->X, n);
    *again = count_run(sunzi_tool_seconds() - start, run) && info == 0;
    return info;
}

static void lapack_condition(const sunzi_problem *problem, const double *LU,
                             double *work, int *integers, sunzi_run *run)
{
    const int n = problem->n;
    double reciprocal = 0.0;
    const double norm =
        LAPACKE_dlange_work(LAPACK_COL_MAJOR, '1', n, n, problem->A, n, work);
    if (LAPACKE_dgecon_work(LAPACK_COL_MAJOR, '1', n, LU, n, norm, &reciprocal,
                            work, integers) == 0)
        run->condition = reciprocal > 0.0 ? 1.0 / reciprocal : INFINITY;
}

static void lapack_failed(int info, sunzi_run *run)
{
    if (run->solver == SUNZI_RUN_LAPACK_LU) {
        run->status = SUNZI_ERR_SINGULAR;
        snprintf(run->reason, sizeof run->reason,
                 "pivot %d is exactly zero (info = %d)", info, info);
    } else {
        run->status = SUNZI_ERR_NOT_POSITIVE_DEFINITE;
        snprintf(run->reason, sizeof run->reason,
                 "the matrix is not positive definite: leading minor %d "
                 "(info = %d)",
                 info, info);
    }
}

/* LU: also the condition estimate and the reference solution. */
static int run_lapack(const sunzi_problem *problem, int solver,
                      sunzi_comparison *comparison)
{
    sunzi_run *run = &comparison->run[comparison->runs++];
    const size_t n = (size_t)problem->n;
    int exit_code = begin_run(problem, solver, run);
    double *LU = malloc(matrix_bytes(problem));
    double *work = malloc(4 * n * sizeof *work);
    int *integers = malloc(2 * n * sizeof *integers);
    if (!exit_code && (!LU || !work || !integers))
        exit_code = no_memory();
    if (exit_code)
        goto done;
    int *pivots = integers + n;
    int info = 0;
    for (bool again = true; again;)
        info = lapack_once(problem, LU, pivots, run, &again);
    run->solved = info == 0;
    run->cholesky = solver == SUNZI_RUN_LAPACK_CHOLESKY;
    if (info != 0)
        lapack_failed(info, run);
    if (info == 0 && solver == SUNZI_RUN_LAPACK_LU) {
        lapack_condition(problem, LU, work, integers, run);
        if (!(comparison->reference = malloc(2 * solution_bytes(problem)))) {
            exit_code = no_memory();
            goto done;
        }
        memcpy(comparison->reference, run->X, solution_bytes(problem));
        if (!sunzi_refine_reference(problem, LU, pivots,
                                    comparison->reference)) {
            free(comparison->reference);
            comparison->reference = NULL;
        }
    }
    exit_code = measure_errors(problem, comparison->reference, run);
done:
    free(LU);
    free(work);
    free(integers);
    return exit_code;
}

/* ---- Sunzi ---- */

/* The call that is timed; adds its seconds. share NULL: sunzi_dsolve. */
static sunzi_status solve(const sunzi_share *share, sunzi_context *context,
                          const sunzi_problem *problem,
                          const sunzi_solve_options *options,
                          sunzi_column_report *columns, sunzi_run *run,
                          double *seconds)
{
    const int n = problem->n;
    double spent = 0.0;
    sunzi_status status;
    if (share) {
        status = sunzi_share_solve(share, context, options, run->X,
                                   &run->report, columns, &spent);
    } else {
        const double start = sunzi_tool_seconds();
        status = sunzi_dsolve(context, SUNZI_COL_MAJOR, n, problem->nrhs,
                              problem->A, n, problem->B, n, run->X, n, options,
                              &run->report, columns);
        spent = sunzi_tool_seconds() - start;
    }
    *seconds += spent;
    return status;
}

static sunzi_status sunzi_once(const sunzi_share *share, sunzi_context *context,
                               const sunzi_problem *problem,
                               sunzi_solve_options *options,
                               sunzi_column_report *columns, sunzi_run *run,
                               bool *again)
{
    double seconds = 0.0;
    run->cholesky = problem->try_cholesky;
    options->structure =
        run->cholesky ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL;
    sunzi_status status =
        solve(share, context, problem, options, columns, run, &seconds);
    if (status == SUNZI_ERR_NOT_POSITIVE_DEFINITE && run->cholesky) {
        run->cholesky = false;
        run->cholesky_failed = true;
        options->structure = SUNZI_GENERAL;
        status =
            solve(share, context, problem, options, columns, run, &seconds);
    }
    *again = count_run(seconds, run) && status >= 0;
    return status;
}

static void take_report(const sunzi_problem *problem,
                        const sunzi_column_report *columns, sunzi_run *run)
{
    run->condition = run->report.condition;
    if (!run->solved)
        return;
    run->grade = run->report.grade;
    run->forward_bound = 0.0;
    for (int j = 0; j < problem->nrhs; j++) {
        keep_worst(&run->forward_bound, columns[j].forward_bound);
        if (columns[j].refinements > run->refinements)
            run->refinements = columns[j].refinements;
        if (columns[j].gmres_iterations > run->gmres_iterations)
            run->gmres_iterations = columns[j].gmres_iterations;
    }
}

static int run_sunzi(const sunzi_solve_request *request,
                     const sunzi_share *share, sunzi_context *context,
                     const sunzi_problem *problem, sunzi_factor factor,
                     sunzi_comparison *comparison)
{
    sunzi_run *run = &comparison->run[comparison->runs++];
    sunzi_solve_options options;
    sunzi_column_report *columns = NULL;
    int exit_code = begin_run(problem, SUNZI_RUN_SUNZI, run);
    if (exit_code)
        return exit_code;
    run->asked = factor;
    char why[sizeof run->reason] = "";
    if (factor != SUNZI_FACTOR_AUTO && !request->one_factor &&
        !sunzi_factor_available(context, factor, why, sizeof why)) {
        run->available = false;
        memcpy(run->reason, why, sizeof why);
        return 0;
    }
    columns = calloc((size_t)problem->nrhs, sizeof *columns);
    if (!columns)
        return no_memory();
    sunzi_solve_options_init(&options);
    options.factor = factor;
    options.grade = request->grade;
    for (bool again = true; again;)
        run->status =
            sunzi_once(share, context, problem, &options, columns, run, &again);
    run->solved = run->status >= 0;
    run->has_report = run->solved || run->status == SUNZI_ERR_SINGULAR;
    if (run->status != SUNZI_OK)
        snprintf(run->reason, sizeof run->reason, "%s", sunzi_last_message());
    if (run->has_report)
        take_report(problem, columns, run);
    free(columns);
    return measure_errors(problem, comparison->reference, run);
}

/* The rung asked for, or all of them and auto. */
static int run_rungs(const sunzi_solve_request *request,
                     const sunzi_share *share, sunzi_context *context,
                     const sunzi_problem *problem, sunzi_comparison *comparison)
{
    int exit_code = 0;
    if (request->one_factor)
        return run_sunzi(request, share, context, problem, request->factor,
                         comparison);
    for (int f = SUNZI_FACTOR_INT8; !exit_code && f <= SUNZI_FACTOR_FP64; f++)
        exit_code = run_sunzi(request, share, context, problem, (sunzi_factor)f,
                              comparison);
    return exit_code ? exit_code
                     : run_sunzi(request, share, context, problem,
                                 SUNZI_FACTOR_AUTO, comparison);
}

int sunzi_comparison_make(const sunzi_solve_request *request,
                          sunzi_context *context, const sunzi_problem *problem,
                          sunzi_comparison *comparison)
{
    const bool in_tiles = request->reproducible || sunzi_team_get()->comm;
    sunzi_share share;
    int exit_code;
    *comparison = (sunzi_comparison){.runs = 0};
    exit_code = run_lapack(problem, SUNZI_RUN_LAPACK_LU, comparison);
    if (!exit_code && problem->try_cholesky)
        exit_code = run_lapack(problem, SUNZI_RUN_LAPACK_CHOLESKY, comparison);
    if (!exit_code && !in_tiles) {
        exit_code = run_rungs(request, NULL, context, problem, comparison);
    } else if (!exit_code) {
        exit_code = sunzi_share_begin(request, context, problem, &share);
        if (exit_code)
            return exit_code;
        exit_code = run_rungs(request, &share, context, problem, comparison);
        sunzi_share_end(&share);
    }
    comparison->verdict = comparison->runs - 1;
    return exit_code;
}

void sunzi_comparison_clear(sunzi_comparison *comparison)
{
    for (int i = 0; i < comparison->runs; i++)
        free(comparison->run[i].X);
    free(comparison->reference);
    *comparison = (sunzi_comparison){.runs = 0};
}

int sunzi_comparison_exit_code(const sunzi_solve_request *request,
                               const sunzi_comparison *comparison)
{
    const sunzi_run *run = &comparison->run[comparison->verdict];
    if (run->refuted)
        return SUNZI_EXIT_UNSOLVED;
    switch (run->status) {
    case SUNZI_ERR_ARG:
    case SUNZI_ERR_NOMEM:
    case SUNZI_ERR_ENGINE:
    case SUNZI_ERR_DEVICE:
    case SUNZI_ERR_UNSUPPORTED:
    case SUNZI_ERR_NONFINITE:
        return SUNZI_EXIT_INPUT;
    default:
        break;
    }
    if (!run->solved || run->grade == SUNZI_GRADE_NONE)
        return SUNZI_EXIT_UNSOLVED;
    return run->status == SUNZI_OK && run->grade >= request->grade
               ? SUNZI_EXIT_REACHED
               : SUNZI_EXIT_LOWER;
}
