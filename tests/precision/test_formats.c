/* SPDX-License-Identifier: BSD-3-Clause */
/* Rounding into number formats: every 16-bit and 8-bit value is a fixed point
 * of every rounding mode, and between two neighbours each mode does what IEEE
 * 754 says; FP32 agrees with the hardware. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "precision/formats.h"
#include "tests/random.h"

/* The value of code c >= 0 (sign bit clear) by the definition of the format:
 * exponent field over p - 1 fraction bits. */
static double decode(const sunzi_format *f, uint32_t c)
{
    const int fraction_bits = f->significand_bits - 1;
    const uint32_t fraction = c & ((1u << fraction_bits) - 1);
    const int field = (int)(c >> fraction_bits);
    if (field == 0)
        return ldexp(fraction, f->emin - fraction_bits);
    return ldexp((double)(fraction + (1u << fraction_bits)),
                 field - 1 + f->emin - fraction_bits);
}

static void expect(const sunzi_format *f, sunzi_rounding mode, double x,
                   double expected)
{
    const double got = sunzi_round(f, mode, 0, x);
    if (memcmp(&got, &expected, sizeof got) != 0)
        fail_msg("%s mode %d: round(%a) = %a, expected %a", f->name, (int)mode,
                 x, got, expected);
}

/* Neighbours a < b of the format and points between them. */
static void check_gap(const sunzi_format *f, double a, double b, bool a_even)
{
    const double middle = a + (b - a) / 2;
    const double above = nextafter(middle, b), below = nextafter(middle, a);
    const double first = nextafter(a, b);
    expect(f, SUNZI_ROUND_NEAREST_EVEN, middle, a_even ? a : b);
    expect(f, SUNZI_ROUND_NEAREST_EVEN, above, b);
    expect(f, SUNZI_ROUND_NEAREST_EVEN, below, a);
    expect(f, SUNZI_ROUND_NEAREST_EVEN, -middle, a_even ? -a : -b);
    expect(f, SUNZI_ROUND_UP, first, b);
    expect(f, SUNZI_ROUND_UP, -first, -a);
    expect(f, SUNZI_ROUND_DOWN, first, a);
    expect(f, SUNZI_ROUND_DOWN, -first, -b);
    expect(f, SUNZI_ROUND_TOWARD_ZERO, above, a);
    expect(f, SUNZI_ROUND_TOWARD_ZERO, -above, -a);
}

static void all_codes(void **state)
{
    (void)state;
    for (int k = 0; sunzi_format_at(k); k++) {
        const sunzi_format *f = sunzi_format_at(k);
        if (f->significand_bits > 11 || f->emax - f->emin > 254 ||
            !f->subnormals)
            continue;
        uint32_t c = 0;
        for (; decode(f, c) < f->largest; c++) {
            const double a = decode(f, c), b = decode(f, c + 1);
            for (int mode = 0; mode <= SUNZI_ROUND_STOCHASTIC; mode++) {
                expect(f, (sunzi_rounding)mode, a, a);
                expect(f, (sunzi_rounding)mode, -a, -a);
            }
            check_gap(f, a, b, c % 2 == 0);
        }
        assert_true(decode(f, c) == f->largest);
        assert_true(c > (f->significand_bits < 5 ? 100u : 30000u));
    }
}

static void fp32_is_the_hardware(void **state)
{
    (void)state;
    uint64_t s = 88172645463325252u;
    for (int i = 0; i < 2000000; i++) {
        s ^= s << 13, s ^= s >> 7, s ^= s << 17;
        double x;
        memcpy(&x, &s, sizeof x);
        /* the range of FP32 and its edges, not only that of FP64 */
        x = ldexp(frexp(x, &(int){0}), (int)(s % 300) - 165);
        if (isfinite(x))
            expect(&sunzi_format_fp32, SUNZI_ROUND_NEAREST_EVEN, x,
                   (double)(float)x);
    }
}

static void overflow_and_flush(void **state)
{
    (void)state;
    const sunzi_format *h = &sunzi_format_fp16, *q = &sunzi_format_e4m3;
    expect(h, SUNZI_ROUND_NEAREST_EVEN, 65519.999, 65504.0);
    expect(h, SUNZI_ROUND_NEAREST_EVEN, 65520.0, INFINITY);
    expect(h, SUNZI_ROUND_TOWARD_ZERO, 1e300, 65504.0);
    expect(h, SUNZI_ROUND_UP, -1e300, -65504.0);
    expect(h, SUNZI_ROUND_DOWN, -1e300, -INFINITY);
    expect(h, SUNZI_ROUND_NEAREST_EVEN, -INFINITY, -INFINITY);
    expect(h, SUNZI_ROUND_NEAREST_EVEN, -0.0, -0.0);
    expect(q, SUNZI_ROUND_NEAREST_EVEN, 463.0, 448.0);
    assert_true(isnan(sunzi_round(q, SUNZI_ROUND_NEAREST_EVEN, 0, 470.0)));
    sunzi_format saturating = *q;
    saturating.saturates = true;
    expect(&saturating, SUNZI_ROUND_NEAREST_EVEN, -470.0, -448.0);
    expect(&saturating, SUNZI_ROUND_NEAREST_EVEN, INFINITY, 448.0);
    expect(&sunzi_format_bf16_flush, SUNZI_ROUND_NEAREST_EVEN, 0x1p-127, 0.0);
    expect(&sunzi_format_bf16_flush, SUNZI_ROUND_NEAREST_EVEN, -0x1p-127, -0.0);
    expect(&sunzi_format_bf16_flush, SUNZI_ROUND_NEAREST_EVEN, 0x1p-126,
           0x1p-126);
    assert_true(isnan(sunzi_round(h, SUNZI_ROUND_UP, 0, NAN)));
    expect(&sunzi_format_fp64, SUNZI_ROUND_NEAREST_EVEN, 0x1p-1074, 0x1p-1074);
}

/* The mean of many stochastic roundings of x is x: standard deviation of the
 * mean is half a gap / sqrt(draws), and six of them are allowed. */
static void stochastic_mean(void **state)
{
    (void)state;
    const int draws = 100000;
    uint64_t s = 123456789;
    double sum = 0;
    for (int i = 0; i < draws; i++) {
        random_step(&s);
        sum += sunzi_round(&sunzi_format_e4m3, SUNZI_ROUND_STOCHASTIC,
                           s ^ (s >> 29) << 32, 1.03);
    }
    assert_true(fabs(sum / draws - 1.03) < 6 * 0.5 * 0.125 / sqrt(draws));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_codes),
        cmocka_unit_test(fp32_is_the_hardware),
        cmocka_unit_test(overflow_and_flush),
        cmocka_unit_test(stochastic_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
