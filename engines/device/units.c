/* SPDX-License-Identifier: BSD-3-Clause */
/* Products of a device's own: which there are, how fast, and the call. */
#include "engines/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engines/device.h"
#include "engines/engine.h"
#include "engines/kernel/basic.k.h"
#include "engines/launch.h"

enum {
    TRIAL = 64, /* order and depth of a trial, of two matrices */
    ORDER_LEAST = 256,
    ORDER_MOST = 8192,
    RUNS = 3
};

static const double LONG_ENOUGH = 2e-3; /* seconds: larger is not faster */

const char *sunzi_unit_name(sunzi_unit unit)
{
    switch (unit) {
    case SUNZI_UNIT_INT8:
        return "INT8";
    case SUNZI_UNIT_FP16:
        return "FP16";
    case SUNZI_UNIT_BF16:
        return "BF16";
    case SUNZI_UNIT_TF32:
        return "TF32";
    case SUNZI_UNIT_FP32:
        return "FP32";
    case SUNZI_UNIT_FP64:
        return "FP64";
    }
    return NULL;
}

static size_t operand_bytes(sunzi_unit unit)
{
    return unit == SUNZI_UNIT_INT8                              ? 1
           : unit == SUNZI_UNIT_FP16 || unit == SUNZI_UNIT_BF16 ? 2
           : unit == SUNZI_UNIT_FP64                            ? 8
                                                                : 4;
}

static size_t sum_bytes(sunzi_unit unit)
{
    return unit == SUNZI_UNIT_FP64 ? 8 : 4;
}

/* ---- the call ---- */

static sunzi_status resolve(const sunzi_unit_matrix *m, size_t size, int rows,
                            int cols, int count, bool read, bool write,
                            sunzi_device_matrix *found)
{
    const int64_t last = m->first + (count - 1) * m->stride +
                         (rows - 1) * m->ld + cols; /* exclusive */
    const size_t offset = sunzi_memory_offset(m->memory);
    *found = (sunzi_device_matrix){.first = m->first + (int64_t)(offset / size),
                                   .ld = m->ld,
                                   .stride = m->stride};
    if (m->first < 0 || m->ld < cols || offset % size != 0 ||
        (uint64_t)last > sunzi_memory_bytes(m->memory) / size)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "product on a device: %d x %d numbers from %lld on, "
                          "rows of %lld, are outside of a memory of %zu bytes; "
                          "pass one that holds them",
                          rows, cols, (long long)m->first, (long long)m->ld,
                          sunzi_memory_bytes(m->memory));
    return sunzi_memory_for_kernel(m->memory, read, write, &found->memory);
}

sunzi_status sunzi_unit_multiply(sunzi_context *ctx,
                                 const sunzi_unit_product *p)
{
    const size_t size = operand_bytes(p->unit);
    sunzi_device_product q = {.unit = p->unit,
                              .a_transposed = p->a_transposed,
                              .b_transposed = p->b_transposed,
                              .m = p->m,
                              .n = p->n,
                              .k = p->k,
                              .count = p->count,
                              .alpha = p->alpha,
                              .beta = p->beta};
    sunzi_status status;
    if (p->m <= 0 || p->n <= 0 || p->k <= 0 || p->count <= 0)
        return SUNZI_OK;
    sunzi_device_lock(ctx->device);
    SUNZI_TRY(resolve(&p->a, size, p->a_transposed ? p->k : p->m,
                      p->a_transposed ? p->m : p->k, p->count, true, false,
                      &q.a));
    SUNZI_TRY(resolve(&p->b, size, p->b_transposed ? p->n : p->k,
                      p->b_transposed ? p->k : p->n, p->count, true, false,
                      &q.b));
    /* rows have gaps, which are kept */
    SUNZI_TRY(resolve(&p->c, sum_bytes(p->unit), p->m, p->n, p->count, true,
                      true, &q.c));
    SUNZI_TRY(ctx->device->ops->blas->multiply(ctx->device, &q));
    ctx->device->counts.products++;
done:
    sunzi_device_unlock(ctx->device);
    return status;
}

const char *sunzi_unit_worker(const sunzi_context *ctx)
{
    return ctx->device->ops->blas->worker;
}

/* ---- memories of a trial or a measurement ---- */

typedef struct work {
    sunzi_context *ctx;
    sunzi_unit unit;
    int n, count;
    sunzi_memory *a, *b, *c;
} work;

static sunzi_status create(work *w)
{
    const size_t numbers = (size_t)w->n * (size_t)w->n * (size_t)w->count;
    const size_t bytes = numbers * operand_bytes(w->unit);
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_create(w->ctx, bytes, "a trial", &w->a));
    SUNZI_TRY(sunzi_memory_create(w->ctx, bytes, "a trial", &w->b));
    SUNZI_TRY(sunzi_memory_create(w->ctx, numbers * sum_bytes(w->unit),
                                  "a trial", &w->c));
done:
    return status;
}

static void destroy(work *w)
{
    sunzi_memory_destroy(&w->a);
    sunzi_memory_destroy(&w->b);
    sunzi_memory_destroy(&w->c);
}

