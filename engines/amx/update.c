/* SPDX-License-Identifier: BSD-3-Clause */
/* C -= A B in the formats of precision/low_format.h on the AMX tiles.
 *
 * Blocks of 32 x 32 entries of C over the whole depth. As in residue.c, a
 * block's sums go to a scratch in the first-level cache and into C between the
 * tile products of the next block. Where a block has only one group of rows or
 * columns, it computes that group twice. An entry's sum does not depend on
 * where its block begins, so the bits of C do not depend on how the caller cuts
 * C. */
#include "engines/amx/tile.h" /* first: a model may have taken its place */

#include <immintrin.h>
#include <stdbool.h>

#include "engines/amx/kernels.h"
#include "precision/low_format.h"

enum {
    SIDE = 32,          /* rows and columns of a block */
    PLANE = SIDE * SIDE /* sums of a block; INT8: hh, then mid */
};

/* One slice of an operand's two groups of 16 vectors. */
typedef struct slice {
    const uint8_t *tiles;
    size_t stride; /* to the second group; 0: there is none */
} slice;

/* A block of C, and its sums [planes][32][32] (float, or int32_t for INT8). */
typedef struct target {
    const void *sums;
    float *c;
    int64_t ldc;
    int rows;
    __mmask16 left, right; /* columns that exist */
    /* INT8: exponents of the rows and, with -19 for the slices, the columns */
    const int32_t *row_scale;
    __m512 left_scale, right_scale;
} target;

/* What is done between the tile products. */
typedef struct between {
    target done, next;
    int subtracted, fetched, rows_per_step; /* rows of the two */
} between;

/* 16 entries of C; INT8: row and scale, the exponents of row and columns. */
static inline void subtract16(const sunzi_low_format format, float *c,
                              const void *sums, __mmask16 columns, float row,
                              __m512 scale)
{
    __m512 factor = _mm512_set1_ps(-1.0f), t;
    __m512 old = _mm512_maskz_loadu_ps(columns, c);
    if (format == SUNZI_LOW_INT8) {
        const int32_t *p = sums;
        const __m512 base = _mm512_set1_ps(128.0f);
        const __m512 p0 = _mm512_cvtepi32_ps(_mm512_load_si512(p));
        const __m512 p1 = _mm512_cvtepi32_ps(_mm512_load_si512(p + PLANE));
        const __m512 p2 = _mm512_cvtepi32_ps(_mm512_load_si512(p + 2 * PLANE));
        t = _mm512_fmadd_ps(base, _mm512_fmadd_ps(base, p0, p1), p2);
        factor =
            _mm512_scalef_ps(factor, _mm512_add_ps(scale, _mm512_set1_ps(row)));
    } else {
        t = _mm512_load_ps(sums);
    }
    _mm512_mask_storeu_ps(c, columns, _mm512_fmadd_ps(factor, t, old));
}

static inline void subtract_rows(const sunzi_low_format format, between *w,
                                 int count)
{
    const target *t = &w->done;
    for (; count > 0 && w->subtracted < t->rows; count--, w->subtracted++) {
        const int i = w->subtracted;
        float *c = t->c + i * t->ldc;
        const int32_t *sums = (const int32_t *)t->sums + i * SIDE;
        float row = format == SUNZI_LOW_INT8 ? (float)t->row_scale[i] : 0.0f;
        subtract16(format, c, sums, t->left, row, t->left_scale);
        if (t->right)
            subtract16(format, c + 16, sums + 16, t->right, row,
                       t->right_scale);
    }
}

/* Rows of C on their way to the first-level cache before they are changed. */
static inline void fetch_rows(between *w, int count)
{
    const target *t = &w->next;
    for (; count > 0 && w->fetched < t->rows; count--, w->fetched++) {
        const float *c = t->c + w->fetched * t->ldc;
        _mm_prefetch((const char *)c, _MM_HINT_T0);
        if (t->right)
            _mm_prefetch((const char *)(c + 16), _MM_HINT_T0);
    }
}

/* Registers: 0 1 / 2 3 sums of left / right columns, 4 5 A, 6 7 B. */
static inline __attribute__((always_inline)) void
accumulate(const sunzi_low_format format, int64_t steps, slice a, slice b,
           between *w)
{
    for (int64_t q = 0; q < steps; q++) {
        const size_t at = (size_t)q * SUNZI_TILE_BYTES;
        TILE_STREAM(6, b.tiles + at, 64);
        TILE_LOAD(4, a.tiles + at, 64);
        TILE_LOAD(5, a.tiles + a.stride + at, 64);
        TILE_STREAM(7, b.tiles + b.stride + at, 64);
        if (format == SUNZI_LOW_INT8) {
            TILE_DOT_S8_S8(0, 4, 6);
            TILE_DOT_S8_S8(1, 5, 6);
            TILE_DOT_S8_S8(2, 4, 7);
            TILE_DOT_S8_S8(3, 5, 7);
        } else if (format == SUNZI_LOW_FP16) {
            TILE_DOT_FP16(0, 4, 6);
            TILE_DOT_FP16(1, 5, 6);
            TILE_DOT_FP16(2, 4, 7);
            TILE_DOT_FP16(3, 5, 7);
        } else {
            TILE_DOT_BF16(0, 4, 6);
            TILE_DOT_BF16(1, 5, 6);
            TILE_DOT_BF16(2, 4, 7);
            TILE_DOT_BF16(3, 5, 7);
        }
        subtract_rows(format, w, w->rows_per_step);
        fetch_rows(w, w->rows_per_step);
    }
}

