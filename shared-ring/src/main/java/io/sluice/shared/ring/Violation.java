// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import java.util.Locale;

/** What a peer did that no honest peer does; it retires the region. The ordinal is part of the ring format. */
public enum Violation {
    NONE,
    /** A position went backwards. */
    POSITION_BACKWARDS,
    /** A position passed the stage before it, or was more than a ring ahead. */
    POSITION_BEYOND,
    /** An attachment names a line that the region does not have. */
    BAD_LINE;

    /** The name used in tables and JSON: lower case with dashes. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
