/* SPDX-License-Identifier: BSD-3-Clause */
/* Packing of update operands (precision/low_format.h): plain C, built with the
 * flags of an engine. The includer defines UPDATE_PACK, the name of the kernel.
 */
#ifndef UPDATE_PACK
#error "define UPDATE_PACK before including update_pack_template.h"
#endif

#include <math.h>
#include <string.h>

#include "precision/low_format.h"

static uint16_t to_bf16(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    const uint32_t magnitude = bits & 0x7FFFFFFF;
    if (magnitude > 0x7F800000) /* NaN: keep it one */
        return (uint16_t)(bits >> 16 | 0x40);
    if (magnitude < 0x00800000) /* subnormal: signed zero */
        return (uint16_t)(bits >> 16 & 0x8000);
    return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

static uint16_t to_fp16(float x)
{
    const sunzi_half h = (sunzi_half)x;
    uint16_t bits;
    memcpy(&bits, &h, sizeof bits);
    return bits;
}

typedef struct operand {
    const float *data;
    int64_t count, depth, vector_stride, element_stride;
} operand;

static float at(const operand *o, int64_t v, int64_t h)
{
    return v < o->count && h < o->depth
               ? o->data[v * o->vector_stride + h * o->element_stride]
               : 0.0f;
}

static int32_t exponent_of(const operand *o, int64_t v)
{
    uint32_t most = 0; /* magnitudes compare like their bits, NaN the largest */
    for (int64_t h = 0; h < o->depth; h++) {
        const float x = at(o, v, h);
        uint32_t bits;
        memcpy(&bits, &x, sizeof bits);
        bits &= 0x7FFFFFFF;
        most = bits > most ? bits : most;
    }
    if (most >= 0x7F800000)
        return SUNZI_LOW_SPECIAL;
    float largest;
    memcpy(&largest, &most, sizeof largest);
    int e = 0;
    (void)frexpf(largest, &e);
    return e;
}

/* x[v][h] of one tile, zeros where the operand ends */
static void gather(const operand *o, int64_t v0, int64_t h0, int depth,
                   float *restrict x)
{
    const int64_t vectors = o->count - v0 < 16 ? o->count - v0 : 16;
    const int64_t elements = o->depth - h0 < depth ? o->depth - h0 : depth;
    if (vectors < 16 || elements < depth)
        memset(x, 0, (size_t)(16 * depth) * sizeof *x);
    const float *from =
        o->data + v0 * o->vector_stride + h0 * o->element_stride;
    if (o->element_stride == 1) {
        for (int64_t v = 0; v < vectors; v++)
            for (int64_t h = 0; h < elements; h++)
                x[v * depth + h] = from[v * o->vector_stride + h];
    } else {
        for (int64_t h = 0; h < elements; h++)
            for (int64_t v = 0; v < vectors; v++)
                x[v * depth + h] =
                    from[v * o->vector_stride + h * o->element_stride];
    }
}

static void pack16(const operand *o, bool fp16, sunzi_side side, char *out)
{
    enum { DEPTH = SUNZI_TILE_DEPTH16 };
    float x[16 * DEPTH];
    uint16_t bits[16 * DEPTH];
    for (int64_t v = 0; v < o->count; v += 16)
        for (int64_t h = 0; h < o->depth; h += DEPTH) {
            gather(o, v, h, DEPTH, x);
            if (fp16)
                for (int i = 0; i < 16 * DEPTH; i++)
                    bits[i] = to_fp16(x[i]);
            else
                for (int i = 0; i < 16 * DEPTH; i++)
                    bits[i] = to_bf16(x[i]);
            if (side == SUNZI_SIDE_A) {
                memcpy(out, bits, SUNZI_TILE_BYTES);
            } else {
                uint16_t tile[16 * DEPTH];
                for (int q = 0; q < DEPTH / 2; q++)
                    for (int j = 0; j < 16; j++) {
                        tile[q * 32 + 2 * j] = bits[j * DEPTH + 2 * q];
                        tile[q * 32 + 2 * j + 1] = bits[j * DEPTH + 2 * q + 1];
                    }
                memcpy(out, tile, SUNZI_TILE_BYTES);
            }
            out += SUNZI_TILE_BYTES;
        }
}

static void pack8(const operand *o, sunzi_side side, char *out,
                  const int32_t *scale)
{
    enum { DEPTH = SUNZI_TILE_DEPTH8 };
    const int64_t tiles = (o->depth + DEPTH - 1) / DEPTH;
    float x[16 * DEPTH];
    const int64_t slice = tiles * SUNZI_TILE_BYTES;
    for (int64_t v = 0; v < o->count; v += 16, out += 2 * slice) {
        for (int64_t h = 0; h < o->depth; h += DEPTH) {
            gather(o, v, h, DEPTH, x);
            for (int j = 0; j < 16; j++) {
                const bool special =
                    v + j < o->count && scale[v + j] == SUNZI_LOW_SPECIAL;
                if (special)
                    memset(x + j * DEPTH, 0, DEPTH * sizeof *x);
                /* 2^(20-e) may be beyond FP32: two steps, each exact */
                const int e =
                    v + j < o->count && !special ? 20 - scale[v + j] : 0;
                const float first = ldexpf(1.0f, e / 2);
                const float second = ldexpf(1.0f, e - e / 2);
                for (int i = 0; i < DEPTH; i++) {
                    const int32_t q =
                        (int32_t)rintf(x[j * DEPTH + i] * first * second);
                    const int32_t s0 = (q + (1 << 13)) >> 14;
                    const int32_t r = q - s0 * (1 << 14);
                    const int32_t s1 = (r + 64) >> 7;
                    const int to = side == SUNZI_SIDE_A
                                       ? j * DEPTH + i
                                       : i / 4 * 64 + j * 4 + i % 4;
                    out[to] = (char)s0;
                    out[to + slice] = (char)s1;
                    out[to + 2 * slice] = (char)(r - 128 * s1);
                }
            }
            out += SUNZI_TILE_BYTES;
        }
    }
}

void UPDATE_PACK(sunzi_low_format format, const float *data, int64_t count,
                 int64_t depth, int64_t vector_stride, int64_t element_stride,
                 sunzi_side side, void *out, int32_t *scale)
{
    const operand o = {data, count, depth, vector_stride, element_stride};
    for (int64_t v = 0; v < count; v++)
        scale[v] = format == SUNZI_LOW_INT8 ? exponent_of(&o, v) : 0;
    if (format == SUNZI_LOW_INT8)
        pack8(&o, side, out, scale);
    else
        pack16(&o, format == SUNZI_LOW_FP16, side, out);
}
