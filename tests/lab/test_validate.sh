# SPDX-License-Identifier: Apache-2.0
# The main job on the lab with the real program: four hosts, 32 GPUs, one signed report; each
# lab fault read for what it is; each bad input met with a clear message and its exit code.
. tests/lab/setup.sh
end() {
	[ -n "${mounted:-}" ] && umount "$W/full" 2>/dev/null
	finish
}
trap end EXIT

need_lab validate
lab_up

# ---- the healthy fleet --------------------------------------------------------------------
"$GH" validate --json >"$W/json" 2>"$W/out"
is "a healthy fleet passes" $? 0
is "the verdict is PASS" "$(jqf .verdict)" PASS
is "it says LAB" "$(jqf .lab)" true
is "four hosts" "$(jqf '[.subjects[] | select(.kind == "host")] | length')" 4
is "32 GPUs" "$(jqf '[.subjects[] | select(.kind == "gpu")] | length')" 32
is "32 identities" "$(jqf '[.subjects[] | select(.kind == "gpu") | .claims.pdi] | unique | length')" 32
is "no subject and step twice" \
    "$(jqf '[.findings[] | .subject + " " + .step] | length - (unique | length)')" 0
is "at least 40 host checks judged" \
    "$(jqf '([.findings[] | select(.subject == "gpu-a" and (.step | startswith("host.")))] | length) >= 40')" true
is "every group that SSH can answer" "$(jqf '[.findings[] | .parent | select(test("^G[0-9]+"))] | unique | length >= 15')" true
is "each failed finding would have a code" \
    "$(jqf '[.findings[] | select(.verdict != "PASS" and .verdict != "SKIP" and .code == "")] | length')" 0
is "GPU facts are signed by the hardware" \
    "$(jqf '[.findings[] | select(.step == "gpu.spdm.signature") | .assurance] | unique | join(",")')" A3
is "host facts are said by the host" \
    "$(jqf '[.findings[] | select(.step == "host.kernel.version") | .assurance] | unique | join(",")')" A0
