/* SPDX-License-Identifier: BSD-3-Clause */
/* Products of matrices that stay on a device from call to call.
 *
 * P holds the probabilities of the moves of a chain between N states. Its
 * squares, P^2, P^4, ..., are those after 2, 4, ... moves: each row adds up to
 * one, but for rounding errors. With the matrices held only some numbers a row
 * and a column cross; on a CPU engine the same calls copy nothing. The bits are
 * the same.
 *
 * Compile: cc 30_held.c $(pkg-config --cflags --libs sunzi) -lm
 * Run:     SUNZI_ENGINE=opencl ./30_held */
#include <math.h>
#include <stdio.h>
#include <sunzi/sunzi.h>

enum { N = 256, SQUARINGS = 4 };

static double p[N * N], q[N * N];

static void make_chain(void)
{
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++)
            sum += p[i * N + j] = i == j ? 1000 : 1 + (37 * i + j * j) % 97;
        for (int j = 0; j < N; j++)
            p[i * N + j] /= sum;
    }
}

/* p and q change places in each squaring, whose number is even. */
static sunzi_status square(void)
{
    sunzi_product_options options;
    sunzi_status status = SUNZI_OK;
    sunzi_product_options_init(&options);
    options.method = SUNZI_PRODUCT_EMULATED; /* what devices compute */
    for (int k = 0; k < SQUARINGS && status == SUNZI_OK; k++) {
        const double *from = k % 2 ? q : p;
        status = sunzi_dgemm_expert(NULL, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS,
                                    SUNZI_NO_TRANS, N, N, N, 1, from, N, from,
                                    N, 0, k % 2 ? p : q, N, &options, NULL);
    }
    return status;
}

int main(void)
{
    sunzi_device_use use;
    double most = 0;
    make_chain();
    if (sunzi_hold(NULL, p, sizeof p) < 0 ||
        sunzi_hold(NULL, q, sizeof q) < 0 || square() < 0 ||
        sunzi_hold_end(NULL, p) < 0) { /* p is ours again */
        fprintf(stderr, "%s\n", sunzi_last_message());
        return 1;
    }
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++)
            sum += p[i * N + j];
        most = fmax(most, fabs(sum - 1));
    }
    printf("after %d moves: probabilities add up to one but for %.1e\n",
           1 << SQUARINGS, most);
    if (sunzi_context_device(NULL, &use))
        printf("%s: %d products took %lld bytes there and %lld back, a matrix "
               "has %zu\n",
               use.name, SQUARINGS, (long long)use.bytes_to,
               (long long)use.bytes_from, sizeof p);
    printf("try next: sunzi/hold.h; SUNZI_ENGINE=opencl\n");
    return most < 1e-12 ? 0 : 1;
}
