/* SPDX-License-Identifier: BSD-3-Clause */
/* solvers/poisson_boltzmann/salt.k.h includes this for fp64, fp32 and df64. */

/* load = source - salt u. */
#define K_ARGS_salt_linear(IN, OUT, VALUE)                                     \
    IN(k_element, u)                                                           \
    IN(k_element, salt)                                                        \
    IN(k_element, source)                                                      \
    OUT(k_element, load) VALUE(int, row) VALUE(int, slab) VALUE(int, plane)
K_KERNEL_T(salt_linear)
{
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        const k_real term =
            K_MUL(K_LOAD(salt, at, plane), K_LOAD(u, at, plane));
        K_STORE(load, at, plane, K_SUB(K_LOAD(source, at, plane), term));
    }
}

/* load = source - salt N(u), mass = salt N'(u), with N(u) = sum over the ions
 * of force e^(-z u), N' = sum of stiffness e^(-z u); ion: -z of all ions, then
 * their forces, then their stiffnesses. Beyond `cap` an exponential goes on as
 * its tangent, so that N stays monotone and finite. */
#define K_ARGS_salt_full(IN, OUT, VALUE)                                       \
    IN(k_element, u)                                                           \
    IN(k_element, salt)                                                        \
    IN(k_element, source)                                                      \
    IN(k_element, ion)                                                         \
    OUT(k_element, load)                                                       \
    OUT(k_element, mass)                                                       \
    VALUE(int, ions)                                                           \
    VALUE(float, cap) VALUE(int, row) VALUE(int, slab) VALUE(int, plane)
K_KERNEL_T(salt_full)
{
    const int ion_plane = 3 * ions;
    const k_real none = K_R(0.0);
    const k_real most = K_OF_ELEMENT(cap), least = K_NEG(most);
    K_EACH3 (i, j, k) {
        const int at = i * slab + j * row + k;
        const k_real here = K_VALUE(K_LOAD(u, at, plane));
        k_real force = none, stiffness = none;
        for (int s = 0; s < ions; s++) {
            const k_real t = K_MUL(K_LOAD(ion, s, ion_plane), here);
            const k_real low = K_SELECT(K_LESS(t, least), least, t);
            const k_real capped = K_SELECT(K_LESS(most, low), most, low);
            const k_real e = K_EXP_BOUNDED(capped);
            const k_real beyond = K_MUL(e, K_SUB(low, capped));
            force = K_FMA(K_LOAD(ion, ions + s, ion_plane), K_ADD(e, beyond),
                          force);
            stiffness =
                K_FMA(K_LOAD(ion, 2 * ions + s, ion_plane), e, stiffness);
        }
        const k_real amount = K_LOAD(salt, at, plane);
        mass[at] = K_T(elliptic_round)(K_MUL(amount, stiffness));
        K_STORE(load, at, plane,
                K_SUB(K_LOAD(source, at, plane), K_MUL(amount, force)));
    }
}
