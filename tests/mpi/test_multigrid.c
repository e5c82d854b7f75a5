/* SPDX-License-Identifier: BSD-3-Clause */
/* Multigrid as a preconditioner of conjugate gradients: few iterations, however
 * fine the grid, whatever its shape and coefficients; symmetric; the same bits
 * for any number of processes. */
#define _DEFAULT_SOURCE
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

#include "core/communicator.h"
#include "engines/engine.h"
#include "precision/accumulator.h"
#include "solvers/grid/multigrid.h"

static sunzi_comm *world;

/* ---- a problem on the grid of the process, with a halo of one ---- */

typedef double coefficient(const int64_t *n, const int64_t *nodes);

typedef struct problem {
    int64_t nodes[3];
    double axis[3];     /* coefficient along each axis */
    coefficient *sigma; /* of a node; an edge has the harmonic mean */
    double mass;        /* of a node that takes part */
} problem;

typedef struct grid {
    sunzi_halo *halo; /* of p */
    int64_t first[3], count[3], extent[3], step[3], cells;
    double *mass, *weight[3], *p;
    sunzi_multigrid *multigrid;
    sunzi_context *ctx;
    float *r, *z;
    sunzi_memory *mr, *mz;
} grid;

static int64_t place(const grid *g, int64_t i, int64_t j, int64_t k)
{
    return (i + 1) * g->step[0] + (j + 1) * g->step[1] + k + 1;
}

#define EACH(g)                                                                \
    for (int64_t i = 0; i < (g)->count[0]; i++)                                \
        for (int64_t j = 0; j < (g)->count[1]; j++)                            \
            for (int64_t k = 0; k < (g)->count[2]; k++)

static void *numbers(int64_t count, size_t size)
{
    void *block = calloc((size_t)count + 1, size);
    assert_non_null(block);
    return block;
}

static double edge(const problem *p, const int64_t *n, int d)
{
    int64_t next[3] = {n[0], n[1], n[2]};
    if (++next[d] >= p->nodes[d])
        return 0;
    const double a = p->sigma(n, p->nodes), b = p->sigma(next, p->nodes);
    return a > 0 && b > 0 ? p->axis[d] * 2 * a * b / (a + b) : 0;
}

static void set_up(const problem *p, sunzi_comm *comm, const char *engine,
                   grid *g)
{
    sunzi_halo_shape shape;
    sunzi_field field;
    sunzi_context_options options;
    sunzi_multigrid_problem m = {.mass = NULL};
    *g = (grid){.cells = 0};
    sunzi_context_options_init(&options);
    options.engine = engine;
    assert_int_equal(sunzi_context_create(&options, &g->ctx), SUNZI_OK);
    sunzi_halo_shape_init(&shape, 3);
    memcpy(shape.cells, p->nodes, sizeof shape.cells);
    sunzi_field_init(&field);
    assert_int_equal(sunzi_halo_create(comm, &shape, 1, &field, &g->halo),
                     SUNZI_OK);
    sunzi_halo_local(g->halo, g->first, g->count);
    g->cells = sunzi_halo_storage(g->halo, g->extent);
    g->step[1] = g->extent[2];
    g->step[0] = g->extent[1] * g->extent[2];
    g->step[2] = 1;
    g->mass = numbers(g->cells, sizeof(double));
    g->p = numbers(g->cells, sizeof(double));
    for (int d = 0; d < 3; d++)
        g->weight[d] = numbers(g->cells, sizeof(double));
    g->r = numbers(g->cells, sizeof(float));
    g->z = numbers(g->cells, sizeof(float));
    EACH(g)
    {
        const int64_t n[3] = {g->first[0] + i, g->first[1] + j,
                              g->first[2] + k};
        const int64_t at = place(g, i, j, k);
        g->mass[at] = p->sigma(n, p->nodes) > 0 ? p->mass : 0;
        for (int d = 0; d < 3; d++) {
            int64_t before[3] = {n[0], n[1], n[2]};
            g->weight[d][at] = edge(p, n, d);
            if (before[d]-- > 0)
                g->weight[d][at - g->step[d]] = edge(p, before, d);
        }
    }
    memcpy(m.nodes, p->nodes, sizeof m.nodes);
    sunzi_halo_processes(g->halo, m.processes, (int[3]){0});
    m.layout = (sunzi_grid_layout){place(g, 0, 0, 0), {g->step[0], g->step[1]}};
    m.mass = g->mass;
    for (int d = 0; d < 3; d++)
        m.weight[d] = g->weight[d];
    if (sunzi_multigrid_create(g->ctx, comm, &m, &g->multigrid) < 0)
        fail_msg("%s", sunzi_last_message());
    const size_t bytes = ((size_t)g->cells + 1) * sizeof(float);
    assert_int_equal(sunzi_memory_wrap(g->ctx, g->r, bytes, "r", &g->mr),
                     SUNZI_OK);
    assert_int_equal(sunzi_memory_wrap(g->ctx, g->z, bytes, "z", &g->mz),
                     SUNZI_OK);
    assert_int_equal(sunzi_halo_bind(g->halo, 0, (void *const *)&g->p),
                     SUNZI_OK);
}

