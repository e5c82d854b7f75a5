/* SPDX-License-Identifier: BSD-3-Clause */
/* Halo exchange: every halo cell of every brick holds what the cell of the grid
 * that it stands for holds, and nothing else is written. */
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

static sunzi_comm *world;
static uint64_t state = 11; /* the same on all processes */

static int number(int from, int to)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return from + (int)((state >> 33) % (uint64_t)(to - from + 1));
}

enum { FIELDS_MAX = 4, ARRAYS_MAX = 8 };
enum { STAMP = 8 }; /* bytes before the values of a message */
#define SENTINEL (-777.0)

/* A shape, its fields, and the arrays of this process. */
typedef struct problem {
    sunzi_halo_shape shape;
    int fields, arrays;
    sunzi_field field[FIELDS_MAX];
    sunzi_halo *halo;
    void *array[ARRAYS_MAX];
    int64_t first[3], count[3], extent[3], cells;
} problem;

/* Array a of a problem: whose, and which part of a pair. */
static const sunzi_field *field_of(const problem *p, int array, int *low)
{
    for (int f = 0, a = 0; f < p->fields; f++) {
        const int arrays =
            p->field[f].element == SUNZI_ELEMENT_FP32_PAIR ? 2 : 1;
        if (array < a + arrays) {
            *low = array - a;
            return &p->field[f];
        }
        a += arrays;
    }
    fail();
    return NULL;
}

static bool is_double(const problem *p, int array)
{
    int low;
    return field_of(p, array, &low)->element == SUNZI_ELEMENT_FP64;
}

static double get(const problem *p, int array, int64_t i)
{
    return is_double(p, array) ? ((const double *)p->array[array])[i]
                               : (double)((const float *)p->array[array])[i];
}

static void set(problem *p, int array, int64_t i, double x)
{
    if (is_double(p, array))
        ((double *)p->array[array])[i] = x;
    else
        ((float *)p->array[array])[i] = (float)x;
}

/* The value of a cell of the grid: more digits than any format has. */
static double value(const problem *p, int array, const int64_t cell[3], int c)
{
    const double x = (double)((cell[0] * 131 + cell[1]) * 137 + cell[2]) +
                     0.01 * array + 0.1 * c + 1.0 / 3;
    return is_double(p, array) ? x : (double)(float)x;
}

static double on_wire(const problem *p, int array, double x)
{
    static const sunzi_format *const formats[] = {
        NULL, &sunzi_format_fp32, &sunzi_format_fp16, &sunzi_format_bf16};
    int low;
    const sunzi_field *f = field_of(p, array, &low);
    if (f->wire == SUNZI_WIRE_STORED)
        return x;
    return low ? 0
               : sunzi_round(formats[f->wire], SUNZI_ROUND_NEAREST_EVEN, 0, x);
}

/* Index i of a local array, by dimension, in cells of the endless grid;
 * outside: in how many dimensions it is in the halo. */
static void locate(const problem *p, int64_t i, int64_t cell[3], int *outside)
{
    *outside = 0;
    cell[0] = cell[1] = cell[2] = 0;
    for (int d = p->shape.dimensions - 1; d >= 0; d--) {
        const int64_t local = i % p->extent[d] - p->shape.lower[d];
        i /= p->extent[d];
        *outside += local < 0 || local >= p->count[d];
        cell[d] = p->first[d] + local;
    }
}

/* The cell of the grid that it stands for; false: none. */
static bool wrap(const problem *p, int64_t cell[3])
{
    for (int d = 0; d < p->shape.dimensions; d++) {
        const int64_t n = p->shape.cells[d];
        if (p->shape.periodic[d])
            cell[d] = (cell[d] % n + n) % n;
        if (cell[d] < 0 || cell[d] >= n)
            return false;
    }
    return true;
}

static void fill(problem *p)
{
    for (int a = 0; a < p->arrays; a++) {
        int low, outside;
        const int components = field_of(p, a, &low)->components;
        for (int64_t i = 0; i < p->cells * components; i++) {
            int64_t cell[3];
            locate(p, i / components, cell, &outside);
            set(p, a, i,
                outside ? SENTINEL : value(p, a, cell, (int)(i % components)));
        }
    }
}

