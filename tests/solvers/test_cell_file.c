/* SPDX-License-Identifier: BSD-3-Clause */
/* Models of cells in files of the user: the bits of a model of the library with
 * the same equations, and refusals. */
#define _DEFAULT_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sunzi/sunzi.h>

#include "tests/kernel_files.h"

enum { N = 40, STEPS = 300 };

static sunzi_cell_model *open_model(sunzi_context *ctx, const char *name)
{
    sunzi_cell_model *model = NULL;
    if (sunzi_cell_model_open(ctx, name, &model) < 0)
        fail_msg("%s", sunzi_last_message());
    return model;
}

/* The cells after some steps with a stimulus that differs from cell to cell. */
static void run(sunzi_context *ctx, const sunzi_cell_model *model,
                sunzi_policy policy, sunzi_cell_method method, void *states)
{
    sunzi_cells cells;
    sunzi_cell_options options;
    double stimulus[N];
    float single[N];
    for (int i = 0; i < N; i++)
        single[i] = (float)(stimulus[i] = 0.25 * i);
    sunzi_cells_init(&cells);
    sunzi_cell_options_init(&options);
    options.method = method;
    cells.model = model;
    cells.policy = policy;
    cells.count = cells.stride = N;
    cells.states = states;
    cells.stimulus = policy == SUNZI_POLICY_FP64 ? (const void *)stimulus
                                                 : (const void *)single;
    assert_int_equal(sunzi_cell_reset(&cells), SUNZI_OK);
    if (sunzi_cell_step(ctx, &cells, 0.02, STEPS, &options) < 0)
        fail_msg("%s", sunzi_last_message());
}

/* The library's equations of FitzHugh and Nagumo, in the words of a file. */
static const char fitzhugh_nagumo[] =
    "#define CELL_DF64\n"
    "#define CELL_MODEL \"mine\"\n"
    "#define CELL_SOURCE \"a test\"\n"
    "#define CELL_STATES(STATE) STATE(V, \"mV\", -85.0) STATE(w, \"1\", 0)\n"
    "CELL_STEP\n"
    "{\n"
    "    CELL_BEGIN\n"
    "    const k_real u = K_MUL(K_RATIO(8.0, 1e3),\n"
    "        K_NEG(K_TO_GO(K_R(-85.0), K_LOAD(at, i, plane))));\n"
    "    const k_real excite = K_MUL(K_MUL(K_RATIO(26.0, 1e2),\n"
    "        K_ADD(u, K_RATIO(-13.0, 1e2))), K_SUB(K_R(1.0), u));\n"
    "    CELL_RATE(V, K_FMA(K_MUL(K_R(125.0), u),\n"
    "        K_FMA(K_RATIO(-1.0, 1e1), w, excite), stimulus));\n"
    "    K_STORE(y + CELL_ROW_(w), i, plane,\n"
    "        K_RELAX(K_LOAD(y + CELL_ROW_(w), i, plane), u,\n"
    "            K_MUL(dt, K_RATIO(13.0, 1e3))));\n"
    "}\n";

static void bits_of_the_library(void **unused)
{
    (void)unused;
    static const char *const engines[] = {"portable", "auto", "opencl"};
    static double mine[4 * N], theirs[4 * N];
    const sunzi_cell_model *model;
    write_file(fitzhugh_nagumo);
    assert_int_equal(sunzi_cell_model_find("fitzhugh-nagumo", &model, NULL),
                     SUNZI_OK);
    for (size_t e = 0; e < sizeof engines / sizeof engines[0]; e++) {
        sunzi_context *ctx = context_of(engines[e]);
        if (!ctx)
            continue;
        sunzi_cell_model *own = open_model(ctx, path);
        assert_string_equal(sunzi_cell_model_name(own, -1), "mine");
        assert_string_equal(sunzi_cell_state_name(own, 1), "w");
        for (int p = 0; p < SUNZI_POLICY_COUNT; p++)
            for (int m = 0; m < 2; m++) {
                assert_true(sunzi_cell_model_has(own, (sunzi_policy)p));
                memset(mine, 0, sizeof mine);
                memset(theirs, 0, sizeof theirs);
                run(ctx, own, (sunzi_policy)p, (sunzi_cell_method)m, mine);
                run(ctx, model, (sunzi_policy)p, (sunzi_cell_method)m, theirs);
                assert_memory_equal(mine, theirs, sizeof mine);
            }
        sunzi_cell_model_close(&own);
        assert_null(own);
        sunzi_context_destroy(&ctx);
    }
}

