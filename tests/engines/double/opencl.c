/* SPDX-License-Identifier: BSD-3-Clause */
/* libOpenCL.so.1 with faults: the functions of it that engines/opencl uses,
 * each handed on to the library that DOUBLE_OPENCL names (a path). Points of
 * faults: see tests/engines/double/faults.h and fault_at below; lost=K: the
 * K-th launch kills the device, which the next call of the queue tells, and all
 * after it; bits32: the device has 32-bit addresses; unavailable: it is not
 * there; rounding: it does not round as the kernel language needs; fp64: it has
 * none. */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engines/opencl/library.h"
#include "tests/engines/double/faults.h"

static sunzi_opencl_library real;

__attribute__((constructor)) static void open_real(void)
{
    const char *path = getenv("DOUBLE_OPENCL");
    void *handle = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!handle) {
        fprintf(stderr, "double: DOUBLE_OPENCL names no library\n");
        exit(99);
    }
#define FIND(name)                                                             \
    {                                                                          \
        void *symbol = dlsym(handle, #name);                                   \
        memcpy(&real.name, &symbol, sizeof symbol);                            \
    }
    SUNZI_OPENCL_FUNCTIONS(FIND)
}

/* What a function that makes something ends with. */
static void *made(void *thing, held kind)
{
    if (thing)
        hold(kind, 1);
    return thing;
}

static void *refuse(cl_int code, cl_int *result)
{
    if (result)
        *result = code;
    return NULL;
}

/* Is this release one too many for the counts? They show it at the end. */
static cl_int gone(cl_int code, held kind)
{
    hold(kind, -1);
    return code;
}

/* ---- which devices there are ---- */

EXPORT cl_int clGetPlatformIDs(cl_uint room, cl_platform_id *list,
                               cl_uint *count)
{
    if (fault_at("init")) {
        if (count)
            *count = 0;
        return -1001; /* CL_PLATFORM_NOT_FOUND_KHR */
    }
    return real.clGetPlatformIDs(room, list, count);
}

EXPORT cl_int clGetPlatformInfo(cl_platform_id platform, cl_platform_info what,
                                size_t bytes, void *value, size_t *needed)
{
    return real.clGetPlatformInfo(platform, what, bytes, value, needed);
}

EXPORT cl_int clGetDeviceIDs(cl_platform_id platform, cl_device_type type,
                             cl_uint room, cl_device_id *list, cl_uint *count)
{
    if (fault_at("devices"))
        return CL_DEVICE_NOT_FOUND;
    return real.clGetDeviceIDs(platform, type, room, list, count);
}

/* POINT asked for: the number is this one instead. */
static void instead(const char *point, void *value, size_t bytes,
                    cl_ulong number)
{
    if (value && fault_at(point))
        memcpy(value, &number, bytes); /* little-endian */
}

static void hide(char *list, const char *extension)
{
    char *place = strstr(list, extension);
    if (place)
        memset(place, 'x', strlen(extension));
}

EXPORT cl_int clGetDeviceInfo(cl_device_id device, cl_device_info what,
                              size_t bytes, void *value, size_t *needed)
{
    const cl_int code =
        real.clGetDeviceInfo(device, what, bytes, value, needed);
    const size_t memory = fault_number("memory");
    if (code != CL_SUCCESS)
        return code;
    switch (what) {
    case CL_DEVICE_ADDRESS_BITS:
        instead("bits32", value, bytes, 32);
        break;
    case CL_DEVICE_AVAILABLE:
        instead("unavailable", value, bytes, 0);
        break;
    case CL_DEVICE_MAX_WORK_GROUP_SIZE:
        instead("groups", value, bytes, 128);
        break;
    case CL_DEVICE_LOCAL_MEM_SIZE:
        instead("local", value, bytes, 16 << 10);
        break;
    case CL_DEVICE_SINGLE_FP_CONFIG:
        instead("rounding", value, bytes, CL_FP_ROUND_TO_ZERO);
        break;
    case CL_DEVICE_GLOBAL_MEM_SIZE:
    case CL_DEVICE_MAX_MEM_ALLOC_SIZE:
        if (memory && value)
            memcpy(value, &memory, sizeof memory);
        break;
    case CL_DEVICE_EXTENSIONS:
        if (value && fault_at("fp64"))
            hide(value, "cl_khr_fp64");
        break;
    default:
        break;
    }
    return code;
}

