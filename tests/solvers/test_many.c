/* SPDX-License-Identifier: BSD-3-Clause */
/* Solves with many right-hand sides: each has the bits and the report that it
 * has alone. */
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

#include "tests/solvers/problem.h"

enum { EASY = 40, HARD = 20, MANY = EASY + HARD };

static bool is_hard(int j)
{
    return j % 11 == 3;
}

/* Two systems that know nothing of each other; most right-hand sides are zero
 * in the one that is hard. Columns of very different size, and zero ones. */
static test_problem many_columns(int nrhs, double digits, int definite)
{
    test_problem p = test_problem_make(MANY, nrhs, 0, definite, 77);
    test_problem easy = test_problem_make(EASY, 1, 0.3, definite, 5);
    test_problem hard = test_problem_make(HARD, 1, digits, definite, 6);
    for (int j = 0; j < MANY; j++)
        for (int i = 0; i < MANY; i++)
            p.a[i + j * MANY] = i < EASY && j < EASY ? easy.a[i + j * EASY]
                                : i >= EASY && j >= EASY
                                    ? hard.a[i - EASY + (j - EASY) * HARD]
                                    : 0;
    for (int j = 0; j < nrhs; j++)
        for (int i = 0; i < MANY; i++)
            p.b[i + j * MANY] *= j % 10 == 7 ? 0
                                 : i >= EASY && !is_hard(j)
                                     ? 0
                                     : ldexp(1, j % 13 * 90 - 500);
    free(easy.a);
    free(hard.a);
    return p;
}

static void same_report(const sunzi_column_report *a,
                        const sunzi_column_report *b)
{
    assert_int_equal(a->grade, b->grade);
    assert_int_equal(a->refinements, b->refinements);
    assert_int_equal(a->gmres_iterations, b->gmres_iterations);
    assert_true(a->normwise_error == b->normwise_error);
    assert_true(a->componentwise_error == b->componentwise_error);
    assert_true(a->forward_bound == b->forward_bound);
}

/* Every column is that of a call with this column alone, its report too. */
static void check_many(const test_problem *p, const sunzi_solve_options *o,
                       int *with_gmres)
{
    const size_t nrhs = (size_t)p->nrhs, bytes = MANY * sizeof(double);
    sunzi_column_report *columns = malloc(nrhs * sizeof *columns), one;
    sunzi_solve_report r;
    double x[MANY];
    assert_non_null(columns);
    const sunzi_status status = test_problem_solve(p, o, &r, columns);
    assert_true(status >= 0);
    for (int j = 0; j < p->nrhs; j++) {
        if (j % 12 != 0 && !(is_hard(j) && j < 40))
            continue;
        assert_true(sunzi_dsolve(NULL, SUNZI_COL_MAJOR, MANY, 1, p->a, MANY,
                                 p->b + j * MANY, MANY, x, MANY, o, NULL,
                                 &one) >= 0);
        assert_memory_equal(x, p->x + j * MANY, bytes);
        same_report(&one, &columns[j]);
        assert_true(r.grade <= one.grade);
        *with_gmres += one.gmres_iterations > 0;
        if (!is_hard(j))
            assert_int_equal(one.gmres_iterations, 0);
    }
    free(columns);
}

static void many_right_hand_sides(void **unused)
{
    static const int counts[] = {1, 7, 33, 100, 300};
    static const sunzi_factor rungs[] = {SUNZI_FACTOR_INT8, SUNZI_FACTOR_BF16,
                                         SUNZI_FACTOR_FP32, SUNZI_FACTOR_FP64};
    int with_gmres = 0;
    (void)unused;
    for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
        for (int form = (int)k; form < 48; form += counts[k] == 33 ? 1 : 7) {
            sunzi_solve_options o;
            sunzi_solve_options_init(&o);
            o.factor = rungs[form % 4];
            o.grade = (sunzi_grade)(SUNZI_GRADE_BACKWARD + form / 4 % 3);
            o.structure =
                form / 12 % 2 ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL;
            o.max_gmres = form / 24 ? 2 : 200; /* 2: some columns must climb */
            test_problem p = many_columns(counts[k], 6, o.structure != 0);
            check_many(&p, &o, &with_gmres);
            free(p.a);
        }
    print_message("%d columns with GMRES\n", with_gmres);
    assert_true(with_gmres > 30);
}

