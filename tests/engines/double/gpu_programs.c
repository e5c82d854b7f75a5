/* SPDX-License-Identifier: BSD-3-Clause */
/* The double of a GPU: compiler, modules and launches. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/engines/double/gpu.h"

enum { ARGUMENTS_MAX = 48, ITEMS_MAX = 1024, GROUPS_MAX = 65535 };

typedef struct kernel {
    struct kernel *next;
    cl_kernel id;
    cl_uint count;
    size_t size[ARGUMENTS_MAX]; /* 0: an address */
} kernel;

typedef struct module {
    cl_program program;
    kernel *kernels;
} module;

typedef struct program {
    char *text, *log, *code;
} program;

/* ---- modules; code is "options\ntext" ---- */

static cl_program build(const char *text, const char *defines, char **log)
{
    char options[200];
    size_t bytes = 0;
    cl_int code = CL_SUCCESS;
    cl_program p = cl.clCreateProgramWithSource(context, 1, &text, NULL, &code);
    snprintf(options, sizeof options,
             "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt "
             "-cl-kernel-arg-info %s",
             defines);
    if (!p)
        return NULL;
    code = cl.clBuildProgram(p, 1, &device, options, NULL, NULL);
    if (code == CL_SUCCESS)
        return p;
    if (log) {
        cl.clGetProgramBuildInfo(p, device, CL_PROGRAM_BUILD_LOG, 0, NULL,
                                 &bytes);
        *log = calloc(bytes + 1, 1);
        cl.clGetProgramBuildInfo(p, device, CL_PROGRAM_BUILD_LOG, bytes, *log,
                                 NULL);
    }
    cl.clReleaseProgram(p);
    return NULL;
}

static const char magic[] = "// code of the double: ";

int cuModuleLoadData(void **result, const void *image)
{
    const char *code = image, *end;
    char defines[100];
    const int entered = gpu_enter();
    *result = NULL;
    if (entered != 0)
        return entered;
    if (fault_at("ptx"))
        return UNSUPPORTED_PTX;
    if (fault_at("module") || strncmp(code, magic, sizeof magic - 1) != 0 ||
        !(end = strchr(code, '\n')))
        return INVALID_IMAGE;
    code += sizeof magic - 1;
    snprintf(defines, sizeof defines, "%.*s", (int)(end - code), code);
    cl_program p = build(end + 1, defines, NULL);
    if (!p)
        return INVALID_IMAGE;
    module *m = calloc(1, sizeof *m);
    m->program = p;
    *result = m;
    hold(MODULES, 1);
    return 0;
}

int cuModuleUnload(void *which)
{
    module *m = which;
    const int code = gpu_enter();
    if (!m)
        return INVALID_HANDLE;
    while (m->kernels) {
        kernel *k = m->kernels;
        m->kernels = k->next;
        cl.clReleaseKernel(k->id);
        free(k);
    }
    cl.clReleaseProgram(m->program);
    free(m);
    hold(MODULES, -1);
    return code;
}

/* Bytes of a type of the kernel language; 0: none of it. */
static size_t bytes_of(const char *type)
{
    static const struct {
        const char *name;
        size_t bytes;
    } types[] = {{"k_range", 24}, {"int", 4},   {"uint", 4},   {"float", 4},
                 {"long", 8},     {"ulong", 8}, {"double", 8}, {"k_i8", 1},
                 {"k_u8", 1},     {"k_i16", 2}, {"k_u16", 2},  {"k_i32", 4},
                 {"k_u32", 4},    {"k_i64", 8}, {"k_u64", 8},  {"k_d64", 8}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, type) == 0)
            return types[i].bytes;
    return 0;
}

