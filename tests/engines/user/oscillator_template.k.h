/* SPDX-License-Identifier: BSD-3-Clause */
/* One step of x'' = -x, symplectic, for n oscillators. */
#define K_ARGS_oscillate(IN, OUT, VALUE)                                       \
    OUT(k_element, x) OUT(k_element, v) VALUE(k_real, dt) VALUE(int, plane)
K_KERNEL_T(oscillate)
{
    K_EACH (i) {
        const k_state x0 = K_LOAD(x, i, plane);
        const k_state v1 = K_INCREMENT(K_LOAD(v, i, plane), -dt * K_VALUE(x0));
        K_STORE(v, i, plane, v1);
        K_STORE(x, i, plane, K_INCREMENT(x0, dt * K_VALUE(v1)));
    }
}
