#!/bin/bash
# Records the captures of this folder again: ./record.sh [CASE…]. As root, on Linux, with network namespaces of its own.
#
# Needs: bash curl iproute2 tcpdump nftables wireshark-common (editcap) tshark nodejs apache2 nghttp2-client nghttp2-proxy
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
browser='Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
cases=${*:-bridge-any nat-any vxlan-ipv6-fragments pipelining-loss h2c-upgrade connect hints-trailers rotated}
jobs_started=()
spaces=()

space() { ip netns add "cs-$1" && spaces+=("cs-$1") && ip -n "cs-$1" link set lo up; }
in_space() { local name=$1; shift; ip netns exec "cs-$name" "$@"; }
start() { "$@" >/dev/null 2>&1 & jobs_started+=($!); }
clean() {
  for job in "${jobs_started[@]}"; do kill "$job" 2>/dev/null; done
  sleep 0.3
  for name in "${spaces[@]}"; do ip netns del "$name" 2>/dev/null; done
  jobs_started=() spaces=()
}
trap 'clean; rm -rf "$work"' EXIT

# A cable between two namespaces: FROM NAME TO NAME.
cable() { ip link add "$2" netns "cs-$1" type veth peer name "$4" netns "cs-$3"; ip -n "cs-$1" link set "$2" up; ip -n "cs-$3" link set "$4" up; }
capture() { # NAMESPACE INTERFACE FILE FILTER…
  local name=$1 interface=$2 file=$3; shift 3
  start ip netns exec "cs-$name" tcpdump -Z root -U -s 0 -i "$interface" -w "$work/$file" "$@"
  sleep 1
}
finish() { sleep 1; cp "$work/$1" "$here/$1"; clean; ls -l "$here/$1"; }
page() { # NAMESPACE HOST [curl's options]: a preflight, its request, and one without CORS fields
  local name=$1 host=$2; shift 2
  in_space "$name" curl -sS -o /dev/null -A "$browser" -H 'Origin: http://app.test' "$@" \
    -X OPTIONS -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: x-step' "http://$host/one"
  in_space "$name" curl -sS -o /dev/null -A "$browser" -H 'Origin: http://app.test' "$@" -X PUT -H 'X-Step: 1' -d two "http://$host/one" \
    --next -sS -o /dev/null -A "$browser" -H 'Origin: http://app.test' "$@" "http://$host/bare"
}

# What a container host sees with -i any: the client's and the server's end of two cables, and the bridge between.
bridge_any() {
  space client; space switch; space server
  cable client eth0 switch to-client; cable server eth0 switch to-server
  in_space switch ip link add br0 type bridge; in_space switch ip link set br0 up
  in_space switch ip link set to-client master br0; in_space switch ip link set to-server master br0
  in_space client ip addr add 10.9.0.1/24 dev eth0; in_space server ip addr add 10.9.0.2/24 dev eth0
  start ip netns exec cs-server node "$here/server.mjs" 80
  capture switch any bridge-any.pcap tcp
  page client 10.9.0.2; finish bridge-any.pcap
}

# The same with a gateway that gives the server another address and hides the client's.
nat_any() {
  space client; space gate; space server
  cable client eth0 gate to-client; cable server eth0 gate to-server
  in_space client ip addr add 10.9.0.1/24 dev eth0; in_space gate ip addr add 10.9.0.254/24 dev to-client
  in_space server ip addr add 10.8.0.2/24 dev eth0; in_space gate ip addr add 10.8.0.254/24 dev to-server
  in_space gate sysctl -qw net.ipv4.ip_forward=1; in_space client ip route add default via 10.9.0.254
  in_space gate nft -f - <<'N'
table ip nat {
  chain pre { type nat hook prerouting priority -100; tcp dport 8080 dnat to 10.8.0.2:80; }
  chain post { type nat hook postrouting priority 100; oifname "to-server" masquerade; }
}
N
  start ip netns exec cs-server node "$here/server.mjs" 80
  capture gate any nat-any.pcap tcp
  page client 10.9.0.254:8080; finish nat-any.pcap
}

