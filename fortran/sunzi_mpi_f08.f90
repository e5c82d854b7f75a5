! SPDX-License-Identifier: BSD-3-Clause
!> sunzi_comm_from_mpi also for the type(MPI_Comm) of `use mpi_f08`.
module sunzi_mpi_f08
  use, intrinsic :: iso_c_binding, only: c_int
  use mpi_f08, only: MPI_Comm
  use sunzi, only: sunzi_comm
  use sunzi_mpi, only: sunzi_comm_from_mpi
  implicit none
  private

  public :: sunzi_comm_from_mpi

  interface sunzi_comm_from_mpi
    module procedure from_handle
  end interface

contains

  subroutine from_handle(user, comm, ierr)
    type(MPI_Comm), intent(in) :: user
    type(sunzi_comm), intent(inout) :: comm
    integer(c_int), intent(out), optional :: ierr
    call sunzi_comm_from_mpi(user%MPI_VAL, comm, ierr)
  end subroutine

end module
