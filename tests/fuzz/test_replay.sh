#!/bin/sh
# Every fuzz target runs once over everything that it starts from and everything that was ever
# kept for it, under ASan and UBSan. Speaks TAP.
BUILD=${BUILD:-build}
n=0
for src in tests/fuzz/fuzz_*.c; do
	t=$(basename "$src" .c); bin=$BUILD/fuzz/$t; n=$((n + 1))
	if [ ! -x "$bin" ]; then echo "not ok $n - $t is not built"; continue; fi
	sh tests/fuzz/seeds.sh "$t" "$bin.seeds"
	mkdir -p "$bin.corpus"
	files=$(find -L "$bin.seeds" "$bin.corpus" -type f | wc -l)
	if "$bin" -runs=0 -timeout=20 -rss_limit_mb=2048 "$bin.corpus" "$bin.seeds" >"$bin.log" 2>&1; then
		echo "ok $n - $t replays $files inputs"
	else
		echo "not ok $n - $t"; grep -E 'ERROR|SUMMARY|runtime error' "$bin.log" | sed 's/^/# /' | head
	fi
done
echo "1..$n"
