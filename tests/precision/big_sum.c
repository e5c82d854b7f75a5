/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/precision/big_sum.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { LOWEST = -2200, BITS = 16 * BIG_WORDS };

void big_clear(big_sum *a)
{
    memset(a, 0, sizeof *a);
}

static void negate(big_sum *a)
{
    uint32_t carry = 1;
    for (int i = 0; i < BIG_WORDS; i++) {
        carry += (uint16_t)~a->word[i];
        a->word[i] = (uint16_t)carry;
        carry >>= 16;
    }
}

static bool bit(const big_sum *a, int at)
{
    return at >= 0 && at < BITS && (a->word[at / 16] >> at % 16 & 1);
}

/* a += m 2^exponent, bit by bit */
static void add_bits(big_sum *a, uint64_t m, int exponent)
{
    for (int b = 0; b < 64; b++) {
        const int at = exponent + b - LOWEST;
        if (!(m >> b & 1))
            continue;
        int i = at / 16;
        uint32_t carry = (uint32_t)1 << at % 16;
        for (; carry; i++) {
            carry += a->word[i];
            a->word[i] = (uint16_t)carry;
            carry >>= 16;
            if (i == BIG_WORDS - 1)
                break;
        }
    }
}

/* |x| = m 2^e with an integer m < 2^53 */
static uint64_t parts(double x, int *e)
{
    const double f = frexp(fabs(x), e);
    *e -= 53;
    return (uint64_t)ldexp(f, 53);
}

static void add_magnitude(big_sum *a, const uint64_t *m, int count,
                          const int *exponent, bool negative)
{
    if (negative)
        negate(a);
    for (int i = 0; i < count; i++)
        add_bits(a, m[i], exponent[i]);
    if (negative)
        negate(a);
}

void big_add(big_sum *a, double x)
{
    int e;
    const uint64_t m = parts(x, &e);
    if (x != 0)
        add_magnitude(a, &m, 1, &e, x < 0);
}

/* by halves of 27 and 26 bits */
void big_add_product(big_sum *a, double x, double y)
{
    int ex, ey;
    const uint64_t p = parts(x, &ex), q = parts(y, &ey);
    if (x == 0 || y == 0)
        return;
    const uint64_t low = (1 << 27) - 1;
    const uint64_t m[] = {(p & low) * (q & low), (p >> 27) * (q & low),
                          (p & low) * (q >> 27), (p >> 27) * (q >> 27)};
    const int e = ex + ey, exponent[] = {e, e + 27, e + 27, e + 54};
    add_magnitude(a, m, 4, exponent, (x < 0) != (y < 0));
}

void big_twice(big_sum *a)
{
    for (int i = BIG_WORDS - 1; i >= 0; i--)
        a->word[i] =
            (uint16_t)(a->word[i] << 1 | (i > 0 ? a->word[i - 1] >> 15 : 0));
}

static int top_bit(const big_sum *a)
{
    int top = BITS - 1;
    while (top >= 0 && !bit(a, top))
        top--;
    return top;
}

int big_sign(const big_sum *a)
{
    return bit(a, BITS - 1) ? -1 : top_bit(a) >= 0;
}

double big_round(const big_sum *a)
{
    big_sum v = *a;
    const int sign = big_sign(a);
    if (sign < 0)
        negate(&v);
    const int top = top_bit(&v);
    int last = top - 52; /* of the result */
    if (last < -1074 - LOWEST)
        last = -1074 - LOWEST;
    uint64_t kept = 0;
    for (int b = top; b >= last; b--)
        kept = 2 * kept + bit(&v, b);
    bool rest = false;
    for (int b = last - 2; b >= 0; b--)
        rest |= bit(&v, b);
    if (bit(&v, last - 1) && (rest || kept % 2))
        kept++;
    const double magnitude = ldexp((double)kept, last + LOWEST);
    return sign < 0 ? -magnitude : magnitude;
}

/* The sign of 4 S - (2 r + h)^2. */
static int compare_square(const big_sum *s, double r, double h)
{
    big_sum rest = *s;
    big_twice(&rest);
    big_twice(&rest);
    for (int i = 0; i < 4; i++) {
        big_add_product(&rest, r, -r);
        big_add_product(&rest, r, -h);
    }
    big_add_product(&rest, h, -h);
    return big_sign(&rest);
}

static bool odd(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & 1;
}

bool big_root_is(const big_sum *s, double r)
{
    if (big_sign(s) == 0)
        return r == 0 && !signbit(r);
    if (isinf(r))
        return compare_square(s, DBL_MAX, 0x1p971) >= 0;
    if (!(r > 0))
        return false;
    const double down = r - nextafter(r, 0);
    const double up = r < DBL_MAX ? nextafter(r, INFINITY) - r : down;
    const int above = compare_square(s, r, up),
              below = compare_square(s, r, -down);
    return (above < 0 || (above == 0 && !odd(r))) &&
           (below > 0 || (below == 0 && !odd(r)));
}
