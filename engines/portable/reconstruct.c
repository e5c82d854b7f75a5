/* SPDX-License-Identifier: BSD-3-Clause */
/* Integers from their residues (Chinese remainder theorem), rounded once to
 * FP64. */
#include "engines/portable/kernels.h"

#include <math.h>
#include <string.h>

enum { WORDS = SUNZI_MODULI_WORDS + 1 };

static int compare(const uint64_t *x, const uint64_t *y)
{
    for (int w = WORDS - 1; w >= 0; w--)
        if (x[w] != y[w])
            return x[w] > y[w] ? 1 : -1;
    return 0;
}

static void add_product(uint64_t *sum, const uint64_t *words, uint64_t factor)
{
    sunzi_u128 carry = 0;
    for (int w = 0; w < WORDS; w++) {
        carry += (sunzi_u128)(w < SUNZI_MODULI_WORDS ? words[w] : 0) * factor +
                 sum[w];
        sum[w] = (uint64_t)carry;
        carry >>= 64;
    }
}

static void subtract(uint64_t *x, const uint64_t *y)
{
    uint64_t borrow = 0;
    for (int w = 0; w < WORDS; w++) {
        const sunzi_u128 d = (sunzi_u128)x[w] - y[w] - borrow;
        x[w] = (uint64_t)d;
        borrow = d >> 64 != 0;
    }
}

static uint64_t bits_at(const uint64_t *x,
                        int from) /* 64 bits from bit `from` */
{
    const int w = from / 64, s = from % 64;
    uint64_t v = w < WORDS ? x[w] >> s : 0;
    if (s && w + 1 < WORDS)
        v |= x[w + 1] << (64 - s);
    return v;
}

/* Nonnegative integer x 2^scale, rounded once to nearest even. */
static double round_words(const uint64_t *x, int scale)
{
    int top = WORDS * 64 - 1;
    while (top >= 0 && !(x[top / 64] >> top % 64 & 1))
        top--;
    if (top < 0)
        return 0;
    /* bits below `cut` are rounded away: 53 bits stay, fewer if subnormal */
    int cut = top - 52;
    if (cut + scale < -1074)
        cut = -1074 - scale;
    if (cut <= 0)
        return ldexp((double)x[0], scale);
    if (cut > top + 1)
        return 0;
    uint64_t kept = bits_at(x, cut);
    const int half = (int)(x[(cut - 1) / 64] >> (cut - 1) % 64 & 1);
    int below = 0;
    for (int b = 0; b < cut - 1 && !below; b++)
        below = (int)(x[b / 64] >> b % 64 & 1);
    kept += (uint64_t)(half && (below || (kept & 1)));
    return ldexp((double)kept, scale + cut);
}

double sunzi_portable_reconstruct_one(const sunzi_moduli *m, const uint8_t *r,
                                      size_t plane_stride, int scale)
{
    uint64_t c[WORDS] = {0}, product[WORDS] = {0}, twice[WORDS];
    memcpy(product, m->product, sizeof m->product);
    for (int t = 0; t < m->count; t++)
        add_product(
            c, m->cofactor[t],
            (uint64_t)(r[(size_t)t * plane_stride] * m->inverse[t] % m->p[t]));
    while (compare(c, product) >= 0)
        subtract(c, product);
    memset(twice, 0, sizeof twice);
    add_product(twice, c, 2);
    if (compare(twice, product) <= 0)
        return round_words(c, scale);
    subtract(product, c);
    return -round_words(product, scale);
}

void sunzi_portable_reconstruct(const sunzi_moduli *m, int rows, int cols,
                                const uint8_t *r, size_t plane_stride,
                                size_t r_stride, const int32_t *row_shift,
                                const int32_t *col_shift, double *v,
                                int64_t v_stride)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++)
            v[i * v_stride + j] = sunzi_portable_reconstruct_one(
                m, r + (size_t)i * r_stride + (size_t)j, plane_stride,
                -(row_shift[i] + col_shift[j]));
}
