/* SPDX-License-Identifier: BSD-3-Clause */
/* Factors that stay on the device of the context, and solves with them there;
 * see triangle.k.h. */
#include <math.h>

#include "core/integer.h"
#include "engines/launch.h"
#include "precision/refinement.h"
#include "solvers/dense/factors_store.h"
#include "solvers/dense/triangle.k.h"

enum { COLUMNS = SUNZI_REFINEMENT_COLUMNS /* that are solved for together */ };

/* One triangle of the storage, for z in the first `count` vectors. */
typedef struct triangle {
    const sunzi_factors *f;
    bool lower, unit, transposed;
    int count;
} triangle;

static int ceil_div(int a, int b)
{
    return (a + b - 1) / b;
}

size_t sunzi_factors_device_bytes(int n)
{
    return sunzi_factors_storage_bytes(n, n, sizeof(float)) +
           sunzi_size_product((size_t)n, COLUMNS, sizeof(double)) +
           sunzi_device_lu_bytes(n);
}

sunzi_status sunzi_device_factors_create(sunzi_context *ctx, int n,
                                         size_t bytes,
                                         sunzi_device_factors **factors)
{
    const size_t vectors =
        sunzi_size_product((size_t)n, COLUMNS, sizeof(double));
    void *block = NULL;
    sunzi_status status;
    *factors = NULL;
    SUNZI_TRY(sunzi_allocate(sizeof **factors, "factors", &block));
    *factors = block;
    **factors = (sunzi_device_factors){.ctx = ctx, .failed = SUNZI_OK};
    const size_t besides = vectors + sunzi_device_lu_bytes(n);
    if (bytes > sunzi_memory_left(ctx) ||
        besides > sunzi_memory_left(ctx) - bytes)
        SUNZI_TRY(sunzi_fail(
            SUNZI_ERR_NOMEM,
            "factorization: %zu bytes on the device could not be allocated, "
            "%zu are left; use a device with more memory",
            bytes + besides, sunzi_memory_left(ctx)));
    SUNZI_TRY(sunzi_memory_create(ctx, bytes, "factors", &(*factors)->data));
    SUNZI_TRY(sunzi_memory_take((*factors)->data));
    SUNZI_TRY(
        sunzi_memory_create(ctx, vectors, "right-hand sides", &(*factors)->z));
    SUNZI_TRY(sunzi_memory_take((*factors)->z));
done:
    if (status < 0)
        sunzi_device_factors_destroy(factors);
    return status;
}

void sunzi_device_factors_destroy(sunzi_device_factors **factors)
{
    if (!*factors)
        return;
    sunzi_memory_destroy(&(*factors)->data);
    sunzi_memory_destroy(&(*factors)->z);
    sunzi_release(*factors);
    *factors = NULL;
}

/* The triangle on the diagonal; both kernels have one list of arguments. */
static sunzi_status solve_block(const triangle *t, const sunzi_kernel *kernel,
                                int first, int rows, int groups)
{
    const sunzi_device_factors *d = t->f->device;
    const triangle_block_dots_args args = {.t = {d->data},
                                           .z = {d->z},
                                           .ld = t->f->ld,
                                           .ldz = t->f->n,
                                           .first = first,
                                           .rows = rows,
                                           .lower = t->lower,
                                           .unit = t->unit,
                                           .count = t->count};
    return sunzi_launch(d->ctx, kernel, sunzi_range2(1, groups), &args);
}

/* T x = z: what is known leaves the block's rows, which are then solved. */
static sunzi_status block_dots(const triangle *t, int first, int rows, int j,
                               int cols)
{
    const sunzi_device_factors *d = t->f->device;
    const int groups = ceil_div(t->count, TRIANGLE_SIDES);
    sunzi_status status;
    SUNZI_TRY(SUNZI_LAUNCH(
        d->ctx, triangle_dots, sunzi_range2(cols > 0 ? rows : 0, groups),
        .t = {d->data}, .z = {d->z}, .ld = t->f->ld, .ldz = t->f->n,
        .first = first, .j = j, .cols = cols, .count = t->count));
    status =
        solve_block(t, &sunzi_kernel_triangle_block_dots, first, rows, groups);
done:
    return status;
}

/* T^T x = z: the block is solved, and leaves what is not known. */
static sunzi_status block_axpys(const triangle *t, int first, int rows, int j,
                                int cols)
{
    const sunzi_device_factors *d = t->f->device;
    const int groups = ceil_div(t->count, TRIANGLE_FEW);
    sunzi_status status;
    SUNZI_TRY(solve_block(t, &sunzi_kernel_triangle_block_axpys, first, rows,
                          groups));
    SUNZI_TRY(SUNZI_LAUNCH(d->ctx, triangle_axpys,
                           sunzi_range2(ceil_div(cols, TRIANGLE_BLOCK), groups),
                           .t = {d->data}, .z = {d->z}, .ld = t->f->ld,
                           .ldz = t->f->n, .first = first, .rows = rows, .j = j,
                           .cols = cols, .count = t->count));
done:
    return status;
}

static sunzi_status solve_triangle(const triangle *t)
{
    const int n = t->f->n, blocks = ceil_div(n, TRIANGLE_BLOCK);
    const bool ascending = t->lower != t->transposed;
    sunzi_status status = SUNZI_OK;
    for (int k = 0; k < blocks; k++) {
        const int first = (ascending ? k : blocks - 1 - k) * TRIANGLE_BLOCK;
        const int rows = sunzi_min32(n - first, TRIANGLE_BLOCK);
        /* entries outside of the diagonal block */
        const int j = t->lower ? 0 : first + rows;
        const int cols = t->lower ? first : n - first - rows;
        SUNZI_TRY(t->transposed ? block_axpys(t, first, rows, j, cols)
                                : block_dots(t, first, rows, j, cols));
    }
done:
    return status;
}

static sunzi_status solve_some(const sunzi_factors *f, bool transposed,
                               int count, double *z)
{
    const sunzi_device_factors *d = f->device;
    const size_t bytes = (size_t)f->n * (size_t)count * sizeof(double);
    /* L, then U or L^T; with the transpose the other way round */
    const bool upper_first = transposed && !f->cholesky;
    triangle t = {.f = f, .count = count};
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_put(d->z, z, bytes));
    for (int part = 0; part < 2; part++) {
        t.lower = f->cholesky || (part == 0) != upper_first;
        t.unit = t.lower && !f->cholesky;
        t.transposed = f->cholesky ? part == 1 : transposed;
        SUNZI_TRY(solve_triangle(&t));
    }
    status = sunzi_memory_get(d->z, z, bytes);
done:
    return status;
}

void sunzi_device_factors_solve(const sunzi_factors *f, bool transposed,
                                int nrhs, double *z, int64_t ldz)
{
    sunzi_device_factors *d = f->device;
    const int most = ldz == f->n ? COLUMNS : 1;
    for (int c = 0; c < nrhs && d->failed == SUNZI_OK; c += most)
        d->failed =
            solve_some(f, transposed, sunzi_min32(nrhs - c, most), z + c * ldz);
    for (int c = 0; c < nrhs && d->failed < 0; c++)
        for (int i = 0; i < f->n; i++)
            z[c * ldz + i] = NAN;
}