/* The example fires once and comes back to rest, under each policy alike. */
static void example(void **unused)
{
    (void)unused;
    sunzi_context *ctx = context_of("auto");
    sunzi_cell_model *model =
        open_model(ctx, source_file("examples/cells/aliev_panfilov.h"));
    for (int p = 0; p < SUNZI_POLICY_DF64; p++) {
        double states[4], values[2], most = -100;
        sunzi_cells cells;
        sunzi_cells_init(&cells);
        cells.model = model;
        cells.policy = (sunzi_policy)p;
        cells.count = cells.stride = 1;
        cells.states = states;
        assert_int_equal(sunzi_cell_reset(&cells), SUNZI_OK);
        cells.current = 50;
        cells.current_last = 1;
        for (int ms = 0; ms < 600; ms++) {
            assert_int_equal(sunzi_cell_step(ctx, &cells, 0.01, 100, NULL),
                             SUNZI_OK);
            cells.current = 0;
            assert_int_equal(sunzi_cell_get(&cells, 0, values), SUNZI_OK);
            most = fmax(most, values[0]);
        }
        assert_true(most > 15 && most < 25);
        assert_true(fabs(values[0] + 80) < 1);
    }
    assert_false(sunzi_cell_model_has(model, SUNZI_POLICY_DF64));
    sunzi_cell_model_close(&model);
    sunzi_context_destroy(&ctx);
}

static void refuse(sunzi_context *ctx, const char *text, sunzi_status status,
                   const char *words)
{
    sunzi_cell_model *model = NULL;
    write_file(text);
    const sunzi_status got = sunzi_cell_model_open(ctx, path, &model);
    if (got != status || !strstr(sunzi_last_message(), words))
        fail_msg("got %s '%s', expected %s with '%s'", sunzi_status_name(got),
                 sunzi_last_message(), sunzi_status_name(status), words);
    assert_null(model);
}

#define HEAD                                                                   \
    "#define CELL_MODEL \"m\"\n"                                               \
    "#define CELL_SOURCE \"\"\n"

static void refusals(void **unused)
{
    (void)unused;
    sunzi_cell_model *model = NULL;
    sunzi_context *ctx = context_of("auto");
    assert_int_equal(sunzi_cell_model_open(ctx, NULL, &model), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_cell_model_open(ctx, "/no/such.h", &model),
                     SUNZI_ERR_FILE);
    refuse(ctx,
           HEAD "#define CELL_STATES(S) S(V, \"mV\", -80)\n"
                "CELL_STEP\n"
                "{\n"
                "    CELL_BEGIN\n"
                "    CELL_RATE(V, -U + stimulus);\n"
                "}\n",
           SUNZI_ERR_DEVICE, "mine.h:7:");
    refuse(ctx,
           HEAD "#define CELL_STATES(S) S(u, \"1\", 0)\n"
                "CELL_STEP { CELL_BEGIN CELL_RATE(u, -u + stimulus); }\n",
           SUNZI_ERR_ARG, "it must be V in mV");
    refuse(ctx, "", SUNZI_ERR_DEVICE, "does not compile");
    /* a model of another context */
    write_file(HEAD "#define CELL_STATES(S) S(V, \"mV\", -80)\n"
                    "CELL_STEP { CELL_BEGIN CELL_RATE(V, stimulus); }\n");
    sunzi_context *other = context_of("portable");
    model = open_model(ctx, path);
    double state = -80;
    sunzi_cells cells;
    sunzi_cells_init(&cells);
    cells.model = model;
    cells.count = cells.stride = 1;
    cells.states = &state;
    assert_int_equal(sunzi_cell_step(other, &cells, 0.1, 1, NULL),
                     SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "another context"));
    sunzi_cell_model_close(&model);
    sunzi_context_destroy(&ctx);
    sunzi_context_destroy(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_of_the_library),
        cmocka_unit_test(example),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, set_up, clean_up);
}
