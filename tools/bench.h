/* SPDX-License-Identifier: BSD-3-Clause */
/* The benchmarks of `sunzi bench`; argv[0] is the name of one. */
#ifndef SUNZI_TOOLS_BENCH_H
#define SUNZI_TOOLS_BENCH_H

int sunzi_bench_hpl(int argc, char **argv);
int sunzi_bench_device(int argc, char **argv);

#endif
