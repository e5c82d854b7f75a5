/* SPDX-License-Identifier: BSD-3-Clause */
/* What `sunzi validate` tells: a table, and a report as JSON
 * (doc/sunzi-validate.1 documents every key). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/command.h"
#include "tools/json.h"
#include "tools/validate.h"

enum { SCHEMA = 1 };

static const char *const verdicts[] = {"none", "FP64 quality", "kept", "lost"};

/* ---- printed ---- */

static void print_change(double change, bool lost)
{
    if (isnan(change))
        printf("  %10s", "-");
    else if (isinf(change))
        printf("  %10s", "! none");
    else
        printf(" %s%9.1e", lost ? "! " : "  ", change);
}

static void print_finding(const sunzi_validation *v, const sunzi_finding *f)
{
    char head[70];
    snprintf(head, sizeof head, "%s%s%s%s%s", f->statistic ? "~ " : "", f->name,
             *f->unit ? " [" : "", f->unit, *f->unit ? "]" : "");
    printf("  %-34s", head);
    if (isnan(f->fp64))
        printf(" %12s", "-");
    else
        printf(" %12.7g", f->fp64);
    print_change(f->steps, false);
    print_change(f->last_bit, false);
    for (int a = 1; a < v->arithmetics; a++)
        print_change(f->change[a],
                     sunzi_validation_verdict(v, f, a) == SUNZI_VERDICT_LOST);
    putchar('\n');
}

static void print_part(const sunzi_validation *v, int part)
{
    const sunzi_validation_part *p = &v->part[part];
    char head[40];
    snprintf(head, sizeof head, "%s: ", p->name);
    putchar('\n');
    sunzi_tool_print_wrapped(head, p->about);
    printf("  %-34s %12s  %10s  %10s", "", "fp64", "steps", "last bit");
    for (int a = 1; a < v->arithmetics; a++)
        printf("  %10s", v->arithmetic[a]);
    putchar('\n');
    for (int i = 0; i < v->findings; i++)
        if (v->finding[i].part == part)
            print_finding(v, &v->finding[i]);
    printf("  %-34s %12.3g  %10s  %10s", "seconds", p->seconds[0], "", "");
    for (int a = 1; a < v->arithmetics; a++)
        if (isnan(p->seconds[a]))
            printf("  %10s", "-");
        else
            printf("  %10.3g", p->seconds[a]);
    putchar('\n');
}

/* How far beyond what is allowed, as a multiple of FP64's own error. */
static double excess(const sunzi_finding *f, int arithmetic)
{
    return f->change[arithmetic] / fmax(f->steps, f->last_bit);
}

/* "cell APD90 (4.1 times the error of the steps)" of the worst loss */
static void name_worst(const sunzi_validation *v, int arithmetic, char *text,
                       size_t bytes)
{
    const sunzi_finding *worst = NULL;
    for (int i = 0; i < v->findings; i++) {
        const sunzi_finding *f = &v->finding[i];
        if (sunzi_validation_verdict(v, f, arithmetic) == SUNZI_VERDICT_LOST &&
            (!worst || excess(f, arithmetic) > excess(worst, arithmetic)))
            worst = f;
    }
    if (worst && isinf(worst->change[arithmetic]))
        snprintf(text, bytes, "%s, %s: there is none",
                 v->part[worst->part].name, worst->name);
    else if (worst)
        snprintf(text, bytes, "%s, %s: %.2g times FP64's own error",
                 v->part[worst->part].name, worst->name,
                 excess(worst, arithmetic));
}

static void print_verdicts(const sunzi_validation *v)
{
    for (int a = 1; a < v->arithmetics; a++) {
        int lost, quality, all;
        char head[40], worst[160] = "", line[300];
        const sunzi_verdict verdict =
            sunzi_validation_sum(v, a, &lost, &quality, &all);
        snprintf(head, sizeof head, "%-9s%-6s ", a == 1 ? "Verdict:" : "",
                 v->arithmetic[a]);
        name_worst(v, a, worst, sizeof worst);
        if (verdict == SUNZI_VERDICT_LOST)
            snprintf(line, sizeof line,
                     "loses %d of %d quantities; the worst is %s", lost, all,
                     worst);
        else if (verdict == SUNZI_VERDICT_NONE)
            snprintf(line, sizeof line, "no part has it");
        else
            snprintf(line, sizeof line,
                     "keeps all %d quantities, %d of them within the last bit "
                     "of FP64",
                     all, quality);
        sunzi_tool_print_wrapped(head, line);
    }
}

