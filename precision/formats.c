/* SPDX-License-Identifier: BSD-3-Clause */
/* Descriptors of the number formats and the one scalar rounding routine. */
#include "precision/formats.h"

#include <math.h>
#include <stddef.h>

#define IEEE_LIKE .infinity = true, .subnormals = true, .signed_zero = true

const sunzi_format sunzi_format_fp64 = {
    "fp64", 53, -1022, 1023, 0x1.fffffffffffffp1023, IEEE_LIKE};
const sunzi_format sunzi_format_fp32 = {"fp32",         24,       -126, 127,
                                        0x1.fffffep127, IEEE_LIKE};
const sunzi_format sunzi_format_tf32 = {"tf32", 11,          -126,
                                        127,    0x1.ffcp127, IEEE_LIKE};
const sunzi_format sunzi_format_fp16 = {"fp16", 11,      -14,
                                        15,     65504.0, IEEE_LIKE};
const sunzi_format sunzi_format_bf16 = {"bf16", 8,          -126,
                                        127,    0x1.fep127, IEEE_LIKE};
const sunzi_format sunzi_format_bf16_flush = {
    "bf16-flush",       8, -126, 127, 0x1.fep127, .infinity = true,
    .signed_zero = true};
const sunzi_format sunzi_format_e5m2 = {"e5m2", 3, -14, 15, 57344.0, IEEE_LIKE};
const sunzi_format sunzi_format_e4m3 = {
    "e4m3", 4, -6, 8, 448.0, .subnormals = true, .signed_zero = true};

const sunzi_format *sunzi_format_at(int index)
{
    static const sunzi_format *const all[] = {
        &sunzi_format_fp64, &sunzi_format_fp32, &sunzi_format_tf32,
        &sunzi_format_fp16, &sunzi_format_bf16, &sunzi_format_bf16_flush,
        &sunzi_format_e5m2, &sunzi_format_e4m3};
    const int count = (int)(sizeof all / sizeof all[0]);
    return index >= 0 && index < count ? all[index] : NULL;
}

/* Nonnegative q = whole + part, 0 <= part < 1: is it rounded away from zero? */
static bool away_from_zero(sunzi_rounding rounding, uint64_t random,
                           bool negative, double whole, double part)
{
    switch (rounding) {
    case SUNZI_ROUND_NEAREST_EVEN:
        return part > 0.5 || (part == 0.5 && fmod(whole, 2.0) != 0.0);
    case SUNZI_ROUND_UP:
        return part > 0.0 && !negative;
    case SUNZI_ROUND_DOWN:
        return part > 0.0 && negative;
    case SUNZI_ROUND_STOCHASTIC: /* P(away) = part, to 53 bits */
        return (double)(random >> 11) * 0x1p-53 < part;
    case SUNZI_ROUND_TOWARD_ZERO:
        break;
    }
    return false;
}

/* |result| for a magnitude beyond the largest number (IEEE 754-2019 7.4). */
static double overflowed(const sunzi_format *f, sunzi_rounding rounding,
                         bool negative)
{
    const bool stays_finite = f->saturates ||
                              rounding == SUNZI_ROUND_TOWARD_ZERO ||
                              (rounding == SUNZI_ROUND_UP && negative) ||
                              (rounding == SUNZI_ROUND_DOWN && !negative);
    if (stays_finite)
        return f->largest;
    return f->infinity ? INFINITY : NAN;
}

double sunzi_round(const sunzi_format *f, sunzi_rounding rounding,
                   uint64_t random, double x)
{
    if (isnan(x))
        return x;
    const bool negative = signbit(x);
    double magnitude = fabs(x);
    if (isinf(x)) {
        magnitude =
            f->infinity ? INFINITY : (f->saturates ? f->largest : (double)NAN);
    } else if (magnitude > 0.0) {
        int exponent; /* magnitude in [2^(exponent-1), 2^exponent) */
        (void)frexp(magnitude, &exponent);
        const int grid = (exponent - 1 > f->emin ? exponent - 1 : f->emin) -
                         (f->significand_bits - 1);
        const double q = ldexp(magnitude, -grid); /* exact, < 2^53 */
        const double whole = floor(q);
        const bool away =
            away_from_zero(rounding, random, negative, whole, q - whole);
        magnitude = ldexp(whole + (away ? 1.0 : 0.0), grid);
        if (magnitude > f->largest)
            magnitude = overflowed(f, rounding, negative);
        else if (!f->subnormals && magnitude < ldexp(1.0, f->emin))
            magnitude = 0.0;
    }
    if (magnitude == 0.0 && !f->signed_zero)
        return 0.0;
    return negative ? -magnitude : magnitude;
}
