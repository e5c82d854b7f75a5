/* SPDX-License-Identifier: BSD-3-Clause */
/* Contexts: creation, the process-wide default, log and progress sinks. */
#define _DEFAULT_SOURCE
#include "core/context.h"

#include <omp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/engine_select.h"

void sunzi_context_options_init(sunzi_context_options *options)
{
    if (options)
        *options = (sunzi_context_options){.engine = NULL};
}

static sunzi_status read_environment(sunzi_context_options *options)
{
    const char *reproducible = getenv("SUNZI_REPRODUCIBLE");
    if (!reproducible || !*reproducible)
        return SUNZI_OK;
    if (strcmp(reproducible, "0") != 0 && strcmp(reproducible, "1") != 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "SUNZI_REPRODUCIBLE: got '%s', allowed are 0 and 1; "
                          "correct or unset the variable",
                          reproducible);
    options->reproducible = *reproducible == '1';
    return SUNZI_OK;
}

sunzi_status sunzi_context_create(const sunzi_context_options *given,
                                  sunzi_context **context)
{
    sunzi_context_options options;
    sunzi_context *ctx = NULL;
    const struct sunzi_engine_ops *engine = NULL;
    void *block = NULL;
    sunzi_status status;

    if (!context)
        return sunzi_fail(SUNZI_ERR_ARG, "sunzi_context_create: context is "
                                         "NULL; pass the address of a pointer");
    sunzi_context_options_init(&options);
    if (given)
        options = *given;
    if (options.threads < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_context_create: threads = %d, allowed are 0 "
                          "(what OpenMP gives) and positive numbers",
                          options.threads);
    SUNZI_TRY(sunzi_engine_select(options.engine, &engine));
    SUNZI_TRY(sunzi_allocate(sizeof *ctx, "context", &block));
    ctx = block;
    *ctx = (sunzi_context){
        .engine = engine,
        .threads = options.threads,
        .reproducible = options.reproducible != 0,
        .workspace_limit_bytes = options.workspace_limit_bytes,
        .log = options.log,
        .log_user = options.log_user,
        .progress = options.progress,
        .progress_user = options.progress_user,
    };
    SUNZI_TRY(sunzi_pool_create(&ctx->pool));
    SUNZI_TRY(sunzi_device_open(engine, &ctx->device));
    pthread_mutex_init(&ctx->sink_lock, NULL);
    *context = ctx;
    return SUNZI_OK;
done:
    if (ctx)
        sunzi_pool_destroy(&ctx->pool);
    sunzi_release(block);
    return status;
}

void sunzi_context_destroy(sunzi_context **context)
{
    if (!context || !*context)
        return;
    sunzi_hold_drop(*context);
    sunzi_device_close(&(*context)->device);
    sunzi_pool_destroy(&(*context)->pool);
    pthread_mutex_destroy(&(*context)->sink_lock);
    sunzi_release(*context);
    *context = NULL;
}

static pthread_mutex_t default_lock = PTHREAD_MUTEX_INITIALIZER;
static sunzi_context *default_context;

__attribute__((destructor)) static void free_default_context(void)
{
    sunzi_context_destroy(&default_context);
}

sunzi_status sunzi_context_use(sunzi_context *given, sunzi_context **ctx)
{
    sunzi_status status = SUNZI_OK;
    if (given) {
        *ctx = given;
        return SUNZI_OK;
    }
    pthread_mutex_lock(&default_lock);
    if (!default_context) {
        sunzi_context_options options;
        sunzi_context_options_init(&options);
        status = read_environment(&options);
        if (status == SUNZI_OK)
            status = sunzi_context_create(&options, &default_context);
    }
    *ctx = default_context;
    pthread_mutex_unlock(&default_lock);
    return status;
}

void sunzi_context_trim(sunzi_context *context)
{
    sunzi_context *ctx;
    if (sunzi_context_use(context, &ctx) != SUNZI_OK)
        return;
    sunzi_pool_trim(ctx->pool);
    if (ctx->device)
        sunzi_copies_trim(ctx->device);
}

size_t sunzi_context_workspace_bytes(sunzi_context *context)
{
    sunzi_context *ctx;
    if (sunzi_context_use(context, &ctx) != SUNZI_OK)
        return 0;
    return sunzi_pool_bytes(ctx->pool);
}

const char *sunzi_context_engine(sunzi_context *context)
{
    sunzi_context *ctx;
    if (sunzi_context_use(context, &ctx) != SUNZI_OK)
        return NULL;
    return sunzi_engine_ops_name(ctx->engine);
}

int sunzi_threads(const sunzi_context *ctx)
{
    return ctx->threads > 0 ? ctx->threads : omp_get_max_threads();
}

double sunzi_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void sunzi_log(sunzi_context *ctx, sunzi_log_level level, const char *format,
               ...)
{
    if (!ctx->log)
        return;
    char line[400];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    pthread_mutex_lock(&ctx->sink_lock);
    ctx->log(ctx->log_user, level, line);
    pthread_mutex_unlock(&ctx->sink_lock);
}

void sunzi_progress(sunzi_context *ctx, const char *phase, double done,
                    double total)
{
    if (!ctx->progress)
        return;
    pthread_mutex_lock(&ctx->sink_lock);
    const double now = sunzi_seconds();
    if (done >= total || now - ctx->last_progress_seconds >= 0.1) {
        ctx->last_progress_seconds = now;
        ctx->progress(ctx->progress_user, phase, done, total);
    }
    pthread_mutex_unlock(&ctx->sink_lock);
}
