/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks, the workspace pool, and injected failures. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "core/memory.h"

#ifdef __SANITIZE_ADDRESS__
/* AddressSanitizer asks this function for its options: sizes that no machine
 * has shall give NULL as the C library does, and not end the process. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}
#endif

enum { MIB = 1 << 20 };

static void blocks_are_aligned(void **state)
{
    (void)state;
    static const size_t sizes[] = {
        0, 1, 63, 64, 65, 4097, 2 * MIB - 1, 2 * MIB, 2 * MIB + 1, 5 * MIB};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *block = NULL;
        assert_int_equal(sunzi_allocate(sizes[i], "test", &block), SUNZI_OK);
        const size_t alignment = sizes[i] >= 2 * MIB ? 2 * MIB : 64;
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % alignment, 0);
        memset(block, 0xAA, sizes[i]);
        sunzi_release(block);
    }
    sunzi_release(NULL);
}

static void impossible_sizes(void **state)
{
    (void)state;
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 2 * MIB,
                                   SIZE_MAX / 2};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *block = &block;
        assert_int_equal(sunzi_allocate(sizes[i], "giant thing", &block),
                         SUNZI_ERR_NOMEM);
        assert_ptr_equal(block, &block);
        assert_non_null(strstr(sunzi_last_message(), "giant thing"));
    }
}

static void size_products(void **state)
{
    (void)state;
    assert_int_equal(sunzi_size_product(3, 5, 7), 105);
    assert_int_equal(sunzi_size_product(0, SIZE_MAX, 2), 0);
    assert_int_equal(sunzi_size_product(SIZE_MAX, 1, 1), SIZE_MAX);
    assert_int_equal(sunzi_size_product(SIZE_MAX / 2, 3, 1), SIZE_MAX);
    assert_int_equal(sunzi_size_product((size_t)1 << 31, (size_t)1 << 31, 8),
                     SIZE_MAX);
}

static void pool_keeps_blocks(void **state)
{
    (void)state;
    sunzi_pool *pool;
    void *a = NULL, *b = NULL, *c = NULL;
    assert_int_equal(sunzi_pool_create(&pool), SUNZI_OK);
    assert_int_equal(sunzi_pool_bytes(pool), 0);
    assert_int_equal(sunzi_pool_take(pool, 1000, "a", &a), SUNZI_OK);
    assert_int_equal(sunzi_pool_take(pool, 3000, "b", &b), SUNZI_OK);
    assert_ptr_not_equal(a, b);
    memset(a, 1, 1000);
    memset(b, 2, 3000);
    void *const old_a = a, *const old_b = b;
    assert_int_equal(sunzi_pool_allocations(pool), 2);
    sunzi_pool_give(pool, &a);
    sunzi_pool_give(pool, &b);
    assert_null(a);
    assert_null(b);
    sunzi_pool_give(pool, &a); /* a pointer to NULL */
    /* the smallest block that is large enough */
    assert_int_equal(sunzi_pool_take(pool, 900, "c", &c), SUNZI_OK);
    assert_ptr_equal(c, old_a);
    assert_int_equal(sunzi_pool_take(pool, 900, "a", &a), SUNZI_OK);
    assert_ptr_equal(a, old_b);
    assert_int_equal(sunzi_pool_allocations(pool), 2);
    assert_int_equal(sunzi_pool_take(pool, 900, "b", &b), SUNZI_OK);
    assert_int_equal(sunzi_pool_allocations(pool), 3);
    assert_int_equal(sunzi_pool_bytes(pool), 4900);
    sunzi_pool_give(pool, &c);
    sunzi_pool_trim(pool); /* not what is in use */
    assert_int_equal(sunzi_pool_bytes(pool), 3900);
    sunzi_pool_give(pool, &a);
    sunzi_pool_give(pool, &b);
    sunzi_pool_trim(pool);
    assert_int_equal(sunzi_pool_bytes(pool), 0);
    sunzi_pool_destroy(&pool);
    assert_null(pool);
    sunzi_pool_destroy(&pool);
}

