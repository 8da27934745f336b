// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.CardRig.MILLISECOND;
import static io.sluice.host.ixgbe.CardRig.SECOND;

import io.sluice.host.pci.PciDevice;
import java.io.IOException;

/** What a driver does with a card from its opening to its closing; as a program, it prints every access to registers. */
final class TraceProgram {
    private static final int PACKETS = 100;

    private TraceProgram() {}

    /** Drives {@code device}, which is {@code rig}'s model by whatever door; all accesses but those to tails. */
    static RegisterTrace run(ModelRig rig, PciDevice device) throws IOException {
        final TracingDevice tracing = new TracingDevice(device);
        final Card card = Card.open(tracing, rig.options());
        try (TestQueues queues = new TestQueues(card, 0)) {
            card.link().awaitUp(5 * SECOND);
            for (int i = 0; i < PACKETS; i++) {
                rig.wire().toCard.add(TestFrame.of(TestFrame.BROADCAST, 60 + i));
                queues.send(1);
                rig.clock().sleep(MILLISECOND);
                queues.poll();
                card.maintain();
            }
            card.statistics().refresh();
            card.health().reset("a test");
            card.maintain();
            card.addresses().promiscuous(false);
            card.rss().spread(8);
            if (queues.completed() != PACKETS || queues.received() != PACKETS) {
                throw new IllegalStateException("completed=" + queues.completed() + " received=" + queues.received()
                        + ", must be " + PACKETS + " each");
            }
        }
        card.close();
        return tracing.trace();
    }

    /** Prints the trace over the door of one process. */
    public static void main(String[] arguments) throws IOException {
        try (ModelRig rig = new ModelRig(ModelRig.slow())) {
            System.out.print(run(rig, rig.device()).everything());
        }
    }
}
