! SPDX-License-Identifier: BSD-3-Clause
!> HDF5 files of distributed arrays: <sunzi/file.h>; part of module sunzi_files.
!> Shapes and blocks: see sunzi_block_m.
module sunzi_file_m
  use, intrinsic :: iso_c_binding
  use sunzi_block_m
  use sunzi_comm_m
  use sunzi_status_m
  implicit none
  private

  type, public :: sunzi_file
    type(c_ptr) :: handle = c_null_ptr !< the sunzi_file * of C
    type(sunzi_comm) :: comm = sunzi_comm() !< the caller's
  end type

  !> As in C: texts that end by c_null_char. sunzi_file_create takes strings.
  type, bind(C), public :: sunzi_file_about
    type(c_ptr) :: creator = c_null_ptr
    type(c_ptr) :: engine = c_null_ptr
    type(c_ptr) :: policy = c_null_ptr
    type(c_ptr) :: command_line = c_null_ptr
    type(c_ptr) :: date = c_null_ptr
  end type

  !> The texts of a sunzi_file_about; for the modules of this folder.
  type, public :: sunzi_about_texts
    character(:, kind=c_char), allocatable :: creator, engine, policy
    character(:, kind=c_char), allocatable :: command_line, date
  end type

  public :: sunzi_file_about_init
  public :: sunzi_file_create, sunzi_file_continue, sunzi_file_open
  public :: sunzi_file_close, sunzi_file_discard
  public :: sunzi_file_define, sunzi_file_write, sunzi_file_read
  public :: sunzi_file_find, sunzi_file_set_text, sunzi_file_set_numbers
  public :: sunzi_file_text, sunzi_file_numbers
  !> For the other modules of this folder.
  public :: sunzi_set_about

  !> Collective. Make an array: `type` SUNZI_FILE_FP64 ..., `size` its shape in
  !> Fortran, default or 64-bit integers.
  interface sunzi_file_define
    module procedure define, define_64
  end interface

  !> Collective. Write one block a process, possibly empty.
  interface sunzi_file_write
    module procedure write_fp64, write_fp32, write_int32, &
      write_int64, write_uint8
  end interface

  !> Collective. Read one block a process, possibly empty; ghost layers around
  !> it are not touched.
  interface sunzi_file_read
    module procedure read_fp64, read_fp32, read_int32, &
      read_int64, read_uint8
  end interface

  !> Collective. Attach numbers, a scalar or an array, to an array or group;
  !> object '' is the root of the file.
  interface sunzi_file_set_numbers
    module procedure set_fp64, set_fp32, set_int32, &
      set_int64, set_uint8
  end interface

  !> Collective. Read a number, or exactly as many as the array has elements.
  interface sunzi_file_numbers
    module procedure get_fp64, get_fp32, get_int32, &
      get_int64, get_uint8
  end interface

  integer, parameter :: text_bytes = 60001 ! the longest text of C, and its end

  interface
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_file_about_init(about) &
      bind(C, name='sunzi_file_about_init')
      import :: sunzi_file_about
      type(sunzi_file_about), intent(out) :: about
    end subroutine
    integer(c_int) function c_file_create(comm, path, about, file) &
      bind(C, name='sunzi_file_create')
      import :: c_int, c_ptr, c_char, sunzi_file_about
      type(c_ptr), value :: comm
      character(kind=c_char), intent(in) :: path(*)
      type(sunzi_file_about), intent(in) :: about
      type(c_ptr), intent(inout) :: file
    end function
    integer(c_int) function c_file_continue(comm, path, about, steps, file) &
      bind(C, name='sunzi_file_continue')
      import :: c_int, c_ptr, c_char, sunzi_file_about
      type(c_ptr), value :: comm
      character(kind=c_char), intent(in) :: path(*)
      type(sunzi_file_about), intent(in) :: about
      integer(c_int), value :: steps
      type(c_ptr), intent(inout) :: file
    end function
    integer(c_int) function c_file_open(comm, path, file) &
      bind(C, name='sunzi_file_open')
      import :: c_int, c_ptr, c_char
      type(c_ptr), value :: comm
      character(kind=c_char), intent(in) :: path(*)
      type(c_ptr), intent(inout) :: file
    end function
    integer(c_int) function c_file_close(file) bind(C, name='sunzi_file_close')
      import :: c_int, c_ptr
      type(c_ptr), intent(inout) :: file
    end function
    subroutine c_file_discard(file) bind(C, name='sunzi_file_discard')
      import :: c_ptr
      type(c_ptr), intent(inout) :: file
    end subroutine
    integer(c_int) function c_file_define(file, name, type, dims, size) &
      bind(C, name='sunzi_file_define')
      import :: c_int, c_int64_t, c_ptr, c_char
      type(c_ptr), value :: file
      character(kind=c_char), intent(in) :: name(*)
      integer(c_int), value :: type, dims
      integer(c_int64_t), intent(in) :: size(*)
    end function
    integer(c_int) function c_file_write(file, name, block, data) &
      bind(C, name='sunzi_file_write')
      import :: c_int, c_ptr, c_char, sunzi_block
      type(c_ptr), value :: file
      character(kind=c_char), intent(in) :: name(*)
      type(sunzi_block), intent(in) :: block
      type(c_ptr), value :: data
    end function
    integer(c_int) function c_file_read(file, name, type, block, data) &
      bind(C, name='sunzi_file_read')
      import :: c_int, c_ptr, c_char, sunzi_block
      type(c_ptr), value :: file
      character(kind=c_char), intent(in) :: name(*)
      integer(c_int), value :: type
      type(sunzi_block), intent(in) :: block
      type(c_ptr), value :: data
    end function
    integer(c_int) function c_file_find(file, name, array) &
      bind(C, name='sunzi_file_find')
      import :: c_int, c_ptr, c_char, sunzi_file_array
      type(c_ptr), value :: file
      character(kind=c_char), intent(in) :: name(*)
      type(sunzi_file_array), intent(inout) :: array
    end function
    integer(c_int) function c_file_set_text(file, object, name, text) &
      bind(C, name='sunzi_file_set_text')
      import :: c_int, c_ptr, c_char
      type(c_ptr), value :: file
      character(kind=c_char), intent(in) :: object(*), name(*), text(*)
    end function
    integer(c_int) function c_file_set_numbers(file, object, name, type, &
      count, numbers) bind(C, name='sunzi_file_set_numbers')
      import :: c_int, c_ptr, c_char
      type(c_ptr), value :: file
      character(kind=c_char), intent(in) :: object(*), name(*)
      integer(c_int), value :: type, count
      type(c_ptr), value :: numbers
    end function
    integer(c_int) function c_file_text(file, object, name, text, bytes) &
      bind(C, name='sunzi_file_text')
      import :: c_int, c_size_t, c_ptr, c_char
      type(c_ptr), value :: file
      character(kind=c_char), intent(in) :: object(*), name(*)
      character(kind=c_char), intent(inout) :: text(*)
      integer(c_size_t), value :: bytes
    end function
    integer(c_int) function c_file_numbers(file, object, name, type, count, &
      numbers) bind(C, name='sunzi_file_numbers')
      import :: c_int, c_ptr, c_char
      type(c_ptr), value :: file
      character(kind=c_char), intent(in) :: object(*), name(*)
      integer(c_int), value :: type, count
      type(c_ptr), value :: numbers
    end function
  end interface

