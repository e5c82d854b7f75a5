#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sunzi pb: energies and files of molecules, also from a run file; refusals.
examples=$(cd "${srcdir:-.}/examples/pb" && pwd) || exit 99
. "${srcdir:-.}/tests/tools/lib.sh"
born=$examples/born.pqr

# near VALUE WANTED PART KEYS...
near() {
    awk -v a="$1" -v b="$2" -v t="$3" \
        'BEGIN { d = a / b - 1; exit !(d <= t && -d <= t) }' ||
        complain "sunzi $asked: got $1, expected $2"
}

# ---- Born's ion: -694.677 / 3 (1 - 1 / 78.54) kJ/mol
expect 0 pb "$born" --solute-dielectric 1 --margin 7angstrom \
    --policy fp64,fp32c --report r.json
says out '1 atoms, charge 1 e'
says out 'of solvation  *-229.'
says out 'difference from fp64'
near "$(value runs fp64 solvation kj_per_mol)" -228.611 0.0025
near "$(value runs fp32c solvation kj_per_mol)" \
    "$(value runs fp64 solvation kj_per_mol)" 1e-8
near "$(value runs fp64 solvation kcal_per_mol)" -54.639 0.0025
near "$(value runs fp64 solvation kt)" -92.2205 0.0025
[ "$(value debye_length_angstrom)" = null ] || complain 'a Debye length'
[ "$(value runs fp64 solutions 0 medium)" = solvent ] &&
    [ "$(value runs fp64 solutions 3 medium)" = reference ] ||
    complain 'the solutions of r.json'

# ---- a run file, ions, files; the Debye length of 0.1 mol/L is 9.63 A
cat >run.ini <<END
[run]
molecule = $examples/glycine.pqr
[grid]
spacing = 0.08 nm
margin = 6 angstrom
[solvent]
ion-charges = 2, -1
ion-concentrations = 0.1, 0.2 mol/L
[output]
dx = phi.dx
report = r.json
END
expect 0 pb run.ini --nonlinear
says out '^nonlinear .* Debye length 5.55[0-9]* A$'
[ "$(value equation)" = nonlinear ] || complain 'equation of r.json'
items=$(sed -n 's/.*rank 0 items \([0-9]*\) data.*/\1/p' phi.dx)
numbers=$(grep '^[-0-9]' phi.dx | wc -w)
[ -n "$items" ] && [ "$items" -eq "$numbers" ] ||
    complain "phi.dx says $items numbers and has $numbers"
linear=$(value runs fp64 solvation kt)
expect 0 pb run.ini
near "$(value runs fp64 solvation kt)" "$linear" 1e-3
[ "$(value runs fp64 solvation kt)" != "$linear" ] ||
    complain 'both equations are one'
expect 0 pb run.ini --output.dx= --solve.reference=no --surface spline
! grep -q reference out || complain 'a reference'

# ---- files of atoms
atom() {
    printf 'ATOM 1 I ION 1 %s\n' "$*" >bad.pqr
}
expect 2 pb absent.pqr
says_only 'absent.pqr'
printf 'REMARK none\nTER\n' >bad.pqr
expect 2 pb bad.pqr
says_only 'bad.pqr: there are no ATOM or HETATM lines'
: >bad.pqr
expect 2 pb bad.pqr
says_only 'bad.pqr'
atom 0 0 0 1 -2
expect 2 pb bad.pqr
says_only 'bad.pqr:1: the radius is -2'
atom 0 0 1 -2
expect 2 pb bad.pqr
says_only 'bad.pqr:1: 9 words'
atom 0 0 zero 1 2
expect 2 pb bad.pqr
says_only "bad.pqr:1: .*'zero'"
atom 0 0 nan 1 2
expect 2 pb bad.pqr
says_only "bad.pqr:1: .*nan"
atom 0 0 1e400 1 2
expect 2 pb bad.pqr
says_only 'bad.pqr:1: '
atom 0 0 1e5 1 2
echo 'ATOM 2 I ION 1 0 0 0 1 2' >>bad.pqr
expect 2 pb bad.pqr
says_only 'grid.spacing: .* nodes in z'
atom 0 0 0 1 2
sed 's/$/ 1 1 1 1/' bad.pqr >worse.pqr
expect 2 pb worse.pqr
says_only 'worse.pqr:1: more than 11 words'
head -c 3000 "$sunzi" >bad.pqr
expect 2 pb bad.pqr
says_only 'bad.pqr'

# ---- options
expect 2 pb
says_only 'run.molecule: there is none'
expect 2 pb "$born" "$born"
says_only 'one molecule'
expect 2 pb "$born" --spacing 4angstrom
says_only '--spacing: grid.spacing: 4 angstrom, allowed: at most 3'
expect 2 pb "$born" --spacing 0.5
says_only 'unit'
expect 2 pb "$born" --centre '20, 0, 0 angstrom'
says_only 'the charge of atom 1 is at x = 0'
expect 2 pb "$born" --nodes 12 --focus 1
says_only 'grid.nodes: the widest grid goes from -2.75 to 2.75 angstrom in x'
expect 2 pb "$born" --nodes 9,9
says_only 'got 2 numbers'
expect 2 pb "$born" --solvent.ion-charges=1
says_only 'there are 0, and 1 of solvent.ion-charges'
expect 2 pb "$born" --solvent.ion-charges=1 --solvent.ion-concentrations=0.1mol/L
says_only 'sum up to 0.1 mol/l'
expect 2 pb "$born" --policy fp64,fp64
says_only 'fp64 is there twice'
expect 2 pb "$born" --policy fp64,fp32 --dx phi.dx
says_only 'hold one solution'
expect 2 pb "$born" --surface mol
says_only "'mol'"
# told before the run
expect 2 pb "$born" --dx nowhere/phi.dx --margin 3angstrom
says_only 'output.dx: .*nowhere/phi.dx'
expect 2 pb "$born" --report nowhere/r.json --margin 3angstrom
says_only 'output.report: .*nowhere/r.json'
expect 3 pb "$born" --policy fp32 --tolerance 1e-12 --margin 3angstrom --dx no.dx
says_only 'the residual came to'
absent no.dx no.dx.partial

# ---- the same bits on a device, also without FP64 there
energies() {
    grep '_kt"\|"kt"\|iterations\|residual' r.json >"$1"
}
"$sunzi" info --no-measure >out 2>err
if grep -A 1 '^  opencl ' out | grep -q absent; then
    echo 'devices not checked: there is no OpenCL'
else
    small='--margin 3angstrom --ionic-strength 0.5mol/L --nonlinear --policy fp32c'
    # shellcheck disable=SC2086 # options
    expect 0 pb "$examples/glycine.pqr" $small --engine portable --report r.json
    energies host
    SUNZI_DEVICE_FP64=0
    export SUNZI_DEVICE_FP64
    # shellcheck disable=SC2086
    expect 0 pb "$examples/glycine.pqr" $small --engine opencl --report r.json
    energies device
    cmp host device || complain 'other bits on a device'
    expect 2 pb "$born" --engine opencl
    says_only "policy fp64, and the context's device has no FP64"
    unset SUNZI_DEVICE_FP64
fi
expect 0 pb --help
says out '^usage: sunzi pb MOLECULE.pqr'
says out '^  --ionic-strength C'
exit $code
