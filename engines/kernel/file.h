/* SPDX-License-Identifier: BSD-3-Clause */
/* A file of kernels that is given at run time, such as a code's own model of a
 * cell: compiled by the C compiler of this machine for the CPU engine of the
 * context, and by the compiler of its device if it has one, then launched as
 * the library's kernels are (engines/launch.h).
 *
 * The C compiler is $SUNZI_CC, else cc; it is also needed on a device, for the
 * lists of arguments. What was compiled is kept on disk (doc/kernels.md), so a
 * machine without a compiler can use the cache of one that has it. */
#ifndef SUNZI_ENGINES_KERNEL_FILE_H
#define SUNZI_ENGINES_KERNEL_FILE_H

#include "core/context.h"
#include "engines/kernel/descriptor.h"

typedef struct sunzi_kernel_file sunzi_kernel_file;

/* around: NULL, or the one of the library's texts (engines/kernel/text.h) that
 * is compiled, in which #include "FILE" stands for the file. SUNZI_ERR_FILE,
 * SUNZI_ERR_FORMAT: it cannot be read; SUNZI_ERR_ARG: it has no kernel;
 * SUNZI_ERR_DEVICE: it does not compile, with the compiler's first complaint;
 * SUNZI_ERR_UNSUPPORTED: there is no C compiler. The context must live longer.
 */
sunzi_status sunzi_kernel_file_open(sunzi_context *ctx, const char *path,
                                    const char *around,
                                    sunzi_kernel_file **file);
/* Its kernels are no longer valid. NULL and a pointer to NULL are allowed. */
void sunzi_kernel_file_close(sunzi_kernel_file **file);

int sunzi_kernel_file_count(const sunzi_kernel_file *file);
/* In the order of the file; NULL past the end. To be launched on the context of
 * the file only. */
const sunzi_kernel *sunzi_kernel_file_at(const sunzi_kernel_file *file,
                                         int index);
/* NULL: the file has no kernel of this name. */
const sunzi_kernel *sunzi_kernel_file_find(const sunzi_kernel_file *file,
                                           const char *name);

/* A function or object that its text exports to the host; NULL: none. */
void *sunzi_kernel_file_symbol(const sunzi_kernel_file *file, const char *name);

/* For launches. SUNZI_ERR_ARG: the file was opened on another context. */
sunzi_status sunzi_kernel_file_loop(const sunzi_context *ctx,
                                    const sunzi_kernel *kernel,
                                    sunzi_kernel_loop **loop);
sunzi_status sunzi_kernel_file_entry(const sunzi_context *ctx,
                                     const sunzi_kernel *kernel, void **entry);

#endif
