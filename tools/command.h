/* SPDX-License-Identifier: BSD-3-Clause */
/* What the subcommands of `sunzi` share: exit codes, options, messages. */
#ifndef SUNZI_TOOLS_COMMAND_H
#define SUNZI_TOOLS_COMMAND_H

#include <stdbool.h>

/* Exit codes; doc/sunzi-solve.1 says what each means to a caller. */
enum {
    SUNZI_EXIT_REACHED = 0,
    SUNZI_EXIT_LOWER = 1,
    SUNZI_EXIT_INPUT = 2,
    SUNZI_EXIT_UNSOLVED = 3
};

typedef struct sunzi_tool_option {
    const char *name;  /* "--grade" */
    char letter;       /* 'h' for -h; 0: none */
    const char *value; /* what follows, for the help text; NULL: nothing */
    const char *help;  /* one or more lines */
} sunzi_tool_option;

/* The arguments of one subcommand while they are read. */
typedef struct sunzi_tool_args {
    const char *command; /* "sunzi solve", for messages */
    const sunzi_tool_option *options;
    int option_count;
    int argc;
    char **argv;
    int at;             /* next argument to read */
    bool operands_only; /* after "--" */
    bool overrides;     /* --section.key=value is an argument of the command */
    const char *value;  /* of the option or operand found last */
} sunzi_tool_args;

enum {
    SUNZI_ARG_END = -1,
    SUNZI_ARG_OPERAND = -2,
    SUNZI_ARG_WRONG = -3,
    SUNZI_ARG_OVERRIDE = -4
};

/* The next argument: an index into options (value is set where it has one),
 * SUNZI_ARG_OPERAND, SUNZI_ARG_OVERRIDE (value is all of it: the `option` of a
 * sunzi_run_override), SUNZI_ARG_END, or SUNZI_ARG_WRONG after a message. */
int sunzi_tool_next(sunzi_tool_args *args);

/* Index of `value` in names, or -1 after a message about `option`. */
int sunzi_tool_choice(const char *command, const char *option,
                      const char *value, const char *const *names, int count);

/* A whole decimal number in [low, high], or -1 after a message; low >= 0. */
long sunzi_tool_number(const char *command, const char *option,
                       const char *value, long low, long high);

/* "command: sentence" on the standard error. */
void sunzi_tool_error(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The list of options, on the standard output. */
void sunzi_tool_print_options(const sunzi_tool_option *options, int count);

/* Words of `text` in lines of at most 100 columns on the standard output: the
 * first line follows `head`, the others are indented by its width. */
void sunzi_tool_print_wrapped(const char *head, const char *text);

/* Seconds of a monotonic clock. */
double sunzi_tool_seconds(void);

/* Flush the standard output: the exit code given, or SUNZI_EXIT_INPUT after a
 * message, the first time, if something printed could not be written (a full
 * disk). */
int sunzi_tool_finish(const char *command, int exit_code);

int sunzi_tool_solve(int argc, char **argv); /* argv[0] is the subcommand */
int sunzi_tool_info(int argc, char **argv);
int sunzi_tool_bench(int argc, char **argv);
int sunzi_tool_compare(int argc, char **argv);
int sunzi_tool_plot(int argc, char **argv);
int sunzi_tool_cardiac(int argc, char **argv);
int sunzi_tool_pb(int argc, char **argv);
int sunzi_tool_validate(int argc, char **argv);

#endif
