/* SPDX-License-Identifier: BSD-3-Clause */
/* Distributed solves: right answers, and the same bits on every grid as on one
 * process. What is expected is computed by every process alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>

#include "core/grid.h"
#include "core/memory.h"
#include "tests/mpi/entries.h"
#include "tests/mpi/run.h"
#include "tests/random.h"

static uint64_t state = 11; /* the same on all processes */

static int number(int from, int to)
{
    return random_between(&state, from, to);
}

static sunzi_comm *world;
static sunzi_context *context; /* reproducible */

/* ---- matrices in any distribution ---- */

typedef struct part {
    int desc[SUNZI_DESC_LENGTH];
    sunzi_distribution d;
    double *data;
} part;

/* first: a submatrix begins at block row and column `first`. */
static part make_part(const sunzi_grid *grid, int m, int n, int mb, int nb,
                      int rsrc, int csrc, entry_fn *entry)
{
    part p;
    assert_int_equal(
        sunzi_descriptor_init(p.desc, grid, m, n, mb, nb, rsrc, csrc, 0),
        SUNZI_OK);
    assert_int_equal(
        sunzi_distribution_from("test", "desc", grid, p.desc, &p.d), SUNZI_OK);
    const int64_t rows = sunzi_local_rows(&p.d), cols = sunzi_local_cols(&p.d);
    p.data = malloc((size_t)(p.d.lld * cols + 1) * sizeof *p.data);
    assert_non_null(p.data);
    for (int64_t j = 0; j < cols; j++)
        for (int64_t i = 0; i < rows; i++)
            p.data[i + j * p.d.lld] =
                entry(n > m ? n : m,
                      (int)sunzi_cyclic_global(&p.d.row, grid->my_row, i),
                      (int)sunzi_cyclic_global(&p.d.col, grid->my_col, j));
    return p;
}

static part random_part(const sunzi_grid *grid, int m, int n, entry_fn *entry)
{
    int rows, cols;
    sunzi_grid_shape(grid, &rows, &cols);
    const int mb = number(1, 90), nb = number(1, 90);
    return make_part(grid, m, n, mb, nb, number(0, rows - 1),
                     number(0, cols - 1), entry);
}

/* All of a matrix on every process. */
static void gather(const part *p, const sunzi_grid *grid, int m, int n,
                   double *whole)
{
    memset(whole, 0, (size_t)m * (size_t)n * sizeof *whole);
    for (int64_t j = 0; j < sunzi_local_cols(&p->d); j++)
        for (int64_t i = 0; i < sunzi_local_rows(&p->d); i++)
            whole[sunzi_cyclic_global(&p->d.row, grid->my_row, i) +
                  m * sunzi_cyclic_global(&p->d.col, grid->my_col, j)] =
                p->data[i + j * p->d.lld];
    assert_int_equal(
        sunzi_comm_reduce(grid->comm, SUNZI_REDUCE_SUM, whole, m * n),
        SUNZI_OK);
}

/* ---- one solve ---- */

enum { COLUMNS = 40 };

typedef struct solution {
    double *x; /* [nrhs][n] */
    sunzi_status status;
    sunzi_solve_report report;
    sunzi_column_report columns[COLUMNS];
} solution;

static entry_fn *right_side = right_entry; /* of the solves below */

static solution solve_on(const sunzi_grid *grid, int n, int nrhs,
                         entry_fn *entry, const sunzi_solve_options *o,
                         bool in_tiles)
{
    part a = in_tiles ? make_part(grid, n, n, 256, 256, 0, 0, entry)
                      : random_part(grid, n, n, entry);
    part b = random_part(grid, n, nrhs, right_side);
    solution s = {.x = malloc((size_t)(n * nrhs + 1) * sizeof(double))};
    assert_non_null(s.x);
    s.status =
        sunzi_pdsolve(context, grid, n, nrhs, a.data, 1, 1, a.desc, b.data, 1,
                      1, b.desc, b.data, 1, 1, b.desc, o, &s.report, s.columns);
    gather(&b, grid, n, nrhs, s.x);
    free(a.data);
    free(b.data);
    return s;
}

