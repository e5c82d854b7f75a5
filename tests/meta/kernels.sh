#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The rules of the kernel language (doc/kernels.md), as far as a text shows them.
set -u
cd "${srcdir:-.}" || exit 99
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
code=0

complain() {
    echo "$*"
    code=1
}

# Prints "file:line: what" for each break of a rule in the files given. What
# stands between #ifdef K_FP64 and its #endif (or #else) may use double.
breaks() {
    awk '
    function say(what) { print FILENAME ":" FNR ": " what }
    FNR == 1 { comment = 0; depth = 0; fp64 = 0; constant = 0 }
    {
        line = $0
        if (line ~ /^ *# *(if|ifdef|ifndef)/) {
            depth++
            if (line ~ /ifdef +K_FP64/) fp64 = depth
        } else if (line ~ /^ *# *el/ && fp64 == depth) fp64 = 0
        else if (line ~ /^ *# *endif/) {
            if (fp64 == depth) fp64 = 0
            depth--
        }
        # comments and strings go
        out = ""
        while (line != "") {
            if (comment) {
                at = index(line, "*/")
                if (!at) break
                line = substr(line, at + 2); comment = 0
            } else {
                at = index(line, "/*")
                if (!at) { out = out line; break }
                out = out substr(line, 1, at - 1)
                line = substr(line, at + 2); comment = 1
            }
        }
        if (out ~ /^ *# *include/) {
            if (out !~ /^ *# *include +"[a-z0-9_\/.]+[.]h"/)
                say("an #include is literal and from the root, \"folder/file.h\"")
            next
        }
        gsub(/"[^"]*"/, "", out)
        # constants in the words of engines/kernel/policy.h
        if (constant && sub(/^[^()]*\)/, "", out)) constant = 0
        if (constant) next
        gsub(/K_(R|RATIO|NUMBER)\([^()]*\)/, "", out)
        constant = sub(/K_(R|RATIO|NUMBER)\([^()]*$/, "", out)
        text = " " out " "
        gsub(/[^A-Za-z0-9_.]/, " ", text)
        if (match(text, / (half|kernel|global|local|constant|private|read_only|write_only|pipe|event_t|image[123]d_t|sampler_t|(u?char|u?short|u?int|u?long|float|double|half)(2|3|4|8|16)) /))
            say("\"" substr(text, RSTART + 1, RLENGTH - 2) "\" is a word of OpenCL C")
        if (match(text, / (long|short|char|size_t|ptrdiff_t|int8_t|uint8_t|int32_t|uint32_t|int64_t|uint64_t) /))
            say("\"" substr(text, RSTART + 1, RLENGTH - 2) "\" has not the same size everywhere; use k_i8 .. k_u64")
        if (!fp64 && text ~ / double /)
            say("double needs #ifdef K_FP64")
        if (match(out, /(^|[^A-Za-z0-9_])(fmaf?|sqrtf?|expf?|expm1f?|logf?|log1pf?|powf?|tanhf?|sinf?|cosf?|fabsf?|floorf?|rintf?|printf|malloc|free|memcpy|memset|fminf?|fmaxf?) *\(/))
            say("call of a library function; the language has k_... ones")
        if (!fp64 && match(out, /(^|[^A-Za-z0-9_.])([0-9]+[.][0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?([^0-9eEfF.]|$)/))
            say("a constant without f is a double")
        if (out ~ /(^|[^A-Za-z0-9_])(goto|setjmp|va_list|_Generic|__builtin_[a-z]*|_mm[0-9a-z_]*)([^A-Za-z0-9_]|$)/)
            say("not in the subset")
    }' "$@"
}

# The check itself must find each kind.
cat >"$scratch/bad.k.h" <<'END'
#include <math.h>
#define X "engines/kernel/basic.k.h"
#include X
K_FN float f(float half) { return half * 0.5; }
K_FN float g(float x) { return sqrtf(x); }
K_FN long h(long x) { return x; }
K_FN double d(double x) { return x; }
#ifdef K_FP64
K_FN double e(double x) { return x * 0.5; /* sqrtf(x) half */ }
#endif
END
found=$(breaks "$scratch/bad.k.h" | sed 's/^[^:]*:\([0-9]*\):.*/\1/' | tr '\n' ' ')
if [ "$found" != '1 3 4 4 5 6 7 ' ]; then
    echo "kernels.sh: the check itself does not work: $found"
    exit 99
fi

files=$(find engines precision solvers -name '*.k.h' | sort)
languages='math.h math_float.h math_double.h math_pair.h pair.h
    pair_template.h soft64.h real64.h policy.h policy_operations.h'
for file in $languages; do
    files="$files engines/kernel/$file"
done
# shellcheck disable=SC2086 # a list of names
breaks $files >"$scratch/found"
[ -s "$scratch/found" ] && complain "$(cat "$scratch/found")"

# Prints the kernels of a file as lines of kernel_list.h; of the templates that it
# includes (engines/kernel/policy.h), one for each policy before the #include.
# Other templates (a policy is not named before) have no kernels, only bodies.
kernels_of() {
    policy=
    sed -n -e "s|^K_KERNEL(\([a-z0-9_]*\)).*|LOOP(\1, \"$1\")|p" \
        -e "s|^K_TEAM_KERNEL(\([a-z0-9_]*\),.*|LOOP(\1, \"$1\")|p" \
        -e "s|^K_GROUP_KERNEL(\([a-z0-9_]*\),.*|GROUP(\1, \"$1\")|p" "$1"
    sed -n -e 's/^#define K_POLICY_\([A-Z0-9]*\)$/\1/p' \
        -e 's/^#include "\(.*_template[.]k[.]h\)"$/\1/p' "$1" |
        while read -r word; do
            case $word in
            */*)
                found="LOOP(\\1_$policy, \"$1\")"
                sed -n "s|^K_KERNEL_T(\([a-z0-9_]*\)).*|$found|p" "$word"
                ;;
            *) policy=$(echo "$word" | tr 'A-Z' 'a-z') ;;
            esac
        done
}
if [ "$(kernels_of tests/engines/relax.k.h | tr '\n' ' ')" != \
    'LOOP(relax_fp32, "tests/engines/relax.k.h") '\
'LOOP(relax_fp32c, "tests/engines/relax.k.h") '\
'LOOP(relax_df64, "tests/engines/relax.k.h") '\
'LOOP(relax_fp64, "tests/engines/relax.k.h") ' ]; then
    echo 'kernels.sh: the search for kernels of policies does not work'
    exit 99
fi

# Every kernel is listed as what it is, with its file, and every file is in.
for file in $(find engines precision solvers -name '*.k.h' | sort); do
    grep -q "$file" engines/Makefile.inc ||
        complain "$file: KERNELS in engines/Makefile.inc lacks it"
    case $file in
    *_template.k.h) continue ;;
    esac
    grep -q "#include \"$file\"" engines/kernel/all.h ||
        complain "$file: engines/kernel/all.h does not include it"
    kernels_of "$file"
done | sort >"$scratch/written"
grep -o '\(LOOP\|GROUP\)([a-z0-9_]*, "[^"]*")' engines/kernel/kernel_list.h |
    sort >"$scratch/listed"
diff "$scratch/written" "$scratch/listed" >"$scratch/diff" ||
    complain "engines/kernel/kernel_list.h (>) against the files (<):
$(cat "$scratch/diff")"
exit $code
