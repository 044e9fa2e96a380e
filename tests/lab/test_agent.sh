#!/bin/sh
# The agent against no library, a misbehaving one and the lab's GPUs; the evidence is then
# judged by openssl. TAP on stdout. Run from the top of the tree with BUILD set.
BUILD=${BUILD:-build}
agent=$BUILD/gatehouse-agent
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
nonce=00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef
count=0

check() { # text, then a command: ok when it succeeds
	text=$1; shift; count=$((count + 1))
	if "$@" >"$work/said" 2>&1; then echo "ok $count - $text"
	else
		echo "not ok $count - $text"; sed 's/^/# /' "$work/said"
		sed 's/^/# out: /' "$work/out" 2>/dev/null | cut -c1-300
		sed 's/^/# err: /' "$work/err" 2>/dev/null; fi
}
skip() { count=$((count + 1)); echo "ok $count - $1 # SKIP $2"; }
run() { # agent with its library folder first; sets rc
	lib=$1; shift
	LD_LIBRARY_PATH=$lib timeout 60 "$agent" "$@" >"$work/out" 2>"$work/err"; rc=$?
}
collect() { lib=$1; shift; run "$lib" collect --nonce $nonce "$@"; }
is() { [ "$1" = "$2" ] || { echo "got '$1', expected '$2'"; false; }; }
has() { jq -e "$1" "$work/out" >/dev/null || { echo "not true: $1"; false; }; }
hex() { od -An -v -tx1 "$@" | tr -d ' \n'; }
errs() { grep -q -- "$1" "$work/err" || { echo "stderr does not say: $1"; false; }; }

# ---- usage -----------------------------------------------------------------------------
bad_usage() { run "$work" "$@"; is $rc 4 && is "$(wc -c <"$work/out")" 0 && errs usage:; }
check "no command is a usage error" bad_usage
check "an unknown command is a usage error" bad_usage gather
check "a missing nonce is a usage error" bad_usage collect
check "a short nonce is a usage error" bad_usage collect --nonce 0011
check "a long nonce is a usage error" bad_usage collect --nonce ${nonce}00
check "a nonce that is not hex is a usage error" bad_usage collect --nonce "x${nonce#0}"
check "two nonces are a usage error" bad_usage collect --nonce $nonce --nonce $nonce
check "an option without its value is a usage error" bad_usage collect --nonce
check "an unknown option is a usage error" bad_usage collect --nonce $nonce --fast 1
check "a GPU index of 64 is a usage error" bad_usage collect --nonce $nonce --gpu 64
check "a negative GPU index is a usage error" bad_usage collect --nonce $nonce --gpu -1
check "the same GPU twice is a usage error" bad_usage collect --nonce $nonce --gpu 1 --gpu 1
check "a timeout of 0 is a usage error" bad_usage collect --nonce $nonce --timeout 0
check "an unknown format is a usage error" bad_usage collect --nonce $nonce --format xml
version() { run "$work" --version; is $rc 0 && grep -q '^gatehouse-agent .' "$work/out"; }
check "--version answers" version

# ---- no library ------------------------------------------------------------------------
absent() {
	collect "$work"
	is $rc 5 && has '.format == "gatehouse-evidence/1" and .devices == []' &&
	    has '.errors | length == 1' && has '.errors[0].text | test("libnvidia-ml")' &&
	    has '.driver_version == null and .cc.feature == null' && errs 'install the NVIDIA'
}
absent_list() { collect "$work" --format nvattest; is $rc 5 && has '. == []'; }
if ldconfig -p 2>/dev/null | grep -q 'libnvidia-ml\.so\.1'; then
	skip "without NVML: exit 5 and JSON that says so" "this machine has an NVIDIA driver"
	skip "without NVML: an empty nvattest list" "this machine has an NVIDIA driver"
else
	check "without NVML: exit 5 and JSON that says so" absent
	check "without NVML: an empty nvattest list" absent_list
fi

