/* SPDX-License-Identifier: BSD-3-Clause */
/* Distributed factors in one storage type; included behind lu_template.h, with
 * its macros and the function LU_NAME(tile_update)(job, m, n, k, a, lda, b,
 * b_row, b_col, c, ldc): c -= a b, the updates beside the panels. */

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

/* ---- the panel of LU ---- */

/* Tile column k on the processes of a grid column: local rows from its
 * diagonal on. */
typedef struct LU_NAME(lu_panel) {
    sunzi_tile_job *job;
    int k, width, rows;
    bool diagonal; /* the first `width` rows are those of the diagonal tile */
    LU_REAL *a;
    int32_t *pivots;
} LU_NAME(lu_panel);

/* Local rows of the panel whose global row is at least c behind its first. */
static int LU_NAME(from)(const LU_NAME(lu_panel) * p, int c)
{
    return p->diagonal ? c : 0;
}

static int LU_NAME(global_row)(const LU_NAME(lu_panel) * p, int i)
{
    const sunzi_tiles *t = p->job->t;
    return (int)sunzi_cyclic_global(&t->row, t->grid->my_row,
                                    LU_NAME(row_start)(t, p->k) + i);
}

/* Row of the panel on this process, or -1. */
static int LU_NAME(local_row)(const LU_NAME(lu_panel) * p, int global)
{
    const sunzi_tiles *t = p->job->t;
    if (sunzi_cyclic_owner(&t->row, global) != t->grid->my_row)
        return -1;
    return (int)sunzi_cyclic_local(&t->row, global) -
           LU_NAME(row_start)(t, p->k);
}

/* The first of the largest numbers of column c in all processes: its global
 * row, or -1 if it is no pivot. Non-negative numbers are ordered as their bits;
 * FP32 leaves room for the row beside them. */
static int LU_NAME(find_pivot)(const LU_NAME(lu_panel) * p, int c)
{
    enum { SHIFT = sizeof(LU_REAL) == sizeof(float) ? 32 : 0 };
    sunzi_tiles *t = p->job->t;
    const int64_t ld = p->job->lu.ld;
    LU_REAL most = 0;
    int at = -1;
    for (int i = LU_NAME(from)(p, c); i < p->rows; i++) {
        const LU_REAL v = LU_ABS(p->a[i * ld + c]);
        if (v > most) {
            most = v;
            at = i;
        }
    }
    int64_t bits = 0, row = at < 0 ? INT32_MAX : LU_NAME(global_row)(p, at);
    memcpy(&bits, &most, sizeof most);
    int64_t key = SHIFT ? bits << SHIFT | (INT32_MAX - row) : bits;
    sunzi_tiles_keep(
        t, sunzi_comm_reduce(t->grid->col, SUNZI_REDUCE_MAX, &key, 1));
    if (SHIFT) {
        row = INT32_MAX - (key & INT32_MAX);
    } else {
        row = bits == key ? row : INT32_MAX;
        sunzi_tiles_keep(
            t, sunzi_comm_reduce(t->grid->col, SUNZI_REDUCE_MIN, &row, 1));
    }
    bits = key >> SHIFT;
    memcpy(&most, &bits, sizeof most);
    return most > 0 && most <= LU_MAX && t->failed == SUNZI_OK ? (int)row : -1;
}

/* Exchange row c of the panel with the pivot's row, all its columns; `u` gets
 * the new row c on every process. */
static void LU_NAME(exchange_pivot)(const LU_NAME(lu_panel) * p, int c,
                                    int pivot, LU_REAL *u)
{
    enum { WORDS = 2 * SUNZI_TILE * sizeof(LU_REAL) / sizeof(int64_t) };
    sunzi_tiles *t = p->job->t;
    const int64_t ld = p->job->lu.ld;
    const int top = LU_NAME(local_row)(p, p->k * SUNZI_TILE + c);
    const int other = LU_NAME(local_row)(p, pivot);
    const size_t bytes = (size_t)p->width * sizeof *u;
    int64_t words[WORDS] = {0};
    LU_REAL *both = (LU_REAL *)(void *)words;
    if (other >= 0)
        memcpy(both, p->a + other * ld, bytes);
    if (top >= 0)
        memcpy(both + SUNZI_TILE, p->a + top * ld, bytes);
    sunzi_tiles_keep(
        t, sunzi_comm_reduce(t->grid->col, SUNZI_REDUCE_SUM, words, WORDS));
    if (other >= 0)
        memcpy(p->a + other * ld, both + SUNZI_TILE, bytes);
    if (top >= 0)
        memcpy(p->a + top * ld, both, bytes);
    memcpy(u, both, bytes);
}

