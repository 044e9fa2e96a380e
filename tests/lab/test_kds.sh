# SPDX-License-Identifier: Apache-2.0
# The certificate of an AMD chip with the real program: asked for once, kept, judged for what
# it is; a service that misbehaves, none at all, and a folder in its place.
. tests/lab/setup.sh
STEP=host.snp.vlek_vcek
need_lab kds
lab_up

validate() { "$GH" validate --json gpu-d "$@" >"$W/json" 2>"$W/out"; }
said() { jqf ".findings[] | select(.step == \"$STEP\") | .verdict + \" \" + .code"; }
asked() { wc -l <"$W/lab/kds/log"; }
kept() { ls "$W/state/kds" | grep -c '\.pem$'; }

# ---- the healthy lab ------------------------------------------------------------------------
validate
is "a healthy host passes" $? 0
is "its chip has a certificate" "$(said)" "PASS "
is "and it says LAB" "$(jqf ".findings[] | select(.step == \"$STEP\") | .lab")" true
is "VCEK and chain were asked for" "$(asked)" 2
is "one is kept" "$(kept)" 1
validate
is "again" "$(said)" "PASS "
is "and nobody was asked" "$(asked)" 2
is "it says that it was kept" "$(jqf ".findings[] | select(.step == \"$STEP\") | .observed | test(\"kept from before\")")" true
"$GH" validate --json gpu-a >"$W/json" 2>"$W/out"
is "a TDX host has no such check" "$(said)" ""

# ---- what is kept is believed no more than what comes ---------------------------------------
cp "$W"/state/kds/*.pem "$W/good.pem"
sed -i '5s/^..../AAAA/' "$W"/state/kds/*.pem
validate
is "a kept one that was touched is asked for anew" "$(said) $(asked)" "PASS  4"
is "openssl agrees" "$(awk '/BEGIN/ {i++} {print >"'"$W"'/c" i ".pem"}' "$W/good.pem" &&
    cat "$W/c2.pem" "$W/c3.pem" >"$W/ca.pem" &&
    openssl verify -CAfile "$W/ca.pem" "$W/c1.pem" 2>&1 | sed 's/.*: //')" OK

# ---- faults: what is broken is what is said --------------------------------------------------
fault() { # FAULT VERDICT CODE
	"$GH" lab break gpu-d "$1" >"$W/out" 2>&1
	validate
	is "$1" "$(said)" "$2 $STEP.$3"
	is "$1 spoils nothing else" "$(jqf "[.findings[] | select(.parent == \"G06\" and .step != \"$STEP\" and (.verdict == \"FAIL\" or .verdict == \"WARN\" or .verdict == \"UNKNOWN\")) | .step] | join(\" \")")" ""
	is "$1: nothing is kept of it" "$(kept)" 1
	is "$1 has a remedy" "$(jqf ".findings[] | select(.step == \"$STEP\") | .remedy != \"\"")" true
	"$GH" lab heal gpu-d >"$W/out" 2>&1
}
fault $STEP WARN not_found
fault kds-wrong-chain WARN chain
fault kds-other-chip WARN chip
fault kds-down UNKNOWN unreachable
start=$(date +%s)
fault kds-slow UNKNOWN timeout
took=$(($(date +%s) - start))
[ "$took" -lt 45 ] && ok "a slow service is waited for no longer than its cap" || not_ok "a slow service took $took s"
fault kds-limited UNKNOWN limited
before=$(asked)
"$GH" lab break gpu-d kds-other-chip >/dev/null 2>&1
sleep 6
validate
is "after Retry-After it is asked again" "$(said)" "WARN $STEP.chip"
[ "$(asked)" -gt "$before" ] && ok "and was" || not_ok "and was"
"$GH" lab heal gpu-d >/dev/null 2>&1
validate
is "healed, it passes" "$(said)" "PASS "
"$GH" lab break gpu-a kds-down >"$W/out" 2>&1
is "a TDX host has no such fault" $? 4

# ---- without a service, and with a folder ----------------------------------------------------
sed '/^kds/d' "$W/lab/fleet.yaml" >"$W/lab/none.yaml"
GATEHOUSE_FLEET=$W/lab/none.yaml validate
is "nobody named" "$(said)" "UNKNOWN $STEP.not_configured"
mkdir "$W/folder"
sed "s|^kds:.*|kds: $W/folder|; /^kds_ca/d" "$W/lab/fleet.yaml" >"$W/lab/folder.yaml"
GATEHOUSE_FLEET=$W/lab/folder.yaml validate
is "an empty folder" "$(said)" "UNKNOWN $STEP.not_in_folder"
openssl x509 -in "$W/c1.pem" -outform DER -out "$W/folder/some-name" 2>"$W/out"
GATEHOUSE_FLEET=$W/lab/folder.yaml validate
is "the VCEK alone: AMD's own chain is not above it" "$(said)" "WARN $STEP.chain"
cp "$W/ca.pem" "$W/folder/vcek.txt"
before=$(asked)
GATEHOUSE_FLEET=$W/lab/folder.yaml validate
is "with its chain" "$(said)" "PASS "
is "nobody was asked for it" "$(asked)" "$before"
rm -r "$W/folder"
GATEHOUSE_FLEET=$W/lab/folder.yaml validate
is "no folder" "$(said)" "UNKNOWN $STEP.config"
sed 's|^kds_ca:.*|kds_ca: trust.json|' "$W/lab/fleet.yaml" >"$W/lab/ca.yaml"
rm "$W"/state/kds/*.pem
GATEHOUSE_FLEET=$W/lab/ca.yaml validate
is "a CA file that is none" "$(said)" "UNKNOWN $STEP.config"
sed '/^kds_ca/d' "$W/lab/fleet.yaml" >"$W/lab/ca.yaml"
GATEHOUSE_FLEET=$W/lab/ca.yaml validate
is "not trusted by this system" "$(said)" "UNKNOWN $STEP.unreachable"
sed 's|^kds: https|kds: http|' "$W/lab/fleet.yaml" >"$W/lab/http.yaml"
GATEHOUSE_FLEET=$W/lab/http.yaml validate
is "http is refused" $? 4

# ---- its life ------------------------------------------------------------------------------
pid=$(cut -d' ' -f1 "$W/lab/kds/pid")
"$GH" lab up >"$W/out" 2>&1
is "up again leaves it" "$(cut -d' ' -f1 "$W/lab/kds/pid")" "$pid"
kill -9 "$pid"
"$GH" lab up >"$W/out" 2>&1
[ "$(cut -d' ' -f1 "$W/lab/kds/pid")" != "$pid" ] && ok "up again starts one that was killed" || not_ok "up again starts one that was killed"
validate
is "and it answers" "$(said)" "PASS "
pid=$(cut -d' ' -f1 "$W/lab/kds/pid")
"$GH" lab down >"$W/out" 2>&1
# a zombie, where nobody reaps, has no program any more
readlink "/proc/$pid/exe" >"$W/out" 2>&1 && not_ok "down ends it" || ok "down ends it"
echo "1..$n"
