/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading of run files. inih parts lines into sections, keys and values. It
 * tells neither of what it skips nor of sections, cuts lines that are too long,
 * and some of its rules are chosen when it is built: so it gets its lines from
 * here, one by one, without comments, and what it does not hand back is an
 * error. */
#include "io/run_file.h"

#include <ini.h>
#include <stdarg.h>
#include <string.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "io/run_errors.h"
#include "io/run_value.h"
#include "core/text.h"

/* ---- what process 0 knows, in one block ---- */

/* block: the path, then option, key, value of each override, all ended by zero
 * bytes; then the text of the file, and a zero byte. */
typedef struct packet {
    int64_t has_path, overrides, text_bytes, bytes;
    char *block;
} packet;

enum { PACKET_NUMBERS = 4 };

static size_t length_of(const char *text)
{
    return text ? strlen(text) + 1 : 1;
}

static char *append(char *at, const char *text)
{
    memcpy(at, text ? text : "", length_of(text));
    return at + length_of(text);
}

static sunzi_status check_overrides(const sunzi_run_override *overrides,
                                    int count)
{
    for (int i = 0; i < count; i++)
        if (!overrides[i].option || (overrides[i].key && !overrides[i].value))
            return sunzi_fail(SUNZI_ERR_ARG,
                              "sunzi_run_file_read: override %d has no option, "
                              "or a key without a value; set both",
                              i);
    return SUNZI_OK;
}

static sunzi_status pack(const char *path, const sunzi_run_override *overrides,
                         int count, packet *p)
{
    static const sunzi_text_kind kind = {
        "run file", "give a text file with [sections] and key = value lines",
        SUNZI_RUN_BYTES_MAX};
    sunzi_text text = {.path = path};
    void *block;
    size_t bytes = length_of(path) + 1;
    sunzi_status status;
    SUNZI_TRY(check_overrides(overrides, count));
    if (path)
        SUNZI_TRY(sunzi_text_load(path, &kind, &text));
    p->has_path = path != NULL;
    p->overrides = count;
    p->text_bytes = text.end - text.next;
    for (int i = 0; i < count; i++)
        bytes += length_of(overrides[i].option) + length_of(overrides[i].key) +
                 length_of(overrides[i].value);
    p->bytes = (int64_t)bytes + p->text_bytes;
    SUNZI_TRY(sunzi_allocate((size_t)p->bytes, "run file", &block));
    p->block = block;
    char *at = append(p->block, path);
    for (int i = 0; i < count; i++)
        at = append(append(append(at, overrides[i].option), overrides[i].key),
                    overrides[i].value);
    if (p->text_bytes)
        memcpy(at, text.next, (size_t)p->text_bytes);
    at[p->text_bytes] = '\0';
done:
    sunzi_text_release(&text);
    return status;
}

/* Collective. The packet of process 0 on all processes. */
static sunzi_status share_packet(sunzi_comm *comm, packet *p)
{
    int64_t numbers[PACKET_NUMBERS] = {p->has_path, p->overrides, p->text_bytes,
                                       p->bytes};
    void *block = p->block;
    sunzi_status status;
    SUNZI_TRY(sunzi_comm_broadcast(comm, 0, numbers, sizeof numbers));
    p->has_path = numbers[0];
    p->overrides = numbers[1];
    p->text_bytes = numbers[2];
    p->bytes = numbers[3];
    if (!block)
        status = sunzi_allocate((size_t)p->bytes, "run file", &block);
    p->block = block;
    SUNZI_TRY(sunzi_comm_agree(comm, status));
    SUNZI_TRY(sunzi_comm_broadcast(comm, 0, p->block, (size_t)p->bytes));
done:
    return status;
}

/* ---- lines ---- */

/* Text of one key, where it stands in the buffer. */
typedef struct raw {
    const char *begin;
    size_t bytes;
    int line; /* 0: not given */
} raw;

typedef struct reader {
    const sunzi_run_schema *schema;
    sunzi_text text;
    sunzi_run_errors *errors;
    char *buffer; /* the values, one behind the other */
    size_t used;
    raw raw[SUNZI_RUN_KEYS_MAX];
    char at[256];      /* "run.ini:7: " */
    bool awaited;      /* inih has this line and has not handed it back */
    bool continuation; /* this line belongs to the key before it */
    bool skip;         /* in a section that is not known */
    int key;           /* of the last line with one; -1: none that is known */
} reader;

