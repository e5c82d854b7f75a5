/* SPDX-License-Identifier: BSD-3-Clause */
/* Matrix Market files: every good variant with its values, every error with its
 * line. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/io/files.h"

#define COORDINATE(field, symmetry)                                            \
    "%%MatrixMarket matrix coordinate " field " " symmetry "\n"
#define ARRAY(field, symmetry)                                                 \
    "%%MatrixMarket matrix array " field " " symmetry "\n"

static void real_general(void **state)
{
    (void)state;
    sunzi_matrix m;
    read_good(
        COORDINATE("real",
                   "general") "% a title \n"
                              "%\n 2 3 4 \n2 1 4.5\n1 1 -1e2\n1 3 .25\n2 2 7\n",
        &m);
    assert_int_equal(m.rows, 2);
    assert_int_equal(m.cols, 3);
    assert_int_equal(m.entries, 4);
    assert_false(m.complex_values);
    assert_int_equal(m.symmetry, SUNZI_SYMMETRY_NONE);
    assert_string_equal(m.format, "Matrix Market coordinate real general");
    assert_string_equal(m.title, "a title");
    assert_true(dense_entry(&m, 0, 0) == -100.0);
    assert_true(dense_entry(&m, 1, 0) == 4.5);
    assert_true(dense_entry(&m, 0, 2) == 0.25);
    assert_true(dense_entry(&m, 1, 1) == 7.0);
    assert_true(dense_entry(&m, 1, 2) == 0.0);
    sunzi_matrix_clear(&m);
    assert_null(m.row);
    sunzi_matrix_clear(&m);
}

/* CRLF, tabs, blank and comment lines, letters of any case, no final line
 * break, a UTF-8 mark, a very long comment. */
static void tolerated_layout(void **state)
{
    (void)state;
    char text[9000];
    sunzi_matrix m;
    read_good("%%matrixMARKET Matrix COORDINATE Real GENERAL\r\n%c\r\n\r\n"
              "2 2 2\r\n\r\n\t1\t1 1.5D+01 \r\n% comment\r\n \t\r\n2 2 +2e0",
              &m);
    assert_true(dense_entry(&m, 0, 0) == 15.0);
    assert_true(dense_entry(&m, 1, 1) == 2.0);
    sunzi_matrix_clear(&m);
    read_good("\xef\xbb\xbf" COORDINATE("real", "general") "1 1 1\n1 1 3\n",
              &m);
    assert_true(dense_entry(&m, 0, 0) == 3.0);
    sunzi_matrix_clear(&m);
    strcpy(text, COORDINATE("real", "general") "%");
    memset(text + strlen(text), 'x', 8000);
    strcpy(text + strlen(COORDINATE("real", "general")) + 8000,
           "\n1 1 1\n1 1 4\n");
    read_good(text, &m);
    assert_true(dense_entry(&m, 0, 0) == 4.0);
    assert_int_equal(strlen(m.title), sizeof m.title - 1);
    sunzi_matrix_clear(&m);
}

static void symmetric_storage(void **state)
{
    (void)state;
    sunzi_matrix m;
    read_good(COORDINATE("real", "symmetric") "3 3 3\n1 1 2\n3 1 -5\n2 2 3\n",
              &m);
    assert_int_equal(m.entries, 4);
    assert_int_equal(m.symmetry, SUNZI_SYMMETRY_SYMMETRIC);
    assert_true(dense_entry(&m, 2, 0) == -5.0);
    assert_true(dense_entry(&m, 0, 2) == -5.0);
    sunzi_matrix_clear(&m);
    read_good(COORDINATE("integer", "skew-symmetric") "2 2 1\n2 1 7\n", &m);
    assert_true(dense_entry(&m, 1, 0) == 7.0);
    assert_true(dense_entry(&m, 0, 1) == -7.0);
    sunzi_matrix_clear(&m);
    read_good(
        COORDINATE("complex", "hermitian") "2 2 2\n1 1 4 0\n2 1 1.5 -2.5\n",
        &m);
    assert_true(m.complex_values);
    assert_true(dense_entry(&m, 0, 1) == 1.5);  /* Re a01 */
    assert_true(dense_entry(&m, 2, 1) == 2.5);  /* Im a01 = -Im a10 */
    assert_true(dense_entry(&m, 3, 0) == -2.5); /* Im a10 */
    assert_true(dense_entry(&m, 1, 2) == 2.5);  /* -Im a10 */
    assert_true(dense_entry(&m, 3, 2) == 1.5);  /* Re a10 */
    sunzi_matrix_clear(&m);
    read_good(COORDINATE("complex", "symmetric") "2 2 1\n2 1 1 2\n", &m);
    assert_true(dense_entry(&m, 2, 1) == 2.0);
    sunzi_matrix_clear(&m);
    read_good(COORDINATE("complex", "skew-symmetric") "2 2 1\n2 1 1 2\n", &m);
    assert_true(dense_entry(&m, 0, 1) == -1.0);
    assert_true(dense_entry(&m, 2, 1) == -2.0);
    sunzi_matrix_clear(&m);
}

