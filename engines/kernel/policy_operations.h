/* SPDX-License-Identifier: BSD-3-Clause */
/* The words of engines/kernel/policy.h, which is their manual: macros that take
 * the function of the policy at hand, and the functions of each policy. */
#ifndef SUNZI_ENGINES_KERNEL_POLICY_OPERATIONS_H
#define SUNZI_ENGINES_KERNEL_POLICY_OPERATIONS_H

#include "engines/kernel/language.h"

#include "engines/kernel/math.h"
#include "engines/kernel/math_pair.h"
#include "engines/kernel/pair.h"

#define K_KERNEL_T(name)   K_KERNEL_OF_(K_T(name))
#define K_KERNEL_OF_(name) K_KERNEL(name)

#define k_real    K_T(k_real)
#define k_state   K_T(k_state)
#define k_element K_T(k_element)
#define K_PLANES  K_T(K_PLANES)

#define K_LOAD(x, i, plane)     K_T(k_load)((x), (i), (plane))
#define K_STORE(x, i, plane, s) K_T(k_store)((x), (i), (plane), (s))
#define K_VALUE(s)              K_T(k_value)(s)
#define K_OF_ELEMENT(x)         K_T(k_of_element)(x)
#define K_INCREMENT(s, d)       K_T(k_increment)((s), (d))
#define K_DIFFERENCE(a, b)      K_T(k_difference)((a), (b))
#define K_TO_GO(target, s)      K_T(k_to_go)((target), (s))
#define K_RELAX(s, target, z)   K_T(k_relax)((s), (target), (z))

#define K_ADD(a, b)        K_T(k_add)((a), (b))
#define K_SUB(a, b)        K_T(k_sub)((a), (b))
#define K_MUL(a, b)        K_T(k_mul)((a), (b))
#define K_DIV(a, b)        K_T(k_div)((a), (b))
#define K_FMA(a, b, c)     K_T(k_mul_add)((a), (b), (c))
#define K_NEG(a)           K_T(k_neg)(a)
#define K_ABS(a)           K_T(k_abs)(a)
#define K_LESS(a, b)       K_T(k_less)((a), (b))
#define K_SELECT(c, a, b)  K_T(k_select)((c), (a), (b))
#define K_SQRT(a)          K_T(k_square_root)(a)
#define K_EXP(a)           K_T(k_exponential)(a)
#define K_EXPM1(a)         K_T(k_exponential_m1)(a)
#define K_EXP_BOUNDED(a)   K_T(k_exponential_bounded)(a)
#define K_EXPM1_BOUNDED(a) K_T(k_exponential_m1_bounded)(a)
#define K_LOG(a)           K_T(k_logarithm)(a)
#define K_TANH(a)          K_T(k_hyperbolic_tangent)(a)
#define K_POW(a, b)        K_T(k_power)((a), (b))
#define K_R(number)        K_T(K_R)(number)
#define K_RATIO(n, d)      K_T(K_RATIO)(n, d)
#define K_NUMBER(x, low)   K_T(K_NUMBER)(x, low)

#define K_R_fp64(number)  (number)
#define K_R_fp32(number)  (number##f)
#define K_R_fp32c(number) (number##f)

