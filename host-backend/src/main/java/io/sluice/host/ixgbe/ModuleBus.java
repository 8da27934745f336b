// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MICROSECOND;
import static io.sluice.host.ixgbe.register.DeviceRegisters.*;

import java.util.Optional;

/**
 * The two-wire bus to the module in the cage (I2C), moved line by line at 100 kHz through I2CCTL (8.2.3.1.6). Writing a
 * one lets go of a line; what pulls it low may be the other end.
 *
 * <pre>
 *   START  0xA0 ack  offset ack  START  0xA1 ack  byte ack  byte ack ... byte no-ack  STOP
 * </pre>
 */
final class ModuleBus {
    /** UM10204, table 10, standard mode: low 4.7 us, high 4 us; rounded up. */
    private static final long HALF_NANOS = 5 * MICROSECOND;

    /** A module may hold the clock low to gain time. */
    private static final long STRETCH_NANOS = 500 * MICROSECOND;

    private static final int READ = 1;
    private static final int ATTEMPTS = 3;

    private final Registers registers;

    ModuleBus(Registers registers) {
        this.registers = registers;
    }

    /** Reads {@code count} bytes at {@code offset} of what is at {@code address}; empty where nothing acknowledges. */
    Optional<byte[]> read(int address, int offset, int count) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            final Optional<byte[]> bytes = tryRead(address, offset, count);
            stop();
            if (bytes.isPresent()) {
                return bytes;
            }
        }
        return Optional.empty();
    }

    private Optional<byte[]> tryRead(int address, int offset, int count) {
        start();
        if (!send(address) || !send(offset)) {
            return Optional.empty();
        }
        start();
        if (!send(address | READ)) {
            return Optional.empty();
        }
        final byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = receive(i < count - 1);
        }
        return Optional.of(bytes);
    }

    /** Data falls while the clock is high. */
    private void start() {
        data(true);
        clock(true);
        data(false);
        clock(false);
    }

    /** Data rises while the clock is high. */
    private void stop() {
        data(false);
        clock(true);
        data(true);
    }

    private boolean send(int value) {
        for (int bit = Byte.SIZE - 1; bit >= 0; bit--) {
            data((value >>> bit & 1) != 0);
            clock(true);
            clock(false);
        }
        data(true); // the module's to pull low
        clock(true);
        final boolean acknowledged = (registers.read(I2CCTL) & I2CCTL_DATA_IN) == 0;
        clock(false);
        return acknowledged;
    }

    private byte receive(boolean more) {
        data(true); // the module's to drive
        int value = 0;
        for (int bit = 0; bit < Byte.SIZE; bit++) {
            clock(true);
            value = value << 1 | ((registers.read(I2CCTL) & I2CCTL_DATA_IN) != 0 ? 1 : 0);
            clock(false);
        }
        data(!more);
        clock(true);
        clock(false);
        return (byte) value;
    }

    private void data(boolean high) {
        line(I2CCTL_DATA_OUT, high);
    }

    private void clock(boolean high) {
        line(I2CCTL_CLOCK_OUT, high);
        if (high) {
            registers.poll(I2CCTL, I2CCTL_CLOCK_IN, I2CCTL_CLOCK_IN, HALF_NANOS, STRETCH_NANOS);
        }
    }

    private void line(int bit, boolean high) {
        registers.replace(I2CCTL, bit, high ? bit : 0);
        registers.flush();
        registers.sleep(HALF_NANOS);
    }
}
