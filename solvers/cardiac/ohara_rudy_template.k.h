/* SPDX-License-Identifier: BSD-3-Clause */
/* The human ventricular cell of O'Hara, Virag, Varro and Rudy, PLoS Comput.
 * Biol. 7 (2011) e1002061: equations and constants of its supplement (text S1,
 * pages 5 to 18). types: 0 endo, 1 epi, 2 M. Where the currents of
 * Goldman-Hodgkin-Katz have 0/0 at V = 0 their limit is taken.
 * solvers/cardiac/ohara_rudy.k.h includes this once for each policy. */

K_FN void K_T(ohara_rudy_advance)(K_GLOBAL k_element *y,
                                  K_GLOBAL const k_element *at, int i,
                                  int stride, int plane, k_real dt,
                                  k_real stimulus, k_real type)
{
    const k_i64 row = stride;
    const k_state V_ = K_LOAD(y, i, plane);
    const k_state Nai_ = K_LOAD(y + row, i, plane);
    const k_state Nass_ = K_LOAD(y + 2 * row, i, plane);
    const k_state Ki_ = K_LOAD(y + 3 * row, i, plane);
    const k_state Kss_ = K_LOAD(y + 4 * row, i, plane);
    const k_state Cai_ = K_LOAD(y + 5 * row, i, plane);
    const k_state Cass_ = K_LOAD(y + 6 * row, i, plane);
    const k_state Cansr_ = K_LOAD(y + 7 * row, i, plane);
    const k_state Cajsr_ = K_LOAD(y + 8 * row, i, plane);
    const k_state m_ = K_LOAD(y + 9 * row, i, plane);
    const k_state hf_ = K_LOAD(y + 10 * row, i, plane);
    const k_state hs_ = K_LOAD(y + 11 * row, i, plane);
    const k_state j_ = K_LOAD(y + 12 * row, i, plane);
    const k_state hsp_ = K_LOAD(y + 13 * row, i, plane);
    const k_state jp_ = K_LOAD(y + 14 * row, i, plane);
    const k_state mL_ = K_LOAD(y + 15 * row, i, plane);
    const k_state hL_ = K_LOAD(y + 16 * row, i, plane);
    const k_state hLp_ = K_LOAD(y + 17 * row, i, plane);
    const k_state a_ = K_LOAD(y + 18 * row, i, plane);
    const k_state iF_ = K_LOAD(y + 19 * row, i, plane);
    const k_state iS_ = K_LOAD(y + 20 * row, i, plane);
    const k_state ap_ = K_LOAD(y + 21 * row, i, plane);
    const k_state iFp_ = K_LOAD(y + 22 * row, i, plane);
    const k_state iSp_ = K_LOAD(y + 23 * row, i, plane);
    const k_state d_ = K_LOAD(y + 24 * row, i, plane);
    const k_state ff_ = K_LOAD(y + 25 * row, i, plane);
    const k_state fs_ = K_LOAD(y + 26 * row, i, plane);
    const k_state fcaf_ = K_LOAD(y + 27 * row, i, plane);
    const k_state fcas_ = K_LOAD(y + 28 * row, i, plane);
    const k_state jca_ = K_LOAD(y + 29 * row, i, plane);
    const k_state nca_ = K_LOAD(y + 30 * row, i, plane);
    const k_state ffp_ = K_LOAD(y + 31 * row, i, plane);
    const k_state fcafp_ = K_LOAD(y + 32 * row, i, plane);
    const k_state xrf_ = K_LOAD(y + 33 * row, i, plane);
    const k_state xrs_ = K_LOAD(y + 34 * row, i, plane);
    const k_state xs1_ = K_LOAD(y + 35 * row, i, plane);
    const k_state xs2_ = K_LOAD(y + 36 * row, i, plane);
    const k_state xk1_ = K_LOAD(y + 37 * row, i, plane);
    const k_state Jrelnp_ = K_LOAD(y + 38 * row, i, plane);
    const k_state Jrelp_ = K_LOAD(y + 39 * row, i, plane);
    const k_state CaMKt_ = K_LOAD(y + 40 * row, i, plane);
    const k_real V = K_VALUE(K_LOAD(at, i, plane));
    const k_real Nai = K_VALUE(K_LOAD(at + row, i, plane));
    const k_real Nass = K_VALUE(K_LOAD(at + 2 * row, i, plane));
    const k_real Ki = K_VALUE(K_LOAD(at + 3 * row, i, plane));
    const k_real Kss = K_VALUE(K_LOAD(at + 4 * row, i, plane));
    const k_real Cai = K_VALUE(K_LOAD(at + 5 * row, i, plane));
    const k_real Cass = K_VALUE(K_LOAD(at + 6 * row, i, plane));
    const k_real Cansr = K_VALUE(K_LOAD(at + 7 * row, i, plane));
    const k_real Cajsr = K_VALUE(K_LOAD(at + 8 * row, i, plane));
    const k_real m = K_VALUE(K_LOAD(at + 9 * row, i, plane));
    const k_real hf = K_VALUE(K_LOAD(at + 10 * row, i, plane));
    const k_real hs = K_VALUE(K_LOAD(at + 11 * row, i, plane));
    const k_real j = K_VALUE(K_LOAD(at + 12 * row, i, plane));
    const k_real hsp = K_VALUE(K_LOAD(at + 13 * row, i, plane));
    const k_real jp = K_VALUE(K_LOAD(at + 14 * row, i, plane));
    const k_real mL = K_VALUE(K_LOAD(at + 15 * row, i, plane));
    const k_real hL = K_VALUE(K_LOAD(at + 16 * row, i, plane));
    const k_real hLp = K_VALUE(K_LOAD(at + 17 * row, i, plane));
    const k_real a = K_VALUE(K_LOAD(at + 18 * row, i, plane));
    const k_real iF = K_VALUE(K_LOAD(at + 19 * row, i, plane));
    const k_real iS = K_VALUE(K_LOAD(at + 20 * row, i, plane));
    const k_real ap = K_VALUE(K_LOAD(at + 21 * row, i, plane));
    const k_real iFp = K_VALUE(K_LOAD(at + 22 * row, i, plane));
    const k_real iSp = K_VALUE(K_LOAD(at + 23 * row, i, plane));
    const k_real d = K_VALUE(K_LOAD(at + 24 * row, i, plane));
    const k_real ff = K_VALUE(K_LOAD(at + 25 * row, i, plane));
    const k_real fs = K_VALUE(K_LOAD(at + 26 * row, i, plane));
    const k_real fcaf = K_VALUE(K_LOAD(at + 27 * row, i, plane));
    const k_real fcas = K_VALUE(K_LOAD(at + 28 * row, i, plane));
    const k_real jca = K_VALUE(K_LOAD(at + 29 * row, i, plane));
    const k_real nca = K_VALUE(K_LOAD(at + 30 * row, i, plane));
    const k_real ffp = K_VALUE(K_LOAD(at + 31 * row, i, plane));
    const k_real fcafp = K_VALUE(K_LOAD(at + 32 * row, i, plane));
    const k_real xrf = K_VALUE(K_LOAD(at + 33 * row, i, plane));
    const k_real xrs = K_VALUE(K_LOAD(at + 34 * row, i, plane));
    const k_real xs1 = K_VALUE(K_LOAD(at + 35 * row, i, plane));
    const k_real xs2 = K_VALUE(K_LOAD(at + 36 * row, i, plane));
    const k_real xk1 = K_VALUE(K_LOAD(at + 37 * row, i, plane));
    const k_real Jrelnp = K_VALUE(K_LOAD(at + 38 * row, i, plane));
    const k_real Jrelp = K_VALUE(K_LOAD(at + 39 * row, i, plane));
    const k_real CaMKt = K_VALUE(K_LOAD(at + 40 * row, i, plane));
    const int is_epi = K_LESS(K_R(0.5), type);
    const int is_m = K_LESS(K_R(1.5), type);
    const k_real x = K_MUL(V, K_NUMBER(0.037435883507802616, 1.7143036e-9));

    /* calmodulin kinase; fp the fraction of channels that it phosphorylated */
    const k_real CaMK_b =
        K_DIV(K_MUL(K_MUL(K_RATIO(5.0, 1e2), K_SUB(K_R(1.0), CaMKt)), Cass),
              K_ADD(Cass, K_RATIO(15.0, 1e4)));
    const k_real CaMK_a = K_ADD(CaMK_b, CaMKt);
    const k_real fp = K_DIV(CaMK_a, K_ADD(CaMK_a, K_RATIO(15.0, 1e2)));
    const k_real fn = K_SUB(K_R(1.0), fp);

#include "solvers/cardiac/ohara_rudy_currents_template.k.h"

    /* calcium of the stores */
    const k_real S_2 = K_MUL(Cajsr, Cajsr);
    const k_real S_4 = K_MUL(S_2, S_2);
    const k_real S_8 = K_MUL(S_4, S_4);
    const k_real rel_inf = K_DIV(
        K_MUL(K_MUL(K_SELECT(is_m, K_RATIO(17.0, 1e1), K_R(1.0)), K_NEG(i_CaL)),
              S_8),
        K_ADD(S_8, K_R(25.62890625)));
    const k_real tau_0 =
        K_DIV(K_MUL(K_R(4.75), Cajsr), K_ADD(Cajsr, K_RATIO(123.0, 1e4)));
    const k_real tau_rel =
        K_SELECT(K_LESS(tau_0, K_RATIO(1.0, 1e3)), K_RATIO(1.0, 1e3), tau_0);
    const k_real tau_1 = K_MUL(K_R(1.25), tau_0);
    const k_real tau_relp =
        K_SELECT(K_LESS(tau_1, K_RATIO(1.0, 1e3)), K_RATIO(1.0, 1e3), tau_1);
    const k_real J_rel = K_FMA(fp, Jrelp, K_MUL(fn, Jrelnp));
    const k_real up = K_MUL(
        K_SELECT(is_epi,
                 K_SELECT(is_m, K_RATIO(4375.0, 1e6), K_RATIO(56875.0, 1e7)),
                 K_RATIO(4375.0, 1e6)),
        Cai);
    const k_real J_up =
        K_FMA(K_RATIO(-2625.0, 1e7), Cansr,
              K_ADD(K_DIV(K_MUL(fn, up), K_ADD(Cai, K_RATIO(92.0, 1e5))),
                    K_DIV(K_MUL(K_MUL(K_R(2.75), fp), up),
                          K_ADD(Cai, K_RATIO(75.0, 1e5)))));
    const k_real J_tr = K_MUL(K_RATIO(1.0, 1e2), K_SUB(Cansr, Cajsr));
    const k_real J_diffNa = K_MUL(K_R(0.5), K_SUB(Nass, Nai));
    const k_real J_diffK = K_MUL(K_R(0.5), K_SUB(Kss, Ki));
    const k_real J_diff = K_MUL(K_R(5.0), K_SUB(Cass, Cai));
    const k_real B_C = K_ADD(Cai, K_RATIO(238.0, 1e5));
    const k_real B_T = K_ADD(Cai, K_RATIO(5.0, 1e4));
    const k_real B_C2 = K_MUL(B_C, B_C);
    const k_real B_T2 = K_MUL(B_T, B_T);
    const k_real B_CT = K_MUL(B_C2, B_T2);
    const k_real free_i = K_DIV(
        B_CT,
        K_FMA(K_NUMBER(3.5e-05, -9.3481503e-13), B_C2,
              K_FMA(K_SELECT(is_epi,
                             K_SELECT(is_m, K_NUMBER(0.000119, 3.3699907e-12),
                                      K_NUMBER(0.0001547, 7.4300915e-13)),
                             K_NUMBER(0.000119, 3.3699907e-12)),
                    B_T2, B_CT)));
    const k_real B_R = K_ADD(Cass, K_RATIO(87.0, 1e5));
    const k_real B_L = K_ADD(Cass, K_RATIO(87.0, 1e4));
    const k_real B_R2 = K_MUL(B_R, B_R);
    const k_real B_L2 = K_MUL(B_L, B_L);
    const k_real B_RL = K_MUL(B_R2, B_L2);
    const k_real free_ss = K_DIV(
        B_RL, K_FMA(K_NUMBER(0.0097788, -4.2046309e-10), B_R2,
                    K_FMA(K_NUMBER(4.089e-05, -1.4008395e-12), B_L2, B_RL)));
    const k_real B_Q = K_ADD(Cajsr, K_RATIO(8.0, 1e1));
    const k_real B_Q2 = K_MUL(B_Q, B_Q);

    const k_real i_Na_all =
        K_FMA(K_R(3.0), i_NaK,
              K_FMA(K_R(3.0), i_NaCa, K_ADD(K_ADD(i_Na, i_NaL), i_Nab)));
    const k_real i_Na_ss = K_FMA(K_R(3.0), i_NaCa_s, i_CaNa);
    const k_real i_K_all =
        K_SUB(K_FMA(K_R(-2.0), i_NaK,
                    K_ADD(K_ADD(K_ADD(K_ADD(i_to, i_Kr), i_Ks), i_K1), i_Kb)),
              stimulus);
    const k_real i_Ca_all = K_FMA(K_R(-2.0), i_NaCa, K_ADD(i_pCa, i_Cab));
    const k_real i_Ca_ss = K_FMA(K_R(-2.0), i_NaCa_s, i_CaL);

    K_STORE(
        y, i, plane,
        K_INCREMENT(
            V_,
            K_MUL(dt, K_NEG(K_ADD(K_ADD(K_ADD(i_Na_all, i_K_all), i_Ca_all),
                                  K_ADD(K_ADD(i_Na_ss, i_CaK), i_Ca_ss))))));
    K_STORE(y + row, i, plane,
            K_INCREMENT(
                Nai_,
                K_MUL(dt, K_FMA(K_NEG(i_Na_all),
                                K_NUMBER(6.152074288236873e-05, -3.5028443e-12),
                                K_MUL(J_diffNa, K_NUMBER(0.029411764705882353,
                                                         -1.0956736e-10))))));
    K_STORE(y + 2 * row, i, plane,
            K_INCREMENT(Nass_, K_MUL(dt, K_FMA(K_NEG(i_Na_ss),
                                               K_NUMBER(0.002091705258000537,
                                                        -7.5440959e-11),
                                               K_NEG(J_diffNa)))));
    K_STORE(y + 3 * row, i, plane,
            K_INCREMENT(
                Ki_,
                K_MUL(dt, K_FMA(K_NEG(i_K_all),
                                K_NUMBER(6.152074288236873e-05, -3.5028443e-12),
                                K_MUL(J_diffK, K_NUMBER(0.029411764705882353,
                                                        -1.0956736e-10))))));
    K_STORE(y + 4 * row, i, plane,
            K_INCREMENT(Kss_, K_MUL(dt, K_FMA(K_NEG(i_CaK),
                                              K_NUMBER(0.002091705258000537,
                                                       -7.5440959e-11),
                                              K_NEG(J_diffK)))));
    K_STORE(
        y + 5 * row, i, plane,
        K_INCREMENT(
            Cai_,
            K_MUL(dt, K_MUL(free_i,
                            K_FMA(K_NEG(J_up),
                                  K_NUMBER(0.0811764705882353, 3.3483786e-9),
                                  K_FMA(K_NEG(i_Ca_all),
                                        K_NUMBER(3.0760371441184366e-05,
                                                 -1.7514221e-12),
                                        K_MUL(J_diff,
                                              K_NUMBER(0.029411764705882353,
                                                       -1.0956736e-10))))))));
    K_STORE(
        y + 6 * row, i, plane,
        K_INCREMENT(
            Cass_,
            K_MUL(dt,
                  K_MUL(free_ss,
                        K_SUB(K_FMA(K_NEG(i_Ca_ss),
                                    K_NUMBER(0.0010458526290002684,
                                             -3.7720479e-11),
                                    K_MUL(J_rel, K_NUMBER(0.24, 5.364418e-9))),
                              J_diff)))));
    K_STORE(y + 7 * row, i, plane,
            K_INCREMENT(Cansr_, K_MUL(dt, K_FMA(K_NEG(J_tr),
                                                K_NUMBER(0.08695652173913043,
                                                         -1.6196914e-9),
                                                J_up))));
    K_STORE(y + 8 * row, i, plane,
            K_INCREMENT(Cajsr_, K_MUL(dt, K_DIV(K_MUL(K_SUB(J_tr, J_rel), B_Q2),
                                                K_ADD(B_Q2, K_R(8.0))))));
    K_STORE(y + 9 * row, i, plane, K_RELAX(m_, m_inf, K_MUL(dt, m_rate)));
    K_STORE(y + 10 * row, i, plane, K_RELAX(hf_, h_inf, K_MUL(dt, hf_rate)));
    K_STORE(y + 11 * row, i, plane, K_RELAX(hs_, h_inf, K_MUL(dt, hs_rate)));
    K_STORE(y + 12 * row, i, plane, K_RELAX(j_, h_inf, K_MUL(dt, j_rate)));
    K_STORE(y + 13 * row, i, plane,
            K_RELAX(hsp_, hsp_inf,
                    K_MUL(dt, K_MUL(K_NUMBER(0.3333333333333333, -9.9341075e-9),
                                    hs_rate))));
    K_STORE(y + 14 * row, i, plane,
            K_RELAX(jp_, h_inf,
                    K_MUL(dt, K_MUL(K_NUMBER(0.684931506849315, -9.7980238e-9),
                                    j_rate))));
    K_STORE(y + 15 * row, i, plane, K_RELAX(mL_, mL_inf, K_MUL(dt, m_rate)));
    K_STORE(y + 16 * row, i, plane,
            K_RELAX(hL_, hL_inf, K_MUL(dt, K_RATIO(5.0, 1e3))));
    K_STORE(
        y + 17 * row, i, plane,
        K_RELAX(hLp_, hLp_inf,
                K_MUL(dt, K_NUMBER(0.0016666666666666668, -4.0357312e-11))));
    K_STORE(y + 18 * row, i, plane, K_RELAX(a_, a_inf, K_MUL(dt, a_rate)));
    K_STORE(y + 19 * row, i, plane, K_RELAX(iF_, i_inf, K_MUL(dt, iF_rate)));
    K_STORE(y + 20 * row, i, plane, K_RELAX(iS_, i_inf, K_MUL(dt, iS_rate)));
    K_STORE(y + 21 * row, i, plane, K_RELAX(ap_, ap_inf, K_MUL(dt, a_rate)));
    K_STORE(y + 22 * row, i, plane,
            K_RELAX(iFp_, i_inf, K_MUL(dt, K_MUL(slower, iF_rate))));
    K_STORE(y + 23 * row, i, plane,
            K_RELAX(iSp_, i_inf, K_MUL(dt, K_MUL(slower, iS_rate))));
    K_STORE(y + 24 * row, i, plane, K_RELAX(d_, d_inf, K_MUL(dt, d_rate)));
    K_STORE(y + 25 * row, i, plane, K_RELAX(ff_, f_inf, K_MUL(dt, ff_rate)));
    K_STORE(y + 26 * row, i, plane, K_RELAX(fs_, f_inf, K_MUL(dt, fs_rate)));
    K_STORE(y + 27 * row, i, plane,
            K_RELAX(fcaf_, f_inf, K_MUL(dt, fcaf_rate)));
    K_STORE(y + 28 * row, i, plane,
            K_RELAX(fcas_, f_inf, K_MUL(dt, fcas_rate)));
    K_STORE(y + 29 * row, i, plane,
            K_RELAX(jca_, f_inf,
                    K_MUL(dt, K_NUMBER(0.013333333333333334, -3.2285849e-10))));
    K_STORE(y + 30 * row, i, plane, K_RELAX(nca_, nca_inf, K_MUL(dt, jca)));
    K_STORE(y + 31 * row, i, plane,
            K_RELAX(ffp_, f_inf, K_MUL(dt, K_MUL(K_RATIO(4.0, 1e1), ff_rate))));
    K_STORE(
        y + 32 * row, i, plane,
        K_RELAX(fcafp_, f_inf, K_MUL(dt, K_MUL(K_RATIO(4.0, 1e1), fcaf_rate))));
    K_STORE(y + 33 * row, i, plane, K_RELAX(xrf_, xr_inf, K_MUL(dt, xrf_rate)));
    K_STORE(y + 34 * row, i, plane, K_RELAX(xrs_, xr_inf, K_MUL(dt, xrs_rate)));
    K_STORE(y + 35 * row, i, plane, K_RELAX(xs1_, xs_inf, K_MUL(dt, xs1_rate)));
    K_STORE(y + 36 * row, i, plane, K_RELAX(xs2_, xs_inf, K_MUL(dt, xs2_rate)));
    K_STORE(y + 37 * row, i, plane,
            K_RELAX(xk1_, xk1_inf, K_MUL(dt, xk1_rate)));
    K_STORE(y + 38 * row, i, plane,
            K_RELAX(Jrelnp_, K_MUL(K_R(2.375), rel_inf),
                    K_MUL(dt, K_DIV(K_R(1.0), tau_rel))));
    K_STORE(y + 39 * row, i, plane,
            K_RELAX(Jrelp_, K_MUL(K_R(2.96875), rel_inf),
                    K_MUL(dt, K_DIV(K_R(1.0), tau_relp))));
    K_STORE(y + 40 * row, i, plane,
            K_INCREMENT(CaMKt_,
                        K_MUL(dt, K_FMA(K_RATIO(-68.0, 1e5), CaMKt,
                                        K_MUL(K_MUL(K_RATIO(5.0, 1e2), CaMK_b),
                                              CaMK_a)))));
}

/* one step, rates at its beginning */
K_KERNEL_T(ohara_rudy)
{
    K_EACH (i)
        K_ADVANCE(ohara_rudy, states, i);
}

/* one step, rates those of the states `at` */
K_KERNEL_T(ohara_rudy_from)
{
    K_EACH (i)
        K_ADVANCE(ohara_rudy, at, i);
}
