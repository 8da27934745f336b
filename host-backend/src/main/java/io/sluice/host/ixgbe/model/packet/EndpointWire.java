// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.PacketSink;
import io.sluice.host.endpoint.PacketSource;
import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * An endpoint as a wire: a TAP interface, a capture, a generator. It plays the other end's MAC as well: short frames are
 * padded to Ethernet's least length, and a pause frame makes it silent instead of going on, as with a switch that obeys
 * flow control.
 */
public final class EndpointWire implements Wire {
    private static final int LEAST_BYTES = 60;

    private final Endpoint endpoint;
    private final PacketSource source;
    /** Null where nobody listens. */
    private final PacketSink sink;

    private final LongSupplier nanoClock;
    private final AtomicLong pauses = new AtomicLong();
    private final AtomicLong oversize = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private boolean ended;
    private boolean paused;
    private long pausedUntilNanos;

    /**
     * A wire to {@code endpoint}, which is closed with it.
     *
     * @param sends whether the endpoint was opened for packets that leave; else they are lost, as on a wire where nobody
     *     listens
     * @param nanoClock the card's
     */
    public EndpointWire(Endpoint endpoint, boolean sends, LongSupplier nanoClock) {
        this.endpoint = endpoint;
        this.source = endpoint.source();
        this.sink = sends ? endpoint.sink() : null;
        this.nanoClock = nanoClock;
    }

    @Override
    public int receive(long address, int capacityBytes) {
        if (ended || paused && stillPaused()) {
            return PacketSource.NOTHING;
        }
        final int length = source.receive(address, capacityBytes);
        if (length >= LEAST_BYTES || length == PacketSource.NOTHING || length == PacketSource.OVERSIZE) {
            return length;
        }
        if (length == PacketSource.END) {
            ended = true;
            return PacketSource.NOTHING;
        }
        Memory.zero(address + length, LEAST_BYTES - length);
        return LEAST_BYTES;
    }

    private boolean stillPaused() {
        paused = nanoClock.getAsLong() - pausedUntilNanos < 0;
        return paused;
    }

    @Override
    public boolean transmit(long address, int lengthBytes) {
        if (PauseFrame.is(address, lengthBytes)) {
            final long nanos = PauseFrame.nanos(address);
            paused = nanos != 0;
            pausedUntilNanos = nanoClock.getAsLong() + nanos;
            pauses.setOpaque(pauses.getOpaque() + 1);
            return true;
        }
        if (sink == null) {
            return true;
        }
        switch (sink.transmit(address, lengthBytes, EpochClock.nanos())) {
            case SENT -> {}
            case BUSY -> {
                return false;
            }
            case OVERSIZE -> oversize.setOpaque(oversize.getOpaque() + 1);
            case ERROR -> refused.setOpaque(refused.getOpaque() + 1);
        }
        return true;
    }

    @Override
    public void flush() {
        if (sink != null) {
            sink.flush();
        }
    }

    @Override
    public boolean carrier() {
        return endpoint.carrier();
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        if (ended) {
            return true;
        }
        if (paused && stillPaused()) {
            waitSet.dueIn(pausedUntilNanos - nanoClock.getAsLong());
            return true;
        }
        return source.arm(waitSet);
    }

    /** What the endpoint counts, pause frames that it has obeyed, and frames that it would not take. */
    @Override
    public Map<String, Long> details() {
        final var details = new LinkedHashMap<String, Long>(endpoint.details());
        details.put("wire-pauses", pauses.getOpaque());
        details.put("wire-oversize", oversize.getOpaque());
        details.put("wire-refused", refused.getOpaque());
        return details;
    }

    @Override
    public void close() {
        endpoint.close();
    }
}