# ---- a library that misbehaves ---------------------------------------------------------
stub() { # folder, then flags
	dir=$work/$1; shift; mkdir -p "$dir"
	${CC:-gcc} -shared -fPIC -Isrc "$@" -o "$dir/libnvidia-ml.so.1" tests/lab/stub_nvml.c
}
check "the stub libraries build" eval 'stub stub && stub bare -DWITHOUT_REPORT'
stubbed() { # mode, then options
	STUB_NVML=$1; export STUB_NVML; shift; collect "$work/stub" "$@"; unset STUB_NVML
}
good0='.devices[0].error == null and (.devices[0].evidence | length > 0)'
plain() {
	stubbed ok
	is $rc 0 && has '.devices | length == 2' && has "$good0" &&
	    has '.devices[1].arch == "BLACKWELL" and .devices[1].pdi == null' &&
	    is "$(jq -r '.devices[1].evidence' "$work/out" | base64 -d | hex)" $nonce &&
	    is "$(jq -r '.devices[1].certificate' "$work/out" | base64 -d | wc -c)" 4
}
check "optional functions may be absent; sizes are taken exactly" plain
chosen() { stubbed ok --gpu 1; is $rc 0 && has '[.devices[].index] == [1]'; }
check "--gpu takes only that GPU" chosen
beyond() { stubbed ok --gpu 0 --gpu 7; is $rc 1 && has "$good0" && has '.devices[1].error | test("no such GPU")'; }
check "a GPU that is not there is that GPU's error" beyond
nogpu() { stubbed none; is $rc 0 && has '.devices == []'; }
check "a driver without a GPU gives an empty list" nogpu
full() { stubbed full; is $rc 0 && is "$(jq -r '.devices[1].evidence' "$work/out" | base64 -d | wc -c)" 8192; }
check "a report of the full 8192 bytes is taken" full
fails_on_1() { # mode, text
	stubbed "$1" --timeout 1
	is $rc 1 && has "$good0" && has ".devices[1].error | test(\"$2\")" && errs 'GPU 1:'
}
check "a report of 8193 bytes is refused" fails_on_1 big-report 'a report of 8193 bytes'
check "a report of 4294967295 bytes is refused" fails_on_1 huge-report 'a report of 4294967295'
check "an empty report is refused" fails_on_1 empty-report 'a report of 0 bytes'
check "a chain of 5121 bytes is refused" fails_on_1 big-chain 'a chain of 5121 bytes'
check "a report that NVML refuses is that GPU's error" fails_on_1 fail-report 'AttestationReport.*NVML 3'
check "a lost GPU is that GPU's error" fails_on_1 fail-handle 'HandleByIndex.*NVML 15'
check "a GPU too old to attest is that GPU's error" fails_on_1 old 'generation 7'
hang_report() {
	start=$(date +%s); fails_on_1 hang-report 'AttestationReport did not answer' || return 1
	took=$(($(date +%s) - start)); [ $took -le 4 ] || { echo "took $took s"; false; }
}
check "a hanging report call is an error within its deadline" hang_report
check "a hanging certificate call is an error within its deadline" fails_on_1 hang-chain 'Certificate did not answer'
list_1() { stubbed hang-report --timeout 1 --format nvattest; is $rc 1 && has 'length == 1 and .[0].version == "1.0"'; }
check "the nvattest list leaves the failed GPU out" list_1
hang_init() {
	stubbed hang-init --timeout 1
	is $rc 5 && has '.errors[0].stage == "nvmlInit_v2" and (.errors[0].text | test("did not answer"))'
}
check "a hanging nvmlInit ends in exit 5" hang_init
fail_init() { stubbed fail-init; is $rc 5 && has '.errors[0].text | test("nvmlInit_v2.*NVML 9")'; }
check "a failing nvmlInit ends in exit 5" fail_init
hang_end() { stubbed hang-shutdown --timeout 1; is $rc 0 && has '.devices | length == 2'; }
check "a hanging nvmlShutdown does not spoil the evidence" hang_end
slow() { stubbed slow --timeout 1; is $rc 0; }
check "a slow driver that keeps moving is not given up" slow
hostile() {
	stubbed hostile
	is $rc 0 && has '.devices[1].uuid | test("^[ -~]+$")' && is "$(tr -d '\n -~' <"$work/out" | wc -c)" 0
}
check "escapes from the driver do not pass" hostile
no_state() { stubbed no-state; is $rc 0 && has '.cc.feature == null and .errors == []'; }
check "a driver that cannot tell its mode is no error" no_state
cc_off() { stubbed cc-off; has '.cc.feature == "off" and (.errors[0].text | test("confidential computing is off"))' && errs 'computing is off'; }
check "GPUs outside CC mode: said before a verifier has to" cc_off
devtools() { stubbed devtools; has '.cc.devtools == "on" and (.errors[0].text | test("devtools"))' && errs devtools; }
check "devtools mode: said before a verifier has to" devtools
bare() { collect "$work/bare"; is $rc 5 && has '.errors[0].text | test("has no nvmlDeviceGetConfComputeGpuAttestationReport")'; }
check "a driver without attestation ends in exit 5" bare
full_disk() { STUB_NVML=ok LD_LIBRARY_PATH=$work/stub "$agent" collect --nonce $nonce >/dev/full 2>"$work/err"; is $? 5; }
check "output that cannot be written is an error" full_disk

