! SPDX-License-Identifier: BSD-3-Clause
!> Contexts and engines: <sunzi/context.h>.
!>
!> A handle is freed by its destroy routine and by nothing else: there are no
!> finalizers, so that a handle may be copied. Engines count from 1 here.
module sunzi_context_m
  use, intrinsic :: iso_c_binding
  use sunzi_status_m
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_LOG_DECISION = 1
  integer(c_int), parameter, public :: SUNZI_LOG_PHASE = 2

  !> A context; one that was not created is the default context.
  type, public :: sunzi_context
    type(c_ptr) :: handle = c_null_ptr !< the sunzi_context * of C
  end type

  !> The process-wide default context (NULL in C).
  type(sunzi_context), parameter, public :: sunzi_default = sunzi_context()

  type, bind(C), public :: sunzi_context_options
    !> Name of the engine, ended by c_null_char; null: SUNZI_ENGINE, or the
    !> best.
    type(c_ptr) :: engine = c_null_ptr
    integer(c_int) :: threads = 0
    integer(c_int) :: reproducible = 0
    integer(c_size_t) :: workspace_limit_bytes = 0
    type(c_funptr) :: log = c_null_funptr !< c_funloc of a sunzi_log_fn
    type(c_ptr) :: log_user = c_null_ptr
    type(c_funptr) :: progress = c_null_funptr !< of a sunzi_progress_fn
    type(c_ptr) :: progress_user = c_null_ptr
  end type

  !> What the device of a context is and has done.
  type, bind(C), public :: sunzi_device_use
    character(kind=c_char) :: name(160) = c_null_char
    integer(c_int64_t) :: number = 0 !< as SUNZI_DEVICE counts
    integer(c_int64_t) :: launches = 0
    integer(c_int64_t) :: copies_to = 0, copies_from = 0
    integer(c_int64_t) :: bytes_to = 0, bytes_from = 0
    integer(c_int64_t) :: bytes_now = 0, bytes_most = 0
    integer(c_int64_t) :: beside_to = 0, beside_from = 0
  end type

  !> Measured rates of a device, see sunzi/context.h.
  type, bind(C), public :: sunzi_device_rates
    real(c_double) :: to_bytes = 0, from_bytes = 0, memory_bytes = 0
    real(c_double) :: fp32_flops = 0, int8_ops = 0
  end type

  !> Matrix products of a device's own, see sunzi/context.h.
  integer(c_int), parameter, public :: SUNZI_UNIT_INT8 = 0
  integer(c_int), parameter, public :: SUNZI_UNIT_FP16 = 1
  integer(c_int), parameter, public :: SUNZI_UNIT_BF16 = 2
  integer(c_int), parameter, public :: SUNZI_UNIT_TF32 = 3
  integer(c_int), parameter, public :: SUNZI_UNIT_FP32 = 4
  integer(c_int), parameter, public :: SUNZI_UNIT_FP64 = 5
  integer(c_int), parameter, public :: SUNZI_UNIT_COUNT = 6

  abstract interface
    !> Receives one line; sunzi_string(line) is its text.
    subroutine sunzi_log_fn(user, level, line) bind(C)
      import :: c_ptr, c_int
      type(c_ptr), value :: user
      integer(c_int), value :: level
      type(c_ptr), value :: line
    end subroutine
    !> Receives progress; sunzi_string(phase) is the name of the phase.
    subroutine sunzi_progress_fn(user, phase, done, total) bind(C)
      import :: c_ptr, c_double
      type(c_ptr), value :: user
      type(c_ptr), value :: phase
      real(c_double), value :: done
      real(c_double), value :: total
    end subroutine
  end interface
  public :: sunzi_log_fn, sunzi_progress_fn

  public :: sunzi_context_options_init, sunzi_context_create
  public :: sunzi_context_destroy, sunzi_context_trim, sunzi_context_engine
  public :: sunzi_context_workspace_bytes, sunzi_context_device
  public :: sunzi_hold, sunzi_hold_fetch, sunzi_hold_changed, sunzi_hold_end
  public :: sunzi_context_measure_device, sunzi_context_device_limits
  public :: sunzi_unit_name, sunzi_context_unit
  public :: sunzi_engine_count, sunzi_engine_name, sunzi_engine_summary
  public :: sunzi_engine_available, sunzi_engine_kernels
  public :: sunzi_engine_device
  public :: sunzi_version, sunzi_blas_description

  !> Make a context, from options as in C or from optional arguments:
  !>   call sunzi_context_create(options, context, ierr)
  !>   call sunzi_context_create(context, engine='avx2', threads=4)
  interface sunzi_context_create
    module procedure create_from_options
    module procedure create_from_arguments
  end interface

  integer, parameter :: text_bytes = 1024

  interface
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_context_options_init(options) &
      bind(C, name='sunzi_context_options_init')
      import :: sunzi_context_options
      type(sunzi_context_options), intent(out) :: options
    end subroutine
    integer(c_int) function c_context_create(options, context) &
      bind(C, name='sunzi_context_create')
      import :: c_int, c_ptr, sunzi_context_options
      type(sunzi_context_options), intent(in) :: options
      type(c_ptr), intent(inout) :: context
    end function
    subroutine c_context_destroy(context) bind(C, name='sunzi_context_destroy')
      import :: c_ptr
      type(c_ptr), intent(inout) :: context
    end subroutine
    subroutine c_context_trim(context) bind(C, name='sunzi_context_trim')
      import :: c_ptr
      type(c_ptr), value :: context
    end subroutine
    type(c_ptr) function c_context_engine(context) &
      bind(C, name='sunzi_context_engine')
      import :: c_ptr
      type(c_ptr), value :: context
    end function
    integer(c_size_t) function c_context_workspace_bytes(context) &
      bind(C, name='sunzi_context_workspace_bytes')
      import :: c_ptr, c_size_t
      type(c_ptr), value :: context
    end function
    !> The engines this library knows, best first: 1 .. count.
    integer(c_int) function sunzi_engine_count() &
      bind(C, name='sunzi_engine_count')
      import :: c_int
    end function
    type(c_ptr) function c_engine_name(index) bind(C, name='sunzi_engine_name')
      import :: c_ptr, c_int
      integer(c_int), value :: index
    end function
    type(c_ptr) function c_engine_summary(index) &
      bind(C, name='sunzi_engine_summary')
      import :: c_ptr, c_int
      integer(c_int), value :: index
    end function
    integer(c_int) function c_engine_available(index, why, why_bytes) &
      bind(C, name='sunzi_engine_available')
      import :: c_int, c_char, c_size_t
      integer(c_int), value :: index
      character(kind=c_char), intent(out) :: why(*)
      integer(c_size_t), value :: why_bytes
    end function
    integer(c_int) function c_engine_kernels(index, text, bytes) &
      bind(C, name='sunzi_engine_kernels')
      import :: c_int, c_char, c_size_t
      integer(c_int), value :: index
      character(kind=c_char), intent(out) :: text(*)
      integer(c_size_t), value :: bytes
    end function
    integer(c_int) function c_hold(context, array, bytes) &
      bind(C, name='sunzi_hold')
      import :: c_int, c_ptr, c_int64_t
      type(c_ptr), value :: context, array
      integer(c_int64_t), value :: bytes
    end function
    integer(c_int) function c_hold_fetch(context, array, first, bytes) &
      bind(C, name='sunzi_hold_fetch')
      import :: c_int, c_ptr, c_int64_t
      type(c_ptr), value :: context, array
      integer(c_int64_t), value :: first, bytes
    end function
    integer(c_int) function c_hold_changed(context, array) &
      bind(C, name='sunzi_hold_changed')
      import :: c_int, c_ptr
      type(c_ptr), value :: context, array
    end function
    integer(c_int) function c_hold_end(context, array) &
      bind(C, name='sunzi_hold_end')
      import :: c_int, c_ptr
      type(c_ptr), value :: context, array
    end function
    integer(c_int) function c_context_device(context, use) &
      bind(C, name='sunzi_context_device')
      import :: c_int, c_ptr, sunzi_device_use
      type(c_ptr), value :: context
      type(sunzi_device_use), intent(out) :: use
    end function
    integer(c_int) function c_context_measure_device(context, rates) &
      bind(C, name='sunzi_context_measure_device')
      import :: c_int, c_ptr, sunzi_device_rates
      type(c_ptr), value :: context
      type(sunzi_device_rates), intent(inout) :: rates
    end function
    integer(c_int) function c_context_device_limits(context, memory_bytes, &
        fp32_flops) bind(C, name='sunzi_context_device_limits')
      import :: c_int, c_ptr, c_double
      type(c_ptr), value :: context
      real(c_double), intent(inout) :: memory_bytes, fp32_flops
    end function
    type(c_ptr) function c_unit_name(unit) bind(C, name='sunzi_unit_name')
      import :: c_int, c_ptr
      integer(c_int), value :: unit
    end function
    integer(c_int) function c_context_unit(context, unit, text, bytes, rate) &
      bind(C, name='sunzi_context_unit')
      import :: c_int, c_ptr, c_char, c_size_t
      type(c_ptr), value :: context, rate
      integer(c_int), value :: unit
      character(kind=c_char), intent(out) :: text(*)
      integer(c_size_t), value :: bytes
    end function
    integer(c_int) function c_engine_device(index, number, text, bytes) &
      bind(C, name='sunzi_engine_device')
      import :: c_int, c_char, c_size_t
      integer(c_int), value :: index, number
      character(kind=c_char), intent(out) :: text(*)
      integer(c_size_t), value :: bytes
    end function
    type(c_ptr) function c_version() bind(C, name='sunzi_version')
      import :: c_ptr
    end function
    type(c_ptr) function c_blas_description() &
      bind(C, name='sunzi_blas_description')
      import :: c_ptr
    end function
  end interface

