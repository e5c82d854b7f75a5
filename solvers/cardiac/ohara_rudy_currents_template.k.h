/* SPDX-License-Identifier: BSD-3-Clause */
/* The currents through the membrane (pA/pF) of the cell of O'Hara, Virag, Varro
 * and Rudy, with the rates of their gates: a part of the function of
 * solvers/cardiac/ohara_rudy_template.k.h, which includes this within it and
 * names the states, the variant, x = F V / (R T), fp and fn. */

/* INa, INaL */
const k_real w_Na =
    K_SUB(V, K_FMA(K_NUMBER(-26.712338705498265, 6.9574685e-7), K_LOG(Nai),
                   K_NUMBER(132.00282615419871, 3.2782222e-6)));
const k_real m_inf =
    K_DIV(K_R(1.0), K_FMA(K_NUMBER(0.018156759019440628, -4.2145827e-10),
                          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.10130685847431871,
                                                          -2.7957604e-9))),
                          K_R(1.0)));
const k_real m_rate =
    K_FMA(K_NUMBER(1.9314113558536928e-05, 3.9817446e-13),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.16792611251049538, 5.267329e-9))),
          K_MUL(K_NUMBER(9.454904638564724, 8.229031e-8),
                K_EXP_BOUNDED(
                    K_MUL(V, K_NUMBER(0.028760425654299683, -9.2141204e-11)))));
const k_real e_h =
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.1643115346697338, 6.4638622e-9)));
const k_real h_inf = K_DIV(
    K_R(1.0), K_FMA(K_NUMBER(823588.4449608382, 7.4608382e-3), e_h, K_R(1.0)));
const k_real hsp_inf = K_DIV(
    K_R(1.0), K_FMA(K_NUMBER(2281075.816697198, 6.6697198e-2), e_h, K_R(1.0)));
const k_real hf_rate =
    K_FMA(K_NUMBER(6.305549185817275, 4.1072402e-8),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.0493339911198816, 1.4996729e-9))),
          K_MUL(K_NUMBER(1.1838569582890868e-05, -7.9468209e-14),
                K_EXP_BOUNDED(
                    K_MUL(V, K_NUMBER(-0.15910898965791567, 6.7333807e-9)))));
const k_real hs_rate = K_FMA(
    K_NUMBER(0.3698761937209633, -1.220021e-8),
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.017649135192375574, 5.7135144e-10))),
    K_MUL(
        K_NUMBER(0.005164670235381792, -5.6906273e-11),
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.035650623885918005, -1.78628e-9)))));
const k_real j_d = K_FMA(
    K_NUMBER(0.3131936394738773, -9.5796963e-9),
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.02600780234070221, -8.1626972e-10))),
    K_MUL(K_NUMBER(1.1315282095590064e-07, -1.2672275e-15),
          K_EXP_BOUNDED(
              K_MUL(V, K_NUMBER(-0.12075836251660428, -4.021748e-10)))));
const k_real j_rate = K_DIV(j_d, K_FMA(K_RATIO(2038.0, 1e3), j_d, K_R(1.0)));
const k_real h_n = K_FMA(K_RATIO(1.0, 1e2), hs, K_MUL(K_RATIO(99.0, 1e2), hf));
const k_real h_p = K_FMA(K_RATIO(1.0, 1e2), hsp, K_MUL(K_RATIO(99.0, 1e2), hf));
const k_real i_Na = K_MUL(K_MUL(K_MUL(K_MUL(K_MUL(K_R(75.0), w_Na), m), m), m),
                          K_FMA(K_MUL(fp, h_p), jp, K_MUL(K_MUL(fn, h_n), j)));
const k_real mL_inf = K_DIV(
    K_R(1.0),
    K_FMA(K_NUMBER(0.0002915795856355309, 8.0293595e-12),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.1899696048632219, -5.6162431e-9))),
          K_R(1.0)));
const k_real e_hL =
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.13354700854700854, 5.0944141e-10)));
const k_real hL_inf =
    K_DIV(K_R(1.0),
          K_FMA(K_NUMBER(120578.15595522423, -2.9477577e-4), e_hL, K_R(1.0)));
const k_real hLp_inf = K_DIV(
    K_R(1.0), K_FMA(K_NUMBER(275969.290386987, 9.136987e-3), e_hL, K_R(1.0)));
