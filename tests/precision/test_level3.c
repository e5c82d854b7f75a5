/* SPDX-License-Identifier: BSD-3-Clause */
/* The level 3 routines as the BLAS tester dblat3 takes them: all small shapes,
 * every value of every argument, entries in (-0.5, 0.5), and errors below
 * 16 eps (|alpha| |A||B| + |beta| |C|), here against 113-bit arithmetic.
 * J. Dongarra, J. Du Croz, S. Hammarling, I. Duff, ACM TOMS 16 (1990) 18. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/precision/product_case.h"

enum {
    SIZES = 8,
    THRESHOLD = 16,
    THREADS = 1 /* on a busy machine more of them mostly wait for each other */
};
static const int sizes[SIZES] = {0, 1, 2, 3, 5, 9, 35, 65};
static const double background = -7.25; /* of what may not be written */
static const sunzi_product_options emulated = {.method =
                                                   SUNZI_PRODUCT_EMULATED};

typedef enum routine { DGEMM, SGEMM, ZGEMM, DSYRK } routine;

/* ---- arguments ---- */

enum {
    LAYOUT,
    TRANSA,
    TRANSB,
    UPLO,
    SIDE,
    DIAG,
    ALPHA,
    BETA,
    PADDING,
    METHOD,
    ARGUMENTS
};
static const int values[ARGUMENTS] = {2, 3, 3, 2, 2, 2, 4, 4, 2, 2};
/* the real routines take the first parts */
static const double factors[4][2] = {{0, 0}, {1, 0}, {0.7, -0.9}, {-1, 0.3}};

typedef struct setting {
    int layout, transa, transb, uplo, side, diag, padding;
    double alpha[2], beta[2];
    bool forced; /* emulated; else the easy form */
} setting;

/* All combinations would be half a million a routine: a fixed random part of
 * them. used: a bit for every value that has been drawn. */
static setting draw(uint64_t *state, int width, unsigned *used)
{
    int v[ARGUMENTS];
    for (int i = 0; i < ARGUMENTS; i++) {
        v[i] = (int)(next_bits(state) % (uint64_t)values[i]);
        used[i] |= 1u << v[i];
    }
    setting s = {
        .layout = SUNZI_ROW_MAJOR + v[LAYOUT],
        .transa = SUNZI_NO_TRANS + v[TRANSA],
        .transb = SUNZI_NO_TRANS + v[TRANSB],
        .uplo = SUNZI_UPPER + v[UPLO],
        .side = SUNZI_LEFT + v[SIDE],
        .diag = SUNZI_NON_UNIT + v[DIAG],
        .padding = 3 * v[PADDING],
        .forced = v[METHOD],
    };
    memcpy(s.alpha, factors[v[ALPHA]], (size_t)width * sizeof(double));
    memcpy(s.beta, factors[v[BETA]], (size_t)width * sizeof(double));
    return s;
}

static void expect_all_used(const unsigned *used)
{
    for (int i = 0; i < ARGUMENTS; i++)
        assert_int_equal(used[i], (1u << values[i]) - 1);
}

static char current[256]; /* the case, for messages */

static void describe(const char *name, const setting *s, int m, int n, int k)
{
    snprintf(current, sizeof current,
             "%s, layout %d, trans %d %d, uplo %d, side %d, diag %d, m n k %d "
             "%d %d, alpha %g %g, beta %g %g, padding %d, forced %d",
             name, s->layout, s->transa, s->transb, s->uplo, s->side, s->diag,
             m, n, k, s->alpha[0], s->alpha[1], s->beta[0], s->beta[1],
             s->padding, s->forced);
}

/* What lies around the entries of a result. */
static void expect_untouched(const double *before, const double *after,
                             size_t count)
{
    if (memcmp(before, after, count * sizeof *after) != 0)
        fail_msg("%s: written beside the result", current);
}

static bool is_zero(const double *factor)
{
    return factor[0] == 0 && factor[1] == 0;
}

/* ---- operands ---- */

/* op(A), op(B) and C, row-major and dense, `width` doubles a number; what
 * op(A) op(B) and |op(A)||op(B)| are. */
typedef struct shape {
    int m, n, k, width;
    double *a, *b, *c;
    quad *product, *size;
} shape;

/* As the routine gets it. */
typedef struct matrix {
    int ld;
    size_t count; /* doubles */
    double *x;
} matrix;

/* single: numbers that FP32 has, too */
static double *entries(size_t count, bool single, uint64_t *state)
{
    double *x = block_of(count * sizeof *x);
    for (size_t e = 0; e < count; e++) {
        x[e] = uniform(state) / 2;
        if (single)
            x[e] = (float)x[e];
    }
    return x;
}