static void tear_down(grid *g)
{
    sunzi_multigrid_destroy(&g->multigrid);
    assert_null(g->multigrid);
    sunzi_memory_destroy(&g->mr);
    sunzi_memory_destroy(&g->mz);
    sunzi_halo_destroy(&g->halo);
    sunzi_context_destroy(&g->ctx);
    free(g->mass);
    free(g->p);
    for (int d = 0; d < 3; d++)
        free(g->weight[d]);
    free(g->r);
    free(g->z);
}

/* ---- the matrix, inner products, conjugate gradients: in FP64 ---- */

static void apply(grid *g, double *q)
{
    assert_int_equal(sunzi_halo_exchange(g->halo, 0), SUNZI_OK);
    EACH(g)
    {
        const int64_t at = place(g, i, j, k);
        const double *p = g->p;
        double sum = g->mass[at] * p[at];
        for (int d = 0; d < 3; d++) {
            const int64_t s = g->step[d];
            sum += g->weight[d][at] * (p[at] - p[at + s]);
            sum += g->weight[d][at - s] * (p[at] - p[at - s]);
        }
        q[at] = sum;
    }
}

static double dot(const grid *g, sunzi_comm *comm, const double *x,
                  const double *y)
{
    sunzi_accumulator sum;
    sunzi_accumulator_clear(&sum);
    for (int64_t i = 0; i < g->count[0]; i++)
        for (int64_t j = 0; j < g->count[1]; j++)
            g->ctx->engine->exact_dot(g->count[2], x + place(g, i, j, 0),
                                      y + place(g, i, j, 0), &sum);
    assert_int_equal(sunzi_accumulator_join(comm, 1, &sum), SUNZI_OK);
    return sunzi_accumulator_round(&sum);
}

/* z = B r, scaled by a power of two so that FP32 can hold r. */
static void precondition(grid *g, double size, const double *r, double *z)
{
    int power;
    void *bytes;
    const void *result;
    frexp(size, &power);
    assert_int_equal(sunzi_memory_write(g->mr, &bytes), SUNZI_OK);
    EACH(g)
    g->r[place(g, i, j, k)] = (float)ldexp(r[place(g, i, j, k)], -power);
    assert_int_equal(
        sunzi_multigrid_apply(g->multigrid, SUNZI_OK, g->mr, g->mz), SUNZI_OK);
    assert_int_equal(sunzi_memory_read(g->mz, &result), SUNZI_OK);
    EACH(g)
    z[place(g, i, j, k)] = ldexp((double)g->z[place(g, i, j, k)], power);
}

/* A number in [-1, 1) of node n. */
static double random_of(const int64_t *n, const int64_t *nodes)
{
    uint64_t z = (uint64_t)((n[0] * nodes[1] + n[1]) * nodes[2] + n[2] + 1) *
                 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-52 - 1;
}

/* Iterations that reduce the residual of A x = A u by 1e8, u at random. *sum:
 * of the squares of x. */
