/* SPDX-License-Identifier: BSD-3-Clause */
/* The emulated product on a device, in integers only: no FP64, no FP32. What
 * is stored is what the kernels of engines/portable store, residues of both
 * operands being signed here: r in [-(p-1)/2, (p-1)/2], [-128, 127] for p =
 * 256.
 *
 * Planes, one a modulus t, depth padded to a multiple of 64 and vectors to one
 * of 64, zeros there:  planes[t][vector][depth], and of the result
 * residues[t][row][column], in [0, p). */
#ifndef SUNZI_PRECISION_PRODUCT_K_H
#define SUNZI_PRECISION_PRODUCT_K_H

#include "engines/kernel/language.h"

/* By modulus: p, floor(2^32 / p), inverse of P / p, floor(2^52 / p) in two
 * words, P / p, then what product_residue needs, and for each power, 2^power
 * mod p. */
#define PRODUCT_P            0
#define PRODUCT_RECIPROCAL   1
#define PRODUCT_INVERSE      2
#define PRODUCT_FRACTION     4
#define PRODUCT_COFACTOR     6
#define PRODUCT_WEIGHTS      14 /* of eight bytes, signed residues of 2^(8 b) */
#define PRODUCT_PLUS         16
#define PRODUCT_MINUS        17
#define PRODUCT_POWERS       18
#define PRODUCT_POWERS_COUNT 128
#define PRODUCT_ROW          (PRODUCT_POWERS + PRODUCT_POWERS_COUNT)
#define PRODUCT_WORDS        8 /* that hold P < 2^241 and 32 P */
#define PRODUCT_WORDS_SHORT  4 /* that hold P < 2^123 and 32 P */

/* x mod p for any x; reciprocal = floor(2^32 / p): the quotient is at most one
 * too small. */
K_FN k_u32 product_modulo(k_u32 x, k_u32 p, k_u32 reciprocal)
{
    const k_u32 r = x - k_mul_hi_u32(x, reciprocal) * p;
    return r >= p ? r - p : r;
}

/* The FP64 number with these bits as (-1)^sign m 2^e, m < 2^53. */
K_FN k_u64 product_significand(k_u64 bits, int *e)
{
    const int biased = (int)(bits >> 52 & 0x7FF);
    const k_u64 fraction = bits & (((k_u64)1 << 52) - 1);
    *e = (biased ? biased : 1) - 1075;
    return biased ? fraction | (k_u64)1 << 52 : fraction;
}

/* FP32 bits as those of the same number in FP64. */
K_FN k_u64 product_widen(k_u32 bits)
{
    const k_u64 sign = (k_u64)(bits >> 31) << 63;
    const k_u32 fraction = bits & 0x7FFFFF;
    const int biased = (int)(bits >> 23 & 0xFF);
    const int zeros = k_clz_u64((k_u64)fraction) - 40; /* above bit 23 */
    if (biased)
        return sign | (k_u64)(biased + 896) << 52 | (k_u64)fraction << 29;
    if (!fraction)
        return sign;
    return sign | (k_u64)(897 - zeros) << 52 |
           ((k_u64)fraction << (29 + zeros) & (((k_u64)1 << 52) - 1));
}

/* m 2^e rounded to the nearest integer, ties to even: that integer is the
 * result times 2^*power. */
K_FN k_u64 product_integer(k_u64 m, int e, int *power)
{
    *power = e > 0 ? e : 0;
    if (e >= 0)
        return m;
    if (e < -54)
        return 0;
    const k_u64 kept = m >> -e;
    const k_u64 rest = m - (kept << -e), tie = (k_u64)1 << (-e - 1);
    return kept + (rest > tie || (rest == tie && (kept & 1)) ? 1 : 0);
}

/* Bits `high low` of an integer, times 2^power, minus: negated, as the signed
 * residue of a modulus in the lowest byte. The bytes less 128 are multiplied by
 * the residues of their weights; PLUS and MINUS put back what 128 times the
 * weights are, with p / 2 and a multiple of p that keeps the sum positive. */