/* The parts p of a and q of b go to part p ^ q of their product. */
static void multiply(shape *p)
{
    const int w = p->width;
    for (int i = 0; i < p->m; i++)
        for (int j = 0; j < p->n; j++) {
            const size_t at = (size_t)i * (size_t)p->n + (size_t)j;
            quad sum[2] = {0, 0};
            p->size[at] = 0;
            for (int e = 0; e < w * w; e++) {
                const int q = e / w, r = e % w;
                quad size;
                const quad term = dot(p->a + i * p->k * w + q, w,
                                      p->b + j * w + r, p->n * w, p->k, &size);
                sum[q ^ r] += q && r ? -term : term;
                p->size[at] += size;
            }
            memcpy(p->product + at * (size_t)w, sum, (size_t)w * sizeof *sum);
        }
}

static shape new_shape(routine r, int m, int n, int k, uint64_t *state)
{
    shape p = {.m = m, .n = n, .k = k, .width = r == ZGEMM ? 2 : 1};
    const size_t w = (size_t)p.width, result = (size_t)(m * n);
    p.a = entries((size_t)(m * k) * w, r == SGEMM, state);
    p.b = entries((size_t)(k * n) * w, r == SGEMM, state);
    p.c = entries(result * w, r == SGEMM, state);
    p.product = block_of(result * w * sizeof *p.product);
    p.size = block_of(result * sizeof *p.size);
    for (int e = 0; r == DSYRK && e < k * n; e++)
        p.b[e] = p.a[e % n * k + e / n];
    multiply(&p);
    return p;
}

static void free_shape(shape *p)
{
    free(p->a);
    free(p->b);
    free(p->c);
    free(p->product);
    free(p->size);
}

/* The matrix whose op() is given; NaN instead if it is NULL. */
static matrix store(const setting *s, int trans, int rows, int cols, int width,
                    const double *op, double around)
{
    const bool plain =
        (s->layout == SUNZI_ROW_MAJOR) == (trans == SUNZI_NO_TRANS);
    const int inner = plain ? cols : rows, lines = plain ? rows : cols;
    matrix a = {.ld = (inner > 1 ? inner : 1) + s->padding};
    a.count = (size_t)(lines * a.ld * width);
    a.x = block_of(a.count * sizeof *a.x);
    for (size_t e = 0; e < a.count; e++)
        a.x[e] = around;
    for (int e = 0; e < rows * cols * width; e++) {
        const int part = e % width, i = e / width / cols, j = e / width % cols;
        const bool minus = part == 1 && trans == SUNZI_CONJ_TRANS;
        a.x[place(s->layout, trans, i, j, a.ld) * width + part] = !op ? NAN
                                                                  : minus
                                                                      ? -op[e]
                                                                      : op[e];
    }
    return a;
}

/* ---- products ---- */

#define CALL(routine, ...)                                                     \
    (s->forced ? routine##_expert(__VA_ARGS__, &emulated, info)                \
               : routine(__VA_ARGS__))

static float *to_single(const matrix *a)
{
    float *x = block_of(a->count * sizeof *x);
    for (size_t e = 0; e < a->count; e++)
        x[e] = (float)a->x[e];
    return x;
}

static sunzi_status call_single(sunzi_context *ctx, const setting *s,
                                const shape *p, const matrix *a,
                                const matrix *b, matrix *c,
                                sunzi_product_info *info)
{
    float *x = to_single(a), *y = to_single(b), *z = to_single(c);
    const sunzi_status status = CALL(
        sunzi_sgemm, ctx, s->layout, s->transa, s->transb, p->m, p->n, p->k,
        (float)s->alpha[0], x, a->ld, y, b->ld, (float)s->beta[0], z, c->ld);
    for (size_t e = 0; e < c->count; e++)
        c->x[e] = z[e];
    free(x);
    free(y);
    free(z);
    return status;
}

static sunzi_status call(sunzi_context *ctx, routine r, const setting *s,
                         const shape *p, const matrix *a, const matrix *b,
                         matrix *c, sunzi_product_info *info)
{
    switch (r) {
    case SGEMM:
        return call_single(ctx, s, p, a, b, c, info);
    case ZGEMM:
        return CALL(sunzi_zgemm, ctx, s->layout, s->transa, s->transb, p->m,
                    p->n, p->k, s->alpha, a->x, a->ld, b->x, b->ld, s->beta,
                    c->x, c->ld);
    case DSYRK:
        return CALL(sunzi_dsyrk, ctx, s->layout, s->uplo, s->transa, p->n, p->k,
                    s->alpha[0], a->x, a->ld, s->beta[0], c->x, c->ld);
    default:
        return CALL(sunzi_dgemm, ctx, s->layout, s->transa, s->transb, p->m,
                    p->n, p->k, s->alpha[0], a->x, a->ld, b->x, b->ld,
                    s->beta[0], c->x, c->ld);
    }
}

