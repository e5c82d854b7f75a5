/* SPDX-License-Identifier: BSD-3-Clause */
/* Products in a fixed order: every engine stores the chain of engines/engine.h.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engines/engine.h"
#include "tests/random.h"

static uint64_t state = 1;

/* In [-1, 1), times a power of two in 2^-8 .. 2^7. */
static double random_number(void)
{
    random_step(&state);
    const double x = (double)(int64_t)state * 0x1p-63;
    return ldexp(x, (int)(state >> 20 & 15) - 8);
}

#define REAL       float
#define CHAIN      fmaf
#define ORDERED    ordered_f32
#define NAME(name) name##_f32
#include "tests/engines/ordered_cases.h"

#define REAL       double
#define CHAIN      fma
#define ORDERED    ordered_f64
#define NAME(name) name##_f64
#include "tests/engines/ordered_cases.h"

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_engine_stores_the_chain_f32),
        cmocka_unit_test(every_engine_stores_the_chain_f64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
