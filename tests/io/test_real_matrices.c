/* SPDX-License-Identifier: BSD-3-Clause */
/* Real matrices, where they are: order, entries and condition as published. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <lapacke.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/io/files.h"

typedef struct known_matrix {
    const char *file;
    int order, nonzeros;
    sunzi_matrix_symmetry symmetry;
    double condition; /* 1-norm; 0: too large for this test */
} known_matrix;

static const known_matrix known[] = {
    {"bcsstk13.mtx", 2003, 83883, SUNZI_SYMMETRY_SYMMETRIC, 0},
    {"494_bus.mtx", 494, 1666, SUNZI_SYMMETRY_SYMMETRIC, 3.9e6},
    {"1138_bus.mtx", 1138, 4054, SUNZI_SYMMETRY_SYMMETRIC, 1.2e7},
    {"olm1000.mtx", 1000, 3996, SUNZI_SYMMETRY_NONE, 3.0e6},
    {"watt_2.mtx", 1856, 11550, SUNZI_SYMMETRY_NONE, 0},
    {"west0479.mtx", 479, 1888, SUNZI_SYMMETRY_NONE, 1.4e12},
    {"impcol_a.mtx", 207, 572, SUNZI_SYMMETRY_NONE, 4.4e7},
    {"bp_1200.mtx", 822, 4726, SUNZI_SYMMETRY_NONE, 3.5e8},
    {"tumorAntiAngiogenesis_2.mtx", 305, 2699, SUNZI_SYMMETRY_SYMMETRIC,
     2.0e10},
    {"fs_183_6.rua", 183, 1000, SUNZI_SYMMETRY_NONE, 1.5e11},
    {"arc130.rua", 130, 1037, SUNZI_SYMMETRY_NONE, 1.1e10},
    {"add32.rua", 4960, 19848, SUNZI_SYMMETRY_NONE, 0},
    {"w156.mtx", 156, 362, SUNZI_SYMMETRY_NONE, 1.8e9},
};

static int count_nonzeros(const sunzi_matrix *m)
{
    int count = 0;
    for (int64_t k = 0; k < m->entries; k++)
        count += m->complex_values
                     ? m->value[2 * k] != 0.0 || m->value[2 * k + 1] != 0.0
                     : m->value[k] != 0.0;
    return count;
}

static double condition_of(const sunzi_matrix *m)
{
    const int n = m->complex_values ? 2 * m->rows : m->rows;
    double *dense = malloc((size_t)n * (size_t)n * sizeof *dense), rcond = 0.0;
    lapack_int *pivots = malloc((size_t)n * sizeof *pivots);
    assert_true(dense && pivots);
    sunzi_matrix_to_dense(m, dense, n);
    const double norm = LAPACKE_dlange(LAPACK_COL_MAJOR, '1', n, n, dense, n);
    assert_int_equal(LAPACKE_dgetrf(LAPACK_COL_MAJOR, n, n, dense, n, pivots),
                     0);
    assert_int_equal(
        LAPACKE_dgecon(LAPACK_COL_MAJOR, '1', n, dense, n, norm, &rcond), 0);
    free(dense);
    free(pivots);
    return 1.0 / rcond;
}

static void check_known(const known_matrix *k, const char *path)
{
    sunzi_matrix m;
    int32_t rank, row;
    const sunzi_status status = sunzi_matrix_read(path, &m);
    if (status < 0)
        print_error("%s\n", sunzi_last_message());
    assert_int_equal(status, SUNZI_OK);
    check_matrix(&m);
    assert_int_equal(m.rows, k->order);
    assert_int_equal(m.cols, k->order);
    assert_int_equal(count_nonzeros(&m), k->nonzeros);
    assert_int_equal(m.symmetry, k->symmetry);
    assert_int_equal(sunzi_matrix_structural_rank(&m, &rank, &row), SUNZI_OK);
    assert_int_equal(rank, k->order);
    if (k->condition > 0.0) {
        /* two published digits, and what the estimator may miss; the real
         * equivalent of a complex matrix counts |re| + |im| for |re + i im| */
        const double ratio = condition_of(&m) / k->condition;
        const double most = m.complex_values ? 2.0 : 1.1;
        if (!(ratio > 0.9 && ratio < most))
            print_error("%s: condition %g of %g\n", k->file, ratio,
                        k->condition);
        assert_true(ratio > 0.9 && ratio < most);
    }
    sunzi_matrix_clear(&m);
}

static void as_published(void **state)
{
    (void)state;
    int found = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", SUNZI_MATRICES, known[i].file);
        if (access(path, R_OK) != 0)
            continue;
        check_known(&known[i], path);
        found++;
    }
    if (found == 0) {
        print_message("skipped: no matrices in %s\n", SUNZI_MATRICES);
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
