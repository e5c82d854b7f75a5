/* SPDX-License-Identifier: BSD-3-Clause */
/* Writing a field by sunzi_file against dd, both to the disk (fsync), to the
 * same folder, alternating in one run:
 *   mpirun -n 2 bench/bench_write FOLDER [megabytes [runs]], default 2048 5.
 * The field is of FP64 in slabs. One line a run:
 *   write processes megabytes sunzi_mbs dd_mbs ratio
 * and one with the median ratio. dd writes zeros from /dev/zero with
 * bs=1M conv=fsync; the field is no zeros. Both files are removed. */
#define _DEFAULT_SOURCE
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunzi/file.h>
#include <sunzi/mpi.h>
#include <unistd.h>

enum { COLS = 1024, RUNS_MAX = 15, PATH = 512 };

static int rank, size;

static int fail(void)
{
    fprintf(stderr, "bench_write: %s\n", sunzi_last_message());
    return 1;
}

static int ascending(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* Seconds; < 0: failed. */
static double write_field(sunzi_comm *comm, const char *path, int64_t rows,
                          const sunzi_block *block, const double *x)
{
    const int64_t shape[2] = {rows, COLS};
    sunzi_file *file;
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    if (sunzi_file_create(comm, path, NULL, &file) < 0)
        return -1;
    if (sunzi_file_define(file, "x", SUNZI_FILE_FP64, 2, shape) < 0 ||
        sunzi_file_write(file, "x", block, x) < 0 ||
        sunzi_file_close(&file) < 0) {
        sunzi_file_discard(&file);
        return -1;
    }
    return MPI_Wtime() - start;
}

/* The same bytes by dd, on rank 0; the others wait without work. */
static double write_by_dd(const char *path, int megabytes)
{
    char command[PATH + 128];
    MPI_Request all;
    int done = 0, code = 0;
    double seconds = 0;
    snprintf(command, sizeof command,
             "dd if=/dev/zero of='%s' bs=1M count=%d conv=fsync 2>/dev/null",
             path, megabytes);
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0) {
        const double start = MPI_Wtime();
        code = system(command);
        seconds = MPI_Wtime() - start;
    }
    MPI_Ibarrier(MPI_COMM_WORLD, &all);
    while (!done) {
        MPI_Test(&all, &done, MPI_STATUS_IGNORE);
        usleep(1000);
    }
    return code == 0 ? seconds : -1;
}

static int measure(sunzi_comm *comm, const char *folder, int megabytes,
                   int runs)
{
    const int64_t rows = (int64_t)megabytes * 128;
    const int64_t first = rows * rank / size,
                  mine = rows * (rank + 1) / size - first;
    const sunzi_block block = {.start = {first, 0}, .count = {mine, COLS}};
    double *x = malloc(sizeof *x * (size_t)mine * COLS), ratio[RUNS_MAX];
    char path[PATH], other[PATH];
    if (!x)
        return fprintf(stderr, "bench_write: no memory\n"), 1;
    for (int64_t i = 0; i < mine * COLS; i++)
        x[i] = 1.0 / (double)(first * COLS + i + 1);
    snprintf(path, sizeof path, "%s/bench_write.h5", folder);
    snprintf(other, sizeof other, "%s/bench_write.dd", folder);
    for (int r = -1; r < runs; r++) { /* the first run warms up */
        const double ours = write_field(comm, path, rows, &block, x);
        if (rank == 0)
            unlink(path);
        if (ours < 0)
            return fail();
        const double dd = write_by_dd(other, megabytes);
        if (rank == 0)
            unlink(other);
        if (dd < 0)
            return fprintf(stderr, "bench_write: dd failed\n"), 1;
        if (r < 0)
            continue;
        ratio[r] = dd / ours;
        if (rank == 0)
            printf("write processes=%d megabytes=%d sunzi_mbs=%.0f dd_mbs=%.0f "
                   "ratio=%.2f\n",
                   size, megabytes, megabytes / ours, megabytes / dd, ratio[r]);
        fflush(stdout);
    }
    qsort(ratio, (size_t)runs, sizeof *ratio, ascending);
    if (rank == 0)
        printf("write processes=%d megabytes=%d median_ratio=%.2f\n", size,
               megabytes, ratio[runs / 2]);
    free(x);
    return 0;
}

int main(int argc, char **argv)
{
    sunzi_comm *comm;
    const int megabytes = argc > 2 ? atoi(argv[2]) : 2048;
    const int runs = argc > 3 ? atoi(argv[3]) : 5;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (argc < 2 || megabytes < 1 || runs < 1 || runs > RUNS_MAX) {
        if (rank == 0)
            fprintf(stderr, "bench_write FOLDER [megabytes [runs]]\n");
        MPI_Finalize();
        return 2;
    }
    if (sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm) < 0)
        return fail();
    const int failed = measure(comm, argv[1], megabytes, runs);
    sunzi_comm_destroy(&comm);
    MPI_Finalize();
    return failed;
}
