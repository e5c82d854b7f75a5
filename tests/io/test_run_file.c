/* SPDX-License-Identifier: BSD-3-Clause */
/* Run files: values, units, lists, overrides, the sentences of all errors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/io/files.h"
#include "tests/io/run_schema.h"

static void read_text(const char *text, sunzi_run_file *file)
{
    sunzi_run_errors errors;
    const sunzi_status status =
        sunzi_run_file_read(NULL, &test_schema, write_text("good.ini", text),
                            NULL, 0, file, &errors);
    if (status != SUNZI_OK)
        print_error("%s\nfile:\n%s\n", sunzi_last_message(), text);
    assert_int_equal(status, SUNZI_OK);
    assert_int_equal(errors.count, 0);
}

/* The bytes are refused with one error, on that line, with those words. */
static void refuse_bytes(const char *bytes, size_t count, int line,
                         const char *words)
{
    sunzi_run_file file;
    sunzi_run_errors errors;
    char place[600];
    const char *path = write_bytes("bad.ini", bytes, count);
    const sunzi_status status =
        sunzi_run_file_read(NULL, &test_schema, path, NULL, 0, &file, &errors);
    snprintf(place, sizeof place, "%s:%d: ", path, line);
    const char *said = sunzi_last_message();
    if (status != SUNZI_ERR_FORMAT || errors.count != 1 ||
        strncmp(said, place, strlen(place)) != 0 || !strstr(said, words))
        print_error("status %s, %d errors, '%s'; expected '%s%s' of:\n%s\n",
                    sunzi_status_name(status), errors.count, said, place, words,
                    bytes);
    assert_int_equal(status, SUNZI_ERR_FORMAT);
    assert_int_equal(errors.count, 1);
    assert_string_equal(errors.line[0], said);
    assert_memory_equal(said, place, strlen(place));
    assert_non_null(strstr(said, words));
    assert_null(file.value);
    assert_null(file.block);
}

static void refuse(const char *text, int line, const char *words)
{
    refuse_bytes(text, strlen(text), line, words);
}

/* ---- values ---- */

static void defaults(void **state)
{
    sunzi_run_file f;
    (void)state;
    assert_int_equal(sunzi_run_schema_check(&test_schema), SUNZI_OK);
    read_text("[time]\nend = 2 s\n", &f);
    assert_true(f.value[STEP].real == 0.01);
    assert_true(f.value[END].real == 2.0);
    assert_int_equal(f.value[END].line, 2);
    assert_int_equal(f.value[STEP].line, 0);
    assert_int_equal(f.value[ADAPTIVE].integer, 0);
    assert_int_equal(f.value[SIZE].count, 3);
    assert_true(f.value[SIZE].reals[2] == 3.0);
    assert_int_equal(f.value[POINTS].integers[1], 14);
    assert_true(f.value[SPACING].real == 500.0);
    assert_true(f.value[DENSITY].real == 1000.0);
    assert_true(f.value[BODY].real == 310.15);
    assert_int_equal(f.value[CELL].integer, 0);
    assert_int_equal(f.value[PROBES].count, 0);
    assert_string_equal(f.value[OUTPUT].text, "run.h5");
    assert_string_equal(f.value[TITLE].text, "");
    sunzi_run_file_clear(&f);
    assert_null(f.value);
    sunzi_run_file_clear(&f);
    sunzi_run_file_clear(NULL);
}

