/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of a GPU share. */
#ifndef SUNZI_ENGINES_GPU_STATE_H
#define SUNZI_ENGINES_GPU_STATE_H

#include "engines/gpu/blas.h"
#include "engines/gpu/driver.h"

typedef struct sunzi_gpu_state {
    const sunzi_gpu_vendor *vendor;
    sunzi_gpu_driver gpu;
    int device, major, minor;
    void *context;
    void *copies; /* stream of copies beside the work; NULL: not yet */
    sunzi_gpu_blas blas;
} sunzi_gpu_state;

/* What every call begins with: the device is not lost, and its context is this
 * thread's. */
sunzi_status sunzi_gpu_enter(sunzi_device *device);
/* SUNZI_OK, or what sunzi_gpu_failed makes of the code. */
sunzi_status sunzi_gpu_check(sunzi_device *device, const char *what,
                             gpu_status code);

/* ---- copying.c ---- */

extern const sunzi_device_copying sunzi_gpu_copying;
void sunzi_gpu_copying_close(sunzi_gpu_state *state);

#endif
