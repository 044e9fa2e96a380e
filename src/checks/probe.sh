# SPDX-License-Identifier: Apache-2.0
# The host probe: reads what the checks judge, sends it as frames, changes nothing.
# Plain POSIX sh (dash, bash, busybox). docs/probe.md is its protocol; each frame is
#	GH1 <nonce> <id> <rc> <enc> <bytes> NEWLINE <bytes bytes> NEWLINE
# and the last one is GH1 <nonce> END 0 - <frames>.
# Arguments: NONCE [PART COUNT]; PART "root" is the privileged half, run by the first one
# through sudo. probe_text holds this text when the caller kept it (gh_probe_command).

LC_ALL=C # ${#v} must count bytes
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
nonce=$1
part=${2:-all}
count=${3:-0}
cap=65536    # bytes of one item
budget=14    # seconds after which nothing new is started: with items_s, 20 in all
items_s=5    # seconds for one item
limit=       # how one command is limited, see setup

now_s() { # seconds since boot into $up, without a fork
	up=0
	read -r up _ </proc/uptime 2>/dev/null
	up=${up%%.*}
}

setup() {
	now_s
	end_s=$((up + budget))
	if timeout -k 1 "$items_s" true 2>/dev/null; then
		limit="timeout -k 1 $items_s"
	elif timeout "$items_s" true 2>/dev/null; then
		limit="timeout $items_s"
	fi
}

# frame ID RC ENC: sends $v. rc 123 says that it was cut.
frame() {
	if [ "${#v}" -gt "$cap" ]; then
		v=$(printf "%.${cap}s" "$v")
		set -- "$1" 123 "$3"
	fi
	printf 'GH1 %s %s %s %s %s\n%s\n' "$nonce" "$1" "$2" "$3" "${#v}" "$v"
	count=$((count + 1))
}

# start ID: false when the time for everything is spent (and says so with rc 124).
start() {
	id=$1
	v=
	now_s
	[ "$up" -lt "$end_s" ] && return 0
	frame "$id" 124 -
	return 1
}

# run ID COMMAND...: what one command prints.
run() {
	start "$1" || return 0
	shift
	v=$($limit "$@" 2>&1)
	frame "$id" $? -
}

# files ID PATH...: every line of small files as PATH:LINE, all in one fork. A file that
# is not there is simply not in the answer.
files() {
	start "$1" || return 0
	shift
	v=$($limit grep -s '' "$@" /dev/null)
	rc=$?
	[ "$rc" -gt 2 ] || rc=0
	frame "$id" "$rc" -
}

# filter ID REGEX FILE: the lines of one file that match.
filter() {
	start "$1" || return 0
	if [ ! -e "$3" ]; then
		frame "$id" 2 -
		return 0
	fi
	v=$($limit grep -E -e "$2" "$3" 2>&1)
	rc=$?
	[ "$rc" -ne 1 ] || rc=0
	frame "$id" "$rc" -
}

# hexfile ID PATH: a small binary file.
hexfile() {
	start "$1" || return 0
	if [ ! -e "$2" ]; then
		frame "$id" 2 x
		return 0
	fi
	v=$($limit od -An -v -tx1 -N 16384 "$2" 2>/dev/null)
	frame "$id" $? x
}

# first FILE: its first line into $x, "" when there is none.
first() {
	x=
	[ -r "$1" ] && read -r x <"$1"
}

# ---- without privilege -------------------------------------------------------------------

