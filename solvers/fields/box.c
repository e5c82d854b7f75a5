/* SPDX-License-Identifier: BSD-3-Clause */
/* Packing and unpacking of boxes. Contiguous rows are copied one by one, short
 * ones through a block that is converted at once; others in tiles, so that a
 * cache line that was read is used up. */
#include "solvers/fields/box.h"

#include <string.h>

#include "core/integer.h"
#include "precision/wire.h"

/* Cells of a tile, along the row and across rows. Sixteen rows of doubles use
 * up two cache lines at each cell of the row, which are read together; longer
 * tiles lie in the same few lines of the cache where the stride is a power of
 * two. */
enum { TILE_ROW = 32, TILE_ROWS = 16 };

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

int sunzi_field_lanes(const sunzi_engine_ops *engine, const sunzi_field *field,
                      sunzi_lane *lanes)
{
    lanes[0] = (sunzi_lane){.single = field->element != SUNZI_ELEMENT_FP64,
                            .wire = field->wire,
                            .components = field->components,
                            .engine = engine};
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

size_t sunzi_box_row_bytes(const sunzi_lane *lane, const sunzi_box *box)
{
    return stored_bytes(lane) * (size_t)box->count[2];
}

#define COPY(bytes)                                                            \
    case bytes:                                                                \
        for (int64_t i = 0; i < count; i++)                                    \
            memcpy(to + i * to_step, from + i * from_step, bytes);             \
        break

/* `count` pieces of so many bytes at a distance of so many bytes. */
static void copy(int64_t bytes, int64_t count, const char *from,
                 int64_t from_step, char *to, int64_t to_step)
{
    if (from_step == bytes && to_step == bytes) {
        memcpy(to, from, (size_t)(count * bytes));
        return;
    }
    switch (bytes) {
        COPY(4);
        COPY(8);
        COPY(16);
        COPY(32);
        COPY(64);
    default:
        for (int64_t i = 0; i < count; i++)
            memcpy(to + i * to_step, from + i * from_step, (size_t)bytes);
    }
}

static bool as_stored(const sunzi_lane *lane)
{
    return sunzi_lane_bytes(lane) == stored_bytes(lane);
}

/* ---- contiguous rows ---- */

enum { BLOCK_BYTES = 4096, SHORT_BYTES = 1024 };

/* Rows of a plane, `step` bytes apart, and those in a message, which follow
 * each other. Rows that are short are not converted one by one. */
typedef struct rows {
    const sunzi_lane *lane;
    int64_t numbers, stored, packed; /* of a row; its bytes */
    int64_t step;
    int64_t at_once;
} rows;

static rows rows_of(const sunzi_lane *lane, const sunzi_box *box)
{
    const int64_t cell = (int64_t)stored_bytes(lane);
    rows r = {.lane = lane,
              .numbers = box->count[2] * lane->components,
              .stored = box->count[2] * cell,
              .packed = box->count[2] * (int64_t)sunzi_lane_bytes(lane),
              .step = box->stride[1] * cell,
              .at_once = 1};
    if (r.step == r.stored)
        r.at_once = INT64_MAX;
    else if (r.stored && r.stored < SHORT_BYTES)
        r.at_once = BLOCK_BYTES / r.stored;
    return r;
}

static int64_t pack_rows(const rows *r, int64_t count, const char *from,
                         char *to)
{
    char block[BLOCK_BYTES];
    int64_t overflows = 0;
    if (as_stored(r->lane)) {
        copy(r->stored, count, from, r->step, to, r->stored);
        return 0;
    }
    for (int64_t i = 0, n; i < count; i += n) {
        const char *row = from + i * r->step;
        n = sunzi_min64(r->at_once, count - i);
        if (n > 1 && r->step != r->stored) {
            copy(r->stored, n, row, r->step, block, r->stored);
            row = block;
        }
        overflows +=
            sunzi_wire_pack(r->lane->engine, r->lane->single, r->lane->wire,
                            n * r->numbers, row, to + i * r->packed);
    }
    return overflows;
}

static void unpack_rows(const rows *r, int64_t count, const char *from,
                        char *to)
{
    char block[BLOCK_BYTES];
    if (r->lane->zeros) {
        for (int64_t i = 0; i < count; i++)
            memset(to + i * r->step, 0, (size_t)r->stored);
        return;
    }
    if (as_stored(r->lane)) {
        copy(r->stored, count, from, r->stored, to, r->step);
        return;
    }
    for (int64_t i = 0, n; i < count; i += n) {
        char *row = to + i * r->step;
        n = sunzi_min64(r->at_once, count - i);
        const bool scattered = n > 1 && r->step != r->stored;
        sunzi_wire_unpack(r->lane->engine, r->lane->single, r->lane->wire,
                          n * r->numbers, from + i * r->packed,
                          scattered ? block : row);
        if (scattered)
            copy(r->stored, n, block, r->stored, row, r->step);
    }
}

/* ---- rows of cells that are apart ---- */

static int64_t pack_cells(const sunzi_lane *lane, int64_t count,
                          const char *from, int64_t step, char *to)
{
    const int64_t cell = (int64_t)stored_bytes(lane);
    const int64_t packed = (int64_t)sunzi_lane_bytes(lane);
    char row[TILE_ROW * 2 * sizeof(double)];
    int64_t overflows = 0;
    if (packed == cell) {
        copy(cell, count, from, step, to, cell);
        return 0;
    }
    if (count * cell <= (int64_t)sizeof row) {
        copy(cell, count, from, step, row, cell);
        return sunzi_wire_pack(lane->engine, lane->single, lane->wire,
                               count * lane->components, row, to);
    }
    for (int64_t i = 0; i < count; i++)
        overflows +=
            sunzi_wire_pack(lane->engine, lane->single, lane->wire,
                            lane->components, from + i * step, to + i * packed);
    return overflows;
}

/* A tile spans the row and the dimension that is contiguous in the array. */
static int across_of(const sunzi_box *box)
{
    return box->stride[2] != 1 && box->stride[0] == 1 ? 0 : 1;
}

/* Rows from .. to - 1 at index o of the dimension that tiles do not span. */
static int64_t pack_tiles(const sunzi_lane *lane, const sunzi_box *box,
                          int64_t o, int64_t from, int64_t to,
                          const char *array, char *message)
{
    const int64_t cell = (int64_t)stored_bytes(lane);
    const int64_t packed = (int64_t)sunzi_lane_bytes(lane);
    const int across = across_of(box), outer = 1 - across;
    const int64_t place[2] = {box->count[1] * box->count[2], box->count[2]};
    int64_t overflows = 0;
    for (int64_t t = from; t < to; t += TILE_ROWS)
        for (int64_t k = 0; k < box->count[2]; k += TILE_ROW)
            for (int64_t a = t; a < sunzi_min64(t + TILE_ROWS, to); a++) {
                const int64_t at = box->start + o * box->stride[outer] +
                                   a * box->stride[across] + k * box->stride[2];
                const int64_t put = o * place[outer] + a * place[across] + k;
                overflows +=
                    pack_cells(lane, sunzi_min64(TILE_ROW, box->count[2] - k),
                               array + at * cell, box->stride[2] * cell,
                               message + put * packed);
            }
    return overflows;
}

/* ---- boxes ---- */

int64_t sunzi_box_pack(const sunzi_lane *lane, const sunzi_box *box,
                       int64_t from, int64_t to, const void *array,
                       void *message)
{
    const int64_t cell = (int64_t)stored_bytes(lane);
    const int64_t length = box->count[across_of(box)];
    const rows r = rows_of(lane, box);
    int64_t overflows = 0;
    for (int64_t at = from, end; at < to && !lane->zeros; at = end) {
        const int64_t o = at / length, a = at % length;
        end = sunzi_min64(to, (o + 1) * length);
        if (box->stride[2] == 1)
            overflows += pack_rows(
                &r, end - at,
                (const char *)array +
                    (box->start + o * box->stride[0] + a * box->stride[1]) *
                        cell,
                (char *)message + at * r.packed);
        else
            overflows +=
                pack_tiles(lane, box, o, a, a + end - at, array, message);
    }
    return overflows;
}

void sunzi_box_unpack(const sunzi_lane *lane, const sunzi_box *box,
                      int64_t from, int64_t to, const void *message,
                      void *array)
{
    const int64_t cell = (int64_t)stored_bytes(lane);
    const int64_t length = box->count[1];
    const rows r = rows_of(lane, box);
    for (int64_t at = from, end; at < to; at = end) {
        const int64_t i = at / length, j = at % length;
        end = sunzi_min64(to, (i + 1) * length);
        unpack_rows(&r, end - at, (const char *)message + at * r.packed,
                    (char *)array +
                        (box->start + i * box->stride[0] + j * box->stride[1]) *
                            cell);
    }
}

/* ---- from array to array ---- */

/* Cells of a tile of a move are at most so many bytes: in the fastest cache. */
enum { MOVE_BYTES = 16384, MOVE_ROWS = 64 };

static sunzi_box part_of(const sunzi_box *box, const int64_t first[3],
                         const int64_t count[3])
{
    sunzi_box part = *box;
    for (int d = 0; d < 3; d++) {
        part.start += first[d] * box->stride[d];
        part.count[d] = sunzi_min64(count[d], box->count[d] - first[d]);
    }
    return part;
}

static int64_t move_tile(const sunzi_lane *lane, const sunzi_box *source,
                         const void *from, const sunzi_box *target, void *to)
{
    char tile[MOVE_BYTES];
    const int64_t overflows =
        sunzi_box_pack(lane, source, 0, sunzi_box_rows(source), from, tile);
    sunzi_box_unpack(lane, target, 0, sunzi_box_rows(target), tile, to);
    return overflows;
}

/* Contiguous rows of all bits. */
static void move_rows(const sunzi_lane *lane, const sunzi_box *source,
                      const char *from, const sunzi_box *target, char *to)
{
    const int64_t cell = (int64_t)stored_bytes(lane);
    for (int64_t i = 0; i < source->count[0]; i++)
        copy(source->count[2] * cell, source->count[1],
             from + (source->start + i * source->stride[0]) * cell,
             source->stride[1] * cell,
             to + (target->start + i * target->stride[0]) * cell,
             target->stride[1] * cell);
}

int64_t sunzi_box_move(const sunzi_lane *lane, const sunzi_box *source,
                       const void *from, const sunzi_box *target, void *to,
                       int share, int shares)
{
    const int64_t cells = MOVE_BYTES / (int64_t)sunzi_lane_bytes(lane);
    const bool rows = as_stored(lane) && source->stride[2] == 1;
    const int64_t *n = source->count;
    const int across = across_of(source);
    int64_t size[3], overflows = 0;
    size[across] = sunzi_min64(n[across], rows ? MOVE_ROWS : TILE_ROWS);
    size[1 - across] = 1;
    size[2] = rows ? n[2] : sunzi_min64(n[2], cells / size[across]);
    const int64_t columns = (n[1] + size[1] - 1) / size[1];
    const int64_t tiles = (n[0] + size[0] - 1) / size[0] * columns;
    const int64_t begin = tiles * share / shares;
    for (int64_t t = begin; t < tiles * (share + 1) / shares; t++)
        for (int64_t k = 0; k < n[2]; k += size[2]) {
            const int64_t first[3] = {t / columns * size[0],
                                      t % columns * size[1], k};
            const sunzi_box a = part_of(source, first, size);
            const sunzi_box b = part_of(target, first, size);
            if (rows)
                move_rows(lane, &a, from, &b, to);
            else
                overflows += move_tile(lane, &a, from, &b, to);
        }
    return overflows;
}
