// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Descriptors;
import java.lang.foreign.Arena;

/**
 * A function on this machine's bus, by descriptors of its {@code config} and {@code reset} in sysfs (the kernel's
 * Documentation/PCI/sysfs-pci). Whoever has these needs nothing else, also in another process.
 */
public final class SysfsFunction {
    private static final int COMMAND = 0x04;

    private SysfsFunction() {}

    /** Reads 1, 2 or 4 bytes, without sign; all ones where the function is gone. */
    public static int read(int descriptor, int offset, int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            final long buffer = arena.allocate(Integer.BYTES, Integer.BYTES).address();
            if (Descriptors.readAt(descriptor, buffer, bytes, offset) != bytes) {
                return bytes == Integer.BYTES ? PciDevice.GONE : (1 << 8 * bytes) - 1;
            }
            return Memory.intAt(buffer); // zero beyond what was read
        }
    }

    /** Writes 1, 2 or 4 bytes; false where the function is gone or the system refuses it. */
    public static boolean write(int descriptor, int offset, int bytes, int value) {
        try (Arena arena = Arena.ofConfined()) {
            final long buffer = arena.allocate(Integer.BYTES, Integer.BYTES).address();
            Memory.intAt(buffer, value);
            return Descriptors.writeAt(descriptor, buffer, bytes, offset) == bytes;
        }
    }

    /** Whether the function may read and write memory. One that is gone may not. */
    public static boolean busMaster(int descriptor) {
        final int command = read(descriptor, COMMAND, Short.BYTES);
        return command != 0xFFFF && (command & PciConfig.COMMAND_BUS_MASTER) != 0;
    }

    /**
     * Has the kernel reset the function (PCI Express 6.6.2), which takes a fifth of a second; configuration space, with the
     * right to use the bus, is then as it was before.
     *
     * @param descriptor of {@code reset}
     * @return false where the kernel could not do it
     */
    public static boolean reset(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            final long text = arena.allocateFrom("1").address();
            return Descriptors.writeAt(descriptor, text, 1, 0) == 1;
        }
    }

    /**
     * Keeps the function from memory. When this returns, what it had written before has arrived: neither the answer to the
     * write nor that to the read after it overtakes that (PCI Express 2.4.1).
     *
     * @return false where it could not be done
     */
    public static boolean takeOffBus(int descriptor) {
        final int command = read(descriptor, COMMAND, Short.BYTES);
        if (command == 0xFFFF) {
            return true;
        }
        write(descriptor, COMMAND, Short.BYTES, command & ~PciConfig.COMMAND_BUS_MASTER);
        return !busMaster(descriptor);
    }
}
