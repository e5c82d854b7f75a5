/* SPDX-License-Identifier: BSD-3-Clause */
/* Every file of kernels, for the descriptors, the loops of each CPU engine and
 * the texts that devices compile. */
#include "engines/kernel/basic.k.h"
#include "precision/product.k.h"
#include "solvers/cardiac/bueno_orovio.k.h"
#include "solvers/cardiac/cell.k.h"
#include "solvers/cardiac/courtemanche.k.h"
#include "solvers/cardiac/fitzhugh_nagumo.k.h"
#include "solvers/cardiac/mitchell.k.h"
#include "solvers/cardiac/ohara_rudy.k.h"
#include "solvers/cardiac/tp06.k.h"
#include "solvers/dense/lu.k.h"
#include "solvers/cardiac/tissue.k.h"
#include "solvers/grid/multigrid.k.h"
