/* SPDX-License-Identifier: BSD-3-Clause */
/* Many small products of one shape, in the fixed order of product_ordered.c: on
 * the device of the context in one launch, else shared out to threads. */
#include <string.h>

#include "engines/launch.h"
#include "engines/memory.h"
#include "precision/batch.k.h"
#include "precision/product.h"

typedef struct batch {
    sunzi_problem p; /* the first */
    int64_t stride_a, stride_b, stride_c, count;
} batch;

/* Numbers from the first to the last of an operand. */
static int64_t extent(const sunzi_operand *o, int64_t depth)
{
    return (o->count - 1) * o->vector_stride + (depth - 1) * o->element_stride +
           1;
}

static int64_t extent_c(const sunzi_problem *p)
{
    return (p->m - 1) * p->ldc + p->n;
}

static sunzi_status check(const batch *s, int count, int64_t stride_a,
                          int64_t stride_b)
{
    const char *function = s->p.function;
    if (count < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: count = %d, allowed are numbers >= 0; correct "
                          "the number of products",
                          function, count);
    if (stride_a < 0 || stride_b < 0 || s->stride_c < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: stride_a, stride_b, stride_c = %lld, %lld, "
                          "%lld, allowed are numbers >= 0; pass the first "
                          "matrix in memory first",
                          function, (long long)stride_a, (long long)stride_b,
                          (long long)s->stride_c);
    if (count > 1 && s->p.m > 0 && s->p.n > 0 && s->stride_c < extent_c(&s->p))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: stride_c = %lld, the matrices C take %lld "
                          "numbers each and may not overlap; pass at least "
                          "that",
                          function, (long long)s->stride_c,
                          (long long)extent_c(&s->p));
    return SUNZI_OK;
}

static sunzi_problem member(const batch *s, int64_t i)
{
    sunzi_problem p = s->p;
    p.a.data = (const double *)p.a.data + i * s->stride_a;
    p.b.data = (const double *)p.b.data + i * s->stride_b;
    p.c = (double *)p.c + i * s->stride_c;
    return p;
}

/* Numbers that a thread needs: of one chain an entry the sums, and B where its
 * rows are not contiguous. */
static size_t scratch_bytes(const sunzi_problem *p)
{
    if (p->k > BATCH_DEPTH)
        return sunzi_round_up_size(sunzi_ordered_bytes(p), 64);
    const size_t sums = sunzi_size_product((size_t)p->m, (size_t)p->n, 8);
    const size_t turned = sunzi_size_product((size_t)p->k, (size_t)p->n, 8);
    return sunzi_round_up_size(sums + turned, 64);
}

/* B with contiguous rows, in `turned` where it has none. */
static const double *by_rows(const sunzi_problem *p, const double *right,
                             double *turned)
{
    const sunzi_operand *b = &p->b;
    if (b->vector_stride == 1)
        return right;
    for (int64_t j = 0; j < p->n; j++)
        for (int64_t h = 0; h < p->k; h++)
            turned[h * p->n + j] =
                right[j * b->vector_stride + h * b->element_stride];
    return turned;
}

/* What sunzi_ordered_run does for product i, of a depth of one chunk: sums in
 * place, or where alpha and beta come after them in a scratch. */
static void multiply(const batch *s, int64_t i, double *scratch)
{
    const sunzi_problem *p = &s->p;
    const int64_t size = p->m * p->n;
    const bool plain = p->alpha[0] == 1 && p->beta[0] == 0;
    double *c = (double *)p->c + i * s->stride_c;
    double *sums = plain ? c : scratch;
    const int64_t ld = plain ? p->ldc : p->n;
    const double *right =
        by_rows(p, (const double *)p->b.data + i * s->stride_b, scratch + size);
    for (int64_t row = 0; row < p->m; row++)
        memset(sums + row * ld, 0, (size_t)p->n * sizeof *sums);
    p->ctx->engine->ordered_f64(
        (int)p->m, (int)p->n, (int)p->k, false,
        (const double *)p->a.data + i * s->stride_a, p->a.vector_stride,
        p->a.element_stride, right,
        p->b.vector_stride == 1 ? p->b.element_stride : p->n, sums, ld);
    if (!plain) {
        const sunzi_problem one = member(s, i);
        sunzi_product_store(&one, 0, 0, (int)p->m, (int)p->n, sums, NULL, ld,
                            NULL, NULL);
    }
}

