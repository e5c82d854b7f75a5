/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory: plain blocks, and a pool of workspace that a context keeps between
 * calls so that a second call of the same size allocates nothing.
 *
 * All blocks are aligned to 64 bytes; those of 2 MiB and more are aligned to
 * 2 MiB and ask for huge pages. Contents are undefined.
 * Fault injection for the tests: sunzi_memory_fail_after(k) makes the k-th
 * request from now fail (k = 1: the next), once; negative: off. A request that
 * the pool serves from a kept block counts as well. */
#ifndef SUNZI_CORE_MEMORY_H
#define SUNZI_CORE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

typedef struct sunzi_pool sunzi_pool;

/* *block = at least `bytes` bytes. SUNZI_ERR_NOMEM with a sentence that names
 * the size and `what`. bytes == 0 gives a valid block. */
SUNZI_PARTNER_API sunzi_status sunzi_allocate(size_t bytes, const char *what,
                                              void **block);
SUNZI_PARTNER_API void sunzi_release(void *block); /* NULL is allowed */

/* a * b * c, or SIZE_MAX on overflow (which no allocation satisfies). */
SUNZI_PARTNER_API size_t sunzi_size_product(size_t a, size_t b, size_t c);

sunzi_status sunzi_pool_create(sunzi_pool **pool);
void sunzi_pool_destroy(sunzi_pool **pool);
/* Take the smallest kept block that holds `bytes`, or allocate one. Thread
 * safe. */
sunzi_status sunzi_pool_take(sunzi_pool *pool, size_t bytes, const char *what,
                             void **block);
/* Return a block to the pool and set it to NULL; a pointer to NULL is allowed.
 */
void sunzi_pool_give(sunzi_pool *pool, void *block_address);
void sunzi_pool_trim(sunzi_pool *pool); /* free the blocks not in use */
size_t sunzi_pool_bytes(sunzi_pool *pool);
/* Requests that the pool could not serve from kept blocks, since its creation.
 */
size_t sunzi_pool_allocations(sunzi_pool *pool);

void sunzi_memory_fail_after(long k);
/* Requests seen since the last sunzi_memory_fail_after. */
long sunzi_memory_requests(void);

#endif
