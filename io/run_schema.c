/* SPDX-License-Identifier: BSD-3-Clause */
/* Schemas of run files: their check, their help text, and values written back.
 */
#define _GNU_SOURCE
#include <locale.h>
#include <string.h>

#include "io/run_errors.h"
#include "io/run_value.h"
#include "io/units.h"

/* Values a line of a list that is written: four of 17 digits, or of the longest
 * names, fit. */
enum { VALUES_A_LINE = 4, HEAD_WIDTH = 34 };

/* ---- check ---- */

static bool is_name(const char *text, size_t longest)
{
    const size_t length = text ? strlen(text) : 0;
    return length > 0 && length <= longest &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789-_") == length;
}

static bool has_good_choices(const sunzi_run_key *key)
{
    const bool wanted =
        key->type == SUNZI_RUN_CHOICE || key->type == SUNZI_RUN_CHOICES;
    const int count = sunzi_run_choices(key);
    for (int i = 0; i < count; i++)
        if (!is_name(key->choices[i], SUNZI_RUN_CHOICE_MAX))
            return false;
    return wanted == (count > 0);
}

/* What is wrong with a row; NULL: nothing. */
static const char *find_fault(const sunzi_run_schema *schema, int index)
{
    const sunzi_run_key *key = &schema->keys[index];
    const bool real =
        key->type == SUNZI_RUN_REAL || key->type == SUNZI_RUN_REALS;
    const bool number = real || key->type == SUNZI_RUN_INTEGER ||
                        key->type == SUNZI_RUN_INTEGERS;
    sunzi_run_range range;
    if (!is_name(key->section, SUNZI_RUN_NAME_MAX) ||
        !is_name(key->name, SUNZI_RUN_NAME_MAX))
        return "its section or name is not letters, digits, '-' and '_'";
    if (sunzi_run_find_key(schema, key->section, key->name) != index)
        return "it is there twice";
    for (int i = 0; i + 1 < index; i++)
        if (strcmp(schema->keys[i].section, key->section) == 0 &&
            strcmp(schema->keys[index - 1].section, key->section) != 0)
            return "its section is in two pieces";
    if (key->unit &&
        (!real || !sunzi_unit_find(key->unit, key->unit + strlen(key->unit))))
        return "its unit is not known, or its type has none";
    if ((key->range && !number) || !sunzi_run_range_parse(key->range, &range))
        return "its range is none, or its type has none";
    if (!has_good_choices(key))
        return "its choices are missing, not wanted, or no names";
    if (sunzi_run_is_list(key) &&
        (key->least < 0 || key->most < 1 || key->least > key->most))
        return "least and most are no limits of a list";
    if (!key->help)
        return "its help is missing";
    return NULL;
}

static sunzi_status check_standard(const sunzi_run_key *key)
{
    sunzi_run_value value;
    if (!key->standard)
        return SUNZI_OK;
    const sunzi_status status = sunzi_run_value_parse(
        key, key->standard, key->standard + strlen(key->standard), &value);
    if (status == SUNZI_ERR_FORMAT) {
        char sentence[400];
        snprintf(sentence, sizeof sentence, "%s", sunzi_last_message());
        return sunzi_fail(SUNZI_ERR_INTERNAL, "run schema: default of %s",
                          sentence);
    }
    sunzi_run_value_clear(&value);
    return status;
}

sunzi_status sunzi_run_schema_check(const sunzi_run_schema *schema)
{
    if (schema->count < 1 || schema->count > SUNZI_RUN_KEYS_MAX)
        return sunzi_fail(SUNZI_ERR_INTERNAL,
                          "run schema %s: %d keys, allowed are 1 to %d",
                          schema->name, schema->count, SUNZI_RUN_KEYS_MAX);
    for (int i = 0; i < schema->count; i++) {
        const sunzi_run_key *key = &schema->keys[i];
        const char *fault = find_fault(schema, i);
        if (fault)
            return sunzi_fail(SUNZI_ERR_INTERNAL,
                              "run schema %s: key %d, %s.%s: %s", schema->name,
                              i, key->section ? key->section : "(null)",
                              key->name ? key->name : "(null)", fault);
        const sunzi_status status = check_standard(key);
        if (status < 0)
            return status;
    }
    return SUNZI_OK;
}

