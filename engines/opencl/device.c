/* SPDX-License-Identifier: BSD-3-Clause */
/* A device by OpenCL 1.2: one context and one queue of work, in order; copies
 * beside it are in copying.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "engines/opencl/engine.h"
#include "engines/opencl/state.h"

enum { DEVICES_MAX = 32 };

typedef sunzi_opencl_state state;

static const char options[] =
    "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt";

/* After these codes no call of the context succeeds. */
static bool is_lost(cl_int code)
{
    return code == CL_DEVICE_NOT_AVAILABLE || code == CL_INVALID_CONTEXT ||
           code == CL_INVALID_COMMAND_QUEUE;
}

sunzi_status sunzi_opencl_failed(sunzi_device *device, const char *what,
                                 cl_int code)
{
    char error[100];
    snprintf(error, sizeof error, "%s (%d)", sunzi_opencl_error(code),
             (int)code);
    return sunzi_device_failed(device, is_lost(code), what, error);
}

bool sunzi_opencl_no_memory(cl_int code)
{
    return code == CL_MEM_OBJECT_ALLOCATION_FAILURE ||
           code == CL_OUT_OF_RESOURCES || code == CL_OUT_OF_HOST_MEMORY ||
           code == CL_INVALID_BUFFER_SIZE;
}

/* ---- which devices there are ---- */

/* All devices of all platforms; `count` counts those that fit. */
static cl_int list_devices(const sunzi_opencl_library *cl, cl_device_id *list,
                           int *count)
{
    cl_platform_id platforms[DEVICES_MAX];
    cl_uint platform_count = 0;
    *count = 0;
    cl_int code = cl->clGetPlatformIDs(DEVICES_MAX, platforms, &platform_count);
    if (code != CL_SUCCESS)
        return code;
    if (platform_count > DEVICES_MAX)
        platform_count = DEVICES_MAX;
    for (cl_uint p = 0; p < platform_count && *count < DEVICES_MAX; p++) {
        const cl_uint room = (cl_uint)(DEVICES_MAX - *count);
        cl_uint found = 0;
        if (cl->clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, room,
                               list + *count, &found) == CL_SUCCESS)
            *count += (int)(found < room ? found : room);
    }
    return CL_SUCCESS;
}

int sunzi_opencl_available(char *why, size_t why_bytes)
{
    const sunzi_opencl_library *cl = sunzi_opencl_library_open(why, why_bytes);
    cl_device_id list[DEVICES_MAX];
    int count = 0;
    if (!cl)
        return 0;
    list_devices(cl, list, &count);
    if (count == 0)
        snprintf(why, why_bytes,
                 "libOpenCL.so.1 knows no device; install the driver of one "
                 "(Debian: pocl-opencl-icd for the CPU)");
    return count > 0;
}

static void text_of(const state *s, cl_device_info what, char *text,
                    size_t bytes)
{
    char all[1024] = "";
    s->cl->clGetDeviceInfo(s->id, what, sizeof all - 1, all, NULL);
    snprintf(text, bytes, "%s", all);
}

static cl_ulong number_of(const state *s, cl_device_info what, size_t bytes)
{
    cl_ulong value = 0; /* little-endian: a smaller number fills its start */
    s->cl->clGetDeviceInfo(s->id, what, bytes, &value, NULL);
    return value;
}

static bool has_extension(const state *s, const char *name)
{
    char *all = NULL;
    size_t bytes = 0;
    bool has = false;
    s->cl->clGetDeviceInfo(s->id, CL_DEVICE_EXTENSIONS, 0, NULL, &bytes);
    all = bytes ? malloc(bytes + 1) : NULL;
    if (all && s->cl->clGetDeviceInfo(s->id, CL_DEVICE_EXTENSIONS, bytes, all,
                                      NULL) == CL_SUCCESS) {
        all[bytes] = '\0';
        has = strstr(all, name) != NULL;
    }
    free(all);
    return has;
}

