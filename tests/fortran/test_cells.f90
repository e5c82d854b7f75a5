! SPDX-License-Identifier: BSD-3-Clause
!> Heart cells in arrays of Fortran: names, steps under two policies, refusals.
program test_cells
  use, intrinsic :: iso_c_binding
  use check
  use sunzi
  implicit none
  integer, parameter :: dp = c_double, n = 5, stride = 21, states = 19
  integer(c_int64_t), parameter :: cell = 3
  real(dp), target :: wide(stride, states)
  real(c_float), target :: pair(stride, states, 2)
  real(dp) :: y(states), z(states)
  real(dp), target :: trace(100)
  type(sunzi_cell_model) :: model
  type(sunzi_cells) :: a, b
  type(sunzi_cell_options) :: options
  integer(c_int) :: variant, policy, ierr
  logical :: named
  integer :: i

  call sunzi_cell_model_find('ten-tusscher-2006-m', model, variant)
  call expect(variant == 1, 'the M cell is variant 1')
  call expect(sunzi_cell_model_states(model) == states, '19 states')
  call expect(sunzi_cell_model_variants(model) == 3, '3 variants')
  call expect(sunzi_cell_model_name(model, -1) == 'ten-tusscher-2006', 'name')
  call expect(sunzi_cell_state_name(model, 18) == 'Ki', 'the last state')
  call expect(sunzi_cell_state_unit(model, 18) == 'mM', 'its unit')
  call expect(sunzi_cell_model_has(model, SUNZI_POLICY_FP32C), 'a policy')
  call expect_text(sunzi_cell_model_source(model), 'Tusscher')
  named = .false.
  do i = 0, sunzi_cell_model_count() - 1
    named = named .or. sunzi_cell_model_name(sunzi_cell_model_at(i), 0) &
      == 'fitzhugh-nagumo'
  end do
  call expect(named, 'fitzhugh-nagumo is among the models')
  call sunzi_policy_find('fp32c', policy)
  call expect(policy == SUNZI_POLICY_FP32C, 'policy by name')
  call expect(sunzi_policy_name(policy) == 'fp32c', 'name of a policy')
  call expect(sunzi_policy_planes(policy) == 2, 'planes')
  call expect(sunzi_policy_element_bytes(policy) == 4, 'bytes')

  a%model = model%handle
  a%variant = variant
  a%count = n
  a%stride = stride
  a%states = c_loc(wide)
  b = a
  b%policy = SUNZI_POLICY_FP32C
  b%states = c_loc(pair)
  call sunzi_cell_reset(a)
  call sunzi_cell_convert(a, b)
  call sunzi_cell_model_initial(model, variant, y)
  call sunzi_cell_get(b, cell, z)
  call expect(all(abs(z - y) <= 2.0_dp**(-48)*abs(y)), 'pairs hold 48 bits')

  a%current = 52
  a%current_last = n
  b%current = 52
  b%current_last = n
  options%trace = c_loc(trace)
  options%trace_cell = cell
  call sunzi_cell_step(sunzi_default, a, 0.02_dp, 100_c_int64_t, options)
  call sunzi_cell_step(sunzi_default, b, 0.02_dp, 100_c_int64_t)
  call sunzi_cell_get(a, cell, y)
  call sunzi_cell_get(b, cell, z)
  call expect(y(1) > 0, 'the cells are excited')
  call expect(trace(100) == y(1) .and. wide(cell + 1, 1) == y(1), &
    'the trace ends with V')
  call expect(maxval(abs(z - y)/(abs(y) + 1e-6_dp)) < 1e-4, 'fp32c beside fp64')
  call expect(abs(a%time - 2) < 1e-12, 'time')

  call sunzi_cell_model_find('ten-tuscher-2006-m', model, variant, ierr)
  call expect(ierr == SUNZI_ERR_ARG, 'a name that is not there')
  call expect_text(sunzi_last_message(), 'did you mean ten-tusscher-2006-m')
  call sunzi_cell_step(sunzi_default, a, -1.0_dp, 1_c_int64_t, ierr=ierr)
  call expect(ierr == SUNZI_ERR_ARG, 'a negative step')
  y(1) = 1000
  call sunzi_cell_set(a, cell, y)
  call sunzi_cell_step(sunzi_default, a, 0.02_dp, 1_c_int64_t, ierr=ierr)
  call expect(ierr == SUNZI_ERR_BLOW_UP, 'a blow-up')
  call expect_text(sunzi_last_message(), 'cell 3 ')
  call sunzi_cells_init(a)
  call expect(a%count == 0, 'defaults of cells')
  call sunzi_cell_options_init(options)
  call expect(options%parts_most == 16, 'defaults of options')
  call finish()
end program
