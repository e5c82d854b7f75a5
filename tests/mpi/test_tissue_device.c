/* SPDX-License-Identifier: BSD-3-Clause */
/* Steps of a tissue whose states are held on a device (the engine
 * SUNZI_TEST_ENGINE, or opencl): the bits of the portable engine on a process
 * alone, for any number of processes, and nothing but halos and a few words
 * crosses. */
#define _DEFAULT_SOURCE
#include "tests/mpi/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

#include "tests/solvers/slab.h"

static sunzi_comm *world;
static const char *engine; /* that is tested */

enum { NX = 15, NY = 9, NZ = 7, NODES = NX * NY * NZ, STEPS = 6 };

static int voxel(void *user, const int64_t v[3], double s[6])
{
    const int *ball = user;
    const double x = (double)v[0] - 6.5, y = (double)v[1] - 4;
    const double angle = *ball ? 0.3 * (double)v[2] : 0;
    slab_fibre(0.13, 0.018, cos(angle), sin(angle), 0, s);
    return !*ball || x * x + y * y < 30;
}

typedef struct variant {
    int ball;
    sunzi_policy policy;
    sunzi_tissue_scheme scheme;
    sunzi_tissue_splitting splitting;
    double dt;
    double spacing;
} variant;

/* What is computed: V by the number of the node, 0 where no tissue is. */
typedef struct result {
    double V[NODES];
    /* what crossed in the last steps, and bytes of the states */
    int64_t to, from, states;
    int iterations; /* of those steps */
} result;

