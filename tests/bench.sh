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

. tests/bench/fleet.sh

echo "== BMCs over Redfish"
sh tests/bench/bmcs.sh "$W" "$BUILD"

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
