/* SPDX-License-Identifier: BSD-3-Clause */
/* Halo exchange: every halo cell of every brick holds what the cell of the grid
 * that it stands for holds, and nothing else is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "core/communicator.h"
#include "tests/mpi/halo_problem.h"
#include "tests/mpi/run.h"
#include "tests/random.h"

static sunzi_comm *world;
static uint64_t state = 11; /* the same on all processes */

static int number(int from, int to)
{
    return random_between(&state, from, to);
}

enum { STAMP = 8 }; /* bytes before the values of a message */

/* Bytes that travel for a cell. */
static int64_t cell_bytes(const halo_problem *p)
{
    static const int64_t narrow[] = {0, 4, 2, 2};
    int64_t bytes = 0;
    for (int f = 0; f < p->fields; f++) {
        const int64_t stored =
            p->field[f].element == SUNZI_ELEMENT_FP32 ? 4 : 8;
        bytes += p->field[f].components *
                 (p->field[f].wire ? narrow[p->field[f].wire] : stored);
    }
    return bytes;
}

/* One exchange, checked, with its traffic. */
static void run_problem(sunzi_comm *comm, halo_problem *p)
{
    sunzi_traffic t;
    halo_open(comm, p);
    halo_fill(p);
    assert_int_equal(sunzi_halo_bind(p->halo, 3, p->array), SUNZI_OK);
    assert_int_equal(sunzi_halo_start(p->halo, 3), SUNZI_OK);
    halo_expect(p, false); /* nothing is written before the end */
    assert_int_equal(sunzi_halo_finish(p->halo), SUNZI_OK);
    const int64_t halo_cells = halo_expect(p, true);
    sunzi_halo_traffic(p->halo, &t);
    assert_int_equal(t.receive_bytes + t.copy_bytes,
                     halo_cells * cell_bytes(p) + STAMP * t.receives);
    assert_int_equal(t.overflows, 0);
    assert_true(t.receives < sunzi_comm_size(comm)); /* one a pair */
    int64_t sums[2] = {t.sends - t.receives, t.send_bytes - t.receive_bytes};
    sunzi_comm_reduce(comm, SUNZI_REDUCE_SUM, sums, 2);
    assert_int_equal(sums[0], 0);
    assert_int_equal(sums[1], 0);
    halo_close(p);
}

static void random_fields(halo_problem *p)
{
    p->fields = number(1, FIELDS_MAX);
    for (int f = 0; f < p->fields; f++) {
        p->field[f].element = (sunzi_element)number(0, 2);
        p->field[f].wire = (sunzi_wire)number(0, 3);
        p->field[f].components = number(0, 2) ? 1 : number(1, 3);
        /* the numbers of `value` are too large for FP16 in larger grids */
        if (p->field[f].wire == SUNZI_WIRE_FP16 && p->shape.cells[0] > 3)
            p->field[f].wire = SUNZI_WIRE_BF16;
    }
}

/* Cuts of a dimension whose number of processes is given, some runs empty. */
static const int64_t *random_cuts(const sunzi_halo_shape *s, int d)
{
    static int64_t cut[3][64];
    for (int p = 0; p < s->processes[d]; p++) {
        const int64_t before = p > 0 ? cut[d][p - 1] : 0;
        cut[d][p] = p > 0 ? before + number(0, (int)(s->cells[d] - before)) : 0;
    }
    return cut[d];
}

/* Any sizes, wider halos than bricks, processes without cells, any cuts. */
static void random_shapes(void **unused)
{
    (void)unused;
    for (int t = 0; t < 400; t++) {
        sunzi_comm *comm = t % 10 ? world : NULL;
        halo_problem p = {.halo = NULL};
        int left = sunzi_comm_size(comm);
        sunzi_halo_shape_init(&p.shape, number(1, 3));
        for (int d = 0; d < p.shape.dimensions; d++) {
            p.shape.cells[d] = number(1, number(0, 3) ? 9 : 3);
            p.shape.periodic[d] = number(0, 1);
            p.shape.lower[d] = number(0, 4);
            p.shape.upper[d] = number(0, 4);
        }
        p.shape.reach = (sunzi_halo_reach)number(1, 3);
        if (t % 3)
            for (int d = 0; d < p.shape.dimensions; d++) {
                p.shape.processes[d] = number(1, left);
                left /= p.shape.processes[d];
                if (t % 3 == 1 && p.shape.processes[d] <= 64)
                    p.shape.cuts[d] = random_cuts(&p.shape, d);
            }
        random_fields(&p);
        run_problem(comm, &p);
    }
}

