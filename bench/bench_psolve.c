/* SPDX-License-Identifier: BSD-3-Clause */
/* sunzi_pdsolve against ScaLAPACK's pdgesv (and, on one process, against
 * sunzi_dsolve), alternating, the matrix in the layout that both get. Prints
 * one line a figure from process 0 (steps of the first column). Usage: mpirun
 * -n P bench_psolve [-r repeats] [-f factor] [-b block] [-p grid rows]
 * [-e reproducible 0|1] [-k right-hand sides (1)] [n ...]; SUNZI_ENGINE=opencl:
 * on devices */
#include <float.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>

#include "core/communicator.h"
#include "tests/random.h"

#ifdef HAVE_SCALAPACK
void Cblacs_get(int context, int what, int *value);
void Cblacs_gridinit(int *context, const char *order, int rows, int cols);
void Cblacs_gridexit(int context);
void pdgesv_(const int *n, const int *nrhs, double *a, const int *ia,
             const int *ja, const int *desca, int *ipiv, double *b,
             const int *ib, const int *jb, const int *descb, int *info);
#endif

typedef struct setting {
    int repeats, block, rows, nrhs;
    sunzi_factor factor;
    sunzi_context *ctx;
    sunzi_grid *grid;
    int grid_rows, grid_cols, rank;
} setting;

typedef struct problem {
    int n, desca[SUNZI_DESC_LENGTH], descb[SUNZI_DESC_LENGTH];
    size_t local_a, local_b;
    double *a, *b, *lu, *x;
    int *pivots;
} problem;

/* in (-1, 1) */
static double entry(long i, long j)
{
    return (double)(random_entry_bits(i, j) >> 11) * 0x1p-52 - 1;
}

static void fill(const setting *s, const int *desc, double *data)
{
    int row, col;
    sunzi_grid_place(s->grid, &row, &col);
    const int nb = desc[SUNZI_DESC_NB], mb = desc[SUNZI_DESC_MB];
    const int64_t rows =
        sunzi_local_count(desc[SUNZI_DESC_M], mb, row, 0, s->grid_rows);
    const int64_t cols =
        sunzi_local_count(desc[SUNZI_DESC_N], nb, col, 0, s->grid_cols);
    for (int64_t j = 0; j < cols; j++)
        for (int64_t i = 0; i < rows; i++)
            data[i + j * desc[SUNZI_DESC_LLD]] =
                entry((i / mb * s->grid_rows + row) * mb + i % mb,
                      (j / nb * s->grid_cols + col) * nb + j % nb +
                          (desc[SUNZI_DESC_N] == s->nrhs ? 1000000 : 0));
}

static int make(const setting *s, int n, problem *p)
{
    int row, col;
    sunzi_grid_place(s->grid, &row, &col);
    p->n = n;
    if (sunzi_descriptor_init(p->desca, s->grid, n, n, s->block, s->block, 0, 0,
                              0) < 0 ||
        sunzi_descriptor_init(p->descb, s->grid, n, s->nrhs, s->block, s->block,
                              0, 0, 0) < 0)
        return 1;
    p->local_a =
        (size_t)p->desca[SUNZI_DESC_LLD] *
            (size_t)sunzi_local_count(n, s->block, col, 0, s->grid_cols) +
        1;
    p->local_b =
        (size_t)p->descb[SUNZI_DESC_LLD] *
            (size_t)sunzi_local_count(s->nrhs, s->block, col, 0, s->grid_cols) +
        1;
    p->a = malloc(p->local_a * sizeof(double));
    p->lu = malloc(p->local_a * sizeof(double));
    p->b = malloc(p->local_b * sizeof(double));
    p->x = malloc(p->local_b * sizeof(double));
    p->pivots = malloc(((size_t)n + (size_t)s->block) * sizeof(int));
    if (!p->a || !p->lu || !p->b || !p->x || !p->pivots)
        return 1;
    fill(s, p->desca, p->a);
    fill(s, p->descb, p->b);
    return 0;
}

static double start_time(void)
{
    MPI_Barrier(MPI_COMM_WORLD);
    return MPI_Wtime();
}

static double elapsed(double start)
{
    MPI_Barrier(MPI_COMM_WORLD);
    return MPI_Wtime() - start;
}

