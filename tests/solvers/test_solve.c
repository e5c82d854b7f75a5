/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi_dsolve, sunzi_dgesv, sunzi_dposv: accuracy against 113-bit solutions,
 * scaling, layouts, right-hand sides, bad input, failed allocations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

#include "core/memory.h"
#include "tests/solvers/problem.h"
#include "tests/solvers/quad.h"

enum { N = 60, NRHS = 5 };

static const double u = 0x1p-53;

/* The claims of the report hold against the true solution. */
static void check_column(const test_problem *p, sunzi_status status,
                         const sunzi_solve_options *o,
                         const sunzi_solve_report *r,
                         const sunzi_column_report *column, const quad *exact,
                         int j)
{
    const double error = test_error(p->n, p->x + j * p->n, exact);
    assert_true(status >= 0);
    assert_true((status == SUNZI_OK) == (r->grade >= o->grade));
    if (column->grade >= SUNZI_GRADE_BACKWARD)
        assert_true(column->normwise_error <= sqrt(p->n) * u);
    if (column->grade >= SUNZI_GRADE_ACCURATE)
        assert_true(error <= 4 * u);
    if (column->grade == SUNZI_GRADE_CERTIFIED)
        assert_true(error <= column->forward_bound);
}

static void run_condition(double digits, int definite, sunzi_factor factor,
                          sunzi_grade grade)
{
    test_problem p =
        test_problem_make(N, 2, digits, definite, 17 + (uint64_t)digits);
    quad exact[N];
    sunzi_solve_options o;
    sunzi_solve_report r;
    sunzi_column_report columns[2];
    sunzi_solve_options_init(&o);
    o.factor = factor;
    o.grade = grade;
    o.structure = definite ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL;
    const sunzi_status status = test_problem_solve(&p, &o, &r, columns);
    if (status == SUNZI_ERR_SINGULAR ||
        status == SUNZI_ERR_NOT_POSITIVE_DEFINITE) {
        assert_true(digits >= 15); /* it looks singular in FP64 */
        assert_true(p.x[0] == -7);
    } else {
        for (int j = 0; j < 2; j++) {
            test_solve_quad(N, p.a, p.b + j * N, exact);
            check_column(&p, status, &o, &r, &columns[j], exact, j);
        }
        if (digits <= 12)
            assert_int_equal(status, SUNZI_OK);
    }
    free(p.a);
}

static void known_conditions(void **unused)
{
    static const sunzi_factor rungs[] = {SUNZI_FACTOR_AUTO, SUNZI_FACTOR_INT8,
                                         SUNZI_FACTOR_BF16, SUNZI_FACTOR_FP16,
                                         SUNZI_FACTOR_TF32, SUNZI_FACTOR_FP32,
                                         SUNZI_FACTOR_FP64};
    (void)unused;
    for (int digits = 0; digits <= 18; digits += 2)
        for (size_t f = 0; f < sizeof rungs / sizeof rungs[0]; f++)
            for (int grade = SUNZI_GRADE_BACKWARD;
                 grade <= SUNZI_GRADE_CERTIFIED; grade++)
                for (int definite = 0; definite < 2; definite++)
                    run_condition(digits, definite, rungs[f],
                                  (sunzi_grade)grade);
}

/* A 2^p, b 2^q: the same bits and steps, other exponents. */
static void check_scaled(const test_problem *p, const sunzi_solve_options *o,
                         int pa, int pb)
{
    test_problem q = test_problem_make(p->n, p->nrhs, 0, 0, 1);
    sunzi_column_report c0[NRHS], c1[NRHS];
    sunzi_solve_report r0, r1;
    assert_int_equal(test_problem_solve(p, o, &r0, c0), SUNZI_OK);
    for (int i = 0; i < p->n * p->n; i++)
        q.a[i] = ldexp(p->a[i], pa);
    for (int i = 0; i < p->n * p->nrhs; i++)
        q.b[i] = ldexp(p->b[i], pb);
    assert_int_equal(test_problem_solve(&q, o, &r1, c1), SUNZI_OK);
    assert_true(r0.condition == r1.condition);
    assert_int_equal(r0.attempts, r1.attempts);
    for (int j = 0; j < p->nrhs; j++) {
        assert_int_equal(c0[j].refinements, c1[j].refinements);
        assert_int_equal(c0[j].gmres_iterations, c1[j].gmres_iterations);
        assert_true(c0[j].normwise_error == c1[j].normwise_error);
        assert_true(c0[j].componentwise_error == c1[j].componentwise_error);
        assert_true(c0[j].forward_bound == c1[j].forward_bound);
        for (int i = 0; i < p->n; i++)
            assert_true(ldexp(p->x[i + j * p->n], pb - pa) ==
                        q.x[i + j * p->n]);
    }
    free(q.a);
}

