/* SPDX-License-Identifier: BSD-3-Clause */
/* States of cells in arrays on the host, one cell at a time. */
#include <math.h>

#include "engines/kernel/policy_operations.h"
#include "solvers/cardiac/cell_call.h"
#include "solvers/cardiac/cells.h"

double sunzi_cell_value(const sunzi_cell_model *model, sunzi_policy policy,
                        int64_t stride, const void *states, int state,
                        int64_t cell)
{
    const int64_t at = state * stride + cell;
    const int plane = (int)(stride * model->states);
    if (policy == SUNZI_POLICY_FP64)
        return ((const double *)states)[at];
    const float *x = (const float *)states + at;
    if (policy == SUNZI_POLICY_FP32)
        return (double)*x;
    return k_double_of_pair(k_load_fp32c(x, 0, plane));
}

void sunzi_cell_put(const sunzi_cell_model *model, sunzi_policy policy,
                    int64_t stride, void *states, int state, int64_t cell,
                    double value)
{
    const int64_t at = state * stride + cell;
    const int plane = (int)(stride * model->states);
    if (policy == SUNZI_POLICY_FP64)
        ((double *)states)[at] = value;
    else if (policy == SUNZI_POLICY_FP32)
        ((float *)states)[at] = (float)value;
    else
        k_store_fp32c((float *)states + at, 0, plane, k_pair_of_double(value));
}

int sunzi_cell_variant_of(const sunzi_cells *cells, int64_t cell)
{
    if (!cells->types)
        return cells->variant;
    const double type = cells->policy == SUNZI_POLICY_FP64
                            ? ((const double *)cells->types)[cell]
                            : (double)((const float *)cells->types)[cell];
    const int last = cells->model->variants - 1;
    return !(type > 0) ? 0 : type >= last ? last : (int)rint(type);
}

sunzi_status sunzi_cell_reset(sunzi_cells *cells)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_cells_valid("sunzi_cell_reset", cells));
    for (int64_t i = 0; i < cells->count; i++) {
        const double *initial =
            cells->model->variant[sunzi_cell_variant_of(cells, i)].initial;
        for (int s = 0; s < cells->model->states; s++)
            sunzi_cell_put(cells->model, cells->policy, cells->stride,
                           cells->states, s, i, initial[s]);
    }
    cells->time = 0;
done:
    return status;
}

static sunzi_status check_cell(const char *function, const sunzi_cells *cells,
                               int64_t cell, const double *values)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_cells_valid(function, cells));
    if (cell < 0 || cell >= cells->count || !values)
        status =
            sunzi_fail(SUNZI_ERR_ARG,
                       "%s: cell %lld, values %s; pass a cell from 0 to "
                       "%lld and an array",
                       function, (long long)cell, values ? "given" : "NULL",
                       (long long)cells->count - 1);
done:
    return status;
}

sunzi_status sunzi_cell_get(const sunzi_cells *cells, int64_t cell,
                            double *values)
{
    sunzi_status status;
    SUNZI_TRY(check_cell("sunzi_cell_get", cells, cell, values));
    for (int s = 0; s < cells->model->states; s++)
        values[s] = sunzi_cell_value(cells->model, cells->policy, cells->stride,
                                     cells->states, s, cell);
done:
    return status;
}

sunzi_status sunzi_cell_set(sunzi_cells *cells, int64_t cell,
                            const double *values)
{
    sunzi_status status;
    SUNZI_TRY(check_cell("sunzi_cell_set", cells, cell, values));
    for (int s = 0; s < cells->model->states; s++)
        sunzi_cell_put(cells->model, cells->policy, cells->stride,
                       cells->states, s, cell, values[s]);
done:
    return status;
}

sunzi_status sunzi_cell_convert(const sunzi_cells *from, sunzi_cells *to)
{
    sunzi_status status;
    SUNZI_TRY(sunzi_cells_valid("sunzi_cell_convert", from));
    SUNZI_TRY(sunzi_cells_valid("sunzi_cell_convert", to));
    if (from->model != to->model || from->count != to->count)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_cell_convert: %lld cells of %s to %lld cells "
                          "of %s; model and number must be the same",
                          (long long)from->count, from->model->name,
                          (long long)to->count, to->model->name);
    for (int s = 0; s < from->model->states; s++)
        for (int64_t i = 0; i < from->count; i++)
            sunzi_cell_put(to->model, to->policy, to->stride, to->states, s, i,
                           sunzi_cell_value(from->model, from->policy,
                                            from->stride, from->states, s, i));
    to->time = from->time;
done:
    return status;
}
