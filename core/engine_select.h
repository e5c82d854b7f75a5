/* SPDX-License-Identifier: BSD-3-Clause */
/* What core needs to know of engines: a table is found by name and has one.
 * Implemented in engines/registry.c. */
#ifndef SUNZI_CORE_ENGINE_SELECT_H
#define SUNZI_CORE_ENGINE_SELECT_H

#include "core/status.h"

struct sunzi_engine_ops;

/* name NULL: SUNZI_ENGINE, else "auto", the available engine of the highest
 * priority. SUNZI_ERR_ARG: unknown name; SUNZI_ERR_ENGINE: not usable here. */
sunzi_status sunzi_engine_select(const char *name,
                                 const struct sunzi_engine_ops **engine);
const char *sunzi_engine_ops_name(const struct sunzi_engine_ops *engine);

#endif
