/* SPDX-License-Identifier: BSD-3-Clause */
/* Structural rank by maximum bipartite matching: J. E. Hopcroft, R. M. Karp,
 * SIAM J. Comput. 2 (1973) 225, after the cheap assignment of I. S. Duff, ACM
 * TOMS 7 (1981) 315. No recursion; O(entries sqrt(rank)) time. Memory follows
 * the entries and not the dimensions: columns that hold no nonzero entry, and
 * where rows outnumber entries such rows, are not numbered. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/matrix.h"

enum { NONE = -1 };

typedef struct graph {
    int64_t cols, rows;
    int64_t *first; /* entries of column j: row[first[j] .. first[j + 1]) */
    int64_t *row;   /* in the numbering of row_number */
    int32_t *row_number; /* original number of each row, ascending */
    int64_t *row_mate, *col_mate;
    int64_t *level;  /* of a column, in the layers of alternating paths */
    int64_t *cursor; /* next entry of a column that a path may try */
    int64_t *stack;
} graph;

static sunzi_status allocate_array(int64_t count, size_t bytes, void **block)
{
    return sunzi_allocate(sunzi_size_product((size_t)count, bytes, 1),
                          "structural rank", block);
}

static void release_graph(graph *g)
{
    sunzi_release(g->first);
    sunzi_release(g->row);
    sunzi_release(g->row_number);
    sunzi_release(g->row_mate);
    sunzi_release(g->col_mate);
    sunzi_release(g->level);
    sunzi_release(g->cursor);
    sunzi_release(g->stack);
}

static bool is_nonzero(const sunzi_matrix *m, int64_t k)
{
    if (m->complex_values)
        return m->value[2 * k] != 0.0 || m->value[2 * k + 1] != 0.0;
    return m->value[k] != 0.0;
}

/* Columns with nonzero entries, their rows still with the original numbers. */
static int64_t collect_columns(const sunzi_matrix *m, graph *g)
{
    int64_t count = 0;
    int32_t col = NONE;
    g->cols = 0;
    for (int64_t k = 0; k < m->entries; k++) {
        if (!is_nonzero(m, k))
            continue;
        if (m->col[k] != col) {
            col = m->col[k];
            g->first[g->cols++] = count;
        }
        g->row_number[count] = m->row[k];
        g->row[count++] = m->row[k];
    }
    g->first[g->cols] = count;
    return count;
}

