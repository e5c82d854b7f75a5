/* SPDX-License-Identifier: BSD-3-Clause */
/* The contract of an engine.
 *
 * An engine is one const table of kernels. A kernel is pure: it works on the
 * memory it is given, on the calling thread, allocates nothing, keeps nothing,
 * says nothing. A CPU engine leaves NULL what it takes from the next simpler
 * one (amx -> avx512 -> avx2 -> portable); the registry completes the table.
 * `portable` is plain C and is the specification: what it stores is what every
 * engine must store, bit for bit, unless a kernel says otherwise below.
 *
 * An engine with a device (engines/device.h) has no kernels of its own here: it
 * takes all from the best CPU engine, for the work that stays on the host.
 *
 * Packed operands. All CPU engines share one layout, the 1 KiB tile: 16 vectors
 * (rows of A or columns of B) by 64 bytes of depth (64 residues, or 32 16-bit
 * numbers). A depth of k is padded with zeros to whole tiles, a count of
 * vectors to whole groups of 16. side A:  tile[vector 16][byte 64] side B:
 * tile[quad 16][vector 16][byte 4]   (bytes 4 q .. 4 q + 3 of depth) A packed
 * panel is [group of 16 vectors][depth tile][1024 bytes]. */
#ifndef SUNZI_ENGINES_ENGINE_H
#define SUNZI_ENGINES_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sunzi/field.h>

#include "engines/kernel/tables.h"
#include "precision/accumulator_digits.h"
#include "precision/moduli.h"

enum {
    SUNZI_TILE_VECTORS = 16,
    SUNZI_TILE_BYTES = 1024,
    SUNZI_TILE_DEPTH8 = 64, /* residues and int8 in a tile's depth */
    SUNZI_TILE_DEPTH16 = 32 /* bf16 and fp16 */
};

typedef enum sunzi_side { SUNZI_SIDE_A, SUNZI_SIDE_B } sunzi_side;

/* `count` vectors of `depth` numbers of an operand where it lies: element h of
 * vector v is data[v * vector_stride + h * element_stride]; one of the strides
 * is 1 for BLAS operands (2 for the parts of complex ones). */
typedef struct sunzi_vectors {
    const void *data; /* double, or float if single_precision */
    bool single_precision;
    int64_t count, depth, vector_stride, element_stride;
} sunzi_vectors;

/* exponent of a vector of zeros */
#define SUNZI_EXPONENT_ZERO INT32_MIN

/* Integer statistics of one vector x after balancing, x_h := x_h 2^inner[h].
 * e: max |x_h| lies in [2^(e-1), 2^e); y_h = |x_h| 2^(7-e), 0 <= y_h < 128. */
typedef struct sunzi_vector_stats {
    int32_t exponent; /* e; SUNZI_EXPONENT_ZERO: all zero (sums are 0) */
    int32_t
        special; /* 1: an infinity or NaN (the other fields are undefined) */
    int64_t ceil_sum;     /* sum ceil(y_h)          >= sum y_h   */
    int64_t ceil_squares; /* sum ceil(y_h)^2        >= sum y_h^2 */
    /* sum min(floor(y_h), limit), limit = 64, 16, 4, 1: with
     * T = clip / limit, a lower bound of |A||B| is
     * limit_a limit_b (T_a + T_b - k), because (1 - s)(1 - t) >= 0 on [0,1]^2
     */
    int64_t clip[4];
} sunzi_vector_stats;

#define SUNZI_CLIP_LIMITS                                                      \
    {                                                                          \
        64, 16, 4, 1                                                           \
    }

/* Low-precision formats of the update products. */
typedef enum sunzi_low_format {
    SUNZI_LOW_BF16,
    SUNZI_LOW_FP16,
    SUNZI_LOW_INT8, /* two 8-bit slices, see update_block */
    SUNZI_LOW_COUNT
} sunzi_low_format;

