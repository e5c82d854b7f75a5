! SPDX-License-Identifier: BSD-3-Clause
!> What tests of files share: communicators that write and others that read, the
!> names of files, and what is done to them.
module on_disk
  use, intrinsic :: iso_c_binding
  use mpi
  use check
  use sunzi
  use sunzi_mpi
  implicit none
  private
  public :: begin, finish_all, wait_for_all, remove, is_there, bytes_of, flip
  public :: share, expect_error, value_at

  integer, parameter, public :: nx = 7, ny = 5, nz = 6
  !> All processes; every second one; each alone.
  type(sunzi_comm), public, protected :: comm, half, alone
  integer, public, protected :: rank, processes
  !> The first letters of the names of all files of this run.
  character(:), allocatable, public, protected :: folder
  integer :: half_mpi, ierror

  interface
    integer(c_int) function process_id() bind(C, name='getpid')
      import :: c_int
    end function
  end interface

contains

  !> Places in an array, from 1; no two entries are alike.
  pure real(c_double) function value_at(i, j, k)
    integer, intent(in) :: i, j, k
    value_at = 100*i + 10*j + k + 1/3d0
  end function

  subroutine begin()
    call MPI_Init(ierror)
    call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierror)
    call MPI_Comm_size(MPI_COMM_WORLD, processes, ierror)
    call MPI_Comm_split(MPI_COMM_WORLD, modulo(rank, 2), 0, half_mpi, ierror)
    call sunzi_comm_from_mpi(MPI_COMM_WORLD, comm)
    call sunzi_comm_from_mpi(half_mpi, half)
    folder = name_of_folder()
  end subroutine

  subroutine finish_all()
    call sunzi_comm_destroy(half)
    call sunzi_comm_destroy(comm)
    call MPI_Comm_free(half_mpi, ierror)
    call MPI_Finalize(ierror)
    call finish()
  end subroutine

  function name_of_folder() result(name)
    character(:), allocatable :: name
    character(200) :: parent
    character(12) :: digits
    integer :: id
    call get_environment_variable('TMPDIR', parent)
    if (parent == '') parent = '/tmp'
    id = process_id()
    call MPI_Bcast(id, 1, MPI_INTEGER, 0, MPI_COMM_WORLD, ierror)
    write (digits, '(i0)') id
    name = trim(parent)//'/sunzi_fortran_'//trim(digits)//'_'
  end function

  subroutine wait_for_all()
    call MPI_Barrier(MPI_COMM_WORLD, ierror)
  end subroutine

  subroutine remove(name)
    character(*), intent(in) :: name
    integer :: unit, status
    call wait_for_all()
    if (rank == 0) then
      open (newunit=unit, file=folder//name, status='old', iostat=status)
      if (status == 0) close (unit, status='delete')
    end if
    call wait_for_all()
  end subroutine

  logical function is_there(name)
    character(*), intent(in) :: name
    call wait_for_all()
    inquire (file=folder//name, exist=is_there)
  end function

  !> Bytes of a file.
  integer function bytes_of(name) result(bytes)
    character(*), intent(in) :: name
    call wait_for_all()
    inquire (file=folder//name, size=bytes)
  end function

  !> Change one bit of byte `at`, from 1.
  subroutine flip(name, at)
    character(*), intent(in) :: name
    integer, intent(in) :: at
    integer(c_int8_t) :: byte
    integer :: unit
    call wait_for_all()
    if (rank == 0) then
      open (newunit=unit, file=folder//name, access='stream', &
        form='unformatted', status='old')
      read (unit, pos=at) byte
      write (unit, pos=at) ieor(byte, 16_c_int8_t)
      close (unit)
    end if
    call wait_for_all()
  end subroutine

  !> Entries [first, first + count) of n, from 0, of the process of `c`.
  subroutine share(c, n, first, count)
    type(sunzi_comm), intent(in) :: c
    integer, intent(in) :: n
    integer, intent(out) :: first, count
    first = n*sunzi_comm_rank(c)/sunzi_comm_size(c)
    count = n*(sunzi_comm_rank(c) + 1)/sunzi_comm_size(c) - first
  end subroutine

  subroutine expect_error(ierr, status, words, what)
    integer(c_int), intent(in) :: ierr, status
    character(*), intent(in) :: words, what
    call expect(ierr == status, what//': '//sunzi_status_name(ierr))
    call expect_text(sunzi_last_message(), words)
  end subroutine

end module
