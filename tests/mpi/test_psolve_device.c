/* SPDX-License-Identifier: BSD-3-Clause */
/* Distributed factors whose updates are made on the device of each process (the
 * engine SUNZI_TEST_ENGINE, or opencl): the bits of the portable engine, what
 * crosses, memory and devices that fail on one process, the device's own
 * products. */
#define _DEFAULT_SOURCE
#include "tests/mpi/run.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

#include "core/grid.h"
#include "core/memory.h"
#include "engines/device.h"
#include "engines/units.h"
#include "solvers/dense/factors_store.h"
#include "tests/mpi/entries.h"

static sunzi_comm *world;
static const char *engine;               /* that is tested */
static sunzi_context *portable, *device; /* reproducible, one thread */

enum { TILE = SUNZI_TILE, ROWS_MOVED = 2 * TILE };

static void ok(sunzi_status status)
{
    if (status != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
}

static bool last(void)
{
    return sunzi_comm_rank(world) == sunzi_comm_size(world) - 1;
}

static sunzi_context *open_context(const char *name, int reproducible)
{
    const sunzi_context_options o = {
        .engine = name, .threads = 1, .reproducible = reproducible};
    sunzi_context *ctx = NULL;
    ok(sunzi_context_create(&o, &ctx));
    return ctx;
}

/* ---- factors ---- */

typedef struct problem {
    int n;
    bool definite;
    sunzi_factor factor;
} problem;

/* The local part, [rows][cols], zero where nothing is promised; what crossed
 * and was launched. */
typedef struct result {
    sunzi_status status;
    int rows, cols;
    float *values;
    int pivots[1024];
    sunzi_device_use use;
} result;

static void copy_factors(const sunzi_factors *f, const problem *p, result *r)
{
    const sunzi_tiles *t = f->tiles;
    const float *data = f->data;
    r->rows = t->rows;
    r->cols = t->cols;
    r->values = calloc((size_t)(t->rows * t->cols) + 1, sizeof *r->values);
    assert_non_null(r->values);
    for (int i = 0; i < t->rows; i++)
        for (int j = 0; j < t->cols; j++)
            if (!p->definite ||
                sunzi_cyclic_global(&t->row, t->grid->my_row, i) >=
                    sunzi_cyclic_global(&t->col, t->grid->my_col, j))
                r->values[i * t->cols + j] = data[i * f->ld + j];
    if (f->pivots)
        memcpy(r->pivots, f->pivots, (size_t)p->n * sizeof(int));
}

static double *local_part(const sunzi_tiles *t, const problem *p)
{
    double *a = calloc((size_t)(t->rows * t->cols) + 1, sizeof *a);
    assert_non_null(a);
    for (int j = 0; j < t->cols; j++)
        for (int i = 0; i < t->rows; i++)
            a[i + j * t->rows] = (p->definite ? definite_entry : random_entry)(
                p->n, (int)sunzi_cyclic_global(&t->row, t->grid->my_row, i),
                (int)sunzi_cyclic_global(&t->col, t->grid->my_col, j));
    return a;
}

static sunzi_device_use used_by(sunzi_context *ctx)
{
    sunzi_device_use use = {.launches = 0};
    sunzi_context_device(ctx, &use);
    return use;
}

static result factorize(sunzi_context *ctx, const sunzi_grid *grid,
                        const problem *p)
{
    result r = {.values = NULL};
    sunzi_tiles t = {0};
    sunzi_factors *f = NULL;
    const sunzi_device_use before = used_by(ctx);
    r.status = sunzi_tiles_create(ctx, grid, p->n, 1, &t);
    if (r.status == SUNZI_OK) {
        double *a = local_part(&t, p);
        const sunzi_dense dense = {.n = p->n,
                                   .data = a,
                                   .row_stride = 1,
                                   .col_stride = t.rows > 0 ? t.rows : 1,
                                   .tiles = &t};
        r.status = sunzi_factorize(
            ctx, p->definite ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL,
            p->factor, &dense, &f);
        if (r.status == SUNZI_OK && t.inside)
            copy_factors(f, p, &r);
        sunzi_factors_destroy(ctx, &f);
        free(a);
    }
    sunzi_tiles_destroy(&t);
    r.use = used_by(ctx);
    r.use.launches -= before.launches;
    r.use.bytes_to -= before.bytes_to;
    r.use.bytes_from -= before.bytes_from;
    return r;
}

/* Has the process a tile that is updated? */
static bool is_updated(const sunzi_grid *grid, const problem *p)
{
    const int count = (p->n + TILE - 1) / TILE;
    for (int I = 1; I < count && grid->my_row >= 0; I++)
        for (int J = 1; J < (p->definite ? I + 1 : count); J++)
            if (I % grid->rows == grid->my_row &&
                J % grid->cols == grid->my_col)
                return true;
    return false;
}

/* doc/distributed.md: bytes that a process may send to its device and fetch. */
static void check_copies(const sunzi_grid *grid, const problem *p,
                         const result *r)
{
    const int count = (p->n + TILE - 1) / TILE;
    const int64_t most = r->rows > TILE ? r->rows : TILE;
    int64_t to = 4 * r->rows * (int64_t)(r->cols + 31) + 4 * most + 64;
    int64_t from = 4 * r->rows * (int64_t)r->cols;
    for (int k = 0; k < count; k++) {
        const int end = (k + 1) * TILE < p->n ? (k + 1) * TILE : p->n;
        const int64_t below =
            r->rows -
            sunzi_cyclic_before(&(sunzi_cyclic){p->n, TILE, 0, grid->rows},
                                grid->my_row, end);
        const int64_t right =
            r->cols -
            sunzi_cyclic_before(&(sunzi_cyclic){p->n, TILE, 0, grid->cols},
                                grid->my_col, end);
        to += 4 * TILE * (below + right) + (p->definite ? 0 : 4096);
        if (grid->rows > 1 && !p->definite) {
            to += 4 * ROWS_MOVED * right;
            from += 4 * ROWS_MOVED * right;
        }
    }
    if (r->use.bytes_to > to || r->use.bytes_from > from)
        fail_msg("n = %d on %d x %d: %lld bytes to the device, %lld from it, "
                 "expected at most %lld, %lld",
                 p->n, grid->rows, grid->cols, (long long)r->use.bytes_to,
                 (long long)r->use.bytes_from, (long long)to, (long long)from);
    if (is_updated(grid, p))
        assert_true(r->use.launches > 0 && r->use.bytes_from > 0);
}

/* What a process alone makes by the portable engine. */
static result whole;

static void same_part(const sunzi_grid *grid, const problem *p, const result *r)
{
    const sunzi_cyclic row = {p->n, TILE, 0, grid->rows};
    const sunzi_cyclic col = {p->n, TILE, 0, grid->cols};
    for (int i = 0; i < r->rows; i++) {
        const int64_t at =
            sunzi_cyclic_global(&row, grid->my_row, i) * whole.cols;
        for (int j = 0, run; j < r->cols; j += run) {
            run = TILE - j % TILE;
            run = run < r->cols - j ? run : r->cols - j;
            assert_memory_equal(r->values + i * r->cols + j,
                                whole.values + at +
                                    sunzi_cyclic_global(&col, grid->my_col, j),
                                (size_t)run * sizeof(float));
        }
    }
    assert_memory_equal(r->pivots, whole.pivots, sizeof whole.pivots);
}

static void on_grid(const sunzi_grid *grid, const problem *p)
{
    const result there = factorize(device, grid, p);
    ok(there.status);
    if (there.values) {
        same_part(grid, p, &there);
        check_copies(grid, p, &there);
    }
    free(there.values);
}

/* Each grid of all processes, and one with a process outside. */
static void on_grids(void (*work)(const sunzi_grid *, const problem *),
                     const problem *p)
{
    const int size = sunzi_comm_size(world);
    for (int rows = 1; rows <= size; rows++) {
        sunzi_grid *grid = NULL;
        if (size % rows != 0 && rows * (size / rows) != size - 1)
            continue;
        ok(sunzi_grid_create(world, rows, size / rows, 'R', &grid));
        work(grid, p);
        sunzi_grid_destroy(&grid);
    }
}

static void on_one_grid(void (*work)(const sunzi_grid *, const problem *),
                        const problem *p)
{
    sunzi_grid *grid = NULL;
    ok(sunzi_grid_create(world, 0, 0, 'R', &grid));
    work(grid, p);
    sunzi_grid_destroy(&grid);
}

static void same_factors(void **unused)
{
    static const problem all[] = {{300, false, SUNZI_FACTOR_FP32},
                                  {600, false, SUNZI_FACTOR_FP32},
                                  {300, true, SUNZI_FACTOR_FP32},
                                  {780, true, SUNZI_FACTOR_FP32}};
    sunzi_grid *alone = NULL;
    (void)unused;
    ok(sunzi_grid_create(NULL, 1, 1, 'R', &alone));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        whole = factorize(portable, alone, &all[i]);
        ok(whole.status);
        on_grids(on_grid, &all[i]);
        free(whole.values);
    }
    sunzi_grid_destroy(&alone);
}

