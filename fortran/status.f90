! SPDX-License-Identifier: BSD-3-Clause
!> Status codes and messages: <sunzi/status.h>.
!>
!> Every routine that can fail takes `ierr` as its last argument. It is
!> optional:
!>   present  the status is stored there: zero, positive or negative as in C;
!>   absent   a negative status writes its sentence to error_unit and ends the
!>            program by `error stop 1`; a positive one (usable, but less was
!>            reached than asked for) writes its sentence and goes on.
!> So a status that nobody takes is never lost. sunzi_check does the same with a
!> status that was taken earlier.
module sunzi_status_m
  use, intrinsic :: iso_c_binding
  use, intrinsic :: iso_fortran_env, only: error_unit
  implicit none
  private

  integer(c_int), parameter, public :: SUNZI_OK = 0
  integer(c_int), parameter, public :: SUNZI_REACHED_ACCURATE = 1
  integer(c_int), parameter, public :: SUNZI_REACHED_BACKWARD = 2
  integer(c_int), parameter, public :: SUNZI_REACHED_NONE = 3
  integer(c_int), parameter, public :: SUNZI_ERR_ARG = -1
  integer(c_int), parameter, public :: SUNZI_ERR_NOMEM = -2
  integer(c_int), parameter, public :: SUNZI_ERR_NONFINITE = -3
  integer(c_int), parameter, public :: SUNZI_ERR_SINGULAR = -4
  integer(c_int), parameter, public :: SUNZI_ERR_NOT_POSITIVE_DEFINITE = -5
  integer(c_int), parameter, public :: SUNZI_ERR_OVERFLOW = -6
  integer(c_int), parameter, public :: SUNZI_ERR_ENGINE = -7
  integer(c_int), parameter, public :: SUNZI_ERR_UNSUPPORTED = -8
  integer(c_int), parameter, public :: SUNZI_ERR_FILE = -9
  integer(c_int), parameter, public :: SUNZI_ERR_FORMAT = -10
  integer(c_int), parameter, public :: SUNZI_ERR_INTERNAL = -11
  integer(c_int), parameter, public :: SUNZI_ERR_MPI = -12
  integer(c_int), parameter, public :: SUNZI_ERR_DEVICE = -13
  integer(c_int), parameter, public :: SUNZI_ERR_BLOW_UP = -14

  public :: sunzi_status_name, sunzi_status_text, sunzi_last_message
  public :: sunzi_check, sunzi_string
  !> For the other modules of this folder.
  public :: sunzi_refuse, sunzi_letter

  !> A C string, or an array of characters that ends at its first NUL, as a
  !> Fortran string; "" for a null pointer.
  interface sunzi_string
    module procedure string_of_pointer
    module procedure string_of_array
  end interface

  interface
    type(c_ptr) function c_status_name(status) &
      bind(C, name='sunzi_status_name')
      import :: c_ptr, c_int
      integer(c_int), value :: status
    end function
    type(c_ptr) function c_status_text(status) &
      bind(C, name='sunzi_status_text')
      import :: c_ptr, c_int
      integer(c_int), value :: status
    end function
    type(c_ptr) function c_last_message() bind(C, name='sunzi_last_message')
      import :: c_ptr
    end function
    ! of libsunzi, for partners that are built with it
    integer(c_int) function c_fail_sentence(status, sentence) &
      bind(C, name='sunzi_fail_sentence')
      import :: c_int, c_char
      integer(c_int), value :: status
      character(kind=c_char), intent(in) :: sentence(*)
    end function
    integer(c_size_t) function c_strlen(text) bind(C, name='strlen')
      import :: c_size_t, c_ptr
      type(c_ptr), value :: text
    end function
  end interface

contains

  !> "SUNZI_ERR_ARG"; "unknown status" for a value that is not a status.
  function sunzi_status_name(status) result(name)
    integer(c_int), intent(in) :: status
    character(:), allocatable :: name
    name = sunzi_string(c_status_name(status))
  end function

  !> What a status means, in a few words.
  function sunzi_status_text(status) result(text)
    integer(c_int), intent(in) :: status
    character(:), allocatable :: text
    text = sunzi_string(c_status_text(status))
  end function

  !> The sentence of the last status other than SUNZI_OK of this thread.
  function sunzi_last_message() result(message)
    character(:), allocatable :: message
    message = sunzi_string(c_last_message())
  end function

  !> Take a status: store it in ierr, or say it and end the program where it is
  !> negative (see above).
  subroutine sunzi_check(status, ierr)
    integer(c_int), intent(in) :: status
    integer(c_int), intent(out), optional :: ierr
    if (present(ierr)) then
      ierr = status
      return
    end if
    if (status == SUNZI_OK) return
    write (error_unit, '(4a)') 'sunzi: ', sunzi_status_name(status), ': ', &
      sunzi_last_message()
    flush (error_unit)
    if (status < 0) error stop 1
  end subroutine

  !> SUNZI_ERR_ARG with a sentence, for what C cannot see: characters and
  !> shapes.
  function sunzi_refuse(sentence) result(status)
    character(*), intent(in) :: sentence
    integer(c_int) :: status
    character(kind=c_char) :: text(len(sentence) + 1)
    integer :: i
    do i = 1, len(sentence)
      text(i) = sentence(i:i)
    end do
    text(len(sentence) + 1) = c_null_char
    status = c_fail_sentence(SUNZI_ERR_ARG, text)
  end function

  !> A char argument of C. Not passed as `character, value`: gfortran 12 hands
  !> on the address of a dummy argument that is passed so.
  elemental integer(c_signed_char) function sunzi_letter(letter)
    character, intent(in) :: letter
    sunzi_letter = int(ichar(letter), c_signed_char)
  end function

  function string_of_pointer(pointer) result(string)
    type(c_ptr), intent(in) :: pointer
    character(:), allocatable :: string
    character(kind=c_char), pointer :: text(:)
    if (.not. c_associated(pointer)) then
      string = ''
      return
    end if
    call c_f_pointer(pointer, text, [c_strlen(pointer)])
    string = string_of_array(text)
  end function

  function string_of_array(text) result(string)
    character(kind=c_char), intent(in) :: text(:)
    character(:), allocatable :: string
    integer :: i, length
    length = 0
    do while (length < size(text))
      if (text(length + 1) == c_null_char) exit
      length = length + 1
    end do
    allocate (character(length) :: string)
    do i = 1, length
      string(i:i) = text(i)
    end do
  end function

end module