/* Products that a thread takes at a time: some microseconds of work. */
static int share_of(const batch *s, int threads)
{
    const double terms = (double)s->p.m * (double)s->p.n * (double)s->p.k;
    const int64_t even = s->count / (4 * (int64_t)threads);
    return (int)sunzi_max64(1, sunzi_min64(even, (int64_t)((1 << 18) / terms)));
}

/* Small ones a thread each; deep ones that are few one after the other. */
static sunzi_status run_here(const batch *s)
{
    const size_t each = scratch_bytes(&s->p);
    const int threads = sunzi_threads(s->p.ctx);
    const bool small = s->p.k <= BATCH_DEPTH;
    const bool many = small || s->count >= threads;
    const int share = share_of(s, threads);
    void *block = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_pool_take(s->p.ctx->pool,
                              sunzi_size_product(each, (size_t)threads, 1),
                              "workspace of a batch of products", &block));
    char *scratch = block;
    int next = 0;
#pragma omp parallel num_threads(threads) if (many)
    {
        int slot;
#pragma omp atomic capture
        slot = next++;
        char *mine = scratch + (size_t)slot * each;
#pragma omp for schedule(dynamic, share)
        for (int64_t i = 0; i < s->count; i++) {
            if (small) {
                multiply(s, i, (double *)(void *)mine);
                continue;
            }
            const sunzi_problem p = member(s, i);
            sunzi_ordered_run(&p, NULL, p.m, NULL, p.n, NULL, NULL,
                              many ? 1 : threads, each, mine);
        }
    }
    sunzi_pool_give(s->p.ctx->pool, &block);
done:
    return status;
}

/* ---- on the device ---- */

static sunzi_status use(const batch *s, const void *data, int64_t numbers,
                        const char *what, sunzi_memory **memory)
{
    return sunzi_memory_use(
        s->p.ctx, (void *)(uintptr_t)data,
        sunzi_size_product((size_t)numbers, sizeof(double), 1), what, memory);
}

static sunzi_status run_part(const batch *s, int64_t first, int64_t count)
{
    const sunzi_problem p = member(s, first);
    sunzi_memory *a = NULL, *b = NULL, *c = NULL;
    sunzi_status status;
    SUNZI_TRY(use(s, p.a.data, (count - 1) * s->stride_a + extent(&p.a, p.k),
                  "A", &a));
    SUNZI_TRY(use(s, p.b.data, (count - 1) * s->stride_b + extent(&p.b, p.k),
                  "B", &b));
    SUNZI_TRY(use(s, p.c, (count - 1) * s->stride_c + extent_c(&p), "C", &c));
    SUNZI_TRY(SUNZI_LAUNCH(
        p.ctx, batch_product, sunzi_range2((int)count, 1), .a = {a}, .b = {b},
        .c = {c}, .stride_a = s->stride_a, .row_a = p.a.vector_stride,
        .col_a = p.a.element_stride, .stride_b = s->stride_b,
        .row_b = p.b.element_stride, .col_b = p.b.vector_stride,
        .stride_c = s->stride_c, .ldc = p.ldc, .alpha = p.alpha[0],
        .beta = p.beta[0], .scaled = p.alpha[0] != 1, .added = p.beta[0] != 0,
        .m = (int)p.m, .n = (int)p.n, .k = (int)p.k));
    status = sunzi_memory_leave(&c);
done:
    sunzi_memory_destroy(&a);
    sunzi_memory_destroy(&b);
    sunzi_memory_destroy(&c);
    return status;
}

