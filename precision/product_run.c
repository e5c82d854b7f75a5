/* SPDX-License-Identifier: BSD-3-Clause */
/* The work of an emulated product: residues of blocks of A and B, then tiles of
 * C, one a thread at a time: the residues of the tile's integer product modulo
 * each modulus, their reconstruction, alpha and beta. The residue planes of a
 * tile stay in the thread's memory (and mostly in its caches); an entry of C is
 * complete when it is written. Blocks, tiles and threads do not change any bit.
 *
 * Complex operands have three planes a modulus, re, im and re + im mod p; with
 * rr, ii, ss the integer products of equal planes,
 *     Re = rr - ii,  Im = ss - rr - ii  (mod p). */
#include <string.h>

#include "precision/product.h"

enum {
    /* the B of a tile and 1024 of depth, 512 KiB, is read from the second cache
     * for each 32 rows of A */
    ROW_TILE = 512,
    COL_TILE = 512,
    SMALLEST_TILE = 64,
    STRIP = 32,         /* rows of a tile that are reconstructed at a time */
    CONVERT_GROUPS = 2, /* groups of 16 vectors a task */
    /* Strides between planes are this modulo 4 KiB: lines of the same place in
     * different planes fall into different cache sets. */
    SKEW = 1088
};

typedef struct block {
    const sunzi_problem *p;
    const sunzi_product_plan *plan;
    const sunzi_product_work *w;
    int64_t i0, rows, j0, cols; /* the packed block of C */
} block;

static size_t skewed(size_t bytes)
{
    return (bytes + 4095) / 4096 * 4096 + SKEW;
}

static bool is_complex(const sunzi_problem *p)
{
    return p->scalar == SUNZI_SCALAR_C64;
}

static size_t plane_stride(const sunzi_product_work *w)
{
    return skewed((size_t)(w->row_tile * w->col_tile));
}

/* planes of a tile: N, or Re and Im of N and one for ii */
static int tile_planes(const sunzi_problem *p, const sunzi_product_plan *plan)
{
    return is_complex(p) ? 2 * plan->moduli.count + 1 : plan->moduli.count;
}

/* ---- memory ---- */

static void set_strides(const sunzi_problem *p, const sunzi_product_plan *plan,
                        sunzi_product_work *w)
{
    const size_t tile = (size_t)tile_planes(p, plan) * plane_stride(w);
    const size_t strip =
        (size_t)(STRIP * w->col_tile) * sizeof(double) * (size_t)plan->width;
    const size_t ordered = sunzi_ordered_bytes(p);
    w->a_stride = skewed((size_t)(w->row_block / 16 * w->group_bytes));
    w->b_stride = skewed((size_t)(w->col_block / 16 * w->group_bytes));
    w->thread_bytes = skewed(tile + strip);
    if (w->thread_bytes < ordered)
        w->thread_bytes = skewed(ordered);
}

static size_t total_bytes(const sunzi_problem *p,
                          const sunzi_product_plan *plan,
                          const sunzi_product_work *w)
{
    const size_t planes = (size_t)plan->moduli.count * (is_complex(p) ? 3 : 1);
    return sunzi_size_product(planes, w->a_stride + w->b_stride, 1) +
           (size_t)w->threads * w->thread_bytes;
}

/* The next smaller blocks; false if there are none. */
static bool shrink(sunzi_product_work *w)
{
    int64_t *size = w->col_block > w->col_tile   ? &w->col_block
                    : w->row_block > w->row_tile ? &w->row_block
                    : w->col_tile > 16           ? &w->col_tile
                                                 : &w->row_tile;
    if (*size <= 16) {
        if (w->threads == 1)
            return false;
        w->threads--;
        return true;
    }
    *size = sunzi_round_up(*size / 2, 16);
    if (w->col_block > w->col_tile && size == &w->col_tile)
        w->col_block = w->col_tile;
    if (w->row_block > w->row_tile && size == &w->row_tile)
        w->row_block = w->row_tile;
    return true;
}

/* Enough tiles for all threads to share the work evenly. */
static void choose_tiles(sunzi_product_work *w)
{
    w->row_tile = sunzi_min64(ROW_TILE, w->row_block);
    w->col_tile = sunzi_min64(COL_TILE, w->col_block);
    for (;;) {
        const int64_t tiles = ((w->row_block + w->row_tile - 1) / w->row_tile) *
                              ((w->col_block + w->col_tile - 1) / w->col_tile);
        int64_t *larger =
            w->row_tile >= w->col_tile ? &w->row_tile : &w->col_tile;
        if (tiles >= 4 * w->threads || *larger <= SMALLEST_TILE ||
            w->threads == 1)
            return;
        *larger = sunzi_round_up(*larger / 2, 16);
    }
}