const k_real i_NaL = K_MUL(
    K_MUL(K_MUL(K_SELECT(is_epi,
                         K_SELECT(is_m, K_RATIO(75.0, 1e4), K_RATIO(45.0, 1e4)),
                         K_RATIO(75.0, 1e4)),
                w_Na),
          mL),
    K_FMA(fp, hLp, K_MUL(fn, hL)));

/* Ito */
const k_real w_K =
    K_SUB(V, K_FMA(K_NUMBER(-26.712338705498265, 6.9574685e-7), K_LOG(Ki),
                   K_NUMBER(45.04766004036579, -7.8727093e-7)));
const k_real e_29 =
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.03403513787634354, -9.0949554e-10)));
const k_real a_1 = K_DIV(
    e_29, K_MUL(K_RATIO(12089.0, 1e4),
                K_ADD(e_29, K_NUMBER(1.8712066399684701, -1.2287345e-9))));
const k_real a_rate = K_MUL(
    K_ADD(a_1, K_DIV(K_R(3.5), K_FMA(K_NUMBER(30.0695727273975, 2.7866703e-7),
                                     e_29, K_R(1.0)))),
    K_NUMBER(0.9510223490252021, 2.2078944e-8));
const k_real e_14 =
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.06747638326585695, 1.0758598e-9)));
const k_real a_inf =
    K_DIV(K_R(1.0),
          K_FMA(K_NUMBER(2.631650816167364, -1.0851525e-7), e_14, K_R(1.0)));
const k_real ap_inf =
    K_DIV(K_R(1.0),
          K_FMA(K_NUMBER(5.167428462230667, -3.1269089e-8), e_14, K_R(1.0)));
const k_real i_inf = K_DIV(
    K_R(1.0),
    K_FMA(K_NUMBER(2194.9707645383014, 6.1413302e-5),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.17510068289266328, -1.2732913e-9))),
          K_R(1.0)));
const k_real epi_1 = K_SUB(
    K_R(1.0), K_DIV(K_RATIO(95.0, 1e2),
                    K_FMA(K_NUMBER(1202604.2841647768, 3.4164777e-2),
                          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.2, -2.9802322e-9))),
                          K_R(1.0))));
const k_real delta =
    K_SELECT(is_epi, K_SELECT(is_m, K_R(1.0), epi_1), K_R(1.0));
const k_real iF_d = K_FMA(
    K_NUMBER(1.6300896349780938, -5.6392768e-9),
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.06027727546714889, -2.7395143e-10))),
    K_MUL(K_NUMBER(0.14468698421272827, 2.1770914e-9),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.01, -2.2351742e-10)))));
const k_real iS_d =
    K_FMA(K_NUMBER(0.02420896280460458, -1.127233e-10),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.12377769525931427, 2.5914261e-10))),
          K_MUL(K_NUMBER(0.0002761776395337743, 1.273212e-11),
                K_EXP_BOUNDED(
                    K_MUL(V, K_NUMBER(-0.01693480101608806, -1.2301975e-10)))));
const k_real tau_iF =
    K_MUL(K_ADD(K_RATIO(4562.0, 1e3), K_DIV(K_R(1.0), iF_d)), delta);
const k_real tau_iS =
    K_MUL(K_ADD(K_RATIO(2362.0, 1e2), K_DIV(K_R(1.0), iS_d)), delta);
const k_real iF_rate = K_DIV(K_R(1.0), tau_iF);
const k_real iS_rate = K_DIV(K_R(1.0), tau_iS);
const k_real develop = K_ADD(
    K_RATIO(1354.0, 1e3),
    K_DIV(K_RATIO(1.0, 1e4),
          K_FMA(K_NUMBER(2.659126904523057e-05, -4.4333226e-13),
                K_EXP_BOUNDED(
                    K_MUL(V, K_NUMBER(0.06293266205160478, -6.1423918e-10))),
                K_EXP_BOUNDED(K_WITHIN_80(
                    K_FMA(K_NUMBER(-4.642525533890437, 1.3902216e-7), V,
                          K_NUMBER(56.77808727948004, -3.3648676e-7)))))));
const k_real recover =
    K_SUB(K_R(1.0),
          K_DIV(K_R(0.5),
                K_FMA(K_NUMBER(33.11545195869231, 1.4594817e-7),
                      K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.05, -7.4505806e-10))),
                      K_R(1.0))));
