/* SPDX-License-Identifier: BSD-3-Clause */
/* The number of threads of the BLAS during a call: those of a context. */
#ifndef SUNZI_CORE_BLAS_H
#define SUNZI_CORE_BLAS_H

#include "core/context.h"

/* From here on the BLAS and LAPACK use the threads of the context; returns what
 * sunzi_blas_threads_restore needs. With OpenMP the setting is the calling
 * thread's; an OpenBLAS with pthreads has one for the process, so that there
 * contexts of several calling threads share the last one set. */
int sunzi_blas_threads_use(const sunzi_context *ctx);
void sunzi_blas_threads_restore(int threads);

#endif
