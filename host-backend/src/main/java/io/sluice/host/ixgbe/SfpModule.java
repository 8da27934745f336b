// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import java.nio.charset.StandardCharsets;

/**
 * What the module in a cage says of itself (SFF-8472, table 4-1; SFF-8431 for direct-attach cables).
 *
 * @param type what it is for
 * @param checksumGood whether its description's check code is right (byte 63)
 */
public record SfpModule(Type type, String vendor, String part, String revision, String serial, boolean checksumGood) {
    /** What modules are told apart by. */
    public enum Type {
        DIRECT_ATTACH_PASSIVE("direct-attach cable, passive", 10_000),
        DIRECT_ATTACH_ACTIVE("direct-attach cable, active", 10_000),
        SHORT_REACH("10GBASE-SR", 10_000),
        LONG_REACH("10GBASE-LR", 10_000),
        LONG_REACH_MULTIMODE("10GBASE-LRM", 10_000),
        EXTENDED_REACH("10GBASE-ER", 10_000),
        GIGABIT_SHORT("1000BASE-SX", 1_000),
        GIGABIT_LONG("1000BASE-LX", 1_000),
        GIGABIT_COPPER("1000BASE-T", 1_000),
        UNKNOWN("of a type not known", 10_000);

        private final String label;
        private final int speedMegabits;

        Type(String label, int speedMegabits) {
            this.label = label;
            this.speedMegabits = speedMegabits;
        }

        /** As standards call it. */
        public String label() {
            return label;
        }

        /** The speed to run it at. */
        public int speedMegabits() {
            return speedMegabits;
        }

        /** Whether it is a cable rather than light. */
        boolean directAttach() {
            return this == DIRECT_ATTACH_PASSIVE || this == DIRECT_ATTACH_ACTIVE;
        }
    }

    /** How much of the module's memory is needed. */
    static final int BYTES = 96;

    private static final int IDENTIFIER = 0;
    private static final int IDENTIFIER_SFP = 3;
    private static final int ETHERNET_10G = 3;
    private static final int ETHERNET_1G = 6;
    private static final int CABLE = 8;
    private static final int CABLE_PASSIVE = 1 << 2;
    private static final int CABLE_ACTIVE = 1 << 3;
    private static final int VENDOR = 20;
    private static final int PART = 40;
    private static final int REVISION = 56;
    private static final int SERIAL = 68;
    private static final int NAME_BYTES = 16;
    private static final int REVISION_BYTES = 4;
    private static final int CHECK_CODE = 63;

    /** Reads the first {@link #BYTES} bytes of a module's memory. */
    static SfpModule parse(byte[] memory) {
        int sum = 0;
        for (int i = 0; i < CHECK_CODE; i++) {
            sum += memory[i];
        }
        return new SfpModule(
                type(memory),
                text(memory, VENDOR, NAME_BYTES),
                text(memory, PART, NAME_BYTES),
                text(memory, REVISION, REVISION_BYTES),
                text(memory, SERIAL, NAME_BYTES),
                (byte) sum == memory[CHECK_CODE]);
    }

    private static Type type(byte[] memory) {
        if (memory[IDENTIFIER] != IDENTIFIER_SFP) {
            return Type.UNKNOWN;
        }
        if ((memory[CABLE] & CABLE_PASSIVE) != 0) {
            return Type.DIRECT_ATTACH_PASSIVE;
        }
        if ((memory[CABLE] & CABLE_ACTIVE) != 0) {
            return Type.DIRECT_ATTACH_ACTIVE;
        }
        final int fast = Byte.toUnsignedInt(memory[ETHERNET_10G]) >>> 4;
        final int slow = memory[ETHERNET_1G];
        return switch (Integer.lowestOneBit(fast)) {
            case 1 -> Type.SHORT_REACH;
            case 2 -> Type.LONG_REACH;
            case 4 -> Type.LONG_REACH_MULTIMODE;
            case 8 -> Type.EXTENDED_REACH;
            default ->
                (slow & 1) != 0
                        ? Type.GIGABIT_SHORT
                        : (slow & 2) != 0 ? Type.GIGABIT_LONG : (slow & 8) != 0 ? Type.GIGABIT_COPPER : Type.UNKNOWN;
        };
    }

    /** What is not printable would move a terminal's cursor. */
    private static String text(byte[] memory, int at, int bytes) {
        return new String(memory, at, bytes, StandardCharsets.US_ASCII)
                .replaceAll("[^\\x20-\\x7E]", "?")
                .strip();
    }

    @Override
    public String toString() {
        return type.label + ", " + vendor + " " + part + " rev " + revision + ", serial " + serial
                + (checksumGood ? "" : " (its check code is wrong)");
    }
}
