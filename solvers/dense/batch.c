/* SPDX-License-Identifier: BSD-3-Clause */
/* Many small systems: batch.k.h, and sunzi_dsolve for those it leaves. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/integer.h"
#include "engines/launch.h"
#include "engines/memory.h"
#include "precision/product.h"
#include "solvers/dense/batch.k.h"
#include "solvers/dense/solve_call.h"

/* of a part of a batch on a CPU engine, a thread: what its cache holds */
enum { HERE_BYTES = 1 << 21 };

typedef struct batch {
    sunzi_context *ctx;
    int layout, n, nrhs, count;
    const double *a, *b;
    double *x;
    int lda, ldb, ldx;
    int64_t stride_a, stride_b, stride_x;
    sunzi_solve_options o;
    sunzi_batch_member *members; /* [count] */
} batch;

/* Memories of a part. */
typedef struct part {
    sunzi_memory *a, *b, *x, *turned, *factors, *work, *marks, *state, *steps,
        *errors;
} part;

static const char function[] = "sunzi_dsolve_batch_strided";

/* ---- arguments ---- */

static int64_t extent(const batch *s, int cols, int ld)
{
    const bool by_rows = s->layout == SUNZI_ROW_MAJOR;
    const int64_t vectors = by_rows ? s->n : cols,
                  length = by_rows ? cols : s->n;
    return (vectors - 1) * ld + length;
}

static sunzi_status check(const batch *s)
{
    static const int layouts[] = {SUNZI_ROW_MAJOR, SUNZI_COL_MAJOR};
    const bool by_rows = s->layout == SUNZI_ROW_MAJOR;
    const bool empty = s->n == 0 || s->nrhs == 0 || s->count == 0;
    const int least = by_rows ? s->nrhs : s->n;
    const char *name = by_rows ? "nrhs" : "n";
    sunzi_status status;
    SUNZI_TRY(sunzi_check_choice(function, "layout", s->layout, layouts, 2,
                                 "SUNZI_ROW_MAJOR (101) and SUNZI_COL_MAJOR "
                                 "(102)"));
    if (s->n < 0 || s->nrhs < 0 || s->count < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: n, nrhs, count = %d, %d, %d, allowed are "
                          "numbers >= 0; correct the dimensions",
                          function, s->n, s->nrhs, s->count);
    if (s->stride_a < 0 || s->stride_b < 0 || s->stride_x < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: stride_a, stride_b, stride_x = %lld, %lld, "
                          "%lld, allowed are numbers >= 0; pass the first "
                          "system in memory first",
                          function, (long long)s->stride_a,
                          (long long)s->stride_b, (long long)s->stride_x);
    SUNZI_TRY(
        sunzi_check_matrix(function, "a", s->a, empty, s->lda, s->n, "n"));
    SUNZI_TRY(
        sunzi_check_matrix(function, "b", s->b, empty, s->ldb, least, name));
    SUNZI_TRY(
        sunzi_check_matrix(function, "x", s->x, empty, s->ldx, least, name));
    if (!empty && s->count > 1 && s->stride_x < extent(s, s->nrhs, s->ldx))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: stride_x = %lld, the solutions take %lld "
                          "numbers each and may not overlap; pass at least "
                          "that",
                          function, (long long)s->stride_x,
                          (long long)extent(s, s->nrhs, s->ldx));
    status = sunzi_solve_options_check(function, &s->o);
done:
    return status;
}

/* ---- all that are easy, at once ---- */

static bool is_for_kernel(const batch *s)
{
    return s->n <= BATCH_MOST && s->o.grade == SUNZI_GRADE_BACKWARD &&
           s->o.structure == SUNZI_GENERAL &&
           (s->o.factor == SUNZI_FACTOR_AUTO ||
            s->o.factor == SUNZI_FACTOR_FP32);
}

/* Matrices stored by rows are turned first. */
static bool is_turned(const batch *s)
{
    return s->layout == SUNZI_ROW_MAJOR;
}

/* Systems at a time; 0: not even one has room. */
static int part_of(const batch *s)
{
    const double n = s->n, ld = BATCH_LD(s->n), x = 8 * n * s->nrhs;
    const double factors = 4 * n * ld, work = 8 * BATCH_VECTORS * ld,
                 marks = 4 * BATCH_MARKS * n;
    const double told = 16; /* state, steps, error */
    const double turned = is_turned(s) ? 8 * n * n : 0;
    const sunzi_batch_array arrays[] = {
        {8.0 * (double)extent(s, s->n, s->lda), 8.0 * (double)s->stride_a},
        {8.0 * (double)extent(s, s->nrhs, s->ldb), 8.0 * (double)s->stride_b},
        {x, x},
        {turned, turned},
        {factors, factors},
        {work, work},
        {marks, marks},
        {told, told}};
    const bool here = !s->ctx->device;
    const double left = here ? (double)HERE_BYTES * sunzi_threads(s->ctx)
                             : (double)sunzi_memory_left(s->ctx);
    const int part = sunzi_batch_part(s->ctx, left, arrays,
                                      sizeof arrays / sizeof *arrays, s->count);
    return here && part == 0 ? 1 : part;
}