K_FN k_u32 product_residue(k_u32 low, k_u32 high, int power, int minus,
                           K_GLOBAL const k_u32 *of)
{
    const k_u32 p = of[PRODUCT_P], c = of[PRODUCT_RECIPROCAL];
    const int s =
        k_dot4(low ^ 0x80808080u, of[PRODUCT_WEIGHTS],
               k_dot4(high ^ 0x80808080u, of[PRODUCT_WEIGHTS + 1], 0));
    k_u32 r =
        minus ? of[PRODUCT_MINUS] - (k_u32)s : of[PRODUCT_PLUS] + (k_u32)s;
    r = product_modulo(r, p, c);
    if (power) {
        r = product_modulo((r + p - p / 2) * of[PRODUCT_POWERS + power], p, c);
        r += p / 2;
        r = r >= p ? r - p : r;
    }
    return (r - p / 2) & 0xFF;
}

/* The four residues of each modulus in a word. */
K_FN void product_put(const k_u64 *m, const int *power, const int *minus,
                      K_GLOBAL const k_u32 *table, int moduli,
                      K_GLOBAL k_u32 *out, k_i64 plane)
{
    for (int t = 0; t < moduli; t++) {
        k_u32 word = 0;
        for (int i = 0; i < 4; i++)
            word |= product_residue((k_u32)m[i], (k_u32)(m[i] >> 32), power[i],
                                    minus[i], table + t * PRODUCT_ROW)
                    << 8 * i;
        out[t * plane] = word;
    }
}

/* The FP64 number at x, or the FP32 one (words == 1), times 2^scale and rounded
 * to an integer: (-1)^minus m 2^power. */
K_FN k_u64 product_element(K_GLOBAL const k_u32 *x, int words, int scale,
                           int *power, int *minus)
{
    const k_u64 bits =
        words == 1 ? product_widen(x[0]) : (k_u64)x[1] << 32 | x[0];
    int e;
    k_u64 m = product_significand(bits, &e);
    *minus = (int)(bits >> 63);
    m = product_integer(m, e + scale, power);
    const int fold = *power < 11 ? *power : 11; /* m < 2^53 if power > 0 */
    *power = m ? *power - fold : 0;
    return m << fold;
}

/* Element h of vector v of an operand, x[(v * vector_stride + h *
 * element_stride) * words], becomes x' = nearest(x 2^(inner[h] + shift[v])) and
 * its residues, four of them a word; negate: of -x. vector_stride,
 * element_stride: in numbers; plane, row: in words. Range: [vectors
 * padded][depth padded / 4]. */
#define K_ARGS_product_convert(IN, OUT, VALUE)                                 \
    IN(k_u32, x)                                                               \
    IN(k_i32, inner)                                                           \
    IN(k_i32, shift)                                                           \
    IN(k_u8, skip)                                                             \
    IN(k_u32, table)                                                           \
    OUT(k_u32, planes)                                                         \
    VALUE(k_i64, vector_stride)                                                \
    VALUE(k_i64, element_stride)                                               \
    VALUE(k_i64, plane)                                                        \
    VALUE(k_i64, row)                                                          \
    VALUE(int, vectors)                                                        \
    VALUE(int, depth)                                                          \
    VALUE(int, moduli) VALUE(int, words) VALUE(int, balanced) VALUE(int, negate)
K_KERNEL(product_convert)
{
    K_EACH2 (v, q) {
        const int used = v < vectors && !skip[v < vectors ? v : 0];
        k_u64 m[4];
        int power[4], minus[4];
        for (int i = 0; i < 4; i++) {
            const int h = 4 * q + i;
            m[i] = 0;
            power[i] = minus[i] = 0;
            if (used && h < depth)
                m[i] = product_element(
                    x + ((k_i64)v * vector_stride + (k_i64)h * element_stride) *
                            words,
                    words, shift[v] + (balanced ? inner[h] : 0), &power[i],
                    &minus[i]);
            minus[i] ^= negate;
        }
        product_put(m, power, minus, table, moduli, planes + (k_i64)v * row + q,
                    plane);
    }
}

#define PRODUCT_TURN_VECTORS 16
#define PRODUCT_TURN_DEPTH   64

/* The same where vectors are contiguous (vector_stride 1) instead of their
 * elements: groups [tiles of depth x tiles of vectors] on one axis, as the
 * depth has no bound, each turned in local memory, so that reads and writes are
 * of whole lines. tiles: of vectors. */
