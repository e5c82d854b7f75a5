/* SPDX-License-Identifier: BSD-3-Clause */
/* The words in which a file of the user says what a cell does
 * (<sunzi/cell.h>, sunzi_cell_model_open), beside those of
 * engines/kernel/policy.h. Included once for each policy before that file. */
#ifndef CELL_STEP
/* the function of one step of cell i: y the states, `at` those of the rates */
#define CELL_STEP                                                              \
    enum { CELL_STATES(CELL_NUMBER_) K_T(CELL_COUNT_) };                       \
    K_FN void K_T(cell_file_advance)(                                          \
        K_GLOBAL k_element * y, K_GLOBAL const k_element *at, int i,           \
        int stride, int plane, k_real dt, k_real stimulus, k_real type)

#define CELL_NUMBER_(name, unit, initial) K_T(CELL_NUMBER_##name),
#define CELL_VALUE_(name, unit, initial)                                       \
    const k_real name = K_VALUE(K_LOAD(at + CELL_ROW_(name), i, plane));
#define CELL_ROW_(name) ((k_i64)K_T(CELL_NUMBER_##name) * stride)

/* the values of all states, by their names */
#define CELL_BEGIN                                                             \
    CELL_STATES(CELL_VALUE_)                                                   \
    (void)type;

/* state += dt rate */
#define CELL_RATE(name, rate)                                                  \
    K_STORE(                                                                   \
        y + CELL_ROW_(name), i, plane,                                         \
        K_INCREMENT(K_LOAD(y + CELL_ROW_(name), i, plane), K_MUL(dt, (rate))))

/* the exact step of d gate / dt = (target - gate) / tau */
#define CELL_GATE(name, target, tau)                                           \
    K_STORE(y + CELL_ROW_(name), i, plane,                                     \
            K_RELAX(K_LOAD(y + CELL_ROW_(name), i, plane), (target),           \
                    K_DIV(dt, (tau))))
#endif
