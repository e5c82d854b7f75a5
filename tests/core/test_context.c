/* SPDX-License-Identifier: BSD-3-Clause */
/* Contexts: options, environment, choice of the engine, the default context,
 * log and progress. */
#define _DEFAULT_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/context.h"

/* Each test starts without the variables. */
static int clean_environment(void **state)
{
    (void)state;
    unsetenv("SUNZI_ENGINE");
    unsetenv("SUNZI_REPRODUCIBLE");
    return 0;
}

static void default_options(void **state)
{
    (void)state;
    sunzi_context_options options;
    sunzi_context *ctx = NULL;
    memset(&options, 0x55, sizeof options);
    sunzi_context_options_init(&options);
    assert_null(options.engine);
    assert_int_equal(options.threads, 0);
    assert_int_equal(options.reproducible, 0);
    assert_int_equal(options.workspace_limit_bytes, 0);
    assert_true(!options.log && !options.progress);
    assert_int_equal(sunzi_context_create(NULL, &ctx), SUNZI_OK);
    assert_non_null(sunzi_context_engine(ctx));
    assert_int_equal(sunzi_context_workspace_bytes(ctx), 0);
    assert_true(sunzi_threads(ctx) >= 1);
    sunzi_context_destroy(&ctx);
    assert_null(ctx);
    sunzi_context_destroy(&ctx);
    sunzi_context_destroy(NULL);
}

static void options_are_kept(void **state)
{
    (void)state;
    sunzi_context *ctx = NULL;
    const sunzi_context_options options = {.engine = "portable",
                                           .threads = 3,
                                           .reproducible = 5,
                                           .workspace_limit_bytes = 12345};
    assert_int_equal(sunzi_context_create(&options, &ctx), SUNZI_OK);
    assert_string_equal(sunzi_context_engine(ctx), "portable");
    assert_int_equal(sunzi_threads(ctx), 3);
    assert_true(ctx->reproducible);
    assert_int_equal(ctx->workspace_limit_bytes, 12345);
    sunzi_context_destroy(&ctx);
}

static void expect_refused(const sunzi_context_options *options,
                           sunzi_status expected, const char *words)
{
    sunzi_context *const untouched = (sunzi_context *)(uintptr_t)64;
    sunzi_context *ctx = untouched;
    assert_int_equal(sunzi_context_create(options, &ctx), expected);
    assert_ptr_equal(ctx, untouched);
    assert_non_null(strstr(sunzi_last_message(), words));
}

static void bad_options(void **state)
{
    (void)state;
    sunzi_context_options options;
    sunzi_context_options_init(NULL);
    assert_int_equal(sunzi_context_create(NULL, NULL), SUNZI_ERR_ARG);
    sunzi_context_options_init(&options);
    options.threads = -1;
    expect_refused(&options, SUNZI_ERR_ARG, "threads = -1");
    sunzi_context_options_init(&options);
    options.engine = "abacus";
    expect_refused(&options, SUNZI_ERR_ARG, "got 'abacus'");
    for (int i = 0; i < sunzi_engine_count(); i++) /* all allowed are listed */
        assert_non_null(strstr(sunzi_last_message(), sunzi_engine_name(i)));
    options.engine = "Portable";
    expect_refused(&options, SUNZI_ERR_ARG, "got 'Portable'");
}

static void engine_table(void **state)
{
    (void)state;
    char why[200], first[2] = {'x', 'y'};
    const int count = sunzi_engine_count();
    int available = 0;
    assert_true(count >= 1);
    for (int i = 0; i < count; i++) {
        assert_true(strlen(sunzi_engine_name(i)) > 0);
        assert_true(strlen(sunzi_engine_summary(i)) > 0);
        memset(why, 'x', sizeof why);
        const int usable = sunzi_engine_available(i, why, sizeof why);
        assert_non_null(memchr(why, '\0', sizeof why));
        assert_true(usable || strlen(why) > 5);
        available += usable;
        sunzi_engine_available(i, first, 1); /* always terminated */
        assert_int_equal(first[0], '\0');
        assert_int_equal(first[1], 'y');
    }
    assert_true(available >= 1);
    assert_string_equal(sunzi_engine_name(count - 1), "portable");
    assert_int_equal(sunzi_engine_available(count - 1, why, sizeof why), 1);
    assert_null(sunzi_engine_name(-1));
    assert_null(sunzi_engine_name(count));
    assert_null(sunzi_engine_summary(count));
    assert_int_equal(sunzi_engine_available(count, why, sizeof why), 0);
    assert_true(strlen(why) > 5);
    assert_int_equal(sunzi_engine_available(-1, why, 0), 0);
}

