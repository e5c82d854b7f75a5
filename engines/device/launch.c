/* SPDX-License-Identifier: BSD-3-Clause */
/* Launches: loops shared out to threads, or work items of a device. */
#include "engines/launch.h"

#include <math.h>
#include <string.h>

#include "engines/device.h"
#include "engines/engine.h"
#include "engines/kernel/file.h"
#include "engines/kernel/kernel_list.h"
#include "engines/kernel/text.h"

enum {
    ARGUMENTS_MAX = 40,
    /* K_EACH steps by the number of work items: no index overflows */
    POINTS_MAX = 1 << 30,
    SHARE = 4096, /* points of a row a thread takes at least */
    GROUP = 64    /* work items of a group */
};

/* a copy of NAME_args, whose arrays are resolved for a loop */
typedef union arguments {
    char bytes[SUNZI_KERNEL_BYTES_MAX];
    max_align_t align;
} arguments;

static const char *const file_of[K_KERNEL_COUNT] = {
#define FILE_LINE(name, file) [K_INDEX_##name] = file,
    K_KERNELS(FILE_LINE, FILE_LINE)
#undef FILE_LINE
};

static bool is_empty(k_range r)
{
    return r.first[0] >= r.last[0] || r.first[1] >= r.last[1] ||
           r.first[2] >= r.last[2];
}

static sunzi_status check(const sunzi_kernel *kernel, k_range r,
                          const char *args)
{
    for (int a = 0; a < 3; a++) {
        const int most =
            kernel->group_items && a < 2 ? SUNZI_GROUPS_MAX : POINTS_MAX;
        if (r.first[a] < 0 || r.last[a] > most)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "kernel %s: the range %d to %d of axis %d, "
                              "allowed are numbers from 0 to %d; launch it on "
                              "parts of the range",
                              kernel->name, r.first[a], r.last[a], a, most);
    }
    for (const sunzi_kernel_argument *a = kernel->arguments(); a->name; a++) {
        if (a->kind == SUNZI_KERNEL_VALUE)
            continue;
        const k_array *array = (const void *)(args + a->at);
        const size_t count =
            array->memory ? sunzi_memory_bytes(array->memory) / a->size : 0;
        if (!array->memory || array->first < 0 ||
            (uint64_t)array->first > (uint64_t)count)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "kernel %s: array %s begins at element %lld of "
                              "%zu; pass a memory and an element of it",
                              kernel->name, a->name, (long long)array->first,
                              count);
        if (sunzi_memory_offset(array->memory) % a->size != 0)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "kernel %s: array %s begins %zu bytes behind a "
                              "held one, allowed are multiples of %zu",
                              kernel->name, a->name,
                              sunzi_memory_offset(array->memory), a->size);
    }
    return SUNZI_OK;
}

/* ---- on the threads of a CPU engine ---- */

/* The axis that is shared out, and how many points a task gets. */
static int split_axis(k_range r, int threads, int *step)
{
    const int planes = r.last[0] - r.first[0], rows = r.last[1] - r.first[1];
    const int axis = planes >= 2 * threads ? 0 : rows >= 2 * threads ? 1 : 2;
    const int points = r.last[axis] - r.first[axis];
    const int even = (points + threads - 1) / threads;
    *step = axis < 2       ? (even + 3) / 4
            : even > SHARE ? (even + 63) / 64 * 64
                           : SHARE;
    if (*step < 1)
        *step = 1;
    return axis;
}

static sunzi_status run_loop(sunzi_context *ctx, const sunzi_kernel *kernel,
                             k_range range, const char *args)
{
    sunzi_kernel_loop *loop = NULL;
    arguments resolved;
    sunzi_status status = SUNZI_OK;

    if (kernel->file)
        SUNZI_TRY(sunzi_kernel_file_loop(ctx, kernel, &loop));
    else
        loop = ctx->engine->loops->of[kernel->index];
    if (!loop)
        return sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                          "kernel %s runs on devices only, the engine is %s",
                          kernel->name, ctx->engine->name);
    memcpy(&resolved, args, kernel->bytes);
    for (const sunzi_kernel_argument *a = kernel->arguments(); a->name; a++) {
        k_array *array = (void *)(resolved.bytes + a->at);
        void *place = NULL;
        if (a->kind == SUNZI_KERNEL_VALUE)
            continue;
        SUNZI_TRY(sunzi_memory_for_kernel(array->memory, true,
                                          a->kind == SUNZI_KERNEL_OUT, &place));
        memcpy(&array->memory, &place, sizeof place);
    }
    int step;
    const int axis = split_axis(range, sunzi_threads(ctx), &step);
    const int first = range.first[axis], last = range.last[axis];
    const int tasks = (last - first + step - 1) / step;
#pragma omp parallel for schedule(dynamic)                                     \
    num_threads(sunzi_threads(ctx)) if (tasks > 1)
    for (int t = 0; t < tasks; t++) {
        k_range part = range;
        part.first[axis] = first + t * step;
        part.last[axis] =
            last - part.first[axis] > step ? part.first[axis] + step : last;
        loop(part, &resolved);
    }
done:
    return status;
}

/* ---- on a device ---- */