static void injected_failures(void **state)
{
    (void)state;
    sunzi_pool *pool;
    void *block = NULL;
    assert_int_equal(sunzi_pool_create(&pool), SUNZI_OK);
    assert_int_equal(sunzi_pool_take(pool, 100, "x", &block), SUNZI_OK);
    sunzi_pool_give(pool, &block);
    sunzi_memory_fail_after(2);
    assert_int_equal(sunzi_memory_requests(), 0);
    assert_int_equal(sunzi_pool_take(pool, 100, "x", &block), SUNZI_OK);
    sunzi_pool_give(pool, &block);
    /* a request that a kept block could serve fails as well, once */
    assert_int_equal(sunzi_pool_take(pool, 100, "lost", &block),
                     SUNZI_ERR_NOMEM);
    assert_null(block);
    assert_non_null(strstr(sunzi_last_message(), "lost: 100 bytes"));
    assert_int_equal(sunzi_pool_take(pool, 100, "x", &block), SUNZI_OK);
    assert_int_equal(sunzi_memory_requests(), 3);
    sunzi_pool_give(pool, &block);
    sunzi_memory_fail_after(1);
    assert_int_equal(sunzi_allocate(8, "x", &block), SUNZI_ERR_NOMEM);
    assert_int_equal(sunzi_allocate(8, "x", &block), SUNZI_OK);
    sunzi_release(block);
    sunzi_memory_fail_after(1);
    sunzi_pool *other = pool;
    assert_int_equal(sunzi_pool_create(&other), SUNZI_ERR_NOMEM);
    assert_ptr_equal(other, pool);
    sunzi_memory_fail_after(-1);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(sunzi_allocate(8, "x", &block), SUNZI_OK);
        sunzi_release(block);
    }
    sunzi_pool_destroy(&pool);
}

/* Blocks that are kept make room when memory is short. */
static void short_memory_empties_the_pool(void **state)
{
    (void)state;
    sunzi_pool *pool;
    void *block = NULL;
    assert_int_equal(sunzi_pool_create(&pool), SUNZI_OK);
    assert_int_equal(sunzi_pool_take(pool, 1000, "kept", &block), SUNZI_OK);
    sunzi_pool_give(pool, &block);
    assert_int_equal(sunzi_pool_take(pool, SIZE_MAX / 2, "giant", &block),
                     SUNZI_ERR_NOMEM);
    assert_null(block);
    assert_int_equal(sunzi_pool_bytes(pool), 0);
    assert_int_equal(sunzi_pool_take(pool, 1000, "again", &block), SUNZI_OK);
    sunzi_pool_give(pool, &block);
    sunzi_pool_destroy(&pool);
}

enum { THREADS = 4, ROUNDS = 2000 };

static void *take_and_give(void *pool)
{
    for (int i = 0; i < ROUNDS; i++) {
        const size_t bytes = 64 + 64 * (size_t)(i % 7);
        void *block;
        if (sunzi_pool_take(pool, bytes, "thread", &block) != SUNZI_OK)
            return pool;
        unsigned char *p = block;
        memset(p, i & 0xFF, bytes);
        for (size_t k = 0; k < bytes; k++)
            if (p[k] != (unsigned char)(i & 0xFF))
                return pool; /* somebody else holds it, too */
        sunzi_pool_give(pool, &block);
    }
    return NULL;
}

static void many_threads(void **state)
{
    (void)state;
    sunzi_pool *pool;
    pthread_t threads[THREADS];
    assert_int_equal(sunzi_pool_create(&pool), SUNZI_OK);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, pool),
                         0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_in_range(sunzi_pool_allocations(pool), 1, 7 * THREADS);
    sunzi_pool_destroy(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_aligned),
        cmocka_unit_test(impossible_sizes),
        cmocka_unit_test(size_products),
        cmocka_unit_test(pool_keeps_blocks),
        cmocka_unit_test(injected_failures),
        cmocka_unit_test(short_memory_empties_the_pool),
        cmocka_unit_test(many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
