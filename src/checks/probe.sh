# SPDX-License-Identifier: Apache-2.0
# The host probe: reads what the checks judge, sends it as frames, changes nothing.
# Plain POSIX sh (dash, bash, busybox). docs/probe.md is its protocol; each frame is
#	GH1 <nonce> <id> <rc> <enc> <bytes> NEWLINE <bytes bytes> NEWLINE
# and the last one is GH1 <nonce> END 0 - <frames>.
# Arguments: NONCE [PART COUNT WORD...]; PART "root" is the privileged half, run by the
# first one through sudo, and COUNT the frames before it. The words are what gatehouse asks
# for beyond the host itself:
#	egress=NAME	may be reached by https (again for each name; without, none is)
#	gputool=PATH	where nvidia_gpu_tools.py is
#	ak=HANDLE	of the TPM's attestation key
#	end=SECONDS	since boot, after which nothing new is started
# probe_text holds this text when the caller kept it (gh_probe_command).

LC_ALL=C # ${#v} must count bytes
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
nonce=$1
part=${2:-all}
count=${3:-0}
cap=65536    # bytes of one item
cap_log=1048576 # bytes of tpm.log, the one item that may be larger
budget=14    # seconds after which nothing new is started: with items_s, 20 in all
items_s=5    # seconds for one item
long_s=8     # seconds for the one tool that is slow
ak=0x81010002
end_s=
endpoints=
gputool=

now_s() { # seconds since boot into $up, without a fork
	up=0
	read -r up _ </proc/uptime 2>/dev/null
	up=${up%%.*}
}

words() {
	for x; do
		case $x in
		egress=*) endpoints="$endpoints ${x#*=}" ;;
		ak=*) ak=${x#*=} ;;
		gputool=*) gputool=${x#*=} ;;
		end=*) end_s=${x#*=} ;;
		esac
	done
}

setup() {
	now_s
	[ -n "$end_s" ] || end_s=$((up + budget))
	while read -r x _ uid _; do
		[ "$x" = Uid: ] && break
	done </proc/self/status
}

# ---- time ----------------------------------------------------------------------------------

# A program that limits another one costs as much as the other one itself, so that one watch
# limits all: what begins says so on descriptor 4, and one "tick" a second comes with it.

# This subshell has begun what has $items_s seconds, and no more.
mine() {
	read -r me _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ began _ </proc/self/stat
	echo "$me $began $items_s" >&4
}

# limited COMMAND...: turns this subshell into the command.
limited() {
	mine
	exec "$@" 3>&- 4>&-
}

# How what was limited has ended, into $rc: by the watch is 124.
status() {
	rc=$?
	[ "$rc" -ne 137 ] || rc=124
}

