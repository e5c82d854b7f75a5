/* SPDX-License-Identifier: BSD-3-Clause */
/* LU factors with partial pivoting, recursive on columns (S. Toledo, SIAM J.
 * Matrix Anal. Appl. 18 (1997) 1065), and Cholesky factors, recursive on the
 * order, of a row-major matrix in one storage type. The includer defines
 *     LU_REAL            float or double
 *     LU_NAME(name)      decorated name
 *     LU_OP(name)        member of the engine for the type
 *     LU_FMA, LU_SQRT, LU_ABS, LU_MAX    of the type
 * and the function LU_NAME(update)(job, m, n, k, a, lda, b, b_row, b_col, c,
 * ldc, lower_only): c -= a b in the rung's arithmetic. An entry's operations
 * have an order that depends on n only. */
#ifndef LU_REAL
#error "define LU_REAL and the rest before including lu_template.h"
#endif

/* Exchange rows i and pivots[i] of `cols` columns, i = 0 .. count - 1. */
static void LU_NAME(swap_rows)(const sunzi_lu_job *job, int count, int cols,
                               LU_REAL *a, const int *pivots)
{
    const int64_t ld = job->ld;
    const bool parallel = (int64_t)count * cols > SUNZI_LU_PARALLEL;
#pragma omp parallel for if (parallel) num_threads(job->threads)
    for (int j = 0; j < cols; j += SUNZI_LU_CHUNK) {
        const int left = cols - j;
        const int width = left < SUNZI_LU_CHUNK ? left : SUNZI_LU_CHUNK;
        for (int i = 0; i < count; i++) {
            LU_REAL *restrict x = a + i * ld + j;
            LU_REAL *restrict y = a + pivots[i] * ld + j;
            if (pivots[i] == i)
                continue;
            for (int c = 0; c < width; c++) {
                const LU_REAL kept = x[c];
                x[c] = y[c];
                y[c] = kept;
            }
        }
    }
}

/* inverse := L^-1, k <= SUNZI_LU_BASE, both [k][k] with leading dimension ld
 * and SUNZI_LU_BASE; unit: the diagonal of L is one. By columns, substitution.
 */
static void LU_NAME(invert)(int k, bool unit, const LU_REAL *l, int64_t ld,
                            LU_REAL *inverse)
{
    for (int j = 0; j < k; j++)
        for (int i = 0; i < k; i++) {
            LU_REAL sum = i == j;
            for (int h = j; h < i; h++)
                sum =
                    LU_FMA(-l[i * ld + h], inverse[h * SUNZI_LU_BASE + j], sum);
            if (i < j)
                sum = 0;
            inverse[i * SUNZI_LU_BASE + j] = unit ? sum : sum / l[i * ld + i];
        }
}

/* B := L^-1 B, L unit lower of order k <= SUNZI_LU_BASE, by its inverse. */
static void LU_NAME(solve_base)(const sunzi_lu_job *job, int k, int n,
                                const LU_REAL *l, int64_t ldl, LU_REAL *b,
                                int64_t ldb)
{
    const bool parallel = (int64_t)k * n > SUNZI_LU_PARALLEL;
    LU_REAL inverse[SUNZI_LU_BASE * SUNZI_LU_BASE];
    LU_NAME(invert)(k, true, l, ldl, inverse);
#pragma omp parallel for if (parallel) num_threads(job->threads)
    for (int j = 0; j < n; j += SUNZI_LU_CHUNK) {
        const int width = n - j < SUNZI_LU_CHUNK ? n - j : SUNZI_LU_CHUNK;
        LU_REAL x[SUNZI_LU_BASE * SUNZI_LU_CHUNK];
        memset(x, 0, sizeof x);
        job->ctx->engine->LU_OP(ordered)(k, width, k, false, inverse,
                                         SUNZI_LU_BASE, 1, b + j, ldb, x,
                                         SUNZI_LU_CHUNK);
        for (int i = 0; i < k; i++)
            memcpy(b + i * ldb + j, x + i * SUNZI_LU_CHUNK,
                   (size_t)width * sizeof *x);
    }
}

/* B := L^-1 B, L unit lower of order k. */
static void LU_NAME(solve_lower)(sunzi_lu_job *job, int k, int n,
                                 const LU_REAL *l, int64_t ldl, LU_REAL *b,
                                 int64_t ldb)
{
    if (k <= SUNZI_LU_BASE) {
        LU_NAME(solve_base)(job, k, n, l, ldl, b, ldb);
        return;
    }
    const int top = sunzi_lu_split(k);
    const LU_REAL *below = l + top * ldl;
    LU_REAL *rest = b + top * ldb;
    LU_NAME(solve_lower)(job, top, n, l, ldl, b, ldb);
    LU_NAME(update)
    (job, k - top, n, top, below, ldl, b, ldb, 1, rest, ldb, false);
    LU_NAME(solve_lower)(job, k - top, n, below + top, ldl, rest, ldb);
}

