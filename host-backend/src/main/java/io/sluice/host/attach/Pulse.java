// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

/** A guest's signs of life, which its program counts in every duty cycle: when the host saw the last one. */
final class Pulse {
    private final HostRegion region;
    private final int party;
    private long beats;
    private long beatNanos;

    Pulse(HostRegion region, int party) {
        this.region = region;
        this.party = party;
    }

    /** Takes a program for alive that has just got its place, or is found to have it. */
    void begin(long nowNanos) {
        beats = region.beats(party);
        beatNanos = nowNanos;
    }

    /** For how long nothing was counted. */
    long silentNanos(long nowNanos) {
        final long now = region.beats(party);
        if (now != beats) {
            beats = now;
            beatNanos = nowNanos;
        }
        return nowNanos - beatNanos;
    }
}
