/* SPDX-License-Identifier: BSD-3-Clause */
/* A model of cells by its name, or from a file (doc/cell-models.md). */
#ifndef SUNZI_TOOLS_CARDIAC_MODEL_H
#define SUNZI_TOOLS_CARDIAC_MODEL_H

#include <sunzi/sunzi.h>

/* What has a "/" or ends with ".h" is a file: *opened is then the model, which
 * sunzi_cell_model_close ends; else it is NULL. Statuses of
 * sunzi_cell_model_find and sunzi_cell_model_open. */
sunzi_status sunzi_cardiac_model(sunzi_context *context, const char *name,
                                 const sunzi_cell_model **model, int *variant,
                                 sunzi_cell_model **opened);

#endif
