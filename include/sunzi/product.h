/* SPDX-License-Identifier: BSD-3-Clause */
/** \file
 * Matrix products of FP64 (and FP32) quality from integer products.
 *
 * The easy forms have the argument list of their CBLAS namesake with a context
 * in front, and return a status. Layout, transpose, triangle, side and diagonal
 * arguments take the values of the CBLAS enumerations (101, 102; 111 .. 113;
 * 121, 122; 131, 132; 141, 142), so constants of cblas.h can be passed.
 *
 * The emulated product is defined mathematically (doc/numerics.md, section 2):
 * A and B are scaled by powers of two and rounded to integers, their integer
 * product is exact, and each entry of A B is rounded once to the nearest FP64
 * number v. The result is then
 *     beta == 0:  C = alpha * v           (C is not read)
 *     else        C = fma(beta, C, alpha * v)
 * with each operation rounded to nearest. This definition does not depend on
 * engine or threads, and so the bits of C do not either.
 *
 * A matrix that is held on the context's device (sunzi/hold.h) is used there.
 *
 * Aliasing: C may not overlap A or B. m, n, k may be 0. With alpha == 0 or
 * k == 0, A and B are not read. Reference: K. Ozaki, Y. Uchino, T. Imamura,
 * "Ozaki scheme II", arXiv 2504.08009.
 */
#ifndef SUNZI_PRODUCT_H
#define SUNZI_PRODUCT_H

#include <stdint.h>
#include <sunzi/context.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { SUNZI_ROW_MAJOR = 101, SUNZI_COL_MAJOR = 102 };
enum { SUNZI_NO_TRANS = 111, SUNZI_TRANS = 112, SUNZI_CONJ_TRANS = 113 };
enum { SUNZI_UPPER = 121, SUNZI_LOWER = 122 };
enum { SUNZI_NON_UNIT = 131, SUNZI_UNIT = 132 };
enum { SUNZI_LEFT = 141, SUNZI_RIGHT = 142 };

/** How a product was, or shall be, computed. */
typedef enum sunzi_product_method {
    SUNZI_PRODUCT_AUTO = 0, /**< native where it is faster, else emulated;
                                 always emulated in a reproducible context */
    SUNZI_PRODUCT_EMULATED, /**< residues of integers; falls back to ORDERED
                                 only where no certificate can be had */
    SUNZI_PRODUCT_NATIVE,   /**< the BLAS, or that of the context's device */
    SUNZI_PRODUCT_ORDERED   /**< FP64 with a fixed order of operations: same
                                 bits on every engine and thread count */
} sunzi_product_method;

typedef struct sunzi_product_options {
    sunzi_product_method method;
    /** Number of moduli, 2 .. SUNZI_MODULI_MAX; 0: chosen so that the
     * certificate holds. A given number is used as it is, and the certificate
     * is only reported. */
    int moduli;
    /** Largest accepted error bound in units of u (|A||B|)_ij, u = 2^-53
     * (2^-24 for sgemm); 0: max(8, sqrt(k)/2). */
    double tolerance;
    /** 1: never rescale the inner index. With a given number of moduli an entry
     * of the result then depends on its row of A and its column of B only, so
     * that a product may be cut anywhere; such a product is not certified. */
    int unbalanced;
} sunzi_product_options;

#define SUNZI_MODULI_MAX 32

typedef struct sunzi_product_info {
    sunzi_product_method method; /**< what did the work (of most entries) */
    const char *engine;          /**< its engine; static text */
    int moduli;                  /**< moduli used; 0 if not emulated */
    /** Proved bound of |computed - exact| / (u (|A||B|)_ij) over all entries
     * before the rounding to v, which adds at most u |v|; 0: v is the rounded
     * exact result; NaN: none is known (native and ordered products). */
    double certificate;
    int balanced; /**< 1: the inner index was rescaled */
    int raised;   /**< moduli added because of the certificate */
    /** Rows of A and columns of B that hold an infinity or a NaN; their entries
     * of C are computed by ORDERED arithmetic, so that they propagate. */
    int special_rows, special_columns;
    const char *reason; /**< why this method; static text */
    size_t workspace_bytes;
    /** Seconds: measuring, conversion, integer products, reconstruction. Where
     * C is held (sunzi/hold.h) the last three are those of starting them. */
    double seconds_measure, seconds_convert, seconds_product,
        seconds_reconstruct;
} sunzi_product_info;

/** Set every field to its default (0). NULL: nothing is done. */
SUNZI_API void sunzi_product_options_init(sunzi_product_options *options);

/** C = alpha op(A) op(B) + beta C, op(A) of shape [m, k], op(B) [k, n].
 *
 * \return SUNZI_OK; SUNZI_ERR_ARG, SUNZI_ERR_NOMEM, SUNZI_ERR_ENGINE (C
 *         untouched); SUNZI_ERR_DEVICE (engines with a device only: it failed;
 *         where its memory held C in several blocks, some may be stored).
 * Accuracy: |C - C_exact| <= (tolerance + 1) u |alpha| |A||B| (+ the rounding
 * of beta C), entry by entry; the bound that was proved is in the info of the
 * expert form. Infinities, NaN, signed zeros, subnormals, overflow and
 * underflow behave as in IEEE arithmetic with one rounding of the sum.
 * Workspace: about N (m k + k n) bytes for N moduli (15 for typical data) and
 * N x 1 MiB a thread; kept in the context, so that a second call of the same
 * size allocates nothing; bounded by
 * sunzi_context_options.workspace_limit_bytes (blocks of columns, same bits).
 * On a device: as much as it has, blocks of C and pieces of A and B otherwise,
 * same bits; at least about 140 N k bytes (three times that if complex), which
 * the message of SUNZI_ERR_NOMEM names.
 * Wide spreads or sparse data are examined more closely first, which takes
 * about 2 KiB k. Example: examples/10_product.c */
