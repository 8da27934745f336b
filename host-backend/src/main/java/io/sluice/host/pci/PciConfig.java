// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci;

import java.util.ArrayList;
import java.util.List;

/**
 * The configuration space of a device by name (PCI Local Bus 3.0, chapter 6; PCI Power Management 1.2, chapter 3).
 * Nothing is kept: every call asks the device, and nothing but the methods that say so writes.
 *
 * <pre>
 *   0x00 vendor u16       0x02 device u16       0x04 command u16        0x06 status u16
 *   0x08 revision u8      0x09 class u24        0x0e header type u8     0x10 BAR 0 to 5, u32 each
 *   0x2c subsystem vendor u16                   0x2e subsystem u16      0x34 first capability u8
 * </pre>
 * A device that is gone reads as all ones; {@link #present} tells.
 */
public final class PciConfig {
    /** Command: answers accesses to its memory BARs. */
    public static final int COMMAND_MEMORY = 1 << 1;

    /** Command: may read and write memory, which message-signalled interrupts need as well. */
    public static final int COMMAND_BUS_MASTER = 1 << 2;

    /** Command: raises no INTx. */
    public static final int COMMAND_INTX_DISABLE = 1 << 10;

    /** Status: there is a list of capabilities. */
    public static final int STATUS_CAPABILITIES = 1 << 4;

    /** Status: a cause waits that the pin reports, enabled or not. */
    public static final int STATUS_INTERRUPT = 1 << 3;

    /** Offset, one byte: 1 where the function has a pin (INTA), 0 where it has none. */
    public static final int INTERRUPT_PIN = 0x3D;

    /** Capability: power management. */
    public static final int CAPABILITY_POWER = 0x01;

    /** Capability: PCI Express. */
    public static final int CAPABILITY_EXPRESS = 0x10;

    /** Capability: MSI-X. */
    public static final int CAPABILITY_MSIX = 0x11;

    private static final int VENDOR = 0x00;
    private static final int DEVICE = 0x02;
    private static final int COMMAND = 0x04;
    private static final int STATUS = 0x06;
    private static final int REVISION = 0x08;
    private static final int BAR_0 = 0x10;
    private static final int SUBSYSTEM_VENDOR = 0x2C;
    private static final int SUBSYSTEM = 0x2E;
    private static final int FIRST_CAPABILITY = 0x34;

    private static final int HEADER_BYTES = 0x40;
    /** As many as fit between the header and the end of the first 256 bytes; a list with more of them is a loop. */
    private static final int MAX_CAPABILITIES = (0x100 - HEADER_BYTES) / 4;

    private static final int POWER_CONTROL = 4;
    private static final int POWER_STATE = 0b11;
    /** Write 1 to clear; written as 0 it stays (power management 3.2.4). */
    private static final int POWER_EVENT = 1 << 15;

    private static final int MSIX_CONTROL = 2;
    private static final int MSIX_TABLE = 4;
    private static final int MSIX_PENDING = 8;
    private static final int MSIX_SIZE = 0x7FF;
    private static final int MSIX_MASKED = 1 << 14;
    private static final int MSIX_ENABLED = 1 << 15;
    private static final int MSIX_BAR = 0b111;

    private final PciDevice device;

    /** One entry of the capability list: its id, and where in configuration space it begins. */
    public record Capability(int id, int offset) {}

    /**
     * A base address register.
     *
     * @param lengthBytes 0 where there is no such BAR
     * @param memory false for I/O ports
     * @param wide of 64 bits: the next register holds its upper half
     */
    public record Bar(int number, long lengthBytes, boolean memory, boolean wide, boolean prefetchable, long address) {}

    /** How much of a function is awake. */
    public enum PowerState {
        D0,
        D1,
        D2,
        D3
    }

    /** The MSI-X capability: how many vectors there are, and where their table and their pending bits lie. */
    public record Msix(
            int offset,
            int vectors,
            boolean enabled,
            boolean masked,
            int tableBar,
            long tableOffset,
            int pendingBar,
            long pendingOffset) {}

    /** The configuration space of {@code device}. */
    public PciConfig(PciDevice device) {
        this.device = device;
    }

    /** Whether a function answers at all: no vendor has the id 0xffff. */
    public boolean present() {
        return vendorId() != 0xFFFF;
    }

    public int vendorId() {
        return device.readConfig(VENDOR, 2);
    }

    public int deviceId() {
        return device.readConfig(DEVICE, 2);
    }

    public int subsystemVendorId() {
        return device.readConfig(SUBSYSTEM_VENDOR, 2);
    }

    public int subsystemId() {
        return device.readConfig(SUBSYSTEM, 2);
    }