/* C = A B^T, as all products of this library that need INT8 are. */
static sunzi_status multiply(const work *w)
{
    const int64_t n = w->n;
    return sunzi_unit_multiply(w->ctx,
                               &(sunzi_unit_product){.unit = w->unit,
                                                     .b_transposed = true,
                                                     .m = w->n,
                                                     .n = w->n,
                                                     .k = w->n,
                                                     .count = w->count,
                                                     .alpha = 1,
                                                     .a = {w->a, 0, n, n * n},
                                                     .b = {w->b, 0, n, n * n},
                                                     .c = {w->c, 0, n, n * n}});
}

/* ---- the trial ---- */

/* A whole number in -4..4; any format has it exactly. */
static int entry(int matrix, int i)
{
    return (i * 7 + i / TRIAL * 5 + matrix * 3) % 9 - 4;
}

/* Number i of an array in the format of the unit. */
static void put(sunzi_unit unit, void *array, size_t i, int value)
{
    const float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    switch (unit) {
    case SUNZI_UNIT_INT8:
        ((int8_t *)array)[i] = (int8_t)value;
        return;
    case SUNZI_UNIT_FP16: /* 0 or a normal number of few bits */
        ((uint16_t *)array)[i] =
            value ? (uint16_t)((bits >> 16 & 0x8000) |
                               (((bits >> 13) - (112 << 10)) & 0x7FFF))
                  : 0;
        return;
    case SUNZI_UNIT_BF16:
        ((uint16_t *)array)[i] = (uint16_t)(bits >> 16);
        return;
    case SUNZI_UNIT_TF32:
    case SUNZI_UNIT_FP32:
        ((float *)array)[i] = single;
        return;
    case SUNZI_UNIT_FP64:
        ((double *)array)[i] = value;
    }
}

static double sum_of(sunzi_unit unit, const void *array, int i)
{
    return unit == SUNZI_UNIT_INT8   ? ((const int32_t *)array)[i]
           : unit == SUNZI_UNIT_FP64 ? ((const double *)array)[i]
                                     : (double)((const float *)array)[i];
}

static bool exact(sunzi_unit unit, const void *sums)
{
    for (int i = 0; i < 2 * TRIAL * TRIAL; i++) {
        const int row = i / TRIAL,
                  col = i / (TRIAL * TRIAL) * TRIAL + i % TRIAL;
        int sum = 0;
        for (int h = 0; h < TRIAL; h++)
            sum += entry(0, row * TRIAL + h) * entry(1, col * TRIAL + h);
        if (!(sum_of(unit, sums, i) == sum))
            return false;
    }
    return true;
}

static sunzi_status try_unit(work *w, bool *works)
{
    const size_t numbers = 2 * TRIAL * TRIAL;
    const void *sums;
    void *a, *b;
    sunzi_status status;
    SUNZI_TRY(create(w));
    SUNZI_TRY(sunzi_memory_fill(w->a, &a));
    SUNZI_TRY(sunzi_memory_fill(w->b, &b));
    for (size_t i = 0; i < numbers; i++) {
        put(w->unit, a, i, entry(0, (int)i));
        put(w->unit, b, i, entry(1, (int)i));
    }
    SUNZI_TRY(multiply(w));
    SUNZI_TRY(sunzi_memory_read(w->c, &sums));
    *works = exact(w->unit, sums);
done:
    return status;
}

/* As sunzi_device_unit.state. */
static int decide(sunzi_context *ctx, sunzi_unit unit, char *why, size_t bytes)
{
    sunzi_device *d = ctx->device;
    work w = {.ctx = ctx, .unit = unit, .n = TRIAL, .count = 2};
    bool works = false;
    if (!d->ops->blas) {
        snprintf(why, bytes, "the engine %s knows no library of such products",
                 ctx->engine->name);
        return -1;
    }
    if (!d->allow_blas) {
        snprintf(why, bytes, "SUNZI_DEVICE_BLAS=0 forbids it");
        return -1;
    }
    if (unit == SUNZI_UNIT_FP64 && !d->limits.fp64) {
        snprintf(why, bytes, "the device has no FP64, or SUNZI_DEVICE_FP64=0");
        return -1;
    }
    if (!d->ops->blas->has(d, unit, why, bytes))
        return -1;
    const sunzi_status status = try_unit(&w, &works);
    destroy(&w);
    if (status < 0)
        snprintf(why, bytes, "%s", sunzi_last_message());
    if (status == SUNZI_ERR_NOMEM)
        return 0; /* there may be some the next time */
    if (status == SUNZI_OK && !works)
        snprintf(why, bytes, "%s multiplied whole numbers wrongly in a trial",
                 d->ops->blas->name);
    return works ? 1 : -1;
}

