/* SPDX-License-Identifier: BSD-3-Clause */
/* Measured rates of a device: the best of some runs of each kernel or copy. */
#include <math.h>
#include <sunzi/context.h>

#include "engines/device.h"
#include "engines/kernel/basic.k.h"
#include "engines/launch.h"
#include "precision/product.k.h"

enum {
    FLOATS = 1 << 24, /* 64 MiB, several times a cache */
    CHAINS = 1 << 16,
    STEPS = 256,
    ORDER = 1024,
    RUNS = 5
};

typedef struct bench {
    sunzi_context *ctx;
    sunzi_memory *x, *y, *z;
} bench;

static sunzi_status finish(const bench *b)
{
    return sunzi_device_finish(b->ctx->device);
}

static sunzi_status triad(const bench *b)
{
    return SUNZI_LAUNCH(b->ctx, k_triad, sunzi_range(FLOATS), .x = {b->x},
                        .y = {b->y}, .z = {b->z}, .a = 0.5f);
}

static sunzi_status chains(const bench *b)
{
    return SUNZI_LAUNCH(b->ctx, k_chains, sunzi_range(CHAINS), .x = {b->z},
                        .steps = STEPS);
}

/* Residues of one modulus; the bytes are what the memory holds. */
static sunzi_status residues(const bench *b)
{
    return SUNZI_LAUNCH(
        b->ctx, product_residues,
        sunzi_range3(1, ORDER / PRODUCT_TILE, ORDER / PRODUCT_TILE),
        .a = {b->x}, .b = {b->x}, .table = {b->y}, .r = {b->z},
        .depth_words = ORDER / 4, .ld = ORDER);
}

static sunzi_status to_device(const bench *b)
{
    void *bytes, *place;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_fill(b->x, &bytes));
    SUNZI_TRY(sunzi_memory_for_kernel(b->x, true, false, &place));
done:
    return status;
}

static sunzi_status from_device(const bench *b)
{
    const void *bytes;
    void *place;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_for_kernel(b->x, true, true, &place));
    SUNZI_TRY(sunzi_memory_read(b->x, &bytes));
done:
    return status;
}

/* Best seconds after a first run, which may compile and take memory. */
static sunzi_status best(const bench *b, sunzi_status (*work)(const bench *),
                         double *seconds)
{
    sunzi_status status = SUNZI_OK;
    *seconds = INFINITY;
    for (int run = 0; run <= RUNS; run++) {
        const double start = sunzi_seconds();
        SUNZI_TRY(work(b));
        SUNZI_TRY(finish(b));
        if (run > 0)
            *seconds = fmin(*seconds, sunzi_seconds() - start);
    }
done:
    return status;
}

/* x: zeros, y: ones, as numbers and as a modulus. */
static sunzi_status start(bench *b)
{
    const size_t bytes = (size_t)FLOATS * sizeof(float);
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_create(b->ctx, bytes, "a benchmark", &b->x));
    SUNZI_TRY(sunzi_memory_create(b->ctx, bytes, "a benchmark", &b->y));
    SUNZI_TRY(sunzi_memory_create(b->ctx, bytes, "a benchmark", &b->z));
    SUNZI_TRY(SUNZI_LAUNCH(b->ctx, k_fill_u32, sunzi_range(FLOATS), .x = {b->x},
                           .value = 0));
    SUNZI_TRY(SUNZI_LAUNCH(b->ctx, k_fill_u32, sunzi_range(FLOATS), .x = {b->y},
                           .value = 251));
    SUNZI_TRY(SUNZI_LAUNCH(b->ctx, k_fill_u32, sunzi_range(FLOATS), .x = {b->z},
                           .value = 0));
done:
    return status;
}

static sunzi_status measure(const bench *b, sunzi_device_rates *r)
{
    const double bytes = (double)FLOATS * sizeof(float), n = ORDER;
    double seconds;
    sunzi_status status;
    SUNZI_TRY(best(b, triad, &seconds));
    r->memory_bytes = 3 * bytes / seconds;
    SUNZI_TRY(best(b, chains, &seconds));
    r->fp32_flops = 2.0 * K_CHAINS_A_POINT * (double)CHAINS * STEPS / seconds;
    SUNZI_TRY(best(b, residues, &seconds));
    r->int8_ops = 2 * n * n * n / seconds;
    SUNZI_TRY(best(b, to_device, &seconds));
    r->to_bytes = bytes / seconds;
    SUNZI_TRY(best(b, from_device, &seconds));
    r->from_bytes = bytes / seconds;
done:
    return status;
}

sunzi_status sunzi_context_measure_device(sunzi_context *context,
                                          sunzi_device_rates *rates)
{
    bench b = {.ctx = NULL};
    sunzi_device_rates r = {0};
    sunzi_status status;
    SUNZI_TRY(sunzi_context_use(context, &b.ctx));
    if (!b.ctx->device)
        return sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                          "sunzi_context_measure_device: the engine is %s, "
                          "which has no device; make a context with one that "
                          "has, such as opencl",
                          sunzi_context_engine(context));
    status = start(&b);
    if (status == SUNZI_OK)
        status = measure(&b, &r);
    sunzi_memory_destroy(&b.x);
    sunzi_memory_destroy(&b.y);
    sunzi_memory_destroy(&b.z);
    if (status == SUNZI_OK)
        *rates = r;
done:
    return status;
}
