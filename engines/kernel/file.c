/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of kernels that are given at run time. */
#include "engines/kernel/file.h"

#include <dlfcn.h>
#include <string.h>

#include "core/memory.h"
#include "engines/device.h"
#include "engines/engine.h"
#include "engines/kernel/host_compile.h"
#include "engines/kernel/text.h"

struct sunzi_kernel_file {
    sunzi_context *ctx;
    void *library;  /* of the host */
    void *program;  /* of the context's device, or NULL */
    void **entries; /* in it, by kernel; NULL: not yet looked for */
    int count;
    sunzi_kernel *kernels;
    sunzi_kernel_loop **loops; /* NULL: of a group kernel */
};

/* The list that the compiled file gives out: the linker gathers the entries. */
static const char list_text[] =
    "#line 1 \"engines/kernel/file.c\"\n"
    "extern const sunzi_kernel_entry *const __start_sunzi_kernels[]\n"
    "    __attribute__((weak, visibility(\"hidden\")));\n"
    "extern const sunzi_kernel_entry *const __stop_sunzi_kernels[]\n"
    "    __attribute__((weak, visibility(\"hidden\")));\n"
    "__attribute__((visibility(\"default\"))) const sunzi_kernel_entry *const\n"
    "    *sunzi_kernel_entries(int *count)\n"
    "{\n"
    "    *count = (int)(__stop_sunzi_kernels - __start_sunzi_kernels);\n"
    "    return __start_sunzi_kernels;\n"
    "}\n";

typedef const sunzi_kernel_entry *const *list_function(int *count);

/* ---- the host ---- */

static sunzi_status host_text(const char *path, char **text)
{
    static const char head[] = "#define K_FILE 1\n";
    char *body = NULL;
    void *block = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_kernel_text(path, true, &body));
    SUNZI_TRY(sunzi_allocate(sizeof head + strlen(body) + sizeof list_text,
                             "the text of a kernel", &block));
    *text = block;
    strcpy(*text, head);
    strcat(*text, body);
    strcat(*text, list_text);
done:
    sunzi_release(body);
    return status;
}

/* dlsym's answer as a function, which C has no conversion for. */
static list_function *list_of(void *library)
{
    void *found = dlsym(library, "sunzi_kernel_entries");
    list_function *list = NULL;
    memcpy(&list, &found, sizeof list);
    return list;
}

static sunzi_status list_kernels(sunzi_kernel_file *f, const char *path)
{
    list_function *list = list_of(f->library);
    int count = 0;
    const sunzi_kernel_entry *const *entries = list ? list(&count) : NULL;
    void *block = NULL;
    sunzi_status status = SUNZI_OK;
    if (count <= 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: has no kernel; write K_KERNEL(name) { ... } "
                          "(doc/kernels.md)",
                          path);
    const size_t each =
        sizeof(sunzi_kernel) + sizeof(void *) + sizeof(sunzi_kernel_loop *);
    SUNZI_TRY(
        sunzi_allocate((size_t)count * each, "a file of kernels", &block));
    memset(block, 0, (size_t)count * each);
    f->count = count;
    f->kernels = block;
    f->entries = (void **)(f->kernels + count);
    f->loops = (sunzi_kernel_loop **)(f->entries + count);
    for (int k = 0; k < count; k++) {
        f->kernels[k] = entries[k]->kernel;
        f->kernels[k].index = k;
        f->kernels[k].file = f;
        f->loops[k] = entries[k]->loop;
    }
done:
    return status;
}

static sunzi_status open_on_host(sunzi_kernel_file *f, const char *path)
{
    char *text = NULL;
    sunzi_status status;
    SUNZI_TRY(host_text(path, &text));
    SUNZI_TRY(sunzi_host_compile(path, text, f->ctx->engine->loops->flags,
                                 &f->library));
    SUNZI_TRY(list_kernels(f, path));
done:
    sunzi_release(text);
    return status;
}

/* ---- the device ---- */

static sunzi_status open_on_device(sunzi_kernel_file *f, const char *path)
{
    sunzi_device *d = f->ctx->device;
    char *text = NULL;
    sunzi_status status = SUNZI_OK;
    if (!d)
        return SUNZI_OK;
    SUNZI_TRY(sunzi_kernel_text(path, false, &text));
    sunzi_device_lock(d);
    status = d->ops->compile(d, path, text, &f->program);
    sunzi_device_unlock(d);
done:
    sunzi_release(text);
    return status;
}

