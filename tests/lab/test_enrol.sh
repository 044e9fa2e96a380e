# SPDX-License-Identifier: Apache-2.0
# Enrolment on the lab with the real program: a new lab is enrolled; another machine under the
# same name is found; only --accept replaces, and that is kept for ever; pins of the store serve
# a fleet file that has none.
. tests/lab/setup.sh

# says HOST STEP: verdict and code of the last JSON
says() { jqf ".findings[] | select(.subject == \"$1\" and .step == \"$2\") | (.verdict + \" \" + .code)"; }
# json command...: its output for says and jqf
json() { "$@" >"$W/json" 2>"$W/out"; }

need_lab enrol
lab_up
has "and says that its hosts are enrolled" "its hosts are enrolled"

# ---- a new lab is enrolled ------------------------------------------------------------------
json "$GH" enrol --show gpu-a --json
is "gpu-a is enrolled" "$(jqf .enrolled)" true
is "once" "$(jqf '.history | length')" 1
is "for a reason" "$(jqf '.history[0].reason')" "lab up"
is "by somebody" "$(jqf '.history[0].by != ""')" true
is "with eight GPUs" "$(jqf '.facts["id.gpu_serials"] | length')" 8
for fact in id.serial id.uuid id.board_serial id.chassis_serial id.machine_id id.host_key id.bmc_cert \
    id.gpu_baseboard_serial kernel.cmdline; do
	is "with $fact" "$(jqf ".facts[\"$fact\"] | type == \"string\" and length > 4")" true
done
run 0 "doctor is content" "$GH" doctor --plain
has "with four hosts" "[doctor.enrolled]  4 hosts"
run 0 "enrolling again changes nothing" "$GH" enrol --all
has "and says so" "facts as pinned on"
json "$GH" enrol --show gpu-a --json
is "it is still one enrolment" "$(jqf '.history | length')" 1

