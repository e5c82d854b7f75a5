/* SPDX-License-Identifier: BSD-3-Clause */
/* engines/kernel/pair.h: the proved bounds, against long double for pairs of
 * floats and 113 bits for pairs of doubles; exactness of the transforms; the
 * same bits from the loops of every CPU engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "tests/engines/check_loops.h"
#include "tests/engines/kernel_check.h"
#include "tests/solvers/quad.h"

enum { BATCH = 2048, SHOWN = 5, SAMPLES = 500 * BATCH };

static int failures;

static float x_hi[BATCH], x_lo[BATCH], y_hi[BATCH], y_lo[BATCH];
static float z_hi[CHECK_PAIR_RESULTS * BATCH], z_lo[CHECK_PAIR_RESULTS * BATCH];
static float other_hi[CHECK_PAIR_RESULTS * BATCH];
static float other_lo[CHECK_PAIR_RESULTS * BATCH];

static void run(const check_engine *engine, float *hi, float *lo)
{
    const check_pair_args args = {CHECK_ARRAY(x_hi),
                                  CHECK_ARRAY(x_lo),
                                  CHECK_ARRAY(y_hi),
                                  CHECK_ARRAY(y_lo),
                                  CHECK_ARRAY(hi),
                                  CHECK_ARRAY(lo),
                                  BATCH};
    engine->loops[LOOP_check_pair](check_points(BATCH), &args);
}

/* A normalized pair of 48 bits, of either sign and an exponent within `range`
 * of 0. */
static k_pair random_pair(uint64_t seed, uint64_t i, double range)
{
    const double size = 1 + check_uniform(seed, i);
    const double exponent = floor(range * (2 * check_uniform(seed + 1, i) - 1));
    const k_pair x = k_pair_of_double(size * exp2(exponent));
    return check_random(seed + 2, i) & 1 ? k_pair_neg(x) : x;
}

/* ---- pairs of floats ---- */

/* exact results, and the bounds in u^2 = 2^-48 relative to `scale` */
typedef struct expectation {
    const char *name;
    long double exact, scale, bound;
} expectation;

static void expect(int i, expectation *list)
{
    const long double x = (long double)x_hi[i] + x_lo[i];
    const long double y = (long double)y_hi[i] + y_lo[i];
    const long double a = x_hi[i], b = y_hi[i],
                      more = 1e-3L; /* u^3, and the reference */
    /* x y + x: two roundings of long double, 2^-16 u^2 each */
    const long double both = fabsl(x * y) + fabsl(x);
    const expectation all[] = {
        [CHECK_PAIR_TWO_SUM] = {"two_sum", a + b, a + b, 0},
        [CHECK_PAIR_TWO_PROD] = {"two_prod", a * b, a * b, 0},
        [CHECK_PAIR_ADD1] = {"add1", x + b, x + b, 2},
        [CHECK_PAIR_ADD] = {"add", x + y, x + y, 3 + more},
        [CHECK_PAIR_SUB] = {"sub", x - y, x - y, 3 + more},
        [CHECK_PAIR_MUL1] = {"mul1", x * b, x * b, 2 + more},
        [CHECK_PAIR_MUL] = {"mul", x * y, x * y, 4 + more},
        [CHECK_PAIR_DIV1] = {"div1", x / b, x / b, 3 + more},
        [CHECK_PAIR_DIV] = {"div", x / y, x / y, 15 + more},
        [CHECK_PAIR_FMA] = {"fma", x * y + x, both, 7 + more},
        [CHECK_PAIR_SQRT] = {"sqrt", sqrtl(fabsl(x)), sqrtl(fabsl(x)),
                             3.125L + more},
        [CHECK_PAIR_EXP] = {"exp", expl(x), expl(x), 2},
        [CHECK_PAIR_EXPM1] = {"expm1", expm1l(x), expm1l(x), 4},
        [CHECK_PAIR_LOG] = {"log", logl(fabsl(x)), logl(fabsl(x)), 4},
        [CHECK_PAIR_TANH] = {"tanh", tanhl(x), tanhl(x), 9},
    };
    memcpy(list, all, sizeof all);
}

