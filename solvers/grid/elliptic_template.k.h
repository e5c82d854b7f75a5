/* SPDX-License-Identifier: BSD-3-Clause */
/* solvers/grid/elliptic.k.h includes this for fp64, fp32 and df64: what is
 * computed with the states, u and its fluxes. Arrays have two planes under
 * df64. */

#define ELLIPTIC_FLUX(w, edge, there)                                          \
    K_MUL(K_LOAD(w, edge, plane), K_DIFFERENCE(K_LOAD(u, there, plane), here))

/* r = load + (sum over the neighbours of w (u there - u here)), rounded once
 * under df64. */
#define K_ARGS_elliptic_residual(IN, OUT, VALUE)                               \
    IN(k_element, u)                                                           \
    IN(k_element, load)                                                        \
    IN(k_element, wx)                                                          \
    IN(k_element, wy)                                                          \
    IN(k_element, wz)                                                          \
    OUT(k_element, r) VALUE(int, row) VALUE(int, slab) VALUE(int, plane)
K_KERNEL_T(elliptic_residual)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        const k_state here = K_LOAD(u, at, plane);
        const k_real x = K_ADD(ELLIPTIC_FLUX(wx, at, at + 1),
                               ELLIPTIC_FLUX(wx, at - 1, at - 1));
        const k_real y = K_ADD(ELLIPTIC_FLUX(wy, at, at + row),
                               ELLIPTIC_FLUX(wy, at - row, at - row));
        const k_real z = K_ADD(ELLIPTIC_FLUX(wz, at, at + slab),
                               ELLIPTIC_FLUX(wz, at - slab, at - slab));
        const k_real flux = K_ADD(K_ADD(x, y), z);
        r[at] = K_T(elliptic_round)(K_ADD(K_LOAD(load, at, plane), flux));
    }
}
#undef ELLIPTIC_FLUX

/* u += part x, x an increment in the arithmetic of corrections. */
#define K_ARGS_elliptic_add(IN, OUT, VALUE)                                    \
    IN(k_element, x)                                                           \
    OUT(k_element, u)                                                          \
    VALUE(k_element, part) VALUE(int, row) VALUE(int, slab) VALUE(int, plane)
K_KERNEL_T(elliptic_add)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        K_STORE(u, at, plane,
                K_INCREMENT(K_LOAD(u, at, plane), K_OF_ELEMENT(part * x[at])));
    }
}