static quad magnitude(const double *x, int width)
{
    return quad_abs((quad)x[0]) + (width == 2 ? quad_abs((quad)x[1]) : 0);
}

/* One entry, the parts at got. */
static void check_entry(routine r, const setting *s, const shape *p, int i,
                        int j, const double *got)
{
    const int w = p->width, at = i * p->n + j;
    const quad eps = r == SGEMM ? (quad)FLT_EPSILON : (quad)DBL_EPSILON;
    const quad allowed = THRESHOLD * eps *
                         (magnitude(s->alpha, w) * p->size[at] +
                          magnitude(s->beta, w) * magnitude(p->c + at * w, w));
    quad exact[2] = {0, 0};
    for (int e = 0; e < w * w; e++) {
        const int q = e / w, t = e % w;
        const quad term = (quad)s->alpha[q] * p->product[at * w + t] +
                          (quad)s->beta[q] * (quad)p->c[at * w + t];
        exact[q ^ t] += q && t ? -term : term;
    }
    for (int part = 0; part < w; part++)
        if (!(quad_abs((quad)got[part] - exact[part]) <= allowed))
            fail_msg("%s: part %d of C(%d, %d) is %.17g, expected %.17g",
                     current, part, i, j, got[part], (double)exact[part]);
}

/* Every entry, and what lies around them. */
static void check(routine r, const setting *s, const shape *p,
                  const matrix *before, const matrix *after)
{
    const int w = p->width;
    for (int i = 0; i < p->m; i++)
        for (int j = 0; j < p->n; j++) {
            const int64_t at =
                place(s->layout, SUNZI_NO_TRANS, i, j, after->ld) * w;
            if (r == DSYRK && (s->uplo == SUNZI_UPPER ? i > j : i < j))
                continue;
            check_entry(r, s, p, i, j, after->x + at);
            memcpy(before->x + at, after->x + at, (size_t)w * sizeof(double));
        }
    expect_untouched(before->x, after->x, after->count);
}

static void run(sunzi_context *ctx, routine r, const setting *s, const shape *p)
{
    static const char *const names[] = {"dgemm", "sgemm", "zgemm", "dsyrk"};
    const bool unread = is_zero(s->alpha); /* A and B */
    const double *c = is_zero(s->beta) ? NULL : p->c;
    matrix a =
        store(s, s->transa, p->m, p->k, p->width, unread ? NULL : p->a, NAN);
    matrix b =
        store(s, s->transb, p->k, p->n, p->width, unread ? NULL : p->b, NAN);
    matrix before =
        store(s, SUNZI_NO_TRANS, p->m, p->n, p->width, c, background);
    matrix after =
        store(s, SUNZI_NO_TRANS, p->m, p->n, p->width, c, background);
    sunzi_product_info info;
    describe(names[r], s, p->m, p->n, p->k);
    expect_status(call(ctx, r, s, p, &a, &b, &after, &info), SUNZI_OK);
    if (s->forced && !unread && p->m && p->n && p->k)
        assert_int_equal(info.method, SUNZI_PRODUCT_EMULATED);
    check(r, s, p, &before, &after);
    free(a.x);
    free(b.x);
    free(before.x);
    free(after.x);
}

static void all_shapes(routine r, int settings)
{
    sunzi_context *ctx = context_for(NULL, THREADS, 0);
    unsigned used[ARGUMENTS] = {0};
    uint64_t state = 31 + (uint64_t)r;
    for (int e = 0; e < SIZES * SIZES * SIZES; e++) {
        const int m = sizes[e / SIZES / SIZES], n = sizes[e / SIZES % SIZES];
        if (r == DSYRK && m != n)
            continue;
        shape p = new_shape(r, m, n, sizes[e % SIZES], &state);
        for (int i = 0; i < settings; i++) {
            const setting s = draw(&state, p.width, used);
            run(ctx, r, &s, &p);
        }
        free_shape(&p);
    }
    expect_all_used(used);
    sunzi_context_destroy(&ctx);
}

static void test_dgemm(void **unused)
{
    (void)unused;
    all_shapes(DGEMM, 20);
}

static void test_sgemm(void **unused)
{
    (void)unused;
    all_shapes(SGEMM, 20);
}

