# SPDX-License-Identifier: Apache-2.0
# The console on a played fleet (stub_ops.c), in a pty: plain, then under ASan and UBSan.
set -u
BUILD=${BUILD:-build}
CC=${CC:-gcc}
T=$BUILD/tui
mkdir -p "$T"
LIBS="-lncursesw -ltinfo -ljansson -pthread"
FLAGS="-std=gnu11 -D_GNU_SOURCE -Isrc -Iui -I. -g -O1"

stub() { # build-dir out flags...
	dir=$1; out=$2; shift 2
	$CC $FLAGS "$@" -o "$out" tests/tui/stub_main.c tests/tui/stub_ops.c \
	    -Wl,--start-group "$dir/lib/ui.a" "$dir/lib/base.a" -Wl,--end-group $LIBS
}

make --no-print-directory -s BUILD="$BUILD" "$BUILD/lib/ui.a" "$BUILD/lib/base.a" >&2 &&
$CC $FLAGS -o "$T/torture" tests/tui/torture.c tests/tui/term.c -lvterm -lutil &&
stub "$BUILD" "$T/console" || { echo "not ok 1 - build the harness"; exit 1; }
"$T/torture" "$T/console" || bad=1

if [ -z "${GH_QUICK:-}" ]; then
	SAN=$BUILD/tui-san
	make --no-print-directory -s SAN=1 BUILD="$SAN" "$SAN/lib/ui.a" "$SAN/lib/base.a" >&2 &&
	stub "$SAN" "$T/console-san" -fsanitize=address,undefined \
	    -fno-sanitize-recover=undefined || { echo "not ok 1 - build with ASan"; exit 1; }
	"$T/torture" "$T/console-san" slow | sed 's/^\(\(not \)\{0,1\}ok [0-9]* -\)/\1 ASan:/'
fi
exit "${bad:-0}"
