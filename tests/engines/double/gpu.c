/* SPDX-License-Identifier: BSD-3-Clause */
/* A double of the drivers and run-time compilers of CUDA and HIP, in the
 * functions that engines/gpu uses, for machines without such a GPU: written
 * from the public contracts, computed by OpenCL on the CPU. Device addresses
 * are host addresses (fine-grained shared memory of OpenCL 2), so that doubles
 * of other libraries can work on them. The code of a program is its text and
 * options. Work is done when a launch returns; streams: gpu_streams.c.
 *
 * Points of faults: see tests/engines/double/faults.h and fault_at below;
 * memory=BYTES: the device has so many; lost=K: the K-th launch kills the
 * device, which the next call tells, and all after it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/engines/double/gpu.h"

enum {
    GUARD = 64, /* bytes after each allocation that nobody may write */
    GUARD_BYTE = 0xa5,
    MEMORY_BYTES = 1 << 30
};

typedef struct memory {
    struct memory *next;
    unsigned char *bytes;
    size_t size;
} memory;

opencl cl;
cl_device_id device;
cl_context context;
cl_command_queue queue;
pthread_mutex_t gpu_lock = PTHREAD_MUTEX_INITIALIZER;
static memory *memories;
static size_t memory_taken;
static int retained;
static bool initialised;
/* Context of this thread. Not in storage that is made when a thread first asks:
 * leak checkers stumble over that of libraries opened at run time. */
static _Thread_local void *current __attribute__((tls_model("initial-exec")));

/* ---- OpenCL below ---- */

