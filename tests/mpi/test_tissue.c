/* SPDX-License-Identifier: BSD-3-Clause */
/* Diffusion on several processes has the bits of a process alone, and errors of
 * one of them are errors of all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <mpi.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>

#include "tests/solvers/slab.h"

static sunzi_comm *world;

enum { NX = 13, NY = 10, NZ = 7, NODES = NX * NY * NZ };

/* The brick that a tissue told of, and how often it was asked for a voxel that
 * is not around it since. */
static struct told {
    int times, beyond;
    int64_t first[3], count[3];
} told;

static int note_brick(void *user, const int64_t first[3],
                      const int64_t count[3])
{
    (void)user;
    told.times++;
    memcpy(told.first, first, sizeof told.first);
    memcpy(told.count, count, sizeof told.count);
    return 0;
}

/* A ball with fibres that rotate, or a whole slab with fibres along x. */
static int voxel(void *user, const int64_t v[3], double s[6])
{
    for (int d = 0; d < 3 && told.times > 0; d++)
        told.beyond +=
            v[d] < told.first[d] - 1 || v[d] > told.first[d] + told.count[d];
    const int *ball = user;
    const double x = (double)v[0] - 5.5, y = (double)v[1] - 4;
    const double angle = *ball ? 0.2 * (double)v[2] : 0;
    slab_fibre(0.13, 0.018, cos(angle), sin(angle), 0, s);
    return !*ball || x * x + y * y < 26;
}

static double start(int64_t node)
{
    return -85.23 + (node * 7919 % 113 == 0 ? 100 : 0.01 * sin((double)node));
}

/* Twelve steps; the result by the number of the node, on all processes, 0 where
 * no tissue is. */
