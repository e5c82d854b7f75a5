! SPDX-License-Identifier: BSD-3-Clause
!> Shapes and blocks of distributed arrays in files, of <sunzi/file.h>; part of
!> module sunzi_files.
!>
!> Arrays and blocks are described in the order of Fortran, the first index
!> fastest, as HDF5's and NetCDF's own Fortran modules do it: an array of
!> size [nx, ny, nz] is u(nx, ny, nz). In the file, for C, Python and h5dump it
!> has the reverse shape (nz, ny, nx): not a byte moves. `first` and `count` of
!> sunzi_halo_local and sunzi_transpose_local are in the order of C: give
!> first(3:1:-1). The components of the types with bind(C) are those of C, in
!> the order of C; the routines here make and read them. Sentences of errors
!> count dimensions as C does: 0 is the last one.
!>
!> A block is made by sunzi_block_of(start, count, skip): `start` entries of
!> the array are before it (it counts from 0, as `first` of sunzi_halo_local),
!> it has `count` entries, and `skip` entries of the Fortran array are before it
!> (ghost layers; absent: none). How many the Fortran array has is taken from
!> its shape:
!>   real(c_double) :: u(0:nx + 1, 0:rows + 1) ! one ghost layer
!>   call sunzi_file_write(file, 'u', sunzi_block_of([0, first], [nx, rows], &
!>     [1, 1]), u)
!> Bounds of arrays play no part, only shapes do. A section that is not
!> contiguous, u(1:nx, 1:rows), is copied by the compiler. An empty block is one
!> of an array without elements.
!>
!> The type of numbers is that of the Fortran array: real(c_double),
!> real(c_float), integer(c_int32_t), integer(c_int64_t), integer(c_int8_t) for
!> SUNZI_FILE_UINT8 (the bits of a byte). Names and texts lose their trailing
!> blanks.
module sunzi_block_m
  use, intrinsic :: iso_c_binding
  use sunzi_status_m
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_FILE_DIMS = 6

  integer(c_int), parameter, public :: SUNZI_FILE_FP64 = 1
  integer(c_int), parameter, public :: SUNZI_FILE_FP32 = 2
  integer(c_int), parameter, public :: SUNZI_FILE_INT32 = 3
  integer(c_int), parameter, public :: SUNZI_FILE_INT64 = 4
  integer(c_int), parameter, public :: SUNZI_FILE_UINT8 = 5

  !> As in C, in the order of C; count = -1 beyond the dimensions of the block.
  !> `held` is set when the block is used, from the shape of the Fortran array.
  type, bind(C), public :: sunzi_block
    integer(c_int64_t) :: start(SUNZI_FILE_DIMS) = 0
    integer(c_int64_t) :: count(SUNZI_FILE_DIMS) = -1
    integer(c_int64_t) :: held(SUNZI_FILE_DIMS) = 0
    integer(c_int64_t) :: skip(SUNZI_FILE_DIMS) = 0
  end type

  !> As in C, in the order of C; sunzi_file_find gives type and size apart.
  type, bind(C), public :: sunzi_file_array
    integer(c_int) :: type = 0
    integer(c_int) :: dims = 0
    integer(c_int64_t) :: size(SUNZI_FILE_DIMS) = 0
  end type

  !> Where the numbers of a Fortran array are, for the modules of this folder.
  type, public :: sunzi_numbers
    integer(c_int) :: type = 0
    integer :: dims = 0 !< its rank
    integer(c_int64_t) :: shape(SUNZI_FILE_DIMS + 1) = 1 !< order of Fortran
    type(c_ptr) :: address = c_null_ptr
  end type

  public :: sunzi_block_of
  !> For the other modules of this folder.
  public :: sunzi_block_dims, sunzi_numbers_at, sunzi_numbers_fit
  public :: sunzi_place_block, sunzi_reversed

  !> A block; the order of dimensions is that of Fortran (see above). Default or
  !> 64-bit integers, as many in count and skip as in start.
  interface sunzi_block_of
    module procedure block_of, block_of_64
  end interface