static sunzi_status find_program(sunzi_device *d, const char *file,
                                 void **program)
{
    char *text = NULL;
    int number = 0;
    sunzi_status status = SUNZI_OK;
    while (strcmp(sunzi_kernel_sources[number].file, file) != 0)
        number++;
    if (!d->programs[number]) {
        SUNZI_TRY(sunzi_kernel_text(file, NULL, false, &text));
        SUNZI_TRY(d->ops->compile(d, file, text, &d->programs[number]));
    }
    *program = d->programs[number];
done:
    sunzi_release(text);
    return status;
}

static sunzi_status find_kernel(const sunzi_context *ctx,
                                const sunzi_kernel *kernel, void **found)
{
    sunzi_device *d = ctx->device;
    void *program = NULL;
    sunzi_status status = SUNZI_OK;
    if (kernel->file)
        return sunzi_kernel_file_entry(ctx, kernel, found);
    if (!d->kernels[kernel->index]) {
        SUNZI_TRY(find_program(d, file_of[kernel->index], &program));
        SUNZI_TRY(
            d->ops->find(d, program, kernel->name, &d->kernels[kernel->index]));
    }
    *found = d->kernels[kernel->index];
done:
    return status;
}

static void size_groups(const sunzi_kernel *kernel, k_range r, size_t groups[3],
                        size_t items[3])
{
    for (int a = 0; a < 3; a++) {
        const size_t points = (size_t)(r.last[a] - r.first[a]);
        items[a] = 1;
        groups[a] = points;
        /* more points than items: they take several */
        if (a < 2 && groups[a] > SUNZI_GROUPS_MAX)
            groups[a] = SUNZI_GROUPS_MAX;
    }
    if (kernel->group_items) {
        items[2] = (size_t)kernel->group_items;
        return;
    }
    items[2] = GROUP;
    groups[2] = (groups[2] + GROUP - 1) / GROUP;
    if (groups[2] > SUNZI_GROUPS_MAX)
        groups[2] = SUNZI_GROUPS_MAX;
}

static sunzi_status run_on_device(sunzi_context *ctx,
                                  const sunzi_kernel *kernel, k_range range,
                                  const char *args)
{
    sunzi_device *d = ctx->device;
    sunzi_device_argument list[ARGUMENTS_MAX];
    int64_t first[ARGUMENTS_MAX];
    size_t groups[3], items[3];
    void *found = NULL;
    int count = 0;
    sunzi_status status;

    SUNZI_TRY(find_kernel(ctx, kernel, &found));
    list[count++] =
        (sunzi_device_argument){.value = &range, .size = sizeof range};
    for (const sunzi_kernel_argument *a = kernel->arguments(); a->name; a++) {
        if (count + 2 > ARGUMENTS_MAX)
            return sunzi_fail(SUNZI_ERR_INTERNAL,
                              "kernel %s has too many arguments", kernel->name);
        if (a->kind == SUNZI_KERNEL_VALUE) {
            list[count++] =
                (sunzi_device_argument){.value = args + a->at, .size = a->size};
            continue;
        }
        const k_array *array = (const void *)(args + a->at);
        list[count] = (sunzi_device_argument){.value = NULL};
        SUNZI_TRY(sunzi_memory_for_kernel(array->memory, true,
                                          a->kind == SUNZI_KERNEL_OUT,
                                          &list[count].memory));
        first[count] = array->first +
                       (int64_t)(sunzi_memory_offset(array->memory) / a->size);
        list[count + 1] = (sunzi_device_argument){.value = &first[count],
                                                  .size = sizeof first[count]};
        count += 2;
    }
    size_groups(kernel, range, groups, items);
    SUNZI_TRY(
        d->ops->launch(d, found, kernel->name, groups, items, list, count));
    d->counts.launches++;
done:
    return status;
}

sunzi_status sunzi_launch(sunzi_context *ctx, const sunzi_kernel *kernel,
                          k_range range, const void *args)
{
    sunzi_status status;
    SUNZI_TRY(check(kernel, range, args));
    if (is_empty(range))
        return SUNZI_OK;
    if (!ctx->device)
        return run_loop(ctx, kernel, range, args);
    sunzi_device_lock(ctx->device);
    status = run_on_device(ctx, kernel, range, args);
    sunzi_device_unlock(ctx->device);
done:
    return status;
}

int64_t sunzi_launches(const sunzi_context *ctx)
{
    return ctx->device ? ctx->device->counts.launches : 0;
}

/* ---- batches ---- */

static double members_in(sunzi_batch_array a, double bytes)
{
    if (a.one > bytes)
        return 0;
    return a.each > 0 ? 1 + (bytes - a.one) / a.each : INFINITY;
}

int sunzi_batch_part(const sunzi_context *ctx, double left,
                     const sunzi_batch_array *arrays, int kinds, int64_t count)
{
    const double largest =
        ctx->device ? (double)ctx->device->limits.largest_bytes : left;
    double most = fmin((double)count, SUNZI_GROUPS_MAX);
    sunzi_batch_array all = {0, 0};
    for (int k = 0; k < kinds; k++) {
        all.one += arrays[k].one;
        all.each += arrays[k].each;
        most = fmin(most, members_in(arrays[k], largest));
    }
    return (int)fmin(most, members_in(all, left));
}
