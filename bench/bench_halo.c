/* SPDX-License-Identifier: BSD-3-Clause */
/* Halo exchanges and transposes against plain MPI with derived datatypes:
 * mpirun -n P bench_halo [-r runs] [-t] [n ...], n (default 32 128) cells a
 * side of the cube of each process; -t: transposes only. All dimensions are
 * periodic. Bodies alternate in one run; us and ratio (ours / MPI's) are
 * medians of the runs. MPI sends FP64 always: one message a direction for all
 * fields, dimension by dimension (sendrecv), or all faces at once (alltoallw).
 * sends and bytes: of one exchange, on the process that has most, counted and
 * by formula.
 */
#include <mpi.h>
#include <omp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>
#include <sunzi/sunzi.h>

#include "core/communicator.h"

enum { RUNS_MOST = 101, FIELDS = 5, BODIES = 3 };

static sunzi_comm *world;
static int rank, size, runs = 21;

static void check(sunzi_status status)
{
    if (status == SUNZI_OK)
        return;
    fprintf(stderr, "bench_halo: %s\n", sunzi_last_message());
    MPI_Abort(MPI_COMM_WORLD, 1);
}

static void *take(size_t bytes)
{
    void *block = malloc(bytes ? bytes : 1);
    if (!block) {
        fprintf(stderr, "bench_halo: no memory for %zu bytes\n", bytes);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return block;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *t)
{
    qsort(t, (size_t)runs, sizeof *t, ascending);
    return t[runs / 2];
}

/* ---- alternating runs ---- */

typedef struct figures {
    double us[BODIES], ratio[BODIES]; /* of body 0 to each */
    int64_t sends, bytes;             /* of body 0 */
} figures;

typedef void body(void *what);

static double seconds_of(body *run, void *what, int repeats)
{
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    for (int k = 0; k < repeats; k++)
        run(what);
    double t = (MPI_Wtime() - start) / repeats;
    MPI_Allreduce(MPI_IN_PLACE, &t, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return t;
}

static figures measure(int bodies, body *const *run, void *what)
{
    static double seconds[BODIES][RUNS_MOST], ratio[BODIES][RUNS_MOST];
    figures f = {.sends = 0};
    const sunzi_comm_counts before = sunzi_comm_count();
    run[0](what);
    const sunzi_comm_counts after = sunzi_comm_count();
    int64_t most[2] = {after.messages - before.messages,
                       after.message_bytes - before.message_bytes};
    MPI_Allreduce(MPI_IN_PLACE, most, 2, MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD);
    f.sends = most[0];
    f.bytes = most[1];
    const double once = seconds_of(run[0], what, 3);
    const int repeats = once < 1e-3 ? (int)(1e-3 / once) + 1 : 1;
    for (int r = 0; r < runs; r++) {
        for (int b = 0; b < bodies; b++)
            seconds[b][r] = seconds_of(run[b], what, repeats);
        for (int b = 0; b < bodies; b++)
            ratio[b][r] = seconds[0][r] / seconds[b][r];
    }
    for (int b = 0; b < bodies; b++) {
        f.us[b] = 1e6 * median(seconds[b]);
        f.ratio[b] = median(ratio[b]);
    }
    return f;
}

/* ---- halos ---- */

typedef struct halo_case {
    int n, width, fields, reach;
    int grid[3];
    sunzi_wire wire;
    sunzi_halo *halo;
    int64_t extent[3], cells;
    double *array[FIELDS];
    MPI_Comm cart;
    int below[3], above[3];
    MPI_Datatype send[6], receive[6]; /* of all fields; -0 +0 -1 +1 -2 +2 */
} halo_case;

/* The cells of a side, in or beside the brick; dimensions before `grown` with
 * their halo. */
static MPI_Datatype side_type(const halo_case *c, int side, bool inside,
                              int grown)
{
    int extent[3], count[3], start[3];
    MPI_Datatype one, all;
    MPI_Aint at[FIELDS];
    for (int d = 0; d < 3; d++) {
        extent[d] = c->n + 2 * c->width;
        count[d] = d < grown ? extent[d] : c->n;
        start[d] = d < grown ? 0 : c->width;
    }
    const int d = side / 2;
    count[d] = c->width;
    start[d] =
        side % 2 ? c->n + (inside ? 0 : c->width) : (inside ? c->width : 0);
    MPI_Type_create_subarray(3, extent, count, start, MPI_ORDER_C, MPI_DOUBLE,
                             &one);
    for (int f = 0; f < c->fields; f++)
        MPI_Get_address(c->array[f], &at[f]);
    MPI_Type_create_hindexed_block(c->fields, 1, at, one, &all);
    MPI_Type_commit(&all);
    MPI_Type_free(&one);
    return all;
}

static void by_sunzi(void *what)
{
    check(sunzi_halo_exchange(((halo_case *)what)->halo, 0));
}

static void by_sendrecv(void *what)
{
    const halo_case *c = what;
    for (int d = 0; d < 3; d++) {
        MPI_Sendrecv(MPI_BOTTOM, 1, c->send[2 * d], c->below[d], 0, MPI_BOTTOM,
                     1, c->receive[2 * d + 1], c->above[d], 0, c->cart,
                     MPI_STATUS_IGNORE);
        MPI_Sendrecv(MPI_BOTTOM, 1, c->send[2 * d + 1], c->above[d], 1,
                     MPI_BOTTOM, 1, c->receive[2 * d], c->below[d], 1, c->cart,
                     MPI_STATUS_IGNORE);
    }
}

/* With two processes in a dimension Open MPI 4.1 gives the lower side what was
 * for the upper one: time only, no use of its data. */
static void by_alltoallw(void *what)
{
    static const int ones[6] = {1, 1, 1, 1, 1, 1};
    static const MPI_Aint zeros[6];
    const halo_case *c = what;
    MPI_Neighbor_alltoallw(MPI_BOTTOM, ones, zeros, c->send, MPI_BOTTOM, ones,
                           zeros, c->receive, c->cart);
}

static void open_case(halo_case *c)
{
    const int periodic[3] = {1, 1, 1};
    void *arrays[FIELDS];
    sunzi_halo_shape shape;
    sunzi_field field[FIELDS];
    sunzi_halo_shape_init(&shape, 3);
    shape.reach = (sunzi_halo_reach)c->reach;
    for (int d = 0; d < 3; d++) {
        shape.cells[d] = (int64_t)c->n * c->grid[d];
        shape.processes[d] = c->grid[d];
        shape.periodic[d] = 1;
        shape.lower[d] = shape.upper[d] = c->width;
    }
    for (int f = 0; f < c->fields; f++) {
        sunzi_field_init(&field[f]);
        field[f].wire = c->wire;
    }
    check(sunzi_halo_create(world, &shape, c->fields, field, &c->halo));
    c->cells = sunzi_halo_storage(c->halo, c->extent);
    for (int f = 0; f < c->fields; f++) {
        c->array[f] = take((size_t)c->cells * sizeof(double));
        arrays[f] = c->array[f];
        for (int64_t i = 0; i < c->cells; i++)
            c->array[f][i] = 1.0 / (double)(1 + f + i + rank);
    }
    check(sunzi_halo_bind(c->halo, 0, arrays));
    MPI_Cart_create(MPI_COMM_WORLD, 3, c->grid, periodic, 0, &c->cart);
    for (int d = 0; d < 3; d++)
        MPI_Cart_shift(c->cart, d, 1, &c->below[d], &c->above[d]);
    for (int s = 0; s < 6; s++) {
        const int grown = c->reach == SUNZI_HALO_FACES ? 0 : s / 2;
        c->send[s] = side_type(c, s, true, grown);
        c->receive[s] = side_type(c, s, false, grown);
    }
}

static void close_case(halo_case *c)
{
    for (int s = 0; s < 6; s++) {
        MPI_Type_free(&c->send[s]);
        MPI_Type_free(&c->receive[s]);
    }
    MPI_Comm_free(&c->cart);
    for (int f = 0; f < c->fields; f++)
        free(c->array[f]);
    sunzi_halo_destroy(&c->halo);
}

/* Both fill the same halos. */
static void compare_halos(halo_case *c)
{
    const size_t bytes = (size_t)c->cells * sizeof(double);
    double *ours = take(bytes);
    if (c->wire == SUNZI_WIRE_STORED) {
        by_sunzi(c);
        memcpy(ours, c->array[c->fields - 1], bytes);
        by_sendrecv(c);
        if (memcmp(ours, c->array[c->fields - 1], bytes) != 0) {
            fprintf(stderr, "bench_halo: the halos differ\n");
            MPI_Abort(MPI_COMM_WORLD, 1);
        }
    }
    free(ours);
}

/* Messages and bytes that a process sends, doc/results/fields-zen5.md. */
static void halo_formula(const halo_case *c, int64_t *sends, int64_t *bytes)
{
    static const int wire_bytes[] = {8, 4, 2, 2};
    int64_t sum = 0, product = 1, faces = 0, all = 1, own = 1;
    for (int d = 0; d < 3; d++) {
        const int others = c->grid[d] > 2 ? 2 : c->grid[d] - 1;
        const int64_t wide = c->n + 2 * c->width;
        sum += others;
        product *= others + 1;
        if (others)
            faces += 2 * (int64_t)c->width * c->n * c->n;
        all *= wide;
        own *= others ? c->n : wide;
    }
    *sends = c->reach == SUNZI_HALO_FACES ? sum : product - 1;
    *bytes = 8 * *sends + (c->reach == SUNZI_HALO_FACES ? faces : all - own) *
                              c->fields * wire_bytes[c->wire];
}

static const char *const wires[] = {"fp64", "fp32", "fp16", "bf16"};

static void run_halo(halo_case c)
{
    static body *const bodies[BODIES] = {by_sunzi, by_sendrecv, by_alltoallw};
    static const char *const names[BODIES] = {"", "sendrecv", "alltoallw"};
    const int count = c.reach == SUNZI_HALO_FACES ? 3 : 2;
    int64_t sends, bytes;
    open_case(&c);
    compare_halos(&c);
    const figures f = measure(count, bodies, &c);
    halo_formula(&c, &sends, &bytes);
    for (int b = 1; b < count && rank == 0; b++)
        printf("halo n=%d ranks=%d grid=%dx%dx%d threads=%d reach=%s width=%d "
               "fields=%d wire=%s us=%.1f against=%s mpi_us=%.1f ratio=%.2f "
               "sends=%lld formula_sends=%lld bytes=%lld formula_bytes=%lld\n",
               c.n, size, c.grid[0], c.grid[1], c.grid[2],
               omp_get_max_threads(),
               c.reach == SUNZI_HALO_FACES ? "faces" : "corners", c.width,
               c.fields, wires[c.wire], f.us[0], names[b], f.us[b], f.ratio[b],
               (long long)f.sends, (long long)sends, (long long)f.bytes,
               (long long)bytes);
    fflush(stdout);
    close_case(&c);
}

static void run_halos(int n)
{
    static const int widths[] = {1, 2, 4};
    static const sunzi_wire which[] = {SUNZI_WIRE_STORED, SUNZI_WIRE_FP32,
                                       SUNZI_WIRE_BF16};
    halo_case c = {.n = n};
    MPI_Dims_create(size, 3, c.grid);
    for (c.reach = SUNZI_HALO_FACES; c.reach <= SUNZI_HALO_CORNERS;
         c.reach += 2)
        for (int w = 0; w < 3; w++)
            for (c.fields = 1; c.fields <= FIELDS; c.fields += FIELDS - 1)
                for (int i = 0; i < 3; i++) {
                    c.width = widths[w];
                    c.wire = which[i];
                    run_halo(c);
                }
}

/* ---- overlap ---- */

/* Arithmetic for so many seconds. */
static void work(double seconds)
{
    static volatile double x = 1;
    for (const double start = MPI_Wtime(); MPI_Wtime() - start < seconds;)
        for (int i = 0; i < 1000; i++)
            x = x * 1.0000001 + 1e-9;
}

/* What finish takes after work of `seconds` with so many calls of MPI. */
static double finish_after(const halo_case *c, double seconds, int calls)
{
    double sum = 0;
    for (int r = 0; r < runs; r++) {
        int flag;
        MPI_Barrier(MPI_COMM_WORLD);
        check(sunzi_halo_start(c->halo, 0));
        for (int k = 0; k < calls; k++) {
            work(seconds / (calls + 1));
            MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &flag,
                       MPI_STATUS_IGNORE);
        }
        work(seconds / (calls + 1));
        const double start = MPI_Wtime();
        check(sunzi_halo_finish(c->halo));
        sum += MPI_Wtime() - start;
    }
    return 1e6 * sum / runs;
}

/* Whether messages advance behind work of twice their time. */
static void run_overlap(int n)
{
    halo_case c = {.n = n, .width = 4, .fields = FIELDS};
    c.reach = SUNZI_HALO_FACES;
    MPI_Dims_create(size, 3, c.grid);
    open_case(&c);
    static body *const bodies[] = {by_sunzi};
    const figures f = measure(1, bodies, &c);
    const double silent = finish_after(&c, 2e-6 * f.us[0], 0);
    const double calling = finish_after(&c, 2e-6 * f.us[0], 20);
    if (rank == 0)
        printf("overlap n=%d ranks=%d bytes=%lld exchange_us=%.1f "
               "work_us=%.1f finish_us=%.1f finish_us_with_calls=%.1f\n",
               n, size, (long long)f.bytes, f.us[0], 2 * f.us[0], silent,
               calling);
    fflush(stdout);
    close_case(&c);
}

/* ---- transposes ---- */

typedef struct part {
    int64_t first[3], count[3];
} part;

typedef struct transpose_case {
    sunzi_transpose_shape shape;
    sunzi_transpose *plan;
    int64_t cells[2];
    double *array[2];
    int *ones, *displacement[2]; /* of each process */
    MPI_Datatype *type[2];
} transpose_case;

static void by_transpose(void *what)
{
    const transpose_case *c = what;
    check(sunzi_transpose_execute(c->plan, c->array[0], c->array[1]));
}

static void by_all_to_all(void *what)
{
    const transpose_case *c = what;
    MPI_Alltoallw(c->array[0], c->ones, c->displacement[0], c->type[0],
                  c->array[1], c->ones, c->displacement[1], c->type[1],
                  MPI_COMM_WORLD);
}

/* Dimensions of a pencil's array, the slowest first. */
static void order_of(sunzi_pencil_storage storage, int whole, int order[3])
{
    for (int i = 0; i < 3; i++)
        order[i] = i;
    if (storage == SUNZI_PENCIL_WHOLE_LAST) {
        order[0] = whole == 0;
        order[1] = whole == 2 ? 1 : 2;
        order[2] = whole;
    }
}

/* The cells `count` from `first` on in the array of a part, visited in the
 * order of `visit`; returned: byte of the first. */
static int64_t cells_type(const transpose_case *c, const part *mine,
                          const int64_t first[3], const int64_t count[3],
                          const int order[3], const int visit[3],
                          MPI_Datatype *type)
{
    const int components = c->shape.field.components;
    int64_t stride[3], step = components * (int64_t)sizeof(double), at = 0;
    MPI_Datatype inner, outer;
    for (int i = 2; i >= 0; i--) {
        stride[order[i]] = step;
        step *= mine->count[order[i]];
    }
    for (int d = 0; d < 3; d++)
        at += (first[d] - mine->first[d]) * stride[d];
    MPI_Type_contiguous(components, MPI_DOUBLE, &inner);
    for (int i = 2; i >= 0; i--) {
        MPI_Type_create_hvector((int)count[visit[i]], 1,
                                (MPI_Aint)stride[visit[i]], inner, &outer);
        MPI_Type_free(&inner);
        inner = outer;
    }
    MPI_Type_commit(&inner);
    *type = inner;
    return at;
}

static void take_types(transpose_case *c)
{
    part mine[2], *all = take(2 * (size_t)size * sizeof *all);
    int order[2][3];
    order_of(c->shape.from_storage, c->shape.from, order[0]);
    order_of(c->shape.to_storage, c->shape.to, order[1]);
    for (int s = 0; s < 2; s++)
        sunzi_transpose_local(c->plan, s, mine[s].first, mine[s].count);
    MPI_Allgather(mine, (int)sizeof mine, MPI_BYTE, all, (int)sizeof mine,
                  MPI_BYTE, MPI_COMM_WORLD);
    c->ones = take((size_t)size * sizeof(int));
    for (int s = 0; s < 2; s++) {
        c->type[s] = take((size_t)size * sizeof(MPI_Datatype));
        c->displacement[s] = take((size_t)size * sizeof(int));
        for (int q = 0; q < size; q++) {
            const part *theirs = &all[2 * q + 1 - s];
            int64_t first[3], count[3];
            for (int d = 0; d < 3; d++) {
                const int64_t a = mine[s].first[d], b = theirs->first[d];
                const int64_t end_a = a + mine[s].count[d];
                const int64_t end_b = b + theirs->count[d];
                first[d] = a > b ? a : b;
                count[d] = (end_a < end_b ? end_a : end_b) - first[d];
                count[d] = count[d] > 0 ? count[d] : 0;
            }
            c->ones[q] = 1;
            c->displacement[s][q] = (int)cells_type(
                c, &mine[s], first, count, order[s], order[1], &c->type[s][q]);
            if (count[0] * count[1] * count[2] == 0)
                c->displacement[s][q] = 0;
        }
    }
    free(all);
}

static void compare_transposes(transpose_case *c)
{
    const size_t bytes = (size_t)c->cells[1] *
                         (size_t)c->shape.field.components * sizeof(double);
    double *ours = take(bytes);
    by_transpose(c);
    memcpy(ours, c->array[1], bytes);
    by_all_to_all(c);
    if (c->shape.field.wire == SUNZI_WIRE_STORED &&
        memcmp(ours, c->array[1], bytes) != 0) {
        fprintf(stderr, "bench_halo: the transposes differ\n");
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    free(ours);
}

static void print_transpose(const transpose_case *c, const figures *f)
{
    static const int wire_bytes[] = {8, 4, 2, 2};
    const sunzi_transpose_shape *s = &c->shape;
    int grid[2], place[2];
    sunzi_transpose_processes(c->plan, grid, place);
    const int others = grid[s->from + s->to == 1 ? 0 : 1] - 1;
    const int64_t bytes = 8 * others + c->cells[0] * others / (others + 1) *
                                           s->field.components *
                                           wire_bytes[s->field.wire];
    if (rank == 0)
        printf("transpose n=%lldx%lldx%lld ranks=%d grid=%dx%d threads=%d "
               "from=%d to=%d storage=%s components=%d wire=%s us=%.1f "
               "against=alltoallw mpi_us=%.1f ratio=%.2f sends=%lld "
               "formula_sends=%d bytes=%lld formula_bytes=%lld\n",
               (long long)s->n[0], (long long)s->n[1], (long long)s->n[2], size,
               grid[0], grid[1], omp_get_max_threads(), s->from, s->to,
               s->to_storage == SUNZI_PENCIL_NATURAL ? "natural" : "whole_last",
               s->field.components, wires[s->field.wire], f->us[0], f->us[1],
               f->ratio[1], (long long)f->sends, others, (long long)f->bytes,
               (long long)bytes);
    fflush(stdout);
}

static void run_transpose(const sunzi_transpose_shape *shape)
{
    static body *const bodies[] = {by_transpose, by_all_to_all};
    transpose_case c = {.shape = *shape};
    check(sunzi_transpose_create(world, shape, &c.plan));
    for (int s = 0; s < 2; s++) {
        c.cells[s] = sunzi_transpose_local(c.plan, s, NULL, NULL);
        const int64_t numbers = c.cells[s] * shape->field.components;
        c.array[s] = take((size_t)numbers * sizeof(double));
        for (int64_t i = 0; i < numbers; i++)
            c.array[s][i] = 1.0 / (double)(1 + i + rank);
    }
    take_types(&c);
    compare_transposes(&c);
    const figures f = measure(2, bodies, &c);
    print_transpose(&c, &f);
    for (int s = 0; s < 2; s++) {
        for (int q = 0; q < size; q++)
            MPI_Type_free(&c.type[s][q]);
        free(c.type[s]);
        free(c.displacement[s]);
        free(c.array[s]);
    }
    free(c.ones);
    sunzi_transpose_destroy(&c.plan);
}

/* x to y and y to z pencils of numbers and of complex numbers. */
static void run_transposes(int n)
{
    static const int turns[][2] = {{2, 1}, {1, 2}, {1, 0}, {0, 1}};
    for (int natural = 0; natural < 2; natural++)
        for (int components = 1; components <= 2; components++)
            for (int t = 0; t < 4; t++)
                for (int w = 0; w <= SUNZI_WIRE_FP32; w++) {
                    sunzi_transpose_shape s;
                    sunzi_transpose_shape_init(&s);
                    s.n[0] = s.n[1] = n;
                    s.n[2] = (int64_t)n * size;
                    s.from = turns[t][0];
                    s.to = turns[t][1];
                    s.from_storage = s.to_storage =
                        natural ? SUNZI_PENCIL_NATURAL
                                : SUNZI_PENCIL_WHOLE_LAST;
                    s.field.components = components;
                    s.field.wire = (sunzi_wire)w;
                    run_transpose(&s);
                }
}

int main(int argc, char **argv)
{
    static const int usual[] = {32, 128};
    bool transposes_only = false;
    int i = 1;
    MPI_Init(&argc, &argv);
    check(sunzi_comm_from_mpi(MPI_COMM_WORLD, &world));
    rank = sunzi_comm_rank(world);
    size = sunzi_comm_size(world);
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "-t") == 0)
            transposes_only = true;
        else if (strcmp(argv[i], "-r") == 0 && i + 1 < argc)
            runs = atoi(argv[++i]);
    }
    runs = runs < 1 ? 1 : runs > RUNS_MOST ? RUNS_MOST : runs;
    for (int k = 0; k < (argc > i ? argc - i : 2); k++) {
        const int n = argc > i ? atoi(argv[i + k]) : usual[k];
        if (!transposes_only) {
            run_halos(n);
            run_overlap(n);
        }
        run_transposes(n);
    }
    sunzi_comm_destroy(&world);
    MPI_Finalize();
    return 0;
}