const k_real slower = K_DIV(K_R(1.0), K_MUL(develop, recover));
const k_real A_iF =
    K_DIV(K_R(1.0), K_FMA(K_NUMBER(0.2434853718752287, -4.3635942e-9),
                          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.006613756613756613,
                                                          8.3769755e-11))),
                          K_R(1.0)));
const k_real A_iS = K_SUB(K_R(1.0), A_iF);
const k_real i_n = K_FMA(A_iS, iS, K_MUL(A_iF, iF));
const k_real i_p = K_FMA(A_iS, iSp, K_MUL(A_iF, iFp));
const k_real i_to = K_MUL(
    K_MUL(K_SELECT(is_m, K_RATIO(8.0, 1e2),
                   K_SELECT(is_epi, K_RATIO(8.0, 1e2), K_RATIO(2.0, 1e2))),
          w_K),
    K_FMA(K_MUL(fp, ap), i_p, K_MUL(K_MUL(fn, a), i_n)));

/* the L-type calcium channel: ICaL, ICaNa, ICaK */
const k_real d_inf = K_DIV(
    K_R(1.0),
    K_FMA(K_NUMBER(0.39398514226669484, -9.9778731e-9),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.2364066193853428, 4.9318264e-9))),
          K_R(1.0)));
const k_real d_d = K_FMA(K_NUMBER(3.525421487365382, 1.0636868e-7),
                         K_EXP_BOUNDED(K_MUL(K_RATIO(9.0, 1e2), V)),
                         K_MUL(K_NUMBER(0.7408182206817179, 1.8186143e-8),
                               K_EXP_BOUNDED(K_MUL(K_RATIO(-5.0, 1e2), V))));
const k_real d_rate = K_DIV(d_d, K_FMA(K_RATIO(6.0, 1e1), d_d, K_R(1.0)));
const k_real f_inf = K_DIV(
    K_R(1.0),
    K_FMA(K_NUMBER(199.86038496778568, 2.8877075e-6),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.27056277056277056, 2.5802877e-9))),
          K_R(1.0)));
const k_real e_10 = K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.1, -1.4901161e-9)));
const k_real ff_d =
    K_FMA(K_NUMBER(0.03325075244518792, -3.9127791e-10), e_10,
          K_DIV(K_NUMBER(0.0006090087745647571, 4.5943699e-12), e_10));
const k_real ff_rate = K_DIV(ff_d, K_FMA(K_R(7.0), ff_d, K_R(1.0)));
const k_real fs_d =
    K_FMA(K_NUMBER(8.053415618124887e-05, 1.0499312e-12),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.16666666666666666, -4.9670537e-9))),
          K_MUL(K_NUMBER(1.0027667890106653e-05, 4.0440527e-13),
                K_EXP_BOUNDED(K_MUL(V, K_R(-0.25)))));
const k_real fs_rate = K_DIV(fs_d, K_FMA(K_R(1000.0), fs_d, K_R(1.0)));
const k_real e_7 =
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.14285714285714285, -6.3862119e-9)));
const k_real fcaf_d =
    K_FMA(K_NUMBER(0.022588724880310367, 6.0984738e-10), e_7,
          K_DIV(K_NUMBER(0.0708317980974062, 8.0381204e-11), e_7));
const k_real fcaf_rate = K_DIV(fcaf_d, K_FMA(K_R(7.0), fcaf_d, K_R(1.0)));
const k_real fcas_d =
    K_FMA(K_RATIO(12.0, 1e5), e_7,
          K_MUL(K_RATIO(12.0, 1e5),
                K_EXP_BOUNDED(
                    K_MUL(V, K_NUMBER(-0.3333333333333333, 9.9341075e-9)))));
const k_real fcas_rate = K_DIV(fcas_d, K_FMA(K_R(100.0), fcas_d, K_R(1.0)));
const k_real A_f = K_ADD(
    K_RATIO(3.0, 1e1),
    K_DIV(K_RATIO(6.0, 1e1),
          K_FMA(K_NUMBER(0.36787944117144233, -9.1497552e-9), e_10, K_R(1.0))));
