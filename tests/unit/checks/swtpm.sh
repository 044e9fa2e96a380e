#!/bin/sh
# swtpm.sh PROBE NONCE KIND SCHEME: starts a TPM in software, puts an attestation key of that
# kind and scheme at the probe's handle, and runs the probe's tpm_quote against it. Frames on
# stdout; everything else is gone when it ends.
probe=$1; nonce=$2; kind=$3; scheme=$4
dir=$(mktemp -d) || exit 1
pid=
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
mkdir "$dir/state"
swtpm_setup --tpm2 --tpm-state "$dir/state" --createek --overwrite >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
swtpm socket --tpm2 --tpmstate dir="$dir/state" --ctrl type=unixio,path="$dir/tpm.ctrl" \
	--server type=unixio,path="$dir/tpm" --seccomp action=none \
	--flags not-need-init,startup-clear >"$dir/log" 2>&1 &
pid=$!
i=0
while [ ! -S "$dir/tpm" ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done
TPM2TOOLS_TCTI=swtpm:path=$dir/tpm; export TPM2TOOLS_TCTI
{
	tpm2_createak -C 0x81010001 -c "$dir/ak" -G "$kind" -g sha256 -s "$scheme" &&
		tpm2_flushcontext -t && tpm2_evictcontrol -c "$dir/ak" 0x81010002
} >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
# the socket stands for the device, and only this item is asked for
sed -e "s|/dev/tpmrm0|$dir/tpm|" -e 's/^	setup$/	setup; tpm_quote; finish 1; return/' "$probe" >"$dir/probe"
sh "$dir/probe" "$nonce"