/* a NaN shows on the host the constant that a float does not hold */
#ifdef K_FP64
#define K_R_df64(number)                                                       \
    k_pair_of(number##f, number##f == (number) ? 0.0f : K_NANF_)
#else
#define K_R_df64(number) k_pair_of(number##f, 0.0f)
#endif

#define K_NUMBER_fp64(x, low)  (x)
#define K_NUMBER_fp32(x, low)  (x##f)
#define K_NUMBER_fp32c(x, low) (x##f)

/* a NaN shows on the host a low half that is not the number's */
#ifdef K_FP64
#define K_NUMBER_df64(x, low)                                                  \
    k_pair_of(x##f, k_fabs((x) - (double)x##f - (double)low##f) <=             \
                            0x1p-47 * k_fabs(x)                                \
                        ? low##f                                               \
                        : K_NANF_)
#else
#define K_NUMBER_df64(x, low) k_pair_of(x##f, low##f)
#endif

#define K_RATIO_fp64(n, d)  ((n) / (d))
#define K_RATIO_fp32(n, d)  (n##f / d##f)
#define K_RATIO_fp32c(n, d) (n##f / d##f)
#define K_RATIO_df64(n, d)  k_pair_div1(k_pair_of(n##f, 0.0f), d##f)

/* Numbers that are numbers of C: tag, type, and the functions of the type. */
#define K_NUMBERS_(tag, real, FMA, ABS, SQRT, EXP, EXPM1, EXP_BOUNDED,         \
                   EXPM1_BOUNDED, LOG, TANH, POW)                              \
    typedef real k_real_##tag;                                                 \
    K_FN real k_add_##tag(real a, real b)                                      \
    {                                                                          \
        return a + b;                                                          \
    }                                                                          \
    K_FN real k_sub_##tag(real a, real b)                                      \
    {                                                                          \
        return a - b;                                                          \
    }                                                                          \
    K_FN real k_mul_##tag(real a, real b)                                      \
    {                                                                          \
        return a * b;                                                          \
    }                                                                          \
    K_FN real k_div_##tag(real a, real b)                                      \
    {                                                                          \
        return a / b;                                                          \
    }                                                                          \
    K_FN real k_mul_add_##tag(real a, real b, real c)                          \
    {                                                                          \
        return FMA(a, b, c);                                                   \
    }                                                                          \
    K_FN real k_neg_##tag(real a)                                              \
    {                                                                          \
        return -a;                                                             \
    }                                                                          \
    K_FN real k_abs_##tag(real a)                                              \
    {                                                                          \
        return ABS(a);                                                         \
    }                                                                          \
    K_FN int k_less_##tag(real a, real b)                                      \
    {                                                                          \
        return a < b;                                                          \
    }                                                                          \
    K_FN real k_select_##tag(int condition, real a, real b)                    \
    {                                                                          \
        return condition ? a : b;                                              \
    }                                                                          \
    K_FN real k_square_root_##tag(real a)                                      \
    {                                                                          \
        return SQRT(a);                                                        \
    }                                                                          \
    K_FN real k_exponential_##tag(real a)                                      \
    {                                                                          \
        return EXP(a);                                                         \
    }                                                                          \
    K_FN real k_exponential_m1_##tag(real a)                                   \
    {                                                                          \
        return EXPM1(a);                                                       \
    }                                                                          \
    K_FN real k_exponential_bounded_##tag(real a)                              \
    {                                                                          \
        return EXP_BOUNDED(a);                                                 \
    }                                                                          \
    K_FN real k_exponential_m1_bounded_##tag(real a)                           \
    {                                                                          \
        return EXPM1_BOUNDED(a);                                               \
    }                                                                          \
    K_FN real k_logarithm_##tag(real a)                                        \
    {                                                                          \
        return LOG(a);                                                         \
    }                                                                          \
    K_FN real k_hyperbolic_tangent_##tag(real a)                               \
    {                                                                          \
        return TANH(a);                                                        \
    }                                                                          \
    K_FN real k_power_##tag(real a, real b)                                    \
    {                                                                          \
        return POW(a, b);                                                      \
    }

