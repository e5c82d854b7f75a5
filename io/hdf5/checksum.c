/* SPDX-License-Identifier: BSD-3-Clause */
/* Position-keyed checksums of arrays. The mixing function is the finalizer of
 * SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014). */
#include "io/hdf5/checksum.h"

#include <stdbool.h>
#include <string.h>

#include "io/hdf5/file.h"

static const uint64_t GOLDEN = UINT64_C(0x9e3779b97f4a7c15);

static inline uint64_t mixed(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* `count` neighbouring entries, the first one at place `first`. */
#define ROW(NAME, TYPE)                                                        \
    static uint64_t NAME(const char *data, uint64_t first, int64_t count)      \
    {                                                                          \
        uint64_t sum = 0;                                                      \
        for (int64_t i = 0; i < count; i++) {                                  \
            TYPE bits;                                                         \
            memcpy(&bits, data + i * (int64_t)sizeof bits, sizeof bits);       \
            sum += mixed((first + 1 + (uint64_t)i) * GOLDEN ^ bits);           \
        }                                                                      \
        return sum;                                                            \
    }
ROW(row_of_8, uint64_t)
ROW(row_of_4, uint32_t)
ROW(row_of_1, uint8_t)
#undef ROW

static uint64_t row(sunzi_file_type type, const char *data, uint64_t first,
                    int64_t count)
{
    switch (type) {
    case SUNZI_FILE_FP64:
    case SUNZI_FILE_INT64:
        return row_of_8(data, first, count);
    case SUNZI_FILE_FP32:
    case SUNZI_FILE_INT32:
        return row_of_4(data, first, count);
    case SUNZI_FILE_UINT8:
        break;
    }
    return row_of_1(data, first, count);
}

/* Go to the next row: the indices of the dimensions but the last, slowest
 * first; false after the last row. */
static bool next_row(const int64_t *count, int dims, int64_t *index)
{
    for (int d = dims - 2; d >= 0; d--) {
        if (++index[d] < count[d])
            return true;
        index[d] = 0;
    }
    return false;
}

uint64_t sunzi_checksum_block(const sunzi_file_array *array,
                              const sunzi_block *block, const void *data)
{
    const int last = array->dims - 1;
    const int64_t bytes = (int64_t)sunzi_file_type_bytes(array->type);
    int64_t index[SUNZI_FILE_DIMS] = {0};
    uint64_t sum = 0;
    for (int d = 0; d < array->dims; d++)
        if (block->count[d] == 0)
            return 0;
    do {
        int64_t place = 0, at = 0; /* in the array, in memory */
        for (int d = 0; d <= last; d++) {
            const bool packed = block->held[0] == 0;
            place = place * array->size[d] + block->start[d] + index[d];
            at = at * (packed ? block->count[d] : block->held[d]) + index[d] +
                 (packed ? 0 : block->skip[d]);
        }
        sum += row(array->type, (const char *)data + at * bytes,
                   (uint64_t)place, block->count[last]);
    } while (next_row(block->count, array->dims, index));
    return sum;
}
