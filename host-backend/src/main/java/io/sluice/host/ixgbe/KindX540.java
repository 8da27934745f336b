// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MILLISECOND;

import java.util.Optional;

/** The X540: 10GBASE-T with its PHY inside, a smaller packet buffer, other sections in its EEPROM's checksum. */
record KindX540() implements CardKind {
    static final int RECEIVE_BUFFER_KIBIBYTES = 384;
    private static final int FIRST_POINTER = 0x03;
    private static final int PHY_POINTER = 0x04;
    private static final int OPTION_ROM_POINTER = 0x05;
    private static final int FIRMWARE_POINTER = 0x0F;

    @Override
    public String label() {
        return "X540";
    }

    @Override
    public Optional<Media> media(int deviceId) {
        return Optional.ofNullable(
                switch (deviceId) {
                    case 0x1528, 0x1560 -> Media.COPPER;
                    default -> null;
                });
    }

    @Override
    public int receiveBufferKibibytes() {
        return RECEIVE_BUFFER_KIBIBYTES;
    }

    @Override
    public long settleNanos() {
        return 100 * MILLISECOND;
    }

    @Override
    public boolean firmwareShares() {
        return true;
    }

    @Override
    public boolean checksummed(int pointer) {
        return pointer >= FIRST_POINTER
                && pointer < FIRMWARE_POINTER
                && pointer != PHY_POINTER
                && pointer != OPTION_ROM_POINTER;
    }
}
