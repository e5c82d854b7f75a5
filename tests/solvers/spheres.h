/* SPDX-License-Identifier: BSD-3-Clause */
/* Solutions in closed form around spheres; lengths in Angstrom, energies in k
 * T. */
#ifndef SUNZI_TESTS_SOLVERS_SPHERES_H
#define SUNZI_TESTS_SOLVERS_SPHERES_H

/* e^2 / (4 pi eps0 k T), Angstrom. */
static inline double vacuum_length(double temperature)
{
    return 1.602176634e-19 * 1.602176634e-19 * 1e10 /
           (4 * 3.14159265358979323846 * 8.8541878128e-12 * 1.380649e-23 *
            temperature);
}

/* M. Born, Z. Phys. 1 (1920) 45. */
static inline double born_energy(double charge, double radius, double in,
                                 double out, double temperature)
{
    return -0.5 * vacuum_length(temperature) * charge * charge / radius *
           (1 / in - 1 / out);
}

#endif
