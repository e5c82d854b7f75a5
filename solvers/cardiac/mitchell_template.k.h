/* SPDX-License-Identifier: BSD-3-Clause */
/* The cell of Mitchell and Schaeffer, Bull. Math. Biol. 65 (2003) 767,
 * constants of its table 1: tau_in 0.3, tau_out 6, tau_open 120, tau_close 150
 * ms, v_gate 0.13. Its voltage v, from 0 to 1, is V = -80 mV + 100 mV v.
 * solvers/cardiac/mitchell.k.h includes this once for each policy. */

K_FN void K_T(mitchell_advance)(K_GLOBAL k_element *y,
                                K_GLOBAL const k_element *at, int i, int stride,
                                int plane, k_real dt, k_real stimulus,
                                k_real type)
{
    const k_i64 row = stride;
    const k_state V_ = K_LOAD(y, i, plane);
    const k_state h_ = K_LOAD(y + row, i, plane);
    const k_state at_V = K_LOAD(at, i, plane);
    const k_real h = K_VALUE(K_LOAD(at + row, i, plane));
    (void)type;
    const k_real v = K_MUL(K_RATIO(1.0, 1e2), K_NEG(K_TO_GO(K_R(-80.0), at_V)));
    const int closing = K_LESS(K_RATIO(13.0, 1e2), v);
    const k_real inward = K_MUL(
        K_MUL(K_MUL(K_MUL(h, K_NUMBER(3.3333333333333335, 7.947286e-8)), v), v),
        K_SUB(K_R(1.0), v));

    K_STORE(y, i, plane,
            K_INCREMENT(V_, K_MUL(dt, K_FMA(K_R(100.0),
                                            K_FMA(K_NUMBER(-0.16666666666666666,
                                                           4.9670537e-9),
                                                  v, inward),
                                            stimulus))));
    K_STORE(
        y + row, i, plane,
        K_RELAX(h_, K_SELECT(closing, K_R(0.0), K_R(1.0)),
                K_MUL(dt, K_SELECT(
                              closing,
                              K_NUMBER(0.006666666666666667, -1.6142925e-10),
                              K_NUMBER(0.008333333333333333, -4.346172e-10)))));
}

/* one step, rates at its beginning */
K_KERNEL_T(mitchell)
{
    K_EACH (i)
        K_ADVANCE(mitchell, states, i);
}

/* one step, rates those of the states `at` */
K_KERNEL_T(mitchell_from)
{
    K_EACH (i)
        K_ADVANCE(mitchell, at, i);
}