/* ---- help ---- */

static void print_indented(FILE *stream, const char *text)
{
    while (*text) {
        const size_t length = strcspn(text, "\n");
        fprintf(stream, "      %.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void print_key(FILE *stream, const sunzi_run_key *key)
{
    char head[200], allowed[240];
    sunzi_run_describe_all(key, allowed, sizeof allowed);
    snprintf(head, sizeof head, "%s = %s", key->name,
             key->standard ? key->standard : "(required)");
    fprintf(stream, "  %-*s  %s\n", HEAD_WIDTH, head, allowed);
    print_indented(stream, key->help);
}

static const char *dimension_of(const sunzi_run_key *key)
{
    return key->unit ? sunzi_unit_find(key->unit, key->unit + strlen(key->unit))
                           ->dimension
                     : "";
}

static void print_units(FILE *stream, const sunzi_run_schema *schema)
{
    bool any = false;
    for (int i = 0; i < schema->count; i++) {
        const char *dimension = dimension_of(&schema->keys[i]);
        char names[100];
        int before = 0;
        while (before < i &&
               strcmp(dimension_of(&schema->keys[before]), dimension) != 0)
            before++;
        if (!*dimension || before < i)
            continue;
        sunzi_unit_list(dimension, names, sizeof names);
        fprintf(stream, "%s  %-24s  %s\n",
                any ? ""
                    : "\nunits, always written "
                      "with the number:\n",
                dimension, names);
        any = true;
    }
}

void sunzi_run_schema_print(const sunzi_run_schema *schema, FILE *stream)
{
    const char *section = "";
    for (int i = 0; i < schema->count; i++) {
        const sunzi_run_key *key = &schema->keys[i];
        if (strcmp(section, key->section) != 0)
            fprintf(stream, "%s[%s]\n", i ? "\n" : "", key->section);
        section = key->section;
        print_key(stream, key);
    }
    print_units(stream, schema);
}

/* ---- values ---- */

static void write_item(FILE *stream, const sunzi_run_key *key,
                       const sunzi_run_value *value, int i)
{
    if (value->reals)
        fprintf(stream, "%.17g", value->reals[i]);
    else if (key->choices)
        fputs(key->choices[value->integers[i]], stream);
    else if (key->type == SUNZI_RUN_BOOLEAN)
        fputs(value->integers[i] ? "yes" : "no", stream);
    else
        fprintf(stream, "%lld", (long long)value->integers[i]);
}

static void write_value(FILE *stream, const sunzi_run_key *key,
                        const sunzi_run_value *value)
{
    const bool empty = value->text ? !*value->text : !value->count;
    fprintf(stream, "%s =%s", key->name, empty ? "" : " ");
    if (value->text)
        fputs(value->text, stream);
    for (int i = 0; !value->text && i < value->count; i++) {
        if (i)
            fputs(i % VALUES_A_LINE ? ", " : ",\n    ", stream);
        write_item(stream, key, value, i);
    }
    fprintf(stream, "%s%s\n", key->unit && !empty ? " " : "",
            key->unit && !empty ? key->unit : "");
}

static void write_values(FILE *stream, const sunzi_run_file *file)
{
    const char *section = "";
    for (int i = 0; i < file->schema->count; i++) {
        const sunzi_run_key *key = &file->schema->keys[i];
        if (strcmp(section, key->section) != 0)
            fprintf(stream, "%s[%s]\n", i ? "\n" : "", key->section);
        section = key->section;
        write_value(stream, key, &file->value[i]);
    }
}

sunzi_status sunzi_run_file_write(const sunzi_run_file *file, FILE *stream)
{
    /* the decimal point is that of the C locale, on this thread only */
    const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale)
        return sunzi_fail(SUNZI_ERR_NOMEM, "sunzi_run_file_write: no memory "
                                           "for the C locale; free some");
    const locale_t previous = uselocale(c_locale);
    write_values(stream, file);
    uselocale(previous);
    freelocale(c_locale);
    if (fflush(stream) != 0 || ferror(stream))
        return sunzi_fail(SUNZI_ERR_FILE,
                          "sunzi_run_file_write: the stream does not take the "
                          "text; see that its disk has free space");
    return SUNZI_OK;
}
