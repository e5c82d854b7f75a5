/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of an OpenCL device share. */
#ifndef SUNZI_ENGINES_OPENCL_STATE_H
#define SUNZI_ENGINES_OPENCL_STATE_H

#include "engines/device.h"
#include "engines/opencl/library.h"

typedef struct sunzi_opencl_state {
    const sunzi_opencl_library *cl;
    cl_device_id id;
    cl_context context;
    cl_command_queue queue;
    cl_command_queue copies; /* beside the work; NULL: not yet */
    char options[160];
} sunzi_opencl_state;

static inline cl_command_queue sunzi_opencl_queue(const sunzi_opencl_state *s,
                                                  sunzi_queue queue)
{
    return queue == SUNZI_QUEUE_COPIES ? s->copies : s->queue;
}

/* SUNZI_ERR_DEVICE: the library said `code` to `what`. */
sunzi_status sunzi_opencl_failed(sunzi_device *device, const char *what,
                                 cl_int code);
/* Of an allocation: is it the memory that lacks? */
bool sunzi_opencl_no_memory(cl_int code);

extern const sunzi_device_copying sunzi_opencl_copying; /* copying.c */

#endif
