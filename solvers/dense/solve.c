/* SPDX-License-Identifier: BSD-3-Clause */
/* Linear solves: arguments, the climb up the ladder, reports. */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engines/engine.h"
#include "precision/product.h"
#include "solvers/dense/certify.h"
#include "solvers/dense/condition.h"
#include "solvers/dense/deliver.h"
#include "solvers/dense/ladder.h"
#include "solvers/dense/solve_call.h"
#include "solvers/dense/system.h"

/* Above it a small correction is no proof of accuracy: the factors may hide a
 * direction in which the solution is wrong. */
static const double condition_limit = 1e15;
static const double unit_roundoff = DBL_EPSILON / 2;

/* One right-hand side on its way up the ladder. */
typedef struct progress {
    int exponent; /* of its scaling */
    bool zero;
    bool done;    /* reached the grade: later rungs leave it alone */
    bool reached; /* by refinement's own account, at this rung */
    bool used_gmres;
} progress;

typedef struct call {
    sunzi_context *ctx;
    int n, nrhs;
    const double *b;
    double *x;
    int64_t b_row, b_col, x_row, x_col;
    sunzi_solve_options o;
    bool wants_pivots;
    int *pivots; /* row interchanges of the last rung, [n] */
    sunzi_solve_report *report;
    sunzi_column_report *columns;
    progress *progress; /* [nrhs] */
    double *result;     /* solutions in the units of S, [nrhs][n] */
    int block;          /* right-hand sides that are refined together */
    double *low, *work; /* x_low, [block][n]; workspace */
    bool underflow;     /* X as FP64 holds it has a lower grade */
} call;

void sunzi_solve_options_init(sunzi_solve_options *options)
{
    if (options)
        *options = (sunzi_solve_options){.structure = SUNZI_GENERAL,
                                         .factor = SUNZI_FACTOR_AUTO,
                                         .grade = SUNZI_GRADE_BACKWARD,
                                         .climb = 1,
                                         .max_refinements = 30,
                                         .max_gmres = 200};
}

sunzi_status sunzi_solve_options_check(const char *function,
                                       const sunzi_solve_options *o)
{
    const struct {
        const char *name;
        long got, low, high;
    } fields[] = {
        {"structure", (long)o->structure, SUNZI_GENERAL,
         SUNZI_POSITIVE_DEFINITE},
        {"factor", (long)o->factor, SUNZI_FACTOR_AUTO, SUNZI_FACTOR_FP64},
        {"grade", (long)o->grade, SUNZI_GRADE_BACKWARD, SUNZI_GRADE_CERTIFIED},
        {"climb", o->climb, 0, 1},
        {"max_refinements", o->max_refinements, 0, INT_MAX},
        {"max_gmres", o->max_gmres, 0, INT_MAX},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].got < fields[i].low || fields[i].got > fields[i].high)
            return sunzi_fail(SUNZI_ERR_ARG,
                              "%s: options.%s = %ld, allowed are %ld to %ld; "
                              "call sunzi_solve_options_init before the "
                              "fields are set",
                              function, fields[i].name, fields[i].got,
                              fields[i].low, fields[i].high);
    return SUNZI_OK;
}

static sunzi_status check(const char *function, int layout, int n, int nrhs,
                          const double *A, int lda, const double *B, int ldb,
                          const double *X, int ldx)
{
    static const int layouts[] = {SUNZI_ROW_MAJOR, SUNZI_COL_MAJOR};
    const bool empty = n == 0 || nrhs == 0;
    const int least = layout == SUNZI_ROW_MAJOR ? nrhs : n;
    const char *least_name = layout == SUNZI_ROW_MAJOR ? "nrhs" : "n";
    sunzi_status status;
    SUNZI_TRY(sunzi_check_choice(function, "layout", layout, layouts, 2,
                                 "SUNZI_ROW_MAJOR (101) and SUNZI_COL_MAJOR "
                                 "(102)"));
    if (n < 0 || nrhs < 0)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "%s: n, nrhs = %d, %d, allowed are numbers >= 0; "
                          "correct the dimensions",
                          function, n, nrhs);
    SUNZI_TRY(sunzi_check_matrix(function, "a", A, empty, lda, n, "n"));
    SUNZI_TRY(
        sunzi_check_matrix(function, "b", B, empty, ldb, least, least_name));
    SUNZI_TRY(
        sunzi_check_matrix(function, "x", X, empty, ldx, least, least_name));
