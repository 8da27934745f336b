// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;

import io.sluice.host.endpoint.InternetChecksum;
import io.sluice.shared.memory.Memory;

/**
 * Checksums that the card puts into frames it sends (7.2.5). Where a context descriptor gives the offsets, software has
 * put zero into IPv4's field and the pseudo-header's sum into that of TCP or UDP; the field is part of what is summed.
 */
final class ChecksumInsertion {
    private static final int IP_FIELD = 10;
    private static final int IP_LENGTH_MASK = 0x1FF;
    private static final int MAC_LENGTH_SHIFT = 9;
    private static final int MAC_LENGTH_MASK = 0x7F;

    private ChecksumInsertion() {}

    /** MACLEN of a context's first word. */
    static int macBytes(long context) {
        return (int) context >>> MAC_LENGTH_SHIFT & MAC_LENGTH_MASK;
    }

    /** IPLEN of a context's first word. */
    static int ipBytes(long context) {
        return (int) context & IP_LENGTH_MASK;
    }

    /** What L4T of a context's second word says. */
    static int transport(long context) {
        return (int) context >>> CONTEXT_L4_SHIFT & 3;
    }

    /** Where the checksum stands in the header of {@code transport}; -1 for one that there is not. */
    static int field(int transport) {
        return switch (transport) {
            case L4_UDP -> 6;
            case L4_TCP -> 16;
            case L4_SCTP -> 8;
            default -> -1;
        };
    }

    /** A legacy descriptor's checksum (7.2.5.3.3): over all from {@code start} on, into {@code field}. */
    static boolean legacy(long frame, int lengthBytes, int start, int field) {
        if (start >= lengthBytes || field + 2 > lengthBytes) {
            return false;
        }
        insert(frame + start, lengthBytes - start, frame + field, 0, false);
        return true;
    }

    /**
     * What {@code command}, the second word of an advanced data descriptor, asks for.
     *
     * @param context the first word of its context
     * @param context2 the second word
     * @return false where the offsets do not lie in the frame
     */
    static boolean advanced(long frame, int lengthBytes, long command, long context, long context2) {
        final int network = macBytes(context);
        final int start = network + ipBytes(context);
        if ((command & INSERT_IP) != 0) {
            if (ipBytes(context) < 20 || start > lengthBytes) {
                return false;
            }
            ip(frame + network, ipBytes(context));
        }
        if ((command & INSERT_L4) == 0) {
            return true;
        }
        final int transport = transport(context2);
        final int field = field(transport);
        if (network < FrameHeaders.ETHERNET_BYTES
                || field < 0
                || start + field + (transport == L4_SCTP ? 4 : 2) > lengthBytes) {
            return false;
        }
        transport(frame + start, lengthBytes - start, transport, 0);
        return true;
    }

    /** IPv4's, of the header at {@code header}. */
    static void ip(long header, int headerBytes) {
        insert(header, headerBytes, header + IP_FIELD, 0, false);
    }

    /** That of TCP, UDP or SCTP, with {@code more} added for what the pseudo-header's sum lacks. */
    static void transport(long header, int lengthBytes, int transport, int more) {
        if (transport == L4_SCTP) {
            Memory.intAt(header + field(L4_SCTP), FrameCheck.sctp(header, lengthBytes));
        } else {
            insert(header, lengthBytes, header + field(transport), more, transport == L4_UDP);
        }
    }

    private static void insert(long from, int lengthBytes, long field, int more, boolean notZero) {
        final long sum = (long) InternetChecksum.sum(from, lengthBytes) + more;
        Memory.shortNetwork(field, notZero ? InternetChecksum.finishNotZero(sum) : InternetChecksum.finish(sum));
    }
}
