/* SPDX-License-Identifier: BSD-3-Clause */
/* alpha and beta on a device, for a C that is there (sunzi/hold.h): the
 * operations of product_store.c, so their bits. Range: [rows][columns] of a
 * block of sums v[i * ldv + j], complex: vi too; c[i * ldc + j] is its place.
 * Left alone: what skip_row[i] or skip_col[j] marks, and entries outside of the
 * triangle: below: only j <= i + shift; above: only j >= i + shift. */
#ifndef SUNZI_PRECISION_PRODUCT_STORE_K_H
#define SUNZI_PRECISION_PRODUCT_STORE_K_H

#include "engines/kernel/real64.h"

/* Is entry (i, j) stored? */
K_FN int store_takes(int i, int j, int below, int above, int shift,
                     int skip_row, int skip_col)
{
    return !skip_row && !skip_col && !(below && j > i + shift) &&
           !(above && j < i + shift);
}

/* What all take. added: beta is not zero. */
#define STORE_COMMON(IN, VALUE)                                                \
    IN(k_u8, skip_row)                                                         \
    IN(k_u8, skip_col)                                                         \
    VALUE(k_d64, alpha)                                                        \
    VALUE(k_d64, beta)                                                         \
    VALUE(int, added)                                                          \
    VALUE(k_i64, ldv)                                                          \
    VALUE(k_i64, ldc)                                                          \
    VALUE(int, below) VALUE(int, above) VALUE(int, shift)

#define K_ARGS_store_real(IN, OUT, VALUE)                                      \
    IN(k_d64, v) OUT(k_d64, c) STORE_COMMON(IN, VALUE)
K_KERNEL(store_real)
{
    K_EACH2 (i, j) {
        if (store_takes(i, j, below, above, shift, skip_row[i], skip_col[j])) {
            const k_d64 sum = k_d64_mul(alpha, v[i * ldv + j]);
            c[i * ldc + j] = added ? k_d64_fma(beta, c[i * ldc + j], sum) : sum;
        }
    }
}

#define K_ARGS_store_single(IN, OUT, VALUE)                                    \
    IN(k_d64, v) OUT(float, c) STORE_COMMON(IN, VALUE)
K_KERNEL(store_single)
{
    K_EACH2 (i, j) {
        if (store_takes(i, j, below, above, shift, skip_row[i], skip_col[j])) {
            k_d64 sum = k_d64_mul(alpha, v[i * ldv + j]);
            if (added)
                sum = k_d64_add(k_d64_mul(beta, k_d64_of_float(c[i * ldc + j])),
                                sum);
            c[i * ldc + j] = k_d64_to_float(sum);
        }
    }
}

/* added: 1: beta is a real number, 2: it has an imaginary part; turned: alpha
 * has one. */
#define K_ARGS_store_complex(IN, OUT, VALUE)                                   \
    IN(k_d64, v)                                                               \
    IN(k_d64, vi)                                                              \
    OUT(k_d64, c)                                                              \
    VALUE(k_d64, alpha_i)                                                      \
    VALUE(k_d64, beta_i) VALUE(int, turned) STORE_COMMON(IN, VALUE)
K_KERNEL(store_complex)
{
    K_EACH2 (i, j) {
        if (store_takes(i, j, below, above, shift, skip_row[i], skip_col[j])) {
            const k_d64 x = v[i * ldv + j], y = vi[i * ldv + j];
            K_GLOBAL k_d64 *to = c + 2 * (i * ldc + j);
            k_d64 re = k_d64_mul(alpha, x), im = k_d64_mul(alpha, y);
            if (turned) {
                re = k_d64_fma(alpha, x, k_d64_neg(k_d64_mul(alpha_i, y)));
                im = k_d64_fma(alpha, y, k_d64_mul(alpha_i, x));
            }
            if (added) {
                const k_d64 u = to[0], w = to[1];
                if (added == 2) {
                    re = k_d64_fma(k_d64_neg(beta_i), w, re);
                    im = k_d64_fma(beta_i, u, im);
                }
                re = k_d64_fma(beta, u, re);
                im = k_d64_fma(beta, w, im);
            }
            to[0] = re;
            to[1] = im;
        }
    }
}

#endif
