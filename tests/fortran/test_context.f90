! SPDX-License-Identifier: BSD-3-Clause
!> Contexts from options and from arguments, engines, log and progress.
module receivers
  use, intrinsic :: iso_c_binding
  use sunzi
  implicit none
contains
  !> Counts lines in the integer that `user` points to.
  subroutine take_line(user, level, line) bind(C)
    type(c_ptr), value :: user
    integer(c_int), value :: level
    type(c_ptr), value :: line
    integer(c_int), pointer :: lines
    call c_f_pointer(user, lines)
    if (len(sunzi_string(line)) > 0 .and. (level == SUNZI_LOG_DECISION .or. &
      level == SUNZI_LOG_PHASE)) lines = lines + 1
  end subroutine
end module

program test_context
  use, intrinsic :: iso_c_binding
  use check
  use receivers
  use sunzi
  implicit none

  call engines()
  call units()
  call from_arguments()
  call from_options()
  call log_lines()
  call finish()

contains

  subroutine engines()
    character(:), allocatable :: text, why
    integer :: i, usable
    usable = 0
    do i = 1, sunzi_engine_count()
      call expect(len(sunzi_engine_name(i)) > 0, 'name of an engine')
      call expect(len(sunzi_engine_summary(i)) > 0, 'summary of an engine')
      call expect(sunzi_engine_kernels(i, text) > 0, 'kernels of an engine')
      call expect(sunzi_engine_device(i, 1000) == 0, 'no device 1000')
      call expect(len(text) > 0 .and. text(len(text):) /= c_null_char, text)
      if (sunzi_engine_available(i, why)) then
        usable = usable + 1
        call expect(why == '', 'a reason without need')
      else
        call expect(why /= '', 'no reason')
      end if
    end do
    call expect(usable > 0, 'an engine that can be used')
    call expect(sunzi_engine_name(sunzi_engine_count()) == 'portable', 'last')
    call expect(sunzi_engine_name(0) == '', 'engine 0')
    call expect(.not. sunzi_engine_available(sunzi_engine_count() + 1), 'none')
    call expect(index(sunzi_version(), '.') > 0, 'version')
    call expect(sunzi_blas_description() /= '', 'BLAS')
  end subroutine

  !> Products of a device's own: names, and a sentence where there is no device.
  subroutine units()
    type(sunzi_context) :: context
    character(:), allocatable :: text
    real(c_double) :: rate, memory, flops
    call sunzi_context_create(context, engine='portable')
    call expect(sunzi_unit_name(SUNZI_UNIT_INT8) == 'INT8', 'INT8')
    call expect(sunzi_unit_name(SUNZI_UNIT_FP64) == 'FP64', 'FP64')
    call expect(sunzi_unit_name(SUNZI_UNIT_COUNT) == '', 'no unit')
    rate = 1
    call expect(sunzi_context_unit(context, SUNZI_UNIT_BF16, text, rate) == 0, &
      'a unit of portable')
    call expect(index(text, 'no device') > 0, text)
    call expect(rate <= 0, 'rate of an absent unit')
    call expect(sunzi_context_unit(context, SUNZI_UNIT_BF16) == 0, 'optional')
    call expect(sunzi_context_device_limits(context, memory, flops) == 0, &
      'limits of portable')
    call sunzi_context_destroy(context)
  end subroutine

  subroutine from_arguments()
    type(sunzi_context) :: context
    integer(c_int) :: ierr
    call sunzi_context_create(context, engine='portable', threads=1, &
      reproducible=.true., workspace_limit_bytes=10000000_c_size_t)
    call expect(sunzi_context_engine(context) == 'portable', 'engine')
    call expect(sunzi_context_workspace_bytes(context) == 0, 'workspace')
    call sunzi_context_trim(context)
    call sunzi_context_destroy(context)
    call expect(.not. c_associated(context%handle), 'destroyed')
    call sunzi_context_destroy(context)
    call sunzi_context_create(context, engine='no such engine', ierr=ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'an unknown engine')
    call expect_text(sunzi_last_message(), 'no such engine')
    call expect(.not. c_associated(context%handle), 'untouched')
    call sunzi_context_create(context, threads=-1, ierr=ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'negative threads')
    call expect(sunzi_context_engine(sunzi_default) /= '', 'default context')
  end subroutine

  subroutine from_options()
    type(sunzi_context_options) :: options
    type(sunzi_context) :: context
    character(kind=c_char), target :: name(9)
    integer(c_int) :: ierr
    name = [character :: 'p', 'o', 'r', 't', 'a', 'b', 'l', 'e', c_null_char]
    options%engine = c_loc(name)
    call sunzi_context_create(options, context, ierr)
    call expect(ierr == SUNZI_OK, 'created from options')
    call expect(sunzi_context_engine(context) == 'portable', 'its engine')
    call sunzi_context_destroy(context)
  end subroutine

  subroutine log_lines()
    type(sunzi_context) :: context
    integer(c_int), target :: lines
    real(c_double) :: a(2, 2), b(2), x(2)
    lines = 0
    call sunzi_context_create(context, log=take_line, log_user=c_loc(lines))
    a = reshape([2d0, 1d0, 1d0, 3d0], [2, 2])
    b = [5d0, 10d0]
    call sunzi_solve(a, b, x, context=context)
    call expect(lines > 0, 'lines of the log')
    call sunzi_context_destroy(context)
  end subroutine

end program
