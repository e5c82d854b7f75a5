/* SPDX-License-Identifier: BSD-3-Clause */
/* A matrix from one block-cyclic distribution to another. What a process sends
 * to another are the entries in the intersection of their rows and of their
 * columns, in the order of the global indices, which both can list: no index
 * travels. It is done some columns at a time, so that what is packed stays in
 * the caches; processes that share none of them are not kept waiting. */
#include <string.h>

#include "core/grid.h"
#include "core/integer.h"
#include "core/memory.h"
#include "core/status.h"

enum { MESSAGE_BYTES = 1 << 21 }; /* of the local rows of some columns */

/* Consecutive indices that lie consecutively in both distributions. */
typedef struct run {
    int64_t from, to, length; /* local indices */
} run;

/* Global indices first .. last - 1. */
typedef struct span {
    int64_t first, last;
} span;

/* Runs of the indices of a span that process p of `a` and process q of `b`
 * share, listed in runs if that is not NULL; *total: of indices. */
static int64_t shared_runs(const sunzi_cyclic *a, int p, const sunzi_cyclic *b,
                           int q, span s, run *runs, int64_t *total)
{
    const int64_t step = a->nb * a->count;
    const int64_t start = sunzi_cyclic_turn(a, p) * a->nb;
    int64_t count = 0;
    *total = 0;
    /* the last block that begins at or before the span, or the first */
    for (int64_t block =
             start + sunzi_max64(0, (s.first - start) / step) * step;
         block < s.last; block += step) {
        const int64_t end = sunzi_min64(block + a->nb, s.last);
        for (int64_t i = sunzi_max64(block, s.first); i < end;) {
            const int64_t next = (i / b->nb + 1) * b->nb;
            const int64_t stop = next < end ? next : end;
            if (sunzi_cyclic_owner(b, i) == q) {
                if (runs)
                    runs[count] = (run){sunzi_cyclic_local(a, i),
                                        sunzi_cyclic_local(b, i), stop - i};
                count++;
                *total += stop - i;
            }
            i = stop;
        }
    }
    return count;
}

typedef struct transfer {
    const sunzi_distribution *from, *to;
    bool transposed; /* entry (j, i) of `from` becomes entry (i, j) of `to` */
    size_t bytes;    /* of an entry */
    span cols;       /* columns of the result that are being moved */
    int64_t step;    /* so many at a time, the same on all processes */
    sunzi_message *messages;
    int count;
    char *out, *in; /* packed entries */
    run *row, *col; /* room for the runs of a pair */
} transfer;

/* Rows and columns of the result that the process at (pr, pc) of `from` sends
 * to (qr, qc) of `to`, listed in t->row and t->col if wanted. */
static void shared(const transfer *t, int pr, int pc, int qr, int qc, bool list,
                   int64_t runs[2], int64_t total[2])
{
    const sunzi_cyclic *rows = t->transposed ? &t->from->col : &t->from->row;
    const sunzi_cyclic *cols = t->transposed ? &t->from->row : &t->from->col;
    const span all = {0, rows->n};
    runs[0] = shared_runs(rows, t->transposed ? pc : pr, &t->to->row, qr, all,
                          list ? t->row : NULL, &total[0]);
    runs[1] = shared_runs(cols, t->transposed ? pr : pc, &t->to->col, qc,
                          t->cols, list ? t->col : NULL, &total[1]);
}

static int64_t shared_entries(const transfer *t, int pr, int pc, int qr, int qc)
{
    int64_t runs[2], total[2];
    shared(t, pr, pc, qr, qc, false, runs, total);
    return total[0] * total[1];
}

static int64_t most_runs(const sunzi_cyclic *a, const sunzi_cyclic *b)
{
    return a->n / a->nb + a->n / b->nb + 2;
}

/* A run of rows of one column out of the local matrix of `from`. */
static void pack_run(const transfer *t, const run *rows, int64_t col,
                     const char *matrix, char *packed)
{
    const int64_t lld = t->from->lld;
    if (!t->transposed) {
        memcpy(packed, matrix + (size_t)(rows->from + col * lld) * t->bytes,
               (size_t)rows->length * t->bytes);
        return;
    }
    for (int64_t i = 0; i < rows->length; i++)
        memcpy(packed + (size_t)i * t->bytes,
               matrix + (size_t)(col + (rows->from + i) * lld) * t->bytes,
               t->bytes);
}