#define K_ARGS_product_convert_turned(IN, OUT, VALUE)                          \
    K_ARGS_product_convert(IN, OUT, VALUE) VALUE(int, tiles)
K_GROUP_KERNEL(product_convert_turned, 256)
{
    K_BEGIN(product_convert_turned)
    K_LOCAL k_u64 number[PRODUCT_TURN_VECTORS][PRODUCT_TURN_DEPTH + 1];
    K_LOCAL int sign_power[PRODUCT_TURN_VECTORS][PRODUCT_TURN_DEPTH + 1];
    const int v0 = K_GROUP(2) % tiles * PRODUCT_TURN_VECTORS;
    const int h0 = K_GROUP(2) / tiles * PRODUCT_TURN_DEPTH, item = K_ITEM(2);
    for (int e = item; e < PRODUCT_TURN_VECTORS * PRODUCT_TURN_DEPTH;
         e += 256) {
        const int i = e % PRODUCT_TURN_VECTORS, g = e / PRODUCT_TURN_VECTORS;
        const int v = v0 + i, h = h0 + g;
        k_u64 m = 0;
        int power = 0, minus = 0;
        if (v < vectors && h < depth && !skip[v])
            m = product_element(
                x + ((k_i64)v * vector_stride + (k_i64)h * element_stride) *
                        words,
                words, shift[v] + (balanced ? inner[h] : 0), &power, &minus);
        number[i][g] = m;
        sign_power[i][g] = 2 * power + (minus ^ negate);
    }
    K_BARRIER();
    const int i = item / (PRODUCT_TURN_DEPTH / 4);
    const int q = item % (PRODUCT_TURN_DEPTH / 4);
    k_u64 m[4];
    int power[4], minus[4];
    for (int g = 0; g < 4; g++) {
        m[g] = number[i][4 * q + g];
        power[g] = sign_power[i][4 * q + g] / 2;
        minus[g] = sign_power[i][4 * q + g] % 2;
    }
    product_put(m, power, minus, table, moduli,
                planes + (k_i64)(v0 + i) * row + h0 / 4 + q, plane);
}

/* sum = re + im mod p, of signed residues. Range: [moduli][bytes]. */
#define K_ARGS_product_add_parts(IN, OUT, VALUE)                               \
    IN(k_i8, re)                                                               \
    IN(k_i8, im) IN(k_u32, table) OUT(k_i8, sum) VALUE(k_i64, plane)
K_KERNEL(product_add_parts)
{
    K_EACH2 (t, i) {
        const int p = (int)table[t * PRODUCT_ROW + PRODUCT_P];
        const int low = p == 256 ? -128 : -(p / 2);
        int s = (int)re[t * plane + i] + (int)im[t * plane + i];
        s -= s >= low + p ? p : 0;
        s += s < low ? p : 0;
        sum[t * plane + i] = (k_i8)s;
    }
}

#define PRODUCT_TILE  64 /* rows and columns of a group's tile */
#define PRODUCT_DEPTH 16 /* words (four residues) of depth at a time */

/* Residues of A B^T: groups [moduli][tiles of rows][tiles of columns], 256
 * items with 4 x 4 entries each. Sums stay below 2^31 for 2^17 of depth: they
 * are reduced after each 2^16. */
#define K_ARGS_product_residues(IN, OUT, VALUE)                                \
    IN(k_u32, a)                                                               \
    IN(k_u32, b)                                                               \
    IN(k_u32, table)                                                           \
    OUT(k_u8, r)                                                               \
    VALUE(k_i64, a_plane)                                                      \
    VALUE(k_i64, b_plane)                                                      \
    VALUE(k_i64, r_plane) VALUE(int, depth_words) VALUE(int, ld)
