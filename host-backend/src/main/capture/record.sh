#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Records the demo's capture: real traffic of two Linux network stacks, between two network namespaces joined by a veth
# pair. Nothing but what traffic.py sends is in it, so it may be given away.
#
#   sudo ./record.sh [FILE]      default: ../resources/io/sluice/host/demo/capture.pcap
#
# Needs root, iproute2, iputils-ping, ethtool, tcpdump and python3.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
file=${1:-$here/../resources/io/sluice/host/demo/capture.pcap}
client=sluice-record-client-$$
server=sluice-record-server-$$
recorder=
responder=

clean_up() {
    for process in $recorder $responder; do
        kill "$process" 2>/dev/null || true
    done
    ip netns delete "$client" 2>/dev/null || true
    ip netns delete "$server" 2>/dev/null || true
}
trap clean_up EXIT INT TERM

ip netns add "$client"
ip netns add "$server"
ip -n "$client" link add c0 address 02:00:00:00:77:01 type veth peer name s0 address 02:00:00:00:77:02 netns "$server"

# Frames as they are on a wire: no checksums left to a card, no segments put together.
for offload in tx rx tso gso gro; do
    ip netns exec "$client" ethtool -K c0 $offload off >/dev/null
    ip netns exec "$server" ethtool -K s0 $offload off >/dev/null
done

for link in "$client c0" "$server s0"; do
    set -- $link
    ip -n "$1" link set lo up
    ip -n "$1" link set "$2" up
done

rm -f "$file"
ip netns exec "$client" tcpdump -i c0 -s 0 -U -Z root -w "$file" &
recorder=$!
while [ ! -s "$file" ]; do
    kill -0 $recorder
    sleep 0.1
done

ip -n "$client" address add 10.77.0.1/24 dev c0
ip -n "$server" address add 10.77.0.2/24 dev s0
ip -n "$client" address add fd77::1/64 dev c0 nodad
ip -n "$server" address add fd77::2/64 dev s0 nodad

ip netns exec "$server" python3 "$here/traffic.py" server s0 &
responder=$!
ip netns exec "$client" ping -q -c 5 -i 0.2 10.77.0.2 >/dev/null
ip netns exec "$client" ping -q -c 5 -i 0.2 -s 1200 fd77::2 >/dev/null
ip netns exec "$client" python3 "$here/traffic.py" client c0
ip netns exec "$server" ping -q -c 3 -i 0.2 10.77.0.1 >/dev/null

sleep 1 # the last answers
kill -INT $recorder
wait $recorder || true
recorder=
echo "$file: $(tcpdump -r "$file" -n 2>/dev/null | wc -l) packets, $(wc -c <"$file") bytes"