/* States that are one number. */
#define K_SINGLE_STATES_(tag, real, EXPM1_BOUNDED, MAX)                        \
    typedef real k_state_##tag, k_element_##tag;                               \
    enum { K_PLANES_##tag = 1 };                                               \
    K_FN real k_of_element_##tag(real x)                                       \
    {                                                                          \
        return x;                                                              \
    }                                                                          \
    K_FN real k_load_##tag(K_GLOBAL const real *x, int i, int plane)           \
    {                                                                          \
        (void)plane;                                                           \
        return x[i];                                                           \
    }                                                                          \
    K_FN void k_store_##tag(K_GLOBAL real *x, int i, int plane, real s)        \
    {                                                                          \
        (void)plane;                                                           \
        x[i] = s;                                                              \
    }                                                                          \
    K_FN real k_value_##tag(real s)                                            \
    {                                                                          \
        return s;                                                              \
    }                                                                          \
    K_FN real k_increment_##tag(real s, real d)                                \
    {                                                                          \
        return s + d;                                                          \
    }                                                                          \
    K_FN real k_difference_##tag(real a, real b)                               \
    {                                                                          \
        return a - b;                                                          \
    }                                                                          \
    K_FN real k_to_go_##tag(real target, real s)                               \
    {                                                                          \
        return target - s;                                                     \
    }                                                                          \
    K_FN real k_relax_##tag(real s, real target, real z)                       \
    {                                                                          \
        return s - (target - s) * EXPM1_BOUNDED(MAX(-z, (real)-40));           \
    }

/* States that are pairs: two planes of floats. */
#define K_PAIR_STATES_(tag)                                                    \
    typedef k_pair k_state_##tag;                                              \
    typedef float k_element_##tag;                                             \
    enum { K_PLANES_##tag = 2 };                                               \
    K_FN k_pair k_load_##tag(K_GLOBAL const float *x, int i, int plane)        \
    {                                                                          \
        return k_pair_of(x[i], x[(k_i64)plane + i]);                           \
    }                                                                          \
    K_FN void k_store_##tag(K_GLOBAL float *x, int i, int plane, k_pair s)     \
    {                                                                          \
        x[i] = s.hi;                                                           \
        x[(k_i64)plane + i] = s.lo;                                            \
    }

K_NUMBERS_(fp32, float, k_fmaf, k_fabsf, k_sqrtf, k_expf, k_expm1f,
           k_exp_boundedf, k_expm1_boundedf, k_logf, k_tanhf, k_powf)
K_SINGLE_STATES_(fp32, float, k_expm1_boundedf, k_maxf)

K_NUMBERS_(fp32c, float, k_fmaf, k_fabsf, k_sqrtf, k_expf, k_expm1f,
           k_exp_boundedf, k_expm1_boundedf, k_logf, k_tanhf, k_powf)
K_PAIR_STATES_(fp32c)

K_FN float k_value_fp32c(k_pair s)
{
    return s.hi;
}

K_FN k_pair k_increment_fp32c(k_pair s, float d)
{
    return k_pair_add1(s, d);
}

K_FN float k_of_element_fp32c(float x)
{
    return x;
}

K_FN float k_difference_fp32c(k_pair a, k_pair b)
{
    return (a.hi - b.hi) + (a.lo - b.lo);
}

K_FN float k_to_go_fp32c(float target, k_pair s)
{
    return (target - s.hi) - s.lo;
}

K_FN k_pair k_relax_fp32c(k_pair s, float target, float z)
{
    const float part = k_expm1_boundedf(k_maxf(-z, -40.0f));
    return k_pair_add1(s, -k_to_go_fp32c(target, s) * part);
}

typedef k_pair k_real_df64;
K_PAIR_STATES_(df64)

#define k_add_df64                k_pair_add
#define k_sub_df64                k_pair_sub
#define k_mul_df64                k_pair_mul
#define k_div_df64                k_pair_div
#define k_mul_add_df64            k_pair_fma
#define k_neg_df64                k_pair_neg
#define k_less_df64               k_pair_less
#define k_square_root_df64        k_pair_sqrt
#define k_exponential_df64        k_pair_exp
#define k_exponential_m1_df64     k_pair_expm1
#define k_logarithm_df64          k_pair_log
#define k_hyperbolic_tangent_df64 k_pair_tanh
#define k_power_df64              k_pair_pow
#define k_increment_df64          k_pair_add
#define k_difference_df64         k_pair_sub
#define k_to_go_df64              k_pair_sub

/* calls: kernels with dozens of them would take minutes to compile */
K_FN_CALLED k_pair k_exponential_bounded_df64(k_pair a)
{
    return k_pair_exp(a);
}

K_FN_CALLED k_pair k_exponential_m1_bounded_df64(k_pair a)
{
    return k_pair_expm1(a);
}

K_FN k_pair k_of_element_df64(float x)
{
    return k_pair_of(x, 0.0f);
}

K_FN k_pair k_value_df64(k_pair s)
{
    return s;
}

K_FN k_pair k_select_df64(int condition, k_pair a, k_pair b)
{
    return k_pair_of(condition ? a.hi : b.hi, condition ? a.lo : b.lo);
}

K_FN k_pair k_abs_df64(k_pair a)
{
    return k_select_df64(a.hi < 0, k_pair_neg(a), a);
}

K_FN k_pair k_relax_df64(k_pair s, k_pair target, k_pair z)
{
    const k_pair part = k_exponential_m1_bounded_df64(k_pair_neg(z));
    return k_pair_sub(s, k_pair_mul(k_pair_sub(target, s), part));
}

#ifdef K_FP64
K_NUMBERS_(fp64, double, k_fma, k_fabs, k_sqrt, k_exp, k_expm1, k_exp_bounded,
           k_expm1_bounded, k_log, k_tanh, k_pow)
K_SINGLE_STATES_(fp64, double, k_expm1_bounded, k_max)

#define K_OF_DOUBLE_(tag, real, state)                                         \
    K_FN real k_real_of_##tag(double x)                                        \
    {                                                                          \
        return (real)x;                                                        \
    }                                                                          \
    K_FN state k_state_of_##tag(double x)                                      \
    {                                                                          \
        return (state)x;                                                       \
    }                                                                          \
    K_FN double k_double_of_state_##tag(state s)                               \
    {                                                                          \
        return (double)s;                                                      \
    }
K_OF_DOUBLE_(fp64, double, double)
K_OF_DOUBLE_(fp32, float, float)

K_FN float k_real_of_fp32c(double x)
{
    return (float)x;
}
#define k_state_of_fp32c        k_pair_of_double
#define k_double_of_state_fp32c k_double_of_pair
#define k_real_of_df64          k_pair_of_double
#define k_state_of_df64         k_pair_of_double
#define k_double_of_state_df64  k_double_of_pair
#endif

#endif
