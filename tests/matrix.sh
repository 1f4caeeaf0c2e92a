#!/usr/bin/env bash
# matrix.sh - the tests on other releases of Debian, each in a chroot of its own; run by ./dev matrix.
#
#   matrix.sh [RELEASE...]           all tests, then the package, on each; the table on standard output
#   matrix.sh aarch64|s390x          the units and the fuzz corpora for another processor, emulated (not of the default)
#   matrix.sh enter RELEASE CMD...   run CMD there, in a copy of this tree
#
# What a run keeps, in SSK_MATRIX_CACHE (~/.cache/stallshark/matrix): RELEASE.bare, what debootstrap made;
# RELEASE.tools, the same with what building and testing needs; RELEASE.work, the copy of this tree, with its build
# folders; apt, the packages that were fetched. Everything is mounted in a mount namespace of its own and everything is
# started in a process namespace of its own, so that nothing is left behind however a run ends.
# SPDX-License-Identifier: GPL-2.0-or-later
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${SSK_MATRIX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/stallshark/matrix}
mirror=${SSK_MATRIX_MIRROR:-http://deb.debian.org/debian}
security=${SSK_MATRIX_SECURITY:-http://deb.debian.org/debian-security}

say() { printf '%s\n' "$*" >&2; }
die() { say "matrix: $*"; exit 1; }

# ---- chroots ----

# bare RELEASE: made by debootstrap, once.
bare() {
    [ ! -d "$cache/$1.bare" ] || return 0
    command -v debootstrap >/dev/null || die "debootstrap is not installed"
    say "$1: debootstrap ..."
    rm -rf "$cache/$1.new"
    debootstrap --variant=minbase "$1" "$cache/$1.new" "$mirror" >"$cache/$1.log" 2>&1 ||
        die "debootstrap failed: $cache/$1.log"
    mv "$cache/$1.new" "$cache/$1.bare"
}

# inside ROOT COMMAND...: run it with ROOT as /, with the tree of $work (if set) as /work/main.
inside() {
    local root=$1
    shift
    # shellcheck disable=SC2016
    env -i TERM=dumb LANG=C.UTF-8 HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
        HERE="$here" CACHE="$cache" ROOT="$root" WORK="${work:-}" SCRATCH="${scratch:-}" \
        unshare --mount --propagation private --pid --fork --kill-child --uts --ipc sh -euc '
        if [ -n "$SCRATCH" ]; then  # what is written is forgotten
            mount -t tmpfs -o size=4g none "$SCRATCH"
            mkdir "$SCRATCH/up" "$SCRATCH/work" "$SCRATCH/root"
            mount -t overlay -o "lowerdir=$ROOT,upperdir=$SCRATCH/up,workdir=$SCRATCH/work" none "$SCRATCH/root"
            ROOT=$SCRATCH/root
        else
            mount --bind "$ROOT" "$ROOT"
        fi
        mount -t proc proc "$ROOT/proc"
        mount --rbind /sys "$ROOT/sys"
        mount --rbind /dev "$ROOT/dev"
        mount -t tmpfs -o mode=1777 none "$ROOT/dev/shm"
        mount -t tmpfs -o mode=1777 none "$ROOT/tmp"
        mount -t tmpfs none "$ROOT/run"
        mkdir -p "$CACHE/apt" "$ROOT/var/cache/apt/archives"
        mount --bind "$CACHE/apt" "$ROOT/var/cache/apt/archives"
        if [ -n "$WORK" ]; then
            mkdir -p "$ROOT/work"
            mount --bind "$WORK" "$ROOT/work"
            if [ -d "$HERE/../shared/captures" ]; then
                mkdir -p "$ROOT/work/shared"
                mount --bind "$HERE/../shared" "$ROOT/work/shared"
                mount -o remount,bind,ro "$ROOT/work/shared"
            fi
        fi
        cp /etc/resolv.conf "$ROOT/etc/resolv.conf"
        # Not chroot: whoever is in one may make no namespaces, as a test of the window does.
        cd "$ROOT"
        pivot_root . .
        umount -l .
        cd /work/main 2>/dev/null || cd /
        exec "$@"' sh "$@"
}

# configure ROOT SUITE: how apt and dpkg behave in a chroot: no daemons, no documentation of others thrown away, no
# waiting for the disk. A stable release comes with what was mended since, as its users have it; sid is mended itself.
configure() {
    local root=$1
    # Nobody here asks a name server for localhost, as a browser's driver does where no file has it.
    [ -s "$root/etc/hosts" ] || echo "127.0.0.1 localhost" >"$root/etc/hosts"
    [ "$2" = sid ] || echo "deb $security $2-security main" >"$root/etc/apt/sources.list.d/security.list"
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
    printf '%s\n' 'APT::Install-Recommends "false";' 'Binary::apt::APT::Keep-Downloaded-Packages "true";' \
        'APT::Keep-Downloaded-Packages "true";' 'Acquire::Languages "none";' 'Dpkg::Use-Pty "false";' \
        >"$root/etc/apt/apt.conf.d/90matrix"
    # A mirror that stands still is one on this machine too.
    ! command -v apt-config >/dev/null || apt-config dump | grep '^Acquire::Check-' >>"$root/etc/apt/apt.conf.d/90matrix" || true
}

# copy_tree RELEASE: this tree as it stands, with the files that git does not know yet but without those it ignores.
# A file that is as it was there keeps its time, any other has today's: so builds take up just what has changed.
copy_tree() {
    local to=$cache/$1.work/main
    mkdir -p "$to"
    rm -rf "$to.new"
    mkdir "$to.new"
    (cd "$here" && git ls-files -z -co --exclude-standard | while IFS= read -r -d '' file; do
        [ ! -e "$file" ] || printf '%s\0' "$file"
    done | tar --null -T - -c --owner=0 --group=0) | tar -x -m -C "$to.new"
    (cd "$to.new" && find . -type f -print0 | xargs -0 sh -c '
        old=$1
        shift
        for file; do ! cmp -s "$file" "$old/$file" || touch -r "$old/$file" "$file"; done' sh "$to")
    find "$to" -mindepth 1 -maxdepth 1 ! -name 'build' ! -name 'build-*' ! -name .git -exec rm -rf {} +
    find "$to.new" -mindepth 1 -maxdepth 1 -exec mv -t "$to" {} +
    rmdir "$to.new"
    # What the build here got from npm, which a chroot may not reach: it trusts no more than Debian does.
    if [ -d "$here/build/report/npm/node_modules/uplot" ] && [ ! -d "$to/report/web/uplot" ]; then
        mkdir "$to/report/web/uplot"
        (cd "$here/build/report/npm/node_modules/uplot" &&
            cp -p dist/uPlot.iife.min.js dist/uPlot.min.css LICENSE "$to/report/web/uplot/")
    fi
    # The tests ask git which files are ours.
    rm -rf "$to/.git"
    git -C "$to" init -q
    git -C "$to" add -A
}

# foreign NAME: what Debian calls a processor that is emulated; nothing of a release.
foreign() { case $1 in aarch64) echo arm64 ;; s390x) echo s390x ;; esac; }

# What another processor is tested on: without Wireshark, which the units do not need.
suite_of_foreign=bookworm

# tools RELEASE: with the packages that building and testing need.
tools() {
    local root=$cache/$1.tools suite=$1 arch
    arch=$(foreign "$1")
    [ -z "$arch" ] || suite=$suite_of_foreign
    bare "$suite"
    if [ ! -d "$root" ]; then
        rm -rf "$root.new"
        cp -a "$cache/$suite.bare" "$root.new"
        configure "$root.new" "$suite"
        say "$1: packages ..."
        # shellcheck disable=SC2016
        work=$cache/$1.work inside "$root.new" sh -euc '
            [ -z "$2" ] || dpkg --add-architecture "$2"
            apt-get update -qq
            apt-get install -y -qq git ca-certificates ccache file </dev/null
            if [ "$2" ]; then
                apt-get install -y -qq "gcc-$1-linux-gnu" "libc6-dev:$2" "libglib2.0-dev:$2" "libpcap-dev:$2" \
                    cmake ninja-build pkg-config qemu-user python3 </dev/null
            else
                ./dev deps
            fi' sh "$1" "$arch" >"$cache/$1.log" 2>&1 || die "the packages cannot be installed: $cache/$1.log"
        mv "$root.new" "$root"
    fi
}

# in_tools RELEASE COMMAND...
in_tools() {
    local release=$1
    shift
    copy_tree "$release"
    tools "$release"
    work=$cache/$release.work inside "$cache/$release.tools" env CMAKE_C_COMPILER_LAUNCHER=ccache \
        CCACHE_DIR=/work/ccache "$@"
}

# ---- inside a chroot ----

# part NAME FILE COMMAND...: tests that write their results to build-test/FILE.
part() {
    local name=$1 file=$2 status=0
    shift 2
    say "== $name"
    "$@" >"build-test/$name.log" 2>&1 || status=$?
    tail -3 "build-test/$name.log" >&2
    if [ -n "$file" ] && grep -q '<testcase' "build-test/$file" 2>/dev/null && [ $status -le 8 ]; then return 0; fi
    step "$name" $status
}

# step NAME STATUS: a line of TAP for what writes no results.
step() {
    steps=$((steps + 1))
    if [ "$2" = 0 ]; then echo "ok $steps $1" >>build-test/steps.tap
    else echo "not ok $steps $1" >>build-test/steps.tap; fi
}

golden() {
    local parallel=()
    ! /usr/bin/python3 -c 'import xdist' 2>/dev/null || parallel=(-n "$jobs")
    SSK_PROGRAM=$PWD/build/stallshark PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q "${parallel[@]}" \
        -p no:cacheprovider --tb=short -rfEs --junit-xml="$PWD/build-test/$1.xml" "${@:2}"
}

build_all() {
    local foreign=()
    [ -z "${SSK_FOREIGN:-}" ] || foreign=(-DCMAKE_SYSTEM_NAME=Linux "-DCMAKE_SYSTEM_PROCESSOR=$SSK_FOREIGN"
        "-DCMAKE_C_COMPILER=$SSK_FOREIGN-linux-gnu-gcc" "-DCMAKE_CROSSCOMPILING_EMULATOR=qemu-$SSK_FOREIGN")
    cmake --preset release -DSSK_TESTS=ON "${foreign[@]}" && ninja -j "$jobs" -C build &&
        ! grep -q 'warning:' build-test/build.log
}

# tests_here [PART...]: build and run the tests; build units golden parity window, or those that are named.
tests_here() {
    local parts=" ${*:-build units golden parity window} "
    jobs=${SSK_JOBS:-$(getconf _NPROCESSORS_ONLN)}
    steps=0
    rm -rf build-test
    mkdir build-test
    [ "${parts#* build }" = "$parts" ] || part build "" build_all
    [ "${parts#* units }" = "$parts" ] || part units units.xml ctest --test-dir build --output-on-failure --timeout 600 \
        -j "$jobs" --no-tests=error --test-output-size-passed 1000000 --test-output-size-failed 1000000 \
        --output-junit "$PWD/build-test/units.xml"
    [ "${parts#* golden }" = "$parts" ] || part golden golden.xml golden golden tests/golden \
        --ignore=tests/golden/test_parity.py
    [ "${parts#* parity }" = "$parts" ] || part parity parity.xml golden parity tests/golden/test_parity.py
    [ "${parts#* window }" = "$parts" ] || part window gui.xml ./dev gui
}

# ---- the package, inside a clean chroot ----

# check NAME COMMAND...: a line of TAP on standard output; what the command said only if it failed.
check() {
    local name=$1 said
    shift
    steps=$((steps + 1))
    if said=$("$@" 2>&1 </dev/null); then
        echo "ok $steps $name"
    else
        echo "not ok $steps $name"
        say "FAILED: $name: $*" "$said"
    fi
}

as_user() { setpriv --reuid=user --regid=user --init-groups env HOME=/home/user PATH=/usr/bin:/bin "$@"; }

# Not "| grep -q", which ends before who writes, and so fails with pipefail.
says() { grep "$1" >/dev/null; }

gives_the_demo() {
    as_user tshark -q -z stallshark,report -r "$demo" | says '^One incident: ' &&
        as_user stallshark "$demo" | says '^One incident: '
}

is_all_there() {
    local path
    for path in man/man1/stallshark.1.gz bash-completion/completions/stallshark zsh/vendor-completions/_stallshark \
        wireshark/profiles/stallshark/preferences doc/stallshark/README.md doc/stallshark/copyright; do
        # A minimal chroot may throw manuals and documentation away.
        [ -f "/usr/share/$path" ] || grep -qs 'path-exclude' -r /etc/dpkg/dpkg.cfg.d || { echo "$path"; return 1; }
    done
}

# After the next release's Wireshark has come: the module is gone with a reason, or works.
is_told_or_gone() {
    ! dpkg-query -W -f='${db:Status-Status}' stallshark 2>/dev/null | says '^installed' && return
    as_user stallshark doctor | says 'it is for Wireshark'
}

# package_here DEB [SUITE DEB]: install, use and purge; upgrade Wireshark to that of SUITE, and install its package.
package_here() {
    local deb=$1 suite=${2:-} next=${3:-}
    demo=/work/main/testdata/lock-screen-stall/in.pcap
    steps=0
    useradd -m user
    apt-get update -qq
    apt-get install -y -qq tshark >/dev/null 2>&1 </dev/null
    check "the package is installed" apt-get install -y -qq "$deb"
    check "all its files are there" is_all_there
    check "the demo in tshark and in the program, as a user" gives_the_demo
    check "doctor finds nothing to mend" as_user stallshark doctor
    check "it is purged" apt-get purge -y -qq stallshark
    check "nothing is left of it" sh -c 'find / -xdev -name "*stallshark*" ! -path "/work/*" ! -path "/var/*" | grep . && exit 1; exit 0'
    if [ -n "$suite" ]; then
        apt-get install -y -qq "$deb" >/dev/null 2>&1 </dev/null
        sed -i "s/ [a-z]* main/ $suite main/" /etc/apt/sources.list
        apt-get update -qq
        check "Wireshark of $suite is installed over it" apt-get install -y -qq tshark
        check "the package is removed, or doctor says why the module is not loaded" is_told_or_gone
        check "the package for $suite is installed" apt-get install -y -qq "$next"
        check "the demo in tshark and in the program, as a user, after the upgrade" gives_the_demo
    fi
}

case ${1:-} in
here) shift; tests_here "$@"; exit ;;
package-here) shift; package_here "$@"; exit ;;
esac

