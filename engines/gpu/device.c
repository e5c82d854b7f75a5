/* SPDX-License-Identifier: BSD-3-Clause */
/* A GPU by the functions that CUDA's driver and HIP share: the primary context
 * of the device and its default stream. */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "engines/device/library.h"
#include "engines/gpu/driver.h"

enum { ARGUMENTS_MAX = 48 };

typedef struct state {
    const sunzi_gpu_vendor *vendor;
    sunzi_gpu_driver gpu;
    int device, major, minor;
    void *context;
} state;

static sunzi_status failed(const sunzi_device *device, const char *what,
                           gpu_status code)
{
    const state *s = device->state;
    return sunzi_fail(SUNZI_ERR_DEVICE,
                      "%s device '%s': %s failed with error %d of its driver; "
                      "see the driver's log, or use another engine",
                      s->vendor->name, device->limits.name, what, code);
}

/* ---- which devices there are ---- */

/* The driver, initialised, and the number of its devices; 0 and why. */
static int start(state *s, char *why, size_t why_bytes)
{
    const sunzi_gpu_vendor *v = s->vendor;
    char missing[160];
    int count = 0;
    if (!sunzi_library_open(v->driver_files, v->driver_names,
                            SUNZI_GPU_FUNCTIONS, &s->gpu, missing,
                            sizeof missing)) {
        snprintf(why, why_bytes, "%s; %s", missing, v->install);
        return 0;
    }
    const gpu_status code = s->gpu.init(0);
    if (code != 0 || s->gpu.device_count(&count) != 0 || count <= 0) {
        snprintf(why, why_bytes,
                 "its driver knows no device (error %d); check the driver",
                 code);
        return 0;
    }
    return count;
}

static int attribute(const state *s, int which)
{
    int value = 0;
    if (which >= 0)
        s->gpu.device_attribute(&value, which, s->device);
    return value;
}

static void read_limits(state *s, bool allow_fp64, sunzi_device_limits *l)
{
    int driver = 0;
    s->gpu.device_name(l->name, (int)sizeof l->name, s->device);
    s->gpu.driver_version(&driver);
    s->major = attribute(s, s->vendor->major);
    s->minor = attribute(s, s->vendor->minor);
    snprintf(l->driver, sizeof l->driver, "driver %d, architecture %d.%d",
             driver, s->major, s->minor);
    l->fp64 = allow_fp64;
    l->dot4 = s->vendor == &sunzi_gpu_cuda;
    l->units = attribute(s, s->vendor->units);
    s->gpu.device_memory(&l->memory_bytes, s->device);
    l->largest_bytes = l->memory_bytes;
}

static int available(const sunzi_gpu_vendor *vendor, char *why,
                     size_t why_bytes)
{
    state s = {.vendor = vendor};
    sunzi_gpu_compiler compiler;
    char missing[160];
    if (start(&s, why, why_bytes) == 0)
        return 0;
    if (sunzi_library_open(vendor->compiler_files, vendor->compiler_names,
                           SUNZI_GPU_COMPILER_FUNCTIONS, &compiler, missing,
                           sizeof missing))
        return 1;
    snprintf(why, why_bytes, "%s; %s", missing, vendor->install);
    return 0;
}

static int describe(const sunzi_gpu_vendor *vendor, int index,
                    sunzi_device_limits *limits)
{
    state s = {.vendor = vendor};
    char why[300];
    if (index >= start(&s, why, sizeof why) ||
        s.gpu.device_get(&s.device, index) != 0)
        return 0;
    read_limits(&s, true, limits);
    return 1;
}

static void close_device(sunzi_device *device)
{
    state *s = device->state;
    if (s && s->context)
        s->gpu.context_release(s->device);
    sunzi_release(s);
    device->state = NULL;
}

static sunzi_status open_device(const sunzi_gpu_vendor *vendor, int index,
                                bool allow_fp64, sunzi_device *device)
{
    char why[300] = "";
    void *block = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_allocate(sizeof(state), "a GPU", &block));
    state *s = block;
    *s = (state){.vendor = vendor};
    device->state = s;
    const int count = start(s, why, sizeof why);
    if (index >= count) {
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "SUNZI_DEVICE: got %d, there are %d %s devices; "
                            "give a number from 0 to %d",
                            index, count, vendor->name, count - 1);
        goto done;
    }
    gpu_status code = s->gpu.device_get(&s->device, index);
    if (code == 0)
        read_limits(s, allow_fp64, &device->limits);
    if (code == 0)
        code = s->gpu.context_retain(&s->context, s->device);
    if (code == 0)
        code = s->gpu.context_set(s->context);
    if (code != 0)
        status = failed(device, "opening it", code);
done:
    if (status < 0)
        close_device(device);
    return status;
}

/* ---- memory; a thread must make the context its own ---- */

static sunzi_status allocate(sunzi_device *device, size_t bytes, void **memory)
{
    const state *s = device->state;
    uint64_t address = 0;
    s->gpu.context_set(s->context);
    if (bytes > device->limits.largest_bytes ||
        s->gpu.allocate(&address, bytes) != 0)
        return sunzi_fail(
            SUNZI_ERR_NOMEM,
            "%s device '%s': %zu bytes could not be allocated (it has %zu, %zu "
            "are taken); use a smaller problem, more processes or another "
            "device",
            s->vendor->name, device->limits.name, bytes,
            device->limits.memory_bytes, device->counts.bytes);
    *memory = (void *)(uintptr_t)address;
    return SUNZI_OK;
}

