/* SPDX-License-Identifier: BSD-3-Clause */
/* Reader of Harwell-Boeing files: I. S. Duff, R. G. Grimes, J. G. Lewis,
 * "Users' guide for the Harwell-Boeing sparse matrix collection (release I)",
 * RAL-92-086 (1992). Assembled matrices; right-hand sides are skipped.
 * Rutherford-Boeing matrix files (RAL-TR-97-031) have the same layout and are
 * read as well.
 *
 *   line 1  title (72), key (8)
 *   line 2  lines in total, of pointers, of row indices, of values, of
 *           right-hand sides
 *   line 3  type, rows, columns, entries, element entries
 *   line 4  formats of pointers, row indices, values, right-hand sides
 *   line 5  only if there are right-hand sides
 *   then    column pointers, row indices, values in the formats of line 4 */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "io/assembly.h"
#include "io/formats.h"
#include "io/fortran_format.h"

typedef struct reader {
    sunzi_text *text;
    sunzi_assembly assembly;
    char type[4];
    bool pattern, integer;
    int64_t entries;
    int64_t pointer_lines, index_lines, value_lines, rhs_lines;
    sunzi_fortran_format pointer_format, index_format, value_format;
    int64_t *pointer; /* 1-based, cols + 1 */
    int32_t *index;   /* 0-based, entries */
} reader;

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool sunzi_is_harwell_boeing(const sunzi_text *given)
{
    sunzi_text text = *given;
    for (int line = 1; line <= 3; line++)
        if (!sunzi_text_next_line(&text))
            return false;
    if (text.line_end - text.line < 4 || text.line[3] != ' ')
        return false;
    return strchr("RCPIQ", upper(text.line[0])) &&
           strchr("SUHZR", upper(text.line[1])) &&
           strchr("AEP", upper(text.line[2]));
}

static sunzi_status next_header_line(reader *r, const char *content)
{
    if (sunzi_text_next_line(r->text))
        return SUNZI_OK;
    return sunzi_text_fail(
        r->text, "the file ends before the %s; the file is cut off", content);
}

/* A count of the header; a missing one is 0 if `optional`. */
static sunzi_status read_count(const reader *r, const char **at,
                               const char *what, int64_t largest, bool optional,
                               int64_t *value)
{
    const char *word, *end;
    *value = 0;
    if (!sunzi_text_word(at, r->text->line_end, &word, &end) && optional)
        return SUNZI_OK;
    const sunzi_number_result result = sunzi_number_integer(word, end, value);
    if (result != SUNZI_NUMBER_OK)
        return sunzi_number_fail(r->text, result, what, word, end);
    if (*value < 0 || *value > largest)
        return sunzi_text_fail(r->text,
                               "the %s is %lld, allowed are 0 to %lld; correct "
                               "the header",
                               what, (long long)*value, (long long)largest);
    return SUNZI_OK;
}

static sunzi_status read_line_counts(reader *r)
{
    const int64_t any = INT64_MAX;
    int64_t total;
    sunzi_status status;
    SUNZI_TRY(next_header_line(r, "line counts"));
    const char *at = r->text->line;
    SUNZI_TRY(read_count(r, &at, "total number of lines", any, false, &total));
    SUNZI_TRY(read_count(r, &at, "number of pointer lines", any, false,
                         &r->pointer_lines));
    SUNZI_TRY(read_count(r, &at, "number of index lines", any, false,
                         &r->index_lines));
    SUNZI_TRY(read_count(r, &at, "number of value lines", any, false,
                         &r->value_lines));
    SUNZI_TRY(read_count(r, &at, "number of right-hand side lines", any, true,
                         &r->rhs_lines));
done:
    return status;
}

static sunzi_status read_type(reader *r)
{
    sunzi_matrix *m = &r->assembly.matrix;
    for (int i = 0; i < 3; i++)
        r->type[i] = upper(r->text->line[i]);
    if (r->type[2] == 'E')
        return sunzi_text_fail(
            r->text,
            "the type is %s, an unassembled (element) matrix; "
            "only assembled types such as RUA are read: "
            "assemble it first",
            r->type);
    if (r->type[0] == 'Q' || r->type[2] == 'P')
        return sunzi_text_fail(r->text,
                               "the type is %s, values in another file; only "
                               "types with their values such as RUA are read",
                               r->type);
    if ((r->type[1] == 'H' && r->type[0] != 'C') ||
        (r->type[1] == 'Z' && r->type[0] == 'P'))
        return sunzi_text_fail(r->text,
                               "the type is %s: Hermitian matrices are complex "
                               "(CHA) and skew ones have values (RZA); correct "
                               "line 3",
                               r->type);
    r->pattern = r->type[0] == 'P';
    r->integer = r->type[0] == 'I';
    m->complex_values = r->type[0] == 'C';
    m->symmetry = r->type[1] == 'S'   ? SUNZI_SYMMETRY_SYMMETRIC
                  : r->type[1] == 'Z' ? SUNZI_SYMMETRY_SKEW
                  : r->type[1] == 'H' ? SUNZI_SYMMETRY_HERMITIAN
                                      : SUNZI_SYMMETRY_NONE;
    snprintf(m->format, sizeof m->format, "Harwell-Boeing %s", r->type);
    return SUNZI_OK;
}