static int compare_rows(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int64_t find_row(const graph *g, int32_t row)
{
    const int32_t *found =
        bsearch(&row, g->row_number, (size_t)g->rows, sizeof row, compare_rows);
    return found - g->row_number;
}

/* Number the rows: all of them where the memory reaches for it, else those that
 * occur, in ascending order. */
static void number_rows(graph *g, int64_t count, int32_t all)
{
    if (all <= count) {
        for (int32_t i = 0; i < all; i++)
            g->row_number[i] = i;
        g->rows = all;
        return;
    }
    qsort(g->row_number, (size_t)count, sizeof *g->row_number, compare_rows);
    g->rows = 0;
    for (int64_t k = 0; k < count; k++)
        if (g->rows == 0 || g->row_number[g->rows - 1] != g->row_number[k])
            g->row_number[g->rows++] = g->row_number[k];
    for (int64_t k = 0; k < count; k++)
        g->row[k] = find_row(g, (int32_t)g->row[k]);
}

static sunzi_status build_graph(const sunzi_matrix *m, graph *g)
{
    const int64_t n = m->entries;
    void *first = NULL, *row = NULL, *row_number = NULL;
    sunzi_status status;
    SUNZI_TRY(allocate_array(n + 1, sizeof *g->first, &first));
    g->first = first;
    SUNZI_TRY(allocate_array(n, sizeof *g->row, &row));
    g->row = row;
    SUNZI_TRY(allocate_array(n, sizeof *g->row_number, &row_number));
    g->row_number = row_number;
    number_rows(g, collect_columns(m, g), m->rows);
    int64_t **arrays[] = {&g->row_mate, &g->col_mate, &g->level, &g->cursor,
                          &g->stack};
    for (int i = 0; i < 5; i++) {
        void *block;
        SUNZI_TRY(allocate_array(i == 0 ? g->rows : g->cols, sizeof **arrays[i],
                                 &block));
        *arrays[i] = block;
    }
done:
    return status;
}

static void match(graph *g, int64_t row, int64_t col)
{
    g->row_mate[row] = col;
    g->col_mate[col] = row;
}

static int64_t assign_cheaply(graph *g)
{
    int64_t rank = 0;
    for (int64_t i = 0; i < g->rows; i++)
        g->row_mate[i] = NONE;
    for (int64_t j = 0; j < g->cols; j++) {
        g->col_mate[j] = NONE;
        for (int64_t k = g->first[j]; k < g->first[j + 1]; k++)
            if (g->row_mate[g->row[k]] == NONE) {
                match(g, g->row[k], j);
                rank++;
                break;
            }
    }
    return rank;
}

/* Layers of columns by breadth-first search from the unmatched ones; true if
 * some unmatched row can be reached. */
static bool build_layers(graph *g)
{
    int64_t head = 0, tail = 0;
    bool reached = false;
    for (int64_t j = 0; j < g->cols; j++) {
        g->cursor[j] = g->first[j];
        g->level[j] = g->col_mate[j] == NONE ? 0 : NONE;
        if (g->level[j] == 0)
            g->stack[tail++] = j; /* here a queue */
    }
    for (; head < tail; head++) {
        const int64_t j = g->stack[head];
        for (int64_t k = g->first[j]; k < g->first[j + 1]; k++) {
            const int64_t mate = g->row_mate[g->row[k]];
            if (mate == NONE) {
                reached = true;
            } else if (g->level[mate] == NONE) {
                g->level[mate] = g->level[j] + 1;
                g->stack[tail++] = mate;
            }
        }
    }
    return reached;
}

/* Depth-first search through the layers from an unmatched column; on success
 * the columns of the path change to the entry that their cursor is behind. */
static bool augment(graph *g, int64_t start)
{
    int64_t depth = 0;
    g->stack[0] = start;
    while (depth >= 0) {
        const int64_t j = g->stack[depth];
        if (g->cursor[j] == g->first[j + 1]) {
            depth--;
            continue;
        }
        const int64_t mate = g->row_mate[g->row[g->cursor[j]++]];
        if (mate == NONE) {
            for (; depth >= 0; depth--) {
                const int64_t col = g->stack[depth];
                match(g, g->row[g->cursor[col] - 1], col);
            }
            return true;
        }
        if (g->level[mate] == g->level[j] + 1)
            g->stack[++depth] = mate;
    }
    return false;
}

/* The smallest row without a mate, in the original numbering. */
static int32_t unmatched_row(const sunzi_matrix *m, const graph *g)
{
    int32_t next = 0; /* the smallest row not seen yet */
    for (int64_t i = 0; i < g->rows; i++) {
        if (g->row_number[i] != next || g->row_mate[i] == NONE)
            return next;
        next++;
    }
    return next < m->rows ? next : NONE;
}

sunzi_status sunzi_matrix_structural_rank(const sunzi_matrix *matrix,
                                          int32_t *rank, int32_t *row)
{
    graph g = {.cols = 0};
    int64_t matched;
    sunzi_status status;
    if (!matrix || !rank || !row)
        return sunzi_fail(SUNZI_ERR_ARG, "sunzi_matrix_structural_rank: a NULL "
                                         "argument; pass matrix, rank and row");
    SUNZI_TRY(build_graph(matrix, &g));
    matched = assign_cheaply(&g);
    while (build_layers(&g))
        for (int64_t j = 0; j < g.cols; j++)
            if (g.col_mate[j] == NONE && augment(&g, j))
                matched++;
    *rank = (int32_t)matched;
    *row = unmatched_row(matrix, &g);
done:
    release_graph(&g);
    return status;
}
