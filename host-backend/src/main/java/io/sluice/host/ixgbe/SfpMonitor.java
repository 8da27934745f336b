// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/**
 * What an optical module measures of itself (SFF-8472, table 9-11).
 *
 * <pre>
 *   at 0xA2, big-endian   96 temperature, i16 in 1/256 degree   98 voltage, u16 in 100 uV   100 bias current, u16 in 2 uA
 *                        102 transmitted power, u16 in 0.1 uW  104 received power, u16 in 0.1 uW
 * </pre>
 *
 * @param celsius its temperature
 * @param biasMilliamperes the laser's current
 */
public record SfpMonitor(
        double celsius,
        double volts,
        double biasMilliamperes,
        double transmittedMilliwatts,
        double receivedMilliwatts) {
    static final int OFFSET = 96;
    static final int BYTES = 10;

    /** Reads {@link #BYTES} bytes of a module's memory from {@link #OFFSET} on. */
    static SfpMonitor parse(byte[] memory) {
        return new SfpMonitor(
                (short) word(memory, 0) / 256.0,
                word(memory, 2) / 10_000.0,
                word(memory, 4) / 500.0,
                word(memory, 6) / 10_000.0,
                word(memory, 8) / 10_000.0);
    }

    private static int word(byte[] memory, int at) {
        return Byte.toUnsignedInt(memory[at]) << Byte.SIZE | Byte.toUnsignedInt(memory[at + 1]);
    }
}
