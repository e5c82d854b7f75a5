/* SPDX-License-Identifier: BSD-3-Clause */
/* Distributed transposes: every cell is where it belongs, in every pair of
 * orientations and storages, and nothing else is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <mpi.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "precision/formats.h"
#include "tests/mpi/run.h"
#include "tests/random.h"

static sunzi_comm *world;
static uint64_t state = 5; /* the same on all processes */

static int number(int from, int to)
{
    return random_between(&state, from, to);
}

#define SENTINEL (-777.0)

static double value(const int64_t cell[3], int c)
{
    return (double)((cell[0] * 37 + cell[1]) * 41 + cell[2]) + 0.1 * c +
           1.0 / 3;
}

static double on_wire(const sunzi_field *f, double x)
{
    static const sunzi_format *const formats[] = {
        NULL, &sunzi_format_fp32, &sunzi_format_fp16, &sunzi_format_bf16};
    const double stored = f->element == SUNZI_ELEMENT_FP64 ? x : (float)x;
    return f->wire ? sunzi_round(formats[f->wire], SUNZI_ROUND_NEAREST_EVEN, 0,
                                 stored)
                   : stored;
}

static double get(const sunzi_field *f, const void *array, int64_t i)
{
    return f->element == SUNZI_ELEMENT_FP64 ? ((const double *)array)[i]
                                            : (double)((const float *)array)[i];
}

static void set(const sunzi_field *f, void *array, int64_t i, double x)
{
    if (f->element == SUNZI_ELEMENT_FP64)
        ((double *)array)[i] = x;
    else
        ((float *)array)[i] = (float)x;
}

/* The global cell of index i (in cells) of a local part. */
static void locate(int64_t i, const int64_t first[3], const int64_t count[3],
                   int along, sunzi_pencil_storage storage, int64_t cell[3])
{
    int order[3] = {0, 1, 2};
    if (storage == SUNZI_PENCIL_WHOLE_LAST) {
        order[0] = along == 0 ? 1 : 0;
        order[1] = along == 2 ? 1 : 2;
        order[2] = along;
    }
    for (int k = 2; k >= 0; k--) {
        cell[order[k]] = first[order[k]] + i % count[order[k]];
        i /= count[order[k]];
    }
}

/* Write a local part (compare: with what came over the wire). */
static void visit(const sunzi_transpose *plan, const sunzi_transpose_shape *s,
                  int after, bool compare, void *array)
{
    int64_t first[3], count[3], cell[3];
    const int64_t cells = sunzi_transpose_local(plan, after, first, count);
    const int components = s->field.components;
    for (int64_t i = 0; i < cells * components; i++) {
        locate(i / components, first, count, after ? s->to : s->from,
               after ? s->to_storage : s->from_storage, cell);
        const double x = value(cell, (int)(i % components));
        if (!compare)
            set(&s->field, array, i, x);
        else if (get(&s->field, array, i) != on_wire(&s->field, x))
            fail_msg("value %lld: %.17g, not %.17g", (long long)i,
                     get(&s->field, array, i), on_wire(&s->field, x));
    }
}

/* The parts of all processes are the array, each dimension of theirs is cut
 * where it should be. */
static int64_t check_parts(sunzi_comm *comm, const sunzi_transpose *plan,
                           const sunzi_transpose_shape *s, int after)
{
    int64_t first[3], count[3];
    const int64_t cells = sunzi_transpose_local(plan, after, first, count);
    const int along = after ? s->to : s->from;
    int64_t all = cells;
    assert_int_equal(count[0] * count[1] * count[2], cells);
    if (cells)
        assert_int_equal(count[along], s->n[along]);
    sunzi_comm_reduce(comm, SUNZI_REDUCE_SUM, &all, 1);
    assert_int_equal(all, s->n[0] * s->n[1] * s->n[2]);
    return cells;
}

