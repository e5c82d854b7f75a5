/* SPDX-License-Identifier: BSD-3-Clause */
/* Fully implicit two-phase flow in a reservoir (K. Aziz, A. Settari, Petroleum
 * Reservoir Simulation, 1979): the Jacobian of one time step of one day. A
 * vertical section of 25 x 20 cells; unknowns of a cell: pressure p in Pa,
 * water saturation S.
 *
 *   water  V phi/dt d[S (1 + c_w p)]     + sum T k_w(S_up) (p_i - p_j) = 0
 *   oil    V phi/dt d[(1 - S)(1 + c_o p)] + sum T k_o(S_up) (p_i - p_j) = 0
 *
 * with mobilities k_w = S^2 / mu_w, k_o = (1 - S)^2 / mu_o, upstream saturation
 * and T = area / distance * harmonic mean of the permeabilities. As in programs
 * that grew over decades the units are mixed: water rows are in kg/day, oil
 * rows in m^3/s; layers of shale (1e-19 m^2) lie between sand (1e-11 m^2).
 *
 * Order 1000; entries from 2e-17 to 1.5e7; condition (1-norm, LAPACK dgecon)
 * 5.8e18 as it is, 2.3e5 after scaling rows and columns by powers of two. */
#include "io/gallery_problems.h"

enum { NX = 25, NZ = 20, CELLS = NX * NZ, ORDER = 2 * CELLS };

typedef struct state {
    double permeability[CELLS]; /* m^2 */
    double pressure[CELLS];     /* Pa */
    double saturation[CELLS];   /* of water */
} state;

static const double dx = 20.0, dy = 20.0, dz = 10.0;                /* m */
static const double pore_rate = 20.0 * 20.0 * 10.0 * 0.2 / 86400.0; /* m^3/s */
static const double viscosity_water = 5e-4, viscosity_oil = 5e-3;   /* Pa s */
static const double compressibility_water = 4e-10, compressibility_oil = 1e-9;
static const double water_unit = 1000.0 * 86400.0; /* kg/day in a m^3/s */

/* Injection on the left at 25 MPa, production on the right at 15 MPa. */
static void fill_state(state *s)
{
    static const double decade[] = {1e-19, 1e-18, 1e-17, 1e-16, 1e-15,
                                    1e-14, 1e-13, 1e-12, 1e-11};
    uint64_t random = 2;
    for (int z = 0; z < NZ; z++) {
        const int layer = (int)(9.0 * sunzi_gallery_random(&random));
        for (int x = 0; x < NX; x++) {
            const int c = z * NX + x;
            const int spread = (int)(3.0 * sunzi_gallery_random(&random)) - 1;
            int d = layer + spread;
            d = d < 0 ? 0 : d > 8 ? 8 : d;
            s->permeability[c] = decade[d];
            s->pressure[c] = 25e6 - 10e6 * x / (NX - 1) + 8e4 * z +
                             1e4 * sunzi_gallery_random(&random);
            s->saturation[c] = 0.75 - 0.5 * x / (NX - 1);
        }
    }
}

static void add_storage(sunzi_assembly *assembly, const state *s, int c)
{
    const double sat = s->saturation[c], p = s->pressure[c];
    sunzi_assembly_add(assembly, 2 * c, 2 * c,
                       water_unit * pore_rate * sat * compressibility_water,
                       0.0);
    sunzi_assembly_add(
        assembly, 2 * c, 2 * c + 1,
        water_unit * pore_rate * (1.0 + compressibility_water * p), 0.0);
    sunzi_assembly_add(assembly, 2 * c + 1, 2 * c,
                       pore_rate * (1.0 - sat) * compressibility_oil, 0.0);
    sunzi_assembly_add(assembly, 2 * c + 1, 2 * c + 1,
                       -pore_rate * (1.0 + compressibility_oil * p), 0.0);
}

/* Flow of one phase through a face leaves cell a and enters cell b. */
static void add_flow(sunzi_assembly *assembly, int row_offset, int a, int b,
                     int upstream, double by_pressure, double by_saturation)
{
    const int ra = 2 * a + row_offset, rb = 2 * b + row_offset;
    sunzi_assembly_add(assembly, ra, 2 * a, by_pressure, 0.0);
    sunzi_assembly_add(assembly, ra, 2 * b, -by_pressure, 0.0);
    sunzi_assembly_add(assembly, rb, 2 * a, -by_pressure, 0.0);
    sunzi_assembly_add(assembly, rb, 2 * b, by_pressure, 0.0);
    sunzi_assembly_add(assembly, ra, 2 * upstream + 1, by_saturation, 0.0);
    sunzi_assembly_add(assembly, rb, 2 * upstream + 1, -by_saturation, 0.0);
}

static void add_face(sunzi_assembly *assembly, const state *s, int a, int b,
                     double area_by_distance)
{
    const double ka = s->permeability[a], kb = s->permeability[b];
    const double t = area_by_distance * (2.0 * ka * kb / (ka + kb));
    const double drop = s->pressure[a] - s->pressure[b];
    const int up = drop >= 0.0 ? a : b;
    const double sat = s->saturation[up], oil = 1.0 - sat;
    const double tw = t * water_unit / viscosity_water, to = t / viscosity_oil;
    add_flow(assembly, 0, a, b, up, tw * (sat * sat), tw * (2.0 * sat) * drop);
    add_flow(assembly, 1, a, b, up, to * (oil * oil),
             -(to * (2.0 * oil) * drop));
}

sunzi_status sunzi_make_reservoir(sunzi_matrix *matrix)
{
    const int faces = (NX - 1) * NZ + NX * (NZ - 1);
    sunzi_assembly assembly = {.capacity = 0};
    state s;
    sunzi_status status;

    SUNZI_TRY(sunzi_gallery_begin("reservoir", ORDER, SUNZI_SYMMETRY_NONE,
                                  4 * CELLS + 12 * faces, &assembly));
    fill_state(&s);
    for (int z = 0; z < NZ; z++)
        for (int x = 0; x < NX; x++) {
            const int c = z * NX + x;
            add_storage(&assembly, &s, c);
            if (x + 1 < NX)
                add_face(&assembly, &s, c, c + 1, dy * dz / dx);
            if (z + 1 < NZ)
                add_face(&assembly, &s, c, c + NX, dx * dy / dz);
        }
    SUNZI_TRY(sunzi_assembly_end(&assembly, "reservoir", matrix));
done:
    sunzi_assembly_clear(&assembly);
    return status;
}