static void check_bounds(int i)
{
    expectation list[CHECK_PAIR_RESULTS];
    expect(i, list);
    for (int r = 0; r < CHECK_PAIR_RESULTS; r++) {
        if (r == CHECK_PAIR_COMPARE)
            continue;
        const float hi = z_hi[r * BATCH + i], lo = z_lo[r * BATCH + i];
        const long double error = fabsl((long double)hi + lo - list[r].exact);
        const long double u2 = 0x1p-48L * fabsl(list[r].scale);
        const int normalized = hi + lo == hi;
        if ((!(error <= list[r].bound * u2) || !normalized) &&
            failures++ < SHOWN)
            print_error("pair %s of %a %+a, %a %+a: got %a %+a, expected "
                        "%La, error %.3Lf u^2, bound %.3Lf\n",
                        list[r].name, x_hi[i], x_lo[i], y_hi[i], y_lo[i], hi,
                        lo, list[r].exact, error / u2, list[r].bound);
    }
    const double x = (double)x_hi[i] + x_lo[i], y = (double)y_hi[i] + y_lo[i];
    const float less = z_hi[CHECK_PAIR_COMPARE * BATCH + i];
    const float equal = z_lo[CHECK_PAIR_COMPARE * BATCH + i];
    if ((less != (float)(x < y) || equal != (float)(x == y)) &&
        failures++ < SHOWN)
        print_error("pair compare of %a, %a: got %g %g\n", x, y, less, equal);
}

static void pairs_of_floats_keep_the_bounds(void **state)
{
    (void)state;
    failures = 0;
    for (uint64_t first = 0; first < SAMPLES; first += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            const uint64_t at = first + (uint64_t)i;
            /* exponents 8 apart at most: long double holds the sums exactly */
            const double range = 4;
            k_pair x = random_pair(50, at, range);
            k_pair y = random_pair(60, at, range);
            if (at % 4 == 0) /* numbers that nearly cancel */
                y = k_pair_of_double(-((double)x.hi + x.lo) *
                                     (1 + exp2(-(double)(at % 47))));
            if (at % 64 == 1)
                y = x;
            if (at % 64 == 2)
                y = k_pair_of(x.hi, -x.lo);
            x_hi[i] = x.hi, x_lo[i] = x.lo;
            y_hi[i] = y.hi, y_lo[i] = y.lo;
        }
        run(check_engines(), z_hi, z_lo);
        for (int i = 0; i < BATCH; i++)
            check_bounds(i);
        for (const check_engine *e = check_engines() + 1; e->name; e++) {
            run(e, other_hi, other_lo);
            if (memcmp(other_hi, z_hi, sizeof z_hi) != 0 ||
                memcmp(other_lo, z_lo, sizeof z_lo) != 0)
                fail_msg("pairs: %s has other bits than portable", e->name);
        }
    }
    assert_int_equal(failures, 0);
}

static void zeros_are_zeros(void **state)
{
    const k_pair zero = k_pair_of(0, 0), one = k_pair_of(1, 0x1p-30f);
    (void)state;
    assert_true(k_pair_equal(k_pair_sqrt(zero), zero));
    assert_true(k_pair_equal(k_pair_sub(one, one), zero));
    assert_true(k_pair_equal(k_pair_mul(one, zero), zero));
    assert_true(k_pair_equal(k_pair_div(zero, one), zero));
    assert_true(k_pair_equal(k_pair_add(zero, one), one));
    assert_true(k_pair_less(zero, one));
    assert_false(k_pair_less(one, one));
}

/* ---- conversions ---- */

static void doubles_come_back(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 1000000; i++) {
        const double x = k_double_of(
            (check_random(70, i) & 0x800fffffffffffffu) |
            (k_u64)(1023 + (int)(check_random(71, i) % 200) - 90) << 52);
        const k_pair pair = k_pair_of_double(x);
        const k_pair same = k_pair_of_double_bits(k_double_bits(x));
        const double back = k_double_of_pair(pair);
        if (!(fabs(back - x) <= 0x1p-49 * fabs(x)))
            fail_msg("pair of %a: got %a", x, back);
        if (!k_pair_equal(pair, same))
            fail_msg("pair of the bits of %a: got %a %a, expected %a %a", x,
                     same.hi, same.lo, pair.hi, pair.lo);
        if (k_double_bits_of_pair(pair) != k_double_bits(back))
            fail_msg("bits of pair %a %a", pair.hi, pair.lo);
        if (!k_pair_equal(k_pair_of_double(back), pair))
            fail_msg("pair %a %a does not come back", pair.hi, pair.lo);
    }
}

