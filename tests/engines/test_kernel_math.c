/* SPDX-License-Identifier: BSD-3-Clause */
/* engines/kernel/math.h: the errors that its table states, the edges, and the
 * same bits from the loops of every CPU engine. References: the functions of
 * the C library in double for floats, in long double for doubles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/engines/check_loops.h"
#include "tests/engines/kernel_check.h"

enum { BATCH = 4096, SHOWN = 5, SAMPLES = 100 * BATCH };

static int failures;
static const double usual = 0.96; /* ulp: engines/kernel/math.h */

/* What, the argument, got, expected: the first few of them. */
static void fail_at(const char *what, const char *engine, double x, double y,
                    double got, double expected, double error)
{
    if (failures++ < SHOWN)
        print_error("%s (%s) at %a, %a: got %a, expected %a, error %.4f ulp\n",
                    what, engine, x, y, got, expected, error);
}

typedef long double reference(long double x, long double y);

#define REFERENCE(name)                                                        \
    static long double exact_##name(long double x, long double y)              \
    {                                                                          \
        (void)y;                                                               \
        return name##l(x);                                                     \
    }
REFERENCE(exp)
REFERENCE(expm1)
REFERENCE(log)
REFERENCE(log1p)
REFERENCE(tanh)
REFERENCE(sin)
REFERENCE(cos)

/* In double, which is enough for floats and much faster. */
#define DOUBLE_REFERENCE(name)                                                 \
    static long double double_##name(long double x, long double y)             \
    {                                                                          \
        (void)y;                                                               \
        return name((double)x);                                                \
    }
DOUBLE_REFERENCE(exp)
DOUBLE_REFERENCE(expm1)
DOUBLE_REFERENCE(log)
DOUBLE_REFERENCE(log1p)
DOUBLE_REFERENCE(tanh)
DOUBLE_REFERENCE(sin)
DOUBLE_REFERENCE(cos)

static long double double_pow(long double x, long double y)
{
    return pow((double)x, (double)y);
}

static const struct {
    const char *name;
    reference *of_float, *of_double;
    double limit, limit_of_double; /* of |x| */
    double bound;                  /* ulp; 0: the usual one */
} functions[] = {
    [CHECK_EXP] = {"exp", double_exp, exact_exp, INFINITY, INFINITY, 0},
    [CHECK_EXPM1] = {"expm1", double_expm1, exact_expm1, INFINITY, INFINITY, 0},
    [CHECK_LOG] = {"log", double_log, exact_log, INFINITY, INFINITY, 0},
    [CHECK_LOG1P] = {"log1p", double_log1p, exact_log1p, INFINITY, INFINITY, 0},
    [CHECK_TANH] = {"tanh", double_tanh, exact_tanh, INFINITY, INFINITY, 0},
    [CHECK_SIN] = {"sin", double_sin, exact_sin, 1e5, 1e5, 0},
    [CHECK_COS] = {"cos", double_cos, exact_cos, 1e5, 1e5, 0},
    [CHECK_EXP_BOUNDED] = {"exp_bounded", double_exp, exact_exp, 87, 708, 0},
    [CHECK_EXPM1_BOUNDED] = {"expm1_bounded", double_expm1, exact_expm1, 87,
                             708, 1.8},
    [CHECK_POW] = {"pow", double_pow, powl, INFINITY, INFINITY, 0},
};
enum { FUNCTIONS = (int)(sizeof functions / sizeof functions[0]) };

/* |got - exact| in ulp of the format (digits, least exponent of frexp); NaN,
 * Inf and zero must be met: infinite error. */
static double ulps(double got, long double exact, double rounded, int digits,
                   int least)
{
    int exponent;
    if (isnan(rounded) || isinf(rounded) || rounded == 0) {
        const int met =
            isnan(rounded) ? isnan(got)
                           : got == rounded && signbit(got) == signbit(rounded);
        return met ? 0 : INFINITY;
    }
    frexpl(exact, &exponent);
    if (exponent < least)
        exponent = least;
    return (double)(fabsl(got - exact) / ldexpl(1, exponent - digits));
}

/* Nothing is promised of a NaN. */
static int is_bounded(int f)
{
    return f == CHECK_EXP_BOUNDED || f == CHECK_EXPM1_BOUNDED;
}

