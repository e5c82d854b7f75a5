/* SPDX-License-Identifier: BSD-3-Clause */
/* The free space of global heaps (HDF5 File Format Specification 3.0, III.E):
 * HDF5 writes it as it finds it in memory, unless it was built to clear its
 * buffers. Here it becomes zero, so that the bytes of a file are the same in
 * every run. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
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

/* Bytes [begin, end) of the file, which belong to no array. */
static bool clear_range(int descriptor, int64_t begin, int64_t end)
{
    void *block = NULL;
    const size_t bytes = (size_t)(end - begin);
    bool good;
    if (end - begin < HEAP_LEAST)
        return true;
    if (sunzi_allocate(bytes, "metadata of a file", &block) < 0) {
        errno = ENOMEM;
        return false;
    }
    unsigned char *data = block;
    ssize_t got = pread(descriptor, data, bytes, begin);
    good = got >= 0;
    for (int64_t at = 0; good && at < got; at++) {
        const int64_t heap = heap_bytes(data + at, got - at);
        if (heap == 0)
            continue;
        clear_heap(data + at, heap);
        good = pwrite(descriptor, data + at, (size_t)heap, begin + at) == heap;
        at += heap - 1;
    }
    sunzi_release(block);
    return good;
}

/* The first array at or after `from`; NULL: none. */
static const sunzi_hdf5_array *next_array(const sunzi_file *file, int64_t from)
{
    const sunzi_hdf5_array *next = NULL;
    for (int i = 0; i < file->count; i++) {
        const sunzi_hdf5_array *a = &file->arrays[i];
        if (a->place >= from && (!next || a->place < next->place))
            next = a;
    }
    return next;
}

bool sunzi_hdf5_clear_heaps(const sunzi_file *file, int descriptor)
{
    const int64_t end = lseek(descriptor, 0, SEEK_END);
    const sunzi_hdf5_array *a;
    int64_t at = 0;
    while ((a = next_array(file, at))) {
        if (!clear_range(descriptor, at, a->place))
            return false;
        at = a->place + a->bytes;
    }
    return end < 0 ? false : clear_range(descriptor, at, end);
}
