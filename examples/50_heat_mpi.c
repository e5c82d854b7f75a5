/* SPDX-License-Identifier: BSD-3-Clause */
/* The heat equation on a plane that is closed around and has cold walls,
 * du/dt = d2u/dx2 + d2u/dy2, on any number of processes. While the halo is on
 * its way, the cells that need none of it are advanced. The checksum is one of
 * the bits of all cells: it is the same for any number of processes.
 *
 * Compile: mpicc 50_heat_mpi.c $(pkg-config --cflags --libs sunzi_mpi)
 * Run: mpirun -n 4 ./a.out */
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>

enum { ROWS = 90, COLS = 128, STEPS = 200 };

/* The part of this process: rows x cols cells, and a halo of one cell. */
static int64_t first[2], count[2], extent[2];

static int64_t at(int64_t i, int64_t j)
{
    return (i + 1) * extent[1] + j + 1;
}

/* One step (dt = h^2 / 5) of the cells i0 <= i < i1, j0 <= j < j1. */
static void advance(const double *u, double *next, int64_t i0, int64_t i1,
                    int64_t j0, int64_t j1)
{
    for (int64_t i = i0; i < i1; i++)
        for (int64_t j = j0; j < j1; j++) {
            const double neighbours = (u[at(i - 1, j)] + u[at(i + 1, j)]) +
                                      (u[at(i, j - 1)] + u[at(i, j + 1)]);
            next[at(i, j)] = 0.2 * (u[at(i, j)] + neighbours);
        }
}

/* The cells next to the halo, each once. */
static void advance_rim(const double *u, double *next)
{
    const int64_t rows = count[0], cols = count[1];
    advance(u, next, 0, 1, 0, cols);
    if (rows > 1)
        advance(u, next, rows - 1, rows, 0, cols);
    advance(u, next, 1, rows - 1, 0, 1);
    if (cols > 1)
        advance(u, next, 1, rows - 1, cols - 1, cols);
}

static uint64_t checksum(const double *u)
{
    uint64_t sum = 0;
    for (int64_t i = 0; i < count[0]; i++)
        for (int64_t j = 0; j < count[1]; j++) {
            uint64_t bits;
            memcpy(&bits, &u[at(i, j)], sizeof bits);
            bits ^= (uint64_t)((first[0] + i) * COLS + first[1] + j) << 20;
            bits *= UINT64_C(0x9e3779b97f4a7c15);
            sum += bits ^ bits >> 29;
        }
    return sum;
}

/* A hot square in the cold. Halo cells beyond the walls are never written: they
 * stay cold. */
static void begin(double *u)
{
    for (int64_t i = 0; i < count[0]; i++)
        for (int64_t j = 0; j < count[1]; j++) {
            const int64_t row = first[0] + i, col = first[1] + j;
            u[at(i, j)] = row >= 20 && row < 40 && col >= 100 && col < 120;
        }
}

static sunzi_status solve(sunzi_halo *halo, double *u[2])
{
    sunzi_status status = SUNZI_OK;
    for (int k = 0; k < 2 && status == SUNZI_OK; k++)
        status = sunzi_halo_bind(halo, k, (void *[]){u[k]}); /* not NULL */
    if (status == SUNZI_OK)
        begin(u[0]);
    for (int step = 0; step < STEPS && status == SUNZI_OK; step++) {
        const double *now = u[step % 2];
        double *next = u[(step + 1) % 2];
        status = sunzi_halo_start(halo, step % 2);
        advance(now, next, 1, count[0] - 1, 1, count[1] - 1);
        if (status == SUNZI_OK)
            status = sunzi_halo_finish(halo);
        if (count[0] && count[1])
            advance_rim(now, next);
    }
    return status;
}

int main(int argc, char **argv)
{
    sunzi_comm *comm = NULL;
    sunzi_halo *halo = NULL;
    sunzi_halo_shape shape;
    sunzi_field field;
    sunzi_traffic traffic;
    double *u[2] = {NULL, NULL};
    int grid[2], place[2], rank;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    sunzi_field_init(&field);
    sunzi_halo_shape_init(&shape, 2);
    shape.cells[0] = ROWS;
    shape.cells[1] = COLS;
    shape.periodic[1] = 1;
    sunzi_status status = sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm);
    if (status == SUNZI_OK)
        status = sunzi_halo_create(comm, &shape, 1, &field, &halo);
    if (status == SUNZI_OK) {
        sunzi_halo_local(halo, first, count);
        const size_t cells = (size_t)sunzi_halo_storage(halo, extent);
        for (int k = 0; k < 2; k++)
            u[k] = calloc(cells, sizeof(double));
        status = solve(halo, u);
    }
    if (status == SUNZI_OK) {
        uint64_t sum = checksum(u[STEPS % 2]);
        MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_UINT64_T, MPI_SUM,
                      MPI_COMM_WORLD);
        sunzi_halo_processes(halo, grid, place);
        sunzi_halo_traffic(halo, &traffic);
        if (rank == 0)
            printf("%d x %d cells, %d steps on %d x %d processes\n"
                   "first process: %d messages, %lld bytes a step\n"
                   "checksum %016llx\n"
                   "try next: other numbers of processes\n",
                   ROWS, COLS, STEPS, grid[0], grid[1], traffic.sends,
                   (long long)traffic.send_bytes, (unsigned long long)sum);
    } else {
        fprintf(stderr, "%s\n", sunzi_last_message());
    }
    free(u[0]);
    free(u[1]);
    sunzi_halo_destroy(&halo);
    sunzi_comm_destroy(&comm);
    MPI_Finalize();
    return status == SUNZI_OK ? 0 : 1;
}
