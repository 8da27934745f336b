// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What an SFP+ module tells of itself (SFF-8472): its identification at bus address 0xA0, and, where it is optical, its
 * temperature, voltage, current and powers at 0xA2.
 *
 * <pre>
 *   0xA0   0 identifier, 3   2 connector   3 10G codes   8 cable   11 encoding   12 rate   14..19 lengths
 *         20..35 vendor   37..39 OUI   40..55 part   56..59 revision   60..61 wavelength   63 sum of 0..62
 *         68..83 serial   84..91 date   92 monitoring   94 compliance   95 sum of 64..94
 *   0xA2  96..105 temperature, voltage, bias, transmitted and received power
 * </pre>
 */
final class SfpModule {
    private static final int IDENTIFICATION = 0xA0;
    private static final int MONITORING = 0xA2;
    private static final int BYTES = 256;

    private final byte[] identification = new byte[BYTES];
    private final byte[] monitoring = new byte[BYTES];
    private final boolean present;
    private final boolean optical;

    /** The module in the cage of {@code personality}, if there is one. */
    SfpModule(Personality personality) {
        present = personality.module();
        optical = personality == Personality.SFP_SR;
        if (present) {
            identify();
        }
        if (optical) {
            monitor();
        }
    }

    private void identify() {
        set(0, 0x03, 0x04, optical ? 0x07 : 0x21, optical ? 0x10 : 0x00);
        set(8, optical ? 0x00 : 0x04);
        set(11, optical ? 0x06 : 0x00, 103);
        if (optical) {
            set(16, 8, 2, 0, 30); // 80 m OM2, 20 m OM1, 300 m OM3
            set(60, 850 >> 8, 850 & 0xFF);
        } else {
            set(18, 3); // 3 m of copper
            set(60, 0x01);
        }
        text(20, 16, "Sluice");
        set(37, 0x00, 0x1B, 0x21);
        text(40, 16, optical ? "MODEL-10G-SR" : "MODEL-10G-CU3M");
        text(56, 4, "A");
        text(68, 16, "SL0000000001");
        text(84, 8, "260101");
        set(92, optical ? 0x68 : 0x00, optical ? 0xF0 : 0x00, optical ? 0x05 : 0x00);
        identification[63] = sum(0, 62);
        identification[95] = sum(64, 94);
    }

    private void monitor() {
        final int[] values = {35 << 8, 33_000, 3_000, 5_000, 5_000}; // 35 C, 3.3 V, 6 mA, 0.5 mW, 0.5 mW
        for (int i = 0; i < values.length; i++) {
            monitoring[96 + 2 * i] = (byte) (values[i] >> 8);
            monitoring[97 + 2 * i] = (byte) values[i];
        }
    }

    private void set(int at, int... values) {
        for (int i = 0; i < values.length; i++) {
            identification[at + i] = (byte) values[i];
        }
    }

    private void text(int at, int length, String text) {
        Arrays.fill(identification, at, at + length, (byte) ' ');
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, identification, at, bytes.length);
    }

    private byte sum(int first, int last) {
        int sum = 0;
        for (int i = first; i <= last; i++) {
            sum += identification[i];
        }
        return (byte) sum;
    }

    /** Whether something acknowledges bus address {@code address}. */
    boolean answers(int address) {
        return present && address == IDENTIFICATION || optical && address == MONITORING;
    }

    /** The byte at {@code offset} of what answers at {@code address}. */
    int read(int address, int offset) {
        return 0xFF & (address == MONITORING ? monitoring : identification)[offset];
    }
}
