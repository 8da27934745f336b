// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.pacing;

import java.util.Locale;

/** How a thread waits when its agents find nothing to do. */
public enum WaitMode {
    /** Never sleeps: lowest latency, one core each. */
    SPIN,
    /** Spins past the gaps it has seen lately where those are short, and sleeps otherwise. */
    ADAPTIVE,
    /** Sleeps at once. */
    BLOCK;

    /** The name used on command lines. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The mode named {@code text}; the message of the exception lists the names. */
    public static WaitMode parse(String text) {
        for (WaitMode mode : values()) {
            if (mode.label().equals(text)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("wait=" + text + " is not one of spin, adaptive, block");
    }
}
