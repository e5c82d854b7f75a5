#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A run that writes a field file step by step is killed at any moment, several
# times, and restarted on other numbers of processes: the file has the bytes of
# one of a run that was not.
set -u
program=$(pwd)/tests/io/hdf5/run_series
ranks="${srcdir:-.}/tests/mpi/ranks.sh"
folder=$(mktemp -d) || exit 99
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/whole" "$folder/killed"
code=0

RANKS=1 sh "$ranks" "$program" "$folder/whole"
last=$?
[ $last -eq 0 ] || exit $last

killed=0
for n in 2 1 3 2 4; do
    [ ! -e "$folder/killed/a.vtkhdf" ] || break
    rm -f "$folder/pid"
    before=$(find "$folder/killed" -name 'state.*.h5' | sort | tail -n 1)
    RANKS=$n sh "$ranks" "$program" "$folder/killed" "$folder/pid" \
        >"$folder/log" 2>&1 &
    waited=0
    # at least one checkpoint more, or the end; then a moment that differs
    while [ ! -e "$folder/killed/a.vtkhdf" ] &&
        [ "$(find "$folder/killed" -name 'state.*.h5' | sort | tail -n 1)" \
            = "$before" ]; do
        sleep 0.02
        waited=$((waited + 1))
        [ $waited -gt 1000 ] && break
    done
    sleep "0.0$(( (n * 37 + $$) % 30 ))"
    kill -9 "$(cat "$folder/pid")" 2>/dev/null && killed=$((killed + 1))
    wait $!
    cat "$folder/log"
    [ $waited -le 1000 ] || code=1
    # doc/files.md: killed in the last call, which a restart can only refuse
    if grep -q ' 0 steps were saved before' "$folder/log"; then
        echo 'killed in the last call: started anew'
        rm -f "$folder/killed"/*
    fi
done
if [ ! -e "$folder/killed/a.vtkhdf" ]; then
    RANKS=3 sh "$ranks" "$program" "$folder/killed" || code=1
fi
echo "killed $killed times"
[ $killed -gt 0 ] || code=1
cmp "$folder/whole/a.vtkhdf" "$folder/killed/a.vtkhdf" || code=1
[ ! -e "$folder/killed/a.vtkhdf.partial" ] || code=1
exit $code
