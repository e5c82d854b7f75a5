! SPDX-License-Identifier: BSD-3-Clause
!> The potential of a molecule in a solution: <sunzi/poisson_boltzmann.h>.
!>
!> Directions are in the order x, y, z; nodes count from 0, as in C.
module sunzi_poisson_boltzmann_m
  use, intrinsic :: iso_c_binding
  use sunzi_comm_m
  use sunzi_context_m
  use sunzi_policy_m
  use sunzi_status_m
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_PB_IONS_MAX = 8

  integer(c_int), parameter, public :: SUNZI_PB_MOLECULAR = 0
  integer(c_int), parameter, public :: SUNZI_PB_VAN_DER_WAALS = 1
  integer(c_int), parameter, public :: SUNZI_PB_SPLINE = 2

  integer(c_int), parameter, public :: SUNZI_PB_HARMONIC = 0
  integer(c_int), parameter, public :: SUNZI_PB_ARITHMETIC = 1
  integer(c_int), parameter, public :: SUNZI_PB_MIDPOINT = 2

  integer(c_int), parameter, public :: SUNZI_PB_TRILINEAR = 0
  integer(c_int), parameter, public :: SUNZI_PB_CUBIC_SPLINE = 1

  integer(c_int), parameter, public :: SUNZI_PB_ATOMS = 0
  integer(c_int), parameter, public :: SUNZI_PB_SPHERE = 1
  integer(c_int), parameter, public :: SUNZI_PB_ZERO = 2

  type, public :: sunzi_pb
    type(c_ptr) :: handle = c_null_ptr !< the sunzi_pb * of C
  end type

  type, bind(C), public :: sunzi_pb_atom
    real(c_double) :: position(3)
    real(c_double) :: charge
    real(c_double) :: radius
  end type

  type, bind(C), public :: sunzi_pb_ion
    real(c_double) :: charge = 0
    real(c_double) :: concentration = 0
  end type

  type, bind(C), public :: sunzi_pb_options
    integer(c_int64_t) :: nodes(3) = 65
    real(c_double) :: spacing(3) = 0.5_c_double
    real(c_double) :: centre(3) = 0
    real(c_double) :: solute_dielectric = 2
    real(c_double) :: solvent_dielectric = 78.54_c_double
    real(c_double) :: temperature = 298.15_c_double
    real(c_double) :: probe_radius = 1.4_c_double
    real(c_double) :: spline_width = 0.3_c_double
    real(c_double) :: ion_radius = 2
    integer(c_int) :: ions = 0
    type(sunzi_pb_ion) :: ion(SUNZI_PB_IONS_MAX)
    integer(c_int) :: surface = SUNZI_PB_MOLECULAR
    integer(c_int) :: average = SUNZI_PB_HARMONIC
    integer(c_int) :: charges = SUNZI_PB_CUBIC_SPLINE
    integer(c_int) :: boundary = SUNZI_PB_ATOMS
    integer(c_int) :: nonlinear = 0
    integer(c_int) :: policy = SUNZI_POLICY_FP64
    real(c_double) :: tolerance = 0
    integer(c_int) :: processes(3) = 0
  end type

  !> What a solution took and gave.
  type, bind(C), public :: sunzi_pb_report
    integer(c_int) :: passes, iterations, halvings
    real(c_double) :: residual
    real(c_double) :: energy, charge_energy
    real(c_double) :: largest
    real(c_double) :: seconds
  end type

  public :: sunzi_pb_options_init, sunzi_pb_create, sunzi_pb_destroy
  public :: sunzi_pb_solve, sunzi_pb_brick, sunzi_pb_potential
  public :: sunzi_pb_sample

  interface
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_pb_options_init(options) &
      bind(C, name='sunzi_pb_options_init')
      import :: sunzi_pb_options
      type(sunzi_pb_options), intent(out) :: options
    end subroutine
    integer(c_int) function c_pb_create(ctx, comm, options, atoms, atom, pb) &
      bind(C, name='sunzi_pb_create')
      import :: c_int, c_int64_t, c_ptr, sunzi_pb_options, sunzi_pb_atom
      type(c_ptr), value :: ctx, comm
      type(sunzi_pb_options), intent(in) :: options
      integer(c_int64_t), value :: atoms
      type(sunzi_pb_atom), intent(in) :: atom(*)
      type(c_ptr), intent(inout) :: pb
    end function
    subroutine c_pb_destroy(pb) bind(C, name='sunzi_pb_destroy')
      import :: c_ptr
      type(c_ptr), intent(inout) :: pb
    end subroutine
    integer(c_int) function c_pb_solve(pb, coarser, report) &
      bind(C, name='sunzi_pb_solve')
      import :: c_int, c_ptr, sunzi_pb_report
      type(c_ptr), value :: pb, coarser
      type(sunzi_pb_report), intent(inout), optional :: report
    end function
    subroutine c_pb_brick(pb, first, count) bind(C, name='sunzi_pb_brick')
      import :: c_int64_t, c_ptr
      type(c_ptr), value :: pb
      integer(c_int64_t), intent(inout) :: first(*), count(*)
    end subroutine
    integer(c_int) function c_pb_potential(pb, phi) &
      bind(C, name='sunzi_pb_potential')
      import :: c_int, c_double, c_ptr
      type(c_ptr), value :: pb
      real(c_double), intent(inout) :: phi(*)
    end function
    integer(c_int) function c_pb_sample(pb, points, point, phi) &
      bind(C, name='sunzi_pb_sample')
      import :: c_int, c_int64_t, c_double, c_ptr
      type(c_ptr), value :: pb
      integer(c_int64_t), value :: points
      real(c_double), intent(in) :: point(*)
      real(c_double), intent(inout) :: phi(*)
    end function
  end interface

