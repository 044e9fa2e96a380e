# SPDX-License-Identifier: Apache-2.0
# docs/fleet.png: the fleet screen of the lab that is up. Needs pango-view and a lab; with
# STUB=1 the played fleet stands in. sh tests/tui/picture.sh [OUT.png]
set -eu
BUILD=${BUILD:-build}
OUT=${1:-docs/fleet.png}
T=$BUILD/tui
mkdir -p "$T"
${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -g -O1 -o "$T/picture" tests/tui/picture.c \
    tests/tui/term.c -lvterm -lutil
if [ -n "${STUB:-}" ]; then
	"$T/picture" "NEEDS YOU" "" "LIVE" "$T/console" >"$T/fleet.pango"
else
	"$T/picture" "HOST CHECKS" "" "LIVE" "$BUILD/gatehouse" >"$T/fleet.pango"
fi
pango-view --no-display -q --markup --font="DejaVu Sans Mono 10" --background=#121212 \
    --margin=8 -o "$OUT" "$T/fleet.pango"
echo "$OUT"
