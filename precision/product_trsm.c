/* SPDX-License-Identifier: BSD-3-Clause */
/* Triangular solves. Every case is brought to T X = Y with the rows of X
 * contiguous: right-hand problems are transposed. T is halved recursively, the
 * coupling of the halves is a product; blocks of up to LEAF rows are solved by
 * substitution in a fixed order. The work is done on a copy of B, so that B is
 * untouched if a product cannot get its memory. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/blas.h"
#include "engines/memory.h"
#include "precision/product.h"

enum {
    LEAF = 64,
    COLS = 64 /* right-hand sides a task */
};

typedef struct solve {
    sunzi_problem update; /* ctx, function, options; operands are filled in */
    int64_t order, nrhs;
    const double *a; /* element (i, h) of T at a[i * row + h * col] */
    int64_t row, col;
    bool upper, unit;
    double *x; /* [order][nrhs] */
    double seconds_substitution;
    sunzi_product_info info;
} solve;

/* Rows first .. first + rows - 1 of X, some of its columns. Row i is minus the
 * chain over the rows that are known, in ascending order. */
static void substitute_columns(const solve *s, int64_t first, int64_t rows,
                               int64_t j, int64_t cols)
{
    for (int64_t done = 0; done < rows; done++) {
        const int64_t i = s->upper ? first + rows - 1 - done : first + done;
        const int64_t known = s->upper ? i + 1 : first;
        double *x = s->x + i * s->nrhs + j;
        s->update.ctx->engine->ordered_f64(
            1, (int)cols, (int)done, true, s->a + i * s->row + known * s->col,
            s->row, s->col, s->x + known * s->nrhs + j, s->nrhs, x, s->nrhs);
        const double diagonal = s->a[i * s->row + i * s->col];
        for (int64_t c = 0; !s->unit && c < cols; c++)
            x[c] /= diagonal;
    }
}

static void substitute(solve *s, int64_t first, int64_t rows)
{
    const double start = sunzi_seconds();
    const int64_t tasks = (s->nrhs + COLS - 1) / COLS;
    const int threads = (int)sunzi_min64(sunzi_threads(s->update.ctx), tasks);
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t task = 0; task < tasks; task++)
        substitute_columns(s, first, rows, task * COLS,
                           sunzi_min64(COLS, s->nrhs - task * COLS));
    s->seconds_substitution += sunzi_seconds() - start;
}

/* The worst of the certificates, the sum of the times. */
static void add_info(sunzi_product_info *sum, const sunzi_product_info *one)
{
    const sunzi_product_info old = *sum;
    *sum = *one;
    if (!old.engine)
        return;
    if (old.method != SUNZI_PRODUCT_EMULATED) {
        sum->method = old.method;
        sum->reason = old.reason;
        sum->engine = old.engine;
    }
    sum->moduli = old.moduli > one->moduli ? old.moduli : one->moduli;
    sum->raised = old.raised > one->raised ? old.raised : one->raised;
    sum->certificate = isnan(old.certificate) || isnan(one->certificate)
                           ? NAN
                           : fmax(old.certificate, one->certificate);
    sum->balanced = old.balanced || one->balanced;
    sum->special_rows += old.special_rows;
    sum->special_columns += old.special_columns;
    sum->workspace_bytes = (size_t)sunzi_max64((int64_t)old.workspace_bytes,
                                               (int64_t)one->workspace_bytes);
    sum->seconds_measure += old.seconds_measure;
    sum->seconds_convert += old.seconds_convert;
    sum->seconds_product += old.seconds_product;
    sum->seconds_reconstruct += old.seconds_reconstruct;
}

/* X[to] -= T[to, from] X[from] */
static sunzi_status couple(solve *s, int64_t from, int64_t from_rows,
                           int64_t to, int64_t to_rows)
{
    sunzi_product_info info;
    sunzi_problem p = s->update;
    p.m = to_rows;
    p.n = s->nrhs;
    p.k = from_rows;
    p.a = (sunzi_operand){
        .data = s->a + to * s->row + from * s->col,
        .count = to_rows,
        .vector_stride = s->row,
        .element_stride = s->col,
    };
    p.b = (sunzi_operand){
        .data = s->x + from * s->nrhs,
        .count = s->nrhs,
        .vector_stride = 1,
        .element_stride = s->nrhs,
    };
    p.alpha[0] = -1;
    p.beta[0] = 1;
    p.c = s->x + to * s->nrhs;
    p.ldc = s->nrhs;
    const sunzi_status status = sunzi_product(&p, &info);
    if (status >= 0)
        add_info(&s->info, &info);
    return status;
}

