! SPDX-License-Identifier: BSD-3-Clause
!> A molecule in solution from Fortran: an ion whose energy is known, its
!> potential, focusing, refusals. The fields of the options are told apart by
!> what they do and, in sentences, by what was passed.
program test_poisson_boltzmann
  use, intrinsic :: iso_c_binding
  use check
  use sunzi
  implicit none
  type(sunzi_context) :: ctx
  type(sunzi_comm) :: alone
  type(sunzi_pb) :: wide, pb
  type(sunzi_pb_options) :: options, made
  type(sunzi_pb_report) :: report
  type(sunzi_pb_atom) :: ion(1)
  real(c_double), allocatable :: phi(:, :, :)
  real(c_double) :: energy(2), at(1)
  integer(c_int64_t) :: first(3), counts(3)
  integer(c_int) :: ierr
  integer :: k

  call sunzi_pb_options_init(made)
  call expect(made%processes(3) == options%processes(3) .and. &
    made%charges == options%charges .and. &
    abs(made%ion_radius - options%ion_radius) < epsilon(1.0_c_double) .and. &
    made%ion(8)%charge <= options%ion(8)%charge .and. &
    made%policy == options%policy, 'defaults')
  ion(1) = sunzi_pb_atom([0.0_c_double, 0.1_c_double, 0.0_c_double], &
    1.0_c_double, 3.0_c_double)
  options%nodes = 33
  options%spacing = 0.5_c_double
  options%solute_dielectric = 1
  options%surface = SUNZI_PB_VAN_DER_WAALS
  do k = 1, 2
    if (k == 2) options%solvent_dielectric = 1
    call sunzi_pb_create(ctx, alone, options, ion, pb)
    call sunzi_pb_solve(pb, report=report)
    energy(k) = report%energy
    call expect(report%residual <= 1e-10_c_double .and. report%passes > 0 &
      .and. report%seconds > 0, 'report')
    if (k == 1) call look
    call sunzi_pb_destroy(pb)
  end do
  ! Born: -92.2205 k T
  call expect(abs(energy(1) - energy(2) + 92.2205_c_double) < 0.3_c_double, &
    'energy of solvation')

  options%solvent_dielectric = 78.54_c_double
  options%ions = 2
  options%ion(1) = sunzi_pb_ion(1.0_c_double, 0.1_c_double)
  options%ion(2) = sunzi_pb_ion(-1.0_c_double, 0.1_c_double)
  options%nonlinear = 1
  options%spacing = 1
  call sunzi_pb_create(ctx, alone, options, ion, wide)
  options%spacing = 0.5_c_double
  options%boundary = SUNZI_PB_ZERO
  options%policy = SUNZI_POLICY_FP32C
  call sunzi_pb_create(ctx, alone, options, ion, pb)
  call sunzi_pb_solve(pb, wide, report, ierr)
  call expect(ierr == SUNZI_ERR_ARG, 'a grid that is not solved')
  call sunzi_pb_solve(wide)
  call sunzi_pb_solve(pb, wide, report)
  call sunzi_pb_sample(pb, reshape([8.0_c_double, 0.0_c_double, &
    0.0_c_double], [3, 1]), at)
  call expect(at(1) > 0.3_c_double .and. at(1) < 0.9_c_double, 'focused')
  call expect(report%largest > at(1), 'the largest potential')
  call sunzi_pb_destroy(pb)
  call sunzi_pb_destroy(wide)

  options%ions = 1
  call sunzi_pb_create(ctx, alone, options, ion, pb, ierr)
  call expect(ierr == SUNZI_ERR_ARG, 'ions that are charged')
  call expect_text(sunzi_last_message(), 'sum up to 0.1 mol/l')
  options%ions = 0
  options%processes(3) = -1
  call sunzi_pb_create(ctx, alone, options, ion, pb, ierr)
  call expect(ierr == SUNZI_ERR_ARG, 'processes')
  deallocate (phi) ! a main program does not by itself
  call finish()

contains

  !> phi of all nodes: that of the point there; it falls from the ion.
  subroutine look
    call sunzi_pb_brick(pb, first, counts)
    call expect(all(first == 0) .and. all(counts == 33), 'brick')
    allocate (phi(counts(1), counts(2), counts(3)))
    call sunzi_pb_potential(pb, phi)
    call sunzi_pb_sample(pb, reshape([1.5_c_double, -1.0_c_double, &
      0.5_c_double], [3, 1]), at)
    call expect(abs(at(1) - phi(20, 15, 18)) < 1e-9_c_double * at(1), &
      'potential at a node')
    call expect(phi(17, 17, 17) > phi(25, 17, 17) .and. &
      phi(25, 17, 17) > phi(33, 17, 17), 'potential')
  end subroutine
end program
