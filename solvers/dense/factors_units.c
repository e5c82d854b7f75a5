/* SPDX-License-Identifier: BSD-3-Clause */
/* Trailing updates of an LU factorization by the matrix products of a device's
 * own: the rungs fp32, tf32, fp16 and bf16 (sums in FP32) and int8 (exact sums
 * of slices, precision/low_format.h). The update is C -= A B with C, and the
 * panels before it, in FP32. A number that FP16 does not hold becomes infinite,
 * and the factorization ends at a pivot that is not finite, as that of a CPU
 * engine. */
#include "solvers/dense/factors_device.h"

#include "core/integer.h"
#include "engines/device.h"
#include "engines/launch.h"
#include "precision/low_format.h"
#include "solvers/dense/lu.k.h"
#include "solvers/dense/lu_low.k.h"

_Static_assert(LU_SPECIAL == SUNZI_LOW_SPECIAL, "one mark of special vectors");

enum {
    WIDE_FP32 =
        256, /* columns: the products outweigh the kernels before them */
    WIDE_LOW = 512,
    PAD = 16,
    STRIP_BYTES = 1 << 28 /* of the sums of slices */
};

bool sunzi_lu_unit(sunzi_context *ctx, sunzi_factor factor, sunzi_unit *unit)
{
    if (!ctx->device || ctx->reproducible)
        return false;
    switch (factor) {
    case SUNZI_FACTOR_INT8:
        *unit = SUNZI_UNIT_INT8;
        break;
    case SUNZI_FACTOR_BF16:
        *unit = SUNZI_UNIT_BF16;
        break;
    case SUNZI_FACTOR_FP16:
        *unit = SUNZI_UNIT_FP16;
        break;
    case SUNZI_FACTOR_TF32:
        *unit = SUNZI_UNIT_TF32;
        break;
    case SUNZI_FACTOR_FP32:
        *unit = SUNZI_UNIT_FP32;
        break;
    default:
        return false;
    }
    return sunzi_unit_works(ctx, *unit, NULL, 0);
}

/* An entry of C is read and written with FP32 operands; with slices its three
 * sums are besides. */
bool sunzi_lu_int8_is_faster(sunzi_context *ctx)
{
    const double int8 = sunzi_unit_rate(ctx, SUNZI_UNIT_INT8);
    const double fp32 = sunzi_unit_rate(ctx, SUNZI_UNIT_FP32);
    if (!(int8 > 0) || !(fp32 > 0))
        return int8 > 0;
    const double memory = ctx->device->limits.memory_rate;
    const double byte = memory > 0 ? 1 / memory : 0, depth = WIDE_LOW;
    const double slices = 6 * 2 * depth / int8 + (8 + 3 * 8) * byte;
    return slices < 2 * depth / fp32 + 8 * depth / WIDE_FP32 * byte;
}

static int padded(int count)
{
    return (int)sunzi_round_up(count, PAD);
}

static sunzi_status take(const sunzi_device_lu *s, size_t count, size_t size,
                         sunzi_memory **memory)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_create(s->ctx, sunzi_size_product(count, size, 1),
                                  "operands of an update", memory));
    SUNZI_TRY(sunzi_memory_take(*memory));
done:
    return status;
}

sunzi_status sunzi_lu_unit_take(sunzi_device_lu *s)
{
    const size_t n = (size_t)padded(s->n);
    sunzi_lu_operands *l = &s->low;
    sunzi_status status = SUNZI_OK;
    s->wide = s->unit == SUNZI_UNIT_FP32 ? WIDE_FP32 : WIDE_LOW;
    const size_t numbers = n * (size_t)s->wide;
    if (s->unit == SUNZI_UNIT_FP32 || s->n <= s->wide)
        return SUNZI_OK;
    if (s->unit != SUNZI_UNIT_INT8) {
        const size_t size = s->unit == SUNZI_UNIT_TF32 ? 4 : 2;
        SUNZI_TRY(take(s, numbers, size, &l->left));
        SUNZI_TRY(take(s, numbers, size, &l->right));
        return SUNZI_OK;
    }
    const size_t strip = STRIP_BYTES / (12 * n) / PAD * PAD;
    l->strip = (int)(strip < PAD ? PAD : strip > n ? n : strip);
    SUNZI_TRY(take(s, 3 * numbers, 1, &l->left));
    SUNZI_TRY(take(s, 3 * numbers, 1, &l->right));
    SUNZI_TRY(take(s, n, 4, &l->left_scale));
    SUNZI_TRY(take(s, n, 4, &l->right_scale));
    SUNZI_TRY(take(s, 3 * n * (size_t)l->strip, 4, &l->sums));
done:
    return status;
}

void sunzi_lu_unit_drop(sunzi_device_lu *s)
{
    sunzi_lu_operands *l = &s->low;
    sunzi_memory_destroy(&l->left);
    sunzi_memory_destroy(&l->right);
    sunzi_memory_destroy(&l->left_scale);
    sunzi_memory_destroy(&l->right_scale);
    sunzi_memory_destroy(&l->sums);
}

/* Where the three parts begin in the factors. */
typedef struct parts {
    int size, depth; /* of C: [size][size]; of the product */
    int64_t l21, u12, c;
} parts;

static parts find(const sunzi_device_lu *s, int first, int end)
{
    return (parts){.size = s->n - end,
                   .depth = end - first,
                   .l21 = end * s->ld + first,
                   .u12 = first * s->ld + end,
                   .c = end * s->ld + end};
}