small_files() {
	s=/sys
	set -- $s/class/dmi/id/sys_vendor $s/class/dmi/id/product_name \
		$s/class/dmi/id/board_vendor $s/class/dmi/id/board_name \
		$s/class/dmi/id/board_version $s/class/dmi/id/chassis_type \
		$s/class/dmi/id/bios_vendor $s/class/dmi/id/bios_version \
		$s/class/dmi/id/bios_date $s/class/dmi/id/bios_release \
		/etc/machine-id /proc/sys/kernel/random/boot_id /proc/sys/kernel/osrelease \
		/proc/uptime /proc/cmdline /proc/swaps /proc/meminfo
	set -- "$@" $s/devices/system/cpu/online $s/devices/system/cpu/offline \
		$s/devices/system/cpu/isolated $s/devices/system/cpu/possible \
		$s/devices/system/cpu/smt/active $s/devices/system/cpu/smt/control \
		$s/devices/system/clocksource/clocksource0/current_clocksource \
		$s/devices/system/edac/mc/mc*/ce_count $s/devices/system/edac/mc/mc*/ue_count \
		$s/devices/faux/tdx_host/version $s/devices/faux/tdx_host/seamldr/version
	set -- "$@" $s/module/kvm_intel/parameters/tdx $s/module/kvm_intel/parameters/sgx \
		$s/module/kvm_intel/parameters/nested $s/module/kvm_amd/parameters/nested \
		$s/module/kvm_amd/parameters/sev $s/module/kvm_amd/parameters/sev_es \
		$s/module/kvm_amd/parameters/sev_snp \
		$s/module/module/parameters/sig_enforce $s/module/msr/parameters/allow_writes \
		$s/module/kgdboc/parameters/kgdboc \
		$s/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts \
		$s/module/vfio_pci/parameters/disable_idle_d3
	set -- "$@" $s/power/state $s/power/mem_sleep $s/power/disk $s/kernel/mm/ksm/run \
		$s/kernel/kexec_crash_loaded $s/kernel/security/lockdown $s/kernel/security/lsm \
		$s/class/tpm/tpm0/tpm_version_major $s/class/tpm/tpm0/pcr-sha256/[0-9]*
	set -- "$@" $s/class/nvme/nvme*/model $s/class/nvme/nvme*/firmware_rev \
		$s/class/net/*/operstate $s/class/net/*/speed
	k=/proc/sys/kernel
	n=/proc/sys/net/ipv4/conf
	set -- "$@" $k/tainted $k/core_pattern $k/kptr_restrict $k/dmesg_restrict \
		$k/unprivileged_bpf_disabled $k/kexec_load_disabled $k/yama/ptrace_scope \
		$k/sysrq $k/perf_event_paranoid $k/randomize_va_space $k/random/entropy_avail \
		/proc/sys/net/core/bpf_jit_harden /proc/sys/fs/protected_symlinks \
		/proc/sys/fs/protected_hardlinks /proc/sys/fs/protected_fifos \
		/proc/sys/fs/protected_regular /proc/sys/fs/suid_dumpable \
		$n/all/accept_redirects $n/all/send_redirects $n/all/accept_source_route
	files sys "$@"
}

cpus() {
	filter cpu '^(vendor_id|cpu family|model|stepping|physical id|microcode)[[:blank:]]*:' \
		/proc/cpuinfo
	run cpuflags grep -m1 '^flags' /proc/cpuinfo
	files microcode /sys/devices/system/cpu/cpu[0-9]*/microcode/version
	files vuln /sys/devices/system/cpu/vulnerabilities/*
	files ccp /sys/bus/pci/drivers/ccp/*/fused_part /sys/bus/pci/drivers/ccp/*/debug_lock_on \
		/sys/bus/pci/drivers/ccp/*/anti_rollback_status \
		/sys/bus/pci/drivers/ccp/*/rom_armor_enforced \
		/sys/bus/pci/drivers/ccp/*/tsme_status \
		/sys/bus/pci/drivers/ccp/*/bootloader_version
}

kernel() {
	if start modules; then
		# built-in code has no initstate: these are the loaded modules
		for p in /sys/module/*/initstate; do
			[ -e "$p" ] || continue
			p=${p%/initstate}
			v="$v${p##*/}
"
		done
		frame modules 0 -
	fi
	filter listeners ' 0A ' /proc/net/tcp
	filter listeners6 ' 0A ' /proc/net/tcp6
	run mounts cat /proc/mounts
	first /proc/sys/kernel/osrelease
	o='INTEL_TDX_HOST|KVM_INTEL_TDX|X86_SGX|X86_SGX_KVM|AMD_MEM_ENCRYPT|CRYPTO_DEV_SP_PSP'
	o="$o|KVM_AMD_SEV|VFIO_PCI|IOMMUFD|KVM_PRIVATE_MEM|KVM_GENERIC_PRIVATE_MEM|KVM_GUEST_MEMFD"
	o="$o|STRICT_KERNEL_RWX|MODULE_SIG|MODULE_SIG_FORCE|STRICT_DEVMEM|IO_STRICT_DEVMEM"
	o="$o|RANDOMIZE_BASE|VMAP_STACK|SLAB_FREELIST_RANDOM|SLAB_FREELIST_HARDENED"
	o="^(# )?CONFIG_($o)[= ]"
	if [ -r "/boot/config-$x" ]; then
		filter kconfig "$o" "/boot/config-$x"
	elif [ -r "/lib/modules/$x/config" ]; then
		filter kconfig "$o" "/lib/modules/$x/config"
	elif start kconfig; then
		rc=2
		if [ -r /proc/config.gz ]; then
			v=$($limit gzip -dc /proc/config.gz 2>/dev/null | grep -E -e "$o")
			rc=$?
		fi
		frame kconfig $rc -
	fi
}

