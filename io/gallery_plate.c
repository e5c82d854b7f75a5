/* SPDX-License-Identifier: BSD-3-Clause */
/* Clamped thin plate: D lap^2 w = q on a square, w = dw/dn = 0 on its edge, by
 * the 13-point differences of order h^2 (S. Timoshenko, S. Woinowsky-Krieger,
 * Theory of Plates and Shells, chapter 10). Unknowns: deflections w in m at the
 * interior points of an even grid; the matrix is the stiffness in N/m (nodal
 * forces q h^2).
 *
 * Order 1296; condition (1-norm, LAPACK dgecon) 1.5e5. */
#include "io/gallery_problems.h"

enum { SIDE = 36, ORDER = SIDE * SIDE };

/* Stencil coefficients in units of D / h^2 by |offset in x|, |offset in y|. */
static const double stencil[3][3] = {{20, -8, 1}, {-8, 2, 0}, {1, 0, 0}};

/* A clamped edge beside the point mirrors it: the ghost value behind the edge
 * is that of the point itself and joins the diagonal. */
static int clamped_sides(int x, int y)
{
    return (x == 0) + (x == SIDE - 1) + (y == 0) + (y == SIDE - 1);
}

sunzi_status sunzi_make_plate(sunzi_matrix *matrix)
{
    const double young = 2.1e11; /* Pa */
    const double poisson = 0.3;
    const double thickness = 0.01; /* m */
    const double length = 1.0;     /* m */
    const double h = length / (SIDE + 1);
    const double rigidity = young * (thickness * thickness * thickness) /
                            (12.0 * (1.0 - poisson * poisson)); /* N m */
    const double unit = rigidity / (h * h);                     /* N/m */
    sunzi_assembly assembly = {.capacity = 0};
    sunzi_status status;

    SUNZI_TRY(sunzi_gallery_begin("clamped plate", ORDER,
                                  SUNZI_SYMMETRY_SYMMETRIC, 7 * ORDER,
                                  &assembly));
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            for (int dy = 0; dy <= 2; dy++)
                for (int dx = dy == 0 ? 0 : -2; dx <= 2; dx++) {
                    double c = stencil[dx < 0 ? -dx : dx][dy];
                    const int xx = x + dx, yy = y + dy;
                    if (c == 0.0 || xx < 0 || xx >= SIDE || yy >= SIDE)
                        continue;
                    if (dx == 0 && dy == 0)
                        c += clamped_sides(x, y);
                    sunzi_assembly_add(&assembly, yy * SIDE + xx, y * SIDE + x,
                                       c * unit, 0.0);
                }
    SUNZI_TRY(sunzi_assembly_end(&assembly, "plate", matrix));
done:
    sunzi_assembly_clear(&assembly);
    return status;
}
