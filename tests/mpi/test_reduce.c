/* SPDX-License-Identifier: BSD-3-Clause */
/* Reductions over processes: the bits of one process, whoever holds what;
 * special values and failures of one process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>

#include "core/memory.h"
#include "precision/accumulator.h"
#include "tests/mpi/run.h"
#include "tests/random.h"

enum { N = 3000, OWNERS = 6, KINDS = 5 };

static sunzi_comm *world;
static uint64_t state = 11; /* the same on all processes */

static uint64_t next(void)
{
    return next_bits(&state);
}

static double element(int kind)
{
    static const int span[KINDS] = {0, 20, 300, 0, 0};
    double x = (double)(int64_t)next() * 0x1p-63;
    if (span[kind])
        x = ldexp(x, (int)(next() % (uint64_t)(2 * span[kind])) - span[kind]);
    if (kind == 3) /* partial sums overflow */
        x = next() % 2 ? 0x1.8p1023 : -0x1.8p1023;
    if (kind == 4) /* subnormal */
        x = (double)(int)(next() % 99) * -0x1p-1074;
    return x;
}

/* Who holds element i of N. */
static int owner(int way, int64_t i)
{
    const int size = sunzi_comm_size(world);
    switch (way) {
    case 0: /* blocks */
        return (int)(i * size / N);
    case 1: /* in turn */
        return (int)(i % size);
    case 2: /* one process holds all */
        return size - 1;
    case 3: /* one holds none */
        return size > 1 ? 1 + (int)(i % (size - 1)) : 0;
    case 4: /* one element each, the first holds the rest */
        return i < size ? (int)i : 0;
    default:
        return (int)(next() % (uint64_t)size);
    }
}

typedef struct results {
    double of[4];
} results;

static void reduce(sunzi_comm *comm, int64_t n, const double *x,
                   const double *y, results *r)
{
    assert_int_equal(sunzi_dsum(NULL, comm, n, x, 1, &r->of[0]), SUNZI_OK);
    assert_int_equal(sunzi_dasum(NULL, comm, n, x, 1, &r->of[1]), SUNZI_OK);
    assert_int_equal(sunzi_ddot(NULL, comm, n, x, 1, y, 1, &r->of[2]),
                     SUNZI_OK);
    assert_int_equal(sunzi_dnrm2(NULL, comm, n, x, 1, &r->of[3]), SUNZI_OK);
}

static void distributions(void **unused)
{
    static double x[N], y[N], mine_x[N], mine_y[N];
    (void)unused;
    for (int t = 0; t < OWNERS * KINDS; t++) {
        results alone, all;
        int64_t own = 0;
        for (int i = 0; i < N; i++) {
            x[i] = element(t % KINDS);
            y[i] = element(t / KINDS % KINDS);
        }
        if (t % 2) /* almost all of the sum cancels */
            for (int i = 0; i < N / 2; i++)
                x[N - 1 - i] = -x[i];
        x[N / 2] = 0x1.3p-400;
        for (int64_t i = 0; i < N; i++)
            if (owner(t / KINDS, i) == sunzi_comm_rank(world)) {
                mine_x[own] = x[i];
                mine_y[own++] = y[i];
            }
        reduce(NULL, N, x, y, &alone);
        reduce(world, own, own ? mine_x : NULL, own ? mine_y : NULL, &all);
        if (memcmp(&alone, &all, sizeof all) != 0 &&
            !(isnan(alone.of[0]) && isnan(all.of[0])))
            fail_msg("distribution %d, kind %d: %a %a %a %a, alone %a %a %a %a",
                     t / KINDS, t % KINDS, all.of[0], all.of[1], all.of[2],
                     all.of[3], alone.of[0], alone.of[1], alone.of[2],
                     alone.of[3]);
    }
}

/* Process `rank` has x, the last one y, all others one -0. */
static double sum_of_two(int rank, double x, double y)
{
    const int last = sunzi_comm_size(world) - 1, me = sunzi_comm_rank(world);
    double v[2] = {-0.0, -0.0}, r = 7;
    if (me == rank)
        v[0] = x;
    if (me == last)
        v[1] = y;
    assert_int_equal(sunzi_dsum(NULL, world, 2, v, 1, &r), SUNZI_OK);
    return r;
}