K_GROUP_KERNEL(product_residues, 256)
{
    K_BEGIN(product_residues)
    K_LOCAL k_u32 rows[PRODUCT_DEPTH][PRODUCT_TILE + 1];
    K_LOCAL k_u32 cols[PRODUCT_DEPTH][PRODUCT_TILE + 1];
    const int t = K_GROUP(0), i0 = K_GROUP(1) * PRODUCT_TILE;
    const int j0 = K_GROUP(2) * PRODUCT_TILE, item = K_ITEM(2);
    const int x = item % 16, y = item / 16;
    const int p = (int)table[t * PRODUCT_ROW + PRODUCT_P];
    int sum[4][4];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            sum[i][j] = 0;
    for (int h0 = 0; h0 < depth_words; h0 += PRODUCT_DEPTH) {
        for (int e = item; e < PRODUCT_TILE * PRODUCT_DEPTH; e += 256) {
            const int v = e / PRODUCT_DEPTH, h = e % PRODUCT_DEPTH;
            rows[h][v] =
                a[t * a_plane + (k_i64)(i0 + v) * depth_words + h0 + h];
            cols[h][v] =
                b[t * b_plane + (k_i64)(j0 + v) * depth_words + h0 + h];
        }
        K_BARRIER();
        for (int h = 0; h < PRODUCT_DEPTH; h++)
            for (int i = 0; i < 4; i++)
                for (int j = 0; j < 4; j++)
                    sum[i][j] = k_dot4(rows[h][y + 16 * i], cols[h][x + 16 * j],
                                       sum[i][j]);
        K_BARRIER();
        if (h0 % 16384 == 16384 - PRODUCT_DEPTH)
            for (int i = 0; i < 4; i++)
                for (int j = 0; j < 4; j++)
                    sum[i][j] %= p;
    }
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            const int s = sum[i][j] % p;
            r[t * r_plane + (k_i64)(i0 + y + 16 * i) * ld + j0 + x + 16 * j] =
                (k_u8)(s < 0 ? s + p : s);
        }
}

/* Congruent to a sum of products, whatever its sign; in [1, 2 p). */
K_FN k_u32 product_of_sum(k_i32 sum, K_GLOBAL const k_u32 *of)
{
    const k_u32 bias = of[PRODUCT_POWERS + 31]; /* of 2^31, added first */
    return product_modulo((k_u32)sum ^ 0x80000000u, of[PRODUCT_P],
                          of[PRODUCT_RECIPROCAL]) +
           of[PRODUCT_P] - bias;
}

/* Residues of sums of products, four of them a word, and with `add` of what r
 * has; plane: numbers of a modulus. Range: [moduli][entries / 4]. */
#define K_ARGS_product_reduce(IN, OUT, VALUE)                                  \
    IN(k_i32, sums)                                                            \
    IN(k_u32, table) OUT(k_u32, r) VALUE(k_i64, plane) VALUE(int, add)
K_KERNEL(product_reduce)
{
    K_EACH2 (t, e) {
        K_GLOBAL const k_u32 *of = table + t * PRODUCT_ROW;
        const k_u32 p = of[PRODUCT_P];
        const k_u32 old = add ? r[t * (plane / 4) + e] : 0;
        k_u32 word = 0;
        for (int i = 0; i < 4; i++) {
            k_u32 x = product_of_sum(sums[t * plane + 4 * (k_i64)e + i], of) +
                      (old >> 8 * i & 0xFF);
            x = x >= p ? x - p : x;
            x = x >= p ? x - p : x;
            word |= x << 8 * i;
        }
        r[t * (plane / 4) + e] = word;
    }
}

/* Complex: from the residues of rr, ii, ss those of Re = rr - ii (over rr) and
 * Im = ss - rr - ii (over ss). Range: [moduli][entries]. */
#define K_ARGS_product_combine(IN, OUT, VALUE)                                 \
    OUT(k_u8, rr)                                                              \
    IN(k_u8, ii) OUT(k_u8, ss) IN(k_u32, table) VALUE(k_i64, plane)
K_KERNEL(product_combine)
{
    K_EACH2 (t, e) {
        const int p = (int)table[t * PRODUCT_ROW + PRODUCT_P];
        const k_i64 at = t * plane + e;
        int re = (int)rr[at] - (int)ii[at];
        int im = (int)ss[at] - (int)rr[at] - (int)ii[at];
        re += re < 0 ? p : 0;
        im += im < 0 ? p : 0;
        im += im < 0 ? p : 0;
        rr[at] = (k_u8)re;
        ss[at] = (k_u8)im;
    }
}

