! SPDX-License-Identifier: BSD-3-Clause
!> Fields for other programs from Fortran: images, spheres, steps that are added
!> one by one, errors.
program test_fields
  use, intrinsic :: iso_c_binding
  use check
  use on_disk
  use sunzi
  use sunzi_files
  implicit none

  call begin()
  call images()
  call spheres()
  call steps_one_by_one()
  call wrong_fields()
  call finish_all()

contains

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
