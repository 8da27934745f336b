// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MILLISECOND;

import java.util.Optional;

/** The 82599, on cards called X520 and others. */
record Kind82599() implements CardKind {
    private static final int RECEIVE_BUFFER_KIBIBYTES = 512;
    private static final int FIRST_POINTER = 0x03;
    private static final int FIRMWARE_POINTER = 0x0F;

    @Override
    public String label() {
        return "82599";
    }

    @Override
    public Optional<Media> media(int deviceId) {
        return Optional.ofNullable(
                switch (deviceId) {
                    case 0x10FB, 0x1507, 0x1529, 0x154A, 0x154D, 0x1557 -> Media.SFP;
                    case 0x10F7, 0x10F8, 0x10F9, 0x10FC, 0x1514, 0x1517, 0x152A -> Media.BACKPLANE;
                    case 0x151C -> Media.COPPER;
                    default -> null;
                });
    }

    @Override
    public int receiveBufferKibibytes() {
        return RECEIVE_BUFFER_KIBIBYTES;
    }

    @Override
    public long settleNanos() {
        return 10 * MILLISECOND;
    }

    @Override
    public boolean checksummed(int pointer) {
        return pointer >= FIRST_POINTER && pointer < FIRMWARE_POINTER;
    }
}
