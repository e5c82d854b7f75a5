/* SPDX-License-Identifier: BSD-3-Clause */
/* Manufactured solutions of the monodomain and bidomain equations, in 1 to 3
 * dimensions and under each policy: the error falls at second order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <sunzi/sunzi.h>

#include "tools/manufactured.h"

static sunzi_manufactured_errors errors_of(const sunzi_manufactured *problem)
{
    sunzi_manufactured_errors errors;
    if (sunzi_manufactured_run(problem, &errors) != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
    return errors;
}

/* log2 of the ratio of two errors. */
static double order(double coarse, double fine)
{
    return log2(coarse / fine);
}

static void second_order(bool outside)
{
    static const int size[] = {24, 16, 12}, steps[] = {12, 16, 24};
    static const sunzi_policy policies[] = {
        SUNZI_POLICY_FP64, SUNZI_POLICY_FP32C, SUNZI_POLICY_FP32};
    for (int dims = 1; dims <= 3; dims++) {
        sunzi_manufactured_errors fine[3];
        for (int p = 0; p < 3; p++) {
            const int n = size[dims - 1];
            sunzi_manufactured a = {.dims = dims,
                                    .n = n,
                                    .steps = steps[dims - 1],
                                    .policy = policies[p],
                                    .scheme = SUNZI_TISSUE_CRANK_NICOLSON,
                                    .strang = true,
                                    .outside = outside};
            const sunzi_manufactured_errors coarse = errors_of(&a);
            a.n *= 2;
            a.steps *= 2;
            fine[p] = errors_of(&a);
            const double of_V = order(coarse.V, fine[p].V);
            print_message("%d-D, %s: V %.3e (%d), %.3e (%d), order %.2f", dims,
                          sunzi_policy_name(policies[p]), coarse.V, n,
                          fine[p].V, 2 * n, of_V);
            assert_true(of_V > 1.8 && of_V < 2.3);
            if (outside) {
                const double of_phi = order(coarse.phi, fine[p].phi);
                print_message("; phi %.3e, order %.2f", fine[p].phi, of_phi);
                assert_true(of_phi > 1.8 && of_phi < 2.3);
            }
            print_message("\n");
        }
        /* FP32 arithmetic costs nothing against the scheme */
        assert_true(fabs(fine[1].V - fine[0].V) < 2e-6);
    }
}

static void monodomain(void **unused)
{
    (void)unused;
    second_order(false);
}

static void bidomain(void **unused)
{
    (void)unused;
    second_order(true);
}

/* Godunov splitting and backward Euler are of first order in time. */
static void splitting_orders(void **unused)
{
    (void)unused;
    sunzi_manufactured a = {.dims = 1,
                            .n = 200,
                            .steps = 10,
                            .policy = SUNZI_POLICY_FP64,
                            .scheme = SUNZI_TISSUE_BACKWARD_EULER};
    sunzi_manufactured b = a, s = a, x = a;
    b.steps = 20;
    s.scheme = SUNZI_TISSUE_CRANK_NICOLSON;
    s.strang = true;
    const double e1 = errors_of(&a).V, e2 = errors_of(&b).V;
    assert_true(order(e1, e2) > 0.8 && order(e1, e2) < 1.25);
    assert_true(errors_of(&s).V < e2);
    /* explicit steps below their limit agree */
    x.n = 24;
    x.steps = 4000;
    x.strang = true;
    x.scheme = SUNZI_TISSUE_EXPLICIT;
    s.n = 24;
    s.steps = 4000;
    assert_true(fabs(errors_of(&x).V - errors_of(&s).V) < 2e-4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(monodomain),
        cmocka_unit_test(bidomain),
        cmocka_unit_test(splitting_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
