/* SPDX-License-Identifier: BSD-3-Clause */
/* From a file or the gallery to a dense system, or to a sentence that says why
 * it is none. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/command.h"
#include "tools/machine.h"
#include "tools/solve.h"
#include "tools/team.h"

static int input_error(void)
{
    sunzi_tool_error(SUNZI_SOLVE_COMMAND, "%s", sunzi_last_message());
    return SUNZI_EXIT_INPUT;
}

/* Dense copies that are alive at the same time, in units of n^2 bytes: A, the
 * FP64 factors of LAPACK and, after those, Sunzi's factors and proof. Several
 * processes, of this machine all of them, hold A once more. */
static double bytes_needed(double n, sunzi_grade grade)
{
    const double shares = sunzi_team_get()->comm ? 8 : 0;
    return n * n *
           (shares + (grade == SUNZI_GRADE_CERTIFIED ? 8 + 8 + 16 : 8 + 8));
}

static int check_memory(const sunzi_problem *problem, double n,
                        sunzi_grade grade)
{
    const double gib = 1024.0 * 1024.0 * 1024.0;
    const double need = bytes_needed(n, grade);
    const double have = sunzi_machine_free_bytes();
    if (n <= (double)INT_MAX && (have == 0.0 || need <= have))
        return 0;
    sunzi_tool_error(
        SUNZI_SOLVE_COMMAND,
        "%s: order %.0f needs %.3g GiB as dense matrices, %.3g GiB "
        "are free; this command solves dense systems only, so "
        "take a smaller matrix or a larger machine",
        problem->name, n, need / gib, have / gib);
    return SUNZI_EXIT_INPUT;
}

static int check_shape(const sunzi_problem *problem)
{
    const sunzi_matrix *matrix = &problem->matrix;
    if (matrix->rows != matrix->cols) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                         "%s: the matrix has %d rows and %d columns; a linear "
                         "solve needs a square one (sunzi_dgels is for least "
                         "squares)",
                         problem->name, matrix->rows, matrix->cols);
        return SUNZI_EXIT_INPUT;
    }
    if (matrix->rows == 0) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                         "%s: the matrix is of order 0, there is nothing to "
                         "solve",
                         problem->name);
        return SUNZI_EXIT_INPUT;
    }
    return 0;
}

static int check_structure(const sunzi_problem *problem)
{
    int32_t rank, row;
    if (sunzi_matrix_structural_rank(&problem->matrix, &rank, &row) < 0)
        return input_error();
    if (rank == problem->matrix.rows)
        return 0;
    sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                     "%s: the matrix is singular whatever its numbers are: at "
                     "most %d of its %d rows (row %d is left over) can be "
                     "given a nonzero entry in a column of their own; the "
                     "equations do not determine all unknowns",
                     problem->name, rank, problem->matrix.rows, row + 1);
    return SUNZI_EXIT_UNSOLVED;
}

static double *dense_array(const sunzi_problem *problem, size_t columns)
{
    const size_t n = (size_t)problem->n;
    double *array = NULL;
    if (columns <= SIZE_MAX / sizeof *array / n)
        array = calloc(n * columns, sizeof *array);
    if (!array)
        sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                         "%s: memory for %zu columns of %zu numbers could not "
                         "be allocated",
                         problem->name, columns, n);
    return array;
}

/* Exponent of the largest number if that is near the ends of the range. */
static int far_exponent(const double *numbers, size_t count)
{
    double most = 0.0;
    int e = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs(numbers[i]));
    (void)frexp(most, &e);
    e = e < -1000 ? -1000 : e; /* 2^-e is to be finite */
    return abs(e) > SUNZI_EXPONENT_FAR ? e : 0;
}

/* Norm and diagonal of the dense matrix. */
static int survey(sunzi_problem *problem)
{
    const size_t n = (size_t)problem->n;
    double *sum = calloc(n, sizeof *sum);
    bool positive = true;
    if (!sum) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND, "memory could not be allocated");
        return SUNZI_EXIT_INPUT;
    }
    problem->exponent = far_exponent(problem->A, n * n);
    const double scale = ldexp(1.0, -problem->exponent);
    for (size_t j = 0; j < n; j++) {
        positive = positive && problem->A[j + j * n] > 0.0;
        for (size_t i = 0; i < n; i++)
            sum[i] += fabs(problem->A[i + j * n]) * scale;
    }
    problem->norm = 0.0;
    for (size_t i = 0; i < n; i++)
        problem->norm = fmax(problem->norm, sum[i]);
    free(sum);
    const sunzi_matrix *matrix = &problem->matrix;
    problem->try_cholesky =
        positive && (matrix->symmetry == SUNZI_SYMMETRY_HERMITIAN ||
                     (matrix->symmetry == SUNZI_SYMMETRY_SYMMETRIC &&
                      !matrix->complex_values));
    return 0;
}

