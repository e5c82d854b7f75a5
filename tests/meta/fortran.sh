#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The Fortran modules cover the public headers: each function is bound, with as
# many arguments of the same kinds (asked from gfortran, where it is the
# compiler); each constant has its value; each struct and handle has its type;
# each file is listed and each module used by module sunzi.
set -u
source=${srcdir:-.}
fortran=$source/fortran
code=0
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT

# Functions that Fortran cannot or need not call, a reason each.
c_only='sunzi_comm_from_mpi' # MPI_Comm of C; sunzi_comm_from_mpi_f is bound

# Functions that are bound and in no public header.
partners='sunzi_fail_sentence sunzi_hdf5_field_type' # of core/ and io/hdf5/

complain() {
    echo "$*"
    code=1
}

headers=$(echo "$source"/include/sunzi/*.h)

# Headers without comments and preprocessor lines, one declaration a line.
declarations() {
    cat "$@" | sed -e ':more' -e '/\\$/{N;s/\\\n//;b more' -e '}' |
        grep -v '^ *#' | tr '\n' ' ' | sed 's:/\*[^*]*\**\([^/*][^*]*\**\)*\*/: :g' |
        tr -s ' ' | tr ';' '\n'
}

# From "SUNZI_API int f(char c, double *x)" or gfortran's "int f (char c, double
# *x);" to "f int char pointer". Enumerations are int; 64-bit integers long.
signatures() {
    awk '
    function kind(text) {
        gsub(/(^| )(const|extern) /, " ", text)
        if (text ~ /[*[]/) return "pointer"
        if (text ~ /(^| )(size_t|int64_t|long)( |$)/) return "long"
        if (text ~ /(^| )(double|float|char|void)( |$)/) {
            match(text, /(double|float|char|void)/)
            return substr(text, RSTART, RLENGTH)
        }
        return "int"
    }
    {
        gsub("/[*][^*]*[*]/", "")
        sub(/^.*SUNZI_API /, "")
        if (match($0, /sunzi_[a-z0-9_]* *\(/) == 0) next
        name = substr($0, RSTART, RLENGTH)
        before = substr($0, 1, RSTART - 1)
        inside = substr($0, RSTART + RLENGTH)
        sub(/ *\($/, "", name)
        sub(/\).*/, "", inside)
        line = name " " kind(before)
        count = split(inside, part, ",")
        for (i = 1; i <= count; i++)
            if (part[i] !~ /^ *(void)? *$/) line = line " " kind(part[i])
        print line
    }'
}

# From "typedef struct s { int a, b; char c[9]; } s;" to "s int int char[]", the
# fields of each struct in their order.
structs() {
    sed 's:/[*][^*]*[*]/::g' | tr '\n;' ' \n' | awk '
    function flush_struct() {
        sub(/^.*} */, "")
        sub(/ .*/, "")
        if (open_struct) print $0 line
        open_struct = 0
    }
    /^ *}/ { flush_struct(); next }
    /typedef struct [a-z_]* *{/ { open_struct = 1; line = ""; sub(/^.*{/, "") }
    open_struct {
        gsub(/const /, "")
        sub(/^ */, "")
        type = $1
        if (type ~ /^(size_t|int64_t)$/) type = "long"
        pointer = $0 ~ /[*]|_fn /
        if (type ~ /^sunzi_/ && type !~ /^sunzi_(field|attempt)$/) type = "int"
        if ($0 ~ /^ *$/) next
        gsub(/\([^*)]*\)$/, "")
        count = split($0, part, ",")
        for (i = 1; i <= count; i++)
            line = line " " (pointer ? "pointer" : type) \
                (part[i] ~ /\[/ ? "[]" : "")
    }'
}

# The test must be able to fail, and its parts to read what they are given.
got=$(printf 'SUNZI_API sunzi_status sunzi_f(const char *c, sunzi_grade g,\n int64_t n);' |
    declarations - | signatures)
same=$(printf 'int sunzi_f (char *c, int g /* a kind */, long n);\n' | signatures)
if [ "$got" != 'sunzi_f int pointer int long' ] || [ "$got" != "$same" ]; then
    echo "fortran.sh: the check itself does not work: '$got', '$same'"
    exit 99
fi
got=$(printf 'typedef struct s {\nint a, b;\nchar c[9];\nvoid *d;\n} s;' | structs)
if [ "$got" != 's int int char[] pointer' ]; then
    echo "fortran.sh: the check itself does not work: '$got'"
    exit 99
fi

# shellcheck disable=SC2086 # a list of files
declarations $headers >"$scratch/declared"
grep 'SUNZI_API ' "$scratch/declared" | signatures | sort >"$scratch/c"
[ -s "$scratch/c" ] || exit 99

# ---- functions: bound, with or without the options of the expert form
cut -d' ' -f1 "$scratch/c" | while read -r name; do
    case " $c_only " in *" $name "*) continue ;; esac
    grep -q -E "name='${name}(_expert)?'" "$fortran"/*.f90 || echo "$name"
done >"$scratch/missing"
while read -r name; do
    complain "$name: in no module of fortran/, and not named in c_only here"
done <"$scratch/missing"

# ---- arguments
bound=$(grep -h -o "bind(C, *name='sunzi_[a-z0-9_]*')" "$fortran"/*.f90 |
    grep -o 'sunzi_[a-z0-9_]*' | sort -u)
[ -n "$bound" ] || exit 99
echo end >"$scratch/empty.f90"
sources=$(sed -n '/^FORTRAN_SOURCES/,/[^\\]$/p; /^FORTRAN_MPI_SOURCES/,/[^\\]$/p
    /^FORTRAN_FILES_SOURCES/,/[^\\]$/p' \
    "$fortran/Makefile.inc" | grep -o 'fortran/[a-z0-9_]*[.]f90' |
    sed "s:^:$source/:")
# shellcheck disable=SC2086 # FC may hold options; a list of files
if ! ${FC:-false} -fc-prototypes -fsyntax-only "$scratch/empty.f90" >/dev/null 2>&1; then
    echo "arguments not checked: '${FC:-no Fortran compiler}' gives no prototypes"
elif ! ${FC} -fc-prototypes -fsyntax-only -J"$scratch" $sources \
    >"$scratch/prototypes" 2>"$scratch/said"; then
    complain "$(head -n 9 "$scratch/said")"
else
    signatures <"$scratch/prototypes" | sort -u >"$scratch/f"
    for name in $bound; do
        case " $partners " in *" $name "*) continue ;; esac
        ours=$(grep "^$name " "$scratch/f")
        theirs=$(grep "^$name " "$scratch/c")
        [ "$ours" = "$theirs" ] ||
            complain "$name: bound as '$ours', declared as '$theirs'"
    done
    structs <"$scratch/prototypes" | sort -u >"$scratch/f"
    tr '\n' ';' <"$scratch/declared" | structs | sort >"$scratch/c"
    [ -s "$scratch/c" ] || exit 99
    while read -r theirs; do
        grep -q -x -F "$theirs" "$scratch/f" ||
            complain "fields of ${theirs%% *}: $(grep "^${theirs%% *} " \
                "$scratch/f"), in C $theirs"
    done <"$scratch/c"
fi

# ---- constants: names of enumerators and of macros with a number
{
    tr '\n' ' ' <"$scratch/declared" | grep -o 'enum [a-z_]*{[^}]*}\|enum [a-z_]* {[^}]*}' |
        grep -o 'SUNZI_[A-Z0-9_]*' | grep -v -x 'SUNZI_STATUS_\(LIST\|ENUM\)\|SUNZI_'
    sed -n 's/^#define \(SUNZI_[A-Z0-9_]*\)  *[0-9].*/\1/p' $headers
    sed -n 's/^ *X(\([A-Z_]*\), .*/SUNZI_\1/p' "$source/include/sunzi/status.h" |
        grep -v -x SUNZI_name
} | sort -u >"$scratch/names"
grep -q -x SUNZI_GRADE_ACCURATE "$scratch/names" &&
    grep -q -x SUNZI_ERR_ARG "$scratch/names" &&
    grep -q -x SUNZI_MODULI_MAX "$scratch/names" || exit 99
{
    for header in $headers; do
        case $header in */mpi.h) continue ;; esac
        echo "#include <sunzi/$(basename "$header")>"
    done
    echo '#include <stdio.h>'
    echo '#define SAY(name) printf("%s %d%c", #name, (int)name, 10);'
    echo 'int main(void) {'
    sed 's/.*/SAY(&)/' "$scratch/names"
    echo 'return 0; }'
} >"$scratch/values.c"
# shellcheck disable=SC2086 # CC may hold options
${CC:-cc} -I"$source/include" -Iinclude -o "$scratch/values" "$scratch/values.c" &&
    "$scratch/values" >"$scratch/values.txt" || exit 99