/* The cases that are easily wrong, in the order of their names. */
static void named_shapes(void **unused)
{
    static const struct {
        int dimensions;
        int64_t cells[3];
        int periodic, lower, upper;
    } cases[] = {
        {1, {12}, 1, 1, 1},      /* two processes: both neighbours the same */
        {1, {12}, 1, 2, 0},      /* one side only */
        {1, {3}, 1, 4, 4},       /* wraps more than once */
        {1, {1}, 1, 3, 1},       /* one cell, its own neighbour */
        {2, {20, 1}, 1, 2, 2},   /* a plane in disguise */
        {2, {2, 2}, 0, 3, 3},    /* more processes than cells */
        {3, {6, 5, 7}, 1, 1, 1}, /* */
        {3, {6, 5, 7}, 0, 4, 3}, /* */
        {3, {1, 1, 1}, 1, 1, 2}, /* */
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int reach = 1; reach <= 3; reach++)
            for (int alone = 0; alone < 2; alone++) {
                halo_problem p = {.fields = 1};
                sunzi_halo_shape_init(&p.shape, cases[i].dimensions);
                sunzi_field_init(p.field);
                for (int d = 0; d < cases[i].dimensions; d++) {
                    p.shape.cells[d] = cases[i].cells[d];
                    p.shape.periodic[d] = cases[i].periodic;
                    p.shape.lower[d] = cases[i].lower;
                    p.shape.upper[d] = cases[i].upper;
                }
                p.shape.reach = (sunzi_halo_reach)reach;
                run_problem(alone ? NULL : world, &p);
            }
}

/* Known process grids and message counts. */
static void chosen_grids(void **unused)
{
    const int size = sunzi_comm_size(world);
    static const int square[7][2] = {{0, 0}, {1, 1}, {2, 1}, {3, 1},
                                     {4, 1}, {5, 1}, {3, 2}};
    int grid[3], place[3];
    (void)unused;
    sunzi_halo *h = NULL;
    sunzi_halo_shape s;
    sunzi_field f;
    sunzi_traffic t;
    sunzi_field_init(&f);
    sunzi_halo_shape_init(&s, 2);
    s.cells[0] = s.cells[1] = 60;
    s.periodic[0] = s.periodic[1] = 1;
    s.reach = SUNZI_HALO_EDGES;
    assert_int_equal(sunzi_halo_create(world, &s, 1, &f, &h), SUNZI_OK);
    sunzi_halo_processes(h, grid, place);
    assert_int_equal(grid[0] * grid[1], size);
    if (size < 7) {
        assert_int_equal(grid[0], square[size][0]);
        assert_int_equal(grid[1], square[size][1]);
    }
    assert_int_equal(place[0] * grid[1] + place[1], sunzi_comm_rank(world));
    sunzi_halo_traffic(h, &t);
    static const int neighbours[7] = {0, 0, 1, 2, 2, 2, 5};
    if (size < 7)
        assert_int_equal(t.sends, neighbours[size]);
    sunzi_halo_destroy(&h);
    /* of two bricks with walls behind them, each has a halo on one side */
    s.periodic[0] = s.periodic[1] = 0;
    assert_int_equal(sunzi_halo_create(world, &s, 1, &f, &h), SUNZI_OK);
    sunzi_halo_processes(h, grid, place);
    if (size == 4)
        assert_int_equal(grid[0], 2);
    sunzi_halo_destroy(&h);
    /* a long grid is cut across; nobody is left without cells */
    s.cells[0] = 2;
    s.cells[1] = 1000;
    assert_int_equal(sunzi_halo_create(world, &s, 1, &f, &h), SUNZI_OK);
    sunzi_halo_processes(h, grid, place);
    assert_int_equal(grid[0], 1);
    sunzi_halo_destroy(&h);
    /* one is given */
    s.processes[1] = 1;
    assert_int_equal(sunzi_halo_create(world, &s, 1, &f, &h), SUNZI_OK);
    sunzi_halo_processes(h, grid, place);
    assert_int_equal(grid[0], size);
    sunzi_halo_destroy(&h);
}

