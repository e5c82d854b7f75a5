#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The tables of README.md: sh run.sh /path/to/sunzi
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sunzi=${1:-sunzi}
born=$here/../../examples/pb/born.pqr
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# energy OPTIONS...: of solvation, kJ/mol
energy() {
    "$sunzi" pb "$@" --report "$folder/r.json" >/dev/null
    awk '/"solvation"/ { found = 1 }
         found && /kj_per_mol/ { sub(/,/, "", $2); print $2; exit }' \
        "$folder/r.json"
}

# compare EXACT: lines "spacing energy" to rows with errors and orders.
compare() {
    awk -v exact="$1" '{
        error = $2 / exact - 1
        order = NR > 1 ? log(before / error) / log(h / $1) : ""
        printf "| %s | %.4f | %+.4f %% | %s |\n", $1, $2, 100 * error,
            order == "" ? "" : sprintf("%.2f", order)
        before = error; h = $1
    }'
}

echo '## Born ion: radius 3 A, dielectric 1 in 78.54'
exact=$(awk 'BEGIN { printf "%.6f", -694.677 / 3 * (1 - 1 / 78.54) }')
echo "exact: $exact kJ/mol"
for average in harmonic arithmetic midpoint; do
    printf '\n%s\n' "$average"
    for h in 1 0.5 0.25 0.125; do
        echo "$h $(energy "$born" --solute-dielectric 1 --margin 5angstrom \
            --average $average --spacing ${h}angstrom)"
    done | compare "$exact"
done
printf '\nthe grid of APBS examples/born (65 nodes, 12 A): '
energy "$born" --solute-dielectric 1 --nodes 65 --spacing 0.1875angstrom --focus 1

# Kirkwood's series: kJ/mol; charges as in kirkwood.pqr, dielectric 2 in 78.54,
# ions from 6 A on; kappa, 1/A
kirkwood() {
    awk -v kappa="$1" 'BEGIN {
        a = 4; b = 6; in_ = 2; out = 78.54; x = kappa * b
        split("1 -1 1", q, " "); split("2.4 -1.8 0.3", z, " ")
        k = 1; below = 1
        for (n = 0; n < 120; n++) {
            slope = x == 0 ? -(n + 1) : -x * below / k - (n + 1)
            t = (n + 1 + slope) / (n - slope) * (a / b) ^ (2 * n + 1)
            g = out * (n * t - (n + 1)) / (1 + t)
            sum = 0
            for (i = 1; i <= 3; i++) sum += q[i] * (z[i] / a) ^ n
            energy += sum * sum * (n + 1 + g / in_) / (in_ * n - g)
            if (x > 0) {
                above = below + (2 * n + 1) / x * k
                below = k / above; k = 1
            }
        }
        printf "%.6f", 694.677 / a * energy
    }'
}

for strength in 0 0.15; do
    printf '\n## Kirkwood sphere: %s mol/L\n' $strength
    # Debye length at 298.15 K: 3.0424 A / sqrt(mol/L)
    kappa=$(awk -v c=$strength 'BEGIN {
        l = 1.602176634e-19 ^ 2 / (8.8541878128e-12 * 1.380649e-23 * 298.15)
        printf "%.12f", sqrt(l * 1e10 * 2 * c * 6.02214076e-4 / 78.54) }')
    exact=$(kirkwood "$kappa")
    echo "exact: $exact kJ/mol"
    for h in 0.8 0.4 0.2; do
        echo "$h $(energy "$here/kirkwood.pqr" --spacing ${h}angstrom \
            --margin 8angstrom --ionic-strength ${strength}mol/L)"
    done | compare "$exact"
done

printf '\n## Policies: glycine, 0.5 A, 0.15 mol/L\n'
for equation in linear nonlinear; do
    for policy in fp64 fp32c fp32; do
        printf '| %s | %s | %.10f |\n' $equation $policy "$(energy \
            "$here/../../examples/pb/glycine.pqr" --policy $policy \
            --ionic-strength 0.15mol/L --solve.equation=$equation)"
    done
done
