#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The reports are valid JSON, whatever the names, and say what was done.
. "${srcdir:-.}/tests/tools/lib.sh"

# is VALUE KEYS...
is() {
    wanted=$1
    shift
    got=$(value "$@") || complain "r.json is not valid, or has no $*"
    [ "$got" = "$wanted" ] || complain "r.json, $*: $got, expected $wanted"
}

name=$(printf 'a "b"\\\tc\303\274\377.mtx')
matrix "$name" '2 2 4' '1 1 2.0' '1 2 1.0' '2 1 1.0' '2 2 3.0'
expect 0 solve "$name" --report r.json --factor fp64
is 1 schema
is 'sunzi solve' program
is 0 exit_code
is 2 problems 0 matrix rows
is 4 problems 0 matrix entries
is general problems 0 matrix symmetry
is lapack_dgesv problems 0 runs 0 solver
is sunzi problems 0 runs 1 solver
is fp64 problems 0 runs 1 factor_asked
is backward problems 0 runs 1 grade
is SUNZI_OK problems 0 runs 1 status
is true problems 0 runs 1 verdict
is true problems 0 runs 1 attempts 0 succeeded
is null problems 0 runs 0 factor_asked
[ "$(find . -name 'r.json*' | wc -l)" -eq 1 ] || complain 'a temporary is left'

# an old report stays whole where the new one fails
before=$(cksum <r.json)
expect 2 solve missing.mtx --report r.json
[ "$before" = "$(cksum <r.json)" ] || complain 'a failed run changed r.json'

# all of it, and nothing else, where the standard streams are closed
cp "$name" plain.mtx
rm -f r.json
"$sunzi" solve plain.mtx --quiet --factor fp64 --report r.json <&- >&- 2>&- ||
    complain 'closed streams: not solved'
is 0 exit_code

# through a symbolic link
echo old >real.json
ln -s real.json link.json
expect 0 solve plain.mtx --quiet --factor fp64 --report link.json
[ -h link.json ] || complain 'the link is replaced by a file'
cp real.json r.json
is 0 exit_code

# stopped while it works: no trace
"$sunzi" solve --report stopped.json >out 2>err &
running=$!
while [ ! -s out ] && kill -0 "$running" 2>/dev/null; do :; done
kill -TERM "$running" 2>/dev/null
wait "$running" && complain 'it was not stopped'
[ "$(find . -name 'stopped.json*' | wc -l)" -eq 0 ] ||
    complain "stopped, and left $(echo stopped.json*)"

# infinities are null
matrix ones.mtx '2 2 4' '1 1 1.0' '1 2 1.0' '2 1 1.0' '2 2 1.0'
expect 3 solve ones.mtx --report r.json --factor fp64 --quiet
is 3 exit_code
is false problems 0 runs 1 solved
is null problems 0 runs 1 condition

# the built-in problems
expect 0 solve --report r.json --factor auto --quiet
is 0 exit_code
for i in 0 1 2 3; do
    is true problems "$i" runs 0 available
    [ -n "$(value problems "$i" matrix description)" ] ||
        complain "problem $i of the gallery has no description"
done

expect 0 info --no-measure --json
cp out r.json
is 'sunzi info' program
is '[]' rates
[ -n "$(value engines 0 name)" ] || complain 'info names no engine'
[ -n "$(value factors 0 name)" ] || complain 'info names no rung'
expect 0 info --no-measure
says out '^engines, those with a device first'
exit $code
