/* SPDX-License-Identifier: BSD-3-Clause */
/* GMRES on the preconditioned system, for refinement. */
#include <math.h>

#include "precision/refinement.h"

/* basis: max_steps + 1 vectors; the triangle by columns (h[k + 1] is its
 * subdiagonal, so columns have max_steps + 1 entries); rotations
 * and the right-hand side of the small problem. */
size_t sunzi_gmres_work(size_t n, int max_steps)
{
    const size_t k = (size_t)max_steps + 1;
    return k * n + k * k + 4 * k;
}

static void add_scaled(size_t n, double factor, const double *x, double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] += factor * x[i];
}

static void multiply_by(size_t n, double factor, double *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] *= factor;
}

/* w -= V (V^T w), twice; h += what was removed. */
static void orthogonalize(const sunzi_refinement_system *s, int count,
                          const double *basis, double *h, double *fresh,
                          double *w)
{
    for (int i = 0; i < count; i++)
        h[i] = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < count; i++)
            fresh[i] = s->dot(s->data, basis + (size_t)i * s->n, w);
        for (int i = 0; i < count; i++) {
            add_scaled(s->n, -fresh[i], basis + (size_t)i * s->n, w);
            h[i] += fresh[i];
        }
    }
}

/* Apply the old rotations to column h, make the one that removes h[k + 1]. */
static void rotate(int k, double *h, double *cosine, double *sine, double *g)
{
    for (int i = 0; i < k; i++) {
        const double t = cosine[i] * h[i] + sine[i] * h[i + 1];
        h[i + 1] = cosine[i] * h[i + 1] - sine[i] * h[i];
        h[i] = t;
    }
    const double length = sqrt(h[k] * h[k] + h[k + 1] * h[k + 1]);
    cosine[k] = length > 0 ? h[k] / length : 1;
    sine[k] = length > 0 ? h[k + 1] / length : 0;
    h[k] = length;
    g[k + 1] = -sine[k] * g[k];
    g[k] *= cosine[k];
}

/* d = V y, R y = g */
static void combine(const sunzi_refinement_system *s, int count,
                    const double *basis, const double *triangle, size_t ld,
                    double *g, double *d)
{
    for (int i = count - 1; i >= 0; i--) {
        for (int j = i + 1; j < count; j++)
            g[i] -= triangle[(size_t)j * ld + (size_t)i] * g[j];
        g[i] /= triangle[(size_t)i * ld + (size_t)i];
    }
    for (size_t h = 0; h < s->n; h++)
        d[h] = 0;
    for (int i = 0; i < count; i++)
        add_scaled(s->n, g[i], basis + (size_t)i * s->n, d);
}

int sunzi_gmres(const sunzi_refinement_system *s, double *r, double tolerance,
                int max_steps, double *d, double *reduction, double *work)
{
    const size_t ld = (size_t)max_steps + 1;
    double *basis = work, *triangle = basis + ld * s->n;
    double *cosine = triangle + ld * ld, *sine = cosine + ld, *g = sine + ld,
           *fresh = g + ld;
    const int only = 0;
    int k = 0;

    s->solve(s->data, 1, r);
    const double start = sqrt(s->dot(s->data, r, r));
    for (size_t i = 0; i < s->n; i++) {
        basis[i] = r[i] / start;
        d[i] = 0;
    }
    g[0] = start;
    *reduction = start == 0 ? 0 : 1;
    if (!(start > 0) || !isfinite(start))
        return 0;
    while (k < max_steps && !(*reduction <= tolerance)) {
        double *w = basis + (size_t)(k + 1) * s->n;
        double *h = triangle + (size_t)k * ld;
        s->residual(s->data, true, false, 1, &only, basis + (size_t)k * s->n,
                    NULL, w);
        multiply_by(s->n, -1.0, w);
        s->solve(s->data, 1, w);
        orthogonalize(s, k + 1, basis, h, fresh, w);
        const double length = sqrt(s->dot(s->data, w, w));
        if (!isfinite(length))
            break;
        if (length > 0)
            multiply_by(s->n, 1 / length, w);
        h[k + 1] = length;
        rotate(k, h, cosine, sine, g);
        if (!(h[k] > 0))
            break; /* singular preconditioned matrix: drop this direction */
        k++;
        *reduction = fabs(g[k]) / start;
        if (!(length > 0))
            break; /* the space is invariant: the solution is in it */
    }
    combine(s, k, basis, triangle, ld, g, d);
    return k;
}
