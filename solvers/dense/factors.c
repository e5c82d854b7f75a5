/* SPDX-License-Identifier: BSD-3-Clause */
/* Factors at every rung: the scaled copy, the factorization, its storage. */
#include "solvers/dense/factors.h"

#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "core/blas.h"
#include "precision/update.h"
#include "solvers/dense/factors_device.h"
#include "solvers/dense/ladder.h"
#include "solvers/dense/resident.h"
#include "solvers/dense/tiles_factors.h"

enum { TILE = 64, SHIFT_ATTEMPTS = 4 };

static size_t padded(int n)
{
    /* off powers of two, so that rows do not share cache sets; whole lines */
    const size_t lines = ((size_t)n + 15) / 16;
    return (lines + (lines % 2 == 0)) * 16;
}

size_t sunzi_factors_storage_bytes(int rows, int cols, size_t number_bytes)
{
    return sunzi_size_product((size_t)rows, padded(cols), number_bytes);
}

bool sunzi_factors_on_device(sunzi_context *ctx, sunzi_factor factor)
{
    sunzi_unit unit;
    return ctx->device &&
           (factor == SUNZI_FACTOR_FP32 || sunzi_lu_unit(ctx, factor, &unit));
}

/* Coarse Cholesky factors, which shift the diagonal, are made here. */
static bool goes_to_device(sunzi_context *ctx, const sunzi_factors *f)
{
    return sunzi_factors_on_device(ctx, f->factor) &&
           !(f->cholesky && f->factor != SUNZI_FACTOR_FP32);
}

/* Of factors in tiles only the updates: one tile has none. */
static bool updates_there(sunzi_context *ctx, const sunzi_factors *f)
{
    if (!ctx->device || f->tiles->count <= 1)
        return false;
    if (goes_to_device(ctx, f))
        return true;
    sunzi_log(ctx, SUNZI_LOG_DECISION,
              "distributed factors at rung %s are made here, by engine %s",
              sunzi_factor_name(f->factor),
              sunzi_engine_worker(ctx->engine, false));
    return false;
}

static bool is_single(sunzi_factor factor)
{
    return factor != SUNZI_FACTOR_EMULATED && factor != SUNZI_FACTOR_FP64;
}

double sunzi_factors_copy(const sunzi_context *ctx, const sunzi_dense *a,
                          const sunzi_factors *f, sunzi_factors_piece p)
{
    const sunzi_engine_ops *e = ctx->engine;
    const int64_t rs = a->row_stride, cs = a->col_stride;
    const int32_t *row = a->row_exponent ? a->row_exponent + p.global_i : NULL;
    const int32_t *col = a->col_exponent ? a->col_exponent + p.global_j : NULL;
    const double *from = a->data + p.i * rs + p.j * cs;
    float *to32 = f->data;
    double *to64 = f->data;
    if (f->by_columns)
        return f->single
                   ? e->scaled_copy_f32(p.cols, p.rows, from, cs, rs, col, row,
                                        to32 + p.j * f->ld + p.i, f->ld)
                   : e->scaled_copy_f64(p.cols, p.rows, from, cs, rs, col, row,
                                        to64 + p.j * f->ld + p.i, f->ld);
    return f->single ? e->scaled_copy_f32(p.rows, p.cols, from, rs, cs, row,
                                          col, to32 + p.i * f->ld + p.j, f->ld)
                     : e->scaled_copy_f64(p.rows, p.cols, from, rs, cs, row,
                                          col, to64 + p.i * f->ld + p.j, f->ld);
}

static double copy_block(const sunzi_context *ctx, const sunzi_dense *a,
                         const sunzi_factors *f, int i0, int j0, int rows,
                         int cols)
{
    return sunzi_factors_copy(
        ctx, a, f, (sunzi_factors_piece){i0, j0, i0, j0, rows, cols});
}

/* Copy S into the storage of the factors here, of a positive definite one the
 * lower triangle; f->largest: max |S|, infinity if something is not finite. */
