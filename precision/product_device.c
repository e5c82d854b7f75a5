/* SPDX-License-Identifier: BSD-3-Clause */
/* The emulated product on the device of the context: the same plan, integers
 * and bits as on a CPU engine. Operands are copied there, whole or by pieces
 * (product_operands.h); blocks of C, as large as the device's memory allows,
 * are computed there and stored here with alpha and beta, a block while the
 * device works on the next one (product_results.h). The products of residues
 * are the device's own where it has INT8 ones (engines/units.h), and else those
 * of product_residues. The device needs no FP64. */
#include <string.h>

#include "engines/device.h"
#include "engines/launch.h"
#include "engines/units.h"
#include "precision/product.k.h"
#include "precision/product_operands.h"
#include "precision/product_results.h"

enum {
    PAD = 64,
    BLOCKS = 4,          /* that one is worth, so that copies overlap */
    ROWS_LEAST = 256,    /* of one of those */
    LARGE = 8192,        /* beyond, blocks are not much faster */
    POINTS = 1 << 30,    /* of a launch: bytes of a plane */
    DEPTH_STEP = 1 << 16 /* whose products have sums below 2^31 */
};

typedef struct run {
    const sunzi_problem *p;
    const sunzi_product_plan *plan;
    bool is_complex;
    int parts; /* integer products a modulus */
    sunzi_product_operands of;
    sunzi_product_side *a, *b; /* of these */
    sunzi_memory *product, *r;
    sunzi_memory *v[2], *vi[2]; /* of blocks in turn; 1: more than one block */
    sunzi_memory *sums; /* of `own` moduli, by the device's own products */
    int own;            /* moduli at a time; 0: it has none */
    /* All sums of a block are there at once and make C; else they become
     * residues `r` first, some moduli at a time. */
    bool fused;
    bool has_own;
    int64_t r_plane;
} run;

/* ---- memory ---- */

static int64_t result_bytes(const run *s)
{
    return s->a->block * s->b->block;
}

/* Of all of C. */
static int64_t sums_bytes(const run *s)
{
    return 8 * s->plan->width * s->p->m * s->p->n;
}

/* Memories of results: two where one travels while the other is computed. */
static int in_turn(const run *s)
{
    const bool several = s->a->block < s->p->m || s->b->block < s->p->n;
    return several && sunzi_results_beside(s->p, s->b->block, sums_bytes(s))
               ? 2
               : 1;
}

/* Memories of a block. */
typedef struct sizes {
    size_t a, b, r, sums, v;
} sizes;

static sizes sizes_of(const run *s)
{
    const size_t n = (size_t)(s->parts * s->plan->moduli.count);
    const size_t depth = (size_t)s->of.depth, c = (size_t)result_bytes(s);
    return (sizes){.a = sunzi_size_product(n, (size_t)s->a->block, depth),
                   .b = sunzi_size_product(n, (size_t)s->b->block, depth),
                   .r = s->fused ? 0 : n * c,
                   .sums = 4 * (s->fused ? n : (size_t)s->own) * c,
                   .v = 8 * c};
}

/* Bytes of the planes and results of a block; *largest of the memories. */
static size_t block_bytes(const run *s, size_t *largest)
{
    const sizes z = sizes_of(s);
    const size_t results = (size_t)(s->plan->width * in_turn(s));
    *largest = sunzi_max_size(sunzi_max_size(z.a, z.b),
                              sunzi_max_size(sunzi_max_size(z.r, z.sums), z.v));
    return z.a + z.b + z.r + z.sums + results * z.v;
}

/* On the device now, also by other threads. */
static size_t taken_bytes(const run *s)
{
    sunzi_device *d = s->p->ctx->device;
    sunzi_device_lock(d);
    const size_t bytes = d->counts.bytes;
    sunzi_device_unlock(d);
    return bytes;
}

/* Is the block too large for a launch? The parts of complex residues are added
 * byte by byte. */
