/* SPDX-License-Identifier: BSD-3-Clause */
/* The equations of FitzHugh (Biophys. J. 1 (1961) 445) and Nagumo in the
 * cardiac form of Rogers and McCulloch, IEEE Trans. Biomed. Eng. 41 (1994) 743:
 * u does not go below its rest, as the recovery w acts as u w. Constants from
 * there: a 0.13, b 0.013, c1 0.26, c2 0.1 (1/ms), d 1. u, from 0 to 1, is V =
 * -85 mV + 125 mV u. solvers/cardiac/fitzhugh_nagumo.k.h includes this once for
 * each policy. */

K_FN void K_T(fitzhugh_nagumo_advance)(K_GLOBAL k_element *y,
                                       K_GLOBAL const k_element *at, int i,
                                       int stride, int plane, k_real dt,
                                       k_real stimulus, k_real type)
{
    const k_i64 row = stride;
    const k_state V_ = K_LOAD(y, i, plane);
    const k_state w_ = K_LOAD(y + row, i, plane);
    const k_state at_V = K_LOAD(at, i, plane);
    const k_real w = K_VALUE(K_LOAD(at + row, i, plane));
    (void)type;
    const k_real u = K_MUL(K_RATIO(8.0, 1e3), K_NEG(K_TO_GO(K_R(-85.0), at_V)));
    const k_real excite =
        K_MUL(K_MUL(K_RATIO(26.0, 1e2), K_ADD(u, K_RATIO(-13.0, 1e2))),
              K_SUB(K_R(1.0), u));

    K_STORE(
        y, i, plane,
        K_INCREMENT(V_, K_MUL(dt, K_FMA(K_MUL(K_R(125.0), u),
                                        K_FMA(K_RATIO(-1.0, 1e1), w, excite),
                                        stimulus))));
    K_STORE(y + row, i, plane, K_RELAX(w_, u, K_MUL(dt, K_RATIO(13.0, 1e3))));
}

/* one step, rates at its beginning */
K_KERNEL_T(fitzhugh_nagumo)
{
    K_EACH (i)
        K_ADVANCE(fitzhugh_nagumo, states, i);
}

/* one step, rates those of the states `at` */
K_KERNEL_T(fitzhugh_nagumo_from)
{
    K_EACH (i)
        K_ADVANCE(fitzhugh_nagumo, at, i);
}
