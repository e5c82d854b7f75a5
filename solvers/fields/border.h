/* SPDX-License-Identifier: BSD-3-Clause */
/* Halo exchange of arrays that are on a device: only the cells that are sent
 * and received cross. They pass through the host's array of the halo's slot, of
 * which nothing else is used. */
#ifndef SUNZI_SOLVERS_FIELDS_BORDER_H
#define SUNZI_SOLVERS_FIELDS_BORDER_H

#include <sunzi/halo.h>

#include "engines/memory.h"

typedef struct sunzi_border sunzi_border;

/* Of arrays of `planes` times `cells` elements of `bytes`, 4 or 8, the planes
 * being the arrays of one field of the halo (two of a pair), one after the
 * other. Not collective. */
sunzi_status sunzi_border_create(sunzi_context *ctx, const sunzi_halo *halo,
                                 int planes, int64_t cells, size_t bytes,
                                 sunzi_border **border);
void sunzi_border_destroy(sunzi_border **border);

/* Collective, as sunzi_halo_exchange; halo NULL: a process alone needs none.
 * memory: the array, whose halo is filled where it is, or, border being NULL,
 * on the host, to which all of it is brought; NULL: no cells are here. host:
 * the array that is bound to the slot. mine: a process that failed before takes
 * part. */
sunzi_status sunzi_border_exchange(sunzi_halo *halo, int slot,
                                   sunzi_border *border, sunzi_memory *memory,
                                   void *host, sunzi_status mine);

#endif