const k_real A_s = K_SUB(K_R(1.0), A_f);
const k_real f_n = K_FMA(K_RATIO(4.0, 1e1), fs, K_MUL(K_RATIO(6.0, 1e1), ff));
const k_real f_p = K_FMA(K_RATIO(4.0, 1e1), fs, K_MUL(K_RATIO(6.0, 1e1), ffp));
const k_real fca_n = K_FMA(A_s, fcas, K_MUL(A_f, fcaf));
const k_real fca_p = K_FMA(A_s, fcas, K_MUL(A_f, fcafp));
const k_real n_q = K_ADD(K_R(1.0), K_DIV(K_RATIO(2.0, 1e3), Cass));
const k_real n_q2 = K_MUL(n_q, n_q);
const k_real nca_inf =
    K_DIV(K_R(1000.0), K_FMA(K_MUL(n_q2, n_q2), jca, K_R(1000.0)));
const k_real s_2_x = K_AWAY_FROM_0(K_MUL(K_R(2.0), x));
const k_real s_2_m = K_EXPM1_BOUNDED(s_2_x);
const k_real s_2 = K_DIV(s_2_x, s_2_m);
const k_real s_1_x = K_AWAY_FROM_0(x);
const k_real s_1_m = K_EXPM1_BOUNDED(s_1_x);
const k_real s_1 = K_DIV(s_1_x, s_1_m);
const k_real e_1 = K_ADD(s_1_m, K_R(1.0));
const k_real e_2 = K_ADD(s_2_m, K_R(1.0));
const k_real Phi_Ca = K_MUL(K_MUL(K_R(192970.0), s_2),
                            K_FMA(Cass, e_2, K_NUMBER(-0.6138, -1.077652e-8)));
const k_real Phi_Na =
    K_MUL(K_MUL(K_R(72363.75), s_1), K_FMA(Nass, e_1, K_R(-140.0)));
const k_real Phi_K =
    K_MUL(K_MUL(K_R(72363.75), s_1), K_FMA(Kss, e_1, K_RATIO(-54.0, 1e1)));
const k_real g_n =
    K_MUL(d, K_FMA(K_MUL(jca, fca_n), nca, K_MUL(f_n, K_SUB(K_R(1.0), nca))));
const k_real g_p =
    K_MUL(d, K_FMA(K_MUL(jca, fca_p), nca, K_MUL(f_p, K_SUB(K_R(1.0), nca))));
const k_real P_g =
    K_MUL(K_SELECT(is_m, K_RATIO(25.0, 1e5),
                   K_SELECT(is_epi, K_RATIO(12.0, 1e5), K_RATIO(1.0, 1e4))),
          K_FMA(K_MUL(K_RATIO(11.0, 1e1), fp), g_p, K_MUL(fn, g_n)));
const k_real i_CaL = K_MUL(P_g, Phi_Ca);
const k_real i_CaNa = K_MUL(K_MUL(K_RATIO(125.0, 1e5), P_g), Phi_Na);
const k_real i_CaK = K_MUL(K_MUL(K_RATIO(3574.0, 1e7), P_g), Phi_K);

/* IKr, IKs, IK1 */
const k_real xr_inf =
    K_DIV(K_R(1.0), K_FMA(K_NUMBER(0.292873088723775, 4.1786395e-9),
                          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.14729709824716453,
                                                          9.8550911e-10))),
                          K_R(1.0)));
const k_real xrf_d = K_FMA(
    K_NUMBER(0.0004299296089192908, -3.5179723e-12),
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.04906771344455348, -1.242982e-10))),
    K_MUL(
        K_NUMBER(0.00010202393128948931, 2.5140372e-12),
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.25846471956577927, -4.2596754e-9)))));
const k_real xrf_rate =
    K_DIV(xrf_d, K_FMA(K_RATIO(1298.0, 1e2), xrf_d, K_R(1.0)));
const k_real xrs_d = K_FMA(
    K_NUMBER(3.549966111802464e-05, -1.6540292e-12),
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.03855050115651504, -1.3298453e-9))),
    K_MUL(
        K_NUMBER(0.0005922420036809397, 8.6443376e-12),
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.13596193065941536, -4.2647103e-9)))));
const k_real xrs_rate =
    K_DIV(xrs_d, K_FMA(K_RATIO(1865.0, 1e3), xrs_d, K_R(1.0)));
const k_real A_xr = K_DIV(
    K_R(1.0),
    K_FMA(K_NUMBER(4.197299094734718, 9.1133644e-8),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.02617115938236064, 3.83156e-10))),
          K_R(1.0)));