SUNZI_API sunzi_status sunzi_dgemm(sunzi_context *ctx, int layout, int transa,
                                   int transb, int m, int n, int k,
                                   double alpha, const double *A, int lda,
                                   const double *B, int ldb, double beta,
                                   double *C, int ldc);

/** As sunzi_dgemm; options and info may be NULL. info is written on success. */
SUNZI_API sunzi_status sunzi_dgemm_expert(sunzi_context *ctx, int layout,
                                          int transa, int transb, int m, int n,
                                          int k, double alpha, const double *A,
                                          int lda, const double *B, int ldb,
                                          double beta, double *C, int ldc,
                                          const sunzi_product_options *options,
                                          sunzi_product_info *info);

/** Many small products of one shape: C_i = alpha op(A_i) op(B_i) + beta C_i for
 * i = 0 .. count - 1, where A_i begins stride_a numbers after A_(i-1), and so
 * on; strides >= 0 (stride_a or stride_b 0: one matrix for all), the C_i may
 * not overlap each other, an A_i or a B_i. Each has the bits of
 * sunzi_dgemm_expert with SUNZI_PRODUCT_ORDERED, on every engine:
 * |C - C_exact| <= (min(k, 256) + log2(k / 256) + 2) u |alpha||A||B|. In a
 * context with a device, products of depth up to 256 are one launch there (as
 * many as have room), and what lies between the C_i is written again as it was;
 * deeper ones, and those for which the device has no room, are shared out to
 * threads. Large products are better called one by one. \return SUNZI_OK;
 * SUNZI_ERR_ARG; SUNZI_ERR_NOMEM, SUNZI_ERR_DEVICE (C of a part that was
 * finished before are written). */
SUNZI_API sunzi_status sunzi_dgemm_batch_strided(
    sunzi_context *ctx, int layout, int transa, int transb, int m, int n, int k,
    double alpha, const double *A, int lda, int64_t stride_a, const double *B,
    int ldb, int64_t stride_b, double beta, double *C, int ldc,
    int64_t stride_c, int count);

/** FP32 operands, u = 2^-24: v is the FP64 rounding of the exact integer
 * product; alpha v + beta C is formed in FP64 and rounded once to FP32. */
SUNZI_API sunzi_status sunzi_sgemm(sunzi_context *ctx, int layout, int transa,
                                   int transb, int m, int n, int k, float alpha,
                                   const float *A, int lda, const float *B,
                                   int ldb, float beta, float *C, int ldc);
SUNZI_API sunzi_status sunzi_sgemm_expert(sunzi_context *ctx, int layout,
                                          int transa, int transb, int m, int n,
                                          int k, float alpha, const float *A,
                                          int lda, const float *B, int ldb,
                                          float beta, float *C, int ldc,
                                          const sunzi_product_options *options,
                                          sunzi_product_info *info);

/** Complex FP64 (pairs of double: real, imaginary), three integer products a
 * modulus: the real and imaginary parts of A B are each rounded once; the bound
 * is relative to (|Re A| + |Im A|)(|Re B| + |Im B|). alpha, beta: pointers to
 * one complex number. */
SUNZI_API sunzi_status sunzi_zgemm(sunzi_context *ctx, int layout, int transa,
                                   int transb, int m, int n, int k,
                                   const void *alpha, const void *A, int lda,
                                   const void *B, int ldb, const void *beta,
                                   void *C, int ldc);
SUNZI_API sunzi_status sunzi_zgemm_expert(
    sunzi_context *ctx, int layout, int transa, int transb, int m, int n, int k,
    const void *alpha, const void *A, int lda, const void *B, int ldb,
    const void *beta, void *C, int ldc, const sunzi_product_options *options,
    sunzi_product_info *info);

/** C = alpha op(A) op(A)^T + beta C on the triangle `uplo` of C, shape [n, n];
 * op(A) of shape [n, k]. The other triangle is neither read nor written. The
 * bits are those of the same triangle of sunzi_dgemm. */
SUNZI_API sunzi_status sunzi_dsyrk(sunzi_context *ctx, int layout, int uplo,
                                   int trans, int n, int k, double alpha,
                                   const double *A, int lda, double beta,
                                   double *C, int ldc);
SUNZI_API sunzi_status sunzi_dsyrk_expert(
    sunzi_context *ctx, int layout, int uplo, int trans, int n, int k,
    double alpha, const double *A, int lda, double beta, double *C, int ldc,
    const sunzi_product_options *options, sunzi_product_info *info);

/** Solve op(A) X = alpha B (left) or X op(A) = alpha B (right) for triangular
 * A; X overwrites B, shape [m, n]. Diagonal blocks by substitution in a fixed
 * order, the rest by the emulated product. A zero on the diagonal gives
 * infinities and NaN as in the BLAS, not an error. */
SUNZI_API sunzi_status sunzi_dtrsm(sunzi_context *ctx, int layout, int side,
                                   int uplo, int transa, int diag, int m, int n,
                                   double alpha, const double *A, int lda,
                                   double *B, int ldb);
SUNZI_API sunzi_status sunzi_dtrsm_expert(
    sunzi_context *ctx, int layout, int side, int uplo, int transa, int diag,
    int m, int n, double alpha, const double *A, int lda, double *B, int ldb,
    const sunzi_product_options *options, sunzi_product_info *info);

#ifdef __cplusplus
}
#endif
#endif
