/* SPDX-License-Identifier: BSD-3-Clause */
/* run_checkpoints BASE write PID_FILE: write checkpoints for ever, each with
 * other values; the process id of the last rank goes to PID_FILE, and the step
 * of each checkpoint that is done to BASE.done.
 * run_checkpoints BASE read: look for the latest one that is whole, compare its
 * values and print its step; skipped ones are said on standard error.
 * run_checkpoints FILE fill KILOBYTES: write a file of this size; the exit code
 * is 3 if that fails with SUNZI_ERR_FILE. */
#define _DEFAULT_SOURCE
#include <mpi.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/checkpoint.h>
#include <sunzi/mpi.h>
#include <unistd.h>

enum { ROWS = 600, COLS = 500 };

static sunzi_comm *comm;

static int failed(void)
{
    fprintf(stderr, "run_checkpoints: %s\n", sunzi_last_message());
    return 1;
}

/* The rows of this process. */
static sunzi_block rows(void)
{
    const int64_t size = sunzi_comm_size(comm), rank = sunzi_comm_rank(comm);
    const int64_t first = ROWS * rank / size;
    return (sunzi_block){.start = {first, 0},
                         .count = {ROWS * (rank + 1) / size - first, COLS}};
}

static double value(int64_t step, int64_t row, int64_t col)
{
    return (double)step + 1e-3 * (double)(row * COLS + col);
}

static double *state_of(int64_t step)
{
    const sunzi_block block = rows();
    double *x = malloc(sizeof *x * ROWS * COLS);
    for (int64_t i = 0; x && i < block.count[0]; i++)
        for (int64_t j = 0; j < COLS; j++)
            x[i * COLS + j] = value(step, block.start[0] + i, j);
    return x;
}

static int write_for_ever(const char *base, const char *pid_file)
{
    char done[600];
    snprintf(done, sizeof done, "%s.done", base);
    if (sunzi_comm_rank(comm) == sunzi_comm_size(comm) - 1) {
        FILE *f = fopen(pid_file, "w");
        fprintf(f, "%ld\n", (long)getpid());
        fclose(f);
    }
    for (int64_t step = 1;; step++) {
        double *x = state_of(step);
        const sunzi_checkpoint_array array = {"x",          SUNZI_FILE_FP64, 2,
                                              {ROWS, COLS}, rows(),          x};
        const sunzi_checkpoint_state state = {step, (double)step, NULL, 0};
        if (sunzi_checkpoint_write(comm, base, NULL, &state, 1, &array) < 0)
            return failed();
        free(x);
        if (sunzi_comm_rank(comm) == 0) {
            FILE *f = fopen(done, "a");
            fprintf(f, "%lld\n", (long long)step);
            fclose(f);
        }
    }
}

static void say(void *user, sunzi_log_level level, const char *line)
{
    (void)user, (void)level;
    fprintf(stderr, "%s\n", line);
}

static int read_latest(const char *base)
{
    const sunzi_block block = rows();
    sunzi_checkpoint *checkpoint;
    sunzi_checkpoint_options options;
    sunzi_checkpoint_state state;
    sunzi_checkpoint_options_init(&options);
    options.log = say;
    if (sunzi_checkpoint_latest(comm, base, &options, &checkpoint) < 0)
        return failed();
    sunzi_checkpoint_get_state(checkpoint, &state);
    double *x = state_of(-1), *expected = state_of(state.step);
    const sunzi_status status =
        sunzi_checkpoint_read(checkpoint, "x", SUNZI_FILE_FP64, &block, x);
    sunzi_checkpoint_close(&checkpoint);
    if (status < 0)
        return failed();
    const bool right =
        memcmp(x, expected, sizeof *x * (size_t)(block.count[0] * COLS)) == 0;
    free(x);
    free(expected);
    if (!right)
        return fprintf(stderr, "run_checkpoints: wrong values\n"), 1;
    if (sunzi_comm_rank(comm) == 0)
        printf("%lld\n", (long long)state.step);
    return 0;
}

static int fill(const char *path, int kilobytes)
{
    const int64_t size = sunzi_comm_size(comm), rank = sunzi_comm_rank(comm);
    const int64_t all = (int64_t)kilobytes << 7, first = all * rank / size;
    const sunzi_block block = {.start = {first},
                               .count = {all * (rank + 1) / size - first}};
    double *x = calloc((size_t)block.count[0] + 1, sizeof *x);
    sunzi_file *file = NULL;
    sunzi_status status = sunzi_file_create(comm, path, NULL, &file);
    if (status == SUNZI_OK)
        status = sunzi_file_define(file, "x", SUNZI_FILE_FP64, 1, &all);
    if (status == SUNZI_OK)
        status = sunzi_file_write(file, "x", &block, x);
    if (status == SUNZI_OK)
        status = sunzi_file_close(&file);
    sunzi_file_discard(&file);
    free(x);
    if (status == SUNZI_OK)
        return 0;
    failed();
    return status == SUNZI_ERR_FILE ? 3 : 1;
}

int main(int argc, char **argv)
{
    int code = 2;
    MPI_Init(&argc, &argv);
    if (sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm) < 0)
        return failed();
    if (argc == 4 && strcmp(argv[2], "write") == 0)
        code = write_for_ever(argv[1], argv[3]);
    else if (argc == 3 && strcmp(argv[2], "read") == 0)
        code = read_latest(argv[1]);
    else if (argc == 4 && strcmp(argv[2], "fill") == 0)
        code = fill(argv[1], atoi(argv[3]));
    sunzi_comm_destroy(&comm);
    MPI_Finalize();
    return code;
}
