/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi_dgemm and sunzi_sgemm (emulated, all guards on) against the BLAS,
 * alternating in one run: bench_dgemm [-s | -d] [n ...], default both at 1024
 * 2048 4096. One line a size:
 *   dgemm n threads engine emulated_gf blas_gf ratio moduli certificate and the
 *   milliseconds of measuring, conversion, integer products, reconstruction.
 * Rates are 2 n^3 / t of the median time; ratio is the median of the ratios of
 * neighbouring runs. SUNZI_ENGINE and OMP_NUM_THREADS choose engine and
 * threads. */
#include <cblas.h>
#include <omp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

#include "tests/random.h"

enum { RUNS_MAX = 15 };

static double uniform(uint64_t *state) /* in (-1, 1) */
{
    return (double)(int64_t)random_step(state) * 0x1p-63;
}

static int ascending(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double median(double *x, int count)
{
    qsort(x, (size_t)count, sizeof *x, ascending);
    return x[count / 2];
}

static int fail(void)
{
    fprintf(stderr, "bench_dgemm: %s\n", sunzi_last_message());
    return 1;
}

typedef struct matrices {
    bool single;
    int n;
    void *a, *b, *c;
} matrices;

static sunzi_status emulated(sunzi_context *ctx, const matrices *x,
                             sunzi_product_info *info)
{
    const int n = x->n;
    sunzi_product_options o;
    sunzi_product_options_init(&o);
    o.method = SUNZI_PRODUCT_EMULATED;
    if (x->single)
        return sunzi_sgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                  SUNZI_NO_TRANS, n, n, n, 1, x->a, n, x->b, n,
                                  0, x->c, n, &o, info);
    return sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                              SUNZI_NO_TRANS, n, n, n, 1, x->a, n, x->b, n, 0,
                              x->c, n, &o, info);
}

static void native(const matrices *x)
{
    const int n = x->n;
    if (x->single)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, x->a,
                    n, x->b, n, 0, x->c, n);
    else
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, x->a,
                    n, x->b, n, 0, x->c, n);
}

static int measure(sunzi_context *ctx, const matrices *x)
{
    const int n = x->n;
    const double flops = 2.0 * n * n * n;
    const int runs = n <= 1024 ? RUNS_MAX : n <= 4096 ? 5 : 3;
    double ours[RUNS_MAX], blas[RUNS_MAX], ratio[RUNS_MAX];
    sunzi_product_info info;
    for (int r = -1; r < runs; r++) { /* the first run warms up */
        const double start = omp_get_wtime();
        if (emulated(ctx, x, &info) < 0)
            return fail();
        const double middle = omp_get_wtime();
        native(x);
        const double end = omp_get_wtime();
        if (r < 0)
            continue;
        ours[r] = middle - start;
        blas[r] = end - middle;
        ratio[r] = blas[r] / ours[r];
    }
    printf("%cgemm n=%d threads=%d engine=%s emulated_gf=%.1f blas_gf=%.1f "
           "ratio=%.3f moduli=%d certificate=%.3g measure_ms=%.2f "
           "convert_ms=%.2f product_ms=%.2f reconstruct_ms=%.2f\n",
           x->single ? 's' : 'd', n, omp_get_max_threads(), info.engine,
           flops / median(ours, runs) * 1e-9, flops / median(blas, runs) * 1e-9,
           median(ratio, runs), info.moduli, info.certificate,
           info.seconds_measure * 1e3, info.seconds_convert * 1e3,
           info.seconds_product * 1e3, info.seconds_reconstruct * 1e3);
    fflush(stdout);
    return 0;
}

static int bench(sunzi_context *ctx, int n, bool single)
{
    const size_t count = (size_t)n * (size_t)n;
    double *numbers = malloc(3 * count * sizeof *numbers);
    float *floats = (float *)numbers;
    uint64_t state = 1;
    if (!numbers) {
        fprintf(stderr, "bench_dgemm: no memory for n = %d\n", n);
        return 1;
    }
    for (size_t i = 0; i < 3 * count; i++)
        if (single)
            floats[i] = (float)uniform(&state);
        else
            numbers[i] = uniform(&state);
    const size_t step = count * (single ? sizeof *floats : sizeof *numbers);
    char *base = (char *)numbers;
    const matrices x = {single, n, base, base + step, base + 2 * step};
    const int failed = measure(ctx, &x);
    free(numbers);
    return failed;
}

static int bench_all(sunzi_context *ctx, int count, const int *sizes,
                     bool single)
{
    int failed = 0;
    for (int i = 0; i < count && !failed; i++)
        failed = bench(ctx, sizes[i], single);
    return failed;
}

int main(int argc, char **argv)
{
    enum { SIZES_MAX = 32 };
    int sizes[SIZES_MAX] = {1024, 2048, 4096}, count = 3, first = 1;
    bool with_double = true, with_single = true;
    sunzi_context *ctx = NULL;
    if (argc > 1 && (!strcmp(argv[1], "-s") || !strcmp(argv[1], "-d"))) {
        with_double = argv[1][1] == 'd';
        with_single = !with_double;
        first = 2;
    }
    if (argc > first)
        count = 0;
    for (int i = first; i < argc && count < SIZES_MAX; i++) {
        sizes[count] = atoi(argv[i]);
        if (sizes[count++] < 1) {
            fprintf(stderr, "usage: bench_dgemm [-s | -d] [n ...]\n");
            return 2;
        }
    }
    if (sunzi_context_create(NULL, &ctx) < 0)
        return fail();
    int failed = with_double ? bench_all(ctx, count, sizes, false) : 0;
    if (with_single && !failed)
        failed = bench_all(ctx, count, sizes, true);
    sunzi_context_destroy(&ctx);
    return failed;
}
