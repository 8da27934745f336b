// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;

import io.sluice.host.endpoint.InternetChecksum;
import io.sluice.shared.memory.Memory;

/** What the card says of a received frame's checksums, in the bits of an advanced descriptor (7.1.11). */
final class ReceiveChecksums {
    private ReceiveChecksums() {}

    /** Status and error bits of a frame. */
    static int statusAndErrors(FrameHeaders frame) {
        int bits = 0;
        if (frame.ipv4() && frame.payload != 0) {
            bits |= STATUS_IP_CHECKED;
            if (InternetChecksum.sum(frame.address + frame.network, frame.payload - frame.network) != 0xFFFF) {
                bits |= ERROR_IP;
            }
        }
        if (frame.transport == 0) {
            return bits;
        }
        final boolean present = frame.protocol != FrameHeaders.UDP
                || Memory.unsignedShortNetwork(frame.address + frame.transport + 6) != 0;
        if (frame.fragment) {
            return frame.protocol == FrameHeaders.UDP && present ? bits | STATUS_UDP_FRAGMENT : bits;
        }
        if (present) {
            bits |= STATUS_L4_CHECKED | (frame.protocol == FrameHeaders.UDP ? STATUS_UDP_CHECKED : 0);
            bits |= right(frame) ? 0 : ERROR_L4;
        }
        return bits;
    }

    private static boolean right(FrameHeaders frame) {
        final long header = frame.address + frame.transport;
        final int bytes = frame.ipEnd - frame.transport;
        if (frame.protocol == FrameHeaders.SCTP) {
            return Memory.intAt(header + 8) == FrameCheck.sctp(header, bytes);
        }
        final boolean ipv6 = frame.ipv6();
        final long sum = InternetChecksum.sum(frame.address + frame.network + (ipv6 ? 8 : 12), ipv6 ? 32 : 8)
                + frame.protocol
                + bytes
                + InternetChecksum.sum(header, bytes);
        return InternetChecksum.fold(sum) == 0xFFFF;
    }

    /** The sum of a UDP fragment and its identification, as they stand in the hash's place (7.1.11.3); else 0. */
    static int fragmentSum(FrameHeaders frame) {
        if (!frame.ipv4() || !frame.fragment || frame.protocol != FrameHeaders.UDP || frame.payload == 0) {
            return 0;
        }
        final int sum = InternetChecksum.sum(frame.address + frame.payload, frame.ipEnd - frame.payload);
        return sum << 16 | Memory.unsignedShortNetwork(frame.address + frame.network + 4);
    }
}