/* Returned: halo cells of the grid that were seen. */
static int64_t expect(const problem *p, bool exchanged)
{
    int64_t seen = 0;
    for (int a = 0; a < p->arrays; a++) {
        int low, outside;
        const int components = field_of(p, a, &low)->components;
        for (int64_t i = 0; i < p->cells * components; i++) {
            int64_t cell[3];
            locate(p, i / components, cell, &outside);
            double x = SENTINEL;
            if (outside == 0)
                x = value(p, a, cell, (int)(i % components));
            else if (exchanged && outside <= (int)p->shape.reach &&
                     wrap(p, cell)) {
                x = on_wire(p, a, value(p, a, cell, (int)(i % components)));
                seen += a == 0 && i % components == 0;
            }
            if (get(p, a, i) != x)
                fail_msg("array %d, value %lld: %.17g, not %.17g", a,
                         (long long)i, get(p, a, i), x);
        }
    }
    return seen;
}

static void open_problem(sunzi_comm *comm, problem *p)
{
    assert_int_equal(
        sunzi_halo_create(comm, &p->shape, p->fields, p->field, &p->halo),
        SUNZI_OK);
    sunzi_halo_local(p->halo, p->first, p->count);
    p->cells = sunzi_halo_storage(p->halo, p->extent);
    p->arrays = 0;
    for (int f = 0; f < p->fields; f++)
        p->arrays += p->field[f].element == SUNZI_ELEMENT_FP32_PAIR ? 2 : 1;
    for (int a = 0; a < p->arrays; a++) {
        int low;
        const size_t components = (size_t)field_of(p, a, &low)->components;
        const size_t bytes = is_double(p, a) ? sizeof(double) : sizeof(float);
        /* exactly as large as it must be, for the sanitizer */
        p->array[a] =
            p->cells ? malloc((size_t)p->cells * components * bytes) : NULL;
        assert_true(!p->cells || p->array[a]);
    }
}

static void close_problem(problem *p)
{
    for (int a = 0; a < p->arrays; a++)
        free(p->array[a]);
    sunzi_halo_destroy(&p->halo);
    assert_null(p->halo);
}

/* Bytes that travel for a cell. */
static int64_t cell_bytes(const problem *p)
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
static void run_problem(sunzi_comm *comm, problem *p)
{
    sunzi_traffic t;
    open_problem(comm, p);
    fill(p);
    assert_int_equal(sunzi_halo_bind(p->halo, 3, p->array), SUNZI_OK);
    assert_int_equal(sunzi_halo_start(p->halo, 3), SUNZI_OK);
    expect(p, false); /* nothing is written before the end */
    assert_int_equal(sunzi_halo_finish(p->halo), SUNZI_OK);
    const int64_t halo_cells = expect(p, true);
    sunzi_halo_traffic(p->halo, &t);
    assert_int_equal(t.receive_bytes + t.copy_bytes,
                     halo_cells * cell_bytes(p) + STAMP * t.receives);
    assert_int_equal(t.overflows, 0);
    assert_true(t.receives < sunzi_comm_size(comm)); /* one a pair */
    int64_t sums[2] = {t.sends - t.receives, t.send_bytes - t.receive_bytes};
    sunzi_comm_reduce(comm, SUNZI_REDUCE_SUM, sums, 2);
    assert_int_equal(sums[0], 0);
    assert_int_equal(sums[1], 0);
    close_problem(p);
}

static void random_fields(problem *p)
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

