// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.card;

import io.sluice.host.endpoint.Output;
import io.sluice.host.ixgbe.queue.CardOutput;
import io.sluice.host.ixgbe.queue.CardReceiveAgent;
import io.sluice.host.ixgbe.queue.CardTransmitAgent;
import io.sluice.host.ixgbe.queue.DescriptorMemory;
import io.sluice.host.ixgbe.queue.QueueGate;
import io.sluice.host.ixgbe.queue.ReceiveFormat;
import io.sluice.host.ixgbe.queue.ReceiveQueue;
import io.sluice.host.ixgbe.queue.TransmitControl;
import io.sluice.host.ixgbe.queue.TransmitQueue;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.Stage;
import java.util.ArrayList;
import java.util.List;

/** Our stages on a path, as a helper thread runs them. */
final class JavaDriver implements Driver {
    private static final long STALL_NANOS = 60_000_000_000L;
    private static final int MAX_FRAME_BYTES = 1518;

    private final CardPath path;
    private final Load load;
    private final FlowIndex index;
    private Agent[] agents = {};
    private Stage last;

    JavaDriver(CardPath path, Load load, FlowIndex index) {
        this.path = path;
        this.load = load;
        this.index = index;
    }

    @Override
    public void begin() {
        final Stage first = new Stage(path.ring(), 0, Doorbell.NONE);
        last = new Stage(path.ring(), load.stages() - 1, Doorbell.NONE);
        final ReceiveQueue queue = new ReceiveQueue(
                path.received().address(),
                path.inBuffers(first.bufferAddress(0)),
                ReceiveFormat.LEGACY,
                path.inCard().receiveTail(0));
        final List<Agent> all = new ArrayList<>();
        all.add(new CardReceiveAgent("in", first, queue, new QueueGate("rx"), () -> {}, load.flushPeriod()));
        if (load.stages() == 3) {
            load.middle(new Stage(path.ring(), 1, Doorbell.NONE), index).ifPresent(all::add);
        }
        final CardOutput[] outputs = new CardOutput[load.outputs()];
        for (int i = 0; i < outputs.length; i++) {
            final DescriptorMemory memory = path.transmitted().get(i);
            outputs[i] = new CardOutput(
                    new TransmitQueue(
                            memory.address(),
                            memory.headAddress(),
                            path.outBuffers(first.bufferAddress(0)),
                            path.outCard().transmitTail(i)),
                    new QueueGate("tx"),
                    new NeverStalls(),
                    MAX_FRAME_BYTES,
                    STALL_NANOS);
        }
        all.add(new CardTransmitAgent("out", last, outputs, new Output[outputs.length], load.flushPeriod()));
        agents = all.toArray(Agent[]::new);
    }

    @Override
    public long turn() {
        final Agent[] agents = this.agents;
        final long start = System.nanoTime();
        int work;
        do {
            work = 0;
            for (Agent agent : agents) {
                work += agent.doWork();
            }
        } while (work > 0);
        return System.nanoTime() - start;
    }

    @Override
    public long position() {
        return last.position();
    }

    @Override
    public void close() {}

    private static final class NeverStalls implements TransmitControl {
        @Override
        public boolean stop() {
            throw new IllegalStateException("a queue of a benchmark stands still");
        }

        @Override
        public boolean start() {
            return false;
        }

        @Override
        public boolean linkUp() {
            return true;
        }
    }
}
