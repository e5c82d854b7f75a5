/* SPDX-License-Identifier: BSD-3-Clause */
/* run_series FOLDER [PID_FILE]: a run that writes a field file of 30 steps,
 * FOLDER/a.vtkhdf, and a checkpoint FOLDER/state after each; if there is a
 * checkpoint it goes on from there. The process id of the last rank goes to
 * PID_FILE; it prints the step that it begins with. */
#define _DEFAULT_SOURCE
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunzi/checkpoint.h>
#include <sunzi/field_file.h>
#include <sunzi/mpi.h>
#include <unistd.h>

enum { STEPS = 30, ROWS = 60, COLS = 50 };

static sunzi_comm *comm;

static void need(sunzi_status status)
{
    if (status == SUNZI_OK)
        return;
    fprintf(stderr, "run_series: %s\n", sunzi_last_message());
    MPI_Abort(MPI_COMM_WORLD, 1);
}

/* The step to go on with; 0: from the start. */
static int find_step(const char *base)
{
    sunzi_checkpoint *checkpoint = NULL;
    sunzi_checkpoint_state state = {.step = 0};
    if (sunzi_checkpoint_latest(comm, base, NULL, &checkpoint) == SUNZI_OK)
        sunzi_checkpoint_get_state(checkpoint, &state);
    sunzi_checkpoint_close(&checkpoint);
    return (int)state.step;
}

static sunzi_file *open_series(const char *path, int step)
{
    const sunzi_image image = {.points = {COLS, ROWS, 1}, .spacing = {1, 1, 1}};
    sunzi_file_field field;
    sunzi_file *file = NULL;
    if (step > 0)
        need(sunzi_file_continue(comm, path, NULL, step, &file));
    else
        need(sunzi_file_create(comm, path, NULL, &file));
    need(sunzi_file_set_image(file, &image));
    sunzi_file_field_init(&field);
    field.name = "T";
    need(sunzi_file_define_field(file, &field));
    for (int i = 0; i < step; i++)
        need(sunzi_file_add_step(file, i));
    return file;
}

static void do_step(sunzi_file *file, const char *base, int step)
{
    static double x[ROWS * COLS];
    const int size = sunzi_comm_size(comm), rank = sunzi_comm_rank(comm);
    const int first = ROWS * rank / size,
              rows = ROWS * (rank + 1) / size - first;
    const sunzi_block block = {.start = {0, first}, .count = {1, rows, COLS}};
    const sunzi_checkpoint_array array = {
        "x",
        SUNZI_FILE_FP64,
        2,
        {ROWS, COLS},
        {.start = {first}, .count = {rows, COLS}},
        x};
    const sunzi_checkpoint_state state = {step + 1, step + 1.0, NULL, 0};
    for (int i = 0; i < rows * COLS; i++)
        x[i] = step + 1e-4 * (first * COLS + i);
    need(sunzi_file_add_step(file, step));
    need(sunzi_file_write_field(file, "T", step, &block, x));
    need(sunzi_file_save(file));
    need(sunzi_checkpoint_write(comm, base, NULL, &state, 1, &array));
}

int main(int argc, char **argv)
{
    char base[500], path[500];
    MPI_Init(&argc, &argv);
    need(sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm));
    if (argc < 2)
        return 2;
    if (argc > 2 && sunzi_comm_rank(comm) == sunzi_comm_size(comm) - 1) {
        FILE *f = fopen(argv[2], "w");
        fprintf(f, "%ld\n", (long)getpid());
        fclose(f);
    }
    snprintf(base, sizeof base, "%s/state", argv[1]);
    snprintf(path, sizeof path, "%s/a.vtkhdf", argv[1]);
    const int step = find_step(base);
    if (sunzi_comm_rank(comm) == 0)
        printf("from %d\n", step);
    sunzi_file *file = open_series(path, step);
    for (int i = step; i < STEPS; i++)
        do_step(file, base, i);
    need(sunzi_file_close(&file));
    sunzi_comm_destroy(&comm);
    MPI_Finalize();
    return 0;
}
