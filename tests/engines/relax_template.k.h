/* SPDX-License-Identifier: BSD-3-Clause */
/* tests/engines/relax.k.h includes this once for each policy. */

/* dx/dt = -rate x in every cell, one exact step of length dt: x by the step of
 * Rush and Larsen, y by an increment written out, as a model of a cell has it.
 */
#define K_ARGS_relax(IN, OUT, VALUE)                                           \
    IN(k_element, rate)                                                        \
    OUT(k_element, x) OUT(k_element, y) VALUE(k_real, dt) VALUE(int, plane)
K_KERNEL_T(relax)
{
    K_EACH (i) {
        const k_state gate = K_LOAD(x, i, plane);
        const k_state level = K_LOAD(y, i, plane);
        const k_real z = K_MUL(K_VALUE(K_LOAD(rate, i, plane)), dt);
        const k_real rise = K_MUL(K_VALUE(level), K_EXPM1(K_NEG(z)));
        K_STORE(x, i, plane, K_RELAX(gate, K_R(0.0), z));
        K_STORE(y, i, plane, K_INCREMENT(level, rise));
    }
}
