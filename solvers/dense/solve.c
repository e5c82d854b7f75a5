/* SPDX-License-Identifier: BSD-3-Clause */
/* Linear solves: arguments, the climb up the ladder, reports. */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engines/engine.h"
#include "engines/launch.h"
#include "engines/memory.h"
#include "precision/product.h"
#include "solvers/dense/columns.h"
#include "solvers/dense/deliver.h"
#include "solvers/dense/ladder.h"
#include "solvers/dense/solve_call.h"

void sunzi_solve_options_init(sunzi_solve_options *options)
{
    if (options)
        *options = (sunzi_solve_options){.structure = SUNZI_GENERAL,
                                         .factor = SUNZI_FACTOR_AUTO,
                                         .grade = SUNZI_GRADE_BACKWARD,
                                         .climb = 1,
                                         .max_refinements = 30,
                                         .max_gmres = 200};
}

sunzi_status sunzi_solve_options_check(const char *function,
                                       const sunzi_solve_options *o)
{
    const struct {
        const char *name;
        long got, low, high;
    } fields[] = {
        {"structure", (long)o->structure, SUNZI_GENERAL,
         SUNZI_POSITIVE_DEFINITE},
        {"factor", (long)o->factor, SUNZI_FACTOR_AUTO, SUNZI_FACTOR_FP64},
        {"grade", (long)o->grade, SUNZI_GRADE_BACKWARD, SUNZI_GRADE_CERTIFIED},
        {"climb", o->climb, 0, 1},
        {"max_refinements", o->max_refinements, 0, INT_MAX},
        {"max_gmres", o->max_gmres, 0, INT_MAX},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].got < fields[i].low || fields[i].got > fields[i].high)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: options.%s = %ld, allowed are %ld to %ld; "
                              "call sunzi_solve_options_init before the "
                              "fields are set",
                              function, fields[i].name, fields[i].got,
                              fields[i].low, fields[i].high);
    return SUNZI_OK;
}

static sunzi_status check(const char *function, int layout, int n, int nrhs,
                          const double *A, int lda, const double *B, int ldb,
                          const double *X, int ldx)
{
    static const int layouts[] = {SUNZI_ROW_MAJOR, SUNZI_COL_MAJOR};
    const bool empty = n == 0 || nrhs == 0;
    const int least = layout == SUNZI_ROW_MAJOR ? nrhs : n;
    const char *least_name = layout == SUNZI_ROW_MAJOR ? "nrhs" : "n";
    sunzi_status status;
    SUNZI_TRY(sunzi_check_choice(function, "layout", layout, layouts, 2,
                                 "SUNZI_ROW_MAJOR (101) and SUNZI_COL_MAJOR "
                                 "(102)"));
    if (n < 0 || nrhs < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: n, nrhs = %d, %d, allowed are numbers >= 0; "
                          "correct the dimensions",
                          function, n, nrhs);
    SUNZI_TRY(sunzi_check_matrix(function, "a", A, empty, lda, n, "n"));
    SUNZI_TRY(
        sunzi_check_matrix(function, "b", B, empty, ldb, least, least_name));
    SUNZI_TRY(
        sunzi_check_matrix(function, "x", X, empty, ldx, least, least_name));
done:
    return status;
}

static sunzi_attempt *new_attempt(sunzi_solve_report *r, sunzi_factor factor)
{
    sunzi_attempt *a = &r->attempt[r->attempts++];
    *a = (sunzi_attempt){.factor = factor};
    return a;
}

/* The interchanges of the rows of A. Factors of S^T interchange columns of S:
 * then no row was moved. */
static void row_interchanges(const sunzi_columns *k,
                             const sunzi_factors *factors)
{
    bool of_transpose = false;
    const int *pivots = sunzi_factors_pivots(factors, &of_transpose);
    for (int i = 0; i < k->n; i++)
        k->pivots[i] = pivots && !of_transpose ? pivots[i] : i + 1;
}

/* Who makes the factors (NULL: they could not be made) and works with them. */
static void name_engines(const sunzi_columns *k, const sunzi_system *s,
                         const sunzi_factors *factors, sunzi_factor factor,
                         sunzi_attempt *a)
{
    const struct sunzi_engine_ops *engine = k->ctx->engine;
    const bool there = factors ? sunzi_factors_resident(factors)
                               : sunzi_factors_on_device(k->ctx, factor);
    a->engine_solve = sunzi_engine_worker(engine, there && !s->a.tiles);
    a->engine_factor = factors ? sunzi_factors_maker(k->ctx, factors) : NULL;
    if (!factors)
        a->engine_factor = sunzi_engine_worker(
            engine, there && (!s->a.tiles || s->a.tiles->count > 1));
    else if (!a->engine_factor)
        a->engine_factor = a->engine_solve;
    a->engine_residual = sunzi_engine_worker(engine, s->a.resident != NULL);
}