static sunzi_status room(const batch *s, int64_t count, size_t size,
                         sunzi_memory **memory)
{
    return sunzi_memory_create(s->ctx,
                               sunzi_size_product((size_t)count, size, 1),
                               "a batch of systems", memory);
}

static sunzi_status use(const batch *s, const double *data, int64_t numbers,
                        sunzi_memory **memory)
{
    return sunzi_memory_use(s->ctx, (void *)(uintptr_t)data,
                            (size_t)numbers * sizeof *data,
                            "a batch of systems", memory);
}

static sunzi_status take(const batch *s, int first, int count, part *q)
{
    const int64_t n = s->n, ld = BATCH_LD(s->n), all = count;
    sunzi_status status;
    SUNZI_TRY(use(s, s->a + first * s->stride_a,
                  (all - 1) * s->stride_a + extent(s, s->n, s->lda), &q->a));
    SUNZI_TRY(use(s, s->b + first * s->stride_b,
                  (all - 1) * s->stride_b + extent(s, s->nrhs, s->ldb), &q->b));
    SUNZI_TRY(room(s, all * n * s->nrhs, sizeof(double), &q->x));
    SUNZI_TRY(
        room(s, is_turned(s) ? all * n * n : 1, sizeof(double), &q->turned));
    SUNZI_TRY(room(s, all * n * ld, sizeof(float), &q->factors));
    SUNZI_TRY(room(s, all * BATCH_VECTORS * ld, sizeof(double), &q->work));
    SUNZI_TRY(room(s, all * BATCH_MARKS * n, sizeof(int32_t), &q->marks));
    SUNZI_TRY(room(s, all, sizeof(int32_t), &q->state));
    SUNZI_TRY(room(s, all, sizeof(int32_t), &q->steps));
    SUNZI_TRY(room(s, all, sizeof(double), &q->errors));
done:
    return status;
}

static void drop(part *q)
{
    sunzi_memory **all[] = {&q->a,       &q->b,     &q->x,     &q->turned,
                            &q->factors, &q->work,  &q->marks, &q->state,
                            &q->steps,   &q->errors};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sunzi_memory_destroy(all[i]);
}

static void store(const batch *s, int member, const double *solution)
{
    const bool by_rows = s->layout == SUNZI_ROW_MAJOR;
    double *x = s->x + member * s->stride_x;
    for (int c = 0; c < s->nrhs; c++)
        for (int i = 0; i < s->n; i++)
            x[by_rows ? i * (int64_t)s->ldx + c : c * (int64_t)s->ldx + i] =
                solution[(int64_t)c * s->n + i];
}

/* What the kernel solved is stored; the others keep grade NONE. */
static sunzi_status collect(const batch *s, int first, int count, part *q)
{
    const void *x, *state, *steps, *errors;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_refresh(s->ctx, s->x, true));
    SUNZI_TRY(sunzi_memory_read(q->state, &state));
    SUNZI_TRY(sunzi_memory_read(q->steps, &steps));
    SUNZI_TRY(sunzi_memory_read(q->errors, &errors));
    SUNZI_TRY(sunzi_memory_read(q->x, &x));
    for (int i = 0; i < count; i++) {
        if (((const int32_t *)state)[i])
            continue;
        s->members[first + i] =
            (sunzi_batch_member){.status = SUNZI_OK,
                                 .grade = SUNZI_GRADE_BACKWARD,
                                 .factor = SUNZI_FACTOR_FP32,
                                 .refinements = ((const int32_t *)steps)[i],
                                 .normwise_error = ((const double *)errors)[i]};
        store(s, first + i, (const double *)x + (int64_t)i * s->n * s->nrhs);
    }
done:
    return status;
}

static sunzi_status run_part(const batch *s, int first, int count)
{
    const bool by_rows = s->layout == SUNZI_ROW_MAJOR;
    part q = {0};
    sunzi_status status;
    SUNZI_TRY(take(s, first, count, &q));
    SUNZI_TRY(SUNZI_LAUNCH(
        s->ctx, batch_solve, sunzi_range2(count, 1), .a = {q.a}, .b = {q.b},
        .x = {q.x}, .turned = {q.turned}, .factors = {q.factors},
        .work = {q.work}, .marks = {q.marks}, .state = {q.state},
        .steps = {q.steps}, .errors = {q.errors}, .stride_a = s->stride_a,
        .row_a = by_rows ? s->lda : 1, .col_a = by_rows ? 1 : s->lda,
        .stride_b = s->stride_b, .row_b = by_rows ? s->ldb : 1,
        .col_b = by_rows ? 1 : s->ldb,
        .tolerance = sqrt((double)s->n) * 0x1p-53, .n = s->n, .nrhs = s->nrhs,
        .most_steps = s->o.max_refinements));
    status = collect(s, first, count, &q);
done:
    drop(&q);
    return status;
}