# Names that a directory holds, by the shell alone.
names() {
	start places || return 0
	for p in /sys/firmware/efi/* /sys/kernel/iommu_groups/* /sys/kernel/livepatch/* \
		/sys/bus/thunderbolt/devices/* /dev/nvidia* /sys/class/iommu/*; do
		[ -e "$p" ] && v="$v$p
"
	done
	frame places 0 -
	files iommu.type /sys/kernel/iommu_groups/*/type
	start dm || return 0
	v=$($limit grep -s '' /sys/block/dm-*/dm/name /sys/block/dm-*/dm/uuid /dev/null)
	for p in /sys/block/dm-*/slaves/*; do
		[ -e "$p" ] && v="$v
$p:"
	done
	frame dm 0 -
}

# NVIDIA functions (GPUs and switches) and Mellanox NICs; lspci is not needed.
pci() {
	set --
	for d in /sys/bus/pci/devices/*; do
		first "$d/vendor"
		case $x in
		0x10de | 0x15b3) set -- "$@" "$d" ;;
		esac
	done
	start pci.group || return 0
	for d; do
		v="$v${d##*/}"
		for p in "$d"/iommu_group/devices/*; do
			first "$p/class"
			v="$v ${p##*/}=$x"
		done
		v="$v
"
	done
	frame pci.group 0 -
	pci_attributes "$@"
}

pci_attributes() {
	l=
	a=
	e=
	for d; do
		l="$l $d/driver"
		for p in vendor device class subsystem_vendor subsystem_device current_link_width \
			max_link_width current_link_speed max_link_speed numa_node resource \
			reset_method power_state; do
			a="$a $d/$p"
		done
		e="$e $d/aer_dev_fatal $d/aer_dev_nonfatal"
	done
	# PCI names hold no blanks: splitting is wanted here
	# shellcheck disable=SC2086
	files pci $a
	start pci.driver || return 0
	# shellcheck disable=SC2086
	[ -z "$l" ] || v=$($limit ls -ld $l 2>/dev/null)
	frame pci.driver 0 -
	start pci.aer || return 0
	# shellcheck disable=SC2086
	v=$($limit grep -s '^TOTAL_ERR' $e /dev/null)
	frame pci.aer 0 -
}

services() {
	start nodes || return 0
	v=$($limit stat -c '%n %a %U %G' /dev/kvm /dev/sev /dev/sgx_enclave /dev/sgx_provision \
		/dev/iommu /dev/vhost-vsock /dev/vfio/vfio /dev/tpm0 2>/dev/null)
	rc=$?
	[ "$rc" -ne 1 ] || rc=0
	frame nodes "$rc" -
	u='libvirtd virtqemud virtlogd qgsd auditd chronyd chrony systemd-timesyncd ntpd'
	u="$u kdump kdump-tools debug-shell"
	start units || return 0
	# shellcheck disable=SC2086
	r=$($limit systemctl is-active $u 2>&1)
	rc=$?
	case $rc in
	1 | 12[0-9]) v=$r ;;
	*) # one word a unit, in the order asked
		rc=0
		for x in $r; do
			v="$v${u%% *} $x
