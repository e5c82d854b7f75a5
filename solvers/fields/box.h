/* SPDX-License-Identifier: BSD-3-Clause */
/* Boxes of cells on their way between a local array and a message. */
#ifndef SUNZI_SOLVERS_FIELDS_BOX_H
#define SUNZI_SOLVERS_FIELDS_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sunzi/field.h>

#include "core/status.h"
#include "engines/engine.h"

/* Cells of a grid, with its halo: numbers of them do not overflow. */
#define SUNZI_FIELD_CELLS_MAX (INT64_C(1) << 50)

/* One array of a field. */
typedef struct sunzi_lane {
    bool single; /* stored as FP32, else as FP64 */
    bool zeros;  /* nothing travels, zeros arrive: low parts */
    sunzi_wire wire;
    int components;
    const sunzi_engine_ops *engine; /* that converts */
} sunzi_lane;

/* SUNZI_ERR_ARG with a sentence that names `function`. */
sunzi_status sunzi_field_check(const char *function, const sunzi_field *field);

/* One or two lanes. */
int sunzi_field_lanes(const sunzi_engine_ops *engine, const sunzi_field *field,
                      sunzi_lane *lanes);

/* Bytes of a cell, as it travels. */
size_t sunzi_lane_bytes(const sunzi_lane *lane);

/* Cells (i, j, k), i < count[0] and so on, at start + i stride[0] + j stride[1]
 * + k stride[2], in cells. In a message they follow each other, k the fastest.
 */
typedef struct sunzi_box {
    int64_t start, count[3], stride[3];
} sunzi_box;

static inline int64_t sunzi_box_rows(const sunzi_box *box)
{
    return box->count[0] * box->count[1];
}

static inline int64_t sunzi_box_cells(const sunzi_box *box)
{
    return sunzi_box_rows(box) * box->count[2];
}

/* Bytes of a row where it is stored. */
size_t sunzi_box_row_bytes(const sunzi_lane *lane, const sunzi_box *box);

/* Rows from .. to - 1 of a box, in the order in which it is best packed (from 0
 * to sunzi_box_rows: all); message: of the whole box. Returned: how many finite
 * values became infinite. */
int64_t sunzi_box_pack(const sunzi_lane *lane, const sunzi_box *box,
                       int64_t from, int64_t to, const void *array,
                       void *message);

/* stride[2] is 1. */
void sunzi_box_unpack(const sunzi_lane *lane, const sunzi_box *box,
                      int64_t from, int64_t to, const void *message,
                      void *array);

/* Largest cell, as it travels, that sunzi_box_move takes. */
enum { SUNZI_BOX_MOVE_BYTES = 1024 };

/* Cells of a box to those of a box of another array, rounded as if they had
 * travelled; `share` of `shares` of them. target->stride[2] is 1; counts are
 * equal. Returned: as sunzi_box_pack. */
int64_t sunzi_box_move(const sunzi_lane *lane, const sunzi_box *source,
                       const void *from, const sunzi_box *target, void *to,
                       int share, int shares);

#endif
