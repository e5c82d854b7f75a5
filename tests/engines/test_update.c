/* SPDX-License-Identifier: BSD-3-Clause */
/* Low-precision updates: packing, the products of every engine, and threads. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engines/engine.h"
#include "precision/formats.h"
#include "precision/low_format.h"
#include "precision/update.h"
#include "tests/random.h"

enum {
    M = 37,
    N = 101,
    GROUPS_M = 3,
    GROUPS_N = 7,
    K_MAX = 130,
    TILES_MAX = 5
};

static uint64_t state = 1;

static float random_number(void)
{
    return (float)(int32_t)(random_step(&state) >> 32) * 0x1p-31f;
}

static int usable(const sunzi_engine_ops *engine)
{
    char why[160];
    if (engine->available(why, sizeof why))
        return 1;
    print_message("skipped %s: %s\n", engine->name, why);
    return 0;
}

static float from_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The 16 bits that `engine` packs for x. */
static uint16_t packed16(const sunzi_engine_ops *engine,
                         sunzi_low_format format, float x)
{
    _Alignas(64) uint16_t tile[SUNZI_TILE_BYTES / 2];
    int32_t scale[16];
    engine->update_pack(format, &x, 1, 1, 1, 1, SUNZI_SIDE_A, tile, scale);
    return tile[0];
}

/* Nearest even between the bit patterns p and p + 1. */
static uint16_t nearest(uint32_t p, int side_of_middle)
{
    return (uint16_t)(p +
                      (side_of_middle > 0 || (side_of_middle == 0 && (p & 1))));
}

static void bf16_rounds_to_nearest_even(void **unused)
{
    static const uint32_t low[] = {0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF};
    (void)unused;
    for (int e = 0; sunzi_engine_at(e); e++) {
        const sunzi_engine_ops *engine = sunzi_engine_at(e);
        if (!usable(engine))
            continue;
        for (uint32_t p = 0; p < 1 << 16; p++)
            for (int i = 0; i < 6; i++) {
                const float x = from_bits(p << 16 | low[i]);
                const uint16_t got = packed16(engine, SUNZI_LOW_BF16, x);
                if (isnan(x))
                    assert_true((got & 0x7FFF) > 0x7F80);
                else if (fabsf(x) < 0x1p-126f)
                    assert_int_equal(got, p & 0x8000);
                else
                    assert_int_equal(
                        got, nearest(p, (low[i] > 0x8000) - (low[i] < 0x8000)));
            }
    }
}

/* Value of a finite FP16 pattern without sign; 0x7C00 gives 2^16. */
static float half_value(uint32_t p)
{
    const int exponent = (int)(p >> 10);
    return exponent == 0 ? ldexpf((float)p, -24)
                         : ldexpf((float)((p & 0x3FF) | 0x400), exponent - 25);
}

static void fp16_rounds_to_nearest_even(void **unused)
{
    (void)unused;
    for (int e = 0; sunzi_engine_at(e); e++) {
        const sunzi_engine_ops *engine = sunzi_engine_at(e);
        if (!usable(engine))
            continue;
        for (uint32_t p = 0; p < 0x7C00; p++)
            for (uint32_t sign = 0; sign <= 0x8000; sign += 0x8000) {
                const float s = sign ? -1.0f : 1.0f;
                const float v = half_value(p);
                const float middle = (v + half_value(p + 1)) / 2;
                const float x[] = {v, nextafterf(middle, 0), middle,
                                   nextafterf(middle, INFINITY)};
                const int side[] = {-1, -1, 0, 1};
                for (int i = 0; i < 4; i++)
                    assert_int_equal(packed16(engine, SUNZI_LOW_FP16, s * x[i]),
                                     sign | nearest(p, side[i]));
            }
        assert_int_equal(packed16(engine, SUNZI_LOW_FP16, INFINITY), 0x7C00);
        assert_true((packed16(engine, SUNZI_LOW_FP16, NAN) & 0x7FFF) > 0x7C00);
    }
}

typedef struct problem {
    float a[M * K_MAX], b[K_MAX * N], c[M * N];
} problem;

static problem given; /* a[i * k + h], b[h * N + j] */

