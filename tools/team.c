/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/team.h"

#include <stdlib.h>

#include "mpi/launch.h"
#include "tools/command.h"

static sunzi_team team;

static sunzi_status make_team(void)
{
    sunzi_status status = sunzi_launch_begin();
    if (status < 0)
        return status;
    team.comm = sunzi_launch_comm();
    team.processes = sunzi_comm_size(team.comm);
    team.launched = sunzi_launch_size() > 0;
    status = sunzi_grid_create(team.comm, 1, 1, 'R', &team.home);
    if (status == SUNZI_OK)
        status = sunzi_grid_create(team.comm, 0, 0, 'R', &team.grid);
    if (status == SUNZI_OK)
        sunzi_grid_shape(team.grid, &team.rows, &team.cols);
    return status;
}

int sunzi_team_begin(void)
{
    if (make_team() == SUNZI_OK)
        return 0;
    if (sunzi_launch_rank() == 0)
        sunzi_tool_error("sunzi", "%s", sunzi_last_message());
    return SUNZI_EXIT_INPUT;
}

void sunzi_team_end(void)
{
    sunzi_grid_destroy(&team.grid);
    sunzi_grid_destroy(&team.home);
    sunzi_launch_end();
}

const sunzi_team *sunzi_team_get(void)
{
    return &team;
}

const char *sunzi_team_devices(void)
{
    const char *told = getenv("SUNZI_DEVICE");
    if (team.processes <= 1)
        return NULL;
    return told && *told ? "SUNZI_DEVICE says which each process takes"
                         : "the processes of a node take its devices in turn";
}
