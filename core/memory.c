/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks and the workspace pool. */
#define _DEFAULT_SOURCE
#include "core/memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LINE_BYTES = 64, HUGE_BYTES = 2 << 20 };

static _Atomic long requests;
static _Atomic long fail_at = -1;

void sunzi_memory_fail_after(long k)
{
    requests = 0;
    fail_at = k;
}

long sunzi_memory_requests(void)
{
    return requests;
}

static bool injected_failure(void)
{
    return ++requests == fail_at;
}

size_t sunzi_size_product(size_t a, size_t b, size_t c)
{
    size_t ab, abc;
    if (__builtin_mul_overflow(a, b, &ab) ||
        __builtin_mul_overflow(ab, c, &abc))
        return SIZE_MAX;
    return abc;
}

static sunzi_status no_memory(size_t bytes, const char *what)
{
    return sunzi_fail(SUNZI_ERR_NOMEM,
                      "%s: %zu bytes could not be allocated; use a smaller "
                      "problem or limit the workspace of the context",
                      what, bytes);
}

static void *get_block(size_t bytes)
{
    const size_t alignment = bytes >= HUGE_BYTES ? HUGE_BYTES : LINE_BYTES;
    if (bytes > SIZE_MAX - HUGE_BYTES)
        return NULL;
    const size_t rounded = (bytes + alignment) / alignment * alignment;
    void *block = aligned_alloc(alignment, rounded);
    if (block && bytes >= HUGE_BYTES)
        (void)madvise(block, rounded, MADV_HUGEPAGE); /* only a hint */
    return block;
}

sunzi_status sunzi_allocate(size_t bytes, const char *what, void **block)
{
    void *got = injected_failure() ? NULL : get_block(bytes);
    if (!got)
        return no_memory(bytes, what);
    *block = got;
    return SUNZI_OK;
}

void sunzi_release(void *block)
{
    free(block);
}

typedef struct entry {
    struct entry *next;
    void *block;
    size_t bytes;
    bool in_use;
} entry;

struct sunzi_pool {
    pthread_mutex_t lock;
    entry *entries;
    size_t bytes, allocations;
};

sunzi_status sunzi_pool_create(sunzi_pool **pool)
{
    void *block;
    sunzi_status status;
    SUNZI_TRY(sunzi_allocate(sizeof **pool, "workspace pool", &block));
    *pool = block;
    **pool = (sunzi_pool){.entries = NULL};
    pthread_mutex_init(&(*pool)->lock, NULL);
done:
    return status;
}

static entry *find_free(sunzi_pool *pool, size_t bytes)
{
    entry *best = NULL;
    for (entry *e = pool->entries; e; e = e->next)
        if (!e->in_use && e->bytes >= bytes &&
            (!best || e->bytes < best->bytes))
            best = e;
    return best;
}

static entry *add_entry(sunzi_pool *pool, size_t bytes)
{
    entry *e = malloc(sizeof *e);
    void *block = e ? get_block(bytes) : NULL;
    if (!block) {
        free(e);
        return NULL;
    }
    *e = (entry){.next = pool->entries, .block = block, .bytes = bytes};
    pool->entries = e;
    pool->bytes += bytes;
    pool->allocations++;
    return e;
}

/* Free the kept blocks that nobody uses. The caller holds the lock. */
static void drop_free(sunzi_pool *pool)
{
    for (entry **link = &pool->entries; *link;) {
        entry *e = *link;
        if (e->in_use) {
            link = &e->next;
            continue;
        }
        *link = e->next;
        pool->bytes -= e->bytes;
        free(e->block);
        free(e);
    }
}

sunzi_status sunzi_pool_take(sunzi_pool *pool, size_t bytes, const char *what,
                             void **block)
{
    if (injected_failure())
        return no_memory(bytes, what);
    pthread_mutex_lock(&pool->lock);
    entry *e = find_free(pool, bytes);
    if (!e)
        e = add_entry(pool, bytes);
    if (!e) { /* memory is short: what is kept for later goes first */
        drop_free(pool);
        e = add_entry(pool, bytes);
    }
    if (e) {
        e->in_use = true;
        *block = e->block;
    }
    pthread_mutex_unlock(&pool->lock);
    return e ? SUNZI_OK : no_memory(bytes, what);
}

void sunzi_pool_give(sunzi_pool *pool, void *block_address)
{
    void *block;
    memcpy(&block, block_address, sizeof block);
    if (!block)
        return;
    pthread_mutex_lock(&pool->lock);
    for (entry *e = pool->entries; e; e = e->next)
        if (e->block == block)
            e->in_use = false;
    pthread_mutex_unlock(&pool->lock);
    memset(block_address, 0, sizeof block);
}

void sunzi_pool_trim(sunzi_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    drop_free(pool);
    pthread_mutex_unlock(&pool->lock);
}

void sunzi_pool_destroy(sunzi_pool **pool)
{
    if (!*pool)
        return;
    for (entry *e = (*pool)->entries; e; e = e->next)
        e->in_use = false;
    drop_free(*pool);
    pthread_mutex_destroy(&(*pool)->lock);
    sunzi_release(*pool);
    *pool = NULL;
}

size_t sunzi_pool_bytes(sunzi_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    const size_t bytes = pool->bytes;
    pthread_mutex_unlock(&pool->lock);
    return bytes;
}

size_t sunzi_pool_allocations(sunzi_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    const size_t allocations = pool->allocations;
    pthread_mutex_unlock(&pool->lock);
    return allocations;
}
