/* SPDX-License-Identifier: BSD-3-Clause */
/* Least squares and minimum-norm solutions against normal equations solved in
 * 113-bit arithmetic (condition below 1e7, so the reference is good to 1e-18).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sunzi/sunzi.h"
#include "tests/random.h"

enum { MAX = 40 };
static const double u = 0x1p-53;

static double uniform(uint64_t *s)
{
    return (double)(int64_t)(random_step(s) >> 11) * 0x1p-52 - 1.0;
}

/* A [m, n] column-major with columns graded by 10^-spread and nearly dependent.
 */
static void make(int m, int n, double spread, uint64_t seed, double *a)
{
    for (int j = 0; j < n; j++)
        for (int i = 0; i < m; i++)
            a[i + j * m] =
                uniform(&seed) * pow(10, -spread * j / n) + (j ? 3 * a[i] : 0);
}

/* x = (G + 0)^-1 rhs for symmetric positive definite G [k, k], by LDL^T. */
static void solve_quad(int k, __float128 *g, __float128 *x)
{
    for (int j = 0; j < k; j++)
        for (int i = j + 1; i < k; i++) {
            const __float128 l = g[i + j * k] / g[j + j * k];
            for (int c = j + 1; c < k; c++)
                g[i + c * k] -= l * g[j + c * k];
            x[i] -= l * x[j];
        }
    for (int j = k - 1; j >= 0; j--) {
        for (int c = j + 1; c < k; c++)
            x[j] -= g[j + c * k] * x[c];
        x[j] /= g[j + j * k];
    }
}

/* Reference for op = A [m, n] column-major: least squares (m >= n) or minimum
 * norm. x has n entries. */
static void reference(int m, int n, const double *a, const double *b, double *x)
{
    static __float128 g[MAX * MAX], y[MAX];
    const int k = m >= n ? n : m;
    const int inner = m >= n ? m : n;
    const int rs = m >= n ? 1 : m, cs = m >= n ? m : 1; /* tall side */
    for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++) {
            g[i + j * k] = 0;
            for (int h = 0; h < inner; h++)
                g[i + j * k] +=
                    (__float128)a[h * rs + i * cs] * a[h * rs + j * cs];
        }
        y[i] = m >= n ? 0 : b[i];
        for (int h = 0; m >= n && h < m; h++)
            y[i] += (__float128)a[h + i * m] * b[h];
    }
    solve_quad(k, g, y);
    for (int j = 0; j < n; j++) {
        __float128 v = m >= n ? y[j] : 0;
        for (int i = 0; m < n && i < m; i++)
            v += (__float128)a[i + j * m] * y[i];
        x[j] = (double)v;
    }
}

static double error(int n, const double *x, int64_t stride, const double *exact)
{
    double e = 0, size = 0;
    for (int j = 0; j < n; j++) {
        e = fmax(e, fabs(x[j * stride] - exact[j]));
        size = fmax(size, fabs(exact[j]));
    }
    return e / size;
}

