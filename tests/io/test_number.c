/* SPDX-License-Identifier: BSD-3-Clause */
/* Decimal text to numbers, against strtod and Fortran's rules. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/number.h"
#include "tests/random.h"

static const sunzi_number_style c_style = {.fortran = false};

static sunzi_number_result parse(const char *text,
                                 const sunzi_number_style *style, double *value)
{
    return sunzi_number_real(text, text + strlen(text), style, value);
}

static void same_bits(const char *text, double got, double expected)
{
    if (memcmp(&got, &expected, sizeof got) != 0)
        print_error("'%s': got %.17g, expected %.17g\n", text, got, expected);
    assert_memory_equal(&got, &expected, sizeof got);
}

static void expect_number(const char *text, double expected)
{
    double value = 0.5;
    assert_int_equal(parse(text, &c_style, &value), SUNZI_NUMBER_OK);
    same_bits(text, value, expected);
}

static void awkward_values(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0",
        "-0",
        "1",
        "+1",
        ".5",
        "5.",
        "-.4755112",
        "1e22",
        "1e23",
        "1e-22",
        "1e-23",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "9007199254740993.0000000000000000000000001",
        "18446744073709551616",
        "123456789012345678901234567890",
        "1.7976931348623157e308",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "1e-400",
        "0e999999999999999999999",
        "0.000000000000000000000000000000000000001e39",
        "100000000000000000000000000000000000000e-38",
        "1E+05",
        "1e-0005",
        "8.5e-1",
        "3.141592653589793238462643383279502884197"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect_number(texts[i], strtod(texts[i], NULL));
    expect_number("1.5D+03", 1500.0);
    expect_number("1.5d3", 1500.0);
}

/* The middle of two doubles rounds to even; a digit far behind decides. */
static void halfway_with_many_digits(void **state)
{
    (void)state;
    char text[4000], subnormal[1200];
    const int zeros = 2000;
    snprintf(text, sizeof text, "9007199254740993.%0*d", zeros, 0);
    expect_number(text, 0x1p53);
    strcat(text, "1");
    expect_number(text, 0x1p53 + 2.0);
    /* all digits of the smallest subnormal */
    snprintf(subnormal, sizeof subnormal, "%.1074f", 0x1p-1074);
    expect_number(subnormal, 0x1p-1074);
    memset(text, '0', zeros);
    strcpy(text + zeros, "17.25");
    expect_number(text, 17.25);
}

static uint64_t next_random(void)
{
    static uint64_t state = 7;
    return random_step(&state) >> 11;
}

static void random_values_round_as_strtod(void **state)
{
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[64];
        const int digits = 1 + (int)(next_random() % 20);
        const int exponent =
            (int)(next_random() % (i % 2 ? 60 : 640)) - (i % 2 ? 30 : 320);
        int n = next_random() % 2 ? snprintf(text, sizeof text, "-") : 0;
        const int point = (int)(next_random() % 20);
        for (int d = 0; d < digits; d++) {
            if (d == point)
                text[n++] = '.';
            text[n++] = (char)('0' + next_random() % 10);
        }
        snprintf(text + n, sizeof text - (size_t)n, "e%d", exponent);
        const double expected = strtod(text, NULL);
        double value = 0.5;
        const sunzi_number_result result = parse(text, &c_style, &value);
        assert_int_equal(result, isfinite(expected) ? SUNZI_NUMBER_OK
                                                    : SUNZI_NUMBER_RANGE);
        if (isfinite(expected))
            same_bits(text, value, expected);
    }
}

static void seventeen_digits_return(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        const uint64_t bits = next_random() << 11 ^ next_random();
        double expected, value = 0.5;
        char text[40];
        memcpy(&expected, &bits, sizeof expected);
        if (!isfinite(expected))
            continue;
        snprintf(text, sizeof text, "%.17g", expected);
        assert_int_equal(parse(text, &c_style, &value), SUNZI_NUMBER_OK);
        same_bits(text, value, expected);
    }
}

