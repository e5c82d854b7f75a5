/* SPDX-License-Identifier: BSD-3-Clause */
/* What a compiled model of cells tells of itself (solvers/cardiac/model_file.c
 * asks; the text is compiled with the model, too). */
#ifndef SUNZI_SOLVERS_CARDIAC_CELL_FACTS_H
#define SUNZI_SOLVERS_CARDIAC_CELL_FACTS_H

typedef struct sunzi_cell_state {
    const char *name, *unit;
} sunzi_cell_state;

typedef struct sunzi_cell_facts {
    const char *name, *source;
    int states;
    const sunzi_cell_state *state; /* [states] */
    const double *initial;         /* [states], resting */
} sunzi_cell_facts;

#endif
