/* SPDX-License-Identifier: BSD-3-Clause */
/* Factors at every rung: P S = L U (or S = L L^T) within the backward error
 * bound of the rung (N. J. Higham, Accuracy and Stability of Numerical
 * Algorithms, 2nd ed., theorem 9.3), tested through solves of S and S^T;
 * statuses; bits; failures. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/context.h"
#include "solvers/dense/factors.h"
#include "tests/random.h"

static const sunzi_factor rungs[] = {SUNZI_FACTOR_INT8, SUNZI_FACTOR_BF16,
                                     SUNZI_FACTOR_FP16, SUNZI_FACTOR_TF32,
                                     SUNZI_FACTOR_FP32, SUNZI_FACTOR_EMULATED,
                                     SUNZI_FACTOR_FP64};
enum { RUNGS = sizeof rungs / sizeof rungs[0] };

/* unit roundoff of a rung's products, precision/low_format.h */
static double roundoff(sunzi_factor factor)
{
    switch (factor) {
    case SUNZI_FACTOR_INT8:
        return 0x1p-18; /* relative to the largest of a vector */
    case SUNZI_FACTOR_BF16:
        return 0x1p-8;
    case SUNZI_FACTOR_FP16:
    case SUNZI_FACTOR_TF32:
        return 0x1p-11;
    case SUNZI_FACTOR_FP32:
        return 0x1p-24;
    default:
        return 0x1p-53;
    }
}

static double uniform(uint64_t *s)
{
    return (double)(random_step(s) >> 11) * 0x1p-53 - 0.5;
}

/* General: random; positive definite: diagonal 1, rows sums below it. */
static double *make(int n, bool definite)
{
    uint64_t seed = (uint64_t)n + 1;
    double *a = malloc((size_t)n * (size_t)n * sizeof *a);
    assert_non_null(a);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            a[i * n + j] = uniform(&seed) / (definite ? n : 1);
    for (int i = 0; i < n && definite; i++) {
        a[i * n + i] = 1;
        for (int j = 0; j < i; j++)
            a[j * n + i] = a[i * n + j];
    }
    return a;
}

/* ||b - S x|| / (n ||S|| ||x||) in long double */
static double backward_error(int n, const double *s, bool transposed,
                             const double *x, const double *b)
{
    double r = 0, size = 0, norm = 0;
    for (int i = 0; i < n; i++) {
        long double v = b[i], row = 0;
        for (int j = 0; j < n; j++) {
            const double e = s[transposed ? j * n + i : i * n + j];
            v -= (long double)e * x[j];
            row += fabsl((long double)e);
        }
        norm = fmax(norm, (double)row);
        size = fmax(size, fabs(x[i]));
        if (!(fabs((double)v) <= r) && !isnan(r))
            r = fabs((double)v); /* a NaN stays */
    }
    return r / (norm * size);
}

static void check_rung(sunzi_context *ctx, int n, sunzi_factor factor,
                       bool definite, bool by_rows)
{
    double *s = make(n, definite);
    double *x = malloc((size_t)n * 2 * sizeof *x), *b = x + n;
    const sunzi_dense a = {
        n, s, by_rows ? n : 1, by_rows ? 1 : n, NULL, NULL, NULL, NULL};
    sunzi_factors *f;
    uint64_t seed = 3;
    assert_non_null(x);
    const sunzi_status status =
        sunzi_factorize(ctx, definite ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL,
                        factor, &a, &f);
    if (status != SUNZI_OK)
        fail_msg("n %d rung %s: %s", n, sunzi_factor_name(factor),
                 sunzi_last_message());
    for (int i = 0; i < n; i++)
        b[i] = uniform(&seed);
    for (int transposed = 0; transposed < 2; transposed++) {
        memcpy(x, b, (size_t)n * sizeof *x);
        sunzi_factors_solve(ctx, f, transposed, 1, x, n);
        const double e =
            backward_error(n, s, by_rows == (transposed != 0), x, b);
        const double growth = fmax(1, sunzi_factors_growth(f));
        /* 3 n u || |L||U| || <= 3 n^2 u growth, with the shift of Cholesky */
        const double bound =
            fmin(0.5, 3.0 * n * roundoff(factor) * growth +
                          (definite ? 16 * roundoff(factor) : 0));
        if (!(e <= bound))
            fail_msg("n %d rung %s definite %d by_rows %d transposed %d: "
                     "backward error %.2e, bound %.2e",
                     n, sunzi_factor_name(factor), definite, by_rows,
                     transposed, e, bound);
    }
    sunzi_factors_destroy(ctx, &f);
    assert_null(f);
    free(x);
    free(s);
}