sunzi_status sunzi_product_work_take(const sunzi_problem *p,
                                     const sunzi_product_plan *plan,
                                     sunzi_product_work *w)
{
    const size_t limit = p->ctx->workspace_limit_bytes;
    sunzi_status status;
    w->threads = plan->threads;
    if (w->emulate) {
        w->depth_tiles = (p->k + SUNZI_TILE_DEPTH8 - 1) / SUNZI_TILE_DEPTH8;
        w->group_bytes = w->depth_tiles * SUNZI_TILE_BYTES;
        w->row_block = sunzi_round_up(p->m, 16);
        w->col_block = sunzi_round_up(p->n, 16);
        choose_tiles(w);
        set_strides(p, plan, w);
        while (limit && plan->bytes + total_bytes(p, plan, w) > limit) {
            if (!shrink(w))
                return sunzi_fail(
                    SUNZI_ERR_NOMEM,
                    "%s: workspace_limit_bytes = %zu, a product of this depth "
                    "needs at least %zu; raise the limit",
                    p->function, limit, plan->bytes + total_bytes(p, plan, w));
            set_strides(p, plan, w);
        }
        w->bytes = total_bytes(p, plan, w);
    } else {
        w->thread_bytes = sunzi_ordered_bytes(p);
        w->bytes = (size_t)w->threads * w->thread_bytes;
    }
    status = sunzi_pool_take(p->ctx->pool, w->bytes, "workspace of a product",
                             &w->block);
    if (status < 0)
        return status;
    const size_t planes = (size_t)plan->moduli.count * (is_complex(p) ? 3 : 1);
    w->a = w->block;
    w->b = w->a + (w->emulate ? planes * w->a_stride : 0);
    w->tiles = w->b + (w->emulate ? planes * w->b_stride : 0);
    return SUNZI_OK;
}

/* ---- conversion ---- */

/* residues r of side A in [0, p), of side B signed; the planes of -x */
static void negate(uint8_t *r, size_t bytes, int32_t p, sunzi_side side)
{
    for (size_t i = 0; i < bytes; i++)
        r[i] = (uint8_t)(side == SUNZI_SIDE_B ? -(int8_t)r[i]
                         : r[i]               ? p - r[i]
                                              : 0);
}

static void add_planes(const uint8_t *x, const uint8_t *y, uint8_t *sum,
                       size_t bytes, int32_t p, sunzi_side side)
{
    const int32_t low = side == SUNZI_SIDE_A ? 0 : p == 256 ? -128 : -(p / 2);
    for (size_t i = 0; i < bytes; i++) {
        int32_t s =
            side == SUNZI_SIDE_A ? x[i] + y[i] : (int8_t)x[i] + (int8_t)y[i];
        s -= s >= low + p ? p : 0;
        s += s < low ? p : 0;
        sum[i] = (uint8_t)s;
    }
}

static void convert_complex(const sunzi_problem *p, sunzi_vectors v,
                            const sunzi_operand *o, const int32_t *inner,
                            const int32_t *shift, const uint8_t *skip,
                            const sunzi_moduli *m, sunzi_side side,
                            uint8_t *out, size_t stride, size_t bytes)
{
    const size_t part = (size_t)m->count * stride;
    const double *data = v.data;
    for (int t = 0; t < 2; t++) {
        v.data = data + t;
        p->ctx->engine->convert(&v, inner, shift, skip, m, side,
                                out + (size_t)t * part, stride);
    }
    for (int t = 0; t < m->count; t++) {
        uint8_t *re = out + (size_t)t * stride;
        if (o->conjugate)
            negate(re + part, bytes, m->p[t], side);
        add_planes(re, re + part, re + 2 * part, bytes, m->p[t], side);
    }
}

static void convert_task(const sunzi_problem *p, const sunzi_product_plan *plan,
                         const sunzi_product_work *w, sunzi_side side,
                         int64_t first, int64_t count, uint8_t *out)
{
    const bool is_a = side == SUNZI_SIDE_A;
    const sunzi_operand *o = is_a ? &p->a : &p->b;
    const sunzi_operand_plan *q = is_a ? &plan->a : &plan->b;
    const size_t stride = is_a ? w->a_stride : w->b_stride;
    const bool single = p->scalar == SUNZI_SCALAR_F32;
    const int64_t at = first * o->vector_stride * plan->width;
    const sunzi_vectors v = {
        .data = (const char *)o->data + at * (single ? 4 : 8),
        .single_precision = single,
        .count = count,
        .depth = p->k,
        .vector_stride = plan->width * o->vector_stride,
        .element_stride = plan->width * o->element_stride,
    };
    const uint8_t *skip = q->specials ? q->skip + first : NULL;
    if (is_complex(p))
        convert_complex(p, v, o, q->inner_part, q->shift + first, skip,
                        &plan->moduli, side, out, stride,
                        (size_t)((count + 15) / 16 * w->group_bytes));
    else
        p->ctx->engine->convert(&v, q->inner, q->shift + first, skip,
                                &plan->moduli, side, out, stride);
}

