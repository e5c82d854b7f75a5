/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads and cache blocks around the update kernels of the engine. */
#include "precision/update.h"

#include <string.h>

#include "core/integer.h"
#include "engines/engine.h"
#include "precision/low_format.h"

enum {
    DEPTH = 512,      /* of one packed chunk: panels of 48 vectors fit the L1 */
    BLOCK_ROWS = 128, /* of C a task; its A panel fits the L2 */
    BLOCK_COLS = 1056,   /* of C a task, a multiple of 16, 32 and 48 */
    PACK_VECTORS = 64,   /* a packing task */
    CHUNK = 192,         /* ordered products: whole register tiles */
    CHUNKS_A_THREAD = 2, /* each packs the other operand again */
    SMALL = 1 << 17      /* multiply-adds below which one thread is faster */
};

_Static_assert((int)DEPTH <= (int)SUNZI_LOW_DEPTH_MAX,
               "sums of a chunk fit 32 bits");

typedef struct product {
    sunzi_context *ctx;
    int m, n, k;
    const float *a, *b;
    int64_t a_row, a_col, b_row, b_col;
    float *c;
    int64_t ldc;
    bool lower_only;
} product;

static int threads_for(const product *p)
{
    const bool small = (double)p->m * p->n * p->k < SMALL;
    return small ? 1 : sunzi_threads(p->ctx);
}

/* Bytes of one packed operand of `vectors` vectors and one chunk of depth. */
static size_t panel_bytes(sunzi_low_format format, int vectors, int depth)
{
    const size_t unit = (size_t)sunzi_low_tile_depth(format);
    return sunzi_round_up_size((size_t)vectors, 16) / 16 *
           (sunzi_round_up_size((size_t)depth, unit) / unit) *
           (size_t)sunzi_low_slices(format) * SUNZI_TILE_BYTES;
}

static bool low_format(sunzi_factor factor, sunzi_low_format *format)
{
    switch (factor) {
    case SUNZI_FACTOR_INT8:
        *format = SUNZI_LOW_INT8;
        return true;
    case SUNZI_FACTOR_BF16:
        *format = SUNZI_LOW_BF16;
        return true;
    case SUNZI_FACTOR_FP16:
        *format = SUNZI_LOW_FP16;
        return true;
    default:
        return false;
    }
}

size_t sunzi_update_scratch_bytes(sunzi_factor factor, int m, int n, int k)
{
    sunzi_low_format format;
    /* FP32: room to transpose B, a chunk of depth at a time */
    size_t bytes =
        sunzi_size_product((size_t)sunzi_min32(k, DEPTH), (size_t)n, 4);
    if (factor == SUNZI_FACTOR_TF32) { /* both operands, rounded */
        const size_t depth = (size_t)sunzi_min32(k, DEPTH);
        bytes += sunzi_size_product(depth, (size_t)m, 4);
    }
    if (low_format(factor, &format)) {
        const size_t packed =
            panel_bytes(format, m, sunzi_min32(k, DEPTH)) +
            panel_bytes(format, n, sunzi_min32(k, DEPTH)) +
            sizeof(int32_t) * (sunzi_round_up_size((size_t)m, 16) +
                               sunzi_round_up_size((size_t)n, 16));
        bytes = packed > bytes ? packed : bytes;
    }
    return bytes + 128;
}

/* ---- FP32 ---- */

/* B transposed to contiguous rows, depth h .. h + depth - 1. */
static void transpose_b(const product *p, int h, int depth, float *out)
{
#pragma omp parallel for num_threads(threads_for(p))
    for (int j0 = 0; j0 < p->n; j0 += 16)
        for (int i = 0; i < depth; i++)
            for (int j = j0; j < sunzi_min32(j0 + 16, p->n); j++)
                out[(int64_t)i * p->n + j] =
                    p->b[(h + i) * p->b_row + j * p->b_col];
}

/* C -= A[:, h ..] B for rows of B at `b`: stripes of rows or of columns. */
static void ordered_stripes(const product *p, int h, int depth, const float *b,
                            int64_t ldb)
{
    const bool by_rows = p->m >= p->n || p->lower_only;
    const int count = by_rows ? p->m : p->n;
    const int share = count / (CHUNKS_A_THREAD * sunzi_threads(p->ctx));
    const int chunk = (share / CHUNK + 1) * CHUNK;
    const float *a = p->a + h * p->a_col;
#pragma omp parallel for schedule(dynamic) num_threads(threads_for(p))
    for (int s = 0; s < count; s += chunk) {
        const int size = sunzi_min32(count - s, chunk);
        if (by_rows) {
            const int cols = p->lower_only ? sunzi_min32(s + size, p->n) : p->n;
            p->ctx->engine->ordered_f32(size, cols, depth, true,
                                        a + s * p->a_row, p->a_row, p->a_col, b,
                                        ldb, p->c + s * p->ldc, p->ldc);
        } else {
            p->ctx->engine->ordered_f32(p->m, size, depth, true, a, p->a_row,
                                        p->a_col, b + s, ldb, p->c + s, p->ldc);
        }
    }
}

static void update_ordered(const product *p, float *scratch)
{
    if (p->b_col == 1) {
        ordered_stripes(p, 0, p->k, p->b, p->b_row);
        return;
    }
    for (int h = 0; h < p->k; h += DEPTH) {
        const int depth = sunzi_min32(p->k - h, DEPTH);
        transpose_b(p, h, depth, scratch);
        ordered_stripes(p, h, depth, scratch, p->n);
    }
}

/* ---- TF32 ---- */

