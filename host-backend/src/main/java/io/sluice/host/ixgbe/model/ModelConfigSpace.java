// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.DeviceRegisters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The configuration space of the card (9.3): what it is, where its BARs are, whether it may use its bus.
 *
 * <pre>
 *   0x000  header: 8086, class 0x020000, BAR 0 of 128 KiB and BAR 4 of 16 KiB, both of 64 bits; pin INTA; no I/O, no ROM
 *   0x040  power management: D0 and D3hot; registers are lost between them
 *   0x070  MSI-X: 64 vectors, table and pending bits in BAR 4
 *   0x0a0  PCI Express: endpoint, function-level reset
 *   0x100  advanced error reporting; nothing is ever reported
 *   0x140  serial number, made of the MAC address
 * </pre>
 * A card has MSI, VPD and SR-IOV as well; a model does not say so, because it has them not.
 */
final class ModelConfigSpace {
    static final int BYTES = 4096;

    private static final int COMMAND = 0x04;
    private static final int COMMAND_MEMORY = 1 << 1;
    private static final int COMMAND_BUS_MASTER = 1 << 2;
    private static final int COMMAND_PIN_DISABLE = 1 << 10;
    private static final int STATUS = 0x06;
    private static final int STATUS_INTERRUPT = 1 << 3;
    private static final int BAR_0 = 0x10;
    private static final int BAR_4 = 0x20;
    private static final int BAR_64 = 1 << 2;
    private static final int INTA = 1;
    private static final int POWER = 0x40;
    private static final int POWER_CONTROL = POWER + 4;
    private static final int POWER_STATE = 3;
    private static final int MSIX = 0x70;
    private static final int MSIX_CONTROL = MSIX + 2;
    private static final int MSIX_MASK = 1 << 14;
    private static final int MSIX_ENABLE = 1 << 15;
    private static final int EXPRESS = 0xA0;
    private static final int DEVICE_CONTROL = EXPRESS + 8;
    private static final int DEVICE_CONTROL_RESET = 1 << 15;
    private static final int DEVICE_STATUS = EXPRESS + 0xA;
    private static final int DEVICE_STATUS_PENDING = 1 << 5;
    private static final int ERRORS = 0x100;
    private static final int SERIAL = 0x140;

    private final ByteBuffer held = buffer();
    private final ByteBuffer writable = buffer();
    private final ByteBuffer clearable = buffer();
    private final int deviceId;
    private final long macAddress;

    /** What a write has asked for beside the values it left. */
    enum Effect {
        NONE,
        /** The function is to be reset, and this space with it. */
        FUNCTION_RESET,
        /** The function comes back from D3hot: its registers are to be reset, this space is not. */
        POWER_UP
    }

