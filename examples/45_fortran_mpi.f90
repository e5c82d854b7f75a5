! SPDX-License-Identifier: BSD-3-Clause
!> Fortran under MPI: a matrix whose columns are dealt to the processes becomes
!> a block-cyclic one on a two-dimensional grid, as ScaLAPACK wants it, and
!> comes back.
!>
!> Compile: mpifort 45_fortran_mpi.f90 \
!>            $(pkg-config --cflags --libs sunzi_fortran_mpi)
!> Run:     mpirun -n 4 ./a.out
program fortran_mpi
  use mpi
  use sunzi
  use sunzi_mpi
  implicit none
  integer, parameter :: dp = kind(1d0), m = 100, n = 60, block = 8
  type(sunzi_comm) :: comm
  type(sunzi_grid) :: by_columns, square
  integer :: from(SUNZI_DESC_LENGTH), to(SUNZI_DESC_LENGTH)
  integer :: ierror, rank, processes, rows, cols, row, col, width, i, j
  real(dp), allocatable :: a(:, :), b(:, :), back(:, :)
  logical :: good, all_good

  call MPI_Init(ierror)
  call sunzi_comm_from_mpi(MPI_COMM_WORLD, comm) ! use mpi_f08: sunzi_mpi_f08
  rank = sunzi_comm_rank(comm)
  processes = sunzi_comm_size(comm)

  ! one block of columns a process; and blocks of 8 x 8 on a grid that is as
  ! nearly square as possible
  width = (n + processes - 1)/processes
  call sunzi_grid_create(comm, 1, processes, 'R', by_columns)
  call sunzi_grid_create(comm, 0, 0, 'R', square)
  call sunzi_descriptor_init(from, by_columns, m, n, m, width, 0, 0, 0)
  call sunzi_descriptor_init(to, square, m, n, block, block, 0, 0, 0)
  call sunzi_grid_shape(square, rows, cols)
  call sunzi_grid_place(square, row, col)

  allocate (a(m, sunzi_local_count(n, width, rank, 0, processes)))
  allocate (b(to(SUNZI_DESC_LLD), sunzi_local_count(n, block, col, 0, cols)))
  do j = 1, size(a, 2)
    do i = 1, m
      a(i, j) = 1000*i + rank*width + j ! 1000 times the row, plus the column
    end do
  end do
  call sunzi_pdredistribute(by_columns, a, from, square, b, to)

  ! local (1, 1) is the first entry of block (row, col)
  good = row < 0 .or. size(b) == 0
  if (.not. good) &
    good = abs(b(1, 1) - (1000*(row*block + 1) + col*block + 1)) <= 0
  allocate (back, mold=a)
  back = 0
  call sunzi_pdredistribute(square, b, to, by_columns, back, from)
  good = good .and. all(abs(back - a) <= 0)
  call MPI_Allreduce(good, all_good, 1, MPI_LOGICAL, MPI_LAND, MPI_COMM_WORLD, &
    ierror)
  if (rank == 0) then
    print '(3(a, i0), a, l1)', 'a matrix on ', processes, &
      ' processes, to a grid of ', rows, ' x ', cols, ' and back: ', all_good
    print '(a)', 'try next: another number of processes'
  end if

  deallocate (a, b, back)
  call sunzi_grid_destroy(square)
  call sunzi_grid_destroy(by_columns)
  call sunzi_comm_destroy(comm)
  call MPI_Finalize(ierror)
  if (.not. all_good) error stop 1
end program
