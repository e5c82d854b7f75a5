! SPDX-License-Identifier: BSD-3-Clause
!> Fields on a grid: <sunzi/field.h>.
module sunzi_field_m
  use, intrinsic :: iso_c_binding
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_ELEMENT_FP64 = 0
  integer(c_int), parameter, public :: SUNZI_ELEMENT_FP32 = 1
  integer(c_int), parameter, public :: SUNZI_ELEMENT_FP32_PAIR = 2

  integer(c_int), parameter, public :: SUNZI_WIRE_STORED = 0
  integer(c_int), parameter, public :: SUNZI_WIRE_FP32 = 1
  integer(c_int), parameter, public :: SUNZI_WIRE_FP16 = 2
  integer(c_int), parameter, public :: SUNZI_WIRE_BF16 = 3

  integer(c_int), parameter, public :: SUNZI_COMPONENTS_MAX = 65536

  type, bind(C), public :: sunzi_field
    integer(c_int) :: element = SUNZI_ELEMENT_FP64
    integer(c_int) :: wire = SUNZI_WIRE_STORED
    integer(c_int) :: components = 1
  end type

  !> What one exchange moves, for this process.
  type, bind(C), public :: sunzi_traffic
    integer(c_int) :: sends, receives
    integer(c_int64_t) :: send_bytes, receive_bytes
    integer(c_int64_t) :: copy_bytes
    integer(c_int64_t) :: overflows
  end type

  public :: sunzi_field_init

  interface
    !> Every field to its default; so is a variable of this type from the start.
    subroutine sunzi_field_init(field) bind(C, name='sunzi_field_init')
      import :: sunzi_field
      type(sunzi_field), intent(out) :: field
    end subroutine
  end interface

end module
