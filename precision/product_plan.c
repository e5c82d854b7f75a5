/* SPDX-License-Identifier: BSD-3-Clause */
/* Statistics, balancing of the inner index, exponents and number of moduli. All
 * decisions are made from integers, or from FP64 operations in a fixed order,
 * and for the product as a whole: neither engine nor threads nor blocks change
 * them. */
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "engines/memory.h"
#include "precision/product.h"

enum {
    MEASURE_VECTORS = 32, /* a task of the measuring threads */
    /* The inner index is balanced when the largest exponents of its elements in
     * A and in B differ by amounts that vary by more than this many bits.
     * Random data of moderate spread stay below. */
    BALANCE_BITS = 12,
    POINTS_MAX = 1 << 30 /* of a launch */
};

static sunzi_moduli tables[SUNZI_MODULI_MAX + 1];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_tables(void)
{
    for (int count = 2; count <= SUNZI_MODULI_MAX; count++) {
        sunzi_moduli *m = &tables[count];
        sunzi_moduli_init(m, count);
        /* sqrt(P / 2) bounds every integer; 16 moduli are held to 62 bits, so
         * that one 64-bit word holds it (see sunzi_scale_of) */
        m->operand_bits = (m->log2_product_16 - 65536) / 2 / 65536 + 1;
        if (count <= 16 && m->operand_bits > 62)
            m->operand_bits = 62;
    }
}

const sunzi_moduli *sunzi_moduli_for(int count)
{
    pthread_once(&once, make_tables);
    return &tables[count];
}

/* Upper bound of 2^16 log2(x) by integer arithmetic; 0 for x <= 0. */
static int32_t log2_16_above(int64_t x)
{
    if (x <= 0)
        return 0;
    const int top = 63 - __builtin_clzll((unsigned long long)x);
    uint64_t y = (uint64_t)x << (62 - top); /* in [2^62, 2^63) */
    int32_t log = top;
    for (int b = 0; b < 16; b++) { /* squaring doubles the logarithm */
        const sunzi_u128 square = (sunzi_u128)y * y >> 62;
        const int carry = square >> 63 != 0;
        y = (uint64_t)(square >> carry);
        log = log << 1 | carry;
    }
    /* 16 truncations of 2^-62 change the last bit at most */
    return log + 2;
}

/* Why it holds, with y = |x| 2^(7-e) and x' = nearest(y 2^q):
 * q >= 0: ceil(y) 2^q is an integer not below y 2^q, so |x'| <= ceil(y) 2^q;
 * q < 0: a nonzero x' is at most 2 y 2^q, hence one bit less.
 * So sqrt(sum x'^2) <= 2^q sqrt(sum ceil(y)^2), which is < sqrt(P / 2) by the
 * choice of q: log2_product_16 is rounded down and P is no power of two. By the
 * inequality of Cauchy and Schwarz 2 sum |a'||b'| < P: the integer product is
 * determined by its residues. */
int32_t sunzi_scale_of(const sunzi_moduli *m, int32_t log2_squares)
{
    const int32_t room = m->log2_product_16 - 65536 - log2_squares;
    int32_t q = room >= 0 ? room / 131072 : -((131071 - room) / 131072);
    if (q < 0)
        q--;
    return q > m->operand_bits - 7 ? m->operand_bits - 7 : q;
}

/* ---- memory ---- */

static char *carve(char **next, size_t bytes)
{
    char *block = *next;
    if (block)
        *next += (bytes + 63) / 64 * 64;
    else
        *next = NULL;
    return block;
}

static size_t padded(size_t count, size_t size)
{
    return (sunzi_size_product(count, size, 1) + 63) / 64 * 64;
}

static size_t operand_bytes(int64_t count, int64_t depth)
{
    const size_t c = (size_t)count, d = (size_t)depth;
    return padded(c, sizeof(sunzi_vector_stats)) + 3 * padded(c, 4) +
           padded(c, 1) + 3 * padded(d, 4);
}

static void place_operand(sunzi_operand_plan *o, int64_t count, int64_t depth,
                          char **next)
{
    const size_t c = (size_t)count, d = (size_t)depth;
    o->stats = (void *)carve(next, c * sizeof(sunzi_vector_stats));
    o->log2_squares = (void *)carve(next, c * 4);
    o->shift = (void *)carve(next, c * 4);
    o->list = (void *)carve(next, c * 4);
    o->skip = (void *)carve(next, c);
    o->exponents = (void *)carve(next, d * 4);
    o->part_exponents = (void *)carve(next, d * 4);
    o->inner_max = (void *)carve(next, d * 4);
}