static void pattern_and_integer(void **state)
{
    (void)state;
    sunzi_matrix m;
    read_good(COORDINATE("pattern", "general") "2 2 2\n1 2\n2 1\n", &m);
    assert_true(dense_entry(&m, 0, 1) == 1.0);
    assert_true(dense_entry(&m, 1, 0) == 1.0);
    sunzi_matrix_clear(&m);
    read_good(COORDINATE("pattern", "symmetric") "2 2 1\n2 1\n", &m);
    assert_true(dense_entry(&m, 0, 1) == 1.0);
    sunzi_matrix_clear(&m);
    read_good(
        COORDINATE(
            "integer",
            "general") "1 2 2\n1 1 9007199254740992\n1 2 -9007199254740992\n",
        &m);
    assert_true(dense_entry(&m, 0, 0) == 0x1p53);
    assert_true(dense_entry(&m, 0, 1) == -0x1p53);
    sunzi_matrix_clear(&m);
}

static void arrays(void **state)
{
    (void)state;
    sunzi_matrix m;
    read_good(ARRAY("real", "general") "2 3\n1\n2\n3\n4\n5\n0\n", &m);
    assert_int_equal(m.entries, 6); /* zeros are kept */
    assert_true(dense_entry(&m, 1, 0) == 2.0);
    assert_true(dense_entry(&m, 0, 1) == 3.0);
    assert_true(dense_entry(&m, 0, 2) == 5.0);
    sunzi_matrix_clear(&m);
    read_good(ARRAY("real", "symmetric") "3 3\n1\n2\n3\n4\n5\n6\n", &m);
    assert_true(dense_entry(&m, 2, 0) == 3.0);
    assert_true(dense_entry(&m, 1, 1) == 4.0);
    assert_true(dense_entry(&m, 1, 2) == 5.0);
    assert_true(dense_entry(&m, 2, 2) == 6.0);
    sunzi_matrix_clear(&m);
    read_good(ARRAY("real", "skew-symmetric") "3 3\n1\n2\n3\n", &m);
    assert_true(dense_entry(&m, 1, 0) == 1.0);
    assert_true(dense_entry(&m, 0, 2) == -2.0);
    assert_true(dense_entry(&m, 2, 1) == 3.0);
    assert_true(dense_entry(&m, 1, 1) == 0.0);
    sunzi_matrix_clear(&m);
    read_good(ARRAY("complex", "hermitian") "2 2\n1 0\n2 3\n4 -0\n", &m);
    assert_true(dense_entry(&m, 2, 1) == -3.0);
    sunzi_matrix_clear(&m);
    read_good(ARRAY("integer", "general") "1 1\n-3\n", &m);
    assert_true(dense_entry(&m, 0, 0) == -3.0);
    sunzi_matrix_clear(&m);
}

/* Duplicates are summed in the order of the file: 1e16 + 1 - 1e16 is 0 in that
 * order, and 1 in any other. */
static void duplicates(void **state)
{
    (void)state;
    sunzi_matrix m;
    read_good(
        COORDINATE(
            "real",
            "general") "2 2 5\n2 2 1e16\n1 1 5\n2 2 1\n1 1 -2\n2 2 -1e16\n",
        &m);
    assert_int_equal(m.entries, 2);
    assert_true(dense_entry(&m, 0, 0) == 3.0);
    assert_true(dense_entry(&m, 1, 1) == 0.0);
    sunzi_matrix_clear(&m);
    read_good(COORDINATE("complex", "hermitian") "2 2 2\n2 1 1 2\n2 1 10 20\n",
              &m);
    assert_int_equal(m.entries, 2);
    assert_true(dense_entry(&m, 3, 0) == 22.0);
    assert_true(dense_entry(&m, 2, 1) == -22.0);
    sunzi_matrix_clear(&m);
    const char *path = write_text(
        "sum", COORDINATE("real", "general") "1 1 2\n1 1 1e308\n1 1 1e308\n");
    assert_int_equal(sunzi_matrix_read(path, &m), SUNZI_ERR_FORMAT);
    assert_non_null(strstr(sunzi_last_message(), path));
    assert_non_null(strstr(sunzi_last_message(), "(1, 1)"));
    assert_null(m.row);
}

