/* SPDX-License-Identifier: BSD-3-Clause */
/* Errors of drivers in words. CUDA and HIP share these numbers (cuda.h,
 * hip_runtime_api.h). */
#include <stdio.h>

#include "engines/gpu/driver.h"

typedef struct gpu_error {
    gpu_status code;
    bool lost; /* every later call of the process fails with it, too */
    const char *words;
} gpu_error;

static const gpu_error errors[] = {
    {1, false, "an argument is not valid"},
    {SUNZI_GPU_NO_MEMORY, false, "no memory"},
    {46, false, "the device is in use by another process"},
    {SUNZI_GPU_NO_DEVICE, false, "no device"},
    {101, false, "no such device"},
    {200, false, "the code is not valid"},
    {201, false, "no context"},
    {209, false, "no code for this architecture"},
    {214, true, "an uncorrectable error of its memory"},
    {218, false, "the compiler's code is not valid"},
    {222, false,
     "the compiler is newer than the driver: update the driver, or install an "
     "older compiler"},
    {700, true, "a kernel left its memory"},
    {701, false, "too few registers or too little memory for the kernel"},
    {702, true, "a kernel ran too long: is a display connected?"},
    {710, true, "a kernel stopped itself"},
    {714, true, "an error of the hardware"},
    {715, true, "an invalid instruction"},
    {716, true, "a misaligned address"},
    {717, true, "an address in the wrong memory"},
    {718, true, "an invalid program counter"},
    {719, true, "a kernel failed"},
    {803, false, "driver and library are of different versions: reboot"},
    {999, true, "unknown to the driver"},
};

static const gpu_error *find(gpu_status code)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == code)
            return &errors[i];
    return NULL;
}

const char *sunzi_gpu_words(gpu_status code)
{
    const gpu_error *error = find(code);
    return error ? error->words : "see its manual";
}

sunzi_status sunzi_gpu_failed(sunzi_device *device, const char *what,
                              gpu_status code)
{
    const gpu_error *known = find(code);
    char error[200];
    snprintf(error, sizeof error, "error %d of its driver (%s)", code,
             sunzi_gpu_words(code));
    return sunzi_device_failed(device, known && known->lost, what, error);
}
