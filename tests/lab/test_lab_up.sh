#!/bin/sh
# The lab as a person meets it: up, look inside by the system's own ssh, break, heal, crash,
# repair, down; and that nothing stays. TAP on stdout; from the top of the tree, BUILD set.
. tests/lab/setup.sh
dir=$GATEHOUSE_LAB

need_lab "the lab"

pid_of() { cut -d' ' -f1 "$dir/hosts/$1/launcher.pid" 2>/dev/null; }
runs() { # a process that is there and no zombie
	s=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null); [ -n "$s" ] && [ "$s" != Z ]; }
addr() { case $1 in gpu-a) echo 127.0.0.11 ;; gpu-b) echo 127.0.0.12 ;;
	gpu-c) echo 127.0.0.13 ;; *) echo 127.0.0.14 ;; esac; }
on() { # [USER@]HOST COMMAND: by the pinned key only
	who=${1%@*}; h=${1#*@}; [ "$who" = "$h" ] && who=root; shift
	port=$(cat "$dir/port")
	printf '[%s]:%s %s\n' "$(addr "$h")" "$port" \
	    "$(sed -n "/name: $h\$/,/host_key/s/.*host_key: \"\(.*\)\"/\1/p" "$dir/fleet.yaml")" \
	    >"$W/known"
	timeout "${LIMIT:-20}" ssh -F none -o UserKnownHostsFile="$W/known" \
	    -o StrictHostKeyChecking=yes -o BatchMode=yes -i "$dir/id_ed25519" -p "$port" \
	    "$who@$(addr "$h")" "$@"
}
says() { # HOST COMMAND TEXT
	got=$(on "$1" "$2"); [ "$got" = "$3" ] || { echo "got: $got"; echo "not: $3"; false; }; }

# ---- up --------------------------------------------------------------------------------
check "down without a lab is fine" lab down
mkdir -p "$dir"; echo mine >"$dir/diary"
check "a folder of somebody else is refused" not lab up --healthy
check "and left alone" grep -q mine "$dir/diary"
check "down does not touch it either" sh -c '! "$0" lab down; test -e "$1"' "$BUILD/gatehouse" "$dir/diary"
rm -r "$dir"
start=$(date +%s%N)
check "up" lab up --healthy
took=$((($(date +%s%N) - start) / 1000000))
echo "# up took $took ms"
check "up takes less than a minute" [ "$took" -lt 60000 ]
check "status says that all four answer" lab status
lab status >"$W/status"
check "status names each of them" [ "$(grep -c '^gpu-[abcd] ' "$W/status")" = 4 ]
check "the client key is for its owner only" [ "$(stat -c %a "$dir/id_ed25519")" = 600 ]

# ---- inside ----------------------------------------------------------------------------
for h in gpu-a gpu-b gpu-c gpu-d; do
	check "$h has its own name" says "$h" hostname "$h"
done
check "gpu-a is a TDX machine" says gpu-a 'cat /sys/class/dmi/id/product_name' SYS-821GE-TNHR
check "gpu-d is an SNP machine" says gpu-d 'cat /sys/class/dmi/id/product_name' 'AS -8125GS-TNHR'
differs() { [ "$(on gpu-a "cat $1")" != "$(cat "$1" 2>/dev/null)" ]; }
check "its product is not this machine's" differs /sys/class/dmi/id/product_name
check "its kernel is not this machine's" differs /proc/sys/kernel/osrelease
check "its command line is not this machine's" differs /proc/cmdline
check "serials differ from host to host" \
    not says gpu-b 'cat /sys/class/dmi/id/product_serial' "$(on gpu-a 'cat /sys/class/dmi/id/product_serial')"
gpus='n=0; for d in /sys/bus/pci/devices/*; do
	read -r v <$d/vendor; read -r p <$d/device; [ $v = 0x10de ] && [ $p = 0x2330 ] || continue
	case $(readlink $d/driver) in */vfio-pci) n=$((n + 1)) ;; esac; done; echo $n'
check "eight H100 are bound to vfio-pci" says gpu-c "$gpus" 8
check "a GPU is alone in its group" says gpu-c \
    'ls /sys/bus/pci/devices/0000:18:00.0/iommu_group/devices' 0000:18:00.0