static void empty_matrix(void **state)
{
    (void)state;
    sunzi_matrix m;
    read_good(COORDINATE("real", "general") "3 2 0\n", &m);
    assert_int_equal(m.entries, 0);
    assert_true(dense_entry(&m, 2, 1) == 0.0);
    sunzi_matrix_clear(&m);
    read_good(ARRAY("real", "skew-symmetric") "1 1\n", &m);
    assert_int_equal(m.entries, 0);
    sunzi_matrix_clear(&m);
}

/* Entries in an order that no column or row follows, dimensions that need three
 * digits of the radix sort. */
static void sorting(void **state)
{
    (void)state;
    enum { N = 3000 };
    const int64_t large = 2147483629; /* a prime */
    char *text = malloc(64 * N + 200);
    assert_non_null(text);
    int n = sprintf(text, "%s%lld 2147483647 %d\n",
                    COORDINATE("real", "general"), (long long)large, N);
    for (int64_t k = 0; k < N; k++)
        n += sprintf(text + n, "%lld %lld %lld\n",
                     (long long)(k * 123456789 % large) + 1,
                     (long long)(k / 3 * 987654321 % large) + 1, (long long)k);
    sunzi_matrix m;
    read_good(text, &m);
    free(text);
    assert_int_equal(m.entries, N);
    for (int64_t i = 0; i < N; i++) {
        const int64_t k = (int64_t)m.value[i];
        assert_int_equal(m.row[i], k * 123456789 % large);
        assert_int_equal(m.col[i], k / 3 * 987654321 % large);
    }
    sunzi_matrix_clear(&m);
}

static void bad_banners(void **state)
{
    (void)state;
    expect_format_error("hello\n", 1, "'hello'");
    expect_format_error("%%MatrixMarketX matrix coordinate real general\n", 1,
                        "MatrixMarketX");
    expect_format_error("%MatrixMarket matrix coordinate real general\n", 1,
                        "expected '%%MatrixMarket");
    expect_format_error("%%MatrixMarket vector coordinate real general\n", 1,
                        "'vector'");
    expect_format_error("%%MatrixMarket matrix sparse real general\n", 1,
                        "allowed: coordinate, array");
    expect_format_error("%%MatrixMarket matrix coordinate double general\n", 1,
                        "allowed: real, complex, integer, pattern");
    expect_format_error(
        "%%MatrixMarket matrix coordinate real lower\n", 1,
        "allowed: general, symmetric, skew-symmetric, hermitian");
    expect_format_error("%%MatrixMarket matrix coordinate real\n", 1,
                        "symmetry");
    expect_format_error("%%MatrixMarket", 1, "object");
    expect_format_error("%%MatrixMarket matrix coordinate real general x\n", 1,
                        "'x'");
    expect_format_error(ARRAY("pattern", "general") "1 1\n", 1,
                        "array pattern");
    expect_format_error(COORDINATE("real", "hermitian") "1 1 1\n1 1 1\n", 1,
                        "complex");
    expect_format_error(COORDINATE("pattern", "skew-symmetric") "1 1 0\n", 1,
                        "pattern");
}

