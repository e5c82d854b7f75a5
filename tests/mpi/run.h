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
#include <sunzi/mpi.h>

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
