/* SPDX-License-Identifier: BSD-3-Clause */
/* The emulated product on the device of the context: the same plan, integers
 * and bits as on a CPU engine. Operands are copied there once; blocks of C, as
 * large as the device's memory allows, are computed there and stored here with
 * alpha and beta, a block while the device works on the next one
 * (product_results.h). The products of residues are the device's own where it
 * has INT8 ones (engines/units.h), some moduli at a time, and else those of
 * product_residues. The device needs no FP64. */
#include <string.h>

#include "engines/device.h"
#include "engines/launch.h"
#include "engines/units.h"
#include "precision/product.h"
#include "precision/product.k.h"
#include "precision/product_results.h"

enum {
    PAD = 64,
    MEMORIES = 10,          /* besides those of a block */
    BLOCKS = 4,             /* that one is worth, so that copies overlap */
    ROWS_LEAST = 256,       /* of one of those */
    POINTS = 1 << 30,       /* of a launch: bytes of a plane */
    DEPTH_STEP = 1 << 16,   /* whose products have sums below 2^31 */
    RESIDUES_MOST = 1 << 17 /* |sums| of product_residue */
};

/* One operand there. */
typedef struct side {
    const sunzi_operand *o;
    const sunzi_operand_plan *plan;
    sunzi_memory *data, *inner, *shift, *skip, *planes;
    int64_t block;       /* vectors converted at a time, padded */
    int64_t plane, part; /* bytes of a plane; of all planes of one part */
} side;

typedef struct run {
    const sunzi_problem *p;
    const sunzi_product_plan *plan;
    bool is_complex;
    int parts;     /* integer products a modulus */
    int64_t depth; /* padded */
    side a, b;
    sunzi_memory *table, *product, *r;
    sunzi_memory *v[2], *vi[2]; /* of blocks in turn; 1: more than one block */
    sunzi_memory *sums; /* of `own` moduli, by the device's own products */
    int own;            /* moduli at a time; 0: it has none */
    int64_t r_plane;
    uint8_t zero[4]; /* stands for arrays that are not there */
} run;

/* ---- tables ---- */

/* What product_residue takes: see there. */
static void set_weights(uint32_t p, uint32_t *of)
{
    const int32_t whole = (int32_t)p;
    const int32_t multiple = (RESIDUES_MOST / whole + 2) * whole;
    int32_t power = 1, sum = 0;
    of[PRODUCT_WEIGHTS] = of[PRODUCT_WEIGHTS + 1] = 0;
    for (int b = 0; b < 8; b++) {
        const int32_t weight = power > (whole - 1) / 2 ? power - whole : power;
        of[PRODUCT_WEIGHTS + b / 4] |= ((uint32_t)weight & 0xFF) << 8 * (b % 4);
        sum += 128 * weight;
        power = power * 256 % whole;
    }
    sum = (sum % whole + whole) % whole;
    of[PRODUCT_PLUS] = (uint32_t)(multiple + sum + whole / 2);
    of[PRODUCT_MINUS] = (uint32_t)(multiple - sum + whole / 2);
}

static sunzi_status make_tables(run *s)
{
    const sunzi_moduli *m = &s->plan->moduli;
    const size_t row = PRODUCT_ROW * sizeof(uint32_t);
    void *block = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_create(s->p->ctx, (size_t)m->count * row,
                                  "moduli of a product", &s->table));
    SUNZI_TRY(sunzi_memory_fill(s->table, &block));
    for (int t = 0; t < m->count; t++) {
        uint32_t *of = (uint32_t *)block + t * PRODUCT_ROW;
        const uint32_t p = (uint32_t)m->p[t];
        const uint64_t fraction = (UINT64_C(1) << 52) / p;
        uint32_t power = 1 % p;
        of[PRODUCT_P] = p;
        of[PRODUCT_RECIPROCAL] = (uint32_t)((UINT64_C(1) << 32) / p);
        of[PRODUCT_INVERSE] = (uint32_t)m->inverse[t];
        memcpy(of + PRODUCT_FRACTION, &fraction, sizeof fraction);
        memcpy(of + PRODUCT_COFACTOR, m->cofactor[t], sizeof m->cofactor[t]);
        set_weights(p, of);
        for (int e = 0; e < PRODUCT_POWERS_COUNT; e++) {
            of[PRODUCT_POWERS + e] = power;
            power = power * 2 % p;
        }
    }
    SUNZI_TRY(sunzi_memory_wrap(s->p->ctx, (void *)(uintptr_t)m->product,
                                sizeof m->product, "product of the moduli",
                                &s->product));