static void close_on_device(sunzi_kernel_file *f)
{
    sunzi_device *d = f->ctx->device;
    if (!d || !f->program)
        return;
    sunzi_device_lock(d);
    for (int k = 0; k < f->count; k++)
        if (f->entries[k])
            d->ops->drop(d, f->entries[k]);
    d->ops->forget(d, f->program);
    sunzi_device_unlock(d);
}

/* ---- the interface ---- */

sunzi_status sunzi_kernel_file_open(sunzi_context *ctx, const char *path,
                                    sunzi_kernel_file **file)
{
    void *block = NULL;
    sunzi_kernel_file *f = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_allocate(sizeof *f, "a file of kernels", &block));
    f = block;
    *f = (sunzi_kernel_file){.ctx = ctx};
    SUNZI_TRY(open_on_host(f, path));
    SUNZI_TRY(open_on_device(f, path));
    *file = f;
    f = NULL;
done:
    sunzi_kernel_file_close(&f);
    return status;
}

void sunzi_kernel_file_close(sunzi_kernel_file **file)
{
    sunzi_kernel_file *f = file ? *file : NULL;
    if (!f)
        return;
    close_on_device(f);
    sunzi_release(f->kernels);
    if (f->library)
        dlclose(f->library);
    sunzi_release(f);
    *file = NULL;
}

int sunzi_kernel_file_count(const sunzi_kernel_file *file)
{
    return file->count;
}

const sunzi_kernel *sunzi_kernel_file_at(const sunzi_kernel_file *file,
                                         int index)
{
    return index >= 0 && index < file->count ? &file->kernels[index] : NULL;
}

const sunzi_kernel *sunzi_kernel_file_find(const sunzi_kernel_file *file,
                                           const char *name)
{
    for (int k = 0; k < file->count; k++)
        if (strcmp(file->kernels[k].name, name) == 0)
            return &file->kernels[k];
    return NULL;
}

sunzi_status sunzi_kernel_check_arguments(const sunzi_kernel *kernel,
                                          const sunzi_kernel *like)
{
    static const char *const words[] = {"IN", "OUT", "VALUE", "no"};
    const sunzi_kernel_argument *a = kernel->arguments();
    const sunzi_kernel_argument *b = like->arguments();
    for (int i = 0; a[i].name || b[i].name; i++) {
        const bool both = a[i].name && b[i].name;
        if (both && strcmp(a[i].name, b[i].name) == 0 &&
            a[i].kind == b[i].kind && a[i].size == b[i].size)
            continue;
        return sunzi_fail(
            SUNZI_ERR_ARG,
            "kernel %s: argument %d is %s %s of %zu bytes, expected is %s %s "
            "of %zu bytes, as %s has it; correct its K_ARGS_%s",
            kernel->name, i + 1, words[a[i].name ? a[i].kind : 3],
            a[i].name ? a[i].name : "argument", a[i].name ? a[i].size : 0,
            words[b[i].name ? b[i].kind : 3],
            b[i].name ? b[i].name : "argument", b[i].name ? b[i].size : 0,
            like->name, kernel->name);
    }
    return SUNZI_OK;
}

static sunzi_status check_context(const sunzi_context *ctx,
                                  const sunzi_kernel *kernel)
{
    if (kernel->file->ctx == ctx)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_ARG,
                      "kernel %s: its file was opened on another context; open "
                      "it on this one too",
                      kernel->name);
}

sunzi_status sunzi_kernel_file_loop(const sunzi_context *ctx,
                                    const sunzi_kernel *kernel,
                                    sunzi_kernel_loop **loop)
{
    *loop = kernel->file->loops[kernel->index];
    return check_context(ctx, kernel);
}

sunzi_status sunzi_kernel_file_entry(const sunzi_context *ctx,
                                     const sunzi_kernel *kernel, void **entry)
{
    const sunzi_kernel_file *f = kernel->file;
    sunzi_device *d = ctx->device;
    sunzi_status status;
    SUNZI_TRY(check_context(ctx, kernel));
    if (!f->entries[kernel->index])
        SUNZI_TRY(d->ops->find(d, f->program, kernel->name,
                               &f->entries[kernel->index]));
    *entry = f->entries[kernel->index];
done:
    return status;
}
