/* SPDX-License-Identifier: BSD-3-Clause */
/* Multiply two matrices through integer products and read the proved error
 * bound.
 *
 * The numbers show what "one rounding of the exact sum" means: the terms of
 * each entry are beyond the range of FP64, so that a plain sum ends in infinity
 * minus infinity, but the exact sum, 2^1020 or 2^1021, is not.
 *
 * Compile: cc 10_product.c $(pkg-config --cflags --libs sunzi) -lm */
#include <math.h>
#include <stdio.h>
#include <sunzi/sunzi.h>

enum { M = 2, N = 1, K = 2 };

int main(void)
{
    const double large = ldexp(1, 520), part = 1 - ldexp(1, -20);
    const double A[M * K] = {large, large, 2 * large, 2 * large};
    const double B[K * N] = {large, -large * part};
    double C[M * N];

    sunzi_product_options options;
    sunzi_product_info info;
    sunzi_product_options_init(&options);
    options.method = SUNZI_PRODUCT_EMULATED; /* also where the BLAS is faster */
    if (sunzi_dgemm_expert(NULL, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                           SUNZI_NO_TRANS, M, N, K, 1, A, K, B, N, 0, C, N,
                           &options, &info) < 0) {
        fprintf(stderr, "%s\n", sunzi_last_message());
        return 1;
    }
    for (int i = 0; i < M; i++)
        printf("row %d: %g by Sunzi, %g by a plain sum, exactly %g\n", i, C[i],
               A[i * K] * B[0] + A[i * K + 1] * B[1], ldexp(1, 1020 + i));
    printf("engine %s, %d moduli: %s\n", info.engine, info.moduli, info.reason);
    printf("proved: |error| <= (%.3g + 1) u |A||B|, u = 2^-53\n",
           info.certificate);
    printf("try next: 20_solve, and bench/bench_dgemm for the speed\n");
    return C[0] == ldexp(1, 1020) && C[1] == ldexp(1, 1021) ? 0 : 1;
}