static void all_types(void **state)
{
    sunzi_run_file f;
    (void)state;
    read_text("# a comment\n; another\n\n"
              "[time]\ndt = 5 us ; inline\nend: 0.5 min # and so\n"
              "start=-1e3ms\nadaptive = on\n"
              "  [tissue]  \n"
              "size = 1 cm, 2 mm,\n"
              "       3e3 um\n"
              "\n"
              "  points = 8\n"
              "    16 ; no comma needed at the end of a line\n"
              "    # nor is this\n"
              "    32\n"
              "spacing=0.2mm\n"
              "conductivity = 1.334, 0.176 mS/cm\n"
              "[cell]\ntype = endo\npolicies = fp32c, fp64\nscale = -.5\n"
              "[output]\nprobes =\n  5\nfile = a=b:c;d#e/f g.h5 \n"
              "title = caf\xc3\xa9, 100 % = all\n",
              &f);
    assert_true(f.value[STEP].real == 0.005);
    assert_true(f.value[END].real == 30.0);
    assert_true(f.value[START].real == -1.0);
    assert_int_equal(f.value[ADAPTIVE].integer, 1);
    const double *size = f.value[SIZE].reals;
    assert_true(size[0] == 10.0 && size[1] == 2.0 && size[2] == 3.0);
    assert_int_equal(f.value[SIZE].line, 10);
    assert_int_equal(f.value[POINTS].count, 3);
    assert_int_equal(f.value[POINTS].integers[2], 32);
    assert_true(f.value[SPACING].real == 200.0);
    assert_int_equal(f.value[CONDUCTIVITY].count, 2);
    assert_true(f.value[CONDUCTIVITY].reals[0] == 0.1334);
    assert_true(f.value[CONDUCTIVITY].reals[1] == 0.0176);
    assert_int_equal(f.value[CELL].integer, 2);
    assert_int_equal(f.value[POLICIES].count, 2);
    assert_int_equal(f.value[POLICIES].integers[0], 2);
    assert_int_equal(f.value[POLICIES].integers[1], 0);
    assert_true(f.value[SCALE].real == -0.5);
    assert_int_equal(f.value[PROBES].count, 1);
    assert_string_equal(f.value[OUTPUT].text, "a=b:c;d#e/f g.h5");
    assert_string_equal(f.value[TITLE].text, "caf\xc3\xa9, 100 % = all");
    sunzi_run_file_clear(&f);
}

static void line_ends_and_marks(void **state)
{
    sunzi_run_file f;
    (void)state;
    read_text("\xef\xbb\xbf[time]\r\nend = 1 s\r\ndt = 1 ms\r\n"
              "[output]\r\ntitle = a b\r\nprobes = 1,\r\n 2",
              &f);
    assert_true(f.value[STEP].real == 1.0);
    assert_string_equal(f.value[TITLE].text, "a b");
    assert_int_equal(f.value[PROBES].integers[1], 2);
    sunzi_run_file_clear(&f);
    /* a section in two pieces is one section */
    read_text("[time]\nend = 1 s\n[cell]\ntype = mid\n[time]\ndt = 1 ms", &f);
    assert_true(f.value[STEP].real == 1.0);
    sunzi_run_file_clear(&f);
}

/* The stated number times the power of ten is rounded once. */
static void decimal_shifts(void **state)
{
    sunzi_run_file f;
    (void)state;
    for (int i = 1; i < 3000; i++) {
        char text[100];
        const double number = 0.001 * i;
        snprintf(text, sizeof text, "[time]\nend = %.17g ms\ndt = 0.%03d us",
                 number, i % 999 + 1);
        read_text(text, &f);
        snprintf(text, sizeof text, "%.17ge-3", number);
        assert_true(f.value[END].real == strtod(text, NULL));
        snprintf(text, sizeof text, "%de-6", i % 999 + 1);
        assert_true(f.value[STEP].real == strtod(text, NULL));
        sunzi_run_file_clear(&f);
    }
}

/* ---- errors of a file ---- */

#define GOOD "[time]\nend = 1 s\n"

static void unknown_names(void **state)
{
    (void)state;
    refuse(GOOD "dtt = 1 ms\n", 3,
           "there is no key time.dtt; did you mean "
           "'dt'?");
    refuse(GOOD "points = 5\n", 3, "it belongs to section [tissue]");
    refuse(GOOD "frobnicate = 5\n", 3, "there are dt, end, start, adaptive");
    refuse(GOOD "[tisue]\nspacing = 1\nrubbish\n  5\n[cell]\n", 3,
           "there is no section [tisue]; did you mean 'tissue'?");
    refuse(GOOD "[x]\n", 3, "there are time, tissue, cell, output");
    refuse(GOOD "[ tissue ]\n", 3, "did you mean 'tissue'?");
    refuse(GOOD "[Time]\n", 3, "did you mean 'time'?");
    refuse(GOOD "[]\n", 3, "there is no section []");
    refuse(GOOD "= 5\n", 3, "there is no key time.;");
    refuse("dt = 1 ms\n" GOOD, 1, "'dt' stands before the first [section]");
    refuse(GOOD "[tissue-with-a-name-that-is-far-longer-than-fifty-"
                "characters-are]\n",
           3, "there is no section");
    refuse(GOOD "dt-with-a-name-that-is-far-longer-than-fifty-characters-are "
                "= 5\n",
           3, "there is no key");
}