const k_real xr = K_FMA(K_SUB(K_R(1.0), A_xr), xrs, K_MUL(A_xr, xrf));
const k_real r_Kr = K_MUL(
    K_FMA(
        K_NUMBER(2.0820090840784555, 7.006312e-9),
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.013333333333333334, -3.2285849e-10))),
        K_R(1.0)),
    K_FMA(K_NUMBER(0.7165313105737893, -2.5733736e-8),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.03333333333333333, -1.7384688e-9))),
          K_R(1.0)));
const k_real i_Kr =
    K_DIV(K_MUL(K_MUL(K_SELECT(is_m, K_RATIO(368.0, 1e4),
                               K_SELECT(is_epi, K_RATIO(598.0, 1e4),
                                        K_RATIO(46.0, 1e3))),
                      xr),
                w_K),
          r_Kr);
const k_real xs_inf =
    K_DIV(K_R(1.0), K_FMA(K_NUMBER(0.2728859603565652, 1.1936994e-8),
                          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.11195700850873265,
                                                          -2.3522881e-9))),
                          K_R(1.0)));
const k_real xs1_d = K_FMA(
    K_NUMBER(0.000518480908358166, 1.0477075e-11),
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.004347826086956522, -1.984122e-10))),
    K_MUL(
        K_NUMBER(0.0035040677630748585, 1.0369681e-10),
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.056179775280898875, -1.506859e-9)))));
const k_real xs1_rate =
    K_DIV(xs1_d, K_FMA(K_RATIO(8173.0, 1e1), xs1_d, K_R(1.0)));
const k_real xs2_rate = K_FMA(
    K_NUMBER(0.0022561357010639103, 1.1969248e-11),
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.03225806451612903, -9.6136524e-10))),
    K_MUL(K_NUMBER(0.000820849986238988, 2.2309484e-11),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.05, -7.4505806e-10)))));
const k_real KsCa = K_ADD(
    K_R(1.0),
    K_DIV(K_RATIO(6.0, 1e1),
          K_ADD(K_R(1.0), K_EXP_BOUNDED(K_FMA(
                              K_RATIO(-14.0, 1e1), K_LOG(Cai),
                              K_NUMBER(-14.249094157533044, -1.4813363e-7))))));
const k_real w_Ks = K_SUB(V, K_FMA(K_NUMBER(-26.712338705498265, 6.9574685e-7),
                                   K_LOG(K_FMA(K_RATIO(1833.0, 1e5), Nai, Ki)),
                                   K_NUMBER(55.43364805896051, 9.0319879e-7)));
const k_real i_Ks =
    K_MUL(K_MUL(K_MUL(K_MUL(K_SELECT(is_epi,
                                     K_SELECT(is_m, K_RATIO(34.0, 1e4),
                                              K_RATIO(476.0, 1e5)),
                                     K_RATIO(34.0, 1e4)),
                            KsCa),
                      xs1),
                xs2),
          w_Ks);
const k_real xk1_inf = K_DIV(
    K_R(1.0),
    K_FMA(K_NUMBER(2.5181190939007414e-06, -2.3766342e-14),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.08139888874237089, 6.800458e-10))),
          K_R(1.0)));
const k_real xk1_rate = K_FMA(
    K_NUMBER(0.24904785249794617, 6.8959106e-9),
    K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.014423770373575652, -4.5645956e-10))),
    K_MUL(
        K_NUMBER(1.5836340123887278e-05, 9.7888627e-14),
        K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.04911591355599214, 1.2954349e-9)))));
const k_real i_K1 = K_DIV(
    K_MUL(
        K_MUL(K_SELECT(is_m, K_NUMBER(0.5763928735159726, -1.5506855e-8),
                       K_SELECT(is_epi,
                                K_NUMBER(0.5320549601685901, -5.5910155e-10),
                                K_NUMBER(0.44337913347382507, -4.6591796e-10))),
              xk1),
        w_K),
    K_FMA(K_NUMBER(15773.234058974074, -3.1602593e-4),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(0.10534077741493732, -1.4127299e-9))),
          K_R(1.0)));

/* INaCa of the cytosol and, _s, of the subspace */
const k_real hca = K_EXP_BOUNDED(K_MUL(K_RATIO(167.0, 1e3), x));
const k_real inverse_hca = K_DIV(K_R(1.0), hca);
const k_real hna = K_EXP_BOUNDED(K_MUL(K_RATIO(5224.0, 1e4), x));
const k_real n_o =
    K_DIV(K_R(1.0), K_FMA(K_NUMBER(1.5887426236949613, 9.902542e-9),
                          K_ADD(hna, K_R(1.0)), hna));