static bool strided(const sunzi_problem *p, const sunzi_operand *o)
{
    return p->scalar == SUNZI_SCALAR_C64 && o->element_stride != 1;
}

static sunzi_status take_memory(const sunzi_problem *p,
                                sunzi_product_plan *plan)
{
    const int64_t depth = plan->width * p->k;
    const size_t threads = (size_t)plan->threads;
    const size_t gather =
        strided(p, &p->a) || strided(p, &p->b)
            ? padded(threads * MEASURE_VECTORS * (size_t)depth, 8)
            : 0;
    plan->bytes = operand_bytes(p->m, depth) + operand_bytes(p->n, depth) +
                  padded(threads * (size_t)depth, 4) + gather;
    sunzi_status status = sunzi_pool_take(
        p->ctx->pool, plan->bytes, "statistics of a product", &plan->block);
    if (status < 0)
        return status;
    char *next = plan->block;
    place_operand(&plan->a, p->m, depth, &next);
    place_operand(&plan->b, p->n, depth, &next);
    plan->thread_max = (void *)carve(&next, threads * (size_t)depth * 4);
    plan->gather = gather ? (double *)(void *)next : NULL;
    return SUNZI_OK;
}

/* ---- measuring ---- */

/* The vectors first .. first + count - 1 as real vectors of length width k; a
 * strided complex one is copied to `gather`. */
static sunzi_vectors operand_vectors(const sunzi_problem *p,
                                     const sunzi_operand *o, int64_t first,
                                     int64_t count, double *gather)
{
    const int width = p->scalar == SUNZI_SCALAR_C64 ? 2 : 1;
    const bool single = p->scalar == SUNZI_SCALAR_F32;
    const size_t at = (size_t)(first * o->vector_stride * width);
    sunzi_vectors v = {
        .data = (const char *)o->data + at * (single ? 4 : 8),
        .single_precision = single,
        .count = count,
        .depth = width * p->k,
        .vector_stride = width * o->vector_stride,
        .element_stride = o->element_stride,
    };
    if (strided(p, o)) {
        const double *from = v.data;
        for (int64_t h = 0; h < p->k; h++)
            for (int64_t i = 0; i < count; i++) {
                const double *z =
                    from + 2 * (h * o->element_stride + i * o->vector_stride);
                gather[i * v.depth + 2 * h] = z[0];
                gather[i * v.depth + 2 * h + 1] = z[1];
            }
        v.data = gather;
        v.vector_stride = v.depth;
        v.element_stride = 1;
    }
    return v;
}

static void take_logarithms(sunzi_operand_plan *q, int64_t first, int64_t count)
{
    for (int64_t i = first; i < first + count; i++)
        q->log2_squares[i] =
            q->stats[i].special ? 0 : log2_16_above(q->stats[i].ceil_squares);
}

/* The statistics; maxima: those of the inner index too, not balanced. */
static void measure_here(const sunzi_problem *p, sunzi_product_plan *plan,
                         const sunzi_operand *o, sunzi_operand_plan *q,
                         bool maxima)
{
    const sunzi_engine_ops *engine = p->ctx->engine;
    const int64_t depth = plan->width * p->k;
    const int64_t tasks = (o->count + MEASURE_VECTORS - 1) / MEASURE_VECTORS;
    const int threads = (int)sunzi_min64(plan->threads, tasks);
    int next_slot = 0;
#pragma omp parallel num_threads(threads)
    {
        int slot;
#pragma omp atomic capture
        slot = next_slot++;
        int32_t *max = plan->thread_max + slot * depth;
        double *gather =
            plan->gather ? plan->gather + slot * MEASURE_VECTORS * depth : NULL;
        for (int64_t h = 0; h < depth && maxima; h++)
            max[h] = SUNZI_EXPONENT_ZERO;
#pragma omp for schedule(dynamic)
        for (int64_t task = 0; task < tasks; task++) {
            const int64_t first = task * MEASURE_VECTORS;
            const sunzi_vectors v = operand_vectors(
                p, o, first, sunzi_min64(MEASURE_VECTORS, o->count - first),
                gather);
            engine->measure(&v, q->inner, q->stats + first,
                            maxima ? max : NULL);
            take_logarithms(q, first, v.count);
        }
    }
    for (int64_t h = 0; h < depth && maxima; h++) {
        q->inner_max[h] = SUNZI_EXPONENT_ZERO;
        for (int t = 0; t < next_slot; t++)
            if (plan->thread_max[t * depth + h] > q->inner_max[h])
                q->inner_max[h] = plan->thread_max[t * depth + h];
    }
}

