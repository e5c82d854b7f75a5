/* SPDX-License-Identifier: BSD-3-Clause */
/* Schemas of run files: values written back, the help text, wrong tables. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/io/files.h"
#include "tests/io/run_schema.h"
#include "tests/random.h"

static void read_text(const char *text, const sunzi_run_override *given,
                      sunzi_run_file *file)
{
    const sunzi_status status =
        sunzi_run_file_read(NULL, &test_schema, write_text("good.ini", text),
                            given, given != NULL, file, NULL);
    if (status != SUNZI_OK)
        print_error("%s\nfile:\n%s\n", sunzi_last_message(), text);
    assert_int_equal(status, SUNZI_OK);
}

/* The file as text; to be freed. */
static char *text_of(const sunzi_run_file *file)
{
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    assert_non_null(stream);
    assert_int_equal(sunzi_run_file_write(file, stream), SUNZI_OK);
    assert_int_equal(fclose(stream), 0);
    return text;
}

static void check_same(const sunzi_run_file *a, const sunzi_run_file *b)
{
    for (int k = 0; k < KEYS; k++) {
        const sunzi_run_value *x = &a->value[k], *y = &b->value[k];
        const size_t bytes = (size_t)x->count * sizeof(double);
        assert_int_equal(x->count, y->count);
        assert_memory_equal(&x->real, &y->real, sizeof x->real);
        assert_int_equal(x->integer, y->integer);
        if (x->reals && bytes)
            assert_memory_equal(x->reals, y->reals, bytes);
        if (x->integers && bytes)
            assert_memory_equal(x->integers, y->integers, bytes);
        if (x->text)
            assert_string_equal(x->text, y->text);
    }
}

static void written_and_read(const char *text, const char *file_name)
{
    sunzi_run_file f, again;
    const sunzi_run_override path = {"--file", "output.file", file_name};
    read_text(text, &path, &f);
    char *written = text_of(&f);
    read_text(written, NULL, &again);
    check_same(&f, &again);
    char *twice = text_of(&again);
    assert_string_equal(written, twice);
    free(twice);
    free(written);
    sunzi_run_file_clear(&again);
    sunzi_run_file_clear(&f);
}

static void same_bits(void **state)
{
    static char text[20000];
    char longest[SUNZI_RUN_LINE_MAX + 1];
    uint64_t bits = 1;
    (void)state;
    snprintf(longest, sizeof longest, "%0*d",
             SUNZI_RUN_LINE_MAX - (int)strlen("file = "), 7);
    written_and_read("[time]\nend = 1 s\n", longest);
    for (int k = 0; k < 300; k++) {
        int used = snprintf(text, sizeof text, "[time]\nend = %d s\n", k);
        double number[7];
        for (int i = 0; i < 7; i++) {
            random_step(&bits);
            number[i] = ldexp((double)(bits >> 11), (int)(bits % 80) - 90);
        }
        used += snprintf(text + used, sizeof text - (size_t)used,
                         "start = -%.17g h\n[tissue]\nsize = %.17g, %.17g,\n"
                         "  %.17g cm\nspacing = %.17g nm\n"
                         "density = %.17g g/cm3\n[cell]\n"
                         "policies = df64, fp32c, fp32\n[output]\nprobes = 0\n",
                         number[0], number[1], number[2], number[3], number[4],
                         number[5]);
        for (int i = 0; i < 4 * k && i < 999; i++)
            used += snprintf(text + used, sizeof text - (size_t)used, "  %d\n",
                             i * i - 100);
        written_and_read(text, "a b, c.h5");
    }
    written_and_read("[time]\nend = 4.9e-324 s\nstart = "
                     "-1.7976931348623157e308 s\n[tissue]\n"
                     "size = 2.2250738585072014e-308, 1e308, 1 mm\n",
                     "x");
}

/* Numbers are those of the C locale whatever the program has set. */
static void other_locale(void **state)
{
    (void)state;
    if (!setlocale(LC_ALL, "de_DE.UTF-8") &&
        !setlocale(LC_ALL, "fr_FR.UTF-8")) {
        print_message("skipped: no locale with a decimal comma here\n");
        skip();
    }
    written_and_read("[time]\nend = 0.125 s\ndt = 0.5 ms\n", "x");
    setlocale(LC_ALL, "C");
}