/* 64 bits from bit `from` >= 0 on of a number of `words` words. */
K_FN k_u64 product_bits_at(const k_u32 *x, int words, int from)
{
    const int w = from / 32, s = from % 32;
    const k_u64 x0 = w < words ? x[w] : 0;
    const k_u64 x1 = w + 1 < words ? x[w + 1] : 0;
    const k_u64 x2 = w + 2 < words ? x[w + 2] : 0;
    const k_u64 low = x0 | x1 << 32;
    return s ? low >> s | x2 << (64 - s) : low;
}

/* Is a bit below bit `end` set? */
K_FN int product_any_below(const k_u32 *x, int words, int end)
{
    k_u32 any = 0;
    for (int w = 0; w < words; w++) {
        const int left = end - 32 * w;
        any |= left >= 32  ? x[w]
               : left <= 0 ? 0
                           : x[w] & (((k_u32)1 << left) - 1);
    }
    return any != 0;
}

K_FN int product_top_bit(const k_u32 *x, int words) /* -1: zero */
{
    int top = -1;
    for (int w = 0; w < words; w++)
        if (x[w])
            top = 32 * w + 63 - k_clz_u64((k_u64)x[w]);
    return top;
}

/* The bits of m 2^e, which is an FP64 number or beyond their range; m <= 2^53.
 */
K_FN k_u64 product_compose(k_u64 m, int e)
{
    if (m == 0)
        return 0;
    const int top = 63 - k_clz_u64(m);
    const int biased = top + e + 1023;
    if (biased >= 2047)
        return (k_u64)0x7FF << 52;
    if (biased <= 0)
        return m << (e + 1074);
    const k_u64 fraction = top > 52 ? m >> (top - 52) : m << (52 - top);
    return (k_u64)biased << 52 | (fraction & (((k_u64)1 << 52) - 1));
}

/* The integer x times 2^scale, rounded once to nearest even. */
K_FN k_u64 product_round(const k_u32 *x, int words, int scale)
{
    const int top = product_top_bit(x, words);
    int cut = top - 52;
    if (top < 0)
        return 0;
    if (cut + scale < -1074)
        cut = -1074 - scale;
    if (cut <= 0)
        return product_compose(product_bits_at(x, words, 0), scale);
    if (cut > top + 1)
        return 0;
    k_u64 kept = cut > top ? 0 : product_bits_at(x, words, cut);
    const int tie = (int)(product_bits_at(x, words, cut - 1) & 1);
    kept += tie && (product_any_below(x, words, cut - 1) || (kept & 1)) ? 1 : 0;
    return product_compose(kept, scale + cut);
}

/* x := |x - q P|; returns whether it was negative. P: words in `product`. */
K_FN int product_subtract(k_u32 *x, int words, K_GLOBAL const k_u32 *product,
                          k_u32 q)
{
    k_u64 borrow = 0;
    k_u32 carry = 1;
    for (int w = 0; w < words; w++) {
        const k_u64 take = (k_u64)product[w] * q + borrow;
        const k_u32 low = (k_u32)take;
        borrow = (take >> 32) + (x[w] < low ? 1 : 0);
        x[w] -= low;
    }
    if (!borrow)
        return 0;
    for (int w = 0; w < words; w++) {
        x[w] = ~x[w] + carry;
        carry = carry && x[w] == 0 ? 1 : 0;
    }
    return 1;
}

/* 2 x compared with P: -1, 0, 1. */
K_FN int product_compare_twice(const k_u32 *x, int words,
                               K_GLOBAL const k_u32 *product)
{
    for (int w = words - 1; w >= 0; w--) {
        const k_u32 twice = x[w] << 1 | (w ? x[w - 1] >> 31 : 0);
        if (twice != product[w])
            return twice > product[w] ? 1 : -1;
    }
    return 0;
}

/* With y = r (P / p)^-1 mod p for any r that is congruent to an integer mod p,
 * r < 2^24: sum += y P / p, fraction += 2^52 y / p. */
