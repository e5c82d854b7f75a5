! SPDX-License-Identifier: BSD-3-Clause
!> Fields on regular grids in files that other programs open:
!> <sunzi/field_file.h>; part of module sunzi_files.
!>
!> A field is u(x, y, z) on an image, u(longitude, latitude, level) on a sphere,
!> u(component, x, y, z) with more than one number a point. Blocks are made by
!> sunzi_block_of([x, y, z], ...) and do not count components; dimensions at the
!> end that a block lacks have one point: u(x, y) in a plane, u(longitude,
!> latitude) on a sphere without levels. Time steps count from 0, as in C:
!> `step` is that of times(step + 1).
module sunzi_field_file_m
  use, intrinsic :: iso_c_binding
  use sunzi_block_m
  use sunzi_comm_m
  use sunzi_file_m
  use sunzi_status_m
  implicit none
  private

  !> As in C; sunzi_file_set_image takes its fields as arguments.
  type, bind(C), public :: sunzi_image
    integer(c_int64_t) :: points(3) = 1
    real(c_double) :: origin(3) = 0
    real(c_double) :: spacing(3) = 1
    integer(c_int) :: steps = 1
    type(c_ptr) :: times = c_null_ptr
  end type

  !> As in C; sunzi_file_set_sphere takes its fields as arguments.
  type, bind(C), public :: sunzi_sphere
    integer(c_int) :: latitudes = 0, longitudes = 0, levels = 0
    type(c_ptr) :: latitude = c_null_ptr
    type(c_ptr) :: longitude = c_null_ptr
    type(c_ptr) :: level = c_null_ptr
    type(c_ptr) :: level_name = c_null_ptr
    type(c_ptr) :: level_units = c_null_ptr
    integer(c_int) :: level_down = 0
    integer(c_int) :: steps = 1
    type(c_ptr) :: times = c_null_ptr
    type(c_ptr) :: time_units = c_null_ptr
  end type

  !> As in C; sunzi_file_define_field takes its fields as arguments.
  type, bind(C), public :: sunzi_file_field
    type(c_ptr) :: name = c_null_ptr
    type(c_ptr) :: units = c_null_ptr
    type(c_ptr) :: long_name = c_null_ptr
    type(c_ptr) :: standard_name = c_null_ptr
    integer(c_int) :: type = SUNZI_FILE_FP64
    integer(c_int) :: components = 1
    integer(c_int) :: at_cells = 0
    integer(c_int) :: one_level = 0
  end type

  public :: sunzi_file_field_init, sunzi_file_set_image
  public :: sunzi_file_set_sphere, sunzi_file_define_field
  public :: sunzi_file_write_field, sunzi_file_add_step, sunzi_file_save

  !> Collective. Give a new file a uniform grid. points: 1 to 3 numbers, x
  !> first, default or 64-bit integers; origin (absent: 0) and spacing (absent:
  !> 1) have as many; times absent: one step, or, if add_steps is .true., those
  !> that sunzi_file_add_step adds (steps = 0 in C).
  interface sunzi_file_set_image
    module procedure set_image, set_image_64
  end interface

  !> Collective. Write one block a process of time step `step`, from 0.
  interface sunzi_file_write_field
    module procedure write_fp64, write_fp32, write_int32, &
      write_int64, write_uint8
  end interface

  interface
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_file_field_init(field) &
      bind(C, name='sunzi_file_field_init')
      import :: sunzi_file_field
      type(sunzi_file_field), intent(out) :: field
    end subroutine
    integer(c_int) function c_set_image(file, image) &
      bind(C, name='sunzi_file_set_image')
      import :: c_int, c_ptr, sunzi_image
      type(c_ptr), value :: file
      type(sunzi_image), intent(in) :: image
    end function
    integer(c_int) function c_set_sphere(file, sphere) &
      bind(C, name='sunzi_file_set_sphere')
      import :: c_int, c_ptr, sunzi_sphere
      type(c_ptr), value :: file
      type(sunzi_sphere), intent(in) :: sphere
    end function
    integer(c_int) function c_define_field(file, field) &
      bind(C, name='sunzi_file_define_field')
      import :: c_int, c_ptr, sunzi_file_field
      type(c_ptr), value :: file
      type(sunzi_file_field), intent(in) :: field
    end function
    integer(c_int) function c_write_field(file, name, step, block, data) &
      bind(C, name='sunzi_file_write_field')
      import :: c_int, c_ptr, c_char, sunzi_block
      type(c_ptr), value :: file
      character(kind=c_char), intent(in) :: name(*)
      integer(c_int), value :: step
      type(sunzi_block), intent(in) :: block
      type(c_ptr), value :: data
    end function
    integer(c_int) function c_add_step(file, time) &
      bind(C, name='sunzi_file_add_step')
      import :: c_int, c_ptr, c_double
      type(c_ptr), value :: file
      real(c_double), value :: time
    end function
    integer(c_int) function c_save(file) bind(C, name='sunzi_file_save')
      import :: c_int, c_ptr
      type(c_ptr), value :: file
    end function
    ! of libsunzi_mpi, for partners that are built with it
    integer(c_int) function c_field_type(file, name, components) &
      bind(C, name='sunzi_hdf5_field_type')
      import :: c_int, c_ptr, c_char
      type(c_ptr), value :: file
      character(kind=c_char), intent(in) :: name(*)
      integer(c_int), intent(inout) :: components
    end function
  end interface

