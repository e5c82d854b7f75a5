! SPDX-License-Identifier: BSD-3-Clause
!> Distributed linear systems: <sunzi/psolve.h>. Arguments are those of
!> ScaLAPACK with context and grid in front; local arrays are contiguous, of any
!> rank, and may have no elements on a process that holds nothing. All routines
!> are collective over the communicator of the grid.
!>
!> X and B must be two arrays, as Fortran demands (C allows X to be B).
module sunzi_psolve_m
  use, intrinsic :: iso_c_binding
  use sunzi_context_m
  use sunzi_grid_m
  use sunzi_solve_m
  use sunzi_status_m
  implicit none
  private

  public :: sunzi_pdgesv, sunzi_pdposv, sunzi_pdsolve

  interface
    integer(c_int) function c_pdgesv(ctx, grid, n, nrhs, a, ia, ja, desca, &
      ipiv, b, ib, jb, descb) bind(C, name='sunzi_pdgesv')
      import
      type(c_ptr), value :: ctx, grid
      integer(c_int), value :: n, nrhs, ia, ja, ib, jb
      real(c_double), intent(in) :: a(*)
      integer(c_int), intent(in) :: desca(*), descb(*)
      integer(c_int), intent(inout) :: ipiv(*)
      real(c_double), intent(inout) :: b(*)
    end function
    integer(c_int) function c_pdposv(ctx, grid, uplo, n, nrhs, a, ia, ja, &
      desca, b, ib, jb, descb) bind(C, name='sunzi_pdposv')
      import
      type(c_ptr), value :: ctx, grid
      integer(c_signed_char), value :: uplo
      integer(c_int), value :: n, nrhs, ia, ja, ib, jb
      real(c_double), intent(in) :: a(*)
      integer(c_int), intent(in) :: desca(*), descb(*)
      real(c_double), intent(inout) :: b(*)
    end function
    integer(c_int) function c_pdsolve(ctx, grid, n, nrhs, a, ia, ja, desca, b, &
      ib, jb, descb, x, ix, jx, descx, options, report, columns) &
      bind(C, name='sunzi_pdsolve')
      import
      type(c_ptr), value :: ctx, grid
      integer(c_int), value :: n, nrhs, ia, ja, ib, jb, ix, jx
      real(c_double), intent(in) :: a(*), b(*)
      integer(c_int), intent(in) :: desca(*), descb(*), descx(*)
      real(c_double), intent(inout) :: x(*)
      type(sunzi_solve_options), intent(in), optional :: options
      type(sunzi_solve_report), intent(inout), optional :: report
      type(sunzi_column_report), intent(inout), optional :: columns(*)
    end function
  end interface

contains

  !> Collective. As pdgesv, but A is kept; B is overwritten by X; ipiv has an
  !> element for each local row of A.
  subroutine sunzi_pdgesv(ctx, grid, n, nrhs, a, ia, ja, desca, ipiv, b, ib, &
    jb, descb, ierr)
    type(sunzi_context), intent(in) :: ctx
    type(sunzi_grid), intent(in) :: grid
    integer(c_int), intent(in) :: n, nrhs, ia, ja, ib, jb
    real(c_double), intent(in) :: a(*)
    integer(c_int), intent(in) :: desca(SUNZI_DESC_LENGTH)
    integer(c_int), intent(inout) :: ipiv(*)
    real(c_double), intent(inout) :: b(*)
    integer(c_int), intent(in) :: descb(SUNZI_DESC_LENGTH)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_pdgesv(ctx%handle, grid%handle, n, nrhs, a, ia, ja, &
      desca, ipiv, b, ib, jb, descb), ierr)
  end subroutine

  !> Collective. As pdposv, but A is kept; uplo 'U' or 'L'.
  subroutine sunzi_pdposv(ctx, grid, uplo, n, nrhs, a, ia, ja, desca, b, ib, &
    jb, descb, ierr)
    type(sunzi_context), intent(in) :: ctx
    type(sunzi_grid), intent(in) :: grid
    character, intent(in) :: uplo
    integer(c_int), intent(in) :: n, nrhs, ia, ja, ib, jb
    real(c_double), intent(in) :: a(*)
    integer(c_int), intent(in) :: desca(SUNZI_DESC_LENGTH)
    real(c_double), intent(inout) :: b(*)
    integer(c_int), intent(in) :: descb(SUNZI_DESC_LENGTH)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_pdposv(ctx%handle, grid%handle, sunzi_letter(uplo), n, &
      nrhs, a, ia, ja, desca, b, ib, jb, descb), ierr)
  end subroutine

  !> Collective. sub(A) sub(X) = sub(B) with options and reports.
  subroutine sunzi_pdsolve(ctx, grid, n, nrhs, a, ia, ja, desca, b, ib, jb, &
    descb, x, ix, jx, descx, options, report, columns, ierr)
    type(sunzi_context), intent(in) :: ctx
    type(sunzi_grid), intent(in) :: grid
    integer(c_int), intent(in) :: n, nrhs, ia, ja, ib, jb, ix, jx
    real(c_double), intent(in) :: a(*), b(*)
    integer(c_int), intent(in) :: desca(SUNZI_DESC_LENGTH)
    integer(c_int), intent(in) :: descb(SUNZI_DESC_LENGTH)
    real(c_double), intent(inout) :: x(*)
    integer(c_int), intent(in) :: descx(SUNZI_DESC_LENGTH)
    type(sunzi_solve_options), intent(in), optional :: options
    type(sunzi_solve_report), intent(inout), optional :: report
    type(sunzi_column_report), intent(inout), optional :: columns(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_pdsolve(ctx%handle, grid%handle, n, nrhs, a, ia, ja, &
      desca, b, ib, jb, descb, x, ix, jx, descx, options, report, columns), &
      ierr)
  end subroutine

end module
