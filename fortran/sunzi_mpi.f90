! SPDX-License-Identifier: BSD-3-Clause
!> Communicators from those of `use mpi` (or mpif.h), which are integers:
!> <sunzi/mpi.h>. This module itself uses no module of MPI. Programs that
!> `use mpi_f08` take module sunzi_mpi_f08.
module sunzi_mpi
  use, intrinsic :: iso_c_binding
  use sunzi, only: sunzi_comm, sunzi_check
  implicit none
  private

  public :: sunzi_comm_from_mpi

  !> Collective over `user`. A communicator of its processes, to be freed by
  !> sunzi_comm_destroy before MPI_Finalize.
  interface sunzi_comm_from_mpi
    module procedure from_integer
  end interface

  interface
    integer(c_int) function c_comm_from_mpi_f(user, comm) &
      bind(C, name='sunzi_comm_from_mpi_f')
      import :: c_int, c_ptr
      integer(c_int), value :: user
      type(c_ptr), intent(inout) :: comm
    end function
  end interface

contains

  subroutine from_integer(user, comm, ierr)
    integer, intent(in) :: user
    type(sunzi_comm), intent(inout) :: comm
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_comm_from_mpi_f(user, comm%handle), ierr)
  end subroutine

end module
