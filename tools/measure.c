/* SPDX-License-Identifier: BSD-3-Clause */
/* Rates of whole operations as a user gets them, not of bare instructions: the
 * best of the runs that fit into a tenth of a second. */
#include "tools/measure.h"

#include <cblas.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/command.h"

enum { ORDER = 1024 };
static const double seconds_each = 0.1;

/* STREAM's rule: each array several times the last cache. */
static const size_t triad_bytes = (size_t)64 << 20;

typedef struct workbench {
    sunzi_context *context;
    double *A, *B, *C; /* shape [ORDER, ORDER] */
    float *a, *b, *c;
} workbench;

static double product_flops(void)
{
    return 2.0 * ORDER * ORDER * ORDER;
}

/* Best seconds of repeated calls; NaN when a call fails. */
static double best_seconds(int (*work)(workbench *), workbench *bench)
{
    double best = NAN;
    const double start = sunzi_tool_seconds();
    int runs = 0;
    do {
        const double before = sunzi_tool_seconds();
        if (work(bench) < 0)
            return NAN;
        best = fmin(best, sunzi_tool_seconds() - before);
        runs++;
    } while (runs < 2 || sunzi_tool_seconds() - start < seconds_each);
    return best;
}

static int blas_dgemm(workbench *bench)
{
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, ORDER, ORDER, ORDER,
                1.0, bench->A, ORDER, bench->B, ORDER, 0.0, bench->C, ORDER);
    return 0;
}

static int blas_sgemm(workbench *bench)
{
    cblas_sgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, ORDER, ORDER, ORDER,
                1.0f, bench->a, ORDER, bench->b, ORDER, 0.0f, bench->c, ORDER);
    return 0;
}

static int emulated(workbench *bench, sunzi_product_info *info)
{
    sunzi_product_options options;
    sunzi_product_options_init(&options);
    options.method = SUNZI_PRODUCT_EMULATED;
    return sunzi_dgemm_expert(bench->context, SUNZI_COL_MAJOR, SUNZI_NO_TRANS,
                              SUNZI_NO_TRANS, ORDER, ORDER, ORDER, 1.0,
                              bench->A, ORDER, bench->B, ORDER, 0.0, bench->C,
                              ORDER, &options, info);
}

static int emulated_dgemm(workbench *bench)
{
    return emulated(bench, NULL);
}

static sunzi_rate *add(sunzi_rate *rates, int *count, const char *what,
                       const char *key, const char *unit, double rate)
{
    sunzi_rate *added = &rates[(*count)++];
    *added = (sunzi_rate){.what = what, .key = key, .unit = unit, .rate = rate};
    return added;
}

static void add_products(workbench *bench, sunzi_rate *rates, int *count)
{
    sunzi_product_info info = {.method = SUNZI_PRODUCT_AUTO};
    add(rates, count, "FP64 product, BLAS", "blas_dgemm", "Gflop/s",
        1e-9 * product_flops() / best_seconds(blas_dgemm, bench));
    add(rates, count, "FP32 product, BLAS", "blas_sgemm", "Gflop/s",
        1e-9 * product_flops() / best_seconds(blas_sgemm, bench));
    sunzi_rate *rate =
        add(rates, count, "FP64 product, emulated by Sunzi", "sunzi_dgemm",
            "Gflop/s",
            1e-9 * product_flops() / best_seconds(emulated_dgemm, bench));
    if (isnan(rate->rate)) {
        snprintf(rate->note, sizeof rate->note, "%s", sunzi_last_message());
        return;
    }
    if (emulated(bench, &info) < 0 || info.moduli == 0)
        return;
    snprintf(rate->note, sizeof rate->note, "%d moduli, engine %s", info.moduli,
             info.engine);
    rate =
        add(rates, count, "INT8 products within it", "int8_products", "Gop/s",
            1e-9 * info.moduli * product_flops() / info.seconds_product);
    snprintf(rate->note, sizeof rate->note, "%.0f %% of its time",
             100.0 * info.seconds_product /
                 (info.seconds_measure + info.seconds_convert +
                  info.seconds_product + info.seconds_reconstruct));
}

