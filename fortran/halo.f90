! SPDX-License-Identifier: BSD-3-Clause
!> Halo exchange: <sunzi/halo.h>.
!>
!> Dimensions are in the order of C, the slowest first: element 1 of
!> shape%cells, first, count, extent ... belongs to the last index of a Fortran
!> array, which is allocated as u(extent(3), extent(2), extent(1)). Slots count
!> from 0.
!>
!> Arrays are bound by their addresses and are used between start and finish:
!> they are contiguous and have the attribute target.
!>   real(c_double), allocatable, target :: u(:, :)
!>   call sunzi_halo_bind(halo, 0, [c_loc(u)])
module sunzi_halo_m
  use, intrinsic :: iso_c_binding
  use sunzi_comm_m
  use sunzi_field_m
  use sunzi_status_m
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_HALO_FACES = 1
  integer(c_int), parameter, public :: SUNZI_HALO_EDGES = 2
  integer(c_int), parameter, public :: SUNZI_HALO_CORNERS = 3

  integer(c_int), parameter, public :: SUNZI_HALO_WIDTH_MAX = 255
  integer(c_int), parameter, public :: SUNZI_HALO_FIELDS_MAX = 1024
  integer(c_int), parameter, public :: SUNZI_HALO_SLOTS = 8

  type, public :: sunzi_halo
    type(c_ptr) :: handle = c_null_ptr !< the sunzi_halo * of C
  end type

  !> To be set by sunzi_halo_shape_init first: `dimensions` has no default.
  type, bind(C), public :: sunzi_halo_shape
    integer(c_int) :: dimensions
    integer(c_int64_t) :: cells(3)
    integer(c_int) :: processes(3)
    integer(c_int) :: periodic(3)
    integer(c_int) :: lower(3), upper(3)
    integer(c_int) :: reach
    type(c_ptr) :: cuts(3) !< c_null_ptr, or c_loc of integer(c_int64_t)
  end type

  public :: sunzi_halo_shape_init, sunzi_halo_create, sunzi_halo_destroy
  public :: sunzi_halo_processes, sunzi_halo_local, sunzi_halo_storage
  public :: sunzi_halo_bind, sunzi_halo_start, sunzi_halo_finish
  public :: sunzi_halo_exchange, sunzi_halo_traffic

  interface
    !> Defaults for 1, 2 or 3 dimensions.
    subroutine sunzi_halo_shape_init(shape, dimensions) &
      bind(C, name='sunzi_halo_shape_init')
      import :: c_int, sunzi_halo_shape
      type(sunzi_halo_shape), intent(out) :: shape
      integer(c_int), value :: dimensions
    end subroutine
    integer(c_int) function c_halo_create(comm, shape, fields, field, halo) &
      bind(C, name='sunzi_halo_create')
      import :: c_int, c_ptr, sunzi_field, sunzi_halo_shape
      type(c_ptr), value :: comm
      type(sunzi_halo_shape), intent(in) :: shape
      integer(c_int), value :: fields
      type(sunzi_field), intent(in) :: field(*)
      type(c_ptr), intent(inout) :: halo
    end function
    subroutine c_halo_destroy(halo) bind(C, name='sunzi_halo_destroy')
      import :: c_ptr
      type(c_ptr), intent(inout) :: halo
    end subroutine
    subroutine c_halo_processes(halo, processes, place) &
      bind(C, name='sunzi_halo_processes')
      import :: c_int, c_ptr
      type(c_ptr), value :: halo
      integer(c_int), intent(inout) :: processes(*), place(*)
    end subroutine
    subroutine c_halo_local(halo, first, count) &
      bind(C, name='sunzi_halo_local')
      import :: c_int64_t, c_ptr
      type(c_ptr), value :: halo
      integer(c_int64_t), intent(inout) :: first(*), count(*)
    end subroutine
    integer(c_int64_t) function c_halo_storage(halo, extent) &
      bind(C, name='sunzi_halo_storage')
      import :: c_int64_t, c_ptr
      type(c_ptr), value :: halo
      integer(c_int64_t), intent(inout), optional :: extent(*)
    end function
    integer(c_int) function c_halo_bind(halo, slot, arrays) &
      bind(C, name='sunzi_halo_bind')
      import :: c_int, c_ptr
      type(c_ptr), value :: halo
      integer(c_int), value :: slot
      type(c_ptr), intent(in) :: arrays(*)
    end function
    integer(c_int) function c_halo_start(halo, slot) &
      bind(C, name='sunzi_halo_start')
      import :: c_int, c_ptr
      type(c_ptr), value :: halo
      integer(c_int), value :: slot
    end function
    integer(c_int) function c_halo_finish(halo) &
      bind(C, name='sunzi_halo_finish')
      import :: c_int, c_ptr
      type(c_ptr), value :: halo
    end function
    integer(c_int) function c_halo_exchange(halo, slot) &
      bind(C, name='sunzi_halo_exchange')
      import :: c_int, c_ptr
      type(c_ptr), value :: halo
      integer(c_int), value :: slot
    end function
    subroutine c_halo_traffic(halo, traffic) &
      bind(C, name='sunzi_halo_traffic')
      import :: c_ptr, sunzi_traffic
      type(c_ptr), value :: halo
      type(sunzi_traffic), intent(out) :: traffic
    end subroutine
  end interface

