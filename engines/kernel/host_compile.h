/* SPDX-License-Identifier: BSD-3-Clause */
/* C texts to code of this process. */
#ifndef SUNZI_ENGINES_KERNEL_HOST_COMPILE_H
#define SUNZI_ENGINES_KERNEL_HOST_COMPILE_H

#include "core/status.h"

/* Compile a text (engines/kernel/text.h) by $SUNZI_CC, else cc, with the flags
 * of an engine, or take it from the cache; *library is for dlsym and dlclose.
 * `file` names it in sentences. SUNZI_ERR_DEVICE: the compiler's first
 * complaint; SUNZI_ERR_UNSUPPORTED: there is no compiler, or no folder for its
 * files; SUNZI_ERR_NOMEM. */
sunzi_status sunzi_host_compile(const char *file, const char *text,
                                const char *flags, void **library);

#endif
