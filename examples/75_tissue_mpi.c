/* SPDX-License-Identifier: BSD-3-Clause */
/* A wave through a sheet of heart muscle with fibres along x, on any number of
 * processes: the program owns the states of its cells, the library makes the
 * steps. FP32 arithmetic, states as pairs of FP32 numbers (policy fp32c). The
 * times are the same, bit for bit, for any number of processes.
 *
 * Compile: mpicc 75_tissue_mpi.c $(pkg-config --cflags --libs sunzi_mpi) -lm
 * Run: mpirun -n 2 ./a.out */
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>

/* 12 x 6 mm, spacing 0.3 mm */
enum { NX = 40, NY = 20, STEPS = 1600 };
static const double h = 0.3, dt = 0.05; /* mm, ms */

static void check(sunzi_status status)
{
    if (status >= 0)
        return;
    fprintf(stderr, "%s\n", sunzi_last_message());
    MPI_Abort(MPI_COMM_WORLD, 1);
}

/* All voxels conduct well along x and less across. */
static int voxel(void *user, const int64_t at[3], double sigma[6])
{
    (void)user, (void)at;
    sigma[0] = 0.1334; /* S/m */
    sigma[1] = sigma[2] = 0.0176;
    return 1;
}

/* The handle of a sheet: no extent in z. */
static sunzi_tissue *make_tissue(sunzi_comm *comm)
{
    sunzi_tissue *tissue;
    sunzi_tissue_options options;
    sunzi_tissue_options_init(&options);
    options.voxels[0] = NX;
    options.voxels[1] = NY;
    options.voxels[2] = 0;
    for (int d = 0; d < 3; d++)
        options.spacing[d] = h;
    options.policy = SUNZI_POLICY_FP32C;
    options.voxel = voxel;
    check(sunzi_tissue_create(NULL, comm, &options, &tissue));
    return tissue;
}

/* The current into the left edge. */
static void stimulate(const int64_t *node, int64_t count, float *current)
{
    for (int64_t i = 0; i < count; i++)
        current[i] = node[i] % (NX + 1) <= 3 ? 36 : 0; /* pA/pF */
}

/* V of all nodes: the sums of the halves of the pairs. */
static void add_halves(const sunzi_cells *cells, double *V)
{
    const float *high = cells->states;
    const float *low =
        high + sunzi_cell_model_states(cells->model) * cells->stride;
    for (int64_t i = 0; i < cells->count; i++)
        V[i] = (double)high[i] + (double)low[i];
}

/* Of the bits of both halves of V, in the order of the nodes. */
static uint64_t checksum(const int64_t *node, int64_t count, const float *high,
                         const float *low)
{
    uint64_t sum = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits[2];
        memcpy(&bits[0], &high[i], sizeof bits[0]);
        memcpy(&bits[1], &low[i], sizeof bits[1]);
        uint64_t x = ((uint64_t)bits[0] << 32 | bits[1]) ^
                     (uint64_t)(node[i] + 1) * UINT64_C(0x9e3779b97f4a7c15);
        x *= UINT64_C(0xbf58476d1ce4e5b9);
        sum += x ^ x >> 29;
    }
    return sum;
}

int main(int argc, char **argv)
{
    sunzi_comm *comm;
    sunzi_cells cells;
    MPI_Init(&argc, &argv);
    check(sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm));
    sunzi_tissue *tissue = make_tissue(comm);
    const int64_t count = sunzi_tissue_count(tissue);

    sunzi_cells_init(&cells);
    check(sunzi_cell_model_find("ten-tusscher-2006-epi", &cells.model,
                                &cells.variant));
    const int states = sunzi_cell_model_states(cells.model);
    cells.policy = SUNZI_POLICY_FP32C;
    cells.count = count;
    cells.stride = count + 16;
    float *y = calloc((size_t)(2 * states * cells.stride), sizeof *y);
    float *current = calloc((size_t)count + 1, sizeof *current);
    int64_t *node = calloc((size_t)count + 1, sizeof *node);
    double *V = calloc((size_t)count + 1, sizeof *V);
    if (!y || !current || !node || !V)
        return 1;
    cells.states = y; /* y[i] is V of cell i */
    check(sunzi_cell_reset(&cells));
    sunzi_tissue_nodes(tissue, node);
    stimulate(node, count, current);
    sunzi_beats *beats;
    add_halves(&cells, V);
    check(sunzi_beats_create(tissue, NULL, V, &beats));

    for (int step = 0; step < STEPS; step++) {
        cells.stimulus = step < 2 / dt ? current : NULL;
        check(sunzi_tissue_step(tissue, &cells, dt, SUNZI_TISSUE_GODUNOV, NULL,
                                NULL));
        add_halves(&cells, V);
        check(sunzi_beats_look(beats, step * dt, dt, V));
    }

    uint64_t sum =
        checksum(node, count, y, y + (size_t)states * (size_t)cells.stride);
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
    double left, right;
    check(sunzi_beats_get(beats, SUNZI_BEATS_ACTIVATION, V));
    check(sunzi_tissue_sample(tissue, V, (double[]){3, 3, 0}, &left));
    check(sunzi_tissue_sample(tissue, V, (double[]){9, 3, 0}, &right));
    if (sunzi_comm_rank(comm) == 0)
        printf("the wave is at 3 mm after %.4f ms, at 9 mm after %.4f ms: %.3f "
               "m/s\nchecksum %016llx\ntry next: other numbers of processes; "
               "SUNZI_POLICY_FP64 with double arrays;\nsunzi cardiac --case "
               "niederer\n",
               left, right, 6 / (right - left), (unsigned long long)sum);
    const int good = right > left && left > 0;
    free(y);
    free(current);
    free(node);
    free(V);
    sunzi_beats_destroy(&beats);
    sunzi_tissue_destroy(&tissue);
    sunzi_comm_destroy(&comm);
    MPI_Finalize();
    return !good;
}