static bool learn_arguments(kernel *k)
{
    cl.clGetKernelInfo(k->id, CL_KERNEL_NUM_ARGS, sizeof k->count, &k->count,
                       NULL);
    for (cl_uint a = 0; a < k->count; a++) {
        cl_kernel_arg_address_qualifier where = 0;
        char type[100] = "";
        if (a >= ARGUMENTS_MAX ||
            cl.clGetKernelArgInfo(k->id, a, CL_KERNEL_ARG_ADDRESS_QUALIFIER,
                                  sizeof where, &where, NULL) != CL_SUCCESS ||
            cl.clGetKernelArgInfo(k->id, a, CL_KERNEL_ARG_TYPE_NAME,
                                  sizeof type, type, NULL) != CL_SUCCESS)
            return false;
        if (where == CL_KERNEL_ARG_ADDRESS_GLOBAL)
            continue;
        k->size[a] = bytes_of(type);
        if (k->size[a] == 0) {
            misuse("the double does not know the type '%s'", type);
            return false;
        }
    }
    return true;
}

int cuModuleGetFunction(void **function, void *of, const char *name)
{
    module *m = of;
    cl_int code = CL_SUCCESS;
    const int entered = gpu_enter();
    *function = NULL;
    if (entered != 0)
        return entered;
    if (!m)
        return INVALID_HANDLE;
    if (fault_at("function"))
        return NOT_FOUND;
    kernel *k = calloc(1, sizeof *k);
    k->id = cl.clCreateKernel(m->program, name, &code);
    if (!k->id || !learn_arguments(k)) {
        if (k->id)
            cl.clReleaseKernel(k->id);
        free(k);
        return NOT_FOUND;
    }
    k->next = m->kernels;
    m->kernels = k;
    *function = k;
    return 0;
}

/* ---- launches ---- */

static int set_arguments(const kernel *k, void **arguments)
{
    for (cl_uint a = 0; a < k->count; a++) {
        uint64_t address;
        if (k->size[a]) {
            if (cl.clSetKernelArg(k->id, a, k->size[a], arguments[a]) !=
                CL_SUCCESS)
                return INVALID_VALUE;
            continue;
        }
        memcpy(&address, arguments[a], sizeof address);
        if (!gpu_holds(address, 1))
            return ILLEGAL_ADDRESS;
        if (cl.clSetKernelArgSVMPointer(k->id, a, (void *)(uintptr_t)address) !=
            CL_SUCCESS)
            return INVALID_VALUE;
    }
    return 0;
}

static int run(const kernel *k, const unsigned groups[3],
               const unsigned items[3])
{
    size_t global[3], local[3];
    for (int a = 0; a < 3; a++) {
        local[a] = items[a];
        global[a] = (size_t)groups[a] * items[a];
    }
    if (cl.clEnqueueNDRangeKernel(queue, k->id, 3, NULL, global, local, 0, NULL,
                                  NULL) != CL_SUCCESS ||
        cl.clFinish(queue) != CL_SUCCESS)
        return LAUNCH_FAILED;
    return 0;
}

int cuLaunchKernel(void *function, unsigned groups_x, unsigned groups_y,
                   unsigned groups_z, unsigned items_x, unsigned items_y,
                   unsigned items_z, unsigned shared_bytes, void *stream,
                   void **arguments, void **extra)
{
    const kernel *k = function;
    const unsigned groups[3] = {groups_x, groups_y, groups_z};
    const unsigned items[3] = {items_x, items_y, items_z};
    int code = gpu_enter();
    if (code != 0)
        return code;
    if (!k)
        return INVALID_HANDLE;
    if (stream || extra || shared_bytes || !groups_x || !groups_y ||
        !groups_z || groups_y > GROUPS_MAX || groups_z > GROUPS_MAX ||
        !items_x || !items_y || !items_z ||
        (uint64_t)items_x * items_y * items_z > ITEMS_MAX)
        return INVALID_VALUE;
    if (fault_at("launch"))
        return INVALID_VALUE;
    if (fault_at("lost")) { /* as it happens: a later call hears of it */
        double_lost = true;
        return 0;
    }
    code = set_arguments(k, arguments);
    if (code == 0) {
        pthread_mutex_lock(&gpu_lock);
        code = run(k, groups, items);
        pthread_mutex_unlock(&gpu_lock);
    }
    double_lost = double_lost || code == ILLEGAL_ADDRESS;
    return code;
}

/* ---- the run-time compiler ---- */

int nvrtcVersion(int *major, int *minor)
{
    *major = 12;
    *minor = 8;
    return 0;
}

