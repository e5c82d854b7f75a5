/* SPDX-License-Identifier: BSD-3-Clause */
/* The built-in problems: regular, as described, the same at every call. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "tests/io/files.h"
#include "io/gallery.h"

static void table(void **state)
{
    (void)state;
    assert_int_equal(sunzi_gallery_count(), 4);
    assert_null(sunzi_gallery(-1));
    assert_null(sunzi_gallery(sunzi_gallery_count()));
    for (int i = 0; i < sunzi_gallery_count(); i++) {
        const sunzi_gallery_problem *p = sunzi_gallery(i);
        assert_true(strlen(p->name) > 0 && strlen(p->description) > 20);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(p->name, sunzi_gallery(j)->name);
    }
}

static double *dense_of(const sunzi_matrix *m)
{
    double *dense = malloc((size_t)m->rows * (size_t)m->cols * sizeof *dense);
    assert_non_null(dense);
    sunzi_matrix_to_dense(m, dense, m->rows);
    return dense;
}

/* The largest distance between entries (i, j) and (j, i). */
static double asymmetry(const double *dense, int n)
{
    double worst = 0.0;
    for (int j = 0; j < n; j++)
        for (int i = 0; i < j; i++)
            worst = fmax(worst, fabs(dense[i + (size_t)j * n] -
                                     dense[j + (size_t)i * n]));
    return worst;
}

/* Rows, then columns, to maxima in [1/2, 1): powers of two, no rounding. */
static void equilibrate(double *dense, int n)
{
    for (int side = 0; side < 2; side++) {
        const size_t across = side ? (size_t)n : 1,
                     along = side ? 1 : (size_t)n;
        for (int i = 0; i < n; i++) {
            double largest = 0.0;
            int exponent;
            for (int j = 0; j < n; j++)
                largest = fmax(largest, fabs(dense[i * across + j * along]));
            frexp(largest, &exponent);
            for (int j = 0; j < n; j++)
                dense[i * across + j * along] =
                    ldexp(dense[i * across + j * along], -exponent);
        }
    }
}

static double reciprocal_condition(const double *dense, int n)
{
    const size_t bytes = (size_t)n * (size_t)n * sizeof *dense;
    double *lu = malloc(bytes), rcond = 0.0;
    lapack_int *pivots = malloc((size_t)n * sizeof *pivots);
    assert_true(lu && pivots);
    memcpy(lu, dense, bytes);
    const double norm = LAPACKE_dlange(LAPACK_COL_MAJOR, '1', n, n, lu, n);
    assert_int_equal(LAPACKE_dgetrf(LAPACK_COL_MAJOR, n, n, lu, n, pivots), 0);
    assert_int_equal(
        LAPACKE_dgecon(LAPACK_COL_MAJOR, '1', n, lu, n, norm, &rcond), 0);
    free(lu);
    free(pivots);
    return rcond;
}

