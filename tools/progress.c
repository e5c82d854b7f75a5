/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE
#include "tools/progress.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "tools/command.h"

/* Shorter work shows nothing on a terminal. */
#define DRAWN_AFTER_SECONDS 0.3
#define TOLD_EVERY_SECONDS  30.0

enum { LINE_WIDTH = 78 };

void sunzi_tool_progress_begin(sunzi_tool_progress *progress,
                               const char *command, bool quiet, int rank)
{
    *progress = (sunzi_tool_progress){
        .command = command,
        .out = stderr,
        .silent = quiet || rank != 0,
        .terminal = isatty(STDERR_FILENO) == 1,
        .seconds = sunzi_tool_seconds,
    };
}

/* "95 s" as "1:35" */
static void put_duration(char *text, size_t bytes, double seconds)
{
    const long all = seconds < 1e9 ? (long)(seconds + 0.5) : 1000000000;
    if (all < 3600)
        snprintf(text, bytes, "%ld:%02ld", all / 60, all % 60);
    else
        snprintf(text, bytes, "%ld:%02ld:%02ld", all / 3600, all / 60 % 60,
                 all % 60);
}

/* "product 45 %, 12.5 per second, 1:35 left" */
static void put_state(const sunzi_tool_progress *p, double now, double total,
                      char *text, size_t bytes)
{
    const double percent = total > 0.0 ? 100.0 * p->done / total : 100.0;
    const double rate = (p->done - p->first) / (now - p->started);
    char time[40];
    int used = snprintf(text, bytes, "%s %.0f %%", p->phase,
                        floor(fmin(fmax(percent, 0.0), 100.0)));
    if (!(rate > 0.0) || !isfinite(rate) || used >= (int)bytes)
        return;
    if (p->done >= total) {
        put_duration(time, sizeof time, now - p->started);
        snprintf(text + used, bytes - (size_t)used,
                 ", %.3g per second, took %s", rate, time);
        return;
    }
    put_duration(time, sizeof time, (total - p->done) / rate);
    snprintf(text + used, bytes - (size_t)used, ", %.3g per second, %s left",
             rate, time);
}

static void draw(sunzi_tool_progress *p, double now, double total)
{
    char state[LINE_WIDTH - 1];
    if (now - p->begun < DRAWN_AFTER_SECONDS)
        return;
    put_state(p, now, total, state, sizeof state);
    fprintf(p->out, "\r  %-*s", LINE_WIDTH - 2, state);
    fflush(p->out);
    p->drawn = true;
}

static void tell(sunzi_tool_progress *p, double now, double total)
{
    char state[200];
    const bool ends = p->done >= total;
    if (now - p->told < TOLD_EVERY_SECONDS && !(ends && p->told_any))
        return;
    put_state(p, now, total, state, sizeof state);
    fprintf(p->out, "%s: %s\n", p->command, state);
    fflush(p->out);
    p->told = now;
    p->told_any = !ends;
}

void sunzi_tool_progress_show(void *user, const char *phase, double done,
                              double total)
{
    sunzi_tool_progress *p = user;
    if (p->silent)
        return;
    const double now = p->seconds();
    if (p->begun == 0.0)
        p->begun = now;
    if (strncmp(p->phase, phase, sizeof p->phase - 1) != 0 || done < p->done) {
        snprintf(p->phase, sizeof p->phase, "%s", phase);
        p->first = done;
        p->started = p->told = now;
        p->told_any = false;
    }
    p->done = done;
    if (p->terminal)
        draw(p, now, total);
    else
        tell(p, now, total);
}

void sunzi_tool_progress_clear(sunzi_tool_progress *p)
{
    if (p->drawn) {
        fprintf(p->out, "\r%*s\r", LINE_WIDTH, "");
        fflush(p->out);
    }
    p->drawn = false;
    p->begun = 0.0;
}