done:
    return status;
}

/* ---- memory ---- */

/* Copy it there before blocks take what memory is left. */
static sunzi_status send(sunzi_memory *memory)
{
    void *place;
    return sunzi_memory_for_kernel(memory, true, false, &place);
}

sunzi_status sunzi_operand_bring(const sunzi_problem *p, const sunzi_operand *o,
                                 sunzi_memory **memory)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_use(p->ctx, (void *)(uintptr_t)o->data,
                               sunzi_operand_bytes(p, o), "an operand",
                               memory));
    SUNZI_TRY(sunzi_memory_room(*memory));
done:
    return status;
}

static sunzi_status wrap(const run *s, const void *array, size_t bytes,
                         const char *what, sunzi_memory **memory)
{
    const void *from = array ? array : s->zero;
    return sunzi_memory_wrap(s->p->ctx, (void *)(uintptr_t)from,
                             array ? bytes : sizeof s->zero, what, memory);
}

static sunzi_status bring(const run *s, side *x)
{
    const size_t count = (size_t)x->o->count;
    sunzi_status status;
    x->data = x->plan->there; /* the plan's own, or: */
    if (!x->data)
        SUNZI_TRY(sunzi_operand_bring(s->p, x->o, &x->data));
    SUNZI_TRY(send(x->data));
    SUNZI_TRY(wrap(s,
                   x->plan->inner_part ? x->plan->inner_part : x->plan->inner,
                   (size_t)s->p->k * 4, "exponents", &x->inner));
    SUNZI_TRY(wrap(s, x->plan->shift, count * 4, "exponents", &x->shift));
    SUNZI_TRY(wrap(s, x->plan->skip, count, "special vectors", &x->skip));
    SUNZI_TRY(send(x->inner));
    SUNZI_TRY(send(x->shift));
    SUNZI_TRY(send(x->skip));
done:
    return status;
}

static int64_t result_bytes(const run *s)
{
    return s->a.block * s->b.block;
}

/* Of all of C. */
static int64_t sums_bytes(const run *s)
{
    return 8 * s->plan->width * s->p->m * s->p->n;
}

/* Memories of results: two where one travels while the other is computed. */
static int in_turn(const run *s)
{
    const bool several = s->a.block < s->p->m || s->b.block < s->p->n;
    return several && sunzi_results_beside(s->p, s->b.block, sums_bytes(s)) ? 2
                                                                            : 1;
}

/* Bytes of the planes and results of a block; *largest of the memories. */
static size_t block_bytes(const run *s, size_t *largest)
{
    const size_t n = (size_t)s->plan->moduli.count, parts = (size_t)s->parts;
    const size_t depth = (size_t)s->depth;
    const size_t a = sunzi_size_product(parts * n, (size_t)s->a.block, depth);
    const size_t b = sunzi_size_product(parts * n, (size_t)s->b.block, depth);
    const size_t r = parts * n * (size_t)result_bytes(s);
    const size_t v = 8 * (size_t)s->plan->width * (size_t)in_turn(s) *
                     (size_t)result_bytes(s);
    const size_t sums = 4 * (size_t)s->own * (size_t)result_bytes(s);
    *largest = a > b ? a : b;
    *largest = r > *largest ? r : *largest;
    *largest = sums > *largest ? sums : *largest;
    return a + b + r + v + sums;
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
           s->a.block / PRODUCT_TILE > SUNZI_GROUPS_MAX ||
           s->a.block * s->depth > most || s->b.block * s->depth > most;
}

/* Take less: fewer moduli at a time, then a smaller block. */
static bool shrink(run *s)
{
    if (s->own > 1 && !too_many(s)) {
        s->own = (s->own + 1) / 2;
        return true;
    }
    int64_t *larger = s->b.block >= s->a.block ? &s->b.block : &s->a.block;
    if (*larger <= PAD)
        return false;
    *larger = sunzi_round_up(*larger / 2, PAD);
    return true;
}

