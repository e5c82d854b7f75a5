/* SPDX-License-Identifier: BSD-3-Clause */
/* Weak scaling of a step on tissue: mpirun -n P bench_tissue_mpi [N [STEPS
 * [hearts]]], bricks of N^3 nodes a process (default 48, 20 steps), ten
 * Tusscher-Panfilov cells, Godunov splitting and backward Euler, dt 0.02 ms,
 * 0.2 mm, a wave front in the middle. A line a policy from process 0: seconds
 * of a step (of the clock; of the processor, of the process that took most),
 * and what the process that sends most sent in it, counted, beside the model of
 * doc/results/cardiac-tissue-zen5.md. "hearts": two ventricles in the same box,
 * with bricks of equal size and with equal shares of the tissue, and the nodes
 * of the process that has most over their mean. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>
#include <time.h>

#include "core/communicator.h"

typedef struct setting {
    int rank, ranks, steps;
    bool hearts;
    int balance;
    int grid[3]; /* of processes */
    int64_t n;   /* nodes a side and process */
    sunzi_comm *comm;
} setting;

static void check(sunzi_status status)
{
    if (status >= 0)
        return;
    fprintf(stderr, "bench_tissue_mpi: %s\n", sunzi_last_message());
    MPI_Abort(MPI_COMM_WORLD, 1);
}

static double processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* (x - middle)^2 over the semi-axes, of an ellipsoid cut off at the top. */
static double ellipsoid(const double x[3], double middle, double a, double b,
                        double c)
{
    return pow((x[0] - middle) / a, 2) + pow((x[1] - 0.5) / b, 2) +
           pow((x[2] - 1) / c, 2);
}

/* In a box of side 1: a thick left and a thin right ventricle. */
static bool in_heart(const double x[3])
{
    const double left = ellipsoid(x, 0.35, 0.3, 0.4, 0.95);
    const double right = ellipsoid(x, 0.6, 0.36, 0.42, 0.75);
    return left <= 1 ? left >= 0.35 : right <= 1 && right >= 0.75;
}

static int voxel(void *user, const int64_t at[3], double sigma[6])
{
    const setting *s = user;
    double x[3];
    for (int d = 0; d < 3; d++)
        x[d] = ((double)at[d] + 0.5) / (double)(s->n * s->grid[d] - 1);
    sigma[0] = 0.1334;
    sigma[1] = sigma[2] = 0.0176;
    return !s->hearts || in_heart(x);
}

/* Messages and bytes of one exchange, of the process with most neighbours:
 * `bytes_a_node` of each node on a face to each neighbour, 8 bytes a message.
 */
static void model(const setting *s, double bytes_a_node, double *messages,
                  double *bytes)
{
    *messages = 0;
    for (int d = 0; d < 3; d++)
        *messages += s->grid[d] > 2 ? 2 : s->grid[d] - 1;
    *bytes = *messages * (8 + bytes_a_node * (double)(s->n * s->n));
}

static void *make_cells(const setting *s, sunzi_tissue *t, sunzi_policy policy,
                        sunzi_cells *cells)
{
    const int64_t count = sunzi_tissue_count(t);
    double y[64];
    sunzi_cells_init(cells);
    check(sunzi_cell_model_find("ten-tusscher-2006-epi", &cells->model,
                                &cells->variant));
    const int states = sunzi_cell_model_states(cells->model);
    cells->policy = policy;
    cells->count = count;
    cells->stride = (count + 15) / 16 * 16 + 16;
    cells->states = calloc((size_t)(2 * states * cells->stride), 8);
    int64_t *node = calloc((size_t)count + 1, sizeof *node);
    if (!cells->states || !node)
        MPI_Abort(MPI_COMM_WORLD, 1);
    check(sunzi_cell_reset(cells));
    sunzi_tissue_nodes(t, node);
    const int64_t nx = s->n * s->grid[0];
    for (int64_t i = 0; i < count; i++)
        if (node[i] % nx < nx / 2) {
            check(sunzi_cell_get(cells, i, y));
            y[0] = 0;
            check(sunzi_cell_set(cells, i, y));
        }
    free(node);
    return cells->states;
}

