! SPDX-License-Identifier: BSD-3-Clause
!> What test_mpi and test_mpi_f08 do with the communicator that each made in its
!> way: agree on statuses, redistribute a matrix between two grids, exchange
!> halos, transpose, solve.
module on_ranks
  use, intrinsic :: iso_c_binding
  use check
  use sunzi
  implicit none
  private
  public :: use_communicator
contains

  subroutine use_communicator(comm, rank, processes)
    type(sunzi_comm), intent(inout) :: comm
    integer, intent(in) :: rank, processes
    type(sunzi_comm) :: alone
    integer(c_int) :: mine, ierr
    call expect(sunzi_comm_rank(comm) == rank, 'rank')
    call expect(sunzi_comm_size(comm) == processes, 'size')
    call expect(sunzi_comm_size(alone) == 1, 'a process alone')
    mine = SUNZI_OK
    if (rank == processes - 1) mine = status_of_bad_call()
    call sunzi_comm_agree(comm, mine, ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'agreed status')
    call expect_text(sunzi_last_message(), 'lda')
    call sunzi_comm_agree(comm, SUNZI_OK)
    call expect(sunzi_comm_device_aware(comm) >= 0, 'kinds of device memory')
    call redistribute(comm, processes)
    call halos(comm)
    call transposes(comm)
    call distributed_solves(comm)
    call sums(comm, rank, processes)
    call sunzi_comm_destroy(comm)
    call expect(.not. c_associated(comm%handle), 'destroyed')
  end subroutine

  integer(c_int) function status_of_bad_call() result(ierr)
    real(c_double) :: a(2, 2), c(2, 2)
    a = 0
    c = 0
    call sunzi_dgemm(sunzi_default, 'N', 'N', 2, 2, 2, 1d0, a, 1, a, 2, 0d0, &
      c, 2, ierr=ierr)
  end function

  !> From blocks of 2 x 3 on a row of processes to blocks of 3 x 1 on a column.
  subroutine redistribute(comm, processes)
    type(sunzi_comm), intent(in) :: comm
    integer, intent(in) :: processes
    integer, parameter :: m = 13, n = 11
    type(sunzi_grid) :: row, column
    integer(c_int) :: desca(SUNZI_DESC_LENGTH), descb(SUNZI_DESC_LENGTH)
    integer(c_int) :: rank, rows, cols, my_row, my_col, ierr
    real(c_double), allocatable :: a(:, :), b(:, :)
    integer :: i, j

    rank = sunzi_comm_rank(comm)
    call sunzi_grid_create(comm, 1, processes, 'R', row)
    call sunzi_grid_create(comm, processes, 1, 'C', column)
    call sunzi_grid_shape(column, rows, cols)
    call expect(rows == processes .and. cols == 1, 'shape of the column')
    call sunzi_grid_place(row, my_row, my_col)
    call expect(my_row == 0 .and. my_col == rank, 'place')
    call sunzi_descriptor_init(desca, row, m, n, 2, 3, 0, 0, 0)
    call sunzi_descriptor_init(descb, column, int(m, c_int64_t), &
      int(n, c_int64_t), 3, 1, processes - 1, 0, int(m + 1, c_int64_t))
    call expect(desca(SUNZI_DESC_M) == m .and. desca(SUNZI_DESC_NB) == 3 .and. &
      descb(SUNZI_DESC_LLD) == m + 1 .and. &
      descb(SUNZI_DESC_RSRC) == processes - 1, 'descriptors')

    allocate (a(desca(SUNZI_DESC_LLD), sunzi_local_count(n, 3, my_col, 0, &
      processes)))
    call sunzi_grid_place(column, my_row, my_col)
    allocate (b(descb(SUNZI_DESC_LLD), n))
    do j = 1, size(a, 2)
      do i = 1, m
        a(i, j) = entry_of(i, global(j, 3, rank, 0, processes))
      end do
    end do
    b = -1
    call sunzi_pdredistribute(row, a, desca, column, b, descb)
    rows = int(sunzi_local_count(int(m, c_int64_t), 3_c_int64_t, my_row, &
      processes - 1, processes), c_int)
    do j = 1, n
      do i = 1, size(b, 1)
        if (i <= rows) then
          call expect(abs(b(i, j) - entry_of(global(i, 3, my_row, &
            processes - 1, processes), j)) <= 0, 'an entry')
        else
          call expect(abs(b(i, j) + 1) <= 0, 'below the matrix')
        end if
      end do
    end do
    descb(SUNZI_DESC_M) = m + 1
    call sunzi_pdredistribute(row, a, desca, column, b, descb, ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'two shapes')
    call sunzi_grid_create(comm, processes + 1, 1, 'R', row, ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'a grid of too many processes')
    call sunzi_grid_destroy(row)
    call sunzi_grid_destroy(column)
  end subroutine

  !> Two fields on a grid of 9 x 7 cells, periodic in the second dimension, with
  !> halos of 1 and 2 cells: the corners are filled too.
  subroutine halos(comm)
    type(sunzi_comm), intent(in) :: comm
    type(sunzi_halo_shape) :: shape
    type(sunzi_field) :: fields(2)
    type(sunzi_halo) :: halo
    type(sunzi_traffic) :: traffic
    real(c_double), allocatable, target :: u(:, :)
    real(c_float), allocatable, target :: v(:, :)
    integer(c_int64_t) :: cells, first(2), count(2), extent(2), row, column
    integer(c_int) :: processes(2), place(2), ierr
    real(c_double) :: expected
    integer :: i, j

    call sunzi_halo_shape_init(shape, 2)
    shape%cells(1:2) = [9, 7]
    shape%periodic(2) = 1
    shape%lower(2) = 2
    shape%upper(2) = 2
    shape%reach = SUNZI_HALO_CORNERS
    fields(2)%element = SUNZI_ELEMENT_FP32
    call sunzi_halo_create(comm, shape, fields, halo)
    call sunzi_halo_processes(halo, processes, place)
    call expect(product(processes) == sunzi_comm_size(comm), &
      'processes of a halo')
    call sunzi_halo_local(halo, first, count)
    cells = sunzi_halo_storage(halo, extent)
    call expect(cells == product(extent), 'storage')
    call expect(all(extent == count + [2, 4]), 'extent')
    ! the first dimension of the grid is the last one of the array
    allocate (u(extent(2), extent(1)), v(extent(2), extent(1)))
    u = -1
    do j = 1, int(count(1))
      do i = 1, int(count(2))
        u(i + 2, j + 1) = entry_of(int(first(1)) + j, int(first(2)) + i)
      end do
    end do
    v = real(u, c_float)
    call sunzi_halo_bind(halo, 3, [c_loc(u), c_loc(v)])
    call sunzi_halo_start(halo, 3)
    call sunzi_halo_finish(halo)
    do j = 1, int(extent(1))
      do i = 1, int(extent(2))
        row = first(1) + j - 1
        column = modulo(first(2) + i - 3, 7_c_int64_t) + 1
        expected = -1
        if (row >= 1 .and. row <= 9) expected = entry_of(int(row), int(column))
        call expect(abs(u(i, j) - expected) <= 0, 'a cell')
        call expect(abs(v(i, j) - expected) <= 0, 'a cell of FP32')
      end do
    end do
    call sunzi_halo_exchange(halo, 3)
    call sunzi_halo_traffic(halo, traffic)
    call expect(traffic%sends == traffic%receives .and. &
      traffic%copy_bytes + traffic%receive_bytes > 0, 'traffic')
    call sunzi_halo_start(halo, 4, ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'a slot without arrays')
    call sunzi_halo_destroy(halo)
    call expect(.not. c_associated(halo%handle), 'halo destroyed')
  end subroutine

  !> 6 x 5 x 4 cells, whole in dimension 2, then in dimension 0, and back.
  subroutine transposes(comm)
    type(sunzi_comm), intent(in) :: comm
    type(sunzi_transpose_shape) :: shape
    type(sunzi_transpose) :: plan
    type(sunzi_traffic) :: traffic
    real(c_double), allocatable, target :: a(:, :, :), b(:, :, :)
    real(c_double), allocatable, target :: again(:, :, :)
    integer(c_int64_t) :: cells, first(3), count(3), after_first(3), after(3)
    integer(c_int) :: processes(2), place(2), ierr
    integer :: i, j, k

    shape%n = [6, 5, 4]
    shape%to = 0
    shape%from_storage = SUNZI_PENCIL_NATURAL
    shape%to_storage = SUNZI_PENCIL_NATURAL
    call sunzi_transpose_create(comm, shape, plan)
    call sunzi_transpose_processes(plan, processes, place)
    call expect(product(processes) <= sunzi_comm_size(comm), 'processes')
    cells = sunzi_transpose_local(plan, .false., first, count)
    call expect(cells == product(count), 'cells before')
    call expect(count(3) == 4 .or. cells == 0, 'whole before')
    cells = sunzi_transpose_local(plan, .true., after_first, after)
    call expect(cells == product(after), 'cells after')
    call expect(after(1) == 6 .or. cells == 0, 'whole after')
    allocate (a(count(3), count(2), count(1)), b(after(3), after(2), after(1)))
    do k = 1, int(count(1))
      do j = 1, int(count(2))
        do i = 1, int(count(3))
          a(i, j, k) = cell(k + first(1), j + first(2), i + first(3))
        end do
      end do
    end do
    b = -1
    call sunzi_transpose_execute(plan, c_loc(a), c_loc(b))
    do k = 1, int(after(1))
      do j = 1, int(after(2))
        do i = 1, int(after(3))
          call expect(abs(b(i, j, k) - cell(k + after_first(1), &
            j + after_first(2), i + after_first(3))) <= 0, 'a transposed cell')
        end do
      end do
    end do
    call sunzi_transpose_traffic(plan, traffic)
    call expect(traffic%overflows == 0, 'overflows')
    call sunzi_transpose_finish(plan, ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'nothing to finish')
    call sunzi_transpose_destroy(plan)

    shape%from = 0
    shape%to = 2
    call sunzi_transpose_create(comm, shape, plan)
    allocate (again, mold=a)
    again = -1
    call sunzi_transpose_start(plan, c_loc(b), c_loc(again))
    call sunzi_transpose_finish(plan)
    call expect(all(abs(again - a) <= 0), 'there and back')
    call sunzi_transpose_destroy(plan)
  end subroutine

  !> A symmetric matrix with a dominant diagonal, so that its condition number
  !> is below 3; blocks of 4 x 4, right-hand sides in blocks of 4 x 1.
  subroutine distributed_solves(comm)
    type(sunzi_comm), intent(in) :: comm
    integer, parameter :: n = 21, nrhs = 2
    type(sunzi_grid) :: grid
    type(sunzi_solve_options) :: options
    type(sunzi_solve_report) :: report
    type(sunzi_column_report) :: columns(nrhs)
    integer(c_int) :: desca(SUNZI_DESC_LENGTH), descb(SUNZI_DESC_LENGTH)
    integer(c_int) :: rows, cols, row, col, ierr
    integer(c_int), allocatable :: ipiv(:)
    real(c_double), allocatable :: a(:, :), b(:, :), x(:, :), known(:, :)
    real(c_double) :: full(n, n), x_full(n, nrhs), b_full(n, nrhs)
    real(c_double), parameter :: bound = 3*n*epsilon(1d0)*n
    integer :: i, j

    do j = 1, n
      do i = 1, n
        full(i, j) = modulo(i*j, 5) - 2
      end do
      full(j, j) = 100
      x_full(j, :) = [j, 7 - j]
    end do
    b_full = matmul(full, x_full)
    call sunzi_grid_create(comm, 0, 0, 'R', grid)
    call sunzi_grid_shape(grid, rows, cols)
    call sunzi_grid_place(grid, row, col)
    call sunzi_descriptor_init(desca, grid, n, n, 4, 4, 0, 0, 0)
    call sunzi_descriptor_init(descb, grid, n, nrhs, 4, 1, 0, 0, 0)
    allocate (a(desca(SUNZI_DESC_LLD), sunzi_local_count(n, 4, col, 0, cols)))
    allocate (b(descb(SUNZI_DESC_LLD), sunzi_local_count(nrhs, 1, col, 0, &
      cols)))
    allocate (x, known, mold=b)
    allocate (ipiv(desca(SUNZI_DESC_LLD)), source=0)
    rows_held: block
      integer :: held
      held = sunzi_local_count(n, 4, row, 0, rows)
      do j = 1, size(a, 2)
        a(:held, j) = [(full(global(i, 4, row, 0, rows), global(j, 4, col, 0, &
          cols)), i = 1, held)]
      end do
      b = 0
      known = 0
      do j = 1, size(b, 2)
        b(:held, j) = [(b_full(global(i, 4, row, 0, rows), global(j, 1, col, &
          0, cols)), i = 1, held)]
        known(:held, j) = [(x_full(global(i, 4, row, 0, rows), global(j, 1, &
          col, 0, cols)), i = 1, held)]
      end do
    end block rows_held

    x = 0
    options%grade = SUNZI_GRADE_ACCURATE
    call sunzi_pdsolve(sunzi_default, grid, n, nrhs, a, 1, 1, desca, b, 1, 1, &
      descb, x, 1, 1, descb, options, report, columns)
    call expect(all(abs(x - known) <= bound), 'sunzi_pdsolve')
    call expect(all(columns%grade >= SUNZI_GRADE_ACCURATE), 'grades')
    call expect(report%attempts >= 1, 'attempts')
    x = b
    call sunzi_pdgesv(sunzi_default, grid, n, nrhs, a, 1, 1, desca, ipiv, x, &
      1, 1, descb)
    call expect(all(abs(x - known) <= bound), 'sunzi_pdgesv')
    x = b
    call sunzi_pdposv(sunzi_default, grid, 'U', n, nrhs, a, 1, 1, desca, x, 1, &
      1, descb)
    call expect(all(abs(x - known) <= bound), 'sunzi_pdposv')
    call sunzi_pdposv(sunzi_default, grid, 'X', n, nrhs, a, 1, 1, desca, x, 1, &
      1, descb, ierr)
    call expect(ierr == SUNZI_ERR_ARG, "uplo = 'X'")
    call sunzi_grid_destroy(grid)
  end subroutine

  !> Each process holds 1e300, rank + 1, -1e300 in every second place; the sum
  !> of all is that of the small numbers.
  subroutine sums(comm, rank, processes)
    type(sunzi_comm), intent(in) :: comm
    integer, intent(in) :: rank, processes
    integer(c_int64_t), parameter :: n = 3, one = 1, two = 2
    real(c_double) :: x(6), y(3), s
    integer(c_int) :: ierr
    x = 777
    x(1::2) = [1e300_c_double, real(rank + 1, c_double), -1e300_c_double]
    y = [0, 2, 0]
    call sunzi_dsum(sunzi_default, comm, n, x, two, s)
    call expect(nint(s) == processes*(processes + 1)/2, 'sunzi_dsum')
    call sunzi_ddot(sunzi_default, comm, n, x, two, y, one, s)
    call expect(nint(s) == processes*(processes + 1), 'sunzi_ddot')
    call sunzi_dasum(sunzi_default, comm, n, -y, one, s)
    call expect(nint(s) == 2*processes, 'sunzi_dasum')
    call sunzi_dnrm2(sunzi_default, comm, n, y, one, s)
    call expect(abs(s - 2*sqrt(real(processes, c_double))) <= 2*spacing(s), &
      'sunzi_dnrm2')
    s = -7
    call sunzi_dsum(sunzi_default, comm, n, x, 0_c_int64_t, s, ierr)
    call expect(ierr == SUNZI_ERR_ARG .and. nint(s) == -7, 'incx = 0')
  end subroutine

  real(c_double) function cell(i, j, k)
    integer(c_int64_t), intent(in) :: i, j, k
    cell = real(100*i + 10*j + k, c_double)
  end function

  real(c_double) function entry_of(i, j)
    integer, intent(in) :: i, j
    entry_of = 100*i + j
  end function

  !> Global index, from 1, of local index `local` in blocks of nb.
  integer function global(local, nb, mine, source, count)
    integer, intent(in) :: local, nb, mine, source, count
    global = ((local - 1)/nb*count + modulo(mine - source, count))*nb + &
      modulo(local - 1, nb) + 1
  end function

end module
