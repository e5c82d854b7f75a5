/* SPDX-License-Identifier: BSD-3-Clause */
/* The exact kernels of the emulated product: the portable engine against
 * integers computed here, every other engine against the portable one, bit for
 * bit. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engines/engine.h"

enum { COUNT_MAX = 100, DEPTH_MAX = 1100, TILES_MAX = 70 };

static uint64_t state = 1;

static uint64_t bits(void)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

static double uniform(void)
{
    return (double)(bits() >> 11) * 0x1p-52 - 1;
}

static void *room(size_t bytes)
{
    void *block = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
    assert_non_null(block);
    return block;
}

static int usable(const sunzi_engine_ops *engine)
{
    char why[160];
    if (engine->available(why, sizeof why))
        return 1;
    print_message("skipped %s: %s\n", engine->name, why);
    return 0;
}

/* ---- moduli ---- */

static int gcd(int a, int b)
{
    return b ? gcd(b, a % b) : a;
}

static void moduli_tables(void **unused)
{
    (void)unused;
    for (int count = 2; count <= SUNZI_MODULI_LIST_LENGTH; count++) {
        sunzi_moduli m;
        double log2_p = 0;
        sunzi_moduli_init(&m, count);
        assert_int_equal(m.count, count);
        for (int t = 0; t < count; t++) {
            log2_p += log2(m.p[t]);
            assert_true(m.p[t] > 1 && m.p[t] <= 256);
            for (int s = 0; s < t; s++)
                assert_int_equal(gcd(m.p[s], m.p[t]), 1);
            /* cofactor_t * inverse_t = 1 mod p_t, and 0 mod the others */
            for (int s = 0; s < count; s++) {
                uint64_t r = 0;
                for (int w = SUNZI_MODULI_WORDS - 1; w >= 0; w--)
                    for (int b = 63; b >= 0; b--)
                        r = (2 * r + (m.cofactor[t][w] >> b & 1)) %
                            (uint64_t)m.p[s];
                assert_int_equal(r * (uint64_t)m.inverse[t] % (uint64_t)m.p[s],
                                 s == t);
            }
        }
        assert_true(fabs(m.log2_product_16 / 65536.0 - log2_p) < 3e-5);
        assert_true(m.log2_product_16 / 65536.0 <= log2_p + 1e-9);
    }
}

/* ---- conversion ---- */

typedef struct conversion {
    double data[COUNT_MAX * DEPTH_MAX * 2];
    float single[COUNT_MAX * DEPTH_MAX * 2];
    int32_t shift[COUNT_MAX], inner[DEPTH_MAX];
    uint8_t skip[COUNT_MAX];
} conversion;

static conversion c;

/* Numbers of many sizes, some zero or subnormal; shifts that make the integers
 * at most 2^operand_bits. */
static void fill(int count, int depth, int step, const sunzi_moduli *m)
{
    for (int h = 0; h < depth; h++)
        c.inner[h] = (int32_t)(bits() % 41) - 20;
    for (int i = 0; i < count * depth * step; i++) {
        const int kind = (int)(bits() % 16);
        double x = uniform();
        if (kind == 0)
            x = 0;
        else if (kind == 1)
            x = ldexp(x, -(int)(bits() % 900));
        else if (kind == 2)
            x = ldexp(1.0, -(int)(bits() % 60)) * (bits() & 1 ? 1.5 : -2.5) / 3;
        else if (kind == 3)
            x = ldexp((double)(bits() % 4096) + 0.5, -12); /* halves: ties */
        c.data[i] = x;
        c.single[i] = (float)x;
    }
    for (int v = 0; v < count; v++) {
        c.shift[v] = m->operand_bits - 20 - (int32_t)(bits() % 3);
        c.skip[v] = bits() % 11 == 0;
    }
}

/* What a packed panel must hold, straight from the definition: the integer
 * nearest to x 2^s by long division of its mantissa. */