/* One rung: factors, condition, all columns that need it. SUNZI_OK also if the
 * grade was not reached; *worst says. */
static sunzi_status run_rung(const sunzi_columns *k, sunzi_system *s,
                             sunzi_factor factor, const char *why,
                             sunzi_grade *worst)
{
    sunzi_solve_report *r = k->report;
    sunzi_attempt *a = new_attempt(r, factor);
    sunzi_factors *factors = NULL;
    const char *how = "the grade was reached";
    const double start = sunzi_seconds();
    sunzi_status status = sunzi_system_bring(s, factor);
    const sunzi_dense dense = sunzi_system_dense(s);
    if (status == SUNZI_OK)
        status =
            sunzi_factorize(k->ctx, k->o.structure, factor, &dense, &factors);
    name_engines(k, s, factors, factor, a);
    a->seconds_factor = sunzi_seconds() - start;
    r->seconds_factor += a->seconds_factor;
    r->factor = factor;
    *worst = SUNZI_GRADE_NONE;
    if (status < 0) {
        r->condition = INFINITY;
        const char *message = sunzi_last_message();
        /* up to the remedy, which is for the caller */
        snprintf(a->reason, sizeof a->reason, "%s; %.*s", why,
                 (int)strcspn(message, ";"), message);
        goto done;
    }
    s->factors = factors;
    s->transposed = false;
    SUNZI_TRY(sunzi_columns_run(k, s, factor, a, worst, &how));
    SUNZI_TRY(sunzi_system_status(s));
    if (k->wants_pivots)
        row_interchanges(k, factors);
    const size_t bytes = s->bytes + sunzi_factors_bytes(factors);
    r->workspace_bytes =
        bytes > r->workspace_bytes ? bytes : r->workspace_bytes;
    snprintf(a->reason, sizeof a->reason, "%s; condition %.1e; %s", why,
             r->condition, how);
done:
    sunzi_factors_destroy(k->ctx, &factors);
    return status;
}

/* Statuses that a higher rung may mend. */
static bool climbable(sunzi_status status)
{
    return status == SUNZI_ERR_SINGULAR || status == SUNZI_ERR_OVERFLOW ||
           status == SUNZI_ERR_NOT_POSITIVE_DEFINITE;
}

/* What is measured of a device may differ between processes: then the highest
 * rung that one of them chooses. */
static sunzi_factor first_rung(const sunzi_columns *k, sunzi_tiles *tiles,
                               const char **why)
{
    *why = "asked for";
    if (k->o.factor != SUNZI_FACTOR_AUTO)
        return k->o.factor;
    const sunzi_factor mine = sunzi_ladder_first(k->ctx, k->n, k->o.grade, why);
    double highest = (double)mine;
    if (tiles && k->ctx->device && !k->ctx->reproducible)
        sunzi_tiles_max(tiles, &highest, 1);
    if (highest > (double)mine)
        *why = "INT8 factors are not faster on the device of every process";
    return (sunzi_factor)highest;
}

static sunzi_status climb(const sunzi_columns *k, sunzi_system *s,
                          sunzi_factor factor, const char *why)
{
    sunzi_status status;
    sunzi_grade worst;
    for (;;) {
        status = run_rung(k, s, factor, why, &worst);
        sunzi_solve_report *r = k->report;
        sunzi_attempt *last = &r->attempt[r->attempts - 1];
        sunzi_log(k->ctx, SUNZI_LOG_DECISION, "dense solve, n = %d, %s: %s",
                  k->n, sunzi_factor_name(factor), last->reason);
        const sunzi_status broken =
            s->a.tiles ? sunzi_tiles_status(s->a.tiles) : SUNZI_OK;
        if (broken < 0)
            return broken;
        if (status < 0 && !climbable(status))
            return status;
        const sunzi_factor next = k->o.climb
                                      ? sunzi_ladder_next(k->ctx, k->n, factor)
                                      : SUNZI_FACTOR_AUTO;
        if (next == SUNZI_FACTOR_AUTO || (status >= 0 && worst >= k->o.grade)) {
            last->succeeded = status >= 0;
            r->grade = worst;
            return status;
        }
        factor = next;
        why = "the rung below did not reach the grade";
    }
}