/* Columns j .. j + w - 1 on several processes, as the engine's lu_panel does on
 * one. */
static int LU_NAME(base_together)(const LU_NAME(lu_panel) * p, int j, int w)
{
    const int64_t ld = p->job->lu.ld;
    LU_REAL u[SUNZI_TILE];
    for (int c = j; c < j + w; c++) {
        const int pivot = LU_NAME(find_pivot)(p, c);
        if (pivot < 0)
            return c + 1;
        p->pivots[c] = pivot;
        LU_NAME(exchange_pivot)(p, c, pivot, u);
        for (int i = LU_NAME(from)(p, c + 1); i < p->rows; i++) {
            LU_REAL *row = p->a + i * ld;
            const LU_REAL l = row[c] / u[c];
            row[c] = l;
            for (int h = c + 1; h < j + w; h++)
                row[h] = LU_FMA(-l, u[h], row[h]);
        }
    }
    return 0;
}

static int LU_NAME(base_alone)(const LU_NAME(lu_panel) * p, int j, int w)
{
    const sunzi_lu_job *lu = &p->job->panel;
    LU_REAL *rows = p->a + j * lu->ld;
    int pivots[SUNZI_LU_BASE];
    const int bad = lu->ctx->engine->LU_OP(lu_panel)(p->rows - j, w, rows + j,
                                                     lu->ld, pivots, lu->work);
    if (bad)
        return bad + j;
    LU_NAME(swap_rows)(lu, w, j, rows, pivots);
    LU_NAME(swap_rows)(lu, w, p->width - j - w, rows + j + w, pivots);
    for (int c = 0; c < w; c++)
        p->pivots[j + c] = p->k * SUNZI_TILE + j + pivots[c];
    return 0;
}

/* Rows of U that the diagonal process has made, for all of the grid column. */
static const LU_REAL *LU_NAME(share_u)(const LU_NAME(lu_panel) * p, int rows,
                                       int cols, const LU_REAL *u, int64_t *ld)
{
    sunzi_tiles *t = p->job->t;
    LU_REAL *packed = (LU_REAL *)(void *)p->job->corner;
    if (t->row.count == 1)
        return u;
    for (int i = 0; i < rows && p->diagonal; i++)
        memcpy(packed + i * cols, u + i * *ld, (size_t)cols * sizeof *u);
    sunzi_tiles_keep(
        t, sunzi_comm_broadcast(t->grid->col, p->k % t->row.count, packed,
                                (size_t)rows * (size_t)cols * sizeof *packed));
    *ld = cols;
    return packed;
}

static int LU_NAME(factorize_panel)(const LU_NAME(lu_panel) * p, int j, int w)
{
    sunzi_lu_job *lu = &p->job->panel;
    const int64_t ld = lu->ld;
    if (w <= SUNZI_LU_BASE)
        return p->job->t->row.count == 1 ? LU_NAME(base_alone)(p, j, w)
                                         : LU_NAME(base_together)(p, j, w);
    const int left = sunzi_lu_split(w), right = w - left;
    LU_REAL *top = p->a + j * ld + j;
    int bad = LU_NAME(factorize_panel)(p, j, left);
    if (bad)
        return bad;
    if (p->diagonal)
        LU_NAME(solve_lower)(lu, left, right, top, ld, top + left, ld);
    int64_t u_ld = ld;
    const LU_REAL *u = LU_NAME(share_u)(p, left, right, top + left, &u_ld);
    const int from = LU_NAME(from)(p, j + left);
    LU_REAL *rows = p->a + from * ld + j;
    LU_NAME(update)
    (lu, p->rows - from, right, left, rows, ld, u, u_ld, 1, rows + left, ld,
     false);
    return LU_NAME(factorize_panel)(p, j + left, right);
}

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