static void wrong_lines(void **state)
{
    char text[600];
    (void)state;
    refuse(GOOD "[cell\n", 3, "got '[cell', expected a [section] alone");
    refuse(GOOD "[cell] type = mid\n", 3, "expected a [section] alone");
    refuse(GOOD "[cell]]\ntype = x\n", 3, "expected a [section] alone");
    refuse(GOOD "dt\n", 3, "got 'dt', expected [section] or key = value");
    refuse(GOOD "dt 5 ms\n   7\n", 3, "expected [section] or key = value");
    refuse("   5 ms\n" GOOD, 1, "expected [section] or key = value");
    refuse(GOOD "[cell]\n  5\n", 4, "expected [section] or key = value");
    refuse(GOOD "   7 s\n", 3, "'7 s' is indented and would continue time.end");
    refuse(GOOD "dt = 1 ms\ndt = 1 ms\n", 4,
           "time.dt is given again, first in line 3");
    refuse(GOOD "end = 1 s\n   7\n", 3, "time.end is given again");
    refuse_bytes("[time]\nend = 1\0 s\n", 18, 2, "zero byte");
    for (int length = 190; length < 500; length++) {
        sunzi_run_file f;
        snprintf(text, sizeof text, GOOD "[output]\nfile = %0*d ; comment\n",
                 length - 7, 7);
        if (length <= SUNZI_RUN_LINE_MAX) {
            read_text(text, &f);
            assert_int_equal(strlen(f.value[OUTPUT].text), length - 7);
            sunzi_run_file_clear(&f);
        } else {
            refuse(text, 4, "characters, at most 197 are read");
        }
    }
    /* the place of a list that goes wrong later is where it begins */
    refuse(GOOD "[tissue]\npoints = 5,\n   6,\n   x\n", 4,
           "tissue.points: value 3 is 'x', expected: whole number, [1, 4096]");
}