json "$GH" validate --json
for step in host.enrolment host.id.system host.id.board host.id.machine_id host.id.bmc_match \
    host.id.baseboard_gpu host.id.gpu_serials host.id.hostkey host.bmc.tls; do
	is "$step passes on all four" \
	    "$(jqf "[.findings[] | select(.step == \"$step\" and .verdict == \"PASS\")] | length")" 4
done
is "host and BMC corroborate each other" \
    "$(jqf '[.findings[] | select(.step == "host.id.bmc_match") | .assurance] | unique | join(",")')" A1

# ---- another machine behind the BMC ------------------------------------------------------------
run 0 "bmc-swapped" "$GH" lab break gpu-a bmc-swapped
json "$GH" validate gpu-a --json
is "is not a pass" $? 1
is "host.enrolment finds it" "$(says gpu-a host.enrolment)" "FAIL host.enrolment.differs"
is "host.id.bmc_match finds it" "$(says gpu-a host.id.bmc_match)" "FAIL host.id.bmc_match.serial"
is "host.id.gpu_serials finds it" "$(says gpu-a host.id.gpu_serials)" "FAIL host.id.gpu_serials.not_enrolled_one"
json "$GH" enrol gpu-a --json
is "enrol refuses it" $? 1
is "fact by fact" "$(says gpu-a enrol.id.gpu_serials)" "FAIL enrol.differs"
is "and as two machines" "$(says gpu-a enrol.sources)" "FAIL enrol.sources.differ"
is "and stores nothing" "$(says gpu-a enrol.pinned)" "FAIL enrol.refused"
json "$GH" enrol --show gpu-a --json
is "it is still one enrolment" "$(jqf '.history | length')" 1
is "which says what is another" "$(jqf '.now.pins[] | select(.fact == "id.gpu_baseboard_serial") | .state')" differs
is "and what is as pinned" "$(jqf '.now.pins[] | select(.fact == "id.board") | .state')" same
is "since when" "$(jqf '.now.pins[] | select(.fact == "id.board") | .since == 0')" false
was=$(jqf '.facts["id.gpu_baseboard_serial"]')

# ---- accepted, on record -------------------------------------------------------------------------
run 0 "--accept replaces it" "$GH" enrol --accept --reason "baseboard replaced" gpu-a
has "and warns" "enrol.replaced"
run 0 "--show tells" "$GH" enrol --show gpu-a
has "the reason" "baseboard replaced"
has "what was replaced" "replaced id.gpu_baseboard_serial"
has "and by what" "$was -> "
json "$GH" enrol --show gpu-a --json
is "two enrolments, newest first" "$(jqf '[.history[].seq] | .[0] > .[1]')" true
is "the second took the place of the first" "$(jqf '.history[0].replaces == .history[1].seq')" true
is "it names who" "$(jqf '.history[0].by == .history[1].by')" true
json "$GH" validate gpu-a --json
is "now that machine is ours" "$(says gpu-a host.enrolment)" "PASS "
run 0 "healed" "$GH" lab heal gpu-a
json "$GH" validate gpu-a --json
is "the old one is not" "$(says gpu-a host.enrolment)" "FAIL host.enrolment.differs"
run 0 "until it is accepted again" "$GH" enrol --accept gpu-a
"$GH" history --json gpu-a >"$W/json"
is "every enrolment is a run in the history" \
    "$(jqf '[.runs[] | select(.kind == "enrol")] | length >= 5')" true

# ---- a fleet file without pins ---------------------------------------------------------------------
sed -e '/host_key:/d' -e '/bmc_cert:/d' "$W/lab/fleet.yaml" >"$W/lab/bare.yaml"
bare() { "$GH" --fleet "$W/lab/bare.yaml" "$@"; }
json bare validate gpu-b --json
is "the enrolled pins are used" "$(says gpu-b host.reach)" "PASS "
is "also for the BMC" "$(says gpu-b host.bmc.tls)" "PASS "
never() { GATEHOUSE_STATE=$W/never "$GH" --fleet "$W/lab/bare.yaml" "$@"; }
json never validate gpu-b --json
is "a host that nobody enrolled is not spoken to" "$(says gpu-b host.reach)" "UNKNOWN host.reach.not-enrolled"
run 0 "doctor says who is missing" never doctor --plain
has "all four" "4 of 4 were never enrolled"
run 0 "enrol reads the keys itself" never enrol gpu-b
has "and shows the fingerprint" "$(ssh-keygen -lf "$W/lab/hosts/gpu-b/hostkey.pub" | cut -d' ' -f2)"
json never validate gpu-b --json
is "then it is spoken to" "$(says gpu-b host.reach)" "PASS "
is "and is the one that was enrolled" "$(says gpu-b host.enrolment)" "PASS "

run 0 "wrong-host-key" "$GH" lab break gpu-b wrong-host-key
json bare validate gpu-b --json
is "is refused by the enrolled key" "$(says gpu-b host.reach)" "UNKNOWN host.reach.auth"
json bare enrol gpu-b --json
is "enrol refuses it too" "$(says gpu-b enrol.id.host_key)" "FAIL enrol.differs"
is "before any login" "$(says gpu-b enrol.probe)" ""
run 1 "the key of the fleet file cannot be accepted away" "$GH" enrol --accept gpu-b
has "it is the file that pins it" "WRONG HOST KEY"
run 0 "the enrolled one can" bare enrol --accept --reason reinstalled gpu-b
json bare validate gpu-b --json
is "then the new key is the pin" "$(says gpu-b host.reach)" "PASS "
is "and all is as enrolled" "$(says gpu-b host.enrolment)" "PASS "
"$GH" lab heal gpu-b; run 0 "and back" bare enrol --accept gpu-b

run 0 "bmc-other-cert" "$GH" lab break gpu-c bmc-other-cert
json bare validate gpu-c --json
is "blocks" "$(says gpu-c host.bmc.tls)" "FAIL host.bmc.tls.not_pinned"
json bare enrol gpu-c --json
is "enrol refuses it" "$(says gpu-c enrol.id.bmc_cert)" "FAIL enrol.differs"
run 0 "--accept takes it" bare enrol --accept gpu-c
json bare validate gpu-c --json
is "then it is the pin, though the vendor's own" "$(says gpu-c host.bmc.tls)" "WARN host.bmc.tls.factory"
"$GH" lab heal gpu-c; run 0 "and back" bare enrol --accept gpu-c

# ---- hosts that do not answer, or not all ------------------------------------------------------------
run 0 "host-gone" "$GH" lab break gpu-d host-gone
json "$GH" enrol --all --json
is "one host that is gone is not a pass" $? 1
is "it is UNKNOWN" "$(says gpu-d enrol.reach)" "UNKNOWN enrol.reach.io"
is "the others are enrolled all the same" \
    "$(jqf '[.findings[] | select(.step == "enrol.pinned" and .verdict == "PASS")] | length')" 3
"$GH" lab heal gpu-d
run 0 "bmc-gone" "$GH" lab break gpu-d bmc-gone
json never enrol gpu-d --json
is "is a warning" "$? $(says gpu-d enrol.bmc)" "0 WARN enrol.bmc.silent"
json never enrol --show gpu-d --json
is "what is there is pinned" "$(jqf '.facts["id.serial"] != null and .facts["id.bmc_cert"] == null')" true
"$GH" lab heal gpu-d
run 0 "the rest is added when the BMC answers" never enrol gpu-d
json never enrol --show gpu-d --json
is "without accept" "$(jqf '.facts["id.bmc_cert"] != null')" true
sed 's/user: root/user: probe/' "$W/lab/fleet.yaml" >"$W/lab/probe.yaml"
json env GATEHOUSE_STATE="$W/user" "$GH" --fleet "$W/lab/probe.yaml" enrol gpu-a --json
is "without root it is a warning" "$(says gpu-a enrol.probe)" "WARN enrol.probe.root"
run 0 "hostile-output" "$GH" lab break gpu-a hostile-output
"$GH" enrol gpu-a --plain >"$W/out" 2>&1
is "no control byte reaches the screen" "$(tr -d '\n' <"$W/out" | LC_ALL=C grep -c '[[:cntrl:]]')" 0
"$GH" lab heal gpu-a
json never enrol gpu-a gpu-a --json
is "a host named twice is enrolled once" \
    "$(jqf '[.findings[] | select(.step == "enrol.pinned")] | length')" 1
sed '/name: gpu-b/,$d' "$W/lab/bare.yaml" >"$W/lab/twin.yaml"
sed -n '/name: gpu-a/,/name: gpu-b/p' "$W/lab/bare.yaml" | sed -e '/name: gpu-b/d' \
    -e 's/name: gpu-a$/name: gpu-x/' -e 's/address: 127.0.0.11/address: 127.0.11/' >>"$W/lab/twin.yaml"
json env GATEHOUSE_STATE="$W/twin" "$GH" --fleet "$W/lab/twin.yaml" enrol --all --json
is "one machine under two names is refused" "$(says gpu-x enrol.unique)" "FAIL enrol.unique.twice"

# ---- bad input ---------------------------------------------------------------------------------------
run 4 "no host" "$GH" enrol
run 4 "an unknown host" "$GH" enrol gpu-z
has "is named" gpu-z
run 4 "--all and a name" "$GH" enrol --all gpu-a
run 4 "--show of two" "$GH" enrol --show gpu-a gpu-b
run 4 "--show of an unknown host" "$GH" enrol --show gpu-z
run 4 "an unknown option" "$GH" enrol --force gpu-a
run 1 "--show of one that was never enrolled" never enrol --show gpu-c
has "says so" "never enrolled"

# ---- the store ------------------------------------------------------------------------------------------
db=$W/state/lab.db
if sqlite3 "$db" "DELETE FROM enrolment" >"$W/out" 2>&1; then not_ok "enrolments cannot be removed"
else ok "enrolments cannot be removed"; fi
has "says why" "an enrolment is never removed"
sqlite3 "$db" "DROP TRIGGER enrolment_stays; UPDATE enrolment SET document = replace(document, 'S94', 'S95')"
run 5 "an altered store is refused" "$GH" validate gpu-a
has "in words" "the store was altered"
echo "1..$n"
