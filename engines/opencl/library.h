/* SPDX-License-Identifier: BSD-3-Clause */
/* The OpenCL library, opened at run time. */
#ifndef SUNZI_ENGINES_OPENCL_LIBRARY_H
#define SUNZI_ENGINES_OPENCL_LIBRARY_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <stddef.h>

#define SUNZI_OPENCL_FUNCTIONS(X)                                              \
    X(clGetPlatformIDs)                                                        \
    X(clGetPlatformInfo)                                                       \
    X(clGetDeviceIDs)                                                          \
    X(clGetDeviceInfo)                                                         \
    X(clCreateContext)                                                         \
    X(clReleaseContext)                                                        \
    X(clCreateCommandQueue)                                                    \
    X(clReleaseCommandQueue)                                                   \
    X(clCreateBuffer)                                                          \
    X(clReleaseMemObject)                                                      \
    X(clEnqueueReadBuffer)                                                     \
    X(clEnqueueWriteBuffer)                                                    \
    X(clCreateProgramWithSource)                                               \
    X(clCreateProgramWithBinary)                                               \
    X(clBuildProgram)                                                          \
    X(clGetProgramBuildInfo)                                                   \
    X(clGetProgramInfo)                                                        \
    X(clReleaseProgram)                                                        \
    X(clCreateKernel)                                                          \
    X(clSetKernelArg)                                                          \
    X(clReleaseKernel)                                                         \
    X(clEnqueueNDRangeKernel)                                                  \
    X(clEnqueueMapBuffer)                                                      \
    X(clEnqueueUnmapMemObject)                                                 \
    X(clEnqueueMarkerWithWaitList)                                             \
    X(clEnqueueBarrierWithWaitList)                                            \
    X(clWaitForEvents)                                                         \
    X(clReleaseEvent)                                                          \
    X(clFlush)                                                                 \
    X(clFinish)

typedef struct sunzi_opencl_library {
#define SUNZI_OPENCL_FIELD(name) __typeof__(name) *name;
    SUNZI_OPENCL_FUNCTIONS(SUNZI_OPENCL_FIELD)
#undef SUNZI_OPENCL_FIELD
} sunzi_opencl_library;

/* The functions, or NULL with a sentence in why. Opened once, never closed:
 * drivers keep threads of their own. */
const sunzi_opencl_library *sunzi_opencl_library_open(char *why,
                                                      size_t why_bytes);

/* The name of an error code: "CL_OUT_OF_RESOURCES". */
const char *sunzi_opencl_error(cl_int code);

#endif