static void wrong_values(void **state)
{
    static const struct {
        const char *section, *text, *words;
    } cases[] = {
        {"time", "dt = 5",
         "time.dt: got '5', its unit is missing; allowed are "
         "the units of time: s, ms, us, ns, min, h, d"},
        {"time", "dt = 5 mm", "'mm' is not a unit of time but of length"},
        {"time", "dt = 5 sec", "'sec' is not a unit of time; allowed are s, "},
        {"time", "dt = 5 ms ms", "'ms ms' is not a unit of time"},
        {"time", "dt = 5 MS", "'MS' is not a unit"},
        {"time", "dt = fast", "got 'fast', expected: time, (0, 1] ms"},
        {"time", "dt = ms", "got 'ms', expected: time, (0, 1] ms"},
        {"time", "dt =", "time.dt: the value is missing, expected: time"},
        {"time", "dt = ; 5 ms", "the value is missing"},
        {"time", "dt = nan ms", "got 'nan ms', expected"},
        {"time", "dt = inf ms", "got 'inf ms', expected"},
        {"time", "dt = 1e999 ms", "too large for FP64"},
        {"time", "start = 1e308 d", "too large for FP64"},
        {"time", "dt = 1.2.3 ms", "expected: time"},
        {"time", "dt = 1e ms", "'e ms' is not a unit"},
        {"time", "dt = 0x10 ms", "'x10 ms' is not a unit"},
        {"time", "dt = 1d3 ms", "'d3 ms' is not a unit"},
        {"time", "dt = 0 ms", "got '0 ms', allowed is (0, 1] ms"},
        {"time", "dt = -0 ms", "allowed is (0, 1] ms"},
        {"time", "dt = 1.0000001 ms", "allowed is (0, 1] ms"},
        {"time", "dt = 1 s", "got '1 s', allowed is (0, 1] ms"},
        {"time", "dt = 1, 2 ms", "got '1, 2 ms', ', 2 ms' is not a unit"},
        {"time", "adaptive = maybe", "got 'maybe', expected: yes or no"},
        {"time", "adaptive = Yes", "expected: yes or no"},
        {"tissue", "temperature = -300 degC", "allowed is (0, 400) K"},
        {"tissue", "temperature = 400 K", "allowed is (0, 400) K"},
        {"tissue", "size = 1, 2 mm",
         "tissue.size: got 2 values, expected 3 "
         "values: length, (0, inf) mm"},
        {"tissue", "size = 1, 2, 3, 4 mm", "got 4 values"},
        {"tissue", "size =", "got 0 values"},
        {"tissue", "size = 1, 2, 3", "value 1 is '1', its unit is missing"},
        {"tissue", "size = 1 mm, 2, 3 mm", "value 2 is '2', its unit is"},
        {"tissue", "size = 1 mm, 2, 3", "value 2 is '2', its unit is"},
        {"tissue", "size = 1, -2, 3 mm",
         "value 2 is '-2', allowed is (0, inf)"},
        {"tissue", "size = 1,, 3 mm", "value 2 is '', it is missing"},
        {"tissue", "size = 1, 2, mm", "value 3 is 'mm', expected"},
        {"tissue", "points = 1, 2,", "value 3 is '', it is missing"},
        {"tissue", "points = ,", "value 1 is '', it is missing"},
        {"tissue", "points = 1 2", "value 1 is '1 2', expected: whole number"},
        {"tissue", "points = 1.5", "expected: whole number, [1, 4096]"},
        {"tissue", "points = 1e2", "expected: whole number, [1, 4096]"},
        {"tissue", "points = 0", "value 1 is '0', allowed is [1, 4096]"},
        {"tissue", "points = 4097", "allowed is [1, 4096]"},
        {"tissue", "points = 99999999999999999999", "too large for 64 bits"},
        {"tissue", "points = 1, 2, 3, 4", "got 4 values, expected 1 to 3 "},
        {"tissue", "conductivity = 10 S/m", "allowed is [0, 10) mS/mm"},
        {"cell", "type = apex", "got 'apex', expected: epi, mid or endo"},
        {"cell", "type = ep", "did you mean 'epi'? expected: epi, mid or endo"},
        {"cell", "type = epi mid", "got 'epi mid', expected"},
        {"cell", "policies = fp64, fp23", "value 2 is 'fp23', did you mean"},
        {"cell", "scale = 1 x", "'x' follows the number"},
        {"cell", "scale = 1 %", "'%' follows the number"},
        {"cell", "scale = 1 s", "'s' follows the number"},
        {"cell", "scale = 1.1", "allowed is [-1, 1]"},
        {"output", "file =", "the value is missing, expected: file name"},
        {"output", "file = a\x01", "a control character"},
        {"output", "title = a\tb", "a control character"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[300];
        snprintf(text, sizeof text, GOOD "[%s]\n%s\n", cases[i].section,
                 cases[i].text);
        refuse(text, 4, cases[i].words);
    }
}

static void many_errors(void **state)
{
    sunzi_run_file f;
    sunzi_run_errors errors;
    char text[4000] = "[time]\ndt = 5\n";
    (void)state;
    const char *path = write_text("bad.ini", "[time]\ndt = 5\nstrat = 1 s\n"
                                             "nothing\n[cell]\ntype = x\n"
                                             "[cells]\n");
    assert_int_equal(
        sunzi_run_file_read(NULL, &test_schema, path, NULL, 0, &f, &errors),
        SUNZI_ERR_FORMAT);
    assert_int_equal(errors.count, 6);
    assert_int_equal(errors.kept, 6);
    for (int i = 0; i < 5; i++) {
        char place[10];
        static const int lines[] = {2, 3, 4, 6, 7};
        snprintf(place, sizeof place, ":%d: ", lines[i]);
        assert_int_equal(errors.place[i], lines[i]);
        assert_non_null(strstr(errors.line[i], place));
    }
    assert_non_null(strstr(errors.line[5], "time.end is missing, expected: "
                                           "time, [0, inf) s; add it"));
    assert_non_null(strstr(sunzi_last_message(), ":2: time.dt: got '5'"));
    assert_non_null(strstr(sunzi_last_message(), "(and 5 more)"));
    /* without a list of errors, the same sentence */
    assert_int_equal(
        sunzi_run_file_read(NULL, &test_schema, path, NULL, 0, &f, NULL),
        SUNZI_ERR_FORMAT);
    assert_non_null(strstr(sunzi_last_message(), "(and 5 more)"));
    for (int i = 0; i < 50; i++)
        strcat(text, "rubbish\n");
    path = write_text("bad.ini", text);
    assert_int_equal(
        sunzi_run_file_read(NULL, &test_schema, path, NULL, 0, &f, &errors),
        SUNZI_ERR_FORMAT);
    assert_int_equal(errors.count, 52);
    assert_int_equal(errors.kept, SUNZI_RUN_ERRORS_MAX);
    for (int i = 0; i < errors.kept; i++)
        assert_int_equal(errors.place[i], i + 2);
}

static void no_run_file(void **state)
{
    sunzi_run_file f;
    static char large[SUNZI_RUN_BYTES_MAX + 2];
    (void)state;
    const char *path = path_of("absent.ini");
    assert_int_equal(
        sunzi_run_file_read(NULL, &test_schema, path, NULL, 0, &f, NULL),
        SUNZI_ERR_FILE);
    assert_non_null(strstr(sunzi_last_message(),
                           "absent.ini: cannot be opened (No such file or "
                           "directory); give the path of a readable run file"));
    assert_int_equal(
        sunzi_run_file_read(NULL, &test_schema, "/", NULL, 0, &f, NULL),
        SUNZI_ERR_FILE);
    assert_non_null(strstr(sunzi_last_message(), "is a directory"));
    assert_int_equal(
        sunzi_run_file_read(NULL, &test_schema, "/dev/zero", NULL, 0, &f, NULL),
        SUNZI_ERR_FILE);
    memset(large, '\n', sizeof large);
    refuse_bytes(large, sizeof large - 1, 1, "longer than 1048576 bytes");
    refuse_bytes("\x89HDF\r\n", 6, 1,
                 "an HDF5 file, only text is read; give a "
                 "text file with [sections]");
    assert_int_equal(sunzi_run_file_read(NULL, &test_schema,
                                         write_text("empty.ini", ""), NULL, 0,
                                         &f, NULL),
                     SUNZI_ERR_FORMAT);
    assert_non_null(strstr(sunzi_last_message(),
                           "empty.ini: time.end is missing, expected: time, "
                           "[0, inf) s; add it, or give --time.end=..."));
}

/* ---- overrides ---- */

static sunzi_status read_with(const char *text, int count,
                              const sunzi_run_override *overrides,
                              sunzi_run_file *file)
{
    return sunzi_run_file_read(NULL, &test_schema,
                               text ? write_text("run.ini", text) : NULL,
                               overrides, count, file, NULL);
}

static void overrides_win(void **state)
{
    sunzi_run_file f;
    const sunzi_run_override given[] = {
        {"--time.dt=0.5 ms", NULL, NULL},
        {"--tissue.points=1,2", NULL, NULL},
        {"--spacing", "tissue.spacing", "0.2mm"},
        {"--output.title=a = b.c", NULL, NULL},
    };
    (void)state;
    assert_int_equal(
        read_with("[time]\nend = 1 s\ndt = 0.25 ms\n", 4, given, &f), SUNZI_OK);
    assert_true(f.value[STEP].real == 0.5);
    assert_int_equal(f.value[STEP].line, 0);
    assert_string_equal(f.value[STEP].option, "--time.dt=0.5 ms");
    assert_int_equal(f.value[POINTS].count, 2);
    assert_true(f.value[SPACING].real == 200.0);
    assert_string_equal(f.value[TITLE].text, "a = b.c");
    assert_int_equal(
        sunzi_run_file_fail(&f, STEP, "%g ms is above %g ms", 0.5, 0.1),
        SUNZI_ERR_ARG);
    assert_string_equal(sunzi_last_message(),
                        "--time.dt=0.5 ms: time.dt: 0.5 ms is above 0.1 ms");
    sunzi_run_file_fail(&f, END, "too long");
    assert_non_null(strstr(sunzi_last_message(), "run.ini:2: time.end: too l"));
    sunzi_run_file_fail(&f, CELL, "unknown");
    assert_string_equal(sunzi_last_message(), "by default: cell.type: unknown");
    sunzi_run_file_clear(&f);
    /* without a file */
    const sunzi_run_override end = {"--time.end=3 min", NULL, NULL};
    assert_int_equal(read_with(NULL, 1, &end, &f), SUNZI_OK);
    assert_true(f.value[END].real == 180.0);
    assert_null(f.path);
    sunzi_run_file_clear(&f);
}

static void wrong_overrides(void **state)
{
    static const struct {
        sunzi_run_override given;
        const char *words;
    } cases[] = {
        {{"--time.dt=5", NULL, NULL},
         "--time.dt=5: time.dt: got '5', its unit is missing"},
        {{"--dt", "time.dt", "5"}, "--dt: time.dt: got '5', its unit"},
        {{"--time.dtt=5", NULL, NULL},
         "--time.dtt=5: there is no key time.dtt; did you mean 'dt'?"},
        {{"--tim.dt=5", NULL, NULL}, "no section [tim]; did you mean 'time'?"},
        {{"--time.dt", NULL, NULL}, "--time.dt: expected --section.key=value"},
        {{"--time=5", NULL, NULL}, "expected --section.key=value"},
        {{"--.dt=5", NULL, NULL}, "expected --section.key=value"},
        {{"--time.=5", NULL, NULL}, "expected --section.key=value"},
        {{"", NULL, NULL}, "expected --section.key=value"},
        {{"--time.dt=", NULL, NULL}, "time.dt: the value is missing"},
        {{"--output.file=a #1", NULL, NULL}, "a blank before '#'"},
        {{"--output.file=#1", NULL, NULL}, "a blank before '#'"},
        {{"--output.title=a\nb = c", NULL, NULL}, "a control character"},
    };
    sunzi_run_file f;
    char text[400];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_with(GOOD, 1, &cases[i].given, &f),
                         SUNZI_ERR_ARG);
        if (!strstr(sunzi_last_message(), cases[i].words))
            print_error("'%s'\n", sunzi_last_message());
        assert_non_null(strstr(sunzi_last_message(), cases[i].words));
    }
    const sunzi_run_override twice[] = {{"--time.dt=1 ms", NULL, NULL},
                                        {"--time.dt=1 ms", NULL, NULL}};
    assert_int_equal(read_with(GOOD, 2, twice, &f), SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "time.dt is given again, "
                                                 "first by '--time.dt=1 ms'"));
    /* an override does not excuse the file */
    assert_int_equal(read_with(GOOD "dt = 5\n", 1, twice, &f),
                     SUNZI_ERR_FORMAT);
    assert_int_equal(read_with(NULL, 1, twice, &f), SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "test: time.end is missing"));
    assert_int_equal(read_with(GOOD, 1, &(sunzi_run_override){0}, &f),
                     SUNZI_ERR_ARG);
    /* what is longer than a line could not be read back */
    snprintf(text, sizeof text, "--output.file=%0191d", 7);
    assert_int_equal(
        read_with(GOOD, 1, &(sunzi_run_override){text, NULL, NULL}, &f),
        SUNZI_ERR_ARG);
    assert_non_null(strstr(sunzi_last_message(), "too long by 1 characters"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(all_types),
        cmocka_unit_test(line_ends_and_marks),
        cmocka_unit_test(decimal_shifts),
        cmocka_unit_test(unknown_names),
        cmocka_unit_test(wrong_lines),
        cmocka_unit_test(wrong_values),
        cmocka_unit_test(many_errors),
        cmocka_unit_test(no_run_file),
        cmocka_unit_test(overrides_win),
        cmocka_unit_test(wrong_overrides),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