static void fill(int k)
{
    for (int i = 0; i < M * k; i++)
        given.a[i] = ldexpf(random_number(), i / k % 9 - 4);
    for (int i = 0; i < k * N; i++)
        given.b[i] = random_number();
    for (int i = 0; i < M * N; i++)
        given.c[i] = random_number();
}

/* c = given.c - A B by pack and block of `engine`. */
static void update(const sunzi_engine_ops *engine, sunzi_low_format format,
                   int k, float *c)
{
    static _Alignas(64) char a[GROUPS_M * TILES_MAX * 3 * SUNZI_TILE_BYTES];
    static _Alignas(64) char b[GROUPS_N * TILES_MAX * 3 * SUNZI_TILE_BYTES];
    int32_t a_scale[16 * GROUPS_M], b_scale[16 * GROUPS_N];
    const int unit = sunzi_low_tile_depth(format);
    const int tiles = (k + unit - 1) / unit;
    const size_t stride =
        (size_t)(tiles * sunzi_low_slices(format)) * SUNZI_TILE_BYTES;
    engine->update_pack(format, given.a, M, k, k, 1, SUNZI_SIDE_A, a, a_scale);
    engine->update_pack(format, given.b, N, k, 1, N, SUNZI_SIDE_B, b, b_scale);
    memcpy(c, given.c, sizeof given.c);
    engine->update_block(format, tiles, M, N, a, stride, a_scale, b, stride,
                         b_scale, c, N);
}

static const int depths[] = {1, 2, 31, 32, 33, 63, 64, 65, 130};
enum { DEPTHS = sizeof depths / sizeof *depths };

/* Exponent e of precision/low_format.h. */
static int exponent(const float *x, int count, int stride)
{
    float most = 0;
    int e = 0;
    for (int h = 0; h < count; h++)
        most = fmaxf(most, fabsf(x[h * stride]));
    (void)frexpf(most, &e);
    return e;
}

/* x 2^(20-e) rounded and cut into slices of 7 bits around zero. */
static void slices(float x, int e, int *s)
{
    const double q = nearbyint(ldexp(x, 20 - e));
    s[0] = (int)floor((q + 8192) / 16384);
    s[1] = (int)floor((q - 16384.0 * s[0] + 64) / 128);
    s[2] = (int)(q - 16384.0 * s[0] - 128.0 * s[1]);
}

static void int8_is_what_the_format_says(void **unused)
{
    static float c[M * N];
    (void)unused;
    for (int e = 0; sunzi_engine_at(e); e++) {
        const sunzi_engine_ops *engine = sunzi_engine_at(e);
        for (int d = 0; usable(engine) && d < DEPTHS; d++) {
            const int k = depths[d];
            fill(k);
            update(engine, SUNZI_LOW_INT8, k, c);
            for (int i = 0; i < M; i++)
                for (int j = 0; j < N; j++) {
                    const int ea = exponent(given.a + i * k, k, 1);
                    const int eb = exponent(given.b + j, k, N);
                    int32_t sum[3] = {0};
                    double exact = given.c[i * N + j];
                    for (int h = 0; h < k; h++) {
                        const float x = given.a[i * k + h];
                        const float y = given.b[h * N + j];
                        int p[3], q[3];
                        slices(x, ea, p);
                        slices(y, eb, q);
                        for (int s = 0; s < 3; s++)
                            for (int r = 0; r <= s; r++)
                                sum[s] += p[r] * q[s - r];
                        exact -= (double)x * y;
                    }
                    const float t =
                        fmaf(128, fmaf(128, (float)sum[0], (float)sum[1]),
                             (float)sum[2]);
                    const float expected =
                        fmaf(-ldexpf(1, ea + eb - 26), t, given.c[i * N + j]);
                    assert_memory_equal(c + i * N + j, &expected, sizeof *c);
                    /* the documented error, and the FP32 roundings */
                    assert_true(fabs(expected - exact) <=
                                k * ldexp(0x1.4p-19, ea + eb) +
                                    fabs((double)expected) * 0x1p-23);
                }
        }
    }
}

/* A NaN or infinity in an operand reaches its row or column of C in every
 * format. */
