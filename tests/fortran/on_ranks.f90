! SPDX-License-Identifier: BSD-3-Clause
!> What test_mpi and test_mpi_f08 do with the communicator that each made in its
!> way: agree on statuses, redistribute a matrix between two grids.
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
    call redistribute(comm, processes)
    call sunzi_comm_destroy(comm)
    call expect(.not. c_associated(comm%handle), 'destroyed')
  end subroutine

  integer(c_int) function status_of_bad_call() result(ierr)
    real(c_double) :: a(2, 2), c(2, 2)
    a = 0
    c = 0
    call sunzi_dgemm(sunzi_default, 'N', 'N', 2, 2, 2, 1d0, a, 1, a, 2, 0d0, c, &
      2, ierr=ierr)
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
          call expect(abs(b(i, j) - entry_of(global(i, 3, my_row, processes - 1, &
            processes), j)) <= 0, 'an entry')
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
