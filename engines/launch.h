/* SPDX-License-Identifier: BSD-3-Clause */
/* Run a kernel of the kernel language where the context computes: on the
 * threads of a CPU engine, or on its device.
 *
 *     SUNZI_TRY(SUNZI_LAUNCH(ctx, scale_add, sunzi_range(n),
 *                            .x = {x}, .y = {y, offset}, .a = 0.5f));
 *
 * The arguments are checked by the compiler against the kernel's list. On a
 * device the launch may return before the work is done; what reads the memory
 * afterwards waits for it. */
#ifndef SUNZI_ENGINES_LAUNCH_H
#define SUNZI_ENGINES_LAUNCH_H

#include "core/context.h"
#include "engines/kernel/descriptor.h"
#include "engines/memory.h"

static inline k_range sunzi_range(int count)
{
    return (k_range){{0, 0, 0}, {1, 1, count}};
}

static inline k_range sunzi_range2(int rows, int columns)
{
    return (k_range){{0, 0, 0}, {1, rows, columns}};
}

static inline k_range sunzi_range3(int planes, int rows, int columns)
{
    return (k_range){{0, 0, 0}, {planes, rows, columns}};
}

/* Groups of a group kernel along axes 0 and 1: what GPUs take. */
enum { SUNZI_GROUPS_MAX = 65535 };

/* An array of a batch, bytes: of one member, and of each more. */
typedef struct sunzi_batch_array {
    double one, each;
} sunzi_batch_array;

/* Members, a group each, that one launch takes: as many of `count` as there may
 * be groups, as `left` bytes hold of all arrays, and as the device gives of one
 * array. 0: not even one has room. */
int sunzi_batch_part(const sunzi_context *ctx, double left,
                     const sunzi_batch_array *arrays, int kinds, int64_t count);

/* args: the NAME_args of the kernel. An empty range does nothing. Group
 * kernels: the range counts groups; on a CPU engine SUNZI_ERR_UNSUPPORTED.
 * SUNZI_ERR_ARG: an array begins outside of its memory, or the range is too
 * large; SUNZI_ERR_NOMEM, SUNZI_ERR_DEVICE. */
sunzi_status sunzi_launch(sunzi_context *ctx, const sunzi_kernel *kernel,
                          k_range range, const void *args);

/* Launches on the context's device so far; 0 without one. */
int64_t sunzi_launches(const sunzi_context *ctx);

#define SUNZI_LAUNCH(ctx, name, range, ...)                                    \
    sunzi_launch((ctx), &sunzi_kernel_##name, (range),                         \
                 &(const name##_args){__VA_ARGS__})

#endif
