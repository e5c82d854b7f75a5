/* SPDX-License-Identifier: BSD-3-Clause */
/* The human atrial cell of Courtemanche, Ramirez and Nattel, Am. J. Physiol.
 * 275 (1998) H301, equations 1 to 75 and table 1, with the digits of the CellML
 * file courtemanche_ramirez_nattel_1998, which also has the sign of 16 mV in
 * the closing rate of ui. The stimulus is carried by potassium, as in Myokit's
 * file of the model; x / expm1(x) is written for the rates that have it.
 * solvers/cardiac/courtemanche.k.h includes this once for each policy. */

K_FN void K_T(courtemanche_advance)(K_GLOBAL k_element *y,
                                    K_GLOBAL const k_element *at, int i,
                                    int stride, int plane, k_real dt,
                                    k_real stimulus, k_real type)
{
    const k_i64 row = stride;
    const k_state V_ = K_LOAD(y, i, plane);
    const k_state Nai_ = K_LOAD(y + row, i, plane);
    const k_state Ki_ = K_LOAD(y + 2 * row, i, plane);
    const k_state Cai_ = K_LOAD(y + 3 * row, i, plane);
    const k_state Caup_ = K_LOAD(y + 4 * row, i, plane);
    const k_state Carel_ = K_LOAD(y + 5 * row, i, plane);
    const k_state m_ = K_LOAD(y + 6 * row, i, plane);
    const k_state h_ = K_LOAD(y + 7 * row, i, plane);
    const k_state j_ = K_LOAD(y + 8 * row, i, plane);
    const k_state oa_ = K_LOAD(y + 9 * row, i, plane);
    const k_state oi_ = K_LOAD(y + 10 * row, i, plane);
    const k_state ua_ = K_LOAD(y + 11 * row, i, plane);
    const k_state ui_ = K_LOAD(y + 12 * row, i, plane);
    const k_state xr_ = K_LOAD(y + 13 * row, i, plane);
    const k_state xs_ = K_LOAD(y + 14 * row, i, plane);
    const k_state d_ = K_LOAD(y + 15 * row, i, plane);
    const k_state f_ = K_LOAD(y + 16 * row, i, plane);
    const k_state fCa_ = K_LOAD(y + 17 * row, i, plane);
    const k_state u_ = K_LOAD(y + 18 * row, i, plane);
    const k_state v_ = K_LOAD(y + 19 * row, i, plane);
    const k_state w_ = K_LOAD(y + 20 * row, i, plane);
    const k_real V = K_VALUE(K_LOAD(at, i, plane));
    const k_real Nai = K_VALUE(K_LOAD(at + row, i, plane));
    const k_real Ki = K_VALUE(K_LOAD(at + 2 * row, i, plane));
    const k_real Cai = K_VALUE(K_LOAD(at + 3 * row, i, plane));
    const k_real Caup = K_VALUE(K_LOAD(at + 4 * row, i, plane));
    const k_real Carel = K_VALUE(K_LOAD(at + 5 * row, i, plane));
    const k_real m = K_VALUE(K_LOAD(at + 6 * row, i, plane));
    const k_real h = K_VALUE(K_LOAD(at + 7 * row, i, plane));
    const k_real j = K_VALUE(K_LOAD(at + 8 * row, i, plane));
    const k_real oa = K_VALUE(K_LOAD(at + 9 * row, i, plane));
    const k_real oi = K_VALUE(K_LOAD(at + 10 * row, i, plane));
    const k_real ua = K_VALUE(K_LOAD(at + 11 * row, i, plane));
    const k_real ui = K_VALUE(K_LOAD(at + 12 * row, i, plane));
    const k_real xr = K_VALUE(K_LOAD(at + 13 * row, i, plane));
    const k_real xs = K_VALUE(K_LOAD(at + 14 * row, i, plane));
    const k_real d = K_VALUE(K_LOAD(at + 15 * row, i, plane));
    const k_real f = K_VALUE(K_LOAD(at + 16 * row, i, plane));
    const k_real fCa = K_VALUE(K_LOAD(at + 17 * row, i, plane));
    const k_real u = K_VALUE(K_LOAD(at + 18 * row, i, plane));
    const k_real v = K_VALUE(K_LOAD(at + 19 * row, i, plane));
    const k_real w = K_VALUE(K_LOAD(at + 20 * row, i, plane));
    (void)type;
    const int low = K_LESS(V, K_R(-40.0));
    const k_real x = K_MUL(V, K_NUMBER(0.037435192301797954, -3.1299583e-10));
    const k_real e_x = K_EXP_BOUNDED(K_NEG(x));
    const k_real e_35 = K_EXP_BOUNDED(K_MUL(K_RATIO(35.0, 1e2), x));
    const k_real e_65 = K_MUL(e_35, e_x);

    /* INa */
    const k_real m_s_x =
        K_AWAY_FROM_0(K_FMA(K_RATIO(-1.0, 1e1), V, K_RATIO(-4713.0, 1e3)));
    const k_real m_s_m = K_EXPM1_BOUNDED(m_s_x);
    const k_real m_s = K_DIV(m_s_x, m_s_m);
    const k_real m_a = K_MUL(K_RATIO(32.0, 1e1), m_s);
    const k_real m_rate = K_FMA(
        K_RATIO(8.0, 1e2),
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.09090909090909091, 2.709302e-9))),
        m_a);
    const k_real h_x = K_EXP_BOUNDED(
        K_SELECT(low,
                 K_FMA(K_NUMBER(-0.14705882352941177, 6.1357723e-9), V,
                       K_NUMBER(-11.764705882352942, -2.2439396e-7)),
                 K_FMA(K_NUMBER(-0.09009009009009009, -1.543814e-9), V,
                       K_NUMBER(-0.9603603603603603, -1.213572e-8))));
    const k_real h_a = K_SELECT(low, K_MUL(K_RATIO(135.0, 1e3), h_x), K_R(0.0));
    const k_real h_low =
        K_FMA(K_R(310000.0), K_EXP_BOUNDED(K_MUL(K_RATIO(35.0, 1e2), V)),
              K_MUL(K_RATIO(356.0, 1e2),
                    K_EXP_BOUNDED(K_MUL(K_RATIO(79.0, 1e3), V))));
    const k_real h_rate =
        K_ADD(h_a, K_SELECT(low, h_low,
                            K_DIV(K_NUMBER(7.6923076923076925, 2.2007869e-7),
                                  K_ADD(K_R(1.0), h_x))));
    const k_real j_1 =
        K_MUL(K_FMA(K_RATIO(-3474.0, 1e8),
                    K_EXP_BOUNDED(K_MUL(K_RATIO(-4391.0, 1e5), V)),
                    K_MUL(K_R(-127140.0),
                          K_EXP_BOUNDED(K_MUL(K_RATIO(2444.0, 1e4), V)))),
              K_ADD(V, K_RATIO(3778.0, 1e2)));
    const k_real j_a =
        K_SELECT(low,
                 K_DIV(j_1, K_FMA(K_NUMBER(50262745825.953896, 7.3795389e+2),
                                  K_EXP_BOUNDED(K_MUL(K_RATIO(311.0, 1e3), V)),
                                  K_R(1.0))),
                 K_R(0.0));
    const k_real j_n =
        K_MUL(K_EXP_BOUNDED(K_MUL(V, K_SELECT(low, K_RATIO(-1052.0, 1e5),
                                              K_RATIO(-2535.0, 1e10)))),
              K_SELECT(low, K_RATIO(1212.0, 1e4), K_RATIO(3.0, 1e1)));
    const k_real j_d = K_EXP_BOUNDED(K_SELECT(
        low,
        K_FMA(K_RATIO(-1378.0, 1e4), V, K_NUMBER(-5.531292, -3.8330078e-8)),
        K_FMA(K_RATIO(-1.0, 1e1), V, K_RATIO(-32.0, 1e1))));
    const k_real j_rate = K_ADD(j_a, K_DIV(j_n, K_ADD(K_R(1.0), j_d)));

    /* Ito, IKur; oa and ua have the same rates */
    const k_real oa_up =
        K_DIV(K_RATIO(65.0, 1e2),
              K_FMA(K_NUMBER(1.6627528567545946, -9.9904006e-9),
                    K_EXP_BOUNDED(K_MUL(
                        V, K_NUMBER(-0.01694915254237288, 3.1570257e-11))),
                    K_MUL(K_NUMBER(0.30836516789658147, 1.7092951e-9),
                          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.11764705882352941,
                                                          4.3826945e-10))))));
    const k_real oa_rate =
        K_FMA(K_R(3.0), oa_up,
              K_DIV(K_RATIO(195.0, 1e2),
                    K_FMA(K_NUMBER(124.40338763970256, -1.3373482e-6),
                          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.058823529411764705,
                                                          -2.1913472e-10))),
                          K_R(2.5))));
    const k_real oa_inf = K_DIV(
        K_R(1.0), K_FMA(K_NUMBER(0.31128488714083125, -1.2570778e-8),
                        K_EXP_BOUNDED(K_MUL(
                            V, K_NUMBER(-0.05701254275940707, 3.2283017e-10))),
                        K_R(1.0)));
    const k_real oi_rate = K_ADD(
        K_DIV(K_R(3.0), K_FMA(K_NUMBER(32323.882873625364, 6.1125365e-5),
                              K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.091324200913242,
                                                              -1.8031085e-9))),
                              K_RATIO(1853.0, 1e2))),
        K_DIV(K_R(3.0),
              K_FMA(K_NUMBER(0.8442092920964311, -2.1296208e-8),
                    K_EXP_BOUNDED(
                        K_MUL(V, K_NUMBER(-0.13440860215053763, 5.928419e-9))),
                    K_RATIO(3556.0, 1e2))));
    const k_real oi_inf =
        K_DIV(K_R(1.0),
              K_FMA(K_NUMBER(3401.8526923106524, -9.0892472e-5),
                    K_EXP_BOUNDED(
                        K_MUL(V, K_NUMBER(0.18867924528301888, -2.8115398e-9))),
                    K_R(1.0)));
    const k_real ua_inf = K_DIV(
        K_R(1.0), K_FMA(K_NUMBER(0.04258513628878761, 1.782562e-9),
                        K_EXP_BOUNDED(K_MUL(
                            V, K_NUMBER(-0.10416666666666667, -2.4835269e-9))),
                        K_R(1.0)));
    const k_real ui_rate =
        K_FMA(K_NUMBER(0.00015433458053910683, -5.5745845e-12),
              K_EXP_BOUNDED(K_MUL(V, K_R(0.0625))),
              K_DIV(K_R(3.0),
                    K_FMA(K_NUMBER(740.3646663219093, -1.8736684e-5),
                          K_EXP_BOUNDED(K_MUL(
                              V, K_NUMBER(-0.03571428571428571, 1.596553e-9))),
                          K_R(21.0))));
    const k_real ui_inf = K_DIV(
        K_R(1.0), K_FMA(K_NUMBER(0.026809589637122173, -3.0020712e-10),
                        K_EXP_BOUNDED(K_MUL(
                            V, K_NUMBER(0.036390101892285295, -1.5074683e-9))),
                        K_R(1.0)));

    /* IKr, IKs */
    const k_real xr_a_x =
        K_AWAY_FROM_0(K_FMA(K_RATIO(-2.0, 1e1), V, K_RATIO(-282.0, 1e2)));
    const k_real xr_a_m = K_EXPM1_BOUNDED(xr_a_x);
    const k_real xr_a = K_DIV(xr_a_x, xr_a_m);
    const k_real xr_b_x =
        K_AWAY_FROM_0(K_FMA(K_NUMBER(0.19517145812596365, -2.3833366e-9), V,
                            K_NUMBER(-0.6504674356422117, 1.9744904e-8)));
    const k_real xr_b_m = K_EXPM1_BOUNDED(xr_b_x);
    const k_real xr_b = K_DIV(xr_b_x, xr_b_m);
    const k_real xr_rate = K_FMA(K_NUMBER(0.0003786311826, 1.0829606e-11), xr_b,
                                 K_MUL(K_RATIO(15.0, 1e4), xr_a));
    const k_real xr_inf =
        K_DIV(K_R(1.0),
              K_FMA(K_NUMBER(0.11426547963594508, 4.8851084e-10),
                    K_EXP_BOUNDED(
                        K_MUL(V, K_NUMBER(-0.15384615384615385, 5.7312158e-9))),
                    K_R(1.0)));
    const k_real xs_a_x =
        K_AWAY_FROM_0(K_FMA(K_NUMBER(-0.058823529411764705, 2.1913472e-10), V,
                            K_NUMBER(1.1705882352941177, -1.9634471e-8)));
    const k_real xs_a_m = K_EXPM1_BOUNDED(xs_a_x);
    const k_real xs_a = K_DIV(xs_a_x, xs_a_m);
    const k_real xs_b_x =
        K_AWAY_FROM_0(K_FMA(K_NUMBER(0.1111111111111111, -8.2784229e-10), V,
                            K_NUMBER(-2.2111111111111112, -4.2385525e-8)));
    const k_real xs_b_m = K_EXPM1_BOUNDED(xs_b_x);
    const k_real xs_b = K_DIV(xs_b_x, xs_b_m);
    const k_real xs_rate =
        K_FMA(K_RATIO(63.0, 1e5), xs_b, K_MUL(K_RATIO(136.0, 1e5), xs_a));
    const k_real xs_inf =
        K_DIV(K_R(1.0),
              K_SQRT(K_FMA(K_NUMBER(4.7919102612724815, 8.9763693e-8),
                           K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.07874015748031496,
                                                           -2.9332994e-10))),
                           K_R(1.0))));

    /* ICaL */
    const k_real d_s_x =
        K_AWAY_FROM_0(K_FMA(K_NUMBER(-0.16025641025641027, 5.3491348e-9), V,
                            K_NUMBER(-1.6025641025641026, -6.1132969e-9)));
    const k_real d_s_m = K_EXPM1_BOUNDED(d_s_x);
    const k_real d_s = K_DIV(d_s_x, d_s_m);
    const k_real d_rate = K_MUL(K_MUL(K_NUMBER(0.2184, -1.5258789e-9), d_s),
                                K_ADD(K_R(2.0), d_s_m));
    const k_real d_inf =
        K_DIV(K_R(1.0), K_FMA(K_NUMBER(0.2865047968601901, -8.2278531e-9),
                              K_EXP_BOUNDED(K_MUL(V, K_R(-0.125))), K_R(1.0)));
    const k_real V10 = K_ADD(V, K_R(10.0));
    const k_real f_rate =
        K_FMA(K_NUMBER(0.002188888888888889, 4.4786268e-11),
              K_EXP_BOUNDED(
                  K_MUL(K_MUL(V10, V10), K_NUMBER(-0.00113569, 2.1328628e-11))),
              K_NUMBER(0.0022222222222222222, -5.3809749e-11));
    const k_real f_inf =
        K_DIV(K_R(1.0),
              K_FMA(K_NUMBER(57.85680129512518, 1.2157795e-6),
                    K_EXP_BOUNDED(
                        K_MUL(V, K_NUMBER(0.14492753623188406, 4.7510949e-9))),
                    K_R(1.0)));
    const k_real fCa_inf =
        K_DIV(K_RATIO(35.0, 1e5), K_ADD(K_RATIO(35.0, 1e5), Cai));

    /* currents in pA/pF */
    const k_real w_K =
        K_SUB(V, K_FMA(K_NUMBER(-26.712831923985377, -4.26793e-7), K_LOG(Ki),
                       K_NUMBER(45.048491803506344, -6.2813428e-7)));
    const k_real w_Na =
        K_SUB(V, K_FMA(K_NUMBER(-26.712831923985377, -4.26793e-7), K_LOG(Nai),
                       K_NUMBER(132.00526346359825, -8.1862829e-7)));
    const k_real w_Ca =
        K_SUB(V, K_FMA(K_NUMBER(-13.356415961992688, -2.133965e-7), K_LOG(Cai),
                       K_NUMBER(7.85072319334511, -7.3256452e-8)));
    const k_real i_Na = K_MUL(
        K_MUL(K_MUL(K_MUL(K_MUL(K_MUL(K_RATIO(78.0, 1e1), m), m), m), h), j),
        w_Na);
    const k_real i_K1 =
        K_DIV(K_MUL(K_RATIO(9.0, 1e2), w_K),
              K_FMA(K_NUMBER(270.42640742615265, -1.4692988e-5),
                    K_EXP_BOUNDED(K_MUL(K_RATIO(7.0, 1e2), V)), K_R(1.0)));
    const k_real i_to = K_MUL(
        K_MUL(K_MUL(K_MUL(K_MUL(K_RATIO(1652.0, 1e4), oa), oa), oa), oi), w_K);
    const k_real g_Kur =
        K_ADD(K_RATIO(5.0, 1e3),
              K_DIV(K_RATIO(5.0, 1e2),
                    K_FMA(K_NUMBER(3.1703631948880653, 7.0981485e-9),
                          K_EXP_BOUNDED(K_MUL(
                              V, K_NUMBER(-0.07692307692307693, 2.8656079e-9))),
                          K_R(1.0))));
    const k_real i_Kur =
        K_MUL(K_MUL(K_MUL(K_MUL(K_MUL(g_Kur, ua), ua), ua), ui), w_K);
    const k_real i_Kr =
        K_DIV(K_MUL(K_MUL(K_NUMBER(0.029411765, 1.8455029e-10), xr), w_K),
              K_FMA(K_NUMBER(1.9535395033533587, 1.2653591e-8),
                    K_EXP_BOUNDED(K_MUL(
                        V, K_NUMBER(0.044642857142857144, -1.0643687e-9))),
                    K_R(1.0)));
    const k_real i_Ks =
        K_MUL(K_MUL(K_MUL(K_RATIO(12941176.0, 1e8), xs), xs), w_K);
    const k_real i_CaL =
        K_MUL(K_MUL(K_MUL(K_MUL(K_RATIO(12375.0, 1e5), d), f), fCa),
              K_ADD(V, K_R(-65.0)));
    const k_real k_Na = K_DIV(K_R(10.0), Nai);
    const k_real NaK_d = K_MUL(
        K_FMA(K_NUMBER(0.03653322613051908, 8.027889e-10), e_x,
              K_FMA(K_RATIO(1245.0, 1e4),
                    K_EXP_BOUNDED(K_MUL(K_RATIO(-1.0, 1e1), x)), K_R(1.0))),
        K_FMA(k_Na, K_SQRT(k_Na), K_R(1.0)));
    const k_real i_NaK =
        K_DIV(K_NUMBER(0.4690477095652174, 1.4166887e-8), NaK_d);
    const k_real i_NaCa = K_DIV(
        K_FMA(K_NEG(K_MUL(K_NUMBER(404.4114017159839, -5.7547192e-6), e_65)),
              Cai,
              K_MUL(K_MUL(K_NUMBER(0.0002652844471897854, 5.7782902e-12), e_35),
                    K_MUL(K_MUL(Nai, Nai), Nai))),
        K_FMA(K_RATIO(1.0, 1e1), e_65, K_R(1.0)));
    const k_real i_bCa = K_MUL(K_RATIO(1131.0, 1e6), w_Ca);
    const k_real i_bNa = K_MUL(K_RATIO(6744375.0, 1e10), w_Na);
    const k_real i_pCa =
        K_DIV(K_MUL(K_RATIO(275.0, 1e3), Cai), K_ADD(K_RATIO(5.0, 1e4), Cai));

    /* calcium of the stores; F the signal that opens the release gates u, v */
    const k_real i_rel = K_MUL(
        K_MUL(K_MUL(K_MUL(K_MUL(K_R(30.0), u), u), v), w), K_SUB(Carel, Cai));
    const k_real i_tr = K_MUL(K_SUB(Caup, Carel),
                              K_NUMBER(0.005555555555555556, -1.3452437e-10));
    const k_real i_up =
        K_DIV(K_MUL(K_RATIO(5.0, 1e3), Cai), K_ADD(Cai, K_RATIO(92.0, 1e5)));
    const k_real i_leak =
        K_MUL(K_NUMBER(0.0003333333333333333, 3.5700699e-12), Caup);
    const k_real F_n =
        K_FMA(K_NUMBER(-0.5182061361824998, -1.6645146e-8),
              K_FMA(K_RATIO(-2.0, 1e1), i_NaCa, K_MUL(K_R(0.5), i_CaL)),
              K_MUL(K_NUMBER(96.48, -3.3569336e-6), i_rel));
    const k_real u_x = K_EXP_BOUNDED(
        K_WITHIN_80(K_FMA(K_NUMBER(-731.528895391368, -2.5762462e-5), F_n,
                          K_NUMBER(250.0, 2.9387359e-39))));
    const k_real v_x = K_EXP_BOUNDED(K_WITHIN_80(
        K_FMA(K_NUMBER(731.528895391368, 2.5762462e-5), F_n, K_R(-50.0))));
    const k_real u_inf = K_DIV(K_R(1.0), K_ADD(K_R(1.0), u_x));
    const k_real v_inf = K_DIV(K_R(1.0), K_ADD(K_R(1.0), v_x));
    const k_real w_s_x =
        K_AWAY_FROM_0(K_FMA(K_RATIO(-2.0, 1e1), V, K_RATIO(158.0, 1e2)));
    const k_real w_s_m = K_EXPM1_BOUNDED(w_s_x);
    const k_real w_s = K_DIV(w_s_x, w_s_m);
    const k_real w_rate =
        K_MUL(K_MUL(K_NUMBER(0.8333333333333334, 1.9868215e-8), w_s),
              K_FMA(K_RATIO(3.0, 1e1), w_s_m, K_RATIO(13.0, 1e1)));
    const k_real w_inf =
        K_SUB(K_R(1.0),
              K_DIV(K_R(1.0),
                    K_FMA(K_NUMBER(10.516455032989136, 3.3633386e-7),
                          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.058823529411764705,
                                                          2.1913472e-10))),
                          K_R(1.0))));
    const k_real B_T = K_ADD(Cai, K_RATIO(5.0, 1e4));
    const k_real B_C = K_ADD(Cai, K_RATIO(238.0, 1e5));
    const k_real B_T2 = K_MUL(B_T, B_T);
    const k_real B_C2 = K_MUL(B_C, B_C);
    const k_real B_TC = K_MUL(B_T2, B_C2);
    const k_real free_i = K_DIV(
        B_TC, K_FMA(K_NUMBER(0.000119, 3.3699907e-12), B_T2,
                    K_FMA(K_NUMBER(3.5e-05, -9.3481503e-13), B_C2, B_TC)));
    const k_real B_Q = K_ADD(Carel, K_RATIO(8.0, 1e1));
    const k_real B_Q2 = K_MUL(B_Q, B_Q);

    const k_real i_K = K_SUB(
        K_ADD(K_ADD(K_ADD(K_ADD(i_K1, i_to), i_Kur), i_Kr), i_Ks), stimulus);
    const k_real i_Ca = K_ADD(K_ADD(i_pCa, i_CaL), i_bCa);

    K_STORE(
        y, i, plane,
        K_INCREMENT(
            V_,
            K_MUL(dt, K_NEG(K_ADD(K_ADD(K_ADD(i_K, K_ADD(i_Na, i_bNa)), i_Ca),
                                  K_ADD(i_NaK, i_NaCa))))));
    K_STORE(
        y + row, i, plane,
        K_INCREMENT(
            Nai_,
            K_MUL(dt,
                  K_MUL(K_NUMBER(-7.582764650021945e-05, -2.7592972e-12),
                        K_FMA(K_R(3.0), i_NaK,
                              K_FMA(K_R(3.0), i_NaCa, K_ADD(i_bNa, i_Na)))))));
    K_STORE(y + 2 * row, i, plane,
            K_INCREMENT(Ki_, K_MUL(dt, K_MUL(K_NUMBER(-7.582764650021945e-05,
                                                      -2.7592972e-12),
                                             K_FMA(K_R(-2.0), i_NaK, i_K)))));
    K_STORE(
        y + 3 * row, i, plane,
        K_INCREMENT(
            Cai_,
            K_MUL(dt,
                  K_MUL(free_i,
                        K_FMA(i_rel,
                              K_NUMBER(0.007058823529411765, 4.8209639e-11),
                              K_FMA(K_SUB(i_leak, i_up),
                                    K_NUMBER(0.0811764705882353, 3.3483786e-9),
                                    K_MUL(K_FMA(K_R(2.0), i_NaCa, K_NEG(i_Ca)),
                                          K_NUMBER(3.7913823250109726e-05,
                                                   1.3796486e-12))))))));
    K_STORE(y + 4 * row, i, plane,
            K_INCREMENT(Caup_, K_MUL(dt, K_FMA(K_NEG(i_tr),
                                               K_NUMBER(0.08695652173913043,
                                                        -1.6196914e-9),
                                               K_SUB(i_up, i_leak)))));
    K_STORE(y + 5 * row, i, plane,
            K_INCREMENT(Carel_, K_MUL(dt, K_DIV(K_MUL(K_SUB(i_tr, i_rel), B_Q2),
                                                K_ADD(B_Q2, K_R(8.0))))));
    K_STORE(y + 6 * row, i, plane,
            K_RELAX(m_, K_DIV(m_a, m_rate), K_MUL(dt, m_rate)));
    K_STORE(y + 7 * row, i, plane,
            K_RELAX(h_, K_DIV(h_a, h_rate), K_MUL(dt, h_rate)));
    K_STORE(y + 8 * row, i, plane,
            K_RELAX(j_, K_DIV(j_a, j_rate), K_MUL(dt, j_rate)));
    K_STORE(y + 9 * row, i, plane, K_RELAX(oa_, oa_inf, K_MUL(dt, oa_rate)));
    K_STORE(y + 10 * row, i, plane, K_RELAX(oi_, oi_inf, K_MUL(dt, oi_rate)));
    K_STORE(y + 11 * row, i, plane, K_RELAX(ua_, ua_inf, K_MUL(dt, oa_rate)));
    K_STORE(y + 12 * row, i, plane, K_RELAX(ui_, ui_inf, K_MUL(dt, ui_rate)));
    K_STORE(y + 13 * row, i, plane, K_RELAX(xr_, xr_inf, K_MUL(dt, xr_rate)));
    K_STORE(y + 14 * row, i, plane, K_RELAX(xs_, xs_inf, K_MUL(dt, xs_rate)));
    K_STORE(y + 15 * row, i, plane, K_RELAX(d_, d_inf, K_MUL(dt, d_rate)));
    K_STORE(y + 16 * row, i, plane, K_RELAX(f_, f_inf, K_MUL(dt, f_rate)));
    K_STORE(y + 17 * row, i, plane,
            K_RELAX(fCa_, fCa_inf, K_MUL(dt, K_R(0.5))));
    K_STORE(y + 18 * row, i, plane, K_RELAX(u_, u_inf, K_MUL(dt, K_R(0.125))));
    K_STORE(y + 19 * row, i, plane,
            K_RELAX(v_, v_inf,
                    K_MUL(dt, K_DIV(K_R(1.0), K_FMA(K_RATIO(209.0, 1e2), u_inf,
                                                    K_RATIO(191.0, 1e2))))));
    K_STORE(y + 20 * row, i, plane, K_RELAX(w_, w_inf, K_MUL(dt, w_rate)));
}

/* one step, rates at its beginning */
K_KERNEL_T(courtemanche)
{
    K_EACH (i)
        K_ADVANCE(courtemanche, states, i);
}

/* one step, rates those of the states `at` */
K_KERNEL_T(courtemanche_from)
{
    K_EACH (i)
        K_ADVANCE(courtemanche, at, i);
}
