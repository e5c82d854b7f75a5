/* SPDX-License-Identifier: BSD-3-Clause */
/* The moduli of the emulated product and the tables of its Chinese remainder
 * reconstruction. Pairwise coprime numbers <= 256 in descending order; the
 * first `count` are used; P is their product, up to 2^241 for 32 of them. */
#ifndef SUNZI_PRECISION_MODULI_H
#define SUNZI_PRECISION_MODULI_H

#include <stdint.h>

/* gcc and clang on 64-bit machines */
__extension__ typedef unsigned __int128 sunzi_u128;

enum {
    SUNZI_MODULI_LIST_LENGTH = 32, /* = SUNZI_MODULI_MAX of the public header */
    SUNZI_MODULI_WORDS = 4         /* 64-bit words that hold P */
};

typedef struct sunzi_moduli {
    int count;
    int operand_bits; /* |integers of an operand| <= 2^operand_bits */
    int32_t p[SUNZI_MODULI_LIST_LENGTH];
    /* inverse of (P / p_t) mod p_t */
    int32_t inverse[SUNZI_MODULI_LIST_LENGTH];
    /* P and P / p_t, little-endian words */
    uint64_t product[SUNZI_MODULI_WORDS];
    uint64_t cofactor[SUNZI_MODULI_LIST_LENGTH][SUNZI_MODULI_WORDS];
    /* floor(2^16 log2(P)), by integer arithmetic */
    int32_t log2_product_16;
} sunzi_moduli;

/* Fill the tables for the first `count` moduli, 2 <= count <= 32; operand_bits
 * is left to the caller. */
void sunzi_moduli_init(sunzi_moduli *m, int count);

#endif