typedef struct sunzi_engine_ops {
    const char *name;
    const char *base;    /* name of the engine that NULL kernels come from */
    const char *summary; /* one line for `sunzi info` */
    int priority;        /* of CPU engines; the largest usable one is "auto" */
    const struct sunzi_device_ops *device; /* NULL: a CPU engine */
    /* 1: usable here; 0: not, with a sentence in why */
    int (*available)(char *why, size_t why_bytes);
    /* 1: the format has hardware support (it is then worth choosing) */
    int (*low_format_fast)(sunzi_low_format format, char *why,
                           size_t why_bytes);
    /* 1: the residue product is likely to beat this CPU's FP64 from this n on;
     * 0: never */
    int emulation_pays_from;

    /* ---- emulated product: exact integer work, same bits everywhere ---- */

    /* Statistics of v->count vectors. inner: exponents that balancing adds to
     * element h, shape [depth], or NULL. inner_max, shape [depth] or NULL:
     * raised to the largest exponent (in the sense of `exponent`) of element h
     * over these vectors, balancing not applied, special values left out. */
    void (*measure)(const sunzi_vectors *v, const int32_t *inner,
                    sunzi_vector_stats *stats, int32_t *inner_max);

    /* Integers x'_h = round_to_nearest_even(x_h 2^(inner[h] + shift[v])) and
     * their residues mod m->p[0 .. m->count), packed: tile g, q of modulus t at
     * out + t * modulus_stride + (g * depth_tiles + q) * SUNZI_TILE_BYTES, with
     * depth_tiles = ceil(depth / 64), groups = ceil(count / 16). |x'_h| <=
     * 2^m->operand_bits. Side A: residues in [0, p). Side B: symmetric
     * residues, signed 8 bit: r in [-(p-1)/2, (p-1)/2] for odd p, [-128, 127]
     * for p = 256. A vector with skip[v] != 0 becomes zero (skip may be NULL).
     * out and modulus_stride are multiples of 64 bytes. */
    void (*convert)(const sunzi_vectors *v, const int32_t *inner,
                    const int32_t *shift, const uint8_t *skip,
                    const sunzi_moduli *m, sunzi_side side, uint8_t *out,
                    size_t modulus_stride);

    /* Residues of the product of a packed A (row_groups) and B (col_groups) mod
     * m->p[t], in [0, p):
     * r[i * r_stride + j], i < 16 row_groups, j < 16 col_groups, any
     * depth_tiles >= 1. a_stride, b_stride: bytes between groups of 16. */
    void (*residue_block)(const sunzi_moduli *m, int t, int64_t depth_tiles,
                          int row_groups, int col_groups, const uint8_t *a,
                          size_t a_stride, const uint8_t *b, size_t b_stride,
                          uint8_t *r, size_t r_stride);

    /* v[i * v_stride + j] = nearest-even FP64 of
     * c'_ij 2^-(row_shift[i] + col_shift[j]), c' the symmetric integer,
     * |c'| < P/2, with residues r[t * plane_stride + i * r_stride + j]. Correct
     * also for subnormal and overflowing results; +0 for c' = 0. cols need not
     * be a multiple of anything. */
    void (*reconstruct)(const sunzi_moduli *m, int rows, int cols,
                        const uint8_t *r, size_t plane_stride, size_t r_stride,
                        const int32_t *row_shift, const int32_t *col_shift,
                        double *v, int64_t v_stride);

    /* ---- products in a fixed order: same bits everywhere ---- */

    /* C[i * ldc + j] = fma chain over h = 0 .. k-1 of (subtract ? -a : a)_ih *
     * b_hj onto the old value. A element (i, h) at a[i * a_row + h * a_col];
     * rows of B (ldb) and C (ldc) are contiguous. No overlap. */
    void (*ordered_f64)(int m, int n, int k, bool subtract, const double *a,
                        int64_t a_row, int64_t a_col, const double *b,
                        int64_t ldb, double *c, int64_t ldc);
    void (*ordered_f32)(int m, int n, int k, bool subtract, const float *a,
                        int64_t a_row, int64_t a_col, const float *b,
                        int64_t ldb, float *c, int64_t ldc);

    /* ---- low-precision updates of FP32 matrices ---- */

    /* Pack `count` FP32 vectors of `depth` numbers, as in sunzi_vectors, into
     * tiles of the format: precision/low_format.h says how, and what scale[v]
     * receives. out: ceil(count / 16) groups. */
    void (*update_pack)(sunzi_low_format format, const float *data,
                        int64_t count, int64_t depth, int64_t vector_stride,
                        int64_t element_stride, sunzi_side side, void *out,
                        int32_t *scale);

    /* C -= A B for packed operands, FP32 accumulation: c[i * ldc + j],
     * rows x cols entries of it exist. BF16 and FP16: the order of the sum
     * belongs to the engine (bits may differ between engines, not between runs
     * or threads); INT8: exact integers, one FP32 rounding a call, same bits on
     * every engine. */
    void (*update_block)(sunzi_low_format format, int64_t depth_tiles, int rows,
                         int cols, const void *a, size_t a_stride,
                         const int32_t *a_scale, const void *b, size_t b_stride,
                         const int32_t *b_scale, float *c, int64_t ldc);
    /* ---- residuals: same bits everywhere ---- */

    /* Vector v is a[v * lda + h], h < length. sum[v] (+ sum_low[v], which holds
     * the rounding errors) = sum over h of a_vh (x[h] + x_low[h]), in twice
     * FP64; sum_low NULL: in FP64, without x_low. x_low NULL: zero.
     * magnitude[v], if not NULL: sum of |a_vh x_h| in FP64. Element h goes to
     * partial sum h mod 16. */
    void (*residual_dot)(int64_t vectors, int64_t length, const double *a,
                         int64_t lda, const double *x, const double *x_low,
                         double *sum, double *sum_low, double *magnitude);
    /* The other product: adds a_vh (x[v] + x_low[v]) to sum[h] + sum_low[h]
     * (and |a_vh x_v| to magnitude[h]), in the order of v. */
    void (*residual_axpy)(int64_t vectors, int64_t length, const double *a,
                          int64_t lda, const double *x, const double *x_low,
                          double *sum, double *sum_low, double *magnitude);

    /* ---- dense factors: same bits everywhere ---- */

    /* LU factors with partial pivoting of a narrow panel, a[i * ld + j], cols
     * <= 32: pivots[j] is the row (0-based) exchanged with row j, the first of
     * the largest. Returns 0, or the 1-based column whose pivot is zero or not
     * finite. work: rows * cols numbers. */
    int (*lu_panel_f32)(int rows, int cols, float *a, int64_t ld, int *pivots,
                        float *work);
    int (*lu_panel_f64)(int rows, int cols, double *a, int64_t ld, int *pivots,
                        double *work);
    /* For vectors c < count at x + c ldx and y + c ldy: y[i] -= sum over j of
     * a[i * ld + j] x[j], FP64 arithmetic: element j goes to partial sum j mod
     * 16, these are added by halves. No x is a y. */
    void (*dot_rows_f32)(int rows, int cols, const float *a, int64_t ld,
                         int count, const double *x, int64_t ldx, double *y,
                         int64_t ldy);
    void (*dot_rows_f64)(int rows, int cols, const double *a, int64_t ld,
                         int count, const double *x, int64_t ldx, double *y,
                         int64_t ldy);
    /* y[j] -= sum over i of a[i * ld + j] x[i], in the order of i, FP64. */
    void (*axpy_rows_f32)(int rows, int cols, const float *a, int64_t ld,
                          int count, const double *x, int64_t ldx, double *y,
                          int64_t ldy);
    void (*axpy_rows_f64)(int rows, int cols, const double *a, int64_t ld,
                          int count, const double *x, int64_t ldx, double *y,
                          int64_t ldy);
    /* out[i * ld + j] = a[i * a_row + j * a_col] 2^(row[i] + col[j]), rounded
     * to the type; one of the strides of A is 1; row or col NULL: zeros.
     * Returns the largest magnitude before the rounding to the type; NaN if
     * something was not finite. */
    double (*scaled_copy_f32)(int rows, int cols, const double *a,
                              int64_t a_row, int64_t a_col, const int32_t *row,
                              const int32_t *col, float *out, int64_t ld);
    double (*scaled_copy_f64)(int rows, int cols, const double *a,
                              int64_t a_row, int64_t a_col, const int32_t *row,
                              const int32_t *col, double *out, int64_t ld);
    /* Sums and maxima of a vector for the scaling of a matrix: with v = |a_h|
     * and w = v weights[h] out[0] = sum v, out[1] = sum w, out[2] = max w,
     * where element h goes to partial sum h mod 16; and for each h sum[h] += v,
     * weighted[h] += v weight, max[h] := max(max[h], v weight). A NaN is lost
     * in the maxima, not in the sums. */
    void (*sweep)(int count, const double *a, double weight,
                  const double *weights, double *sum, double *weighted,
                  double *max, double *out);

    /* ---- exact sums: the same value everywhere ---- */

    /* Adds x[h], or x[h] y[h], h < n, to *sum without any rounding. Terms that
     * are not finite are counted (a NaN, or an infinity times zero, as NaN).
     * The value and the counts are those of sunzi_accumulator_add and
     * sunzi_accumulator_add_product, term by term; the digits and the weight
     * may differ until carries are made. x == y is allowed. */
    void (*exact_sum)(int64_t n, const double *x, sunzi_accumulator *sum);
    void (*exact_dot)(int64_t n, const double *x, const double *y,
                      sunzi_accumulator *sum);

    /* ---- kernels of the kernel language ---- */

    const sunzi_loops *loops;

    /* ---- numbers on the wire ---- */

    /* `count` numbers, FP32 if single, else FP64, rounded to nearest even into
     * a wire that is narrower than them (not STORED), and back; packed numbers
     * need no alignment. Returned: how many finite ones became infinite. */
    int64_t (*wire_pack)(bool single, sunzi_wire wire, int64_t count,
                         const void *numbers, void *packed);
    void (*wire_unpack)(bool single, sunzi_wire wire, int64_t count,
                        const void *packed, void *numbers);
} sunzi_engine_ops;

/* Complete table of an engine by index, best first; NULL past the end. */
const sunzi_engine_ops *sunzi_engine_at(int index);
/* Complete table by name, NULL if unknown; does not ask whether it is usable.
 */
const sunzi_engine_ops *sunzi_engine_by_name(const char *name);
/* What did some work: the engine, or for one with a device that was not used
 * the CPU engine which serves the host. */
const char *sunzi_engine_worker(const sunzi_engine_ops *engine, bool on_device);
/* The engine whose code serves the kernel at `offset` (offsetof) of the table.
 */
const char *sunzi_engine_origin(const sunzi_engine_ops *engine, size_t offset);

#endif
