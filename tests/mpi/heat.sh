#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The example of the heat equation prints the same checksum on any number of
# processes.
set -u
log=heat.$$.log
trap 'rm -f $log' EXIT
"${SHELL:-/bin/sh}" "${srcdir:-.}/tests/mpi/ranks.sh" examples/50_heat_mpi >"$log" 2>&1
code=$?
cat "$log"
[ $code -eq 0 ] || exit $code
runs=$(grep -c '^== ' "$log")
checksums=$(grep -c '^checksum [0-9a-f]\{16\}$' "$log")
if [ "$runs" -lt 1 ] || [ "$checksums" -ne "$runs" ]; then
    echo "$checksums checksums of $runs runs"
    exit 1
fi
if [ "$(grep '^checksum ' "$log" | sort -u | wc -l)" -ne 1 ]; then
    echo 'the checksums differ'
    exit 1
fi