static void run(sunzi_comm *comm, int ball, sunzi_policy policy,
                sunzi_tissue_scheme scheme, int balance, double *result)
{
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    slab_field f;
    sunzi_tissue_options_init(&o);
    o.voxels[0] = NX - 1;
    o.voxels[1] = NY - 1;
    o.voxels[2] = NZ - 1;
    o.policy = policy;
    o.scheme = scheme;
    o.balance = balance;
    o.voxel = voxel;
    o.user = &ball;
    o.brick = note_brick;
    told = (struct told){0};
    if (sunzi_tissue_create(NULL, comm, &o, &t) != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
    int64_t first[3], count[3];
    sunzi_tissue_brick(t, first, count);
    assert_memory_equal(first, told.first, sizeof first);
    assert_memory_equal(count, told.count, sizeof count);
    assert_int_equal(told.times, 1);
    assert_int_equal(told.beyond, 0);
    told = (struct told){0};
    slab_take(&f, t, policy);
    int64_t *node = calloc((size_t)f.count + 1, sizeof *node);
    sunzi_tissue_nodes(t, node);
    for (int64_t i = 0; i < f.count; i++)
        slab_set(&f, i, start(node[i]));
    for (int s = 0; s < 12; s++)
        if (sunzi_tissue_diffuse(t, s < 6 ? 0.02 : 0.05, f.V, f.count, NULL) !=
            SUNZI_OK)
            fail_msg("%s", sunzi_last_message());
    memset(result, 0, NODES * sizeof *result);
    for (int64_t i = 0; i < f.count; i++)
        result[node[i]] = slab_get(&f, i);
    if (comm)
        MPI_Allreduce(MPI_IN_PLACE, result, NODES, MPI_DOUBLE, MPI_SUM,
                      MPI_COMM_WORLD);
    free(node);
    slab_free(&f);
    sunzi_tissue_destroy(&t);
}

static void same_bits(void **unused)
{
    (void)unused;
    static double alone[NODES], together[NODES];
    for (int ball = 0; ball < 2; ball++)
        for (int p = 0; p < 3; p++)
            for (int s = 0; s < 3; s++) {
                run(NULL, ball, (sunzi_policy)p, (sunzi_tissue_scheme)s, 0,
                    alone);
                for (int balance = 0; balance < 2; balance++) {
                    run(world, ball, (sunzi_policy)p, (sunzi_tissue_scheme)s,
                        balance, together);
                    assert_memory_equal(alone, together, sizeof alone);
                }
            }
}

/* Tissue in the first voxels along x only. */
static int corner(void *user, const int64_t v[3], double s[6])
{
    (void)user;
    s[0] = s[1] = s[2] = 0.1;
    return v[0] < 4;
}

/* Most nodes of a process, and all. */
static void count_nodes(int balance, int64_t *most, int64_t *all)
{
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    sunzi_tissue_options_init(&o);
    o.voxels[0] = NX - 1;
    o.voxels[1] = NY - 1;
    o.voxels[2] = NZ - 1;
    o.processes[0] = sunzi_comm_size(world);
    o.balance = balance;
    o.voxel = corner;
    if (sunzi_tissue_create(NULL, world, &o, &t) != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
    *most = *all = sunzi_tissue_count(t);
    MPI_Allreduce(MPI_IN_PLACE, most, 1, MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD);
    MPI_Allreduce(MPI_IN_PLACE, all, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    sunzi_tissue_destroy(&t);
}

/* Five layers of nodes are dealt to all processes, not to those of the first
 * layers; the bidomain says that it cannot. */
static void shares(void **unused)
{
    const int size = sunzi_comm_size(world);
    const int64_t layer = NY * NZ, layers = (5 + size - 1) / size;
    int64_t equal, balanced, all;
    (void)unused;
    count_nodes(0, &equal, &all);
    assert_int_equal(all, 5 * layer);
    assert_int_equal(equal, size == 1 ? all
                            : (NX + size - 1) / size > 5
                                ? all
                                : (NX + size - 1) / size * layer);
    count_nodes(1, &balanced, &all);
    assert_int_equal(all, 5 * layer);
    assert_true(balanced <= (layers + (size > 2)) * layer);
    assert_true(size == 1 || balanced < equal);
}

/* Inside and outside of the ball's cells; a bath around it. */
static int total_voxel(void *user, const int64_t v[3], double s[6])
{
    double inside[6];
    if (!voxel(user, v, inside)) {
        s[0] = s[1] = s[2] = 2;
        return 1;
    }
    for (int i = 0; i < 6; i++)
        s[i] = 1.5 * inside[i];
    for (int i = 0; i < 3; i++)
        s[i] += 0.3;
    return 1;
}

/* phi of V, and V and phi after two steps, by the number of the node; the
 * largest residual. */
static double run_bidomain(sunzi_comm *comm, sunzi_policy policy,
                           double result[3][NODES])
{
    int ball = 1;
    const sunzi_tissue_options total = {.voxel = total_voxel, .user = &ball};
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    sunzi_bidomain *b = NULL;
    sunzi_tissue_report report;
    slab_field f;
    sunzi_tissue_options_init(&o);
    o.voxels[0] = NX - 1;
    o.voxels[1] = NY - 1;
    o.voxels[2] = NZ - 1;
    o.policy = policy;
    o.voxel = voxel;
    o.user = &ball;
    if (sunzi_tissue_create(NULL, comm, &o, &t) != SUNZI_OK ||
        sunzi_bidomain_create(t, &total, &b) != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
    slab_take(&f, t, policy);
    const int64_t count = sunzi_bidomain_count(b);
    double *phi = calloc((size_t)count + 1, sizeof *phi);
    int64_t *node = calloc((size_t)count + 1, sizeof *node);
    memset(result, 0, 3 * sizeof *result);
    sunzi_tissue_nodes(t, node);
    for (int64_t i = 0; i < f.count; i++)
        slab_set(&f, i, start(node[i]));
    if (sunzi_bidomain_solve(b, f.V, f.count, phi, &report) != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
    sunzi_bidomain_nodes(b, node);
    for (int64_t i = 0; i < count; i++)
        result[0][node[i]] = phi[i];
    for (int s = 0; s < 2; s++)
        if (sunzi_bidomain_diffuse(b, 0.05, f.V, f.count, phi, NULL) !=
            SUNZI_OK)
            fail_msg("%s", sunzi_last_message());
    for (int64_t i = 0; i < count; i++)
        result[2][node[i]] = phi[i];
    sunzi_tissue_nodes(t, node);
    for (int64_t i = 0; i < f.count; i++)
        result[1][node[i]] = slab_get(&f, i);
    if (comm)
        MPI_Allreduce(MPI_IN_PLACE, result, 3 * NODES, MPI_DOUBLE, MPI_SUM,
                      MPI_COMM_WORLD);
    if (!comm && sunzi_comm_rank(world) == 0)
        print_message("bidomain, policy %s: %d iterations, residual %.1e\n",
                      sunzi_policy_name(policy), report.iterations,
                      report.residual);
    free(phi);
    free(node);
    slab_free(&f);
    sunzi_bidomain_destroy(&b);
    sunzi_tissue_destroy(&t);
    return report.residual;
}

static void bidomain_same_bits(void **unused)
{
    (void)unused;
    static double alone[3][NODES], together[3][NODES], exact[3][NODES];
    for (int p = 0; p < 3; p++) {
        const double residual =
            run_bidomain(NULL, (sunzi_policy)p, p == 0 ? exact : alone);
        run_bidomain(world, (sunzi_policy)p, together);
        assert_memory_equal(p == 0 ? exact : alone, together, sizeof alone);
        assert_true(residual <= (p == 0 ? 1e-9 : 1e-5));
        double most = 0, size = 0;
        for (int i = 0; i < NODES; i++) {
            size = fmax(size, fabs(exact[0][i]));
            most = fmax(most, fabs(together[0][i] - exact[0][i]));
            most = fmax(most, fabs(together[1][i] - exact[1][i]));
        }
        assert_true(size > 1 && size < 100);
        if (p > 0)
            assert_true(most < 1e-3);
    }
}

/* Of one process only. */
static int troubled(void *user, const int64_t v[3], double s[6])
{
    const int *rank = user;
    s[0] = s[1] = s[2] = 0.1;
    if (*rank == sunzi_comm_size(world) - 1 && v[0] == 2)
        return SUNZI_ERR_FORMAT;
    return 1;
}

static void errors_of_one(void **unused)
{
    (void)unused;
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    int rank = sunzi_comm_rank(world), ball = 0;
    sunzi_tissue_options_init(&o);
    o.voxels[0] = 8; /* the last process has a voxel with x = 2 */
    o.processes[0] = 1;
    o.voxels[1] = o.voxels[2] = 9;
    o.voxel = troubled;
    o.user = &rank;
    assert_int_equal(sunzi_tissue_create(NULL, world, &o, &t),
                     SUNZI_ERR_FORMAT);
    o.voxel = voxel;
    o.user = &ball;
    o.spacing[2] = rank == 0 ? 0.1 : 0.2;
    if (sunzi_comm_size(world) > 1)
        assert_int_equal(sunzi_tissue_create(NULL, world, &o, &t),
                         SUNZI_ERR_ARG);
    o.spacing[2] = 0.2;
    assert_int_equal(sunzi_tissue_create(NULL, world, &o, &t), SUNZI_OK);
    slab_field f;
    slab_take(&f, t, SUNZI_POLICY_FP64);
    if (rank == 0)
        slab_set(&f, 0, NAN);
    assert_int_equal(sunzi_tissue_diffuse(t, 0.01, f.V, 0, NULL),
                     SUNZI_ERR_BLOW_UP);
    assert_non_null(strstr(sunzi_last_message(), "(0, 0, 0)"));
    assert_int_equal(
        sunzi_tissue_diffuse(t, rank == 0 ? -1 : 0.01, f.V, 0, NULL),
        SUNZI_ERR_ARG);
    slab_free(&f);
    sunzi_tissue_destroy(&t);
}

/* The time of a process without nodes is that of the others. */
static void time_without_cells(void **unused)
{
    (void)unused;
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    sunzi_cells c;
    double states[2 * 2] = {0};
    int ball = 0;
    sunzi_tissue_options_init(&o);
    o.voxels[1] = o.voxels[2] = 0;
    o.voxel = voxel;
    o.user = &ball;
    assert_int_equal(sunzi_tissue_create(NULL, world, &o, &t), SUNZI_OK);
    sunzi_cells_init(&c);
    assert_int_equal(
        sunzi_cell_model_find("mitchell-schaeffer-2003", &c.model, NULL),
        SUNZI_OK);
    c.states = states;
    c.count = sunzi_tissue_count(t);
    c.stride = 2;
    assert_int_equal(sunzi_cell_reset(&c), SUNZI_OK);
    for (int s = 0; s < 2; s++) {
        c.time = 0;
        assert_int_equal(
            sunzi_tissue_step(t, &c, 0.5,
                              s ? SUNZI_TISSUE_STRANG : SUNZI_TISSUE_GODUNOV,
                              NULL, NULL),
            SUNZI_OK);
        assert_true(c.time == 0.5);
    }
    sunzi_tissue_destroy(&t);
}

/* ---- groups of cells ---- */

enum { GROUPS = 3, GROUP_STEPS = 30 };

/* Cells of one model on the nodes that `kind` names, on a tissue. */
typedef struct part {
    sunzi_cells cells;
    int64_t *nodes;
    void *states, *types;
} part;

/* Kinds 0, 1: variants of a model; 2: another model. */
static int kind_of(int64_t node)
{
    return (int)(node % 7 < 3 ? 0 : node % 7 < 5 ? 1 : 2);
}

static void *room(int64_t count)
{
    return calloc((size_t)count + 1, sizeof(double));
}

/* Cells of the kinds from `first` to `last`. */
static void take_part(part *p, const sunzi_tissue *t, sunzi_policy policy,
                      const int64_t *node, int first, int last)
{
    const char *name = first < 2 ? "ten-tusscher-2006" : "bueno-orovio-2008";
    const int64_t all = sunzi_tissue_count(t);
    sunzi_cells_init(&p->cells);
    if (sunzi_cell_model_find(name, &p->cells.model, NULL) != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
    p->nodes = room(all);
    p->types = room(all);
    for (int64_t i = 0; i < all; i++) {
        const int kind = kind_of(node[i]);
        if (kind < first || kind > last)
            continue;
        if (policy == SUNZI_POLICY_FP64)
            ((double *)p->types)[p->cells.count] = kind % 2;
        else
            ((float *)p->types)[p->cells.count] = (float)(kind % 2);
        p->nodes[p->cells.count++] = i;
    }
    p->cells.policy = policy;
    p->cells.stride = p->cells.count + 16;
    p->states = room(sunzi_cell_model_states(p->cells.model) * p->cells.stride);
    p->cells.states = p->states;
    p->cells.types = p->types;
    assert_int_equal(sunzi_cell_reset(&p->cells), SUNZI_OK);
    for (int64_t i = 0; i < p->cells.count; i++) {
        double values[64];
        const int64_t n = node[p->nodes[i]];
        assert_int_equal(sunzi_cell_get(&p->cells, i, values), SUNZI_OK);
        values[0] += n % NX < 3 ? 60 : 0;
        assert_int_equal(sunzi_cell_set(&p->cells, i, values), SUNZI_OK);
    }
}

/* V after some steps by the number of the node: kinds 0 and 1 in one group or
 * in two, groups in this order or the other. */
static void run_groups(sunzi_comm *comm, sunzi_policy policy, bool split,
                       double *result)
{
    int ball = 1;
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    part parts[GROUPS] = {{.nodes = NULL}};
    sunzi_tissue_group group[GROUPS];
    const int groups = split ? 3 : 2;
    sunzi_tissue_options_init(&o);
    o.voxels[0] = NX - 1;
    o.voxels[1] = NY - 1;
    o.voxels[2] = NZ - 1;
    o.policy = policy;
    o.voxel = voxel;
    o.user = &ball;
    assert_int_equal(sunzi_tissue_create(NULL, comm, &o, &t), SUNZI_OK);
    int64_t *node = room(sunzi_tissue_count(t));
    sunzi_tissue_nodes(t, node);
    for (int g = 0; g < groups; g++) {
        const int kind = split ? 2 - g : g ? 2 : 0;
        take_part(&parts[g], t, policy, node, kind,
                  split || kind == 2 ? kind : 1);
        group[g] = (sunzi_tissue_group){&parts[g].cells, parts[g].nodes};
    }
    for (int s = 0; s < GROUP_STEPS; s++)
        if (sunzi_tissue_step_groups(t, groups, group, 0.02,
                                     s < 20 ? SUNZI_TISSUE_GODUNOV
                                            : SUNZI_TISSUE_STRANG,
                                     NULL, NULL) != SUNZI_OK)
            fail_msg("%s", sunzi_last_message());
    memset(result, 0, NODES * sizeof *result);
    for (int g = 0; g < groups; g++) {
        for (int64_t i = 0; i < parts[g].cells.count; i++) {
            double values[64];
            assert_int_equal(sunzi_cell_get(&parts[g].cells, i, values),
                             SUNZI_OK);
            result[node[parts[g].nodes[i]]] = values[0];
        }
        assert_true(fabs(parts[g].cells.time - 0.02 * GROUP_STEPS) < 1e-12);
        free(parts[g].nodes);
        free(parts[g].states);
        free(parts[g].types);
    }
    if (comm)
        MPI_Allreduce(MPI_IN_PLACE, result, NODES, MPI_DOUBLE, MPI_SUM,
                      MPI_COMM_WORLD);
    free(node);
    sunzi_tissue_destroy(&t);
}

/* Two models and two variants: neither processes nor the order of groups nor
 * the way that variants are told change a bit. */
static void groups_same_bits(void **unused)
{
    (void)unused;
    static const sunzi_policy two[] = {SUNZI_POLICY_FP64, SUNZI_POLICY_FP32C};
    static double alone[NODES], split[NODES], together[NODES];
    for (int p = 0; p < 2; p++) {
        double most = -100;
        run_groups(NULL, two[p], false, alone);
        run_groups(NULL, two[p], true, split);
        run_groups(world, two[p], true, together);
        assert_memory_equal(alone, split, sizeof alone);
        assert_memory_equal(alone, together, sizeof alone);
        for (int i = 0; i < NODES; i++)
            most = fmax(most, alone[i]);
        assert_true(most > 0 && most < 60); /* a wave */
    }
}

/* A step of the bidomain is one of the cells and one of its diffusion. */
static void bidomain_step(void **unused)
{
    (void)unused;
    int ball = 1;
    const sunzi_tissue_options total = {.voxel = total_voxel, .user = &ball};
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    sunzi_bidomain *b = NULL;
    sunzi_cells c[2];
    double *phi[2], at_centre;
    sunzi_tissue_report report = {0};
    sunzi_tissue_options_init(&o);
    o.voxels[0] = NX - 1;
    o.voxels[1] = NY - 1;
    o.voxels[2] = NZ - 1;
    o.scheme = SUNZI_TISSUE_BACKWARD_EULER;
    o.voxel = voxel;
    o.user = &ball;
    assert_int_equal(sunzi_tissue_create(NULL, world, &o, &t), SUNZI_OK);
    assert_int_equal(sunzi_bidomain_create(t, &total, &b), SUNZI_OK);
    for (int k = 0; k < 2; k++) {
        sunzi_cells_init(&c[k]);
        assert_int_equal(
            sunzi_cell_model_find("mitchell-schaeffer-2003", &c[k].model, NULL),
            SUNZI_OK);
        c[k].count = sunzi_tissue_count(t);
        c[k].stride = c[k].count + 16;
        c[k].states = room(2 * c[k].stride);
        assert_int_equal(sunzi_cell_reset(&c[k]), SUNZI_OK);
        for (int64_t i = 0; i < c[k].count; i += 5)
            ((double *)c[k].states)[i] = -20;
        phi[k] = room(sunzi_bidomain_count(b));
    }
    const sunzi_tissue_group group = {.cells = &c[0]};
    for (int s = 0; s < 3; s++) {
        assert_int_equal(sunzi_bidomain_step(b, 1, &group, 0.05,
                                             SUNZI_TISSUE_GODUNOV, NULL, phi[0],
                                             &report),
                         SUNZI_OK);
        assert_true(report.iterations > 0 && report.residual <= 1e-9);
        assert_int_equal(sunzi_cell_step(NULL, &c[1], 0.05, 1, NULL), SUNZI_OK);
        assert_int_equal(
            sunzi_bidomain_diffuse(b, 0.05, c[1].states, 0, phi[1], NULL),
            SUNZI_OK);
    }
    assert_memory_equal(c[0].states, c[1].states,
                        (size_t)c[0].count * sizeof(double));
    assert_memory_equal(phi[0], phi[1],
                        (size_t)sunzi_bidomain_count(b) * sizeof(double));
    /* in the bath, where the tissue has no value */
    assert_int_equal(
        sunzi_bidomain_sample(b, phi[0], (double[]){0, 0, 0}, &at_centre),
        SUNZI_OK);
    assert_true(isfinite(at_centre) && at_centre != 0);
    for (int k = 0; k < 2; k++) {
        free(c[k].states);
        free(phi[k]);
    }
    sunzi_bidomain_destroy(&b);
    sunzi_tissue_destroy(&t);
}

/* Nodes that are in no group, in two, out of order, or of one process only. */
static void errors_of_groups(void **unused)
{
    (void)unused;
    int ball = 0;
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    sunzi_cells c[2];
    double states[2][2 * 40];
    sunzi_tissue_options_init(&o);
    o.voxels[0] = 12;
    o.voxels[1] = o.voxels[2] = 0;
    o.voxel = voxel;
    o.user = &ball;
    assert_int_equal(sunzi_tissue_create(NULL, world, &o, &t), SUNZI_OK);
    const int64_t count = sunzi_tissue_count(t);
    int64_t nodes[2][16] = {{0}};
    sunzi_tissue_group group[2];
    const bool first = sunzi_comm_rank(world) == 0;
    for (int k = 0; k < 2; k++) {
        sunzi_cells_init(&c[k]);
        assert_int_equal(
            sunzi_cell_model_find("mitchell-schaeffer-2003", &c[k].model, NULL),
            SUNZI_OK);
        c[k].count = k ? count - count / 2 : count / 2;
        c[k].stride = 40;
        c[k].states = states[k];
        assert_int_equal(sunzi_cell_reset(&c[k]), SUNZI_OK);
        for (int64_t i = 0; i < c[k].count; i++)
            nodes[k][i] = 2 * i + 1 - k; /* 1, 3, ... and 0, 2, ... */
        group[k] = (sunzi_tissue_group){&c[k], nodes[k]};
    }
    assert_int_equal(sunzi_tissue_step_groups(t, 2, group, 0.1,
                                              SUNZI_TISSUE_GODUNOV, NULL, NULL),
                     SUNZI_OK);
    nodes[1][0] += first ? 1 : 0; /* 1 is in both */
    assert_int_equal(sunzi_tissue_step_groups(t, 2, group, 0.1,
                                              SUNZI_TISSUE_GODUNOV, NULL, NULL),
                     SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "each in one group"));
    nodes[1][0] = 0;
    c[1].count -= first ? 1 : 0;
    assert_int_equal(sunzi_tissue_step_groups(t, 2, group, 0.1,
                                              SUNZI_TISSUE_GODUNOV, NULL, NULL),
                     SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "is in no group"));
    assert_int_equal(sunzi_tissue_step_groups(t, 0, group, 0.1,
                                              SUNZI_TISSUE_GODUNOV, NULL, NULL),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_tissue_check(t, NULL, 0, -1, 1), SUNZI_ERR_ARG);
    sunzi_tissue_destroy(&t);
}

/* A handle that is NULL is told, or nothing is done. */
static void null_handles(void **unused)
{
    (void)unused;
    double x[3] = {0};
    int64_t n[3] = {7, 7, 7};
    sunzi_tissue_options_init(NULL);
    assert_int_equal(sunzi_tissue_count(NULL), 0);
    assert_true(sunzi_tissue_limit(NULL) == 0);
    sunzi_tissue_nodes(NULL, n);
    sunzi_tissue_volumes(NULL, x);
    sunzi_tissue_brick(NULL, n, n);
    assert_true(n[0] == 7 && x[0] == 0);
    assert_int_equal(sunzi_tissue_diffuse(NULL, 1, x, 0, NULL), SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "tissue is NULL"));
    assert_int_equal(
        sunzi_tissue_step(NULL, NULL, 1, SUNZI_TISSUE_GODUNOV, NULL, NULL),
        SUNZI_ERR_ARG);
    assert_int_equal(sunzi_tissue_check(NULL, x, 0, 0, 0), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_tissue_sample(NULL, x, x, x), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_tissue_create(NULL, NULL, NULL, NULL),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_bidomain_create(NULL, NULL, NULL), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_bidomain_count(NULL), 0);
    sunzi_bidomain_nodes(NULL, n);
    assert_int_equal(sunzi_bidomain_solve(NULL, x, 0, x, NULL), SUNZI_ERR_ARG);
    assert_int_equal(sunzi_bidomain_diffuse(NULL, 1, x, 0, x, NULL),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_bidomain_step(NULL, 0, NULL, 1, SUNZI_TISSUE_GODUNOV,
                                         NULL, x, NULL),
                     SUNZI_ERR_ARG);
    assert_int_equal(sunzi_bidomain_sample(NULL, x, x, x), SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "bidomain is NULL"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_bits),
                                       cmocka_unit_test(bidomain_same_bits),
                                       cmocka_unit_test(shares),
                                       cmocka_unit_test(errors_of_one),
                                       cmocka_unit_test(time_without_cells),
                                       cmocka_unit_test(groups_same_bits),
                                       cmocka_unit_test(bidomain_step),
                                       cmocka_unit_test(errors_of_groups),
                                       cmocka_unit_test(null_handles)};
    MPI_Init(&argc, &argv);
    int failed = 1;
    if (sunzi_comm_from_mpi(MPI_COMM_WORLD, &world) == SUNZI_OK)
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    sunzi_comm_destroy(&world);
    MPI_Finalize();
    return failed;
}
