/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of the host, of a device, or of both. */
#include "engines/memory.h"

#include <stdbool.h>
#include <string.h>

#include "engines/copies.h"
#include "engines/device.h"
#include "engines/device/memory.h"
#include "engines/kernel/basic.k.h"
#include "engines/launch.h"

static sunzi_status new_memory(sunzi_context *ctx, size_t bytes,
                               const char *what, sunzi_memory **memory)
{
    void *block = NULL;
    const sunzi_status status =
        sunzi_allocate(sizeof(sunzi_memory), what, &block);
    if (status < 0)
        return status;
    *memory = block;
    **memory = (sunzi_memory){.ctx = ctx, .what = what, .bytes = bytes};
    return SUNZI_OK;
}

sunzi_status sunzi_memory_create(sunzi_context *ctx, size_t bytes,
                                 const char *what, sunzi_memory **memory)
{
    return new_memory(ctx, bytes, what, memory);
}

sunzi_status sunzi_memory_wrap(sunzi_context *ctx, void *array, size_t bytes,
                               const char *what, sunzi_memory **memory)
{
    const sunzi_status status = new_memory(ctx, bytes, what, memory);
    if (status < 0)
        return status;
    (*memory)->host = array;
    (*memory)->on_host = (*memory)->wrapped = true;
    return SUNZI_OK;
}

void sunzi_memory_destroy(sunzi_memory **memory)
{
    sunzi_memory *m = *memory;
    if (!m)
        return;
    sunzi_device *device = m->ctx->device;
    if (m->device) { /* not of a part */
        sunzi_device_lock(device);
        sunzi_copies_settle(device);
        device->ops->release(device, m->device);
        device->counts.bytes -= m->bytes;
        device->released = device->released || m->worked;
        sunzi_device_unlock(device);
    }
    if (!m->wrapped && !m->whole)
        sunzi_pool_give(m->ctx->pool, &m->host);
    sunzi_release(m);
    *memory = NULL;
}

size_t sunzi_memory_bytes(const sunzi_memory *memory)
{
    return memory->bytes;
}

static sunzi_status room_on_host(sunzi_memory *m)
{
    if (m->host)
        return SUNZI_OK;
    return sunzi_pool_take(m->ctx->pool, m->bytes, m->what, &m->host);
}

static sunzi_status room_on_device(sunzi_memory *m)
{
    sunzi_device *device = m->ctx->device;
    if (m->device)
        return SUNZI_OK;
    const sunzi_status status =
        device->ops->allocate(device, m->bytes ? m->bytes : 1, &m->device);
    if (status < 0)
        return status;
    device->counts.bytes += m->bytes;
    if (device->counts.bytes > device->counts.most_bytes)
        device->counts.most_bytes = device->counts.bytes;
    return SUNZI_OK;
}

/* From the device, its part from byte `at` on; beside the work if it is large.
 */
static sunzi_status fetch(sunzi_memory *m, size_t at, void *to, size_t bytes)
{
    sunzi_device *device = m->ctx->device;
    sunzi_copies copies = {.device = NULL};
    sunzi_status status;
    sunzi_device_lock(device);
    SUNZI_TRY(sunzi_copies_open(m->ctx, bytes, &copies));
    if (copies.device) {
        status = sunzi_copies_fetch(&copies, m->device, at, to, bytes);
    } else {
        status = device->ops->download(device, SUNZI_QUEUE_WORK, m->device, at,
                                       to, bytes);
        device->counts.downloads++;
        device->counts.download_bytes += (int64_t)bytes;
    }
done:
    sunzi_copies_close(&copies);
    sunzi_device_unlock(device);
    return status;
}

static sunzi_status in_order(sunzi_memory *m, size_t at, const void *from,
                             size_t bytes, sunzi_arrived_fn *arrived,
                             void *user)
{
    sunzi_device *device = m->ctx->device;
    sunzi_status status;
    SUNZI_TRY(device->ops->upload(device, SUNZI_QUEUE_WORK, m->device, at, from,
                                  bytes));
    device->counts.uploads++;
    device->counts.upload_bytes += (int64_t)bytes;
    if (arrived)
        status = arrived(user, bytes);
done:
    return status;
}

