# SPDX-License-Identifier: BSD-3-Clause
# For the tests of the command; read by each of them. They run in the build
# folder and write into a folder of their own.
# shellcheck shell=sh disable=SC2034
set -u
sunzi=$(pwd)/sunzi
json=$(pwd)/tests/tools/json_value
folder=$(mktemp -d) || exit 99
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 99
[ -x "$sunzi" ] || exit 99
unset SUNZI_ENGINE SUNZI_REPRODUCIBLE
code=0

complain() {
    echo "$*"
    code=1
}

# expect EXIT_CODE ARGUMENTS...: run the command, outputs in out and err.
expect() {
    expected=$1
    shift
    asked=$*
    "$sunzi" "$@" >out 2>err
    got=$?
    if [ "$got" -ne "$expected" ]; then
        complain "sunzi $asked: exit code $got, expected $expected"
        sed 's/^/    /' err
    fi
}

# says FILE PATTERN: what the last run printed has a line like that.
says() {
    grep -q -e "$2" "$1" && return
    complain "sunzi $asked: std$1 has no line like '$2':"
    sed 's/^/    /' "$1"
}

# Only one sentence, on the standard error.
says_only() {
    says err "$1"
    [ "$(wc -l <err)" -eq 1 ] ||
        complain "sunzi $asked: more than one line of error: $(cat err)"
    [ ! -s out ] || complain "sunzi $asked: standard output is not empty"
}

absent() {
    for file in "$@"; do
        [ ! -e "$file" ] || complain "sunzi $asked: left $file behind"
    done
}

# value KEYS... of r.json, as in: value problems 0 matrix rows
value() {
    "$json" r.json "$@"
}

# matrix NAME SIZE_LINE ENTRIES...: a coordinate file; an entry is "i j value".
matrix() {
    matrix_named general "$@"
}

matrix_named() {
    kind=$1
    name=$2
    shift 2
    {
        echo "%%MatrixMarket matrix coordinate real $kind"
        for line in "$@"; do
            echo "$line"
        done
    } >"$name"
}
