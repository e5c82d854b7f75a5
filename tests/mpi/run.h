/* SPDX-License-Identifier: BSD-3-Clause */
/* The main function of tests that all processes run together. */
#ifndef SUNZI_TESTS_MPI_RUN_H
#define SUNZI_TESTS_MPI_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/context.h>
#include <sunzi/mpi.h>

/* The engine with a device that SUNZI_TEST_ENGINE names (tests/engines/gpu.sh),
 * else opencl; NULL, after the reason, where it cannot be used. */
static inline const char *device_engine(void)
{
    const char *only = getenv("SUNZI_TEST_ENGINE");
    const char *engine = only ? only : "opencl";
    char why[300] = "there is no such engine";
    for (int i = 0; sunzi_engine_name(i); i++)
        if (strcmp(sunzi_engine_name(i), engine) == 0 &&
            sunzi_engine_available(i, why, sizeof why))
            return engine;
    printf("skipped: engine %s: %s\n", engine, why);
    return NULL;
}

/* From MPI_Init to MPI_Finalize; *world: all processes, while the tests run.
 * The exit code: how many tests failed, on the process where most did. */
static inline int run_on_processes(int *argc, char ***argv, sunzi_comm **world,
                                   const struct CMUnitTest *tests, size_t count)
{
    MPI_Init(argc, argv);
    if (sunzi_comm_from_mpi(MPI_COMM_WORLD, world) != SUNZI_OK) {
        fprintf(stderr, "%s\n", sunzi_last_message());
        MPI_Abort(MPI_COMM_WORLD, 99);
    }
    int failed = _cmocka_run_group_tests("tests", tests, count, NULL, NULL);
    sunzi_comm_destroy(world);
    MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    MPI_Finalize();
    return failed;
}

#define RUN_ON_PROCESSES(argc, argv, world, tests)                             \
    run_on_processes(&(argc), &(argv), &(world), tests,                        \
                     sizeof(tests) / sizeof((tests)[0]))

#endif
