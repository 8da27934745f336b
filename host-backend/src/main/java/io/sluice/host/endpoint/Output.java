// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.pacing.WaitSet;

/** One output of a transmitting stage, and since when it has been busy. */
public final class Output {
    private static final long RETRY_NANOS = 1_000_000;
    private static final long PAUSE_NANOS = 100_000;

    private final PacketSink sink;
    private final long stallNanos;
    private boolean busy;
    private boolean busyAgain;
    private long busySinceNanos;

    /** An output to {@code sink} that counts as stalled once it has taken nothing for {@code stallNanos}. */
    public Output(PacketSink sink, long stallNanos) {
        this.sink = sink;
        this.stallNanos = stallNanos;
    }

    /** What it sends to. */
    public PacketSink sink() {
        return sink;
    }

    /** Offers one packet, as {@link PacketSink#transmit} says. */
    public PacketSink.Result transmit(long address, int lengthBytes, long timestampNanos) {
        final PacketSink.Result result = sink.transmit(address, lengthBytes, timestampNanos);
        busyAgain = busy;
        if (result != PacketSink.Result.BUSY) {
            busy = false;
        } else if (!busy) {
            busy = true;
            busySinceNanos = System.nanoTime();
        }
        return result;
    }

    /** Whether the output has taken nothing for so long that its packets are to be dropped. */
    public boolean stalled() {
        return busy && System.nanoTime() - busySinceNanos > stallNanos;
    }

    /**
     * Waits for room, and looks again after a while where the endpoint cannot tell. One that was busy again although its
     * descriptor polled writable (a full device queue) is offered its packet after a pause.
     */
    public void arm(WaitSet waitSet) {
        if (!busy) {
            return;
        }
        final int descriptor = sink.pollDescriptor();
        if (descriptor < 0) {
            waitSet.dueIn(RETRY_NANOS);
        } else if (busyAgain) {
            waitSet.dueIn(PAUSE_NANOS);
        } else {
            waitSet.awaitWritable(descriptor);
            waitSet.dueIn(Math.max(RETRY_NANOS, stallNanos - (System.nanoTime() - busySinceNanos)));
        }
    }
}
