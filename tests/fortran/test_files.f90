! SPDX-License-Identifier: BSD-3-Clause
!> Files from Fortran: written by all processes and read by others, ghost
!> layers, errors.
program test_files
  use, intrinsic :: iso_c_binding
  use check
  use on_disk
  use sunzi
  use sunzi_files
  implicit none

  call begin()
  call defaults()
  call arrays()
  call attributes()
  call sections_and_empty_blocks()
  call wrong_files()
  call wrong_shapes()
  call finish_all()

contains

  subroutine defaults()
    type(sunzi_file_about) :: about
    character(kind=c_char), target :: some_text = c_null_char
    type(sunzi_file_field) :: field, fresh
    about%date = c_loc(some_text)
    call sunzi_file_about_init(about)
    call expect(.not. c_associated(about%date), 'defaults of sunzi_file_about')
    field%type = 7
    call sunzi_file_field_init(field)
    call expect(field%type == fresh%type .and. &
      field%components == fresh%components .and. field%at_cells == 0 .and. &
      fresh%at_cells == 0 .and. field%one_level == fresh%one_level, &
      'defaults of sunzi_file_field')
  end subroutine

  !> A cube in slabs of z with ghost layers, and an array of each other type in
  !> strips; read in slabs of x by half of the processes, and whole by each.
  subroutine arrays()
    type(sunzi_file) :: file
    real(c_double) :: u(0:nx + 1, ny, -1:nz)
    integer :: first, count, i, j, k
    integer(c_int) :: numbers(nx, ny)
    call share(comm, nz, first, count)
    u = -1
    do k = 1, count
      do j = 1, ny
        do i = 1, nx
          u(i, j, k) = value_at(i, j, first + k)
        end do
      end do
    end do
    call sunzi_file_create(comm, folder//'a.h5  ', file, creator='a test ', &
      policy='fp64')
    call sunzi_file_define(file, 'group/u', SUNZI_FILE_FP64, [nx, ny, nz])
    call sunzi_file_write(file, 'group/u ', sunzi_block_of([0, 0, first], &
      [nx, ny, count], [1, 0, 2]), u)
    call sunzi_file_define(file, 'f', SUNZI_FILE_FP32, [nx, ny])
    call sunzi_file_define(file, 'i', SUNZI_FILE_INT32, [nx, ny])
    call sunzi_file_define(file, 'l', SUNZI_FILE_INT64, &
      [integer(c_int64_t) :: nx, ny])
    call sunzi_file_define(file, 'b', SUNZI_FILE_UINT8, [nx, ny])
    call share(comm, ny, first, count)
    do j = 1, ny
      numbers(:, j) = [(10*i + j, i = 1, nx)]
    end do
    associate (mine => numbers(:, first + 1:first + count), &
      block => sunzi_block_of([0, first], [nx, count]))
      call sunzi_file_write(file, 'f', block, real(mine, c_float))
      call sunzi_file_write(file, 'i', block, mine)
      call sunzi_file_write(file, 'l', block, mine + 2_c_int64_t**40)
      call sunzi_file_write(file, 'b', block, int(mine, c_int8_t))
    end associate
    call sunzi_file_close(file)
    call expect(.not. c_associated(file%handle), 'closed')
    call read_cube(half)
    call read_cube(alone)
    call read_planes(alone, numbers)
    call read_planes(half, numbers)
    call remove('a.h5')
  end subroutine

  subroutine read_cube(c)
    type(sunzi_comm), intent(in) :: c
    type(sunzi_file) :: file
    integer(c_int64_t), allocatable :: size_found(:)
    real(c_double), allocatable :: u(:, :, :)
    integer(c_int) :: type
    integer :: first, count, i, j, k
    real(c_double) :: expected
    call share(c, nx, first, count)
    allocate (u(count + 3, ny, nz + 1), source=-7d0)
    call sunzi_file_open(c, folder//'a.h5', file)
    call sunzi_file_find(file, 'group/u', type, size_found)
    call expect(type == SUNZI_FILE_FP64, 'type of u')
    call expect(size(size_found) == 3, 'dimensions of u')
    call expect(all(size_found == [nx, ny, nz]), 'size of u')
    call sunzi_file_read(file, 'group/u', sunzi_block_of( &
      int([first, 0, 0], c_int64_t), int([count, ny, nz], c_int64_t), &
      [2_c_int64_t, 0_c_int64_t, 1_c_int64_t]), u)
    do k = 1, nz + 1
      do j = 1, ny
        do i = 1, count + 3
          expected = -7
          if (i > 2 .and. i <= count + 2 .and. k > 1) &
            expected = value_at(first + i - 2, j, k - 1)
          call expect(abs(u(i, j, k) - expected) <= 0, 'an entry of u')
        end do
      end do
    end do
    call sunzi_file_close(file)
  end subroutine

  subroutine read_planes(c, numbers)
    type(sunzi_comm), intent(in) :: c
    integer(c_int), intent(in) :: numbers(:, :)
    type(sunzi_file) :: file
    real(c_float), allocatable :: f(:, :)
    integer(c_int), allocatable :: i(:, :)
    integer(c_int64_t), allocatable :: l(:, :)
    integer(c_int8_t), allocatable :: b(:, :)
    integer :: first, count
    call share(c, nx, first, count)
    allocate (f(count, ny), source=0.0)
    allocate (i(count, ny), source=0)
    allocate (l(count, ny), source=0_c_int64_t)
    allocate (b(count, ny), source=0_c_int8_t)
    call sunzi_file_open(c, folder//'a.h5', file)
    associate (block => sunzi_block_of([first, 0], [count, ny]), &
      mine => numbers(first + 1:first + count, :))
      call sunzi_file_read(file, 'f', block, f)
      call sunzi_file_read(file, 'i', block, i)
      call sunzi_file_read(file, 'l', block, l)
      call sunzi_file_read(file, 'b', block, b)
      call expect(all(abs(f - mine) <= 0), 'FP32')
      call expect(all(i == mine), 'INT32')
      call expect(all(l == mine + 2_c_int64_t**40), 'INT64')
      call expect(all(b == mine), 'UINT8')
    end associate
    call sunzi_file_close(file)
  end subroutine

  subroutine attributes()
    type(sunzi_file) :: file
    character(:), allocatable :: text
    real(c_double) :: twice(2), once
    real(c_float) :: single(3)
    integer(c_int) :: counts(2), ierr
    integer(c_int64_t) :: large
    integer(c_int8_t) :: bytes(2)
    call sunzi_file_create(comm, folder//'b.h5', file, engine='portable', &
      command_line='./a.out  ', date='2000-01-01')
    call sunzi_file_define(file, 'u', SUNZI_FILE_FP64, [1])
    once = 0
    call sunzi_file_write(file, 'u', sunzi_block_of([0], &
      [merge(1, 0, rank == 0)]), [real(c_double) :: once])
    call sunzi_file_set_text(file, 'u ', 'units ', 'm s-1 ')
    call sunzi_file_set_numbers(file, '', 'pair', [1.5d0, -2d0])
    call sunzi_file_set_numbers(file, '', 'one', 1/3d0)
    call sunzi_file_set_numbers(file, 'u', 'singles', [1.0, 2.0, 3.0])
    call sunzi_file_set_numbers(file, 'u', 'counts', [8, 9])
    call sunzi_file_set_numbers(file, 'u', 'large', 2_c_int64_t**50)
    call sunzi_file_set_numbers(file, 'u', 'bytes', [1_c_int8_t, -1_c_int8_t])
    call sunzi_file_close(file)
    call sunzi_file_open(comm, folder//'b.h5', file)
    call sunzi_file_text(file, 'u', 'units', text)
    call expect(text == 'm s-1' .and. len(text) == 5, 'units')
    call sunzi_file_text(file, '', 'creator', text)
    call expect(text == 'Sunzi', 'creator')
    call sunzi_file_text(file, '', 'engine', text)
    call expect(text == 'portable', 'engine')
    call sunzi_file_text(file, '', 'command_line', text)
    call expect(text == './a.out' .and. len(text) == 7, 'command_line')
    call sunzi_file_text(file, '', 'date', text)
    call expect(text == '2000-01-01', 'date')
    call sunzi_file_numbers(file, '', 'pair', twice)
    call sunzi_file_numbers(file, '', 'one', once)
    call sunzi_file_numbers(file, 'u', 'singles', single)
    call sunzi_file_numbers(file, 'u', 'counts', counts)
    call sunzi_file_numbers(file, 'u', 'large', large)
    call sunzi_file_numbers(file, 'u', 'bytes', bytes)
    call expect(all(abs(twice - [1.5d0, -2d0]) <= 0), 'two numbers')
    call expect(abs(once - 1/3d0) <= 0, 'one number')
    call expect(all(abs(single - [1.0, 2.0, 3.0]) <= 0), 'three of FP32')
    call expect(all(counts == [8, 9]), 'two of INT32')
    call expect(large == 2_c_int64_t**50, 'one of INT64')
    call expect(all(bytes == [1, -1]), 'two of UINT8')
    call sunzi_file_text(file, '', 'policy', text, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'policy', 'no such text')
    call expect(text == '', 'no text')
    call sunzi_file_numbers(file, 'u', 'counts', large, ierr)
    call expect_error(ierr, SUNZI_ERR_FORMAT, 'counts', 'other numbers')
    call sunzi_file_discard(file)
    call expect(.not. c_associated(file%handle), 'discarded')
    call remove('b.h5')
  end subroutine

  !> A section that is not contiguous; processes without a part.
  subroutine sections_and_empty_blocks()
    type(sunzi_file) :: file
    real(c_double) :: u(0:4, 0:3), v(4, 6)
    real(c_double), allocatable :: none(:, :)
    integer :: i, j, no_column
    no_column = 1 ! an expression, and bounds, without elements
    do j = 0, 3
      u(:, j) = [(value_at(i, j, 0), i = 0, 4)]
    end do
    allocate (none(0, 2))
    call sunzi_file_create(comm, folder//'c.h5', file)
    call sunzi_file_define(file, 'u', SUNZI_FILE_FP64, [3, 2])
    if (rank == processes - 1) then
      call sunzi_file_write(file, 'u', sunzi_block_of([0, 0], [3, 2]), &
        u(1:3, 1:2))
    else
      call sunzi_file_write(file, 'u', sunzi_block_of([0, 0], [2, 0]), &
        2*u(1:2, 3:no_column))
    end if
    call sunzi_file_close(file)
    v = -1
    call sunzi_file_open(comm, folder//'c.h5', file)
    if (rank == 0) then
      call sunzi_file_read(file, 'u', sunzi_block_of([0, 0], [3, 2]), &
        v(1:3, 2:6:4))
    else
      call sunzi_file_read(file, 'u', sunzi_block_of([1, 0], [0, 2]), none)
    end if
    call sunzi_file_close(file)
    if (rank == 0) then
      call expect(all(abs(v(1:3, 2:6:4) - u(1:3, 1:2)) <= 0), 'a section')
      call expect(count(abs(v + 1) > 0) == 6, 'around the section')
    end if
    call remove('c.h5')
  end subroutine

  ! ---- errors of files

  subroutine wrong_files()
    type(sunzi_file) :: file
    integer(c_int64_t), allocatable :: sizes(:)
    real(c_double) :: u(3)
    integer(c_int) :: ierr, type
    integer :: unit
    call sunzi_file_open(comm, folder//'missing.h5', file, ierr)
    call expect_error(ierr, SUNZI_ERR_FILE, 'missing.h5', 'no such file')
    call expect(.not. c_associated(file%handle), 'no handle')
    call sunzi_file_create(comm, folder//'no/such/folder.h5', file, ierr=ierr)
    call expect_error(ierr, SUNZI_ERR_FILE, 'folder.h5', 'no such folder')
    if (rank == 0) then
      open (newunit=unit, file=folder//'text.h5', status='new')
      write (unit, '(a)') 'not a file of HDF5'
      close (unit)
    end if
    call wait_for_all()
    call sunzi_file_open(comm, folder//'text.h5', file, ierr)
    call expect_error(ierr, SUNZI_ERR_FORMAT, 'text.h5', 'a text')
    call remove('text.h5')
    call sunzi_file_find(file, 'u', type, sizes, ierr)
    call expect(ierr == SUNZI_ERR_ARG .and. size(sizes) == 0, 'not open: find')
    u = 0
    call sunzi_file_write(file, 'u', sunzi_block_of([0], [3]), u, ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'not open: write')
    call sunzi_file_close(file)

    ! an array that is not written: the file does not appear
    call sunzi_file_create(comm, folder//'d.h5', file)
    call sunzi_file_define(file, 'u', SUNZI_FILE_FP64, [3, 2])
    call sunzi_file_define(file, 'u', SUNZI_FILE_FP64, [3], ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'there already', 'defined twice')
    call sunzi_file_define(file, 'v', SUNZI_FILE_FP64, [3, 0], ierr)
    ! dimensions are counted as C does
    call expect_error(ierr, SUNZI_ERR_ARG, 'size[0] = 0', 'a size of 0')
    call sunzi_file_define(file, 'v', SUNZI_FILE_FP64, [1, 1, 1, 1, 1, 1, 1], &
      ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'dims = 7', 'seven dimensions')
    call sunzi_file_close(file, ierr)
    call expect(ierr < 0, 'closed without its numbers')
    call expect(.not. is_there('d.h5'), 'a part of a file')
  end subroutine

  !> What the file says and what the Fortran array is; all processes agree also
  !> where one alone is wrong. The file is whole afterwards.
  subroutine wrong_shapes()
    type(sunzi_file) :: file
    type(sunzi_block) :: block, unset
    real(c_double) :: u(3, 2), flat(6), short(3, 1)
    real(c_float) :: single(3, 2)
    integer(c_int) :: ierr
    u = 1
    flat = 1
    short = 1
    single = 1
    block = sunzi_block_of([0, 0], [3, merge(2, 0, rank == 0)])
    call sunzi_file_create(comm, folder//'e.h5', file)
    call sunzi_file_define(file, 'u', SUNZI_FILE_FP64, [3, 2])
    call sunzi_file_write(file, 'x', block, u, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, &
      "sunzi_file_write: there is no array 'x'", 'wrong name')
    call sunzi_file_write(file, 'u', block, single, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'real(c_float)', 'wrong type')
    call sunzi_file_write(file, 'u', block, flat, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'the Fortran array 1', 'wrong rank')
    call sunzi_file_write(file, 'u', sunzi_block_of([0, 0, 0], [3, 1, 1]), u, &
      ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'the block 3', 'block of rank 3')
    call sunzi_file_write(file, 'u', sunzi_block_of([0, 0], [6]), u, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'the block 0', 'a short count')
    call sunzi_file_write(file, 'u', unset, u, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'the block 0', 'no block')
    if (rank == processes - 1) then
      call sunzi_file_write(file, 'u', sunzi_block_of([0, 0], [3, 2]), short, &
        ierr)
    else
      call sunzi_file_write(file, 'u', sunzi_block_of([0, 0], [3, 0]), u, ierr)
    end if
    call expect_error(ierr, SUNZI_ERR_ARG, 'skip + count = 0 + 2 in '// &
      'dimension 2', 'one process gives too small an array')
    call sunzi_file_write(file, 'u', sunzi_block_of([0, 0], [3, 2], [1, 0]), &
      u, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'skip + count = 1 + 3 in '// &
      'dimension 1', 'skip beyond the array')
    call sunzi_file_write(file, 'u', sunzi_block_of([0, 0], [3, 2], [-1, 0]), &
      u, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'skip', 'a negative skip')
    call sunzi_file_write(file, 'u', sunzi_block_of([1, 0], [3, 2]), u, ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'a block beyond the array of the file')
    call sunzi_file_write(file, 'u', block, u)
    call sunzi_file_close(file)

    call sunzi_file_open(comm, folder//'e.h5', file)
    block = sunzi_block_of([0, 0], [3, 2])
    call sunzi_file_read(file, 'x', block, u, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, "no array 'x'", 'read: wrong name')
    call sunzi_file_read(file, 'u', block, single, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'real(c_float)', 'read: wrong type')
    call sunzi_file_read(file, 'u', block, flat, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'the Fortran array 1', 'read: rank')
    call sunzi_file_read(file, 'u', block, short, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'dimension 2', 'read: too small')
    call expect(all(abs(flat - 1) <= 0), 'nothing was read')
    call sunzi_file_close(file)
    call remove('e.h5')
  end subroutine

end program
