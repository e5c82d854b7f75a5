/* SPDX-License-Identifier: BSD-3-Clause */
/* A matrix in the making: entries in any order, then sorted and summed. */
#ifndef SUNZI_IO_ASSEMBLY_H
#define SUNZI_IO_ASSEMBLY_H

#include "io/matrix.h"
#include "core/text.h"

typedef struct sunzi_assembly {
    sunzi_matrix matrix; /* rows, cols, symmetry, ... are set by the caller */
    int64_t capacity;    /* entries that fit */
} sunzi_assembly;

/* Room for `entries` calls of add. matrix.symmetry and .complex_values are
 * set before. */
sunzi_status sunzi_assembly_begin(sunzi_assembly *assembly, int64_t entries);

/* Add one stored entry, 0-based, and its mirror image where the symmetry has
 * one. The caller keeps to the room and to the range. */
void sunzi_assembly_add(sunzi_assembly *assembly, int32_t row, int32_t col,
                        double re, double im);

/* Is (row, col) an entry that a file of this symmetry stores? Below the
 * diagonal, for skew matrices strictly. Fails at the current line of text. */
sunzi_status sunzi_assembly_check(const sunzi_assembly *assembly,
                                  const sunzi_text *text, int64_t row,
                                  int64_t col);

/* A Hermitian matrix has a real diagonal. Fails at the current line. */
sunzi_status sunzi_assembly_check_imaginary(const sunzi_assembly *assembly,
                                            const sunzi_text *text, int32_t row,
                                            int32_t col, double im);

/* Sort by column and row, sum duplicates in the order of add, and move the
 * result to *matrix. SUNZI_ERR_FORMAT (a sum overflows; `path` is named),
 * SUNZI_ERR_NOMEM; the assembly then still owns its memory. */
sunzi_status sunzi_assembly_end(sunzi_assembly *assembly, const char *path,
                                sunzi_matrix *matrix);
void sunzi_assembly_clear(sunzi_assembly *assembly);

#endif
