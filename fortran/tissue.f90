! SPDX-License-Identifier: BSD-3-Clause
!> Diffusion in tissue: <sunzi/tissue.h>.
!>
!> Directions are in the order x, y, z; voxels and nodes count from 0, as in C.
!> Potentials are real(c_double) (fp64) or real(c_float) arrays, under fp32c
!> with the low halves from element plane + 1 on.
module sunzi_tissue_m
  use, intrinsic :: iso_c_binding
  use sunzi_cell_m
  use sunzi_comm_m
  use sunzi_context_m
  use sunzi_policy_m
  use sunzi_status_m
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_TISSUE_EXPLICIT = 0
  integer(c_int), parameter, public :: SUNZI_TISSUE_BACKWARD_EULER = 1
  integer(c_int), parameter, public :: SUNZI_TISSUE_CRANK_NICOLSON = 2

  integer(c_int), parameter, public :: SUNZI_TISSUE_GODUNOV = 0
  integer(c_int), parameter, public :: SUNZI_TISSUE_STRANG = 1

  type, public :: sunzi_tissue
    type(c_ptr) :: handle = c_null_ptr !< the sunzi_tissue * of C
  end type

  type, public :: sunzi_bidomain
    type(c_ptr) :: handle = c_null_ptr !< the sunzi_bidomain * of C
  end type

  !> voxel = c_funloc of a function with the interface sunzi_tissue_voxel_fn.
  type, bind(C), public :: sunzi_tissue_options
    integer(c_int64_t) :: voxels(3) = 1
    real(c_double) :: spacing(3) = 0.2_c_double
    real(c_double) :: surface_to_volume = 140.0_c_double
    real(c_double) :: capacitance = 0.01_c_double
    integer(c_int) :: policy = SUNZI_POLICY_FP64
    integer(c_int) :: scheme = SUNZI_TISSUE_CRANK_NICOLSON
    real(c_double) :: tolerance = 0
    integer(c_int) :: processes(3) = 0
    integer(c_int) :: balance = 0
    type(c_funptr) :: voxel = c_null_funptr
    type(c_ptr) :: user = c_null_ptr
    type(c_funptr) :: brick = c_null_funptr !< c_funloc, as told in C
  end type

  !> What a step took.
  type, bind(C), public :: sunzi_tissue_report
    integer(c_int) :: iterations
    real(c_double) :: residual
    real(c_double) :: cells_seconds, diffusion_seconds
  end type

  !> cells = c_loc of a sunzi_cells; nodes = c_loc of integer(c_int64_t), or
  !> null: all nodes.
  type, bind(C), public :: sunzi_tissue_group
    type(c_ptr) :: cells = c_null_ptr
    type(c_ptr) :: nodes = c_null_ptr
  end type

  public :: sunzi_tissue_voxel_fn
  public :: sunzi_tissue_options_init, sunzi_tissue_create
  public :: sunzi_tissue_destroy, sunzi_tissue_count, sunzi_tissue_nodes
  public :: sunzi_tissue_volumes, sunzi_tissue_brick, sunzi_tissue_limit
  public :: sunzi_tissue_diffuse, sunzi_tissue_step, sunzi_tissue_check
  public :: sunzi_tissue_sample, sunzi_tissue_step_groups
  public :: sunzi_bidomain_create, sunzi_bidomain_destroy
  public :: sunzi_bidomain_count, sunzi_bidomain_nodes
  public :: sunzi_bidomain_solve, sunzi_bidomain_diffuse
  public :: sunzi_bidomain_step, sunzi_bidomain_sample

  abstract interface
    !> 0: no tissue; 1: tissue, conductivities xx, yy, zz, xy, xz, yz in sigma.
    integer(c_int) function sunzi_tissue_voxel_fn(user, voxel, sigma) bind(C)
      import :: c_int, c_int64_t, c_double, c_ptr
      type(c_ptr), value :: user
      integer(c_int64_t), intent(in) :: voxel(3)
      real(c_double), intent(inout) :: sigma(6)
    end function
  end interface

  interface
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_tissue_options_init(options) &
      bind(C, name='sunzi_tissue_options_init')
      import :: sunzi_tissue_options
      type(sunzi_tissue_options), intent(out) :: options
    end subroutine
    integer(c_int) function c_tissue_create(ctx, comm, options, tissue) &
      bind(C, name='sunzi_tissue_create')
      import :: c_int, c_ptr, sunzi_tissue_options
      type(c_ptr), value :: ctx, comm
      type(sunzi_tissue_options), intent(in) :: options
      type(c_ptr), intent(inout) :: tissue
    end function
    subroutine c_tissue_destroy(tissue) bind(C, name='sunzi_tissue_destroy')
      import :: c_ptr
      type(c_ptr), intent(inout) :: tissue
    end subroutine
    integer(c_int64_t) function c_tissue_count(tissue) &
      bind(C, name='sunzi_tissue_count')
      import :: c_int64_t, c_ptr
      type(c_ptr), value :: tissue
    end function
    subroutine c_tissue_nodes(tissue, nodes) &
      bind(C, name='sunzi_tissue_nodes')
      import :: c_int64_t, c_ptr
      type(c_ptr), value :: tissue
      integer(c_int64_t), intent(inout) :: nodes(*)
    end subroutine
    subroutine c_tissue_volumes(tissue, volume) &
      bind(C, name='sunzi_tissue_volumes')
      import :: c_double, c_ptr
      type(c_ptr), value :: tissue
      real(c_double), intent(inout) :: volume(*)
    end subroutine
    subroutine c_tissue_brick(tissue, first, count) &
      bind(C, name='sunzi_tissue_brick')
      import :: c_int64_t, c_ptr
      type(c_ptr), value :: tissue
      integer(c_int64_t), intent(inout) :: first(*), count(*)
    end subroutine
    real(c_double) function c_tissue_limit(tissue) &
      bind(C, name='sunzi_tissue_limit')
      import :: c_double, c_ptr
      type(c_ptr), value :: tissue
    end function
    integer(c_int) function c_tissue_diffuse(tissue, dt, V, plane, report) &
      bind(C, name='sunzi_tissue_diffuse')
      import :: c_int, c_int64_t, c_double, c_ptr, sunzi_tissue_report
      type(c_ptr), value :: tissue
      real(c_double), value :: dt
      type(c_ptr), value :: V
      integer(c_int64_t), value :: plane
      type(sunzi_tissue_report), intent(inout), optional :: report
    end function
    integer(c_int) function c_tissue_step(tissue, cells, dt, splitting, &
      options, report) bind(C, name='sunzi_tissue_step')
      import :: c_int, c_double, c_ptr, sunzi_cells, sunzi_cell_options, &
        sunzi_tissue_report
      type(c_ptr), value :: tissue
      type(sunzi_cells), intent(inout) :: cells
      real(c_double), value :: dt
      integer(c_int), value :: splitting
      type(sunzi_cell_options), intent(in), optional :: options
      type(sunzi_tissue_report), intent(inout), optional :: report
    end function
    integer(c_int) function c_tissue_step_groups(tissue, groups, group, dt, &
      splitting, options, report) bind(C, name='sunzi_tissue_step_groups')
      import :: c_int, c_double, c_ptr, sunzi_cell_options, &
        sunzi_tissue_group, sunzi_tissue_report
      type(c_ptr), value :: tissue
      integer(c_int), value :: groups
      type(sunzi_tissue_group), intent(in) :: group(*)
      real(c_double), value :: dt
      integer(c_int), value :: splitting
      type(sunzi_cell_options), intent(in), optional :: options
      type(sunzi_tissue_report), intent(inout), optional :: report
    end function
    integer(c_int) function c_tissue_check(tissue, V, plane, lowest, highest) &
      bind(C, name='sunzi_tissue_check')
      import :: c_int, c_int64_t, c_double, c_ptr
      type(c_ptr), value :: tissue, V
      integer(c_int64_t), value :: plane
      real(c_double), value :: lowest, highest
    end function
    integer(c_int) function c_tissue_sample(tissue, values, point, answer) &
      bind(C, name='sunzi_tissue_sample')
      import :: c_int, c_double, c_ptr
      type(c_ptr), value :: tissue
      real(c_double), intent(in) :: values(*), point(3)
      real(c_double), intent(inout) :: answer
    end function
    integer(c_int) function c_bidomain_create(tissue, total, bidomain) &
      bind(C, name='sunzi_bidomain_create')
      import :: c_int, c_ptr, sunzi_tissue_options
      type(c_ptr), value :: tissue
      type(sunzi_tissue_options), intent(in) :: total
      type(c_ptr), intent(inout) :: bidomain
    end function
    subroutine c_bidomain_destroy(bidomain) &
      bind(C, name='sunzi_bidomain_destroy')
      import :: c_ptr
      type(c_ptr), intent(inout) :: bidomain
    end subroutine
    integer(c_int64_t) function c_bidomain_count(bidomain) &
      bind(C, name='sunzi_bidomain_count')
      import :: c_int64_t, c_ptr
      type(c_ptr), value :: bidomain
    end function
    subroutine c_bidomain_nodes(bidomain, nodes) &
      bind(C, name='sunzi_bidomain_nodes')
      import :: c_int64_t, c_ptr
      type(c_ptr), value :: bidomain
      integer(c_int64_t), intent(inout) :: nodes(*)
    end subroutine
    integer(c_int) function c_bidomain_solve(bidomain, V, plane, phi, report) &
      bind(C, name='sunzi_bidomain_solve')
      import :: c_int, c_int64_t, c_double, c_ptr, sunzi_tissue_report
      type(c_ptr), value :: bidomain, V
      integer(c_int64_t), value :: plane
      real(c_double), intent(inout) :: phi(*)
      type(sunzi_tissue_report), intent(inout), optional :: report
    end function
    integer(c_int) function c_bidomain_diffuse(bidomain, dt, V, plane, phi, &
      report) bind(C, name='sunzi_bidomain_diffuse')
      import :: c_int, c_int64_t, c_double, c_ptr, sunzi_tissue_report
      type(c_ptr), value :: bidomain
      real(c_double), value :: dt
      type(c_ptr), value :: V
      integer(c_int64_t), value :: plane
      real(c_double), intent(inout) :: phi(*)
      type(sunzi_tissue_report), intent(inout), optional :: report
    end function
    integer(c_int) function c_bidomain_step(bidomain, groups, group, dt, &
      splitting, options, phi, report) bind(C, name='sunzi_bidomain_step')
      import :: c_int, c_double, c_ptr, sunzi_cell_options, &
        sunzi_tissue_group, sunzi_tissue_report
      type(c_ptr), value :: bidomain
      integer(c_int), value :: groups
      type(sunzi_tissue_group), intent(in) :: group(*)
      real(c_double), value :: dt
      integer(c_int), value :: splitting
      type(sunzi_cell_options), intent(in), optional :: options
      real(c_double), intent(inout) :: phi(*)
      type(sunzi_tissue_report), intent(inout), optional :: report
    end function
    integer(c_int) function c_bidomain_sample(bidomain, values, point, answer) &
      bind(C, name='sunzi_bidomain_sample')
      import :: c_int, c_double, c_ptr
      type(c_ptr), value :: bidomain
      real(c_double), intent(in) :: values(*), point(3)
      real(c_double), intent(inout) :: answer
    end function
  end interface