static void special_values_are_not_lost(void **unused)
{
    static float c[M * N];
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    (void)unused;
    for (int e = 0; sunzi_engine_at(e); e++) {
        const sunzi_engine_ops *engine = sunzi_engine_at(e);
        for (int f = 0; usable(engine) && f < SUNZI_LOW_COUNT; f++)
            for (int b = 0; b < 3; b++) {
                const int k = 65;
                fill(k);
                given.a[5 * k + 64] = bad[b];
                given.b[3 * N + 100] = -bad[b];
                update(engine, (sunzi_low_format)f, k, c);
                for (int i = 0; i < M; i++)
                    for (int j = 0; j < N; j++)
                        assert_int_equal(isfinite(c[i * N + j]) != 0,
                                         i != 5 && j != 100);
            }
    }
}

static float rounded(sunzi_low_format format, float x)
{
    const uint32_t bits = packed16(sunzi_engine_by_name("portable"), format, x);
    if (format == SUNZI_LOW_BF16)
        return from_bits(bits << 16);
    return copysignf(half_value(bits & 0x7FFF), x);
}

/* |error| <= gamma_(k+1) (|A||B| + |C|) for any order of an FP32 sum (Higham,
 * Accuracy and Stability, 2nd ed., section 3.1), on the rounded operands. */
static void sixteen_bits_are_within_the_bound(void **state_unused)
{
    static const sunzi_low_format formats[] = {SUNZI_LOW_BF16, SUNZI_LOW_FP16};
    static float c[M * N], a[M * K_MAX], b[K_MAX * N];
    (void)state_unused;
    for (int e = 0; sunzi_engine_at(e); e++) {
        const sunzi_engine_ops *engine = sunzi_engine_at(e);
        for (int t = 0; usable(engine) && t < 2 * DEPTHS; t++) {
            const int k = depths[t / 2];
            fill(k);
            for (int i = 0; i < M * k; i++)
                a[i] = rounded(formats[t % 2], given.a[i]);
            for (int i = 0; i < k * N; i++)
                b[i] = rounded(formats[t % 2], given.b[i]);
            update(engine, formats[t % 2], k, c);
            const double gamma = (k + 1) * 0x1p-24 / (1 - (k + 1) * 0x1p-24);
            for (int i = 0; i < M; i++)
                for (int j = 0; j < N; j++) {
                    double exact = given.c[i * N + j], size = fabs(exact);
                    for (int h = 0; h < k; h++) {
                        const double x = (double)a[i * k + h] * b[h * N + j];
                        exact -= x;
                        size += fabs(x);
                    }
                    assert_true(fabs(c[i * N + j] - exact) <= gamma * size);
                }
        }
    }
}

/* What every engine packs, for both sides and any strides. */
static void packed_operands_agree(void **unused)
{
    enum { COUNT = 70, DEPTH = 150, STEP = 2, ROOM = 5 * 16 * 192 * 3 };
    static float x[COUNT * DEPTH * STEP];
    _Alignas(64) static uint8_t a[ROOM], b[ROOM];
    static const float odd[] = {0,         -0.0f,   0x1p-149f, -0x1.8p-130f,
                                0x1p-126f, FLT_MAX, INFINITY,  NAN};
    const sunzi_engine_ops *portable = sunzi_engine_by_name("portable");
    (void)unused;
    for (int e = 0; sunzi_engine_at(e); e++) {
        const sunzi_engine_ops *engine = sunzi_engine_at(e);
        for (int t = 0; usable(engine) && t < 400; t++) {
            const sunzi_low_format format = (sunzi_low_format)(t % 3);
            const sunzi_side side = t / 3 % 2 ? SUNZI_SIDE_A : SUNZI_SIDE_B;
            const int kind = t / 6 % 3; /* along, across, neither */
            const int step = kind == 2 ? STEP : 1;
            const int count = 1 + (t * 7) % COUNT, depth = 1 + (t * 13) % DEPTH;
            int32_t a_scale[COUNT], b_scale[COUNT];
            for (int i = 0; i < count * depth * step; i++)
                x[i] = ldexpf(random_number(), -(i % 11));
            for (int i = 0; i < 6 && t % 2; i++) {
                const int which = (i + t) % 8;
                /* the payload of an FP16 NaN is not promised */
                x[(i * 977 + t) % (count * depth * step)] =
                    odd[format == SUNZI_LOW_FP16 && which == 7 ? 6 : which];
            }
            const int64_t vs = kind == 1 ? 1 : (int64_t)depth * step;
            const int64_t es = kind == 1 ? count : step;
            memset(a, 1, sizeof a);
            memset(b, 1, sizeof b);
            portable->update_pack(format, x, count, depth, vs, es, side, a,
                                  a_scale);
            engine->update_pack(format, x, count, depth, vs, es, side, b,
                                b_scale);
            assert_memory_equal(a, b, sizeof a);
            assert_memory_equal(a_scale, b_scale,
                                (size_t)count * sizeof *a_scale);
        }
    }
}