/* Copy the entries of a pair: from the local matrix of `from` or, if that is
 * NULL, from a packed message; to the local matrix of `to` or, if that is NULL,
 * to a packed message. */
static void copy(const transfer *t, int pr, int pc, int qr, int qc,
                 const char *matrix, char *into, char *packed)
{
    int64_t runs[2], total[2];
    shared(t, pr, pc, qr, qc, true, runs, total);
    for (int64_t c = 0; c < runs[1]; c++)
        for (int64_t j = 0; j < t->col[c].length; j++)
            for (int64_t r = 0; r < runs[0]; r++) {
                const size_t length = (size_t)t->row[r].length * t->bytes;
                const int64_t at =
                    t->row[r].to + (t->col[c].to + j) * t->to->lld;
                char *to = into ? into + (size_t)at * t->bytes : packed;
                if (matrix)
                    pack_run(t, &t->row[r], t->col[c].from + j, matrix, to);
                else
                    memcpy(to, packed, length);
                if (!matrix || !into)
                    packed += length;
            }
}

static bool is_me(const sunzi_grid *grid, int row, int col)
{
    return row == grid->my_row && col == grid->my_col;
}

/* All messages of this process: sends packed, receives placed. */
static void list_messages(transfer *t, const char *data)
{
    const sunzi_grid *a = t->from->grid, *b = t->to->grid;
    char *out = t->out, *in = t->in;
    t->count = 0;
    for (int q = 0; q < b->rows * b->cols && a->my_row >= 0; q++) {
        const int qr = q / b->cols, qc = q % b->cols;
        const size_t bytes =
            t->bytes * (size_t)shared_entries(t, a->my_row, a->my_col, qr, qc);
        if (!bytes || is_me(b, qr, qc))
            continue;
        copy(t, a->my_row, a->my_col, qr, qc, data, NULL, out);
        t->messages[t->count++] =
            (sunzi_message){sunzi_grid_rank(b, qr, qc), 0, true, out, bytes};
        out += bytes;
    }
    for (int p = 0; p < a->rows * a->cols && b->my_row >= 0; p++) {
        const int pr = p / a->cols, pc = p % a->cols;
        const size_t bytes =
            t->bytes * (size_t)shared_entries(t, pr, pc, b->my_row, b->my_col);
        if (!bytes || is_me(a, pr, pc))
            continue;
        t->messages[t->count++] =
            (sunzi_message){sunzi_grid_rank(a, pr, pc), 0, false, in, bytes};
        in += bytes;
    }
}

/* What came, and what stays on this process. */
static void unpack(const transfer *t, const char *from, char *data)
{
    const sunzi_grid *a = t->from->grid, *b = t->to->grid;
    char *in = t->in;
    for (int p = 0; p < a->rows * a->cols && b->my_row >= 0; p++) {
        const int pr = p / a->cols, pc = p % a->cols;
        if (is_me(a, pr, pc)) {
            copy(t, pr, pc, b->my_row, b->my_col, from, data, NULL);
            continue;
        }
        copy(t, pr, pc, b->my_row, b->my_col, NULL, data, in);
        in +=
            t->bytes * (size_t)shared_entries(t, pr, pc, b->my_row, b->my_col);
    }
}

static sunzi_status take_room(transfer *t, void **block)
{
    const sunzi_grid *a = t->from->grid, *b = t->to->grid;
    const size_t messages =
        (size_t)(a->rows * a->cols + b->rows * b->cols) * sizeof *t->messages;
    const sunzi_cyclic *from_rows =
        t->transposed ? &t->from->col : &t->from->row;
    const sunzi_cyclic *from_cols =
        t->transposed ? &t->from->row : &t->from->col;
    const size_t rows =
        (size_t)most_runs(from_rows, &t->to->row) * sizeof *t->row;
    const size_t cols =
        (size_t)most_runs(from_cols, &t->to->col) * sizeof *t->col;
    const int64_t out_rows =
        t->transposed ? sunzi_local_cols(t->from) : sunzi_local_rows(t->from);
    const int64_t out_cols =
        t->transposed ? sunzi_local_rows(t->from) : sunzi_local_cols(t->from);
    const size_t out = sunzi_size_product(
        (size_t)out_rows, (size_t)sunzi_min64(out_cols, t->step), t->bytes);
    const size_t in = sunzi_size_product(
        (size_t)sunzi_local_rows(t->to),
        (size_t)sunzi_min64(sunzi_local_cols(t->to), t->step), t->bytes);
    const sunzi_status status = sunzi_allocate(
        messages + rows + cols + out + in, "redistribution of a matrix", block);
    if (status < 0)
        return status;
    t->messages = *block;
    t->row = (run *)(void *)((char *)*block + messages);
    t->col = (run *)(void *)((char *)t->row + rows);
    t->out = (char *)t->col + cols;
    t->in = t->out + out;
    return SUNZI_OK;
}