/* Any sizes, wider halos than bricks, processes without cells. */
static void random_shapes(void **unused)
{
    (void)unused;
    for (int t = 0; t < 400; t++) {
        sunzi_comm *comm = t % 10 ? world : NULL;
        problem p = {.halo = NULL};
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
                problem p = {.fields = 1};
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
    problem a = {.fields = 1}, b = {.fields = 1};
    sunzi_traffic t;
    (void)unused;
    sunzi_halo_shape_init(&a.shape, 1);
    sunzi_field_init(a.field);
    a.field->wire = SUNZI_WIRE_FP32;
    a.shape.cells[0] = 4 * sunzi_comm_size(world);
    a.shape.periodic[0] = 1;
    b = a;
    open_problem(world, &a);
    open_problem(world, &b);
    for (int step = 0; step < 4; step++) {
        fill(&a);
        fill(&b);
        assert_int_equal(sunzi_halo_bind(a.halo, 0, a.array), SUNZI_OK);
        assert_int_equal(sunzi_halo_bind(a.halo, 1, b.array), SUNZI_OK);
        assert_int_equal(sunzi_halo_exchange(a.halo, step % 2), SUNZI_OK);
        expect(&a, step % 2 == 0);
        expect(&b, step % 2 == 1);
    }
    fill(&a);
    fill(&b);
    assert_int_equal(sunzi_halo_bind(b.halo, 0, b.array), SUNZI_OK);
    assert_int_equal(sunzi_halo_start(a.halo, 0), SUNZI_OK);
    assert_int_equal(sunzi_halo_start(b.halo, 0), SUNZI_OK);
    /* cells may be written when an exchange is started */
    const double kept = get(&b, 0, 1);
    set(&b, 0, 1, 1e300);
    assert_int_equal(sunzi_halo_finish(b.halo), SUNZI_OK);
    assert_int_equal(sunzi_halo_finish(a.halo), SUNZI_OK);
    set(&b, 0, 1, kept);
    expect(&a, true);
    expect(&b, true);
    sunzi_halo_traffic(b.halo, &t);
    assert_int_equal(t.overflows, 0);
    set(&b, 0, 1, 1e300); /* the first cell is the upper halo of another */
    assert_int_equal(sunzi_halo_exchange(b.halo, 0), SUNZI_OK);
    assert_true(isinf(get(&b, 0, 5)));
    sunzi_halo_traffic(b.halo, &t);
    assert_int_equal(t.overflows, 1);
    /* freed while under way */
    assert_int_equal(sunzi_halo_start(a.halo, 0), SUNZI_OK);
    close_problem(&a);
    close_problem(&b);
}

/* Enough for several threads, which share any kind of piece. */
static void by_threads(void **unused)
{
    const int threads = omp_get_max_threads();
    (void)unused;
    for (int t = 0; t < 4; t++) {
        problem p = {.fields = FIELDS_MAX};
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

/* Processes that are not in the same exchange notice, and go on. */
static void different_slots(void **unused)
{
    const int size = sunzi_comm_size(world), rank = sunzi_comm_rank(world);
    const bool last = rank == size - 1;
    /* on a ring: whether this process hears of the last one */
    const bool hears = size > 1 && (last || rank == 0 || rank == size - 2);
    const sunzi_status differs = hears ? SUNZI_ERR_ARG : SUNZI_OK;
    problem a = {.fields = 1}, b;
    (void)unused;
    sunzi_halo_shape_init(&a.shape, 1);
    sunzi_field_init(a.field);
    a.shape.cells[0] = 3 * size;
    a.shape.periodic[0] = 1;
    b = a;
    open_problem(world, &a);
    open_problem(world, &b);
    fill(&a);
    fill(&b);
    assert_int_equal(sunzi_halo_bind(a.halo, 0, a.array), SUNZI_OK);
    assert_int_equal(sunzi_halo_bind(a.halo, 1, a.array), SUNZI_OK);
    assert_int_equal(sunzi_halo_bind(b.halo, 0, b.array), SUNZI_OK);
    /* another slot */
    assert_int_equal(sunzi_halo_start(a.halo, last), SUNZI_OK);
    assert_int_equal(sunzi_halo_finish(a.halo), differs);
    assert_true(!hears || strstr(sunzi_last_message(), "slot = "));
    expect(&a, !hears);
    /* one without arrays, and one that there is not */
    for (int slot = 7; slot <= 8; slot++) {
        fill(&a);
        assert_int_equal(sunzi_halo_start(a.halo, last ? slot : 0),
                         last ? SUNZI_ERR_ARG : SUNZI_OK);
        assert_true(!last || strstr(sunzi_last_message(), "slot"));
        assert_int_equal(sunzi_halo_finish(a.halo),
                         last ? SUNZI_ERR_ARG : differs);
        assert_true(last || !hears ||
                    strstr(sunzi_last_message(), "could not start"));
        expect(&a, !hears && !last);
    }
    /* halos in another order */
    fill(&a);
    assert_int_equal(sunzi_halo_start(last ? b.halo : a.halo, 0), SUNZI_OK);
    assert_int_equal(sunzi_halo_start(last ? a.halo : b.halo, 0), SUNZI_OK);
    assert_int_equal(sunzi_halo_finish(a.halo), differs);
    assert_int_equal(sunzi_halo_finish(b.halo), differs);
    assert_true(!hears || strstr(sunzi_last_message(), "another halo"));
    expect(&a, !hears);
    expect(&b, !hears);
    /* and all is well again */
    assert_int_equal(sunzi_halo_exchange(a.halo, 0), SUNZI_OK);
    assert_int_equal(sunzi_halo_exchange(b.halo, 0), SUNZI_OK);
    expect(&a, true);
    expect(&b, true);
    close_problem(&a);
    close_problem(&b);
}

/* Messages are on their way when an exchange is started: a process gets what it
 * waits for while its neighbour is elsewhere in MPI, and has not called finish.
 */
static void starts_at_once(void **unused)
{
    const int size = sunzi_comm_size(world), rank = sunzi_comm_rank(world);
    problem p = {.fields = 1};
    (void)unused;
    sunzi_halo_shape_init(&p.shape, 2);
    sunzi_field_init(p.field);
    p.field->components = 200; /* no message that MPI would buffer */
    p.shape.cells[0] = 4 * size;
    p.shape.cells[1] = 300;
    p.shape.processes[0] = size;
    p.shape.processes[1] = 1;
    open_problem(world, &p);
    fill(&p);
    assert_int_equal(sunzi_halo_bind(p.halo, 0, p.array), SUNZI_OK);
    assert_int_equal(sunzi_halo_start(p.halo, 0), SUNZI_OK);
    if (rank % 2)
        assert_int_equal(sunzi_halo_finish(p.halo), SUNZI_OK);
    MPI_Barrier(MPI_COMM_WORLD); /* the odd ones have finished */
    if (rank % 2 == 0)
        assert_int_equal(sunzi_halo_finish(p.halo), SUNZI_OK);
    expect(&p, true);
    close_problem(&p);
}

/* Out of memory on one process: all say so. */
static void no_memory(void **unused)
{
    const bool last = sunzi_comm_rank(world) == sunzi_comm_size(world) - 1;
    sunzi_halo_shape s;
    sunzi_field f;
    (void)unused;
    sunzi_field_init(&f);
    sunzi_halo_shape_init(&s, 2);
    s.cells[0] = s.cells[1] = 12;
    s.periodic[0] = 1;
    sunzi_status status = SUNZI_ERR_NOMEM;
    int k = 0;
    for (; status != SUNZI_OK; k++) {
        sunzi_halo *h = NULL;
        sunzi_memory_fail_after(last ? k + 1 : -1);
        status = sunzi_halo_create(world, &s, 1, &f, &h);
        sunzi_memory_fail_after(-1);
        assert_int_equal(status, h ? SUNZI_OK : SUNZI_ERR_NOMEM);
        sunzi_halo_destroy(&h);
    }
    assert_true(k > 5);
}

static void refused(sunzi_status expected, const sunzi_halo_shape *s,
                    int fields, const sunzi_field *f, const char *word)
{
    sunzi_halo *const untouched = (sunzi_halo *)&world;
    sunzi_halo *h = untouched;
    assert_int_equal(sunzi_halo_create(world, s, fields, f, &h), expected);
    if (expected == SUNZI_OK)
        sunzi_halo_destroy(&h);
    else if (h != untouched || !strstr(sunzi_last_message(), word))
        fail_msg("no '%s' in '%s'", word, sunzi_last_message());
}

/* One process is wrong: all say so, and nothing hangs. */
static void bad_input(void **unused)
{
    const int size = sunzi_comm_size(world);
    const bool last = sunzi_comm_rank(world) == size - 1;
    const sunzi_status differs = size > 1 ? SUNZI_ERR_ARG : SUNZI_OK;
    sunzi_halo_shape good, s;
    sunzi_field f[2];
    (void)unused;
    sunzi_halo_shape_init(&good, 3);
    sunzi_field_init(&f[0]);
    sunzi_field_init(&f[1]);
    refused(SUNZI_OK, &good, 2, f, "");
#define WITH(member, value, expected)                                          \
    do {                                                                       \
        s = good;                                                              \
        if (last)                                                              \
            s.member = (value);                                                \
        refused(expected, &s, 2, f, #member);                                  \
    } while (0)
    WITH(dimensions, 4, SUNZI_ERR_ARG);
    WITH(dimensions, 0, SUNZI_ERR_ARG);
    WITH(dimensions, 2, differs);
    WITH(reach, (sunzi_halo_reach)0, SUNZI_ERR_ARG);
    WITH(reach, SUNZI_HALO_CORNERS, differs);
    WITH(cells[1], 0, SUNZI_ERR_ARG);
    WITH(cells[2], INT64_MAX, SUNZI_ERR_ARG);
    s = good;
    s.cells[1] = last ? 5 : 6;
    refused(differs, &s, 2, f, "cells");
    s = good;
    s.cells[0] = s.cells[1] = last ? INT64_C(1) << 40 : 1;
    refused(SUNZI_ERR_ARG, &s, 2, f, "1099511627778 x");
    WITH(periodic[0], 2, SUNZI_ERR_ARG);
    WITH(lower[0], -1, SUNZI_ERR_ARG);
    WITH(upper[2], SUNZI_HALO_WIDTH_MAX + 1, SUNZI_ERR_ARG);
    WITH(processes[0], -1, SUNZI_ERR_ARG);
    WITH(processes[1], size + 1, SUNZI_ERR_ARG);
#undef WITH
    s = good;
    s.processes[0] = s.processes[1] = size;
    refused(differs, &s, 2, f, "product");
    refused(SUNZI_ERR_ARG, last ? NULL : &good, 2, f, "shape");
    refused(SUNZI_ERR_ARG, &good, 2, last ? NULL : f, "field");
    refused(SUNZI_ERR_ARG, &good, last ? 0 : 2, f, "fields");
    refused(differs, &good, last ? 1 : 2, f, "fields");
    f[1].components = last ? 0 : 1;
    refused(SUNZI_ERR_ARG, &good, 2, f, "components");
    f[1].components = 1;
    f[1].wire = last ? SUNZI_WIRE_FP16 : SUNZI_WIRE_STORED;
    refused(differs, &good, 2, f, "wire");
    f[1].wire = (sunzi_wire)9;
    refused(SUNZI_ERR_ARG, &good, 2, f, "wire");
    f[1].wire = SUNZI_WIRE_STORED;
    f[1].element = (sunzi_element)9;
    refused(SUNZI_ERR_ARG, &good, 2, f, "element");
    assert_int_equal(sunzi_halo_create(world, &good, 1, f, NULL),
                     SUNZI_ERR_ARG);
}

static void bad_calls(void **unused)
{
    problem p = {.fields = 1};
    const int size = sunzi_comm_size(world);
    const bool last = sunzi_comm_rank(world) == size - 1;
    (void)unused;
    sunzi_halo_shape_init(&p.shape, 1);
    p.shape.cells[0] = size;
    sunzi_field_init(p.field);
    open_problem(world, &p);
    void *none[1] = {NULL};
    assert_int_equal(sunzi_halo_bind(p.halo, 0, last ? NULL : p.array),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_halo_bind(p.halo, 0, last ? none : p.array),
                     SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "NULL"));
    assert_int_equal(sunzi_halo_start(p.halo, 0), SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "no arrays"));
    assert_int_equal(sunzi_halo_bind(p.halo, last ? -1 : 0, p.array),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_halo_start(p.halo, SUNZI_HALO_SLOTS), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_halo_finish(p.halo), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_halo_bind(p.halo, 0, p.array), SUNZI_OK);
    fill(&p);
    assert_int_equal(sunzi_halo_start(p.halo, 0), SUNZI_OK);
    assert_int_equal(sunzi_halo_start(p.halo, 0), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_halo_bind(p.halo, 0, p.array), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_halo_finish(p.halo), SUNZI_OK);
    expect(&p, true);
    close_problem(&p);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_shapes),   cmocka_unit_test(random_shapes),
        cmocka_unit_test(chosen_grids),   cmocka_unit_test(several),
        cmocka_unit_test(by_threads),     cmocka_unit_test(different_slots),
        cmocka_unit_test(starts_at_once), cmocka_unit_test(no_memory),
        cmocka_unit_test(bad_input),      cmocka_unit_test(bad_calls),
    };
    MPI_Init(&argc, &argv);
    if (sunzi_comm_from_mpi(MPI_COMM_WORLD, &world) != SUNZI_OK)
        return 1;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sunzi_comm_destroy(&world);
    MPI_Finalize();
    return failed;
}
