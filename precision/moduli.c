/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables of the Chinese remainder reconstruction, by integer arithmetic only so
 * that every machine builds the same ones. */
#include "precision/moduli.h"

#include <string.h>

static const int32_t list[SUNZI_MODULI_LIST_LENGTH] = {
    256, 255, 253, 251, 247, 241, 239, 233, 229, 227, 223,
    217, 211, 199, 197, 193, 191, 181, 179, 173, 167, 163,
    157, 151, 149, 139, 137, 131, 127, 113, 109, 107};

static void multiply(uint64_t *words, uint64_t factor)
{
    sunzi_u128 carry = 0;
    for (int w = 0; w < SUNZI_MODULI_WORDS; w++) {
        carry += (sunzi_u128)words[w] * factor;
        words[w] = (uint64_t)carry;
        carry >>= 64;
    }
}

static int32_t remainder_of(const uint64_t *words, int32_t p)
{
    sunzi_u128 r = 0;
    for (int w = SUNZI_MODULI_WORDS - 1; w >= 0; w--)
        r = ((r << 64) | words[w]) % (unsigned)p;
    return (int32_t)r;
}

static int32_t inverse_of(int32_t a, int32_t p)
{
    for (int32_t x = 1; x < p; x++)
        if (a * x % p == 1)
            return x;
    return 0; /* never: a and p are coprime */
}

/* floor(2^16 log2 x): the bits of the fraction by repeated squaring of the
 * leading 63 bits, rounded down each time. */
static int32_t log2_16(const uint64_t *words)
{
    int top = SUNZI_MODULI_WORDS * 64 - 1;
    while (!(words[top / 64] >> top % 64 & 1))
        top--;
    uint64_t y = 0; /* x / 2^top with 62 bits of fraction */
    for (int b = 0; b < 63; b++) {
        const int at = top - b;
        y = y << 1 | (at >= 0 ? words[at / 64] >> at % 64 & 1 : 0);
    }
    int32_t log = top;
    for (int b = 0; b < 16; b++) {
        const sunzi_u128 square = (sunzi_u128)y * y >> 62;
        const int carry = square >> 63 != 0;
        y = (uint64_t)(square >> carry);
        log = log << 1 | carry;
    }
    return log;
}

void sunzi_moduli_init(sunzi_moduli *m, int count)
{
    memset(m, 0, sizeof *m);
    m->count = count;
    m->product[0] = 1;
    for (int t = 0; t < count; t++) {
        m->p[t] = list[t];
        multiply(m->product, (uint64_t)list[t]);
    }
    for (int t = 0; t < count; t++) {
        m->cofactor[t][0] = 1;
        for (int s = 0; s < count; s++)
            if (s != t)
                multiply(m->cofactor[t], (uint64_t)list[s]);
        m->inverse[t] =
            inverse_of(remainder_of(m->cofactor[t], list[t]), list[t]);
    }
    m->log2_product_16 = log2_16(m->product);
}
