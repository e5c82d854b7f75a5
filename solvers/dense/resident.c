/* SPDX-License-Identifier: BSD-3-Clause */
/* Matrices on a device; see load.k.h, residual.k.h and sweep.k.h. */
#include "solvers/dense/resident.h"

#include <math.h>
#include <string.h>

#include "engines/launch.h"
#include "solvers/dense/load.k.h"
#include "solvers/dense/residual.k.h"
#include "solvers/dense/sweep.k.h"

enum { MEMORIES = 10, PACK_ABOVE = 8 /* gaps of an eighth are not copied */ };

struct sunzi_resident {
    sunzi_context *ctx;
    int n;
    bool by_rows, symmetric;
    int64_t ld; /* of its rows or columns */
    sunzi_memory *a, *row, *col, *largest, *x, *x_low, *r, *magnitude, *sums,
        *across;
    size_t bytes;
    int swept;  /* vectors whose sweep with weights of 1 is launched */
    bool first; /* the results of that are in `sums` and `across` */
    sunzi_status failed;
};

static int ceil_div(int a, int b)
{
    return (a + b - 1) / b;
}

/* ---- the first sweep, while the matrix arrives ---- */

/* Over h, of the vectors from .. end - 1, to `sums`. */
static sunzi_status sweep_along(sunzi_resident *s, int from, int end)
{
    return SUNZI_LAUNCH(
        s->ctx, sweep_along,
        sunzi_range(ceil_div(end - from, SWEEP_ITEMS / SWEEP_LANES)),
        .a = {s->a}, .weight = {s->x}, .out = {s->sums}, .ld = s->ld, .n = s->n,
        .from = from, .end = end);
}

/* Over v, to `across`. */
static sunzi_status sweep_across(sunzi_resident *s)
{
    return SUNZI_LAUNCH(s->ctx, sweep_across,
                        sunzi_range(ceil_div(s->n, SWEEP_WIDTH)), .a = {s->a},
                        .weight = {s->x}, .out = {s->across}, .ld = s->ld,
                        .n = s->n);
}

/* So many bytes of the matrix are there. */
static sunzi_status sweep_arrived(void *resident, size_t bytes)
{
    sunzi_resident *s = resident;
    const int64_t numbers = (int64_t)(bytes / sizeof(double));
    const int64_t ahead = numbers < s->n ? 0 : (numbers - s->n) / s->ld + 1;
    const int from = s->swept, end = ahead < s->n ? (int)ahead : s->n;
    sunzi_status status = SUNZI_OK;
    if (end <= from)
        return SUNZI_OK;
    SUNZI_TRY(sweep_along(s, from, end));
    if (end == s->n)
        SUNZI_TRY(sweep_across(s));
    s->swept = end;
    s->first = end == s->n;
done:
    return status;
}

static sunzi_status put_ones(sunzi_resident *s)
{
    void *to = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_pool_take(s->ctx->pool, (size_t)s->n * sizeof(double),
                              "weights", &to));
    for (int i = 0; i < s->n; i++)
        ((double *)to)[i] = 1;
    status = sunzi_memory_put(s->x, to, (size_t)s->n * sizeof(double));
done:
    sunzi_pool_give(s->ctx->pool, &to);
    return status;
}

/* From NULL: it is the caller's, held. A symmetric matrix is not swept. */
static sunzi_status send(sunzi_resident *s, const double *from, size_t bytes)
{
    sunzi_status status = SUNZI_OK;
    if (!s->symmetric)
        SUNZI_TRY(put_ones(s));
    status = sunzi_memory_send(s->a, from, bytes,
                               s->symmetric ? NULL : sweep_arrived, s);
done:
    return status;
}

/* The matrix without the gaps between its rows or columns. */
static sunzi_status put_packed(sunzi_resident *s, const double *from,
                               int64_t ld)
{
    const size_t n = (size_t)s->n;
    void *block = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_pool_take(s->ctx->pool, n * n * sizeof(double),
                              "matrix without gaps", &block));
    for (size_t v = 0; v < n; v++)
        memcpy((double *)block + v * n, from + (int64_t)v * ld,
               n * sizeof(double));
    status = send(s, block, n * n * sizeof(double));
done:
    sunzi_pool_give(s->ctx->pool, &block);
    return status;
}

static sunzi_status put_exponents(sunzi_memory *memory, const int32_t *e)
{
    void *to = NULL;
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_fill(memory, &to));
    if (e)
        memcpy(to, e, sunzi_memory_bytes(memory));
    else
        memset(to, 0, sunzi_memory_bytes(memory));
done:
    return status;
}

/* Room there for everything, so that only a device that fails can stop a solve
 * later. */