static void convert(const block *b, sunzi_side side)
{
    const bool is_a = side == SUNZI_SIDE_A;
    const int64_t first = is_a ? b->i0 : b->j0;
    const int64_t count = is_a ? b->rows : b->cols;
    const int64_t step = 16 * CONVERT_GROUPS;
    uint8_t *out = is_a ? b->w->a : b->w->b;
#pragma omp parallel num_threads(b->w->threads)
    {
#pragma omp for schedule(dynamic)
        for (int64_t v = 0; v < count; v += step)
            convert_task(b->p, b->plan, b->w, side, first + v,
                         sunzi_min64(step, count - v),
                         out + v / 16 * b->w->group_bytes);
    }
}

/* ---- tiles of C ---- */

typedef struct tile {
    int64_t i, j; /* in the block */
    int rows, cols;
    uint8_t *r;
    size_t stride, plane;
    double *v;
    double seconds_reconstruct;
} tile;

static void residues(const block *b, const tile *t, int modulus, int part,
                     uint8_t *r)
{
    const sunzi_product_work *w = b->w;
    const int64_t at = (int64_t)part * b->plan->moduli.count + modulus;
    b->p->ctx->engine->residue_block(
        &b->plan->moduli, modulus, w->depth_tiles, (t->rows + 15) / 16,
        (t->cols + 15) / 16,
        w->a + (size_t)at * w->a_stride + t->i / 16 * w->group_bytes,
        (size_t)w->group_bytes,
        w->b + (size_t)at * w->b_stride + t->j / 16 * w->group_bytes,
        (size_t)w->group_bytes, r, t->stride);
}

static void combine(uint8_t *rr, const uint8_t *ii, uint8_t *ss, size_t count,
                    int32_t p)
{
    for (size_t e = 0; e < count; e++) {
        int32_t re = rr[e] - ii[e], im = ss[e] - rr[e] - ii[e];
        re += re < 0 ? p : 0;
        im += im < 0 ? p : 0;
        im += im < 0 ? p : 0;
        rr[e] = (uint8_t)re;
        ss[e] = (uint8_t)im;
    }
}

static void complex_residues(const block *b, const tile *t, int modulus)
{
    const int count = b->plan->moduli.count;
    uint8_t *rr = t->r + (size_t)modulus * t->plane;
    uint8_t *ss = rr + (size_t)count * t->plane;
    uint8_t *ii = t->r + (size_t)(2 * count) * t->plane;
    residues(b, t, modulus, 0, rr);
    residues(b, t, modulus, 1, ii);
    residues(b, t, modulus, 2, ss);
    combine(rr, ii, ss, (size_t)sunzi_round_up(t->rows, 16) * t->stride,
            b->plan->moduli.p[modulus]);
}

/* C = 1 A B + 0 C: the sums are the entries of C. */
static bool is_plain(const block *b)
{
    const sunzi_problem *p = b->p;
    return p->scalar == SUNZI_SCALAR_F64 && p->alpha[0] == 1 &&
           p->beta[0] == 0 && !p->triangle && !b->plan->a.specials &&
           !b->plan->b.specials;
}

/* Rows s .. s + rows - 1 of a tile; part: 0, or 1 for imaginary parts. */
static void reconstruct_rows(const block *b, const tile *t, int s, int rows,
                             int part, double *v, int64_t v_stride)
{
    const sunzi_product_plan *plan = b->plan;
    b->p->ctx->engine->reconstruct(
        &plan->moduli, rows, t->cols,
        t->r + (size_t)(part * plan->moduli.count) * t->plane +
            (size_t)s * t->stride,
        t->plane, t->stride, plan->a.shift + b->i0 + t->i + s,
        plan->b.shift + b->j0 + t->j, v, v_stride);
}

static void reconstruct(const block *b, const tile *t)
{
    const sunzi_product_plan *plan = b->plan;
    const int64_t i0 = b->i0 + t->i, j0 = b->j0 + t->j;
    double *vi = t->v + STRIP * b->w->col_tile;
    if (is_plain(b)) {
        reconstruct_rows(b, t, 0, t->rows, 0,
                         (double *)b->p->c + i0 * b->p->ldc + j0, b->p->ldc);
        return;
    }
    for (int s = 0; s < t->rows; s += STRIP) {
        const int rows = (int)sunzi_min64(STRIP, t->rows - s);
        for (int part = 0; part < plan->width; part++)
            reconstruct_rows(b, t, s, rows, part, part ? vi : t->v,
                             b->w->col_tile);
        sunzi_product_store(b->p, i0 + s, j0, rows, t->cols, t->v, vi,
                            b->w->col_tile,
                            plan->a.specials ? plan->a.skip + i0 + s : NULL,
                            plan->b.specials ? plan->b.skip + j0 : NULL);
    }
}

