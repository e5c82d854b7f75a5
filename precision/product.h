/* SPDX-License-Identifier: BSD-3-Clause */
/* The emulated product from inside: what the files product_*.c share.
 *
 * A problem is always row-major, C[m, n] = alpha A[m, k] B[k, n] + beta C (a
 * column-major call is its transpose). A is seen as m vectors, its rows; B as n
 * vectors, its columns; both have k elements. A complex element is two real
 * numbers, so that a complex vector is also a real one of length 2 k.
 *
 *   product_args.c         arguments -> problem
 *   product_arrays.c       bytes of A, B, C, and what of them is held
 *   product.c              the way of a problem: which method, in which order
 *   product_plan.c         statistics, balancing, exponents, number of moduli
 *   product_certificate.c  the proved error bound
 *   product_exact.c        bounds from the data themselves, where those of the
 *                          statistics are not enough
 *   product_run.c          conversion, integer products, reconstruction
 *   product_device.c       the same on a device
 *   product_operands.c     operands on their way there, and their residues
 *   product_results.c      blocks of C on their way from there
 *   product_measure.c      statistics on a device
 *   product_store.c        alpha and beta
 *   product_store.k.h      the same on a device
 *   product_ordered.c      FP64 in a fixed order
 *   product_batch.c        many small ones
 *   product_native.c       the BLAS */
#ifndef SUNZI_PRECISION_PRODUCT_H
#define SUNZI_PRECISION_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sunzi/product.h>

#include "core/context.h"
#include "core/integer.h"
#include "engines/engine.h"

typedef enum sunzi_scalar {
    SUNZI_SCALAR_F64,
    SUNZI_SCALAR_F32,
    SUNZI_SCALAR_C64 /* pairs of double */
} sunzi_scalar;

/* Element h of vector v is data[v * vector_stride + h * element_stride],
 * strides counted in numbers of the scalar type (a complex number is one). */
typedef struct sunzi_operand {
    const void *data;
    int64_t count, vector_stride, element_stride;
    int trans, ld; /* as in the row-major BLAS call */
    bool conjugate;
} sunzi_operand;

typedef struct sunzi_problem {
    sunzi_context *ctx;
    const char *function; /* for messages */
    sunzi_scalar scalar;
    int64_t m, n, k;
    sunzi_operand a, b;
    bool same_operands; /* B is A^T: statistics are taken once */
    double alpha[2], beta[2];
    void *c;
    int64_t ldc;
    int triangle; /* 0: all of C; SUNZI_UPPER, SUNZI_LOWER: with diagonal */
    sunzi_product_options options;
} sunzi_problem;

struct sunzi_memory;

/* What the plan fixes for one operand. */
typedef struct sunzi_operand_plan {
    sunzi_vector_stats *stats; /* [count] */
    int32_t *log2_squares;     /* [count], above 2^16 log2(ceil_squares) */
    int32_t *shift;            /* [count]; x' = nearest(x 2^(inner + shift)) */
    uint8_t *skip;             /* [count]; 1: holds an infinity or NaN */
    int32_t *exponents;        /* [width k] of balancing, if it is used */
    int32_t *part_exponents;   /* [k], as exponents for one part */
    int32_t *inner;            /* exponents, or NULL: not balanced */
    int32_t *inner_part;       /* part_exponents, or NULL */
    int32_t *inner_max;        /* [width k] */
    int64_t specials;          /* vectors with skip != 0 */
    int32_t *list;             /* [count]; the first `specials` are those */

    struct sunzi_memory *there;        /* its data on the device, or NULL */
    struct sunzi_measuring *measuring; /* begun there, or NULL */
} sunzi_operand_plan;

typedef struct sunzi_product_plan {
    void *block; /* all arrays, from the pool */
    size_t bytes;
    int threads;
    int width; /* real numbers an element: 1, or 2 if complex */
    sunzi_operand_plan a, b;
    double *gather;      /* [threads][16 vectors][2 k], strided complex only */
    int32_t *thread_max; /* [threads][width k] */
    sunzi_moduli moduli;
    double unit; /* 2^53 or 2^24: certificates count in 1 / unit */
    double tolerance;
    double certificate; /* INFINITY: none */
    bool certified, balanced;
    int raised;
} sunzi_product_plan;

/* ---- product_args.c ---- */

