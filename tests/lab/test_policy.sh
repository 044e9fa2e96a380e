# SPDX-License-Identifier: Apache-2.0
# Facts and policies with the real program: shipped policies on the lab's healthy hosts, a
# policy drafted from one host and tried on another, refusals with their place, exit codes.
. tests/lab/setup.sh

# ---- files alone ----------------------------------------------------------------------------
for p in h100-tdx-production snp-poc; do
	run 0 "the tests inside $p pass" "$GH" policy test $p
	run 0 "nothing is weak about $p" "$GH" policy lint $p
	run 0 "$p is told in words" "$GH" policy explain $p
	"$GH" policy explain $p --json >"$W/json" 2>/dev/null
	is "$p: as many rules as jq counts in the file" \
	    "$(jq '.rules | length' "$W/json")" "$(jq '.rules | length' inventory/policies/$p.json)"
	is "$p: its digest is that of the file" \
	    "$(jq -r .sha256 "$W/json")" "$(sha256sum <inventory/policies/$p.json | cut -d' ' -f1)"
	"$GH" policy test $p --json >"$W/json" 2>/dev/null
	is "$p: every test inside was run" \
	    "$(jq .passed "$W/json")" "$(jq '.tests | length' inventory/policies/$p.json)"
done
jq '.rules |= map(if .id == "gpu.count" then .value = 7 else . end) | .revision = 2' \
    inventory/policies/h100-tdx-production.json >"$W/other.json"
run 1 "a test inside that comes out otherwise" "$GH" policy test "$W/other.json"
has "is named" "FAILED"
has "with what was expected" "gpu.count: pass, expected fail (7)"
run 0 "two policies side by side" "$GH" policy diff h100-tdx-production "$W/other.json"
has "the rule that changed" "~ rule     gpu.count"
has "what it was" "was block: gpu.count must be 8"
has "what it is" "is  block: gpu.count must be 7"
"$GH" policy diff h100-tdx-production "$W/other.json" --json >"$W/json" 2>/dev/null
is "and nothing else" "$(jq '.changes | length' "$W/json")" 1
run 0 "a policy and itself" "$GH" policy diff snp-poc snp-poc
has "are the same" "the same"
printf '{"v": 1, "id": "mine", "revision": 1, "extends": "h100-tdx-production",\n "rules": [\n  {"id": "x", "fact": "gpu.cuont", "op": "eq", "value": 8}]}' >"$W/bad.json"
run 4 "a policy with a misspelt fact" "$GH" policy test "$W/bad.json"
has "is refused with its place" "bad.json:3:23: unknown fact \"gpu.cuont\""
run 4 "a policy that is not there" "$GH" policy explain no-such-policy
has "names those that are" "h100-tdx-production"
printf '{"v": 1, "id": "e", "revision": 1}' >"$W/empty.json"
run 1 "an empty policy is weak" "$GH" policy lint "$W/empty.json"
has "by name" "no rule for secure boot"
run 4 "policy without words" "$GH" policy
run 4 "policy with a wrong one" "$GH" policy frobnicate x
run 4 "facts of a host of no fleet" "$GH" facts gpu-a

# ---- on hosts -------------------------------------------------------------------------------
need_lab "policies on hosts"
lab_up
run 4 "a policy on a host that was never read" "$GH" policy explain snp-poc gpu-d
has "says how to read it" "gatehouse validate gpu-d"
"$GH" validate gpu-a gpu-b gpu-d >"$W/out" 2>&1
for h in gpu-a gpu-b; do
	run 0 "$h meets the production policy" "$GH" policy explain h100-tdx-production $h
done
run 0 "gpu-d meets the policy for SEV-SNP" "$GH" policy explain snp-poc gpu-d
run 1 "a policy for TDX is not for gpu-d" "$GH" policy explain h100-tdx-production gpu-d
has "and says so" "the fleet file says tee snp"
run 1 "gpu-a has not seven GPUs" "$GH" policy explain "$W/other.json" gpu-a
has "the finding has the rule's code" "policy.gpu.count.failed"