static void check_one(int m, int n, double spread, int layout, char trans,
                      sunzi_factor factor, double scale)
{
    enum { RHS = 3 };
    static double a[MAX * MAX], stored[MAX * MAX], b[MAX * RHS], x[MAX];
    const int opm = trans == 'T' ? n : m, opn = trans == 'T' ? m : n;
    const int top = m > n ? m : n;
    static double op[MAX * MAX], rhs[RHS][MAX];
    uint64_t seed = (uint64_t)(m * 1000 + n);
    make(m, n, spread, seed, a);
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            a[i + j * m] *= scale;
            stored[layout == SUNZI_ROW_MAJOR ? i * n + j : i + j * m] =
                a[i + j * m];
            op[trans == 'T' ? j + i * n : i + j * m] = a[i + j * m];
        }
    const int64_t row = layout == SUNZI_ROW_MAJOR ? RHS : 1;
    const int64_t col = layout == SUNZI_ROW_MAJOR ? 1 : top;
    for (int c = 0; c < RHS; c++)
        for (int i = 0; i < opm; i++)
            b[i * row + c * col] = rhs[c][i] = uniform(&seed);
    sunzi_solve_options o;
    sunzi_solve_options_init(&o);
    o.factor = factor;
    o.grade = SUNZI_GRADE_ACCURATE;
    sunzi_solve_report r;
    sunzi_column_report columns[RHS];
    const sunzi_status status = sunzi_dgels_expert(
        NULL, layout, trans, m, n, RHS, stored,
        layout == SUNZI_ROW_MAJOR ? n : m, b,
        layout == SUNZI_ROW_MAJOR ? RHS : top, &o, &r, columns);
    if (status != SUNZI_OK)
        fail_msg("m %d n %d trans %c: %s", m, n, trans, sunzi_last_message());
    for (int c = 0; c < RHS; c++) {
        reference(opm, opn, op, rhs[c], x);
        const double e = error(opn, b + c * col, row, x);
        if (!(e <= 2 * u) || !(e <= columns[c].forward_bound + u))
            fail_msg("m %d n %d trans %c column %d: error %.2e u, bound %.2e u",
                     m, n, trans, c, e / u, columns[c].forward_bound / u);
    }
}

static void against_the_reference(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1},  {7, 1},   {1, 7},   {12, 5},
                                   {5, 12}, {20, 20}, {40, 17}, {17, 40}};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
        for (int layout = SUNZI_ROW_MAJOR; layout <= SUNZI_COL_MAJOR; layout++)
            for (int t = 0; t < 2; t++)
                for (int f = 0; f < 2; f++)
                    check_one(sizes[k][0], sizes[k][1], 3.0, layout,
                              t ? 'T' : 'N',
                              f ? SUNZI_FACTOR_FP64 : SUNZI_FACTOR_AUTO, 1.0);
}

static void powers_of_two_change_no_bits(void **state)
{
    (void)state;
    for (int e = -900; e <= 900; e += 300)
        check_one(20, 9, 2.0, SUNZI_COL_MAJOR, 'N', SUNZI_FACTOR_AUTO,
                  ldexp(1.0, e));
}

static void climbs_to_fp64(void **state)
{
    (void)state;
    double a[30 * 6], b[30];
    uint64_t seed = 5;
    for (int i = 0; i < 30; i++) {
        for (int j = 0; j < 6; j++)
            a[i + 30 * j] = uniform(&seed) * (j == 5 ? 1e-10 : 1);
        for (int j = 0; j < 5; j++)
            a[i + 30 * 5] += a[i + 30 * j]; /* dependent but for 1e-10 */
        b[i] = uniform(&seed);
    }
    sunzi_solve_options o;
    sunzi_solve_options_init(&o);
    sunzi_solve_report r;
    assert_int_equal(sunzi_dgels_expert(NULL, SUNZI_COL_MAJOR, 'N', 30, 6, 1, a,
                                        30, b, 30, &o, &r, NULL),
                     SUNZI_OK);
    assert_int_equal(r.factor, SUNZI_FACTOR_FP64);
    assert_int_equal(r.attempts, 2);
    assert_int_equal(r.attempt[0].factor, SUNZI_FACTOR_FP32);
}

