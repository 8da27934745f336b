// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf;

import io.sluice.guest.vnf.header.FrameHeaders;
import io.sluice.guest.vnf.header.IpProtocol;
import io.sluice.shared.function.Direction;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import java.util.Locale;

/** Counts packets and bytes by protocol and passes all of them on; {@link #toString()} is the account in one line. */
public final class Monitor implements PacketFunction {
    /** What a packet is counted as. */
    public enum Traffic {
        TCP,
        UDP,
        ICMP,
        /** IPv4 and IPv6 with another protocol. */
        IP,
        ARP,
        OTHER,
        MALFORMED
    }

    private static final Traffic[] KINDS = Traffic.values();

    private final FrameHeaders headers = new FrameHeaders();
    private final long[] packets = new long[KINDS.length];
    private final long[] bytes = new long[KINDS.length];

    @Override
    public void process(Packet packet, Direction direction) {
        final int kind = traffic(packet).ordinal();
        packets[kind]++;
        bytes[kind] += packet.length();
    }

    private Traffic traffic(Packet packet) {
        if (!headers.parse(packet.address(), packet.length())) {
            return Traffic.MALFORMED;
        }
        return switch (headers.kind()) {
            case ARP -> Traffic.ARP;
            case OTHER -> Traffic.OTHER;
            case IPV4, IPV6 -> ipTraffic();
        };
    }

    private Traffic ipTraffic() {
        return switch (headers.ip().protocol()) {
            case IpProtocol.TCP -> Traffic.TCP;
            case IpProtocol.UDP -> Traffic.UDP;
            default -> FrameHeaders.isIcmp(headers.ip()) ? Traffic.ICMP : Traffic.IP;
        };
    }

    /** Packets counted as {@code traffic}; exact for the thread that runs the function. */
    public long packets(Traffic traffic) {
        return packets[traffic.ordinal()];
    }

    /** Bytes counted as {@code traffic}; exact for the thread that runs the function. */
    public long bytes(Traffic traffic) {
        return bytes[traffic.ordinal()];
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("monitor:");
        for (final Traffic kind : KINDS) {
            if (packets(kind) != 0) {
                text.append(' ')
                        .append(kind.name().toLowerCase(Locale.ROOT))
                        .append('=')
                        .append(packets(kind))
                        .append('/')
                        .append(bytes(kind))
                        .append('B');
            }
        }
        return text.toString();
    }
}
