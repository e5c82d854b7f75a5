! SPDX-License-Identifier: BSD-3-Clause
!> The pseudo-ECG of a tissue: <sunzi/ecg.h>.
module sunzi_ecg_m
  use, intrinsic :: iso_c_binding
  use sunzi_status_m
  use sunzi_tissue_m
  implicit none
  private

  type, public :: sunzi_ecg
    type(c_ptr) :: handle = c_null_ptr !< the sunzi_ecg * of C
  end type

  public :: sunzi_ecg_create, sunzi_ecg_destroy, sunzi_ecg_measure

  interface
    integer(c_int) function c_ecg_create(tissue, electrodes, points, &
      conductivity, ecg) bind(C, name='sunzi_ecg_create')
      import :: c_int, c_double, c_ptr
      type(c_ptr), value :: tissue
      integer(c_int), value :: electrodes
      real(c_double), intent(in) :: points(*)
      real(c_double), value :: conductivity
      type(c_ptr), intent(inout) :: ecg
    end function
    subroutine c_ecg_destroy(ecg) bind(C, name='sunzi_ecg_destroy')
      import :: c_ptr
      type(c_ptr), intent(inout) :: ecg
    end subroutine
    integer(c_int) function c_ecg_measure(ecg, V, phi) &
      bind(C, name='sunzi_ecg_measure')
      import :: c_int, c_double, c_ptr
      type(c_ptr), value :: ecg
      real(c_double), intent(in) :: V(*)
      real(c_double), intent(inout) :: phi(*)
    end function
  end interface

contains

  !> Collective. Electrodes at points(3, :), mm.
  subroutine sunzi_ecg_create(tissue, points, conductivity, ecg, ierr)
    type(sunzi_tissue), intent(in) :: tissue
    real(c_double), intent(in), contiguous :: points(:, :)
    real(c_double), intent(in) :: conductivity
    type(sunzi_ecg), intent(inout) :: ecg
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_ecg_create(tissue%handle, size(points, 2, c_int), &
      points, conductivity, ecg%handle), ierr)
  end subroutine

  subroutine sunzi_ecg_destroy(ecg)
    type(sunzi_ecg), intent(inout) :: ecg
    call c_ecg_destroy(ecg%handle)
  end subroutine

  !> Collective. phi(k) = what electrode k sees, mV.
  subroutine sunzi_ecg_measure(ecg, V, phi, ierr)
    type(sunzi_ecg), intent(in) :: ecg
    real(c_double), intent(in) :: V(*)
    real(c_double), intent(inout) :: phi(*)
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_ecg_measure(ecg%handle, V, phi), ierr)
  end subroutine

end module
