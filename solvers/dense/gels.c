/* SPDX-License-Identifier: BSD-3-Clause */
/* Least squares and minimum-norm solutions: arguments, scaling, ladder, report.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/integer.h"
#include "engines/engine.h"
#include "engines/launch.h"
#include "engines/memory.h"
#include "precision/product.h"
#include "solvers/dense/augmented.h"
#include "solvers/dense/deliver.h"
#include "solvers/dense/residual.h"

enum { DEFAULT_STEPS = 30 };

/* The problem: op(A) of shape [m, n] and B, by strides. tall: m >= n. The tall
 * matrix M is op(A), or its transpose for a minimum-norm problem. */
typedef struct problem {
    int m, n, nrhs;
    bool tall;
    const double *a;
    int64_t row_stride, col_stride; /* of M */
    double *b;
    int64_t b_row, b_col;
} problem;

static sunzi_status check_options(const sunzi_solve_options *o)
{
    const char *const remedy =
        "call sunzi_solve_options_init before the fields "
        "are set";
    if (o->factor != SUNZI_FACTOR_AUTO && o->factor != SUNZI_FACTOR_FP32 &&
        o->factor != SUNZI_FACTOR_FP64)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_dgels: options.factor = %ld, allowed are AUTO "
                          "(%d), FP32 (%d) and FP64 (%d): QR has no other "
                          "rungs; %s",
                          (long)o->factor, SUNZI_FACTOR_AUTO, SUNZI_FACTOR_FP32,
                          SUNZI_FACTOR_FP64, remedy);
    if (o->grade < SUNZI_GRADE_BACKWARD || o->grade > SUNZI_GRADE_CERTIFIED)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_dgels: options.grade = %ld, allowed are "
                          "BACKWARD (%d) to CERTIFIED (%d); %s",
                          (long)o->grade, SUNZI_GRADE_BACKWARD,
                          SUNZI_GRADE_CERTIFIED, remedy);
    if (o->climb != 0 && o->climb != 1)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_dgels: options.climb = %d, allowed are 0 and "
                          "1; %s",
                          o->climb, remedy);
    if (o->max_refinements < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_dgels: options.max_refinements = %d, allowed "
                          "are numbers >= 0; %s",
                          o->max_refinements, remedy);
    return SUNZI_OK;
}

static sunzi_status check(int layout, char trans, int m, int n, int nrhs,
                          const double *A, int lda, const double *B, int ldb)
{
    static const int layouts[] = {SUNZI_ROW_MAJOR, SUNZI_COL_MAJOR};
    const char *const function = "sunzi_dgels";
    const bool rows = layout == SUNZI_ROW_MAJOR;
    sunzi_status status;
    SUNZI_TRY(sunzi_check_choice(function, "layout", layout, layouts, 2,
                                 "SUNZI_ROW_MAJOR (101) and SUNZI_COL_MAJOR "
                                 "(102)"));
    if (!trans || !strchr("NnTt", trans))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: trans = %d, allowed are 'N' (%d) and 'T' (%d); "
                          "pass one of these letters",
                          function, trans, 'N', 'T');
    if (m < 0 || n < 0 || nrhs < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: m, n, nrhs = %d, %d, %d, allowed are numbers >= "
                          "0; correct the dimensions",
                          function, m, n, nrhs);
    SUNZI_TRY(sunzi_check_matrix(function, "a", A, !m || !n, lda, rows ? n : m,
                                 rows ? "n" : "m"));
    SUNZI_TRY(sunzi_check_matrix(function, "b", B, !sunzi_max32(m, n) || !nrhs,
                                 ldb, rows ? nrhs : sunzi_max32(m, n),
                                 rows ? "nrhs" : "m, n"));
done:
    return status;
}

static problem describe(int layout, char trans, int m, int n, int nrhs,
                        const double *A, int lda, double *B, int ldb)
{
    const bool row_major = layout == SUNZI_ROW_MAJOR;
    const bool transposed = trans == 'T' || trans == 't';
    problem p = {.m = transposed ? n : m,
                 .n = transposed ? m : n,
                 .nrhs = nrhs,
                 .a = A,
                 .b = B,
                 .b_row = row_major ? ldb : 1,
                 .b_col = row_major ? 1 : ldb};
    p.tall = p.m >= p.n;
    const bool m_is_a = transposed != p.tall; /* M = A, not A^T */
    p.row_stride = row_major == m_is_a ? lda : 1;
    p.col_stride = row_major == m_is_a ? 1 : lda;
    return p;
}

