// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.FlowRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;

import io.sluice.host.ixgbe.model.RegisterFile;

/** What the card finds out about a frame it takes: descriptor bits, hash, queue and pools (7.1.2, 7.1.6). */
final class Classifier {
    private static final int RSS_MODE = 1;
    private static final int ETHERTYPE_FILTERS = 8;
    private static final int ETQF_ENABLE = 1 << 31;
    private static final int ETQS_ENABLE = 1 << 31;
    private static final int ETQS_QUEUE_SHIFT = 16;
    private static final int QUEUE_MASK = 0x7F;
    private static final int NONE = -1;

    private final RegisterFile registers;
    private final FrameStamps stamps;
    private final ReceiveHash hash;
    private final AddressFilter filter;
    private final PoolSelector pools;

    Classifier(RegisterFile registers, FrameStamps stamps) {
        this.registers = registers;
        this.stamps = stamps;
        this.hash = new ReceiveHash(registers);
        this.filter = new AddressFilter(registers);
        this.pools = new PoolSelector(registers, filter);
    }

    void reset() {
        hash.reset();
        filter.reset();
    }

    AddressFilter filter() {
        return filter;
    }

    PoolSelector pools() {
        return pools;
    }

    /** Fills in all of {@code held} but its place. */
    void classify(FrameHeaders frame, int match, HeldFrame held) {
        hash.compute(frame);
        final int checksums = registers.peek(RXCSUM);
        int status = ReceiveChecksums.statusAndErrors(frame);
        status |= frame.tagged ? STATUS_TAG : 0;
        status |= match == AddressFilter.INEXACT ? STATUS_INEXACT : 0;
        held.tag = frame.tag;
        held.types = hash.type | frame.packetType << PACKET_TYPE_SHIFT;
        held.hash = (checksums & RXCSUM_PCSD) != 0 ? hash.hash : fragmentSum(frame, checksums);
        held.pools = 0;
        final int filtered = frame.packetType == 0 ? etherTypeFilter(frame.etherType) : NONE;
        if (filtered != NONE) {
            held.types = (PACKET_TYPE_FILTERED | filtered) << PACKET_TYPE_SHIFT;
        }
        status |= stamps.received(frame, filtered == NONE ? 0 : registers.peek(etqf(filtered)));
        held.status = status;
        held.queue = queue(filtered);
    }

    private static int fragmentSum(FrameHeaders frame, int checksums) {
        return (checksums & RXCSUM_IP_PAYLOAD) != 0 ? ReceiveChecksums.fragmentSum(frame) : 0;
    }

    private int etherTypeFilter(int etherType) {
        for (int i = 0; i < ETHERTYPE_FILTERS; i++) {
            final int entry = registers.peek(etqf(i));
            if ((entry & ETQF_ENABLE) != 0 && (entry & 0xFFFF) == etherType) {
                return i;
            }
        }
        return NONE;
    }

    private int queue(int filtered) {
        if (pools.active()) {
            return hash.index();
        }
        if (filtered != NONE) {
            final int action = registers.peek(etqs(filtered));
            if ((action & ETQS_ENABLE) != 0) {
                return action >>> ETQS_QUEUE_SHIFT & QUEUE_MASK;
            }
        }
        return spreads(registers.peek(MRQC) & MRQC_MODE_MASK) ? hash.index() : 0;
    }

    /** RSS alone, or with traffic classes, of which there is one here: the first. */
    private static boolean spreads(int mode) {
        return mode == RSS_MODE || mode == 4 || mode == 5;
    }
}
