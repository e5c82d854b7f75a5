/* SPDX-License-Identifier: BSD-3-Clause */
/* With C an approximate inverse of S and G = I - C S, ||G|| = alpha < 1:
 *     y* - y = C (c - S y) + G (y* - y),
 * hence |y* - y| <= |C r| + |G| ||y* - y||, ||y* - y|| <= ||C r|| / (1 - alpha)
 * (S. M. Rump, Acta Numerica 19 (2010) 287, section 10). Every rounding error
 * is bounded: of G by the certificate of the product, of the rest a priori by
 * gamma_k = k u / (1 - k u) (Higham, Accuracy and Stability, ch. 3); the bounds
 * themselves are sums of non-negative numbers, each inflated by 1 + 4 n u. */
#include "solvers/dense/certify.h"

#include <float.h>
#include <math.h>
#include <string.h>
#include <sunzi/product.h>

#include "engines/engine.h"

enum {
    BLOCK = 128, /* rows of G at a time */
    ROWS = 16    /* rows of C that meet all vectors while in the cache */
};

/* The larger one; a NaN wins, so that it can never hide. */
static double worse(double a, double b)
{
    return !(b <= a) ? b : a;
}

static double gamma_of(double k)
{
    const double ku = k * (DBL_EPSILON / 2);
    return ku < 0.5 ? ku / (1 - ku) * (1 + 4 * DBL_EPSILON) : INFINITY;
}

/* S in row-major form, |S| by rows summed into sums (not yet inflated). */
static void expand(const sunzi_system *s, double *out, double *sums)
{
    const int64_t n = s->n;
#pragma omp parallel for num_threads(sunzi_threads(s->ctx)) if (n > 128)
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t j = 0; j < n; j++) {
            const bool swap = s->a.symmetric_lower && j > i;
            const int64_t p = swap ? j : i, q = swap ? i : j;
            const double v =
                s->a.data[p * s->a.row_stride + q * s->a.col_stride] *
                s->row_factor[p] * s->col_factor[q];
            out[i * n + j] = v;
            sum += fabs(v);
        }
        sums[i] = sum;
    }
}

/* C: the columns of S^-T are the rows of S^-1, so each is one contiguous solve.
 */
static void invert(const sunzi_system *s, double *inverse)
{
    const size_t n = (size_t)s->n;
    memset(inverse, 0, n * n * sizeof(double));
    for (size_t i = 0; i < n; i++)
        inverse[i * n + i] = 1;
    for (size_t i = 0; i < n; i += BLOCK)
        sunzi_factors_solve(s->ctx, s->factors, true,
                            (int)(n - i < BLOCK ? n - i : BLOCK),
                            inverse + i * n, (int64_t)n);
}

/* g for rows i0 .. i0 + rows - 1 of G = I - C S. */
static sunzi_status block_bounds(const sunzi_system *s, const double *inverse,
                                 const double *full, const double *row_sums,
                                 int i0, int rows, double *block, double *g)
{
    const int n = s->n;
    sunzi_product_info info;
    memset(block, 0, (size_t)rows * (size_t)n * sizeof *block);
    for (int i = 0; i < rows; i++)
        block[(size_t)i * (size_t)n + (size_t)(i0 + i)] = 1;
    const sunzi_status status = sunzi_dgemm_expert(
        s->ctx, SUNZI_ROW_MAJOR, SUNZI_NO_TRANS, SUNZI_NO_TRANS, rows, n, n,
        -1.0, inverse + (size_t)i0 * (size_t)n, n, full, n, 1.0, block, n, NULL,
        &info);
    if (status < 0)
        return status;
    /* error of an entry: proved * u (|C||S|)_ij + 2 u |G_ij| */
    const double proved = isfinite(info.certificate)
                              ? (info.certificate + 1) * (DBL_EPSILON / 2)
                              : gamma_of(n + 4.0);
    const double inflate = 1 + gamma_of(4.0 * n + 16);
    for (int i = 0; i < rows; i++) {
        double sum = 0, product = 0;
        for (int j = 0; j < n; j++) {
            sum += fabs(block[(size_t)i * (size_t)n + (size_t)j]);
            product += fabs(inverse[(size_t)(i0 + i) * (size_t)n + (size_t)j]) *
                       row_sums[j];
        }
        g[i0 + i] = (sum + proved * product + n * DBL_MIN) * inflate;
    }
    return SUNZI_OK;
}

/* ---- in tiles ---- */

/* Error of each component of a residual that is rounded once after sums in
 * twice FP64. */