while read -r name value; do
    case $name in
    SUNZI_DESC_LENGTH) ;;
    SUNZI_DESC_*) value=$((value + 1)) ;; # places count from 1 in Fortran
    esac
    grep -q "parameter, public :: $name = $value\$" "$fortran"/*.f90 ||
        complain "$name = $value: not a constant of a module"
done <"$scratch/values.txt"

# ---- types
types=$(grep -o 'typedef struct \(sunzi_[a-z_]*\)' "$scratch/declared" | sed 's/.* //')
[ -n "$types" ] || exit 99
for name in $types; do
    if grep -q "typedef struct $name {" "$scratch/declared"; then
        grep -q "type, bind(C), public :: $name\$" "$fortran"/*.f90
    else
        grep -q "type, public :: $name\$" "$fortran"/*.f90
    fi || complain "$name: has no type in fortran/"
done

# ---- files
for file in "$fortran"/*.f90; do
    base=$(basename "$file" .f90)
    grep -q "fortran/$base[.]f90" "$fortran/Makefile.inc" ||
        complain "fortran/$base.f90: not in fortran/Makefile.inc"
    case $base in
    sunzi | sunzi_mpi | sunzi_mpi_f08 | sunzi_files) ;;
    *) grep -q "use sunzi_${base}_m\$" "$fortran"/sunzi*.f90 ||
        complain "sunzi_${base}_m: not used by module sunzi, sunzi_mpi or sunzi_files" ;;
    esac
done
exit $code
