/* SPDX-License-Identifier: BSD-3-Clause */
/* The ladder of factor precisions. */
#include "solvers/dense/ladder.h"

#include <math.h>
#include <stdio.h>

#include "engines/engine.h"
#include "solvers/dense/factors_device.h"

/* Order from which FP32 factors pay against FP64 ones; Zen 5, 2 threads, 2026.
 * BF16, FP16 and TF32 factors are never the first choice: on random matrices
 * GMRES then takes 20 steps at n = 1024 and 80 at n = 4096, each a pass over A,
 * which costs more than the factors save. INT8 factors are as good as FP32 ones
 * (precision/low_format.h), so they are chosen where a matrix unit forms the
 * six products faster than FP32: on a device, by measurement. */
enum { FP32_PAYS_FROM = 3000 };

const char *sunzi_grade_name(sunzi_grade grade)
{
    switch (grade) {
    case SUNZI_GRADE_NONE:
        return "none";
    case SUNZI_GRADE_BACKWARD:
        return "backward";
    case SUNZI_GRADE_ACCURATE:
        return "accurate";
    case SUNZI_GRADE_CERTIFIED:
        return "certified";
    }
    return "unknown grade";
}

const char *sunzi_factor_name(sunzi_factor factor)
{
    switch (factor) {
    case SUNZI_FACTOR_AUTO:
        return "auto";
    case SUNZI_FACTOR_INT8:
        return "int8";
    case SUNZI_FACTOR_BF16:
        return "bf16";
    case SUNZI_FACTOR_FP16:
        return "fp16";
    case SUNZI_FACTOR_TF32:
        return "tf32";
    case SUNZI_FACTOR_FP32:
        return "fp32";
    case SUNZI_FACTOR_EMULATED:
        return "emulated";
    case SUNZI_FACTOR_FP64:
        return "fp64";
    }
    return "unknown factor";
}

/* By the device's own products, else by the matrix unit of a CPU engine. */
static int low_available(sunzi_context *ctx, sunzi_factor factor,
                         sunzi_low_format format, char *why, size_t why_bytes)
{
    sunzi_unit unit;
    return sunzi_lu_unit(ctx, factor, &unit) ||
           (ctx->engine->low_format_fast &&
            ctx->engine->low_format_fast(format, why, why_bytes));
}

/* CPU engines round the operands and multiply in FP32, which gains nothing. */
static int tf32_available(sunzi_context *ctx, char *why, size_t why_bytes)
{
    sunzi_unit unit;
    if (sunzi_lu_unit(ctx, SUNZI_FACTOR_TF32, &unit))
        return 1;
    if (!ctx->device)
        snprintf(why, why_bytes, "no CPU has a unit for TF32 products");
    else if (ctx->reproducible)
        snprintf(why, why_bytes,
                 "the context is reproducible, and the bits "
                 "of a device's own products are not");
    else
        sunzi_unit_works(ctx, SUNZI_UNIT_TF32, why, why_bytes);
    return 0;
}

int sunzi_factor_available(sunzi_context *given, sunzi_factor factor, char *why,
                           size_t why_bytes)
{
    sunzi_context *ctx;
    char ignored[1];
    if (!why || !why_bytes) {
        why = ignored;
        why_bytes = sizeof ignored;
    }
    why[0] = '\0';
    if (sunzi_context_use(given, &ctx) < 0) {
        snprintf(why, why_bytes, "%s", sunzi_last_message());
        return 0;
    }
    switch (factor) {
    case SUNZI_FACTOR_INT8:
        return low_available(ctx, factor, SUNZI_LOW_INT8, why, why_bytes);
    case SUNZI_FACTOR_BF16:
        return low_available(ctx, factor, SUNZI_LOW_BF16, why, why_bytes);
    case SUNZI_FACTOR_FP16:
        return low_available(ctx, factor, SUNZI_LOW_FP16, why, why_bytes);
    case SUNZI_FACTOR_TF32:
        return tf32_available(ctx, why, why_bytes);
    case SUNZI_FACTOR_AUTO:
    case SUNZI_FACTOR_FP32:
    case SUNZI_FACTOR_EMULATED:
    case SUNZI_FACTOR_FP64:
        return 1;
    }
    snprintf(why, why_bytes, "there is no such rung (%d)", (int)factor);
    return 0;
}

static bool int8_is_faster(sunzi_context *ctx)
{
    if (ctx->device)
        return sunzi_lu_int8_is_faster(ctx);
    return ctx->engine->emulation_pays_from > 0 &&
           sunzi_factor_available(ctx, SUNZI_FACTOR_INT8, NULL, 0);
}

sunzi_factor sunzi_ladder_first(sunzi_context *ctx, int n, sunzi_grade grade,
                                const char **reason)
{
    if (n < FP32_PAYS_FROM) {
        *reason = "small: refinement would cost more than FP64 factors";
        return SUNZI_FACTOR_FP64;
    }
    if (grade == SUNZI_GRADE_CERTIFIED) {
        *reason = "the proof wants factors of FP32 quality";
        return SUNZI_FACTOR_FP32;
    }
    /* with the same bits promised the engine may not decide */
    if (!ctx->reproducible && int8_is_faster(ctx)) {
        *reason = "the matrix unit makes INT8 factors of FP32 quality, faster";
        return SUNZI_FACTOR_INT8;
    }
    *reason = "FP32 factors cost half of FP64 ones";
    return SUNZI_FACTOR_FP32;
}

sunzi_factor sunzi_ladder_next(sunzi_context *ctx, int n, sunzi_factor factor)
{
    const int pays_from = ctx->engine->emulation_pays_from;
    switch (factor) {
    case SUNZI_FACTOR_INT8:
    case SUNZI_FACTOR_BF16:
    case SUNZI_FACTOR_FP16:
    case SUNZI_FACTOR_TF32:
        return SUNZI_FACTOR_FP32;
    case SUNZI_FACTOR_FP32:
        return ctx->reproducible || (pays_from > 0 && n >= pays_from)
                   ? SUNZI_FACTOR_EMULATED
                   : SUNZI_FACTOR_FP64;
    case SUNZI_FACTOR_EMULATED:
        return SUNZI_FACTOR_FP64;
    case SUNZI_FACTOR_AUTO:
    case SUNZI_FACTOR_FP64:
        break;
    }
    return SUNZI_FACTOR_AUTO;
}

double sunzi_ladder_roundoff(sunzi_factor factor)
{
    switch (factor) {
    case SUNZI_FACTOR_INT8:
        return ldexp(1, -19); /* precision/low_format.h */
    case SUNZI_FACTOR_BF16:
        return ldexp(1, -8);
    case SUNZI_FACTOR_FP16:
    case SUNZI_FACTOR_TF32:
        return ldexp(1, -11);
    case SUNZI_FACTOR_FP32:
        return ldexp(1, -24);
    case SUNZI_FACTOR_AUTO:
    case SUNZI_FACTOR_EMULATED:
    case SUNZI_FACTOR_FP64:
        break;
    }
    return ldexp(1, -53);
}
