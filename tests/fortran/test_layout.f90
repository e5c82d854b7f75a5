! SPDX-License-Identifier: BSD-3-Clause
!> Types are laid out as the structs of C, and start with the defaults of C.
program test_layout
  use, intrinsic :: iso_c_binding
  use check
  use sunzi
  implicit none

  interface
    integer(c_size_t) function fill_context_options(o) &
      bind(C, name='sunzi_test_context_options')
      import :: c_size_t, sunzi_context_options
      type(sunzi_context_options), intent(out) :: o
    end function
    integer(c_size_t) function fill_product_options(o) &
      bind(C, name='sunzi_test_product_options')
      import :: c_size_t, sunzi_product_options
      type(sunzi_product_options), intent(out) :: o
    end function
    integer(c_size_t) function fill_product_info(i) &
      bind(C, name='sunzi_test_product_info')
      import :: c_size_t, sunzi_product_info
      type(sunzi_product_info), intent(out) :: i
    end function
    integer(c_size_t) function fill_column_report(r) &
      bind(C, name='sunzi_test_column_report')
      import :: c_size_t, sunzi_column_report
      type(sunzi_column_report), intent(out) :: r
    end function
    integer(c_size_t) function fill_attempt(a) &
      bind(C, name='sunzi_test_attempt')
      import :: c_size_t, sunzi_attempt
      type(sunzi_attempt), intent(out) :: a
    end function
    integer(c_size_t) function fill_solve_report(r) &
      bind(C, name='sunzi_test_solve_report')
      import :: c_size_t, sunzi_solve_report
      type(sunzi_solve_report), intent(out) :: r
    end function
    integer(c_size_t) function fill_batch_member(m) &
      bind(C, name='sunzi_test_batch_member')
      import :: c_size_t, sunzi_batch_member
      type(sunzi_batch_member), intent(out) :: m
    end function
    integer(c_size_t) function fill_solve_options(o) &
      bind(C, name='sunzi_test_solve_options')
      import :: c_size_t, sunzi_solve_options
      type(sunzi_solve_options), intent(out) :: o
    end function
    integer(c_size_t) function fill_field(f) bind(C, name='sunzi_test_field')
      import :: c_size_t, sunzi_field
      type(sunzi_field), intent(out) :: f
    end function
    integer(c_size_t) function fill_traffic(t) &
      bind(C, name='sunzi_test_traffic')
      import :: c_size_t, sunzi_traffic
      type(sunzi_traffic), intent(out) :: t
    end function
    integer(c_size_t) function fill_halo_shape(s) &
      bind(C, name='sunzi_test_halo_shape')
      import :: c_size_t, sunzi_halo_shape
      type(sunzi_halo_shape), intent(out) :: s
    end function
    integer(c_size_t) function fill_transpose_shape(s) &
      bind(C, name='sunzi_test_transpose_shape')
      import :: c_size_t, sunzi_transpose_shape
      type(sunzi_transpose_shape), intent(out) :: s
    end function
  end interface

  call of_context()
  call of_product()
  call of_solve()
  call of_fields()
  call finish()

