! SPDX-License-Identifier: BSD-3-Clause
!> The whole of <sunzi/sunzi.h> for Fortran: `use sunzi`. One module a header;
!> the headers are the manual, the modules say what differs:
!>   handles are derived types, freed by their destroy routine;
!>   a handle that was not made stands for NULL (sunzi_default: the context);
!>   `ierr` is last and optional: see sunzi_status_m;
!>   texts are allocatable strings, flags of arguments are logical;
!>   arrays are column-major; engines and places in descriptors count from 1,
!>   ranks, grid rows, slots and dimensions from 0;
!>   optional arguments make one routine of the easy and the expert form.
module sunzi
  use sunzi_status_m
  use sunzi_context_m
  use sunzi_comm_m
  use sunzi_grid_m
  use sunzi_reduce_m
  use sunzi_field_m
  use sunzi_halo_m
  use sunzi_transpose_m
  use sunzi_policy_m
  use sunzi_cell_m
  use sunzi_product_m
  use sunzi_solve_m
  use sunzi_psolve_m
  use sunzi_tissue_m
  use sunzi_beats_m
  use sunzi_ecg_m
  use sunzi_poisson_boltzmann_m
  implicit none
  public
  private :: sunzi_refuse, sunzi_letter
end module