static void load_here(sunzi_context *ctx, const sunzi_dense *a,
                      sunzi_factors *f)
{
    const int n = a->n;
    double most = 0;
    int bad = 0;
#pragma omp parallel for schedule(dynamic) num_threads(sunzi_threads(ctx))     \
    reduction(max                                                              \
              : most) reduction(|                                              \
                                : bad)
    for (int i0 = 0; i0 < n; i0 += TILE) {
        const int rows = n - i0 < TILE ? n - i0 : TILE;
        double size = copy_block(ctx, a, f, i0, 0, rows, f->cholesky ? i0 : n);
        bad |= !isfinite(size);
        most = fmax(most, size);
        for (int i = i0; i < i0 + rows && f->cholesky; i++) {
            size = copy_block(ctx, a, f, i, i0, 1, i - i0 + 1);
            bad |= !isfinite(size);
            most = fmax(most, size);
        }
    }
    f->largest = bad ? INFINITY : most;
}

/* The same where the storage is. S that is not on the device is scaled here. */
static sunzi_status load(sunzi_context *ctx, const sunzi_dense *a,
                         sunzi_factors *f)
{
    sunzi_status status = SUNZI_OK;
    if (f->tiles) {
        sunzi_tiles_load(ctx, a, f);
    } else if (f->device && a->resident) {
        SUNZI_TRY(sunzi_resident_load(a->resident, a->row_exponent,
                                      a->col_exponent, f->device->data, f->ld,
                                      &f->largest));
    } else {
        SUNZI_TRY(sunzi_memory_refresh(ctx, a->data, false));
        if (f->device)
            SUNZI_TRY(sunzi_memory_fill(f->device->data, &f->data));
        load_here(ctx, a, f);
        if (f->device)
            f->data = NULL;
    }
done:
    return status;
}

static sunzi_status check_range(const sunzi_factors *f)
{
    if (!(f->largest <= (f->single ? (double)FLT_MAX : DBL_MAX)))
        return sunzi_fail(SUNZI_ERR_OVERFLOW,
                          "factorization: the scaled matrix has entries beyond "
                          "the range of the %s rung; use a higher rung",
                          sunzi_factor_name(f->factor));
    return SUNZI_OK;
}

static void add_to_diagonal(sunzi_factors *f, double shift)
{
    for (int i = 0; i < f->n; i++) {
        const int64_t at = f->tiles
                               ? sunzi_tiles_diagonal(f->tiles, f->ld, 1, i)
                               : i * f->ld + i;
        if (at >= 0 && f->single)
            ((float *)f->data)[at] += (float)shift;
        else if (at >= 0)
            ((double *)f->data)[at] += shift;
    }
}

static sunzi_status singular(const sunzi_factors *f, int column)
{
    return sunzi_fail(SUNZI_ERR_SINGULAR,
                      "factorization at rung %s: column %d of %d has no usable "
                      "pivot (all zero, or not finite); the matrix is singular "
                      "at this rung",
                      sunzi_factor_name(f->factor), column, f->n);
}

static sunzi_status not_definite(const sunzi_factors *f, int order)
{
    return sunzi_fail(
        SUNZI_ERR_NOT_POSITIVE_DEFINITE,
        "Cholesky at rung %s: the leading block of order %d of %d "
        "is not positive definite; solve it as a general matrix",
        sunzi_factor_name(f->factor), order, f->n);
}

/* LAPACK, unless the same bits are promised: its bits depend on its threads. */
static bool uses_lapack(const sunzi_context *ctx, sunzi_factor factor)
{
    return !ctx->reproducible && !ctx->device &&
           (factor == SUNZI_FACTOR_FP64 || factor == SUNZI_FACTOR_FP32);
}

static int call_lapack(sunzi_factors *f)
{
    enum { COLUMNS = LAPACK_COL_MAJOR };
    const int n = f->n, ld = (int)f->ld;
    if (f->cholesky)
        return f->single ? LAPACKE_spotrf_work(COLUMNS, 'U', n, f->data, ld)
                         : LAPACKE_dpotrf_work(COLUMNS, 'U', n, f->data, ld);
    return f->single
               ? LAPACKE_sgetrf_work(COLUMNS, n, n, f->data, ld, f->pivots)
               : LAPACKE_dgetrf_work(COLUMNS, n, n, f->data, ld, f->pivots);
}

/* The column-major copy (LU), or the row-major lower triangle, which LAPACK
 * sees as an upper one (Cholesky). */
