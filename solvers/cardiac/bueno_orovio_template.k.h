/* SPDX-License-Identifier: BSD-3-Clause */
/* The minimal ventricular cell of Bueno-Orovio, Cherry and Fenton, J. Theor.
 * Biol. 253 (2008) 544: equations 1 to 4, constants of table 1, columns EPI,
 * ENDO and M (types 0, 1, 2). Its u is V = -84 mV + 85.7 mV u; (1 + tanh x) / 2
 * is written 1 / (1 + e^(-2x)). solvers/cardiac/bueno_orovio.k.h includes this
 * once for each policy. */

K_FN void K_T(bueno_orovio_advance)(K_GLOBAL k_element *y,
                                    K_GLOBAL const k_element *at, int i,
                                    int stride, int plane, k_real dt,
                                    k_real stimulus, k_real type)
{
    const k_i64 row = stride;
    const k_state V_ = K_LOAD(y, i, plane);
    const k_state v_ = K_LOAD(y + row, i, plane);
    const k_state w_ = K_LOAD(y + 2 * row, i, plane);
    const k_state s_ = K_LOAD(y + 3 * row, i, plane);
    const k_state at_V = K_LOAD(at, i, plane);
    const k_real v = K_VALUE(K_LOAD(at + row, i, plane));
    const k_real w = K_VALUE(K_LOAD(at + 2 * row, i, plane));
    const k_real s = K_VALUE(K_LOAD(at + 3 * row, i, plane));
    const int is_endo = K_LESS(K_R(0.5), type);
    const int is_m = K_LESS(K_R(1.5), type);

    const k_real u = K_MUL(K_NUMBER(0.011668611435239206, 1.1736621e-10),
                           K_NEG(K_TO_GO(K_R(-84.0), at_V)));
    const int above_v = K_LESS(K_NUMBER(0.3, -1.1920929e-8), u);
    const int above_w = K_LESS(K_NUMBER(0.13, 4.7683716e-9), u);
    const int above_v_minus = K_LESS(
        K_SELECT(is_m, K_RATIO(1.0, 1e1),
                 K_SELECT(is_endo, K_RATIO(2.0, 1e1), K_RATIO(6.0, 1e3))),
        u);
    const int above_o =
        K_LESS(K_SELECT(is_m, K_RATIO(5.0, 1e3), K_RATIO(6.0, 1e3)), u);

    /* time constants and steady states */
    const k_real tau_v =
        K_SELECT(above_v, K_RATIO(14506.0, 1e4),
                 K_SELECT(above_v_minus,
                          K_SELECT(is_m, K_RATIO(14506.0, 1e4),
                                   K_SELECT(is_endo, K_R(10.0), K_R(1150.0))),
                          K_SELECT(is_m, K_R(80.0),
                                   K_SELECT(is_endo, K_R(75.0), K_R(60.0)))));
    const k_real v_inf = K_SELECT(above_v_minus, K_R(0.0), K_R(1.0));
    const k_real v_target = K_SELECT(above_v, K_R(0.0), v_inf);
    const k_real w_1 =
        K_SELECT(is_m, K_R(70.0), K_SELECT(is_endo, K_R(6.0), K_R(60.0)));
    const k_real w_2 =
        K_SELECT(is_m, K_R(8.0), K_SELECT(is_endo, K_R(140.0), K_R(15.0)));
    const k_real w_tanh = K_TANH(K_MUL(
        K_SELECT(is_endo, K_R(200.0), K_R(65.0)),
        K_SUB(u, K_SELECT(is_endo, K_RATIO(16.0, 1e3), K_RATIO(3.0, 1e2)))));
    const k_real tau_w = K_SELECT(
        above_w, K_SELECT(is_endo, K_R(280.0), K_R(200.0)),
        K_FMA(K_SUB(w_2, w_1), K_FMA(K_R(0.5), w_tanh, K_R(0.5)), w_1));
    const k_real w_inf = K_SELECT(
        above_o,
        K_SELECT(is_m, K_R(0.5),
                 K_SELECT(is_endo, K_RATIO(78.0, 1e2), K_RATIO(94.0, 1e2))),
        K_FMA(
            K_NEG(u),
            K_SELECT(is_m, K_R(100.0),
                     K_SELECT(is_endo, K_NUMBER(36.63003663003663, 1.229646e-6),
                              K_NUMBER(14.285714285714286, 1.3623919e-7))),
            K_R(1.0)));
    const k_real w_target = K_SELECT(above_w, K_R(0.0), w_inf);
    const k_real so_2 = K_ADD(
        K_R(1.0),
        K_EXP_BOUNDED(K_MUL(
            K_SELECT(is_m, K_RATIO(42.0, 1e1),
                     K_SELECT(is_endo, K_R(4.0), K_RATIO(40916.0, 1e4))),
            K_SUB(K_SELECT(is_m, K_RATIO(6.0, 1e1), K_RATIO(65.0, 1e2)), u))));
    const k_real so_1 = K_SELECT(
        is_m, K_R(91.0), K_SELECT(is_endo, K_R(40.0), K_RATIO(300181.0, 1e4)));
    const k_real tau_so =
        K_ADD(so_1, K_DIV(K_SUB(K_SELECT(is_m, K_RATIO(8.0, 1e1),
                                         K_SELECT(is_endo, K_RATIO(12.0, 1e1),
                                                  K_RATIO(9957.0, 1e4))),
                                so_1),
                          so_2));
    const k_real tau_s = K_SELECT(
        above_w,
        K_SELECT(is_m, K_R(4.0), K_SELECT(is_endo, K_R(2.0), K_R(16.0))),
        K_RATIO(27342.0, 1e4));
    const k_real s_target = K_DIV(
        K_R(1.0),
        K_ADD(K_R(1.0), K_EXP_BOUNDED(K_MUL(K_RATIO(41988.0, 1e4),
                                            K_SUB(K_RATIO(9087.0, 1e4), u)))));
    const k_real tau_o = K_SELECT(
        above_o, K_SELECT(is_m, K_R(7.0), K_R(6.0)),
        K_SELECT(is_m, K_R(410.0), K_SELECT(is_endo, K_R(470.0), K_R(400.0))));

    /* currents, 1 / ms */
    const k_real fi = K_SELECT(
        above_v,
        K_MUL(K_MUL(K_MUL(v, K_ADD(u, K_NUMBER(-0.3, 1.1920929e-8))),
                    K_SUB(K_SELECT(is_m, K_RATIO(161.0, 1e2),
                                   K_SELECT(is_endo, K_RATIO(156.0, 1e2),
                                            K_RATIO(155.0, 1e2))),
                          u)),
              K_SELECT(is_m, K_NUMBER(12.820512820512821, 4.8906375e-8),
                       K_SELECT(is_endo, K_R(10.0),
                                K_NUMBER(9.090909090909092, 8.6697665e-8)))),
        K_R(0.0));
    const k_real so =
        K_SELECT(above_w, K_DIV(K_R(1.0), tau_so), K_DIV(u, tau_o));
    const k_real si = K_SELECT(
        above_w,
        K_MUL(K_MUL(w, s),
              K_SELECT(is_m, K_NUMBER(0.29542970250228956, -4.0711967e-9),
                       K_SELECT(is_endo,
                                K_NUMBER(0.34467307758590976, 1.0254596e-8),
                                K_NUMBER(0.5298013245033113, 1.5394577e-8)))),
        K_R(0.0));

    K_STORE(
        y, i, plane,
        K_INCREMENT(V_, K_MUL(dt, K_FMA(K_RATIO(857.0, 1e1),
                                        K_ADD(K_SUB(fi, so), si), stimulus))));
    K_STORE(y + row, i, plane,
            K_RELAX(v_, v_target, K_MUL(dt, K_DIV(K_R(1.0), tau_v))));
    K_STORE(y + 2 * row, i, plane,
            K_RELAX(w_, w_target, K_MUL(dt, K_DIV(K_R(1.0), tau_w))));
    K_STORE(y + 3 * row, i, plane,
            K_RELAX(s_, s_target, K_MUL(dt, K_DIV(K_R(1.0), tau_s))));
}

/* one step, rates at its beginning */
K_KERNEL_T(bueno_orovio)
{
    K_EACH (i)
        K_ADVANCE(bueno_orovio, states, i);
}

/* one step, rates those of the states `at` */
K_KERNEL_T(bueno_orovio_from)
{
    K_EACH (i)
        K_ADVANCE(bueno_orovio, at, i);
}
