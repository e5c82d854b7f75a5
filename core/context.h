/* SPDX-License-Identifier: BSD-3-Clause */
/* The context as the library sees it. */
#ifndef SUNZI_CORE_CONTEXT_H
#define SUNZI_CORE_CONTEXT_H

#include <pthread.h>
#include <stdbool.h>
#include <sunzi/context.h>

#include "core/memory.h"

struct sunzi_device;
struct sunzi_engine_ops;

struct sunzi_context {
    const struct sunzi_engine_ops *engine; /* complete table, never NULL */
    struct sunzi_device *device;           /* of that engine, or NULL */
    struct sunzi_memory *held;             /* engines/device/hold.c */
    sunzi_pool *pool;
    int threads; /* 0: what OpenMP gives */
    bool reproducible;
    size_t workspace_limit_bytes; /* 0: none */
    sunzi_log_fn *log;
    void *log_user;
    sunzi_progress_fn *progress;
    void *progress_user;
    double last_progress_seconds;
    pthread_mutex_t sink_lock; /* one line at a time */
};

/* The given context, or the process-wide default for NULL. */
sunzi_status sunzi_context_use(sunzi_context *given, sunzi_context **ctx);

/* OpenMP threads to use now, >= 1. */
int sunzi_threads(const sunzi_context *ctx);

/* Send a line to the log of the context, if it has one. */
void sunzi_log(sunzi_context *ctx, sunzi_log_level level, const char *format,
               ...) __attribute__((format(printf, 3, 4)));

/* Report progress, at most ten times a second and at done == total. */
void sunzi_progress(sunzi_context *ctx, const char *phase, double done,
                    double total);

/* Seconds of a monotonic clock. */
double sunzi_seconds(void);

#endif
