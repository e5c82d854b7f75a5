/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the specification finds an element, and where it packs one. */
#ifndef SUNZI_ENGINES_PORTABLE_LAYOUT_H
#define SUNZI_ENGINES_PORTABLE_LAYOUT_H

#include "engines/engine.h"

static inline double element(const sunzi_vectors *v, int64_t vec, int64_t h)
{
    const int64_t at = vec * v->vector_stride + h * v->element_stride;
    return v->single_precision ? (double)((const float *)v->data)[at]
                               : ((const double *)v->data)[at];
}

/* Byte of element h of vector vec in a packed panel of 8-bit numbers. */
static inline size_t place(sunzi_side side, int64_t vec, int64_t h,
                           int64_t depth_tiles)
{
    const int64_t tile = vec / 16 * depth_tiles + h / 64;
    const int64_t i = vec % 16, d = h % 64;
    const int64_t in =
        side == SUNZI_SIDE_A ? i * 64 + d : d / 4 * 64 + i * 4 + d % 4;
    return (size_t)(tile * SUNZI_TILE_BYTES + in);
}

#endif
