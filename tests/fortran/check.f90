! SPDX-License-Identifier: BSD-3-Clause
!> What every test program here needs: count what fails, end accordingly.
module check
  implicit none
  private
  public :: expect, expect_text, finish
  integer :: checked = 0, failed = 0
contains

  subroutine expect(condition, what)
    logical, intent(in) :: condition
    character(*), intent(in) :: what
    checked = checked + 1
    if (condition) return
    failed = failed + 1
    print '(2a)', 'FAILED: ', what
  end subroutine

  !> `text` contains `words`.
  subroutine expect_text(text, words)
    character(*), intent(in) :: text, words
    call expect(index(text, words) > 0, &
      'expected "'//words//'" in "'//text//'"')
  end subroutine

  subroutine finish()
    print '(i0, a, i0, a)', checked, ' checks, ', failed, ' failed'
    if (failed > 0 .or. checked == 0) stop 1
  end subroutine
end module
