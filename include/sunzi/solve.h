/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Dense linear solves and least squares of FP64 quality from low-precision
 * factors.
 *
 * The matrix is scaled by powers of two, factorized at a rung of the precision
 * ladder, and the solution is refined until the grade asked for is reached;
 * where a rung cannot reach it, the next one is tried and the decision
 * recorded.
 *
 * Grades (u = 2^-53, all norms are maximum norms):
 *   backward   ||b - A x|| <= sqrt(n) u (||A|| ||x|| + ||b||)
 *   accurate   estimated relative forward error of the largest component of a
 *              few u, tied to a condition estimate: residuals nearly exact,
 *              the solution carried to twice FP64 and rounded at the end
 *   certified  accurate, and a proved bound of the forward error is returned
 * A function returns SUNZI_OK only when every right-hand side reached the grade
 * asked for; SUNZI_REACHED_* (positive) says the worst grade reached, with x
 * the best solution found. Multiplying A or b by a power of two changes
 * exponents only. A column of X and its report do not depend on the other
 * right-hand sides: up to 32 of them are refined together, which reads A and
 * the factors once a step, but each in the order it has alone; and a column
 * that has reached its grade stays as it is when others need a higher rung.
 * Where X is so small that FP64 holds it as subnormal numbers, errors and
 * grades are those of the rounded numbers: scale B by a power of two.
 *
 * Methods: E. Carson, N. J. Higham, SIAM J. Sci. Comput. 40 (2018) A817
 * (refinement in three precisions, GMRES); J. Demmel et al., ACM TOMS 32 (2006)
 * 325 (forward error bounds); S. M. Rump, Acta Numerica 19 (2010) 287 (proofs).
 */
#ifndef SUNZI_SOLVE_H
#define SUNZI_SOLVE_H

#include <sunzi/product.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sunzi_grade {
    SUNZI_GRADE_NONE = 0,
    SUNZI_GRADE_BACKWARD = 1,
    SUNZI_GRADE_ACCURATE = 2,
    SUNZI_GRADE_CERTIFIED = 3
} sunzi_grade;

/** Rungs of the ladder: the arithmetic of the factors. */
typedef enum sunzi_factor {
    SUNZI_FACTOR_AUTO = 0,
    SUNZI_FACTOR_INT8, /**< updates from INT8 products, FP32 accumulation */
    SUNZI_FACTOR_BF16, /**< updates from BF16 products, FP32 accumulation */
    SUNZI_FACTOR_FP16, /**< updates from FP16 products, FP32 accumulation */
    /** updates from products of operands rounded to nearest even to the 11
     * significant bits of TF32, with the range of FP32, FP32 accumulation */
    SUNZI_FACTOR_TF32,
    SUNZI_FACTOR_FP32,
    SUNZI_FACTOR_EMULATED, /**< FP64, updates by the emulated product */
    SUNZI_FACTOR_FP64
} sunzi_factor;

typedef enum sunzi_structure {
    SUNZI_GENERAL = 0,
    SUNZI_POSITIVE_DEFINITE /**< symmetric; Cholesky factors */
} sunzi_structure;

/** What one column of X reached. */
typedef struct sunzi_column_report {
    sunzi_grade grade;
    int refinements;       /**< classical steps, over all rungs */
    int gmres_iterations;  /**< inner GMRES steps, over all rungs */
    double normwise_error; /**< ||b - A x|| / (||A|| ||x|| + ||b||) */
    /** max_i |b - A x|_i / (|A||x| + |b|)_i */
    double componentwise_error;
    /** Bound of ||x - x_exact|| / ||x||: estimated at grades below certified,
     * proved at certified; infinity: none. */
    double forward_bound;
} sunzi_column_report;

/** One step of the ladder: a factorization that was tried. The engines, static
 * text, are those that made the factors, formed the residuals and solved with
 * the factors; in a context with a device, the engine of the CPU where a part
 * stayed there: at the rungs emulated and fp64, of distributed solves all but
 * factors, and without room for A (8 n^2 bytes) or the factors (see the log).
 */
typedef struct sunzi_attempt {
    sunzi_factor factor;
    int succeeded; /**< 1: this attempt gave the answer */
    double seconds_factor, seconds_refine;
    const char *engine_factor, *engine_residual, *engine_solve;
    char reason[160]; /**< why it was chosen, and how it ended */
} sunzi_attempt;

