/* SPDX-License-Identifier: BSD-3-Clause */
/* engines/kernel/soft64.h against the arithmetic of this machine, bit for bit,
 * through the loops of each CPU engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "tests/engines/check_loops.h"
#include "tests/engines/kernel_check.h"

enum { BATCH = 2048, SHOWN = 5, PAIRS = 10000000 };

static const char *const names[CHECK_SOFT_RESULTS] = {
    "add",     "sub",      "mul",      "div",    "fma",    "sqrt",
    "compare", "to_float", "of_float", "of_i64", "of_i32", "ldexp"};

static k_u64 a[BATCH], b[BATCH], c[BATCH];
static k_i32 e[BATCH];
static k_u64 z[CHECK_SOFT_RESULTS * BATCH];
static int failures;

static k_u64 bits_of(double x)
{
    return isnan(x) ? K_SOFT_NAN : k_double_bits(x);
}

static k_u64 float_bits_of(float x)
{
    return isnan(x) ? 0x7fc00000u : k_float_bits(x);
}

/* what the machine says of element i */
static void machine(int i, k_u64 *list)
{
    const double x = k_double_of(a[i]), y = k_double_of(b[i]);
    list[CHECK_SOFT_ADD] = bits_of(x + y);
    list[CHECK_SOFT_SUB] = bits_of(x - y);
    list[CHECK_SOFT_MUL] = bits_of(x * y);
    list[CHECK_SOFT_DIV] = bits_of(x / y);
    list[CHECK_SOFT_FMA] = bits_of(fma(x, y, k_double_of(c[i])));
    list[CHECK_SOFT_SQRT] = bits_of(sqrt(x));
    list[CHECK_SOFT_LESS] = (k_u64)(x < y) + 2u * (x <= y) + 4u * (x == y);
    list[CHECK_SOFT_TO_FLOAT] = float_bits_of((float)x);
    list[CHECK_SOFT_OF_FLOAT] = bits_of((double)k_float_of((k_u32)a[i]));
    list[CHECK_SOFT_OF_I64] = bits_of((double)(k_i64)a[i]);
    list[CHECK_SOFT_OF_I32] = bits_of((double)(k_i32)(k_u32)a[i]);
    list[CHECK_SOFT_LDEXP] = bits_of(ldexp(x, e[i]));
}

static void run(const check_engine *engine)
{
    const check_soft64_args args = {CHECK_ARRAY(a), CHECK_ARRAY(b),
                                    CHECK_ARRAY(c), CHECK_ARRAY(e),
                                    CHECK_ARRAY(z), BATCH};
    engine->loops[LOOP_check_soft64](check_points(BATCH), &args);
    for (int i = 0; i < BATCH; i++) {
        k_u64 expected[CHECK_SOFT_RESULTS];
        machine(i, expected);
        for (int r = 0; r < CHECK_SOFT_RESULTS; r++)
            if (z[r * BATCH + i] != expected[r] && failures++ < SHOWN)
                print_error("soft %s (%s) of %016jx, %016jx, %016jx, %d: got "
                            "%016jx, expected %016jx\n",
                            names[r], engine->name, (uintmax_t)a[i],
                            (uintmax_t)b[i], (uintmax_t)c[i], e[i],
                            (uintmax_t)z[r * BATCH + i],
                            (uintmax_t)expected[r]);
    }
}

/* A number whose exponent lies `near` another's, or anywhere; its fraction
 * random, of few bits at the top or the bottom, or all ones. */
static k_u64 number(uint64_t seed, uint64_t i, k_u64 near)
{
    const uint64_t random = check_random(seed, i);
    const uint64_t how = check_random(seed + 1, i);
    const k_u64 field = (near >> 52) + how % 128 - 64;
    k_u64 fraction = random & 0xfffffffffffffu;
    const int cut = (int)(how >> 8 & 1023) % 52;
    if (how >> 16 & 1)
        fraction = fraction >> cut << cut;
    if (how >> 17 & 1)
        fraction &= ((k_u64)1 << cut) - 1u;
    if (how >> 18 & 1)
        fraction |= ((k_u64)1 << cut) - 1u;
    if (near && how >> 19 & 1)
        return (random & K_SOFT_SIGN) | (field & 2047) << 52 | fraction;
    return (random & 0xfff0000000000000u) | fraction;
}

static void random_numbers_have_the_bits_of_the_machine(void **state)
{
    const check_engine *engines = check_engines();
    int count = 0;
    (void)state;
    while (engines[count].name)
        count++;
    failures = 0;
    for (uint64_t first = 0; first < PAIRS; first += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            const uint64_t at = first + (uint64_t)i;
            a[i] = number(10, at, 0);
            b[i] = number(20, at, a[i]);
            const double product = k_double_of(a[i]) * k_double_of(b[i]);
            c[i] = number(30, at, k_double_bits(product));
            e[i] = (int)(check_random(40, at) % 4400) - 2200;
        }
        run(&engines[first / BATCH % (unsigned)count]);
    }
    assert_int_equal(failures, 0);
}

/* Zeros, the ends of each range, ties and their neighbours, numbers that
 * cancel. */
static const double list[] = {
    0.0,
    -0.0,
    0x1p-1074,
    -0x1p-1074,
    0x1.8p-1073,
    0x1.ffffffffffffep-1023,
    0x1p-1022,
    0x1.0000000000001p-1022,
    0x1p-537,
    0x1.0000000000001p-538,
    0x1p-53,
    0x1.0000000000001p-53,
    -0x1.fffffffffffffp-54,
    0x1p-54,
    1,
    -1,
    0x1.0000000000001p+0,
    0x1.fffffffffffffp+0,
    -0x1.fffffffffffffp-1,
    3,
    0x1.8p+52,
    0x1p+53,
    -0x1.fffffffffffffp+52,
    0x1p+511,
    0x1.fffffffffffffp+511,
    0x1p+512,
    0x1p+970,
    0x1.fffffffffffffp+969,
    -0x1p+971,
    0x1.fffffffffffffp+1023,
    -0x1.fffffffffffffp+1023,
    0x1p-126,
    0x1.ffffffp-127,
    0x1p-150,
    0x1.0000000000001p-150,
    0x1.000001p+0,
    0x1.000003p+0,
    0x1.fffffefffffffp+127,
    0x1.ffffffp+127,
    INFINITY,
    -INFINITY,
    NAN,
};
enum { COUNT = (int)(sizeof list / sizeof list[0]) };

/* All triples of the list. */
static void directed_cases_have_the_bits_of_the_machine(void **state)
{
    (void)state;
    failures = 0;
    for (int first = 0; first < COUNT * COUNT * COUNT; first += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            const int at = (first + i) % (COUNT * COUNT * COUNT);
            a[i] = k_double_bits(list[at % COUNT]);
            b[i] = k_double_bits(list[at / COUNT % COUNT]);
            c[i] = k_double_bits(list[at / COUNT / COUNT]);
            e[i] = at % 7 == 0   ? INT32_MAX
                   : at % 7 == 1 ? INT32_MIN
                                 : at % 2200 - 1100;
        }
        for (const check_engine *engine = check_engines(); engine->name;
             engine++)
            run(engine);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_numbers_have_the_bits_of_the_machine),
        cmocka_unit_test(directed_cases_have_the_bits_of_the_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
