/* SPDX-License-Identifier: BSD-3-Clause */
/* Reader of Matrix Market files: R. F. Boisvert, R. Pozo, K. A. Remington, "The
 * Matrix Market exchange formats: initial design", NISTIR 5935 (1996).
 *
 * Banner, comments (%), size line, entries. Stricter than the text: one entry a
 * line, so that an array file that was written by rows is refused instead of
 * read as its transpose. More tolerant: blank and comment lines anywhere, CRLF,
 * any case of letters, Fortran's D exponents. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/assembly.h"
#include "io/formats.h"
#include "io/number.h"

typedef enum field {
    FIELD_REAL,
    FIELD_COMPLEX,
    FIELD_INTEGER,
    FIELD_PATTERN
} field;

static const char *const field_names[] = {"real", "complex", "integer",
                                          "pattern"};
static const char *const symmetry_names[] = {"general", "symmetric",
                                             "skew-symmetric", "hermitian"};
static const char *const layout_names[] = {"coordinate", "array"};
static const char *const object_names[] = {"matrix"};

typedef struct reader {
    sunzi_text *text;
    sunzi_assembly assembly;
    field field;
    bool array;
    int64_t declared; /* stored entries that the size line promises */
} reader;

/* One word of the banner: its place in names[0 .. count). */
static sunzi_status read_choice(const sunzi_text *text, const char **at,
                                const char *what, const char *const *names,
                                int count, int *choice)
{
    const char *word, *end;
    char allowed[80] = "";
    sunzi_text_word(at, text->line_end, &word, &end);
    for (int i = 0; i < count; i++) {
        if (strlen(names[i]) == (size_t)(end - word) &&
            strncasecmp(names[i], word, (size_t)(end - word)) == 0) {
            *choice = i;
            return SUNZI_OK;
        }
        const size_t n = strlen(allowed);
        snprintf(allowed + n, sizeof allowed - n, "%s%s", i ? ", " : "",
                 names[i]);
    }
    return sunzi_text_fail(text,
                           "the banner has '%s' for the %s, allowed: %s; "
                           "correct line 1",
                           sunzi_quoted(word, end).text, what, allowed);
}

static sunzi_status check_combination(const reader *r)
{
    const sunzi_matrix_symmetry symmetry = r->assembly.matrix.symmetry;
    if (r->field == FIELD_PATTERN && r->array)
        return sunzi_text_fail(r->text, "the banner says array pattern, a "
                                        "pattern is stored as coordinate only; "
                                        "correct line 1");
    if (r->field == FIELD_PATTERN && symmetry != SUNZI_SYMMETRY_NONE &&
        symmetry != SUNZI_SYMMETRY_SYMMETRIC)
        return sunzi_text_fail(r->text,
                               "the banner says pattern %s, a pattern is "
                               "general or symmetric; correct line 1",
                               symmetry_names[symmetry]);
    if (symmetry == SUNZI_SYMMETRY_HERMITIAN && r->field != FIELD_COMPLEX)
        return sunzi_text_fail(
            r->text,
            "the banner says %s hermitian, Hermitian "
            "matrices are complex; use complex, or symmetric",
            field_names[r->field]);
    return SUNZI_OK;
}

static sunzi_status read_banner(reader *r)
{
    const sunzi_text *text = r->text;
    sunzi_matrix *m = &r->assembly.matrix;
    const char *word, *end;
    int choice = 0;
    sunzi_status status;

    sunzi_text_next_line(r->text);
    const char *at = text->line;
    sunzi_text_word(&at, text->line_end, &word, &end);
    if (strncasecmp(word, "%%MatrixMarket", (size_t)(end - word)) != 0)
        return sunzi_text_fail(text,
                               "the banner begins with '%s', expected "
                               "'%%%%MatrixMarket'; correct line 1",
                               sunzi_quoted(word, end).text);
    SUNZI_TRY(read_choice(text, &at, "object", object_names, 1, &choice));
    SUNZI_TRY(read_choice(text, &at, "layout", layout_names, 2, &choice));
    r->array = choice == 1;
    SUNZI_TRY(read_choice(text, &at, "number type", field_names, 4, &choice));
    r->field = (field)choice;
    m->complex_values = r->field == FIELD_COMPLEX;
    SUNZI_TRY(read_choice(text, &at, "symmetry", symmetry_names, 4, &choice));
    m->symmetry = (sunzi_matrix_symmetry)choice;
    if (sunzi_text_word(&at, text->line_end, &word, &end))
        return sunzi_text_fail(
            text, "'%s' follows the banner's five words; remove it",
            sunzi_quoted(word, end).text);
    snprintf(m->format, sizeof m->format, "Matrix Market %s %s %s",
             layout_names[r->array], field_names[r->field],
             symmetry_names[m->symmetry]);
    SUNZI_TRY(check_combination(r));
done:
    return status;
}