/* x = 2^(col + exponent) y; nothing is written unless all of it is in range. */
static sunzi_status deliver(sunzi_columns *k, const sunzi_system *s)
{
    const size_t n = (size_t)k->n;
    for (int pass = 0; pass < 2; pass++)
        for (int j = 0; j < k->nrhs; j++) {
            sunzi_column_report *column = &k->columns[j];
            const sunzi_grade judged = column->grade;
            const int beyond = sunzi_deliver(k->n, k->result + (size_t)j * n,
                                             s->col, k->progress[j].exponent,
                                             pass ? k->x + j * k->x_col : NULL,
                                             k->x_row, pass ? NULL : column);
            if (beyond >= 0)
                return sunzi_fail(SUNZI_ERR_OVERFLOW,
                                  "dense solve: X(%d, %d) (0-based) is beyond "
                                  "the range of FP64; scale B by a power of "
                                  "two",
                                  beyond, j);
            k->underflow = k->underflow || column->grade < judged;
            if (column->grade < k->report->grade)
                k->report->grade = column->grade;
        }
    return SUNZI_OK;
}

static sunzi_status grade_status(const sunzi_columns *k)
{
    const sunzi_grade got = k->report->grade;
    if (got >= k->o.grade)
        return SUNZI_OK;
    return sunzi_fail(got == SUNZI_GRADE_ACCURATE   ? SUNZI_REACHED_ACCURATE
                      : got == SUNZI_GRADE_BACKWARD ? SUNZI_REACHED_BACKWARD
                                                    : SUNZI_REACHED_NONE,
                      "dense solve: grade '%s' was asked, '%s' was reached "
                      "(condition estimate %.1e); %s",
                      sunzi_grade_name(k->o.grade), sunzi_grade_name(got),
                      k->report->condition,
                      k->underflow ? "X is so small that FP64 holds few of its "
                                     "digits: scale B by a power of two"
                      : k->o.climb ? "the matrix is too ill-conditioned"
                                   : "allow climbing, or start at a higher "
                                     "rung");
}

/* Workspace of a call besides the system and the factors. */
static sunzi_status take_memory(sunzi_columns *k, void **block, size_t *bytes)
{
    const size_t n = (size_t)k->n, nrhs = (size_t)k->nrhs;
    const size_t solutions = sunzi_size_product(n, nrhs, sizeof(double));
    const size_t low = n * (size_t)k->block * sizeof(double);
    const size_t work = sunzi_columns_work(k) * sizeof(double);
    const size_t columns = nrhs * (sizeof *k->progress + sizeof *k->columns);
    *bytes = solutions + low + work + columns + n * sizeof(int);
    if (solutions == SIZE_MAX || *bytes < solutions)
        *bytes = SIZE_MAX;
    const sunzi_status status = sunzi_pool_take(
        k->ctx->pool, *bytes, "refinement of a dense solve", block);
    if (status < 0)
        return status;
    k->result = *block;
    k->low = k->result + n * nrhs;
    k->work = k->low + n * (size_t)k->block;
    k->columns = (sunzi_column_report *)((char *)k->work + work);
    k->progress = (sunzi_column_state *)(k->columns + nrhs);
    k->pivots = (int *)(k->progress + nrhs);
    memset(k->columns, 0, columns);
    return SUNZI_OK;
}

static sunzi_status solve(sunzi_columns *k, const sunzi_operator *a, int *ipiv)
{
    void *block = NULL;
    size_t bytes = 0;
    sunzi_system s = {0};
    sunzi_column_report *const wanted = k->columns;
    const char *why;
    sunzi_status status;
    /* the caller's stays untouched until all is well */
    k->block = sunzi_columns_block(k->nrhs);
    /* a proof in tiles solves for many columns of the inverse at a time */
    const bool proof = a->tiles && k->o.grade == SUNZI_GRADE_CERTIFIED;
    const sunzi_factor first = first_rung(k, a->tiles, &why);
    SUNZI_TRY(sunzi_system_create(k->ctx, k->o.structure, a,
                                  proof ? SUNZI_REFINEMENT_COLUMNS : k->block,
                                  first, &s));
    SUNZI_TRY(sunzi_tiles_agree(a->tiles, take_memory(k, &block, &bytes)));
    s.bytes += bytes;
    SUNZI_TRY(climb(k, &s, first, why));
    SUNZI_TRY(deliver(k, &s));
    if (ipiv)
        memcpy(ipiv, k->pivots, (size_t)k->n * sizeof *ipiv);
    if (wanted)
        memcpy(wanted, k->columns, (size_t)k->nrhs * sizeof *wanted);
    status = grade_status(k);
done:
    sunzi_pool_give(k->ctx->pool, &block);
    sunzi_system_destroy(&s);
    return status;
}