static inline void begin_sums(void)
{
    TILE_ZERO(0);
    TILE_ZERO(1);
    TILE_ZERO(2);
    TILE_ZERO(3);
}

static inline void store_sums(int32_t *sums)
{
    const size_t row_bytes = SIDE * sizeof *sums;
    TILE_STORE(0, sums, row_bytes); /* in the order in which they are read */
    TILE_STORE(2, sums + 16, row_bytes);
    TILE_STORE(1, sums + 16 * SIDE, row_bytes);
    TILE_STORE(3, sums + 16 * SIDE + 16, row_bytes);
}

static __mmask16 first_columns(int count)
{
    return count >= 16 ? 0xFFFF : count > 0 ? (__mmask16)((1 << count) - 1) : 0;
}

/* As float, of the columns that exist: t = 2^26 a b / 2^(e_a+e_b) */
static __m512 column_scale(const int32_t *b_scale, __mmask16 columns)
{
    return _mm512_cvtepi32_ps(_mm512_add_epi32(
        _mm512_maskz_loadu_epi32(columns, b_scale), _mm512_set1_epi32(-26)));
}

/* The block of C at (i, j) with sums to come. */
static target aim(const sunzi_low_format format, int i, int j, int rows,
                  int cols, const int32_t *a_scale, const int32_t *b_scale,
                  float *c, int64_t ldc, const void *sums)
{
    target t = {
        .sums = sums,
        .c = c + i * ldc + j,
        .ldc = ldc,
        .rows = rows - i < SIDE ? rows - i : SIDE,
        .left = first_columns(cols - j),
        .right = first_columns(cols - j - 16),
    };
    if (format == SUNZI_LOW_INT8) {
        t.row_scale = a_scale + i;
        t.left_scale = column_scale(b_scale + j, t.left);
        if (t.right)
            t.right_scale = column_scale(b_scale + j + 16, t.right);
    }
    return t;
}

static inline __attribute__((always_inline)) void
update(const sunzi_low_format format, int64_t steps, int rows, int cols,
       const uint8_t *a, size_t a_stride, const int32_t *a_scale,
       const uint8_t *b, size_t b_stride, const int32_t *b_scale, float *c,
       int64_t ldc)
{
    _Alignas(64) int32_t sums[3 * PLANE];
    const size_t slice_bytes = (size_t)steps * SUNZI_TILE_BYTES;
    /* all of a waiting block before its scratch is written again */
    between w = {.rows_per_step = (int)((SIDE + steps - 1) / steps)};
    TILE_BEGIN();
    for (int i = 0; i < rows; i += SIDE)
        for (int j = 0; j < cols; j += SIDE) {
            const slice a0 = {a + (size_t)(i / 16) * a_stride,
                              i + 16 < rows ? a_stride : 0};
            const slice b0 = {b + (size_t)(j / 16) * b_stride,
                              j + 16 < cols ? b_stride : 0};
            w.next =
                aim(format, i, j, rows, cols, a_scale, b_scale, c, ldc, sums);
            w.fetched = 0;
            begin_sums();
            accumulate(format, steps, a0, b0, &w);
            store_sums(sums);
            if (format == SUNZI_LOW_INT8) {
                const slice a1 = {a0.tiles + slice_bytes, a0.stride};
                const slice b1 = {b0.tiles + slice_bytes, b0.stride};
                const slice a2 = {a1.tiles + slice_bytes, a0.stride};
                const slice b2 = {b1.tiles + slice_bytes, b0.stride};
                begin_sums();
                accumulate(format, steps, a0, b1, &w);
                accumulate(format, steps, a1, b0, &w);
                store_sums(sums + PLANE);
                begin_sums();
                accumulate(format, steps, a0, b2, &w);
                accumulate(format, steps, a1, b1, &w);
                accumulate(format, steps, a2, b0, &w);
                store_sums(sums + 2 * PLANE);
            }
            w.done = w.next;
            w.subtracted = 0;
        }
    subtract_rows(format, &w, SIDE);
    TILE_END();
}

void sunzi_amx_update_block(sunzi_low_format format, int64_t depth_tiles,
                            int rows, int cols, const void *a, size_t a_stride,
                            const int32_t *a_scale, const void *b,
                            size_t b_stride, const int32_t *b_scale, float *c,
                            int64_t ldc)
{
    if (depth_tiles < 1)
        return;
    if (format == SUNZI_LOW_INT8)
        update(SUNZI_LOW_INT8, depth_tiles, rows, cols, a, a_stride, a_scale, b,
               b_stride, b_scale, c, ldc);
    else if (format == SUNZI_LOW_FP16)
        update(SUNZI_LOW_FP16, depth_tiles, rows, cols, a, a_stride, a_scale, b,
               b_stride, b_scale, c, ldc);
    else
        update(SUNZI_LOW_BF16, depth_tiles, rows, cols, a, a_stride, a_scale, b,
               b_stride, b_scale, c, ldc);
}
