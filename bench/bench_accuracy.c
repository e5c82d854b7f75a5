/* SPDX-License-Identifier: BSD-3-Clause */
/* Accuracy of the emulated product and of the BLAS on data from easy to hard,
 * and what the guard did. Errors are the largest of |C - A B| / (u (|A||B|))
 * over sampled entries, against 113-bit arithmetic. One line a kind of data:
 *   accuracy data n engine method moduli raised balanced certificate error
 *   blas_error reason
 * Usage: bench_accuracy [n], default 512. */
#include <cblas.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunzi/sunzi.h>

#include "tests/random.h"

__extension__ typedef __float128 quad;

typedef struct kind {
    const char *name;
    double phi;     /* uniform(-1, 1) exp(phi normal) */
    int outer;      /* rows of A, columns of B by 2^+-outer */
    int inner;      /* columns of A by 2^+-inner, rows of B inversely */
    int entry;      /* each entry by 2^+-entry */
    double density; /* of nonzeros */
} kind;

static const kind kinds[] = {
    {"uniform", 0, 0, 0, 0, 1},        {"lognormal_0.5", 0.5, 0, 0, 0, 1},
    {"lognormal_1", 1, 0, 0, 0, 1},    {"lognormal_2", 2, 0, 0, 0, 1},
    {"lognormal_4", 4, 0, 0, 0, 1},    {"outer_2^100", 0, 100, 0, 0, 1},
    {"inner_2^20", 0, 0, 20, 0, 1},    {"inner_2^300", 0, 0, 300, 0, 1},
    {"sparse_0.05", 0, 0, 0, 0, 0.05}, {"entries_2^200", 0, 0, 0, 200, 1},
};

static uint64_t state = 1;

/* in (-1, 1) */
static double uniform(void)
{
    return (double)(next_bits(&state) >> 11) * 0x1p-52 - 1;
}

static double normal(void) /* nearly: a sum of 12 */
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += uniform();
    return sum / 2;
}

static double number(const kind *t)
{
    const double x = uniform() * exp(t->phi * normal());
    if (t->density < 1 && fabs(uniform()) > t->density)
        return 0;
    return t->entry ? ldexp(x, (int)(t->entry * uniform())) : x;
}

static void scale(double *x, size_t count, size_t step, int exponent)
{
    for (size_t i = 0; i < count; i++)
        x[i * step] = ldexp(x[i * step], exponent);
}

static void fill(const kind *t, size_t n, double *A, double *B)
{
    for (size_t i = 0; i < n * n; i++) {
        A[i] = number(t);
        B[i] = number(t);
    }
    for (size_t i = 0; i < n; i++) {
        scale(A + i * n, n, 1, (int)(t->outer * uniform()));
        scale(B + i, n, n, (int)(t->outer * uniform()));
        const int d = (int)(t->inner * uniform());
        scale(A + i, n, n, d);
        scale(B + i * n, n, 1, -d);
    }
}

static double error_of(size_t n, const double *A, const double *B,
                       const double *C)
{
    const size_t entries = n * n;
    const size_t step = entries > 4000 ? entries / 4000 : 1;
    double worst = 0;
    for (size_t e = 0; e < entries; e += step) {
        quad sum = 0, size = 0;
        for (size_t h = 0; h < n; h++) {
            const quad term = (quad)A[e / n * n + h] * (quad)B[h * n + e % n];
            sum += term;
            size += term < 0 ? -term : term;
        }
        const quad error = (quad)C[e] - sum;
        if (error != 0)
            worst =
                fmax(worst, size == 0 ? INFINITY
                                      : fabs((double)(error / size)) * 0x1p53);
    }
    return worst;
}

static int compare(const kind *t, int n, double *A, double *B, double *C)
{
    static const char *const methods[] = {"auto", "emulated", "native",
                                          "ordered"};
    const size_t order = (size_t)n;
    sunzi_product_options options;
    sunzi_product_info info;
    sunzi_product_options_init(&options);
    options.method = SUNZI_PRODUCT_EMULATED;
    fill(t, order, A, B);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, A, n, B,
                n, 0, C, n);
    const double blas = error_of(order, A, B, C);
    if (sunzi_dgemm_expert(NULL, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                           SUNZI_NO_TRANS, n, n, n, 1, A, n, B, n, 0, C, n,
                           &options, &info) < 0) {
        fprintf(stderr, "bench_accuracy: %s\n", sunzi_last_message());
        return 1;
    }
    printf("accuracy data=%s n=%d engine=%s method=%s moduli=%d raised=%d "
           "balanced=%d certificate=%.3g error=%.3g blas_error=%.3g "
           "reason='%s'\n",
           t->name, n, info.engine, methods[info.method], info.moduli,
           info.raised, info.balanced, info.certificate,
           error_of(order, A, B, C), blas, info.reason);
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    const int n = argc > 1 ? atoi(argv[1]) : 512;
    int failed = 0;
    if (n < 1) {
        fprintf(stderr, "usage: bench_accuracy [n]\n");
        return 2;
    }
    const size_t count = (size_t)n * (size_t)n;
    double *A = malloc(3 * count * sizeof *A);
    if (!A) {
        fprintf(stderr, "bench_accuracy: no memory for n = %d\n", n);
        return 1;
    }
    for (size_t t = 0; t < sizeof kinds / sizeof *kinds && !failed; t++)
        failed = compare(&kinds[t], n, A, A + count, A + 2 * count);
    free(A);
    return failed;
}
