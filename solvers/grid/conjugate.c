/* SPDX-License-Identifier: BSD-3-Clause */
/* Conjugate gradients. */
#include "solvers/grid/conjugate.h"

#include <math.h>

sunzi_status sunzi_conjugate_run(const sunzi_conjugate *c, sunzi_status mine,
                                 double size, double goal, int most,
                                 int *iterations, bool *finite)
{
    double rho = 0, before = 0, curvature = 0, square = size * size;
    sunzi_status status = SUNZI_OK;
    if (!(most > 0 && sqrt(square) > goal)) /* nobody asks for it below */
        SUNZI_TRY(sunzi_comm_agree(c->comm, mine));
    for (int step = 0; step < most && sqrt(square) > goal; step++) {
        SUNZI_TRY(c->precondition(c->data, sqrt(square), mine, &rho));
        mine = SUNZI_OK;
        if (!(rho > 0))
            break;
        SUNZI_TRY(
            c->turn(c->data, step == 0, step ? rho / before : 0, &curvature));
        if (!(curvature > 0))
            break; /* what is left is rounding */
        SUNZI_TRY(c->advance(c->data, rho / curvature, &square));
        before = rho;
        ++*iterations;
    }
    *finite = isfinite(square) && isfinite(rho) && isfinite(curvature);
done:
    return status;
}
