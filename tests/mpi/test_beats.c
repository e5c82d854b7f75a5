/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps of beats, velocities, summaries and the pseudo-ECG on several processes
 * have the bits of a process alone, and errors of one are errors of all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>

#include "tests/solvers/slab.h"

static sunzi_comm *world;

enum {
    NX = 13,
    NY = 10,
    NZ = 6,
    NODES = NX * NY * NZ,
    MAPS = SUNZI_BEATS_PEAK + 5, /* velocity and speed, too */
    ELECTRODES = 3
};

typedef struct found {
    double map[MAPS][NODES]; /* by the number of the node, 0: none */
    double phi[ELECTRODES];
    sunzi_tissue_summary summary[MAPS];
} found;

/* A ball with fibres that rotate; nothing in one corner of the grid, so that
 * some processes have no nodes. */
static int voxel(void *user, const int64_t v[3], double s[6])
{
    const double x = (double)v[0] - 5.5, y = (double)v[1] - 4;
    const double angle = 0.2 * (double)v[2];
    (void)user;
    slab_fibre(0.13, 0.018, cos(angle), sin(angle), 0, s);
    return x * x + y * y < 26;
}

static void good(sunzi_status status)
{
    if (status != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
}

/* V of a node at a time: a wave that no mask disturbs. */
static double wave(int64_t node, double time)
{
    const double x = (double)(node % NX), y = (double)(node / NX % NY),
                 z = (double)(node / NX / NY);
    const double since = time - 0.9 * x - 0.31 * y - 0.05 * z * z;
    return -85 + 0.1 * y +
           110 * (1 / (1 + exp(-4 * since))) *
               (1 / (1 + exp(since - 12 - 0.1 * x * y)));
}

static void collect(const sunzi_tissue *t, sunzi_comm *comm,
                    const int64_t *node, const double *values, int map,
                    found *f)
{
    good(sunzi_tissue_summarize(t, values, &f->summary[map]));
    for (int64_t i = 0; i < sunzi_tissue_count(t); i++)
        f->map[map][node[i]] = isnan(values[i]) ? -1 : values[i];
    if (comm)
        MPI_Allreduce(MPI_IN_PLACE, f->map[map], NODES, MPI_DOUBLE, MPI_SUM,
                      MPI_COMM_WORLD);
}

static void run(sunzi_comm *comm, sunzi_policy policy, found *f)
{
    const double points[3 * ELECTRODES] = {-3, 1, 1, 5, 1, 0.5, 1, -9, 4};
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    sunzi_beats *beats = NULL;
    sunzi_ecg *ecg = NULL;
    sunzi_tissue_options_init(&o);
    o.voxels[0] = NX - 1;
    o.voxels[1] = NY - 1;
    o.voxels[2] = NZ - 1;
    o.policy = policy;
    o.voxel = voxel;
    good(sunzi_tissue_create(NULL, comm, &o, &t));
    const int64_t count = sunzi_tissue_count(t);
    int64_t *node = calloc((size_t)count + 1, sizeof *node);
    double *values = calloc((size_t)count * 5 + 1, sizeof *values);
    double *V = values + 4 * count;
    sunzi_tissue_nodes(t, node);
    good(sunzi_ecg_create(t, ELECTRODES, points, 1, &ecg));
    for (int s = 0; s < 90; s++) {
        for (int64_t i = 0; i < count; i++)
            V[i] = wave(node[i], 0.4 * s - 4);
        if (s == 0)
            good(sunzi_beats_create(t, NULL, V, &beats));
        else
            good(sunzi_beats_look(beats, 0.4 * (s - 1) - 4, 0.4, V));
        if (s == 40)
            good(sunzi_ecg_measure(ecg, V, f->phi));
    }
    memset(f->map, 0, sizeof f->map);
    for (int m = SUNZI_BEATS_PEAK; m >= 0; m--) {
        good(sunzi_beats_get(beats, (sunzi_beats_map)m, values));
        collect(t, comm, node, values, m, f);
    }
    good(sunzi_tissue_velocity(t, values, 0, values + count, values));
    for (int d = 0; d < 4; d++)
        collect(t, comm, node, values + d * count, SUNZI_BEATS_PEAK + 1 + d, f);
    sunzi_ecg_destroy(&ecg);
    sunzi_beats_destroy(&beats);
    free(values);
    free(node);
    sunzi_tissue_destroy(&t);
}

static void same_bits(void **unused)
{
    (void)unused;
    static found alone, together;
    const sunzi_policy policies[] = {SUNZI_POLICY_FP64, SUNZI_POLICY_FP32C,
                                     SUNZI_POLICY_FP32};
    for (int p = 0; p < 3; p++) {
        run(NULL, policies[p], &alone);
        run(world, policies[p], &together);
        assert_memory_equal(&alone, &together, sizeof alone);
        /* there is something in them */
        const sunzi_tissue_summary *s = alone.summary;
        for (int m = 0; m < MAPS; m++)
            assert_true(s[m].nodes > 400 && s[m].most > s[m].least);
        assert_true(s[SUNZI_BEATS_DURATION].mean > 8);
        assert_true(s[SUNZI_BEATS_PEAK + 1].mean > 0.1);
        for (int k = 0; k < ELECTRODES; k++)
            assert_true(fabs(alone.phi[k]) > 1e-3);
    }
}

/* One process alone passes what cannot be. */
static void errors_of_one(void **unused)
{
    (void)unused;
    int rank, size;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    sunzi_tissue_options o;
    sunzi_tissue *t = NULL;
    sunzi_ecg *ecg = NULL;
    sunzi_tissue_summary summary;
    sunzi_tissue_options_init(&o);
    o.voxels[0] = o.voxels[1] = 9;
    o.voxel = voxel;
    good(sunzi_tissue_create(NULL, world, &o, &t));
    const int64_t count = sunzi_tissue_count(t);
    double *x = calloc((size_t)count + 1, sizeof *x), phi[1];
    const double point[3] = {-2, 0, 0};
    const bool odd = rank == size - 1;
    assert_int_equal(sunzi_tissue_velocity(t, x, odd ? -1 : 0, NULL, x),
                     SUNZI_ERR_ARG);
    sunzi_beats *beats = NULL;
    sunzi_beats_options looks;
    sunzi_beats_options_init(&looks);
    looks.threshold = odd && size > 1 ? -10 : 0;
    assert_int_equal(sunzi_beats_create(t, &looks, x, &beats),
                     size > 1 ? SUNZI_ERR_ARG : SUNZI_OK);
    sunzi_beats_destroy(&beats);
    assert_int_equal(sunzi_ecg_create(t, 1, point, odd ? 0 : 1, &ecg),
                     SUNZI_ERR_ARG);
    if (size > 1)
        assert_int_equal(sunzi_ecg_create(t, 1, point, odd ? 2 : 1, &ecg),
                         SUNZI_ERR_ARG);
    good(sunzi_ecg_create(t, 1, point, 1, &ecg));
    if (odd && count > 0)
        x[0] = INFINITY;
    int some = odd && count > 0;
    MPI_Allreduce(MPI_IN_PLACE, &some, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    assert_int_equal(sunzi_ecg_measure(ecg, x, phi),
                     some ? SUNZI_ERR_NONFINITE : SUNZI_OK);
    assert_int_equal(sunzi_tissue_summarize(t, x, &summary),
                     some ? SUNZI_ERR_NONFINITE : SUNZI_OK);
    assert_int_equal(sunzi_ecg_measure(ecg, x, odd ? NULL : phi),
                     SUNZI_ERR_ARG);
    sunzi_ecg_destroy(&ecg);
    free(x);
    sunzi_tissue_destroy(&t);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_bits),
                                       cmocka_unit_test(errors_of_one)};
    MPI_Init(&argc, &argv);
    int failed = 1;
    if (sunzi_comm_from_mpi(MPI_COMM_WORLD, &world) == SUNZI_OK)
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    sunzi_comm_destroy(&world);
    MPI_Finalize();
    return failed;
}
