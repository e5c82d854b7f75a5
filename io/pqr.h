/* SPDX-License-Identifier: BSD-3-Clause */
/* PQR files: atoms of a molecule with charges and radii, as PDB2PQR writes
 * them. */
#ifndef SUNZI_IO_PQR_H
#define SUNZI_IO_PQR_H

#include <sunzi/poisson_boltzmann.h>

#include "core/status.h"

/* Read the ATOM and HETATM lines of a file, words parted by blanks:
 *     ATOM number name residue [chain] residue_number x y z charge radius
 * Other lines are passed over, a chain may be missing. *atom is freed by
 * sunzi_release. SUNZI_ERR_FILE; SUNZI_ERR_FORMAT: a line, which is named; no
 * atoms; SUNZI_ERR_NOMEM. Outputs are written on success only. */
sunzi_status sunzi_pqr_read(const char *path, int64_t *atoms,
                            sunzi_pb_atom **atom);

/* Free what sunzi_pqr_read made; NULL is allowed. */
void sunzi_pqr_free(sunzi_pb_atom *atom);

#endif
