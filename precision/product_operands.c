/* SPDX-License-Identifier: BSD-3-Clause */
/* Operands on a device: see product_operands.h. */
#include "precision/product_operands.h"

#include <string.h>

#include "engines/device.h"
#include "engines/launch.h"
#include "precision/product.k.h"

enum {
    RESIDUES_MOST = 1 << 17, /* |sums| of product_residue */
    GAPS = 8,                /* gaps of an eighth of a line travel with it */
    SHARE = 16               /* of the memory that is left, for pieces */
};

_Static_assert(SUNZI_PIECE_VECTORS % PRODUCT_TURN_VECTORS == 0,
               "pieces are whole tiles of product_convert_turned");

static const size_t PIECE_MOST = (size_t)64 << 20; /* longer is not faster */

/* ---- pieces ---- */

/* Where the caller has it held (sunzi/hold.h): used there, never packed. */
static bool is_held(const sunzi_problem *p, const sunzi_operand *o)
{
    return sunzi_memory_is_held(p->ctx, o->data);
}

static bool is_tight(int64_t length, int64_t stride)
{
    return stride >= length && stride - length <= length / GAPS;
}

static bool by_rows(const sunzi_operand *o)
{
    return o->element_stride == 1;
}

bool sunzi_piece_is_direct(const sunzi_problem *p, const sunzi_operand *o,
                           int64_t count)
{
    if (is_held(p, o))
        return true;
    return by_rows(o) ? is_tight(p->k, o->vector_stride)
                      : count == o->count && is_tight(count, o->element_stride);
}

static size_t sent_bytes(const sunzi_problem *p, const sunzi_operand *o,
                         int64_t count)
{
    return sunzi_piece_is_direct(p, o, count)
               ? sunzi_operand_bytes(p, o, count)
               : (size_t)(count * p->k) * sunzi_number_bytes(p);
}

size_t sunzi_piece_bytes(const sunzi_problem *p, const sunzi_operand *o,
                         int64_t count)
{
    return is_held(p, o) ? 0 : sent_bytes(p, o, count);
}

sunzi_status sunzi_piece_take(const sunzi_problem *p, size_t bytes, bool direct,
                              sunzi_piece *piece)
{
    sunzi_status status = SUNZI_OK;
    if (bytes == 0)
        return SUNZI_OK;
    SUNZI_TRY(sunzi_memory_create(p->ctx, bytes, "a piece of an operand",
                                  &piece->memory));
    SUNZI_TRY(sunzi_memory_take(piece->memory));
    if (!direct)
        SUNZI_TRY(sunzi_pool_take(p->ctx->pool, bytes, "a piece of an operand",
                                  &piece->packed));
done:
    return status;
}

void sunzi_piece_drop(const sunzi_problem *p, sunzi_piece *piece)
{
    sunzi_memory_destroy(&piece->memory);
    sunzi_pool_give(p->ctx->pool, &piece->packed);
}

/* Lines put together. */
static void pack(const sunzi_problem *p, const sunzi_operand *o, int64_t first,
                 int64_t count, char *to)
{
    const int64_t size = (int64_t)sunzi_number_bytes(p);
    const int64_t lines = by_rows(o) ? count : p->k;
    const int64_t length = by_rows(o) ? p->k : count;
    const int64_t stride = by_rows(o) ? o->vector_stride : o->element_stride;
    const char *from = (const char *)o->data + first * o->vector_stride * size;
#pragma omp parallel for num_threads(sunzi_threads(p->ctx))
    for (int64_t l = 0; l < lines; l++)
        memcpy(to + l * length * size, from + l * stride * size,
               (size_t)(length * size));
}

sunzi_status sunzi_piece_send(const sunzi_problem *p, const sunzi_operand *o,
                              int64_t first, int64_t count, sunzi_piece *piece)
{
    const bool direct = sunzi_piece_is_direct(p, o, count);
    const char *from =
        (const char *)o->data +
        first * o->vector_stride * (int64_t)sunzi_number_bytes(p);
    piece->rows = by_rows(o);
    piece->vector_stride = direct ? o->vector_stride : by_rows(o) ? p->k : 1;
    piece->element_stride = direct ? o->element_stride : by_rows(o) ? 1 : count;
    const size_t bytes = sent_bytes(p, o, count);
    if (is_held(p, o)) {
        sunzi_memory_destroy(&piece->memory);
        return sunzi_memory_use(p->ctx, (void *)(uintptr_t)from, bytes,
                                "an operand", &piece->memory);
    }
    if (!direct) {
        pack(p, o, first, count, piece->packed);
        from = piece->packed;
    }
    return sunzi_memory_put(piece->memory, from, bytes);
}

