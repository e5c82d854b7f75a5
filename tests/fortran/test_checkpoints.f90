! SPDX-License-Identifier: BSD-3-Clause
!> Checkpoints from Fortran: the same bits on other processes, damage found and
!> passed over, errors.
program test_checkpoints
  use, intrinsic :: iso_c_binding
  use check
  use on_disk
  use sunzi
  use sunzi_files
  implicit none
  character(2000) :: said = '' !< lines of sunzi_checkpoint_latest

  call begin()
  call defaults()
  call checkpoints()
  call damage()
  call wrong_checkpoints()
  call finish_all()

contains

  subroutine defaults()
    type(sunzi_checkpoint_options) :: options, usual
    options%keep = 9
    call sunzi_checkpoint_options_init(options)
    call expect(options%keep == usual%keep .and. &
      .not. c_associated(options%log) .and. .not. c_associated(usual%log), &
      'defaults of sunzi_checkpoint_options')
  end subroutine

  !> Bits that arithmetic would not keep.
  pure integer(c_int64_t) function bits_at(i, j, step) result(bits)
    integer, intent(in) :: i, j, step
    bits = 16*int(100*i + j, c_int64_t) + step
    if (i == 1) bits = ior(bits, ishft(2047_c_int64_t, 52)) ! NaN
    if (i == 2) bits = ibset(0_c_int64_t, 63) ! -0
  end function

  !> u(nx, ny) with one ghost layer in strips of y; an array of rank 0 alone.
  subroutine write_state(step, ierr)
    integer, intent(in) :: step
    integer(c_int), intent(out) :: ierr
    real(c_double), target :: u(0:nx + 1, 0:ny + 1)
    integer(c_int64_t), target :: table(3)
    integer :: first, count, i, j
    call share(comm, ny, first, count)
    u = 77
    do j = 1, count
      do i = 1, nx
        u(i, j) = transfer(bits_at(i, first + j, step), u(i, j))
      end do
    end do
    table = step + [1, 2, 3]
    call sunzi_checkpoint_write(comm, folder//'state', step, 0.1d0*step, &
      [sunzi_checkpoint_item('u', [nx, ny], sunzi_block_of([0, first], &
      [nx, count], [1, 1]), u), &
      sunzi_checkpoint_item('table', [3_c_int64_t], sunzi_block_of([0], &
      [merge(3, 0, rank == 0)]), table)], blob=[1_c_int8_t, -2_c_int8_t], &
      creator='a test', ierr=ierr)
  end subroutine

  !> Read by the processes of `c` in strips of x; the latest is `expected`.
  subroutine read_state(c, expected)
    type(sunzi_comm), intent(in) :: c
    integer, intent(in) :: expected
    type(sunzi_checkpoint) :: checkpoint
    real(c_double), allocatable :: u(:, :)
    integer(c_int64_t) :: table(3), step
    integer(c_int64_t), allocatable :: sizes(:)
    integer(c_int8_t), allocatable :: blob(:)
    real(c_double) :: time
    integer(c_int) :: type
    integer :: first, count, i, j
    call share(c, nx, first, count)
    allocate (u(count + 1, ny), source=5d0)
    call sunzi_checkpoint_latest(c, folder//'state', checkpoint, take_line)
    call sunzi_checkpoint_get_state(checkpoint, step, time, blob)
    call expect(step == expected, 'step')
    call expect(abs(time - 0.1d0*expected) <= 0, 'time')
    call expect(size(blob) == 2 .and. all(blob == [1, -2]), 'blob')
    call sunzi_checkpoint_find(checkpoint, 'u', type, sizes)
    call expect(type == SUNZI_FILE_FP64 .and. all(sizes == [nx, ny]), &
      'size of u')
    call sunzi_checkpoint_read(checkpoint, 'u', sunzi_block_of([first, 0], &
      [count, ny], [1, 0]), u)
    call sunzi_checkpoint_read(checkpoint, 'table', sunzi_block_of([0], [3]), &
      table)
    call expect(all(table == expected + [1, 2, 3]), 'table')
    do j = 1, ny
      call expect(abs(u(1, j) - 5) <= 0, 'a ghost')
      do i = 1, count
        call expect(transfer(u(i + 1, j), step) == bits_at(first + i, j, &
          expected), 'bits')
      end do
    end do
    call sunzi_checkpoint_close(checkpoint)
    call expect(.not. c_associated(checkpoint%handle), 'closed')
  end subroutine

  subroutine take_line(user, level, line) bind(C)
    type(c_ptr), value :: user
    integer(c_int), value :: level
    type(c_ptr), value :: line
    call expect(level == SUNZI_LOG_DECISION .and. .not. c_associated(user), &
      'level of a line')
    said = trim(said)//sunzi_string(line)
  end subroutine

  subroutine checkpoints()
    integer(c_int) :: ierr
    integer :: step
    do step = 3, 5
      call write_state(step, ierr)
      call expect(ierr == SUNZI_OK, 'written')
    end do
    call expect(.not. is_there('state.0000003.h5'), 'two are kept')
    call read_state(comm, 5)
    call read_state(half, 5)
    call read_state(alone, 5)
    call expect(said == '', 'nothing was passed over')
  end subroutine

  !> The middle of the latest one is changed, then the other one is cut.
  subroutine damage()
    type(sunzi_checkpoint) :: checkpoint
    integer(c_int64_t) :: step
    integer(c_int) :: ierr
    call flip('state.0000005.h5', bytes_of('state.0000005.h5') - 100)
    call read_state(comm, 4)
    call wait_for_all()
    if (rank == 0) then
      call expect_text(said, 'the checkpoint of step 5 cannot be used')
      call expect_text(said, 'checksum')
    else
      call expect(said == '', 'a line on another process')
    end if
    call read_state(half, 4)
    call read_state(alone, 4)
    call flip('state.0000004.h5', bytes_of('state.0000004.h5') - 100)
    call sunzi_checkpoint_latest(comm, folder//'state', checkpoint, &
      ierr=ierr)
    call expect_error(ierr, SUNZI_ERR_FORMAT, 'none of the 2', 'all damaged')
    call sunzi_checkpoint_get_state(checkpoint, step)
    call expect(step == -1, 'no state')
    call remove('state.0000004.h5')
    call remove('state.0000005.h5')
    call sunzi_checkpoint_latest(comm, folder//'state', checkpoint, &
      ierr=ierr)
    call expect_error(ierr, SUNZI_ERR_FILE, 'there is no checkpoint', 'none')
  end subroutine

  subroutine wrong_checkpoints()
    type(sunzi_checkpoint) :: checkpoint
    real(c_double), target :: u(4, 3)
    real(c_float) :: single(2)
    real(c_double) :: small(1)
    integer(c_int) :: ierr
    u = 1
    call write_one(sunzi_checkpoint_item('u', [2, 3], &
      sunzi_block_of([0, 0], [2, 3]), u(1:3:2, :)), ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'not contiguous', 'a section')
    call write_one(sunzi_checkpoint_item('u', [4, 4], &
      sunzi_block_of([0, 0], [4, 4]), u), ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'dimension 2', 'too small')
    call write_one(sunzi_checkpoint_item('u', [12], sunzi_block_of([0], [12]), &
      u), ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'Fortran array 2', 'wrong rank')
    call write_one(sunzi_checkpoint_item('a/b', [2, 3], &
      sunzi_block_of([0, 0], [2, 3]), u), ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, "'a/b'", 'wrong name')
    if (rank == processes - 1) then ! one process alone is wrong
      call write_one(sunzi_checkpoint_item('u', [4, 3], &
        sunzi_block_of([0, 0], [4, 3], [1, 0]), u), ierr)
    else
      call write_one(sunzi_checkpoint_item('u', [4, 3], &
        sunzi_block_of([0, 0], [0, 3]), u), ierr)
    end if
    call expect_error(ierr, SUNZI_ERR_ARG, 'skip + count', 'one process')
    call expect(.not. is_there('one.0000007.h5'), 'nothing was written')

    call write_one(sunzi_checkpoint_item('u', [2], sunzi_block_of([0], &
      [merge(2, 0, rank == 0)]), u(1:2, 1)), ierr)
    call expect(ierr == SUNZI_OK, 'a column')
    call sunzi_checkpoint_latest(comm, folder//'one', checkpoint)
    call sunzi_checkpoint_read(checkpoint, 'v', sunzi_block_of([0], [2]), &
      u(1:2, 1), ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, "no array 'state/v'", 'read: name')
    call sunzi_checkpoint_read(checkpoint, 'u', sunzi_block_of([0], [2]), &
      single, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'real(c_float)', 'read: type')
    call sunzi_checkpoint_read(checkpoint, 'u', sunzi_block_of([0], [2]), &
      small, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'dimension 1', 'read: too small')
    call sunzi_checkpoint_close(checkpoint)
    call remove('one.0000007.h5')
  end subroutine

  subroutine write_one(item, ierr)
    type(sunzi_checkpoint_entry), intent(in) :: item
    integer(c_int), intent(out) :: ierr
    call sunzi_checkpoint_write(comm, folder//'one', 7_c_int64_t, 0d0, &
      [item], keep=1, ierr=ierr)
  end subroutine

end program
