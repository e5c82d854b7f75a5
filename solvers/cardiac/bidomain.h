/* SPDX-License-Identifier: BSD-3-Clause */
/* A bidomain: the tissue, what is inside and outside of its cells together, and
 * a multigrid of that. */
#ifndef SUNZI_SOLVERS_CARDIAC_BIDOMAIN_H
#define SUNZI_SOLVERS_CARDIAC_BIDOMAIN_H

#include "solvers/cardiac/tissue.h"
#include "solvers/grid/multigrid.h"

struct sunzi_bidomain {
    sunzi_tissue *inside; /* the caller's */
    sunzi_tissue *total;
    sunzi_multigrid *multigrid;
    double tolerance;
    double nodes, volume; /* of total, over all processes; mass as in a grid */
    /* on the grid; zero and ones of the policy (1: a node of total), question
     * and answer of multigrid */
    sunzi_tissue_array zero, ones, question, answer;
    sunzi_tissue_array phi; /* of the nodes, a state of the policy */
    double *before;         /* phi of the nodes */
    void *kept;             /* V of the nodes of inside */
};

/* Arguments of a step of diffusion, in the name of `function`. */
sunzi_status sunzi_bidomain_check(const sunzi_bidomain *b, const char *function,
                                  double dt, const void *V, int64_t plane,
                                  const double *phi);

/* Collective. The functions of sunzi/tissue.h for arguments that were checked,
 * and processes one of which may have failed (mine); report is added to. */
sunzi_status sunzi_bidomain_solve_if(sunzi_bidomain *b, sunzi_status mine,
                                     void *V, int64_t plane, double *phi,
                                     sunzi_tissue_report *report);
sunzi_status sunzi_bidomain_diffuse_if(sunzi_bidomain *b, sunzi_status mine,
                                       double dt, void *V, int64_t plane,
                                       double *phi,
                                       sunzi_tissue_report *report);

#endif