static void check_traffic(sunzi_comm *comm, const sunzi_transpose *plan,
                          const sunzi_transpose_shape *s, int64_t after)
{
    static const int64_t narrow[] = {0, 4, 2, 2};
    const int64_t stored = s->field.element == SUNZI_ELEMENT_FP64 ? 8 : 4;
    const int64_t bytes =
        s->field.components * (s->field.wire ? narrow[s->field.wire] : stored);
    int grid[2], place[2];
    sunzi_traffic t;
    sunzi_transpose_traffic(plan, &t);
    sunzi_transpose_processes(plan, grid, place);
    /* a message has a stamp of 8 bytes */
    assert_int_equal(t.receive_bytes + t.copy_bytes,
                     after * bytes + 8 * t.receives);
    int64_t sums[2] = {t.sends - t.receives, t.send_bytes - t.receive_bytes};
    sunzi_comm_reduce(comm, SUNZI_REDUCE_SUM, sums, 2);
    assert_int_equal(sums[0], 0);
    assert_int_equal(sums[1], 0);
    /* only within a row or a column of the grid */
    if (s->from + s->to == 1)
        assert_true(t.sends < grid[0]);
    if (s->from + s->to == 3)
        assert_true(t.sends < grid[1]);
    if (place[0] < 0)
        assert_int_equal(t.sends + t.receives, 0);
}

static void run_shape(sunzi_comm *comm, const sunzi_transpose_shape *s,
                      bool in_place)
{
    enum { PAST = 3 };
    sunzi_transpose *plan = NULL;
    assert_int_equal(sunzi_transpose_create(comm, s, &plan), SUNZI_OK);
    const int64_t before = check_parts(comm, plan, s, 0) * s->field.components;
    const int64_t after = check_parts(comm, plan, s, 1) * s->field.components;
    const int64_t most = (before > after ? before : after) + PAST;
    void *from = malloc((size_t)most * sizeof(double));
    void *to = in_place ? from : malloc((size_t)most * sizeof(double));
    assert_non_null(from);
    assert_non_null(to);
    for (int64_t i = 0; i < most; i++) {
        set(&s->field, from, i, SENTINEL);
        set(&s->field, to, i, SENTINEL);
    }
    visit(plan, s, 0, false, from);
    assert_int_equal(sunzi_transpose_start(plan, from, to), SUNZI_OK);
    for (int64_t i = 0; i < before; i++) /* no longer read */
        set(&s->field, from, i, SENTINEL);
    assert_int_equal(sunzi_transpose_finish(plan), SUNZI_OK);
    visit(plan, s, 1, true, to);
    for (int64_t i = after; i < most; i++)
        assert_true(get(&s->field, to, i) == SENTINEL);
    check_traffic(comm, plan, s, after / s->field.components);
    if (!in_place)
        free(to);
    free(from);
    sunzi_transpose_destroy(&plan);
    assert_null(plan);
}

static void random_shapes(void **unused)
{
    (void)unused;
    for (int t = 0; t < 400; t++) {
        sunzi_comm *comm = t % 10 ? world : NULL;
        const int size = sunzi_comm_size(comm);
        sunzi_transpose_shape s;
        sunzi_transpose_shape_init(&s);
        /* some larger than a tile of the packing */
        for (int d = 0; d < 3; d++)
            s.n[d] = number(1, number(0, 3) ? 9 : 40);
        if (t % 3) {
            s.processes[0] = number(1, size);
            s.processes[1] = number(1, size / s.processes[0]);
        }
        s.from = number(0, 2);
        s.to = (s.from + number(1, 2)) % 3;
        s.from_storage = (sunzi_pencil_storage)number(0, 1);
        s.to_storage = (sunzi_pencil_storage)number(0, 1);
        s.field.element = (sunzi_element)number(0, 1);
        s.field.wire = (sunzi_wire)number(0, 3);
        s.field.components = number(0, 2) ? number(1, 2) : number(3, 9);
        run_shape(comm, &s, number(0, 1));
    }
}

/* Enough for several threads. */
static void by_threads(void **unused)
{
    const int threads = omp_get_max_threads();
    (void)unused;
    for (int t = 0; t < 8; t++) {
        sunzi_transpose_shape s;
        sunzi_transpose_shape_init(&s);
        s.n[0] = 61, s.n[1] = 70, s.n[2] = 67;
        s.from = t % 3;
        s.to = (t + 1 + t / 3 % 2) % 3;
        s.from_storage = (sunzi_pencil_storage)(t % 2);
        s.to_storage = (sunzi_pencil_storage)(t / 2 % 2);
        s.field.components = t == 7 ? 3 : 1 + t % 2;
        s.field.wire = t == 5 ? SUNZI_WIRE_FP32 : SUNZI_WIRE_STORED;
        omp_set_num_threads(2 + t % 3);
        run_shape(world, &s, false);
    }
    omp_set_num_threads(threads);
}