static void release(sunzi_device *device, void *memory)
{
    const state *s = device->state;
    s->gpu.context_set(s->context);
    s->gpu.release((uint64_t)(uintptr_t)memory);
}

static sunzi_status upload(sunzi_device *device, void *memory, const void *from,
                           size_t bytes)
{
    const state *s = device->state;
    s->gpu.context_set(s->context);
    const gpu_status code =
        s->gpu.upload((uint64_t)(uintptr_t)memory, from, bytes);
    return code == 0 ? SUNZI_OK : failed(device, "a copy to the device", code);
}

static sunzi_status download(sunzi_device *device, void *memory, void *to,
                             size_t bytes)
{
    const state *s = device->state;
    s->gpu.context_set(s->context);
    const gpu_status code =
        s->gpu.download(to, (uint64_t)(uintptr_t)memory, bytes);
    return code == 0 ? SUNZI_OK : failed(device, "a copy to the host", code);
}

/* ---- programs ---- */

static sunzi_status compile(sunzi_device *device, const char *file,
                            const char *text, void **program)
{
    const state *s = device->state;
    const char *variant = device->limits.fp64 ? "fp64" : "no fp64";
    size_t bytes = 0;
    sunzi_status status;
    void *code = sunzi_program_cache_find(
        device->limits.name, device->limits.driver, text, variant, &bytes);
    if (code) {
        device->counts.from_cache++;
    } else {
        SUNZI_TRY(sunzi_gpu_compile(s->vendor, file, text, s->major, s->minor,
                                    device->limits.fp64, &code, &bytes));
        device->counts.compiled++;
        sunzi_program_cache_keep(device->limits.name, device->limits.driver,
                                 text, variant, code, bytes);
    }
    s->gpu.context_set(s->context);
    const gpu_status loaded = s->gpu.module_load(program, code);
    status = loaded == 0 ? SUNZI_OK : failed(device, file, loaded);
done:
    sunzi_release(code);
    return status;
}

static void forget(sunzi_device *device, void *program)
{
    const state *s = device->state;
    s->gpu.context_set(s->context);
    s->gpu.module_unload(program);
}

static sunzi_status find(sunzi_device *device, void *program, const char *name,
                         void **kernel)
{
    const state *s = device->state;
    s->gpu.context_set(s->context);
    const gpu_status code = s->gpu.function_get(kernel, program, name);
    return code == 0 ? SUNZI_OK : failed(device, name, code);
}

static void drop(sunzi_device *device, void *kernel)
{
    (void)device; /* it belongs to its program */
    (void)kernel;
}

static sunzi_status launch(sunzi_device *device, void *kernel, const char *name,
                           const size_t groups[3], const size_t items[3],
                           const sunzi_device_argument *arguments, int count)
{
    const state *s = device->state;
    void *list[ARGUMENTS_MAX];
    if (count > ARGUMENTS_MAX)
        return sunzi_fail(SUNZI_ERR_INTERNAL, "kernel %s: %d arguments", name,
                          count);
    for (int a = 0; a < count; a++) {
        const void *value = arguments[a].value
                                ? arguments[a].value
                                : (const void *)&arguments[a].memory;
        list[a] = (void *)(uintptr_t)value;
    }
    s->gpu.context_set(s->context);
    const gpu_status code = s->gpu.launch(
        kernel, (unsigned)groups[2], (unsigned)groups[1], (unsigned)groups[0],
        (unsigned)items[2], (unsigned)items[1], (unsigned)items[0], 0, NULL,
        list, NULL);
    return code == 0 ? SUNZI_OK : failed(device, name, code);
}

static sunzi_status finish(sunzi_device *device)
{
    const state *s = device->state;
    s->gpu.context_set(s->context);
    const gpu_status code = s->gpu.synchronize();
    return code == 0 ? SUNZI_OK : failed(device, "its work", code);
}

/* ---- the tables ---- */

#define GPU_DEVICE(vendor)                                                     \
    static int vendor##_available(char *why, size_t why_bytes)                 \
    {                                                                          \
        return available(&sunzi_gpu_##vendor, why, why_bytes);                 \
    }                                                                          \
    static int vendor##_describe(int index, sunzi_device_limits *limits)       \
    {                                                                          \
        return describe(&sunzi_gpu_##vendor, index, limits);                   \
    }                                                                          \
    static sunzi_status vendor##_open(int index, bool allow_fp64,              \
                                      sunzi_device *device)                    \
    {                                                                          \
        return open_device(&sunzi_gpu_##vendor, index, allow_fp64, device);    \
    }                                                                          \
    const sunzi_device_ops sunzi_##vendor##_device = {                         \
        .available = vendor##_available,                                       \
        .describe = vendor##_describe,                                         \
        .open = vendor##_open,                                                 \
        .close = close_device,                                                 \
        .allocate = allocate,                                                  \
        .release = release,                                                    \
        .upload = upload,                                                      \
        .download = download,                                                  \
        .compile = compile,                                                    \
        .forget = forget,                                                      \
        .find = find,                                                          \
        .drop = drop,                                                          \
        .launch = launch,                                                      \
        .finish = finish,                                                      \
    };

GPU_DEVICE(cuda)
GPU_DEVICE(hip)