static sunzi_status read_dimensions(reader *r)
{
    sunzi_matrix *m = &r->assembly.matrix;
    int64_t rows, cols;
    sunzi_status status;
    const char *at = r->text->line + 3;
    SUNZI_TRY(read_count(r, &at, "number of rows", INT32_MAX, false, &rows));
    SUNZI_TRY(read_count(r, &at, "number of columns", INT32_MAX, false, &cols));
    SUNZI_TRY(read_count(r, &at, "number of entries", INT64_MAX - 1, false,
                         &r->entries));
    if (rows == 0 || cols == 0)
        return sunzi_text_fail(
            r->text,
            "the size is %lld x %lld, allowed are 1 and more; "
            "correct line 3",
            (long long)rows, (long long)cols);
    if (rows != cols && m->symmetry != SUNZI_SYMMETRY_NONE)
        return sunzi_text_fail(
            r->text,
            "the size is %lld x %lld, a matrix of type %s is "
            "square; correct line 3",
            (long long)rows, (long long)cols, r->type);
    m->rows = (int32_t)rows;
    m->cols = (int32_t)cols;
done:
    return status;
}

/* `stated` lines, where the format needs `count` fields. */
static sunzi_status check_lines(const reader *r, const char *what,
                                int64_t stated, int64_t count,
                                const sunzi_fortran_format *format)
{
    const int64_t needed =
        count / format->per_line + (count % format->per_line != 0);
    if (stated == needed)
        return SUNZI_OK;
    return sunzi_text_fail(r->text,
                           "%lld %s in %d a line need %lld lines, line 2 says "
                           "%lld; correct the header",
                           (long long)count, what, format->per_line,
                           (long long)needed, (long long)stated);
}

static sunzi_status read_formats(reader *r)
{
    const sunzi_matrix *m = &r->assembly.matrix;
    const int64_t parts = m->complex_values ? 2 : 1;
    sunzi_status status;
    SUNZI_TRY(next_header_line(r, "formats"));
    const char *at = r->text->line;
    SUNZI_TRY(sunzi_fortran_format_read(r->text, &at, "column pointers",
                                        &r->pointer_format));
    SUNZI_TRY(sunzi_fortran_format_read(r->text, &at, "row indices",
                                        &r->index_format));
    if (!r->pointer_format.integer || !r->index_format.integer)
        return sunzi_text_fail(r->text,
                               "the formats of pointers and row indices "
                               "must be integer ones such as (16I5); "
                               "correct line 4");
    SUNZI_TRY(check_lines(r, "column pointers", r->pointer_lines,
                          (int64_t)m->cols + 1, &r->pointer_format));
    SUNZI_TRY(check_lines(r, "row indices", r->index_lines, r->entries,
                          &r->index_format));
    if (r->pattern)
        return SUNZI_OK;
    SUNZI_TRY(
        sunzi_fortran_format_read(r->text, &at, "values", &r->value_format));
    r->value_format.style.fortran = true;
    if (r->integer && !r->value_format.integer)
        return sunzi_text_fail(
            r->text,
            "the type is %s, but the format of the values is "
            "not an integer one; correct line 3 or 4",
            r->type);
    if (r->entries > INT64_MAX / 2)
        return sunzi_text_fail(r->text,
                               "%lld entries are more than any file "
                               "holds; correct line 3",
                               (long long)r->entries);
    SUNZI_TRY(check_lines(r, "values", r->value_lines, parts * r->entries,
                          &r->value_format));
done:
    return status;
}

static sunzi_status read_header(reader *r)
{
    sunzi_status status;
    SUNZI_TRY(next_header_line(r, "title"));
    const char *title = r->text->line;
    const ptrdiff_t length = r->text->line_end - title;
    sunzi_set_title(&r->assembly.matrix, title,
                    title + (length < 72 ? length : 72));
    SUNZI_TRY(read_line_counts(r));
    SUNZI_TRY(next_header_line(r, "matrix type"));
    SUNZI_TRY(read_type(r));
    SUNZI_TRY(read_dimensions(r));
    SUNZI_TRY(read_formats(r));
    if (r->rhs_lines > 0)
        SUNZI_TRY(next_header_line(r, "type of the right-hand sides"));
done:
    return status;
}

/* No memory is asked for what the rest of the file cannot hold: a field has at
 * least one character. */
static sunzi_status check_room(const reader *r)
{
    const int64_t left = sunzi_text_bytes_left(r->text);
    const int64_t columns = (int64_t)r->assembly.matrix.cols + 1;
    if (columns <= left && r->entries <= left - columns)
        return SUNZI_OK;
    return sunzi_text_fail(
        r->text,
        "the header promises %lld pointers and %lld entries, "
        "but only %lld bytes follow it; the file is cut off or "
        "line 3 is wrong",
        (long long)columns, (long long)r->entries, (long long)left);
}

