// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.memory.Memory;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Verifies packets of a generator: checksum, content, and the order within each flow. Functions on the way may rewrite
 * addresses and ports, add or remove VLAN tags, as long as the checksums are right.
 */
final class StreamChecker {
    private static final int ETHERNET_BYTES = 14;
    private static final int MAX_TAGS = 2;
    private static final int UDP = 17;
    private static final int TCP = 6;
    private static final int WINDOW = 64;

    /** Per flow, the sequence number expected next, and which of the {@value #WINDOW} before it have arrived. */
    private final long[] expected = new long[StreamMark.MAX_FLOWS];

    private final long[] arrived = new long[StreamMark.MAX_FLOWS];

    private final Tally correct = new Tally();
    private final Tally missing = new Tally();
    private final Tally reordered = new Tally();
    private final Tally duplicates = new Tally();
    private final Tally corrupt = new Tally();
    private final Tally foreign = new Tally();

    /** Checks the packet at {@code address}. */
    void check(long address, int lengthBytes) {
        final int ip = networkOffset(address, lengthBytes);
        final int transport = ip < 0 ? -1 : transportOffset(address, ip, lengthBytes);
        if (transport < 0) {
            foreign.add(1);
            return;
        }
        final int end = ip + datagramBytes(address + ip);
        final int payload = transport + transportHeaderBytes(address, ip, transport);
        if (end > lengthBytes || payload + StreamMark.BYTES > end) {
            foreign.add(1);
            return;
        }
        if (Memory.intNetwork(address + payload) != StreamMark.MAGIC) {
            foreign.add(1);
            return;
        }
        final int flow = Memory.intNetwork(address + payload + StreamMark.FLOW_OFFSET);
        final int fill = payload + StreamMark.BYTES;
        if (!checksumsRight(address, ip, transport, end)
                || flow < 0
                || flow >= StreamMark.MAX_FLOWS
                || !StreamMark.isFill(address + fill, Math.min(end - fill, StreamMark.MAX_FILL_BYTES))) {
            corrupt.add(1);
            return;
        }
        order(flow, Memory.longNetwork(address + payload + StreamMark.SEQUENCE_OFFSET));
    }

    private void order(int flow, long sequence) {
        final long ahead = sequence - expected[flow];
        if (ahead >= 0) {
            missing.add(ahead);
            expected[flow] = sequence + 1;
            arrived[flow] = (ahead + 1 >= WINDOW ? 0 : arrived[flow] << (ahead + 1)) | 1;
            correct.add(1);
            return;
        }
        final long behind = -ahead - 1;
        if (behind < WINDOW && (arrived[flow] >>> behind & 1) != 0) {
            duplicates.add(1);
            return;
        }
        if (behind < WINDOW) {
            arrived[flow] |= 1L << behind;
        }
        reordered.add(1);
    }

    /** Offset of the IP header behind Ethernet and its tags, or -1. */
    private static int networkOffset(long address, int lengthBytes) {
        int offset = ETHERNET_BYTES;
        for (int tags = 0; offset <= lengthBytes - 20; tags++) {
            final int type = Memory.unsignedShortNetwork(address + offset - 2);
            if (type == 0x0800 || type == 0x86DD) {
                return offset;
            }
            if ((type != 0x8100 && type != 0x88A8) || tags == MAX_TAGS) {
                return -1;
            }
            offset += 4;
        }
        return -1;
    }

    /** Offset of a whole UDP or TCP header, or -1. */
    private static int transportOffset(long address, int ip, int lengthBytes) {
        final int versionAndLength = Memory.unsignedByteAt(address + ip);
        final boolean ipv6 = versionAndLength >>> 4 == 6;
        final int offset = ip + (ipv6 ? 40 : (versionAndLength & 0xF) * 4);
        if (offset < ip + 20 || offset > lengthBytes - 20) {
            return -1;
        }
        final int protocol = protocol(address + ip);
        final boolean fragment = !ipv6 && (Memory.unsignedShortNetwork(address + ip + 6) & 0x3FFF) != 0;
        return (protocol == UDP || protocol == TCP) && !fragment ? offset : -1;
    }

    private static boolean isIpv6(long ipAddress) {
        return Memory.unsignedByteAt(ipAddress) >>> 4 == 6;
    }

    private static int protocol(long ipAddress) {
        return Memory.unsignedByteAt(ipAddress + (isIpv6(ipAddress) ? 6 : 9));
    }

    private static int datagramBytes(long ipAddress) {
        return isIpv6(ipAddress)
                ? 40 + Memory.unsignedShortNetwork(ipAddress + 4)
                : Memory.unsignedShortNetwork(ipAddress + 2);
    }

    private static int transportHeaderBytes(long address, int ip, int transport) {
        return protocol(address + ip) == UDP ? 8 : (Memory.unsignedByteAt(address + transport + 12) >>> 4) * 4;
    }

    private static boolean checksumsRight(long address, int ip, int transport, int end) {
        final boolean ipv6 = isIpv6(address + ip);
        if (!ipv6 && InternetChecksum.sum(address + ip, transport - ip) != 0xFFFF) {
            return false;
        }
        final int addresses = ipv6 ? 8 : 12;
        final long sum = InternetChecksum.sum(address + ip + addresses, ipv6 ? 32 : 8)
                + protocol(address + ip)
                + (end - transport)
                + InternetChecksum.sum(address + transport, end - transport);
        return InternetChecksum.fold(sum) == 0xFFFF;
    }

    /** What was found, in the order to show. {@code lost}: not arrived up to the latest of its flow. */
    Map<String, Long> details() {
        final var details = new LinkedHashMap<String, Long>();
        details.put("in-order", correct.value());
        details.put("lost", Math.max(0, missing.value() - reordered.value()));
        details.put("reordered", reordered.value());
        details.put("duplicate", duplicates.value());
        details.put("corrupt", corrupt.value());
        details.put("foreign", foreign.value());
        return details;
    }
}
