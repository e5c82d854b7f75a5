/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers on the wire are those that sunzi_round gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engines/engine.h"
#include "precision/formats.h"
#include "precision/wire.h"
#include "tests/random.h"

static const struct {
    sunzi_wire wire;
    const sunzi_format *format;
} narrow[] = {{SUNZI_WIRE_FP32, &sunzi_format_fp32},
              {SUNZI_WIRE_FP16, &sunzi_format_fp16},
              {SUNZI_WIRE_BF16, &sunzi_format_bf16}};
enum { FORMATS = 3 };

static const sunzi_engine_ops *engine;

static void same(double a, double b)
{
    if (isnan(a) || isnan(b))
        assert_true(isnan(a) && isnan(b));
    else
        assert_memory_equal(&a, &b, sizeof a);
}

/* There and back, from an odd address. */
static void travel(double x)
{
    for (int f = 0; f < FORMATS; f++) {
        char packed[2 * sizeof(double)];
        double back = -7;
        float back32 = -7, x32 = (float)x;
        const double expected =
            sunzi_round(narrow[f].format, SUNZI_ROUND_NEAREST_EVEN, 0, x);
        const double expected32 =
            sunzi_round(narrow[f].format, SUNZI_ROUND_NEAREST_EVEN, 0, x32);
        assert_int_equal(
            sunzi_wire_pack(engine, false, narrow[f].wire, 1, &x, packed + 1),
            isinf(expected) && !isinf(x));
        sunzi_wire_unpack(engine, false, narrow[f].wire, 1, packed + 1, &back);
        same(back, expected);
        assert_int_equal(
            sunzi_wire_pack(engine, true, narrow[f].wire, 1, &x32, packed + 1),
            isinf(expected32) && !isinf(x32));
        sunzi_wire_unpack(engine, true, narrow[f].wire, 1, packed + 1, &back32);
        same(back32, expected32);
    }
}

/* Every number of 16 bits, the middle to the next one, and their neighbours in
 * FP64: where roundings change, and where two of them would go wrong. */
static void all_ties(void **unused)
{
    (void)unused;
    for (int f = 1; f < FORMATS; f++)
        for (uint32_t bits = 0; bits < 1 << 16; bits++) {
            const uint16_t packed[2] = {(uint16_t)bits, (uint16_t)(bits + 1)};
            double x[2];
            sunzi_wire_unpack(engine, false, narrow[f].wire, 2, packed, x);
            travel(x[0]);
            const double middle = 0.5 * (x[0] + x[1]);
            travel(middle);
            travel(nextafter(middle, INFINITY));
            travel(nextafter(middle, -INFINITY));
        }
}

static void special_numbers(void **unused)
{
    static const double x[] = {0.0,     1.0,       INFINITY,   NAN,    DBL_MAX,
                               DBL_MIN, 0x1p-1074, FLT_MAX,    65504,  65519.9,
                               65520,   0x1p-150,  0x1.8p-149, 0x1p-25};
    (void)unused;
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        travel(x[i]);
        travel(-x[i]);
    }
}

static void random_numbers(void **unused)
{
    uint64_t state = 3;
    (void)unused;
    for (int i = 0; i < 300000; i++) {
        random_step(&state);
        const double part = (double)(int64_t)state * 0x1p-63;
        travel(ldexp(part, (int)(state >> 20 & 255) - 128));
        travel(ldexp(part, (int)(state >> 20 & 31) - 16));
    }
}

/* Many numbers at once, blocks and what is left of one, with a few that do not
 * fit: as one at a time. */
static void many_numbers(void **unused)
{
    enum { MANY = 1003 };
    static double x[MANY];
    static float x32[MANY];
    uint64_t state = 5;
    (void)unused;
    for (int i = 0; i < MANY; i++) {
        random_step(&state);
        x[i] = ldexp((double)(int64_t)state * 0x1p-63,
                     i % 50 == 7 ? 200 : (int)(state >> 20 & 31) - 16);
        if (i % 100 == 31)
            x[i] = i % 200 == 31 ? -INFINITY : NAN;
        x32[i] = (float)x[i];
    }
    for (int f = 0; f < FORMATS; f++)
        for (int single = 0; single < 2; single++) {
            static char all[MANY * sizeof(double)];
            const size_t bytes = sunzi_wire_bytes(single, narrow[f].wire);
            const void *numbers = single ? (void *)x32 : (void *)x;
            const int64_t count = sunzi_wire_pack(
                engine, single, narrow[f].wire, MANY, numbers, all);
            int64_t sum = 0;
            for (int i = 0; i < MANY; i++) {
                char one[sizeof(double)];
                sum += sunzi_wire_pack(engine, single, narrow[f].wire, 1,
                                       single ? (void *)&x32[i] : (void *)&x[i],
                                       one);
                assert_memory_equal(one, all + (size_t)i * bytes, bytes);
            }
            assert_int_equal(count, sum);
            assert_true(single || count > 0);
        }
}

static void stored_numbers(void **unused)
{
    const double x[3] = {1.0 / 3, -0.0, NAN};
    const float y[3] = {1.0f / 3, -0.0f, NAN};
    char packed[sizeof x];
    (void)unused;
    assert_int_equal(
        sunzi_wire_pack(engine, false, SUNZI_WIRE_STORED, 3, x, packed), 0);
    assert_memory_equal(x, packed, sizeof x);
    assert_int_equal(sunzi_wire_bytes(false, SUNZI_WIRE_STORED), 8);
    assert_int_equal(sunzi_wire_bytes(false, SUNZI_WIRE_FP32), 4);
    assert_int_equal(sunzi_wire_bytes(false, SUNZI_WIRE_FP16), 2);
    assert_int_equal(sunzi_wire_bytes(true, SUNZI_WIRE_BF16), 2);
    for (int w = SUNZI_WIRE_STORED; w <= SUNZI_WIRE_FP32; w++) {
        assert_int_equal(sunzi_wire_bytes(true, (sunzi_wire)w), 4);
        assert_int_equal(
            sunzi_wire_pack(engine, true, (sunzi_wire)w, 3, y, packed), 0);
        assert_memory_equal(y, packed, sizeof y);
    }
}

/* All of it with each engine of this machine. */
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_ties),       cmocka_unit_test(special_numbers),
        cmocka_unit_test(random_numbers), cmocka_unit_test(many_numbers),
        cmocka_unit_test(stored_numbers),
    };
    int failed = 0;
    for (int e = 0; sunzi_engine_at(e); e++) {
        char why[200];
        engine = sunzi_engine_at(e);
        if (!engine->available(why, sizeof why))
            continue;
        printf("engine %s\n", engine->name);
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }
    return failed;
}