static void same(const solution *got, const solution *expected, int n, int nrhs)
{
    assert_int_equal(got->status, expected->status);
    assert_memory_equal(got->x, expected->x,
                        (size_t)(n * nrhs) * sizeof(double));
    assert_memory_equal(&got->report.condition, &expected->report.condition,
                        sizeof(double));
    assert_int_equal(got->report.factor, expected->report.factor);
    assert_int_equal(got->report.attempts, expected->report.attempts);
    assert_memory_equal(got->columns, expected->columns,
                        (size_t)nrhs * sizeof *got->columns);
}

static bool one_grid; /* for what takes long: the largest that is not flat */

static bool is_tried(int rows, int cols, int size)
{
    if (one_grid)
        return rows * cols == size && rows > 1 ? cols > 1 || size < 4
                                               : size == 1;
    return rows * cols >= size - 1; /* one process outside is enough */
}

/* Every grid, random distributions, against a process alone. */
static solution on_all_grids(int n, int nrhs, entry_fn *entry,
                             const sunzi_solve_options *o)
{
    const int size = sunzi_comm_size(world);
    sunzi_grid *alone = NULL;
    assert_int_equal(sunzi_grid_create(NULL, 1, 1, 'R', &alone), SUNZI_OK);
    const solution expected = solve_on(alone, n, nrhs, entry, o, true);
    sunzi_grid_destroy(&alone);
    for (int rows = 1; rows <= size; rows++)
        for (int cols = 1; rows * cols <= size; cols++) {
            sunzi_grid *grid = NULL;
            if (!is_tried(rows, cols, size))
                continue;
            assert_int_equal(sunzi_grid_create(world, rows, cols,
                                               number(0, 1) ? 'R' : 'C', &grid),
                             SUNZI_OK);
            const solution got =
                solve_on(grid, n, nrhs, entry, o, number(0, 3) == 0);
            same(&got, &expected, n, nrhs);
            free(got.x);
            sunzi_grid_destroy(&grid);
        }
    return expected;
}

/* Against the solve of one process in shared memory. */
static void agrees_with_dsolve(const solution *s, int n, int nrhs,
                               entry_fn *entry, sunzi_solve_options o)
{
    double *a = malloc((size_t)n * (size_t)n * sizeof *a);
    double *b = malloc((size_t)(n * nrhs) * sizeof *b);
    assert_true(a && b);
    for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i++)
            a[i + (size_t)j * (size_t)n] = entry(n, i, j);
    for (int j = 0; j < nrhs; j++)
        for (int i = 0; i < n; i++)
            b[i + j * n] = right_entry(n, i, j);
    o.grade = SUNZI_GRADE_ACCURATE;
    assert_int_equal(sunzi_dsolve(context, SUNZI_COL_MAJOR, n, nrhs, a, n, b, n,
                                  b, n, &o, NULL, NULL),
                     SUNZI_OK);
    for (int j = 0; j < nrhs; j++) {
        double most = 0, error = 0;
        for (int i = 0; i < n; i++) {
            most = fmax(most, fabs(b[i + j * n]));
            error = fmax(error, fabs(b[i + j * n] - s->x[i + j * n]));
        }
        if (!(error <=
              s->columns[j].forward_bound * most * 1.01 + most * 0x1p-52))
            printf("n = %d, column %d: error %g, bound %g\n", n, j,
                   error / most, s->columns[j].forward_bound);
        assert_true(error <=
                    s->columns[j].forward_bound * most * 1.01 + most * 0x1p-52);
    }
    free(a);
    free(b);
}

static void check_case(int n, int nrhs, entry_fn *entry, sunzi_factor factor,
                       sunzi_grade grade, sunzi_structure structure)
{
    sunzi_solve_options o;
    sunzi_solve_options_init(&o);
    o.factor = factor;
    o.grade = grade;
    o.structure = structure;
    const solution s = on_all_grids(n, nrhs, entry, &o);
    if (s.status != SUNZI_OK)
        printf("n = %d, rung %d: %s\n", n, (int)factor, sunzi_last_message());
    assert_int_equal(s.status, SUNZI_OK);
    for (int j = 0; j < nrhs; j++)
        assert_true(s.columns[j].grade >= grade);
    agrees_with_dsolve(&s, n, nrhs, entry, o);
    free(s.x);
}

