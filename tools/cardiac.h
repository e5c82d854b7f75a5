/* SPDX-License-Identifier: BSD-3-Clause */
/* `sunzi cardiac` on tissue, seen from the command. */
#ifndef SUNZI_TOOLS_CARDIAC_H
#define SUNZI_TOOLS_CARDIAC_H

/* Tissue; argv[0] is the subcommand. An exit code. */
int sunzi_cardiac_tissue(int argc, char **argv);

/* Process 0, before collective work on tissue: the others come to
 * sunzi_cardiac_serve (tools/solve_share.c). */
void sunzi_share_cardiac(void);
void sunzi_cardiac_serve(void);

#endif