# stable ids that operators and clients rely on
for step in host.reach host.probe host.tdx.msr_tme host.boot.secureboot gpu.chain.root \
    gpu.chain.brom gpu.spdm.signature gpu.spdm.nonce gpu.fwid gpu.driver.measurements \
    gpu.vbios.measurements gpu.distinct; do
	is "step $step" "$(jqf "[.findings[] | select(.step == \"$step\")] | length > 0")" true
done

# ---- one report, checked by others ----------------------------------------------------------
run 0 "a report is made" "$GH" report make gpu-a --for client:acme
run 0 "and exported" "$GH" report export gpu-a "$W/bundle"
(cd "$W/bundle" && openssl dgst -sha256 -verify signer.pem -signature report.json.sig report.json) >"$W/out" 2>&1
is "openssl verifies it" $? 0
"$GH" report key >"$W/key.pem"
run 0 "gatehouse-verify passes it" "$BUILD/gatehouse-verify" bundle "$W/bundle" --trust "$W/key.pem" --lab --audience client:acme
run 2 "not without --lab" "$BUILD/gatehouse-verify" bundle "$W/bundle" --trust "$W/key.pem" --audience client:acme
run 3 "not for another client" "$BUILD/gatehouse-verify" bundle "$W/bundle" --trust "$W/key.pem" --lab --audience client:orion
run 4 "not over an old export" "$GH" report export gpu-a "$W/bundle"
blob=$(find "$W/bundle/evidence" -type f ! -name index.json | sort | head -n 1)
printf x >>"$blob"
run 2 "not with changed evidence" "$BUILD/gatehouse-verify" bundle "$W/bundle" --trust "$W/key.pem" --lab --audience client:acme

# ---- faults: what is broken is what is said --------------------------------------------------
fault() { # HOST[:GPU] FAULT SUBJECT STEP VERDICT CODE
	"$GH" lab break "$1" "$2" >"$W/out" 2>&1
	"$GH" --json validate "${1%%:*}" >"$W/json" 2>"$W/out"
	is "$2 is not a pass" $? 1
	is "$2 shows at $4" "$(jqf ".findings[] | select(.subject == \"$3\" and .step == \"$4\") | .verdict + \" \" + .code")" "$5 $6"
	is "$2 leaves the others alone" "$(jqf "[.findings[] | select(.verdict == \"FAIL\") | .subject | split(\":\")[0]] | unique - [\"${1%%:*}\"] | length")" 0
	"$GH" lab heal "${1%%:*}" >"$W/out" 2>&1
}
fault gpu-c:5 gpu-old-vbios gpu-c:5 gpu.vbios.measurements FAIL gpu.measurement.mismatch
fault gpu-b:0 gpu-foreign-root gpu-b:0 gpu.chain.root FAIL gpu.root.foreign
fault gpu-b:1 gpu-wrong-nonce gpu-b:1 gpu.spdm.nonce FAIL gpu.nonce.mismatch
fault gpu-b:3 gpu-swapped gpu-b:3 gpu.distinct FAIL gpu.twin
fault gpu-d:7 gpu-bad-signature gpu-d:7 gpu.spdm.signature FAIL gpu.signature
"$GH" lab break gpu-a tdx-off; "$GH" validate --json gpu-a >"$W/json" 2>"$W/out"
is "tdx-off is not a pass" $? 1
is "tdx-off fails the TDX checks" "$(jqf '[.findings[] | select(.verdict == "FAIL" and (.step | startswith("host.tdx")))] | length > 2')" true
"$GH" lab heal gpu-a
"$GH" lab break gpu-a hostile-output; "$GH" --plain validate gpu-a >"$W/out" 2>&1
is "hostile output is not a pass" $? 1
is "no control byte reaches the screen" "$(tr -d '\n' <"$W/out" | LC_ALL=C grep -c '[[:cntrl:]]')" 0
"$GH" lab heal gpu-a
"$GH" lab break gpu-b host-gone
start=$(date +%s%N); "$GH" validate --json >"$W/json" 2>"$W/out"; rc=$?
is "a host that is gone is not a pass" $rc 1
is "it is UNKNOWN, not FAIL" "$(jqf '.findings[] | select(.subject == "gpu-b" and .step == "host.reach") | .verdict')" UNKNOWN
is "the other three pass all the same" "$(jqf '[.subjects[] | select(.kind == "host" and .verdict == "PASS")] | length')" 3
"$GH" lab heal gpu-b
"$GH" lab break gpu-d wrong-host-key; "$GH" validate --json gpu-d >"$W/json" 2>"$W/out"
is "a wrong host key is not a pass" $? 1
is "and is named" "$(jqf '.findings[] | select(.step == "host.reach") | .code')" host.reach.auth
has_key=$(jqf '.findings[] | select(.step == "host.reach") | .observed')
case $has_key in *SHA256:*) ok "both fingerprints are shown" ;; *) not_ok "fingerprints: $has_key" ;; esac
"$GH" lab heal gpu-d
run 0 "healed, all is well again" "$GH" validate
"$GH" lab break gpu-a host-slow
before=$("$GH" history --json gpu-a | jq '[.runs[] | select(.kind == "validate")] | length')
"$GH" validate gpu-a >"$W/out" 2>&1 & pid=$!
sleep 1; kill -INT $pid; wait $pid
is "an interrupted validation is not a pass" $? 1
has "says that it was cancelled" host.reach.cancelled
is "and is not kept as a fact" \
    "$("$GH" history --json gpu-a | jq '[.runs[] | select(.kind == "validate")] | length')" "$before"
"$GH" lab heal gpu-a

# ---- history ---------------------------------------------------------------------------------
"$GH" history --json gpu-d >"$W/json"
a=$(jqf '[.runs[] | select(.kind == "validate")][0].run'); b=$(jqf '[.runs[] | select(.kind == "validate")][1].run')
run 0 "two runs compared" "$GH" diff "$b" "$a"
has "the diff names the step" host.reach
run 0 "a run in full" "$GH" show "$a"
sqlite3 "$W/state/lab.db" "PRAGMA integrity_check; SELECT count(*) > 100 FROM finding" >"$W/out" 2>&1
is "sqlite3 reads the store" "$(tr '\n' ' ' <"$W/out")" "ok 1 "