/* To the device, where there is room. */
static sunzi_status send(sunzi_memory *m, const void *from, size_t bytes,
                         sunzi_arrived_fn *arrived, void *user)
{
    sunzi_device *device = m->ctx->device;
    sunzi_copies copies = {.device = NULL};
    sunzi_status status;
    m->on_device = true; /* for what is launched on its parts */
    sunzi_device_lock(device);
    SUNZI_TRY(sunzi_copies_open(m->ctx, bytes, &copies));
    if (copies.device) {
        if (m->worked || device->released)
            SUNZI_TRY(sunzi_copies_after_work(&copies));
        SUNZI_TRY(
            sunzi_copies_send(&copies, m->device, from, bytes, arrived, user));
    } else {
        SUNZI_TRY(in_order(m, 0, from, bytes, arrived, user));
    }
done:
    sunzi_copies_close(&copies);
    sunzi_device_unlock(device);
    m->on_device = status == SUNZI_OK;
    return status;
}

static sunzi_status to_host(sunzi_memory *m)
{
    sunzi_status status;
    SUNZI_TRY(room_on_host(m));
    if (m->on_host || !m->on_device || m->bytes == 0)
        return SUNZI_OK;
    status = fetch(m, 0, m->host, m->bytes);
    m->on_host = status == SUNZI_OK;
done:
    return status;
}

static sunzi_status to_device(sunzi_memory *m)
{
    sunzi_status status;
    SUNZI_TRY(room_on_device(m));
    if (m->on_device || !m->on_host || m->bytes == 0)
        return SUNZI_OK;
    status = send(m, m->host, m->bytes, NULL, NULL);
done:
    return status;
}

/* Where its bytes are. */
static sunzi_memory *store_of(sunzi_memory *m)
{
    return m->whole ? m->whole : m;
}

size_t sunzi_memory_offset(const sunzi_memory *memory)
{
    return memory->offset;
}

sunzi_status sunzi_memory_read(sunzi_memory *memory, const void **bytes)
{
    sunzi_memory *m = store_of(memory);
    const sunzi_status status = to_host(m);
    if (status == SUNZI_OK)
        *bytes = (char *)m->host + memory->offset;
    return status;
}

sunzi_status sunzi_memory_write(sunzi_memory *memory, void **bytes)
{
    sunzi_memory *m = store_of(memory);
    const sunzi_status status = to_host(m);
    if (status < 0)
        return status;
    m->on_host = true;
    m->on_device = false;
    *bytes = (char *)m->host + memory->offset;
    return SUNZI_OK;
}

sunzi_status sunzi_memory_fill(sunzi_memory *memory, void **bytes)
{
    memory->on_device = false; /* of a part: the others stay */
    return sunzi_memory_write(memory, bytes);
}

/* Where the context computes. */
static sunzi_status place_of(sunzi_memory *memory, bool read, bool write,
                             void **place)
{
    sunzi_device *device = memory->ctx->device;
    sunzi_status status;
    if (memory->whole) { /* whose other parts stay valid */
        SUNZI_TRY(place_of(memory->whole, true, write, place));
        if (!device)
            *place = (char *)*place + memory->offset;
        return SUNZI_OK;
    }
    if (!device) {
        SUNZI_TRY(room_on_host(memory));
        memory->on_host = memory->on_host || write;
        *place = memory->host;
        return SUNZI_OK;
    }
    sunzi_device_lock(device);
    status = read ? to_device(memory) : room_on_device(memory);
    sunzi_device_unlock(device);
    if (status < 0)
        return status;
    if (write) {
        memory->on_device = true;
        memory->on_host = false;
    }
    *place = memory->device;
done:
    return status;
}