static bool outside(const block *b, const tile *t)
{
    const int64_t i = b->i0 + t->i, j = b->j0 + t->j;
    return (b->p->triangle == SUNZI_LOWER && j > i + t->rows - 1) ||
           (b->p->triangle == SUNZI_UPPER && j + t->cols - 1 < i);
}

static void do_tile(const block *b, tile *t)
{
    if (outside(b, t))
        return;
    for (int m = 0; m < b->plan->moduli.count; m++) {
        if (is_complex(b->p))
            complex_residues(b, t, m);
        else
            residues(b, t, m, 0, t->r + (size_t)m * t->plane);
    }
    const double start = sunzi_seconds();
    reconstruct(b, t);
    t->seconds_reconstruct += sunzi_seconds() - start;
}

static tile thread_tile(const block *b, int slot)
{
    const sunzi_product_work *w = b->w;
    tile t = {
        .r = w->tiles + (size_t)slot * w->thread_bytes,
        .stride = (size_t)w->col_tile,
        .plane = plane_stride(w),
    };
    const int planes = tile_planes(b->p, b->plan);
    t.v = (double *)(void *)(t.r + (size_t)planes * t.plane);
    return t;
}

/* Returns the seconds of reconstruction, averaged over the threads. */
static double multiply(const block *b)
{
    const sunzi_product_work *w = b->w;
    int64_t done = b->i0 * b->p->n + b->j0 * b->rows; /* entries of C */
    const int64_t down = (b->rows + w->row_tile - 1) / w->row_tile;
    const int64_t across = (b->cols + w->col_tile - 1) / w->col_tile;
    double seconds = 0;
    int next_slot = 0;
#pragma omp parallel num_threads(w->threads) reduction(+ : seconds)
    {
        int slot;
#pragma omp atomic capture
        slot = next_slot++;
        tile t = thread_tile(b, slot);
#pragma omp for schedule(dynamic)
        for (int64_t task = 0; task < down * across; task++) {
            t.i = task % down * w->row_tile;
            t.j = task / down * w->col_tile;
            t.rows = (int)sunzi_min64(w->row_tile, b->rows - t.i);
            t.cols = (int)sunzi_min64(w->col_tile, b->cols - t.j);
            do_tile(b, &t);
            int64_t now;
#pragma omp atomic capture
            now = done += (int64_t)t.rows * t.cols;
            sunzi_progress(b->p->ctx, "product", (double)now,
                           (double)b->p->m * (double)b->p->n);
        }
        seconds = t.seconds_reconstruct;
    }
    return seconds / next_slot;
}

void sunzi_product_run_special(const sunzi_problem *p,
                               const sunzi_product_plan *plan,
                               const sunzi_product_work *w)
{
    char *scratch = (char *)w->tiles;
    if (plan->a.specials)
        sunzi_ordered_run(p, plan->a.list, plan->a.specials, NULL, p->n, NULL,
                          NULL, w->threads, w->thread_bytes, scratch);
    if (plan->b.specials)
        sunzi_ordered_run(p, NULL, p->m, plan->b.list, plan->b.specials,
                          plan->a.skip, NULL, w->threads, w->thread_bytes,
                          scratch);
}

void sunzi_product_run(const sunzi_problem *p, const sunzi_product_plan *plan,
                       sunzi_product_work *w, sunzi_product_info *info)
{
    block b = {.p = p, .plan = plan, .w = w};
    for (b.i0 = 0; b.i0 < p->m; b.i0 += w->row_block) {
        b.rows = sunzi_min64(w->row_block, p->m - b.i0);
        for (b.j0 = 0; b.j0 < p->n; b.j0 += w->col_block) {
            b.cols = sunzi_min64(w->col_block, p->n - b.j0);
            const double start = sunzi_seconds();
            if (b.j0 == 0)
                convert(&b, SUNZI_SIDE_A);
            if (b.i0 == 0 || w->col_block < p->n)
                convert(&b, SUNZI_SIDE_B);
            const double middle = sunzi_seconds();
            const double reconstruction = multiply(&b);
            info->seconds_convert += middle - start;
            info->seconds_reconstruct += reconstruction;
            info->seconds_product += sunzi_seconds() - middle - reconstruction;
        }
    }
    sunzi_product_run_special(p, plan, w);
}
