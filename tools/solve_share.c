/* SPDX-License-Identifier: BSD-3-Clause */
/* A system shared by the processes of the team: process 0 gives orders, all
 * carry them out, so that each collective call is written once. */
#include <stdlib.h>
#include <string.h>

#include "mpi/launch.h"
#include "tools/cardiac.h"
#include "tools/command.h"
#include "tools/hpl.h"
#include "tools/pb.h"
#include "tools/solve.h"
#include "tools/team.h"

enum { TILE = SUNZI_TEAM_TILE };

enum { STOP, SHARE, SOLVE, BENCH, CARDIAC, PB };

typedef struct order {
    int task;
    int n, nrhs, threads;        /* SHARE */
    bool reproducible;           /* SHARE */
    char engine[40];             /* SHARE: that of process 0 */
    sunzi_solve_options options; /* SOLVE */
    sunzi_hpl_settings bench;    /* BENCH */
} order;

static void describe(const sunzi_grid *grid, int n, int cols, int mb, int nb,
                     int lld, int *desc, sunzi_status *status)
{
    if (*status == SUNZI_OK)
        *status = sunzi_descriptor_init(desc, grid, n, cols, mb, nb, 0, 0, lld);
}

static double *local_matrix(const sunzi_grid *grid, int n, int cols)
{
    int rows_of_grid, cols_of_grid, row, col;
    sunzi_grid_shape(grid, &rows_of_grid, &cols_of_grid);
    sunzi_grid_place(grid, &row, &col);
    const int64_t rows = sunzi_local_count(n, TILE, row, 0, rows_of_grid);
    const int64_t columns = sunzi_local_count(cols, TILE, col, 0, cols_of_grid);
    return malloc((size_t)rows * (size_t)columns * sizeof(double) + 1);
}

/* Room for the part of this process; not collective. */
static sunzi_status take_part(const sunzi_team *team, int n, int nrhs,
                              sunzi_share *share)
{
    sunzi_status status = SUNZI_OK;
    *share = (sunzi_share){.n = n, .nrhs = nrhs};
    describe(team->home, n, n, n, n, 0, share->home_a, &status);
    describe(team->home, n, nrhs, n, nrhs, 0, share->home_b, &status);
    describe(team->grid, n, n, TILE, TILE, 0, share->desc_a, &status);
    describe(team->grid, n, nrhs, TILE, TILE, 0, share->desc_b, &status);
    if (status < 0)
        return status;
    share->A = share->own_a = local_matrix(team->grid, n, n);
    share->B = share->own_b = local_matrix(team->grid, n, nrhs);
    share->X = local_matrix(team->grid, n, nrhs);
    return share->A && share->B && share->X ? SUNZI_OK : SUNZI_ERR_NOMEM;
}

/* Collective. A, B: on process 0. */
static sunzi_status share_out(const sunzi_team *team, int n, int nrhs,
                              const double *A, const double *B,
                              sunzi_share *share)
{
    sunzi_status status =
        sunzi_comm_agree(team->comm, take_part(team, n, nrhs, share));
    if (status == SUNZI_OK)
        status = sunzi_pdredistribute(team->home, A, share->home_a, team->grid,
                                      share->own_a, share->desc_a);
    if (status == SUNZI_OK)
        status = sunzi_pdredistribute(team->home, B, share->home_b, team->grid,
                                      share->own_b, share->desc_b);
    return status;
}

/* Collective. X: on process 0. The clock runs from when all are here. */
static sunzi_status
solve_together(const sunzi_team *team, const sunzi_share *share,
               sunzi_context *context, const sunzi_solve_options *options,
               double *X, sunzi_solve_report *report,
               sunzi_column_report *columns, double *seconds)
{
    sunzi_status status = sunzi_comm_agree(team->comm, SUNZI_OK);
    if (status < 0)
        return status;
    const double start = sunzi_tool_seconds();
    status = sunzi_pdsolve(context, team->grid, share->n, share->nrhs, share->A,
                           1, 1, share->desc_a, share->B, 1, 1, share->desc_b,
                           share->X ? share->X : X, 1, 1, share->desc_b,
                           options, report, columns);
    *seconds = sunzi_tool_seconds() - start;
    if (status < 0 || !share->X)
        return status;
    const sunzi_status moved = sunzi_pdredistribute(
        team->grid, share->X, share->desc_b, team->home, X, share->home_b);
    return moved < 0 ? moved : status;
}

static void give_order(const order *given)
{
    order sent = *given;
    sunzi_launch_await(&sent, sizeof sent);
}

/* ---- process 0 ---- */

/* A process alone works on the problem's own arrays: in a grid of one process
 * blocks of any size are where they were. */