static bool too_many(const run *s)
{
    const int64_t most = s->is_complex ? POINTS : INT64_C(4) * POINTS;
    return result_bytes(s) > POINTS ||
           s->a->block / PRODUCT_TILE > SUNZI_GROUPS_MAX ||
           s->a->block * s->of.depth > most || s->b->block * s->of.depth > most;
}

static bool fits(const run *s, size_t left)
{
    size_t largest;
    return block_bytes(s, &largest) <= left &&
           largest <= s->p->ctx->device->limits.largest_bytes && !too_many(s);
}

/* The whole of C as one block. */
static void begin_large(run *s)
{
    s->a->block = sunzi_round_up(s->p->m, PAD);
    s->b->block = sunzi_round_up(s->p->n, PAD);
    s->own = s->has_own ? s->plan->moduli.count : 0;
    s->fused = s->has_own && s->of.depth <= DEPTH_STEP;
}

/* Take less: smaller blocks while they are large, fewer moduli at a time, then
 * smaller blocks again. */
static bool shrink(run *s)
{
    int64_t *larger = s->b->block >= s->a->block ? &s->b->block : &s->a->block;
    if (s->own > 1 && *larger <= LARGE && !too_many(s)) {
        /* residues and all sums of one part are more than fused real ones */
        if (!s->fused || !s->is_complex)
            s->own = (s->own + 1) / 2;
        s->fused = false;
        return true;
    }
    if (*larger <= PAD)
        return false;
    *larger = sunzi_round_up(*larger / 2, PAD);
    return true;
}

/* The largest block for so many bytes; false: there is none. */
static bool find_block(run *s, size_t left)
{
    begin_large(s);
    while (!fits(s, left))
        if (!shrink(s))
            return false;
    return true;
}

static void drop_block(run *s)
{
    sunzi_memory_destroy(&s->a->planes);
    sunzi_memory_destroy(&s->b->planes);
    sunzi_memory_destroy(&s->r);
    for (int k = 0; k < 2; k++) {
        sunzi_memory_destroy(&s->v[k]);
        sunzi_memory_destroy(&s->vi[k]);
    }
    sunzi_memory_destroy(&s->sums);
}

/* Take a memory there now, so that nothing fails later. */
static sunzi_status take(const run *s, size_t bytes, const char *what,
                         sunzi_memory **memory)
{
    sunzi_status status = SUNZI_OK;
    if (bytes == 0)
        return SUNZI_OK;
    SUNZI_TRY(sunzi_memory_create(s->p->ctx, bytes, what, memory));
    SUNZI_TRY(sunzi_memory_take(*memory));
done:
    return status;
}

static sunzi_status take_block(run *s)
{
    const int64_t n = s->plan->moduli.count;
    const sizes z = sizes_of(s);
    sunzi_status status;
    s->a->plane = s->a->block * s->of.depth;
    s->b->plane = s->b->block * s->of.depth;
    s->a->part = n * s->a->plane;
    s->b->part = n * s->b->plane;
    s->r_plane = result_bytes(s);
    SUNZI_TRY(take(s, z.a, "residues of A", &s->a->planes));
    SUNZI_TRY(take(s, z.b, "residues of B", &s->b->planes));
    SUNZI_TRY(take(s, z.r, "residues of C", &s->r));
    for (int k = 0; k < in_turn(s); k++) {
        SUNZI_TRY(take(s, z.v, "a block of C", &s->v[k]));
        if (s->is_complex)
            SUNZI_TRY(take(s, z.v, "a block of C", &s->vi[k]));
    }
    SUNZI_TRY(take(s, z.sums, "sums of C", &s->sums));
done:
    return status;
}

/* Rows of C are cut where they travel beside the work, and B is converted once
 * all the same. */
