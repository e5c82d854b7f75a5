/* SPDX-License-Identifier: BSD-3-Clause */
/* What parallel code may ask of the processes that share its work. One
 * implementation is for a process alone (communicator.c), one is MPI's
 * (mpi/communicator.c), so that solvers need not know MPI. A NULL communicator
 * is a process alone; all functions below take one.
 *
 * There is no sum of floating-point numbers here: what it gives depends on the
 * number of processes. Sums that decide something are those of exact integers
 * (precision/accumulator.h). */
#ifndef SUNZI_CORE_COMMUNICATOR_H
#define SUNZI_CORE_COMMUNICATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sunzi/comm.h>

#include "core/status.h"

/* Reductions whose result does not depend on the order. */
typedef enum sunzi_reduction {
    SUNZI_REDUCE_SUM, /* of int64_t */
    SUNZI_REDUCE_MAX,
    SUNZI_REDUCE_MIN,
    SUNZI_REDUCE_MAX_F64 /* of double, no NaN */
} sunzi_reduction;

/* One message of an exchange. Messages between two processes with equal tags
 * arrive in the order of their lists. data stays with the caller and must not
 * be touched until the exchange is finished. bytes may be 0: nothing is sent.
 */
typedef struct sunzi_message {
    int peer, tag; /* 0 <= tag < 32767 */
    bool send;     /* else it is received */
    void *data;
    size_t bytes;
} sunzi_message;

/* A started exchange. */
typedef struct sunzi_exchange sunzi_exchange;

typedef struct sunzi_comm_ops {
    const char *name;
    sunzi_status (*barrier)(sunzi_comm *comm);
    sunzi_status (*broadcast)(sunzi_comm *comm, int root, void *data,
                              size_t bytes);
    sunzi_status (*reduce)(sunzi_comm *comm, sunzi_reduction op, void *data,
                           int count);
    sunzi_status (*start)(sunzi_comm *comm, int count,
                          const sunzi_message *messages,
                          sunzi_exchange **exchange);
    sunzi_status (*finish)(sunzi_comm *comm, sunzi_exchange **exchange);
    sunzi_status (*split)(sunzi_comm *comm, int color, int key,
                          sunzi_comm **part);
    void (*destroy)(sunzi_comm *comm);
} sunzi_comm_ops;

struct sunzi_comm {
    const sunzi_comm_ops *ops;
    int rank, size;
    int device_aware;  /* SUNZI_DEVICE_... */
    int64_t shipments; /* planned until now (solvers/fields/shipment.h) */
    void *state;       /* of the implementation */
};

/* What this process has asked of all its communicators of more than one process
 * since it started; for communication models. */
typedef struct sunzi_comm_counts {
    int64_t messages, message_bytes; /* sent */
    int64_t broadcasts, broadcast_bytes;
    int64_t reductions, reduction_bytes;
} sunzi_comm_counts;

sunzi_comm_counts sunzi_comm_count(void);

/* Collective. Returns when all processes have called it. */
SUNZI_PARTNER_API sunzi_status sunzi_comm_barrier(sunzi_comm *comm);

/* Collective. data of `root` on all processes. */
SUNZI_PARTNER_API sunzi_status sunzi_comm_broadcast(sunzi_comm *comm, int root,
                                                    void *data, size_t bytes);

/* Collective. data[i] := the reduction of all processes' data[i], i < count. */
SUNZI_PARTNER_API sunzi_status sunzi_comm_reduce(sunzi_comm *comm,
                                                 sunzi_reduction op, void *data,
                                                 int count);

/* Start sends and receives; the messages that two processes list for each other
 * must match. Work may be done before the exchange is finished. *exchange must
 * be finished also if other processes fail. */
sunzi_status sunzi_comm_start(sunzi_comm *comm, int count,
                              const sunzi_message *messages,
                              sunzi_exchange **exchange);
sunzi_status sunzi_comm_finish(sunzi_comm *comm, sunzi_exchange **exchange);

/* Both at once. */
SUNZI_PARTNER_API sunzi_status
sunzi_comm_exchange(sunzi_comm *comm, int count, const sunzi_message *messages);

/* Collective. Communicators of the processes with equal color (>= 0), ranked by
 * key, then by their old rank; freed by sunzi_comm_destroy. */
sunzi_status sunzi_comm_split(sunzi_comm *comm, int color, int key,
                              sunzi_comm **part);

/* A value that must be the same on all processes. */
typedef struct sunzi_named {
    const char *name;
    int64_t value;
} sunzi_named;

/* Collective. SUNZI_OK if all of the values are the same on all processes, else
 * SUNZI_ERR_ARG with a sentence that names `function` and the first that is
 * not. The number of values is the same everywhere. One reduction for up to 32
 * of them. */
sunzi_status sunzi_comm_same_values(sunzi_comm *comm, const char *function,
                                    int count, const sunzi_named *named);

#endif