static bool open_opencl(void)
{
    void *handle = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
    cl_platform_id platform;
    cl_int code = CL_SUCCESS;
    if (!handle)
        return false;
#define FIND(name)                                                             \
    if (!(*(void **)&cl.name = dlsym(handle, #name)))                          \
        return false;
    OPENCL(FIND)
    if (cl.clGetPlatformIDs(1, &platform, NULL) != CL_SUCCESS ||
        cl.clGetDeviceIDs(platform, CL_DEVICE_TYPE_CPU, 1, &device, NULL) !=
            CL_SUCCESS)
        return false;
    context = cl.clCreateContext(NULL, 1, &device, NULL, NULL, &code);
    if (context)
        queue = cl.clCreateCommandQueue(context, device, 0, &code);
    return context && queue;
}

bool gpu_opens(void)
{
    static int state; /* 0: not tried */
    pthread_mutex_lock(&gpu_lock);
    if (state == 0)
        state = open_opencl() ? 1 : 2;
    pthread_mutex_unlock(&gpu_lock);
    return state == 1;
}

/* ---- the driver: which devices there are ---- */

int cuInit(unsigned flags)
{
    if (flags != 0)
        return INVALID_VALUE;
    if (fault_at("init"))
        return NO_DEVICE;
    if (!gpu_opens())
        return NO_DEVICE;
    initialised = true;
    return 0;
}

int cuDriverGetVersion(int *version)
{
    *version = fault_at("old") ? 10020 : 12080;
    return 0;
}

int hipDriverGetVersion(int *version)
{
    *version = fault_at("old") ? 40321831 : 50221153;
    return 0;
}

int cuDeviceGetCount(int *count)
{
    *count = 0;
    if (!initialised)
        return NOT_INITIALIZED;
    *count = fault_at("devices") ? 0 : 1;
    return 0;
}

int cuDeviceGet(int *number, int index)
{
    if (!initialised)
        return NOT_INITIALIZED;
    *number = 0;
    return index == 0 ? 0 : INVALID_DEVICE;
}

int cuDeviceGetName(char *name, int bytes, int number)
{
    if (number != 0 || bytes <= 0)
        return INVALID_VALUE;
    snprintf(name, (size_t)bytes, "double of a GPU");
    return 0;
}

static size_t memory_bytes(void)
{
    const size_t asked = fault_number("memory");
    return asked ? asked : MEMORY_BYTES;
}

int cuDeviceTotalMem_v2(size_t *bytes, int number)
{
    *bytes = memory_bytes();
    return number == 0 ? 0 : INVALID_DEVICE;
}

/* of cuda.h: 16 units, 75 and 76 the compute capability; of HIP: 63 units */
/* 1.5 GHz, 2 GHz, 64 bits */
static int clock_attribute(int which)
{
    return which == 0 ? 1500000 : which == 1 ? 2000000 : 64;
}

int cuDeviceGetAttribute(int *value, int attribute, int number)
{
    switch (attribute) {
    case 13:
        *value = clock_attribute(0);
        break;
    case 36:
    case 37:
        *value = clock_attribute(attribute - 35);
        break;
    case 16:
        *value = 4;
        break;
    case 75:
        *value = 8;
        break;
    case 76:
        *value = 6;
        break;
    default:
        return INVALID_VALUE;
    }
    return number == 0 ? 0 : INVALID_DEVICE;
}

int hipDeviceGetAttribute(int *value, int attribute, int number)
{
    *value = attribute == 63   ? 4
             : attribute == 5  ? clock_attribute(0)
             : attribute == 60 ? clock_attribute(1)
                               : clock_attribute(2);
    const bool known =
        attribute == 63 || attribute == 5 || attribute == 60 || attribute == 59;
    return known && number == 0 ? 0 : INVALID_VALUE;
}

/* ---- contexts ---- */

/* Every call below: is a context current here, is the device there? */
int gpu_enter(void)
{
    if (!initialised)
        return NOT_INITIALIZED;
    if (!current || retained == 0)
        return INVALID_CONTEXT;
    return double_lost ? ILLEGAL_ADDRESS : 0;
}

int cuDevicePrimaryCtxRetain(void **result, int number)
{
    if (!initialised)
        return NOT_INITIALIZED;
    if (number != 0)
        return INVALID_DEVICE;
    if (fault_at("context"))
        return OUT_OF_MEMORY;
    retained++;
    hold(CONTEXTS, 1);
    *result = &retained;
    return 0;
}

int cuDevicePrimaryCtxRelease_v2(int number)
{
    if (number != 0)
        return INVALID_DEVICE;
    if (retained == 0) {
        misuse("a context is released that was not retained");
        return INVALID_CONTEXT;
    }
    retained--;
    hold(CONTEXTS, -1);
    return 0;
}

int cuCtxSetCurrent(void *to)
{
    if (fault_at("current"))
        return INVALID_CONTEXT;
    current = to;
    return to == NULL || retained > 0 ? 0 : INVALID_CONTEXT;
}

int cuCtxSynchronize(void)
{
    const int code = gpu_enter();
    if (code == 0 && fault_at("finish"))
        return INVALID_VALUE;
    if (code == 0)
        gpu_all_done();
    return code;
}

/* ---- memory ---- */

/* The allocation that holds these bytes. Locked by the caller. */
static memory **place_of(uint64_t address, size_t bytes)
{
    const unsigned char *from = (void *)(uintptr_t)address;
    memory **m = &memories;
    while (*m && (from < (*m)->bytes || from > (*m)->bytes + (*m)->size ||
                  bytes > (size_t)((*m)->bytes + (*m)->size - from)))
        m = &(*m)->next;
    return m;
}

bool gpu_holds(uint64_t address, size_t bytes)
{
    pthread_mutex_lock(&gpu_lock);
    const bool found = *place_of(address, bytes) != NULL;
    pthread_mutex_unlock(&gpu_lock);
    return found;
}

bool double_gpu_holds(uint64_t address, size_t bytes)
{
    gpu_work_begins(); /* that of a library, which asks before it */
    return gpu_holds(address, bytes);
}

int cuMemAlloc_v2(uint64_t *address, size_t bytes)
{
    const int code = gpu_enter();
    if (code != 0)
        return code;
    if (bytes == 0)
        return INVALID_VALUE;
    if (fault_at("allocate") || bytes > memory_bytes() - memory_taken)
        return OUT_OF_MEMORY;
    memory *m = malloc(sizeof *m);
    void *block =
        cl.clSVMAlloc(context, CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER,
                      bytes + GUARD, 128);
    if (!m || !block)
        abort();
    memset(block, 0xfb, bytes); /* undefined: not zero */
    memset((char *)block + bytes, GUARD_BYTE, GUARD);
    pthread_mutex_lock(&gpu_lock);
    *m = (memory){.next = memories, .bytes = block, .size = bytes};
    memories = m;
    memory_taken += bytes;
    pthread_mutex_unlock(&gpu_lock);
    hold(ALLOCATIONS, 1);
    *address = (uint64_t)(uintptr_t)block;
    return 0;
}

int cuMemFree_v2(uint64_t address)
{
    const int code = gpu_enter();
    pthread_mutex_lock(&gpu_lock);
    memory **place = place_of(address, 0), *m = *place;
    if (m && m->bytes == (void *)(uintptr_t)address) {
        *place = m->next;
        memory_taken -= m->size;
    } else {
        m = NULL;
    }
    pthread_mutex_unlock(&gpu_lock);
    if (!m) {
        misuse("memory is freed that is none");
        return INVALID_VALUE;
    }
    for (int i = 0; i < GUARD; i++)
        if (m->bytes[m->size + (size_t)i] != GUARD_BYTE) {
            misuse("byte %d after an allocation of %zu was written", i,
                   m->size);
            break;
        }
    if (!double_lost && gpu_copy_needs(m->bytes, m->size))
        misuse("memory is freed that a copy needs");
    cl.clSVMFree(context, m->bytes);
    free(m);
    hold(ALLOCATIONS, -1);
    return code; /* a lost device has freed it with all the rest */
}

static int copy(void *to, const void *from, size_t bytes, uint64_t on_device,
                const char *point)
{
    const int code = gpu_enter();
    if (code != 0)
        return code;
    if (!gpu_holds(on_device, bytes)) {
        misuse("a copy of %zu bytes leaves its allocation", bytes);
        return INVALID_VALUE;
    }
    if (fault_at(point))
        return INVALID_VALUE;
    gpu_work_begins();
    memcpy(to, from, bytes);
    return 0;
}

int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t bytes)
{
    return copy((void *)(uintptr_t)to, from, bytes, to, "upload");
}

int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t bytes)
{
    return copy(to, (void *)(uintptr_t)from, bytes, from, "download");
}

/* ---- HIP: the same contracts by other names ---- */

SAME(hipInit, cuInit)
SAME(hipGetDeviceCount, cuDeviceGetCount)
SAME(hipDeviceGet, cuDeviceGet)
SAME(hipDeviceGetName, cuDeviceGetName)
SAME(hipDeviceTotalMem, cuDeviceTotalMem_v2)
SAME(hipDevicePrimaryCtxRetain, cuDevicePrimaryCtxRetain)
SAME(hipDevicePrimaryCtxRelease, cuDevicePrimaryCtxRelease_v2)
SAME(hipCtxSetCurrent, cuCtxSetCurrent)
SAME(hipMalloc, cuMemAlloc_v2)
SAME(hipFree, cuMemFree_v2)
SAME(hipMemcpyHtoD, cuMemcpyHtoD_v2)
SAME(hipMemcpyDtoH, cuMemcpyDtoH_v2)
SAME(hipDeviceSynchronize, cuCtxSynchronize)