sunzi_status sunzi_redistribute(const sunzi_distribution *from,
                                const void *from_data, bool transposed,
                                const sunzi_distribution *to, void *to_data,
                                size_t bytes)
{
    const int64_t share = to->row.n / to->row.count + 1; /* rows of a process */
    transfer t = {.from = from,
                  .to = to,
                  .transposed = transposed,
                  .bytes = bytes,
                  .step = sunzi_max64(1, MESSAGE_BYTES /
                                             (int64_t)(bytes * (size_t)share))};
    sunzi_comm *comm = from->grid->comm;
    void *block = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_comm_agree(comm, take_room(&t, &block)));
    for (int64_t c = 0; c < to->col.n; c += t.step) {
        t.cols = (span){c, sunzi_min64(c + t.step, to->col.n)};
        list_messages(&t, from_data);
        SUNZI_TRY(sunzi_comm_exchange(comm, t.count, t.messages));
        unpack(&t, from_data, to_data);
    }
done:
    sunzi_release(block);
    return status;
}

/* ---- the public form ---- */

static sunzi_status check(const sunzi_grid *grid_a, const double *A,
                          const int *desca, const sunzi_grid *grid_b,
                          const double *B, const int *descb,
                          sunzi_distribution *a, sunzi_distribution *b)
{
    static const char name[] = "sunzi_pdredistribute";
    sunzi_status status;
    SUNZI_TRY(sunzi_distribution_from(name, "desca", grid_a, desca, a));
    SUNZI_TRY(sunzi_distribution_from(name, "descb", grid_b, descb, b));
    if (a->row.n != b->row.n || a->col.n != b->col.n)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: A is %lld x %lld, B is %lld x %lld, allowed: "
                          "the same shape",
                          name, (long long)a->row.n, (long long)a->col.n,
                          (long long)b->row.n, (long long)b->col.n);
    if (!A && sunzi_local_rows(a) * sunzi_local_cols(a) > 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: A = NULL, allowed: the local "
                          "matrix of this process",
                          name);
    if (!B && sunzi_local_rows(b) * sunzi_local_cols(b) > 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: B = NULL, allowed: the local "
                          "matrix of this process",
                          name);
done:
    return status;
}

/* Every process must list the same messages: m, n, mb, nb, rsrc, csrc agree. */
sunzi_status sunzi_descriptor_same(sunzi_comm *comm, const char *function,
                                   const char *what, const int *desc)
{
    sunzi_named named[SUNZI_DESC_CSRC - SUNZI_DESC_M + 1];
    int count = 0;
    for (int i = SUNZI_DESC_M; i <= SUNZI_DESC_CSRC; i++)
        named[count++] = (sunzi_named){what, desc[i]};
    return sunzi_comm_same_values(comm, function, count, named);
}

sunzi_status sunzi_pdredistribute(const sunzi_grid *grid_a, const double *A,
                                  const int *desca, const sunzi_grid *grid_b,
                                  double *B, const int *descb)
{
    sunzi_distribution a, b;
    sunzi_status status;
    if (!grid_a || !grid_b)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_pdredistribute: %s = NULL, "
                          "allowed: a process grid",
                          grid_a ? "grid_b" : "grid_a");
    sunzi_comm *comm = grid_a->comm;
    if (grid_b->comm != comm)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_pdredistribute: the grids have different "
                          "communicators, allowed: two grids of one");
    SUNZI_TRY(sunzi_comm_agree(
        comm, check(grid_a, A, desca, grid_b, B, descb, &a, &b)));
    SUNZI_TRY(sunzi_descriptor_same(comm, "sunzi_pdredistribute",
                                    "an entry of desca", desca));
    SUNZI_TRY(sunzi_descriptor_same(comm, "sunzi_pdredistribute",
                                    "an entry of descb", descb));
    SUNZI_TRY(sunzi_redistribute(&a, A, false, &b, B, sizeof(double)));
done:
    return status;
}
