/* SPDX-License-Identifier: BSD-3-Clause */
/* The way of a product: which method, and what is reported. */
#include "engines/memory.h"
#include "precision/product.h"

#include <math.h>

void sunzi_product_options_init(sunzi_product_options *options)
{
    if (options)
        *options = (sunzi_product_options){.method = SUNZI_PRODUCT_AUTO};
}

static void report(const sunzi_problem *p, sunzi_product_info *info,
                   sunzi_product_method method, const char *engine,
                   const char *reason)
{
    info->method = method;
    info->engine = engine;
    info->reason = reason;
    if (method != SUNZI_PRODUCT_EMULATED) {
        info->moduli = 0;
        info->certificate = NAN;
        info->balanced = info->raised = 0;
    }
    sunzi_log(p->ctx, SUNZI_LOG_DECISION, "%s: %s by %s: %s", p->function,
              method == SUNZI_PRODUCT_EMULATED ? "emulated"
              : method == SUNZI_PRODUCT_NATIVE ? "native"
                                               : "ordered",
              engine, reason);
}

/* By the device's own units; *done: there was room for all three matrices. */
static sunzi_status native_there(const sunzi_problem *p,
                                 sunzi_product_info *info, const char *reason,
                                 bool *done)
{
    const double start = sunzi_seconds();
    const char *worker = NULL;
    const sunzi_status status = sunzi_native_device_run(p, &worker);
    *done = status == SUNZI_OK;
    if (status == SUNZI_ERR_NOMEM) {
        sunzi_log(p->ctx, SUNZI_LOG_DECISION,
                  "%s: not by the device's own units: %s", p->function,
                  sunzi_last_message());
        return SUNZI_OK;
    }
    if (status < 0)
        return status;
    info->seconds_product = sunzi_seconds() - start;
    report(p, info, SUNZI_PRODUCT_NATIVE, worker, reason);
    return SUNZI_OK;
}

/* By the device's own units where it has them and room, else by the BLAS. */
static sunzi_status native(const sunzi_problem *p, sunzi_product_info *info,
                           const char *reason)
{
    bool done = false;
    sunzi_status status = SUNZI_OK;
    if (sunzi_native_device_has(p))
        status = native_there(p, info, reason, &done);
    if (status == SUNZI_OK && !done)
        status = sunzi_product_bring_all(p);
    if (status < 0 || done)
        return status;
    const double start = sunzi_seconds();
    sunzi_native_product(p);
    info->seconds_product = sunzi_seconds() - start;
    report(p, info, SUNZI_PRODUCT_NATIVE, "BLAS", reason);
    return SUNZI_OK;
}

static sunzi_status ordered(const sunzi_problem *p, sunzi_product_info *info,
                            const char *reason)
{
    const size_t each = (sunzi_ordered_bytes(p) + 63) / 64 * 64;
    const int threads = sunzi_threads(p->ctx);
    void *scratch = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_product_bring_all(p));
    SUNZI_TRY(sunzi_pool_take(p->ctx->pool, each * (size_t)threads,
                              "workspace of an ordered product", &scratch));
    const double start = sunzi_seconds();
    sunzi_ordered_run(p, NULL, p->m, NULL, p->n, NULL, NULL, threads, each,
                      scratch);
    info->seconds_product = sunzi_seconds() - start;
    info->workspace_bytes += each * (size_t)threads;
    sunzi_pool_give(p->ctx->pool, &scratch);
    report(p, info, SUNZI_PRODUCT_ORDERED,
           sunzi_engine_worker(p->ctx->engine, false), reason);
done:
    return status;
}

static const char *reason_of(const sunzi_problem *p,
                             const sunzi_product_plan *plan)
{
    if (p->options.moduli)
        return "the number of moduli was given";
    if (plan->certificate == 0)
        return "the integers represent the operands exactly";
    if (plan->raised && plan->balanced)
        return "certified after balancing, with more moduli than usual";
    if (plan->raised)
        return "certified with more moduli than usual";
    return plan->balanced ? "certified after balancing" : "certified";
}

static const char unproved[] =
    "no number of moduli gives a certificate for these data";

/* What the plan has of the operands on the device. */
static void drop_operands(sunzi_product_plan *plan)
{
    (void)sunzi_measure_end(&plan->a.measuring, NULL, NULL);
    (void)sunzi_measure_end(&plan->b.measuring, NULL, NULL);
    sunzi_memory_destroy(&plan->a.there);
    sunzi_memory_destroy(&plan->b.there);
}

