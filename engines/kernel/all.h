/* SPDX-License-Identifier: BSD-3-Clause */
/* Every file of kernels, for the descriptors, the loops of each CPU engine and
 * the texts that devices compile. */
#include "engines/kernel/basic.k.h"
#include "precision/measure.k.h"
#include "precision/product.k.h"
#include "solvers/dense/cholesky.k.h"
#include "solvers/dense/load.k.h"
#include "solvers/dense/lu.k.h"
#include "solvers/dense/lu_low.k.h"
#include "solvers/dense/residual.k.h"
#include "solvers/dense/sweep.k.h"
#include "solvers/dense/triangle.k.h"
#include "solvers/grid/multigrid.k.h"
