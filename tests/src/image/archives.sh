# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Archives of an initial file system. A kernel unpacks several that follow each other in one file, and of a name that
# comes twice the later one counts: so what machines share is packed once, and each takes what it needs. To be sourced,
# with packages.sh.

# Of each kind, those used last; several checkouts may share the cache.
KEEP_ARCHIVES=6

# Prints directory $1 as an archive; the same files give the same bytes.
pack() {
    say "packing"
    (cd "$1" && find . -print0 | sort -z | cpio -0 -o -H newc -R 0:0 --reproducible --quiet) | lz4 -l -9 -q
}

# Sets `packages` to lines `name version sha256` for the packages $@.
resolve() {
    packages=$(offered "$@" | awk '
        /^Package: / { name = $2 } /^Version: / { version = $2 } /^SHA256: / { print name, version, $2 }' | sort)
    [ "$(wc -l <<<"$packages")" -eq $# ] || fail "the archive of this distribution lacks one of the packages $*"
}

# Unpacks `packages` into directory $1.
unpack() {
    local name version sum file
    mkdir -p "$1"
    while read -r name version sum; do
        file=$(package_file "$name" "$version" "$sum")
        dpkg-deb -x "$file" "$1"
    done <<<"$packages"
}

# Copies the libraries that the files from $3 on need, those they bring themselves excepted, from the unpacked packages
# $1 to root $2.
copy_libraries() {
    local extracted=$1 root=$2 name file
    shift 2
    mkdir -p "$root"/{lib64,lib/x86_64-linux-gnu}
    for name in $(libraries_of "$@"); do
        # The C library is in the image already, and there is one only.
        case $name in
        ld-linux*|libc.so.*|libm.so.*) continue ;;
        esac
        file=$(find "$extracted" -name "$name" ! -path '*/lib64/*' -print -quit)
        [ -n "$file" ] || fail "$name is needed by one of $*, and no package that the recipe names has it"
        cp -L "$file" "$root/lib/x86_64-linux-gnu/"
    done
}

# Prints the names of the libraries that the files $@ need, and those need, and that are not among them.
libraries_of() {
    local own
    own=" $(basename -a "$@" | tr '\n' ' ')"
    { ldd "$@" 2>/dev/null || true; } | awk -v own="$own" '/^\t/ && !/linux-vdso/ {
        sub(/.*\//, "", $1); if (!index(own, " " $1 " ")) print $1 }' | sort -u
}

# Makes file $1 of the cache, KIND-KEY, by the function $2, which is given a directory to work in and prints the archive.
make_archive() {
    local target=$cache/$1 work
    if [ ! -e "$target" ]; then
        exec 9>"$cache/lock"
        flock -n 9 || { say "waiting for another build"; flock 9; }
    fi
    if [ ! -e "$target" ]; then
        work=$(mktemp -d "$cache/work.XXXXXX")
        # shellcheck disable=SC2064
        trap "rm -rf '$work'" EXIT
        mkdir "$work/in"
        "$2" "$work/in" >"$work/archive"
        mv "$work/archive" "$target"
        rm -rf "$work"
        # shellcheck disable=SC2012
        (cd "$cache" && ls -t "${1%-*}"-* | tail -n +$((KEEP_ARCHIVES + 1)) | xargs -r rm -f)
        say "built after $((SECONDS - started)) s, $(du -Lh "$target" | cut -f1): $target"
    fi
    touch "$target"
}
