/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of built-in problems. */
#include "io/gallery.h"

#include <string.h>

#include "io/formats.h"
#include "io/gallery_problems.h"

static const sunzi_gallery_problem problems[] = {
    {"plate",
     "clamped steel plate 1 m x 1 m x 10 mm, biharmonic differences, N/m; "
     "condition grows as h^-4",
     true, sunzi_make_plate},
    {"beam",
     "stepped steel cantilever 10 m, Hermite elements; unknowns in m and rad, "
     "stiffness in N/m, N and N m",
     true, sunzi_make_beam},
    {"grid",
     "power grid, ring of 400 kV substations with 20 kV feeders, MW/rad; "
     "susceptances over 9 decades",
     true, sunzi_make_grid},
    {"reservoir",
     "oil and water in layered rock, permeability over 8 decades; kg/day and "
     "m^3/s by Pa and saturation",
     false, sunzi_make_reservoir},
};

int sunzi_gallery_count(void)
{
    return (int)(sizeof problems / sizeof *problems);
}

const sunzi_gallery_problem *sunzi_gallery(int index)
{
    return index >= 0 && index < sunzi_gallery_count() ? &problems[index]
                                                       : NULL;
}

sunzi_status sunzi_gallery_begin(const char *title, int32_t order,
                                 sunzi_matrix_symmetry symmetry,
                                 int64_t entries, sunzi_assembly *assembly)
{
    *assembly = (sunzi_assembly){.matrix = {.rows = order,
                                            .cols = order,
                                            .symmetry = symmetry,
                                            .format = "built-in"}};
    sunzi_set_title(&assembly->matrix, title, title + strlen(title));
    return sunzi_assembly_begin(assembly, entries);
}

double sunzi_gallery_random(uint64_t *state)
{
    *state =
        *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*state >> 11) * 0x1p-53;
}
