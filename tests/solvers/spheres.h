/* SPDX-License-Identifier: BSD-3-Clause */
/* The Poisson-Boltzmann equation around spheres; lengths in Angstrom, energies
 * in k T. */
#ifndef SUNZI_TESTS_SOLVERS_SPHERES_H
#define SUNZI_TESTS_SOLVERS_SPHERES_H

#include <sunzi/poisson_boltzmann.h>

/* e^2 / (4 pi eps0 k T), Angstrom. */
double vacuum_length(double temperature);

/* 1/Angstrom: sqrt(4 pi l sum n z^2 / eps) of the solvent. */
double inverse_debye_length(const sunzi_pb_options *o);

/* M. Born, Z. Phys. 1 (1920) 45: of solvation, no salt. */
double born_energy(const sunzi_pb_options *o, double charge, double radius);

/* J. G. Kirkwood, J. Chem. Phys. 2 (1934) 351: energy of solvation of charges
 * on the z axis in a sphere around 0, linear equation. */
double kirkwood_energy(const sunzi_pb_options *o, double radius, int charges,
                       const double *charge, const double *z);

/* A charge in the middle of a sphere, nonlinear equation, by finite differences
 * of fourth order on many nodes along the radius: what the charge adds to the
 * energy of solvation, and all of it; phi where ions begin, and 8 further out.
 */
typedef struct radial_solution {
    double charge_energy, energy, largest, further;
} radial_solution;
radial_solution radial_solve(const sunzi_pb_options *o, double charge,
                             double radius);

#endif