static sunzi_status measure_there(const sunzi_problem *p,
                                  const sunzi_operand *o, sunzi_operand_plan *q,
                                  bool maxima)
{
    sunzi_status status = SUNZI_OK;
    if (!q->measuring)
        SUNZI_TRY(sunzi_measure_begin(p, o, q->inner, q->there, &q->measuring));
    SUNZI_TRY(sunzi_measure_end(&q->measuring, q->stats,
                                maxima ? q->inner_max : NULL));
    take_logarithms(q, 0, o->count);
done:
    return status;
}

static void log_here(const sunzi_problem *p)
{
    sunzi_log(p->ctx, SUNZI_LOG_DECISION, "%s: an operand is measured here: %s",
              p->function, sunzi_last_message());
}

/* Where the operand is, but here if there is no room for its statistics. */
static sunzi_status measure(const sunzi_problem *p, sunzi_product_plan *plan,
                            const sunzi_operand *o, sunzi_operand_plan *q,
                            bool maxima)
{
    if (q->there) {
        const sunzi_status status = measure_there(p, o, q, maxima);
        if (status != SUNZI_ERR_NOMEM)
            return status;
        (void)sunzi_measure_end(&q->measuring, NULL, NULL);
        log_here(p);
    }
    sunzi_status status;
    SUNZI_TRY(sunzi_memory_refresh(p->ctx, o->data, false));
    measure_here(p, plan, o, q, maxima);
done:
    return status;
}

/* Copy an operand to the device of the context, which measures it meanwhile.
 * Without room it is measured here, and copied by pieces when the rest is
 * known. */
static sunzi_status bring(const sunzi_problem *p,
                          const sunzi_product_plan *plan,
                          const sunzi_operand *o, sunzi_operand_plan *q)
{
    if (!p->ctx->device || plan->width * p->k > POINTS_MAX ||
        o->count > POINTS_MAX)
        return SUNZI_OK;
    sunzi_status status =
        sunzi_operand_bring(p, o, sunzi_measure_bytes(o), &q->there);
    if (status == SUNZI_OK)
        status = sunzi_measure_begin(p, o, NULL, q->there, &q->measuring);
    if (status == SUNZI_OK)
        status = sunzi_memory_send(q->there, NULL, sunzi_memory_bytes(q->there),
                                   sunzi_measure_rows, q->measuring);
    if (status != SUNZI_ERR_NOMEM)
        return status;
    (void)sunzi_measure_end(&q->measuring, NULL, NULL);
    sunzi_memory_destroy(&q->there);
    log_here(p);
    return SUNZI_OK;
}

static sunzi_status measure_both(const sunzi_problem *p,
                                 sunzi_product_plan *plan, bool maxima)
{
    sunzi_status status;
    SUNZI_TRY(measure(p, plan, &p->a, &plan->a, maxima));
    if (!p->same_operands)
        return measure(p, plan, &p->b, &plan->b, maxima);
    plan->b.stats = plan->a.stats; /* never balanced: equal maxima */
    plan->b.log2_squares = plan->a.log2_squares;
    plan->b.inner_max = plan->a.inner_max;
done:
    return status;
}

static void list_specials(sunzi_operand_plan *o, int64_t count)
{
    o->specials = 0;
    for (int64_t i = 0; i < count; i++) {
        o->skip[i] = o->stats[i].special != 0;
        if (o->skip[i])
            o->list[o->specials++] = (int32_t)i;
    }
}

/* ---- balancing: A D and D^-1 B with D = diag(2^d), so that the largest
 * elements of index h in A and in B get the same exponent ---- */

typedef struct ranges {
    int32_t top_a, top_b; /* largest exponents where both are not zero */
    int32_t low, high;    /* of a - b */
    bool any;
} ranges;

/* The exponent of element h of both parts of a complex number. */
static int32_t joint(const sunzi_operand_plan *o, int width, int64_t h)
{
    const int32_t *e = o->inner_max + width * h;
    return width == 2 && e[1] > e[0] ? e[1] : e[0];
}