static void drop_block(run *s)
{
    sunzi_memory_destroy(&s->a.planes);
    sunzi_memory_destroy(&s->b.planes);
    sunzi_memory_destroy(&s->r);
    for (int k = 0; k < 2; k++) {
        sunzi_memory_destroy(&s->v[k]);
        sunzi_memory_destroy(&s->vi[k]);
    }
    sunzi_memory_destroy(&s->sums);
}

/* Take a memory there now, so that nothing fails later. */
static sunzi_status take(const run *s, int64_t bytes, const char *what,
                         sunzi_memory **memory)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_create(s->p->ctx, (size_t)bytes, what, memory));
    SUNZI_TRY(sunzi_memory_take(*memory));
done:
    return status;
}

static sunzi_status take_block(run *s)
{
    const int64_t n = s->plan->moduli.count;
    sunzi_status status;
    s->a.plane = s->a.block * s->depth;
    s->b.plane = s->b.block * s->depth;
    s->a.part = n * s->a.plane;
    s->b.part = n * s->b.plane;
    s->r_plane = result_bytes(s);
    SUNZI_TRY(take(s, s->parts * s->a.part, "residues of A", &s->a.planes));
    SUNZI_TRY(take(s, s->parts * s->b.part, "residues of B", &s->b.planes));
    SUNZI_TRY(take(s, s->parts * n * s->r_plane, "residues of C", &s->r));
    for (int k = 0; k < in_turn(s); k++) {
        SUNZI_TRY(take(s, 8 * s->r_plane, "a block of C", &s->v[k]));
        if (s->is_complex)
            SUNZI_TRY(take(s, 8 * s->r_plane, "a block of C", &s->vi[k]));
    }
    if (s->own)
        SUNZI_TRY(take(s, 4 * s->own * s->r_plane, "sums of C", &s->sums));
done:
    return status;
}

/* Rows of C are cut where they travel beside the work, and B is converted once
 * all the same. */
static void split(run *s)
{
    const int64_t rows = sunzi_max64(
        sunzi_round_up((s->p->m + BLOCKS - 1) / BLOCKS, PAD), ROWS_LEAST);
    if (s->b.block >= s->p->n && s->a.block > rows &&
        sunzi_results_beside(s->p, s->b.block, sums_bytes(s) / BLOCKS))
        s->a.block = rows;
}

/* The largest blocks that fit; smaller ones where the device says no. */
static sunzi_status choose_block(run *s)
{
    const size_t largest_bytes = s->p->ctx->device->limits.largest_bytes;
    size_t largest;
    sunzi_status status;
    s->a.block = sunzi_round_up(s->p->m, PAD);
    s->b.block = sunzi_round_up(s->p->n, PAD);
    while ((block_bytes(s, &largest) > sunzi_memory_left(s->p->ctx) ||
            largest > largest_bytes || too_many(s)) &&
           shrink(s))
        ;
    split(s);
    while ((status = take_block(s)) == SUNZI_ERR_NOMEM) {
        drop_block(s);
        if (!shrink(s))
            break;
    }
    return status;
}

/* ---- steps ---- */

/* Residues of `count` vectors from `first` on; part 1: imaginary parts. */
static sunzi_status convert_part(run *s, side *x, int64_t first, int64_t count,
                                 int part)
{
    const int64_t width = s->plan->width;
    const int words = s->p->scalar == SUNZI_SCALAR_F32 ? 1 : 2;
    const product_convert_args args = {
        .x = {x->data, words * (first * x->o->vector_stride * width + part)},
        .inner = {x->inner},
        .shift = {x->shift, first},
        .skip = {x->skip, first},
        .table = {s->table},
        .planes = {x->planes, part * x->part / 4},
        .vector_stride = width * x->o->vector_stride,
        .element_stride = width * x->o->element_stride,
        .plane = x->plane / 4,
        .row = s->depth / 4,
        .vectors = (int)count,
        .depth = (int)s->p->k,
        .moduli = s->plan->moduli.count,
        .words = words,
        .balanced = s->plan->balanced,
        .negate = part && x->o->conjugate};
    if (x->o->element_stride == 1)
        return sunzi_launch(s->p->ctx, &sunzi_kernel_product_convert,
                            sunzi_range2((int)x->block, (int)(s->depth / 4)),
                            &args);
    return sunzi_launch(s->p->ctx, &sunzi_kernel_product_convert_turned,
                        sunzi_range((int)(s->depth / PRODUCT_TURN_DEPTH *
                                          (x->block / PRODUCT_TURN_VECTORS))),
                        &args);
}