/* What the kernel language needs, see doc/kernels.md, and the kernels. */
static void read_lacks(const state *s, sunzi_device_limits *l)
{
    enum { ITEMS = 256, LOCAL_BYTES = 32 << 10 };
    const char *lacks = NULL;
    const cl_ulong single =
        number_of(s, CL_DEVICE_SINGLE_FP_CONFIG, sizeof(cl_device_fp_config));
    if (!number_of(s, CL_DEVICE_AVAILABLE, sizeof(cl_bool)))
        lacks = "is not available";
    else if (!number_of(s, CL_DEVICE_COMPILER_AVAILABLE, sizeof(cl_bool)))
        lacks = "has no compiler";
    else if (!number_of(s, CL_DEVICE_ENDIAN_LITTLE, sizeof(cl_bool)))
        lacks = "is big-endian";
    else if (number_of(s, CL_DEVICE_ADDRESS_BITS, sizeof(cl_uint)) != 64)
        lacks = "has 32-bit addresses, 64-bit ones are needed";
    else if (!(single & CL_FP_FMA) || !(single & CL_FP_ROUND_TO_NEAREST) ||
             !(single & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT))
        lacks = "has no correctly rounded FP32 fma, division and square root";
    if (lacks)
        snprintf(l->lacks, sizeof l->lacks, "%s", lacks);
    else if (l->group_items < ITEMS)
        snprintf(l->lacks, sizeof l->lacks,
                 "takes groups of %d work items at most, %d are needed",
                 l->group_items, ITEMS);
    else if (l->local_bytes < LOCAL_BYTES)
        snprintf(l->lacks, sizeof l->lacks,
                 "has %zu bytes of local memory, %d are needed", l->local_bytes,
                 LOCAL_BYTES);
}

static void read_limits(const state *s, bool allow_fp64, sunzi_device_limits *l)
{
    text_of(s, CL_DEVICE_NAME, l->name, sizeof l->name);
    char version[160];
    text_of(s, CL_DEVICE_VERSION, version, sizeof version);
    text_of(s, CL_DRIVER_VERSION, l->driver, sizeof l->driver);
    const size_t used = strlen(l->driver);
    snprintf(l->driver + used, sizeof l->driver - used, ", %s", version);
    l->fp64 = allow_fp64 && has_extension(s, "cl_khr_fp64");
    l->dot4 = has_extension(s, "cl_khr_integer_dot_product");
    l->units = (int)number_of(s, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof(cl_uint));
    l->group_items =
        (int)number_of(s, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof(size_t));
    l->local_bytes =
        (size_t)number_of(s, CL_DEVICE_LOCAL_MEM_SIZE, sizeof(cl_ulong));
    l->memory_bytes =
        (size_t)number_of(s, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof(cl_ulong));
    l->largest_bytes =
        (size_t)number_of(s, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof(cl_ulong));
    read_lacks(s, l);
}

static int describe(int index, sunzi_device_limits *limits)
{
    cl_device_id list[DEVICES_MAX];
    char why[200];
    int count = 0;
    state s = {.cl = sunzi_opencl_library_open(why, sizeof why)};
    if (s.cl)
        list_devices(s.cl, list, &count);
    if (index >= count)
        return 0;
    s.id = list[index];
    read_limits(&s, true, limits);
    return 1;
}

static void close_device(sunzi_device *device)
{
    state *s = device->state;
    if (!s)
        return;
    if (s->copies)
        s->cl->clReleaseCommandQueue(s->copies);
    if (s->queue)
        s->cl->clReleaseCommandQueue(s->queue);
    if (s->context)
        s->cl->clReleaseContext(s->context);
    sunzi_release(s);
    device->state = NULL;
}

static sunzi_status open_device(int index, bool allow_fp64,
                                sunzi_device *device)
{
    cl_device_id list[DEVICES_MAX];
    char why[200] = "";
    int count = 0;
    cl_int code = CL_SUCCESS;
    void *block = NULL;
    sunzi_status status;
    if (!sunzi_opencl_available(why, sizeof why))
        return sunzi_fail(SUNZI_ERR_ENGINE,
                          "engine 'opencl' cannot be used here: %s; use "
                          "another engine or 'auto'",
                          why);
    const sunzi_opencl_library *cl = sunzi_opencl_library_open(why, sizeof why);
    list_devices(cl, list, &count);
    SUNZI_TRY(sunzi_device_check_index("opencl", index, count));
    SUNZI_TRY(sunzi_allocate(sizeof(state), "an OpenCL device", &block));
    state *s = block;
    *s = (state){.cl = cl, .id = list[index]};
    device->state = s;
    read_limits(s, allow_fp64, &device->limits);
    snprintf(s->options, sizeof s->options, "%s%s%s", options,
             device->limits.fp64 ? " -DK_FP64" : "",
             device->limits.dot4 ? " -DK_DOT4" : "");
    if (device->limits.lacks[0])
        SUNZI_TRY(sunzi_fail(SUNZI_ERR_ENGINE,
                             "opencl device '%s' %s; choose another one with "
                             "SUNZI_DEVICE, or another engine",
                             device->limits.name, device->limits.lacks));
    s->context = cl->clCreateContext(NULL, 1, &s->id, NULL, NULL, &code);
    if (code == CL_SUCCESS)
        s->queue = cl->clCreateCommandQueue(s->context, s->id, 0, &code);
    if (code != CL_SUCCESS)
        status = sunzi_opencl_failed(device, "opening it", code);
done:
    if (status < 0)
        close_device(device);
    return status;
}