/* Tile column k, if it is here: factorized and on its way. */
static void LU_NAME(start_panel)(sunzi_tile_job *job, LU_REAL *a, int k)
{
    if (k >= job->t->count || LU_NAME(distance)(job->t, k) != 0)
        return;
    LU_NAME(finish_sending)(job, k);
    memset(LU_NAME(head)(job, k), 0, sizeof(sunzi_panel_head));
    if (job->pivots)
        LU_NAME(make_lu_panel)(job, a, k);
    else
        LU_NAME(make_cholesky_panel)(job, a, k);
    LU_NAME(pass_on)(job, k);
}

/* ---- row exchanges outside the panel ---- */

/* Rows for other processes and for this one, by where they go. */
static void LU_NAME(pack_rows)(const sunzi_tile_job *job,
                               const sunzi_row_moves *moves, const LU_REAL *a,
                               int cols, size_t *start)
{
    const sunzi_cyclic *c = &job->t->row;
    LU_REAL *out = (LU_REAL *)(void *)job->out;
    size_t at = 0;
    for (int place = 0; place < c->count; place++) {
        start[place] = at;
        for (int i = 0; i < moves->count; i++) {
            if (sunzi_cyclic_owner(c, moves->source[i]) !=
                    job->t->grid->my_row ||
                sunzi_cyclic_owner(c, moves->row[i]) != place)
                continue;
            memcpy(out + at,
                   a + sunzi_cyclic_local(c, moves->source[i]) * job->lu.ld,
                   (size_t)cols * sizeof *out);
            at += (size_t)cols;
        }
    }
    start[c->count] = at;
}

/* Rows that come from `place`, in the order in which it packed them. */
static size_t LU_NAME(unpack_rows)(const sunzi_tile_job *job,
                                   const sunzi_row_moves *moves, int place,
                                   int cols, const LU_REAL *from, LU_REAL *a)
{
    const sunzi_cyclic *c = &job->t->row;
    size_t at = 0;
    for (int i = 0; i < moves->count; i++) {
        if (sunzi_cyclic_owner(c, moves->source[i]) != place ||
            sunzi_cyclic_owner(c, moves->row[i]) != job->t->grid->my_row)
            continue;
        if (a)
            memcpy(a + sunzi_cyclic_local(c, moves->row[i]) * job->lu.ld,
                   from + at, (size_t)cols * sizeof *a);
        at += (size_t)cols;
    }
    return at;
}

static void LU_NAME(move_rows)(sunzi_tile_job *job,
                               const sunzi_row_moves *moves, LU_REAL *a,
                               int cols)
{
    sunzi_tiles *t = job->t;
    const int places = t->row.count, me = t->grid->my_row;
    LU_REAL *out = (LU_REAL *)(void *)job->out;
    LU_REAL *in = (LU_REAL *)(void *)job->in;
    size_t start[places + 1], at = 0;
    int count = 0;
    LU_NAME(pack_rows)(job, moves, a, cols, start);
    for (int place = 0; place < places; place++) {
        const size_t coming =
            LU_NAME(unpack_rows)(job, moves, place, cols, NULL, NULL);
        if (place == me)
            continue;
        t->messages[count++] =
            (sunzi_message){place, 2, true, out + start[place],
                            (start[place + 1] - start[place]) * sizeof *out};
        t->messages[count++] =
            (sunzi_message){place, 2, false, in + at, coming * sizeof *in};
        at += coming;
    }
    if (!sunzi_tiles_keep(
            t, sunzi_comm_exchange(t->grid->col, count, t->messages)))
        return;
    at = 0;
    for (int place = 0; place < places; place++)
        if (place == me)
            LU_NAME(unpack_rows)(job, moves, me, cols, out + start[me], a);
        else
            at += LU_NAME(unpack_rows)(job, moves, place, cols, in + at, a);
}

