/* SPDX-License-Identifier: BSD-3-Clause */
/* The exact reductions against cblas_ddot, alternating in one run, one line a
 * figure: bench_reduce [n ...], default 1000 100000 10000000.
 *   reduce n engine threads data what ns_per_element ratio
 * The least time of the runs counts; ratio: to cblas_ddot of the same data.
 * Data: uniform in (-1, 1); wide: uniform times powers of two from 2^-300 to
 * 2^300, which no vector kernel takes. SUNZI_ENGINE and OMP_NUM_THREADS choose
 * engine and threads. */
#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunzi/sunzi.h>

enum { RUNS = 15, BODIES = 4 };

static const char *const name[BODIES] = {"cblas_ddot", "sunzi_ddot",
                                         "sunzi_dsum", "sunzi_dnrm2"};

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return *state;
}

static sunzi_status run(int body, int64_t n, const double *x, const double *y,
                        double *result)
{
    switch (body) {
    case 0:
        *result = cblas_ddot((int)n, x, 1, y, 1);
        return SUNZI_OK;
    case 1:
        return sunzi_ddot(NULL, n, x, 1, y, 1, result);
    case 2:
        return sunzi_dsum(NULL, n, x, 1, result);
    default:
        return sunzi_dnrm2(NULL, n, x, 1, result);
    }
}

/* Returns 0, or -1 after a message. */
static int measure(const char *data, int64_t n, const double *x,
                   const double *y)
{
    const int repeats = (int)(n < 1000000 ? 1000000 / n : 1);
    double least[BODIES], result = 0;
    for (int b = 0; b < BODIES; b++)
        least[b] = INFINITY;
    for (int r = 0; r < RUNS; r++)
        for (int b = 0; b < BODIES; b++) {
            const double start = omp_get_wtime();
            for (int k = 0; k < repeats; k++)
                if (run(b, n, x, y, &result) != SUNZI_OK) {
                    fprintf(stderr, "bench_reduce: %s\n", sunzi_last_message());
                    return -1;
                }
            const double t = (omp_get_wtime() - start) / repeats;
            least[b] = t < least[b] ? t : least[b];
        }
    for (int b = 0; b < BODIES; b++)
        printf("reduce %lld %s %d %s %s %.3g %.3g\n", (long long)n,
               b ? sunzi_context_engine(NULL) : "BLAS", omp_get_max_threads(),
               data, name[b], 1e9 * least[b] / (double)n, least[b] / least[0]);
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const usual[] = {"1000", "100000", "10000000"};
    const int sizes = argc > 1 ? argc - 1 : 3;
    uint64_t state = 1;
    int code = 0;
    printf("# reduce n engine threads data what ns_per_element ratio\n");
    for (int s = 0; s < sizes && code == 0; s++) {
        const long n = atol(argc > 1 ? argv[s + 1] : usual[s]);
        double *x = n > 0 ? malloc(2 * (size_t)n * sizeof *x) : NULL;
        if (!x) {
            fprintf(stderr, "bench_reduce: n = %ld cannot be had\n", n);
            return 1;
        }
        for (long i = 0; i < 2 * n; i++)
            x[i] = (double)(int64_t)next(&state) * 0x1p-63;
        code = measure("uniform", n, x, x + n);
        for (long i = 0; i < 2 * n; i++)
            x[i] = ldexp(x[i], (int)(next(&state) >> 40) % 601 - 300);
        if (code == 0)
            code = measure("wide", n, x, x + n);
        free(x);
    }
    return code == 0 ? 0 : 1;
}