static sunzi_status convert(run *s, side *x, int64_t first, int64_t count)
{
    sunzi_status status;
    SUNZI_TRY(convert_part(s, x, first, count, 0));
    if (s->is_complex) {
        SUNZI_TRY(convert_part(s, x, first, count, 1));
        SUNZI_TRY(SUNZI_LAUNCH(
            s->p->ctx, product_add_parts,
            sunzi_range2(s->plan->moduli.count, (int)x->plane),
            .re = {x->planes}, .im = {x->planes, x->part}, .table = {s->table},
            .sum = {x->planes, 2 * x->part}, .plane = x->plane));
    }
done:
    return status;
}

/* Residues of one part by the device's own products, of the first `rows` rows
 * and `cols` columns of the block, padded. */
static sunzi_status multiply_by_own(run *s, int part, int64_t rows,
                                    int64_t cols)
{
    const int n = s->plan->moduli.count;
    const int64_t ld = s->b.block;
    sunzi_status status = SUNZI_OK;
    for (int t = 0; t < n; t += s->own)
        for (int64_t h = 0; h < s->depth; h += DEPTH_STEP) {
            const int count = n - t < s->own ? n - t : s->own;
            const sunzi_unit_product product = {
                .unit = SUNZI_UNIT_INT8,
                .b_transposed = true,
                .m = (int)rows,
                .n = (int)cols,
                .k = (int)sunzi_min64(DEPTH_STEP, s->depth - h),
                .count = count,
                .alpha = 1,
                .a = {s->a.planes, part * s->a.part + t * s->a.plane + h,
                      s->depth, s->a.plane},
                .b = {s->b.planes, part * s->b.part + t * s->b.plane + h,
                      s->depth, s->b.plane},
                .c = {s->sums, 0, ld, s->r_plane}};
            SUNZI_TRY(sunzi_unit_multiply(s->p->ctx, &product));
            SUNZI_TRY(SUNZI_LAUNCH(s->p->ctx, product_reduce,
                                   sunzi_range2(count, (int)(rows * ld / 4)),
                                   .sums = {s->sums},
                                   .table = {s->table, t * PRODUCT_ROW},
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
        sunzi_range3(n, (int)(s->a.block / PRODUCT_TILE),
                     (int)(s->b.block / PRODUCT_TILE)),
        .a = {s->a.planes, part * s->a.part / 4},
        .b = {s->b.planes, part * s->b.part / 4}, .table = {s->table},
        .r = {s->r, part * n * s->r_plane}, .a_plane = s->a.plane / 4,
        .b_plane = s->b.plane / 4, .r_plane = s->r_plane,
        .depth_words = (int)(s->depth / 4), .ld = (int)s->b.block);
}

static sunzi_status multiply(run *s, int64_t rows, int64_t cols)
{
    const int n = s->plan->moduli.count;
    sunzi_status status = SUNZI_OK;
    for (int part = 0; part < s->parts; part++)
        if (s->own)
            SUNZI_TRY(multiply_by_own(s, part, sunzi_round_up(rows, PAD),
                                      sunzi_round_up(cols, PAD)));
        else
            SUNZI_TRY(multiply_by_kernel(s, part));
    if (s->is_complex)
        SUNZI_TRY(SUNZI_LAUNCH(s->p->ctx, product_combine,
                               sunzi_range2(n, (int)s->r_plane), .rr = {s->r},
                               .ii = {s->r, n * s->r_plane},
                               .ss = {s->r, 2 * n * s->r_plane},
                               .table = {s->table}, .plane = s->r_plane));
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

static sunzi_status reconstruct(run *s, int64_t i0, int64_t rows, int64_t j0,
                                int64_t cols, int64_t first, sunzi_memory *v)
{
    const product_reconstruct_args args = {.r = {s->r, first},
                                           .table = {s->table},
                                           .product = {s->product},
                                           .row_shift = {s->a.shift, i0},
                                           .col_shift = {s->b.shift, j0},
                                           .v = {v},
                                           .plane = s->r_plane,
                                           .ld = s->b.block,
                                           .ldv = s->b.block,
                                           .moduli = s->plan->moduli.count};
    sunzi_status status;
    /* what the host has of the block before is not copied there */
    SUNZI_TRY(sunzi_memory_take(v));
    status = sunzi_launch(s->p->ctx,
                          is_short(&s->plan->moduli)
                              ? &sunzi_kernel_product_reconstruct_short
                              : &sunzi_kernel_product_reconstruct,
                          sunzi_range2((int)rows, (int)cols), &args);
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
    SUNZI_TRY(reconstruct(s, block->i0, block->rows, block->j0, block->cols, 0,
                          block->v));
    if (s->is_complex)
        SUNZI_TRY(reconstruct(s, block->i0, block->rows, block->j0, block->cols,
                              2 * s->plan->moduli.count * s->r_plane,
                              block->vi));
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
    for (int64_t i0 = 0; i0 < p->m; i0 += s->a.block) {
        const int64_t rows = sunzi_min64(s->a.block, p->m - i0);
        double start = sunzi_seconds();
        SUNZI_TRY(convert(s, &s->a, i0, rows));
        info->seconds_convert += sunzi_seconds() - start;
        for (int64_t j0 = 0; j0 < p->n; j0 += s->b.block) {
            const int64_t cols = sunzi_min64(s->b.block, p->n - j0);
            if (outside(s, i0, rows, j0, cols))
                continue;
            start = sunzi_seconds();
            if (i0 == 0 || s->b.block < p->n)
                SUNZI_TRY(convert(s, &s->b, j0, cols));
            info->seconds_convert += sunzi_seconds() - start;
            const sunzi_result_block block = {.i0 = i0,
                                              .rows = rows,
                                              .j0 = j0,
                                              .cols = cols,
                                              .ld = s->b.block,
                                              .v = s->v[turn],
                                              .vi = s->vi[turn],
                                              .skip_row = {s->a.skip, i0},
                                              .skip_col = {s->b.skip, j0}};
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
    sunzi_memory **all[MEMORIES] = {
        &s->a.data,  &s->b.data, &s->a.inner, &s->b.inner, &s->a.shift,
        &s->b.shift, &s->a.skip, &s->b.skip,  &s->table,   &s->product};
    if (s->a.data == s->plan->a.there)
        s->a.data = NULL;
    if (s->b.data == s->plan->b.there)
        s->b.data = NULL;
    drop_block(s);
    for (int i = 0; i < MEMORIES; i++)
        sunzi_memory_destroy(all[i]);
}

sunzi_status sunzi_product_run_on_device(const sunzi_problem *p,
                                         const sunzi_product_plan *plan,
                                         sunzi_product_info *info,
                                         const char **worker)
{
    run s = {.p = p,
             .plan = plan,
             .is_complex = p->scalar == SUNZI_SCALAR_C64,
             .parts = p->scalar == SUNZI_SCALAR_C64 ? 3 : 1,
             .depth = sunzi_round_up(p->k, PAD),
             .a = {.o = &p->a, .plan = &plan->a},
             .b = {.o = &p->b, .plan = &plan->b}};
    const size_t before = taken_bytes(&s);
    sunzi_results results = {.p = p};
    sunzi_status status;
    SUNZI_TRY(make_tables(&s));
    SUNZI_TRY(bring(&s, &s.a));
    SUNZI_TRY(bring(&s, &s.b));
    SUNZI_TRY(send(s.table));
    SUNZI_TRY(send(s.product));
    if (sunzi_unit_works(p->ctx, SUNZI_UNIT_INT8, NULL, 0))
        s.own = plan->moduli.count;
    SUNZI_TRY(choose_block(&s));
    if (s.own)
        *worker = sunzi_unit_worker(p->ctx);
    SUNZI_TRY(
        sunzi_results_open(&results, p, plan, info, s.b.block, sums_bytes(&s)));
    SUNZI_TRY(all_blocks(&s, &results));
    const size_t after = taken_bytes(&s);
    info->workspace_bytes += after > before ? after - before : 0;
done:
    sunzi_results_close(&results);
    drop(&s);
    return status;
}
