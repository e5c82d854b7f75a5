/* SPDX-License-Identifier: BSD-3-Clause */
/* Run files: what a simulation is to do, as INI text (doc/run-files.md).
 *
 * A schema is a constant table with one row a key: type, unit, range, default,
 * help. The same table checks files and command-line overrides, makes the help
 * text, and writes the values in force back. A program names the rows by an
 * enumeration,
 *
 *     enum { STEP, POLICY, KEYS };
 *     static const sunzi_run_key keys[KEYS] = {
 *         [STEP] = {"time", "dt", SUNZI_RUN_REAL, .unit = "ms",
 *                   .range = "(0, 1]", .standard = "0.01 ms",
 *                   .help = "step of the cells"}, ...
 *
 * and reads file.value[STEP].real. */
#ifndef SUNZI_IO_RUN_FILE_H
#define SUNZI_IO_RUN_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <sunzi/comm.h>

#include "core/status.h"

typedef enum sunzi_run_type {
    SUNZI_RUN_INTEGER,  /* 64 bits */
    SUNZI_RUN_REAL,     /* finite */
    SUNZI_RUN_BOOLEAN,  /* yes, no; also true, false, on, off */
    SUNZI_RUN_CHOICE,   /* one of `choices` */
    SUNZI_RUN_STRING,   /* what follows the sign of equality */
    SUNZI_RUN_PATH,     /* a file name, taken as it is */
    SUNZI_RUN_INTEGERS, /* lists: parted by commas, over several lines if */
    SUNZI_RUN_REALS,    /* those that follow the first are indented */
    SUNZI_RUN_CHOICES
} sunzi_run_type;

typedef struct sunzi_run_key {
    const char *section, *name; /* letters, digits, '-', '_' */
    sunzi_run_type type;
    const char *unit;  /* in which a real is stored; NULL: a pure number */
    const char *range; /* of numbers as stored, "(0, inf)"; NULL: all */
    const char *const *choices; /* ends with NULL */
    int least, most;            /* values of a list */
    const char *standard;       /* the default, as in a file; NULL: none, the
                                   key must be given */
    const char *help;           /* one or more lines */
} sunzi_run_key;

typedef struct sunzi_run_schema {
    const char *name; /* "cardiac" */
    const sunzi_run_key *keys;
    int count; /* at most SUNZI_RUN_KEYS_MAX */
} sunzi_run_schema;

enum {
    SUNZI_RUN_KEYS_MAX = 256,
    SUNZI_RUN_NAME_MAX = 40,   /* characters of a section or key */
    SUNZI_RUN_CHOICE_MAX = 32, /* and of a choice */
    SUNZI_RUN_LINE_MAX = 197,  /* characters of a line without its comment: what
                                  inih takes in its usual build */
    SUNZI_RUN_BYTES_MAX = 1 << 20, /* of a file */
    SUNZI_RUN_ERRORS_MAX = 20      /* that are told of a file */
};

/* A value in force. */
typedef struct sunzi_run_value {
    int line;           /* where it comes from: a line of the file; 0: none */
    const char *option; /* the command-line option; NULL: none */
    int count;          /* 1, or of a list */
    double real;        /* the first number */
    int64_t integer;    /* the first one; a choice's index; yes is 1 */
    double *reals;      /* all `count` of them; NULL for other types */
    int64_t *integers;
    char *text; /* strings and paths */
} sunzi_run_value;

typedef struct sunzi_run_file {
    const sunzi_run_schema *schema;
    const char *path;       /* NULL: no file */
    sunzi_run_value *value; /* [schema->count] */
    char *block;            /* the path, the options */
} sunzi_run_file;

/* One command-line override. */
typedef struct sunzi_run_override {
    const char *option; /* as given: "--tissue.dt=1 ms", or "--dt" */
    const char *key;    /* "tissue.dt"; NULL: option holds key and value */
    const char *value;
} sunzi_run_override;

/* All that is wrong with a run file and the overrides, in their order. */
typedef struct sunzi_run_errors {
    int count; /* found */
    int kept;  /* of them in line: at most SUNZI_RUN_ERRORS_MAX */
    int place[SUNZI_RUN_ERRORS_MAX]; /* line of the file; overrides follow */
    char line[SUNZI_RUN_ERRORS_MAX][512];
} sunzi_run_errors;

/* Collective. Read a run file on process 0 and give the values, with the
 * overrides of process 0 put over them, to all processes: the same bits
 * everywhere. path NULL: defaults and overrides only. Other processes' path,
 * overrides and count do not matter; the schema is the same on all. *file is to
 * be cleared; after a negative status it holds nothing. errors may be NULL;
 * otherwise it is the same on all processes.
 * SUNZI_ERR_FILE, SUNZI_ERR_FORMAT (of the file), SUNZI_ERR_ARG (of an
 * override), SUNZI_ERR_NOMEM, SUNZI_ERR_INTERNAL (of the schema); the sentence
 * is the first error. */
sunzi_status sunzi_run_file_read(sunzi_comm *comm,
                                 const sunzi_run_schema *schema,
                                 const char *path,
                                 const sunzi_run_override *overrides,
                                 int overrides_count, sunzi_run_file *file,
                                 sunzi_run_errors *errors);

/* NULL and a zeroed file are allowed. */
void sunzi_run_file_clear(sunzi_run_file *file);

/* A later objection to value `key`: "run.ini:7: tissue.dt: SENTENCE". Returns
 * SUNZI_ERR_ARG. */
sunzi_status sunzi_run_file_fail(const sunzi_run_file *file, int key,
                                 const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The values in force as a run file, which gives the same bits when it is read.
 * SUNZI_ERR_FILE if the stream fails. */
sunzi_status sunzi_run_file_write(const sunzi_run_file *file, FILE *stream);

/* The keys with their ranges, units, defaults and help. */
void sunzi_run_schema_print(const sunzi_run_schema *schema, FILE *stream);

/* SUNZI_ERR_INTERNAL with a sentence if the table is wrong. */
sunzi_status sunzi_run_schema_check(const sunzi_run_schema *schema);

#endif