/* ---- contexts and queues ---- */

EXPORT cl_context clCreateContext(const cl_context_properties *properties,
                                  cl_uint count, const cl_device_id *devices,
                                  void(CL_CALLBACK *notify)(const char *,
                                                            const void *,
                                                            size_t, void *),
                                  void *data, cl_int *code)
{
    if (double_lost || fault_at("context"))
        return refuse(double_lost ? CL_DEVICE_NOT_AVAILABLE
                                  : CL_OUT_OF_HOST_MEMORY,
                      code);
    return made(
        real.clCreateContext(properties, count, devices, notify, data, code),
        CONTEXTS);
}

EXPORT cl_int clReleaseContext(cl_context context)
{
    return gone(real.clReleaseContext(context), CONTEXTS);
}

EXPORT cl_command_queue
clCreateCommandQueue(cl_context context, cl_device_id device,
                     cl_command_queue_properties properties, cl_int *code)
{
    if (fault_at("queue"))
        return refuse(CL_OUT_OF_RESOURCES, code);
    return made(real.clCreateCommandQueue(context, device, properties, code),
                QUEUES);
}

EXPORT cl_int clReleaseCommandQueue(cl_command_queue queue)
{
    return gone(real.clReleaseCommandQueue(queue), QUEUES);
}

/* Calls of a queue: the code of a fault, or CL_SUCCESS. */
static cl_int queued(const char *point)
{
    if (double_lost)
        return CL_DEVICE_NOT_AVAILABLE;
    return fault_at(point) ? CL_OUT_OF_RESOURCES : CL_SUCCESS;
}

EXPORT cl_int clFinish(cl_command_queue queue)
{
    const cl_int code = queued("finish");
    return code == CL_SUCCESS ? real.clFinish(queue) : code;
}

/* ---- memory ---- */

static size_t bytes_of(cl_mem memory)
{
    static __typeof__(clGetMemObjectInfo) *info;
    size_t bytes = 0;
    if (!info) {
        void *handle = dlopen(getenv("DOUBLE_OPENCL"), RTLD_NOW | RTLD_LOCAL);
        void *symbol = dlsym(handle, "clGetMemObjectInfo");
        memcpy(&info, &symbol, sizeof symbol);
    }
    info(memory, CL_MEM_SIZE, sizeof bytes, &bytes, NULL);
    return bytes;
}

static size_t taken;

EXPORT cl_mem clCreateBuffer(cl_context context, cl_mem_flags flags,
                             size_t bytes, void *host, cl_int *code)
{
    const size_t memory = fault_number("memory");
    if (fault_at("allocate") || (memory && bytes + taken > memory))
        return refuse(CL_MEM_OBJECT_ALLOCATION_FAILURE, code);
    taken += bytes;
    return made(real.clCreateBuffer(context, flags, bytes, host, code),
                ALLOCATIONS);
}

EXPORT cl_int clReleaseMemObject(cl_mem memory)
{
    taken -= bytes_of(memory);
    return gone(real.clReleaseMemObject(memory), ALLOCATIONS);
}

EXPORT cl_int clEnqueueReadBuffer(cl_command_queue queue, cl_mem memory,
                                  cl_bool wait, size_t at, size_t bytes,
                                  void *to, cl_uint count,
                                  const cl_event *events, cl_event *event)
{
    const cl_int code = queued("download");
    return code == CL_SUCCESS
               ? real.clEnqueueReadBuffer(queue, memory, wait, at, bytes, to,
                                          count, events, event)
               : code;
}