/* Two sets of arrays by turns, two halos at once, overflows counted. */
static void several(void **unused)
{
    halo_problem a = {.fields = 1}, b = {.fields = 1};
    sunzi_traffic t;
    (void)unused;
    sunzi_halo_shape_init(&a.shape, 1);
    sunzi_field_init(a.field);
    a.field->wire = SUNZI_WIRE_FP32;
    a.shape.cells[0] = 4 * sunzi_comm_size(world);
    a.shape.periodic[0] = 1;
    b = a;
    halo_open(world, &a);
    halo_open(world, &b);
    for (int step = 0; step < 4; step++) {
        halo_fill(&a);
        halo_fill(&b);
        assert_int_equal(sunzi_halo_bind(a.halo, 0, a.array), SUNZI_OK);
        assert_int_equal(sunzi_halo_bind(a.halo, 1, b.array), SUNZI_OK);
        assert_int_equal(sunzi_halo_exchange(a.halo, step % 2), SUNZI_OK);
        halo_expect(&a, step % 2 == 0);
        halo_expect(&b, step % 2 == 1);
    }
    halo_fill(&a);
    halo_fill(&b);
    assert_int_equal(sunzi_halo_bind(b.halo, 0, b.array), SUNZI_OK);
    assert_int_equal(sunzi_halo_start(a.halo, 0), SUNZI_OK);
    assert_int_equal(sunzi_halo_start(b.halo, 0), SUNZI_OK);
    /* cells may be written when an exchange is started */
    const double kept = halo_get(&b, 0, 1);
    halo_set(&b, 0, 1, 1e300);
    assert_int_equal(sunzi_halo_finish(b.halo), SUNZI_OK);
    assert_int_equal(sunzi_halo_finish(a.halo), SUNZI_OK);
    halo_set(&b, 0, 1, kept);
    halo_expect(&a, true);
    halo_expect(&b, true);
    sunzi_halo_traffic(b.halo, &t);
    assert_int_equal(t.overflows, 0);
    halo_set(&b, 0, 1, 1e300); /* the first cell is the upper halo of another */
    assert_int_equal(sunzi_halo_exchange(b.halo, 0), SUNZI_OK);
    assert_true(isinf(halo_get(&b, 0, 5)));
    sunzi_halo_traffic(b.halo, &t);
    assert_int_equal(t.overflows, 1);
    /* freed while under way */
    assert_int_equal(sunzi_halo_start(a.halo, 0), SUNZI_OK);
    halo_close(&a);
    halo_close(&b);
}

/* Enough for several threads, which share any kind of piece. */
static void by_threads(void **unused)
{
    const int threads = omp_get_max_threads();
    (void)unused;
    for (int t = 0; t < 4; t++) {
        halo_problem p = {.fields = FIELDS_MAX};
        sunzi_halo_shape_init(&p.shape, 3);
        for (int d = 0; d < 3; d++) {
            p.shape.cells[d] = 30 + d;
            p.shape.periodic[d] = 1;
            p.shape.lower[d] = p.shape.upper[d] = 4;
        }
        p.shape.reach = SUNZI_HALO_CORNERS;
        p.shape.upper[2] = t % 2 ? 0 : 4; /* planes are contiguous */
        p.shape.lower[2] = t % 2 ? 0 : 4;
        for (int f = 0; f < FIELDS_MAX; f++) {
            p.field[f].element = (sunzi_element)((f + t) % 3);
            p.field[f].wire = f % 2 ? SUNZI_WIRE_BF16 : SUNZI_WIRE_STORED;
            p.field[f].components = 1 + f;
        }
        omp_set_num_threads(t + 1);
        run_problem(world, &p);
    }
    omp_set_num_threads(threads);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_shapes), cmocka_unit_test(random_shapes),
        cmocka_unit_test(chosen_grids), cmocka_unit_test(several),
        cmocka_unit_test(by_threads),
    };
    return RUN_ON_PROCESSES(argc, argv, world, tests);
}
