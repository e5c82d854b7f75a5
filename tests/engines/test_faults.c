/* SPDX-License-Identifier: BSD-3-Clause */
/* A device of the engine SUNZI_TEST_ENGINE that fails, on the double of its
 * driver (tests/engines/faults.sh): each call has a status and a sentence,
 * gives back what it took, and the context works afterwards unless the device
 * is lost.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/context.h"
#include "engines/device.h"
#include "engines/engine.h"
#include "tests/precision/product_case.h"

static const char *engine;
static bool gpu; /* cuda or hip */

/* of the double: tests/engines/double/faults.h */
static void (*fault)(const char *faults);
static long (*calls)(const char *point);
static long (*held)(char *text, size_t bytes);

static void find(const char *name, void *function)
{
    void *handle = dlopen(getenv("DOUBLE_LIBRARY"), RTLD_NOW | RTLD_LOCAL);
    void *symbol = handle ? dlsym(handle, name) : NULL;
    if (!symbol)
        fail_msg("DOUBLE_LIBRARY: no %s; run tests/engines/faults.sh", name);
    memcpy(function, &symbol, sizeof symbol);
}

static int start(void **unused)
{
    (void)unused;
    engine = getenv("SUNZI_TEST_ENGINE");
    gpu = strcmp(engine, "opencl") != 0;
    find("double_fault", &fault);
    find("double_calls", &calls);
    find("double_held", &held);
    fault("");
    return 0;
}

static void expect_message(const char *part)
{
    if (!strstr(sunzi_last_message(), part))
        fail_msg("message '%s' lacks '%s'", sunzi_last_message(), part);
}

static void expect_nothing_held(void)
{
    char text[200];
    if (held(text, sizeof text) != 0)
        fail_msg("held: %s", text);
}

static sunzi_status create(sunzi_context **ctx)
{
    const sunzi_context_options options = {
        .engine = engine, .threads = 1, .reproducible = 1};
    *ctx = NULL;
    return sunzi_context_create(&options, ctx);
}

static sunzi_context *open_context(void)
{
    sunzi_context *ctx;
    expect_status(create(&ctx), SUNZI_OK);
    return ctx;
}

/* ---- what is done while something fails ---- */

enum { N = 90 };

/* What is computed from the same numbers each time: into result, N * N doubles
 * at most, old ones before. */
typedef sunzi_status work(sunzi_context *ctx, double *result);

static const double *numbers(void)
{
    static double *all;
    if (!all)
        all = random_numbers(2 * N * N, 5);
    return all;
}

static sunzi_status product(sunzi_context *ctx, double *c)
{
    const sunzi_product_options o = {.method = SUNZI_PRODUCT_EMULATED};
    return sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS, SUNZI_TRANS,
                              N, N, N, 1.25, numbers(), N, numbers() + N * N, N,
                              -0.5, c, N, &o, NULL);
}

/* C stays there until it is fetched. */
static sunzi_status held_product(sunzi_context *ctx, double *c)
{
    sunzi_status status, ended;
    status = sunzi_hold(ctx, c, N * N * (int64_t)sizeof *c);
    if (status == SUNZI_OK)
        status = product(ctx, c);
    ended = sunzi_hold_end(ctx, c);
    return status < 0 ? status : ended;
}

static sunzi_status complex_product(sunzi_context *ctx, double *c)
{
    enum { M = N / 2 };
    const double alpha[2] = {1, 0.5}, beta[2] = {0, 1};
    const sunzi_product_options o = {.method = SUNZI_PRODUCT_EMULATED};
    return sunzi_zgemm_expert(ctx, SUNZI_COL_MAJOR, SUNZI_CONJ_TRANS,
                              SUNZI_NO_TRANS, M, M, M, alpha, numbers(), M,
                              numbers() + N * N, M, beta, c, M, &o, NULL);
}

static sunzi_status solve(sunzi_context *ctx, double *x)
{
    sunzi_solve_options options;
    sunzi_solve_options_init(&options);
    options.factor = SUNZI_FACTOR_FP32;
    return sunzi_dsolve(ctx, SUNZI_ROW_MAJOR, N, 1, numbers(), N,
                        numbers() + N * N, 1, x, 1, &options, NULL, NULL);
}

static int tissue_everywhere(void *unused, const int64_t voxel[3],
                             double sigma[6])
{
    (void)unused;
    (void)voxel;
    sigma[0] = sigma[1] = sigma[2] = 0.1;
    return 1;
}