check "an Intel register reads as it should" says gpu-a \
    'dd if=/dev/cpu/0/msr bs=8 count=1 iflag=skip_bytes skip=$((0x1401)) 2>/dev/null | od -An -tx8' \
    ' 0000003ff8000c00'
for r in '0xc0010132 0000000097900000' '0xc0010133 00000000a7efffff' '0xc0010010 0000000003f40000'; do
	check "AMD register ${r% *} reads as it should" says gpu-d \
	    "dd if=/dev/cpu/0/msr bs=8 count=1 iflag=skip_bytes skip=\$((${r% *})) 2>/dev/null | od -An -tx8" \
	    " ${r#* }"
done
check "only its own listener is seen" says gpu-a 'grep -c " 0A " /proc/net/tcp' 1
check "its mounts are a server's" on gpu-a 'grep -q "^/dev/mapper/root_crypt / ext4" /proc/mounts'
check "process 1 is its own" [ "$(on gpu-a 'ls -d /proc/[0-9]* | wc -l')" -lt 12 ]
check "nothing of it can be written" not on gpu-a 'touch /sys/x || touch /etc/x || touch /usr/x'
check "it has no module, mount or raw-I/O power" not on gpu-a 'mount -t tmpfs x /tmp || mknod /tmp/x b 8 0'
check "no block device and no kvm of this machine" says gpu-a 'find /dev -type b -o -name mem -o -name "sd*" -o -name "vd*" | wc -l' 0
check "the GPUs' evidence is there" on gpu-b 'test -s /lab/gpu/7/chain.pem'
check "no program searches beside the system's libraries" says gpu-a 'echo "[$LD_LIBRARY_PATH]"' '[]'
if [ -x "$BUILD/gatehouse-agent" ]; then
	check "the agent answers through the shim of NVML" on gpu-a \
	    'gatehouse-agent collect --nonce 00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef | grep -q HOPPER'
fi
check "the user probe gets in without root" says probe@gpu-a 'id -u' 1000
check "and has no sudo" not on probe@gpu-a 'sudo -n true'
check "and reads no serial" not on probe@gpu-a 'cat /sys/class/dmi/id/product_serial'
ssh-keygen -q -t ed25519 -N '' -f "$W/other"
check "another key gets in nowhere" not ssh -F none -o UserKnownHostsFile="$W/known" \
    -o BatchMode=yes -i "$W/other" -p "$(cat "$dir/port")" root@127.0.0.11 true
if [ -r src/checks/probe.sh ]; then
	nonce=0123456789abcdef0123456789abcdef
	probe() { on "$1" "sh -s $nonce" <src/checks/probe.sh >"$W/probe"; }
	check "the probe runs to its end on gpu-a" probe gpu-a
	check "and every frame is there" grep -q "^GH1 $nonce END 0 - $(($(grep -a -c "^GH1 $nonce" "$W/probe") - 1))" "$W/probe"
fi

# ---- once more -------------------------------------------------------------------------
before=$(pid_of gpu-a)
check "a second up is fine" lab up --healthy
check "and leaves what runs alone" [ "$(pid_of gpu-a)" = "$before" ]