/* ---- memory ---- */

static sunzi_status allocate(sunzi_device *device, size_t bytes, void **memory)
{
    const state *s = device->state;
    cl_int code = CL_INVALID_BUFFER_SIZE;
    cl_mem buffer = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_device_alive(device));
    if (bytes <= device->limits.largest_bytes)
        buffer = s->cl->clCreateBuffer(s->context, CL_MEM_READ_WRITE, bytes,
                                       NULL, &code);
    if (!buffer && !sunzi_opencl_no_memory(code))
        return sunzi_opencl_failed(device, "taking memory", code);
    if (!buffer)
        return sunzi_fail(
            SUNZI_ERR_NOMEM,
            "opencl device '%s': %zu bytes could not be allocated (it has %zu, "
            "%zu in one piece, %zu are taken); use a smaller problem, more "
            "processes or another device",
            device->limits.name, bytes, device->limits.memory_bytes,
            device->limits.largest_bytes, device->counts.bytes);
    *memory = buffer;
done:
    return status;
}

static void release(sunzi_device *device, void *memory)
{
    const state *s = device->state;
    s->cl->clReleaseMemObject(memory);
}

static sunzi_status upload(sunzi_device *device, sunzi_queue queue,
                           void *memory, size_t at, const void *from,
                           size_t bytes)
{
    const state *s = device->state;
    sunzi_status status;
    SUNZI_TRY(sunzi_device_alive(device));
    const cl_int code = s->cl->clEnqueueWriteBuffer(
        sunzi_opencl_queue(s, queue), memory, queue == SUNZI_QUEUE_WORK, at,
        bytes, from, 0, NULL, NULL);
    if (code != CL_SUCCESS)
        status = sunzi_opencl_failed(device, "a copy to the device", code);
done:
    return status;
}

static sunzi_status download(sunzi_device *device, sunzi_queue queue,
                             void *memory, size_t at, void *to, size_t bytes)
{
    const state *s = device->state;
    sunzi_status status;
    SUNZI_TRY(sunzi_device_alive(device));
    const cl_int code = s->cl->clEnqueueReadBuffer(
        sunzi_opencl_queue(s, queue), memory, queue == SUNZI_QUEUE_WORK, at,
        bytes, to, 0, NULL, NULL);
    if (code != CL_SUCCESS)
        status = sunzi_opencl_failed(device, "a copy to the host", code);
done:
    return status;
}

/* ---- programs ---- */

static sunzi_status complain(const sunzi_device *device, const char *file,
                             cl_program program)
{
    const state *s = device->state;
    char log[4000] = "", name[200];
    s->cl->clGetProgramBuildInfo(program, s->id, CL_PROGRAM_BUILD_LOG,
                                 sizeof log - 1, log, NULL);
    snprintf(name, sizeof name, "opencl device '%s'", device->limits.name);
    return sunzi_compile_failed(file, name, log);
}

static cl_program from_cache(const sunzi_device *device, const char *text)
{
    const state *s = device->state;
    size_t bytes = 0;
    cl_int code = CL_SUCCESS, loaded = CL_SUCCESS;
    const unsigned char *binary = sunzi_program_cache_find(
        device->limits.name, device->limits.driver, text, s->options, &bytes);
    if (!binary)
        return NULL;
    cl_program program = s->cl->clCreateProgramWithBinary(
        s->context, 1, &s->id, &bytes, (const unsigned char **)&binary, &loaded,
        &code);
    if (program && (code != CL_SUCCESS || loaded != CL_SUCCESS ||
                    s->cl->clBuildProgram(program, 1, &s->id, s->options, NULL,
                                          NULL) != CL_SUCCESS)) {
        s->cl->clReleaseProgram(program);
        program = NULL;
    }
    sunzi_release((void *)(uintptr_t)binary);
    return program;
}

