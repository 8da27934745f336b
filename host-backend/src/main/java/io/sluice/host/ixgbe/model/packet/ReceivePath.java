// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;

import io.sluice.host.endpoint.PacketSource;
import io.sluice.host.ixgbe.model.InterruptCauses;
import io.sluice.host.ixgbe.model.RegisterFile;
import io.sluice.host.ixgbe.model.packet.FrameCounts.Kind;
import io.sluice.host.ixgbe.register.InterruptRegisters;
import io.sluice.shared.memory.Memory;

/**
 * From the wire to the receive queues (7.1): length and address are looked at first, what passes waits in the packet
 * buffer, and the frame that waits longest goes to its queues. One that finds no descriptors and may not be dropped holds
 * up all behind it; what then finds the buffer full is missed.
 */
final class ReceivePath {
    private static final int LEAST_BYTES = 60;
    private static final int LONGEST_BYTES = 1518;
    private static final int MAX_FRAME_SHIFT = 16;

    private final RegisterFile registers;
    private final InterruptCauses interrupts;
    private final InputQueue[] queues;
    private final Classifier classifier;
    private final PacketBuffer buffer;
    private final FrameCounts counts;
    private final FrameHeaders headers = new FrameHeaders();
    private final FlowControl flowControl;
    private long turn;
    private boolean resets;

    ReceivePath(
            RegisterFile registers,
            InterruptCauses interrupts,
            InputQueue[] queues,
            Classifier classifier,
            PacketBuffer buffer,
            FrameCounts counts,
            FlowControl flowControl) {
        this.registers = registers;
        this.interrupts = interrupts;
        this.queues = queues;
        this.classifier = classifier;
        this.buffer = buffer;
        this.counts = counts;
        this.flowControl = flowControl;
    }

    void reset() {
        buffer.clear();
        resets = false;
    }

    /** Whether the card takes frames from its wire. */
    boolean enabled() {
        return (registers.peek(RXCTRL) & RXCTRL_ENABLE) != 0 && (registers.peek(SECRXCTRL) & SECRXCTRL_RX_DISABLE) == 0;
    }

    /** Whether the card is to be reset in the middle of this. */
    boolean resets() {
        return resets;
    }

    /** Begins a turn: what waits is delivered where there are descriptors now. */
    void begin(long turnNumber) {
        turn = turnNumber;
        deliver();
    }

    /** Takes up to {@code budget} frames from {@code wire}, and delivers what can be delivered: how many it took. */
    int work(Wire wire, LinePace pace, int budget, long nowNanos) {
        int taken = 0;
        while (taken < budget && !resets && pace.free()) {
            final int length = wire.receive(buffer.room(), PacketBuffer.MAX_FRAME_BYTES);
            if (length == PacketSource.NOTHING) {
                break;
            }
            taken++;
            pace.occupy(length > 0 ? length : PacketBuffer.MAX_FRAME_BYTES);
            arrived(length, nowNanos);
            deliver();
        }
        return taken;
    }

    /** Loses up to {@code budget} frames of {@code wire}, to which the receiver is not joined: how many it were. */
    int lose(Wire wire, int budget) {
        int lost = 0;
        while (lost < budget && wire.receive(buffer.room(), PacketBuffer.MAX_FRAME_BYTES) != PacketSource.NOTHING) {
            lost++;
        }
        return lost;
    }

    private void arrived(int lengthBytes, long nowNanos) {
        if (lengthBytes < FrameHeaders.ETHERNET_BYTES) {
            counts.total(Math.max(lengthBytes, 0));
            counts.add(lengthBytes == PacketSource.OVERSIZE ? Kind.LONG : Kind.SHORT);
            return;
        }
        final long frame = buffer.room();
        counts.total(lengthBytes);
        if (PauseFrame.is(frame, lengthBytes)) {
            flowControl.received(frame, nowNanos);
            if ((registers.peek(MFLCN) & MFLCN_DISCARD_PAUSE) != 0) {
                return;
            }
        }
        headers.parse(frame, lengthBytes, registers.peek(VLNCTRL) & VLNCTRL_ETHERTYPE_MASK);
        final int match = classifier.filter().match(headers);
        if (match == AddressFilter.REJECTED) {
            return;
        }
        if (lengthBytes < LEAST_BYTES || lengthBytes + FrameCheck.BYTES > longest()) {
            counts.add(lengthBytes < LEAST_BYTES ? Kind.SHORT : Kind.LONG);
            return;
        }
        counts.good(headers.destination, lengthBytes); // also those that are missed below
        final long pools = classifier.pools().active() ? classifier.pools().pools(headers) : 0;
        if (pools != 0 || !classifier.pools().active()) {
            keep(match, pools, 0);
        }
    }

