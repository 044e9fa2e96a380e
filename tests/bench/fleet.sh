# SPDX-License-Identifier: Apache-2.0
# Sourced by tests/bench.sh: the probe, and the fan-out against the tools people use instead,
# round by round in turn, so that a busy moment hits all of them. Needs $W, $GH, $port, $BUILD.

# 256 names for the four hosts, for the tools that want one name a target
for i in $(seq 1 256); do
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
seq -f h%g 1 256 >"$W/names"
printf '[defaults]\nhost_key_checking = False\nforks = 64\n[ssh_connection]\nssh_args = -F %s\npipelining = True\n' \
    "$W/cfg" >"$W/ansible.cfg"
export ANSIBLE_CONFIG="$W/ansible.cfg" HOME="$W"

fan() { "$BUILD/bench/fanout" "$W/lab/fleet.yaml" "$@"; }
field() { awk -v what="$1" -v key="$2" '$1 == what { for (i = 1; i < NF; i++) if ($i == key) print $(i + 1) }'; }
over() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.1f", a / b; else printf "?" }'; }
# cost command...: "WALL_MS CPU_MS", the median by wall of $rounds: where hosts are many, one
# round is as good as their mean
rounds=3
cost() {
	for r in $(seq "$rounds"); do
		s=$(date +%s%N)
		command time -o "$W/time" -f '%U %S' "$@" >/dev/null 2>&1 </dev/null
		echo "$((($(date +%s%N) - s) / 1000000)) $(awk '{t = int(($1 + $2) * 1000)} END {print t}' "$W/time")"
	done | sort -n | sed -n "$(((rounds + 1) / 2))p"
}
names() { head -n "$1" "$W/names" | paste -sd,; }
each() { # TOOL N command...: one row against ours
	tool=$1 n=$2; shift 2
	set -- $(cost "$@")
	printf '  %-30s %4d hosts %7d ms wall  %5s x   %6d ms cpu  %6s x\n' "$tool" "$n" "$1" \
	    "$(over "$1" "$wall")" "$2" "$(over "$2" "$cpu")"
}

echo "== fan-out: a trivial command; x = against ours in the same run"
for n in 4 64 256; do
	[ "$n" = 4 ] && rounds=3 || rounds=1
	fan "$n" 64 "$rounds" >"$W/fan"
	wall=$(field cold wall <"$W/fan") cpu=$(field cold cpu <"$W/fan")
	printf '  %-30s %4d hosts %7.0f ms wall            %6.1f ms cpu   (warm: %s ms wall, %s ms cpu)\n' ours "$n" \
	    "$wall" "$cpu" "$(field warm wall <"$W/fan")" "$(field warm cpu <"$W/fan")"
	# what all CPUs did but this client: the servers' own share, the same for every tool
	floor=$(awk -v m="$(field cold machine <"$W/fan")" -v c="$cpu" -v n="$(nproc)" 'BEGIN { printf "%.0f", (m - c) / n }')
	printf '  %-30s %4d hosts %7d ms wall, for a client that costs nothing (ours: %s x that)\n' 'the servers alone' "$n" \
	    "$floor" "$(over "$wall" "$floor")"
	head -n "$n" "$W/names" >"$W/names.n"
	command -v pdsh >/dev/null && each 'pdsh -R ssh' "$n" env PDSH_SSH_ARGS_APPEND="-F $W/cfg" \
	    pdsh -R ssh -f 64 -w "$(names "$n")" true
	command -v clush >/dev/null && each clush "$n" clush -f 64 -o "-F $W/cfg" -w "$(names "$n")" true
	command -v parallel-ssh >/dev/null && each parallel-ssh "$n" parallel-ssh -p 64 -x "-F $W/cfg" -h "$W/names.n" true
	each 'xargs -P 64 ssh' "$n" sh -c "xargs -P 64 -I{} ssh -F $W/cfg {} true <$W/names.n"
	command -v ansible >/dev/null && each 'ansible -m raw' "$n" ansible -i "$(names "$n")," -f 64 all -m raw -a true
done
for t in pdsh clush parallel-ssh ansible; do
	command -v $t >/dev/null || echo "  $t is not installed: left out"
done

echo "== the whole probe"
init=$(awk '{print $1}' "$W/lab/hosts/gpu-a/init.pid" 2>/dev/null)
cpus=$(taskset -pc "$init" 2>/dev/null | sed 's/.*: //')
inside() { taskset -c "$cpus" nsenter -t "$init" -m -p -u -i -r sh -c "exec sh -s $(printf '%032d' 1)" <src/checks/probe.sh; }
[ -n "$init" ] && local_ms=$(several 5 inside) || local_ms=
here=$(for r in 1 2 3 4 5; do s=$(date +%s%N); sh -s 00 <src/checks/probe.sh >/dev/null 2>&1; echo $((($(date +%s%N) - s) / 1000000)); done | median)
floor=$(several 5 sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do /bin/true; done')
printf '  one program that does nothing costs here         %7.1f ms\n' "$(awk -v f="$floor" 'BEGIN { print f / 10 }')"
printf '  run here, on this machine                        %7d ms   (promise: 250)\n' "$here"
fan 1 1 5 src/checks/probe.sh >"$W/one"; fan 1 1 5 >"$W/true"
open=$(field warm wall <"$W/one") cold=$(field cold wall <"$W/one")
[ -n "$local_ms" ] && printf '  inside a lab host, without SSH                   %7d ms\n' "$local_ms" &&
    printf '  over an open session                             %7.0f ms   %s x that (promise: 1.15)\n' "$open" "$(over "$open" "$local_ms")"
printf '  a cold connect adds                              %7.1f ms   (promise: 40)\n' \
    "$(awk -v a="$(field cold wall <"$W/true")" -v b="$(field warm wall <"$W/true")" 'BEGIN { print a - b }')"
fan 4 64 3 src/checks/probe.sh >"$W/four"
wall=$(field cold wall <"$W/four") cpu=$(field cold cpu <"$W/four")
printf '  ours, four hosts                                 %7.0f ms wall            %6.1f ms cpu\n' "$wall" "$cpu"
rounds=3
command -v ansible >/dev/null && each 'ansible -m setup' 4 ansible -i "$(names 4)," -f 64 all -m setup

echo "== growth, and a host that accepts and never answers"
fan 64 64 3 >"$W/f64"; fan 1000 64 1 >"$W/f1000"; fan 64 64 3 --silent >"$W/silent"
printf '  cpu per host: %s ms at 64, %s ms at 1000 (%s x); rss at 1000: %s MB (promise: 64)\n' \
    "$(field cold cpu <"$W/f64" | awk '{printf "%.2f", $1 / 64}')" "$(field cold cpu <"$W/f1000" | awk '{printf "%.2f", $1 / 1000}')" \
    "$(over "$(field cold cpu <"$W/f1000" | awk '{print $1 / 1000}')" "$(field cold cpu <"$W/f64" | awk '{print $1 / 64}')")" \
    "$(field cold rss <"$W/f1000")"
printf '  the other 63 of 64: %s ms beside a silent host, %s ms for all 64 without (%s x, promise: 1.05)\n' \
    "$(field 63 wall <"$W/silent")" "$(field cold wall <"$W/f64")" \
    "$(awk -v a="$(field 63 wall <"$W/silent")" -v b="$(field cold wall <"$W/f64")" 'BEGIN { printf "%.2f", a / b }')"