static int reference_residue(double x, int s, int p, bool symmetric)
{
    int e;
    const double fraction = frexp(fabs(x), &e);
    uint64_t mantissa = (uint64_t)ldexp(fraction, 53);
    int power = e - 53 + s; /* |x| 2^s = mantissa 2^power */
    if (power < 0) {
        const int drop = -power;
        if (drop > 54) {
            mantissa = 0;
        } else {
            const uint64_t rest = mantissa & ((UINT64_C(1) << drop) - 1);
            const uint64_t half = UINT64_C(1) << (drop - 1);
            mantissa >>= drop;
            mantissa += rest > half || (rest == half && (mantissa & 1));
        }
        power = 0;
    }
    int r = (int)(mantissa % (uint64_t)p);
    for (int i = 0; i < power; i++)
        r = 2 * r % p;
    if (x < 0 && r)
        r = p - r;
    return symmetric && r > (p - 1) / 2 ? r - p : r;
}

static size_t place(sunzi_side side, int v, int h, int tiles)
{
    const size_t tile = (size_t)(v / 16 * tiles + h / 64) * SUNZI_TILE_BYTES;
    const int i = v % 16, d = h % 64;
    return tile + (size_t)(side == SUNZI_SIDE_A ? i * 64 + d
                                                : d / 4 * 64 + 4 * i + d % 4);
}

static sunzi_vectors view(int count, int depth, int step, bool by_elements,
                          bool single)
{
    return (sunzi_vectors){
        .data = single ? (const void *)c.single : (const void *)c.data,
        .single_precision = single,
        .count = count,
        .depth = depth,
        .vector_stride = by_elements ? (int64_t)depth * step : step,
        .element_stride = by_elements ? step : (int64_t)count * step};
}

static void portable_conversion_is_the_definition(void **unused)
{
    (void)unused;
    static const int moduli[] = {2, 7, 15, 16, 20, 32};
    const sunzi_engine_ops *portable = sunzi_engine_by_name("portable");
    const int count = 19, depth = 70, tiles = 2;
    for (size_t k = 0; k < sizeof moduli / sizeof *moduli; k++)
        for (int side = SUNZI_SIDE_A; side <= SUNZI_SIDE_B; side++) {
            sunzi_moduli m;
            sunzi_moduli_init(&m, moduli[k]);
            m.operand_bits = (m.log2_product_16 >> 17) - 5;
            if (m.operand_bits > 115)
                m.operand_bits = 115;
            fill(count, depth, 1, &m);
            const size_t stride = (size_t)(2 * tiles) * SUNZI_TILE_BYTES;
            uint8_t *out = room(stride * (size_t)m.count);
            const sunzi_vectors v = view(count, depth, 1, true, false);
            portable->convert(&v, c.inner, c.shift, c.skip, &m,
                              (sunzi_side)side, out, stride);
            for (int t = 0; t < m.count; t++)
                for (int i = 0; i < 32; i++)
                    for (int h = 0; h < 128; h++) {
                        const bool there = i < count && h < depth && !c.skip[i];
                        const int expected =
                            there ? reference_residue(c.data[i * depth + h],
                                                      c.inner[h] + c.shift[i],
                                                      m.p[t],
                                                      side == SUNZI_SIDE_B)
                                  : 0;
                        assert_int_equal(
                            out[(size_t)t * stride +
                                place((sunzi_side)side, i, h, tiles)],
                            (uint8_t)expected);
                    }
            free(out);
        }
}

static void compare_conversion(const sunzi_engine_ops *engine,
                               const sunzi_vectors *v, const sunzi_moduli *m,
                               int variant)
{
    const sunzi_engine_ops *portable = sunzi_engine_by_name("portable");
    const size_t tiles = (size_t)((v->depth + 63) / 64);
    const size_t groups = (size_t)((v->count + 15) / 16);
    const size_t stride = groups * tiles * SUNZI_TILE_BYTES + 64;
    uint8_t *a = room(stride * (size_t)m->count);
    uint8_t *b = room(stride * (size_t)m->count);
    const int32_t *inner = variant & 1 ? c.inner : NULL;
    const uint8_t *skip = variant & 2 ? c.skip : NULL;
    for (int side = SUNZI_SIDE_A; side <= SUNZI_SIDE_B; side++) {
        memset(a, 7, stride * (size_t)m->count);
        memset(b, 7, stride * (size_t)m->count);
        portable->convert(v, inner, c.shift, skip, m, (sunzi_side)side, a,
                          stride);
        engine->convert(v, inner, c.shift, skip, m, (sunzi_side)side, b,
                        stride);
        if (memcmp(a, b, stride * (size_t)m->count) != 0)
            fail_msg("%s: conversion of %d x %d, N %d, variant %d, side %d "
                     "differs from portable",
                     engine->name, (int)v->count, (int)v->depth, m->count,
                     variant, side);
    }
    free(a);
    free(b);
}