/* ---- solves ---- */

typedef struct solution {
    sunzi_status status;
    double x[1024]; /* whole, on the process at (0, 0) */
    sunzi_solve_report report;
    sunzi_column_report column;
} solution;

static solution solve(sunzi_context *ctx, const sunzi_grid *grid,
                      const problem *p)
{
    solution s = {.x = {0}};
    sunzi_tiles t = {0};
    sunzi_solve_options o;
    int desca[SUNZI_DESC_LENGTH], descb[SUNZI_DESC_LENGTH];
    sunzi_solve_options_init(&o);
    o.factor = p->factor;
    o.climb = 0;
    o.structure = p->definite ? SUNZI_POSITIVE_DEFINITE : SUNZI_GENERAL;
    ok(sunzi_tiles_create(ctx, grid, p->n, 1, &t));
    double *a = local_part(&t, p);
    ok(sunzi_descriptor_init(desca, grid, p->n, p->n, TILE, TILE, 0, 0,
                             t.rows > 0 ? t.rows : 1));
    /* one block of B */
    ok(sunzi_descriptor_init(descb, grid, p->n, 1, p->n, 1, 0, 0, p->n));
    for (int i = 0; i < p->n; i++)
        s.x[i] = right_entry(p->n, i, 0);
    s.status = sunzi_pdsolve(ctx, grid, p->n, 1, a, 1, 1, desca, s.x, 1, 1,
                             descb, s.x, 1, 1, descb, &o, &s.report, &s.column);
    free(a);
    sunzi_tiles_destroy(&t);
    return s;
}

