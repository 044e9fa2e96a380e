# SPDX-License-Identifier: Apache-2.0
# A person's walk through the real program on the lab, in tmux: fleet, host, chain, export,
# then openssl on the bundle; suspend and resume from a shell. Prints TAP.
set -u
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
GH=$BUILD/gatehouse
W=$(mktemp -d)
SOCK=$W/tmux
n=0; failed=0; ours=

tm() { tmux -u -S "$SOCK" -f "$W/conf" "$@"; }
screen() { tm capture-pane -p 2>/dev/null; }
ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { n=$((n + 1)); failed=1; echo "not ok $n - $1"; screen | sed 's/^/# /'; }
# wait until the screen has the words; a deadline, never a sleep that hopes
sees() { # words seconds
	i=0
	while [ $i -lt $((${2:-10} * 20)) ]; do
		screen | grep -qF -- "$1" && return 0
		sleep 0.05; i=$((i + 1))
	done
	return 1
}
check() { # name words [seconds]
	if sees "$2" "${3:-10}"; then ok "$1"; else not_ok "$1 (wanted: $2)"; fi
}
finish() {
	tm kill-server 2>/dev/null
	[ -n "$ours" ] && "$GH" lab down >/dev/null 2>&1
	rm -rf "$W"
}
trap finish EXIT

[ -x "$GH" ] || { echo "not ok 1 - $GH is not built"; exit 1; }
if ! "$GH" lab status >/dev/null 2>&1; then
	if ! "$GH" lab up >"$W/lab.log" 2>&1; then
		echo "ok 1 - walk # SKIP the lab does not start here: $(tail -n 1 "$W/lab.log")"
		exit 0
	fi
	ours=1
fi

cat >"$W/conf" <<CONF
set -g default-terminal tmux-256color
set -s escape-time 0
set -s set-clipboard on
set -g status off
set -g remain-on-exit on
CONF
mkdir "$W/out" "$W/state"
export GATEHOUSE_STATE="$W/state" GATEHOUSE_EXPORT_DIR="$W/out"
tm new-session -d -x 100 -y 30 "env LC_ALL=C.UTF-8 GATEHOUSE_STATE=$W/state \
    GATEHOUSE_EXPORT_DIR=$W/out PS1='shell> ' sh -i"
check "a shell" 'shell>'
tm send-keys "$GH" Enter
check "the fleet is there" 'HOST CHECKS'
check "it says LAB in words" ' LAB '
check "it validates by itself and ends" 'LIVE' 90
check "four hosts" '4 hosts'

tm send-keys ':host gpu-a' Enter
check "a host with its groups" 'GROUP' 20
tm send-keys 3
check "the chain of a GPU" 'CHAIN OF TRUST'
tm send-keys w
check "a finding in words" 'expected'
tm send-keys Escape
check "escape goes back" 'CHAIN OF TRUST'
tm send-keys x
check "x exports a signed bundle" 'signed report gpu-a' 20
dir=$(find "$W/out" -mindepth 1 -maxdepth 1 -type d | head -n 1)
if [ -n "$dir" ] && [ -n "$(find "$W/out" -maxdepth 1 -name '*.txt' -size +0)" ]; then
	ok "the bundle and the text are where the line says"
else
	not_ok "the bundle and the text are where the line says"
fi

key=$(find "$dir" -name '*.pem' -o -name '*.pub' 2>/dev/null | head -n 1)
sig=$(find "$dir" -name '*.sig' 2>/dev/null | head -n 1)
if [ -n "$key" ] && [ -n "$sig" ]; then
	if openssl dgst -sha256 -verify "$key" -signature "$sig" "${sig%.sig}" >"$W/ssl" 2>&1 ||
	    openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in "${sig%.sig}" \
		-sigfile "$sig" >"$W/ssl" 2>&1; then
		ok "openssl verifies the signature"
	else
		not_ok "openssl verifies the signature: $(head -n 1 "$W/ssl")"
	fi
else
	not_ok "the bundle has a key and a detached signature"
fi
if [ -x "$BUILD/gatehouse-verify" ] && [ -n "$dir" ]; then
	"$BUILD/gatehouse-verify" bundle "$dir" --lab >"$W/verify" 2>&1
	rc=$?
	if [ $rc -le 1 ]; then ok "gatehouse-verify reads the bundle (exit $rc)"
	else not_ok "gatehouse-verify bundle: exit $rc: $(tail -n 1 "$W/verify")"; fi
fi

tm send-keys y
check "y copies" 'sent to the clipboard'
if tm show-buffer 2>/dev/null | grep -q 'gpu-a'; then ok "the clipboard of tmux has it"
else not_ok "the clipboard of tmux has it"; fi
tm send-keys i
check "the facts of the host" 'SSH and BMC agree on'
tm send-keys / serial Enter
check "a fact is found" 'filter: serial'
check "with its value" 'S948211X4A00101'
tm send-keys x
check "the facts are exported" 'signed report gpu-a' 20
if grep -q 'bios.acs' "$W"/out/*.txt && grep -q 'users.uid0' "$W"/out/*.txt; then
	not_ok "the export is what the filter shows"
elif grep -q 'id.gpu_baseboard_serial' "$W"/out/*.txt &&
    grep -q '1652323000108' "$W"/out/*.txt; then
	ok "the export is what the filter shows"
else
	not_ok "the export has the facts"
fi
tm send-keys ':checks host.tdx.pccs' Enter
check "a check of the catalogue" 'HTTP 200 for rootcacrl'
check "and what the hosts show" 'gpu-a ok:'
tm send-keys Escape
check "back to the facts" 'SSH and BMC agree on'
tm send-keys E
check "nothing is pinned in this new state" 'never enrolled'
tm send-keys C
check "C asks" 'PIN gpu-a AS IT IS NOW'
sleep 0.3; tm send-keys 'walked by' Enter
check "with the same from a shell" "gatehouse enrol --reason 'walked by' gpu-a"
tm send-keys 'gpu-a' Enter
check "as a job" 'enrol  ['
check "which says what it pinned" 'facts pinned:' 60
check "and the view has it, by whom and why" ': walked by' 20
tm send-keys P
check "the host by its policy" 'gpu-a by h100-tdx-production'
tm send-keys :policy Space snp-poc Space gpu-d Enter
check "another host by another one" 'gpu-d by snp-poc'
tm send-keys H
check "history" 'last 24 h'

tm send-keys C-z
check "^z gives the shell" 'shell>'
tm send-keys fg Enter
check "fg brings the console back" 'last 24 h'
tm resize-window -x 80 -y 24
check "at 80x24 it is whole" 'q quit'
tm resize-window -x 100 -y 30
tm send-keys 1
check "home" 'HOST CHECKS'
tm send-keys q
check "q leaves" 'shell>'
tm send-keys 'echo status=$?' Enter
check "with 0" 'status=0'
echo "1..$n"
exit $failed
