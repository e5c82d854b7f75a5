/* SPDX-License-Identifier: BSD-3-Clause */
/* A memory from inside. */
#ifndef SUNZI_ENGINES_DEVICE_MEMORY_H
#define SUNZI_ENGINES_DEVICE_MEMORY_H

#include "engines/memory.h"

struct sunzi_memory {
    sunzi_context *ctx;
    const char *what;
    size_t bytes;
    void *host, *device;     /* NULL: no room taken there */
    bool on_host, on_device; /* valid there; neither: undefined */
    bool wrapped;            /* host is the caller's */
    bool worked;             /* work may use what is on the device */
    bool held;               /* in the list of the context */
    sunzi_memory *next;      /* there */
    void *kept;              /* about a held array */
    sunzi_drop_fn *drop;
};

#endif
