/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies beside the work of a GPU: a stream that does not wait for the default
 * one, which work is given to, events without times between both, and pinned
 * memory. The numbers of the flags are those of cuda.h and hip_runtime_api.h.
 */
#include "engines/gpu/state.h"

enum { NON_BLOCKING = 1, DISABLE_TIMING = 2 };

void sunzi_gpu_copying_close(sunzi_gpu_state *s)
{
    if (s->copies)
        s->gpu.stream_destroy(s->copies);
    s->copies = NULL;
}

static sunzi_status pin(sunzi_device *device, size_t bytes, void **host,
                        void **handle)
{
    sunzi_gpu_state *s = device->state;
    sunzi_status status;
    SUNZI_TRY(sunzi_gpu_enter(device));
    if (!s->copies)
        SUNZI_TRY(
            sunzi_gpu_check(device, "a stream of copies",
                            s->gpu.stream_create(&s->copies, NON_BLOCKING)));
    const gpu_status code = s->gpu.pin(host, bytes, 0);
    if (code == SUNZI_GPU_NO_MEMORY)
        return sunzi_fail(SUNZI_ERR_NOMEM,
                          "%s device '%s': %zu bytes of pinned memory of the "
                          "host could not be allocated; free some memory",
                          s->vendor->name, device->limits.name, bytes);
    SUNZI_TRY(sunzi_gpu_check(device, "taking pinned memory", code));
    *handle = NULL;
done:
    return status;
}

static void unpin(sunzi_device *device, void *host, void *handle)
{
    const sunzi_gpu_state *s = device->state;
    (void)handle;
    s->gpu.context_set(s->context);
    s->gpu.unpin(host);
}

static void *stream_of(const sunzi_gpu_state *s, sunzi_queue queue)
{
    return queue == SUNZI_QUEUE_COPIES ? s->copies : NULL;
}

static sunzi_status mark(sunzi_device *device, sunzi_queue queue, void **result)
{
    const sunzi_gpu_state *s = device->state;
    void *event = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_gpu_enter(device));
    SUNZI_TRY(sunzi_gpu_check(device, "an event",
                              s->gpu.event_create(&event, DISABLE_TIMING)));
    status = sunzi_gpu_check(device, "an event",
                             s->gpu.event_record(event, stream_of(s, queue)));
    if (status < 0)
        s->gpu.event_destroy(event);
    else
        *result = event;
done:
    return status;
}

static sunzi_status follow(sunzi_device *device, sunzi_queue queue, void *event)
{
    const sunzi_gpu_state *s = device->state;
    sunzi_status status;
    SUNZI_TRY(sunzi_gpu_enter(device));
    status = sunzi_gpu_check(device, "waiting for a copy",
                             s->gpu.stream_wait(stream_of(s, queue), event, 0));
done:
    return status;
}

static sunzi_status await(sunzi_device *device, void *event)
{
    const sunzi_gpu_state *s = device->state;
    sunzi_status status;
    SUNZI_TRY(sunzi_gpu_enter(device));
    status =
        sunzi_gpu_check(device, "waiting for a copy", s->gpu.event_wait(event));
done:
    return status;
}

static void unmark(sunzi_device *device, void *event)
{
    const sunzi_gpu_state *s = device->state;
    s->gpu.context_set(s->context);
    s->gpu.event_destroy(event);
}

const sunzi_device_copying sunzi_gpu_copying = {
    .pin = pin,
    .unpin = unpin,
    .mark = mark,
    .follow = follow,
    .await = await,
    .unmark = unmark,
};