static sunzi_status share_alone(const sunzi_team *team,
                                const sunzi_problem *problem,
                                sunzi_share *share)
{
    sunzi_status status = SUNZI_OK;
    const int n = problem->n, nrhs = problem->nrhs;
    *share =
        (sunzi_share){.n = n, .nrhs = nrhs, .A = problem->A, .B = problem->B};
    describe(team->grid, n, n, TILE, TILE, n, share->desc_a, &status);
    describe(team->grid, n, nrhs, TILE, TILE, n, share->desc_b, &status);
    return status;
}

int sunzi_share_begin(const sunzi_solve_request *request,
                      sunzi_context *context, const sunzi_problem *problem,
                      sunzi_share *share)
{
    const sunzi_team *team = sunzi_team_get();
    sunzi_status status;
    if (!team->comm) {
        status = share_alone(team, problem, share);
    } else {
        order given = {.task = SHARE,
                       .n = problem->n,
                       .nrhs = problem->nrhs,
                       .threads = request->threads,
                       .reproducible = request->reproducible};
        snprintf(given.engine, sizeof given.engine, "%s",
                 sunzi_context_engine(context));
        give_order(&given);
        status = sunzi_comm_agree(team->comm, SUNZI_OK); /* of contexts */
        *share = (sunzi_share){.n = 0};
        if (status == SUNZI_OK)
            status = share_out(team, problem->n, problem->nrhs, problem->A,
                               problem->B, share);
    }
    if (status == SUNZI_OK)
        return 0;
    sunzi_tool_error(SUNZI_SOLVE_COMMAND, "%s",
                     status == SUNZI_ERR_NOMEM
                         ? "a process has no memory for its part of the "
                           "system; take more machines or a smaller matrix"
                         : sunzi_last_message());
    sunzi_share_end(share);
    return SUNZI_EXIT_INPUT;
}

sunzi_status sunzi_share_solve(const sunzi_share *share, sunzi_context *context,
                               const sunzi_solve_options *options, double *X,
                               sunzi_solve_report *report,
                               sunzi_column_report *columns, double *seconds)
{
    const sunzi_team *team = sunzi_team_get();
    const order given = {.task = SOLVE, .options = *options};
    if (team->comm)
        give_order(&given);
    return solve_together(team, share, context, options, X, report, columns,
                          seconds);
}

sunzi_status sunzi_share_bench(const sunzi_hpl_settings *settings,
                               sunzi_hpl_result *result)
{
    const sunzi_team *team = sunzi_team_get();
    const order given = {.task = BENCH, .bench = *settings};
    if (team->comm)
        give_order(&given);
    return sunzi_hpl_run(team, settings, result);
}

void sunzi_share_cardiac(void)
{
    const order given = {.task = CARDIAC};
    if (sunzi_team_get()->comm)
        give_order(&given);
}

void sunzi_share_pb(void)
{
    const order given = {.task = PB};
    if (sunzi_team_get()->comm)
        give_order(&given);
}

void sunzi_share_end(sunzi_share *share)
{
    free(share->own_a);
    free(share->own_b);
    free(share->X);
    *share = (sunzi_share){.n = 0};
}

void sunzi_share_dismiss(void)
{
    const order given = {.task = STOP};
    if (sunzi_team_get()->comm)
        give_order(&given);
}

/* ---- the other processes ---- */

static void serve_share(const sunzi_team *team, const order *given,
                        sunzi_context **context, sunzi_share *share)
{
    const sunzi_solve_request request = {.engine = given->engine,
                                         .threads = given->threads,
                                         .reproducible = given->reproducible};
    sunzi_share_end(share);
    sunzi_context_destroy(context);
    if (sunzi_comm_agree(team->comm, sunzi_solve_context(&request, context)) ==
        SUNZI_OK)
        (void)share_out(team, given->n, given->nrhs, NULL, NULL, share);
}

void sunzi_share_serve(void)
{
    const sunzi_team *team = sunzi_team_get();
    sunzi_context *context = NULL;
    sunzi_share share = {.n = 0};
    for (order given;;) {
        double seconds;
        sunzi_launch_await(&given, sizeof given);
        if (given.task == SHARE)
            serve_share(team, &given, &context, &share);
        else if (given.task == SOLVE) /* its status is that of process 0 */
            (void)solve_together(team, &share, context, &given.options, NULL,
                                 NULL, NULL, &seconds);
        else if (given.task == BENCH)
            (void)sunzi_hpl_run(team, &given.bench, &(sunzi_hpl_result){0});
        else if (given.task == CARDIAC)
            sunzi_cardiac_serve();
        else if (given.task == PB)
            sunzi_pb_serve();
        else
            break;
    }
    sunzi_share_end(&share);
    sunzi_context_destroy(&context);
}
