/* SPDX-License-Identifier: BSD-3-Clause */
/* Communicators on MPI. The duplicate of a user's communicator is made once and
 * kept as an attribute of it: an MPI may run out of communicators (Open MPI
 * 4.1.4 after 65531), and a duplicate is a collective operation. */
#include <limits.h>
#include <mpi.h>
#ifdef SUNZI_HAVE_MPI_EXT_H
#include <mpi-ext.h>
#endif
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sunzi/mpi.h>

#include "core/communicator.h"
#include "core/memory.h"
#include "core/status.h"
#include "mpi/handle.h"

/* Messages are sent in parts of this many bytes: MPI counts with int. */
enum { PART = 1 << 30 };

struct sunzi_exchange {
    int count;
    MPI_Request requests[];
};

/* Ours of a user's communicator, or of a part of one. */
typedef struct own_comm {
    MPI_Comm mpi;
    MPI_Comm user; /* holds this as its attribute; MPI_COMM_NULL: none does */
    struct own_comm *next;
    int users; /* handles in use; the attribute counts too */
} own_comm;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int keyval = MPI_KEYVAL_INVALID;
static own_comm *attached; /* those that are attributes */

static sunzi_status failed(const char *what, int code)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    MPI_Error_string(code, text, &length);
    return sunzi_fail(SUNZI_ERR_MPI,
                      "%s: MPI reports '%s'; the communicator may be unusable",
                      what, text);
}

static void release(own_comm *own)
{
    int finalized = 1;
    if (--own->users > 0)
        return;
    MPI_Finalized(&finalized);
    if (!finalized)
        MPI_Comm_free(&own->mpi);
    sunzi_release(own);
}

/* MPI calls this when the user's communicator is freed. */
static int drop_attribute(MPI_Comm comm, int key, void *value, void *extra)
{
    own_comm *own = value;
    (void)comm, (void)key, (void)extra;
    pthread_mutex_lock(&lock);
    for (own_comm **at = &attached; *at; at = &(*at)->next)
        if (*at == own) {
            *at = own->next;
            break;
        }
    pthread_mutex_unlock(&lock);
    release(own);
    return MPI_SUCCESS;
}

/* Attributes of MPI_COMM_SELF are deleted first of all in MPI_Finalize: the
 * last moment to free what communicators that live until then still hold. */
static int drop_all(MPI_Comm comm, int key, void *value, void *extra)
{
    (void)comm, (void)key, (void)value, (void)extra;
    while (attached)
        if (MPI_Comm_delete_attr(attached->user, keyval) != MPI_SUCCESS)
            break;
    MPI_Comm_free_keyval(&keyval);
    return MPI_SUCCESS;
}

static int make_key(void)
{
    int at_end, code;
    if (keyval != MPI_KEYVAL_INVALID)
        return MPI_SUCCESS;
    code = MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, drop_attribute,
                                  &keyval, NULL);
    if (code == MPI_SUCCESS)
        code = MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, drop_all, &at_end,
                                      NULL);
    if (code == MPI_SUCCESS)
        code = MPI_Comm_set_attr(MPI_COMM_SELF, at_end, &keyval);
    if (code == MPI_SUCCESS)
        code = MPI_Comm_free_keyval(&at_end); /* when the attribute goes */
    return code;
}

/* ---- operations ---- */

static MPI_Comm handle(const sunzi_comm *comm)
{
    return ((const own_comm *)comm->state)->mpi;
}

static sunzi_status barrier(sunzi_comm *comm)
{
    const int code = MPI_Barrier(handle(comm));
    return code == MPI_SUCCESS ? SUNZI_OK : failed("barrier", code);
}

static sunzi_status broadcast(sunzi_comm *comm, int root, void *data,
                              size_t bytes)
{
    for (size_t at = 0; at < bytes; at += PART) {
        const int part = bytes - at < PART ? (int)(bytes - at) : PART;
        const int code =
            MPI_Bcast((char *)data + at, part, MPI_BYTE, root, handle(comm));
        if (code != MPI_SUCCESS)
            return failed("broadcast", code);
    }
    return SUNZI_OK;
}

static sunzi_status reduce(sunzi_comm *comm, sunzi_reduction op, void *data,
                           int count)
{
    static const MPI_Op ops[] = {MPI_SUM, MPI_MAX, MPI_MIN, MPI_MAX};
    const MPI_Datatype type =
        op == SUNZI_REDUCE_MAX_F64 ? MPI_DOUBLE : MPI_INT64_T;
    const int code =
        MPI_Allreduce(MPI_IN_PLACE, data, count, type, ops[op], handle(comm));
    return code == MPI_SUCCESS ? SUNZI_OK : failed("reduction", code);
}

static size_t parts_of(const sunzi_message *m)
{
    return (m->bytes + PART - 1) / PART;
}

