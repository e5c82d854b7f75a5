#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The examples that compute on processes print the same checksum on any number
# of them.
set -u
log=checksums.$$.log
trap 'rm -f $log' EXIT
for example in 40_distributed_solve_mpi 50_heat_mpi 75_tissue_mpi; do
    "${SHELL:-/bin/sh}" "${srcdir:-.}/tests/mpi/ranks.sh" "examples/$example" \
        >"$log" 2>&1
    code=$?
    cat "$log"
    [ $code -eq 0 ] || exit $code
    runs=$(grep -c '^== ' "$log")
    checksums=$(grep -c '^checksum [0-9a-f]\{16\}$' "$log")
    if [ "$runs" -lt 1 ] || [ "$checksums" -ne "$runs" ]; then
        echo "$example: $checksums checksums of $runs runs"
        exit 1
    fi
    if [ "$(grep '^checksum ' "$log" | sort -u | wc -l)" -ne 1 ]; then
        echo "$example: the checksums differ"
        exit 1
    fi
done
