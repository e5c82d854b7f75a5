/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of the host, of a device, or of both. */
#include "engines/memory.h"

#include <stdbool.h>
#include <string.h>

#include "engines/device.h"

struct sunzi_memory {
    sunzi_context *ctx;
    const char *what;
    size_t bytes;
    void *host, *device;     /* NULL: no room taken there */
    bool on_host, on_device; /* valid there; neither: undefined */
    bool wrapped;            /* host is the caller's */
};

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
    if (m->device) {
        sunzi_device_lock(device);
        device->ops->release(device, m->device);
        device->counts.bytes -= m->bytes;
        sunzi_device_unlock(device);
    }
    if (!m->wrapped)
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

static sunzi_status to_host(sunzi_memory *m)
{
    sunzi_device *device = m->ctx->device;
    sunzi_status status;
    SUNZI_TRY(room_on_host(m));
    if (m->on_host || !m->on_device || m->bytes == 0)
        return SUNZI_OK;
    sunzi_device_lock(device);
    status = device->ops->download(device, m->device, m->host, m->bytes);
    device->counts.downloads++;
    device->counts.download_bytes += (int64_t)m->bytes;
    sunzi_device_unlock(device);
    m->on_host = status == SUNZI_OK;
done:
    return status;
}

static sunzi_status to_device(sunzi_memory *m)
{
    sunzi_device *device = m->ctx->device;
    sunzi_status status;
    SUNZI_TRY(room_on_device(m));
    if (m->on_device || !m->on_host || m->bytes == 0)
        return SUNZI_OK;
    SUNZI_TRY(device->ops->upload(device, m->device, m->host, m->bytes));
    device->counts.uploads++;
    device->counts.upload_bytes += (int64_t)m->bytes;
    m->on_device = true;
done:
    return status;
}

sunzi_status sunzi_memory_read(sunzi_memory *memory, const void **bytes)
{
    const sunzi_status status = to_host(memory);
    if (status == SUNZI_OK)
        *bytes = memory->host;
    return status;
}

sunzi_status sunzi_memory_write(sunzi_memory *memory, void **bytes)
{
    const sunzi_status status = to_host(memory);
    if (status < 0)
        return status;
    memory->on_host = true;
    memory->on_device = false;
    *bytes = memory->host;
    return SUNZI_OK;
}

sunzi_status sunzi_memory_fill(sunzi_memory *memory, void **bytes)
{
    memory->on_device = false;
    return sunzi_memory_write(memory, bytes);
}

sunzi_status sunzi_memory_put(sunzi_memory *memory, const void *from,
                              size_t bytes)
{
    sunzi_device *device = memory->ctx->device;
    void *place = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_for_kernel(memory, false, true, &place));
    if (bytes == 0)
        return SUNZI_OK;
    if (!device) {
        memcpy(place, from, bytes);
        return SUNZI_OK;
    }
    sunzi_device_lock(device);
    status = device->ops->upload(device, place, from, bytes);
    device->counts.uploads++;
    device->counts.upload_bytes += (int64_t)bytes;
    sunzi_device_unlock(device);
done:
    return status;
}

sunzi_status sunzi_memory_get(sunzi_memory *memory, void *to, size_t bytes)
{
    sunzi_device *device = memory->ctx->device;
    void *place = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_for_kernel(memory, true, false, &place));
    if (bytes == 0)
        return SUNZI_OK;
    if (!device) {
        memcpy(to, place, bytes);
        return SUNZI_OK;
    }
    sunzi_device_lock(device);
    status = device->ops->download(device, place, to, bytes);
    device->counts.downloads++;
    device->counts.download_bytes += (int64_t)bytes;
    sunzi_device_unlock(device);
done:
    return status;
}

sunzi_status sunzi_memory_take(sunzi_memory *memory)
{
    void *place;
    return sunzi_memory_for_kernel(memory, false, true, &place);
}

size_t sunzi_memory_left(const sunzi_context *ctx)
{
    sunzi_device *d = ctx->device;
    const size_t limit = ctx->workspace_limit_bytes;
    const size_t most = d ? d->limits.memory_bytes / 10 * 9 : 0;
    size_t taken = 0; /* also by other threads */
    if (d) {
        sunzi_device_lock(d);
        taken = d->counts.bytes;
        sunzi_device_unlock(d);
    }
    const size_t left = most > taken ? most - taken : 0;
    return limit && limit < left ? limit : left;
}

sunzi_status sunzi_memory_for_kernel(sunzi_memory *memory, bool read,
                                     bool write, void **place)
{
    sunzi_device *device = memory->ctx->device;
    sunzi_status status;
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
