/* SPDX-License-Identifier: BSD-3-Clause */
/* The smallest program: solve a 2 x 2 system and say who did the work.
 *
 *     2 x + 1 y = 5
 *     1 x + 3 y = 10      has the solution x = 1, y = 3
 *
 * Compile: cc 00_hello.c $(pkg-config --cflags --libs sunzi) */
#include <stdio.h>
#include <sunzi/sunzi.h>

int main(void)
{
    const double A[] = {2, 1, 1, 3}; /* by rows; not overwritten */
    double b[] = {5, 10};            /* becomes the solution */

    /* NULL: the default context, which takes the best engine of this machine */
    if (sunzi_dgesv(NULL, SUNZI_ROW_MAJOR, 2, 1, A, 2, NULL, b, 1) !=
        SUNZI_OK) {
        fprintf(stderr, "%s\n", sunzi_last_message());
        return 1;
    }
    printf("x = %g, y = %g (sunzi %s, engine %s)\n", b[0], b[1],
           sunzi_version(), sunzi_context_engine(NULL));
    printf("try next: 10_product.c\n");
    return b[0] == 1.0 && b[1] == 3.0 ? 0 : 1;
}
