/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a matrix of any known format, and its dense form. */
#define _GNU_SOURCE
#include "io/matrix.h"

#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "io/formats.h"
#include "core/text.h"

static const char banner[] = "%%MatrixMarket";

static const sunzi_text_kind kind = {
    "matrix file", "give a Matrix Market or Harwell-Boeing file", 0};

sunzi_status sunzi_matrix_read(const char *path, sunzi_matrix *matrix)
{
    sunzi_text text = {.path = path};
    sunzi_status status;

    if (!matrix)
        return sunzi_fail(SUNZI_ERR_ARG, "sunzi_matrix_read: matrix is NULL; "
                                         "pass the address of a sunzi_matrix");
    *matrix = (sunzi_matrix){.rows = 0};
    if (!path)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_matrix_read: path is NULL; pass "
                          "the path of a matrix file");
    SUNZI_TRY(sunzi_text_load(path, &kind, &text));
    if (text.end == text.data) {
        status = sunzi_text_fail(&text, "the file is empty; expected a Matrix "
                                        "Market or Harwell-Boeing matrix");
    } else if (strncasecmp(text.next, banner, sizeof banner - 1) == 0) {
        status = sunzi_read_matrix_market(&text, matrix);
    } else if (sunzi_is_harwell_boeing(&text)) {
        status = sunzi_read_harwell_boeing(&text, matrix);
    } else {
        sunzi_text_next_line(&text);
        status = sunzi_text_fail(
            &text,
            "the file begins with '%s', expected '%%%%MatrixMarket matrix ...' "
            "or "
            "a Harwell-Boeing header (line 3 starts with a type such as RUA)",
            sunzi_quoted(text.line, text.line_end).text);
    }
done:
    sunzi_text_release(&text);
    return status;
}

void sunzi_set_title(sunzi_matrix *matrix, const char *begin, const char *end)
{
    size_t n = 0;
    while (begin < end && (*begin == ' ' || *begin == '\t'))
        begin++;
    for (; begin < end && n < sizeof matrix->title - 1; begin++)
        matrix->title[n++] = *begin >= ' ' && *begin <= '~' ? *begin : ' ';
    while (n > 0 && matrix->title[n - 1] == ' ')
        n--;
    matrix->title[n] = '\0';
}

void sunzi_matrix_clear(sunzi_matrix *matrix)
{
    sunzi_release(matrix->row);
    sunzi_release(matrix->col);
    sunzi_release(matrix->value);
    *matrix = (sunzi_matrix){.rows = 0};
}

void sunzi_matrix_to_dense(const sunzi_matrix *matrix, double *dense,
                           int64_t ld)
{
    const int64_t rows = matrix->rows, cols = matrix->cols;
    const int64_t copies = matrix->complex_values ? 2 : 1;
    for (int64_t j = 0; j < copies * cols; j++)
        memset(dense + j * ld, 0, (size_t)(copies * rows) * sizeof *dense);
    for (int64_t k = 0; k < matrix->entries; k++) {
        const int64_t i = matrix->row[k], j = matrix->col[k];
        if (!matrix->complex_values) {
            dense[i + j * ld] = matrix->value[k];
            continue;
        }
        const double re = matrix->value[2 * k], im = matrix->value[2 * k + 1];
        dense[i + j * ld] = re;
        dense[i + rows + (j + cols) * ld] = re;
        dense[i + rows + j * ld] = im;
        dense[i + (j + cols) * ld] = -im;
    }
}
