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
    BAD_LINE,
    /** A slot word whose packet does not lie in the slot's buffer. */
    BAD_SLOT,
    /** A slot word with an output that no ring has. */
    BAD_OUTPUT,
    /** A {@code wakeAt} below one for which its stage was kicked already. */
    WAKE_BACKWARDS,
    /** Far more kicks than the sleeps of those who were kicked allow. */
    KICK_FLOOD,
    /** Something sent on the attachment's socket, where a guest has nothing to say. */
    SOCKET_DATA,
    /** Far more connections to the socket of a guest that is attached already than starts by mistake would make. */
    CONNECTION_FLOOD,
    /** A bell made to block whoever rings it: its O_NONBLOCK was taken away. */
    BLOCKING_BELL;

    private static final Violation[] VALUES = values();

    /** The violation with {@code ordinal}, or {@link #NONE} for one that this version does not know. */
    public static Violation of(int ordinal) {
        return ordinal >= 0 && ordinal < VALUES.length ? VALUES[ordinal] : NONE;
    }

    /** The name used in tables and JSON: lower case with dashes. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
