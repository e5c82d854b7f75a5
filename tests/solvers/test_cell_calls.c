/* SPDX-License-Identifier: BSD-3-Clause */
/* The calls of <sunzi/cell.h>: models and names, conversions, refusals,
 * blow-ups, failures of memory. */
#include "tests/solvers/cell_case.h"

#include <math.h>
#include <stdio.h>

#include "core/memory.h"

static void models(void **unused)
{
    (void)unused;
    int names = 0;
    for (int m = 0; m < sunzi_cell_model_count(); m++) {
        const sunzi_cell_model *model = sunzi_cell_model_at(m), *found = NULL;
        const int states = sunzi_cell_model_states(model);
        int variant = -1;
        assert_true(states >= 2 && states <= STATES_MOST);
        assert_string_equal(sunzi_cell_state_name(model, 0), "V");
        assert_string_equal(sunzi_cell_state_unit(model, 0), "mV");
        assert_non_null(sunzi_cell_state_name(model, states - 1));
        assert_null(sunzi_cell_state_name(model, states));
        assert_null(sunzi_cell_state_unit(model, -1));
        assert_true(strlen(sunzi_cell_model_source(model)) > 20);
        assert_true(sunzi_cell_model_has(model, SUNZI_POLICY_FP32C));
        assert_false(sunzi_cell_model_has(model, (sunzi_policy)9));
        expect_status(sunzi_cell_model_find(sunzi_cell_model_name(model, -1),
                                            &found, &variant),
                      SUNZI_OK);
        assert_ptr_equal(found, model);
        assert_int_equal(variant, 0);
        for (int v = 0; v < sunzi_cell_model_variants(model); v++, names++) {
            double y[STATES_MOST];
            expect_status(sunzi_cell_model_find(sunzi_cell_model_name(model, v),
                                                &found, &variant),
                          SUNZI_OK);
            assert_ptr_equal(found, model);
            assert_int_equal(variant, v);
            expect_status(sunzi_cell_model_initial(model, v, y), SUNZI_OK);
            assert_true(y[0] < -50 && y[0] > -100);
        }
        assert_null(
            sunzi_cell_model_name(model, sunzi_cell_model_variants(model)));
    }
    assert_true(names >= 12);
    assert_null(sunzi_cell_model_at(-1));
    assert_null(sunzi_cell_model_at(sunzi_cell_model_count()));
}

static void conversions(void **unused)
{
    (void)unused;
    sunzi_cells from = make_cells("ten-tusscher-2006-epi", SUNZI_POLICY_FP64);
    const double y[19] = {-85.123456789, 1 / 3.0, 2 / 3.0, 1e-7 / 3, 0.1};
    double z[19];
    expect_status(sunzi_cell_set(&from, 2, y), SUNZI_OK);
    from.time = 17;
    for (int p = 0; p < SUNZI_POLICY_COUNT; p++) {
        sunzi_cells to = make_cells("ten-tusscher-2006-epi", (sunzi_policy)p);
        sunzi_cells back =
            make_cells("ten-tusscher-2006-epi", SUNZI_POLICY_FP64);
        to.stride = 5;
        expect_status(sunzi_cell_convert(&from, &to), SUNZI_OK);
        expect_status(sunzi_cell_convert(&to, &back), SUNZI_OK);
        expect_status(sunzi_cell_get(&back, 2, z), SUNZI_OK);
        assert_true(to.time == 17);
        const double most = p == SUNZI_POLICY_FP64   ? 0
                            : p == SUNZI_POLICY_FP32 ? 0x1p-24
                                                     : 0x1p-48;
        for (int s = 0; s < 5; s++)
            assert_true(fabs(z[s] - y[s]) <= most * fabs(y[s]));
        free(to.states);
        free(back.states);
    }
    sunzi_cells other = make_cells("fitzhugh-nagumo", SUNZI_POLICY_FP64);
    expect_status(sunzi_cell_convert(&from, &other), SUNZI_ERR_ARG);
    expect_message("must be the same");
    free(other.states);
    free(from.states);
}

