/* SPDX-License-Identifier: BSD-3-Clause */
/* Models of cells in files of the user, compiled at run time. */
#include <string.h>

#include "core/context.h"
#include "core/memory.h"
#include "engines/device.h"
#include "engines/kernel/file.h"
#include "solvers/cardiac/cell_facts.h"
#include "solvers/cardiac/model.h"

typedef const sunzi_cell_facts *facts_function(void);

/* A model, what it points to, and the file that has its code and texts. */
typedef struct file_model {
    sunzi_cell_model model;
    sunzi_kernel_file *file;
    sunzi_cell_variant variant;
} file_model;

static sunzi_status check_facts(const char *path, const sunzi_cell_facts *f)
{
    if (f->states > SUNZI_CELL_STATES_MAX)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: CELL_STATES has %d states, at most %d are "
                          "allowed",
                          path, f->states, SUNZI_CELL_STATES_MAX);
    if (strcmp(f->state[0].name, "V") != 0 ||
        strcmp(f->state[0].unit, "mV") != 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: the first of CELL_STATES is %s in %s, it must "
                          "be V in mV",
                          path, f->state[0].name, f->state[0].unit);
    if (!*f->name)
        return sunzi_fail(SUNZI_ERR_ARG, "%s: CELL_MODEL is empty; name it",
                          path);
    return SUNZI_OK;
}

static sunzi_status read_facts(const char *path, file_model *m)
{
    void *found = sunzi_kernel_file_symbol(m->file, "sunzi_cell_file_facts");
    facts_function *function;
    sunzi_status status;
    memcpy(&function, &found, sizeof function);
    const sunzi_cell_facts *f = function();
    SUNZI_TRY(check_facts(path, f));
    m->variant = (sunzi_cell_variant){f->name, f->initial};
    m->model.name = f->name;
    m->model.source = f->source;
    m->model.states = f->states;
    m->model.variants = 1;
    m->model.state = f->state;
    m->model.variant = &m->variant;
done:
    return status;
}

/* A policy that the file, or the device of the context, has not: NULL. */
static void find_kernels(const sunzi_context *ctx, file_model *m)
{
    static const char *const names[SUNZI_POLICY_COUNT][2] = {
        [SUNZI_POLICY_FP64] = {"cell_file_fp64", "cell_file_from_fp64"},
        [SUNZI_POLICY_FP32] = {"cell_file_fp32", "cell_file_from_fp32"},
        [SUNZI_POLICY_FP32C] = {"cell_file_fp32c", "cell_file_from_fp32c"},
        [SUNZI_POLICY_DF64] = {"cell_file_df64", "cell_file_from_df64"}};
    for (int p = 0; p < SUNZI_POLICY_COUNT; p++) {
        if (p == SUNZI_POLICY_FP64 && ctx->device && !ctx->device->limits.fp64)
            continue;
        m->model.step[p] = sunzi_kernel_file_find(m->file, names[p][0]);
        m->model.step_from[p] = sunzi_kernel_file_find(m->file, names[p][1]);
    }
}

sunzi_status sunzi_cell_model_open(sunzi_context *context, const char *path,
                                   sunzi_cell_model **model)
{
    sunzi_context *ctx;
    file_model *m = NULL;
    sunzi_cell_model *opened = NULL;
    void *block = NULL;
    sunzi_status status;
    if (!path || !model)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_cell_model_open: %s is NULL; pass one",
                          path ? "model" : "path");
    SUNZI_TRY(sunzi_context_use(context, &ctx));
    SUNZI_TRY(sunzi_allocate(sizeof *m, "a model of cells", &block));
    m = block;
    memset(m, 0, sizeof *m);
    opened = &m->model;
    SUNZI_TRY(sunzi_kernel_file_open(ctx, path, "solvers/cardiac/cell_file.h",
                                     &m->file));
    SUNZI_TRY(read_facts(path, m));
    find_kernels(ctx, m);
    *model = opened;
    opened = NULL;
done:
    sunzi_cell_model_close(&opened);
    return status;
}

void sunzi_cell_model_close(sunzi_cell_model **model)
{
    file_model *m = model ? (file_model *)(void *)*model : NULL;
    if (!m)
        return;
    sunzi_kernel_file_close(&m->file);
    sunzi_release(m);
    *model = NULL;
}
