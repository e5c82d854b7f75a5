! SPDX-License-Identifier: BSD-3-Clause
!> Emulated products: <sunzi/product.h>.
!>
!> Arrays are column-major, so there is no layout argument; transposes,
!> triangles and sides are given by letters, as in the BLAS. The options and the
!> info of the expert forms of C are optional arguments here, so that
!> sunzi_dgemm stands for sunzi_dgemm and sunzi_dgemm_expert.
!>
!> The names of the BLAS take arrays by their first entry and a leading
!> dimension: call them with a whole array or with an entry, a(3, 5), and
!> nothing is copied. sunzi_gemm takes the shapes from the arrays:
!>   call sunzi_gemm(a, b, c [, transa, transb, alpha, beta, options, info,
!>                   context, ierr])     alpha = 1, beta = 0, default context
!> A section that is not contiguous is copied there by the compiler.
module sunzi_product_m
  use, intrinsic :: iso_c_binding
  use sunzi_context_m
  use sunzi_status_m
  implicit none
  private

  ! Layouts, transposes, ...: the letters stand for them in Fortran calls.
  integer(c_int), parameter, public :: SUNZI_ROW_MAJOR = 101
  integer(c_int), parameter, public :: SUNZI_COL_MAJOR = 102
  integer(c_int), parameter, public :: SUNZI_NO_TRANS = 111
  integer(c_int), parameter, public :: SUNZI_TRANS = 112
  integer(c_int), parameter, public :: SUNZI_CONJ_TRANS = 113
  integer(c_int), parameter, public :: SUNZI_UPPER = 121
  integer(c_int), parameter, public :: SUNZI_LOWER = 122
  integer(c_int), parameter, public :: SUNZI_NON_UNIT = 131
  integer(c_int), parameter, public :: SUNZI_UNIT = 132
  integer(c_int), parameter, public :: SUNZI_LEFT = 141
  integer(c_int), parameter, public :: SUNZI_RIGHT = 142

  integer(c_int), parameter, public :: SUNZI_PRODUCT_AUTO = 0
  integer(c_int), parameter, public :: SUNZI_PRODUCT_EMULATED = 1
  integer(c_int), parameter, public :: SUNZI_PRODUCT_NATIVE = 2
  integer(c_int), parameter, public :: SUNZI_PRODUCT_ORDERED = 3

  integer(c_int), parameter, public :: SUNZI_MODULI_MAX = 32

  type, bind(C), public :: sunzi_product_options
    integer(c_int) :: method = SUNZI_PRODUCT_AUTO
    integer(c_int) :: moduli = 0
    real(c_double) :: tolerance = 0
    integer(c_int) :: unbalanced = 0
  end type

  type, bind(C), public :: sunzi_product_info
    integer(c_int) :: method
    type(c_ptr) :: engine !< text: sunzi_string(info%engine)
    integer(c_int) :: moduli
    real(c_double) :: certificate
    integer(c_int) :: balanced
    integer(c_int) :: raised
    integer(c_int) :: special_rows, special_columns
    type(c_ptr) :: reason !< text: sunzi_string(info%reason)
    integer(c_size_t) :: workspace_bytes
    real(c_double) :: seconds_measure, seconds_convert, seconds_product, &
      seconds_reconstruct
  end type

  public :: sunzi_product_options_init
  public :: sunzi_dgemm, sunzi_sgemm, sunzi_zgemm, sunzi_dsyrk, sunzi_dtrsm
  public :: sunzi_dgemm_batch_strided
  public :: sunzi_gemm

  interface sunzi_gemm
    module procedure dgemm_shaped
    module procedure sgemm_shaped
    module procedure zgemm_shaped
  end interface

  character(*), parameter :: trans_letters = 'NTC'
  integer(c_int), parameter :: trans_codes(*) = &
    [SUNZI_NO_TRANS, SUNZI_TRANS, SUNZI_CONJ_TRANS]

  interface
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_product_options_init(options) &
      bind(C, name='sunzi_product_options_init')
      import :: sunzi_product_options
      type(sunzi_product_options), intent(out) :: options
    end subroutine
    integer(c_int) function c_dgemm(ctx, layout, transa, transb, m, n, k, &
      alpha, a, lda, b, ldb, beta, c, ldc, options, info) &
      bind(C, name='sunzi_dgemm_expert')
      import
      type(c_ptr), value :: ctx
      integer(c_int), value :: layout, transa, transb, m, n, k, lda, ldb, ldc
      real(c_double), value :: alpha, beta
      real(c_double), intent(in) :: a(*), b(*)
      real(c_double), intent(inout) :: c(*)
      type(sunzi_product_options), intent(in), optional :: options
      type(sunzi_product_info), intent(inout), optional :: info
    end function
    integer(c_int) function c_dgemm_batch_strided(ctx, layout, transa, transb, &
      m, n, k, alpha, a, lda, stride_a, b, ldb, stride_b, beta, c, ldc, &
      stride_c, count) bind(C, name='sunzi_dgemm_batch_strided')
      import
      type(c_ptr), value :: ctx
      integer(c_int), value :: layout, transa, transb, m, n, k, lda, ldb, ldc, &
        count
      integer(c_int64_t), value :: stride_a, stride_b, stride_c
      real(c_double), value :: alpha, beta
      real(c_double), intent(in) :: a(*), b(*)
      real(c_double), intent(inout) :: c(*)
    end function
    integer(c_int) function c_sgemm(ctx, layout, transa, transb, m, n, k, &
      alpha, a, lda, b, ldb, beta, c, ldc, options, info) &
      bind(C, name='sunzi_sgemm_expert')
      import
      type(c_ptr), value :: ctx
      integer(c_int), value :: layout, transa, transb, m, n, k, lda, ldb, ldc
      real(c_float), value :: alpha, beta
      real(c_float), intent(in) :: a(*), b(*)
      real(c_float), intent(inout) :: c(*)
      type(sunzi_product_options), intent(in), optional :: options
      type(sunzi_product_info), intent(inout), optional :: info
    end function
    integer(c_int) function c_zgemm(ctx, layout, transa, transb, m, n, k, &
      alpha, a, lda, b, ldb, beta, c, ldc, options, info) &
      bind(C, name='sunzi_zgemm_expert')
      import
      type(c_ptr), value :: ctx
      integer(c_int), value :: layout, transa, transb, m, n, k, lda, ldb, ldc
      complex(c_double_complex), intent(in) :: alpha, beta
      complex(c_double_complex), intent(in) :: a(*), b(*)
      complex(c_double_complex), intent(inout) :: c(*)
      type(sunzi_product_options), intent(in), optional :: options
      type(sunzi_product_info), intent(inout), optional :: info
    end function
    integer(c_int) function c_dsyrk(ctx, layout, uplo, trans, n, k, alpha, a, &
      lda, beta, c, ldc, options, info) bind(C, name='sunzi_dsyrk_expert')
      import
      type(c_ptr), value :: ctx
      integer(c_int), value :: layout, uplo, trans, n, k, lda, ldc
      real(c_double), value :: alpha, beta
      real(c_double), intent(in) :: a(*)
      real(c_double), intent(inout) :: c(*)
      type(sunzi_product_options), intent(in), optional :: options
      type(sunzi_product_info), intent(inout), optional :: info
    end function
    integer(c_int) function c_dtrsm(ctx, layout, side, uplo, transa, diag, m, &
      n, alpha, a, lda, b, ldb, options, info) &
      bind(C, name='sunzi_dtrsm_expert')
      import
      type(c_ptr), value :: ctx
      integer(c_int), value :: layout, side, uplo, transa, diag, m, n, lda, ldb
      real(c_double), value :: alpha
      real(c_double), intent(in) :: a(*)
      real(c_double), intent(inout) :: b(*)
      type(sunzi_product_options), intent(in), optional :: options
      type(sunzi_product_info), intent(inout), optional :: info
    end function
  end interface

