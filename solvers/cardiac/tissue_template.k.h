/* SPDX-License-Identifier: BSD-3-Clause */
/* solvers/cardiac/tissue.k.h includes this once for each policy. Arrays lie on
 * the local grid with its halo, x fastest: `row` elements from a node to the
 * next in y, `slab` in z. Launched over the nodes of the process. */

/* One step's right-hand side: r = dt x (flux into each node), z = r inverse,
 * and the first direction p = z. Differences are those of the states. */
#define K_ARGS_tissue_begin7(IN, OUT, VALUE)                                   \
    IN(k_element, v)                                                           \
    TISSUE_AXES(IN)                                                            \
    IN(k_real, inverse)                                                        \
    OUT(k_real, r) OUT(k_real, z) OUT(k_real, p) VALUE(k_real, dt)             \
        VALUE(int, row) VALUE(int, slab) VALUE(int, plane)
K_KERNEL_T(tissue_begin7)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        const k_state here = K_LOAD(v, at, plane);
        const k_real b = dt * (GRID_FLUX7(TISSUE_STATE_DIFFERENCE));
        r[at] = b;
        z[at] = b * inverse[at];
        p[at] = b * inverse[at];
    }
}

#define K_ARGS_tissue_begin19(IN, OUT, VALUE)                                  \
    IN(k_element, v)                                                           \
    TISSUE_AXES(IN)                                                            \
    TISSUE_DIAGONALS(IN)                                                       \
    IN(k_real, inverse) OUT(k_real, r) OUT(k_real, z) OUT(k_real, p)           \
        VALUE(k_real, dt) VALUE(int, row) VALUE(int, slab) VALUE(int, plane)
K_KERNEL_T(tissue_begin19)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        const k_state here = K_LOAD(v, at, plane);
        const k_real b = dt * (GRID_FLUX7(TISSUE_STATE_DIFFERENCE) +
                               TISSUE_FLUX12(TISSUE_STATE_DIFFERENCE));
        r[at] = b;
        z[at] = b * inverse[at];
        p[at] = b * inverse[at];
    }
}

/* q = mass p - dt x (flux of p): the matrix of an implicit step; without
 * diagonals it is conjugate_apply of solvers/grid/elliptic.k.h. */
#define K_ARGS_tissue_apply19(IN, OUT, VALUE)                                  \
    IN(k_real, p)                                                              \
    IN(k_real, mass)                                                           \
    TISSUE_AXES(IN)                                                            \
    TISSUE_DIAGONALS(IN) OUT(k_real, q) VALUE(k_real, dt) VALUE(int, row)      \
        VALUE(int, slab)
K_KERNEL_T(tissue_apply19)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        const k_real here = p[at];
        q[at] = mass[at] * here - dt * (GRID_FLUX7(GRID_DIFFERENCE) +
                                        TISSUE_FLUX12(GRID_DIFFERENCE));
    }
}

/* A step of conjugate gradients along p: x += a p, r -= a q, z = r inverse. */
#define K_ARGS_tissue_advance(IN, OUT, VALUE)                                  \
    IN(k_real, p)                                                              \
    IN(k_real, q)                                                              \
    IN(k_real, inverse)                                                        \
    OUT(k_real, x) OUT(k_real, r) OUT(k_real, z) VALUE(k_real, a)              \
        VALUE(int, row) VALUE(int, slab)
K_KERNEL_T(tissue_advance)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        const k_real rest = r[at] - a * q[at];
        x[at] = x[at] + a * p[at];
        r[at] = rest;
        z[at] = rest * inverse[at];
    }
}

/* The next direction: p = z + b p. */
#define K_ARGS_tissue_direct(IN, OUT, VALUE)                                   \
    IN(k_real, z)                                                              \
    OUT(k_real, p) VALUE(k_real, b) VALUE(int, row) VALUE(int, slab)
K_KERNEL_T(tissue_direct)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        p[at] = z[at] + b * p[at];
    }
}

/* States of the nodes with tissue, in their order, to the grid. */
#define K_ARGS_tissue_spread(IN, OUT, VALUE)                                   \
    IN(k_element, v)                                                           \
    IN(int, place) OUT(k_element, grid) VALUE(int, plane) VALUE(int, grid_plane)
K_KERNEL_T(tissue_spread)
{
    K_EACH (i)
        K_STORE(grid, place[i], grid_plane, K_LOAD(v, i, plane));
}

/* Increments on the grid added to states. */
#define K_ARGS_tissue_add(IN, OUT, VALUE)                                      \
    IN(k_real, x) IN(int, place) OUT(k_element, v) VALUE(int, plane)
K_KERNEL_T(tissue_add)
{
    K_EACH (i)
        K_STORE(v, i, plane, K_INCREMENT(K_LOAD(v, i, plane), x[place[i]]));
}