/* The exchanges of panel k in the local columns from .. to - 1. */
static void LU_NAME(exchange_rows)(sunzi_tile_job *job, LU_REAL *a, int k,
                                   int from, int to)
{
    const sunzi_tiles *t = job->t;
    const int32_t *pivots = LU_NAME(head)(job, k)->pivots;
    const int width = sunzi_tile_size(t, k), first = k * SUNZI_TILE;
    if (t->row.count == 1) {
        int local[SUNZI_TILE];
        for (int c = 0; c < width; c++)
            local[c] = pivots[c] - first;
        LU_NAME(swap_rows)
        (&job->lu, width, to - from, a + first * job->lu.ld + from, local);
        return;
    }
    sunzi_row_moves moves;
    sunzi_row_moves_of(first, width, pivots, &moves);
    for (int c = from; c < to; c += SUNZI_SWAP_COLUMNS)
        LU_NAME(move_rows)
    (job, &moves, a + c,
     to - c < SUNZI_SWAP_COLUMNS ? to - c : SUNZI_SWAP_COLUMNS);
}

/* ---- the updates ---- */

/* The operand of the updates by panel k that is not the panel: columns of C
 * from local column `first` on. */
typedef struct LU_NAME(operand) {
    const LU_REAL *data;
    int first;
    int64_t row_stride, col_stride;
} LU_NAME(operand);

/* Rows of U right of the panel. */
static LU_NAME(operand) LU_NAME(make_u)(sunzi_tile_job *job, LU_REAL *a, int k)
{
    sunzi_tiles *t = job->t;
    const int width = sunzi_tile_size(t, k),
              first = LU_NAME(col_start)(t, k + 1);
    const int cols = t->cols - first, top = LU_NAME(row_start)(t, k);
    const int64_t ld = job->lu.ld;
    const bool mine = k % t->row.count == t->grid->my_row;
    LU_REAL *u = a + top * ld + first, *packed = (LU_REAL *)(void *)job->across;
    if (mine && cols > 0)
        LU_NAME(solve_lower)
    (&job->panel, width, cols, LU_NAME(panel_rows)(job, k), SUNZI_TILE, u, ld);
    if (t->row.count == 1)
        return (LU_NAME(operand)){u, first, ld, 1};
    for (int i = 0; i < width && mine; i++)
        memcpy(packed + (int64_t)i * cols, u + i * ld,
               (size_t)cols * sizeof *u);
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

/* What the arrival of panel k allows; the next panel starts as early as it can.
 */
static void LU_NAME(eliminate_tile)(sunzi_tile_job *job, LU_REAL *a, int k)
{
    const sunzi_tiles *t = job->t;
    const int left = LU_NAME(col_start)(t, k);
    const int right = LU_NAME(col_start)(t, k + 1);
    int next = right;
    LU_NAME(operand) b;
    if (job->pivots) {
        memcpy(job->pivots + k * SUNZI_TILE, LU_NAME(head)(job, k)->pivots,
               (size_t)sunzi_tile_size(t, k) * sizeof(int32_t));
        LU_NAME(exchange_rows)(job, a, k, right, t->cols);
        b = LU_NAME(make_u)(job, a, k);
    } else {
        b = LU_NAME(make_transpose)(job, k);
    }
    if (k + 1 < t->count && LU_NAME(distance)(t, k + 1) == 0) {
        next = LU_NAME(col_start)(t, k + 2);
        LU_NAME(update_all)(job, a, k, &b, right, next);
        LU_NAME(start_panel)(job, a, k + 1);
    }
    LU_NAME(update_all)(job, a, k, &b, next, t->cols);
    if (job->pivots)
        LU_NAME(exchange_rows)(job, a, k, 0, left);
}

static int LU_NAME(tiles_factorize)(sunzi_tile_job *job, LU_REAL *a)
{
    sunzi_tiles *t = job->t;
    int bad = 0;
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
