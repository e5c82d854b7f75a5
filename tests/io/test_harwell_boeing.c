/* SPDX-License-Identifier: BSD-3-Clause */
/* Harwell-Boeing files: types, formats, errors with their lines. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/io/files.h"

/* Lines 1 to 4 of a header. */
#define HEADER(counts, type, formats)                                          \
    "A small matrix                                                          " \
    "KEY\n" counts "\n" type "\n" formats "\n"

/* [1 0; 2 3] as RUA. */
#define SMALL_COUNTS  "             3             1             1             1"
#define SMALL_TYPE    "RUA                        2             2             3"
#define SMALL_FORMATS "(16I5)          (16I5)          (4E12.4)"
#define SMALL_STARTS  "    1    3    4\n"
#define SMALL_INDICES "    1    2    2\n"
#define SMALL_VALUES  "  1.0000E+00  2.0000E+00  3.0000E+00\n"

static void real_unsymmetric(void **state)
{
    (void)state;
    sunzi_matrix m;
    read_good(HEADER(SMALL_COUNTS, SMALL_TYPE, SMALL_FORMATS)
                  SMALL_STARTS SMALL_INDICES SMALL_VALUES,
              &m);
    assert_int_equal(m.rows, 2);
    assert_int_equal(m.entries, 3);
    assert_string_equal(m.format, "Harwell-Boeing RUA");
    assert_string_equal(m.title, "A small matrix");
    assert_true(dense_entry(&m, 0, 0) == 1.0);
    assert_true(dense_entry(&m, 1, 0) == 2.0);
    assert_true(dense_entry(&m, 0, 1) == 0.0);
    assert_true(dense_entry(&m, 1, 1) == 3.0);
    sunzi_matrix_clear(&m);
}

