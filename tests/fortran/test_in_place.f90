! SPDX-License-Identifier: BSD-3-Clause
!> No copies on the way to C: this program has functions of its own in the place
!> of two of the library's, and they see the addresses of its arrays.
module in_place
  use, intrinsic :: iso_c_binding
  use sunzi, only: SUNZI_COL_MAJOR, SUNZI_TRANS, SUNZI_NO_TRANS
  implicit none
  type(c_ptr) :: seen(4)
  logical :: right
contains

  integer(c_int) function gemm(ctx, layout, transa, transb, m, n, k, alpha, a, &
    lda, b, ldb, beta, c, ldc, options, info) &
    bind(C, name='sunzi_dgemm_expert')
    type(c_ptr), value :: ctx, a, b, c, options, info
    integer(c_int), value :: layout, transa, transb, m, n, k, lda, ldb, ldc
    real(c_double), value :: alpha, beta
    seen = [a, b, c, options]
    right = .not. (c_associated(ctx) .or. c_associated(info)) .and. &
      layout == SUNZI_COL_MAJOR .and. transa == SUNZI_NO_TRANS .and. &
      transb == SUNZI_TRANS .and. all([m, n, k, lda, ldb, ldc] == [2, 3, 4, &
      10, 11, 12]) .and. .not. (abs(alpha - 5) > 0 .or. abs(beta - 6) > 0)
    gemm = 0
  end function

  integer(c_int) function solve(ctx, layout, n, nrhs, a, lda, b, ldb, x, ldx, &
    options, report, columns) bind(C, name='sunzi_dsolve')
    type(c_ptr), value :: ctx, a, b, x, options, report, columns
    integer(c_int), value :: layout, n, nrhs, lda, ldb, ldx
    seen = [a, b, x, columns]
    right = .not. (c_associated(ctx) .or. c_associated(options) .or. &
      c_associated(report)) .and. layout == SUNZI_COL_MAJOR .and. &
      all([n, nrhs, lda, ldb, ldx] == [3, 2, 10, 11, 12])
    solve = 0
  end function

end module

program test_in_place
  use, intrinsic :: iso_c_binding
  use check
  use in_place
  use sunzi
  implicit none
  real(c_double), target :: a(10, 10), b(11, 11), c(12, 12)
  type(sunzi_product_options), target :: options
  type(sunzi_column_report), target :: columns(2)

  a = 0
  b = 0
  c = 0
  call sunzi_dgemm(sunzi_default, 'N', 'T', 2, 3, 4, 5d0, a(2, 3), 10, &
    b(4, 5), 11, 6d0, c(6, 7), 12, options)
  call expect(right, 'values of sunzi_dgemm')
  call expect(all_seen([c_loc(a(2, 3)), c_loc(b(4, 5)), c_loc(c(6, 7)), &
    c_loc(options)]), 'sunzi_dgemm passes its arrays on')
  call sunzi_dsolve(sunzi_default, 3, 2, a, 10, b(:, 2:), 11, c(2, 2), 12, &
    columns=columns)
  call expect(right, 'values of sunzi_dsolve')
  call expect(all_seen([c_loc(a), c_loc(b(1, 2)), c_loc(c(2, 2)), &
    c_loc(columns)]), 'sunzi_dsolve passes its arrays on')
  call finish()

contains

  logical function all_seen(expected)
    type(c_ptr), intent(in) :: expected(4)
    integer :: i
    all_seen = .true.
    do i = 1, 4
      all_seen = all_seen .and. c_associated(seen(i), expected(i))
    end do
  end function

end program