static void split(run *s)
{
    const int64_t rows = sunzi_max64(
        sunzi_round_up((s->p->m + BLOCKS - 1) / BLOCKS, PAD), ROWS_LEAST);
    if (s->b->block >= s->p->n && s->a->block > rows &&
        sunzi_results_beside(s->p, s->b->block, sums_bytes(s) / BLOCKS))
        s->a->block = rows;
}

/* Is it so small that larger ones are worth more than operands kept there? */
static bool is_small(int64_t block, int64_t count)
{
    return block < ROWS_LEAST * BLOCKS && BLOCKS * block < count;
}

/* The largest block beside what is kept; smaller ones where the device says no.
 * all: the smallest ones, too. */
static sunzi_status choose_block(run *s, bool all)
{
    const size_t limit = s->p->ctx->workspace_limit_bytes;
    const size_t left = sunzi_memory_left(s->p->ctx);
    const size_t without =
        sunzi_memory_left_there(s->p->ctx) + sunzi_operands_bytes(&s->of);
    sunzi_status status = SUNZI_ERR_NOMEM;
    bool found = find_block(s, left);
    if (!all && (!found || is_small(s->a->block, s->p->m) ||
                 is_small(s->b->block, s->p->n))) {
        const int64_t entries = found ? result_bytes(s) : 0;
        if (find_block(s, limit && limit < without ? limit : without) &&
            result_bytes(s) > entries)
            return SUNZI_ERR_NOMEM;
        found = find_block(s, left);
    }
    if (!found)
        return SUNZI_ERR_NOMEM;
    split(s);
    while ((status = take_block(s)) == SUNZI_ERR_NOMEM) {
        drop_block(s);
        if (!shrink(s) || (!all && (is_small(s->a->block, s->p->m) ||
                                    is_small(s->b->block, s->p->n))))
            break;
    }
    return status;
}

/* What the smallest block needs, and what there is. */
static sunzi_status fail_for_room(run *s)
{
    const sunzi_context *ctx = s->p->ctx;
    const sunzi_device *d = ctx->device;
    size_t largest;
    drop_block(s);
    sunzi_memory_destroy(&s->product);
    sunzi_operands_drop(&s->of);
    begin_large(s);
    while (shrink(s))
        ;
    if (too_many(s))
        return sunzi_fail(SUNZI_ERR_DEVICE,
                          "%s: a depth of %lld is more than a launch on %s "
                          "device '%s' takes; add products of parts of it, or "
                          "use the engine auto",
                          s->p->function, (long long)s->p->k, d->engine,
                          d->limits.name);
    const size_t least = block_bytes(s, &largest) +
                         sunzi_operands_least(&s->of) +
                         sizeof s->plan->moduli.product;
    const size_t left = sunzi_memory_left(ctx);
    const bool limited = left < sunzi_memory_left_there(ctx);
    return sunzi_fail(
        SUNZI_ERR_NOMEM,
        "%s: %zu bytes on %s device '%s' could not be allocated, %zu of them "
        "in one piece, the least for a depth of %lld; %s %zu, %zu in one "
        "piece; %s",
        s->p->function, least, d->engine, d->limits.name, largest,
        (long long)s->p->k, limited ? "workspace_limit_bytes is" : "there are",
        left, d->limits.largest_bytes,
        limited ? "raise the limit"
                : "use a device with more memory, or the engine auto, which "
                  "gives the same bits");
}

static sunzi_status take_tables(run *s)
{
    const sunzi_moduli *m = &s->plan->moduli;
    void *place;
    sunzi_status status = SUNZI_OK;
    if (!s->product)
        SUNZI_TRY(sunzi_memory_wrap(s->p->ctx, (void *)(uintptr_t)m->product,
                                    sizeof m->product, "product of the moduli",
                                    &s->product));
    SUNZI_TRY(sunzi_memory_for_kernel(s->product, true, false, &place));
    status = sunzi_operands_send_tables(&s->of);
done:
    return status;
}

