/* SPDX-License-Identifier: BSD-3-Clause */
/* The AMX instructions that the kernels use, by the numbers of their tile
 * registers (literal 0 .. 7). The kernels use nothing else, so that a model of
 * the tile registers can take this header's place on a CPU without AMX:
 * tests/engines/tile_model.h, which defines the same names and this guard.
 *
 * A kernel brings all eight registers to 16 rows of 64 bytes with TILE_BEGIN
 * and leaves them released with TILE_END, both some ten cycles: the calling
 * convention makes the tile state volatile across calls, so a caller that uses
 * AMX itself configures again after calling the library, and no thread needs a
 * preparation. */
#ifndef SUNZI_ENGINES_AMX_TILE_H
#define SUNZI_ENGINES_AMX_TILE_H

#include <immintrin.h>
#include <stdint.h>

/* The operand of ldtilecfg (Intel SDM, palette 1). Static, and named as a whole
 * in the asm statement: the _tile_loadconfig of gcc 12 shows the compiler eight
 * of its bytes only. */
typedef struct tile_config {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_config;

static const tile_config tile_full_config = {
    .palette = 1,
    .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};

#define TILE_BEGIN() __asm__ volatile("ldtilecfg %0" ::"m"(tile_full_config))
#define TILE_END()   _tile_release()

#define TILE_ZERO(t)               _tile_zero(t)
#define TILE_LOAD(t, base, stride) _tile_loadd(t, base, stride)
/* with the hint that the data will not be used again soon */
#define TILE_STREAM(t, base, stride) _tile_stream_loadd(t, base, stride)
#define TILE_STORE(t, base, stride)  _tile_stored(t, base, stride)

/* c += a b; sides A and B as in engines/engine.h */
#define TILE_DOT_U8_S8(c, a, b) _tile_dpbusd(c, a, b)
#define TILE_DOT_S8_S8(c, a, b) _tile_dpbssd(c, a, b)
#define TILE_DOT_BF16(c, a, b)  _tile_dpbf16ps(c, a, b)
/* tdpfp16ps (AMX-FP16), by its bytes: gcc 12 does not know it.
 * VEX.128.F2.0F38.W0 5C 11:ccc:aaa, b in vvvv */
#define TILE_DOT_FP16(c, a, b)                                                 \
    __asm__ volatile(".byte 0xc4, 0xe2, 0x7b - 8 * " #b                        \
                     ", 0x5c, 0xc0 + 8 * " #c " + " #a)

#endif
