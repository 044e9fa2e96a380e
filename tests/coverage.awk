# Reads `gcov -b -n`, prints lines and branches taken of each source file and of each folder.
/^File/ { split($0, q, "'"); f = q[2]; ok = f ~ /^src\/.*\.c$/ && !seen[f]++ }
ok && !(f in L) && /^Lines executed/ { split($0, a, /[:% ]+/); L[f] = a[3]; nL[f] = a[5] }
ok && !(f in B) && /^Taken at least once/ { split($0, a, /[:% ]+/); B[f] = a[5]; nB[f] = a[7] }
END {
	for (f in L) {
		d = f; sub(/\/[^\/]*$/, "", d)
		n[d] += nL[f]; hit[d] += L[f] * nL[f] / 100
		m[d] += nB[f]; took[d] += B[f] * nB[f] / 100
		printf "%-36s lines %6.2f%% of %4d  branches taken %6.2f%% of %4d\n", f, L[f], nL[f], B[f], nB[f] | "sort"
	}
	close("sort")
	for (d in n)
		printf "== %-20s lines %5.1f%%  branches taken %5.1f%%\n", d, 100 * hit[d] / n[d], m[d] ? 100 * took[d] / m[d] : 0
}