K_FN void product_gather(k_u64 *sum, k_u64 *fraction, k_u32 r,
                         K_GLOBAL const k_u32 *of, const int words)
{
    const k_u32 y = product_modulo(r * of[PRODUCT_INVERSE], of[PRODUCT_P],
                                   of[PRODUCT_RECIPROCAL]);
    *fraction +=
        ((k_u64)of[PRODUCT_FRACTION + 1] << 32 | of[PRODUCT_FRACTION]) * y;
    for (int w = 0; w < words; w++)
        sum[w] += (k_u64)of[PRODUCT_COFACTOR + w] * y;
}

/* The bits of the symmetric integer whose residues were gathered, times
 * 2^scale, rounded once. `fraction` tells the quotient of `sum` by P, but for
 * integers so near to P / 2 that they are compared exactly. */
K_FN k_u64 product_settle(const k_u64 *sum, k_u64 fraction,
                          K_GLOBAL const k_u32 *product, const int words,
                          int scale)
{
    k_u32 x[PRODUCT_WORDS];
    k_u64 carry = 0;
    for (int w = 0; w < words; w++) {
        carry += sum[w];
        x[w] = (k_u32)carry;
        carry >>= 32;
    }
    const k_u32 q = (k_u32)((fraction + ((k_u64)1 << 51)) >> 52);
    int minus = product_subtract(x, words, product, q);
    const int beyond = product_compare_twice(x, words, product);
    if (beyond > 0 || (beyond == 0 && minus)) {
        /* |x - q P| -> P - |x - q P| */
        product_subtract(x, words, product, 1);
        minus = !minus;
    }
    const k_u64 bits = product_round(x, words, scale);
    return minus ? bits | (k_u64)1 << 63 : bits; /* also of a rounded zero */
}

/* Of the residues r[t * plane]. */
K_FN k_u64 product_rebuild(K_GLOBAL const k_u8 *r, k_i64 plane,
                           K_GLOBAL const k_u32 *table,
                           K_GLOBAL const k_u32 *product, int moduli,
                           const int words, int scale)
{
    k_u64 sum[PRODUCT_WORDS], fraction = 0;
    for (int w = 0; w < words; w++)
        sum[w] = 0;
    for (int t = 0; t < moduli; t++)
        product_gather(sum, &fraction, r[t * plane], table + t * PRODUCT_ROW,
                       words);
    return product_settle(sum, fraction, product, words, scale);
}

/* Of the sums of products r[t * plane]. */
K_FN k_u64 product_rebuild_sums(K_GLOBAL const k_i32 *r, k_i64 plane,
                                K_GLOBAL const k_u32 *table,
                                K_GLOBAL const k_u32 *product, int moduli,
                                const int words, int scale)
{
    k_u64 sum[PRODUCT_WORDS], fraction = 0;
    for (int w = 0; w < words; w++)
        sum[w] = 0;
    for (int t = 0; t < moduli; t++) {
        K_GLOBAL const k_u32 *of = table + t * PRODUCT_ROW;
        product_gather(sum, &fraction, product_of_sum(r[t * plane], of), of,
                       words);
    }
    return product_settle(sum, fraction, product, words, scale);
}

/* The real and the imaginary one, of the sums rr, ii, ss that lie `part` apart:
 * rr - ii and ss - rr - ii. */
K_FN void product_rebuild_parts(K_GLOBAL const k_i32 *r, k_i64 plane,
                                k_i64 part, K_GLOBAL const k_u32 *table,
                                K_GLOBAL const k_u32 *product, int moduli,
                                const int words, int scale, k_u64 *bits)
{
    k_u64 re[PRODUCT_WORDS], im[PRODUCT_WORDS], re_part = 0, im_part = 0;
    for (int w = 0; w < words; w++)
        re[w] = im[w] = 0;
    for (int t = 0; t < moduli; t++) {
        K_GLOBAL const k_u32 *of = table + t * PRODUCT_ROW;
        K_GLOBAL const k_i32 *at = r + t * plane;
        const k_u32 p = of[PRODUCT_P], rr = product_of_sum(at[0], of);
        const k_u32 ii = product_of_sum(at[part], of);
        const k_u32 ss = product_of_sum(at[2 * part], of);
        product_gather(re, &re_part, rr + 2 * p - ii, of, words);
        product_gather(im, &im_part, ss + 4 * p - rr - ii, of, words);
    }
    bits[0] = product_settle(re, re_part, product, words, scale);
    bits[1] = product_settle(im, im_part, product, words, scale);
}