/* How many products have room on the device at a time; 0: none, or they are
 * not small. */
static int64_t part_of(const batch *s)
{
    const sunzi_problem *p = &s->p;
    const sunzi_batch_array arrays[] = {
        {8.0 * (double)extent(&p->a, p->k), 8.0 * (double)s->stride_a},
        {8.0 * (double)extent(&p->b, p->k), 8.0 * (double)s->stride_b},
        {8.0 * (double)extent_c(p), 8.0 * (double)s->stride_c}};
    if (!p->ctx->device || p->k > BATCH_DEPTH || p->m * p->n > 1 << 30)
        return 0;
    return sunzi_batch_part(p->ctx, (double)sunzi_memory_left(p->ctx), arrays,
                            sizeof arrays / sizeof *arrays, s->count);
}

static sunzi_status run_rest_here(const batch *s, int64_t first)
{
    batch rest = *s;
    if (s->p.ctx->device)
        sunzi_log(s->p.ctx, SUNZI_LOG_DECISION,
                  "%s: products from number %lld on are computed here: they "
                  "are not small, or the device has no room for one",
                  s->p.function, (long long)first);
    rest.p = member(s, first);
    rest.count -= first;
    sunzi_status status;
    SUNZI_TRY(sunzi_product_bring_all(&s->p));
    status = run_here(&rest);
done:
    return status;
}

static sunzi_status scale_all(const batch *s)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_refresh(s->p.ctx, s->p.c, true));
    for (int64_t i = 0; i < s->count; i++) {
        const sunzi_problem p = member(s, i);
        sunzi_product_scale(&p);
    }
done:
    return status;
}

static sunzi_status run(const batch *s)
{
    sunzi_status status = SUNZI_OK;
    if (s->p.m == 0 || s->p.n == 0 || s->count == 0)
        return SUNZI_OK;
    if (s->p.k == 0 || s->p.alpha[0] == 0)
        return scale_all(s);
    int64_t part = part_of(s), done = 0;
    while (part > 0 && done < s->count) {
        const int64_t count = sunzi_min64(part, s->count - done);
        status = run_part(s, done, count);
        if (status == SUNZI_OK)
            done += count;
        else if (status == SUNZI_ERR_NOMEM)
            part = count / 2; /* others took the room */
        else
            return status;
    }
    return done < s->count ? run_rest_here(s, done) : SUNZI_OK;
}

sunzi_status sunzi_dgemm_batch_strided(sunzi_context *ctx, int layout,
                                       int transa, int transb, int m, int n,
                                       int k, double alpha, const double *A,
                                       int lda, int64_t stride_a,
                                       const double *B, int ldb,
                                       int64_t stride_b, double beta, double *C,
                                       int ldc, int64_t stride_c, int count)
{
    const sunzi_gemm_arguments g = {.function = "sunzi_dgemm_batch_strided",
                                    .scalar = SUNZI_SCALAR_F64,
                                    .layout = layout,
                                    .transa = transa,
                                    .transb = transb,
                                    .m = m,
                                    .n = n,
                                    .k = k,
                                    .lda = lda,
                                    .ldb = ldb,
                                    .ldc = ldc,
                                    .A = A,
                                    .B = B,
                                    .C = C};
    const bool by_rows = layout == SUNZI_ROW_MAJOR;
    batch s = {.stride_a = by_rows ? stride_a : stride_b,
               .stride_b = by_rows ? stride_b : stride_a,
               .stride_c = stride_c,
               .count = count};
    sunzi_status status;
    SUNZI_TRY(sunzi_gemm_problem(&g, &s.p));
    SUNZI_TRY(check(&s, count, stride_a, stride_b));
    SUNZI_TRY(sunzi_context_use(ctx, &s.p.ctx));
    s.p.alpha[0] = alpha;
    s.p.beta[0] = beta;
    status = run(&s);
done:
    return status;
}
