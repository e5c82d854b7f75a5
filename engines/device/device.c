/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening and closing the device of an engine. */
#define _DEFAULT_SOURCE
#include "engines/copies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/context.h>

#include "core/context.h"
#include "core/memory.h"
#include "engines/device.h"
#include "engines/engine.h"
#include "engines/kernel/kernel_list.h"
#include "engines/kernel/text.h"

/* of the host's caches, and large enough for a bus */
enum { PANEL_BYTES = 4 << 20 };

static int text_count(void)
{
    int count = 0;
    while (sunzi_kernel_sources[count].file)
        count++;
    return count;
}

/* A whole number from 0 to `most` from the environment, else the preset. */
static sunzi_status number(const char *name, long most, long preset,
                           long *value)
{
    const char *text = getenv(name);
    char *end;
    *value = preset;
    if (!text || !*text)
        return SUNZI_OK;
    *value = strtol(text, &end, 10);
    if (*end || *value < 0 || *value > most)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: got '%s', allowed are numbers from 0 to %ld; "
                          "correct or unset the variable",
                          name, text, most);
    return SUNZI_OK;
}

/* Which of a node's processes this is, as its launcher says; 0: the first, or
 * there is no launcher. */
static int local_rank(void)
{
    static const char *const names[] = {
        "OMPI_COMM_WORLD_LOCAL_RANK", /* Open MPI */
        "MPI_LOCALRANKID",            /* Intel MPI, MPICH */
        "MV2_COMM_WORLD_LOCAL_RANK",  /* MVAPICH2 */
        "PALS_LOCAL_RANKID",          /* HPE */
        "SLURM_LOCALID"};             /* srun */
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = getenv(names[i]);
        if (text && *text)
            return atoi(text) > 0 ? atoi(text) : 0;
    }
    return 0;
}

/* SUNZI_DEVICE, else the devices are dealt out to the processes of a node. */
static sunzi_status choose(const sunzi_device_ops *ops, int *chosen)
{
    sunzi_device_limits unused;
    long index;
    int count = 0;
    sunzi_status status;
    SUNZI_TRY(number("SUNZI_DEVICE", 1000, -1, &index));
    if (index < 0 && local_rank() > 0)
        while (ops->describe(count, &unused))
            count++;
    *chosen = index >= 0 ? (int)index : count > 0 ? local_rank() % count : 0;
done:
    return status;
}

static void make_lock(sunzi_device *device)
{
    pthread_mutexattr_t recursive;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&device->lock, &recursive);
    pthread_mutexattr_destroy(&recursive);
}

int sunzi_engine_device(int index, int number, char *text, size_t bytes)
{
    const sunzi_engine_ops *engine = sunzi_engine_at(index);
    sunzi_device_limits l = {.units = 0};
    if (bytes)
        text[0] = '\0';
    if (!engine || !engine->device || number < 0 ||
        !engine->device->describe(number, &l))
        return 0;
    char why[200], products[260] = "", lacks[160] = "";
    const sunzi_device_blas *blas = engine->device->blas;
    if (blas && blas->available(why, sizeof why))
        snprintf(products, sizeof products, ", products of %s", blas->name);
    else if (blas)
        snprintf(products, sizeof products, ", no products of %s: %s",
                 blas->name, why);
    if (l.lacks[0])
        snprintf(lacks, sizeof lacks, "; not usable: it %s", l.lacks);
    snprintf(
        text, bytes, "%s (%s): %d units, %.1f GiB, %s, %s%s%s", l.name,
        l.driver, l.units, (double)l.memory_bytes / (1024.0 * 1024.0 * 1024.0),
        l.fp64 ? "FP64" : "no FP64",
        l.dot4 ? "INT8 dot products" : "no INT8 dot products", products, lacks);
    return 1;
}

int sunzi_context_device(sunzi_context *context, sunzi_device_use *use)
{
    sunzi_context *ctx;
    if (sunzi_context_use(context, &ctx) < 0 || !ctx->device)
        return 0;
    sunzi_device_lock(ctx->device);
    const sunzi_device_counts c = ctx->device->counts;
    sunzi_device_unlock(ctx->device);
    *use = (sunzi_device_use){.number = ctx->device->number,
                              .launches = c.launches,
                              .copies_to = c.uploads,
                              .copies_from = c.downloads,
                              .bytes_to = c.upload_bytes,
                              .bytes_from = c.download_bytes,
                              .beside_to = c.upload_beside,
                              .beside_from = c.download_beside,
                              .bytes_now = (int64_t)c.bytes,
                              .bytes_most = (int64_t)c.most_bytes};
    snprintf(use->name, sizeof use->name, "%s", ctx->device->limits.name);
    return 1;
}