/* The title is the comment in brackets that the SuiteSparse collection writes,
 * else the first comment with a letter or digit. */
static void read_comment(const sunzi_text *text, sunzi_matrix *m)
{
    const char *begin = text->line, *end = text->line_end;
    while (begin < end && (*begin == '%' || *begin == ' '))
        begin++;
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (end - begin > 2 && *begin == '[' && end[-1] == ']')
        sunzi_set_title(m, begin + 1, end - 1);
    else if (m->title[0] == '\0' && begin < end && *begin != '-')
        sunzi_set_title(m, begin, end);
}

/* The next line with content; a comment before the size line may be a title. */
static bool next_content(reader *r, bool want_title)
{
    while (sunzi_text_next_line(r->text)) {
        const sunzi_text *text = r->text;
        if (text->line < text->line_end && *text->line == '%') {
            if (want_title)
                read_comment(text, &r->assembly.matrix);
        } else if (!sunzi_text_is_blank(text->line, text->line_end)) {
            return true;
        }
    }
    return false;
}

static sunzi_status read_integer(const reader *r, const char **at,
                                 const char *what, int64_t *value)
{
    const char *word, *end;
    sunzi_text_word(at, r->text->line_end, &word, &end);
    const sunzi_number_result result = sunzi_number_integer(word, end, value);
    return result == SUNZI_NUMBER_OK
               ? SUNZI_OK
               : sunzi_number_fail(r->text, result, what, word, end);
}

static sunzi_status expect_line_end(const reader *r, const char *at)
{
    const char *word, *end;
    if (!sunzi_text_word(&at, r->text->line_end, &word, &end))
        return SUNZI_OK;
    return sunzi_text_fail(r->text,
                           "'%s' follows the last number of the line, allowed "
                           "is one entry a line; remove it",
                           sunzi_quoted(word, end).text);
}

static sunzi_status read_dimension(const reader *r, const char **at,
                                   const char *what, int32_t *value)
{
    int64_t wide;
    const sunzi_status status = read_integer(r, at, what, &wide);
    if (status < 0)
        return status;
    if (wide < 1 || wide > INT32_MAX)
        return sunzi_text_fail(
            r->text,
            "the %s is %lld, allowed are 1 to %d; correct the "
            "size line",
            what, (long long)wide, (int)INT32_MAX);
    *value = (int32_t)wide;
    return SUNZI_OK;
}

/* Entries that an array file of this symmetry stores. */
static int64_t array_entries(const sunzi_matrix *m)
{
    const int64_t rows = m->rows, cols = m->cols;
    if (m->symmetry == SUNZI_SYMMETRY_NONE)
        return rows * cols;
    if (m->symmetry == SUNZI_SYMMETRY_SKEW)
        return rows * (rows - 1) / 2;
    return rows * (rows + 1) / 2;
}

/* The room is never larger than what the rest of the file can hold, whatever
 * the size line says: an entry has at least its numbers and separators. */
static int64_t entries_that_fit(const reader *r)
{
    const int numbers = (r->array ? 0 : 2) +
                        (r->field == FIELD_COMPLEX ? 2 : 1) -
                        (r->field == FIELD_PATTERN ? 1 : 0);
    const int64_t fit = (sunzi_text_bytes_left(r->text) + 1) / (2 * numbers);
    return r->declared < fit ? r->declared : fit;
}

static sunzi_status read_size(reader *r)
{
    sunzi_matrix *m = &r->assembly.matrix;
    sunzi_status status;
    if (!next_content(r, true))
        return sunzi_text_fail(r->text, "the file ends before the size line; "
                                        "the file is cut off");
    const char *at = r->text->line;
    SUNZI_TRY(read_dimension(r, &at, "number of rows", &m->rows));
    SUNZI_TRY(read_dimension(r, &at, "number of columns", &m->cols));
    r->declared = array_entries(m);
    if (!r->array)
        SUNZI_TRY(read_integer(r, &at, "number of entries", &r->declared));
    SUNZI_TRY(expect_line_end(r, at));
    if (r->declared < 0)
        return sunzi_text_fail(
            r->text,
            "the number of entries is %lld, allowed are 0 and "
            "more; correct the size line",
            (long long)r->declared);
    if (m->symmetry != SUNZI_SYMMETRY_NONE && m->rows != m->cols)
        return sunzi_text_fail(r->text,
                               "the size is %d x %d, a %s matrix is square; "
                               "correct the size line or the banner",
                               (int)m->rows, (int)m->cols,
                               symmetry_names[m->symmetry]);
    SUNZI_TRY(sunzi_assembly_begin(&r->assembly, entries_that_fit(r)));
done:
    return status;
}