# VXLAN between two hosts whose network takes only 1280 bytes: the outer IPv6 packets are fragments.
vxlan_ipv6_fragments() {
  space client; space server
  cable client eth0 server eth0
  for end in client:1 server:2; do
    name=${end%:*} number=${end#*:} other=$((3 - number))
    in_space "$name" ip link set eth0 mtu 1280; in_space "$name" ip -6 addr add "fd00::$number/64" dev eth0 nodad
    in_space "$name" ip link add vx0 type vxlan id 7 dstport 4789 local "fd00::$number" remote "fd00::$other"
    in_space "$name" ip link set vx0 mtu 1450 up; in_space "$name" ip addr add "10.7.0.$number/24" dev vx0
  done
  start ip netns exec cs-server node "$here/server.mjs" 80 3000
  sleep 1; capture client eth0 vxlan-ipv6-fragments.pcap
  page client 10.7.0.2; finish vxlan-ipv6-fragments.pcap
}

# Five requests in one packet; the second answer's packet is taken out of the capture afterwards.
pipelining_loss() {
  space client
  start ip netns exec cs-client node "$here/server.mjs" 80
  capture client lo whole.pcap tcp
  in_space client bash -c 'exec 3<>/dev/tcp/127.0.0.1/80
    requests=$(for path in one two three four five; do
      printf "GET /%s HTTP/1.1\r\nHost: a.test\r\nOrigin: http://app.test\r\n\r\n@" $path
    done); printf %s "${requests//@/}" >&3; timeout 1 cat <&3 >/dev/null'
  sleep 1
  second=$(tshark -n -r "$work/whole.pcap" -Y http.response -T fields -e frame.number 2>/dev/null | sed -n 2p)
  editcap -F pcap "$work/whole.pcap" "$work/pipelining-loss.pcap" "$second"
  finish pipelining-loss.pcap
}

# HTTP/2 by Upgrade, between nghttp and nghttpx.
h2c_upgrade() {
  space client
  start ip netns exec cs-client node "$here/server.mjs" 8081
  start ip netns exec cs-client nghttpx --conf=/dev/null --no-ocsp --workers=1 -f '127.0.0.1,80;no-tls' -b '127.0.0.1,8081'
  capture client lo h2c-upgrade.pcap 'tcp port 80'
  in_space client nghttp -u -n -H "user-agent: $browser" -H 'origin: http://app.test' http://127.0.0.1/one http://127.0.0.1/bare
  finish h2c-upgrade.pcap
}

# Through a forward proxy, where HTTP in clear follows CONNECT.
connect() {
  space client
  start ip netns exec cs-client node "$here/server.mjs" 80
  modules=/usr/lib/apache2/modules
  cat > "$work/apache.conf" <<A
ServerRoot $work
PidFile $work/apache.pid
ServerName proxy.test
Listen 127.0.0.1:3128
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule proxy_module $modules/mod_proxy.so
LoadModule proxy_connect_module $modules/mod_proxy_connect.so
ErrorLog $work/apache.log
ProxyRequests On
AllowCONNECT 80
A
  start ip netns exec cs-client apache2 -f "$work/apache.conf" -X
  capture client lo connect.pcap 'tcp port 3128'
  page client 127.0.0.1 --proxy http://127.0.0.1:3128 --noproxy '' --proxytunnel
  finish connect.pcap
}

# 103 before the answer, a trailer field behind it.
hints_trailers() {
  space client
  start ip netns exec cs-client node "$here/server.mjs" 80
  capture client lo hints-trailers.pcap tcp
  in_space client curl -sS -o /dev/null -A "$browser" -H 'Origin: http://app.test' \
    http://127.0.0.1/hints -o /dev/null http://127.0.0.1/bare
  finish hints-trailers.pcap
}

# One capture in two files, as tcpdump -C leaves them, each compressed.
rotated() {
  space client
  start ip netns exec cs-client node "$here/server.mjs" 80 3000
  capture client lo whole.pcap tcp
  page client 127.0.0.1
  sleep 1
  packets=$(tcpdump -r "$work/whole.pcap" 2>/dev/null | wc -l)
  editcap -F pcap -r "$work/whole.pcap" "$work/rotated-1.pcap" "1-$((packets * 2 / 3))"
  editcap -F pcap "$work/whole.pcap" "$work/rotated-2.pcap" "1-$((packets * 2 / 3))"
  gzip -9n "$work"/rotated-?.pcap
  cp "$work"/rotated-?.pcap.gz "$here"; clean; ls -l "$here"/rotated-*
}

for case in $cases; do "${case//-/_}"; done