    /** The longest frame with check sequence; a tag may come on top (8.2.3.22.13). */
    private int longest() {
        final boolean jumbo = (registers.peek(HLREG0) & HLREG0_JUMBO) != 0;
        final int bytes = jumbo ? registers.peek(MAXFRS) >>> MAX_FRAME_SHIFT : LONGEST_BYTES;
        return headers.tagged ? bytes + FrameHeaders.TAG_BYTES : bytes;
    }

    private void keep(int match, long pools, int status) {
        final boolean keepsSequence = (registers.peek(HLREG0) & HLREG0_RX_CRC_STRIP) == 0;
        final int lengthBytes = headers.lengthBytes;
        if (keepsSequence) {
            Memory.intAt(headers.address + lengthBytes, FrameCheck.of(headers.address, lengthBytes));
        }
        final HeldFrame held = buffer.add(keepsSequence ? lengthBytes + FrameCheck.BYTES : lengthBytes);
        if (held == null) {
            counts.add(Kind.MISSED);
            interrupts.raise(InterruptRegisters.EICR_RX_MISS);
            return;
        }
        classifier.classify(headers, match, held);
        held.pools = pools;
        held.status |= status;
    }

    /** Takes a frame that the card has sent to pools of its own. */
    void loopToPools(long frame, int lengthBytes, long pools) {
        Memory.copy(frame, buffer.room(), lengthBytes);
        headers.parse(buffer.room(), lengthBytes, registers.peek(VLNCTRL) & VLNCTRL_ETHERTYPE_MASK);
        keep(classifier.filter().matchAddress(headers), pools, DescriptorBits.STATUS_LOOPBACK);
    }

    /** Takes a frame that the card has sent to itself, as one from the wire (HLREG0.LPBK). */
    void loopAll(long frame, int lengthBytes, long nowNanos) {
        if (enabled()) {
            Memory.copy(frame, buffer.room(), lengthBytes);
            arrived(lengthBytes, nowNanos);
        }
    }

    /** The pools that a frame of pool {@code from} goes to inside the card. */
    long localPools(long frame, int lengthBytes, int from) {
        headers.parse(frame, lengthBytes, registers.peek(VLNCTRL) & VLNCTRL_ETHERTYPE_MASK);
        classifier.filter().match(headers);
        return classifier.pools().localPools(headers, from);
    }

    /** Whether the last frame of {@link #localPools} also leaves the card: one to a single pool of it does not. */
    boolean leaves(long localPools) {
        return localPools == 0 || headers.toGroup();
    }

    /** Hands frames to their queues until one has to wait. */
    private void deliver() {
        HeldFrame frame = buffer.front();
        while (frame != null && !resets && (frame.pools == 0 ? deliver(frame) : deliverToPools(frame))) {
            buffer.remove();
            frame = buffer.front();
        }
    }

    private boolean deliver(HeldFrame frame) {
        return deliver(frame, frame.queue);
    }

    private boolean deliverToPools(HeldFrame frame) {
        while (frame.pools != 0) {
            final int pool = Long.numberOfTrailingZeros(frame.pools);
            if (!deliver(frame, classifier.pools().queue(pool, frame.queue) & queues.length - 1)) {
                return false;
            }
            frame.pools &= frame.pools - 1;
        }
        return true;
    }

    private boolean deliver(HeldFrame frame, int queue) {
        switch (queues[queue].deliver(frame, turn)) {
            case InputQueue.DELIVERED -> {
                counts.queue(queue, frame.lengthBytes);
                queues[queue].showHead();
            }
            case InputQueue.DROPPED -> counts.dropped(queue);
            case InputQueue.TOO_LONG -> counts.add(Kind.LONG);
            case InputQueue.RESET -> {
                resets = true;
                return false;
            }
            default -> {
                return false;
            }
        }
        return true;
    }
}
