/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/io/hdf5/sample.h"

#include <stdlib.h>
#include <string.h>

static size_t bytes_of(sunzi_file_type type)
{
    return type == SUNZI_FILE_UINT8                              ? 1
           : type == SUNZI_FILE_FP32 || type == SUNZI_FILE_INT32 ? 4
                                                                 : 8;
}

/* Entry number `place` of an array, as a number of its type. */
static void value(sunzi_file_type type, int64_t place, void *to)
{
    const double f64 = 0.1 * (double)place - 7;
    const float f32 = (float)f64;
    const int32_t i32 = (int32_t)((uint64_t)place * 2654435761u);
    const int64_t i64 =
        (int64_t)((uint64_t)place * UINT64_C(11400714819323198485));
    const uint8_t u8 = (uint8_t)(place * 37);
    const void *from = type == SUNZI_FILE_FP64    ? (const void *)&f64
                       : type == SUNZI_FILE_FP32  ? (const void *)&f32
                       : type == SUNZI_FILE_INT32 ? (const void *)&i32
                       : type == SUNZI_FILE_INT64 ? (const void *)&i64
                                                  : (const void *)&u8;
    memcpy(to, from, bytes_of(type));
}

sample sample_make(const sunzi_file_array *array, int along, int rank,
                   int processes, int ghost)
{
    const int64_t whole = array->size[along];
    const int64_t share = (whole + processes - 1) / processes;
    sample s = {.array = *array, .entries = 1};
    for (int d = 0; d < array->dims; d++) {
        s.block.count[d] = array->size[d];
        if (d == along) {
            int64_t end = (rank + 1) * share;
            s.block.start[d] = rank * share < whole ? rank * share : whole;
            end = end < whole ? end : whole;
            s.block.count[d] = end - s.block.start[d];
        }
        s.block.held[d] = ghost ? s.block.count[d] + 2 * ghost : 0;
        s.block.skip[d] = ghost;
        s.entries *= ghost ? s.block.held[d] : s.block.count[d];
    }
    s.data =
        s.entries ? malloc((size_t)s.entries * bytes_of(array->type)) : NULL;
    return s;
}

/* The place in the array of entry `at` of memory; -1: around the block. */
static int64_t place_of(const sample *s, int64_t at)
{
    int64_t index[SUNZI_FILE_DIMS], place = 0;
    const bool packed = s->block.held[0] == 0;
    for (int d = s->array.dims - 1; d >= 0; d--) {
        const int64_t held = packed ? s->block.count[d] : s->block.held[d];
        index[d] = at % held - (packed ? 0 : s->block.skip[d]);
        at /= held;
        if (index[d] < 0 || index[d] >= s->block.count[d])
            return -1;
    }
    for (int d = 0; d < s->array.dims; d++)
        place = place * s->array.size[d] + s->block.start[d] + index[d];
    return place;
}

void sample_clear(sample *s)
{
    if (s->data)
        memset(s->data, 0xab, (size_t)s->entries * bytes_of(s->array.type));
}

void sample_fill(sample *s)
{
    const size_t bytes = bytes_of(s->array.type);
    sample_clear(s);
    for (int64_t i = 0; i < s->entries; i++) {
        const int64_t place = place_of(s, i);
        if (place >= 0)
            value(s->array.type, place, (char *)s->data + (size_t)i * bytes);
    }
}

bool sample_is_right(const sample *s)
{
    static const unsigned char around[8] = {0xab, 0xab, 0xab, 0xab,
                                            0xab, 0xab, 0xab, 0xab};
    const size_t bytes = bytes_of(s->array.type);
    for (int64_t i = 0; i < s->entries; i++) {
        const int64_t place = place_of(s, i);
        unsigned char expected[8];
        memcpy(expected, around, sizeof expected);
        if (place >= 0)
            value(s->array.type, place, expected);
        if (memcmp((const char *)s->data + (size_t)i * bytes, expected,
                   bytes) != 0)
            return false;
    }
    return true;
}

void sample_free(sample *s)
{
    free(s->data);
    s->data = NULL;
}