/* What was sent, and what a device did. */
typedef struct traffic {
    sunzi_comm_counts comm;
    sunzi_device_use device;
} traffic;

static traffic count(const setting *s)
{
    traffic t = {.comm = sunzi_comm_count()};
    sunzi_context_device(s->ctx, &t.device);
    return t;
}

/* Messages, their bytes, and so on, of the process that has most of each, since
 * `before`; printed by process 0. */
static void print_traffic(const setting *s, const traffic *before)
{
    const traffic now = count(s);
    const sunzi_comm_counts t = now.comm, b = before->comm;
    long long most[9] = {t.messages - b.messages,
                         t.message_bytes - b.message_bytes,
                         t.broadcasts - b.broadcasts,
                         t.broadcast_bytes - b.broadcast_bytes,
                         t.reductions - b.reductions,
                         t.reduction_bytes - b.reduction_bytes,
                         now.device.launches - before->device.launches,
                         now.device.bytes_to - before->device.bytes_to,
                         now.device.bytes_from - before->device.bytes_from};
    MPI_Allreduce(MPI_IN_PLACE, most, 9, MPI_LONG_LONG, MPI_MAX,
                  MPI_COMM_WORLD);
    if (s->rank == 0)
        printf(" messages=%lld message_mb=%.2f broadcasts=%lld "
               "broadcast_mb=%.2f reductions=%lld reduction_mb=%.2f "
               "launches=%lld to_device_mb=%.2f from_device_mb=%.2f\n",
               most[0], (double)most[1] / 1e6, most[2], (double)most[3] / 1e6,
               most[4], (double)most[5] / 1e6, most[6], (double)most[7] / 1e6,
               (double)most[8] / 1e6);
}

/* What Sunzi is compared with; negative: not to be had. */
static double scalapack(const setting *s, problem *p)
{
#ifdef HAVE_SCALAPACK
    const int one = 1;
    int context, info, desca[SUNZI_DESC_LENGTH], descb[SUNZI_DESC_LENGTH];
    Cblacs_get(-1, 0, &context);
    Cblacs_gridinit(&context, "Row", s->grid_rows, s->grid_cols);
    memcpy(desca, p->desca, sizeof desca);
    memcpy(descb, p->descb, sizeof descb);
    desca[SUNZI_DESC_CONTEXT] = descb[SUNZI_DESC_CONTEXT] = context;
    memcpy(p->lu, p->a, p->local_a * sizeof(double));
    memcpy(p->x, p->b, p->local_b * sizeof(double));
    const double start = start_time();
    pdgesv_(&p->n, &s->nrhs, p->lu, &one, &one, desca, p->pivots, p->x, &one,
            &one, descb, &info);
    const double t = elapsed(start);
    Cblacs_gridexit(context);
    return info == 0 ? t : -1;
#else
    (void)s;
    (void)p;
    return -1;
#endif
}

static double shared(const setting *s, problem *p, const sunzi_solve_options *o)
{
    if (s->grid_rows * s->grid_cols > 1)
        return -1;
    const double start = start_time();
    const sunzi_status status =
        sunzi_dsolve(s->ctx, SUNZI_COL_MAJOR, p->n, s->nrhs, p->a, p->n, p->b,
                     p->n, p->x, p->n, o, NULL, NULL);
    return status == SUNZI_OK ? elapsed(start) : -1;
}

static double least(double a, double b)
{
    return b >= 0 && (a < 0 || b < a) ? b : a;
}