typedef struct sunzi_gemm_arguments {
    const char *function;
    sunzi_scalar scalar;
    int layout, transa, transb, m, n, k, lda, ldb, ldc;
    const void *A, *B;
    void *C;
    const sunzi_product_options *options;
} sunzi_gemm_arguments;

/* Check, and fill everything of the problem but ctx, alpha and beta. */
sunzi_status sunzi_gemm_problem(const sunzi_gemm_arguments *g,
                                sunzi_problem *problem);
sunzi_status sunzi_check_choice(const char *function, const char *name, int got,
                                const int *allowed, int count,
                                const char *names);
sunzi_status sunzi_check_matrix(const char *function, const char *name,
                                const void *data, bool empty, int ld, int least,
                                const char *least_name);
sunzi_status sunzi_check_options(const char *function,
                                 const sunzi_product_options *given,
                                 sunzi_product_options *options);

/* ---- product_arrays.c ---- */

/* For code that computes on the host: what is held of A, B (sunzi/hold.h) is
 * there, and so is C, which it will change. */
sunzi_status sunzi_product_bring_operands(const sunzi_problem *p);
sunzi_status sunzi_product_bring_all(const sunzi_problem *p);

/* Bytes of a number; of C from its first number on; of what is read of `count`
 * vectors of an operand, as they lie. */
size_t sunzi_number_bytes(const sunzi_problem *p);
size_t sunzi_product_c_bytes(const sunzi_problem *p);
size_t sunzi_operand_bytes(const sunzi_problem *p, const sunzi_operand *o,
                           int64_t count);

/* ---- product.c ---- */

/* Do it, by the method that the options, the context and the data ask for. info
 * may be NULL. */
sunzi_status sunzi_product(sunzi_problem *problem, sunzi_product_info *info);

/* ---- product_plan.c ---- */

/* plan->block belongs to the pool; give it back also on errors, and destroy
 * plan->a.there and plan->b.there. */
sunzi_status sunzi_product_plan_make(const sunzi_problem *p,
                                     sunzi_product_plan *plan);

/* The largest q such that the integers x' = nearest(y 2^q) of a vector satisfy
 * sqrt(sum x'^2) < sqrt(P / 2); log2_squares: above 2^16 log2(sum ceil(y)^2).
 */
int32_t sunzi_scale_of(const sunzi_moduli *m, int32_t log2_squares);

/* Tables for a number of moduli, operand_bits included. */
const sunzi_moduli *sunzi_moduli_for(int count);

/* ---- product_certificate.c ---- */

/* Classes of vectors that are alike, and the worst of each. */
typedef struct sunzi_vector_class {
    uint64_t key;
    int32_t log2_squares; /* largest */
    bool used;
    double ceil_sum; /* largest */
    double clip[4];  /* smallest */
} sunzi_vector_class;

enum { SUNZI_CLASSES = 256 };

void sunzi_classify(const sunzi_operand_plan *o, int64_t count, int64_t depth,
                    sunzi_vector_class *classes);
/* The smallest number of moduli from `least` on whose bound is within
 * tolerance (33: none), and that bound in 1 / unit. */
int sunzi_certify_classes(const sunzi_vector_class *a,
                          const sunzi_vector_class *b, int64_t depth, int width,
                          int least, int most, double limit, double *bound);

/* ---- product_exact.c ---- */

/* The smallest number of moduli from `least` on, but below one that is
 * certified, whose integers represent the operands exactly or whose bound from
 * the data is within tolerance (a given number: its bound). No change where
 * there is none. */
sunzi_status sunzi_certify_data(const sunzi_problem *p,
                                sunzi_product_plan *plan, int least);

/* ---- product_run.c ---- */

typedef struct sunzi_product_work {
    void *block;
    size_t bytes;
    int threads;
    int64_t row_block, col_block; /* of packed operands; multiples of 16 */
    int64_t row_tile, col_tile;   /* of C, one thread's */
    int64_t depth_tiles, group_bytes;
    size_t a_stride, b_stride; /* between moduli, bytes */
    size_t thread_bytes;
    uint8_t *a, *b, *tiles;
    bool emulate;
} sunzi_product_work;

/* Take all memory of the run. SUNZI_ERR_NOMEM also if the limit of the context
 * is too small for the smallest blocks. */
sunzi_status sunzi_product_work_take(const sunzi_problem *p,
                                     const sunzi_product_plan *plan,
                                     sunzi_product_work *work);