const k_real n_k3 = K_MUL(K_MUL(K_R(60000.0), hna), n_o);
const k_real n_k3pp = K_MUL(K_NUMBER(7943.713118474807, 2.2784981e-4), n_o);
const k_real k3 = K_ADD(n_k3, n_k3pp);
const k_real n_k8 = K_MUL(K_NUMBER(87665.04752916245, 6.5416245e-4), n_o);
const k_real k23 = K_ADD(k3, K_R(5000.0));
const k_real k18 = K_ADD(K_NUMBER(9501.466275659825, 4.5534732e-4), n_k8);
const k_real k13 = K_MUL(K_NUMBER(9501.466275659825, 4.5534732e-4), k3);
const k_real k35 = K_MUL(K_R(5000.0), k3);
const k_real f_NaCa = K_SELECT(is_m, K_RATIO(14.0, 1e1),
                               K_SELECT(is_epi, K_RATIO(11.0, 1e1), K_R(1.0)));

const k_real n_1 =
    K_FMA(K_MUL(Nai, K_NUMBER(0.011348161597821153, -2.4857815e-10)),
          K_ADD(K_R(1.0), hna), K_R(1.0));
const k_real n_over = K_DIV(K_R(1.0), n_1);
const k_real n_2 = K_MUL(
    K_MUL(K_MUL(Nai, K_NUMBER(0.011348161597821153, -2.4857815e-10)), hna),
    n_over);
const k_real n_4 = K_DIV(
    K_R(1.0), K_FMA(K_MUL(Nai, K_NUMBER(0.06666666666666667, -3.4769376e-9)),
                    K_FMA(K_RATIO(2.0, 1e1), Nai, K_R(1.0)), K_R(1.0)));
const k_real n_k4p = K_MUL(K_MUL(n_over, K_R(60000.0)), inverse_hca);
const k_real n_k4pp = K_MUL(K_R(5000.0), n_2);
const k_real n_k4 = K_ADD(n_k4p, n_k4pp);
const k_real n_k6 = K_MUL(K_MUL(K_R(1500000.0), n_4), Cai);
const k_real n_k7 = K_MUL(K_MUL(K_MUL(K_MUL(K_R(800.0), Nai), Nai), n_4), n_2);
const k_real n_67 = K_ADD(n_k7, n_k6);
const k_real n_45 = K_ADD(n_k4, K_R(5000.0));
const k_real n_x1 =
    K_FMA(K_MUL(K_R(5000.0), n_k7), k23, K_MUL(K_MUL(K_R(5000.0), n_k4), n_67));
const k_real n_x2 =
    K_FMA(K_MUL(n_k4, n_k6), k18,
          K_MUL(K_MUL(K_NUMBER(9501.466275659825, 4.5534732e-4), n_k7), n_45));
const k_real n_x3 = K_FMA(K_MUL(n_k8, n_k6), k23, K_MUL(k13, n_67));
const k_real n_x4 = K_FMA(k35, k18, K_MUL(K_MUL(K_R(5000.0), n_k8), n_45));
const k_real n_all = K_ADD(K_ADD(K_ADD(n_x1, n_x2), n_x3), n_x4);
const k_real n_Na = K_FMA(K_R(3.0), K_FMA(K_NEG(n_x1), n_k8, K_MUL(n_x4, n_k7)),
                          K_FMA(K_NEG(n_x2), n_k3pp, K_MUL(n_x3, n_k4pp)));
const k_real n_Ca = K_FMA(K_NUMBER(-9501.466275659825, -4.5534732e-4), n_x1,
                          K_MUL(K_R(5000.0), n_x2));
const k_real n_c = K_MUL(Cai, Cai);
const k_real i_NaCa =
    K_DIV(K_MUL(K_MUL(K_MUL(K_NUMBER(0.00064, 1.616776e-11), f_NaCa), n_c),
                K_FMA(K_R(2.0), n_Ca, n_Na)),
          K_MUL(K_ADD(n_c, K_NUMBER(2.25e-08, -8.5301508e-17)), n_all));

const k_real n_1_s =
    K_FMA(K_MUL(Nass, K_NUMBER(0.011348161597821153, -2.4857815e-10)),
          K_ADD(K_R(1.0), hna), K_R(1.0));
