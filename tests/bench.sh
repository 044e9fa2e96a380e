#!/bin/sh
# Figures, as ratios within one run on this machine (design.md, "Speed and size"). Brings a
# lab of its own up and down. A tool that is not installed is named and left out.
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
GH=$BUILD/gatehouse
base=/tmp; [ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ] && base=/dev/shm
W=$(mktemp -d "$base/gatehouse-bench.XXXXXX")
GATEHOUSE_LAB=$W/lab; GATEHOUSE_STATE=$W/state; export GATEHOUSE_LAB GATEHOUSE_STATE
trap '"$GH" lab down >/dev/null 2>&1; rm -rf "$W"' EXIT
"$GH" lab up --healthy >/dev/null 2>&1 || { echo "the lab does not start here"; exit 5; }
port=$(cat "$W/lab/port")

median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
ms() { s=$(date +%s%N); "$@" >/dev/null 2>&1 </dev/null; echo $((($(date +%s%N) - s) / 1000000)); }
several() { n=$1; shift; i=0; while [ $i -lt "$n" ]; do ms "$@"; i=$((i + 1)); done | median; }

echo "== validation"
v=$(several 5 "$GH" validate)
printf 'validate 4 hosts and 32 GPUs, cold, whole program  %6d ms   (promise: 2000)\n' "$v"
p=$(several 5 sh -c 'sh -s 00 <src/checks/probe.sh')
printf 'the probe script itself, run here                  %6d ms   (promise: 250)\n' "$p"

# 64 names for the four hosts, for the tools that want one name a target
for i in $(seq 1 64); do
	h=$((i % 4 + 1))
	printf 'Host h%d\n HostName 127.0.0.1%d\n HostKeyAlias [127.0.0.1%d]:%s\n' "$i" $h $h "$port"
done >"$W/cfg"
cat >>"$W/cfg" <<CFG
Host *
 Port $port
 User root
 IdentityFile $W/lab/id_ed25519
 UserKnownHostsFile $W/known
 StrictHostKeyChecking yes
 BatchMode yes
 LogLevel ERROR
CFG
for n in a:1 b:2 c:3 d:4; do
	printf '[127.0.0.1%s]:%s %s\n' "${n#*:}" "$port" "$(sed -n \
	    "/name: gpu-${n%:*}\$/,/host_key/s/.*host_key: \"\(.*\)\"/\1/p" "$W/lab/fleet.yaml")"
done >"$W/known"

echo "== fan-out, 64 targets, 64 at once"
"$BUILD/bench/fanout" "$W/lab/fleet.yaml" 64 64 5 | tee "$W/fan"
ours=$(awk '/^cold/ { for (i = 1; i < NF; i++) if ($i == "wall") print int($(i + 1)) }' "$W/fan")
ratio() { awk -v a="$1" -v b="${ours:-0}" 'BEGIN { if (b > 0) printf "%.1f x ours", a / b }'; }
all=$(seq -s, -f h%g 1 64)
if command -v pdsh >/dev/null; then
	t=$(several 3 env PDSH_SSH_ARGS_APPEND="-F $W/cfg" pdsh -R ssh -f 64 -w "$all" true)
	printf 'pdsh -R ssh -f 64, a trivial command               %6d ms   %s\n' "$t" "$(ratio "$t")"
else echo "pdsh is not installed: left out"; fi
if command -v clush >/dev/null; then
	t=$(several 3 clush -f 64 -o "-F $W/cfg" -w "$all" true)
	printf 'clush -f 64, a trivial command                     %6d ms   %s\n' "$t" "$(ratio "$t")"
else echo "clush is not installed: left out"; fi
t=$(several 3 sh -c "seq -f h%g 1 64 | xargs -P 64 -I{} ssh -F $W/cfg {} true")
printf 'xargs -P 64 ssh, a trivial command                 %6d ms   %s\n' "$t" "$(ratio "$t")"

echo "== GPU evidence"
ssh -F "$W/cfg" h4 "gatehouse-agent collect --nonce $(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" >"$W/ev.json"
"$BUILD/bench/gpus" "$W/ev.json" "$W/lab/trust.json" "$W"/lab/rims/*

echo "== verdicts on real evidence, from its bytes, against the signatures they rest on"
v=${GH_VECTORS:-../shared/vectors}
if [ -d "$v" ]; then "$BUILD/bench/evidence" "$v"
else echo "no real evidence in $v: left out"; fi

echo "== console"
${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -O1 -o "$W/frame" tests/tui/frame.c tests/tui/term.c -lvterm -lutil &&
    "$W/frame" "$GH"
