/* SPDX-License-Identifier: BSD-3-Clause */
/* Heat spreads in a plate: a field written for ParaView, and a run that is
 * interrupted and goes on from its checkpoint with the same bits.
 *
 * Compile: cc 60_files_mpi.c $(pkg-config --cflags --libs sunzi_mpi)
 * Run:     ./a.out, or mpirun -n 4 ./a.out: the same files, byte for byte
 *
 * Files, in the current folder: heat.vtkhdf (open it in ParaView),
 * heat.0000020.h5 (h5dump shows it). */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/checkpoint.h>
#include <sunzi/field_file.h>
#include <sunzi/mpi.h>

enum { NX = 64, NY = 48, STEPS = 40, HALF = STEPS / 2, PICTURES = 5 };

static sunzi_comm *comm;
static int rank, size;

static void check(sunzi_status status)
{
    if (status == SUNZI_OK)
        return;
    fprintf(stderr, "%s\n", sunzi_last_message());
    MPI_Abort(MPI_COMM_WORLD, 1);
}

/* The rows of this process, one ghost row before and one after them: u has
 * (rows + 2) x NX numbers. All three dimensions of the grid are counted. */
static sunzi_block my_rows(void)
{
    const int first = NY * rank / size, last = NY * (rank + 1) / size;
    return (sunzi_block){.start = {0, first, 0},
                         .count = {1, last - first, NX},
                         .held = {1, last - first + 2, NX},
                         .skip = {0, 1, 0}};
}

/* The same in a plane, as the checkpoint has it. */
static sunzi_checkpoint_array state_array(const double *u)
{
    const sunzi_block b = my_rows();
    return (sunzi_checkpoint_array){
        "temperature",
        SUNZI_FILE_FP64,
        2,
        {NY, NX},
        {{b.start[1], 0}, {b.count[1], NX}, {b.held[1], NX}, {1, 0}},
        u};
}

/* A hot spot in the middle. */
static void start(double *u, int first, int rows)
{
    memset(u, 0, sizeof *u * (size_t)(rows + 2) * NX);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < NX; j++)
            if (abs(first + i - NY / 2) < 6 && abs(j - NX / 2) < 6)
                u[(i + 1) * NX + j] = 100;
}

/* u at the next time; v is scratch. The edge of the plate stays cold. */
static void advance(double *u, double *v, int first, int rows)
{
    const int before = rank > 0 ? rank - 1 : MPI_PROC_NULL;
    const int after = rank < size - 1 ? rank + 1 : MPI_PROC_NULL;
    MPI_Sendrecv(u + NX, NX, MPI_DOUBLE, before, 0, u + (rows + 1) * NX, NX,
                 MPI_DOUBLE, after, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Sendrecv(u + rows * NX, NX, MPI_DOUBLE, after, 1, u, NX, MPI_DOUBLE,
                 before, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    memcpy(v, u, sizeof *u * (size_t)(rows + 2) * NX);
    for (int i = 1; i <= rows; i++)
        for (int j = 1; j < NX - 1; j++) {
            const double *p = v + i * NX + j;
            const int row = first + i - 1;
            if (row > 0 && row < NY - 1)
                u[i * NX + j] =
                    p[0] + 0.2 * (p[-1] + p[1] + p[-NX] + p[NX] - 4 * p[0]);
        }
}

/* Steps [from, to), with pictures into `file` if there is one. */
static void run(sunzi_file *file, double *u, double *v, int from, int to)
{
    const sunzi_block block = my_rows();
    const int first = (int)block.start[1], rows = (int)block.count[1];
    for (int step = from; step < to; step++) {
        if (file && step % (STEPS / PICTURES) == 0)
            check(sunzi_file_write_field(file, "T", step / (STEPS / PICTURES),
                                         &block, u));
        advance(u, v, first, rows);
    }
}

static sunzi_file *open_pictures(void)
{
    double times[PICTURES];
    sunzi_file *file;
    sunzi_file_field field;
    for (int i = 0; i < PICTURES; i++)
        times[i] = i * (STEPS / PICTURES);
    const sunzi_image plate = {.points = {NX, NY, 1},
                               .spacing = {0.01, 0.01, 1},
                               .steps = PICTURES,
                               .times = times};
    check(sunzi_file_create(comm, "heat.vtkhdf", NULL, &file));
    check(sunzi_file_set_image(file, &plate));
    sunzi_file_field_init(&field);
    field.name = "T";
    field.units = "K";
    field.long_name = "temperature above that of the edge";
    check(sunzi_file_define_field(file, &field));
    return file;
}

int main(int argc, char **argv)
{
    sunzi_checkpoint *checkpoint;
    sunzi_checkpoint_state state = {.step = HALF, .time = HALF};
    MPI_Init(&argc, &argv);
    check(sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm));
    rank = sunzi_comm_rank(comm);
    size = sunzi_comm_size(comm);
    const sunzi_block block = my_rows();
    const size_t bytes = sizeof(double) * (size_t)(block.count[1] + 2) * NX;
    double *u = malloc(bytes), *v = malloc(bytes), *again = calloc(1, bytes);
    if (!u || !v || !again)
        return 1;

    /* the whole run, with pictures and a checkpoint in the middle */
    sunzi_file *pictures = open_pictures();
    start(u, (int)block.start[1], (int)block.count[1]);
    run(pictures, u, v, 0, HALF);
    sunzi_checkpoint_array array = state_array(u);
    check(sunzi_checkpoint_write(comm, "heat", NULL, &state, 1, &array));
    run(pictures, u, v, HALF, STEPS);
    check(sunzi_file_close(&pictures)); /* only now is it there, and whole */

    /* its second half again, from the checkpoint */
    check(sunzi_checkpoint_latest(comm, "heat", NULL, &checkpoint));
    sunzi_checkpoint_get_state(checkpoint, &state);
    check(sunzi_checkpoint_read(checkpoint, array.name, array.type,
                                &array.block, again));
    sunzi_checkpoint_close(&checkpoint);
    run(NULL, again, v, (int)state.step, STEPS);
    int same = memcmp(u + NX, again + NX, bytes - 2 * NX * sizeof *u) == 0;
    MPI_Allreduce(MPI_IN_PLACE, &same, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (rank == 0) {
        printf("from step %d to %d again: %s\n", (int)state.step, STEPS,
               same ? "the same bits" : "other bits");
        printf("try next: paraview heat.vtkhdf; doc/files.md\n");
    }
    free(u);
    free(v);
    free(again);
    sunzi_comm_destroy(&comm);
    MPI_Finalize();
    return !same;
}
