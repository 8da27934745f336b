// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.pci.InProcessDoor;
import io.sluice.host.pci.PciConfig;
import java.util.ArrayList;
import java.util.List;

/** A model on the bench: time stands still unless told to pass, packets are nobody's business, interrupts are noted. */
final class ModelBench implements AutoCloseable {
    long nowNanos = 1_000;
    boolean carrier = true;
    int engineTurns;
    int engineResets;
    Runnable onQueue = () -> {};
    Runnable onTurn = () -> {};
    final List<String> engineCalls = new ArrayList<>();
    final List<Integer> interrupts = new ArrayList<>();
    Engine.Parts parts;
    final Model82599 model;
    final InProcessDoor door;
    final PciConfig config;

    ModelBench() {
        this(ModelOptions.of("bench").with(RegisterAccess.TRAPPED));
    }

    ModelBench(ModelOptions options) {
        model = new Model82599(options, () -> nowNanos, given -> {
            parts = given;
            return new BenchEngine();
        });
        door = new InProcessDoor(model);
        config = new PciConfig(door);
        config.setCommand(PciConfig.COMMAND_MEMORY | PciConfig.COMMAND_BUS_MASTER);
        for (int i = 0; i < model.vectors(); i++) {
            final int vector = i;
            model.interrupt(vector, () -> interrupts.add(vector));
        }
    }

    int read(int offset) {
        return door.read32(offset);
    }

    void write(int offset, int value) {
        door.write32(offset, value);
    }

    /** What interrupts there were since this was last asked. */
    List<Integer> takeInterrupts() {
        final List<Integer> taken = List.copyOf(interrupts);
        interrupts.clear();
        return taken;
    }

    void pass(long nanos) {
        nowNanos += nanos;
        model.doWork();
    }

    @Override
    public void close() {
        model.close();
    }

    private final class BenchEngine implements Engine {
        @Override
        public int doWork() {
            engineTurns++;
            onTurn.run();
            return 1;
        }

        @Override
        public void reset() {
            engineResets++;
        }

        @Override
        public void receiveQueueWritten(int queue) {
            engineCalls.add("rx " + queue);
            onQueue.run();
        }

        @Override
        public void transmitQueueWritten(int queue) {
            engineCalls.add("tx " + queue);
            onQueue.run();
        }

        @Override
        public boolean carrier() {
            return carrier;
        }

        @Override
        public void close() {
            engineCalls.add("close");
        }
    }
}
