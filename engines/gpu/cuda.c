/* SPDX-License-Identifier: BSD-3-Clause */
/* NVIDIA: libcuda and NVRTC. Numbers of attributes: cuda.h. */
#include <stdio.h>

#include "engines/gpu/blas.h"
#include "engines/gpu/driver.h"

static const char *const driver_files[] = {"libcuda.so.1", NULL};
static const char *const driver_names[SUNZI_GPU_FUNCTIONS] = {
    "cuInit",
    "cuDriverGetVersion",
    "cuDeviceGetCount",
    "cuDeviceGet",
    "cuDeviceGetName",
    "cuDeviceTotalMem_v2",
    "cuDeviceGetAttribute",
    "cuDevicePrimaryCtxRetain",
    "cuDevicePrimaryCtxRelease_v2",
    "cuCtxSetCurrent",
    "cuMemAlloc_v2",
    "cuMemFree_v2",
    "cuMemcpyHtoD_v2",
    "cuMemcpyDtoH_v2",
    "cuModuleLoadData",
    "cuModuleUnload",
    "cuModuleGetFunction",
    "cuLaunchKernel",
    "cuCtxSynchronize",
    "cuMemHostAlloc",
    "cuMemFreeHost",
    "cuStreamCreate",
    "cuStreamDestroy_v2",
    "cuMemcpyHtoDAsync_v2",
    "cuMemcpyDtoHAsync_v2",
    "cuEventCreate",
    "cuEventDestroy_v2",
    "cuEventRecord",
    "cuEventSynchronize",
    "cuStreamWaitEvent",
};

static const char *const compiler_files[] = {
    "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so",
    /* where the toolkit is not in the loader's path */
    "/usr/local/cuda/lib64/libnvrtc.so", NULL};
static const char *const compiler_names[SUNZI_GPU_COMPILER_FUNCTIONS] = {
    "nvrtcVersion",        "nvrtcCreateProgram",
    "nvrtcCompileProgram", "nvrtcGetProgramLogSize",
    "nvrtcGetProgramLog",  "nvrtcGetPTXSize",
    "nvrtcGetPTX",         "nvrtcDestroyProgram",
};

/* no contraction, no flushing of subnormal numbers, correct rounding */
static const char *const options[] = {"--std=c++17",      "--fmad=false",
                                      "--ftz=false",      "--prec-div=true",
                                      "--prec-sqrt=true", NULL};

/* PTX of an architecture; the driver makes code of it for the device. */
static void architecture(int major, int minor, char *arch, size_t bytes)
{
    snprintf(arch, bytes, "--gpu-architecture=compute_%d%d", major, minor);
}

/* Throughput of arithmetic instructions in the CUDA programming guide. */
static int lanes(int major, int minor)
{
    return major == 7 || (major == 8 && minor == 0) ? 64 : 128;
}

const sunzi_gpu_vendor sunzi_gpu_cuda = {
    .name = "cuda",
    .driver_files = driver_files,
    .driver_names = driver_names,
    .compiler_files = compiler_files,
    .compiler_names = compiler_names,
    .install = "install NVIDIA's driver and the CUDA toolkit's NVRTC, version "
               "11.2 or later",
    .blas = &sunzi_gpu_cublas,
    .oldest = 11020,
    .major_unit = 1000,
    .minor_unit = 10,
    .units = 16,
    .major = 75,
    .minor = 76,
    .clock = 13,
    .memory_clock = 36,
    .bus = 37,
    .lanes = lanes,
    .options = options,
    .architecture = architecture,
};