static void engines_have_the_same_bits_of_doubles(void **state)
{
    static k_u64 bits[BATCH], other[BATCH];
    (void)state;
    for (int i = 0; i < BATCH; i++) {
        const k_pair x = random_pair(100, (uint64_t)i, i % 2 ? 4 : 110);
        x_hi[i] = x.hi, x_lo[i] = x.lo;
    }
    for (const check_engine *e = check_engines(); e->name; e++) {
        const check_pair_bits_args args = {
            CHECK_ARRAY(x_hi),     CHECK_ARRAY(x_lo),     CHECK_ARRAY(other),
            CHECK_ARRAY(other_hi), CHECK_ARRAY(other_lo),
        };
        e->loops[LOOP_check_pair_bits](check_points(BATCH), &args);
        for (int i = 0; i < BATCH; i++) {
            bits[i] = k_double_bits((double)x_hi[i] + x_lo[i]);
            if (other[i] != bits[i])
                fail_msg("%s, bits of %a %+a: got %016jx, expected %016jx",
                         e->name, x_hi[i], x_lo[i], (uintmax_t)other[i],
                         (uintmax_t)bits[i]);
            if (other_hi[i] != x_hi[i] || other_lo[i] != x_lo[i])
                fail_msg("%s: %a %+a came back as %a %+a", e->name, x_hi[i],
                         x_lo[i], other_hi[i], other_lo[i]);
        }
    }
}

/* ---- pairs of doubles: the same text, so fewer samples ---- */

static void expect_quad(const char *name, k_pair64 z, quad exact, double bound)
{
    const quad error = (quad)z.hi + z.lo - exact;
    const quad size = exact < 0 ? -exact : exact;
    const double relative =
        size == 0 ? (error == 0 ? 0 : INFINITY)
                  : (double)((error < 0 ? -error : error) / size * 0x1p106);
    if (!(relative <= bound) && failures++ < SHOWN)
        print_error("pair of doubles, %s: got %a %+a, error %.3f u^2, bound "
                    "%.3f\n",
                    name, z.hi, z.lo, relative, bound);
}

static k_pair64 random_pair64(uint64_t seed, uint64_t i)
{
    const double hi = (check_uniform(seed, i) - 0.5) *
                      exp2((double)(check_random(seed + 1, i) % 5));
    const double lo = (check_uniform(seed + 2, i) - 0.5) * 0x1p-53 * fabs(hi);
    return k_quick_two_sum(hi, lo);
}

static void pairs_of_doubles_keep_the_bounds(void **state)
{
    /* the rounding of the reference itself, 2^-112, in u^2 and twice */
    const double more = 0.04;
    (void)state;
    failures = 0;
    for (uint64_t i = 0; i < 200000; i++) {
        const k_pair64 x = random_pair64(80, i), y = random_pair64(90, i);
        const quad p = (quad)x.hi + x.lo, q = (quad)y.hi + y.lo;
        const double b = y.hi;
        expect_quad("two_sum", k_two_sum(x.hi, b), (quad)x.hi + b, more);
        expect_quad("two_prod", k_two_prod(x.hi, b), (quad)x.hi * b, more);
        expect_quad("mul1", k_pair64_mul1(x, b), p * b, 2 + more);
        expect_quad("mul", k_pair64_mul(x, y), p * q, 4 + more);
        expect_quad("div1", k_pair64_div1(x, b), p / b, 3 + more);
        expect_quad("div", k_pair64_div(x, y), p / q, 15 + more);
        /* sums of one sign: a reference of 113 bits does not see through
         * cancellation */
        const k_pair64 c = x.hi > 0 ? x : k_pair64_neg(x);
        const k_pair64 d = y.hi > 0 ? y : k_pair64_neg(y);
        const quad r = (quad)c.hi + c.lo, s = (quad)d.hi + d.lo;
        expect_quad("add1", k_pair64_add1(c, d.hi), r + d.hi, 2 + more);
        expect_quad("add", k_pair64_add(c, d), r + s, 3 + more);
        const k_pair64 root = k_pair64_sqrt(c);
        const quad t = (quad)root.hi + root.lo;
        expect_quad("sqrt", root, (t + r / t) / 2, 3.125 + more);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_of_floats_keep_the_bounds),
        cmocka_unit_test(zeros_are_zeros),
        cmocka_unit_test(doubles_come_back),
        cmocka_unit_test(engines_have_the_same_bits_of_doubles),
        cmocka_unit_test(pairs_of_doubles_keep_the_bounds),
    };
    if (LDBL_MANT_DIG < 64) {
        print_message("skipped: long double has %d digits, the reference of "
                      "pairs takes 64\n",
                      LDBL_MANT_DIG);
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