[ "$(id -u)" = 0 ] || die "a chroot needs root: sudo ./dev matrix"
mkdir -p "$cache"

# ---- all of it ----

next_of() { case $1 in bookworm) echo trixie ;; trixie) echo sid ;; esac; }

deb_of() { find "$cache/$1.work/main/build-package" -maxdepth 1 -name 'stallshark_*.deb' 2>/dev/null | head -1; }

# make_package RELEASE: twice, in two folders; the results must be the same bytes.
make_package() {
    # shellcheck disable=SC2016
    in_tools "$1" env SOURCE_DATE_EPOCH="$(git -C "$here" log -1 --format=%ct)" bash -euc '
        ./dev package
        rm -rf /work/elsewhere
        mkdir -p /work/elsewhere/deep
        git ls-files -z | tar --null -T - -c | tar -x -C /work/elsewhere/deep
        /work/elsewhere/deep/dev package
        first=$(cd build-package && sha256sum -- *deb)
        second=$(cd /work/elsewhere/deep/build-package && sha256sum -- *deb)
        printf "%s\n" "$first" >&2
        n=0
        check() { n=$((n + 1)); if [ "$2" = yes ]; then echo "ok $n $1"; else echo "not ok $n $1"; fi; }
        check "two folders make the same package" "$([ "$first" = "$second" ] && echo yes)"
        for path in build-package/stallshark build-package/wiretap.so build-package/plugins/*/epan/stallshark.so; do
            check "$path is linked with -z now" "$(readelf -dW "$path" | grep -q BIND_NOW && echo yes)"
        done' >"$cache/$1.package.tap"
}

# try_package RELEASE: in a chroot that has nothing but apt, and is forgotten afterwards.
try_package() {
    local next deb arguments=()
    next=$(next_of "$1")
    deb=$(deb_of "$1")
    [ -n "$deb" ] || { echo "not ok 1 there is a package"; return; }
    bare "$1"
    configure "$cache/$1.bare" "$1"
    arguments=("/work/main/build-package/$(basename "$deb")")
    if [ -n "$next" ] && [ -n "$(deb_of "$next")" ]; then
        cp "$(deb_of "$next")" "$cache/$1.work/"
        arguments+=("$next" "/work/$(basename "$(deb_of "$next")")")
    fi
    mkdir -p "$cache/scratch"
    scratch=$cache/scratch work=$cache/$1.work inside "$cache/$1.bare" tests/matrix.sh package-here "${arguments[@]}"
}

# row RELEASE: of the table.
row() {
    local results=$cache/$1.work/main/build-test kind counts line
    line="| $1 | $(in_versions "$1") |"
    for kind in units golden parity gui package; do
        counts=$({ python3 "$here/tests/count_results.py" "$results" "$kind" 2>/dev/null || true; } | tail -1)
        [ "$counts" != "0 passed, 0 failed, 0 skipped" ] || counts="not run"
        line="$line $counts |"
    done
    echo "$line"
}

in_versions() {
    local cc=gcc
    [ -z "$(foreign "$1")" ] || cc=$1-linux-gnu-gcc
    # shellcheck disable=SC2016
    inside "$cache/$1.tools" sh -c 'version=$(dpkg-query -W -f="\${Version}" libwireshark-dev 2>/dev/null | sed "s/-.*//")
        printf "%s | %s" "${version:-none}" "$("$1" -dumpfullversion)"' sh "$cc"
}