/* Such a function promises no sign of its zero either. */
static int own_bound(int f)
{
    return functions[f].bound > 0;
}

static double bound_of(int f)
{
    return own_bound(f) ? functions[f].bound : usual;
}

/* ---- floats ---- */

static float fx[BATCH], fy[BATCH], fz[CHECK_MATH_RESULTS * BATCH];
static float f_other[CHECK_MATH_RESULTS * BATCH];
static double dx[BATCH], dy[BATCH], dz[CHECK_MATH_RESULTS * BATCH];
static double d_other[CHECK_MATH_RESULTS * BATCH];
static k_i32 e[BATCH];

static void run_float(const check_engine *engine, float *z)
{
    const check_math_float_args args = {CHECK_ARRAY(fx), CHECK_ARRAY(fy),
                                        CHECK_ARRAY(e), CHECK_ARRAY(z), BATCH};
    engine->loops[LOOP_check_math_float](check_points(BATCH), &args);
}

static void run_double(const check_engine *engine, double *z)
{
    const check_math_double_args args = {CHECK_ARRAY(dx), CHECK_ARRAY(dy),
                                         CHECK_ARRAY(e), CHECK_ARRAY(z), BATCH};
    engine->loops[LOOP_check_math_double](check_points(BATCH), &args);
}

static void check_float(int f, const float *z)
{
    for (int i = 0; i < BATCH; i++) {
        if (fabsf(fx[i]) > functions[f].limit || (fx[i] == 0 && own_bound(f)) ||
            (isnan(fx[i]) && is_bounded(f)))
            continue;
        const long double exact = functions[f].of_float(fx[i], fy[i]);
        const float got = z[f * BATCH + i], rounded = (float)exact;
        const double error = ulps(got, exact, rounded, 24, -125);
        if (!(error <= bound_of(f)))
            fail_at(functions[f].name, "floats", fx[i], fy[i], got, rounded,
                    error);
    }
}

static void check_double(int f, const double *z)
{
    for (int i = 0; i < BATCH; i++) {
        if (fabs(dx[i]) > functions[f].limit_of_double ||
            (dx[i] == 0 && own_bound(f)) || (isnan(dx[i]) && is_bounded(f)))
            continue;
        const long double exact = functions[f].of_double(dx[i], dy[i]);
        const double got = z[f * BATCH + i], rounded = (double)exact;
        const double error = ulps(got, exact, rounded, 53, -1021);
        if (!(error <= bound_of(f)))
            fail_at(functions[f].name, "doubles", dx[i], dy[i], got, rounded,
                    error);
    }
}

/* Not the NaNs' bits, which are not promised. */
static void compare_float(const char *engine)
{
    for (int k = 0; k < CHECK_MATH_RESULTS * BATCH; k++)
        if (k_float_bits(fz[k]) != k_float_bits(f_other[k]) &&
            !(isnan(fz[k]) && isnan(f_other[k])) &&
            !(isnan(fx[k % BATCH]) && is_bounded(k / BATCH)))
            fail_at("bits of a function of floats", engine, fx[k % BATCH],
                    k / BATCH, f_other[k], fz[k], NAN);
}

static void compare_double(const char *engine)
{
    for (int k = 0; k < CHECK_MATH_RESULTS * BATCH; k++)
        if (k_double_bits(dz[k]) != k_double_bits(d_other[k]) &&
            !(isnan(dz[k]) && isnan(d_other[k])) &&
            !(isnan(dx[k % BATCH]) && is_bounded(k / BATCH)))
            fail_at("bits of a function of doubles", engine, dx[k % BATCH],
                    k / BATCH, d_other[k], dz[k], NAN);
}

/* min and max as promised; the others as the C library has them */
static void check_exact_float(void)
{
    for (int i = 0; i < BATCH; i++) {
        const float x = fx[i], y = fy[i];
        const struct {
            const char *name;
            int result;
            float expected;
        } list[] = {
            {"rintf", CHECK_RINT, rintf(x)},
            {"floorf", CHECK_FLOOR, floorf(x)},
            {"minf", CHECK_MIN, isless(y, x) ? y : x},
            {"maxf", CHECK_MAX, isless(x, y) ? y : x},
            {"copysignf", CHECK_COPYSIGN, copysignf(x, y)},
            {"ldexpf", CHECK_LDEXP, ldexpf(x, e[i])},
        };
        for (size_t k = 0; k < sizeof list / sizeof list[0]; k++) {
            const float got = fz[list[k].result * BATCH + i];
            if (k_float_bits(got) != k_float_bits(list[k].expected) &&
                !(isnan(got) && isnan(list[k].expected)))
                fail_at(list[k].name, "floats", x, y, got, list[k].expected,
                        NAN);
        }
    }
}

