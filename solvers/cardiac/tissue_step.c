/* SPDX-License-Identifier: BSD-3-Clause */
/* A step of the monodomain or the bidomain equations: cells, in groups of one
 * model each, and diffusion take turns. A group that is alone on all nodes has
 * V where diffusion wants it; of several, V is gathered before it and given
 * back after it. */
#include <stdio.h>
#include <string.h>

#include "core/context.h"
#include "core/memory.h"
#include "solvers/cardiac/bidomain.h"

static const char function[] = "sunzi_tissue_step";

/* Arguments of a call. */
typedef struct call {
    sunzi_tissue *tissue;
    sunzi_bidomain *bidomain; /* NULL: monodomain */
    double *phi;
    int groups;
    const sunzi_tissue_group *group;
    double dt;
    sunzi_tissue_splitting splitting;
    const sunzi_cell_options *options;
    void *V; /* NULL until the arguments are known to be good */
    int64_t plane;
    double seconds; /* of the cells */
} call;

/* ---- arguments ---- */

static sunzi_status check_cells(const sunzi_tissue *t, const sunzi_cells *cells)
{
    if (!cells || !cells->model)
        return sunzi_fail(SUNZI_ERR_ARG, "%s: %s is NULL, allowed: cells",
                          function, cells ? "cells->model" : "cells");
    if (cells->policy != t->policy)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: cells under policy %d, allowed: %d, that of the "
                          "tissue",
                          function, (int)cells->policy, (int)t->policy);
    if (cells->count > 0 && !cells->states)
        return sunzi_tissue_is_null(function, "cells->states");
    return SUNZI_OK;
}

/* The nodes of a group, which no other one may have taken. */
static sunzi_status take_nodes(const sunzi_tissue *t,
                               const sunzi_tissue_group *g)
{
    for (int64_t i = 0; i < g->cells->count; i++) {
        const int64_t node = g->nodes[i];
        const bool ascends = i == 0 || node > g->nodes[i - 1];
        if (node < 0 || node >= t->count || !ascends || t->taken[node])
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: nodes[%lld] = %lld, allowed: numbers from 0 "
                              "to %lld, ascending, each in one group",
                              function, (long long)i, (long long)node,
                              (long long)t->count - 1);
        t->taken[node] = 1;
    }
    return SUNZI_OK;
}

/* Room for V of all nodes. */
static sunzi_status take_room(sunzi_tissue *t)
{
    const size_t count = (size_t)t->count + 1;
    void *block = NULL;
    sunzi_status status = SUNZI_OK;
    if (!t->gathered)
        status = sunzi_allocate(count * (size_t)sunzi_tissue_planes(t) *
                                    sunzi_tissue_size(t),
                                function, &t->gathered);
    if (status == SUNZI_OK && !t->taken) {
        status = sunzi_allocate(count, function, &block);
        t->taken = block;
    }
    return status;
}

static sunzi_status check_parts(const call *c)
{
    sunzi_tissue *t = c->tissue;
    int64_t cells = 0;
    sunzi_status status;
    SUNZI_TRY(take_room(t));
    memset(t->taken, 0, (size_t)t->count + 1);
    for (int g = 0; g < c->groups; g++) {
        if (!c->group[g].nodes && c->group[g].cells->count > 0)
            return sunzi_tissue_is_null(function, "nodes of one of the groups");
        SUNZI_TRY(take_nodes(t, &c->group[g]));
        cells += c->group[g].cells->count;
    }
    if (cells < t->count) {
        const unsigned char *first = memchr(t->taken, 0, (size_t)t->count);
        status = sunzi_fail(SUNZI_ERR_ARG,
                            "%s: node %lld is in no group, allowed: each of "
                            "the %lld nodes of this process in one",
                            function, (long long)(first - t->taken),
                            (long long)t->count);
    }
done:
    return status;
}

/* A group that has all nodes in their order. */
static bool is_whole(const call *c)
{
    return c->groups == 1 && !c->group[0].nodes;
}

static sunzi_status check_groups(const call *c)
{
    const sunzi_tissue *t = c->tissue;
    if (c->groups < 1 || !c->group)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %d groups, array %s, allowed: at least one",
                          function, c->groups, c->group ? "given" : "NULL");
    for (int g = 0; g < c->groups; g++) {
        const sunzi_status status = check_cells(t, c->group[g].cells);
        if (status < 0)
            return status;
    }
    if (!is_whole(c))
        return check_parts(c);
    if (c->group->cells->count != t->count)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: %lld cells, allowed: %lld, one a node of this "
                          "process",
                          function, (long long)c->group->cells->count,
                          (long long)t->count);
    return SUNZI_OK;
}

static sunzi_status check(const call *c)
{
    if (c->splitting != SUNZI_TISSUE_GODUNOV &&
        c->splitting != SUNZI_TISSUE_STRANG)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: splitting = %d, allowed: SUNZI_TISSUE_GODUNOV, "
                          "_STRANG (0, 1)",
                          function, (int)c->splitting);
    if (!(c->dt > 0))
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: dt = %g, allowed: positive numbers, in ms",
                          function, c->dt);
    return check_groups(c);
}

/* ---- V of the groups and of the nodes ---- */

/* Elements from the high to the low halves of V. */
static int64_t plane_of(const sunzi_cells *cells)
{
    return sunzi_cell_model_states(cells->model) * cells->stride;
}

static void find_V(call *c)
{
    const bool whole = is_whole(c);
    c->V = whole ? c->group->cells->states : c->tissue->gathered;
    c->plane = whole ? plane_of(c->group->cells) : c->tissue->count;
}

