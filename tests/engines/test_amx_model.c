/* SPDX-License-Identifier: BSD-3-Clause */
/* The schedule of the AMX kernels, run on a software model of the tile
 * registers and compared bit for bit with the portable engine. Needs AVX-512
 * VNNI, which the kernels use beside the tiles, but no AMX. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engines/engine.h"
#include "tests/engines/amx_model_kernels.h"

enum { CANARY = 0xA5 };

static uint64_t random_state = 20240229;

/* xorshift64* (Vigna, 2016) */
static uint32_t random32(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * 2685821657736338717ull) >> 32);
}

static void *make(size_t bytes)
{
    void *block = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(block);
    return block;
}

static int can_run(void)
{
    if (__builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vnni"))
        return 1;
    print_message("skipped: this CPU has no AVX-512 VNNI\n");
    return 0;
}

/* ---- residues ---- */

typedef struct residue_case {
    int64_t depth_tiles;
    int row_groups, col_groups;
} residue_case;

static const residue_case residue_cases[] = {
    {1, 1, 1},  {1, 2, 2},  {2, 1, 2},  {3, 2, 1},  {15, 3, 3},
    {16, 2, 5}, {17, 1, 3}, {33, 3, 2}, {40, 4, 4}, {5, 5, 1},
};

/* Residues of side A in [0, p), of side B symmetric; extreme: the largest
 * magnitudes only, B of one sign within a column. */
static void fill_residues(uint8_t *a, size_t a_bytes, uint8_t *b,
                          size_t b_bytes, int p, bool extreme)
{
    for (size_t i = 0; i < a_bytes; i++)
        a[i] = (uint8_t)(extreme ? p - 1 : (int)(random32() % (uint32_t)p));
    for (size_t i = 0; i < b_bytes; i++) {
        int high = (p - 1) / 2;
        int low = p % 2 ? -high : -p / 2;
        int r = low + (int)(random32() % (uint32_t)p);
        if (extreme)
            r = i / 4 % 3 ? low : high;
        b[i] = (uint8_t)(int8_t)r;
    }
}

/* The definition, without a blocking: element h of vector v lies in tile v /
 * 16, h / 64 at the place that engines/engine.h gives. */
static int residue_of_sum(const residue_case *c, const uint8_t *a,
                          const uint8_t *b, int i, int j, int p)
{
    const size_t stride = (size_t)c->depth_tiles * SUNZI_TILE_BYTES;
    int64_t sum = 0;
    for (int64_t h = 0; h < c->depth_tiles * SUNZI_TILE_DEPTH8; h++) {
        size_t tile = (size_t)(h / 64) * SUNZI_TILE_BYTES;
        size_t in_a = (size_t)(i % 16 * 64 + h % 64);
        size_t in_b = (size_t)(h % 64 / 4 * 64 + j % 16 * 4 + h % 4);
        sum += a[(size_t)(i / 16) * stride + tile + in_a] *
               (int8_t)b[(size_t)(j / 16) * stride + tile + in_b];
    }
    return (int)((sum % p + p) % p);
}

static void check_residues(const residue_case *c, const sunzi_moduli *m, int t,
                           bool extreme)
{
    const sunzi_engine_ops *portable = sunzi_engine_by_name("portable");
    const size_t stride = (size_t)c->depth_tiles * SUNZI_TILE_BYTES;
    const int rows = 16 * c->row_groups, cols = 16 * c->col_groups;
    const size_t r_stride = (size_t)cols + 16, r_bytes = rows * r_stride;
    uint8_t *a = make(stride * (size_t)c->row_groups);
    uint8_t *b = make(stride * (size_t)c->col_groups);
    uint8_t *got = make(r_bytes), *expected = make(r_bytes);
    long begins[2], ends[2], products[2];
    fill_residues(a, stride * (size_t)c->row_groups, b,
                  stride * (size_t)c->col_groups, m->p[t], extreme);
    memset(got, CANARY, r_bytes);
    memset(expected, CANARY, r_bytes);
    model_counts(&begins[0], &ends[0], &products[0]);
    model_residue_block(m, t, c->depth_tiles, c->row_groups, c->col_groups, a,
                        stride, b, stride, got, r_stride);
    model_counts(&begins[1], &ends[1], &products[1]);
    portable->residue_block(m, t, c->depth_tiles, c->row_groups, c->col_groups,
                            a, stride, b, stride, expected, r_stride);
    assert_memory_equal(got, expected, r_bytes);
    for (int s = 0; s < 50; s++) {
        int i = (int)(random32() % (uint32_t)rows);
        int j = (int)(random32() % (uint32_t)cols);
        assert_int_equal(got[(size_t)i * r_stride + (size_t)j],
                         residue_of_sum(c, a, b, i, j, m->p[t]));
    }
    assert_int_equal(begins[1] - begins[0], 1);
    assert_int_equal(ends[1] - ends[0], 1);
    assert_int_equal(products[1] - products[0],
                     c->depth_tiles * c->row_groups * c->col_groups);
    free(a), free(b), free(got), free(expected);
}

static void residues_of_all_moduli(void **state)
{
    (void)state;
    if (!can_run())
        skip();
    sunzi_moduli m;
    sunzi_moduli_init(&m, SUNZI_MODULI_LIST_LENGTH);
    for (int t = 0; t < m.count; t++)
        for (int extreme = 0; extreme < 2; extreme++)
            check_residues(&(residue_case){17, 2, 2}, &m, t, extreme);
}

static void residues_of_all_shapes(void **state)
{
    (void)state;
    if (!can_run())
        skip();
    const int moduli[] = {0, 1, 14, 31}; /* 256, 255, ... */
    sunzi_moduli m;
    sunzi_moduli_init(&m, SUNZI_MODULI_LIST_LENGTH);
    for (size_t c = 0; c < sizeof residue_cases / sizeof *residue_cases; c++)
        for (int t = 0; t < 4; t++)
            for (int extreme = 0; extreme < 2; extreme++)
                check_residues(&residue_cases[c], &m, moduli[t], extreme);
}

/* ---- updates ---- */

typedef struct update_case {
    int64_t depth_tiles;
    int rows, cols;
} update_case;

static const update_case update_cases[] = {
    {1, 1, 1},   {1, 16, 16}, {2, 17, 15},  {5, 32, 33},
    {8, 31, 64}, {3, 80, 49}, {40, 64, 47},
};

/* A 16-bit number of either format with few enough bits to be exact in both:
 * bf16 by its upper bits, fp16 by its exponent and significand. */
static float random_number(bool fp16, uint16_t *bits)
{
    const int significand =
        (int)(random32() % 256) - 128; /* 7 bits and a sign */
    const int exponent = (int)(random32() % 8) - 4;
    const float x = ldexpf((float)significand, exponent);
    if (fp16) {
        *bits = 0;
        if (significand != 0) {
            int e;
            float f = frexpf(fabsf(x), &e); /* [1/2, 1) */
            *bits = (uint16_t)((x < 0) << 15 | (e + 14) << 10 |
                               ((int)(f * 2048) & 1023));
        }
    } else {
        uint32_t word;
        memcpy(&word, &x, sizeof word);
        *bits = (uint16_t)(word >> 16);
    }
    return x;
}

static int groups(int count)
{
    return (count + 15) / 16;
}

/* Random packed vectors in `tiles` and their values in x[vector][depth]. */
static void fill_16(bool fp16, sunzi_side side, int count, int64_t depth_tiles,
                    uint16_t *tiles, float *x)
{
    const int64_t depth = depth_tiles * SUNZI_TILE_DEPTH16;
    for (int v = 0; v < 16 * groups(count); v++)
        for (int64_t h = 0; h < depth; h++) {
            int64_t tile = (v / 16) * depth_tiles + h / 32;
            int64_t in = side == SUNZI_SIDE_A
                             ? v % 16 * 32 + h % 32
                             : h % 32 / 2 * 32 + v % 16 * 2 + h % 2;
            x[v * depth + h] = random_number(fp16, &tiles[tile * 512 + in]);
        }
}

/* Against the sum in double, which is exact for these numbers (16-bit products
 * on a grid of 2^-8): |error| <= (depth + 2) u |A||B| + u |c|, u = 2^-24. */
static void check_entries(const update_case *u, const float *x, const float *y,
                          const float *before, const float *after, int64_t ldc)
{
    const int64_t depth = u->depth_tiles * SUNZI_TILE_DEPTH16;
    for (int i = 0; i < u->rows; i++)
        for (int64_t j = 0; j < ldc; j++) {
            const float old = before[i * ldc + j], got = after[i * ldc + j];
            if (j >= u->cols) {
                assert_true(got == old);
                continue;
            }
            double sum = 0, magnitude = 0;
            for (int64_t h = 0; h < depth; h++) {
                double term = (double)x[i * depth + h] * y[j * depth + h];
                sum += term;
                magnitude += fabs(term);
            }
            double bound = 0x1p-24 * ((double)(depth + 2) * magnitude +
                                      fabs((double)old - sum));
            assert_true(fabs((double)old - sum - got) <= bound);
        }
}

/* Operands of one update, their groups of vectors, and C before it. */
typedef struct update {
    const update_case *shape;
    sunzi_low_format format;
    size_t stride, a_bytes, b_bytes, c_bytes;
    int64_t ldc;
    uint8_t *a, *b;
    int32_t *a_scale, *b_scale;
    float *before, *c, *expected;
} update;

static update make_update(sunzi_low_format format, const update_case *shape)
{
    const int slices = format == SUNZI_LOW_INT8 ? 3 : 1;
    const int row_groups = groups(shape->rows),
              col_groups = groups(shape->cols);
    update u = {.shape = shape, .format = format, .ldc = shape->cols + 3};
    u.stride = (size_t)slices * (size_t)shape->depth_tiles * SUNZI_TILE_BYTES;
    u.a_bytes = u.stride * (size_t)row_groups;
    u.b_bytes = u.stride * (size_t)col_groups;
    u.c_bytes = (size_t)shape->rows * (size_t)u.ldc * sizeof(float);
    u.a = make(u.a_bytes);
    u.b = make(u.b_bytes);
    u.a_scale = make(64 * (size_t)row_groups);
    u.b_scale = make(64 * (size_t)col_groups);
    u.before = make(u.c_bytes);
    u.c = make(u.c_bytes);
    u.expected = make(u.c_bytes);
    for (int v = 0; v < 16 * row_groups; v++)
        u.a_scale[v] = (int)(random32() % 20) - 10;
    for (int v = 0; v < 16 * col_groups; v++)
        u.b_scale[v] = (int)(random32() % 20) - 10;
    for (size_t i = 0; i < u.c_bytes / sizeof(float); i++)
        u.before[i] = (float)(int32_t)random32() * 0x1p-20f;
    memcpy(u.c, u.before, u.c_bytes);
    memcpy(u.expected, u.before, u.c_bytes);
    return u;
}

static void free_update(update *u)
{
    free(u->a), free(u->b), free(u->a_scale), free(u->b_scale);
    free(u->before), free(u->c), free(u->expected);
}

/* The same update in four calls, cut at row and column 16. */
static void update_cut(const update *u, float *c)
{
    const int rows = u->shape->rows, cols = u->shape->cols;
    const int row[] = {0, rows < 16 ? rows : 16, rows};
    const int col[] = {0, cols < 16 ? cols : 16, cols};
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            model_update_block(
                u->format, u->shape->depth_tiles, row[i + 1] - row[i],
                col[j + 1] - col[j], u->a + (size_t)i * u->stride, u->stride,
                u->a_scale + row[i], u->b + (size_t)j * u->stride, u->stride,
                u->b_scale + col[j], c + row[i] * u->ldc + col[j], u->ldc);
}

static void run(void (*kernel)(sunzi_low_format, int64_t, int, int,
                               const void *, size_t, const int32_t *,
                               const void *, size_t, const int32_t *, float *,
                               int64_t),
                const update *u, float *c)
{
    kernel(u->format, u->shape->depth_tiles, u->shape->rows, u->shape->cols,
           u->a, u->stride, u->a_scale, u->b, u->stride, u->b_scale, c, u->ldc);
}

static void check_update_16(sunzi_low_format format, const update_case *shape)
{
    const bool fp16 = format == SUNZI_LOW_FP16;
    const size_t depth = (size_t)shape->depth_tiles * SUNZI_TILE_DEPTH16;
    update u = make_update(format, shape);
    float *x = make(16 * (size_t)groups(shape->rows) * depth * sizeof *x);
    float *y = make(16 * (size_t)groups(shape->cols) * depth * sizeof *y);
    fill_16(fp16, SUNZI_SIDE_A, shape->rows, shape->depth_tiles,
            (uint16_t *)u.a, x);
    fill_16(fp16, SUNZI_SIDE_B, shape->cols, shape->depth_tiles,
            (uint16_t *)u.b, y);
    run(model_update_block, &u, u.c);
    check_entries(shape, x, y, u.before, u.c, u.ldc);
    update_cut(&u, u.expected);
    assert_memory_equal(u.c, u.expected, u.c_bytes);
    free(x), free(y);
    free_update(&u);
}

static void updates_in_16_bits(void **state)
{
    (void)state;
    if (!can_run())
        skip();
    for (size_t u = 0; u < sizeof update_cases / sizeof *update_cases; u++) {
        check_update_16(SUNZI_LOW_BF16, &update_cases[u]);
        check_update_16(SUNZI_LOW_FP16, &update_cases[u]);
    }
}

/* s0, s1 in [-64, 64], s2 in [-64, 63]; extreme: the largest magnitudes only.
 */
static void fill_slices(uint8_t *tiles, size_t bytes, size_t stride,
                        bool extreme)
{
    for (size_t i = 0; i < bytes; i++) {
        const bool hi = i % stride < stride / 3 * 2;
        int slice = (int)(random32() % (hi ? 129 : 128)) - 64;
        if (extreme)
            slice = hi && i / 64 % 2 ? 64 : -64;
        tiles[i] = (uint8_t)(int8_t)slice;
    }
}

static void updates_in_int8(void **state)
{
    (void)state;
    if (!can_run())
        skip();
    const sunzi_engine_ops *portable = sunzi_engine_by_name("portable");
    for (size_t i = 0; i < sizeof update_cases / sizeof *update_cases; i++)
        for (int extreme = 0; extreme < 2; extreme++) {
            update u = make_update(SUNZI_LOW_INT8, &update_cases[i]);
            fill_slices(u.a, u.a_bytes, u.stride, extreme);
            fill_slices(u.b, u.b_bytes, u.stride, extreme);
            run(model_update_block, &u, u.c);
            run(portable->update_block, &u, u.expected);
            assert_memory_equal(u.c, u.expected, u.c_bytes);
            memcpy(u.expected, u.before, u.c_bytes);
            update_cut(&u, u.expected);
            assert_memory_equal(u.c, u.expected, u.c_bytes);
            free_update(&u);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(residues_of_all_moduli),
        cmocka_unit_test(residues_of_all_shapes),
        cmocka_unit_test(updates_in_16_bits),
        cmocka_unit_test(updates_in_int8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
