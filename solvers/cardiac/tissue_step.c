/* SPDX-License-Identifier: BSD-3-Clause */
/* A step of the monodomain equation: cells and diffusion take turns. */
#include <stdio.h>
#include <string.h>

#include "core/context.h"
#include "solvers/cardiac/tissue.h"

static const char function[] = "sunzi_tissue_step";

static sunzi_status check(const sunzi_tissue *t, const sunzi_cells *cells,
                          double dt, sunzi_tissue_splitting splitting)
{
    if (!cells || !cells->model)
        return sunzi_fail(SUNZI_ERR_ARG, "%s: %s is NULL, allowed: cells",
                          function, cells ? "cells->model" : "cells");
    if (cells->policy != t->policy || cells->count != t->count)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %lld cells under policy %d, allowed: %lld, one "
                          "a node of this process, under %d, that of the "
                          "tissue",
                          function, (long long)cells->count, (int)cells->policy,
                          (long long)t->count, (int)t->policy);
    if (splitting != SUNZI_TISSUE_GODUNOV && splitting != SUNZI_TISSUE_STRANG)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: splitting = %d, allowed: SUNZI_TISSUE_GODUNOV, "
                          "_STRANG (0, 1)",
                          function, (int)splitting);
    if (!(dt > 0))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: dt = %g, allowed: positive numbers, in ms",
                          function, dt);
    return SUNZI_OK;
}

/* Elements from the high to the low halves of V. */
static int64_t plane_of(const sunzi_cells *cells)
{
    return sunzi_cell_model_states(cells->model) * cells->stride;
}

/* The node of a cell that blew up belongs to the sentence. Collective; cells
 * NULL: this process has none that are to be looked at. */
static sunzi_status name_node(const sunzi_tissue *t, const sunzi_cells *cells)
{
    char cell[300];
    snprintf(cell, sizeof cell, "%s", sunzi_last_message());
    const sunzi_status found =
        sunzi_tissue_check(t, cells ? cells->states : NULL,
                           cells ? plane_of(cells) : 0, -200, 200);
    if (found != SUNZI_ERR_BLOW_UP)
        return sunzi_fail(SUNZI_ERR_BLOW_UP, "%s", cell);
    char node[200];
    snprintf(node, sizeof node, "%s", sunzi_last_message());
    return sunzi_fail(SUNZI_ERR_BLOW_UP, "%s; %s", node, cell);
}

static sunzi_status step_cells(const sunzi_tissue *t, sunzi_cells *cells,
                               double dt, const sunzi_cell_options *options,
                               double *seconds)
{
    const double start = sunzi_seconds();
    sunzi_status status = SUNZI_OK;
    if (cells->count > 0)
        status = sunzi_cell_step(t->ctx, cells, dt, 1, options);
    else
        cells->time += dt; /* of a process without nodes */
    *seconds += sunzi_seconds() - start;
    return status;
}

sunzi_status sunzi_tissue_step(sunzi_tissue *t, sunzi_cells *cells, double dt,
                               sunzi_tissue_splitting splitting,
                               const sunzi_cell_options *options,
                               sunzi_tissue_report *report)
{
    const bool strang = splitting == SUNZI_TISSUE_STRANG;
    const double of_cells = strang ? dt / 2 : dt;
    sunzi_tissue_report done = {0};
    double seconds = 0;
    sunzi_status status = check(t, cells, dt, splitting);
    const bool checked = status == SUNZI_OK;
    if (checked)
        status = step_cells(t, cells, of_cells, options, &seconds);
    const double start = sunzi_seconds();
    status =
        sunzi_tissue_diffuse_if(t, status, dt, checked ? cells->states : NULL,
                                checked ? plane_of(cells) : 0, &done);
    done.diffusion_seconds = sunzi_seconds() - start;
    if (status >= 0 && strang) {
        const sunzi_status diffused = status;
        status = sunzi_comm_agree(
            t->comm, step_cells(t, cells, of_cells, options, &seconds));
        status = status == SUNZI_OK ? diffused : status;
    }
    done.cells_seconds = seconds;
    if (report && status >= 0)
        *report = done;
    return status == SUNZI_ERR_BLOW_UP ? name_node(t, checked ? cells : NULL)
                                       : status;
}