/* ---- one by one ---- */

static sunzi_status solve_one(const batch *s, int i,
                              sunzi_column_report *columns)
{
    sunzi_batch_member *m = &s->members[i];
    sunzi_solve_report report = {.grade = SUNZI_GRADE_NONE};
    m->status =
        sunzi_dsolve(s->ctx, s->layout, s->n, s->nrhs, s->a + i * s->stride_a,
                     s->lda, s->b + i * s->stride_b, s->ldb,
                     s->x + i * s->stride_x, s->ldx, &s->o, &report, columns);
    m->factor = report.factor;
    if (m->status < 0)
        return m->status;
    m->grade = report.grade;
    for (int c = 0; c < s->nrhs; c++) {
        m->refinements = columns[c].refinements > m->refinements
                             ? columns[c].refinements
                             : m->refinements;
        m->normwise_error = fmax(m->normwise_error, columns[c].normwise_error);
    }
    return SUNZI_OK;
}

/* Failures of the machine, after which no member has a better chance. */
static bool is_of_machine(sunzi_status status)
{
    return status == SUNZI_ERR_NOMEM || status == SUNZI_ERR_DEVICE ||
           status == SUNZI_ERR_ENGINE || status == SUNZI_ERR_INTERNAL;
}

/* The worst status; a sentence with the first member that has one. */
static sunzi_status conclude(const batch *s, int first, const char *sentence,
                             int failed)
{
    if (failed == 0)
        return SUNZI_OK;
    return sunzi_fail(s->members[first].status,
                      "%s: system %d (0-based) of %d: %s; of all %d did not "
                      "reach the grade, the others are solved",
                      function, first, s->count, sentence, failed);
}

static sunzi_status rest(const batch *s)
{
    char sentence[600] = "";
    int first = -1, failed = 0;
    void *columns = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_pool_take(s->ctx->pool,
                              (size_t)s->nrhs * sizeof(sunzi_column_report),
                              "a batch of systems", &columns));
    for (int i = 0; i < s->count; i++) {
        sunzi_batch_member *m = &s->members[i];
        if (m->grade != SUNZI_GRADE_NONE)
            continue;
        status = solve_one(s, i, columns);
        if (is_of_machine(status))
            goto done;
        if (m->status == SUNZI_OK)
            continue;
        failed++;
        /* an error counts more than a grade that was not reached */
        if (first < 0 || (s->members[first].status > 0 && m->status < 0)) {
            first = i;
            snprintf(sentence, sizeof sentence, "%s", sunzi_last_message());
        }
    }
    status = conclude(s, first, sentence, failed);
done:
    sunzi_pool_give(s->ctx->pool, &columns);
    return status;
}

static sunzi_status run(const batch *s)
{
    sunzi_status status = SUNZI_OK;
    const int part = is_for_kernel(s) ? part_of(s) : 0;
    for (int i = 0; i < s->count && part; i += part)
        SUNZI_TRY(run_part(s, i, sunzi_min32(part, s->count - i)));
    status = rest(s);
done:
    return status;
}

sunzi_status sunzi_dsolve_batch_strided(sunzi_context *ctx, int layout, int n,
                                        int nrhs, const double *A, int lda,
                                        int64_t stride_a, const double *B,
                                        int ldb, int64_t stride_b, double *X,
                                        int ldx, int64_t stride_x, int count,
                                        const sunzi_solve_options *options,
                                        sunzi_batch_member *members)
{
    batch s = {.layout = layout,
               .n = n,
               .nrhs = nrhs,
               .count = count,
               .a = A,
               .b = B,
               .x = X,
               .lda = lda,
               .ldb = ldb,
               .ldx = ldx,
               .stride_a = stride_a,
               .stride_b = stride_b,
               .stride_x = stride_x};
    const size_t bytes = count > 0 ? (size_t)count * sizeof *members : 0;
    void *block = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_context_use(ctx, &s.ctx));
    sunzi_solve_options_init(&s.o);
    if (options)
        s.o = *options;
    SUNZI_TRY(check(&s));
    if (bytes == 0)
        return SUNZI_OK;
    SUNZI_TRY(
        sunzi_pool_take(s.ctx->pool, bytes, "a batch of systems", &block));
    s.members = block;
    memset(block, 0, bytes);
    if (n > 0 && nrhs > 0)
        status = run(&s);
    for (int i = 0; i < count; i++)
        if (n == 0 || nrhs == 0)
            s.members[i].grade = s.o.grade;
        else if (is_of_machine(status) &&
                 s.members[i].grade == SUNZI_GRADE_NONE)
            s.members[i].status = status;
    if (members)
        memcpy(members, block, bytes);
done:
    if (s.ctx)
        sunzi_pool_give(s.ctx->pool, &block);
    return status;
}
