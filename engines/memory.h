/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory that knows where it is valid: bytes that the host sees, that a device
 * sees, or both. Copies are made when the side that needs them has no valid
 * ones, and are counted (sunzi_device_counts); with a CPU engine there is one
 * side and no copy.
 *
 * A memory is used by one thread at a time. */
#ifndef SUNZI_ENGINES_MEMORY_H
#define SUNZI_ENGINES_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/context.h"

typedef struct sunzi_memory sunzi_memory;

/* Bytes of the library's own. The contents are undefined. Room on a side is
 * taken when it is first needed. SUNZI_ERR_NOMEM. */
sunzi_status sunzi_memory_create(sunzi_context *ctx, size_t bytes,
                                 const char *what, sunzi_memory **memory);
/* The caller's array, valid on the host. It is written only by
 * sunzi_memory_read and sunzi_memory_write; it must live longer. */
sunzi_status sunzi_memory_wrap(sunzi_context *ctx, void *array, size_t bytes,
                               const char *what, sunzi_memory **memory);
/* The caller's array, as sunzi_memory_wrap, or where it is if it is a held one
 * or a part of one (sunzi/hold.h). Ended by sunzi_memory_leave: what a device
 * has of it goes back to an array that is not held, also after a failure; or by
 * sunzi_memory_destroy if it was only read. */
sunzi_status sunzi_memory_use(sunzi_context *ctx, void *array, size_t bytes,
                              const char *what, sunzi_memory **memory);
sunzi_status sunzi_memory_leave(sunzi_memory **memory);
/* Is the caller's array a held one, or a part of one? */
bool sunzi_memory_is_held(const sunzi_context *ctx, const void *array);
/* For code that uses the caller's array on the host: if it is held, its bytes
 * are there now; writes: and are valid only there. */
sunzi_status sunzi_memory_refresh(const sunzi_context *ctx, const void *array,
                                  bool writes);
/* Of a held array, for what a function keeps between calls about it; NULL for
 * others. drop is called when it is not held any more. */
typedef void sunzi_drop_fn(void *kept);
void **sunzi_memory_kept(sunzi_memory *memory, sunzi_drop_fn *drop);
/* What only the device holds is lost. NULL and a pointer to NULL are allowed.
 */
void sunzi_memory_destroy(sunzi_memory **memory);

size_t sunzi_memory_bytes(const sunzi_memory *memory);

/* The bytes on the host: to read them; to read and write; to overwrite all.
 * Valid until the next launch that uses the memory. */
sunzi_status sunzi_memory_read(sunzi_memory *memory, const void **bytes);
sunzi_status sunzi_memory_write(sunzi_memory *memory, void **bytes);
sunzi_status sunzi_memory_fill(sunzi_memory *memory, void **bytes);

/* The first `bytes` of the memory, copied where the context computes from the
 * caller's array and back, with no room taken on the host. put: the memory is
 * valid only there. */
sunzi_status sunzi_memory_put(sunzi_memory *memory, const void *from,
                              size_t bytes);
sunzi_status sunzi_memory_get(sunzi_memory *memory, void *to, size_t bytes);
/* Bytes `at` .. at + bytes alone, from where they are valid; nothing else
 * changes. */
sunzi_status sunzi_memory_peek(sunzi_memory *memory, size_t at, void *to,
                               size_t bytes);

/* Work that may be launched now, as the first `end` bytes are there for it. */
typedef sunzi_status sunzi_arrived_fn(void *user, size_t end);
/* Copy where the context computes what the host has (from: NULL), or the
 * caller's array as sunzi_memory_put does, a panel at a time beside the work:
 * `arrived` is called after each panel, at the end with all bytes; what it
 * launches runs while the next panels travel. In a device's order, and where
 * there is none, it is called once. arrived may be NULL. */
sunzi_status sunzi_memory_send(sunzi_memory *memory, const void *from,
                               size_t bytes, sunzi_arrived_fn *arrived,
                               void *user);
/* Take the room where the context computes now, so that later launches do not
 * fail for want of it. The contents are undefined. SUNZI_ERR_NOMEM. */
sunzi_status sunzi_memory_take(sunzi_memory *memory);
/* The same for contents that the host has, and that stay. */
sunzi_status sunzi_memory_room(sunzi_memory *memory);
/* All words of the memory, where the context computes, = 0. */
sunzi_status sunzi_memory_clear(sunzi_memory *memory);
/* Bytes of the device that a context may still take: nine tenths of its memory,
 * at most the limit of workspace. 0 without a device. */
size_t sunzi_memory_left(const sunzi_context *ctx);
/* The same without that limit: for the caller's arrays. */
size_t sunzi_memory_left_there(const sunzi_context *ctx);

/* For launches: where the context computes, the device's handle, or the address
 * on the host. read: valid there; write: valid only there. */
sunzi_status sunzi_memory_for_kernel(sunzi_memory *memory, bool read,
                                     bool write, void **place);
/* Where its bytes begin behind the device's handle. */
size_t sunzi_memory_offset(const sunzi_memory *memory);

#endif
