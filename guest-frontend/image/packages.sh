# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Debian packages for recipes of images, without root: looked up in the system's package lists, or in lists of our own
# where it has none, and downloaded into a cache. To be sourced, with `cache` the cache's directory, KERNEL a package that
# the archive must have, and the functions say and fail.

need_tools() {
    local need missing=()
    for need in apt-get:apt apt-cache:apt dpkg-deb:dpkg cpio:cpio lz4:lz4 flock:util-linux ldd:libc-bin; do
        command -v "${need%:*}" >/dev/null || missing+=("${need#*:}")
    done
    if [ ${#missing[@]} -gt 0 ] && ! command -v apt-get >/dev/null; then
        fail "the recipe makes the image from Debian's packages and needs Debian's tools: ${missing[*]}"
    elif [ ${#missing[@]} -gt 0 ]; then
        fail "missing tools; to install them, type: sudo apt-get install ${missing[*]}"
    fi
    [ "$(dpkg --print-architecture)" = amd64 ] ||
        fail "architecture=$(dpkg --print-architecture): only amd64 is supported"
}

# Sets `apt` to options with a cache of our own, which makes looking up fast, and `about_kernel` to what the lists say of
# the kernel. Where the system has no package lists (as in a bare container), they are our own too.
choose_lists() {
    mkdir -p "$cache/apt/lists/partial" "$cache/apt/archives/partial"
    apt=(-qq -o APT::Sandbox::User=root -o "Dir::Cache::pkgcache=$cache/apt/packages.bin" -o Dir::Cache::srcpkgcache=)
    about_kernel=$(offered $KERNEL) && return
    apt+=(-o "Dir::State::lists=$cache/apt/lists" -o "Dir::Cache::archives=$cache/apt/archives")
    about_kernel=$(offered $KERNEL) && return
    update_lists
    about_kernel=$(offered $KERNEL) ||
        fail "the archive of this distribution has no package $KERNEL; Debian 12 and 13 have it"
}

update_lists() {
    say "fetching the distribution's package lists"
    apt-get "${apt[@]}" update >&2 || true # one source of several may be down: what counts is the packages
}

# Prints what the lists say of packages "$@", of the versions that would be installed.
offered() { apt-cache "${apt[@]}" show --no-all-versions "$@" 2>/dev/null | grep .; }

# Downloads package $1 in version $2 with checksum $3 unless it is there, and prints its file.
package_file() {
    local file=$cache/packages/$1_${2//:/%3a}.deb folder
    if [ ! -e "$file" ]; then
        say "downloading $1 $2"
        mkdir -p "$cache/packages"
        folder=$(mktemp -d "$cache/packages/download.XXXXXX")
        (cd "$folder" && apt-get "${apt[@]}" download "$1=$2" >&2) || {
            rmdir "$folder"
            fail "cannot download $1 $2; if the package lists are old, type: sudo apt-get update"
        }
        sha256sum --quiet -c <<<"$3  $(echo "$folder"/*.deb)" >&2 || fail "package $1 $2 has a wrong checksum"
        mv "$folder"/*.deb "$file"
        rmdir "$folder"
    fi
    echo "$file"
}

# Prints a key for the standard input.
key() { sha256sum | cut -c1-16; }
