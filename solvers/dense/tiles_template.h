/* SPDX-License-Identifier: BSD-3-Clause */
/* Distributed factors in one storage type; included behind lu_template.h, with
 * its macros and the function LU_NAME(tile_update)(job, m, n, k, a, lda, b,
 * b_row, b_col, c, ldc): c -= a b, the updates beside the panels. job->device:
 * of float only. */

static LU_REAL *LU_NAME(panel_rows)(const sunzi_tile_job *job, int k)
{
    return (LU_REAL *)(void *)(job->panels[k % 2] + SUNZI_PANEL_HEAD);
}

static sunzi_panel_head *LU_NAME(head)(const sunzi_tile_job *job, int k)
{
    return (sunzi_panel_head *)(void *)job->panels[k % 2];
}

static int LU_NAME(row_start)(const sunzi_tiles *t, int k)
{
    return sunzi_tile_start(&t->row, t->grid->my_row, k);
}

static int LU_NAME(col_start)(const sunzi_tiles *t, int k)
{
    return sunzi_tile_start(&t->col, t->grid->my_col, k);
}

#include "solvers/dense/tiles_panel_template.h"

/* ---- sending panels along the grid rows ---- */

static size_t LU_NAME(panel_bytes)(const sunzi_tile_job *job, int k)
{
    const sunzi_tiles *t = job->t;
    return SUNZI_PANEL_HEAD + (size_t)(t->rows - LU_NAME(row_start)(t, k)) *
                                  SUNZI_TILE * sizeof(LU_REAL);
}

/* Steps from the grid column that owns tile column k. */
static int LU_NAME(distance)(const sunzi_tiles *t, int k)
{
    return (t->grid->my_col - k % t->col.count + t->col.count) % t->col.count;
}

static void LU_NAME(pass_on)(sunzi_tile_job *job, int k)
{
    const sunzi_tiles *t = job->t;
    if (LU_NAME(distance)(t, k) == t->col.count - 1)
        return;
    const sunzi_message m = {(t->grid->my_col + 1) % t->col.count, 1, true,
                             job->panels[k % 2], LU_NAME(panel_bytes)(job, k)};
    sunzi_tiles_keep(
        job->t, sunzi_comm_start(t->grid->row, 1, &m, &job->sending[k % 2]));
}

/* The buffer of panel k is free again. */
static void LU_NAME(finish_sending)(sunzi_tile_job *job, int k)
{
    sunzi_tiles_keep(
        job->t, sunzi_comm_finish(job->t->grid->row, &job->sending[k % 2]));
}

static void LU_NAME(receive_panel)(sunzi_tile_job *job, int k)
{
    const sunzi_tiles *t = job->t;
    if (LU_NAME(distance)(t, k) == 0)
        return;
    LU_NAME(finish_sending)(job, k);
    const sunzi_message m = {
        (t->grid->my_col - 1 + t->col.count) % t->col.count, 1, false,
        job->panels[k % 2], LU_NAME(panel_bytes)(job, k)};
    sunzi_tiles_keep(job->t, sunzi_comm_exchange(t->grid->row, 1, &m));
    LU_NAME(pass_on)(job, k);
}

/* Local rows of the panel between the matrix and the buffer. */
static void LU_NAME(copy_panel)(const sunzi_tile_job *job, int k, LU_REAL *a,
                                bool to_matrix)
{
    const sunzi_tiles *t = job->t;
    const int first = LU_NAME(row_start)(t, k);
    const size_t bytes = (size_t)sunzi_tile_size(t, k) * sizeof(LU_REAL);
    LU_REAL *rows = LU_NAME(panel_rows)(job, k);
    a += first * job->lu.ld + LU_NAME(col_start)(t, k);
    for (int i = 0; i < t->rows - first; i++) {
        LU_REAL *x = a + i * job->lu.ld, *y = rows + (int64_t)i * SUNZI_TILE;
        memcpy(to_matrix ? x : y, to_matrix ? y : x, bytes);
    }
}