static void powers_of_two(void **unused)
{
    /* about 1e-60, 1e39, 1e-50, 3e38, 1e-43, 1e-300, 1e300 and odd exponents */
    static const int exponents[][2] = {{-199, 0}, {0, 130},    {0, -166},
                                       {128, 0},  {-143, 0},   {-1, 3},
                                       {7, -9},   {-996, -90}, {997, 900}};
    (void)unused;
    for (int grade = SUNZI_GRADE_BACKWARD; grade <= SUNZI_GRADE_CERTIFIED;
         grade++)
        for (int definite = 0; definite < 2; definite++)
            for (int f = SUNZI_FACTOR_INT8; f <= SUNZI_FACTOR_FP64; f++) {
                test_problem p = test_problem_make(40, 2, 5, definite, 5);
                sunzi_solve_options o;
                sunzi_solve_options_init(&o);
                o.grade = (sunzi_grade)grade;
                o.factor = (sunzi_factor)f;
                o.structure =
                    definite ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL;
                for (size_t k = 0; k < sizeof exponents / sizeof exponents[0];
                     k++)
                    check_scaled(&p, &o, exponents[k][0], exponents[k][1]);
                free(p.a);
            }
}

/* Subnormal entries and rows of very different size. */
static void extreme_scales(void **unused)
{
    test_problem p = test_problem_make(N, 1, 3, 0, 9);
    quad exact[N];
    sunzi_solve_options o;
    sunzi_solve_report r;
    sunzi_column_report column;
    (void)unused;
    sunzi_solve_options_init(&o);
    o.grade = SUNZI_GRADE_ACCURATE;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            p.a[i + j * N] =
                ldexp(p.a[i + j * N], (i % 7 - 3) * 40 + (j % 5 - 2) * 60);
    assert_int_equal(test_problem_solve(&p, &o, &r, &column), SUNZI_OK);
    test_solve_quad(N, p.a, p.b, exact);
    assert_true(test_error(N, p.x, exact) <= 4 * u);
    for (int i = 0; i < N * N; i++)
        p.a[i] *= 1e-220;
    for (int i = 0; i < N; i++)
        p.b[i] *= 1e-220;
    const sunzi_status status = test_problem_solve(&p, &o, &r, &column);
    test_solve_quad(N, p.a, p.b, exact);
    assert_true(status >= 0);
    if (status == SUNZI_OK)
        assert_true(test_error(N, p.x, exact) <= 4 * u);
    free(p.a);
}

static void out_of_range(void **unused)
{
    const double a = 1e-300, b = 1e300;
    double x = 3;
    (void)unused;
    assert_int_equal(sunzi_dsolve(NULL, SUNZI_ROW_MAJOR, 1, 1, &a, 1, &b, 1, &x,
                                  1, NULL, NULL, NULL),
                     SUNZI_ERR_OVERFLOW);
    assert_true(x == 3);
}

/* X is rounded to subnormal numbers after it was refined: what that costs is in
 * the report, and the grade is that of the numbers handed out. */
