/* SPDX-License-Identifier: BSD-3-Clause */
/* The list of engines, their completed tables, and the choice of one. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/context.h>

#include "core/engine_select.h"
#include "engines/engine.h"
#include "engines/engine_list.h"

/* A table is an array of pointer-sized kernel slots from here on. */
enum {
    FIRST_KERNEL = offsetof(sunzi_engine_ops, measure),
    SLOT = sizeof(void (*)(void)),
    ENGINES = (int)(sizeof sunzi_engine_list / sizeof sunzi_engine_list[0])
};

static sunzi_engine_ops table[ENGINES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const sunzi_engine_ops *raw_by_name(const char *name)
{
    for (int i = 0; name && i < ENGINES; i++)
        if (strcmp(sunzi_engine_list[i]->name, name) == 0)
            return sunzi_engine_list[i];
    return NULL;
}

static bool has_kernel(const sunzi_engine_ops *engine, size_t offset)
{
    static const char null_slot[SLOT];
    return memcmp((const char *)engine + offset, null_slot, SLOT) != 0;
}

/* The best CPU engine, which "auto" is and which serves the host side of a
 * device. Devices are not asked: their drivers take long to start. */
static int best_cpu_engine(void)
{
    int best = -1;
    char why[200];
    for (int i = 0; i < ENGINES; i++) {
        const sunzi_engine_ops *e = sunzi_engine_list[i];
        if (!e->device &&
            (best < 0 || e->priority > sunzi_engine_list[best]->priority) &&
            e->available(why, sizeof why))
            best = i;
    }
    return best;
}

static const sunzi_engine_ops *host_engine(void)
{
    return sunzi_engine_list[best_cpu_engine()];
}

static const sunzi_engine_ops *origin(const sunzi_engine_ops *engine,
                                      size_t offset)
{
    while (engine && !has_kernel(engine, offset))
        engine = engine->device ? host_engine() : raw_by_name(engine->base);
    return engine;
}

static void complete_tables(void)
{
    for (int i = 0; i < ENGINES; i++) {
        table[i] = *sunzi_engine_list[i];
        if (table[i].device) /* updates of low precision stay on the host */
            table[i].low_format_fast = host_engine()->low_format_fast;
        for (size_t o = FIRST_KERNEL; o < sizeof(sunzi_engine_ops); o += SLOT) {
            const sunzi_engine_ops *from = origin(sunzi_engine_list[i], o);
            if (from)
                memcpy((char *)&table[i] + o, (const char *)from + o, SLOT);
        }
    }
}

const sunzi_engine_ops *sunzi_engine_at(int index)
{
    pthread_once(&once, complete_tables);
    return index >= 0 && index < ENGINES ? &table[index] : NULL;
}

const sunzi_engine_ops *sunzi_engine_by_name(const char *name)
{
    for (int i = 0; i < ENGINES; i++)
        if (strcmp(sunzi_engine_list[i]->name, name) == 0)
            return sunzi_engine_at(i);
    return NULL;
}

const char *sunzi_engine_origin(const sunzi_engine_ops *engine, size_t offset)
{
    const sunzi_engine_ops *from = origin(raw_by_name(engine->name), offset);
    return from ? from->name : "none";
}

const char *sunzi_engine_worker(const sunzi_engine_ops *engine, bool on_device)
{
    return engine->device && !on_device ? host_engine()->name : engine->name;
}

const char *sunzi_engine_ops_name(const sunzi_engine_ops *engine)
{
    return engine->name;
}

int sunzi_engine_count(void)
{
    return ENGINES;
}

const char *sunzi_engine_name(int index)
{
    const sunzi_engine_ops *engine = sunzi_engine_at(index);
    return engine ? engine->name : NULL;
}

const char *sunzi_engine_summary(int index)
{
    const sunzi_engine_ops *engine = sunzi_engine_at(index);
    return engine ? engine->summary : NULL;
}

int sunzi_engine_available(int index, char *why, size_t why_bytes)
{
    const sunzi_engine_ops *engine = sunzi_engine_at(index);
    if (why_bytes)
        why[0] = '\0';
    if (!engine) {
        snprintf(why, why_bytes, "there is no engine %d", index);
        return 0;
    }
    return engine->available(why, why_bytes);
}

static sunzi_status unknown_engine(const char *name)
{
    char names[200] = "";
    size_t used = 0;
    for (int i = 0; i < ENGINES && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s, ",
                                 table[i].name);
    return sunzi_fail(SUNZI_ERR_ARG,
                      "engine: got '%s', allowed are %sand auto; correct the "
                      "argument or SUNZI_ENGINE",
                      name, names);
}

sunzi_status sunzi_engine_select(const char *name,
                                 const sunzi_engine_ops **engine)
{
    char why[200] = "";
    pthread_once(&once, complete_tables);
    if (!name)
        name = getenv("SUNZI_ENGINE");
    if (!name || !*name || strcmp(name, "auto") == 0) {
        *engine = &table[best_cpu_engine()];
        return SUNZI_OK;
    }
    const sunzi_engine_ops *found = sunzi_engine_by_name(name);
    if (!found)
        return unknown_engine(name);
    if (!found->available(why, sizeof why))
        return sunzi_fail(SUNZI_ERR_ENGINE,
                          "engine '%s' cannot be used here: %s; use another "
                          "engine or 'auto'",
                          name, why);
    *engine = found;
    return SUNZI_OK;
}
