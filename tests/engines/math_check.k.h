/* SPDX-License-Identifier: BSD-3-Clause */
/* Every function of engines/kernel/math.h, pair.h and soft64.h as kernels: the
 * bits of an engine are compared with those of another one. Result number r of
 * argument i goes to z[r n + i]. */
#ifndef SUNZI_TESTS_ENGINES_MATH_CHECK_K_H
#define SUNZI_TESTS_ENGINES_MATH_CHECK_K_H

#include "engines/kernel/language.h"

#include "engines/kernel/math.h"
#include "engines/kernel/math_pair.h"
#include "engines/kernel/pair.h"
#include "engines/kernel/soft64.h"

enum {
    CHECK_EXP,
    CHECK_EXPM1,
    CHECK_LOG,
    CHECK_LOG1P,
    CHECK_TANH,
    CHECK_SIN,
    CHECK_COS,
    CHECK_RINT,
    CHECK_FLOOR,
    CHECK_EXP_BOUNDED, /* also beyond its domain: whatever it is, everywhere */
    CHECK_EXPM1_BOUNDED,
    CHECK_POW, /* of x, y from here on */
    CHECK_MIN,
    CHECK_MAX,
    CHECK_COPYSIGN,
    CHECK_LDEXP, /* by the integer e */
    CHECK_MATH_RESULTS
};

#define K_ARGS_check_math_float(IN, OUT, VALUE)                                \
    IN(float, x) IN(float, y) IN(k_i32, e) OUT(float, z) VALUE(int, n)
K_KERNEL(check_math_float)
{
    K_EACH (i) {
        z[CHECK_EXP * n + i] = k_expf(x[i]);
        z[CHECK_EXPM1 * n + i] = k_expm1f(x[i]);
        z[CHECK_LOG * n + i] = k_logf(x[i]);
        z[CHECK_LOG1P * n + i] = k_log1pf(x[i]);
        z[CHECK_TANH * n + i] = k_tanhf(x[i]);
        z[CHECK_SIN * n + i] = k_sinf(x[i]);
        z[CHECK_COS * n + i] = k_cosf(x[i]);
        z[CHECK_RINT * n + i] = k_rintf(x[i]);
        z[CHECK_FLOOR * n + i] = k_floorf(x[i]);
        z[CHECK_EXP_BOUNDED * n + i] = k_exp_boundedf(x[i]);
        z[CHECK_EXPM1_BOUNDED * n + i] = k_expm1_boundedf(x[i]);
        z[CHECK_POW * n + i] = k_powf(x[i], y[i]);
        z[CHECK_MIN * n + i] = k_minf(x[i], y[i]);
        z[CHECK_MAX * n + i] = k_maxf(x[i], y[i]);
        z[CHECK_COPYSIGN * n + i] = k_copysignf(x[i], y[i]);
        z[CHECK_LDEXP * n + i] = k_ldexpf(x[i], e[i]);
    }
}

#ifdef K_FP64
#define K_ARGS_check_math_double(IN, OUT, VALUE)                               \
    IN(double, x) IN(double, y) IN(k_i32, e) OUT(double, z) VALUE(int, n)
K_KERNEL(check_math_double)
{
    K_EACH (i) {
        z[CHECK_EXP * n + i] = k_exp(x[i]);
        z[CHECK_EXPM1 * n + i] = k_expm1(x[i]);
        z[CHECK_LOG * n + i] = k_log(x[i]);
        z[CHECK_LOG1P * n + i] = k_log1p(x[i]);
        z[CHECK_TANH * n + i] = k_tanh(x[i]);
        z[CHECK_SIN * n + i] = k_sin(x[i]);
        z[CHECK_COS * n + i] = k_cos(x[i]);
        z[CHECK_RINT * n + i] = k_rint(x[i]);
        z[CHECK_FLOOR * n + i] = k_floor(x[i]);
        z[CHECK_EXP_BOUNDED * n + i] = k_exp_bounded(x[i]);
        z[CHECK_EXPM1_BOUNDED * n + i] = k_expm1_bounded(x[i]);
        z[CHECK_POW * n + i] = k_pow(x[i], y[i]);
        z[CHECK_MIN * n + i] = k_min(x[i], y[i]);
        z[CHECK_MAX * n + i] = k_max(x[i], y[i]);
        z[CHECK_COPYSIGN * n + i] = k_copysign(x[i], y[i]);
        z[CHECK_LDEXP * n + i] = k_ldexp(x[i], e[i]);
    }
}
#endif

