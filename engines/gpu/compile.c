/* SPDX-License-Identifier: BSD-3-Clause */
/* Texts of kernels to the code of a GPU. */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "engines/device/library.h"
#include "engines/gpu/driver.h"

enum { OPTIONS_MAX = 16 };

static sunzi_status complain(const sunzi_gpu_compiler *c, void *program,
                             const char *device, const char *file)
{
    size_t bytes = 0;
    void *block = NULL;
    sunzi_status status;
    if (c->log_size(program, &bytes) != 0)
        bytes = 0;
    SUNZI_TRY(sunzi_allocate(bytes + 1, "the compiler's log", &block));
    memset(block, 0, bytes + 1);
    if (bytes)
        c->log(program, block);
    status = sunzi_compile_failed(file, device, block);
done:
    sunzi_release(block);
    return status;
}

static sunzi_status no_code(const char *device, const char *file,
                            const char *what)
{
    return sunzi_fail(SUNZI_ERR_DEVICE,
                      "%s: the compiler for %s %s; is there memory left? Try "
                      "again, or use another engine",
                      file, device, what);
}

static sunzi_status run_compiler(const sunzi_gpu_compiler *c,
                                 const sunzi_gpu_vendor *vendor,
                                 const char *device, const char *file,
                                 const char *text, int major, int minor,
                                 bool fp64, void **code, size_t *bytes)
{
    const char *options[OPTIONS_MAX];
    char arch[80];
    void *program = NULL;
    int count = 0;
    sunzi_status status = SUNZI_OK;
    for (; vendor->options[count]; count++)
        options[count] = vendor->options[count];
    vendor->architecture(major, minor, arch, sizeof arch);
    if (arch[0])
        options[count++] = arch;
    if (fp64)
        options[count++] = "-DK_FP64";
    if (c->create(&program, text, file, 0, NULL, NULL) != 0)
        return no_code(device, file, "did not start");
    if (c->compile(program, count, options) != 0)
        status = complain(c, program, device, file);
    else if (c->code_size(program, bytes) != 0)
        status = no_code(device, file, "gives no code");
    if (status == SUNZI_OK)
        status = sunzi_allocate(*bytes, "a program", code);
    if (status == SUNZI_OK && c->code(program, *code) != 0)
        status = no_code(device, file, "gives no code");
    c->destroy(&program);
    if (status < 0) {
        sunzi_release(*code);
        *code = NULL;
    }
    return status;
}

sunzi_status sunzi_gpu_compile(const sunzi_gpu_vendor *vendor,
                               const char *device, const char *file,
                               const char *text, int major, int minor,
                               bool fp64, void **code, size_t *bytes)
{
    sunzi_gpu_compiler c;
    char why[200];
    *code = NULL;
    if (!sunzi_library_open(vendor->compiler_files, vendor->compiler_names,
                            SUNZI_GPU_COMPILER_FUNCTIONS, &c, why, sizeof why))
        return sunzi_fail(SUNZI_ERR_UNSUPPORTED, "%s: %s; %s", vendor->name,
                          why, vendor->install);
    return run_compiler(&c, vendor, device, file, text, major, minor, fp64,
                        code, bytes);
}
