/* SPDX-License-Identifier: BSD-3-Clause */
/* A part of tiles_template.h, which includes it: the panel of LU. */

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