/* ---- whole operands ---- */

sunzi_status sunzi_operand_bring(const sunzi_problem *p, const sunzi_operand *o,
                                 size_t besides, sunzi_memory **memory)
{
    const size_t bytes = sunzi_operand_bytes(p, o, o->count);
    const size_t left = sunzi_memory_left_there(p->ctx);
    void *data = (void *)(uintptr_t)o->data;
    sunzi_status status;
    if (is_held(p, o))
        return sunzi_memory_use(p->ctx, data, bytes, "an operand", memory);
    if (bytes > left || besides > left - bytes)
        return sunzi_fail(SUNZI_ERR_NOMEM,
                          "%s: %zu bytes of an operand, %zu are left on the "
                          "device; it comes there by pieces",
                          p->function, bytes, left);
    SUNZI_TRY(sunzi_memory_wrap(p->ctx, data, bytes, "an operand", memory));
    SUNZI_TRY(sunzi_memory_room(*memory));
done:
    if (status < 0)
        sunzi_memory_destroy(memory);
    return status;
}

/* Copy what the host has of it. */
static sunzi_status send(sunzi_memory *memory)
{
    void *place;
    return sunzi_memory_for_kernel(memory, true, false, &place);
}

static void forget(sunzi_product_side *x)
{
    if (x->lent)
        x->data = NULL;
    x->lent = false;
    sunzi_memory_destroy(&x->data);
}

static sunzi_status keep(sunzi_product_operands *s, sunzi_product_side *x)
{
    if (x->data)
        return SUNZI_OK;
    if (x != &s->b || !s->p->same_operands || !s->a.data)
        return sunzi_operand_bring(s->p, x->o, 0, &x->data);
    x->data = s->a.data;
    x->lent = true;
    return SUNZI_OK;
}

/* Of the smallest piece. */
static size_t least_bytes(const sunzi_problem *p, const sunzi_operand *o)
{
    return sunzi_piece_bytes(p, o, sunzi_min64(o->count, SUNZI_PIECE_VECTORS));
}

/* Bytes of the pieces of an operand that is not kept, of at most `most` bytes
 * but for the smallest. */
static size_t size_piece(const sunzi_product_operands *s, sunzi_product_side *x,
                         size_t most)
{
    const size_t least = least_bytes(s->p, x->o);
    if (x->data)
        return 0;
    x->piece =
        sunzi_min64(x->o->count, SUNZI_PIECE_VECTORS *
                                     (int64_t)sunzi_max_size(1, most / least));
    return sunzi_piece_bytes(s->p, x->o, x->piece);
}

sunzi_status sunzi_operands_keep(sunzi_product_operands *s,
                                 sunzi_product_kept kept)
{
    const sunzi_problem *p = s->p;
    const bool keeps_a = kept == SUNZI_KEEP_BOTH || is_held(p, &p->a);
    const bool keeps_b = kept <= SUNZI_KEEP_B || is_held(p, &p->b);
    sunzi_status status = SUNZI_OK;
    sunzi_piece_drop(p, &s->piece);
    if (!keeps_b || p->same_operands)
        forget(&s->b);
    if (!keeps_a)
        forget(&s->a);
    if (keeps_a)
        SUNZI_TRY(keep(s, &s->a));
    if (keeps_b)
        SUNZI_TRY(keep(s, &s->b));
    size_t most =
        kept == SUNZI_KEEP_LEAST ? 0 : sunzi_memory_left(p->ctx) / SHARE;
    if (most > PIECE_MOST)
        most = PIECE_MOST;
    const size_t bytes =
        sunzi_max_size(size_piece(s, &s->a, most), size_piece(s, &s->b, most));
    if (bytes)
        status = sunzi_piece_take(p, bytes, false, &s->piece);
done:
    return status;
}

