/* SPDX-License-Identifier: BSD-3-Clause */
#include "solvers/cardiac/courtemanche.k.h"

#include "solvers/cardiac/model.h"

enum { STATES = 21 };

static const sunzi_cell_state state[STATES] = {
    {"V", "mV"},     {"Nai", "mM"}, {"Ki", "mM"}, {"Cai", "mM"}, {"Caup", "mM"},
    {"Carel", "mM"}, {"m", "1"},    {"h", "1"},   {"j", "1"},    {"oa", "1"},
    {"oi", "1"},     {"ua", "1"},   {"ui", "1"},  {"xr", "1"},   {"xs", "1"},
    {"d", "1"},      {"f", "1"},    {"fCa", "1"}, {"u", "1"},    {"v", "1"},
    {"w", "1"}};

/* table 3 of the paper, digits of its CellML; u (2e-112) is 0 */
static const double initial[STATES] = {
    -81.18,   11.17,    139,      1.013e-4, 1.488,    1.488,  2.908e-3,
    0.9649,   0.9775,   3.043e-2, 0.9992,   4.966e-3, 0.9986, 3.296e-5,
    1.869e-2, 1.367e-4, 0.9996,   0.7755,   0,        1,      0.9992};

static const sunzi_cell_variant variant[] = {{"courtemanche-1998", initial}};

const sunzi_cell_model sunzi_cell_courtemanche = {
    .name = "courtemanche-1998",
    .source = "M. Courtemanche, R. J. Ramirez, S. Nattel, Am. J. Physiol. 275 "
              "(1998) H301; digits of its CellML, stimulus carried by K",
    .states = STATES,
    .variants = 1,
    .state = state,
    .variant = variant,
    SUNZI_CELL_KERNELS_BUT_DF64(courtemanche)};
