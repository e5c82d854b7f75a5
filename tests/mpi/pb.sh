#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `sunzi pb`: the same bits on any number of processes; one sentence from them.
examples=$(cd "${srcdir:-.}/examples/pb" && pwd) || exit 99
. "$(dirname "$0")/command.sh"

hdf5=
if ! "$alone" pb "$examples/born.pqr" --margin 1angstrom --hdf5 try.vtkhdf 2>&1 |
    grep -q 'has no HDF5'; then
    hdf5=yes
fi
for case in 'fp64' 'fp32c --nonlinear'; do
    for ranks in 0 2 4; do
        # shellcheck disable=SC2086 # options
        expect 0 pb "$examples/glycine.pqr" --policy $case \
            --ionic-strength 0.5mol/L --margin 4angstrom --report r.json \
            --dx $ranks.dx ${hdf5:+--hdf5 $ranks.vtkhdf}
        grep '_kt"\|"kt"\|iterations\|residual' r.json >energies.$ranks
        for file in energies dx vtkhdf; do
            [ $file = energies ] && pair="energies.0 energies.$ranks" ||
                pair="0.$file $ranks.$file"
            [ $file = vtkhdf ] && [ -z "$hdf5" ] && continue
            # shellcheck disable=SC2086 # two names
            cmp $pair || complain "$case: other bits on $ranks processes"
        done
    done
done
[ "$(wc -l <energies.0)" -gt 10 ] || complain 'r.json has no energies'

ranks=3
printf 'ATOM 1 I ION 1 0 0 0 1 -2\n' >bad.pqr
expect 2 pb bad.pqr
says err 'bad.pqr:1: the radius is -2'
expect 2 pb "$examples/born.pqr" --centre '20, 0, 0 angstrom'
says err 'the charge of atom 1 is at x = 0'
expect 2 pb "$examples/born.pqr" --margin 2angstrom --dx nowhere/phi.dx
says err 'nowhere/phi.dx'
exit $code
