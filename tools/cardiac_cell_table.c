/* SPDX-License-Identifier: BSD-3-Clause */
/* What `sunzi cardiac --cell` tells: a table, and a report as JSON. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cardiac_cell.h"
#include "tools/command.h"
#include "tools/json.h"

static const char *method_name(const sunzi_pace *p)
{
    return p->method == SUNZI_CELL_MIDPOINT ? "midpoint" : "rush-larsen";
}

/* "name [unit]", a number of each policy, its difference to the first one */
static void print_row(const sunzi_pace *p, const char *name, const char *unit,
                      const sunzi_paced *result, size_t at)
{
    char head[60];
    snprintf(head, sizeof head, "%s [%s]", name, unit);
    printf("%-20s", head);
    for (int i = 0; i < p->policies; i++) {
        double x, first;
        memcpy(&x, (const char *)&result[i] + at, sizeof x);
        memcpy(&first, (const char *)&result[0] + at, sizeof first);
        if (isnan(x))
            printf(" %13s", "-");
        else
            printf(" %13.8g", x);
        if (i > 0 && isnan(x - first))
            printf(" %10s", "-");
        else if (i > 0)
            printf(" %+10.1e", x - first);
    }
    putchar('\n');
}

void sunzi_pace_print(const sunzi_pace *p, const sunzi_paced *result)
{
    printf("%s, beat %d of %g ms, steps of %g ms (%s%s), %g pA/pF for %g ms, "
           "engine %s\n\n",
           sunzi_cell_model_name(p->model, p->variant), p->beats, p->period,
           p->dt, method_name(p), p->adapt > 0 ? ", adaptive" : "", p->current,
           p->on, sunzi_context_engine(NULL));
    printf("%-20s", "");
    for (int i = 0; i < p->policies; i++) {
        char less[24];
        printf(" %13s", sunzi_policy_name(p->policy[i]));
        snprintf(less, sizeof less, "- %s", sunzi_policy_name(p->policy[0]));
        if (i > 0)
            printf(" %10s", less);
    }
    putchar('\n');
    print_row(p, "APD90", "ms", result, offsetof(sunzi_paced, apd90_ms));
    print_row(p, "V = 0 at", "ms", result, offsetof(sunzi_paced, crossing_ms));
    print_row(p, "largest V", "mV", result, offsetof(sunzi_paced, v_most_mv));
    print_row(p, "largest dV/dt", "mV/ms", result,
              offsetof(sunzi_paced, dv_most));
    for (int s = 0; s < sunzi_cell_model_states(p->model); s++) {
        const char *unit = sunzi_cell_state_unit(p->model, s);
        if (s == 0 || strcmp(unit, "mM") == 0)
            print_row(p, sunzi_cell_state_name(p->model, s), unit, result,
                      offsetof(sunzi_paced, state) +
                          (size_t)s * sizeof(double));
    }
    printf("%-20s", "steps/s");
    for (int i = 0; i < p->policies; i++)
        printf(" %13.3g%*s", result[i].steps / result[i].seconds,
               i > 0 ? 11 : 0, "");
    putchar('\n');
}

static void write_run(sunzi_json *json, const sunzi_pace *p, int i,
                      const sunzi_paced *r)
{
    sunzi_json_open(json, sunzi_policy_name(p->policy[i]), '{');
    sunzi_json_number(json, "apd90_ms", r->apd90_ms);
    sunzi_json_number(json, "crossing_ms", r->crossing_ms);
    sunzi_json_number(json, "v_most_mv", r->v_most_mv);
    sunzi_json_number(json, "dv_most_mv_per_ms", r->dv_most);
    sunzi_json_open(json, "states", '{');
    for (int s = 0; s < sunzi_cell_model_states(p->model); s++)
        sunzi_json_number(json, sunzi_cell_state_name(p->model, s),
                          r->state[s]);
    sunzi_json_close(json, '}');
    sunzi_json_number(json, "seconds", r->seconds);
    sunzi_json_close(json, '}');
}

static void write_report(sunzi_json *json, const sunzi_pace *p,
                         const sunzi_paced *result)
{
    sunzi_json_open(json, NULL, '{');
    sunzi_json_integer(json, "schema", 1);
    sunzi_json_string(json, "program", SUNZI_CELL_COMMAND);
    sunzi_json_string(json, "version", sunzi_version());
    sunzi_json_string(json, "model",
                      sunzi_cell_model_name(p->model, p->variant));
    sunzi_json_string(json, "source", sunzi_cell_model_source(p->model));
    sunzi_json_string(json, "method", method_name(p));
    sunzi_json_integer(json, "beats", p->beats);
    sunzi_json_number(json, "dt_ms", p->dt);
    sunzi_json_number(json, "period_ms", p->period);
    sunzi_json_number(json, "current_pA_per_pF", p->current);
    sunzi_json_number(json, "on_ms", p->on);
    sunzi_json_number(json, "adapt_mv", p->adapt);
    sunzi_json_string(json, "engine", sunzi_context_engine(NULL));
    sunzi_json_open(json, "runs", '{');
    for (int i = 0; i < p->policies; i++)
        write_run(json, p, i, &result[i]);
    sunzi_json_close(json, '}');
    sunzi_json_close(json, '}');
}

int sunzi_pace_report(const sunzi_pace *p, const sunzi_paced *result)
{
    sunzi_json_file report;
    sunzi_status status = sunzi_json_file_open(p->report_path, &report);
    if (status == SUNZI_OK) {
        write_report(&report.json, p, result);
        status = sunzi_json_file_close(&report);
    }
    return sunzi_json_file_told(SUNZI_CELL_COMMAND, status);
}