done:
    return status;
}

/* ---- blocks of right-hand sides ---- */

/* The right-hand sides first .. first + block - 1 that are not done and not
 * zero: at places columns[0 .. count - 1] of the system. */
typedef struct block {
    int first, count;
    int columns[SUNZI_REFINEMENT_COLUMNS];
} block;

static sunzi_status load_block(const call *k, sunzi_system *s, int first,
                               block *b)
{
    *b = (block){.first = first};
    for (int c = 0; c < k->block && first + c < k->nrhs; c++) {
        const int j = first + c;
        progress *p = &k->progress[j];
        if (p->done)
            continue;
        const sunzi_status status = sunzi_system_rhs(
            s, c, k->b + j * k->b_col, k->b_row, j, &p->exponent, &p->zero);
        if (status < 0)
            return status;
        if (!p->zero)
            b->columns[b->count++] = c;
    }
    return SUNZI_OK;
}

static double *solutions(const call *k, const block *b)
{
    return k->result + (size_t)b->first * (size_t)k->n;
}

/* A zero right-hand side has the zero solution, whatever the factors. */
static void zero_columns(const call *k, int first)
{
    const sunzi_grade grade =
        k->o.grade < SUNZI_GRADE_ACCURATE ? k->o.grade : SUNZI_GRADE_ACCURATE;
    for (int j = first; j < first + k->block && j < k->nrhs; j++) {
        if (k->progress[j].done || !k->progress[j].zero)
            continue;
        memset(k->result + (size_t)j * (size_t)k->n, 0,
               (size_t)k->n * sizeof *k->result);
        k->columns[j] = (sunzi_column_report){
            .grade = grade,
            .refinements = k->columns[j].refinements,
            .gmres_iterations = k->columns[j].gmres_iterations};
    }
}

/* max_i |r_i| / (|S||y| + |c|)_i; a row of zeros has no error. */
static double componentwise(int n, const double *r, const double *magnitude)
{
    double worst = 0;
    for (int i = 0; i < n; i++) {
        const double ratio = r[i] == 0 ? 0 : fabs(r[i]) / magnitude[i];
        if (!(ratio <= worst) && !isnan(worst))
            worst = ratio; /* a NaN stays */
    }
    return worst;
}

/* Judge a rounded solution by its own residual. */
static void judge(const call *k, sunzi_system *s, int place, double condition,
                  bool reached, const double *y, const double *r,
                  const double *magnitude, sunzi_column_report *column)
{
    const double remaining = column->forward_bound;
    const sunzi_refinement_system calls = sunzi_system_callbacks(s);
    const bool accurate = k->o.grade >= SUNZI_GRADE_ACCURATE;
    const double tolerance = sqrt((double)k->n) * unit_roundoff;
    const double worst = calls.error(s, place, y, r);
    const double size = calls.norm(s, y);
    column->normwise_error = sunzi_weighted_max(k->n, r, s->row_weight) /
                             (s->norm_user * size + s->norm_c_user[place]);
    column->componentwise_error = componentwise(k->n, r, magnitude);
    column->grade =
        worst <= tolerance ? SUNZI_GRADE_BACKWARD : SUNZI_GRADE_NONE;
    /* ||y* - y|| <= ||S^-1|| (||r|| + its own error), then into user units */
    column->forward_bound = condition * (worst + 2 * unit_roundoff) *
                            (sunzi_max(k->n, y) / size) * 2;
    if (!(column->forward_bound < INFINITY))
        column->forward_bound = INFINITY;
    if (accurate && reached && condition < condition_limit &&
        column->grade == SUNZI_GRADE_BACKWARD) {
        /* what is left of x + x_low, and the rounding to x */
        column->grade = SUNZI_GRADE_ACCURATE;
        column->forward_bound = remaining + unit_roundoff;
    }
}

