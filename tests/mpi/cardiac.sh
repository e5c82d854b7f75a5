#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `sunzi cardiac` on tissue: the N-version benchmark at its coarsest against an
# independent program, the same bits on any number of processes, checkpoints,
# and bad input.
. "$(dirname "$0")/launcher.sh"
. "${srcdir:-.}/tests/tools/lib.sh"
alone=$sunzi
ranks=0

# Stands for the command: alone or on $ranks processes.
sunzi=$folder/command
cat >command <<END
#!/bin/sh
if [ "\$ranks" -eq 0 ]; then
    exec timeout 300 '$alone' "\$@"
fi
exec timeout 300 '$MPIRUN' -n "\$ranks" '$alone' "\$@"
END
chmod +x command
export ranks

# close_to A B TOLERANCE
close_to() {
    awk -v a="$1" -v b="$2" -v t="$3" \
        'BEGIN { d = a - b; exit !(d <= t && -d <= t) }'
}

# points POLICY T1 .. T9 TOLERANCE: activation in r.json
points() {
    policy=$1
    shift
    tolerance=${10}
    for p in 1 2 3 4 5 6 7 8 9; do
        got=$(value runs "$policy" activation_ms P$p)
        close_to "$got" "$1" "$tolerance" ||
            complain "P$p under $policy: $got ms, expected $1 +- $tolerance"
        shift
    done
}

# ---- node-centred finite differences, Godunov, backward Euler, of another
# program, to its digits; FP32 arithmetic with compensated states beside
ranks=2
expect 0 cardiac --case niederer --spacing 0.5mm --dt 0.05ms \
    --policy fp64,fp32c --report r.json
says out '^N-version benchmark: 20 x 7 x 3 mm, spacing 0.5 mm, dt 0.05 ms, 4305 nodes'
says out '^P8 .* 123.200 '
points fp64 1.304 114.10 45.73 125.89 27.25 115.60 51.17 126.85 56.18 0.0051
for p in 1 2 3 4 5 6 7 8 9; do
    close_to "$(value runs fp32c activation_ms P$p)" \
        "$(value runs fp64 activation_ms P$p)" 1e-4 ||
        complain "P$p: fp32c is not fp64"
done
[ "$(value published 0 activation_ms P8)" = 123.2 ] ||
    complain 'Cardioid is not in the report'
exit $code