void sunzi_product_run(const sunzi_problem *p, const sunzi_product_plan *plan,
                       sunzi_product_work *work, sunzi_product_info *info);

/* Entries of C in the rows and columns that hold an infinity or NaN. */
void sunzi_product_run_special(const sunzi_problem *p,
                               const sunzi_product_plan *plan,
                               const sunzi_product_work *work);

/* ---- product_device.c ---- */

/* As sunzi_product_run, on the device of the context, with its own workspace
 * there; *worker: set where a library of the device's multiplied the residues.
 * What the plan has there is dropped. SUNZI_ERR_NOMEM: C is untouched;
 * SUNZI_ERR_DEVICE: it is undefined. */
sunzi_status sunzi_product_run_on_device(const sunzi_problem *p,
                                         sunzi_product_plan *plan,
                                         sunzi_product_info *info,
                                         const char **worker);

/* ---- product_operands.c ---- */

/* The data of an operand, to be copied to the device, where room is taken;
 * sunzi_memory_send copies them. besides: bytes that must be left.
 * SUNZI_ERR_NOMEM, SUNZI_ERR_DEVICE. */
sunzi_status sunzi_operand_bring(const sunzi_problem *p, const sunzi_operand *o,
                                 size_t besides, struct sunzi_memory **memory);

/* ---- product_measure.c ---- */

/* What the kernel `measure` of a CPU engine finds, for data on the device: the
 * statistics of all vectors and, if not NULL, the largest exponents of each
 * element. begin, then rows as often as data arrive (of an operand whose
 * vectors lie one after the other; end: bytes of it that are there), then
 * end. SUNZI_ERR_NOMEM, SUNZI_ERR_DEVICE. */
typedef struct sunzi_measuring sunzi_measuring;
/* Bytes there besides the operand. */
size_t sunzi_measure_bytes(const sunzi_operand *o);
sunzi_status sunzi_measure_begin(const sunzi_problem *p, const sunzi_operand *o,
                                 const int32_t *inner,
                                 struct sunzi_memory *data,
                                 sunzi_measuring **measuring);
sunzi_status sunzi_measure_rows(void *measuring, size_t end);
/* Frees it, also after a failure before it; stats NULL: nothing else. */
sunzi_status sunzi_measure_end(sunzi_measuring **measuring,
                               sunzi_vector_stats *stats, int32_t *maxima);

/* ---- product_store.c ---- */

/* C[i0 + i, j0 .. j0 + cols) = alpha v + beta C for rows of v, complex: real
 * and imaginary parts v, vi; both are overwritten. skip_row[i], skip_col[j]:
 * entries left alone. */
void sunzi_product_store(const sunzi_problem *p, int64_t i0, int64_t j0,
                         int rows, int cols, double *v, double *vi,
                         int64_t v_stride, const uint8_t *skip_row,
                         const uint8_t *skip_col);
/* C = beta C. */
void sunzi_product_scale(const sunzi_problem *p);

/* ---- product_ordered.c ---- */

/* Bytes of scratch a thread. */
size_t sunzi_ordered_bytes(const sunzi_problem *p);
/* Entries of C in the rows rows[0 .. row_count) and columns cols[..]; NULL: the
 * first row_count, col_count. skip_row, skip_col: by index, or NULL. */
void sunzi_ordered_run(const sunzi_problem *p, const int32_t *rows,
                       int64_t row_count, const int32_t *cols,
                       int64_t col_count, const uint8_t *skip_row,
                       const uint8_t *skip_col, int threads,
                       size_t thread_bytes, char *scratch);

/* ---- product_native.c ---- */

void sunzi_native_product(const sunzi_problem *p);

/* ---- product_native_device.c ---- */

/* Has the context's device units for the product, and is it large enough to go
 * there? */
bool sunzi_native_device_has(const sunzi_problem *p);
/* They are there, and faster than an emulated product with so many moduli, by
 * the measured rates. */
bool sunzi_native_device_is_faster(const sunzi_problem *p, int moduli);
/* The product by them, in blocks of C where not all has room; *worker: who did
 * it. SUNZI_ERR_NOMEM: C is untouched; SUNZI_ERR_DEVICE: it is undefined. */
sunzi_status sunzi_native_device_run(const sunzi_problem *p,
                                     const char **worker);

#endif
