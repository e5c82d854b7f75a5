/* SPDX-License-Identifier: BSD-3-Clause */
/* Solutions around spheres. */
#include "tests/solvers/spheres.h"

#include <math.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

double vacuum_length(double temperature)
{
    return 1.602176634e-19 * 1.602176634e-19 * 1e10 /
           (4 * pi * 8.8541878128e-12 * 1.380649e-23 * temperature);
}

/* 1/Angstrom^3 of sum n z^2. */
static double strength(const sunzi_pb_options *o)
{
    double sum = 0;
    for (int s = 0; s < o->ions; s++)
        sum += o->ion[s].concentration * 6.02214076e-4 * o->ion[s].charge *
               o->ion[s].charge;
    return sum;
}

double inverse_debye_length(const sunzi_pb_options *o)
{
    return sqrt(4 * pi * vacuum_length(o->temperature) * strength(o) /
                o->solvent_dielectric);
}

double born_energy(const sunzi_pb_options *o, double charge, double radius)
{
    return -0.5 * vacuum_length(o->temperature) * charge * charge / radius *
           (1 / o->solute_dielectric - 1 / o->solvent_dielectric);
}

/* ---- Kirkwood ---- */

/* x k_n'(x) / k_n(x) of the modified spherical Bessel functions that fall. */
static double slope(int n, double x)
{
    double before = 1, k = 1; /* k_-1 = k_0, scaled */
    for (int m = 0; m < n; m++) {
        const double next = before + (2 * m + 1) / x * k;
        before = k / next;
        k = 1;
    }
    return x == 0 ? -(n + 1) : -x * before / k - (n + 1);
}

double kirkwood_energy(const sunzi_pb_options *o, double radius, int charges,
                       const double *charge, const double *z)
{
    const double ei = o->solute_dielectric, eo = o->solvent_dielectric;
    const double kappa = inverse_debye_length(o);
    const double b = radius + o->ion_radius;
    double energy = 0;
    for (int n = 0; n < 120; n++) {
        const double rho = slope(n, kappa * b);
        const double t = (n + 1 + rho) / (n - rho) *
                         pow(radius / b, 2 * n + 1); /* times radius^(2n+1) */
        const double g = eo * (n * t - (n + 1)) / (1 + t);
        double sum = 0; /* sum q (z / radius)^n */
        for (int i = 0; i < charges; i++)
            sum += charge[i] * pow(z[i] / radius, n);
        energy += 0.5 * vacuum_length(o->temperature) / radius * sum * sum *
                  (n + 1 + g / ei) / (ei * n - g);
    }
    return energy;
}

/* ---- nonlinear, along the radius ---- */

enum { STEPS = 20000 };

/* N(u) and N'(u) of sunzi/poisson_boltzmann.h. */
static void ions_at(const sunzi_pb_options *o, double u, double *N, double *dN)
{
    double sum = 0;
    *N = *dN = 0;
    for (int s = 0; s < o->ions; s++) {
        const double z = o->ion[s].charge, n = o->ion[s].concentration;
        sum += n * z * z;
        *N -= n * z * exp(-z * u);
        *dN += n * z * z * exp(-z * u);
    }
    *N /= sum;
    *dN /= sum;
}

/* u(r_i), r_i = first + i h: finite volumes of (r^2 u')' = r^2 kappa^2 N(u)
 * with r^2 u' = -flux at the first node, and Debye and Hueckel's at the last;
 * Newton's method from zero, steps of at most 1. */
static void solve_radial(const sunzi_pb_options *o, double first, double h,
                         int steps, double flux, double *u)
{
    const double kappa = inverse_debye_length(o), last = first + steps * h;
    double *c = malloc((size_t)(steps + 1) * 2 * sizeof *c), *d = c + steps + 1;
    double most = 1;
    for (int i = 0; i <= steps; i++)
        u[i] = 0;
    for (int pass = 0; pass < 400 && most > 1e-13; pass++) {
        for (int i = 0; i <= steps; i++) {
            const double r = first + i * h;
            const double lower = i ? pow(r - h / 2, 2) / h : 0;
            const double upper = i < steps ? pow(r + h / 2, 2) / h : 0;
            const double a = i ? r - h / 2 : r, b = i < steps ? r + h / 2 : r;
            const double volume = kappa * kappa * (b * b * b - a * a * a) / 3;
            const double end = i < steps ? 0 : last * last * (kappa + 1 / last);
            double N, dN;
            ions_at(o, u[i], &N, &dN);
            double rest = (i ? lower * (u[i - 1] - u[i]) : flux) - volume * N -
                          end * u[i];
            if (i < steps)
                rest += upper * (u[i + 1] - u[i]);
            const double diagonal = lower + upper + volume * dN + end;
            const double pivot = diagonal - (i ? lower * c[i - 1] : 0);
            c[i] = upper / pivot;
            d[i] = (rest + (i ? lower * d[i - 1] : 0)) / pivot;
        }
        most = 0;
        for (int i = steps; i >= 0; i--) {
            d[i] += i < steps ? c[i] * d[i + 1] : 0;
            most = fmax(most, fabs(d[i]));
        }
        for (int i = 0; i <= steps; i++)
            u[i] += d[i] / fmax(most, 1);
    }
    free(c);
}

/* Of the ions: -1/2 rho phi - sum n (e^(-z phi) - 1), k T / Angstrom^3. */
static double of_ions(const sunzi_pb_options *o, double u)
{
    double rho = 0, pressure = 0;
    for (int s = 0; s < o->ions; s++) {
        const double z = o->ion[s].charge;
        const double n = o->ion[s].concentration * 6.02214076e-4;
        rho += n * z * exp(-z * u);
        pressure += n * expm1(-z * u);
    }
    return -0.5 * rho * u - pressure;
}

static radial_solution radial_on(const sunzi_pb_options *o, double charge,
                                 double radius, int steps)
{
    const double l = vacuum_length(o->temperature);
    const double first = radius + o->ion_radius;
    const double h = 20 / inverse_debye_length(o) / steps;
    const double flux = l * charge / o->solvent_dielectric;
    double *u = malloc((size_t)(steps + 1) * sizeof *u), ions = 0;
    solve_radial(o, first, h, steps, flux, u);
    for (int i = 0; i <= steps; i++) {
        const double r = first + i * h;
        ions += (i == 0 || i == steps ? 0.5 : 1) * h * 4 * pi * r * r *
                of_ions(o, u[i]);
    }
    const double at_radius = u[0] + flux * (1 / radius - 1 / first);
    const int node = (int)(8 / h);
    const double part = 8 / h - node;
    const double reaction =
        at_radius - l * charge / (o->solute_dielectric * radius);
    const radial_solution s = {.charge_energy = 0.5 * charge * reaction,
                               .energy = 0.5 * charge * reaction + ions,
                               .largest = fabs(u[0]),
                               .further =
                                   (1 - part) * u[node] + part * u[node + 1]};
    free(u);
    return s;
}

/* Second order in the step: two of them give fourth. */
radial_solution radial_solve(const sunzi_pb_options *o, double charge,
                             double radius)
{
    const radial_solution a = radial_on(o, charge, radius, STEPS / 2);
    const radial_solution b = radial_on(o, charge, radius, STEPS);
    return (radial_solution){.charge_energy =
                                 (4 * b.charge_energy - a.charge_energy) / 3,
                             .energy = (4 * b.energy - a.energy) / 3,
                             .largest = (4 * b.largest - a.largest) / 3,
                             .further = (4 * b.further - a.further) / 3};
}