/* GMRES steps that a column may take before the next rung is the better use of
 * the time: a step reads the matrix and the factors once, about n / 40 of them
 * cost as much as FP64 factors. */
static int gmres_steps(const call *k, sunzi_factor factor)
{
    const int worth = 20 + k->n / 40;
    const bool may_climb = k->o.climb && factor != SUNZI_FACTOR_FP64;
    return may_climb && worth < k->o.max_gmres ? worth : k->o.max_gmres;
}

static sunzi_status refine_block(const call *k, sunzi_system *s, int first,
                                 const sunzi_refinement_goal *goal)
{
    sunzi_refinement_result result[SUNZI_REFINEMENT_COLUMNS];
    const sunzi_refinement_system calls = sunzi_system_callbacks(s);
    block b;
    const sunzi_status status = load_block(k, s, first, &b);
    if (status < 0)
        return status;
    zero_columns(k, first);
    sunzi_refine(&calls, goal, b.count, b.columns, solutions(k, &b), k->low,
                 result, k->work);
    for (int i = 0; i < b.count; i++) {
        const sunzi_refinement_result *refined = &result[b.columns[i]];
        sunzi_column_report *column = &k->columns[first + b.columns[i]];
        progress *p = &k->progress[first + b.columns[i]];
        p->reached = refined->reached;
        p->used_gmres = refined->gmres_steps > 0;
        column->refinements += refined->steps;
        column->gmres_iterations += refined->gmres_steps;
        column->forward_bound = refined->remaining; /* until it is judged */
    }
    return SUNZI_OK;
}

static sunzi_status refine(const call *k, sunzi_system *s, double condition,
                           sunzi_factor factor)
{
    const sunzi_refinement_goal goal = {
        .accurate = k->o.grade >= SUNZI_GRADE_ACCURATE,
        .tolerance = sqrt((double)k->n) * unit_roundoff,
        .contraction = condition * sunzi_ladder_roundoff(factor),
        .max_steps = k->o.max_refinements,
        .max_gmres = gmres_steps(k, factor)};
    sunzi_status status = SUNZI_OK;
    for (int j = 0; j < k->nrhs && status >= 0; j += k->block)
        status = refine_block(k, s, j, &goal);
    return status;
}

/* Condition estimates of S: from the factors, and for columns that the factors
 * alone did not solve from S itself (0: not known). */
typedef struct conditions {
    double of_factors, of_s;
    double doubt; /* of_factors times the unit roundoff of the factors */
} conditions;

static bool needs_condition_of_s(const call *k, const conditions *c, int j)
{
    const progress *p = &k->progress[j];
    return k->o.grade >= SUNZI_GRADE_ACCURATE && !p->done && !p->zero &&
           !(c->doubt <= 0.1) && (p->used_gmres || !(c->doubt <= 1));
}

static sunzi_status judge_block(const call *k, sunzi_system *s, int first,
                                const conditions *c)
{
    const size_t n = (size_t)k->n;
    const sunzi_refinement_system calls = sunzi_system_callbacks(s);
    block b;
    const sunzi_status status = load_block(k, s, first, &b);
    if (status < 0 || b.count == 0)
        return status;
    s->with_magnitude = true;
    calls.residual(s, false, k->o.grade >= SUNZI_GRADE_ACCURATE, b.count,
                   b.columns, solutions(k, &b), NULL, k->work);
    s->with_magnitude = false;
    for (int i = 0; i < b.count; i++) {
        const size_t at = (size_t)i * n;
        const int place = b.columns[i], j = first + place;
        judge(k, s, place,
              needs_condition_of_s(k, c, j) ? c->of_s : c->of_factors,
              k->progress[j].reached, k->result + (size_t)j * n, k->work + at,
              s->magnitude + at, &k->columns[j]);
    }
    return SUNZI_OK;
}