static void move_group(const sunzi_tissue *t, const sunzi_tissue_group *g,
                       bool back)
{
    const int64_t plane = plane_of(g->cells);
    for (int p = 0; p < sunzi_tissue_planes(t); p++)
        for (int64_t i = 0; i < g->cells->count; i++) {
            const int64_t cell = p * plane + i;
            const int64_t node = p * t->count + g->nodes[i];
            if (t->policy == SUNZI_POLICY_FP64) {
                double *of_cells = g->cells->states, *V = t->gathered;
                *(back ? &of_cells[cell] : &V[node]) =
                    back ? V[node] : of_cells[cell];
            } else {
                float *of_cells = g->cells->states, *V = t->gathered;
                *(back ? &of_cells[cell] : &V[node]) =
                    back ? V[node] : of_cells[cell];
            }
        }
}

/* V of the cells to the nodes, or back. */
static void move_V(const call *c, bool back)
{
    for (int g = 0; g < c->groups && !is_whole(c); g++)
        move_group(c->tissue, &c->group[g], back);
}

/* ---- steps ---- */

/* The node of a cell that blew up belongs to the sentence. Collective. */
static sunzi_status name_node(const call *c)
{
    char cell[300];
    snprintf(cell, sizeof cell, "%s", sunzi_last_message());
    const sunzi_status found =
        sunzi_tissue_find_bad(c->tissue, c->V, c->plane, -200, 200);
    if (found != SUNZI_ERR_BLOW_UP)
        return sunzi_fail(SUNZI_ERR_BLOW_UP, "%s", cell);
    char node[200];
    snprintf(node, sizeof node, "%s", sunzi_last_message());
    return sunzi_fail(SUNZI_ERR_BLOW_UP, "%s; %s", node, cell);
}

/* Of all groups; V is that of the nodes then, also after a failure. */
static sunzi_status step_cells(call *c, double dt)
{
    const double start = sunzi_seconds();
    sunzi_status status = SUNZI_OK;
    for (int g = 0; g < c->groups && status == SUNZI_OK; g++) {
        sunzi_cells *cells = c->group[g].cells;
        if (cells->count > 0)
            status = sunzi_cell_step(c->tissue->ctx, cells, dt, 1, c->options);
        else
            cells->time += dt; /* of a process without nodes */
    }
    move_V(c, false);
    c->seconds += sunzi_seconds() - start;
    return status;
}

/* Collective. */
static sunzi_status diffuse(const call *c, sunzi_status mine,
                            sunzi_tissue_report *report)
{
    if (!c->bidomain)
        return sunzi_tissue_diffuse_if(c->tissue, mine, c->dt, c->V, c->plane,
                                       report);
    if (mine == SUNZI_OK)
        mine = sunzi_bidomain_check(c->bidomain, function, c->dt, c->V,
                                    c->plane, c->phi);
    return sunzi_bidomain_diffuse_if(c->bidomain, mine, c->dt, c->V, c->plane,
                                     c->phi, report);
}

static sunzi_status step(call *c, sunzi_tissue_report *report)
{
    const bool strang = c->splitting == SUNZI_TISSUE_STRANG;
    const double of_cells = strang ? c->dt / 2 : c->dt;
    sunzi_tissue_report done = {0};
    sunzi_status status = check(c);
    if (status == SUNZI_OK) {
        find_V(c);
        status = step_cells(c, of_cells);
    }
    const double start = sunzi_seconds();
    status = diffuse(c, status, &done);
    done.diffusion_seconds = sunzi_seconds() - start;
    if (c->V && status >= 0)
        move_V(c, true);
    if (status >= 0 && strang) {
        const sunzi_status diffused = status;
        status = sunzi_comm_agree(c->tissue->comm, step_cells(c, of_cells));
        status = status == SUNZI_OK ? diffused : status;
    }
    done.cells_seconds = c->seconds;
    if (report && status >= 0)
        *report = done;
    return status == SUNZI_ERR_BLOW_UP ? name_node(c) : status;
}

sunzi_status sunzi_tissue_step_groups(sunzi_tissue *t, int groups,
                                      const sunzi_tissue_group *group,
                                      double dt,
                                      sunzi_tissue_splitting splitting,
                                      const sunzi_cell_options *options,
                                      sunzi_tissue_report *report)
{
    call c = {.tissue = t,
              .groups = groups,
              .group = group,
              .dt = dt,
              .splitting = splitting,
              .options = options};
    /* NULL is so on all processes: there is no communicator */
    return t ? step(&c, report) : sunzi_tissue_is_null(function, "tissue");
}

sunzi_status sunzi_tissue_step(sunzi_tissue *t, sunzi_cells *cells, double dt,
                               sunzi_tissue_splitting splitting,
                               const sunzi_cell_options *options,
                               sunzi_tissue_report *report)
{
    const sunzi_tissue_group all = {.cells = cells};
    return sunzi_tissue_step_groups(t, 1, &all, dt, splitting, options, report);
}

sunzi_status sunzi_bidomain_step(sunzi_bidomain *b, int groups,
                                 const sunzi_tissue_group *group, double dt,
                                 sunzi_tissue_splitting splitting,
                                 const sunzi_cell_options *options, double *phi,
                                 sunzi_tissue_report *report)
{
    call c = {.tissue = b ? b->inside : NULL,
              .bidomain = b,
              .phi = phi,
              .groups = groups,
              .group = group,
              .dt = dt,
              .splitting = splitting,
              .options = options};
    return b ? step(&c, report)
             : sunzi_tissue_is_null("sunzi_bidomain_step", "bidomain");
}