/* LU at each rung, as sunzi_dsolve reports it. */
static void add_factors(workbench *bench, sunzi_rate *rates, int *count)
{
    static const char *const what[] = {[SUNZI_FACTOR_INT8] = "LU, INT8 updates",
                                       [SUNZI_FACTOR_BF16] = "LU, BF16 updates",
                                       [SUNZI_FACTOR_FP16] = "LU, FP16 updates",
                                       [SUNZI_FACTOR_TF32] = "LU, TF32 updates",
                                       [SUNZI_FACTOR_FP32] = "LU, FP32",
                                       [SUNZI_FACTOR_EMULATED] =
                                           "LU, FP64 emulated",
                                       [SUNZI_FACTOR_FP64] = "LU, FP64"};
    static const char *const key[] = {[SUNZI_FACTOR_INT8] = "lu_int8",
                                      [SUNZI_FACTOR_BF16] = "lu_bf16",
                                      [SUNZI_FACTOR_FP16] = "lu_fp16",
                                      [SUNZI_FACTOR_TF32] = "lu_tf32",
                                      [SUNZI_FACTOR_FP32] = "lu_fp32",
                                      [SUNZI_FACTOR_EMULATED] = "lu_emulated",
                                      [SUNZI_FACTOR_FP64] = "lu_fp64"};
    const double flops = product_flops() / 3.0;
    for (int f = SUNZI_FACTOR_INT8; f <= SUNZI_FACTOR_FP64; f++) {
        char why[200] = "";
        sunzi_solve_options options;
        sunzi_solve_report report;
        double best = NAN;
        sunzi_solve_options_init(&options);
        options.factor = (sunzi_factor)f;
        options.climb = 0;
        const int available = sunzi_factor_available(
            bench->context, (sunzi_factor)f, why, sizeof why);
        for (int run = 0; available && run < 3; run++)
            if (sunzi_dsolve(bench->context, SUNZI_COL_MAJOR, ORDER, 1,
                             bench->A, ORDER, bench->B, ORDER, bench->C, ORDER,
                             &options, &report, NULL) >= 0)
                best = fmin(best, report.seconds_factor);
        sunzi_rate *rate =
            add(rates, count, what[f], key[f], "Gflop/s", 1e-9 * flops / best);
        if (!available)
            snprintf(rate->note, sizeof rate->note, "%s", why);
        else if (isnan(best))
            snprintf(rate->note, sizeof rate->note, "%s", sunzi_last_message());
    }
}

/* a = b + s c, 24 bytes a step (STREAM's count, write-allocate left out). */
static double triad_rate(void)
{
    const long n = (long)(triad_bytes / sizeof(double));
    double *a = malloc(triad_bytes), *b = malloc(triad_bytes),
           *c = malloc(triad_bytes);
    double best = NAN;
    if (a && b && c) {
#pragma omp parallel for schedule(static)
        for (long i = 0; i < n; i++) {
            a[i] = 0.0;
            b[i] = 1.0 + (double)i;
            c[i] = 2.0;
        }
        for (int run = 0; run < 4; run++) {
            const double start = sunzi_tool_seconds();
#pragma omp parallel for schedule(static)
            for (long i = 0; i < n; i++)
                a[i] = b[i] + 3.0 * c[i];
            best = fmin(best, sunzi_tool_seconds() - start);
        }
        if (a[n - 1] !=
            b[n - 1] + 6.0) /* the loop must not be optimised away */
            best = NAN;
    }
    free(a);
    free(b);
    free(c);
    return 3e-9 * (double)triad_bytes / best;
}

static void fill(workbench *bench)
{
    uint64_t state = 1; /* a 64-bit LCG; D. Knuth's MMIX constants */
    for (size_t i = 0; i < (size_t)ORDER * ORDER; i++) {
        double value[2];
        for (int k = 0; k < 2; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            value[k] = (double)(state >> 11) * 0x1p-53 - 0.5;
        }
        bench->A[i] = value[0];
        bench->B[i] = value[1];
        bench->a[i] = (float)value[0];
        bench->b[i] = (float)value[1];
    }
    for (size_t i = 0; i < ORDER; i++)
        bench->A[i + i * ORDER] += ORDER; /* well-conditioned for LU */
}

int sunzi_measure_rates(sunzi_context *context, sunzi_rate *rates)
{
    const size_t entries = (size_t)ORDER * ORDER;
    double *block = malloc(3 * entries * sizeof(double));
    float *small = malloc(3 * entries * sizeof(float));
    int count = 0;
    if (block && small) {
        workbench bench = {.context = context,
                           .A = block,
                           .B = block + entries,
                           .C = block + 2 * entries,
                           .a = small,
                           .b = small + entries,
                           .c = small + 2 * entries};
        fill(&bench);
        add_products(&bench, rates, &count);
        add_factors(&bench, rates, &count);
    }
    free(block);
    free(small);
    add(rates, &count, "memory, triad", "triad", "GB/s", triad_rate());
    return count;
}