sunzi_status sunzi_operands_send(sunzi_product_operands *s)
{
    sunzi_status status = SUNZI_OK;
    if (s->a.data)
        SUNZI_TRY(send(s->a.data));
    if (s->b.data)
        SUNZI_TRY(send(s->b.data));
done:
    return status;
}

static size_t side_bytes(const sunzi_product_operands *s,
                         const sunzi_product_side *x)
{
    return x->data && !x->lent && !is_held(s->p, x->o)
               ? sunzi_memory_bytes(x->data)
               : 0;
}

size_t sunzi_operands_bytes(const sunzi_product_operands *s)
{
    return side_bytes(s, &s->a) + side_bytes(s, &s->b);
}

/* ---- moduli and exponents ---- */

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

static sunzi_status send_moduli(sunzi_product_operands *s)
{
    const sunzi_moduli *m = &s->plan->moduli;
    const size_t row = PRODUCT_ROW * sizeof(uint32_t);
    void *block = NULL;
    sunzi_status status;
    if (s->table)
        return send(s->table);
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
    status = send(s->table);
done:
    return status;
}

static sunzi_status send_array(const sunzi_product_operands *s,
                               sunzi_product_side *x, const void *array,
                               size_t bytes, const char *what,
                               sunzi_memory **memory)
{
    sunzi_status status = SUNZI_OK;
    if (!*memory)
        SUNZI_TRY(sunzi_memory_wrap(
            s->p->ctx, (void *)(uintptr_t)(array ? array : x->zero),
            array ? bytes : sizeof x->zero, what, memory));
    SUNZI_TRY(send(*memory));
done:
    return status;
}

static sunzi_status send_exponents(const sunzi_product_operands *s,
                                   sunzi_product_side *x)
{
    const sunzi_operand_plan *plan = x->plan;
    const size_t count = (size_t)x->o->count;
    sunzi_status status;
    SUNZI_TRY(send_array(s, x,
                         plan->inner_part ? plan->inner_part : plan->inner,
                         (size_t)s->p->k * 4, "exponents", &x->inner));
    SUNZI_TRY(send_array(s, x, plan->shift, count * 4, "exponents", &x->shift));
    SUNZI_TRY(send_array(s, x, plan->skip, count, "special vectors", &x->skip));
done:
    return status;
}

sunzi_status sunzi_operands_send_tables(sunzi_product_operands *s)
{
    sunzi_status status;
    SUNZI_TRY(send_moduli(s));
    SUNZI_TRY(send_exponents(s, &s->a));
    SUNZI_TRY(send_exponents(s, &s->b));
done:
    return status;
}

/* Of the tables of one operand. */
static size_t table_bytes(const sunzi_product_operands *s,
                          const sunzi_product_side *x)
{
    const size_t inner = x->plan->inner ? (size_t)s->p->k * 4 : sizeof x->zero;
    return (size_t)x->o->count * 5 + inner;
}

size_t sunzi_operands_least(const sunzi_product_operands *s)
{
    const size_t rows = (size_t)s->plan->moduli.count;
    return sunzi_max_size(least_bytes(s->p, s->a.o),
                          least_bytes(s->p, s->b.o)) +
           rows * PRODUCT_ROW * sizeof(uint32_t) + table_bytes(s, &s->a) +
           table_bytes(s, &s->b);
}

void sunzi_operands_open(const sunzi_problem *p, sunzi_product_plan *plan,
                         sunzi_product_operands *s)
{
    *s = (sunzi_product_operands){
        .p = p,
        .plan = plan,
        .is_complex = p->scalar == SUNZI_SCALAR_C64,
        .depth = sunzi_round_up(p->k, PRODUCT_TURN_DEPTH),
        .a = {.o = &p->a, .plan = &plan->a, .data = plan->a.there},
        .b = {.o = &p->b, .plan = &plan->b, .data = plan->b.there}};
    plan->a.there = plan->b.there = NULL;
}

static void drop_side(sunzi_product_side *x)
{
    forget(x);
    sunzi_memory_destroy(&x->inner);
    sunzi_memory_destroy(&x->shift);
    sunzi_memory_destroy(&x->skip);
}

void sunzi_operands_drop(sunzi_product_operands *s)
{
    drop_side(&s->b);
    drop_side(&s->a);
    sunzi_piece_drop(s->p, &s->piece);
    sunzi_memory_destroy(&s->table);
}

