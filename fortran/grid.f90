! SPDX-License-Identifier: BSD-3-Clause
!> Process grids, block-cyclic matrices: <sunzi/grid.h>.
!>
!> Descriptors are default integer arrays of length SUNZI_DESC_LENGTH, as those
!> of ScaLAPACK. SUNZI_DESC_M and the others are places in them that count from
!> 1: desc(SUNZI_DESC_M). Grid rows and columns count from 0, as in the BLACS.
module sunzi_grid_m
  use, intrinsic :: iso_c_binding
  use sunzi_comm_m
  use sunzi_status_m
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_DESC_TYPE = 1
  integer(c_int), parameter, public :: SUNZI_DESC_CONTEXT = 2
  integer(c_int), parameter, public :: SUNZI_DESC_M = 3
  integer(c_int), parameter, public :: SUNZI_DESC_N = 4
  integer(c_int), parameter, public :: SUNZI_DESC_MB = 5
  integer(c_int), parameter, public :: SUNZI_DESC_NB = 6
  integer(c_int), parameter, public :: SUNZI_DESC_RSRC = 7
  integer(c_int), parameter, public :: SUNZI_DESC_CSRC = 8
  integer(c_int), parameter, public :: SUNZI_DESC_LLD = 9
  integer(c_int), parameter, public :: SUNZI_DESC_LENGTH = 9

  type, public :: sunzi_grid
    type(c_ptr) :: handle = c_null_ptr !< the sunzi_grid * of C
  end type

  public :: sunzi_grid_create, sunzi_grid_destroy, sunzi_grid_shape
  public :: sunzi_grid_place, sunzi_local_count, sunzi_descriptor_init
  public :: sunzi_pdredistribute

  !> How many of n indices in blocks of nb process `mine` of `count` holds,
  !> where `source` holds the first block; n and nb default or 64-bit integers.
  interface sunzi_local_count
    module procedure local_count
    module procedure local_count_64
  end interface

  !> Fill a descriptor; m, n and lld default or 64-bit integers, lld = 0: the
  !> smallest.
  interface sunzi_descriptor_init
    module procedure descriptor_init
    module procedure descriptor_init_64
  end interface

  interface
    integer(c_int) function c_grid_create(comm, rows, cols, order, grid) &
      bind(C, name='sunzi_grid_create')
      import :: c_int, c_ptr, c_signed_char
      type(c_ptr), value :: comm
      integer(c_int), value :: rows, cols
      integer(c_signed_char), value :: order
      type(c_ptr), intent(inout) :: grid
    end function
    subroutine c_grid_destroy(grid) bind(C, name='sunzi_grid_destroy')
      import :: c_ptr
      type(c_ptr), intent(inout) :: grid
    end subroutine
    subroutine c_grid_shape(grid, rows, cols) bind(C, name='sunzi_grid_shape')
      import :: c_int, c_ptr
      type(c_ptr), value :: grid
      integer(c_int), intent(out) :: rows, cols
    end subroutine
    subroutine c_grid_place(grid, row, col) bind(C, name='sunzi_grid_place')
      import :: c_int, c_ptr
      type(c_ptr), value :: grid
      integer(c_int), intent(out) :: row, col
    end subroutine
    integer(c_int64_t) function c_local_count(n, nb, mine, source, count) &
      bind(C, name='sunzi_local_count')
      import :: c_int, c_int64_t
      integer(c_int64_t), value :: n, nb
      integer(c_int), value :: mine, source, count
    end function
    integer(c_int) function c_descriptor_init(desc, grid, m, n, mb, nb, rsrc, &
      csrc, lld) bind(C, name='sunzi_descriptor_init')
      import :: c_int, c_int64_t, c_ptr
      integer(c_int), intent(inout) :: desc(*)
      type(c_ptr), value :: grid
      integer(c_int64_t), value :: m, n
      integer(c_int), value :: mb, nb, rsrc, csrc
      integer(c_int64_t), value :: lld
    end function
    integer(c_int) function c_pdredistribute(grid_a, a, desca, grid_b, b, &
      descb) bind(C, name='sunzi_pdredistribute')
      import :: c_int, c_ptr, c_double
      type(c_ptr), value :: grid_a
      real(c_double), intent(in) :: a(*)
      integer(c_int), intent(in) :: desca(*)
      type(c_ptr), value :: grid_b
      real(c_double), intent(inout) :: b(*)
      integer(c_int), intent(in) :: descb(*)
    end function
  end interface