static int compare(const setting *s, problem *p, sunzi_grade grade)
{
    double best = -1, other = -1, alone = -1;
    traffic before = {.comm = {0}};
    sunzi_solve_report r, report = {0};
    sunzi_column_report *columns = calloc((size_t)s->nrhs, sizeof *columns);
    sunzi_solve_options o;
    if (!columns)
        return 1;
    sunzi_solve_options_init(&o);
    o.grade = grade;
    o.factor = s->factor;
    for (int k = 0; k < s->repeats; k++) {
        other = least(other, scalapack(s, p));
        alone = least(alone, shared(s, p, &o));
        before = count(s);
        const double start = start_time();
        const sunzi_status status = sunzi_pdsolve(
            s->ctx, s->grid, p->n, s->nrhs, p->a, 1, 1, p->desca, p->b, 1, 1,
            p->descb, p->x, 1, 1, p->descb, &o, &r, columns);
        const double t = elapsed(start);
        if (status != SUNZI_OK) {
            fprintf(stderr, "bench_psolve: %s\n", sunzi_last_message());
            free(columns);
            return 1;
        }
        if (best < 0 || t < best)
            report = r;
        best = least(best, t);
    }
    if (s->rank == 0)
        printf("psolve n=%d nrhs=%d grid=%dx%d block=%d grade=%s rung=%s "
               "engine=%s "
               "seconds=%.4f pdgesv=%.4f ratio=%.2f dsolve=%.4f "
               "factorize=%.4f refine=%.4f condition=%.4f rest=%.4f steps=%d "
               "backward_error=%.1e",
               p->n, s->nrhs, s->grid_rows, s->grid_cols, s->block,
               sunzi_grade_name(grade), sunzi_factor_name(report.factor),
               report.engine, best, other, other / best, alone,
               report.seconds_factor, report.seconds_refine,
               report.seconds_condition,
               best - report.seconds_factor - report.seconds_refine -
                   report.seconds_condition,
               columns[0].refinements, columns[0].normwise_error);
    print_traffic(s, &before);
    fflush(stdout);
    free(columns);
    return 0;
}

static int run(const setting *s, int n)
{
    problem p = {0};
    int failed = make(s, n, &p);
    if (failed)
        fprintf(stderr, "bench_psolve: n = %d cannot be had\n", n);
    failed = failed || compare(s, &p, SUNZI_GRADE_BACKWARD) ||
             compare(s, &p, SUNZI_GRADE_ACCURATE);
    free(p.a);
    free(p.lu);
    free(p.b);
    free(p.x);
    free(p.pivots);
    return failed;
}

static sunzi_factor factor_named(const char *name)
{
    for (int f = SUNZI_FACTOR_AUTO; f <= SUNZI_FACTOR_FP64; f++)
        if (strcmp(sunzi_factor_name((sunzi_factor)f), name) == 0)
            return (sunzi_factor)f;
    fprintf(stderr, "bench_psolve: unknown factor '%s'\n", name);
    exit(2);
}

int main(int argc, char **argv)
{
    static const int orders[] = {1024, 2048, 4096};
    setting s = {.repeats = 3, .block = 64, .rows = 1, .nrhs = 1};
    sunzi_context_options co;
    sunzi_comm *comm = NULL;
    int i = 1, failed = 0;
    MPI_Init(&argc, &argv);
    sunzi_context_options_init(&co);
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (strcmp(argv[i], "-r") == 0)
            s.repeats = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "-f") == 0)
            s.factor = factor_named(argv[i + 1]);
        else if (strcmp(argv[i], "-b") == 0)
            s.block = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "-p") == 0)
            s.rows = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "-k") == 0)
            s.nrhs = atoi(argv[i + 1]) > 1 ? atoi(argv[i + 1]) : 1;
        else if (strcmp(argv[i], "-e") == 0)
            co.reproducible = atoi(argv[i + 1]);
    }
    if (sunzi_context_create(&co, &s.ctx) < 0 ||
        sunzi_comm_from_mpi(MPI_COMM_WORLD, &comm) < 0 ||
        sunzi_grid_create(comm, s.rows, sunzi_comm_size(comm) / s.rows, 'R',
                          &s.grid) < 0) {
        fprintf(stderr, "bench_psolve: %s\n", sunzi_last_message());
        MPI_Abort(MPI_COMM_WORLD, 2);
    }
    sunzi_grid_shape(s.grid, &s.grid_rows, &s.grid_cols);
    s.rank = sunzi_comm_rank(comm);
    for (size_t k = 0; i == argc && k < sizeof orders / sizeof orders[0]; k++)
        failed |= run(&s, orders[k]);
    for (; i < argc; i++)
        failed |= run(&s, atoi(argv[i]));
    sunzi_grid_destroy(&s.grid);
    sunzi_comm_destroy(&comm);
    sunzi_context_destroy(&s.ctx);
    MPI_Finalize();
    return failed;
}
