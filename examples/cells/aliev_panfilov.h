/* SPDX-License-Identifier: BSD-3-Clause */
/* A model of cells for `sunzi cardiac` and sunzi_cell_model_open: R. R. Aliev,
 * A. V. Panfilov, Chaos, Solitons & Fractals 7 (1996) 293, equations 1 to 3 and
 * their constants. V = -80 mV + 100 mV u; the paper's unit of time is 12.9 ms.
 * doc/cell-models.md explains the words. */
#define CELL_MODEL  "aliev-panfilov-1996"
#define CELL_SOURCE "R. R. Aliev, A. V. Panfilov, Chaos Solitons Fractals 7, 293"
#define CELL_STATES(STATE)                                                     \
    STATE(V, "mV", -80.0)                                                      \
    STATE(r, "1", 0.0)

CELL_STEP
{
    CELL_BEGIN
    const k_real u = (V + K_R(80.0)) / K_R(100.0);
    const k_real excite =
        -K_R(8.0) * u * (u - K_R(0.15)) * (u - K_R(1.0)) - u * r;
    const k_real slow = K_R(0.002) + K_R(0.2) * r / (u + K_R(0.3));
    const k_real recover = slow * (-r - K_R(8.0) * u * (u - K_R(1.15)));

    CELL_RATE(V, K_R(100.0) / K_R(12.9) * excite + stimulus);
    CELL_RATE(r, recover / K_R(12.9));
}
