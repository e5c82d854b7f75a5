/* SPDX-License-Identifier: BSD-3-Clause */
/* The user's file, "FILE", under one policy. solvers/cardiac/cell_file.h
 * includes this once for each. */
#include "solvers/cardiac/cell_words.h"
#include "FILE"

/* one step, rates at its beginning */
K_KERNEL_T(cell_file)
{
    K_EACH (i)
        K_ADVANCE(cell_file, states, i);
}

/* one step, rates those of the states `at` */
K_KERNEL_T(cell_file_from)
{
    K_EACH (i)
        K_ADVANCE(cell_file, at, i);
}
