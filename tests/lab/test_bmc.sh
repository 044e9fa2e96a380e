#!/bin/sh
# The lab's BMCs as a person with curl meets them: pinned, logged in, read, broken in each
# way, healed, killed, and gone with the lab. TAP on stdout; from the top of the tree, BUILD set.
. tests/lab/setup.sh
dir=$GATEHOUSE_LAB

for tool in curl jq openssl; do
	command -v $tool >/dev/null && continue
	echo "ok 1 - the lab's BMCs # SKIP needs $tool"; echo "1..1"; exit 0
done
need_lab "the lab's BMCs"

addr() { case $1 in gpu-a) echo 127.0.0.11 ;; gpu-b) echo 127.0.0.12 ;;
	gpu-c) echo 127.0.0.13 ;; *) echo 127.0.0.14 ;; esac; }
key() { # HOST KEY: its value in the fleet file
	sed -n "/name: $1\$/,/bmc_cert/s/^    $2: \"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$dir/fleet.yaml"; }
bmc() { # HOST ARGUMENTS.. PATH: curl, with the certificate's key pinned
	h=$1; shift; for path; do :; done
	spki=$(openssl x509 -in "$dir/hosts/$h/bmc/cert.pem" -pubkey -noout |
	    openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64)
	last=$#; i=0; for a; do i=$((i + 1)); shift; [ $i = "$last" ] || set -- "$@" "$a"; done
	curl -sk -m "${LIMIT:-20}" --pinnedpubkey "sha256//$spki" "$@" \
	    "https://$(key "$h" bmc):$(key "$h" bmc_port)$path"
}
login() { # HOST: writes its token to token.HOST
	printf '{"UserName":"%s","Password":"%s"}' "$(key "$1" bmc_user)" \
	    "$(cat "$(key "$1" bmc_password)")" >"$W/login"
	bmc "$1" -D- -o /dev/null --data-binary "@$W/login" /redfish/v1/SessionService/Sessions |
	    sed -n 's/\r$//; s/^X-Auth-Token: //p' >"$W/token.$1"
	[ -s "$W/token.$1" ]
}
get() { # HOST PATH
	bmc "$1" -H "X-Auth-Token: $(cat "$W/token.$1")" "/redfish/v1$2"; }
code() { # HOST PATH WANTED
	got=$(bmc "$1" -H "X-Auth-Token: $(cat "$W/token.$1")" -o /dev/null -w '%{http_code}' "/redfish/v1$2")
	[ "$got" = "$3" ] || { echo "got $got"; false; }; }
is() { # HOST PATH JQ-FILTER WANTED
	got=$(get "$1" "$2" | jq -r "$3"); [ "$got" = "$4" ] || { echo "got: $got"; echo "not: $4"; false; }; }
pid_of() { cut -d' ' -f1 "$dir/hosts/$1/bmc/pid" 2>/dev/null; }
runs() { s=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null); [ -n "$s" ] && [ "$s" != Z ]; }
ms() { echo $(($(date +%s%N) / 1000000)); }

# ---- up --------------------------------------------------------------------------------
check "up" lab up --healthy
for h in gpu-a gpu-b gpu-c gpu-d; do
	check "$h has a BMC at its own address" [ "$(key $h bmc)" = "$(addr $h)" ]
	check "$h is pinned by the certificate it shows" [ "$(key $h bmc_cert)" = "$(openssl s_client \
	    -connect "$(addr $h):$(key $h bmc_port)" </dev/null 2>/dev/null | openssl x509 -outform der |
	    sha256sum | cut -d' ' -f1)" ]
	check "$h gives a session" login $h
	check "$h is the machine that SSH shows" is $h /Systems/1 .SerialNumber \
	    "$(cat "$dir/hosts/$h/fixture/sys/class/dmi/id/product_serial")"
	check "$h's UUID ends as the host's" [ "$(get $h /Systems/1 | jq -r .UUID | tr A-F a-f | cut -c25-)" = \
	    "$(cut -c25- "$dir/hosts/$h/fixture/sys/class/dmi/id/product_uuid")" ]
	check "$h's BIOS is the host's" is $h /Systems/1 .BiosVersion \
	    "$(cat "$dir/hosts/$h/fixture/sys/class/dmi/id/bios_version")"
	check "$h's clock is right" [ $(($(date +%s) - $(date -d "$(get $h /Managers/1 | jq -r .DateTime)" +%s))) -le 5 ]
done
check "no two keys are the same" [ "$(grep -c bmc_cert "$dir/fleet.yaml")" = \
    "$(grep bmc_cert "$dir/fleet.yaml" | sort -u | wc -l)" ]
check "no two passwords are the same" [ "$(cat "$dir"/hosts/*/bmc/password | sort -u | wc -l)" = 4 ]
check "secrets are for their owner only" [ "$(stat -c %a "$dir/hosts/gpu-a/bmc/password" \
    "$dir/hosts/gpu-a/bmc/key.pem" | sort -u)" = 600 ]