# of PID: its parent and when it began, into $parent and $began; false when it is no more.
of() {
	{ read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
	# shellcheck disable=SC2086
	set -- ${line##*) }
	parent=$2
	began=${20}
}

# family PID: it and all that it has started, into $family.
family() {
	family=" $1 "
	before=
	while [ "$family" != "$before" ]; do
		before=$family
		for p in /proc/[0-9]*; do
			p=${p#/proc/}
			case $family in
			*" $p "*) continue ;;
			esac
			of "$p" || continue
			case $family in
			*" $parent "*) family="$family$p " ;;
			esac
		done
	done
}

# due PID BEGAN SECOND: false before its second; then ends it, and all that it has started.
due() {
	[ "$3" -le "$second" ] || return 1
	of "$1" && [ "$began" = "$2" ] || return 0
	family "$1"
	# shellcheck disable=SC2086
	kill -s KILL $family 2>/dev/null
}

watch() {
	second=0
	list=
	while read -r who began seconds; do
		if [ "$who" != tick ]; then
			list="$list $who:$began:$((second + seconds))"
			continue
		fi
		second=$((second + 1))
		left=
		for w in $list; do
			IFS=:
			# shellcheck disable=SC2086
			set -- $w
			unset IFS
			due "$@" || left="$left $w"
		done
		list=$left
	done
}

ticks() {
	n=0
	while [ "$n" -lt 40 ] && sleep 1 4>&-; do
		echo tick >&4
		n=$((n + 1))
	done
}

# watched COMMAND...: descriptor 3 is where its frames go.
watched() {
	{
		ticks >/dev/null 2>&1 3>&- &
		ticker=$!
		"$@" >&3 3>&-
		kill "$ticker"
	} 4>&1 | watch
}

# ---- frames --------------------------------------------------------------------------------

# frame ID RC ENC: sends $v. rc 123 says that it was cut.
frame() {
	if [ "${#v}" -gt "$cap" ]; then
		v=$(printf "%.${cap}s" "$v")
		set -- "$1" 123 "$3"
	fi
	printf 'GH1 %s %s %s %s %s\n%s\n' "$nonce" "$1" "$2" "$3" "${#v}" "$v"
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

# group ID...: start for items that one program reads.
group() {
	now_s
	[ "$up" -lt "$end_s" ] && return 0
	v=
	for id; do
		frame "$id" 124 -
	done
	return 1
}

# have COMMAND: false when there is none (and says so with rc 127), without a fork.
have() {
	command -v "$1" >/dev/null && return 0
	v="$1: not found"
	frame "$id" 127 -
	return 1
}

# run ID COMMAND...: what one command prints.
run() {
	start "$1" || return 0
	shift
	have "$1" || return 0
	v=$(limited "$@" 2>&1)
	status
	frame "$id" "$rc" -
}

# files ID PATH...: every line of small files as PATH:LINE, all in one fork. A file that
# is not there is simply not in the answer. What reads files has no limit of its own: a read
# that hangs in the kernel cannot be killed either, and each limit costs a program more.
files() {
	start "$1" || return 0
	shift
	p=
	for p; do
		[ -e "$p" ] && break
		p=
	done
	if [ -z "$p" ]; then # not one
		frame "$id" 0 -
		return 0
	fi
	v=$(grep -s '' "$@" /dev/null)
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
	v=$(grep -E -e "$2" "$3" 2>&1)
	rc=$?
	[ "$rc" -ne 1 ] || rc=0
	frame "$id" "$rc" -
}

# ... | beside COMMAND...: what the command sends, then what came by the pipe. The commands
# of such a chain run side by side, and no frame can land inside another.
beside() {
	exec 3<&0 </dev/null
	"$@"
	exec cat <&3
}

# first FILE: its first line into $x, "" when there is none.
first() {
	x=
	[ -r "$1" ] && read -r x <"$1"
}

# ---- without privilege -------------------------------------------------------------------

# Every item of this half, each sent exactly once.
user_ids='self now sys cpu cpuflags microcode vuln ccp modules listeners listeners6 mounts
kconfig places iommu.type dm pci.group pci pci.driver pci.aer net.dns net.egress memlock
units units.failed time pccs qemu qemu.objects nodes udp conf holds sessions space'

small_files() {
	group sys microcode vuln ccp iommu.type || return 0
	s=/sys
	set -- $s/class/dmi/id/sys_vendor $s/class/dmi/id/product_name \
		$s/class/dmi/id/board_vendor $s/class/dmi/id/board_name \
		$s/class/dmi/id/board_version $s/class/dmi/id/chassis_type \
		$s/class/dmi/id/bios_vendor $s/class/dmi/id/bios_version \
		$s/class/dmi/id/bios_date $s/class/dmi/id/bios_release \
		/etc/machine-id /proc/sys/kernel/random/boot_id /proc/sys/kernel/osrelease \
		/proc/uptime /proc/cmdline /proc/swaps /proc/meminfo /etc/resolv.conf
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
		$s/module/kvm_amd/parameters/ciphertext_hiding_asids \
		$s/module/module/parameters/sig_enforce $s/module/msr/parameters/allow_writes \
		$s/module/kgdboc/parameters/kgdboc \
		$s/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts \
		$s/module/vfio_pci/parameters/disable_idle_d3
	set -- "$@" $s/power/state $s/power/mem_sleep $s/power/disk $s/kernel/mm/ksm/run \
		$s/kernel/kexec_crash_loaded $s/kernel/security/lockdown $s/kernel/security/lsm \
		$s/class/tpm/tpm0/tpm_version_major $s/class/tpm/tpm0/pcr-sha256/[0-9]* \
		$s/devices/system/node/node*/hugepages/hugepages-*/nr_hugepages
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
	set -- "$@" $s/devices/system/cpu/cpu[0-9]*/microcode/version \
		$s/devices/system/cpu/vulnerabilities/* $s/kernel/iommu_groups/*/type \
		$s/bus/pci/drivers/ccp/*/fused_part $s/bus/pci/drivers/ccp/*/debug_lock_on \
		$s/bus/pci/drivers/ccp/*/anti_rollback_status \
		$s/bus/pci/drivers/ccp/*/rom_armor_enforced $s/bus/pci/drivers/ccp/*/tsme_status \
		$s/bus/pci/drivers/ccp/*/bootloader_version
	r=$(grep -s '' "$@" /dev/null)
	rc=$?
	[ "$rc" -gt 2 ] || rc=0
	send_small_files
}

# The lines in $r as the items that they are of.
send_small_files() {
	v=
	m=
	w=
	c=
	i=
	IFS='
'
	set -f
	for x in $r; do
		case $x in
		/sys/devices/system/cpu/cpu*/microcode/*) m="$m$x
" ;;
		/sys/devices/system/cpu/vulnerabilities/*) w="$w$x
" ;;
		/sys/bus/pci/drivers/ccp/*) c="$c$x
" ;;
		/sys/kernel/iommu_groups/*) i="$i$x
" ;;
		*) v="$v$x
" ;;
		esac
	done
	set +f
	unset IFS
	frame sys "$rc" -
	v=$m
	frame microcode "$rc" -
	v=$w
	frame vuln "$rc" -
	v=$c
	frame ccp "$rc" -
	v=$i
	frame iommu.type "$rc" -
}

# Of the first CPU, near the beginning of a long file.
cpu_flags() {
	start cpuflags || return 0
	rc=1
	while IFS= read -r x; do
		case $x in
		flags*)
			v=$x
			rc=0
			break
			;;
		esac
	done </proc/cpuinfo
	frame cpuflags "$rc" -
}

cpus() {
	filter cpu '^(vendor_id|cpu family|model|stepping|physical id|microcode)[[:blank:]]*:' \
		/proc/cpuinfo
	cpu_flags
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
	sockets
	filter mounts '' /proc/mounts
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
			v=$(gzip -dc /proc/config.gz 2>/dev/null | grep -E -e "$o")
			rc=$?
		fi
		frame kconfig $rc -
	fi
}

# Sockets that listen: TCP's line by line, UDP's with the heads of their tables.
sockets() {
	group listeners listeners6 udp || return 0
	d=/proc/net
	r=$(grep -s -E -e '^ *sl | 0A | 07 ' $d/tcp $d/tcp6 $d/udp $d/udp6 /dev/null)
	rc=$?
	[ "$rc" -gt 2 ] || rc=0
	v=
	w=
	c=
	IFS='
'
	set -f
	for x in $r; do
		case $x in
		/proc/net/udp*) c="$c$x
" ;;
		/proc/net/tcp:*' 0A '*) v="$v${x#*:}
" ;;
		/proc/net/tcp6:*' 0A '*) w="$w${x#*:}
" ;;
		esac
	done
	set +f
	unset IFS
	[ -e $d/tcp ] || rc=2
	frame listeners "$rc" -
	v=$c
	frame udp "$rc" -
	v=$w
	[ -e $d/tcp6 ] || rc=2
	frame listeners6 "$rc" -
}

# Names that a directory holds, by the shell alone.
places() {
	start places || return 0
	for p in /sys/firmware/efi/* /sys/firmware/efi/efivars/Mok* \
		/sys/firmware/efi/efivars/Sbat* /sys/firmware/efi/efivars/SecureBoot-* \
		/sys/kernel/iommu_groups/* /sys/kernel/livepatch/* \
		/sys/bus/thunderbolt/devices/* /dev/nvidia* /sys/class/iommu/*; do
		[ -e "$p" ] && v="$v$p
"
	done
	frame places 0 -
}

mappings() {
	start dm || return 0
	set -- /sys/block/dm-*/dm/name
	[ ! -e "$1" ] || v=$(grep -s '' "$@" /sys/block/dm-*/dm/uuid /dev/null)
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
	pci_groups "$@"
	pci_attributes "$@"
}

pci_groups() {
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
	if start pci.driver; then
		# shellcheck disable=SC2086
		[ -z "$l" ] || v=$(ls -ld $l 2>/dev/null)
		frame pci.driver 0 -
	fi
	if start pci.aer; then
		# shellcheck disable=SC2086
		[ -z "$e" ] || v=$(grep -s '^TOTAL_ERR' $e /dev/null)
		frame pci.aer 0 -
	fi
}

# Does the collateral cache answer that the quoting service is told to ask? Intel's own
# service is none. One line: URL STATUS.
pccs() {
	start pccs || return 0
	if [ ! -r /etc/sgx_default_qcnl.conf ]; then
		frame pccs 2 -
		return 0
	fi
	l=
	while read -r p x _; do
		case $p in
		'"pccs_url":'*) l=${p#'"pccs_url":'}$x ;;
		esac
	done </etc/sgx_default_qcnl.conf
	l=${l#\"}
	l=${l%%\"*}
	case $l in
	'' | *trustedservices.intel.com* | *[!A-Za-z0-9.:/_-]*)
		v=$l
		frame pccs 0 -
		return 0
		;;
	esac
	v=$(limited curl -gsk -m 3 -o /dev/null -w '%{http_code}' "${l%/}/rootcacrl" 2>&1)
	status
	v="$l $v"
	frame pccs "$rc" -
}

nodes() {
	start nodes || return 0
	v=$(stat -c '%n %a %U %G' /dev/kvm /dev/sev /dev/sgx_enclave /dev/sgx_provision \
		/dev/iommu /dev/vhost-vsock /dev/vfio/vfio /dev/tpm0 2>/dev/null)
	rc=$?
	[ "$rc" -ne 1 ] || rc=0
	frame nodes "$rc" -
}

units() {
	u='libvirtd virtqemud virtlogd qgsd auditd chronyd chrony systemd-timesyncd ntpd'
	u="$u kdump kdump-tools debug-shell apt-daily-upgrade.timer dnf-automatic.timer"
	u="$u dnf-automatic-install.timer systemd-journal-upload rsyslog usbguard"
	start units || return 0
	have systemctl || return 0
	# shellcheck disable=SC2086
	r=$(limited systemctl is-active $u 2>&1)
	status
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
}

clock() {
	start time || return 0
	rc=127
	v='chronyc, timedatectl: not found'
	if command -v chronyc >/dev/null; then
		v=$(limited chronyc -c tracking 2>&1)
		status
	fi
	if [ "$rc" -ne 0 ] && [ -d /run/systemd/system ] &&
		r=$(limited timedatectl show -p NTPSynchronized 2>/dev/null); then
		v=$r
		rc=0
	fi
	frame time "$rc" -
}

egress() {
	start net.egress || return 0
	have curl || return 0
	v=$(for x in $endpoints; do
		{
			r=$(curl -sS -m "$items_s" -o /dev/null -w '%{http_code}' \
				"https://$x/" 2>/dev/null)
			printf '%s %s %s\n' "$x" $? "$r"
		} &
	done
	wait)
	frame net.egress 0 -
}

# The same names by the resolver; one more that nobody may know (RFC 6761).
dns() {
	start net.dns || return 0
	have getent || return 0
	v=$(for x in $endpoints "gatehouse-$nonce.invalid"; do
		{
			r=$(limited getent ahosts "$x" 2>/dev/null)
			printf '%s %s %s\n' "$x" $? "${r%% *}"
		} &
	done
	wait)
	frame net.dns 0 -
}

# What the host can reach. Nothing leaves it unless names were given for that.
reach() {
	if [ -n "$endpoints" ]; then
		egress | beside dns
	else
		v='not asked for'
		frame net.dns 125 -
		frame net.egress 125 -
	fi
}

# Lines of configuration files: updates by themselves, logs that leave, USB storage.
settings() {
	start conf || return 0
	o='APT::Periodic::Unattended-Upgrade|apply_updates|qemu|libvirt|edk2|kernel'
	o="$o|^[[:blank:]]*(blacklist|install)[[:blank:]]+(usb.storage|uas)"
	o="$o|^[^#]*[[:blank:]]@@?[][:alnum:]]|om(fwd|relp)|^[[:blank:]]*URL="
	v=$(grep -s -E -e "$o" /etc/apt/apt.conf.d/* /etc/dnf/automatic.conf \
		/etc/dnf/plugins/versionlock.list /etc/dnf/versionlock.toml /etc/rsyslog.conf \
		/etc/rsyslog.d/*.conf /etc/systemd/journal-upload.conf \
		/etc/systemd/journal-upload.conf.d/*.conf /etc/modprobe.d/*.conf \
		/run/modprobe.d/*.conf /lib/modprobe.d/*.conf /dev/null)
	rc=$?
	[ "$rc" -gt 2 ] || rc=0
	frame conf "$rc" -
}

# Packages that no update may change.
held() {
	start holds || return 0
	if [ ! -r /var/lib/dpkg/status ]; then
		frame holds 2 -
		return 0
	fi
	v=$(grep -B 1 '^Status: hold ' /var/lib/dpkg/status)
	rc=$?
	[ "$rc" -ne 1 ] || rc=0
	frame holds "$rc" -
}

# Who is logged in; a host without utmp knows it by logind.
sessions() {
	start sessions || return 0
	have who || return 0
	v=$(limited who 2>/dev/null)
	status
	if [ -z "$v" ] && [ -d /run/systemd/system ] &&
		r=$(limited loginctl list-sessions --no-legend 2>/dev/null); then
		v=$r
		rc=0
	fi
	frame sessions "$rc" -
}

# Free space where images of guests lie, or will lie.
space() {
	start space || return 0
	for p in /var/lib/gatehouse /var/lib/libvirt/images /var/lib/libvirt /var /; do
		[ -d "$p" ] && break
	done
	v=$(limited df -P -k "$p" 2>&1)
	status
	frame space "$rc" -
}

systemd() {
	if [ ! -d /run/systemd/system ]; then
		for id in memlock units units.failed; do
			start "$id" || continue
			v='systemd does not run here'
			frame "$id" 1 -
		done
		return
	fi
	run memlock systemctl show -p Id,LoadState,LimitMEMLOCK libvirtd virtqemud
	units
	run units.failed systemctl --failed --no-legend --plain
}

clocks() {
	clock
	pccs
}

emulator() {
	qemu='qemu-system-x86_64'
	[ -x /usr/libexec/qemu-kvm ] && qemu=/usr/libexec/qemu-kvm
	run qemu $qemu --version
	run qemu.objects $qemu -object help
}

small_services() {
	nodes
	settings
	held
	sessions
	space
}

user_files() {
	small_files
	cpus
	kernel
	places
	mappings
	pci
	small_services
}

services() {
	reach
	systemd
	clocks
	emulator
}

# ---- with privilege ----------------------------------------------------------------------

# Every item of this half, each sent exactly once.
efi_ids='efi.secureboot efi.setupmode efi.pk efi.mor efi.kek efi.db efi.dbx efi.sbat efi.mok'
root_ids="dmi.root klog msr $efi_ids sshd users audit
audit.rules vfio.users libvirt.conf libvirt.domains libvirt.caps qgs qcnl registration
tpm.log tpm.quote kernel.image dimms snp.status
gputool ovmf nvme firewall pkg.verify ssh.keys sudo tracers nic.firmware"

# The kernel log, only what a judge looks for. "Linux version" is its first line: where it
# is missing the log has lost its beginning, and absence proves nothing.
klog() {
	start klog || return 0
	o='Linux version |virt/tdx|[Tt]dx|TDX|x86/m?k?tme|SEV|SNP|AMD-Vi|DMAR|[Mm]icrocode'
	o="$o|mce: |Machine [Cc]heck|Hardware Error|AER: |EDAC .*UE|vfio-pci.*reset|soft lockup"
	if [ -d /run/systemd/journal ]; then
		klog_by journalctl -kb -o cat --no-pager
	fi
	[ -n "$v" ] || klog_by dmesg
	frame klog "$rc" -
}

# Its lines that match, and how it ended: half a log would prove as little as none.
klog_by() {
	v=$({
		(limited "$@" 2>/dev/null)
		echo "ended $?"
	} | grep -E -m 4000 -e "$o|^ended [0-9]+\$")
	case $v in
	*'ended '[0-9] | *'ended '[0-9]*[0-9])
		(exit "${v##*ended }")
		status
		v=${v%ended *}
		;;
	*) rc=123 ;;
	esac
}

# msr_read "cpuN REGISTER"...: 8 bytes each; one that cannot be read is "NO MSR!!". Perl reads
# all in one program, and is a part of Debian; dd reads one.
msr_read() {
	perl -e '
		for (@ARGV) {
			my ($cpu, $at) = /^cpu(\d+) (0x\w+)$/;
			my $b = "";
			open(F, "<", "/dev/cpu/$cpu/msr") && sysseek(F, hex($at), 0) &&
				sysread(F, $b, 8);
			$all .= length($b) == 8 ? $b : "NO MSR!!";
		}
		print $all' -- "$@" 2>/dev/null && return
	for x; do
		p=${x%% *}
		dd if="/dev/cpu/${p#cpu}/msr" bs=8 count=1 iflag=skip_bytes \
			skip=$((${x#* })) 2>/dev/null || printf 'NO MSR!!'
	done
}

# Model specific registers of the first and the last CPU (section 2.2).
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
		m='0x3a 0x87 0xa0 0xce 0x13a 0x1f3 0x4e0 0x500 0x503 0x982 0xc80 0x1401'
	fi
	set --
	for p in $c; do
		for x in $m; do
			set -- "$@" "cpu$p $x"
		done
	done
	r=$(mine
	msr_read "$@" | od -An -v -tx8)
	for x in $r; do
		v="$v$1 $x
"
		shift
	done
	frame msr 0 -
}

# efi_read ID FILE...: "ID STATUS BASE64" a line.
efi_read() {
	while [ $# -gt 1 ]; do
		if [ -e "$2" ]; then
			printf '%s 0 ' "$1"
			base64 -w 0 "$2"
			echo
		else
			echo "$1 2 "
		fi
		shift 2
	done
}

# Variables of the firmware, under one limit.
efivars() {
	d=/sys/firmware/efi/efivars
	g=8be4df61-93ca-11d2-aa0d-00e098032b8c
	x=605dab50-e046-4300-abb6-3dd810dd8b23
	r=
	now_s
	[ "$up" -ge "$end_s" ] || r=$(mine
		efi_read efi.secureboot "$d/SecureBoot-$g" efi.setupmode "$d/SetupMode-$g" \
		efi.pk "$d/PK-$g" efi.kek "$d/KEK-$g" \
		efi.db "$d/db-d719b2cb-3d3a-4596-a3bc-dad00e67656f" \
		efi.dbx "$d/dbx-d719b2cb-3d3a-4596-a3bc-dad00e67656f" \
		efi.mor "$d/MemoryOverwriteRequestControl-e20939be-32d4-41be-a150-897f85d49829" \
		efi.sbat "$d/SbatLevelRT-$x" efi.mok "$d/MokListRT-$x" 2>/dev/null)
	IFS='
'
	set -f
	# one line a variable: splitting at newlines is wanted here
	# shellcheck disable=SC2086
	set -- $r
	set +f
	unset IFS
	for id in $efi_ids; do
		v=
		rc=124
		for l; do
			case $l in
			"$id "*)
				v=${l#"$id "}
				rc=${v%% *}
				v=${v#* }
				;;
			esac
		done
		[ -n "$v" ] || [ "$rc" -ne 0 ] || rc=1 # it is there and cannot be read
		frame "$id" "$rc" b
	done
}

# The boot's event log (spec/host-and-firmware.md, host.boot.pcr0_replay).
tpm_log() {
	start tpm.log || return 0
	p=/sys/kernel/security/tpm0/binary_bios_measurements
	if [ ! -e "$p" ]; then
		frame tpm.log 2 b
		return 0
	fi
	v=$(limited base64 -w 0 "$p" 2>/dev/null)
	status
	p=$cap
	cap=$cap_log
	frame tpm.log "$rc" b
	cap=$p
}

tpm_read() {
	echo public:
	tpm2_readpublic -Q -c "$ak" -o /dev/stdout | od -An -v -tx1
	l=sha256:0,1,2,3,4,5,6,7,8,9,14
	tpm2_quote -c "$ak" -l "$l" -q "$nonce" 2>/dev/null ||
		tpm2_quote --scheme rsapss -c "$ak" -l "$l" -q "$nonce"
	echo ek:
	for x in 0x01c00002 0x01c0000a; do
		tpm2_nvread "$x" 2>/dev/null && break
	done | od -An -v -tx1
}

# The attestation key's public area, a quote of the PCRs over this run's nonce, and the
# certificate of the endorsement key where the TPM holds one. Nothing is written: all three
# print.
tpm_quote() {
	start tpm.quote || return 0
	if [ ! -e /dev/tpmrm0 ] && [ ! -e /dev/tpm0 ]; then
		frame tpm.quote 2 -
		return 0
	fi
	if ! command -v tpm2_quote >/dev/null; then
		frame tpm.quote 127 -
		return 0
	fi
	v=$(mine
	tpm_read 2>&1)
	status
	case $v in
	*quoted:*) ;;
	*) [ "$rc" -ne 0 ] || rc=1 ;;
	esac
	frame tpm.quote "$rc" -
}

# Digests of what boots: the kernel that runs and its initial RAM disk.
kernel_image() {
	start kernel.image || return 0
	first /proc/sys/kernel/osrelease
	set --
	for p in "/boot/vmlinuz-$x" "/boot/initrd.img-$x" "/boot/initramfs-$x.img"; do
		[ -e "$p" ] && set -- "$@" "$p"
	done
	if [ $# = 0 ]; then
		frame kernel.image 2 -
		return 0
	fi
	run kernel.image sha256sum "$@"
}

# Memory modules: what is where. Handles, widths and timings stay behind.
dimms() {
	start dimms || return 0
	have dmidecode || return 0
	o='^Memory Device|^[[:blank:]](Size|Locator|Bank Locator|Type|Serial Number|Part Number):'
	r=$(limited dmidecode -q -t 17 2>&1)
	status
	[ "$rc" -ne 0 ] && v=$r || v=$(printf '%s\n' "$r" | grep -E -e "$o")
	frame dimms "$rc" -
}

# What the AMD secure processor says of SNP. Asked only where SNP is up: the kernel would
# start it for the question otherwise. Without snphost, python asks /dev/sev itself:
# SNP_PLATFORM_STATUS (9) and GET_ID2 (8), spec/snp.md section 5.1.
snp_status() {
	start snp.status || return 0
	first /sys/module/kvm_amd/parameters/sev_snp
	case $x in
	Y | 1) ;;
	*)
		frame snp.status 2 -
		return 0
		;;
	esac
	if command -v snphost >/dev/null; then
		v=$(mine
		{
			snphost show tcb && printf 'Identifier: ' && snphost show identifier &&
				{ snphost ok -o json 2>/dev/null || snphost ok; } |
				grep -A 1 'Alias check'
		} 2>&1)
	else
		v=$(limited python3 -c 'import ctypes, fcntl, struct
dev = open("/dev/sev", "rb", 0)
def ask(cmd, buf):
    fcntl.ioctl(dev, 0xC0105300, struct.pack("=IQI", cmd, ctypes.addressof(buf), 0))
status = ctypes.create_string_buffer(32)
ask(9, status)
print("status " + status.raw.hex())
chip = ctypes.create_string_buffer(64)
ask(8, ctypes.create_string_buffer(struct.pack("=QI", ctypes.addressof(chip), 64), 12))
print("Identifier: " + chip.raw.hex())' 2>&1)
	fi
	status
	frame snp.status "$rc" -
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

# Who holds a VFIO group: "PID NAME" each. in_use says it to those that may not disturb.
vfio_users() {
	in_use='the search for holders of VFIO groups did not end'
	start vfio.users || return 0
	set -- /dev/vfio/[0-9]* /dev/vfio/devices/vfio*
	[ -e "$1" ] || shift
	if [ ! -e "$1" ]; then
		in_use=
		frame vfio.users 0 -
		return 0
	fi
	have fuser || return 0
	r=$(limited fuser "$@" 2>/dev/null)
	status
	[ "$rc" -ne 1 ] || rc=0
	for p in $r; do
		first "/proc/$p/comm"
		v="$v$p $x
"
	done
	[ "$rc" -ne 0 ] || in_use=${v:+held by process ${v%%
*}}
	frame vfio.users "$rc" -
}

# Asking for vsock listeners would load vsock_diag where it is not loaded.
quoting() {
	start qgs || return 0
	[ -e /var/run/tdx-qgs/qgs.socket ] && v='socket /var/run/tdx-qgs/qgs.socket
'
	if [ -d /sys/module/vsock_diag ]; then
		r=$(limited ss -H -l --vsock 2>/dev/null) && v="$v$r"
	else
		v="${v}vsock unseen: vsock_diag is not loaded"
	fi
	frame qgs 0 -
}

registered() {
	start registration || return 0
	if [ -r /var/log/mpa_registration.log ]; then
		v=$(tail -n 40 /var/log/mpa_registration.log)
		frame registration $? -
	elif have mpa_manage; then
		v=$(limited mpa_manage -get_registration_status 2>&1)
		status
		frame registration "$rc" -
	fi
}

tdx_services() {
	quoting
	filter qcnl 'pccs_url|use_secure_cert|collateral_service' /etc/sgx_default_qcnl.conf
	registered
}

libvirt() {
	filter libvirt.conf '^[[:blank:]]*(user|security_driver|dynamic_ownership)[[:blank:]]*=' \
		/etc/libvirt/qemu.conf
	run libvirt.domains virsh -q -c qemu:///system list --state-running --name
	start libvirt.caps || return 0
	have virsh || return 0
	r=$(limited virsh -q -c qemu:///system domcapabilities --virttype kvm --machine q35 2>&1)
	status
	v=$r
	[ "$rc" -ne 0 ] || v=$(printf '%s\n' "$r" |
		sed -n '/<launchSecurity/,/<\/launchSecurity>/p;/<sev /p;/<tdx /p;/<\/domainCap/p')
	frame libvirt.caps "$rc" -
}

# Modes and knobs of GPUs and switches, by NVIDIA's gpu-admin-tools. It speaks to the devices
# themselves: never while somebody holds one. It gives up at the first query that a device
# does not know, so that the modes alone are asked for once more.
gpu_tool() {
	start gputool || return 0
	set -- "$gputool" nvidia_gpu_tools.py /opt/gpu-admin-tools/nvidia_gpu_tools.py \
		/opt/nvidia/gpu-admin-tools/nvidia_gpu_tools.py
	for p; do
		[ -n "$p" ] && command -v "$p" >/dev/null && break
		p=
	done
	if [ -z "$p" ]; then
		v='nvidia_gpu_tools.py: not found'
		frame gputool 127 -
		return 0
	fi
	if [ -n "$in_use" ]; then
		v=$in_use
		frame gputool 122 -
		return 0
	fi
	set -- "$p" --devices gpus,nvswitches --query-cc-mode --query-ppcie-mode
	v=$(items_s=$long_s
	limited "$@" --query-cc-settings --query-ppcie-settings --query-module-name 2>&1)
	status
	if [ "$rc" -ne 0 ] && [ "$rc" -ne 124 ]; then
		r=$(limited "$@" 2>&1) && rc=0
		v="$v
$r"
	fi
	frame gputool "$rc" -
}

# Digests of the firmware that guests can boot with: what packages install, and what
# domains name.
ovmf() {
	start ovmf || return 0
	set --
	d=/usr/share
	for p in $d/OVMF/*.fd $d/ovmf/*.fd $d/qemu/OVMF*.fd $d/edk2/ovmf/*.fd $d/edk2/x64/*.fd \
		/usr/local/share/OVMF/*.fd /usr/local/share/qemu/OVMF*.fd; do
		case $p in
		*VARS*) continue ;;
		esac
		[ -f "$p" ] && set -- "$@" "$p"
	done
	n=
	for p in /etc/libvirt/qemu/*.xml; do
		[ -e "$p" ] || continue
		r=$(grep -hso '<loader[^>]*>[^<]*' /etc/libvirt/qemu/*.xml)
		IFS='
'
		for x in $r; do
			x=${x##*>}
			n="${n}named $x
"
			[ -f "$x" ] && set -- "$@" "$x"
		done
		unset IFS
		break
	done
	rc=0
	if [ $# -gt 0 ]; then
		v=$(limited sha256sum "$@" 2>&1)
		status
	fi
	v="$v
$n"
	frame ovmf "$rc" -
}

nvme_read() {
	c=$1
	shift
	for p; do
		echo "$p"
		$c "$p" # a program and its options
	done
}

# What each NVMe drive says of its health, one line of JSON each; one limit for all.
nvme_health() {
	start nvme || return 0
	set --
	for p in /dev/nvme[0-9] /dev/nvme[0-9][0-9]; do
		[ -e "$p" ] && set -- "$@" "$p"
	done
	if [ $# -eq 0 ]; then
		frame nvme 0 -
		return 0
	fi
	if command -v nvme >/dev/null; then
		set -- 'nvme smart-log -o json' "$@"
	elif command -v smartctl >/dev/null; then
		set -- 'smartctl -j -H -A' "$@"
	else
		v='nvme, smartctl: not found'
		frame nvme 127 -
		return 0
	fi
	r=$(mine
	nvme_read "$@" 2>&1)
	status
	[ "$rc" -eq 124 ] || rc=0 # smartctl has bits in its status; the answer counts
	set -f
	for x in $r; do
		case $x in
		/dev/nvme[0-9] | /dev/nvme[0-9][0-9]) v="$v
$x" ;;
		*) v="$v $x" ;;
		esac
	done
	set +f
	frame nvme "$rc" -
}

# Chains that see what comes in. A tool is asked only where its part of the kernel is there
# already: asking would load it.
firewall() {
	start firewall || return 0
	rc=0
	first /proc/sys/kernel/osrelease
	if [ -d /sys/module/nf_tables ] ||
		grep -qs /nf_tables.ko "/lib/modules/$x/modules.builtin"; then
		have nft || return 0
		v=$(limited nft list ruleset 2>&1)
		status
		[ "$rc" -ne 0 ] || v=$(printf '%s\n' "$v" |
			sed -n '/^table/p;/hook input/,/^[[:blank:]]*}/p')
	fi
	if [ "$rc" -eq 0 ] && [ -d /sys/module/iptable_filter ]; then
		r=$(limited iptables -S INPUT 2>&1)
		v="$v
iptables
$r"
		[ -d /sys/module/ip6table_filter ] && r=$(limited ip6tables -S INPUT 2>&1) && v="$v
ip6tables
$r"
	fi
	[ -n "$v" ] || v=none
	frame firewall "$rc" -
}

# Packages whose files are part of what is trusted: "packages STATUS NAME...", and what
# differs.
packages() {
	start pkg.verify || return 0
	l='qemu-system-x86 qemu-kvm-core ovmf edk2-ovmf libvirt0 libvirt-daemon libvirt-libs'
	l="$l libvirt-daemon-driver-qemu tdx-qgs openssh-server"
	set --
	if [ -d /var/lib/dpkg/info ]; then
		c=dpkg
		for p in $l; do # dpkg keeps these digests of a package as long as it is installed
			for x in /var/lib/dpkg/info/"$p".md5sums /var/lib/dpkg/info/"$p":*.md5sums; do
				[ -e "$x" ] && set -- "$@" "$p" && break
			done
		done
	elif command -v rpm >/dev/null; then
		c=rpm
		# shellcheck disable=SC2086
		r=$(limited rpm -q --qf '%{NAME} installed\n' $l 2>/dev/null)
		IFS='
'
		for x in $r; do
			case $x in
			*' installed') set -- "$@" "${x%% *}" ;;
			esac
		done
		unset IFS
	else
		v='dpkg, rpm: not found'
		frame pkg.verify 127 -
		return 0
	fi
	rc=0
	if [ $# -gt 0 ]; then
		r=$(limited $c -V "$@" 2>&1)
		status
		v="packages $rc $*
$r"
		[ "$rc" -eq 124 ] || rc=0
	fi
	frame pkg.verify "$rc" -
}

# "USER:SHA256" of each file that lets somebody in, and how many there are.
ssh_keys() {
	start ssh.keys || return 0
	l=
	set --
	while IFS=: read -r u _ _ _ _ d _; do
		for p in "$d/.ssh/authorized_keys" "$d/.ssh/authorized_keys2"; do
			[ -f "$p" ] && [ -r "$p" ] && [ $# -lt 256 ] || continue
			set -- "$@" "$p"
			l="$l $u"
		done
	done </etc/passwd
	n=$#
	rc=0
	if [ "$n" -gt 0 ]; then
		r=$(limited sha256sum "$@" 2>/dev/null)
		status
		IFS='
'
		set -f
		# one line a file, in the order asked
		# shellcheck disable=SC2086
		set -- $r
		set +f
		unset IFS
		[ $# -eq "$n" ] || [ "$rc" -ne 0 ] || rc=1
		for u in $l; do
			x=${1#\\}
			v="$v$u:${x%% *}
"
			[ $# -eq 0 ] || shift
		done
	fi
	v="${v}files $n"
	frame ssh.keys "$rc" -
}

# Rules that ask for no password, and how many files were read; sudo takes no file whose
# name has a dot or ends in ~.
sudo_rules() {
	start sudo || return 0
	set --
	for p in /etc/sudoers /etc/sudoers.d/*; do
		case ${p##*/} in
		*.* | *~) continue ;;
		esac
		[ -r "$p" ] && set -- "$@" "$p"
	done
	[ $# -eq 0 ] || v=$(grep -s -E 'NOPASSWD|!authenticate' "$@" /dev/null)
	rc=$?
	[ "$rc" -ne 1 ] || rc=0
	v="$v
files $#"
	frame sudo "$rc" -
}

# What traces the kernel or a process; after "bpf:STATUS", what BPF is attached to.
tracers() {
	start tracers || return 0
	d=/sys/kernel/tracing
	[ -e $d/current_tracer ] || d=/sys/kernel/debug/tracing
	rc=0
	if [ -e $d/current_tracer ]; then
		v=$(grep -s '' $d/current_tracer $d/kprobe_events $d/uprobe_events \
			$d/enabled_functions /dev/null)
		rc=$?
		[ "$rc" -gt 2 ] || rc=0
	fi
	if command -v bpftool >/dev/null; then
		r=$(limited bpftool perf show 2>&1)
		v="$v
bpf:$?
$r"
	fi
	frame tracers "$rc" -
}

gpus() {
	vfio_users
	gpu_tool
}

root_files() {
	d=/sys/class/dmi/id
	files dmi.root $d/product_serial $d/product_uuid $d/board_serial $d/chassis_serial \
		/sys/kernel/security/ima/runtime_measurements_count
	msr
	efivars
	tpm_log
	users
	ssh_keys
	sudo_rules
	tracers
	firewall
	tdx_services
}

digests() {
	kernel_image
	ovmf
}

hardware() {
	snp_status
	dimms
	nic_firmware
	nvme_health
}

root_tools() {
	klog
	run sshd sshd -T
	run audit auditctl -s
	run audit.rules auditctl -l
	libvirt
}

# Firmware of every NIC whose driver can say it: running, and stored for the next reset.
nic_firmware() {
	run nic.firmware devlink dev info
}

programs() {
	tpm_quote
	digests
	hardware
	packages
	root_tools
}

# ---- both halves -------------------------------------------------------------------------

# finish COUNT: how many frames came before.
finish() {
	printf 'GH1 %s END 0 - %s\n' "$nonce" "$1"
}

# finish_root: the same, of this half.
finish_root() {
	# shellcheck disable=SC2086
	set -- $root_ids
	finish $(($# + count))
}

refused() { # every privileged item, with the reason
	for id in $root_ids; do
		v=$1
		frame "$id" 126 -
	done
	finish_root
}

elevate() {
	if [ -z "$probe_text" ]; then
		refused 'not root, and the probe was not started in a way that lets it use sudo'
		return
	fi
	set -- "end=$end_s" "ak=$ak" ${gputool:+"gputool=$gputool"}
	r=$(printf '%s\n' "$probe_text" |
		sudo -n sh -s "$nonce" root "$count" "$@" 2>/dev/null)
	if [ -n "$r" ]; then
		printf '%s\n' "$r"
	else
		refused 'needs root, and sudo -n was refused'
	fi
}

user_items() {
	services
	user_files
}

all_programs() {
	services
	programs
}

all_files() {
	user_files
	root_files
}

# What speaks to GPUs and what runs programs goes side by side with what reads files.
all_items() {
	v="uid $uid"
	frame self 0 -
	if start now; then
		v=$(date +%s.%N)
		frame now $? -
	fi
	# shellcheck disable=SC2086
	set -- $user_ids
	count=$#
	if [ "$uid" = 0 ]; then
		gpus | beside all_programs | beside all_files
		finish_root
	else
		elevate | beside user_items
	fi
}

main() {
	words "$@"
	setup
	if [ "$part" = all ]; then
		all_items
	else
		gpus | beside programs | beside root_files
		finish_root
	fi
}

watched main "$@" </dev/null 3>&1
