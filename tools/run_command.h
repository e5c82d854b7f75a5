/* SPDX-License-Identifier: BSD-3-Clause */
/* What commands with a run file share; io/run_file.h reads it. */
#ifndef SUNZI_TOOLS_RUN_COMMAND_H
#define SUNZI_TOOLS_RUN_COMMAND_H

#include "io/run_file.h"
#include "tools/command.h"

/* The help text: usage, the short forms of keys, the keys. */
void sunzi_tool_run_help(const char *usage, const sunzi_tool_option *forms,
                         int count, const sunzi_run_schema *schema);

/* Every error of the run file and the options, a line each: the exit code. */
int sunzi_tool_run_errors(const char *command, const sunzi_run_errors *errors);

/* SUNZI_ERR_ARG, with the sentence: a choice of the list `key` is there
 * twice (a report has one object a choice). */
sunzi_status sunzi_tool_run_once(const sunzi_run_file *file, int key);

/* Collective over the team. Can every file of the section "output" be written?
 * Asked before a run, not after it. The name of key `stem` (-1: none) is
 * followed by `suffix`. SUNZI_ERR_FILE, with the sentence. */
sunzi_status sunzi_tool_run_outputs(const sunzi_run_file *file, int stem,
                                    const char *suffix);

#endif