static void measure(const setting *s, sunzi_policy policy)
{
    sunzi_tissue_options o;
    sunzi_tissue *t;
    sunzi_cells cells;
    sunzi_tissue_report report = {0};
    int64_t iterations = 0;
    sunzi_tissue_options_init(&o);
    for (int d = 0; d < 3; d++) {
        o.processes[d] = s->grid[d];
        o.voxels[d] = s->n * s->grid[d] - 1;
        o.spacing[d] = 0.2;
    }
    o.policy = policy;
    o.scheme = SUNZI_TISSUE_BACKWARD_EULER;
    o.balance = s->balance;
    o.voxel = voxel;
    o.user = (void *)s;
    check(sunzi_tissue_create(NULL, s->comm, &o, &t));
    void *states = make_cells(s, t, policy, &cells);
    for (int k = 0; k < 2; k++) /* kernels, memory */
        check(sunzi_tissue_step(t, &cells, 0.02, SUNZI_TISSUE_GODUNOV, NULL,
                                &report));
    MPI_Barrier(MPI_COMM_WORLD);
    const sunzi_comm_counts before = sunzi_comm_count();
    const double start = MPI_Wtime(), cpu = processor_seconds();
    for (int k = 0; k < s->steps; k++) {
        check(sunzi_tissue_step(t, &cells, 0.02, SUNZI_TISSUE_GODUNOV, NULL,
                                &report));
        iterations += report.iterations;
    }
    double spent = processor_seconds() - cpu;
    const sunzi_comm_counts after = sunzi_comm_count();
    MPI_Barrier(MPI_COMM_WORLD);
    const double wall = (MPI_Wtime() - start) / s->steps;
    double most[5] = {(double)(after.messages - before.messages),
                      (double)(after.message_bytes - before.message_bytes),
                      (double)(after.reductions - before.reductions),
                      (double)(after.reduction_bytes - before.reduction_bytes),
                      spent};
    MPI_Allreduce(MPI_IN_PLACE, most, 5, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    double nodes[2] = {(double)sunzi_tissue_count(t), 0};
    MPI_Allreduce(nodes, nodes + 1, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    MPI_Allreduce(MPI_IN_PLACE, nodes, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    /* an iteration exchanges a number a node, the first one V */
    const double size = policy == SUNZI_POLICY_FP64 ? 8 : 4;
    const int planes = sunzi_policy_planes(policy);
    const double made = (double)iterations / s->steps;
    double messages, bytes, first_messages, first_bytes;
    model(s, size, &messages, &bytes);
    model(s, size * planes, &first_messages, &first_bytes);
    if (s->rank == 0 && s->hearts)
        printf("hearts policy=%s ranks=%d grid=%dx%dx%d balance=%d nodes=%.0f "
               "most_over_mean=%.3f iterations=%.2f wall_ms=%.3f "
               "cpu_ms=%.3f\n",
               sunzi_policy_name(policy), s->ranks, s->grid[0], s->grid[1],
               s->grid[2], s->balance, nodes[1], nodes[0] * s->ranks / nodes[1],
               made, wall * 1e3, most[4] / s->steps * 1e3);
    else if (s->rank == 0)
        printf("tissue policy=%s ranks=%d grid=%dx%dx%d nodes=%lld "
               "iterations=%.2f wall_ms=%.3f cpu_ms=%.3f messages=%.1f "
               "model=%.1f bytes=%.0f model=%.0f reductions=%.1f "
               "reduction_bytes=%.0f\n",
               sunzi_policy_name(policy), s->ranks, s->grid[0], s->grid[1],
               s->grid[2], (long long)(s->n * s->n * s->n), made, wall * 1e3,
               most[4] / s->steps * 1e3, most[0] / s->steps,
               (made - 1) * messages + first_messages, most[1] / s->steps,
               (made - 1) * bytes + first_bytes, most[2] / s->steps,
               most[3] / s->steps);
    free(states);
    sunzi_tissue_destroy(&t);
}

int main(int argc, char **argv)
{
    setting s = {.n = 48, .steps = 20};
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &s.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &s.ranks);
    s.n = argc > 1 ? atoi(argv[1]) : s.n;
    s.steps = argc > 2 ? atoi(argv[2]) : s.steps;
    MPI_Dims_create(s.ranks, 3, s.grid);
    check(sunzi_comm_from_mpi(MPI_COMM_WORLD, &s.comm));
    s.hearts = argc > 3 && strcmp(argv[3], "hearts") == 0;
    if (s.n >= 2 && s.n <= 512 && s.steps >= 1 && s.hearts)
        for (; s.balance < 2; s.balance++)
            measure(&s, SUNZI_POLICY_FP32C);
    else if (s.n >= 2 && s.n <= 512 && s.steps >= 1)
        for (int p = SUNZI_POLICY_FP64; p <= SUNZI_POLICY_FP32C; p++)
            measure(&s, (sunzi_policy)p);
    else if (s.rank == 0)
        fprintf(stderr,
                "usage: mpirun -n P bench_tissue_mpi [N [STEPS [hearts]]]\n");
    sunzi_comm_destroy(&s.comm);
    MPI_Finalize();
    return 0;
}
