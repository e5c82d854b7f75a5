/* SPDX-License-Identifier: BSD-3-Clause */
/* Launchers are known by what they put into the environment of the processes
 * that they start. */
#define _DEFAULT_SOURCE
#include "mpi/launch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/status.h"

/* Both variables of a pair must be there: a scheduler sets its own number of
 * tasks also where nothing was launched. */
static const struct {
    const char *size, *rank;
} launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"}, /* Open MPI */
    {"MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK"},   /* MVAPICH */
    {"PMI_SIZE", "PMI_RANK"}, /* MPICH and its kin, srun --mpi=pmi2 */
    {"SLURM_STEP_NUM_TASKS", "PMIX_RANK"}, /* srun --mpi=pmix */
};

/* -1: not a whole number. */
static int number_of(const char *name)
{
    const char *text = getenv(name);
    char *end;
    if (!text || *text < '0' || *text > '9')
        return -1;
    errno = 0;
    const long number = strtol(text, &end, 10);
    return errno || *end || number > INT_MAX ? -1 : (int)number;
}

/* The launcher that started this process, or -1. */
static int find_launcher(void)
{
    const int count = (int)(sizeof launchers / sizeof launchers[0]);
    for (int i = 0; i < count; i++)
        if (number_of(launchers[i].size) > 0 &&
            number_of(launchers[i].rank) >= 0)
            return i;
    return -1;
}

int sunzi_launch_size(void)
{
    const int found = find_launcher();
    return found < 0 ? 0 : number_of(launchers[found].size);
}

int sunzi_launch_rank(void)
{
    const int found = find_launcher();
    return found < 0 ? 0 : number_of(launchers[found].rank);
}

#ifdef SUNZI_HAVE_MPI

#include <mpi.h>
#include <sunzi/mpi.h>

static sunzi_comm *world;

static sunzi_status check_library(int threads)
{
    int size = 0;
    char name[200];
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    sunzi_launch_library(name, sizeof name);
    if (size != sunzi_launch_size())
        return sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                          "the launcher has started %d processes, but the MPI "
                          "library (%s) knows of %d; use the mpirun of that "
                          "library",
                          sunzi_launch_size(), name, size);
    if (threads < MPI_THREAD_FUNNELED)
        return sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                          "the MPI library (%s) does not allow threads, at "
                          "least MPI_THREAD_FUNNELED is needed; use another "
                          "build of it",
                          name);
    return SUNZI_OK;
}

sunzi_status sunzi_launch_begin(void)
{
    int threads = MPI_THREAD_SINGLE;
    if (sunzi_launch_size() <= 1)
        return SUNZI_OK;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &threads) !=
        MPI_SUCCESS)
        return sunzi_fail(SUNZI_ERR_MPI, "MPI could not be initialised");
    const sunzi_status status = check_library(threads);
    return status < 0 ? status : sunzi_comm_from_mpi(MPI_COMM_WORLD, &world);
}

sunzi_comm *sunzi_launch_comm(void)
{
    return world;
}

void sunzi_launch_await(void *data, size_t bytes)
{
    const struct timespec nap = {.tv_nsec = 500000};
    MPI_Request request;
    int there = 0;
    MPI_Ibcast(data, (int)bytes, MPI_BYTE, 0, MPI_COMM_WORLD, &request);
    if (sunzi_comm_rank(world) == 0)
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    else
        while (MPI_Test(&request, &there, MPI_STATUS_IGNORE) == MPI_SUCCESS &&
               !there)
            nanosleep(&nap, NULL);
}

void sunzi_launch_end(void)
{
    int begun = 0;
    sunzi_comm_destroy(&world);
    MPI_Initialized(&begun);
    if (begun)
        MPI_Finalize();
}

void sunzi_launch_library(char *text, size_t bytes)
{
    char name[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length = 0;
    MPI_Get_library_version(name, &length);
    name[strcspn(name, ",\n")] = '\0';
    snprintf(text, bytes, "%s", name);
}

#else

sunzi_status sunzi_launch_begin(void)
{
    if (sunzi_launch_size() <= 1)
        return SUNZI_OK;
    return sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                      "a launcher has started %d processes, but this build is "
                      "without MPI; start it without the launcher, or build it "
                      "with --with-mpi",
                      sunzi_launch_size());
}

sunzi_comm *sunzi_launch_comm(void)
{
    return NULL;
}

void sunzi_launch_await(void *data, size_t bytes)
{
    (void)data, (void)bytes; /* nobody to wait for */
}

void sunzi_launch_end(void)
{
}

void sunzi_launch_library(char *text, size_t bytes)
{
    (void)snprintf(text, bytes, "%s", "");
}

#endif