/* The same values in each format that the collection uses, and their kin. */
static void value_formats(void **state)
{
    (void)state;
    static const struct {
        const char *format, *lines, *count;
    } cases[] = {
        {"(4E12.4)", "  1.0000E+00  2.5000E+00 -3.0000E+00\n", "1"},
        {"(4e12.4)", "  1.0000e+00  2.5000e+00 -3.0000e+00\r\n", "1"},
        {"(2D20.12)",
         "  1.000000000000D+00  2.500000000000D+00\n"
         " -3.000000000000D+00\n",
         "2"},
        {"(1P,4D12.4)", "  1.0000D+00  2.5000D+00 -3.0000D+00\n", "1"},
        {"(1P4D12.4)", "  1.0000D+00  2.5000D+00 -3.0000D+00\n", "1"},
        {"(4(1PD12.4))", "  1.0000D+00  2.5000D+00 -3.0000D+00\n", "1"},
        {"(1P,4(E12.4))", "  1.0000E+00  2.5000E+00 -3.0000E+00\n", "1"},
        {"(4E12.4E3)", " 1.0000E+000 2.5000E+000-3.0000E+000\n", "1"},
        {"(3G12.4)", "       1.000     25.E-01        -3.0\n", "1"},
        {"(4E12.4)", "  1.0000+00   2.5000+000-3.0000-000\n", "1"},
        {"(3F5.2)", "  100  250 -300\n", "1"},
        {"(2(3F5.1))", "  1.0  2.5 -3.0\n", "1"},
        {"(F5.1)", "  1.0\n  2.5\n -3.0\n", "3"},
        {"(1P,3F6.1)", "  10.0  25.0 -30.0\n", "1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[800];
        sunzi_matrix m;
        snprintf(text, sizeof text,
                 "t\n 9 1 1 %s 0\n%s\n(16I5) (16I5) %s\n%s%s%s", cases[i].count,
                 SMALL_TYPE, cases[i].format, SMALL_STARTS, SMALL_INDICES,
                 cases[i].lines);
        read_good(text, &m);
        assert_true(dense_entry(&m, 0, 0) == 1.0);
        assert_true(dense_entry(&m, 1, 0) == 2.5);
        assert_true(dense_entry(&m, 1, 1) == -3.0);
        sunzi_matrix_clear(&m);
    }
}

/* Fields that touch: width alone separates them. */
static void touching_fields(void **state)
{
    (void)state;
    sunzi_matrix m;
    read_good(
        "t\n 6 2 2 2\nIUA 2 2 3 0\n(2I1) (2I1) (2I3)\n13\n4\n12\n2\n100-20\n"
        "  3\n",
        &m);
    assert_string_equal(m.format, "Harwell-Boeing IUA");
    assert_true(dense_entry(&m, 0, 0) == 100.0);
    assert_true(dense_entry(&m, 1, 0) == -20.0);
    assert_true(dense_entry(&m, 1, 1) == 3.0);
    sunzi_matrix_clear(&m);
}

static void types(void **state)
{
    (void)state;
    sunzi_matrix m;
    read_good("t\n 3 1 1 1\nRSA 2 2 2 0\n(3I2) (3I2) (4F5.1)\n 1 3 3\n 1 2\n"
              "  1.0  2.0\n",
              &m);
    assert_int_equal(m.symmetry, SUNZI_SYMMETRY_SYMMETRIC);
    assert_true(dense_entry(&m, 0, 1) == 2.0);
    sunzi_matrix_clear(&m);
    read_good("t\n 3 1 1 1\nrza 2 2 1 0\n(3I2) (3I2) (4F5.1)\n 1 2 2\n 2\n"
              "  2.0\n",
              &m);
    assert_true(dense_entry(&m, 0, 1) == -2.0);
    assert_string_equal(m.format, "Harwell-Boeing RZA");
    sunzi_matrix_clear(&m);
    read_good("t\n 3 1 1 1\nRRA 3 2 2 0\n(3I2) (3I2) (4F5.1)\n 1 2 3\n 3 1\n"
              "  2.0  4.0\n",
              &m);
    assert_int_equal(m.rows, 3);
    assert_int_equal(m.cols, 2);
    assert_true(dense_entry(&m, 2, 0) == 2.0);
    sunzi_matrix_clear(&m);
    read_good("t\n 3 1 1 2\nCHA 2 2 2 0\n(3I2) (3I2) (2F5.1)\n 1 3 3\n 1 2\n"
              "  1.0  0.0\n  2.0  3.0\n",
              &m);
    assert_true(dense_entry(&m, 2, 1) == -3.0);
    sunzi_matrix_clear(&m);
    read_good("t\n 3 1 1 1\nCUA 1 1 1 0\n(3I2) (3I2) (2F5.1)\n 1 2\n 1\n"
              "  1.0  5.0\n",
              &m);
    assert_true(dense_entry(&m, 1, 0) == 5.0);
    sunzi_matrix_clear(&m);
    read_good("t\n 3 1 1 1\nCSA 1 1 1 0\n(3I2) (3I2) (2F5.1)\n 1 2\n 1\n"
              "  1.0  5.0\n",
              &m);
    assert_true(dense_entry(&m, 0, 1) == -5.0);
    sunzi_matrix_clear(&m);
    read_good("t\n 2 1 1 0\nPSA 2 2 1 0\n(3I2)           (3I2)\n 1 2 2\n 2\n",
              &m);
    assert_true(dense_entry(&m, 0, 1) == 1.0);
    sunzi_matrix_clear(&m);
    read_good("t\n 2 1 1 0\nPUA 2 2 1 0\n(3I2) (3I2)\n 1 2 2\n 2\n", &m);
    assert_true(dense_entry(&m, 1, 0) == 1.0);
    sunzi_matrix_clear(&m);
}

/* Right-hand sides are skipped; rows in any order, duplicates summed. */
static void right_hand_sides_and_duplicates(void **state)
{
    (void)state;
    sunzi_matrix m;
    read_good(
        "t\n 5 1 1 1 2\nRUA 2 2 3 0\n(4I2) (4I2) (4F5.1) (4F5.1)\n"
        "F              1             0\n 1 4 4\n 2 1 2\n  1.0  2.0  4.0\n"
        "  7.0\n  8.0\n",
        &m);
    assert_int_equal(m.entries, 2);
    assert_true(dense_entry(&m, 0, 0) == 2.0);
    assert_true(dense_entry(&m, 1, 0) == 5.0);
    sunzi_matrix_clear(&m);
}

static void bad_headers(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
        int number;
    } cases[] = {
        {"t\n 3 1 1 1\nRUE 2 2 3 0\n", "unassembled", 3},
        {"t\n 3 1 1 1\nQUA 2 2 3 0\n", "another file", 3},
        {"t\n 3 1 1 1\nRHA 2 2 3 0\n", "Hermitian", 3},
        {"t\n 3 1 1 1\nPZA 2 2 3 0\n", "skew", 3},
        {"t\n 3 1 1 1\nRSA 2 3 3 0\n", "2 x 3", 3},
        {"t\n 3 1 1 1\nRUA 0 2 3 0\n", "0 x 2", 3},
        {"t\n 3 1 1 1\nRUA 2 2147483648 3 0\n", "2147483648", 3},
        {"t\n 3 1 1 1\nRUA 2 x 3 0\n", "'x'", 3},
        {"t\n 3 1 1 1\nRUA 2 2 -3 0\n", "-3", 3},
        {"t\n 3 1 1 1\nRUA 2 2\n", "number of entries is missing", 3},
        {"t\n 3 1 1\nRUA 2 2 3 0\n", "number of value lines is missing", 2},
        {"t\n a 1 1 1\nRUA 2 2 3 0\n", "'a'", 2},
        {"t\n 3 1 1 1\nRUA 2 2 3 0\n", "before the formats", 3},
        {"t\n 3 1 1 1\nRUA 2 2 3 0\nxyz\n", "expected a Fortran format", 4},
        {"t\n 3 1 1 1\nRUA 2 2 3 0\n(16I5)\n", "format of the row indices", 4},
        {"t\n 3 1 1 1\nRUA 2 2 3 0\n(16I5) (16I5)\n", "format of the values",
         4},
        {"t\n 3 1 1 1\nRUA 2 2 3 0\n(16I5 (16I5)\n", "expected a Fortran", 4},
        {"t\n 3 1 1 1\nRUA 2 2 3 0\n(16Z5) (16I5) (4F5.1)\n", "'(16Z5)'", 4},
        {"t\n 3 1 1 1\nRUA 2 2 3 0\n(16I) (16I5) (4F5.1)\n", "'(16I)'", 4},
        {"t\n 3 1 1 1\nRUA 2 2 3 0\n(16I99999999999) (16I5) (4F5.1)\n",
         "allowed is one of", 4},
        {"t\n 3 1 1 1\nRUA 2 2 3 0\n(99999I5) (16I5) (4F5.1)\n", "'(99999I5)'",
         4},
        {"t\n 3 1 1 1\nRUA 2 2 3 0\n(4F5.1) (16I5) (4F5.1)\n",
         "must be integer", 4},
        {"t\n 3 1 1 1\nIUA 2 2 3 0\n(16I5) (16I5) (4F5.1)\n", "not an integer",
         4},
        {"t\n 3 2 1 1\nRUA 2 2 3 0\n(16I5) (16I5) (4F5.1)\n", "line 2 says 2",
         4},
        {"t\n 3 1 1 9\nRUA 2 2 3 0\n(16I5) (16I5) (4F5.1)\n", "line 2 says 9",
         4},
        {"t\n 3 1 1 1 1\nRUA 2 2 3 0\n(16I5) (16I5) (4F5.1)\n",
         "before the type of the right-hand sides", 4},
        {"t\n 3 134217728 1 1\nRUA 2 2147483647 3 0\n(16I5) (16I5) "
         "(4F5.1)\n1\n",
         "promises 2147483648 pointers", 4},
        {"t\n 3 1 250000000000000000 1000000000000000000\n"
         "RUA 2 2 4000000000000000000 0\n(16I5) (16I5) (4F5.1)\n1\n",
         "4000000000000000000 entries", 4},
        {"t\n 3 1 1 1\nRUA 2 2 9223372036854775806 0\n(16I5) (9999I5) "
         "(4F5.1)\n",
         "correct the header", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_format_error(cases[i].text, cases[i].number, cases[i].words);
}

static void bad_sections(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *words;
        int number;
    } cases[] = {
        {"", "promises", 4},
        {"    2    3    4\n" SMALL_INDICES SMALL_VALUES,
         "column pointer 1 is 2, allowed are 1 to 1", 5},
        {"    1    5    4\n" SMALL_INDICES SMALL_VALUES,
         "column pointer 2 is 5, allowed are 1 to 4", 5},
        {"    1    0    4\n" SMALL_INDICES SMALL_VALUES,
         "column pointer 2 is 0", 5},
        {"    1    3    3\n" SMALL_INDICES SMALL_VALUES,
         "column pointer 3 is 3, allowed are 4 to 4", 5},
        {"    1    x    4\n" SMALL_INDICES SMALL_VALUES, "'x'", 5},
        {"    1    3\n" SMALL_INDICES SMALL_VALUES,
         "columns 11 to 15 are blank", 5},
        {SMALL_STARTS "    1    3    2\n" SMALL_VALUES, "row index 3", 6},
        {SMALL_STARTS "    1    0    2\n" SMALL_VALUES, "row index 0", 6},
        {SMALL_STARTS "    1   -1    2\n" SMALL_VALUES, "row index -1", 6},
        {SMALL_STARTS "    1    2\n" SMALL_VALUES, "are blank", 6},
        {SMALL_STARTS SMALL_INDICES, "ends where a value belongs", 6},
        {SMALL_STARTS SMALL_INDICES "  1.0000E+00         NaN  3.0000E+00\n",
         "'NaN'", 7},
        {SMALL_STARTS SMALL_INDICES "  1.0000E+00 2.0000E+999  3.0000E+00\n",
         "'2.0000E+999', too large", 7},
        {SMALL_STARTS SMALL_INDICES "  1.0000E+00  2.0000E+00         inf\n",
         "'inf'", 7},
        {SMALL_STARTS SMALL_INDICES "  1.0000E+00 2.0000E+0000 3.0000E+00\n",
         "'0 3.0000E+00'", 7},
        {SMALL_STARTS SMALL_INDICES "  1.0000E+00  2.0000E+00\n",
         "columns 25 to 36 are blank", 7},
        {SMALL_STARTS SMALL_INDICES "  1.0000E+00  2.0000E+00  3.0000E+0",
         "ends within the columns 25 to 36", 7},
        {SMALL_STARTS SMALL_INDICES SMALL_VALUES "\n  4.0\n",
         "a line follows the 3 entries", 9},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[800];
        snprintf(text, sizeof text, "%s%s",
                 HEADER(SMALL_COUNTS, SMALL_TYPE, SMALL_FORMATS),
                 cases[i].lines);
        expect_format_error(text, cases[i].number, cases[i].words);
    }
    expect_format_error(
        "t\n 3 1 1 1\nRSA 2 2 2 0\n(3I2) (3I2) (4F5.1)\n 1 2 3\n"
        " 1 1\n  1.0  2.0\n",
        6, "(1, 2) is above");
    expect_format_error(
        "t\n 3 1 1 1\nRZA 2 2 1 0\n(3I2) (3I2) (4F5.1)\n 1 2 2\n"
        " 1\n  1.0\n",
        6, "(1, 1) is on the diagonal");
    expect_format_error("t\n 3 1 1 1\nCHA 1 1 1 0\n(3I2) (3I2) (4F5.1)\n 1 2\n"
                        " 1\n  1.0  2.0\n",
                        7, "imaginary part 2");
    expect_format_error("t\n 3 1 1 1\nIUA 1 1 1 0\n(3I2) (3I2) (I17)\n 1 2\n"
                        " 1\n 9007199254740993\n",
                        7, "2^53");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_unsymmetric),
        cmocka_unit_test(value_formats),
        cmocka_unit_test(touching_fields),
        cmocka_unit_test(types),
        cmocka_unit_test(right_hand_sides_and_duplicates),
        cmocka_unit_test(bad_headers),
        cmocka_unit_test(bad_sections),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