static void rungs(void **unused)
{
    static const sunzi_factor all[] = {
        SUNZI_FACTOR_INT8, SUNZI_FACTOR_BF16,     SUNZI_FACTOR_FP16,
        SUNZI_FACTOR_FP32, SUNZI_FACTOR_EMULATED, SUNZI_FACTOR_FP64};
    (void)unused;
    for (size_t f = 0; f < sizeof all / sizeof all[0]; f++) {
        if (!sunzi_factor_available(context, all[f], NULL, 0))
            continue;
        check_case(700, 1, random_entry, all[f], SUNZI_GRADE_ACCURATE,
                   SUNZI_GENERAL);
        check_case(520, 2, definite_entry, all[f], SUNZI_GRADE_ACCURATE,
                   SUNZI_POSITIVE_DEFINITE);
    }
}

static void sizes(void **unused)
{
    static const int all[] = {1, 2, 5, 16, 17, 255, 256, 257, 513};
    (void)unused;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        check_case(all[i], 3, random_entry, SUNZI_FACTOR_FP32,
                   SUNZI_GRADE_BACKWARD, SUNZI_GENERAL);
        check_case(all[i], 2, definite_entry, SUNZI_FACTOR_AUTO,
                   SUNZI_GRADE_ACCURATE, SUNZI_POSITIVE_DEFINITE);
    }
}

static void scalings(void **unused)
{
    (void)unused;
    check_case(300, 2, scaled_entry, SUNZI_FACTOR_FP32, SUNZI_GRADE_ACCURATE,
               SUNZI_GENERAL);
    check_case(300, 1, far_entry, SUNZI_FACTOR_FP32, SUNZI_GRADE_ACCURATE,
               SUNZI_GENERAL);
    check_case(400, 1, hard_entry, SUNZI_FACTOR_FP32, SUNZI_GRADE_ACCURATE,
               SUNZI_GENERAL);
}

static void proofs(void **unused)
{
    (void)unused;
    one_grid = true;
    check_case(270, 2, random_entry, SUNZI_FACTOR_AUTO, SUNZI_GRADE_CERTIFIED,
               SUNZI_GENERAL);
    check_case(100, 1, definite_entry, SUNZI_FACTOR_AUTO, SUNZI_GRADE_CERTIFIED,
               SUNZI_POSITIVE_DEFINITE);
    one_grid = false;
}

/* On every grid as on one process, and each column as if it were alone. */
static void check_many(int n, entry_fn *entry, sunzi_factor factor,
                       sunzi_grade grade, sunzi_structure structure)
{
    sunzi_grid *alone = NULL;
    sunzi_solve_options o;
    sunzi_solve_options_init(&o);
    o.factor = factor;
    o.grade = grade;
    o.structure = structure;
    right_side = many_entry;
    const solution s = on_all_grids(n, COLUMNS, entry, &o);
    assert_int_equal(s.status, SUNZI_OK);
    assert_int_equal(sunzi_grid_create(NULL, 1, 1, 'R', &alone), SUNZI_OK);
    for (first_column = 0; first_column < COLUMNS; first_column += 7) {
        const solution one = solve_on(alone, n, 1, entry, &o, true);
        const size_t at = (size_t)(n * first_column);
        assert_int_equal(one.status, SUNZI_OK);
        assert_memory_equal(one.x, s.x + at, (size_t)n * sizeof(double));
        assert_memory_equal(&one.columns[0], &s.columns[first_column],
                            sizeof one.columns[0]);
        free(one.x);
    }
    sunzi_grid_destroy(&alone);
    first_column = 0;
    right_side = right_entry;
    free(s.x);
}