static void conversions_agree(void **unused)
{
    static const int counts[] = {1, 15, 16, 17, 65, 100};
    static const int depths[] = {1, 63, 64, 65, 200, 1100};
    static const int moduli[] = {2, 7, 15, 16, 20, 32};
    (void)unused;
    for (int e = 0; sunzi_engine_at(e); e++) {
        const sunzi_engine_ops *engine = sunzi_engine_at(e);
        if (!usable(engine))
            continue;
        for (int k = 0; k < 60; k++) {
            sunzi_moduli m;
            const int count = counts[bits() % 6];
            const int depth = depths[bits() % (k % 10 ? 5 : 6)];
            sunzi_moduli_init(&m, moduli[bits() % 6]);
            m.operand_bits = (m.log2_product_16 >> 17) - 1;
            const int step = k % 7 == 0 ? 2 : 1;
            fill(count, depth, step, &m);
            const sunzi_vectors v = view(count, depth, step, k & 1, k % 5 == 0);
            compare_conversion(engine, &v, &m, (int)(bits() % 4));
        }
    }
}

/* Integers around the powers of two up to 2^62, as they are and from the ends
 * of the range of FP64; halves; numbers far below 1/2. */
static void extreme_conversions_agree(void **unused)
{
    enum { VECTORS = 5, DEPTH = 66 };
    static const int powers[] = {0, 8, 15, 16, 30, 31, 32, 47, 48, 61, 62};
    static const int32_t shift[VECTORS] = {0, 1084, -961, -1, -5000};
    sunzi_moduli m;
    (void)unused;
    sunzi_moduli_init(&m, 16);
    m.operand_bits = 62;
    memset(c.skip, 0, sizeof c.skip);
    for (int h = 0; h < DEPTH; h++) {
        const int power = powers[h / 6];
        const double x = (h & 1 ? -1 : 1) * (ldexp(1, power) + h / 2 % 3 - 1);
        c.inner[h] = 0;
        for (int v = 0; v < VECTORS; v++) {
            c.shift[v] = shift[v];
            c.data[v * DEPTH + h] = ldexp(x, v == 1 ? -1084 : v == 2 ? 961 : 0);
        }
    }
    for (int e = 0; sunzi_engine_at(e); e++)
        if (usable(sunzi_engine_at(e))) {
            const sunzi_vectors v = view(VECTORS, DEPTH, 1, true, false);
            compare_conversion(sunzi_engine_at(e), &v, &m, 0);
        }
}

/* ---- statistics ---- */

static void statistics_agree(void **unused)
{
    const sunzi_engine_ops *portable = sunzi_engine_by_name("portable");
    sunzi_moduli m;
    (void)unused;
    sunzi_moduli_init(&m, 15);
    m.operand_bits = 50;
    for (int e = 0; sunzi_engine_at(e); e++) {
        const sunzi_engine_ops *engine = sunzi_engine_at(e);
        for (int k = 0; usable(engine) && k < 80; k++) {
            sunzi_vector_stats a[COUNT_MAX], b[COUNT_MAX];
            static int32_t max_a[DEPTH_MAX], max_b[DEPTH_MAX];
            const int count = 1 + (int)(bits() % COUNT_MAX);
            const int depth = 1 + (int)(bits() % 300);
            const int32_t *inner = k % 4 == 0 ? c.inner : NULL;
            fill(count, depth, 1, &m);
            for (int i = 0; i < 3 && k % 3 == 0; i++) {
                const uint64_t at = bits() % (uint64_t)(count * depth);
                c.data[at] = i ? INFINITY : NAN;
                c.single[at] = (float)c.data[at];
            }
            if (k % 5 == 0)
                c.data[0] = DBL_MAX, c.data[count * depth - 1] = 0x1p-1074;
            for (int h = 0; h < depth; h++)
                max_a[h] = max_b[h] = SUNZI_EXPONENT_ZERO;
            const sunzi_vectors v = view(count, depth, 1, k & 1, k % 7 == 0);
            portable->measure(&v, inner, a, max_a);
            engine->measure(&v, inner, b, max_b);
            assert_memory_equal(max_a, max_b, (size_t)depth * sizeof *max_a);
            for (int i = 0; i < count; i++) {
                assert_int_equal(a[i].special, b[i].special);
                if (!a[i].special)
                    assert_memory_equal(&a[i], &b[i], sizeof a[i]);
            }
        }
    }
}