# The TPM of a lab host has its key at 0x81010002 and nowhere else.
printf '{"v": 1, "id": "ak", "revision": 1, "checks": {"host.boot.tpm_quote": {"params": {"ak_handle": "%s"}}}}' \
    0x81010003 >"$W/ak.json"
sed "/name: gpu-a\$/,/policy:/s|policy:.*|policy: $W/ak.json|" "$W/lab/fleet.yaml" >"$W/lab/ak.yaml"
quote() { "$GH" --fleet "$1" validate --json gpu-a 2>"$W/out" |
	jq -r '.findings[] | select(.step == "host.boot.tpm_quote") | "\(.verdict) \(.code)"'; }
is "the quote is asked for by the catalogue's handle" "$(quote "$W/lab/fleet.yaml")" \
    "PASS "
is "and by another one that the policy in the fleet file names" "$(quote "$W/lab/ak.yaml")" \
    "UNKNOWN host.boot.tpm_quote.no_ak"

# What is only recorded may be wanted otherwise.
printf '%s' '{"v": 1, "id": "wants", "revision": 1, "checks": {
    "host.cpu.smt": {"severity": "blocker", "params": {"want": ["off"]}},
    "host.virt.nested": {"params": {"want": ["on", "off"]}},
    "host.users.sessions": {"params": {"most": 0}}}}' >"$W/wants.json"
sed "/name: gpu-a\$/,/policy:/s|policy:.*|policy: $W/wants.json|" "$W/lab/fleet.yaml" >"$W/lab/wants.yaml"
"$GH" --fleet "$W/lab/wants.yaml" validate --json gpu-a >"$W/json" 2>"$W/out"
judged() { jqf ".findings[] | select(.step == \"$1\") | \"\(.verdict) \(.code) \(.expected)\""; }
is "SMT that must be off and is on" "$(judged host.cpu.smt)" \
    "FAIL host.cpu.smt.unwanted off; the catalogue says warn, the policy wants says blocker"
is "one of two words" "$(judged host.virt.nested)" "PASS  on or off"
is "a session where none may be" "$(judged host.users.sessions)" \
    "WARN host.users.sessions.out_of_bounds at most 0"

"$GH" facts gpu-a --json >"$W/json" 2>"$W/out"
is "more than 80 facts" "$(jq '(.facts | length) > 80' "$W/json")" true
is "SSH and BMC agree on the serial number" \
    "$(jq '.facts[] | select(.name == "id.serial") | .agree and .ssh == .bmc' "$W/json")" true
is "GPUs are counted by both" \
    "$(jq -c '.facts[] | select(.name == "gpu.count") | [.ssh, .bmc]' "$W/json")" "[8,8]"
is "sets are sorted without doubles" \
    "$(jq '[.facts[] | .ssh, .bmc | select(type == "array") | . == unique] | all' "$W/json")" true
is "every fact has an age" "$(jq '[.facts[].age_s | type == "number"] | all' "$W/json")" true
run 0 "facts in words" "$GH" facts gpu-a
has "side by side" "cpu.microcode"
run 0 "one fact in full" "$GH" facts gpu-a kernel.cmdline
run 4 "a fact that nobody says" "$GH" facts gpu-a snp.firmware

"$GH" policy from-host gpu-a >"$W/golden.json" 2>"$W/out"
is "a policy from gpu-a is JSON" "$(jq -r .id "$W/golden.json")" gpu-a-golden
run 0 "its own test passes" "$GH" policy test "$W/golden.json"
run 0 "gpu-a meets it" "$GH" policy explain "$W/golden.json" gpu-a
run 0 "and so does gpu-b" "$GH" policy explain "$W/golden.json" gpu-b
is "no serial number is in it" "$(jq '[.rules[].fact | select(endswith("serial"))] | length' "$W/golden.json")" 0
"$GH" lab break gpu-a secureboot-off >"$W/out" 2>&1
"$GH" validate gpu-a >"$W/out" 2>&1
run 1 "gpu-a without Secure Boot does not" "$GH" policy explain "$W/golden.json" gpu-a
has "by that rule" "policy.secureboot.enabled.failed"
echo "1..$n"