const k_real n_over_s = K_DIV(K_R(1.0), n_1_s);
const k_real n_2_s = K_MUL(
    K_MUL(K_MUL(Nass, K_NUMBER(0.011348161597821153, -2.4857815e-10)), hna),
    n_over_s);
const k_real n_4_s = K_DIV(
    K_R(1.0), K_FMA(K_MUL(Nass, K_NUMBER(0.06666666666666667, -3.4769376e-9)),
                    K_FMA(K_RATIO(2.0, 1e1), Nass, K_R(1.0)), K_R(1.0)));
const k_real n_k4p_s = K_MUL(K_MUL(n_over_s, K_R(60000.0)), inverse_hca);
const k_real n_k4pp_s = K_MUL(K_R(5000.0), n_2_s);
const k_real n_k4_s = K_ADD(n_k4p_s, n_k4pp_s);
const k_real n_k6_s = K_MUL(K_MUL(K_R(1500000.0), n_4_s), Cass);
const k_real n_k7_s =
    K_MUL(K_MUL(K_MUL(K_MUL(K_R(800.0), Nass), Nass), n_4_s), n_2_s);
const k_real n_67_s = K_ADD(n_k7_s, n_k6_s);
const k_real n_45_s = K_ADD(n_k4_s, K_R(5000.0));
const k_real n_x1_s = K_FMA(K_MUL(K_R(5000.0), n_k7_s), k23,
                            K_MUL(K_MUL(K_R(5000.0), n_k4_s), n_67_s));
const k_real n_x2_s = K_FMA(
    K_MUL(n_k4_s, n_k6_s), k18,
    K_MUL(K_MUL(K_NUMBER(9501.466275659825, 4.5534732e-4), n_k7_s), n_45_s));
const k_real n_x3_s = K_FMA(K_MUL(n_k8, n_k6_s), k23, K_MUL(k13, n_67_s));
const k_real n_x4_s = K_FMA(k35, k18, K_MUL(K_MUL(K_R(5000.0), n_k8), n_45_s));
const k_real n_all_s = K_ADD(K_ADD(K_ADD(n_x1_s, n_x2_s), n_x3_s), n_x4_s);
const k_real n_Na_s =
    K_FMA(K_R(3.0), K_FMA(K_NEG(n_x1_s), n_k8, K_MUL(n_x4_s, n_k7_s)),
          K_FMA(K_NEG(n_x2_s), n_k3pp, K_MUL(n_x3_s, n_k4pp_s)));
const k_real n_Ca_s = K_FMA(K_NUMBER(-9501.466275659825, -4.5534732e-4), n_x1_s,
                            K_MUL(K_R(5000.0), n_x2_s));
const k_real n_c_s = K_MUL(Cass, Cass);
const k_real i_NaCa_s =
    K_DIV(K_MUL(K_MUL(K_MUL(K_NUMBER(0.00016, 4.04194e-12), f_NaCa), n_c_s),
                K_FMA(K_R(2.0), n_Ca_s, n_Na_s)),
          K_MUL(K_ADD(n_c_s, K_NUMBER(2.25e-08, -8.5301508e-17)), n_all_s));

/* INaK */
const k_real p_Na = K_MUL(
    K_MUL(Nai, K_NUMBER(0.11021712774165106, 3.5179419e-9)),
    K_EXP_BOUNDED(K_MUL(K_NUMBER(0.051666666666666666, 8.4439913e-10), x)));
const k_real p_Nao =
    K_MUL(K_NUMBER(5.0395968322534195, -2.0220093e-7),
          K_EXP_BOUNDED(K_MUL(K_NUMBER(-0.385, -9.5367432e-9), x)));
const k_real p_K = K_MUL(K_R(2.0), Ki);
const k_real p_K2 = K_MUL(p_K, p_K);
const k_real p_1 = K_ADD(K_R(1.0), p_Na);
const k_real p_o = K_ADD(K_R(1.0), p_Nao);
const k_real p_K1 = K_ADD(K_R(1.0), p_K);
const k_real p_i =
    K_DIV(K_R(1.0), K_FMA(K_MUL(p_1, p_1), p_1, K_FMA(p_K1, p_K1, K_R(-1.0))));
const k_real p_e =
    K_DIV(K_R(1.0), K_FMA(K_MUL(p_o, p_o), p_o,
                          K_NUMBER(257.4177419762127, -1.315074e-5)));
