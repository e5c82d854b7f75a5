/* SPDX-License-Identifier: BSD-3-Clause */
/* The free space of global heaps (HDF5 File Format Specification 3.0, III.E):
 * HDF5 writes it as it finds it in memory, unless it was built to clear its
 * buffers. Here it becomes zero, so that the bytes of a file are the same in
 * every run. */
#include <string.h>

#include "io/hdf5/file.h"

enum {
    HEAP_HEAD = 16, /* signature, version, 3 zeros, size */
    OBJECT_HEAD = 16,
    HEAP_LEAST = 4096
};

static int64_t number(const unsigned char *at, int bytes)
{
    uint64_t n = 0;
    while (bytes-- > 0)
        n = n << 8 | at[bytes];
    return (int64_t)n;
}

/* Bytes of the heap that begins at `at`, of `left` that there are; 0: no heap.
 */
static int64_t heap_bytes(const unsigned char *at, int64_t left)
{
    static const unsigned char head[8] = {'G', 'C', 'O', 'L', 1, 0, 0, 0};
    if (left < HEAP_LEAST || memcmp(at, head, sizeof head) != 0)
        return 0;
    const int64_t bytes = number(at + 8, 8);
    return bytes >= HEAP_LEAST && bytes <= left ? bytes : 0;
}

/* Objects follow each other; number 0 is the free space, to the end. */
static void clear_heap(unsigned char *heap, int64_t bytes)
{
    int64_t at = HEAP_HEAD;
    while (at + OBJECT_HEAD <= bytes && number(heap + at, 2) != 0) {
        const int64_t size = number(heap + at + 8, 8);
        if (size < 0 || size > bytes - at - OBJECT_HEAD)
            return; /* no heap after all */
        at += OBJECT_HEAD + (size + 7) / 8 * 8;
    }
    if (at + OBJECT_HEAD <= bytes)
        at += OBJECT_HEAD;
    if (at < bytes)
        memset(heap + at, 0, (size_t)(bytes - at));
}

void sunzi_hdf5_clear_heaps(unsigned char *data, int64_t bytes)
{
    for (int64_t at = 0, heap; at < bytes; at += heap ? heap : 1) {
        heap = heap_bytes(data + at, bytes - at);
        if (heap)
            clear_heap(data + at, heap);
    }
}
