/* SPDX-License-Identifier: BSD-3-Clause */
/* Power-of-two scaling: rows, then columns, to largest entries in [1/2, 1); for
 * positive definite matrices both sides by the diagonal (A. van der Sluis,
 * Numer. Math. 14 (1969) 14: within n of the best diagonal scaling). */
#include <math.h>
#include <string.h>

#include "engines/engine.h"
#include "solvers/dense/resident.h"
#include "solvers/dense/sweep.k.h"
#include "solvers/dense/system.h"

enum {
    CHUNK = 1024, /* entries of a vector in one task */
    DIRECT_MAX =
        400 /* largest exponent for which A is used where it is: the errors
               of products down to 2^-500 of the largest stay normal */
};

_Static_assert(CHUNK == SWEEP_CHUNK, "sums of the same elements are added");

/* Sums and maxima over the contiguous vectors V_v, v, h < n, of A. along: by v,
 * over h; across: by h, over v. */
typedef struct sweep {
    const double *weight_v, *weight_h;  /* powers of two */
    double *along_sum;                  /* sum_h |V_vh| */
    double *along_weighted, *along_max; /* of |V_vh| weight_h */
    double *across_sum;
    double *across_weighted, *across_max; /* of |V_vh| weight_v */
} sweep;

static bool rows_contiguous(const sunzi_operator *a)
{
    return !a->tiles && a->col_stride == 1;
}

static int64_t leading_dimension(const sunzi_operator *a)
{
    return rows_contiguous(a) ? a->row_stride : a->col_stride;
}

/* The three results of each kind lie one after the other. */
static void take_results(size_t n, const double *along, const double *across,
                         const sweep *w)
{
    const size_t bytes = n * sizeof(double);
    memcpy(w->along_sum, along, bytes);
    memcpy(w->along_weighted, along + n, bytes);
    memcpy(w->along_max, along + 2 * n, bytes);
    memcpy(w->across_sum, across, bytes);
    memcpy(w->across_weighted, across + n, bytes);
    memcpy(w->across_max, across + 2 * n, bytes);
}

/* By tiles: V_v are columns. room: 6 n doubles. */
static void run_sweep_tiles(const sunzi_system *s, const sweep *w, double *room)
{
    const size_t n = (size_t)s->n;
    double *rows = room, *cols = room + 3 * n;
    sunzi_tiles_sweep(s->a.tiles, s->a.data, s->a.col_stride, w->weight_h,
                      w->weight_v, rows, cols);
    take_results(n, cols, rows, w);
}

/* On the device, room as above. */
static sunzi_status run_sweep_there(const sunzi_system *s, const sweep *w,
                                    double *room)
{
    const size_t n = (size_t)s->n;
    double *along = room, *across = room + 3 * n;
    const sunzi_status status = sunzi_resident_sweep(
        s->a.resident, w->weight_v, w->weight_h, along, across);
    if (status == SUNZI_OK)
        take_results(n, along, across, w);
    return status;
}

/* partial: room for 3 n max(2, ceil(n / CHUNK)) doubles */
static sunzi_status run_sweep(const sunzi_system *s, const sweep *w,
                              double *partial)
{
    const int n = s->n, chunks = (n + CHUNK - 1) / CHUNK;
    const int64_t ld = leading_dimension(&s->a);
    if (s->a.tiles) {
        run_sweep_tiles(s, w, partial);
        return SUNZI_OK;
    }
    if (s->a.resident)
        return run_sweep_there(s, w, partial);
#pragma omp parallel for schedule(dynamic, 1)                                  \
    num_threads(sunzi_threads(s->ctx)) if (chunks > 1)
    for (int t = 0; t < chunks; t++) {
        const int h0 = t * CHUNK, count = n - h0 < CHUNK ? n - h0 : CHUNK;
        const size_t bytes = (size_t)count * sizeof(double);
        memset(w->across_sum + h0, 0, bytes);
        memset(w->across_weighted + h0, 0, bytes);
        memset(w->across_max + h0, 0, bytes);
        for (int v = 0; v < n; v++)
            s->ctx->engine->sweep(
                count, s->a.data + v * ld + h0, w->weight_v[v],
                w->weight_h + h0, w->across_sum + h0, w->across_weighted + h0,
                w->across_max + h0, partial + 3 * ((int64_t)t * n + v));
    }
    for (int v = 0; v < n; v++) {
        w->along_sum[v] = w->along_weighted[v] = w->along_max[v] = 0;
        for (int t = 0; t < chunks; t++) {
            const double *p = partial + 3 * ((int64_t)t * n + v);
            w->along_sum[v] += p[0];
            w->along_weighted[v] += p[1];
            w->along_max[v] = fmax(w->along_max[v], p[2]);
        }
    }
    return SUNZI_OK;
}

