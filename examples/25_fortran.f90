! SPDX-License-Identifier: BSD-3-Clause
!> From Fortran: a product with its proved error bound, and the system of
!> 20_solve.c in the grade "certified".
!>
!> The names are those of C. Arrays are column-major, letters stand for
!> transposes, and `ierr` is last and optional: without it a failure ends the
!> program with its sentence.
!>
!> Compile: gfortran 25_fortran.f90 $(pkg-config --cflags --libs sunzi_fortran)
program fortran
  use sunzi
  implicit none
  integer, parameter :: dp = kind(1d0), n = 8
  type(sunzi_product_options) :: product
  type(sunzi_product_info) :: info
  type(sunzi_solve_options) :: solve
  type(sunzi_column_report) :: column
  real(dp) :: a(n, n), b(n), x(n), c(n, 2), error
  logical :: good
  integer :: i, j, ierr

  do j = 1, n
    do i = 1, n
      a(i, j) = 1/real(i + j - 1, dp) ! Hilbert matrix, condition number 3e10
    end do
  end do

  ! C = A A(:, 3:4), shapes from the arrays; the same with the arguments of the
  ! BLAS would be
  !   call sunzi_dgemm(sunzi_default, 'N', 'N', n, 2, n, 1d0, a, n, a(1, 3), &
  !     n, 0d0, c, n, product, info)
  product%method = SUNZI_PRODUCT_EMULATED
  call sunzi_gemm(a, a(:, 3:4), c, options=product, info=info)
  print '(3a, i0, a, es8.1, a)', 'product: engine ', &
    sunzi_string(info%engine), ', ', &
    info%moduli, ' moduli, |error| <= (', info%certificate, &
    ' + 1) u |A||B|'
  error = maxval(abs(c - matmul(a, a(:, 3:4))))
  print '(a, es8.1)', 'product: it differs from matmul by ', error
  good = error <= (info%certificate + 1 + n)*epsilon(error)/2*n

  ! A x = b, with b the first column of A: x = (1, 0, ..., 0)
  b = a(:, 1)
  solve%grade = SUNZI_GRADE_CERTIFIED
  call sunzi_solve(a, b, x, solve, columns=column, ierr=ierr)
  if (ierr /= SUNZI_OK) print '(a)', sunzi_last_message()
  error = max(abs(x(1) - 1), maxval(abs(x(2:))))
  print '(3a, es8.1, a, es8.1)', 'solve: grade ', &
    sunzi_grade_name(column%grade), ', error ', error, ', proved bound ', &
    column%forward_bound
  good = good .and. ierr == SUNZI_OK .and. error <= column%forward_bound

  print '(a)', 'try next: 45_fortran_mpi.f90, or leave ierr out and make a NaN'
  if (.not. good) error stop 1
end program