EXPORT cl_int clEnqueueWriteBuffer(cl_command_queue queue, cl_mem memory,
                                   cl_bool wait, size_t at, size_t bytes,
                                   const void *from, cl_uint count,
                                   const cl_event *events, cl_event *event)
{
    const cl_int code = queued("upload");
    return code == CL_SUCCESS
               ? real.clEnqueueWriteBuffer(queue, memory, wait, at, bytes, from,
                                           count, events, event)
               : code;
}

/* ---- programs ---- */

EXPORT cl_program clCreateProgramWithSource(cl_context context, cl_uint count,
                                            const char **texts,
                                            const size_t *lengths, cl_int *code)
{
    if (fault_at("compiler"))
        return refuse(CL_OUT_OF_HOST_MEMORY, code);
    return made(
        real.clCreateProgramWithSource(context, count, texts, lengths, code),
        MODULES);
}

EXPORT cl_program clCreateProgramWithBinary(cl_context context, cl_uint count,
                                            const cl_device_id *devices,
                                            const size_t *lengths,
                                            const unsigned char **binaries,
                                            cl_int *loaded, cl_int *code)
{
    if (fault_at("module"))
        return refuse(CL_INVALID_BINARY, code);
    return made(real.clCreateProgramWithBinary(context, count, devices, lengths,
                                               binaries, loaded, code),
                MODULES);
}

static bool compile_failed;

EXPORT cl_int clBuildProgram(cl_program program, cl_uint count,
                             const cl_device_id *devices, const char *options,
                             void(CL_CALLBACK *notify)(cl_program, void *),
                             void *data)
{
    compile_failed = fault_at("compile");
    if (compile_failed)
        return CL_BUILD_PROGRAM_FAILURE;
    return real.clBuildProgram(program, count, devices, options, notify, data);
}

EXPORT cl_int clGetProgramBuildInfo(cl_program program, cl_device_id device,
                                    cl_program_build_info what, size_t bytes,
                                    void *value, size_t *needed)
{
    if (compile_failed && what == CL_PROGRAM_BUILD_LOG && value) {
        snprintf(value, bytes,
                 "warning: of no interest\n"
                 "double.k.h:7:1: error: as it was asked for\n"
                 "1 error generated\n");
        return CL_SUCCESS;
    }
    return real.clGetProgramBuildInfo(program, device, what, bytes, value,
                                      needed);
}

EXPORT cl_int clGetProgramInfo(cl_program program, cl_program_info what,
                               size_t bytes, void *value, size_t *needed)
{
    return real.clGetProgramInfo(program, what, bytes, value, needed);
}

EXPORT cl_int clReleaseProgram(cl_program program)
{
    return gone(real.clReleaseProgram(program), MODULES);
}

EXPORT cl_kernel clCreateKernel(cl_program program, const char *name,
                                cl_int *code)
{
    if (fault_at("function"))
        return refuse(CL_OUT_OF_HOST_MEMORY, code);
    return made(real.clCreateKernel(program, name, code), KERNELS);
}

EXPORT cl_int clReleaseKernel(cl_kernel kernel)
{
    return gone(real.clReleaseKernel(kernel), KERNELS);
}

/* ---- launches ---- */

EXPORT cl_int clSetKernelArg(cl_kernel kernel, cl_uint index, size_t bytes,
                             const void *value)
{
    if (fault_at("argument"))
        return CL_OUT_OF_HOST_MEMORY;
    return real.clSetKernelArg(kernel, index, bytes, value);
}

EXPORT cl_int clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel,
                                     cl_uint dimensions, const size_t *offset,
                                     const size_t *global, const size_t *local,
                                     cl_uint count, const cl_event *events,
                                     cl_event *event)
{
    const cl_int code = queued("launch");
    if (code != CL_SUCCESS)
        return code;
    if (fault_at("lost")) {
        double_lost = true;
        return CL_SUCCESS;
    }
    return real.clEnqueueNDRangeKernel(queue, kernel, dimensions, offset,
                                       global, local, count, events, event);
}
