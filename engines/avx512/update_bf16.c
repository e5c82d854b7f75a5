/* SPDX-License-Identifier: BSD-3-Clause */
/* C -= A B for packed BF16 operands: 8 x 48 entries in registers. An entry's
 * sum has one order whatever the shape of the block it is in. */
#include "engines/avx512/update_bf16.h"

#include <immintrin.h>
#include <string.h>

#include "engines/engine.h"

enum { ROWS = 8, GROUPS = 3 };

static inline __m512bh as_bf16(__m512i x)
{
    return (__m512bh)x;
}

static inline __mmask16 first(int cols)
{
    return cols >= 16 ? 0xFFFF : cols > 0 ? (__mmask16)((1 << cols) - 1) : 0;
}

static inline __attribute__((always_inline)) void
tile(const int groups, int64_t tiles, const char *a, const char *b,
     size_t b_stride, int rows, int cols, float *c, int64_t ldc)
{
    __m512 sum[ROWS][GROUPS];
#pragma GCC unroll 8
    for (int i = 0; i < ROWS; i++)
#pragma GCC unroll 3
        for (int g = 0; g < groups; g++)
            sum[i][g] = _mm512_setzero_ps();
    for (int64_t at = 0; at < tiles * SUNZI_TILE_BYTES; at += SUNZI_TILE_BYTES)
        for (int q = 0; q < 16; q++) {
            __m512bh b_g[GROUPS];
#pragma GCC unroll 3
            for (int g = 0; g < groups; g++)
                b_g[g] = as_bf16(
                    _mm512_load_si512(b + (size_t)g * b_stride + at + q * 64));
#pragma GCC unroll 8
            for (int i = 0; i < ROWS; i++) {
                int32_t pair;
                memcpy(&pair, a + at + i * 64 + q * 4, sizeof pair);
                const __m512bh a_i = as_bf16(_mm512_set1_epi32(pair));
#pragma GCC unroll 3
                for (int g = 0; g < groups; g++)
                    sum[i][g] = _mm512_dpbf16_ps(sum[i][g], a_i, b_g[g]);
            }
        }
#pragma GCC unroll 8
    for (int i = 0; i < ROWS; i++)
#pragma GCC unroll 3
        for (int g = 0; g < groups; g++) {
            if (i >= rows)
                break;
            const __mmask16 exist = first(cols - 16 * g);
            float *to = c + i * ldc + 16 * g;
            _mm512_mask_storeu_ps(
                to, exist,
                _mm512_sub_ps(_mm512_maskz_loadu_ps(exist, to), sum[i][g]));
        }
}

void sunzi_avx512_update_bf16(int64_t depth_tiles, int rows, int cols,
                              const void *a, size_t a_stride, const void *b,
                              size_t b_stride, float *c, int64_t ldc)
{
    for (int j = 0; j < cols; j += 16 * GROUPS) {
        const char *b_j = (const char *)b + (size_t)(j / 16) * b_stride;
        const int groups = (cols - j + 15) / 16;
        for (int i = 0; i < rows; i += ROWS) {
            const char *a_i =
                (const char *)a + (size_t)(i / 16) * a_stride + i % 16 * 64;
            float *to = c + i * ldc + j;
            if (groups >= 3)
                tile(3, depth_tiles, a_i, b_j, b_stride, rows - i, cols - j, to,
                     ldc);
            else if (groups == 2)
                tile(2, depth_tiles, a_i, b_j, b_stride, rows - i, cols - j, to,
                     ldc);
            else
                tile(1, depth_tiles, a_i, b_j, b_stride, rows - i, cols - j, to,
                     ldc);
        }
    }
}
