#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# gatehouse-verify from outside: command lines, exit codes, both outputs.
V=${BUILD:-build}/gatehouse-verify
DIR=${GH_VECTORS:-../shared/vectors}
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
n=0; bad=0

ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { n=$((n + 1)); bad=$((bad + 1)); echo "not ok $n - $1"; sed 's/^/# /' "$T/out" "$T/err" | tail -n 8; }
exits() { # code text command...
	want=$1; text=$2; shift 2
	"$@" >"$T/out" 2>"$T/err"; got=$?
	if [ $got = "$want" ]; then ok "$text: exit $want"; else not_ok "$text: exit $got, not $want"; fi
}
says() { # text pattern
	if grep -q -- "$2" "$T/out" "$T/err"; then ok "$1"; else not_ok "$1"; fi
}

exits 0 'help' "$V" --help
says 'help names the exit codes' '^Exit: 0 pass'
exits 0 'version' "$V" --version
exits 4 'no command' "$V"
exits 4 'unknown command' "$V" frobnicate
exits 4 'no file' "$V" evidence
exits 4 'two files' "$V" evidence a b
exits 4 'unknown option' "$V" evidence a --frobnicate
exits 4 'option of the other command' "$V" evidence a --audience x
exits 4 'a value is missing' "$V" evidence a --at
exits 4 'a time that is none' "$V" evidence a --at yesterday
exits 4 'a nonce that is none' "$V" evidence a --nonce xyz
exits 4 'a short nonce for a bundle' "$V" bundle a --nonce 00
exits 4 'an unknown type' "$V" evidence a --type cheese
exits 5 'a file that is not there' "$V" evidence "$T/absent"
exits 5 'a folder that is not there' "$V" bundle "$T/absent"
exits 4 'a trust file that is not there' "$V" bundle "$T" --trust "$T/absent"

echo nothing >"$T/junk"
exits 1 'junk is no evidence' "$V" evidence "$T/junk"
says 'and the last line says so' '^VERDICT: FAIL '
[ "$(tail -n 1 "$T/out" | cut -c1-8)" = 'VERDICT:' ] && ok 'verdict is the last line' || not_ok 'verdict is the last line'
exits 4 'junk is no key' "$V" bundle "$T" --trust "$T/junk"
mkdir "$T/empty"
exits 2 'an empty folder is no bundle' "$V" bundle "$T/empty"
says 'and the envelope is named' 'bundle.envelope'
exits 5 'junk is no archive' "$V" bundle "$T/junk"

if [ ! -e "$DIR/reports/MANIFEST.json" ]; then
	n=$((n + 1)); echo "ok $n - real vectors # SKIP no $DIR: set GH_VECTORS"
	echo "1..$n"; [ $bad = 0 ]; exit
fi

S=$DIR/nvidia/vaultgenome-core
E=$S/gpu-evidence.json
D=$S/rim-NV_GPU_DRIVER_GH100_595.71.05.json
B=$S/rim-NV_GPU_VBIOS_1010_0210_886_96009F0004.json
AT=2026-11-24T00:00:00Z
N=$(printf '%064d' 1)
exits 0 'real GPU evidence with its RIMs' "$V" evidence "$E" --with "$D" --with "$B" --at $AT
says 'passes' '^VERDICT: PASS '
exits 1 'without its RIMs' "$V" evidence "$E" --at $AT
exits 3 'for another nonce' "$V" evidence "$E" --with "$D" --with "$B" --at $AT --nonce "$N"
exits 0 'as JSON' "$V" evidence "$E" --with "$D" --with "$B" --at $AT --json
for q in '.verdict == "PASS"' '.at == "2026-11-24T00:00:00Z"' '.lab == false' \
    '.subjects[0].claims.driver | startswith("595")' '.subjects[0].claims.nonce | length == 64' \
    '[.findings[] | has("step","subject","verdict","severity","code","expected","observed","why","remedy","assurance","source","parent")] | all' ; do
	if jq -e "$q" "$T/out" >/dev/null 2>&1; then ok "JSON: $q"; else not_ok "JSON: $q"; fi
