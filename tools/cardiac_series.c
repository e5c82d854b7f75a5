/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/cardiac_series.h"

#include <math.h>
#include <stdarg.h>

sunzi_status sunzi_series_open(const sunzi_slab *r, int path, int every,
                               sunzi_series *s)
{
    const sunzi_run_key *key = &r->file->schema->keys[path];
    *s = (sunzi_series){.steps = sunzi_slab_steps_in(r, path, every)};
    if (sunzi_slab_value(r, SUNZI_TISSUE_POLICIES)->count > 1)
        return sunzi_run_file_fail(r->file, SUNZI_TISSUE_POLICIES,
                                   "the file of %s.%s holds one run, allowed "
                                   "is one policy with it",
                                   key->section, key->name);
    if (sunzi_comm_rank(r->comm) > 0)
        return SUNZI_OK;
    const sunzi_status status =
        sunzi_new_file_open(sunzi_slab_value(r, path)->text, &s->file);
    s->open = status == SUNZI_OK;
    if (s->open)
        fputs("time [ms]", s->file.stream);
    return status;
}

void sunzi_series_name(sunzi_series *s, const char *format, ...)
{
    va_list args;
    if (!s->open)
        return;
    fputc(',', s->file.stream);
    va_start(args, format);
    vfprintf(s->file.stream, format, args);
    va_end(args);
}

void sunzi_series_end(sunzi_series *s)
{
    if (s->open)
        fputc('\n', s->file.stream);
}

bool sunzi_series_due(const sunzi_slab *r, const sunzi_series *s)
{
    return s->steps > 0 && r->step % s->steps == 0;
}

void sunzi_series_begin(const sunzi_slab *r, sunzi_series *s)
{
    if (s->open)
        fprintf(s->file.stream, "%.15g",
                (double)r->step * sunzi_slab_value(r, SUNZI_TISSUE_DT)->real);
}

void sunzi_series_number(sunzi_series *s, double number)
{
    if (s->open && isnan(number))
        fputs(",nan", s->file.stream);
    else if (s->open)
        fprintf(s->file.stream, ",%.17g", number);
}

sunzi_status sunzi_series_close(sunzi_series *s, bool keep)
{
    const bool open = s->open;
    s->open = false;
    return open ? sunzi_new_file_close(&s->file, keep) : SUNZI_OK;
}