/* x, y, z pencils and back again give the bits of the start. */
static void round_trip(void **unused)
{
    static const int turn[] = {2, 1, 0, 1, 2, 0, 2};
    enum { TURNS = 6 };
    double *data[2];
    sunzi_transpose_shape s;
    (void)unused;
    for (int slabs = 0; slabs < 2; slabs++) {
        sunzi_transpose *plan = NULL;
        sunzi_transpose_shape_init(&s);
        s.n[0] = 11, s.n[1] = 14, s.n[2] = 9;
        s.field.components = 2;
        s.processes[0] = slabs ? sunzi_comm_size(world) : 0;
        s.processes[1] = slabs ? 1 : 0;
        for (int i = 0; i < 2; i++) {
            data[i] = malloc(2 * 11 * 14 * 9 * sizeof(double));
            assert_non_null(data[i]);
        }
        for (int t = 0; t < TURNS; t++) {
            s.from = turn[t];
            s.to = turn[t + 1];
            assert_int_equal(sunzi_transpose_create(world, &s, &plan),
                             SUNZI_OK);
            if (t == 0)
                visit(plan, &s, 0, false, data[0]);
            assert_int_equal(
                sunzi_transpose_execute(plan, data[t % 2], data[(t + 1) % 2]),
                SUNZI_OK);
            visit(plan, &s, 1, true, data[(t + 1) % 2]);
            sunzi_transpose_destroy(&plan);
        }
        free(data[0]);
        free(data[1]);
    }
}

static void chosen_grids(void **unused)
{
    static const int rows[7] = {0, 1, 1, 1, 2, 1, 2};
    const int size = sunzi_comm_size(world);
    int grid[2], place[2];
    sunzi_transpose *plan = NULL;
    sunzi_transpose_shape s;
    (void)unused;
    sunzi_transpose_shape_init(&s);
    s.n[0] = s.n[1] = s.n[2] = 60;
    assert_int_equal(sunzi_transpose_create(world, &s, &plan), SUNZI_OK);
    sunzi_transpose_processes(plan, grid, place);
    assert_int_equal(grid[0] * grid[1], size);
    if (size < 7)
        assert_int_equal(grid[0], rows[size]);
    assert_int_equal(place[0] * grid[1] + place[1], sunzi_comm_rank(world));
    sunzi_transpose_destroy(&plan);
    s.n[0] = 1; /* cannot be cut */
    s.from = 2, s.to = 1;
    assert_int_equal(sunzi_transpose_create(world, &s, &plan), SUNZI_OK);
    sunzi_transpose_processes(plan, grid, place);
    assert_int_equal(grid[0], 1);
    sunzi_transpose_destroy(&plan);
}

static void refused(sunzi_status expected, const sunzi_transpose_shape *s,
                    const char *word)
{
    sunzi_transpose *const untouched = (sunzi_transpose *)&world;
    sunzi_transpose *plan = untouched;
    assert_int_equal(sunzi_transpose_create(world, s, &plan), expected);
    if (expected == SUNZI_OK)
        sunzi_transpose_destroy(&plan);
    else if (plan != untouched || !strstr(sunzi_last_message(), word))
        fail_msg("no '%s' in '%s'", word, sunzi_last_message());
}