contains

  !> C = alpha op(A) op(B) + beta C, op(A) of shape [m, k], op(B) [k, n].
  subroutine sunzi_dgemm(ctx, transa, transb, m, n, k, alpha, a, lda, b, ldb, &
    beta, c, ldc, options, info, ierr)
    type(sunzi_context), intent(in) :: ctx
    character, intent(in) :: transa, transb
    integer(c_int), intent(in) :: m, n, k, lda, ldb, ldc
    real(c_double), intent(in) :: alpha, beta
    real(c_double), intent(in) :: a(lda, *), b(ldb, *)
    real(c_double), intent(inout) :: c(ldc, *)
    type(sunzi_product_options), intent(in), optional :: options
    type(sunzi_product_info), intent(inout), optional :: info
    integer(c_int), intent(out), optional :: ierr
    integer(c_int) :: status, ta, tb
    status = SUNZI_OK
    ta = code_of(transa, trans_letters, trans_codes, 'sunzi_dgemm: transa', &
      status)
    tb = code_of(transb, trans_letters, trans_codes, 'sunzi_dgemm: transb', &
      status)
    if (status == SUNZI_OK) status = c_dgemm(ctx%handle, SUNZI_COL_MAJOR, ta, &
      tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, options, info)
    call sunzi_check(status, ierr)
  end subroutine

  !> Many small products: A_i begins stride_a numbers after A_(i-1), and so on;
  !> for arrays a(lda, ka, count) the stride is lda * ka.
  subroutine sunzi_dgemm_batch_strided(ctx, transa, transb, m, n, k, alpha, a, &
    lda, stride_a, b, ldb, stride_b, beta, c, ldc, stride_c, count, ierr)
    type(sunzi_context), intent(in) :: ctx
    character, intent(in) :: transa, transb
    integer(c_int), intent(in) :: m, n, k, lda, ldb, ldc, count
    integer(c_int64_t), intent(in) :: stride_a, stride_b, stride_c
    real(c_double), intent(in) :: alpha, beta
    real(c_double), intent(in) :: a(*), b(*)
    real(c_double), intent(inout) :: c(*)
    integer(c_int), intent(out), optional :: ierr
    integer(c_int) :: status, ta, tb
    status = SUNZI_OK
    ta = code_of(transa, trans_letters, trans_codes, &
      'sunzi_dgemm_batch_strided: transa', status)
    tb = code_of(transb, trans_letters, trans_codes, &
      'sunzi_dgemm_batch_strided: transb', status)
    if (status == SUNZI_OK) status = c_dgemm_batch_strided(ctx%handle, &
      SUNZI_COL_MAJOR, ta, tb, m, n, k, alpha, a, lda, stride_a, b, ldb, &
      stride_b, beta, c, ldc, stride_c, count)
    call sunzi_check(status, ierr)
  end subroutine

  !> The same in FP32.
  subroutine sunzi_sgemm(ctx, transa, transb, m, n, k, alpha, a, lda, b, ldb, &
    beta, c, ldc, options, info, ierr)
    type(sunzi_context), intent(in) :: ctx
    character, intent(in) :: transa, transb
    integer(c_int), intent(in) :: m, n, k, lda, ldb, ldc
    real(c_float), intent(in) :: alpha, beta
    real(c_float), intent(in) :: a(lda, *), b(ldb, *)
    real(c_float), intent(inout) :: c(ldc, *)
    type(sunzi_product_options), intent(in), optional :: options
    type(sunzi_product_info), intent(inout), optional :: info
    integer(c_int), intent(out), optional :: ierr
    integer(c_int) :: status, ta, tb
    status = SUNZI_OK
    ta = code_of(transa, trans_letters, trans_codes, 'sunzi_sgemm: transa', &
      status)
    tb = code_of(transb, trans_letters, trans_codes, 'sunzi_sgemm: transb', &
      status)
    if (status == SUNZI_OK) status = c_sgemm(ctx%handle, SUNZI_COL_MAJOR, ta, &
      tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, options, info)
    call sunzi_check(status, ierr)
  end subroutine

  !> The same in complex FP64.
  subroutine sunzi_zgemm(ctx, transa, transb, m, n, k, alpha, a, lda, b, ldb, &
    beta, c, ldc, options, info, ierr)
    type(sunzi_context), intent(in) :: ctx
    character, intent(in) :: transa, transb
    integer(c_int), intent(in) :: m, n, k, lda, ldb, ldc
    complex(c_double_complex), intent(in) :: alpha, beta
    complex(c_double_complex), intent(in) :: a(lda, *), b(ldb, *)
    complex(c_double_complex), intent(inout) :: c(ldc, *)
    type(sunzi_product_options), intent(in), optional :: options
    type(sunzi_product_info), intent(inout), optional :: info
    integer(c_int), intent(out), optional :: ierr
    integer(c_int) :: status, ta, tb
    status = SUNZI_OK
    ta = code_of(transa, trans_letters, trans_codes, 'sunzi_zgemm: transa', &
      status)
    tb = code_of(transb, trans_letters, trans_codes, 'sunzi_zgemm: transb', &
      status)
    if (status == SUNZI_OK) status = c_zgemm(ctx%handle, SUNZI_COL_MAJOR, ta, &
      tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, options, info)
    call sunzi_check(status, ierr)
  end subroutine

  !> C = alpha op(A) op(A)^T + beta C on the triangle `uplo` ('U', 'L') of C.
  subroutine sunzi_dsyrk(ctx, uplo, trans, n, k, alpha, a, lda, beta, c, ldc, &
    options, info, ierr)
    type(sunzi_context), intent(in) :: ctx
    character, intent(in) :: uplo, trans
    integer(c_int), intent(in) :: n, k, lda, ldc
    real(c_double), intent(in) :: alpha, beta
    real(c_double), intent(in) :: a(lda, *)
    real(c_double), intent(inout) :: c(ldc, *)
    type(sunzi_product_options), intent(in), optional :: options
    type(sunzi_product_info), intent(inout), optional :: info
    integer(c_int), intent(out), optional :: ierr
    integer(c_int) :: status, triangle, ta
    status = SUNZI_OK
    triangle = code_of(uplo, 'UL', [SUNZI_UPPER, SUNZI_LOWER], &
      'sunzi_dsyrk: uplo', status)
    ta = code_of(trans, trans_letters, trans_codes, 'sunzi_dsyrk: trans', &
      status)
    if (status == SUNZI_OK) status = c_dsyrk(ctx%handle, SUNZI_COL_MAJOR, &
      triangle, ta, n, k, alpha, a, lda, beta, c, ldc, options, info)
    call sunzi_check(status, ierr)
  end subroutine

  !> Solve op(A) X = alpha B (side 'L') or X op(A) = alpha B ('R') for
  !> triangular A (diag 'N' or 'U'); X overwrites B, shape [m, n].
  subroutine sunzi_dtrsm(ctx, side, uplo, transa, diag, m, n, alpha, a, lda, &
    b, ldb, options, info, ierr)
    type(sunzi_context), intent(in) :: ctx
    character, intent(in) :: side, uplo, transa, diag
    integer(c_int), intent(in) :: m, n, lda, ldb
    real(c_double), intent(in) :: alpha
    real(c_double), intent(in) :: a(lda, *)
    real(c_double), intent(inout) :: b(ldb, *)
    type(sunzi_product_options), intent(in), optional :: options
    type(sunzi_product_info), intent(inout), optional :: info
    integer(c_int), intent(out), optional :: ierr
    integer(c_int) :: status, where, triangle, ta, diagonal
    status = SUNZI_OK
    where = code_of(side, 'LR', [SUNZI_LEFT, SUNZI_RIGHT], &
      'sunzi_dtrsm: side', status)
    triangle = code_of(uplo, 'UL', [SUNZI_UPPER, SUNZI_LOWER], &
      'sunzi_dtrsm: uplo', status)
    ta = code_of(transa, trans_letters, trans_codes, 'sunzi_dtrsm: transa', &
      status)
    diagonal = code_of(diag, 'NU', [SUNZI_NON_UNIT, SUNZI_UNIT], &
      'sunzi_dtrsm: diag', status)
    if (status == SUNZI_OK) status = c_dtrsm(ctx%handle, SUNZI_COL_MAJOR, &
      where, triangle, ta, diagonal, m, n, alpha, a, lda, b, ldb, options, info)
    call sunzi_check(status, ierr)
  end subroutine

  subroutine dgemm_shaped(a, b, c, transa, transb, alpha, beta, options, &
    info, context, ierr)
    real(c_double), intent(in), contiguous :: a(:, :), b(:, :)
    real(c_double), intent(inout), contiguous :: c(:, :)
    character, intent(in), optional :: transa, transb
    real(c_double), intent(in), optional :: alpha, beta
    type(sunzi_product_options), intent(in), optional :: options
    type(sunzi_product_info), intent(inout), optional :: info
    type(sunzi_context), intent(in), optional :: context
    integer(c_int), intent(out), optional :: ierr
    real(c_double) :: alpha_used, beta_used
    type(sunzi_context) :: ctx
    character :: ta, tb
    integer(c_int) :: k, status
    ta = 'N'
    tb = 'N'
    alpha_used = 1.0_c_double
    beta_used = 0.0_c_double
    if (present(transa)) ta = transa
    if (present(transb)) tb = transb
    if (present(alpha)) alpha_used = alpha
    if (present(beta)) beta_used = beta
    if (present(context)) ctx = context
    call check_shapes(ta, tb, shape(a, c_int64_t), shape(b, c_int64_t), &
      shape(c, c_int64_t), k, status)
    if (status == SUNZI_OK) call sunzi_dgemm(ctx, ta, tb, size(c, 1), &
      size(c, 2), k, alpha_used, a, max(1, size(a, 1)), b, max(1, size(b, 1)), &
      beta_used, c, max(1, size(c, 1)), options, info, status)
    call sunzi_check(status, ierr)
  end subroutine

  subroutine sgemm_shaped(a, b, c, transa, transb, alpha, beta, options, &
    info, context, ierr)
    real(c_float), intent(in), contiguous :: a(:, :), b(:, :)
    real(c_float), intent(inout), contiguous :: c(:, :)
    character, intent(in), optional :: transa, transb
    real(c_float), intent(in), optional :: alpha, beta
    type(sunzi_product_options), intent(in), optional :: options
    type(sunzi_product_info), intent(inout), optional :: info
    type(sunzi_context), intent(in), optional :: context
    integer(c_int), intent(out), optional :: ierr
    real(c_float) :: alpha_used, beta_used
    type(sunzi_context) :: ctx
    character :: ta, tb
    integer(c_int) :: k, status
    ta = 'N'
    tb = 'N'
    alpha_used = 1.0_c_float
    beta_used = 0.0_c_float
    if (present(transa)) ta = transa
    if (present(transb)) tb = transb
    if (present(alpha)) alpha_used = alpha
    if (present(beta)) beta_used = beta
    if (present(context)) ctx = context
    call check_shapes(ta, tb, shape(a, c_int64_t), shape(b, c_int64_t), &
      shape(c, c_int64_t), k, status)
    if (status == SUNZI_OK) call sunzi_sgemm(ctx, ta, tb, size(c, 1), &
      size(c, 2), k, alpha_used, a, max(1, size(a, 1)), b, max(1, size(b, 1)), &
      beta_used, c, max(1, size(c, 1)), options, info, status)
    call sunzi_check(status, ierr)
  end subroutine

  subroutine zgemm_shaped(a, b, c, transa, transb, alpha, beta, options, &
    info, context, ierr)
    complex(c_double_complex), intent(in), contiguous :: a(:, :), b(:, :)
    complex(c_double_complex), intent(inout), contiguous :: c(:, :)
    character, intent(in), optional :: transa, transb
    complex(c_double_complex), intent(in), optional :: alpha, beta
    type(sunzi_product_options), intent(in), optional :: options
    type(sunzi_product_info), intent(inout), optional :: info
    type(sunzi_context), intent(in), optional :: context
    integer(c_int), intent(out), optional :: ierr
    complex(c_double_complex) :: alpha_used, beta_used
    type(sunzi_context) :: ctx
    character :: ta, tb
    integer(c_int) :: k, status
    ta = 'N'
    tb = 'N'
    alpha_used = (1.0_c_double, 0.0_c_double)
    beta_used = (0.0_c_double, 0.0_c_double)
    if (present(transa)) ta = transa
    if (present(transb)) tb = transb
    if (present(alpha)) alpha_used = alpha
    if (present(beta)) beta_used = beta
    if (present(context)) ctx = context
    call check_shapes(ta, tb, shape(a, c_int64_t), shape(b, c_int64_t), &
      shape(c, c_int64_t), k, status)
    if (status == SUNZI_OK) call sunzi_zgemm(ctx, ta, tb, size(c, 1), &
      size(c, 2), k, alpha_used, a, max(1, size(a, 1)), b, max(1, size(b, 1)), &
      beta_used, c, max(1, size(c, 1)), options, info, status)
    call sunzi_check(status, ierr)
  end subroutine

  !> The value of C for a letter in either case; else `status` becomes an error
  !> and the value is that of the first letter.
  function code_of(letter, letters, codes, what, status) result(code)
    character, intent(in) :: letter
    character(*), intent(in) :: letters, what
    integer(c_int), intent(in) :: codes(:)
    integer(c_int), intent(inout) :: status
    integer(c_int) :: code
    character(:), allocatable :: allowed
    integer :: i, at
    at = index(letters, letter)
    if (at == 0) at = index(lower(letters), letter)
    code = codes(max(at, 1))
    if (at > 0 .or. status /= SUNZI_OK) return
    allowed = "'"//letters(1:1)//"'"
    do i = 2, len(letters)
      allowed = allowed//", '"//letters(i:i)//"'"
    end do
    status = sunzi_refuse(what//" = '"//letter//"', allowed: "//allowed)
  end function

  function lower(letters)
    character(*), intent(in) :: letters
    character(len(letters)) :: lower
    integer :: i
    do i = 1, len(letters)
      lower(i:i) = achar(iachar(letters(i:i)) + iachar('a') - iachar('A'))
    end do
  end function

  !> k, where op(A), op(B) and C fit together and are counted by default
  !> integers. A letter that is not allowed is left to sunzi_?gemm.
  subroutine check_shapes(transa, transb, a, b, c, k, status)
    character, intent(in) :: transa, transb
    integer(c_int64_t), intent(in) :: a(2), b(2), c(2)
    integer(c_int), intent(out) :: k, status
    integer(c_int64_t) :: op_a(2), op_b(2)
    character(240) :: sentence
    op_a = a
    op_b = b
    if (transa /= 'N' .and. transa /= 'n') op_a = a([2, 1])
    if (transb /= 'N' .and. transb /= 'n') op_b = b([2, 1])
    k = 0
    status = SUNZI_OK
    if (any([a, b, c] > huge(k)) .or. op_a(1) /= c(1) .or. op_b(2) /= c(2) &
      .or. op_a(2) /= op_b(1)) then
      write (sentence, '(3(a, i0, a, i0), a, i0)') &
        'sunzi_gemm: op(A) is ', op_a(1), ' x ', op_a(2), ', op(B) ', op_b(1), &
        ' x ', op_b(2), ', C ', c(1), ' x ', c(2), &
        ', allowed: m x k, k x n and m x n, at most ', huge(k)
      status = sunzi_refuse(trim(sentence))
    else
      k = int(op_a(2), c_int)
    end if
  end subroutine

end module
