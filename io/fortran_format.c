/* SPDX-License-Identifier: BSD-3-Clause */
/* Fortran formats and their fields, ISO/IEC 1539-1, 13.7 (data edit
 * descriptors) and 13.8.5 (scale factor). */
#include "io/fortran_format.h"

#include <string.h>

/* Wider fields and longer lines than this are a damaged format. */
enum { COUNT_MAX = 10000 };

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static const char *skip(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == ','))
        p++;
    return p;
}

/* Digits at *at; 0 if there are none, COUNT_MAX + 1 if there are too many. */
static int read_count(const char **at, const char *end)
{
    const char *p = *at;
    int n = 0;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        n = n > COUNT_MAX ? n : n * 10 + (*p - '0');
    *at = p;
    return n > COUNT_MAX ? COUNT_MAX + 1 : n;
}

/* [sign] k P, if that is what stands at *at. */
static void read_scale(const char **at, const char *end,
                       sunzi_fortran_format *format)
{
    const char *p = *at;
    const bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    const int k = read_count(&p, end);
    if (p == end || upper(*p) != 'P')
        return;
    format->style.scale = negative ? -k : k;
    *at = skip(p + 1, end);
}

/* letter w [.d] [Ee] */
static bool read_descriptor(const char **at, const char *end,
                            sunzi_fortran_format *format)
{
    const char *p = *at;
    if (p == end || !strchr("IDEFG", upper(*p)))
        return false;
    const char letter = upper(*p++);
    format->integer = letter == 'I';
    if (letter == 'E' && p < end && (upper(*p) == 'S' || upper(*p) == 'N'))
        p++;
    format->width = read_count(&p, end);
    if (p < end && *p == '.') {
        p++;
        const int d = read_count(&p, end);
        if (!format->integer) /* Iw.m: m says how it was written only */
            format->style.decimals = d;
    }
    if (p < end && upper(*p) == 'E') {
        p++;
        read_count(&p, end);
    }
    *at = p;
    return true;
}

/* The inside of the outer parentheses. */
static bool parse(const char *p, const char *end, sunzi_fortran_format *format)
{
    int repeat[2] = {1, 1};
    bool inner = false;
    for (int level = 0; level < 2; level++) {
        p = skip(p, end);
        read_scale(&p, end, format);
        const int count = read_count(&p, end);
        repeat[level] = count > 0 ? count : 1;
        p = skip(p, end);
        if (level == 1 || p == end || *p != '(')
            break;
        inner = true;
        p++;
    }
    if (!read_descriptor(&p, end, format))
        return false;
    p = skip(p, end);
    if (inner) {
        if (p == end || *p != ')')
            return false;
        p = skip(p + 1, end);
    }
    format->per_line = repeat[0] * repeat[1];
    return p == end && repeat[0] <= COUNT_MAX && repeat[1] <= COUNT_MAX &&
           format->per_line <= COUNT_MAX && format->width >= 1 &&
           format->width <= COUNT_MAX && format->style.decimals <= COUNT_MAX &&
           format->style.scale <= COUNT_MAX &&
           format->style.scale >= -COUNT_MAX;
}

/* The parenthesis that closes the one at p; NULL if there is none. */
static const char *closing(const char *p, const char *end)
{
    int depth = 0;
    for (; p < end; p++) {
        depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
        if (depth == 0)
            return p;
    }
    return NULL;
}

sunzi_status sunzi_fortran_format_read(const sunzi_text *text, const char **at,
                                       const char *what,
                                       sunzi_fortran_format *format)
{
    const char *begin = skip(*at, text->line_end);
    *format = (sunzi_fortran_format){.width = 0};
    const char *close = begin < text->line_end && *begin == '('
                            ? closing(begin, text->line_end)
                            : NULL;
    if (!close)
        return sunzi_text_fail(
            text,
            "the format of the %s is '%s', expected a Fortran "
            "format such as (16I5) or (1P,4D20.12); correct "
            "line 4",
            what, sunzi_quoted(begin, text->line_end).text);
    if (!parse(begin + 1, close, format))
        return sunzi_text_fail(
            text,
            "the format of the %s is '%s', allowed is one of "
            "I, D, E, F, G with repeat count, width and scale "
            "factor, such as (16I5) or (1P,4D20.12); rewrite "
            "the file",
            what, sunzi_quoted(begin, close + 1).text);
    *at = close + 1;
    return SUNZI_OK;
}

/* The next field without the blanks around it. */
static sunzi_status next_field(sunzi_fields *fields, const char **begin,
                               const char **end)
{
    sunzi_text *text = fields->text;
    const sunzi_fortran_format *format = fields->format;
    if (fields->in_line == 0 && !sunzi_text_next_line(text))
        return sunzi_text_fail(
            text,
            "the file ends where a %s belongs; the file is cut "
            "off or its header is wrong",
            fields->what);
    const ptrdiff_t length = text->line_end - text->line;
    const ptrdiff_t from = (ptrdiff_t)fields->in_line * format->width;
    const ptrdiff_t to = from + format->width;
    const char *first = text->line + (from < length ? from : length);
    const char *last = text->line + (to < length ? to : length);
    if (++fields->in_line == format->per_line)
        fields->in_line = 0;
    while (first < last && *first == ' ')
        first++;
    while (last > first && last[-1] == ' ')
        last--;
    if (first == last)
        return sunzi_text_fail(text,
                               "columns %d to %d are blank, expected a %s; the "
                               "line is cut off or its format is wrong",
                               (int)from + 1, (int)to, fields->what);
    /* Numbers end at the right edge of their field: one that the end of the
     * file cuts short may have lost digits. */
    if (to > length && text->line_end == text->end)
        return sunzi_text_fail(
            text,
            "the file ends within the columns %d to %d of a "
            "%s; the file is cut off, or its last line break "
            "is missing: add it",
            (int)from + 1, (int)to, fields->what);
    *begin = first;
    *end = last;
    return SUNZI_OK;
}

sunzi_status sunzi_fields_next_real(sunzi_fields *fields, double *value)
{
    const char *begin, *end;
    const sunzi_status status = next_field(fields, &begin, &end);
    if (status < 0)
        return status;
    const sunzi_number_result result =
        sunzi_number_real(begin, end, &fields->format->style, value);
    return result == SUNZI_NUMBER_OK
               ? SUNZI_OK
               : sunzi_number_fail(fields->text, result, fields->what, begin,
                                   end);
}

sunzi_status sunzi_fields_next_integer(sunzi_fields *fields, int64_t *value)
{
    const char *begin, *end;
    const sunzi_status status = next_field(fields, &begin, &end);
    if (status < 0)
        return status;
    const sunzi_number_result result = sunzi_number_integer(begin, end, value);
    return result == SUNZI_NUMBER_OK
               ? SUNZI_OK
               : sunzi_number_fail(fields->text, result, fields->what, begin,
                                   end);
}
