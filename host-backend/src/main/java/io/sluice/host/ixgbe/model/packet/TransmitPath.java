// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.FlowRegisters.vfte;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.HLREG0;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.HLREG0_LOOPBACK;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;

import io.sluice.host.ixgbe.model.RegisterFile;
import io.sluice.shared.memory.Memory;

/** From the transmit queues to the wire, or back into the card: queues in turns, a few frames each (7.2, 7.10.3.4). */
final class TransmitPath {
    private static final int FRAMES_AT_ONCE = 32;
    private static final int IDLE = 0;
    private static final int MOVED = 1;
    private static final int BLOCKED = 2;
    private static final int POOLS_MASK = 3 << 2;

    private final RegisterFile registers;
    private final OutputQueue[] queues;
    private final int[] active;
    private final ReceivePath loopback;
    private final PacketGather gather;
    private final FrameStamps stamps;
    private final FrameCounts counts;
    private Wire wire;
    private LinePace pace;
    private long turn;
    private long nowNanos;
    private int activeCount;
    private int next;
    private boolean resets;

    TransmitPath(
            EngineParts parts, OutputQueue[] queues, ReceivePath loopback, FrameStamps stamps, FrameCounts counts) {
        this.registers = parts.registers();
        this.queues = queues;
        this.active = new int[queues.length];
        this.loopback = loopback;
        this.gather = new PacketGather(parts);
        this.stamps = stamps;
        this.counts = counts;
    }

    /** A queue was enabled or disabled. */
    void queuesChanged() {
        activeCount = 0;
        next = 0;
        for (OutputQueue queue : queues) {
            if (queue.enabled()) {
                active[activeCount++] = queue.number();
            }
        }
    }

    void reset() {
        resets = false;
        queuesChanged();
    }

    boolean resets() {
        return resets;
    }

    /** Whether the card sends anything at all. */
    boolean enabled() {
        return activeCount != 0
                && (registers.peek(DMATXCTL) & DMATXCTL_ENABLE) != 0
                && (registers.peek(SECTXCTRL) & SECTXCTRL_TX_DISABLE) == 0;
    }

    /** Whether what is sent comes back, and needs no link. */
    boolean loopsAll() {
        return (registers.peek(HLREG0) & HLREG0_LOOPBACK) != 0;
    }

    /** Works through about {@code budget} descriptors or frames: how many it was. */
    int work(Wire line, LinePace linePace, int budget, long turnNumber, long now) {
        wire = line;
        pace = linePace;
        turn = turnNumber;
        nowNanos = now;
        int done = 0;
        int idle = 0;
        while (done < budget && idle < activeCount && !resets) {
            next = next < activeCount ? next : 0;
            final OutputQueue queue = queues[active[next]];
            final int moved = work(queue, Math.min(FRAMES_AT_ONCE, budget - done));
            if (moved < 0) {
                return done - moved - 1; // blocked: the same queue goes on next time
            }
            idle = moved == 0 ? idle + 1 : 0;
            done += moved;
            next++;
        }
        return done;
    }

    /** One queue's turn: how much it moved, or {@code -1 - moved} where the line is blocked. */
    private int work(OutputQueue queue, int budget) {
        if (!mayTransmit(queue.number())) {
            return 0;
        }
        int moved = 0;
        int outcome = MOVED;
        while (moved < budget && outcome == MOVED && queue.ready(turn)) {
            outcome = step(queue);
            moved += outcome == MOVED ? 1 : 0;
        }
        if (moved != 0) {
            queue.showHead();
        }
        return outcome == BLOCKED ? -1 - moved : moved;
    }

    private int step(OutputQueue queue) {
        final long word = queue.word(0);
        if (queue.skipping) {
            queue.skipping = (word & DescriptorBits.COMMAND_END) == 0;
            return complete(queue, 1);
        }
        if (OutputQueue.isContext(word)) {
            queue.keepContext(word);
            return complete(queue, 1);
        }
        final int scanned = queue.scan();
        if (scanned == OutputQueue.NOTHING) {
            return queue.grows() ? MOVED : IDLE;
        }
        if (scanned == OutputQueue.NONSENSE) {
            return complete(queue, queue.chain);
        }
        final int frames = gather.begin(queue);
        for (int i = queue.framesSent; i < frames; i++) {
            gather.frame(i);
            if (!pace.free() || !send(queue.number())) {
                return BLOCKED;
            }
            queue.framesSent = i + 1;
            gather.sent(i);
        }
        return complete(queue, scanned);
    }

    private int complete(OutputQueue queue, int descriptors) {
        resets = !queue.complete(descriptors);
        return resets ? BLOCKED : MOVED;
    }

    /** Sends the frame that was gathered: to the wire, to pools of this card, or both. */
    private boolean send(int queue) {
        final long frame = gather.frame;
        final int lengthBytes = gather.lengthBytes;
        if (loopsAll()) {
            count(queue, frame, lengthBytes);
            loopback.loopAll(frame, lengthBytes, nowNanos);
            return true;
        }
        final long pools = switches() ? loopback.localPools(frame, lengthBytes, pool(queue)) : 0;
        if (loopback.leaves(pools)) {
            if (!wire.transmit(frame, lengthBytes)) {
                return false;
            }
            pace.occupy(lengthBytes);
            count(queue, frame, lengthBytes);
            if (gather.wantsStamp()) {
                stamps.sent();
            }
        } else {
            counts.queue(queue, lengthBytes);
        }
        if (pools != 0) {
            loopback.loopToPools(frame, lengthBytes, pools);
        }
        return true;
    }

    private void count(int queue, long frame, int lengthBytes) {
        counts.total(lengthBytes);
        counts.good(Memory.longAt(frame) & FrameHeaders.BROADCAST, lengthBytes);
        counts.queue(queue, lengthBytes);
    }

    private boolean pooled() {
        return (registers.peek(MTQC) & MTQC_VT) != 0;
    }

    private boolean switches() {
        return pooled() && (registers.peek(PFDTXGSWC) & PFDTXGSWC_LOOPBACK) != 0;
    }

    private int pool(int queue) {
        return (registers.peek(MTQC) & POOLS_MASK) == MTQC_32_POOLS ? queue >>> 2 : queue >>> 1;
    }

    private boolean mayTransmit(int queue) {
        if (!pooled()) {
            return true;
        }
        final int pool = pool(queue);
        return (registers.peek(vfte(pool >>> 5)) >>> pool & 1) != 0;
    }
}
