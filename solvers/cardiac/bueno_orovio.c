/* SPDX-License-Identifier: BSD-3-Clause */
#include "solvers/cardiac/bueno_orovio.k.h"

#include "solvers/cardiac/model.h"

static const sunzi_cell_state state[] = {
    {"V", "mV"}, {"v", "1"}, {"w", "1"}, {"s", "1"}};
static const double initial[] = {-84, 1, 1, 0}; /* at rest, but for s */
static const sunzi_cell_variant variant[] = {
    {"bueno-orovio-2008-epi", initial},
    {"bueno-orovio-2008-endo", initial},
    {"bueno-orovio-2008-m", initial}};

const sunzi_cell_model sunzi_cell_bueno_orovio = {
    .name = "bueno-orovio-2008",
    .source = "A. Bueno-Orovio, E. M. Cherry, F. H. Fenton, J. Theor. Biol. "
              "253 (2008) 544, table 1; V = -84 mV + 85.7 mV u",
    .states = 4,
    .variants = 3,
    .state = state,
    .variant = variant,
    SUNZI_CELL_KERNELS(bueno_orovio)};