void sunzi_operands_close(sunzi_product_operands *s)
{
    sunzi_operands_drop(s);
    sunzi_memory_destroy(&s->a.planes);
    sunzi_memory_destroy(&s->b.planes);
}

/* ---- residues ---- */

/* Vectors that lie in a memory, and where in the planes they go. */
typedef struct vectors {
    sunzi_memory *memory;
    int64_t first; /* number */
    int64_t vector_stride, element_stride;
    int64_t vector, at; /* of the operand; of the planes */
    int64_t count, padded;
} vectors;

/* part 1: imaginary parts. */
static sunzi_status convert_part(const sunzi_product_operands *s,
                                 const sunzi_product_side *x, const vectors *v,
                                 int part)
{
    const int64_t width = s->plan->width;
    const int words = s->p->scalar == SUNZI_SCALAR_F32 ? 1 : 2;
    const int64_t tiles = v->padded / PRODUCT_TURN_VECTORS;
    const product_convert_turned_args args = {
        .x = {v->memory, words * (v->first * width + part)},
        .inner = {x->inner},
        .shift = {x->shift, v->vector},
        .skip = {x->skip, v->vector},
        .table = {s->table},
        .planes = {x->planes, (part * x->part + v->at * s->depth) / 4},
        .vector_stride = width * v->vector_stride,
        .element_stride = width * v->element_stride,
        .plane = x->plane / 4,
        .row = s->depth / 4,
        .vectors = (int)v->count,
        .depth = (int)s->p->k,
        .moduli = s->plan->moduli.count,
        .words = words,
        .balanced = s->plan->balanced,
        .negate = part && x->o->conjugate,
        .tiles = (int)tiles};
    if (v->element_stride == 1) /* the same list, but for the last */
        return sunzi_launch(s->p->ctx, &sunzi_kernel_product_convert,
                            sunzi_range2((int)v->padded, (int)(s->depth / 4)),
                            &args);
    return sunzi_launch(
        s->p->ctx, &sunzi_kernel_product_convert_turned,
        sunzi_range((int)(s->depth / PRODUCT_TURN_DEPTH * tiles)), &args);
}

static sunzi_status convert_vectors(const sunzi_product_operands *s,
                                    const sunzi_product_side *x,
                                    const vectors *v)
{
    sunzi_status status = SUNZI_OK;
    for (int part = 0; part < s->plan->width; part++)
        SUNZI_TRY(convert_part(s, x, v, part));
done:
    return status;
}

/* The last piece has the padding of the block, too. */
static sunzi_status convert_pieces(sunzi_product_operands *s,
                                   const sunzi_product_side *x, int64_t first,
                                   int64_t count)
{
    sunzi_status status = SUNZI_OK;
    for (int64_t at = 0; at < count; at += x->piece) {
        const int64_t some = sunzi_min64(x->piece, count - at);
        SUNZI_TRY(sunzi_piece_send(s->p, x->o, first + at, some, &s->piece));
        const vectors v = {.memory = s->piece.memory,
                           .vector_stride = s->piece.vector_stride,
                           .element_stride = s->piece.element_stride,
                           .vector = first + at,
                           .at = at,
                           .count = some,
                           .padded = at + some < count ? some : x->block - at};
        SUNZI_TRY(convert_vectors(s, x, &v));
    }
done:
    return status;
}

sunzi_status sunzi_operands_convert(sunzi_product_operands *s,
                                    sunzi_product_side *x, int64_t first,
                                    int64_t count)
{
    const vectors all = {.memory = x->data,
                         .first = first * x->o->vector_stride,
                         .vector_stride = x->o->vector_stride,
                         .element_stride = x->o->element_stride,
                         .vector = first,
                         .count = count,
                         .padded = x->block};
    sunzi_status status;
    SUNZI_TRY(x->data ? convert_vectors(s, x, &all)
                      : convert_pieces(s, x, first, count));
    if (s->is_complex)
        SUNZI_TRY(SUNZI_LAUNCH(
            s->p->ctx, product_add_parts,
            sunzi_range2(s->plan->moduli.count, (int)x->plane),
            .re = {x->planes}, .im = {x->planes, x->part}, .table = {s->table},
            .sum = {x->planes, 2 * x->part}, .plane = x->plane));
done:
    return status;
}
