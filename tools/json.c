/* SPDX-License-Identifier: BSD-3-Clause */
/* JSON as RFC 8259 defines it. */
#include "tools/json.h"

#include <inttypes.h>
#include <math.h>

#include "tools/command.h"

/* Length of the UTF-8 sequence at c (RFC 3629), 0 if it is none. */
static int sequence_length(const unsigned char *c)
{
    const int length = c[0] < 0x80   ? 1
                       : c[0] < 0xc2 ? 0
                       : c[0] < 0xe0 ? 2
                       : c[0] < 0xf0 ? 3
                       : c[0] < 0xf5 ? 4
                                     : 0;
    for (int i = 1; i < length; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) ||
        (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
        return 0;
    return length;
}

/* A path may hold any bytes: those that are not UTF-8 are written as the
 * Latin-1 characters of the same number. */
static void put_string(FILE *out, const char *text)
{
    fputc('"', out);
    const unsigned char *c = (const unsigned char *)text;
    while (*c) {
        const int length = sequence_length(c);
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f || length == 0)
            fprintf(out, "\\u%04x", *c);
        else
            fwrite(c, 1, (size_t)length, out);
        c += length ? length : 1;
    }
    fputc('"', out);
}

/* Comma, line break, indentation and key of the next member. */
static void begin_member(sunzi_json *json, const char *key)
{
    if (json->depth > 0) {
        fputs(json->filled[json->depth] ? ",\n" : "\n", json->out);
        json->filled[json->depth] = true;
        fprintf(json->out, "%*s", 2 * json->depth, "");
    }
    if (key) {
        put_string(json->out, key);
        fputs(": ", json->out);
    }
}

void sunzi_json_open(sunzi_json *json, const char *key, char bracket)
{
    begin_member(json, key);
    fputc(bracket, json->out);
    json->depth++;
    json->filled[json->depth] = false;
}

void sunzi_json_close(sunzi_json *json, char bracket)
{
    const bool filled = json->filled[json->depth];
    json->depth--;
    if (filled)
        fprintf(json->out, "\n%*s", 2 * json->depth, "");
    fputc(bracket, json->out);
    if (json->depth == 0)
        fputc('\n', json->out);
}

void sunzi_json_string(sunzi_json *json, const char *key, const char *text)
{
    begin_member(json, key);
    if (text)
        put_string(json->out, text);
    else
        fputs("null", json->out);
}

void sunzi_json_number(sunzi_json *json, const char *key, double value)
{
    begin_member(json, key);
    if (isfinite(value))
        fprintf(json->out, "%.17g", value);
    else
        fputs("null", json->out);
}

void sunzi_json_integer(sunzi_json *json, const char *key, int64_t value)
{
    begin_member(json, key);
    fprintf(json->out, "%" PRId64, value);
}

void sunzi_json_unsigned(sunzi_json *json, const char *key, uint64_t value)
{
    begin_member(json, key);
    fprintf(json->out, "%" PRIu64, value);
}

void sunzi_json_bool(sunzi_json *json, const char *key, bool value)
{
    begin_member(json, key);
    fputs(value ? "true" : "false", json->out);
}

void sunzi_json_device(sunzi_json *json, const sunzi_device_use *use)
{
    sunzi_json_open(json, "device", '{');
    sunzi_json_string(json, "name", use->name);
    sunzi_json_integer(json, "number", use->number);
    sunzi_json_integer(json, "launches", use->launches);
    sunzi_json_integer(json, "copies_to", use->copies_to);
    sunzi_json_integer(json, "copies_from", use->copies_from);
    sunzi_json_integer(json, "bytes_to", use->bytes_to);
    sunzi_json_integer(json, "bytes_from", use->bytes_from);
    sunzi_json_integer(json, "beside_to", use->beside_to);
    sunzi_json_integer(json, "beside_from", use->beside_from);
    sunzi_json_integer(json, "bytes_most", use->bytes_most);
    sunzi_json_close(json, '}');
}

/* ---- files ---- */

sunzi_status sunzi_json_file_open(const char *path, sunzi_json_file *report)
{
    const sunzi_status status = sunzi_new_file_open(path, &report->file);
    if (status == SUNZI_OK)
        report->json = (sunzi_json){.out = report->file.stream};
    return status;
}

sunzi_status sunzi_json_file_close(sunzi_json_file *report)
{
    return sunzi_new_file_close(&report->file, !ferror(report->file.stream));
}

int sunzi_json_file_told(const char *command, sunzi_status status)
{
    if (status == SUNZI_OK)
        return SUNZI_EXIT_REACHED;
    sunzi_tool_error(command, "--report: %s", sunzi_last_message());
    return SUNZI_EXIT_INPUT;
}
