/* SPDX-License-Identifier: BSD-3-Clause */
/* The processes that one `sunzi` runs on. Process 0 reads, tells and writes;
 * the others wait for its orders and say nothing. */
#ifndef SUNZI_TOOLS_TEAM_H
#define SUNZI_TOOLS_TEAM_H

#include <stdbool.h>
#include <sunzi/sunzi.h>

/* Tiles of sunzi_pdsolve, which takes a matrix in such tiles as it is. */
enum { SUNZI_TEAM_TILE = 256 };

typedef struct sunzi_team {
    sunzi_comm *comm; /* NULL: this process is alone */
    sunzi_grid *home; /* process 0 only */
    sunzi_grid *grid; /* all of them */
    int processes, rows, cols;
    bool launched; /* by an MPI launcher, also if alone */
} sunzi_team;

/* Collective. Make the team, the same for the whole program; an exit code,
 * after a message of process 0 if it is not 0. */
int sunzi_team_begin(void);

/* Collective, also after a failure. */
void sunzi_team_end(void);

const sunzi_team *sunzi_team_get(void);

/* How its processes take devices; NULL for a process alone. */
const char *sunzi_team_devices(void);

#endif
