! SPDX-License-Identifier: BSD-3-Clause
!> Transposes of distributed arrays: <sunzi/transpose.h>.
!>
!> Dimensions are those of C: 0, 1 and 2 in shape%from and shape%to, the slowest
!> first in arrays of numbers. A local array in NATURAL storage is a Fortran
!> array a(count(3), count(2), count(1)).
!>
!> Arrays are given by their addresses, c_loc(a), and are used between start and
!> finish: they are contiguous and have the attribute target.
module sunzi_transpose_m
  use, intrinsic :: iso_c_binding
  use sunzi_comm_m
  use sunzi_field_m
  use sunzi_status_m
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_PENCIL_WHOLE_LAST = 0
  integer(c_int), parameter, public :: SUNZI_PENCIL_NATURAL = 1

  type, public :: sunzi_transpose
    type(c_ptr) :: handle = c_null_ptr !< the sunzi_transpose * of C
  end type

  type, bind(C), public :: sunzi_transpose_shape
    integer(c_int64_t) :: n(3) = 1
    integer(c_int) :: processes(2) = 0
    integer(c_int) :: from = 2, to = 1
    integer(c_int) :: from_storage = SUNZI_PENCIL_WHOLE_LAST
    integer(c_int) :: to_storage = SUNZI_PENCIL_WHOLE_LAST
    type(sunzi_field) :: field = sunzi_field()
  end type

  public :: sunzi_transpose_shape_init, sunzi_transpose_create
  public :: sunzi_transpose_destroy, sunzi_transpose_processes
  public :: sunzi_transpose_local, sunzi_transpose_start
  public :: sunzi_transpose_finish, sunzi_transpose_execute
  public :: sunzi_transpose_traffic

  interface
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_transpose_shape_init(shape) &
      bind(C, name='sunzi_transpose_shape_init')
      import :: sunzi_transpose_shape
      type(sunzi_transpose_shape), intent(out) :: shape
    end subroutine
    integer(c_int) function c_transpose_create(comm, shape, plan) &
      bind(C, name='sunzi_transpose_create')
      import :: c_int, c_ptr, sunzi_transpose_shape
      type(c_ptr), value :: comm
      type(sunzi_transpose_shape), intent(in) :: shape
      type(c_ptr), intent(inout) :: plan
    end function
    subroutine c_transpose_destroy(plan) &
      bind(C, name='sunzi_transpose_destroy')
      import :: c_ptr
      type(c_ptr), intent(inout) :: plan
    end subroutine
    subroutine c_transpose_processes(plan, processes, place) &
      bind(C, name='sunzi_transpose_processes')
      import :: c_int, c_ptr
      type(c_ptr), value :: plan
      integer(c_int), intent(out) :: processes(2), place(2)
    end subroutine
    integer(c_int64_t) function c_transpose_local(plan, after, first, count) &
      bind(C, name='sunzi_transpose_local')
      import :: c_int, c_int64_t, c_ptr
      type(c_ptr), value :: plan
      integer(c_int), value :: after
      integer(c_int64_t), intent(out), optional :: first(3), count(3)
    end function
    integer(c_int) function c_transpose_start(plan, from, to) &
      bind(C, name='sunzi_transpose_start')
      import :: c_int, c_ptr
      type(c_ptr), value :: plan, from, to
    end function
    integer(c_int) function c_transpose_finish(plan) &
      bind(C, name='sunzi_transpose_finish')
      import :: c_int, c_ptr
      type(c_ptr), value :: plan
    end function
    integer(c_int) function c_transpose_execute(plan, from, to) &
      bind(C, name='sunzi_transpose_execute')
      import :: c_int, c_ptr
      type(c_ptr), value :: plan, from, to
    end function
    subroutine c_transpose_traffic(plan, traffic) &
      bind(C, name='sunzi_transpose_traffic')
      import :: c_ptr, sunzi_traffic
      type(c_ptr), value :: plan
      type(sunzi_traffic), intent(out) :: traffic
    end subroutine
  end interface

contains

  !> Collective. Plan a transpose; the one back is a plan of its own.
  subroutine sunzi_transpose_create(comm, shape, plan, ierr)
    type(sunzi_comm), intent(in) :: comm
    type(sunzi_transpose_shape), intent(in) :: shape
    type(sunzi_transpose), intent(inout) :: plan
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_transpose_create(comm%handle, shape, plan%handle), ierr)
  end subroutine

  subroutine sunzi_transpose_destroy(plan)
    type(sunzi_transpose), intent(inout) :: plan
    call c_transpose_destroy(plan%handle)
  end subroutine

  !> The process grid and the place of this process, from 0; -1: outside.
  subroutine sunzi_transpose_processes(plan, processes, place)
    type(sunzi_transpose), intent(in) :: plan
    integer(c_int), intent(out) :: processes(2), place(2)
    call c_transpose_processes(plan%handle, processes, place)
  end subroutine

  !> Cells of the local part before or after, in all; its first cell, from 0,
  !> and its cells by dimension.
  integer(c_int64_t) function sunzi_transpose_local(plan, after, first, count)
    type(sunzi_transpose), intent(in) :: plan
    logical, intent(in) :: after
    integer(c_int64_t), intent(out), optional :: first(3), count(3)
    sunzi_transpose_local = c_transpose_local(plan%handle, &
      merge(1, 0, after), first, count)
  end function

  !> Collective. Start to transpose; c_null_ptr for a part without cells.
  subroutine sunzi_transpose_start(plan, from, to, ierr)
    type(sunzi_transpose), intent(in) :: plan
    type(c_ptr), intent(in) :: from, to
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_transpose_start(plan%handle, from, to), ierr)
  end subroutine

  !> Collective. Wait for the cells and write them.
  subroutine sunzi_transpose_finish(plan, ierr)
    type(sunzi_transpose), intent(in) :: plan
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_transpose_finish(plan%handle), ierr)
  end subroutine

  !> Collective. Both at once.
  subroutine sunzi_transpose_execute(plan, from, to, ierr)
    type(sunzi_transpose), intent(in) :: plan
    type(c_ptr), intent(in) :: from, to
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_transpose_execute(plan%handle, from, to), ierr)
  end subroutine

  subroutine sunzi_transpose_traffic(plan, traffic)
    type(sunzi_transpose), intent(in) :: plan
    type(sunzi_traffic), intent(out) :: traffic
    call c_transpose_traffic(plan%handle, traffic)
  end subroutine

end module