enum {
    CHECK_SOFT_ADD,
    CHECK_SOFT_SUB,
    CHECK_SOFT_MUL,
    CHECK_SOFT_DIV,
    CHECK_SOFT_FMA,
    CHECK_SOFT_SQRT, /* of a */
    CHECK_SOFT_LESS, /* a < b, + 2 (a <= b), + 4 (a = b) */
    CHECK_SOFT_TO_FLOAT,
    CHECK_SOFT_OF_FLOAT, /* of the low half of a */
    CHECK_SOFT_OF_I64,
    CHECK_SOFT_OF_I32, /* of the low half of a */
    CHECK_SOFT_LDEXP,  /* a 2^e */
    CHECK_SOFT_RESULTS
};

#define K_ARGS_check_soft64(IN, OUT, VALUE)                                    \
    IN(k_u64, a)                                                               \
    IN(k_u64, b) IN(k_u64, c) IN(k_i32, e) OUT(k_u64, z) VALUE(int, n)
K_KERNEL(check_soft64)
{
    K_EACH (i) {
        z[CHECK_SOFT_ADD * n + i] = k_soft_add(a[i], b[i]);
        z[CHECK_SOFT_SUB * n + i] = k_soft_sub(a[i], b[i]);
        z[CHECK_SOFT_MUL * n + i] = k_soft_mul(a[i], b[i]);
        z[CHECK_SOFT_DIV * n + i] = k_soft_div(a[i], b[i]);
        z[CHECK_SOFT_FMA * n + i] = k_soft_fma(a[i], b[i], c[i]);
        z[CHECK_SOFT_SQRT * n + i] = k_soft_sqrt(a[i]);
        z[CHECK_SOFT_LESS * n + i] = (k_u64)(k_soft_less(a[i], b[i]) +
                                             2 * k_soft_less_equal(a[i], b[i]) +
                                             4 * k_soft_equal(a[i], b[i]));
        z[CHECK_SOFT_TO_FLOAT * n + i] = k_float_bits(k_soft_to_float(a[i]));
        z[CHECK_SOFT_OF_FLOAT * n + i] =
            k_soft_of_float(k_float_of((k_u32)a[i]));
        z[CHECK_SOFT_OF_I64 * n + i] = k_soft_of_i64((k_i64)a[i]);
        z[CHECK_SOFT_OF_I32 * n + i] = k_soft_of_i32((k_i32)(k_u32)a[i]);
        z[CHECK_SOFT_LDEXP * n + i] = k_soft_ldexp(a[i], e[i]);
    }
}

enum {
    CHECK_PAIR_TWO_SUM,
    CHECK_PAIR_TWO_PROD,
    CHECK_PAIR_ADD1, /* x + y.hi */
    CHECK_PAIR_ADD,
    CHECK_PAIR_SUB,
    CHECK_PAIR_MUL1,
    CHECK_PAIR_MUL,
    CHECK_PAIR_DIV1,
    CHECK_PAIR_DIV,
    CHECK_PAIR_FMA, /* x y + x */
    CHECK_PAIR_SQRT,
    CHECK_PAIR_COMPARE, /* hi: x < y, lo: x = y */
    CHECK_PAIR_EXP,     /* of x */
    CHECK_PAIR_EXPM1,
    CHECK_PAIR_LOG, /* of |x| */
    CHECK_PAIR_TANH,
    CHECK_PAIR_RESULTS
};

