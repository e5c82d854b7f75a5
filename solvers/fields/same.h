/* SPDX-License-Identifier: BSD-3-Clause */
/* Arguments that must be the same on all processes. */
#ifndef SUNZI_SOLVERS_FIELDS_SAME_H
#define SUNZI_SOLVERS_FIELDS_SAME_H

#include "core/communicator.h"

typedef struct sunzi_named {
    const char *name;
    int64_t value;
} sunzi_named;

/* Collective. As sunzi_comm_same, for `count` values. */
static inline sunzi_status sunzi_same_values(sunzi_comm *comm,
                                             const char *function, int count,
                                             const sunzi_named *named)
{
    sunzi_status status = SUNZI_OK;
    for (int i = 0; i < count && status == SUNZI_OK; i++)
        status = sunzi_comm_same(comm, function, named[i].name, named[i].value);
    return status;
}

#endif
