! SPDX-License-Identifier: BSD-3-Clause
!> Linear systems and least squares: <sunzi/solve.h>.
!>
!> Arrays are column-major, so there is no layout argument. The names of LAPACK
!> take arrays by their first entry and a leading dimension: call them with a
!> whole array or with an entry, a(3, 5), and nothing is copied. sunzi_solve
!> takes the shapes from the arrays:
!>   call sunzi_solve(a, b, x [, options, report, columns, context, ierr])
!> with b and x of rank 1 or 2; `columns` is one report or an array of them. A
!> section that is not contiguous is copied there by the compiler.
!>
!> X and B must be two arrays, as Fortran demands (C allows X to be B).
module sunzi_solve_m
  use, intrinsic :: iso_c_binding
  use sunzi_context_m
  use sunzi_product_m, only: SUNZI_COL_MAJOR
  use sunzi_status_m
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_GRADE_NONE = 0
  integer(c_int), parameter, public :: SUNZI_GRADE_BACKWARD = 1
  integer(c_int), parameter, public :: SUNZI_GRADE_ACCURATE = 2
  integer(c_int), parameter, public :: SUNZI_GRADE_CERTIFIED = 3

  integer(c_int), parameter, public :: SUNZI_FACTOR_AUTO = 0
  integer(c_int), parameter, public :: SUNZI_FACTOR_INT8 = 1
  integer(c_int), parameter, public :: SUNZI_FACTOR_BF16 = 2
  integer(c_int), parameter, public :: SUNZI_FACTOR_FP16 = 3
  integer(c_int), parameter, public :: SUNZI_FACTOR_TF32 = 4
  integer(c_int), parameter, public :: SUNZI_FACTOR_FP32 = 5
  integer(c_int), parameter, public :: SUNZI_FACTOR_EMULATED = 6
  integer(c_int), parameter, public :: SUNZI_FACTOR_FP64 = 7

  integer(c_int), parameter, public :: SUNZI_GENERAL = 0
  integer(c_int), parameter, public :: SUNZI_POSITIVE_DEFINITE = 1

  integer(c_int), parameter, public :: SUNZI_ATTEMPTS_MAX = 8

  integer, parameter :: reason_bytes = 160

  !> What one column of X reached.
  type, bind(C), public :: sunzi_column_report
    integer(c_int) :: grade
    integer(c_int) :: refinements
    integer(c_int) :: gmres_iterations
    real(c_double) :: normwise_error
    real(c_double) :: componentwise_error
    real(c_double) :: forward_bound
  end type

  !> One step of the ladder.
  type, bind(C), public :: sunzi_attempt
    integer(c_int) :: factor
    integer(c_int) :: succeeded
    real(c_double) :: seconds_factor, seconds_refine
    !> Text: sunzi_string(attempt%engine_factor) and so on.
    type(c_ptr) :: engine_factor, engine_residual, engine_solve
    !> Text: sunzi_string(attempt%reason).
    character(kind=c_char) :: reason(reason_bytes)
  end type

  type, bind(C), public :: sunzi_solve_report
    integer(c_int) :: factor
    integer(c_int) :: grade
    type(c_ptr) :: engine !< text: sunzi_string(report%engine)
    real(c_double) :: condition
    real(c_double) :: seconds_total
    real(c_double) :: seconds_factor, seconds_refine, seconds_condition, &
      seconds_certify
    integer(c_size_t) :: workspace_bytes
    integer(c_int) :: attempts
    type(sunzi_attempt) :: attempt(SUNZI_ATTEMPTS_MAX)
  end type

  !> What one system of a batch reached.
  type, bind(C), public :: sunzi_batch_member
    integer(c_int) :: status
    integer(c_int) :: grade
    integer(c_int) :: factor
    integer(c_int) :: refinements
    real(c_double) :: normwise_error
  end type

  type, bind(C), public :: sunzi_solve_options
    integer(c_int) :: structure = SUNZI_GENERAL
    integer(c_int) :: factor = SUNZI_FACTOR_AUTO
    integer(c_int) :: grade = SUNZI_GRADE_BACKWARD
    integer(c_int) :: climb = 1
    integer(c_int) :: max_refinements = 30
    integer(c_int) :: max_gmres = 200
  end type

  public :: sunzi_solve_options_init, sunzi_grade_name, sunzi_factor_name
  public :: sunzi_factor_available
  public :: sunzi_dsolve, sunzi_dgesv, sunzi_dposv, sunzi_dgels
  public :: sunzi_dsolve_batch_strided
  public :: sunzi_solve

  interface sunzi_solve
    module procedure solve_vector
    module procedure solve_matrix
  end interface

  interface
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_solve_options_init(options) &
      bind(C, name='sunzi_solve_options_init')
      import :: sunzi_solve_options
      type(sunzi_solve_options), intent(out) :: options
    end subroutine
    type(c_ptr) function c_grade_name(grade) bind(C, name='sunzi_grade_name')
      import :: c_ptr, c_int
      integer(c_int), value :: grade
    end function
    type(c_ptr) function c_factor_name(factor) bind(C, name='sunzi_factor_name')
      import :: c_ptr, c_int
      integer(c_int), value :: factor
    end function
    integer(c_int) function c_factor_available(ctx, factor, why, why_bytes) &
      bind(C, name='sunzi_factor_available')
      import :: c_ptr, c_int, c_char, c_size_t
      type(c_ptr), value :: ctx
      integer(c_int), value :: factor
      character(kind=c_char), intent(out) :: why(*)
      integer(c_size_t), value :: why_bytes
    end function
    integer(c_int) function c_dsolve(ctx, layout, n, nrhs, a, lda, b, ldb, x, &
      ldx, options, report, columns) bind(C, name='sunzi_dsolve')
      import
      type(c_ptr), value :: ctx
      integer(c_int), value :: layout, n, nrhs, lda, ldb, ldx
      real(c_double), intent(in) :: a(*), b(*)
      real(c_double), intent(inout) :: x(*)
      type(sunzi_solve_options), intent(in), optional :: options
      type(sunzi_solve_report), intent(inout), optional :: report
      type(sunzi_column_report), intent(inout), optional :: columns(*)
    end function
    integer(c_int) function c_dsolve_batch_strided(ctx, layout, n, nrhs, a, &
      lda, stride_a, b, ldb, stride_b, x, ldx, stride_x, count, options, &
      members) bind(C, name='sunzi_dsolve_batch_strided')
      import
      type(c_ptr), value :: ctx
      integer(c_int), value :: layout, n, nrhs, lda, ldb, ldx, count
      integer(c_int64_t), value :: stride_a, stride_b, stride_x
      real(c_double), intent(in) :: a(*), b(*)
      real(c_double), intent(inout) :: x(*)
      type(sunzi_solve_options), intent(in), optional :: options
      type(sunzi_batch_member), intent(inout), optional :: members(*)
    end function
    integer(c_int) function c_dgesv(ctx, layout, n, nrhs, a, lda, ipiv, b, &
      ldb) bind(C, name='sunzi_dgesv')
      import
      type(c_ptr), value :: ctx
      integer(c_int), value :: layout, n, nrhs, lda, ldb
      real(c_double), intent(in) :: a(*)
      integer(c_int), intent(inout) :: ipiv(*)
      real(c_double), intent(inout) :: b(*)
    end function
    integer(c_int) function c_dposv(ctx, layout, uplo, n, nrhs, a, lda, b, &
      ldb) bind(C, name='sunzi_dposv')
      import
      type(c_ptr), value :: ctx
      integer(c_signed_char), value :: uplo
      integer(c_int), value :: layout, n, nrhs, lda, ldb
      real(c_double), intent(in) :: a(*)
      real(c_double), intent(inout) :: b(*)
    end function
    integer(c_int) function c_dgels(ctx, layout, trans, m, n, nrhs, a, lda, b, &
      ldb, options, report, columns) bind(C, name='sunzi_dgels_expert')
      import
      type(c_ptr), value :: ctx
      integer(c_signed_char), value :: trans
      integer(c_int), value :: layout, m, n, nrhs, lda, ldb
      real(c_double), intent(in) :: a(*)
      real(c_double), intent(inout) :: b(*)
      type(sunzi_solve_options), intent(in), optional :: options
      type(sunzi_solve_report), intent(inout), optional :: report
      type(sunzi_column_report), intent(inout), optional :: columns(*)
    end function
  end interface