"
			[ "$u" = "${u#* }" ] && u=
			u=${u#* }
		done
		;;
	esac
	frame units "$rc" -
	run units.failed systemctl --failed --no-legend --plain
	start time || return 0
	v=$($limit chronyc -c tracking 2>&1)
	rc=$?
	if [ "$rc" -ne 0 ] && r=$($limit timedatectl show -p NTPSynchronized 2>/dev/null); then
		v=$r
		rc=0
	fi
	frame time "$rc" -
	qemu='qemu-system-x86_64'
	[ -x /usr/libexec/qemu-kvm ] && qemu=/usr/libexec/qemu-kvm
	run qemu $qemu --version
	run qemu.objects $qemu -object help
}

# ---- with privilege ----------------------------------------------------------------------

root_ids='dmi.root klog msr efi.secureboot efi.setupmode efi.pk efi.mor sshd users audit
audit.rules vfio.users libvirt.conf libvirt.domains libvirt.caps qgs qcnl registration'

# The kernel log, only what a judge looks for. "Linux version" is its first line: where it
# is missing the log has lost its beginning, and absence proves nothing.
klog() {
	start klog || return 0
	o='Linux version |virt/tdx|[Tt]dx|TDX|x86/m?k?tme|SEV|SNP|AMD-Vi|DMAR|[Mm]icrocode'
	o="$o|mce: |Machine [Cc]heck|Hardware Error|AER: |EDAC .*UE|vfio-pci.*reset|soft lockup"
	v=$($limit journalctl -kb -o cat --no-pager 2>/dev/null | grep -E -e "$o" |
		head -c $((cap + 1)))
	rc=0
	if [ -z "$v" ]; then
		r=$($limit dmesg 2>/dev/null)
		rc=$?
		v=$(printf '%s\n' "$r" | grep -E -e "$o" | head -c $((cap + 1)))
	fi
	frame klog "$rc" -
}

