/* SPDX-License-Identifier: BSD-3-Clause */
/* The operands of a product on the device of the context: whole where there is
 * room, else by pieces of some vectors, which are dropped when their residues
 * are there. One that is held (sunzi/hold.h) is whole, and takes no room. */
#ifndef SUNZI_PRECISION_PRODUCT_OPERANDS_H
#define SUNZI_PRECISION_PRODUCT_OPERANDS_H

#include "engines/memory.h"
#include "precision/product.h"

/* ---- pieces: some vectors of an operand, without large gaps ---- */

typedef struct sunzi_piece {
    sunzi_memory *memory;
    void *packed; /* where lines are put together here, or NULL */
    bool rows;    /* elements of a vector follow each other, else vectors */
    int64_t vector_stride, element_stride; /* numbers of the scalar type */
} sunzi_piece;

/* Room that so many vectors take; 0: they are held. */
size_t sunzi_piece_bytes(const sunzi_problem *p, const sunzi_operand *o,
                         int64_t count);
/* Are they sent as they lie, with no room here? */
bool sunzi_piece_is_direct(const sunzi_problem *p, const sunzi_operand *o,
                           int64_t count);
/* Room there for so many bytes, and as many here if lines are put together.
 * Zeroed before; SUNZI_ERR_NOMEM. */
sunzi_status sunzi_piece_take(const sunzi_problem *p, size_t bytes, bool direct,
                              sunzi_piece *piece);
sunzi_status sunzi_piece_send(const sunzi_problem *p, const sunzi_operand *o,
                              int64_t first, int64_t count, sunzi_piece *piece);
void sunzi_piece_drop(const sunzi_problem *p, sunzi_piece *piece);

/* ---- residues of both operands ---- */

typedef struct sunzi_product_side {
    const sunzi_operand *o;
    sunzi_operand_plan *plan;
    sunzi_memory *data; /* all of it, or NULL: it comes by pieces */
    bool lent;          /* data are those of the other side */
    int64_t piece;      /* vectors of one */
    sunzi_memory *inner, *shift, *skip, *planes;
    int64_t block;       /* vectors converted at a time, padded */
    int64_t plane, part; /* bytes of a plane; of all planes of one part */
    uint8_t zero[4];     /* stands for arrays that are not there */
} sunzi_product_side;

typedef struct sunzi_product_operands {
    const sunzi_problem *p;
    const sunzi_product_plan *plan;
    bool is_complex;
    int64_t depth; /* padded */
    sunzi_product_side a, b;
    sunzi_memory *table; /* see product.k.h */
    sunzi_piece piece;
} sunzi_product_operands;

/* What is there in whole. A goes first: each of its vectors becomes residues
 * once, those of B in each block of rows. */
typedef enum sunzi_product_kept {
    SUNZI_KEEP_BOTH,
    SUNZI_KEEP_B,
    SUNZI_KEEP_NONE,
    SUNZI_KEEP_LEAST /* the smallest pieces, too */
} sunzi_product_kept;

/* Vectors that are converted at a time are a multiple of this. */
enum { SUNZI_PIECE_VECTORS = 16 };

/* What the plan has of them there becomes theirs. */
void sunzi_operands_open(const sunzi_problem *p, sunzi_product_plan *plan,
                         sunzi_product_operands *s);
void sunzi_operands_close(sunzi_product_operands *s);
/* Room for what is kept and for the pieces of the rest. SUNZI_ERR_NOMEM. */
sunzi_status sunzi_operands_keep(sunzi_product_operands *s,
                                 sunzi_product_kept kept);
/* Nothing is there any more but planes. */
void sunzi_operands_drop(sunzi_product_operands *s);
/* Copy moduli and exponents there, also again after SUNZI_ERR_NOMEM;
 * SUNZI_ERR_DEVICE. */
sunzi_status sunzi_operands_send_tables(sunzi_product_operands *s);
/* Copy what is kept. */
sunzi_status sunzi_operands_send(sunzi_product_operands *s);
/* Bytes of what is kept; and of all that is needed, at least. */
size_t sunzi_operands_bytes(const sunzi_product_operands *s);
size_t sunzi_operands_least(const sunzi_product_operands *s);

/* Residues of `count` vectors from `first` on in the planes of x. */
sunzi_status sunzi_operands_convert(sunzi_product_operands *s,
                                    sunzi_product_side *x, int64_t first,
                                    int64_t count);

#endif