/* Rows and columns of A that are here, and their indices. */
typedef struct extent {
    int rows, cols;
    const sunzi_tiles *tiles; /* NULL: all of A */
} extent;

static extent extent_of(const sunzi_operator *a)
{
    return (extent){a->tiles ? a->tiles->rows : a->m,
                    a->tiles ? a->tiles->cols : a->n, a->tiles};
}

static int row_at(const extent *e, int i)
{
    return e->tiles ? (int)sunzi_cyclic_global(&e->tiles->row,
                                               e->tiles->grid->my_row, i)
                    : i;
}

static int col_at(const extent *e, int j)
{
    return e->tiles ? (int)sunzi_cyclic_global(&e->tiles->col,
                                               e->tiles->grid->my_col, j)
                    : j;
}

static sunzi_status check_finite_here(const sunzi_system *s)
{
    const extent e = extent_of(&s->a);
    sunzi_status status;
    SUNZI_TRY(sunzi_system_bring_here(s));
    for (int i = 0; i < e.rows; i++)
        for (int j = 0; j < e.cols; j++) {
            const double v =
                s->a.data[i * s->a.row_stride + j * s->a.col_stride];
            const int row = row_at(&e, i), col = col_at(&e, j);
            if (!isfinite(v) && (!s->a.symmetric_lower || row >= col))
                return sunzi_fail(SUNZI_ERR_NONFINITE,
                                  "dense solve: A(%d, %d) = %g (0-based), "
                                  "allowed: finite numbers; correct the matrix",
                                  row, col, v);
        }
done:
    return status;
}

/* All entries read are finite, or the sentence of the first that is not. */
static sunzi_status check_finite(const sunzi_system *s)
{
    return sunzi_tiles_agree(s->a.tiles, check_finite_here(s));
}

/* Exponents that bring max to [1/2, 1); *largest: of their magnitudes. */
static sunzi_status exponents_of(int n, const double *max, const char *what,
                                 int32_t *exponent, int *largest)
{
    *largest = 0;
    for (int i = 0; i < n; i++) {
        int e;
        if (max[i] == 0)
            return sunzi_fail(
                SUNZI_ERR_SINGULAR,
                "dense solve: %s %d (0-based) of A is zero, so A is "
                "singular; remove it or correct the matrix",
                what, i);
        (void)frexp(max[i], &e);
        exponent[i] = -e;
        const int size = e < 0 ? -e : e;
        *largest = size > *largest ? size : *largest;
    }
    return SUNZI_OK;
}

static sunzi_status take_copy(sunzi_system *s, const extent *e)
{
    const size_t bytes =
        sunzi_size_product((size_t)e->rows, (size_t)e->cols, sizeof(double));
    if (s->copy)
        return SUNZI_OK;
    s->bytes += bytes;
    return sunzi_pool_take(s->ctx->pool, bytes, "scaled matrix", &s->copy);
}

/* `a` becomes a copy that holds 2^row A 2^col (a copy already made: *= 2^col).
 */
static sunzi_status materialize(sunzi_system *s, bool rows, bool cols)
{
    const extent e = extent_of(&s->a);
    const bool by_rows = rows_contiguous(&s->a);
    const int64_t width = by_rows ? e.cols : e.rows;
    const int64_t count = by_rows ? e.rows : e.cols;
    sunzi_status status = sunzi_system_bring_here(s);
    if (status == SUNZI_OK)
        status = take_copy(s, &e);
    status = sunzi_tiles_agree(s->a.tiles, status);
    if (status < 0)
        return status;
    if (s->a.resident)
        s->bytes -= sunzi_resident_bytes(s->a.resident);
    sunzi_resident_destroy(&s->a.resident); /* it holds what A was */
    double *to = s->copy;
    const double *from = s->a.data;
    const int64_t ld = leading_dimension(&s->a);
    for (int64_t v = 0; v < count; v++)
        for (int64_t h = 0; h < width; h++) {
            const int i = row_at(&e, (int)(by_rows ? v : h));
            const int j = col_at(&e, (int)(by_rows ? h : v));
            if (s->a.symmetric_lower && j > i)
                continue;
            to[v * width + h] =
                ldexp(from[v * ld + h],
                      (rows ? s->row[i] : 0) + (cols ? s->col[j] : 0));
        }
    s->a.data = to;
    s->a.row_stride = by_rows ? width : 1;
    s->a.col_stride = by_rows ? 1 : width;
    return SUNZI_OK;
}

