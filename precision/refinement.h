/* SPDX-License-Identifier: BSD-3-Clause */
/* Iterative refinement of A x = b, written over callbacks so that dense, sparse
 * and distributed solvers share it: classical first, then GMRES with the same
 * factors where that contracts too slowly.
 *
 * Sources: E. Carson, N. J. Higham, SIAM J. Sci. Comput. 40 (2018) A817 (GMRES
 * with factors of low precision); J. Demmel et al., ACM TOMS 32 (2006) 325
 * (when corrections may be trusted). */
#ifndef SUNZI_PRECISION_REFINEMENT_H
#define SUNZI_PRECISION_REFINEMENT_H

#include <stdbool.h>
#include <stddef.h>

enum { SUNZI_REFINEMENT_COLUMNS = 32 /* refined together, at most */ };

/* The system. Vectors have n FP64 components (the local ones of a distributed
 * vector; dot and norm then reduce over all ranks, reproducibly). Column j of a
 * block of vectors begins at [j n]. What a callback makes of a vector does not
 * depend on the others it is given. */
typedef struct sunzi_refinement_system {
    void *data;
    size_t n;
    const double *b; /* right-hand sides by columns */
    /* For k < count and j = columns[k]: r_k = b_j - A (x_j + x_low_j), or -A
     * x_j if homogeneous; exact: in twice FP64 and rounded once, else in FP64
     * without x_low. */
    void (*residual)(void *data, bool homogeneous, bool exact, int count,
                     const int *columns, const double *x, const double *x_low,
                     double *r);
    /* v_k = M^-1 v_k, k < count, M the factors */
    void (*solve)(void *data, int count, double *v);
    double (*dot)(void *data, const double *x, const double *y);
    double (*norm)(void *data, const double *x); /* in which x is judged */
    /* Backward error of a vector x for b_column, with residual r. */
    double (*error)(void *data, int column, const double *x, const double *r);
} sunzi_refinement_system;

typedef struct sunzi_refinement_goal {
    bool accurate; /* else: backward error <= tolerance is enough */
    double tolerance;
    /* Estimate of cond(A) u_factors; below 0.1 the contraction that is seen can
     * be believed, and one small correction ends the refinement, otherwise two.
     */
    double contraction;
    int max_steps, max_gmres;
} sunzi_refinement_goal;

typedef struct sunzi_refinement_result {
    bool reached;
    int steps, gmres_steps;
    double error; /* of the last x whose residual was computed */
    /* Estimate of ||x + x_low - x*|| / ||x|| from the corrections; infinity:
     * nothing is known, or the goal was not reached. */
    double remaining;
    const char *end; /* how it ended, static text */
} sunzi_refinement_result;

/* Doubles of workspace for up to `count` columns at a time. */
size_t sunzi_refinement_work(size_t n, int count, int max_gmres);

/* Refine the systems columns[k], k < count <= SUNZI_REFINEMENT_COLUMNS: x and
 * x_low (which may be NULL unless accurate) by columns, start from zero;
 * result[j] of column j. Classical steps are made in step for all columns that
 * still need one, so that each reads the matrix and the factors once; a column
 * that needs GMRES takes it alone. The numbers of a column do not depend on the
 * others. */
void sunzi_refine(const sunzi_refinement_system *s,
                  const sunzi_refinement_goal *goal, int count,
                  const int *columns, double *x, double *x_low,
                  sunzi_refinement_result *result, double *work);

/* d with ||M^-1 (r - A d)||_2 <= tolerance ||M^-1 r||_2: GMRES from zero, left
 * preconditioned, in FP64, at most max_steps without restart, classical
 * Gram-Schmidt twice. Returns the steps; *reduction: what was reached, 0 for
 * M^-1 r = 0, 1 if a number is not finite from the start. r is overwritten.
 * work: sunzi_gmres_work doubles. Y. Saad, M. H. Schultz, SIAM J. Sci. Stat.
 * Comput. 7 (1986) 856. */
int sunzi_gmres(const sunzi_refinement_system *s, double *r, double tolerance,
                int max_steps, double *d, double *reduction, double *work);
size_t sunzi_gmres_work(size_t n, int max_steps);

#endif
