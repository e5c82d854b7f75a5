/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies beside the work of a device: panels that pass through two pinned
 * buffers of the host in turn, by a queue of their own, while the device works
 * and the host fills or empties the other buffer. Memories (engines/memory.h)
 * are made of them; engines/device.h has the operations below. */
#ifndef SUNZI_ENGINES_COPIES_H
#define SUNZI_ENGINES_COPIES_H

#include "core/context.h"
#include "engines/memory.h"

struct sunzi_device;
typedef struct sunzi_pinned sunzi_pinned;

/* Two buffers in turn. Zeroed, or device NULL: there are none. */
typedef struct sunzi_copies {
    sunzi_context *ctx;
    struct sunzi_device *device;
    sunzi_pinned *buffer[2];
} sunzi_copies;

/* Two buffers for copies of so many bytes in all. copies->device is NULL
 * afterwards where they are to be made in the order of the work: there is no
 * device, they are small, or the driver has no pinned memory now (the log says
 * so). SUNZI_ERR_DEVICE. */
sunzi_status sunzi_copies_open(sunzi_context *ctx, size_t bytes,
                               sunzi_copies *copies);
/* Also of one without buffers. What is under way goes on. */
void sunzi_copies_close(sunzi_copies *copies);
/* Wait for what is under way in buffers that were closed: before a memory that
 * they may copy to is released. */
void sunzi_copies_settle(struct sunzi_device *device);

/* Bytes of a buffer, also before there are any; 0: there will be none. */
size_t sunzi_copies_panel(const sunzi_copies *copies);
size_t sunzi_copies_panel_of(const sunzi_context *ctx);
/* What is copied from here on waits for the work that was given so far. */
sunzi_status sunzi_copies_after_work(sunzi_copies *copies);
/* Wait for the copy that uses buffer k, 0 or 1: then it may be filled, or has
 * what was copied to it. */
sunzi_status sunzi_copies_wait(sunzi_copies *copies, int k, void **host);
/* Begin to copy from the start of buffer k to bytes `at` .. of a memory of the
 * device; work that is given later waits for it. */
sunzi_status sunzi_copies_up(sunzi_copies *copies, int k, void *place,
                             size_t at, size_t bytes);
/* Begin to copy bytes `at` .. of a memory to byte `to` of buffer k; last: of
 * the copies to this buffer, before sunzi_copies_wait. */
sunzi_status sunzi_copies_down(sunzi_copies *copies, int k, size_t to,
                               void *place, size_t at, size_t bytes, bool last);

/* A whole array. Up: arrived as in sunzi_memory_send. */
sunzi_status sunzi_copies_send(sunzi_copies *copies, void *place,
                               const void *from, size_t bytes,
                               sunzi_arrived_fn *arrived, void *user);
sunzi_status sunzi_copies_fetch(sunzi_copies *copies, void *place, size_t at,
                                void *to, size_t bytes);

/* Give the buffers of a device that are not in use back. */
void sunzi_copies_trim(struct sunzi_device *device);

#endif
