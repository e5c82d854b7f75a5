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

int sunzi_lu_unit_width(sunzi_unit unit)
{
    return unit == SUNZI_UNIT_FP32 ? WIDE_FP32 : WIDE_LOW;
}

static sunzi_status take(sunzi_context *ctx, size_t count, size_t size,
                         sunzi_memory **memory)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_create(ctx, sunzi_size_product(count, size, 1),
                                  "operands of an update", memory));
    SUNZI_TRY(sunzi_memory_take(*memory));
done:
    return status;
}

sunzi_status sunzi_lu_operands_take(sunzi_context *ctx, sunzi_unit unit,
                                    int rows, int cols, int depth,
                                    sunzi_lu_operands *l)
{
    const size_t m = (size_t)padded(rows), n = (size_t)padded(cols);
    const size_t k = (size_t)depth;
    sunzi_status status = SUNZI_OK;
    *l = (sunzi_lu_operands){.ctx = ctx, .unit = unit};
    if (unit == SUNZI_UNIT_FP32 || m == 0 || n == 0)
        return SUNZI_OK;
    if (unit != SUNZI_UNIT_INT8) {
        const size_t size = unit == SUNZI_UNIT_TF32 ? 4 : 2;
        SUNZI_TRY(take(ctx, m * k, size, &l->left));
        SUNZI_TRY(take(ctx, n * k, size, &l->right));
        return SUNZI_OK;
    }
    const size_t strip = STRIP_BYTES / (12 * m) / PAD * PAD;
    l->strip = (int)(strip < PAD ? PAD : strip > n ? n : strip);
    SUNZI_TRY(take(ctx, 3 * m * k, 1, &l->left));
    SUNZI_TRY(take(ctx, 3 * n * k, 1, &l->right));
    SUNZI_TRY(take(ctx, m, 4, &l->left_scale));
    SUNZI_TRY(take(ctx, n, 4, &l->right_scale));
    SUNZI_TRY(take(ctx, 3 * m * (size_t)l->strip, 4, &l->sums));
done:
    return status;
}

void sunzi_lu_operands_drop(sunzi_lu_operands *l)
{
    sunzi_memory_destroy(&l->left);
    sunzi_memory_destroy(&l->right);
    sunzi_memory_destroy(&l->left_scale);
    sunzi_memory_destroy(&l->right_scale);
    sunzi_memory_destroy(&l->sums);
}

/* C -= A B by one product. */
static sunzi_status subtract(const sunzi_lu_operands *l,
                             const sunzi_lu_update *p, sunzi_unit_matrix a,
                             sunzi_unit_matrix b)
{
    return sunzi_unit_multiply(
        l->ctx, &(sunzi_unit_product){.unit = l->unit,
                                      .b_transposed = p->transposed,
                                      .m = p->rows,
                                      .n = p->cols,
                                      .k = p->depth,
                                      .count = 1,
                                      .alpha = -1,
                                      .beta = 1,
                                      .a = a,
                                      .b = b,
                                      .c = p->c});
}

/* A part of the factors in the unit's format. TF32 is rounded here too: how a
 * library does it, nobody promises. */
static sunzi_status round_part(const sunzi_lu_operands *l, k_range range,
                               const sunzi_unit_matrix *of, sunzi_memory *low,
                               int64_t ldl)
{
    if (l->unit == SUNZI_UNIT_TF32)
        return SUNZI_LAUNCH(l->ctx, lu_round_tf32, range,
                            .a = {of->memory, of->first}, .low = {low},
                            .ld = of->ld, .ldl = ldl);
    return SUNZI_LAUNCH(l->ctx, lu_round, range, .a = {of->memory, of->first},
                        .low = {low}, .ld = of->ld, .ldl = ldl,
                        .bf16 = l->unit == SUNZI_UNIT_BF16);
}

