/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks of right-hand sides at one rung. */
#include "solvers/dense/columns.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/integer.h"
#include "solvers/dense/certify.h"
#include "solvers/dense/condition.h"
#include "solvers/dense/ladder.h"

/* Above it a small correction is no proof of accuracy: the factors may hide a
 * direction in which the solution is wrong. */
static const double condition_limit = 1e15;
static const double unit_roundoff = DBL_EPSILON / 2;

/* The right-hand sides first .. first + block - 1 that are not done and not
 * zero: at places columns[0 .. count - 1] of the system. */
typedef struct block {
    int first, count;
    int columns[SUNZI_REFINEMENT_COLUMNS];
} block;

static sunzi_status load_block(const sunzi_columns *k, sunzi_system *s,
                               int first, block *b)
{
    *b = (block){.first = first};
    for (int c = 0; c < k->block && first + c < k->nrhs; c++) {
        const int j = first + c;
        sunzi_column_state *p = &k->progress[j];
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

static double *solutions(const sunzi_columns *k, const block *b)
{
    return k->result + (size_t)b->first * (size_t)k->n;
}

/* A zero right-hand side has the zero solution, whatever the factors. */
static void zero_columns(const sunzi_columns *k, int first)
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
static void judge(const sunzi_columns *k, sunzi_system *s, int place,
                  double condition, bool reached, const double *y,
                  const double *r, const double *magnitude,
                  sunzi_column_report *column)
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
static int gmres_steps(const sunzi_columns *k, sunzi_factor factor)
{
    const int worth = 20 + k->n / 40;
    const bool may_climb = k->o.climb && factor != SUNZI_FACTOR_FP64;
    return may_climb && worth < k->o.max_gmres ? worth : k->o.max_gmres;
}

static sunzi_status refine_block(const sunzi_columns *k, sunzi_system *s,
                                 int first, const sunzi_refinement_goal *goal)
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
        sunzi_column_state *p = &k->progress[first + b.columns[i]];
        p->reached = refined->reached;
        p->used_gmres = refined->gmres_steps > 0;
        column->refinements += refined->steps;
        column->gmres_iterations += refined->gmres_steps;
        column->forward_bound = refined->remaining; /* until it is judged */
    }
    return SUNZI_OK;
}

static sunzi_status refine(const sunzi_columns *k, sunzi_system *s,
                           double condition, sunzi_factor factor)
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

static bool needs_condition_of_s(const sunzi_columns *k, const conditions *c,
                                 int j)
{
    const sunzi_column_state *p = &k->progress[j];
    return k->o.grade >= SUNZI_GRADE_ACCURATE && !p->done && !p->zero &&
           !(c->doubt <= 0.1) && (p->used_gmres || !(c->doubt <= 1));
}

static sunzi_status judge_block(const sunzi_columns *k, sunzi_system *s,
                                int first, const conditions *c)
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
static sunzi_grade worst_grade(const sunzi_columns *k, const char **how)
{
    sunzi_grade worst = SUNZI_GRADE_CERTIFIED;
    for (int j = 0; j < k->nrhs; j++) {
        const sunzi_column_state *p = &k->progress[j];
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
static double condition_of(const sunzi_columns *k, sunzi_system *s,
                           bool refined)
{
    const double start = sunzi_seconds();
    const double condition = sunzi_condition(s, refined, k->work);
    k->report->seconds_condition += sunzi_seconds() - start;
    return condition;
}

/* Raise the accurate columns of a block to certified where there is a bound. */
static sunzi_status certify_block(const sunzi_columns *k, sunzi_system *s,
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

static bool has_accurate(const sunzi_columns *k)
{
    for (int j = 0; j < k->nrhs; j++)
        if (!k->progress[j].done && k->columns[j].grade == SUNZI_GRADE_ACCURATE)
            return true;
    return false;
}

/* Raise accurate columns to certified where a proof can be had. */
static sunzi_status certify(const sunzi_columns *k, sunzi_system *s,
                            bool *proved)
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

sunzi_status sunzi_columns_run(const sunzi_columns *k, sunzi_system *s,
                               sunzi_factor factor, sunzi_attempt *attempt,
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
    attempt->seconds_refine =
        sunzi_seconds() - start - (r->seconds_condition - in_condition);
    r->seconds_refine += attempt->seconds_refine;
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

/* Doubles of k->work: for refinement, the condition estimate, the residuals of
 * a block, a proof. */
size_t sunzi_columns_work(const sunzi_columns *k)
{
    const size_t n = (size_t)k->n, block = (size_t)k->block * n;
    const size_t refinement =
        sunzi_refinement_work(n, k->block, k->o.max_gmres);
    const size_t condition =
        4 * n + sunzi_gmres_work(n, k->n < SUNZI_CONDITION_STEPS
                                        ? k->n
                                        : SUNZI_CONDITION_STEPS);
    const bool certified = k->o.grade == SUNZI_GRADE_CERTIFIED;
    return sunzi_max_size(sunzi_max_size(refinement, condition),
                          certified ? SUNZI_PROOF_VECTORS * block : block);
}

/* Blocks of about the same size; multiples of what kernels take at once. */
int sunzi_columns_block(int nrhs)
{
    enum { UNIT = 4, MOST = SUNZI_REFINEMENT_COLUMNS };
    const int blocks = (nrhs + MOST - 1) / MOST;
    const int size = (nrhs + blocks - 1) / blocks;
    const int whole = (size + UNIT - 1) / UNIT * UNIT;
    return whole < nrhs ? whole : nrhs;
}
