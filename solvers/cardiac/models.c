/* SPDX-License-Identifier: BSD-3-Clause */
/* The models of the library, and what is known of a model. */
#include <stdio.h>
#include <string.h>

#include "core/nearest.h"
#include "core/status.h"
#include "solvers/cardiac/model.h"

static const sunzi_cell_model *const models[] = {
    &sunzi_cell_tp06,         &sunzi_cell_bueno_orovio,
    &sunzi_cell_courtemanche, &sunzi_cell_ohara_rudy,
    &sunzi_cell_mitchell,     &sunzi_cell_fitzhugh_nagumo,
};

enum {
    MODELS = (int)(sizeof models / sizeof models[0]),
    NAMES_MAX = MODELS * SUNZI_CELL_VARIANTS_MAX
};

int sunzi_cell_model_count(void)
{
    return MODELS;
}

const sunzi_cell_model *sunzi_cell_model_at(int index)
{
    return index >= 0 && index < MODELS ? models[index] : NULL;
}

static sunzi_status unknown_model(const char *name)
{
    const char *names[NAMES_MAX];
    char all[300];
    int count = 0, length = 0;
    for (int m = 0; m < MODELS; m++) {
        for (int v = 0; v < models[m]->variants; v++)
            names[count++] = models[m]->variant[v].name;
        length += snprintf(all + length, sizeof all - (size_t)length, "%s%s",
                           m ? ", " : "", models[m]->name);
    }
    const char *nearest = sunzi_nearest_name(name, names, count);
    return sunzi_fail(SUNZI_ERR_ARG, "there is no model of cells '%.60s'; %s%s",
                      name, nearest ? "did you mean " : "allowed are ",
                      nearest ? nearest : all);
}

sunzi_status sunzi_cell_model_find(const char *name,
                                   const sunzi_cell_model **model, int *variant)
{
    int found_model = -1, found_variant = 0;
    if (!name || !model)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_cell_model_find: %s is NULL; pass one",
                          name ? "model" : "name");
    for (int m = 0; m < MODELS; m++) {
        for (int v = models[m]->variants - 1; v >= 0; v--)
            if (strcmp(models[m]->variant[v].name, name) == 0) {
                found_model = m;
                found_variant = v;
            }
        if (strcmp(models[m]->name, name) == 0) {
            found_model = m;
            found_variant = 0;
        }
    }
    if (found_model < 0)
        return unknown_model(name);
    *model = models[found_model];
    if (variant)
        *variant = found_variant;
    return SUNZI_OK;
}

const char *sunzi_cell_model_name(const sunzi_cell_model *model, int variant)
{
    if (!model || variant < -1 || variant >= model->variants)
        return NULL;
    return variant < 0 ? model->name : model->variant[variant].name;
}

const char *sunzi_cell_model_source(const sunzi_cell_model *model)
{
    return model ? model->source : NULL;
}

int sunzi_cell_model_variants(const sunzi_cell_model *model)
{
    return model ? model->variants : 0;
}

int sunzi_cell_model_states(const sunzi_cell_model *model)
{
    return model ? model->states : 0;
}

int sunzi_cell_model_has(const sunzi_cell_model *model, sunzi_policy policy)
{
    return model && sunzi_policy_name(policy) && model->step[policy] &&
           model->step_from[policy];
}

const char *sunzi_cell_state_name(const sunzi_cell_model *model, int state)
{
    return model && state >= 0 && state < model->states
               ? model->state[state].name
               : NULL;
}

const char *sunzi_cell_state_unit(const sunzi_cell_model *model, int state)
{
    return model && state >= 0 && state < model->states
               ? model->state[state].unit
               : NULL;
}

sunzi_status sunzi_cell_model_initial(const sunzi_cell_model *model,
                                      int variant, double *values)
{
    if (!model || !values || variant < 0 || variant >= model->variants)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_cell_model_initial: variant %d of %s, values "
                          "%s; pass a model, a variant from 0 to %d and an "
                          "array",
                          variant, model ? model->name : "NULL",
                          values ? "given" : "NULL",
                          model ? model->variants - 1 : 0);
    memcpy(values, model->variant[variant].initial,
           (size_t)model->states * sizeof *values);
    return SUNZI_OK;
}