bool sunzi_unit_works(sunzi_context *ctx, sunzi_unit unit, char *why,
                      size_t why_bytes)
{
    if (why_bytes)
        why[0] = '\0';
    if (!ctx->device) {
        snprintf(why, why_bytes, "the engine %s has no device",
                 ctx->engine->name);
        return false;
    }
    sunzi_device_lock(ctx->device);
    sunzi_device_unit *u = &ctx->device->unit[unit];
    if (u->state == 0)
        u->state = decide(ctx, unit, u->why, sizeof u->why);
    if (u->state <= 0)
        snprintf(why, why_bytes, "%s", u->why);
    const bool works = u->state > 0;
    sunzi_device_unlock(ctx->device);
    return works;
}

/* ---- the rate ---- */

/* Numbers of size 1/2 to 1 in both operands: words that depend on nothing but
 * their index. */
static sunzi_status fill(const work *w)
{
    uint32_t keep = 0xFFFFFFFF, set = 0, keep_odd, set_odd;
    if (w->unit == SUNZI_UNIT_FP16)
        keep = 0x83FF83FF, set = 0x38003800;
    else if (w->unit == SUNZI_UNIT_BF16)
        keep = 0x807F807F, set = 0x3F003F00;
    else if (w->unit == SUNZI_UNIT_TF32 || w->unit == SUNZI_UNIT_FP32)
        keep = 0x807FFFFF, set = 0x3F000000;
    keep_odd = keep, set_odd = set;
    if (w->unit == SUNZI_UNIT_FP64)
        keep_odd = 0x800FFFFF, set_odd = 0x3FE00000;
    const int words = (int)(sunzi_memory_bytes(w->a) / 8);
    sunzi_status status;
    for (int i = 0; i < 2; i++)
        SUNZI_TRY(SUNZI_LAUNCH(w->ctx, k_noise, sunzi_range(words),
                               .x = {i ? w->b : w->a}, .keep_even = keep,
                               .set_even = set, .keep_odd = keep_odd,
                               .set_odd = set_odd));
done:
    return status;
}

/* Best seconds of a product of order w->n. */
static sunzi_status seconds_of(work *w, double *seconds)
{
    sunzi_device *d = w->ctx->device;
    sunzi_status status;
    *seconds = INFINITY;
    SUNZI_TRY(create(w));
    SUNZI_TRY(fill(w));
    for (int run = 0; run <= RUNS; run++) {
        SUNZI_TRY(sunzi_device_finish(d));
        const double start = sunzi_seconds();
        SUNZI_TRY(multiply(w));
        SUNZI_TRY(sunzi_device_finish(d));
        if (run > 0) /* the first one may load code */
            *seconds = fmin(*seconds, sunzi_seconds() - start);
        else if (sunzi_seconds() - start > 1)
            *seconds = sunzi_seconds() - start, run = RUNS;
    }
done:
    destroy(w);
    return status;
}

static double measure(sunzi_context *ctx, sunzi_unit unit)
{
    const sunzi_device *d = ctx->device;
    double best = 0;
    for (int n = ORDER_LEAST; n <= ORDER_MOST; n *= 2) {
        work w = {.ctx = ctx, .unit = unit, .n = n, .count = 1};
        const double numbers = (double)n * n;
        const double free_bytes =
            (double)d->limits.memory_bytes - (double)d->counts.bytes;
        double seconds;
        if (numbers * (double)(2 * operand_bytes(unit) + sum_bytes(unit)) >
                free_bytes / 8 ||
            seconds_of(&w, &seconds) < 0)
            break;
        best = fmax(best, 2 * numbers * n / seconds);
        if (seconds > LONG_ENOUGH)
            break;
    }
    return best;
}

double sunzi_unit_rate(sunzi_context *ctx, sunzi_unit unit)
{
    if (!sunzi_unit_works(ctx, unit, NULL, 0))
        return 0;
    sunzi_device_lock(ctx->device);
    sunzi_device_unit *u = &ctx->device->unit[unit];
    if (u->rate == 0)
        u->rate = measure(ctx, unit);
    const double rate = u->rate;
    sunzi_device_unlock(ctx->device);
    return rate;
}

/* ---- for callers ---- */

int sunzi_context_unit(sunzi_context *given, sunzi_unit unit, char *text,
                       size_t bytes, double *rate)
{
    sunzi_context *ctx;
    bool works = false;
    if (rate)
        *rate = 0;
    if (bytes)
        text[0] = '\0';
    if (!sunzi_unit_name(unit))
        snprintf(text, bytes, "there is no such unit (%d)", (int)unit);
    else if (sunzi_context_use(given, &ctx) < 0)
        snprintf(text, bytes, "%s", sunzi_last_message());
    else
        works = sunzi_unit_works(ctx, unit, text, bytes);
    if (!works)
        return 0;
    snprintf(text, bytes, "%s", ctx->device->ops->blas->name);
    if (rate)
        *rate = sunzi_unit_rate(ctx, unit);
    return 1;
}

int sunzi_context_device_limits(sunzi_context *given, double *memory_bytes,
                                double *fp32_flops)
{
    sunzi_context *ctx;
    if (sunzi_context_use(given, &ctx) < 0 || !ctx->device)
        return 0;
    *memory_bytes = ctx->device->limits.memory_rate;
    *fp32_flops = ctx->device->limits.fp32_rate;
    return 1;
}