contains

  subroutine create_from_options(options, context, ierr)
    type(sunzi_context_options), intent(in) :: options
    type(sunzi_context), intent(inout) :: context
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_context_create(options, context%handle), ierr)
  end subroutine

  subroutine create_from_arguments(context, engine, threads, reproducible, &
    workspace_limit_bytes, log, log_user, progress, progress_user, ierr)
    type(sunzi_context), intent(inout) :: context
    character(*), intent(in), optional :: engine
    integer(c_int), intent(in), optional :: threads
    logical, intent(in), optional :: reproducible
    integer(c_size_t), intent(in), optional :: workspace_limit_bytes
    procedure(sunzi_log_fn), optional :: log
    type(c_ptr), intent(in), optional :: log_user
    procedure(sunzi_progress_fn), optional :: progress
    type(c_ptr), intent(in), optional :: progress_user
    integer(c_int), intent(out), optional :: ierr
    type(sunzi_context_options) :: options
    character(:, kind=c_char), allocatable, target :: name

    if (present(engine)) then
      name = trim(engine)//c_null_char ! is read by the call only
      options%engine = c_loc(name)
    end if
    if (present(threads)) options%threads = threads
    if (present(reproducible)) options%reproducible = merge(1, 0, reproducible)
    if (present(workspace_limit_bytes)) &
      options%workspace_limit_bytes = workspace_limit_bytes
    if (present(log)) options%log = c_funloc(log)
    if (present(log_user)) options%log_user = log_user
    if (present(progress)) options%progress = c_funloc(progress)
    if (present(progress_user)) options%progress_user = progress_user
    call sunzi_check(c_context_create(options, context%handle), ierr)
  end subroutine

  !> Free a context; it is the default context afterwards.
  subroutine sunzi_context_destroy(context)
    type(sunzi_context), intent(inout) :: context
    call c_context_destroy(context%handle)
  end subroutine

  !> Give the kept workspace back to the system.
  subroutine sunzi_context_trim(context)
    type(sunzi_context), intent(in) :: context
    call c_context_trim(context%handle)
  end subroutine

  !> The engine that the context works with; "" if the default context could not
  !> be made (see sunzi_last_message).
  function sunzi_context_engine(context) result(name)
    type(sunzi_context), intent(in) :: context
    character(:), allocatable :: name
    name = sunzi_string(c_context_engine(context%handle))
  end function

  function sunzi_context_workspace_bytes(context) result(bytes)
    type(sunzi_context), intent(in) :: context
    integer(c_size_t) :: bytes
    bytes = c_context_workspace_bytes(context%handle)
  end function

  !> Name of engine 1 .. sunzi_engine_count(); "" if there is none.
  function sunzi_engine_name(index) result(name)
    integer(c_int), intent(in) :: index
    character(:), allocatable :: name
    name = sunzi_string(c_engine_name(index - 1))
  end function

  !> What an engine is, in one line.
  function sunzi_engine_summary(index) result(summary)
    integer(c_int), intent(in) :: index
    character(:), allocatable :: summary
    summary = sunzi_string(c_engine_summary(index - 1))
  end function

  !> Whether an engine can be used here, and why not.
  logical function sunzi_engine_available(index, why)
    integer(c_int), intent(in) :: index
    character(:), allocatable, intent(out), optional :: why
    character(kind=c_char) :: text(text_bytes)
    sunzi_engine_available = c_engine_available(index - 1, text, &
      int(text_bytes, c_size_t)) /= 0
    if (.not. present(why)) return
    why = ''
    if (.not. sunzi_engine_available) why = sunzi_string(text)
  end function

  !> Number of kernels of an engine, and whose code serves each of them.
  integer(c_int) function sunzi_engine_kernels(index, text)
    integer(c_int), intent(in) :: index
    character(:), allocatable, intent(out), optional :: text
    character(kind=c_char) :: buffer(text_bytes)
    sunzi_engine_kernels = c_engine_kernels(index - 1, buffer, &
      int(text_bytes, c_size_t))
    if (present(text)) text = sunzi_string(buffer)
  end function

  !> Arrays that stay on the context's device from call to call, see
  !> sunzi/hold.h. array: c_loc of its first element; first counts from 0.
  subroutine sunzi_hold(context, array, bytes, ierr)
    type(sunzi_context), intent(in) :: context
    type(c_ptr), intent(in) :: array
    integer(c_int64_t), intent(in) :: bytes
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_hold(context%handle, array, bytes), ierr)
  end subroutine

  subroutine sunzi_hold_fetch(context, array, first, bytes, ierr)
    type(sunzi_context), intent(in) :: context
    type(c_ptr), intent(in) :: array
    integer(c_int64_t), intent(in) :: first, bytes
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_hold_fetch(context%handle, array, first, bytes), ierr)
  end subroutine

  subroutine sunzi_hold_changed(context, array, ierr)
    type(sunzi_context), intent(in) :: context
    type(c_ptr), intent(in) :: array
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_hold_changed(context%handle, array), ierr)
  end subroutine

  subroutine sunzi_hold_end(context, array, ierr)
    type(sunzi_context), intent(in) :: context
    type(c_ptr), intent(in) :: array
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_hold_end(context%handle, array), ierr)
  end subroutine

  !> 1, and the use of the context's device; 0: it has none.
  integer(c_int) function sunzi_context_device(context, use)
    type(sunzi_context), intent(in) :: context
    type(sunzi_device_use), intent(out) :: use
    sunzi_context_device = c_context_device(context%handle, use)
  end function

  !> Measure the rates of the context's device.
  subroutine sunzi_context_measure_device(context, rates, ierr)
    type(sunzi_context), intent(in) :: context
    type(sunzi_device_rates), intent(inout) :: rates
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_context_measure_device(context%handle, rates), ierr)
  end subroutine

  !> 1, and what the driver's numbers promise of the context's device: bytes/s of
  !> its memory and FP32 operations/s (0: not told); 0: it has none.
  integer(c_int) function sunzi_context_device_limits(context, memory_bytes, &
      fp32_flops)
    type(sunzi_context), intent(in) :: context
    real(c_double), intent(out) :: memory_bytes, fp32_flops
    memory_bytes = 0
    fp32_flops = 0
    sunzi_context_device_limits = c_context_device_limits(context%handle, &
      memory_bytes, fp32_flops)
  end function

  !> Name of a SUNZI_UNIT_...; '': there is no such unit.
  function sunzi_unit_name(unit) result(text)
    integer(c_int), intent(in) :: unit
    character(:), allocatable :: text
    text = sunzi_string(c_unit_name(unit))
  end function

  !> 1 if the context's device has products of its own of that format: `text`
  !> names the library, `rate` is what it does, operations/s. 0: text says why not.
  integer(c_int) function sunzi_context_unit(context, unit, text, rate)
    type(sunzi_context), intent(in) :: context
    integer(c_int), intent(in) :: unit
    character(:), allocatable, intent(out), optional :: text
    real(c_double), intent(out), optional, target :: rate
    character(kind=c_char) :: buffer(text_bytes)
    type(c_ptr) :: place
    place = c_null_ptr
    if (present(rate)) place = c_loc(rate)
    sunzi_context_unit = c_context_unit(context%handle, unit, buffer, &
      int(text_bytes, c_size_t), place)
    if (present(text)) text = sunzi_string(buffer)
  end function

  !> 1 if engine `index` has a device `number` = 0, 1, ..., and what it is.
  integer(c_int) function sunzi_engine_device(index, number, text)
    integer(c_int), intent(in) :: index, number
    character(:), allocatable, intent(out), optional :: text
    character(kind=c_char) :: buffer(text_bytes)
    sunzi_engine_device = c_engine_device(index - 1, number, buffer, &
      int(text_bytes, c_size_t))
    if (present(text)) text = sunzi_string(buffer)
  end function

  !> "1.2.3".
  function sunzi_version() result(version)
    character(:), allocatable :: version
    version = sunzi_string(c_version())
  end function

  !> BLAS in use and its threading, one line.
  function sunzi_blas_description() result(description)
    character(:), allocatable :: description
    description = sunzi_string(c_blas_description())
  end function

end module
