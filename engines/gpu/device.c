/* SPDX-License-Identifier: BSD-3-Clause */
/* A GPU by the functions that CUDA's driver and HIP share: the primary context
 * of the device and its default stream. */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "engines/device/library.h"
#include "engines/gpu/state.h"

enum { ARGUMENTS_MAX = 48 };

typedef sunzi_gpu_state state;

sunzi_status sunzi_gpu_enter(sunzi_device *device)
{
    const state *s = device->state;
    sunzi_status status;
    SUNZI_TRY(sunzi_device_alive(device));
    const gpu_status code = s->gpu.context_set(s->context);
    if (code != 0)
        status = sunzi_gpu_failed(device, "taking up its context", code);
done:
    return status;
}

sunzi_status sunzi_gpu_check(sunzi_device *device, const char *what,
                             gpu_status code)
{
    return code == 0 ? SUNZI_OK : sunzi_gpu_failed(device, what, code);
}

/* ---- which devices there are ---- */

/* Is the driver recent enough? */
static bool is_recent(const sunzi_gpu_vendor *v, int version, char *why,
                      size_t why_bytes)
{
    const int got = version / v->minor_unit, least = v->oldest / v->minor_unit;
    const int step = v->major_unit / v->minor_unit;
    if (version >= v->oldest)
        return true;
    snprintf(why, why_bytes,
             "its driver is for version %d.%d, at least %d.%d is needed; %s",
             got / step, got % step, least / step, least % step, v->install);
    return false;
}

/* The driver, initialised, and the number of its devices; 0 and why. */
static int start(state *s, char *why, size_t why_bytes)
{
    const sunzi_gpu_vendor *v = s->vendor;
    char missing[160];
    int count = 0, version = 0;
    if (!sunzi_library_open(v->driver_files, v->driver_names,
                            SUNZI_GPU_FUNCTIONS, &s->gpu, missing,
                            sizeof missing)) {
        snprintf(why, why_bytes, "%s; %s", missing, v->install);
        return 0;
    }
    gpu_status code = s->gpu.driver_version(&version);
    if (code == 0 && !is_recent(v, version, why, why_bytes))
        return 0;
    if (code == 0)
        code = s->gpu.init(0);
    if (code == 0)
        code = s->gpu.device_count(&count);
    if (code == 0 && count > 0)
        return count;
    if (code == 0 || code == SUNZI_GPU_NO_DEVICE)
        snprintf(why, why_bytes,
                 "its driver knows no device; check that there is one and that "
                 "you may use it");
    else
        snprintf(why, why_bytes,
                 "its driver does not start: error %d (%s); check the driver",
                 code, sunzi_gpu_words(code));
    return 0;
}

/* 0: the driver does not tell. */
static int attribute(const state *s, int which)
{
    int value = 0;
    if (which < 0 || s->gpu.device_attribute(&value, which, s->device) != 0)
        return 0;
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
    /* of every GPU that these vendors' compilers still make code for */
    l->group_items = 1024;
    l->local_bytes = 48 << 10;
    s->gpu.device_memory(&l->memory_bytes, s->device);
    l->largest_bytes = l->memory_bytes;
    const sunzi_gpu_vendor *v = s->vendor;
    /* two transfers a clock of the memory, two operations a multiply-add */
    l->memory_rate =
        2e3 / 8 * attribute(s, v->memory_clock) * (double)attribute(s, v->bus);
    l->fp32_rate = 2e3 * attribute(s, v->clock) * (double)l->units *
                   v->lanes(s->major, s->minor);
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
    if (s && s->context) {
        s->gpu.context_set(s->context);
        sunzi_gpu_blas_close(&s->blas);
        sunzi_gpu_copying_close(s);
        s->gpu.context_release(s->device);
    }
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
    if (count == 0) {
        status = sunzi_fail(SUNZI_ERR_ENGINE,
                            "engine '%s' cannot be used here: %s; use another "
                            "engine or 'auto'",
                            vendor->name, why);
        goto done;
    }
    SUNZI_TRY(sunzi_device_check_index(vendor->name, index, count));
    gpu_status code = s->gpu.device_get(&s->device, index);
    if (code == 0)
        read_limits(s, allow_fp64, &device->limits);
    if (code == 0)
        code = s->gpu.context_retain(&s->context, s->device);
    if (code == 0)
        code = s->gpu.context_set(s->context);
    status = sunzi_gpu_check(device, "opening it", code);
done:
    if (status < 0)
        close_device(device);
    return status;
}

