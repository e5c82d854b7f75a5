/* SPDX-License-Identifier: BSD-3-Clause */
#include "solvers/cardiac/tp06.k.h"

#include "solvers/cardiac/model.h"

enum { STATES = 19 };

static const sunzi_cell_state state[STATES] = {
    {"V", "mV"},      {"Xr1", "1"},  {"Xr2", "1"},   {"Xs", "1"},
    {"m", "1"},       {"h", "1"},    {"j", "1"},     {"d", "1"},
    {"f", "1"},       {"f2", "1"},   {"fCass", "1"}, {"s", "1"},
    {"r", "1"},       {"Cai", "mM"}, {"CaSR", "mM"}, {"Cass", "mM"},
    {"R_prime", "1"}, {"Nai", "mM"}, {"Ki", "mM"}};

/* those of the N-version benchmark (Niederer et al., Phil. Trans. R. Soc. A 369
 * (2011) 4331, table 2) for all three types */
static const double initial[STATES] = {
    -85.23,   0.00621, 0.4712, 0.0095, 0.00172,  0.7444,  0.7045,
    3.373e-5, 0.7888,  0.9755, 0.9953, 0.999998, 2.42e-8, 0.000126,
    3.64,     0.00036, 0.9073, 8.604,  136.89};

static const sunzi_cell_variant variant[] = {
    {"ten-tusscher-2006-epi", initial},
    {"ten-tusscher-2006-m", initial},
    {"ten-tusscher-2006-endo", initial}};

const sunzi_cell_model sunzi_cell_tp06 = {
    .name = "ten-tusscher-2006",
    .source = "K. H. W. J. ten Tusscher, A. V. Panfilov, Am. J. Physiol. Heart "
              "Circ. Physiol. 291 (2006) H1088; constants as in its CellML",
    .states = STATES,
    .variants = 3,
    .state = state,
    .variant = variant,
    SUNZI_CELL_KERNELS(tp06)};
