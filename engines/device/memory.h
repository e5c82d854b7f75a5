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
    /* Of a held array: the next one of the context, and what is kept about it.
     */
    sunzi_memory *next;
    void *kept;
    sunzi_drop_fn *drop;
    /* A part of a held array, from byte `offset` on: all but ctx, what and
     * bytes is there. */
    sunzi_memory *whole;
    size_t offset;
};

#endif
