/* SPDX-License-Identifier: BSD-3-Clause */
/* Cantilever of Hermite beam elements (Euler-Bernoulli; O. C. Zienkiewicz, R.
 * L. Taylor, The Finite Element Method, volume 2). Element stiffness, length l:
 *
 *   EI / l^3 [12 6l -12 6l; 6l 4l^2 -6l 2l^2; -12 -6l 12 -6l; 6l 2l^2 -6l 4l^2]
 *
 * Unknowns: deflection in m and rotation in rad of each node; the first node is
 * fixed. A solid square section of steel whose side steps down from 0.2 m at
 * the root to 0.1 m at the tip.
 *
 * Order 800; condition (1-norm, LAPACK dgecon) 3.3e11. */
#include "io/gallery_problems.h"

enum { ELEMENTS = 400, ORDER = 2 * ELEMENTS, PARTS = 3 };

static void add_element(sunzi_assembly *assembly, int element, double rigidity,
                        double length)
{
    const double unit = rigidity / (length * length * length);
    const double l = length, ll = length * length;
    const double k[4][4] = {{12, 6 * l, -12, 6 * l},
                            {6 * l, 4 * ll, -6 * l, 2 * ll},
                            {-12, -6 * l, 12, -6 * l},
                            {6 * l, 2 * ll, -6 * l, 4 * ll}};
    const int first =
        2 * (element - 1); /* unknowns of the left node; < 0: fixed */
    for (int i = 0; i < 4; i++)
        for (int j = 0; j <= i; j++)
            if (first + j >= 0)
                sunzi_assembly_add(assembly, first + i, first + j,
                                   unit * k[i][j], 0.0);
}

sunzi_status sunzi_make_beam(sunzi_matrix *matrix)
{
    static const double side[PARTS] = {0.2, 0.15, 0.1}; /* m, root to tip */
    const double young = 2.1e11;                        /* Pa */
    const double length = 10.0 / ELEMENTS;              /* m, of an element */
    sunzi_assembly assembly = {.capacity = 0};
    sunzi_status status;

    SUNZI_TRY(sunzi_gallery_begin("stepped cantilever", ORDER,
                                  SUNZI_SYMMETRY_SYMMETRIC, 10 * ELEMENTS,
                                  &assembly));
    for (int e = 0; e < ELEMENTS; e++) {
        const double s = side[e * PARTS / ELEMENTS];
        const double rigidity = young * (s * s * s * s / 12.0); /* N m^2 */
        add_element(&assembly, e, rigidity, length);
    }
    SUNZI_TRY(sunzi_assembly_end(&assembly, "beam", matrix));
done:
    sunzi_assembly_clear(&assembly);
    return status;
}
