// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MILLISECOND;

import java.util.Optional;

/** The X550: as the X540, but only its firmware reads the EEPROM, and it knows two speeds more. */
record KindX550() implements CardKind {
    private static final int LINKS_SPEED_NON_STANDARD = 1 << 27;

    @Override
    public String label() {
        return "X550";
    }

    @Override
    public Optional<Media> media(int deviceId) {
        return Optional.ofNullable(
                switch (deviceId) {
                    case 0x1563, 0x15D1 -> Media.COPPER;
                    default -> null;
                });
    }

    @Override
    public int receiveBufferKibibytes() {
        return KindX540.RECEIVE_BUFFER_KIBIBYTES;
    }

    @Override
    public long settleNanos() {
        return 100 * MILLISECOND;
    }

    @Override
    public boolean readsEeprom() {
        return false;
    }

    @Override
    public boolean firmwareShares() {
        return true;
    }

    @Override
    public int hashEntries() {
        return 512;
    }

    @Override
    public boolean checksummed(int pointer) {
        return false;
    }

    /** 2.5 and 5 Gbit/s share their codes with others, told apart by one more bit. */
    @Override
    public int speedMegabits(int links) {
        final int standard = CardKind.super.speedMegabits(links);
        if ((links & LINKS_SPEED_NON_STANDARD) == 0) {
            return standard;
        }
        return switch (standard) {
            case 10_000 -> 2_500;
            case 100 -> 5_000;
            default -> standard;
        };
    }
}
