/* SPDX-License-Identifier: BSD-3-Clause */
/* Residuals against 113-bit sums, for every layout, engine and thread count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solvers/dense/residual.h"
#include "tests/solvers/quad.h"

typedef struct shape {
    int m, n, pad;
    bool by_rows, transposed, lower;
} shape;

typedef struct vectors {
    double *x, *x_low, *b, *r, *r_low, *magnitude, *plain;
} vectors;

static vectors make_vectors(int length, test_random *random)
{
    double *p = malloc(7 * (size_t)length * sizeof *p);
    const vectors v = {p,
                       p + length,
                       p + 2 * length,
                       p + 3 * length,
                       p + 4 * length,
                       p + 5 * length,
                       p + 6 * length};
    for (int i = 0; i < length; i++) {
        v.x[i] = test_uniform(random);
        v.x_low[i] = v.x[i] * 0x1p-54 * test_uniform(random);
        v.b[i] = test_uniform(random);
    }
    return v;
}

static double element(const sunzi_operator *a, int i, int j)
{
    const bool swap = a->symmetric_lower && j > i;
    return a
        ->data[(swap ? j : i) * a->row_stride + (swap ? i : j) * a->col_stride];
}

static quad dot_of(const sunzi_operator *a, bool transposed, int i,
                   const vectors *v, quad *size)
{
    quad sum = v->b[i];
    *size = fabs(v->b[i]);
    for (int j = 0; j < (transposed ? a->m : a->n); j++) {
        const quad t =
            (quad)(transposed ? element(a, j, i) : element(a, i, j)) *
            ((quad)v->x[j] + v->x_low[j]);
        sum -= t;
        *size += t < 0 ? -t : t;
    }
    return sum;
}

static double *make_matrix(const shape *s, test_random *random,
                           sunzi_operator *a)
{
    const int inner = s->by_rows ? s->n : s->m,
              outer = s->by_rows ? s->m : s->n;
    const int ld = inner + s->pad;
    const size_t entries = (size_t)ld * (size_t)outer;
    double *data = malloc(entries * sizeof *data);
    for (size_t i = 0; i < entries; i++)
        data[i] = test_uniform(random) * exp2(30 * test_uniform(random));
    *a = (sunzi_operator){
        s->m,     s->n, data, s->by_rows ? ld : 1, s->by_rows ? 1 : ld,
        s->lower, NULL, NULL};
    if (s->lower) /* what may not be read */
        for (int i = 0; i < s->m; i++)
            for (int j = i + 1; j < s->n; j++)
                data[i * a->row_stride + j * a->col_stride] = NAN;
    return data;
}

static void check_exact(const sunzi_operator *a, bool transposed, int count,
                        const vectors *v)
{
    for (int i = 0; i < count; i++) {
        quad size;
        const quad exact = dot_of(a, transposed, i, v, &size);
        const quad pair = (quad)v->r[i] + v->r_low[i];
        const double error = fabs((double)(pair - exact));
        assert_true(error <= (double)size * 0x1p-98);
        assert_true(fabs((double)(v->r[i] - exact)) <=
                    fabs(v->r[i]) * 0x1p-52 + (double)size * 0x1p-98);
        assert_true(fabs(v->magnitude[i] - (double)size) <=
                    1e-13 * (double)size);
        assert_true(fabs((double)(v->plain[i] - exact)) <=
                    4e-14 * (double)size);
    }
}

static void check_shape(const shape *s)
{
    test_random random = {(uint64_t)(s->m * 131 + s->n * 7 + s->pad)};
    sunzi_operator a;
    double *data = make_matrix(s, &random, &a);
    const int count = s->transposed ? s->n : s->m;
    const int longest = s->m > s->n ? s->m : s->n;
    vectors v = make_vectors(longest, &random), first = {0};
    for (int e = 0; e < sunzi_engine_count(); e++)
        for (int threads = 1; threads <= 3; threads += 2) {
            char why[200];
            sunzi_context_options o;
            sunzi_context *ctx = NULL;
            if (!sunzi_engine_available(e, why, sizeof why))
                continue;
            sunzi_context_options_init(&o);
            o.engine = sunzi_engine_name(e);
            o.threads = threads;
            assert_int_equal(sunzi_context_create(&o, &ctx), SUNZI_OK);
            void *scratch = malloc(sunzi_residual_scratch_bytes(&a, 1));
            sunzi_residual_fp64(ctx, &a, s->transposed, 1, v.x, v.b, v.plain,
                                NULL, scratch);
            sunzi_residual_exact(ctx, &a, s->transposed, 1, v.x, v.x_low, v.b,
                                 v.r, v.r_low, v.magnitude, scratch);
            if (!first.x) {
                check_exact(&a, s->transposed, count, &v);
                first = make_vectors(longest, &random);
                memcpy(first.x, v.x, 7 * (size_t)longest * sizeof(double));
            }
            const size_t bytes = (size_t)count * sizeof(double);
            assert_memory_equal(first.r, v.r, bytes);
            assert_memory_equal(first.r_low, v.r_low, bytes);
            assert_memory_equal(first.magnitude, v.magnitude, bytes);
            assert_memory_equal(first.plain, v.plain, bytes);
            free(scratch);
            sunzi_context_destroy(&ctx);
        }
    free(first.x);
    free(v.x);
    free(data);
}

static void all_shapes(void **unused)
{
    static const int sizes[][2] = {{1, 1},     {1, 40},   {40, 1},
                                   {15, 17},   {64, 64},  {1030, 33},
                                   {33, 1030}, {200, 301}};
    (void)unused;
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
        for (int form = 0; form < 8; form++) {
            const shape s = {sizes[k][0],     sizes[k][1],     form & 1 ? 3 : 0,
                             (form & 2) != 0, (form & 4) != 0, false};
            check_shape(&s);
        }
}

static void symmetric(void **unused)
{
    static const int sizes[] = {1, 2, 15, 64, 1060};
    (void)unused;
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
        for (int form = 0; form < 4; form++) {
            const shape s = {sizes[k],        sizes[k], form & 1,
                             (form & 2) != 0, false,    true};
            check_shape(&s);
        }
}

static void overflow_shows(void **unused)
{
    const double a[] = {1e300, -1e300}, x[] = {1e10, 1e10}, b[] = {1};
    const sunzi_operator op = {1, 2, a, 2, 1, false, NULL, NULL};
    double r = 0;
    sunzi_context *ctx = NULL;
    (void)unused;
    assert_int_equal(sunzi_context_create(NULL, &ctx), SUNZI_OK);
    void *scratch = malloc(sunzi_residual_scratch_bytes(&op, 1));
    sunzi_residual_exact(ctx, &op, false, 1, x, NULL, b, &r, NULL, NULL,
                         scratch);
    assert_false(isfinite(r));
    free(scratch);
    sunzi_context_destroy(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_shapes),
        cmocka_unit_test(symmetric),
        cmocka_unit_test(overflow_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
