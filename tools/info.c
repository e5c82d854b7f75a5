/* SPDX-License-Identifier: BSD-3-Clause */
/* `sunzi info`: what this machine and this build can do. The first thing to
 * paste into a bug report. */
#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sunzi/sunzi.h>

#include "mpi/launch.h"
#include "tools/command.h"
#include "tools/json.h"
#include "tools/machine.h"
#include "tools/measure.h"
#include "tools/team.h"

#define COMMAND "sunzi info"

enum { MEASURE, NO_MEASURE, JSON, HELP, OPTIONS };

static const sunzi_tool_option options[OPTIONS] = {
    [MEASURE] = {"--measure", 0, NULL,
                 "measure the rates (default; about two "
                 "seconds)"},
    [NO_MEASURE] = {"--no-measure", 0, NULL, "leave the measurements out"},
    [JSON] = {"--json", 0, NULL, "the same as JSON"},
    [HELP] = {"--help", 'h', NULL, "this text"},
};

/* Everything that is told, in text or JSON. */
typedef struct facts {
    char cpu[200], sets[400], mpi[200];
    double free_bytes;
    sunzi_context *context;
    sunzi_rate rate[SUNZI_RATES_MAX];
    int rates;
    bool measured;
} facts;

static void print_fact(const char *name, const char *text)
{
    char head[40];
    snprintf(head, sizeof head, "  %-20s", name);
    sunzi_tool_print_wrapped(head, text);
}

static void print_devices(int engine)
{
    char text[500], line[540];
    int d = 0;
    for (; sunzi_engine_device(engine, d, text, sizeof text); d++) {
        snprintf(line, sizeof line, "device %d: %s", d, text);
        print_fact("", line);
    }
    if (d > 0 && sunzi_team_devices())
        print_fact("", sunzi_team_devices());
}

static void print_engines(const facts *known)
{
    const char *in_use = sunzi_context_engine(known->context);
    puts("\nengines, those with a device first");
    for (int i = 0; i < sunzi_engine_count(); i++) {
        char why[300], text[700], kernels[600];
        const char *name = sunzi_engine_name(i);
        const bool used = in_use && strcmp(in_use, name) == 0;
        if (sunzi_engine_available(i, why, sizeof why))
            snprintf(text, sizeof text, "%s%s", sunzi_engine_summary(i),
                     used ? " (in use)" : "");
        else
            snprintf(text, sizeof text, "absent: %s", why);
        print_fact(name, text);
        if (used && sunzi_engine_kernels(i, kernels, sizeof kernels) > 0) {
            snprintf(text, sizeof text, "kernels of %s", kernels);
            print_fact("", text);
        }
        print_devices(i);
    }
    puts("\nrungs of the precision ladder on that engine");
    for (int f = SUNZI_FACTOR_INT8; f <= SUNZI_FACTOR_FP64; f++) {
        char why[300] = "", text[400];
        if (sunzi_factor_available(known->context, (sunzi_factor)f, why,
                                   sizeof why))
            snprintf(text, sizeof text, "available");
        else
            snprintf(text, sizeof text, "absent: %s", why);
        print_fact(sunzi_factor_name((sunzi_factor)f), text);
    }
}

static void print_rates(const facts *known)
{
    if (sunzi_machine_is_busy())
        printf("\nother programs are running (load %.1f): the rates are too "
               "low\n",
               sunzi_machine_load());
    printf("\nmeasured with %d thread%s (products and LU of order 1024)\n",
           omp_get_max_threads(), omp_get_max_threads() == 1 ? "" : "s");
    for (int i = 0; i < known->rates; i++) {
        const sunzi_rate *rate = &known->rate[i];
        if (isnan(rate->rate))
            printf("  %-34s not measured: %s\n", rate->what, rate->note);
        else
            printf("  %-34s %7.*f %-8s %s\n", rate->what,
                   rate->rate < 9.95 ? 1 : 0, rate->rate, rate->unit,
                   rate->note);
    }
}

static void print_text(const facts *known)
{
    char text[100];
    printf("sunzi %s\n\nmachine\n", sunzi_version());
    print_fact("CPU", known->cpu);
    print_fact("instruction sets", known->sets);
    snprintf(text, sizeof text, "%.1f GiB free",
             known->free_bytes / (1024.0 * 1024.0 * 1024.0));
    print_fact("memory", known->free_bytes > 0.0 ? text : "not known");
    snprintf(text, sizeof text, "%d (OMP_NUM_THREADS changes it)",
             omp_get_max_threads());
    print_fact("OpenMP threads", text);
    print_fact("BLAS", sunzi_blas_description());
    if (sunzi_machine_blas_note())
        print_fact("", sunzi_machine_blas_note());
    print_fact("MPI", known->mpi);
    print_engines(known);
    if (known->measured)
        print_rates(known);
}