/* One process is wrong: all say so, and nothing hangs. */
static void bad_input(void **unused)
{
    const int size = sunzi_comm_size(world);
    const bool last = sunzi_comm_rank(world) == size - 1;
    const sunzi_status differs = size > 1 ? SUNZI_ERR_ARG : SUNZI_OK;
    sunzi_transpose_shape good, s;
    (void)unused;
    sunzi_transpose_shape_init(&good);
    refused(SUNZI_OK, &good, "");
#define WITH(member, value, expected)                                          \
    do {                                                                       \
        s = good;                                                              \
        if (last)                                                              \
            s.member = (value);                                                \
        refused(expected, &s, #member);                                        \
    } while (0)
    WITH(n[1], 0, SUNZI_ERR_ARG);
    WITH(n[2], INT64_MAX, SUNZI_ERR_ARG);
    s = good;
    s.n[0] = s.n[1] = last ? INT64_C(1) << 40 : 1;
    refused(SUNZI_ERR_ARG, &s, "1099511627776 x");
    WITH(n[0], 2, differs);
    WITH(from, 3, SUNZI_ERR_ARG);
    WITH(to, -1, SUNZI_ERR_ARG);
    WITH(to, 2, SUNZI_ERR_ARG); /* = from */
    WITH(to, 0, differs);
    WITH(from_storage, (sunzi_pencil_storage)2, SUNZI_ERR_ARG);
    WITH(to_storage, SUNZI_PENCIL_NATURAL, differs);
    s = good;
    s.processes[0] = last;
    refused(SUNZI_ERR_ARG, &s, "processes = 1, 0");
    s.processes[0] = s.processes[1] = last ? size + 1 : 1;
    refused(SUNZI_ERR_ARG, &s, "processes");
    s = good;
    s.field.components = last ? 3 : 1;
    refused(differs, &s, "components");
    s.field.components = last ? SUNZI_COMPONENTS_MAX + 1 : 1;
    refused(SUNZI_ERR_ARG, &s, "components");
    s = good;
    s.field.element = SUNZI_ELEMENT_FP32_PAIR;
    refused(SUNZI_ERR_ARG, &s, "PAIR");
    refused(SUNZI_ERR_ARG, last ? NULL : &good, "shape");
#undef WITH
    assert_int_equal(sunzi_transpose_create(world, &good, NULL), SUNZI_ERR_ARG);
}

static void bad_calls(void **unused)
{
    const int size = sunzi_comm_size(world);
    const bool last = sunzi_comm_rank(world) == size - 1;
    double from[2], to[2];
    sunzi_transpose *plan = NULL;
    sunzi_transpose_shape s;
    (void)unused;
    sunzi_transpose_shape_init(&s);
    s.n[1] = s.n[2] = size;
    s.processes[0] = 1;
    s.processes[1] = size;
    /* a row and a column of cells on each process */
    double *a = calloc((size_t)size, sizeof *a), *b = calloc((size_t)size, 8);
    assert_int_equal(sunzi_transpose_create(world, &s, &plan), SUNZI_OK);
    assert_int_equal(sunzi_transpose_start(plan, last ? NULL : a, b),
                     SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "from = NULL"));
    assert_int_equal(sunzi_transpose_start(plan, a, last ? NULL : b),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_transpose_finish(plan), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_transpose_start(plan, a, b), SUNZI_OK);
    assert_int_equal(sunzi_transpose_start(plan, a, b), SUNZI_ERR_ARG);
    sunzi_transpose_destroy(&plan); /* under way */
    free(a);
    free(b);

    sunzi_status status = SUNZI_ERR_NOMEM;
    int k = 0;
    for (; status != SUNZI_OK; k++) {
        sunzi_memory_fail_after(last ? k + 1 : -1);
        status = sunzi_transpose_create(world, &s, &plan);
        sunzi_memory_fail_after(-1);
        assert_int_equal(status, plan ? SUNZI_OK : SUNZI_ERR_NOMEM);
        sunzi_transpose_destroy(&plan);
    }
    assert_true(k > 5);

    /* a value beyond the wire's range becomes an infinity, and is counted */
    sunzi_traffic t;
    sunzi_transpose_shape_init(&s);
    s.field.wire = SUNZI_WIRE_FP16;
    s.field.components = 2;
    s.processes[0] = s.processes[1] = 1;
    from[0] = 65504;
    from[1] = -70000;
    assert_int_equal(sunzi_transpose_create(world, &s, &plan), SUNZI_OK);
    assert_int_equal(sunzi_transpose_execute(plan, from, to), SUNZI_OK);
    sunzi_transpose_traffic(plan, &t);
    assert_int_equal(t.overflows, sunzi_comm_rank(world) == 0);
    if (sunzi_comm_rank(world) == 0) {
        assert_true(to[0] == 65504);
        assert_true(isinf(to[1]) && to[1] < 0);
    }
    sunzi_transpose_destroy(&plan);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_shapes), cmocka_unit_test(by_threads),
        cmocka_unit_test(round_trip),    cmocka_unit_test(chosen_grids),
        cmocka_unit_test(bad_input),     cmocka_unit_test(bad_calls),
    };
    return RUN_ON_PROCESSES(argc, argv, world, tests);
}