contains

  ! ---- files

  !> Collective. Start a new file; the texts say what it comes from, the same on
  !> all processes (creator absent: "Sunzi").
  subroutine sunzi_file_create(comm, path, file, creator, engine, policy, &
    command_line, date, ierr)
    type(sunzi_comm), intent(in) :: comm
    character(*), intent(in) :: path
    type(sunzi_file), intent(inout) :: file
    character(*), intent(in), optional :: creator, engine, policy
    character(*), intent(in), optional :: command_line, date
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_about_texts), target :: texts
    type(sunzi_file_about) :: about
    integer(c_int) :: status
    call sunzi_set_about(texts, about, creator, engine, policy, command_line, &
      date)
    status = c_file_create(comm%handle, trim(path)//c_null_char, about, &
      file%handle)
    if (status == SUNZI_OK) file%comm = comm
    call sunzi_check(status, ierr)
  end subroutine

  !> Collective. Go on with a file that grows, of which `steps` time steps are
  !> kept; then the same calls as at the start.
  subroutine sunzi_file_continue(comm, path, steps, file, creator, engine, &
    policy, command_line, date, ierr)
    type(sunzi_comm), intent(in) :: comm
    character(*), intent(in) :: path
    integer(c_int), intent(in) :: steps
    type(sunzi_file), intent(inout) :: file
    character(*), intent(in), optional :: creator, engine, policy
    character(*), intent(in), optional :: command_line, date
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_about_texts), target :: texts
    type(sunzi_file_about) :: about
    integer(c_int) :: status
    call sunzi_set_about(texts, about, creator, engine, policy, command_line, &
      date)
    status = c_file_continue(comm%handle, trim(path)//c_null_char, about, &
      steps, file%handle)
    if (status == SUNZI_OK) file%comm = comm
    call sunzi_check(status, ierr)
  end subroutine

  !> Collective. Open a file for reading.
  subroutine sunzi_file_open(comm, path, file, ierr)
    type(sunzi_comm), intent(in) :: comm
    character(*), intent(in) :: path
    type(sunzi_file), intent(inout) :: file
    integer(c_int), intent(out), optional :: ierr
    integer(c_int) :: status
    status = c_file_open(comm%handle, trim(path)//c_null_char, file%handle)
    if (status == SUNZI_OK) file%comm = comm
    call sunzi_check(status, ierr)
  end subroutine

  !> Collective. End a file; one that was written gets its name now, if nothing
  !> failed and every entry was written.
  subroutine sunzi_file_close(file, ierr)
    type(sunzi_file), intent(inout) :: file
    integer(c_int), intent(out), optional :: ierr
    file%comm = sunzi_comm()
    call sunzi_check(c_file_close(file%handle), ierr)
  end subroutine

  !> Collective. End a file without keeping what was written.
  subroutine sunzi_file_discard(file)
    type(sunzi_file), intent(inout) :: file
    file%comm = sunzi_comm()
    call c_file_discard(file%handle)
  end subroutine

  subroutine sunzi_set_about(texts, about, creator, engine, policy, &
    command_line, date)
    type(sunzi_about_texts), intent(inout), target :: texts
    type(sunzi_file_about), intent(inout) :: about !< addresses of `texts`
    character(*), intent(in), optional :: creator, engine, policy
    character(*), intent(in), optional :: command_line, date
    if (present(creator)) then
      texts%creator = trim(creator)//c_null_char
      about%creator = c_loc(texts%creator)
    end if
    if (present(engine)) then
      texts%engine = trim(engine)//c_null_char
      about%engine = c_loc(texts%engine)
    end if
    if (present(policy)) then
      texts%policy = trim(policy)//c_null_char
      about%policy = c_loc(texts%policy)
    end if
    if (present(command_line)) then
      texts%command_line = trim(command_line)//c_null_char
      about%command_line = c_loc(texts%command_line)
    end if
    if (present(date)) then
      texts%date = trim(date)//c_null_char
      about%date = c_loc(texts%date)
    end if
  end subroutine

  ! ---- arrays

  subroutine define(file, name, type, size, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: type, size(:)
    integer(c_int), intent(out), optional :: ierr
    call define_64(file, name, type, int(size, c_int64_t), ierr)
  end subroutine

  subroutine define_64(file, name, type, size, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: type
    integer(c_int64_t), intent(in) :: size(:)
    integer(c_int), intent(out), optional :: ierr
    integer(c_int64_t) :: reversed(ubound(size, 1))
    reversed = sunzi_reversed(size)
    call sunzi_check(c_file_define(file%handle, trim(name)//c_null_char, &
      type, ubound(size, 1), reversed), ierr)
  end subroutine

  !> Collective. Type and size of an array, in the order of Fortran.
  subroutine sunzi_file_find(file, name, type, size, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    integer(c_int), intent(out), optional :: type
    integer(c_int64_t), allocatable, intent(out), optional :: size(:)
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_file_array) :: array
    integer(c_int) :: status
    status = c_file_find(file%handle, trim(name)//c_null_char, array)
    if (present(type)) type = array%type
    if (present(size)) size = sunzi_reversed(array%size(:array%dims))
    call sunzi_check(status, ierr)
  end subroutine

  subroutine write_numbers(file, name, block, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    type(sunzi_numbers), intent(in) :: numbers
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_file_array) :: array
    integer(c_int) :: status
    if (c_file_find(file%handle, trim(name)//c_null_char, array) < 0) then
      ! it says under its own name what is wrong
      status = c_file_write(file%handle, trim(name)//c_null_char, block, &
        c_null_ptr)
    else
      call sunzi_comm_agree(file%comm, sunzi_numbers_fit('sunzi_file_write', &
        name, array%type, array%dims, block, numbers), status)
      if (status == SUNZI_OK) status = c_file_write(file%handle, &
        trim(name)//c_null_char, sunzi_place_block(block, numbers), &
        numbers%address)
    end if
    call sunzi_check(status, ierr)
  end subroutine

  subroutine read_numbers(file, name, block, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    type(sunzi_numbers), intent(in) :: numbers
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_file_array) :: array
    integer(c_int) :: status
    if (c_file_find(file%handle, trim(name)//c_null_char, array) < 0) then
      status = c_file_read(file%handle, trim(name)//c_null_char, &
        numbers%type, block, c_null_ptr)
    else
      call sunzi_comm_agree(file%comm, sunzi_numbers_fit('sunzi_file_read', &
        name, array%type, array%dims, block, numbers), status)
      if (status == SUNZI_OK) status = c_file_read(file%handle, &
        trim(name)//c_null_char, numbers%type, &
        sunzi_place_block(block, numbers), numbers%address)
    end if
    call sunzi_check(status, ierr)
  end subroutine

  subroutine write_fp64(file, name, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    real(c_double), intent(in), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call write_numbers(file, name, block, sunzi_numbers_at(SUNZI_FILE_FP64, &
      shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine read_fp64(file, name, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    real(c_double), intent(inout), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call read_numbers(file, name, block, sunzi_numbers_at(SUNZI_FILE_FP64, &
      shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine write_fp32(file, name, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    real(c_float), intent(in), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call write_numbers(file, name, block, sunzi_numbers_at(SUNZI_FILE_FP32, &
      shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine read_fp32(file, name, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    real(c_float), intent(inout), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call read_numbers(file, name, block, sunzi_numbers_at(SUNZI_FILE_FP32, &
      shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine write_int32(file, name, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    integer(c_int32_t), intent(in), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call write_numbers(file, name, block, sunzi_numbers_at(SUNZI_FILE_INT32, &
      shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine read_int32(file, name, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    integer(c_int32_t), intent(inout), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call read_numbers(file, name, block, sunzi_numbers_at(SUNZI_FILE_INT32, &
      shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine write_int64(file, name, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    integer(c_int64_t), intent(in), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call write_numbers(file, name, block, sunzi_numbers_at(SUNZI_FILE_INT64, &
      shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine read_int64(file, name, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    integer(c_int64_t), intent(inout), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call read_numbers(file, name, block, sunzi_numbers_at(SUNZI_FILE_INT64, &
      shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine write_uint8(file, name, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    integer(c_int8_t), intent(in), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call write_numbers(file, name, block, sunzi_numbers_at(SUNZI_FILE_UINT8, &
      shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine read_uint8(file, name, block, data, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    integer(c_int8_t), intent(inout), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call read_numbers(file, name, block, sunzi_numbers_at(SUNZI_FILE_UINT8, &
      shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  ! ---- attributes

  !> Collective. Attach a text to an array or group; object '' is the root.
  subroutine sunzi_file_set_text(file, object, name, text, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: object, name, text
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_file_set_text(file%handle, &
      trim(object)//c_null_char, trim(name)//c_null_char, &
      trim(text)//c_null_char), ierr)
  end subroutine

  !> Collective. Read a text; '' after an error.
  subroutine sunzi_file_text(file, object, name, text, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: object, name
    character(:), allocatable, intent(inout) :: text
    integer(c_int), intent(out), optional :: ierr
    character(kind=c_char), allocatable :: buffer(:)
    integer(c_int) :: status
    allocate (buffer(text_bytes))
    status = c_file_text(file%handle, trim(object)//c_null_char, &
      trim(name)//c_null_char, buffer, int(text_bytes, c_size_t))
    text = ''
    if (status == SUNZI_OK) text = sunzi_string(buffer)
    call sunzi_check(status, ierr)
  end subroutine

  subroutine set_fp64(file, object, name, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: object, name
    real(c_double), intent(in), target, contiguous :: numbers(..)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_file_set_numbers(file%handle, &
      trim(object)//c_null_char, trim(name)//c_null_char, SUNZI_FILE_FP64, &
      size(numbers), c_loc(numbers)), ierr)
  end subroutine

  subroutine get_fp64(file, object, name, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: object, name
    real(c_double), intent(inout), target, contiguous :: numbers(..)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_file_numbers(file%handle, trim(object)//c_null_char, &
      trim(name)//c_null_char, SUNZI_FILE_FP64, size(numbers), &
      c_loc(numbers)), ierr)
  end subroutine

  subroutine set_fp32(file, object, name, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: object, name
    real(c_float), intent(in), target, contiguous :: numbers(..)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_file_set_numbers(file%handle, &
      trim(object)//c_null_char, trim(name)//c_null_char, SUNZI_FILE_FP32, &
      size(numbers), c_loc(numbers)), ierr)
  end subroutine

  subroutine get_fp32(file, object, name, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: object, name
    real(c_float), intent(inout), target, contiguous :: numbers(..)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_file_numbers(file%handle, trim(object)//c_null_char, &
      trim(name)//c_null_char, SUNZI_FILE_FP32, size(numbers), &
      c_loc(numbers)), ierr)
  end subroutine

  subroutine set_int32(file, object, name, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: object, name
    integer(c_int32_t), intent(in), target, contiguous :: numbers(..)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_file_set_numbers(file%handle, &
      trim(object)//c_null_char, trim(name)//c_null_char, SUNZI_FILE_INT32, &
      size(numbers), c_loc(numbers)), ierr)
  end subroutine

  subroutine get_int32(file, object, name, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: object, name
    integer(c_int32_t), intent(inout), target, contiguous :: numbers(..)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_file_numbers(file%handle, trim(object)//c_null_char, &
      trim(name)//c_null_char, SUNZI_FILE_INT32, size(numbers), &
      c_loc(numbers)), ierr)
  end subroutine

  subroutine set_int64(file, object, name, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: object, name
    integer(c_int64_t), intent(in), target, contiguous :: numbers(..)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_file_set_numbers(file%handle, &
      trim(object)//c_null_char, trim(name)//c_null_char, SUNZI_FILE_INT64, &
      size(numbers), c_loc(numbers)), ierr)
  end subroutine

  subroutine get_int64(file, object, name, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: object, name
    integer(c_int64_t), intent(inout), target, contiguous :: numbers(..)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_file_numbers(file%handle, trim(object)//c_null_char, &
      trim(name)//c_null_char, SUNZI_FILE_INT64, size(numbers), &
      c_loc(numbers)), ierr)
  end subroutine

  subroutine set_uint8(file, object, name, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: object, name
    integer(c_int8_t), intent(in), target, contiguous :: numbers(..)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_file_set_numbers(file%handle, &
      trim(object)//c_null_char, trim(name)//c_null_char, SUNZI_FILE_UINT8, &
      size(numbers), c_loc(numbers)), ierr)
  end subroutine

  subroutine get_uint8(file, object, name, numbers, ierr)
    type(sunzi_file), intent(in) :: file
    character(*), intent(in) :: object, name
    integer(c_int8_t), intent(inout), target, contiguous :: numbers(..)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_file_numbers(file%handle, trim(object)//c_null_char, &
      trim(name)//c_null_char, SUNZI_FILE_UINT8, size(numbers), &
      c_loc(numbers)), ierr)
  end subroutine

end module