static void many_right_hand_sides(void **unused)
{
    (void)unused;
    one_grid = true;
    check_many(600, random_entry, SUNZI_FACTOR_FP32, SUNZI_GRADE_BACKWARD,
               SUNZI_GENERAL);
    check_many(530, random_entry, SUNZI_FACTOR_FP64, SUNZI_GRADE_ACCURATE,
               SUNZI_GENERAL);
    check_many(530, definite_entry, SUNZI_FACTOR_FP32, SUNZI_GRADE_ACCURATE,
               SUNZI_POSITIVE_DEFINITE);
    check_many(300, hard_entry, SUNZI_FACTOR_INT8, SUNZI_GRADE_ACCURATE,
               SUNZI_GENERAL);
    check_many(90, scaled_entry, SUNZI_FACTOR_AUTO, SUNZI_GRADE_CERTIFIED,
               SUNZI_GENERAL);
    one_grid = false;
}

/* The redistributed matrix is in the report. */
static void workspace(void **unused)
{
    enum { N = 512 };
    size_t bytes[2];
    sunzi_grid *grid = NULL;
    sunzi_solve_report r;
    (void)unused;
    assert_int_equal(sunzi_grid_create(world, 0, 0, 'R', &grid), SUNZI_OK);
    for (int k = 0; k < 2; k++) {
        part a = make_part(grid, N, N, k ? 64 : 256, 256, 0, 0, random_entry);
        part b = make_part(grid, N, 1, 256, 256, 0, 0, right_entry);
        assert_int_equal(sunzi_pdsolve(context, grid, N, 1, a.data, 1, 1,
                                       a.desc, b.data, 1, 1, b.desc, b.data, 1,
                                       1, b.desc, NULL, &r, NULL),
                         SUNZI_OK);
        bytes[k] = r.workspace_bytes;
        free(a.data);
        free(b.data);
    }
    const int64_t rows = sunzi_local_count(N, 256, grid->my_row, 0, grid->rows);
    const int64_t cols = sunzi_local_count(N, 256, grid->my_col, 0, grid->cols);
    if (grid->my_row >= 0 && rows * cols > 0)
        assert_true(bytes[1] - bytes[0] == (size_t)(rows * cols) * 8);
    sunzi_grid_destroy(&grid);
}

/* The easy forms: submatrices, interchanges, triangles. */

static double inner_entry(int n, int i, int j)
{
    return i < 60 || j < 90 ? NAN : random_entry(n, i - 60, j - 90);
}

static double inner_right(int n, int i, int j)
{
    return i < 30 || j < 20 ? -7 : right_entry(n, i - 30, j - 20);
}

static void submatrix(void **unused)
{
    enum { N = 300, NRHS = 2 };
    double *a = malloc(N * N * sizeof *a), *whole = malloc(400 * 40 * 8);
    double b[N * NRHS];
    int ipiv[N];
    sunzi_grid *grid = NULL;
    (void)unused;
    assert_true(a && whole);
    assert_int_equal(sunzi_grid_create(world, 0, 0, 'R', &grid), SUNZI_OK);
    part pa = make_part(grid, 400, 410, 20, 30, 0, 0, inner_entry);
    part pb = make_part(grid, 400, 40, 15, 10, 0, 0, inner_right);
    int *local = malloc((size_t)(sunzi_local_rows(&pa.d) + 1) * sizeof *local);
    assert_non_null(local);
    assert_int_equal(sunzi_pdgesv(context, grid, N, NRHS, pa.data, 61, 91,
                                  pa.desc, local, pb.data, 31, 21, pb.desc),
                     SUNZI_OK);
    for (int j = 0; j < N; j++)
        for (int i = 0; i < N; i++)
            a[i + j * N] = random_entry(410, i, j);
    for (int i = 0; i < N * NRHS; i++)
        b[i] = right_entry(400, i % N, i / N);
    assert_int_equal(
        sunzi_dgesv(context, SUNZI_COL_MAJOR, N, NRHS, a, N, ipiv, b, N),
        SUNZI_OK);
    for (int64_t i = 0; i < sunzi_local_rows(&pa.d); i++) {
        const int64_t row = sunzi_cyclic_global(&pa.d.row, grid->my_row, i);
        if (row >= 60 && row < 60 + N && sunzi_local_cols(&pa.d) > 0)
            assert_int_equal(local[i], 60 + ipiv[row - 60]);
    }
    gather(&pb, grid, 400, 40, whole);
    for (int j = 0; j < 40; j++)
        for (int i = 0; i < 400; i++) {
            const bool in = i >= 30 && i < 30 + N && j >= 20 && j < 20 + NRHS;
            const double x = whole[i + 400 * j];
            if (in)
                assert_true(fabs(x - b[i - 30 + (j - 20) * N]) <= 1e-12);
            else
                assert_true(x == inner_right(400, i, j));
        }
    free(local);
    free(pa.data);
    free(pb.data);
    sunzi_grid_destroy(&grid);
    free(a);
    free(whole);
}