static void fill(int n, double *x, double value)
{
    for (int i = 0; i < n; i++)
        x[i] = value;
}

static bool all_equal(int n, const double *x)
{
    for (int i = 1; i < n; i++)
        if (x[i] != x[0])
            return false;
    return true;
}

static void powers(const sunzi_system *s)
{
    for (int i = 0; i < s->n; i++) {
        s->row_factor[i] = s->copy ? 1.0 : ldexp(1.0, s->row[i]);
        s->col_factor[i] = s->copy ? 1.0 : ldexp(1.0, s->col[i]);
    }
}

static int32_t extreme(int n, const int32_t *e, int sign)
{
    int32_t best = e[0];
    for (int i = 1; i < n; i++)
        if (sign * e[i] > sign * best)
            best = e[i];
    return best;
}

static void weights(sunzi_system *s)
{
    const int32_t row_min = extreme(s->n, s->row, -1);
    const int32_t col_max = extreme(s->n, s->col, 1);
    for (int i = 0; i < s->n; i++) {
        s->row_weight[i] = ldexp(1.0, row_min - s->row[i]);
        s->col_weight[i] = ldexp(1.0, s->col[i] - col_max);
    }
    s->unknown_stretch = ldexp(1.0, col_max - extreme(s->n, s->col, -1));
}

/* Sum by rows of |S| / col_weight, weighted by rows: ||A||_inf in user units.
 * sums: those of the rows of the matrix as it is stored, or NULL. */
static void user_norm(sunzi_system *s, const double *sums, double *x,
                      double *room)
{
    for (int j = 0; j < s->n; j++)
        x[j] = s->col_factor[j] / s->col_weight[j];
    if (!sums || !all_equal(s->n, x)) {
        fill(s->n, s->c, 0.0);
        sunzi_residual_fp64(s->ctx, &s->a, false, 1, x, s->c, s->magnitude,
                            room, s->scratch);
        sums = room;
        fill(s->n, x, 1.0);
    }
    double norm = 0;
    for (int i = 0; i < s->n; i++)
        norm = fmax(norm, sums[i] * x[0] * s->row_factor[i] * s->row_weight[i]);
    s->norm_user = isfinite(norm) ? norm : 0; /* 0: the stricter test */
}

static sunzi_status general(sunzi_system *s, double *v[8], double *partial)
{
    const bool by_rows = rows_contiguous(&s->a);
    double *ones = v[6];
    sweep w = {ones, ones, v[0], v[1], v[2], v[3], v[4], v[5]};
    double *const *row_sum = by_rows ? &w.along_sum : &w.across_sum;
    double *const *row_max = by_rows ? &w.along_max : &w.across_max;
    double *const *col_max = by_rows ? &w.across_max : &w.along_max;
    double *const *row_weighted =
        by_rows ? &w.along_weighted : &w.across_weighted;
    double *const *col_weighted =
        by_rows ? &w.across_weighted : &w.along_weighted;
    int row_range, col_range;
    sunzi_status status = SUNZI_OK;

    fill(s->n, ones, 1.0);
    SUNZI_TRY(run_sweep(s, &w, partial));
    if (!isfinite(sunzi_max(s->n, *row_sum)))
        SUNZI_TRY(check_finite(s));
    SUNZI_TRY(exponents_of(s->n, *row_max, "row", s->row, &row_range));
    memset(s->col, 0, (size_t)s->n * sizeof *s->col);
    if (row_range > DIRECT_MAX)
        SUNZI_TRY(materialize(s, true, false));
    powers(s);
    if (by_rows)
        w.weight_v = s->row_factor;
    else
        w.weight_h = s->row_factor;
    if (row_range > 0) /* else the weights are ones as before */
        SUNZI_TRY(run_sweep(s, &w, partial));
    SUNZI_TRY(exponents_of(s->n, *col_max, "column", s->col, &col_range));
    if (col_range > DIRECT_MAX || (s->copy && col_range > 0))
        SUNZI_TRY(materialize(s, !s->copy, true));
    powers(s);
    if (col_range > 0) {
        w.weight_v = by_rows ? s->row_factor : s->col_factor;
        w.weight_h = by_rows ? s->col_factor : s->row_factor;
        SUNZI_TRY(run_sweep(s, &w, partial));
    }
    weights(s);
    for (int i = 0; i < s->n; i++) {
        s->norm_inf = fmax(s->norm_inf, (*row_weighted)[i] * s->row_factor[i]);
        s->norm_one = fmax(s->norm_one, (*col_weighted)[i] * s->col_factor[i]);
    }
    user_norm(s, *row_sum, v[6], v[7]);
done:
    return status;
}

