! SPDX-License-Identifier: BSD-3-Clause
!> Files from Fortran: written by all processes and read by others, ghost
!> layers, fields for other programs, errors.
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
  call images()
  call spheres()
  call steps_one_by_one()
  call wrong_fields()
  call finish_all()

contains

  !> Places in an array, from 1; no two entries are alike.
  pure real(c_double) function value_at(i, j, k)
    integer, intent(in) :: i, j, k
    value_at = 100*i + 10*j + k + 1/3d0
  end function

  ! ---- arrays

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

  ! ---- fields

  !> A vector field and one in cells, of two steps, in slabs of y.
  subroutine images()
    type(sunzi_file) :: file
    real(c_double) :: v(3, 0:nx + 1, ny, nz)
    real(c_float) :: p(nx - 1, ny, nz - 1)
    real(c_double) :: back(3, nx, ny, nz, 2)
    real(c_float) :: cells(nx - 1, ny - 1, nz - 1, 2)
    integer(c_int64_t), allocatable :: sizes(:)
    character(:), allocatable :: text
    integer :: first, count, in_cells, i, j, k, step
    call share(comm, ny, first, count)
    in_cells = min(count, ny - 1 - first)
    call sunzi_file_create(comm, folder//'f.vtkhdf', file)
    call sunzi_file_set_image(file, [nx, ny, nz], origin=[0d0, 1d0, 2d0], &
      spacing=[0.5d0, 1d0, 2d0], times=[0d0, 0.25d0])
    call sunzi_file_define_field(file, 'velocity', units='m s-1', &
      long_name='of the wind', components=3)
    call sunzi_file_define_field(file, 'p', type=SUNZI_FILE_FP32, &
      at_cells=.true.)
    do step = 1, 0, -1
      v = -1
      p = -1
      do k = 1, nz
        do j = 1, count
          do i = 1, nx
            v(:, i, j, k) = value_at(i, first + j, k) + 1000*step + [0, 2, 4]
          end do
        end do
      end do
      do k = 1, nz - 1
        do j = 1, in_cells
          p(:, j, k) = [(real(value_at(i, first + j, k) + step, c_float), &
            i = 1, nx - 1)]
        end do
      end do
      call sunzi_file_write_field(file, 'velocity', step, &
        sunzi_block_of([0, first, 0], [nx, count, nz], [1, 0, 0]), v)
      call sunzi_file_write_field(file, 'p', step, &
        sunzi_block_of([0, first, 0], [nx - 1, in_cells, nz - 1]), p)
    end do
    call sunzi_file_close(file)

    call sunzi_file_open(comm, folder//'f.vtkhdf', file)
    call sunzi_file_find(file, 'VTKHDF/PointData/velocity', size=sizes)
    call expect(all(sizes == [3, nx, ny, nz, 2]), 'size of velocity')
    call sunzi_file_text(file, 'VTKHDF/PointData/velocity', 'long_name', text)
    call expect(text == 'of the wind', 'long_name of velocity')
    call sunzi_file_read(file, 'VTKHDF/PointData/velocity', &
      sunzi_block_of([0, 0, 0, 0, 0], [3, nx, ny, nz, 2]), back)
    call sunzi_file_read(file, 'VTKHDF/CellData/p', &
      sunzi_block_of([0, 0, 0, 0], [nx - 1, ny - 1, nz - 1, 2]), cells)
    do step = 0, 1
      do k = 1, nz
        do j = 1, ny
          do i = 1, nx
            call expect(all(abs(back(:, i, j, k, step + 1) - (value_at(i, j, &
              k) + 1000*step + [0, 2, 4])) <= 0), 'a velocity')
          end do
        end do
      end do
      do k = 1, nz - 1
        do j = 1, ny - 1
          call expect(all(abs(cells(:, j, k, step + 1) - [(real(value_at(i, &
            j, k) + step, c_float), i = 1, nx - 1)]) <= 0), 'a row of cells')
        end do
      end do
    end do
    call sunzi_file_close(file)
    call remove('f.vtkhdf')
  end subroutine

  !> Temperature on levels and height of the ground without them, as
  !> u(longitude, latitude, level); two dimensions are enough for the second.
  subroutine spheres()
    type(sunzi_file) :: file
    real(c_double), parameter :: east(nx) = [0, 50, 100, 150, 200, 250, 300]
    real(c_double), parameter :: north(ny) = [80, 40, 0, -40, -80]
    real(c_double), parameter :: pressure(3) = [100, 500, 1000]
    real(c_double) :: t(nx, ny, 3), h(nx, ny), t_back(nx, ny, 3, 2)
    real(c_double) :: h_back(nx, ny, 2), axis(ny)
    character(:), allocatable :: text
    integer(c_int64_t), allocatable :: sizes(:)
    integer :: first, count, i, j, k, step
    call share(comm, ny, first, count)
    call sunzi_file_create(comm, folder//'g.nc', file)
    call sunzi_file_set_sphere(file, north, east, pressure, &
      level_name='air_pressure', level_units='hPa', level_down=.true., &
      times=[0d0, 6d0], time_units='hours since 2000-01-01 00:00:00')
    call sunzi_file_define_field(file, 't', units='K', &
      standard_name='air_temperature')
    call sunzi_file_define_field(file, 'h', units='m', one_level=.true.)
    do step = 0, 1
      do k = 1, 3
        do j = 1, count
          t(:, j, k) = [(value_at(i, first + j, k + 5*step), i = 1, nx)]
          h(:, j) = -t(:, j, 1)
        end do
      end do
      ! two blocks of levels
      call sunzi_file_write_field(file, 't', step, &
        sunzi_block_of([0, first, 0], [nx, count, 1]), t)
      call sunzi_file_write_field(file, 't', step, &
        sunzi_block_of([0, first, 1], [nx, count, 2], [0, 0, 1]), t)
      call sunzi_file_write_field(file, 'h', step, &
        sunzi_block_of([0, first], [nx, count]), h)
    end do
    call sunzi_file_close(file)

    call sunzi_file_open(alone, folder//'g.nc', file)
    call sunzi_file_find(file, 't', size=sizes)
    call expect(all(sizes == [nx, ny, 3, 2]), 'size of t')
    call sunzi_file_find(file, 'h', size=sizes)
    call expect(all(sizes == [nx, ny, 2]), 'size of h')
    call sunzi_file_read(file, 't', sunzi_block_of([0, 0, 0, 0], &
      [nx, ny, 3, 2]), t_back)
    call sunzi_file_read(file, 'h', sunzi_block_of([0, 0, 0], [nx, ny, 2]), &
      h_back)
    do step = 0, 1
      do j = 1, ny
        do i = 1, nx
          call expect(all(abs(t_back(i, j, :, step + 1) - [(value_at(i, j, &
            k + 5*step), k = 1, 3)]) <= 0), 'a temperature')
          call expect(abs(h_back(i, j, step + 1) + value_at(i, j, 1 + &
            5*step)) <= 0, 'a height')
        end do
      end do
    end do
    call sunzi_file_text(file, '', 'Conventions', text)
    call expect(text == 'CF-1.8', 'Conventions')
    call sunzi_file_text(file, 't', 'standard_name', text)
    call expect(text == 'air_temperature', 'standard_name')
    call sunzi_file_text(file, 'latitude', 'units', text)
    call expect(text == 'degrees_north', 'units of latitude')
    call sunzi_file_text(file, 'air_pressure', 'positive', text)
    call expect(text == 'down', 'direction of the level')
    call sunzi_file_text(file, 'time', 'units', text)
    call expect_text(text, 'hours since')
    call sunzi_file_read(file, 'latitude', sunzi_block_of([0], [ny]), axis)
    call expect(all(abs(axis - north) <= 0), 'latitudes')
    call sunzi_file_close(file)
    call remove('g.nc')
  end subroutine

  !> Two steps are saved, the writer stops by an error; the next one goes on
  !> with the second and adds a third.
  subroutine steps_one_by_one()
    type(sunzi_file) :: file
    real(c_double) :: back(nx, ny, 3), times(3)
    integer(c_int) :: ierr
    integer :: step, j
    call sunzi_file_create(comm, folder//'i.vtkhdf', file)
    call begin_steps(file)
    do step = 0, 1
      call sunzi_file_add_step(file, 0.5d0*step)
      call write_plane(file, step)
    end do
    call sunzi_file_save(file)
    call sunzi_file_add_step(file, 0.5d0, ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'a time that does not ascend')
    call sunzi_file_add_step(file, 9d0)
    call sunzi_file_save(file, ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'saved without its numbers')
    call sunzi_file_close(file, ierr)
    call expect(ierr < 0, 'not complete')
    call expect(.not. is_there('i.vtkhdf'), 'a part of a file')

    call sunzi_file_continue(comm, folder//'nothing.vtkhdf', 2, file, ierr=ierr)
    call expect_error(ierr, SUNZI_ERR_FILE, 'nothing.vtkhdf', 'nothing left')
    call sunzi_file_continue(comm, folder//'i.vtkhdf', 2, file)
    call begin_steps(file)
    do step = 0, 2
      call sunzi_file_add_step(file, 0.5d0*step)
      if (step == 2) call write_plane(file, step)
    end do
    call sunzi_file_close(file)
    call sunzi_file_open(comm, folder//'i.vtkhdf', file)
    call sunzi_file_read(file, 'VTKHDF/PointData/u', &
      sunzi_block_of([0, 0, 0], [nx, ny, 3]), back)
    call sunzi_file_read(file, 'VTKHDF/Steps/Values', &
      sunzi_block_of([0], [3]), times)
    call expect(all(abs(times - [0d0, 0.5d0, 1d0]) <= 0), 'times')
    do step = 0, 2
      do j = 1, ny
        call expect(all(abs(back(:, j, step + 1) - value_at(step, j, 1)) <= &
          0), 'a row of a step')
      end do
    end do
    call sunzi_file_close(file)
    call remove('i.vtkhdf')
  end subroutine

  subroutine begin_steps(file)
    type(sunzi_file), intent(in) :: file
    call sunzi_file_set_image(file, [nx, ny], add_steps=.true.)
    call sunzi_file_define_field(file, 'u')
  end subroutine

  subroutine write_plane(file, step)
    type(sunzi_file), intent(in) :: file
    integer, intent(in) :: step
    real(c_double) :: u(nx, ny)
    integer :: first, count, j
    call share(comm, ny, first, count)
    do j = 1, count
      u(:, j) = value_at(step, first + j, 1)
    end do
    call sunzi_file_write_field(file, 'u', step, &
      sunzi_block_of([0, first], [nx, count]), u)
  end subroutine

  subroutine wrong_fields()
    type(sunzi_file) :: file
    real(c_double) :: u(nx, ny), v(2, nx, ny)
    real(c_float) :: single(nx, ny)
    type(sunzi_block) :: block, unset
    integer(c_int) :: ierr
    u = 0
    v = 0
    single = 0
    block = sunzi_block_of([0, 0], [nx, merge(ny, 0, rank == 0)])
    call sunzi_file_create(comm, folder//'h.vtkhdf', file)
    call sunzi_file_define_field(file, 'u', ierr=ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'no grid', 'a field without grid')
    call sunzi_file_set_image(file, [nx, ny], spacing=[1d0], ierr=ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, '1 to 3', 'one spacing of two')
    call sunzi_file_set_image(file, [nx, ny], spacing=[1d0, 0d0], ierr=ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'spacing', 'a spacing of 0')
    call sunzi_file_set_image(file, [integer(c_int64_t) :: nx, ny])
    call sunzi_file_set_sphere(file, [0d0], [0d0], ierr=ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'has a grid', 'a second grid')
    call sunzi_file_define_field(file, 'u')
    call sunzi_file_define_field(file, 'w', components=3)
    call sunzi_file_write_field(file, 'x', 0, block, u, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, "no field 'x'", 'wrong name')
    call sunzi_file_write_field(file, 'u', 1, block, u, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'step = 1', 'wrong step')
    call sunzi_file_write_field(file, 'u', 0, block, single, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'real(c_float)', 'wrong type')
    call sunzi_file_write_field(file, 'u', 0, block, v, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'Fortran array 3', 'wrong rank')
    call sunzi_file_write_field(file, 'w', 0, block, v, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, '3 components', 'two components')
    call sunzi_file_write_field(file, 'w', 0, block, u, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'rank 3', 'no components')
    call sunzi_file_write_field(file, 'u', 0, unset, u, ierr)
    call expect_error(ierr, SUNZI_ERR_ARG, 'sunzi_block_of', 'no block')
    call sunzi_file_write_field(file, 'u', 0, block, u)
    call sunzi_file_discard(file)
    call expect(.not. is_there('h.vtkhdf'), 'discarded')
  end subroutine

end program