static void special_values(void **unused)
{
    const int size = sunzi_comm_size(world);
    double r = 7;
    (void)unused;
    for (int p = 0; p < size; p++) {
        assert_true(isnan(sum_of_two(p, NAN, 1)));
        assert_true(isnan(sum_of_two(p, NAN, INFINITY)));
        assert_true(isnan(sum_of_two(p, INFINITY, -INFINITY)));
        assert_true(sum_of_two(p, INFINITY, -1) == INFINITY);
        assert_true(sum_of_two(p, 0x1.8p1023, -INFINITY) == -INFINITY);
        assert_true(sum_of_two(p, 0x1.8p1023, 0x1.8p1023) == INFINITY);
        assert_true(sum_of_two(p, 0x1.8p1023, -0x1.8p1023) == 0);
        assert_false(signbit(sum_of_two(p, 1, -1)));
        assert_false(signbit(sum_of_two(p, 0.0, -0.0)));
        assert_true(signbit(sum_of_two(p, -0.0, -0.0)));
    }
    /* no terms at all; one -0 of one process */
    assert_int_equal(sunzi_dsum(NULL, world, 0, NULL, 1, &r), SUNZI_OK);
    assert_true(r == 0 && !signbit(r));
    const double zero = -0.0;
    const int64_t n = sunzi_comm_rank(world) == size - 1;
    assert_int_equal(sunzi_dsum(NULL, world, n, &zero, 1, &r), SUNZI_OK);
    assert_true(r == 0 && signbit(r));
    assert_int_equal(sunzi_dnrm2(NULL, world, n, &zero, 1, &r), SUNZI_OK);
    assert_true(r == 0 && !signbit(r));
}

static void expect_agreed(sunzi_status status, sunzi_status expected, int rank,
                          const char *part, double r)
{
    char from[20] = "";
    if (sunzi_comm_size(world) > 1)
        snprintf(from, sizeof from, "[rank %d] ", rank);
    if (status != expected)
        fail_msg("%s: %s", sunzi_status_name(status), sunzi_last_message());
    assert_non_null(strstr(sunzi_last_message(), part));
    assert_memory_equal(sunzi_last_message(), from, strlen(from));
    assert_true(r == 7);
}

/* One process is wrong: all say so, no result is written, nothing hangs. */
static void failures(void **unused)
{
    const double x[3] = {1, 2, 3};
    const int me = sunzi_comm_rank(world), size = sunzi_comm_size(world);
    (void)unused;
    for (int p = 0; p < size; p++) {
        const int bad = me == p;
        double r = 7;
        expect_agreed(sunzi_dsum(NULL, world, bad ? -3 : 3, x, 1, &r),
                      SUNZI_ERR_ARG, p, "sunzi_dsum: n = -3", r);
        expect_agreed(sunzi_dasum(NULL, world, 3, x, bad ? 0 : 1, &r),
                      SUNZI_ERR_ARG, p, "sunzi_dasum: incx = 0", r);
        expect_agreed(sunzi_ddot(NULL, world, 3, x, 1, bad ? NULL : x, 1, &r),
                      SUNZI_ERR_ARG, p, "sunzi_ddot: y is NULL", r);
        expect_agreed(sunzi_dnrm2(NULL, world, 3, x, 1, bad ? NULL : &r),
                      SUNZI_ERR_ARG, p, "sunzi_dnrm2: result is NULL", r);
        assert_int_equal(sunzi_dsum(NULL, world, 3, x, 1, &r), SUNZI_OK);
        assert_true(r == 6.0 * size);
    }
}

/* A process without memory for its default context; before any other use of it.
 */
static void no_memory(void **unused)
{
    const double x[3] = {1, 2, 3};
    const int last = sunzi_comm_size(world) - 1;
    double r = 7;
    (void)unused;
    if (sunzi_comm_rank(world) == last)
        sunzi_memory_fail_after(1);
    const sunzi_status status = sunzi_dsum(NULL, world, 3, x, 1, &r);
    sunzi_memory_fail_after(-1);
    expect_agreed(status, SUNZI_ERR_NOMEM, last, "", r);
    assert_int_equal(sunzi_dsum(NULL, world, 3, x, 1, &r), SUNZI_OK);
    assert_true(r == 6.0 * (last + 1));
}

/* Several sums at once, with the count of those that have none to give. */
static void several_sums(void **unused)
{
    const int me = sunzi_comm_rank(world), size = sunzi_comm_size(world);
    sunzi_accumulator a[3];
    (void)unused;
    for (int i = 0; i < 3; i++) {
        sunzi_accumulator_clear(&a[i]);
        sunzi_accumulator_add(&a[i], i - 1);
        sunzi_accumulator_add_product(&a[i], i - 1, 0x1p-60 * me);
    }
    a[2].failures = me == 0;
    assert_int_equal(sunzi_accumulator_join(world, 3, a), SUNZI_OK);
    for (int i = 0; i < 3; i++) {
        double high, low;
        sunzi_accumulator_round2(&a[i], &high, &low);
        assert_true(high == (i - 1) * size);
        assert_true(low == (i - 1) * 0x1p-60 * (size * (size - 1) / 2));
        assert_int_equal(a[i].failures, i == 2);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_memory),      cmocka_unit_test(distributions),
        cmocka_unit_test(special_values), cmocka_unit_test(failures),
        cmocka_unit_test(several_sums),
    };
    return RUN_ON_PROCESSES(argc, argv, world, tests);
}
