/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi_dgemm (emulated, all guards on) against the BLAS dgemm, alternating in
 * one run: bench_dgemm [n ...], default 1024 2048 4096. One line a size:
 *   dgemm n threads engine emulated_gf blas_gf ratio moduli certificate and the
 *   milliseconds of measuring, conversion, integer products, reconstruction.
 * Rates are 2 n^3 / t of the median time; ratio is the median of the ratios of
 * neighbouring runs. SUNZI_ENGINE and OMP_NUM_THREADS choose engine and
 * threads. */
#include <cblas.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunzi/sunzi.h>

enum { RUNS_MAX = 15 };

static double uniform(uint64_t *state) /* in (-1, 1) */
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (double)(int64_t)*state * 0x1p-63;
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

static int measure(sunzi_context *ctx, int n, double *A, double *B, double *C)
{
    const double flops = 2.0 * n * n * n;
    const int runs = n <= 1024 ? RUNS_MAX : n <= 4096 ? 5 : 3;
    double ours[RUNS_MAX], blas[RUNS_MAX], ratio[RUNS_MAX];
    sunzi_product_options options;
    sunzi_product_info info;
    sunzi_product_options_init(&options);
    options.method = SUNZI_PRODUCT_EMULATED;
    for (int r = -1; r < runs; r++) { /* the first run warms up */
        const double start = omp_get_wtime();
        if (sunzi_dgemm_expert(ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                               SUNZI_NO_TRANS, n, n, n, 1, A, n, B, n, 0, C, n,
                               &options, &info) < 0)
            return fail();
        const double middle = omp_get_wtime();
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, A, n,
                    B, n, 0, C, n);
        const double end = omp_get_wtime();
        if (r < 0)
            continue;
        ours[r] = middle - start;
        blas[r] = end - middle;
        ratio[r] = blas[r] / ours[r];
    }
    printf("dgemm n=%d threads=%d engine=%s emulated_gf=%.1f blas_gf=%.1f "
           "ratio=%.3f moduli=%d certificate=%.3g measure_ms=%.2f "
           "convert_ms=%.2f product_ms=%.2f reconstruct_ms=%.2f\n",
           n, omp_get_max_threads(), info.engine,
           flops / median(ours, runs) * 1e-9, flops / median(blas, runs) * 1e-9,
           median(ratio, runs), info.moduli, info.certificate,
           info.seconds_measure * 1e3, info.seconds_convert * 1e3,
           info.seconds_product * 1e3, info.seconds_reconstruct * 1e3);
    fflush(stdout);
    return 0;
}

static int bench(sunzi_context *ctx, int n)
{
    const size_t count = (size_t)n * (size_t)n;
    double *A = malloc(3 * count * sizeof *A);
    uint64_t state = 1;
    if (!A) {
        fprintf(stderr, "bench_dgemm: no memory for n = %d\n", n);
        return 1;
    }
    for (size_t i = 0; i < 3 * count; i++)
        A[i] = uniform(&state);
    const int failed = measure(ctx, n, A, A + count, A + 2 * count);
    free(A);
    return failed;
}

int main(int argc, char **argv)
{
    static const int usual[] = {1024, 2048, 4096};
    const int count = argc > 1 ? argc - 1 : 3;
    sunzi_context *ctx = NULL;
    int failed = 0;
    if (sunzi_context_create(NULL, &ctx) < 0)
        return fail();
    for (int i = 0; i < count && !failed; i++) {
        const int n = argc > 1 ? atoi(argv[i + 1]) : usual[i];
        if (n < 1) {
            fprintf(stderr, "usage: bench_dgemm [n ...]\n");
            failed = 2;
        } else {
            failed = bench(ctx, n);
        }
    }
    sunzi_context_destroy(&ctx);
    return failed;
}