static double upper_only(int n, int i, int j)
{
    return i > j ? NAN : definite_entry(n, i, j);
}

static double lower_only(int n, int i, int j)
{
    return i < j ? NAN : definite_entry(n, i, j);
}

static void triangles(void **unused)
{
    enum { N = 330 };
    double x[2][N];
    (void)unused;
    for (int upper = 0; upper < 2; upper++) {
        sunzi_grid *grid = NULL;
        assert_int_equal(sunzi_grid_create(world, 0, 0, 'C', &grid), SUNZI_OK);
        part a = random_part(grid, N, N, upper ? upper_only : lower_only);
        part b = random_part(grid, N, 1, right_entry);
        assert_int_equal(sunzi_pdposv(context, grid, upper ? 'u' : 'L', N, 1,
                                      a.data, 1, 1, a.desc, b.data, 1, 1,
                                      b.desc),
                         SUNZI_OK);
        gather(&b, grid, N, 1, x[upper]);
        free(a.data);
        free(b.data);
        sunzi_grid_destroy(&grid);
    }
    assert_memory_equal(x[0], x[1], sizeof x[0]);
}

/* ---- what cannot be solved ---- */

static double singular_entry(int n, int i, int j)
{
    return j == 270 ? random_entry(n, i, 3) : random_entry(n, i, j);
}

static double indefinite_entry(int n, int i, int j)
{
    return i == j && i == 260 ? 1e-3 : definite_entry(n, i, j);
}

static double nan_entry(int n, int i, int j)
{
    return i == n - 1 && j == 2 ? NAN : random_entry(n, i, j);
}

static double zero_row(int n, int i, int j)
{
    return i == 200 ? 0 : random_entry(n, i, j);
}

static void cannot(entry_fn *entry, sunzi_structure structure,
                   sunzi_status expected, const char *text)
{
    sunzi_solve_options o;
    sunzi_solve_options_init(&o);
    o.structure = structure;
    o.factor = SUNZI_FACTOR_FP32;
    o.climb = 0;
    const solution s = on_all_grids(300, 1, entry, &o);
    assert_int_equal(s.status, expected);
    assert_non_null(strstr(sunzi_last_message(), text));
    for (int i = 0; i < 300; i++) /* untouched */
        assert_true(s.x[i] == right_entry(300, i, 0));
    free(s.x);
}

static void not_solvable(void **unused)
{
    (void)unused;
    cannot(indefinite_entry, SUNZI_POSITIVE_DEFINITE,
           SUNZI_ERR_NOT_POSITIVE_DEFINITE, "not positive definite");
    cannot(nan_entry, SUNZI_GENERAL, SUNZI_ERR_NONFINITE, "A(299, 2)");
    cannot(zero_row, SUNZI_GENERAL, SUNZI_ERR_SINGULAR, "row 200");
}

static void singular(void **unused)
{
    sunzi_solve_options o;
    (void)unused;
    sunzi_solve_options_init(&o);
    o.grade = SUNZI_GRADE_ACCURATE;
    const solution s = on_all_grids(300, 1, singular_entry, &o);
    assert_true(s.status != SUNZI_OK);
    free(s.x);
}

/* ---- arguments ---- */

static sunzi_status call(const sunzi_grid *grid, const part *a, part *b, int n,
                         int ia, const sunzi_solve_options *o)
{
    return sunzi_pdsolve(context, grid, n, 1, a->data, ia, 1, a->desc, b->data,
                         1, 1, b->desc, b->data, 1, 1, b->desc, o, NULL, NULL);
}