static void log_pieces(const run *s)
{
    sunzi_log(s->p->ctx, SUNZI_LOG_DECISION,
              "%s: %s by pieces to the device, which has too little memory; "
              "C in blocks of %lld x %lld",
              s->p->function, s->b->data ? "A comes" : "A and B come",
              (long long)s->a->block, (long long)s->b->block);
}

/* Operands stay whole where that leaves room for blocks worth having. */
static sunzi_status take_all(run *s)
{
    sunzi_status status = SUNZI_ERR_NOMEM;
    for (int kept = SUNZI_KEEP_BOTH;
         kept <= SUNZI_KEEP_LEAST && status == SUNZI_ERR_NOMEM; kept++) {
        drop_block(s);
        status = sunzi_operands_keep(&s->of, (sunzi_product_kept)kept);
        if (status == SUNZI_OK)
            status = take_tables(s);
        if (status == SUNZI_OK)
            status = choose_block(s, kept >= SUNZI_KEEP_NONE);
    }
    if (status == SUNZI_OK && !s->a->data)
        log_pieces(s);
    return status;
}

/* ---- steps ---- */

/* The sums of `count` moduli from t on, of the first `rows` rows and `cols`
 * columns of the block, padded, over the depth from h on: to plane `to`. */
static sunzi_status sum_by_own(run *s, int part, int t, int count, int64_t h,
                               int64_t rows, int64_t cols, int64_t to)
{
    const sunzi_unit_product product = {
        .unit = SUNZI_UNIT_INT8,
        .b_transposed = true,
        .m = (int)rows,
        .n = (int)cols,
        .k = (int)sunzi_min64(DEPTH_STEP, s->of.depth - h),
        .count = count,
        .alpha = 1,
        .a = {s->a->planes, part * s->a->part + t * s->a->plane + h,
              s->of.depth, s->a->plane},
        .b = {s->b->planes, part * s->b->part + t * s->b->plane + h,
              s->of.depth, s->b->plane},
        .c = {s->sums, to * s->r_plane, s->b->block, s->r_plane}};
    return sunzi_unit_multiply(s->p->ctx, &product);
}

/* Residues of one part by the device's own products. */
static sunzi_status multiply_by_own(run *s, int part, int64_t rows,
                                    int64_t cols)
{
    const int n = s->plan->moduli.count;
    const int64_t ld = s->b->block;
    sunzi_status status = SUNZI_OK;
    for (int t = 0; t < n; t += s->own)
        for (int64_t h = 0; h < s->of.depth; h += DEPTH_STEP) {
            const int count = n - t < s->own ? n - t : s->own;
            SUNZI_TRY(sum_by_own(s, part, t, count, h, rows, cols, 0));
            SUNZI_TRY(SUNZI_LAUNCH(s->p->ctx, product_reduce,
                                   sunzi_range2(count, (int)(rows * ld / 4)),
                                   .sums = {s->sums},
                                   .table = {s->of.table, t * PRODUCT_ROW},
                                   .r = {s->r, (part * n + t) * s->r_plane / 4},
                                   .plane = s->r_plane, .add = h > 0));
        }
done:
    return status;
}

static sunzi_status multiply_by_kernel(run *s, int part)
{
    const int n = s->plan->moduli.count;
    return SUNZI_LAUNCH(
        s->p->ctx, product_residues,
        sunzi_range3(n, (int)(s->a->block / PRODUCT_TILE),
                     (int)(s->b->block / PRODUCT_TILE)),
        .a = {s->a->planes, part * s->a->part / 4},
        .b = {s->b->planes, part * s->b->part / 4}, .table = {s->of.table},
        .r = {s->r, part * n * s->r_plane}, .a_plane = s->a->plane / 4,
        .b_plane = s->b->plane / 4, .r_plane = s->r_plane,
        .depth_words = (int)(s->of.depth / 4), .ld = (int)s->b->block);
}

