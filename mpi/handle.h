/* SPDX-License-Identifier: BSD-3-Clause */
/* The MPI communicator behind one of ours, for libraries that take one (HDF5).
 */
#ifndef SUNZI_MPI_HANDLE_H
#define SUNZI_MPI_HANDLE_H

#include <mpi.h>

#include "core/communicator.h"

/* The library's own duplicate, on which errors are returned; it stays the
 * library's. MPI_COMM_NULL for a process alone (comm NULL). */
MPI_Comm sunzi_comm_mpi(const sunzi_comm *comm);

#endif
