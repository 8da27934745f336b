// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import static io.sluice.host.ixgbe.register.FlowRegisters.ereta;
import static io.sluice.host.ixgbe.register.FlowRegisters.reta;

import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.Rss;
import java.util.ArrayList;
import java.util.List;

/** Whether each queue pair that chains use sends and receives, and whether the hash's table takes packets to it. */
final class QueueCheck implements Check {
    private static final int FRAMES = 8;
    private static final int RETA_WORDS = 32;
    private static final int ERETA_WORDS = 96;
    private static final int EVERY_ENTRY = 0x0101_0101;
    private static final long RETURN_NANOS = 2_000_000_000;

    /** For a queue behind one of which nothing came back. */
    private static final long LATER_NANOS = 200_000_000;

    @Override
    public String name() {
        return "queues";
    }

    @Override
    public Need need() {
        return Need.MEMORY;
    }

    @Override
    public Finding run(Bench bench) throws CardException {
        final List<String> wrong = new ArrayList<>();
        bench.card().rss().spread(Rss.MAX_QUEUES);
        try (Loopback _ = new Loopback(bench)) {
            for (int queue = 0; queue < Rss.MAX_QUEUES; queue++) {
                direct(bench, queue);
                final String found = test(bench, queue, wrong.isEmpty() ? RETURN_NANOS : LATER_NANOS);
                if (!found.isEmpty()) {
                    wrong.add(found);
                }
                if (bench.vanished()) {
                    break;
                }
            }
        }
        bench.card().rss().spread(1);
        return wrong.isEmpty()
                ? Finding.passed("queue pairs 0 to " + (Rss.MAX_QUEUES - 1) + " send and receive")
                : Finding.failed(
                        wrong.size() == Rss.MAX_QUEUES
                                ? "none of " + Rss.MAX_QUEUES + " queue pairs works; the first one: " + wrong.getFirst()
                                : String.join("; ", wrong));
    }

    /** Every entry of the hash's table names {@code queue} (8.2.3.7.14). */
    private static void direct(Bench bench, int queue) {
        for (int i = 0; i < RETA_WORDS; i++) {
            bench.write(reta(i), queue * EVERY_ENTRY);
        }
        if (bench.card().identity().kind().equals("X550")) {
            for (int i = 0; i < ERETA_WORDS; i++) {
                bench.write(ereta(i), queue * EVERY_ENTRY);
            }
        }
    }

    private static String test(Bench bench, int queue, long returnNanos) {
        try (LoopPort port = new LoopPort(bench, queue, true)) {
            for (int i = 0; i < FRAMES; i++) {
                port.send(TestFrames.write(bench, i, TestFrames.LEAST_BYTES), TestFrames.LEAST_BYTES, true);
            }
            port.flush();
            bench.await(
                    () -> {
                        while (port.receive() != LoopPort.NOTHING) {
                            port.release();
                        }
                        return port.received() >= FRAMES && port.done() >= FRAMES;
                    },
                    returnNanos);
            if (port.done() < FRAMES) {
                return "transmit queue " + queue + " has sent " + port.done() + " of " + FRAMES + " frames";
            }
            return port.received() == FRAMES
                    ? ""
                    : "receive queue " + queue + " has received " + port.received() + " of " + FRAMES + " frames";
        } catch (CardException e) {
            return bench.withoutName(e.getMessage());
        }
    }
}