contains

  !> "accurate".
  function sunzi_grade_name(grade) result(name)
    integer(c_int), intent(in) :: grade
    character(:), allocatable :: name
    name = sunzi_string(c_grade_name(grade))
  end function

  !> "bf16".
  function sunzi_factor_name(factor) result(name)
    integer(c_int), intent(in) :: factor
    character(:), allocatable :: name
    name = sunzi_string(c_factor_name(factor))
  end function

  !> Whether the context's engine has hardware support for a rung, and why not.
  logical function sunzi_factor_available(ctx, factor, why)
    type(sunzi_context), intent(in) :: ctx
    integer(c_int), intent(in) :: factor
    character(:), allocatable, intent(out), optional :: why
    integer, parameter :: bytes = 1024
    character(kind=c_char) :: text(bytes)
    sunzi_factor_available = c_factor_available(ctx%handle, factor, text, &
      int(bytes, c_size_t)) /= 0
    if (.not. present(why)) return
    why = ''
    if (.not. sunzi_factor_available) why = sunzi_string(text)
  end function

  !> Solve A X = B; A of shape [n, n] and B [n, nrhs] are kept.
  subroutine sunzi_dsolve(ctx, n, nrhs, a, lda, b, ldb, x, ldx, options, &
    report, columns, ierr)
    type(sunzi_context), intent(in) :: ctx
    integer(c_int), intent(in) :: n, nrhs, lda, ldb, ldx
    real(c_double), intent(in) :: a(lda, *), b(ldb, *)
    real(c_double), intent(inout) :: x(ldx, *)
    type(sunzi_solve_options), intent(in), optional :: options
    type(sunzi_solve_report), intent(inout), optional :: report
    type(sunzi_column_report), intent(inout), optional :: columns(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_dsolve(ctx%handle, SUNZI_COL_MAJOR, n, nrhs, a, lda, b, &
      ldb, x, ldx, options, report, columns), ierr)
  end subroutine

  !> Many small systems: A_i begins stride_a numbers after A_(i-1), and so on;
  !> for arrays a(lda, n, count) the stride is lda * n.
  subroutine sunzi_dsolve_batch_strided(ctx, n, nrhs, a, lda, stride_a, b, &
    ldb, stride_b, x, ldx, stride_x, count, options, members, ierr)
    type(sunzi_context), intent(in) :: ctx
    integer(c_int), intent(in) :: n, nrhs, lda, ldb, ldx, count
    integer(c_int64_t), intent(in) :: stride_a, stride_b, stride_x
    real(c_double), intent(in) :: a(*), b(*)
    real(c_double), intent(inout) :: x(*)
    type(sunzi_solve_options), intent(in), optional :: options
    type(sunzi_batch_member), intent(inout), optional :: members(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_dsolve_batch_strided(ctx%handle, SUNZI_COL_MAJOR, n, &
      nrhs, a, lda, stride_a, b, ldb, stride_b, x, ldx, stride_x, count, &
      options, members), ierr)
  end subroutine

  !> As LAPACK's dgesv, but A is kept; B is overwritten by X.
  subroutine sunzi_dgesv(ctx, n, nrhs, a, lda, ipiv, b, ldb, ierr)
    type(sunzi_context), intent(in) :: ctx
    integer(c_int), intent(in) :: n, nrhs, lda, ldb
    real(c_double), intent(in) :: a(lda, *)
    integer(c_int), intent(inout) :: ipiv(*)
    real(c_double), intent(inout) :: b(ldb, *)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_dgesv(ctx%handle, SUNZI_COL_MAJOR, n, nrhs, a, lda, &
      ipiv, b, ldb), ierr)
  end subroutine

  !> As LAPACK's dposv, but A is kept; uplo 'U' or 'L'.
  subroutine sunzi_dposv(ctx, uplo, n, nrhs, a, lda, b, ldb, ierr)
    type(sunzi_context), intent(in) :: ctx
    character, intent(in) :: uplo
    integer(c_int), intent(in) :: n, nrhs, lda, ldb
    real(c_double), intent(in) :: a(lda, *)
    real(c_double), intent(inout) :: b(ldb, *)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_dposv(ctx%handle, SUNZI_COL_MAJOR, &
      sunzi_letter(uplo), n, nrhs, a, lda, b, ldb), ierr)
  end subroutine

  !> As LAPACK's dgels, but A of shape [m, n] is kept; X overwrites the leading
  !> part of B, which has max(m, n) rows; trans 'N' or 'T'.
  subroutine sunzi_dgels(ctx, trans, m, n, nrhs, a, lda, b, ldb, options, &
    report, columns, ierr)
    type(sunzi_context), intent(in) :: ctx
    character, intent(in) :: trans
    integer(c_int), intent(in) :: m, n, nrhs, lda, ldb
    real(c_double), intent(in) :: a(lda, *)
    real(c_double), intent(inout) :: b(ldb, *)
    type(sunzi_solve_options), intent(in), optional :: options
    type(sunzi_solve_report), intent(inout), optional :: report
    type(sunzi_column_report), intent(inout), optional :: columns(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_dgels(ctx%handle, SUNZI_COL_MAJOR, &
      sunzi_letter(trans), m, n, nrhs, a, lda, b, ldb, options, report, &
      columns), ierr)
  end subroutine

  subroutine solve_vector(a, b, x, options, report, columns, context, ierr)
    real(c_double), intent(in), contiguous :: a(:, :), b(:)
    real(c_double), intent(inout), contiguous :: x(:)
    type(sunzi_solve_options), intent(in), optional :: options
    type(sunzi_solve_report), intent(inout), optional :: report
    type(sunzi_column_report), intent(inout), optional :: columns
    type(sunzi_context), intent(in), optional :: context
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_context) :: ctx
    type(sunzi_column_report) :: one(1)
    integer(c_int) :: n, status
    if (present(context)) ctx = context
    if (present(columns)) one(1) = columns
    n = max(1, size(a, 1))
    status = shapes_fit(shape(a, c_int64_t), &
      [size(b, kind=c_int64_t), 1_c_int64_t], &
      [size(x, kind=c_int64_t), 1_c_int64_t])
    if (status == SUNZI_OK) call sunzi_dsolve(ctx, size(a, 1), 1, a, n, b, n, &
      x, n, options, report, one, status)
    if (present(columns)) columns = one(1)
    call sunzi_check(status, ierr)
  end subroutine

  subroutine solve_matrix(a, b, x, options, report, columns, context, ierr)
    real(c_double), intent(in), contiguous :: a(:, :), b(:, :)
    real(c_double), intent(inout), contiguous :: x(:, :)
    type(sunzi_solve_options), intent(in), optional :: options
    type(sunzi_solve_report), intent(inout), optional :: report
    type(sunzi_column_report), intent(inout), optional, contiguous :: columns(:)
    type(sunzi_context), intent(in), optional :: context
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_context) :: ctx
    integer(c_int) :: n, status
    if (present(context)) ctx = context
    n = max(1, size(a, 1))
    status = shapes_fit(shape(a, c_int64_t), shape(b, c_int64_t), &
      shape(x, c_int64_t))
    if (present(columns) .and. status == SUNZI_OK) then
      if (size(columns) < size(b, 2)) status = sunzi_refuse('sunzi_solve: '// &
        'columns has fewer elements than B has columns, allowed: one each')
    end if
    if (status == SUNZI_OK) call sunzi_dsolve(ctx, size(a, 1), size(b, 2), a, &
      n, b, n, x, n, options, report, columns, status)
    call sunzi_check(status, ierr)
  end subroutine

  function shapes_fit(a, b, x) result(status)
    integer(c_int64_t), intent(in) :: a(2), b(2), x(2)
    integer(c_int) :: status
    character(240) :: sentence
    status = SUNZI_OK
    if (a(1) == a(2) .and. b(1) == a(1) .and. all(x == b) .and. &
      all([a, b] <= huge(status))) return
    write (sentence, '(3(a, i0, a, i0), a, i0)') 'sunzi_solve: A is ', a(1), &
      ' x ', a(2), ', B ', b(1), ' x ', b(2), ', X ', x(1), ' x ', x(2), &
      ', allowed: n x n, n x nrhs and n x nrhs, at most ', huge(status)
    status = sunzi_refuse(trim(sentence))
  end function

end module