static sunzi_status update_rounded(const sunzi_lu_operands *l,
                                   const sunzi_lu_update *p)
{
    const int64_t ldr = padded(p->cols);
    sunzi_status status;
    SUNZI_TRY(round_part(l, sunzi_range2(p->rows, p->depth), &p->l, l->left,
                         p->depth));
    SUNZI_TRY(
        round_part(l, sunzi_range2(p->depth, p->cols), &p->u, l->right, ldr));
    SUNZI_TRY(subtract(l, p, (sunzi_unit_matrix){l->left, 0, p->depth, 0},
                       (sunzi_unit_matrix){l->right, 0, ldr, 0}));
done:
    return status;
}

/* ---- slices ---- */

static sunzi_status slice(const sunzi_lu_operands *l, const sunzi_lu_update *p,
                          bool right)
{
    const sunzi_unit_matrix *of = right ? &p->u : &p->l;
    const int64_t vector = right ? 1 : of->ld, element = right ? of->ld : 1;
    const int vectors = right ? p->cols : p->rows;
    sunzi_memory *scale = right ? l->right_scale : l->left_scale;
    sunzi_memory *slices = right ? l->right : l->left;
    sunzi_status status;
    SUNZI_TRY(SUNZI_LAUNCH(l->ctx, lu_scale, sunzi_range(vectors),
                           .a = {of->memory, of->first}, .scale = {scale},
                           .vector_stride = vector, .element_stride = element,
                           .depth = p->depth));
    SUNZI_TRY(SUNZI_LAUNCH(
        l->ctx, lu_slice, sunzi_range2(padded(vectors), p->depth),
        .a = {of->memory, of->first}, .scale = {scale}, .slices = {slices},
        .vector_stride = vector, .element_stride = element, .vectors = vectors,
        .depth = p->depth, .reversed = right));
done:
    return status;
}

/* Sums number `which` of columns j .. j + cols - 1. The slices of a row of A
 * lie as s0 s1 s2, those of a column of B as s2 s1 s0, so that the first 1, 2
 * or 3 of the one meet the last of the other: one product for each number. */
static sunzi_status sum_slices(const sunzi_lu_operands *l,
                               const sunzi_lu_update *p, int which, int j,
                               int cols)
{
    const int64_t row = 3 * (int64_t)p->depth, strip = l->strip;
    return sunzi_unit_multiply(
        l->ctx,
        &(sunzi_unit_product){
            .unit = SUNZI_UNIT_INT8,
            .b_transposed = true,
            .m = p->rows,
            .n = padded(cols),
            .k = (which + 1) * p->depth,
            .count = 1,
            .alpha = 1,
            .a = {l->left, 0, row, 0},
            .b = {l->right, j * row + (2 - which) * (int64_t)p->depth, row, 0},
            .c = {l->sums, which * p->rows * strip, strip, 0}});
}

static sunzi_status update_int8(const sunzi_lu_operands *l,
                                const sunzi_lu_update *p)
{
    sunzi_status status;
    SUNZI_TRY(slice(l, p, false));
    SUNZI_TRY(slice(l, p, true));
    for (int j = 0; j < p->cols; j += l->strip) {
        const int cols = sunzi_min32(p->cols - j, l->strip);
        for (int which = 0; which < 3; which++)
            SUNZI_TRY(sum_slices(l, p, which, j, cols));
        SUNZI_TRY(SUNZI_LAUNCH(l->ctx, lu_add_slices,
                               sunzi_range2(p->rows, cols), .sums = {l->sums},
                               .row_scale = {l->left_scale},
                               .col_scale = {l->right_scale, j},
                               .c = {p->c.memory, p->c.first + j},
                               .plane = (int64_t)p->rows * l->strip,
                               .lds = l->strip, .ldc = p->c.ld));
    }
done:
    return status;
}

sunzi_status sunzi_lu_operands_update(const sunzi_lu_operands *l,
                                      const sunzi_lu_update *p)
{
    return l->unit == SUNZI_UNIT_FP32   ? subtract(l, p, p->l, p->u)
           : l->unit == SUNZI_UNIT_INT8 ? update_int8(l, p)
                                        : update_rounded(l, p);
}