static sunzi_status solve_rows(solve *s, int64_t first, int64_t rows)
{
    sunzi_status status = SUNZI_OK;
    if (rows <= LEAF) {
        substitute(s, first, rows);
        return SUNZI_OK;
    }
    const int64_t half = sunzi_round_up(rows / 2, LEAF);
    const int64_t middle = first + half, rest = rows - half;
    if (s->upper) {
        SUNZI_TRY(solve_rows(s, middle, rest));
        SUNZI_TRY(couple(s, middle, rest, first, half));
        SUNZI_TRY(solve_rows(s, first, half));
    } else {
        SUNZI_TRY(solve_rows(s, first, half));
        SUNZI_TRY(couple(s, first, half, middle, rest));
        SUNZI_TRY(solve_rows(s, middle, rest));
    }
done:
    return status;
}

/* ---- arguments ---- */

typedef struct trsm_arguments {
    int layout, side, uplo, transa, diag, m, n, lda, ldb;
    double alpha;
    const double *A;
    double *B;
} trsm_arguments;

static sunzi_status check(const trsm_arguments *t)
{
    static const char name[] = "sunzi_dtrsm";
    static const int layouts[] = {SUNZI_ROW_MAJOR, SUNZI_COL_MAJOR};
    static const int sides[] = {SUNZI_LEFT, SUNZI_RIGHT};
    static const int triangles[] = {SUNZI_UPPER, SUNZI_LOWER};
    static const int transposes[] = {SUNZI_NO_TRANS, SUNZI_TRANS,
                                     SUNZI_CONJ_TRANS};
    static const int diagonals[] = {SUNZI_NON_UNIT, SUNZI_UNIT};
    const bool left = t->side == SUNZI_LEFT;
    const bool rows = t->layout == SUNZI_ROW_MAJOR;
    const bool empty = t->m == 0 || t->n == 0;
    sunzi_status status;
    SUNZI_TRY(sunzi_check_choice(name, "layout", t->layout, layouts, 2,
                                 "SUNZI_ROW_MAJOR and SUNZI_COL_MAJOR"));
    SUNZI_TRY(sunzi_check_choice(name, "side", t->side, sides, 2,
                                 "SUNZI_LEFT and SUNZI_RIGHT"));
    SUNZI_TRY(sunzi_check_choice(name, "uplo", t->uplo, triangles, 2,
                                 "SUNZI_UPPER and SUNZI_LOWER"));
    SUNZI_TRY(sunzi_check_choice(name, "transa", t->transa, transposes, 3,
                                 "SUNZI_NO_TRANS, SUNZI_TRANS and "
                                 "SUNZI_CONJ_TRANS"));
    SUNZI_TRY(sunzi_check_choice(name, "diag", t->diag, diagonals, 2,
                                 "SUNZI_NON_UNIT and SUNZI_UNIT"));
    if (t->m < 0 || t->n < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: m, n = %d, %d, allowed are numbers >= 0; "
                          "correct the dimensions",
                          name, t->m, t->n);
    SUNZI_TRY(sunzi_check_matrix(name, "a", t->A, empty, t->lda,
                                 left ? t->m : t->n, left ? "m" : "n"));
    SUNZI_TRY(sunzi_check_matrix(name, "b", t->B, empty, t->ldb,
                                 rows ? t->n : t->m, rows ? "n" : "m"));
done:
    return status;
}

static void native(sunzi_context *ctx, const trsm_arguments *t,
                   sunzi_product_info *info, const char *reason)
{
    const int callers = sunzi_blas_threads_use(ctx);
    const double start = sunzi_seconds();
    cblas_dtrsm((CBLAS_LAYOUT)t->layout, (CBLAS_SIDE)t->side,
                (CBLAS_UPLO)t->uplo, (CBLAS_TRANSPOSE)t->transa,
                (CBLAS_DIAG)t->diag, t->m, t->n, t->alpha, t->A, t->lda, t->B,
                t->ldb);
    sunzi_blas_threads_restore(callers);
    *info = (sunzi_product_info){
        .method = SUNZI_PRODUCT_NATIVE,
        .engine = "BLAS",
        .certificate = NAN,
        .reason = reason,
        .seconds_product = sunzi_seconds() - start,
    };
}

/* T. The memory of B holds X (left) or X^T (right). */
static void aim(const trsm_arguments *t, solve *s)
{
    const bool rows = t->layout == SUNZI_ROW_MAJOR;
    const bool left = t->side == SUNZI_LEFT;
    const bool plain = (t->transa == SUNZI_NO_TRANS) == left;
    s->order = left ? t->m : t->n;
    s->nrhs = left ? t->n : t->m;
    s->row = rows == plain ? t->lda : 1; /* of op(A), transposed if right */
    s->col = rows == plain ? 1 : t->lda;
    s->a = t->A;
    s->unit = t->diag == SUNZI_UNIT;
    s->upper = (t->uplo == SUNZI_LOWER) != plain;
}

