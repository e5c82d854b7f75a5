/* SPDX-License-Identifier: BSD-3-Clause */
/* AMD: the HIP runtime and HIPRTC. Numbers of attributes: hip_runtime_api.h of
 * version 5. */
#include <stdio.h>

#include "engines/gpu/blas.h"
#include "engines/gpu/driver.h"

static const char *const driver_files[] = {"libamdhip64.so.5", "libamdhip64.so",
                                           NULL};
static const char *const driver_names[SUNZI_GPU_FUNCTIONS] = {
    "hipInit",
    "hipDriverGetVersion",
    "hipGetDeviceCount",
    "hipDeviceGet",
    "hipDeviceGetName",
    "hipDeviceTotalMem",
    "hipDeviceGetAttribute",
    "hipDevicePrimaryCtxRetain",
    "hipDevicePrimaryCtxRelease",
    "hipCtxSetCurrent",
    "hipMalloc",
    "hipFree",
    "hipMemcpyHtoD",
    "hipMemcpyDtoH",
    "hipModuleLoadData",
    "hipModuleUnload",
    "hipModuleGetFunction",
    "hipModuleLaunchKernel",
    "hipDeviceSynchronize",
    "hipHostMalloc",
    "hipHostFree",
    "hipStreamCreateWithFlags",
    "hipStreamDestroy",
    "hipMemcpyHtoDAsync",
    "hipMemcpyDtoHAsync",
    "hipEventCreateWithFlags",
    "hipEventDestroy",
    "hipEventRecord",
    "hipEventSynchronize",
    "hipStreamWaitEvent",
};

/* HIPRTC was a part of the runtime before version 6 */
static const char *const compiler_files[] = {"libhiprtc.so.5",
                                             "libamdhip64.so.5", "libhiprtc.so",
                                             "libamdhip64.so", NULL};
static const char *const compiler_names[SUNZI_GPU_COMPILER_FUNCTIONS] = {
    "hiprtcVersion",           "hiprtcCreateProgram",  "hiprtcCompileProgram",
    "hiprtcGetProgramLogSize", "hiprtcGetProgramLog",  "hiprtcGetCodeSize",
    "hiprtcGetCode",           "hiprtcDestroyProgram",
};

static const char *const options[] = {"-std=c++17", "-O3", "-ffp-contract=off",
                                      NULL};

/* HIPRTC compiles for the device that is there. */
static void architecture(int major, int minor, char *arch, size_t bytes)
{
    (void)major;
    (void)minor;
    if (bytes)
        arch[0] = '\0';
}

/* of a compute unit of GCN and CDNA */
static int lanes(int major, int minor)
{
    (void)major;
    (void)minor;
    return 64;
}

const sunzi_gpu_vendor sunzi_gpu_hip = {
    .name = "hip",
    .driver_files = driver_files,
    .driver_names = driver_names,
    .compiler_files = compiler_files,
    .compiler_names = compiler_names,
    .install = "install AMD's driver and the HIP runtime, version 5",
    .blas = &sunzi_gpu_rocblas,
    .oldest = 50000000,
    .major_unit = 10000000,
    .minor_unit = 100000,
    .units = 63,
    .major = -1,
    .minor = -1,
    .clock = 5,
    .memory_clock = 60,
    .bus = 59,
    .lanes = lanes,
    .options = options,
    .architecture = architecture,
};