/* To nearest even, 10 bits of fraction; overflow is infinity. */
static float tf32(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7FFFFFFF) <= 0x7F800000)
        bits = (bits + 0xFFF + (bits >> 13 & 1)) & ~(uint32_t)0x1FFF;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The ordered update by rounded operands, a chunk of depth at a time. */
static void update_tf32(const product *p, float *scratch)
{
    for (int h = 0; h < p->k; h += DEPTH) {
        const int depth = sunzi_min32(p->k - h, DEPTH);
        float *b = scratch, *a = b + (int64_t)depth * p->n;
        product rounded = *p;
#pragma omp parallel for num_threads(threads_for(p))
        for (int i = 0; i < p->m; i++)
            for (int g = 0; g < depth; g++)
                a[(int64_t)i * depth + g] =
                    tf32(p->a[i * p->a_row + (h + g) * p->a_col]);
#pragma omp parallel for num_threads(threads_for(p))
        for (int g = 0; g < depth; g++)
            for (int j = 0; j < p->n; j++)
                b[(int64_t)g * p->n + j] =
                    tf32(p->b[(h + g) * p->b_row + j * p->b_col]);
        rounded.a = a;
        rounded.a_row = depth;
        rounded.a_col = 1;
        ordered_stripes(&rounded, 0, depth, b, p->n);
    }
}

/* ---- low formats ---- */

typedef struct packed {
    sunzi_low_format format;
    int64_t tiles; /* of depth */
    size_t stride; /* bytes of a group of 16 vectors */
    char *a, *b;
    int32_t *a_scale, *b_scale;
} packed;

static packed place(const product *p, sunzi_low_format format, int depth,
                    char *scratch)
{
    const int unit = sunzi_low_tile_depth(format);
    packed q = {.format = format, .tiles = (depth + unit - 1) / unit};
    q.stride =
        (size_t)q.tiles * (size_t)sunzi_low_slices(format) * SUNZI_TILE_BYTES;
    q.a = (char *)sunzi_round_up_size((size_t)(uintptr_t)scratch, 64);
    q.b = q.a + panel_bytes(format, p->m, depth);
    q.a_scale = (int32_t *)(q.b + panel_bytes(format, p->n, depth));
    q.b_scale = q.a_scale + sunzi_round_up_size((size_t)p->m, 16);
    return q;
}

/* Both operands as one list of packing tasks. */
static void pack(const product *p, const packed *q, int h, int depth)
{
    const int a_tasks = (p->m + PACK_VECTORS - 1) / PACK_VECTORS;
    const int b_tasks = (p->n + PACK_VECTORS - 1) / PACK_VECTORS;
#pragma omp parallel for schedule(dynamic) num_threads(threads_for(p))
    for (int task = 0; task < a_tasks + b_tasks; task++) {
        const bool is_a = task < a_tasks;
        const int v = (is_a ? task : task - a_tasks) * PACK_VECTORS;
        const float *data = is_a ? p->a + v * p->a_row + h * p->a_col
                                 : p->b + h * p->b_row + v * p->b_col;
        p->ctx->engine->update_pack(
            q->format, data,
            sunzi_min32((is_a ? p->m : p->n) - v, PACK_VECTORS), depth,
            is_a ? p->a_row : p->b_col, is_a ? p->a_col : p->b_row,
            is_a ? SUNZI_SIDE_A : SUNZI_SIDE_B,
            (is_a ? q->a : q->b) + (size_t)(v / 16) * q->stride,
            (is_a ? q->a_scale : q->b_scale) + v);
    }
}

static void multiply(const product *p, const packed *q)
{
    const int block_rows = (p->m + BLOCK_ROWS - 1) / BLOCK_ROWS;
    const int block_cols = (p->n + BLOCK_COLS - 1) / BLOCK_COLS;
#pragma omp parallel for schedule(dynamic) num_threads(threads_for(p))
    for (int task = 0; task < block_rows * block_cols; task++) {
        const int i = task % block_rows * BLOCK_ROWS;
        const int j = task / block_rows * BLOCK_COLS;
        const int rows = sunzi_min32(p->m - i, BLOCK_ROWS);
        int cols = sunzi_min32(p->n - j, BLOCK_COLS);
        if (p->lower_only)
            cols = sunzi_min32(cols, i + rows - j);
        if (cols <= 0)
            continue;
        p->ctx->engine->update_block(
            q->format, q->tiles, rows, cols,
            q->a + (size_t)(i / 16) * q->stride, q->stride, q->a_scale + i,
            q->b + (size_t)(j / 16) * q->stride, q->stride, q->b_scale + j,
            p->c + i * p->ldc + j, p->ldc);
    }
}

void sunzi_update(sunzi_context *ctx, sunzi_factor factor, int m, int n, int k,
                  const float *a, int64_t a_row, int64_t a_col, const float *b,
                  int64_t b_row, int64_t b_col, float *c, int64_t ldc,
                  bool lower_only, void *scratch)
{
    const product p = {ctx,   m,     n,     k, a,   b,         a_row,
                       a_col, b_row, b_col, c, ldc, lower_only};
    sunzi_low_format format;
    if (m == 0 || n == 0 || k == 0)
        return;
    if (factor == SUNZI_FACTOR_TF32) {
        update_tf32(&p, scratch);
        return;
    }
    if (!low_format(factor, &format)) {
        update_ordered(&p, scratch);
        return;
    }
    for (int h = 0; h < k; h += DEPTH) {
        const int depth = sunzi_min32(k - h, DEPTH);
        const packed q = place(&p, format, depth, scratch);
        pack(&p, &q, h, depth);
        multiply(&p, &q);
    }
}
