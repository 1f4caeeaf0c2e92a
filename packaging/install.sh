#!/usr/bin/env bash
# install.sh - put a staged tree where it is used, and take it away again; run by ./dev install and ./dev uninstall.
#
#   install.sh install STAGE PREFIX MODULES PROFILES
#   install.sh uninstall PREFIX
#
# STAGE is what `cmake --install` made for the prefix /. Its module goes to MODULES and its configuration profile to
# PROFILES; the rest goes below PREFIX. PREFIX/share/stallshark/installed lists every file with its SHA-256 and every
# folder that was made. A file of the profile that is not as it was installed belongs to the user by now (Wireshark
# writes there): it is left alone, and said. DESTDIR is put before all paths, and not written into the list.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }
die() { say "install: $*"; exit 1; }

if command -v sha256sum >/dev/null; then sum_of() { sha256sum <"$1" | cut -d ' ' -f 1; }
else sum_of() { shasum -a 256 <"$1" | cut -d ' ' -f 1; }; fi

root=${DESTDIR:-}
[ -z "$root" ] || mkdir -p "$root"

# recorded PATH: the checksum that the list has of it, or nothing.
recorded() {
    [ ! -f "$old" ] || awk -v path="$1" '$1 != "folder" && substr($0, 67) == path { print $1 }' "$old"
}

# folder PATH: make it, and note each level that was not there.
folder() {
    [ ! -d "$root$1" ] || return 0
    folder "$(dirname "$1")"
    mkdir "$root$1"
    echo "folder $1" >>"$new"
}

# place FILE PATH MODE KEEP: KEEP is "yes" where Wireshark may have written.
place() {
    local from=$1 to=$2 mode=$3 keep=$4 sum was
    sum=$(sum_of "$from")
    folder "$(dirname "$to")"
    if [ "$keep" = yes ] && [ -e "$root$to" ]; then
        was=$(sum_of "$root$to")
        if [ "$was" != "$sum" ] && [ "$was" != "$(recorded "$to")" ]; then
            say "kept: $to (changed since it was installed; without it ./dev install writes it anew)"
            # Not ours any more, unless it turns out to be what was installed before.
            [ -z "$(recorded "$to")" ] || echo "$(recorded "$to")  $to" >>"$new"
            return 0
        fi
    fi
    # A running program keeps the file that it has open.
    rm -f "$root$to"
    if [ -L "$from" ]; then cp -P "$from" "$root$to"; else install -m "$mode" "$from" "$root$to"; fi
    echo "$sum  $to" >>"$new"
}

# install_all STAGE PREFIX MODULES PROFILES
install_all() {
    local stage=$1 prefix=$2 modules=$3 profiles=$4 file path mode
    while IFS= read -r -d '' file; do
        path=${file#"$stage"}
        mode=644
        [ ! -x "$file" ] || mode=755
        case $path in
        */epan/stallshark.so) place "$file" "$modules/epan/stallshark.so" 644 no ;;
        */wireshark/profiles/*) place "$file" "$profiles/${path##*/wireshark/profiles/}" 644 yes ;;
        *) place "$file" "$prefix$path" $mode no ;;
        esac
    done < <(find "$stage" \( -type f -o -type l \) -print0 | sort -z)
    forget_the_rest
    folder "$(dirname "$list")"
    sort -u "$new" >"$root$list"
    chmod 644 "$root$list"
    say "installed: $(grep -vc '^folder ' "$root$list") files; $list lists them, ./dev uninstall removes them"
}

# What the installation before this one had, and this one has not. A module for another version of Wireshark may still
# be in use, so it stays on the list.
forget_the_rest() {
    local sum path
    [ -f "$old" ] || return 0
    while read -r sum path; do
        if [ "$sum" = folder ]; then
            echo "folder $path" >>"$new"
        elif ! grep -qF "  $path" "$new"; then
            case $path in
            */epan/stallshark.so) [ ! -e "$root$path" ] || echo "$sum  $path" >>"$new" ;;
            *) remove "$sum" "$path" ;;
            esac
        fi
    done <"$old"
}

# remove SUM PATH
remove() {
    [ -e "$root$2" ] || [ -L "$root$2" ] || return 0
    # The name of a library, whose file may be gone already.
    if [ -L "$root$2" ] || [ "$(sum_of "$root$2")" = "$1" ]; then
        rm "$root$2"
    else
        say "kept: $2 (changed since it was installed)"
    fi
}

# uninstall_all PREFIX
uninstall_all() {
    local sum path
    [ -f "$old" ] || die "nothing to remove: $list, which ./dev install writes, is not there"
    cp "$old" "$new"
    while read -r sum path; do
        [ "$sum" = folder ] || remove "$sum" "$path"
    done <"$new"
    rm "$old"
    # The deepest first; what is not empty is still in use.
    grep '^folder ' "$new" | cut -d ' ' -f 2- | sort -r | while IFS= read -r path; do
        rmdir "$root$path" 2>/dev/null || true
    done
    say "removed: what $list listed"
}

case ${1:-} in
install) prefix=$3 ;;
uninstall) prefix=$2 ;;
*) die "install or uninstall" ;;
esac
list=$prefix/share/stallshark/installed
old=$root$list
new=$(mktemp)
trap 'rm -f "$new"' EXIT
command=$1
shift
"${command}_all" "$@"