static void LU_NAME(make_lu_panel)(sunzi_tile_job *job, LU_REAL *a, int k)
{
    const sunzi_tiles *t = job->t;
    const int first = LU_NAME(row_start)(t, k);
    const LU_NAME(lu_panel)
        p = {.job = job,
             .k = k,
             .width = sunzi_tile_size(t, k),
             .rows = t->rows - first,
             .diagonal = k % t->row.count == t->grid->my_row,
             .a = a + first * job->lu.ld + LU_NAME(col_start)(t, k),
             .pivots = LU_NAME(head)(job, k)->pivots};
    LU_NAME(head)(job, k)->bad = LU_NAME(factorize_panel)(&p, 0, p.width);
    LU_NAME(copy_panel)(job, k, a, false);
}

/* The diagonal tile's factor goes down the grid column, behind the bad flag. */
static void LU_NAME(make_cholesky_panel)(sunzi_tile_job *job, LU_REAL *a, int k)
{
    sunzi_tiles *t = job->t;
    const int width = sunzi_tile_size(t, k);
    const bool diagonal = k % t->row.count == t->grid->my_row;
    sunzi_panel_head *head = LU_NAME(head)(job, k);
    LU_REAL *rows = LU_NAME(panel_rows)(job, k), *corner = rows;
    LU_NAME(copy_panel)(job, k, a, false);
    if (diagonal)
        head->bad = LU_NAME(cholesky)(&job->panel, width, rows, SUNZI_TILE);
    if (t->row.count > 1) {
        char *packed = job->corner;
        const size_t bytes = (size_t)width * SUNZI_TILE * sizeof *corner;
        corner = (LU_REAL *)(void *)(packed + SUNZI_PANEL_HEAD);
        if (diagonal) {
            memcpy(packed, head, sizeof *head);
            memcpy(corner, rows, bytes);
        }
        sunzi_tiles_keep(t, sunzi_comm_broadcast(t->grid->col, k % t->row.count,
                                                 packed,
                                                 SUNZI_PANEL_HEAD + bytes));
        memcpy(head, packed, sizeof *head);
    }
    const int below = diagonal ? width : 0;
    if (head->bad == 0)
        LU_NAME(solve_right)
    (&job->panel, t->rows - LU_NAME(row_start)(t, k) - below, width, corner,
     SUNZI_TILE, rows + (int64_t)below * SUNZI_TILE, SUNZI_TILE);
    LU_NAME(copy_panel)(job, k, a, true);
}

/* Tile column k, which is here, from the device; its buffer is free. */
static void LU_NAME(fetch_panel)(sunzi_tile_job *job, LU_REAL *a, int k)
{
    const sunzi_tiles *t = job->t;
    const int first = LU_NAME(row_start)(t, k);
    LU_REAL *rows = LU_NAME(panel_rows)(job, k);
    LU_NAME(finish_sending)(job, k);
    if (!job->device)
        return;
    const int width = sunzi_tile_size(t, k);
    sunzi_tile_device_fetch(job->device, first, t->rows - first,
                            LU_NAME(col_start)(t, k), width, rows);
    a += first * job->lu.ld + LU_NAME(col_start)(t, k);
    for (int i = 0; i < t->rows - first; i++)
        memcpy(a + i * job->lu.ld, rows + (int64_t)i * width,
               (size_t)width * sizeof *a);
}

/* It is factorized and on its way. */
static void LU_NAME(start_panel)(sunzi_tile_job *job, LU_REAL *a, int k)
{
    memset(LU_NAME(head)(job, k), 0, sizeof(sunzi_panel_head));
    if (job->pivots)
        LU_NAME(make_lu_panel)(job, a, k);
    else
        LU_NAME(make_cholesky_panel)(job, a, k);
    LU_NAME(pass_on)(job, k);
}

/* ---- row exchanges outside the panel ---- */

/* The rows of a plan in columns from .. from + cols - 1. */
static void LU_NAME(pack_rows)(const sunzi_tile_job *job,
                               const sunzi_row_plan *p, const LU_REAL *a,
                               int from, int cols)
{
    const size_t bytes = (size_t)cols * sizeof *a;
    for (int i = 0; i < p->leave + p->stay; i++)
        memcpy(job->out + (size_t)i * bytes,
               a + p->source[i] * job->lu.ld + from, bytes);
}

static void LU_NAME(unpack_rows)(const sunzi_tile_job *job,
                                 const sunzi_row_plan *p, LU_REAL *a, int from,
                                 int cols)
{
    const size_t bytes = (size_t)cols * sizeof *a;
    for (int i = 0; i < p->arrive + p->stay; i++)
        memcpy(a + p->target[i] * job->lu.ld + from,
               i < p->arrive
                   ? job->in + (size_t)i * bytes
                   : job->out + (size_t)(p->leave + i - p->arrive) * bytes,
               bytes);
}

