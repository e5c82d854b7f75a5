/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies beside the work of an OpenCL device: a second queue, markers and
 * barriers between both, and buffers that the driver keeps in pinned memory,
 * mapped for as long as they live. */
#include "engines/opencl/state.h"

/* The buffer of pinned memory, its bytes in *host. */
static cl_int map(const sunzi_opencl_state *s, size_t bytes, void **host,
                  cl_mem *buffer)
{
    const cl_mem_flags flags = CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR;
    cl_int code = CL_SUCCESS;
    *buffer = s->cl->clCreateBuffer(s->context, flags, bytes, NULL, &code);
    if (!*buffer)
        return code;
    *host = s->cl->clEnqueueMapBuffer(s->copies, *buffer, CL_TRUE,
                                      CL_MAP_READ | CL_MAP_WRITE, 0, bytes, 0,
                                      NULL, NULL, &code);
    if (!*host)
        s->cl->clReleaseMemObject(*buffer);
    return code;
}

static sunzi_status pin(sunzi_device *device, size_t bytes, void **host,
                        void **handle)
{
    sunzi_opencl_state *s = device->state;
    cl_int code = CL_SUCCESS;
    cl_mem buffer = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_device_alive(device));
    if (!s->copies)
        s->copies = s->cl->clCreateCommandQueue(s->context, s->id, 0, &code);
    if (!s->copies)
        return sunzi_opencl_failed(device, "a queue of copies", code);
    code = map(s, bytes, host, &buffer);
    if (code != CL_SUCCESS && sunzi_opencl_no_memory(code))
        return sunzi_fail(SUNZI_ERR_NOMEM,
                          "opencl device '%s': %zu bytes of pinned memory of "
                          "the host could not be allocated; free some memory",
                          device->limits.name, bytes);
    if (code != CL_SUCCESS)
        return sunzi_opencl_failed(device, "taking pinned memory", code);
    *handle = buffer;
done:
    return status;
}

static void unpin(sunzi_device *device, void *host, void *handle)
{
    const sunzi_opencl_state *s = device->state;
    s->cl->clEnqueueUnmapMemObject(s->copies, handle, host, 0, NULL, NULL);
    s->cl->clReleaseMemObject(handle);
}

/* Flushed: a queue may only wait for what another has begun. */
static sunzi_status mark(sunzi_device *device, sunzi_queue queue, void **result)
{
    const sunzi_opencl_state *s = device->state;
    cl_event event = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_device_alive(device));
    cl_int code = s->cl->clEnqueueMarkerWithWaitList(
        sunzi_opencl_queue(s, queue), 0, NULL, &event);
    if (code == CL_SUCCESS) {
        code = s->cl->clFlush(sunzi_opencl_queue(s, queue));
        if (code != CL_SUCCESS)
            s->cl->clReleaseEvent(event);
    }
    if (code != CL_SUCCESS)
        return sunzi_opencl_failed(device, "an event", code);
    *result = event;
done:
    return status;
}

static sunzi_status follow(sunzi_device *device, sunzi_queue queue, void *event)
{
    const sunzi_opencl_state *s = device->state;
    cl_event list[1] = {event};
    sunzi_status status;
    SUNZI_TRY(sunzi_device_alive(device));
    const cl_int code = s->cl->clEnqueueBarrierWithWaitList(
        sunzi_opencl_queue(s, queue), 1, list, NULL);
    if (code != CL_SUCCESS)
        status = sunzi_opencl_failed(device, "waiting for a copy", code);
done:
    return status;
}

static sunzi_status await(sunzi_device *device, void *event)
{
    const sunzi_opencl_state *s = device->state;
    cl_event list[1] = {event};
    sunzi_status status;
    SUNZI_TRY(sunzi_device_alive(device));
    const cl_int code = s->cl->clWaitForEvents(1, list);
    if (code != CL_SUCCESS)
        status = sunzi_opencl_failed(device, "waiting for a copy", code);
done:
    return status;
}

static void unmark(sunzi_device *device, void *event)
{
    const sunzi_opencl_state *s = device->state;
    s->cl->clReleaseEvent(event);
}

const sunzi_device_copying sunzi_opencl_copying = {
    .pin = pin,
    .unpin = unpin,
    .mark = mark,
    .follow = follow,
    .await = await,
    .unmark = unmark,
};