enum { SUNZI_ATTEMPTS_MAX = 8 };

typedef struct sunzi_solve_report {
    sunzi_factor factor; /**< last rung, on which the last column got its answer
                          */
    sunzi_grade grade;   /**< worst grade over the columns */
    const char *engine;  /**< static text */
    /** Estimate of ||A||_1 ||A^-1||_1 of the scaled matrix (Hager-Higham);
     * infinity when the factors say singular. */
    double condition;
    double seconds_total;
    double seconds_factor, seconds_refine, seconds_condition, seconds_certify;
    size_t workspace_bytes;
    int attempts;
    sunzi_attempt attempt[SUNZI_ATTEMPTS_MAX];
} sunzi_solve_report;

typedef struct sunzi_solve_options {
    sunzi_structure structure;
    sunzi_factor
        factor; /**< first rung to try; AUTO: chosen by size and engine */
    sunzi_grade grade; /**< BACKWARD, ACCURATE or CERTIFIED; default BACKWARD */
    int climb;         /**< 1 (default): go up the ladder where a rung fails;
                            0: stay on the rung given */
    int max_refinements; /**< classical steps a rung and column; default 30 */
    int max_gmres;       /**< GMRES steps a rung and column; default 200 */
} sunzi_solve_options;

/** Set every field to its default; an options struct that was not set so is
 * refused where its values make no sense. NULL: nothing is done. */
SUNZI_API void sunzi_solve_options_init(sunzi_solve_options *options);

SUNZI_API const char *sunzi_grade_name(sunzi_grade grade);    /**< "accurate" */
SUNZI_API const char *sunzi_factor_name(sunzi_factor factor); /**< "bf16" */

/** 1 if the rung has hardware support in the context's engine; 0 with the
 * reason otherwise. Rungs without hardware support are never chosen by AUTO. */
SUNZI_API int sunzi_factor_available(sunzi_context *ctx, sunzi_factor factor,
                                     char *why, size_t why_bytes);

/** Solve A X = B, expert form.
 *
 * \param [in]     n, nrhs  order and number of right-hand sides, >= 0
 * \param [in]     A        shape [n, n], leading dimension lda; NOT modified.
 *                          POSITIVE_DEFINITE: only the lower triangle of the
 *                          matrix (in terms of layout) is read
 * \param [in]     B        shape [n, nrhs]; not modified; may be X itself
 * \param [out]    X        shape [n, nrhs]
 * \param [in]     options  NULL: defaults
 * \param [out]    report   may be NULL; written also with positive statuses and
 *                          with SUNZI_ERR_SINGULAR
 * \param [out]    columns  array of nrhs reports, or NULL; written with
 *                          statuses >= 0
 * \return SUNZI_OK; SUNZI_REACHED_*; SUNZI_ERR_SINGULAR,
 *         SUNZI_ERR_NOT_POSITIVE_DEFINITE, SUNZI_ERR_NONFINITE,
 *         SUNZI_ERR_OVERFLOW, SUNZI_ERR_ARG, SUNZI_ERR_NOMEM,
 *         SUNZI_ERR_DEVICE (X untouched).
 * Cost: 2/3 n^3 operations at the rung; a refinement step 4 n^2 for each
 * right-hand side (2 n^2 with A in twice FP64 above grade backward, about five
 * times as dear), and one pass over A and the factors for each 32 of them.
 * Memory: the factors (4 n^2 bytes at the rungs up to fp32, 8 n^2 above), about
 * 230 n numbers for one right-hand side and 450 n (positive definite: 530 n)
 * for many, and X once more. In a context with a device, at the rung fp32, A
 * and the factors are there, 12 n^2 bytes, if there is room. certified: 2 n^3
 * more for the inverse, a product of order n, and 16 n^2 bytes, however many
 * right-hand sides. Example: examples/20_solve.c */
SUNZI_API sunzi_status sunzi_dsolve(sunzi_context *ctx, int layout, int n,
                                    int nrhs, const double *A, int lda,
                                    const double *B, int ldb, double *X,
                                    int ldx, const sunzi_solve_options *options,
                                    sunzi_solve_report *report,
                                    sunzi_column_report *columns);

