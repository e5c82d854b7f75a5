/* SPDX-License-Identifier: BSD-3-Clause */
/* The builders of the gallery, and what they share. All arithmetic is basic
 * operations of FP64, so that the matrices have the same bits everywhere. */
#ifndef SUNZI_IO_GALLERY_PROBLEMS_H
#define SUNZI_IO_GALLERY_PROBLEMS_H

#include "io/assembly.h"
#include "io/matrix.h"

sunzi_status sunzi_make_plate(sunzi_matrix *matrix);
sunzi_status sunzi_make_beam(sunzi_matrix *matrix);
sunzi_status sunzi_make_grid(sunzi_matrix *matrix);
sunzi_status sunzi_make_reservoir(sunzi_matrix *matrix);

/* A square matrix of the gallery with room for `entries` calls of
 * sunzi_assembly_add (lower triangle if symmetric). */
sunzi_status sunzi_gallery_begin(const char *title, int32_t order,
                                 sunzi_matrix_symmetry symmetry,
                                 int64_t entries, sunzi_assembly *assembly);

/* The next number in [0, 1) of a linear congruential sequence modulo 2^64 (D.
 * E. Knuth's MMIX constants). */
double sunzi_gallery_random(uint64_t *state);

#endif
