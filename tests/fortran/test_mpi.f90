! SPDX-License-Identifier: BSD-3-Clause
!> A communicator from the integer of `use mpi`.
program test_mpi
  use mpi
  use check
  use on_ranks
  use sunzi
  use sunzi_mpi
  implicit none
  type(sunzi_comm) :: comm
  integer :: rank, processes, ierr

  call sunzi_comm_from_mpi(MPI_COMM_WORLD, comm, ierr)
  call expect(ierr == SUNZI_ERR_ARG, 'before MPI_Init')
  call expect_text(sunzi_last_message(), 'MPI_Init')
  call MPI_Init(ierr)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierr)
  call MPI_Comm_size(MPI_COMM_WORLD, processes, ierr)
  call sunzi_comm_from_mpi(MPI_COMM_NULL, comm, ierr)
  call expect(ierr == SUNZI_ERR_ARG, 'MPI_COMM_NULL')
  call sunzi_comm_from_mpi(MPI_COMM_WORLD, comm)
  call use_communicator(comm, rank, processes)
  call MPI_Finalize(ierr)
  call finish()
end program
