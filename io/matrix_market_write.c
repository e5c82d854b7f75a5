/* SPDX-License-Identifier: BSD-3-Clause */
/* Writer of Matrix Market array files. */
#define _GNU_SOURCE
#include <locale.h>
#include <math.h>
#include <string.h>

#include "io/matrix.h"
#include "io/new_file.h"

static sunzi_status check_arguments(const char *path, int64_t rows,
                                    int64_t cols, const double *dense,
                                    int64_t ld)
{
    if (!path || !*path || !dense)
        return sunzi_fail(
            SUNZI_ERR_ARG,
            "sunzi_matrix_market_write: path or dense is %s; pass "
            "a path and an array",
            path && !*path ? "empty" : "NULL");
    if (rows < 1 || cols < 1 || rows > INT32_MAX || cols > INT32_MAX ||
        ld < rows)
        return sunzi_fail(
            SUNZI_ERR_ARG,
            "sunzi_matrix_market_write: rows = %lld, cols = %lld, "
            "ld = %lld, allowed are 1 to %d rows and columns and "
            "ld >= rows",
            (long long)rows, (long long)cols, (long long)ld, (int)INT32_MAX);
    for (int64_t j = 0; j < cols; j++)
        for (int64_t i = 0; i < rows; i++)
            if (!isfinite(dense[i + j * ld]))
                return sunzi_fail(
                    SUNZI_ERR_NONFINITE,
                    "sunzi_matrix_market_write: entry (%lld, %lld) "
                    "is %g, the format has finite numbers only; "
                    "nothing was written",
                    (long long)i + 1, (long long)j + 1, dense[i + j * ld]);
    return SUNZI_OK;
}

static bool write_comment(FILE *stream, const char *comment)
{
    while (*comment) {
        const int length = (int)strcspn(comment, "\r\n");
        if (fprintf(stream, "%% %.*s\n", length, comment) < 0)
            return false;
        comment += length;
        comment += strspn(comment, "\r\n");
    }
    return true;
}

static bool write_numbers(FILE *stream, int64_t rows, int64_t cols,
                          const double *dense, int64_t ld)
{
    if (fprintf(stream, "%lld %lld\n", (long long)rows, (long long)cols) < 0)
        return false;
    for (int64_t j = 0; j < cols; j++)
        for (int64_t i = 0; i < rows; i++)
            if (fprintf(stream, "%.17g\n", dense[i + j * ld]) < 0)
                return false;
    return true;
}

/* The decimal point is that of the C locale, on this thread and for this call
 * only. errno says why it is false. */
static bool write_array(FILE *stream, int64_t rows, int64_t cols,
                        const double *dense, int64_t ld, const char *comment)
{
    const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale)
        return false;
    const locale_t previous = uselocale(c_locale);
    const bool good =
        fputs("%%MatrixMarket matrix array real general\n", stream) >= 0 &&
        write_comment(stream, comment ? comment : "") &&
        write_numbers(stream, rows, cols, dense, ld);
    uselocale(previous);
    freelocale(c_locale);
    return good;
}

sunzi_status sunzi_matrix_market_write(const char *path, int64_t rows,
                                       int64_t cols, const double *dense,
                                       int64_t ld, const char *comment)
{
    sunzi_new_file file;
    sunzi_status status;
    SUNZI_TRY(check_arguments(path, rows, cols, dense, ld));
    SUNZI_TRY(sunzi_new_file_open(path, &file));
    status = sunzi_new_file_close(
        &file, write_array(file.stream, rows, cols, dense, ld, comment));
done:
    return status;
}
