/* SPDX-License-Identifier: BSD-3-Clause */
/* What the two files of the double of a GPU share: OpenCL below, and the state
 * of the device. */
#ifndef SUNZI_TESTS_ENGINES_DOUBLE_GPU_H
#define SUNZI_TESTS_ENGINES_DOUBLE_GPU_H

#define CL_TARGET_OPENCL_VERSION 200
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <pthread.h>
#include <stdint.h>

#include "tests/engines/double/faults.h"

/* codes that both vendors share */
enum {
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    UNSUPPORTED_PTX = 222,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_FAILED = 719,
    /* of the compilers */
    INVALID_PROGRAM = 4,
    INVALID_OPTION = 5,
    COMPILATION = 6
};

#define OPENCL(X)                                                              \
    X(clGetPlatformIDs)                                                        \
    X(clGetDeviceIDs)                                                          \
    X(clCreateContext)                                                         \
    X(clCreateCommandQueue)                                                    \
    X(clSVMAlloc)                                                              \
    X(clSVMFree)                                                               \
    X(clCreateProgramWithSource)                                               \
    X(clBuildProgram)                                                          \
    X(clGetProgramBuildInfo)                                                   \
    X(clReleaseProgram)                                                        \
    X(clCreateKernel)                                                          \
    X(clReleaseKernel)                                                         \
    X(clGetKernelInfo)                                                         \
    X(clGetKernelArgInfo)                                                      \
    X(clSetKernelArg)                                                          \
    X(clSetKernelArgSVMPointer)                                                \
    X(clEnqueueNDRangeKernel)                                                  \
    X(clFinish)

typedef struct opencl {
#define FIELD(name) __typeof__(name) *name;
    OPENCL(FIELD)
#undef FIELD
} opencl;

/* The vendors' functions, as cuda.h, nvrtc.h and hip_runtime_api.h have them;
 * handles are pointers, codes and device numbers int. */
EXPORT int cuInit(unsigned flags);
EXPORT int cuDriverGetVersion(int *version);
EXPORT int hipDriverGetVersion(int *version);
EXPORT int cuDeviceGetCount(int *count);
EXPORT int cuDeviceGet(int *number, int index);
EXPORT int cuDeviceGetName(char *name, int bytes, int number);
EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int number);
EXPORT int cuDeviceGetAttribute(int *value, int attribute, int number);
EXPORT int hipDeviceGetAttribute(int *value, int attribute, int number);
EXPORT int cuDevicePrimaryCtxRetain(void **result, int number);
EXPORT int cuDevicePrimaryCtxRelease_v2(int number);
EXPORT int cuCtxSetCurrent(void *to);
EXPORT int cuCtxSynchronize(void);
EXPORT int cuMemAlloc_v2(uint64_t *address, size_t bytes);
EXPORT int cuMemFree_v2(uint64_t address);
EXPORT int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t bytes);
EXPORT int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t bytes);
EXPORT int cuMemHostAlloc(void **host, size_t bytes, unsigned flags);
EXPORT int cuMemFreeHost(void *host);
EXPORT int cuStreamCreate(void **result, unsigned flags);
EXPORT int cuStreamDestroy_v2(void *which);
EXPORT int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes,
                                void *which);
EXPORT int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes,
                                void *which);
EXPORT int cuEventCreate(void **result, unsigned flags);
EXPORT int cuEventDestroy_v2(void *which);
EXPORT int cuEventRecord(void *which, void *on);
EXPORT int cuEventSynchronize(void *which);
EXPORT int cuStreamWaitEvent(void *which, void *of, unsigned flags);
EXPORT int cuModuleLoadData(void **result, const void *image);
EXPORT int cuModuleUnload(void *which);
EXPORT int cuModuleGetFunction(void **function, void *of, const char *name);
EXPORT int cuLaunchKernel(void *function, unsigned groups_x, unsigned groups_y,
                          unsigned groups_z, unsigned items_x, unsigned items_y,
                          unsigned items_z, unsigned shared_bytes, void *stream,
                          void **arguments, void **extra);
EXPORT int nvrtcVersion(int *major, int *minor);
EXPORT int nvrtcCreateProgram(void **result, const char *text, const char *name,
                              int headers, const char *const *header_texts,
                              const char *const *header_names);
EXPORT int nvrtcCompileProgram(void *which, int count,
                               const char *const *options);
EXPORT int nvrtcGetProgramLogSize(void *which, size_t *bytes);
EXPORT int nvrtcGetProgramLog(void *which, char *log);
EXPORT int nvrtcGetPTXSize(void *which, size_t *bytes);
EXPORT int nvrtcGetPTX(void *which, char *code);
EXPORT int nvrtcDestroyProgram(void **which);

/* HIP: the same contracts by other names. */
#define SAME(hip, cuda)                                                        \
    EXPORT extern __typeof__(cuda) hip __attribute__((alias(#cuda)));

/* OpenCL's functions and one device of it, open once gpu_opens is true. */
extern opencl cl;
extern cl_device_id device;
extern cl_context context;
extern cl_command_queue queue;
extern pthread_mutex_t gpu_lock;
bool gpu_opens(void);

/* What calls of a context begin with: is one current here, is the device there?
 */
int gpu_enter(void);
/* gpu_streams.c: copies that work has to wait for are made; all are; does one
 * that is not made yet need these bytes? */
void gpu_work_begins(void);
void gpu_all_done(void);
bool gpu_copy_needs(const void *bytes, size_t size);
/* Are these bytes inside of one allocation? */
bool gpu_holds(uint64_t address, size_t bytes);
/* The same for doubles of libraries that work on them. */
EXPORT bool double_gpu_holds(uint64_t address, size_t bytes);

#endif
