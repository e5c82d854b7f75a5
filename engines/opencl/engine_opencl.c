/* SPDX-License-Identifier: BSD-3-Clause */
/* The opencl engine: kernels and products on an OpenCL 1.2 device, also one
 * without FP64; what stays on the host is done by the best CPU engine. */
#include <stdio.h>

#include "engines/engine_list.h"
#include "engines/opencl/engine.h"

#ifndef SUNZI_HAVE_OPENCL
static int not_built(char *why, size_t why_bytes)
{
    snprintf(why, why_bytes,
             "it was not built; install the OpenCL headers (Debian: "
             "opencl-c-headers), configure and build again");
    return 0;
}
#endif

const sunzi_engine_ops sunzi_engine_opencl = {
    .name = "opencl",
    .summary = "an OpenCL 1.2 device, which may lack FP64; its number: "
               "SUNZI_DEVICE",
    .emulation_pays_from = 256, /* whoever names a device wants it to work */
#ifdef SUNZI_HAVE_OPENCL
    .available = sunzi_opencl_available,
    .device = &sunzi_opencl_device,
#else
    .available = not_built,
#endif
};
