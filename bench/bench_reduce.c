/* SPDX-License-Identifier: BSD-3-Clause */
/* The exact reductions against cblas_ddot and MPI_Allreduce, alternating in one
 * run: bench_reduce [n ...], default 1000 100000 10000000 elements, which the
 * processes share. ns and ratio are medians of the runs, the ratio that of runs
 * side by side. Data: uniform in (-1, 1); zeros: every tenth is 0; spread:
 * uniform times powers of two from 2^-20 to 2^20; wide: to 2^+-300, which no
 * vector kernel takes. SUNZI_ENGINE and OMP_NUM_THREADS choose engine and
 * threads. */
#include <cblas.h>
#include <math.h>
#include <mpi.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>

#include "tests/random.h"

enum { RUNS = 41, BODIES = 4, DATA = 4 };

static const char *const names[BODIES] = {"cblas_ddot+allreduce", "sunzi_ddot",
                                          "sunzi_dsum", "sunzi_dnrm2"};
static const char *const data_names[DATA] = {"uniform", "zeros", "spread",
                                             "wide"};
static sunzi_comm *world;

static void fill(int data, long n, double *x)
{
    static const int span[DATA] = {0, 0, 20, 300};
    uint64_t state = 1 + (uint64_t)sunzi_comm_rank(world);
    for (long i = 0; i < n; i++) {
        x[i] = (double)(int64_t)random_step(&state) * 0x1p-63;
        if (data == 1 && i % 10 == 0)
            x[i] = 0;
        if (span[data])
            x[i] = ldexp(x[i], (int)(random_step(&state) >> 40) %
                                       (2 * span[data] + 1) -
                                   span[data]);
    }
}

static void run(int body, int64_t n, const double *x, const double *y)
{
    static double sink;
    sunzi_status status = SUNZI_OK;
    if (body == 0) {
        sink = cblas_ddot((int)n, x, 1, y, 1);
        MPI_Allreduce(MPI_IN_PLACE, &sink, 1, MPI_DOUBLE, MPI_SUM,
                      MPI_COMM_WORLD);
    } else if (body == 1) {
        status = sunzi_ddot(NULL, world, n, x, 1, y, 1, &sink);
    } else if (body == 2) {
        status = sunzi_dsum(NULL, world, n, x, 1, &sink);
    } else {
        status = sunzi_dnrm2(NULL, world, n, x, 1, &sink);
    }
    if (status != SUNZI_OK) {
        fprintf(stderr, "bench_reduce: %s\n", sunzi_last_message());
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *t)
{
    qsort(t, RUNS, sizeof *t, ascending);
    return t[RUNS / 2];
}

/* n elements in all, `own` of this process */
static void measure(const char *data, long n, long own, const double *x,
                    const double *y)
{
    static double seconds[BODIES][RUNS], ratio[BODIES][RUNS];
    const int repeats = (int)(n < 1000000 ? 1000000 / n : 1);
    for (int r = 0; r < RUNS; r++)
        for (int b = 0; b < BODIES; b++) {
            MPI_Barrier(MPI_COMM_WORLD);
            const double start = MPI_Wtime();
            for (int k = 0; k < repeats; k++)
                run(b, own, x, y);
            seconds[b][r] = (MPI_Wtime() - start) / repeats;
            ratio[b][r] = seconds[b][r] / seconds[0][r];
        }
    for (int b = 0; b < BODIES && sunzi_comm_rank(world) == 0; b++)
        printf("reduce n=%ld ranks=%d threads=%d engine=%s data=%s what=%s "
               "ns_per_element=%.3f ratio=%.2f\n",
               n, sunzi_comm_size(world), omp_get_max_threads(),
               sunzi_context_engine(NULL), data, names[b],
               1e9 * median(seconds[b]) / (double)n, median(ratio[b]));
    fflush(stdout);
}

static void measure_size(long n)
{
    const int rank = sunzi_comm_rank(world), size = sunzi_comm_size(world);
    const long own = n / size + (rank < n % size);
    double *x = n > 0 ? malloc((2 * (size_t)own + 1) * sizeof *x) : NULL;
    if (!x) {
        fprintf(stderr, "bench_reduce: n = %ld cannot be had\n", n);
        MPI_Abort(MPI_COMM_WORLD, 1);
        return;
    }
    for (int d = 0; d < DATA; d++) {
        fill(d, 2 * own, x);
        measure(data_names[d], n, own, x, x + own);
    }
    free(x);
}

int main(int argc, char **argv)
{
    static const char *const usual[] = {"1000", "100000", "10000000"};
    MPI_Init(&argc, &argv);
    if (sunzi_comm_from_mpi(MPI_COMM_WORLD, &world) != SUNZI_OK) {
        fprintf(stderr, "bench_reduce: %s\n", sunzi_last_message());
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    for (int s = 0; s < (argc > 1 ? argc - 1 : 3); s++)
        measure_size(atol(argc > 1 ? argv[s + 1] : usual[s]));
    sunzi_comm_destroy(&world);
    MPI_Finalize();
    return 0;
}