static float operand(sunzi_factor factor, float x)
{
    return factor == SUNZI_FACTOR_TF32
               ? (float)sunzi_round(&sunzi_format_tf32,
                                    SUNZI_ROUND_NEAREST_EVEN, 0, (double)x)
               : x;
}

/* sunzi_update with 1, 2 and 3 threads; FP32 and TF32 also against the chain.
 */
static void bits_do_not_depend_on_threads(void **unused)
{
    enum { SIZE = 300, DEPTH = 530, STRIDE = SIZE + 5 };
    static const sunzi_factor factors[] = {SUNZI_FACTOR_INT8, SUNZI_FACTOR_BF16,
                                           SUNZI_FACTOR_FP16, SUNZI_FACTOR_TF32,
                                           SUNZI_FACTOR_FP32};
    static float a[SIZE * DEPTH], b[SIZE * DEPTH], c[2][SIZE * STRIDE];
    (void)unused;
    for (int i = 0; i < SIZE * DEPTH; i++)
        a[i] = random_number(), b[i] = random_number();
    for (int t = 0; t < 20; t++) {
        const sunzi_factor factor = factors[t / 4];
        const bool lower = t & 1, transposed = t & 2;
        for (int threads = 1; threads <= 3; threads++) {
            sunzi_context_options options;
            sunzi_context *ctx = NULL;
            sunzi_context_options_init(&options);
            options.threads = threads;
            assert_int_equal(sunzi_context_create(&options, &ctx), SUNZI_OK);
            void *scratch =
                malloc(sunzi_update_scratch_bytes(factor, SIZE, SIZE, DEPTH));
            float *result = c[threads > 1];
            assert_non_null(scratch);
            for (int i = 0; i < SIZE * STRIDE; i++)
                result[i] = (float)(i % 17);
            sunzi_update(ctx, factor, SIZE, SIZE, DEPTH, a,
                         transposed ? 1 : DEPTH, transposed ? SIZE : 1, b,
                         transposed ? 1 : SIZE, transposed ? DEPTH : 1, result,
                         STRIDE, lower, scratch);
            for (int i = 0; i < SIZE && threads > 1; i++)
                assert_memory_equal(c[0] + i * STRIDE, c[1] + i * STRIDE,
                                    (size_t)(lower ? i + 1 : SIZE) *
                                        sizeof(float));
            free(scratch);
            sunzi_context_destroy(&ctx);
        }
        for (int i = 0; i < SIZE && factor >= SUNZI_FACTOR_TF32; i++)
            for (int j = 0; j < (lower ? i + 1 : SIZE); j++) {
                float x = (float)((i * STRIDE + j) % 17);
                for (int h = 0; h < DEPTH; h++)
                    x = fmaf(
                        -operand(factor,
                                 a[transposed ? h * SIZE + i : i * DEPTH + h]),
                        operand(factor,
                                b[transposed ? j * DEPTH + h : h * SIZE + j]),
                        x);
                assert_memory_equal(&x, c[0] + i * STRIDE + j, sizeof x);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bf16_rounds_to_nearest_even),
        cmocka_unit_test(fp16_rounds_to_nearest_even),
        cmocka_unit_test(int8_is_what_the_format_says),
        cmocka_unit_test(special_values_are_not_lost),
        cmocka_unit_test(sixteen_bits_are_within_the_bound),
        cmocka_unit_test(packed_operands_agree),
        cmocka_unit_test(bits_do_not_depend_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