static void test_zgemm(void **unused)
{
    (void)unused;
    all_shapes(ZGEMM, 16);
}

static void test_dsyrk(void **unused)
{
    (void)unused;
    all_shapes(DSYRK, 80);
}

/* ---- triangular solves ---- */

/* op(A); *stored: the same with NaN where the solve may not look. */
static double *triangle(const setting *s, int order, double **stored,
                        uint64_t *state)
{
    const bool upper =
        (s->uplo == SUNZI_UPPER) == (s->transa == SUNZI_NO_TRANS);
    double *t = entries((size_t)(order * order), false, state);
    *stored = block_of((size_t)(order * order) * sizeof *t);
    for (int e = 0; e < order * order; e++) {
        const int i = e / order, j = e % order;
        const bool outside = upper ? i > j : i < j;
        const bool unit = i == j && s->diag == SUNZI_UNIT;
        t[e] = outside ? 0 : unit ? 1 : i == j ? 1 + t[e] : t[e];
        (*stored)[e] = outside || unit ? NAN : t[e];
    }
    return t;
}

/* As dblat3: op(A) X, or X op(A), must give alpha B. */
static void check_solution(const setting *s, double *t, int m, int n,
                           const double *b, const matrix *after)
{
    const bool left = s->side == SUNZI_LEFT;
    const size_t count = (size_t)(m * n);
    double *x = block_of(count * sizeof *x);
    for (int e = 0; e < m * n; e++)
        x[e] =
            after->x[place(s->layout, SUNZI_NO_TRANS, e / n, e % n, after->ld)];
    shape p = {.m = m,
               .n = n,
               .k = left ? m : n,
               .width = 1,
               .a = left ? t : x,
               .b = left ? x : t,
               .product = block_of(count * sizeof(quad)),
               .size = block_of(count * sizeof(quad))};
    multiply(&p);
    for (int e = 0; e < m * n; e++)
        if (!(quad_abs(p.product[e] - (quad)s->alpha[0] * (quad)b[e]) <=
              THRESHOLD * (quad)DBL_EPSILON * p.size[e]))
            fail_msg("%s: X(%d, %d) is %.17g", current, e / n, e % n, x[e]);
    free(x);
    free(p.product);
    free(p.size);
}

static void solve(sunzi_context *ctx, const setting *s, int m, int n,
                  uint64_t *state)
{
    const int order = s->side == SUNZI_LEFT ? m : n;
    double *stored, *t = triangle(s, order, &stored, state);
    double *b = entries((size_t)(m * n), false, state);
    const bool unread = s->alpha[0] == 0;
    matrix a =
        store(s, s->transa, order, order, 1, unread ? NULL : stored, NAN);
    matrix x = store(s, SUNZI_NO_TRANS, m, n, 1, unread ? NULL : b, background);
    matrix untouched = store(s, SUNZI_NO_TRANS, m, n, 1, b, background);
    sunzi_product_info used, *info = &used;
    describe("dtrsm", s, m, n, order);
    expect_status(CALL(sunzi_dtrsm, ctx, s->layout, s->side, s->uplo, s->transa,
                       s->diag, m, n, s->alpha[0], a.x, a.ld, x.x, x.ld),
                  SUNZI_OK);
    if (s->forced && !unread && order > 64 && m && n)
        assert_int_equal(info->method, SUNZI_PRODUCT_EMULATED);
    check_solution(s, t, m, n, b, &x);
    for (int e = 0; e < m * n; e++) {
        const int64_t at = place(s->layout, SUNZI_NO_TRANS, e / n, e % n, x.ld);
        untouched.x[at] = x.x[at];
    }
    expect_untouched(untouched.x, x.x, x.count);
    free(stored);
    free(t);
    free(b);
    free(a.x);
    free(x.x);
    free(untouched.x);
}

static void test_dtrsm(void **unused)
{
    (void)unused;
    sunzi_context *ctx = context_for(NULL, THREADS, 0);
    unsigned used[ARGUMENTS] = {0};
    uint64_t state = 97;
    for (int e = 0; e < SIZES * SIZES; e++)
        for (int i = 0; i < 40; i++) {
            const setting s = draw(&state, 1, used);
            solve(ctx, &s, sizes[e / SIZES], sizes[e % SIZES], &state);
        }
    expect_all_used(used);
    sunzi_context_destroy(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dgemm), cmocka_unit_test(test_sgemm),
        cmocka_unit_test(test_zgemm), cmocka_unit_test(test_dsyrk),
        cmocka_unit_test(test_dtrsm),
    };
    return cmocka_run_group_tests_name("level 3", tests, NULL, NULL);
}
