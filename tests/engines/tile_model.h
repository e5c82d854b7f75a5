/* SPDX-License-Identifier: BSD-3-Clause */
/* A software model of the AMX tile registers, by the operation sections of the
 * Intel SDM, vol. 2 (TILELOADD, TILESTORED, TILEZERO, TDPBUSD, TDPBSSD,
 * TDPBF16PS, TDPFP16PS). It takes the place of engines/amx/tile.h, so that the
 * schedule of the AMX kernels is run on CPUs without AMX: a test, never an
 * engine. Whatever would fault on hardware (no configuration, a shape the
 * configuration does not have) ends the test program, and so does a kernel that
 * relies on a register it has not written. */
#ifndef SUNZI_ENGINES_AMX_TILE_H
#define SUNZI_ENGINES_AMX_TILE_H

#include <immintrin.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODEL_TILES = 8, MODEL_ROWS = 16, MODEL_ROW_BYTES = 64 };

typedef struct model_tile {
    bool configured, written;
    int rows, row_bytes;
    union {
        uint8_t u8[MODEL_ROWS][MODEL_ROW_BYTES];
        int8_t s8[MODEL_ROWS][MODEL_ROW_BYTES];
        int32_t s32[MODEL_ROWS][MODEL_ROW_BYTES / 4];
        uint16_t u16[MODEL_ROWS][MODEL_ROW_BYTES / 2];
        float f32[MODEL_ROWS][MODEL_ROW_BYTES / 4];
    } data;
} model_tile;

static _Thread_local model_tile model_tiles[MODEL_TILES];
static _Thread_local long model_begins, model_ends, model_products;

static void model_fault(const char *what, int tile)
{
    fprintf(stderr, "tile model: %s (tmm%d)\n", what, tile);
    abort();
}

static inline model_tile *model_find(int tile, bool reads)
{
    if (tile < 0 || tile >= MODEL_TILES)
        model_fault("no such register", tile);
    model_tile *t = &model_tiles[tile];
    if (!t->configured)
        model_fault("not configured (#UD)", tile);
    if (reads && !t->written)
        model_fault("read before it was written", tile);
    return t;
}

static inline void model_begin(void)
{
    memset(model_tiles, 0, sizeof model_tiles);
    for (int t = 0; t < MODEL_TILES; t++) {
        model_tiles[t].configured = true;
        model_tiles[t].rows = MODEL_ROWS;
        model_tiles[t].row_bytes = MODEL_ROW_BYTES;
    }
    model_begins++;
}

static inline void model_end(void)
{
    memset(model_tiles, 0, sizeof model_tiles);
    model_ends++;
}

static inline void model_zero(int tile)
{
    model_tile *t = model_find(tile, false);
    memset(&t->data, 0, sizeof t->data);
    t->written = true;
}

static inline void model_load(int tile, const void *base, size_t stride)
{
    model_tile *t = model_find(tile, false);
    for (int i = 0; i < t->rows; i++)
        memcpy(t->data.u8[i], (const char *)base + (size_t)i * stride,
               (size_t)t->row_bytes);
    t->written = true;
}

static inline void model_store(int tile, void *base, size_t stride)
{
    const model_tile *t = model_find(tile, true);
    for (int i = 0; i < t->rows; i++)
        memcpy((char *)base + (size_t)i * stride, t->data.u8[i],
               (size_t)t->row_bytes);
}

/* #UD of the TDP instructions: shapes that do not fit, registers the same. */
static inline void model_check_product(int c, int a, int b)
{
    const model_tile *tc = model_find(c, true), *ta = model_find(a, true),
                     *tb = model_find(b, true);
    if (c == a || c == b || a == b)
        model_fault("registers of a product must differ (#UD)", c);
    if (tc->rows != ta->rows || tc->row_bytes != tb->row_bytes ||
        ta->row_bytes != 4 * tb->rows)
        model_fault("shapes of a product do not fit (#UD)", c);
    model_products++;
}

/* c[m][n] += sum_k sum_i a.byte[m][4k + i] * b.byte[k][4n + i], mod 2^32 */
static inline void model_dot_bytes(int c, int a, int b, bool a_signed)
{
    model_check_product(c, a, b);
    model_tile *tc = &model_tiles[c];
    const model_tile *ta = &model_tiles[a], *tb = &model_tiles[b];
    for (int m = 0; m < tc->rows; m++)
        for (int k = 0; k < ta->row_bytes / 4; k++)
            for (int n = 0; n < tb->row_bytes / 4; n++) {
                int sum = 0;
                for (int i = 0; i < 4; i++)
                    sum += (a_signed ? ta->data.s8[m][4 * k + i]
                                     : ta->data.u8[m][4 * k + i]) *
                           tb->data.s8[k][4 * n + i];
                tc->data.s32[m][n] =
                    (int32_t)((uint32_t)tc->data.s32[m][n] + (uint32_t)sum);
            }
}

/* Subnormals are zeros, to inputs and results. */
static inline float model_flush(float x)
{
    return fpclassify(x) == FP_SUBNORMAL ? copysignf(0, x) : x;
}

static inline float model_bf16(uint16_t bits)
{
    uint32_t word = (uint32_t)bits << 16;
    float x;
    memcpy(&x, &word, sizeof x);
    return model_flush(x);
}

static inline float model_fp16(uint16_t bits)
{
    return _cvtsh_ss(bits);
}

/* Even and odd products are summed apart along k, each by a fused multiply-add,
 * then added together and to c: nearest even, FP32 subnormals flushed (an FP16
 * subnormal is a normal FP32 number). */
static inline void model_dot_16(int c, int a, int b, float (*value)(uint16_t))
{
    model_check_product(c, a, b);
    model_tile *tc = &model_tiles[c];
    const model_tile *ta = &model_tiles[a], *tb = &model_tiles[b];
    for (int m = 0; m < tc->rows; m++)
        for (int n = 0; n < tb->row_bytes / 4; n++) {
            float sum[2] = {0, 0};
            for (int k = 0; k < ta->row_bytes / 4; k++)
                for (int i = 0; i < 2; i++)
                    sum[i] = model_flush(fmaf(value(ta->data.u16[m][2 * k + i]),
                                              value(tb->data.u16[k][2 * n + i]),
                                              sum[i]));
            float both = model_flush(sum[0] + sum[1]);
            tc->data.f32[m][n] =
                model_flush(model_flush(tc->data.f32[m][n]) + both);
        }
}

#define TILE_BEGIN() model_begin()
#define TILE_END()   model_end()

#define TILE_ZERO(t)                 model_zero(t)
#define TILE_LOAD(t, base, stride)   model_load(t, base, stride)
#define TILE_STREAM(t, base, stride) model_load(t, base, stride)
#define TILE_STORE(t, base, stride)  model_store(t, base, stride)

#define TILE_DOT_U8_S8(c, a, b) model_dot_bytes(c, a, b, false)
#define TILE_DOT_S8_S8(c, a, b) model_dot_bytes(c, a, b, true)
#define TILE_DOT_BF16(c, a, b)  model_dot_16(c, a, b, model_bf16)
#define TILE_DOT_FP16(c, a, b)  model_dot_16(c, a, b, model_fp16)

#endif
