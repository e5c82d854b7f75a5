/* SPDX-License-Identifier: BSD-3-Clause */
#include "engines/opencl/library.h"

#include <pthread.h>
#include <stdio.h>

#include "engines/device/library.h"

static sunzi_opencl_library library;
static char missing[300];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_library(void)
{
    static const char *const files[] = {"libOpenCL.so.1", NULL};
    static const char *const names[] = {
#define NAME(name) #name,
        SUNZI_OPENCL_FUNCTIONS(NAME)
#undef NAME
    };
    char why[200];
    if (!sunzi_library_open(files, names, (int)(sizeof names / sizeof *names),
                            &library, why, sizeof why))
        snprintf(missing, sizeof missing,
                 "%s; install an OpenCL driver (Debian: pocl-opencl-icd for "
                 "the CPU)",
                 why);
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
        NAME(CL_INVALID_CONTEXT)
#undef NAME
    default:
        return "an OpenCL error";
    }
}
