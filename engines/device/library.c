/* SPDX-License-Identifier: BSD-3-Clause */
#include "engines/device/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

bool sunzi_library_open(const char *const *files, const char *const *names,
                        int count, void *table, char *why, size_t why_bytes)
{
    void *handle = NULL;
    int f = 0;
    while (files[f] && !(handle = dlopen(files[f], RTLD_NOW | RTLD_LOCAL)))
        f++;
    if (!handle) {
        snprintf(why, why_bytes, "%s was not found", files[0]);
        return false;
    }
    for (int i = 0; i < count; i++) {
        void *symbol = dlsym(handle, names[i]);
        /* as POSIX has it: a function's address fits */
        memcpy((char *)table + (size_t)i * sizeof symbol, &symbol,
               sizeof symbol);
        if (!symbol) {
            snprintf(why, why_bytes, "%s has no %s", files[f], names[i]);
            return false;
        }
    }
    return true;
}
