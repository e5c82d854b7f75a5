/* SPDX-License-Identifier: BSD-3-Clause */
/* Decimal text to FP64 and to integers.
 *
 * Most numbers of matrix files have few digits and small exponents: both the
 * digits and the power of ten are then exact in FP64 and one operation rounds
 * correctly (W. D. Clinger, PLDI 1990, section 2). All others go, in a
 * canonical form, to strtod in the C locale, which rounds correctly. */
#define _GNU_SOURCE
#include "io/number.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A double, and the middle of two doubles, has at most 767 significant digits
 * (subnormals): of what follows them only "not all zeros" matters. */
enum { DIGITS_KEPT = 768, LEADING_MAX = 19 };

/* Exponents are cut here; no file is long enough for digits to outweigh it. */
#define EXPONENT_LIMIT INT64_C(1000000000000000)

typedef struct decimal {
    bool negative, has_point, has_exponent;
    const char *digits, *digits_end; /* with the point, if any */
    uint64_t leading;                /* value of the first significant digits */
    int64_t significant;             /* digits from the first nonzero one on */
    int64_t exponent; /* value = digits as an integer * 10^exponent */
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits with at most one point; false if there is no digit. */
static bool scan_digits(const char **at, const char *end, decimal *d)
{
    const char *p = *at;
    bool any = false;
    d->digits = p;
    for (; p < end && (is_digit(*p) || (*p == '.' && !d->has_point)); p++) {
        if (*p == '.') {
            d->has_point = true;
            continue;
        }
        any = true;
        d->exponent -= d->has_point;
        if (d->significant == 0 && *p == '0')
            continue;
        if (d->significant < LEADING_MAX)
            d->leading = d->leading * 10 + (uint64_t)(*p - '0');
        d->significant++;
    }
    d->digits_end = *at = p;
    return any;
}

/* [letter] [sign] digits, to the end; one of letter and sign must be there. */
static bool scan_exponent(const char *p, const char *end, bool fortran,
                          decimal *d)
{
    const bool letter = strchr("eEdD", *p) != NULL;
    if (letter)
        p++;
    else if (!fortran || (*p != '+' && *p != '-'))
        return false;
    const bool negative = p < end && *p == '-';
    if (p < end && (*p == '+' || *p == '-'))
        p++;
    int64_t e = 0;
    const char *first = p;
    for (; p < end && is_digit(*p); p++)
        if (e < EXPONENT_LIMIT)
            e = e * 10 + (*p - '0');
    d->has_exponent = true;
    d->exponent += negative ? -e : e;
    return p == end && p > first;
}

static sunzi_number_result scan(const char *p, const char *end, bool fortran,
                                decimal *d)
{
    *d = (decimal){.negative = p < end && *p == '-'};
    if (p < end && (*p == '+' || *p == '-'))
        p++;
    if (end - p >= 3 &&
        (strncasecmp(p, "nan", 3) == 0 || strncasecmp(p, "inf", 3) == 0))
        return SUNZI_NUMBER_NONFINITE;
    if (!scan_digits(&p, end, d))
        return SUNZI_NUMBER_TEXT;
    if (p < end && !scan_exponent(p, end, fortran, d))
        return SUNZI_NUMBER_TEXT;
    return SUNZI_NUMBER_OK;
}

static locale_t c_locale; /* made once, kept to the end of the process */

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* Digits without point and leading zeros, cut to what decides the rounding,
 * then strtod. */
static double convert_slowly(const decimal *d)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char text[DIGITS_KEPT + 32];
    int n = 0;
    bool rest = false;
    for (const char *p = d->digits; p < d->digits_end; p++) {
        if (*p == '.' || (n == 0 && *p == '0'))
            continue;
        if (n < DIGITS_KEPT)
            text[n++] = *p;
        else
            rest = rest || *p != '0';
    }
    int64_t exponent = d->exponent + (d->significant - n);
    if (rest) {
        text[n++] = '1';
        exponent--;
    }
    exponent = exponent > 99999 ? 99999 : exponent < -99999 ? -99999 : exponent;
    snprintf(text + n, sizeof text - (size_t)n, "e%d", (int)exponent);
    pthread_once(&once, make_c_locale);
    return c_locale ? strtod_l(text, NULL, c_locale) : (double)NAN;
}

static double convert(const decimal *d)
{
    static const double power[] = {
        1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (d->significant == 0)
        return 0.0;
    const bool exact_digits =
        d->significant <= LEADING_MAX && d->leading <= UINT64_C(1) << 53;
    if (exact_digits && d->exponent >= 0 && d->exponent <= 22)
        return (double)d->leading * power[d->exponent];
    if (exact_digits && d->exponent < 0 && d->exponent >= -22)
        return (double)d->leading / power[-d->exponent];
    return convert_slowly(d);
}

sunzi_number_result sunzi_number_real(const char *begin, const char *end,
                                      const sunzi_number_style *style,
                                      double *value)
{
    decimal d;
    const sunzi_number_result result = scan(begin, end, style->fortran, &d);
    if (result != SUNZI_NUMBER_OK)
        return result;
    if (!d.has_point)
        d.exponent -= style->decimals;
    if (!d.has_exponent)
        d.exponent -= style->scale;
    d.exponent += style->shift;
    const double magnitude = convert(&d);
    if (!isfinite(magnitude))
        return SUNZI_NUMBER_RANGE;
    *value = d.negative ? -magnitude : magnitude;
    return SUNZI_NUMBER_OK;
}

sunzi_number_result sunzi_number_integer(const char *begin, const char *end,
                                         int64_t *value)
{
    const bool negative = begin < end && *begin == '-';
    const char *p = begin;
    int64_t magnitude = 0;
    bool overflow = false;
    if (p < end && (*p == '+' || *p == '-'))
        p++;
    if (p == end)
        return SUNZI_NUMBER_TEXT;
    for (; p < end && is_digit(*p); p++)
        overflow = overflow ||
                   __builtin_mul_overflow(magnitude, 10, &magnitude) ||
                   __builtin_add_overflow(magnitude, *p - '0', &magnitude);
    if (p != end)
        return SUNZI_NUMBER_TEXT;
    if (overflow)
        return SUNZI_NUMBER_RANGE;
    *value = negative ? -magnitude : magnitude;
    return SUNZI_NUMBER_OK;
}

sunzi_status sunzi_number_fail(const sunzi_text *text,
                               sunzi_number_result result, const char *what,
                               const char *begin, const char *end)
{
    const sunzi_quote got = sunzi_quoted(begin, end);
    if (begin == end)
        return sunzi_text_fail(text, "the %s is missing; complete the line",
                               what);
    if (result == SUNZI_NUMBER_NONFINITE)
        return sunzi_text_fail(text,
                               "the %s is '%s', allowed are finite numbers; "
                               "correct the program that wrote the file",
                               what, got.text);
    if (result == SUNZI_NUMBER_RANGE)
        return sunzi_text_fail(text,
                               "the %s is '%s', too large for its type; scale "
                               "the matrix or correct the number",
                               what, got.text);
    return sunzi_text_fail(text,
                           "the %s is '%s', expected a number; correct "
                           "the line",
                           what, got.text);
}
