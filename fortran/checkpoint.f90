! SPDX-License-Identifier: BSD-3-Clause
!> Checkpoints: <sunzi/checkpoint.h>; part of module sunzi_files.
!>
!> Shapes and blocks are in the order of Fortran: see sunzi_block_m. Each array
!> of the state is named by sunzi_checkpoint_item, which keeps its address until
!> sunzi_checkpoint_write has read it: it is contiguous and has the attribute
!> target.
!>   real(c_double), allocatable, target :: u(:, :), v(:, :)
!>   call sunzi_checkpoint_write(comm, 'run/state', step, time, &
!>     [sunzi_checkpoint_item('u', [nx, ny], block, u), &
!>      sunzi_checkpoint_item('v', [nx, ny], block, v)])
module sunzi_checkpoint_m
  use, intrinsic :: iso_c_binding
  use sunzi_block_m
  use sunzi_comm_m
  use sunzi_context_m
  use sunzi_file_m
  use sunzi_status_m
  implicit none
  private

  type, public :: sunzi_checkpoint
    type(c_ptr) :: handle = c_null_ptr !< the sunzi_checkpoint * of C
    type(sunzi_comm) :: comm = sunzi_comm() !< the caller's
  end type

  !> As in C; the routines here take its fields as arguments.
  type, bind(C), public :: sunzi_checkpoint_options
    integer(c_int) :: keep = 2
    type(sunzi_file_about) :: about = sunzi_file_about()
    type(c_funptr) :: log = c_null_funptr !< c_funloc of a sunzi_log_fn
    type(c_ptr) :: log_user = c_null_ptr
  end type

  !> As in C; made from a sunzi_checkpoint_item.
  type, bind(C), public :: sunzi_checkpoint_array
    type(c_ptr) :: name = c_null_ptr
    integer(c_int) :: type = 0
    integer(c_int) :: dims = 0
    integer(c_int64_t) :: size(SUNZI_FILE_DIMS) = 0
    type(sunzi_block) :: block = sunzi_block()
    type(c_ptr) :: data = c_null_ptr
  end type

  !> As in C; the routines here take its fields as arguments.
  type, bind(C), public :: sunzi_checkpoint_state
    integer(c_int64_t) :: step = 0
    real(c_double) :: time = 0
    type(c_ptr) :: blob = c_null_ptr
    integer(c_size_t) :: blob_bytes = 0
  end type

  integer, parameter :: name_bytes = 256 ! longer than any that C takes

  !> An array of the state, made by sunzi_checkpoint_item.
  type, public :: sunzi_checkpoint_entry
    private
    character(name_bytes) :: name = ''
    integer :: dims = 0
    integer(c_int64_t) :: size(SUNZI_FILE_DIMS) = 0 ! order of Fortran
    type(sunzi_block) :: block = sunzi_block()
    type(sunzi_numbers) :: numbers = sunzi_numbers()
    logical :: contiguous = .true.
  end type

  public :: sunzi_checkpoint_options_init, sunzi_checkpoint_item
  public :: sunzi_checkpoint_write, sunzi_checkpoint_latest
  public :: sunzi_checkpoint_get_state, sunzi_checkpoint_find
  public :: sunzi_checkpoint_read, sunzi_checkpoint_close

  !> An array of the state: its name, its size in all (default or 64-bit
  !> integers), the block of it that this process has, and where.
  interface sunzi_checkpoint_item
    module procedure item_fp64, item_fp64_64, &
      item_fp32, item_fp32_64, &
      item_int32, item_int32_64, &
      item_int64, item_int64_64, &
      item_uint8, item_uint8_64
  end interface

  !> Collective. Write a checkpoint of step `step` (default or 64-bit integer);
  !> blob: bytes of rank 0 to be kept with it.
  interface sunzi_checkpoint_write
    module procedure write_step, write_step_64
  end interface

  !> Collective. Read one block a process of an array.
  interface sunzi_checkpoint_read
    module procedure read_fp64, read_fp32, read_int32, &
      read_int64, read_uint8
  end interface

  interface
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_checkpoint_options_init(options) &
      bind(C, name='sunzi_checkpoint_options_init')
      import :: sunzi_checkpoint_options
      type(sunzi_checkpoint_options), intent(out) :: options
    end subroutine
    integer(c_int) function c_checkpoint_write(comm, base, options, state, &
      count, arrays) bind(C, name='sunzi_checkpoint_write')
      import :: c_int, c_ptr, c_char, sunzi_checkpoint_options, &
        sunzi_checkpoint_state, sunzi_checkpoint_array
      type(c_ptr), value :: comm
      character(kind=c_char), intent(in) :: base(*)
      type(sunzi_checkpoint_options), intent(in) :: options
      type(sunzi_checkpoint_state), intent(in) :: state
      integer(c_int), value :: count
      type(sunzi_checkpoint_array), intent(in) :: arrays(*)
    end function
    integer(c_int) function c_checkpoint_latest(comm, base, options, &
      checkpoint) bind(C, name='sunzi_checkpoint_latest')
      import :: c_int, c_ptr, c_char, sunzi_checkpoint_options
      type(c_ptr), value :: comm
      character(kind=c_char), intent(in) :: base(*)
      type(sunzi_checkpoint_options), intent(in) :: options
      type(c_ptr), intent(inout) :: checkpoint
    end function
    subroutine c_checkpoint_get_state(checkpoint, state) &
      bind(C, name='sunzi_checkpoint_get_state')
      import :: c_ptr, sunzi_checkpoint_state
      type(c_ptr), value :: checkpoint
      type(sunzi_checkpoint_state), intent(inout) :: state
    end subroutine
    integer(c_int) function c_checkpoint_find(checkpoint, name, array) &
      bind(C, name='sunzi_checkpoint_find')
      import :: c_int, c_ptr, c_char, sunzi_file_array
      type(c_ptr), value :: checkpoint
      character(kind=c_char), intent(in) :: name(*)
      type(sunzi_file_array), intent(inout) :: array
    end function
    integer(c_int) function c_checkpoint_read(checkpoint, name, type, block, &
      data) bind(C, name='sunzi_checkpoint_read')
      import :: c_int, c_ptr, c_char, sunzi_block
      type(c_ptr), value :: checkpoint
      character(kind=c_char), intent(in) :: name(*)
      integer(c_int), value :: type
      type(sunzi_block), intent(in) :: block
      type(c_ptr), value :: data
    end function
    subroutine c_checkpoint_close(checkpoint) &
      bind(C, name='sunzi_checkpoint_close')
      import :: c_ptr
      type(c_ptr), intent(inout) :: checkpoint
    end subroutine
  end interface

