/* SPDX-License-Identifier: BSD-3-Clause */
/* Operands of the trailing updates of an LU factorization on a device in the
 * formats of its matrix products: rounded to 16 bits or to TF32, or in three
 * slices of eight, with the words of precision/low_format.h. Matrices are
 * row-major FP32 parts of the factors. */
#ifndef SUNZI_SOLVERS_DENSE_LU_LOW_K_H
#define SUNZI_SOLVERS_DENSE_LU_LOW_K_H

#include "engines/kernel/language.h"
#include "engines/kernel/math.h"

/* Nearest even; overflow is infinity. */
K_FN k_u16 lu_to_fp16(float x)
{
    const k_u32 bits = k_float_bits(x), m = bits & 0x7FFFFFFF;
    const k_u32 sign = bits >> 16 & 0x8000;
    const k_u32 normal = m - 0x38000000;
    const k_u32 full = (m & 0x7FFFFF) | 0x800000;
    const int shift = 126 - (int)(m >> 23);
    const int s = shift < 14 ? 14 : shift > 25 ? 25 : shift;
    const k_u32 kept = full >> s, rest = full - (kept << s);
    const k_u32 tie = (k_u32)1 << (s - 1);
    const k_u32 small =
        kept + (rest > tie || (rest == tie && kept & 1) ? 1 : 0);
    const k_u32 r = m > 0x7F800000    ? 0x7E00
                    : m >= 0x477FF000 ? 0x7C00
                    : m >= 0x38800000
                        ? (normal + 0xFFF + (normal >> 13 & 1)) >> 13
                        : small;
    return (k_u16)(sign | r);
}