static sunzi_status read_pointers(reader *r)
{
    const int64_t cols = r->assembly.matrix.cols;
    sunzi_fields fields = {.text = r->text,
                           .format = &r->pointer_format,
                           .what = "column pointer"};
    int64_t previous = 1;
    sunzi_status status = SUNZI_OK;
    for (int64_t j = 0; j <= cols; j++) {
        int64_t pointer;
        SUNZI_TRY(sunzi_fields_next_integer(&fields, &pointer));
        const int64_t lowest = j == cols ? r->entries + 1 : previous;
        const int64_t highest = j == 0 ? 1 : r->entries + 1;
        if (pointer < lowest || pointer > highest)
            return sunzi_text_fail(
                r->text,
                "column pointer %lld is %lld, allowed are %lld "
                "to %lld; correct it or the number of entries "
                "in line 3",
                (long long)j + 1, (long long)pointer, (long long)lowest,
                (long long)highest);
        r->pointer[j] = previous = pointer;
    }
done:
    return status;
}

static sunzi_status read_indices(reader *r)
{
    sunzi_fields fields = {
        .text = r->text, .format = &r->index_format, .what = "row index"};
    sunzi_status status = SUNZI_OK;
    for (int32_t j = 0; j < r->assembly.matrix.cols; j++)
        for (int64_t k = r->pointer[j] - 1; k < r->pointer[j + 1] - 1; k++) {
            int64_t row;
            SUNZI_TRY(sunzi_fields_next_integer(&fields, &row));
            SUNZI_TRY(sunzi_assembly_check(&r->assembly, r->text, row - 1, j));
            r->index[k] = (int32_t)(row - 1);
        }
done:
    return status;
}

/* One number of the value section: an integer format may carry real values. */
static sunzi_status next_value(sunzi_fields *fields, double *value)
{
    const int64_t limit = INT64_C(1) << 53;
    int64_t whole;
    if (!fields->format->integer)
        return sunzi_fields_next_real(fields, value);
    const sunzi_status status = sunzi_fields_next_integer(fields, &whole);
    if (status < 0)
        return status;
    if (whole < -limit || whole > limit)
        return sunzi_text_fail(
            fields->text,
            "the integer value is %lld, allowed are -2^53 to "
            "2^53 (exact in FP64); scale the matrix",
            (long long)whole);
    *value = (double)whole;
    return SUNZI_OK;
}

static sunzi_status read_values(reader *r)
{
    sunzi_assembly *assembly = &r->assembly;
    const bool complex_values = assembly->matrix.complex_values;
    sunzi_fields fields = {
        .text = r->text, .format = &r->value_format, .what = "value"};
    sunzi_status status = SUNZI_OK;
    for (int32_t j = 0; j < assembly->matrix.cols; j++)
        for (int64_t k = r->pointer[j] - 1; k < r->pointer[j + 1] - 1; k++) {
            double re = 1.0, im = 0.0;
            if (!r->pattern)
                SUNZI_TRY(next_value(&fields, &re));
            if (complex_values)
                SUNZI_TRY(next_value(&fields, &im));
            SUNZI_TRY(sunzi_assembly_check_imaginary(assembly, r->text,
                                                     r->index[k], j, im));
            sunzi_assembly_add(assembly, r->index[k], j, re, im);
        }
done:
    return status;
}

static sunzi_status check_end(reader *r)
{
    if (r->rhs_lines > 0)
        return SUNZI_OK;
    while (sunzi_text_next_line(r->text))
        if (!sunzi_text_is_blank(r->text->line, r->text->line_end))
            return sunzi_text_fail(r->text,
                                   "a line follows the %lld entries of the "
                                   "header; correct line 3 or remove it",
                                   (long long)r->entries);
    return SUNZI_OK;
}

sunzi_status sunzi_read_harwell_boeing(sunzi_text *text, sunzi_matrix *matrix)
{
    reader r = {.text = text};
    void *pointer = NULL, *index = NULL;
    sunzi_status status;
    SUNZI_TRY(read_header(&r));
    SUNZI_TRY(check_room(&r));
    SUNZI_TRY(
        sunzi_allocate(sunzi_size_product((size_t)r.assembly.matrix.cols + 1,
                                          sizeof *r.pointer, 1),
                       "column pointers", &pointer));
    SUNZI_TRY(sunzi_allocate(
        sunzi_size_product((size_t)r.entries, sizeof *r.index, 1),
        "row indices", &index));
    r.pointer = pointer;
    r.index = index;
    SUNZI_TRY(read_pointers(&r));
    SUNZI_TRY(read_indices(&r));
    SUNZI_TRY(sunzi_assembly_begin(&r.assembly, r.entries));
    SUNZI_TRY(read_values(&r));
    SUNZI_TRY(check_end(&r));
    SUNZI_TRY(sunzi_assembly_end(&r.assembly, text->path, matrix));
done:
    sunzi_assembly_clear(&r.assembly);
    sunzi_release(pointer);
    sunzi_release(index);
    return status;
}
