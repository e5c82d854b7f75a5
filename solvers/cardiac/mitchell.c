/* SPDX-License-Identifier: BSD-3-Clause */
#include "solvers/cardiac/mitchell.k.h"

#include "solvers/cardiac/model.h"

static const sunzi_cell_state state[] = {{"V", "mV"}, {"h", "1"}};
static const double initial[] = {-80, 1}; /* at rest */
static const sunzi_cell_variant variant[] = {
    {"mitchell-schaeffer-2003", initial}};

const sunzi_cell_model sunzi_cell_mitchell = {
    .name = "mitchell-schaeffer-2003",
    .source = "C. C. Mitchell, D. G. Schaeffer, Bull. Math. Biol. 65 (2003) "
              "767, table 1; V = -80 mV + 100 mV v",
    .states = 2,
    .variants = 1,
    .state = state,
    .variant = variant,
    SUNZI_CELL_KERNELS(mitchell)};
