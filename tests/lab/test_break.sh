# SPDX-License-Identifier: Apache-2.0
# Every check of the catalogue that a host is judged by: `lab break HOST ID` makes it fail
# through the shipped code, and healed it passes again. In batches, since faults of several
# checks can be set at once; what does not go together is done alone.
. tests/lab/setup.sh
BATCH=${BATCH:-14}

need_lab break
lab_up
"$GH" validate --json >"$W/healthy.json" 2>/dev/null

# Recorded only, or judged in another way than by an edit of a host: each with its reason.
cat >"$W/none" <<'N'
host.id.hostkey the host is refused before anything is sent: fault wrong-host-key
host.bmc.tls the BMC is refused before anything is sent: fault bmc-other-cert
host.bios.meminteg recorded
host.boot.uptime recorded
host.fw.bios_version no baseline is known for the SNP machine
host.fw.bmc_version no baseline is known for the SNP machine
host.fw.cpld no baseline is known for the SNP machine
host.iommu.mode passthrough of the host's own devices is fine on TDX
host.storage.mounts recorded
host.virt.nested recorded
host.cpu.smt recorded
host.fw.bios_age recorded
host.gpu.power_state recorded
host.kernel.livepatch recorded
host.mem.encryption_active recorded
host.mem.mor recorded
host.nic.link recorded
host.snp.ciphertext_hiding recorded
host.tdx.mrseam_expected recorded
host.tdx.pamt recorded
host.users.sessions recorded
host.boot.ima recorded
host.snp.psp_bl a floor is known for Milan, the lab's machine is Genoa
N
verdict() { jq -r --arg s "$2" --arg t "$3" '[.findings[] | select(.subject == $s and .step == $t) | .verdict] | join(",")' "$1"; }

check_batch() { # HOST ID...: all are set; one validation; each must have failed
	host=$1; shift
	"$GH" validate --json "$host" >"$W/json" 2>"$W/err"
	for id; do
		v=$(verdict "$W/json" "$host" "$id")
		case $v in
		FAIL | WARN) ok "$host $id broken: $v" ;;
		*) not_ok "$host $id broken is '$v': $(jq -r --arg t "$id" '.findings[] | select(.step == $t) | .observed + " " + .why' "$W/json" | head -n 1)" ;;
		esac
	done
	"$GH" lab heal "$host" >/dev/null 2>&1
}

for host in gpu-a gpu-d; do
	"$GH" lab break "$host" 2>/dev/null | grep -oE '(host|fleet)\.[a-z0-9_.]+' | sort -u >"$W/can"
	jq -r --arg h "$host" '.findings[] | select(.subject == $h and (.parent | test("^G[0-9]"))) | .step' "$W/healthy.json" |
	    grep '^host\.' | sort -u >"$W/judged"
	comm -13 "$W/can" "$W/judged" | while read -r id; do
		grep -q "^$id " "$W/none" || echo "$id"
	done >"$W/missing"
	if [ -s "$W/missing" ]; then not_ok "$host: no fault for $(tr '\n' ' ' <"$W/missing")"
	else ok "$host: every check has a fault, or a reason for none"; fi
	set --; alone=
	for id in $(comm -12 "$W/can" "$W/judged"); do
		# who holds the GPUs keeps the tool from asking them; groups that are gone have no
		# mode; an image that waits is compared with the one that runs; a VBIOS without a
		# RIM is of no bundle; another kernel has another image, and one without SNP is
		# not asked for its TCB; the certificate is looked for by the TCB that another
		# check is broken by
		case $id in host.gpu.in_use | host.iommu.groups | host.fw.bios_staging | \
			host.fw.gpu_rim_available | host.kernel.version | host.snp.kvm_param | \
			host.snp.vlek_vcek)
			alone="$alone $id"; continue ;; esac
		if "$GH" lab break "$host" "$id" >"$W/out" 2>&1; then set -- "$@" "$id"
		else alone="$alone $id"; fi
		if [ $# -ge "$BATCH" ]; then check_batch "$host" "$@"; set --; fi
	done
	[ $# -gt 0 ] && check_batch "$host" "$@"
	for id in $alone; do
		"$GH" lab break "$host" "$id" >"$W/out" 2>&1 || { not_ok "$host $id: $(head -n 1 "$W/out")"; continue; }
		check_batch "$host" "$id"
	done
done

"$GH" validate --json >"$W/json" 2>/dev/null
for host in gpu-a gpu-d; do
	left=$(jq -r --arg h "$host" '[.findings[] | select(.subject == $h and (.step | startswith("host.")) and (.verdict == "FAIL")) | .step] | join(" ")' "$W/json")
	if [ -z "$left" ]; then ok "$host: healed, nothing fails"
	else not_ok "$host: healed, and yet: $left"; fi
done
echo "1..$n"