static void what_is_no_number(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",      "+",      "-",     ".",    "e5",   "1e",  "1e+",
        "1.2.3", "1x",     "x1",    "0x10", "1 2",  "1,5", "--1",
        "1e5.0", "1.5+03", "1e5e5", "one",  "1.0f", " 1",  "1 "};
    double value = 0.5;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(parse(texts[i], &c_style, &value), SUNZI_NUMBER_TEXT);
    static const char *const special[] = {"nan",  "NaN",       "-nan",  "inf",
                                          "+Inf", "-INFINITY", "nan(1)"};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        assert_int_equal(parse(special[i], &c_style, &value),
                         SUNZI_NUMBER_NONFINITE);
    static const char *const large[] = {"1e309", "-1.7976931348623159e308",
                                        "1e99999999999999999999"};
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        assert_int_equal(parse(large[i], &c_style, &value), SUNZI_NUMBER_RANGE);
    same_bits("untouched", value, 0.5);
}

static void fortran_fields(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        sunzi_number_style style;
        double value;
    } cases[] = {
        {"1.0+03", {.fortran = true}, 1000.0},
        {"1.0-3", {.fortran = true}, 0.001},
        {"-2.5D-02", {.fortran = true}, -0.025},
        {"12345", {.fortran = true, .decimals = 2}, 123.45},
        {"123.5", {.fortran = true, .decimals = 2}, 123.5},
        {"12345D1", {.fortran = true, .decimals = 2}, 1234.5},
        {"12.5", {.fortran = true, .scale = 1}, 1.25},
        {"12.5E0", {.fortran = true, .scale = 1}, 12.5},
        {"12.5", {.fortran = true, .scale = -2}, 1250.0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = 0.5;
        assert_int_equal(parse(cases[i].text, &cases[i].style, &value),
                         SUNZI_NUMBER_OK);
        same_bits(cases[i].text, value, cases[i].value);
    }
}

static void integers(void **state)
{
    (void)state;
    int64_t value = 5;
    const char *big = "9223372036854775807", *bigger = "9223372036854775808";
    assert_int_equal(sunzi_number_integer(big, big + 19, &value),
                     SUNZI_NUMBER_OK);
    assert_true(value == INT64_MAX);
    assert_int_equal(sunzi_number_integer("-12", "-12" + 3, &value),
                     SUNZI_NUMBER_OK);
    assert_true(value == -12);
    assert_int_equal(sunzi_number_integer(bigger, bigger + 19, &value),
                     SUNZI_NUMBER_RANGE);
    assert_int_equal(sunzi_number_integer("1.5", "1.5" + 3, &value),
                     SUNZI_NUMBER_TEXT);
    assert_int_equal(sunzi_number_integer("", "", &value), SUNZI_NUMBER_TEXT);
    assert_int_equal(sunzi_number_integer("+", "+" + 1, &value),
                     SUNZI_NUMBER_TEXT);
    assert_true(value == -12);
}

/* A decimal comma in the locale of the program changes nothing. */
static void locale_with_decimal_comma(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE",
                                        "fr_FR.UTF-8", "fr_FR.utf8"};
    const char *set = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !set; i++)
        set = setlocale(LC_ALL, names[i]);
    if (!set || *localeconv()->decimal_point != ',') {
        print_message("skipped: no locale with a decimal comma is installed\n");
        skip();
    }
    double value = 0.0;
    const sunzi_number_result result =
        parse("3.14159265358979312", &c_style, &value);
    setlocale(LC_ALL, "C");
    assert_int_equal(result, SUNZI_NUMBER_OK);
    same_bits("pi", value, 3.14159265358979312);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(awkward_values),
        cmocka_unit_test(halfway_with_many_digits),
        cmocka_unit_test(random_values_round_as_strtod),
        cmocka_unit_test(seventeen_digits_return),
        cmocka_unit_test(what_is_no_number),
        cmocka_unit_test(fortran_fields),
        cmocka_unit_test(integers),
        cmocka_unit_test(locale_with_decimal_comma),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
