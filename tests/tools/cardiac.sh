#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sunzi cardiac --cell: the table and the report of paced cells; refusals.
. "${srcdir:-.}/tests/tools/lib.sh"

# near KEYS... VALUE MOST: the number in r.json
near() {
    most=$(eval "echo \${$#}")
    wanted=$(eval "echo \${$(($# - 1))}")
    got=$(value "$1" "$2" "$3" $([ $# -gt 5 ] && echo "$4")) ||
        complain "r.json is not valid, or has no $*"
    echo "$got $wanted $most" |
        awk '{ d = $1 - $2; exit !(d <= $3 && -d <= $3) }' ||
        complain "r.json, $*: got $got"
}

expect 0 cardiac --cell ten-tusscher-2006-epi --dt 0.02ms --report r.json
says out '^ten-tusscher-2006-epi, beat 1 of 1000 ms'
says out '^APD90 \[ms\]  *290.018'
says out '^Nai \[mM\]  *8.62514'
near runs fp64 apd90_ms 290.018 0.0006
near runs fp64 crossing_ms 0.9485 0.00006
near runs fp32c apd90_ms 290.018 0.001
near runs fp32c states Ki 136.884140 0.000001
[ "$(value runs fp32 states Nai)" != "$(value runs fp64 states Nai)" ] ||
    complain 'FP32 loses nothing'

for model in courtemanche-1998 ohara-rudy-2011-m bueno-orovio-2008-endo \
    mitchell-schaeffer-2003 fitzhugh-nagumo; do
    expect 0 cardiac --cell $model --dt 0.05ms --period 300ms --beats 2 \
        --policy fp64,fp32c --on 2ms --current 40A/F
    says out "^$model, beat 2 of 300 ms"
done
expect 0 cardiac --cell fitzhugh-nagumo --method midpoint --dt 20us --policy df64
expect 0 cardiac --cell mitchell-schaeffer-2003 --adapt 0.5mV --dt '0.1 ms'
says out 'adaptive'

expect 0 cardiac --list
says out '^ohara-rudy-2011-epi$'
says out 'R_prime'
expect 0 cardiac --cell fitzhugh-nagumo --help
says out '^usage: sunzi cardiac --cell'

expect 2 cardiac --cell ten-tusher-2006-epi
says_only 'there is no model of cells .*; did you mean ten-tusscher-2006-epi'
expect 2 cardiac --cell fitzhugh-nagumo --policy fp64,fp16
says_only "no policy 'fp16'"
expect 2 cardiac --cell fitzhugh-nagumo --policy fp64,fp64
says_only 'twice'
expect 2 cardiac --cell ohara-rudy-2011 --policy df64
says_only 'has no policy df64'
expect 2 cardiac --cell fitzhugh-nagumo --dt 0.01
says_only "'0.01', a number with a unit of time is wanted"
expect 2 cardiac --cell fitzhugh-nagumo --dt 0.01mm
says_only "'0.01mm', a number with a unit of time"
expect 2 cardiac --cell fitzhugh-nagumo --dt 0ms
says_only "'0ms', allowed are numbers above 0 ms"
expect 2 cardiac --cell fitzhugh-nagumo --dt 1e-9ms
says_only '1 to 1e8 steps'
expect 2 cardiac --cell fitzhugh-nagumo --beats 0
says_only "got '0'"
expect 2 cardiac --cell fitzhugh-nagumo --method euler
says_only "got 'euler'"
expect 2 cardiac --cell fitzhugh-nagumo run.ini
says_only "run.ini"
expect 2 cardiac --cell fitzhugh-nagumo --report absent/r.json
says err 'report'
expect 3 cardiac --cell ten-tusscher-2006 --current 500pA/pF
says_only 'fp64: cell 0 of model ten-tusscher-2006 left the range'
exit $code