static double residual_error(int n, double r, double magnitude)
{
    const double of_sum = gamma_of(2.0 * n + 64) * gamma_of(2.0 * n + 64);
    return DBL_EPSILON * fabs(r) +
           of_sum * magnitude * (1 + gamma_of(6.0 * n + 64)) + n * DBL_MIN;
}

/* Row `first` + k of C, k < count: c_i = S^-T e_i, and row i of I - C S is the
 * residual of that system. work: 2 n count doubles. */
static void prove_rows(sunzi_system *s, int first, int count, double *inverse,
                       double *g, double *work)
{
    const sunzi_comm *comm = s->a.tiles->grid->comm;
    const size_t n = (size_t)s->n, block = n * (size_t)count;
    const int size = sunzi_comm_size(comm);
    const double inflate = 1 + gamma_of(4.0 * s->n + 16);
    const sunzi_refinement_system calls = sunzi_system_callbacks(s);
    double *rows = work, *r = work + block;
    int columns[SUNZI_REFINEMENT_COLUMNS];
    memset(rows, 0, block * sizeof *rows);
    for (int k = 0; k < count; k++) {
        rows[(size_t)k * n + (size_t)(first + k)] = 1;
        columns[k] = k;
    }
    memcpy(s->c, rows, block * sizeof *rows);
    s->transposed = s->with_magnitude = true;
    calls.solve(s, count, rows);
    calls.residual(s, false, true, count, columns, rows, NULL, r);
    s->transposed = s->with_magnitude = false;
    for (int k = 0; k < count; k++) {
        const size_t at = (size_t)k * n;
        const int i = first + k;
        double sum = 0;
        for (size_t j = at; j < at + n; j++)
            sum += fabs(r[j]) + residual_error(s->n, r[j], s->magnitude[j]);
        g[i] = sum * inflate;
        if (i % size == sunzi_comm_rank(comm))
            memcpy(inverse + (size_t)(i / size) * n, rows + at,
                   n * sizeof *rows);
    }
}

static sunzi_status create_in_tiles(sunzi_system *s, sunzi_proof *proof)
{
    sunzi_tiles *t = s->a.tiles;
    const int size = sunzi_comm_size(t->grid->comm);
    const size_t n = (size_t)s->n, rows = (n + (size_t)size - 1) / (size_t)size;
    const size_t matrix = sunzi_size_product(n, rows, sizeof(double));
    const int step = s->columns;
    const size_t small =
        sunzi_size_product(n, 1 + 2 * (size_t)step, sizeof(double));
    sunzi_status status;
    *proof = (sunzi_proof){.bytes = matrix + small};
    status = sunzi_pool_take(s->ctx->pool, matrix, "proof of a dense solve",
                             &proof->inverse);
    if (status == SUNZI_OK)
        status = sunzi_pool_take(s->ctx->pool, small, "proof of a dense solve",
                                 &proof->bounds);
    SUNZI_TRY(sunzi_tiles_agree(t, status));
    double *g = proof->bounds;
    for (int i = 0; i < s->n; i += step)
        prove_rows(s, i, s->n - i < step ? s->n - i : step, proof->inverse, g,
                   g + n);
    SUNZI_TRY(sunzi_tiles_status(t));
    proof->alpha = sunzi_max(s->n, g);
    status = proof->alpha < 1 ? SUNZI_OK : SUNZI_REACHED_ACCURATE;
done:
    return status;
}

/* ---- */

sunzi_status sunzi_proof_create(sunzi_system *s, sunzi_proof *proof)
{
    if (s->a.tiles)
        return create_in_tiles(s, proof);
    const size_t n = (size_t)s->n;
    const size_t matrix = sunzi_size_product(n, n, sizeof(double));
    const size_t small = sunzi_size_product(n, BLOCK + 2, sizeof(double));
    void *full = NULL;
    sunzi_status status;
    *proof = (sunzi_proof){.bytes = 2 * matrix + small};
    SUNZI_TRY(sunzi_pool_take(s->ctx->pool, matrix, "proof of a dense solve",
                              &proof->inverse));
    SUNZI_TRY(
        sunzi_pool_take(s->ctx->pool, matrix, "proof of a dense solve", &full));
    SUNZI_TRY(sunzi_pool_take(s->ctx->pool, small, "proof of a dense solve",
                              &proof->bounds));
    double *g = proof->bounds, *row_sums = g + n, *block = row_sums + n;
    SUNZI_TRY(sunzi_system_bring_here(s));
    invert(s, proof->inverse);
    expand(s, full, row_sums);
    for (int i = 0; i < s->n; i += BLOCK)
        SUNZI_TRY(block_bounds(s, proof->inverse, full, row_sums, i,
                               s->n - i < BLOCK ? s->n - i : BLOCK, block, g));
    proof->alpha = sunzi_max(s->n, g);
    status = proof->alpha < 1 ? SUNZI_OK : SUNZI_REACHED_ACCURATE;
done:
    sunzi_pool_give(s->ctx->pool, &full);
    return status;
}

