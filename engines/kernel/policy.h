/* SPDX-License-Identifier: BSD-3-Clause */
/* One kernel text for several precisions. A template, relax_template.k.h, is
 * written in the words below; relax.k.h includes it once for each policy:
 *
 *     #define K_POLICY_FP32C
 *     #include "engines/kernel/policy.h"
 *     #include "solvers/cardiac/relax_template.k.h"
 *
 * with K_POLICY_FP32, K_POLICY_FP32C, K_POLICY_DF64 and, last and inside #ifdef
 * K_FP64, K_POLICY_FP64. This file and templates are included several times, so
 * they have no include guards.
 *
 *              numbers        state            element  planes
 *     fp64     double         double           double   1
 *     fp32     float          float            float    1
 *     fp32c    float          k_pair           float    2
 *     df64     k_pair         k_pair           float    2
 *
 * Names and types:
 *     K_T(name)           name_fp64, name_fp32, ...
 *     K_KERNEL_T(name)    K_KERNEL(name_fp64); the includer makes its list of
 *                         arguments an alias of one list:
 *                         #define K_ARGS_relax_fp64 K_ARGS_relax
 *     k_real              a number; also a VALUE
 *     k_state             a value of the state, loaded
 *     k_element           of an array of states: IN(k_element, x); value i is
 *                         x[i], and its low half x[i + plane] where K_PLANES is
 *                         2. The kernel gets `plane` (VALUE(int, plane)) under
 *                         every policy.
 *
 * States: rates are computed from K_VALUE, differences of states from the
 * states themselves, and increments, which may be far below the last bit of a
 * float, are added to the state.
 *     K_LOAD(x, i, plane)
 *     K_STORE(x, i, plane, state)
 *     K_VALUE(state)               rounded to k_real
 *     K_OF_ELEMENT(x[i])           a k_element, of one plane, as a k_real
 *     K_INCREMENT(state, d)        state + d
 *     K_DIFFERENCE(a, b)           state a - state b
 *     K_TO_GO(target, state)       number target - state
 *     K_RELAX(state, target, z)    exact step of dx/dt = (target - x) / tau,
 *                                  z = dt / tau >= 0 (Rush, Larsen 1978):
 *                                  state - (target - state) expm1(-z)
 *
 * Numbers: under fp64, fp32 and fp32c k_real is a C number, and a template for
 * these alone may write + - * / < itself. One that is for df64 too writes
 *     K_ADD K_SUB K_MUL K_DIV (a, b)    K_FMA(a, b, c) = a b + c
 *     K_NEG K_ABS (a)    K_LESS(a, b)   K_SELECT(condition, a, b)
 * Under all policies: K_SQRT K_EXP K_EXPM1 K_LOG K_TANH (a), K_POW(a, b), and
 *     K_EXP_BOUNDED(a), K_EXPM1_BOUNDED(a)
 *                           cheaper, for |a| <= 87 (708 under fp64); what they
 *                           give for others is not promised
 *     K_R(0.5)              a constant that a float holds exactly; under the
 *                           other policies than df64, any constant
 *     K_RATIO(392.0, 1e3)   numerator and denominator that floats hold exactly:
 *                           0.392 as well as k_real can
 *     K_NUMBER(x, low)      any constant: decimals of x, and the rest of it
 *                           where a float holds the number nearest to x
 *
 * What is the same for all i is computed before K_EACH: gcc 12 does not
 * vectorise a loop that chooses by a condition that is.
 *
 * For hosts, and devices with FP64: K_T(k_real_of)(double),
 * K_T(k_state_of)(double), K_T(k_double_of_state)(state), and
 * k_load_fp32c(x, i, plane) and so on. */
#include "engines/kernel/policy_operations.h"

#undef K_T
#if defined K_POLICY_FP64
#undef K_POLICY_FP64
#define K_T(name) name##_fp64
#elif defined K_POLICY_FP32
#undef K_POLICY_FP32
#define K_T(name) name##_fp32
#elif defined K_POLICY_FP32C
#undef K_POLICY_FP32C
#define K_T(name) name##_fp32c
#elif defined K_POLICY_DF64
#undef K_POLICY_DF64
#define K_T(name) name##_df64
#else
#error "define K_POLICY_FP64, _FP32, _FP32C or _DF64 before policy.h"
#endif
