/* SPDX-License-Identifier: BSD-3-Clause */
/* Which BLAS the process runs with, and how many threads it uses. The library
 * is chosen at run time (Debian's alternatives), so it is asked at run time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <sunzi/context.h>
#include <sunzi/version.h>

#include "core/blas.h"

const char *sunzi_version(void)
{
    return SUNZI_VERSION;
}

static void *symbol(const char *name)
{
    return dlsym(RTLD_DEFAULT, name);
}

const char *sunzi_blas_description(void)
{
    static _Thread_local char line[300];
    static const char *const threading[] = {
        "one thread only; NOT safe to call from several threads", "pthreads",
        "OpenMP"};
    char *(*config)(void), *(*core)(void);
    int (*parallel)(void);
    void *found;

    if (!(found = symbol("openblas_get_config")))
        return "not OpenBLAS; name, kernels and threading are not known";
    memcpy(&config, &found, sizeof config);
    found = symbol("openblas_get_parallel");
    memcpy(&parallel, &found, sizeof parallel);
    found = symbol("openblas_get_corename");
    memcpy(&core, &found, sizeof core);
    const int kind = parallel ? parallel() : -1;
    snprintf(line, sizeof line, "%.150s; kernels %.40s; threading %s", config(),
             core ? core() : "unknown",
             kind >= 0 && kind <= 2 ? threading[kind] : "unknown");
    return line;
}

/* Functions of an OpenBLAS that has threads of its own; set is NULL for any
 * other BLAS, which is taken to use OpenMP. */
typedef struct own_threads {
    void (*set)(int);
    int (*get)(void);
} own_threads;

static own_threads find_own_threads(void)
{
    own_threads own = {NULL, NULL};
    int (*parallel)(void);
    void *found = symbol("openblas_get_parallel");
    memcpy(&parallel, &found, sizeof parallel);
    if (!parallel || parallel() != 1)
        return own;
    found = symbol("openblas_set_num_threads");
    memcpy(&own.set, &found, sizeof own.set);
    found = symbol("openblas_get_num_threads");
    memcpy(&own.get, &found, sizeof own.get);
    return own;
}

int sunzi_blas_threads_use(const sunzi_context *ctx)
{
    const own_threads own = find_own_threads();
    const int threads = sunzi_threads(ctx);
    const int before = own.set && own.get ? own.get() : omp_get_max_threads();
    if (before != threads)
        sunzi_blas_threads_restore(threads);
    return before;
}

void sunzi_blas_threads_restore(int threads)
{
    const own_threads own = find_own_threads();
    if (own.set)
        own.set(threads);
    else
        omp_set_num_threads(threads);
}
