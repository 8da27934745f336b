// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import java.util.List;

/**
 * One thing that was looked at.
 *
 * @param subject what it is, in a few words that do not change: programs may look for them
 * @param found what was seen
 * @param why what Sluice needs it for
 * @param commands what to type to mend it, in order; none where nothing need or can be typed
 * @param lasting what to type besides, so that it stays mended when the machine starts again
 */
public record Finding(
        String subject, State state, String found, String why, List<String> commands, List<String> lasting) {
    /** How it is. */
    public enum State {
        OK,
        /** All works, but more slowly or less safely than it could, or something cannot be done that nobody may want. */
        WARNING,
        /** Something that this host is there for does not work: a card that cannot be used, a chain that cannot start. */
        MISSING
    }

    public Finding {
        commands = List.copyOf(commands);
        lasting = List.copyOf(lasting);
    }

    static Finding ok(String subject, String found, String why) {
        return new Finding(subject, State.OK, found, why, List.of(), List.of());
    }

    static Finding warning(String subject, String found, String why, String... commands) {
        return new Finding(subject, State.WARNING, found, why, List.of(commands), List.of());
    }

    static Finding missing(String subject, String found, String why, String... commands) {
        return new Finding(subject, State.MISSING, found, why, List.of(commands), List.of());
    }

    /** {@link #missing} where {@code needed}, else {@link #warning}. */
    static Finding lack(boolean needed, String subject, String found, String why, String... commands) {
        return needed ? missing(subject, found, why, commands) : warning(subject, found, why, commands);
    }

    /** The same, and how to keep it mended. */
    Finding lasting(String... words) {
        return new Finding(subject, state, found, why, commands, List.of(words));
    }
}
