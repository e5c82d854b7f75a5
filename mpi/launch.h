/* SPDX-License-Identifier: BSD-3-Clause */
/* A program as one of the processes that an MPI launcher (mpirun, srun)
 * started. For the command only: the library never initialises MPI. In a build
 * without MPI every program is alone. */
#ifndef SUNZI_MPI_LAUNCH_H
#define SUNZI_MPI_LAUNCH_H

#include <stddef.h>
#include <sunzi/comm.h>

/* Initialise MPI if a launcher started more than this process, as its
 * environment variables say. A process alone (also on a node of an allocation
 * whose scheduler has set variables) does not touch MPI. The first thing in
 * main, ended by sunzi_launch_end also if it failed. SUNZI_ERR_UNSUPPORTED:
 * this build, or its MPI library, does not fit the launcher; SUNZI_ERR_MPI,
 * SUNZI_ERR_NOMEM. */
sunzi_status sunzi_launch_begin(void);

/* Processes that the launcher says it has started, 0: there is none; and which
 * of them this is, from 0. Not collective. */
int sunzi_launch_size(void);
int sunzi_launch_rank(void);

/* All processes, NULL: this one is alone. */
sunzi_comm *sunzi_launch_comm(void);

/* Collective, with other processes only. data of process 0 on all. The others
 * wait asleep, and leave their processors to process 0: it may take long until
 * it has something to say. A failure of MPI ends all processes. */
void sunzi_launch_await(void *data, size_t bytes);

/* Collective. Finalise what was begun. */
void sunzi_launch_end(void);

/* Name and version of the MPI library in text[0..bytes), "" without MPI. */
void sunzi_launch_library(char *text, size_t bytes);

#endif
