! SPDX-License-Identifier: BSD-3-Clause
!> Heat spreads in a plate: a field written for ParaView, and a run that is
!> interrupted and goes on from its checkpoint with the same bits. It does in
!> Fortran what 60_files_mpi.c does in C.
!>
!> Compile: mpifort 65_fortran_files_mpi.f90 \
!>            $(pkg-config --cflags --libs sunzi_fortran_mpi)
!> Run:     mpirun -n 4 ./a.out: the same files, byte for byte, as with 1
!>
!> Files, in the current folder: plate.vtkhdf (open it in ParaView),
!> plate.0000020.h5 (h5dump shows it).
program fortran_files_mpi
  use, intrinsic :: iso_c_binding
  use mpi
  use sunzi
  use sunzi_mpi
  use sunzi_files
  implicit none
  integer, parameter :: nx = 64, ny = 48, steps = 40, half = steps/2
  integer, parameter :: pictures = 5, between = steps/pictures
  type(sunzi_comm) :: comm
  type(sunzi_file) :: file
  type(sunzi_block) :: mine
  type(sunzi_checkpoint) :: checkpoint
  real(c_double), allocatable, target :: u(:, :)
  real(c_double), allocatable :: again(:, :)
  integer(c_int64_t) :: step
  integer :: ierror, rank, processes, first, rows, i, j
  logical :: same, all_same

  call MPI_Init(ierror)
  call sunzi_comm_from_mpi(MPI_COMM_WORLD, comm)
  rank = sunzi_comm_rank(comm)
  processes = sunzi_comm_size(comm)

  ! rows first + 1 .. first + rows of the plate, which is t(nx, ny); a ghost row
  ! before and one after them: the block begins behind 0 and 1 entries of u
  first = ny*rank/processes
  rows = ny*(rank + 1)/processes - first
  allocate (u(nx, 0:rows + 1), again(nx, 0:rows + 1), source=0d0)
  mine = sunzi_block_of([0, first], [nx, rows], [0, 1])

  ! a hot spot in the middle; the whole run, with pictures and a checkpoint
  do j = 1, rows
    do i = 1, nx
      if (abs(first + j - 1 - ny/2) < 6 .and. abs(i - 1 - nx/2) < 6) &
        u(i, j) = 100
    end do
  end do
  call sunzi_file_create(comm, 'plate.vtkhdf', file)
  call sunzi_file_set_image(file, [nx, ny], spacing=[0.01d0, 0.01d0], &
    times=[(real(i*between, c_double), i = 0, pictures - 1)])
  call sunzi_file_define_field(file, 'T', units='K', &
    long_name='temperature above that of the edge')
  call run(u, 0, half, file)
  call sunzi_checkpoint_write(comm, 'plate', half, real(half, c_double), &
    [sunzi_checkpoint_item('temperature', [nx, ny], mine, u)])
  call run(u, half, steps, file)
  call sunzi_file_close(file) ! only now is it there, and whole

  ! its second half again, from the checkpoint
  call sunzi_checkpoint_latest(comm, 'plate', checkpoint)
  call sunzi_checkpoint_get_state(checkpoint, step)
  call sunzi_checkpoint_read(checkpoint, 'temperature', mine, again)
  call sunzi_checkpoint_close(checkpoint)
  call run(again, int(step), steps)
  same = all(transfer(u(:, 1:rows), [step]) == &
    transfer(again(:, 1:rows), [step]))
  call MPI_Allreduce(same, all_same, 1, MPI_LOGICAL, MPI_LAND, &
    MPI_COMM_WORLD, ierror)
  if (rank == 0) then
    print '(2(a, i0), a, l1)', 'from step ', step, ' to ', steps, &
      ' again, the same bits: ', all_same
    print '(a)', 'try next: h5dump -A plate.vtkhdf; doc/files.md'
  end if
  deallocate (u, again)
  call sunzi_comm_destroy(comm)
  call MPI_Finalize(ierror)
  if (.not. all_same) error stop 1

contains

  !> Steps from .. to - 1, with pictures into a file if there is one.
  subroutine run(t, from, to, pictures_of)
    real(c_double), intent(inout) :: t(:, 0:)
    integer, intent(in) :: from, to
    type(sunzi_file), intent(in), optional :: pictures_of
    integer :: n
    do n = from, to - 1
      if (present(pictures_of) .and. modulo(n, between) == 0) &
        call sunzi_file_write_field(pictures_of, 'T', n/between, mine, t)
      call advance(t)
    end do
  end subroutine

  !> t at the next time. The edge of the plate stays cold.
  subroutine advance(t)
    real(c_double), intent(inout) :: t(:, 0:)
    real(c_double) :: old(nx, 0:rows + 1)
    integer :: before, after, x, y
    before = merge(rank - 1, MPI_PROC_NULL, rank > 0)
    after = merge(rank + 1, MPI_PROC_NULL, rank < processes - 1)
    call MPI_Sendrecv(t(:, 1), nx, MPI_DOUBLE_PRECISION, before, 0, &
      t(:, rows + 1), nx, MPI_DOUBLE_PRECISION, after, 0, MPI_COMM_WORLD, &
      MPI_STATUS_IGNORE, ierror)
    call MPI_Sendrecv(t(:, rows), nx, MPI_DOUBLE_PRECISION, after, 1, &
      t(:, 0), nx, MPI_DOUBLE_PRECISION, before, 1, MPI_COMM_WORLD, &
      MPI_STATUS_IGNORE, ierror)
    old = t
    do y = max(1, 2 - first), min(rows, ny - 1 - first)
      do x = 2, nx - 1
        t(x, y) = old(x, y) + 0.2d0*(old(x - 1, y) + old(x + 1, y) + &
          old(x, y - 1) + old(x, y + 1) - 4*old(x, y))
      end do
    end do
  end subroutine

end program
