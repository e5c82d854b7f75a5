! SPDX-License-Identifier: BSD-3-Clause
!> Files and checkpoints, beside modules sunzi and sunzi_mpi (or sunzi_mpi_f08):
!> <sunzi/file.h>, <sunzi/field_file.h>, <sunzi/checkpoint.h>. In
!> libsunzi_fortran_mpi where HDF5 with MPI was found. Shapes are in the order
!> of Fortran: sunzi_block_m says how.
module sunzi_files
  use sunzi_block_m
  use sunzi_file_m
  use sunzi_field_file_m
  use sunzi_checkpoint_m
  implicit none
  public
  private :: sunzi_numbers, sunzi_about_texts, sunzi_block_dims
  private :: sunzi_numbers_at, sunzi_numbers_fit, sunzi_place_block
  private :: sunzi_set_about, sunzi_reversed
end module