# ---- the lab's GPUs --------------------------------------------------------------------
san=
nm "$BUILD/lib/base.a" 2>/dev/null | grep -q __asan && san=-fsanitize=address,undefined
maker() {
	# shellcheck disable=SC2046,SC2086
	${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -Isrc $san $LDFLAGS -o "$work/make_gpus" tests/lab/make_gpus.c \
	    -Wl,--start-group "$BUILD/lib/lab.a" "$BUILD/lib/crypto.a" "$BUILD/lib/base.a" -Wl,--end-group \
	    $(pkg-config --cflags --libs libxml-2.0 libcrypto jansson libmicrohttpd) -pthread &&
	    "$work/make_gpus" "$work/lab"
}
check "the lab's GPUs are made" maker
GH_LAB_GPU_DIR=$work/lab/gpu/h; export GH_LAB_GPU_DIR
lab() { collect "$BUILD/lab" "$@"; }
eight() {
	lab
	is $rc 0 && has '.devices | length == 8' && has '[.devices[].error] | all(. == null)' &&
	    has '[.devices[].pdi] | unique | length == 8' && has '[.devices[].uuid] | unique | length == 8' &&
	    has '.cc.environment == "production" and .cc.feature == "on" and .cc.devtools == "off"'
}
check "eight GPUs are collected" eight

report() { jq -r ".devices[$1].evidence" "$work/out" | base64 -d >"$work/report"; }
chain() { jq -r ".devices[$1].certificate" "$work/out" | base64 -d >"$work/chain"; }
signed() { # GPU: the last 96 bytes are r||s over the rest, by the leaf's key
	report "$1"; chain "$1"
	size=$(wc -c <"$work/report")
	head -c $((size - 96)) "$work/report" >"$work/tbs"
	tail -c 96 "$work/report" | hex >"$work/rs"
	printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' \
	    "$(cut -c1-96 "$work/rs")" "$(cut -c97-192 "$work/rs")" >"$work/der.cnf"
	openssl asn1parse -genconf "$work/der.cnf" -noout -out "$work/sig" &&
	    openssl x509 -in "$work/chain" -noout -pubkey >"$work/pub" &&
	    openssl dgst -sha384 -verify "$work/pub" -signature "$work/sig" "$work/tbs"
}
trusted() { # GPU, root: strict path validation
	chain "$1"
	openssl verify -x509_strict -check_ss_sig -CAfile "$2" -untrusted "$work/chain" "$work/chain"
}
root=$work/lab/lab-ca/device-root.pem
check "openssl verifies the report's signature" signed 0
check "openssl verifies the chain, strictly" trusted 0 "$root"
answers() { is "$(hex -j 4 -N 32 "$work/report")" $nonce; }
check "the report answers our nonce" answers
shape() { is "$(wc -c <"$work/report")" 4129 && is "$(hex -N 4 "$work/report")" 11e001ff && is "$(hex -j 37 -N 8 "$work/report")" 1160000040c00d00; }
check "the report has the size and headers of a Hopper" shape
pdi() { is "$(openssl crl2pkcs7 -nocrl -certfile "$work/chain" | openssl pkcs7 -print_certs -noout | sed -n 's/.*subject=serialNumber = 41\([0-9A-F]*\),.*/\1/p' | tr A-F a-f)" "$(jq -r '.devices[0].pdi' "$work/out")"; }
check "NVML's PDI is that of the BROM certificate" pdi
fresh() { cp "$work/report" "$work/before"; lab; report 0; ! cmp -s "$work/report" "$work/before"; }
check "no two reports are equal" fresh
for id in NV_GPU_DRIVER_GH100_595.71.05 NV_GPU_VBIOS_G520_0200_885_9600D90001; do
	check "xmlsec1 verifies $id" xmlsec1 --verify --enabled-key-data x509 \
	    --trusted-pem "$work/lab/lab-ca/rim-root.pem" "$work/lab/rims/$id.xml"
done
tampered() {
	sed 's/Hash0="[1-9a-f]/Hash0="0/' "$work/lab/rims/NV_GPU_DRIVER_GH100_595.71.05.xml" >"$work/bad.xml"
	[ -s "$work/bad.xml" ] && ! cmp "$work/bad.xml" "$work/lab/rims/NV_GPU_DRIVER_GH100_595.71.05.xml" &&
	    ! xmlsec1 --verify --enabled-key-data x509 --trusted-pem "$work/lab/lab-ca/rim-root.pem" "$work/bad.xml"
}
check "xmlsec1 refuses an edited RIM" tampered

# ---- faults act on the next report -----------------------------------------------------
fault() { "$work/make_gpus" "$work/lab" "$1" "$2" && lab; }
wrong_nonce() { fault 3 gpu-wrong-nonce && signed 3 && ! answers; }
check "gpu-wrong-nonce: well signed, for another nonce" wrong_nonce
bad_signature() { fault 3 gpu-bad-signature && ! signed 3 && answers; }
check "gpu-bad-signature: ours, but not signed" bad_signature
foreign() { fault 3 gpu-foreign-root && signed 3 && ! trusted 3 "$root"; }
check "gpu-foreign-root: well signed, under another root" foreign
swapped() { fault 3 gpu-swapped && signed 3 && trusted 3 "$root" && has '.devices[3].certificate == .devices[2].certificate'; }
check "gpu-swapped: the evidence of the GPU before it" swapped
block2() { hex -j $((45 + 2 * 55 + 7)) -N 48 "$work/report"; }
old_vbios() { fault 3 gpu-old-vbios && signed 2 && good=$(block2) && signed 3 && [ "$(block2)" != "$good" ]; }
check "gpu-old-vbios: measures differently at index 2" old_vbios
healed() { fault 3 heal && signed 3 && trusted 3 "$root" && answers && is "$(block2)" "$good"; }
check "a healed GPU is whole again" healed
unknown() { ! "$work/make_gpus" "$work/lab" 3 gpu-on-fire 2>"$work/err" && errs 'no GPU fault'; }
check "an unknown fault is refused" unknown
gone() { mv "$GH_LAB_GPU_DIR/5/chain.pem" "$work/away"; lab; mv "$work/away" "$GH_LAB_GPU_DIR/5/chain.pem"; is $rc 1 && has '[.devices[] | select(.error)] | length == 1'; }
check "a GPU without its files fails alone" gone
# ---- the client's verifier reads it ----------------------------------------------------
verify() { # options; judges what the agent just said
	"$BUILD/gatehouse-verify" evidence "$work/out" --type gpu --trust "$work/lab/trust.json" --nonce $nonce \
	    --with "$work/lab/rims/NV_GPU_DRIVER_GH100_595.71.05.xml" \
	    --with "$work/lab/rims/NV_GPU_VBIOS_G520_0200_885_9600D90001.xml" "$@" >"$work/verdict" 2>&1
	got=$?; cat "$work/verdict"
}
judged() { lab; verify --lab; is $got 0 && grep -q '^VERDICT: PASS' "$work/verdict"; }
refused() { verify; [ $got != 0 ] && ! grep -q '^VERDICT: PASS' "$work/verdict"; }
twin() { fault 3 gpu-swapped; verify --lab; heal3; [ $got != 0 ] && ! grep -q '^VERDICT: PASS' "$work/verdict"; }
heal3() { "$work/make_gpus" "$work/lab" 3 heal; }
if [ -x "$BUILD/gatehouse-verify" ]; then
	check "gatehouse-verify --lab passes the agent's output" judged
	check "gatehouse-verify refuses it without --lab" refused
	check "gatehouse-verify refuses a swapped GPU" twin
else
	skip "gatehouse-verify passes the agent's output" "$BUILD/gatehouse-verify is not built"
fi
echo "1..$count"
