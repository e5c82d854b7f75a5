! SPDX-License-Identifier: BSD-3-Clause
!> Communicators from the type(MPI_Comm) of `use mpi_f08` and its integer.
program test_mpi_f08
  use mpi_f08
  use check
  use on_ranks
  use sunzi
  use sunzi_mpi_f08
  implicit none
  type(sunzi_comm) :: comm
  type(MPI_Comm) :: half
  integer :: rank, processes, ierr

  call MPI_Init()
  call sunzi_comm_from_mpi(MPI_COMM_NULL, comm, ierr)
  call expect(ierr == SUNZI_ERR_ARG, 'MPI_COMM_NULL')
  call MPI_Comm_rank(MPI_COMM_WORLD, rank)
  call MPI_Comm_split(MPI_COMM_WORLD, modulo(rank, 2), 0, half)
  call MPI_Comm_rank(half, rank)
  call MPI_Comm_size(half, processes)
  call sunzi_comm_from_mpi(half, comm)
  call use_communicator(comm, rank, processes)
  call sunzi_comm_from_mpi(half%MPI_VAL, comm)
  call use_communicator(comm, rank, processes)
  call MPI_Comm_free(half)
  call MPI_Finalize()
  call finish()
end program
