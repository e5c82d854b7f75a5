! SPDX-License-Identifier: BSD-3-Clause
!> Products of small integers, which every method computes exactly, so that the
!> intrinsic matmul gives the same numbers.
program test_product
  use, intrinsic :: iso_c_binding
  use check
  use sunzi
  implicit none
  integer, parameter :: dp = c_double
  type(sunzi_product_options) :: emulated
  real(dp) :: a(7, 6), b(8, 9), c(6, 5), before(6, 5)

  emulated%method = SUNZI_PRODUCT_EMULATED
  call fill(a, 3)
  call fill(b, 5)
  call fill(before, 2)
  call leading_dimensions()
  call shapes()
  call single_and_complex()
  call triangles()
  call information()
  call finish()

contains

  subroutine fill(x, seed)
    real(dp), intent(out) :: x(:, :)
    integer, intent(in) :: seed
    integer :: i, j
    do j = 1, size(x, 2)
      do i = 1, size(x, 1)
        x(i, j) = modulo(i*seed + j*j*7, 19) - 9
      end do
    end do
  end subroutine

  !> Exactly equal; not written == because compilers warn of that for reals.
  logical function same(x, y)
    real(dp), intent(in) :: x(:, :), y(:, :)
    same = all(abs(x - y) <= 0)
  end function

  !> Blocks inside of larger arrays, by their first entry.
  subroutine leading_dimensions()
    real(dp) :: expected(6, 5)
    c = before
    expected = before
    expected(2:4, 3:4) = 2*matmul(a(3:5, 2:5), b(4:7, 6:7)) - before(2:4, 3:4)
    call sunzi_dgemm(sunzi_default, 'N', 'N', 3, 2, 4, 2d0, a(3, 2), 7, &
      b(4, 6), 8, -1d0, c(2, 3), 6, emulated)
    call expect(same(c, expected), 'block, N N')
    c = before
    expected(2:4, 3:4) = matmul(transpose(a(3:6, 2:4)), transpose(b(4:5, 6:9)))
    call sunzi_dgemm(sunzi_default, 't', 'C', 3, 2, 4, 1d0, a(3, 2), 7, &
      b(4, 6), 8, 0d0, c(2, 3), 6, emulated)
    call expect(same(c, expected), 'block, T C')
  end subroutine

  subroutine shapes()
    real(dp) :: d(7, 9)
    real(dp) :: none(0, 4), nothing(0, 9)
    integer(c_int) :: ierr
    call sunzi_gemm(a, b(1:6, :), d, options=emulated)
    call expect(same(d, matmul(a, b(1:6, :))), 'sunzi_gemm')
    call sunzi_gemm(a(:, 1:2), b, d(1:2, 1:8), 'T', 'T', ierr=ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'shapes that do not fit')
    d = 1
    call sunzi_gemm(a, b(:, 1:6), d(:, 1:8), transb='T', alpha=2d0, beta=-3d0, &
      options=emulated)
    call expect(same(d(:, 1:8), 2*matmul(a, transpose(b(:, 1:6))) - 3), &
      'sunzi_gemm with alpha and beta')
    call expect(all(abs(d(:, 9) - 1) <= 0), 'column 9 untouched')
    ! sections that are not contiguous
    d = 0
    call sunzi_gemm(a(1:5:2, :), b(1:6, 1:9:4), d(1:3, 2:4))
    call expect(same(d(1:3, 2:4), matmul(a(1:5:2, :), b(1:6, 1:9:4))), &
      'strides')
    call sunzi_gemm(none, b(1:4, :), nothing, ierr=ierr)
    call expect(ierr == SUNZI_OK, 'm = 0')
    call sunzi_gemm(a(:, 1:0), b(1:0, :), d)
    call expect(same(d, 0*d), 'k = 0')
  end subroutine

  subroutine single_and_complex()
    real(c_float) :: s(7, 9)
    complex(dp) :: za(7, 6), zb(6, 9), z(7, 9)
    call sunzi_gemm(real(a, c_float), real(b(1:6, :), c_float), s, &
      alpha=2.0_c_float, options=emulated)
    call expect(same(real(s, dp), 2*matmul(a, b(1:6, :))), 'sgemm')
    za = cmplx(a, 2 - a, dp)
    zb = cmplx(b(2:7, :), b(1:6, :), dp)
    z = (1d0, 1d0)
    call sunzi_gemm(za, zb, z, alpha=(0d0, 1d0), beta=(2d0, 0d0), &
      options=emulated)
    call expect(all(abs(z - (0d0, 1d0)*matmul(za, zb) - (2d0, 2d0)) <= 0), &
      'zgemm')
    call sunzi_zgemm(sunzi_default, 'C', 'N', 6, 9, 7, (1d0, 0d0), za, 7, &
      z, 7, (0d0, 0d0), zb, 6, emulated)
    call expect(all(abs(zb - matmul(conjg(transpose(za)), z)) <= 0), &
      'conjugate')
  end subroutine

  subroutine triangles()
    real(dp) :: d(6, 6), full(6, 6), x(6, 2)
    integer :: i, j
    full = matmul(transpose(a), a)
    d = -5
    call sunzi_dsyrk(sunzi_default, 'U', 'T', 6, 7, 1d0, a, 7, 0d0, d, 6, &
      emulated)
    do j = 1, 6
      do i = 1, 6
        call expect(abs(d(i, j) - merge(full(i, j), -5d0, i <= j)) <= 0, &
          'dsyrk')
      end do
    end do
    full = a(1:6, :)
    do i = 1, 6
      full(i, i) = 1
      full(1:i - 1, i) = 0
    end do
    x = b(1:6, 1:2)
    d = full
    do i = 1, 6
      d(i, i) = 100 ! not read
    end do
    call sunzi_dtrsm(sunzi_default, 'L', 'L', 'N', 'U', 6, 2, 1d0, d, 6, x, 6)
    call expect(same(matmul(full, x), b(1:6, 1:2)), 'dtrsm')
    x = b(1:6, 1:2)
    call sunzi_dtrsm(sunzi_default, 'l', 'l', 't', 'n', 6, 2, 2d0, full, 6, &
      x, 6)
    call expect(same(matmul(transpose(full), x), 2*b(1:6, 1:2)), 'dtrsm, T')
  end subroutine

  subroutine information()
    type(sunzi_product_options) :: options
    type(sunzi_product_info) :: info
    type(sunzi_context) :: context
    integer(c_int) :: ierr
    call sunzi_context_create(context, engine='portable')
    call sunzi_gemm(a(1:5, :), b(1:6, 1:5), c(1:5, :), options=emulated, &
      info=info, context=context)
    call expect(info%method == SUNZI_PRODUCT_EMULATED, 'method')
    call expect(sunzi_string(info%engine) == 'portable', 'engine')
    call expect(sunzi_string(info%reason) /= '', 'reason')
    call expect(info%moduli >= 2 .and. info%workspace_bytes > 0, 'moduli')
    options%moduli = SUNZI_MODULI_MAX + 1
    call sunzi_gemm(a(1:5, :), b(1:6, 1:5), c(1:5, :), options=options, &
      ierr=ierr)
    call expect(ierr == SUNZI_ERR_ARG, 'too many moduli')
    call expect_text(sunzi_last_message(), 'moduli')
    call sunzi_context_destroy(context)
  end subroutine

end program
