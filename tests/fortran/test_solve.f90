! SPDX-License-Identifier: BSD-3-Clause
!> Systems with a known solution in small integers; bounds are those of the
!> grades in <sunzi/solve.h>.
program test_solve
  use, intrinsic :: iso_c_binding
  use check
  use sunzi
  implicit none
  integer, parameter :: dp = c_double, n = 30, nrhs = 3
  real(dp), parameter :: u = epsilon(1.0_dp)/2
  real(dp) :: a(n, n), x_true(n, nrhs), b(n, nrhs)
  integer :: i, j

  do j = 1, n
    do i = 1, n
      a(i, j) = modulo(i*i*3 + j*11, 23) - 11
    end do
    a(j, j) = a(j, j) + 400 ! dominates its row: well conditioned
  end do
  x_true = reshape([(modulo(i*7, 15) - 7, i = 1, n*nrhs)], [n, nrhs])
  b = matmul(a, x_true) ! exact

  call expert()
  call lapack_names()
  call shapes()
  call least_squares()
  call grades_not_reached()
  call batches()
  call names()
  call finish()

contains

  !> ||b - A x|| <= sqrt(n) u (||A|| ||x|| + ||b||), the promise of grade
  !> backward, with as much again for the residual computed here.
  logical function backward(x, column)
    real(dp), intent(in) :: x(n)
    integer, intent(in) :: column
    real(dp) :: residual, norm_a
    norm_a = maxval(sum(abs(a), dim=2))
    residual = maxval(abs(b(:, column) - matmul(a, x)))
    backward = residual <= (sqrt(real(n, dp)) + n)*u* &
      (norm_a*maxval(abs(x)) + maxval(abs(b(:, column))))
  end function

  subroutine expert()
    type(sunzi_solve_options) :: options
    type(sunzi_solve_report) :: report
    type(sunzi_column_report) :: columns(nrhs)
    real(dp) :: large(n + 2, n + 1), x(n + 5, nrhs)
    integer :: c
    large = 1e300_dp
    large(2:n + 1, 2:n + 1) = a
    x = -1
    options%grade = SUNZI_GRADE_CERTIFIED
    call sunzi_dsolve(sunzi_default, n, nrhs, large(2, 2), n + 2, b, n, x, &
      n + 5, options, report, columns)
    call expect(report%grade == SUNZI_GRADE_CERTIFIED, 'grade of the report')
    call expect(report%attempts >= 1, 'attempts')
    call expect(report%attempt(report%attempts)%succeeded == 1, 'the last one')
    call expect(sunzi_string(report%attempt(1)%reason) /= '', 'reason')
    call expect(sunzi_string(report%engine) == &
      sunzi_context_engine(sunzi_default), 'engine')
    call expect(report%condition >= 1, 'condition')
    do c = 1, nrhs
      call expect(columns(c)%grade == SUNZI_GRADE_CERTIFIED, &
        'grade of a column')
      call expect(maxval(abs(x(1:n, c) - x_true(:, c))) <= &
        columns(c)%forward_bound*maxval(abs(x(1:n, c))), 'proved bound')
    end do
    call expect(all(abs(x(n + 1:, :) + 1) <= 0), 'below X nothing is written')
  end subroutine

  subroutine lapack_names()
    real(dp) :: x(n, nrhs), spd(n, n), bs(n, nrhs)
    integer(c_int) :: ipiv(n), ierr
    integer :: c
    x = b
    ipiv = 0
    call sunzi_dgesv(sunzi_default, n, nrhs, a, n, ipiv, x, n)
    do c = 1, nrhs
      call expect(backward(x(:, c), c), 'sunzi_dgesv')
    end do
    call expect(all(ipiv >= 1 .and. ipiv <= n), 'row interchanges')
    spd = matmul(transpose(a), a)
    bs = matmul(spd, x_true)
    do c = 1, n
      spd(c + 1:, c) = 1e300_dp ! the lower triangle is not read
    end do
    call sunzi_dposv(sunzi_default, 'U', n, nrhs, spd, n, bs, n, ierr)
    call expect(ierr == SUNZI_OK, 'sunzi_dposv')
    call expect(maxval(abs(bs - x_true)) <= 1e3_dp*n*u*maxval(abs(x_true)), &
      'its solution, condition below 1000')
    call sunzi_dposv(sunzi_default, 'X', n, nrhs, spd, n, bs, n, ierr)
    call expect(ierr == SUNZI_ERR_ARG, "uplo = 'X'")
    call expect_text(sunzi_last_message(), 'uplo')
  end subroutine

  subroutine shapes()
    type(sunzi_column_report) :: column, columns(nrhs), few(nrhs - 1)
    type(sunzi_solve_report) :: report
    real(dp) :: x(n, nrhs), y(n), short(n - 1)
    integer(c_int) :: ierr
    call sunzi_solve(a, b, x, columns=columns)
    call sunzi_solve(a, b(:, 2), y, report=report, columns=column)
    call expect(all(abs(y - x(:, 2)) <= 0), 'a column alone has the same bits')
    call expect(column%grade >= SUNZI_GRADE_BACKWARD .and. &
      report%grade == column%grade, 'grade')
    call expect(backward(x(:, 3), 3), 'sunzi_solve')
    call sunzi_solve(a, b(:, 1), short, ierr=ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'x is too short')
    call expect_text(sunzi_last_message(), 'A is 30 x 30, B 30 x 1, X 29 x 1')
    call sunzi_solve(a(:, 2:), b, x, ierr=ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'A is not square')
    call sunzi_solve(a, b, x, columns=few, ierr=ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'too few column reports')
    call sunzi_solve(a(1:0, 1:0), b(1:0, :), x(1:0, :), ierr=ierr)
    call expect(ierr == SUNZI_OK, 'n = 0')
  end subroutine

  subroutine least_squares()
    real(dp) :: tall(n, 4), y(n), x_known(4)
    type(sunzi_solve_report) :: report
    type(sunzi_column_report) :: column(1)
    tall = a(:, 1:4)
    x_known = [1, -2, 3, -4]
    y = matmul(tall, x_known)
    call sunzi_dgels(sunzi_default, 'N', n, 4, 1, tall, n, y, n, &
      report=report, columns=column)
    call expect(maxval(abs(y(1:4) - x_known)) <= 100*n*u*4, 'sunzi_dgels')
    call expect(column(1)%grade >= SUNZI_GRADE_BACKWARD, 'its grade')
    call expect(report%attempts >= 1, 'its attempts')
  end subroutine

  subroutine grades_not_reached()
    real(dp) :: nan_matrix(2, 2), x(2), hilbert(14, 14), hx(14)
    type(sunzi_solve_options) :: options
    type(sunzi_column_report) :: column
    integer(c_int) :: ierr
    nan_matrix = reshape([1d0, 0d0, 0d0, 1d0], [2, 2])
    nan_matrix(1, 2) = sqrt(-x_true(1, 1)**2 - 1)
    call sunzi_solve(nan_matrix, [1d0, 1d0], x, ierr=ierr)
    call expect(ierr == SUNZI_ERR_NONFINITE, 'NaN')
    do j = 1, 14
      do i = 1, 14
        hilbert(i, j) = 1d0/(i + j - 1)
      end do
    end do
    options%grade = SUNZI_GRADE_CERTIFIED
    call sunzi_solve(hilbert, hilbert(:, 1), hx, options, columns=column, &
      ierr=ierr)
    call expect(ierr > 0 .and. column%grade < SUNZI_GRADE_CERTIFIED, &
      'a positive status for condition 1e18')
    options%climb = 2
    call sunzi_solve(a, b(:, 1), hx, options, ierr=ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'climb = 2 or a short x')
  end subroutine

  !> A, and twice A: solutions, then half of them; the third is singular.
  subroutine batches()
    real(dp) :: many(n, n, 3), x(n, nrhs, 3), c(n, nrhs, 2)
    type(sunzi_batch_member) :: members(3)
    integer(c_int) :: ierr
    many(:, :, 1) = a
    many(:, :, 2) = 2*a
    many(:, :, 3) = 0
    x = -7
    call sunzi_dsolve_batch_strided(sunzi_default, n, nrhs, many, n, &
      int(n*n, c_int64_t), b, n, 0_c_int64_t, x, n, int(n*nrhs, c_int64_t), 3, &
      members=members, ierr=ierr)
    call expect(ierr == SUNZI_ERR_SINGULAR, 'the third is singular')
    call expect_text(sunzi_last_message(), 'system 2 (0-based) of 3')
    call expect(all(members%status == [SUNZI_OK, SUNZI_OK, &
      SUNZI_ERR_SINGULAR]), 'a status each')
    do j = 1, nrhs
      call expect(backward(x(:, j, 1), j), 'the first of the batch')
    end do
    call expect(all(2*x(:, :, 2) == x(:, :, 1)), 'powers of two')
    call expect(all(x(:, :, 3) == -7), 'nothing of the third')
    call sunzi_dgemm_batch_strided(sunzi_default, 'N', 'N', n, nrhs, n, 1d0, &
      many, n, int(n*n, c_int64_t), x_true, n, 0_c_int64_t, 0d0, c, n, &
      int(n*nrhs, c_int64_t), 2)
    call expect(all(c(:, :, 1) == b .and. c(:, :, 2) == 2*b), 'products')
  end subroutine

  subroutine names()
    character(:), allocatable :: why
    call expect(sunzi_grade_name(SUNZI_GRADE_ACCURATE) == 'accurate', 'grade')
    call expect(sunzi_factor_name(SUNZI_FACTOR_BF16) == 'bf16', 'factor')
    call expect(sunzi_factor_available(sunzi_default, SUNZI_FACTOR_FP64, why), &
      'fp64 is there')
    call expect(why == '', 'no reason')
    if (.not. sunzi_factor_available(sunzi_default, SUNZI_FACTOR_FP16, why)) &
      call expect(why /= '', 'a reason')
  end subroutine

end program
