/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Communicators from MPI; in libsunzi_mpi. Not part of <sunzi/sunzi.h>: only
 * programs that use MPI themselves need this header.
 *
 * The library never calls MPI_Init or MPI_Finalize and never uses
 * MPI_COMM_WORLD. It duplicates each of the caller's communicators once, keeps
 * the duplicate as an attribute of it, and frees it when the caller frees the
 * communicator, at the latest in MPI_Finalize. On the duplicate MPI's errors
 * are returned (MPI_ERRORS_RETURN) and become SUNZI_ERR_MPI; the error handler
 * of the caller's communicator is left alone.
 *
 * All calls of MPI are made by the thread that calls the library: it needs
 * MPI_THREAD_FUNNELED where the program has several threads, and
 * MPI_THREAD_MULTIPLE (with one communicator a thread) where several of them
 * call collective functions.
 */
#ifndef SUNZI_MPI_H
#define SUNZI_MPI_H

#include <mpi.h>
#include <sunzi/comm.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Collective over `user`. A communicator of the processes of `user`, an
 * intra-communicator; *comm is written on success only and freed by
 * sunzi_comm_destroy, before MPI_Finalize. SUNZI_ERR_ARG (MPI is not
 * initialised or already finalised, MPI_COMM_NULL, an inter-communicator),
 * SUNZI_ERR_MPI, SUNZI_ERR_NOMEM. Cost: the first time for a communicator, one
 * MPI_Comm_dup. */
SUNZI_API sunzi_status sunzi_comm_from_mpi(MPI_Comm user, sunzi_comm **comm);

/** The same for a handle of Fortran: the integer of `use mpi`, or comm%MPI_VAL
 * of `use mpi_f08`. */
SUNZI_API sunzi_status sunzi_comm_from_mpi_f(MPI_Fint user, sunzi_comm **comm);

#ifdef __cplusplus
}
#endif
#endif