static sunzi_status factorize_lapack(const sunzi_context *ctx, sunzi_factors *f)
{
    const int callers = sunzi_blas_threads_use(ctx);
    int info = call_lapack(f);
    sunzi_blas_threads_restore(callers);
    for (int i = 0; i < f->n && info == 0; i++) {
        const int64_t at = i * f->ld + i;
        const double d = f->single ? (double)((float *)f->data)[at]
                                   : ((double *)f->data)[at];
        if (!isfinite(d))
            info = i + 1;
    }
    if (info > 0)
        return f->cholesky ? not_definite(f, info) : singular(f, info);
    return SUNZI_OK;
}

static sunzi_status factorize_recursive(sunzi_context *ctx, sunzi_factors *f,
                                        void *work, void *scratch)
{
    sunzi_lu_job job = {.ctx = ctx,
                        .factor = f->factor,
                        .ld = f->ld,
                        .threads = sunzi_threads(ctx),
                        .work = work,
                        .scratch = scratch,
                        .status = SUNZI_OK};
    int bad = 0;
    if (f->device)
        job.status = sunzi_factorize_on_device(ctx, f, &bad);
    else if (f->cholesky)
        bad = f->single ? sunzi_cholesky_f32(&job, f->n, f->data)
                        : sunzi_cholesky_f64(&job, f->n, f->data);
    else
        bad = f->single ? sunzi_lu_f32(&job, f->n, f->data, f->pivots)
                        : sunzi_lu_f64(&job, f->n, f->data, f->pivots);
    if (job.status < 0)
        return job.status;
    if (bad)
        return f->cholesky ? not_definite(f, bad) : singular(f, bad);
    for (int i = 0; i < f->n && f->pivots; i++)
        f->pivots[i]++; /* 1-based as LAPACK's */
    return SUNZI_OK;
}

static sunzi_status factorize_tiles(sunzi_context *ctx, sunzi_factors *f)
{
    int bad = 0;
    const sunzi_status status = sunzi_tiles_factorize(ctx, f, &bad);
    if (status < 0 || bad == 0)
        return status;
    return f->cholesky ? not_definite(f, bad) : singular(f, bad);
}

/* Copy and factorize; a Cholesky rung with coarse products shifts the diagonal,
 * and doubles the shift after a breakdown. */
static sunzi_status run(sunzi_context *ctx, const sunzi_dense *a,
                        sunzi_factors *f, void *work, void *scratch)
{
    const bool coarse = f->single && f->factor != SUNZI_FACTOR_FP32;
    double shift =
        f->cholesky && coarse ? 2 * sunzi_ladder_roundoff(f->factor) : 0;
    for (int attempt = 1;; attempt++, shift *= 2) {
        sunzi_status status = load(ctx, a, f);
        if (status < 0 || (status = check_range(f)) < 0)
            return status;
        if (shift > 0)
            add_to_diagonal(f, shift);
        status = f->tiles ? factorize_tiles(ctx, f)
                 : uses_lapack(ctx, f->factor)
                     ? factorize_lapack(ctx, f)
                     : factorize_recursive(ctx, f, work, scratch);
        if (status != SUNZI_ERR_NOT_POSITIVE_DEFINITE || shift == 0 ||
            attempt == SHIFT_ATTEMPTS)
            return status;
    }
}

/* Bytes of the panel room and of the update scratch of a recursive rung. */
static void room(const sunzi_factors *f, size_t *work, size_t *scratch)
{
    const size_t size = f->single ? sizeof(float) : sizeof(double);
    const int half = sunzi_lu_split(f->n) + SUNZI_LU_BASE;
    *work = sunzi_size_product((size_t)f->n, SUNZI_LU_BASE, size);
    if (f->single)
        *scratch = sunzi_update_scratch_bytes(f->factor, f->n, half, half);
    else /* the transposed operand of a shallow Cholesky update */
        *scratch =
            sunzi_size_product((size_t)f->n, SUNZI_LU_EMULATED_DEPTH, size);
}

