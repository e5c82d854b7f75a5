/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries in any order to a sorted matrix: expansion of symmetric storage, a
 * stable radix sort, summation of duplicates.
 *
 * The sort needs no memory of the order of rows or columns, so that a small
 * file with huge dimensions stays cheap. Cost: one pass over the entries for
 * each 11 bits of the dimensions. */
#include "io/assembly.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"

enum { DIGIT_BITS = 11, DIGIT_COUNT = 1 << DIGIT_BITS };

static sunzi_status allocate_entries(sunzi_matrix *m, int64_t capacity)
{
    const size_t n = (size_t)capacity, parts = m->complex_values ? 2 : 1;
    const char *what = "entries of a matrix";
    void *row = NULL, *col = NULL, *value = NULL;
    sunzi_status status;
    SUNZI_TRY(
        sunzi_allocate(sunzi_size_product(n, sizeof *m->row, 1), what, &row));
    SUNZI_TRY(
        sunzi_allocate(sunzi_size_product(n, sizeof *m->col, 1), what, &col));
    SUNZI_TRY(sunzi_allocate(sunzi_size_product(n, sizeof *m->value, parts),
                             what, &value));
    m->row = row;
    m->col = col;
    m->value = value;
    return SUNZI_OK;
done:
    sunzi_release(row);
    sunzi_release(col);
    return status;
}

static void release_entries(sunzi_matrix *m)
{
    sunzi_release(m->row);
    sunzi_release(m->col);
    sunzi_release(m->value);
    m->row = m->col = NULL;
    m->value = NULL;
}

sunzi_status sunzi_assembly_begin(sunzi_assembly *assembly, int64_t entries)
{
    const bool mirrored = assembly->matrix.symmetry != SUNZI_SYMMETRY_NONE;
    assembly->capacity = mirrored ? 2 * entries : entries;
    assembly->matrix.entries = 0;
    return allocate_entries(&assembly->matrix, assembly->capacity);
}

void sunzi_assembly_clear(sunzi_assembly *assembly)
{
    release_entries(&assembly->matrix);
    *assembly = (sunzi_assembly){.capacity = 0};
}

static void append(sunzi_matrix *m, int32_t row, int32_t col, double re,
                   double im)
{
    const int64_t k = m->entries++;
    m->row[k] = row;
    m->col[k] = col;
    if (m->complex_values) {
        m->value[2 * k] = re;
        m->value[2 * k + 1] = im;
    } else {
        m->value[k] = re;
    }
}

void sunzi_assembly_add(sunzi_assembly *assembly, int32_t row, int32_t col,
                        double re, double im)
{
    sunzi_matrix *m = &assembly->matrix;
    append(m, row, col, re, im);
    if (m->symmetry == SUNZI_SYMMETRY_NONE || row == col)
        return;
    if (m->symmetry == SUNZI_SYMMETRY_SYMMETRIC)
        append(m, col, row, re, im);
    else if (m->symmetry == SUNZI_SYMMETRY_SKEW)
        append(m, col, row, -re, -im);
    else
        append(m, col, row, re, -im);
}

sunzi_status sunzi_assembly_check(const sunzi_assembly *assembly,
                                  const sunzi_text *text, int64_t row,
                                  int64_t col)
{
    const sunzi_matrix *m = &assembly->matrix;
    if (row < 0 || row >= m->rows)
        return sunzi_text_fail(text,
                               "row index %lld, allowed are 1 to %d (indices "
                               "count from 1); correct the index or the size",
                               (long long)row + 1, (int)m->rows);
    if (col < 0 || col >= m->cols)
        return sunzi_text_fail(
            text,
            "column index %lld, allowed are 1 to %d (indices "
            "count from 1); correct the index or the size",
            (long long)col + 1, (int)m->cols);
    if (m->symmetry == SUNZI_SYMMETRY_NONE || row > col)
        return SUNZI_OK;
    if (row < col)
        return sunzi_text_fail(text,
                               "entry (%lld, %lld) is above the diagonal, a "
                               "file with symmetry stores the lower triangle "
                               "only; leave it out, or declare the matrix "
                               "general (unsymmetric)",
                               (long long)row + 1, (long long)col + 1);
    if (m->symmetry == SUNZI_SYMMETRY_SKEW)
        return sunzi_text_fail(text,
                               "entry (%lld, %lld) is on the diagonal, a "
                               "skew-symmetric file stores entries below it "
                               "only (the diagonal is zero); leave it out",
                               (long long)row + 1, (long long)col + 1);
    return SUNZI_OK;
}