/* Sums beyond what partial sums of 32 bits hold. */
static void statistics_of_long_vectors_agree(void **unused)
{
    enum { DEPTH = 140000, COUNT = 3 };
    const sunzi_engine_ops *portable = sunzi_engine_by_name("portable");
    double *x = room(COUNT * DEPTH * sizeof *x);
    (void)unused;
    for (int i = 0; i < COUNT * DEPTH; i++)
        x[i] = 0.999 + 1e-4 * uniform();
    for (int e = 0; sunzi_engine_at(e); e++) {
        const sunzi_engine_ops *engine = sunzi_engine_at(e);
        for (int across = 0; usable(engine) && across < 2; across++) {
            const sunzi_vectors v = {.data = x,
                                     .count = COUNT,
                                     .depth = DEPTH,
                                     .vector_stride = across ? 1 : DEPTH,
                                     .element_stride = across ? COUNT : 1};
            sunzi_vector_stats a[COUNT], b[COUNT];
            portable->measure(&v, NULL, a, NULL);
            engine->measure(&v, NULL, b, NULL);
            assert_true(a[0].ceil_squares > INT64_C(1) << 31);
            assert_memory_equal(a, b, sizeof a);
        }
    }
    free(x);
}

static void portable_statistics_are_the_definition(void **unused)
{
    /* maximum 0.75: e = 0, y = 128 |x|: 96, 64, 0.5, 0, 3.25 */
    static const double x[5] = {-0.75, 0.5, 0x1p-8, 0, 0x1.ap-6};
    const sunzi_vectors v = {x, false, 1, 5, 5, 1};
    sunzi_vector_stats s;
    int32_t inner_max[5] = {-3, 5, INT32_MIN, INT32_MIN, INT32_MIN};
    (void)unused;
    sunzi_engine_by_name("portable")->measure(&v, NULL, &s, inner_max);
    assert_int_equal(s.exponent, 0);
    assert_int_equal(s.special, 0);
    assert_int_equal(s.ceil_sum, 96 + 64 + 1 + 4);
    assert_int_equal(s.ceil_squares, 96 * 96 + 64 * 64 + 1 + 16);
    assert_int_equal(s.clip[0], 64 + 64 + 3);
    assert_int_equal(s.clip[1], 16 + 16 + 3);
    assert_int_equal(s.clip[2], 4 + 4 + 3);
    assert_int_equal(s.clip[3], 3);
    assert_int_equal(inner_max[0], 0);
    assert_int_equal(inner_max[1], 5);
    assert_int_equal(inner_max[2], -7);
    assert_int_equal(inner_max[3], INT32_MIN);
    assert_int_equal(inner_max[4], -5);
}

/* ---- products of residues ---- */