static void LU_NAME(move_rows)(sunzi_tile_job *job, const sunzi_row_plan *p,
                               LU_REAL *a, int from, int cols, bool there)
{
    sunzi_tiles *t = job->t;
    if (there)
        sunzi_tile_device_take(job->device, p, from, cols, job->out);
    else
        LU_NAME(pack_rows)(job, p, a, from, cols);
    const int count = sunzi_row_messages(
        p, job->out, job->in, (size_t)cols * sizeof(LU_REAL), t->messages);
    if (!sunzi_tiles_keep(
            t, sunzi_comm_exchange(t->grid->col, count, t->messages)))
        return;
    if (there)
        sunzi_tile_device_place(job->device, p, from, cols, job->in);
    else
        LU_NAME(unpack_rows)(job, p, a, from, cols);
}

/* The exchanges of panel k in the local columns from .. to - 1; there: on the
 * device. */
static void LU_NAME(exchange_rows)(sunzi_tile_job *job, LU_REAL *a, int k,
                                   int from, int to, bool there)
{
    const sunzi_tiles *t = job->t;
    const int32_t *pivots = LU_NAME(head)(job, k)->pivots;
    const int width = sunzi_tile_size(t, k), first = k * SUNZI_TILE;
    if (t->row.count == 1 && !there) {
        int local[SUNZI_TILE];
        for (int c = 0; c < width; c++)
            local[c] = pivots[c] - first;
        LU_NAME(swap_rows)
        (&job->lu, width, to - from, a + first * job->lu.ld + from, local);
        return;
    }
    sunzi_row_moves moves;
    sunzi_row_plan plan;
    sunzi_row_moves_of(first, width, pivots, &moves);
    sunzi_row_plan_of(t, &moves, &plan);
    if (there && from < to)
        sunzi_tile_device_plan(job->device, &plan);
    for (int c = from; c < to; c += SUNZI_SWAP_COLUMNS)
        LU_NAME(move_rows)
    (job, &plan, a, c,
     to - c < SUNZI_SWAP_COLUMNS ? to - c : SUNZI_SWAP_COLUMNS, there);
}

/* ---- the updates ---- */

/* The operand of the updates by panel k that is not the panel: columns of C
 * from local column `first` on. */
typedef struct LU_NAME(operand) {
    const LU_REAL *data;
    int first;
    int64_t row_stride, col_stride;
} LU_NAME(operand);

/* Rows of U between the matrix and [width][cols]. */
static void LU_NAME(copy_u)(const sunzi_tile_job *job, int width, int cols,
                            LU_REAL *u, LU_REAL *packed, bool to_matrix)
{
    for (int i = 0; i < width; i++) {
        LU_REAL *x = u + i * job->lu.ld, *y = packed + (int64_t)i * cols;
        memcpy(to_matrix ? x : y, to_matrix ? y : x, (size_t)cols * sizeof *u);
    }
}

/* Rows of U right of the panel. */
static LU_NAME(operand) LU_NAME(make_u)(sunzi_tile_job *job, LU_REAL *a, int k)
{
    sunzi_tiles *t = job->t;
    const int width = sunzi_tile_size(t, k),
              first = LU_NAME(col_start)(t, k + 1);
    const int cols = t->cols - first, top = LU_NAME(row_start)(t, k);
    const bool mine = k % t->row.count == t->grid->my_row && cols > 0;
    const bool there = job->device != NULL;
    const bool pack = t->row.count > 1 || there;
    LU_REAL *u = a + top * job->lu.ld + first;
    LU_REAL *packed = (LU_REAL *)(void *)job->across;
    if (mine && there)
        sunzi_tile_device_fetch(job->device, top, width, first, cols, packed);
    if (mine)
        LU_NAME(solve_lower)
    (&job->panel, width, cols, LU_NAME(panel_rows)(job, k), SUNZI_TILE,
     there ? packed : u, there ? cols : job->lu.ld);
    if (mine && pack)
        LU_NAME(copy_u)(job, width, cols, u, packed, there);
    if (!pack)
        return (LU_NAME(operand)){u, first, job->lu.ld, 1};
    sunzi_tiles_keep(
        t, sunzi_comm_broadcast(t->grid->col, k % t->row.count, packed,
                                (size_t)width * (size_t)cols * sizeof *packed));
    return (LU_NAME(operand)){packed, first, cols, 1};
}

