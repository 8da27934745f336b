// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import java.util.HexFormat;

/**
 * An Ethernet address.
 *
 * @param bits the six bytes in a packet's order, the first of them in bits 47 to 40
 */
public record MacAddress(long bits) {
    private static final int BYTES = 6;
    private static final long ALL = (1L << 48) - 1;
    private static final long MULTICAST = 1L << 40;
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

    public MacAddress {
        if ((bits & ~ALL) != 0) {
            throw new IllegalArgumentException("bits=0x" + Long.toHexString(bits) + ", must be 48 of them");
        }
    }

    /** Reads {@code 02:00:00:00:00:01}. */
    public static MacAddress parse(String text) {
        final byte[] bytes;
        try {
            bytes = COLONS.parseHex(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("address=" + text + ", must be like 02:00:00:00:00:01", e);
        }
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("address=" + text + ", must have " + BYTES + " bytes");
        }
        long bits = 0;
        for (byte b : bytes) {
            bits = bits << Byte.SIZE | Byte.toUnsignedInt(b);
        }
        return new MacAddress(bits);
    }

    /** From RAL and RAH, where the first byte of a packet is the lowest (8.2.3.7.8, 8.2.3.7.9). */
    static MacAddress ofRegisters(int low, int high) {
        return new MacAddress(Integer.toUnsignedLong(Integer.reverseBytes(low)) << Short.SIZE
                | Short.toUnsignedLong(Short.reverseBytes((short) high)));
    }

    /** What RAL holds. */
    int low() {
        return Integer.reverseBytes((int) (bits >>> Short.SIZE));
    }

    /** What the lower half of RAH holds. */
    int high() {
        return Short.toUnsignedInt(Short.reverseBytes((short) bits));
    }

    /** Whether it may be the address of one station. */
    public boolean unicast() {
        return bits != 0 && (bits & MULTICAST) == 0;
    }

    /** Whether it is an address of many stations, broadcast among them. */
    public boolean multicast() {
        return (bits & MULTICAST) != 0;
    }

    @Override
    public String toString() {
        final byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (bits >>> Byte.SIZE * (BYTES - 1 - i));
        }
        return COLONS.formatHex(bytes);
    }
}