static void residue_products_agree(void **unused)
{
    static const int tiles_of[] = {1, 2, 15, 16, 17, 33, TILES_MAX};
    sunzi_moduli m;
    (void)unused;
    sunzi_moduli_init(&m, SUNZI_MODULI_LIST_LENGTH);
    for (int k = 0; k < 40; k++) {
        const int t = k % 5 ? (int)(bits() % 32) : 0;
        const int tiles = tiles_of[k % 7];
        const int rows = 1 + (int)(bits() % 3), cols = 1 + (int)(bits() % 4);
        const size_t stride = (size_t)tiles * SUNZI_TILE_BYTES + 64;
        const size_t r_stride = 16 * (size_t)cols + 5;
        uint8_t *a = room(stride * (size_t)rows),
                *b = room(stride * (size_t)cols);
        uint8_t *expected = room(16 * (size_t)rows * r_stride);
        uint8_t *r = room(16 * (size_t)rows * r_stride);
        const int p = m.p[t], kind = k % 4; /* 0: random; 1..3: extremes */
        for (size_t i = 0; i < stride * (size_t)rows; i++)
            a[i] = (uint8_t)(kind ? p - 1 : (int)(bits() % (uint64_t)p));
        for (size_t i = 0; i < stride * (size_t)cols; i++)
            b[i] = (uint8_t)(kind == 1   ? -(p / 2)
                             : kind == 2 ? (p - 1) / 2
                                         : (int)(bits() % (uint64_t)p) - p / 2);
        for (int i = 0; i < 16 * rows; i++)
            for (int j = 0; j < 16 * cols; j++) {
                int64_t sum = 0;
                for (int h = 0; h < 64 * tiles; h++)
                    sum += (int64_t)a[(size_t)(i / 16) * stride +
                                      place(SUNZI_SIDE_A, i % 16, h, tiles)] *
                           (int8_t)b[(size_t)(j / 16) * stride +
                                     place(SUNZI_SIDE_B, j % 16, h, tiles)];
                expected[(size_t)i * r_stride + (size_t)j] =
                    (uint8_t)((sum % p + p) % p);
            }
        for (int e = 0; sunzi_engine_at(e); e++) {
            const sunzi_engine_ops *engine = sunzi_engine_at(e);
            char why[160];
            if (!engine->available(why, sizeof why))
                continue;
            engine->residue_block(&m, t, tiles, rows, cols, a, stride, b,
                                  stride, r, r_stride);
            for (int i = 0; i < 16 * rows; i++)
                if (memcmp(r + (size_t)i * r_stride,
                           expected + (size_t)i * r_stride,
                           16 * (size_t)cols) != 0)
                    fail_msg("%s: p %d, %d tiles, row %d differs", engine->name,
                             p, tiles, i);
        }
        free(a), free(b), free(r), free(expected);
    }
}

/* ---- reconstruction ---- */

/* Residues of the integer mantissa 2^power + low, with a sign. */
static void residues_of(const sunzi_moduli *m, uint64_t mantissa, int power,
                        uint64_t low, bool negative, uint8_t *r, size_t stride)
{
    for (int t = 0; t < m->count; t++) {
        const uint64_t p = (uint64_t)m->p[t];
        uint64_t v = mantissa % p;
        for (int i = 0; i < power; i++)
            v = 2 * v % p;
        v = (v + low) % p;
        r[(size_t)t * stride] = (uint8_t)(negative && v ? p - v : v);
    }
}

static void expect(const sunzi_moduli *m, uint64_t mantissa, int power,
                   uint64_t low, int shift, double expected)
{
    for (int e = 0; sunzi_engine_at(e); e++)
        for (int negative = 0; negative < 2; negative++) {
            const sunzi_engine_ops *engine = sunzi_engine_at(e);
            char why[160];
            uint8_t r[SUNZI_MODULI_LIST_LENGTH * 64] = {0};
            double v[40];
            const int32_t row = shift / 2;
            int32_t col[40];
            if (!engine->available(why, sizeof why))
                continue;
            for (int j = 0; j < 40; j++) {
                residues_of(m, mantissa, power, low, negative, r + j, 64);
                col[j] = shift - row;
            }
            engine->reconstruct(m, 1, 40, r, 64, 64, &row, col, v, 40);
            /* what underflows keeps its sign; the integer 0 has none */
            const double wanted =
                negative && (mantissa || low) ? -expected : expected;
            for (int j = 0; j < 40; j++)
                if (memcmp(&v[j], &wanted, sizeof wanted) != 0)
                    fail_msg("%s: %s(%llu 2^%d + %llu) 2^-%d = %a, got %a",
                             engine->name, negative ? "-" : "",
                             (unsigned long long)mantissa, power,
                             (unsigned long long)low, shift, wanted, v[j]);
        }
}