static sunzi_status take_room(sunzi_resident *s, size_t matrix, int columns,
                              size_t reserve)
{
    const size_t n = (size_t)s->n;
    const size_t vectors = n * (size_t)columns * sizeof(double);
    const size_t tiles = (size_t)ceil_div(s->n, LOAD_TILE) * LOAD_STRIPS;
    const struct {
        sunzi_memory **memory;
        size_t bytes;
        const char *what;
    } all[MEMORIES] = {
        {&s->a, matrix, "a matrix on the device"},
        {&s->row, n * sizeof(int32_t), "exponents"},
        {&s->col, n * sizeof(int32_t), "exponents"},
        {&s->largest, tiles * sizeof(uint64_t), "largest entries"},
        {&s->x, vectors, "vectors of residuals"},
        {&s->x_low, vectors, "vectors of residuals"},
        {&s->r, vectors, "vectors of residuals"},
        {&s->magnitude, vectors, "vectors of residuals"},
        {&s->sums, (s->symmetric ? 6 : 3) * vectors, "vectors of residuals"},
        {&s->across, 3 * n * sizeof(double), "sums of a matrix"}};
    sunzi_status status = SUNZI_OK;
    for (int i = 0; i < MEMORIES; i++)
        s->bytes += all[i].bytes;
    const size_t left = sunzi_memory_left(s->ctx);
    if (s->bytes > left || reserve > left - s->bytes)
        return sunzi_fail(
            SUNZI_ERR_NOMEM,
            "dense solve: %zu bytes on the device could not be "
            "allocated, %zu are left; use a device with more memory",
            s->bytes + reserve, left);
    for (int i = 0; i < MEMORIES; i++) {
        if (*all[i].memory) /* a held matrix */
            continue;
        SUNZI_TRY(sunzi_memory_create(s->ctx, all[i].bytes, all[i].what,
                                      all[i].memory));
        SUNZI_TRY(sunzi_memory_take(*all[i].memory));
    }
done:
    return status;
}

sunzi_status sunzi_resident_create(sunzi_context *ctx, const sunzi_operator *a,
                                   int columns, size_t reserve,
                                   sunzi_resident **resident)
{
    const bool by_rows = a->col_stride == 1;
    const int64_t n = a->n, ld = by_rows ? a->row_stride : a->col_stride;
    const bool held = sunzi_memory_is_held(ctx, a->data);
    const bool packed = !held && ld - n > n / PACK_ABOVE;
    const int64_t extent = packed ? n * n : (n - 1) * ld + n;
    const size_t bytes = (size_t)extent * sizeof(double);
    void *block = NULL;
    sunzi_status status;

    *resident = NULL;
    SUNZI_TRY(sunzi_allocate(sizeof(sunzi_resident), "a matrix on the device",
                             &block));
    sunzi_resident *s = block;
    *s = (sunzi_resident){.ctx = ctx,
                          .n = a->n,
                          .by_rows = by_rows,
                          .symmetric = a->symmetric_lower,
                          .ld = packed ? n : ld,
                          .failed = SUNZI_OK};
    *resident = s;
    if (held)
        SUNZI_TRY(sunzi_memory_use(ctx, (void *)(uintptr_t)a->data, bytes,
                                   "a dense solve", &s->a));
    SUNZI_TRY(take_room(s, held ? 0 : bytes, columns, reserve));
    status = packed ? put_packed(s, a->data, ld)
                    : send(s, held ? NULL : a->data, bytes);
done:
    if (status < 0)
        sunzi_resident_destroy(resident);
    return status;
}

void sunzi_resident_destroy(sunzi_resident **resident)
{
    sunzi_resident *s = *resident;
    if (!s)
        return;
    sunzi_memory **all[MEMORIES] = {&s->a,    &s->row,   &s->col, &s->largest,
                                    &s->x,    &s->x_low, &s->r,   &s->magnitude,
                                    &s->sums, &s->across};
    for (int i = 0; i < MEMORIES; i++)
        sunzi_memory_destroy(all[i]);
    sunzi_release(s);
    *resident = NULL;
}

size_t sunzi_resident_bytes(const sunzi_resident *s)
{
    return s->bytes;
}

sunzi_status sunzi_resident_status(const sunzi_resident *s)
{
    return s->failed;
}

static bool all_ones(int n, const double *x)
{
    for (int i = 0; i < n; i++)
        if (x[i] != 1)
            return false;
    return true;
}

/* The results of the last sweep. */
static sunzi_status read_sweep(sunzi_resident *s, double *along, double *across)
{
    const size_t bytes = 3 * (size_t)s->n * sizeof(double);
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_get(s->sums, along, bytes));
    status = sunzi_memory_get(s->across, across, bytes);
done:
    return status;
}

sunzi_status sunzi_resident_sweep(sunzi_resident *s, const double *weight_v,
                                  const double *weight_h, double *along,
                                  double *across)
{
    const size_t bytes = (size_t)s->n * sizeof(double);
    const bool first = s->first;
    sunzi_status status;
    s->first = false;
    if (first && all_ones(s->n, weight_v) && all_ones(s->n, weight_h))
        return read_sweep(s, along, across);
    SUNZI_TRY(sunzi_memory_put(s->x, weight_h, bytes));
    SUNZI_TRY(sweep_along(s, 0, s->n));
    SUNZI_TRY(sunzi_memory_put(s->x, weight_v, bytes));
    SUNZI_TRY(sweep_across(s));
    status = read_sweep(s, along, across);
done:
    return status;
}

