/* SPDX-License-Identifier: BSD-3-Clause */
/* A dense system distributed over processes, as a code that uses ScaLAPACK has
 * it: each process fills its own blocks, sunzi_pdsolve does the rest. The
 * checksum of the solution is the same for any number of processes.
 *
 * The matrix couples N points on a circle by 1 / (1 + distance^2): a boundary
 * integral in its simplest form.
 *
 * Compile: mpicc 40_distributed_solve_mpi.c \
 *              $(pkg-config --cflags --libs sunzi_mpi sunzi) -lm
 * Run: mpirun -n 4 ./a.out */
#include <math.h>
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>

enum { N = 600, BLOCK = 48 };

static double coupling(int64_t i, int64_t j)
{
    const double chord = 2 * sin(3.14159265358979323846 * (double)(i - j) / N);
    return 1 / (1 + 100 * chord * chord) + (i == j ? 2 : 0);
}

static double load(int64_t i)
{
    return cos(6.28318530717958647692 * 3 * (double)i / N);
}

/* Global index of local index `l` on process p of `count`. */
static int64_t global(int64_t l, int p, int count)
{
    return (l / BLOCK * count + p) * BLOCK + l % BLOCK;
}

/* The sum of the bits of all numbers: any change of any of them is seen. */
static uint64_t checksum(const double *x, int64_t count)
{
    uint64_t sum = 0, bits;
    for (int64_t i = 0; i < count; i++) {
        memcpy(&bits, &x[i], sizeof bits);
        sum += bits;
    }
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
    return sum;
}

static sunzi_status solve(sunzi_context *ctx, const sunzi_grid *grid)
{
    int row, col, rows, cols, desca[SUNZI_DESC_LENGTH],
        descb[SUNZI_DESC_LENGTH];
    sunzi_solve_options options;
    sunzi_solve_report report;
    sunzi_column_report column;
    sunzi_grid_place(grid, &row, &col);
    sunzi_grid_shape(grid, &rows, &cols);
    const int64_t m = sunzi_local_count(N, BLOCK, row, 0, rows);
    const int64_t n = sunzi_local_count(N, BLOCK, col, 0, cols);
    const int64_t nb = sunzi_local_count(1, BLOCK, col, 0, cols);
    double *A = malloc((size_t)(m * n + 1) * sizeof *A);
    double *b = malloc((size_t)(m + 1) * sizeof *b);
    if (!A || !b)
        MPI_Abort(MPI_COMM_WORLD, 2);
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < m; i++)
            A[i + j * m] = coupling(global(i, row, rows), global(j, col, cols));
    for (int64_t i = 0; i < m; i++)
        b[i] = load(global(i, row, rows));
    sunzi_descriptor_init(desca, grid, N, N, BLOCK, BLOCK, 0, 0, 0);
    sunzi_descriptor_init(descb, grid, N, 1, BLOCK, BLOCK, 0, 0, 0);
    sunzi_solve_options_init(&options);
    options.grade = SUNZI_GRADE_ACCURATE;
    options.factor = SUNZI_FACTOR_FP32;
    const sunzi_status status =
        sunzi_pdsolve(ctx, grid, N, 1, A, 1, 1, desca, b, 1, 1, descb, b, 1, 1,
                      descb, &options, &report, &column);
    const uint64_t sum = checksum(b, m * nb);
    if (status < 0 || row != 0 || col != 0)
        goto done;
    printf("%d x %d processes: %s factors, grade %s, condition %.1e,\n"
           "error bound %.1e\nchecksum %016llx\n",
           rows, cols, sunzi_factor_name(report.factor),
           sunzi_grade_name(column.grade), report.condition,
           column.forward_bound, (unsigned long long)sum);
done:
    free(A);
    free(b);
    return status;
}

int main(int argc, char **argv)
{
    sunzi_comm *comm = NULL;
    sunzi_grid *grid = NULL;
    sunzi_context *ctx = NULL;
    sunzi_context_options options;
    MPI_Init(&argc, &argv);
    sunzi_context_options_init(&options);
    options.reproducible = 1;
    sunzi_status status = sunzi_context_create(&options, &ctx);
    if (status == SUNZI_OK)
        status = sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm);
    if (status == SUNZI_OK)
        status = sunzi_grid_create(comm, 0, 0, 'R', &grid);
    if (status == SUNZI_OK)
        status = solve(ctx, grid);
    if (status != SUNZI_OK && sunzi_comm_rank(comm) == 0)
        fprintf(stderr, "%s\n", sunzi_last_message());
    if (status == SUNZI_OK && sunzi_comm_rank(comm) == 0)
        printf("try next: another number of processes; the checksum stays\n");
    sunzi_grid_destroy(&grid);
    sunzi_comm_destroy(&comm);
    sunzi_context_destroy(&ctx);
    MPI_Finalize();
    return status != SUNZI_OK;
}
