/* SPDX-License-Identifier: BSD-3-Clause */
#include "solvers/cardiac/fitzhugh_nagumo.k.h"

#include "solvers/cardiac/model.h"

static const sunzi_cell_state state[] = {{"V", "mV"}, {"w", "1"}};
static const double initial[] = {-85, 0}; /* at rest */
static const sunzi_cell_variant variant[] = {{"fitzhugh-nagumo", initial}};

const sunzi_cell_model sunzi_cell_fitzhugh_nagumo = {
    .name = "fitzhugh-nagumo",
    .source =
        "R. FitzHugh, Biophys. J. 1 (1961) 445, in the form of J. M. "
        "Rogers, A. D. McCulloch, IEEE Trans. Biomed. Eng. 41 (1994) 743; "
        "V = -85 mV + 125 mV u",
    .states = 2,
    .variants = 1,
    .state = state,
    .variant = variant,
    SUNZI_CELL_KERNELS(fitzhugh_nagumo)};