/* Panel rows of tiles J > k that are this grid column's columns, of the grid
 * row `place`: packed behind each other, or placed where they belong. */
static size_t LU_NAME(panel_part)(const sunzi_tile_job *job, int k, int place,
                                  LU_REAL *packed, LU_REAL *to)
{
    const sunzi_tiles *t = job->t;
    const int above = LU_NAME(row_start)(t, k);
    const int first = LU_NAME(col_start)(t, k + 1);
    size_t at = 0;
    for (int J = k + 1; J < t->count; J++) {
        if (J % t->col.count != t->grid->my_col || J % t->row.count != place)
            continue;
        const size_t size = (size_t)sunzi_tile_size(t, J) * SUNZI_TILE;
        const LU_REAL *rows =
            LU_NAME(panel_rows)(job, k) +
            (int64_t)(LU_NAME(row_start)(t, J) - above) * SUNZI_TILE;
        if (to)
            memcpy(to +
                       (int64_t)(LU_NAME(col_start)(t, J) - first) * SUNZI_TILE,
                   packed ? packed + at : rows, size * sizeof *to);
        else if (packed)
            memcpy(packed + at, rows, size * sizeof *packed);
        at += size;
    }
    return at;
}

/* The transposed panel: row j of W belongs to column j of C. */
static LU_NAME(operand) LU_NAME(make_transpose)(sunzi_tile_job *job, int k)
{
    sunzi_tiles *t = job->t;
    const int me = t->grid->my_row;
    LU_REAL *w = (LU_REAL *)(void *)job->across;
    LU_REAL *out = (LU_REAL *)(void *)job->out;
    LU_REAL *in = (LU_REAL *)(void *)job->in;
    const size_t mine = LU_NAME(panel_part)(job, k, me, out, NULL);
    size_t at = 0;
    int count = 0;
    LU_NAME(panel_part)(job, k, me, NULL, w);
    for (int place = 0; place < t->row.count; place++) {
        if (place == me)
            continue;
        const size_t coming = LU_NAME(panel_part)(job, k, place, NULL, NULL);
        t->messages[count++] =
            (sunzi_message){place, 3, true, out, mine * sizeof *out};
        t->messages[count++] =
            (sunzi_message){place, 3, false, in + at, coming * sizeof *in};
        at += coming;
    }
    sunzi_tiles_keep(t, sunzi_comm_exchange(t->grid->col, count, t->messages));
    at = 0;
    for (int place = 0; place < t->row.count; place++)
        if (place != me)
            at += LU_NAME(panel_part)(job, k, place, in + at, w);
    return (LU_NAME(operand)){w, LU_NAME(col_start)(t, k + 1), 1, SUNZI_TILE};
}

/* What the updates by panel k need, to the device. */
static void LU_NAME(send_operands)(sunzi_tile_job *job, int k,
                                   const LU_NAME(operand) * b)
{
    const sunzi_tiles *t = job->t;
    const int top = LU_NAME(row_start)(t, k + 1);
    const int width = sunzi_tile_size(t, k), cols = t->cols - b->first;
    sunzi_tile_device_operands(
        job->device,
        LU_NAME(panel_rows)(job, k) +
            (int64_t)(top - LU_NAME(row_start)(t, k)) * SUNZI_TILE,
        t->rows - top, b->data,
        (int64_t)cols * (b->col_stride == 1 ? width : SUNZI_TILE));
}

/* C -= panel k times the operand, local columns from .. to - 1, local rows
 * from `top` on. */