/* To residues, or if fused to sums. */
static sunzi_status multiply(run *s, int64_t rows, int64_t cols)
{
    const int n = s->plan->moduli.count;
    const int64_t down = sunzi_round_up(rows, PAD);
    const int64_t across = sunzi_round_up(cols, PAD);
    sunzi_status status = SUNZI_OK;
    for (int part = 0; part < s->parts; part++)
        if (s->fused)
            SUNZI_TRY(
                sum_by_own(s, part, 0, n, 0, down, across, (int64_t)part * n));
        else if (s->own)
            SUNZI_TRY(multiply_by_own(s, part, down, across));
        else
            SUNZI_TRY(multiply_by_kernel(s, part));
    if (s->is_complex && !s->fused)
        SUNZI_TRY(SUNZI_LAUNCH(s->p->ctx, product_combine,
                               sunzi_range2(n, (int)s->r_plane), .rr = {s->r},
                               .ii = {s->r, n * s->r_plane},
                               .ss = {s->r, 2 * n * s->r_plane},
                               .table = {s->of.table}, .plane = s->r_plane));
done:
    return status;
}

/* Is 32 P below 2^128? */
static bool is_short(const sunzi_moduli *m)
{
    for (int w = 2; w < SUNZI_MODULI_WORDS; w++)
        if (m->product[w])
            return false;
    return m->product[1] >> 59 == 0;
}

static const sunzi_kernel *reconstruction(const run *s)
{
    if (is_short(&s->plan->moduli))
        return !s->fused       ? &sunzi_kernel_product_reconstruct_short
               : s->is_complex ? &sunzi_kernel_product_reconstruct_parts_short
                               : &sunzi_kernel_product_reconstruct_sums_short;
    return !s->fused       ? &sunzi_kernel_product_reconstruct
           : s->is_complex ? &sunzi_kernel_product_reconstruct_parts
                           : &sunzi_kernel_product_reconstruct_sums;
}

/* From residues or sums from `first` on to v, and the kernel for both parts to
 * vi. */
static sunzi_status reconstruct(run *s, const sunzi_result_block *block,
                                int64_t first, sunzi_memory *v,
                                sunzi_memory *vi)
{
    /* the other kernels' lists are this one's, but for the last */
    const product_reconstruct_parts_args args = {
        .r = {s->fused ? s->sums : s->r, first},
        .table = {s->of.table},
        .product = {s->product},
        .row_shift = {s->a->shift, block->i0},
        .col_shift = {s->b->shift, block->j0},
        .v = {v},
        .plane = s->r_plane,
        .ld = s->b->block,
        .ldv = s->b->block,
        .moduli = s->plan->moduli.count,
        .vi = {vi},
        .part = s->plan->moduli.count * s->r_plane};
    sunzi_status status;
    /* what the host has of the block before is not copied there */
    SUNZI_TRY(sunzi_memory_take(v));
    if (vi)
        SUNZI_TRY(sunzi_memory_take(vi));
    status =
        sunzi_launch(s->p->ctx, reconstruction(s),
                     sunzi_range2((int)block->rows, (int)block->cols), &args);
done:
    return status;
}

static sunzi_status reconstruct_all(run *s, const sunzi_result_block *block)
{
    const int64_t imaginary = 2 * s->plan->moduli.count * s->r_plane;
    sunzi_status status;
    if (s->fused)
        return reconstruct(s, block, 0, block->v, block->vi);
    SUNZI_TRY(reconstruct(s, block, 0, block->v, NULL));
    if (s->is_complex)
        SUNZI_TRY(reconstruct(s, block, imaginary, block->vi, NULL));
done:
    return status;
}

static bool outside(const run *s, int64_t i0, int64_t rows, int64_t j0,
                    int64_t cols)
{
    return (s->p->triangle == SUNZI_LOWER && j0 > i0 + rows - 1) ||
           (s->p->triangle == SUNZI_UPPER && j0 + cols - 1 < i0);
}

