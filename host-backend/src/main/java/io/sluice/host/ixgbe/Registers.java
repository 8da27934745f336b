// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.DeviceRegisters.STATUS;

import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.TailRegister;

/**
 * A card's registers on the control path, with the ways in which a datasheet speaks of them: set bits, clear bits, poll
 * until. One card has one, and its monitor guards all of that card's control state.
 */
final class Registers {
    static final long MICROSECOND = 1_000;
    static final long MILLISECOND = 1_000_000;
    static final long SECOND = 1_000_000_000;

    private final PciDevice device;
    private final CardClock clock;

    Registers(PciDevice device, CardClock clock) {
        this.device = device;
        this.clock = clock;
    }

    PciDevice device() {
        return device;
    }

    CardClock clock() {
        return clock;
    }

    int read(int offset) {
        return device.read32(offset);
    }

    void write(int offset, int value) {
        device.write32(offset, value);
    }

    void set(int offset, int bits) {
        write(offset, read(offset) | bits);
    }

    void clear(int offset, int bits) {
        write(offset, read(offset) & ~bits);
    }

    /** Puts {@code value} where {@code mask} has ones. */
    void replace(int offset, int mask, int value) {
        write(offset, read(offset) & ~mask | value & mask);
    }

    /** Makes what was written so far reach the card: a posted write is pushed by a read (PCI 3.2.5). */
    void flush() {
        read(STATUS);
    }

    void sleep(long nanos) {
        clock.sleep(nanos);
    }

    /** Whether the card reads as all ones, as a bus does where nothing answers. STATUS never reads so by itself. */
    boolean gone() {
        return read(STATUS) == PciDevice.GONE;
    }

    /**
     * Polls until the bits of {@code mask} are {@code expected}; false when {@code timeoutNanos} are over before, and at
     * once where the card is gone.
     */
    boolean poll(int offset, int mask, int expected, long everyNanos, long timeoutNanos) {
        final long deadline = clock.nanos() + timeoutNanos;
        while (true) {
            final int value = read(offset);
            if (value == PciDevice.GONE && gone()) {
                return false;
            }
            if ((value & mask) == expected) {
                return true;
            }
            if (clock.nanos() - deadline >= 0) {
                return false;
            }
            clock.sleep(everyNanos);
        }
    }

    /**
     * Polls as {@link #poll} does.
     *
     * @param what is waited for, in the reader's words
     * @throws CardException when it does not come
     */
    void await(int offset, int mask, int expected, long everyNanos, long timeoutNanos, String what)
            throws CardException {
        if (!poll(offset, mask, expected, everyNanos, timeoutNanos)) {
            if (gone()) {
                throw gone(what);
            }
            final String how =
                    "%s did not come within %s: register 0x%05X reads 0x%08X, bits 0x%08X of it must be 0x%08X";
            throw failure(how.formatted(what, duration(timeoutNanos), offset, read(offset), mask, expected));
        }
    }

    CardException failure(String what) {
        return new CardException(device.name(), what);
    }

    CardException gone(String during) {
        return failure("the card no longer answers (all registers read as ones), during: " + during
                + "; look whether it is still in its slot and powered, or whether the program that plays it"
                + " still runs");
    }

    /** The register at {@code offset}, for a packet's way. */
    TailRegister tail(int offset) {
        return device.tail(offset);
    }

    private static String duration(long nanos) {
        return nanos >= MILLISECOND ? nanos / MILLISECOND + " ms" : nanos / MICROSECOND + " us";
    }
}