/** What one system of a batch reached. */
typedef struct sunzi_batch_member {
    sunzi_status status; /**< as sunzi_dsolve of it alone would return */
    sunzi_grade grade;
    sunzi_factor factor;   /**< rung of the answer */
    int refinements;       /**< most of a right-hand side */
    double normwise_error; /**< largest of a right-hand side */
} sunzi_batch_member;

/** Many small systems of one shape, A_i X_i = B_i for i = 0 .. count - 1, where
 * A_i begins stride_a numbers after A_(i-1), and so on; strides >= 0 (stride_a
 * or stride_b 0: one for all), the X_i may not overlap each other. X == B with
 * the same strides is allowed.
 *
 * General systems of order up to 256 at grade BACKWARD and rung AUTO or FP32
 * are solved together, each from FP32 factors with residuals in twice FP64: in
 * a context with a device in one launch, a group of work items each (as many as
 * have room), else shared out to threads, with the same bits on every engine.
 * Systems that do not converge so, larger ones, other grades (ACCURATE,
 * CERTIFIED), rungs and structures are solved one by one as by sunzi_dsolve.
 * One system that fails does not keep the others from being solved.
 *
 * \param [in]  options  NULL: defaults; for all systems
 * \param [out] members  array of count reports, or NULL; not written with
 *                       SUNZI_ERR_ARG
 * \return SUNZI_OK: all reached the grade; else the status of the first that
 *         failed (of the first below the grade, if none failed), whose index
 *         the message names; X_i of a system that failed is untouched.
 *         SUNZI_ERR_ARG: nothing is written. SUNZI_ERR_NOMEM, SUNZI_ERR_DEVICE:
 *         systems whose member has status SUNZI_OK are solved, no others.
 * Cost: 2/3 n^3 FP32 operations a system and about 30 n^2 a refinement (two or
 * three). On a CPU the kernel pays from about order 32 on
 * (doc/results/devices.md has figures): below, LAPACK's dgesv in a loop is
 * up to three times as fast. Memory: 4 n m + 8 n (nrhs + 2) + 16 m bytes a
 * system, m being n rounded up to a multiple of 16, and 8 n^2 for matrices
 * stored by rows, which are turned; in parts of at most 2 MiB a thread, or what
 * the device has. */
SUNZI_API sunzi_status sunzi_dsolve_batch_strided(
    sunzi_context *ctx, int layout, int n, int nrhs, const double *A, int lda,
    int64_t stride_a, const double *B, int ldb, int64_t stride_b, double *X,
    int ldx, int64_t stride_x, int count, const sunzi_solve_options *options,
    sunzi_batch_member *members);

/** As LAPACKE_dgesv: B is overwritten by X. Grade backward, rung auto. A is NOT
 * overwritten by factors; ipiv (may be NULL) gets the row interchanges of the
 * factorization that gave the answer, 1-based. */
SUNZI_API sunzi_status sunzi_dgesv(sunzi_context *ctx, int layout, int n,
                                   int nrhs, const double *A, int lda,
                                   int *ipiv, double *B, int ldb);

/** As LAPACKE_dposv: uplo is 'U' or 'L'. A is not modified. */
SUNZI_API sunzi_status sunzi_dposv(sunzi_context *ctx, int layout, char uplo,
                                   int n, int nrhs, const double *A, int lda,
                                   double *B, int ldb);

/** As LAPACKE_dgels with full-rank A of shape [m, n]: minimizes ||B - A X||_2
 * by columns (trans 'N', m >= n), or gives the minimum-norm solution (m < n);
 * trans 'T' uses A^T. B has max(m, n) rows, X overwrites its leading part. A is
 * not modified. Low-precision QR factors, refinement of the augmented system.
 */
SUNZI_API sunzi_status sunzi_dgels(sunzi_context *ctx, int layout, char trans,
                                   int m, int n, int nrhs, const double *A,
                                   int lda, double *B, int ldb);
SUNZI_API sunzi_status sunzi_dgels_expert(sunzi_context *ctx, int layout,
                                          char trans, int m, int n, int nrhs,
                                          const double *A, int lda, double *B,
                                          int ldb,
                                          const sunzi_solve_options *options,
                                          sunzi_solve_report *report,
                                          sunzi_column_report *columns);

#ifdef __cplusplus
}
#endif
#endif