sunzi_status sunzi_assembly_check_imaginary(const sunzi_assembly *assembly,
                                            const sunzi_text *text, int32_t row,
                                            int32_t col, double im)
{
    if (assembly->matrix.symmetry != SUNZI_SYMMETRY_HERMITIAN || row != col ||
        im == 0.0)
        return SUNZI_OK;
    return sunzi_text_fail(
        text,
        "diagonal entry (%lld, %lld) has the imaginary part "
        "%g, a Hermitian matrix has a real diagonal; correct "
        "it or declare the matrix symmetric or general",
        (long long)row + 1, (long long)col + 1, im);
}

static bool is_before(const sunzi_matrix *m, int64_t a, int64_t b)
{
    return m->col[a] < m->col[b] ||
           (m->col[a] == m->col[b] && m->row[a] < m->row[b]);
}

static bool is_strictly_sorted(const sunzi_matrix *m)
{
    for (int64_t k = 1; k < m->entries; k++)
        if (!is_before(m, k - 1, k))
            return false;
    return true;
}

/* One stable pass: from -> to, by bits [shift, shift + DIGIT_BITS) of key. */
static void sort_pass(const sunzi_matrix *from, const int32_t *key, int shift,
                      sunzi_matrix *to)
{
    int64_t start[DIGIT_COUNT] = {0};
    int64_t sum = 0;
    for (int64_t k = 0; k < from->entries; k++)
        start[(key[k] >> shift) & (DIGIT_COUNT - 1)]++;
    for (int d = 0; d < DIGIT_COUNT; d++) {
        const int64_t count = start[d];
        start[d] = sum;
        sum += count;
    }
    for (int64_t k = 0; k < from->entries; k++) {
        const int64_t at = start[(key[k] >> shift) & (DIGIT_COUNT - 1)]++;
        to->row[at] = from->row[k];
        to->col[at] = from->col[k];
        if (from->complex_values)
            memcpy(to->value + 2 * at, from->value + 2 * k, 2 * sizeof(double));
        else
            to->value[at] = from->value[k];
    }
}

static void swap_entries(sunzi_matrix *a, sunzi_matrix *b)
{
    const sunzi_matrix old = *a;
    *a = *b;
    *b = old;
}

/* *spare has the same room. The sort by columns keeps the order of rows. */
static void sort_entries(sunzi_matrix *m, sunzi_matrix *spare)
{
    for (int shift = 0; (int64_t)(m->rows - 1) >> shift != 0;
         shift += DIGIT_BITS) {
        sort_pass(m, m->row, shift, spare);
        swap_entries(m, spare);
    }
    for (int shift = 0; (int64_t)(m->cols - 1) >> shift != 0;
         shift += DIGIT_BITS) {
        sort_pass(m, m->col, shift, spare);
        swap_entries(m, spare);
    }
}

static sunzi_status sum_duplicates(sunzi_matrix *m, const char *path)
{
    const int parts = m->complex_values ? 2 : 1;
    int64_t last = 0;
    for (int64_t k = 1; k < m->entries; k++) {
        const bool same = !is_before(m, last, k);
        if (!same)
            last++;
        m->row[last] = m->row[k];
        m->col[last] = m->col[k];
        for (int part = 0; part < parts; part++) {
            double *sum = &m->value[parts * last + part];
            const double term = m->value[parts * k + part];
            *sum = same ? *sum + term : term;
            if (!isfinite(*sum))
                return sunzi_fail(SUNZI_ERR_FORMAT,
                                  "%s: the sum of the duplicates of entry "
                                  "(%d, %d) is beyond FP64; scale the matrix",
                                  sunzi_quoted_path(path).text,
                                  (int)m->row[last] + 1, (int)m->col[last] + 1);
        }
    }
    m->entries = m->entries > 0 ? last + 1 : 0;
    return SUNZI_OK;
}

sunzi_status sunzi_assembly_end(sunzi_assembly *assembly, const char *path,
                                sunzi_matrix *matrix)
{
    sunzi_matrix *m = &assembly->matrix;
    sunzi_status status = SUNZI_OK;
    if (!is_strictly_sorted(m)) {
        sunzi_matrix spare = *m;
        SUNZI_TRY(allocate_entries(&spare, m->entries));
        sort_entries(m, &spare);
        release_entries(&spare);
        SUNZI_TRY(sum_duplicates(m, path));
    }
    *matrix = *m;
    *assembly = (sunzi_assembly){.capacity = 0};
done:
    return status;
}