/* A named engine works or is refused with its reason: never another one. */
static void named_engines(void **state)
{
    (void)state;
    for (int i = 0; i < sunzi_engine_count(); i++) {
        char why[200];
        const sunzi_context_options options = {.engine = sunzi_engine_name(i)};
        sunzi_context *ctx = NULL;
        if (!sunzi_engine_available(i, why, sizeof why)) {
            expect_refused(&options, SUNZI_ERR_ENGINE, why);
            continue;
        }
        assert_int_equal(sunzi_context_create(&options, &ctx), SUNZI_OK);
        assert_string_equal(sunzi_context_engine(ctx), options.engine);
        sunzi_context_destroy(&ctx);
    }
}

static void engine_of_the_environment(void **state)
{
    (void)state;
    sunzi_context *ctx = NULL, *best = NULL;
    const sunzi_context_options automatic = {.engine = "auto"};
    assert_int_equal(sunzi_context_create(NULL, &best), SUNZI_OK);
    setenv("SUNZI_ENGINE", "portable", 1);
    assert_int_equal(sunzi_context_create(NULL, &ctx), SUNZI_OK);
    assert_string_equal(sunzi_context_engine(ctx), "portable");
    sunzi_context_destroy(&ctx);
    /* an argument is stronger than the environment */
    assert_int_equal(sunzi_context_create(&automatic, &ctx), SUNZI_OK);
    assert_string_equal(sunzi_context_engine(ctx), sunzi_context_engine(best));
    sunzi_context_destroy(&ctx);
    setenv("SUNZI_ENGINE", "abacus", 1);
    expect_refused(NULL, SUNZI_ERR_ARG, "abacus");
    setenv("SUNZI_ENGINE", "", 1);
    assert_int_equal(sunzi_context_create(NULL, &ctx), SUNZI_OK);
    assert_string_equal(sunzi_context_engine(ctx), sunzi_context_engine(best));
    sunzi_context_destroy(&ctx);
    sunzi_context_destroy(&best);
}

/* Order matters: a default context that could not be made is tried again, one
 * that was made stays. */
static void default_context(void **state)
{
    (void)state;
    sunzi_context *ctx = NULL, *again = NULL;
    setenv("SUNZI_REPRODUCIBLE", "yes", 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sunzi_context_use(NULL, &ctx), SUNZI_ERR_ARG);
        assert_non_null(strstr(sunzi_last_message(), "'yes'"));
        assert_null(sunzi_context_engine(NULL));
        assert_int_equal(sunzi_context_workspace_bytes(NULL), 0);
        sunzi_context_trim(NULL);
    }
    setenv("SUNZI_REPRODUCIBLE", "1", 1);
    setenv("SUNZI_ENGINE", "abacus", 1);
    assert_int_equal(sunzi_context_use(NULL, &ctx), SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "abacus"));
    setenv("SUNZI_ENGINE", "portable", 1);
    assert_int_equal(sunzi_context_use(NULL, &ctx), SUNZI_OK);
    assert_true(ctx->reproducible);
    assert_string_equal(sunzi_context_engine(NULL), "portable");
    unsetenv("SUNZI_ENGINE");
    unsetenv("SUNZI_REPRODUCIBLE");
    assert_int_equal(sunzi_context_use(NULL, &again), SUNZI_OK);
    assert_ptr_equal(again, ctx);
    sunzi_context *own = NULL;
    assert_int_equal(sunzi_context_create(NULL, &own), SUNZI_OK);
    assert_int_equal(sunzi_context_use(own, &again), SUNZI_OK);
    assert_ptr_equal(again, own);
    assert_false(own->reproducible);
    sunzi_context_destroy(&own);
}

static void no_memory_for_a_context(void **state)
{
    (void)state;
    long k = 1;
    for (;; k++) {
        sunzi_context *ctx = NULL;
        sunzi_memory_fail_after(k);
        const sunzi_status status = sunzi_context_create(NULL, &ctx);
        sunzi_memory_fail_after(-1);
        if (status == SUNZI_OK) {
            sunzi_context_destroy(&ctx);
            break;
        }
        assert_int_equal(status, SUNZI_ERR_NOMEM);
        assert_null(ctx);
    }
    assert_true(k >= 3);
}

static void workspace_is_kept_and_trimmed(void **state)
{
    (void)state;
    sunzi_context *ctx = NULL;
    void *block = NULL;
    assert_int_equal(sunzi_context_create(NULL, &ctx), SUNZI_OK);
    assert_int_equal(sunzi_pool_take(ctx->pool, 5000, "test", &block),
                     SUNZI_OK);
    sunzi_pool_give(ctx->pool, &block);
    assert_int_equal(sunzi_context_workspace_bytes(ctx), 5000);
    sunzi_context_trim(ctx);
    assert_int_equal(sunzi_context_workspace_bytes(ctx), 0);
    sunzi_context_destroy(&ctx);
}