/* Scaled copy of M, its norms and weights. */
static sunzi_status scale_matrix(const problem *p, sunzi_tall *t)
{
    const int rows = t->rows, cols = t->cols;
    double *row_sum = t->vectors;
    memset(row_sum, 0, (size_t)rows * sizeof *row_sum);
    int top = INT32_MIN;
    for (int j = 0; j < cols; j++) {
        double max = 0;
        for (int i = 0; i < rows; i++) {
            const double v = fabs(p->a[i * p->row_stride + j * p->col_stride]);
            if (!isfinite(v))
                return sunzi_fail(SUNZI_ERR_NONFINITE,
                                  "sunzi_dgels: A holds a NaN or infinity "
                                  "(0-based entry %d, %d, with m < n of its "
                                  "transpose); correct the matrix",
                                  i, j);
            max = v > max ? v : max;
        }
        if (max == 0)
            return sunzi_fail(SUNZI_ERR_SINGULAR,
                              "sunzi_dgels: a column (with m < n a row) of A, "
                              "0-based number %d, is "
                              "zero, so A has not full rank; remove it",
                              j);
        int e;
        (void)frexp(max, &e);
        t->exponent[j] = -e;
        top = sunzi_max32(top, -e);
        double col_sum = 0;
        for (int i = 0; i < rows; i++) {
            const double v =
                ldexp(p->a[i * p->row_stride + j * p->col_stride], -e);
            t->m[(size_t)j * (size_t)rows + (size_t)i] = v;
            col_sum += fabs(v);
            row_sum[i] += fabs(v);
        }
        t->norm_cols = fmax(t->norm_cols, col_sum);
    }
    for (int i = 0; i < rows; i++)
        t->norm_rows = fmax(t->norm_rows, row_sum[i]);
    for (int j = 0; j < cols; j++)
        t->weight[j] = ldexp(1.0, t->exponent[j] - top);
    return SUNZI_OK;
}

/* One right-hand side of length p->m, scaled by 2^-*exponent to at most 1; for
 * a minimum-norm problem its entries also carry the column scaling of M. */
static sunzi_status scale_rhs(const problem *p, const sunzi_tall *t, int column,
                              double *rhs, int *exponent)
{
    int top = INT32_MIN;
    for (int i = 0; i < p->m; i++) {
        const double v = p->b[i * p->b_row + column * p->b_col];
        int e;
        if (!isfinite(v))
            return sunzi_fail(SUNZI_ERR_NONFINITE,
                              "sunzi_dgels: B(%d, %d) = %g (0-based), allowed "
                              "are finite numbers; correct the right-hand side",
                              i, column, v);
        (void)frexp(v, &e);
        if (v != 0)
            top = sunzi_max32(top, e + (p->tall ? 0 : t->exponent[i]));
    }
    *exponent = top == INT32_MIN ? 0 : top;
    for (int i = 0; i < p->m; i++)
        rhs[i] = ldexp(p->b[i * p->b_row + column * p->b_col],
                       (p->tall ? 0 : t->exponent[i]) - *exponent);
    return SUNZI_OK;
}

/* Undo the scaling in x, shape [p->n]. */
static sunzi_status unscale(const problem *p, const sunzi_tall *t, int exponent,
                            double *x, sunzi_column_report *column)
{
    const int beyond = sunzi_deliver(p->n, x, p->tall ? t->exponent : NULL,
                                     exponent, x, 1, column);
    return beyond < 0
               ? SUNZI_OK
               : sunzi_fail(SUNZI_ERR_OVERFLOW,
                            "sunzi_dgels: component %d (0-based) of the "
                            "solution is beyond the range of FP64; scale A "
                            "or B by a power of two",
                            beyond);
}

typedef struct blocks {
    void *matrix, *factors, *small, *scratch, *result;
    void *columns; /* the caller's stay untouched until all is well */
} blocks;