contains

  integer function at(pointer)
    type(c_ptr), intent(in) :: pointer
    at = int(transfer(pointer, 0_c_intptr_t))
  end function

  integer function function_at(pointer)
    type(c_funptr), intent(in) :: pointer
    function_at = int(transfer(pointer, 0_c_intptr_t))
  end function

  subroutine of_context()
    type(sunzi_context_options) :: o, fresh
    integer(c_size_t) :: bytes
    bytes = fill_context_options(o)
    call expect(c_sizeof(o) == bytes, 'size of sunzi_context_options')
    call expect(all([at(o%engine), o%threads, o%reproducible, &
      int(o%workspace_limit_bytes), function_at(o%log), at(o%log_user), &
      function_at(o%progress), at(o%progress_user)] == [1, 2, 3, 4, 5, 6, 7, &
      8]), 'fields of sunzi_context_options')
    call sunzi_context_options_init(o)
    call expect(all([at(o%engine), o%threads, o%reproducible, &
      int(o%workspace_limit_bytes), function_at(o%log), at(o%log_user), &
      function_at(o%progress), at(o%progress_user)] == [at(fresh%engine), &
      fresh%threads, fresh%reproducible, int(fresh%workspace_limit_bytes), &
      function_at(fresh%log), at(fresh%log_user), function_at(fresh%progress), &
      at(fresh%progress_user)]), 'defaults of sunzi_context_options')
  end subroutine

  subroutine of_product()
    type(sunzi_product_options) :: o, fresh
    type(sunzi_product_info) :: i
    integer(c_size_t) :: bytes
    bytes = fill_product_options(o)
    call expect(c_sizeof(o) == bytes, 'size of sunzi_product_options')
    call expect(all([o%method, o%moduli, nint(o%tolerance), o%unbalanced] == &
      [1, 2, 3, 4]), &
      'fields of sunzi_product_options')
    call sunzi_product_options_init(o)
    call expect(o%method == fresh%method .and. o%moduli == fresh%moduli .and. &
      o%unbalanced == fresh%unbalanced .and. &
      .not. (abs(o%tolerance - fresh%tolerance) > 0), &
      'defaults of sunzi_product_options')
    bytes = fill_product_info(i)
    call expect(c_sizeof(i) == bytes, 'size of sunzi_product_info')
    call expect(all([i%method, at(i%engine), i%moduli, nint(i%certificate), &
      i%balanced, i%raised, i%special_rows, i%special_columns, at(i%reason), &
      int(i%workspace_bytes), nint(i%seconds_measure), &
      nint(i%seconds_convert), nint(i%seconds_product), &
      nint(i%seconds_reconstruct)] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, &
      13, 14]), 'fields of sunzi_product_info')
  end subroutine

  subroutine of_attempt(a)
    type(sunzi_attempt), intent(in) :: a
    call expect(all([a%factor, a%succeeded, nint(a%seconds_factor), &
      nint(a%seconds_refine), at(a%engine_factor), at(a%engine_residual), &
      at(a%engine_solve)] == [1, 2, 3, 4, 5, 6, 7]) .and. &
      all(a%reason == '8'), &
      'fields of sunzi_attempt')
  end subroutine

  subroutine of_solve()
    type(sunzi_column_report) :: c
    type(sunzi_attempt) :: a
    type(sunzi_solve_report) :: r
    type(sunzi_solve_options) :: o, fresh
    type(sunzi_batch_member) :: m
    integer(c_size_t) :: bytes
    bytes = fill_column_report(c)
    call expect(c_sizeof(c) == bytes, 'size of sunzi_column_report')
    call expect(all([c%grade, c%refinements, c%gmres_iterations, &
      nint(c%normwise_error), nint(c%componentwise_error), &
      nint(c%forward_bound)] == [1, 2, 3, 4, 5, 6]), &
      'fields of sunzi_column_report')
    bytes = fill_attempt(a)
    call expect(c_sizeof(a) == bytes, 'size of sunzi_attempt')
    call of_attempt(a)
    bytes = fill_solve_report(r)
    call expect(c_sizeof(r) == bytes, 'size of sunzi_solve_report')
    call expect(all([r%factor, r%grade, at(r%engine), nint(r%condition), &
      nint(r%seconds_total), nint(r%seconds_factor), nint(r%seconds_refine), &
      nint(r%seconds_condition), nint(r%seconds_certify), &
      int(r%workspace_bytes), r%attempts] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, &
      11]), 'fields of sunzi_solve_report')
    call of_attempt(r%attempt(SUNZI_ATTEMPTS_MAX))
    bytes = fill_batch_member(m)
    call expect(c_sizeof(m) == bytes, 'size of sunzi_batch_member')
    call expect(all([m%status, m%grade, m%factor, m%refinements] == &
      [1, 2, 3, 4]) .and. nint(m%normwise_error) == 5, &
      'fields of sunzi_batch_member')
    bytes = fill_solve_options(o)
    call expect(c_sizeof(o) == bytes, 'size of sunzi_solve_options')
    call expect(all([o%structure, o%factor, o%grade, o%climb, &
      o%max_refinements, o%max_gmres] == [1, 2, 3, 4, 5, 6]), &
      'fields of sunzi_solve_options')
    call sunzi_solve_options_init(o)
    call expect(all([o%structure, o%factor, o%grade, o%climb, &
      o%max_refinements, o%max_gmres] == [fresh%structure, fresh%factor, &
      fresh%grade, fresh%climb, fresh%max_refinements, fresh%max_gmres]), &
      'defaults of sunzi_solve_options')
  end subroutine

  subroutine of_fields()
    type(sunzi_field) :: f
    type(sunzi_traffic) :: t
    type(sunzi_halo_shape) :: h
    type(sunzi_transpose_shape) :: s, fresh
    integer(c_size_t) :: bytes
    integer :: i
    bytes = fill_field(f)
    call expect(c_sizeof(f) == bytes, 'size of sunzi_field')
    call expect(all([f%element, f%wire, f%components] == [1, 2, 3]), &
      'fields of sunzi_field')
    bytes = fill_traffic(t)
    call expect(c_sizeof(t) == bytes, 'size of sunzi_traffic')
    call expect(all([t%sends, t%receives, int([t%send_bytes, t%receive_bytes, &
      t%copy_bytes, t%overflows])] == [1, 2, 3, 4, 5, 6]), &
      'fields of sunzi_traffic')
    bytes = fill_halo_shape(h)
    call expect(c_sizeof(h) == bytes, 'size of sunzi_halo_shape')
    call expect(all([h%dimensions, int(h%cells), h%processes, h%periodic, &
      h%lower, h%upper, h%reach] == [(i, i = 1, 17)]), &
      'fields of sunzi_halo_shape')
    bytes = fill_transpose_shape(s)
    call expect(c_sizeof(s) == bytes, 'size of sunzi_transpose_shape')
    call expect(all([int(s%n), s%processes, s%from, s%to, s%from_storage, &
      s%to_storage, s%field%element, s%field%wire, s%field%components] == &
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3]), 'fields of sunzi_transpose_shape')
    call sunzi_transpose_shape_init(s)
    call expect(all([int(s%n), s%processes, s%from, s%to, s%from_storage, &
      s%to_storage] == [int(fresh%n), fresh%processes, fresh%from, fresh%to, &
      fresh%from_storage, fresh%to_storage]), &
      'defaults of sunzi_transpose_shape')
    call sunzi_field_init(f)
    call expect(all([f%element, f%wire, f%components] == [fresh%field%element, &
      fresh%field%wire, fresh%field%components]), 'defaults of sunzi_field')
  end subroutine

end program