# Model specific registers of the first and the last CPU, read with dd (section 2.2): one
# that cannot be read is the 8 bytes "NO MSR!!".
msr() {
	start msr || return 0
	if [ ! -e /dev/cpu/0/msr ]; then
		v='/dev/cpu/0/msr is absent: modprobe msr'
		frame msr 2 -
		return 0
	fi
	last=0
	for p in /dev/cpu/[0-9]*/msr; do
		p=${p#/dev/cpu/}
		p=${p%/msr}
		[ "$p" -gt "$last" ] && last=$p
	done
	[ "$last" = 0 ] && c=0 || c="0 $last"
	if grep -q -m1 AuthenticAMD /proc/cpuinfo; then
		m='0xc0010010 0xc0010015 0xc0010132 0xc0010133'
	else
		m='0x3a 0x87 0xa0 0xce 0x1f3 0x4e0 0x500 0x503 0x982 0xc80 0x1401'
	fi
	set --
	for p in $c; do
		for x in $m; do
			set -- "$@" "cpu$p $x"
		done
	done
	r=$(for x in "$@"; do
		p=${x%% *}
		$limit dd if="/dev/cpu/${p#cpu}/msr" bs=8 count=1 iflag=skip_bytes \
			skip=$((${x#* })) 2>/dev/null || printf 'NO MSR!!'
	done | od -An -v -tx8)
	for x in $r; do
		v="$v$1 $x
"
		shift
	done
	frame msr 0 -
}

users() {
	start users || return 0
	if [ ! -r /etc/passwd ] || [ ! -r /etc/shadow ]; then
		frame users 1 -
		return 0
	fi
	n=0
	while IFS=: read -r p _ x _; do
		n=$((n + 1))
		[ "$x" = 0 ] && v="${v}uid0 $p
"
	done </etc/passwd
	while IFS=: read -r p x _; do
		[ -n "$p" ] && [ -z "$x" ] && v="${v}nopassword $p
"
	done </etc/shadow
	v="${v}accounts $n"
	frame users 0 -
}

# Who holds a VFIO group: "PID NAME" each.
vfio_users() {
	start vfio.users || return 0
	set -- /dev/vfio/[0-9]* /dev/vfio/devices/vfio*
	[ -e "$1" ] || shift
	[ -e "$1" ] || { frame vfio.users 0 -; return 0; }
	r=$($limit fuser "$@" 2>/dev/null)
	rc=$?
	[ "$rc" -ne 1 ] || rc=0
	for p in $r; do
		first "/proc/$p/comm"
		v="$v$p $x
"
	done
	frame vfio.users "$rc" -
}

tdx_services() {
	start qgs || return 0
	[ -e /var/run/tdx-qgs/qgs.socket ] && v='socket /var/run/tdx-qgs/qgs.socket
'
	r=$($limit ss -H -l --vsock 2>/dev/null) && v="$v$r"
	frame qgs 0 -
	filter qcnl 'pccs_url|use_secure_cert|collateral_service' /etc/sgx_default_qcnl.conf
	start registration || return 0
	rc=0
	if [ -r /var/log/mpa_registration.log ]; then
		v=$($limit tail -n 40 /var/log/mpa_registration.log)
	else
		v=$($limit mpa_manage -get_registration_status 2>&1)
		rc=$?
	fi
	frame registration "$rc" -
}

libvirt() {
	filter libvirt.conf '^[[:blank:]]*(user|security_driver|dynamic_ownership)[[:blank:]]*=' \
		/etc/libvirt/qemu.conf
	run libvirt.domains virsh -q -c qemu:///system list --state-running --name
	start libvirt.caps || return 0
	r=$($limit virsh -q -c qemu:///system domcapabilities --virttype kvm --machine q35 2>&1)
	rc=$?
	v=$r
	[ "$rc" -ne 0 ] || v=$(printf '%s\n' "$r" |
		sed -n '/<launchSecurity/,/<\/launchSecurity>/p;/<sev /p;/<tdx /p;/<\/domainCap/p')
	frame libvirt.caps "$rc" -
}

root_items() {
	d=/sys/class/dmi/id
	files dmi.root $d/product_serial $d/product_uuid $d/board_serial $d/chassis_serial
	klog
	msr
	e=/sys/firmware/efi/efivars
	g=8be4df61-93ca-11d2-aa0d-00e098032b8c
	hexfile efi.secureboot $e/SecureBoot-$g
	hexfile efi.setupmode $e/SetupMode-$g
	hexfile efi.pk $e/PK-$g
	hexfile efi.mor $e/MemoryOverwriteRequestControl-e20939be-32d4-41be-a150-897f85d49829
	run sshd sshd -T
	users
	run audit auditctl -s
	run audit.rules auditctl -l
	vfio_users
	libvirt
	tdx_services
}

# ---- both halves -------------------------------------------------------------------------

finish() {
	printf 'GH1 %s END 0 - %s\n' "$nonce" "$count"
}

refused() { # every privileged item, with the reason
	for id in $root_ids; do
		v=$1
		frame "$id" 126 -
	done
	finish
}

elevate() {
	if [ -z "$probe_text" ]; then
		refused 'not root, and the probe was not started in a way that lets it use sudo'
		return
	fi
	r=$(printf '%s\n' "$probe_text" | sudo -n sh -s "$nonce" root "$count" 2>/dev/null)
	if [ -n "$r" ]; then
		printf '%s\n' "$r"
	else
		refused 'needs root, and sudo -n was refused'
	fi
}

main() {
	setup
	uid=$(id -u)
	if [ "$part" = all ]; then
		v="uid $uid"
		frame self 0 -
		small_files
		cpus
		kernel
		names
		pci
		services
		if [ "$uid" != 0 ]; then
			elevate
			return
		fi
	fi
	root_items
	finish
}

main </dev/null