static int start_one(sunzi_comm *comm, const sunzi_message *m, size_t at,
                     MPI_Request *request)
{
    char *data = (char *)m->data + at;
    const int part = m->bytes - at < PART ? (int)(m->bytes - at) : PART;
    if (m->send)
        return MPI_Isend(data, part, MPI_BYTE, m->peer, m->tag, handle(comm),
                         request);
    return MPI_Irecv(data, part, MPI_BYTE, m->peer, m->tag, handle(comm),
                     request);
}

/* Receives first, so that messages find their place when they come. */
static sunzi_status start(sunzi_comm *comm, int count,
                          const sunzi_message *messages,
                          sunzi_exchange **exchange)
{
    size_t parts = 0;
    for (int i = 0; i < count; i++)
        parts += parts_of(&messages[i]);
    sunzi_exchange *e = parts > INT_MAX
                            ? NULL
                            : malloc(sizeof *e + parts * sizeof(MPI_Request));
    if (!e)
        return sunzi_fail(SUNZI_ERR_NOMEM,
                          "exchange: no memory for %zu messages", parts);
    e->count = 0;
    for (int sends = 0; sends < 2; sends++)
        for (int i = 0; i < count; i++)
            for (size_t at = 0;
                 messages[i].send == (sends == 1) && at < messages[i].bytes;
                 at += PART) {
                const int code =
                    start_one(comm, &messages[i], at, &e->requests[e->count]);
                if (code != MPI_SUCCESS) { /* what was started is lost */
                    free(e);
                    return failed("exchange", code);
                }
                e->count++;
            }
    *exchange = e;
    return SUNZI_OK;
}

static sunzi_status finish(sunzi_comm *comm, sunzi_exchange **exchange)
{
    sunzi_exchange *e = *exchange;
    (void)comm;
    const int code = MPI_Waitall(e->count, e->requests, MPI_STATUSES_IGNORE);
    free(e);
    *exchange = NULL;
    return code == MPI_SUCCESS ? SUNZI_OK : failed("exchange", code);
}

static void destroy(sunzi_comm *comm)
{
    release(comm->state);
    sunzi_release(comm);
}

static sunzi_status split(sunzi_comm *comm, int color, int key,
                          sunzi_comm **part);

static const sunzi_comm_ops mpi_ops = {
    .name = "MPI",
    .barrier = barrier,
    .broadcast = broadcast,
    .reduce = reduce,
    .start = start,
    .finish = finish,
    .split = split,
    .destroy = destroy,
};

/* Open MPI and MPICH answer by functions of their own; an MPI without them is
 * taken to know host memory only. */
static int device_aware(void)
{
    int kinds = 0;
#ifdef SUNZI_HAVE_MPIX_CUDA
    kinds |= MPIX_Query_cuda_support() == 1 ? SUNZI_DEVICE_CUDA : 0;
#endif
#ifdef SUNZI_HAVE_MPIX_ROCM
    kinds |= MPIX_Query_rocm_support() == 1 ? SUNZI_DEVICE_ROCM : 0;
#elif defined SUNZI_HAVE_MPIX_HIP
    kinds |= MPIX_Query_hip_support() == 1 ? SUNZI_DEVICE_ROCM : 0;
#endif
    return kinds;
}

/* Memory for a handle and, if own is not NULL, for what it is one of; they are
 * the caller's also if one is missing (and NULL). */
static bool take_memory(sunzi_comm **comm, own_comm **own)
{
    static const char what[] = "communicator";
    void *block = NULL;
    bool have = true;
    if (own) {
        have = sunzi_allocate(sizeof **own, what, &block) == SUNZI_OK;
        *own = have ? block : NULL;
    }
    have = have && sunzi_allocate(sizeof **comm, what, &block) == SUNZI_OK;
    *comm = have ? block : NULL;
    return have;
}

/* A handle on own; takes one of its users. */
static sunzi_comm *wrap(sunzi_comm *comm, own_comm *own)
{
    *comm = (sunzi_comm){
        .ops = &mpi_ops, .device_aware = device_aware(), .state = own};
    MPI_Comm_rank(own->mpi, &comm->rank);
    MPI_Comm_size(own->mpi, &comm->size);
    return comm;
}

/* Collective. Whether all processes are ready; ok of each. What may fail on a
 * process alone is done before, so that all go on or none does. */
static bool all_ready(MPI_Comm mpi, bool ok)
{
    int ready = ok;
    return MPI_Allreduce(MPI_IN_PLACE, &ready, 1, MPI_INT, MPI_MIN, mpi) ==
               MPI_SUCCESS &&
           ready;
}

static sunzi_status no_memory(void)
{
    return sunzi_fail(SUNZI_ERR_NOMEM, "communicator: a process has no memory "
                                       "for a handle");
}