contains

  ! ---- writing

  subroutine write_step(comm, base, step, time, arrays, blob, keep, creator, &
    engine, policy, command_line, date, ierr)
    type(sunzi_comm), intent(in) :: comm
    character(*), intent(in) :: base
    integer(c_int), intent(in) :: step
    real(c_double), intent(in) :: time
    type(sunzi_checkpoint_entry), intent(in) :: arrays(:)
    integer(c_int8_t), intent(in), optional, contiguous, target :: blob(:)
    integer(c_int), intent(in), optional :: keep
    character(*), intent(in), optional :: creator, engine, policy
    character(*), intent(in), optional :: command_line, date
    integer(c_int), intent(out), optional :: ierr
    call write_step_64(comm, base, int(step, c_int64_t), time, arrays, blob, &
      keep, creator, engine, policy, command_line, date, ierr)
  end subroutine

  subroutine write_step_64(comm, base, step, time, arrays, blob, keep, &
    creator, engine, policy, command_line, date, ierr)
    type(sunzi_comm), intent(in) :: comm
    character(*), intent(in) :: base
    integer(c_int64_t), intent(in) :: step
    real(c_double), intent(in) :: time
    type(sunzi_checkpoint_entry), intent(in) :: arrays(:)
    integer(c_int8_t), intent(in), optional, contiguous, target :: blob(:)
    integer(c_int), intent(in), optional :: keep
    character(*), intent(in), optional :: creator, engine, policy
    character(*), intent(in), optional :: command_line, date
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_checkpoint_options) :: options
    type(sunzi_checkpoint_state) :: state
    type(sunzi_checkpoint_array) :: c_arrays(size(arrays))
    type(sunzi_about_texts), target :: texts
    character(name_bytes + 1, kind=c_char), target :: names(size(arrays))
    integer(c_int) :: mine, status
    integer :: i
    call sunzi_set_about(texts, options%about, creator, engine, policy, &
      command_line, date)
    if (present(keep)) options%keep = keep
    state%step = step
    state%time = time
    if (present(blob)) then
      state%blob_bytes = size(blob, kind=c_size_t)
      if (size(blob) > 0) state%blob = c_loc(blob)
    end if
    mine = SUNZI_OK
    do i = 1, size(arrays)
      names(i) = trim(arrays(i)%name)//c_null_char
      if (mine == SUNZI_OK) mine = check_item(arrays(i))
      if (mine == SUNZI_OK) c_arrays(i) = array_of(arrays(i), &
        c_loc(names(i)))
    end do
    call sunzi_comm_agree(comm, mine, status)
    if (status == SUNZI_OK) status = c_checkpoint_write(comm%handle, &
      trim(base)//c_null_char, options, state, size(arrays), c_arrays)
    call sunzi_check(status, ierr)
  end subroutine

  function check_item(item) result(status)
    type(sunzi_checkpoint_entry), intent(in) :: item
    integer(c_int) :: status
    if (.not. item%contiguous) then
      status = sunzi_refuse("sunzi_checkpoint_write: '"//trim(item%name)// &
        "' is a section of an array that is not contiguous; give the whole "// &
        'array, and skip in its block')
    else
      status = sunzi_numbers_fit('sunzi_checkpoint_write', item%name, &
        item%numbers%type, item%dims, item%block, item%numbers)
    end if
  end function

  type(sunzi_checkpoint_array) function array_of(item, name) result(array)
    type(sunzi_checkpoint_entry), intent(in) :: item
    type(c_ptr), intent(in) :: name
    array%name = name
    array%type = item%numbers%type
    array%dims = item%dims
    array%size(:item%dims) = sunzi_reversed(item%size(:item%dims))
    array%block = sunzi_place_block(item%block, item%numbers)
    array%data = item%numbers%address
  end function

  function item_of(name, size, block, numbers, contiguous) result(item)
    character(*), intent(in) :: name
    integer(c_int64_t), intent(in) :: size(:)
    type(sunzi_block), intent(in) :: block
    type(sunzi_numbers), intent(in) :: numbers
    logical, intent(in) :: contiguous
    type(sunzi_checkpoint_entry) :: item
    integer :: n
    n = min(ubound(size, 1), SUNZI_FILE_DIMS)
    item%name = name
    item%dims = ubound(size, 1)
    item%size(:n) = size(:n)
    item%block = block
    item%numbers = numbers
    item%contiguous = contiguous
  end function

  function item_fp64(name, size, block, data) result(item)
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: size(:)
    type(sunzi_block), intent(in) :: block
    real(c_double), intent(in), target :: data(..)
    type(sunzi_checkpoint_entry) :: item
    item = item_of(name, int(size, c_int64_t), block, &
      sunzi_numbers_at(SUNZI_FILE_FP64, shape(data, c_int64_t), c_loc(data)), &
      is_contiguous(data))
  end function

  function item_fp64_64(name, size, block, data) result(item)
    character(*), intent(in) :: name
    integer(c_int64_t), intent(in) :: size(:)
    type(sunzi_block), intent(in) :: block
    real(c_double), intent(in), target :: data(..)
    type(sunzi_checkpoint_entry) :: item
    item = item_of(name, size, block, &
      sunzi_numbers_at(SUNZI_FILE_FP64, shape(data, c_int64_t), c_loc(data)), &
      is_contiguous(data))
  end function

  function item_fp32(name, size, block, data) result(item)
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: size(:)
    type(sunzi_block), intent(in) :: block
    real(c_float), intent(in), target :: data(..)
    type(sunzi_checkpoint_entry) :: item
    item = item_of(name, int(size, c_int64_t), block, &
      sunzi_numbers_at(SUNZI_FILE_FP32, shape(data, c_int64_t), c_loc(data)), &
      is_contiguous(data))
  end function

  function item_fp32_64(name, size, block, data) result(item)
    character(*), intent(in) :: name
    integer(c_int64_t), intent(in) :: size(:)
    type(sunzi_block), intent(in) :: block
    real(c_float), intent(in), target :: data(..)
    type(sunzi_checkpoint_entry) :: item
    item = item_of(name, size, block, &
      sunzi_numbers_at(SUNZI_FILE_FP32, shape(data, c_int64_t), c_loc(data)), &
      is_contiguous(data))
  end function

  function item_int32(name, size, block, data) result(item)
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: size(:)
    type(sunzi_block), intent(in) :: block
    integer(c_int32_t), intent(in), target :: data(..)
    type(sunzi_checkpoint_entry) :: item
    item = item_of(name, int(size, c_int64_t), block, &
      sunzi_numbers_at(SUNZI_FILE_INT32, shape(data, c_int64_t), c_loc(data)), &
      is_contiguous(data))
  end function

  function item_int32_64(name, size, block, data) result(item)
    character(*), intent(in) :: name
    integer(c_int64_t), intent(in) :: size(:)
    type(sunzi_block), intent(in) :: block
    integer(c_int32_t), intent(in), target :: data(..)
    type(sunzi_checkpoint_entry) :: item
    item = item_of(name, size, block, &
      sunzi_numbers_at(SUNZI_FILE_INT32, shape(data, c_int64_t), c_loc(data)), &
      is_contiguous(data))
  end function

  function item_int64(name, size, block, data) result(item)
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: size(:)
    type(sunzi_block), intent(in) :: block
    integer(c_int64_t), intent(in), target :: data(..)
    type(sunzi_checkpoint_entry) :: item
    item = item_of(name, int(size, c_int64_t), block, &
      sunzi_numbers_at(SUNZI_FILE_INT64, shape(data, c_int64_t), c_loc(data)), &
      is_contiguous(data))
  end function

  function item_int64_64(name, size, block, data) result(item)
    character(*), intent(in) :: name
    integer(c_int64_t), intent(in) :: size(:)
    type(sunzi_block), intent(in) :: block
    integer(c_int64_t), intent(in), target :: data(..)
    type(sunzi_checkpoint_entry) :: item
    item = item_of(name, size, block, &
      sunzi_numbers_at(SUNZI_FILE_INT64, shape(data, c_int64_t), c_loc(data)), &
      is_contiguous(data))
  end function

  function item_uint8(name, size, block, data) result(item)
    character(*), intent(in) :: name
    integer(c_int), intent(in) :: size(:)
    type(sunzi_block), intent(in) :: block
    integer(c_int8_t), intent(in), target :: data(..)
    type(sunzi_checkpoint_entry) :: item
    item = item_of(name, int(size, c_int64_t), block, &
      sunzi_numbers_at(SUNZI_FILE_UINT8, shape(data, c_int64_t), c_loc(data)), &
      is_contiguous(data))
  end function

  function item_uint8_64(name, size, block, data) result(item)
    character(*), intent(in) :: name
    integer(c_int64_t), intent(in) :: size(:)
    type(sunzi_block), intent(in) :: block
    integer(c_int8_t), intent(in), target :: data(..)
    type(sunzi_checkpoint_entry) :: item
    item = item_of(name, size, block, &
      sunzi_numbers_at(SUNZI_FILE_UINT8, shape(data, c_int64_t), c_loc(data)), &
      is_contiguous(data))
  end function

  ! ---- reading

  !> Collective. Open the latest checkpoint that is whole. log receives, on rank
  !> 0, which ones were passed over and why.
  subroutine sunzi_checkpoint_latest(comm, base, checkpoint, log, log_user, &
    ierr)
    type(sunzi_comm), intent(in) :: comm
    character(*), intent(in) :: base
    type(sunzi_checkpoint), intent(inout) :: checkpoint
    procedure(sunzi_log_fn), optional :: log
    type(c_ptr), intent(in), optional :: log_user
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_checkpoint_options) :: options
    integer(c_int) :: status
    if (present(log)) options%log = c_funloc(log)
    if (present(log_user)) options%log_user = log_user
    status = c_checkpoint_latest(comm%handle, trim(base)//c_null_char, &
      options, checkpoint%handle)
    if (status == SUNZI_OK) checkpoint%comm = comm
    call sunzi_check(status, ierr)
  end subroutine

  !> Step, time and blob as written; step = -1 for one that is not open.
  subroutine sunzi_checkpoint_get_state(checkpoint, step, time, blob)
    type(sunzi_checkpoint), intent(in) :: checkpoint
    integer(c_int64_t), intent(out), optional :: step
    real(c_double), intent(out), optional :: time
    integer(c_int8_t), allocatable, intent(out), optional :: blob(:)
    type(sunzi_checkpoint_state) :: state
    integer(c_int8_t), pointer :: bytes(:)
    state%step = -1
    if (c_associated(checkpoint%handle)) &
      call c_checkpoint_get_state(checkpoint%handle, state)
    if (present(step)) step = state%step
    if (present(time)) time = state%time
    if (.not. present(blob)) return
    allocate (blob(state%blob_bytes))
    if (state%blob_bytes == 0) return
    call c_f_pointer(state%blob, bytes, [state%blob_bytes])
    blob = bytes
  end subroutine

  !> Collective. Type and size of an array, in the order of Fortran.
  subroutine sunzi_checkpoint_find(checkpoint, name, type, size, ierr)
    type(sunzi_checkpoint), intent(in) :: checkpoint
    character(*), intent(in) :: name
    integer(c_int), intent(out), optional :: type
    integer(c_int64_t), allocatable, intent(out), optional :: size(:)
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_file_array) :: array
    integer(c_int) :: status
    status = c_checkpoint_find(checkpoint%handle, trim(name)//c_null_char, &
      array)
    if (present(type)) type = array%type
    if (present(size)) size = sunzi_reversed(array%size(:array%dims))
    call sunzi_check(status, ierr)
  end subroutine

  subroutine read_numbers(checkpoint, name, block, numbers, ierr)
    type(sunzi_checkpoint), intent(in) :: checkpoint
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    type(sunzi_numbers), intent(in) :: numbers
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_file_array) :: array
    integer(c_int) :: status
    if (c_checkpoint_find(checkpoint%handle, trim(name)//c_null_char, array) &
      < 0) then
      ! it says under its own name what is wrong
      status = c_checkpoint_read(checkpoint%handle, &
        trim(name)//c_null_char, numbers%type, block, c_null_ptr)
    else
      call sunzi_comm_agree(checkpoint%comm, sunzi_numbers_fit( &
        'sunzi_checkpoint_read', name, array%type, array%dims, block, &
        numbers), status)
      if (status == SUNZI_OK) status = c_checkpoint_read(checkpoint%handle, &
        trim(name)//c_null_char, numbers%type, &
        sunzi_place_block(block, numbers), numbers%address)
    end if
    call sunzi_check(status, ierr)
  end subroutine

  subroutine read_fp64(checkpoint, name, block, data, ierr)
    type(sunzi_checkpoint), intent(in) :: checkpoint
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    real(c_double), intent(inout), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call read_numbers(checkpoint, name, block, sunzi_numbers_at( &
      SUNZI_FILE_FP64, shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine read_fp32(checkpoint, name, block, data, ierr)
    type(sunzi_checkpoint), intent(in) :: checkpoint
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    real(c_float), intent(inout), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call read_numbers(checkpoint, name, block, sunzi_numbers_at( &
      SUNZI_FILE_FP32, shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine read_int32(checkpoint, name, block, data, ierr)
    type(sunzi_checkpoint), intent(in) :: checkpoint
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    integer(c_int32_t), intent(inout), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call read_numbers(checkpoint, name, block, sunzi_numbers_at( &
      SUNZI_FILE_INT32, shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine read_int64(checkpoint, name, block, data, ierr)
    type(sunzi_checkpoint), intent(in) :: checkpoint
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    integer(c_int64_t), intent(inout), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call read_numbers(checkpoint, name, block, sunzi_numbers_at( &
      SUNZI_FILE_INT64, shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  subroutine read_uint8(checkpoint, name, block, data, ierr)
    type(sunzi_checkpoint), intent(in) :: checkpoint
    character(*), intent(in) :: name
    type(sunzi_block), intent(in) :: block
    integer(c_int8_t), intent(inout), contiguous, target :: data(..)
    integer(c_int), intent(out), optional :: ierr
    call read_numbers(checkpoint, name, block, sunzi_numbers_at( &
      SUNZI_FILE_UINT8, shape(data, c_int64_t), c_loc(data)), ierr)
  end subroutine

  !> Collective. Free the handle.
  subroutine sunzi_checkpoint_close(checkpoint)
    type(sunzi_checkpoint), intent(inout) :: checkpoint
    checkpoint%comm = sunzi_comm()
    call c_checkpoint_close(checkpoint%handle)
  end subroutine

end module
