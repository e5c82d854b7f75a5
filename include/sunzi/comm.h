/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Communicators: the processes that work on one problem together.
 *
 * A NULL communicator is one process alone; so is every program that was built
 * without MPI. With MPI, <sunzi/mpi.h> makes a communicator from an MPI one.
 *
 * Functions say "Collective" where all processes of the communicator must call
 * them, in the same order and with the same values of those arguments that are
 * not the process's own data. A collective function returns the same status on
 * all processes, also when only one of them failed: the worst one, and the
 * sentence of sunzi_last_message() names the process it comes from.
 */
#ifndef SUNZI_COMM_H
#define SUNZI_COMM_H

#include <sunzi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sunzi_comm sunzi_comm;

/** Number of the calling process, 0 .. size - 1. Not collective. */
SUNZI_API int sunzi_comm_rank(const sunzi_comm *comm);

/** Number of processes, at least 1. Not collective. */
SUNZI_API int sunzi_comm_size(const sunzi_comm *comm);

/** Kinds of device memory, by bit. */
enum { SUNZI_DEVICE_CUDA = 1, SUNZI_DEVICE_ROCM = 2 };

/** Kinds of device memory that messages may be in, as the MPI library says at
 * run time; 0: host memory only, as for a process alone. Other buffers are
 * staged through host memory by their owner. Not collective. */
SUNZI_API int sunzi_comm_device_aware(const sunzi_comm *comm);

/** Collective. The worst status of all processes: a negative one before a
 * positive one, the most negative or the largest; its sentence becomes the last
 * message of every process. A caller's own work between collective calls is
 * brought to one decision by this. Cost: one reduction of two numbers, and two
 * more small messages if the result is not SUNZI_OK. */
SUNZI_API sunzi_status sunzi_comm_agree(sunzi_comm *comm, sunzi_status mine);

/** Collective. Free a communicator and set *comm to NULL; NULL and a pointer to
 * NULL are allowed. */
SUNZI_API void sunzi_comm_destroy(sunzi_comm **comm);

#ifdef __cplusplus
}
#endif
#endif
