/* SPDX-License-Identifier: BSD-3-Clause */
/* Heart cells: a hundred of them, in arrays of this program, paced once under
 * FP64 and under FP32 with compensated states, and what that costs.
 *
 * A cell-step in FP32 is cheaper, and on most GPUs very much so, but the
 * changes of concentrations in a step of 0.01 ms are lost in FP32; kept as
 * pairs they are not. Build: cc 70_cells.c $(pkg-config --cflags --libs sunzi)
 * -lm */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunzi/sunzi.h>

enum { CELLS = 100, STRIDE = 112 + 16, STATES_MOST = 64 };

/* One beat of 400 ms; values = the states of cell 17 at its end. */
static sunzi_status one_beat(sunzi_policy policy, double *values)
{
    const double dt = 0.01; /* ms */
    sunzi_cells cells;
    sunzi_status status;
    sunzi_cells_init(&cells);
    status = sunzi_cell_model_find("ten-tusscher-2006-epi", &cells.model,
                                   &cells.variant);
    if (status < 0)
        return status;
    cells.policy = policy;
    cells.count = CELLS;
    cells.stride = STRIDE;
    /* state s of cell i at [s * STRIDE + i]; twice that for pairs */
    cells.states = malloc((size_t)STRIDE * STATES_MOST *
                          sunzi_policy_element_bytes(policy) *
                          (size_t)sunzi_policy_planes(policy));
    if (!cells.states)
        return SUNZI_ERR_NOMEM;
    status = sunzi_cell_reset(&cells);
    cells.current = 52; /* pA/pF into all cells, for 1 ms */
    cells.current_last = CELLS;
    if (status == SUNZI_OK)
        status = sunzi_cell_step(NULL, &cells, dt, 100, NULL);
    cells.current = 0;
    if (status == SUNZI_OK)
        status = sunzi_cell_step(NULL, &cells, dt, 39900, NULL);
    if (status == SUNZI_OK)
        status = sunzi_cell_get(&cells, 17, values);
    free(cells.states);
    return status;
}

int main(void)
{
    static const sunzi_policy policies[] = {
        SUNZI_POLICY_FP64, SUNZI_POLICY_FP32, SUNZI_POLICY_FP32C};
    double y[3][STATES_MOST];
    const sunzi_cell_model *model = NULL;
    for (int p = 0; p < 3; p++)
        if (one_beat(policies[p], y[p]) < 0) {
            fprintf(stderr, "%s\n", sunzi_last_message());
            return 1;
        }
    if (sunzi_cell_model_find("ten-tusscher-2006", &model, NULL) < 0)
        return 1;
    printf("after 400 ms %17s %12s %12s\n", "fp64", "fp32", "fp32c");
    for (int s = 0; s < sunzi_cell_model_states(model); s++)
        printf("%-8s [%2s] %18.9g %+12.1e %+12.1e\n",
               sunzi_cell_state_name(model, s), sunzi_cell_state_unit(model, s),
               y[0][s], y[1][s] - y[0][s], y[2][s] - y[0][s]);
    return fabs(y[2][18] - y[0][18]) < 1e-6 * y[0][18] ? 0 : 1;
}