/* C -= A B by one product. */
static sunzi_status subtract(const sunzi_device_lu *s, const parts *p,
                             sunzi_unit_matrix a, sunzi_unit_matrix b)
{
    return sunzi_unit_multiply(
        s->ctx, &(sunzi_unit_product){.unit = s->unit,
                                      .m = p->size,
                                      .n = p->size,
                                      .k = p->depth,
                                      .count = 1,
                                      .alpha = -1,
                                      .beta = 1,
                                      .a = a,
                                      .b = b,
                                      .c = {s->a, p->c, s->ld, 0}});
}

static sunzi_status update_fp32(const sunzi_device_lu *s, const parts *p)
{
    return subtract(s, p, (sunzi_unit_matrix){s->a, p->l21, s->ld, 0},
                    (sunzi_unit_matrix){s->a, p->u12, s->ld, 0});
}

/* A part of the factors in the unit's format. TF32 is rounded here too: how a
 * library does it, nobody promises. */
static sunzi_status round_part(const sunzi_device_lu *s, k_range range,
                               int64_t first, sunzi_memory *low, int64_t ldl)
{
    if (s->unit == SUNZI_UNIT_TF32)
        return SUNZI_LAUNCH(s->ctx, lu_round_tf32, range, .a = {s->a, first},
                            .low = {low}, .ld = s->ld, .ldl = ldl);
    return SUNZI_LAUNCH(s->ctx, lu_round, range, .a = {s->a, first},
                        .low = {low}, .ld = s->ld, .ldl = ldl,
                        .bf16 = s->unit == SUNZI_UNIT_BF16);
}

static sunzi_status update_rounded(const sunzi_device_lu *s, const parts *p)
{
    const int64_t ldr = padded(p->size);
    sunzi_status status;
    SUNZI_TRY(round_part(s, sunzi_range2(p->size, p->depth), p->l21,
                         s->low.left, p->depth));
    SUNZI_TRY(round_part(s, sunzi_range2(p->depth, p->size), p->u12,
                         s->low.right, ldr));
    SUNZI_TRY(subtract(s, p, (sunzi_unit_matrix){s->low.left, 0, p->depth, 0},
                       (sunzi_unit_matrix){s->low.right, 0, ldr, 0}));
done:
    return status;
}

/* ---- slices ---- */

static sunzi_status slice(const sunzi_device_lu *s, const parts *p, bool right)
{
    const int64_t at = right ? p->u12 : p->l21;
    const int64_t vector = right ? 1 : s->ld, element = right ? s->ld : 1;
    sunzi_memory *scale = right ? s->low.right_scale : s->low.left_scale;
    sunzi_memory *slices = right ? s->low.right : s->low.left;
    sunzi_status status;
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, lu_scale, sunzi_range(p->size),
                           .a = {s->a, at}, .scale = {scale},
                           .vector_stride = vector, .element_stride = element,
                           .depth = p->depth));
    SUNZI_TRY(
        SUNZI_LAUNCH(s->ctx, lu_slice, sunzi_range2(padded(p->size), p->depth),
                     .a = {s->a, at}, .scale = {scale}, .slices = {slices},
                     .vector_stride = vector, .element_stride = element,
                     .vectors = p->size, .depth = p->depth, .reversed = right));
done:
    return status;
}

/* Sums number `which` of columns j .. j + cols - 1. The slices of a row of A
 * lie as s0 s1 s2, those of a column of B as s2 s1 s0, so that the first 1, 2
 * or 3 of the one meet the last of the other: one product for each number. */
static sunzi_status sum_slices(const sunzi_device_lu *s, const parts *p,
                               int which, int j, int cols)
{
    const int64_t row = 3 * (int64_t)p->depth, strip = s->low.strip;
    return sunzi_unit_multiply(
        s->ctx, &(sunzi_unit_product){
                    .unit = SUNZI_UNIT_INT8,
                    .b_transposed = true,
                    .m = p->size,
                    .n = padded(cols),
                    .k = (which + 1) * p->depth,
                    .count = 1,
                    .alpha = 1,
                    .a = {s->low.left, 0, row, 0},
                    .b = {s->low.right,
                          j * row + (2 - which) * (int64_t)p->depth, row, 0},
                    .c = {s->low.sums, which * p->size * strip, strip, 0}});
}

static sunzi_status update_int8(const sunzi_device_lu *s, const parts *p)
{
    sunzi_status status;
    SUNZI_TRY(slice(s, p, false));
    SUNZI_TRY(slice(s, p, true));
    for (int j = 0; j < p->size; j += s->low.strip) {
        const int cols = sunzi_min32(p->size - j, s->low.strip);
        for (int which = 0; which < 3; which++)
            SUNZI_TRY(sum_slices(s, p, which, j, cols));
        SUNZI_TRY(SUNZI_LAUNCH(
            s->ctx, lu_add_slices, sunzi_range2(p->size, cols),
            .sums = {s->low.sums}, .row_scale = {s->low.left_scale},
            .col_scale = {s->low.right_scale, j}, .c = {s->a, p->c + j},
            .plane = (int64_t)p->size * s->low.strip, .lds = s->low.strip,
            .ldc = s->ld));
    }
done:
    return status;
}

sunzi_status sunzi_lu_unit_update(const sunzi_device_lu *s, int first, int end)
{
    const parts p = find(s, first, end);
    return s->unit == SUNZI_UNIT_FP32   ? update_fp32(s, &p)
           : s->unit == SUNZI_UNIT_INT8 ? update_int8(s, &p)
                                        : update_rounded(s, &p);
}