done
jq '.findings | length' "$T/out" >"$T/n1"
# One character deep inside the base64 of the report: other bytes, same length.
jq '.evidence_list[0].evidence |= (.[0:400] + (if .[400:401] == "A" then "B" else "A" end) + .[401:])' \
    "$E" >"$T/flipped.json"
exits 2 'a report with one bit changed' "$V" evidence "$T/flipped.json" --with "$D" --with "$B" --at $AT
says 'names the signature' 'gpu.spdm.signature'
head -c 3000 "$E" >"$T/cut.json"
exits 1 'a file cut short' "$V" evidence "$T/cut.json" --at $AT

# ---- every kind of collateral, in every wrapping, through both doors ---------------------
G=${BUILD:-build}/gatehouse
X=$DIR/tdx/real
Q=$X/gce-cos113-v4.quote.bin
C=$X/collateral
W="--with $C/automata-solana.tcb_info_v3_with_tdx_module.tcb_info.json
 --with $C/intel.tcb_signing_chain.2032.pem --with $C/automata-solana.qe_identity.json
 --with $C/automata-solana.pck_platform_crl.pck_crl.der
 --with $C/dcap-qvl.tdx_quote_collateral.root_crl.der --at 2025-07-22T09:13:34Z"
exits 0 'a real quote with its collateral' "$V" evidence "$Q" $W
says 'says what nobody asked' '^VERDICT: PASS .*not checked: nonce'
exits 1 'without it' "$V" evidence "$Q" --at 2025-07-22T09:13:34Z
# One JSON object with all of it, the documents byte for byte.
{ printf '{"tcb_info":'; cat "$C/automata-solana.tcb_info_v3_with_tdx_module.tcb_info.json"
  printf ',"qe_identity":'; cat "$C/automata-solana.qe_identity.json"
  printf ',"tcb_chain":'; jq -Rs . "$C/intel.tcb_signing_chain.2032.pem"
  printf ',"pck_crl":"%s"' "$(od -An -v -tx1 "$C/automata-solana.pck_platform_crl.pck_crl.der" | tr -d ' \n')"
  printf ',"root_crl":"%s"}' "$(base64 -w0 "$C/dcap-qvl.tdx_quote_collateral.root_crl.der")"
} >"$T/all.json"
exits 0 'all of it as one JSON object' "$V" evidence "$Q" --with "$T/all.json" --at 2025-07-22T09:13:34Z --json
jq 'del(.findings[].source)' "$T/out" >"$T/want"
od -An -v -tx1 "$Q" >"$T/quote"; wrap() {
	exits 0 "the quote as $1" "$V" evidence "$T/quote" --with "$T/all.json" --at 2025-07-22T09:13:34Z --json
	jq 'del(.findings[].source)' "$T/out" | sed 's/"quote"/"gce-cos113-v4.quote.bin"/' >"$T/got"
	if cmp -s "$T/want" "$T/got"; then ok "$1 tells the same story"; else not_ok "$1 tells the same story"; fi
}
wrap hex
base64 "$Q" >"$T/quote"; wrap base64
base64 -w0 "$Q" | tr '+/' '-_' | tr -d = >"$T/quote"; wrap base64url
printf '{"quote":"%s"}' "$(base64 -w0 "$Q")" >"$T/quote"; wrap JSON
exits 1 'a file that is nothing, given along' "$V" evidence "$Q" $W --with "$T/junk"
says 'is named' 'evidence.with'
exits 1 'an event log alone' "$V" evidence "$DIR/tdx/eventlog/real/gce-cos113.ccel.bin" --type ccel
exits 4 'a policy that is none' "$V" evidence "$Q" --policy "$T/junk"
exits 0 'show: a quote' "$V" show "$Q"
says 'names its fields' 'REPORTDATA\|MRTD'
exits 0 'show: as JSON' "$V" show "$Q" --json
if jq -e '.pieces[0].fields | length > 0' "$T/out" >/dev/null 2>&1; then ok 'show: JSON has fields'; else not_ok 'show: JSON has fields'; fi
exits 1 'show: junk' "$V" show "$T/junk"
says 'says what was tried' 'base64'
exits 4 'show takes no nonce' "$V" show "$Q" --nonce 00
if [ -x "$G" ]; then
	for what in "$Q $W" "$E --with $D --with $B --at $AT" "$DIR/snp/azure/evidence-v1.json --at 2025-06-01T00:00:00Z" \
	    "$DIR/nvidia/teep/tinfoil_20260629_nras_response.json --with $DIR/nvidia/teep/jwks_20260629.json --at 2026-06-29T02:10:00Z" \
	    "$DIR/tdx/eventlog/real/gce-cos113.ccel.bin --at $AT" "$T/junk --at $AT"; do
		"$V" evidence $what --json >"$T/v" 2>/dev/null; v=$?
		"$G" evidence verify $what --json >"$T/out" 2>"$T/err"; g=$?
		name=${what%% *}; name=${name##*/}
		if [ $v = $g ] && cmp -s "$T/v" "$T/out"; then ok "both doors say the same of $name: exit $v"
		else not_ok "both doors say the same of $name: exits $v and $g"; fi
	done
	"$V" show "$Q" --json >"$T/v"; "$G" evidence show "$Q" --json >"$T/out" 2>"$T/err"
	if cmp -s "$T/v" "$T/out"; then ok 'both doors show the same'; else not_ok 'both doors show the same'; fi
	exits 4 'gatehouse: an unknown option' "$G" evidence verify "$Q" --frobnicate
	exits 4 'gatehouse: an unknown word' "$G" evidence frobnicate
	L=$DIR/tdx/eventlog/real
	exits 0 'gatehouse: diff of two boots' "$G" evidence diff "$L/lunal-live2.ccel.bin" "$L/lunal-live-other-boot.ccel.bin"
	says 'diff says which register parts' 'RTMR2'
	exits 1 'gatehouse: diff with junk' "$G" evidence diff "$L/lunal-live2.ccel.bin" "$T/junk"
	exits 4 'gatehouse: diff of one' "$G" evidence diff "$T/junk"
	exits 1 'gatehouse: show of junk' "$G" evidence show "$T/junk"
fi

# The sample report of the vectors as a folder: its evidence is a stand-in, so the digest
# holds and the index is none.
R=$DIR/reports/own
mkdir -p "$T/b/evidence"
cp "$R/report.dsse.json" "$T/b/"; cp "$R/report.payload.json" "$T/b/report.json"
cp "$R/report.payload.json.sig" "$T/b/report.json.sig"; cp "$R/report.key.pem" "$T/b/signer.pem"
cp "$R/evidence.bin" "$T/b/evidence/index.json"
exits 2 'the sample report has no index' "$V" bundle "$T/b" --trust "$R/report.key.pem" --at 2026-09-07T12:30:00Z --json
for q in '[.findings[] | select(.verdict == "FAIL") | .code] == ["bundle.evidence.index"]' \
    '[.findings[] | select(.step == "bundle.detached") | .verdict] == ["PASS"]' \
    '[.findings[] | select(.step == "bundle.signer") | .verdict] == ["PASS"]' \
    '.subjects[0].claims.report_id == "01J6Z8K3M4N5P6Q7R8S9T0VWXY"' ; do
	if jq -e "$q" "$T/out" >/dev/null 2>&1; then ok "bundle: $q"; else not_ok "bundle: $q"; fi
done
exits 2 'and without a trusted key' "$V" bundle "$T/b" --at 2026-09-07T12:30:00Z
says 'nobody told whose key' 'nobody told me whose key'
(cd "$T" && tar --format=ustar -cf b.ghb b)
exits 2 'the same as an archive' "$V" bundle "$T/b.ghb" --trust "$R/report.key.pem" --at 2026-09-07T12:30:00Z
says 'reads the same' 'bundle.evidence.index'

echo "1..$n"
[ $bad = 0 ]