static void regular_and_as_described(void **state)
{
    (void)state;
    /* condition (1-norm) between, after scaling by powers of two; plain order
     */
    static const struct {
        const char *name;
        int order;
        double lowest, highest;
    } known[] = {
        {"plate", 1296, 1e5, 3e5},
        {"beam", 800, 1e10, 1e12},
        {"grid", 759, 1e6, 1e8},
        {"reservoir", 1000, 1e4, 1e7},
    };
    for (int i = 0; i < sunzi_gallery_count(); i++) {
        const sunzi_gallery_problem *p = sunzi_gallery(i);
        sunzi_matrix m;
        int32_t rank, row;
        assert_int_equal(p->make(&m), SUNZI_OK);
        check_matrix(&m);
        const int n = m.rows;
        assert_string_equal(p->name, known[i].name);
        assert_int_equal(n, known[i].order);
        assert_int_equal(m.cols, n);
        assert_int_equal(sunzi_matrix_structural_rank(&m, &rank, &row),
                         SUNZI_OK);
        assert_int_equal(rank, n);
        double *dense = dense_of(&m);
        sunzi_matrix_clear(&m);
        if (p->positive_definite) {
            double *factor = malloc((size_t)n * (size_t)n * sizeof *factor);
            assert_non_null(factor);
            memcpy(factor, dense, (size_t)n * (size_t)n * sizeof *factor);
            assert_true(asymmetry(dense, n) == 0.0);
            assert_int_equal(
                LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', n, factor, n), 0);
            free(factor);
        } else {
            assert_true(asymmetry(dense, n) > 0.0);
        }
        equilibrate(dense, n);
        const double condition = 1.0 / reciprocal_condition(dense, n);
        free(dense);
        if (!(condition >= known[i].lowest && condition <= known[i].highest))
            print_error("%s: condition %g\n", p->name, condition);
        assert_true(condition >= known[i].lowest &&
                    condition <= known[i].highest);
    }
}

static void same_at_every_call(void **state)
{
    (void)state;
    for (int i = 0; i < sunzi_gallery_count(); i++) {
        sunzi_matrix a, b;
        assert_int_equal(sunzi_gallery(i)->make(&a), SUNZI_OK);
        assert_int_equal(sunzi_gallery(i)->make(&b), SUNZI_OK);
        assert_int_equal(a.entries, b.entries);
        const size_t n = (size_t)a.entries;
        assert_memory_equal(a.row, b.row, n * sizeof *a.row);
        assert_memory_equal(a.col, b.col, n * sizeof *a.col);
        assert_memory_equal(a.value, b.value, n * sizeof *a.value);
        sunzi_matrix_clear(&a);
        sunzi_matrix_clear(&b);
    }
}

/* Deflection of the middle of a clamped plate under the load q: 0.00126532 q
 * L^4 / D (Timoshenko and Woinowsky-Krieger, table 35); differences of order
 * h^2 on 37 intervals come within 1 %. Between the four middle points nothing
 * is needed closer than that. */
static void plate_bends_as_in_the_book(void **state)
{
    (void)state;
    sunzi_matrix m;
    assert_int_equal(sunzi_gallery(0)->make(&m), SUNZI_OK);
    const int n = m.rows, side = 36;
    const double h = 1.0 / 37, load = 1000.0; /* Pa */
    const double rigidity = 2.1e11 * 1e-6 / (12.0 * (1.0 - 0.09));
    double *dense = dense_of(&m), *w = malloc((size_t)n * sizeof *w);
    assert_non_null(w);
    for (int i = 0; i < n; i++)
        w[i] = load * h * h;
    assert_int_equal(LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', n, 1, dense, n, w, n),
                     0);
    const double middle = w[side / 2 * side + side / 2];
    const double expected = 0.00126532 * load / rigidity;
    free(dense);
    free(w);
    sunzi_matrix_clear(&m);
    assert_true(fabs(middle - expected) < 0.01 * expected);
}

/* A force P at the tip of the stepped cantilever: w = P times the integral of
 * (L - x)^2 / EI; Hermite elements are exact in their nodes. */
static void beam_bends_as_in_the_book(void **state)
{
    (void)state;
    static const double side[] = {0.2, 0.15, 0.1};
    static const int first[] = {0, 134, 267, 400}; /* elements of the parts */
    sunzi_matrix m;
    assert_int_equal(sunzi_gallery(1)->make(&m), SUNZI_OK);
    const int n = m.rows;
    double *dense = dense_of(&m), *w = calloc((size_t)n, sizeof *w);
    assert_non_null(w);
    w[n - 2] = 1.0; /* N */
    assert_int_equal(LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', n, 1, dense, n, w, n),
                     0);
    double expected = 0.0;
    for (int p = 0; p < 3; p++) {
        const double rigidity = 2.1e11 * pow(side[p], 4) / 12.0;
        const double from = 10.0 - first[p] * 0.025;
        const double to = 10.0 - first[p + 1] * 0.025;
        expected += (pow(from, 3) - pow(to, 3)) / (3.0 * rigidity);
    }
    const double tip = w[n - 2];
    free(dense);
    free(w);
    sunzi_matrix_clear(&m);
    /* cond 3e11 times u leaves about 3e-5 */
    assert_true(fabs(tip - expected) < 3e-5 * expected);
}

static void no_memory(void **state)
{
    (void)state;
    for (int i = 0; i < sunzi_gallery_count(); i++) {
        long k = 1;
        for (;; k++) {
            sunzi_matrix m = {.rows = 7};
            sunzi_memory_fail_after(k);
            const sunzi_status status = sunzi_gallery(i)->make(&m);
            sunzi_memory_fail_after(-1);
            if (status == SUNZI_OK) {
                sunzi_matrix_clear(&m);
                break;
            }
            assert_int_equal(status, SUNZI_ERR_NOMEM);
            assert_int_equal(m.rows, 7);
        }
        assert_true(k > 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(regular_and_as_described),
        cmocka_unit_test(same_at_every_call),
        cmocka_unit_test(plate_bends_as_in_the_book),
        cmocka_unit_test(beam_bends_as_in_the_book),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
