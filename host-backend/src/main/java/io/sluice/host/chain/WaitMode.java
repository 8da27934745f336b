// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.util.Locale;
import java.util.stream.Stream;

/** What the host's stages do when they find nothing to do. */
public enum WaitMode {
    /** Look again at once: the shortest latency, for the price of a whole core. */
    SPIN,
    /** Spin for a while, then sleep. */
    ADAPTIVE,
    /** Sleep until woken: the least processor time. */
    BLOCK;

    /** The mode as the user writes it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The mode that the user wrote.
     *
     * @throws IllegalArgumentException where it is none
     */
    public static WaitMode of(String word) {
        return Stream.of(values())
                .filter(mode -> mode.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + word + "' is not spin, adaptive or block"));
    }
}