static void solves_every_size(void **state)
{
    static const int sizes[] = {1, 2, 3, 15, 16, 17, 33, 64, 100, 257, 300};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
        for (int r = 0; r < RUNGS; r++)
            for (int variant = 0; variant < 4; variant++)
                check_rung(*state, sizes[k], rungs[r], variant & 1,
                           variant & 2);
}

static void scaling_is_applied(void **state)
{
    sunzi_context *ctx = *state;
    const double a[4] = {0x1p900, 0x1p-300, 0x1p800, 0x1.8p-200};
    const int32_t row[2] = {-800, -750}, col[2] = {-100, 1100};
    /* S = [1, 1; 2^-50, 1.5 * 2^150]: exact in FP64 */
    const sunzi_dense d = {2, a, 2, 1, row, col, NULL, NULL};
    double z[2] = {2, 1};
    sunzi_factors *f;
    assert_int_equal(
        sunzi_factorize(ctx, SUNZI_GENERAL, SUNZI_FACTOR_FP64, &d, &f),
        SUNZI_OK);
    sunzi_factors_solve(ctx, f, false, 1, z, 2);
    assert_true(fabs(z[0] - 2) < 1e-12);
    sunzi_factors_destroy(ctx, &f);
    /* beyond FP32 */
    assert_int_equal(
        sunzi_factorize(ctx, SUNZI_GENERAL, SUNZI_FACTOR_FP32, &d, &f),
        SUNZI_ERR_OVERFLOW);
    assert_null(f);
}

static void bad_matrices(void **state)
{
    sunzi_context *ctx = *state;
    enum { N = 90 };
    sunzi_factors *f;
    for (int r = 0; r < RUNGS; r++)
        for (int kind = 0; kind < 4; kind++) {
            double *s = make(N, true);
            const bool definite = kind >= 2;
            for (int i = 0; i < N; i++) {
                if (kind == 0)
                    s[i * N + 70] = 0; /* zero column */
                if (kind == 1 && i == 40)
                    s[i * N + i] = NAN;
                if (kind == 2 && i == 50)
                    s[i * N + i] = -3; /* indefinite */
                if (kind == 3 && i == 60)
                    s[i * N + i] = NAN;
            }
            const sunzi_dense a = {N, s, N, 1, NULL, NULL, NULL, NULL};
            const sunzi_status status = sunzi_factorize(
                ctx, definite ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL,
                rungs[r], &a, &f);
            if (status >= 0)
                fail_msg("rung %s kind %d gave status %d",
                         sunzi_factor_name(rungs[r]), kind, (int)status);
            assert_null(f);
            free(s);
        }
}

/* The bits of a rung belong to the engine where 16-bit products are summed. */
static bool same_on_engines(sunzi_factor factor)
{
    return factor != SUNZI_FACTOR_BF16 && factor != SUNZI_FACTOR_FP16;
}

static void bits_of_rung(sunzi_factor factor, const char *engine, int threads,
                         bool definite, const sunzi_dense *a, int rhs,
                         double *x)
{
    const int n = a->n;
    double *alone = malloc((size_t)n * sizeof *alone);
    sunzi_context_options o;
    sunzi_context *ctx;
    sunzi_factors *f;
    uint64_t seed = 11;
    assert_non_null(alone);
    sunzi_context_options_init(&o);
    o.engine = engine;
    o.threads = threads;
    o.reproducible = 1;
    assert_int_equal(sunzi_context_create(&o, &ctx), SUNZI_OK);
    assert_int_equal(
        sunzi_factorize(ctx, definite ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL,
                        factor, a, &f),
        SUNZI_OK);
    for (int i = 0; i < n * rhs; i++)
        x[i] = uniform(&seed);
    memcpy(alone, x + n, (size_t)n * sizeof *alone);
    for (int transposed = 0; transposed < 2; transposed++) {
        sunzi_factors_solve(ctx, f, transposed, rhs, x, n);
        sunzi_factors_solve(ctx, f, transposed, 1, alone, n);
        assert_memory_equal(alone, x + n, (size_t)n * sizeof *alone);
    }
    sunzi_factors_destroy(ctx, &f);
    sunzi_context_destroy(&ctx);
    free(alone);
}

