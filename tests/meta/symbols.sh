#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The shared library exports what the public headers declare and what core/ marks
# for libsunzi_mpi, and nothing else.
set -u
library=.libs/libsunzi.so
if [ ! -f "$library" ] || ! command -v nm >/dev/null; then
    echo "skipped: needs nm and the shared library $library"
    exit 77
fi

# AddressSanitizer adds markers of its own to a library built with it.
exported=$(nm -D --defined-only "$library" |
    awk '$3 !~ /^__(asan|odr_asan)/ { print $3 }' | sort -u)
declared=$(find "${srcdir:-.}"/include/sunzi "${srcdir:-.}"/core -name '*.h' \
    ! -name mpi.h ! -name file.h ! -name field_file.h ! -name checkpoint.h -exec cat {} + | tr '\n' ' ' |
    grep -o -E 'SUNZI_PARTNER_API (sunzi_|void |size_t |bool |int64_t )[^;]*;|SUNZI_API [^;]*;' | grep -o 'sunzi_[a-z0-9_]* *(' |
    tr -d ' (' | sort -u)
if [ -z "$exported" ] || [ -z "$declared" ]; then
    echo 'symbols.sh: no symbols found, the check itself does not work'
    exit 99
fi

code=0
for name in $exported; do
    if ! printf '%s\n' "$declared" | grep -qx "$name"; then
        echo "$name: exported, but not declared in include/sunzi"
        code=1
    fi
done
for name in $declared; do
    if ! printf '%s\n' "$exported" | grep -qx "$name"; then
        echo "$name: declared in include/sunzi, but not in the library"
        code=1
    fi
done
exit $code
