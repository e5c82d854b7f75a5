/* SPDX-License-Identifier: BSD-3-Clause */
/* Power grid, DC load flow (B. Stott, J. Jardim, O. Alsac, IEEE Trans. Power
 * Syst. 24 (2009) 1290): power = B * voltage angle, B the weighted graph
 * Laplacian of the branches without the row and column of the slack bus. A
 * branch of reactance X at voltage V has the weight V^2 / X in MW/rad (kV,
 * Ohm).
 *
 * Each substation has two 400 kV busbars joined by a short coupler, a
 * transformer to 20 kV, and a radial feeder. The substations form a ring of
 * lines; the far ends of neighbouring feeders are joined by weak ties.
 *
 * Order 759; condition (1-norm, LAPACK dgecon) 1.2e7. */
#include "io/gallery_problems.h"

enum {
    SUBSTATIONS = 40,
    FEEDER = 16,        /* buses of a feeder */
    BUSES = 3 + FEEDER, /* of a substation: two at 400 kV, one at 20 kV */
    ORDER = SUBSTATIONS * BUSES - 1
};

/* Bus 0 is the slack: it has no row. */
static void add_branch(sunzi_assembly *assembly, int a, int b, double weight)
{
    const int low = (a < b ? a : b) - 1, high = (a < b ? b : a) - 1;
    sunzi_assembly_add(assembly, high, high, weight, 0.0);
    if (low < 0)
        return;
    sunzi_assembly_add(assembly, low, low, weight, 0.0);
    sunzi_assembly_add(assembly, high, low, -weight, 0.0);
}

static void add_substation(sunzi_assembly *assembly, int s, uint64_t *random)
{
    const double ohm_per_km_400 = 0.3, ohm_per_km_20 = 0.35;
    const int bus = s * BUSES, next = (s + 1) % SUBSTATIONS * BUSES;
    const double line_km = 20.0 + 80.0 * sunzi_gallery_random(random);
    const double transformer = 400.0; /* 40 MVA, 10 % */

    add_branch(assembly, bus + 1, next,
               400.0 * 400.0 / (ohm_per_km_400 * line_km));
    add_branch(assembly, bus, bus + 1, 400.0 * 400.0 / 0.02);
    add_branch(assembly, bus + 1, bus + 2, transformer);
    for (int i = 0; i < FEEDER; i++) {
        const double u = sunzi_gallery_random(random);
        const double km = 0.05 + 8.0 * (u * u * u);
        add_branch(assembly, bus + 2 + i, bus + 3 + i,
                   20.0 * 20.0 / (ohm_per_km_20 * km));
    }
    const double tie = 0.01 + 0.1 * sunzi_gallery_random(random);
    add_branch(assembly, bus + BUSES - 1, next + BUSES - 1, tie);
}

sunzi_status sunzi_make_grid(sunzi_matrix *matrix)
{
    const int branches = SUBSTATIONS * (4 + FEEDER);
    uint64_t random = 1;
    sunzi_assembly assembly = {.capacity = 0};
    sunzi_status status;

    SUNZI_TRY(sunzi_gallery_begin("power grid", ORDER, SUNZI_SYMMETRY_SYMMETRIC,
                                  3 * branches, &assembly));
    for (int s = 0; s < SUBSTATIONS; s++)
        add_substation(&assembly, s, &random);
    SUNZI_TRY(sunzi_assembly_end(&assembly, "grid", matrix));
done:
    sunzi_assembly_clear(&assembly);
    return status;
}