/* Where the device's own units are faster and nothing forbids them. */
static sunzi_status faster_there(const sunzi_problem *p,
                                 sunzi_product_plan *plan,
                                 sunzi_product_info *info, bool *done)
{
    *done = false;
    if (p->options.method != SUNZI_PRODUCT_AUTO || p->ctx->reproducible ||
        !sunzi_native_device_is_faster(p, plan->moduli.count))
        return SUNZI_OK;
    drop_operands(plan);
    return native_there(p, info, "the device's own units are faster", done);
}

static sunzi_status emulate(const sunzi_problem *p, sunzi_product_info *info)
{
    sunzi_product_plan plan = {.block = NULL};
    sunzi_product_work work = {.emulate = !p->ctx->device};
    const char *worker = p->ctx->engine->name;
    bool finished;
    sunzi_status status;
    const double start = sunzi_seconds();

    SUNZI_TRY(sunzi_product_plan_make(p, &plan));
    info->seconds_measure = sunzi_seconds() - start;
    info->special_rows = (int)plan.a.specials;
    info->special_columns = (int)plan.b.specials;
    info->workspace_bytes = plan.bytes;
    if (!plan.certified && !p->options.moduli) {
        drop_operands(&plan);
        if (p->options.method == SUNZI_PRODUCT_AUTO && !p->ctx->reproducible)
            SUNZI_TRY(native(p, info, unproved));
        else
            SUNZI_TRY(ordered(p, info, unproved));
        goto done;
    }
    SUNZI_TRY(faster_there(p, &plan, info, &finished));
    if (finished)
        goto done;
    SUNZI_TRY(sunzi_product_work_take(p, &plan, &work));
    info->workspace_bytes += work.bytes;
    info->moduli = plan.moduli.count;
    info->certificate = plan.certified ? plan.certificate : NAN;
    info->balanced = plan.balanced;
    info->raised = plan.raised;
    sunzi_log(p->ctx, SUNZI_LOG_PHASE, "%s: measured in %.3g s", p->function,
              info->seconds_measure);
    if (p->ctx->device) {
        SUNZI_TRY(sunzi_product_run_on_device(p, &plan, info, &worker));
        if (plan.a.specials || plan.b.specials)
            SUNZI_TRY(sunzi_product_bring_all(p));
        sunzi_product_run_special(p, &plan, &work);
    } else {
        sunzi_product_run(p, &plan, &work, info);
    }
    report(p, info, SUNZI_PRODUCT_EMULATED, worker, reason_of(p, &plan));
done:
    sunzi_pool_give(p->ctx->pool, &work.block);
    sunzi_pool_give(p->ctx->pool, &plan.block);
    drop_operands(&plan);
    return status;
}

static bool native_is_faster(const sunzi_problem *p)
{
    const int from = p->ctx->engine->emulation_pays_from;
    return from <= 0 || sunzi_min64(p->m, sunzi_min64(p->n, p->k)) < from;
}

static sunzi_status dispatch(const sunzi_problem *p, sunzi_product_info *info)
{
    const sunzi_product_method method = p->options.method;
    if (method == SUNZI_PRODUCT_ORDERED)
        return ordered(p, info, "asked for");
    if (method == SUNZI_PRODUCT_NATIVE)
        return native(p, info, "asked for");
    if (method == SUNZI_PRODUCT_AUTO && !p->ctx->reproducible &&
        native_is_faster(p))
        return native(p, info,
                      p->ctx->engine->emulation_pays_from > 0
                          ? "the native product is faster at this size"
                          : "the native product is faster on this engine");
    return emulate(p, info);
}

sunzi_status sunzi_product(sunzi_problem *p, sunzi_product_info *info)
{
    sunzi_product_info found = {.method = SUNZI_PRODUCT_AUTO};
    sunzi_status status = SUNZI_OK;
    if (p->m == 0 || p->n == 0) {
        report(p, &found, SUNZI_PRODUCT_ORDERED,
               sunzi_engine_worker(p->ctx->engine, false),
               "the result is empty");
    } else if (p->k == 0 || (p->alpha[0] == 0 && p->alpha[1] == 0)) {
        SUNZI_TRY(sunzi_memory_refresh(p->ctx, p->c, true));
        sunzi_product_scale(p);
        report(p, &found, SUNZI_PRODUCT_ORDERED,
               sunzi_engine_worker(p->ctx->engine, false),
               "there is no product to add");
    } else {
        status = dispatch(p, &found);
    }
    if (status >= 0 && info)
        *info = found;
done:
    return status;
}

