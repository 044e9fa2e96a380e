#!/bin/sh
# Runs the test groups named (unit, lab, tui, lint) and prints one line a test, then
# "N passed, N failed". Every test speaks TAP; a program that dies or says nothing failed.
BUILD=${BUILD:-build}; export BUILD
CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT
passed=0; failed=0; skipped=0
log=$BUILD/test-logs; mkdir -p "$log"

one() { # name command...
	name=$1; shift
	out=$log/$(echo "$name" | tr / _).log
	start=$(date +%s%N)
	timeout "${TEST_TIMEOUT:-900}" "$@" >"$out" 2>&1 </dev/null
	rc=$?
	took=$((($(date +%s%N) - start) / 1000000))
	# cmocka writes a skip as "not ok N # SKIP", everybody else as "ok N # SKIP".
	s=$(grep -cE '^(not )?ok .*# SKIP' "$out")
	p=$(grep '^ok ' "$out" | grep -vc '# SKIP')
	f=$(grep '^not ok ' "$out" | grep -vc '# SKIP')
	[ "$f" = 0 ] && [ $rc -ne 0 ] && f=1
	[ $((p + f + s)) = 0 ] && f=1
	passed=$((passed + p)); failed=$((failed + f)); skipped=$((skipped + s))
	word=ok; [ "$f" != 0 ] && word=FAIL
	printf '  %-4s %-40s %4d passed %s%s %6d ms\n' $word "$name" "$p" \
	    "$([ "$f" != 0 ] && echo "$f failed ")" "$([ "$s" != 0 ] && echo "$s skipped ")" "$took"
	# Each skip with its reason: behind "# SKIP" in shell tests, on the line before in cmocka's.
	awk '/^(not )?ok .*# SKIP/ { name = $0; sub(/.*# SKIP */, "", name)
		why = prev ~ /^(not )?ok |^1\.\./ ? "" : prev; sub(/^SKIP: */, "", why)
		if (why == "") print "         skipped: " name; else n[why]++ } { prev = $0 }
	     END { for (w in n) print "         skipped " n[w] ": " w }' "$out"
	[ "$f" = 0 ] || { grep -v '^ok ' "$out" | tail -n 25 | sed 's/^/         /'; }
}

for group in "$@"; do
	case $group in
	unit) for t in $(find "$BUILD/tests" -type f -name 'test_*' -perm -u+x | sort); do
		one "unit/${t#"$BUILD"/tests/}" "$t"; done ;;
	lint) one lint make --no-print-directory lint ;;
	*) for t in tests/"$group"/test_*.sh; do
		[ -e "$t" ] && one "$group/$(basename "$t" .sh)" sh "$t"; done ;;
	esac
done
[ $skipped = 0 ] || echo "  $skipped skipped: see the reasons above"
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]