void sunzi_proof_destroy(sunzi_context *ctx, sunzi_proof *proof)
{
    sunzi_pool_give(ctx->pool, &proof->inverse);
    sunzi_pool_give(ctx->pool, &proof->bounds);
}

/* |C r| and |C| w for ROWS or fewer rows of C and each vector. */
static void row_sizes(const sunzi_system *s, const double *rows, int count,
                      int vectors, const double *r, const double *w,
                      double *size)
{
    const sunzi_engine_ops *e = s->ctx->engine;
    const int n = s->n;
    double sum[SUNZI_REFINEMENT_COLUMNS * ROWS] = {0}, unused[ROWS], rest[ROWS];
    e->dot_rows_f64(count, n, rows, n, vectors, r, n, sum, ROWS);
    for (int c = 0; c < vectors; c++) {
        e->residual_dot(count, n, rows, n, w + (size_t)c * (size_t)n, NULL,
                        unused, NULL, rest);
        for (int i = 0; i < count; i++)
            size[c * ROWS + i] = fabs(sum[c * ROWS + i]) + rest[i];
    }
}

/* |C r| and what its rounding and the error of r may hide (w), by rows: those
 * of this process; zeros elsewhere. Sums of n terms in any order. */
static void correction_sizes(const sunzi_system *s, const double *inverse,
                             int vectors, const double *r, const double *w,
                             double *size)
{
    const int n = s->n;
    sunzi_tiles *t = s->a.tiles;
    const int count = t ? sunzi_comm_size(t->grid->comm) : 1;
    const int mine = t ? sunzi_comm_rank(t->grid->comm) : 0;
    const int rows = (n - mine + count - 1) / count; /* of C, here */
    const double inflate = 1 + gamma_of(6.0 * n + 64);
    const size_t all = (size_t)vectors * (size_t)n;
    memset(size, 0, all * sizeof *size);
#pragma omp parallel for num_threads(sunzi_threads(s->ctx)) if (rows > 2 * ROWS)
    for (int i = 0; i < rows; i += ROWS) {
        double some[SUNZI_REFINEMENT_COLUMNS * ROWS];
        const int few = rows - i < ROWS ? rows - i : ROWS;
        row_sizes(s, inverse + (size_t)i * (size_t)n, few, vectors, r, w, some);
        for (int c = 0; c < vectors; c++)
            for (int k = 0; k < few; k++)
                size[(size_t)c * (size_t)n + (size_t)(mine + (i + k) * count)] =
                    (some[c * ROWS + k] + n * DBL_MIN) * inflate;
    }
    if (t)
        sunzi_tiles_assemble(t, size, all);
}

/* From |C r| (with its errors) to the bound. */
static double bound_of(const sunzi_system *s, const sunzi_proof *proof,
                       const double *size, const double *y)
{
    const int n = s->n;
    const double *g = proof->bounds;
    const double inflate = 1 + gamma_of(6.0 * n + 64);
    double largest = 0, bound = 0;
    for (int i = 0; i < n; i++)
        largest = worse(largest, size[i]);
    const double distance = largest / (1 - proof->alpha) * inflate;
    for (int i = 0; i < n; i++)
        bound = worse(bound, (size[i] + g[i] * distance) * s->col_weight[i]);
    bound *= inflate / sunzi_weighted_max(n, y, s->col_weight);
    return isfinite(bound) ? bound : INFINITY;
}

void sunzi_proof_bounds(sunzi_system *s, const sunzi_proof *proof, int count,
                        const int *columns, const double *y, double *bound,
                        double *work)
{
    const size_t n = (size_t)s->n, all = n * (size_t)count;
    double *r = work, *w = work + all, *size = work + 2 * all;
    const sunzi_refinement_system calls = sunzi_system_callbacks(s);
    const double of_dot = gamma_of(s->n + 4.0);
    if (count == 0)
        return;
    s->with_magnitude = true;
    calls.residual(s, false, true, count, columns, y, NULL, r);
    s->with_magnitude = false;
    for (size_t i = 0; i < all; i++)
        w[i] =
            of_dot * fabs(r[i]) + residual_error(s->n, r[i], s->magnitude[i]);
    correction_sizes(s, proof->inverse, count, r, w, size);
    for (int k = 0; k < count; k++)
        bound[k] = bound_of(s, proof, size + (size_t)k * n,
                            y + (size_t)columns[k] * n);
}
