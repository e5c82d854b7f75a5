/* SPDX-License-Identifier: BSD-3-Clause */
/* How a failure is recorded: one sentence a thread, "function: what, got,
 * allowed, remedy". */
#ifndef SUNZI_CORE_STATUS_H
#define SUNZI_CORE_STATUS_H

#include <sunzi/status.h>

/* Exported from libsunzi for libsunzi_mpi and libsunzi_fortran, which are built
 * with it; not part of the interface. */
#define SUNZI_PARTNER_API SUNZI_API

/* Store the sentence of `status` for this thread and return `status`. */
SUNZI_PARTNER_API sunzi_status sunzi_fail(sunzi_status status,
                                          const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a finished sentence: Fortran cannot call the other one. */
SUNZI_PARTNER_API sunzi_status sunzi_fail_sentence(sunzi_status status,
                                                   const char *sentence);

/* Jump to `done:` when the call did not do its work. The function declares
 * `sunzi_status status` and has one exit. */
#define SUNZI_TRY(call)                                                        \
    do {                                                                       \
        status = (call);                                                       \
        if (status < 0)                                                        \
            goto done;                                                         \
    } while (0)

#endif
