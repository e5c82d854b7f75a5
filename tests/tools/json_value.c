/* SPDX-License-Identifier: BSD-3-Clause */
/* Check a JSON file (RFC 8259) and print the value under a path of keys and
 * indices: json_value FILE [KEY | INDEX] ...
 * Exit code: 0; 1 no such value; 2 the file is not valid JSON. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[1 << 22];
static const char *at = text;
static char **path;  /* what is looked for */
static int depth;    /* its length */
static bool printed; /* it was found */

static void value(int level, bool on_path);

static void wrong(const char *what)
{
    int line = 1;
    for (const char *c = text; c < at; c++)
        line += *c == '\n';
    fprintf(stderr, "line %d: %s\n", line, what);
    exit(2);
}

static void blanks(void)
{
    at += strspn(at, " \t\r\n");
}

static void expect(char character)
{
    blanks();
    if (*at++ != character) {
        at--;
        wrong("unexpected character");
    }
}

/* [begin, end) is what stands between the quotes, escapes kept. */
static void string(const char **begin, const char **end)
{
    expect('"');
    *begin = at;
    while (*at != '"') {
        if ((unsigned char)*at < 0x20)
            wrong("control character in a string");
        if (*at == '\\') {
            at++;
            if (*at == 'u' && strspn(at + 1, "0123456789abcdefABCDEF") < 4)
                wrong("bad \\u escape");
            if (!*at || !strchr("\"\\/bfnrtu", *at))
                wrong("bad escape");
        }
        at++;
    }
    *end = at++;
}

static void members(int level, bool on_path, char closing)
{
    const bool object = closing == '}';
    int index = 0;
    at++;
    blanks();
    if (*at == closing) {
        at++;
        return;
    }
    for (;; index++) {
        bool wanted = on_path && level < depth;
        if (object) {
            const char *begin, *end;
            string(&begin, &end);
            wanted = wanted && strlen(path[level]) == (size_t)(end - begin) &&
                     strncmp(path[level], begin, (size_t)(end - begin)) == 0;
            expect(':');
        } else {
            wanted = wanted && strtol(path[level], NULL, 10) == index;
        }
        value(level + 1, wanted);
        blanks();
        if (*at != ',')
            break;
        at++;
    }
    expect(closing);
}

static void number(void)
{
    at += *at == '-';
    if (!isdigit((unsigned char)*at))
        wrong("not a value");
    if (*at == '0' && isdigit((unsigned char)at[1]))
        wrong("leading zero");
    at += strspn(at, "0123456789");
    if (*at == '.') {
        at++;
        if (!isdigit((unsigned char)*at))
            wrong("no digit after the point");
        at += strspn(at, "0123456789");
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        if (!isdigit((unsigned char)*at))
            wrong("no digit in the exponent");
        at += strspn(at, "0123456789");
    }
}

static bool word(const char *name)
{
    const size_t length = strlen(name);
    if (strncmp(at, name, length) != 0)
        return false;
    at += length;
    return true;
}

static void value(int level, bool on_path)
{
    blanks();
    const char *begin = at, *end;
    if (*at == '{' || *at == '[')
        members(level, on_path, *at == '{' ? '}' : ']');
    else if (*at == '"')
        string(&begin, &end);
    else if (!word("true") && !word("false") && !word("null"))
        number();
    end = *begin != '{' && at[-1] == '"' ? at - 1 : at;
    if (on_path && level == depth) {
        printf("%.*s\n", (int)(end - begin), begin);
        printed = true;
    }
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    FILE *file = fopen(argv[1], "rb");
    if (!file) {
        perror(argv[1]);
        return 2;
    }
    const size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    if (strlen(text) != length)
        wrong("a zero byte");
    path = argv + 2;
    depth = argc - 2;
    value(0, true);
    blanks();
    if (*at)
        wrong("text after the end");
    return printed ? 0 : 1;
}
