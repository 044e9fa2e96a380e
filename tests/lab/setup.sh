# SPDX-License-Identifier: Apache-2.0
# What the tests on a lab share; each sources it first, from the top of the tree. A lab and a
# state folder of the test's own below $W, gone when it ends; TAP on stdout, counted in n.
set -u
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
GH=$BUILD/gatehouse
base=${TMPDIR:-/tmp}
[ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ] && [ -w /dev/shm ] && base=/dev/shm
W=$(mktemp -d "$base/gatehouse-test.XXXXXX") || exit 1
GATEHOUSE_LAB=$W/lab; GATEHOUSE_STATE=$W/state
export GATEHOUSE_LAB GATEHOUSE_STATE
finish() { "$GH" lab down >/dev/null 2>&1; rm -rf "$W"; }
trap finish EXIT
trap 'exit 1' INT TERM

n=0
ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { # text: with the end of what was said last
	n=$((n + 1)); echo "not ok $n - $1"
	sed 's/^/# /' "$W/out" 2>/dev/null | cut -c1-300 | tail -n 20
}
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1: got '$2', want '$3'"; fi; }
has() { if grep -qF -- "$2" "$W/out"; then ok "$1"; else not_ok "$1 (wanted: $2)"; fi; }
# run WANT_RC TEXT command...: stdout and stderr together in $W/out
run() { want=$1 name=$2; shift 2; "$@" >"$W/out" 2>&1; is "$name" $? "$want"; }
# check TEXT command...: the same, of one that succeeds
check() { name=$1; shift; if "$@" >"$W/out" 2>&1; then ok "$name"; else not_ok "$name"; fi; }
not() { ! "$@"; }
lab() { timeout 60 "$GH" lab "$@"; }
jqf() { jq -r "$1" "$W/json"; }
# need_lab TEXT: ends the test here where no lab can be
need_lab() {
	[ "$(id -u)" = 0 ] && unshare -m -p -f true 2>/dev/null && return
	ok "$1 # SKIP needs root with CAP_SYS_ADMIN (namespaces and mounts)"
	echo "1..$n"; exit 0
}
# lab_up: a healthy lab; without one there is nothing more to test
lab_up() {
	"$GH" lab up --healthy >"$W/out" 2>&1 && { ok "the lab comes up"; return; }
	not_ok "the lab comes up"; echo "1..$n"; exit 1
}
