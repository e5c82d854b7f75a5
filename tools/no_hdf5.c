/* SPDX-License-Identifier: BSD-3-Clause */
/* In the place of the subcommands over HDF5 files, where configure found no
 * HDF5. */
#include "tools/command.h"
#include "tools/validate.h"

static int absent(const char *command)
{
    sunzi_tool_error(command, "this build has no HDF5; install "
                              "libhdf5-openmpi-dev, configure and make again");
    return SUNZI_EXIT_INPUT;
}

int sunzi_tool_compare(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return absent("sunzi compare");
}

int sunzi_tool_plot(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return absent("sunzi plot");
}

sunzi_status sunzi_validation_check_curves(const char *path)
{
    return sunzi_fail(SUNZI_ERR_UNSUPPORTED,
                      "--curves: %s: this build has no HDF5; install "
                      "libhdf5-openmpi-dev, configure and make again",
                      path);
}

sunzi_status sunzi_validation_curves(const sunzi_validation *v,
                                     const char *path)
{
    (void)v;
    return sunzi_validation_check_curves(path);
}