static ranges find_ranges(const sunzi_product_plan *plan, int64_t k)
{
    ranges r = {.any = false};
    for (int64_t h = 0; h < k; h++) {
        const int32_t a = joint(&plan->a, plan->width, h);
        const int32_t b = joint(&plan->b, plan->width, h);
        if (a == SUNZI_EXPONENT_ZERO || b == SUNZI_EXPONENT_ZERO)
            continue;
        if (!r.any)
            r = (ranges){a, b, a - b, a - b, true};
        r.top_a = a > r.top_a ? a : r.top_a;
        r.top_b = b > r.top_b ? b : r.top_b;
        r.low = a - b < r.low ? a - b : r.low;
        r.high = a - b > r.high ? a - b : r.high;
    }
    return r;
}

/* Also needed where one operand is zero at h and the other is so large there
 * that it would push its useful elements out of range. */
static bool worth_balancing(const sunzi_product_plan *plan, int64_t k)
{
    const ranges r = find_ranges(plan, k);
    if (!r.any)
        return false;
    if (r.high - r.low > BALANCE_BITS)
        return true;
    for (int64_t h = 0; h < k; h++) {
        const int32_t a = joint(&plan->a, plan->width, h);
        const int32_t b = joint(&plan->b, plan->width, h);
        if (a == SUNZI_EXPONENT_ZERO && b != SUNZI_EXPONENT_ZERO &&
            b > r.top_b + BALANCE_BITS)
            return true;
        if (b == SUNZI_EXPONENT_ZERO && a != SUNZI_EXPONENT_ZERO &&
            a > r.top_a + BALANCE_BITS)
            return true;
    }
    return false;
}

static int32_t half_below(int32_t x) /* floor(x / 2) */
{
    return x >= 0 ? x / 2 : -((1 - x) / 2);
}

/* Fill the exponents of balancing. */
static void balance(sunzi_product_plan *plan, int64_t k)
{
    int32_t low = INT32_MAX; /* smallest balanced exponent of useful elements */
    for (int64_t h = 0; h < k; h++) {
        const int32_t a = joint(&plan->a, plan->width, h);
        const int32_t b = joint(&plan->b, plan->width, h);
        if (a != SUNZI_EXPONENT_ZERO && b != SUNZI_EXPONENT_ZERO &&
            half_below(a + b) < low)
            low = half_below(a + b);
    }
    for (int64_t h = 0; h < k; h++) {
        const int32_t a = joint(&plan->a, plan->width, h);
        const int32_t b = joint(&plan->b, plan->width, h);
        int32_t d = 0;
        if (a != SUNZI_EXPONENT_ZERO && b != SUNZI_EXPONENT_ZERO)
            d = half_below(b - a);
        else if (a != SUNZI_EXPONENT_ZERO)
            d = low - a; /* times zero: made small */
        else if (b != SUNZI_EXPONENT_ZERO)
            d = b - low;
        for (int w = 0; w < plan->width; w++) {
            plan->a.exponents[plan->width * h + w] = d;
            plan->b.exponents[plan->width * h + w] = -d;
        }
        plan->a.part_exponents[h] = d;
        plan->b.part_exponents[h] = -d;
    }
}

/* Take the statistics again, with balancing or without. */
static sunzi_status set_balanced(const sunzi_problem *p,
                                 sunzi_product_plan *plan, bool balanced)
{
    if (plan->balanced == balanced)
        return SUNZI_OK;
    plan->balanced = balanced;
    plan->a.inner = balanced ? plan->a.exponents : NULL;
    plan->b.inner = balanced ? plan->b.exponents : NULL;
    plan->a.inner_part = balanced ? plan->a.part_exponents : NULL;
    plan->b.inner_part = balanced ? plan->b.part_exponents : NULL;
    return measure_both(p, plan, false);
}

/* ---- number of moduli and exponents ---- */

static void set_shifts(const sunzi_product_plan *plan, sunzi_operand_plan *o,
                       int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const sunzi_vector_stats *s = &o->stats[i];
        o->shift[i] = 0;
        if (o->skip[i] || s->exponent == SUNZI_EXPONENT_ZERO)
            continue;
        o->shift[i] =
            sunzi_scale_of(&plan->moduli, o->log2_squares[i]) + 7 - s->exponent;
    }
}

/* The number of moduli that vectors of uniformly distributed numbers need: what
 * `raised` is counted from. */
static int typical_moduli(const sunzi_product_plan *plan, int64_t depth)
{
    const double k = (double)depth;
    sunzi_vector_class one[SUNZI_CLASSES] = {{
        .used = true,
        .log2_squares = log2_16_above(depth * 5461), /* 128^2 / 3 */
        .ceil_sum = 64 * k,
        .clip = {48 * k, 15 * k, 3.9 * k, 0.99 * k},
    }};
    double bound;
    return sunzi_certify_classes(one, one, depth, plan->width, 2,
                                 SUNZI_MODULI_MAX, plan->tolerance / plan->unit,
                                 &bound);
}