static void reconstruction_rounds_once(void **unused)
{
    static const int moduli[] = {8, 14, 15, 16, 18, 25, 32};
    const uint64_t odd = (UINT64_C(1) << 52) + 1, even = odd + 1;
    (void)unused;
    for (size_t k = 0; k < sizeof moduli / sizeof *moduli; k++) {
        sunzi_moduli m;
        sunzi_moduli_init(&m, moduli[k]);
        const int top = (m.log2_product_16 >> 16) - 55; /* 2^(53 + top) < P/2 */
        for (int power = 2; power <= top; power += 7) {
            const uint64_t half = UINT64_C(1)
                                  << (power - 1 > 62 ? 62 : power - 1);
            const double o = (double)odd, e = (double)even;
            if (power - 1 > 62)
                continue;
            expect(&m, odd, power, half, 0, ldexp(o + 1, power)); /* tie: up */
            expect(&m, even, power, half, 0, ldexp(e, power)); /* tie: down */
            expect(&m, odd, power, half - 1, 0, ldexp(o, power));
            expect(&m, even, power, half + 1, 0, ldexp(e + 1, power));
            expect(&m, even, power, half + 1, 300, ldexp(e + 1, power - 300));
        }
        expect(&m, 0, 0, 0, 10, 0.0);
        expect(&m, 0, 0, 1, 5, 0x1p-5);
        expect(&m, 0, 0, 3, 1074, 3 * 0x1p-1074);
        expect(&m, 0, 0, 3, 1075, 0x1p-1073); /* 1.5 -> 2 */
        expect(&m, 0, 0, 5, 1075, 0x1p-1073); /* 2.5 -> 2 */
        expect(&m, 0, 0, 1, 1075, 0.0);       /* half the smallest */
        expect(&m, 0, 0, 3, 1076, 0x1p-1074); /* 0.75 -> 1 */
        expect(&m, 0, 0, 1, -1023, 0x1p1023);
        expect(&m, 0, 0, 2, -1023, INFINITY);
        /* 53 bits and a half beyond the subnormal grid: one rounding, not two
         */
        expect(&m, 0, 0, (UINT64_C(1) << 52) + 1, 1075, 0x1p-1023);
        expect(&m, 0, 0, (UINT64_C(1) << 52) + 3, 1075, 0x1p-1023 + 0x1p-1073);
    }
}

static void reconstructions_agree(void **unused)
{
    enum { ROWS = 3, COLS = 37, STRIDE = 48 };
    const sunzi_engine_ops *portable = sunzi_engine_by_name("portable");
    (void)unused;
    for (int e = 0; sunzi_engine_at(e); e++) {
        const sunzi_engine_ops *engine = sunzi_engine_at(e);
        for (int k = 0; usable(engine) && k < 200; k++) {
            static uint8_t r[SUNZI_MODULI_LIST_LENGTH * ROWS * STRIDE];
            double a[ROWS * COLS], b[ROWS * COLS];
            int32_t row[ROWS], col[COLS];
            sunzi_moduli m;
            sunzi_moduli_init(&m, 2 + k % 31);
            const int spread = k % 3 == 0 ? 1200 : 30;
            for (int i = 0; i < ROWS; i++)
                row[i] = (int32_t)(bits() % (uint64_t)spread) - spread / 4;
            for (int j = 0; j < COLS; j++)
                col[j] = (int32_t)(bits() % (uint64_t)spread) - spread / 4;
            for (int i = 0; i < ROWS; i++)
                for (int j = 0; j < COLS; j++) {
                    uint8_t *at = r + i * STRIDE + j;
                    if (k % 4 == 0) /* small integers: heavy cancellation */
                        residues_of(&m, 0, 0, bits() >> (bits() % 64),
                                    bits() & 1, at, ROWS * STRIDE);
                    else
                        for (int t = 0; t < m.count; t++)
                            at[t * ROWS * STRIDE] =
                                (uint8_t)(bits() % (uint64_t)m.p[t]);
                }
            portable->reconstruct(&m, ROWS, COLS, r, ROWS * STRIDE, STRIDE, row,
                                  col, a, COLS);
            engine->reconstruct(&m, ROWS, COLS, r, ROWS * STRIDE, STRIDE, row,
                                col, b, COLS);
            assert_memory_equal(a, b, sizeof a);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moduli_tables),
        cmocka_unit_test(portable_conversion_is_the_definition),
        cmocka_unit_test(conversions_agree),
        cmocka_unit_test(extreme_conversions_agree),
        cmocka_unit_test(portable_statistics_are_the_definition),
        cmocka_unit_test(statistics_agree),
        cmocka_unit_test(statistics_of_long_vectors_agree),
        cmocka_unit_test(residue_products_agree),
        cmocka_unit_test(reconstruction_rounds_once),
        cmocka_unit_test(reconstructions_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
