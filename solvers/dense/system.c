/* SPDX-License-Identifier: BSD-3-Clause */
/* The scaled system and its callbacks. */
#include "solvers/dense/system.h"

#include <math.h>
#include <string.h>

#include "solvers/dense/resident.h"

double sunzi_max(int n, const double *v)
{
    double m = 0;
    for (int i = 0; i < n; i++) {
        const double a = fabs(v[i]);
        if (!(a <= m))
            m = a; /* a NaN replaces the maximum ... */
        if (isnan(m))
            return m; /* ... and stays */
    }
    return m;
}

double sunzi_weighted_max(int n, const double *y, const double *weight)
{
    double m = 0;
    for (int i = 0; i < n; i++) {
        const double a = fabs(y[i]) * weight[i];
        if (!(a <= m))
            m = a;
        if (isnan(m))
            return m;
    }
    return m;
}

sunzi_status sunzi_system_create(sunzi_context *ctx, sunzi_structure structure,
                                 const sunzi_operator *a, int columns,
                                 sunzi_factor first, sunzi_system *s)
{
    enum { VECTORS = 4, BLOCKS = 4 };
    const size_t n = (size_t)a->n, block = n * (size_t)columns;
    const size_t scratch = sunzi_residual_scratch_bytes(a, columns);
    sunzi_status status;
    *s = (sunzi_system){.ctx = ctx,
                        .structure = structure,
                        .n = a->n,
                        .a = *a,
                        .columns = columns};
    s->bytes = sunzi_size_product(n, VECTORS + 1 + BLOCKS * (size_t)columns,
                                  sizeof(double)) +
               scratch;
    SUNZI_TRY(sunzi_tiles_agree(
        a->tiles, sunzi_pool_take(ctx->pool, s->bytes,
                                  "vectors of a dense solve", &s->block)));
    double *next = s->block;
    double **vectors[VECTORS] = {&s->row_factor, &s->col_factor, &s->row_weight,
                                 &s->col_weight};
    double **blocks[BLOCKS] = {&s->c, &s->x, &s->x_low, &s->magnitude};
    for (int k = 0; k < VECTORS; k++, next += n)
        *vectors[k] = next;
    for (int k = 0; k < BLOCKS; k++, next += block)
        *blocks[k] = next;
    s->scratch = next;
    s->row = (int32_t *)(next + scratch / sizeof(double));
    s->col = s->row + n;
    SUNZI_TRY(sunzi_system_bring(s, first));
    SUNZI_TRY(sunzi_equilibrate(s));
done:
    return status;
}

void sunzi_system_destroy(sunzi_system *s)
{
    if (!s->ctx)
        return;
    sunzi_pool_give(s->ctx->pool, &s->block);
    sunzi_pool_give(s->ctx->pool, &s->copy);
    sunzi_resident_destroy(&s->a.resident);
}

sunzi_status sunzi_system_bring_here(const sunzi_system *s)
{
    return s->a.tiles ? SUNZI_OK
                      : sunzi_memory_refresh(s->ctx, s->a.data, false);
}

sunzi_status sunzi_system_bring(sunzi_system *s, sunzi_factor factor)
{
    if (s->a.tiles || s->a.resident)
        return SUNZI_OK;
    if (s->no_room || !sunzi_factors_on_device(s->ctx, factor))
        return sunzi_system_bring_here(s);
    const sunzi_status status =
        sunzi_resident_create(s->ctx, &s->a, s->columns,
                              sunzi_factors_device_bytes(s->n), &s->a.resident);
    if (status == SUNZI_OK)
        s->bytes += sunzi_resident_bytes(s->a.resident);
    if (status != SUNZI_ERR_NOMEM)
        return status;
    s->no_room = true;
    sunzi_log(s->ctx, SUNZI_LOG_DECISION, "residuals are formed here: %s",
              sunzi_last_message());
    return sunzi_system_bring_here(s);
}

sunzi_status sunzi_system_status(const sunzi_system *s)
{
    const sunzi_status status =
        s->a.resident ? sunzi_resident_status(s->a.resident) : SUNZI_OK;
    return status < 0 || !s->factors ? status
                                     : sunzi_factors_status(s->factors);
}

sunzi_dense sunzi_system_dense(const sunzi_system *s)
{
    return (sunzi_dense){.n = s->n,
                         .data = s->a.data,
                         .row_stride = s->a.row_stride,
                         .col_stride = s->a.col_stride,
                         .row_exponent = s->copy ? NULL : s->row,
                         .col_exponent = s->copy ? NULL : s->col,
                         .tiles = s->a.tiles,
                         .resident = s->a.resident};
}