static void ok(sunzi_status status)
{
    if (status != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
}

static sunzi_tissue *make(sunzi_context *ctx, sunzi_comm *comm,
                          const variant *v)
{
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    sunzi_tissue_options_init(&o);
    o.voxels[0] = NX - 1;
    o.voxels[1] = NY - 1;
    o.voxels[2] = NZ - 1;
    o.policy = v->policy;
    o.scheme = v->scheme;
    for (int d = 0; d < 3; d++)
        o.spacing[d] = v->spacing;
    o.voxel = voxel;
    o.user = (void *)(uintptr_t)&v->ball;
    ok(sunzi_tissue_create(ctx, comm, &o, &t));
    return t;
}

static size_t size_of(sunzi_policy policy)
{
    return policy == SUNZI_POLICY_FP64 ? sizeof(double) : sizeof(float);
}

/* One stimulus in two of the steps, another current in none. */
static void steps(sunzi_context *ctx, sunzi_tissue *t, sunzi_cells *c,
                  const variant *v, result *r)
{
    const size_t size = size_of(v->policy);
    sunzi_device_use before = {.launches = 0}, after = {.launches = 0};
    void *stimulus = calloc((size_t)c->count + 1, size);
    int64_t *node = calloc((size_t)c->count + 1, sizeof *node);
    sunzi_tissue_report report = {0};
    r->iterations = 0;
    sunzi_tissue_nodes(t, node);
    for (int64_t i = 0; i < c->count; i++)
        if (node[i] % NX < 4 && v->policy == SUNZI_POLICY_FP64)
            ((double *)stimulus)[i] = 30;
        else if (node[i] % NX < 4)
            ((float *)stimulus)[i] = 30;
    for (int s = 0; s < STEPS; s++) {
        if (s == STEPS / 2)
            sunzi_context_device(ctx, &before);
        c->stimulus = s < 2 ? stimulus : NULL;
        ok(sunzi_tissue_step(t, c, v->dt, v->splitting, NULL, &report));
        r->iterations += s < STEPS / 2 ? 0 : report.iterations;
    }
    sunzi_context_device(ctx, &after);
    r->to = after.bytes_to - before.bytes_to;
    r->from = after.bytes_from - before.bytes_from;
    free(stimulus);
    free(node);
}

static void gather(const sunzi_tissue *t, const sunzi_cells *c, bool alone,
                   result *r)
{
    const int states = sunzi_cell_model_states(c->model);
    int64_t *node = calloc((size_t)c->count + 1, sizeof *node);
    double values[8];
    memset(r->V, 0, sizeof r->V);
    sunzi_tissue_nodes(t, node);
    assert_true(states <= 8);
    for (int64_t i = 0; i < c->count; i++) {
        ok(sunzi_cell_get(c, i, values));
        r->V[node[i]] = values[0] + values[states - 1];
    }
    if (!alone)
        MPI_Allreduce(MPI_IN_PLACE, r->V, NODES, MPI_DOUBLE, MPI_SUM,
                      MPI_COMM_WORLD);
    free(node);
}

static void run(const char *name, sunzi_comm *comm, bool hold, const variant *v,
                result *r)
{
    const sunzi_context_options options = {.engine = name, .threads = 1};
    sunzi_context *ctx = NULL;
    sunzi_cells c;
    ok(sunzi_context_create(&options, &ctx));
    sunzi_tissue *t = make(ctx, comm, v);
    sunzi_cells_init(&c);
    ok(sunzi_cell_model_find("mitchell-schaeffer-2003", &c.model, NULL));
    c.policy = v->policy;
    c.count = sunzi_tissue_count(t);
    c.stride = c.count + 3;
    r->states = c.stride * sunzi_cell_model_states(c.model) *
                (v->policy == SUNZI_POLICY_FP32C ? 2 : 1) *
                (int64_t)size_of(v->policy);
    c.states = calloc((size_t)r->states, 1);
    ok(sunzi_cell_reset(&c));
    if (hold)
        ok(sunzi_hold(ctx, c.states, r->states));
    steps(ctx, t, &c, v, r);
    ok(sunzi_tissue_check(
        t, c.states, c.stride * sunzi_cell_model_states(c.model), -200, 200));
    ok(sunzi_hold_end(ctx, c.states));
    gather(t, &c, comm == NULL, r);
    sunzi_tissue_destroy(&t);
    free(c.states);
    sunzi_context_destroy(&ctx);
}

static const variant variants[] = {
    {0, SUNZI_POLICY_FP64, SUNZI_TISSUE_EXPLICIT, SUNZI_TISSUE_GODUNOV, 0.02,
     0.2},
    {1, SUNZI_POLICY_FP32C, SUNZI_TISSUE_EXPLICIT, SUNZI_TISSUE_GODUNOV, 0.02,
     0.2},
    {1, SUNZI_POLICY_FP64, SUNZI_TISSUE_CRANK_NICOLSON, SUNZI_TISSUE_STRANG,
     0.05, 0.2},
    /* so stiff that conjugate gradients need fewer steps than Chebyshev's
       iteration */
    {1, SUNZI_POLICY_FP32C, SUNZI_TISSUE_BACKWARD_EULER, SUNZI_TISSUE_GODUNOV,
     0.4, 0.04},
    {0, SUNZI_POLICY_FP32, SUNZI_TISSUE_CRANK_NICOLSON, SUNZI_TISSUE_GODUNOV,
     0.05, 0.2},
};
enum { VARIANTS = sizeof variants / sizeof *variants };

/* A step's sums and checks, in bytes: 140 digits, 64 words. */
enum { SUM = 140 * 8, CHECK = 64 * 4 };

static void same_bits(void **unused)
{
    (void)unused;
    static result alone, together, there;
    int processes;
    MPI_Comm_size(MPI_COMM_WORLD, &processes);
    for (int i = 0; i < VARIANTS; i++) {
        const variant *v = &variants[i];
        run("portable", NULL, true, v, &alone);
        run(engine, world, true, v, &together);
        run(engine, NULL, false, v, &there);
        assert_true(fabs(alone.V[3] - alone.V[NX - 2]) > 1e-3 || v->ball);
        assert_memory_equal(alone.V, together.V, sizeof alone.V);
        assert_memory_equal(alone.V, there.V, sizeof alone.V);
        assert_int_equal(alone.iterations, together.iterations);
        /* each step moved all of the states twice; */
        assert_true(there.to >= STEPS / 2 * there.states);
        if (processes > 1)
            continue;
        /* held: nothing to the device, and sums and checks back */
        const int64_t sums = 2 + 2 * together.iterations;
        assert_int_equal(together.to, 0);
        assert_true(together.from <= STEPS / 2 * (sums * SUM + 4 * CHECK));
    }
}

/* Explicit steps: one halo of V a step, and no more. */
static void halos_only(void **unused)
{
    (void)unused;
    static result r;
    const variant v = {0,
                       SUNZI_POLICY_FP64,
                       SUNZI_TISSUE_EXPLICIT,
                       SUNZI_TISSUE_GODUNOV,
                       0.02,
                       0.2};
    run(engine, world, true, &v, &r);
    int64_t first[3], count[3];
    sunzi_tissue *t = make(NULL, world, &v);
    sunzi_tissue_brick(t, first, count);
    sunzi_tissue_destroy(&t);
    /* of a brick's surface, its ends are no halo */
    int64_t surface = 0;
    const int64_t nodes[3] = {NX, NY, NZ};
    for (int d = 0; d < 3; d++)
        surface += ((first[d] > 0) + (first[d] + count[d] < nodes[d])) *
                   count[(d + 1) % 3] * count[(d + 2) % 3];
    if (count[0] * count[1] * count[2] == 0)
        return;
    assert_int_equal(r.to, STEPS / 2 * surface * 8);
    assert_int_equal(r.from, STEPS / 2 * (surface * 8 + SUM + 2 * CHECK));
}

/* ---- bidomain ---- */

static int total_voxel(void *user, const int64_t v[3], double s[6])
{
    if (!voxel(user, v, s)) {
        s[0] = s[1] = s[2] = 2; /* a bath */
        return 1;
    }
    for (int i = 0; i < 3; i++)
        s[i] = 1.5 * s[i] + 0.3;
    return 1;
}

/* V and phi after a step; held: V is, which is refused. */
static void run_bidomain(const char *name, sunzi_comm *comm, bool held,
                         double *sums)
{
    const sunzi_context_options options = {.engine = name, .threads = 1};
    const variant v = {1,
                       SUNZI_POLICY_FP64,
                       SUNZI_TISSUE_CRANK_NICOLSON,
                       SUNZI_TISSUE_GODUNOV,
                       0.05,
                       0.2};
    sunzi_context *ctx = NULL;
    sunzi_tissue_options total;
    sunzi_bidomain *b = NULL;
    sunzi_tissue_report report = {0};
    sunzi_device_use before = {.launches = 0}, after = {.launches = 0};
    ok(sunzi_context_create(&options, &ctx));
    sunzi_tissue *t = make(ctx, comm, &v);
    sunzi_tissue_options_init(&total);
    total.voxel = total_voxel;
    total.user = (void *)(uintptr_t)&v.ball;
    ok(sunzi_bidomain_create(t, &total, &b));
    const int64_t count = sunzi_tissue_count(t), all = sunzi_bidomain_count(b);
    int64_t *node = calloc((size_t)all + 1, sizeof *node);
    double *V = calloc((size_t)count + 1, sizeof *V);
    double *phi = calloc((size_t)all + 1, sizeof *phi);
    sunzi_tissue_nodes(t, node);
    for (int64_t i = 0; i < count; i++)
        V[i] = -80 + (node[i] % NX < 5 ? 90 : sin((double)node[i]));
    if (held) {
        ok(sunzi_hold(ctx, V, (count + 1) * (int64_t)sizeof *V));
        assert_int_equal(sunzi_bidomain_diffuse(b, 0.05, V, 0, phi, NULL),
                         SUNZI_ERR_UNSUPPORTED);
        ok(sunzi_hold_end(ctx, V));
    }
    sunzi_context_device(ctx, &before);
    ok(sunzi_bidomain_diffuse(b, 0.05, V, 0, phi, &report));
    sunzi_context_device(ctx, &after);
    /* sums come back in an iteration, vectors in a pass only */
    if (comm == NULL && after.launches > 0)
        assert_true(after.bytes_from - before.bytes_from <
                    (3 * report.iterations + 40) * SUM + 8 * all * 8);
    ok(sunzi_dnrm2(NULL, comm, count, V, 1, &sums[0]));
    ok(sunzi_dnrm2(NULL, comm, all, phi, 1, &sums[1]));
    free(node);
    free(V);
    free(phi);
    sunzi_bidomain_destroy(&b);
    sunzi_tissue_destroy(&t);
    sunzi_context_destroy(&ctx);
}

static void bidomain(void **unused)
{
    (void)unused;
    double alone[2], there[2], together[2];
    run_bidomain("portable", NULL, false, alone);
    run_bidomain(engine, NULL, false, there);
    run_bidomain(engine, world, true, together);
    assert_memory_equal(alone, there, sizeof alone);
    assert_memory_equal(alone, together, sizeof alone);
}

/* Of several groups V is gathered on the host: states that are held are
 * refused, by all processes. */
static void groups_refuse(void **unused)
{
    (void)unused;
    const sunzi_context_options options = {.engine = engine, .threads = 1};
    sunzi_context *ctx = NULL;
    ok(sunzi_context_create(&options, &ctx));
    sunzi_tissue *t = make(ctx, world, &variants[0]);
    const int64_t count = sunzi_tissue_count(t);
    sunzi_cells cells[2];
    sunzi_tissue_group group[2];
    int64_t *nodes = calloc((size_t)count + 1, sizeof *nodes);
    double *states = calloc(2 * (size_t)count + 4, sizeof *states);
    for (int64_t i = 0; i < count; i++)
        nodes[i] = i;
    for (int g = 0; g < 2; g++) {
        const int64_t first = g ? count / 2 : 0;
        sunzi_cells_init(&cells[g]);
        ok(sunzi_cell_model_find("mitchell-schaeffer-2003", &cells[g].model,
                                 NULL));
        cells[g].count = cells[g].stride = g ? count - count / 2 : count / 2;
        cells[g].states = states + 2 * first;
        ok(sunzi_cell_reset(&cells[g]));
        group[g] =
            (sunzi_tissue_group){.cells = &cells[g], .nodes = nodes + first};
    }
    ok(sunzi_hold(ctx, cells[1].states, (2 * cells[1].count + 1) * 8));
    assert_int_equal(sunzi_tissue_step_groups(t, 2, group, 0.02,
                                              SUNZI_TISSUE_GODUNOV, NULL, NULL),
                     SUNZI_ERR_UNSUPPORTED);
    ok(sunzi_hold_end(ctx, cells[1].states));
    ok(sunzi_tissue_step_groups(t, 2, group, 0.02, SUNZI_TISSUE_GODUNOV, NULL,
                                NULL));
    free(nodes);
    free(states);
    sunzi_tissue_destroy(&t);
    sunzi_context_destroy(&ctx);
}

static void wrong_calls(void **unused)
{
    (void)unused;
    const sunzi_context_options options = {.engine = engine, .threads = 1};
    sunzi_context *ctx = NULL;
    double x[4] = {1, 2, 3, 4}, other = 0;
    ok(sunzi_context_create(&options, &ctx));
    assert_int_equal(sunzi_hold(ctx, NULL, 8), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_hold(ctx, x, 0), SUNZI_ERR_ARG);
    ok(sunzi_hold(ctx, x, sizeof x));
    assert_int_equal(sunzi_hold(ctx, x, sizeof x), SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "is held already"));
    assert_int_equal(sunzi_hold_fetch(ctx, x, 16, 17), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_hold_fetch(ctx, &other, 0, 8), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_hold_changed(ctx, &other), SUNZI_ERR_ARG);
    ok(sunzi_hold_fetch(ctx, x, 8, 16));
    ok(sunzi_hold_changed(ctx, x));
    ok(sunzi_hold_end(ctx, x));
    ok(sunzi_hold_end(ctx, x));
    assert_true(x[0] == 1 && x[3] == 4);
    ok(sunzi_hold(ctx, x, sizeof x)); /* and the context ends before it */
    sunzi_context_destroy(&ctx);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits), cmocka_unit_test(halos_only),
        cmocka_unit_test(bidomain), cmocka_unit_test(groups_refuse),
        cmocka_unit_test(wrong_calls)};
    engine = device_engine();
    if (!engine)
        return 77;
    return RUN_ON_PROCESSES(argc, argv, world, tests);
}
