#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The figures that `sunzi solve` tells of the built-in problems are true: those of
# the report within the rounding of their measurement, those of the table as they
# are rounded for print.
truth=$(pwd)/tests/tools/truth
. "${srcdir:-.}/tests/tools/lib.sh"
LC_ALL=C
export LC_ALL

# told PROBLEM KEY...: of the run that counts, in r.json.
told() {
    at=$1
    shift
    run=2 # after LAPACK's LU and Cholesky
    [ "$(value problems "$at" matrix positive_diagonal)" = true ] || run=1
    value problems "$at" runs "$run" "$@"
}

# true_of PROBLEM_OF_REPORT PROBLEM_OF_GALLERY SOLUTION
true_of() {
    proved=0
    [ "$(told "$1" verdict)" = true ] || complain "$2: the run is not the verdict"
    [ "$(told "$1" grade)" = certified ] && proved=1
    "$truth" check "$2" "$3" \
        "$(value problems "$1" matrix maximum_norm)" \
        "$(told "$1" normwise_error)" "$(told "$1" componentwise_error)" \
        "$(told "$1" forward_bound)" "$(told "$1" forward_error)" "$proved" ||
        complain "sunzi $asked: problem $2 of the gallery is told wrong"
}

# The table of the last run against r.json: row and sentence of PROBLEM_OF_REPORT.
printed() {
    wanted=$(for key in normwise_error componentwise_error forward_bound \
        forward_error condition; do
        printf '%.1e ' "$(told "$1" $key)"
    done)
    row=$(grep '^Sunzi ' out | sed -n "$(($1 + 1))p" |
        awk '{ print $5, $6, $7, $8, $9, "" }')
    [ "$row" = "$wanted" ] || complain "sunzi $asked: $row, expected $wanted"
    digits=$(tr -s '\n ' ' ' <out | grep -o 'right to [0-9]* digits' |
        sed -n "$(($1 + 1))s/[^0-9]//gp")
    awk -v d="$digits" -v e="$(told "$1" forward_error)" 'BEGIN {
        exit !(d == 16 ? e <= 1e-15 : e <= 10 ^ -d && e > 10 ^ -(d + 1)) }' ||
        complain "sunzi $asked: $digits digits, $(told "$1" forward_error)"
}

for i in 0 1 2 3; do
    "$truth" write $i a$i.mtx b$i.mtx || exit 99
    expect 0 solve a$i.mtx --rhs b$i.mtx --grade certified --output x.mtx \
        --report r.json --factor auto
    true_of 0 $i x.mtx
    printed 0
    expect 0 solve a$i.mtx --rhs b$i.mtx --factor fp32 --reproducible \
        --output x$i.mtx --quiet
done

# the tour of the gallery writes no solutions: a run that is reproducible has the
# same bits
expect 0 solve --factor fp32 --reproducible --report r.json
for i in 0 1 2 3; do
    true_of $i $i x$i.mtx
    printed $i
done
exit $code