static void LU_NAME(update_columns)(sunzi_tile_job *job, LU_REAL *a, int k,
                                    const LU_NAME(operand) * b, int top,
                                    int from, int to)
{
    const sunzi_tiles *t = job->t;
    const int above = LU_NAME(row_start)(t, k);
    if (from >= to || top >= t->rows)
        return;
    if (job->device) {
        sunzi_tile_device_update(
            job->device, &(sunzi_tile_update){
                             .row = top,
                             .rows = t->rows - top,
                             .col = from,
                             .cols = to - from,
                             .depth = sunzi_tile_size(t, k),
                             .panel_row = top - LU_NAME(row_start)(t, k + 1),
                             .at = (from - b->first) * b->col_stride,
                             .row_stride = b->row_stride,
                             .col_stride = b->col_stride});
        return;
    }
    LU_NAME(tile_update)
    (&job->lu, t->rows - top, to - from, sunzi_tile_size(t, k),
     LU_NAME(panel_rows)(job, k) + (int64_t)(top - above) * SUNZI_TILE,
     SUNZI_TILE, b->data + (from - b->first) * b->col_stride, b->row_stride,
     b->col_stride, a + top * job->lu.ld + from, job->lu.ld);
}

/* Of a symmetric matrix only tiles on and below the diagonal, several tile
 * columns at a time; what is above may hold anything. */
static void LU_NAME(update_lower)(sunzi_tile_job *job, LU_REAL *a, int k,
                                  const LU_NAME(operand) * b, int from, int to)
{
    enum { GROUP = 4 * SUNZI_TILE };
    const sunzi_tiles *t = job->t;
    for (int c = from; c < to; c += GROUP) {
        const int J = (int)(sunzi_cyclic_global(&t->col, t->grid->my_col, c) /
                            SUNZI_TILE);
        LU_NAME(update_columns)
        (job, a, k, b, LU_NAME(row_start)(t, J), c,
         to - c < GROUP ? to : c + GROUP);
    }
}

static void LU_NAME(update_all)(sunzi_tile_job *job, LU_REAL *a, int k,
                                const LU_NAME(operand) * b, int from, int to)
{
    if (job->pivots)
        LU_NAME(update_columns)
    (job, a, k, b, LU_NAME(row_start)(job->t, k + 1), from, to);
    else LU_NAME(update_lower)(job, a, k, b, from, to);
}

/* What the arrival of panel k allows. The next panel starts as early as it can:
 * before the rest is updated here, or while the device does that. */
static void LU_NAME(eliminate_tile)(sunzi_tile_job *job, LU_REAL *a, int k)
{
    const sunzi_tiles *t = job->t;
    const int left = LU_NAME(col_start)(t, k);
    const int right = LU_NAME(col_start)(t, k + 1);
    const bool there = job->device != NULL;
    const bool next_is_here =
        k + 1 < t->count && LU_NAME(distance)(t, k + 1) == 0;
    int next = right;
    LU_NAME(operand) b;
    if (job->pivots) {
        memcpy(job->pivots + k * SUNZI_TILE, LU_NAME(head)(job, k)->pivots,
               (size_t)sunzi_tile_size(t, k) * sizeof(int32_t));
        LU_NAME(exchange_rows)(job, a, k, right, t->cols, there);
        b = LU_NAME(make_u)(job, a, k);
    } else {
        b = LU_NAME(make_transpose)(job, k);
    }
    if (there)
        LU_NAME(send_operands)(job, k, &b);
    if (next_is_here) {
        next = LU_NAME(col_start)(t, k + 2);
        LU_NAME(update_all)(job, a, k, &b, right, next);
        LU_NAME(fetch_panel)(job, a, k + 1);
        if (!there)
            LU_NAME(start_panel)(job, a, k + 1);
    }
    LU_NAME(update_all)(job, a, k, &b, next, t->cols);
    if (next_is_here && there)
        LU_NAME(start_panel)(job, a, k + 1);
    if (job->pivots)
        LU_NAME(exchange_rows)(job, a, k, 0, left, false);
}

static int LU_NAME(tiles_factorize)(sunzi_tile_job *job, LU_REAL *a)
{
    sunzi_tiles *t = job->t;
    int bad = 0;
    if (LU_NAME(distance)(t, 0) == 0)
        LU_NAME(start_panel)(job, a, 0);
    for (int k = 0; k < t->count && !bad; k++) {
        LU_NAME(receive_panel)(job, k);
        bad = LU_NAME(head)(job, k)->bad;
        if (bad)
            bad += k * SUNZI_TILE;
        else
            LU_NAME(eliminate_tile)(job, a, k);
    }
    LU_NAME(finish_sending)(job, 0);
    LU_NAME(finish_sending)(job, 1);
    return bad;
}
