/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/engines/unit_case.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engines/engine.h"

sunzi_context *open_unit_context(const char *name, int reproducible)
{
    const sunzi_context_options options = {
        .engine = name, .threads = 2, .reproducible = reproducible};
    sunzi_context *ctx = NULL;
    expect_status(sunzi_context_create(&options, &ctx), SUNZI_OK);
    return ctx;
}

int64_t products_of(const sunzi_context *ctx)
{
    return ctx->device->counts.products;
}

const char *unit_worker(const char *engine)
{
    return strcmp(engine, "cuda") == 0 ? "cuda (cuBLAS)" : "hip (rocBLAS)";
}

const char *find_unit_engine(int *code)
{
    const char *only = getenv("SUNZI_TEST_ENGINE");
    for (int i = 0; sunzi_engine_name(i); i++) {
        const char *name = sunzi_engine_name(i);
        sunzi_context *ctx = NULL;
        char why[300];
        if (!sunzi_engine_at(i)->device || (only && strcmp(only, name) != 0) ||
            !sunzi_engine_available(i, why, sizeof why))
            continue;
        ctx = open_unit_context(name, 0);
        const bool works =
            sunzi_unit_works(ctx, SUNZI_UNIT_INT8, why, sizeof why);
        sunzi_context_destroy(&ctx);
        if (works)
            return name;
        print_message("%s: %s\n", name, why);
    }
    puts("skipped: no device has matrix products of its own");
    *code = only ? 1 : 77;
    return NULL;
}
