/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading of arguments and printing of messages for all subcommands. */
#define _DEFAULT_SOURCE
#include "tools/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/nearest.h"

enum { LONGEST_NAME = 40, MOST_NAMES = 40, WIDTH = 100 };

void sunzi_tool_error(const char *command, const char *format, ...)
{
    va_list list;
    fflush(stdout);
    fprintf(stderr, "%s: ", command);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
}

static int unknown_option(const sunzi_tool_args *args, const char *text,
                          size_t length)
{
    const char *names[MOST_NAMES];
    char word[LONGEST_NAME + 2];
    int count = 0;
    for (; count < args->option_count && count < MOST_NAMES; count++)
        names[count] = args->options[count].name;
    snprintf(word, sizeof word, "%.*s", (int)length, text);
    const char *nearest = sunzi_nearest_name(word, names, count);
    if (nearest)
        sunzi_tool_error(args->command,
                         "there is no option '%s'; did you mean '%s'?", word,
                         nearest);
    else
        sunzi_tool_error(args->command,
                         "there is no option '%s'; see %s --help", word,
                         args->command);
    return SUNZI_ARG_WRONG;
}

static int find_option(const sunzi_tool_args *args, const char *text,
                       size_t length)
{
    for (int i = 0; i < args->option_count; i++) {
        const sunzi_tool_option *option = &args->options[i];
        if (text[1] == '-' ? strlen(option->name) == length &&
                                 strncmp(option->name, text, length) == 0
                           : length == 2 && option->letter == text[1])
            return i;
    }
    return unknown_option(args, text, length);
}

/* A forgotten value is more likely than a file called "--quiet". */
static bool is_option(const sunzi_tool_args *args, const char *text)
{
    for (int i = 0; i < args->option_count; i++)
        if (strcmp(args->options[i].name, text) == 0)
            return true;
    return false;
}

/* "--section.key=value"; what is wrong with it the run file's reader tells. */
static bool is_override(const char *text)
{
    return strncmp(text, "--", 2) == 0 && memchr(text, '.', strcspn(text, "="));
}

int sunzi_tool_next(sunzi_tool_args *args)
{
    if (args->at >= args->argc)
        return SUNZI_ARG_END;
    const char *text = args->argv[args->at++];
    if (!args->operands_only && strcmp(text, "--") == 0) {
        args->operands_only = true;
        return sunzi_tool_next(args);
    }
    args->value = text;
    if (args->operands_only || text[0] != '-' || text[1] == '\0')
        return SUNZI_ARG_OPERAND;
    if (args->overrides && is_override(text))
        return SUNZI_ARG_OVERRIDE;
    const char *equals = text[1] == '-' ? strchr(text, '=') : NULL;
    const size_t length = equals ? (size_t)(equals - text) : strlen(text);
    const int found = find_option(args, text, length);
    if (found < 0)
        return found;
    const sunzi_tool_option *option = &args->options[found];
    args->value = equals ? equals + 1 : NULL;
    if (!option->value && equals) {
        sunzi_tool_error(args->command, "option %s takes no value, got '%s'",
                         option->name, args->value);
        return SUNZI_ARG_WRONG;
    }
    if (option->value && !equals) {
        if (args->at >= args->argc) {
            sunzi_tool_error(args->command, "option %s needs %s after it",
                             option->name, option->value);
            return SUNZI_ARG_WRONG;
        }
        args->value = args->argv[args->at++];
        if (is_option(args, args->value)) {
            sunzi_tool_error(args->command,
                             "option %s needs %s after it, got the option "
                             "'%s'; if that is meant, write %s=%s",
                             option->name, option->value, args->value,
                             option->name, args->value);
            return SUNZI_ARG_WRONG;
        }
    }
    return found;
}

int sunzi_tool_choice(const char *command, const char *option,
                      const char *value, const char *const *names, int count)
{
    char allowed[200] = "";
    size_t used = 0;
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], value) == 0)
            return i;
    for (int i = 0; i < count && used < sizeof allowed; i++)
        used += (size_t)snprintf(allowed + used, sizeof allowed - used, "%s%s",
                                 i ? ", " : "", names[i]);
    const char *nearest = sunzi_nearest_name(value, names, count);
    sunzi_tool_error(command, "%s: got '%.60s', allowed are %s%s%s%s", option,
                     value, allowed, nearest ? "; did you mean '" : "",
                     nearest ? nearest : "", nearest ? "'?" : "");
    return -1;
}

long sunzi_tool_number(const char *command, const char *option,
                       const char *value, long low, long high)
{
    char *end;
    errno = 0;
    const long number = strtol(value, &end, 10);
    if (!errno && *value >= '0' && *value <= '9' && *end == '\0' &&
        number >= low && number <= high)
        return number;
    sunzi_tool_error(command,
                     "%s: got '%.60s', allowed are whole numbers from %ld to "
                     "%ld",
                     option, value, low, high);
    return -1;
}

void sunzi_tool_print_options(const sunzi_tool_option *options, int count)
{
    for (int i = 0; i < count; i++) {
        char head[60];
        int used = 0;
        if (options[i].letter)
            used = snprintf(head, sizeof head, "-%c, ", options[i].letter);
        snprintf(head + used, sizeof head - (size_t)used, "%s%s%s",
                 options[i].name, options[i].value ? " " : "",
                 options[i].value ? options[i].value : "");
        const char *line = options[i].help;
        while (line) {
            const char *next = strchr(line, '\n');
            const int length = next ? (int)(next - line) : (int)strlen(line);
            printf("  %-18s %.*s\n", head, length, line);
            head[0] = '\0';
            line = next ? next + 1 : NULL;
        }
    }
}

void sunzi_tool_print_wrapped(const char *head, const char *text)
{
    const int indent = (int)strlen(head);
    int column = indent;
    fputs(head, stdout);
    while (*text) {
        const size_t blanks = strspn(text, " \n");
        const size_t length = strcspn(text + blanks, " \n");
        text += blanks;
        if (length && column > indent && column + 1 + (int)length > WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
        }
        if (column > indent && length)
            column += printf(" ");
        column += printf("%.*s", (int)length, text);
        text += length;
    }
    putchar('\n');
}

double sunzi_tool_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int sunzi_tool_finish(const char *command, int exit_code)
{
    static bool told;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return exit_code;
    if (!told)
        sunzi_tool_error(command, "the output could not be written: %s",
                         strerror(errno));
    told = true;
    return SUNZI_EXIT_INPUT;
}
