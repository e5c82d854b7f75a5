/* SPDX-License-Identifier: BSD-3-Clause */
#include "engines/opencl/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const char file[] = "libOpenCL.so.1";

static sunzi_opencl_library library;
static char missing[200];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void find(void *handle, const char *name, void *function, size_t bytes)
{
    void *symbol = dlsym(handle, name);
    memcpy(function, &symbol, bytes);
    if (!symbol && !missing[0])
        snprintf(missing, sizeof missing, "%s has no %s", file, name);
}

static void open_library(void)
{
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        snprintf(missing, sizeof missing,
                 "%s was not found; install an OpenCL driver (Debian: "
                 "pocl-opencl-icd for the CPU)",
                 file);
        return;
    }
#define FIND(name) find(handle, #name, &library.name, sizeof library.name);
    SUNZI_OPENCL_FUNCTIONS(FIND)
#undef FIND
}

const sunzi_opencl_library *sunzi_opencl_library_open(char *why,
                                                      size_t why_bytes)
{
    pthread_once(&once, open_library);
    if (missing[0]) {
        snprintf(why, why_bytes, "%s", missing);
        return NULL;
    }
    return &library;
}

const char *sunzi_opencl_error(cl_int code)
{
    switch (code) {
#define NAME(code)                                                             \
    case code:                                                                 \
        return #code;
        NAME(CL_DEVICE_NOT_FOUND)
        NAME(CL_DEVICE_NOT_AVAILABLE)
        NAME(CL_COMPILER_NOT_AVAILABLE)
        NAME(CL_MEM_OBJECT_ALLOCATION_FAILURE)
        NAME(CL_OUT_OF_RESOURCES)
        NAME(CL_OUT_OF_HOST_MEMORY)
        NAME(CL_BUILD_PROGRAM_FAILURE)
        NAME(CL_INVALID_VALUE)
        NAME(CL_INVALID_BINARY)
        NAME(CL_INVALID_BUILD_OPTIONS)
        NAME(CL_INVALID_KERNEL_NAME)
        NAME(CL_INVALID_KERNEL_ARGS)
        NAME(CL_INVALID_ARG_INDEX)
        NAME(CL_INVALID_ARG_SIZE)
        NAME(CL_INVALID_ARG_VALUE)
        NAME(CL_INVALID_WORK_GROUP_SIZE)
        NAME(CL_INVALID_BUFFER_SIZE)
        NAME(CL_INVALID_COMMAND_QUEUE)
#undef NAME
    default:
        return "an OpenCL error";
    }
}