void sunzi_validation_print(const sunzi_validation *v)
{
    printf("validation of %s, engine %s\n", v->case_name,
           sunzi_context_engine(NULL));
    for (int part = 0; part < v->parts; part++)
        print_part(v, part);
    printf("\nsteps: how much finer steps change FP64's result. last bit: how "
           "much it changes when every\ninitial number is one unit in the last "
           "place higher. Then what each policy changes;\n!: lost, more than "
           "%g of `steps` and more than `last bit`",
           v->limit);
    for (int i = 0; i < v->findings; i++)
        if (v->finding[i].statistic) {
            printf(" (of statistics, ~: more than both)");
            break;
        }
    printf(". -: the\npart does not have it.\n\n");
    print_verdicts(v);
}

/* ---- the report ---- */

static void write_finding(sunzi_json *json, const sunzi_validation *v,
                          const sunzi_finding *f)
{
    sunzi_json_open(json, NULL, '{');
    sunzi_json_string(json, "name", f->name);
    sunzi_json_string(json, "unit", f->unit);
    sunzi_json_bool(json, "statistic", f->statistic);
    sunzi_json_number(json, "fp64", f->fp64);
    sunzi_json_number(json, "steps", f->steps);
    sunzi_json_number(json, "last_bit", f->last_bit);
    sunzi_json_open(json, "change", '{');
    for (int a = 1; a < v->arithmetics; a++)
        sunzi_json_number(json, v->arithmetic[a], f->change[a]);
    sunzi_json_close(json, '}');
    sunzi_json_open(json, "verdict", '{');
    for (int a = 1; a < v->arithmetics; a++)
        sunzi_json_string(json, v->arithmetic[a],
                          verdicts[sunzi_validation_verdict(v, f, a)]);
    sunzi_json_close(json, '}');
    sunzi_json_close(json, '}');
}

static void write_part(sunzi_json *json, const sunzi_validation *v, int part)
{
    const sunzi_validation_part *p = &v->part[part];
    sunzi_json_open(json, p->name, '{');
    sunzi_json_string(json, "about", p->about);
    sunzi_json_open(json, "seconds", '{');
    for (int a = 0; a < v->arithmetics; a++)
        sunzi_json_number(json, v->arithmetic[a], p->seconds[a]);
    sunzi_json_close(json, '}');
    sunzi_json_open(json, "quantities", '[');
    for (int i = 0; i < v->findings; i++)
        if (v->finding[i].part == part)
            write_finding(json, v, &v->finding[i]);
    sunzi_json_close(json, ']');
    sunzi_json_close(json, '}');
}

static void write_verdicts(sunzi_json *json, const sunzi_validation *v)
{
    sunzi_json_open(json, "verdicts", '{');
    for (int a = 1; a < v->arithmetics; a++) {
        int lost, quality, all;
        const sunzi_verdict verdict =
            sunzi_validation_sum(v, a, &lost, &quality, &all);
        sunzi_json_open(json, v->arithmetic[a], '{');
        sunzi_json_string(json, "verdict", verdicts[verdict]);
        sunzi_json_integer(json, "lost", lost);
        sunzi_json_integer(json, "fp64_quality", quality);
        sunzi_json_integer(json, "quantities", all);
        sunzi_json_close(json, '}');
    }
    sunzi_json_close(json, '}');
}

static void write_all(sunzi_json *json, const sunzi_validation *v)
{
    sunzi_json_open(json, NULL, '{');
    sunzi_json_integer(json, "schema", SCHEMA);
    sunzi_json_string(json, "program", SUNZI_VALIDATE_COMMAND);
    sunzi_json_string(json, "version", sunzi_version());
    sunzi_json_string(json, "case", v->case_name);
    sunzi_json_string(json, "engine", sunzi_context_engine(NULL));
    sunzi_json_number(json, "limit", v->limit);
    write_verdicts(json, v);
    sunzi_json_open(json, "parts", '{');
    for (int part = 0; part < v->parts; part++)
        write_part(json, v, part);
    sunzi_json_close(json, '}');
    sunzi_json_close(json, '}');
}

sunzi_status sunzi_validation_report(const sunzi_validation *v,
                                     const char *path)
{
    sunzi_json_file report;
    const sunzi_status status = sunzi_json_file_open(path, &report);
    if (status < 0)
        return status;
    write_all(&report.json, v);
    return sunzi_json_file_close(&report);
}