/* alpha B to the copy, or the copy to B. */
static void copy(const trsm_arguments *t, const solve *s, bool back)
{
    const bool rows = t->layout == SUNZI_ROW_MAJOR;
    const bool left = t->side == SUNZI_LEFT;
    const int64_t along = rows == left ? t->ldb : 1; /* to the next row of X */
    const int64_t across = rows == left ? 1 : t->ldb;
    for (int64_t i = 0; i < s->order; i++) {
        double *b = t->B + i * along, *x = s->x + i * s->nrhs;
        for (int64_t j = 0; j < s->nrhs; j++) {
            if (back)
                b[j * across] = x[j];
            else
                x[j] = t->alpha == 0 ? 0 : t->alpha * b[j * across];
        }
    }
}

static bool to_blas(const sunzi_context *ctx, const trsm_arguments *t,
                    sunzi_product_method method)
{
    const int from = ctx->engine->emulation_pays_from;
    if (method != SUNZI_PRODUCT_AUTO)
        return method == SUNZI_PRODUCT_NATIVE;
    return !ctx->reproducible &&
           (from <= 0 || t->m < 2 * from || t->n < 2 * from);
}

static sunzi_status run(sunzi_context *ctx, const trsm_arguments *t,
                        const sunzi_product_options *options,
                        sunzi_product_info *info)
{
    void *block = NULL;
    solve s = {
        .update = {.ctx = ctx, .function = "sunzi_dtrsm", .options = *options}};
    sunzi_status status;
    if (options->method == SUNZI_PRODUCT_AUTO)
        s.update.options.method = SUNZI_PRODUCT_EMULATED;
    aim(t, &s);
    const size_t bytes =
        sunzi_size_product((size_t)s.order, (size_t)s.nrhs, sizeof *s.x);
    SUNZI_TRY(sunzi_pool_take(ctx->pool, bytes, "copy of the right-hand sides",
                              &block));
    s.x = block;
    copy(t, &s, false);
    SUNZI_TRY(t->alpha == 0 ? SUNZI_OK : solve_rows(&s, 0, s.order));
    copy(t, &s, true);
    if (!s.info.engine)
        s.info = (sunzi_product_info){
            .method = SUNZI_PRODUCT_ORDERED,
            .engine = sunzi_engine_worker(ctx->engine, false),
            .certificate = NAN,
            .reason = "small: substitution only",
        };
    s.info.workspace_bytes += bytes;
    s.info.seconds_product += s.seconds_substitution;
    *info = s.info;
done:
    sunzi_pool_give(ctx->pool, &block);
    return status;
}

sunzi_status sunzi_dtrsm_expert(sunzi_context *given, int layout, int side,
                                int uplo, int transa, int diag, int m, int n,
                                double alpha, const double *A, int lda,
                                double *B, int ldb,
                                const sunzi_product_options *options,
                                sunzi_product_info *info)
{
    const trsm_arguments t = {layout, side, uplo, transa, diag, m,
                              n,      lda,  ldb,  alpha,  A,    B};
    sunzi_product_info found = {.method = SUNZI_PRODUCT_ORDERED,
                                .certificate = NAN,
                                .reason = "the result is empty"};
    sunzi_product_options checked;
    sunzi_context *ctx;
    sunzi_status status;
    SUNZI_TRY(check(&t));
    SUNZI_TRY(sunzi_check_options("sunzi_dtrsm", options, &checked));
    SUNZI_TRY(sunzi_context_use(given, &ctx));
    found.engine = sunzi_engine_worker(ctx->engine, false);
    SUNZI_TRY(sunzi_memory_refresh(ctx, A, false));
    SUNZI_TRY(sunzi_memory_refresh(ctx, B, true));
    if (m == 0 || n == 0)
        status = SUNZI_OK;
    else if (to_blas(ctx, &t, checked.method))
        native(ctx, &t, &found,
               checked.method == SUNZI_PRODUCT_NATIVE
                   ? "asked for"
                   : "the native solve is faster");
    else
        status = run(ctx, &t, &checked, &found);
    if (status >= 0 && info)
        *info = found;
done:
    return status;
}

sunzi_status sunzi_dtrsm(sunzi_context *ctx, int layout, int side, int uplo,
                         int transa, int diag, int m, int n, double alpha,
                         const double *A, int lda, double *B, int ldb)
{
    return sunzi_dtrsm_expert(ctx, layout, side, uplo, transa, diag, m, n,
                              alpha, A, lda, B, ldb, NULL, NULL);
}
