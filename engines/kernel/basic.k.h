/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels that belong to no solver: to measure a device, to clear memory, and
 * to pick parts of an array that are to cross. */
#ifndef SUNZI_ENGINES_KERNEL_BASIC_K_H
#define SUNZI_ENGINES_KERNEL_BASIC_K_H

#include "engines/kernel/language.h"

/* z = x + a y, FP32: three streams of memory. */
#define K_ARGS_k_triad(IN, OUT, VALUE)                                         \
    IN(float, x) IN(float, y) OUT(float, z) VALUE(float, a)
K_KERNEL(k_triad)
{
    K_EACH (i)
        z[i] = k_fmaf(a, y[i], x[i]);
}

/* Eight chains of `steps` fused multiply-adds a point, FP32. */
#define K_CHAINS_A_POINT                8
#define K_ARGS_k_chains(IN, OUT, VALUE) OUT(float, x) VALUE(int, steps)
K_KERNEL(k_chains)
{
    K_EACH (i) {
        float a = x[i], b = 1, c = 2, d = 3, e = 4, f = 5, g = 6, h = 7;
        for (int s = 0; s < steps; s++) {
            a = k_fmaf(a, 0.75f, 0.5f);
            b = k_fmaf(b, 0.75f, 0.5f);
            c = k_fmaf(c, 0.75f, 0.5f);
            d = k_fmaf(d, 0.75f, 0.5f);
            e = k_fmaf(e, 0.75f, 0.5f);
            f = k_fmaf(f, 0.75f, 0.5f);
            g = k_fmaf(g, 0.75f, 0.5f);
            h = k_fmaf(h, 0.75f, 0.5f);
        }
        x[i] = a + b + c + d + e + f + g + h;
    }
}

#define K_ARGS_k_fill_u32(IN, OUT, VALUE) OUT(k_u32, x) VALUE(k_u32, value)
K_KERNEL(k_fill_u32)
{
    K_EACH (i)
        x[i] = value;
}

/* Elements of `words` words side by side: to[e] = from[place[e]], and back;
 * elements of the array begin `stride` words after each other. */
#define K_ARGS_k_gather(IN, OUT, VALUE)                                        \
    IN(k_u32, from)                                                            \
    IN(int, place) OUT(k_u32, to) VALUE(int, words) VALUE(k_i64, stride)
K_KERNEL(k_gather)
{
    K_EACH2 (e, w)
        to[(k_i64)e * words + w] = from[place[e] * stride + w];
}

#define K_ARGS_k_scatter(IN, OUT, VALUE)                                       \
    IN(k_u32, from)                                                            \
    IN(int, place) OUT(k_u32, to) VALUE(int, words) VALUE(k_i64, stride)
K_KERNEL(k_scatter)
{
    K_EACH2 (e, w)
        to[place[e] * stride + w] = from[(k_i64)e * words + w];
}

/* any[b] != 0: one of x[b + r stride], b + r stride < count, is not 0. */
#define K_ARGS_k_any(IN, OUT, VALUE)                                           \
    IN(k_u32, x) OUT(k_u32, any) VALUE(int, stride) VALUE(int, count)
K_KERNEL(k_any)
{
    K_EACH (b) {
        k_u32 found = 0;
        for (int at = b; at < count; at += stride)
            found |= x[at];
        any[b] = found;
    }
}

/* Pairs of words that depend on their index only, in which bits are set or
 * kept: random numbers of a format. */
#define K_ARGS_k_noise(IN, OUT, VALUE)                                         \
    OUT(k_u32, x)                                                              \
    VALUE(k_u32, keep_even)                                                    \
    VALUE(k_u32, set_even) VALUE(k_u32, keep_odd) VALUE(k_u32, set_odd)
K_KERNEL(k_noise)
{
    K_EACH (i) {
        k_u32 h = (k_u32)i * 2654435761u;
        h = (h ^ h >> 15) * 2246822519u;
        h ^= h >> 13;
        x[2 * i] = (h & keep_even) | set_even;
        h = (h ^ h >> 16) * 3266489917u;
        x[2 * i + 1] = ((h ^ h >> 16) & keep_odd) | set_odd;
    }
}

#endif
