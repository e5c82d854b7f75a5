/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of devices share. */
#define _DEFAULT_SOURCE
#include "tests/engines/device_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engines/engine.h"
#include "tests/precision/product_case.h"

const char *next_device_engine(int *index)
{
    const char *only = getenv("SUNZI_TEST_ENGINE");
    for (; sunzi_engine_name(*index); ++*index) {
        char why[300];
        if (!sunzi_engine_at(*index)->device ||
            (only && strcmp(only, sunzi_engine_name(*index)) != 0))
            continue;
        if (sunzi_engine_available(*index, why, sizeof why))
            return sunzi_engine_name((*index)++);
        if (only)
            fail_msg("%s: %s", only, why);
        print_message("skipped %s: %s\n", sunzi_engine_name(*index), why);
    }
    return NULL;
}

sunzi_context *open_context(const char *engine, const char *fp64)
{
    sunzi_context_options options;
    sunzi_context *ctx = NULL;
    sunzi_context_options_init(&options);
    options.engine = engine;
    options.threads = 2;
    options.reproducible = 1;
    setenv("SUNZI_DEVICE_FP64", fp64, 1);
    expect_status(sunzi_context_create(&options, &ctx), SUNZI_OK);
    unsetenv("SUNZI_DEVICE_FP64");
    return ctx;
}

void expect_message(const char *part)
{
    if (!strstr(sunzi_last_message(), part))
        fail_msg("message '%s' lacks '%s'", sunzi_last_message(), part);
}

void same_double(const char *what, double got, double expected)
{
    if (memcmp(&got, &expected, sizeof got) != 0 &&
        !(isnan(got) && isnan(expected)))
        fail_msg("%s: %a on the device, the portable engine has %a", what, got,
                 expected);
}

void same_doubles(const char *what, size_t count, const double *got,
                  const double *expected)
{
    for (size_t i = 0; i < count; i++)
        same_double(what, got[i], expected[i]);
}
