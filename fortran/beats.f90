! SPDX-License-Identifier: BSD-3-Clause
!> What beats of a tissue are like: <sunzi/beats.h>.
!>
!> Maps are arrays of sunzi_tissue_count numbers, NaN where there is nothing to
!> tell; numbers of nodes count from 0, as in C. V: fp64, one a
!> node.
module sunzi_beats_m
  use, intrinsic :: iso_c_binding
  use sunzi_status_m
  use sunzi_tissue_m
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_BEATS_FIRST = 0
  integer(c_int), parameter, public :: SUNZI_BEATS_LAST = 1

  integer(c_int), parameter, public :: SUNZI_BEATS_ACTIVATION = 0
  integer(c_int), parameter, public :: SUNZI_BEATS_REPOLARISATION = 1
  integer(c_int), parameter, public :: SUNZI_BEATS_DURATION = 2
  integer(c_int), parameter, public :: SUNZI_BEATS_REST = 3
  integer(c_int), parameter, public :: SUNZI_BEATS_PEAK = 4

  !> Numbers of a node that sunzi_beats_save gives.
  integer(c_int), parameter, public :: SUNZI_BEATS_NUMBERS = 7

  type, public :: sunzi_beats
    type(c_ptr) :: handle = c_null_ptr !< the sunzi_beats * of C
  end type

  type, bind(C), public :: sunzi_beats_options
    real(c_double) :: threshold = 0
    real(c_double) :: fraction = 0.9_c_double
    real(c_double) :: level = -70
    integer(c_int) :: which = SUNZI_BEATS_FIRST
  end type

  !> A map in a few numbers.
  type, bind(C), public :: sunzi_tissue_summary
    integer(c_int64_t) :: nodes
    real(c_double) :: least, most
    real(c_double) :: mean
    integer(c_int64_t) :: least_node, most_node
  end type

  public :: sunzi_beats_options_init, sunzi_beats_create, sunzi_beats_destroy
  public :: sunzi_beats_look, sunzi_beats_get, sunzi_beats_save
  public :: sunzi_beats_load, sunzi_tissue_velocity, sunzi_tissue_summarize

  interface
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_beats_options_init(options) &
      bind(C, name='sunzi_beats_options_init')
      import :: sunzi_beats_options
      type(sunzi_beats_options), intent(out) :: options
    end subroutine
    integer(c_int) function c_beats_create(tissue, options, V, beats) &
      bind(C, name='sunzi_beats_create')
      import :: c_int, c_double, c_ptr, sunzi_beats_options
      type(c_ptr), value :: tissue
      type(sunzi_beats_options), intent(in), optional :: options
      real(c_double), intent(in) :: V(*)
      type(c_ptr), intent(inout) :: beats
    end function
    subroutine c_beats_destroy(beats) bind(C, name='sunzi_beats_destroy')
      import :: c_ptr
      type(c_ptr), intent(inout) :: beats
    end subroutine
    integer(c_int) function c_beats_look(beats, time, dt, V) &
      bind(C, name='sunzi_beats_look')
      import :: c_int, c_double, c_ptr
      type(c_ptr), value :: beats
      real(c_double), value :: time, dt
      real(c_double), intent(in) :: V(*)
    end function
    integer(c_int) function c_beats_get(beats, map, values) &
      bind(C, name='sunzi_beats_get')
      import :: c_int, c_double, c_ptr
      type(c_ptr), value :: beats
      integer(c_int), value :: map
      real(c_double), intent(inout) :: values(*)
    end function
    integer(c_int) function c_beats_save(beats, numbers) &
      bind(C, name='sunzi_beats_save')
      import :: c_int, c_double, c_ptr
      type(c_ptr), value :: beats
      real(c_double), intent(inout) :: numbers(*)
    end function
    integer(c_int) function c_beats_load(beats, numbers) &
      bind(C, name='sunzi_beats_load')
      import :: c_int, c_double, c_ptr
      type(c_ptr), value :: beats
      real(c_double), intent(in) :: numbers(*)
    end function
    integer(c_int) function c_tissue_velocity(tissue, times, fastest, &
      velocity, speed) bind(C, name='sunzi_tissue_velocity')
      import :: c_int, c_double, c_ptr
      type(c_ptr), value :: tissue
      real(c_double), intent(in) :: times(*)
      real(c_double), value :: fastest
      real(c_double), intent(inout), optional :: velocity(*)
      real(c_double), intent(inout) :: speed(*)
    end function
    integer(c_int) function c_tissue_summarize(tissue, values, summary) &
      bind(C, name='sunzi_tissue_summarize')
      import :: c_int, c_double, c_ptr, sunzi_tissue_summary
      type(c_ptr), value :: tissue
      real(c_double), intent(in) :: values(*)
      type(sunzi_tissue_summary), intent(inout) :: summary
    end function
  end interface

contains

  !> Collective. Begin to look, before the first step.
  subroutine sunzi_beats_create(tissue, options, V, beats, ierr)
    type(sunzi_tissue), intent(in) :: tissue
    type(sunzi_beats_options), intent(in), optional :: options
    real(c_double), intent(in) :: V(*)
    type(sunzi_beats), intent(inout) :: beats
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_beats_create(tissue%handle, options, V, &
      beats%handle), ierr)
  end subroutine

  subroutine sunzi_beats_destroy(beats)
    type(sunzi_beats), intent(inout) :: beats
    call c_beats_destroy(beats%handle)
  end subroutine

  !> Look at V after a step of dt from `time` on.
  subroutine sunzi_beats_look(beats, time, dt, V, ierr)
    type(sunzi_beats), intent(in) :: beats
    real(c_double), intent(in) :: time, dt
    real(c_double), intent(in) :: V(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_beats_look(beats%handle, time, dt, V), ierr)
  end subroutine

  !> values = a map, SUNZI_BEATS_ACTIVATION ...
  subroutine sunzi_beats_get(beats, map, values, ierr)
    type(sunzi_beats), intent(in) :: beats
    integer(c_int), intent(in) :: map
    real(c_double), intent(inout) :: values(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_beats_get(beats%handle, map, values), ierr)
  end subroutine

  !> All that is known: numbers(count, SUNZI_BEATS_NUMBERS).
  subroutine sunzi_beats_save(beats, numbers, ierr)
    type(sunzi_beats), intent(in) :: beats
    real(c_double), intent(inout) :: numbers(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_beats_save(beats%handle, numbers), ierr)
  end subroutine

  subroutine sunzi_beats_load(beats, numbers, ierr)
    type(sunzi_beats), intent(in) :: beats
    real(c_double), intent(in) :: numbers(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_beats_load(beats%handle, numbers), ierr)
  end subroutine

  !> Collective. speed, and velocity(count, 3) if it is given, from times.
  subroutine sunzi_tissue_velocity(tissue, times, fastest, speed, velocity, &
    ierr)
    type(sunzi_tissue), intent(in) :: tissue
    real(c_double), intent(in) :: times(*), fastest
    real(c_double), intent(inout) :: speed(*)
    real(c_double), intent(inout), optional :: velocity(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_tissue_velocity(tissue%handle, times, fastest, &
      velocity, speed), ierr)
  end subroutine

  !> Collective.
  subroutine sunzi_tissue_summarize(tissue, values, summary, ierr)
    type(sunzi_tissue), intent(in) :: tissue
    real(c_double), intent(in) :: values(*)
    type(sunzi_tissue_summary), intent(inout) :: summary
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_tissue_summarize(tissue%handle, values, summary), ierr)
  end subroutine

end module