static bool has_first(const sunzi_grid *grid)
{
    return grid->my_row == 0 && grid->my_col == 0;
}

static solution here; /* by a process alone and the portable engine */

static void solve_on_grid(const sunzi_grid *grid, const problem *p)
{
    const solution there = solve(device, grid, p);
    ok(here.status);
    ok(there.status);
    if (has_first(grid))
        assert_memory_equal(here.x, there.x, sizeof here.x);
    assert_memory_equal(&here.report.condition, &there.report.condition,
                        sizeof(double));
    assert_string_equal(there.report.attempt[0].engine_factor, engine);
    assert_string_not_equal(there.report.attempt[0].engine_solve, engine);
    assert_string_not_equal(there.report.attempt[0].engine_residual, engine);
}

/* What is kept in FP64 stays on the host, and a tile alone has no updates. */
static void stays_here(const sunzi_grid *grid, const problem *p)
{
    const solution s = solve(device, grid, p);
    ok(s.status);
    assert_string_not_equal(s.report.attempt[0].engine_factor, engine);
}

static void solves(void **unused)
{
    const problem general = {600, false, SUNZI_FACTOR_FP32};
    const problem definite = {520, true, SUNZI_FACTOR_FP32};
    const problem twice = {300, false, SUNZI_FACTOR_FP64};
    const problem small = {200, false, SUNZI_FACTOR_FP32};
    sunzi_grid *alone = NULL;
    (void)unused;
    ok(sunzi_grid_create(NULL, 1, 1, 'R', &alone));
    here = solve(portable, alone, &general);
    on_grids(solve_on_grid, &general);
    here = solve(portable, alone, &definite);
    on_one_grid(solve_on_grid, &definite);
    sunzi_grid_destroy(&alone);
    on_one_grid(stays_here, &twice);
    on_one_grid(stays_here, &small);
}

/* Updates by the device's own products, where it has them. */
static void by_unit(const sunzi_grid *grid, const problem *p)
{
    sunzi_context *ctx = open_context(engine, 0);
    const int64_t before = ctx->device->counts.products;
    const solution s = solve(ctx, grid, p);
    ok(s.status);
    assert_int_equal(s.column.grade, SUNZI_GRADE_BACKWARD);
    assert_string_equal(s.report.attempt[0].engine_factor,
                        sunzi_unit_worker(ctx));
    if (is_updated(grid, p))
        assert_true(ctx->device->counts.products > before);
    sunzi_context_destroy(&ctx);
}

static void units(void **unused)
{
    static const problem all[] = {{600, false, SUNZI_FACTOR_INT8},
                                  {600, false, SUNZI_FACTOR_BF16},
                                  {600, false, SUNZI_FACTOR_FP32},
                                  {600, true, SUNZI_FACTOR_FP32}};
    sunzi_context *ctx = open_context(engine, 0);
    const bool there = sunzi_unit_works(ctx, SUNZI_UNIT_INT8, NULL, 0);
    (void)unused;
    sunzi_context_destroy(&ctx);
    if (!there) {
        print_message("skipped: %s has no products of its own\n", engine);
        skip();
    }
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        on_grids(by_unit, &all[i]);
}