static void bad_input(void **state)
{
    (void)state;
    double a[6] = {1, 2, 3, 2, 4, 6}, b[3] = {1, 2, 3}, kept[3];
    memcpy(kept, b, sizeof b);
    assert_int_equal(sunzi_dgels(NULL, 7, 'N', 3, 2, 1, a, 3, b, 3),
                     SUNZI_ERR_ARG);
    assert_int_equal(
        sunzi_dgels(NULL, SUNZI_COL_MAJOR, 'C', 3, 2, 1, a, 3, b, 3),
        SUNZI_ERR_ARG);
    assert_int_equal(
        sunzi_dgels(NULL, SUNZI_COL_MAJOR, 'N', 3, 2, 1, a, 2, b, 3),
        SUNZI_ERR_ARG);
    assert_int_equal(
        sunzi_dgels(NULL, SUNZI_COL_MAJOR, 'N', 3, 2, 1, a, 3, b, 2),
        SUNZI_ERR_ARG);
    assert_int_equal(
        sunzi_dgels(NULL, SUNZI_COL_MAJOR, 'N', 3, 2, 1, a, 3, b, 3),
        SUNZI_ERR_SINGULAR);
    a[2] = NAN;
    assert_int_equal(
        sunzi_dgels(NULL, SUNZI_COL_MAJOR, 'N', 3, 2, 1, a, 3, b, 3),
        SUNZI_ERR_NONFINITE);
    assert_memory_equal(b, kept, sizeof b);
    assert_int_equal(
        sunzi_dgels(NULL, SUNZI_COL_MAJOR, 'N', 0, 2, 1, a, 1, b, 2), SUNZI_OK);
    assert_true(b[0] == 0 && b[1] == 0 && b[2] == 3);
}

/* A later right-hand side is refused: nothing of the first is told. */
static void errors_leave_reports(void **state)
{
    (void)state;
    const double a[4] = {2, 1, 1, 3};
    double b[4] = {1, 2, NAN, 3}, kept[4];
    sunzi_column_report columns[2], before[2];
    memset(columns, 0x11, sizeof columns);
    memcpy(before, columns, sizeof columns);
    memcpy(kept, b, sizeof b);
    assert_int_equal(sunzi_dgels_expert(NULL, SUNZI_COL_MAJOR, 'N', 2, 2, 2, a,
                                        2, b, 2, NULL, NULL, columns),
                     SUNZI_ERR_NONFINITE);
    assert_memory_equal(columns, before, sizeof columns);
    assert_memory_equal(b, kept, sizeof b);
}

/* What FP64 cannot hold of a tiny solution is in its report. */
static void subnormal_solution(void **state)
{
    (void)state;
    const double a[4] = {2, 1, 1, 3};
    double b[2] = {0x1p-1070, 0x5p-1070};
    sunzi_column_report column;
    assert_int_equal(sunzi_dgels_expert(NULL, SUNZI_COL_MAJOR, 'N', 2, 2, 1, a,
                                        2, b, 2, NULL, NULL, &column),
                     SUNZI_REACHED_NONE);
    assert_int_equal(column.grade, SUNZI_GRADE_NONE);
    /* the solution is (-0.4, 1.8) 2^-1070 */
    const double error =
        fmax(fabs(ldexp(b[0], 1070) + 0.4), fabs(ldexp(b[1], 1070) - 1.8));
    assert_true(error <= column.forward_bound * 1.8);
}

static void allocation_failures(void **state)
{
    (void)state;
    double a[6] = {1, 2, 3, 2, 4, 7}, b[3] = {1, 2, 3}, kept[3];
    sunzi_context *ctx = NULL;
    assert_int_equal(sunzi_context_create(NULL, &ctx), SUNZI_OK);
    memcpy(kept, b, sizeof b);
    int failures = 0;
    for (long k = 1;; k++) {
        sunzi_memory_fail_after(k);
        const sunzi_status status =
            sunzi_dgels(ctx, SUNZI_COL_MAJOR, 'N', 3, 2, 1, a, 3, b, 3);
        sunzi_memory_fail_after(-1);
        if (status == SUNZI_OK)
            break;
        assert_int_equal(status, SUNZI_ERR_NOMEM);
        assert_memory_equal(b, kept, sizeof b);
        failures++;
    }
    assert_true(failures >= 5);
    sunzi_context_destroy(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_the_reference),
        cmocka_unit_test(powers_of_two_change_no_bits),
        cmocka_unit_test(climbs_to_fp64),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(errors_leave_reports),
        cmocka_unit_test(subnormal_solution),
        cmocka_unit_test(allocation_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