sunzi_status sunzi_system_rhs(sunzi_system *s, int place, const double *b,
                              int64_t stride, int column, int *exponent,
                              bool *zero)
{
    double *c = s->c + (size_t)place * (size_t)s->n;
    int top = INT32_MIN;
    for (int i = 0; i < s->n; i++) {
        const double v = b[i * stride];
        int e;
        if (!isfinite(v))
            return sunzi_fail(SUNZI_ERR_NONFINITE,
                              "dense solve: B(%d, %d) = %g (0-based), allowed: "
                              "finite numbers; correct the right-hand side",
                              i, column, v);
        (void)frexp(v, &e);
        if (v != 0 && e + s->row[i] > top)
            top = e + s->row[i];
    }
    *zero = top == INT32_MIN;
    *exponent = *zero ? 0 : top;
    for (int i = 0; i < s->n; i++)
        c[i] = ldexp(b[i * stride], s->row[i] - *exponent);
    s->norm_c[place] = sunzi_max(s->n, c);
    s->norm_c_user[place] = sunzi_weighted_max(s->n, c, s->row_weight);
    return SUNZI_OK;
}

/* What `a` needs for one residual: x and, in r, the right-hand side. */
static void scale_operands(const sunzi_system *s, bool homogeneous, int column,
                           const double *y, const double *y_low, double *x,
                           double *x_low, double *r)
{
    const size_t at = (size_t)column * (size_t)s->n;
    const double *in = s->transposed ? s->row_factor : s->col_factor;
    const double *out = s->transposed ? s->col_factor : s->row_factor;
    for (int i = 0; i < s->n; i++) {
        x[i] = y[at + (size_t)i] * in[i];
        x_low[i] = y_low ? y_low[at + (size_t)i] * in[i] : 0.0;
        r[i] = homogeneous ? 0.0 : s->c[at + (size_t)i] / out[i];
    }
}

/* Residuals of S, or of S^T where the roles of the factors change. */
static void residual(void *data, bool homogeneous, bool exact, int count,
                     const int *columns, const double *y, const double *y_low,
                     double *r)
{
    sunzi_system *s = data;
    const size_t n = (size_t)s->n;
    const double *out = s->transposed ? s->col_factor : s->row_factor;
    double *magnitude = s->with_magnitude ? s->magnitude : NULL;
    for (size_t k = 0; k < (size_t)count; k++)
        scale_operands(s, homogeneous, columns[k], y, y_low, s->x + k * n,
                       s->x_low + k * n, r + k * n);
    if (exact)
        sunzi_residual_exact(s->ctx, &s->a, s->transposed, count, s->x,
                             y_low ? s->x_low : NULL, r, r, NULL, magnitude,
                             s->scratch);
    else
        sunzi_residual_fp64(s->ctx, &s->a, s->transposed, count, s->x, r, r,
                            magnitude, s->scratch);
    for (size_t k = 0; k < (size_t)count; k++)
        for (size_t i = 0; i < n; i++) {
            r[k * n + i] *= out[i];
            if (magnitude)
                magnitude[k * n + i] *= out[i];
        }
}

static void solve(void *data, int count, double *v)
{
    const sunzi_system *s = data;
    sunzi_factors_solve(s->ctx, s->factors, s->transposed, count, v, s->n);
}

/* Eight sums, merged in a fixed order. */
static double dot(void *data, const double *x, const double *y)
{
    const int n = ((const sunzi_system *)data)->n;
    double sum[8] = {0};
    int i = 0;
    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++)
            sum[k] += x[i + k] * y[i + k];
    for (; i < n; i++)
        sum[0] += x[i] * y[i];
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) +
           ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

static double norm(void *data, const double *y)
{
    const sunzi_system *s = data;
    return sunzi_weighted_max(s->n, y, s->col_weight);
}

/* The larger of the normwise backward errors of S y = c and of A x = b. */
static double error(void *data, int column, const double *y, const double *r)
{
    const sunzi_system *s = data;
    const double of_s = sunzi_max(s->n, r) /
                        (s->norm_inf * sunzi_max(s->n, y) + s->norm_c[column]);
    const double of_a = sunzi_weighted_max(s->n, r, s->row_weight) /
                        (s->norm_user * norm(data, y) + s->norm_c_user[column]);
    return of_s > of_a || isnan(of_s) ? of_s : of_a;
}

sunzi_refinement_system sunzi_system_callbacks(sunzi_system *s)
{
    return (sunzi_refinement_system){.data = s,
                                     .n = (size_t)s->n,
                                     .b = s->c,
                                     .residual = residual,
                                     .solve = solve,
                                     .dot = dot,
                                     .norm = norm,
                                     .error = error};
}
