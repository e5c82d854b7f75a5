/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/run_command.h"

#include <stdio.h>
#include <string.h>

#include "io/replace.h"
#include "tools/team.h"

void sunzi_tool_run_help(const char *usage, const sunzi_tool_option *forms,
                         int count, const sunzi_run_schema *schema)
{
    fputs(usage, stdout);
    sunzi_tool_print_options(forms, count);
    puts("\nKeys of the run file (doc/run-files.md):\n");
    sunzi_run_schema_print(schema, stdout);
}

int sunzi_tool_run_errors(const char *command, const sunzi_run_errors *errors)
{
    for (int i = 0; i < errors->kept; i++)
        sunzi_tool_error(command, "%s", errors->line[i]);
    if (errors->kept == 0)
        sunzi_tool_error(command, "%s", sunzi_last_message());
    return SUNZI_EXIT_INPUT;
}

sunzi_status sunzi_tool_run_once(const sunzi_run_file *file, int key)
{
    const sunzi_run_value *v = &file->value[key];
    const char *const *names = file->schema->keys[key].choices;
    for (int i = 0; i < v->count; i++)
        for (int k = 0; k < i; k++)
            if (v->integers[i] == v->integers[k])
                return sunzi_run_file_fail(
                    file, key, "%s is there twice, allowed is each %s once",
                    names[v->integers[i]], file->schema->keys[key].name);
    return SUNZI_OK;
}

static sunzi_status check_outputs(const sunzi_run_file *file, int stem,
                                  const char *suffix)
{
    for (int k = 0; k < file->schema->count; k++) {
        const sunzi_run_key *key = &file->schema->keys[k];
        char path[4096];
        if (key->type != SUNZI_RUN_PATH ||
            strcmp(key->section, "output") != 0 || !*file->value[k].text)
            continue;
        snprintf(path, sizeof path, "%s%s", file->value[k].text,
                 k == stem ? suffix : "");
        if (sunzi_replacement_check(path) < 0)
            return sunzi_run_file_fail(file, k, "%s", sunzi_last_message());
    }
    return SUNZI_OK;
}

sunzi_status sunzi_tool_run_outputs(const sunzi_run_file *file, int stem,
                                    const char *suffix)
{
    sunzi_comm *comm = sunzi_team_get()->comm;
    const bool asks = sunzi_comm_rank(comm) == 0;
    return sunzi_comm_agree(comm, asks ? check_outputs(file, stem, suffix)
                                       : SUNZI_OK);
}