    ModelConfigSpace(int deviceId, long macAddress) {
        this.deviceId = deviceId;
        this.macAddress = macAddress;
        reset();
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Everything as after power-on: no BAR has an address, nothing is enabled. */
    void reset() {
        for (int offset = 0; offset < BYTES; offset += Long.BYTES) {
            held.putLong(offset, 0);
        }
        header();
        power();
        msix();
        express();
        errors();
        word(SERIAL, 0x0001_0003, 0);
        word(SERIAL + 4, (int) (macAddress & 0xFF_FFFF) | 0xFF00_0000, 0);
        word(SERIAL + 8, (int) (macAddress >>> 24) << 8 | 0xFF, 0);
    }

    private void header() {
        word(0x00, deviceId << 16 | 0x8086, 0);
        word(COMMAND, 0x0010_0000, 0x0546);
        word(0x08, 0x0200_0001, 0);
        word(0x0C, 0, 0xFF);
        word(BAR_0, BAR_64, -DeviceRegisters.BAR_BYTES);
        word(BAR_0 + 4, 0, -1);
        word(BAR_4, BAR_64, -MsixTable.BAR_BYTES);
        word(BAR_4 + 4, 0, -1);
        word(0x2C, 0x0003_8086, 0);
        word(0x34, POWER, 0);
        word(0x3C, INTA << 8, 0xFF);
    }

    private void power() {
        word(POWER, 0x0003_0001 | MSIX << 8, 0);
        word(POWER_CONTROL, 0, POWER_STATE);
    }

    private void msix() {
        word(MSIX, MsixTable.VECTORS - 1 << 16 | EXPRESS << 8 | 0x11, MSIX_MASK << 16 | MSIX_ENABLE << 16);
        word(MSIX + 4, 4, 0);
        word(MSIX + 8, MsixTable.PENDING_OFFSET | 4, 0);
    }

    private void express() {
        word(EXPRESS, 0x0002_0010, 0);
        word(EXPRESS + 4, 0x1000_8CC2, 0);
        word(DEVICE_CONTROL, 0x0000_2810, 0x7FFF);
        clearable.putInt(DEVICE_CONTROL, 0x000F_0000);
        word(EXPRESS + 0xC, 0x0000_0C82, 0);
        word(EXPRESS + 0x10, 0x1082_0000, 0x01FB);
        word(EXPRESS + 0x24, 0x0000_001F, 0);
        word(EXPRESS + 0x28, 0, 0x001F);
        word(EXPRESS + 0x30, 0x0000_0002, 0x000F);
    }

    private void errors() {
        word(ERRORS, 0x0001_0001 | SERIAL << 20, 0);
        clearable.putInt(ERRORS + 4, -1);
        word(ERRORS + 8, 0, 0x003F_F010);
        word(ERRORS + 0xC, 0x0006_2030, 0x003F_F010);
        clearable.putInt(ERRORS + 0x10, -1);
        word(ERRORS + 0x14, 0x0000_2000, 0x0000_31C1);
    }

    private void word(int offset, int value, int mask) {
        held.putInt(offset, value);
        writable.putInt(offset, mask);
    }

    /** Reads 1, 2 or 4 bytes, without sign. What lies outside, or across two words, reads as ones. */
    int read(int offset, int bytes) {
        if (!inside(offset, bytes)) {
            return ones(bytes);
        }
        return switch (bytes) {
            case 1 -> held.get(offset) & 0xFF;
            case 2 -> held.getShort(offset) & 0xFFFF;
            default -> held.getInt(offset);
        };
    }

    /** Writes 1, 2 or 4 bytes. */
    Effect write(int offset, int bytes, int value) {
        if (!inside(offset, bytes)) {
            return Effect.NONE;
        }
        final int shift = 8 * (offset & 3);
        final int at = offset & ~3;
        final int reached = ones(bytes) << shift;
        final int written = value << shift;
        final int before = held.getInt(at);
        final int mask = writable.getInt(at) & reached;
        held.putInt(at, (before & ~mask | written & mask) & ~(written & reached & clearable.getInt(at)));
        if (at == POWER_CONTROL) {
            return powerWritten(before);
        }
        final boolean reset = at == DEVICE_CONTROL && (written & reached & DEVICE_CONTROL_RESET) != 0;
        return reset ? Effect.FUNCTION_RESET : Effect.NONE;
    }

    /** D1 and D2 are not supported: such a write changes nothing (power management 3.2.4). */
    private Effect powerWritten(int before) {
        final int state = held.getInt(POWER_CONTROL) & POWER_STATE;
        if (state == 1 || state == 2) {
            held.putInt(POWER_CONTROL, before);
            return Effect.NONE;
        }
        return state == 0 && (before & POWER_STATE) != 0 ? Effect.POWER_UP : Effect.NONE;
    }

    /** All ones of so many bytes. */
    static int ones(int bytes) {
        return bytes == Integer.BYTES ? -1 : (1 << 8 * bytes) - 1;
    }

    private static boolean inside(int offset, int bytes) {
        return (bytes == 1 || bytes == 2 || bytes == 4)
                && offset >= 0
                && offset <= BYTES - bytes
                && offset % bytes == 0;
    }

    /** Enables memory and bus mastering. */
    void enable() {
        held.putShort(COMMAND, (short) (COMMAND_MEMORY | COMMAND_BUS_MASTER));
    }

    /** Whether the BARs answer. */
    boolean memoryEnabled() {
        return awake() && (held.getShort(COMMAND) & COMMAND_MEMORY) != 0;
    }

    /** Whether the function may read and write memory, which sending messages is as well. */
    boolean busMaster() {
        return awake() && (held.getShort(COMMAND) & COMMAND_BUS_MASTER) != 0;
    }

    private boolean awake() {
        return (held.getInt(POWER_CONTROL) & POWER_STATE) == 0;
    }

    /** Whether all vectors are masked at once: only where MSI-X is enabled here, else a door looks after them. */
    boolean vectorsMasked() {
        final int control = held.getShort(MSIX_CONTROL);
        return (control & MSIX_ENABLE) != 0 && (control & MSIX_MASK) != 0;
    }

    /** Whether interrupts go by the pin: where MSI-X is not enabled. */
    boolean pinInUse() {
        return awake() && (held.getShort(MSIX_CONTROL) & MSIX_ENABLE) == 0;
    }

    /** Whether the pin may be asserted. */
    boolean pinEnabled() {
        return pinInUse() && (held.getShort(COMMAND) & COMMAND_PIN_DISABLE) == 0;
    }

    /** Status.InterruptStatus: says so whether the pin is enabled or not. */
    void interruptPending(boolean pending) {
        final int status = held.getShort(STATUS);
        held.putShort(STATUS, (short) (pending ? status | STATUS_INTERRUPT : status & ~STATUS_INTERRUPT));
    }

    /** DevStatus.TransactionsPending. */
    void transactionsPending(boolean pending) {
        final int status = held.getShort(DEVICE_STATUS);
        held.putShort(
                DEVICE_STATUS, (short) (pending ? status | DEVICE_STATUS_PENDING : status & ~DEVICE_STATUS_PENDING));
    }
}