sunzi_status sunzi_resident_load(sunzi_resident *s, const int32_t *row,
                                 const int32_t *col, sunzi_memory *out,
                                 int64_t ld, double *largest)
{
    const int tiles = ceil_div(s->n, LOAD_TILE);
    const void *found = NULL;
    sunzi_status status;
    *largest = 0;
    SUNZI_TRY(put_exponents(s->row, row));
    SUNZI_TRY(put_exponents(s->col, col));
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, dense_load, sunzi_range2(tiles, LOAD_STRIPS),
                           .a = {s->a}, .row = {s->row}, .col = {s->col},
                           .out = {out}, .largest = {s->largest},
                           .row_stride = s->by_rows ? s->ld : 1,
                           .col_stride = s->by_rows ? 1 : s->ld, .ld = ld,
                           .n = s->n, .lower = s->symmetric));
    SUNZI_TRY(sunzi_memory_read(s->largest, &found));
    for (int i = 0; i < tiles * LOAD_STRIPS; i++) {
        const double size = ((const double *)found)[i];
        if (!(size <= *largest))
            *largest = size;
        if (isnan(size))
            break;
    }
done:
    return status;
}

/* ---- residuals ---- */

typedef struct product {
    int count, what;
    bool dots;     /* else sums over the vectors */
    int64_t first; /* of its results in the sums */
} product;

/* Both kernels have one list of arguments. */
static sunzi_status multiply(sunzi_resident *s, const product *p)
{
    const sunzi_kernel *kernel =
        p->dots ? &sunzi_kernel_residual_dots : &sunzi_kernel_residual_axpys;
    const int size = p->dots ? RESIDUAL_ROWS : RESIDUAL_WIDTH;
    const residual_dots_args args = {.a = {s->a},
                                     .x = {s->x},
                                     .x_low = {s->x_low},
                                     .sums = {s->sums, p->first},
                                     .ld = s->ld,
                                     .ldx = s->n,
                                     .ldr = s->n,
                                     .part = (int64_t)p->count * s->n,
                                     .vectors = s->n,
                                     .length = s->n,
                                     .count = p->count,
                                     .what = p->what};
    return sunzi_launch(s->ctx, kernel,
                        sunzi_range2(ceil_div(s->n, size),
                                     ceil_div(p->count, RESIDUAL_OPERANDS)),
                        &args);
}

static sunzi_status residual(sunzi_resident *s, bool transposed, int count,
                             int what, const double *x, const double *x_low,
                             const double *b, double *r, double *magnitude)
{
    const int64_t part = (int64_t)count * s->n;
    const size_t bytes = (size_t)part * sizeof(double);
    const int triangle = !s->symmetric ? 0
                         : s->by_rows  ? RESIDUAL_LOWER
                                       : RESIDUAL_UPPER;
    product p = {.count = count,
                 .what = what | triangle,
                 .dots = s->symmetric || s->by_rows != transposed};
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_put(s->x, x, bytes));
    if (x_low)
        SUNZI_TRY(sunzi_memory_put(s->x_low, x_low, bytes));
    SUNZI_TRY(sunzi_memory_put(s->r, b, bytes));
    SUNZI_TRY(multiply(s, &p));
    p.dots = false;
    p.first = 3 * part;
    if (s->symmetric)
        SUNZI_TRY(multiply(s, &p));
    SUNZI_TRY(SUNZI_LAUNCH(s->ctx, residual_end, sunzi_range((int)part),
                           .sums = {s->sums},
                           .other = {s->sums, s->symmetric ? 3 * part : 0},
                           .r = {s->r}, .magnitude = {s->magnitude},
                           .part = part, .halves = s->symmetric, .what = what));
    SUNZI_TRY(sunzi_memory_get(s->r, r, bytes));
    if (magnitude)
        SUNZI_TRY(sunzi_memory_get(s->magnitude, magnitude, bytes));
done:
    return status;
}

void sunzi_resident_residual(sunzi_resident *s, bool transposed, int count,
                             bool twice, const double *x, const double *x_low,
                             const double *b, double *r, double *magnitude)
{
    const int of_magnitude = magnitude ? RESIDUAL_MAGNITUDE : 0;
    const int what =
        twice       ? RESIDUAL_TWICE | of_magnitude | (x_low ? RESIDUAL_LOW : 0)
        : magnitude ? RESIDUAL_MAGNITUDE
                    : RESIDUAL_MINUS;
    s->first = false;
    if (s->failed == SUNZI_OK)
        s->failed =
            residual(s, transposed, count, what, x, x_low, b, r, magnitude);
    for (int64_t i = 0; i < (int64_t)count * s->n && s->failed < 0; i++) {
        r[i] = NAN;
        if (magnitude)
            magnitude[i] = NAN;
    }
}