contains

  function block_of(start, count, skip) result(block)
    integer(c_int), intent(in) :: start(:), count(:)
    integer(c_int), intent(in), optional :: skip(:)
    type(sunzi_block) :: block
    if (present(skip)) then
      block = block_of_64(int(start, c_int64_t), int(count, c_int64_t), &
        int(skip, c_int64_t))
    else
      block = block_of_64(int(start, c_int64_t), int(count, c_int64_t))
    end if
  end function

  !> One that cannot be is left without dimensions: no routine takes it.
  function block_of_64(start, count, skip) result(block)
    integer(c_int64_t), intent(in) :: start(:), count(:)
    integer(c_int64_t), intent(in), optional :: skip(:)
    type(sunzi_block) :: block
    integer :: n
    n = size(start)
    if (n > SUNZI_FILE_DIMS .or. size(count) /= n) return
    if (present(skip)) then
      if (size(skip) /= n) return
      block%skip(:n) = sunzi_reversed(skip)
    end if
    block%start(:n) = sunzi_reversed(start)
    block%count(:n) = sunzi_reversed(count)
  end function

  pure function sunzi_reversed(x) result(y)
    integer(c_int64_t), intent(in) :: x(:)
    integer(c_int64_t) :: y(size(x))
    y = x(size(x):1:-1)
  end function

  !> Dimensions of a block; 0: it was not made by sunzi_block_of.
  pure integer function sunzi_block_dims(block) result(dims)
    type(sunzi_block), intent(in) :: block
    dims = 0
    do while (dims < SUNZI_FILE_DIMS)
      if (block%count(dims + 1) < 0) exit
      dims = dims + 1
    end do
  end function

  !> For the numbers of type `type` at `address`, an array of this shape.
  function sunzi_numbers_at(type, shape, address) result(numbers)
    integer(c_int), intent(in) :: type
    integer(c_int64_t), intent(in) :: shape(:)
    type(c_ptr), intent(in) :: address
    type(sunzi_numbers) :: numbers
    integer :: n
    n = min(size(shape), size(numbers%shape))
    numbers%type = type
    numbers%dims = size(shape)
    ! gfortran 12 says -1 of an expression without elements
    numbers%shape(:n) = max(shape(:n), 0_c_int64_t)
    if (all(shape > 0)) numbers%address = address
  end function

  !> Not collective. A block of an array with `dims` dimensions, of which `type`
  !> is the type, lies in the Fortran array: SUNZI_ERR_ARG with a sentence that
  !> names the routine and the array.
  function sunzi_numbers_fit(routine, name, type, dims, block, numbers) &
    result(status)
    character(*), intent(in) :: routine, name
    integer(c_int), intent(in) :: type
    integer, intent(in) :: dims
    type(sunzi_block), intent(in) :: block
    type(sunzi_numbers), intent(in) :: numbers
    integer(c_int) :: status
    integer :: d
    integer(c_int64_t) :: needed
    character(200) :: why
    status = SUNZI_OK
    why = ''
    if (numbers%type /= type) then
      why = 'is '//type_name(type)//', the Fortran array is '// &
        type_name(numbers%type)//'; nothing is converted'
    else if (sunzi_block_dims(block) /= dims) then
      write (why, '(a, i0, a, i0, 2a)') 'has ', dims, ' dimensions, the '// &
        'block ', sunzi_block_dims(block), '; give sunzi_block_of as many ', &
        'in start, count and skip, none negative'
    else if (numbers%dims /= dims) then
      write (why, '(a, i0, a, i0, a)') 'has ', dims, &
        ' dimensions, the Fortran array ', numbers%dims, &
        '; give an array of that rank'
    else
      do d = 1, dims
        needed = block%skip(dims + 1 - d) + block%count(dims + 1 - d)
        if (needed <= numbers%shape(d) .and. block%skip(dims + 1 - d) >= 0) &
          cycle
        write (why, '(4(a, i0), a)') ': skip + count = ', &
          block%skip(dims + 1 - d), ' + ', block%count(dims + 1 - d), &
          ' in dimension ', d, ' of a Fortran array with ', &
          numbers%shape(d), ' there; give the whole array'
      end do
    end if
    if (why /= '') status = sunzi_refuse(routine//": '"//trim(name)//"' "// &
      trim(why))
  end function

  !> The block with `held`, for a Fortran array that it fits.
  function sunzi_place_block(block, numbers) result(placed)
    type(sunzi_block), intent(in) :: block
    type(sunzi_numbers), intent(in) :: numbers
    type(sunzi_block) :: placed
    integer :: n
    n = sunzi_block_dims(block)
    placed = block
    placed%held(:n) = sunzi_reversed(numbers%shape(:n))
    if (.not. c_associated(numbers%address)) placed%held(1) = 0 ! it is empty
  end function

  function type_name(type) result(name)
    integer(c_int), intent(in) :: type
    character(:), allocatable :: name
    select case (type)
    case (SUNZI_FILE_FP64)
      name = 'real(c_double)'
    case (SUNZI_FILE_FP32)
      name = 'real(c_float)'
    case (SUNZI_FILE_INT32)
      name = 'integer(c_int32_t)'
    case (SUNZI_FILE_INT64)
      name = 'integer(c_int64_t)'
    case default
      name = 'integer(c_int8_t)'
    end select
  end function

end module
