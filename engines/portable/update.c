/* SPDX-License-Identifier: BSD-3-Clause */
/* Low-precision updates: what precision/low_format.h means. */
#include <math.h>

#include "engines/portable/kernels.h"

#define UPDATE_PACK sunzi_portable_update_pack
#include "engines/cpu/update_pack_template.h"

/* Number h of vector v in a packed panel of 16-bit numbers, by side. */
static uint16_t number16(const uint16_t *panel, sunzi_side side, int64_t v,
                         int64_t h, size_t stride)
{
    const uint16_t *tile = panel + (size_t)(v / 16) * (stride / 2) +
                           (size_t)(h / 32) * (SUNZI_TILE_BYTES / 2);
    const int64_t i = v % 16, d = h % 32;
    return tile[side == SUNZI_SIDE_A ? i * 32 + d : d / 2 * 32 + 2 * i + d % 2];
}

static float widen(sunzi_low_format format, uint16_t bits)
{
    if (format == SUNZI_LOW_FP16) {
        sunzi_half h;
        memcpy(&h, &bits, sizeof h);
        return (float)h;
    }
    const uint32_t wide = (uint32_t)bits << 16;
    float x;
    memcpy(&x, &wide, sizeof x);
    return x;
}

static int8_t number8(const int8_t *panel, sunzi_side side, int64_t v,
                      int64_t h, size_t stride)
{
    const int8_t *tile =
        panel + (size_t)(v / 16) * stride + (size_t)(h / 64) * SUNZI_TILE_BYTES;
    const int64_t i = v % 16, d = h % 64;
    return tile[side == SUNZI_SIDE_A ? i * 64 + d : d / 4 * 64 + 4 * i + d % 4];
}

static void block16(sunzi_low_format format, int64_t depth, int rows, int cols,
                    const void *a, size_t a_stride, const void *b,
                    size_t b_stride, float *c, int64_t ldc)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++) {
            float sum = 0;
            for (int64_t h = 0; h < depth; h++)
                sum = fmaf(
                    widen(format, number16(a, SUNZI_SIDE_A, i, h, a_stride)),
                    widen(format, number16(b, SUNZI_SIDE_B, j, h, b_stride)),
                    sum);
            c[i * ldc + j] -= sum;
        }
}

static void block8(int64_t depth, int rows, int cols, const int8_t *a,
                   size_t a_stride, const int32_t *a_scale, const int8_t *b,
                   size_t b_stride, const int32_t *b_scale, float *c,
                   int64_t ldc)
{
    const int64_t slice = depth / 64 * SUNZI_TILE_BYTES;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++) {
            int32_t p0 = 0, p1 = 0, p2 = 0;
            for (int64_t h = 0; h < depth; h++) {
                int32_t x[3], y[3];
                for (int s = 0; s < 3; s++) {
                    x[s] = number8(a + s * slice, SUNZI_SIDE_A, i, h, a_stride);
                    y[s] = number8(b + s * slice, SUNZI_SIDE_B, j, h, b_stride);
                }
                p0 += x[0] * y[0];
                p1 += x[0] * y[1] + x[1] * y[0];
                p2 += x[0] * y[2] + x[1] * y[1] + x[2] * y[0];
            }
            const float t =
                fmaf(128.0f, fmaf(128.0f, (float)p0, (float)p1), (float)p2);
            c[i * ldc + j] = fmaf(-ldexpf(1.0f, a_scale[i] + b_scale[j] - 26),
                                  t, c[i * ldc + j]);
        }
}

void sunzi_portable_update_block(sunzi_low_format format, int64_t depth_tiles,
                                 int rows, int cols, const void *a,
                                 size_t a_stride, const int32_t *a_scale,
                                 const void *b, size_t b_stride,
                                 const int32_t *b_scale, float *c, int64_t ldc)
{
    if (format == SUNZI_LOW_INT8)
        block8(64 * depth_tiles, rows, cols, a, a_stride, a_scale, b, b_stride,
               b_scale, c, ldc);
    else
        block16(format, 32 * depth_tiles, rows, cols, a, a_stride, b, b_stride,
                c, ldc);
}
