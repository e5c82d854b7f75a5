/* SPDX-License-Identifier: BSD-3-Clause */
/* OpenDX files: a scalar on a uniform grid, as programs that show molecules
 * read it. */
#ifndef SUNZI_IO_OPENDX_H
#define SUNZI_IO_OPENDX_H

#include <stdint.h>
#include <sunzi/comm.h>

#include "core/status.h"

typedef struct sunzi_opendx {
    const char *comment; /* a line, or NULL */
    int64_t nodes[3];    /* x, y, z */
    double low[3], spacing[3];
    int64_t first[3], count[3]; /* the brick of the process; count 0: none */
    const double *value;        /* its nodes, x fastest */
} sunzi_opendx;

/* Collective. Write a file (7 digits, independent of the locale) that appears
 * as a whole or not at all. Process 0 gathers all nodes, 8 bytes each.
 * SUNZI_ERR_FILE, SUNZI_ERR_NOMEM, SUNZI_ERR_MPI; the same on all processes. */
sunzi_status sunzi_opendx_write(sunzi_comm *comm, const char *path,
                                const sunzi_opendx *field);

#endif