static void write_engines(sunzi_json *json)
{
    sunzi_json_open(json, "engines", '[');
    for (int i = 0; i < sunzi_engine_count(); i++) {
        char why[500], kernels[600];
        const int available = sunzi_engine_available(i, why, sizeof why);
        sunzi_json_open(json, NULL, '{');
        sunzi_json_string(json, "name", sunzi_engine_name(i));
        sunzi_json_string(json, "summary", sunzi_engine_summary(i));
        sunzi_json_bool(json, "available", available != 0);
        sunzi_json_string(json, "reason", available ? NULL : why);
        sunzi_engine_kernels(i, kernels, sizeof kernels);
        sunzi_json_string(json, "kernels", kernels);
        sunzi_json_open(json, "devices", '[');
        for (int d = 0; sunzi_engine_device(i, d, why, sizeof why); d++)
            sunzi_json_string(json, NULL, why);
        sunzi_json_close(json, ']');
        sunzi_json_close(json, '}');
    }
    sunzi_json_close(json, ']');
}

static void write_rungs(sunzi_json *json, sunzi_context *context)
{
    sunzi_json_open(json, "factors", '[');
    for (int f = SUNZI_FACTOR_INT8; f <= SUNZI_FACTOR_FP64; f++) {
        char why[300] = "";
        const int available =
            sunzi_factor_available(context, (sunzi_factor)f, why, sizeof why);
        sunzi_json_open(json, NULL, '{');
        sunzi_json_string(json, "name", sunzi_factor_name((sunzi_factor)f));
        sunzi_json_bool(json, "available", available != 0);
        sunzi_json_string(json, "reason", available ? NULL : why);
        sunzi_json_close(json, '}');
    }
    sunzi_json_close(json, ']');
}

static void print_json(const facts *known)
{
    sunzi_json json = {.out = stdout};
    sunzi_json_open(&json, NULL, '{');
    sunzi_json_integer(&json, "schema", 1);
    sunzi_json_string(&json, "program", COMMAND);
    sunzi_json_string(&json, "version", sunzi_version());
    sunzi_json_string(&json, "cpu", known->cpu);
    sunzi_json_string(&json, "instruction_sets", known->sets);
    sunzi_json_number(&json, "free_bytes",
                      known->free_bytes > 0.0 ? known->free_bytes : NAN);
    sunzi_json_integer(&json, "threads", omp_get_max_threads());
    sunzi_json_number(&json, "load", sunzi_machine_load());
    sunzi_json_string(&json, "blas", sunzi_blas_description());
    sunzi_json_string(&json, "blas_note", sunzi_machine_blas_note());
    sunzi_json_string(&json, "mpi", known->mpi);
    sunzi_json_string(&json, "engine", sunzi_context_engine(known->context));
    write_engines(&json);
    write_rungs(&json, known->context);
    sunzi_json_open(&json, "rates", '[');
    for (int i = 0; i < known->rates; i++) {
        const sunzi_rate *rate = &known->rate[i];
        sunzi_json_open(&json, NULL, '{');
        sunzi_json_string(&json, "name", rate->key);
        sunzi_json_string(&json, "unit", rate->unit);
        sunzi_json_number(&json, "rate", rate->rate);
        sunzi_json_string(&json, "note", rate->note);
        sunzi_json_close(&json, '}');
    }
    sunzi_json_close(&json, ']');
    sunzi_json_close(&json, '}');
}

static void collect(facts *known)
{
    sunzi_machine_cpu(known->cpu, sizeof known->cpu);
    sunzi_machine_instruction_sets(known->sets, sizeof known->sets);
    sunzi_launch_library(known->mpi, sizeof known->mpi);
    if (!known->mpi[0])
        snprintf(known->mpi, sizeof known->mpi, "absent: built without it");
    known->free_bytes = sunzi_machine_free_bytes();
    if (known->measured)
        known->rates = sunzi_measure_rates(known->context, known->rate);
}

int sunzi_tool_info(int argc, char **argv)
{
    static facts known;
    bool as_json = false;
    sunzi_tool_args args = {.command = COMMAND,
                            .options = options,
                            .option_count = OPTIONS,
                            .argc = argc,
                            .argv = argv,
                            .at = 1};
    known.measured = true;
    for (int found; (found = sunzi_tool_next(&args)) != SUNZI_ARG_END;) {
        if (found == SUNZI_ARG_WRONG)
            return SUNZI_EXIT_INPUT;
        if (found == SUNZI_ARG_OPERAND) {
            sunzi_tool_error(COMMAND, "takes options only, got '%s'",
                             args.value);
            return SUNZI_EXIT_INPUT;
        }
        if (found == HELP) {
            puts("usage: sunzi info [OPTIONS]\n\n"
                 "What this machine and this build can do.\n");
            sunzi_tool_print_options(options, OPTIONS);
            return sunzi_tool_finish(COMMAND, SUNZI_EXIT_REACHED);
        }
        as_json = as_json || found == JSON;
        known.measured = found == MEASURE || (known.measured && found == JSON);
    }
    if (sunzi_context_create(NULL, &known.context) < 0) {
        sunzi_tool_error(COMMAND, "%s", sunzi_last_message());
        return SUNZI_EXIT_INPUT;
    }
    collect(&known);
    if (as_json)
        print_json(&known);
    else
        print_text(&known);
    sunzi_context_destroy(&known.context);
    return sunzi_tool_finish(COMMAND, SUNZI_EXIT_REACHED);
}