/* What reached its grade stays, so a neighbour that climbs changes nothing. */
static void others_climb(void **unused)
{
    enum { COUNT = 40 };
    sunzi_column_report columns[COUNT];
    sunzi_solve_options o;
    sunzi_solve_report r;
    test_problem p = many_columns(COUNT, 10, 0);
    (void)unused;
    sunzi_solve_options_init(&o);
    o.factor = SUNZI_FACTOR_FP32;
    o.grade = SUNZI_GRADE_BACKWARD;
    o.max_gmres = 0;
    assert_int_equal(test_problem_solve(&p, &o, &r, columns), SUNZI_OK);
    assert_int_equal(r.attempts, 2);
    assert_int_equal(r.factor, SUNZI_FACTOR_FP64);
    for (int j = 0; j < COUNT; j++) {
        test_problem one = p;
        one.nrhs = 1;
        one.b = p.b + j * MANY;
        one.x = p.x + j * MANY;
        double x[MANY];
        sunzi_column_report column;
        memcpy(x, one.x, sizeof x);
        assert_int_equal(test_problem_solve(&one, &o, &r, &column), SUNZI_OK);
        assert_memory_equal(x, one.x, sizeof x);
        same_report(&column, &columns[j]);
        assert_int_equal(r.attempts, is_hard(j) && j % 10 != 7 ? 2 : 1);
    }
    free(p.a);
}

static void one_bad_column(void **unused)
{
    enum { COUNT = 70 };
    test_problem p = many_columns(COUNT, 1, 0);
    (void)unused;
    p.b[3 + 65 * MANY] = NAN;
    assert_int_equal(test_problem_solve(&p, NULL, NULL, NULL),
                     SUNZI_ERR_NONFINITE);
    assert_non_null(strstr(sunzi_last_message(), "B(3, 65)"));
    for (int i = 0; i < COUNT * MANY; i++)
        assert_true(p.x[i] == -7);
    p.b[3 + 65 * MANY] = 0;
    assert_int_equal(test_problem_solve(&p, NULL, NULL, NULL), SUNZI_OK);
    free(p.a);
}

/* The workspace of refinement does not grow with the right-hand sides beyond a
 * block of them; solutions and reports do. */
static void workspace_of_many(void **unused)
{
    size_t bytes[3];
    static const int counts[] = {1, 32, 320};
    (void)unused;
    for (int k = 0; k < 3; k++) {
        test_problem p = many_columns(counts[k], 1, 0);
        sunzi_solve_report r;
        sunzi_context *ctx = NULL;
        assert_int_equal(sunzi_context_create(NULL, &ctx), SUNZI_OK);
        assert_int_equal(sunzi_dsolve(ctx, 102, MANY, counts[k], p.a, MANY, p.b,
                                      MANY, p.x, MANY, NULL, &r, NULL),
                         SUNZI_OK);
        bytes[k] = r.workspace_bytes;
        assert_true(bytes[k] <= sunzi_context_workspace_bytes(ctx));
        sunzi_context_destroy(&ctx);
        free(p.a);
    }
    assert_true(bytes[1] > bytes[0]);
    assert_true(bytes[2] - bytes[1] <=
                288 *
                    (MANY * sizeof(double) + sizeof(sunzi_column_report) + 32));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_right_hand_sides),
        cmocka_unit_test(others_climb),
        cmocka_unit_test(one_bad_column),
        cmocka_unit_test(workspace_of_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
