// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What becomes of the packets on their way through a guest that is not there: {@code on-loss=}. */
public enum LossPolicy {
    /** They wait for it. Nothing that a guest should have seen passes it by, so this is the default. */
    HOLD,
    /** They are dropped and counted. */
    DROP,
    /** They pass it by, as if it were a cable. */
    BYPASS;

    /** The word that users write. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The policy that users write as {@code word}. */
    public static Optional<LossPolicy> of(String word) {
        return Stream.of(values()).filter(policy -> policy.word().equals(word)).findFirst();
    }
}
