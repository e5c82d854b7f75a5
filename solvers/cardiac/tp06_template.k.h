/* SPDX-License-Identifier: BSD-3-Clause */
/* The human ventricular cell of ten Tusscher and Panfilov (Am. J. Physiol.
 * Heart Circ. Physiol. 291 (2006) H1088), constants as in the CellML files
 * ten_tusscher_model_2006_epi, _M and _endo; solvers/cardiac/tp06.k.h includes
 * this once for each policy.
 *
 * Exponentials of V that differ by a factor are one, raised to powers: a, b, c
 * and q below. A gate has x_inf = n / d and 1 / tau = m / e; both take one
 * division, by d e. types: 0 epi, 1 M, 2 endo. */

K_FN void K_T(tp06_advance)(K_GLOBAL k_element *y, K_GLOBAL const k_element *at,
                            int i, int stride, int plane, k_real dt,
                            k_real stimulus, k_real type)
{
    const k_i64 row = stride;
    const k_state V_ = K_LOAD(y, i, plane);
    const k_state Xr1_ = K_LOAD(y + row, i, plane);
    const k_state Xr2_ = K_LOAD(y + 2 * row, i, plane);
    const k_state Xs_ = K_LOAD(y + 3 * row, i, plane);
    const k_state m_ = K_LOAD(y + 4 * row, i, plane);
    const k_state h_ = K_LOAD(y + 5 * row, i, plane);
    const k_state j_ = K_LOAD(y + 6 * row, i, plane);
    const k_state d_ = K_LOAD(y + 7 * row, i, plane);
    const k_state f_ = K_LOAD(y + 8 * row, i, plane);
    const k_state f2_ = K_LOAD(y + 9 * row, i, plane);
    const k_state fCass_ = K_LOAD(y + 10 * row, i, plane);
    const k_state s_ = K_LOAD(y + 11 * row, i, plane);
    const k_state r_ = K_LOAD(y + 12 * row, i, plane);
    const k_state Cai_ = K_LOAD(y + 13 * row, i, plane);
    const k_state CaSR_ = K_LOAD(y + 14 * row, i, plane);
    const k_state Cass_ = K_LOAD(y + 15 * row, i, plane);
    const k_state R_prime_ = K_LOAD(y + 16 * row, i, plane);
    const k_state Nai_ = K_LOAD(y + 17 * row, i, plane);
    const k_state Ki_ = K_LOAD(y + 18 * row, i, plane);
    const k_real V = K_VALUE(K_LOAD(at, i, plane));
    const k_real Xr1 = K_VALUE(K_LOAD(at + row, i, plane));
    const k_real Xr2 = K_VALUE(K_LOAD(at + 2 * row, i, plane));
    const k_real Xs = K_VALUE(K_LOAD(at + 3 * row, i, plane));
    const k_real m = K_VALUE(K_LOAD(at + 4 * row, i, plane));
    const k_real h = K_VALUE(K_LOAD(at + 5 * row, i, plane));
    const k_real j = K_VALUE(K_LOAD(at + 6 * row, i, plane));
    const k_real d = K_VALUE(K_LOAD(at + 7 * row, i, plane));
    const k_real f = K_VALUE(K_LOAD(at + 8 * row, i, plane));
    const k_real f2 = K_VALUE(K_LOAD(at + 9 * row, i, plane));
    const k_real fCass = K_VALUE(K_LOAD(at + 10 * row, i, plane));
    const k_real s = K_VALUE(K_LOAD(at + 11 * row, i, plane));
    const k_real r = K_VALUE(K_LOAD(at + 12 * row, i, plane));
    const k_real Cai = K_VALUE(K_LOAD(at + 13 * row, i, plane));
    const k_real CaSR = K_VALUE(K_LOAD(at + 14 * row, i, plane));
    const k_real Cass = K_VALUE(K_LOAD(at + 15 * row, i, plane));
    const k_real R_prime = K_VALUE(K_LOAD(at + 16 * row, i, plane));
    const k_real Nai = K_VALUE(K_LOAD(at + 17 * row, i, plane));
    const k_real Ki = K_VALUE(K_LOAD(at + 18 * row, i, plane));
    const int is_m = K_LESS(K_R(0.5), type);
    const int is_endo = K_LESS(K_R(1.5), type);

    /* shared exponentials: e^(V/14), e^(V/20) and its inverse, e^(V/15),
     * e^(-V/6) */
    const k_real a =
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.07142857142857142, -3.193106e-9)));
    const k_real a2 = K_MUL(a, a);
    const k_real b = K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.05, -7.4505806e-10)));
    const k_real b2 = K_MUL(b, b);
    const k_real b4 = K_MUL(b2, b2);
    const k_real c =
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.06666666666666667, -3.4769376e-9)));
    const k_real c2 = K_MUL(c, c);
    const k_real q =
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.16666666666666666, 4.9670537e-9)));
    const k_real inverse_b = K_DIV(K_R(1.0), b);
    const k_real inverse_b2 = K_MUL(inverse_b, inverse_b);
    const k_real inverse_b4 = K_MUL(inverse_b2, inverse_b2);
    const k_real u = K_MUL(V, K_NUMBER(0.03743389082274547, -1.6657341e-9));
    const k_real e_u = K_EXP_BOUNDED(K_NEG(u));
    const k_real e_35 = K_EXP_BOUNDED(K_MUL(K_RATIO(35.0, 1e2), u));
    const int low = K_LESS(V, K_R(-40.0));

    /* the gates of IKr, IKs */
    const k_real Xr1_d = K_ADD(a2, K_NUMBER(0.0243728440732796, 4.7786932e-11));
    const k_real Xr1_rate =
        K_MUL(K_FMA(K_NUMBER(0.011108996538242306, 1.916494e-10), inverse_b2,
                    K_R(1.0)),
              K_FMA(K_NUMBER(0.005030120193547478, -6.3740739e-11),
                    K_EXP_BOUNDED(
                        K_MUL(V, K_NUMBER(0.08695652173913043, -1.6196914e-9))),
                    K_NUMBER(0.00037037037037037035, 7.3298536e-13)));
    const k_real Xr1_inf = K_DIV(a2, Xr1_d);
    const k_real Xr2_inf = K_DIV(
        K_R(1.0), K_FMA(K_NUMBER(39.12128399815322, -4.8671006e-7),
                        K_EXP_BOUNDED(K_MUL(
                            V, K_NUMBER(0.041666666666666664, -1.2417634e-9))),
                        K_R(1.0)));
    const k_real Xr2_rate =
        K_MUL(K_FMA(K_NUMBER(0.049787068367863944, 1.4909757e-9), inverse_b,
                    K_R(1.0)),
              K_FMA(K_NUMBER(0.014817579871388079, 2.2199929e-10), b,
                    K_NUMBER(0.2976190476190476, 2.8383164e-9)));
    const k_real Xs_root = K_MUL(
        K_SQRT(K_FMA(K_NUMBER(2.300975890892825, 9.1332278e-8), q, K_R(1.0))),
        K_FMA(K_NUMBER(0.09697196786440507, 1.5381683e-9), c, K_R(1.0)));
    const k_real Xs_d = K_ADD(a, K_NUMBER(0.6996725373751304, 1.7214455e-8));
    const k_real Xs_e = K_FMA(K_R(80.0), Xs_root, K_R(1400.0));
    const k_real Xs_over = K_DIV(K_R(1.0), K_MUL(Xs_d, Xs_e));
    const k_real Xs_inf = K_MUL(K_MUL(a, Xs_e), Xs_over);
    const k_real Xs_rate = K_MUL(K_MUL(Xs_root, Xs_d), Xs_over);

    /* those of INa */
    const k_real m_b = K_MUL(K_NUMBER(1096.6331584284585, -2.0282479e-5), b4);
    const k_real m_c =
        K_MUL(K_NUMBER(0.7788007830714049, -2.4701296e-9),
              K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.005, 1.1175871e-10))));
    const k_real m_n =
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.11074197120708748, -1.7161913e-9)));
    const k_real m_d =
        K_ADD(m_n, K_NUMBER(0.0018422115811651339, -1.532794e-12));
    const k_real m_e = K_ADD(K_ADD(K_R(2.0), m_b), m_c);
    const k_real m_over = K_DIV(K_R(1.0), K_MUL(m_d, m_e));
    const k_real m_root = K_MUL(K_MUL(m_n, m_e), m_over);
    const k_real m_inf = K_MUL(m_root, m_root);
    const k_real m_rate = K_MUL(
        K_MUL(K_MUL(K_MUL(K_FMA(K_NUMBER(6.14421235332821e-05, 1.146048e-12),
                                inverse_b4, K_R(10.0)),
                          K_ADD(K_R(1.0), m_b)),
                    K_ADD(K_R(1.0), m_c)),
              m_d),
        m_over);
    const k_real h_x = K_EXP_BOUNDED(
        K_SELECT(low,
                 K_FMA(K_NUMBER(-0.14705882352941177, 6.1357723e-9), V,
                       K_NUMBER(-11.764705882352942, -2.2439396e-7)),
                 K_FMA(K_NUMBER(-0.09009009009009009, -1.543814e-9), V,
                       K_NUMBER(-0.9603603603603603, -1.213572e-8))));
    const k_real h_d = K_FMA(
        K_NUMBER(15212.593285654411, -4.6434559e-4),
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.13458950201884254, -6.1570074e-9))),
        K_R(1.0));
    const k_real h_e = K_SELECT(low, K_R(1.0), K_ADD(K_R(1.0), h_x));
    const k_real h_over = K_DIV(K_R(1.0), K_MUL(h_d, h_e));
    const k_real h_root = K_MUL(h_e, h_over);
    const k_real h_inf = K_MUL(h_root, h_root);
    const k_real h_low = K_FMA(
        K_R(310000.0), K_EXP_BOUNDED(K_MUL(K_RATIO(3485.0, 1e4), V)),
        K_FMA(K_RATIO(27.0, 1e1), K_EXP_BOUNDED(K_MUL(K_RATIO(79.0, 1e3), V)),
              K_MUL(K_RATIO(57.0, 1e3), h_x)));
    const k_real h_rate = K_SELECT(
        low, h_low,
        K_MUL(K_MUL(K_NUMBER(5.923076923076923, -1.8339891e-7), h_d), h_over));
    const k_real j_x = K_EXP_BOUNDED(
        K_MUL(V, K_SELECT(low, K_RATIO(-1052.0, 1e5), K_RATIO(57.0, 1e3))));
    const k_real j_d1 =
        K_FMA(K_NUMBER(50262745825.953896, 7.3795389e+2),
              K_EXP_BOUNDED(K_MUL(K_RATIO(311.0, 1e3), V)), K_R(1.0));
    const k_real j_d2 =
        K_FMA(K_NUMBER(0.003960868339904259, -3.8066411e-12),
              K_EXP_BOUNDED(K_MUL(K_RATIO(-1378.0, 1e4), V)), K_R(1.0));
    const k_real j_a =
        K_MUL(K_FMA(K_RATIO(-6948.0, 1e9),
                    K_EXP_BOUNDED(K_MUL(K_RATIO(-4391.0, 1e5), V)),
                    K_MUL(K_R(-25428.0),
                          K_EXP_BOUNDED(K_MUL(K_RATIO(2444.0, 1e4), V)))),
              K_ADD(V, K_RATIO(3778.0, 1e2)));
    const k_real j_n = K_SELECT(
        low, K_FMA(K_MUL(K_RATIO(2424.0, 1e5), j_x), j_d1, K_MUL(j_a, j_d2)),
        K_MUL(K_RATIO(6.0, 1e1), j_x));
    const k_real j_rate =
        K_DIV(j_n, K_SELECT(low, K_MUL(j_d1, j_d2),
                            K_FMA(K_NUMBER(0.04076220397836622, -6.9850032e-10),
                                  inverse_b2, K_R(1.0))));

    /* those of ICaL */
    const k_real d_d = K_ADD(c2, K_NUMBER(0.34415378686541237, -4.8006185e-9));
    const k_real d_n =
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.07692307692307693, -2.8656079e-9)));
    const k_real d_d1 =
        K_ADD(d_n, K_NUMBER(0.06772447165924092, -2.1151922e-9));
    const k_real d_d2 =
        K_FMA(K_NUMBER(2.718281828459045, 8.2548401e-8), b4, K_R(1.0));
    const k_real d_d3 = K_ADD(b, K_NUMBER(12.182493960703473, -2.0280971e-7));
    const k_real d_12 = K_MUL(d_d1, d_d2);
    const k_real d_e =
        K_FMA(b, d_12,
              K_MUL(K_FMA(K_RATIO(231.0, 1e2), d_n,
                          K_NUMBER(0.02370356508073432, -7.4031728e-10)),
                    d_d3));
    const k_real d_over = K_DIV(K_R(1.0), K_MUL(d_d, d_e));
    const k_real d_inf = K_MUL(K_MUL(c2, d_e), d_over);
    const k_real d_rate = K_MUL(K_MUL(K_MUL(d_12, d_d3), d_d), d_over);
    const k_real V27 = K_ADD(V, K_R(27.0));
    const k_real V27_2 = K_MUL(V27, V27);
    const k_real f_d1 = K_ADD(b2, K_NUMBER(3.669296667619244, -7.3866351e-8));
    const k_real f_d2 =
        K_FMA(K_NUMBER(20.085536923187668, -3.3599442e-8), b2, K_R(1.0));
    const k_real f_d =
        K_FMA(K_NUMBER(17.41170806332765, -7.6845946e-7), a2, K_R(1.0));
    const k_real f_12 = K_MUL(f_d1, f_d2);
    const k_real f_e =
        K_FMA(K_R(180.0), f_d1,
              K_FMA(K_MUL(K_R(200.0), b2), f_d2,
                    K_MUL(K_FMA(K_R(1102.5),
                                K_EXP_BOUNDED(K_ABOVE_M80(K_MUL(
                                    V27_2, K_NUMBER(-0.0044444444444444444,
                                                    1.076195e-10)))),
                                K_R(20.0)),
                          f_12)));
    const k_real f_over = K_DIV(K_R(1.0), K_MUL(f_d, f_e));
    const k_real f_inf = K_MUL(f_e, f_over);
    const k_real f_rate = K_MUL(K_MUL(f_12, f_d), f_over);
    const k_real f2_d1 = K_ADD(b2, K_NUMBER(12.182493960703473, -2.0280971e-7));
    const k_real f2_d =
        K_FMA(K_NUMBER(148.4131591025766, -3.1288687e-6), a2, K_R(1.0));
    const k_real f2_12 = K_MUL(f2_d1, f_d2);
    const k_real f2_e = K_FMA(
        K_R(80.0), f2_d1,
        K_FMA(K_MUL(K_R(31.0), b2), f_d2,
              K_MUL(K_MUL(K_R(562.0), K_EXP_BOUNDED(K_ABOVE_M80(K_MUL(
                                          V27_2, K_NUMBER(-0.004166666666666667,
                                                          2.173086e-10))))),
                    f2_12)));
    const k_real f2_over = K_DIV(K_R(1.0), K_MUL(f2_d, f2_e));
    const k_real f2_inf =
        K_FMA(K_MUL(K_RATIO(67.0, 1e2), f2_e), f2_over, K_RATIO(33.0, 1e2));
    const k_real f2_rate = K_MUL(K_MUL(f2_12, f2_d), f2_over);
    const k_real C_2 = K_MUL(K_MUL(K_R(400.0), Cass), Cass);
    const k_real fCass_d = K_ADD(K_R(1.0), C_2);
    const k_real fCass_e = K_FMA(K_R(2.0), C_2, K_R(82.0));
    const k_real fCass_over = K_DIV(K_R(1.0), K_MUL(fCass_d, fCass_e));
    const k_real fCass_inf =
        K_FMA(K_MUL(K_RATIO(6.0, 1e1), fCass_e), fCass_over, K_RATIO(4.0, 1e1));
    const k_real fCass_rate = K_MUL(K_MUL(fCass_d, fCass_d), fCass_over);

    /* those of Ito: s of endo is another one */
    const k_real s_V = K_ADD(V, K_SELECT(is_endo, K_R(67.0), K_R(45.0)));
    const k_real s_g = K_EXP_BOUNDED(K_ABOVE_M80(K_MUL(
        K_MUL(s_V, s_V), K_SELECT(is_endo, K_NUMBER(-0.001, 4.7497451e-11),
                                  K_NUMBER(-0.003125, 4.6566129e-11)))));
    const k_real s_d =
        K_FMA(K_SELECT(is_endo, K_NUMBER(270.42640742615265, -1.4692988e-5),
                       K_NUMBER(54.598150033144236, 1.687197e-6)),
              b4, K_R(1.0));
    const k_real s_1 =
        K_FMA(K_NUMBER(0.01831563888873418, -4.5810382e-10), b4, K_R(1.0));
    const k_real s_e = K_FMA(K_FMA(K_SELECT(is_endo, K_R(1000.0), K_R(85.0)),
                                   s_g, K_SELECT(is_endo, K_R(8.0), K_R(3.0))),
                             s_1, K_SELECT(is_endo, K_R(0.0), K_R(5.0)));
    const k_real s_over = K_DIV(K_R(1.0), K_MUL(s_d, s_e));
    const k_real s_inf = K_MUL(s_e, s_over);
    const k_real s_rate = K_MUL(K_MUL(s_1, s_d), s_over);
    const k_real V40 = K_ADD(V, K_R(40.0));
    const k_real r_d =
        K_FMA(K_NUMBER(28.031624894526136, -8.5315453e-7), q, K_R(1.0));
    const k_real r_e = K_FMA(
        K_R(9.5),
        K_EXP_BOUNDED(K_MUL(K_MUL(V40, V40),
                            K_NUMBER(-0.0005555555555555556, 1.3452437e-11))),
        K_RATIO(8.0, 1e1));
    const k_real r_over = K_DIV(K_R(1.0), K_MUL(r_d, r_e));
    const k_real r_inf = K_MUL(r_e, r_over);
    const k_real r_rate = K_MUL(r_d, r_over);

    /* potassium currents, reversal potentials in mV */
    const k_real log_Ki = K_LOG(Ki);
    const k_real E_K = K_FMA(K_NUMBER(-26.713760659695648, -2.8371909e-7),
                             log_Ki, K_NUMBER(45.05005802243628, 1.5649168e-6));
    const k_real E_Na =
        K_FMA(K_NUMBER(-26.713760659695648, -2.8371909e-7), K_LOG(Nai),
              K_NUMBER(132.00985294338352, -4.2343508e-6));
    const k_real E_Ks = K_FMA(K_NUMBER(-26.713760659695648, -2.8371909e-7),
                              K_LOG(K_FMA(K_RATIO(3.0, 1e2), Nai, Ki)),
                              K_NUMBER(60.420198081560486, 1.5483574e-6));
    const k_real E_Ca =
        K_FMA(K_NUMBER(-13.356880329847824, -1.4185954e-7), K_LOG(Cai),
              K_NUMBER(9.258283941710612, 3.2659831e-7));
    const k_real w = K_SUB(V, E_K);
    const k_real K1_a =
        K_FMA(K_NUMBER(6.14421235332821e-06, -6.7294143e-14),
              K_EXP_BOUNDED(K_MUL(K_RATIO(6.0, 1e2), w)), K_R(1.0));
    const k_real K1_d =
        K_ADD(K_EXP_BOUNDED(K_ABOVE_M80(K_MUL(K_R(-0.5), w))), K_R(1.0));
    const k_real K1_b = K_FMA(
        K_NUMBER(0.36787944117144233, -9.1497552e-9),
        K_EXP_BOUNDED(K_MUL(K_RATIO(1.0, 1e1), w)),
        K_MUL(K_R(3.0),
              K_EXP_BOUNDED(K_FMA(K_RATIO(2.0, 1e4), w, K_RATIO(2.0, 1e2)))));
    const k_real K1_n = K_MUL(K_RATIO(1.0, 1e1), K1_d);
    const k_real i_K1 = K_DIV(K_MUL(K_MUL(K_RATIO(5405.0, 1e3), w), K1_n),
                              K_FMA(K1_a, K1_b, K1_n));
    const k_real i_to = K_MUL(
        K_MUL(K_MUL(K_SELECT(is_endo, K_RATIO(73.0, 1e3), K_RATIO(294.0, 1e3)),
                    r),
              s),
        w);
    const k_real i_Kr = K_MUL(K_MUL(K_MUL(K_RATIO(153.0, 1e3), Xr1), Xr2), w);
    const k_real i_Ks =
        K_MUL(K_MUL(K_MUL(K_SELECT(is_m,
                                   K_SELECT(is_endo, K_RATIO(392.0, 1e3),
                                            K_RATIO(98.0, 1e3)),
                                   K_RATIO(392.0, 1e3)),
                          Xs),
                    Xs),
              K_SUB(V, E_Ks));
    const k_real i_pK =
        K_DIV(K_MUL(K_RATIO(146.0, 1e4), w),
              K_FMA(K_NUMBER(65.4052157419383, 3.3395946e-6),
                    K_EXP_BOUNDED(K_MUL(
                        V, K_NUMBER(-0.16722408026755853, -8.9705987e-10))),
                    K_R(1.0)));

    /* sodium and calcium currents */
    const k_real i_Na = K_MUL(
        K_MUL(K_MUL(K_MUL(K_MUL(K_MUL(K_RATIO(14838.0, 1e3), m), m), m), h), j),
        K_SUB(V, E_Na));
    const k_real i_bNa = K_MUL(K_RATIO(29.0, 1e5), K_SUB(V, E_Na));
    const k_real i_bCa = K_MUL(K_RATIO(592.0, 1e6), K_SUB(V, E_Ca));
    const k_real i_pCa =
        K_DIV(K_MUL(K_RATIO(1238.0, 1e4), Cai), K_ADD(Cai, K_RATIO(5.0, 1e4)));
    /* (V - 15) / expm1(y) is RT / 2F at V = 15 */
    const k_real y_V = K_MUL(K_NUMBER(0.07486778164549095, -3.3314683e-9),
                             K_ADD(V, K_R(-15.0)));
    const k_real y_up = K_AWAY_FROM_0(y_V);
    const k_real y_m1 = K_EXPM1_BOUNDED(y_up);
    const k_real i_CaL = K_DIV(
        K_MUL(
            K_MUL(K_MUL(K_MUL(K_MUL(K_MUL(K_NUMBER(7.6802331834, 1.8169102e-7),
                                          d),
                                    f),
                              f2),
                        fCass),
                  K_FMA(K_MUL(K_R(0.25), Cass), K_ADD(y_m1, K_R(1.0)),
                        K_R(-2.0))),
            y_up),
        y_m1);
    const k_real i_NaK =
        K_DIV(K_MUL(K_NUMBER(2.298375, 1.0871887e-7), Nai),
              K_MUL(K_ADD(Nai, K_R(40.0)),
                    K_FMA(K_RATIO(353.0, 1e4), e_u,
                          K_FMA(K_RATIO(1245.0, 1e4),
                                K_EXP_BOUNDED(K_MUL(K_RATIO(-1.0, 1e1), u)),
                                K_R(1.0)))));
    const k_real e_65 = K_MUL(e_35, e_u);
    const k_real i_NaCa = K_DIV(
        K_FMA(
            K_NEG(K_MUL(K_NUMBER(594.5027077740518, 2.2227177e-5), e_65)), Cai,
            K_MUL(K_MUL(K_NUMBER(0.00017332440459884893, 5.6695957e-12), e_35),
                  K_MUL(K_MUL(Nai, Nai), Nai))),
        K_FMA(K_RATIO(1.0, 1e1), e_65, K_R(1.0)));

    /* calcium of the stores; O the open probability of the release channel */
    const k_real Cai_2 = K_MUL(Cai, Cai);
    const k_real i_up = K_DIV(K_MUL(K_RATIO(6375.0, 1e6), Cai_2),
                              K_ADD(Cai_2, K_NUMBER(6.25e-08, 1.5779733e-16)));
    const k_real i_leak = K_MUL(K_RATIO(36.0, 1e5), K_SUB(CaSR, Cai));
    const k_real i_xfer = K_MUL(K_RATIO(38.0, 1e4), K_SUB(Cass, Cai));
    const k_real S_2 = K_MUL(CaSR, CaSR);
    const k_real k_d = K_ADD(S_2, K_R(2.25));
    const k_real k_n = K_ADD(S_2, K_R(5.625));
    const k_real Cass_2 = K_MUL(Cass, Cass);
    const k_real O_n = K_MUL(K_MUL(K_RATIO(15.0, 1e2), k_d), Cass_2);
    const k_real i_rel =
        K_MUL(K_DIV(K_MUL(K_MUL(K_RATIO(102.0, 1e3), O_n), R_prime),
                    K_FMA(K_RATIO(6.0, 1e2), k_n, O_n)),
              K_SUB(CaSR, Cass));
    const k_real k_2 = K_DIV(K_MUL(K_RATIO(45.0, 1e3), k_n), k_d);
    const k_real B_i = K_ADD(Cai, K_RATIO(1.0, 1e3));
    const k_real B_i2 = K_MUL(B_i, B_i);
    const k_real B_SR = K_ADD(CaSR, K_RATIO(3.0, 1e1));
    const k_real B_SR2 = K_MUL(B_SR, B_SR);
    const k_real B_ss = K_ADD(Cass, K_RATIO(25.0, 1e5));
    const k_real B_ss2 = K_MUL(B_ss, B_ss);
    const k_real free_i =
        K_DIV(B_i2, K_ADD(B_i2, K_NUMBER(0.0002, 5.052425e-12)));
    const k_real free_SR = K_DIV(B_SR2, K_ADD(B_SR2, K_R(3.0)));
    const k_real free_ss =
        K_DIV(B_ss2, K_ADD(B_ss2, K_NUMBER(0.0001, 2.5262125e-12)));

    const k_real i_K = K_SUB(
        K_ADD(K_ADD(K_ADD(K_ADD(i_K1, i_to), i_Kr), i_Ks), i_pK), stimulus);
    const k_real i_Na_all = K_ADD(i_Na, i_bNa);

    K_STORE(y, i, plane,
            K_INCREMENT(V_, K_MUL(dt, K_NEG(K_ADD(K_ADD(K_ADD(i_K, i_Na_all),
                                                        K_ADD(i_bCa, i_pCa)),
                                                  K_ADD(K_ADD(i_CaL, i_NaK),
                                                        i_NaCa))))));
    K_STORE(y + row, i, plane, K_RELAX(Xr1_, Xr1_inf, K_MUL(dt, Xr1_rate)));
    K_STORE(y + 2 * row, i, plane, K_RELAX(Xr2_, Xr2_inf, K_MUL(dt, Xr2_rate)));
    K_STORE(y + 3 * row, i, plane, K_RELAX(Xs_, Xs_inf, K_MUL(dt, Xs_rate)));
    K_STORE(y + 4 * row, i, plane, K_RELAX(m_, m_inf, K_MUL(dt, m_rate)));
    K_STORE(y + 5 * row, i, plane, K_RELAX(h_, h_inf, K_MUL(dt, h_rate)));
    K_STORE(y + 6 * row, i, plane, K_RELAX(j_, h_inf, K_MUL(dt, j_rate)));
    K_STORE(y + 7 * row, i, plane, K_RELAX(d_, d_inf, K_MUL(dt, d_rate)));
    K_STORE(y + 8 * row, i, plane, K_RELAX(f_, f_inf, K_MUL(dt, f_rate)));
    K_STORE(y + 9 * row, i, plane, K_RELAX(f2_, f2_inf, K_MUL(dt, f2_rate)));
    K_STORE(y + 10 * row, i, plane,
            K_RELAX(fCass_, fCass_inf, K_MUL(dt, fCass_rate)));
    K_STORE(y + 11 * row, i, plane, K_RELAX(s_, s_inf, K_MUL(dt, s_rate)));
    K_STORE(y + 12 * row, i, plane, K_RELAX(r_, r_inf, K_MUL(dt, r_rate)));
    K_STORE(
        y + 13 * row, i, plane,
        K_INCREMENT(
            Cai_,
            K_MUL(dt,
                  K_MUL(free_i,
                        K_FMA(K_NEG(K_FMA(K_R(-2.0), i_NaCa,
                                          K_ADD(i_bCa, i_pCa))),
                              K_NUMBER(5.8442748722009705e-05, 1.618028e-12),
                              K_FMA(K_SUB(i_leak, i_up),
                                    K_NUMBER(0.06669105096317972, 2.5198623e-9),
                                    i_xfer))))));
    K_STORE(y + 14 * row, i, plane,
            K_INCREMENT(
                CaSR_,
                K_MUL(dt, K_MUL(free_SR, K_SUB(K_SUB(i_up, i_rel), i_leak)))));
    K_STORE(
        y + 15 * row, i, plane,
        K_INCREMENT(
            Cass_,
            K_MUL(
                dt,
                K_MUL(free_ss,
                      K_FMA(K_NEG(i_xfer), K_R(300.0),
                            K_FMA(K_NEG(i_CaL),
                                  K_NUMBER(0.01753282461660291, -8.5336779e-10),
                                  K_MUL(i_rel, K_NUMBER(20.007315288953915,
                                                        6.0694708e-7))))))));
    K_STORE(y + 16 * row, i, plane,
            K_INCREMENT(R_prime_,
                        K_MUL(dt, K_FMA(K_NEG(K_MUL(k_2, Cass)), R_prime,
                                        K_MUL(K_RATIO(5.0, 1e3),
                                              K_SUB(K_R(1.0), R_prime))))));
    K_STORE(
        y + 17 * row, i, plane,
        K_INCREMENT(
            Nai_,
            K_MUL(dt, K_MUL(K_NUMBER(-0.00011688549744401941, -3.2360561e-12),
                            K_FMA(K_R(3.0), i_NaCa,
                                  K_FMA(K_R(3.0), i_NaK, i_Na_all))))));
    K_STORE(y + 18 * row, i, plane,
            K_INCREMENT(Ki_, K_MUL(dt, K_MUL(K_NUMBER(-0.00011688549744401941,
                                                      -3.2360561e-12),
                                             K_FMA(K_R(-2.0), i_NaK, i_K)))));
}

/* one step, rates at its beginning */
K_KERNEL_T(tp06)
{
    K_EACH (i)
        K_ADVANCE(tp06, states, i);
}

/* one step, rates those of the states `at` */
K_KERNEL_T(tp06_from)
{
    K_EACH (i)
        K_ADVANCE(tp06, at, i);
}
