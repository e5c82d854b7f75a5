/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays of callers that stay on the device: sunzi/hold.h. */
#include <sunzi/hold.h>

#include "core/engine_select.h"
#include "engines/device/memory.h"

/* The held array that `array` is, or is in. */
static sunzi_memory *find(const sunzi_context *ctx, const void *array)
{
    sunzi_memory *m = ctx->held;
    while (m && ((const char *)array < (char *)m->host ||
                 (const char *)array >= (char *)m->host + m->bytes))
        m = m->next;
    return m;
}

bool sunzi_memory_is_held(const sunzi_context *ctx, const void *array)
{
    return find(ctx, array) != NULL;
}

sunzi_status sunzi_memory_use(sunzi_context *ctx, void *array, size_t bytes,
                              const char *what, sunzi_memory **memory)
{
    sunzi_memory *m = find(ctx, array);
    sunzi_status status;
    if (!m)
        return sunzi_memory_wrap(ctx, array, bytes, what, memory);
    const size_t offset = (size_t)((char *)array - (char *)m->host);
    if (m->bytes - offset < bytes)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %zu bytes of the array are held, %zu are used; "
                          "hold all of it",
                          what, m->bytes - offset, bytes);
    SUNZI_TRY(sunzi_memory_create(ctx, bytes, what, memory));
    (*memory)->whole = m;
    (*memory)->offset = offset;
done:
    return status;
}

sunzi_status sunzi_memory_leave(sunzi_memory **memory)
{
    const void *bytes;
    sunzi_status status = SUNZI_OK;
    if (*memory && !(*memory)->whole)
        status = sunzi_memory_read(*memory, &bytes);
    sunzi_memory_destroy(memory);
    return status;
}

sunzi_status sunzi_memory_refresh(const sunzi_context *ctx, const void *array,
                                  bool writes)
{
    void *bytes;
    const void *read;
    sunzi_memory *m = find(ctx, array);
    return !m       ? SUNZI_OK
           : writes ? sunzi_memory_write(m, &bytes)
                    : sunzi_memory_read(m, &read);
}

void **sunzi_memory_kept(sunzi_memory *memory, sunzi_drop_fn *drop)
{
    sunzi_memory *m = memory->whole;
    if (!m || memory->offset > 0)
        return NULL;
    m->drop = drop;
    return &m->kept;
}

/* ---- the public calls ---- */

static sunzi_status get_held(const char *function, sunzi_context *context,
                             const void *array, sunzi_memory **m)
{
    sunzi_context *ctx;
    sunzi_status status;
    SUNZI_TRY(sunzi_context_use(context, &ctx));
    *m = find(ctx, array);
    if (!*m || (*m)->host != array)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: the array is not held, allowed: one given to "
                          "sunzi_hold, with the same context",
                          function);
done:
    return status;
}

/* Has it bytes in common with a held array? */
static bool is_crossed(const sunzi_context *ctx, const void *array,
                       size_t bytes)
{
    const char *first = array;
    for (const sunzi_memory *m = ctx->held; m; m = m->next)
        if (first < (char *)m->host + m->bytes &&
            first + bytes > (char *)m->host)
            return true;
    return false;
}

sunzi_status sunzi_hold(sunzi_context *context, void *array, int64_t bytes)
{
    sunzi_context *ctx;
    sunzi_memory *m = NULL;
    sunzi_status status;
    if (!array || bytes <= 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_hold: array %s, %lld bytes, allowed: an "
                          "array, at least 1",
                          array ? "given" : "NULL", (long long)bytes);
    SUNZI_TRY(sunzi_context_use(context, &ctx));
    if (is_crossed(ctx, array, (size_t)bytes))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_hold: the array, or a part of it, is held "
                          "already, allowed: once; call sunzi_hold_end first");
    SUNZI_TRY(sunzi_memory_wrap(ctx, array, (size_t)bytes, "sunzi_hold", &m));
    SUNZI_TRY(sunzi_memory_room(m));
    m->next = ctx->held;
    ctx->held = m;
    return SUNZI_OK;
done:
    sunzi_memory_destroy(&m);
    return status;
}

sunzi_status sunzi_hold_fetch(sunzi_context *context, void *array,
                              int64_t first, int64_t bytes)
{
    static const char function[] = "sunzi_hold_fetch";
    sunzi_memory *m = NULL;
    sunzi_status status;
    SUNZI_TRY(get_held(function, context, array, &m));
    const int64_t all = (int64_t)m->bytes;
    if (first < 0 || bytes < 0 || first > all || bytes > all - first)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %lld bytes from byte %lld on, allowed: those of "
                          "the %lld that are held",
                          function, (long long)bytes, (long long)first,
                          (long long)all);
    status = sunzi_memory_peek(m, (size_t)first, (char *)array + first,
                               (size_t)bytes);
done:
    return status;
}

sunzi_status sunzi_hold_changed(sunzi_context *context, void *array)
{
    sunzi_memory *m = NULL;
    sunzi_status status;
    SUNZI_TRY(get_held("sunzi_hold_changed", context, array, &m));
    m->on_host = true;
    m->on_device = false;
done:
    return status;
}

/* Out of the list, with what is kept about it. */
static void unhold(sunzi_context *ctx, sunzi_memory *m)
{
    sunzi_memory **place = &ctx->held;
    while (*place != m)
        place = &(*place)->next;
    *place = m->next;
    if (m->drop)
        m->drop(m->kept);
}

sunzi_status sunzi_hold_end(sunzi_context *context, void *array)
{
    sunzi_context *ctx;
    sunzi_memory *m = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_context_use(context, &ctx));
    m = find(ctx, array);
    if (!m || m->host != array)
        return SUNZI_OK;
    unhold(ctx, m);
    status = sunzi_memory_leave(&m);
done:
    return status;
}

void sunzi_hold_drop(sunzi_context *ctx)
{
    while (ctx->held) {
        sunzi_memory *m = ctx->held;
        unhold(ctx, m);
        sunzi_memory_destroy(&m);
    }
}
