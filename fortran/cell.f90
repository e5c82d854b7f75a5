! SPDX-License-Identifier: BSD-3-Clause
!> Models and steps of heart cells: <sunzi/cell.h>.
!>
!> States of n cells are an array (stride, states, planes) of real(c_double)
!> under fp64, else of real(c_float); give its address to the cells:
!>   real(c_double), target :: y(stride, sunzi_cell_model_states(model))
!>   cells%states = c_loc(y)
!> Models, variants, states and cells count from 0, as in C.
module sunzi_cell_m
  use, intrinsic :: iso_c_binding
  use sunzi_context_m
  use sunzi_policy_m
  use sunzi_status_m
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_CELL_RUSH_LARSEN = 0
  integer(c_int), parameter, public :: SUNZI_CELL_MIDPOINT = 1

  type, public :: sunzi_cell_model
    type(c_ptr) :: handle = c_null_ptr !< the const sunzi_cell_model * of C
  end type

  type, bind(C), public :: sunzi_cells
    type(c_ptr) :: model = c_null_ptr !< the handle of a sunzi_cell_model
    integer(c_int) :: policy = SUNZI_POLICY_FP64
    integer(c_int) :: variant = 0
    integer(c_int64_t) :: count = 0
    integer(c_int64_t) :: stride = 0
    type(c_ptr) :: states = c_null_ptr
    type(c_ptr) :: stimulus = c_null_ptr
    type(c_ptr) :: types = c_null_ptr
    real(c_double) :: current = 0
    integer(c_int64_t) :: current_first = 0
    integer(c_int64_t) :: current_last = 0
    real(c_double) :: time = 0
  end type

  type, bind(C), public :: sunzi_cell_options
    integer(c_int) :: method = SUNZI_CELL_RUSH_LARSEN
    real(c_double) :: adapt_change = 0
    integer(c_int) :: parts_most = 16
    type(c_ptr) :: trace = c_null_ptr
    integer(c_int64_t) :: trace_cell = 0
  end type

  public :: sunzi_cell_model_count, sunzi_cell_model_at, sunzi_cell_model_find
  public :: sunzi_cell_model_name, sunzi_cell_model_source
  public :: sunzi_cell_model_variants, sunzi_cell_model_states
  public :: sunzi_cell_model_has, sunzi_cell_state_name, sunzi_cell_state_unit
  public :: sunzi_cell_model_initial, sunzi_cell_model_open
  public :: sunzi_cell_model_close
  public :: sunzi_cells_init, sunzi_cell_options_init, sunzi_cell_reset
  public :: sunzi_cell_get, sunzi_cell_set, sunzi_cell_convert, sunzi_cell_step

  interface
    integer(c_int) function sunzi_cell_model_count() &
      bind(C, name='sunzi_cell_model_count')
      import :: c_int
    end function
    type(c_ptr) function c_model_at(index) bind(C, name='sunzi_cell_model_at')
      import :: c_int, c_ptr
      integer(c_int), value :: index
    end function
    integer(c_int) function c_model_find(name, model, variant) &
      bind(C, name='sunzi_cell_model_find')
      import :: c_char, c_int, c_ptr
      character(kind=c_char), intent(in) :: name(*)
      type(c_ptr), intent(inout) :: model
      integer(c_int), intent(inout) :: variant
    end function
    integer(c_int) function c_model_open(ctx, path, model) &
      bind(C, name='sunzi_cell_model_open')
      import :: c_char, c_int, c_ptr
      type(c_ptr), value :: ctx
      character(kind=c_char), intent(in) :: path(*)
      type(c_ptr), intent(inout) :: model
    end function
    subroutine c_model_close(model) bind(C, name='sunzi_cell_model_close')
      import :: c_ptr
      type(c_ptr), intent(inout) :: model
    end subroutine
    type(c_ptr) function c_model_name(model, variant) &
      bind(C, name='sunzi_cell_model_name')
      import :: c_int, c_ptr
      type(c_ptr), value :: model
      integer(c_int), value :: variant
    end function
    type(c_ptr) function c_model_source(model) &
      bind(C, name='sunzi_cell_model_source')
      import :: c_ptr
      type(c_ptr), value :: model
    end function
    integer(c_int) function c_model_variants(model) &
      bind(C, name='sunzi_cell_model_variants')
      import :: c_int, c_ptr
      type(c_ptr), value :: model
    end function
    integer(c_int) function c_model_states(model) &
      bind(C, name='sunzi_cell_model_states')
      import :: c_int, c_ptr
      type(c_ptr), value :: model
    end function
    integer(c_int) function c_model_has(model, policy) &
      bind(C, name='sunzi_cell_model_has')
      import :: c_int, c_ptr
      type(c_ptr), value :: model
      integer(c_int), value :: policy
    end function
    type(c_ptr) function c_state_name(model, state) &
      bind(C, name='sunzi_cell_state_name')
      import :: c_int, c_ptr
      type(c_ptr), value :: model
      integer(c_int), value :: state
    end function
    type(c_ptr) function c_state_unit(model, state) &
      bind(C, name='sunzi_cell_state_unit')
      import :: c_int, c_ptr
      type(c_ptr), value :: model
      integer(c_int), value :: state
    end function
    integer(c_int) function c_model_initial(model, variant, values) &
      bind(C, name='sunzi_cell_model_initial')
      import :: c_double, c_int, c_ptr
      type(c_ptr), value :: model
      integer(c_int), value :: variant
      real(c_double), intent(inout) :: values(*)
    end function
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_cells_init(cells) bind(C, name='sunzi_cells_init')
      import :: sunzi_cells
      type(sunzi_cells), intent(out) :: cells
    end subroutine
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_cell_options_init(options) &
      bind(C, name='sunzi_cell_options_init')
      import :: sunzi_cell_options
      type(sunzi_cell_options), intent(out) :: options
    end subroutine
    integer(c_int) function c_cell_reset(cells) &
      bind(C, name='sunzi_cell_reset')
      import :: c_int, sunzi_cells
      type(sunzi_cells), intent(inout) :: cells
    end function
    integer(c_int) function c_cell_get(cells, cell, values) &
      bind(C, name='sunzi_cell_get')
      import :: c_double, c_int, c_int64_t, sunzi_cells
      type(sunzi_cells), intent(in) :: cells
      integer(c_int64_t), value :: cell
      real(c_double), intent(inout) :: values(*)
    end function
    integer(c_int) function c_cell_set(cells, cell, values) &
      bind(C, name='sunzi_cell_set')
      import :: c_double, c_int, c_int64_t, sunzi_cells
      type(sunzi_cells), intent(inout) :: cells
      integer(c_int64_t), value :: cell
      real(c_double), intent(in) :: values(*)
    end function
    integer(c_int) function c_cell_convert(from, to) &
      bind(C, name='sunzi_cell_convert')
      import :: c_int, sunzi_cells
      type(sunzi_cells), intent(in) :: from
      type(sunzi_cells), intent(inout) :: to
    end function
    integer(c_int) function c_cell_step(ctx, cells, dt, steps, options) &
      bind(C, name='sunzi_cell_step')
      import :: c_double, c_int, c_int64_t, c_ptr, sunzi_cell_options, &
        sunzi_cells
      type(c_ptr), value :: ctx
      type(sunzi_cells), intent(inout) :: cells
      real(c_double), value :: dt
      integer(c_int64_t), value :: steps
      type(sunzi_cell_options), intent(in), optional :: options
    end function
  end interface

