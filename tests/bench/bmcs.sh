#!/bin/sh
# bmcs.sh WORK BUILD: the Redfish client on the lab's BMCs, against curl asking for the same
# resources: on one connection, and as scripts do, one curl each. WORK/lab is up.
W=$1; BUILD=$2
fleet=$W/lab/fleet.yaml
key() { sed -n "/name: gpu-a\$/,/bmc_cert/s/^    $1: \"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$fleet"; }
ms() { s=$(date +%s%N); "$@" >/dev/null 2>&1 </dev/null; echo $((($(date +%s%N) - s) / 1000000)); }

"$BUILD/bench/bmcs" "$fleet" 1 11 tell >"$W/bmc" || exit 1
"$BUILD/bench/bmcs" "$fleet" 4 5 >>"$W/bmc" || exit 1
grep -E '^(cold|warm)' "$W/bmc"
command -v curl >/dev/null || { echo "curl is not installed: left out"; exit 0; }
url=https://$(key bmc):$(key bmc_port)
printf '{"UserName":"%s","Password":"%s"}' "$(key bmc_user)" "$(cat "$(key bmc_password)")" >"$W/login"
curl -sk -D "$W/head" -o /dev/null --data-binary "@$W/login" "$url/redfish/v1/SessionService/Sessions"
token=$(sed -n 's/\r$//; s/^[Xx]-[Aa]uth-[Tt]oken: //p' "$W/head")
session=$(sed -n 's/\r$//; s/^[Ll]ocation: //p' "$W/head")
awk -v u="$url" '/^200 / { for (i = 2; i <= NF; i++) if ($i ~ /^\/redfish/) print u $i }' "$W/bmc" >"$W/urls"
ours=$(awk '/^cold/ { for (i = 1; i < NF; i++) if ($i == "wall") { print int($(i + 1)); exit } }' "$W/bmc")
ratio() { awk -v a="$1" -v b="${ours:-0}" 'BEGIN { if (b > 0) printf "%.1f x ours", a / b }'; }
t=$(ms xargs -a "$W/urls" curl -sk -H "X-Auth-Token: $token")
printf 'curl, %3d resources, one connection                %6d ms   %s\n' "$(wc -l <"$W/urls")" "$t" "$(ratio "$t")"
head -n 30 "$W/urls" >"$W/some"
t=$(ms xargs -a "$W/some" -n 1 curl -sk -H "X-Auth-Token: $token")
printf 'curl,  30 resources, one curl each                 %6d ms   %s\n' "$t" "$(ratio "$t")"
path=${session#https://*/}
curl -sk -X DELETE -H "X-Auth-Token: $token" -o /dev/null "$url/${path#/}"
