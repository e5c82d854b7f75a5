#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# ranks.sh PROGRAM: run a test on 1, 2, 3, 4 and 6 processes (RANKS='1 4': on
# those). Skipped where no launcher works.
set -u
. "$(dirname "$0")/launcher.sh"
for n in ${RANKS:-1 2 3 4 6}; do
    echo "== $n processes"
    timeout 300 "$MPIRUN" -n "$n" "$@"
    code=$?
    if [ $code -ne 0 ]; then
        echo "== $n processes: exit code $code"
        exit $code
    fi
done
