! SPDX-License-Identifier: BSD-3-Clause
!> Tissue from Fortran: a callback, the program's own arrays, whole steps.
module tissue_voxels
  use, intrinsic :: iso_c_binding
  implicit none
contains
  !> A sheet with a corner cut off.
  integer(c_int) function voxel(user, at, sigma) bind(C)
    type(c_ptr), value :: user
    integer(c_int64_t), intent(in) :: at(3)
    real(c_double), intent(inout) :: sigma(6)
    if (c_associated(user)) continue
    sigma(1:3) = [0.13_c_double, 0.02_c_double, 0.02_c_double]
    voxel = merge(0_c_int, 1_c_int, at(1) >= 6 .and. at(2) >= 4)
  end function

  !> Inside and outside; the corner is a bath.
  integer(c_int) function both(user, at, sigma) bind(C)
    type(c_ptr), value :: user
    integer(c_int64_t), intent(in) :: at(3)
    real(c_double), intent(inout) :: sigma(6)
    both = 1
    if (voxel(user, at, sigma) == 0) sigma(1:3) = 1
    sigma(1:3) = sigma(1:3) + 0.3_c_double
  end function
end module

program test_tissue
  use check
  use sunzi
  use tissue_voxels
  implicit none
  type(sunzi_context) :: ctx
  type(sunzi_comm) :: alone
  type(sunzi_tissue) :: tissue
  type(sunzi_tissue_options) :: options
  type(sunzi_tissue_report) :: report
  type(sunzi_bidomain) :: bidomain
  type(sunzi_tissue_options) :: total
  type(sunzi_beats) :: beats, again
  type(sunzi_beats_options) :: looks
  type(sunzi_tissue_summary) :: summary
  type(sunzi_ecg) :: ecg
  type(sunzi_cell_model) :: model
  type(sunzi_cells), target :: cells
  type(sunzi_tissue_group) :: group(1)
  real(c_double), allocatable, target :: y(:, :)
  real(c_double), allocatable :: volume(:), phi(:), map(:), speed(:), known(:)
  real(c_double) :: seen(2)
  integer(c_int64_t), allocatable :: node(:)
  integer(c_int64_t) :: count, first(3), counts(3)
  real(c_double) :: before, answer
  integer(c_int) :: variant, ierr
  integer :: step

  options%voxels = [9, 7, 0]
  options%spacing = 0.25_c_double
  call sunzi_tissue_create(ctx, alone, options, tissue, ierr)
  call expect(ierr == SUNZI_ERR_ARG, 'no callback')
  call expect_text(sunzi_last_message(), 'voxel is NULL')
  options%voxel = c_funloc(voxel)
  call sunzi_tissue_create(ctx, alone, options, tissue)
  count = sunzi_tissue_count(tissue)
  ! 10 x 8 nodes without those that only voxels cut off have
  call expect(count == 80 - 3 * 3, 'nodes')
  allocate (node(count), volume(count))
  call sunzi_tissue_nodes(tissue, node)
  call expect(node(1) == 0 .and. node(count) == 76, 'numbers of nodes')
  call sunzi_tissue_volumes(tissue, volume)
  call expect(abs(sum(volume) - (63 - 9) * 0.25_c_double**2) < 1e-12_c_double, &
    'volumes')
  call sunzi_tissue_brick(tissue, first, counts)
  call expect(all(first == 0) .and. all(counts == [10, 8, 1]), 'brick')
  call expect(sunzi_tissue_limit(tissue) > 0.2_c_double, 'limit')

  call sunzi_cell_model_find('mitchell-schaeffer-2003', model, variant)
  cells%model = model%handle
  cells%variant = variant
  cells%count = count
  cells%stride = count + 5
  allocate (y(cells%stride, sunzi_cell_model_states(model)))
  cells%states = c_loc(y)
  call sunzi_cell_reset(cells)

  ! diffusion alone keeps the charge
  y(1, 1) = 20
  before = dot_product(volume, y(:count, 1))
  call sunzi_tissue_diffuse(tissue, 0.1_c_double, c_loc(y), count, report)
  call expect(report%iterations > 0 .and. y(1, 1) < 20, 'diffusion')
  call expect(abs(dot_product(volume, y(:count, 1)) - before) < 1e-6_c_double, &
    'charge')

  ! and drives a current outside: phi against V, of mean about zero
  total%voxel = c_funloc(both)
  call sunzi_bidomain_create(tissue, total, bidomain)
  call expect(sunzi_bidomain_count(bidomain) == 80, 'nodes with the bath')
  allocate (phi(80))
  phi = 0
  call sunzi_bidomain_solve(bidomain, c_loc(y), count, phi, report)
  call expect(report%iterations > 0 .and. report%residual <= 1e-9_c_double, &
    'phi')
  call expect(phi(1) < phi(80) .and. abs(phi(1)) > 1e-3_c_double, &
    'phi against V')
  call sunzi_bidomain_diffuse(bidomain, 0.1_c_double, c_loc(y), count, phi)
  call expect(abs(dot_product(volume, y(:count, 1)) - before) < &
    1e-6_c_double, 'charge with phi')

  ! cells as a group, with phi and without; phi in the bath
  group(1)%cells = c_loc(cells)
  call sunzi_bidomain_step(bidomain, group, 0.1_c_double, &
    SUNZI_TISSUE_GODUNOV, phi=phi, report=report)
  call expect(report%iterations > 0, 'a step with phi')
  call sunzi_bidomain_sample(bidomain, phi, [0.0_c_double, 0.0_c_double, &
    0.0_c_double], answer)
  call expect(answer == phi(1), 'phi at a node')
  call sunzi_tissue_step_groups(tissue, group, 0.1_c_double, &
    SUNZI_TISSUE_GODUNOV, report=report)
  call expect(abs(cells%time - 0.2_c_double) < 1e-12_c_double, 'two steps')
  call sunzi_tissue_step_groups(tissue, group(:0), 0.1_c_double, &
    SUNZI_TISSUE_GODUNOV, ierr=ierr)
  call expect(ierr == SUNZI_ERR_ARG, 'no groups')
  cells%time = 0
  call sunzi_bidomain_destroy(bidomain)

  ! a wave from the stimulated edge y = 0, looked at
  allocate (map(count), speed(3 * count), known(count * SUNZI_BEATS_NUMBERS))
  looks%fraction = 1
  call sunzi_beats_create(tissue, looks, y(:, 1), beats, ierr)
  call expect(ierr == SUNZI_ERR_ARG, 'a fraction')
  call sunzi_beats_options_init(looks)
  call expect(looks%fraction == 0.9_c_double .and. looks%threshold == 0, &
    'defaults of beats')
  call sunzi_beats_create(tissue, looks, y(:, 1), beats)
  call sunzi_ecg_create(tissue, reshape([5.0_c_double, 1.0_c_double, &
    0.0_c_double, -1.0_c_double, 1.0_c_double, 0.5_c_double], [3, 2]), &
    1.0_c_double, ecg)
  before = 0
  cells%current = 40
  cells%current_first = 0
  cells%current_last = 10
  do step = 1, 200
    call sunzi_tissue_step(tissue, cells, 0.1_c_double, &
      SUNZI_TISSUE_GODUNOV, report=report)
    call sunzi_beats_look(beats, (step - 1) * 0.1_c_double, 0.1_c_double, &
      y(:, 1))
    call sunzi_ecg_measure(ecg, y(:, 1), seen)
    before = max(before, seen(1))
    if (step == 20) cells%current = 0
  end do
  call expect(abs(cells%time - 20) < 1e-9_c_double, 'time')
  call expect(y(count, 1) > -20, 'the wave came to the last node')
  call expect(before > 1e-3_c_double, 'a wave that comes nearer')
  call sunzi_ecg_destroy(ecg)
  call sunzi_beats_get(beats, SUNZI_BEATS_ACTIVATION, map)
  call sunzi_tissue_summarize(tissue, map, summary)
  call expect(summary%nodes == count .and. summary%least_node == 0, 'summary')
  call expect(summary%least < summary%mean .and. summary%mean < summary%most &
    .and. summary%most < 20, 'activation')
  call sunzi_tissue_velocity(tissue, map, 5.0_c_double, known, speed)
  ! node (4, 4, 0), in the middle: the wave goes along y
  call expect(speed(count + 45) > 0 .and. known(45) >= speed(count + 45), &
    'velocity')
  call sunzi_tissue_velocity(tissue, map, -1.0_c_double, known, ierr=ierr)
  call expect(ierr == SUNZI_ERR_ARG, 'a limit')
  call sunzi_beats_create(tissue, V=y(:, 1), beats=again)
  call sunzi_beats_save(beats, known)
  call sunzi_beats_load(again, known)
  call sunzi_beats_get(again, SUNZI_BEATS_PEAK, map)
  call expect(all(map > 0), 'peaks')
  call sunzi_beats_destroy(beats)
  call sunzi_beats_destroy(again)
  call sunzi_tissue_sample(tissue, y(:, 1), &
    [0.125_c_double, 0.0_c_double, 0.0_c_double], answer)
  call expect(abs(answer - (y(1, 1) + y(2, 1)) / 2) < 1e-9_c_double, 'sample')
  call sunzi_tissue_check(tissue, c_loc(y), count, -200.0_c_double, &
    200.0_c_double, ierr)
  call expect(ierr == SUNZI_OK, 'check')
  y(2, 1) = 300
  call sunzi_tissue_check(tissue, c_loc(y), count, -200.0_c_double, &
    200.0_c_double, ierr)
  call expect(ierr == SUNZI_ERR_BLOW_UP, 'blow-up')
  call expect_text(sunzi_last_message(), 'node (1, 0, 0)')
  call sunzi_tissue_destroy(tissue)
  deallocate (y, volume, phi, node, map, speed, known) ! a main program does not by itself
  call finish()
end program
