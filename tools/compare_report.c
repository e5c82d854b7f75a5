/* SPDX-License-Identifier: BSD-3-Clause */
/* The report of `sunzi compare` as JSON; doc/sunzi-compare.1 documents every
 * key. */
#include <string.h>
#include <sunzi/sunzi.h>

#include "tools/command.h"
#include "tools/compare.h"
#include "tools/json.h"

enum { SCHEMA = 1 };

static void write_side(sunzi_json *json, const char *key,
                       const sunzi_dataset *dataset, const char *units)
{
    if (!dataset) {
        sunzi_json_string(json, key, NULL);
        return;
    }
    sunzi_json_open(json, key, '{');
    sunzi_json_string(json, "type", dataset->type);
    sunzi_json_open(json, "shape", '[');
    for (int d = 0; d < dataset->dims; d++)
        sunzi_json_integer(json, NULL, dataset->size[d]);
    sunzi_json_close(json, ']');
    sunzi_json_string(json, "units", *units ? units : NULL);
    sunzi_json_close(json, '}');
}

static void write_entry(sunzi_json *json, const char *key,
                        const sunzi_difference *one, double value,
                        uint64_t bits)
{
    if (!one->exact.integers)
        sunzi_json_number(json, key, value);
    else if (one->exact.is_signed)
        sunzi_json_integer(json, key, (int64_t)bits);
    else
        sunzi_json_unsigned(json, key, bits);
}

static void write_figures(sunzi_json *json, const sunzi_difference *one)
{
    int64_t index[SUNZI_DATASET_DIMS];
    sunzi_json_integer(json, "entries", one->a->entries);
    if (one->exact.integers) {
        sunzi_json_unsigned(json, "max_difference", one->exact.largest);
        sunzi_json_unsigned(json, "max_first", one->exact.largest_a);
    } else {
        sunzi_json_number(json, "max_difference", one->largest);
        sunzi_json_number(json, "max_first", one->largest_a);
    }
    sunzi_json_number(json, "max_relative", one->relative);
    sunzi_json_number(json, "l2_relative", one->l2_relative);
    sunzi_json_integer(json, "differing", one->differing);
    sunzi_json_integer(json, "special", one->special);
    sunzi_json_integer(json, "nan_equal", one->nan_equal);
    sunzi_json_integer(json, "other_bits", one->other_bits);
    if (one->first < 0) {
        sunzi_json_string(json, "first_index", NULL);
        return;
    }
    sunzi_dataset_index(one->a, one->first, index);
    sunzi_json_open(json, "first_index", '[');
    for (int d = 0; d < one->a->dims; d++)
        sunzi_json_integer(json, NULL, index[d]);
    sunzi_json_close(json, ']');
    write_entry(json, "first_a", one, one->first_a, one->exact.first_a);
    write_entry(json, "first_b", one, one->first_b, one->exact.first_b);
}

static void write_places(sunzi_json *json, const sunzi_differences *found)
{
    sunzi_json_open(json, "attributes", '[');
    for (int i = 0; i < found->places; i++) {
        sunzi_json_open(json, NULL, '{');
        sunzi_json_string(json, "object", found->place[i].object);
        sunzi_json_string(json, "name", found->place[i].name);
        sunzi_json_close(json, '}');
    }
    sunzi_json_close(json, ']');
}

static void write_all(sunzi_json *json, const sunzi_comparing *asked,
                      const sunzi_differences *found, int exit_code)
{
    sunzi_json_open(json, NULL, '{');
    sunzi_json_integer(json, "schema", SCHEMA);
    sunzi_json_string(json, "program", SUNZI_COMPARE_COMMAND);
    sunzi_json_string(json, "version", sunzi_version());
    sunzi_json_string(json, "file_a", asked->path_a);
    sunzi_json_string(json, "file_b", asked->path_b);
    sunzi_json_number(json, "rtol", asked->rtol);
    sunzi_json_number(json, "atol", asked->atol);
    sunzi_json_open(json, "datasets", '[');
    for (int i = 0; i < found->count; i++) {
        const sunzi_difference *one = &found->list[i];
        sunzi_json_open(json, NULL, '{');
        sunzi_json_string(json, "path", sunzi_difference_dataset(one)->path);
        sunzi_json_string(json, "verdict", sunzi_verdict_name(one->verdict));
        sunzi_json_string(json, "reason", one->reason);
        write_side(json, "a", one->a, one->units_a);
        write_side(json, "b", one->b, one->units_b);
        sunzi_json_bool(json, "units_differ", one->units_differ);
        if (one->compared)
            write_figures(json, one);
        sunzi_json_close(json, '}');
    }
    sunzi_json_close(json, ']');
    write_places(json, found);
    sunzi_json_integer(json, "exit_code", exit_code);
    sunzi_json_close(json, '}');
}

int sunzi_report_differences(const sunzi_comparing *asked,
                             const sunzi_differences *found, int exit_code)
{
    sunzi_json_file report;
    sunzi_status status = sunzi_json_file_open(asked->report_path, &report);
    if (status == SUNZI_OK) {
        write_all(&report.json, asked, found, exit_code);
        status = sunzi_json_file_close(&report);
    }
    return sunzi_json_file_told(SUNZI_COMPARE_COMMAND, status);
}
