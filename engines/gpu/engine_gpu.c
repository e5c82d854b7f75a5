/* SPDX-License-Identifier: BSD-3-Clause */
/* The engines cuda and hip. */
#include "engines/engine_list.h"
#include "engines/gpu/driver.h"

#define GPU_ENGINE(vendor, what)                                               \
    static int vendor##_available(char *why, size_t why_bytes)                 \
    {                                                                          \
        return sunzi_##vendor##_device.available(why, why_bytes);              \
    }                                                                          \
    const sunzi_engine_ops sunzi_engine_##vendor = {                           \
        .name = #vendor,                                                       \
        .summary = what " (untested on hardware); its number: SUNZI_DEVICE",   \
        .emulation_pays_from = 256,                                            \
        .available = vendor##_available,                                       \
        .device = &sunzi_##vendor##_device,                                    \
    };

GPU_ENGINE(cuda, "an NVIDIA GPU by its driver and NVRTC")
GPU_ENGINE(hip, "an AMD GPU by HIP and HIPRTC")