    public int revision() {
        return device.readConfig(REVISION, 1);
    }

    /** Base class, sub-class and programming interface: 0x020000 is an Ethernet controller. */
    public int classCode() {
        return device.readConfig(REVISION, 4) >>> 8;
    }

    public int command() {
        return device.readConfig(COMMAND, 2);
    }

    public int status() {
        return device.readConfig(STATUS, 2);
    }

    /** Sets {@code bits} of the command register; the others stay. */
    public void setCommand(int bits) {
        device.writeConfig(COMMAND, 2, command() | bits);
    }

    /** Clears {@code bits} of the command register; the others stay. */
    public void clearCommand(int bits) {
        device.writeConfig(COMMAND, 2, command() & ~bits);
    }

    /** Whether all of {@code bits} of the command register are set. */
    public boolean commandHas(int bits) {
        return (command() & bits) == bits;
    }

    /** The capability list, in its order, up to where it leaves configuration space or goes in circles. */
    public List<Capability> capabilities() {
        final List<Capability> found = new ArrayList<>();
        if (!present() || (status() & STATUS_CAPABILITIES) == 0) {
            return found;
        }
        int offset = device.readConfig(FIRST_CAPABILITY, 1) & ~0b11;
        while (offset >= HEADER_BYTES && found.size() < MAX_CAPABILITIES) {
            final int header = device.readConfig(offset, 2);
            found.add(new Capability(header & 0xFF, offset));
            offset = header >>> 8 & ~0b11;
        }
        return found;
    }

    /** Where the first capability {@code id} begins; 0 where there is none. */
    public int capability(int id) {
        for (Capability capability : capabilities()) {
            if (capability.id() == id) {
                return capability.offset();
            }
        }
        return 0;
    }

    /** BAR {@code number}, 0 to 5. Its length is what the door says: nothing is written to find it out. */
    public Bar bar(int number) {
        final int offset = BAR_0 + 4 * number;
        final int low = device.readConfig(offset, 4);
        final boolean memory = (low & 1) == 0;
        final boolean wide = memory && (low & 0b110) == 0b100 && number < 5;
        final long high = wide ? Integer.toUnsignedLong(device.readConfig(offset + 4, 4)) << 32 : 0;
        final long address = high | Integer.toUnsignedLong(low) & (memory ? ~0xFL : ~0x3L);
        return new Bar(number, device.barBytes(number), memory, wide, memory && (low & 0b1000) != 0, address);
    }

    /** The power state; D0 where a device knows no other. */
    public PowerState powerState() {
        final int power = capability(CAPABILITY_POWER);
        return power == 0
                ? PowerState.D0
                : PowerState.values()[device.readConfig(power + POWER_CONTROL, 2) & POWER_STATE];
    }

    /**
     * Asks for a power state; nothing where a device knows no other than D0. A function on its way from D3 to D0 must be
     * left alone for 10 ms (power management 5.4), and may have lost all its registers.
     */
    public void powerState(PowerState state) {
        final int power = capability(CAPABILITY_POWER);
        if (power != 0) {
            final int control = device.readConfig(power + POWER_CONTROL, 2) & ~(POWER_STATE | POWER_EVENT);
            device.writeConfig(power + POWER_CONTROL, 2, control | state.ordinal());
        }
    }

    /** The MSI-X capability, or null where there is none (PCI Local Bus 3.0, 6.8.2). */
    public Msix msix() {
        final int offset = capability(CAPABILITY_MSIX);
        if (offset == 0) {
            return null;
        }
        final int control = device.readConfig(offset + MSIX_CONTROL, 2);
        final int table = device.readConfig(offset + MSIX_TABLE, 4);
        final int pending = device.readConfig(offset + MSIX_PENDING, 4);
        return new Msix(
                offset,
                (control & MSIX_SIZE) + 1,
                (control & MSIX_ENABLED) != 0,
                (control & MSIX_MASKED) != 0,
                table & MSIX_BAR,
                Integer.toUnsignedLong(table & ~MSIX_BAR),
                pending & MSIX_BAR,
                Integer.toUnsignedLong(pending & ~MSIX_BAR));
    }

    /** Switches MSI-X on or off; nothing where there is none. On, a function raises no INTx. */
    public void enableMsix(boolean enabled) {
        final int offset = capability(CAPABILITY_MSIX);
        if (offset != 0) {
            final int control = device.readConfig(offset + MSIX_CONTROL, 2) & ~(MSIX_ENABLED | MSIX_MASKED);
            device.writeConfig(offset + MSIX_CONTROL, 2, enabled ? control | MSIX_ENABLED : control);
        }
    }
}