static void to_cache(const sunzi_device *device, const char *text,
                     cl_program program)
{
    const state *s = device->state;
    size_t bytes = 0;
    void *block = NULL;
    if (s->cl->clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof bytes,
                                &bytes, NULL) != CL_SUCCESS ||
        bytes == 0 || sunzi_allocate(bytes, "a program", &block) < 0)
        return;
    if (s->cl->clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof block,
                                &block, NULL) == CL_SUCCESS)
        sunzi_program_cache_keep(device->limits.name, device->limits.driver,
                                 text, s->options, block, bytes);
    sunzi_release(block);
}

static sunzi_status compile(sunzi_device *device, const char *file,
                            const char *text, void **result)
{
    const state *s = device->state;
    cl_int code = CL_SUCCESS;
    sunzi_status status;
    SUNZI_TRY(sunzi_device_alive(device));
    cl_program program = from_cache(device, text);
    if (program) {
        device->counts.from_cache++;
        *result = program;
        return SUNZI_OK;
    }
    program =
        s->cl->clCreateProgramWithSource(s->context, 1, &text, NULL, &code);
    if (!program)
        return sunzi_opencl_failed(device, file, code);
    code = s->cl->clBuildProgram(program, 1, &s->id, s->options, NULL, NULL);
    if (code != CL_SUCCESS) {
        status = code == CL_BUILD_PROGRAM_FAILURE
                     ? complain(device, file, program)
                     : sunzi_opencl_failed(device, "the compiler", code);
        s->cl->clReleaseProgram(program);
        return status;
    }
    device->counts.compiled++;
    to_cache(device, text, program);
    *result = program;
done:
    return status;
}

static void forget(sunzi_device *device, void *program)
{
    const state *s = device->state;
    s->cl->clReleaseProgram(program);
}

static sunzi_status find(sunzi_device *device, void *program, const char *name,
                         void **kernel)
{
    const state *s = device->state;
    cl_int code = CL_SUCCESS;
    sunzi_status status;
    SUNZI_TRY(sunzi_device_alive(device));
    *kernel = s->cl->clCreateKernel(program, name, &code);
    if (!*kernel)
        status = sunzi_opencl_failed(device, name, code);
done:
    return status;
}

static void drop(sunzi_device *device, void *kernel)
{
    const state *s = device->state;
    s->cl->clReleaseKernel(kernel);
}

/* ---- launches; OpenCL counts its fastest axis as 0 ---- */

static sunzi_status launch(sunzi_device *device, void *kernel, const char *name,
                           const size_t groups[3], const size_t items[3],
                           const sunzi_device_argument *arguments, int count)
{
    const state *s = device->state;
    size_t global[3], local[3];
    cl_int code = CL_SUCCESS;
    sunzi_status status;
    SUNZI_TRY(sunzi_device_alive(device));
    for (int a = 0; a < count && code == CL_SUCCESS; a++) {
        const sunzi_device_argument *x = &arguments[a];
        code = x->value ? s->cl->clSetKernelArg(kernel, (cl_uint)a, x->size,
                                                x->value)
                        : s->cl->clSetKernelArg(kernel, (cl_uint)a,
                                                sizeof x->memory, &x->memory);
    }
    for (int a = 0; a < 3; a++) {
        local[a] = items[2 - a];
        global[a] = groups[2 - a] * items[2 - a];
    }
    if (code == CL_SUCCESS)
        code = s->cl->clEnqueueNDRangeKernel(s->queue, kernel, 3, NULL, global,
                                             local, 0, NULL, NULL);
    if (code != CL_SUCCESS)
        status = sunzi_opencl_failed(device, name, code);
done:
    return status;
}

static sunzi_status finish(sunzi_device *device)
{
    const state *s = device->state;
    sunzi_status status;
    SUNZI_TRY(sunzi_device_alive(device));
    cl_int code = s->cl->clFinish(s->queue);
    if (code == CL_SUCCESS && s->copies)
        code = s->cl->clFinish(s->copies);
    if (code != CL_SUCCESS)
        status = sunzi_opencl_failed(device, "its work", code);
done:
    return status;
}

const sunzi_device_ops sunzi_opencl_device = {
    .copying = &sunzi_opencl_copying,
    .available = sunzi_opencl_available,
    .describe = describe,
    .open = open_device,
    .close = close_device,
    .allocate = allocate,
    .release = release,
    .upload = upload,
    .download = download,
    .compile = compile,
    .forget = forget,
    .find = find,
    .drop = drop,
    .launch = launch,
    .finish = finish,
};