static void subnormal_solutions(void **unused)
{
    const double a[] = {2, 1, 1, 3};
    (void)unused;
    for (int e = -1000; e >= -1073; e--)
        for (int grade = SUNZI_GRADE_BACKWARD; grade <= SUNZI_GRADE_CERTIFIED;
             grade++) {
            /* the second column is far from underflow, and not to suffer */
            const double b[] = {ldexp(1, e), 1, ldexp(5, e), 2};
            double x[4];
            sunzi_solve_options o;
            sunzi_solve_report r;
            sunzi_column_report c[2];
            sunzi_solve_options_init(&o);
            o.grade = (sunzi_grade)grade;
            const sunzi_status status = sunzi_dsolve(
                NULL, SUNZI_ROW_MAJOR, 2, 2, a, 2, b, 2, x, 2, &o, &r, c);
            const quad exact[] = {(3 * (quad)b[0] - b[2]) / 5,
                                  (2 * (quad)b[2] - b[0]) / 5};
            const quad first = x[0] - exact[0], second = x[2] - exact[1];
            /* of a usual size, so that they do not underflow */
            const double size = ldexp(fabs(x[2]), 1000);
            const double error = fmax(fabs((double)(first * 0x1p1000)),
                                      fabs((double)(second * 0x1p1000)));
            assert_int_equal(c[1].grade, grade);
            assert_true(status >= 0 && r.grade == c[0].grade);
            assert_true((status == SUNZI_OK) == ((int)c[0].grade == grade));
            assert_true(error <= c[0].forward_bound * size);
            if (c[0].grade >= SUNZI_GRADE_ACCURATE)
                assert_true(error <= 4 * u * size);
            if (e < -1060)
                assert_int_equal(status, SUNZI_REACHED_NONE);
        }
}

/* Nothing to solve: every report asked for is written all the same. */
static void empty_problems(void **unused)
{
    sunzi_solve_report r;
    sunzi_column_report c[2];
    (void)unused;
    memset(c, 0xab, sizeof c);
    assert_int_equal(sunzi_dsolve(NULL, SUNZI_ROW_MAJOR, 0, 2, NULL, 1, NULL, 2,
                                  NULL, 2, NULL, &r, c),
                     SUNZI_OK);
    for (int j = 0; j < 2; j++) {
        assert_int_equal(c[j].grade, SUNZI_GRADE_BACKWARD);
        assert_int_equal(c[j].refinements, 0);
        assert_true(c[j].forward_bound == 0);
    }
}

/* Each column is that of a call with this column alone, in both layouts. */
static void columns_and_layouts(void **unused)
{
    test_problem p = test_problem_make(N, NRHS, 7, 0, 3);
    double *one = malloc(N * sizeof *one),
           *by_rows = malloc(N * NRHS * sizeof *by_rows);
    double *at = malloc(N * N * sizeof *at);
    sunzi_solve_options o;
    (void)unused;
    memset(p.b + N, 0, N * sizeof(double)); /* a zero column among them */
    sunzi_solve_options_init(&o);
    for (int f = SUNZI_FACTOR_INT8; f <= SUNZI_FACTOR_FP64; f++) {
        o.factor = (sunzi_factor)f;
        o.grade = SUNZI_GRADE_ACCURATE;
        assert_int_equal(test_problem_solve(&p, &o, NULL, NULL), SUNZI_OK);
        for (int j = 0; j < NRHS; j++) {
            assert_int_equal(sunzi_dsolve(NULL, SUNZI_COL_MAJOR, N, 1, p.a, N,
                                          p.b + j * N, N, one, N, &o, NULL,
                                          NULL),
                             SUNZI_OK);
            assert_memory_equal(one, p.x + j * N, N * sizeof *one);
        }
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++)
                at[i * N + j] = p.a[i + j * N];
            for (int j = 0; j < NRHS; j++)
                by_rows[i * NRHS + j] = p.b[i + j * N];
        }
        assert_int_equal(sunzi_dsolve(NULL, SUNZI_ROW_MAJOR, N, NRHS, at, N,
                                      by_rows, NRHS, by_rows, NRHS, &o, NULL,
                                      NULL),
                         SUNZI_OK);
        for (int i = 0; i < N; i++)
            for (int j = 0; j < NRHS; j++)
                assert_true(fabs(by_rows[i * NRHS + j] - p.x[i + j * N]) <=
                            0x1p-52 * fabs(p.x[i + j * N]) + 1e-300);
    }
    free(at);
    free(by_rows);
    free(one);
    free(p.a);
}