/* ---- failures of one process ---- */

/* All are told, and the next factorization is as any. */
static void is_agreed(const sunzi_grid *grid, sunzi_status got,
                      sunzi_status expected)
{
    const problem p = {300, false, SUNZI_FACTOR_FP32};
    int64_t all[2] = {got, -(int64_t)got};
    ok(sunzi_comm_reduce(world, SUNZI_REDUCE_MAX, all, 2));
    assert_int_equal(all[0], -all[1]);
    if (got != expected)
        fail_msg("status %d, expected %d: %s", (int)got, (int)expected,
                 sunzi_last_message());
    const result r = factorize(device, grid, &p);
    ok(r.status);
    free(r.values);
}

static void no_memory(void **unused)
{
    const problem p = {300, false, SUNZI_FACTOR_FP32};
    sunzi_grid *grid = NULL;
    long k;
    (void)unused;
    ok(sunzi_grid_create(world, 0, 0, 'R', &grid));
    for (k = 1; k < 60; k++) {
        sunzi_memory_fail_after(last() ? k : -1);
        const result r = factorize(device, grid, &p);
        sunzi_memory_fail_after(-1);
        free(r.values);
        if (r.status == SUNZI_OK)
            break;
        assert_int_equal(r.status, SUNZI_ERR_NOMEM);
    }
    assert_true(k > 5 && k < 60);
    sunzi_grid_destroy(&grid);
}

static void no_room_there(void **unused)
{
    const problem p = {600, false, SUNZI_FACTOR_FP32};
    sunzi_grid *grid = NULL;
    (void)unused;
    ok(sunzi_grid_create(world, 1, sunzi_comm_size(world), 'R', &grid));
    const size_t bytes = device->device->limits.memory_bytes;
    if (last())
        device->device->limits.memory_bytes = 300000;
    const result r = factorize(device, grid, &p);
    device->device->limits.memory_bytes = bytes;
    assert_non_null(strstr(sunzi_last_message(), "bytes on the device"));
    assert_non_null(strstr(sunzi_last_message(), "use more processes"));
    is_agreed(grid, r.status, SUNZI_ERR_NOMEM);
    sunzi_grid_destroy(&grid);
}

/* Launches, or copies, of the last process fail, one in each attempt. */
static void fail_in_turn(const sunzi_grid *grid, const char *point,
                         void (*fault)(const char *))
{
    const problem p = {600, false, SUNZI_FACTOR_FP32};
    int failures = 0;
    for (int k = 1; k < 100; k += 3, failures++) {
        char faults[40];
        snprintf(faults, sizeof faults, "%s=%d", point, k);
        if (last())
            fault(faults);
        const result r = factorize(device, grid, &p);
        fault("");
        free(r.values);
        if (r.status == SUNZI_OK)
            break;
        is_agreed(grid, r.status, SUNZI_ERR_DEVICE);
    }
    assert_in_range(failures, 1, 32);
}

static void device_fails(void **unused)
{
    (void)unused;
    void (*fault)(const char *) = NULL;
    sunzi_grid *grid = NULL;
    if (!getenv("DOUBLE_LIBRARY")) {
        print_message("skipped: tests/engines/gpu.sh runs this\n");
        skip();
    }
    void *handle = dlopen(getenv("DOUBLE_LIBRARY"), RTLD_NOW | RTLD_LOCAL);
    void *symbol = handle ? dlsym(handle, "double_fault") : NULL;
    assert_non_null(symbol);
    memcpy(&fault, &symbol, sizeof symbol);
    const int size = sunzi_comm_size(world);
    for (int flat = 0; flat < (size > 1 ? 2 : 1); flat++) {
        ok(sunzi_grid_create(world, flat ? 1 : size, flat ? size : 1, 'R',
                             &grid));
        fail_in_turn(grid, "launch", fault);
        fail_in_turn(grid, "download", fault);
        sunzi_grid_destroy(&grid);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_factors),  cmocka_unit_test(solves),
        cmocka_unit_test(units),         cmocka_unit_test(no_memory),
        cmocka_unit_test(no_room_there), cmocka_unit_test(device_fails)};
    engine = device_engine();
    if (!engine)
        return 77;
    portable = open_context("portable", 1);
    device = open_context(engine, 1);
    const int failed = RUN_ON_PROCESSES(argc, argv, world, tests);
    sunzi_context_destroy(&portable);
    sunzi_context_destroy(&device);
    return failed;
}
