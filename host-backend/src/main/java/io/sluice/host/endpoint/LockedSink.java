// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.util.Map;

/** A sink that two threads share: one sends what arrives there, the other what is sent back to where it came from. */
public final class LockedSink implements PacketSink {
    private final PacketSink sink;

    public LockedSink(PacketSink sink) {
        this.sink = sink;
    }

    @Override
    public synchronized Result transmit(long address, int lengthBytes, long timestampNanos) {
        return sink.transmit(address, lengthBytes, timestampNanos);
    }

    @Override
    public synchronized void flush() {
        sink.flush();
    }

    @Override
    public int pollDescriptor() {
        return sink.pollDescriptor();
    }

    @Override
    public Map<String, Long> details() {
        return sink.details();
    }

    @Override
    public synchronized void close() {
        sink.close();
    }
}