/* The worst grade of the columns that this rung refined, and why. */
static sunzi_grade worst_grade(const call *k, const char **how)
{
    sunzi_grade worst = SUNZI_GRADE_CERTIFIED;
    for (int j = 0; j < k->nrhs; j++) {
        const progress *p = &k->progress[j];
        if (p->done || k->columns[j].grade >= worst)
            continue;
        worst = k->columns[j].grade;
        *how = worst >= k->o.grade     ? "the grade was reached"
               : p->zero || p->reached ? "the condition estimate allows no "
                                         "higher grade"
                                       : "refinement did not converge";
    }
    return worst;
}

/* Condition of S by the factors, or (refined) by S itself. */
static double condition_of(const call *k, sunzi_system *s, bool refined)
{
    const double start = sunzi_seconds();
    const double condition = sunzi_condition(s, refined, k->work);
    k->report->seconds_condition += sunzi_seconds() - start;
    return condition;
}

/* Raise the accurate columns of a block to certified where there is a bound. */
static sunzi_status certify_block(const call *k, sunzi_system *s,
                                  const sunzi_proof *proof, int first)
{
    double bound[SUNZI_REFINEMENT_COLUMNS];
    block b;
    const sunzi_status status = load_block(k, s, first, &b);
    if (status < 0)
        return status;
    for (int j = first; j < first + k->block && j < k->nrhs; j++)
        if (k->progress[j].zero) /* that S is not singular is all it needs */
            k->columns[j].grade = SUNZI_GRADE_CERTIFIED;
    sunzi_proof_bounds(s, proof, b.count, b.columns, solutions(k, &b), bound,
                       k->work);
    for (int i = 0; i < b.count; i++) {
        sunzi_column_report *column = &k->columns[first + b.columns[i]];
        if (column->grade == SUNZI_GRADE_ACCURATE && isfinite(bound[i])) {
            column->grade = SUNZI_GRADE_CERTIFIED;
            column->forward_bound = bound[i];
        }
    }
    return SUNZI_OK;
}

static bool has_accurate(const call *k)
{
    for (int j = 0; j < k->nrhs; j++)
        if (!k->progress[j].done && k->columns[j].grade == SUNZI_GRADE_ACCURATE)
            return true;
    return false;
}

/* Raise accurate columns to certified where a proof can be had. */
static sunzi_status certify(const call *k, sunzi_system *s, bool *proved)
{
    const double start = sunzi_seconds();
    sunzi_proof proof = {0};
    sunzi_status status;
    SUNZI_TRY(sunzi_proof_create(s, &proof));
    *proved = status == SUNZI_OK;
    s->bytes += proof.bytes;
    for (int j = 0; j < k->nrhs && *proved; j += k->block)
        SUNZI_TRY(certify_block(k, s, &proof, j));
done:
    sunzi_proof_destroy(k->ctx, &proof);
    k->report->seconds_certify += sunzi_seconds() - start;
    return status < 0 ? status : SUNZI_OK;
}

static sunzi_attempt *new_attempt(sunzi_solve_report *r, sunzi_factor factor)
{
    sunzi_attempt *a = &r->attempt[r->attempts++];
    *a = (sunzi_attempt){.factor = factor};
    return a;
}

/* The interchanges of the rows of A. Factors of S^T interchange columns of S:
 * then no row was moved. */
static void row_interchanges(const call *k, const sunzi_factors *factors)
{
    bool of_transpose = false;
    const int *pivots = sunzi_factors_pivots(factors, &of_transpose);
    for (int i = 0; i < k->n; i++)
        k->pivots[i] = pivots && !of_transpose ? pivots[i] : i + 1;
}