/* Storage of the factors. */
static sunzi_status create(sunzi_context *ctx, sunzi_structure structure,
                           sunzi_factor factor, const sunzi_dense *a,
                           sunzi_factors **factors)
{
    const int rows = a->tiles ? a->tiles->rows : a->n;
    const int cols = a->tiles ? a->tiles->cols : a->n;
    void *block = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_pool_take(ctx->pool,
                              sizeof **factors + (size_t)a->n * sizeof(int),
                              "factors", &block));
    sunzi_factors *f = *factors = block;
    *f = (sunzi_factors){.n = a->n,
                         .ld = (int64_t)padded(cols),
                         .factor = factor,
                         .single = is_single(factor),
                         .cholesky = structure == SUNZI_POSITIVE_DEFINITE,
                         .tiles = a->tiles};
    f->by_columns = uses_lapack(ctx, factor) && !f->cholesky && !f->tiles;
    f->pivots = f->cholesky ? NULL : (int *)(f + 1);
    f->bytes = sunzi_factors_storage_bytes(
        rows, cols, f->single ? sizeof(float) : sizeof(double));
    if (f->tiles) {
        f->updated_there = updates_there(ctx, f);
    } else if (goes_to_device(ctx, f)) {
        status = sunzi_device_factors_create(ctx, a->n, f->bytes, &f->device);
        if (status != SUNZI_ERR_NOMEM)
            return status;
        sunzi_log(ctx, SUNZI_LOG_DECISION, "factors stay here: %s",
                  sunzi_last_message());
    }
    SUNZI_TRY(sunzi_pool_take(ctx->pool, f->bytes, "factors", &f->data));
done:
    return status;
}

sunzi_status sunzi_factorize(sunzi_context *ctx, sunzi_structure structure,
                             sunzi_factor factor, const sunzi_dense *a,
                             sunzi_factors **factors)
{
    void *work = NULL, *scratch = NULL;
    size_t work_bytes, scratch_bytes;
    sunzi_status status;

    *factors = NULL;
    SUNZI_TRY(sunzi_tiles_agree(a->tiles,
                                create(ctx, structure, factor, a, factors)));
    if (!uses_lapack(ctx, factor) && !a->tiles && !(*factors)->device) {
        room(*factors, &work_bytes, &scratch_bytes);
        SUNZI_TRY(sunzi_pool_take(ctx->pool, work_bytes, "factors", &work));
        SUNZI_TRY(
            sunzi_pool_take(ctx->pool, scratch_bytes, "factors", &scratch));
    }
    SUNZI_TRY(run(ctx, a, *factors, work, scratch));
done:
    sunzi_pool_give(ctx->pool, &work);
    sunzi_pool_give(ctx->pool, &scratch);
    if (status < 0)
        sunzi_factors_destroy(ctx, factors);
    return status;
}

void sunzi_factors_destroy(sunzi_context *ctx, sunzi_factors **factors)
{
    sunzi_factors *f = *factors;
    if (!f)
        return;
    sunzi_device_factors_destroy(&f->device);
    sunzi_pool_give(ctx->pool, &f->data);
    sunzi_pool_give(ctx->pool, &f);
    *factors = NULL;
}

double sunzi_factors_growth(const sunzi_factors *f)
{
    const void *data = f->data;
    double most = 0;
    if (f->cholesky || !(f->largest > 0))
        return 1;
    if (f->device && sunzi_memory_read(f->device->data, &data) < 0)
        return NAN;
    for (int i = 0; i < f->n; i++)
        for (int j = i; j < f->n; j++) {
            const int64_t at = f->by_columns ? j * f->ld + i : i * f->ld + j;
            const double u = fabs(f->single ? (double)((const float *)data)[at]
                                            : ((const double *)data)[at]);
            most = u <= most ? most : u;
        }
    return most / f->largest;
}

const int *sunzi_factors_pivots(const sunzi_factors *f, bool *of_transpose)
{
    *of_transpose = false;
    return f->pivots;
}

size_t sunzi_factors_bytes(const sunzi_factors *f)
{
    return f->bytes + f->device_bytes;
}

bool sunzi_factors_resident(const sunzi_factors *f)
{
    return f->device != NULL;
}

const char *sunzi_factors_maker(const sunzi_context *ctx,
                                const sunzi_factors *f)
{
    if (f->by_unit || (f->device && f->device->by_unit))
        return sunzi_unit_worker(ctx);
    return f->updated_there ? sunzi_engine_worker(ctx->engine, true) : NULL;
}

sunzi_status sunzi_factors_status(const sunzi_factors *f)
{
    return f->device ? f->device->failed : SUNZI_OK;
}