static void bits_do_not_depend_on_threads_columns_or_engine(void **state)
{
    (void)state;
    enum { N = 530, SMALL = 150, RHS = 37 }; /* many: threads share them */
    static double x[2][N * RHS];
    double *s[2] = {make(N, false), make(N, true)};
    double *small[2] = {make(SMALL, false), make(SMALL, true)};
    for (int r = 0; r < RUNGS; r++)
        for (int definite = 0; definite < 2; definite++) {
            const sunzi_dense a = {N,    s[definite], N,    1,
                                   NULL, NULL,        NULL, NULL};
            const sunzi_dense b = {
                SMALL, small[definite], SMALL, 1, NULL, NULL, NULL, NULL};
            bits_of_rung(rungs[r], NULL, 1, definite, &a, RHS, x[0]);
            for (int threads = 2; threads < 4; threads++) {
                bits_of_rung(rungs[r], NULL, threads, definite, &a, RHS, x[1]);
                assert_memory_equal(x[0], x[1], sizeof x[0]);
            }
            bits_of_rung(rungs[r], "portable", 1, definite, &b, RHS, x[0]);
            for (int e = 0; e < sunzi_engine_count(); e++) {
                char why[200];
                if (!same_on_engines(rungs[r]) ||
                    !sunzi_engine_available(e, why, sizeof why))
                    continue;
                bits_of_rung(rungs[r], sunzi_engine_name(e), 2, definite, &b,
                             RHS, x[1]);
                assert_memory_equal(x[0], x[1], SMALL * RHS * sizeof(double));
            }
        }
    for (int k = 0; k < 2; k++) {
        free(s[k]);
        free(small[k]);
    }
}

static void allocation_failures(void **state)
{
    (void)state;
    enum { N = 150 };
    double *s = make(N, false);
    const sunzi_dense a = {N, s, N, 1, NULL, NULL, NULL, NULL};
    for (int r = 0; r < RUNGS; r++) {
        sunzi_context *ctx;
        sunzi_factors *f;
        int failures = 0;
        assert_int_equal(sunzi_context_create(NULL, &ctx), SUNZI_OK);
        for (long k = 1;; k++) {
            sunzi_memory_fail_after(k);
            const sunzi_status status =
                sunzi_factorize(ctx, SUNZI_GENERAL, rungs[r], &a, &f);
            sunzi_memory_fail_after(-1);
            if (status == SUNZI_OK)
                break;
            assert_int_equal(status, SUNZI_ERR_NOMEM);
            assert_null(f);
            failures++;
        }
        sunzi_factors_destroy(ctx, &f);
        assert_true(failures >= 2);
        sunzi_context_destroy(&ctx);
    }
    free(s);
}

static int make_context(void **state)
{
    sunzi_context *ctx = NULL;
    const sunzi_status status = sunzi_context_create(NULL, &ctx);
    *state = ctx;
    return status;
}

/* Its FP32 factors are not LAPACK's. */
static int make_reproducible(void **state)
{
    sunzi_context_options o;
    sunzi_context *ctx = NULL;
    sunzi_context_options_init(&o);
    o.reproducible = 1;
    const sunzi_status status = sunzi_context_create(&o, &ctx);
    *state = ctx;
    return status;
}

static int drop_context(void **state)
{
    sunzi_context *ctx = *state;
    sunzi_context_destroy(&ctx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solves_every_size),
        cmocka_unit_test_setup_teardown(solves_every_size, make_reproducible,
                                        drop_context),
        cmocka_unit_test(scaling_is_applied),
        cmocka_unit_test_setup_teardown(scaling_is_applied, make_reproducible,
                                        drop_context),
        cmocka_unit_test(bad_matrices),
        cmocka_unit_test_setup_teardown(bad_matrices, make_reproducible,
                                        drop_context),
        cmocka_unit_test(bits_do_not_depend_on_threads_columns_or_engine),
        cmocka_unit_test(allocation_failures),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