run() {
    local release=$1
    say "=== $release"
    if [ "$(foreign "$release")" ]; then
        in_tools "$release" env SSK_JOBS="${SSK_JOBS:-}" SSK_FOREIGN="$release" \
            PKG_CONFIG_LIBDIR="/usr/lib/$release-linux-gnu/pkgconfig:/usr/share/pkgconfig" \
            tests/matrix.sh here build units || say "$release: the run broke off"
        return
    fi
    in_tools "$release" env SSK_JOBS="${SSK_JOBS:-}" tests/matrix.sh here || say "$release: the run broke off"
    make_package "$release" || say "$release: no package"
}

case ${1:-} in
enter) shift; in_tools "$@"; exit ;;
esac
[ $# != 0 ] || set -- bookworm trixie sid
for release in "$@"; do
    case $release in
    bookworm | trixie | sid | aarch64 | s390x) ;;
    *) die "no release '$release'; there are bookworm, trixie and sid, and the processors aarch64 and s390x" ;;
    esac
done
for release in "$@"; do run "$release"; done
for release in "$@"; do
    [ "$(foreign "$release")" ] || { cat "$cache/$release.package.tap"; try_package "$release"; } \
        >"$cache/$release.work/main/build-test/package.tap"
    { python3 "$here/tests/count_results.py" "$cache/$release.work/main/build-test" || true; } | sed "/^[0-9]/d; s/^/$release: /"
done
printf '%s\n' "| Debian | Wireshark | gcc | units | whole program | parity | window | package |" "|---|---|---|---|---|---|---|---|"
for release in "$@"; do row "$release"; done