contains

  function sunzi_cell_model_at(index) result(model)
    integer(c_int), intent(in) :: index
    type(sunzi_cell_model) :: model
    model%handle = c_model_at(index)
  end function

  !> The model and variant called `name`.
  subroutine sunzi_cell_model_find(name, model, variant, ierr)
    character(*), intent(in) :: name
    type(sunzi_cell_model), intent(inout) :: model
    integer(c_int), intent(inout) :: variant
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_model_find(trim(name)//c_null_char, model%handle, &
      variant), ierr)
  end subroutine

  !> Compile and open a model of the caller's own (doc/cell-models.md).
  subroutine sunzi_cell_model_open(ctx, path, model, ierr)
    type(sunzi_context), intent(in) :: ctx
    character(*), intent(in) :: path
    type(sunzi_cell_model), intent(inout) :: model
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_model_open(ctx%handle, trim(path)//c_null_char, &
      model%handle), ierr)
  end subroutine

  !> Close a model that was opened; nothing may use it any more.
  subroutine sunzi_cell_model_close(model)
    type(sunzi_cell_model), intent(inout) :: model
    call c_model_close(model%handle)
  end subroutine

  !> Name of a variant; variant -1: of the model.
  function sunzi_cell_model_name(model, variant) result(name)
    type(sunzi_cell_model), intent(in) :: model
    integer(c_int), intent(in) :: variant
    character(:), allocatable :: name
    name = sunzi_string(c_model_name(model%handle, variant))
  end function

  function sunzi_cell_model_source(model) result(source)
    type(sunzi_cell_model), intent(in) :: model
    character(:), allocatable :: source
    source = sunzi_string(c_model_source(model%handle))
  end function

  integer(c_int) function sunzi_cell_model_variants(model)
    type(sunzi_cell_model), intent(in) :: model
    sunzi_cell_model_variants = c_model_variants(model%handle)
  end function

  integer(c_int) function sunzi_cell_model_states(model)
    type(sunzi_cell_model), intent(in) :: model
    sunzi_cell_model_states = c_model_states(model%handle)
  end function

  logical function sunzi_cell_model_has(model, policy)
    type(sunzi_cell_model), intent(in) :: model
    integer(c_int), intent(in) :: policy
    sunzi_cell_model_has = c_model_has(model%handle, policy) /= 0
  end function

  function sunzi_cell_state_name(model, state) result(name)
    type(sunzi_cell_model), intent(in) :: model
    integer(c_int), intent(in) :: state
    character(:), allocatable :: name
    name = sunzi_string(c_state_name(model%handle, state))
  end function

  function sunzi_cell_state_unit(model, state) result(unit)
    type(sunzi_cell_model), intent(in) :: model
    integer(c_int), intent(in) :: state
    character(:), allocatable :: unit
    unit = sunzi_string(c_state_unit(model%handle, state))
  end function

  !> Initial values of a variant, as many as the model has states.
  subroutine sunzi_cell_model_initial(model, variant, values, ierr)
    type(sunzi_cell_model), intent(in) :: model
    integer(c_int), intent(in) :: variant
    real(c_double), intent(inout) :: values(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_model_initial(model%handle, variant, values), ierr)
  end subroutine

  !> All states to the initial values, time to 0.
  subroutine sunzi_cell_reset(cells, ierr)
    type(sunzi_cells), intent(inout) :: cells
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_cell_reset(cells), ierr)
  end subroutine

  !> The states of one cell.
  subroutine sunzi_cell_get(cells, cell, values, ierr)
    type(sunzi_cells), intent(in) :: cells
    integer(c_int64_t), intent(in) :: cell
    real(c_double), intent(inout) :: values(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_cell_get(cells, cell, values), ierr)
  end subroutine

  subroutine sunzi_cell_set(cells, cell, values, ierr)
    type(sunzi_cells), intent(inout) :: cells
    integer(c_int64_t), intent(in) :: cell
    real(c_double), intent(in) :: values(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_cell_set(cells, cell, values), ierr)
  end subroutine

  !> States of `to` = those of `from`, maybe under another policy.
  subroutine sunzi_cell_convert(from, to, ierr)
    type(sunzi_cells), intent(in) :: from
    type(sunzi_cells), intent(inout) :: to
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_cell_convert(from, to), ierr)
  end subroutine

  !> `steps` steps of dt ms.
  subroutine sunzi_cell_step(ctx, cells, dt, steps, options, ierr)
    type(sunzi_context), intent(in) :: ctx
    type(sunzi_cells), intent(inout) :: cells
    real(c_double), intent(in) :: dt
    integer(c_int64_t), intent(in) :: steps
    type(sunzi_cell_options), intent(in), optional :: options
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_cell_step(ctx%handle, cells, dt, steps, options), ierr)
  end subroutine

end module
