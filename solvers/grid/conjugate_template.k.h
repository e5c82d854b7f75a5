/* SPDX-License-Identifier: BSD-3-Clause */
/* solvers/grid/elliptic.k.h includes this for fp64 and fp32: conjugate
 * gradients on a grid. */

/* q = mass p - part x (flux of p). */
#define K_ARGS_conjugate_apply(IN, OUT, VALUE)                                 \
    IN(k_real, p)                                                              \
    IN(k_real, mass)                                                           \
    IN(k_real, wx)                                                             \
    IN(k_real, wy)                                                             \
    IN(k_real, wz)                                                             \
    OUT(k_real, q) VALUE(k_real, part) VALUE(int, row) VALUE(int, slab)
K_KERNEL_T(conjugate_apply)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        const k_real here = p[at];
        q[at] = mass[at] * here - part * (GRID_FLUX7(GRID_DIFFERENCE));
    }
}

/* A step along p: x += a p, r -= a q. */
#define K_ARGS_conjugate_advance(IN, OUT, VALUE)                               \
    IN(k_real, p)                                                              \
    IN(k_real, q)                                                              \
    OUT(k_real, x)                                                             \
    OUT(k_real, r) VALUE(k_real, a) VALUE(int, row) VALUE(int, slab)
K_KERNEL_T(conjugate_advance)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        x[at] = x[at] + a * p[at];
        r[at] = r[at] - a * q[at];
    }
}

/* The question of a preconditioner in FP32. */
#define K_ARGS_conjugate_ask(IN, OUT, VALUE)                                   \
    IN(k_real, r)                                                              \
    OUT(float, question) VALUE(k_real, scale) VALUE(int, row) VALUE(int, slab)
K_KERNEL_T(conjugate_ask)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        question[at] = (float)(scale * r[at]);
    }
}

/* The next direction, from its answer: p = scale answer + b p. */
#define K_ARGS_conjugate_direct(IN, OUT, VALUE)                                \
    IN(float, answer)                                                          \
    OUT(k_real, p)                                                             \
    VALUE(k_real, scale) VALUE(k_real, b) VALUE(int, row) VALUE(int, slab)
K_KERNEL_T(conjugate_direct)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        p[at] = scale * (k_real)answer[at] + b * p[at];
    }
}