static sunzi_status split(sunzi_comm *comm, int color, int key,
                          sunzi_comm **part)
{
    sunzi_status status;
    own_comm *own;
    sunzi_comm *made;
    if (!all_ready(handle(comm), take_memory(&made, &own))) {
        status = no_memory();
        goto done;
    }
    *own = (own_comm){.user = MPI_COMM_NULL, .users = 1};
    const int code = MPI_Comm_split(handle(comm), color, key, &own->mpi);
    if (code != MPI_SUCCESS) {
        status = failed("split", code);
        goto done;
    }
    *part = wrap(made, own);
    return SUNZI_OK;
done:
    sunzi_release(made);
    sunzi_release(own);
    return status;
}

/* ---- from MPI ---- */

static sunzi_status check_mpi(void)
{
    int flag = 0;
    MPI_Initialized(&flag);
    if (!flag)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_comm_from_mpi: MPI is not initialised; call "
                          "MPI_Init first");
    MPI_Finalized(&flag);
    if (flag)
        return sunzi_fail(SUNZI_ERR_ARG, "sunzi_comm_from_mpi: MPI is already "
                                         "finalised");
    return SUNZI_OK;
}

static sunzi_status check_user(MPI_Comm user)
{
    int flag = 0;
    const sunzi_status status = check_mpi();
    if (status < 0)
        return status;
    if (user == MPI_COMM_NULL)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_comm_from_mpi: user = MPI_COMM_NULL, allowed: "
                          "a communicator that this process belongs to");
    MPI_Comm_test_inter(user, &flag);
    if (flag)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_comm_from_mpi: user is an inter-communicator, "
                          "allowed: an intra-communicator; merge it with "
                          "MPI_Intercomm_merge");
    return SUNZI_OK;
}

/* The duplicate that the communicator has already, or NULL. */
static int find_own(MPI_Comm user, own_comm **own)
{
    int found = 0;
    void *value = NULL;
    pthread_mutex_lock(&lock);
    int code = make_key();
    pthread_mutex_unlock(&lock);
    if (code == MPI_SUCCESS)
        code = MPI_Comm_get_attr(user, keyval, &value, &found);
    *own = code == MPI_SUCCESS && found ? value : NULL;
    return code;
}

/* Collective. Make the duplicate and attach it; `own` is its memory, which is
 * the caller's still if this fails. */
static sunzi_status attach(MPI_Comm user, own_comm *own)
{
    *own = (own_comm){.user = user, .users = 1}; /* the attribute */
    int code = MPI_Comm_dup(user, &own->mpi);
    if (code != MPI_SUCCESS)
        return failed("sunzi_comm_from_mpi", code);
    MPI_Comm_set_errhandler(own->mpi, MPI_ERRORS_RETURN);
    pthread_mutex_lock(&lock);
    own->next = attached;
    attached = own;
    pthread_mutex_unlock(&lock);
    code = MPI_Comm_set_attr(user, keyval, own);
    if (all_ready(own->mpi, code == MPI_SUCCESS))
        return SUNZI_OK;
    own->users++; /* outlives the attribute */
    if (code == MPI_SUCCESS)
        MPI_Comm_delete_attr(user, keyval);
    else
        drop_attribute(user, keyval, own, NULL);
    MPI_Comm_free(&own->mpi);
    return sunzi_fail(SUNZI_ERR_MPI, "sunzi_comm_from_mpi: MPI did not keep "
                                     "the duplicate of the communicator on all "
                                     "processes");
}

sunzi_status sunzi_comm_from_mpi(MPI_Comm user, sunzi_comm **comm)
{
    own_comm *own, *fresh = NULL;
    sunzi_comm *made = NULL;
    if (!comm)
        return sunzi_fail(SUNZI_ERR_ARG,
                          "sunzi_comm_from_mpi: comm = NULL, allowed: where "
                          "the handle is to be stored");
    sunzi_status status = check_user(user);
    if (status < 0)
        return status;
    const int code = find_own(user, &own);
    const bool have = take_memory(&made, own ? NULL : &fresh);
    if (!all_ready(user, code == MPI_SUCCESS && have)) {
        status = code == MPI_SUCCESS ? no_memory()
                                     : failed("sunzi_comm_from_mpi", code);
        goto done;
    }
    if (!own) {
        SUNZI_TRY(attach(user, fresh));
        own = fresh;
    }
    own->users++;
    *comm = wrap(made, own);
    return SUNZI_OK;
done:
    sunzi_release(made);
    sunzi_release(fresh);
    return status;
}

sunzi_status sunzi_comm_from_mpi_f(MPI_Fint user, sunzi_comm **comm)
{
    /* MPI_Comm_f2c itself ends the process where MPI is not initialised */
    const sunzi_status status = check_mpi();
    if (status < 0)
        return status;
    return sunzi_comm_from_mpi(MPI_Comm_f2c(user), comm);
}

/* ---- to MPI ---- */

MPI_Comm sunzi_comm_mpi(const sunzi_comm *comm)
{
    return comm && comm->ops == &mpi_ops ? handle(comm) : MPI_COMM_NULL;
}
