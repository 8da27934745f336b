// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.DeviceRegisters.CTRL_EXT;
import static io.sluice.host.ixgbe.register.DeviceRegisters.CTRL_EXT_DRIVER_LOADED;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;

import io.sluice.host.pci.PciDevice;
import java.util.Optional;

/** Tells whether a card still does what it was told, from a few of its registers. */
final class FaultDetector {
    private final Registers registers;
    private final TransmitQueues queues;
    private final LinkMonitor link;
    private final CardStatistics statistics;
    private final long stuckNanos;
    private final int[] heads = new int[TX_QUEUES];
    private final long[] movedAt = new long[TX_QUEUES];
    private long pausesReceived;

    FaultDetector(
            Registers registers, TransmitQueues queues, LinkMonitor link, CardStatistics statistics, long stuckNanos) {
        this.registers = registers;
        this.queues = queues;
        this.link = link;
        this.statistics = statistics;
        this.stuckNanos = stuckNanos;
        forget();
    }

    /** Begins anew, after a reset. */
    void forget() {
        final long now = registers.clock().nanos();
        for (int queue = 0; queue < TX_QUEUES; queue++) {
            heads[queue] = 0;
            movedAt[queue] = now;
        }
    }

    /** What is wrong, in the reader's words; empty where nothing is. */
    Optional<String> look() {
        final int control = registers.read(CTRL_EXT);
        if (control == PciDevice.GONE && registers.gone()) {
            return Optional.of("the card no longer answers (all registers read as ones)");
        }
        if ((control & CTRL_EXT_DRIVER_LOADED) == 0) {
            return Optional.of("the card was reset by something else (CTRL_EXT.DRV_LOAD is clear)");
        }
        return stuckQueue();
    }

    /** A queue that has descriptors but does not move on, though nothing stops it. */
    private Optional<String> stuckQueue() {
        final long now = registers.clock().nanos();
        for (int queue = 0; queue < TX_QUEUES; queue++) {
            if (queues.ring(queue) == null) {
                // its time begins when it is enabled
                movedAt[queue] = now;
                continue;
            }
            final int head = registers.read(tdh(queue));
            final boolean idle = head == registers.read(tdt(queue));
            if (idle || head != heads[queue] || !link.up()) {
                heads[queue] = head;
                movedAt[queue] = now;
            } else if (now - movedAt[queue] >= stuckNanos && !paused()) {
                return Optional.of("transmit queue " + queue + " has been stuck at descriptor " + head + " for "
                        + (now - movedAt[queue]) / Registers.MILLISECOND + " ms while the link is up");
            }
        }
        return Optional.empty();
    }

    /** Whether the peer has asked for a pause since this was last looked at; then all queues get their time again. */
    private boolean paused() {
        statistics.refresh();
        final long pauses =
                statistics.value(Statistic.XOFF_RECEIVED) + statistics.value(Statistic.PRIORITY_XOFF_RECEIVED);
        final boolean paused = pauses != pausesReceived;
        pausesReceived = pauses;
        if (paused) {
            final long now = registers.clock().nanos();
            for (int queue = 0; queue < TX_QUEUES; queue++) {
                movedAt[queue] = now;
            }
        }
        return paused;
    }
}