static void full_disk(void **state)
{
    sunzi_run_file f;
    (void)state;
    read_text("[time]\nend = 1 s\n", NULL, &f);
    FILE *full = fopen("/dev/full", "w");
    if (!full) {
        sunzi_run_file_clear(&f);
        print_message("skipped: there is no /dev/full\n");
        skip();
    }
    assert_int_equal(sunzi_run_file_write(&f, full), SUNZI_ERR_FILE);
    fclose(full);
    sunzi_run_file_clear(&f);
}

/* ---- help, schemas ---- */

static void help_text(void **state)
{
    static const char *const lines[] = {
        "[time]\n  dt = 0.01 ms                        time, (0, 1] ms\n"
        "      step of the cells\n",
        "  end = (required)                    time, [0, inf) s\n",
        "      steps follow the upstroke\n      of each cell\n",
        "\n[tissue]\n  size = 20, 7, 3 mm                  3 values: length, "
        "(0, inf) mm\n",
        "1 to 3 values: whole number, [1, 4096]\n",
        "epi, mid or endo\n",
        "  probes =                            0 to 1000 values: whole "
        "number\n",
        "  time                      s, ms, us, ns, min, h, d\n",
        "  temperature               K, degC\n",
    };
    char *text = NULL;
    size_t bytes;
    (void)state;
    FILE *stream = open_memstream(&text, &bytes);
    assert_non_null(stream);
    sunzi_run_schema_print(&test_schema, stream);
    assert_int_equal(fclose(stream), 0);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (!strstr(text, lines[i]))
            print_error("no '%s' in:\n%s\n", lines[i], text);
        assert_non_null(strstr(text, lines[i]));
    }
    /* each dimension once */
    const char *time = strstr(text, "s, ms, us");
    assert_null(strstr(time + 1, "s, ms, us"));
    free(text);
}

static void refuse_key(sunzi_run_key key, const char *words)
{
    const sunzi_run_schema schema = {"wrong", &key, 1};
    sunzi_run_file f;
    assert_int_equal(sunzi_run_schema_check(&schema), SUNZI_ERR_INTERNAL);
    if (!strstr(sunzi_last_message(), words))
        print_error("'%s' is not in '%s'\n", words, sunzi_last_message());
    assert_non_null(strstr(sunzi_last_message(), words));
    assert_int_equal(
        sunzi_run_file_read(NULL, &schema, NULL, NULL, 0, &f, NULL),
        SUNZI_ERR_INTERNAL);
}

static void wrong_schemas(void **state)
{
    const sunzi_run_key good = {"a", "b", SUNZI_RUN_REAL, .standard = "1",
                                .help = "c"};
    sunzi_run_key k = good;
    (void)state;
    k.name = "b c";
    refuse_key(k, "letters");
    k = good, k.unit = "parsec";
    refuse_key(k, "unit");
    k = good, k.unit = "s";
    refuse_key(k, "default of a.b: got '1', its unit is missing");
    k = good, k.standard = "2", k.range = "[0, 1]";
    refuse_key(k, "default of a.b: got '2', allowed is [0, 1]");
    k = good, k.range = "[2, 1]";
    refuse_key(k, "range");
    k = good, k.range = "0 to 1";
    refuse_key(k, "range");
    k = good, k.type = SUNZI_RUN_CHOICE;
    refuse_key(k, "choices");
    k = good, k.choices = test_cells;
    refuse_key(k, "choices");
    k = good, k.type = SUNZI_RUN_REALS;
    refuse_key(k, "least and most");
    k = good, k.type = SUNZI_RUN_STRING, k.range = "[0, 1]";
    refuse_key(k, "range");
    k = good, k.help = NULL;
    refuse_key(k, "help");
    const sunzi_run_key pieces[] = {
        {"a", "x", SUNZI_RUN_REAL, .standard = "1", .help = "c"},
        {"b", "x", SUNZI_RUN_REAL, .standard = "1", .help = "c"},
        {"a", "y", SUNZI_RUN_REAL, .standard = "1", .help = "c"}};
    const sunzi_run_schema schema = {"wrong", pieces, 3};
    assert_int_equal(sunzi_run_schema_check(&schema), SUNZI_ERR_INTERNAL);
    assert_non_null(strstr(sunzi_last_message(), "two pieces"));
    assert_int_equal(
        sunzi_run_schema_check(&(sunzi_run_schema){"none", pieces, 0}),
        SUNZI_ERR_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits),     cmocka_unit_test(other_locale),
        cmocka_unit_test(full_disk),     cmocka_unit_test(help_text),
        cmocka_unit_test(wrong_schemas),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