/* ---- memory; a thread must make the context its own ---- */

static sunzi_status allocate(sunzi_device *device, size_t bytes, void **memory)
{
    const state *s = device->state;
    gpu_status code = SUNZI_GPU_NO_MEMORY;
    uint64_t address = 0;
    sunzi_status status;
    SUNZI_TRY(sunzi_gpu_enter(device));
    if (bytes <= device->limits.largest_bytes)
        code = s->gpu.allocate(&address, bytes);
    if (code == SUNZI_GPU_NO_MEMORY)
        return sunzi_fail(
            SUNZI_ERR_NOMEM,
            "%s device '%s': %zu bytes could not be allocated (it has %zu, %zu "
            "are taken); use a smaller problem, more processes or another "
            "device",
            s->vendor->name, device->limits.name, bytes,
            device->limits.memory_bytes, device->counts.bytes);
    SUNZI_TRY(sunzi_gpu_check(device, "taking memory", code));
    *memory = (void *)(uintptr_t)address;
done:
    return status;
}

/* Releases are tried on a lost device too: they may free what is the host's. */
static void release(sunzi_device *device, void *memory)
{
    const state *s = device->state;
    s->gpu.context_set(s->context);
    s->gpu.release((uint64_t)(uintptr_t)memory);
}

static sunzi_status upload(sunzi_device *device, sunzi_queue queue,
                           void *memory, size_t at, const void *from,
                           size_t bytes)
{
    const state *s = device->state;
    sunzi_status status;
    SUNZI_TRY(sunzi_gpu_enter(device));
    const uint64_t to = (uint64_t)(uintptr_t)memory + at;
    status =
        sunzi_gpu_check(device, "a copy to the device",
                        queue == SUNZI_QUEUE_COPIES
                            ? s->gpu.upload_async(to, from, bytes, s->copies)
                            : s->gpu.upload(to, from, bytes));
done:
    return status;
}

static sunzi_status download(sunzi_device *device, sunzi_queue queue,
                             void *memory, size_t at, void *to, size_t bytes)
{
    const state *s = device->state;
    sunzi_status status;
    SUNZI_TRY(sunzi_gpu_enter(device));
    const uint64_t from = (uint64_t)(uintptr_t)memory + at;
    status =
        sunzi_gpu_check(device, "a copy to the host",
                        queue == SUNZI_QUEUE_COPIES
                            ? s->gpu.download_async(to, from, bytes, s->copies)
                            : s->gpu.download(to, from, bytes));
done:
    return status;
}

/* ---- programs ---- */

static sunzi_status compile_anew(sunzi_device *device, const char *file,
                                 const char *text, const char *variant,
                                 void **program)
{
    const state *s = device->state;
    char name[200];
    size_t bytes = 0;
    void *code = NULL;
    sunzi_status status;
    snprintf(name, sizeof name, "%s device '%s'", s->vendor->name,
             device->limits.name);
    SUNZI_TRY(sunzi_gpu_compile(s->vendor, name, file, text, s->major, s->minor,
                                device->limits.fp64, &code, &bytes));
    SUNZI_TRY(sunzi_gpu_check(device, file, s->gpu.module_load(program, code)));
    device->counts.compiled++;
    sunzi_program_cache_keep(device->limits.name, device->limits.driver, text,
                             variant, code, bytes);
done:
    sunzi_release(code);
    return status;
}

