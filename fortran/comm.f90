! SPDX-License-Identifier: BSD-3-Clause
!> Communicators: <sunzi/comm.h>. Modules sunzi_mpi and sunzi_mpi_f08 make them
!> from those of MPI. Ranks count from 0, as in MPI.
module sunzi_comm_m
  use, intrinsic :: iso_c_binding
  use sunzi_status_m
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_DEVICE_CUDA = 1
  integer(c_int), parameter, public :: SUNZI_DEVICE_ROCM = 2

  !> A communicator; one that was not made is a process alone (NULL in C).
  type, public :: sunzi_comm
    type(c_ptr) :: handle = c_null_ptr !< the sunzi_comm * of C
  end type

  public :: sunzi_comm_rank, sunzi_comm_size, sunzi_comm_agree
  public :: sunzi_comm_destroy, sunzi_comm_device_aware

  interface
    integer(c_int) function c_comm_rank(comm) bind(C, name='sunzi_comm_rank')
      import :: c_int, c_ptr
      type(c_ptr), value :: comm
    end function
    integer(c_int) function c_comm_size(comm) bind(C, name='sunzi_comm_size')
      import :: c_int, c_ptr
      type(c_ptr), value :: comm
    end function
    integer(c_int) function c_comm_device_aware(comm) &
      bind(C, name='sunzi_comm_device_aware')
      import :: c_int, c_ptr
      type(c_ptr), value :: comm
    end function
    integer(c_int) function c_comm_agree(comm, mine) &
      bind(C, name='sunzi_comm_agree')
      import :: c_int, c_ptr
      type(c_ptr), value :: comm
      integer(c_int), value :: mine
    end function
    subroutine c_comm_destroy(comm) bind(C, name='sunzi_comm_destroy')
      import :: c_ptr
      type(c_ptr), intent(inout) :: comm
    end subroutine
  end interface

contains

  integer(c_int) function sunzi_comm_rank(comm)
    type(sunzi_comm), intent(in) :: comm
    sunzi_comm_rank = c_comm_rank(comm%handle)
  end function

  integer(c_int) function sunzi_comm_size(comm)
    type(sunzi_comm), intent(in) :: comm
    sunzi_comm_size = c_comm_size(comm%handle)
  end function

  !> Kinds of device memory that messages may be in, by bit.
  integer(c_int) function sunzi_comm_device_aware(comm)
    type(sunzi_comm), intent(in) :: comm
    sunzi_comm_device_aware = c_comm_device_aware(comm%handle)
  end function

  !> Collective. The worst status of all processes is the status of this call.
  subroutine sunzi_comm_agree(comm, mine, ierr)
    type(sunzi_comm), intent(in) :: comm
    integer(c_int), intent(in) :: mine
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_comm_agree(comm%handle, mine), ierr)
  end subroutine

  !> Collective. Free a communicator.
  subroutine sunzi_comm_destroy(comm)
    type(sunzi_comm), intent(inout) :: comm
    call c_comm_destroy(comm%handle)
  end subroutine

end module