# ---- without root on the host ------------------------------------------------------------------
sed 's/user: root/user: probe/' "$W/lab/fleet.yaml" >"$W/lab/probe.yaml"
"$GH" --fleet "$W/lab/probe.yaml" validate --json gpu-a >"$W/json" 2>"$W/out"
is "without sudo it is not a pass" $? 1
is "what needs root is UNKNOWN and says so" "$(jqf '[.findings[] | select(.verdict == "UNKNOWN" and (.why | test("root|sudo")))] | length > 5')" true
is "what does not need root still passes" "$(jqf '[.findings[] | select(.subject == "gpu-a" and .verdict == "PASS")] | length > 30')" true

# ---- bad input: a clear message each, nothing lost, the right exit code --------------------------
printf 'fleet: x\nhosts:\n  - name: a\n    adress: 127.0.0.1\n' >"$W/bad.yaml"
run 4 "an unknown inventory key" "$GH" --fleet "$W/bad.yaml" validate
has "is named with line and column" "bad.yaml:4:5"
run 4 "an unknown host" "$GH" validate gpu-z
has "is named" gpu-z
run 4 "an unknown command" "$GH" frobnicate
run 4 "an absent fleet file" "$GH" --fleet "$W/none.yaml" fleet
mkdir "$W/full" && mount -t tmpfs -o ro none "$W/full" && mounted=1
run 5 "a state folder that cannot be written" "$GH" --state "$W/full/state" fleet
has "is explained" "--state DIR"
umount "$W/full" && mounted=
"$GH" facts gpu-a >"$W/out" 2>&1; has "facts name the machine" SYS-821GE-TNHR
mount -t tmpfs -o size=1m,mode=700 none "$W/full" && mounted=1
run 5 "a full disk" "$GH" --state "$W/full" validate
has "says that the disk is full" "full"
umount "$W/full" && mounted=
head -c 700 /dev/urandom >"$W/junk"
run 1 "junk is no evidence" "$BUILD/gatehouse-verify" evidence "$W/junk"
ssh -F none -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR \
    -i "$W/lab/id_ed25519" -p "$(cat "$W/lab/port")" root@127.0.0.11 \
    "gatehouse-agent collect --nonce $(printf '%064d' 7)" >"$W/ev.json" 2>"$W/out"
run 0 "the agent's answer verifies by itself" "$BUILD/gatehouse-verify" evidence "$W/ev.json" \
    --lab --trust "$W/lab/trust.json" --nonce "$(printf '%064d' 7)" $(printf -- '--with %s ' "$W"/lab/rims/*)
run 3 "but not for another nonce" "$BUILD/gatehouse-verify" evidence "$W/ev.json" \
    --lab --trust "$W/lab/trust.json" --nonce "$(printf '%064d' 8)" $(printf -- '--with %s ' "$W"/lab/rims/*)
run 2 "and not without --lab" "$BUILD/gatehouse-verify" evidence "$W/ev.json" \
    --trust "$W/lab/trust.json" $(printf -- '--with %s ' "$W"/lab/rims/*)
jq -r '.devices[0].evidence' "$W/ev.json" | base64 -d | head -c 2000 >"$W/cut.bin"
run 1 "truncated evidence" "$BUILD/gatehouse-verify" evidence "$W/cut.bin" --type gpu
has "says where it ends" "offset"
run 4 "an unknown type" "$GH" evidence verify "$W/junk" --type cake
run 0 "doctor finds this machine ready" "$GH" doctor
run 0 "without --state a lab keeps its history with itself" env -u GATEHOUSE_STATE "$GH" history
is "beside its fleet file" "$(ls "$W/lab/state" | head -n 1)" lab.db
run 0 "the lab goes down" "$GH" lab down
is "and leaves no folder" "$(ls -d "$W/lab" 2>/dev/null)" ""
echo "1..$n"