contains

  !> Collective. Plan the exchange of the fields in `field`.
  subroutine sunzi_halo_create(comm, shape, field, halo, ierr)
    type(sunzi_comm), intent(in) :: comm
    type(sunzi_halo_shape), intent(in) :: shape
    type(sunzi_field), intent(in), contiguous :: field(:)
    type(sunzi_halo), intent(inout) :: halo
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_halo_create(comm%handle, shape, size(field), field, &
      halo%handle), ierr)
  end subroutine

  subroutine sunzi_halo_destroy(halo)
    type(sunzi_halo), intent(inout) :: halo
    call c_halo_destroy(halo%handle)
  end subroutine

  !> The process grid and the place of this process, from 0; -1: outside.
  subroutine sunzi_halo_processes(halo, processes, place)
    type(sunzi_halo), intent(in) :: halo
    integer(c_int), intent(inout) :: processes(*), place(*)
    call c_halo_processes(halo%handle, processes, place)
  end subroutine

  !> The first cell of this process, from 0, and the number of cells.
  subroutine sunzi_halo_local(halo, first, count)
    type(sunzi_halo), intent(in) :: halo
    integer(c_int64_t), intent(inout) :: first(*), count(*)
    call c_halo_local(halo%handle, first, count)
  end subroutine

  !> Cells of a local array with its halo, in all and in each dimension.
  integer(c_int64_t) function sunzi_halo_storage(halo, extent)
    type(sunzi_halo), intent(in) :: halo
    integer(c_int64_t), intent(inout), optional :: extent(*)
    sunzi_halo_storage = c_halo_storage(halo%handle, extent)
  end function

  !> Collective. Name the arrays of the fields by their addresses, in their
  !> order, two for a pair; c_null_ptr on processes without cells.
  subroutine sunzi_halo_bind(halo, slot, arrays, ierr)
    type(sunzi_halo), intent(in) :: halo
    integer(c_int), intent(in) :: slot
    type(c_ptr), intent(in), contiguous :: arrays(:)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_halo_bind(halo%handle, slot, arrays), ierr)
  end subroutine

  !> Collective. Start an exchange of the arrays in a slot.
  subroutine sunzi_halo_start(halo, slot, ierr)
    type(sunzi_halo), intent(in) :: halo
    integer(c_int), intent(in) :: slot
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_halo_start(halo%handle, slot), ierr)
  end subroutine

  !> Collective. Wait for the halo cells, and write them.
  subroutine sunzi_halo_finish(halo, ierr)
    type(sunzi_halo), intent(in) :: halo
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_halo_finish(halo%handle), ierr)
  end subroutine

  !> Collective. Both at once.
  subroutine sunzi_halo_exchange(halo, slot, ierr)
    type(sunzi_halo), intent(in) :: halo
    integer(c_int), intent(in) :: slot
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_halo_exchange(halo%handle, slot), ierr)
  end subroutine

  subroutine sunzi_halo_traffic(halo, traffic)
    type(sunzi_halo), intent(in) :: halo
    type(sunzi_traffic), intent(out) :: traffic
    call c_halo_traffic(halo%handle, traffic)
  end subroutine

end module
