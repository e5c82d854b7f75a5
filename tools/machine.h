/* SPDX-License-Identifier: BSD-3-Clause */
/* What the operating system tells of the machine. */
#ifndef SUNZI_TOOLS_MACHINE_H
#define SUNZI_TOOLS_MACHINE_H

#include <stddef.h>

/* Bytes that this process may still take: the smallest of the free memory, the
 * limits of the control group and those of the process; 0: not known. */
double sunzi_machine_free_bytes(void);

/* "AMD EPYC 9575F", "unknown" */
void sunzi_machine_cpu(char *text, size_t bytes);

/* Instruction sets of the CPU that matter here, "avx2 fma avx512_vnni". */
void sunzi_machine_instruction_sets(char *text, size_t bytes);

/* Programs that want to run, averaged over a minute; negative: not known. */
double sunzi_machine_load(void);

/* 1 where that is more than the processors can do: times mean little then. */
int sunzi_machine_is_busy(void);

/* A sentence when the BLAS has chosen kernels that leave half of this CPU's
 * vector units unused (OpenBLAS does not know every CPU), else NULL: a
 * comparison with such a BLAS flatters whatever it is compared with. */
const char *sunzi_machine_blas_note(void);

#endif