/* Refinement and grades of the columns that are not done, with the factors of
 * the system. */
static sunzi_status run_columns(const call *k, sunzi_system *s,
                                sunzi_factor factor, sunzi_attempt *a,
                                sunzi_grade *worst, const char **how)
{
    sunzi_solve_report *r = k->report;
    conditions c = {.of_factors = condition_of(k, s, false)};
    const double in_condition = r->seconds_condition;
    const double start = sunzi_seconds();
    bool proved = true;
    sunzi_status status;
    c.doubt = c.of_factors * sunzi_ladder_roundoff(factor);
    SUNZI_TRY(refine(k, s, c.of_factors, factor));
    /* The factors tell the condition of S while they are good enough for
     * classical refinement; otherwise S has to, if the grade depends on it. */
    for (int j = 0; j < k->nrhs && c.of_s == 0; j++)
        if (needs_condition_of_s(k, &c, j))
            c.of_s = fmax(c.of_factors, condition_of(k, s, true));
    r->condition = fmax(c.of_factors, c.of_s);
    for (int j = 0; j < k->nrhs; j += k->block)
        SUNZI_TRY(judge_block(k, s, j, &c));
    a->seconds_refine =
        sunzi_seconds() - start - (r->seconds_condition - in_condition);
    r->seconds_refine += a->seconds_refine;
    if (k->o.grade == SUNZI_GRADE_CERTIFIED && has_accurate(k))
        SUNZI_TRY(certify(k, s, &proved));
    *worst = worst_grade(k, how);
    if (!proved)
        *how = "the factors are too rough for a proof";
    for (int j = 0; j < k->nrhs; j++)
        k->progress[j].done = k->columns[j].grade >= k->o.grade;
done:
    return status;
}

/* One rung: factors, condition, all columns that need it. SUNZI_OK also if the
 * grade was not reached; *worst says. */
static sunzi_status run_rung(const call *k, sunzi_system *s,
                             sunzi_factor factor, const char *why,
                             sunzi_grade *worst)
{
    sunzi_solve_report *r = k->report;
    sunzi_attempt *a = new_attempt(r, factor);
    sunzi_factors *factors = NULL;
    const char *how = "the grade was reached";
    const sunzi_dense dense = sunzi_system_dense(s);
    const double start = sunzi_seconds();
    sunzi_status status =
        sunzi_factorize(k->ctx, k->o.structure, factor, &dense, &factors);
    a->seconds_factor = sunzi_seconds() - start;
    r->seconds_factor += a->seconds_factor;
    r->factor = factor;
    *worst = SUNZI_GRADE_NONE;
    if (status < 0) {
        r->condition = INFINITY;
        const char *message = sunzi_last_message();
        /* up to the remedy, which is for the caller */
        snprintf(a->reason, sizeof a->reason, "%s; %.*s", why,
                 (int)strcspn(message, ";"), message);
        goto done;
    }
    s->factors = factors;
    s->transposed = false;
    SUNZI_TRY(run_columns(k, s, factor, a, worst, &how));
    if (k->wants_pivots)
        row_interchanges(k, factors);
    const size_t bytes = s->bytes + sunzi_factors_bytes(factors);
    r->workspace_bytes =
        bytes > r->workspace_bytes ? bytes : r->workspace_bytes;
    snprintf(a->reason, sizeof a->reason, "%s; condition %.1e; %s", why,
             r->condition, how);
done:
    sunzi_factors_destroy(k->ctx, &factors);
    return status;
}

/* Statuses that a higher rung may mend. */
static bool climbable(sunzi_status status)
{
    return status == SUNZI_ERR_SINGULAR || status == SUNZI_ERR_OVERFLOW ||
           status == SUNZI_ERR_NOT_POSITIVE_DEFINITE;
}