static void refused(sunzi_cells c, double dt, int64_t steps,
                    const sunzi_cell_options *o, const char *part)
{
    expect_status(sunzi_cell_step(NULL, &c, dt, steps, o), SUNZI_ERR_ARG);
    expect_message(part);
}

static void refusals(void **unused)
{
    (void)unused;
    sunzi_cells good = make_cells("ten-tusscher-2006-epi", SUNZI_POLICY_FP64);
    const sunzi_cell_model *model = NULL;
    sunzi_policy policy = SUNZI_POLICY_FP64;
    double before[STATES_MOST], after[STATES_MOST];
    sunzi_cell_options o;

    expect_status(sunzi_cell_model_find("ten-tuscher-2006-epi", &model, NULL),
                  SUNZI_ERR_ARG);
    expect_message("did you mean ten-tusscher-2006-epi");
    expect_status(sunzi_cell_model_find("hodgkin", &model, NULL),
                  SUNZI_ERR_ARG);
    expect_message("courtemanche-1998");
    expect_status(sunzi_policy_find("fp23", &policy), SUNZI_ERR_ARG);
    expect_message("fp32");
    expect_status(sunzi_cell_model_initial(good.model, 3, after),
                  SUNZI_ERR_ARG);

    expect_status(sunzi_cell_get(&good, 0, before), SUNZI_OK);
    sunzi_cells c = good;
    c.model = NULL;
    refused(c, 0.01, 1, NULL, "model is NULL");
    c = good;
    c.states = NULL;
    refused(c, 0.01, 1, NULL, "states is NULL");
    c = good;
    c.count = -1;
    refused(c, 0.01, 1, NULL, "count -1");
    c = good;
    c.stride = COUNT - 1;
    refused(c, 0.01, 1, NULL, "stride 2");
    c.stride = INT64_MAX / 2;
    refused(c, 0.01, 1, NULL, "use several calls");
    c = good;
    c.variant = 3;
    refused(c, 0.01, 1, NULL, "variant 3");
    c = good;
    c.policy = (sunzi_policy)4;
    refused(c, 0.01, 1, NULL, "no kernels of policy 4");
    c = good;
    c.current = 1;
    c.current_last = COUNT + 1;
    refused(c, 0.01, 1, NULL, "current 1 into cells 0 to 4");
    refused(good, 0, 1, NULL, "of 0 ms");
    refused(good, NAN, 1, NULL, "of nan ms");
    refused(good, -0.1, 1, NULL, "of -0.1 ms");
    refused(good, 0.1, -1, NULL, "-1 steps");
    sunzi_cell_options_init(&o);
    o.method = (sunzi_cell_method)2;
    refused(good, 0.1, 1, &o, "method 2");
    sunzi_cell_options_init(&o);
    o.adapt_change = 1;
    o.method = SUNZI_CELL_MIDPOINT;
    refused(good, 0.1, 1, &o, "adapt_change 1");
    o.method = SUNZI_CELL_RUSH_LARSEN;
    o.parts_most = 100000;
    refused(good, 0.1, 1, &o, "parts_most 100000");
    sunzi_cell_options_init(&o);
    o.trace = after;
    o.trace_cell = COUNT;
    refused(good, 0.1, 1, &o, "trace_cell 3 of 3");
    c = make_cells("ohara-rudy-2011", SUNZI_POLICY_FP32);
    c.policy = SUNZI_POLICY_DF64;
    refused(c, 0.01, 1, NULL, "ohara-rudy-2011 has no kernels");
    free(c.states);
    expect_status(sunzi_cell_step(NULL, NULL, 0.1, 1, NULL), SUNZI_ERR_ARG);
    expect_status(sunzi_cell_get(&good, COUNT, after), SUNZI_ERR_ARG);
    expect_status(sunzi_cell_set(&good, -1, after), SUNZI_ERR_ARG);

    expect_status(sunzi_cell_get(&good, 0, after), SUNZI_OK);
    assert_memory_equal(before, after, 19 * sizeof *before);
    good.count = 0;
    good.time = 1;
    expect_status(sunzi_cell_step(NULL, &good, 0.5, 3, NULL), SUNZI_OK);
    assert_true(good.time == 2.5);
    free(good.states);
}