static sunzi_status take_memory(sunzi_context *ctx, const problem *p,
                                sunzi_tall *t, blocks *k, size_t *bytes)
{
    const size_t rows = (size_t)t->rows, cols = (size_t)t->cols;
    const size_t d = sizeof(double);
    const sunzi_operator op = {.m = t->rows, .n = t->cols};
    const size_t matrix = sunzi_size_product(rows, cols, d);
    const size_t small =
        (SUNZI_TALL_VECTORS * (rows + cols) + 4 * rows + 4 * cols) * d;
    const size_t scratch = sunzi_residual_scratch_bytes(&op, 1);
    const size_t result = sunzi_size_product((size_t)p->n, (size_t)p->nrhs, d);
    const size_t columns = (size_t)p->nrhs * sizeof(sunzi_column_report);
    const char *what = "least squares workspace";
    sunzi_status status;
    SUNZI_TRY(sunzi_pool_take(ctx->pool, matrix, what, &k->matrix));
    SUNZI_TRY(sunzi_pool_take(ctx->pool, matrix, what, &k->factors));
    SUNZI_TRY(sunzi_pool_take(ctx->pool, small, what, &k->small));
    SUNZI_TRY(sunzi_pool_take(ctx->pool, scratch, what, &k->scratch));
    SUNZI_TRY(sunzi_pool_take(ctx->pool, result, what, &k->result));
    SUNZI_TRY(sunzi_pool_take(ctx->pool, columns, what, &k->columns));
    *bytes = 2 * matrix + small + scratch + result + columns;
    t->m = k->matrix;
    t->qr = k->factors;
    t->scratch = k->scratch;
    t->vectors = k->small;
    double *rest = t->vectors + SUNZI_TALL_VECTORS * (rows + cols);
    t->weight = rest;
    t->tau = rest + cols;
    t->work = rest + 2 * cols; /* rows + cols numbers */
    t->rhs = rest + 3 * cols + rows;
    t->exponent = (int32_t *)(rest + 3 * cols + 2 * rows);
done:
    return status;
}

static void give_memory(sunzi_context *ctx, blocks *k)
{
    sunzi_pool_give(ctx->pool, &k->matrix);
    sunzi_pool_give(ctx->pool, &k->factors);
    sunzi_pool_give(ctx->pool, &k->small);
    sunzi_pool_give(ctx->pool, &k->scratch);
    sunzi_pool_give(ctx->pool, &k->result);
    sunzi_pool_give(ctx->pool, &k->columns);
}

/* All right-hand sides at one rung; *grade: the worst. */
static sunzi_status solve_columns(const problem *p, const sunzi_tall *t,
                                  const sunzi_solve_options *o, double *result,
                                  sunzi_column_report *columns,
                                  sunzi_grade *grade)
{
    double *rhs = t->rhs;
    *grade = SUNZI_GRADE_ACCURATE;
    for (int c = 0; c < p->nrhs; c++) {
        sunzi_column_report *column = &columns[c];
        double *x = result + (size_t)c * (size_t)p->n;
        int exponent = 0;
        sunzi_status status = scale_rhs(p, t, c, rhs, &exponent);
        if (status < 0)
            return status;
        sunzi_tall_refine(t, p->tall ? rhs : NULL, p->tall ? NULL : rhs,
                          o->grade, o->max_refinements, x, column);
        status = unscale(p, t, exponent, x, column);
        if (status < 0)
            return status;
        if (column->grade < *grade)
            *grade = column->grade;
    }
    return SUNZI_OK;
}

static void note(const sunzi_tall *t, sunzi_solve_report *r, bool single,
                 bool done, double factor, double refine, const char *how)
{
    const char *engine = sunzi_engine_worker(t->ctx->engine, false);
    sunzi_attempt *a = &r->attempt[r->attempts++];
    *a = (sunzi_attempt){.factor =
                             single ? SUNZI_FACTOR_FP32 : SUNZI_FACTOR_FP64,
                         .succeeded = done,
                         .seconds_factor = factor,
                         .seconds_refine = refine,
                         .engine_factor = engine,
                         .engine_residual = engine,
                         .engine_solve = engine};
    snprintf(a->reason, sizeof a->reason, "%s", how);
    r->seconds_factor += factor;
    r->seconds_refine += refine;
}

/* FP32 factors, then FP64 ones where these do not reach the grade. */
static sunzi_status climb(const problem *p, sunzi_tall *t,
                          const sunzi_solve_options *o, double *result,
                          sunzi_column_report *columns, sunzi_solve_report *r)
{
    const sunzi_grade wanted =
        o->grade < SUNZI_GRADE_ACCURATE ? o->grade : SUNZI_GRADE_ACCURATE;
    sunzi_status status = SUNZI_OK;
    for (int single = o->factor != SUNZI_FACTOR_FP64; single >= 0; single--) {
        const double start = sunzi_seconds();
        status = sunzi_tall_factorize(t, single);
        const double middle = sunzi_seconds();
        const bool last = !single || !o->climb;
        if (status < 0) {
            note(t, r, single, false, middle - start, 0, sunzi_last_message());
            if (status == SUNZI_ERR_SINGULAR && !last)
                continue;
            return status;
        }
        status = solve_columns(p, t, o, result, columns, &r->grade);
        if (status < 0)
            return status;
        const bool done = r->grade >= wanted || last;
        note(t, r, single, done, middle - start, sunzi_seconds() - middle,
             r->grade >= wanted ? "the grade was reached"
                                : "refinement did not reach the grade");
        r->factor = single ? SUNZI_FACTOR_FP32 : SUNZI_FACTOR_FP64;
        r->condition = 1 / t->rcond;
        if (done)
            break;
    }
    return status;
}