typedef struct sink {
    int lines, inside, overlaps;
    sunzi_log_level level;
    char line[600];
    double done, total;
} sink;

static void receive_line(void *user, sunzi_log_level level, const char *line)
{
    sink *s = user;
    s->overlaps += s->inside++ != 0;
    s->lines++;
    s->level = level;
    snprintf(s->line, sizeof s->line, "%s", line);
    s->inside--;
}

static void receive_progress(void *user, const char *phase, double done,
                             double total)
{
    sink *s = user;
    s->lines++;
    s->done = done;
    s->total = total;
    snprintf(s->line, sizeof s->line, "%s", phase);
}

static void log_sink(void **state)
{
    (void)state;
    sink s = {.lines = 0};
    char longer[1000];
    sunzi_context *ctx = NULL;
    sunzi_context_options options = {.log = receive_line, .log_user = &s};
    assert_int_equal(sunzi_context_create(&options, &ctx), SUNZI_OK);
    sunzi_log(ctx, SUNZI_LOG_DECISION, "rung %s, %d moduli", "int8", 14);
    assert_int_equal(s.lines, 1);
    assert_int_equal(s.level, SUNZI_LOG_DECISION);
    assert_string_equal(s.line, "rung int8, 14 moduli");
    memset(longer, 'z', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    sunzi_log(ctx, SUNZI_LOG_PHASE, "%s", longer);
    assert_int_equal(s.level, SUNZI_LOG_PHASE);
    assert_in_range(strlen(s.line), 300, sizeof longer - 1);
    sunzi_context_destroy(&ctx);
    options.log = NULL;
    assert_int_equal(sunzi_context_create(&options, &ctx), SUNZI_OK);
    sunzi_log(ctx, SUNZI_LOG_PHASE, "nobody hears it");
    sunzi_progress(ctx, "nobody", 1, 2);
    assert_int_equal(s.lines, 2);
    sunzi_context_destroy(&ctx);
}

static void *log_much(void *context)
{
    for (int i = 0; i < 1000; i++)
        sunzi_log(context, SUNZI_LOG_PHASE, "line %d", i);
    return NULL;
}

static void one_line_at_a_time(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    sink s = {.lines = 0};
    pthread_t threads[THREADS];
    sunzi_context *ctx = NULL;
    const sunzi_context_options options = {.log = receive_line, .log_user = &s};
    assert_int_equal(sunzi_context_create(&options, &ctx), SUNZI_OK);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, log_much, ctx), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(s.lines, 1000 * THREADS);
    assert_int_equal(s.overlaps, 0);
    sunzi_context_destroy(&ctx);
}

/* Many calls within far less than a tenth of a second: the first and the last
 * go through, and what is due in between. */
static void progress_sink(void **state)
{
    (void)state;
    sink s = {.lines = 0};
    sunzi_context *ctx = NULL;
    const sunzi_context_options options = {.progress = receive_progress,
                                           .progress_user = &s};
    assert_int_equal(sunzi_context_create(&options, &ctx), SUNZI_OK);
    const double start = sunzi_seconds();
    for (int i = 0; i <= 1000; i++)
        sunzi_progress(ctx, "columns", i, 1000);
    const double seconds = sunzi_seconds() - start;
    assert_true(s.lines >= 2 && s.lines <= 3 + (int)(10 * seconds));
    assert_true(s.done == 1000 && s.total == 1000);
    assert_string_equal(s.line, "columns");
    const int before = s.lines;
    usleep(110000);
    sunzi_progress(ctx, "columns", 1, 1000);
    assert_int_equal(s.lines, before + 1);
    sunzi_context_destroy(&ctx);
}

static void descriptions(void **state)
{
    (void)state;
    int major, minor, patch;
    assert_int_equal(
        sscanf(sunzi_version(), "%d.%d.%d", &major, &minor, &patch), 3);
    assert_true(strlen(sunzi_blas_description()) > 5);
    assert_null(strchr(sunzi_blas_description(), '\n'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(default_options, clean_environment),
        cmocka_unit_test_setup(options_are_kept, clean_environment),
        cmocka_unit_test_setup(bad_options, clean_environment),
        cmocka_unit_test_setup(engine_table, clean_environment),
        cmocka_unit_test_setup(named_engines, clean_environment),
        cmocka_unit_test_setup(engine_of_the_environment, clean_environment),
        cmocka_unit_test_setup(default_context, clean_environment),
        cmocka_unit_test_setup(no_memory_for_a_context, clean_environment),
        cmocka_unit_test_setup(workspace_is_kept_and_trimmed,
                               clean_environment),
        cmocka_unit_test_setup(log_sink, clean_environment),
        cmocka_unit_test_setup(one_line_at_a_time, clean_environment),
        cmocka_unit_test_setup(progress_sink, clean_environment),
        cmocka_unit_test_setup(descriptions, clean_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