contains

  !> Collective. rows = cols = 0: all processes, as nearly square as possible;
  !> order 'R' or 'C'.
  subroutine sunzi_grid_create(comm, rows, cols, order, grid, ierr)
    type(sunzi_comm), intent(in) :: comm
    integer(c_int), intent(in) :: rows, cols
    character, intent(in) :: order
    type(sunzi_grid), intent(inout) :: grid
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_grid_create(comm%handle, rows, cols, &
      sunzi_letter(order), grid%handle), ierr)
  end subroutine

  !> Collective. Free a grid.
  subroutine sunzi_grid_destroy(grid)
    type(sunzi_grid), intent(inout) :: grid
    call c_grid_destroy(grid%handle)
  end subroutine

  subroutine sunzi_grid_shape(grid, rows, cols)
    type(sunzi_grid), intent(in) :: grid
    integer(c_int), intent(out) :: rows, cols
    call c_grid_shape(grid%handle, rows, cols)
  end subroutine

  !> Place of this process, -1, -1 outside of the grid.
  subroutine sunzi_grid_place(grid, row, col)
    type(sunzi_grid), intent(in) :: grid
    integer(c_int), intent(out) :: row, col
    call c_grid_place(grid%handle, row, col)
  end subroutine

  integer(c_int) function local_count(n, nb, mine, source, count)
    integer(c_int), intent(in) :: n, nb, mine, source, count
    ! not above n
    local_count = int(c_local_count(int(n, c_int64_t), int(nb, c_int64_t), &
      mine, source, count), c_int)
  end function

  integer(c_int64_t) function local_count_64(n, nb, mine, source, count)
    integer(c_int64_t), intent(in) :: n, nb
    integer(c_int), intent(in) :: mine, source, count
    local_count_64 = c_local_count(n, nb, mine, source, count)
  end function

  subroutine descriptor_init(desc, grid, m, n, mb, nb, rsrc, csrc, lld, ierr)
    integer(c_int), intent(inout) :: desc(SUNZI_DESC_LENGTH)
    type(sunzi_grid), intent(in) :: grid
    integer(c_int), intent(in) :: m, n, mb, nb, rsrc, csrc, lld
    integer(c_int), intent(out), optional :: ierr
    call descriptor_init_64(desc, grid, int(m, c_int64_t), &
      int(n, c_int64_t), mb, nb, rsrc, csrc, int(lld, c_int64_t), ierr)
  end subroutine

  subroutine descriptor_init_64(desc, grid, m, n, mb, nb, rsrc, csrc, lld, &
    ierr)
    integer(c_int), intent(inout) :: desc(SUNZI_DESC_LENGTH)
    type(sunzi_grid), intent(in) :: grid
    integer(c_int64_t), intent(in) :: m, n
    integer(c_int), intent(in) :: mb, nb, rsrc, csrc
    integer(c_int64_t), intent(in) :: lld
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_descriptor_init(desc, grid%handle, m, n, mb, nb, rsrc, &
      csrc, lld), ierr)
  end subroutine

  !> Collective. B := A, two distributions of the same matrix; the local parts
  !> are contiguous, of any rank.
  subroutine sunzi_pdredistribute(grid_a, a, desca, grid_b, b, descb, ierr)
    type(sunzi_grid), intent(in) :: grid_a
    real(c_double), intent(in) :: a(*)
    integer(c_int), intent(in) :: desca(SUNZI_DESC_LENGTH)
    type(sunzi_grid), intent(in) :: grid_b
    real(c_double), intent(inout) :: b(*)
    integer(c_int), intent(in) :: descb(SUNZI_DESC_LENGTH)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_pdredistribute(grid_a%handle, a, desca, grid_b%handle, &
      b, descb), ierr)
  end subroutine

end module
