#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Writers of checkpoints are killed at any moment: the latest checkpoint that is
# whole is at most one behind the one that was last reported done, has the right
# values, also on other numbers of processes, and the next writer goes on.
set -u
program=$(pwd)/tests/io/hdf5/run_checkpoints
ranks="${srcdir:-.}/tests/mpi/ranks.sh"
folder=$(mktemp -d) || exit 99
trap 'rm -rf "$folder"' EXIT
base=$folder/state
code=0

complain() {
    echo "$*"
    code=1
}

# The step of the latest whole checkpoint on $1 processes.
latest() {
    RANKS=$1 sh "$ranks" "$program" "$base" read 2>"$folder/said" |
        grep '^[0-9]*$'
}

round=0
for n in 1 2 1 3 1 2 1 1; do
    round=$((round + 1))
    rm -f "$folder/pid" "$base".*.h5
    : >"$base.done"
    RANKS=$n sh "$ranks" "$program" "$base" write "$folder/pid" \
        >"$folder/log" 2>&1 &
    waited=0
    # at least two are done, then a moment that differs from round to round
    while [ "$(grep -c . "$base.done")" -lt 2 ]; do
        sleep 0.1
        waited=$((waited + 1))
        if [ $waited -gt 300 ]; then
            grep -q '^skipped' "$folder/log" && cat "$folder/log" && exit 77
            complain "round $round: no checkpoints after 30 s"
            cat "$folder/log"
            exit 1
        fi
    done
    sleep "0.0$(( (round * 37 + $$) % 100 ))"
    kill -9 "$(cat "$folder/pid")"
    wait $!
    done=$(tail -n 1 "$base.done")
    for readers in 1 2; do
        step=$(latest $readers)
        if [ -z "$step" ] || [ "$step" -lt $((done - 1)) ] ||
            [ "$step" -gt $((done + 1)) ]; then
            complain "round $round: $done were done, '$step' is the latest"
            cat "$folder/said"
        fi
    done
    echo "round $round, $n processes: $done done, $step is the latest," \
        "left behind: $(find "$folder" -name '*.partial' | wc -l)"
done

# Torn by a system that crashed: the newest is cut, the one before is taken and
# that is said.
newest=$(find "$folder" -name 'state.*.h5' | sort | tail -n 1)
step=$(latest 1)
[ "$(find "$folder" -name 'state.*.h5' | wc -l)" -ge 2 ] ||
    complain 'not two checkpoints'
truncate -s 1000000 "$newest"
before=$(latest 2)
[ "$before" = $((step - 1)) ] ||
    complain "after tearing $step the latest is '$before'"
grep -q "the checkpoint of step $step cannot be used, taking the one before" \
    "$folder/said" || complain "nothing is said about it: $(cat "$folder/said")"
exit $code