static void easy_forms(void **unused)
{
    test_problem p = test_problem_make(N, 2, 4, 1, 21);
    double *b = malloc(2 * N * sizeof *b);
    quad exact[N];
    int ipiv[N];
    (void)unused;
    memcpy(b, p.b, 2 * N * sizeof *b);
    assert_int_equal(
        sunzi_dgesv(NULL, SUNZI_COL_MAJOR, N, 2, p.a, N, ipiv, b, N), SUNZI_OK);
    test_solve_quad(N, p.a, p.b + N, exact);
    assert_true(test_error(N, b + N, exact) <= 1e-9);
    for (int i = 0; i < N; i++)
        assert_true(ipiv[i] >= i + 1 && ipiv[i] <= N);
    for (int form = 0; form < 4; form++) {
        const int upper = form & 1;
        double *half = malloc(N * N * sizeof *half);
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N;
                 j++) /* row-major form & 2: (i,j) at i N + j */
                half[form & 2 ? i * N + j : i + j * N] =
                    (upper ? j >= i : j <= i) ? p.a[i + j * N] : NAN;
        memcpy(b, p.b, N * sizeof *b);
        assert_int_equal(
            sunzi_dposv(NULL, form & 2 ? SUNZI_ROW_MAJOR : SUNZI_COL_MAJOR,
                        upper ? 'U' : 'L', N, 1, half, N, b, form & 2 ? 1 : N),
            SUNZI_OK);
        test_solve_quad(N, p.a, p.b, exact);
        assert_true(test_error(N, b, exact) <= 1e-9);
        free(half);
    }
    free(b);
    free(p.a);
}

static void special_matrices(void **unused)
{
    test_problem p = test_problem_make(20, 1, 2, 1, 2);
    sunzi_solve_options o;
    sunzi_solve_report r;
    (void)unused;
    sunzi_solve_options_init(&o);
    const double kept = p.a[3];
    p.a[3] = NAN;
    assert_int_equal(test_problem_solve(&p, NULL, NULL, NULL),
                     SUNZI_ERR_NONFINITE);
    p.a[3] = INFINITY;
    assert_int_equal(test_problem_solve(&p, NULL, NULL, NULL),
                     SUNZI_ERR_NONFINITE);
    p.a[3] = kept;
    p.b[7] = -INFINITY;
    assert_int_equal(test_problem_solve(&p, NULL, NULL, NULL),
                     SUNZI_ERR_NONFINITE);
    p.b[7] = 1;
    for (int i = 0; i < 20; i++) /* row 4 equals row 9 */
        p.a[4 + i * 20] = p.a[9 + i * 20];
    const sunzi_status status = test_problem_solve(&p, NULL, &r, NULL);
    assert_true(status == SUNZI_ERR_SINGULAR || r.condition > 1e15);
    for (int i = 0; i < 20; i++)
        p.a[4 + i * 20] = 0;
    assert_int_equal(test_problem_solve(&p, NULL, NULL, NULL),
                     SUNZI_ERR_SINGULAR);
    for (int i = 0; i < 400; i++)
        p.a[i] = i % 21 == 0 ? 1 : 0.5 * (i % 20 == 19 || i / 20 == 19);
    o.structure = SUNZI_POSITIVE_DEFINITE; /* indefinite: 1 - 19/4 < 0 */
    for (int f = SUNZI_FACTOR_AUTO; f <= SUNZI_FACTOR_FP64; f++) {
        o.factor = (sunzi_factor)f;
        assert_int_equal(test_problem_solve(&p, &o, NULL, NULL),
                         SUNZI_ERR_NOT_POSITIVE_DEFINITE);
    }
    p.a[0] = -1;
    assert_int_equal(test_problem_solve(&p, &o, NULL, NULL),
                     SUNZI_ERR_NOT_POSITIVE_DEFINITE);
    for (int i = 0; i < 20; i++)
        assert_true(p.x[i] == -7 || status >= 0);
    free(p.a);
}