static sunzi_status read_real(const reader *r, const char **at,
                              const char *what, double *value)
{
    static const sunzi_number_style style = {.fortran = false};
    const char *word, *end;
    sunzi_text_word(at, r->text->line_end, &word, &end);
    const sunzi_number_result result =
        sunzi_number_real(word, end, &style, value);
    return result == SUNZI_NUMBER_OK
               ? SUNZI_OK
               : sunzi_number_fail(r->text, result, what, word, end);
}

/* Integers that FP64 does not hold exactly would be changed silently. */
static sunzi_status read_exact_integer(const reader *r, const char **at,
                                       double *value)
{
    const int64_t limit = INT64_C(1) << 53;
    int64_t whole;
    const sunzi_status status = read_integer(r, at, "integer value", &whole);
    if (status < 0)
        return status;
    if (whole < -limit || whole > limit)
        return sunzi_text_fail(
            r->text,
            "the integer value is %lld, allowed are -2^53 to "
            "2^53 (exact in FP64); declare the matrix real to "
            "have it rounded",
            (long long)whole);
    *value = (double)whole;
    return SUNZI_OK;
}

static sunzi_status read_value(const reader *r, const char **at, double *re,
                               double *im)
{
    sunzi_status status = SUNZI_OK;
    switch (r->field) {
    case FIELD_PATTERN:
        *re = 1.0;
        break;
    case FIELD_INTEGER:
        SUNZI_TRY(read_exact_integer(r, at, re));
        break;
    case FIELD_REAL:
        SUNZI_TRY(read_real(r, at, "value", re));
        break;
    case FIELD_COMPLEX:
        SUNZI_TRY(read_real(r, at, "real part", re));
        SUNZI_TRY(read_real(r, at, "imaginary part", im));
        break;
    }
done:
    return status;
}

/* The rest of the current line is the value of entry (row, col), 0-based. */
static sunzi_status read_entry(reader *r, const char *at, int32_t row,
                               int32_t col)
{
    double re = 0.0, im = 0.0;
    sunzi_status status;
    SUNZI_TRY(read_value(r, &at, &re, &im));
    SUNZI_TRY(expect_line_end(r, at));
    SUNZI_TRY(
        sunzi_assembly_check_imaginary(&r->assembly, r->text, row, col, im));
    sunzi_assembly_add(&r->assembly, row, col, re, im);
done:
    return status;
}

static sunzi_status fail_truncated(const reader *r, int64_t read)
{
    return sunzi_text_fail(r->text,
                           "the file ends after %lld of %lld entries; the file "
                           "is cut off or its size line is wrong",
                           (long long)read, (long long)r->declared);
}

static sunzi_status read_coordinate(reader *r)
{
    sunzi_status status = SUNZI_OK;
    for (int64_t k = 0; k < r->declared; k++) {
        int64_t row, col;
        if (!next_content(r, false))
            return fail_truncated(r, k);
        const char *at = r->text->line;
        SUNZI_TRY(read_integer(r, &at, "row index", &row));
        SUNZI_TRY(read_integer(r, &at, "column index", &col));
        SUNZI_TRY(
            sunzi_assembly_check(&r->assembly, r->text, row - 1, col - 1));
        SUNZI_TRY(read_entry(r, at, (int32_t)(row - 1), (int32_t)(col - 1)));
    }
done:
    return status;
}

/* Column by column; with a symmetry only the lower triangle. */
static sunzi_status read_array(reader *r)
{
    const sunzi_matrix *m = &r->assembly.matrix;
    const bool triangle = m->symmetry != SUNZI_SYMMETRY_NONE;
    const int32_t below = m->symmetry == SUNZI_SYMMETRY_SKEW ? 1 : 0;
    int64_t k = 0;
    sunzi_status status = SUNZI_OK;
    for (int32_t col = 0; col < m->cols; col++)
        for (int32_t row = triangle ? col + below : 0; row < m->rows; row++) {
            if (!next_content(r, false))
                return fail_truncated(r, k);
            SUNZI_TRY(read_entry(r, r->text->line, row, col));
            k++;
        }
done:
    return status;
}

sunzi_status sunzi_read_matrix_market(sunzi_text *text, sunzi_matrix *matrix)
{
    reader r = {.text = text};
    sunzi_status status;
    SUNZI_TRY(read_banner(&r));
    SUNZI_TRY(read_size(&r));
    SUNZI_TRY(r.array ? read_array(&r) : read_coordinate(&r));
    if (next_content(&r, false)) {
        status =
            sunzi_text_fail(text,
                            "an entry follows the %lld entries of the size "
                            "line; correct the size line or remove it",
                            (long long)r.declared);
        goto done;
    }
    SUNZI_TRY(sunzi_assembly_end(&r.assembly, text->path, matrix));
done:
    sunzi_assembly_clear(&r.assembly);
    return status;
}