#define CHECK_KEEP_(result, pair)                                              \
    z_hi[(result)*n + i] = (pair).hi;                                          \
    z_lo[(result)*n + i] = (pair).lo

#define K_ARGS_check_pair(IN, OUT, VALUE)                                      \
    IN(float, x_hi)                                                            \
    IN(float, x_lo)                                                            \
    IN(float, y_hi)                                                            \
    IN(float, y_lo) OUT(float, z_hi) OUT(float, z_lo) VALUE(int, n)
K_KERNEL(check_pair)
{
    K_EACH (i) {
        const k_pair x = k_pair_of(x_hi[i], x_lo[i]);
        const k_pair y = k_pair_of(y_hi[i], y_lo[i]);
        const k_pair sum = k_two_sumf(x.hi, y.hi);
        const k_pair product = k_two_prodf(x.hi, y.hi);
        const k_pair add1 = k_pair_add1(x, y.hi), add = k_pair_add(x, y);
        const k_pair sub = k_pair_sub(x, y), mul1 = k_pair_mul1(x, y.hi);
        const k_pair mul = k_pair_mul(x, y), div1 = k_pair_div1(x, y.hi);
        const k_pair div = k_pair_div(x, y), fma_ = k_pair_fma(x, y, x);
        const k_pair size =
            k_pair_of(x.hi < 0 ? -x.hi : x.hi, x.hi < 0 ? -x.lo : x.lo);
        const k_pair root = k_pair_sqrt(size), log_ = k_pair_log(size);
        const k_pair exp_ = k_pair_exp(x), expm1_ = k_pair_expm1(x);
        const k_pair tanh_ = k_pair_tanh(x);
        const k_pair compared = k_pair_of(k_pair_less(x, y) ? 1.0f : 0.0f,
                                          k_pair_equal(x, y) ? 1.0f : 0.0f);
        CHECK_KEEP_(CHECK_PAIR_TWO_SUM, sum);
        CHECK_KEEP_(CHECK_PAIR_TWO_PROD, product);
        CHECK_KEEP_(CHECK_PAIR_ADD1, add1);
        CHECK_KEEP_(CHECK_PAIR_ADD, add);
        CHECK_KEEP_(CHECK_PAIR_SUB, sub);
        CHECK_KEEP_(CHECK_PAIR_MUL1, mul1);
        CHECK_KEEP_(CHECK_PAIR_MUL, mul);
        CHECK_KEEP_(CHECK_PAIR_DIV1, div1);
        CHECK_KEEP_(CHECK_PAIR_DIV, div);
        CHECK_KEEP_(CHECK_PAIR_FMA, fma_);
        CHECK_KEEP_(CHECK_PAIR_SQRT, root);
        CHECK_KEEP_(CHECK_PAIR_COMPARE, compared);
        CHECK_KEEP_(CHECK_PAIR_EXP, exp_);
        CHECK_KEEP_(CHECK_PAIR_EXPM1, expm1_);
        CHECK_KEEP_(CHECK_PAIR_LOG, log_);
        CHECK_KEEP_(CHECK_PAIR_TANH, tanh_);
    }
}

/* the double nearest each pair, as bits, and the pair of it */
#define K_ARGS_check_pair_bits(IN, OUT, VALUE)                                 \
    IN(float, x_hi)                                                            \
    IN(float, x_lo) OUT(k_u64, bits) OUT(float, z_hi) OUT(float, z_lo)
K_KERNEL(check_pair_bits)
{
    K_EACH (i) {
        bits[i] = k_double_bits_of_pair(k_pair_of(x_hi[i], x_lo[i]));
        const k_pair z = k_pair_of_double_bits(bits[i]);
        z_hi[i] = z.hi;
        z_lo[i] = z.lo;
    }
}

#endif
