/* SPDX-License-Identifier: BSD-3-Clause */
/* Cell-steps a second of sunzi_cell_step on one thread, by default for every
 * model and policy with the context's engine: bench_cells [model [cells]].
 * The policies of a model run in turn, ROUNDS times; told are the median and
 * the extremes. The states are those of a beat at 5 ms, spread over the cells
 * by stimuli of different strength. Lines:
 *
 *     cells model=M policy=P engine=E n=N steps=S Msteps/s=median (least-most)
 *
 * A run takes a few ms, so that other work on the machine disturbs few of them;
 * what it does shows in the spread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/sunzi.h>

#include "core/context.h"

enum { ROUNDS = 101, STATES_MOST = 64 };

typedef struct series {
    sunzi_cells cells;
    double rate[ROUNDS];
} series;

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int failed(void)
{
    fprintf(stderr, "bench_cells: %s\n", sunzi_last_message());
    return -1;
}

/* Cells that are 5 ms into beats of different strength. */
static int prepare(sunzi_context *ctx, const sunzi_cell_model *model,
                   sunzi_policy policy, int n, series *s)
{
    const size_t bytes = sunzi_policy_element_bytes(policy);
    sunzi_cells *c = &s->cells;
    sunzi_cells_init(c);
    c->model = model;
    c->policy = policy;
    c->count = n;
    c->stride = (n + 15) / 16 * 16 + 16;
    c->states = aligned_alloc(64, (size_t)c->stride * STATES_MOST * 2 * bytes);
    void *stimulus = malloc((size_t)n * bytes);
    if (!c->states || !stimulus)
        return -1;
    for (int i = 0; i < n; i++)
        if (bytes == sizeof(double))
            ((double *)stimulus)[i] = 20 + i % 32;
        else
            ((float *)stimulus)[i] = (float)(20 + i % 32);
    c->stimulus = stimulus;
    if (sunzi_cell_reset(c) < 0 || sunzi_cell_step(ctx, c, 0.01, 150, NULL) < 0)
        return failed();
    c->stimulus = NULL;
    free(stimulus);
    return sunzi_cell_step(ctx, c, 0.01, 350, NULL) < 0 ? failed() : 0;
}

static int measure(sunzi_context *ctx, series *s, int round, int steps)
{
    const double start = sunzi_seconds();
    if (sunzi_cell_step(ctx, &s->cells, 0.01, steps, NULL) < 0)
        return failed();
    s->rate[round] =
        (double)steps * (double)s->cells.count / (sunzi_seconds() - start);
    return 0;
}

static void tell(sunzi_context *ctx, series *s, int steps)
{
    qsort(s->rate, ROUNDS, sizeof s->rate[0], by_size);
    printf("cells model=%s policy=%s engine=%s n=%lld steps=%d "
           "Msteps/s=%.2f (%.2f-%.2f)\n",
           sunzi_cell_model_name(s->cells.model, -1),
           sunzi_policy_name(s->cells.policy), sunzi_context_engine(ctx),
           (long long)s->cells.count, steps, s->rate[ROUNDS / 2] * 1e-6,
           s->rate[0] * 1e-6, s->rate[ROUNDS - 1] * 1e-6);
}

static int bench(sunzi_context *ctx, const sunzi_cell_model *model, int n)
{
    static series s[SUNZI_POLICY_COUNT];
    const int steps = 60000 / n > 20 ? 60000 / n : 20;
    int code = 0;
    for (int round = -1; round < ROUNDS && code == 0; round++)
        for (int p = 0; p < SUNZI_POLICY_COUNT && code == 0; p++) {
            const int few = p == SUNZI_POLICY_DF64 ? steps / 20 : steps;
            if (!sunzi_cell_model_has(model, (sunzi_policy)p))
                continue;
            code = round < 0 ? prepare(ctx, model, (sunzi_policy)p, n, &s[p])
                             : measure(ctx, &s[p], round, few);
        }
    for (int p = 0; p < SUNZI_POLICY_COUNT; p++)
        if (sunzi_cell_model_has(model, (sunzi_policy)p)) {
            if (code == 0)
                tell(ctx, &s[p], p == SUNZI_POLICY_DF64 ? steps / 20 : steps);
            free(s[p].cells.states);
            s[p].cells.states = NULL;
        }
    return code;
}

int main(int argc, char **argv)
{
    const sunzi_context_options o = {.threads = 1};
    const int n = argc > 2 ? atoi(argv[2]) : 1024;
    sunzi_context *ctx = NULL;
    const sunzi_cell_model *only = NULL;
    int code = 0;
    if (sunzi_context_create(&o, &ctx) < 0 || n < 1 ||
        (argc > 1 && sunzi_cell_model_find(argv[1], &only, NULL) < 0))
        return failed() ? 2 : 0;
    for (int m = 0; m < sunzi_cell_model_count() && code == 0; m++)
        if (!only || sunzi_cell_model_at(m) == only)
            code = bench(ctx, sunzi_cell_model_at(m), n);
    sunzi_context_destroy(&ctx);
    return code ? 1 : 0;
}