sunzi_status sunzi_solve_system(const sunzi_solve_call *c)
{
    const double start = sunzi_seconds();
    sunzi_solve_report r = {.grade = SUNZI_GRADE_NONE};
    sunzi_columns k = {.ctx = c->ctx,
                       .n = c->a.n,
                       .nrhs = c->nrhs,
                       .b = c->b,
                       .x = c->x,
                       .b_row = c->b_row,
                       .b_col = c->b_col,
                       .x_row = c->x_row,
                       .x_col = c->x_col,
                       .wants_pivots = c->ipiv != NULL,
                       .o = *c->options,
                       .report = &r,
                       .columns = c->columns};
    sunzi_status status = SUNZI_OK;
    const int64_t launches = sunzi_launches(k.ctx);
    /* held vectors are worked on here, a held A only where it has to be */
    SUNZI_TRY(sunzi_memory_refresh(c->ctx, c->b, false));
    SUNZI_TRY(sunzi_memory_refresh(c->ctx, c->x, true));
    if (k.n == 0 || k.nrhs == 0) {
        r.grade = k.o.grade;
        for (int j = 0; k.columns && j < k.nrhs; j++)
            k.columns[j] = (sunzi_column_report){.grade = k.o.grade};
    } else {
        status = solve(&k, &c->a, c->ipiv);
        if (status < 0 && status != SUNZI_ERR_SINGULAR)
            return status;
    }
    r.engine =
        sunzi_engine_worker(k.ctx->engine, sunzi_launches(k.ctx) > launches);
    r.seconds_total = sunzi_seconds() - start;
    if (status == SUNZI_ERR_SINGULAR)
        r.condition = INFINITY;
    if (c->report)
        *c->report = r;
done:
    return status;
}

/* All forms. lower: which stored triangle a positive definite A has. */
static sunzi_status run(const char *function, sunzi_context *given, int layout,
                        int n, int nrhs, const double *A, int lda, bool lower,
                        int *ipiv, const double *B, int ldb, double *X, int ldx,
                        const sunzi_solve_options *options,
                        sunzi_solve_report *report,
                        sunzi_column_report *columns)
{
    const bool by_rows = layout == SUNZI_ROW_MAJOR;
    sunzi_solve_options o;
    sunzi_solve_call c = {.nrhs = nrhs,
                          .b = B,
                          .x = X,
                          .b_row = by_rows ? ldb : 1,
                          .b_col = by_rows ? 1 : ldb,
                          .x_row = by_rows ? ldx : 1,
                          .x_col = by_rows ? 1 : ldx,
                          .ipiv = ipiv,
                          .options = &o,
                          .report = report,
                          .columns = columns};
    sunzi_status status;
    SUNZI_TRY(sunzi_context_use(given, &c.ctx));
    sunzi_solve_options_init(&o);
    if (options)
        o = *options;
    SUNZI_TRY(check(function, layout, n, nrhs, A, lda, B, ldb, X, ldx));
    SUNZI_TRY(sunzi_solve_options_check(function, &o));
    const bool symmetric = o.structure == SUNZI_POSITIVE_DEFINITE;
    const bool rows = by_rows == (lower || !symmetric);
    c.a = (sunzi_operator){.m = n,
                           .n = n,
                           .data = A,
                           .row_stride = rows ? lda : 1,
                           .col_stride = rows ? 1 : lda,
                           .symmetric_lower = symmetric};
    status = sunzi_solve_system(&c);
done:
    return status;
}

sunzi_status sunzi_dsolve(sunzi_context *ctx, int layout, int n, int nrhs,
                          const double *A, int lda, const double *B, int ldb,
                          double *X, int ldx,
                          const sunzi_solve_options *options,
                          sunzi_solve_report *report,
                          sunzi_column_report *columns)
{
    return run("sunzi_dsolve", ctx, layout, n, nrhs, A, lda, true, NULL, B, ldb,
               X, ldx, options, report, columns);
}

sunzi_status sunzi_dgesv(sunzi_context *ctx, int layout, int n, int nrhs,
                         const double *A, int lda, int *ipiv, double *B,
                         int ldb)
{
    return run("sunzi_dgesv", ctx, layout, n, nrhs, A, lda, true, ipiv, B, ldb,
               B, ldb, NULL, NULL, NULL);
}

sunzi_status sunzi_dposv(sunzi_context *ctx, int layout, char uplo, int n,
                         int nrhs, const double *A, int lda, double *B, int ldb)
{
    sunzi_solve_options o;
    const bool lower = uplo == 'L' || uplo == 'l';
    if (!lower && uplo != 'U' && uplo != 'u')
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_dposv: uplo = %d, allowed are 'U' (%d) and "
                          "'L' (%d); pass the triangle that holds A",
                          uplo, 'U', 'L');
    sunzi_solve_options_init(&o);
    o.structure = SUNZI_POSITIVE_DEFINITE;
    return run("sunzi_dposv", ctx, layout, n, nrhs, A, lda, lower, NULL, B, ldb,
               B, ldb, &o, NULL, NULL);
}
