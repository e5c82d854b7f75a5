/* SPDX-License-Identifier: BSD-3-Clause */
/* The Poisson-Boltzmann equation on several processes: phi and energies with
 * the bits of a process alone; arguments that differ; a process without memory,
 * for which nobody waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>

#include "core/memory.h"
#include "tests/mpi/run.h"

static sunzi_comm *world;

static const sunzi_pb_atom atoms[] = {
    {{-1, 0.2, 0}, 3, 1.5}, {{1.2, 0, 0.3}, -2, 1.5}, {{0, 1.5, 0}, 0, 1.5}};

static sunzi_pb_options small(int nodes, sunzi_policy policy)
{
    sunzi_pb_options o;
    sunzi_pb_options_init(&o);
    for (int d = 0; d < 3; d++) {
        o.nodes[d] = nodes + d;
        o.spacing[d] = 10.0 / nodes;
    }
    o.policy = policy;
    o.nonlinear = 1;
    o.ions = 2;
    o.ion[0] = (sunzi_pb_ion){1, 0.3};
    o.ion[1] = (sunzi_pb_ion){-1, 0.3};
    return o;
}

/* Solved with focusing; the first failure of it. */
static sunzi_status solve(sunzi_comm *comm, sunzi_pb_options o, sunzi_pb **pb,
                          sunzi_pb_report *report)
{
    sunzi_pb *wide = NULL;
    sunzi_pb_options twice = o;
    for (int d = 0; d < 3; d++)
        twice.spacing[d] *= 2;
    sunzi_status status = sunzi_pb_create(NULL, comm, &twice, 3, atoms, &wide);
    if (status == SUNZI_OK)
        status = sunzi_pb_solve(wide, NULL, NULL);
    if (status == SUNZI_OK)
        status = sunzi_pb_create(NULL, comm, &o, 3, atoms, pb);
    if (status == SUNZI_OK)
        status = sunzi_pb_solve(*pb, wide, report);
    sunzi_pb_destroy(&wide);
    return status;
}

static void check(sunzi_status status)
{
    if (status != SUNZI_OK)
        fail_msg("%s", sunzi_last_message());
}

static void same_bits(void **state)
{
    static const sunzi_policy policies[] = {SUNZI_POLICY_FP64,
                                            SUNZI_POLICY_FP32C};
    (void)state;
    for (int p = 0; p < 2; p++) {
        const sunzi_pb_options o = small(17, policies[p]);
        sunzi_pb *alone = NULL, *pb = NULL;
        sunzi_pb_report one, all;
        int64_t first[3], count[3];
        double *phi = calloc(17 * 18 * 19, sizeof *phi);
        double *mine = calloc(17 * 18 * 19, sizeof *mine);
        double point[3] = {0.3, -0.2, 4.1}, a, b;
        check(solve(NULL, o, &alone, &one));
        check(solve(world, o, &pb, &all));
        assert_true(one.energy == all.energy &&
                    one.charge_energy == all.charge_energy &&
                    one.iterations == all.iterations &&
                    one.largest == all.largest);
        check(sunzi_pb_sample(alone, 1, point, &a));
        check(sunzi_pb_sample(pb, 1, point, &b));
        assert_true(a == b);
        check(sunzi_pb_potential(alone, phi));
        check(sunzi_pb_potential(pb, mine));
        sunzi_pb_brick(pb, first, count);
        int64_t nodes = count[0] * count[1] * count[2], total = 0;
        for (int64_t n = 0; n < nodes; n++) {
            const int64_t x = first[0] + n % count[0];
            const int64_t y = first[1] + n / count[0] % count[1];
            const int64_t z = first[2] + n / (count[0] * count[1]);
            assert_true(mine[n] == phi[x + 17 * (y + 18 * z)]);
        }
        MPI_Allreduce(&nodes, &total, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
        assert_int_equal(total, 17 * 18 * 19);
        free(phi);
        free(mine);
        sunzi_pb_destroy(&alone);
        sunzi_pb_destroy(&pb);
    }
}

static void different(void **state)
{
    const int rank = sunzi_comm_rank(world), size = sunzi_comm_size(world);
    sunzi_pb *pb = NULL;
    sunzi_pb_options o = small(9, SUNZI_POLICY_FP64);
    (void)state;
    if (size == 1)
        return;
    o.probe_radius += rank == size - 1;
    assert_int_equal(sunzi_pb_create(NULL, world, &o, 3, atoms, &pb),
                     SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "a number of the options"));
    o.probe_radius = rank == 0 ? -1 : 1; /* wrong on one process only */
    assert_int_equal(sunzi_pb_create(NULL, world, &o, 3, atoms, &pb),
                     SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "probe_radius = -1"));
    assert_null(pb);
}

static void no_memory(void **state)
{
    const int rank = sunzi_comm_rank(world), size = sunzi_comm_size(world);
    const sunzi_pb_options o = small(9, SUNZI_POLICY_FP32C);
    int failed = 0, over = 0;
    (void)state;
    for (long k = 1; !over; k += 1 + k / 12) {
        sunzi_pb *pb = NULL;
        sunzi_memory_fail_after(rank == size - 1 ? k : -1);
        const sunzi_status status = solve(world, o, &pb, NULL);
        over = rank == size - 1 && sunzi_memory_requests() < k;
        sunzi_memory_fail_after(-1);
        sunzi_pb_destroy(&pb);
        MPI_Bcast(&over, 1, MPI_INT, size - 1, MPI_COMM_WORLD);
        if (status != (over ? SUNZI_OK : SUNZI_ERR_NOMEM))
            fail_msg("request %ld: %s", k, sunzi_last_message());
        assert_int_equal(status, over ? SUNZI_OK : SUNZI_ERR_NOMEM);
        failed += !over;
    }
    assert_true(failed > 20);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits),
        cmocka_unit_test(different),
        cmocka_unit_test(no_memory),
    };
    return RUN_ON_PROCESSES(argc, argv, world, tests);
}
