#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Each public header compiles alone, as C17 and as C++17, without warnings.
set -u
source=${srcdir:-.}
: "${CC:=cc}"
# MPI's own headers are not ours to mend
MPI_CFLAGS=$(printf '%s' "${MPI_CFLAGS:-}" | sed 's/-I */-isystem /g')
code=0
checked=0

# compile LANGUAGE FLAGS...
compile() {
    # shellcheck disable=SC2086 # MPI_CFLAGS holds options
    printf '#include <sunzi/%s>\nextern int sunzi_here;\n' "$name" |
        "$@" -I"$source/include" -Iinclude $MPI_CFLAGS -Wall -Wextra -Wpedantic -Werror \
            -fsyntax-only -
}

for header in "$source"/include/sunzi/*.h include/sunzi/version.h; do
    name=$(basename "$header")
    if [ "$name" = mpi.h ] && [ -z "$MPI_CFLAGS" ]; then
        echo 'mpi.h not checked: built without MPI'
        continue
    fi
    # shellcheck disable=SC2086 # CC may hold options
    if ! compile $CC -std=c17 -x c; then
        echo "$name: does not compile alone as C17"
        code=1
    fi
    checked=$((checked + 1))
    command -v "${CXX:=c++}" >/dev/null || continue
    if ! compile "$CXX" -std=c++17 -x c++; then
        echo "$name: does not compile alone as C++17"
        code=1
    fi
done
if [ "$checked" -lt 2 ]; then
    echo 'headers.sh: no headers found, the check itself does not work'
    exit 99
fi
command -v "$CXX" >/dev/null || echo "C++17 not checked: there is no $CXX"
exit $code