static int iterate(const problem *p, grid *g, sunzi_comm *comm, double *sum)
{
    double *x = numbers(g->cells, sizeof *x), *r = numbers(g->cells, sizeof *r);
    double *z = numbers(g->cells, sizeof *z), *q = numbers(g->cells, sizeof *q);
    int steps = 0;
    EACH(g)
    {
        const int64_t n[3] = {g->first[0] + i, g->first[1] + j,
                              g->first[2] + k};
        g->p[place(g, i, j, k)] = random_of(n, p->nodes);
    }
    apply(g, r);
    const double begin = sqrt(dot(g, comm, r, r));
    double size = begin, rho = 1, before;
    for (; steps < 200 && size > 1e-8 * begin; steps++) {
        precondition(g, size, r, z);
        before = rho;
        rho = dot(g, comm, r, z);
        assert_true(rho > 0);
        EACH(g)
        {
            const int64_t at = place(g, i, j, k);
            g->p[at] = z[at] + (steps ? rho / before * g->p[at] : 0);
        }
        apply(g, q);
        const double a = rho / dot(g, comm, g->p, q);
        EACH(g)
        {
            const int64_t at = place(g, i, j, k);
            x[at] += a * g->p[at];
            r[at] -= a * q[at];
        }
        size = sqrt(dot(g, comm, r, r));
    }
    *sum = dot(g, comm, x, x);
    free(x);
    free(r);
    free(z);
    free(q);
    return steps;
}

/* ---- problems ---- */

static double uniform(const int64_t *n, const int64_t *nodes)
{
    (void)n;
    (void)nodes;
    return 1;
}

/* 1 or 30, at random in boxes of 3 nodes */
static double jumps(const int64_t *n, const int64_t *nodes)
{
    const int64_t box[3] = {n[0] / 3, n[1] / 3, n[2] / 3};
    return random_of(box, nodes) > 0 ? 30 : 1;
}

/* a hollow sphere in the box */
static double shell(const int64_t *n, const int64_t *nodes)
{
    double square = 0;
    for (int d = 0; d < 3; d++) {
        const double x = (2.0 * (double)n[d] + 1) / (double)nodes[d] - 1;
        square += x * x;
    }
    return square < 0.9 && square > 0.4 ? 1 : 0;
}

typedef struct expectation {
    problem p;
    int iterations; /* at most */
} expectation;

static const expectation cases[] = {
    {{{16, 16, 16}, {1, 1, 1}, uniform, 1e-3}, 9},
    {{{33, 33, 33}, {1, 1, 1}, uniform, 0}, 9},
    {{{48, 31, 17}, {1, 1, 1}, uniform, 0}, 9},
    {{{40, 1, 25}, {1, 1, 1}, uniform, 0}, 9},
    {{{200, 1, 1}, {1, 1, 1}, uniform, 0}, 9},
    {{{1, 1, 1}, {1, 1, 1}, uniform, 2}, 1},
    {{{64, 64, 64}, {1, 8, 1}, uniform, 0}, 9},
    {{{32, 32, 32}, {1, 1000, 30}, uniform, 0}, 9},
    {{{32, 32, 32}, {1, 1, 1}, uniform, 10}, 9},
    {{{33, 32, 31}, {1, 1, 1}, jumps, 0}, 20},
    {{{36, 36, 36}, {1, 1, 8}, shell, 0}, 12},
};
enum { CASES = (int)(sizeof cases / sizeof cases[0]) };

static void few_iterations(void **unused)
{
    (void)unused;
    for (int c = 0; c < CASES; c++) {
        const problem *p = &cases[c].p;
        grid g;
        double sum, alone;
        set_up(p, world, "auto", &g);
        const int steps = iterate(p, &g, world, &sum);
        if (world->rank == 0)
            print_message("case %d: %lld x %lld x %lld: %d iterations, %d "
                          "levels\n",
                          c, (long long)p->nodes[0], (long long)p->nodes[1],
                          (long long)p->nodes[2], steps,
                          sunzi_multigrid_levels(g.multigrid, 0, NULL));
        tear_down(&g);
        assert_true(steps <= cases[c].iterations);
        /* the same bits by a process alone, by the simplest engine */
        set_up(p, NULL, "portable", &g);
        assert_int_equal(iterate(p, &g, NULL, &alone), steps);
        tear_down(&g);
        assert_memory_equal(&sum, &alone, sizeof sum);
    }
}

