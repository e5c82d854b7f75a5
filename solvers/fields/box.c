/* SPDX-License-Identifier: BSD-3-Clause */
/* Packing and unpacking of boxes, row by row where rows are contiguous, else in
 * tiles so that a cache line that was read is used up. */
#include "solvers/fields/box.h"

#include <string.h>

#include "precision/wire.h"

/* Cells of a tile, along the row and across rows. Eight rows of doubles use up
 * each cache line that is read; longer rows would lie in the same few lines of
 * the cache where the stride is a power of two. */
enum { TILE_ROW = 16, TILE_ROWS = 8 };

void sunzi_field_init(sunzi_field *field)
{
    *field = (sunzi_field){SUNZI_ELEMENT_FP64, SUNZI_WIRE_STORED, 1};
}

sunzi_status sunzi_field_check(const char *function, const sunzi_field *field)
{
    if ((unsigned)field->element > SUNZI_ELEMENT_FP32_PAIR)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: element = %d, allowed: SUNZI_ELEMENT_FP64, "
                          "_FP32, _FP32_PAIR (0, 1, 2)",
                          function, (int)field->element);
    if ((unsigned)field->wire > SUNZI_WIRE_BF16)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: wire = %d, allowed: SUNZI_WIRE_STORED, _FP32, "
                          "_FP16, _BF16 (0 to 3)",
                          function, (int)field->wire);
    if (field->components < 1 || field->components > SUNZI_COMPONENTS_MAX)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: components = %d, allowed: 1 to %d; "
                          "sunzi_field_init sets 1",
                          function, field->components, SUNZI_COMPONENTS_MAX);
    return SUNZI_OK;
}

int sunzi_field_lanes(const sunzi_field *field, sunzi_lane *lanes)
{
    lanes[0] = (sunzi_lane){.single = field->element != SUNZI_ELEMENT_FP64,
                            .wire = field->wire,
                            .components = field->components};
    if (field->element != SUNZI_ELEMENT_FP32_PAIR)
        return 1;
    lanes[1] = lanes[0];
    lanes[1].zeros = field->wire != SUNZI_WIRE_STORED;
    return 2;
}

size_t sunzi_lane_bytes(const sunzi_lane *lane)
{
    if (lane->zeros)
        return 0;
    return sunzi_wire_bytes(lane->single, lane->wire) *
           (size_t)lane->components;
}

static size_t stored_bytes(const sunzi_lane *lane)
{
    return (lane->single ? sizeof(float) : sizeof(double)) *
           (size_t)lane->components;
}

#define GATHER(bytes)                                                          \
    case bytes:                                                                \
        for (int64_t i = 0; i < count; i++)                                    \
            memcpy(to + i * bytes, from + i * stride * bytes, bytes);          \
        break

/* `count` cells at a distance of `stride` cells, put together. */
static void gather(int64_t cell_bytes, int64_t count, const char *from,
                   int64_t stride, char *to)
{
    switch (cell_bytes) {
        GATHER(4);
        GATHER(8);
        GATHER(16);
    default:
        for (int64_t i = 0; i < count; i++)
            memcpy(to + i * cell_bytes, from + i * stride * cell_bytes,
                   (size_t)cell_bytes);
    }
}

static int64_t pack_row(const sunzi_lane *lane, int64_t count, const char *from,
                        int64_t stride, char *to)
{
    const int64_t cell = (int64_t)stored_bytes(lane);
    const int64_t packed = (int64_t)sunzi_lane_bytes(lane);
    char row[TILE_ROW * 2 * sizeof(double)];
    int64_t overflows = 0;
    if (stride == 1)
        return sunzi_wire_pack(lane->single, lane->wire,
                               count * lane->components, from, to);
    if (packed == cell) {
        gather(cell, count, from, stride, to);
        return 0;
    }
    if (count * cell <= (int64_t)sizeof row) {
        gather(cell, count, from, stride, row);
        return sunzi_wire_pack(lane->single, lane->wire,
                               count * lane->components, row, to);
    }
    for (int64_t i = 0; i < count; i++)
        overflows += sunzi_wire_pack(lane->single, lane->wire, lane->components,
                                     from + i * stride * cell, to + i * packed);
    return overflows;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t sunzi_box_pack(const sunzi_lane *lane, const sunzi_box *box,
                       const void *array, void *message)
{
    const int64_t cell = (int64_t)stored_bytes(lane);
    const int64_t packed = (int64_t)sunzi_lane_bytes(lane);
    /* tiles span the row and the dimension that is contiguous in the array */
    const int across = box->stride[0] == 1 ? 0 : 1, outer = 1 - across;
    const bool rows = box->stride[2] == 1;
    const int64_t length = rows ? box->count[2] : TILE_ROW;
    const int64_t tile = rows ? 1 : TILE_ROWS;
    const int64_t place[2] = {box->count[1] * box->count[2], box->count[2]};
    int64_t overflows = 0;
    if (lane->zeros)
        return 0;
    for (int64_t o = 0; o < box->count[outer]; o++)
        for (int64_t t = 0; t < box->count[across]; t += tile)
            for (int64_t k = 0; k < box->count[2]; k += length)
                for (int64_t a = t; a < least(t + tile, box->count[across]);
                     a++) {
                    const int64_t at = box->start + o * box->stride[outer] +
                                       a * box->stride[across] +
                                       k * box->stride[2];
                    const int64_t to = o * place[outer] + a * place[across] + k;
                    overflows +=
                        pack_row(lane, least(length, box->count[2] - k),
                                 (const char *)array + at * cell,
                                 box->stride[2], (char *)message + to * packed);
                }
    return overflows;
}

void sunzi_box_unpack(const sunzi_lane *lane, const sunzi_box *box,
                      const void *message, void *array)
{
    const size_t cell = stored_bytes(lane);
    const size_t row = sunzi_lane_bytes(lane) * (size_t)box->count[2];
    const char *from = message;
    for (int64_t i = 0; i < box->count[0]; i++)
        for (int64_t j = 0; j < box->count[1]; j++) {
            char *to =
                (char *)array +
                (size_t)(box->start + i * box->stride[0] + j * box->stride[1]) *
                    cell;
            if (lane->zeros)
                memset(to, 0, cell * (size_t)box->count[2]);
            else
                sunzi_wire_unpack(lane->single, lane->wire,
                                  box->count[2] * lane->components, from, to);
            from += row;
        }
}