/* Two steps of cells whose states are held there; without FP64. */
static sunzi_status hold_and_step(sunzi_context *ctx, sunzi_tissue *t,
                                  float *states, int64_t bytes)
{
    sunzi_cells c;
    sunzi_status status = SUNZI_OK, ended;
    sunzi_cells_init(&c);
    sunzi_cell_model_find("mitchell-schaeffer-2003", &c.model, NULL);
    c.policy = SUNZI_POLICY_FP32C;
    c.count = c.stride = sunzi_tissue_count(t);
    c.states = states;
    sunzi_cell_reset(&c);
    for (int64_t i = 0; i < c.count / 2; i++)
        states[i] = -20;
    status = sunzi_hold(ctx, states, bytes);
    for (int step = 0; step < 2 && status == SUNZI_OK; step++)
        status =
            sunzi_tissue_step(t, &c, 0.02, SUNZI_TISSUE_GODUNOV, NULL, NULL);
    ended = sunzi_hold_end(ctx, states);
    return status < 0 ? status : ended;
}

static sunzi_status tissue(sunzi_context *ctx, double *result)
{
    static float states[2 * 2 * 7 * 6 * 5];
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    sunzi_tissue_options_init(&o);
    o.voxels[0] = 6;
    o.voxels[1] = 5;
    o.voxels[2] = 4;
    o.policy = SUNZI_POLICY_FP32C;
    o.voxel = tissue_everywhere;
    sunzi_status status = sunzi_tissue_create(ctx, NULL, &o, &t);
    if (status == SUNZI_OK)
        status = hold_and_step(ctx, t, states, sizeof states);
    if (status == SUNZI_OK)
        memcpy(result, states, sizeof states);
    sunzi_tissue_destroy(&t);
    return status;
}

static const struct {
    const char *name;
    work *run;
} works[] = {
    {"product", product},
    {"held product", held_product},
    {"complex product", complex_product},
    {"solve", solve},
    {"tissue", tissue},
};
enum { WORKS = sizeof works / sizeof *works };

typedef struct result {
    double of[N * N];
} result;

static result old_values(void)
{
    result r;
    for (int i = 0; i < N * N; i++)
        r.of[i] = i % 7 - 3;
    return r;
}

/* by the portable engine, which a device that fails does not touch */
static result expected_of(int w)
{
    result r = old_values();
    sunzi_context *ctx = NULL;
    const sunzi_context_options options = {
        .engine = "portable", .threads = 1, .reproducible = 1};
    expect_status(sunzi_context_create(&options, &ctx), SUNZI_OK);
    expect_status(works[w].run(ctx, r.of), SUNZI_OK);
    sunzi_context_destroy(&ctx);
    return r;
}

static void expect_right(sunzi_context *ctx, int w)
{
    result r = old_values();
    const result expected = expected_of(w);
    expect_status(works[w].run(ctx, r.of), SUNZI_OK);
    if (memcmp(&r, &expected, sizeof r) != 0)
        fail_msg("%s: other bits than the portable engine's", works[w].name);
}

static void expect_untouched(const result *r)
{
    const result old = old_values();
    assert_memory_equal(r, &old, sizeof old);
}

/* Of a product whose C is stored in parts. */
static void expect_old_or_right(const result *r, const result *expected)
{
    const result old = old_values();
    for (int i = 0; i < N * N; i++)
        assert_true(r->of[i] == old.of[i] || r->of[i] == expected->of[i]);
}

/* ---- opening ---- */

/* `sunzi info` says of the device what it lacks. */
static void expect_told(const char *words)
{
    char text[800];
    for (int i = 0; sunzi_engine_name(i); i++)
        if (strcmp(sunzi_engine_name(i), engine) == 0 &&
            sunzi_engine_device(i, 0, text, sizeof text) &&
            strstr(text, "not usable") && !strstr(text, words))
            fail_msg("'%s' lacks '%s'", text, words);
}