static sunzi_status climb(const call *k, sunzi_system *s)
{
    sunzi_factor factor = k->o.factor;
    const char *why = "asked for";
    sunzi_status status;
    sunzi_grade worst;
    if (factor == SUNZI_FACTOR_AUTO)
        factor = sunzi_ladder_first(k->ctx, k->n, k->o.grade, &why);
    for (;;) {
        status = run_rung(k, s, factor, why, &worst);
        sunzi_solve_report *r = k->report;
        sunzi_attempt *last = &r->attempt[r->attempts - 1];
        sunzi_log(k->ctx, SUNZI_LOG_DECISION, "dense solve, n = %d, %s: %s",
                  k->n, sunzi_factor_name(factor), last->reason);
        if (s->a.tiles && sunzi_tiles_status(s->a.tiles) < 0)
            return SUNZI_ERR_MPI;
        if (status < 0 && !climbable(status))
            return status;
        const sunzi_factor next = k->o.climb
                                      ? sunzi_ladder_next(k->ctx, k->n, factor)
                                      : SUNZI_FACTOR_AUTO;
        if (next == SUNZI_FACTOR_AUTO || (status >= 0 && worst >= k->o.grade)) {
            last->succeeded = status >= 0;
            r->grade = worst;
            return status;
        }
        factor = next;
        why = "the rung below did not reach the grade";
    }
}

/* x = 2^(col + exponent) y; nothing is written unless all of it is in range. */
static sunzi_status deliver(call *k, const sunzi_system *s)
{
    const size_t n = (size_t)k->n;
    for (int pass = 0; pass < 2; pass++)
        for (int j = 0; j < k->nrhs; j++) {
            sunzi_column_report *column = &k->columns[j];
            const sunzi_grade judged = column->grade;
            const int beyond = sunzi_deliver(k->n, k->result + (size_t)j * n,
                                             s->col, k->progress[j].exponent,
                                             pass ? k->x + j * k->x_col : NULL,
                                             k->x_row, pass ? NULL : column);
            if (beyond >= 0)
                return sunzi_fail(SUNZI_ERR_OVERFLOW,
                                  "dense solve: X(%d, %d) (0-based) is beyond "
                                  "the range of FP64; scale B by a power of "
                                  "two",
                                  beyond, j);
            k->underflow = k->underflow || column->grade < judged;
            if (column->grade < k->report->grade)
                k->report->grade = column->grade;
        }
    return SUNZI_OK;
}

