/* SPDX-License-Identifier: BSD-3-Clause */
#include "solvers/cardiac/ohara_rudy.k.h"

#include "solvers/cardiac/model.h"

enum { STATES = 41 };

static const sunzi_cell_state state[STATES] = {
    {"V", "mV"},     {"Nai", "mM"}, {"Nass", "mM"},      {"Ki", "mM"},
    {"Kss", "mM"},   {"Cai", "mM"}, {"Cass", "mM"},      {"Cansr", "mM"},
    {"Cajsr", "mM"}, {"m", "1"},    {"hf", "1"},         {"hs", "1"},
    {"j", "1"},      {"hsp", "1"},  {"jp", "1"},         {"mL", "1"},
    {"hL", "1"},     {"hLp", "1"},  {"a", "1"},          {"iF", "1"},
    {"iS", "1"},     {"ap", "1"},   {"iFp", "1"},        {"iSp", "1"},
    {"d", "1"},      {"ff", "1"},   {"fs", "1"},         {"fcaf", "1"},
    {"fcas", "1"},   {"jca", "1"},  {"nca", "1"},        {"ffp", "1"},
    {"fcafp", "1"},  {"xrf", "1"},  {"xrs", "1"},        {"xs1", "1"},
    {"xs2", "1"},    {"xk1", "1"},  {"Jrelnp", "mM/ms"}, {"Jrelp", "mM/ms"},
    {"CaMKt", "1"}};

/* where the authors' program starts; far from a steady beat, which takes some
 * hundred beats */
static const double initial[STATES] = {
    -87, 7, 7, 145, 145, 1e-4, 1e-4, 1.2, 1.2, 0, 1, 1, 1, 1,
    1,   0, 1, 1,   0,   1,    1,    0,   1,   1, 0, 1, 1, 1,
    1,   1, 0, 1,   1,   0,    0,    0,   0,   1, 0, 0, 0};

static const sunzi_cell_variant variant[] = {{"ohara-rudy-2011-endo", initial},
                                             {"ohara-rudy-2011-epi", initial},
                                             {"ohara-rudy-2011-m", initial}};

const sunzi_cell_model sunzi_cell_ohara_rudy = {
    .name = "ohara-rudy-2011",
    .source = "T. O'Hara, L. Virag, A. Varro, Y. Rudy, PLoS Comput. Biol. 7 "
              "(2011) e1002061, text S1",
    .states = STATES,
    .variants = 3,
    .state = state,
    .variant = variant,
    SUNZI_CELL_KERNELS_BUT_DF64(ohara_rudy)};
