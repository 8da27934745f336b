// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.InterruptRegisters.*;

import java.io.IOException;

/**
 * Message-signalled interrupts, one vector for each queue that wants one (4.6.6, 7.3). A vector masks itself when it
 * signals; who was woken enables it again before it sleeps.
 */
public final class Interrupts implements CardPart {
    private static final int QUEUES = 128;
    private static final int VECTORS = 64;

    /** EITR counts in these at 10 Gbit/s (8.2.3.5.12). */
    private static final long INTERVAL_NANOS = 2_048;

    private static final int MAX_INTERVAL = 0x1FF;

    /** EIAC and EIAM have a bit for each of the first 16 vectors; the others' are in registers of 32. */
    private static final int FIRST_VECTORS = 0xFFFF;

    private static final int NONE = 0;

    private final Registers registers;
    private final int[] routes = new int[QUEUES / 2];
    private final int[] intervals = new int[VECTORS];
    private boolean used;

    Interrupts(Registers registers) {
        this.registers = registers;
    }

    /** How many vectors there are; 0 where the device's door carries none. */
    public int vectors() {
        return Math.min(VECTORS, registers.device().vectors());
    }

    /** {@code queue}'s received packets signal {@code vector} from now on, or nothing with -1. */
    public void routeReceive(int queue, int vector) throws CardException {
        route(queue, 0, vector);
    }

    /** {@code queue}'s transmitted packets signal {@code vector} from now on, or nothing with -1. */
    public void routeTransmit(int queue, int vector) throws CardException {
        route(queue, 1, vector);
    }

    /**
     * {@code vector} signals {@code eventDescriptor}, an eventfd that stays the caller's, not more often than every {@code
     * intervalNanos}; once for each time that it was {@link #enable enabled}.
     */
    public void connect(int vector, int eventDescriptor, long intervalNanos) throws CardException {
        synchronized (registers) {
            check(vector);
            try {
                registers.device().interrupt(vector, eventDescriptor);
            } catch (IOException e) {
                throw new CardException(
                        registers.device().name(), "vector " + vector + " cannot be used: " + e.getMessage(), e);
            }
            intervals[vector] = (int) Math.min(MAX_INTERVAL, (intervalNanos + INTERVAL_NANOS - 1) / INTERVAL_NANOS);
            if (used) {
                moderate(vector);
            } else {
                used = true;
                program();
            }
        }
    }

    /** {@code vector} signals nothing any more. A card that is gone signals nothing anyway. */
    public void disconnect(int vector) throws CardException {
        synchronized (registers) {
            check(vector);
            disable(vector);
            try {
                registers.device().interrupt(vector, -1);
            } catch (IOException e) {
                if (!registers.gone()) {
                    throw new CardException(
                            registers.device().name(), "vector " + vector + " cannot be freed: " + e.getMessage(), e);
                }
            }
        }
    }

    /** Lets {@code vector} signal once. */
    public void enable(int vector) {
        registers.write(eimsEx(vector / Integer.SIZE), 1 << vector % Integer.SIZE);
    }

    /** Keeps {@code vector} from signalling. */
    public void disable(int vector) {
        registers.write(eimcEx(vector / Integer.SIZE), 1 << vector % Integer.SIZE);
    }

    private void route(int queue, int direction, int vector) throws CardException {
        synchronized (registers) {
            if (vector >= 0) {
                check(vector);
            }
            final int shift = Byte.SIZE * (2 * (queue & 1) + direction);
            final int entry = vector < 0 ? NONE : vector | IVAR_VALID;
            routes[queue / 2] = routes[queue / 2] & ~(0xFF << shift) | entry << shift;
            registers.write(ivar(queue / 2), routes[queue / 2]); // 8.2.3.5.16
        }
    }

    private void check(int vector) throws CardException {
        if (vector < 0 || vector >= vectors()) {
            throw registers.failure("vector=" + vector + ", the device has " + vectors());
        }
    }

    /** 4.6.6, "operating with MSI-X". A card that nobody wants an interrupt of stays as its reset left it. */
    @Override
    public void program() {
        if (!used) {
            return;
        }
        // 8.2.3.5.18: one vector for each cause; reading EICR clears only what is not cleared by itself
        registers.write(GPIE, GPIE_MSIX | GPIE_OCD | GPIE_EIAME | GPIE_PBA_SUPPORT);
        registers.write(EIAC, FIRST_VECTORS); // 8.2.3.5.5: a queue's cause clears when it has signalled
        registers.write(EIAM, FIRST_VECTORS); // 8.2.3.5.6: and is masked
        for (int half = 0; half < 2; half++) {
            registers.write(eiamEx(half), -1);
        }
        for (int i = 0; i < routes.length; i++) {
            registers.write(ivar(i), routes[i]);
        }
        for (int vector = 0; vector < vectors(); vector++) {
            moderate(vector);
        }
    }

    /** 8.2.3.5.12. */
    private void moderate(int vector) {
        registers.write(eitr(vector), intervals[vector] << EITR_INTERVAL_SHIFT);
    }
}
