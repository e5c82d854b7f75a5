! SPDX-License-Identifier: BSD-3-Clause
!> Statuses, sentences, and what happens to a status that nobody takes: the
!> program starts itself again to see a stop.
program test_errors
  use, intrinsic :: iso_c_binding
  use check
  use sunzi
  implicit none
  character(1024) :: self, job

  call get_command_argument(1, job)
  select case (job)
  case ('stop')
    call stop_at_bad_lda()
  case ('warn')
    call sunzi_check(SUNZI_REACHED_BACKWARD)
  case default
    call get_command_argument(0, self)
    call names()
    call messages()
    call run('stop', .true., 'sunzi: SUNZI_ERR_ARG: sunzi_dgemm: lda')
    call run('warn', .false., 'sunzi: SUNZI_REACHED_BACKWARD:')
    call finish()
  end select

contains

  subroutine names()
    call expect(sunzi_status_name(SUNZI_OK) == 'SUNZI_OK', 'name of 0')
    call expect(sunzi_status_name(SUNZI_ERR_MPI) == 'SUNZI_ERR_MPI', 'of -12')
    call expect(sunzi_status_name(-99) == 'unknown status', 'name of -99')
    call expect_text(sunzi_status_text(SUNZI_ERR_NOMEM), 'memory')
    call expect(sunzi_string(c_null_ptr) == '', 'null pointer as a string')
    call expect(sunzi_string(['a', 'b', c_null_char, 'c']) == 'ab', 'array')
    call expect(len(sunzi_string(['a', 'b'])) == 2, 'array without an end')
  end subroutine

  subroutine messages()
    real(c_double) :: a(2, 3), b(2, 2), c(2, 2)
    integer(c_int) :: ierr, zero_pivot(2)
    a = 1
    b = 1
    c = 7
    ierr = 99
    call sunzi_dgemm(sunzi_default, 'N', 'N', 2, 2, 2, 1d0, a, 1, b, 2, 0d0, &
      c, 2, ierr=ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'status of a bad lda')
    call expect_text(sunzi_last_message(), 'lda')
    call sunzi_dgemm(sunzi_default, 'N', 'x', 2, 2, 2, 1d0, a, 2, b, 2, 0d0, &
      c, 2, ierr=ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'status of a bad letter')
    call expect(sunzi_last_message() == &
      "sunzi_dgemm: transb = 'x', allowed: 'N', 'T', 'C'", sunzi_last_message())
    call sunzi_gemm(a, b, c, ierr=ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'status of bad shapes')
    call expect_text(sunzi_last_message(), 'op(A) is 2 x 3, op(B) 2 x 2')
    call expect(all(abs(c - 7) <= 0), 'C untouched')
    b = 0
    call sunzi_dgesv(sunzi_default, 2, 1, b, 2, zero_pivot, c, 2, ierr)
    call expect(ierr == SUNZI_ERR_SINGULAR, 'status of a singular matrix')
    call sunzi_gemm(b, b, c, ierr=ierr)
    call expect(ierr == SUNZI_OK, 'a success overwrites ierr')
  end subroutine

  subroutine stop_at_bad_lda()
    real(c_double) :: a(2, 2), c(2, 2)
    a = 1
    c = 0
    call sunzi_dgemm(sunzi_default, 'N', 'N', 2, 2, 2, 1d0, a, 1, a, 2, 0d0, &
      c, 2)
    print '(a)', 'went on'
  end subroutine

  subroutine run(what, shall_stop, sentence)
    character(*), intent(in) :: what, sentence
    logical, intent(in) :: shall_stop
    character(*), parameter :: file = 'test_errors.stderr.tmp'
    character(1024) :: line
    integer :: code, unit, state
    call execute_command_line('"'//trim(self)//'" '//what//' 2>'//file, &
      exitstat=code)
    call expect((code /= 0) .eqv. shall_stop, 'exit code of '//what)
    open (newunit=unit, file=file, action='read')
    read (unit, '(a)', iostat=state) line
    close (unit, status='delete')
    call expect(state == 0, 'a line on error_unit from '//what)
    call expect_text(trim(line), sentence)
  end subroutine

end program
