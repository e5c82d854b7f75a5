#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every public function stands under a contract: a comment that opens with two
# stars, directly above it or above the group of lines it belongs to.
set -u
cd "${srcdir:-.}" || exit 99

# Prints the declarations in paragraphs without such a comment.
undocumented() {
    awk '
    /^$/             { contract = 0 }
    /\/\*\*/         { contract = 1 }
    /^SUNZI_API /    { if (!contract) print FILENAME ":" FNR ": " $0 }
    ' "$@"
}

if [ -z "$(printf 'int a;\n\nSUNZI_API int f(void);\n' | undocumented -)" ] ||
    [ -n "$(printf '/** F. */\nSUNZI_API int f(void);\n' | undocumented -)" ]; then
    echo 'documented.sh: the check itself does not work'
    exit 99
fi
found=$(undocumented include/sunzi/*.h)
if [ -n "$found" ]; then
    printf '%s\n' "$found"
    exit 1
fi
