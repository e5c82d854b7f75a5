/* SPDX-License-Identifier: BSD-3-Clause */
/* Many small products and systems of one order: a batch against the same ones
 * by one, with sunzi_dsolve, LAPACK and BLAS, in turn, same threads. Prints a
 * line an order and kind, microseconds a problem, medians of the repeats:
 *   systems n=.. count=.. engine=.. batch=.. dgesv=.. dsolve=.. left=..
 *   products n=.. count=.. engine=.. batch=.. dgemm=..
 * left: systems that the batch solved by sunzi_dsolve. Matrices of a batch
 * take 1 MiB. Usage: bench_batch [-r repeats (31)] [-l row|col (col)] [n ...]
 */
#include <cblas.h>
#include <lapacke.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>
#include <time.h>

#include "tests/random.h"

enum { NUMBERS = 1 << 17, REPEATS_MAX = 1001 };

typedef struct setting {
    int repeats, layout; /* SUNZI_ROW_MAJOR is CblasRowMajor, and so on */
} setting;

typedef struct data {
    int n, count;
    double *a, *b, *c, *kept;
    int *pivots;
    sunzi_batch_member *members;
} data;

static double now(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare_seconds(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* Microseconds a problem. */
static double median(double *seconds, int repeats, int count)
{
    qsort(seconds, (size_t)repeats, sizeof *seconds, compare_seconds);
    return 1e6 * seconds[repeats / 2] / count;
}

static int complain(sunzi_status status)
{
    if (status != SUNZI_OK)
        fprintf(stderr, "bench_batch: %s\n", sunzi_last_message());
    return status != SUNZI_OK;
}

static int solve_batch(const setting *s, const data *d)
{
    const int64_t n = d->n, ld = s->layout == SUNZI_ROW_MAJOR ? 1 : n;
    return complain(sunzi_dsolve_batch_strided(
        NULL, s->layout, d->n, 1, d->a, d->n, n * n, d->b, (int)ld, n, d->c,
        (int)ld, n, d->count, NULL, d->members));
}

static int solve_lapack(const setting *s, const data *d)
{
    const int n = d->n;
    int failed = 0;
    for (int64_t i = 0; i < d->count; i++)
        failed |=
            LAPACKE_dgesv(s->layout, n, 1, d->kept + i * n * n, n, d->pivots,
                          d->c + i * n, s->layout == SUNZI_ROW_MAJOR ? 1 : n);
    return failed;
}

static int solve_each(const setting *s, const data *d)
{
    const int n = d->n, ld = s->layout == SUNZI_ROW_MAJOR ? 1 : n;
    int failed = 0;
    for (int64_t i = 0; i < d->count && !failed; i++)
        failed = complain(sunzi_dsolve(NULL, s->layout, n, 1, d->a + i * n * n,
                                       n, d->b + i * n, ld, d->c + i * n, ld,
                                       NULL, NULL, NULL));
    return failed;
}

static int time_systems(const setting *s, const data *d)
{
    static double batch[REPEATS_MAX], lapack[REPEATS_MAX], each[REPEATS_MAX];
    const size_t right = (size_t)d->n * (size_t)d->count;
    const size_t bytes = right * (size_t)d->n * sizeof(double);
    int failed = 0, left = 0;
    for (int r = 0; r < s->repeats && !failed; r++) {
        double start = now();
        failed |= solve_batch(s, d);
        batch[r] = now() - start;
        memcpy(d->kept, d->a, bytes); /* overwritten by factors */
        memcpy(d->c, d->b, right * sizeof(double));
        start = now();
        failed |= solve_lapack(s, d);
        lapack[r] = now() - start;
        start = now();
        failed |= solve_each(s, d);
        each[r] = now() - start;
    }
    for (int i = 0; i < d->count; i++)
        left += d->members[i].factor != SUNZI_FACTOR_FP32;
    printf("systems n=%d count=%d engine=%s batch=%.3f dgesv=%.3f "
           "dsolve=%.3f left=%d\n",
           d->n, d->count, sunzi_context_engine(NULL),
           median(batch, s->repeats, d->count),
           median(lapack, s->repeats, d->count),
           median(each, s->repeats, d->count), left);
    return failed;
}

static int time_products(const setting *s, const data *d)
{
    static double batch[REPEATS_MAX], blas[REPEATS_MAX];
    const int n = d->n;
    const int64_t size = (int64_t)n * n;
    int failed = 0;
    for (int r = 0; r < s->repeats && !failed; r++) {
        double start = now();
        failed |= complain(sunzi_dgemm_batch_strided(
            NULL, s->layout, SUNZI_NO_TRANS, SUNZI_NO_TRANS, n, n, n, 1, d->a,
            n, size, d->kept, n, size, 0, d->c, n, size, d->count));
        batch[r] = now() - start;
        start = now();
        for (int64_t i = 0; i < d->count; i++)
            cblas_dgemm(s->layout == SUNZI_ROW_MAJOR ? CblasRowMajor
                                                     : CblasColMajor,
                        CblasNoTrans, CblasNoTrans, n, n, n, 1, d->a + i * size,
                        n, d->kept + i * size, n, 0, d->c + i * size, n);
        blas[r] = now() - start;
    }
    printf("products n=%d count=%d engine=%s batch=%.3f dgemm=%.3f\n", n,
           d->count, sunzi_context_engine(NULL),
           median(batch, s->repeats, d->count),
           median(blas, s->repeats, d->count));
    return failed;
}

static int run(const setting *s, int n)
{
    const int count = NUMBERS / (n * n) > 1 ? NUMBERS / (n * n) : 1;
    const size_t all = (size_t)n * (size_t)n * (size_t)count;
    uint64_t state = 7;
    double *block = malloc(4 * all * sizeof *block);
    data d = {.n = n, .count = count};
    int failed = 1;
    d.pivots = malloc((size_t)n * sizeof *d.pivots);
    d.members = malloc((size_t)count * sizeof *d.members);
    if (block && d.pivots && d.members) {
        d.a = block;
        d.b = d.a + all;
        d.c = d.b + all;
        d.kept = d.c + all;
        for (size_t i = 0; i < 4 * all; i++) /* in (-1, 1) */
            block[i] = (double)(next_bits(&state) >> 11) * 0x1p-52 - 1;
        failed = time_products(s, &d);
        failed |= time_systems(s, &d);
    }
    fflush(stdout);
    free(d.members);
    free(d.pivots);
    free(block);
    return failed;
}

int main(int argc, char **argv)
{
    static const int orders[] = {4, 8, 16, 32, 64, 128, 256};
    setting s = {.repeats = 31, .layout = SUNZI_COL_MAJOR};
    int i = 1, failed = 0;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (strcmp(argv[i], "-r") == 0)
            s.repeats = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "-l") == 0 && strcmp(argv[i + 1], "row") == 0)
            s.layout = SUNZI_ROW_MAJOR;
    }
    if (s.repeats < 1 || s.repeats > REPEATS_MAX) {
        fprintf(stderr, "bench_batch: -r %d, allowed are 1 to %d\n", s.repeats,
                REPEATS_MAX);
        return 2;
    }
    if (i == argc)
        for (size_t k = 0; k < sizeof orders / sizeof orders[0]; k++)
            failed |= run(&s, orders[k]);
    for (; i < argc; i++) {
        const int n = atoi(argv[i]);
        if (n < 1 || n > 4096) {
            fprintf(stderr, "bench_batch: order '%s', allowed are 1 to 4096\n",
                    argv[i]);
            return 2;
        }
        failed |= run(&s, n);
    }
    return failed;
}
