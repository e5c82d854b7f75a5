! SPDX-License-Identifier: BSD-3-Clause
!> Reproducible sums: <sunzi/reduce.h>. n and the increments are 64-bit
!> integers, as in C: size(x, kind=c_int64_t), 1_c_int64_t. Contiguous arrays
!> are not copied.
module sunzi_reduce_m
  use, intrinsic :: iso_c_binding
  use sunzi_comm_m
  use sunzi_context_m
  use sunzi_status_m
  implicit none
  private

  public :: sunzi_dsum, sunzi_dasum, sunzi_ddot, sunzi_dnrm2

  interface
    integer(c_int) function c_dsum(ctx, comm, n, x, incx, result) &
      bind(C, name='sunzi_dsum')
      import :: c_int, c_int64_t, c_double, c_ptr
      type(c_ptr), value :: ctx, comm
      integer(c_int64_t), value :: n, incx
      real(c_double), intent(in) :: x(*)
      real(c_double), intent(inout) :: result
    end function
    integer(c_int) function c_dasum(ctx, comm, n, x, incx, result) &
      bind(C, name='sunzi_dasum')
      import :: c_int, c_int64_t, c_double, c_ptr
      type(c_ptr), value :: ctx, comm
      integer(c_int64_t), value :: n, incx
      real(c_double), intent(in) :: x(*)
      real(c_double), intent(inout) :: result
    end function
    integer(c_int) function c_ddot(ctx, comm, n, x, incx, y, incy, result) &
      bind(C, name='sunzi_ddot')
      import :: c_int, c_int64_t, c_double, c_ptr
      type(c_ptr), value :: ctx, comm
      integer(c_int64_t), value :: n, incx, incy
      real(c_double), intent(in) :: x(*), y(*)
      real(c_double), intent(inout) :: result
    end function
    integer(c_int) function c_dnrm2(ctx, comm, n, x, incx, result) &
      bind(C, name='sunzi_dnrm2')
      import :: c_int, c_int64_t, c_double, c_ptr
      type(c_ptr), value :: ctx, comm
      integer(c_int64_t), value :: n, incx
      real(c_double), intent(in) :: x(*)
      real(c_double), intent(inout) :: result
    end function
  end interface

contains

  !> Collective. result = sum of x_i, correctly rounded.
  subroutine sunzi_dsum(ctx, comm, n, x, incx, result, ierr)
    type(sunzi_context), intent(in) :: ctx
    type(sunzi_comm), intent(in) :: comm
    integer(c_int64_t), intent(in) :: n, incx
    real(c_double), intent(in) :: x(*)
    real(c_double), intent(inout) :: result
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_dsum(ctx%handle, comm%handle, n, x, incx, &
      result), ierr)
  end subroutine

  !> Collective. result = sum of |x_i|, correctly rounded.
  subroutine sunzi_dasum(ctx, comm, n, x, incx, result, ierr)
    type(sunzi_context), intent(in) :: ctx
    type(sunzi_comm), intent(in) :: comm
    integer(c_int64_t), intent(in) :: n, incx
    real(c_double), intent(in) :: x(*)
    real(c_double), intent(inout) :: result
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_dasum(ctx%handle, comm%handle, n, x, incx, &
      result), ierr)
  end subroutine

  !> Collective. result = sum of x_i y_i, correctly rounded.
  subroutine sunzi_ddot(ctx, comm, n, x, incx, y, incy, result, ierr)
    type(sunzi_context), intent(in) :: ctx
    type(sunzi_comm), intent(in) :: comm
    integer(c_int64_t), intent(in) :: n, incx, incy
    real(c_double), intent(in) :: x(*), y(*)
    real(c_double), intent(inout) :: result
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_ddot(ctx%handle, comm%handle, n, x, incx, y, incy, &
      result), ierr)
  end subroutine

  !> Collective. result = root of the sum of x_i^2, correctly rounded.
  subroutine sunzi_dnrm2(ctx, comm, n, x, incx, result, ierr)
    type(sunzi_context), intent(in) :: ctx
    type(sunzi_comm), intent(in) :: comm
    integer(c_int64_t), intent(in) :: n, incx
    real(c_double), intent(in) :: x(*)
    real(c_double), intent(inout) :: result
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_dnrm2(ctx%handle, comm%handle, n, x, incx, &
      result), ierr)
  end subroutine

end module