/* ---- the public products of general matrices ---- */

static sunzi_status gemm(sunzi_context *ctx, const sunzi_gemm_arguments *g,
                         double alpha_re, double alpha_im, double beta_re,
                         double beta_im, sunzi_product_info *info)
{
    sunzi_problem p;
    sunzi_status status = sunzi_gemm_problem(g, &p);
    if (status < 0)
        return status;
    status = sunzi_context_use(ctx, &p.ctx);
    if (status < 0)
        return status;
    p.alpha[0] = alpha_re;
    p.alpha[1] = alpha_im;
    p.beta[0] = beta_re;
    p.beta[1] = beta_im;
    return sunzi_product(&p, info);
}

sunzi_status sunzi_dgemm_expert(sunzi_context *ctx, int layout, int transa,
                                int transb, int m, int n, int k, double alpha,
                                const double *A, int lda, const double *B,
                                int ldb, double beta, double *C, int ldc,
                                const sunzi_product_options *options,
                                sunzi_product_info *info)
{
    const sunzi_gemm_arguments g = {"sunzi_dgemm",
                                    SUNZI_SCALAR_F64,
                                    layout,
                                    transa,
                                    transb,
                                    m,
                                    n,
                                    k,
                                    lda,
                                    ldb,
                                    ldc,
                                    A,
                                    B,
                                    C,
                                    options};
    return gemm(ctx, &g, alpha, 0, beta, 0, info);
}

sunzi_status sunzi_dgemm(sunzi_context *ctx, int layout, int transa, int transb,
                         int m, int n, int k, double alpha, const double *A,
                         int lda, const double *B, int ldb, double beta,
                         double *C, int ldc)
{
    return sunzi_dgemm_expert(ctx, layout, transa, transb, m, n, k, alpha, A,
                              lda, B, ldb, beta, C, ldc, NULL, NULL);
}

sunzi_status sunzi_sgemm_expert(sunzi_context *ctx, int layout, int transa,
                                int transb, int m, int n, int k, float alpha,
                                const float *A, int lda, const float *B,
                                int ldb, float beta, float *C, int ldc,
                                const sunzi_product_options *options,
                                sunzi_product_info *info)
{
    const sunzi_gemm_arguments g = {"sunzi_sgemm",
                                    SUNZI_SCALAR_F32,
                                    layout,
                                    transa,
                                    transb,
                                    m,
                                    n,
                                    k,
                                    lda,
                                    ldb,
                                    ldc,
                                    A,
                                    B,
                                    C,
                                    options};
    return gemm(ctx, &g, (double)alpha, 0, (double)beta, 0, info);
}

sunzi_status sunzi_sgemm(sunzi_context *ctx, int layout, int transa, int transb,
                         int m, int n, int k, float alpha, const float *A,
                         int lda, const float *B, int ldb, float beta, float *C,
                         int ldc)
{
    return sunzi_sgemm_expert(ctx, layout, transa, transb, m, n, k, alpha, A,
                              lda, B, ldb, beta, C, ldc, NULL, NULL);
}

sunzi_status sunzi_zgemm_expert(sunzi_context *ctx, int layout, int transa,
                                int transb, int m, int n, int k,
                                const void *alpha, const void *A, int lda,
                                const void *B, int ldb, const void *beta,
                                void *C, int ldc,
                                const sunzi_product_options *options,
                                sunzi_product_info *info)
{
    const double *x = alpha, *y = beta;
    const sunzi_gemm_arguments g = {"sunzi_zgemm",
                                    SUNZI_SCALAR_C64,
                                    layout,
                                    transa,
                                    transb,
                                    m,
                                    n,
                                    k,
                                    lda,
                                    ldb,
                                    ldc,
                                    A,
                                    B,
                                    C,
                                    options};
    if (!x || !y)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_zgemm: alpha or beta is NULL; pass pointers "
                          "to complex numbers");
    return gemm(ctx, &g, x[0], x[1], y[0], y[1], info);
}

sunzi_status sunzi_zgemm(sunzi_context *ctx, int layout, int transa, int transb,
                         int m, int n, int k, const void *alpha, const void *A,
                         int lda, const void *B, int ldb, const void *beta,
                         void *C, int ldc)
{
    return sunzi_zgemm_expert(ctx, layout, transa, transb, m, n, k, alpha, A,
                              lda, B, ldb, beta, C, ldc, NULL, NULL);
}
