#!/bin/sh
# seeds.sh TARGET DIR: fills DIR with the inputs that a fuzz target starts from: the ones kept
# in tests/fuzz/corpus/TARGET, and links to the real evidence beside the project, where that is.
target=$1; dir=$2
v=${GH_VECTORS:-../shared/vectors}
mkdir -p "$dir"

give() { # link every file that exists; the name says where it came from
	for f in "$@"; do
		[ -f "$f" ] && ln -sf "$(readlink -f "$f")" "$dir/$(echo "$f" | tr '/ ' '__')"
	done
}

give tests/fuzz/corpus/"$target"/*
case $target in
fuzz_snp) give "$v"/snp/real/*.bin "$v"/snp/synthetic/report-*.bin "$v"/snp/parse-only/* ;;
fuzz_snp_table) give "$v"/snp/synthetic/*table*.bin ;;
fuzz_hcl) give "$v"/snp/azure/* ;;
fuzz_tdx) give "$v"/tdx/real/*.quote.bin "$v"/tdx/synthetic/pool/*.quote.bin ;;
fuzz_tdx_collateral) give "$v"/tdx/real/collateral/*.json "$v"/tdx/synthetic/pool/*.json ;;
fuzz_ccel | fuzz_tpm_log) give "$v"/tdx/eventlog/*/*.bin ;;
fuzz_runtime_log) give "$v"/tdx/real/*.json ;;
fuzz_firmware) give "$v"/tdx/mrtd/*.fd "$v"/snp/measure/*.bin ;;
fuzz_spdm) give "$v"/nvidia/vaultgenome-core/*.bin "$v"/nvidia/go-nvattest-tools/*report.dat ;;
fuzz_chain) give "$v"/nvidia/*/*[cC]ert*.txt "$v"/nvidia/*/*.pem "$v"/tdx/real/*/*.pem ;;
fuzz_erot) f=$v/host/redfish-dgx-h100-viking.json # a real chain, then what its key did not sign
	[ -f "$f" ] && command -v jq >/dev/null && for t in tests/fuzz/corpus/fuzz_erot/*; do
		{ jq -r '[.[] | .CertificateString? // empty][0]' "$f"; printf '\0'; cat "$t"; } \
			>"$dir/chain-$(basename "$t")"; done ;;
fuzz_rim) give "$v"/nvidia/*/*.xml "$v"/nvidia/*/*.swidtag "$v"/nvidia/vaultgenome-core/rim-* ;;
fuzz_ocsp) for f in "$v"/nvidia/go-nvattest-tools/*ocsp*.dat; do
		[ -f "$f" ] && base64 -d "$f" >"$dir/$(basename "$f")" 2>/dev/null; done ;;
fuzz_eat) give "$v"/nvidia/teep/*response.json "$v"/nvidia/attestation-sdk/*eat*.json ;;
fuzz_jwks) give "$v"/nvidia/teep/jwks*.json "$v"/reports/jws/*.json ;;
fuzz_jwt) give "$v"/reports/ear/*.json "$v"/reports/own/ear.json ;;
fuzz_fw_inventory) give "$v"/host/redfish-fwinv-*.json "$v"/host/nvfwupd-*.json ;;
fuzz_version) f=$v/host/version-compare-cases.json
	[ -f "$f" ] && command -v jq >/dev/null && jq -r '.cases[] | "\(.a)\t\(.b)"' "$f" |
		while IFS='	' read -r a b; do
			n=$((n + 1)); printf '%s\n%s' "$a" "$b" >"$dir/case-$n"; done ;;
fuzz_host_policy) give inventory/policies/*.json ;;
fuzz_facts) give "$v"/host/redfish-*.json ;;
fuzz_redfish) give "$v"/host/redfish-*.json ;;
fuzz_bundle) give "$v"/reports/own/*.json ;;
fuzz_load | fuzz_show) give "$v"/nvidia/*/* "$v"/snp/azure/* "$v"/snp/chains/* "$v"/tdx/real/* \
	"$v"/tdx/real/collateral/* ;;
esac
exit 0