check "the password opens no other BMC" not sh -c "curl -sfk -d @$W/login \
    https://127.0.0.11:$(key gpu-a bmc_port)/redfish/v1/SessionService/Sessions"
check "the whole inventory comes in one request" is gpu-a \
    '/UpdateService/FirmwareInventory?$expand=.($levels=1)' '[.Members[]|select(.Version)]|length' 106
check "process and name are the lab's" [ "$(cat "/proc/$(pid_of gpu-a)/comm")" = gatehouse-lab ]
check "it listens at its own address only" [ "$(ss -ltnH "sport = :$(key gpu-a bmc_port)" 2>/dev/null |
    grep -c -v -E '127\.0\.0\.1[1-4]:')" = 0 ]
check "status names it" sh -c '"$0" lab status | grep gpu-a | grep -q "BMC port .* up"' "$BUILD/gatehouse"
before=$(pid_of gpu-a)
check "a second up is fine" lab up --healthy
check "and leaves it alone" [ "$(pid_of gpu-a)" = "$before" ]

# ---- the tree is a file ------------------------------------------------------------------
tree=$dir/hosts/gpu-b/bmc/tree.json
jq '.["/redfish/v1/Systems/1"].AssetTag = "edited"' "$tree" >"$W/edited" && cp "$W/edited" "$tree"
check "an edited tree is served at once" is gpu-b /Systems/1 .AssetTag edited
capture=${GH_VECTORS:-../shared/vectors}/host/redfish-smc-sys-821ge-tnhr.json
if [ -r "$capture" ]; then
	cp "$capture" "$tree"
	check "so is somebody's capture" is gpu-b /Managers/1 .FirmwareVersion 11.01.01
fi
check "heal brings the lab's own back" lab heal gpu-b
check "and it is" is gpu-b /Managers/1 .FirmwareVersion 01.03.18