/* Code in the cache may be of another device of the same name: then it does not
 * load, and is made anew. */
static sunzi_status compile(sunzi_device *device, const char *file,
                            const char *text, void **program)
{
    const state *s = device->state;
    const char *variant = device->limits.fp64 ? "fp64" : "no fp64";
    size_t bytes = 0;
    sunzi_status status;
    SUNZI_TRY(sunzi_gpu_enter(device));
    void *code = sunzi_program_cache_find(
        device->limits.name, device->limits.driver, text, variant, &bytes);
    const bool loaded = code && s->gpu.module_load(program, code) == 0;
    sunzi_release(code);
    if (loaded)
        device->counts.from_cache++;
    else
        status = compile_anew(device, file, text, variant, program);
done:
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
    sunzi_status status;
    SUNZI_TRY(sunzi_gpu_enter(device));
    status = sunzi_gpu_check(device, name,
                             s->gpu.function_get(kernel, program, name));
done:
    return status;
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
    sunzi_status status;
    if (count > ARGUMENTS_MAX)
        return sunzi_fail(SUNZI_ERR_INTERNAL, "kernel %s: %d arguments", name,
                          count);
    for (int a = 0; a < count; a++) {
        const void *value = arguments[a].value
                                ? arguments[a].value
                                : (const void *)&arguments[a].memory;
        list[a] = (void *)(uintptr_t)value;
    }
    SUNZI_TRY(sunzi_gpu_enter(device));
    status =
        sunzi_gpu_check(device, name,
                        s->gpu.launch(kernel, (unsigned)groups[2],
                                      (unsigned)groups[1], (unsigned)groups[0],
                                      (unsigned)items[2], (unsigned)items[1],
                                      (unsigned)items[0], 0, NULL, list, NULL));
done:
    return status;
}

static sunzi_status finish(sunzi_device *device)
{
    const state *s = device->state;
    sunzi_status status;
    SUNZI_TRY(sunzi_gpu_enter(device));
    status = sunzi_gpu_check(device, "its work", s->gpu.synchronize());
done:
    return status;
}

/* ---- its own products ---- */

static int has_unit(sunzi_device *device, sunzi_unit unit, char *why,
                    size_t why_bytes)
{
    state *s = device->state;
    if (sunzi_gpu_enter(device) == SUNZI_OK)
        return sunzi_gpu_blas_has(s->vendor->blas, &s->blas, s->major, s->minor,
                                  unit, why, why_bytes);
    snprintf(why, why_bytes, "%s", sunzi_last_message());
    return 0;
}

static sunzi_status multiply(sunzi_device *device,
                             const sunzi_device_product *product)
{
    const state *s = device->state;
    sunzi_status status;
    SUNZI_TRY(sunzi_gpu_enter(device));
    SUNZI_TRY(sunzi_gpu_blas_multiply(s->vendor->blas, &s->blas,
                                      device->limits.name, product));
done:
    return status;
}

/* ---- the tables ---- */

#define GPU_DEVICE(vendor, library)                                            \
    static int vendor##_blas_available(char *why, size_t why_bytes)            \
    {                                                                          \
        return sunzi_gpu_blas_available(sunzi_gpu_##vendor.blas, why,          \
                                        why_bytes);                            \
    }                                                                          \
    static const sunzi_device_blas vendor##_blas = {                           \
        .worker = #vendor " (" library ")",                                    \
        .name = library,                                                       \
        .available = vendor##_blas_available,                                  \
        .has = has_unit,                                                       \
        .multiply = multiply,                                                  \
    };                                                                         \
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
        .blas = &vendor##_blas,                                                \
        .copying = &sunzi_gpu_copying,                                         \
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

GPU_DEVICE(cuda, "cuBLAS")
GPU_DEVICE(hip, "rocBLAS")
