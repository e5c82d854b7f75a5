/* SPDX-License-Identifier: BSD-3-Clause */
/* What core needs to know of engines: a table is found by name and has one.
 * Implemented in engines/registry.c and engines/device/device.c. */
#ifndef SUNZI_CORE_ENGINE_SELECT_H
#define SUNZI_CORE_ENGINE_SELECT_H

#include "core/status.h"

struct sunzi_engine_ops;
struct sunzi_device;

/* name NULL: SUNZI_ENGINE, else "auto", the available engine of the highest
 * priority. SUNZI_ERR_ARG: unknown name; SUNZI_ERR_ENGINE: not usable here. */
sunzi_status sunzi_engine_select(const char *name,
                                 const struct sunzi_engine_ops **engine);
/* The device of an engine that has one, else NULL; see engines/device.h. */
sunzi_status sunzi_device_open(const struct sunzi_engine_ops *engine,
                               struct sunzi_device **device);
void sunzi_device_close(struct sunzi_device **device);
/* All arrays that are held in a context are so no longer; see sunzi/hold.h. */
struct sunzi_context;
void sunzi_hold_drop(struct sunzi_context *ctx);
/* Pinned memory of the host that no copy uses; see engines/copies.h. */
void sunzi_copies_trim(struct sunzi_device *device);
const char *sunzi_engine_ops_name(const struct sunzi_engine_ops *engine);

#endif