static void bad_arguments(void **unused)
{
    const int last = sunzi_comm_size(world) - 1;
    const bool me = sunzi_comm_rank(world) == last;
    sunzi_solve_options o;
    sunzi_grid *grid = NULL;
    (void)unused;
    sunzi_solve_options_init(&o);
    assert_int_equal(sunzi_grid_create(world, 0, 0, 'R', &grid), SUNZI_OK);
    part a = make_part(grid, 40, 40, 8, 8, 0, 0, random_entry);
    part b = make_part(grid, 40, 1, 8, 8, 0, 0, right_entry);
    assert_int_equal(call(NULL, &a, &b, 40, 1, NULL), SUNZI_ERR_ARG);
    assert_int_equal(call(grid, &a, &b, me ? -1 : 40, 1, NULL), SUNZI_ERR_ARG);
    assert_int_equal(call(grid, &a, &b, 41, 1, NULL), SUNZI_ERR_ARG);
    assert_int_equal(call(grid, &a, &b, 30, me ? 10 : 9, NULL), SUNZI_ERR_ARG);
    if (last > 0) {
        assert_int_equal(call(grid, &a, &b, me ? 39 : 40, 1, NULL),
                         SUNZI_ERR_ARG);
        o.grade = me ? SUNZI_GRADE_ACCURATE : SUNZI_GRADE_BACKWARD;
        assert_int_equal(call(grid, &a, &b, 40, 1, &o), SUNZI_ERR_ARG);
        assert_non_null(strstr(sunzi_last_message(), "options.grade"));
    }
    o.grade = (sunzi_grade)9;
    assert_int_equal(call(grid, &a, &b, 40, 1, &o), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_pdposv(context, grid, me ? 'X' : 'L', 40, 1, a.data,
                                  1, 1, a.desc, b.data, 1, 1, b.desc),
                     SUNZI_ERR_ARG);
    assert_int_equal(call(grid, &a, &b, 0, 1, NULL), SUNZI_OK);
    assert_int_equal(call(grid, &a, &b, 40, 1, NULL), SUNZI_OK);
    free(a.data);
    free(b.data);
    sunzi_grid_destroy(&grid);
}

/* Each request for memory fails once, on one process: all of them are told, and
 * nothing is lost. */
static void no_memory(void **unused)
{
    const int last = sunzi_comm_size(world) - 1;
    sunzi_grid *grid = NULL;
    long k = 0;
    (void)unused;
    assert_int_equal(sunzi_grid_create(world, 0, 0, 'R', &grid), SUNZI_OK);
    part a = make_part(grid, 290, 290, 8, 8, 0, 0, random_entry);
    part b = make_part(grid, 290, 1, 8, 8, 0, 0, right_entry);
    for (k = 1; k < 60; k++) {
        if (sunzi_comm_rank(world) == last)
            sunzi_memory_fail_after(k);
        const sunzi_status status = call(grid, &a, &b, 290, 1, NULL);
        sunzi_memory_fail_after(-1);
        if (status == SUNZI_OK)
            break;
        assert_int_equal(status, SUNZI_ERR_NOMEM);
    }
    assert_true(k > 5 && k < 60);
    free(a.data);
    free(b.data);
    sunzi_grid_destroy(&grid);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sizes),
                                       cmocka_unit_test(rungs),
                                       cmocka_unit_test(scalings),
                                       cmocka_unit_test(proofs),
                                       cmocka_unit_test(many_right_hand_sides),
                                       cmocka_unit_test(workspace),
                                       cmocka_unit_test(submatrix),
                                       cmocka_unit_test(triangles),
                                       cmocka_unit_test(not_solvable),
                                       cmocka_unit_test(singular),
                                       cmocka_unit_test(bad_arguments),
                                       cmocka_unit_test(no_memory)};
    sunzi_context_options o;
    sunzi_context_options_init(&o);
    o.reproducible = 1;
    if (sunzi_context_create(&o, &context) < 0)
        return 99;
    const int failed = RUN_ON_PROCESSES(argc, argv, world, tests);
    sunzi_context_destroy(&context);
    return failed;
}