# ---- misbehaviour ------------------------------------------------------------------------
check "bmc-silent" lab break gpu-a bmc-silent
LIMIT=1
check "accepts" [ "$(bmc gpu-a -w '%{num_connects}' /redfish/v1)" = 1 ]
check "and never answers" [ "$(bmc gpu-a /redfish/v1; echo $?)" = 28 ]
LIMIT=20
check "bmc-gone besides" lab break gpu-a bmc-gone
check "refuses" [ "$(bmc gpu-a /redfish/v1; echo $?)" = 7 ]
check "its host is there all the same" sh -c '"$0" lab status | grep -q "^gpu-a .* up  *BMC"' "$BUILD/gatehouse"
check "up does not undo it" lab up --healthy
check "it still refuses" [ "$(bmc gpu-a /redfish/v1; echo $?)" = 7 ]
check "heal" lab heal gpu-a
check "answers again" login gpu-a
check "bmc-slow" lab break gpu-a bmc-slow
t=$(ms); get gpu-a /Systems/1 >/dev/null; t=$(($(ms) - t))
check "takes a second ($t ms)" [ $t -ge 1000 ]
t=$(ms); get gpu-a /Managers/1 >/dev/null; t=$(($(ms) - t))
check "and six for the manager ($t ms)" [ $t -ge 5800 ]
check "heal" lab heal gpu-a
check "bmc-busy" lab break gpu-a bmc-busy
check "one of three is sent away" [ "$(for i in 1 2 3; do bmc gpu-a -o /dev/null -w '%{http_code} %header{retry-after}
' /redfish/v1; done | sort | tr '\n' ' ' | tr -s ' ')" = "200 200 503 1 " ]
check "heal" lab heal gpu-a
check "bmc-redirect" lab break gpu-a bmc-redirect
check "points to another host" [ "$(bmc gpu-a -o /dev/null -w '%{http_code} %{redirect_url}' /redfish/v1/Systems)" = \
    "302 https://127.0.0.12:$(key gpu-a bmc_port)/redfish/v1/Systems" ]
check "bmc-flood instead" sh -c '"$0" lab heal gpu-a && "$0" lab break gpu-a bmc-flood' "$BUILD/gatehouse"
check "fifty megabytes" [ "$(bmc gpu-a /redfish/v1 | wc -c)" = 52428800 ]
check "bmc-deep instead" sh -c '"$0" lab heal gpu-a && "$0" lab break gpu-a bmc-deep' "$BUILD/gatehouse"
check "ten thousand levels" [ "$(bmc gpu-a /redfish/v1 | tr -cd '[' | wc -c)" = 10000 ]
check "bmc-garbage instead" sh -c '"$0" lab heal gpu-a && "$0" lab break gpu-a bmc-garbage' "$BUILD/gatehouse"
bmc gpu-a /redfish/v1 >"$W/garbage"
check "is something" [ -s "$W/garbage" ]
check "and no JSON" not jq . "$W/garbage"
check "bmc-other-cert instead" sh -c '"$0" lab heal gpu-a && "$0" lab break gpu-a bmc-other-cert' "$BUILD/gatehouse"
check "the pin refuses it" [ "$(bmc gpu-a /redfish/v1; echo $?)" = 90 ]
check "bmc-expired-cert instead" sh -c '"$0" lab heal gpu-a && "$0" lab break gpu-a bmc-expired-cert' "$BUILD/gatehouse"
check "is over" not sh -c "openssl s_client -connect 127.0.0.11:$(key gpu-a bmc_port) </dev/null 2>/dev/null |
    openssl x509 -noout -checkend 0"
check "bmc-login instead" sh -c '"$0" lab heal gpu-a && "$0" lab break gpu-a bmc-login' "$BUILD/gatehouse"
check "the right password is refused" not login gpu-a
check "heal" lab heal gpu-a
check "is accepted again" login gpu-a
check "bmc-swapped" lab break gpu-a bmc-swapped
check "says another serial" not is gpu-a /Systems/1 .SerialNumber \
    "$(cat "$dir/hosts/gpu-a/fixture/sys/class/dmi/id/product_serial")"
check "heal" lab heal gpu-a

# ---- faults of single checks ---------------------------------------------------------------
check "break HOST lists what there is" sh -c '"$0" lab break gpu-a | grep -q "^host.bios.tme "' "$BUILD/gatehouse"
check "host.bios.tme" lab break gpu-a host.bios.tme
tme='.Attributes|to_entries[]|select(.key|startswith("MemoryEncryption_TME__")).value'
check "is off" is gpu-a /Systems/1/Bios "$tme" Disabled
check "host.bmc.sel besides" lab break gpu-a host.bmc.sel
check "is in the log" is gpu-a /Systems/1/LogServices/Log1/Entries/4 .Severity Critical
check "host.mem.ksm_thp, which is read over SSH" lab break gpu-a host.mem.ksm_thp
check "is on" [ "$(cat "$dir/hosts/gpu-a/fixture/sys/kernel/mm/ksm/run")" = 1 ]
check "status names all three" sh -c '"$0" lab status | grep host.bios.tme | grep host.bmc.sel | grep -q host.mem.ksm_thp' "$BUILD/gatehouse"
check "another TEE's check does not fit" not lab break gpu-a host.bios.smee
check "a check that no row spoils is refused" not lab break gpu-a host.no.such
kill -9 "$(pid_of gpu-a)"
check "up after the BMC was killed" lab up --healthy
check "gives another process" [ "$(pid_of gpu-a)" != "$before" ]
check "a new session" login gpu-a
check "it is still off" is gpu-a /Systems/1/Bios "$tme" Disabled
check "heal" lab heal gpu-a
check "heals the BMC" is gpu-a /Systems/1/Bios "$tme" Enabled
check "and the log" code gpu-a /Systems/1/LogServices/Log1/Entries/4 404
check "and the host" [ "$(cat "$dir/hosts/gpu-a/fixture/sys/kernel/mm/ksm/run")" = 0 ]
check "host-gone" lab break gpu-d host-gone
check "the BMC of a host without power answers" is gpu-d /Systems/1 .PowerState Off
check "heal" lab heal gpu-d
check "it has power" is gpu-d /Systems/1 .PowerState On
"$BUILD/gatehouse" lab break gpu-c | sed -n 's/^\(host\.[^ ]*\) .*/\1/p' | grep -v erot | head -n 40 |
while read -r word; do lab break gpu-c "$word" || echo "# $word"; done
check "forty at a time" [ "$(wc -l <"$dir/hosts/gpu-c/fault")" = 40 ]
check "heal" lab heal gpu-c

# ---- down ------------------------------------------------------------------------------
pids=$(for h in gpu-a gpu-b gpu-c gpu-d; do pid_of $h; done)
hexport=$(printf '%04X' "$(key gpu-a bmc_port)")
check "down" lab down
none_runs() { for p in $pids; do runs "$p" && { echo "$p runs"; return 1; }; done; true; }
check "leaves no process" none_runs
check "no listener" not grep -q -E " 0[BCDE]00007F:$hexport [0-9A-F:]+ 0A " /proc/net/tcp
check "no folder" [ ! -e "$dir" ]
check "up once more" lab up --healthy
pids=$(for h in gpu-a gpu-b gpu-c gpu-d; do pid_of $h; done)
rm -r "$dir/hosts/gpu-a/bmc"
i=0; while runs "${pids%%
*}" && [ $i -lt 100 ]; do sleep 0.02; i=$((i + 1)); done
check "a BMC whose folder is gone ends by itself" not runs "${pids%%
*}"
check "down" lab down
check "leaves no process" none_runs
echo "1..$n"
