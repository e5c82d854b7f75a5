/* SPDX-License-Identifier: BSD-3-Clause */
/* Energies of a solution, in k T; exact sums over the nodes. */
#include <math.h>
#include <sunzi/reduce.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "solvers/poisson_boltzmann/pb.h"

/* Of the ions in a unit of kappa^2 / (4 pi l) volume: -1/2 rho phi - sum n
 * (e^(-z phi) - 1), by sum n z^2 (K. A. Sharp, B. Honig, J. Phys. Chem. 94
 * (1990) 7684, with the field's energy from the equation). */
static double of_ions(const sunzi_pb_options *o, double phi)
{
    double rho = 0, pressure = 0, strength = 0;
    for (int s = 0; s < o->ions; s++) {
        const double z = o->ion[s].charge, n = o->ion[s].concentration;
        rho += n * z * exp(-z * phi);
        pressure += n * expm1(-z * phi);
        strength += n * z * z;
    }
    return (-0.5 * rho * phi - pressure) / strength;
}

/* Collective. The sum over the nodes where ions can be, and the largest |phi|
 * there. */
static sunzi_status add_ions(sunzi_pb *pb, double *energy, double *largest)
{
    const sunzi_elliptic *g = &pb->grid;
    const bool full = pb->options.nonlinear && pb->salt;
    void *block = NULL;
    double *terms;
    sunzi_status status = sunzi_allocate((size_t)g->cells * sizeof(double),
                                         "energies of nodes", &block);
    SUNZI_TRY(sunzi_comm_agree(pb->comm, status));
    terms = block;
    *largest = 0;
    for (int64_t i = 0; i < g->cells; i++) {
        const bool has = pb->salt && pb->salt[i] > 0;
        terms[i] = full && has ? pb->salt[i] / pb->coupling *
                                     of_ions(&pb->options, pb->phi[i])
                               : 0;
        if (has)
            *largest = fmax(*largest, fabs(pb->phi[i]));
    }
    SUNZI_TRY(sunzi_comm_reduce(pb->comm, SUNZI_REDUCE_MAX_F64, largest, 1));
    SUNZI_TRY(sunzi_dsum(pb->ctx, pb->comm, g->cells, terms, 1, energy));
done:
    sunzi_release(block);
    return status;
}

sunzi_status pb_find_energy(sunzi_pb *pb, sunzi_pb_report *report)
{
    double sum, ions;
    sunzi_status status;
    /* charges and salt of the halo are zero */
    SUNZI_TRY(sunzi_ddot(pb->ctx, pb->comm, pb->grid.cells, pb->charge, 1,
                         pb->phi, 1, &sum));
    SUNZI_TRY(add_ions(pb, &ions, &report->largest));
    report->charge_energy = 0.5 * sum;
    report->energy = 0.5 * sum + ions;
done:
    return status;
}
