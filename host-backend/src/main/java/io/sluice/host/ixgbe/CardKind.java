// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.LinkRegisters.LINKS_SPEED_100M;
import static io.sluice.host.ixgbe.register.LinkRegisters.LINKS_SPEED_10G;
import static io.sluice.host.ixgbe.register.LinkRegisters.LINKS_SPEED_1G;
import static io.sluice.host.ixgbe.register.LinkRegisters.LINKS_SPEED_MASK;

import java.util.List;
import java.util.Optional;

/** What tells one controller of the family from another. Everything else is the 82599's and holds for all. */
sealed interface CardKind permits Kind82599, KindX540, KindX550 {
    /** All of them, the one that this driver was written for first. */
    List<CardKind> ALL = List.of(new Kind82599(), new KindX540(), new KindX550());

    /** The kind that has {@code deviceId}, if any has. */
    static Optional<CardKind> of(int deviceId) {
        return ALL.stream().filter(kind -> kind.media(deviceId).isPresent()).findFirst();
    }

    /** {@code 82599}. */
    String label();

    /** How a card with {@code deviceId} is connected; empty where that is no card of this kind. */
    Optional<Media> media(int deviceId);

    /** The receive packet buffer. */
    int receiveBufferKibibytes();

    /** How long to leave the card alone after a reset (4.6.3.2: "at least 10 ms"). */
    long settleNanos();

    /** Whether words of the EEPROM can be read by EERD. */
    default boolean readsEeprom() {
        return true;
    }

    /** Whether the section that EEPROM word {@code pointer} points to is in the checksum (6.2). */
    boolean checksummed(int pointer);

    /** Entries of the hash's indirection table, from RETA on into ERETA. */
    default int hashEntries() {
        return 128;
    }

    /** Whether firmware uses the PHY and the EEPROM at any time, with a semaphore of its own for who is next. */
    default boolean firmwareShares() {
        return false;
    }

    /** The speed that {@code links}, the register, shows, in Mbit/s; 0 for none (8.2.3.22.20). */
    default int speedMegabits(int links) {
        return switch (links & LINKS_SPEED_MASK) {
            case LINKS_SPEED_10G -> 10_000;
            case LINKS_SPEED_1G -> 1_000;
            case LINKS_SPEED_100M -> 100;
            default -> 0;
        };
    }
}
