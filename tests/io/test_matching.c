/* SPDX-License-Identifier: BSD-3-Clause */
/* Structural rank, against exhaustive search on small patterns. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/matrix.h"
#include "tests/random.h"

enum { MAX = 6 };

typedef struct pattern {
    sunzi_matrix m;
    int32_t row[MAX * MAX], col[MAX * MAX];
    double value[2 * MAX * MAX];
} pattern;

/* bits[i * cols + j]: entry (i, j) is there. */
static void make_pattern(int rows, int cols, uint64_t bits, pattern *p)
{
    int64_t n = 0;
    for (int j = 0; j < cols; j++)
        for (int i = 0; i < rows; i++)
            if (bits >> (i * cols + j) & 1) {
                p->row[n] = i;
                p->col[n] = j;
                p->value[n++] = 1.0;
            }
    p->m = (sunzi_matrix){.rows = rows,
                          .cols = cols,
                          .entries = n,
                          .row = p->row,
                          .col = p->col,
                          .value = p->value};
}

/* Largest matching of rows i .. rows-1 with the columns not in `used`. */
static int search(int rows, int cols, uint64_t bits, int i, int used)
{
    if (i == rows)
        return 0;
    int best = search(rows, cols, bits, i + 1, used);
    for (int j = 0; j < cols; j++)
        if ((bits >> (i * cols + j) & 1) && !(used >> j & 1)) {
            const int found =
                1 + search(rows, cols, bits, i + 1, used | 1 << j);
            best = found > best ? found : best;
        }
    return best;
}

static void check_rank(int rows, int cols, uint64_t bits)
{
    pattern p;
    int32_t rank = -5, row = -5;
    make_pattern(rows, cols, bits, &p);
    const int expected = search(rows, cols, bits, 0, 0);
    assert_int_equal(sunzi_matrix_structural_rank(&p.m, &rank, &row), SUNZI_OK);
    assert_int_equal(rank, expected);
    if (rank == rows) {
        assert_int_equal(row, -1);
        return;
    }
    /* the row named can be left out: without it the rank is the same */
    assert_in_range(row, 0, rows - 1);
    const uint64_t mask = ((UINT64_C(1) << cols) - 1) << (row * cols);
    assert_int_equal(search(rows, cols, bits & ~mask, 0, 0), expected);
}

static void all_small_patterns(void **state)
{
    (void)state;
    for (uint64_t bits = 0; bits < 512; bits++)
        check_rank(3, 3, bits);
    for (uint64_t bits = 0; bits < 256; bits++) {
        check_rank(2, 4, bits);
        check_rank(4, 2, bits);
    }
}

static void random_patterns(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (int k = 0; k < 2000; k++) {
        uint64_t bits = UINT64_MAX;
        for (int i = 0; i < 1 + k % 3; i++) {
            random_step(&random);
            bits &= random >> 20;
        }
        check_rank(MAX, MAX, bits & ((UINT64_C(1) << (MAX * MAX)) - 1));
    }
}

static void explicit_zeros_do_not_count(void **state)
{
    (void)state;
    pattern p;
    int32_t rank, row;
    make_pattern(2, 2, 0xF, &p);
    p.value[2] = p.value[3] = 0.0; /* column 1 */
    assert_int_equal(sunzi_matrix_structural_rank(&p.m, &rank, &row), SUNZI_OK);
    assert_int_equal(rank, 1);
    make_pattern(1, 1, 1, &p);
    p.m.complex_values = true;
    p.value[0] = 0.0;
    p.value[1] = 2.0;
    assert_int_equal(sunzi_matrix_structural_rank(&p.m, &rank, &row), SUNZI_OK);
    assert_int_equal(rank, 1);
    p.value[1] = 0.0;
    assert_int_equal(sunzi_matrix_structural_rank(&p.m, &rank, &row), SUNZI_OK);
    assert_int_equal(rank, 0);
    assert_int_equal(row, 0);
}

/* Column j holds rows j and j + 1, the last one row 0 only: the cheap
 * assignment takes every diagonal, and one path through all columns corrects
 * it. */
static void path_through_all_columns(void **state)
{
    (void)state;
    enum { N = 200000 };
    int32_t *row = malloc(2 * N * sizeof *row),
            *col = malloc(2 * N * sizeof *col);
    double *value = malloc(2 * N * sizeof *value);
    assert_true(row && col && value);
    int64_t n = 0;
    for (int32_t j = 0; j < N; j++)
        for (int32_t i = j; i <= (j < N - 1 ? j + 1 : j); i++) {
            row[n] = j == N - 1 ? 0 : i;
            col[n] = j;
            value[n++] = 1.0;
        }
    const sunzi_matrix m = {.rows = N,
                            .cols = N,
                            .entries = n,
                            .row = row,
                            .col = col,
                            .value = value};
    int32_t rank, unmatched;
    const sunzi_status status =
        sunzi_matrix_structural_rank(&m, &rank, &unmatched);
    free(row);
    free(col);
    free(value);
    assert_int_equal(status, SUNZI_OK);
    assert_int_equal(rank, N);
    assert_int_equal(unmatched, -1);
}

/* Few entries in huge dimensions need little memory. */
static void huge_dimensions(void **state)
{
    (void)state;
    int32_t row[] = {0, 2147483646, 1}, col[] = {0, 5, 2147483646};
    double value[] = {1, 1, 1};
    const sunzi_matrix m = {.rows = INT32_MAX,
                            .cols = INT32_MAX,
                            .entries = 3,
                            .row = row,
                            .col = col,
                            .value = value};
    int32_t rank, unmatched;
    assert_int_equal(sunzi_matrix_structural_rank(&m, &rank, &unmatched),
                     SUNZI_OK);
    assert_int_equal(rank, 3);
    assert_int_equal(unmatched, 2);
}

static void failures(void **state)
{
    (void)state;
    pattern p;
    int32_t rank = 77, row = 78;
    make_pattern(2, 2, 0xF, &p);
    assert_int_equal(sunzi_matrix_structural_rank(NULL, &rank, &row),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_matrix_structural_rank(&p.m, NULL, &row),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_matrix_structural_rank(&p.m, &rank, NULL),
                     SUNZI_ERR_ARG);
    long k = 1;
    for (;; k++) {
        sunzi_memory_fail_after(k);
        const sunzi_status status =
            sunzi_matrix_structural_rank(&p.m, &rank, &row);
        sunzi_memory_fail_after(-1);
        if (status == SUNZI_OK)
            break;
        assert_int_equal(status, SUNZI_ERR_NOMEM);
        assert_int_equal(rank, 77);
        assert_int_equal(row, 78);
    }
    assert_true(k > 3);
    assert_int_equal(rank, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_small_patterns),
        cmocka_unit_test(random_patterns),
        cmocka_unit_test(explicit_zeros_do_not_count),
        cmocka_unit_test(path_through_all_columns),
        cmocka_unit_test(huge_dimensions),
        cmocka_unit_test(failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