static int line_of(const reader *r)
{
    return (int)r->text.number;
}

/* The beginning of sentences about the current line. */
static void set_place(reader *r)
{
    snprintf(r->at, sizeof r->at,
             "%s:%d: ", sunzi_quoted_path(r->text.path).text, line_of(r));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* The line without its comment and without blanks around it. */
static void strip(const char **begin, const char **end)
{
    const char *p = *begin, *first = *begin;
    while (p < *end && is_blank(*p))
        p++;
    *begin = p;
    for (; p < *end; p++)
        if ((*p == ';' || *p == '#') &&
            (p == *begin || (p > first && is_blank(p[-1])))) {
            *end = p;
            break;
        }
    while (*end > *begin && is_blank((*end)[-1]))
        --*end;
}

/* False after an error: inih is not to see the line. */
static bool check_section(reader *r, const char *begin, const char *end)
{
    char section[SUNZI_RUN_NAME_MAX + 1];
    const char *close = memchr(begin, ']', (size_t)(end - begin));
    r->skip = true;
    r->key = -1;
    if (!close || close + 1 != end) {
        sunzi_run_error(r->errors, line_of(r),
                        "%sgot '%s', expected a [section] alone on its line",
                        r->at, sunzi_quoted(begin, end).text);
        return false;
    }
    snprintf(section, sizeof section, "%.*s", (int)(close - begin) - 1,
             begin + 1);
    r->skip = !sunzi_run_has_section(r->schema, section) ||
              strlen(section) != (size_t)(close - begin) - 1;
    if (r->skip)
        sunzi_run_unknown_section(r->errors, line_of(r), r->at, r->schema,
                                  section);
    return !r->skip;
}

/* Indented lines continue the one before them, but indented keys are keys. */
static bool is_continuation(const reader *r, const char *begin, const char *end)
{
    return begin > r->text.line && begin < end && *begin != '[' &&
           !memchr(begin, '=', (size_t)(end - begin)) &&
           !memchr(begin, ':', (size_t)(end - begin));
}

static bool fits(reader *r, const char *begin, const char *end, int room)
{
    const int length = (int)(end - begin);
    const int most =
        room - 3 < SUNZI_RUN_LINE_MAX ? room - 3 : SUNZI_RUN_LINE_MAX;
    if (length <= most)
        return true;
    sunzi_run_error(r->errors, line_of(r),
                    "%sthe line has %d characters, at most %d are read; "
                    "continue lists on indented lines, use shorter names",
                    r->at, length, most);
    r->key = -1;
    return false;
}

/* Called by inih before the next line and by us after the last one. */
static void settle(reader *r)
{
    if (r->awaited && !r->skip) {
        sunzi_run_error(r->errors, line_of(r),
                        "%sgot '%s', expected [section] or key = value", r->at,
                        sunzi_quoted(r->text.line, r->text.line_end).text);
        r->key = -1;
    }
    r->awaited = false;
}

/* For inih, as fgets: the next line in to[0..room). */
static char *next_line(char *to, int room, void *stream)
{
    reader *r = stream;
    settle(r);
    if (!sunzi_text_next_line(&r->text))
        return NULL;
    const char *begin = r->text.line, *end = r->text.line_end;
    set_place(r);
    strip(&begin, &end);
    r->continuation = is_continuation(r, begin, end);
    const bool section = begin < end && *begin == '[';
    if (section ? !check_section(r, begin, end) : !fits(r, begin, end, room))
        end = begin;
    r->awaited = begin < end && !section;
    snprintf(to, (size_t)room, "%s%.*s\n", r->continuation ? " " : "",
             (int)(end - begin), begin);
    return to;
}

/* ---- keys ---- */

static void put(reader *r, const char *text, size_t bytes)
{
    memcpy(r->buffer + r->used, text, bytes);
    r->used += bytes;
    r->raw[r->key].bytes += bytes;
}

static void continue_value(reader *r, const char *value)
{
    if (r->key < 0)
        return;
    raw *to = &r->raw[r->key];
    if (!sunzi_run_is_list(&r->schema->keys[r->key])) {
        sunzi_run_error(
            r->errors, line_of(r),
            "%s'%s' is indented and would continue %s.%s, which is no list; "
            "write key = value",
            r->at, sunzi_quoted(value, value + strlen(value)).text,
            r->schema->keys[r->key].section, r->schema->keys[r->key].name);
        return;
    }
    if (to->bytes && to->begin[to->bytes - 1] != ',')
        put(r, ",", 1);
    put(r, value, strlen(value));
}

/* For inih: what it makes of a line. */
static int take_value(void *user, const char *section, const char *name,
                      const char *value)
{
    reader *r = user;
    if (!value) /* a line without '=', in some builds of inih */
        return 1;
    r->awaited = false;
    if (r->skip)
        return 1;
    if (r->continuation) {
        continue_value(r, value);
        return 1;
    }
    r->key = sunzi_run_find_key(r->schema, section, name);
    if (!*section) {
        sunzi_run_error(r->errors, line_of(r),
                        "%s'%s' stands before the first [section]; put it "
                        "under one",
                        r->at, sunzi_quoted(name, name + strlen(name)).text);
    } else if (r->key < 0) {
        sunzi_run_unknown_key(r->errors, line_of(r), r->at, r->schema, section,
                              name);
    } else if (r->raw[r->key].line) {
        sunzi_run_error(r->errors, line_of(r),
                        "%s%s.%s is given again, first in line %d; remove one",
                        r->at, section, name, r->raw[r->key].line);
        r->key = -1;
    } else {
        r->raw[r->key] =
            (raw){.begin = r->buffer + r->used, .line = line_of(r)};
        put(r, value, strlen(value));
    }
    return 1;
}

static sunzi_status read_lines(reader *r)
{
    const int result = ini_parse_stream(next_line, r, take_value, r);
    settle(r);
    if (result == -2)
        return sunzi_fail(SUNZI_ERR_NOMEM,
                          "%s: inih could not allocate its line; free memory",
                          r->text.path);
    if (result != 0 && r->errors->count == 0)
        sunzi_run_error(r->errors, result, "%s:%d: inih does not accept it",
                        sunzi_quoted_path(r->text.path).text, result);
    return SUNZI_OK;
}

/* ---- values ---- */

/* Keep what the last sentence says of the value of a key. */
static void keep_error(sunzi_run_errors *errors, int place, const char *at)
{
    sunzi_run_error(errors, place, "%s%s", at, sunzi_last_message());
}

static sunzi_status take_lines(reader *r, sunzi_run_file *file)
{
    for (int i = 0; i < r->schema->count; i++) {
        const raw *from = &r->raw[i];
        if (!from->line)
            continue;
        const sunzi_status status =
            sunzi_run_value_parse(&r->schema->keys[i], from->begin,
                                  from->begin + from->bytes, &file->value[i]);
        if (status == SUNZI_ERR_NOMEM)
            return status;
        file->value[i].line = from->line;
        if (status < 0) {
            r->text.number = from->line;
            set_place(r);
            keep_error(r->errors, from->line, r->at);
        }
    }
    return SUNZI_OK;
}

/* Section and name of "--section.name=value", or of "section.name". */
static bool split_name(const char *text, size_t length, char *section,
                       char *name)
{
    const char *dot = memchr(text, '.', length);
    if (!dot || dot == text || dot + 1 == text + length ||
        dot - text > SUNZI_RUN_NAME_MAX ||
        text + length - dot - 1 > SUNZI_RUN_NAME_MAX)
        return false;
    snprintf(section, SUNZI_RUN_NAME_MAX + 1, "%.*s", (int)(dot - text), text);
    snprintf(name, SUNZI_RUN_NAME_MAX + 1, "%.*s",
             (int)(text + length - dot - 1), dot + 1);
    return true;
}

/* Index of the key of an override, -1 after an error. *value is what follows.
 */
static int find_override(const sunzi_run_schema *schema,
                         const sunzi_run_override *given, const char *at,
                         const char **value, sunzi_run_errors *errors)
{
    char section[SUNZI_RUN_NAME_MAX + 1], name[SUNZI_RUN_NAME_MAX + 1];
    const char *text = given->key, *equals = NULL;
    if (!*text) {
        text = given->option + strspn(given->option, "-");
        equals = strchr(text, '=');
    }
    *value = equals ? equals + 1 : given->value;
    if ((!*given->key && !equals) ||
        !split_name(text, equals ? (size_t)(equals - text) : strlen(text),
                    section, name)) {
        sunzi_run_error(errors, SUNZI_RUN_PLACE_OPTION,
                        "%sexpected --section.key=value", at);
        return -1;
    }
    const int key = sunzi_run_find_key(schema, section, name);
    if (key < 0 && sunzi_run_has_section(schema, section))
        sunzi_run_unknown_key(errors, SUNZI_RUN_PLACE_OPTION, at, schema,
                              section, name);
    else if (key < 0)
        sunzi_run_unknown_section(errors, SUNZI_RUN_PLACE_OPTION, at, schema,
                                  section);
    return key;
}

static sunzi_status take_override(const sunzi_run_override *given,
                                  sunzi_run_file *file,
                                  sunzi_run_errors *errors)
{
    char at[64];
    const char *text;
    const char *end = given->option + strlen(given->option);
    snprintf(at, sizeof at, "%s: ", sunzi_quoted(given->option, end).text);
    const int key = find_override(file->schema, given, at, &text, errors);
    if (key < 0)
        return SUNZI_OK;
    sunzi_run_value *value = &file->value[key];
    if (value->option) {
        sunzi_run_error(errors, SUNZI_RUN_PLACE_OPTION,
                        "%s%s.%s is given again, first by '%.60s'; remove one",
                        at, file->schema->keys[key].section,
                        file->schema->keys[key].name, value->option);
        return SUNZI_OK;
    }
    sunzi_run_value_clear(value);
    const sunzi_status status = sunzi_run_value_parse(
        &file->schema->keys[key], text, text + strlen(text), value);
    value->option = given->option;
    if (status < 0 && status != SUNZI_ERR_NOMEM)
        keep_error(errors, SUNZI_RUN_PLACE_OPTION, at);
    return status == SUNZI_ERR_NOMEM ? status : SUNZI_OK;
}

static sunzi_status take_standards(sunzi_run_file *file,
                                   sunzi_run_errors *errors)
{
    for (int i = 0; i < file->schema->count; i++) {
        const sunzi_run_key *key = &file->schema->keys[i];
        if (file->value[i].line || file->value[i].option)
            continue;
        if (!key->standard) {
            char allowed[240];
            sunzi_run_describe_all(key, allowed, sizeof allowed);
            sunzi_run_error(
                errors, SUNZI_RUN_PLACE_MISSING,
                "%s: %s.%s is missing, expected: %s; %s --%s.%s=...",
                file->path ? sunzi_quoted_path(file->path).text
                           : file->schema->name,
                key->section, key->name, allowed,
                file->path ? "add it, or give" : "give a run file with it, or",
                key->section, key->name);
            continue;
        }
        const sunzi_status status = sunzi_run_value_parse(
            key, key->standard, key->standard + strlen(key->standard),
            &file->value[i]);
        if (status < 0)
            return status;
    }
    return SUNZI_OK;
}

/* ---- all of it ---- */

static sunzi_status make_values(const sunzi_run_schema *schema, packet *p,
                                sunzi_run_file *file)
{
    void *block;
    const size_t bytes = (size_t)schema->count * sizeof *file->value;
    const sunzi_status status =
        sunzi_allocate(bytes, "values of a run file", &block);
    if (status < 0)
        return status;
    *file = (sunzi_run_file){.schema = schema, .value = block};
    memset(file->value, 0, bytes);
    file->block = p->block;
    file->path = p->has_path ? p->block : NULL;
    p->block = NULL;
    return SUNZI_OK;
}

static sunzi_status read_text(const packet *p, const char *text,
                              sunzi_run_file *file, sunzi_run_errors *errors)
{
    reader r = {.schema = file->schema, .errors = errors, .key = -1};
    void *block;
    sunzi_status status;
    SUNZI_TRY(sunzi_allocate((size_t)p->text_bytes + 1, "run file", &block));
    r.buffer = block;
    r.text = (sunzi_text){
        .path = file->path, .end = text + p->text_bytes, .next = text};
    SUNZI_TRY(read_lines(&r));
    SUNZI_TRY(take_lines(&r, file));
done:
    sunzi_release(r.buffer);
    return status;
}

/* Not collective, and the same on all processes unless memory is short. */
static sunzi_status read_packet(const sunzi_run_schema *schema, packet *p,
                                sunzi_run_file *file, sunzi_run_errors *errors)
{
    sunzi_status status;
    SUNZI_TRY(make_values(schema, p, file));
    const char *at = file->block + strlen(file->block) + 1;
    const char *overrides = at;
    for (int64_t i = 0; i < 3 * p->overrides; i++)
        at += strlen(at) + 1;
    if (file->path)
        SUNZI_TRY(read_text(p, at, file, errors));
    at = overrides;
    for (int64_t i = 0; i < p->overrides; i++) {
        sunzi_run_override given = {.option = at};
        given.key = given.option + strlen(given.option) + 1;
        given.value = given.key + strlen(given.key) + 1;
        at = given.value + strlen(given.value) + 1;
        SUNZI_TRY(take_override(&given, file, errors));
    }
    SUNZI_TRY(take_standards(file, errors));
    if (errors->count) {
        const bool in_file =
            file->path && errors->place[0] != SUNZI_RUN_PLACE_OPTION;
        status = sunzi_fail(in_file ? SUNZI_ERR_FORMAT : SUNZI_ERR_ARG, "%s",
                            errors->line[0]);
    }
done:
    return status;
}

sunzi_status sunzi_run_file_read(sunzi_comm *comm,
                                 const sunzi_run_schema *schema,
                                 const char *path,
                                 const sunzi_run_override *overrides,
                                 int overrides_count, sunzi_run_file *file,
                                 sunzi_run_errors *errors)
{
    sunzi_run_errors own;
    packet p = {.block = NULL};
    sunzi_status status;
    if (!errors)
        errors = &own;
    *errors = (sunzi_run_errors){.count = 0};
    *file = (sunzi_run_file){.schema = NULL};
    status = sunzi_run_schema_check(schema);
    if (status == SUNZI_OK && sunzi_comm_rank(comm) == 0)
        status = pack(path, overrides, overrides_count, &p);
    if (status == SUNZI_ERR_FILE || status == SUNZI_ERR_FORMAT)
        sunzi_run_error(errors, 1, "%s", sunzi_last_message());
    status = sunzi_comm_agree(comm, status);
    if (status == SUNZI_OK)
        status = share_packet(comm, &p);
    if (status == SUNZI_OK)
        status = sunzi_comm_agree(comm, read_packet(schema, &p, file, errors));
    if (status < 0)
        sunzi_comm_broadcast(comm, 0, errors, sizeof *errors);
    if (status < 0 && errors->count) {
        char more[40] = "";
        if (errors->count > 1)
            snprintf(more, sizeof more, " (and %d more)", errors->count - 1);
        sunzi_fail(status, "%.460s%s", errors->line[0], more);
    }
    sunzi_release(p.block);
    if (status < 0)
        sunzi_run_file_clear(file);
    return status;
}

void sunzi_run_file_clear(sunzi_run_file *file)
{
    if (!file)
        return;
    for (int i = 0; file->value && i < file->schema->count; i++)
        sunzi_run_value_clear(&file->value[i]);
    sunzi_release(file->value);
    sunzi_release(file->block);
    *file = (sunzi_run_file){.schema = NULL};
}

sunzi_status sunzi_run_file_fail(const sunzi_run_file *file, int key,
                                 const char *format, ...)
{
    const sunzi_run_value *value = &file->value[key];
    char sentence[240], place[256] = "by default";
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    if (value->option)
        snprintf(
            place, sizeof place, "%s",
            sunzi_quoted(value->option, value->option + strlen(value->option))
                .text);
    else if (value->line)
        snprintf(place, sizeof place, "%s:%d",
                 sunzi_quoted_path(file->path).text, value->line);
    return sunzi_fail(SUNZI_ERR_ARG, "%s: %s.%s: %s", place,
                      file->schema->keys[key].section,
                      file->schema->keys[key].name, sentence);
}
