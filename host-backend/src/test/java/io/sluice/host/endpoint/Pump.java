// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.posix.PollSet;
import java.util.concurrent.atomic.AtomicReference;

/** Carries packets from one endpoint to another on a thread, until closed. */
final class Pump implements AutoCloseable {
    private static final long WAIT_NANOS = 1_000_000;

    private final PacketSource source;
    private final PacketSink sink;
    private final Thread thread;
    private final AtomicReference<Throwable> thrown = new AtomicReference<>();
    private volatile boolean running = true;
    private volatile long carried;

    Pump(Endpoint from, Endpoint to) {
        this.source = from.source();
        this.sink = to.sink();
        this.thread = Thread.ofPlatform()
                .name("pump " + from.name() + " to " + to.name())
                .uncaughtExceptionHandler((pump, e) -> thrown.set(e))
                .start(this::run);
    }

    private void run() {
        final var slot = new Slot();
        try (var polls = new PollSet(1)) {
            while (running) {
                final int length = source.receive(slot.address(), slot.capacity());
                if (length > 0) {
                    while (running && sink.transmit(slot.address(), length, 0) == PacketSink.Result.BUSY) {
                        Thread.onSpinWait();
                    }
                    carried = carried + 1;
                } else {
                    polls.clear();
                    polls.add(source.pollDescriptor(), PollSet.READABLE);
                    polls.await(WAIT_NANOS);
                }
            }
        }
    }

    long carried() {
        return carried;
    }

    @Override
    public void close() {
        running = false;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(thrown.get()).isNull();
    }
}