static int LU_NAME(factorize)(sunzi_lu_job *job, int m, int n, LU_REAL *a,
                              int *pivots)
{
    const int64_t ld = job->ld;
    if (n <= SUNZI_LU_BASE)
        return job->ctx->engine->LU_OP(lu_panel)(m, n, a, ld, pivots,
                                                 job->work);
    const int left = sunzi_lu_split(n), right = n - left;
    LU_REAL *below = a + left * ld, *rest = below + left;
    int bad = LU_NAME(factorize)(job, m, left, a, pivots);
    if (bad)
        return bad;
    LU_NAME(swap_rows)(job, left, right, a + left, pivots);
    LU_NAME(solve_lower)(job, left, right, a, ld, a + left, ld);
    LU_NAME(update)
    (job, m - left, right, left, below, ld, a + left, ld, 1, rest, ld, false);
    if (job->status < 0)
        return 0;
    bad = LU_NAME(factorize)(job, m - left, right, rest, pivots + left);
    if (bad)
        return bad + left;
    LU_NAME(swap_rows)(job, right, left, below, pivots + left);
    for (int j = left; j < n; j++)
        pivots[j] += left;
    return 0;
}

/* B := B L^-T, B of shape [m, k], k <= SUNZI_LU_BASE, by the inverse of L. */
static void LU_NAME(solve_right_base)(const sunzi_lu_job *job, int m, int k,
                                      const LU_REAL *l, int64_t ldl, LU_REAL *b,
                                      int64_t ldb)
{
    enum { ROWS = 128 };
    const bool parallel = (int64_t)m * k > SUNZI_LU_PARALLEL / 8;
    LU_REAL inverse[SUNZI_LU_BASE * SUNZI_LU_BASE];
    LU_REAL transposed[SUNZI_LU_BASE * SUNZI_LU_BASE];
    LU_NAME(invert)(k, false, l, ldl, inverse);
    for (int i = 0; i < k; i++)
        for (int j = 0; j < k; j++)
            transposed[i * SUNZI_LU_BASE + j] = inverse[j * SUNZI_LU_BASE + i];
#pragma omp parallel for if (parallel) num_threads(job->threads)
    for (int i = 0; i < m; i += ROWS) {
        const int rows = m - i < ROWS ? m - i : ROWS;
        LU_REAL x[ROWS * SUNZI_LU_BASE];
        memset(x, 0, sizeof x);
        job->ctx->engine->LU_OP(ordered)(rows, k, k, false, b + i * ldb, ldb, 1,
                                         transposed, SUNZI_LU_BASE, x,
                                         SUNZI_LU_BASE);
        for (int r = 0; r < rows; r++)
            memcpy(b + (i + r) * ldb, x + r * SUNZI_LU_BASE,
                   (size_t)k * sizeof *x);
    }
}

/* B := B L^-T, L of order k. */
static void LU_NAME(solve_right)(sunzi_lu_job *job, int m, int k,
                                 const LU_REAL *l, int64_t ldl, LU_REAL *b,
                                 int64_t ldb)
{
    if (k <= SUNZI_LU_BASE) {
        LU_NAME(solve_right_base)(job, m, k, l, ldl, b, ldb);
        return;
    }
    const int left = sunzi_lu_split(k);
    const LU_REAL *below = l + left * ldl;
    LU_NAME(solve_right)(job, m, left, l, ldl, b, ldb);
    LU_NAME(update)
    (job, m, k - left, left, b, ldb, below, 1, ldl, b + left, ldb, false);
    LU_NAME(solve_right)(job, m, k - left, below + left, ldl, b + left, ldb);
}

static int LU_NAME(cholesky_base)(int n, LU_REAL *a, int64_t ld)
{
    for (int j = 0; j < n; j++) {
        LU_REAL d = a[j * ld + j];
        for (int h = 0; h < j; h++)
            d = LU_FMA(-a[j * ld + h], a[j * ld + h], d);
        if (!(d > 0) || !(d <= LU_MAX))
            return j + 1;
        a[j * ld + j] = d = LU_SQRT(d);
        for (int i = j + 1; i < n; i++) {
            LU_REAL v = a[i * ld + j];
            for (int h = 0; h < j; h++)
                v = LU_FMA(-a[i * ld + h], a[j * ld + h], v);
            a[i * ld + j] = v / d;
        }
    }
    return 0;
}

static int LU_NAME(cholesky)(sunzi_lu_job *job, int n, LU_REAL *a, int64_t ld)
{
    if (n <= SUNZI_LU_BASE)
        return LU_NAME(cholesky_base)(n, a, ld);
    const int top = sunzi_lu_split(n), rest = n - top;
    LU_REAL *below = a + top * ld;
    int bad = LU_NAME(cholesky)(job, top, a, ld);
    if (bad)
        return bad;
    LU_NAME(solve_right)(job, rest, top, a, ld, below, ld);
    LU_NAME(update)
    (job, rest, rest, top, below, ld, below, 1, ld, below + top, ld, true);
    if (job->status < 0)
        return 0;
    bad = LU_NAME(cholesky)(job, rest, below + top, ld);
    return bad ? bad + top : 0;
}