/* Seconds of copies and of work that stores wait for are the product's. */
static sunzi_status one_block(run *s, const sunzi_result_block *block,
                              sunzi_results *results)
{
    sunzi_product_info *info = results->info;
    const double stored = info->seconds_reconstruct, start = sunzi_seconds();
    sunzi_status status;
    SUNZI_TRY(multiply(s, block->rows, block->cols));
    SUNZI_TRY(reconstruct_all(s, block));
    SUNZI_TRY(sunzi_results_give(results, block));
    info->seconds_product +=
        sunzi_seconds() - start - (info->seconds_reconstruct - stored);
done:
    return status;
}

static sunzi_status all_blocks(run *s, sunzi_results *results)
{
    const sunzi_problem *p = s->p;
    sunzi_product_info *info = results->info;
    sunzi_status status = SUNZI_OK;
    int turn = 0;
    for (int64_t i0 = 0; i0 < p->m; i0 += s->a->block) {
        const int64_t rows = sunzi_min64(s->a->block, p->m - i0);
        double start = sunzi_seconds();
        SUNZI_TRY(sunzi_operands_convert(&s->of, s->a, i0, rows));
        info->seconds_convert += sunzi_seconds() - start;
        for (int64_t j0 = 0; j0 < p->n; j0 += s->b->block) {
            const int64_t cols = sunzi_min64(s->b->block, p->n - j0);
            if (outside(s, i0, rows, j0, cols))
                continue;
            start = sunzi_seconds();
            if (i0 == 0 || s->b->block < p->n)
                SUNZI_TRY(sunzi_operands_convert(&s->of, s->b, j0, cols));
            info->seconds_convert += sunzi_seconds() - start;
            const sunzi_result_block block = {.i0 = i0,
                                              .rows = rows,
                                              .j0 = j0,
                                              .cols = cols,
                                              .ld = s->b->block,
                                              .v = s->v[turn],
                                              .vi = s->vi[turn],
                                              .skip_row = {s->a->skip, i0},
                                              .skip_col = {s->b->skip, j0}};
            SUNZI_TRY(one_block(s, &block, results));
            turn = s->v[1] ? !turn : 0;
        }
    }
    status = sunzi_results_end(results);
done:
    return status;
}

static void drop(run *s)
{
    drop_block(s);
    sunzi_memory_destroy(&s->product);
    sunzi_operands_close(&s->of);
}

sunzi_status sunzi_product_run_on_device(const sunzi_problem *p,
                                         sunzi_product_plan *plan,
                                         sunzi_product_info *info,
                                         const char **worker)
{
    run s = {.p = p,
             .plan = plan,
             .is_complex = p->scalar == SUNZI_SCALAR_C64,
             .parts = p->scalar == SUNZI_SCALAR_C64 ? 3 : 1,
             .has_own = sunzi_unit_works(p->ctx, SUNZI_UNIT_INT8, NULL, 0)};
    const size_t before = taken_bytes(&s);
    sunzi_results results = {.p = p};
    sunzi_status status;
    sunzi_operands_open(p, plan, &s.of);
    s.a = &s.of.a;
    s.b = &s.of.b;
    status = take_all(&s);
    if (status == SUNZI_ERR_NOMEM)
        status = fail_for_room(&s);
    if (status < 0)
        goto done;
    SUNZI_TRY(sunzi_operands_send(&s.of));
    if (s.own)
        *worker = sunzi_unit_worker(p->ctx);
    SUNZI_TRY(sunzi_results_open(&results, p, plan, info, s.b->block,
                                 sums_bytes(&s)));
    SUNZI_TRY(all_blocks(&s, &results));
    const size_t after = taken_bytes(&s);
    info->workspace_bytes += after > before ? after - before : 0;
done:
    sunzi_results_close(&results);
    drop(&s);
    return status;
}
