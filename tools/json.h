/* SPDX-License-Identifier: BSD-3-Clause */
/* A small JSON writer: indentation, escapes, and numbers that read back to the
 * same FP64 value; NaN and infinities become null. The keys of one object are
 * the caller's business. */
#ifndef SUNZI_TOOLS_JSON_H
#define SUNZI_TOOLS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sunzi/context.h>

#include "io/new_file.h"

enum { SUNZI_JSON_DEPTH = 16 };

typedef struct sunzi_json {
    FILE *out;
    int depth;
    bool filled[SUNZI_JSON_DEPTH]; /* the object or array has a member */
} sunzi_json;

/* `key` is NULL inside an array and at the top. */
void sunzi_json_open(sunzi_json *json, const char *key, char bracket);
void sunzi_json_close(sunzi_json *json, char bracket);
void sunzi_json_string(sunzi_json *json, const char *key, const char *text);
void sunzi_json_number(sunzi_json *json, const char *key, double value);
void sunzi_json_integer(sunzi_json *json, const char *key, int64_t value);
void sunzi_json_unsigned(sunzi_json *json, const char *key, uint64_t value);
void sunzi_json_bool(sunzi_json *json, const char *key, bool value);
/* A report in a file of its own, which appears when it is whole. If it was
 * opened, close it. SUNZI_ERR_FILE, with the sentence. */
typedef struct sunzi_json_file {
    sunzi_new_file file;
    sunzi_json json;
} sunzi_json_file;
sunzi_status sunzi_json_file_open(const char *path, sunzi_json_file *report);
sunzi_status sunzi_json_file_close(sunzi_json_file *report);

/* What --report came to: the exit code 0, or SUNZI_EXIT_INPUT after a message.
 */
int sunzi_json_file_told(const char *command, sunzi_status status);

/* "device": what was computed there, and every copy to it and from it. */
void sunzi_json_device(sunzi_json *json, const sunzi_device_use *use);

#endif