const k_real a1 = K_MUL(K_MUL(K_MUL(K_MUL(K_R(949.5), p_Na), p_Na), p_Na), p_i);
const k_real b2 =
    K_MUL(K_MUL(K_MUL(K_MUL(K_RATIO(394.0, 1e1), p_Nao), p_Nao), p_Nao), p_e);
const k_real a3 = K_MUL(K_NUMBER(431580.0106057928, 1.0605793e-2), p_e);
const k_real P_free =
    K_DIV(K_RATIO(42.0, 1e1),
          K_FMA(Ki, K_NUMBER(0.003424657534246575, 2.5515687e-11),
                K_FMA(Nai, K_NUMBER(0.004464285714285714, -1.9956912e-10),
                      K_NUMBER(1.5889281507656066, 4.7318646e-8))));
const k_real b3 =
    K_MUL(K_NUMBER(1.3739938537444738e-10, 1.8370408e-18), P_free);
const k_real b4 = K_MUL(K_MUL(K_R(40.0), p_K2), p_i);
const k_real a12 = K_MUL(K_NUMBER(687.2, -1.2207031e-5), a1);
const k_real y_1 =
    K_FMA(b3, a12,
          K_FMA(K_MUL(K_NUMBER(687.2, -1.2207031e-5), b4), b3,
                K_FMA(K_MUL(b2, b4), b3,
                      K_MUL(K_NUMBER(638.9999889283471, -1.1071653e-5), a12))));
const k_real y_2 = K_FMA(
    K_MUL(K_NUMBER(687.2, -1.2207031e-5), a3), b4,
    K_FMA(K_MUL(K_NUMBER(9.12, 1.1444092e-7), a3), b4,
          K_FMA(a12, a3, K_MUL(K_MUL(K_NUMBER(9.12, 1.1444092e-7), b2), b4))));
const k_real y_3 =
    K_FMA(K_NUMBER(5827.679899026526, 2.1152653e-4), a3,
          K_FMA(K_NUMBER(5827.679899026526, 2.1152653e-4), b2,
                K_FMA(K_MUL(K_NUMBER(9.12, 1.1444092e-7), b3), b2,
                      K_MUL(K_NUMBER(439120.79239156016, 1.114156e-2), a3))));
const k_real y_4 =
    K_FMA(K_MUL(b3, b2), a1,
          K_FMA(K_MUL(K_NUMBER(638.9999889283471, -1.1071653e-5), b2), a1,
                K_FMA(K_MUL(K_NUMBER(638.9999889283471, -1.1071653e-5), a3), a1,
                      K_MUL(K_MUL(b4, b3), b2))));
const k_real y_all = K_ADD(K_ADD(K_ADD(y_1, y_2), y_3), y_4);
const k_real J_Na = K_MUL(K_R(3.0), K_FMA(K_NEG(y_2), b3, K_MUL(y_1, a3)));
const k_real J_K = K_MUL(
    K_R(2.0), K_FMA(K_NEG(y_3), a1, K_MUL(K_NUMBER(9.12, 1.1444092e-7), y_4)));
const k_real i_NaK = K_DIV(
    K_MUL(K_SELECT(is_m, K_R(21.0), K_SELECT(is_epi, K_R(27.0), K_R(30.0))),
          K_ADD(J_Na, J_K)),
    y_all);

/* background currents, the calcium pump */
const k_real i_Kb = K_DIV(
    K_MUL(K_SELECT(is_epi,
                   K_SELECT(is_m, K_RATIO(3.0, 1e3), K_RATIO(18.0, 1e4)),
                   K_RATIO(3.0, 1e3)),
          w_K),
    K_FMA(K_NUMBER(2.2023634509492385, -4.0109111e-8),
          K_EXP_BOUNDED(K_MUL(V, K_NUMBER(-0.05452562704471101, 1.6412402e-9))),
          K_R(1.0)));
const k_real i_Nab = K_MUL(K_MUL(K_NUMBER(3.6181875e-05, 2.5214627e-13), s_1),
                           K_FMA(Nai, e_1, K_R(-140.0)));
const k_real i_Cab = K_MUL(K_MUL(K_NUMBER(0.00482425, -5.1856041e-12), s_2),
                           K_FMA(Cai, e_2, K_NUMBER(-0.6138, -1.077652e-8)));
const k_real i_pCa =
    K_DIV(K_MUL(K_RATIO(5.0, 1e4), Cai), K_ADD(K_RATIO(5.0, 1e4), Cai));
