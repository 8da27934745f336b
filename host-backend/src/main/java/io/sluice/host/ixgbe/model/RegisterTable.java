// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Every register of the card, as {@code registers.txt} beside this class declares them: one line each, to be held against
 * the datasheet.
 *
 * <pre>
 *   name  offset  access  reset  [n=count] [step=bytes] [mask=writable bits] [sc=self-clearing bits]
 *                                [high=bytes to the upper half] [alias=offset] [memory]
 * </pre>
 * Numbers are hexadecimal but {@code n}. Without a mask all 32 bits can be written.
 */
public final class RegisterTable {
    private static final List<Register> REGISTERS = load();

    private RegisterTable() {}

    /** All lines, in the order of the file. */
    public static List<Register> registers() {
        return REGISTERS;
    }

    private static List<Register> load() {
        try (InputStream in = RegisterTable.class.getResourceAsStream("registers.txt")) {
            return parse(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException("reading the register table", e);
        }
    }

    static List<Register> parse(String text) {
        final List<Register> registers = new ArrayList<>();
        for (String line : text.lines().toList()) {
            final String declared = line.replaceFirst("#.*", "").strip();
            if (!declared.isEmpty()) {
                registers.add(register(declared));
            }
        }
        return List.copyOf(registers);
    }

    private static Register register(String line) {
        final String[] fields = line.split("\\s+");
        if (fields.length < 4) {
            throw new IllegalArgumentException("no register: line=" + line);
        }
        int count = 1;
        int stride = Integer.BYTES;
        int writable = -1;
        int selfClearing = 0;
        boolean memory = false;
        int high = 0;
        int alias = -1;
        for (int i = 4; i < fields.length; i++) {
            final String[] pair = fields[i].split("=", 2);
            switch (pair[0]) {
                case "n" -> count = Integer.parseInt(pair[1]);
                case "step" -> stride = hex(pair[1]);
                case "mask" -> writable = hex(pair[1]);
                case "sc" -> selfClearing = hex(pair[1]);
                case "high" -> high = hex(pair[1]);
                case "alias" -> alias = hex(pair[1]);
                case "memory" -> memory = true;
                default -> throw new IllegalArgumentException("no such property: " + fields[i] + " line=" + line);
            }
        }
        return new Register(
                fields[0],
                hex(fields[1]),
                count,
                stride,
                Access.valueOf(fields[2]),
                hex(fields[3]),
                writable,
                selfClearing,
                memory,
                high,
                alias);
    }

    private static int hex(String number) {
        return Integer.parseUnsignedInt(number, 16);
    }
}