contains

  !> Collective. ctx and comm: as they are made by default, the default context
  !> and a process alone.
  subroutine sunzi_tissue_create(ctx, comm, options, tissue, ierr)
    type(sunzi_context), intent(in) :: ctx
    type(sunzi_comm), intent(in) :: comm
    type(sunzi_tissue_options), intent(in) :: options
    type(sunzi_tissue), intent(inout) :: tissue
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_tissue_create(ctx%handle, comm%handle, options, &
      tissue%handle), ierr)
  end subroutine

  subroutine sunzi_tissue_destroy(tissue)
    type(sunzi_tissue), intent(inout) :: tissue
    call c_tissue_destroy(tissue%handle)
  end subroutine

  !> Nodes with tissue of this process: the length of its arrays.
  integer(c_int64_t) function sunzi_tissue_count(tissue)
    type(sunzi_tissue), intent(in) :: tissue
    sunzi_tissue_count = c_tissue_count(tissue%handle)
  end function

  !> Their numbers x + nx (y + ny z), from 0.
  subroutine sunzi_tissue_nodes(tissue, nodes)
    type(sunzi_tissue), intent(in) :: tissue
    integer(c_int64_t), intent(inout) :: nodes(*)
    call c_tissue_nodes(tissue%handle, nodes)
  end subroutine

  subroutine sunzi_tissue_volumes(tissue, volume)
    type(sunzi_tissue), intent(in) :: tissue
    real(c_double), intent(inout) :: volume(*)
    call c_tissue_volumes(tissue%handle, volume)
  end subroutine

  !> The nodes of this process in x, y, z: the first, from 0, and their number.
  subroutine sunzi_tissue_brick(tissue, first, count)
    type(sunzi_tissue), intent(in) :: tissue
    integer(c_int64_t), intent(inout) :: first(*), count(*)
    call c_tissue_brick(tissue%handle, first, count)
  end subroutine

  !> Largest dt of an explicit step, ms.
  real(c_double) function sunzi_tissue_limit(tissue)
    type(sunzi_tissue), intent(in) :: tissue
    sunzi_tissue_limit = c_tissue_limit(tissue%handle)
  end function

  !> Collective. One step of diffusion of the potentials at V = c_loc(array).
  subroutine sunzi_tissue_diffuse(tissue, dt, V, plane, report, ierr)
    type(sunzi_tissue), intent(in) :: tissue
    real(c_double), intent(in) :: dt
    type(c_ptr), intent(in) :: V
    integer(c_int64_t), intent(in) :: plane
    type(sunzi_tissue_report), intent(inout), optional :: report
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_tissue_diffuse(tissue%handle, dt, V, plane, report), &
      ierr)
  end subroutine

  !> Collective. Cells and diffusion.
  subroutine sunzi_tissue_step(tissue, cells, dt, splitting, options, report, &
    ierr)
    type(sunzi_tissue), intent(in) :: tissue
    type(sunzi_cells), intent(inout) :: cells
    real(c_double), intent(in) :: dt
    integer(c_int), intent(in) :: splitting
    type(sunzi_cell_options), intent(in), optional :: options
    type(sunzi_tissue_report), intent(inout), optional :: report
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_tissue_step(tissue%handle, cells, dt, splitting, &
      options, report), ierr)
  end subroutine

  !> Collective. Cells of several models: each node in one of the groups.
  subroutine sunzi_tissue_step_groups(tissue, group, dt, splitting, options, &
    report, ierr)
    type(sunzi_tissue), intent(in) :: tissue
    type(sunzi_tissue_group), intent(in) :: group(:)
    real(c_double), intent(in) :: dt
    integer(c_int), intent(in) :: splitting
    type(sunzi_cell_options), intent(in), optional :: options
    type(sunzi_tissue_report), intent(inout), optional :: report
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_tissue_step_groups(tissue%handle, size(group), group, &
      dt, splitting, options, report), ierr)
  end subroutine

  !> Collective. Is V within lowest .. highest?
  subroutine sunzi_tissue_check(tissue, V, plane, lowest, highest, ierr)
    type(sunzi_tissue), intent(in) :: tissue
    type(c_ptr), intent(in) :: V
    integer(c_int64_t), intent(in) :: plane
    real(c_double), intent(in) :: lowest, highest
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_tissue_check(tissue%handle, V, plane, lowest, &
      highest), ierr)
  end subroutine

  !> Collective. What values, one a node, are at a point (mm).
  subroutine sunzi_tissue_sample(tissue, values, point, answer, ierr)
    type(sunzi_tissue), intent(in) :: tissue
    real(c_double), intent(in) :: values(*), point(3)
    real(c_double), intent(inout) :: answer
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_tissue_sample(tissue%handle, values, point, answer), &
      ierr)
  end subroutine

  !> Collective. total%voxel: conductivities of inside and outside together.
  subroutine sunzi_bidomain_create(tissue, total, bidomain, ierr)
    type(sunzi_tissue), intent(in) :: tissue
    type(sunzi_tissue_options), intent(in) :: total
    type(sunzi_bidomain), intent(inout) :: bidomain
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_bidomain_create(tissue%handle, total, &
      bidomain%handle), ierr)
  end subroutine

  subroutine sunzi_bidomain_destroy(bidomain)
    type(sunzi_bidomain), intent(inout) :: bidomain
    call c_bidomain_destroy(bidomain%handle)
  end subroutine

  !> Nodes with tissue or bath of this process.
  integer(c_int64_t) function sunzi_bidomain_count(bidomain)
    type(sunzi_bidomain), intent(in) :: bidomain
    sunzi_bidomain_count = c_bidomain_count(bidomain%handle)
  end function

  subroutine sunzi_bidomain_nodes(bidomain, nodes)
    type(sunzi_bidomain), intent(in) :: bidomain
    integer(c_int64_t), intent(inout) :: nodes(*)
    call c_bidomain_nodes(bidomain%handle, nodes)
  end subroutine

  !> Collective. phi from the potentials at V = c_loc(array).
  subroutine sunzi_bidomain_solve(bidomain, V, plane, phi, report, ierr)
    type(sunzi_bidomain), intent(in) :: bidomain
    type(c_ptr), intent(in) :: V
    integer(c_int64_t), intent(in) :: plane
    real(c_double), intent(inout) :: phi(*)
    type(sunzi_tissue_report), intent(inout), optional :: report
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_bidomain_solve(bidomain%handle, V, plane, phi, report), &
      ierr)
  end subroutine

  !> Collective. One step of diffusion with phi.
  subroutine sunzi_bidomain_diffuse(bidomain, dt, V, plane, phi, report, ierr)
    type(sunzi_bidomain), intent(in) :: bidomain
    real(c_double), intent(in) :: dt
    type(c_ptr), intent(in) :: V
    integer(c_int64_t), intent(in) :: plane
    real(c_double), intent(inout) :: phi(*)
    type(sunzi_tissue_report), intent(inout), optional :: report
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_bidomain_diffuse(bidomain%handle, dt, V, plane, phi, &
      report), ierr)
  end subroutine

  !> Collective. Cells, and diffusion with phi.
  subroutine sunzi_bidomain_step(bidomain, group, dt, splitting, options, phi, &
    report, ierr)
    type(sunzi_bidomain), intent(in) :: bidomain
    type(sunzi_tissue_group), intent(in) :: group(:)
    real(c_double), intent(in) :: dt
    integer(c_int), intent(in) :: splitting
    type(sunzi_cell_options), intent(in), optional :: options
    real(c_double), intent(inout) :: phi(*)
    type(sunzi_tissue_report), intent(inout), optional :: report
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_bidomain_step(bidomain%handle, size(group), group, dt, &
      splitting, options, phi, report), ierr)
  end subroutine

  !> Collective. What values, one a node with tissue or bath, are at a point.
  subroutine sunzi_bidomain_sample(bidomain, values, point, answer, ierr)
    type(sunzi_bidomain), intent(in) :: bidomain
    real(c_double), intent(in) :: values(*), point(3)
    real(c_double), intent(inout) :: answer
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_bidomain_sample(bidomain%handle, values, point, &
      answer), ierr)
  end subroutine

end module