static sunzi_status grade_status(sunzi_grade reached, sunzi_grade wanted)
{
    if (reached >= wanted)
        return SUNZI_OK;
    if (wanted == SUNZI_GRADE_CERTIFIED && reached == SUNZI_GRADE_ACCURATE)
        return sunzi_fail(SUNZI_REACHED_ACCURATE,
                          "sunzi_dgels: no proof is made for least squares; "
                          "grade accurate was reached");
    return sunzi_fail(
        reached == SUNZI_GRADE_BACKWARD ? SUNZI_REACHED_BACKWARD
                                        : SUNZI_REACHED_NONE,
        "sunzi_dgels: grade '%s' was asked, '%s' was reached; the "
        "matrix is too ill-conditioned, or X so small that FP64 holds few of "
        "its digits (then scale B)",
        sunzi_grade_name(wanted), sunzi_grade_name(reached));
}

static void store(const problem *p, const double *result)
{
    for (int c = 0; c < p->nrhs; c++)
        for (int j = 0; j < p->n; j++)
            p->b[j * p->b_row + c * p->b_col] =
                result ? result[(size_t)c * (size_t)p->n + (size_t)j] : 0.0;
}

sunzi_status sunzi_dgels_expert(sunzi_context *given, int layout, char trans,
                                int m, int n, int nrhs, const double *A,
                                int lda, double *B, int ldb,
                                const sunzi_solve_options *options,
                                sunzi_solve_report *report,
                                sunzi_column_report *columns)
{
    const double start = sunzi_seconds();
    sunzi_context *ctx;
    sunzi_solve_options o;
    sunzi_solve_report r = {.grade = SUNZI_GRADE_ACCURATE};
    blocks memory = {.matrix = NULL};
    sunzi_status status;

    SUNZI_TRY(sunzi_context_use(given, &ctx));
    SUNZI_TRY(check(layout, trans, m, n, nrhs, A, lda, B, ldb));
    sunzi_solve_options_init(&o);
    if (options)
        o = *options;
    SUNZI_TRY(check_options(&o));
    if (o.max_refinements == 0)
        o.max_refinements = DEFAULT_STEPS;
    const int64_t launches = sunzi_launches(ctx);
    const problem p = describe(layout, trans, m, n, nrhs, A, lda, B, ldb);
    if (p.m == 0 || p.n == 0 || nrhs == 0) {
        store(&p, NULL);
        for (int c = 0; columns && c < nrhs; c++)
            columns[c] = (sunzi_column_report){.grade = SUNZI_GRADE_ACCURATE};
    } else {
        SUNZI_TRY(sunzi_memory_refresh(ctx, A, false));
        SUNZI_TRY(sunzi_memory_refresh(ctx, B, true));
        sunzi_tall t = {
            .ctx = ctx, .rows = p.tall ? p.m : p.n, .cols = p.tall ? p.n : p.m};
        SUNZI_TRY(take_memory(ctx, &p, &t, &memory, &r.workspace_bytes));
        SUNZI_TRY(scale_matrix(&p, &t));
        SUNZI_TRY(climb(&p, &t, &o, memory.result, memory.columns, &r));
        store(&p, memory.result);
        if (columns)
            memcpy(columns, memory.columns, (size_t)nrhs * sizeof *columns);
    }
    r.engine = sunzi_engine_worker(ctx->engine, sunzi_launches(ctx) > launches);
    r.seconds_total = sunzi_seconds() - start;
    status = grade_status(r.grade, o.grade);
    if (report)
        *report = r;
done:
    if (memory.matrix || memory.factors)
        give_memory(ctx, &memory);
    return status;
}

sunzi_status sunzi_dgels(sunzi_context *ctx, int layout, char trans, int m,
                         int n, int nrhs, const double *A, int lda, double *B,
                         int ldb)
{
    return sunzi_dgels_expert(ctx, layout, trans, m, n, nrhs, A, lda, B, ldb,
                              NULL, NULL, NULL);
}
