/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/run_errors.h"

#include <stdarg.h>
#include <string.h>

#include "io/nearest.h"
#include "core/text.h"

void sunzi_run_error(sunzi_run_errors *errors, int place, const char *format,
                     ...)
{
    int at = errors->kept;
    errors->count++;
    while (at > 0 && errors->place[at - 1] > place)
        at--;
    if (at == SUNZI_RUN_ERRORS_MAX)
        return;
    if (errors->kept < SUNZI_RUN_ERRORS_MAX)
        errors->kept++;
    for (int i = errors->kept - 1; i > at; i--) {
        errors->place[i] = errors->place[i - 1];
        memcpy(errors->line[i], errors->line[i - 1], sizeof *errors->line);
    }
    va_list args;
    va_start(args, format);
    vsnprintf(errors->line[at], sizeof *errors->line, format, args);
    va_end(args);
    errors->place[at] = place;
}

int sunzi_run_find_key(const sunzi_run_schema *schema, const char *section,
                       const char *name)
{
    for (int i = 0; i < schema->count; i++)
        if (strcmp(schema->keys[i].section, section) == 0 &&
            strcmp(schema->keys[i].name, name) == 0)
            return i;
    return -1;
}

bool sunzi_run_has_section(const sunzi_run_schema *schema, const char *section)
{
    for (int i = 0; i < schema->count; i++)
        if (strcmp(schema->keys[i].section, section) == 0)
            return true;
    return false;
}

static sunzi_quote quoted(const char *word)
{
    return sunzi_quoted(word, word + strlen(word));
}

/* "; did you mean 'dt'?", or the list of what there is. */
static void add_hint(char *hint, size_t bytes, const char *word,
                     const char *const *names, int count)
{
    const char *nearest = sunzi_nearest_name(word, names, count);
    if (nearest) {
        snprintf(hint, bytes, "did you mean '%s'?", nearest);
        return;
    }
    size_t used = (size_t)snprintf(hint, bytes, "there are ");
    for (int i = 0; i < count && used < bytes; i++)
        used += (size_t)snprintf(hint + used, bytes - used, "%s%s",
                                 i ? ", " : "", names[i]);
}

void sunzi_run_unknown_section(sunzi_run_errors *errors, int place,
                               const char *at, const sunzi_run_schema *schema,
                               const char *section)
{
    const char *names[SUNZI_RUN_KEYS_MAX];
    char hint[200];
    int count = 0;
    for (int i = 0; i < schema->count; i++)
        if (i == 0 || strcmp(schema->keys[i].section, names[count - 1]) != 0)
            names[count++] = schema->keys[i].section;
    add_hint(hint, sizeof hint, section, names, count);
    sunzi_run_error(errors, place, "%sthere is no section [%s]; %s", at,
                    quoted(section).text, hint);
}

/* The key may stand under another section. */
static bool is_elsewhere(const sunzi_run_schema *schema, const char *name,
                         char *hint, size_t bytes)
{
    for (int i = 0; i < schema->count; i++)
        if (strcmp(schema->keys[i].name, name) == 0) {
            snprintf(hint, bytes, "it belongs to section [%s]",
                     schema->keys[i].section);
            return true;
        }
    return false;
}

void sunzi_run_unknown_key(sunzi_run_errors *errors, int place, const char *at,
                           const sunzi_run_schema *schema, const char *section,
                           const char *name)
{
    const char *names[SUNZI_RUN_KEYS_MAX];
    char hint[200];
    int count = 0;
    for (int i = 0; i < schema->count; i++)
        if (strcmp(schema->keys[i].section, section) == 0)
            names[count++] = schema->keys[i].name;
    if (!is_elsewhere(schema, name, hint, sizeof hint))
        add_hint(hint, sizeof hint, name, names, count);
    sunzi_run_error(errors, place, "%sthere is no key %s.%s; %s", at, section,
                    quoted(name).text, hint);
}
