// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

/**
 * The time that frames take on a wire of 10 Gbit/s: 0.8 ns for each byte of preamble, frame, check sequence and gap. A
 * frame may have begun at any time after the last turn, so turns that come late catch up, and an idle wire saves nothing.
 */
final class LinePace {
    /** Preamble with start delimiter, and the least gap between packets (IEEE 802.3, 4.4.2). */
    static final int PREAMBLE_AND_GAP_BYTES = 20;

    private static final int UNITS_PER_NANO = 5;
    private static final int UNITS_PER_BYTE = 4;

    private final boolean shaped;
    private boolean started;
    private long lastTurn;
    private long thisTurn;
    private long freeAt;

    /** @param shaped false for a wire on which frames take no time */
    LinePace(boolean shaped) {
        this.shaped = shaped;
    }

    /** Begins a turn at {@code nowNanos}. */
    void begin(long nowNanos) {
        final long now = nowNanos * UNITS_PER_NANO;
        lastTurn = started ? thisTurn : now;
        thisTurn = now;
        if (!started) {
            started = true;
            freeAt = now;
        }
    }

    /** Whether the next frame may begin. */
    boolean free() {
        return !shaped || freeAt - thisTurn <= 0;
    }

    /** A frame of {@code lengthBytes} without check sequence begins. */
    void occupy(int lengthBytes) {
        if (shaped) {
            final long begins = freeAt - lastTurn < 0 ? lastTurn : freeAt;
            freeAt = begins + (long) UNITS_PER_BYTE * (lengthBytes + FrameCheck.BYTES + PREAMBLE_AND_GAP_BYTES);
        }
    }

    /** How long until {@link #free}, in nanoseconds. */
    long dueInNanos() {
        return free() ? 0 : (freeAt - thisTurn + UNITS_PER_NANO - 1) / UNITS_PER_NANO;
    }
}