static void opening(void **unused)
{
    (void)unused;
    static const struct {
        const char *fault, *only; /* only: NULL, "gpu", "opencl" */
        sunzi_status status;
        const char *words;
    } cases[] = {
        {"init", NULL, SUNZI_ERR_ENGINE, "knows no device"},
        {"devices", NULL, SUNZI_ERR_ENGINE, "knows no device"},
        {"old", "gpu", SUNZI_ERR_ENGINE, "is needed; install"},
        {"context", NULL, SUNZI_ERR_DEVICE, "opening it failed"},
        {"current=1", "gpu", SUNZI_ERR_DEVICE, "opening it failed"},
        {"queue", "opencl", SUNZI_ERR_DEVICE, "opening it failed"},
        {"unavailable", "opencl", SUNZI_ERR_ENGINE, "is not available"},
        {"bits32", "opencl", SUNZI_ERR_ENGINE, "32-bit addresses"},
        {"rounding", "opencl", SUNZI_ERR_ENGINE, "correctly rounded"},
        {"groups", "opencl", SUNZI_ERR_ENGINE,
         "takes groups of 128 work items "
         "at most, 256 are needed"},
        {"local", "opencl", SUNZI_ERR_ENGINE,
         "has 16384 bytes of local memory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sunzi_context *ctx;
        if (cases[i].only && gpu != (strcmp(cases[i].only, "gpu") == 0))
            continue;
        fault(cases[i].fault);
        expect_status(create(&ctx), cases[i].status);
        assert_null(ctx);
        expect_message(cases[i].words);
        expect_message(engine);
        expect_told(cases[i].words);
        expect_nothing_held();
        fault("");
        ctx = open_context();
        expect_right(ctx, 0);
        sunzi_context_destroy(&ctx);
        expect_nothing_held();
    }
}

/* A device whose list of extensions has no FP64. */
static void no_fp64(void **unused)
{
    (void)unused;
    if (gpu)
        skip();
    fault("fp64");
    sunzi_context *ctx = open_context();
    assert_false(ctx->device->limits.fp64);
    for (int w = 0; w < WORKS; w++)
        expect_right(ctx, w);
    sunzi_context_destroy(&ctx);
    fault("");
    expect_nothing_held();
}

/* ---- one call fails, each in turn ---- */

static bool cached = true; /* programs are kept */
static bool panels;        /* large copies are made beside the work */

/* Is this an answer that a fault at this point may give? An allocation that
 * fails may end in smaller blocks, a kept program that does not load is made
 * anew, a release has no status. */
static bool may_be(const char *point, sunzi_status status)
{
    const bool mended =
        strcmp(point, "allocate") == 0 || strcmp(point, "pin") == 0 ||
        strcmp(point, "map") == 0 || strcmp(point, "await") == 0 ||
        (cached && (strcmp(point, "module") == 0 || strcmp(point, "ptx") == 0 ||
                    (!gpu && strcmp(point, "compile") == 0))) ||
        strcmp(point, "current") == 0;
    return status == SUNZI_ERR_DEVICE || (mended && status == SUNZI_OK) ||
           (status == SUNZI_ERR_NOMEM && strcmp(point, "allocate") == 0);
}

/* Run with the k-th call at `point` failing; false: there are fewer calls. */
static bool fails_at(sunzi_context *ctx, int w, const char *point, long k,
                     const result *expected)
{
    char faults[40];
    result r = old_values();
    snprintf(faults, sizeof faults, "%s=%ld", point, k);
    fault(faults);
    const size_t before = ctx->device->counts.bytes;
    const sunzi_status status = works[w].run(ctx, r.of);
    const bool reached = calls(point) >= k;
    fault("");
    if (reached ? !may_be(point, status) : status != SUNZI_OK)
        fail_msg("%s, %s: %s, %s", works[w].name, faults,
                 sunzi_status_name(status), sunzi_last_message());
    if (status == SUNZI_OK) {
        assert_memory_equal(&r, expected, sizeof r);
    } else {
        expect_message(ctx->device->limits.name);
        if (panels)
            expect_old_or_right(&r, expected);
        else
            expect_untouched(&r);
    }
    assert_int_equal(ctx->device->counts.bytes, before);
    return reached;
}

static void one_call_fails(void **unused)
{
    (void)unused;
    static const char *const points[] = {"allocate", "upload", "download",
                                         "launch",   "finish", "current",
                                         "argument"};
    sunzi_context *ctx = open_context();
    for (int w = 0; w < WORKS; w++) {
        const result expected = expected_of(w);
        expect_right(ctx, w); /* all is compiled */
        for (size_t i = 0; i < sizeof points / sizeof *points; i++)
            for (long k = 1; fails_at(ctx, w, points[i], k, &expected);
                 k += 1 + k / 6)
                ;
        expect_right(ctx, w);
    }
    sunzi_context_destroy(&ctx);
    expect_nothing_held();
}

/* Copies beside the work: first in a context that has a queue and buffers for
 * them already, then in new ones. */
static void one_copy_fails(void **unused)
{
    (void)unused;
    static const char *const often[] = {"upload", "download", "event",
                                        "record", "follow",   "await"};
    static const char *const once[] = {"pin", "map", "stream", "queue"};
    setenv("SUNZI_DEVICE_COPIES", "16384", 1);
    panels = true;
    for (int w = 0; works[w].run != tissue; w++) { /* whose copies are small */
        const result expected = expected_of(w);
        sunzi_context *ctx = open_context();
        expect_right(ctx, w);
        assert_true(ctx->device->counts.upload_beside > 0);
        for (size_t i = 0; i < sizeof often / sizeof *often; i++) {
            for (long k = 1; fails_at(ctx, w, often[i], k, &expected);
                 k += 1 + k / 2)
                ;
            expect_right(ctx, w);
        }
        sunzi_context_destroy(&ctx);
        expect_nothing_held();
        for (size_t i = 0; i < sizeof once / sizeof *once; i++)
            for (long k = 1, more = 1; more; k++) {
                ctx = open_context();
                more = fails_at(ctx, w, once[i], k, &expected);
                expect_right(ctx, w);
                sunzi_context_destroy(&ctx);
                expect_nothing_held();
            }
    }
    panels = false;
    unsetenv("SUNZI_DEVICE_COPIES");
}

/* The first use of a kernel: compiler, program, function. */
static void one_program_fails(void **unused)
{
    (void)unused;
    static const char *const points[] = {"compiler", "compile", "code",
                                         "ptx",      "module",  "function"};
    char kept[300];
    snprintf(kept, sizeof kept, "%s", getenv("SUNZI_CACHE"));
    for (int round = 0; round < 2; round++) {
        const int w = round ? 0 : 2;
        const result expected = expected_of(w);
        cached = round == 1;
        setenv("SUNZI_CACHE", cached ? kept : "", 1);
        for (size_t i = 0; i < sizeof points / sizeof *points; i++)
            for (long k = 1, more = 1; more; k++) {
                sunzi_context *ctx = open_context();
                more = fails_at(ctx, w, points[i], k, &expected);
                if (k == 1)
                    expect_right(ctx, w);
                sunzi_context_destroy(&ctx);
                expect_nothing_held();
            }
    }
}

static void complaints(void **unused)
{
    (void)unused;
    sunzi_context *ctx = open_context();
    result r = old_values();
    char kept[300];
    snprintf(kept, sizeof kept, "%s", getenv("SUNZI_CACHE"));
    setenv("SUNZI_CACHE", "", 1);
    fault("compile");
    expect_status(product(ctx, r.of), SUNZI_ERR_DEVICE);
    expect_message("error: as it was asked for");
    expect_message("double.k.h");
    expect_untouched(&r);
    sunzi_context_destroy(&ctx);
    if (gpu) {
        ctx = open_context();
        fault("ptx");
        expect_status(product(ctx, r.of), SUNZI_ERR_DEVICE);
        expect_message("update the driver");
        sunzi_context_destroy(&ctx);
    }
    setenv("SUNZI_CACHE", kept, 1);
    fault("");
    expect_nothing_held();
}

/* ---- little memory ---- */

static void memory_of(size_t bytes, sunzi_status wanted)
{
    char faults[40];
    result r = old_values();
    snprintf(faults, sizeof faults, "memory=%zu", bytes);
    fault(faults);
    sunzi_context *ctx = open_context();
    if (wanted == SUNZI_OK) {
        expect_right(ctx, 0);
        assert_true(ctx->device->counts.most_bytes <= bytes);
    } else {
        expect_status(product(ctx, r.of), wanted);
        expect_message("could not be allocated");
        expect_untouched(&r);
    }
    assert_int_equal(ctx->device->counts.bytes, 0);
    sunzi_context_destroy(&ctx);
    fault("");
    expect_nothing_held();
}

static void little_memory(void **unused)
{
    (void)unused;
    sunzi_context *ctx = open_context();
    expect_right(ctx, 0);
    const size_t all = ctx->device->counts.most_bytes;
    sunzi_context_destroy(&ctx);
    memory_of(all * 2, SUNZI_OK);
    for (size_t part = 32; part > 15; part--)
        memory_of(all / 32 * part, SUNZI_OK);
    memory_of(1000, SUNZI_ERR_NOMEM);
}

/* C in several blocks: each entry is old, or right. */
static void some_blocks(void **unused)
{
    (void)unused;
    const result old = old_values(), expected = expected_of(0);
    sunzi_context *ctx = open_context();
    expect_right(ctx, 0);
    const size_t bytes = ctx->device->counts.most_bytes / 32 * 17;
    long stored = 0, k = 1;
    sunzi_context_destroy(&ctx);
    for (sunzi_status status = SUNZI_ERR_DEVICE; status < 0; k++) {
        char faults[80];
        result r = old;
        snprintf(faults, sizeof faults, "memory=%zu,launch=%ld", bytes, k);
        fault(faults);
        ctx = open_context();
        status = product(ctx, r.of);
        expect_status(status,
                      calls("launch") < k ? SUNZI_OK : SUNZI_ERR_DEVICE);
        for (int i = 0; i < N * N; i++) {
            stored += r.of[i] != old.of[i] && status < 0;
            assert_true(r.of[i] == old.of[i] || r.of[i] == expected.of[i]);
        }
        assert_int_equal(ctx->device->counts.bytes, 0);
        sunzi_context_destroy(&ctx);
    }
    assert_true(stored > 0); /* there was more than one block */
    fault("");
    expect_nothing_held();
}

/* ---- the device is lost ---- */

static void lost_at(int w, long k)
{
    char faults[40], sentence[500];
    result r = old_values();
    sunzi_context *ctx = open_context();
    expect_right(ctx, w);
    snprintf(faults, sizeof faults, "lost=%ld", k);
    fault(faults);
    expect_status(works[w].run(ctx, r.of), SUNZI_ERR_DEVICE);
    expect_untouched(&r);
    expect_message("is lost");
    snprintf(sentence, sizeof sentence, "%s", sunzi_last_message());
    for (int again = 0; again < WORKS; again++) {
        r = old_values();
        expect_status(works[again].run(ctx, r.of), SUNZI_ERR_DEVICE);
        assert_string_equal(sunzi_last_message(), sentence);
        expect_untouched(&r);
        expected_of(again); /* the CPU is as good as before */
    }
    assert_int_equal(ctx->device->counts.bytes, 0);
    sunzi_context_destroy(&ctx);
    expect_nothing_held();
    fault(""); /* as a new process would have it */
    ctx = open_context();
    expect_right(ctx, w);
    sunzi_context_destroy(&ctx);
}

static void lost(void **unused)
{
    (void)unused;
    for (int w = 0; w < WORKS; w++)
        for (long k = 1; k < 5; k += 3)
            lost_at(w, k);
}

/* ---- threads that did not open the context, at the same time ---- */

enum { THREADS = 3, TIMES = 4 };

static result of_product; /* asserts are for the first thread only */

static void *in_thread(void *ctx)
{
    intptr_t right = 0;
    for (int time = 0; time < TIMES; time++) {
        result r = old_values();
        right += product(ctx, r.of) == SUNZI_OK &&
                 memcmp(&r, &of_product, sizeof r) == 0;
    }
    return (void *)right;
}

static void threads_on(const char *faults, intptr_t least)
{
    sunzi_context *ctx = open_context();
    pthread_t thread[THREADS];
    intptr_t right = 0;
    expect_right(ctx, 0);
    fault(faults);
    for (int t = 0; t < THREADS; t++)
        assert_int_equal(pthread_create(&thread[t], NULL, in_thread, ctx), 0);
    for (int t = 0; t < THREADS; t++) {
        void *of_thread;
        pthread_join(thread[t], &of_thread);
        right += (intptr_t)of_thread;
    }
    fault("");
    assert_in_range(right, least, THREADS * TIMES);
    assert_int_equal(ctx->device->counts.bytes, 0);
    expect_right(ctx, 0);
    sunzi_context_destroy(&ctx);
    expect_nothing_held();
}

static void several_threads(void **unused)
{
    (void)unused;
    of_product = expected_of(0);
    threads_on("", THREADS * TIMES);
    threads_on("launch=9", THREADS * TIMES - 1);
    setenv("SUNZI_DEVICE_COPIES", "16384", 1);
    threads_on("", THREADS * TIMES);
    threads_on("event=9", THREADS * TIMES - 1);
    unsetenv("SUNZI_DEVICE_COPIES");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening),         cmocka_unit_test(no_fp64),
        cmocka_unit_test(one_call_fails),  cmocka_unit_test(one_program_fails),
        cmocka_unit_test(complaints),      cmocka_unit_test(little_memory),
        cmocka_unit_test(some_blocks),     cmocka_unit_test(lost),
        cmocka_unit_test(several_threads), cmocka_unit_test(one_copy_fails),
    };
    if (!getenv("SUNZI_TEST_ENGINE")) {
        print_message("skipped: tests/engines/faults.sh runs this\n");
        return 77;
    }
    cmocka_set_test_filter(getenv("SUNZI_TEST_ONLY"));
    return cmocka_run_group_tests(tests, start, NULL);
}
