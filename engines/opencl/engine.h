/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SUNZI_ENGINES_OPENCL_ENGINE_H
#define SUNZI_ENGINES_OPENCL_ENGINE_H

#include "engines/device.h"

int sunzi_opencl_available(char *why, size_t why_bytes);
extern const sunzi_device_ops sunzi_opencl_device;

#endif