static void bad_sizes(void **state)
{
    (void)state;
    const char *banner = COORDINATE("real", "general");
    static const struct {
        const char *line, *words;
        int number;
    } cases[] = {
        {"", "before the size line", 1},
        {"% only a comment\n", "before the size line", 2},
        {"\n2\n", "number of columns", 3},
        {"2 2\n", "number of entries", 2},
        {"0 2 1\n", "number of rows is 0", 2},
        {"2 -2 1\n", "number of columns is -2", 2},
        {"2 2 -1\n", "number of entries is -1", 2},
        {"2 2 1 1\n", "'1' follows", 2},
        {"2.0 2 1\n", "'2.0'", 2},
        {"2147483648 1 1\n1 1 1\n", "2147483648", 2},
        {"99999999999999999999 1 1\n1 1 1\n", "too large", 2},
        {"1 1 99999999999999999999\n1 1 1\n", "too large", 2},
        {"two 2 1\n", "'two'", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        snprintf(text, sizeof text, "%s%s", banner, cases[i].line);
        expect_format_error(text, cases[i].number, cases[i].words);
    }
    expect_format_error(COORDINATE("real", "symmetric") "2 3 1\n1 1 1\n", 2,
                        "2 x 3");
    expect_format_error(ARRAY("real", "general") "2 2 4\n1\n2\n3\n4\n", 2,
                        "'4' follows");
}

/* Counts far beyond the file need neither memory nor time. */
static void absurd_counts(void **state)
{
    (void)state;
    expect_format_error(
        COORDINATE(
            "real",
            "general") "2147483647 2147483647 4000000000000000000\n1 1 1\n",
        3, "after 1 of 4000000000000000000 entries");
    expect_format_error(
        ARRAY("complex", "symmetric") "2147483647 2147483647\n1 1\n", 3,
        "after 1 of 2305843");
}

static void bad_entries(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *words;
        int number;
    } cases[] = {
        {"1 1 1\n2 2 1\n", "after 2 of 3 entries", 4},
        {"1 1 1\n2 2 1\n\n%\n", "after 2 of 3 entries", 6},
        {"1 1 1\n2 2 1\n2 1 1\n\n1 2 1\n", "follows the 3 entries", 7},
        {"1 1 1\n3 2 1\n2 1 1\n", "row index 3, allowed are 1 to 2", 4},
        {"1 1 1\n2 3 1\n2 1 1\n", "column index 3, allowed are 1 to 2", 4},
        {"0 1 1\n2 2 1\n2 1 1\n", "row index 0", 3},
        {"1 -1 1\n2 2 1\n2 1 1\n", "column index -1", 3},
        {"1 1 1\n2 2 nan\n2 1 1\n", "'nan'", 4},
        {"1 1 1\n2 2 -Infinity\n2 1 1\n", "'-Infinity'", 4},
        {"1 1 1\n2 2 1e999\n2 1 1\n", "'1e999'", 4},
        {"1 1 1\n2 2 1 7\n2 1 1\n", "'7' follows", 4},
        {"1 1 1\n2 2 1x\n2 1 1\n", "'1x'", 4},
        {"1 1 1\n2 2 1,5\n2 1 1\n", "'1,5'", 4},
        {"1 1 1\n2 2\n2 1 1\n", "the value is missing", 4},
        {"1 1 1\n2\n2 1 1\n", "the column index is missing", 4},
        {"1 1 1\n1.0 2 3\n2 1 1\n", "row index is '1.0'", 4},
        {"1 1 1\n99999999999999999999 2 3\n2 1 1\n", "too large", 4},
        {"1 1 1\n2 2 \x1b[2J\n2 1 1\n", "'?[2J'", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[300];
        snprintf(text, sizeof text, "%s2 2 3\n%s",
                 COORDINATE("real", "general"), cases[i].lines);
        expect_format_error(text, cases[i].number, cases[i].words);
    }
    expect_format_error(COORDINATE("complex", "general") "1 1 1\n1 1 1\n", 3,
                        "imaginary part is missing");
    expect_format_error(COORDINATE("integer", "general") "1 1 1\n1 1 1.5\n", 3,
                        "'1.5'");
    expect_format_error(
        COORDINATE("integer", "general") "1 1 1\n1 1 9007199254740993\n", 3,
        "2^53");
    expect_format_error(COORDINATE("pattern", "general") "1 1 1\n1 1 1\n", 3,
                        "'1' follows");
    expect_format_error(ARRAY("real", "general") "2 2\n1 2\n3 4\n", 3,
                        "'2' follows");
    expect_format_error(ARRAY("real", "general") "2 2\n1\n2\n3\n", 5,
                        "after 3 of 4");
    expect_format_error(ARRAY("real", "general") "1 1\n1\n2\n", 4, "follows");
}

static void broken_symmetry(void **state)
{
    (void)state;
    expect_format_error(COORDINATE("real", "symmetric") "2 2 2\n1 1 1\n1 2 3\n",
                        4, "(1, 2) is above");
    expect_format_error(
        COORDINATE("real", "skew-symmetric") "2 2 2\n2 1 1\n2 2 0\n", 4,
        "(2, 2) is on the diagonal");
    expect_format_error(
        COORDINATE("complex", "hermitian") "2 2 1\n2 2 1 1e-3\n", 3,
        "imaginary part 0.001");
    expect_format_error(ARRAY("complex", "hermitian") "1 1\n1 1\n", 3,
                        "imaginary part");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_general),
        cmocka_unit_test(tolerated_layout),
        cmocka_unit_test(symmetric_storage),
        cmocka_unit_test(pattern_and_integer),
        cmocka_unit_test(arrays),
        cmocka_unit_test(duplicates),
        cmocka_unit_test(empty_matrix),
        cmocka_unit_test(sorting),
        cmocka_unit_test(bad_banners),
        cmocka_unit_test(bad_sizes),
        cmocka_unit_test(absurd_counts),
        cmocka_unit_test(bad_entries),
        cmocka_unit_test(broken_symmetry),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