contains

  ! ---- grids

  subroutine set_image(file, points, origin, spacing, times, add_steps, ierr)
    type(sunzi_file), intent(in) :: file
    integer(c_int), intent(in) :: points(:)
    real(c_double), intent(in), optional :: origin(:), spacing(:)
    real(c_double), intent(in), optional, contiguous, target :: times(:)
    logical, intent(in), optional :: add_steps
    integer(c_int), intent(out), optional :: ierr
    call set_image_64(file, int(points, c_int64_t), origin, spacing, times, &
      add_steps, ierr)
  end subroutine

  subroutine set_image_64(file, points, origin, spacing, times, add_steps, &
    ierr)
    type(sunzi_file), intent(in) :: file
    integer(c_int64_t), intent(in) :: points(:)
    real(c_double), intent(in), optional :: origin(:), spacing(:)
    real(c_double), intent(in), optional, contiguous, target :: times(:)
    logical, intent(in), optional :: add_steps
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_image) :: image
    logical :: good
    integer(c_int) :: mine, status
    integer :: n
    n = size(points)
    good = n >= 1 .and. n <= 3
    if (present(origin)) good = good .and. size(origin) == n
    if (present(spacing)) good = good .and. size(spacing) == n
    mine = SUNZI_OK
    if (.not. good) mine = sunzi_refuse('sunzi_file_set_image: allowed: '// &
      '1 to 3 numbers in points, and as many in origin and spacing')
    call sunzi_comm_agree(file%comm, mine, status)
    if (status == SUNZI_OK) then
      image%points(:n) = points
      if (present(origin)) image%origin(:n) = origin
      if (present(spacing)) image%spacing(:n) = spacing
      if (present(times)) then
        image%steps = size(times)
        image%times = c_loc(times)
      end if
      if (present(add_steps)) image%steps = merge(0, image%steps, add_steps)
      status = c_set_image(file%handle, image)
    end if
    call sunzi_check(status, ierr)
  end subroutine

  !> Collective. Give a new file a grid on the sphere. level absent: none;
  !> level_down: positive downwards, as pressure; times and add_steps as above.
  subroutine sunzi_file_set_sphere(file, latitude, longitude, level, &
    level_name, level_units, level_down, times, time_units, add_steps, ierr)
    type(sunzi_file), intent(in) :: file
    real(c_double), intent(in), contiguous, target :: latitude(:), longitude(:)
    real(c_double), intent(in), optional, contiguous, target :: level(:)
    character(*), intent(in), optional :: level_name, level_units
    logical, intent(in), optional :: level_down
    real(c_double), intent(in), optional, contiguous, target :: times(:)
    character(*), intent(in), optional :: time_units
    logical, intent(in), optional :: add_steps
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_sphere) :: sphere
    character(:, kind=c_char), allocatable, target :: name, units, of_time
    sphere%latitudes = size(latitude)
    sphere%longitudes = size(longitude)
    sphere%latitude = c_loc(latitude)
    sphere%longitude = c_loc(longitude)
    if (present(level)) then
      sphere%levels = size(level)
      sphere%level = c_loc(level)
    end if
    if (present(level_name)) then
      name = trim(level_name)//c_null_char
      sphere%level_name = c_loc(name)
    end if
    if (present(level_units)) then
      units = trim(level_units)//c_null_char
      sphere%level_units = c_loc(units)
    end if
    if (present(level_down)) sphere%level_down = merge(1, 0, level_down)
    if (present(times)) then
      sphere%steps = size(times)
      sphere%times = c_loc(times)
    end if
    if (present(add_steps)) sphere%steps = merge(0, sphere%steps, add_steps)
    if (present(time_units)) then
      of_time = trim(time_units)//c_null_char
      sphere%time_units = c_loc(of_time)
    end if
    call sunzi_check(c_set_sphere(file%handle, sphere), ierr)
  end subroutine

  ! ---- fields

  !> Collective. Add a field to the grid of the file; absent texts are left out,
  !> type absent: SUNZI_FILE_FP64.
  subroutine sunzi_file_define_field(file, name, units, long_name, &
    standard_name, type, components, at_cells, one_level, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    character(*), intent(in), optional :: units, long_name, standard_name
    integer(c_int), intent(in), optional :: type, components
    logical, intent(in), optional :: at_cells, one_level
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_file_field) :: field
    character(:, kind=c_char), allocatable, target :: c_name, c_units
    character(:, kind=c_char), allocatable, target :: c_long, c_standard
    c_name = trim(name)//c_null_char
    field%name = c_loc(c_name)
    if (present(units)) then
      c_units = trim(units)//c_null_char
      field%units = c_loc(c_units)
    end if
    if (present(long_name)) then
      c_long = trim(long_name)//c_null_char
      field%long_name = c_loc(c_long)
    end if
    if (present(standard_name)) then
      c_standard = trim(standard_name)//c_null_char
      field%standard_name = c_loc(c_standard)
    end if
    if (present(type)) field%type = type
    if (present(components)) field%components = components
    if (present(at_cells)) field%at_cells = merge(1, 0, at_cells)
    if (present(one_level)) field%one_level = merge(1, 0, one_level)
    call sunzi_check(c_define_field(file%handle, field), ierr)
  end subroutine

  !> Collective. Add a time step, number 0, 1, ..., to all fields.
  subroutine sunzi_file_add_step(file, time, ierr)
    type(sunzi_file), intent(in) :: file
    real(c_double), intent(in) :: time
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_add_step(file%handle, time), ierr)
  end subroutine

  !> Collective. Bring all steps added so far to the disk.
  subroutine sunzi_file_save(file, ierr)
    type(sunzi_file), intent(in) :: file
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_save(file%handle), ierr)
  end subroutine

  !> Not collective. The block lies in the Fortran array, behind its components.
  function field_fits(name, type, components, block, numbers) result(status)
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: type, components
    type(sunzi_block), intent(in) :: block
    type(sunzi_numbers), intent(in) :: numbers
    integer(c_int) :: status
    character(*), parameter :: routine = 'sunzi_file_write_field'
    integer :: dims
    character(80) :: text
    dims = sunzi_block_dims(block)
    if (dims < 1 .or. dims > 3) then
      status = sunzi_refuse(routine//": '"//trim(name)//"': the block has "// &
        'no dimensions or more than three; make it by sunzi_block_of '// &
        'with x, y, z in start, count and skip')
    else if (components > 1 .and. (numbers%dims /= dims + 1 .or. &
      numbers%shape(1) /= components)) then
      write (text, '(i0, a, i0, a)') components, &
        ' components: allowed: an array of rank ', dims + 1, ' with these first'
      status = sunzi_refuse(routine//": '"//trim(name)//"' has "//trim(text))
    else
      status = sunzi_numbers_fit(routine, name, type, dims, block, &
        at_points(components, numbers))
    end if
  end function

  !> The numbers as an array of points.
  pure function at_points(components, numbers) result(points)
    integer(c_int), intent(in) :: components
    type(sunzi_numbers), intent(in) :: numbers
    type(sunzi_numbers) :: points
    points = numbers
    if (components <= 1) return
    points%dims = numbers%dims - 1
    points%shape = eoshift(numbers%shape, 1, 1_c_int64_t)
  end function

  !> The block with the three dimensions that C counts.
  function of_three(block, numbers) result(three)
    type(sunzi_block), intent(in) :: block
    type(sunzi_numbers), intent(in) :: numbers !< as an array of points
    type(sunzi_block) :: three, placed
    integer :: dims
    dims = sunzi_block_dims(block)
    placed = sunzi_place_block(block, numbers)
    three%count(:3) = 1
    three%held(:3) = 1
    three%start(4 - dims:3) = placed%start(:dims)
    three%count(4 - dims:3) = placed%count(:dims)
    three%held(4 - dims:3) = placed%held(:dims)
    three%skip(4 - dims:3) = placed%skip(:dims)
    if (.not. c_associated(numbers%address)) three%held(1) = 0
  end function

  subroutine write_numbers(file, name, step, block, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: step
    type(sunzi_block), intent(in) :: block
    type(sunzi_numbers), intent(in) :: numbers
    integer(c_int), intent(out), optional :: ierr
    integer(c_int) :: type, components, mine, status
    components = 1
    type = c_field_type(file%handle, trim(name)//c_null_char, components)
    mine = SUNZI_OK ! no such field: C says so
    if (type /= 0) mine = field_fits(name, type, components, block, numbers)
    call sunzi_comm_agree(file%comm, mine, status)
    if (status == SUNZI_OK .and. type /= 0) then
      status = c_write_field(file%handle, trim(name)//c_null_char, step, &
        of_three(block, at_points(components, numbers)), numbers%address)
    else if (status == SUNZI_OK) then
      status = c_write_field(file%handle, trim(name)//c_null_char, step, &
        block, c_null_ptr)
    end if
    call sunzi_check(status, ierr)
  end subroutine

  subroutine write_fp64(file, name, step, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: step
    type(sunzi_block), intent(in) :: block
    real(c_double), intent(in), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call write_numbers(file, name, step, block, sunzi_numbers_at( &
      SUNZI_FILE_FP64, shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine write_fp32(file, name, step, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: step
    type(sunzi_block), intent(in) :: block
    real(c_float), intent(in), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call write_numbers(file, name, step, block, sunzi_numbers_at( &
      SUNZI_FILE_FP32, shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine write_int32(file, name, step, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: step
    type(sunzi_block), intent(in) :: block
    integer(c_int32_t), intent(in), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call write_numbers(file, name, step, block, sunzi_numbers_at( &
      SUNZI_FILE_INT32, shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine write_int64(file, name, step, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: step
    type(sunzi_block), intent(in) :: block
    integer(c_int64_t), intent(in), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call write_numbers(file, name, step, block, sunzi_numbers_at( &
      SUNZI_FILE_INT64, shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine write_uint8(file, name, step, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: step
    type(sunzi_block), intent(in) :: block
    integer(c_int8_t), intent(in), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call write_numbers(file, name, step, block, sunzi_numbers_at( &
      SUNZI_FILE_UINT8, shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

end module
