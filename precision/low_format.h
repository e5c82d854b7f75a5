/* SPDX-License-Identifier: BSD-3-Clause */
/* Packed operands of the low-precision updates, C -= A B with FP32 C.
 *
 * Tiles as in engines/engine.h. BF16 and FP16: 32 numbers of 16 bits in a
 * tile's depth; side A tile[vector 16][32], side B tile[pair 16][vector 16][2].
 *   BF16  nearest even, subnormals become zero; scale[v] = 0
 *   FP16  nearest even, overflow to infinity; scale[v] = 0
 * INT8: 64 numbers in a tile's depth; vector v has the exponent
 *   scale[v] = e, max |x_h| in [2^(e-1), 2^e) (0 for a vector of zeros;
 *   SUNZI_LOW_SPECIAL and slices of zero where an x_h is not finite: the power
 * of two below is then infinite, and its row or column of C becomes NaN), and
 * each number three signed slices: q = nearest even of x 2^(20-e), |q| <= 2^20,
 *   s0 = (q + 2^13) >> 14 in [-64, 64],  r = q - 2^14 s0,
 *   s1 = (r + 64) >> 7    in [-64, 64],  s2 = r - 2^7 s1 in [-64, 63].
 * A group of 16 vectors is [depth tiles of s0][those of s1][those of s2], so
 * that its stride is 3 depth_tiles * 1024 bytes. With exact integer sums p0 =
 * sum s0 s0',  p1 = sum (s0 s1' + s1 s0'), p2 = sum (s0 s2' + s1 s1' + s2 s0')
 * an update is, in FP32 arithmetic rounded to nearest,
 *   t = fma(128, fma(128, float(p0), float(p1)), float(p2)),
 *   c = fma(-2^(e_a + e_b - 26), t, c).
 * Six products of the eight-bit unit for factors of FP32 class: error of one
 * product a b, relative to 2^(e_a + e_b), at most 2^-20 from the rounding to q
 * and 2^-20 from the omitted slices (after K. Ozaki et al., Numer. Algorithms
 * 59 (2012) 95). */
#ifndef SUNZI_PRECISION_LOW_FORMAT_H
#define SUNZI_PRECISION_LOW_FORMAT_H

#include <stdint.h>

#include "engines/engine.h"

__extension__ typedef _Float16 sunzi_half;

/* INT8 sums stay below 2^31 up to this depth: 3 * 64 * 192 * 2^15 < 2^31 (192:
 * a slice biased to unsigned). A multiple of both tile depths. */
enum { SUNZI_LOW_DEPTH_MAX = 1 << 15, SUNZI_LOW_SPECIAL = 1 << 20 };

static inline int sunzi_low_tile_depth(sunzi_low_format format)
{
    return format == SUNZI_LOW_INT8 ? SUNZI_TILE_DEPTH8 : SUNZI_TILE_DEPTH16;
}

static inline int sunzi_low_slices(sunzi_low_format format)
{
    return format == SUNZI_LOW_INT8 ? 3 : 1;
}

#endif