/* A cell that leaves the range is named; the others go on until then. */
static void blow_ups(void **unused)
{
    (void)unused;
    enum { MANY = 9000 }; /* more than a row of the check */
    static const int64_t bad[] = {0, 4095, 4096, 8192, MANY - 1};
    sunzi_cells c = make_cells("mitchell-schaeffer-2003", SUNZI_POLICY_FP64);
    free(c.states);
    c.states = calloc(4 * MANY, sizeof(double));
    c.count = c.stride = MANY;
    for (int p = 0; p < SUNZI_POLICY_COUNT; p++)
        for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
            char part[80];
            c.policy = (sunzi_policy)p;
            expect_status(sunzi_cell_reset(&c), SUNZI_OK);
            c.current = 300;
            c.current_first = bad[k];
            c.current_last = bad[k] + 1;
            expect_status(sunzi_cell_step(NULL, &c, 1, 3, NULL),
                          SUNZI_ERR_BLOW_UP);
            snprintf(part, sizeof part, "cell %lld of model mitchell",
                     (long long)bad[k]);
            expect_message(part);
            expect_message("at 3 ms: V is ");
            assert_true(c.time == 3);
        }
    const double not_a_number[] = {NAN, 1};
    c.policy = SUNZI_POLICY_FP64;
    c.current = 0;
    expect_status(sunzi_cell_reset(&c), SUNZI_OK);
    expect_status(sunzi_cell_set(&c, 77, not_a_number), SUNZI_OK);
    expect_status(sunzi_cell_step(NULL, &c, 0.5, 1000, NULL),
                  SUNZI_ERR_BLOW_UP);
    expect_message("cell 77 ");
    expect_message("at 0 ms: V is ");
    /* it is looked for every 64 steps */
    c.current = 1000;
    c.current_first = 0;
    c.current_last = 1;
    expect_status(sunzi_cell_reset(&c), SUNZI_OK);
    expect_status(sunzi_cell_step(NULL, &c, 0.002, 64, NULL), SUNZI_OK);
    c.current = 1e9;
    expect_status(sunzi_cell_step(NULL, &c, 0.002, 1000, NULL),
                  SUNZI_ERR_BLOW_UP);
    expect_message("cell 0 ");
    expect_message("at 0.256 ms: V is ");
    free(c.states);
}

/* Without memory nothing is done. */
static void no_memory(void **unused)
{
    (void)unused;
    sunzi_context *ctx = NULL;
    expect_status(sunzi_context_create(NULL, &ctx), SUNZI_OK);
    for (int kind = 0; kind < 3; kind++) {
        sunzi_cells c = make_cells("ten-tusscher-2006-epi", SUNZI_POLICY_FP32C);
        double before[STATES_MOST], after[STATES_MOST];
        sunzi_cell_options o;
        sunzi_cell_options_init(&o);
        o.method = kind == 1 ? SUNZI_CELL_MIDPOINT : SUNZI_CELL_RUSH_LARSEN;
        o.adapt_change = kind == 2 ? 1e-3 : 0;
        c.current = 50;
        c.current_last = 2;
        expect_status(sunzi_cell_get(&c, 0, before), SUNZI_OK);
        sunzi_status status = SUNZI_ERR_NOMEM;
        long k = 0;
        while (status != SUNZI_OK && k < 100) {
            sunzi_memory_fail_after(++k);
            status = sunzi_cell_step(ctx, &c, 0.05, 1, &o);
            sunzi_memory_fail_after(-1);
            if (status == SUNZI_OK)
                break;
            assert_int_equal(status, SUNZI_ERR_NOMEM);
            assert_true(c.time == 0);
            expect_status(sunzi_cell_get(&c, 0, after), SUNZI_OK);
            assert_memory_equal(before, after, 19 * sizeof *before);
        }
        assert_true(k > 4 && k < 100);
        expect_status(sunzi_cell_get(&c, 0, after), SUNZI_OK);
        assert_true(after[0] > before[0]);
        free(c.states);
    }
    sunzi_context_destroy(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models),    cmocka_unit_test(conversions),
        cmocka_unit_test(refusals),  cmocka_unit_test(blow_ups),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
