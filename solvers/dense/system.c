/* SPDX-License-Identifier: BSD-3-Clause */
/* The scaled system and its callbacks. */
#include "solvers/dense/system.h"

#include <math.h>
#include <string.h>

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
                                 const sunzi_operator *a, sunzi_system *s)
{
    enum { VECTORS = 10 };
    const size_t n = (size_t)a->n;
    const size_t scratch = sunzi_residual_scratch_bytes(ctx, a);
    sunzi_status status;
    *s = (sunzi_system){.ctx = ctx, .structure = structure, .n = a->n, .a = *a};
    s->bytes = sunzi_size_product(n, VECTORS + 1, sizeof(double)) + scratch;
    SUNZI_TRY(sunzi_tiles_agree(
        a->tiles, sunzi_pool_take(ctx->pool, s->bytes,
                                  "vectors of a dense solve", &s->block)));
    double *next = s->block,
           **vectors[VECTORS] = {&s->row_factor, &s->col_factor,
                                 &s->row_weight, &s->col_weight,
                                 &s->c,          &s->b,
                                 &s->x,          &s->x_low,
                                 &s->magnitude,  &s->solve_scratch};
    for (int k = 0; k < VECTORS; k++, next += n)
        *vectors[k] = next;
    s->scratch = next;
    s->row = (int32_t *)(next + scratch / sizeof(double));
    s->col = s->row + n;
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
}

sunzi_dense sunzi_system_dense(const sunzi_system *s)
{
    return (sunzi_dense){.n = s->n,
                         .data = s->a.data,
                         .row_stride = s->a.row_stride,
                         .col_stride = s->a.col_stride,
                         .row_exponent = s->copy ? NULL : s->row,
                         .col_exponent = s->copy ? NULL : s->col,
                         .tiles = s->a.tiles};
}

sunzi_status sunzi_system_rhs(sunzi_system *s, const double *b, int64_t stride,
                              int column, int *exponent, bool *zero)
{
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
    for (int i = 0; i < s->n; i++) {
        s->c[i] = ldexp(b[i * stride], s->row[i] - *exponent);
        s->b[i] = s->c[i] / s->row_factor[i];
    }
    s->norm_c = sunzi_max(s->n, s->c);
    s->norm_c_user = sunzi_weighted_max(s->n, s->c, s->row_weight);
    return SUNZI_OK;
}

/* Residual of S, or of S^T where the roles of the factors change. */
static void residual(void *data, bool homogeneous, bool exact, const double *y,
                     const double *y_low, double *r)
{
    sunzi_system *s = data;
    const double *in = s->transposed ? s->row_factor : s->col_factor;
    const double *out = s->transposed ? s->col_factor : s->row_factor;
    double *magnitude = s->with_magnitude ? s->magnitude : NULL;
    for (int i = 0; i < s->n; i++) {
        s->x[i] = y[i] * in[i];
        s->x_low[i] = y_low ? y_low[i] * in[i] : 0.0;
    }
    const double *b = s->b;
    if (homogeneous) {
        memset(r, 0, (size_t)s->n * sizeof *r);
        b = r;
    }
    if (exact)
        sunzi_residual_exact(s->ctx, &s->a, s->transposed, s->x,
                             y_low ? s->x_low : NULL, b, r, NULL, magnitude,
                             s->scratch);
    else
        sunzi_residual_fp64(s->ctx, &s->a, s->transposed, s->x, b, r, magnitude,
                            s->scratch);
    for (int i = 0; i < s->n; i++) {
        r[i] *= out[i];
        if (magnitude)
            magnitude[i] *= out[i];
    }
}

static void solve(void *data, double *v)
{
    const sunzi_system *s = data;
    sunzi_factors_solve(s->ctx, s->factors, s->transposed, 1, v, s->n,
                        s->solve_scratch);
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
static double error(void *data, const double *y, const double *r)
{
    const sunzi_system *s = data;
    const double of_s =
        sunzi_max(s->n, r) / (s->norm_inf * sunzi_max(s->n, y) + s->norm_c);
    const double of_a = sunzi_weighted_max(s->n, r, s->row_weight) /
                        (s->norm_user * norm(data, y) + s->norm_c_user);
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
