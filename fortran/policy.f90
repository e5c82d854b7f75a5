! SPDX-License-Identifier: BSD-3-Clause
!> Precision policies: <sunzi/policy.h>.
module sunzi_policy_m
  use, intrinsic :: iso_c_binding
  use sunzi_status_m
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_POLICY_FP64 = 0
  integer(c_int), parameter, public :: SUNZI_POLICY_FP32 = 1
  integer(c_int), parameter, public :: SUNZI_POLICY_FP32C = 2
  integer(c_int), parameter, public :: SUNZI_POLICY_DF64 = 3
  integer(c_int), parameter, public :: SUNZI_POLICY_COUNT = 4

  public :: sunzi_policy_name, sunzi_policy_find
  public :: sunzi_policy_element_bytes, sunzi_policy_planes

  interface
    type(c_ptr) function c_policy_name(policy) &
      bind(C, name='sunzi_policy_name')
      import :: c_int, c_ptr
      integer(c_int), value :: policy
    end function
    integer(c_int) function c_policy_find(name, policy) &
      bind(C, name='sunzi_policy_find')
      import :: c_int, c_char
      character(kind=c_char), intent(in) :: name(*)
      integer(c_int), intent(inout) :: policy
    end function
    !> Bytes of an element of its arrays, 8 or 4.
    integer(c_size_t) function sunzi_policy_element_bytes(policy) &
      bind(C, name='sunzi_policy_element_bytes')
      import :: c_int, c_size_t
      integer(c_int), value :: policy
    end function
    !> Planes of an array of states, 1 or 2.
    integer(c_int) function sunzi_policy_planes(policy) &
      bind(C, name='sunzi_policy_planes')
      import :: c_int
      integer(c_int), value :: policy
    end function
  end interface

contains

  function sunzi_policy_name(policy) result(name)
    integer(c_int), intent(in) :: policy
    character(:), allocatable :: name
    name = sunzi_string(c_policy_name(policy))
  end function

  subroutine sunzi_policy_find(name, policy, ierr)
    character(*), intent(in) :: name
    integer(c_int), intent(inout) :: policy
    integer(c_int), intent(out), optional :: ierr
    call sunzi_check(c_policy_find(trim(name)//c_null_char, policy), ierr)
  end subroutine

end module