contains

  !> Collective. ctx and comm: as they are made by default, the default context
  !> and a process alone.
  subroutine sunzi_pb_create(ctx, comm, options, atom, pb, ierr)
    type(sunzi_context), intent(in) :: ctx
    type(sunzi_comm), intent(in) :: comm
    type(sunzi_pb_options), intent(in) :: options
    type(sunzi_pb_atom), intent(in) :: atom(:)
    type(sunzi_pb), intent(inout) :: pb
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_pb_create(ctx%handle, comm%handle, options, &
      size(atom, kind=c_int64_t), atom, pb%handle), ierr)
  end subroutine

  subroutine sunzi_pb_destroy(pb)
    type(sunzi_pb), intent(inout) :: pb
    call c_pb_destroy(pb%handle)
  end subroutine

  !> Collective. coarser gives the potential at the surface of the box.
  subroutine sunzi_pb_solve(pb, coarser, report, ierr)
    type(sunzi_pb), intent(in) :: pb
    type(sunzi_pb), intent(in), optional :: coarser
    type(sunzi_pb_report), intent(inout), optional :: report
    integer(c_int), intent(out), optional :: ierr
    type(c_ptr) :: given
    given = c_null_ptr
    if (present(coarser)) given = coarser%handle
    call sunzi_check(c_pb_solve(pb%handle, given, report), ierr)
  end subroutine

  !> Nodes of this process in x, y, z: the first, from 0, and their number.
  subroutine sunzi_pb_brick(pb, first, count)
    type(sunzi_pb), intent(in) :: pb
    integer(c_int64_t), intent(inout) :: first(*), count(*)
    call c_pb_brick(pb%handle, first, count)
  end subroutine

  !> phi(x, y, z) of the nodes of this process, k T / e.
  subroutine sunzi_pb_potential(pb, phi, ierr)
    type(sunzi_pb), intent(in) :: pb
    real(c_double), intent(inout) :: phi(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_pb_potential(pb%handle, phi), ierr)
  end subroutine

  !> Collective. phi at the points point(:, i), linear between nodes.
  subroutine sunzi_pb_sample(pb, point, phi, ierr)
    type(sunzi_pb), intent(in) :: pb
    real(c_double), intent(in) :: point(:, :)
    real(c_double), intent(inout) :: phi(:)
    integer(c_int), intent(out), optional :: ierr
    real(c_double) :: values(size(point, 2))
    call sunzi_check(c_pb_sample(pb%handle, size(point, 2, kind=c_int64_t), &
      point, values), ierr)
    phi(:size(point, 2)) = values
  end subroutine

end module
