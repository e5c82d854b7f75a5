/* SPDX-License-Identifier: BSD-3-Clause */
/* Which BLAS the process runs with. The library is chosen at run time (Debian's
 * alternatives), so it is asked at run time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sunzi/context.h>
#include <sunzi/version.h>

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