static void check_exact_double(void)
{
    for (int i = 0; i < BATCH; i++) {
        const double x = dx[i], y = dy[i];
        const struct {
            const char *name;
            int result;
            double expected;
        } list[] = {
            {"rint", CHECK_RINT, rint(x)},
            {"floor", CHECK_FLOOR, floor(x)},
            {"min", CHECK_MIN, isless(y, x) ? y : x},
            {"max", CHECK_MAX, isless(x, y) ? y : x},
            {"copysign", CHECK_COPYSIGN, copysign(x, y)},
            {"ldexp", CHECK_LDEXP, ldexp(x, e[i])},
        };
        for (size_t k = 0; k < sizeof list / sizeof list[0]; k++) {
            const double got = dz[list[k].result * BATCH + i];
            if (k_double_bits(got) != k_double_bits(list[k].expected) &&
                !(isnan(got) && isnan(list[k].expected)))
                fail_at(list[k].name, "doubles", x, y, got, list[k].expected,
                        NAN);
        }
    }
}

/* Runs fx, fy on every engine: the fastest is measured, all have its bits. */
static void run_all_float(int portable_too)
{
    const check_engine *list = check_engines(), *last = list;
    while (last[1].name)
        last++;
    run_float(last, fz);
    for (; list < last; list++)
        if (portable_too || list > check_engines()) {
            run_float(list, f_other);
            compare_float(list->name);
        }
}

static void run_all_double(void)
{
    const check_engine *list = check_engines(), *last = list;
    while (last[1].name)
        last++;
    run_double(last, dz);
    for (; list < last; list++) {
        run_double(list, d_other);
        compare_double(list->name);
    }
}

/* Every STEP-th float, as x. */
static void floats_have_the_errors_stated(void **state)
{
    enum { STEP = 2503 };
    failures = 0;
    (void)state;
    for (uint64_t first = 0, batch = 0; first >> 32 == 0; batch++) {
        for (int i = 0; i < BATCH; i++) {
            const uint64_t bits = first + (uint64_t)i * STEP;
            fx[i] = k_float_of((k_u32)bits);
            fy[i] = k_float_of((k_u32)check_random(1, bits));
            e[i] = (int)(check_random(2, bits) % 700) - 350;
        }
        first += (uint64_t)BATCH * STEP;
        run_all_float(batch % 4 == 0);
        for (int f = 0; f < FUNCTIONS; f++)
            if (functions[f].of_float && f != CHECK_POW)
                check_float(f, fz);
        check_exact_float();
    }
    assert_int_equal(failures, 0);
}

/* Arguments of doubles: sample i of one of the regions, where something
 * happens: all exponents, and near 0 and 1. */
static double region(int which, uint64_t i)
{
    const double u = check_uniform(3, i), v = check_uniform(4, i);
    const double sign = i & 1 ? -1 : 1;
    switch (which) {
    case 0:
        return k_double_of(check_random(5, i));
    case 1:
        return sign * exp2(60 * (u - 1) + 11);
    case 2:
        return 4 * u - 2;
    case 3:
        return 1500 * u - 760;
    case 4:
        return 1 + sign * exp2(-50 * u);
    default:
        return sign * 1e5 * u + v;
    }
}

static void doubles_have_the_errors_stated(void **state)
{
    enum { REGIONS = 6 };
    failures = 0;
    (void)state;
    for (uint64_t first = 0; first < SAMPLES; first += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            const uint64_t at = first + (uint64_t)i;
            dx[i] = region((int)(at % REGIONS), at);
            dy[i] = region((int)(at / REGIONS % REGIONS), at + SAMPLES);
            e[i] = (int)(check_random(6, at) % 4800) - 2400;
        }
        run_all_double();
        for (int f = 0; f < FUNCTIONS; f++)
            if (functions[f].of_double && f != CHECK_POW)
                check_double(f, dz);
        check_exact_double();
    }
    assert_int_equal(failures, 0);
}

