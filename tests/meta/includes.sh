#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Which folder may include headers of which: the table of doc/design.md.
set -u
cd "${srcdir:-.}" || exit 99

# Reads "file:line:#include "path"" lines; prints those that the table forbids.
forbidden() {
    awk -F: '
    BEGIN {
        allowed["include"] = "^$"
        allowed["core"] = "^core/"
        # what an engine shows: the headers of its folder, and the kernel
        # language; engines include the kernels of those who own them
        shown = "|^engines/[a-z]*[.]h$|^engines/kernel/"
        allowed["engines"] = "^(engines|precision|core)/|[.]k[.]h$"
        allowed["precision"] = "^(precision|core)/" shown
        # FILE: the place of a file of the user in a text (cell_file.h)
        allowed["solvers"] = "^(solvers|precision|core)/|^FILE$" shown
        allowed["mpi"] = "^(mpi|core)/"
        allowed["io"] = "^(io|core)/|^mpi/handle[.]h$"
        allowed["tools"] = "^(tools|io)/|^mpi/launch[.]h$"
        allowed["examples"] = "^$"
        allowed["tests"] = "."
        allowed["bench"] = "."
    }
    {
        split($1, part, "/")
        if (match($3, /"[^"]*"/) == 0)
            next
        path = substr($3, RSTART + 1, RLENGTH - 2)
        if (!(part[1] in allowed) || path !~ allowed[part[1]])
            print $1 ":" $2 ": may not include \"" path "\""
    }'
}

# The test must be able to fail.
if [ -z "$(echo 'core/a.c:1:#include "solvers/dense/factors.h"' | forbidden)" ] ||
    [ -n "$(echo 'io/a.c:1:#include "core/status.h"' | forbidden)" ]; then
    echo 'includes.sh: the check itself does not work'
    exit 99
fi

found=$(find include core engines precision mpi solvers io tools examples tests \
    bench -name '*.[ch]' -exec grep -Hn '^ *# *include *"' {} + | forbidden)
if [ -n "$found" ]; then
    printf '%s\n' "$found"
    exit 1
fi
