/* SPDX-License-Identifier: BSD-3-Clause */
/* Steps of cells have the same bits on every engine and device, with and
 * without FP64 there, and for any number of threads. */
#define _DEFAULT_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

/* more cells than a thread takes at once, and a few that leave no vector full
 */
enum { CELLS = 4200, FEW = 70, STATES_MOST = 41, STEPS = 8 };

static double states[2 * STATES_MOST * CELLS], first[2 * STATES_MOST * CELLS];
static double numbers[2][CELLS];

static sunzi_context *open_context(const char *engine, int threads,
                                   const char *fp64)
{
    sunzi_context_options o;
    sunzi_context *ctx = NULL;
    sunzi_context_options_init(&o);
    o.engine = engine;
    o.threads = threads;
    setenv("SUNZI_DEVICE_FP64", fp64, 1);
    if (sunzi_context_create(&o, &ctx) < 0)
        fail_msg("%s: %s", engine, sunzi_last_message());
    unsetenv("SUNZI_DEVICE_FP64");
    return ctx;
}

/* Cells of all variants, some of them stimulated, a few steps into it. */
static void run(sunzi_context *ctx, const sunzi_cell_model *model,
                sunzi_policy policy, int kind, int count)
{
    sunzi_cells c;
    sunzi_cell_options o;
    sunzi_cells_init(&c);
    sunzi_cell_options_init(&o);
    memset(states, 0, sizeof states);
    c.model = model;
    c.policy = policy;
    c.count = count;
    c.stride = CELLS;
    c.states = states;
    for (int i = 0; i < count; i++) {
        const double stimulus = i % 100, type = i % 3;
        for (int k = 0; k < 2; k++)
            if (policy == SUNZI_POLICY_FP64)
                numbers[k][i] = k ? type : stimulus;
            else
                ((float *)numbers[k])[i] = (float)(k ? type : stimulus);
    }
    c.stimulus = numbers[0];
    c.types = numbers[1];
    o.method = kind == 1 ? SUNZI_CELL_MIDPOINT : SUNZI_CELL_RUSH_LARSEN;
    o.adapt_change = kind == 2 ? 0.4 : 0;
    if (sunzi_cell_reset(&c) < 0 ||
        sunzi_cell_step(ctx, &c, 0.05, STEPS, &o) < 0)
        fail_msg("%s: %s", sunzi_cell_model_name(model, -1),
                 sunzi_last_message());
}

static void compare(sunzi_context *ctx, const char *engine,
                    const sunzi_cell_model *model, sunzi_policy policy,
                    int most)
{
    for (int kind = 0; kind < 3; kind++) {
        const int count = kind == 0 ? most : FEW;
        sunzi_context *portable = open_context("portable", 1, "1");
        run(portable, model, policy, kind, count);
        memcpy(first, states, sizeof states);
        run(ctx, model, policy, kind, count);
        if (memcmp(first, states, sizeof states) != 0)
            fail_msg("%s, %s, kind %d: engine %s has other bits",
                     sunzi_cell_model_name(model, -1),
                     sunzi_policy_name(policy), kind, engine);
        sunzi_context_destroy(&portable);
    }
}

static void engines(void **unused)
{
    (void)unused;
    for (int e = 0; e < sunzi_engine_count(); e++) {
        const char *engine = sunzi_engine_name(e);
        char why[300];
        if (!sunzi_engine_available(e, why, sizeof why) ||
            sunzi_engine_device(e, 0, why, sizeof why))
            continue;
        sunzi_context *ctx = open_context(engine, 3, "1");
        for (int m = 0; m < sunzi_cell_model_count(); m++)
            for (int p = 0; p < SUNZI_POLICY_COUNT; p++)
                if (sunzi_cell_model_has(sunzi_cell_model_at(m),
                                         (sunzi_policy)p))
                    compare(ctx, engine, sunzi_cell_model_at(m),
                            (sunzi_policy)p,
                            m == 0 && p != SUNZI_POLICY_DF64 ? CELLS : FEW);
        sunzi_context_destroy(&ctx);
    }
}

static void on_device(const char *engine, const char *fp64)
{
    sunzi_context *ctx = open_context(engine, 2, fp64);
    for (int m = 0; m < sunzi_cell_model_count(); m++)
        for (int p = 0; p < SUNZI_POLICY_COUNT; p++)
            if (sunzi_cell_model_has(sunzi_cell_model_at(m), (sunzi_policy)p) &&
                (p != SUNZI_POLICY_FP64 || strcmp(fp64, "1") == 0))
                compare(ctx, engine, sunzi_cell_model_at(m), (sunzi_policy)p,
                        FEW);
    sunzi_context_destroy(&ctx);
}

static void devices(void **unused)
{
    (void)unused;
    for (int e = 0; e < sunzi_engine_count(); e++) {
        char text[300];
        if (!sunzi_engine_available(e, text, sizeof text) ||
            !sunzi_engine_device(e, 0, text, sizeof text))
            continue;
        on_device(sunzi_engine_name(e), "1");
        on_device(sunzi_engine_name(e), "0");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines),
        cmocka_unit_test(devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