sunzi_status sunzi_memory_put(sunzi_memory *memory, const void *from,
                              size_t bytes)
{
    return sunzi_memory_send(memory, from, bytes, NULL, NULL);
}

sunzi_status sunzi_memory_send(sunzi_memory *memory, const void *from,
                               size_t bytes, sunzi_arrived_fn *arrived,
                               void *user)
{
    const bool other = from != NULL;
    void *place = NULL;
    sunzi_status status = SUNZI_OK;
    if (memory->whole) {
        SUNZI_TRY(place_of(memory, true, other, &place));
        if (memory->ctx->device && other && bytes)
            return in_order(memory->whole, memory->offset, from, bytes, arrived,
                            user);
    } else if (other) {
        SUNZI_TRY(place_of(memory, false, true, &place));
    } else if (memory->ctx->device && !memory->on_device) {
        from = memory->host;
        SUNZI_TRY(place_of(memory, false, false, &place));
    }
    if (bytes == 0)
        return SUNZI_OK;
    if (memory->ctx->device && from && !memory->whole)
        return send(memory, from, bytes, arrived, user);
    if (other)
        memcpy(place, from, bytes);
    if (arrived)
        status = arrived(user, bytes);
done:
    return status;
}

sunzi_status sunzi_memory_get(sunzi_memory *memory, void *to, size_t bytes)
{
    void *place = NULL;
    sunzi_status status;
    SUNZI_TRY(place_of(memory, true, false, &place));
    if (bytes == 0)
        return SUNZI_OK;
    if (memory->ctx->device)
        return fetch(store_of(memory), memory->offset, to, bytes);
    memcpy(to, place, bytes);
done:
    return status;
}

sunzi_status sunzi_memory_peek(sunzi_memory *memory, size_t at, void *to,
                               size_t bytes)
{
    sunzi_memory *m = store_of(memory);
    at += memory->offset;
    if (bytes == 0)
        return SUNZI_OK;
    if (!m->on_host && m->on_device)
        return fetch(m, at, to, bytes);
    if (m->host && to != (char *)m->host + at)
        memcpy(to, (char *)m->host + at, bytes);
    return SUNZI_OK;
}

sunzi_status sunzi_memory_clear(sunzi_memory *memory)
{
    const size_t words = memory->bytes / sizeof(k_u32);
    void *place = NULL;
    sunzi_status status;
    SUNZI_TRY(place_of(memory, false, true, &place));
    if (memory->ctx->device)
        return SUNZI_LAUNCH(memory->ctx, k_fill_u32, sunzi_range((int)words),
                            .x = {memory}, .value = 0);
    memset(place, 0, memory->bytes);
done:
    return status;
}

sunzi_status sunzi_memory_room(sunzi_memory *memory)
{
    void *place;
    return place_of(memory, false, false, &place);
}

sunzi_status sunzi_memory_take(sunzi_memory *memory)
{
    void *place;
    return place_of(memory, false, true, &place);
}

size_t sunzi_memory_left_there(const sunzi_context *ctx)
{
    sunzi_device *d = ctx->device;
    const size_t most = d ? d->limits.memory_bytes / 10 * 9 : 0;
    size_t taken = 0; /* also by other threads */
    if (d) {
        sunzi_device_lock(d);
        taken = d->counts.bytes;
        sunzi_device_unlock(d);
    }
    return most > taken ? most - taken : 0;
}

size_t sunzi_memory_left(const sunzi_context *ctx)
{
    const size_t limit = ctx->workspace_limit_bytes;
    const size_t left = sunzi_memory_left_there(ctx);
    return limit && limit < left ? limit : left;
}

sunzi_status sunzi_memory_for_kernel(sunzi_memory *memory, bool read,
                                     bool write, void **place)
{
    sunzi_memory *m = store_of(memory);
    const sunzi_status status = place_of(memory, read, write, place);
    m->worked = m->worked || status == SUNZI_OK;
    return status;
}
