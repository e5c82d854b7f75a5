/* SPDX-License-Identifier: BSD-3-Clause */
/* What a process sends and receives in one exchange: boxes of cells of its
 * arrays, and the buffer in which they travel, one message a pair of processes.
 *
 * Halo exchanges and transposes differ in their lists of pieces only. Here, in
 * shipment.c, is the one place where pieces are packed into messages (start)
 * and unpacked (finish), and where the buffer of the messages comes from
 * (settle). Arrays are the host's; what crosses of those on a device is in
 * border.h. */
#ifndef SUNZI_SOLVERS_FIELDS_SHIPMENT_H
#define SUNZI_SOLVERS_FIELDS_SHIPMENT_H

#include <sunzi/halo.h>

#include "core/communicator.h"
#include "core/context.h"
#include "solvers/fields/box.h"

/* Tags of messages; 0 is that of core/redistribute.c. */
enum { SUNZI_TAG_HALO = 1, SUNZI_TAG_TRANSPOSE };

/* A box of cells that travels together, in the local array of the process that
 * it was listed for. */
typedef struct sunzi_piece {
    int peer;         /* rank */
    int64_t sequence; /* place in the list of the two processes */
    sunzi_box box;
    size_t at; /* where it is in the buffer; set by settle */
} sunzi_piece;

/* By peer; what two processes exchange is listed in the same order by both. */
typedef struct sunzi_piece_list {
    int64_t count;
    sunzi_piece *list;
} sunzi_piece_list;

typedef struct sunzi_shipment {
    sunzi_comm *comm;
    sunzi_context *ctx; /* whose threads pack */
    int lanes;
    sunzi_lane *lane;
    size_t cell_bytes; /* of all lanes, as they travel */
    sunzi_piece_list out, in;
    char *buffer;
    int messages;
    sunzi_message *message;
    int64_t number; /* of this shipment, the same on all processes */
    int64_t stamp;  /* of the exchange under way */
    bool moved;     /* in it, what stays on the process is in place already */
    sunzi_exchange *exchange;
    sunzi_traffic traffic;
} sunzi_shipment;

/* Take the context and list the lanes of some fields. `function` is named where
 * memory is missing. Not collective, as all below. */
sunzi_status sunzi_shipment_open(sunzi_shipment *s, const char *function,
                                 sunzi_comm *comm, int fields,
                                 const sunzi_field *field);

/* Room for so many pieces. */
sunzi_status sunzi_piece_list_take(sunzi_piece_list *pieces,
                                   const char *function, int64_t count);

/* The pieces are listed: take the buffer, plan messages. */
sunzi_status sunzi_shipment_settle(sunzi_shipment *s, const char *function,
                                   int tag);

/* All processes have settled. */
void sunzi_shipment_ready(sunzi_shipment *s);

/* Pack and send the pieces of arrays, one array a lane. Every message carries a
 * stamp: which shipment of the communicator it is of, and `slot`, 0 .. 254.
 * arrays = NULL: refuse, nothing is packed, and those who are sent to learn
 * it. targets: arrays that may be written now and overlap none of the others,
 * so that what stays on the process is copied once; NULL: there are none. */
sunzi_status sunzi_shipment_start(sunzi_shipment *s, int slot,
                                  const void *const *arrays,
                                  void *const *targets);

/* Wait, and unpack if all messages are there and carry the stamp of this
 * process. SUNZI_ERR_ARG with a sentence that names `function`: they do not.
 * arrays = NULL: only wait. */
sunzi_status sunzi_shipment_finish(sunzi_shipment *s, const char *function,
                                   void *const *arrays);

/* What a halo exchange sends and receives (halo.c). */
const sunzi_shipment *sunzi_halo_shipment(const sunzi_halo *halo);

/* Wait for what is under way, free. */
void sunzi_shipment_close(sunzi_shipment *s);

#endif
