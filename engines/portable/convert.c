/* SPDX-License-Identifier: BSD-3-Clause */
/* Scaled integers of an operand and their residues, packed. */
#include "engines/portable/kernels.h"

#include <math.h>
#include <string.h>

#include "engines/portable/layout.h"

/* x 2^scale rounded to the nearest integer (ties to even) is m 2^*power. */
static int64_t to_integer(double x, int scale, int *power)
{
    int e;
    const double fraction = frexp(x, &e); /* x = fraction 2^e, [1/2, 1) */
    const int64_t m = (int64_t)ldexp(fraction, 53);
    const int exponent = e - 53 + scale;
    *power = exponent > 0 ? exponent : 0;
    if (exponent >= 0 || m == 0)
        return m;
    /* |x 2^scale| < 2^53: rint is exact and rounds to nearest even */
    return (int64_t)rint(ldexp(fraction, e + scale < -2 ? -2 : e + scale));
}

static int32_t modulo(int64_t x, int power, int32_t p)
{
    int64_t r = x % p;
    for (int left = power; left > 0;) {
        const int step = left < 48 ? left : 48;
        r = r * ((INT64_C(1) << step) % p) % p;
        left -= step;
    }
    return (int32_t)(r < 0 ? r + p : r);
}

void sunzi_portable_convert(const sunzi_vectors *v, const int32_t *inner,
                            const int32_t *shift, const uint8_t *skip,
                            const sunzi_moduli *m, sunzi_side side,
                            uint8_t *out, size_t modulus_stride)
{
    const int64_t depth_tiles = (v->depth + 63) / 64;
    const int64_t groups = (v->count + 15) / 16;
    for (int t = 0; t < m->count; t++)
        memset(out + (size_t)t * modulus_stride, 0,
               (size_t)(groups * depth_tiles) * SUNZI_TILE_BYTES);
    for (int64_t vec = 0; vec < v->count; vec++) {
        if (skip && skip[vec])
            continue;
        for (int64_t h = 0; h < v->depth; h++) {
            int power;
            const double x = element(v, vec, h);
            if (x == 0)
                continue;
            const int64_t n =
                to_integer(x, (inner ? inner[h] : 0) + shift[vec], &power);
            uint8_t *at = out + place(side, vec, h, depth_tiles);
            for (int t = 0; t < m->count; t++) {
                const int32_t p = m->p[t];
                int32_t r = modulo(n, power, p);
                if (side == SUNZI_SIDE_B && r > (p - 1) / 2)
                    r -= p;
                at[(size_t)t * modulus_stride] = (uint8_t)r;
            }
        }
    }
}