static void bad_arguments(void **unused)
{
    double a[4] = {2, 1, 1, 3}, b[2] = {1, 2}, x[2] = {-7, -7};
    sunzi_solve_options o;
    (void)unused;
    sunzi_solve_options_init(NULL);
    assert_int_equal(sunzi_dgesv(NULL, 101, 2, 1, a, 1, NULL, b, 1),
                     SUNZI_ERR_ARG);
    assert_string_equal(sunzi_last_message(),
                        "sunzi_dgesv: lda = 1, allowed is at least max(1, n) = "
                        "2; pass the distance between stored rows (row-major) "
                        "or columns (column-major)");
    memset(&o, 0, sizeof o);
    assert_int_equal(
        sunzi_dsolve(NULL, 101, 2, 1, a, 2, b, 1, x, 1, &o, NULL, NULL),
        SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "sunzi_solve_options_init"));
    sunzi_solve_options_init(&o);
#define BAD(...)                                                               \
    assert_int_equal(sunzi_dsolve(NULL, __VA_ARGS__, NULL, NULL), SUNZI_ERR_ARG)
    BAD(100, 2, 1, a, 2, b, 2, x, 2, &o);
    BAD(102, -1, 1, a, 2, b, 2, x, 2, &o);
    BAD(102, 2, -1, a, 2, b, 2, x, 2, &o);
    BAD(102, 2, 1, a, 1, b, 2, x, 2, &o);
    BAD(102, 2, 1, a, 2, b, 1, x, 2, &o);
    BAD(102, 2, 1, a, 2, b, 2, x, 1, &o);
    BAD(102, 2, 1, NULL, 2, b, 2, x, 2, &o);
    BAD(102, 2, 1, a, 2, NULL, 2, x, 2, &o);
    BAD(102, 2, 1, a, 2, b, 2, NULL, 2, &o);
    o.grade = SUNZI_GRADE_NONE;
    BAD(102, 2, 1, a, 2, b, 2, x, 2, &o);
    sunzi_solve_options_init(&o);
    o.max_gmres = -1;
    BAD(102, 2, 1, a, 2, b, 2, x, 2, &o);
    sunzi_solve_options_init(&o);
    o.factor = (sunzi_factor)9;
    BAD(102, 2, 1, a, 2, b, 2, x, 2, &o);
#undef BAD
    assert_int_equal(sunzi_dposv(NULL, 102, 'X', 2, 1, a, 2, b, 2),
                     SUNZI_ERR_ARG);
    assert_true(x[0] == -7 && x[1] == -7);
    assert_int_equal(sunzi_dsolve(NULL, 102, 0, 1, NULL, 1, NULL, 1, NULL, 1,
                                  NULL, NULL, NULL),
                     SUNZI_OK);
    assert_int_equal(
        sunzi_dsolve(NULL, 102, 2, 0, a, 2, NULL, 2, NULL, 2, NULL, NULL, NULL),
        SUNZI_OK);
    assert_int_equal(
        sunzi_dsolve(NULL, 102, 1, 1, a, 1, b, 1, x, 1, NULL, NULL, NULL),
        SUNZI_OK);
    assert_true(x[0] == 0.5);
}