static sunzi_status grade_status(const call *k)
{
    const sunzi_grade got = k->report->grade;
    if (got >= k->o.grade)
        return SUNZI_OK;
    return sunzi_fail(got == SUNZI_GRADE_ACCURATE   ? SUNZI_REACHED_ACCURATE
                      : got == SUNZI_GRADE_BACKWARD ? SUNZI_REACHED_BACKWARD
                                                    : SUNZI_REACHED_NONE,
                      "dense solve: grade '%s' was asked, '%s' was reached "
                      "(condition estimate %.1e); %s",
                      sunzi_grade_name(k->o.grade), sunzi_grade_name(got),
                      k->report->condition,
                      k->underflow ? "X is so small that FP64 holds few of its "
                                     "digits: scale B by a power of two"
                      : k->o.climb ? "the matrix is too ill-conditioned"
                                   : "allow climbing, or start at a higher "
                                     "rung");
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Doubles of k->work: for refinement, the condition estimate, the residuals of
 * a block, a proof. */
static size_t work_doubles(const call *k)
{
    const size_t n = (size_t)k->n, block = (size_t)k->block * n;
    const size_t refinement =
        sunzi_refinement_work(n, k->block, k->o.max_gmres);
    const size_t condition =
        4 * n + sunzi_gmres_work(n, k->n < SUNZI_CONDITION_STEPS
                                        ? k->n
                                        : SUNZI_CONDITION_STEPS);
    const bool certified = k->o.grade == SUNZI_GRADE_CERTIFIED;
    return larger(larger(refinement, condition),
                  certified ? SUNZI_PROOF_VECTORS * block : block);
}

/* Workspace of a call besides the system and the factors. */
static sunzi_status take_memory(call *k, void **block, size_t *bytes)
{
    const size_t n = (size_t)k->n, nrhs = (size_t)k->nrhs;
    const size_t solutions = sunzi_size_product(n, nrhs, sizeof(double));
    const size_t low = n * (size_t)k->block * sizeof(double);
    const size_t work = work_doubles(k) * sizeof(double);
    const size_t columns = nrhs * (sizeof *k->progress + sizeof *k->columns);
    *bytes = solutions + low + work + columns + n * sizeof(int);
    if (solutions == SIZE_MAX || *bytes < solutions)
        *bytes = SIZE_MAX;
    const sunzi_status status = sunzi_pool_take(
        k->ctx->pool, *bytes, "refinement of a dense solve", block);
    if (status < 0)
        return status;
    k->result = *block;
    k->low = k->result + n * nrhs;
    k->work = k->low + n * (size_t)k->block;
    k->columns = (sunzi_column_report *)((char *)k->work + work);
    k->progress = (progress *)(k->columns + nrhs);
    k->pivots = (int *)(k->progress + nrhs);
    memset(k->columns, 0, columns);
    return SUNZI_OK;
}

/* Blocks of about the same size; multiples of what kernels take at once. */
static int block_of(int nrhs)
{
    enum { UNIT = 4, MOST = SUNZI_REFINEMENT_COLUMNS };
    const int blocks = (nrhs + MOST - 1) / MOST;
    const int size = (nrhs + blocks - 1) / blocks;
    const int whole = (size + UNIT - 1) / UNIT * UNIT;
    return whole < nrhs ? whole : nrhs;
}

static sunzi_status solve(call *k, const sunzi_operator *a, int *ipiv)
{
    void *block = NULL;
    size_t bytes = 0;
    sunzi_system s = {0};
    sunzi_column_report *const wanted = k->columns;
    sunzi_status status;
    /* the caller's stays untouched until all is well */
    k->block = block_of(k->nrhs);
    /* a proof in tiles solves for many columns of the inverse at a time */
    const bool proof = a->tiles && k->o.grade == SUNZI_GRADE_CERTIFIED;
    SUNZI_TRY(sunzi_system_create(k->ctx, k->o.structure, a,
                                  proof ? SUNZI_REFINEMENT_COLUMNS : k->block,
                                  &s));
    SUNZI_TRY(sunzi_tiles_agree(a->tiles, take_memory(k, &block, &bytes)));
    s.bytes += bytes;
    SUNZI_TRY(climb(k, &s));
    SUNZI_TRY(deliver(k, &s));
    if (ipiv)
        memcpy(ipiv, k->pivots, (size_t)k->n * sizeof *ipiv);
    if (wanted)
        memcpy(wanted, k->columns, (size_t)k->nrhs * sizeof *wanted);
    status = grade_status(k);
done:
    sunzi_pool_give(k->ctx->pool, &block);
    sunzi_system_destroy(&s);
    return status;
}

sunzi_status sunzi_solve_system(const sunzi_solve_call *c)
{
    const double start = sunzi_seconds();
    sunzi_solve_report r = {.grade = SUNZI_GRADE_NONE};
    call k = {.ctx = c->ctx,
              .n = c->a.n,
              .nrhs = c->nrhs,
              .b = c->b,
              .x = c->x,
              .b_row = c->b_row,
              .b_col = c->b_col,
              .x_row = c->x_row,
              .x_col = c->x_col,
              .wants_pivots = c->ipiv != NULL,
              .o = *c->options,
              .report = &r,
              .columns = c->columns};
    sunzi_status status = SUNZI_OK;
    r.engine = k.ctx->engine->name;
    if (k.n == 0 || k.nrhs == 0) {
        r.grade = k.o.grade;
        for (int j = 0; k.columns && j < k.nrhs; j++)
            k.columns[j] = (sunzi_column_report){.grade = k.o.grade};
    } else {
        status = solve(&k, &c->a, c->ipiv);
        if (status < 0 && status != SUNZI_ERR_SINGULAR)
            return status;
    }
    r.seconds_total = sunzi_seconds() - start;
    if (status == SUNZI_ERR_SINGULAR)
        r.condition = INFINITY;
    if (c->report)
        *c->report = r;
    return status;
}

/* All forms. lower: which stored triangle a positive definite A has. */
static sunzi_status run(const char *function, sunzi_context *given, int layout,
                        int n, int nrhs, const double *A, int lda, bool lower,
                        int *ipiv, const double *B, int ldb, double *X, int ldx,
                        const sunzi_solve_options *options,
                        sunzi_solve_report *report,
                        sunzi_column_report *columns)
{
    const bool by_rows = layout == SUNZI_ROW_MAJOR;
    sunzi_solve_options o;
    sunzi_solve_call c = {.nrhs = nrhs,
                          .b = B,
                          .x = X,
                          .b_row = by_rows ? ldb : 1,
                          .b_col = by_rows ? 1 : ldb,
                          .x_row = by_rows ? ldx : 1,
                          .x_col = by_rows ? 1 : ldx,
                          .ipiv = ipiv,
                          .options = &o,
                          .report = report,
                          .columns = columns};
    sunzi_status status;
    SUNZI_TRY(sunzi_context_use(given, &c.ctx));
    sunzi_solve_options_init(&o);
    if (options)
        o = *options;
    SUNZI_TRY(check(function, layout, n, nrhs, A, lda, B, ldb, X, ldx));
    SUNZI_TRY(sunzi_solve_options_check(function, &o));
    const bool symmetric = o.structure == SUNZI_POSITIVE_DEFINITE;
    const bool rows = by_rows == (lower || !symmetric);
    c.a = (sunzi_operator){.m = n,
                           .n = n,
                           .data = A,
                           .row_stride = rows ? lda : 1,
                           .col_stride = rows ? 1 : lda,
                           .symmetric_lower = symmetric};
    status = sunzi_solve_system(&c);
done:
    return status;
}

sunzi_status sunzi_dsolve(sunzi_context *ctx, int layout, int n, int nrhs,
                          const double *A, int lda, const double *B, int ldb,
                          double *X, int ldx,
                          const sunzi_solve_options *options,
                          sunzi_solve_report *report,
                          sunzi_column_report *columns)
{
    return run("sunzi_dsolve", ctx, layout, n, nrhs, A, lda, true, NULL, B, ldb,
               X, ldx, options, report, columns);
}

sunzi_status sunzi_dgesv(sunzi_context *ctx, int layout, int n, int nrhs,
                         const double *A, int lda, int *ipiv, double *B,
                         int ldb)
{
    return run("sunzi_dgesv", ctx, layout, n, nrhs, A, lda, true, ipiv, B, ldb,
               B, ldb, NULL, NULL, NULL);
}

sunzi_status sunzi_dposv(sunzi_context *ctx, int layout, char uplo, int n,
                         int nrhs, const double *A, int lda, double *B, int ldb)
{
    sunzi_solve_options o;
    const bool lower = uplo == 'L' || uplo == 'l';
    if (!lower && uplo != 'U' && uplo != 'u')
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_dposv: uplo = %d, allowed are 'U' (%d) and "
                          "'L' (%d); pass the triangle that holds A",
                          uplo, 'U', 'L');
    sunzi_solve_options_init(&o);
    o.structure = SUNZI_POSITIVE_DEFINITE;
    return run("sunzi_dposv", ctx, layout, n, nrhs, A, lda, lower, NULL, B, ldb,
               B, ldb, &o, NULL, NULL);
}
