/* SPDX-License-Identifier: BSD-3-Clause */
/* engines/kernel/policy.h by its smallest kernel, tests/engines/relax.k.h: what
 * a million steps cost each policy in accuracy, and the same bits from the
 * loops of every CPU engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "tests/engines/check_loops.h"
#include "tests/engines/kernel_check.h"

enum { CELLS = 16, STEPS = 1000000, PLANE = CELLS + 3 };
#define DT 1e-6 /* not a number of FP32 */

/* rate, x, y as the policies store them; NaN where nothing belongs */
typedef struct arrays_fp64 {
    double rate[PLANE], x[PLANE], y[PLANE];
} arrays_fp64;
typedef struct arrays_float {
    float rate[2 * PLANE], x[2 * PLANE], y[2 * PLANE];
} arrays_float;

static double rate_of(int i)
{
    return 0.3 + 0.1 * i;
}

static double start_of(int i)
{
    return (i % 2 ? -1 : 1) * (0.7 + i / 3.0);
}

/* Fills the arrays of a policy, makes `steps` steps, and gives the states. */
#define POLICY_RUN(tag, arrays)                                                \
    static void run_##tag(const check_engine *engine, int steps, double *x,    \
                          double *y)                                           \
    {                                                                          \
        arrays a;                                                              \
        memset(&a, 0xff, sizeof a);                                            \
        for (int i = 0; i < CELLS; i++) {                                      \
            k_store_##tag(a.rate, i, PLANE, k_state_of_##tag(rate_of(i)));     \
            k_store_##tag(a.x, i, PLANE, k_state_of_##tag(start_of(i)));       \
            k_store_##tag(a.y, i, PLANE, k_state_of_##tag(start_of(i)));       \
        }                                                                      \
        const relax_##tag##_args args = {CHECK_ARRAY(a.rate),                  \
                                         CHECK_ARRAY(a.x), CHECK_ARRAY(a.y),   \
                                         k_real_of_##tag(DT), PLANE};          \
        for (int step = 0; step < steps; step++)                               \
            engine->loops[LOOP_relax_##tag](check_points(CELLS), &args);       \
        for (int i = 0; i < CELLS; i++) {                                      \
            x[i] = k_double_of_state_##tag(k_load_##tag(a.x, i, PLANE));       \
            y[i] = k_double_of_state_##tag(k_load_##tag(a.y, i, PLANE));       \
        }                                                                      \
        assert_true(a.x[CELLS] != a.x[CELLS]); /* untouched */                 \
    }
POLICY_RUN(fp64, arrays_fp64)
POLICY_RUN(fp32, arrays_float)
POLICY_RUN(fp32c, arrays_float)
POLICY_RUN(df64, arrays_float)

typedef void policy_run(const check_engine *engine, int steps, double *x,
                        double *y);

static const struct {
    const char *name;
    policy_run *run;
    /* Allowed relative error of x after STEPS steps of length DT, rate r < 2:
     * - fp64: a rounding of x a step, 2^-53 (and r DT, which adds little);
     * - fp32: the same in 2^-24 (a walk of roundings would be smaller by the
     *   root of STEPS; equal steps round alike, so it is not);
     * - fp32c: rates, dt and the increment, each rounded by 2^-24 relative: at
     *   most 6 roundings of r t = 2; the sums of pairs, 2^-47 a step;
     * - df64: 2^-45 of the increments, likewise, and 2^-46 a step. */
    double most, least; /* fp32 must show its loss */
} policies[] = {
    {"fp64", run_fp64, STEPS * 0x1p-53 * 2, 0},
    {"fp32", run_fp32, STEPS * 0x1p-24 * 2, 1e-4},
    {"fp32c", run_fp32c, 2 * 6 * 0x1p-24 + STEPS * 0x1p-47, 0},
    {"df64", run_df64, 2 * 0x1p-45 + STEPS * 0x1p-46, 0},
};
enum { POLICIES = (int)(sizeof policies / sizeof policies[0]) };

static double worst_error(const double *x)
{
    double worst = 0;
    for (int i = 0; i < CELLS; i++) {
        const double exact = start_of(i) * exp(-rate_of(i) * DT * STEPS);
        const double error = fabs(x[i] - exact) / fabs(exact);
        if (!(error <= worst))
            worst = error;
    }
    return worst;
}

static void policies_have_their_errors(void **state)
{
    const check_engine *engine = check_engines();
    int failures = 0;
    (void)state;
    while (engine[1].name)
        engine++;
    for (int p = 0; p < POLICIES; p++) {
        double x[CELLS], y[CELLS];
        policies[p].run(engine, STEPS, x, y);
        const double of_x = worst_error(x), of_y = worst_error(y);
        if (!(of_x <= policies[p].most && of_y <= policies[p].most &&
              of_x >= policies[p].least && of_y >= policies[p].least)) {
            failures++;
            print_error("%s after %d steps: relative errors %.2e (gate), %.2e "
                        "(level), expected %.1e to %.1e\n",
                        policies[p].name, STEPS, of_x, of_y, policies[p].least,
                        policies[p].most);
        }
    }
    assert_int_equal(failures, 0);
}

static void engines_have_the_same_bits(void **state)
{
    const check_engine *list = check_engines();
    (void)state;
    for (int p = 0; p < POLICIES; p++) {
        double x[CELLS], y[CELLS], other_x[CELLS], other_y[CELLS];
        policies[p].run(list, 1000, x, y);
        for (const check_engine *e = list + 1; e->name; e++) {
            policies[p].run(e, 1000, other_x, other_y);
            if (memcmp(x, other_x, sizeof x) != 0 ||
                memcmp(y, other_y, sizeof y) != 0)
                fail_msg("%s: %s has other bits than portable",
                         policies[p].name, e->name);
        }
    }
}

/* Constants and numbers, in one place for all policies. */
#define POLICY_WORDS(tag, tolerance, of_differences)                           \
    static void words_##tag(void **state)                                      \
    {                                                                          \
        (void)state;                                                           \
        const k_real_##tag a = K_RATIO(392.0, 1e3), b = K_R(-1.5);             \
        const struct {                                                         \
            const char *word;                                                  \
            k_real_##tag got;                                                  \
            double expected;                                                   \
        } list[] = {                                                           \
            {"ratio", a, 0.392},                                               \
            {"constant", b, -1.5},                                             \
            {"add", K_ADD(a, b), 0.392 - 1.5},                                 \
            {"sub", K_SUB(a, b), 0.392 + 1.5},                                 \
            {"mul", K_MUL(a, b), 0.392 * -1.5},                                \
            {"div", K_DIV(a, b), 0.392 / -1.5},                                \
            {"fma", K_FMA(a, b, a), 0.392 * -1.5 + 0.392},                     \
            {"neg", K_NEG(a), -0.392},                                         \
            {"abs", K_ABS(b), 1.5},                                            \
            {"select", K_SELECT(K_LESS(b, a), a, b), 0.392},                   \
            {"select", K_SELECT(K_LESS(a, b), a, b), -1.5},                    \
            {"sqrt", K_SQRT(a), sqrt(0.392)},                                  \
            {"exp", K_EXP(b), exp(-1.5)},                                      \
            {"expm1", K_EXPM1(a), expm1(0.392)},                               \
            {"log", K_LOG(a), log(0.392)},                                     \
            {"tanh", K_TANH(b), tanh(-1.5)},                                   \
            {"pow", K_POW(a, b), pow(0.392, -1.5)},                            \
            {"value", K_VALUE(k_state_of_##tag(0.392)), 0.392},                \
            {"difference",                                                     \
             K_DIFFERENCE(k_state_of_##tag(137.00001), k_state_of_##tag(137)), \
             137.00001 - 137},                                                 \
            {"to go", K_TO_GO(K_R(137.0), k_state_of_##tag(137.00001)),        \
             137 - 137.00001},                                                 \
        };                                                                     \
        for (size_t k = 0; k < sizeof list / sizeof list[0]; k++) {            \
            const double got = number_##tag(list[k].got);                      \
            const double error = fabs(got / list[k].expected - 1);             \
            const int near = k >= 18; /* one float does not see them */        \
            if (!(error <= (near ? of_differences : tolerance)))               \
                fail_msg(#tag " %s: got %.17g, expected %.17g", list[k].word,  \
                         got, list[k].expected);                               \
        }                                                                      \
    }

static double number_fp64(double x)
{
    return x;
}
static double number_fp32(float x)
{
    return x;
}
#define number_fp32c number_fp32
static double number_df64(k_pair x)
{
    return k_double_of_pair(x);
}

/* A few roundings each; differences of 1e-5 at 137 keep 24 bits less of the
 * state's, 53 or 48, than they have. */
#define K_POLICY_FP64
#include "engines/kernel/policy.h"
POLICY_WORDS(fp64, 0x1p-50, 0x1p-27)
#define K_POLICY_FP32
#include "engines/kernel/policy.h"
POLICY_WORDS(fp32, 0x1p-21, 2)
#define K_POLICY_FP32C
#include "engines/kernel/policy.h"
POLICY_WORDS(fp32c, 0x1p-21, 0x1p-21)
#define K_POLICY_DF64
#include "engines/kernel/policy.h"
POLICY_WORDS(df64, 0x1p-44, 0x1p-22)

static void constants_that_would_lose_digits_are_nan(void **state)
{
    (void)state;
    const k_pair tenth = K_R(0.1), half = K_R(0.5);
    assert_true(isnan(k_double_of_pair(tenth)));
    assert_true(k_double_of_pair(half) == 0.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_have_their_errors),
        cmocka_unit_test(engines_have_the_same_bits),
        cmocka_unit_test(words_fp64),
        cmocka_unit_test(words_fp32),
        cmocka_unit_test(words_fp32c),
        cmocka_unit_test(words_df64),
        cmocka_unit_test(constants_that_would_lose_digits_are_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
