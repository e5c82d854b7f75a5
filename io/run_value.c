/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/run_value.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "io/nearest.h"
#include "io/number.h"
#include "core/text.h"
#include "io/units.h"

/* One value while it is read; of a list each. */
typedef struct item {
    const sunzi_run_key *key;
    int number; /* in a list, 1 is the first; 0: not a list */
    const char *begin, *end;
} item;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void trim(const char **begin, const char **end)
{
    while (*begin < *end && is_blank(**begin))
        ++*begin;
    while (*begin < *end && is_blank((*end)[-1]))
        --*end;
}

static bool is_digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}

/* ---- ranges ---- */

static bool parse_bound(const char *begin, const char *end, double *value)
{
    const sunzi_number_style style = {.shift = 0};
    trim(&begin, &end);
    const bool negative = begin < end && *begin == '-';
    if (end - begin == 3 + negative && strncmp(end - 3, "inf", 3) == 0) {
        *value = negative ? -(double)INFINITY : (double)INFINITY;
        return true;
    }
    return sunzi_number_real(begin, end, &style, value) == SUNZI_NUMBER_OK;
}

bool sunzi_run_range_parse(const char *text, sunzi_run_range *range)
{
    *range = (sunzi_run_range){.low = -(double)INFINITY, .high = INFINITY};
    if (!text)
        return true;
    const size_t length = strlen(text);
    const char *comma = strchr(text, ',');
    if (length < 2 || !comma || !strchr("[(", text[0]) ||
        !strchr("])", text[length - 1]))
        return false;
    range->low_open = text[0] == '(';
    range->high_open = text[length - 1] == ')';
    return parse_bound(text + 1, comma, &range->low) &&
           parse_bound(comma + 1, text + length - 1, &range->high) &&
           range->low <= range->high;
}

static bool is_inside(const sunzi_run_key *key, double value)
{
    sunzi_run_range range;
    return sunzi_run_range_parse(key->range, &range) &&
           (range.low_open ? value > range.low : value >= range.low) &&
           (range.high_open ? value < range.high : value <= range.high);
}

/* ---- what is allowed, in words ---- */

bool sunzi_run_is_list(const sunzi_run_key *key)
{
    return key->type == SUNZI_RUN_INTEGERS || key->type == SUNZI_RUN_REALS ||
           key->type == SUNZI_RUN_CHOICES;
}

int sunzi_run_choices(const sunzi_run_key *key)
{
    int count = 0;
    while (key->choices && key->choices[count])
        count++;
    return count;
}

static void describe_choices(const sunzi_run_key *key, char *text, size_t bytes)
{
    size_t used = 0;
    const int count = sunzi_run_choices(key);
    text[0] = '\0';
    for (int i = 0; i < count && used < bytes; i++)
        used += (size_t)snprintf(text + used, bytes - used, "%s%s",
                                 i == 0           ? ""
                                 : i == count - 1 ? " or "
                                                  : ", ",
                                 key->choices[i]);
}

static void describe_real(const sunzi_run_key *key, char *text, size_t bytes)
{
    const char *what = "number";
    if (key->unit)
        what = sunzi_unit_find(key->unit, key->unit + strlen(key->unit))
                   ->dimension;
    snprintf(text, bytes, "%s%s%s%s%s", what, key->range ? ", " : "",
             key->range ? key->range : "", key->range && key->unit ? " " : "",
             key->range && key->unit ? key->unit : "");
}

/* "length, (0, inf) mm" of one value, always terminated. */
static void describe(const sunzi_run_key *key, char *text, size_t bytes)
{
    switch (key->type) {
    case SUNZI_RUN_INTEGER:
    case SUNZI_RUN_INTEGERS:
        snprintf(text, bytes, "whole number%s%s", key->range ? ", " : "",
                 key->range ? key->range : "");
        break;
    case SUNZI_RUN_REAL:
    case SUNZI_RUN_REALS:
        describe_real(key, text, bytes);
        break;
    case SUNZI_RUN_BOOLEAN:
        snprintf(text, bytes, "yes or no");
        break;
    case SUNZI_RUN_CHOICE:
    case SUNZI_RUN_CHOICES:
        describe_choices(key, text, bytes);
        break;
    case SUNZI_RUN_STRING:
        snprintf(text, bytes, "text");
        break;
    case SUNZI_RUN_PATH:
        snprintf(text, bytes, "file name");
        break;
    }
}