/* From the statistics: moduli and certificate of the plan as it is. */
static void choose_by_statistics(const sunzi_problem *p,
                                 sunzi_product_plan *plan)
{
    sunzi_vector_class classes_a[SUNZI_CLASSES], classes_b[SUNZI_CLASSES];
    const int64_t depth = plan->width * p->k;
    const int given = p->options.moduli;
    double bound = INFINITY;
    sunzi_classify(&plan->a, p->m, depth, classes_a);
    sunzi_classify(&plan->b, p->n, depth, classes_b);
    int count = sunzi_certify_classes(
        classes_a, classes_b, depth, plan->width, given ? given : 2,
        given ? given : SUNZI_MODULI_MAX,
        given ? INFINITY : plan->tolerance / plan->unit, &bound);
    plan->certified = count <= SUNZI_MODULI_MAX && bound < INFINITY;
    if (!plan->certified)
        count = given ? given : SUNZI_MODULI_MAX;
    plan->moduli = *sunzi_moduli_for(count);
    plan->certificate = bound * plan->unit;
}

/* No more than `most` moduli, or a number that was given. */
static bool good(const sunzi_product_plan *plan, int most)
{
    return plan->certified && plan->moduli.count <= most;
}

/* Statistics of balanced operands, then the data, then the data not balanced.
 * Few moduli more than usual cost less than another look. */
static sunzi_status look_closer(const sunzi_problem *p,
                                sunzi_product_plan *plan, int typical, int some)
{
    const int many = p->options.moduli ? SUNZI_MODULI_MAX : typical + 4;
    sunzi_status status = SUNZI_OK;

    SUNZI_TRY(measure_both(p, plan, true));
    const bool may_balance =
        !p->options.unbalanced && worth_balancing(plan, p->k);
    if (may_balance) {
        balance(plan, p->k);
        SUNZI_TRY(set_balanced(p, plan, true));
        choose_by_statistics(p, plan);
    }
    if (!good(plan, some))
        SUNZI_TRY(sunzi_certify_data(p, plan, typical));
    if (!good(plan, many) && may_balance) {
        const sunzi_product_plan balanced = *plan;
        SUNZI_TRY(set_balanced(p, plan, false));
        choose_by_statistics(p, plan);
        SUNZI_TRY(sunzi_certify_data(p, plan, typical));
        if (balanced.certified && !good(plan, balanced.moduli.count)) {
            SUNZI_TRY(set_balanced(p, plan, true));
            *plan = balanced;
        }
    }
done:
    return status;
}

static sunzi_status choose(const sunzi_problem *p, sunzi_product_plan *plan)
{
    const int typical = typical_moduli(plan, plan->width * p->k);
    const int some = p->options.moduli ? SUNZI_MODULI_MAX : typical + 2;
    sunzi_status status = SUNZI_OK;
    const bool fixed = p->options.unbalanced && p->options.moduli;
    choose_by_statistics(p, plan);
    if (!good(plan, some) && !fixed)
        SUNZI_TRY(look_closer(p, plan, typical, some));
    if (!p->options.moduli && plan->moduli.count > typical)
        plan->raised = plan->moduli.count - typical;
done:
    return status;
}

sunzi_status sunzi_product_plan_make(const sunzi_problem *p,
                                     sunzi_product_plan *plan)
{
    sunzi_status status;
    *plan = (sunzi_product_plan){
        .threads = sunzi_threads(p->ctx),
        .width = p->scalar == SUNZI_SCALAR_C64 ? 2 : 1,
        .unit = p->scalar == SUNZI_SCALAR_F32 ? 0x1p24 : 0x1p53,
        .tolerance = p->options.tolerance > 0 ? p->options.tolerance
                                              : fmax(8, sqrt((double)p->k) / 2),
    };
    SUNZI_TRY(take_memory(p, plan));
    SUNZI_TRY(bring(p, plan, &p->a, &plan->a));
    if (!p->same_operands)
        SUNZI_TRY(bring(p, plan, &p->b, &plan->b));
    SUNZI_TRY(measure_both(p, plan, false));
    list_specials(&plan->a, p->m);
    list_specials(&plan->b, p->n);
    SUNZI_TRY(choose(p, plan));
    set_shifts(plan, &plan->a, p->m);
    set_shifts(plan, &plan->b, p->n);
done:
    return status;
}
