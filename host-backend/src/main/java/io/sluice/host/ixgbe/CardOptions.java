// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/**
 * How a card is to be run.
 *
 * @param maxFrameBytes the longest frame it takes, without check sequence: 60 to 15,868; longer ones are dropped and
 *     counted as oversize. Above 1518, buffers have to be large enough
 * @param promiscuous whether it takes frames for any address from the start
 * @param flowControl whether it pauses its peer when its packet buffer fills up, and pauses when its peer says so
 * @param linkRetryNanos how long a link may take before it is asked for afresh
 * @param stuckNanos how long a transmit queue may hold packets without sending one, while the link is up and the peer
 *     does not pause it
 * @param clock whose time it is
 */
public record CardOptions(
        int maxFrameBytes,
        boolean promiscuous,
        boolean flowControl,
        long linkRetryNanos,
        long stuckNanos,
        CardClock clock) {
    /** A frame of 1500 bytes of payload with one VLAN tag. */
    public static final int DEFAULT_FRAME_BYTES = 1518;

    /** MAXFRS goes to 0x3E00 with the check sequence (8.2.3.22.13, as other drivers have it). */
    public static final int MAX_FRAME_BYTES = 0x3E00 - 4;

    private static final long SECOND_NANOS = 1_000_000_000L;

    public CardOptions {
        if (maxFrameBytes < 60 || maxFrameBytes > MAX_FRAME_BYTES) {
            throw new IllegalArgumentException("maxFrameBytes=" + maxFrameBytes + ", must be 60 to " + MAX_FRAME_BYTES);
        }
        if (linkRetryNanos <= 0 || stuckNanos <= 0) {
            throw new IllegalArgumentException(
                    "linkRetryNanos=" + linkRetryNanos + " stuckNanos=" + stuckNanos + ", must be above 0");
        }
    }

    /** Promiscuous, without flow control, frames of up to {@link #DEFAULT_FRAME_BYTES}. */
    public static CardOptions defaults() {
        return new CardOptions(
                DEFAULT_FRAME_BYTES, true, false, 4 * SECOND_NANOS, 2 * SECOND_NANOS, CardClock.system());
    }

    public CardOptions withMaxFrameBytes(int bytes) {
        return new CardOptions(bytes, promiscuous, flowControl, linkRetryNanos, stuckNanos, clock);
    }

    public CardOptions withPromiscuous(boolean on) {
        return new CardOptions(maxFrameBytes, on, flowControl, linkRetryNanos, stuckNanos, clock);
    }

    public CardOptions withFlowControl(boolean on) {
        return new CardOptions(maxFrameBytes, promiscuous, on, linkRetryNanos, stuckNanos, clock);
    }

    public CardOptions withLinkRetryNanos(long nanos) {
        return new CardOptions(maxFrameBytes, promiscuous, flowControl, nanos, stuckNanos, clock);
    }

    public CardOptions withStuckNanos(long nanos) {
        return new CardOptions(maxFrameBytes, promiscuous, flowControl, linkRetryNanos, nanos, clock);
    }

    public CardOptions withClock(CardClock other) {
        return new CardOptions(maxFrameBytes, promiscuous, flowControl, linkRetryNanos, stuckNanos, other);
    }
}
