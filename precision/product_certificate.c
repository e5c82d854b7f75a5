/* SPDX-License-Identifier: BSD-3-Clause */
/* The error bound of an emulated product, from the statistics of its vectors.
 *
 * In units of 2^(e_a - 7) 2^(e_b - 7), with y >= 0 the scaled magnitudes and q
 * the scale of the integers (x' = nearest(y 2^q)), rounding changes y by at
 * most 2^-q / 2, and not at all if y = 0. Before the final rounding the error
 * of an entry is therefore at most
 *     E = (2^-q_a sum y_b + 2^-q_b sum y_a) / 2 + k 2^-(q_a + q_b) / 4,
 * and for thresholds l_a, l_b and T = sum min(y, l) / l
 *     D = l_a l_b (T_a + T_b - k) <= sum y_a y_b = (|A||B|)_ij
 * since s t >= s + t - 1 on [0, 1]^2. The certificate is the largest E / D.
 *
 * Complex vectors are real ones of length 2 k here. An error of the real or the
 * imaginary part is bounded by E; (|Re a| + |Im a|)(|Re b| + |Im b|) holds each
 * of the 2 k products of equal parts and as many of unlike parts, so D counts
 * twice.
 *
 * To stay at O(m + n), vectors that are alike are put into one class that has
 * the worst of each statistic: the bound of two classes holds for all their
 * pairs. */
#include <math.h>
#include <string.h>

#include "precision/product.h"

static const double limits[4] = SUNZI_CLIP_LIMITS;

/* Sixteenths of the largest possible sum, 0 .. 15. */
static uint64_t sixteenth(int64_t clip, double limit, int64_t depth)
{
    const int64_t s = (int64_t)(16 * (double)clip / (limit * (double)depth));
    return (uint64_t)(s < 15 ? s : 15);
}

/* Position of the leading bit and the two bits behind it, x >= 1. */
static uint64_t quarter_octave(int64_t x)
{
    const int top = 63 - __builtin_clzll((unsigned long long)x);
    return (uint64_t)top << 2 | ((uint64_t)x << 2 >> top & 3);
}

static uint64_t key_of(const sunzi_vector_stats *s, int32_t log2_squares,
                       int64_t depth)
{
    uint64_t key = (uint64_t)(log2_squares >> 14);
    key = key << 16 | quarter_octave(s->ceil_sum);
    for (int l = 0; l < 4; l++)
        key = key << 4 | sixteenth(s->clip[l], limits[l], depth);
    return key;
}

/* Its class, a free place, or (a full table) the last place looked at. */
static sunzi_vector_class *find(sunzi_vector_class *classes, uint64_t key)
{
    uint64_t at = key * UINT64_C(0x9e3779b97f4a7c15) >> 56;
    for (int probe = 0; probe < 32; probe++) {
        if (!classes[at].used || classes[at].key == key)
            break;
        at = (at + 1) % SUNZI_CLASSES;
    }
    return &classes[at];
}

void sunzi_classify(const sunzi_operand_plan *o, int64_t count, int64_t depth,
                    sunzi_vector_class *classes)
{
    memset(classes, 0, SUNZI_CLASSES * sizeof *classes);
    for (int64_t i = 0; i < count; i++) {
        const sunzi_vector_stats *s = &o->stats[i];
        if (o->skip[i] || s->exponent == SUNZI_EXPONENT_ZERO)
            continue;
        const int32_t log2_squares = o->log2_squares[i];
        const uint64_t key = key_of(s, log2_squares, depth);
        sunzi_vector_class *c = find(classes, key);
        if (!c->used) {
            *c = (sunzi_vector_class){.key = key, .used = true};
            for (int l = 0; l < 4; l++)
                c->clip[l] = INFINITY;
        }
        if (log2_squares > c->log2_squares)
            c->log2_squares = log2_squares;
        c->ceil_sum = fmax(c->ceil_sum, (double)s->ceil_sum);
        for (int l = 0; l < 4; l++)
            c->clip[l] = fmin(c->clip[l], (double)s->clip[l]);
    }
}

/* D, times 2 for complex vectors. The integers are below 2^53: exact. */
static double lower_bound(const sunzi_vector_class *a,
                          const sunzi_vector_class *b, double depth, int width)
{
    double best = 0;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            best = fmax(best, a->clip[i] * limits[j] + b->clip[j] * limits[i] -
                                  depth * limits[i] * limits[j]);
    return width * best;
}

/* Above E; the factor covers the roundings of this line. */
static double upper_bound(const sunzi_moduli *m, const sunzi_vector_class *a,
                          const sunzi_vector_class *b, double depth)
{
    const double ga = ldexp(1, -sunzi_scale_of(m, a->log2_squares));
    const double gb = ldexp(1, -sunzi_scale_of(m, b->log2_squares));
    return (0.5 * (ga * b->ceil_sum + gb * a->ceil_sum) +
            0.25 * ga * gb * depth) *
           (1 + 0x1p-40);
}

static int used_classes(const sunzi_vector_class *classes,
                        const sunzi_vector_class **used)
{
    int count = 0;
    for (int c = 0; c < SUNZI_CLASSES; c++)
        if (classes[c].used)
            used[count++] = &classes[c];
    return count;
}

int sunzi_certify_classes(const sunzi_vector_class *a,
                          const sunzi_vector_class *b, int64_t depth, int width,
                          int least, int most, double limit, double *bound)
{
    const sunzi_vector_class *ua[SUNZI_CLASSES], *ub[SUNZI_CLASSES];
    const int count_a = used_classes(a, ua), count_b = used_classes(b, ub);
    const double k = (double)depth;
    int count = least;
    *bound = INFINITY;
    for (int pass = 0; pass < 2; pass++) { /* the number; its bound */
        double worst = 0;
        for (int i = 0; i < count_a; i++)
            for (int j = 0; j < count_b; j++) {
                const double d = lower_bound(ua[i], ub[j], k, width);
                if (!(d > 0))
                    return limit < INFINITY ? SUNZI_MODULI_MAX + 1 : count;
                double ratio;
                while ((ratio = upper_bound(sunzi_moduli_for(count), ua[i],
                                            ub[j], k) /
                                d * (1 + 0x1p-40)) > limit)
                    if (++count > most)
                        return SUNZI_MODULI_MAX + 1;
                worst = fmax(worst, ratio);
            }
        *bound = worst;
    }
    return count;
}