sunzi_status sunzi_device_open(const sunzi_engine_ops *engine,
                               sunzi_device **device)
{
    const size_t texts = (size_t)text_count();
    sunzi_device *d = NULL;
    void *block = NULL;
    long fp64, blas, panel;
    int index;
    sunzi_status status = SUNZI_OK;

    *device = NULL;
    if (!engine->device)
        return SUNZI_OK;
    SUNZI_TRY(choose(engine->device, &index));
    SUNZI_TRY(number("SUNZI_DEVICE_FP64", 1, 1, &fp64));
    SUNZI_TRY(number("SUNZI_DEVICE_BLAS", 1, 1, &blas));
    SUNZI_TRY(number("SUNZI_DEVICE_COPIES", 1 << 30, PANEL_BYTES, &panel));
    const size_t bytes =
        sizeof *d + (texts + (size_t)K_KERNEL_COUNT) * sizeof(void *);
    SUNZI_TRY(sunzi_allocate(bytes, "a device", &block));
    memset(block, 0, bytes);
    d = block;
    d->ops = engine->device;
    d->allow_blas = blas != 0;
    d->panel_bytes = d->ops->copying ? (size_t)panel : 0;
    d->engine = engine->name;
    d->number = index;
    d->programs = (void **)(d + 1);
    d->kernels = d->programs + texts;
    SUNZI_TRY(d->ops->open(index, fp64 != 0, d));
    make_lock(d);
    *device = d;
    return SUNZI_OK;
done:
    sunzi_release(block);
    return status;
}

void sunzi_device_close(sunzi_device **device)
{
    sunzi_device *d = *device;
    if (!d)
        return;
    for (int k = 0; k < K_KERNEL_COUNT; k++)
        if (d->kernels[k])
            d->ops->drop(d, d->kernels[k]);
    for (int t = 0; t < text_count(); t++)
        if (d->programs[t])
            d->ops->forget(d, d->programs[t]);
    sunzi_copies_trim(d);
    d->ops->close(d);
    pthread_mutex_destroy(&d->lock);
    sunzi_release(d);
    *device = NULL;
}

sunzi_status sunzi_device_check_index(const char *engine, int index, int count)
{
    if (index < count)
        return SUNZI_OK;
    if (count == 1)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "SUNZI_DEVICE: got %d, allowed is 0, the only %s "
                          "device; correct or unset the variable",
                          index, engine);
    return sunzi_fail(SUNZI_ERR_ARG,
                      "SUNZI_DEVICE: got %d, allowed are 0 to %d for the %d %s "
                      "devices; sunzi info lists them",
                      index, count - 1, count, engine);
}

sunzi_status sunzi_device_alive(const sunzi_device *device)
{
    return device->lost[0] ? sunzi_fail(SUNZI_ERR_DEVICE, "%s", device->lost)
                           : SUNZI_OK;
}

sunzi_status sunzi_device_failed(sunzi_device *device, bool lost,
                                 const char *what, const char *error)
{
    if (device->lost[0])
        return sunzi_device_alive(device);
    if (!lost)
        return sunzi_fail(SUNZI_ERR_DEVICE,
                          "%s device '%s': %s failed with %s; see the driver's "
                          "log, or use another engine",
                          device->engine, device->limits.name, what, error);
    snprintf(device->lost, sizeof device->lost,
             "%s device '%s' is lost: %s failed with %s; start the program "
             "again, see the driver's log (dmesg), or use another engine",
             device->engine, device->limits.name, what, error);
    return sunzi_device_alive(device);
}

sunzi_status sunzi_compile_failed(const char *file, const char *device,
                                  const char *log)
{
    const char *error = strstr(log, "error");
    const char *start = error ? error : log;
    while (start > log && start[-1] != '\n')
        start--;
    if (*start == '\0')
        start = "the compiler says nothing";
    return sunzi_fail(SUNZI_ERR_DEVICE,
                      "%s does not compile for %s: %.*s; correct the kernel "
                      "(doc/kernels.md)",
                      file, device, (int)strcspn(start, "\n"), start);
}

void sunzi_device_lock(sunzi_device *device)
{
    pthread_mutex_lock(&device->lock);
}

void sunzi_device_unlock(sunzi_device *device)
{
    pthread_mutex_unlock(&device->lock);
}

sunzi_status sunzi_device_finish(sunzi_device *device)
{
    sunzi_device_lock(device);
    const sunzi_status status = device->ops->finish(device);
    sunzi_device_unlock(device);
    return status;
}