static void diagonal_of(const sunzi_system *s, double *d)
{
    sunzi_tiles *t = s->a.tiles;
    for (int i = 0; i < s->n; i++) {
        const int64_t at =
            t ? sunzi_tiles_diagonal(t, s->a.row_stride, s->a.col_stride, i)
              : i * (s->a.row_stride + s->a.col_stride);
        d[i] = at < 0 ? 0.0 : s->a.data[at];
    }
    if (t)
        sunzi_tiles_assemble(t, d, (size_t)s->n);
}

static sunzi_status positive_definite(sunzi_system *s, double *x, double *sums)
{
    int top = INT32_MIN, range = 0;
    sunzi_status status;
    SUNZI_TRY(sunzi_system_bring_here(s));
    diagonal_of(s, x);
    for (int i = 0; i < s->n; i++) {
        const double d = x[i];
        int e;
        if (!isfinite(d))
            SUNZI_TRY(check_finite(s));
        if (!(d > 0))
            return sunzi_fail(
                SUNZI_ERR_NOT_POSITIVE_DEFINITE,
                "dense solve: A(%d, %d) = %g (0-based), a positive "
                "definite matrix has a positive diagonal; solve it "
                "as a general matrix",
                i, i, d);
        (void)frexp(d, &e);
        s->col[i] = e;
        top = e > top ? e : top;
    }
    /* the largest diagonal exponent becomes 0 first, so that a power of two
     * times A gives the same S */
    for (int i = 0; i < s->n; i++) {
        const int e = s->col[i] - top; /* <= 0 */
        s->col[i] = (1 - e) / 2;
        s->row[i] = s->col[i] - top;
        range = s->col[i] > range ? s->col[i] : range;
        range = s->row[i] > range ? s->row[i] : range;
        range = -s->row[i] > range ? -s->row[i] : range;
    }
    if (range > DIRECT_MAX)
        SUNZI_TRY(materialize(s, true, true));
    powers(s);
    weights(s);
    fill(s->n, s->c, 0.0);
    sunzi_residual_fp64(s->ctx, &s->a, false, 1, s->col_factor, s->c, x, sums,
                        s->scratch);
    if (!isfinite(sunzi_max(s->n, sums)))
        SUNZI_TRY(check_finite(s));
    for (int i = 0; i < s->n; i++)
        s->norm_inf = fmax(s->norm_inf, sums[i] * s->row_factor[i]);
    s->norm_one = s->norm_inf;
    user_norm(s, NULL, x, sums);
done:
    return status;
}

sunzi_status sunzi_equilibrate(sunzi_system *s)
{
    enum { VECTORS = 8 };
    const size_t n = (size_t)s->n, chunks = (n + CHUNK - 1) / CHUNK;
    void *block = NULL;
    double *v[VECTORS];
    sunzi_status status;
    SUNZI_TRY(sunzi_tiles_agree(
        s->a.tiles,
        sunzi_pool_take(
            s->ctx->pool,
            sunzi_size_product(n, VECTORS + 3 * (chunks < 2 ? 2 : chunks),
                               sizeof(double)),
            "scaling of the matrix", &block)));
    for (int k = 0; k < VECTORS; k++)
        v[k] = (double *)block + (size_t)k * n;
    status = s->structure == SUNZI_POSITIVE_DEFINITE
                 ? positive_definite(s, v[0], v[1])
                 : general(s, v, (double *)block + VECTORS * n);
    if (status == SUNZI_OK && s->a.tiles)
        status = sunzi_tiles_status(s->a.tiles);
    if (status == SUNZI_OK && s->a.resident)
        status = sunzi_resident_status(s->a.resident);
done:
    sunzi_pool_give(s->ctx->pool, &block);
    return status;
}