/* Every request fails once: a clean error, or the answer. */
static void failed_allocations(void **unused)
{
    test_problem p = test_problem_make(30, 2, 3, 0, 4);
    sunzi_solve_options o;
    (void)unused;
    sunzi_solve_options_init(&o);
    for (int f = SUNZI_FACTOR_INT8; f <= SUNZI_FACTOR_FP64; f++) {
        sunzi_context *ctx = NULL;
        o.factor = (sunzi_factor)f;
        o.grade = SUNZI_GRADE_CERTIFIED;
        assert_int_equal(sunzi_context_create(NULL, &ctx), SUNZI_OK);
        sunzi_memory_fail_after(-1);
        assert_int_equal(sunzi_dsolve(ctx, 102, 30, 2, p.a, 30, p.b, 30, p.x,
                                      30, &o, NULL, NULL),
                         SUNZI_OK);
        const long requests = sunzi_memory_requests();
        assert_true(requests > 3);
        for (long k = 1; k <= requests; k++) {
            p.x[0] = -7;
            sunzi_memory_fail_after(k);
            const sunzi_status status = sunzi_dsolve(
                ctx, 102, 30, 2, p.a, 30, p.b, 30, p.x, 30, &o, NULL, NULL);
            assert_int_equal(status, SUNZI_ERR_NOMEM);
            assert_true(p.x[0] == -7);
        }
        sunzi_memory_fail_after(-1);
        sunzi_context_destroy(&ctx);
    }
    free(p.a);
}

/* A second call of the same size allocates nothing. */
static void workspace_is_kept(void **unused)
{
    test_problem p = test_problem_make(N, 1, 3, 0, 4);
    sunzi_context *ctx = NULL;
    (void)unused;
    assert_int_equal(sunzi_context_create(NULL, &ctx), SUNZI_OK);
    size_t held[2];
    for (int k = 0; k < 2; k++) {
        assert_int_equal(sunzi_dsolve(ctx, 102, N, 1, p.a, N, p.b, N, p.x, N,
                                      NULL, NULL, NULL),
                         SUNZI_OK);
        held[k] = sunzi_context_workspace_bytes(ctx);
    }
    assert_true(held[0] == held[1]);
    sunzi_context_destroy(&ctx);
    free(p.a);
}

/* The promise of a reproducible context, for a whole solve. */
static void same_bits_on_every_engine(void **unused)
{
    enum { ORDER = 130 };
    static const sunzi_factor factors[] = {
        SUNZI_FACTOR_AUTO, SUNZI_FACTOR_INT8, SUNZI_FACTOR_FP32,
        SUNZI_FACTOR_EMULATED, SUNZI_FACTOR_FP64};
    (void)unused;
    for (int t = 0; t < 20; t++) {
        const int definite = t % 2;
        test_problem p =
            test_problem_make(ORDER, 1, t < 10 ? 3 : 9, definite, 5);
        double first[ORDER];
        bool have = false;
        sunzi_solve_options o;
        sunzi_solve_options_init(&o);
        o.factor = factors[t / 2 % 5];
        o.grade = t % 3 ? SUNZI_GRADE_ACCURATE : SUNZI_GRADE_BACKWARD;
        o.structure = definite ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL;
        for (int e = 0; e < sunzi_engine_count(); e++)
            for (int threads = 1; threads < 3; threads++) {
                char why[200];
                sunzi_context_options options;
                sunzi_context *ctx = NULL;
                if (!sunzi_engine_available(e, why, sizeof why))
                    continue;
                sunzi_context_options_init(&options);
                options.engine = sunzi_engine_name(e);
                options.threads = threads;
                options.reproducible = 1;
                assert_int_equal(sunzi_context_create(&options, &ctx),
                                 SUNZI_OK);
                assert_true(sunzi_dsolve(ctx, SUNZI_COL_MAJOR, ORDER, 1, p.a,
                                         ORDER, p.b, ORDER, p.x, ORDER, &o,
                                         NULL, NULL) >= 0);
                if (have)
                    assert_memory_equal(first, p.x, sizeof first);
                memcpy(first, p.x, sizeof first);
                have = true;
                sunzi_context_destroy(&ctx);
            }
        free(p.a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits_on_every_engine),
        cmocka_unit_test(known_conditions),
        cmocka_unit_test(powers_of_two),
        cmocka_unit_test(extreme_scales),
        cmocka_unit_test(out_of_range),
        cmocka_unit_test(subnormal_solutions),
        cmocka_unit_test(empty_problems),
        cmocka_unit_test(columns_and_layouts),
        cmocka_unit_test(easy_forms),
        cmocka_unit_test(special_matrices),
        cmocka_unit_test(bad_arguments),
        cmocka_unit_test(failed_allocations),
        cmocka_unit_test(workspace_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
