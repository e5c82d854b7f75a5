/* SPDX-License-Identifier: BSD-3-Clause */
/* The findings of a validation: how they are kept, and what they say. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/validate.h"

sunzi_validation_part *sunzi_validation_begin(sunzi_validation *v,
                                              const char *name)
{
    sunzi_validation_part *part = &v->part[v->parts++];
    *part = (sunzi_validation_part){.name = name};
    for (int a = 0; a < SUNZI_VALIDATE_ARITHMETICS; a++)
        part->seconds[a] = NAN;
    return part;
}

sunzi_finding *sunzi_validation_add(sunzi_validation *v, const char *name,
                                    const char *unit, double fp64)
{
    sunzi_finding *f = &v->finding[v->findings++];
    *f = (sunzi_finding){
        .part = v->parts - 1, .fp64 = fp64, .steps = NAN, .last_bit = NAN};
    snprintf(f->name, sizeof f->name, "%s", name);
    snprintf(f->unit, sizeof f->unit, "%s", unit);
    for (int a = 0; a < SUNZI_VALIDATE_ARITHMETICS; a++)
        f->change[a] = NAN;
    return f;
}

double sunzi_validation_change(double a, double b)
{
    if (isnan(a) && isnan(b))
        return 0;
    return isnan(a - b) ? INFINITY : fabs(a - b);
}

sunzi_verdict sunzi_validation_verdict(const sunzi_validation *v,
                                       const sunzi_finding *f, int arithmetic)
{
    const double change = f->change[arithmetic];
    if (isnan(change))
        return SUNZI_VERDICT_NONE;
    if (change == 0 || change <= f->last_bit)
        return SUNZI_VERDICT_QUALITY;
    return change <= (f->statistic ? f->steps : v->limit * f->steps)
               ? SUNZI_VERDICT_KEPT
               : SUNZI_VERDICT_LOST;
}

sunzi_verdict sunzi_validation_sum(const sunzi_validation *v, int arithmetic,
                                   int *lost, int *quality, int *all)
{
    sunzi_verdict worst = SUNZI_VERDICT_NONE;
    *lost = *quality = *all = 0;
    for (int i = 0; i < v->findings; i++) {
        const sunzi_verdict verdict =
            sunzi_validation_verdict(v, &v->finding[i], arithmetic);
        *lost += verdict == SUNZI_VERDICT_LOST;
        *quality += verdict == SUNZI_VERDICT_QUALITY;
        *all += verdict != SUNZI_VERDICT_NONE;
        worst = verdict > worst ? verdict : worst;
    }
    return worst;
}

sunzi_curve *sunzi_validation_curve(sunzi_validation *v, const char *quantity,
                                    const char *arithmetic, int64_t count,
                                    int64_t columns)
{
    sunzi_curve *grown =
        realloc(v->curve, (size_t)(v->curves + 1) * sizeof *grown);
    const size_t numbers = (size_t)(count * (columns > 0 ? columns : 1));
    if (!grown) {
        (void)sunzi_fail(SUNZI_ERR_NOMEM, "no memory for a curve");
        return NULL;
    }
    v->curve = grown;
    sunzi_curve *c = &grown[v->curves];
    *c = (sunzi_curve){.count = count, .columns = columns};
    c->y = calloc(numbers + 1, sizeof *c->y);
    c->x = columns > 0 ? NULL : calloc(numbers + 1, sizeof *c->x);
    if (!c->y || (columns <= 0 && !c->x)) {
        free(c->y);
        free(c->x);
        (void)sunzi_fail(SUNZI_ERR_NOMEM, "no memory for a curve of %lld",
                         (long long)numbers);
        return NULL;
    }
    snprintf(c->path, sizeof c->path, "%s/%s/%s", v->part[v->parts - 1].name,
             quantity, arithmetic);
    v->curves++;
    return c;
}

void sunzi_validation_clear(sunzi_validation *v)
{
    for (int i = 0; i < v->curves; i++) {
        free(v->curve[i].x);
        free(v->curve[i].y);
    }
    free(v->curve);
    *v = (sunzi_validation){.case_name = NULL};
}
