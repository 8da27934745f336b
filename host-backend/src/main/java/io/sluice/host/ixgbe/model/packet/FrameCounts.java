// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.StatisticsRegisters.*;

import io.sluice.host.ixgbe.model.RegisterFile;
import java.util.Arrays;

/**
 * Statistics of one direction (8.2.3.23), added up during a turn and put into the registers at its end. Lengths in
 * frames and octets have the check sequence, those of queues have what the driver's memory holds.
 */
final class FrameCounts {
    private static final int BINS = 6;

    private final RegisterFile registers;
    private final int[] binOffsets;
    private final int[] offsets;
    private final int[] values = new int[Kind.ALL.length];
    private final long[] bins = new long[BINS];
    private final long[] setFrames = new long[STATISTICS_SETS];
    private final long[] setBytes = new long[STATISTICS_SETS];
    private final long[] setDrops = new long[STATISTICS_SETS];
    private final boolean receive;
    private long goodOctets;
    private long totalOctets;
    private boolean changed;

    /** What is counted in frames; a direction that has no such counter drops it. */
    enum Kind {
        GOOD(GPRC, GPTC),
        TOTAL(TPR, TPT),
        BROADCAST(BPRC, BPTC),
        MULTICAST(MPRC, MPTC),
        SHORT(RUC, 0),
        LONG(ROC, 0),
        MISSED(rxmpc(0), 0),
        PAUSE_ON(LXONRXCNT, LXONTXC),
        PAUSE_OFF(LXOFFRXCNT, LXOFFTXC);

        private static final Kind[] ALL = values();

        private final int receiveOffset;
        private final int transmitOffset;

        Kind(int receiveOffset, int transmitOffset) {
            this.receiveOffset = receiveOffset;
            this.transmitOffset = transmitOffset;
        }
    }

    FrameCounts(RegisterFile registers, boolean receive) {
        this.registers = registers;
        this.receive = receive;
        this.binOffsets = receive
                ? new int[] {PRC64, PRC127, PRC255, PRC511, PRC1023, PRC1522}
                : new int[] {PTC64, PTC127, PTC255, PTC511, PTC1023, PTC1522};
        this.offsets = new int[Kind.ALL.length];
        for (Kind kind : Kind.ALL) {
            offsets[kind.ordinal()] = receive ? kind.receiveOffset : kind.transmitOffset;
        }
    }

    void add(Kind kind) {
        values[kind.ordinal()]++;
        changed = true;
    }

    /** A frame of {@code lengthBytes} without check sequence was on the wire. */
    void total(int lengthBytes) {
        add(Kind.TOTAL);
        totalOctets += lengthBytes + FrameCheck.BYTES;
    }

    /** A frame without fault was taken or sent. */
    void good(long destination, int lengthBytes) {
        final int octets = lengthBytes + FrameCheck.BYTES;
        add(Kind.GOOD);
        goodOctets += octets;
        bins[bin(octets)]++;
        if ((destination & 1) != 0) {
            add(destination == FrameHeaders.BROADCAST ? Kind.BROADCAST : Kind.MULTICAST);
        }
    }

    private static int bin(int octets) {
        if (octets <= 127) {
            return octets <= 64 ? 0 : 1;
        }
        // 128 to 255, 256 to 511, 512 to 1023, and all above.
        return Math.min(BINS - 1, Integer.SIZE - Integer.numberOfLeadingZeros(octets) - 6);
    }

    /** A frame of a queue. */
    void queue(int queue, int lengthBytes) {
        final int set = set(queue);
        setFrames[set]++;
        setBytes[set] += lengthBytes;
        changed = true;
    }

    /** A frame for which its queue had no room. */
    void dropped(int queue) {
        setDrops[set(queue)]++;
        changed = true;
    }

    /** The statistics set of a queue: eight bits for each, the lower four in use. */
    private int set(int queue) {
        final int word = registers.peek(receive ? rqsmr(queue >>> 2) : tqsm(queue >>> 2));
        return word >>> 8 * (queue & 3) & STATISTICS_SETS - 1;
    }

    /** Forgets what is not in the registers yet. */
    void clear() {
        Arrays.fill(values, 0);
        Arrays.fill(bins, 0);
        Arrays.fill(setFrames, 0);
        Arrays.fill(setBytes, 0);
        Arrays.fill(setDrops, 0);
        goodOctets = 0;
        totalOctets = 0;
        changed = false;
    }

    /** Puts what was counted into the registers. */
    void publish() {
        if (!changed) {
            return;
        }
        changed = false;
        for (int i = 0; i < values.length; i++) {
            count(offsets[i], values[i]);
            values[i] = 0;
        }
        for (int i = 0; i < BINS; i++) {
            count(binOffsets[i], bins[i]);
            bins[i] = 0;
        }
        count(receive ? GORCL : GOTCL, goodOctets);
        goodOctets = 0;
        if (receive) {
            count(TORL, totalOctets);
        }
        totalOctets = 0;
        for (int set = 0; set < STATISTICS_SETS; set++) {
            if ((setFrames[set] | setDrops[set]) != 0) {
                publish(set);
            }
        }
    }

    private void publish(int set) {
        count(receive ? qprc(set) : qptc(set), setFrames[set]);
        count(receive ? qbrcL(set) : qbtcL(set), setBytes[set]);
        if (receive) {
            count(qprdc(set), setDrops[set]);
        }
        setFrames[set] = 0;
        setBytes[set] = 0;
        setDrops[set] = 0;
    }

    private void count(int offset, long n) {
        if (n != 0 && offset != 0) {
            registers.count(offset, n);
        }
    }
}