void sunzi_run_describe_all(const sunzi_run_key *key, char *text, size_t bytes)
{
    int used = 0;
    if (sunzi_run_is_list(key) && key->least == key->most)
        used = snprintf(text, bytes, "%d value%s: ", key->most,
                        key->most == 1 ? "" : "s");
    else if (sunzi_run_is_list(key))
        used =
            snprintf(text, bytes, "%d to %d values: ", key->least, key->most);
    if ((size_t)used < bytes)
        describe(key, text + used, bytes - (size_t)used);
}

/* ---- one item ---- */

/* "section.name: got 'x', SENTENCE" */
static sunzi_status refuse(const item *it, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static sunzi_status refuse(const item *it, const char *format, ...)
{
    char sentence[300], which[24] = "got";
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    if (it->number)
        snprintf(which, sizeof which, "value %d is", it->number);
    return sunzi_fail(SUNZI_ERR_FORMAT, "%s.%s: %s '%s', %s", it->key->section,
                      it->key->name, which,
                      sunzi_quoted(it->begin, it->end).text, sentence);
}

static sunzi_status refuse_kind(const item *it)
{
    char allowed[200];
    describe(it->key, allowed, sizeof allowed);
    return refuse(it, "expected: %s", allowed);
}

static sunzi_status refuse_range(const item *it)
{
    return refuse(it, "allowed is %s%s%s", it->key->range,
                  it->key->unit ? " " : "", it->key->unit ? it->key->unit : "");
}

/* Where the number at the beginning of [p, end) ends; p: there is none. */
static const char *find_number_end(const char *p, const char *end)
{
    const char *begin = p;
    bool any = false;
    if (p < end && (*p == '+' || *p == '-'))
        p++;
    for (; is_digit(p, end) || (p < end && *p == '.'); p++)
        any = any || *p != '.';
    if (!any)
        return begin;
    if (p < end && (*p == 'e' || *p == 'E')) {
        const char *q = p + 1;
        if (q < end && (*q == '+' || *q == '-'))
            q++;
        if (is_digit(q, end))
            for (p = q; is_digit(p, end); p++)
                ;
    }
    return p;
}

/* Number and unit of an item; either may be empty. */
typedef struct quantity {
    const char *begin, *end, *unit, *unit_end;
} quantity;

static quantity split_quantity(const char *begin, const char *end)
{
    quantity q = {.begin = begin, .unit_end = end};
    q.end = q.unit = find_number_end(begin, end);
    trim(&q.unit, &q.unit_end);
    return q;
}

static sunzi_status find_unit(const item *it, const quantity *q,
                              const sunzi_quantity_unit *stored,
                              const sunzi_quantity_unit **unit)
{
    char allowed[100];
    sunzi_unit_list(stored->dimension, allowed, sizeof allowed);
    if (q->unit == q->unit_end)
        return refuse(it,
                      "its unit is missing; allowed are the units of %s: %s",
                      stored->dimension, allowed);
    *unit = sunzi_unit_find(q->unit, q->unit_end);
    if (!*unit || strcmp((*unit)->dimension, stored->dimension) != 0)
        return refuse(it, "'%s' is not a unit of %s%s%s; allowed are %s",
                      sunzi_quoted(q->unit, q->unit_end).text,
                      stored->dimension, *unit ? " but of " : "",
                      *unit ? (*unit)->dimension : "", allowed);
    return SUNZI_OK;
}

/* common_unit: of a list whose unit stands after the last value only. */
static sunzi_status parse_real(const item *it, const quantity *common_unit,
                               double *value)
{
    const sunzi_run_key *key = it->key;
    const sunzi_quantity_unit *unit = NULL, *stored = NULL;
    quantity q = split_quantity(it->begin, it->end);
    if (q.begin == q.end)
        return refuse_kind(it);
    if (key->unit) {
        if (common_unit && q.unit == q.unit_end) {
            q.unit = common_unit->unit;
            q.unit_end = common_unit->unit_end;
        }
        stored = sunzi_unit_find(key->unit, key->unit + strlen(key->unit));
        const sunzi_status status = find_unit(it, &q, stored, &unit);
        if (status < 0)
            return status;
    } else if (q.unit < q.unit_end) {
        return refuse(it, "'%s' follows the number, expected a number alone",
                      sunzi_quoted(q.unit, q.unit_end).text);
    }
    switch (sunzi_unit_convert(q.begin, q.end, unit, stored, value)) {
    case SUNZI_NUMBER_OK:
        return is_inside(key, *value) ? SUNZI_OK : refuse_range(it);
    case SUNZI_NUMBER_RANGE:
        return refuse(it, "too large for FP64; correct the number");
    default:
        return refuse_kind(it);
    }
}

static sunzi_status parse_integer(const item *it, int64_t *value)
{
    switch (sunzi_number_integer(it->begin, it->end, value)) {
    case SUNZI_NUMBER_OK:
        return is_inside(it->key, (double)*value) ? SUNZI_OK : refuse_range(it);
    case SUNZI_NUMBER_RANGE:
        return refuse(it, "too large for 64 bits; correct the number");
    default:
        return refuse_kind(it);
    }
}

static bool is_word(const item *it, const char *word)
{
    const size_t length = (size_t)(it->end - it->begin);
    return strlen(word) == length && memcmp(it->begin, word, length) == 0;
}

static sunzi_status parse_boolean(const item *it, int64_t *value)
{
    static const char *const words[] = {"no",   "yes", "false",
                                        "true", "off", "on"};
    for (int i = 0; i < 6; i++)
        if (is_word(it, words[i])) {
            *value = i % 2;
            return SUNZI_OK;
        }
    return refuse_kind(it);
}

static sunzi_status parse_choice(const item *it, int64_t *value)
{
    char allowed[200], word[SUNZI_RUN_NAME_MAX + 1];
    const int count = sunzi_run_choices(it->key);
    for (int i = 0; i < count; i++)
        if (is_word(it, it->key->choices[i])) {
            *value = i;
            return SUNZI_OK;
        }
    snprintf(word, sizeof word, "%.*s", (int)(it->end - it->begin), it->begin);
    const char *nearest = sunzi_nearest_name(word, it->key->choices, count);
    if (!nearest)
        return refuse_kind(it);
    describe(it->key, allowed, sizeof allowed);
    return refuse(it, "did you mean '%s'? expected: %s", nearest, allowed);
}

/* A text must come back from a line of a file as it is. */
static sunzi_status parse_text(const item *it, char **text)
{
    void *block;
    const size_t length = (size_t)(it->end - it->begin);
    const size_t room =
        SUNZI_RUN_LINE_MAX - strlen(it->key->name) - strlen(" = ");
    if (length > room)
        return refuse(it,
                      "too long by %zu characters; use a shorter one, such as "
                      "a path from this folder",
                      length - room);
    for (const char *p = it->begin; p < it->end; p++) {
        if ((unsigned char)*p < ' ' || *p == 127)
            return refuse(it, "a control character in it; remove it");
        if ((*p == ';' || *p == '#') && (p == it->begin || is_blank(p[-1])))
            return refuse(it,
                          "a blank before '%c' in it begins a comment; "
                          "remove it",
                          *p);
    }
    const sunzi_status status =
        sunzi_allocate(length + 1, "text of a run file", &block);
    if (status < 0)
        return status;
    *text = block;
    memcpy(*text, it->begin, length);
    (*text)[length] = '\0';
    return SUNZI_OK;
}

/* ---- whole values ---- */

static const char *item_end(const sunzi_run_key *key, const char *begin,
                            const char *end)
{
    const char *comma = sunzi_run_is_list(key)
                            ? memchr(begin, ',', (size_t)(end - begin))
                            : NULL;
    return comma ? comma : end;
}

static int count_items(const sunzi_run_key *key, const char *begin,
                       const char *end)
{
    int count = begin < end;
    if (!sunzi_run_is_list(key))
        return 1;
    for (const char *p = begin; p < end; p++)
        count += *p == ',';
    return count;
}

/* The unit after the last value of a list, if no other value has one. */
static bool find_common_unit(const sunzi_run_key *key, const char *begin,
                             const char *end, quantity *last)
{
    int with_unit = 0;
    for (const char *p = begin;; p++) {
        const char *stop = item_end(key, p, end), *first = p, *after = stop;
        trim(&first, &after);
        *last = split_quantity(first, after);
        with_unit += last->unit < last->unit_end;
        p = stop;
        if (p == end)
            break;
    }
    return with_unit == 1 && last->unit < last->unit_end;
}

static sunzi_status parse_item(const item *it, const quantity *common_unit,
                               int index, sunzi_run_value *value)
{
    switch (it->key->type) {
    case SUNZI_RUN_REAL:
    case SUNZI_RUN_REALS:
        return parse_real(it, common_unit, &value->reals[index]);
    case SUNZI_RUN_INTEGER:
    case SUNZI_RUN_INTEGERS:
        return parse_integer(it, &value->integers[index]);
    case SUNZI_RUN_CHOICE:
    case SUNZI_RUN_CHOICES:
        return parse_choice(it, &value->integers[index]);
    case SUNZI_RUN_BOOLEAN:
        return parse_boolean(it, &value->integers[index]);
    default:
        return parse_text(it, &value->text);
    }
}

static sunzi_status parse_items(const sunzi_run_key *key, const char *begin,
                                const char *end, sunzi_run_value *value)
{
    quantity last;
    const bool common = sunzi_run_is_list(key) && key->unit &&
                        find_common_unit(key, begin, end, &last);
    const char *p = begin;
    for (int i = 0; i < value->count; i++) {
        const char *stop = item_end(key, p, end);
        item it = {key, sunzi_run_is_list(key) ? i + 1 : 0, p, stop};
        trim(&it.begin, &it.end);
        if (it.begin == it.end && it.number)
            return refuse(&it, "it is missing; two commas stand together, or "
                               "one at the end");
        const sunzi_status status =
            parse_item(&it, common ? &last : NULL, i, value);
        if (status < 0)
            return status;
        p = stop + 1;
    }
    return SUNZI_OK;
}

static sunzi_status check_count(const sunzi_run_key *key, int count)
{
    char allowed[240];
    if (!sunzi_run_is_list(key) || (count >= key->least && count <= key->most))
        return SUNZI_OK;
    sunzi_run_describe_all(key, allowed, sizeof allowed);
    return sunzi_fail(SUNZI_ERR_FORMAT, "%s.%s: got %d value%s, expected %s",
                      key->section, key->name, count, count == 1 ? "" : "s",
                      allowed);
}

/* Room for value->count numbers. */
static sunzi_status make_room(const sunzi_run_key *key, sunzi_run_value *value)
{
    void *block = NULL;
    if (key->type == SUNZI_RUN_STRING || key->type == SUNZI_RUN_PATH)
        return SUNZI_OK;
    const sunzi_status status = sunzi_allocate(
        (size_t)value->count * sizeof(double), "value of a run file", &block);
    if (status < 0)
        return status;
    if (key->type == SUNZI_RUN_REAL || key->type == SUNZI_RUN_REALS)
        value->reals = block;
    else
        value->integers = block;
    return SUNZI_OK;
}

sunzi_status sunzi_run_value_parse(const sunzi_run_key *key, const char *begin,
                                   const char *end, sunzi_run_value *value)
{
    sunzi_status status;
    const bool may_be_empty =
        sunzi_run_is_list(key) || (key->standard && !*key->standard);
    *value = (sunzi_run_value){.count = 0};
    trim(&begin, &end);
    if (begin == end && !may_be_empty) {
        char allowed[240];
        sunzi_run_describe_all(key, allowed, sizeof allowed);
        return sunzi_fail(SUNZI_ERR_FORMAT,
                          "%s.%s: the value is missing, expected: %s",
                          key->section, key->name, allowed);
    }
    value->count = count_items(key, begin, end);
    SUNZI_TRY(check_count(key, value->count));
    SUNZI_TRY(make_room(key, value));
    SUNZI_TRY(parse_items(key, begin, end, value));
    if (value->reals && value->count)
        value->real = value->reals[0];
    if (value->integers && value->count)
        value->integer = value->integers[0];
done:
    if (status < 0)
        sunzi_run_value_clear(value);
    return status;
}

void sunzi_run_value_clear(sunzi_run_value *value)
{
    sunzi_release(value->reals);
    sunzi_release(value->integers);
    sunzi_release(value->text);
    *value = (sunzi_run_value){.count = 0};
}