/* x > 0 of every size, y such that x^y is in range or just beyond it */
static void powers_have_the_errors_stated(void **state)
{
    failures = 0;
    (void)state;
    for (uint64_t first = 0; first < SAMPLES; first += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            const uint64_t at = first + (uint64_t)i;
            const double u = check_uniform(7, at), v = check_uniform(8, at);
            const double size = at % 3 == 0 ? 1e-3 : at % 3 == 1 ? 1 : 700;
            const double l = size * (2 * u - 1), p = 2 * v - 1;
            dx[i] = exp(l);
            dy[i] = 760 * p / l;
            fx[i] = expf((float)(l / 8));
            fy[i] = (float)(110 * p / (l / 8));
        }
        run_all_float(1);
        run_all_double();
        check_float(CHECK_POW, fz);
        check_double(CHECK_POW, dz);
    }
    assert_int_equal(failures, 0);
}

/* ---- edges ---- */

static void edges_are_those_of_c(void **state)
{
    static const double list[] = {
        0.0,        -0.0,      1,          -1,        INFINITY, -INFINITY,
        NAN,        DBL_MIN,   -DBL_MIN,   0x1p-1074, FLT_MIN,  0x1p-149,
        -0x1p-1074, 0x1p-149,  DBL_MAX,    -DBL_MAX,  FLT_MAX,  -FLT_MAX,
        709.782712, 709.78272, -745.1332,  -745.1333, 88.72283, 88.72284,
        -103.97208, -103.9721, -1.0000001,
    };
    enum { COUNT = (int)(sizeof list / sizeof list[0]) };
    failures = 0;
    (void)state;
    for (int i = 0; i < BATCH; i++) {
        dx[i] = list[i % COUNT];
        dy[i] = list[i / COUNT % COUNT];
        fx[i] = (float)dx[i];
        fy[i] = (float)dy[i];
        e[i] = i % 2 ? INT32_MAX - i : INT32_MIN + i;
    }
    run_all_float(1);
    run_all_double();
    for (int f = 0; f < FUNCTIONS; f++) {
        if (f == CHECK_POW || !functions[f].of_float)
            continue;
        check_float(f, fz);
        check_double(f, dz);
    }
    check_exact_float();
    check_exact_double();
    /* pow: x >= 0 */
    for (int i = 0; i < BATCH; i++) {
        if (!(dx[i] > 0))
            dx[i] = dx[i] == 0 ? 0.0 : dx[i] != dx[i] ? NAN : 3;
        fx[i] = fabsf((float)dx[i]);
    }
    run_all_float(1);
    run_all_double();
    check_float(CHECK_POW, fz);
    check_double(CHECK_POW, dz);
    assert_int_equal(failures, 0);
}

static void there_is_a_nan_outside_the_domain(void **state)
{
    failures = 0;
    (void)state;
    for (int i = 0; i < BATCH; i++) {
        dx[i] = (i % 2 ? 1.0 : -1.0) * 100000.5 * (i + 1);
        dy[i] = i + 0.5;
        fx[i] = (float)dx[i];
        fy[i] = (float)dy[i];
    }
    run_all_float(1);
    run_all_double();
    for (int i = 0; i < BATCH; i++) {
        assert_true(isnan(fz[CHECK_SIN * BATCH + i]));
        assert_true(isnan(fz[CHECK_COS * BATCH + i]));
        assert_true(isnan(dz[CHECK_SIN * BATCH + i]));
        assert_true(isnan(dz[CHECK_COS * BATCH + i]));
        if (dx[i] < 0) {
            assert_true(isnan(fz[CHECK_POW * BATCH + i]));
            assert_true(isnan(dz[CHECK_POW * BATCH + i]));
        }
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floats_have_the_errors_stated),
        cmocka_unit_test(doubles_have_the_errors_stated),
        cmocka_unit_test(powers_have_the_errors_stated),
        cmocka_unit_test(edges_are_those_of_c),
        cmocka_unit_test(there_is_a_nan_outside_the_domain),
    };
    if (LDBL_MANT_DIG < 64) {
        print_message("skipped: long double has %d digits, the reference of "
                      "doubles takes 64\n",
                      LDBL_MANT_DIG);
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
