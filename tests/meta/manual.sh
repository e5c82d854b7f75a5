#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The manual pages: formatted without complaint, and complete. Every public
# function is named in sunzi(7), every option in the page of its command, every
# key of a report in that page.
set -u
source=${srcdir:-.}
code=0

complain() {
    echo "$*"
    code=1
}

if command -v groff >/dev/null; then
    for page in "$source"/doc/*.[17]; do
        said=$(groff -man -ww -Tascii -z "$page" 2>&1)
        [ -z "$said" ] || complain "$page: $said"
    done
else
    echo 'formatting not checked: there is no groff'
fi

functions=$(cat "$source"/include/sunzi/*.h | tr '\n' ' ' |
    grep -o 'SUNZI_API [^;]*;' | grep -o 'sunzi_[a-z0-9_]* *(' | tr -d ' (')
[ -n "$functions" ] || exit 99
for name in $functions; do
    grep -q "$name" "$source/doc/sunzi.7" ||
        complain "doc/sunzi.7 does not name $name"
done

for command in solve info bench compare plot cardiac validate pb; do
    options=$(sed -n 's/.*{"\(--[a-z-]*\)".*/\1/p' \
        "$source/tools/$command".c "$source/tools/${command}_"*.c 2>/dev/null)
    [ -n "$options" ] || exit 99
    for option in $options; do
        grep -q -e "$(printf '%s' "$option" | sed 's/-/\\\\-/g')" \
            "$source/doc/sunzi-$command.1" ||
            complain "doc/sunzi-$command.1 does not explain $option"
    done
done

for command in solve compare validate pb; do
    keys=$(tr '\n' ' ' <"$source/tools/${command}_report.c" |
        grep -o 'sunzi_json_[a-z]*(json, *"[a-z0-9_]*"' |
        sed 's/.*"\(.*\)"/\1/')
    [ -n "$keys" ] || exit 99
    for key in $keys; do
        grep -q "^\\.B.* $key" "$source/doc/sunzi-$command.1" ||
            complain "doc/sunzi-$command.1 does not explain the key $key"
    done
done
exit $code