/* The same bits on a device, which may have no FP64. */
static void on_a_device(void **unused)
{
    (void)unused;
    const problem p = {{12, 9, 14}, {1, 1, 1}, shell, 0};
    sunzi_context_options options;
    sunzi_context *ctx;
    grid g;
    double here, there;
    sunzi_context_options_init(&options);
    options.engine = "opencl";
    if (sunzi_context_create(&options, &ctx) < 0) {
        print_message("skipped: %s\n", sunzi_last_message());
        skip();
    }
    sunzi_context_destroy(&ctx);
    setenv("SUNZI_DEVICE_FP64", "0", 1);
    set_up(&p, NULL, "opencl", &g);
    const int steps = iterate(&p, &g, NULL, &there);
    tear_down(&g);
    unsetenv("SUNZI_DEVICE_FP64");
    set_up(&p, NULL, "portable", &g);
    assert_int_equal(iterate(&p, &g, NULL, &here), steps);
    tear_down(&g);
    assert_memory_equal(&here, &there, sizeof here);
}

/* <B r, s> = <r, B s> but for rounding. */
static void symmetric(void **unused)
{
    (void)unused;
    const problem p = {{20, 23, 18}, {1, 3, 9}, shell, 0};
    grid g;
    set_up(&p, world, "auto", &g);
    double *r = numbers(g.cells, sizeof *r), *s = numbers(g.cells, sizeof *s);
    double *br = numbers(g.cells, sizeof *r), *bs = numbers(g.cells, sizeof *s);
    EACH(&g)
    {
        const int64_t n[3] = {g.first[0] + i, g.first[1] + j, g.first[2] + k};
        const int64_t back[3] = {n[2], n[0], n[1]};
        const bool in = shell(n, p.nodes) > 0;
        r[place(&g, i, j, k)] = in ? random_of(n, p.nodes) : 0;
        s[place(&g, i, j, k)] = in ? random_of(back, p.nodes) : 0;
    }
    precondition(&g, 1, r, br);
    precondition(&g, 1, s, bs);
    const double left = dot(&g, world, br, s), right = dot(&g, world, r, bs);
    const double size = sqrt(dot(&g, world, br, br) * dot(&g, world, s, s));
    assert_true(fabs(left - right) <= 1e-6 * size);
    assert_true(dot(&g, world, br, r) > 0);
    free(r);
    free(s);
    free(br);
    free(bs);
    tear_down(&g);
}

static void refusals(void **unused)
{
    (void)unused;
    const int processes[3] = {1, 1, 1};
    const double mass[8] = {0}, weight[8] = {1, 1, 1, -1, 1, 1, 1, 1};
    sunzi_multigrid *multigrid = NULL;
    sunzi_context *ctx;
    assert_int_equal(sunzi_context_create(NULL, &ctx), SUNZI_OK);
    sunzi_multigrid_problem p = {.nodes = {2, 2, 2},
                                 .layout = {0, {4, 2}},
                                 .mass = mass,
                                 .weight = {weight, weight, weight}};
    memcpy(p.processes, processes, sizeof p.processes);
    assert_int_equal(sunzi_multigrid_create(ctx, NULL, &p, &multigrid),
                     SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "a weight is -1"));
    assert_null(multigrid);
    sunzi_context_destroy(&ctx);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_iterations),
        cmocka_unit_test(on_a_device),
        cmocka_unit_test(symmetric),
        cmocka_unit_test(refusals),
    };
    MPI_Init(&argc, &argv);
    if (sunzi_comm_from_mpi(MPI_COMM_WORLD, &world) < 0)
        MPI_Abort(MPI_COMM_WORLD, 1);
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    sunzi_comm_destroy(&world);
    MPI_Finalize();
    return failures;
}
