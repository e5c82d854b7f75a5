#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sunzi cardiac --cell: the table and the report of paced cells; refusals.
models=$(cd "${srcdir:-.}/examples/cells" && pwd) || exit 99
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

# whole steps: nearest ones, and said; no times where nothing crosses
expect 0 cardiac --cell fitzhugh-nagumo --dt 0.03ms --period 10ms --current 0A/F
says out 'beat 1 of 9.99 ms, .* for 0.99 ms'
says out '^APD90 \[ms\]  *-  *-  *-  *-  *-$'

# a model of one's own, in a file
cp "$models/aliev_panfilov.h" mine.h || exit 99
for policies in fp64,fp32c fp32; do
    expect 0 cardiac --cell mine.h --dt 0.05ms --policy $policies --report r.json
    says out '^aliev-panfilov-1996, beat 1 of 1000 ms'
done
[ "$(value model)" = aliev-panfilov-1996 ] || complain 'model of r.json'
expect 0 cardiac --cell ./mine.h --dt 0.05ms --policy fp64
apd=$(awk '/^APD90/ { print $3 }' out)
[ "${apd%.*}" -gt 300 ] && [ "${apd%.*}" -lt 400 ] || complain "APD90 $apd"
expect 0 cardiac --cells.model=mine.h --tissue.size=2,1,0mm --dt 0.1ms --end 4ms
says out 'cells mine.h'
says out ' 4 ms; 40 steps'
sed 's/K_R(80.0)/K_R(eighty)/' mine.h >wrong.h
line=$(grep -n eighty wrong.h | head -n 1 | cut -d: -f1)
expect 2 cardiac --cell wrong.h
says_only "wrong.h:$line:.*eighty"
expect 2 cardiac --cells.model=wrong.h --tissue.size=2,1,0mm
says_only "cells.model.*wrong.h:$line:.*eighty"
expect 2 cardiac --cell absent.h
says_only 'absent.h: cannot be opened'
expect 2 cardiac --cells.model=absent.h
says_only 'cells.model: absent.h: cannot be opened'
for page in '' --list; do
    # shellcheck disable=SC2086
    expect 0 cardiac $page --help
    says out 'file$\|a file'
    says out 'cell-models.md'
done
says out '^usage: sunzi cardiac --cell'

# tissue: what cannot be run, and what is not the benchmark
expect 0 cardiac --help
says out 'sunzi cardiac --cell MODEL'
expect 0 cardiac --case niederer --tissue.size=2,1,1mm --end 1ms
says out '^tissue: 2 x 1 x 1 mm'
says out 'not the benchmark, no published times: tissue.size'
! grep -q Cardioid out || complain 'published times of another slab'
expect 2 cardiac --policy fp64,fp32,fp64
says_only 'run.policy: fp64 is there twice'
for wrong in '--dt 1e-300ms' '--dt 1us --end 1e9s'; do
    # shellcheck disable=SC2086
    expect 2 cardiac --tissue.size=2,1,0mm $wrong
    says_only 'time.dt: .* steps of .* ms, allowed are 1e+09'
done
expect 2 cardiac --spacing 1e-9mm
says_only 'tissue.size: 20 mm are 2e+10 voxels'
# one pulse longer than the time to the next one is not cut
for duration in 3 30; do
    expect 0 cardiac --tissue.size=2,0,0mm --end 12ms --s1.current=5000uA/cm3 \
        --s1.duration=${duration}ms --s1.period=4ms --report r.json
    value runs fp64 activation_ms P1 >p1.$duration
done
[ "$(cat p1.3)" = null ] && [ "$(cat p1.30)" != null ] ||
    complain "a long pulse: $(cat p1.3), $(cat p1.30)"
# more than 1000 conjugate gradients are needed
expect 3 cardiac --tissue.size=20,0,0mm --spacing 0.01mm --dt 1ms --end 3ms \
    --tissue.conductivity=100,100,100S/m --cells.model=mitchell-schaeffer-2003
says_only '1000 iterations reached a residual'

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