/* B = A x0, x0_i = 1 + i mod 5, rounded; so B is a right-hand side like any
 * other, and x0 only nearly its solution. */
static int make_rhs(sunzi_problem *problem)
{
    const size_t n = (size_t)problem->n;
    problem->nrhs = 1;
    if (!(problem->B = dense_array(problem, 1)))
        return SUNZI_EXIT_INPUT;
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++)
            problem->B[i] += problem->A[i + j * n] * (double)(1 + j % 5);
    for (size_t i = 0; i < n; i++) {
        if (isfinite(problem->B[i]))
            continue;
        sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                         "%s: row %zu is so large that A x overflows for x of "
                         "order 1; scale the matrix or give --rhs",
                         problem->name, i + 1);
        return SUNZI_EXIT_INPUT;
    }
    return 0;
}

/* B, a solution of each run, one within the solver, and a reference of twice
 * the length are alive at the same time. */
static int check_rhs_memory(const sunzi_problem *problem, const char *path,
                            int columns)
{
    const double gib = 1024.0 * 1024.0 * 1024.0;
    const double need =
        8.0 * problem->n * (double)columns * (SUNZI_RUNS_MAX + 4);
    const double have = sunzi_machine_free_bytes();
    if (have == 0.0 || need <= have)
        return 0;
    sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                     "%s: %d right-hand sides need %.3g GiB, %.3g GiB are "
                     "free; give fewer columns at a time",
                     path, columns, need / gib, have / gib);
    return SUNZI_EXIT_INPUT;
}

/* A complex right-hand side is stacked like the unknowns: real parts above
 * imaginary parts. */
static int read_rhs(sunzi_problem *problem, const char *path)
{
    sunzi_matrix rhs;
    int exit_code = SUNZI_EXIT_INPUT;
    if (sunzi_matrix_read(path, &rhs) < 0)
        return input_error();
    const bool complex_matrix = problem->matrix.complex_values;
    if (rhs.rows != problem->matrix.rows || rhs.cols == 0) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                         "%s: the right-hand side has shape %d x %d, the "
                         "matrix has %d rows; allowed are %d rows and at least "
                         "one column",
                         path, rhs.rows, rhs.cols, problem->matrix.rows,
                         problem->matrix.rows);
        goto done;
    }
    if (rhs.complex_values && !complex_matrix) {
        sunzi_tool_error(SUNZI_SOLVE_COMMAND,
                         "%s: a complex right-hand side for a real matrix; "
                         "give its real and imaginary parts as two columns",
                         path);
        goto done;
    }
    if (check_rhs_memory(problem, path, rhs.cols) != 0)
        goto done;
    problem->nrhs = rhs.cols;
    /* the real equivalent of complex columns is [Re -Im; Im Re]: the right
     * half is not needed, but written by the conversion */
    const size_t columns = (size_t)rhs.cols * (rhs.complex_values ? 2 : 1);
    if (!(problem->B = dense_array(problem, columns)))
        goto done;
    sunzi_matrix_to_dense(&rhs, problem->B, problem->n);
    problem->rhs_path = path;
    exit_code = 0;
done:
    sunzi_matrix_clear(&rhs);
    return exit_code;
}

/* problem->matrix is there; everything else follows. */
static int prepare(const sunzi_solve_request *request, sunzi_problem *problem)
{
    int exit_code;
    const double order = (double)problem->matrix.rows *
                         (problem->matrix.complex_values ? 2.0 : 1.0);
    if ((exit_code = check_shape(problem)) ||
        (exit_code = check_memory(problem, order, request->grade)) ||
        (exit_code = check_structure(problem)))
        return exit_code;
    problem->n = (int)order;
    if (!(problem->A = dense_array(problem, (size_t)problem->n)))
        return SUNZI_EXIT_INPUT;
    sunzi_matrix_to_dense(&problem->matrix, problem->A, problem->n);
    if ((exit_code = survey(problem)))
        return exit_code;
    return request->rhs_path ? read_rhs(problem, request->rhs_path)
                             : make_rhs(problem);
}

int sunzi_problem_load(const sunzi_solve_request *request,
                       sunzi_problem *problem)
{
    *problem = (sunzi_problem){.name = request->matrix_path};
    if (sunzi_matrix_read(request->matrix_path, &problem->matrix) < 0)
        return input_error();
    return prepare(request, problem);
}

int sunzi_problem_build(const sunzi_solve_request *request,
                        const sunzi_gallery_problem *entry,
                        sunzi_problem *problem)
{
    *problem =
        (sunzi_problem){.name = entry->name, .description = entry->description};
    if (entry->make(&problem->matrix) < 0)
        return input_error();
    return prepare(request, problem);
}

void sunzi_problem_clear(sunzi_problem *problem)
{
    sunzi_matrix_clear(&problem->matrix);
    free(problem->A);
    free(problem->B);
    *problem = (sunzi_problem){.name = NULL};
}