int nvrtcCreateProgram(void **result, const char *text, const char *name,
                       int headers, const char *const *header_texts,
                       const char *const *header_names)
{
    (void)name;
    (void)header_texts;
    (void)header_names;
    if (headers != 0 || !text)
        return 3;
    if (fault_at("compiler"))
        return 2;
    program *p = calloc(1, sizeof *p);
    p->text = strdup(text);
    *result = p;
    hold(MODULES, 1);
    return 0;
}

/* Options that the vendors document; those that define go on to OpenCL. */
static bool accept_options(int count, const char *const *options, char *defines,
                           size_t bytes)
{
    static const char *const known[] = {
        "--std=c++17",       "--fmad=false",
        "--ftz=false",       "--prec-div=true",
        "--prec-sqrt=true",  "--gpu-architecture=compute_86",
        "-std=c++17",        "-O3",
        "-ffp-contract=off", "-D"};
    defines[0] = '\0';
    for (int i = 0; i < count; i++) {
        size_t k = 0;
        const size_t all = sizeof known / sizeof *known;
        if (strncmp(options[i], "-D", 2) == 0) {
            const size_t used = strlen(defines);
            snprintf(defines + used, bytes - used, "%s ", options[i]);
            continue;
        }
        while (k < all && strcmp(options[i], known[k]) != 0)
            k++;
        if (k == all) {
            misuse("option %s", options[i]);
            return false;
        }
    }
    return true;
}

int nvrtcCompileProgram(void *which, int count, const char *const *options)
{
    program *p = which;
    char defines[100];
    if (!accept_options(count, options, defines, sizeof defines))
        return INVALID_OPTION;
    if (fault_at("compile")) {
        p->log = strdup("warning: of no interest\n"
                        "double.k.h(7): error: as it was asked for\n"
                        "1 error detected\n");
        return COMPILATION;
    }
    cl_program built = gpu_opens() ? build(p->text, defines, &p->log) : NULL;
    if (!built)
        return COMPILATION;
    cl.clReleaseProgram(built);
    const size_t bytes = sizeof magic + strlen(defines) + strlen(p->text) + 2;
    p->code = malloc(bytes);
    snprintf(p->code, bytes, "%s%s\n%s", magic, defines, p->text);
    return 0;
}

int nvrtcGetProgramLogSize(void *which, size_t *bytes)
{
    const program *p = which;
    *bytes = p->log ? strlen(p->log) + 1 : 1;
    return 0;
}

int nvrtcGetProgramLog(void *which, char *log)
{
    const program *p = which;
    strcpy(log, p->log ? p->log : "");
    return 0;
}

int nvrtcGetPTXSize(void *which, size_t *bytes)
{
    const program *p = which;
    if (!p->code || fault_at("code"))
        return INVALID_PROGRAM;
    *bytes = strlen(p->code) + 1;
    return 0;
}

int nvrtcGetPTX(void *which, char *code)
{
    const program *p = which;
    if (!p->code)
        return INVALID_PROGRAM;
    strcpy(code, p->code);
    return 0;
}

int nvrtcDestroyProgram(void **which)
{
    program *p = *which;
    free(p->text);
    free(p->log);
    free(p->code);
    free(p);
    *which = NULL;
    hold(MODULES, -1);
    return 0;
}

/* ---- HIP: the same contracts by other names ---- */

SAME(hipModuleLoadData, cuModuleLoadData)
SAME(hipModuleUnload, cuModuleUnload)
SAME(hipModuleGetFunction, cuModuleGetFunction)
SAME(hipModuleLaunchKernel, cuLaunchKernel)
SAME(hiprtcVersion, nvrtcVersion)
SAME(hiprtcCreateProgram, nvrtcCreateProgram)
SAME(hiprtcCompileProgram, nvrtcCompileProgram)
SAME(hiprtcGetProgramLogSize, nvrtcGetProgramLogSize)
SAME(hiprtcGetProgramLog, nvrtcGetProgramLog)
SAME(hiprtcGetCodeSize, nvrtcGetPTXSize)
SAME(hiprtcGetCode, nvrtcGetPTX)
SAME(hiprtcDestroyProgram, nvrtcDestroyProgram)