/* Nearest even; subnormal numbers are zero. */
K_FN k_u16 lu_to_bf16(float x)
{
    const k_u32 bits = k_float_bits(x), m = bits & 0x7FFFFFFF;
    const k_u32 r = m > 0x7F800000   ? (bits >> 16 | 0x40)
                    : m < 0x00800000 ? (bits >> 16 & 0x8000)
                                     : (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
    return (k_u16)r;
}

/* Nearest even, 10 bits of fraction; overflow is infinity. */
K_FN float lu_to_tf32(float x)
{
    const k_u32 bits = k_float_bits(x), one = bits >> 13 & 1;
    const k_u32 r = (bits + 0xFFF + one) & 0xFFFFE000;
    return k_float_of((bits & 0x7FFFFFFF) > 0x7F800000 ? bits : r);
}

/* low[i * ldl + j] := a[i * ld + j]. Range: [rows][columns]. */
#define K_ARGS_lu_round_tf32(IN, OUT, VALUE)                                   \
    IN(float, a) OUT(float, low) VALUE(k_i64, ld) VALUE(k_i64, ldl)
K_KERNEL(lu_round_tf32)
{
    K_EACH2 (i, j)
        low[i * ldl + j] = lu_to_tf32(a[i * ld + j]);
}

/* low[i * ldl + j] := a[i * ld + j]. Range: [rows][columns]. */
#define K_ARGS_lu_round(IN, OUT, VALUE)                                        \
    IN(float, a)                                                               \
    OUT(k_u16, low) VALUE(k_i64, ld) VALUE(k_i64, ldl) VALUE(int, bf16)
K_KERNEL(lu_round)
{
    K_EACH2 (i, j) {
        const float x = a[i * ld + j];
        low[i * ldl + j] = bf16 ? lu_to_bf16(x) : lu_to_fp16(x);
    }
}

#define LU_SPECIAL (1 << 20) /* SUNZI_LOW_SPECIAL */

/* scale[v] = e with max |x| of vector v in [2^(e-1), 2^e); elements at
 * a[v * vector_stride + h * element_stride], h < depth. Range: [vectors]. */
#define K_ARGS_lu_scale(IN, OUT, VALUE)                                        \
    IN(float, a)                                                               \
    OUT(k_i32, scale)                                                          \
    VALUE(k_i64, vector_stride) VALUE(k_i64, element_stride) VALUE(int, depth)
K_KERNEL(lu_scale)
{
    K_EACH (v) {
        k_u32 most = 0;
        for (int h = 0; h < depth; h++) {
            const k_u32 m =
                k_float_bits(a[v * vector_stride + h * element_stride]) &
                0x7FFFFFFF;
            most = m > most ? m : most;
        }
        const int e = (int)(most >> 23) - 126;
        scale[v] = most >= 0x7F800000   ? LU_SPECIAL
                   : most == 0          ? 0
                   : most >= 0x00800000 ? e
                                        : -85 - k_clz_u64((k_u64)most);
    }
}

/* The three slices of element h of vector v, slices[(3 v + s) * depth + h], in
 * the order s0 s1 s2 or, reversed, s2 s1 s0; zeros for vectors from `vectors`
 * on. Range: [vectors padded][depth]. */
#define K_ARGS_lu_slice(IN, OUT, VALUE)                                        \
    IN(float, a)                                                               \
    IN(k_i32, scale)                                                           \
    OUT(k_i8, slices)                                                          \
    VALUE(k_i64, vector_stride)                                                \
    VALUE(k_i64, element_stride)                                               \
    VALUE(int, vectors) VALUE(int, depth) VALUE(int, reversed)
K_KERNEL(lu_slice)
{
    K_EACH2 (v, h) {
        int q = 0;
        if (v < vectors && scale[v < vectors ? v : 0] != LU_SPECIAL) {
            const k_u32 bits =
                k_float_bits(a[v * vector_stride + h * element_stride]);
            const int biased = (int)(bits >> 23 & 0xFF);
            const k_u32 m = (bits & 0x7FFFFF) | (biased ? 0x800000 : 0);
            /* m 2^(biased - 150) 2^(20 - e), to nearest even */
            const int shift = scale[v] + 130 - (biased ? biased : 1);
            const int s = shift > 25 ? 25 : shift < 1 ? 1 : shift;
            const k_u32 kept = m >> s, rest = m - (kept << s);
            const k_u32 tie = (k_u32)1 << (s - 1);
            const int up = rest > tie || (rest == tie && kept & 1);
            /* below 1: a subnormal number, exact */
            q = shift < 1 ? (int)(m << -shift) : (int)kept + up;
            q = bits >> 31 ? -q : q;
        }
        const int s0 = (q + (1 << 13)) >> 14, r = q - s0 * (1 << 14);
        const int s1 = (r + 64) >> 7, s2 = r - 128 * s1;
        const k_i64 at = (k_i64)3 * v * depth + h;
        slices[at] = (k_i8)(reversed ? s2 : s0);
        slices[at + depth] = (k_i8)s1;
        slices[at + 2 * (k_i64)depth] = (k_i8)(reversed ? s0 : s2);
    }
}

/* c -= the product whose exact sums are in sums[p * plane + i * lds + j], p = 0
 * 1 2. Range: [rows][columns]. */
#define K_ARGS_lu_add_slices(IN, OUT, VALUE)                                   \
    IN(k_i32, sums)                                                            \
    IN(k_i32, row_scale)                                                       \
    IN(k_i32, col_scale)                                                       \
    OUT(float, c) VALUE(k_i64, plane) VALUE(k_i64, lds) VALUE(k_i64, ldc)
K_KERNEL(lu_add_slices)
{
    K_EACH2 (i, j) {
        const k_i64 at = i * lds + j;
        const float t = k_fmaf(
            128.0f, k_fmaf(128.0f, (float)sums[at], (float)sums[plane + at]),
            (float)sums[2 * plane + at]);
        c[i * ldc + j] =
            k_fmaf(-k_ldexpf(1.0f, row_scale[i] + col_scale[j] - 26), t,
                   c[i * ldc + j]);
    }
}

#endif
