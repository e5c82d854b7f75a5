/* SPDX-License-Identifier: BSD-3-Clause */
/* What a GPU's vendor offers, in the form that CUDA's driver and HIP share:
 * functions of the same signatures by different names, opened at run time. Only
 * these few declarations are needed, so the engines are built without any
 * toolkit. Sources: CUDA Driver API and NVRTC, 11 to 13; HIP runtime and
 * HIPRTC, 5. */
#ifndef SUNZI_ENGINES_GPU_DRIVER_H
#define SUNZI_ENGINES_GPU_DRIVER_H

#include <stdint.h>

#include "engines/device.h"

typedef int gpu_status; /* 0: success */
enum { SUNZI_GPU_NO_MEMORY = 2, SUNZI_GPU_NO_DEVICE = 100 };

/* A code in words. */
const char *sunzi_gpu_words(gpu_status code);
/* SUNZI_ERR_DEVICE: the driver said `code` to `what`. Where it says it to every
 * later call of the process, the device is lost. */
sunzi_status sunzi_gpu_failed(sunzi_device *device, const char *what,
                              gpu_status code);

typedef struct sunzi_gpu_driver {
    gpu_status (*init)(unsigned flags);
    gpu_status (*driver_version)(int *version);
    gpu_status (*device_count)(int *count);
    gpu_status (*device_get)(int *device, int index);
    gpu_status (*device_name)(char *name, int bytes, int device);
    gpu_status (*device_memory)(size_t *bytes, int device);
    gpu_status (*device_attribute)(int *value, int attribute, int device);
    gpu_status (*context_retain)(void **context, int device);
    gpu_status (*context_release)(int device);
    gpu_status (*context_set)(void *context);
    gpu_status (*allocate)(uint64_t *memory, size_t bytes);
    gpu_status (*release)(uint64_t memory);
    gpu_status (*upload)(uint64_t memory, const void *from, size_t bytes);
    gpu_status (*download)(void *to, uint64_t memory, size_t bytes);
    gpu_status (*module_load)(void **module, const void *image);
    gpu_status (*module_unload)(void *module);
    gpu_status (*function_get)(void **function, void *module, const char *name);
    gpu_status (*launch)(void *function, unsigned groups_x, unsigned groups_y,
                         unsigned groups_z, unsigned items_x, unsigned items_y,
                         unsigned items_z, unsigned shared_bytes, void *stream,
                         void **arguments, void **extra);
    gpu_status (*synchronize)(void);
    gpu_status (*pin)(void **host, size_t bytes, unsigned flags);
    gpu_status (*unpin)(void *host);
    gpu_status (*stream_create)(void **stream, unsigned flags);
    gpu_status (*stream_destroy)(void *stream);
    gpu_status (*upload_async)(uint64_t memory, const void *from, size_t bytes,
                               void *stream);
    gpu_status (*download_async)(void *to, uint64_t memory, size_t bytes,
                                 void *stream);
    gpu_status (*event_create)(void **event, unsigned flags);
    gpu_status (*event_destroy)(void *event);
    gpu_status (*event_record)(void *event, void *stream);
    gpu_status (*event_wait)(void *event);
    gpu_status (*stream_wait)(void *stream, void *event, unsigned flags);
} sunzi_gpu_driver;

/* The run-time compiler. */
typedef struct sunzi_gpu_compiler {
    gpu_status (*version)(int *major, int *minor);
    gpu_status (*create)(void **program, const char *text, const char *name,
                         int headers, const char *const *header_texts,
                         const char *const *header_names);
    gpu_status (*compile)(void *program, int count, const char *const *options);
    gpu_status (*log_size)(void *program, size_t *bytes);
    gpu_status (*log)(void *program, char *log);
    gpu_status (*code_size)(void *program, size_t *bytes);
    gpu_status (*code)(void *program, char *code);
    gpu_status (*destroy)(void **program);
} sunzi_gpu_compiler;

enum {
    SUNZI_GPU_FUNCTIONS =
        sizeof(sunzi_gpu_driver) / sizeof(gpu_status(*)(void)),
    SUNZI_GPU_COMPILER_FUNCTIONS =
        sizeof(sunzi_gpu_compiler) / sizeof(gpu_status(*)(void))
};

struct sunzi_gpu_blas_vendor;

/* A vendor: where its libraries are, how its functions are called, and the few
 * differences. */
typedef struct sunzi_gpu_vendor {
    const char *name; /* of the engine */
    const char *const *driver_files, *const *driver_names;
    const char *const *compiler_files, *const *compiler_names;
    const char *install; /* what to do where a library is missing */
    const struct sunzi_gpu_blas_vendor *blas; /* engines/gpu/blas.h */
    /* the oldest driver; a version is major * major_unit + minor * minor_unit +
     * something less */
    int oldest, major_unit, minor_unit;
    /* attributes: units, and (-1: none) the two numbers of the architecture */
    int units, major, minor;
    int clock, memory_clock, bus; /* kHz, kHz, bits */
    /* FP32 multiply-adds a unit starts each clock */
    int (*lanes)(int major, int minor);
    /* Options of the compiler besides the language's, NULL ends them. arch
     * receives an option for the architecture major.minor, "" for none. */
    const char *const *options;
    void (*architecture)(int major, int minor, char *arch, size_t bytes);
} sunzi_gpu_vendor;

extern const sunzi_gpu_vendor sunzi_gpu_cuda, sunzi_gpu_hip;
extern const sunzi_device_ops sunzi_cuda_device, sunzi_hip_device;

/* Compile a text for an architecture: *code is to be freed with sunzi_release.
 * No device is needed; `device` is who complaints speak of.
 * SUNZI_ERR_UNSUPPORTED: there is no compiler; SUNZI_ERR_DEVICE: the compiler's
 * first complaint. */
sunzi_status sunzi_gpu_compile(const sunzi_gpu_vendor *vendor,
                               const char *device, const char *file,
                               const char *text, int major, int minor,
                               bool fp64, void **code, size_t *bytes);

#endif