K_FN void product_write(K_GLOBAL k_u32 *v, k_u64 bits)
{
    v[0] = (k_u32)bits;
    v[1] = (k_u32)(bits >> 32);
}

/* v[i * ldv + j]: the bits of c' 2^-(row_shift[i] + col_shift[j]), rounded
 * once, c' the symmetric integer with residues r[t * plane + i * ld + j].
 * Range: [rows][columns]. Their short forms are for P < 2^123, in half of the
 * words. */
#define PRODUCT_RECONSTRUCT_ARGS_(type, IN, OUT, VALUE)                        \
    IN(type, r)                                                                \
    IN(k_u32, table)                                                           \
    IN(k_u32, product)                                                         \
    IN(k_i32, row_shift)                                                       \
    IN(k_i32, col_shift)                                                       \
    OUT(k_u32, v)                                                              \
    VALUE(k_i64, plane)                                                        \
    VALUE(k_i64, ld) VALUE(k_i64, ldv) VALUE(int, moduli)
#define K_ARGS_product_reconstruct(IN, OUT, VALUE)                             \
    PRODUCT_RECONSTRUCT_ARGS_(k_u8, IN, OUT, VALUE)
#define PRODUCT_RECONSTRUCT_(words, rebuild)                                   \
    K_EACH2 (i, j)                                                             \
        product_write(v + 2 * (i * ldv + j),                                   \
                      rebuild(r + i * ld + j, plane, table, product, moduli,   \
                              (words), -(row_shift[i] + col_shift[j])));
K_KERNEL(product_reconstruct){
    PRODUCT_RECONSTRUCT_(PRODUCT_WORDS, product_rebuild)}

#define K_ARGS_product_reconstruct_short(IN, OUT, VALUE)                       \
    K_ARGS_product_reconstruct(IN, OUT, VALUE)
K_KERNEL(product_reconstruct_short){
    PRODUCT_RECONSTRUCT_(PRODUCT_WORDS_SHORT, product_rebuild)}

/* The same from sums of products, without residues in between. */
#define K_ARGS_product_reconstruct_sums(IN, OUT, VALUE)                        \
    PRODUCT_RECONSTRUCT_ARGS_(k_i32, IN, OUT, VALUE)
K_KERNEL(product_reconstruct_sums){
    PRODUCT_RECONSTRUCT_(PRODUCT_WORDS, product_rebuild_sums)}

#define K_ARGS_product_reconstruct_sums_short(IN, OUT, VALUE)                  \
    K_ARGS_product_reconstruct_sums(IN, OUT, VALUE)
K_KERNEL(product_reconstruct_sums_short){
    PRODUCT_RECONSTRUCT_(PRODUCT_WORDS_SHORT, product_rebuild_sums)}

/* Complex: both parts from sums of products, see product_rebuild_parts. */
#define K_ARGS_product_reconstruct_parts(IN, OUT, VALUE)                       \
    PRODUCT_RECONSTRUCT_ARGS_(k_i32, IN, OUT, VALUE)                           \
    OUT(k_u32, vi) VALUE(k_i64, part)
#define PRODUCT_RECONSTRUCT_PARTS_(words)                                      \
    K_EACH2 (i, j) {                                                           \
        const k_i64 to = 2 * (i * ldv + j);                                    \
        k_u64 bits[2];                                                         \
        product_rebuild_parts(r + i * ld + j, plane, part, table, product,     \
                              moduli, (words), -(row_shift[i] + col_shift[j]), \
                              bits);                                           \
        product_write(v + to, bits[0]);                                        \
        product_write(vi + to, bits[1]);                                       \
    }
K_KERNEL(product_reconstruct_parts){PRODUCT_RECONSTRUCT_PARTS_(PRODUCT_WORDS)}

#define K_ARGS_product_reconstruct_parts_short(IN, OUT, VALUE)                 \
    K_ARGS_product_reconstruct_parts(IN, OUT, VALUE)
K_KERNEL(product_reconstruct_parts_short)
{
    PRODUCT_RECONSTRUCT_PARTS_(PRODUCT_WORDS_SHORT)
}

#endif