# ---- faults ----------------------------------------------------------------------------
ucode='cat /sys/devices/system/cpu/cpu3/microcode/version'
check "break old-microcode" lab break gpu-a old-microcode
check "is seen at once" says gpu-a "$ucode" 0x21000200
check "break secureboot-off besides" lab break gpu-a secureboot-off
sb='od -An -tu1 -j4 /sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c'
check "is seen at once" says gpu-a "$sb" '   0'
check "status names both" sh -c '"$0" lab status | grep gpu-a | grep old-microcode | grep -q secureboot-off' "$BUILD/gatehouse"
check "heal" lab heal gpu-a
check "heals the one" says gpu-a "$ucode" 0x210002c0
check "and the other" says gpu-a "$sb" '   1'
check "tdx-off" lab break gpu-b tdx-off
check "takes the CPU flag" says gpu-b 'grep -c tdx_host_platform /proc/cpuinfo' 0
check "heal gpu-b" lab heal gpu-b
check "gives it back" says gpu-b 'grep -c -m1 tdx_host_platform /proc/cpuinfo' 1
check "snp-off does not fit a TDX machine" not lab break gpu-b snp-off
check "a GPU's fault wants a GPU" not lab break gpu-c gpu-old-vbios
check "a GPU's fault" lab break gpu-c:5 gpu-old-vbios
check "changes what the host sees" not on gpu-c 'cmp -s /lab/gpu/5/report.json /lab/gpu/5/report.json.ok'
check "heal gpu-c" lab heal gpu-c
check "host-hung" lab break gpu-d host-hung
LIMIT=1
check "says nothing for a second" not on gpu-d true
LIMIT=20
check "status says that it does not answer" not lab status
check "heal gpu-d" lab heal gpu-d
check "goes on" says gpu-d 'echo here' here
check "host-gone" lab break gpu-d host-gone
check "refuses the connection" not on gpu-d true
check "up does not undo a fault" lab up --healthy
check "it is still gone" not on gpu-d true
check "heal brings it back" lab heal gpu-d
check "as it was" says gpu-d hostname gpu-d
check "wrong-host-key" lab break gpu-b wrong-host-key
check "is refused by the pin" not on gpu-b true
check "heal" lab heal gpu-b
check "is accepted again" says gpu-b 'echo here' here
check "output-flood" lab break gpu-b output-flood
check "comes before any answer" [ "$(on gpu-b 'echo x' | wc -c)" -gt 5000000 ]
check "heal" lab heal gpu-b
check "an unknown fault is refused" not lab break gpu-a no-such-fault
check "an unknown host is refused" not lab break gpu-z old-microcode

# ---- crash -----------------------------------------------------------------------------
victim=$(pid_of gpu-b); inner=$(cut -d' ' -f1 "$dir/hosts/gpu-b/init.pid")
kill -9 "$victim"
i=0; while runs "$inner" && [ $i -lt 100 ]; do sleep 0.02; i=$((i + 1)); done
check "a killed launcher takes its host with it" not runs "$inner"
check "status says so" not lab status
check "up repairs it" lab up --healthy
check "gpu-b answers again" says gpu-b hostname gpu-b
check "the others were left alone" [ "$(pid_of gpu-a)" = "$before" ]
sleep 30 & stranger=$!
echo "$stranger 1" >"$dir/hosts/gpu-a/init.pid"
echo "$stranger 1" >"$dir/hosts/gpu-a/launcher.pid.old"
keep=$(cat "$dir/hosts/gpu-a/launcher.pid")
echo "$stranger 1" >"$dir/hosts/gpu-a/launcher.pid"
kill -9 "${keep%% *}"
check "up with a record that names a stranger" lab up --healthy
check "does the stranger no harm" runs $stranger
kill $stranger

# ---- down ------------------------------------------------------------------------------
pids=$(for h in gpu-a gpu-b gpu-c gpu-d; do pid_of $h; cut -d' ' -f1 "$dir/hosts/$h/init.pid"; done)
hexport=$(printf '%04X' "$(cat "$dir/port")")
start=$(date +%s%N)
check "down" lab down
echo "# down took $((($(date +%s%N) - start) / 1000000)) ms"
none_runs() { for p in $pids; do runs "$p" && { echo "$p runs"; return 1; }; done; true; }
check "leaves no process" none_runs
check "no mount" not grep -q "$dir" /proc/mounts
check "no folder" [ ! -e "$dir" ]
check "no listener" not grep -q -E " 0[BCDE]00007F:$hexport [0-9A-F:]+ 0A " /proc/net/tcp
check "a second down is fine" lab down
check "status without a lab says down" not lab status

# ---- two at once -----------------------------------------------------------------------
second() { GATEHOUSE_LAB=$W/second lab "$@"; }
own_ports() { for p in port bmc-port kds-port; do [ "$(cat "$dir/$p")" -ne "$(cat "$W/second/$p")" ] || return 1; done; }
second up --healthy >"$W/second.log" 2>&1 & up=$!
check "two labs that come up at once: the one" lab up --healthy
check "and the other" wait $up
check "on ports of their own" own_ports
check "the one answers" lab status
check "the other answers" second status
check "the other goes down" second down
check "the one goes down" lab down
echo "1..$n"
