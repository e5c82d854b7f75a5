/* SPDX-License-Identifier: BSD-3-Clause */
/* `sunzi bench`: which benchmark. */
#include "tools/bench.h"

#include <stdio.h>
#include <string.h>

#include "tools/command.h"

static const char command[] = "sunzi bench";

static const char usage[] =
    "usage: sunzi bench NAME [OPTIONS]\n"
    "\n"
    "  hpl-mxp   a solve by the rules of HPL-MxP beside an FP64 one\n"
    "  device    rates of a device, products and solves on it beside the CPU\n"
    "\n"
    "sunzi bench NAME --help tells the options; manual page sunzi-bench(1).\n";

int sunzi_tool_bench(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        sunzi_tool_error(command, "the name of the benchmark is missing; give "
                                  "hpl-mxp or device");
        return SUNZI_EXIT_INPUT;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        fputs(usage, stdout);
        return sunzi_tool_finish(command, SUNZI_EXIT_REACHED);
    }
    if (strcmp(name, "hpl-mxp") == 0)
        return sunzi_bench_hpl(argc - 1, argv + 1);
    if (strcmp(name, "device") == 0)
        return sunzi_bench_device(argc - 1, argv + 1);
    sunzi_tool_error(command, "got '%.60s', allowed are hpl-mxp and device",
                     name);
    return SUNZI_EXIT_INPUT;
}
